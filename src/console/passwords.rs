//! A new password, typed twice.

use super::error::Problem;
use crate::identity::{IdentityError, password};
use crate::web::Submission;

/// What is stored of a new password, sent as `password` and `password_again`; `None`, with an error beside the field, if
/// it can't be taken.
pub async fn new_password(sent: &mut Submission, login: &str) -> Result<Option<String>, Problem> {
    let (new, again) = (sent.raw("password").to_owned(), sent.raw("password_again").to_owned());
    let same = new == again;
    match password::hash(login, new).await {
        Ok(hash) if same => Ok(Some(hash)),
        Ok(_) => {
            sent.wrong("password_again", "The two are not the same.");
            Ok(None)
        }
        Err(IdentityError::Wrong(complaint)) => {
            sent.wrong("password", super::users::sentence(&complaint.problem));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
