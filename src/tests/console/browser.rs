//! A browser before the real router: keeps its session's cookie, sends forms as browsers do.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_sessions::{Expiry, Session};
use url::form_urlencoded;

use crate::identity::user::{self, NewUser};
use crate::tests::house::House;
use crate::web::{self, Sessions};

/// Every sort of person there is for the console.
pub const PEOPLE: [(&str, &[&str]); 5] = [
    ("nobody-special", &[]),
    ("mcp-user", &["MCP User"]),
    ("mcp-admin", &["MCP Administrator"]),
    ("settings-admin", &["Settings / Administrator"]),
    ("admin", &["MCP Administrator", "Settings / Administrator"]),
];

/// A browser, signed in or not.
pub struct Browser<'a> {
    house: &'a House,
    /// Id of the user who is signed in; 0 if nobody is.
    pub user_id: i64,
    cookie: String,
}

/// A page, read whole.
#[derive(Debug)]
pub struct Page {
    /// HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The HTML.
    pub html: String,
}

impl Page {
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
    }

    /// Whether it shows that text.
    pub fn shows(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// Value of the first hidden or visible input of that name.
    pub fn value(&self, name: &str) -> String {
        let tag = self
            .html
            .split('<')
            .find(|tag| tag.starts_with("input") && tag.contains(&format!(" name=\"{name}\"")));
        let value = tag.and_then(|tag| tag.split(" value=\"").nth(1)?.split('"').next());
        value.unwrap_or_default().to_owned()
    }
}

impl<'a> Browser<'a> {
    /// A browser in which nobody is signed in.
    pub fn stranger(house: &'a House) -> Self {
        Self { house, user_id: 0, cookie: String::new() }
    }

    /// A browser of a new user with these groups.
    pub async fn of(house: &'a House, login: &str, groups: &[&str]) -> Self {
        let state = &house.state;
        let mut tx = state.db.begin().await.unwrap();
        let new = NewUser { id: None, login, name: login, groups, password_hash: None };
        let user_id = user::add(tx.on(), &state.clock, &new).await.unwrap();
        tx.commit().await.unwrap();
        Self::sign_in(house, user_id).await
    }

    /// A browser in which this user has signed in.
    pub async fn sign_in(house: &'a House, user_id: i64) -> Self {
        let state = &house.state;
        let store = Arc::new(Sessions::new(state.db.clone(), state.clock.clone()));
        let session = Session::new(None, store, Some(Expiry::OnInactivity(time::Duration::days(36_500))));
        let mut conn = state.db.read().await.unwrap();
        let login = user::by_id(conn.on(), user_id).await.unwrap().unwrap().login;
        let hash = crate::store::users::password_hash(conn.on(), &login).await.unwrap();
        let mark = crate::identity::password::mark(hash.as_deref());
        web::sign_in(&session, user_id, &mark, state.clock.millis()).await.unwrap();
        session.save().await.unwrap();
        Self { house, user_id, cookie: format!("__Host-axanta={}", session.id().unwrap()) }
    }

    /// The same browser with the session that an answer gave it.
    pub fn following(&self, answer: &Page) -> Self {
        let cookie = answer
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with("__Host-axanta="));
        Self { house: self.house, user_id: 0, cookie: cookie.unwrap_or(&self.cookie).to_owned() }
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://erp.example.com")
            .header("sec-fetch-site", "same-origin");
        self.send(request, Body::from(body)).await
    }

    /// Sends any request as this browser.
    pub async fn send(&self, request: axum::http::request::Builder, body: Body) -> Page {
        let request = request
            .header(header::HOST, "erp.example.com")
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::COOKIE, &self.cookie)
            .body(body)
            .unwrap();
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Page { status: parts.status, headers: parts.headers, html: String::from_utf8(bytes.into()).unwrap() }
    }
}
