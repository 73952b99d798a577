//! Invoices and bills that orders make.

use serde_json::json;

use super::super::row::Values as _;
use super::cast::cast;
use super::stock::agrees;
use super::{Bench, NOW, benches, call, caller, everybody, some, write};
use crate::erp::{Cell, Effect, Erp as _, ErpError, Row, Undo, What};
use crate::identity::group::{ACCOUNTING, PURCHASE, SALES_ADMINISTRATOR};

/// 2026-11-21, the day of the test in Berlin.
const TODAY: i64 = 20_778;
const METHOD: &str = "action_create_invoice";

async fn done(bench: &Bench, model: &str, method: &str, id: i64) -> Effect {
    bench.change(&everybody(), model, call(method, &[id])).await.unwrap()
}

async fn invoiced(bench: &Bench, model: &str, id: i64) -> (Effect, i64) {
    let effect = done(bench, model, METHOD, id).await;
    let ids = effect.answer.as_ref().unwrap()["invoice_ids"].as_array().unwrap().clone();
    assert_eq!(ids.len(), 1, "{ids:?}");
    (effect, ids[0].as_i64().unwrap())
}

async fn refused(bench: &Bench, model: &str, id: i64) -> String {
    bench.refusal(&everybody(), model, call(METHOD, &[id])).await
}

async fn items(bench: &Bench, entry: i64) -> Vec<Row> {
    bench.rows("account.move.line", &format!("move_id = {entry}")).await
}

async fn undone(bench: &Bench, model: &str, effect: &Effect) -> Result<Effect, ErpError> {
    let mut tx = bench.test.db.begin().await.unwrap();
    let back = Undo { at: NOW, model, images: &effect.images };
    let done = bench.erp.undo(tx.on(), &everybody(), &back).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

/// `invoice_status`, and what is invoiced of each line.
async fn standing(bench: &Bench, model: &str, order: i64) -> (String, Vec<i64>) {
    let lines = bench.rows(&format!("{model}.line"), &format!("order_id = {order}")).await;
    let status = bench.row(model, order).await.word("invoice_status").to_owned();
    (status, lines.iter().map(|line| line.number("qty_invoiced")).collect())
}

/// An order of two goods, one at a rate of tax of its own, and a service: confirmed, and its delivery.
async fn ordered(bench: &Bench) -> (i64, i64) {
    let cast = cast(bench).await;
    let order = json!({
        "partner_id": cast.german, "payment_term": "15", "user_id": 11,
        "order_line": [
            {"product_id": cast.goods, "product_uom_qty": 3, "discount": 10, "tax_rate": 7, "name": "As agreed"},
            {"product_id": cast.other, "product_uom_qty": 2},
            {"product_id": cast.service},
        ],
    });
    let order = bench.made("sale.order", order).await;
    let answer = done(bench, "sale.order", "action_confirm", order).await.answer.unwrap();
    (order, answer["picking_ids"][0].as_i64().unwrap())
}

#[tokio::test]
async fn an_order_makes_the_draft_of_what_was_delivered() {
    for bench in benches().await {
        let (order, picking) = ordered(&bench).await;
        let name = bench.row("stock.picking", picking).await.word("name").to_owned();
        let said = refused(&bench, "sale.order", order).await;
        assert!(said.contains("can't be invoiced yet") && said.contains(&name), "{said}");
        done(&bench, "stock.picking", "button_validate", picking).await;
        assert_eq!(standing(&bench, "sale.order", order).await, ("to invoice".to_owned(), vec![0, 0, 0]));

        let (effect, entry) = invoiced(&bench, "sale.order", order).await;
        assert!(!effect.posts && effect.lasting.is_none());
        assert_eq!(
            standing(&bench, "sale.order", order).await,
            ("invoiced".to_owned(), vec![3_000, 2_000, 1_000])
        );
        let (of, head) = (bench.row("sale.order", order).await, bench.row("account.move", entry).await);
        assert_eq!(effect.amount, of.int("amount_total"));
        for name in
            ["partner_id", "company_id", "currency_id", "amount_untaxed", "amount_tax", "amount_total"]
        {
            assert_eq!(head.int(name), of.int(name), "{name}");
        }
        assert_eq!(
            some(&head, &["name", "state", "move_type", "payment_state", "invoice_origin"]),
            ["/", "draft", "out_invoice", "not_paid", of.word("name")].map(Cell::from)
        );
        assert_eq!(
            some(
                &head,
                &[
                    "sale_id",
                    "date",
                    "invoice_date",
                    "invoice_date_due",
                    "invoice_user_id",
                    "amount_residual"
                ]
            ),
            [order, TODAY, TODAY, TODAY + 15, 11, of.number("amount_total")].map(Cell::Int)
        );
        let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
        let all = items(&bench, entry).await;
        for (item, line) in all.iter().zip(&lines) {
            assert_eq!(item.number("quantity"), line.number("product_uom_qty"));
            for name in ["product_id", "name", "price_unit", "discount", "price_subtotal"] {
                assert_eq!(item.get(name), line.get(name), "{name}");
            }
        }
        for (at, code) in [(0, "4000"), (2, "4100"), (3, "2100"), (5, "1200")] {
            let account = bench.row("account.account", all[at].number("account_id")).await;
            assert_eq!((account.word("code"), account.number("company_id")), (code, 1));
        }
        let tax = |at: usize| (all[at].word("name").to_owned(), all[at].number("credit"));
        assert_eq!(tax(3), ("Tax 7%".to_owned(), lines[0].number("price_tax")));
        let usual = lines[1].number("price_tax") + lines[2].number("price_tax");
        assert_eq!(tax(4), ("Tax 19%".to_owned(), usual));
        assert_eq!(all.len(), 6);
        agrees(&bench).await;

        let said = refused(&bench, "sale.order", order).await;
        assert!(
            said.contains(&format!("all of it is invoiced already by draft account.move {entry}")),
            "{said}"
        );
    }
}

#[tokio::test]
async fn an_order_knows_what_becomes_of_its_invoice() {
    for bench in benches().await {
        let (order, picking) = ordered(&bench).await;
        done(&bench, "stock.picking", "button_validate", picking).await;
        let open = ("to invoice".to_owned(), vec![0, 0, 0]);
        let all = ("invoiced".to_owned(), vec![3_000, 2_000, 1_000]);
        let standing = async || standing(&bench, "sale.order", order).await;

        let (made, entry) = invoiced(&bench, "sale.order", order).await;
        undone(&bench, "sale.order", &made).await.unwrap();
        assert_eq!(standing().await, open);
        assert!(bench.rows("account.move", &format!("id = {entry}")).await.is_empty());

        let (_, entry) = invoiced(&bench, "sale.order", order).await;
        let gone = bench.change(&everybody(), "account.move", What::Delete(vec![entry])).await.unwrap();
        assert_eq!(standing().await, open);
        undone(&bench, "account.move", &gone).await.unwrap();
        assert_eq!(standing().await, all);
        done(&bench, "account.move", "button_cancel", entry).await;
        assert_eq!(standing().await, open);
        done(&bench, "account.move", "button_draft", entry).await;
        assert_eq!(standing().await, all);
        done(&bench, "account.move", "button_cancel", entry).await;

        let (made, entry) = invoiced(&bench, "sale.order", order).await;
        // What is taken out of the draft is invoiced later, at the tax of its line.
        let first = items(&bench, entry).await[0].number("id");
        bench
            .change(&everybody(), "account.move", write(&[entry], &json!({"line_ids": [[2, first, 0]]})))
            .await
            .unwrap();
        assert_eq!(standing().await, ("to invoice".to_owned(), vec![0, 2_000, 1_000]));
        let (_, second) = invoiced(&bench, "sale.order", order).await;
        let rest = items(&bench, second).await;
        assert_eq!((rest[0].word("name"), rest[1].word("name")), ("As agreed", "Tax 7%"));
        assert_eq!(standing().await, all);
        agrees(&bench).await;

        done(&bench, "account.move", "action_post", entry).await;
        let name = bench.row("account.move", entry).await.word("name").to_owned();
        let said = undone(&bench, "sale.order", &made).await.unwrap_err().to_string();
        assert!(said.contains(&format!("{name} is posted")), "{said}");
        let said = refused(&bench, "sale.order", order).await;
        assert!(said.contains(&format!("{name} (account.move {entry})")), "{said}");
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn what_is_delivered_later_is_invoiced_later() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let line = json!([{"product_id": cast.goods, "product_uom_qty": 3}]);
        let order = bench.made("sale.order", json!({"partner_id": cast.german, "order_line": line})).await;
        let said = refused(&bench, "sale.order", order).await;
        assert!(said.contains("call action_confirm on it first"), "{said}");
        let answer = done(&bench, "sale.order", "action_confirm", order).await.answer.unwrap();
        done(&bench, "stock.picking", "button_validate", answer["picking_ids"][0].as_i64().unwrap()).await;
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await[0].number("id");
        let more = json!({"order_line": [[1, line, {"product_uom_qty": 5}]]});
        bench.change(&everybody(), "sale.order", write(&[order], &more)).await.unwrap();
        let (_, first) = invoiced(&bench, "sale.order", order).await;
        assert_eq!(items(&bench, first).await[0].number("quantity"), 3_000);
        assert_eq!(standing(&bench, "sale.order", order).await, ("no".to_owned(), vec![3_000]));
        let said = refused(&bench, "sale.order", order).await;
        assert!(
            said.contains("what was delivered of it is invoiced already")
                && said.contains(&format!("account.move {first}")),
            "{said}"
        );
        let open = format!("sale_id = {order} AND state = 'assigned'");
        let open = bench.rows("stock.picking", &open).await[0].number("id");
        done(&bench, "stock.picking", "button_validate", open).await;
        let (_, second) = invoiced(&bench, "sale.order", order).await;
        assert_eq!(items(&bench, second).await[0].number("quantity"), 2_000);
        assert_eq!(standing(&bench, "sale.order", order).await, ("invoiced".to_owned(), vec![5_000]));
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_purchase_makes_the_bill_of_what_was_received() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let vendor = bench
            .number(
                "SELECT MIN(id) FROM res_partner WHERE supplier_rank > 0 AND active AND country_id = 1 \
                 AND (company_id IS NULL OR company_id = 1)",
            )
            .await;
        let order = json!({"partner_id": vendor, "company_id": 1, "order_line": [
            {"product_id": cast.goods, "product_qty": 4, "price_unit": 2.37}]});
        let order = bench.made("purchase.order", order).await;
        let answer = done(&bench, "purchase.order", "button_confirm", order).await.answer.unwrap();
        let said = refused(&bench, "purchase.order", order).await;
        assert!(said.contains("billed is what was received"), "{said}");
        done(&bench, "stock.picking", "button_validate", answer["picking_ids"][0].as_i64().unwrap()).await;

        // Of buying alone nobody writes to the books, nor of selling.
        let buyer = caller(10, &[PURCHASE], &[1]);
        let said = bench.refusal(&buyer, "purchase.order", call(METHOD, &[order])).await;
        assert!(said.contains("account.move allows Create only to"), "{said}");
        let both = caller(10, &[PURCHASE, ACCOUNTING], &[1]);
        let effect = bench.change(&both, "purchase.order", call(METHOD, &[order])).await.unwrap();
        let entry = effect.answer.unwrap()["invoice_ids"][0].as_i64().unwrap();
        let head = bench.row("account.move", entry).await;
        assert_eq!(some(&head, &["move_type", "state"]), ["in_invoice", "draft"].map(Cell::from));
        assert_eq!(
            some(&head, &["purchase_id", "partner_id", "invoice_date_due", "amount_untaxed", "amount_tax"]),
            [order, vendor, TODAY + 30, 948, 180].map(Cell::Int)
        );
        assert_eq!(standing(&bench, "purchase.order", order).await, ("invoiced".to_owned(), vec![4_000]));
        agrees(&bench).await;
        bench.change(&both, "account.move", What::Delete(vec![entry])).await.unwrap();
        assert_eq!(standing(&bench, "purchase.order", order).await, ("to invoice".to_owned(), vec![0]));
    }
}

#[tokio::test]
async fn whoever_only_sells_writes_no_invoice() {
    for bench in benches().await {
        let (order, picking) = ordered(&bench).await;
        done(&bench, "stock.picking", "button_validate", picking).await;
        let seller = caller(10, &[SALES_ADMINISTRATOR], &[1]);
        let said = bench.refusal(&seller, "sale.order", call(METHOD, &[order])).await;
        assert!(said.contains("account.move allows Create only to"), "{said}");
        assert_eq!(standing(&bench, "sale.order", order).await.0, "to invoice");
    }
}

/// Which fields of a row have a value.
fn filled(row: &Row) -> Vec<(String, bool)> {
    row.keys().map(|name| (name.clone(), row.has(name))).collect()
}

#[tokio::test]
async fn every_open_order_is_invoiced_as_the_company_itself_does() {
    for bench in benches().await {
        for (model, link) in [("sale.order", "sale_id"), ("purchase.order", "purchase_id")] {
            let open = "invoice_status = 'to invoice'";
            let orders = bench.rows(model, open).await;
            assert!(!orders.is_empty(), "{}: {model}", bench.test.name);
            let draft = format!("state = 'draft' AND {link} IS NOT NULL AND amount_tax <> 0");
            let theirs = bench.rows("account.move", &draft).await;
            for part in orders.chunks(100) {
                let ids: Vec<i64> = part.iter().map(|order| order.number("id")).collect();
                bench.change(&everybody(), model, call(METHOD, &ids)).await.unwrap();
            }
            assert!(bench.rows(model, open).await.is_empty(), "{}: {model}", bench.test.name);
            agrees(&bench).await;
            let Some(theirs) = theirs.first() else { continue };
            let same = bench.row(model, theirs.number(link)).await;
            let ours =
                format!("{draft} AND create_date = {NOW} AND company_id = {}", same.number("company_id"));
            let ours = bench.rows("account.move", &ours).await.remove(0);
            let but = |row: &Row| {
                filled(row).into_iter().filter(|(name, _)| *name != "invoice_user_id").collect::<Vec<_>>()
            };
            assert_eq!(but(&ours), but(theirs));
            let (ours, theirs) =
                (items(&bench, ours.number("id")).await, items(&bench, theirs.number("id")).await);
            for kind in ["product", "tax", "payment_term"] {
                let one =
                    |all: &[Row]| all.iter().find(|row| row.word("display_type") == kind).cloned().unwrap();
                let (ours, theirs) = (one(&ours), one(&theirs));
                assert_eq!(filled(&ours), filled(&theirs), "{kind}");
                for name in ["sequence", "journal_id", "parent_state"] {
                    assert_eq!(ours.get(name), theirs.get(name), "{kind} {name}");
                }
                // What is sold, goods or a service, has an account of its own.
                for name in ["account_id", "name"].into_iter().filter(|_| kind != "product") {
                    assert_eq!(ours.get(name), theirs.get(name), "{kind} {name}");
                }
            }
        }
    }
}
