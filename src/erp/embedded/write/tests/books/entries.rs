//! Journal entries: balanced, locked once posted, reset, refused.

use super::*;

#[tokio::test]
async fn a_journal_entry_is_posted_only_if_it_balances() {
    for bench in benches().await {
        let who = everybody();
        let (rent, bank) = (account(&bench, 1, "6000").await, account(&bench, 1, "1000").await);
        let record = json!({"ref": "Rent", "line_ids": [
            {"account_id": rent, "debit": 1200, "name": "November"},
            {"account_id": bank, "credit": 1187.66},
        ]});
        let entry = bench.made("account.move", record).await;
        let row = bench.row("account.move", entry).await;
        assert_eq!(
            some(&row, &["move_type", "payment_state", "amount_total", "amount_residual"]),
            ["entry".into(), Cell::Null, Cell::Int(120_000), Cell::Int(0)]
        );
        let said = post(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("debit is 12.34 EUR more than credit"), "{said}");
        let second = items(&bench, entry).await[1].number("id");
        bench.change(&who, "account.move.line", write(&[second], &json!({"credit": 1200}))).await.unwrap();
        let last = highest(&bench, "MISC/2026/", 1).await;
        post(&bench, entry).await.unwrap();
        let row = bench.row("account.move", entry).await;
        assert_eq!(row.word("name"), format!("MISC/2026/{:05}", last + 1));
        agrees(&bench).await;
        let empty = bench.made("account.move", json!({})).await;
        let said = post(&bench, empty).await.unwrap_err().to_string();
        assert!(said.contains("has no lines"), "{said}");
    }
}

#[tokio::test]
async fn what_is_posted_is_locked_by_whatever_way() {
    for bench in benches().await {
        let who = everybody();
        let partner = customer(&bench, 1).await;
        let entry = invoice(&bench, "out_invoice", partner, json!({})).await;
        let edit = bench
            .change(&who, "account.move", write(&[entry], &json!({"invoice_origin": "S1"})))
            .await
            .unwrap();
        let line = items(&bench, entry).await[0].number("id");
        let cut = bench.change(&who, "account.move.line", What::Delete(vec![line])).await.unwrap();
        post(&bench, entry).await.unwrap();
        let before = (bench.row("account.move", entry).await, items(&bench, entry).await);
        let line = items(&bench, entry).await[0].number("id");
        for (model, what) in [
            ("account.move", write(&[entry], &json!({"date": "2026-01-01"}))),
            ("account.move", write(&[entry], &json!({"partner_id": partner + 1}))),
            ("account.move", write(&[entry], &json!({"line_ids": [[1, line, {"quantity": 9}]]}))),
            ("account.move", write(&[entry], &json!({"line_ids": [[2, line, 0]]}))),
            ("account.move", write(&[entry], &json!({"line_ids": [[5]]}))),
            ("account.move", write(&[entry], &json!({"line_ids": [{"name": "more", "price_unit": 1}]}))),
            ("account.move", What::Delete(vec![entry])),
            ("account.move.line", write(&[line], &json!({"price_unit": 1}))),
            ("account.move.line", write(&[line], &json!({"debit": 1}))),
            ("account.move.line", What::Delete(vec![line])),
            ("account.move.line", create(&[json!({"move_id": entry, "name": "more", "price_unit": 1})])),
        ] {
            let said = bench.refusal(&who, model, what).await;
            assert!(said.contains("is posted") && said.contains("button_draft"), "{said}");
        }
        for (model, effect) in [("account.move", &edit), ("account.move.line", &cut)] {
            let said = undo(&bench, model, effect).await.unwrap_err().to_string();
            assert!(said.contains("is posted"), "{said}");
        }
        // A line can't be taken from, or to, what is posted.
        let other = bench.made("account.move", json!({})).await;
        let said =
            bench.refusal(&who, "account.move", write(&[other], &json!({"line_ids": [[4, line]]}))).await;
        assert!(said.contains("is posted"), "{said}");
        assert_eq!((bench.row("account.move", entry).await, items(&bench, entry).await), before);
        bench
            .change(&who, "account.move", write(&[entry], &json!({"narration": "Thank you"})))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn reset_to_draft_keeps_the_number_and_spares_what_is_paid() {
    for bench in benches().await {
        let who = everybody();
        let entry = invoice(&bench, "out_invoice", customer(&bench, 1).await, json!({})).await;
        let said = reset(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("only what is posted"), "{said}");
        post(&bench, entry).await.unwrap();
        let name = bench.row("account.move", entry).await.word("name").to_owned();
        assert!(reset(&bench, entry).await.unwrap().lasting.unwrap().contains(&name));
        let row = bench.row("account.move", entry).await;
        assert_eq!(some(&row, &["state", "name"]), ["draft".into(), name.as_str().into()]);
        assert!(items(&bench, entry).await.iter().all(|l| l.number("amount_residual") == 0));
        let said = bench.refusal(&who, "account.move", What::Delete(vec![entry])).await;
        assert!(said.contains("number would be missing"), "{said}");
        let line = items(&bench, entry).await[0].number("id");
        bench.change(&who, "account.move.line", write(&[line], &json!({"quantity": 1}))).await.unwrap();
        bench.change(&who, "account.move", write(&[entry], &json!({"date": "2025-12-31"}))).await.unwrap();
        let said = post(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("does not begin with INV/2025/"), "{said}");
        bench.change(&who, "account.move", write(&[entry], &json!({"date": "2026-11-20"}))).await.unwrap();
        post(&bench, entry).await.unwrap();
        assert_eq!(bench.row("account.move", entry).await.word("name"), name);
        agrees(&bench).await;
        for paid in [
            "state = 'posted' AND payment_state = 'paid' AND amount_total > 0",
            "state = 'posted' AND payment_state = 'partial'",
            "state = 'posted' AND payment_state = 'reversed'",
            "name LIKE 'BNK/%' AND ref LIKE 'Payment INV/%'",
        ] {
            let id = bench.rows("account.move", paid).await[0].number("id");
            let said = reset(&bench, id).await.unwrap_err().to_string();
            assert!(said.contains("was paid"), "{paid}: {said}");
        }
    }
}

#[tokio::test]
async fn what_does_not_belong_in_the_books_is_refused() {
    for bench in benches().await {
        let who = everybody();
        let partner = customer(&bench, 1).await;
        let (rent, abroad) = (account(&bench, 1, "6000").await, account(&bench, 2, "6000").await);
        let one = |line: Value| json!({"line_ids": [line]});
        let of =
            |kind: &str, line: Value| json!({"move_type": kind, "partner_id": partner, "line_ids": [line]});
        for (record, part) in [
            (one(json!({"account_id": abroad, "debit": 1})), "belongs to company 2"),
            (json!({"move_type": "out_invoice", "company_id": 3}), "company"),
            (one(json!({"account_id": rent})), "needs debit or credit"),
            (one(json!({"account_id": rent, "debit": -1})), "never below 0"),
            (one(json!({"account_id": rent, "debit": 1, "credit": 1})), "one of them"),
            (one(json!({"account_id": rent, "debit": 1, "balance": 2})), "balance is debit less credit"),
            (one(json!({"account_id": rent, "debit": 1, "amount_currency": -1})), "does not fit"),
            (one(json!({"debit": 1})), "account_id"),
            (one(json!({"account_id": rent, "debit": 1, "display_type": "tax"})), "written as entry"),
            (of("out_invoice", json!({"price_unit": 1, "debit": 1})), "follow from quantity"),
            (of("out_invoice", json!({"price_unit": 1, "quantity": 0})), "line for nothing"),
            (of("out_invoice", json!({"price_unit": 1, "discount": 101})), "0 to 100"),
            (of("out_invoice", json!({"name": "x"})), "price_unit"),
            (
                of("out_invoice", json!({"price_unit": 1, "display_type": "payment_term"})),
                "written as product",
            ),
            (json!({"move_type": "in_invoice", "journal_id": 1}), "of type sale"),
            (json!({"state": "posted"}), "action_post"),
            (json!({"name": "INV/2026/00001"}), "set by the system"),
        ] {
            let said = bench.refusal(&who, "account.move", create(std::slice::from_ref(&record))).await;
            assert!(said.contains(part), "{record}: {said}");
        }
        let entry = invoice(&bench, "out_invoice", partner, json!({})).await;
        let lines = items(&bench, entry).await;
        let (tax, term) = (lines[2].number("id"), lines[3].number("id"));
        for (what, part) in [
            (write(&[tax], &json!({"debit": 1})), "computed"),
            (What::Delete(vec![term]), "computed"),
            (write(&[lines[0].number("id")], &json!({"credit": 1})), "follow from quantity"),
            (write(&[lines[0].number("id")], &json!({"display_type": "entry"})), "can't be changed"),
        ] {
            let said = bench.refusal(&who, "account.move.line", what).await;
            assert!(said.contains(part), "{said}");
        }
        let said =
            bench.refusal(&who, "account.move", write(&[entry], &json!({"move_type": "in_invoice"}))).await;
        assert!(said.contains("decided when it is made"), "{said}");
        let credit = json!({"move_type": "out_invoice", "line_ids": [{"name": "x", "price_unit": -1}]});
        let credit = bench.made("account.move", credit).await;
        let said = post(&bench, credit).await.unwrap_err().to_string();
        assert!(said.contains("has no partner"), "{said}");
        bench.change(&who, "account.move", write(&[credit], &json!({"partner_id": partner}))).await.unwrap();
        let said = post(&bench, credit).await.unwrap_err().to_string();
        assert!(said.contains("credit note instead"), "{said}");
    }
}

#[tokio::test]
async fn an_entry_in_another_currency_is_kept_in_both() {
    for bench in benches().await {
        let (rent, bank) = (account(&bench, 1, "6000").await, account(&bench, 1, "1000").await);
        let record = json!({"currency_id": 2, "line_ids": [
            {"account_id": rent, "amount_currency": 100},
            {"account_id": bank, "credit": 92.5, "amount_currency": -100},
        ]});
        let entry = bench.made("account.move", record).await;
        let lines = items(&bench, entry).await;
        let rate = bench
            .number("SELECT rate FROM res_currency_rate WHERE currency_id = 2 ORDER BY name DESC LIMIT 1")
            .await;
        let debit = (10_000 * 1_000_000 + rate / 2) / rate;
        assert_eq!(some(&lines[0], &["debit", "credit", "balance"]), [debit, 0, debit].map(Cell::Int));
        assert_eq!(some(&lines[1], &["balance", "amount_currency"]), [Cell::Int(-9_250), Cell::Int(-10_000)]);
        let totals = ["amount_total", "amount_total_signed"];
        let head = bench.row("account.move", entry).await;
        assert_eq!(
            some(&head, &totals),
            [10_000, debit].map(Cell::Int),
            "in its own currency, and in the books'"
        );
        let said = post(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("does not balance"), "{said}");
        let same = json!({"line_ids": [[1, lines[1].number("id"), {"credit": f64::from(i32::try_from(debit).unwrap()) / 100.0}]]});
        bench.change(&everybody(), "account.move", write(&[entry], &same)).await.unwrap();
        post(&bench, entry).await.unwrap();
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn another_currency_of_a_draft_leaves_the_books_as_they_are() {
    for bench in benches().await {
        let (rent, bank) = (account(&bench, 1, "6000").await, account(&bench, 1, "1000").await);
        let record =
            json!({"line_ids": [{"account_id": rent, "debit": 100}, {"account_id": bank, "credit": 100}]});
        let entry = bench.made("account.move", record).await;
        // The company's own rate goes before those of everybody.
        let own = json!({"name": "2000-01-01", "currency_id": 2, "rate": 2, "company_id": 1});
        let manager = caller(13, &["Settings / Administrator"], &[1]);
        bench.change(&manager, "res.currency.rate", create(&[own])).await.unwrap();
        let dollars = json!({"currency_id": 2});
        let effect = bench.change(&everybody(), "account.move", write(&[entry], &dollars)).await.unwrap();
        assert_eq!(effect.amount, Some(10_000), "weighed as the books have it");
        let lines = items(&bench, entry).await;
        let both = ["balance", "amount_currency"];
        assert_eq!(some(&lines[0], &both), [10_000, 20_000].map(Cell::Int));
        assert_eq!(some(&lines[1], &both), [-10_000, -20_000].map(Cell::Int));
        let head = bench.row("account.move", entry).await;
        assert_eq!(some(&head, &["amount_total", "amount_total_signed"]), [20_000, 10_000].map(Cell::Int));
        post(&bench, entry).await.unwrap();
        agrees(&bench).await;
    }
}
