//! What a client's document says, "Client Metadata Document" of the draft and RFC 7591 §2.

use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::address::Address;
use super::{ClientDocument, DocumentError};
use crate::identity::RedirectUri;
use crate::model::Complaint;
use crate::oauth::client_name;

/// The members we heed; others are allowed and ignored. One that is given twice is an error.
#[derive(Deserialize)]
struct Members {
    client_id: String,
    client_name: Option<String>,
    client_uri: Option<String>,
    redirect_uris: Vec<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    /// Of those that offer several: that of `chatgpt.com` names `private_key_jwt` as its first choice and lists
    /// `none` here.
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    client_secret: Option<IgnoredAny>,
    client_secret_expires_at: Option<IgnoredAny>,
}

impl ClientDocument {
    /// Reads the document that was found at the address that is the client's ID.
    pub fn read(client_id: &str, body: &[u8]) -> Result<Self, DocumentError> {
        let address = Address::parse(client_id).map_err(DocumentError::Address)?;
        let members: Members = serde_json::from_slice(body).map_err(|error| {
            // The error's own text could quote the document.
            let place = format!("line {}, column {}", error.line(), error.column());
            wrong(if error.is_data() {
                format!("a member is missing, given twice, or not of its type ({place})")
            } else {
                format!("it isn't JSON ({place})")
            })
        })?;
        members.check(client_id)?;
        let redirect_uris = RedirectUri::parse_all(members.redirect_uris.iter().map(String::as_str))
            .map_err(DocumentError::Document)?;
        let client_name = members.client_name.as_deref().and_then(client_name::clean);
        Ok(Self {
            client_name: client_name.unwrap_or_else(|| address.host.clone()),
            client_uri: members.client_uri.filter(|uri| is_of_host(uri, &address.host)),
            client_id: members.client_id,
            host: address.host,
            redirect_uris,
        })
    }
}

impl Members {
    fn check(&self, client_id: &str) -> Result<(), DocumentError> {
        if self.client_id != client_id {
            return Err(wrong("its client_id isn't the address it was found at"));
        }
        if self.client_secret.is_some() || self.client_secret_expires_at.is_some() {
            return Err(wrong("it has a client_secret, which a public document can't"));
        }
        let lacks = |list: &Option<Vec<String>>, what: &str| {
            list.as_ref().is_some_and(|list| !list.iter().any(|entry| entry == what))
        };
        let method = self.token_endpoint_auth_method.as_deref().unwrap_or("none");
        let others = self.token_endpoint_auth_methods_supported.as_ref();
        if method != "none" && !others.is_some_and(|methods| methods.iter().any(|method| method == "none")) {
            return Err(wrong(
                "its token_endpoint_auth_method isn't `none`, the only one that is served to clients without a \
                 registration",
            ));
        }
        if lacks(&self.grant_types, "authorization_code") {
            return Err(wrong("its grant_types lack authorization_code"));
        }
        if lacks(&self.response_types, "code") {
            return Err(wrong("its response_types lack code"));
        }
        Ok(())
    }
}

fn wrong(what: impl Into<String>) -> DocumentError {
    DocumentError::Document(Complaint::new(what))
}

/// Whether a link leads to the host the client's ID is at: any other would lend the client a name it doesn't have.
fn is_of_host(uri: &str, host: &str) -> bool {
    uri.len() <= super::address::LONGEST
        && Url::parse(uri).is_ok_and(|url| {
            url.scheme() == "https" && url.host_str() == Some(host) && url.username().is_empty()
        })
}
