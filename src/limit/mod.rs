//! Rate limits, shared by every process on the database.
//!
//! The window of a subject (an MCP key) is the current second of the clock and the 59 before it, a bucket each;
//! a call fits if the buckets together hold fewer than the limit.
//!
//! - **Up to 6,000 calls per minute** every call is counted in the store before it is let through, so any number
//!   of processes together let through exactly the limit in any 60 buckets, and a refused call is not counted.
//!   Seconds are whole: a burst at the end of one second is out of the window 60 seconds after that second
//!   began, so by a stopwatch up to one second early.
//! - **Above that** a process takes a lease of 1/200 of the limit at a time, and lets calls through from it
//!   without asking the store. A lease holds only within the second it was counted in, so no 60 buckets ever
//!   hold more calls than the limit. What was not used of it is given back by the next write of the same
//!   process. Approximate is only the other side: while another process holds a lease, or after it fell silent
//!   with one, up to 1/200 of the limit for each such process is counted though it is not used, for at most
//!   60 seconds. One process alone loses nothing, unless it stops or a caller goes away amid a write.
//! - **A refusal** is checked against the store once a second for each subject; in between it costs no I/O.
//! - **Clocks.** A clock that is up to a minute behind the newest bucket (set back, or another process is
//!   ahead) counts into that bucket, so nothing is freed. If it is further behind, the whole window is moved to
//!   the present: nothing is freed and it slides out within a minute. Clocks of processes on one database must
//!   agree within a minute, as any time service keeps them.
//! - **The limit** is an argument of each call: a change holds at the next.
//! - **The store fails**: so does the call. The caller refuses.
//! - **What is stored** of a subject without calls for a day is taken away, once an hour.

mod lease;
mod limiter;
mod sweep;
#[cfg(test)]
mod tests;
mod window;

pub use limiter::Limiter;
pub use sweep::sweep_always;
