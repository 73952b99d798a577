//! Which filters narrow a question about movements.

use serde_json::{Value, json};

use crate::erp::embedded::registry;
use crate::model::Domain;
use crate::policy::narrowing::{counts, is_narrowed};

fn narrowed(domain: &Value) -> bool {
    let model = registry::model("stock.movement").unwrap();
    is_narrowed(model, &Domain::parse(domain).unwrap())
}

#[test]
fn the_fields_are_the_models_own() {
    let model = registry::model("stock.movement").unwrap();
    let names: Vec<&str> = model.fields.iter().filter(|f| counts(f)).map(|f| f.name.as_ref()).collect();
    for name in ["date", "product_id", "warehouse_id", "company_id", "picking_id"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(!names.contains(&"state") && !names.contains(&"currency_id"), "{names:?}");
}

#[test]
fn a_filter_that_must_hold_narrows() {
    for domain in [
        json!([["date", ">=", "2026-07-01"]]),
        json!([["date", ">", "2026-07-01"], ["date", "<", "2026-08-01"]]),
        json!([["date", "=", "2026-07-01"]]),
        json!([["state", "=", "done"], ["product_id", "=", 7]]),
        json!([["product_id", "=", "Desk"]]),
        json!([["product_id", "ilike", "desk"]]),
        json!([["product_id.categ_id", "child_of", 3]]),
        json!([["product_id", "any", [["categ_id", "=", 3]]]]),
        json!([["warehouse_id", "in", [1, 2]]]),
        json!([["company_id", "=?", 1]]),
        json!(["|", ["product_id", "=", 7], ["warehouse_id", "=", 1]]),
        json!(["&", ["product_id", "=", 7], "|", ["state", "=", "done"], ["state", "=", "draft"]]),
        json!(["!", "!", ["product_id", "=", 7]]),
        json!([["id", "in", [1, 2]]]),
        json!([["picking_id", "=", 7]]),
        json!([["picking_id.id", "in", [7, 8]]]),
        json!([["picking_id", "=", "SBM/OUT/00001"], ["state", "=", "done"]]),
        json!([["product_id", "in", []]]),
        json!([[0, "=", 1]]),
    ] {
        assert!(narrowed(&domain), "{domain}");
    }
}

#[test]
fn what_may_be_everything_does_not() {
    for domain in [
        json!([]),
        json!([["state", "=", "done"]]),
        json!([["date", "<=", "2026-07-01"]]),
        json!([["date", "!=", "2026-07-01"]]),
        json!([["date", "=", false]]),
        json!(["|", ["product_id", "=", 7], ["state", "=", "done"]]),
        json!(["|", ["product_id", "=", 7], [1, "=", 1]]),
        json!([["product_id", "=?", false]]),
        json!([["product_id", "=?", null]]),
        json!([["product_id", "!=", 7]]),
        json!([["product_id", "not in", [7]]]),
        json!([["product_id", "in", [7, false]]]),
        json!(["!", ["product_id", "=", 7]]),
        json!(["!", "&", ["product_id", "!=", 7], ["date", "<", "2026-07-01"]]),
        json!([["product_id", "ilike", ""]]),
        json!([["product_id", "ilike", "%"]]),
        json!([["product_id", "not ilike", "desk"]]),
        json!([["product_id", "any", []]]),
        json!([["product_id", "any", [["id", ">", 0]]]]),
        json!([["product_id", "not any", [["id", "=", 1]]]]),
        json!([["product_id.id", ">", 0]]),
        json!([["product_id.active", "!=", 3]]),
        json!([["id", ">", 0]]),
        json!([["picking_id", "=", false]]),
        json!([["picking_id", "!=", 7]]),
        json!([["picking_id", "ilike", "OUT"]]),
        json!([["picking_id.state", "=", "done"]]),
        json!([["picking_id", "any", [["state", "=", "done"]]]]),
        json!([["partner_id", "=", 7]]),
        json!([["currency_id", "=", 1]]),
    ] {
        assert!(!narrowed(&domain), "{domain}");
    }
}
