//! Who looks at a page of the console, and how they are answered.

use std::net::IpAddr;
use std::sync::Arc;

use app::form::Attempt;
use app::frame::{Frame, Modules, Notice, Status, Theme, Tone};
use app::refusal::Refusal;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;
use tower_sessions::Session;
use url::form_urlencoded;

use super::doors::{Door, door, is_plain};
use super::error::Problem;
use super::{Console, Shared, approvals, backend};
use crate::audit::{Acting, Actor};
use crate::identity::User;
use crate::server::{Arrival, RequestId};
use crate::store;
use crate::web::{self, Rendering, SignedIn, Submission, Who};

/// Somebody who is signed in, and may be where they are.
#[derive(Clone)]
pub struct Visitor {
    /// The console.
    pub console: Shared,
    /// Who.
    pub user: Arc<User>,
    /// By which session.
    pub signed_in: SignedIn,
    place: Place,
}

/// A browser at an address, whoever sits before it.
#[derive(Clone)]
pub struct Place {
    /// Its session.
    pub session: Session,
    /// Where it is.
    pub address: IpAddr,
    /// Its cookie of an earlier sign-in.
    pub browser: Option<String>,
    uri: Uri,
    theme: Theme,
    request_id: Arc<str>,
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Response> {
        let place = Place::from_request_parts(parts, console).await?;
        let door = door(parts.uri.path(), console.modules());
        if door == Door::Wall {
            return Err(Problem::from(Refusal::NotFound("page".to_owned())).into_response());
        }
        let found = Self::find(console, place).await.map_err(IntoResponse::into_response)?;
        let Some(visitor) = found else { return Err(to_login(&parts.method, &parts.uri)) };
        match door.missing(&visitor.user) {
            None => Ok(visitor),
            Some(group) => Err(visitor.forbidden(group).await.into_response()),
        }
    }
}

impl FromRequestParts<Shared> for Place {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Response> {
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())?;
        let arrival = parts.extensions.get::<Arrival>();
        let peer = arrival.map(|arrival| arrival.peer);
        let id = arrival.map_or_else(|| RequestId::of(&parts.headers), |arrival| arrival.id.clone());
        let addresses = &console.state.addresses;
        Ok(Self {
            session,
            address: web::address(peer, &parts.headers, &addresses.trusted_proxies),
            browser: web::browser(&parts.headers, console.is_secure()),
            uri: parts.uri.clone(),
            theme: web::chosen_theme(&parts.headers),
            request_id: id.0,
        })
    }
}

/// Where to sign in, and from there back; what was sent can't be sent on.
fn to_login(method: &Method, uri: &Uri) -> Response {
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    if method != Method::GET || wanted == "/" {
        return Redirect::to("/login").into_response();
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
    Redirect::to(&format!("/login?{query}")).into_response()
}

impl Visitor {
    async fn find(console: &Shared, place: Place) -> Result<Option<Self>, Problem> {
        let now = console.state.clock.millis();
        let found = web::who(&place.session, &console.state.db, now).await?;
        Ok(found.map(|Who { user, signed_in }| Self { console: Arc::clone(console), user, signed_in, place }))
    }

    /// Whether the visitor is in that group.
    pub fn is(&self, group: &str) -> bool {
        self.user.has_group(group)
    }

    /// That a group is missing, and who has it.
    pub async fn forbidden(&self, group: &'static str) -> Problem {
        match self.members(group).await {
            Ok(who) => Refusal::Forbidden { group, who }.into(),
            Err(problem) => problem,
        }
    }

    async fn members(&self, group: &str) -> Result<Vec<String>, Problem> {
        let mut conn = self.console.state.db.read().await?;
        Ok(store::groups::members(conn.on(), group).await?)
    }

    /// Begins an act of this visitor.
    pub async fn begin(&self) -> Result<Acting, Problem> {
        let state = &self.console.state;
        let actor = Actor { user_id: Some(self.user.id), login: self.user.login.clone() };
        Ok(Acting::begin(&state.db, &state.clock, &actor).await?)
    }

    /// The page of this address.
    pub async fn show(&self) -> Result<Response, Problem> {
        let notices = web::take_notices(&self.place.session).await?;
        Ok(self.render(self.place.uri.clone(), notices, Attempt::default(), None, || {}).await)
    }

    /// The page at `path`, with a form that was sent and could not be taken.
    pub async fn again(&self, path: &str, sent: Submission) -> Result<Response, Problem> {
        let mut response = self.render(uri(path), Vec::new(), sent.attempt(), None, || {}).await;
        if response.status().is_success() {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Ok(response)
    }

    /// The page at `path` in the answer to a POST that asked for nothing but another view of a form, with what was typed.
    pub async fn anew(&self, path: &str, sent: Submission) -> Response {
        self.render(uri(path), Vec::new(), sent.attempt(), None, || {}).await
    }

    /// The page at `path` in the answer to a POST, with what is shown this once in Leptos' context.
    pub async fn reveal<C: Clone + Send + Sync + 'static>(&self, path: &str, once: C) -> Response {
        let provide = move || provide_context(once.clone());
        self.render(uri(path), Vec::new(), Attempt::default(), None, provide).await
    }

    /// That it was done: a notice on the page at `path`, which is what comes next.
    pub async fn done(&self, path: &str, notice: impl Into<String>) -> Result<Response, Problem> {
        web::say(&self.place.session, Tone::Good, notice).await?;
        // Whoever changed something sees it at once.
        self.console.state.current.refresh().await?;
        Ok(Redirect::to(path).into_response())
    }

    /// Goes on under a new id, with the mark of a new password.
    pub async fn renew(&self, mark: &str) -> Result<(), Problem> {
        let now = self.console.state.clock.millis();
        Ok(web::sign_in(&self.place.session, self.user.id, mark, now).await?)
    }

    /// Ends the visitor's session.
    pub async fn leave(&self) -> Result<(), Problem> {
        Ok(web::sign_out(&self.place.session).await?)
    }

    /// Id of the request, as in the answer's `X-Request-Id`.
    pub fn request_id(&self) -> Arc<str> {
        Arc::clone(&self.place.request_id)
    }

    /// Where the visitor is.
    pub fn address(&self) -> IpAddr {
        self.place.address
    }

    /// The browser's cookie of an earlier sign-in.
    pub fn browser(&self) -> Option<&str> {
        self.place.browser.as_deref()
    }

    /// How many changes wait for the visitor's word; a menu that can't know it says nothing.
    async fn waiting(&self) -> i64 {
        let state = &self.console.state;
        if !self.console.modules().mcp_server {
            return 0;
        }
        let count =
            async { approvals::waiting(&mut state.db.read().await?, &self.user, state.clock.millis()).await };
        count.await.unwrap_or_default()
    }

    fn is_barred(&self, path: &str) -> bool {
        let door = door(path, self.console.modules());
        !is_plain(path) || door == Door::Wall || door.missing(&self.user).is_some()
    }

    async fn render(
        &self,
        uri: Uri,
        notices: Vec<Notice>,
        attempt: Attempt,
        refusal: Option<Refusal>,
        provide: impl Fn() + Clone + Send + 'static,
    ) -> Response {
        // Judged once more, for the very address that is rendered: a handler may name another than it was asked for.
        let refusal =
            refusal.or_else(|| self.is_barred(uri.path()).then(|| Refusal::NotFound("page".to_owned())));
        let mut frame = self.place.frame(&self.console, &uri);
        frame.person = Some(Arc::new(web::person(&self.user)));
        frame.modules = self.console.modules();
        frame.waiting = self.waiting().await;
        frame.notices = notices.into();
        let backend = backend(self);
        let context = move || {
            provide_context(backend.clone());
            provide();
        };
        web::render(Rendering { uri, frame, attempt, refusal }, context).await
    }
}

impl Place {
    fn frame(&self, console: &Console, uri: &Uri) -> Frame {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Frame {
            person: None,
            notices: [].into(),
            path: path.into(),
            now: console.state.clock.millis(),
            theme: self.theme,
            assets: Arc::clone(&console.assets),
            modules: Modules::default(),
            waiting: 0,
            status: Status::default(),
        }
    }

    /// A page for those who are not signed in.
    pub async fn show(
        &self,
        console: &Console,
        attempt: Attempt,
        refusal: Option<Refusal>,
    ) -> Result<Response, Problem> {
        let notices = web::take_notices(&self.session).await?;
        let mut frame = self.frame(console, &self.uri);
        frame.notices = notices.into();
        let sent = attempt.is_sent();
        let page = Rendering { uri: self.uri.clone(), frame, attempt, refusal };
        let mut response = web::render(page, || {}).await;
        if sent {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Ok(response)
    }
}

fn uri(path: &str) -> Uri {
    path.parse().unwrap_or_else(|_| Uri::from_static("/"))
}

/// Makes a page of a refusal that a handler or a door answered with.
pub async fn dress(State(console): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let place = match Place::from_request_parts(&mut parts, &console).await {
        Ok(place) => place,
        Err(response) => return response,
    };
    // Programs that ask for what is not there are told so in a few bytes.
    let reads_pages = parts
        .headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    // NUL is nothing that an address of ours has, and nothing that PostgreSQL takes.
    let plain = is_plain(parts.uri.path()) && !parts.uri.query().is_some_and(|query| query.contains("%00"));
    let response = if plain {
        next.run(Request::from_parts(parts, body)).await
    } else {
        Problem::from(Refusal::NotFound("page".to_owned())).into_response()
    };
    if !reads_pages {
        return response;
    }
    let foreign = web::is_foreign(&response).then_some(Refusal::Foreign);
    let Some(refusal) = response.extensions().get::<Refusal>().cloned().or(foreign) else { return response };
    let visitor = match Visitor::find(&console, place.clone()).await {
        Ok(visitor) => visitor,
        Err(problem) => {
            let _ = Refusal::from(problem);
            None
        }
    };
    let mut page = match visitor {
        Some(visitor) => {
            let uri = visitor.place.uri.clone();
            visitor.render(uri, Vec::new(), Attempt::default(), Some(refusal), || {}).await
        }
        None => match place.show(&console, Attempt::default(), Some(refusal)).await {
            Ok(page) => page,
            Err(_) => return response,
        },
    };
    *page.status_mut() = response.status();
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}
