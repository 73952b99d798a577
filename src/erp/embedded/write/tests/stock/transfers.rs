//! Transfers done in whole or in part, drafts, and what can't be moved.

use super::*;

#[tokio::test]
async fn goods_change_shelves_once() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product) = (quant.number("location_id"), quant.number("product_id"));
        let to = shelf(&bench, "Shelf 2").await;
        let moves = json!([[0, 0, {"product_id": product, "quantity": 3, "location_id": from, "location_dest_id": to}]]);
        let last = bench.rows("stock.picking", "name LIKE 'BER/INT/%'").await;
        let last = last.iter().filter_map(|row| row.word("name")[8..].parse::<i64>().ok()).max().unwrap();
        let picking = open(&bench, "internal", moves).await;
        let row = bench.row("stock.picking", picking).await;
        assert_eq!(row.word("name"), format!("BER/INT/{:05}", last + 1));
        assert_eq!(
            some(&row, &["state", "company_id", "scheduled_date", "user_id", "priority"]),
            ["draft".into(), Cell::Int(1), Cell::Int(NOW), Cell::Int(10), "0".into()]
        );
        let before = quant.number("quantity");
        assert_eq!(there(&bench, from, product).await, (before, 0), "a draft reserves nothing");
        agrees(&bench).await;

        let effect = validate(&bench, picking).await.unwrap();
        assert!(effect.posts && effect.lasting.unwrap().starts_with("it moves the goods of "));
        assert!(
            effect.images.iter().any(|image| image.model == "stock.quant"),
            "what was done is journalled"
        );
        assert_eq!(effect.answer.unwrap()["transfers"][0]["state"], "done");
        assert_eq!(there(&bench, from, product).await, (before - 3_000, 0));
        assert_eq!(there(&bench, to, product).await, (3_000, 0));
        let row = bench.row("stock.picking", picking).await;
        assert_eq!(some(&row, &["state", "date_done"]), ["done".into(), Cell::Int(NOW)]);
        agrees(&bench).await;

        let said = validate(&bench, picking).await.unwrap_err().to_string();
        assert!(said.contains("done already"), "{said}");
        assert_eq!(there(&bench, to, product).await, (3_000, 0), "moved once");
    }
}

#[tokio::test]
async fn what_is_done_stays_by_whatever_way() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let product = quant.number("product_id");
        let picking = open(&bench, "outgoing", json!([{"product_id": product, "quantity": 2}])).await;
        let edit = bench
            .change(&who, "stock.picking", write(&[picking], &json!({"scheduled_date": "2026-12-24"})))
            .await
            .unwrap();
        validate(&bench, picking).await.unwrap();
        let movement = bench.rows("stock.movement", &format!("picking_id = {picking}")).await[0].number("id");
        for (model, what) in [
            ("stock.picking", write(&[picking], &json!({"origin": "mine"}))),
            ("stock.picking", write(&[picking], &json!({"movement_ids": [[1, movement, {"quantity": 1}]]}))),
            ("stock.picking", write(&[picking], &json!({"movement_ids": [[2, movement, 0]]}))),
            (
                "stock.picking",
                write(&[picking], &json!({"movement_ids": [{"product_id": product, "quantity": 1}]})),
            ),
            ("stock.picking", What::Delete(vec![picking])),
            ("stock.movement", write(&[movement], &json!({"quantity": 1}))),
            ("stock.movement", What::Delete(vec![movement])),
            (
                "stock.movement",
                create(&[json!({"picking_id": picking, "product_id": product, "quantity": 1})]),
            ),
        ] {
            let said = bench.refusal(&who, model, what).await;
            assert!(said.contains("is done: goods were moved"), "{said}");
        }
        let said = undo(&bench, "stock.picking", &edit).await.unwrap_err().to_string();
        assert!(said.contains("is done: goods were moved"), "{said}");
        // Not even its movement can be lent to another transfer.
        let other = open(&bench, "outgoing", json!([])).await;
        let said = bench
            .refusal(&who, "stock.picking", write(&[other], &json!({"movement_ids": [[4, movement]]})))
            .await;
        assert!(said.contains("is done: goods were moved"), "{said}");
        bench
            .change(&who, "stock.picking", write(&[picking], &json!({"note": "left at the door"})))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_missing_becomes_a_back_order() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let moves = json!([{"product_id": product, "quantity": all / 1000 + 4}]);
        let picking = open(&bench, "outgoing", moves).await;
        let answer = validate(&bench, picking).await.unwrap().answer.unwrap();
        let done = &answer["transfers"][0];
        let said = done["message"].as_str().unwrap();
        assert!(said.contains("4 missing") && said.contains(&format!("{} unit", all / 1000)), "{said}");
        assert_eq!(there(&bench, from, product).await, (0, 0), "an empty place is none");
        let later = done["back_order"]["id"].as_i64().unwrap();
        let row = bench.row("stock.picking", later).await;
        assert_eq!(
            some(&row, &["state", "backorder_id", "picking_type", "name"]),
            [
                "waiting".into(),
                Cell::Int(picking),
                "outgoing".into(),
                done["back_order"]["name"].as_str().unwrap().into()
            ]
        );
        let moves = bench.rows("stock.movement", &format!("picking_id = {later}")).await;
        assert_eq!((moves.len(), moves[0].number("quantity"), moves[0].word("state")), (1, 4_000, "waiting"));
        agrees(&bench).await;

        let said = validate(&bench, later).await.unwrap_err().to_string();
        assert!(said.contains("0 unit of 4 are at BER/Stock, 4 missing"), "{said}");
        assert_eq!(bench.row("stock.picking", later).await, row, "nothing was done");
        // Goods come in, to where they are taken from.
        let receipt = json!({
            "picking_type": "incoming", "warehouse_id": 1, "location_dest_id": from,
            "movement_ids": [{"product_id": product, "quantity": 5}],
        });
        let receipt = bench.made("stock.picking", receipt).await;
        validate(&bench, receipt).await.unwrap();
        validate(&bench, later).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (1_000, 0));
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_receipt_is_taken_in_and_noted_on_its_order() {
    for bench in benches().await {
        let open = "picking_type = 'incoming' AND state = 'assigned' AND purchase_id IS NOT NULL \
                    AND company_id = 1 AND backorder_id IS NULL";
        let picking = bench.rows("stock.picking", open).await.remove(0);
        let id = picking.number("id");
        let moves = bench.rows("stock.movement", &format!("picking_id = {id}")).await;
        let (product, place) = (moves[0].number("product_id"), picking.number("location_dest_id"));
        let before = there(&bench, place, product).await;
        validate(&bench, id).await.unwrap();
        let after = there(&bench, place, product).await;
        assert_eq!(after.0 - before.0, moves[0].number("quantity"));
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn drafts_go_with_their_movements() {
    for bench in benches().await {
        let product = stocked(&bench).await.number("product_id");
        let picking = open(&bench, "internal", json!([{"product_id": product, "quantity": 1}])).await;
        let gone = bench.change(&everybody(), "stock.picking", What::Delete(vec![picking])).await.unwrap();
        assert!(bench.rows("stock.movement", &format!("picking_id = {picking}")).await.is_empty());
        agrees(&bench).await;
        undo(&bench, "stock.picking", &gone).await.unwrap();
        assert_eq!(bench.rows("stock.movement", &format!("picking_id = {picking}")).await.len(), 1);
        agrees(&bench).await;
        bench
            .change(&everybody(), "stock.picking", write(&[picking], &json!({"movement_ids": [[5]]})))
            .await
            .unwrap();
        assert!(bench.rows("stock.movement", &format!("picking_id = {picking}")).await.is_empty());
    }
}

#[tokio::test]
async fn what_can_not_be_moved_is_refused() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let product = quant.number("product_id");
        let service = bench.number("SELECT MIN(id) FROM product_product WHERE type = 'service'").await;
        let abroad = bench
            .number("SELECT MIN(id) FROM stock_location WHERE company_id = 2 AND usage = 'internal'")
            .await;
        let input = shelf(&bench, "Input").await;
        let one = json!({"product_id": product, "quantity": 1});
        for (record, part) in [
            (json!({"picking_type": "adjustment"}), "incoming, outgoing or internal"),
            (json!({"picking_type": "internal", "warehouse_id": 999}), "there is no stock.warehouse"),
            (
                json!({"picking_type": "internal", "location_dest_id": abroad, "warehouse_id": 1}),
                "belongs to company 2",
            ),
            (json!({"picking_type": "incoming", "location_id": input}), "is of usage internal"),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 0}]}),
                "more than 0",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": -1}]}),
                "more than 0",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product}]}),
                "quantity (Quantity",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": service, "quantity": 1}]}),
                "a service",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": 99_999, "quantity": 1}]}),
                "no product.product",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 1, "location_id": input}]}),
                "does not lie in BER/Stock",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 1, "picking_type": "incoming"}]}),
                "from its transfer",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 1_000_000_000_000_i64}]}),
                "digits too many",
            ),
            (json!({"picking_type": "outgoing", "state": "done"}), "set by the system"),
        ] {
            let said = bench.refusal(&who, "stock.picking", create(std::slice::from_ref(&record))).await;
            assert!(said.contains(part), "{record}: {said}");
        }
        let said = bench.refusal(&who, "stock.movement", create(&[one])).await;
        assert!(said.contains("belongs to a transfer"), "{said}");
        let empty = open(&bench, "internal", json!([])).await;
        let said = validate(&bench, empty).await.unwrap_err().to_string();
        assert!(said.contains("nothing to move"), "{said}");
        let said =
            bench.refusal(&who, "stock.picking", write(&[empty], &json!({"picking_type": "outgoing"}))).await;
        assert!(said.contains("make a new transfer"), "{said}");
        let said =
            bench.refusal(&who, "stock.quant", write(&[quant.number("id")], &json!({"quantity": 1}))).await;
        assert!(said.contains("stock.quant"), "{said}");
    }
}

#[tokio::test]
async fn stock_is_worth_what_its_product_costs() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let product = quant.number("product_id");
        let dearer = json!({"standard_price": 20});
        let dearer = bench.change(&who, "product.product", write(&[product], &dearer)).await.unwrap();
        assert_eq!(bench.row("stock.quant", quant.number("id")).await.number("value"), 40_000);
        undo(&bench, "product.product", &dearer).await.unwrap();
        assert_eq!(bench.row("stock.quant", quant.number("id")).await, quant);
        for other in [json!({"uom": "kg"}), json!({"type": "service"})] {
            let said = bench.refusal(&who, "product.product", write(&[product], &other)).await;
            assert!(said.contains("was moved already"), "{said}");
        }
    }
}
