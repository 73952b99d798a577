//! Values of every kind, and what a model fills in by itself.

use serde_json::json;

use super::super::row::Values as _;
use super::{Bench, NOW, benches, caller, create, everybody, open_policies, permit_under, some, write};
use crate::erp::Cell;
use crate::erp::{Change, Erp as _};
use crate::identity::group::SALES_ADMINISTRATOR;
use crate::model::Operation;

#[tokio::test]
async fn every_kind_of_value_is_stored_as_it_is_meant() {
    for bench in benches().await {
        let partner = bench
            .made(
                "res.partner",
                json!({
                    "name": "  Müller & Söhne ", "is_company": 1, "country_id": {"id": 1, "name": "Germany"},
                    "industry": "Health Care", "customer_rank": "1", "user_id": [10, "Somebody"], "zip": 10115,
                    "comment": "a\nb", "vat": false,
                }),
            )
            .await;
        let row = bench.row("res.partner", partner).await;
        assert_eq!(row.word("name"), "Müller & Söhne");
        assert_eq!(
            some(
                &row,
                &["is_company", "country_id", "industry", "customer_rank", "user_id", "zip", "comment"]
            ),
            [
                Cell::Bool(true),
                Cell::Int(1),
                "health".into(),
                Cell::Int(1),
                Cell::Int(10),
                "10115".into(),
                "a\nb".into()
            ]
        );
        assert_eq!(
            some(&row, &["vat", "supplier_rank", "active", "create_date", "commercial_partner_id"]),
            [Cell::Null, Cell::Int(0), Cell::Bool(true), Cell::Int(NOW), Cell::Int(partner)]
        );
        let lead = bench
            .made(
                "crm.lead",
                json!({
                    "name": "Fair", "partner_id": partner.to_string(), "expected_revenue": "1234.5",
                    "probability": 12.34, "date_deadline": "2026-12-24", "priority": "high", "user_id": null,
                }),
            )
            .await;
        let row = bench.row("crm.lead", lead).await;
        assert_eq!(
            some(&row, &["type", "expected_revenue", "probability", "date_deadline", "priority", "user_id"]),
            [
                "opportunity".into(),
                Cell::Int(123_450),
                Cell::Int(1_234),
                Cell::Int(20_811),
                Cell::from("2"),
                Cell::Null
            ]
        );
        let won = json!({"stage": "Won"});
        bench.change(&everybody(), "crm.lead", write(&[lead], &won)).await.unwrap();
        let row = bench.row("crm.lead", lead).await;
        assert_eq!(some(&row, &["probability", "date_closed"]), [Cell::Int(10_000), Cell::Int(NOW)]);
    }
}

#[tokio::test]
async fn a_day_begins_where_the_caller_lives_and_an_instant_is_what_it_says() {
    for bench in benches().await {
        let partner = a_partner(&bench).await;
        for (written, millis) in [
            ("2026-12-01", 1_796_079_600_000),
            ("2026-12-01 10:00:00", 1_796_119_200_000),
            ("2026-12-01T10:00:00+01:00", 1_796_115_600_000),
        ] {
            let order =
                bench.made("sale.order", json!({"partner_id": partner, "commitment_date": written})).await;
            let row = bench.row("sale.order", order).await;
            assert_eq!(row.number("commitment_date"), millis, "{written}");
        }
    }
}

#[tokio::test]
async fn the_company_is_that_of_the_warehouse_or_the_first_of_the_caller() {
    for bench in benches().await {
        let partner = a_partner(&bench).await;
        let york = caller(10, &[SALES_ADMINISTRATOR], &[2]);
        for (who, more, company, warehouse, currency) in [
            (everybody(), json!({}), 1, 1, 1),
            (everybody(), json!({"warehouse_id": 3}), 2, 3, 2),
            (york, json!({}), 2, 3, 2),
        ] {
            let mut record = json!({"partner_id": partner});
            record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let made = bench.change(&who, "sale.order", super::create(&[record])).await.unwrap();
            let row = bench.row("sale.order", made.ids[0]).await;
            assert_eq!(
                some(&row, &["company_id", "warehouse_id", "currency_id"]),
                [Cell::Int(company), Cell::Int(warehouse), Cell::Int(currency)]
            );
        }
    }
}

/// A customer without a currency of their own.
async fn a_partner(bench: &Bench) -> i64 {
    bench.made("res.partner", json!({"name": "Nobody in particular"})).await
}

#[tokio::test]
async fn people_follow_the_company_they_work_for() {
    for bench in benches().await {
        let firm =
            async |name: &str| bench.made("res.partner", json!({"name": name, "is_company": true})).await;
        let (old, new) = (firm("Old").await, firm("New").await);
        let boss = bench.made("res.partner", json!({"name": "Boss", "parent_id": old})).await;
        let clerk = bench.made("res.partner", json!({"name": "Clerk", "parent_id": boss})).await;
        let entity = async |id: i64| bench.row("res.partner", id).await.int("commercial_partner_id");
        assert_eq!((entity(boss).await, entity(clerk).await), (Some(old), Some(old)), "{}", bench.test.name);
        bench.change(&everybody(), "res.partner", write(&[boss], &json!({"parent_id": new}))).await.unwrap();
        assert_eq!((entity(boss).await, entity(clerk).await), (Some(new), Some(new)), "{}", bench.test.name);
    }
}

#[tokio::test]
async fn what_all_companies_share_does_not_become_one_companys_while_others_link_to_it() {
    for bench in benches().await {
        let shared = bench.made("res.partner", json!({"name": "Shared"})).await;
        bench.made("crm.lead", json!({"name": "Chance", "partner_id": shared, "company_id": 2})).await;
        let own = |company: i64| write(&[shared], &json!({"company_id": company}));
        let said = bench.refusal(&everybody(), "res.partner", own(1)).await;
        assert!(said.contains("records of another company link to res.partner"), "{said}");
        bench.change(&everybody(), "res.partner", own(2)).await.unwrap();
    }
}

#[tokio::test]
async fn names_in_every_script_come_back_as_they_were_written() {
    for bench in benches().await {
        for name in [
            "شركة النور ١٢٣",
            "חברה בע\"מ, תל אביב",
            "می\u{200c}خواهم",
            "👩\u{200d}👩\u{200d}👧 & Söhne",
            "株式会社",
        ] {
            let partner = bench
                .made("res.partner", json!({"name": name, "comment": format!("{name}\r\n\t{name}")}))
                .await;
            let row = bench.row("res.partner", partner).await;
            assert_eq!(row.word("name"), name, "{}", bench.test.name);
            assert_eq!(row.word("comment"), format!("{name}\n\t{name}"));
        }
    }
}

#[tokio::test]
async fn a_link_is_found_by_the_name_that_one_record_alone_has() {
    for bench in benches().await {
        let dollar = bench.number("SELECT id FROM res_currency WHERE name = 'USD'").await;
        let partner = bench.made("res.partner", json!({"name": "Only One & Co"})).await;
        let record = json!({"partner_id": " Only One & Co ", "currency_id": "USD"});
        let order = bench.made("sale.order", record).await;
        let row = bench.row("sale.order", order).await;
        assert_eq!(some(&row, &["partner_id", "currency_id"]), [Cell::Int(partner), Cell::Int(dollar)]);

        let twin = bench.made("res.partner", json!({"name": "Twin"})).await;
        let other = bench.made("res.partner", json!({"name": "Twin"})).await;
        let named = |name: &str| create(&[json!({"partner_id": name})]);
        let said = bench.refusal(&everybody(), "sale.order", named("Twin")).await;
        assert!(said.contains(&format!("several are called \"Twin\": ids {twin}, {other}.")), "{said}");
        // Archived ones are not meant.
        bench.change(&everybody(), "res.partner", write(&[other], &json!({"active": false}))).await.unwrap();
        bench.change(&everybody(), "sale.order", named("Twin")).await.unwrap();
        let said = bench.refusal(&everybody(), "sale.order", named("twin")).await;
        assert!(said.contains("none that you may see is called \"twin\" exactly; search_records"), "{said}");

        // What a record rule keeps back is not there.
        bench.made("res.partner", json!({"name": "Of the others", "company_id": 2})).await;
        let here = caller(10, &[SALES_ADMINISTRATOR], &[1]);
        let said = bench.refusal(&here, "sale.order", named("Of the others")).await;
        assert!(said.contains("none that you may see is called"), "{said}");
    }
}

#[tokio::test]
async fn a_name_tells_no_more_than_policy_lets_be_known() {
    for bench in benches().await {
        let twin = bench.made("res.partner", json!({"name": "Twin"})).await;
        bench.made("res.partner", json!({"name": "Twin"})).await;
        let closed: Vec<_> = open_policies().into_iter().filter(|rule| rule.model != "res.partner").collect();
        let permit = permit_under(closed.clone(), "sale.order", Operation::Create, None);
        let refused = async |permit: &crate::policy::Permit, name: &str| {
            let what = create(&[json!({"partner_id": name})]);
            bench.change_under(permit, &everybody(), what).await.unwrap_err().to_string()
        };
        let said = refused(&permit, "Twin").await;
        assert!(said.contains("several are called") && !said.contains(&twin.to_string()), "{said}");
        let said = refused(&permit, "Nobody").await;
        assert!(said.contains("exact name") && !said.contains("search_records"), "{said}");

        let hidden = crate::policy::Refinements::read(r#"{"fields":{"hidden":["name"]}}"#);
        let rule =
            crate::policy::Rule { refinements: Some(hidden), ..crate::policy::Rule::new("res.partner") };
        let rules = closed.into_iter().chain([rule]).collect();
        let permit = permit_under(rules, "sale.order", Operation::Create, None);
        for name in ["Twin", "Nobody"] {
            let said = refused(&permit, name).await;
            assert!(said.contains("it is not found by name"), "{said}");
        }
    }
}

#[tokio::test]
async fn what_reads_the_same_before_and_after_is_no_difference() {
    for bench in benches().await {
        let partner = a_partner(&bench).await;
        let goods = super::cast::cast(&bench).await.goods;
        let record = json!({"partner_id": partner, "order_line": [{"product_id": goods}]});
        let order = bench.made("sale.order", record).await;
        let what = super::call("action_confirm", &[order]);
        let permit = super::permit("sale.order", &what);
        let mut tx = bench.test.db.begin().await.unwrap();
        // Within the same second.
        let change = Change { at: NOW + 300, approved: false, what };
        let effect = bench.erp.change(tx.on(), &permit, &everybody(), &change).await.unwrap();
        let image = effect.images.iter().find(|image| image.model == "sale.order").unwrap();
        assert!(image.after.as_ref().unwrap().has("date_order"), "{}: it is stored", bench.test.name);
        let all = bench.erp.differences(tx.on(), &effect.images).await.unwrap();
        let order = all.iter().find(|difference| difference.model == "sale.order").unwrap();
        assert!(order.fields.iter().any(|field| field.name == "state"));
        assert!(all.iter().flat_map(|one| &one.fields).all(|field| field.before != field.after), "{all:?}");
    }
}
