//! Pages of records, their JSON, their order, and how long they may take.

use std::time::Duration;

use serde_json::json;

use super::{ALL, Bench, benches, caller, ids, permit, search_query};
use crate::erp::{Erp, ErpError, SearchQuery};

#[tokio::test]
async fn writes_every_type() {
    for bench in benches().await {
        let fields = [
            "name",
            "note",
            "n",
            "qty",
            "amount",
            "currency_id",
            "ok",
            "day",
            "at",
            "state",
            "owner_id",
            "line_ids",
            "tag_ids",
            "display_name",
            "name",
        ];
        let records = bench.read(&caller(1), &[5, 1, 3, 1], &fields).await.unwrap();
        assert_eq!(
            records,
            [
                json!({"id":5,"name":null,"note":"a_b\\c","n":9_007_199_254_740_993_i64,
                    "qty":parsed("9007199254740.993"),"amount":parsed("90071992547409.93"),
                    "currency_id":{"id":902,"name":"USD"},"ok":false,"day":"2026-10-02",
                    "at":"2026-10-26T07:33:20Z","state":"draft","owner_id":{"id":1,"name":"Acme"},
                    "line_ids":[],"tag_ids":[],"display_name":null}),
                json!({"id":1,"name":"Alpha","note":"red [x]*?","n":5,"qty":1.5,"amount":10.5,
                    "currency_id":{"id":901,"name":"EUR"},"ok":true,"day":"2026-10-02",
                    "at":"2026-10-02T10:29:59Z","state":"draft","owner_id":{"id":1,"name":"Acme"},
                    "line_ids":[10,11],"tag_ids":[21,22],"display_name":"Alpha"}),
                json!({"id":3,"name":"ÄRGER","note":null,"n":0,"qty":0,"amount":0,
                    "currency_id":{"id":902,"name":"USD"},"ok":false,"day":null,"at":null,"state":null,
                    "owner_id":null,"line_ids":[],"tag_ids":[],"display_name":"ÄRGER"}),
            ],
            "{}",
            bench.test.name
        );
    }
}

#[tokio::test]
async fn numbers_are_written_exactly() {
    for bench in benches().await {
        let query = search_query(&json!([["id", "=", 5]]), &["qty", "amount"], "");
        let found = bench.erp.search(&permit("t.thing", ALL), &caller(1), &query).await.unwrap();
        assert_eq!(found.json.get(), r#"[{"id":5,"qty":9007199254740.993,"amount":90071992547409.93}]"#);
    }
}

#[tokio::test]
async fn orders_alike() {
    let cases: [(&str, [i64; 6]); 10] = [
        ("", [1, 2, 3, 4, 5, 6]),
        ("name", [6, 1, 2, 3, 4, 5]),
        ("name desc", [5, 4, 3, 2, 1, 6]),
        ("n desc, id", [4, 5, 6, 1, 3, 2]),
        ("ok, id desc", [5, 2, 6, 4, 1, 3]),
        ("owner_id", [1, 5, 2, 6, 4, 3]),
        ("owner_id desc", [3, 4, 6, 2, 5, 1]),
        ("state desc, n", [3, 1, 5, 2, 6, 4]),
        ("day, amount desc", [6, 5, 1, 2, 4, 3]),
        ("display_name desc", [5, 4, 3, 2, 1, 6]),
    ];
    for bench in benches().await {
        for (order, expected) in &cases {
            // With links the page is cut first and named after; without, it is one statement.
            for fields in [&["name"][..], &["owner_id"][..], &["owner_id", "tag_ids"][..]] {
                let query = search_query(&json!([]), fields, order);
                let found = bench.erp.search(&permit("t.thing", ALL), &caller(1), &query).await.unwrap();
                assert_eq!(ids(&found), *expected, "{}: {order} {fields:?}", bench.test.name);
            }
        }
        for wrong in ["owner_id.name", "line_ids", "nmae"] {
            let query = search_query(&json!([]), &[], wrong);
            let error = bench.erp.search(&permit("t.thing", ALL), &caller(1), &query).await.unwrap_err();
            assert!(matches!(error, ErpError::BadQuery(_)), "{error}");
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other() {
    for bench in benches().await {
        let page = async |limit, offset| {
            let query = SearchQuery { limit, offset, ..search_query(&json!([]), &["name"], "id") };
            let found = bench.erp.search(&permit("t.thing", ALL), &caller(1), &query).await.unwrap();
            (ids(&found), found.rows, found.total, found.has_more)
        };
        assert_eq!(page(4, 0).await, (vec![1, 2, 3, 4], 4, Some(6), true));
        assert_eq!(page(4, 4).await, (vec![5, 6], 2, Some(6), false));
        assert_eq!(page(6, 0).await, (vec![1, 2, 3, 4, 5, 6], 6, Some(6), false));
        assert_eq!(page(4, 8).await, (vec![], 0, Some(6), false));
    }
}

#[tokio::test]
async fn a_total_is_exact_or_not_given() {
    for bench in benches().await {
        more_lines(&bench, 10_050).await;
        let all = bench.erp.count(&permit("t.line", ALL), &caller(1), &super::Domain::All).await.unwrap();
        assert_eq!(all, 10_054);
        let of = async |value: serde_json::Value| {
            let query = search_query(&value, &["name"], "id");
            let found = bench.erp.search(&permit("t.line", ALL), &caller(1), &query).await.unwrap();
            (found.total, found.has_more)
        };
        assert_eq!(of(json!([])).await, (Some(10_054), true));
        assert_eq!(of(json!([["id", "<=", 9_999]])).await, (Some(9_004), true));
        // A large table is one whose ids go far.
        super::execute(&bench.test.db, "INSERT INTO t_line (id, n) VALUES (60000, 0)").await;
        assert_eq!(of(json!([])).await, (None, true));
        assert_eq!(of(json!([["id", "<=", 1_395]])).await, (Some(400), true));
        assert_eq!(of(json!([["id", "<=", 1_396]])).await, (None, true));
    }
}

#[tokio::test]
async fn long_lists_of_links_say_how_long_they_are() {
    for bench in benches().await {
        more_lines(&bench, 500).await;
        let records = bench.read(&caller(1), &[3, 1], &["line_ids", "name"]).await.unwrap();
        assert_eq!(records[0]["line_ids"].as_array().unwrap().len(), 200);
        assert_eq!(records[0]["line_ids"][0], 1000);
        assert_eq!(records[0]["line_ids__total"], 500);
        assert_eq!(records[0]["name"], "ÄRGER");
        assert_eq!(records[1], json!({"id":1,"line_ids":[10,11],"name":"Alpha"}));
    }
}

#[tokio::test]
async fn absent_records_are_named() {
    for bench in benches().await {
        match bench.read(&caller(1), &[1, 99, 98], &[]).await.unwrap_err() {
            ErpError::MissingRecords { model, ids, kept: None } => {
                assert_eq!((model.as_str(), ids), ("t.thing", vec![99, 98]));
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn what_takes_too_long_is_cancelled_and_the_connection_lives() {
    for bench in benches().await {
        more_lines(&bench, 2_000).await;
        let limit = Duration::from_millis(300);
        let slow = bench.erp.clone().with_limit(limit);
        let query = search_query(&json!([]), &[], "");
        for _ in 0..12 {
            let started = std::time::Instant::now();
            let error = slow.within(endless(&slow)).await.unwrap_err();
            assert!(matches!(error, ErpError::TooSlow(l) if l == limit), "{}: {error:?}", bench.test.name);
            assert!(started.elapsed() < limit * 4, "{}: {:?}", bench.test.name, started.elapsed());
        }
        let found = slow.search(&permit("t.thing", ALL), &caller(1), &query).await.unwrap();
        assert_eq!(found.rows, 6);
    }
}

/// A statement that would run for minutes.
async fn endless(erp: &super::Embedded) -> Result<(), ErpError> {
    use super::super::cells::number;
    use super::super::reader::Consistency;
    use super::super::sql::Statement;
    let mut reader = erp.reader(Consistency::Statement).await?;
    let mut select = sea_query::Query::select();
    select.expr(sea_query::Expr::cust("COUNT(*)")).from_as("t_line", "a");
    for other in ["b", "c"] {
        select.join_as(sea_query::JoinType::CrossJoin, "t_line", other, sea_query::Condition::all());
    }
    let _ = number(&mut reader, Statement::of(select)).await?;
    Ok(())
}

/// A number as the answer is read: the digits are tested elsewhere.
fn parsed(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

async fn more_lines(bench: &Bench, count: i64) {
    let mut tx = bench.test.db.begin().await.unwrap();
    crate::store::on_db!(tx.on(), c => {
        for id in 0..count {
            sqlx::query("INSERT INTO t_line (id, name, thing_id, n) VALUES ($1, 'more', 3, 0)")
                .bind(1000 + id)
                .execute(&mut *c)
                .await
                .unwrap();
        }
    });
    tx.commit().await.unwrap();
}
