//! Who is calling: users, groups, passwords, MCP keys.

mod authenticator;
mod bearer;
mod error;
pub mod group;
pub mod key;
pub mod password;
mod principal;
mod secret;
pub mod user;

pub use authenticator::Authenticator;
pub use bearer::BearerError;
pub use error::IdentityError;
pub use principal::{Company, KeyFacts, Principal, User};
pub use secret::{Damaged, Digest, Secret, random_password, without_secrets};
