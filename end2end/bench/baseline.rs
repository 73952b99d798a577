//! What axum alone can do: answers every POST with the bytes of a file, and does nothing else.
//! `baseline 127.0.0.1:PORT FILE`

use std::error::Error;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::serve::ListenerExt;
use axum::{Router, routing::post};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("baseline ADDRESS FILE".into());
    };
    let answer = Bytes::from(std::fs::read(file)?);
    // The body is read, as any handler that is told something must, and not looked at.
    let handler = async move |_body: Bytes| ([(CONTENT_TYPE, "application/json")], answer.clone());
    let listener = TcpListener::bind(address).await?.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, Router::new().route("/mcp", post(handler))).await?;
    Ok(())
}
