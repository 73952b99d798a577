//! What is answered of a change.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::visible::Visible;
use crate::erp::{Difference, Effect};
use crate::model::Untrusted;
use crate::model::long::{beginning, share};
use crate::model::untrusted::SENTENCE;

/// What is answered, written once.
#[derive(Debug)]
pub struct Answer {
    /// As JSON.
    pub structured: Box<RawValue>,
    /// What a person would say of it.
    pub text: String,
    /// Records created or acted upon.
    pub records: u32,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was done.
    Done,
    /// It was tried, and thrown away.
    DryRun,
    /// It waits for a person's word.
    PendingApproval,
    /// A person refused it.
    Refused,
    /// Nobody gave their word in time.
    Expired,
}

/// The change as clients read it.
#[derive(Debug, Serialize)]
pub struct Reply<'a> {
    /// What became of it.
    pub status: Status,
    /// Records created or acted upon; empty where nothing was created.
    pub ids: &'a [i64],
    /// What a method answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<&'a Value>,
    /// Id in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_id: Option<&'a str>,
    /// What waits, and for how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Waiting<'a>>,
    /// What is shown of it.
    #[serde(flatten)]
    pub shown: Shown<'a>,
    /// Whether it can be taken back.
    pub undo: Undo<'a>,
}

/// As much of what changes as one answer may show.
#[derive(Debug, Default, Serialize)]
pub struct Shown<'a> {
    /// Records before and after.
    pub changes: Vec<Cow<'a, Difference>>,
    /// Whether more records change than are told here.
    pub has_more: bool,
    /// Fields of theirs that hold text from outside the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted: Option<Untrusted>,
    /// What was left out, and what else there is to know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Shown<'_> {
    /// What the text beside the answer says of its marks.
    pub fn warning(&self) -> &'static str {
        if self.untrusted.is_some() { SENTENCE } else { "" }
    }
}

/// A change that waits for a person's word, or had it.
#[derive(Debug, Serialize)]
pub struct Waiting<'a> {
    /// Its id.
    pub id: &'a str,
    /// The rules that demand it.
    pub reason: &'a str,
    /// RFC 3339.
    pub expires_at: String,
    /// Under which the same call tells what became of it, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<&'a str>,
    /// Login of whoever decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<&'a str>,
    /// What they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<&'a str>,
}

/// Whether a change can be taken back.
#[derive(Debug, Serialize)]
pub struct Undo<'a> {
    /// Whether it can, unless somebody changes the records before.
    pub possible: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
}

impl<'a> Waiting<'a> {
    /// One that waits until `expires_at` (epoch milliseconds).
    pub fn until(expires_at: i64, id: &'a str, reason: &'a str) -> Self {
        let expires_at = chrono::DateTime::from_timestamp_millis(expires_at).unwrap_or_default();
        let expires_at = expires_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Self { id, reason, expires_at, idempotency_key: None, decided_by: None, word: None }
    }
}

impl<'a> Undo<'a> {
    /// Of an effect.
    pub fn of(effect: &'a Effect) -> Self {
        Self { possible: effect.lasting.is_none(), reason: effect.lasting.as_deref() }
    }
}

/// The differences that fit `budget` characters, and what to say of those that do not, with how they are seen (`rest`).
/// One at least is shown, and its texts are cut where it is too long alone.
pub fn fitting<'a>(visible: &'a Visible, budget: usize, rest: &str) -> Result<Shown<'a>, serde_json::Error> {
    let mut used = 0;
    let mut fitting = Vec::new();
    let mut notes = Vec::new();
    for difference in &visible.shown {
        used += to_raw_value(difference)?.get().len() + 1;
        if used <= budget {
            fitting.push(Cow::Borrowed(difference));
            continue;
        }
        if fitting.is_empty() {
            let (shown, cut) = shortened(difference, used, budget)?;
            notes.extend(cut);
            fitting.push(Cow::Owned(shown));
        }
        break;
    }
    let left = visible.shown.len() - fitting.len();
    if left > 0 {
        notes.push(format!(
            "changes were cut after {} of {} records because they would be longer than Token Budget of Settings > MCP \
             Server lets one result be; {rest}",
            fitting.len(),
            visible.shown.len()
        ));
    }
    if visible.beyond > 0 {
        let records = if visible.beyond == 1 { "record changes" } else { "records change" };
        notes.push(format!("{} more {records} with it, which this connection may not read", visible.beyond));
    }
    let untrusted = Untrusted::marks(visible.untrusted.iter().cloned().collect());
    Ok(Shown { changes: fitting, has_more: left > 0, untrusted, notes })
}

/// A difference of `length` characters whose longest texts are cut for the whole to fit `budget`, and what to say of
/// it.
fn shortened(
    whole: &Difference,
    length: usize,
    budget: usize,
) -> Result<(Difference, Option<String>), serde_json::Error> {
    let mut shown = whole.clone();
    let mut texts: Vec<&mut Value> = shown
        .fields
        .iter_mut()
        .flat_map(|field| [&mut field.before, &mut field.after])
        .filter(|value| value.is_string())
        .collect();
    let lengths = texts
        .iter()
        .map(|text| to_raw_value(text).map(|raw| raw.get().len()))
        .collect::<Result<Vec<_>, _>>()?;
    let others = length.saturating_sub(lengths.iter().sum());
    let most = share(&lengths, budget.saturating_sub(others));
    let mut cut = false;
    for (text, length) in texts.iter_mut().zip(&lengths) {
        if let Some(whole) = text.as_str().filter(|_| *length > most) {
            **text = Value::String(beginning(whole, most, 0).text);
            cut = true;
        }
    }
    let note = cut.then(|| {
        format!(
            "texts of {} {} are cut in `changes`, and say so at their end, because it alone is longer than one result \
             may be; read_records with one id, one field and text_offset reads what is stored",
            whole.model, whole.id
        )
    });
    Ok((shown, note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::{DifferenceKind, FieldDifference};

    #[test]
    fn what_does_not_fit_is_counted() {
        let one = |id| Difference {
            model: "res.partner".into(),
            label: "Contact".into(),
            id,
            name: "x".repeat(100),
            kind: DifferenceKind::Created,
            fields: Vec::new(),
        };
        let shown = vec![one(1), one(2), one(3)];
        let visible = Visible { shown, beyond: 2, ..Visible::default() };
        let all = fitting(&visible, 10_000, "").unwrap();
        assert_eq!((all.changes.len(), all.has_more, all.notes.len()), (3, false, 1));
        assert!(all.notes[0].starts_with("2 more records change with it"), "{all:?}");
        let some = fitting(&visible, 250, "try fewer").unwrap();
        assert_eq!((some.changes.len(), some.has_more), (1, true), "a record's boundary");
        let note = &some.notes[0];
        assert!(note.contains("after 1 of 3 records") && note.ends_with("; try fewer"), "{note}");
        assert_eq!(fitting(&visible, 1, "").unwrap().changes.len(), 1, "one at least");
    }

    #[test]
    fn a_record_that_is_too_long_alone_is_cut_in_its_texts() {
        let field = |name: &str, before: Value, after: Value| FieldDifference {
            name: name.into(),
            label: name.into(),
            before,
            after,
        };
        let difference = Difference {
            model: "crm.lead".into(),
            label: "Lead".into(),
            id: 7,
            name: "Fair".into(),
            kind: DifferenceKind::Changed,
            fields: vec![
                field("description", "é\n".repeat(9_000).into(), "z".repeat(20_000).into()),
                field("email", Value::Null, "a@example.com".into()),
            ],
        };
        let shown = vec![difference.clone(), difference.clone()];
        let visible = Visible { shown, ..Visible::default() };
        let Shown { changes: shown, notes, has_more, .. } = fitting(&visible, 3_000, "").unwrap();
        assert!(has_more);
        let [shown] = shown.as_slice() else { panic!("{shown:?}") };
        let length = to_raw_value(shown).unwrap().get().len();
        assert!((2_500..=3_000).contains(&length), "{length}");
        for (side, all) in [(&shown.fields[0].before, 18_000), (&shown.fields[0].after, 20_000)] {
            assert!(side.as_str().unwrap().ends_with(&format!(" of {all} characters]")), "{side}");
        }
        assert_eq!(shown.fields[1], difference.fields[1]);
        assert!(notes[0].contains("crm.lead 7 are cut") && notes[0].contains("text_offset"), "{notes:?}");
        assert!(notes[1].contains("after 1 of 2 records"), "{notes:?}");
    }
}
