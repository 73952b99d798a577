//! Products and their categories.

use crate::model::Model;

use super::build::{
    FieldBuild, ModelBuild, active, boolean, business, char, company, currency, datetime, many2one, money,
    one2many, quantity, selection, text,
};
use super::values::UOM;

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![category(), product()]
}

fn category() -> Model {
    business("product.category", "Product Category", "The tree of product categories.")
        .rec_name("complete_name")
        .order("complete_name, id")
        .significant(["complete_name", "parent_id"])
        .fields([
            char("name", "Name").required(),
            char("complete_name", "Complete Name")
                .required()
                .readonly()
                .help("With the names of the categories above it."),
            many2one("parent_id", "Parent Category", "product.category"),
            one2many("child_ids", "Child Categories", "product.category", "parent_id"),
            one2many("product_ids", "Products", "product.product", "categ_id"),
        ])
}

fn product() -> Model {
    business("product.product", "Product", "Goods and services that are bought, kept and sold.")
        .order("default_code, name, id")
        .significant(["name", "default_code", "categ_id", "type", "list_price", "standard_price", "active"])
        .fields([
            char("name", "Name").required(),
            char("default_code", "Internal Reference"),
            char("barcode", "Barcode"),
            many2one("categ_id", "Product Category", "product.category").required(),
            selection("type", "Product Type", &[("consu", "Goods"), ("service", "Service")]).required(),
            selection("uom", "Unit", UOM).required(),
            money("list_price", "Sales Price").required().averaged(),
            money("standard_price", "Cost").required().averaged(),
            currency().help("Currency of price and cost."),
            quantity("weight", "Weight").averaged().help("Kilograms per unit."),
            boolean("sale_ok", "Can be Sold").required(),
            boolean("purchase_ok", "Can be Purchased").required(),
            many2one("vendor_id", "Main Vendor", "res.partner"),
            text("description_sale", "Sales Description"),
            company().help("Empty: shared by all companies."),
            datetime("create_date", "Created on").required().readonly(),
            active(),
            one2many("quant_ids", "Stock", "stock.quant", "product_id"),
        ])
}
