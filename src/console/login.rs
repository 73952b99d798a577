//! Sign-in, sign-out, and the look.

use app::form::Attempt;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use super::Shared;
use super::error::Problem;
use super::visitor::{Place, Visitor};
use crate::identity::password;
use crate::store::users;
use crate::web::{self, Submission};

/// `GET /login`
pub async fn page(place: Place, State(console): State<Shared>) -> Result<Response, Problem> {
    let now = console.state.clock.millis();
    if web::signed_in(&place.session, now).await?.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    place.show(&console, Attempt::default(), None).await
}

/// `POST /login`
pub async fn enter(
    place: Place,
    State(console): State<Shared>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let (login, typed) = (sent.text("login").to_owned(), sent.raw("password").to_owned());
    let mut conn = console.state.db.read().await?;
    let hash = users::password_hash(conn.on(), &login).await?;
    let user = users::by_login(conn.on(), &login).await?.filter(|user| user.active);
    drop(conn);
    let hash = hash.filter(|_| user.is_some());
    let fits = password::verify(hash, typed).await;
    let Some(user) = user.filter(|_| fits) else {
        sent.wrong_in_all("Login or password is wrong.");
        return place.show(&console, sent.attempt(), None).await;
    };
    web::sign_in(&place.session, user.id, console.state.clock.millis()).await?;
    Ok(Redirect::to(&local(sent.text("next"))).into_response())
}

/// `POST /logout`
pub async fn leave(place: Place) -> Result<Response, Problem> {
    web::sign_out(&place.session).await?;
    Ok(Redirect::to("/login").into_response())
}

/// `POST /theme`
pub async fn theme(_visitor: Visitor, sent: Submission) -> Response {
    let cookie = web::theme_cookie(sent.text("theme"));
    ([(header::SET_COOKIE, cookie)], Redirect::to(&local(sent.text("back")))).into_response()
}

/// The address if it is a path of this server, or else the home page: nobody is sent elsewhere.
fn local(address: &str) -> String {
    const HERE: &str = "http://here.invalid/";
    let Ok(here) = Url::parse(HERE) else { return "/".to_owned() };
    match here.join(address) {
        Ok(url) if url.origin() == here.origin() && address.starts_with('/') => {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{}{query}", url.path())
        }
        _ => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(local("/settings/users/2?tab=mcp"), "/settings/users/2?tab=mcp");
        for away in [
            "",
            "//evil.com",
            "/\\evil.com",
            "/\t/evil.com",
            "https://evil.com",
            "\\\\evil.com",
            "javascript:alert(1)",
            "http://here.invalid.evil.com",
            "evil",
        ] {
            let path = local(away);
            assert!(
                path.starts_with('/') && !path.starts_with("//") && !path.contains("evil.com"),
                "{away} → {path}"
            );
        }
    }
}
