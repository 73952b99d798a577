//! The listener on real sockets.

use std::net::SocketAddr;

use axum::routing::{get, post};
use bytes::Bytes;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::*;

const SOON: Duration = Duration::from_secs(5);

fn limits() -> Limits {
    Limits {
        head_time: Duration::from_millis(200),
        body_time: Duration::from_millis(200),
        write_time: Duration::from_millis(200),
        idle_time: Duration::from_mins(1),
        grace: Duration::from_secs(2),
        ..Limits::default()
    }
}

struct Server {
    at: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
    entered: Arc<Notify>,
    dropped: Arc<Notify>,
}

async fn fault() -> &'static str {
    panic!("on purpose")
}

/// Five lines, one every tenth of a second.
async fn stream() -> axum::body::Body {
    let lines = futures_util::stream::unfold(0, |n| async move {
        sleep(Duration::from_millis(100)).await;
        (n < 5).then(|| (Ok::<_, Infallible>(format!("line {n}\n")), n + 1))
    });
    axum::body::Body::from_stream(lines)
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

async fn start(limits: Limits) -> Server {
    let (entered, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, gone) = (Arc::clone(&entered), Arc::clone(&dropped));
    let slow = move || async move {
        let _gone = OnDrop(gone);
        inside.notify_one();
        sleep(Duration::from_millis(300)).await;
        "finished"
    };
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/slow", get(slow))
        .route("/big", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
        .route("/stream", get(stream))
        .route("/fault", get(fault))
        .route("/echo", post(|body: Bytes| async move { body.len().to_string() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(listener, router, limits, stop.clone()));
    Server { at, stop, task, entered, dropped }
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.at).await.unwrap()
    }

    /// Sends and reads what comes until the connection closes.
    async fn exchange(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // A reset in place of an end is no matter here: what was said before it counts.
    let _ =
        timeout(SOON, stream.read_to_end(&mut all)).await.expect("the connection should have been closed");
    String::from_utf8(all).unwrap()
}

async fn some(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 4096];
    let n = timeout(SOON, stream.read(&mut buffer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&buffer[..n]).into_owned()
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const LAST: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn answers_and_names_the_request() {
    let server = start(limits()).await;
    let made = server.exchange(LAST).await;
    assert!(made.starts_with("HTTP/1.1 200") && made.contains("x-request-id: 0"), "{made}");
    let with =
        |id| format!("GET /nowhere HTTP/1.1\r\nhost: x\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n");
    assert!(server.exchange(&with("abc-1")).await.contains("x-request-id: abc-1\r\n"));
    assert!(!server.exchange(&with("a\"b")).await.contains("a\"b"));
}

#[tokio::test]
async fn a_panic_is_an_answer_and_its_connection_goes_on() {
    let server = start(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /fault HTTP/1.1\r\nhost: x\r\nx-request-id: f-1\r\n\r\n").await.unwrap();
    let failed = some(&mut stream).await;
    assert!(failed.starts_with("HTTP/1.1 500") && failed.contains("x-request-id: f-1"), "{failed}");
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert!(some(&mut stream).await.contains("hello"));
}

#[tokio::test]
async fn a_connection_at_rest_for_too_long_is_closed() {
    let server = start(Limits { idle_time: Duration::from_millis(300), ..limits() }).await;
    let (mut fresh, mut served) = (server.connect().await, server.connect().await);
    for _ in 0..3 {
        served.write_all(GET.as_bytes()).await.unwrap();
        assert!(some(&mut served).await.contains("hello"));
        sleep(Duration::from_millis(150)).await;
    }
    assert_eq!(rest(&mut fresh).await, "");
    assert_eq!(rest(&mut served).await, "");
}

#[tokio::test]
async fn a_head_that_dribbles_in_is_cut_off_but_a_connection_at_rest_is_not() {
    let server = start(limits()).await;
    let mut at_rest = server.connect().await;
    at_rest.write_all(GET.as_bytes()).await.unwrap();
    assert!(some(&mut at_rest).await.contains("hello"));

    let mut slow = server.connect().await;
    let mut fresh = server.connect().await;
    for byte in GET.as_bytes().iter().take(12) {
        if slow.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_millis(40)).await;
    }
    assert!(!rest(&mut slow).await.contains("200 OK"));

    // The others have rested for longer than a head may take, and are served all the same.
    for stream in [&mut at_rest, &mut fresh] {
        stream.write_all(GET.as_bytes()).await.unwrap();
        assert!(some(stream).await.contains("hello"));
    }
    // A second head on a connection that was served is watched as well.
    at_rest.write_all(b"GET / HT").await.unwrap();
    assert!(!rest(&mut at_rest).await.contains("200 OK"));
}

#[tokio::test]
async fn a_body_that_dribbles_in_is_cut_off() {
    let server = start(limits()).await;
    let answer = server.exchange("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc").await;
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_declared_or_not() {
    let server = start(Limits { body: 1000, ..limits() }).await;
    let long = "x".repeat(1001);
    let declared = format!("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n{long}");
    assert!(server.exchange(&declared).await.starts_with("HTTP/1.1 413"));
    let chunked = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n"
    );
    assert!(server.exchange(&chunked).await.starts_with("HTTP/1.1 413"));
    let fits = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1000\r\n\r\n{}",
        &long[1..]
    );
    assert!(server.exchange(&fits).await.ends_with("1000"));
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_finds_room_later() {
    let server = start(Limits { connections: 2, ..limits() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = server.connect().await;
        stream.write_all(GET.as_bytes()).await.unwrap();
        assert!(some(&mut stream).await.contains("hello"));
        held.push(stream);
    }
    let refused = server.exchange(LAST).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.ends_with("too many connections\n"), "{refused}");
    held.clear();
    let mut answer = String::new();
    for _ in 0..50 {
        answer = server.exchange(LAST).await;
        if answer.starts_with("HTTP/1.1 200") {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn an_answer_nobody_reads_does_not_hold_the_connection() {
    let server = start(Limits { connections: 1, ..limits() }).await;
    let mut greedy = server.connect().await;
    greedy.write_all(b"GET /big HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(600)).await;
    assert!(server.exchange(LAST).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_work() {
    let server = start(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    server.entered.notified().await;
    drop(stream);
    timeout(Duration::from_millis(250), server.dropped.notified())
        .await
        .expect("cancelled before it is done");
}

#[tokio::test]
async fn a_stop_lets_a_request_finish_and_closes_the_others() {
    let server = start(limits()).await;
    let mut under_way = server.connect().await;
    under_way.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut served = server.connect().await;
    served.write_all(GET.as_bytes()).await.unwrap();
    assert!(some(&mut served).await.contains("hello"));
    let mut fresh = server.connect().await;
    server.entered.notified().await;
    sleep(Duration::from_millis(20)).await;

    server.stop.cancel();
    assert!(rest(&mut under_way).await.ends_with("finished"));
    assert_eq!(rest(&mut served).await, "");
    assert_eq!(rest(&mut fresh).await, "");
    timeout(SOON, server.task).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.at).await.is_err());
}

#[tokio::test]
async fn an_answer_that_streams_goes_on_over_a_stop() {
    let server = start(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut text = some(&mut stream).await;
    server.stop.cancel();
    text += &rest(&mut stream).await;
    assert!(text.contains("line 0") && text.contains("line 4"), "{text}");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let server = start(Limits { grace: Duration::from_millis(50), ..limits() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    server.entered.notified().await;
    server.stop.cancel();
    timeout(Duration::from_millis(250), server.task).await.unwrap().unwrap();
    timeout(Duration::from_millis(250), server.dropped.notified()).await.unwrap();
}
