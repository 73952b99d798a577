//! `axanta-mcp serve`: listens until it is told to stop.

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::error::CliError;
use super::setup;
use super::welcome::Voice;
use crate::config::{Common, ServeOptions};
use crate::server;

/// Serves until SIGTERM or SIGINT; requests under way finish.
pub async fn run(common: &Common, options: &ServeOptions) -> Result<(), CliError> {
    let db = setup::open(common, &options.public_url(), Voice::Stdout).await?;
    let listen = |error| CliError::Listen(options.listen, error);
    let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        stopped.cancel();
    });
    server::serve(listener, Router::new(), server::Limits::default(), stop).await;
    db.close().await;
    Ok(())
}
