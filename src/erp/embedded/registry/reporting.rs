//! Analyses made for questions: read-only views, whose amounts stand beside all that they are asked by.

use crate::model::{Model, ModelKind};

use super::build::{
    FieldBuild, ModelBuild, char, company, currency, date, datetime, integer, many2one, model, money,
    percent, quantity, selection,
};
use super::values::{
    ACCOUNT_TYPE, INVOICE_STATUS, JOURNAL_TYPE, MOVE_STATE, MOVE_TYPE, PAYMENT_METHOD, PAYMENT_STATE,
    POS_STATE, SALE_STATE, TEAM, UOM,
};

/// The models of this application; `stock.movement` is the fifth to report from.
pub fn models() -> Vec<Model> {
    vec![sales(), retail(), entries(), on_hand()].into_iter().map(read_only).collect()
}

fn read_only(mut model: Model) -> Model {
    for field in &mut model.fields {
        field.readonly = true;
    }
    model
}

fn sales() -> Model {
    model(
        ModelKind::Reporting,
        "report.sales.analysis",
        "Sales Analysis",
        "Sales order lines with customer, salesperson, product and amounts; quotations and cancelled orders have another state than `sale`.",
    )
    .rec_name("order_reference")
    .order("date desc, id desc")
    .significant([
        "date",
        "order_reference",
        "partner_id",
        "user_id",
        "product_id",
        "product_uom_qty",
        "price_subtotal",
        "price_total",
        "currency_id",
        "state",
    ])
    .fields([
        datetime("date", "Order Date").required(),
        char("order_reference", "Order Reference").required(),
        many2one("order_id", "Order", "sale.order").required(),
        selection("state", "Status", SALE_STATE).required(),
        selection("invoice_status", "Order Invoice Status", INVOICE_STATUS).required(),
        many2one("partner_id", "Customer", "res.partner").required(),
        many2one("commercial_partner_id", "Customer Entity", "res.partner"),
        many2one("country_id", "Customer Country", "res.country"),
        many2one("user_id", "Salesperson", "res.users"),
        selection("team", "Sales Team", TEAM),
        many2one("product_id", "Product", "product.product").required(),
        many2one("categ_id", "Product Category", "product.category"),
        many2one("warehouse_id", "Warehouse", "stock.warehouse").required(),
        company().required(),
        currency().help("Currency of the order: the amounts are in it."),
        selection("uom", "Unit", UOM).required(),
        quantity("product_uom_qty", "Qty Ordered").required(),
        quantity("qty_delivered", "Qty Delivered").required(),
        quantity("qty_to_deliver", "Qty To Deliver").required(),
        quantity("qty_invoiced", "Qty Invoiced").required(),
        quantity("qty_to_invoice", "Qty To Invoice").required(),
        money("price_unit", "Unit Price").required().averaged(),
        percent("discount", "Discount (%)").required(),
        money("discount_amount", "Discount Amount").required(),
        money("price_subtotal", "Untaxed Total").required(),
        money("price_total", "Total").required(),
        money("margin", "Margin").required().help("Untaxed total less cost."),
        integer("nbr", "# of Lines").required(),
    ])
}

fn retail() -> Model {
    model(
        ModelKind::Reporting,
        "report.retail.sales.analysis",
        "Retail Sales Analysis",
        "Lines of the shops' sales (Point of Sale) with shop, product, payment and amounts.",
    )
    .rec_name("order_reference")
    .order("date desc, id desc")
    .significant([
        "date",
        "order_reference",
        "warehouse_id",
        "product_id",
        "product_qty",
        "price_subtotal",
        "price_total",
        "currency_id",
        "payment_method",
        "state",
    ])
    .fields([
        datetime("date", "Order Date").required(),
        char("order_reference", "Order Reference").required(),
        many2one("order_id", "Order", "pos.order").required(),
        selection("state", "Status", POS_STATE).required(),
        char("session", "Session").required(),
        selection("payment_method", "Payment Method", PAYMENT_METHOD),
        many2one("partner_id", "Customer", "res.partner"),
        many2one("country_id", "Customer Country", "res.country"),
        many2one("user_id", "Employee", "res.users"),
        many2one("product_id", "Product", "product.product").required(),
        many2one("categ_id", "Product Category", "product.category"),
        many2one("warehouse_id", "Shop", "stock.warehouse").required(),
        company().required(),
        currency(),
        selection("uom", "Unit", UOM).required(),
        quantity("product_qty", "Product Quantity").required(),
        money("price_unit", "Unit Price").required().averaged(),
        percent("discount", "Discount (%)").required(),
        money("discount_amount", "Total Discount").required(),
        money("price_subtotal", "Subtotal w/o Tax").required(),
        money("price_total", "Total Price").required(),
        money("margin", "Margin").required().help("Subtotal less cost."),
        integer("nbr", "# of Lines").required(),
    ])
}

fn entries() -> Model {
    model(
        ModelKind::Reporting,
        "report.account.entries.analysis",
        "Journal Entries Analysis",
        "Journal items with account, journal, partner and amounts; for turnover, sum `balance` over accounts of type income (credit is negative).",
    )
    .rec_name("move_name")
    .order("date desc, id desc")
    .significant([
        "date",
        "move_name",
        "account_id",
        "partner_id",
        "debit",
        "credit",
        "balance",
        "currency_id",
        "state",
    ])
    .fields([
        date("date", "Date").required(),
        date("invoice_date", "Invoice Date"),
        date("date_maturity", "Due Date"),
        many2one("move_id", "Journal Entry", "account.move").required(),
        char("move_name", "Number").required(),
        selection("move_type", "Type", MOVE_TYPE).required(),
        selection("state", "Status", MOVE_STATE).required(),
        selection("payment_state", "Payment Status", PAYMENT_STATE),
        many2one("journal_id", "Journal", "account.journal").required(),
        selection("journal_type", "Journal Type", JOURNAL_TYPE),
        many2one("account_id", "Account", "account.account").required(),
        selection("account_type", "Account Type", ACCOUNT_TYPE),
        many2one("partner_id", "Partner", "res.partner"),
        many2one("commercial_partner_id", "Partner Entity", "res.partner"),
        many2one("country_id", "Partner Country", "res.country"),
        many2one("user_id", "Salesperson", "res.users"),
        many2one("product_id", "Product", "product.product"),
        many2one("categ_id", "Product Category", "product.category"),
        company().required(),
        currency().help("Currency of the company's books: the amounts are in it."),
        quantity("quantity", "Quantity").required(),
        money("debit", "Debit").required(),
        money("credit", "Credit").required(),
        money("balance", "Balance").required().help("Debit less credit."),
        money("amount_residual", "Residual Amount")
            .required()
            .help("What of a receivable or payable is still open."),
        integer("nbr", "# of Items").required(),
    ])
}

fn on_hand() -> Model {
    model(
        ModelKind::Reporting,
        "report.stock.onhand",
        "Stock On Hand",
        "What lies in the warehouses now: quantity and value by product and location.",
    )
    .rec_name("id")
    .order("product_id, location_id, id")
    .significant([
        "product_id",
        "warehouse_id",
        "location_id",
        "quantity",
        "reserved_quantity",
        "available_quantity",
        "uom",
        "value",
        "currency_id",
    ])
    .fields([
        many2one("product_id", "Product", "product.product").required(),
        many2one("categ_id", "Product Category", "product.category"),
        many2one("location_id", "Location", "stock.location").required(),
        many2one("warehouse_id", "Warehouse", "stock.warehouse"),
        company(),
        quantity("quantity", "On Hand Quantity").required(),
        quantity("reserved_quantity", "Reserved Quantity").required(),
        quantity("available_quantity", "Available Quantity").required(),
        selection("uom", "Unit", UOM).required(),
        money("value", "Value").required().help("Quantity at cost, in the company's currency."),
        currency(),
        datetime("in_date", "Incoming Date").help("When goods last came in."),
    ])
    .report("stock.report_stock_sheet", "Stock Sheet")
}
