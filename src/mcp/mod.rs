//! The wire: MCP over streamable HTTP, in both eras of the protocol, on one path.

mod ask;
mod body;
mod completion;
mod dispatch;
mod endpoint;
pub mod envelope;
pub mod era;
pub mod error;
pub mod extra;
mod gate;
mod headers;
mod initialize;
pub mod origin;
mod prompts;
mod reply;
mod resources;
mod session;
pub mod stream;
mod tools;

pub use endpoint::{Endpoint, handle};
