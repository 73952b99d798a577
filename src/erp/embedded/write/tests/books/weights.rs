//! What a change is weighed by, and invoices that make no sense.

use super::*;

#[tokio::test]
async fn lines_that_take_from_one_another_do_not_make_a_document_light() {
    for bench in benches().await {
        let (partner, million) = (customer(&bench, 14).await, 100_000_000);
        let (sales, cash) = (account(&bench, 1, "4000").await, account(&bench, 1, "1000").await);
        let record = json!({
            "move_type": "out_invoice", "partner_id": partner, "company_id": 1, "currency_id": 1,
            "line_ids": [
                {"name": "Much", "account_id": sales, "price_unit": 1_000_000},
                {"name": "Back", "account_id": cash, "price_unit": -999_999},
            ],
        });
        let made = bench.change(&everybody(), "account.move", create(&[record])).await.unwrap();
        assert_eq!(bench.row("account.move", made.ids[0]).await.number("amount_total"), 100);
        assert_eq!(made.amount, Some(million));
        assert_eq!(post(&bench, made.ids[0]).await.unwrap().amount, Some(million));
        let record = json!({"partner_id": partner, "company_id": 1, "currency_id": 1, "order_line": [
            {"product_id": 5, "price_unit": 1_000_000, "tax_rate": 0},
            {"product_id": 5, "price_unit": -999_999, "tax_rate": 0},
        ]});
        let made = bench.change(&everybody(), "sale.order", create(&[record])).await.unwrap();
        assert_eq!(made.amount, Some(million));
        let order = made.ids[0];
        let confirmed =
            bench.change(&everybody(), "sale.order", call("action_confirm", &[order])).await.unwrap();
        assert_eq!(confirmed.amount, Some(million));
        // What is taken away was there.
        let line =
            bench.number(&format!("SELECT MIN(id) FROM sale_order_line WHERE order_id = {order}")).await;
        let cheap = write(&[line], &json!({"price_unit": 999_999}));
        let cheap = bench.change(&everybody(), "sale.order.line", cheap).await.unwrap();
        assert_eq!(cheap.amount, Some(million));
        let gone = json!({"partner_id": partner, "company_id": 1, "currency_id": 1, "order_line": [
            {"product_id": 5, "price_unit": 1_000_000, "tax_rate": 0},
            {"product_id": 5, "price_unit": -999_999, "tax_rate": 0},
        ]});
        let gone = bench.made("sale.order", gone).await;
        let gone = bench.change(&everybody(), "sale.order", What::Delete(vec![gone])).await.unwrap();
        assert_eq!(gone.amount, Some(million));
    }
}

#[tokio::test]
async fn an_invoice_is_due_on_its_day_or_later() {
    for bench in benches().await {
        let (who, partner) = (everybody(), customer(&bench, 1).await);
        let days = |day: &str, due: &str| {
            json!({"move_type": "out_invoice", "partner_id": partner, "invoice_date": day, "invoice_date_due": due,
                "line_ids": [{"name": "Work", "price_unit": 9}]})
        };
        let said = bench.refusal(&who, "account.move", create(&[days("2026-11-02", "2026-11-01")])).await;
        assert!(
            said.contains("invoice_date_due (Due Date) (2026-11-01) lies before invoice_date (Invoice Date) (2026-11-02)"),
            "{said}"
        );
        let entry = bench.made("account.move", days("2026-11-02", "2026-11-02")).await;
        let later = write(&[entry], &json!({"invoice_date": "2026-11-03"}));
        let said = bench.refusal(&who, "account.move", later).await;
        assert!(said.contains("lies before invoice_date"), "{said}");
        post(&bench, entry).await.unwrap();
        // One that has no day yet is written on the day it is posted.
        let early = json!({"move_type": "out_invoice", "partner_id": partner, "invoice_date_due": "2026-11-01",
            "line_ids": [{"name": "Work", "price_unit": 9}]});
        let early = bench.made("account.move", early).await;
        let said = post(&bench, early).await.unwrap_err().to_string();
        assert!(said.contains("lies before invoice_date"), "{said}");
    }
}

#[tokio::test]
async fn an_invoice_of_nothing_is_one_that_gives_something_away() {
    for bench in benches().await {
        let partner = customer(&bench, 1).await;
        let of = |line: Value| json!({"move_type": "out_invoice", "partner_id": partner, "line_ids": [line]});
        let tiny = of(json!({"name": "Dust", "quantity": 0.001, "price_unit": 1}));
        let tiny = bench.made("account.move", tiny).await;
        let said = post(&bench, tiny).await.unwrap_err().to_string();
        assert!(said.contains("comes to less than a cent"), "{said}");
        let gift = of(json!({"name": "Gift", "price_unit": 9, "discount": 100}));
        let gift = bench.made("account.move", gift).await;
        post(&bench, gift).await.unwrap();
        assert_eq!(bench.row("account.move", gift).await.word("payment_state"), "paid");
    }
}
