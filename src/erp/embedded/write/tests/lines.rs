//! Commands of one2many fields, in every form that they are written in.

use serde_json::{Value, json};

use super::super::row::Values as _;
use super::cast::cast;
use super::{Bench, benches, everybody, open_policies, permit_under, write};
use crate::erp::{Erp as _, ErpError};
use crate::model::Operation;
use crate::policy::Gate;

/// Products of an order's lines.
async fn products(bench: &Bench, order: i64) -> Vec<i64> {
    let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
    lines.iter().map(|line| line.number("product_id")).collect()
}

#[tokio::test]
async fn lines_are_made_changed_and_deleted_with_their_order() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let order = bench.made("sale.order", json!({"partner_id": cast.german})).await;
        let write_lines = async |commands: Value| {
            let values = json!({"order_line": commands});
            bench.change(&everybody(), "sale.order", write(&[order], &values)).await.unwrap();
        };
        let ids = async || {
            let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
            lines.iter().map(|line| line.number("id")).collect::<Vec<i64>>()
        };
        write_lines(json!([[0, 0, {"product_id": cast.goods}], {"product_id": cast.other}])).await;
        write_lines(json!({"product_id": cast.service})).await;
        assert_eq!(products(&bench, order).await, [cast.goods, cast.other, cast.service]);
        let [first, second, third] = ids().await[..] else { panic!() };
        write_lines(json!([[1, first, {"product_uom_qty": 4}], {"id": second, "discount": 50}])).await;
        let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
        assert_eq!((lines[0].number("product_uom_qty"), lines[1].number("discount")), (4_000, 5_000));
        write_lines(json!([2, second, 0])).await;
        assert_eq!(ids().await, [first, third]);
        write_lines(json!([[3, third, 0], [4, first, 0]])).await;
        assert_eq!(ids().await, [first]);
        write_lines(json!([[0, 0, {"product_id": cast.other}], [6, 0, [first]]])).await;
        assert_eq!(ids().await, [first]);
        write_lines(json!([[0, 0, {"product_id": cast.other}]])).await;
        let left = ids().await[1];
        write_lines(json!([left])).await;
        assert_eq!(ids().await, [left]);
        write_lines(json!([[5, 0, 0]])).await;
        assert_eq!(ids().await, [] as [i64; 0]);
        let row = bench.row("sale.order", order).await;
        assert_eq!((row.number("amount_total"), row.number("margin")), (0, 0));
    }
}

#[tokio::test]
async fn contacts_are_linked_and_let_go_again() {
    for bench in benches().await {
        let people = json!([{"name": "Ann"}, {"name": "Bob"}]);
        let company =
            bench.made("res.partner", json!({"name": "Acme", "is_company": true, "child_ids": people})).await;
        let loose = bench.made("res.partner", json!({"name": "Cem"})).await;
        let ids = bench.rows("res.partner", &format!("parent_id = {company}")).await;
        let [ann, bob] = [ids[0].number("id"), ids[1].number("id")];
        assert_eq!(ids[0].number("commercial_partner_id"), company);
        let values = json!({"child_ids": [[3, ann, 0], [4, loose, 0]]});
        bench.change(&everybody(), "res.partner", write(&[company], &values)).await.unwrap();
        let now = bench.rows("res.partner", &format!("parent_id = {company}")).await;
        assert_eq!(now.iter().map(|row| row.number("id")).collect::<Vec<_>>(), [bob, loose]);
        assert_eq!(bench.row("res.partner", ann).await.number("commercial_partner_id"), ann);
    }
}

#[tokio::test]
async fn commands_need_their_own_operation_on_the_lines() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let order = bench
            .made(
                "sale.order",
                json!({"partner_id": cast.german, "order_line": [{"product_id": cast.goods}]}),
            )
            .await;
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await[0].number("id");
        for (operation, commands) in [
            (Operation::Create, json!([[0, 0, {"product_id": cast.goods}]])),
            (Operation::Write, json!([[1, line, {"discount": 5}]])),
            (Operation::Delete, json!([[2, line, 0]])),
            (Operation::Delete, json!([[5, 0, 0]])),
        ] {
            let mut rules = open_policies();
            for rule in rules.iter_mut().filter(|rule| rule.model == "sale.order.line") {
                rule.allowed = rule.allowed.without(operation);
            }
            let permit = permit_under(rules, "sale.order", Operation::Write, None);
            let what = write(&[order], &json!({"order_line": commands}));
            match bench.change_under(&permit, &everybody(), what).await {
                Err(ErpError::Denied(step)) => {
                    assert_eq!(step.gate, Gate::Policy);
                    assert!(
                        step.reason.contains(&format!("sale.order.line does not allow {operation}")),
                        "{step:?}"
                    );
                }
                other => panic!("{operation}: {other:?}"),
            }
        }
        // A permit is for the operation that it was made for.
        let permit = permit_under(open_policies(), "sale.order", Operation::Create, None);
        let refused = bench.change_under(&permit, &everybody(), write(&[order], &json!({"note": "x"}))).await;
        assert!(matches!(refused, Err(ErpError::Denied(step)) if step.gate == Gate::Policy));
        assert!(bench.erp.models().await.is_ok());
    }
}
