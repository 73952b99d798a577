//! The same SQL through sqlx alone: what a tool's answer would cost if nothing stood around it.
//! `sql DATABASE_FILE SQL_FILE SECONDS` runs the statements of `SQL_FILE` (parted by `;`) one after another
//! on one connection, decodes every value, and prints one line of JSON. With `write` behind it they are one durable
//! transaction, as the server's own are.

use std::error::Error;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection, TypeInfo, ValueRef};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (database, file, seconds, writes) = match arguments.as_slice() {
        [database, file, seconds] => (database, file, seconds, false),
        [database, file, seconds, write] if write == "write" => (database, file, seconds, true),
        _ => return Err("sql DATABASE_FILE SQL_FILE SECONDS [write]".into()),
    };
    let text = std::fs::read_to_string(file)?;
    let statements: Vec<_> = text.split(';').map(str::trim).filter(|one| !one.is_empty()).collect();
    let options = SqliteConnectOptions::new().filename(database).disable_statement_logging();
    let options = if writes {
        options.foreign_keys(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
    } else {
        options.read_only(true)
    };
    let mut connection = options.connect().await?;

    let until = Instant::now() + Duration::from_secs_f64(seconds.parse()?);
    let mut took = Vec::new();
    let mut rows = 0;
    while Instant::now() < until {
        let from = Instant::now();
        rows = 0;
        if writes {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            for statement in &statements {
                rows += run(&mut tx, statement).await?;
            }
            tx.commit().await?;
        } else {
            for statement in &statements {
                rows += run(&mut connection, statement).await?;
            }
        }
        took.push(from.elapsed());
    }
    took.sort_unstable();
    let half = took.get(took.len() / 2).map(Duration::as_micros);
    println!("{}", serde_json::json!({ "runs": took.len(), "rows": rows, "p50_us": half }));
    Ok(())
}

async fn run(connection: &mut SqliteConnection, statement: &str) -> Result<usize, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(connection).await?;
    rows.iter().try_for_each(decode)?;
    Ok(rows.len())
}

/// Every column in the type that SQLite holds it in, as any caller that uses a row has to.
fn decode(row: &SqliteRow) -> Result<(), sqlx::Error> {
    for column in 0..row.len() {
        let kind = row.try_get_raw(column)?.type_info().name().to_owned();
        match kind.as_str() {
            "NULL" => {}
            "TEXT" => drop(std::hint::black_box(row.try_get_unchecked::<String, _>(column)?)),
            "REAL" => _ = std::hint::black_box(row.try_get_unchecked::<f64, _>(column)?),
            _ => _ = std::hint::black_box(row.try_get_unchecked::<i64, _>(column)?),
        }
    }
    Ok(())
}
