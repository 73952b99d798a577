//! Why a request of the console was not done, and the page that says so.

use app::refusal::Refusal;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::changes::ChangeError;
use crate::erp::ErpError;
use crate::identity::IdentityError;
use crate::settings::{SettingsError, Stale};
use crate::web::WhoError;

/// Why a request was not done. What the reader can mend in a form is no problem but the form again.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It is refused; the page says why.
    #[error("refused")]
    Refused(Refusal),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// Settings, modules or policies can't be read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What is permitted can't be known.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// Users or keys can't be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The ERP can't be asked.
    #[error(transparent)]
    Erp(#[from] ErpError),
    /// A change can't be read or done.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// What is kept of a change is no JSON of ours.
    #[error("what is kept of a change can't be read")]
    Kept(#[from] serde_json::Error),
    /// Who is signed in can't be known.
    #[error(transparent)]
    Who(#[from] WhoError),
    /// The browser's session can't be read or written.
    #[error(transparent)]
    Session(#[from] tower_sessions::session::Error),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Refusal {
    /// Logs what failed, once.
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refused(refusal) => refusal,
            failed => {
                tracing::error!(error = &failed as &dyn std::error::Error, "a page of the console failed");
                Self::Failed
            }
        }
    }
}

impl IntoResponse for Problem {
    /// Status and reason; [`super::visitor::dress`] makes a page of them.
    fn into_response(self) -> Response {
        let refusal = Refusal::from(self);
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(refusal);
        response
    }
}
