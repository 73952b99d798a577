//! What is kept for deliveries, and free again.

use super::*;

#[tokio::test]
async fn a_delivery_goes_from_order_to_customer() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (order, effect, picking) = confirmed(&bench, product, 4).await;
        assert_eq!(effect.lasting, None);
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "assigned");
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        agrees(&bench).await;
        validate(&bench, picking).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all - 4_000, 0));
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await.remove(0);
        assert_eq!(line.number("qty_delivered"), 4_000);
        let row = bench.row("sale.order", order).await;
        assert_eq!(some(&row, &["delivery_status", "invoice_status"]), ["full".into(), "to invoice".into()]);
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn confirming_is_taken_back_though_others_reserved_since() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (_, first, picking) = confirmed(&bench, product, 4).await;
        let (_, _, _) = confirmed(&bench, product, 2).await;
        assert_eq!(there(&bench, from, product).await, (all, 6_000));
        undo(&bench, "sale.order", &first).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 2_000), "what others reserved stays");
        assert_eq!(bench.row("stock.picking", picking).await, Row::new());
        agrees(&bench).await;
        let said = undo(&bench, "sale.order", &first).await.unwrap_err().to_string();
        assert!(said.contains("not as this change left it"), "{said}");
    }
}

#[tokio::test]
async fn what_others_reserved_since_is_not_reserved_twice() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (order, _, picking) = confirmed(&bench, product, 4).await;
        let cancel = bench.change(&everybody(), "sale.order", call("action_cancel", &[order])).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 0));
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "cancel");
        agrees(&bench).await;
        let (other, _, _) = confirmed(&bench, product, all / 1000).await;
        let said = undo(&bench, "sale.order", &cancel).await.unwrap_err().to_string();
        assert!(said.contains("reserved"), "{said}");
        assert_eq!(there(&bench, from, product).await, (all, all));
        // Without the other, it is as it was.
        bench.change(&everybody(), "sale.order", call("action_cancel", &[other])).await.unwrap();
        undo(&bench, "sale.order", &cancel).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "assigned");
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_delivery_that_was_done_is_not_unconfirmed() {
    for bench in benches().await {
        let product = stocked(&bench).await.number("product_id");
        let (_, effect, picking) = confirmed(&bench, product, 1).await;
        validate(&bench, picking).await.unwrap();
        let said = undo(&bench, "sale.order", &effect).await.unwrap_err().to_string();
        let name = bench.row("stock.picking", picking).await.word("name").to_owned();
        assert!(
            said.contains(&format!("not as this change left it: {name} is done: goods were moved")),
            "{said}"
        );
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn open_transfers_are_planned_anew_when_they_change() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (_, _, picking) = confirmed(&bench, product, 4).await;
        let movement = bench.rows("stock.movement", &format!("picking_id = {picking}")).await[0].number("id");
        let more = bench
            .change(&who, "stock.movement", write(&[movement], &json!({"quantity": 6.5})))
            .await
            .unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 6_500));
        agrees(&bench).await;
        undo(&bench, "stock.movement", &more).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        let another = create(&[json!({"picking_id": picking, "product_id": product, "quantity": 1})]);
        let another = bench.change(&who, "stock.movement", another).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 5_000));
        bench.change(&who, "stock.movement", What::Delete(another.ids)).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        agrees(&bench).await;
        let too_much = json!({"movement_ids": [[1, movement, {"quantity": all}]]});
        bench.change(&who, "stock.picking", write(&[picking], &too_much)).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 0), "all or nothing is reserved");
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "waiting");
        agrees(&bench).await;
        let said = bench.refusal(&who, "stock.picking", What::Delete(vec![picking])).await;
        assert!(said.contains("cancel the order"), "{said}");
        bench.change(&who, "stock.movement", What::Delete(vec![movement])).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 0));
    }
}
