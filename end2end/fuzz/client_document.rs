//! A client's document: whatever is found at an address is refused or is that client's, and whatever claims to be
//! an address never makes us stumble.
#![no_main]

use axanta_mcp::oauth::client_document::ClientDocument;
use libfuzzer_sys::fuzz_target;

const ID: &str = "https://apps.acme.com/app.json";

fuzz_target!(|bytes: &[u8]| {
    check(ID, bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        let (id, body) = text.split_once('\n').unwrap_or((text, "{}"));
        check(id, body.as_bytes());
    }
});

fn check(id: &str, body: &[u8]) {
    match ClientDocument::read(id, body) {
        Ok(found) => {
            assert_eq!(found.client_id, id);
            assert!(!found.client_name.is_empty() && !found.client_name.contains(char::is_control));
            assert!((1..=20).contains(&found.redirect_uris.len()));
            assert!(found.redirect_uris.iter().all(|uri| found.permits(uri.as_str()).is_some()));
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error}"),
    }
}
