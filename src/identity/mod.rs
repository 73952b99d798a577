//! Who is calling: users, groups, passwords, MCP keys, OAuth clients and their connections.

pub mod account;
mod authenticator;
mod bearer;
pub mod client;
pub mod connection;
mod error;
pub mod first_link;
pub mod group;
pub mod key;
pub mod password;
mod principal;
pub mod redirect_uri;
pub mod scopes;
mod secret;
pub mod sign_in;
mod sweep;
pub mod user;

pub use authenticator::Authenticator;
pub use bearer::BearerError;
pub use error::IdentityError;
pub use principal::{Company, KeyFacts, Principal, User};
pub use redirect_uri::RedirectUri;
pub use scopes::Scopes;
pub use secret::{Damaged, Digest, Secret, random_password, without_secrets};
pub use sweep::{sweep, sweep_always};
