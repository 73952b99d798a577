//! Warehouses, locations, transfers, movements, stock.

use crate::model::{Model, ModelKind};

use super::build::{
    FieldBuild, ModelBuild, active, business, char, company, currency, datetime, many2one, model, money,
    one2many, quantity, selection, text,
};
use super::values::{PICKING_TYPE, STOCK_STATE, UOM};

const USAGE: &[(&str, &str)] = &[
    ("supplier", "Vendor Location"),
    ("view", "View"),
    ("internal", "Internal Location"),
    ("customer", "Customer Location"),
    ("inventory", "Inventory Loss"),
    ("transit", "Transit Location"),
];

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![warehouse(), location(), picking(), movement(), quant()]
}

fn warehouse() -> Model {
    business("stock.warehouse", "Warehouse", "Warehouses and shops where goods are kept.")
        .order("name, id")
        .significant(["name", "code", "company_id"])
        .fields([
            char("name", "Warehouse").required(),
            char("code", "Short Name").required(),
            company().required(),
            many2one("partner_id", "Address", "res.partner"),
            char("city", "City"),
            char("tz", "Timezone").required(),
            many2one("lot_stock_id", "Stock Location", "stock.location"),
            one2many("location_ids", "Locations", "stock.location", "warehouse_id"),
            active(),
        ])
}

fn location() -> Model {
    business("stock.location", "Location", "Places that goods lie in or move between; a tree.")
        .rec_name("complete_name")
        .order("complete_name, id")
        .significant(["complete_name", "usage", "warehouse_id", "company_id"])
        .fields([
            char("name", "Location Name").required(),
            char("complete_name", "Full Location Name").required().readonly(),
            selection("usage", "Location Type", USAGE).required(),
            many2one("location_id", "Parent Location", "stock.location"),
            one2many("child_ids", "Contains", "stock.location", "location_id"),
            many2one("warehouse_id", "Warehouse", "stock.warehouse"),
            company().help("Empty: vendors, customers and the like, shared by all companies."),
            active(),
        ])
}

fn picking() -> Model {
    business("stock.picking", "Transfer", "Receipts, deliveries and internal transfers.")
        .order("scheduled_date desc, id desc")
        .significant([
            "name",
            "partner_id",
            "picking_type",
            "state",
            "scheduled_date",
            "date_done",
            "origin",
            "warehouse_id",
        ])
        .fields([
            char("name", "Reference").required().readonly(),
            selection("picking_type", "Operation Type", PICKING_TYPE).required(),
            selection("state", "Status", STOCK_STATE).required().readonly(),
            many2one("partner_id", "Contact", "res.partner"),
            datetime("scheduled_date", "Scheduled Date").required(),
            datetime("date_done", "Date of Transfer").readonly(),
            char("origin", "Source Document"),
            many2one("location_id", "Source Location", "stock.location").required(),
            many2one("location_dest_id", "Destination Location", "stock.location").required(),
            many2one("warehouse_id", "Warehouse", "stock.warehouse").required(),
            company().required().readonly(),
            many2one("user_id", "Responsible", "res.users"),
            many2one("sale_id", "Sales Order", "sale.order").readonly(),
            many2one("purchase_id", "Purchase Order", "purchase.order").readonly(),
            many2one("backorder_id", "Back Order of", "stock.picking").readonly(),
            selection("priority", "Priority", &[("0", "Normal"), ("1", "Urgent")]).required(),
            text("note", "Notes").untrusted(),
            one2many("movement_ids", "Movements", "stock.movement", "picking_id").editable(),
        ])
        .method("button_validate", "Validate the transfer: its movements are done and stock changes.")
        .method("action_cancel", "Cancel an open transfer: what it reserved is free again.")
        .report("stock.report_deliveryslip", "Delivery Slip")
}

fn movement() -> Model {
    model(
        ModelKind::Reporting,
        "stock.movement",
        "Stock Movement",
        "Every movement of a product between two locations, planned and done; many records: filter by date, product or warehouse.",
    )
    .rec_name("reference")
    .order("date desc, id desc")
    .significant(["date", "reference", "product_id", "quantity", "uom", "picking_type", "state", "warehouse_id"])
    .fields([
        datetime("date", "Date").required().help("When it was done; until then, when it is planned."),
        char("reference", "Reference").required().readonly(),
        many2one("product_id", "Product", "product.product").required(),
        many2one("categ_id", "Product Category", "product.category")
            .required()
            .readonly()
            .help("Category of the product when it was moved."),
        quantity("quantity", "Quantity").required(),
        selection("uom", "Unit", UOM).required().readonly(),
        many2one("location_id", "From", "stock.location").required(),
        many2one("location_dest_id", "To", "stock.location").required(),
        many2one("warehouse_id", "Warehouse", "stock.warehouse").required(),
        company().required().readonly(),
        many2one("picking_id", "Transfer", "stock.picking"),
        selection("picking_type", "Operation Type", PICKING_TYPE).required(),
        selection("state", "Status", STOCK_STATE).required().readonly(),
        many2one("partner_id", "Contact", "res.partner"),
        money("value", "Value").required().readonly().help("Quantity at cost, in the company's currency."),
        currency().readonly(),
    ])
}

fn quant() -> Model {
    business("stock.quant", "Quant", "How much of a product lies at a location.")
        .rec_name("id")
        .order("location_id, product_id, id")
        .significant(["product_id", "location_id", "quantity", "reserved_quantity", "uom", "value"])
        .fields([
            many2one("product_id", "Product", "product.product").required().readonly(),
            many2one("location_id", "Location", "stock.location").required().readonly(),
            many2one("warehouse_id", "Warehouse", "stock.warehouse").readonly(),
            company().readonly(),
            quantity("quantity", "Quantity").required().readonly(),
            quantity("reserved_quantity", "Reserved Quantity").required().readonly(),
            selection("uom", "Unit", UOM).required().readonly(),
            money("value", "Value")
                .required()
                .readonly()
                .help("Quantity at cost, in the company's currency."),
            currency().readonly(),
            datetime("in_date", "Incoming Date").readonly().help("When goods last came in."),
        ])
}
