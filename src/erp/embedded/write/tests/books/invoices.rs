//! Invoices and bills: added up, posted, and known to their orders.

use super::*;

#[tokio::test]
async fn an_invoice_adds_itself_up_and_is_posted() {
    for bench in benches().await {
        let partner = customer(&bench, 1).await;
        let entry = invoice(&bench, "out_invoice", partner, json!({})).await;
        let row = bench.row("account.move", entry).await;
        // 39.98 and 4.50, and 19 % of each: 7.60 and 0.86.
        assert_eq!(
            some(
                &row,
                &["name", "state", "payment_state", "date", "amount_untaxed", "amount_tax", "amount_total"]
            ),
            [
                "/".into(),
                "draft".into(),
                "not_paid".into(),
                Cell::Int(TODAY),
                4_448.into(),
                846.into(),
                5_294.into()
            ]
        );
        assert_eq!(
            some(&row, &["amount_residual", "amount_total_signed"]),
            [Cell::Int(5_294), Cell::Int(5_294)]
        );
        let lines = items(&bench, entry).await;
        let shown: Vec<(&str, i64, i64, i64)> = lines
            .iter()
            .map(|l| (l.word("display_type"), l.number("account_id"), l.number("debit"), l.number("credit")))
            .collect();
        assert_eq!(lines[2].word("name"), "Tax 19%");
        let sales = account(&bench, 1, "4000").await;
        assert_eq!(
            shown,
            [
                ("product", sales, 0, 3_998),
                ("product", sales, 0, 450),
                ("tax", account(&bench, 1, "2100").await, 0, 846),
                ("payment_term", account(&bench, 1, "1200").await, 5_294, 0),
            ]
        );
        agrees(&bench).await;

        let last = highest(&bench, "INV/2026/", 1).await;
        let effect = post(&bench, entry).await.unwrap();
        assert!(effect.posts && effect.lasting.unwrap().starts_with("it posts "));
        assert_eq!(effect.amount, Some(5_294));
        let row = bench.row("account.move", entry).await;
        assert_eq!(row.word("name"), format!("INV/2026/{:05}", last + 1));
        assert_eq!(
            some(&row, &["state", "invoice_date", "invoice_date_due", "amount_residual", "payment_state"]),
            ["posted".into(), Cell::Int(TODAY), Cell::Int(TODAY), Cell::Int(5_294), "not_paid".into()]
        );
        let lines = items(&bench, entry).await;
        assert!(lines.iter().all(|line| line.word("parent_state") == "posted"));
        assert_eq!(lines[3].number("amount_residual"), 5_294);
        agrees(&bench).await;
        let said = post(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("posted already"), "{said}");

        // The next ones follow without a gap, each in its series.
        for (kind, series) in
            [("out_invoice", "INV"), ("out_refund", "RINV"), ("in_invoice", "BILL"), ("in_refund", "RBILL")]
        {
            let last = highest(&bench, &format!("{series}/2026/"), 1).await;
            let entry = invoice(&bench, kind, partner, json!({})).await;
            post(&bench, entry).await.unwrap();
            assert_eq!(
                bench.row("account.move", entry).await.word("name"),
                format!("{series}/2026/{:05}", last + 1)
            );
        }
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn an_invoice_in_another_currency_balances_in_both() {
    for bench in benches().await {
        let partner = customer(&bench, 14).await;
        let entry = invoice(&bench, "out_invoice", partner, json!({"company_id": 1})).await;
        let row = bench.row("account.move", entry).await;
        assert_eq!(some(&row, &["currency_id", "company_currency_id"]), [Cell::Int(2), Cell::Int(1)]);
        assert_eq!(some(&row, &["amount_tax", "amount_total"]), [Cell::Int(0), Cell::Int(4_448)]);
        post(&bench, entry).await.unwrap();
        let lines = items(&bench, entry).await;
        assert_eq!(lines.len(), 3, "no tax on exports");
        assert_eq!(lines.iter().map(|l| l.number("amount_currency")).sum::<i64>(), 0);
        assert_eq!(lines.iter().map(|l| l.number("balance")).sum::<i64>(), 0);
        let rate = bench
            .number("SELECT rate FROM res_currency_rate WHERE currency_id = 2 ORDER BY name DESC LIMIT 1")
            .await;
        assert_eq!(lines[0].number("credit"), (3_998 * 1_000_000 + rate / 2) / rate);
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn drafts_follow_what_is_changed_of_them() {
    for bench in benches().await {
        let who = everybody();
        let entry = invoice(&bench, "out_invoice", customer(&bench, 1).await, json!({})).await;
        let lines = items(&bench, entry).await;
        let (first, second) = (lines[0].number("id"), lines[1].number("id"));
        let edit = json!({"line_ids": [[1, first, {"quantity": 3}], [2, second, 0]]});
        let changed = bench.change(&who, "account.move", write(&[entry], &edit)).await.unwrap();
        let row = bench.row("account.move", entry).await;
        assert_eq!(some(&row, &["amount_untaxed", "amount_tax"]), [Cell::Int(5_997), Cell::Int(1_139)]);
        // To somebody abroad there is no tax, and its item is gone.
        let abroad = customer(&bench, 14).await;
        let moved = bench
            .change(&who, "account.move", write(&[entry], &json!({"partner_id": abroad})))
            .await
            .unwrap();
        let lines = items(&bench, entry).await;
        assert_eq!(
            lines.iter().map(|l| l.word("display_type")).collect::<Vec<_>>(),
            ["product", "payment_term"]
        );
        assert!(lines.iter().all(|line| line.int("partner_id") == Some(abroad)));
        undo(&bench, "account.move", &moved).await.unwrap();
        undo(&bench, "account.move", &changed).await.unwrap();
        let row = bench.row("account.move", entry).await;
        assert_eq!(some(&row, &["amount_untaxed", "amount_tax"]), [Cell::Int(4_448), Cell::Int(846)]);
        assert_eq!(items(&bench, entry).await.len(), 4);
        agrees(&bench).await;
        let gone = bench.change(&who, "account.move", What::Delete(vec![entry])).await.unwrap();
        assert!(items(&bench, entry).await.is_empty());
        undo(&bench, "account.move", &gone).await.unwrap();
        assert_eq!(items(&bench, entry).await.len(), 4);
    }
}

#[tokio::test]
async fn an_order_knows_what_of_it_is_invoiced() {
    for bench in benches().await {
        let who = everybody();
        let drafts = "state = 'draft' AND move_type = 'out_invoice' AND sale_id IS NOT NULL";
        let draft = bench.rows("account.move", drafts).await.remove(0);
        let (entry, order) = (draft.number("id"), draft.number("sale_id"));
        let item = items(&bench, entry).await.remove(0);
        let product = item.number("product_id");
        let line = format!("order_id = {order} AND product_id = {product}");
        let before = bench.rows("sale.order.line", &line).await[0].number("qty_invoiced");
        let less = write(&[item.number("id")], &json!({"quantity": 0.5}));
        let less = bench.change(&who, "account.move.line", less).await.unwrap();
        let after = bench.rows("sale.order.line", &line).await[0].number("qty_invoiced");
        assert_eq!(after, before - item.number("quantity") + 500);
        assert_eq!(bench.row("sale.order", order).await.word("invoice_status"), "to invoice");
        agrees(&bench).await;
        undo(&bench, "account.move.line", &less).await.unwrap();
        agrees(&bench).await;
        let gone = bench.change(&who, "account.move", What::Delete(vec![entry])).await.unwrap();
        let after = bench.rows("sale.order.line", &line).await[0].number("qty_invoiced");
        assert_eq!(after, before - item.number("quantity"));
        agrees(&bench).await;
        undo(&bench, "account.move", &gone).await.unwrap();
        assert_eq!(bench.row("account.move", entry).await, draft);
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn what_linked_to_something_gone_stays_away() {
    for bench in benches().await {
        let who = everybody();
        let partner = bench.made("res.partner", json!({"name": "Passing by"})).await;
        let entry = bench.made("account.move", json!({"partner_id": partner})).await;
        let gone = bench.change(&who, "account.move", What::Delete(vec![entry])).await.unwrap();
        bench.change(&who, "res.partner", What::Delete(vec![partner])).await.unwrap();
        let said = undo(&bench, "account.move", &gone).await.unwrap_err().to_string();
        assert!(said.contains("partner_id (Partner) led to was deleted since"), "{said}");
    }
}
