//! What a document may say.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

const ID: &str = "https://apps.acme.com/app.json";

/// A good document with other members.
fn document(change: &Value) -> Vec<u8> {
    let mut document = json!({"client_id": ID, "redirect_uris": ["https://apps.acme.com/cb"]});
    let members = document.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    document.to_string().into_bytes()
}

fn read(change: &Value) -> Result<ClientDocument, DocumentError> {
    ClientDocument::read(ID, &document(change))
}

#[test]
fn members_that_other_servers_need_are_no_hindrance() {
    for change in [
        json!({}),
        json!({"token_endpoint_auth_method": "none"}),
        json!({"token_endpoint_auth_method": null, "client_secret": null}),
        json!({
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "jwks_uri": "https://apps.acme.com/jwks.json",
        }),
        json!({"grant_types": ["authorization_code", "urn:x"], "response_types": ["code"], "scope": "mcp:*"}),
        json!({"application_type": "native", "logo_uri": "javascript:alert(1)", "contacts": [1, {}]}),
    ] {
        assert!(read(&change).is_ok(), "{change}");
    }
}

#[test]
fn what_cannot_be_served_is_refused_with_its_reason() {
    for (change, said) in [
        (json!({"client_id": "https://apps.acme.com/app.json/"}), "its client_id isn't"),
        (json!({"client_id": "https://APPS.acme.com/app.json"}), "its client_id isn't"),
        (json!({"client_id": 7}), "not of its type"),
        (json!({"client_id": null}), "not of its type"),
        (json!({"client_name": ["x"]}), "not of its type"),
        (json!({"redirect_uris": []}), "at least one redirect URI"),
        (json!({"redirect_uris": null}), "not of its type"),
        (json!({"redirect_uris": "https://apps.acme.com/cb"}), "not of its type"),
        (json!({"redirect_uris": ["https://apps.acme.com/cb", "javascript:alert(1)"]}), "javascript:"),
        (json!({"redirect_uris": ["http://apps.acme.com/cb"]}), "http is taken for"),
        (json!({"redirect_uris": ["http://localhost:*/cb"]}), "wildcard"),
        (json!({"token_endpoint_auth_method": "client_secret_basic"}), "`none`"),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "`none`"),
        (
            json!({
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }),
            "`none`",
        ),
        (json!({"client_secret": "x"}), "client_secret"),
        (json!({"client_secret_expires_at": 0}), "client_secret"),
        (json!({"grant_types": ["client_credentials"]}), "grant_types"),
        (json!({"response_types": ["token"]}), "response_types"),
    ] {
        let error = read(&change).expect_err(&change.to_string()).to_string();
        assert!(error.contains(said), "{change}: {error}");
    }
    let many: Vec<String> = (0..21).map(|n| format!("https://apps.acme.com/{n}")).collect();
    assert!(read(&json!({"redirect_uris": many})).unwrap_err().to_string().contains("at most 20"));
    let twice = br#"{"client_id":"https://apps.acme.com/app.json","redirect_uris":["https://a.b/c"],
        "redirect_uris":["https://evil.com/c"]}"#;
    assert!(ClientDocument::read(ID, twice).unwrap_err().to_string().contains("given twice"));
    for text in ["", "null", "[]", "7", "\"x\"", "{", "<html>", "\u{feff}{}", "{}x", "\0"] {
        assert!(ClientDocument::read(ID, text.as_bytes()).is_err(), "{text:?}");
    }
    assert!(ClientDocument::read(ID, &[0xff, 0xfe]).is_err());
    assert!(ClientDocument::read(ID, "[".repeat(download::LARGEST).as_bytes()).is_err());
    assert!(ClientDocument::read("app.json", &document(&json!({"client_id": "app.json"}))).is_err());
}

#[test]
fn a_name_is_shown_and_a_link_kept_only_where_they_are_safe() {
    let named = |name: &str| read(&json!({ "client_name": name })).unwrap().client_name;
    assert_eq!(named("Acme\n\u{202e}Assistant"), "Acme Assistant");
    assert_eq!(named("\u{200b}"), HOST);
    assert_eq!(read(&json!({})).unwrap().client_name, HOST);
    for (uri, kept) in [
        ("https://apps.acme.com", true),
        ("https://apps.acme.com/about?x", true),
        ("http://apps.acme.com/", false),
        ("https://acme.com/", false),
        ("https://claude.ai/", false),
        ("https://apps.acme.com@evil.com/", false),
        ("https://x@apps.acme.com/", false),
        ("javascript:alert(1)", false),
        ("x", false),
    ] {
        let found = read(&json!({ "client_uri": uri })).unwrap().client_uri;
        assert_eq!(found.as_deref(), kept.then_some(uri));
    }
}

/// JSON that is like a document.
fn json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(ID.to_owned()),
        prop::sample::select(vec![
            "none",
            "code",
            "authorization_code",
            "private_key_jwt",
            "https://apps.acme.com/cb",
            "http://127.0.0.1/cb",
            "javascript:x",
            "cursor://x/y",
            "https://a.b/../c",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        8 => text.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| prop::collection::vec(inner, 0..3).prop_map(Value::from))
}

fn members() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "client_id",
        "client_name",
        "client_uri",
        "redirect_uris",
        "grant_types",
        "response_types",
        "token_endpoint_auth_method",
        "token_endpoint_auth_methods_supported",
        "client_secret",
        "other",
    ]);
    prop::collection::vec((name, json()), 0..5).prop_map(|members| {
        Value::Object(
            members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
        )
    })
}

fn check(id: &str, body: &[u8]) {
    match ClientDocument::read(id, body) {
        Ok(found) => {
            let said: Value = serde_json::from_slice(body).unwrap();
            assert!(said["client_id"] == id && found.client_id == id);
            assert!(said.get("client_secret").is_none_or(Value::is_null));
            assert!(!found.client_name.is_empty() && !found.client_name.contains(char::is_control));
            assert!((1..=20).contains(&found.redirect_uris.len()));
            let listed = said["redirect_uris"].as_array().unwrap();
            assert!(listed.iter().all(|uri| found.permits(uri.as_str().unwrap()).is_some()));
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn only_documents_are_taken(change in members()) {
        check(ID, &document(&change));
        check(ID, change.to_string().as_bytes());
    }

    #[test]
    fn no_bytes_are_too_odd(id in any::<String>(), body in prop::collection::vec(any::<u8>(), 0..64)) {
        check(ID, &body);
        check(&id, &body);
    }

    #[test]
    fn a_torn_document_is_none(end in 0..100_usize) {
        let whole = document(&json!({"client_name": "Acme"}));
        let torn = &whole[..end.min(whole.len() - 1)];
        prop_assert!(ClientDocument::read(ID, torn).is_err());
    }
}
