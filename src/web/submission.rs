//! A form as a browser sends it.

use app::form::{Attempt, Sent};
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use url::form_urlencoded;

/// Media type of forms.
pub const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Whether a request says that its body is of that media type, whatever parameters stand behind it.
pub fn is_of_type(headers: &HeaderMap, media_type: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(media_type)
}

/// Names and values of a form, in order.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    fields: Vec<(String, String)>,
    errors: Vec<(String, String)>,
    problem: Option<String>,
}

impl Submission {
    /// The value of a field, without spaces around it; empty if it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The value of a field to the letter; empty if it was not sent.
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Several lines of text, with the line ends of the rest of the world.
    pub fn lines(&self, name: &str) -> String {
        self.raw(name).replace("\r\n", "\n").trim_end().to_owned()
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }

    /// Every value of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Every field.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// A whole number; `None` if the field is empty, and an error beside it if it is something else.
    pub fn number<N: std::str::FromStr>(&mut self, name: &str) -> Option<N> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            let problem = format!("{text} is not a whole number that can be meant here.");
            self.wrong(name, problem);
        }
        number
    }

    /// Notes what is wrong with a field.
    pub fn wrong(&mut self, name: &str, problem: impl Into<String>) {
        self.errors.push((name.to_owned(), problem.into()));
    }

    /// Notes what is wrong with the whole.
    pub fn wrong_in_all(&mut self, problem: impl Into<String>) {
        self.problem = Some(problem.into());
    }

    /// Whether nothing was found wrong.
    pub fn is_right(&self) -> bool {
        self.errors.is_empty() && self.problem.is_none()
    }

    /// The same as if it were of the form of that name, for a problem that another form of the page is to show.
    #[must_use]
    pub fn of_form(mut self, form: &str) -> Self {
        let problem = self.problem.take();
        Self { fields: vec![("form".to_owned(), form.to_owned())], errors: Vec::new(), problem }
    }

    /// What was typed and what is wrong with it, for the page to show again.
    pub fn attempt(self) -> Attempt {
        let form = self.text("form").to_owned();
        Attempt::new(Sent { form, fields: self.fields, errors: self.errors, problem: self.problem })
    }
}

impl<S: Send + Sync> FromRequest<S> for Submission {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if !is_of_type(request.headers(), FORM_TYPE) {
            let said = "a form is sent as application/x-www-form-urlencoded\n";
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, said).into_response());
        }
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        // NUL is nothing that a person types, and nothing that PostgreSQL stores.
        let fields = form_urlencoded::parse(&body)
            .map(|(name, value)| (name.into_owned(), value.replace('\0', "\u{fffd}")))
            .collect();
        Ok(Self { fields, ..Self::default() })
    }
}

/// A form that may be missing: a button alone, sent by a program.
impl<S: Send + Sync> OptionalFromRequest<S> for Submission {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Response> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn sent(body: &str) -> Submission {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        <Submission as FromRequest<()>>::from_request(request, &()).await.unwrap()
    }

    #[tokio::test]
    async fn a_form_is_read() {
        let mut form = sent("form=x&name=+Anna+Berg+&note=a%0D%0Ab%00&group=1&group=2&rate=12&bad=1.5").await;
        assert_eq!(form.text("name"), "Anna Berg");
        assert_eq!(form.lines("note"), "a\nb\u{fffd}");
        assert_eq!(form.all("group").collect::<Vec<_>>(), ["1", "2"]);
        assert!(form.ticked("group") && !form.ticked("active"));
        assert_eq!((form.number::<u32>("rate"), form.number::<u32>("none")), (Some(12), None));
        assert!(form.is_right());
        assert_eq!(form.number::<u32>("bad"), None);
        assert!(!form.is_right());
        assert!(form.attempt().is_sent());
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        let request = Request::post("/").body(Body::from("a=b")).unwrap();
        let refused = <Submission as FromRequest<()>>::from_request(request, &()).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}
