//! Technical > MCP > OAuth Clients.

mod acts;
mod credentials;

pub use acts::{allow_registration, create, delete, revoke_all, revoke_one, save};
pub use credentials::{back, end_former, generate};

use std::sync::Arc;

use app::components::Paging;
use app::pages::technical::oauth_clients::{
    ClientForm, ClientLine, ClientList, Connected, History, OauthClients, SecretLine, Source, Standing, Wish,
};
use app::refusal::Refusal;
use async_trait::async_trait;
use uuid::Uuid;

use super::Shared;
use super::connections::{lines, mcp_url, page};
use super::error::Problem;
use super::seen::fingerprint;
use super::visitor::Visitor;
use crate::identity::client::{self, Client};
use crate::identity::user;
use crate::settings::Settings;
use crate::store::oauth_clients::{self as rows, ClientRow, SecretRow};
use crate::store::{Conn, oauth_grants};

/// Rows of a page.
const ROWS: usize = 80;
/// What a new client is prefilled with: where Claude is answered, by the guide and by its newer name.
const CLAUDE: [&str; 2] =
    ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"];

/// What the screens show.
pub struct Desk(Shared);

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self(Arc::clone(&visitor.console))
    }

    async fn search(&self, wish: &Wish) -> Result<ClientList, Problem> {
        let state = &self.0.state;
        let mut conn = state.db.read().await?;
        let all = rows::all(conn.on()).await?;
        let uses = rows::uses(conn.on(), state.clock.millis()).await?;
        let with_secret = rows::with_secret(conn.on()).await?;
        let registration = Settings::load(conn.on()).await?.oauth_registration;
        drop(conn);
        let none = all.is_empty();
        let sought = wish.search.to_lowercase();
        let mut found = Vec::new();
        for row in all {
            let client = Client::try_from(row)?;
            let fits =
                [&client.name, &client.client_id].iter().any(|text| text.to_lowercase().contains(&sought))
                    && is_shown(client.enabled, &wish.state)
                    && (client.source.name() == wish.source || !is_source(&wish.source));
            if fits {
                found.push(client);
            }
        }
        found.sort_by_cached_key(|client| (client.name.to_lowercase(), client.id.clone()));
        let total = found.len();
        let offset = usize::try_from(wish.offset).unwrap_or(usize::MAX).min(total);
        let rows: Vec<ClientLine> = found
            .into_iter()
            .skip(offset)
            .take(ROWS)
            .map(|client| {
                let used = uses.iter().find(|used| used.client == client.id);
                ClientLine {
                    source: source(client.source),
                    standing: standing(&client, with_secret.contains(&client.id)),
                    allows: (client.allow_read, client.allow_write),
                    connections: used.map_or(0, |used| used.connections),
                    last_used_at: used.and_then(|used| used.last_used_at),
                    id: client.id,
                    name: client.name,
                }
            })
            .collect();
        Ok(ClientList {
            paging: Paging {
                offset: offset as u64,
                shown: rows.len() as u64,
                total: Some(total as u64),
                size: ROWS as u64,
            },
            rows,
            none,
            registration,
            seen: fingerprint(&registration),
        })
    }

    async fn one(&self, id: &str, offset: u64) -> Result<ClientForm, Problem> {
        let state = &self.0.state;
        let now = state.clock.millis();
        let mut conn = state.db.read().await?;
        let row = rows::by_id(conn.on(), id).await?.ok_or_else(nobody)?;
        let history = history(&mut conn, &row).await?;
        let client = Client::try_from(row)?;
        let secrets = rows::secrets(conn.on(), id).await?;
        let all = lines(oauth_grants::of_client(conn.on(), id).await?, now);
        let alive = all.iter().filter(|line| line.state.can_be_revoked()).count();
        let (lines, paging) = page(all, offset);
        Ok(ClientForm {
            once: String::new(),
            seen: fingerprint(&client.facts()),
            source: source(client.source),
            standing: standing(&client, !secrets.is_empty()),
            enabled: client.enabled,
            allow_read: client.allow_read,
            allow_write: client.allow_write,
            redirect_uris: client.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
            confidential: client.confidential,
            secrets_seen: secrets_seen(&secrets),
            secrets: secrets.into_iter().filter(|row| client::works(row, now)).map(secret).collect(),
            url: mcp_url(&self.0),
            connected: Connected { lines, paging, alive },
            history,
            id: client.id,
            name: client.name,
            client_id: client.client_id,
        })
    }

    fn blank(&self) -> ClientForm {
        ClientForm {
            id: String::new(),
            once: Uuid::now_v7().to_string(),
            seen: String::new(),
            source: Source::Administrator,
            standing: Standing::NoCredentials,
            name: String::new(),
            enabled: true,
            allow_read: true,
            allow_write: false,
            redirect_uris: CLAUDE.map(str::to_owned).to_vec(),
            client_id: String::new(),
            confidential: true,
            secrets: Vec::new(),
            secrets_seen: String::new(),
            url: mcp_url(&self.0),
            connected: Connected::default(),
            history: History::default(),
        }
    }
}

#[async_trait]
impl OauthClients for Desk {
    async fn list(&self, wish: Wish) -> Result<ClientList, Refusal> {
        Ok(self.search(&wish).await?)
    }

    async fn form(&self, id: String, offset: u64) -> Result<ClientForm, Refusal> {
        if id == "new" {
            return Ok(self.blank());
        }
        Ok(self.one(&id, offset).await?)
    }
}

/// Who made a client and who changed it.
async fn history(conn: &mut Conn, row: &ClientRow) -> Result<History, Problem> {
    let mut names = Vec::new();
    for id in [row.created_by, row.changed_by] {
        let found = match id {
            Some(id) => user::by_id(conn.on(), id).await?.map(|user| user.name),
            None => None,
        };
        names.push(found);
    }
    let [created_by, changed_by] = <[_; 2]>::try_from(names).unwrap_or_default();
    Ok(History {
        registered_from: row.registered_from.clone(),
        created_at: row.created_at,
        created_by,
        changed_at: row.changed_at,
        changed_by,
    })
}

fn secret(row: SecretRow) -> SecretLine {
    SecretLine { ends_in: row.hint, created_at: row.created_at, expires_at: row.expires_at }
}

/// Fingerprint of a client's secrets: another one for each that was ever generated.
fn secrets_seen(secrets: &[SecretRow]) -> String {
    fingerprint(&secrets.iter().map(|row| &row.hash).collect::<Vec<_>>())
}

const fn source(source: client::Source) -> Source {
    match source {
        client::Source::Administrator => Source::Administrator,
        client::Source::Registration => Source::Registration,
        client::Source::Document => Source::Document,
    }
}

fn standing(client: &Client, has_secret: bool) -> Standing {
    if !client.enabled {
        Standing::Disabled
    } else if client.allowance().is_none() {
        Standing::NothingAllowed
    } else if client.confidential && !has_secret {
        Standing::NoCredentials
    } else {
        Standing::Enabled
    }
}

fn is_source(word: &str) -> bool {
    word.parse::<client::Source>().is_ok()
}

fn is_shown(enabled: bool, state: &str) -> bool {
    match state {
        "enabled" => enabled,
        "disabled" => !enabled,
        _ => true,
    }
}

/// That there is no such client.
fn nobody() -> Problem {
    Refusal::NotFound("OAuth client".to_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::RedirectUri;

    #[test]
    fn what_a_new_client_is_prefilled_with_is_taken() {
        assert_eq!(RedirectUri::parse_all(CLAUDE).unwrap().len(), 2);
    }
}
