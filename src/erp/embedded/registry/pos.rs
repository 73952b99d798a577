//! Sales of the shops.

use crate::model::Model;

use super::build::{
    FieldBuild, ModelBuild, business, char, company, currency, datetime, many2one, money, one2many, percent,
    quantity, selection,
};
use super::values::{PAYMENT_METHOD, POS_STATE, UOM};

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![order(), line()]
}

fn order() -> Model {
    business("pos.order", "Point of Sale Order", "Sales of the shops, one for each receipt.")
        .order("date_order desc, id desc")
        .significant([
            "name",
            "date_order",
            "warehouse_id",
            "partner_id",
            "user_id",
            "state",
            "payment_method",
            "amount_total",
            "currency_id",
        ])
        .fields([
            char("name", "Order Ref").required().readonly(),
            char("pos_reference", "Receipt Number").readonly(),
            char("session", "Session").required().readonly().help("One day at one shop's till."),
            selection("state", "Status", POS_STATE).required().readonly(),
            datetime("date_order", "Date").required(),
            many2one("partner_id", "Customer", "res.partner"),
            many2one("user_id", "Employee", "res.users"),
            many2one("warehouse_id", "Shop", "stock.warehouse").required(),
            company().required(),
            currency(),
            selection("payment_method", "Payment Method", PAYMENT_METHOD),
            money("amount_untaxed", "Untaxed Amount").required().readonly(),
            money("amount_tax", "Taxes").required().readonly(),
            money("amount_total", "Total").required().readonly(),
            money("amount_paid", "Paid").required().readonly(),
            money("margin", "Margin").required().readonly(),
            many2one("picking_id", "Delivery", "stock.picking")
                .readonly()
                .help("Transfer that took the session's goods out of stock."),
            one2many("lines", "Order Lines", "pos.order.line", "order_id"),
        ])
}

fn line() -> Model {
    business("pos.order.line", "Point of Sale Order Line", "Products of the shops' sales.")
        .order("order_id desc, id")
        .significant(["order_id", "product_id", "qty", "price_unit", "price_subtotal_incl", "currency_id"])
        .fields([
            many2one("order_id", "Order Ref", "pos.order").required(),
            char("name", "Product Name").required(),
            many2one("product_id", "Product", "product.product").required(),
            quantity("qty", "Quantity").required(),
            selection("uom", "Unit", UOM).required(),
            money("price_unit", "Unit Price").required().averaged().help("Without tax."),
            percent("discount", "Discount (%)").required(),
            percent("tax_rate", "Tax (%)").required(),
            money("price_subtotal", "Subtotal w/o Tax").required().readonly(),
            money("price_subtotal_incl", "Subtotal").required().readonly(),
            money("discount_amount", "Discount Amount").required().readonly(),
            money("total_cost", "Total Cost").required().readonly(),
            money("margin", "Margin").required().readonly(),
            currency().readonly(),
            company().required().readonly(),
        ])
}
