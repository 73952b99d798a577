//! The body and the Authorization header of a token request: whatever is sent is understood or refused.
#![no_main]

use axanta_mcp::oauth::{Parameters, shown};
use axum::http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (head, body) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(0));
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(head)
        && !head.is_empty()
    {
        headers.insert(header::AUTHORIZATION, value);
    }
    let form = Parameters::read(body);
    for name in ["grant_type", "code", "code_verifier", "refresh_token", "scope", "redirect_uri"] {
        if let Ok(Some(value)) = form.get(name) {
            assert!(!value.is_empty());
        }
    }
    let _ = shown(&headers, &form);
});
