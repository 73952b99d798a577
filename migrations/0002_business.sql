-- The embedded business database: one table for each model of src/erp/embedded/registry, one column for each field.
-- Text, selections: TEXT. Whole numbers, links, instants (epoch milliseconds): BIGINT. Days: BIGINT since 1970-01-01.
-- Decimal numbers: BIGINT in units of the last digit (quantities 1/1000, per cents 1/100, rates 1/1000000).
-- Money: BIGINT in cents. Analyses are views with a unique id.

-- Core

ALTER TABLE res_currency ADD COLUMN full_name TEXT;

CREATE TABLE res_country (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    phone_code BIGINT,
    currency_id BIGINT REFERENCES res_currency (id)
);

ALTER TABLE res_company ADD COLUMN country_id BIGINT REFERENCES res_country (id);
ALTER TABLE res_company ADD COLUMN city TEXT;
ALTER TABLE res_company ADD COLUMN email TEXT;
ALTER TABLE res_company ADD COLUMN phone TEXT;
ALTER TABLE res_company ADD COLUMN vat TEXT;

CREATE TABLE res_currency_rate (
    id BIGINT PRIMARY KEY,
    name BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    rate BIGINT NOT NULL,
    company_id BIGINT REFERENCES res_company (id)
);
CREATE INDEX res_currency_rate_currency ON res_currency_rate (currency_id, name);

CREATE TABLE res_partner (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    is_company BOOLEAN NOT NULL,
    parent_id BIGINT REFERENCES res_partner (id),
    commercial_partner_id BIGINT REFERENCES res_partner (id),
    ref TEXT,
    email TEXT,
    phone TEXT,
    website TEXT,
    street TEXT,
    zip TEXT,
    city TEXT,
    country_id BIGINT REFERENCES res_country (id),
    vat TEXT,
    lang TEXT,
    industry TEXT,
    user_id BIGINT REFERENCES res_users (id),
    currency_id BIGINT REFERENCES res_currency (id),
    customer_rank BIGINT NOT NULL,
    supplier_rank BIGINT NOT NULL,
    company_id BIGINT REFERENCES res_company (id),
    comment TEXT,
    create_date BIGINT NOT NULL,
    active BOOLEAN NOT NULL
);
CREATE INDEX res_partner_name ON res_partner (name, id);
CREATE INDEX res_partner_parent ON res_partner (parent_id);
CREATE INDEX res_partner_commercial ON res_partner (commercial_partner_id);
CREATE INDEX res_partner_country ON res_partner (country_id);
CREATE INDEX res_partner_user ON res_partner (user_id);
CREATE INDEX res_partner_company ON res_partner (company_id);

-- Products

CREATE TABLE product_category (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    complete_name TEXT NOT NULL,
    parent_id BIGINT REFERENCES product_category (id)
);
CREATE INDEX product_category_parent ON product_category (parent_id);

CREATE TABLE product_product (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    default_code TEXT,
    barcode TEXT,
    categ_id BIGINT NOT NULL REFERENCES product_category (id),
    type TEXT NOT NULL,
    uom TEXT NOT NULL,
    list_price BIGINT NOT NULL,
    standard_price BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    weight BIGINT,
    sale_ok BOOLEAN NOT NULL,
    purchase_ok BOOLEAN NOT NULL,
    vendor_id BIGINT REFERENCES res_partner (id),
    description_sale TEXT,
    company_id BIGINT REFERENCES res_company (id),
    create_date BIGINT NOT NULL,
    active BOOLEAN NOT NULL
);
CREATE INDEX product_product_categ ON product_product (categ_id);
CREATE INDEX product_product_code ON product_product (default_code, name);
CREATE INDEX product_product_vendor ON product_product (vendor_id);

-- Warehouses

CREATE TABLE stock_warehouse (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    partner_id BIGINT REFERENCES res_partner (id),
    city TEXT,
    tz TEXT NOT NULL,
    lot_stock_id BIGINT,
    active BOOLEAN NOT NULL
);

CREATE TABLE stock_location (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    complete_name TEXT NOT NULL,
    usage TEXT NOT NULL,
    location_id BIGINT REFERENCES stock_location (id),
    warehouse_id BIGINT REFERENCES stock_warehouse (id),
    company_id BIGINT REFERENCES res_company (id),
    active BOOLEAN NOT NULL
);
CREATE INDEX stock_location_parent ON stock_location (location_id);
CREATE INDEX stock_location_warehouse ON stock_location (warehouse_id);

-- Sales

CREATE TABLE crm_lead (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    stage TEXT NOT NULL,
    partner_id BIGINT REFERENCES res_partner (id),
    contact_name TEXT,
    email_from TEXT,
    phone TEXT,
    city TEXT,
    country_id BIGINT REFERENCES res_country (id),
    user_id BIGINT REFERENCES res_users (id),
    team TEXT,
    source TEXT,
    priority TEXT NOT NULL,
    expected_revenue BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    probability BIGINT NOT NULL,
    lost_reason TEXT,
    create_date BIGINT NOT NULL,
    date_deadline BIGINT,
    date_closed BIGINT,
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    description TEXT,
    active BOOLEAN NOT NULL
);
CREATE INDEX crm_lead_date ON crm_lead (create_date, id);
CREATE INDEX crm_lead_user ON crm_lead (user_id, create_date);
CREATE INDEX crm_lead_partner ON crm_lead (partner_id);
CREATE INDEX crm_lead_stage ON crm_lead (stage, create_date);

CREATE TABLE sale_order (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    partner_id BIGINT NOT NULL REFERENCES res_partner (id),
    client_order_ref TEXT,
    date_order BIGINT NOT NULL,
    create_date BIGINT NOT NULL,
    validity_date BIGINT,
    commitment_date BIGINT,
    user_id BIGINT REFERENCES res_users (id),
    team TEXT,
    warehouse_id BIGINT NOT NULL REFERENCES stock_warehouse (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    payment_term TEXT,
    invoice_status TEXT NOT NULL,
    delivery_status TEXT,
    amount_untaxed BIGINT NOT NULL,
    amount_tax BIGINT NOT NULL,
    amount_total BIGINT NOT NULL,
    margin BIGINT NOT NULL,
    opportunity_id BIGINT REFERENCES crm_lead (id),
    origin TEXT,
    note TEXT
);
CREATE INDEX sale_order_date ON sale_order (date_order, id);
CREATE INDEX sale_order_company ON sale_order (company_id, date_order);
CREATE INDEX sale_order_user ON sale_order (user_id, date_order);
CREATE INDEX sale_order_partner ON sale_order (partner_id, date_order);
CREATE INDEX sale_order_state ON sale_order (state, date_order);
CREATE INDEX sale_order_opportunity ON sale_order (opportunity_id);

CREATE TABLE sale_order_line (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES sale_order (id),
    sequence BIGINT NOT NULL,
    name TEXT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product_product (id),
    product_uom_qty BIGINT NOT NULL,
    qty_delivered BIGINT NOT NULL,
    qty_invoiced BIGINT NOT NULL,
    uom TEXT NOT NULL,
    price_unit BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    tax_rate BIGINT NOT NULL,
    price_subtotal BIGINT NOT NULL,
    price_tax BIGINT NOT NULL,
    price_total BIGINT NOT NULL,
    discount_amount BIGINT NOT NULL,
    purchase_price BIGINT NOT NULL,
    margin BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    order_partner_id BIGINT NOT NULL REFERENCES res_partner (id),
    salesman_id BIGINT REFERENCES res_users (id),
    state TEXT NOT NULL
);
CREATE INDEX sale_order_line_order ON sale_order_line (order_id, sequence, id);
CREATE INDEX sale_order_line_product ON sale_order_line (product_id);
CREATE INDEX sale_order_line_partner ON sale_order_line (order_partner_id);
CREATE INDEX sale_order_line_salesman ON sale_order_line (salesman_id);

-- Purchases

CREATE TABLE purchase_order (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    partner_id BIGINT NOT NULL REFERENCES res_partner (id),
    partner_ref TEXT,
    date_order BIGINT NOT NULL,
    date_approve BIGINT,
    date_planned BIGINT,
    user_id BIGINT REFERENCES res_users (id),
    warehouse_id BIGINT NOT NULL REFERENCES stock_warehouse (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    receipt_status TEXT,
    invoice_status TEXT NOT NULL,
    amount_untaxed BIGINT NOT NULL,
    amount_tax BIGINT NOT NULL,
    amount_total BIGINT NOT NULL,
    origin TEXT,
    note TEXT
);
CREATE INDEX purchase_order_date ON purchase_order (date_order, id);
CREATE INDEX purchase_order_company ON purchase_order (company_id, date_order);
CREATE INDEX purchase_order_user ON purchase_order (user_id, date_order);
CREATE INDEX purchase_order_partner ON purchase_order (partner_id, date_order);
CREATE INDEX purchase_order_state ON purchase_order (state, date_order);

CREATE TABLE purchase_order_line (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES purchase_order (id),
    sequence BIGINT NOT NULL,
    name TEXT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product_product (id),
    product_qty BIGINT NOT NULL,
    qty_received BIGINT NOT NULL,
    qty_invoiced BIGINT NOT NULL,
    uom TEXT NOT NULL,
    price_unit BIGINT NOT NULL,
    tax_rate BIGINT NOT NULL,
    price_subtotal BIGINT NOT NULL,
    price_tax BIGINT NOT NULL,
    price_total BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    partner_id BIGINT NOT NULL REFERENCES res_partner (id),
    state TEXT NOT NULL,
    date_planned BIGINT
);
CREATE INDEX purchase_order_line_order ON purchase_order_line (order_id, sequence, id);
CREATE INDEX purchase_order_line_product ON purchase_order_line (product_id);
CREATE INDEX purchase_order_line_partner ON purchase_order_line (partner_id);

-- Stock

CREATE TABLE stock_picking (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    picking_type TEXT NOT NULL,
    state TEXT NOT NULL,
    partner_id BIGINT REFERENCES res_partner (id),
    scheduled_date BIGINT NOT NULL,
    date_done BIGINT,
    origin TEXT,
    location_id BIGINT NOT NULL REFERENCES stock_location (id),
    location_dest_id BIGINT NOT NULL REFERENCES stock_location (id),
    warehouse_id BIGINT NOT NULL REFERENCES stock_warehouse (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    user_id BIGINT REFERENCES res_users (id),
    sale_id BIGINT REFERENCES sale_order (id),
    purchase_id BIGINT REFERENCES purchase_order (id),
    backorder_id BIGINT REFERENCES stock_picking (id),
    priority TEXT NOT NULL,
    note TEXT
);
CREATE INDEX stock_picking_date ON stock_picking (scheduled_date, id);
CREATE INDEX stock_picking_company ON stock_picking (company_id, scheduled_date);
CREATE INDEX stock_picking_state ON stock_picking (state, scheduled_date);
CREATE INDEX stock_picking_warehouse ON stock_picking (warehouse_id, scheduled_date);
CREATE INDEX stock_picking_partner ON stock_picking (partner_id);
CREATE INDEX stock_picking_sale ON stock_picking (sale_id);
CREATE INDEX stock_picking_purchase ON stock_picking (purchase_id);

-- Links of a movement are checked by the program, not by the database: a million rows would pay for it.
CREATE TABLE stock_movement (
    id BIGINT PRIMARY KEY,
    date BIGINT NOT NULL,
    reference TEXT NOT NULL,
    product_id BIGINT NOT NULL,
    categ_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    uom TEXT NOT NULL,
    location_id BIGINT NOT NULL,
    location_dest_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    picking_id BIGINT,
    picking_type TEXT NOT NULL,
    state TEXT NOT NULL,
    partner_id BIGINT,
    value BIGINT NOT NULL,
    currency_id BIGINT NOT NULL
);
CREATE INDEX stock_movement_date ON stock_movement (date, id);
CREATE INDEX stock_movement_company ON stock_movement (company_id, date);
CREATE INDEX stock_movement_product ON stock_movement (product_id, date);
CREATE INDEX stock_movement_warehouse ON stock_movement (warehouse_id, date);
CREATE INDEX stock_movement_state ON stock_movement (state, date);
CREATE INDEX stock_movement_partner ON stock_movement (partner_id, date);
CREATE INDEX stock_movement_picking ON stock_movement (picking_id);

-- Sums of stock_movement, written in the transaction that writes the movements.
CREATE TABLE stock_movement_rollup (
    company_id BIGINT NOT NULL,
    month BIGINT NOT NULL,               -- months since January 1970, in UTC
    product_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    picking_type TEXT NOT NULL,
    state TEXT NOT NULL,
    currency_id BIGINT NOT NULL,
    movements BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (company_id, month, product_id, warehouse_id, picking_type, state, currency_id)
);

CREATE TABLE stock_quant (
    id BIGINT PRIMARY KEY,
    product_id BIGINT NOT NULL REFERENCES product_product (id),
    location_id BIGINT NOT NULL REFERENCES stock_location (id),
    warehouse_id BIGINT REFERENCES stock_warehouse (id),
    company_id BIGINT REFERENCES res_company (id),
    quantity BIGINT NOT NULL,
    reserved_quantity BIGINT NOT NULL,
    uom TEXT NOT NULL,
    value BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    in_date BIGINT
);
CREATE UNIQUE INDEX stock_quant_place ON stock_quant (location_id, product_id, company_id);
CREATE INDEX stock_quant_product ON stock_quant (product_id);
CREATE INDEX stock_quant_warehouse ON stock_quant (warehouse_id);

-- Shops

CREATE TABLE pos_order (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    pos_reference TEXT,
    session TEXT NOT NULL,
    state TEXT NOT NULL,
    date_order BIGINT NOT NULL,
    partner_id BIGINT REFERENCES res_partner (id),
    user_id BIGINT REFERENCES res_users (id),
    warehouse_id BIGINT NOT NULL REFERENCES stock_warehouse (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    payment_method TEXT,
    amount_untaxed BIGINT NOT NULL,
    amount_tax BIGINT NOT NULL,
    amount_total BIGINT NOT NULL,
    amount_paid BIGINT NOT NULL,
    margin BIGINT NOT NULL,
    picking_id BIGINT REFERENCES stock_picking (id)
);
CREATE INDEX pos_order_date ON pos_order (date_order, id);
CREATE INDEX pos_order_company ON pos_order (company_id, date_order);
CREATE INDEX pos_order_warehouse ON pos_order (warehouse_id, date_order);
CREATE INDEX pos_order_user ON pos_order (user_id, date_order);
CREATE INDEX pos_order_partner ON pos_order (partner_id);
CREATE INDEX pos_order_state ON pos_order (state, date_order);
CREATE INDEX pos_order_picking ON pos_order (picking_id);

CREATE TABLE pos_order_line (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES pos_order (id),
    name TEXT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product_product (id),
    qty BIGINT NOT NULL,
    uom TEXT NOT NULL,
    price_unit BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    tax_rate BIGINT NOT NULL,
    price_subtotal BIGINT NOT NULL,
    price_subtotal_incl BIGINT NOT NULL,
    discount_amount BIGINT NOT NULL,
    total_cost BIGINT NOT NULL,
    margin BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id)
);
CREATE INDEX pos_order_line_order ON pos_order_line (order_id, id);
CREATE INDEX pos_order_line_product ON pos_order_line (product_id);

-- Books

CREATE TABLE account_account (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    account_type TEXT NOT NULL,
    reconcile BOOLEAN NOT NULL,
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX account_account_code ON account_account (code, company_id);

CREATE TABLE account_journal (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    type TEXT NOT NULL,
    default_account_id BIGINT REFERENCES account_account (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX account_journal_code ON account_journal (code, company_id);

CREATE TABLE account_move (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    ref TEXT,
    move_type TEXT NOT NULL,
    state TEXT NOT NULL,
    date BIGINT NOT NULL,
    invoice_date BIGINT,
    invoice_date_due BIGINT,
    partner_id BIGINT REFERENCES res_partner (id),
    journal_id BIGINT NOT NULL REFERENCES account_journal (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    company_currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    amount_untaxed BIGINT NOT NULL,
    amount_tax BIGINT NOT NULL,
    amount_total BIGINT NOT NULL,
    amount_residual BIGINT NOT NULL,
    amount_total_signed BIGINT NOT NULL,
    payment_state TEXT,
    invoice_user_id BIGINT REFERENCES res_users (id),
    invoice_origin TEXT,
    sale_id BIGINT REFERENCES sale_order (id),
    purchase_id BIGINT REFERENCES purchase_order (id),
    reversed_entry_id BIGINT REFERENCES account_move (id),
    narration TEXT,
    create_date BIGINT NOT NULL
);
CREATE INDEX account_move_date ON account_move (date, name, id);
CREATE INDEX account_move_company ON account_move (company_id, date);
CREATE INDEX account_move_partner ON account_move (partner_id, date);
CREATE INDEX account_move_state ON account_move (state, date);
CREATE INDEX account_move_payment ON account_move (payment_state, invoice_date_due);
CREATE INDEX account_move_user ON account_move (invoice_user_id, date);
CREATE INDEX account_move_journal ON account_move (journal_id, date);
CREATE INDEX account_move_sale ON account_move (sale_id);
CREATE INDEX account_move_purchase ON account_move (purchase_id);

CREATE TABLE account_move_line (
    id BIGINT PRIMARY KEY,
    move_id BIGINT NOT NULL REFERENCES account_move (id),
    sequence BIGINT NOT NULL,
    name TEXT,
    display_type TEXT NOT NULL,
    date BIGINT NOT NULL,
    date_maturity BIGINT,
    account_id BIGINT NOT NULL REFERENCES account_account (id),
    journal_id BIGINT NOT NULL REFERENCES account_journal (id),
    partner_id BIGINT REFERENCES res_partner (id),
    product_id BIGINT REFERENCES product_product (id),
    quantity BIGINT NOT NULL,
    price_unit BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    price_subtotal BIGINT NOT NULL,
    debit BIGINT NOT NULL,
    credit BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    amount_currency BIGINT NOT NULL,
    amount_residual BIGINT NOT NULL,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    company_currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    company_id BIGINT NOT NULL REFERENCES res_company (id),
    parent_state TEXT NOT NULL
);
CREATE INDEX account_move_line_move ON account_move_line (move_id, id);
CREATE INDEX account_move_line_date ON account_move_line (date, move_id, id);
CREATE INDEX account_move_line_company ON account_move_line (company_id, date);
CREATE INDEX account_move_line_account ON account_move_line (account_id, date);
CREATE INDEX account_move_line_partner ON account_move_line (partner_id, date);
CREATE INDEX account_move_line_product ON account_move_line (product_id, date);

-- Next free id of each table of records.
CREATE TABLE erp_sequences (
    name TEXT PRIMARY KEY,               -- table
    next_id BIGINT NOT NULL
);

-- Analyses: dimensions by LEFT JOIN on a key, which both databases leave out where nothing of it is asked for.

CREATE VIEW report_sales_analysis AS
SELECT
    l.id AS id,
    o.date_order AS date,
    o.name AS order_reference,
    o.id AS order_id,
    o.state AS state,
    o.invoice_status AS invoice_status,
    o.partner_id AS partner_id,
    p.commercial_partner_id AS commercial_partner_id,
    p.country_id AS country_id,
    o.user_id AS user_id,
    o.team AS team,
    l.product_id AS product_id,
    t.categ_id AS categ_id,
    o.warehouse_id AS warehouse_id,
    o.company_id AS company_id,
    o.currency_id AS currency_id,
    l.uom AS uom,
    l.product_uom_qty AS product_uom_qty,
    l.qty_delivered AS qty_delivered,
    CASE WHEN o.state = 'sale' THEN l.product_uom_qty - l.qty_delivered ELSE 0 END AS qty_to_deliver,
    l.qty_invoiced AS qty_invoiced,
    CASE WHEN o.state = 'sale' THEN l.product_uom_qty - l.qty_invoiced ELSE 0 END AS qty_to_invoice,
    l.price_unit AS price_unit,
    l.discount AS discount,
    l.discount_amount AS discount_amount,
    l.price_subtotal AS price_subtotal,
    l.price_total AS price_total,
    l.margin AS margin,
    CAST(1 AS BIGINT) AS nbr
FROM sale_order_line l
JOIN sale_order o ON o.id = l.order_id
LEFT JOIN res_partner p ON p.id = o.partner_id
LEFT JOIN product_product t ON t.id = l.product_id;

CREATE VIEW report_retail_sales_analysis AS
SELECT
    l.id AS id,
    o.date_order AS date,
    o.name AS order_reference,
    o.id AS order_id,
    o.state AS state,
    o.session AS session,
    o.payment_method AS payment_method,
    o.partner_id AS partner_id,
    p.country_id AS country_id,
    o.user_id AS user_id,
    l.product_id AS product_id,
    t.categ_id AS categ_id,
    o.warehouse_id AS warehouse_id,
    o.company_id AS company_id,
    o.currency_id AS currency_id,
    l.uom AS uom,
    l.qty AS product_qty,
    l.price_unit AS price_unit,
    l.discount AS discount,
    l.discount_amount AS discount_amount,
    l.price_subtotal AS price_subtotal,
    l.price_subtotal_incl AS price_total,
    l.margin AS margin,
    CAST(1 AS BIGINT) AS nbr
FROM pos_order_line l
JOIN pos_order o ON o.id = l.order_id
LEFT JOIN res_partner p ON p.id = o.partner_id
LEFT JOIN product_product t ON t.id = l.product_id;

CREATE VIEW report_account_entries_analysis AS
SELECT
    l.id AS id,
    l.date AS date,
    m.invoice_date AS invoice_date,
    l.date_maturity AS date_maturity,
    l.move_id AS move_id,
    m.name AS move_name,
    m.move_type AS move_type,
    m.state AS state,
    m.payment_state AS payment_state,
    l.journal_id AS journal_id,
    j.type AS journal_type,
    l.account_id AS account_id,
    a.account_type AS account_type,
    l.partner_id AS partner_id,
    p.commercial_partner_id AS commercial_partner_id,
    p.country_id AS country_id,
    m.invoice_user_id AS user_id,
    l.product_id AS product_id,
    t.categ_id AS categ_id,
    l.company_id AS company_id,
    l.company_currency_id AS currency_id,
    l.quantity AS quantity,
    l.debit AS debit,
    l.credit AS credit,
    l.balance AS balance,
    l.amount_residual AS amount_residual,
    CAST(1 AS BIGINT) AS nbr
FROM account_move_line l
JOIN account_move m ON m.id = l.move_id
LEFT JOIN account_journal j ON j.id = l.journal_id
LEFT JOIN account_account a ON a.id = l.account_id
LEFT JOIN res_partner p ON p.id = l.partner_id
LEFT JOIN product_product t ON t.id = l.product_id;

CREATE VIEW report_stock_onhand AS
SELECT
    q.id AS id,
    q.product_id AS product_id,
    t.categ_id AS categ_id,
    q.location_id AS location_id,
    q.warehouse_id AS warehouse_id,
    q.company_id AS company_id,
    q.quantity AS quantity,
    q.reserved_quantity AS reserved_quantity,
    q.quantity - q.reserved_quantity AS available_quantity,
    q.uom AS uom,
    q.value AS value,
    q.currency_id AS currency_id,
    q.in_date AS in_date
FROM stock_quant q
JOIN stock_location s ON s.id = q.location_id AND s.usage = 'internal'
LEFT JOIN product_product t ON t.id = q.product_id;
