//! What the rows of the log were about, in words: what was done, with which record, and what became of it. A record is
//! named to those who may read it; to others it is its number.

use std::collections::HashMap;
use std::sync::Arc;

use app::pages::technical::logs::{Came, LogLine};
use serde_json::Value;

use super::super::Shared;
use super::super::approvals::in_words;
use super::super::differences::{Readable, bare};
use super::super::error::Problem;
use super::line;
use crate::audit::Note;
use crate::changes::{self, awaited};
use crate::erp::{self, Caller};
use crate::identity::User;
use crate::model::Model;
use crate::store::log::LogRow;
use crate::store::touched::{self, Record};
use crate::store::{Conn, approvals, changes as journalled};

/// Records that are not there any more which a page may name: of each the change has to be read.
const GONE: usize = 20;
/// Records of one name that are looked for.
const NAMESAKES: i64 = 8;

/// What a row was about.
#[derive(Debug, Default)]
struct About {
    verb: String,
    /// A method was called, which says by itself what is done to what.
    calls: bool,
    model: String,
    /// How many; `None` where it is not known.
    records: Option<i64>,
    /// The record, where it is one that there was.
    id: Option<i64>,
    /// What it is called.
    name: Option<String>,
    /// Entry of a change that touched it.
    entry: Option<String>,
}

/// The rows as the list shows them to this reader.
pub(super) async fn lines(
    console: &Shared,
    reader: &User,
    conn: &mut Conn,
    rows: Vec<LogRow>,
) -> Result<Vec<LogLine>, Problem> {
    let now = console.state.clock.millis();
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let changed = journalled::among(conn.on(), &ids).await?;
    let changed: HashMap<&str, &journalled::Listed> =
        changed.iter().map(|change| (change.log_id.as_str(), change)).collect();
    let ids: Vec<&str> = rows.iter().filter_map(approval).collect();
    let asked = approvals::among(conn.on(), &ids).await?;
    let asked: HashMap<&str, &approvals::Listed> = asked.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut abouts = Vec::with_capacity(rows.len());
    for row in &rows {
        let waited = approval(row).and_then(|id| asked.get(id));
        let about = match (changed.get(row.id.as_str()), waited) {
            (Some(change), _) => Some(of_change(change)),
            (None, Some(waited)) => Some(of_approval(waited)),
            (None, None) => of_call(row),
        };
        abouts.push(about);
    }
    let models = console.state.services.erp.models().await?;
    let who = Caller::from(reader);
    let mut readable = Readable::by(console.state.services.erp.as_ref(), &who);
    find(conn, &mut readable, abouts.iter_mut().flatten().collect()).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for (row, about) in rows.into_iter().zip(abouts) {
        let waited = approval(&row).and_then(|id| asked.get(id)).copied();
        let mut shown = LogLine {
            changed: changed.contains_key(row.id.as_str()),
            came: came(&row, waited, now),
            ..LogLine::default()
        };
        if let Some(about) = about {
            let is_named = match about.id {
                Some(id) => readable.shows(&about.model, id),
                None => readable.may(&about.model).await?,
            };
            shown.record =
                about.id.filter(|_| about.records == Some(1)).map(|id| format!("{},{id}", about.model));
            shown.title = title(&about, label(&models, &about.model), is_named);
        }
        lines.push(LogLine {
            title: shown.title,
            record: shown.record,
            came: shown.came,
            changed: shown.changed,
            ..line(row)
        });
    }
    Ok(lines)
}

/// The records of that name that the reader may read, those touched last first.
pub(super) async fn namesakes(
    console: &Shared,
    reader: &User,
    conn: &mut Conn,
    name: &str,
) -> Result<Vec<(Record, String)>, Problem> {
    let named = touched::named(conn.on(), name, NAMESAKES).await?;
    let mut abouts: Vec<About> = named
        .into_iter()
        .map(|(model, id, entry)| About { model, id: Some(id), entry: Some(entry), ..About::default() })
        .collect();
    let who = Caller::from(reader);
    let mut readable = Readable::by(console.state.services.erp.as_ref(), &who);
    find(conn, &mut readable, abouts.iter_mut().collect()).await?;
    let models = console.state.services.erp.models().await?;
    let found = abouts.into_iter().filter_map(|about| {
        let id = about.id.filter(|id| readable.shows(&about.model, *id))?;
        let said =
            format!("{} {}", label(&models, &about.model), about.name.unwrap_or_else(|| id.to_string()));
        Some(((about.model, id), said))
    });
    Ok(found.collect())
}

/// What one record is called to this reader.
pub(super) async fn called(
    console: &Shared,
    reader: &User,
    conn: &mut Conn,
    (model, id): &Record,
) -> Result<String, Problem> {
    let mut about = About { model: model.clone(), id: Some(*id), ..About::default() };
    let who = Caller::from(reader);
    let mut readable = Readable::by(console.state.services.erp.as_ref(), &who);
    find(conn, &mut readable, vec![&mut about]).await?;
    let models = console.state.services.erp.models().await?;
    let name = about.name.filter(|_| readable.shows(model, *id)).unwrap_or_else(|| id.to_string());
    Ok(format!("{} {name}", label(&models, model)))
}

/// Completes names, and finds out which of the records the reader may read, those that are gone too.
async fn find(
    conn: &mut Conn,
    readable: &mut Readable<'_>,
    mut abouts: Vec<&mut About>,
) -> Result<(), Problem> {
    for about in &mut abouts {
        let Some(id) = about.id.filter(|_| about.name.is_none() || about.entry.is_none()) else { continue };
        if let Some((name, entry)) = touched::called(conn.on(), &about.model, id).await? {
            about.name.get_or_insert(name);
            about.entry.get_or_insert(entry);
        }
    }
    let there = abouts.iter().filter_map(|about| Some(bare(&about.model, about.id?)));
    readable.find(conn.on(), there.collect(), true).await?;
    let mut left = GONE;
    for about in abouts {
        let (Some(id), Some(entry)) = (about.id, about.entry.as_deref()) else { continue };
        if left == 0 || readable.shows(&about.model, id) || !readable.may(&about.model).await? {
            continue;
        }
        left -= 1;
        if let Some(change) = changes::of_log(conn.on(), entry).await? {
            readable.find(conn.on(), change.images, true).await?;
        }
    }
    Ok(())
}

/// Id of the approval that a row speaks of: which it waited for, was given, or is.
pub(super) fn approval(row: &LogRow) -> Option<&str> {
    if matches!(row.method.as_str(), "approval.approve" | "approval.refuse") {
        return row.target.as_deref();
    }
    let reason = row.reason.as_deref()?;
    awaited(reason).or_else(|| {
        let (_, id) = reason.strip_prefix("approved by ")?.strip_suffix(')')?.rsplit_once('(')?;
        uuid::Uuid::parse_str(id).is_ok().then_some(id)
    })
}

fn of_change(change: &journalled::Listed) -> About {
    let ids: Vec<i64> = serde_json::from_str(&change.ids).unwrap_or_default();
    About {
        verb: verb(change.method.as_deref(), &change.operation),
        calls: change.method.is_some(),
        model: change.model.clone(),
        records: i64::try_from(ids.len()).ok().filter(|count| *count > 0),
        id: only(&ids),
        name: change.called.clone().filter(|name| !name.is_empty()),
        entry: Some(change.log_id.clone()),
    }
}

fn of_approval(row: &approvals::Listed) -> About {
    let all: Vec<erp::About> = serde_json::from_str(&row.about).unwrap_or_default();
    let one = all.into_iter().next().filter(|_| row.records == 1).unwrap_or_default();
    About {
        verb: verb(row.method.as_deref(), &row.operation),
        calls: row.method.is_some(),
        model: row.model.clone(),
        records: Some(row.records),
        id: one.id.or(row.record_id),
        name: one.name,
        entry: None,
    }
}

/// A call that changed nothing, from what it was asked with.
fn of_call(row: &LogRow) -> Option<About> {
    let asked = || row.detail.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let ids: Vec<i64> =
        row.target.as_deref().and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default();
    let calls = row.tool.as_deref() == Some("call_method");
    let verb = match row.tool.as_deref()? {
        "create_records" => verb(None, "create"),
        "update_records" => verb(None, "write"),
        "delete_records" => verb(None, "delete"),
        "read_records" => "Read".to_owned(),
        "render_report" => "Print".to_owned(),
        "call_method" => in_words(asked()?.get("method")?.as_str()?),
        _ => return None,
    };
    let records = i64::try_from(ids.len()).ok().filter(|count| *count > 0);
    Some(About {
        verb,
        calls,
        model: row.model.clone()?,
        records: records.or(row.row_count.filter(|_| row.outcome == "allowed")),
        id: only(&ids),
        ..About::default()
    })
}

fn verb(method: Option<&str>, operation: &str) -> String {
    match (method, operation) {
        (Some(method), _) => in_words(method),
        (None, "create") => "Create".to_owned(),
        (None, "delete") => "Delete".to_owned(),
        (None, "undo") => "Undo".to_owned(),
        (None, _) => "Change".to_owned(),
    }
}

fn only(ids: &[i64]) -> Option<i64> {
    if let [id] = ids { Some(*id) } else { None }
}

fn label<'m>(models: &'m [Arc<Model>], name: &'m str) -> &'m str {
    models.iter().find(|model| *model.name == *name).map_or(name, |model| model.label.as_ref())
}

/// `Confirm S00123`, `Create Sales Order S00123`, `Change 5 records of Contact`.
fn title(about: &About, label: &str, is_named: bool) -> String {
    let verb = &about.verb;
    // A draft has no number yet.
    let name = about.name.as_deref().filter(|name| is_named && *name != "/");
    match (about.records, name, about.id) {
        (Some(records), ..) if records != 1 => format!("{verb} {records} records of {label}"),
        (_, Some(name), _) if about.calls => format!("{verb} {name}"),
        (_, Some(name), _) => format!("{verb} {label} {name}"),
        (_, None, Some(id)) => format!("{verb} {label} {id}"),
        (_, None, None) => format!("{verb} {label}"),
    }
}

/// What became of an allowed call that was not simply done.
fn came(row: &LogRow, approval: Option<&approvals::Listed>, now: i64) -> Option<Came> {
    if row.outcome != "allowed" || row.kind != "call" {
        return None;
    }
    let reason = row.reason.as_deref()?;
    match Note::read(reason) {
        Some(Note::DryRun) => return Some(Came::DryRun),
        Some(Note::Again(status)) => return Some(Came::Again(status)),
        None => {}
    }
    awaited(reason)?;
    let by = |row: &approvals::Listed| row.decided_login.clone().unwrap_or_default();
    Some(match approval {
        Some(row) if row.state == "approved" => Came::Approved(by(row)),
        Some(row) if row.state == "refused" => Came::Refused(by(row)),
        Some(row) if row.expires_at > now => Came::Waits,
        _ => Came::Expired,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_was_done_with_what() {
        let call = |tool: &str, target: Option<&str>, detail: &str| LogRow {
            kind: "call".into(),
            tool: Some(tool.into()),
            model: Some("sale.order".into()),
            target: target.map(str::to_owned),
            detail: Some(detail.into()),
            outcome: "denied".into(),
            ..LogRow::default()
        };
        let confirm = r#"{"model":"sale.order","method":"action_confirm","ids":[7]}"#;
        for (row, said) in [
            (call("call_method", Some("[7]"), confirm), Some("Confirm Order 7")),
            (call("call_method", Some("[7, 8]"), confirm), Some("Confirm 2 records of Order")),
            (call("call_method", Some("[7]"), r#"{"model":"sale.ord…"#), None),
            (call("create_records", None, "{}"), Some("Create Order")),
            (call("read_records", Some("[7]"), "{}"), Some("Read Order 7")),
            (call("search_records", Some(r#"[["id","=",7]]"#), "{}"), None),
        ] {
            let about = of_call(&row);
            assert_eq!(about.map(|about| title(&about, "Order", true)).as_deref(), said, "{row:?}");
        }
        let about = About {
            verb: "Confirm".into(),
            calls: true,
            id: Some(7),
            name: Some("S1".into()),
            records: Some(1),
            ..About::default()
        };
        assert_eq!(title(&about, "Order", true), "Confirm S1");
        assert_eq!(title(&about, "Order", false), "Confirm Order 7", "its name is kept back");
        let draft = About { name: Some("/".into()), ..about };
        assert_eq!(title(&draft, "Order", true), "Confirm Order 7");
    }

    #[test]
    fn the_approval_is_found_whatever_the_row_says_of_it() {
        let id = "0198a7d4-0000-7000-8000-000000000000";
        let row = |method: &str, target: Option<&str>, reason: Option<&str>| LogRow {
            method: method.into(),
            target: target.map(str::to_owned),
            reason: reason.map(str::to_owned),
            ..LogRow::default()
        };
        for (row, found) in [
            (row("approval.refuse", Some(id), None), true),
            (row("tools/call", None, Some(&format!("waits for approval {id}: why"))), true),
            (row("tools/call", None, Some(&format!("approved by a (b) ({id})"))), true),
            (row("tools/call", None, Some("approved by admin (nobody)")), false),
            (row("policy.set", Some(id), None), false),
        ] {
            assert_eq!(approval(&row).is_some(), found, "{row:?}");
        }
    }
}
