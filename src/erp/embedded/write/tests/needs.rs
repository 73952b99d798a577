//! What a new record must be given, tried on every model whose records are made.

use serde_json::{Value, json};

use super::cast::cast;
use super::{benches, create, everybody};
use crate::erp::embedded::registry;
use crate::erp::{Erp as _, Ungiven};
use crate::identity::group::SETTINGS_ADMINISTRATOR;

#[tokio::test]
async fn a_record_is_made_of_what_is_needed_and_of_nothing_less() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let category = bench.number("SELECT MIN(id) FROM product_category").await;
        let vendor = bench.number("SELECT MIN(partner_id) FROM purchase_order WHERE company_id = 1").await;
        let order = bench.made("sale.order", json!({"partner_id": cast.german})).await;
        let purchase = bench.made("purchase.order", json!({"partner_id": vendor})).await;
        let transfer = bench.made("stock.picking", json!({"picking_type": "incoming"})).await;
        let invoice =
            bench.made("account.move", json!({"move_type": "out_invoice", "partner_id": cast.german})).await;
        let mut who = everybody();
        who.groups = who.groups.iter().cloned().chain([SETTINGS_ADMINISTRATOR.to_owned()]).collect();
        for (model, record) in [
            ("res.partner", json!({"name": "A"})),
            ("res.currency", json!({"name": "XTS", "symbol": "X"})),
            ("res.currency.rate", json!({"name": "2031-01-01", "currency_id": 2, "rate": 1.5})),
            ("res.country", json!({"name": "Atlantis", "code": "XA"})),
            ("product.category", json!({"name": "A"})),
            ("product.product", json!({"name": "A", "categ_id": category})),
            ("crm.lead", json!({"name": "A"})),
            ("sale.order", json!({"partner_id": cast.german})),
            ("sale.order.line", json!({"order_id": order, "product_id": cast.goods})),
            ("purchase.order", json!({"partner_id": vendor})),
            ("purchase.order.line", json!({"order_id": purchase, "product_id": cast.goods})),
            ("stock.picking", json!({"picking_type": "incoming"})),
            ("stock.movement", json!({"picking_id": transfer, "product_id": cast.goods, "quantity": 1})),
            ("account.move", json!({})),
            ("account.move.line", json!({"move_id": invoice})),
        ] {
            let known = registry::model(model).unwrap();
            let needed: Vec<&str> = known
                .fields
                .iter()
                .filter(|field| bench.erp.ungiven(known, field) == Ungiven::Refused)
                .map(|field| field.name.as_ref())
                .collect();
            let mut named: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
            named.sort_by_key(|name| known.fields.iter().position(|field| field.name == *name));
            assert_eq!(needed, named, "{model}");
            for name in needed {
                let mut less: Value = record.clone();
                less.as_object_mut().unwrap().remove(name);
                let said = bench.refusal(&who, model, create(&[less])).await;
                assert!(said.contains(name), "{model} without {name}: {said}");
            }
            let mut record = record;
            if model == "account.move.line" {
                // Or its price.
                record["product_id"] = json!(cast.goods);
            }
            bench.change(&who, model, create(&[record])).await.unwrap_or_else(|e| panic!("{model}: {e}"));
        }
    }
}
