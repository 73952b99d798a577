//! The renderer: a page whole, in order, without scripts of Leptos' own, so that a strict policy of content holds and
//! lists stand where they belong though JavaScript is off.

use std::pin::Pin;

use any_spawner::Executor;
use app::Console;
use app::form::Attempt;
use app::frame::Frame;
use app::refusal::Refusal;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use futures_util::stream::{self, Stream, StreamExt};
use leptos::prelude::*;

type Pages = Pin<Box<dyn Stream<Item = String> + Send>>;
type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Tells Leptos which runtime runs what pages wait for; to be called before the first page.
pub fn start() {
    // The one error is that it was told before.
    let _ = Executor::init_tokio();
}

/// What is rendered.
pub struct Rendering {
    /// Address of the page; its path decides which it is.
    pub uri: Uri,
    /// What frames it.
    pub frame: Frame,
    /// What came of a form that was sent.
    pub attempt: Attempt,
    /// Why it can't be shown, if so.
    pub refusal: Option<Refusal>,
}

/// Renders a page; `context` provides what it asks of the server.
pub async fn render(page: Rendering, context: impl Fn() + Clone + Send + 'static) -> Response {
    let status = page.frame.status.clone();
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = page.uri;
    let (frame, attempt, refusal) = (page.frame, page.attempt, page.refusal);
    let provide = move || {
        provide_context(frame.clone());
        provide_context(attempt.clone());
        if let Some(refusal) = &refusal {
            provide_context(refusal.clone());
        }
        context();
    };
    let mut response =
        leptos_axum::handle_response_inner(provide, || view! { <Console/> }, request, whole).await;
    *response.status_mut() = StatusCode::from_u16(status.get()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Everything at once: what is late is waited for, so that title and status are known before the first byte. The
/// scripts for a browser that would take over are left out, and so are the places they look for.
fn whole<V: IntoView + 'static>(
    page: V,
    _scripts: Box<dyn FnOnce() -> Pages + Send>,
    _out_of_order: bool,
) -> Later<Pages> {
    Box::pin(async move {
        let html: String = page.to_html_stream_in_order().collect().await;
        let html = html.replace("<!>", "");
        Box::pin(stream::once(async move { html })) as Pages
    })
}
