//! `axanta-mcp serve`: listens until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::error::CliError;
use super::welcome::Voice;
use super::{first_link, logging, setup};
use crate::clock::Clock;
use crate::config::{Common, ServeOptions};
use crate::erp::embedded::Embedded;
use crate::mcp::Endpoint;
use crate::metrics;
use crate::reports::Press;
use crate::router::router;
use crate::server::{self, Limits};
use crate::state::{Addresses, AppState};

/// Serves until SIGTERM or SIGINT; requests under way finish, and what is still in memory is written.
pub async fn run(common: &Common, options: &ServeOptions) -> Result<(), CliError> {
    logging::start(common);
    // Before the database is filled: a port that is taken should not cost anyone a minute.
    let listener = listen(options.listen).await?;
    let metrics_listener = match options.metrics_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let public_url = options.public_url();
    let db = setup::open(common, &public_url, Voice::Stdout).await?;
    let clock = Clock::system();
    first_link::offer(&db, &clock, &public_url, Voice::Stdout).await?;
    let addresses = Addresses {
        public_url: public_url.url().clone(),
        listen: listener.local_addr()?,
        trusted_proxies: options.trusted_proxy.clone(),
    };
    let erp = Arc::new(Embedded::new(db.clone()));
    let state = Arc::new(AppState::start(db, clock, addresses, erp, Press::apart()).await?);
    let endpoint = Arc::new(Endpoint::start(Arc::clone(&state)));

    let stop = stop_signal()?;
    if let Some(listener) = metrics_listener {
        let routes = metrics::router()?;
        tokio::spawn(server::serve(listener, routes, Limits::default(), stop.clone()));
    }
    tracing::info!(listen = %options.listen, mcp = %public_url.mcp(), version = env!("CARGO_PKG_VERSION"), "ready");
    server::serve(listener, router(&state, &endpoint), Limits::default(), stop).await;
    endpoint.close().await;
    state.stop().await;
    tracing::info!("stopped");
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| CliError::Listen(address, error))
}

/// Cancelled by the first SIGTERM or SIGINT.
fn stop_signal() -> Result<CancellationToken, CliError> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way finish");
        told.cancel();
    });
    Ok(stop)
}
