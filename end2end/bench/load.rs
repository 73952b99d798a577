//! A load generator for this machine alone: N keep-alive connections, each with one request under way,
//! bounded in count and time. It does so little per answer that its one core outruns the server's.
//!
//! `load --to 127.0.0.1:8070 --request FILE --connections 64 --seconds 4` sends FILE, a whole HTTP/1.1
//! request, again and again, and prints one line of JSON.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

type Failure = Box<dyn Error>;

/// See the module's text.
#[derive(Parser)]
struct Load {
    /// Where to; must be loopback.
    #[arg(long)]
    to: SocketAddr,
    /// A file that holds the whole request.
    #[arg(long)]
    request: PathBuf,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// No more requests than these, whatever the time.
    #[arg(long, default_value_t = 2_000_000)]
    count: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let load = Load::parse();
    if !load.to.ip().is_loopback() {
        return Err("only this machine is loaded".into());
    }
    let request: Rc<[u8]> = std::fs::read(&load.request)?.into();
    let each = load.count / load.connections.max(1);

    let from = Instant::now();
    let until = from + Duration::from_secs_f64(load.seconds);
    let mut took = Vec::new();
    LocalSet::new()
        .run_until(async {
            let connections: Vec<_> = (0..load.connections)
                .map(|_| tokio::task::spawn_local(connection(load.to, Rc::clone(&request), until, each)))
                .collect();
            for one in connections {
                took.append(&mut one.await??);
            }
            Ok::<_, Failure>(())
        })
        .await?;
    let seconds = from.elapsed().as_secs_f64();

    took.sort_unstable();
    let micros =
        |share: usize| took.get((took.len() * share / 1000).min(took.len() - 1)).map(Duration::as_micros);
    let per_second = f64::from(u32::try_from(took.len())?) / seconds;
    println!(
        "{}",
        serde_json::json!({
            "requests": took.len(), "seconds": seconds, "per_second": per_second,
            "p50_us": micros(500), "p95_us": micros(950), "p99_us": micros(990),
        })
    );
    Ok(())
}

/// One connection's requests, one after another; how long each took.
async fn connection(
    to: SocketAddr,
    request: Rc<[u8]>,
    until: Instant,
    count: usize,
) -> Result<Vec<Duration>, Failure> {
    let mut socket = TcpStream::connect(to).await?;
    socket.set_nodelay(true)?;
    let mut took = Vec::new();
    let mut buffer = Vec::with_capacity(1 << 16);
    while took.len() < count {
        let from = Instant::now();
        if from >= until {
            break;
        }
        socket.write_all(&request).await?;
        answer(&mut socket, &mut buffer).await?;
        took.push(from.elapsed());
    }
    Ok(took)
}

/// Reads one answer to its end. Anything but success ends the run: a figure for refusals is worth nothing.
async fn answer(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    buffer.clear();
    let body = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
    };
    let head = std::str::from_utf8(buffer.get(..body).unwrap_or_default())?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("not a success: {head}").into());
    }
    let length: usize = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .ok_or("an answer without a Content-Length")?
        .1
        .trim()
        .parse()?;
    while buffer.len() < body + length {
        if socket.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection inside an answer".into());
        }
    }
    Ok(())
}
