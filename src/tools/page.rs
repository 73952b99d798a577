//! Limits on what one answer holds: records by Settings, characters by what clients accept.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::Context;
use crate::model::Complaint;
use crate::policy::Permit;

/// Dense JSON comes to about three characters a token.
const CHARACTERS_PER_TOKEN: usize = 3;
/// What stands around the records of an answer: totals, notes, its text.
const AROUND: usize = 1_500;

/// Characters that the records of one answer may take, by the token budget of Settings.
pub fn budget(context: &Context) -> usize {
    let tokens = usize::try_from(context.controls.settings.token_budget).unwrap_or(usize::MAX);
    tokens.saturating_mul(CHARACTERS_PER_TOKEN).saturating_sub(AROUND)
}

/// So many records of a model, in words: `1 record of sale.order`.
pub fn records(n: impl Into<i64>, model: &str) -> String {
    let n = n.into();
    format!("{n} {} of {model}", if n == 1 { "record" } else { "records" })
}

/// A limit after the maximum of Settings was applied.
#[derive(Debug, PartialEq, Eq)]
pub struct Limit {
    /// Rows to answer at most.
    pub rows: u32,
    /// What to say where less is answered than was asked for.
    pub note: Option<String>,
}

/// Most rows of one answer, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct Most<'a> {
    /// So many.
    pub rows: u32,
    /// The model whose policy says so; `None` where Settings do.
    model: Option<&'a str>,
}

impl<'a> Most<'a> {
    /// The lower of what Settings and the policy of the permit's model allow.
    pub fn of(context: &Context, permit: &'a Permit) -> Self {
        let rows = context.controls.settings.max_records;
        let refined = permit.model().and_then(|model| Some((model, permit.max_records(model)?)));
        match refined {
            Some((model, most)) if most < rows => Self { rows: most, model: Some(model) },
            _ => Self { rows, model: None },
        }
    }

    /// Whose limit it is, in words.
    pub fn whose(&self) -> String {
        match self.model {
            Some(model) => format!("the record limit of the policy of {model}"),
            None => "Max Records Per Request of Settings > MCP Server".to_owned(),
        }
    }
}

/// Clamps what was asked for to the maximum; without a wish, `usual` or the maximum if that is less.
pub fn limit(asked: Option<i64>, usual: u32, most: &Most<'_>) -> Result<Limit, Complaint> {
    let maximum = most.rows;
    let Some(asked) = asked else {
        let lowered = most.model.is_some() && maximum < usual;
        let note = lowered.then(|| format!("at most {maximum} are answered at once, {}", most.whose()));
        return Ok(Limit { rows: usual.min(maximum), note });
    };
    if asked < 1 {
        return Err(
            Complaint::new(format!("limit must be at least 1, not {asked}")).example(r#"{"limit":80}"#)
        );
    }
    match u32::try_from(asked) {
        Ok(rows) if rows <= maximum => Ok(Limit { rows, note: None }),
        _ => Ok(Limit {
            rows: maximum,
            note: Some(format!(
                "limit {asked} was lowered to {maximum}, {}; go on with offset",
                most.whose()
            )),
        }),
    }
}

/// Checks an offset.
pub fn offset(asked: Option<i64>) -> Result<u32, Complaint> {
    let asked = asked.unwrap_or(0);
    u32::try_from(asked).map_err(|_| {
        Complaint::new(format!("offset must be between 0 and {}, not {asked}", u32::MAX))
            .example(r#"{"offset":80}"#)
    })
}

/// A JSON array, cut at a row's boundary where it is too long for one answer.
#[derive(Debug)]
pub struct Fitted<'a> {
    /// The array.
    pub json: Cow<'a, RawValue>,
    /// Rows in it.
    pub rows: u32,
    /// What to say where rows were cut off.
    pub note: Option<String>,
}

/// Cuts `json` (an array of `rows` rows) to the characters of one answer; at least one row stays. `go_on` says how
/// the rest is had.
pub fn fit<'a>(
    json: &'a RawValue,
    rows: u32,
    budget: usize,
    go_on: &str,
) -> Result<Fitted<'a>, serde_json::Error> {
    if json.get().len() <= budget {
        return Ok(Fitted { json: Cow::Borrowed(json), rows, note: None });
    }
    let all: Vec<&RawValue> = serde_json::from_str(json.get())?;
    let fitting = fitting(all.iter().map(|row| row.get().len()), budget);
    let kept: Vec<&RawValue> = all.into_iter().take(fitting).collect();
    let kept_rows = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    let note = (kept_rows < rows).then(|| cut(kept_rows, rows, go_on));
    Ok(Fitted { json: Cow::Owned(serde_json::value::to_raw_value(&kept)?), rows: kept_rows, note })
}

/// A page of a list that is answered whole where it fits.
#[derive(Debug)]
pub struct Listed<'a, T> {
    /// What stands on it.
    pub items: &'a [T],
    /// Offset of the next page, where there is one.
    pub next: Option<u32>,
    /// What to say where something was cut off.
    pub note: Option<String>,
}

/// What of a list, from `offset` on, fits one answer; at least one item stays.
pub fn list<T: Serialize>(
    items: &[T],
    offset: u32,
    budget: usize,
) -> Result<Listed<'_, T>, serde_json::Error> {
    let rest = items.get(offset as usize..).unwrap_or_default();
    let lengths = rest.iter().map(|item| serde_json::to_string(item).map(|text| text.len()));
    let kept = fitting(lengths.collect::<Result<Vec<_>, _>>()?, budget);
    let page = rest.get(..kept).unwrap_or(rest);
    let (kept, all) = (page.len(), rest.len());
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let next = (kept < all).then(|| offset.saturating_add(size(kept)));
    let note = next.map(|next| cut(size(kept), size(all), &format!("go on with offset {next}")));
    Ok(Listed { items: page, next, note })
}

/// How many of these lengths fit, with the brackets around them and the commas between; at least one.
fn fitting(lengths: impl IntoIterator<Item = usize>, budget: usize) -> usize {
    let mut used = 2;
    let fits = |length: &usize| {
        used += length + 1;
        used <= budget
    };
    lengths.into_iter().take_while(fits).count().max(1)
}

fn cut(kept: u32, rows: u32, go_on: &str) -> String {
    format!(
        "the answer was cut after {kept} of {rows} rows because it would be longer than Token Budget of \
         Settings > MCP Server lets one result be; {go_on}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_over_the_maximum_is_clamped_and_said() {
        let most = |rows| Most { rows, model: None };
        assert_eq!(limit(None, 80, &most(200)).unwrap(), Limit { rows: 80, note: None });
        assert_eq!(limit(None, 80, &most(10)).unwrap(), Limit { rows: 10, note: None });
        let clamped = limit(Some(5_000_000_000), 80, &most(200)).unwrap();
        assert_eq!(clamped.rows, 200);
        assert!(clamped.note.unwrap().contains("5000000000 was lowered to 200"));
        assert!(limit(Some(0), 80, &most(200)).is_err());
        let most = Most { rows: 10, model: Some("sale.order") };
        let clamped = limit(Some(11), 80, &most).unwrap();
        assert_eq!(clamped.rows, 10);
        assert!(clamped.note.unwrap().contains("the policy of sale.order"));
        assert!(limit(None, 80, &most).unwrap().note.unwrap().contains("at most 10"));
        assert_eq!(limit(Some(10), 80, &most).unwrap().note, None);
        assert!(offset(Some(-1)).is_err());
    }

    #[test]
    fn one_record_is_one() {
        assert_eq!(records(1, "sale.order"), "1 record of sale.order");
        assert_eq!(records(0, "sale.order"), "0 records of sale.order");
    }

    #[test]
    fn a_long_answer_is_cut_between_rows() {
        let json = RawValue::from_string(r#"[{"id":1,"a":"],["},{"id":2},{"id":3}]"#.into()).unwrap();
        let whole = fit(&json, 3, 1_000, "go on").unwrap();
        assert_eq!((whole.rows, whole.note.is_none()), (3, true));
        let cut = fit(&json, 3, 32, "go on with offset 2").unwrap();
        assert_eq!((cut.json.get(), cut.rows), (r#"[{"id":1,"a":"],["},{"id":2}]"#, 2));
        let note = cut.note.unwrap();
        assert!(note.contains("2 of 3") && note.ends_with("go on with offset 2"), "{note}");
        assert_eq!(fit(&json, 3, 1, "").unwrap().rows, 1);
    }

    #[test]
    fn a_long_list_is_told_page_by_page() {
        let all = ["aaaa", "bbbb", "cccc"];
        let whole = list(&all, 0, 100).unwrap();
        assert_eq!((whole.items, whole.next, whole.note), (&all[..], None, None));
        let first = list(&all, 0, 18).unwrap();
        assert_eq!((first.items, first.next), (&all[..2], Some(2)));
        assert!(first.note.unwrap().ends_with("go on with offset 2"));
        assert_eq!(list(&all, 2, 18).unwrap().items, &all[2..]);
        assert!(list(&all, 9, 18).unwrap().items.is_empty());
        assert_eq!(list(&all, 0, 1).unwrap().items.len(), 1);
    }
}
