//! Taking away, now and then, what nobody needs any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Between the start and the first sweep, so that a start is not slower for it.
const FIRST: Duration = Duration::from_mins(1);
/// Between two sweeps.
const EVERY: Duration = Duration::from_hours(1);

/// Sweeps now and then, until told to stop. `sweep` answers how many rows it took; `what` names them.
pub async fn now_and_then<F: Future<Output = Result<u64, sqlx::Error>>>(
    what: &'static str,
    stop: CancellationToken,
    sweep: impl Fn() -> F,
) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        match sweep().await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(what, rows, "taken away"),
            Err(error) => tracing::warn!(what, %error, "could not be taken away; it will be tried again"),
        }
    }
}
