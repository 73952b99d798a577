//! Groups and sums: every function, every granularity, currencies apart, and the same on both.

use serde_json::{Value, json};

use super::super::aggregate::mean;
use super::{aggregate_query, benches, domain};
use crate::erp::{AggregateQuery, ErpError};

#[tokio::test]
async fn groups_by_every_type() {
    let cases: Vec<(&[&str], Vec<Value>)> = vec![
        (&[], vec![json!({"__count": 6})]),
        (
            &["state"],
            vec![
                json!({"state": "done", "__count": 3}),
                json!({"state": "draft", "__count": 2}),
                json!({"state": null, "__count": 1}),
            ],
        ),
        (&["ok"], vec![json!({"ok": false, "__count": 3}), json!({"ok": true, "__count": 3})]),
        (
            &["owner_id"],
            vec![
                json!({"owner_id": {"id": 1, "name": "Acme"}, "__count": 2}),
                json!({"owner_id": {"id": 2, "name": "acme GmbH"}, "__count": 2}),
                json!({"owner_id": {"id": 3, "name": "Żubr 50%_a"}, "__count": 1}),
                json!({"owner_id": null, "__count": 1}),
            ],
        ),
        (
            &["owner_id.boss_id"],
            vec![
                json!({"owner_id.boss_id": {"id": 1, "name": "Acme"}, "__count": 2}),
                json!({"owner_id.boss_id": {"id": 2, "name": "acme GmbH"}, "__count": 1}),
                json!({"owner_id.boss_id": null, "__count": 3}),
            ],
        ),
        (
            &["parent_id.ok"],
            vec![
                json!({"parent_id.ok": false, "__count": 3}),
                json!({"parent_id.ok": true, "__count": 1}),
                json!({"parent_id.ok": null, "__count": 2}),
            ],
        ),
        (
            &["name"],
            vec![
                json!({"name": "Alpha", "__count": 1}),
                json!({"name": "alpha", "__count": 1}),
                json!({"name": "ÄRGER", "__count": 1}),
                json!({"name": "ärger", "__count": 1}),
                json!({"name": null, "__count": 2}),
            ],
        ),
        (
            &["day"],
            vec![
                json!({"day": "2024-10", "__count": 1}),
                json!({"day": "2026-10", "__count": 4}),
                json!({"day": null, "__count": 1}),
            ],
        ),
        (
            &["day:day"],
            vec![
                json!({"day:day": "2024-10-04", "__count": 1}),
                json!({"day:day": "2026-10-02", "__count": 2}),
                json!({"day:day": "2026-10-03", "__count": 1}),
                json!({"day:day": "2026-10-04", "__count": 1}),
                json!({"day:day": null, "__count": 1}),
            ],
        ),
        (
            &["day:week"],
            vec![
                json!({"day:week": "2024-W40", "__count": 1}),
                json!({"day:week": "2026-W40", "__count": 4}),
                json!({"day:week": null, "__count": 1}),
            ],
        ),
        (
            &["at:quarter", "ok"],
            vec![
                json!({"at:quarter": "2023-Q4", "ok": true, "__count": 1}),
                json!({"at:quarter": "2026-Q4", "ok": false, "__count": 2}),
                json!({"at:quarter": "2026-Q4", "ok": true, "__count": 2}),
                json!({"at:quarter": null, "ok": false, "__count": 1}),
            ],
        ),
    ];
    for bench in benches().await {
        for (groups, expected) in &cases {
            let (rows, total) = bench.groups(&aggregate_query(&json!([]), groups, &[], "")).await.unwrap();
            assert_eq!(rows, *expected, "{}: {groups:?}", bench.test.name);
            assert_eq!(total, i64::try_from(expected.len()).unwrap());
        }
    }
}

#[tokio::test]
async fn days_begin_where_the_caller_is() {
    // 1790974800 is 2026-10-02 21:00 UTC, 23:00 in Berlin and already the next day in Tokyo.
    for bench in benches().await {
        let query = aggregate_query(&json!([["id", "in", [1, 4]]]), &["at:day"], &[], "");
        let (rows, _) = bench.groups(&query).await.unwrap();
        assert_eq!(rows, [json!({"at:day": "2026-10-02", "__count": 2})]);
        let mut who = super::caller(1);
        who.tz = chrono_tz::Asia::Tokyo;
        let found =
            crate::erp::Erp::aggregate(&bench.erp, &super::permit("t.thing", super::ALL), &who, &query)
                .await
                .unwrap();
        assert_eq!(
            super::rows(&found.json),
            [json!({"at:day": "2026-10-02", "__count": 1}), json!({"at:day": "2026-10-03", "__count": 1})]
        );
    }
}

#[tokio::test]
async fn one_senseless_date_is_in_nobodys_way() {
    const FAR: &str = "UPDATE t_thing SET at = -62135596800000, day = -719162 WHERE id = 1;\n\
        UPDATE t_thing SET at = 253402214400000, day = 2932896 WHERE id = 2";
    for bench in benches().await {
        super::execute(&bench.test.db, FAR).await;
        let keys = async |by: &str, filter: &Value| {
            let (rows, _) = bench.groups(&aggregate_query(filter, &[by], &[], by)).await.unwrap();
            rows.iter().map(|row| (row[by].clone(), row["__count"].clone())).collect::<Vec<_>>()
        };
        let all = json!([]);
        let expected = |keys: &[Value]| keys.iter().map(|key| (key.clone(), json!(1))).collect::<Vec<_>>();
        let days: [Value; 6] = ["0001-01-01", "2023-11-14", "2026-10-02", "2026-10-26", "9999-12-31"]
            .map(Value::from)
            .into_iter()
            .chain([Value::Null])
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert_eq!(keys("at:day", &all).await, expected(&days), "{}", bench.test.name);
        let of_day = keys("day:day", &all).await;
        assert_eq!(of_day.first().unwrap().0, "0001-01-01");
        assert!(of_day.iter().any(|(day, n)| day == "9999-12-31" && n == 1), "{of_day:?}");
        for by in ["at:week", "at:month", "at:quarter", "day:month", "day:year"] {
            let counted: i64 = keys(by, &all).await.iter().map(|(_, n)| n.as_i64().unwrap()).sum();
            assert_eq!(counted, 6, "{by}");
        }
        let since = json!([["at", ">=", "2026-01-01"]]);
        let months = keys("at:month", &since).await;
        assert_eq!(months.iter().map(|(month, _)| month.clone()).collect::<Vec<_>>(), ["2026-10", "9999-12"]);
    }
}

#[tokio::test]
async fn computes_every_function_with_currencies_apart() {
    for bench in benches().await {
        let functions = ["amount:sum", "amount:avg", "amount:min", "amount:max", "amount:count"];
        let (rows, total) =
            bench.groups(&aggregate_query(&json!([["n", "<", 100]]), &[], &functions, "")).await.unwrap();
        assert_eq!(
            rows,
            [
                json!({"currency": "EUR", "amount:sum": 0.05, "amount:avg": 0.0167, "amount:min": -10.5,
                    "amount:max": 10.5, "amount:count": 3, "__count": 3}),
                json!({"currency": "USD", "amount:sum": 0, "amount:avg": 0, "amount:min": 0, "amount:max": 0,
                    "amount:count": 1, "__count": 1}),
            ],
            "{}",
            bench.test.name
        );
        assert_eq!(total, 2);
        // Counting amounts adds none up: no currency.
        let counted = [
            "amount:count",
            "amount:count_distinct",
            "name:count",
            "name:count_distinct",
            "owner_id:count_distinct",
        ];
        let (rows, _) = bench.groups(&aggregate_query(&json!([]), &[], &counted, "")).await.unwrap();
        assert_eq!(
            rows,
            [
                json!({"amount:count": 5, "amount:count_distinct": 5, "name:count": 4, "name:count_distinct": 4,
                "owner_id:count_distinct": 3, "__count": 6})
            ]
        );
        let others = ["qty:sum", "n:min", "n:max", "n:avg", "day:min", "day:max", "at:max"];
        let (rows, _) =
            bench.groups(&aggregate_query(&json!([["id", "!=", 5]]), &[], &others, "")).await.unwrap();
        assert_eq!(
            rows,
            [json!({"qty:sum": 3.999, "n:min": -5, "n:max": 7, "n:avg": 1.75, "day:min": "2024-10-04",
                "day:max": "2026-10-04", "at:max": "2026-10-02T21:00:00Z", "__count": 5})]
        );
        // Of nothing.
        let none = aggregate_query(&json!([["id", "=", 77]]), &[], &["n:sum", "n:avg", "day:min"], "");
        let (rows, _) = bench.groups(&none).await.unwrap();
        assert_eq!(rows, [json!({"n:sum": null, "n:avg": null, "day:min": null, "__count": 0})]);
    }
}

#[tokio::test]
async fn filters_orders_and_pages_groups() {
    for bench in benches().await {
        let names = async |query: AggregateQuery| {
            let (rows, total) = bench.groups(&query).await.unwrap();
            (rows.iter().map(|r| r["owner_id"]["id"].clone()).collect::<Vec<_>>(), total)
        };
        let by_owner = |order| {
            aggregate_query(&json!([["id", "!=", 5]]), &["owner_id"], &["n:sum", "n:avg", "day:max"], order)
        };
        assert_eq!(names(by_owner("n:sum desc")).await.0, [json!(3), json!(1), json!(2), json!(null)]);
        assert_eq!(names(by_owner("n:avg")).await.0, [json!(null), json!(2), json!(1), json!(3)]);
        assert_eq!(
            names(by_owner("__count desc, owner_id desc")).await.0,
            [json!(2), json!(null), json!(3), json!(1)]
        );
        let having = |value: Value, limit, offset| AggregateQuery {
            having: domain(&value),
            limit,
            offset,
            ..by_owner("owner_id")
        };
        assert_eq!(names(having(json!([["n:sum", ">=", 2]]), 9, 0)).await, (vec![json!(1), json!(2)], 2));
        assert_eq!(names(having(json!([["n:avg", "=", 1]]), 9, 0)).await, (vec![json!(2)], 1));
        assert_eq!(names(having(json!(["!", ["n:sum", ">=", 2]]), 9, 0)).await.1, 2, "unset counts as not");
        assert_eq!(names(having(json!([["day:max", ">", "2026-01-01"]]), 9, 0)).await.1, 3);
        assert_eq!(
            names(having(json!([["__count", "in", [1]]]), 2, 1)).await,
            (vec![json!(3), json!(null)], 3)
        );
        assert_eq!(names(having(json!([["__count", ">", 0]]), 2, 9)).await, (vec![], 4));
    }
}

#[tokio::test]
async fn a_sum_too_large_is_refused_and_never_wrong() {
    for bench in benches().await {
        super::execute(&bench.test.db, "UPDATE t_thing SET n = 9223372036854775807 WHERE id IN (1, 2)").await;
        let error = bench.groups(&aggregate_query(&json!([]), &[], &["n:sum"], "")).await.unwrap_err();
        assert!(matches!(&error, ErpError::BadQuery(c) if c.problem.contains("too large")), "{error}");
        let (rows, _) = bench.groups(&aggregate_query(&json!([]), &[], &["n:max"], "")).await.unwrap();
        assert_eq!(rows[0]["n:max"], i64::MAX);
    }
}

#[tokio::test]
async fn the_mean_in_sql_is_the_mean_that_is_answered() {
    use super::super::cells::number;
    use super::super::reader::Consistency;
    use super::super::sql::Statement;
    for bench in benches().await {
        for (sum, count, expected) in mean::CASES {
            let mut select = sea_query::Query::select();
            let [sum, count] = [sum, count].map(|n| sea_query::Expr::val(*n));
            select.expr(mean::sql(
                sea_query::Expr::cust_with_expr("CAST($1 AS BIGINT)", sum),
                sea_query::Expr::cust_with_expr("CAST($1 AS BIGINT)", count),
            ));
            let mut reader = bench.erp.reader(Consistency::Statement).await.unwrap();
            let found = number(&mut reader, Statement::of(select)).await.unwrap();
            assert_eq!(found, *expected, "{}", bench.test.name);
            reader.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn refusals_teach() {
    let far = format!("{}owner_id.name", "parent_id.".repeat(32));
    let far: &[&str] = &[far.as_str()];
    let cases: [(&[&str], &[&str], &str, &str); 10] = [
        (far, &[], "", "more than 32 hops"),
        (&["nmae"], &[], "", "Did you mean name?"),
        (&["line_ids"], &[], "", "can't be grouped by"),
        (&["name:month"], &[], "", "asks for a time"),
        (&["name.x"], &[], "", "not many2one"),
        (&[], &["name:sum"], "", "makes no sense"),
        (&[], &["state:max"], "", "makes no sense"),
        (&[], &["amnt:sum"], "", "amount"),
        (&["state"], &["n:sum"], "n:sumx", "n:sum"),
        (&["state"], &["n:sum"], "n", "not among what is answered"),
    ];
    for bench in benches().await {
        for (groups, aggregates, order, expected) in cases {
            let error = bench
                .groups(&aggregate_query(&json!([]), groups, aggregates, order))
                .await
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{}: {error}", bench.test.name);
        }
        let query = AggregateQuery {
            having: domain(&json!([["n", ">", 1]])),
            ..aggregate_query(&json!([]), &["state"], &["n:sum"], "")
        };
        let error = bench.groups(&query).await.unwrap_err().to_string();
        assert!(error.contains("n:sum") && error.contains("having"), "{error}");
    }
}
