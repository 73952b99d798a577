//! A connection that is not waited for without end: a head must be complete in time, and an answer be taken.
//!
//! hyper has one timeout for both, a head that dribbles in and a connection at rest. They differ: ten seconds
//! are plenty for a head, and far too little between two requests of a proxy's connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

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
    head: Option<Pin<Box<Sleep>>>,
    write: Option<Pin<Box<Sleep>>>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Guarded {
    /// Guards `stream`. At `stop` a connection that never sent anything reads as ended: hyper by itself closes
    /// those at rest, but would wait for the first request of this one.
    pub fn new(stream: TcpStream, limits: Limits, state: Arc<State>, stop: CancellationToken) -> Self {
        Self { stream, limits, state, head: None, write: None, stop: Box::pin(stop.cancelled_owned()) }
    }

    fn guard_write<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<T>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(done) => {
                self.write = None;
                Poll::Ready(Ok(done))
            }
            Poll::Pending => {
                let within = self.limits.write_time;
                ready!(alarm(&mut self.write, within).as_mut().poll(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer was not taken in time")))
            }
        }
    }
}

fn alarm(slot: &mut Option<Pin<Box<Sleep>>>, within: Duration) -> &mut Pin<Box<Sleep>> {
    slot.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + within)))
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.state.get() != HEAD {
            this.head = None;
        }
        let before = buf.filled().len();
        let outcome = Pin::new(&mut this.stream).poll_read(cx, buf);
        let got = buf.filled().len() > before;
        match this.state.get() {
            FRESH | RESTING if got => this.state.0.store(HEAD, Ordering::Relaxed),
            FRESH if outcome.is_pending() && this.stop.as_mut().poll(cx).is_ready() => {
                return Poll::Ready(Ok(()));
            }
            _ => {}
        }
        if this.state.get() == HEAD {
            let within = this.limits.head_time;
            let late = alarm(&mut this.head, within).as_mut().poll(cx).is_ready();
            if late && outcome.is_pending() {
                let error = io::Error::new(io::ErrorKind::TimedOut, "the request's head took too long");
                return Poll::Ready(Err(error));
            }
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
