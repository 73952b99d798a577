//! `axanta-mcp key`: MCP keys.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::desk::Desk;
use super::error::CliError;
use super::table::{instant, instant_or, json, table};
use crate::identity::{key, user};
use crate::policy::Scope;
use crate::store::keys::KeyRow;

/// MCP keys: what an assistant shows in place of a password
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Generate a key and print it alone; it is shown only this once
    Generate(Generate),
    /// List a user's keys, never the keys themselves
    List(List),
    /// Revoke a key; holds within a second
    Revoke(Revoke),
}

/// Arguments of `key generate`.
#[derive(Args)]
#[command(after_help = "Example: axanta-mcp key generate demo --name \"Codex on my laptop\" --scope read")]
pub struct Generate {
    /// Login of the user it will speak for
    login: String,
    /// Name to know it by
    #[arg(long)]
    name: String,
    /// read: Read Only, only analyses data. write: Enable Write Tools, may create and change too
    #[arg(long, value_name = "read|write")]
    scope: Scope,
    /// Calls per minute; without it the default of Settings holds
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
    /// Days until it expires; without it never
    #[arg(long, value_name = "N")]
    expires_in_days: Option<u32>,
}

/// Arguments of `key list`.
#[derive(Args)]
pub struct List {
    /// Login of the user
    login: String,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Arguments of `key revoke`.
#[derive(Args)]
pub struct Revoke {
    /// Id of the key, as `key list` shows it
    id: String,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    login: &'a str,
    scope: &'a str,
    hint: &'a str,
    state: &'static str,
    rate_limit: Option<i64>,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    last_used_at: Option<String>,
}

impl KeyCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::Generate(generate) => generate.run(desk).await,
            Self::List(list) => list.run(desk).await,
            Self::Revoke(revoke) => revoke.run(desk).await,
        }
    }
}

impl Generate {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let user = user::by_login(acting.on(), &self.login).await?;
        let new = key::NewKey {
            user_id: user.id,
            name: &self.name,
            scope: self.scope,
            rate_limit: self.rate_limit,
            expires_in_days: self.expires_in_days,
            created_by: None,
        };
        let made = key::generate(acting.on(), &desk.clock, &new).await?;
        let detail = json!({
            "id": made.id,
            "name": self.name,
            "scope": self.scope.name(),
            "rate_limit": self.rate_limit,
            "expires_in_days": self.expires_in_days,
        });
        acting.commit("key.generate", &self.login, detail).await?;
        Ok(made.secret.reveal().to_owned())
    }
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut conn = desk.read().await?;
        let user = user::by_login(conn.on(), &self.login).await?;
        let keys = key::list(conn.on(), user.id).await?;
        let now = desk.clock.millis();
        if self.json {
            return Ok(json(&keys.iter().map(|k| row(k, &user.login, now)).collect::<Vec<_>>()));
        }
        let rows = keys.iter().map(|k| {
            let limit = k.rate_limit.map_or_else(|| "default".to_owned(), |n| format!("{n}/min"));
            [
                k.id.clone(),
                k.name.clone(),
                k.scope.clone(),
                k.hint.clone(),
                state(k, now).to_owned(),
                limit,
                instant_or(k.expires_at, "never"),
                instant_or(k.last_used_at, "never"),
            ]
        });
        Ok(table(["ID", "NAME", "SCOPE", "KEY", "STATE", "LIMIT", "EXPIRES", "LAST USED"], rows))
    }
}

fn state(key: &KeyRow, now: i64) -> &'static str {
    if key.revoked_at.is_some() {
        "revoked"
    } else if key.expires_at.is_some_and(|at| at <= now) {
        "expired"
    } else {
        "active"
    }
}

fn row<'a>(key: &'a KeyRow, login: &'a str, now: i64) -> Row<'a> {
    Row {
        id: &key.id,
        name: &key.name,
        login,
        scope: &key.scope,
        hint: &key.hint,
        state: state(key, now),
        rate_limit: key.rate_limit,
        created_at: instant(key.created_at),
        expires_at: key.expires_at.map(instant),
        revoked_at: key.revoked_at.map(instant),
        last_used_at: key.last_used_at.map(instant),
    }
}

impl Revoke {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let key = key::revoke(acting.on(), &desk.clock, &self.id).await?;
        let owner = user::by_id(acting.on(), key.user_id).await?;
        let login = owner.map(|user| user.login).unwrap_or_default();
        acting.commit("key.revoke", &login, json!({"id": key.id, "name": key.name})).await?;
        Ok(format!("revoked {} of {login}", key.name))
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::testing::{desks, log, run};

    #[tokio::test]
    async fn a_key_is_generated_listed_and_revoked() {
        for (desk, name) in desks().await {
            run(&desk, &["user", "add", "demo", "--name", "Demo"]).await.unwrap();
            let generate =
                ["key", "generate", "demo", "--name", "laptop", "--scope", "read", "--rate-limit", "9"];
            let key = run(&desk, &generate).await.unwrap();
            assert!(key.starts_with("axk_") && key.len() == 53 && !key.contains('\n'), "{name}");
            let text = run(&desk, &["key", "list", "demo", "--json"]).await.unwrap();
            assert!(!text.contains(&key[8..]), "{name}: never a key");
            let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
            let row = &rows[0];
            assert_eq!(row["name"], "laptop");
            assert_eq!(row["state"], "active");
            assert_eq!(row["rate_limit"], 9);
            run(&desk, &["key", "revoke", row["id"].as_str().unwrap()]).await.unwrap();
            assert!(run(&desk, &["key", "list", "demo"]).await.unwrap().contains("revoked"), "{name}");
            let log = log(&desk).await;
            let methods: Vec<&str> = log.iter().map(|row| row.method.as_str()).collect();
            assert_eq!(methods, ["key.revoke", "key.generate", "user.add"], "{name}");
            assert!(!format!("{log:?}").contains(&key[8..]), "{name}: the log has no key");
            assert!(log[0].login.as_deref().unwrap().starts_with("command line"));
        }
    }

    #[tokio::test]
    async fn an_unknown_user_or_scope_is_said() {
        let (desk, _kept) = desks().await.remove(0);
        run(&desk, &["user", "add", "demo", "--name", "Demo"]).await.unwrap();
        let error =
            run(&desk, &["key", "generate", "dmo", "--name", "x", "--scope", "read"]).await.unwrap_err();
        assert!(error.to_string().contains("Did you mean demo?"), "{error}");
        let error =
            run(&desk, &["key", "generate", "demo", "--name", "x", "--scope", "all"]).await.unwrap_err();
        assert!(error.to_string().contains("read (Read Only) or write"), "{error}");
    }
}
