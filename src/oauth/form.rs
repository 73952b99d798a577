//! Parameters as OAuth takes them: names and values of a query or a form, none twice (RFC 6749, 3.1 and 3.2).

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use url::form_urlencoded;

use super::error::{Code, Refusal};
use crate::web;

/// Names and values.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

/// A parameter that can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It stands there more than once.
    #[error("the parameter {0} was sent more than once")]
    Twice(&'static str),
    /// It has characters that none of ours has (RFC 6749, appendix A).
    #[error("the parameter {0} has control characters, or is not UTF-8")]
    Garbled(&'static str),
}

impl Parameters {
    /// Reads a query, or the body of a form.
    pub fn read(bytes: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(bytes)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The value of a parameter; `None` if it is missing or empty, which is the same (RFC 6749, 3.1).
    pub fn get(&self, name: &'static str) -> Result<Option<&str>, Unfit> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Unfit::Twice(name)),
            // The replacement character stands where bytes were no UTF-8.
            (Some(value), None) if value.contains(|c: char| c.is_control() || c == '\u{fffd}') => {
                Err(Unfit::Garbled(name))
            }
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// Every value of a parameter that may be repeated.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether any of these stands there.
    pub fn has_any(&self, names: &[&str]) -> bool {
        self.0.iter().any(|(name, _)| names.contains(&name.as_str()))
    }
}

/// The body of a client's request. What is secret never stands in the address.
pub struct Form(pub Parameters);

/// What would be secret in an address, where logs and histories keep it.
const SECRET: [&str; 5] = ["client_secret", "code", "code_verifier", "refresh_token", "token"];

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !web::is_of_type(request.headers(), web::FORM_TYPE) {
            let text = "the body must be sent as application/x-www-form-urlencoded";
            return Err(Refusal::new(Code::InvalidRequest, "content_type", text));
        }
        let query = Parameters::read(request.uri().query().unwrap_or_default().as_bytes());
        if query.has_any(&SECRET) {
            let text = "secrets, codes and tokens belong in the body, never in the address; get new ones, since \
                        addresses are kept in logs";
            return Err(Refusal::new(Code::InvalidRequest, "secret_in_address", text));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| Refusal::new(Code::InvalidRequest, "too_large", "the body is too long"))?;
        Ok(Self(Parameters::read(&body)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_parameter_stands_once() {
        let parameters = Parameters::read(b"a=1&b=&c=2&c=3&d=%20x+y");
        assert_eq!(parameters.get("a"), Ok(Some("1")));
        assert_eq!(parameters.get("b"), Ok(None), "empty is missing");
        assert_eq!(parameters.get("c"), Err(Unfit::Twice("c")));
        let garbled = Parameters::read(b"nul=a%00b&line=a%0ab&latin=%ff");
        for name in ["nul", "line", "latin"] {
            assert_eq!(garbled.get(name), Err(Unfit::Garbled(name)));
        }
        assert_eq!(parameters.get("d"), Ok(Some(" x y")));
        assert_eq!(parameters.get("e"), Ok(None));
        assert!(parameters.has_any(&["x", "b"]) && !parameters.has_any(&["x"]));
    }

    proptest! {
        #[test]
        fn what_is_taken_is_text_that_stands_once(bytes in "([ab]=[a-z%0-9]{0,3}[&;]?|[ -~]){0,40}") {
            let parameters = Parameters::read(bytes.as_bytes());
            for name in ["a", "b"] {
                if let Ok(Some(value)) = parameters.get(name) {
                    prop_assert!(!value.is_empty() && !value.contains(char::is_control));
                    prop_assert_eq!(parameters.all(name).count(), 1);
                }
            }
        }
    }
}
