//! Client IDs that are the address of a document, "Client Identifier" of the draft, and narrower: a host with a
//! public name, on the usual port.

use url::{Host, Url};

use crate::model::Complaint;

/// Most characters of a client ID that is an address.
pub(super) const LONGEST: usize = 2_000;
const EXAMPLE: &str = "https://claude.ai/oauth/claude-code-client-metadata";
/// Last labels of names that are not of the public internet (RFC 6761, 6762, 7686, 8375, 9476; ICANN's
/// `internal`; and what home and office networks use without asking).
const PRIVATE: [&str; 15] = [
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "test",
];

/// A client ID that is the address of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) url: Url,
    pub(super) host: String,
}

impl Address {
    /// Takes a client ID as the address of a document.
    pub(super) fn parse(client_id: &str) -> Result<Self, Complaint> {
        let wrong = |what: &str| {
            Complaint::new(format!("the client ID can't be the address of a client's document: {what}"))
                .example(EXAMPLE)
        };
        if client_id.len() > LONGEST {
            return Err(wrong("it is too long"));
        }
        let url = Url::parse(client_id).map_err(|_| wrong("it is no address"))?;
        if url.scheme() != "https" {
            return Err(wrong("it doesn't begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a user name or a fragment"));
        }
        if url.port().is_some() {
            return Err(wrong("it has a port"));
        }
        // This catches dot segments too, encoded ones among them: they are gone from the normal form.
        if url.as_str() != client_id {
            return Err(wrong("it isn't written in its normal form"));
        }
        if url.path() == "/" {
            return Err(wrong("it has no path"));
        }
        match url.host() {
            Some(Host::Domain(name)) if is_public(name) => {
                let host = name.to_owned();
                Ok(Self { url, host })
            }
            Some(Host::Domain(_)) => Err(wrong("its host has no public name")),
            _ => Err(wrong("its host is a number and not a name")),
        }
    }
}

/// Whether a name can be one of the public internet.
fn is_public(name: &str) -> bool {
    let good = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
    };
    let Some((_, last)) = name.rsplit_once('.') else {
        return false;
    };
    name.len() <= 253 && name.split('.').all(good) && !PRIVATE.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_documents_are_told_from_other_client_ids() {
        for good in [
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json?redirect_uri=x",
            "https://a.b/c",
            "https://xn--pple-43d.com/%2f/",
            "https://my_host.com/x//y",
        ] {
            assert_eq!(Address::parse(good).unwrap().url.as_str(), good);
        }
        for (bad, said) in [
            ("", "no address"),
            ("axc-0198c", "no address"),
            ("http://claude.ai/x", "https://"),
            ("HTTPS://claude.ai/x", "normal form"),
            ("file:///etc/passwd", "https://"),
            ("https://claude.ai", "normal form"),
            ("https://claude.ai/", "no path"),
            ("https://claude.ai/x#", "fragment"),
            ("https://user@claude.ai/x", "user name"),
            ("https://@claude.ai/x", "normal form"),
            ("https://claude.ai:8443/x", "a port"),
            ("https://claude.ai:443/x", "normal form"),
            ("https://Claude.ai/x", "normal form"),
            ("https:/claude.ai/x", "normal form"),
            ("https://claude.ai\\x", "normal form"),
            ("https://claude.ai/a/../x", "normal form"),
            ("https://claude.ai/a/%2E%2e/x", "normal form"),
            ("https://claude.ai/./x", "normal form"),
            (" https://claude.ai/x", "normal form"),
            ("https://claude.ai/x\n", "normal form"),
            ("https://cl\taude.ai/x", "normal form"),
            ("https://claude.ai/ä", "normal form"),
            ("https://127.0.0.1/x", "a number"),
            ("https://93.184.216.34/x", "a number"),
            ("https://[::1]/x", "a number"),
            ("https://2130706433/x", "normal form"),
            ("https://0x7f.1/x", "normal form"),
            ("https://localhost/x", "no public name"),
            ("https://intranet/x", "no public name"),
            ("https://a.localhost/x", "no public name"),
            ("https://printer.local/x", "no public name"),
            ("https://metadata.google.internal/x", "no public name"),
            ("https://router.home.arpa/x", "no public name"),
            ("https://claude.ai./x", "no public name"),
            ("https://a..b/x", "no public name"),
            ("https://a;b.com/x", "no public name"),
        ] {
            let complaint = Address::parse(bad).expect_err(bad).to_string();
            assert!(complaint.contains(said), "{bad}: {complaint}");
        }
        let long = format!("https://a.b/{}", "c".repeat(LONGEST));
        assert!(Address::parse(&long).unwrap_err().to_string().contains("too long"));
        assert!(Address::parse(&long[..LONGEST]).is_ok());
    }
}
