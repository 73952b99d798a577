//! Bodies of bounded size and time.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use super::Limits;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the request's body took too long")]
pub struct TooSlow;

/// A request's body within the limits; more than they allow is an error of reading it.
pub fn bounded(body: Incoming, limits: Limits) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    let deadline = Instant::now() + limits.body_time;
    Body::new(Timed { body: Limited::new(body, limits.body), deadline, alarm: None })
}

/// Reads off what is too long, up to some multiple, because a client that is still writing when the connection
/// closes does not see the answer.
pub async fn discard(mut body: Incoming, limits: Limits) {
    let deadline = Instant::now() + limits.body_time;
    let mut left = limits.body.saturating_mul(4);
    while let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            break;
        }
    }
}

struct Timed {
    body: Limited<Incoming>,
    deadline: Instant,
    // Made when the body is first waited for: most are there with the head.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        let deadline = this.deadline;
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        alarm.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
