//! JSON-RPC 2.0 messages, read in one pass: what a tool is to parse stays raw until the tool parses it.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::error::Refusal;

/// Messages that one batch may hold; only a client of 2025-03-26 may send one.
pub const MAX_BATCH: usize = 32;

/// What stands in a body.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one per request, on the stack; a box would be an allocation")]
pub enum Body<'a> {
    /// One message.
    Single(Incoming<'a>),
    /// Several at once, each parsed or refused by itself.
    Batch(Vec<Result<Incoming<'a>, Unreadable<'a>>>),
}

/// One message of a client.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one per request, on the stack; a box would be an allocation")]
pub enum Incoming<'a> {
    /// Wants an answer.
    Request(Request<'a>),
    /// Wants none.
    Notification {
        /// For example `notifications/initialized`.
        method: Cow<'a, str>,
    },
    /// An answer to a request of ours; we never ask, so there is nothing it could answer.
    Response,
}

/// A request: its id as it was written, its method, and the known members of its params.
#[derive(Debug)]
pub struct Request<'a> {
    /// A string or a number, to be sent back as it came.
    pub id: &'a RawValue,
    /// For example `tools/call`.
    pub method: Cow<'a, str>,
    /// What it is about.
    pub params: Params<'a>,
}

/// Members that params of any method may have. `null` counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "params must be an object")]
pub struct Params<'a> {
    /// About the request itself.
    #[serde(borrow, default, rename = "_meta")]
    pub meta: Option<Meta<'a>>,
    /// Tool or prompt.
    #[serde(borrow, default)]
    pub name: Option<&'a RawValue>,
    /// Resource.
    #[serde(borrow, default)]
    pub uri: Option<&'a RawValue>,
    /// Of a tool or a prompt.
    #[serde(borrow, default)]
    pub arguments: Option<&'a RawValue>,
    /// Where a list goes on.
    #[serde(borrow, default)]
    pub cursor: Option<&'a RawValue>,
    /// What is completed: a prompt or a resource template.
    #[serde(borrow, default, rename = "ref")]
    pub reference: Option<&'a RawValue>,
    /// Which argument is completed.
    #[serde(borrow, default)]
    pub argument: Option<&'a RawValue>,
    /// Arguments that are already known.
    #[serde(borrow, default)]
    pub context: Option<&'a RawValue>,
    /// Asked for by `initialize`.
    #[serde(borrow, default)]
    pub protocol_version: Option<&'a RawValue>,
    /// Who `initialize`s.
    #[serde(borrow, default)]
    pub client_info: Option<&'a RawValue>,
    /// What it can do.
    #[serde(borrow, default)]
    pub capabilities: Option<&'a RawValue>,
    /// Answers to what an earlier result required.
    #[serde(borrow, default)]
    pub input_responses: Option<&'a RawValue>,
    /// State that an earlier result handed out.
    #[serde(borrow, default)]
    pub request_state: Option<&'a RawValue>,
}

/// Members of `_meta` that mean something here.
#[derive(Debug, Default, Deserialize)]
#[serde(expecting = "params._meta must be an object")]
pub struct Meta<'a> {
    /// The revision this request speaks.
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    pub protocol_version: Option<&'a RawValue>,
    /// Who asks.
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientInfo")]
    pub client_info: Option<&'a RawValue>,
    /// What the client can do.
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientCapabilities")]
    pub client_capabilities: Option<&'a RawValue>,
    /// Under what the client wants to hear of progress.
    #[serde(borrow, default, rename = "progressToken")]
    pub progress_token: Option<&'a RawValue>,
}

/// A message that can't be taken, and the id to say so under where one could be read.
#[derive(Debug)]
pub struct Unreadable<'a> {
    /// Its id, where it has a good one.
    pub id: Option<&'a RawValue>,
    /// Why not.
    pub refusal: Refusal,
}

impl Unreadable<'_> {
    fn invalid(why: impl Into<Cow<'static, str>>) -> Self {
        Self { id: None, refusal: Refusal::InvalidRequest(why.into()) }
    }
}

#[derive(Deserialize)]
#[serde(expecting = "a JSON-RPC message must be an object")]
struct Message<'a, P> {
    #[serde(borrow, default)]
    jsonrpc: Option<&'a RawValue>,
    // `"id":null` and no id at all are different things: the first is refused, the second is a notification.
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<&'a RawValue>,
    params: Option<P>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

fn present<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// Reads a body: one message or a batch.
pub fn read(body: &[u8]) -> Result<Body<'_>, Unreadable<'_>> {
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'[') => batch(body),
        _ => message(body).map(Body::Single),
    }
}

fn batch(body: &[u8]) -> Result<Body<'_>, Unreadable<'_>> {
    let items: Vec<&RawValue> = serde_json::from_slice(body).map_err(|e| unreadable(&e))?;
    if items.is_empty() {
        return Err(Unreadable::invalid("a batch must hold at least one message"));
    }
    if items.len() > MAX_BATCH {
        return Err(Unreadable::invalid(format!("a batch may hold at most {MAX_BATCH} messages")));
    }
    Ok(Body::Batch(items.into_iter().map(|item| message(item.get().as_bytes())).collect()))
}

fn message(body: &[u8]) -> Result<Incoming<'_>, Unreadable<'_>> {
    match serde_json::from_slice::<Message<'_, Params<'_>>>(body) {
        Ok(message) => incoming(message),
        Err(error) if error.classify() == Category::Data => Err(misshapen(body, &error)),
        Err(error) => Err(unreadable(&error)),
    }
}

fn incoming<'a>(message: Message<'a, Params<'a>>) -> Result<Incoming<'a>, Unreadable<'a>> {
    let id = match message.id {
        Some(id) if !is_id(id) => {
            return Err(Unreadable::invalid("id must be a string or a number, not null"));
        }
        id => id,
    };
    let refuse = |why| Err(Unreadable { id, refusal: Refusal::InvalidRequest(Cow::Borrowed(why)) });
    if message.jsonrpc.is_none_or(|v| v.get() != r#""2.0""#) {
        return refuse(r#"jsonrpc must be "2.0""#);
    }
    let Some(method) = message.method else {
        return match (message.result, message.error) {
            (None, None) => refuse("method is missing"),
            _ => Ok(Incoming::Response),
        };
    };
    let Some(method) = text(method) else { return refuse("method must be a string") };
    Ok(match id {
        Some(id) => Incoming::Request(Request { id, method, params: message.params.unwrap_or_default() }),
        None => Incoming::Notification { method },
    })
}

/// It is JSON, but not of the shape: look again, with open params, for the id to answer under.
fn misshapen<'a>(body: &'a [u8], error: &serde_json::Error) -> Unreadable<'a> {
    match serde_json::from_slice::<Message<'a, &'a RawValue>>(body) {
        Ok(message) => Unreadable {
            id: message.id.filter(|id| is_id(id)),
            refusal: Refusal::MalformedParams(plain(error)),
        },
        Err(error) => Unreadable::invalid(plain(&error)),
    }
}

fn unreadable<'a>(error: &serde_json::Error) -> Unreadable<'a> {
    let refusal = match error.classify() {
        Category::Data => Refusal::InvalidRequest(plain(error).into()),
        _ => Refusal::NotJson(error.to_string()),
    };
    Unreadable { id: None, refusal }
}

/// The complaint without serde's `invalid type: …, expected` before our own words.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    said.rsplit(", expected ").next().unwrap_or(said).to_owned()
}

fn is_id(id: &RawValue) -> bool {
    matches!(id.get().as_bytes().first(), Some(b'"' | b'-' | b'0'..=b'9'))
}

/// The text of a JSON string; `None` for any other value.
pub fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let inner = value.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(value.get()).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// Whether the value is a JSON object.
pub fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(body: &str) -> Result<(String, String), (Option<String>, i32)> {
        match read(body.as_bytes()) {
            Ok(Body::Single(Incoming::Request(r))) => Ok((r.id.get().into(), r.method.into_owned())),
            Ok(Body::Single(Incoming::Notification { method })) => Ok((String::new(), method.into_owned())),
            Ok(other) => panic!("{other:?}"),
            Err(e) => Err((e.id.map(|id| id.get().to_owned()), e.refusal.code(true).0)),
        }
    }

    #[test]
    fn keeps_the_id_as_it_was_written() {
        for id in ["1", r#""a""#, "-7", r#""a\"b""#, "18446744073709551615"] {
            let body = format!(r#" {{"jsonrpc":"2.0","id":{id},"method":"ping"}} "#);
            assert_eq!(single(&body), Ok((id.to_owned(), "ping".to_owned())));
        }
    }

    #[test]
    fn leaves_arguments_raw_and_null_absent() {
        let body = br#"{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"x","arguments":{ "a" : [1] },"cursor":null,"other":{}}}"#;
        let Ok(Body::Single(Incoming::Request(request))) = read(body) else { panic!() };
        assert_eq!(request.method, "tools/call");
        assert_eq!(request.params.arguments.unwrap().get(), r#"{ "a" : [1] }"#);
        assert!(request.params.cursor.is_none());
    }

    #[test]
    fn refuses_what_is_no_message() {
        let deep = "[".repeat(100_000);
        for (body, id, code) in [
            ("", None, -32700),
            ("{", None, -32700),
            ("nonsense", None, -32700),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, None, -32700),
            (deep.as_str(), None, -32700),
            ("7", None, -32600),
            ("[]", None, -32600),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, None, -32600),
            (r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, None, -32600),
            (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, Some("1"), -32600),
            (r#"{"id":1,"method":"ping"}"#, Some("1"), -32600),
            (r#"{"jsonrpc":"2.0","id":1}"#, Some("1"), -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, Some("1"), -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"pong"}"#, None, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, Some("1"), -32602),
            (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"_meta":7}}"#, Some(r#""a""#), -32602),
        ] {
            assert_eq!(single(body), Err((id.map(str::to_owned), code)), "{body:.60}");
        }
    }

    #[test]
    fn a_batch_is_read_message_by_message_and_bounded() {
        let Ok(Body::Batch(items)) =
            read(br#"[{"jsonrpc":"2.0","id":1,"method":"ping"},7,{"jsonrpc":"2.0","method":"n"}]"#)
        else {
            panic!()
        };
        assert!(matches!(items[0], Ok(Incoming::Request(_))));
        assert!(items[1].is_err());
        assert!(matches!(items[2], Ok(Incoming::Notification { .. })));
        let long = format!("[{}]", vec!["1"; MAX_BATCH + 1].join(","));
        assert!(read(long.as_bytes()).is_err());
    }

    #[test]
    fn an_answer_to_nothing_is_known_as_such() {
        assert!(matches!(
            read(br#"{"jsonrpc":"2.0","id":1,"result":{}}"#),
            Ok(Body::Single(Incoming::Response))
        ));
    }
}
