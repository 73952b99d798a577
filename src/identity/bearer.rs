//! The `Authorization` header: what it should be (RFC 6750, section 2.1), and every way in which people get it
//! wrong, each with the way to mend it. No message repeats what was sent, and each fits a challenge's
//! `error_description`: plain ASCII without quotation marks or backslashes.

use std::sync::Arc;

use axum::http::HeaderValue;

use super::IdentityError;
use super::connection::ACCESS_PREFIX;
use super::key::PREFIX;
use super::principal::Principal;
use super::secret::Digest;

const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];
const MASKS: [char; 3] = ['\u{2026}', '\u{2022}', '*'];

/// Why a request's bearer was not accepted. All but [`BearerError::Unavailable`] are a 401.
#[derive(Debug, thiserror::Error)]
pub enum BearerError {
    /// No header.
    #[error(
        "no Authorization header was sent; send Authorization: Bearer axk_... with an MCP key from Settings > Users & Companies > Users > MCP tab > Generate MCP Key"
    )]
    Missing,
    /// Two headers, of which a proxy may have checked the other one.
    #[error("there is more than one Authorization header; send one")]
    Several,
    /// Bytes that are no text.
    #[error(
        "the Authorization header has characters that are not allowed in it; copy the key again, as plain text"
    )]
    Garbled,
    /// Quotation marks.
    #[error("the Authorization header has quotation marks; leave them out: Bearer axk_...")]
    Quoted,
    /// The header's name is in its value.
    #[error(
        "the value of the Authorization header repeats the header's name; the name is Authorization, the value is Bearer axk_..."
    )]
    WholeHeader,
    /// The key stands alone.
    #[error(
        "the Authorization header lacks the word Bearer; write Bearer, a space, then the key: Bearer axk_..."
    )]
    NoBearer,
    /// Basic, Digest or the like.
    #[error(
        "the Authorization header uses another scheme than Bearer; write Bearer, a space, then the key: Bearer axk_..."
    )]
    OtherScheme,
    /// Nothing behind `Bearer`.
    #[error(
        "the Authorization header has nothing after the word Bearer; is the environment variable that holds the key set?"
    )]
    Empty,
    /// `Bearer Bearer`.
    #[error(
        "the Authorization header has the word Bearer twice; enter the key alone where the client adds Bearer by itself"
    )]
    Doubled,
    /// Something in between.
    #[error("the key in the Authorization header has spaces in it; copy it again, in one piece")]
    Spaces,
    /// The guide's own words.
    #[error(
        "the Authorization header has the guide's placeholder instead of a key; generate an MCP key in Settings > Users & Companies > Users > MCP tab and put it there"
    )]
    Placeholder,
    /// `$AXANTA_MCP_KEY`
    #[error(
        "the Authorization header has the name of a variable instead of a key; the client did not replace it by its value"
    )]
    Unexpanded,
    /// A client's secret.
    #[error(
        "the Authorization header has an OAuth client secret (axs_); it belongs in the connector's OAuth Client Secret. Here an MCP key (axk_) is needed"
    )]
    ClientSecret,
    /// A refresh token or a code.
    #[error(
        "the Authorization header has an OAuth refresh token or code (axr_, axc_); an access token or an MCP key (axk_) is needed"
    )]
    NotForAccess,
    /// An access token, though there is no OAuth.
    #[error(
        "the Authorization header has an OAuth access token (axt_), but MCP Server OAuth is not installed; use an MCP key (axk_)"
    )]
    NoOauth,
    /// An access token that is not known, or none that is whole.
    #[error("the access token is unknown here, or was cut off; connect again")]
    UnknownToken,
    /// Past its hour.
    #[error("the access token has expired; refresh it, or connect again")]
    TokenExpired(Arc<Principal>),
    /// Revoked by a person, by its client, or because one of its tokens was used twice.
    #[error("the connection has been revoked; connect again")]
    ConnectionRevoked(Arc<Principal>),
    /// Its MCP key has ended.
    #[error(
        "the MCP key of this connection has been revoked or has expired; connect again, under another key"
    )]
    ConnectionKeyEnded(Arc<Principal>),
    /// Its client may not be used.
    #[error(
        "the OAuth client of this connection is disabled; an MCP Administrator can enable it in Technical > MCP > OAuth Clients"
    )]
    ClientDisabled(Arc<Principal>),
    /// Its client may neither read nor write.
    #[error(
        "the OAuth client of this connection is allowed neither scope; an MCP Administrator can allow one in Technical > MCP > OAuth Clients"
    )]
    NothingAllowed(Arc<Principal>),
    /// The characters by which keys are told apart.
    #[error(
        "the Authorization header has a key's hint, not the whole key; the whole key was shown once, when it was generated. If it is lost, generate a new one"
    )]
    Hint,
    /// None of ours.
    #[error("the Authorization header has no MCP key; an MCP key begins with axk_")]
    NotAKey,
    /// The checksum does not fit.
    #[error("the MCP key is mistyped or cut off: its checksum does not fit; copy it again, whole")]
    Damaged,
    /// Well formed, but not in this database.
    #[error("the MCP key is unknown here; was it generated on another server, or its user's data purged?")]
    Unknown,
    /// Past its day.
    #[error("the MCP key has expired; generate a new one in Settings > Users & Companies > Users > MCP tab")]
    Expired(Arc<Principal>),
    /// Revoked by a person.
    #[error(
        "the MCP key has been revoked; generate a new one in Settings > Users & Companies > Users > MCP tab"
    )]
    Revoked(Arc<Principal>),
    /// The key could not be looked up: a 503.
    #[error("the key could not be checked; try again in a moment")]
    Unavailable(#[from] IdentityError),
}

impl BearerError {
    /// One word for the log.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Several => "several",
            Self::Garbled => "garbled",
            Self::Quoted => "quoted",
            Self::WholeHeader => "whole_header",
            Self::NoBearer => "no_bearer",
            Self::OtherScheme => "other_scheme",
            Self::Empty => "empty",
            Self::Doubled => "doubled",
            Self::Spaces => "spaces",
            Self::Placeholder => "placeholder",
            Self::Unexpanded => "unexpanded",
            Self::ClientSecret => "client_secret",
            Self::NotForAccess => "not_for_access",
            Self::NoOauth => "no_oauth",
            Self::UnknownToken => "unknown_token",
            Self::TokenExpired(_) => "token_expired",
            Self::ConnectionRevoked(_) => "connection_revoked",
            Self::ConnectionKeyEnded(_) => "connection_key_ended",
            Self::ClientDisabled(_) => "client_disabled",
            Self::NothingAllowed(_) => "nothing_allowed",
            Self::Hint => "hint",
            Self::NotAKey => "not_a_key",
            Self::Damaged => "damaged",
            Self::Unknown => "unknown",
            Self::Expired(_) => "expired",
            Self::Revoked(_) => "revoked",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// Whose key it was, where that is known.
    pub const fn principal(&self) -> Option<&Arc<Principal>> {
        match self {
            Self::Expired(principal)
            | Self::Revoked(principal)
            | Self::TokenExpired(principal)
            | Self::ConnectionRevoked(principal)
            | Self::ConnectionKeyEnded(principal)
            | Self::ClientDisabled(principal)
            | Self::NothingAllowed(principal) => Some(principal),
            _ => None,
        }
    }
}

/// What an `Authorization` header shows.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    /// An MCP key.
    Key(Digest),
    /// An access token.
    Token(Digest),
}

impl Shown {
    /// Of the whole text, prefix and all: no two kinds share one.
    pub(super) const fn digest(&self) -> Digest {
        match self {
            Self::Key(digest) | Self::Token(digest) => *digest,
        }
    }
}

/// What an `Authorization` header shows; `oauth` says whether MCP Server OAuth is installed.
pub(super) fn shown(header: Option<&HeaderValue>, oauth: bool) -> Result<Shown, BearerError> {
    let value = header.ok_or(BearerError::Missing)?;
    let value = std::str::from_utf8(value.as_bytes()).map_err(|_| BearerError::Garbled)?.trim();
    let token = token(value)?;
    if oauth && let Ok(digest) = Digest::of_sent(ACCESS_PREFIX, token) {
        return Ok(Shown::Token(digest));
    }
    Digest::of_sent(PREFIX, token).map(Shown::Key).map_err(|_| diagnose(token, oauth))
}

/// What stands behind `Bearer`.
fn token(value: &str) -> Result<&str, BearerError> {
    if value.contains(QUOTES) {
        return Err(BearerError::Quoted);
    }
    let (scheme, token) = match value.split_once([' ', '\t']) {
        Some((scheme, token)) => (scheme, token.trim_start()),
        None => (value, ""),
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        return if token.is_empty() { Err(BearerError::Empty) } else { Ok(token) };
    }
    let scheme = scheme.to_ascii_lowercase();
    Err(if scheme.starts_with("authorization") {
        BearerError::WholeHeader
    } else if token.is_empty() || scheme.starts_with("ax") {
        BearerError::NoBearer
    } else {
        BearerError::OtherScheme
    })
}

/// What is wrong with something that is no whole MCP key.
fn diagnose(token: &str, oauth: bool) -> BearerError {
    let lower = token.to_ascii_lowercase();
    if lower.starts_with("bearer ") {
        BearerError::Doubled
    } else if lower.contains("your_mcp_key") || lower.contains("your-mcp-key") || token.starts_with('<') {
        BearerError::Placeholder
    } else if token.starts_with(['$', '%', '{']) || lower == "axanta_mcp_key" {
        BearerError::Unexpanded
    } else if token.contains(char::is_whitespace) {
        BearerError::Spaces
    } else if token.starts_with("axs_") {
        BearerError::ClientSecret
    } else if token.starts_with("axr_") || token.starts_with("axc_") {
        BearerError::NotForAccess
    } else if token.starts_with("axt_") {
        if oauth { BearerError::UnknownToken } else { BearerError::NoOauth }
    } else if token.contains(MASKS)
        || token.ends_with("..")
        || (token.starts_with(PREFIX) && token.len() == 8)
    {
        BearerError::Hint
    } else if token.starts_with(PREFIX) {
        BearerError::Damaged
    } else {
        BearerError::NotAKey
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::secret::Secret;

    fn code(header: &str) -> &'static str {
        let header = HeaderValue::from_bytes(header.as_bytes()).unwrap();
        shown(Some(&header), false).err().unwrap().code()
    }

    #[test]
    fn a_whole_key_passes_whatever_the_case_of_bearer() {
        let secret = Secret::mint(PREFIX).unwrap();
        for bearer in ["Bearer ", "bearer ", "BEARER  ", "Bearer\t", " Bearer "] {
            let header = HeaderValue::from_str(&format!("{bearer}{} ", secret.reveal())).unwrap();
            assert!(shown(Some(&header), false).ok().unwrap().digest() == secret.digest(), "{bearer}");
        }
    }

    #[test]
    fn every_mistake_has_its_name() {
        let key = Secret::mint(PREFIX).unwrap();
        let key = key.reveal();
        for (header, expected) in [
            (format!("\"Bearer {key}\""), "quoted"),
            (format!("Bearer \"{key}\""), "quoted"),
            (format!("Bearer '{key}'"), "quoted"),
            (format!("Bearer \u{201c}{key}\u{201d}"), "quoted"),
            (format!("Authorization: Bearer {key}"), "whole_header"),
            (key.to_owned(), "no_bearer"),
            (String::new(), "no_bearer"),
            (format!("Bearer:{key}"), "no_bearer"),
            (format!("{key} extra"), "no_bearer"),
            ("Basic ZGVtbzpkZW1v".to_owned(), "other_scheme"),
            (format!("Token {key}"), "other_scheme"),
            ("Bearer".to_owned(), "empty"),
            ("Bearer   ".to_owned(), "empty"),
            (format!("Bearer Bearer {key}"), "doubled"),
            ("Bearer YOUR_MCP_KEY".to_owned(), "placeholder"),
            ("Bearer <MCP_KEY>".to_owned(), "placeholder"),
            ("Bearer <YOUR MCP KEY>".to_owned(), "placeholder"),
            ("Bearer $AXANTA_MCP_KEY".to_owned(), "unexpanded"),
            ("Bearer ${AXANTA_MCP_KEY}".to_owned(), "unexpanded"),
            ("Bearer %AXANTA_MCP_KEY%".to_owned(), "unexpanded"),
            ("Bearer AXANTA_MCP_KEY".to_owned(), "unexpanded"),
            (format!("Bearer {} {}", &key[..20], &key[20..]), "spaces"),
            ("Bearer axs_0123456789".to_owned(), "client_secret"),
            ("Bearer axr_0123456789".to_owned(), "not_for_access"),
            ("Bearer axc_0123456789".to_owned(), "not_for_access"),
            ("Bearer axt_0123456789".to_owned(), "no_oauth"),
            (format!("Bearer {}\u{2026}", &key[..8]), "hint"),
            (format!("Bearer {}...", &key[..8]), "hint"),
            (format!("Bearer {}****", &key[..8]), "hint"),
            (format!("Bearer {}", &key[..8]), "hint"),
            ("Bearer sk-proj-0123456789".to_owned(), "not_a_key"),
            (format!("Bearer {}", &key[..50]), "damaged"),
            (format!("Bearer {key}x"), "damaged"),
        ] {
            assert_eq!(code(&header), expected, "{header}");
        }
        assert_eq!(shown(None, false).err().unwrap().code(), "missing");
        let bytes = HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap();
        assert_eq!(shown(Some(&bytes), false).err().unwrap().code(), "garbled");
        let token = HeaderValue::from_static("Bearer axt_0123456789");
        assert_eq!(shown(Some(&token), true).err().unwrap().code(), "unknown_token");
    }

    #[test]
    fn every_message_fits_a_challenge() {
        for error in [
            BearerError::Missing,
            BearerError::Several,
            BearerError::Garbled,
            BearerError::Quoted,
            BearerError::WholeHeader,
            BearerError::NoBearer,
            BearerError::OtherScheme,
            BearerError::Empty,
            BearerError::Doubled,
            BearerError::Spaces,
            BearerError::Placeholder,
            BearerError::Unexpanded,
            BearerError::ClientSecret,
            BearerError::NotForAccess,
            BearerError::NoOauth,
            BearerError::UnknownToken,
            BearerError::Hint,
            BearerError::NotAKey,
            BearerError::Damaged,
            BearerError::Unknown,
            BearerError::Unavailable(IdentityError::Hash(String::new())),
        ] {
            let text = error.to_string();
            assert!(text.bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{text}");
        }
    }
}
