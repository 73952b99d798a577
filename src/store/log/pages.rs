//! Tests of the log's pages, on both databases.

use super::*;
use crate::store::Db;
use crate::store::testing::{TestDb, databases};

fn row(number: i64) -> LogRow {
    let denied = number % 10 == 0;
    let admin = number % 25 == 0;
    LogRow {
        id: format!("{number:08}"),
        // Two of the same millisecond: the id decides.
        at: 1_000 + number / 2,
        kind: if admin { "admin" } else { "call" }.into(),
        user_id: Some(number % 3),
        login: Some(format!("user{}", number % 3)),
        key_id: Some(format!("key{}", number % 6)),
        key_name: Some("Codex".into()),
        client: Some("codex 1".into()),
        session: (number % 4 == 0).then(|| "abc".into()),
        method: "tools/call".into(),
        tool: Some(if number % 7 == 0 { "read_records" } else { "search_records" }.into()),
        model: Some(if number % 2 == 0 { "sale.order" } else { "res.partner" }.into()),
        outcome: if denied { "denied" } else { "allowed" }.into(),
        reason: denied.then(|| format!("Model policy: 100% of Write_{number} is refused")),
        ..LogRow::default()
    }
}

async fn fill(test: &TestDb, rows: i64) {
    let rows: Vec<LogRow> = (0..rows).map(row).collect();
    let mut tx = test.db.begin().await.unwrap();
    insert(tx.on(), "w", &rows).await.unwrap();
    tx.commit().await.unwrap();
}

async fn asked(db: &Db, filter: &LogFilter, start: &Start) -> LogPage {
    page(db.read().await.unwrap().on(), filter, start).await.unwrap()
}

fn ids(page: &LogPage) -> Vec<i64> {
    page.rows.iter().map(|row| row.id.parse().unwrap()).collect()
}

/// A filter, and which of the rows it wants.
type Case = (LogFilter, fn(i64) -> bool);

fn cases() -> Vec<Case> {
    let any = LogFilter::default;
    let text = |text: &str| Some(text.to_owned());
    vec![
        (any(), |_| true),
        (LogFilter { since: Some(1_050), until: Some(1_100), ..any() }, |n| (100..200).contains(&n)),
        (LogFilter { user_id: Some(2), ..any() }, |n| n % 3 == 2),
        (LogFilter { login: text("user1"), ..any() }, |n| n % 3 == 1),
        (LogFilter { user_id: Some(2), key_id: text("key5"), ..any() }, |n| n % 6 == 5),
        (LogFilter { tool: text("read_records"), ..any() }, |n| n % 7 == 0),
        (LogFilter { tool: text("read_records"), model: text("sale.order"), ..any() }, |n| n % 14 == 0),
        (LogFilter { outcome: text("allowed"), ..any() }, |n| n % 10 != 0),
        (LogFilter { outcome: text("denied"), user_id: Some(0), ..any() }, |n| n % 30 == 0),
        (LogFilter { kind: text("admin"), outcome: text("denied"), ..any() }, |n| n % 50 == 0),
        (LogFilter { session: text("abc"), ..any() }, |n| n % 4 == 0),
        (LogFilter { text: text("0% OF write_1"), ..any() }, |n| {
            n % 10 == 0 && n.to_string().starts_with('1')
        }),
        (LogFilter { text: text("write%1"), ..any() }, |_| false),
        (LogFilter { tool: text("none"), ..any() }, |_| false),
    ]
}

#[tokio::test]
async fn pages_follow_each_other_there_and_back() {
    const ROWS: i64 = 300;
    for test in databases().await {
        fill(&test, ROWS).await;
        for (filter, wanted) in cases() {
            let all: Vec<i64> = (0..ROWS).rev().filter(|n| wanted(*n)).collect();
            let said = format!("{test}: {filter:?}");
            let counted = count(test.db.read().await.unwrap().on(), &filter).await.unwrap();
            assert_eq!(counted, Count { rows: i64::try_from(all.len()).unwrap(), more: false }, "{said}");
            let filter = LogFilter { limit: 7, ..filter };
            let newest = list(test.db.read().await.unwrap().on(), &filter).await.unwrap();
            assert_eq!(newest.len(), all.len().min(7), "{said}");
            let (mut seen, mut start) = (Vec::new(), Start::Newest);
            loop {
                let page = asked(&test.db, &filter, &start).await;
                assert_eq!(page.looked_to, None, "{said}");
                seen.extend(ids(&page));
                let Some(last) = page.rows.last() else { break };
                start = Start::Before(last.into());
                assert_eq!(page.more, seen.len() < all.len(), "{said}");
            }
            assert_eq!(seen, all, "{said}");
            let Some(oldest) = all.last() else { continue };
            let mut back = vec![*oldest];
            let mut start = Start::After((&row(*oldest)).into());
            loop {
                let page = asked(&test.db, &filter, &start).await;
                let Some(first) = page.rows.first() else { break };
                start = Start::After(first.into());
                back.splice(0..0, ids(&page));
            }
            assert_eq!(back, all, "{said}: backwards");
        }
    }
}

#[tokio::test]
async fn what_no_index_answers_is_looked_for_a_part_at_a_time() {
    for test in databases().await {
        let rows: Vec<LogRow> = (0..25_000)
            .map(|n| LogRow { reason: (n == 3 || n == 24_000).then(|| "Rare".into()), ..row(n) })
            .collect();
        let mut tx = test.db.begin().await.unwrap();
        insert(tx.on(), "w", &rows).await.unwrap();
        tx.commit().await.unwrap();
        let filter = LogFilter { text: Some("rare".into()), limit: 10, ..LogFilter::default() };
        let first = asked(&test.db, &filter, &Start::Newest).await;
        assert_eq!((ids(&first), first.more), (vec![24_000], false), "{test}");
        let edge = first.looked_to.unwrap();
        assert_eq!(edge.id, "00015000", "{test}: 10,000 rows were looked at");
        let second = asked(&test.db, &filter, &Start::Before(edge)).await;
        assert!(second.rows.is_empty());
        let third = asked(&test.db, &filter, &Start::Before(second.looked_to.unwrap())).await;
        assert_eq!((ids(&third), third.looked_to), (vec![3], None), "{test}: the end");
        let counted = count(test.db.read().await.unwrap().on(), &filter).await.unwrap();
        assert_eq!(counted, Count { rows: 1, more: true }, "{test}");
        let counted = count(test.db.read().await.unwrap().on(), &LogFilter::default()).await.unwrap();
        assert_eq!(counted, Count { rows: COUNTED, more: true }, "{test}");
    }
}

/// Notes that the rows of these numbers changed a record.
async fn touch(test: &TestDb, numbers: &[i64], (model, id): (&str, i64)) {
    let mut tx = test.db.begin().await.unwrap();
    for number in numbers {
        let sql = "INSERT INTO mcp_touched (log_id, model, record_id, name, sought) VALUES ($1, $2, $3, 'S1', 's1')";
        crate::store::on_db!(tx.on(), c => {
            sqlx::query(sql).bind(format!("{number:08}")).bind(model).bind(id).execute(&mut *c).await.map(drop)
        })
        .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_record_is_asked_for_however_long_ago_it_was_changed() {
    for test in databases().await {
        let rows: Vec<LogRow> = (0..12_000)
            .map(|n| LogRow { target: (n % 1_000 == 1).then(|| "[4, 7]".into()), ..row(n) })
            .collect();
        let mut tx = test.db.begin().await.unwrap();
        insert(tx.on(), "w", &rows).await.unwrap();
        tx.commit().await.unwrap();
        touch(&test, &[3, 5, 11_000], ("sale.order", 7)).await;
        touch(&test, &[9], ("sale.order", 77)).await;
        let record = ("sale.order".to_owned(), 7);
        let by_record = LogFilter { record: Some(record.clone()), limit: 2, ..LogFilter::default() };
        let first = asked(&test.db, &by_record, &Start::Newest).await;
        assert_eq!((ids(&first), first.more, &first.looked_to), (vec![11_000, 5], true, &None), "{test}");
        let rest = asked(&test.db, &by_record, &Start::Before(first.rows.last().unwrap().into())).await;
        assert_eq!((ids(&rest), rest.more), (vec![3], false), "{test}");
        let counted = count(test.db.read().await.unwrap().on(), &by_record).await.unwrap();
        assert_eq!(counted, Count { rows: 3, more: false }, "{test}");
        let denied = LogFilter { outcome: Some("denied".into()), ..by_record };
        assert_eq!(ids(&asked(&test.db, &denied, &Start::Newest).await), [11_000], "{test}");

        // By its name: what changed it, and what was upon it. Odd rows are of another model.
        let text = LogFilter { text: Some("s1".into()), limit: 50, ..LogFilter::default() };
        assert!(ids(&asked(&test.db, &text, &Start::Newest).await).is_empty(), "{test}");
        let named = LogFilter { records: vec![record], ..text.clone() };
        assert_eq!(ids(&asked(&test.db, &named, &Start::Newest).await), [11_000], "{test}");
        let named = LogFilter { records: vec![("res.partner".into(), 7)], ..text.clone() };
        let upon: Vec<i64> = (2..12).rev().map(|n| n * 1_000 + 1).collect();
        assert_eq!(ids(&asked(&test.db, &named, &Start::Newest).await), upon, "{test}: target");
        let other = LogFilter { records: vec![("res.partner".into(), 47)], ..text };
        assert!(ids(&asked(&test.db, &other, &Start::Newest).await).is_empty(), "{test}: 4, 7 is not 47");
    }
}

#[tokio::test]
async fn a_row_is_found_by_its_id() {
    for test in databases().await {
        fill(&test, 3).await;
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(by_id(conn.on(), "00000002").await.unwrap().unwrap().at, 1_001, "{test}");
        assert!(by_id(conn.on(), "2").await.unwrap().is_none(), "{test}");
    }
}

#[tokio::test]
async fn clients_without_a_session_are_seen() {
    for test in databases().await {
        fill(&test, 12).await;
        let mut conn = test.db.read().await.unwrap();
        let seen = sessionless_clients(conn.on(), 1_001, 100).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|s| (s.key_id.as_str(), s.last_seen_at, s.calls)).collect();
        let expected = [
            ("key4", 1_005, 1),
            ("key5", 1_005, 2),
            ("key3", 1_004, 2),
            ("key0", 1_003, 1),
            ("key1", 1_003, 1),
            ("key2", 1_001, 1),
        ];
        assert_eq!(seen, expected, "{test}");
        assert!(sessionless_clients(conn.on(), 1_001, 0).await.unwrap().is_empty(), "{test}");
    }
}

/// The statements of usual pages follow an index and sort nothing.
#[tokio::test]
async fn pages_follow_an_index() {
    let test = crate::store::testing::sqlite().await;
    fill(&test, 300).await;
    let Db::Sqlite { read, .. } = &test.db else { unreachable!() };
    let before = Start::Before(Cursor { at: 1_100, id: "00000200".into() });
    let after = Start::After(Cursor { at: 1_100, id: "00000200".into() });
    for (filter, index) in [
        (LogFilter::default(), "mcp_log_at"),
        (LogFilter { since: Some(1_050), ..LogFilter::default() }, "mcp_log_at"),
        (LogFilter { tool: Some("x".into()), ..LogFilter::default() }, "mcp_log_at"),
        (LogFilter { user_id: Some(1), key_id: Some("k".into()), ..LogFilter::default() }, "mcp_log_user"),
        (
            LogFilter { outcome: Some("denied".into()), user_id: Some(1), ..LogFilter::default() },
            "mcp_log_refused",
        ),
        (LogFilter { kind: Some("admin".into()), ..LogFilter::default() }, "mcp_log_admin"),
        (LogFilter { record: Some(("sale.order".into(), 7)), ..LogFilter::default() }, "mcp_touched_record"),
    ] {
        for start in [&Start::Newest, &before, &after] {
            let (text, values) = page::statement(false, &filter, start, None).done();
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as_with(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", text.0)), values)
                    .fetch_all(read)
                    .await
                    .unwrap();
            let plan: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
            if filter.record.is_some() {
                let found = plan.iter().any(|step| step.contains(index));
                let scans = plan.iter().any(|step| step.starts_with("SCAN mcp_log"));
                assert!(found && !scans, "{start:?}: {plan:?}");
                continue;
            }
            assert!(plan.len() == 1 && plan[0].contains(index), "{filter:?} {start:?}: {plan:?}");
        }
    }
}
