//! A browser that comes to the authorization endpoint, and what it is shown.

use std::sync::Arc;

use app::form::Attempt;
use app::frame::{Frame, Modules, Status, Theme};
use app::pages::consent::Stop;
use app::refusal::Refusal;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;
use tower_sessions::Session;
use url::form_urlencoded;

use super::authorize::Problem;
use super::{Server, Shared};
use crate::identity::User;
use crate::server::Arrival;
use crate::web::{self, Rendering, Who, WhoError};

/// A browser at the authorization endpoint.
pub struct Guest {
    /// Its session.
    pub session: Session,
    /// Where it is.
    pub uri: Uri,
    /// The request's id.
    pub request_id: String,
    /// Whether it is a program that reads JSON and not pages.
    pub reads_json: bool,
    theme: Theme,
}

impl FromRequestParts<Shared> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Response> {
        let session = parts.extensions.get::<Session>().cloned();
        let accepts = |kind: &str| {
            let mut lines = parts.headers.get_all(header::ACCEPT).iter();
            lines.any(|accept| accept.to_str().is_ok_and(|accept| accept.contains(kind)))
        };
        Ok(Self {
            session: session.ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())?,
            uri: parts.uri.clone(),
            request_id: parts.extensions.get::<Arrival>().map(|a| a.id.0.to_string()).unwrap_or_default(),
            reads_json: accepts("application/json") && !accepts("text/html"),
            theme: web::chosen_theme(&parts.headers),
        })
    }
}

impl Guest {
    /// Who is signed in.
    pub async fn who(&self, server: &Server) -> Result<Option<Who>, WhoError> {
        web::who(&self.session, &server.state.db, server.state.clock.millis()).await
    }

    /// The same browser at another address of ours.
    pub fn at(&self, address: &str) -> Self {
        let uri = address.parse().unwrap_or_else(|_| page());
        Self { uri, session: self.session.clone(), request_id: self.request_id.clone(), ..*self }
    }

    /// To the sign-in, and from there straight back.
    pub fn to_login(&self) -> Response {
        let here = self.uri.path_and_query().map_or("/", |here| here.as_str());
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
        Redirect::to(&format!("/login?{query}")).into_response()
    }

    /// A page at this address, with `content` in its context.
    pub async fn show<C: Clone + Send + Sync + 'static>(
        &self,
        server: &Server,
        user: Option<&User>,
        attempt: Attempt,
        content: C,
    ) -> Response {
        let page = Rendering { uri: page(), frame: self.frame(server, user), attempt, refusal: None };
        web::render(page, move || provide_context(content.clone())).await
    }

    /// That the request ends here, and why.
    pub async fn stop(&self, server: &Server, user: Option<&User>, stop: Stop) -> Response {
        let mut response = self.show(server, user, Attempt::default(), stop).await;
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response
    }

    /// That it did not work; the cause is in the server's own log.
    pub async fn failed(&self, server: &Server, error: &Problem) -> Response {
        tracing::error!(error = error as &dyn std::error::Error, "a page of the authorization server failed");
        self.refuse(server, Refusal::Failed).await
    }

    async fn refuse(&self, server: &Server, refusal: Refusal) -> Response {
        let page = Rendering {
            uri: page(),
            frame: self.frame(server, None),
            attempt: Attempt::default(),
            refusal: Some(refusal),
        };
        web::render(page, || {}).await
    }

    fn frame(&self, server: &Server, user: Option<&User>) -> Frame {
        let path = self.uri.path_and_query().map_or("/", |path| path.as_str());
        Frame {
            person: user.map(|user| Arc::new(web::person(user))),
            notices: [].into(),
            path: path.into(),
            now: server.state.clock.millis(),
            theme: self.theme,
            assets: Arc::clone(&server.assets),
            modules: Modules { mcp_server: true, mcp_server_oauth: true },
            waiting: 0,
            status: Status::default(),
        }
    }
}

/// Whatever was asked for, there is one page here.
fn page() -> Uri {
    Uri::from_static("/oauth/authorize")
}

/// Makes a page of the refusal of a form that another site sent.
pub async fn foreign(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let guest = match Guest::from_request_parts(&mut parts, &server).await {
        Ok(guest) => guest,
        Err(response) => return response,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    if !web::is_foreign(&response) || guest.reads_json {
        return response;
    }
    let mut page = guest.refuse(&server, Refusal::Foreign).await;
    *page.status_mut() = response.status();
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}
