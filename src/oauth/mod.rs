//! The OAuth 2.1 authorization server.

pub mod client_document;
pub mod client_name;
