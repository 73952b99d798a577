//! What is changed through MCP: done or only tried, once however often it is asked for, after a person's word where a
//! policy demands it, kept with how it was before, and taken back.
//!
//! A change, its entry of the log, its place in the journal and the answer kept under its idempotency key are one
//! transaction: all of it is there, or none.

mod answer;
mod approval;
mod decided;
mod error;
mod essence;
mod journal;
mod perform;
mod sweep;
mod tell;
mod undo;
mod visible;
mod weight;

use std::sync::Arc;

pub use answer::Answer;
pub use approval::{Approved, awaited, mark, refuse};
pub use error::ChangeError;
pub use journal::{Change, by_id, of_log};
pub use perform::Asked;
pub use sweep::sweep_always;
pub use undo::undo;
pub use visible::is_readable;
pub use weight::within_limits;

use crate::clock::Clock;
use crate::erp::Erp;
use crate::store::Db;

/// Where changes are done.
#[derive(Clone)]
pub struct Changes {
    db: Db,
    clock: Clock,
    erp: Arc<dyn Erp>,
    /// Changes of this process go one at a time; those that wait hold no connection.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Changes {
    /// On this database, in this ERP.
    pub fn new(db: Db, clock: Clock, erp: Arc<dyn Erp>) -> Self {
        Self { db, clock, erp, turn: Arc::default() }
    }
}
