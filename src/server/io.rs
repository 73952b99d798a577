//! A connection that is not waited for without end: a head must be complete in time, and an answer be taken.
//!
//! hyper has one timeout for both, a head that dribbles in and a connection at rest. They differ: ten seconds
//! are plenty for a head, and far too little between two requests of a proxy's connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::Limits;

/// Where a connection stands; shared with the service, which alone knows when a head was complete.
#[derive(Debug, Default)]
pub struct State(AtomicU8);

/// No request yet.
const FRESH: u8 = 0;
/// Between two requests.
const RESTING: u8 = 1;
/// Within a request's head.
const HEAD: u8 = 2;
/// Within a request's body, or while its answer is made.
const REQUEST: u8 = 3;

impl State {
    /// A request's head has been read: what follows is its body.
    pub fn head_read(&self) {
        self.0.store(REQUEST, Ordering::Relaxed);
    }

    /// Its answer is made: what follows is another head.
    pub fn answered(&self) {
        self.0.store(RESTING, Ordering::Relaxed);
    }

    fn get(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream with deadlines.
pub struct Guarded {
    stream: TcpStream,
    limits: Limits,
    state: Arc<State>,
    /// State at the last look, and since when.
    seen: u8,
    since: Instant,
    /// Made once and moved only when it rings: most requests come and go without a timer being touched.
    read: Option<Pin<Box<Sleep>>>,
    write: Option<Pin<Box<Sleep>>>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Guarded {
    /// Guards `stream`. At `stop` a connection that never sent anything reads as ended: hyper by itself closes
    /// those at rest, but would wait for the first request of this one.
    pub fn new(stream: TcpStream, limits: Limits, state: Arc<State>, stop: CancellationToken) -> Self {
        let stop = Box::pin(stop.cancelled_owned());
        Self { stream, limits, state, seen: FRESH, since: Instant::now(), read: None, write: None, stop }
    }

    fn enter(&mut self, state: u8) {
        if self.seen != state {
            self.seen = state;
            self.since = Instant::now();
        }
    }

    /// Nothing has come: whether it still may.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.enter(self.state.get());
        let deadline = match self.seen {
            // The body has a deadline of its own, and so has what makes the answer.
            REQUEST => return Poll::Pending,
            HEAD => self.since + self.limits.head_time,
            FRESH if self.stop.as_mut().poll(cx).is_ready() => return Poll::Ready(Ok(())),
            _ => self.since + self.limits.idle_time,
        };
        let alarm = self.read.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() > deadline {
            alarm.as_mut().reset(deadline);
        }
        while alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() < deadline {
                alarm.as_mut().reset(deadline);
                continue;
            }
            self.read = None;
            return Poll::Ready(match self.seen {
                HEAD => Err(io::Error::new(io::ErrorKind::TimedOut, "the request's head took too long")),
                _ => Ok(()),
            });
        }
        Poll::Pending
    }

    fn guard_write<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<T>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(done) => {
                self.write = None;
                Poll::Ready(Ok(done))
            }
            Poll::Pending => {
                let until = Instant::now() + self.limits.write_time;
                ready!(self.write.get_or_insert_with(|| Box::pin(sleep_until(until))).as_mut().poll(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer was not taken in time")))
            }
        }
    }
}

impl AsyncRead for Guarded {
    /// At rest for too long, it reads as ended; so it does at the stop before its first request.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        let outcome = Pin::new(&mut this.stream).poll_read(cx, buf);
        if outcome.is_pending() {
            return this.poll_patience(cx);
        }
        let got = buf.filled().len() > before;
        if got && matches!(this.state.get(), FRESH | RESTING) {
            this.state.0.store(HEAD, Ordering::Relaxed);
            this.enter(HEAD);
        }
        outcome
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.guard_write(cx, outcome).map(Result::flatten)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.guard_write(cx, outcome).map(Result::flatten)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
