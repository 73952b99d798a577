//! `axanta-mcp user`: who there is.

use std::io::Read;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::desk::Desk;
use super::error::CliError;
use super::table::{json, table};
use crate::identity::{User, group, password, user};

/// Users of console and ERP
#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a user, in the first company
    Add(Add),
    /// List every user
    List(List),
}

/// Arguments of `user add`.
#[derive(Args)]
#[command(after_help = add_help())]
pub struct Add {
    /// Name to sign in with: letters a to z, digits and . _ - + @, in whatever case
    login: String,
    /// Full name
    #[arg(long)]
    name: String,
    /// A group to give; may be repeated
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Read the password from stdin, up to the first line end: at least 8 characters, not the login; without it the
    /// user can't sign in
    #[arg(long)]
    password_stdin: bool,
}

fn add_help() -> String {
    format!(
        "Example: axanta-mcp user add anna --name \"Anna Berg\" --group \"{}\" --group \"{}\" --password-stdin < password.txt\n\nGroups: {}",
        group::MCP_USER,
        group::SALES_OWN_DOCUMENTS,
        group::GROUPS.map(|g| g.name).join(", ")
    )
}

/// Arguments of `user list`.
#[derive(Args)]
pub struct List {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    id: i64,
    login: &'a str,
    name: &'a str,
    active: bool,
    groups: &'a [String],
    companies: Vec<&'a str>,
    lang: &'a str,
    tz: &'a str,
}

impl UserCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::Add(add) => add.run(desk, &mut std::io::stdin()).await,
            Self::List(list) => list.run(desk).await,
        }
    }
}

impl Add {
    async fn run(&self, desk: &Desk, stdin: &mut impl Read) -> Result<String, CliError> {
        let password_hash = if self.password_stdin {
            Some(password::hash(&self.login, first_line(stdin)?).await?)
        } else {
            None
        };
        let groups: Vec<&str> = self.groups.iter().map(String::as_str).collect();
        let new = user::NewUser {
            id: None,
            login: &self.login,
            name: &self.name,
            groups: &groups,
            password_hash: password_hash.as_deref(),
        };
        let mut acting = desk.begin().await?;
        let id = user::add(acting.on(), &desk.clock, &new).await?;
        acting
            .commit("user.add", &self.login, json!({"id": id, "name": self.name, "groups": groups}))
            .await?;
        Ok(format!("added {} with id {id}", self.login))
    }
}

fn first_line(stdin: &mut impl Read) -> Result<String, CliError> {
    let mut text = String::new();
    // Bounded: a longer text is no password, and says so later.
    stdin.take(10_000).read_to_string(&mut text).map_err(CliError::Password)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let users = user::list(desk.read().await?.on()).await?;
        if self.json {
            return Ok(json(&users.iter().map(row).collect::<Vec<_>>()));
        }
        let rows = users.iter().map(|u| {
            let active = if u.active { "yes" } else { "archived" };
            [u.id.to_string(), u.login.clone(), u.name.clone(), active.to_owned(), u.groups.join(", ")]
        });
        Ok(table(["ID", "LOGIN", "NAME", "ACTIVE", "GROUPS"], rows))
    }
}

fn row(user: &User) -> Row<'_> {
    Row {
        id: user.id,
        login: &user.login,
        name: &user.name,
        active: user.active,
        groups: &user.groups,
        companies: user.companies.iter().map(|c| c.name.as_str()).collect(),
        lang: &user.lang,
        tz: user.tz.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{desks, run};
    use crate::store::users::password_hash;

    #[tokio::test]
    async fn a_user_is_added_and_listed() {
        for (desk, name) in desks().await {
            run(&desk, &["user", "add", "anna", "--name", "Anna Berg", "--group", "MCP User"]).await.unwrap();
            let text = run(&desk, &["user", "list", "--json"]).await.unwrap();
            let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(rows[0]["login"], "anna", "{name}");
            assert_eq!(rows[0]["groups"], serde_json::json!(["MCP User"]));
            assert!(run(&desk, &["user", "list"]).await.unwrap().contains("Anna Berg"));
            let hash = password_hash(desk.read().await.unwrap().on(), "anna").await.unwrap();
            assert_eq!(hash, None, "{name}: without a password nobody signs in");
        }
    }

    #[tokio::test]
    async fn the_password_is_the_first_line_of_stdin() {
        let (desk, _kept) = desks().await.remove(0);
        let add = Add { login: "bo".into(), name: "Bo".into(), groups: vec![], password_stdin: true };
        add.run(&desk, &mut "correct horse\r\nand more".as_bytes()).await.unwrap();
        let hash = password_hash(desk.read().await.unwrap().on(), "bo").await.unwrap();
        assert!(password::verify(hash, "correct horse".into()).await);
        let add = Add { login: "cy".into(), name: "Cy".into(), groups: vec![], password_stdin: true };
        for refused in ["", "short", "        "] {
            let error = add.run(&desk, &mut refused.as_bytes()).await.unwrap_err().to_string();
            assert!(error.contains("at least 8 characters"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_login_is_one_in_whatever_case() {
        for (desk, name) in desks().await {
            run(&desk, &["user", "add", "Joe", "--name", "Joe"]).await.unwrap();
            let error =
                run(&desk, &["user", "add", "JOE", "--name", "Another"]).await.unwrap_err().to_string();
            assert!(error.contains("already a user `Joe`"), "{name}: {error}");
            run(&desk, &["key", "generate", "joe", "--name", "k", "--scope", "read"]).await.unwrap();
            let keys = run(&desk, &["key", "list", "jOE", "--json"]).await.unwrap();
            assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&keys).unwrap().len(), 1, "{name}");
        }
    }

    #[tokio::test]
    async fn what_is_refused_is_not_half_done() {
        for (desk, name) in desks().await {
            let error = run(&desk, &["user", "add", "anna", "--name", "A", "--group", "MCP Users"])
                .await
                .unwrap_err();
            assert!(error.to_string().contains("Did you mean MCP User"), "{name}: {error}");
            assert_eq!(run(&desk, &["user", "list", "--json"]).await.unwrap(), "[]", "{name}");
        }
    }
}
