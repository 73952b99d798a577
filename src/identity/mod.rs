//! Who is calling: users, groups, passwords, MCP keys.

mod principal;

pub use principal::{KeyFacts, Principal, User};
