//! The one path of the protocol: `POST /mcp`. Who may come in is settled before the body is read; then each
//! message is read, placed in its era, admitted, answered and logged.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request as HttpRequest, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use rmcp::transport::common::http_header::{HEADER_MCP_PROTOCOL_VERSION, HEADER_SESSION_ID};

use super::ask::Ask;
use super::envelope::{self, Body, Incoming, Request};
use super::era::{self, Version};
use super::error::Refusal;
use super::extra::Extra;
use super::initialize::{Client, ttl};
use super::origin::Origins;
use super::reply::{Reply, empty, json};
use super::session::{McpSessions, Session};
use super::stream::{Notifier, respond};
use super::{body, dispatch, gate, headers};
use crate::identity::Principal;
use crate::server::Arrival;
use crate::settings::Controls;
use crate::state::AppState;
use crate::tools::Context;

/// The endpoint of a process.
pub struct Endpoint {
    app: Arc<AppState>,
    sessions: McpSessions,
    origins: Origins,
    extra: Option<Arc<dyn Extra>>,
}

impl Endpoint {
    /// Starts what it needs of its own.
    pub fn start(app: Arc<AppState>) -> Self {
        let sessions = McpSessions::start(app.db.clone(), app.clock.clone());
        let origins = Origins::new(app.addresses.listen, app.addresses.public_url.clone());
        Self { app, sessions, origins, extra: None }
    }

    /// Serves something besides the product's own.
    #[must_use]
    pub fn with_extra(mut self, extra: Arc<dyn Extra>) -> Self {
        self.extra = Some(extra);
        self
    }

    /// Writes what is still in memory; to be called when no request is under way, before the database closes.
    pub async fn close(&self) {
        self.sessions.close().await;
    }
}

/// Serves `/mcp`.
pub async fn handle(State(endpoint): State<Arc<Endpoint>>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let visit = match Visit::enter(endpoint, parts).await {
        Ok(visit) => visit,
        Err(refusal) => {
            body::discard(body).await;
            return Reply::refusal(None, &refusal, true).into_response();
        }
    };
    let answered = match visit.parts.method {
        Method::POST => visit.post(body).await,
        Method::DELETE => visit.delete().await,
        _ => Err(Refusal::MethodNotAllowed),
    };
    answered.unwrap_or_else(|refusal| Reply::refusal(None, &refusal, true).into_response())
}

/// A request of someone who may come in.
struct Visit {
    endpoint: Arc<Endpoint>,
    parts: Parts,
    controls: Arc<Controls>,
    principal: Arc<Principal>,
    request_id: Arc<str>,
}

impl Visit {
    async fn enter(endpoint: Arc<Endpoint>, mut parts: Parts) -> Result<Arc<Self>, Refusal> {
        endpoint.origins.check(&parts.headers, &parts.uri)?;
        let request_id = parts.extensions.remove::<Arrival>().map(|arrival| arrival.id.0).unwrap_or_default();
        let (controls, principal) = gate::enter(&endpoint.app, &parts.headers, &request_id).await?;
        Ok(Arc::new(Self { endpoint, parts, controls, principal, request_id }))
    }

    async fn post(self: Arc<Self>, body: axum::body::Body) -> Result<Response, Refusal> {
        let bytes = body::read(body).await?;
        body::check_types(&self.parts.headers)?;
        match envelope::read(&bytes) {
            Ok(Body::Single(Incoming::Request(request))) => {
                if self.may_stream(&request) {
                    drop(request);
                    return Ok(self.stream(bytes).await);
                }
                Ok(self.answer(&request, &Notifier::mute()).await.into_response())
            }
            Ok(Body::Single(Incoming::Notification { method })) => {
                self.notified(&method).await.map(|()| empty(StatusCode::ACCEPTED))
            }
            Ok(Body::Single(Incoming::Response)) => Err(unasked()),
            Ok(Body::Batch(items)) => self.batch(items).await,
            Err(bad) => Ok(Reply::refusal(bad.id, &bad.refusal, true).into_response()),
        }
    }

    /// Ends an MCP session. Without one there is nothing that could be deleted.
    async fn delete(&self) -> Result<Response, Refusal> {
        let Some(secret) = self.session_header() else { return Err(Refusal::MethodNotAllowed) };
        let ended = self.endpoint.sessions.end(secret, &self.principal, self.session_ttl()).await?;
        if ended { Ok(empty(StatusCode::NO_CONTENT)) } else { Err(Refusal::NoSession) }
    }

    /// Whether notifications may be sent before the answer: the client takes events, and there is someone to
    /// send them.
    fn may_stream(&self, request: &Request<'_>) -> bool {
        let wants = request.params.meta.as_ref().is_some_and(|meta| meta.progress_token.is_some());
        (wants && request.method == "tools/call" || self.endpoint.extra.is_some())
            && body::takes_events(&self.parts.headers)
    }

    /// Works in a future of its own, which goes on while its notifications are sent.
    async fn stream(self: Arc<Self>, bytes: Bytes) -> Response {
        let (notifier, notes) = Notifier::new();
        let work = async move {
            match envelope::read(&bytes) {
                Ok(Body::Single(Incoming::Request(request))) => self.answer(&request, &notifier).await,
                _ => Reply::refusal(None, &Refusal::Internal, true),
            }
        };
        respond(Box::pin(work), notes).await
    }

    /// 2025-03-26 alone knows batches.
    async fn batch(
        &self,
        items: Vec<Result<Incoming<'_>, envelope::Unreadable<'_>>>,
    ) -> Result<Response, Refusal> {
        let session = self.session().await?;
        let version = era::of_headers(&self.parts.headers, session.as_ref().map(|s| s.version))?;
        if version != Version::V2025_03_26 {
            return Err(Refusal::InvalidRequest("a batch is not taken; send each message by itself".into()));
        }
        let mut answers: Vec<u8> = Vec::new();
        for item in items {
            let reply = match item {
                Ok(Incoming::Request(request)) if request.method == "initialize" => {
                    let refusal = Refusal::InvalidRequest("initialize must not be part of a batch".into());
                    Reply::refusal(Some(request.id), &refusal, false)
                }
                Ok(Incoming::Request(request)) => self.answer(&request, &Notifier::mute()).await,
                Ok(Incoming::Notification { .. }) => continue,
                Ok(Incoming::Response) => Reply::refusal(None, &unasked(), false),
                Err(bad) => Reply::refusal(bad.id, &bad.refusal, false),
            };
            answers.push(if answers.is_empty() { b'[' } else { b',' });
            answers.extend_from_slice(&reply.body);
        }
        if answers.is_empty() {
            return Ok(empty(StatusCode::ACCEPTED));
        }
        answers.push(b']');
        Ok(json(StatusCode::OK, answers))
    }

    async fn notified(&self, method: &str) -> Result<(), Refusal> {
        let session = self.session().await?;
        let version = era::of_headers(&self.parts.headers, session.as_ref().map(|s| s.version))?;
        if version.is_modern() { headers::check(&self.parts.headers, method, None) } else { Ok(()) }
    }

    /// Answers one request; whatever goes wrong is an answer too.
    async fn answer(&self, request: &Request<'_>, notifier: &Notifier) -> Reply {
        let handshake = request.method == "initialize";
        let session = match self.session_of(request).await {
            Ok(session) => session,
            Err(refusal) => return Reply::refusal(Some(request.id), &refusal, true),
        };
        let headers = &self.parts.headers;
        let agreed = session.as_ref().map(|s| s.version);
        let version = match era::of_request(headers, request, agreed) {
            Ok(version) => version,
            Err(refusal) => return Reply::refusal(Some(request.id), &refusal, !handshake),
        };
        if version.is_modern()
            && let Err(refusal) = headers::check(headers, &request.method, Some(request))
        {
            return Reply::refusal(Some(request.id), &refusal, true);
        }
        let (controls, principal) = match self.now().await {
            Ok(now) => now,
            Err(refusal) => return Reply::refusal(Some(request.id), &refusal, version.is_modern()),
        };
        let context = self.context(request, session.as_ref(), controls, principal);
        let ask = Ask {
            request,
            version,
            headers,
            context: &context,
            db: &self.endpoint.app.db,
            sessions: &self.endpoint.sessions,
            limiter: &self.endpoint.app.limiter,
            notifier,
            addresses: &self.endpoint.app.addresses,
            extra: self.endpoint.extra.as_ref(),
        };
        match dispatch::answer(&ask).await {
            Ok(reply) => reply,
            Err(refusal) => Reply::refusal(Some(request.id), &refusal, version.is_modern()),
        }
    }

    /// What holds for this message, and for whom: since the visitor came in, a body was waited for, or the messages
    /// before it in a batch.
    async fn now(&self) -> Result<(Arc<Controls>, Arc<Principal>), Refusal> {
        let (app, known) = (&self.endpoint.app, self.controls.generation);
        match app.current.fresh().await {
            Ok(controls) if controls.generation == known => Ok((controls, Arc::clone(&self.principal))),
            _ => gate::enter(app, &self.parts.headers, &self.request_id).await,
        }
    }

    fn context(
        &self,
        request: &Request<'_>,
        session: Option<&Session>,
        controls: Arc<Controls>,
        principal: Arc<Principal>,
    ) -> Context {
        let named = match request.params.meta.as_ref().and_then(|meta| meta.client_info) {
            None => request.params.client_info,
            named => named,
        };
        let client = Client::read(named).map(|c| c.label()).or_else(|| session.map(|s| s.client.clone()));
        Context {
            services: Arc::clone(&self.endpoint.app.services),
            controls,
            principal,
            request_id: self.request_id.to_string(),
            client,
            session: session.map(Session::short),
        }
    }

    /// The session that a message names; the handshake begins a new one, whatever it names.
    async fn session_of(&self, request: &Request<'_>) -> Result<Option<Session>, Refusal> {
        if request.method == "initialize" { Ok(None) } else { self.session().await }
    }

    async fn session(&self) -> Result<Option<Session>, Refusal> {
        let Some(secret) = self.session_header() else { return Ok(None) };
        let found = self.endpoint.sessions.find(secret, &self.principal, self.session_ttl()).await?;
        found.map(Some).ok_or(Refusal::NoSession)
    }

    /// The modern era has no sessions: what it sends there means nothing.
    fn session_header(&self) -> Option<&str> {
        let headers: &HeaderMap = &self.parts.headers;
        let modern =
            headers.get(HEADER_MCP_PROTOCOL_VERSION).is_some_and(|v| v == Version::V2026_07_28.name());
        if modern { None } else { headers.get(HEADER_SESSION_ID)?.to_str().ok() }
    }

    fn session_ttl(&self) -> std::time::Duration {
        ttl(self.controls.settings.session_ttl)
    }
}

fn unasked() -> Refusal {
    Refusal::InvalidRequest("this server asks nothing, so it takes no responses".into())
}
