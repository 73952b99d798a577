//! `axanta-mcp oauth-client`: Technical > MCP > OAuth Clients.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::desk::Desk;
use super::error::CliError;
use super::table::{instant, instant_or, json, table};
use crate::identity::RedirectUri;
use crate::identity::client::{self, Client, Wanted};
use crate::model::Complaint;
use crate::policy::Scope;
use crate::store::oauth_clients::{self, ClientRow, ClientUse};

/// OAuth clients: what Claude and others connect as
#[derive(Subcommand)]
pub enum OauthClientCommand {
    /// Make a client and print its credentials as JSON; the secret is shown only this once
    Add(Add),
    /// List every client, never its secret
    List(List),
    /// Disable a client; its connections stop within a second
    Disable(Disable),
}

/// Arguments of `oauth-client add`.
#[derive(Args)]
#[command(after_help = "Example: axanta-mcp oauth-client add Claude \
                        --redirect-uri https://claude.ai/api/mcp/auth_callback --allow read,write")]
pub struct Add {
    /// Name that people see
    name: String,
    /// Where its authorization codes may be sent; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI", required = true)]
    redirect_uris: Vec<String>,
    /// Scopes, separated by commas: read (Allow Read Scope), write (Allow Write Scope)
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
    allow: Vec<Scope>,
}

/// Arguments of `oauth-client list`.
#[derive(Args)]
pub struct List {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Arguments of `oauth-client disable`.
#[derive(Args)]
pub struct Disable {
    /// Id of the client, as `oauth-client list` shows it
    id: String,
}

impl OauthClientCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::Add(add) => add.run(desk).await,
            Self::List(list) => list.run(desk).await,
            Self::Disable(disable) => disable.run(desk).await,
        }
    }
}

impl Add {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let wanted = Wanted {
            name: &self.name,
            enabled: true,
            allow_read: self.allow.contains(&Scope::Read),
            allow_write: self.allow.contains(&Scope::Write),
            redirect_uris: self.redirect_uris.iter().map(String::as_str).collect(),
        };
        let mut acting = desk.begin().await?;
        let made = client::create(acting.on(), &desk.clock, &wanted, None).await?;
        let secret = client::generate_secret(acting.on(), &desk.clock, &made.id, true).await?;
        let detail = json!({"id": made.id, "client": {"to": made.facts()}, "credentials": true});
        acting.commit("oauth_client.add", &made.name, detail).await?;
        Ok(json(&json!({"client_id": made.client_id, "client_secret": secret.reveal()})))
    }
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    client_id: &'a str,
    name: &'a str,
    source: &'a str,
    enabled: bool,
    allow: Vec<&'static str>,
    redirect_uris: Vec<&'a str>,
    connections: i64,
    created_at: String,
    last_used_at: Option<String>,
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut conn = desk.read().await?;
        let uses = oauth_clients::uses(conn.on(), desk.clock.millis()).await?;
        let rows: Vec<ClientRow> = oauth_clients::all(conn.on()).await?;
        let clients = rows.iter().map(|row| Client::try_from(row.clone())).collect::<Result<Vec<_>, _>>()?;
        let all: Vec<Row> = rows.iter().zip(&clients).map(|(row, client)| line(row, client, &uses)).collect();
        if self.json {
            return Ok(json(&all));
        }
        let rows = rows.iter().zip(all).map(|(stored, row)| {
            let used = uses.iter().find(|u| u.client == stored.id).and_then(|u| u.last_used_at);
            [
                row.id.to_owned(),
                row.name.to_owned(),
                row.source.to_owned(),
                if row.enabled { "yes" } else { "no" }.to_owned(),
                row.allow.join(","),
                row.connections.to_string(),
                instant_or(used, "never"),
            ]
        });
        Ok(table(["ID", "NAME", "SOURCE", "ENABLED", "ALLOWS", "CONNECTIONS", "LAST USED"], rows))
    }
}

fn line<'a>(row: &'a ClientRow, client: &'a Client, uses: &[ClientUse]) -> Row<'a> {
    let used = uses.iter().find(|used| used.client == row.id);
    Row {
        id: &row.id,
        client_id: &row.client_id,
        name: &row.name,
        source: &row.source,
        enabled: row.enabled,
        allow: [(row.allow_read, Scope::Read), (row.allow_write, Scope::Write)]
            .into_iter()
            .filter_map(|(allowed, scope)| allowed.then_some(scope.name()))
            .collect(),
        redirect_uris: client.redirect_uris.iter().map(RedirectUri::as_str).collect(),
        connections: used.map_or(0, |used| used.connections),
        created_at: instant(row.created_at),
        last_used_at: used.and_then(|used| used.last_used_at).map(instant),
    }
}

impl Disable {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let Some(before) = client::by_id(acting.on(), &self.id).await? else {
            return Err(Complaint::new("there is no OAuth client of that id")
                .example("axanta-mcp oauth-client list --json")
                .into());
        };
        if !before.enabled {
            return Err(
                Complaint::new(format!("the OAuth client `{}` is disabled already", before.name)).into()
            );
        }
        let wanted = Wanted { enabled: false, ..before.as_wanted() };
        let after = client::save(acting.on(), &desk.clock, &before.id, &wanted, None).await?;
        let detail = json!({"id": after.id, "client": {"from": before.facts(), "to": after.facts()}});
        acting.commit("oauth_client.save", &after.name, detail).await?;
        Ok(format!("disabled {}; what it was connected to refuses it within a second", after.name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::cli::testing::{desks, log, run};
    use crate::identity::client;

    const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";

    #[tokio::test]
    async fn a_client_is_made_listed_and_disabled() {
        for (desk, name) in desks().await {
            let add = ["oauth-client", "add", "Claude", "--redirect-uri", CALLBACK, "--allow", "read,write"];
            let printed: Value = serde_json::from_str(&run(&desk, &add).await.unwrap()).unwrap();
            let keys: Vec<&String> = printed.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["client_id", "client_secret"], "{name}");
            let secret = printed["client_secret"].as_str().unwrap();
            let mut conn = desk.read().await.unwrap();
            let made = client::by_client_id(conn.on(), printed["client_id"].as_str().unwrap()).await.unwrap();
            let made = made.unwrap();
            let proven = client::prove(conn.on(), &desk.clock, &made, Some(secret)).await.unwrap();
            assert_eq!(proven, Ok(()), "{name}");
            drop(conn);

            let listed = run(&desk, &["oauth-client", "list", "--json"]).await.unwrap();
            assert!(!listed.contains("axs_"), "{name}: never a secret");
            let rows: Value = serde_json::from_str(&listed).unwrap();
            assert_eq!(rows[0]["allow"], json!(["read", "write"]), "{name}");
            assert_eq!(rows[0]["redirect_uris"], json!([CALLBACK]), "{name}");
            run(&desk, &["oauth-client", "disable", &made.id]).await.unwrap();
            let table = run(&desk, &["oauth-client", "list"]).await.unwrap();
            assert!(table.contains("Claude") && table.contains("no"), "{name}: {table}");
            let twice = run(&desk, &["oauth-client", "disable", &made.id]).await.unwrap_err();
            assert!(twice.to_string().contains("disabled already"), "{name}: {twice}");
            let log = log(&desk).await;
            let methods: Vec<&str> = log.iter().map(|row| row.method.as_str()).collect();
            assert_eq!(methods, ["oauth_client.save", "oauth_client.add"], "{name}");
            assert!(!format!("{log:?}").contains(&secret[4..]), "{name}: the log has no secret");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_said() {
        let (desk, _kept) = desks().await.remove(0);
        for (uri, allow, said) in [
            ("http://claude.ai/cb", "read", "write https"),
            (CALLBACK, "write", "writing includes reading"),
            (CALLBACK, "all", "read (Read Only) or write"),
        ] {
            let args = ["oauth-client", "add", "Claude", "--redirect-uri", uri, "--allow", allow];
            let error = run(&desk, &args).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(log(&desk).await.is_empty());
        let error = run(&desk, &["oauth-client", "disable", "x"]).await.unwrap_err().to_string();
        assert!(error.contains("oauth-client list --json"), "{error}");
    }
}
