//! The listener: hyper with bounds on everything a stranger can make long — heads, bodies, idle connections,
//! unread answers, the number of connections — and a stop that lets requests under way finish.

mod body;
mod io;
mod request_id;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::Service;
use tracing::Instrument;

pub use self::body::TooSlow;
use self::io::{Guarded, State};
pub use self::request_id::{Arrival, RequestId};

/// Bounds of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections; one more is answered 503 and closed.
    pub connections: usize,
    /// Bytes of a body; more is 413.
    pub body: usize,
    /// From the first byte of a request's head to its last.
    pub head_time: Duration,
    /// For a whole body to arrive.
    pub body_time: Duration,
    /// Between two requests of a connection. Longer than the 60 s proxies usually keep theirs, or they would
    /// send into a connection that is just being closed.
    pub idle_time: Duration,
    /// For a client to take the next bytes of an answer.
    pub write_time: Duration,
    /// For requests under way to finish at a stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            body: 4 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            idle_time: Duration::from_secs(75),
            write_time: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}

/// Pause after the system refused a connection, for example for lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Connections over the limit that are told so at once; beyond them they are just closed.
const REFUSED: usize = 64;
/// How long one that is refused has to read why.
const REFUSED_TIME: Duration = Duration::from_secs(1);
/// Longest head, in bytes.
const HEAD: usize = 64 * 1024;

/// Serves until `stop`, then lets requests under way finish within the grace.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let refusals = Arc::new(Semaphore::new(REFUSED));
    let graceful = GracefulShutdown::new();
    let abandon = CancellationToken::new();

    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => {
                let connection =
                    Connection { router: router.clone(), limits, place, peer, stop: stop.clone() };
                tokio::spawn(connection.run(stream, &graceful, abandon.clone()));
            }
            Err(_) => {
                if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                    tokio::spawn(refuse(stream, permit));
                }
            }
        }
    }
    drop(listener);
    let open = graceful.count();
    if tokio::time::timeout(limits.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(open, "requests still under way after the grace are abandoned");
    }
    abandon.cancel();
}

struct Connection {
    router: Router,
    limits: Limits,
    place: OwnedSemaphorePermit,
    peer: SocketAddr,
    stop: CancellationToken,
}

impl Connection {
    fn run(
        self,
        stream: TcpStream,
        graceful: &GracefulShutdown,
        abandon: CancellationToken,
    ) -> impl Future<Output = ()> + Send + use<> {
        let Self { router, limits, place, peer, stop } = self;
        // Without it small answers wait for the client's acknowledgement: 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY can't be set");
        }
        let state = Arc::new(State::default());
        let io = TokioIo::new(Guarded::new(stream, limits, Arc::clone(&state), stop));
        let service =
            service_fn(move |request| answer(router.clone(), request, peer, limits, Arc::clone(&state)));
        let connection = http1::Builder::new().max_buf_size(HEAD).serve_connection(io, service);
        let connection = graceful.watch(connection);
        async move {
            let _place = place;
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended");
                },
                () = abandon.cancelled() => {}
            }
        }
    }
}

/// Names the request, has it answered, and makes of a fault a 500 of this request alone. No layers of the router:
/// each costs a box and a clone for every request.
async fn answer(
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    limits: Limits,
    state: Arc<State>,
) -> Result<Response, Infallible> {
    state.head_read();
    let id = RequestId::of(request.headers());
    let span = id.span(&request);
    let answered =
        AssertUnwindSafe(route(router, request, limits, Arrival { id: id.clone(), peer })).catch_unwind();
    let mut response = answered.instrument(span).await.unwrap_or_else(|_| {
        // What it was has been said by the panic itself.
        (StatusCode::INTERNAL_SERVER_ERROR, "the server failed; its log says more\n").into_response()
    });
    id.mark(response.headers_mut());
    state.answered();
    Ok(response)
}

async fn route(
    mut router: Router,
    request: hyper::Request<Incoming>,
    limits: Limits,
    arrival: Arrival,
) -> Response {
    if declared(&request) > limits.body as u64 {
        body::discard(request.into_body(), limits).await;
        let mut response = StatusCode::PAYLOAD_TOO_LARGE.into_response();
        // What was not read can't be told from a next request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    let mut request: Request = request.map(|body| body::bounded(body, limits));
    request.extensions_mut().insert(arrival);
    // A router is always ready.
    let Ok(response) = Service::call(&mut router, request).await;
    response
}

fn declared(request: &hyper::Request<Incoming>) -> u64 {
    request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok())
        .unwrap_or(0)
}

/// Says 503 to one too many, and reads a little, so that closing does not take the answer back.
async fn refuse(mut stream: TcpStream, _permit: OwnedSemaphorePermit) {
    const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\
        content-type: text/plain\r\ncontent-length: 21\r\n\r\ntoo many connections\n";
    let told = async {
        stream.write_all(BUSY).await?;
        stream.shutdown().await?;
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    let _ = tokio::time::timeout(REFUSED_TIME, told).await;
}

#[cfg(test)]
mod tests;
