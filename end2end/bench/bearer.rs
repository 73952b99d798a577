//! The bearer's hot path alone: from an `Authorization` header to a principal that is remembered, with the look at
//! what holds now that goes before it. `bearer DATABASE_FILE SECONDS` reads the key from its standard input and
//! prints one line of JSON.

use std::error::Error;
use std::hint::black_box;
use std::io::Read;
use std::time::{Duration, Instant};

use axanta_mcp::clock::Clock;
use axanta_mcp::identity::Authenticator;
use axanta_mcp::settings::Current;
use axanta_mcp::store::{Db, DbUrl};
use axum::http::HeaderValue;

/// Calls between two looks at the clock.
const ROUND: u32 = 1_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [database, seconds] = arguments.as_slice() else { return Err("bearer DATABASE_FILE SECONDS".into()) };
    let mut key = String::new();
    std::io::stdin().read_to_string(&mut key)?;
    let header = HeaderValue::from_str(&format!("Bearer {}", key.trim()))?;

    let db = Db::open(&format!("sqlite://{database}").parse::<DbUrl>()?).await?;
    let current = Current::start(&db).await?;
    let authenticator = Authenticator::new(db, Clock::system());
    authenticator.authenticate(&*current.fresh().await?, Some(&header)).await?;

    let until = Instant::now() + Duration::from_secs_f64(seconds.parse()?);
    let mut took = Vec::new();
    while Instant::now() < until {
        let from = Instant::now();
        for _ in 0..ROUND {
            let controls = current.fresh().await?;
            black_box(authenticator.authenticate(black_box(&controls), black_box(Some(&header))).await?);
        }
        took.push(from.elapsed() / ROUND);
        // The task that keeps what holds now current has its turn.
        tokio::task::yield_now().await;
    }
    took.sort_unstable();
    let half = took.get(took.len() / 2).map(Duration::as_nanos);
    println!("{}", serde_json::json!({ "rounds": took.len(), "p50_ns": half }));
    Ok(())
}
