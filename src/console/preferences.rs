//! My Preferences.

use std::sync::Arc;

use app::pages::preferences::{Own, Preferences};
use app::pages::settings::users::mcp_tab::McpAccess;
use app::refusal::Refusal;
use async_trait::async_trait;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::Shared;
use super::error::Problem;
use super::keys;
use super::passwords::new_password;
use super::seen::{fingerprint, unchanged};
use super::sign_in::{Tried, Typed, said, try_password};
use super::users::{account, languages, zones};
use super::visitor::Visitor;
use crate::identity::account::{self, Account, Right};
use crate::identity::{User, group, password, sign_in};
use crate::store::{accounts, web_sessions};
use crate::web::Submission;

const PATH: &str = "/preferences";
const SECURITY: &str = "/preferences?tab=security";

/// What the screen shows to one visitor.
pub struct Desk {
    console: Shared,
    reader: Arc<User>,
}

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self { console: Arc::clone(&visitor.console), reader: Arc::clone(&visitor.user) }
    }

    async fn own(&self) -> Result<Own, Problem> {
        let state = &self.console.state;
        let mut conn = state.db.read().await?;
        let account = account(Account::load(conn.on(), self.reader.id).await)?;
        let sessions = web_sessions::count_of_user(conn.on(), self.reader.id, state.clock.millis()).await?;
        Ok(Own {
            seen: fingerprint(&account.facts()),
            langs: languages(&account.row.lang),
            zones: zones(&account.row.tz),
            name: account.row.name,
            login: account.row.login,
            lang: account.row.lang,
            tz: account.row.tz,
            sessions,
            mcp: self.console.modules().mcp_server,
        })
    }
}

#[async_trait]
impl Preferences for Desk {
    async fn show(&self) -> Result<Own, Refusal> {
        Ok(self.own().await?)
    }

    async fn access(&self) -> Result<McpAccess, Refusal> {
        let may = self.reader.has_group(group::MCP_USER);
        let access = keys::access(&self.console, self.reader.id, may, PATH).await?;
        // Whoever lost the group may still end what they have.
        Ok(McpAccess { may_revoke: true, ..access })
    }
}

/// `POST /preferences`
pub async fn save(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let before = account(Account::load(acting.on(), visitor.user.id).await)?;
    unchanged(&mut sent, &before.facts());
    let mut after = before.clone();
    sent.text("name").clone_into(&mut after.row.name);
    sent.text("lang").clone_into(&mut after.row.lang);
    sent.text("tz").clone_into(&mut after.row.tz);
    if sent.is_right() {
        let right = Right::Preferences;
        for wrong in
            account::save(acting.on(), &visitor.console.state.clock, &visitor.user, right, &before, &after)
                .await?
        {
            sent.wrong(wrong.field, wrong.problem);
        }
    }
    if !sent.is_right() {
        drop(acting);
        return visitor.again(PATH, sent).await;
    }
    let changes = before.changes(&after);
    if changes.is_empty() {
        return visitor.done(PATH, "Nothing was changed.").await;
    }
    acting.commit("user.change", &after.row.login, Value::Object(changes)).await?;
    visitor.done(PATH, "Your preferences are saved.").await
}

/// `POST /preferences/password`
pub async fn change_password(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    let console = Arc::clone(&visitor.console);
    let login = visitor.user.login.clone();
    // What is wrong with the new one is said without a try of the old one.
    let Some(hash) = new_password(&mut sent, &login).await? else {
        return visitor.again(SECURITY, sent).await;
    };
    let typed = Typed {
        login: &login,
        password: sent.raw("old_password").to_owned(),
        address: visitor.address(),
        browser: visitor.browser(),
    };
    let entry = match try_password(&console, typed).await? {
        Tried::Right(_, entry, _) => entry,
        Tried::Wrong(_) => {
            sent.wrong("old_password", "This is not your password.");
            return visitor.again(SECURITY, sent).await;
        }
        Tried::TooMany(wait) => {
            let text = format!("Too many tries failed. The next is possible in {}.", said(wait));
            sent.wrong("old_password", text);
            let mut response = visitor.again(SECURITY, sent).await?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
            return Ok(response);
        }
    };
    let mut acting = visitor.begin().await?;
    sign_in::absolve(acting.on(), &console.state.clock, &entry).await?;
    accounts::set_password(acting.on(), visitor.user.id, &hash).await?;
    let ended =
        web_sessions::delete_of_user(acting.on(), visitor.user.id, &visitor.signed_in.session).await?;
    acting.commit("user.password", &login, json!({"sessions_ended": ended})).await?;
    visitor.renew(&password::mark(Some(&hash))).await?;
    visitor.done(SECURITY, "Your password is changed. Other browsers are signed out.").await
}

/// `POST /preferences/sign-out`
pub async fn sign_out_everywhere(visitor: Visitor) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let ended = web_sessions::delete_of_user(acting.on(), visitor.user.id, "").await?;
    acting.commit("user.sign_out", &visitor.user.login, json!({"sessions_ended": ended})).await?;
    visitor.leave().await?;
    Ok(Redirect::to("/login").into_response())
}
