//! The server's own log lines, on stderr: for people, or one JSON object a line.

use std::io::IsTerminal as _;

use crate::config::{Common, LogFormat, log_filter};

/// Starts them; to be called once.
pub fn start(common: &Common) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(log_filter().unwrap_or_else(|| "info".to_owned()))
        // Said about a line that can't be written, it would go the same way, and bring the server down.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match common.log_format {
        LogFormat::Human => lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
}
