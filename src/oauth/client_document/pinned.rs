//! Documents of well-known clients, as a part of this program: they are answered without the network, for
//! servers that reach none, and because `claude.ai` puts a browser check before its documents that turns away
//! whoever asks from a data centre.
//!
//! Seen in November 2026. Claude: issues 41011, 44388 and 37747 of anthropics/claude-code and 518 of
//! anthropics/claude-ai-mcp name the addresses, and the program of Claude Code 2.1.197 its own; three public
//! authorization servers quote both documents as they were served in September and October 2026, alike.
//! Codex: its documentation of MCP in Codex, "OAuth client registration", gives both addresses and the
//! redirect URIs, the program of Codex 0.169.0 names the addresses, and two public servers quote the documents.

use super::ClientDocument;
use crate::identity::RedirectUri;

struct Pinned {
    client_id: &'static str,
    client_name: &'static str,
    client_uri: &'static str,
    host: &'static str,
    redirect_uris: &'static [&'static str],
}

const PINNED: [Pinned; 3] = [
    Pinned {
        client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata",
        client_name: "Claude",
        client_uri: "https://claude.ai",
        host: "claude.ai",
        redirect_uris: &["https://claude.ai/api/mcp/auth_callback"],
    },
    Pinned {
        client_id: "https://claude.ai/oauth/claude-code-client-metadata",
        client_name: "Claude Code",
        client_uri: "https://claude.ai",
        host: "claude.ai",
        redirect_uris: &["http://localhost/callback", "http://127.0.0.1/callback"],
    },
    CODEX,
];

/// What Codex uses with servers that name themselves in their answers (RFC 9207), as we do.
const CODEX: Pinned = Pinned {
    client_id: "https://chatgpt.com/oauth/codex/client.json",
    client_name: "Codex",
    client_uri: "https://chatgpt.com/codex",
    host: "chatgpt.com",
    redirect_uris: &["http://127.0.0.1/callback", "http://localhost/callback"],
};
/// Before and after the id in the address of the document that Codex uses with other servers. The id is made of
/// the server's address (9 bytes of its SHA-256, in base64url), and ends the redirect URIs too.
const CODEX_OF_SERVER: (&str, &str) = ("https://chatgpt.com/oauth/codex/", "/client.json");
const CODEX_ID: usize = 12;

/// The document of a well-known client.
pub(super) fn find(client_id: &str) -> Option<ClientDocument> {
    if let Some(pinned) = PINNED.iter().find(|pinned| pinned.client_id == client_id) {
        return pinned.document(client_id, "");
    }
    let (before, after) = CODEX_OF_SERVER;
    let id = client_id.strip_prefix(before)?.strip_suffix(after)?;
    let good = id.len() == CODEX_ID && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
    if good { CODEX.document(client_id, &format!("/{id}")) } else { None }
}

impl Pinned {
    fn document(&self, client_id: &str, end: &str) -> Option<ClientDocument> {
        let uris: Vec<String> = self.redirect_uris.iter().map(|uri| format!("{uri}{end}")).collect();
        Some(ClientDocument {
            client_id: client_id.to_owned(),
            client_name: self.client_name.to_owned(),
            host: self.host.to_owned(),
            redirect_uris: RedirectUri::parse_all(uris.iter().map(String::as_str)).ok()?,
            client_uri: Some(self.client_uri.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_is_what_its_document_would_be_read_as() {
        let ids = PINNED.map(|pinned| pinned.client_id.to_owned());
        for id in
            ids.into_iter().chain(["https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json".to_owned()])
        {
            let found = find(&id).unwrap();
            let document = json!({
                "client_id": id,
                "client_name": found.client_name,
                "client_uri": found.client_uri,
                "redirect_uris": found.redirect_uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>(),
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
                "token_endpoint_auth_method": "none",
            });
            assert_eq!(ClientDocument::read(&id, document.to_string().as_bytes()).unwrap(), found);
        }
    }

    #[test]
    fn clients_are_answered_where_they_listen() {
        let permits = |id: &str, asked: &str| find(id).unwrap().permits(asked).is_some();
        assert!(permits(PINNED[0].client_id, "https://claude.ai/api/mcp/auth_callback"));
        assert!(!permits(PINNED[0].client_id, "https://claude.com/api/mcp/auth_callback"));
        assert!(permits(PINNED[1].client_id, "http://localhost:54321/callback"));
        assert!(permits(PINNED[1].client_id, "http://127.0.0.1:54321/callback"));
        assert!(!permits(PINNED[1].client_id, "http://127.0.0.1:54321/callback/x"));
        assert!(permits(CODEX.client_id, "http://127.0.0.1:1455/callback"));
        let of_server = "https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json";
        assert!(permits(of_server, "http://127.0.0.1:1455/callback/4-bzS8rt42zJ"));
        assert!(!permits(of_server, "http://127.0.0.1:1455/callback"));
        assert!(!permits(of_server, "http://127.0.0.1:1455/callback/4-bzS8rt42zK"));
    }

    #[test]
    fn what_is_like_a_well_known_address_is_none() {
        for id in [
            "",
            "https://claude.ai/oauth/claude-code-client-metadata/",
            "https://claude.ai/oauth/claude-code-client-metadata?x",
            "https://claude.ai.evil.com/oauth/claude-code-client-metadata",
            "http://claude.ai/oauth/claude-code-client-metadata",
            "https://chatgpt.com/oauth/codex//client.json",
            "https://chatgpt.com/oauth/codex/4-bzS8rt42z/client.json",
            "https://chatgpt.com/oauth/codex/4-bzS8rt42zJx/client.json",
            "https://chatgpt.com/oauth/codex/4-bzS8rt42/J/client.json",
            "https://chatgpt.com/oauth/codex/4-bzS8rt42%4/client.json",
            "https://chatgpt.com/oauth/codex/../../../aaa/client.json",
        ] {
            assert_eq!(find(id), None, "{id}");
        }
    }
}
