//! Sign-in, sign-out, and the look.

use app::form::Attempt;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::{Url, form_urlencoded};

use super::Shared;
use super::doors::is_plain;
use super::error::Problem;
use super::sign_in::{Tried, Typed, note_entry, said, try_password};
use super::visitor::{Place, Visitor};
use crate::web::{self, Submission};

/// Longest address that a browser is sent back to.
const LONGEST: usize = 8_000;

/// `GET /login`
pub async fn page(place: Place, uri: Uri, State(console): State<Shared>) -> Result<Response, Problem> {
    let now = console.state.clock.millis();
    if web::signed_in(&place.session, now).await?.is_some() {
        let query = uri.query().unwrap_or_default();
        let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
        return Ok(
            Redirect::to(&next.map_or_else(|| "/".to_owned(), |(_, next)| local(&next))).into_response()
        );
    }
    place.show(&console, Attempt::default(), None).await
}

/// `POST /login`
pub async fn enter(
    place: Place,
    State(console): State<Shared>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let typed = Typed {
        login: sent.text("login"),
        password: sent.raw("password").to_owned(),
        address: place.address,
        browser: place.browser.as_deref(),
    };
    match try_password(&console, typed).await? {
        Tried::Right(user, entry, mark) => {
            let cookie = note_entry(&console, &user, &entry, place.address).await?;
            web::sign_in(&place.session, user.id, &mark, console.state.clock.millis()).await?;
            let mut response = Redirect::to(&local(sent.text("next"))).into_response();
            let cookie = cookie.and_then(|secret| web::browser_cookie(secret.reveal(), console.is_secure()));
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        Tried::Wrong(0) => {
            sent.wrong_in_all("Login or password is wrong.");
            place.show(&console, sent.attempt(), None).await
        }
        Tried::Wrong(wait) => {
            let wait = said(wait);
            sent.wrong_in_all(format!("Login or password is wrong. The next try is possible in {wait}."));
            place.show(&console, sent.attempt(), None).await
        }
        Tried::TooMany(wait) => {
            let (seconds, wait) = (HeaderValue::from(wait), said(wait));
            sent.wrong_in_all(format!(
                "Too many tries failed. This one was not looked at; the next is possible in {wait}."
            ));
            let mut response = place.show(&console, sent.attempt(), None).await?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            Ok(response)
        }
    }
}

/// `POST /logout`; whoever was asked something then signs in as somebody else and is led back to it.
pub async fn leave(place: Place, sent: Option<Submission>) -> Result<Response, Problem> {
    web::sign_out(&place.session).await?;
    let next = sent.map_or_else(|| "/".to_owned(), |sent| local(sent.text("next")));
    if next == "/" {
        return Ok(Redirect::to("/login").into_response());
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
    Ok(Redirect::to(&format!("/login?{query}")).into_response())
}

/// `POST /theme`
pub async fn theme(_visitor: Visitor, sent: Submission) -> Response {
    let cookie = web::theme_cookie(sent.text("theme"));
    ([(header::SET_COOKIE, cookie)], Redirect::to(&local(sent.text("back")))).into_response()
}

/// The address if it is a path of this server, or else the home page: nobody is sent elsewhere.
fn local(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let local = Url::parse("http://here.invalid").and_then(|here| here.join(address));
    match local {
        Ok(url) if address.len() <= LONGEST && is_plain(path) => {
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
            "/.//evil.com",
            "/..//evil.com",
            "/%2e%2e//evil.com",
            "/a/..//evil.com/x?y=1",
            "/./\\evil.com",
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
