//! Currencies: those that nobody can convert, books that keep theirs, entries that balance in more than one.

use super::*;
use crate::identity::group::SETTINGS_ADMINISTRATOR;

async fn currency(bench: &Bench, code: &str) -> i64 {
    bench.number(&format!("SELECT id FROM res_currency WHERE name = '{code}'")).await
}

#[tokio::test]
async fn nothing_is_dealt_in_a_currency_that_nobody_can_convert() {
    for bench in benches().await {
        let who = everybody();
        let manager = caller(13, &[SETTINGS_ADMINISTRATOR], &[1, 2]);
        let (crowns, partner) = (currency(&bench, "SEK").await, customer(&bench, 1).await);
        let line = json!({"name": "Work", "price_unit": 1000});
        let invoice = json!({
            "move_type": "out_invoice", "partner_id": partner, "company_id": 1, "currency_id": crowns,
            "line_ids": [line],
        });
        let order = json!({
            "partner_id": partner, "company_id": 1, "currency_id": crowns,
            "order_line": [{"product_id": 5, "price_unit": 10}],
        });
        let purchase = json!({"partner_id": partner, "company_id": 1, "currency_id": crowns});
        let lead = json!({"name": "Far north", "expected_revenue": 5, "currency_id": crowns});
        let product = json!({"name": "Lamp", "categ_id": 1, "list_price": 5, "currency_id": crowns});
        let all = [
            ("account.move", &invoice),
            ("sale.order", &order),
            ("purchase.order", &purchase),
            ("crm.lead", &lead),
            ("product.product", &product),
        ];
        for (model, record) in all {
            let said = bench.refusal(&who, model, create(std::slice::from_ref(record))).await;
            assert!(said.contains("currency_id (Currency)") && said.contains("SEK) is archived"), "{said}");
        }
        let draft =
            json!({"move_type": "out_invoice", "partner_id": partner, "company_id": 1, "line_ids": [line]});
        let draft = bench.made("account.move", draft).await;
        let said =
            bench.refusal(&who, "account.move", write(&[draft], &json!({"currency_id": crowns}))).await;
        assert!(said.contains("is archived"), "{said}");

        let used = write(&[crowns], &json!({"active": true}));
        bench.change(&manager, "res.currency", used).await.unwrap();
        for (model, record) in all {
            let said = bench.refusal(&who, model, create(std::slice::from_ref(record))).await;
            assert!(said.contains("SEK) has no rate") && said.contains("res.currency.rate"), "{said}");
        }
        let rate = json!({"name": "2026-01-01", "currency_id": crowns, "rate": 10});
        let rate = bench.change(&manager, "res.currency.rate", create(&[rate])).await.unwrap().ids[0];
        let entry = bench.made("account.move", invoice.clone()).await;
        for (model, record) in all {
            bench.made(model, record.clone()).await;
        }
        // One that was written while there was a rate is not booked without it either.
        bench.change(&manager, "res.currency.rate", What::Delete(vec![rate])).await.unwrap();
        let said = post(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("SEK) has no rate"), "{said}");
        let rate = json!({"name": "2026-01-01", "currency_id": crowns, "rate": 10});
        bench.change(&manager, "res.currency.rate", create(&[rate])).await.unwrap();
        let effect = post(&bench, entry).await.unwrap();
        let row = bench.row("account.move", entry).await;
        assert_eq!(
            some(&row, &["amount_total", "amount_total_signed"]),
            [Cell::Int(119_000), Cell::Int(11_900)],
            "ten crowns for one euro"
        );
        assert_eq!(effect.amount, Some(11_900));
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn books_keep_their_currency() {
    for bench in benches().await {
        let manager = caller(13, &[SETTINGS_ADMINISTRATOR], &[1, 2, 3]);
        let pounds = currency(&bench, "GBP").await;
        let said = bench.refusal(&manager, "res.company", write(&[1], &json!({"currency_id": pounds}))).await;
        assert!(
            said.contains("currency_id (Currency): res.company 1 has entries") && said.contains("EUR"),
            "{said}"
        );
        bench.change(&manager, "res.company", write(&[1], &json!({"city": "Potsdam"}))).await.unwrap();
        let new = json!({"name": "Axanta Ltd", "currency_id": 1});
        let new = bench.change(&manager, "res.company", create(&[new])).await.unwrap().ids[0];
        bench.change(&manager, "res.company", write(&[new], &json!({"currency_id": pounds}))).await.unwrap();
        assert_eq!(bench.row("res.company", new).await.number("currency_id"), pounds);
    }
}

#[tokio::test]
async fn an_entry_in_another_currency_balances_in_it_too() {
    for bench in benches().await {
        let (rent, bank) = (account(&bench, 1, "6000").await, account(&bench, 1, "1000").await);
        let of = |debit: f64, credit: f64| {
            json!({"currency_id": 2, "company_id": 1, "line_ids": [
                {"account_id": rent, "debit": 1, "amount_currency": debit},
                {"account_id": bank, "credit": 1, "amount_currency": credit},
            ]})
        };
        let entry = bench.made("account.move", of(9_999_999.0, -5.0)).await;
        let said = post(&bench, entry).await.unwrap_err().to_string();
        assert!(said.contains("does not balance in USD") && said.contains("up to 9999994 USD"), "{said}");
        let entry = bench.made("account.move", of(1.2, -1.2)).await;
        post(&bench, entry).await.unwrap();

        // Each follows from its balance, and what is rounded does not add up.
        let mut items = vec![json!({"account_id": rent, "debit": 0.11}); 9];
        items.push(json!({"account_id": bank, "credit": 0.99}));
        let entry = json!({"currency_id": 2, "company_id": 1, "line_ids": items});
        let entry = bench.made("account.move", entry).await;
        post(&bench, entry).await.unwrap();

        let nothing = json!({"currency_id": 2, "company_id": 1, "line_ids": [
            {"account_id": rent, "balance": 0, "amount_currency": 5000},
        ]});
        let said = bench.refusal(&everybody(), "account.move", create(&[nothing])).await;
        assert!(
            said.contains("amount_currency is the balance (0)") && said.contains("5000 does not fit"),
            "{said}"
        );
    }
}
