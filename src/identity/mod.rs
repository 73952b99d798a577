//! Who is calling: users, groups, passwords, MCP keys.

mod principal;

pub use principal::{Company, KeyFacts, Principal, User};
