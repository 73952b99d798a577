//! The binary: everything is in the library, so that tests reach it.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    axanta_mcp::cli::main().await
}
