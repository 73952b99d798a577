//! The server that the protocol's conformance suite runs against: the product's own router, listener, gates and
//! sessions on a database of its own, plus the fixtures that the suite calls for. Test-only, never shipped.
//!
//! `PORT=8070 cargo run --example conformance` prints `URL=` and `KEY=`, and serves until it is told to stop.

mod content;
mod fixtures;
mod rounds;

use std::error::Error;
use std::sync::Arc;

use axanta_mcp::clock::Clock;
use axanta_mcp::erp::embedded::Embedded;
use axanta_mcp::identity::key::{NewKey, generate};
use axanta_mcp::identity::user::{NewUser, add};
use axanta_mcp::identity::{Secret, group};
use axanta_mcp::mcp::Endpoint;
use axanta_mcp::policy::Scope;
use axanta_mcp::reports::Press;
use axanta_mcp::router::router;
use axanta_mcp::server::{Limits, serve};
use axanta_mcp::settings::{self, Module, Modules, Settings};
use axanta_mcp::state::{Addresses, AppState};
use axanta_mcp::store::migrate::{SetupLock, migrate};
use axanta_mcp::store::{Db, DbUrl};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::fixtures::Fixtures;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "the suite's runner tells the port by the environment")]
    let port: u16 = std::env::var("PORT").unwrap_or_default().parse().unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let listen = listener.local_addr()?;
    let folder = tempfile::tempdir()?;
    let clock = Clock::system();
    let db = Db::open(&DbUrl::Sqlite(folder.path().join("conformance.db"))).await?;
    migrate(&db, &SetupLock::take(&db).await?).await?;
    let key = fill(&db, &clock).await?;

    let addresses =
        Addresses { public_url: format!("http://{listen}").parse()?, listen, trusted_proxies: Vec::new() };
    let erp = Arc::new(Embedded::new(db.clone()));
    let state = Arc::new(AppState::start(db, clock, addresses, erp, Press::here()).await?);
    let endpoint = Endpoint::start(Arc::clone(&state)).with_extra(Arc::new(Fixtures::new()?));
    let endpoint = Arc::new(endpoint);

    println!("URL=http://{listen}/mcp");
    println!("KEY={}", key.reveal());
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        terminate.recv().await;
        told.cancel();
        Ok::<_, std::io::Error>(())
    });
    serve(listener, router(&state, &endpoint), Limits::default(), stop).await;
    endpoint.close().await;
    state.stop().await;
    Ok(())
}

/// A user with a key that may call as often as the suite likes.
async fn fill(db: &Db, clock: &Clock) -> Result<Secret, Box<dyn Error>> {
    let mut tx = db.begin().await?;
    group::seed(tx.on()).await?;
    let suite = NewUser {
        id: None,
        login: "conformance",
        name: "Conformance suite",
        groups: &["MCP User"],
        password_hash: None,
    };
    let user_id = add(tx.on(), clock, &suite).await?;
    let key = NewKey {
        user_id,
        name: "conformance",
        scope: Scope::Read,
        rate_limit: Some(1_000_000),
        expires_in_days: None,
        created_by: None,
    };
    let key = generate(tx.on(), clock, &key).await?;
    Modules::install(tx.on(), Module::McpServer, clock.millis()).await?;
    settings::set(tx.on(), &Settings::default().change("mcp_enabled", "true")?).await?;
    tx.commit().await?;
    Ok(key.secret)
}
