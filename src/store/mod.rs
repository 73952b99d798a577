//! Where bytes live: the database and its control tables. Rows are plain structs; what they mean is said above.

pub mod accounts;
pub mod approvals;
pub mod changes;
pub mod control;
mod db;
mod db_url;
pub mod fault;
pub mod files;
pub mod groups;
pub mod idempotency;
pub mod keys;
pub mod log;
pub mod mcp_prompts;
pub mod mcp_sessions;
pub mod migrate;
pub mod modules;
pub mod oauth_clients;
pub mod oauth_grants;
pub mod oauth_requests;
pub mod oauth_tokens;
pub mod policies;
pub mod rate_limits;
pub mod settings;
pub mod sign_in;
pub mod sweep;
pub mod touched;
pub mod users;
pub mod web_sessions;

pub(crate) use db::on_db;
pub use db::{Conn, Db, DbError, Dedicated, On, Tx};
pub use db_url::DbUrl;
#[cfg(test)]
pub mod testing;
