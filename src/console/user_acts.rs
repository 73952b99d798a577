//! What is done to users: saved, added, archived, given a new password.

use std::collections::BTreeSet;

use app::refusal::Refusal;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::Problem;
use super::passwords::new_password;
use super::seen::unchanged;
use super::users::{account, application_names, field, number};
use super::visitor::Visitor;
use crate::identity::account::{self, Account, Right, Wrong, known};
use crate::identity::group;
use crate::store::{accounts, web_sessions};
use crate::web::Submission;

/// `POST /settings/users/{id}`
pub async fn save(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let path = format!("/settings/users/{id}");
    let Some(right) = Right::of(&visitor.user) else { return Err(not_yours(&visitor).await) };
    let mut acting = visitor.begin().await?;
    let before = account(Account::load(acting.on(), number(&id)?).await)?;
    unchanged(&mut sent, &before.facts());
    let mut after = before.clone();
    if right == Right::Everything {
        read(&mut sent, &before, &mut after);
    }
    read_groups(&mut sent, right, visitor.console.modules().mcp_server, &mut after);
    if sent.is_right() {
        complain(
            &mut sent,
            account::save(acting.on(), &visitor.console.state.clock, &visitor.user, right, &before, &after)
                .await?,
        );
    }
    if !sent.is_right() {
        drop(acting);
        return visitor.again(&path, sent).await;
    }
    let changes = before.changes(&after);
    if changes.is_empty() {
        return visitor.done(&path, "Nothing was changed.").await;
    }
    acting.commit("user.change", &after.row.login, Value::Object(changes)).await?;
    visitor.done(&path, format!("{} is saved.", after.row.name)).await
}

/// `POST /settings/users/new`
pub async fn add(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    const PATH: &str = "/settings/users/new";
    let right = Right::of(&visitor.user);
    if right != Some(Right::Everything) {
        return Err(not_yours(&visitor).await);
    }
    let (blank, mut new) = (Account::blank(), Account::blank());
    read(&mut sent, &blank, &mut new);
    read_groups(&mut sent, Right::Everything, visitor.console.modules().mcp_server, &mut new);
    let wanted = sent.ticked("password") || sent.ticked("password_again");
    let hash = if wanted { new_password(&mut sent, &new.row.login).await? } else { None };
    let mut acting = visitor.begin().await?;
    if sent.is_right() {
        let clock = &visitor.console.state.clock;
        match account::create(acting.on(), clock, &visitor.user, &new, hash.as_deref()).await? {
            Err(wrong) => complain(&mut sent, wrong),
            Ok(id) => {
                let detail = json!({"id": id, "account": new.facts(), "password": hash.is_some()});
                acting.commit("user.add", &new.row.login, detail).await?;
                let notice = format!("{} is added.", new.row.name);
                return visitor.done(&format!("/settings/users/{id}"), notice).await;
            }
        }
    }
    drop(acting);
    visitor.again(PATH, sent).await
}

/// `POST /settings/users/{id}/archive`; with `active` it is undone.
pub async fn archive(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let path = format!("/settings/users/{id}");
    let active = sent.ticked("active");
    if Right::of(&visitor.user) != Some(Right::Everything) {
        return Err(not_yours(&visitor).await);
    }
    let mut acting = visitor.begin().await?;
    let before = account(Account::load(acting.on(), number(&id)?).await)?;
    let mut after = before.clone();
    after.row.active = active;
    let wrong = account::save(
        acting.on(),
        &visitor.console.state.clock,
        &visitor.user,
        Right::Everything,
        &before,
        &after,
    )
    .await?;
    if !wrong.is_empty() {
        drop(acting);
        complain(&mut sent, wrong);
        return visitor.again(&path, sent.of_form("user")).await;
    }
    if !active {
        web_sessions::delete_of_user(acting.on(), before.row.id, "").await?;
    }
    let (method, done) =
        if active { ("user.unarchive", "active again") } else { ("user.archive", "archived") };
    acting.commit(method, &before.row.login, json!({"id": before.row.id})).await?;
    visitor.done(&path, format!("{} is {done}.", before.row.name)).await
}

/// `POST /settings/users/{id}/password`
pub async fn set_password(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let path = format!("/settings/users/{id}");
    if Right::of(&visitor.user) != Some(Right::Everything) {
        return Err(not_yours(&visitor).await);
    }
    let state = &visitor.console.state;
    let whom = account(Account::load(state.db.read().await?.on(), number(&id)?).await)?;
    if whom.row.id == visitor.user.id {
        sent.wrong_in_all("Your own password is changed in My Preferences, where the old one is asked for.");
        return visitor.again(&path, sent.of_form("user")).await;
    }
    let Some(hash) = new_password(&mut sent, &whom.row.login).await? else {
        return visitor.again(&path, sent).await;
    };
    let mut acting = visitor.begin().await?;
    accounts::set_password(acting.on(), whom.row.id, &hash).await?;
    let ended = web_sessions::delete_of_user(acting.on(), whom.row.id, "").await?;
    acting.commit("user.password", &whom.row.login, json!({"sessions_ended": ended})).await?;
    let name = whom.row.name;
    visitor.done(&path, format!("{name} has a new password, and is signed out everywhere.")).await
}

async fn not_yours(visitor: &Visitor) -> Problem {
    visitor.forbidden(group::SETTINGS_ADMINISTRATOR).await
}

/// Who the user is to be.
fn read(sent: &mut Submission, before: &Account, after: &mut Account) {
    let row = &mut after.row;
    sent.text("name").clone_into(&mut row.name);
    sent.text("login").clone_into(&mut row.login);
    sent.text("lang").clone_into(&mut row.lang);
    sent.text("tz").clone_into(&mut row.tz);
    let companies: Result<BTreeSet<i64>, _> = sent.all("companies").map(str::parse).collect();
    match companies {
        Ok(companies) => after.companies = companies,
        Err(_) => sent.wrong("companies", "Choose among the companies that there are."),
    }
    row.company_id = sent.text("company_id").parse().ok();
    if after.companies.is_empty() && before.companies.is_empty() {
        row.company_id = None;
    }
}

/// Which groups the user is to have: one or none of each application. Groups of applications that are not in the form
/// stay.
fn read_groups(sent: &mut Submission, right: Right, mcp: bool, after: &mut Account) {
    let names = application_names();
    for name in names.into_iter().filter(|name| right.covers(name) && (mcp || *name != account::MCP)) {
        let field = field(name);
        let text = sent.text(&field).to_owned();
        let chosen = text.parse().ok().and_then(known).filter(|group| group.category == name);
        if chosen.is_none() && !text.is_empty() {
            sent.wrong(&field, "Choose among the groups that there are.");
            continue;
        }
        after.groups.retain(|id| known(*id).is_none_or(|group| group.category != name));
        after.groups.extend(chosen.map(|group| group.id));
    }
}

/// Puts what is wrong beside its field, and what has no field above all.
fn complain(sent: &mut Submission, wrong: Vec<Wrong>) {
    for Wrong { field, problem } in wrong {
        if matches!(field, "groups" | "active") {
            sent.wrong_in_all(problem);
        } else {
            sent.wrong(field, problem);
        }
    }
}

/// That MCP is not installed.
pub fn not_installed() -> Problem {
    Refusal::NotFound("page".to_owned()).into()
}
