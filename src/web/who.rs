//! Who sits before a browser.

use std::sync::Arc;

use app::frame::{Person, Rights};
use tower_sessions::Session;

use super::session::{SignedIn, sign_out, signed_in};
use crate::identity::{IdentityError, User, group, password, user};
use crate::store::{self, Db};

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Who {
    /// Who.
    pub user: Arc<User>,
    /// By which session.
    pub signed_in: SignedIn,
}

/// Who is signed in can't be known.
#[derive(Debug, thiserror::Error)]
pub enum WhoError {
    /// The session can't be read or written.
    #[error(transparent)]
    Session(#[from] tower_sessions::session::Error),
    /// The user can't be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// Who is signed in, at `now` (epoch milliseconds): nobody where the user is archived, or signed in by a password that
/// is no longer theirs, even if it was changed only a moment before.
pub async fn who(session: &Session, db: &Db, now: i64) -> Result<Option<Who>, WhoError> {
    let Some(signed_in) = signed_in(session, now).await? else { return Ok(None) };
    let mut conn = db.read().await?;
    let user = user::by_id(conn.on(), signed_in.user_id).await?.filter(|user| user.active);
    let stored = match &user {
        Some(user) => store::users::password_hash(conn.on(), &user.login).await?,
        None => None,
    };
    let user = user.filter(|_| password::mark(stored.as_deref()) == signed_in.mark);
    let Some(user) = user else {
        sign_out(session).await?;
        return Ok(None);
    };
    Ok(Some(Who { user: Arc::new(user), signed_in }))
}

/// A user as pages know them.
pub fn person(user: &User) -> Person {
    Person {
        id: user.id,
        login: user.login.clone(),
        name: user.name.clone(),
        lang: user.lang.clone(),
        tz: user.tz,
        rights: Rights {
            settings_administrator: user.has_group(group::SETTINGS_ADMINISTRATOR),
            mcp_administrator: user.has_group(group::MCP_ADMINISTRATOR),
            mcp_user: user.has_group(group::MCP_USER),
        },
    }
}
