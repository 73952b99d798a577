//! `GET /health`: whether this process can do its work, for load balancers and service managers.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::state::AppState;
use crate::store::control;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// State of the process and of what it stands on.
#[derive(Debug, Serialize)]
pub struct Health {
    status: &'static str,
    version: &'static str,
    /// `ok`, or that it does not answer.
    database: &'static str,
    /// `ok`, or that it can't be written: then work is refused.
    log: &'static str,
}

/// 200 where work is done, 503 where it would be refused.
pub async fn health(State(state): State<Arc<AppState>>) -> (StatusCode, Json<Health>) {
    let database = match tokio::time::timeout(PATIENCE, reachable(&state)).await {
        Ok(Ok(())) => "ok",
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            "unavailable"
        }
        Err(_) => "unavailable",
    };
    let log = if state.services.audit.is_failing() { "failing" } else { "ok" };
    let well = database == "ok" && log == "ok";
    let code = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let status = if well { "ok" } else { "unavailable" };
    (code, Json(Health { status, version: env!("CARGO_PKG_VERSION"), database, log }))
}

async fn reachable(state: &AppState) -> Result<(), sqlx::Error> {
    let mut conn = state.db.read().await?;
    control::generation(conn.on()).await.map(drop)
}
