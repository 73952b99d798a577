//! Metrics in Prometheus' text format, on a listener of their own so that they are never public by accident.

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder};

/// Starts recording and answers the routes of the metrics listener.
pub fn router() -> Result<Router, BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    metrics::describe_counter!(
        "axanta_mcp_requests_total",
        "Requests on /mcp by tool (- for others) and outcome"
    );
    metrics::describe_histogram!(
        "axanta_mcp_request_seconds",
        metrics::Unit::Seconds,
        "Time from a request's place in the log to its answer"
    );
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Ok(Router::new().route("/metrics", get(move || async move { handle.render() })))
}
