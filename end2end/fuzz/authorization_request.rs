//! An authorization request: whatever is asked, the answer goes to the client's own address or nowhere.
#![no_main]

use axanta_mcp::identity::RedirectUri;
use axanta_mcp::identity::client::{Client, Source};
use axanta_mcp::oauth::{Fault, Parameters, judge};
use libfuzzer_sys::fuzz_target;

const BACK: &str = "https://claude.ai/api/mcp/auth_callback";
const LOOPBACK: &str = "http://127.0.0.1/callback";
const MCP: &str = "https://erp.example/mcp";

fuzz_target!(|query: &[u8]| {
    let redirect_uris = RedirectUri::parse_all([BACK, LOOPBACK]).unwrap_or_default();
    let client = Client {
        id: "1".into(),
        client_id: "1".into(),
        name: "Claude".into(),
        source: Source::Administrator,
        confidential: true,
        enabled: true,
        allow_read: true,
        allow_write: true,
        redirect_uris,
    };
    let address = match judge(&Parameters::read(query), &client, MCP) {
        Ok(asked) => asked.answer.address("https://erp.example", &[("code", "c")]),
        Err(Fault::Said { answer, code, text }) => answer.error("https://erp.example", code, &text),
        Err(Fault::Untrusted(why)) => return drop(why.to_string()),
    };
    let loopback = address.strip_prefix("http://127.0.0.1").is_some_and(|rest| {
        let rest = rest.strip_prefix(':').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        rest.starts_with("/callback?")
    });
    assert!(loopback || address.starts_with(&format!("{BACK}?")), "{address}");
    assert!(address.bytes().all(|b| b.is_ascii_graphic()), "{address}");
});
