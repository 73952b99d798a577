//! The tables that the demo company fills, as rows.

use std::sync::Arc;

use super::sheet::row;

row! { User in "res_users" {
    id: i64, login: String, name: String, company_id: i64, lang: &'static str, tz: &'static str, active: bool,
    created_at: i64,
} }
row! { UserCompany in "res_users_company_ids_rel" { record_id: i64, target_id: i64 } }
row! { CurrencyRate in "res_currency_rate" { id: i64, name: i64, currency_id: i64, rate: i64 } }
row! { Partner in "res_partner" {
    id: i64, name: String, is_company: bool, parent_id: Option<i64>, commercial_partner_id: i64, r#ref: Option<String>,
    email: Option<String>, phone: Option<String>, website: Option<String>, street: Option<String>,
    zip: Option<String>, city: Option<&'static str>, country_id: i64, vat: Option<String>, lang: &'static str,
    industry: Option<&'static str>, user_id: Option<i64>, currency_id: i64, customer_rank: i64, supplier_rank: i64,
    company_id: Option<i64>, create_date: i64, active: bool,
} }
row! { Category in "product_category" {
    id: i64, name: &'static str, complete_name: String, parent_id: Option<i64>,
} }
row! { Product in "product_product" {
    id: i64, name: String, default_code: String, barcode: Option<String>, categ_id: i64, r#type: &'static str,
    uom: &'static str, list_price: i64, standard_price: i64, currency_id: i64, weight: Option<i64>, sale_ok: bool,
    purchase_ok: bool, vendor_id: Option<i64>, create_date: i64, active: bool,
} }
row! { Warehouse in "stock_warehouse" {
    id: i64, name: &'static str, code: &'static str, company_id: i64, city: &'static str, tz: &'static str,
    lot_stock_id: i64, active: bool,
} }
row! { Location in "stock_location" {
    id: i64, name: String, complete_name: String, usage: &'static str, location_id: Option<i64>,
    warehouse_id: Option<i64>, company_id: Option<i64>, active: bool,
} }
row! { Lead in "crm_lead" {
    id: i64, name: String, r#type: &'static str, stage: &'static str, partner_id: Option<i64>,
    contact_name: Option<String>, email_from: Option<String>, city: Option<&'static str>, country_id: Option<i64>,
    user_id: Option<i64>, team: &'static str, source: &'static str, priority: &'static str, expected_revenue: i64,
    currency_id: i64, probability: i64, lost_reason: Option<&'static str>, create_date: i64,
    date_deadline: Option<i64>, date_closed: Option<i64>, company_id: i64, active: bool,
} }
row! { SaleOrder in "sale_order" {
    id: i64, name: Arc<str>, state: &'static str, partner_id: i64, client_order_ref: Option<String>,
    date_order: i64, create_date: i64, validity_date: Option<i64>, commitment_date: Option<i64>,
    user_id: Option<i64>, team: &'static str, warehouse_id: i64, company_id: i64, currency_id: i64,
    payment_term: &'static str, invoice_status: &'static str, delivery_status: Option<&'static str>,
    amount_untaxed: i64, amount_tax: i64, amount_total: i64, margin: i64, opportunity_id: Option<i64>,
    origin: Option<String>,
} }
row! { SaleLine in "sale_order_line" {
    id: i64, order_id: i64, sequence: i64, name: String, product_id: i64, product_uom_qty: i64, qty_delivered: i64,
    qty_invoiced: i64, uom: &'static str, price_unit: i64, discount: i64, tax_rate: i64, price_subtotal: i64,
    price_tax: i64, price_total: i64, discount_amount: i64, purchase_price: i64, margin: i64, currency_id: i64,
    company_id: i64, order_partner_id: i64, salesman_id: Option<i64>, state: &'static str,
} }
row! { PurchaseOrder in "purchase_order" {
    id: i64, name: Arc<str>, state: &'static str, partner_id: i64, partner_ref: Option<String>, date_order: i64,
    date_approve: Option<i64>, date_planned: i64, user_id: Option<i64>, warehouse_id: i64, company_id: i64,
    currency_id: i64, receipt_status: Option<&'static str>, invoice_status: &'static str, amount_untaxed: i64,
    amount_tax: i64, amount_total: i64, origin: Option<&'static str>,
} }
row! { PurchaseLine in "purchase_order_line" {
    id: i64, order_id: i64, sequence: i64, name: String, product_id: i64, product_qty: i64, qty_received: i64,
    qty_invoiced: i64, uom: &'static str, price_unit: i64, tax_rate: i64, price_subtotal: i64, price_tax: i64,
    price_total: i64, currency_id: i64, company_id: i64, partner_id: i64, state: &'static str,
    date_planned: i64,
} }
row! { Picking in "stock_picking" {
    id: i64, name: Arc<str>, picking_type: &'static str, state: &'static str, partner_id: Option<i64>,
    scheduled_date: i64, date_done: Option<i64>, origin: Option<Arc<str>>, location_id: i64, location_dest_id: i64,
    warehouse_id: i64, company_id: i64, user_id: Option<i64>, sale_id: Option<i64>, purchase_id: Option<i64>,
    backorder_id: Option<i64>, priority: &'static str,
} }
row! { Movement in "stock_movement" {
    id: i64, date: i64, reference: Arc<str>, product_id: i64, categ_id: i64, quantity: i64, uom: &'static str,
    location_id: i64, location_dest_id: i64, warehouse_id: i64, company_id: i64, picking_id: Option<i64>,
    picking_type: &'static str, state: &'static str, partner_id: Option<i64>, value: i64, currency_id: i64,
} }
row! { Quant in "stock_quant" {
    id: i64, product_id: i64, location_id: i64, warehouse_id: Option<i64>, company_id: Option<i64>, quantity: i64,
    reserved_quantity: i64, uom: &'static str, value: i64, currency_id: i64, in_date: Option<i64>,
} }
row! { PosOrder in "pos_order" {
    id: i64, name: Arc<str>, pos_reference: String, session: Arc<str>, state: &'static str, date_order: i64,
    partner_id: Option<i64>, user_id: Option<i64>, warehouse_id: i64, company_id: i64, currency_id: i64,
    payment_method: Option<&'static str>, amount_untaxed: i64, amount_tax: i64, amount_total: i64,
    amount_paid: i64, margin: i64, picking_id: Option<i64>,
} }
row! { PosLine in "pos_order_line" {
    id: i64, order_id: i64, name: String, product_id: i64, qty: i64, uom: &'static str, price_unit: i64,
    discount: i64, tax_rate: i64, price_subtotal: i64, price_subtotal_incl: i64, discount_amount: i64,
    total_cost: i64, margin: i64, currency_id: i64, company_id: i64,
} }
row! { Account in "account_account" {
    id: i64, code: &'static str, name: &'static str, account_type: &'static str, reconcile: bool, company_id: i64,
    active: bool,
} }
row! { Journal in "account_journal" {
    id: i64, name: &'static str, code: &'static str, r#type: &'static str, default_account_id: i64,
    company_id: i64, currency_id: i64, active: bool,
} }
row! { Entry in "account_move" {
    id: i64, name: String, r#ref: Option<String>, move_type: &'static str, state: &'static str, date: i64,
    invoice_date: Option<i64>, invoice_date_due: Option<i64>, partner_id: Option<i64>, journal_id: i64,
    company_id: i64, currency_id: i64, company_currency_id: i64, amount_untaxed: i64, amount_tax: i64,
    amount_total: i64, amount_residual: i64, amount_total_signed: i64, payment_state: Option<&'static str>,
    invoice_user_id: Option<i64>, invoice_origin: Option<Arc<str>>, sale_id: Option<i64>, purchase_id: Option<i64>,
    reversed_entry_id: Option<i64>, create_date: i64,
} }
row! { Item in "account_move_line" {
    id: i64, move_id: i64, sequence: i64, name: Option<String>, display_type: &'static str, date: i64,
    date_maturity: Option<i64>, account_id: i64, journal_id: i64, partner_id: Option<i64>, product_id: Option<i64>,
    quantity: i64, price_unit: i64, discount: i64, price_subtotal: i64, debit: i64, credit: i64, balance: i64,
    amount_currency: i64, amount_residual: i64, currency_id: i64, company_currency_id: i64, company_id: i64,
    parent_state: &'static str,
} }
