//! An answer that takes its time: what is to be said before it goes out as events, as soon as there is any. An
//! answer without such company is plain JSON.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use rmcp::transport::common::http_header::EVENT_STREAM_MIME_TYPE;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::reply::Reply;

/// Between two signs of life of a call whose client wants to hear of progress.
const BEAT: Duration = Duration::from_secs(3);
/// Notifications that may wait for a slow reader.
const WAITING: usize = 16;

/// Sends notifications of one request to its client.
#[derive(Clone, Debug)]
pub struct Notifier(Option<mpsc::Sender<Vec<u8>>>);

impl Notifier {
    /// One whose notifications go nowhere: the client takes no events.
    pub const fn mute() -> Self {
        Self(None)
    }

    /// One with the end that [`respond`] reads.
    pub fn new() -> (Self, mpsc::Receiver<Vec<u8>>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(Some(sender)), receiver)
    }

    /// Sends a notification.
    pub async fn notify(&self, method: &str, params: &Value) {
        let Some(sender) = &self.0 else { return };
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        // A client that is gone ends the request anyway.
        let _ = sender.send(message.to_string().into_bytes()).await;
    }

    /// Sends a sign of life now and then while `work` is under way, under the client's `token`.
    pub async fn accompany<T>(&self, token: Option<&RawValue>, work: impl Future<Output = T>) -> T {
        self.every(BEAT, token, work).await
    }

    async fn every<T>(&self, beat: Duration, token: Option<&RawValue>, work: impl Future<Output = T>) -> T {
        let (Some(_), Some(token)) = (&self.0, token) else { return work.await };
        let token: Value = serde_json::from_str(token.get()).unwrap_or_default();
        let mut work = std::pin::pin!(work);
        let mut beats: u64 = 0;
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(beat) => {
                    beats += 1;
                    let params = json!({ "progressToken": token, "progress": beats, "message": "still working" });
                    self.notify("notifications/progress", &params).await;
                }
            }
        }
    }
}

type Work = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// Answers with the reply alone, or, if a notification comes before it, with a stream of both. Dropping the
/// response drops the work.
pub async fn respond(mut work: Work, mut notes: mpsc::Receiver<Vec<u8>>) -> Response {
    let events = tokio::select! {
        biased;
        Some(note) = notes.recv() => Events { note: Some(note), notes, rest: Rest::Work(work) },
        reply = &mut work => match notes.try_recv() {
            Err(_) => return reply.into_response(),
            Ok(note) => Events { note: Some(note), notes, rest: Rest::Reply(reply.body) },
        },
    };
    let mut response = Response::new(Body::from_stream(stream::unfold(events, Events::next)));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM_MIME_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Or a proxy would hold the events back until there are many.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// What is still to be sent.
struct Events {
    note: Option<Vec<u8>>,
    notes: mpsc::Receiver<Vec<u8>>,
    rest: Rest,
}

enum Rest {
    Work(Work),
    Reply(Vec<u8>),
    Nothing,
}

impl Events {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        loop {
            if let Some(note) = self.note.take() {
                return Some((Ok(event(&note)), self));
            }
            match self.rest {
                Rest::Work(mut work) => {
                    let done = tokio::select! {
                        biased;
                        Some(note) = self.notes.recv() => { self.note = Some(note); None }
                        reply = &mut work => Some(reply.body),
                    };
                    self.rest = done.map_or(Rest::Work(work), Rest::Reply);
                }
                // What was said on the way comes before the end.
                Rest::Reply(reply) => match self.notes.try_recv() {
                    Ok(note) => {
                        self.note = Some(note);
                        self.rest = Rest::Reply(reply);
                    }
                    Err(_) => return Some((Ok(event(&reply)), Self { rest: Rest::Nothing, ..self })),
                },
                Rest::Nothing => return None,
            }
        }
    }
}

fn event(message: &[u8]) -> Bytes {
    const HEAD: &[u8] = b"event: message\ndata: ";
    let mut event = Vec::with_capacity(HEAD.len() + message.len() + 2);
    event.extend_from_slice(HEAD);
    // A line break would end the data; in JSON it can only stand between tokens.
    event.extend(message.iter().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { *b }));
    event.extend_from_slice(b"\n\n");
    event.into()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn reply() -> Reply {
        Reply { status: StatusCode::NOT_FOUND, body: b"{\"id\":\n1}".to_vec(), header: None }
    }

    #[tokio::test]
    async fn an_answer_alone_is_json_with_its_own_status() {
        let (_notifier, notes) = Notifier::new();
        let response = respond(Box::pin(async { reply() }), notes).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    }

    #[tokio::test]
    async fn a_long_call_is_accompanied_by_signs_of_life() {
        let (notifier, notes) = Notifier::new();
        let work = async move {
            let token = RawValue::from_string("\"t\"".into()).unwrap();
            // Long enough that a busy machine does not leave one out.
            let beat = Duration::from_millis(250);
            notifier.every(beat, Some(&token), tokio::time::sleep(beat * 5 / 2)).await;
            reply()
        };
        let response = respond(Box::pin(work), notes).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let text = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let events: Vec<Value> = text
            .split_terminator("\n\n")
            .map(|e| serde_json::from_str(e.strip_prefix("event: message\ndata: ").unwrap()).unwrap())
            .collect();
        assert_eq!(events.len(), 3, "{text}");
        assert_eq!(events[1]["params"], json!({"progressToken":"t","progress":2,"message":"still working"}));
        assert_eq!(events[2], json!({"id": 1}));
    }
}
