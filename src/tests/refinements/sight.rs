//! Which fields and which order exist under a policy.

use crate::erp::embedded::registry;
use crate::policy::{FieldRule, Refinements, Rule, Ruleset};

fn hiding(model: &str, fields: &[&str]) -> Ruleset {
    let names = fields.iter().map(|f| (*f).to_owned()).collect();
    let refinements = Refinements { fields: Some(FieldRule::Hidden(names)), ..Refinements::default() };
    Ruleset::from_iter([Rule { refinements: Some(refinements), ..Rule::new(model) }])
}

#[test]
fn what_links_back_is_hidden_with_the_link() {
    let rules = hiding("sale.order.line", &["order_id"]);
    let order = registry::model("sale.order").unwrap();
    assert!(!rules.shows(order, order.field("order_line").unwrap()));
    assert!(rules.shows(order, order.field("partner_id").unwrap()));
}

#[test]
fn a_hidden_field_orders_nothing() {
    let order = registry::model("sale.order").unwrap();
    let first = order.order.split([' ', ',']).next().unwrap();
    assert!(order.order.contains(first));
    assert!(!hiding("sale.order", &[first]).order(order).contains(first));
    assert_eq!(Ruleset::default().order(order), order.order);
}
