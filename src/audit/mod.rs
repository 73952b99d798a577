//! The log: what was asked, by whom, and how it was answered. Begin before the work, finish after it.
//!
//! Reads are logged in batches behind a bounded queue: a place in it is taken before the work begins, so that
//! nothing is answered that can't be logged. When the log can't be written (a full disk), further work is
//! refused until it can. What changes data or settings is logged in the change's own transaction ([`act`]).
//! Requests that no rate limit bounds are bounded here: beyond a measure they are counted, and the log has their
//! number. What the limit counted, and every tool call among that, is never left out.

mod act;
mod acting;
mod entry;
mod note;
mod pending;
mod queue;
mod sign_in;
mod uncounted;

pub use act::{Act, Actor, act, record};
pub use acting::Acting;
pub use entry::{Entry, Kind, Outcome};
pub use note::Note;
pub use pending::Pending;
pub use queue::{Audit, LogUnavailable};
pub use sign_in::{SignIn, sign_in};
