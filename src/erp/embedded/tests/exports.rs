//! Records taken out as a table.

use serde_json::json;
use tokio::sync::mpsc::channel;

use super::*;
use crate::erp::{ExportQuery, Exported};
use crate::model::table::{Cell, Column, ColumnKind, Part, Row};

impl Bench {
    async fn export(
        &self,
        permit: &Permit,
        user: i64,
        query: ExportQuery,
    ) -> Result<(Exported, Vec<Column>, Vec<Row>), ErpError> {
        let (parts, mut taken) = channel(2);
        let (mut columns, mut rows) = (Vec::new(), Vec::new());
        let who = caller(user);
        let take = async {
            while let Some(part) = taken.recv().await {
                match part {
                    Part::Columns(named) => columns = named,
                    Part::Rows(more) => rows.extend(more),
                }
            }
        };
        let (exported, ()) = tokio::join!(self.erp.export(permit, &who, &query, parts), take);
        Ok((exported?, columns, rows))
    }
}

fn query(value: &Value, fields: &[&str]) -> ExportQuery {
    ExportQuery {
        domain: domain(value),
        fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        limit: 100,
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

#[tokio::test]
async fn every_kind_of_field_has_its_column_and_money_its_currency() {
    for bench in benches().await {
        let fields = ["name", "owner_id", "amount", "qty", "ok", "day", "at", "state", "n", "name"];
        let (done, columns, rows) = bench
            .export(&permit("t.thing", ALL), 1, query(&json!([["id", "<=", 3]]), &fields))
            .await
            .unwrap();
        assert_eq!(done, Exported { rows: 3, more: false }, "{}", bench.test);
        let names: Vec<_> = columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(
            names,
            ["id", "name", "owner_id", "amount", "currency_id", "qty", "ok", "day", "at", "state", "n"]
        );
        assert_eq!(columns[3].kind, ColumnKind::Money(2));
        assert_eq!((columns[4].label.as_str(), &columns[4].kind), ("Currency", &ColumnKind::Text));
        assert_eq!(
            rows[0],
            [
                Cell::Number(1),
                text("Alpha"),
                Cell::Link(1, "Acme".into()),
                Cell::Number(1050),
                text("EUR"),
                Cell::Number(1500),
                Cell::Truth(true),
                Cell::Number(20728),
                Cell::Number(1_790_936_999_000),
                text("draft"),
                Cell::Number(5),
            ],
            "{}",
            bench.test
        );
        assert_eq!(rows[2][2..5], [Cell::Empty, Cell::Number(0), text("USD")], "{}", bench.test);
        assert_eq!((&rows[2][6], &rows[2][7]), (&Cell::Truth(false), &Cell::Empty), "{}", bench.test);
    }
}

#[tokio::test]
async fn a_currency_that_was_asked_for_stands_where_it_was_asked_for() {
    for bench in benches().await {
        let fields =
            ["currency_id", "amount", "parent_id.amount", "owner_id.boss_id.town", "parent_id.owner_id"];
        let (_, columns, rows) = bench
            .export(&permit("t.thing", ALL), 1, query(&json!([["id", "in", [2, 4]]]), &fields))
            .await
            .unwrap();
        let names: Vec<_> = columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "id",
                "currency_id",
                "amount",
                "parent_id.amount",
                "parent_id.currency_id",
                "owner_id.boss_id.town",
                "parent_id.owner_id"
            ]
        );
        assert_eq!(columns[5].label, "Owner / Boss / Town");
        assert_eq!(columns[6].kind, ColumnKind::Link);
        assert_eq!(
            rows[0][1..],
            [
                Cell::Link(901, "EUR".into()),
                Cell::Number(-1050),
                Cell::Number(1050),
                text("EUR"),
                text("Köln"),
                Cell::Link(1, "Acme".into())
            ],
            "{}",
            bench.test
        );
        assert_eq!(
            rows[1][3..],
            [Cell::Number(-1050), text("EUR"), text("KÖLN"), Cell::Link(2, "acme GmbH".into())]
        );
    }
}

#[tokio::test]
async fn more_than_the_limit_is_cut_and_said() {
    for bench in benches().await {
        for (limit, more) in [(2, true), (6, false), (5, true)] {
            let query = ExportQuery { limit, ..query(&json!([]), &["name"]) };
            let (done, _, rows) = bench.export(&permit("t.thing", ALL), 1, query).await.unwrap();
            assert_eq!(
                (done, rows.len()),
                (Exported { rows: limit, more }, limit as usize),
                "{}",
                bench.test
            );
        }
        // And the connection is good for the next.
        let found = bench.erp.count(&permit("t.thing", ALL), &caller(1), &Domain::All).await.unwrap();
        assert_eq!(found, 6, "{}", bench.test);
    }
}

#[tokio::test]
async fn rules_hide_records_and_what_is_behind_links() {
    for bench in benches().await {
        let things = query(&json!([]), &["name", "parent_id.name", "parent_id"]);
        let (_, _, rows) = bench.export(&permit("t.thing", ALL), 2, things).await.unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids, [Cell::Number(1), Cell::Number(5)], "{}", bench.test);
        let lines = query(&json!([]), &["thing_id.name"]);
        let (_, _, rows) = bench.export(&permit("t.line", ALL), 2, lines).await.unwrap();
        let names: Vec<_> = rows.into_iter().map(|mut row| row.remove(1)).collect();
        assert_eq!(
            names,
            [text("Alpha"), text("Alpha"), Cell::Empty, Cell::Empty],
            "{}: thing 4 is hidden",
            bench.test
        );
    }
}

#[tokio::test]
async fn hops_need_read_and_what_fits_no_column_is_explained() {
    let bench = benches().await.remove(0);
    let fails = async |permit: &Permit, field: &str| {
        bench.export(permit, 1, query(&json!([]), &[field])).await.unwrap_err().to_string()
    };
    let all = permit("t.thing", ALL);
    let alone = permit("t.thing", &["t.thing"]);
    assert!(fails(&alone, "owner_id.town").await.contains("`owner_id` reads t.owner"));
    assert!(bench.export(&alone, 1, query(&json!([]), &["owner_id"])).await.is_ok(), "a name is shown");
    assert!(fails(&all, "line_ids").await.contains("export t.line instead"));
    assert!(fails(&all, "line_ids.name").await.contains("not many2one"));
    assert!(fails(&all, "naem").await.contains("Did you mean"));
    assert!(fails(&all, "owner_id.boss_id.boss_id.boss_id.boss_id.boss_id.town").await.contains("hops"));
    assert!(fails(&all, "owner_id.").await.contains("no field"));
    let none = Caller { groups: Arc::new(["none".to_owned()]), ..caller(1) };
    let (parts, _taken) = channel(1);
    let denied = bench.erp.export(&all, &none, &query(&json!([]), &["name"]), parts).await.unwrap_err();
    assert!(matches!(denied, ErpError::Denied(step) if step.gate == Gate::AccessRights));
}

#[tokio::test]
async fn it_stops_where_nobody_listens() {
    for bench in benches().await {
        for _ in 0..5 {
            let (parts, taken) = channel(1);
            drop(taken);
            let done = bench
                .erp
                .export(&permit("t.thing", ALL), &caller(1), &query(&json!([]), &["name"]), parts)
                .await
                .unwrap();
            assert_eq!(done.rows, 0, "{}", bench.test);
        }
        let (done, ..) =
            bench.export(&permit("t.thing", ALL), 1, query(&json!([]), &["name"])).await.unwrap();
        assert_eq!(done.rows, 6, "{}: the connections came back", bench.test);
    }
}
