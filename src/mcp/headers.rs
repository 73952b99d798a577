//! The headers that 2026-07-28 wants beside the body, so that what stands between can route without parsing:
//! `Mcp-Method`, `Mcp-Name` and `Mcp-Param-…` must say what the body says (SEP-2243).

use std::borrow::Cow;

use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rmcp::model::JsonObject;
use rmcp::transport::common::http_header::{
    BASE64_HEADER_PREFIX, BASE64_HEADER_SUFFIX, HEADER_MCP_METHOD, HEADER_MCP_NAME, HEADER_MCP_PARAM_PREFIX,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::{Request, text};
use super::error::Refusal;

/// Checks method and name of a modern request, or of a modern notification.
pub fn check(headers: &HeaderMap, method: &str, request: Option<&Request<'_>>) -> Result<(), Refusal> {
    match sole(headers, HEADER_MCP_METHOD)? {
        Some(said) if said == method => {}
        Some(said) => return Err(differs(HEADER_MCP_METHOD, said, method)),
        None => return Err(lacks(HEADER_MCP_METHOD, method)),
    }
    let named = request.and_then(|r| match method {
        "tools/call" | "prompts/get" => r.params.name,
        "resources/read" => r.params.uri,
        _ => None,
    });
    let Some(name) = named.and_then(text) else { return Ok(()) };
    match sole(headers, HEADER_MCP_NAME)? {
        Some(said) if decoded(HEADER_MCP_NAME, said)? == name => Ok(()),
        Some(said) => Err(differs(HEADER_MCP_NAME, said, &name)),
        None => Err(lacks(HEADER_MCP_NAME, &name)),
    }
}

/// Checks `Mcp-Param-…` against those arguments of a tool that its schema marks with `x-mcp-header`.
pub fn check_arguments(
    headers: &HeaderMap,
    schema: &JsonObject,
    arguments: Option<&RawValue>,
) -> Result<(), Refusal> {
    let mut marked = Vec::new();
    collect(schema.get("properties"), &mut Vec::new(), &mut marked);
    if marked.is_empty() {
        return Ok(());
    }
    let arguments: Option<Value> = arguments.and_then(|a| serde_json::from_str(a.get()).ok());
    for (path, name) in marked {
        let header = format!("{HEADER_MCP_PARAM_PREFIX}{name}");
        let value = arguments.as_ref().and_then(|a| path.iter().try_fold(a, |v, key| v.get(*key)));
        match (sole(headers, &header)?, value.and_then(primitive)) {
            (None, None) => {}
            (Some(said), Some(value)) if decoded(&header, said)? == value => {}
            (Some(said), Some(value)) => return Err(differs(&header, said, &value)),
            (None, Some(value)) => return Err(lacks(&header, &value)),
            (Some(said), None) => return Err(differs(&header, said, "nothing")),
        }
    }
    Ok(())
}

fn collect<'s>(
    properties: Option<&'s Value>,
    at: &mut Vec<&'s str>,
    found: &mut Vec<(Vec<&'s str>, &'s str)>,
) {
    let Some(Value::Object(properties)) = properties else { return };
    for (name, schema) in properties {
        at.push(name);
        if let Some(header) = schema.get("x-mcp-header").and_then(Value::as_str).filter(|h| !h.is_empty()) {
            found.push((at.clone(), header));
        }
        collect(schema.get("properties"), at, found);
        at.pop();
    }
}

fn primitive(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

/// A header's one value: were there two, whoever stands between might have read the other.
fn sole<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refusal::HeaderMismatch(format!("the header {name} is sent more than once")));
    }
    first
        .map(|v| v.to_str().map(str::trim))
        .transpose()
        .map_err(|_| Refusal::HeaderMismatch(format!("the header {name} is not text")))
}

fn decoded<'h>(name: &str, said: &'h str) -> Result<Cow<'h, str>, Refusal> {
    let Some(inner) =
        said.strip_prefix(BASE64_HEADER_PREFIX).and_then(|s| s.strip_suffix(BASE64_HEADER_SUFFIX))
    else {
        return Ok(Cow::Borrowed(said));
    };
    BASE64_STANDARD
        .decode(inner)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cow::Owned)
        .ok_or_else(|| Refusal::HeaderMismatch(format!("the header {name} is not valid Base64")))
}

fn differs(header: &str, said: &str, body: &str) -> Refusal {
    Refusal::HeaderMismatch(format!("the header {header} says {said}, the body says {body}"))
}

fn lacks(header: &str, body: &str) -> Refusal {
    Refusal::HeaderMismatch(format!("the header {header} is missing; it must say {body}"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;
    use crate::mcp::envelope::{Body, Incoming, read};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(n, v)| (HeaderName::try_from(*n).unwrap(), HeaderValue::from_str(v).unwrap()))
            .fold(HeaderMap::new(), |mut all, (n, v)| {
                all.append(n, v);
                all
            })
    }

    fn verdict(method: &str, params: &str, sent: &[(&str, &str)]) -> bool {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        let Ok(Body::Single(Incoming::Request(request))) = read(body.as_bytes()) else { panic!("{body}") };
        check(&headers(sent), method, Some(&request)).is_ok()
    }

    #[test]
    fn method_and_name_must_say_what_the_body_says() {
        let call = r#"{"name":"get_context"}"#;
        let good = [("mcp-method", "tools/call"), ("MCP-NAME", "get_context")];
        assert!(verdict("tools/call", call, &good));
        assert!(verdict("tools/call", call, &[good[0], ("mcp-name", "=?base64?Z2V0X2NvbnRleHQ=?=")]));
        assert!(verdict("tools/list", "{}", &[("mcp-method", "tools/list")]));
        assert!(verdict(
            "resources/read",
            r#"{"uri":"axanta://models"}"#,
            &[("mcp-method", "resources/read"), ("mcp-name", "axanta://models")]
        ));
        for bad in [
            &[][..],
            &[good[0]],
            &[good[1]],
            &[("mcp-method", "TOOLS/CALL"), good[1]],
            &[good[0], ("mcp-name", "other")],
            &[good[0], good[0], good[1]],
            &[good[0], ("mcp-name", "=?base64?Z2V0!?=")],
        ] {
            assert!(!verdict("tools/call", call, bad), "{bad:?}");
        }
    }

    #[test]
    fn marked_arguments_must_be_repeated_in_headers() {
        let schema = serde_json::json!({"type":"object","properties":{
            "region": {"type":"string","x-mcp-header":"Region"},
            "deep": {"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},
            "free": {"type":"string"}}});
        let schema = schema.as_object().unwrap();
        let verdict = |arguments: &str, sent: &[(&str, &str)]| {
            let arguments = RawValue::from_string(arguments.to_owned()).unwrap();
            check_arguments(&headers(sent), schema, Some(&arguments)).is_ok()
        };
        assert!(verdict(r#"{"region":"Hello","free":"x"}"#, &[("mcp-param-region", "=?base64?SGVsbG8=?=")]));
        assert!(verdict(r#"{"region":"=?base64?SGVsbG8="}"#, &[("mcp-param-region", "=?base64?SGVsbG8=")]));
        assert!(verdict(r#"{"region":null,"deep":{"n":7}}"#, &[("mcp-param-n", "7")]));
        assert!(verdict("{}", &[]));
        for (arguments, sent) in [
            (r#"{"region":"Hello"}"#, &[][..]),
            (r#"{"region":"Hello"}"#, &[("mcp-param-region", "=?base64?SGVsbG8?=")]),
            (r#"{"region":"Hello"}"#, &[("mcp-param-region", "Hi")]),
            ("{}", &[("mcp-param-region", "Hello")]),
            (r#"{"deep":{"n":7}}"#, &[("mcp-param-n", "8")]),
        ] {
            assert!(!verdict(arguments, sent), "{arguments} {sent:?}");
        }
    }
}
