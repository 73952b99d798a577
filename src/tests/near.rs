//! Which field is suggested where a name is wrong, of the models as they are.

use crate::erp::embedded::registry;
use crate::model::near::fields;

fn of(model: &str, wrong: &str) -> Vec<String> {
    fields(wrong, &registry::model(model).unwrap().fields)
}

#[test]
fn what_people_call_a_field_goes_before_far_fetched_spellings() {
    for (model, wrong, best) in [
        ("sale.order", "customer_id", "partner_id (Customer)"),
        ("sale.order", "customer", "partner_id (Customer)"),
        ("sale.order", "partnr_id", "partner_id"),
        ("sale.order", "partner", "partner_id"),
        ("sale.order", "Partner_ID", "partner_id"),
        ("sale.order", "salesperson_id", "user_id (Salesperson)"),
        ("sale.order", "lines", "order_line"),
        ("sale.order", "order_lines", "order_line"),
        ("sale.order", "status", "state (Status)"),
        ("sale.order", "total", "amount_total (Total)"),
        ("sale.order", "delivery_date", "commitment_date (Delivery Date)"),
        ("sale.order", "stat", "state"),
        ("sale.order.line", "quantity", "product_uom_qty (Quantity)"),
        ("sale.order.line", "unit_price", "price_unit"),
        ("sale.order.line", "description", "name (Description)"),
        ("account.move", "due_date", "invoice_date_due (Due Date)"),
    ] {
        let found = of(model, wrong);
        assert_eq!(found.first().map(String::as_str), Some(best), "{model} {wrong}: {found:?}");
    }
    assert!(!of("sale.order", "customer_id").iter().any(|name| name.starts_with("user_id")));
    assert!(of("sale.order", "zzz").is_empty());
}
