//! Limits on what one answer holds: records by Settings, characters by what clients accept.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::model::Complaint;

/// Characters of records in one answer. Claude Code refuses results of more than 25,000 tokens; dense JSON comes
/// to about three characters a token.
pub const MAX_CHARACTERS: usize = 66_000;

/// A limit after the maximum of Settings was applied.
#[derive(Debug, PartialEq, Eq)]
pub struct Limit {
    /// Rows to answer at most.
    pub rows: u32,
    /// What to say where less is answered than was asked for.
    pub note: Option<String>,
}

/// Clamps what was asked for to the maximum of Settings; without a wish, `usual` or the maximum if that is less.
pub fn limit(asked: Option<i64>, usual: u32, maximum: u32) -> Result<Limit, Complaint> {
    let Some(asked) = asked else { return Ok(Limit { rows: usual.min(maximum), note: None }) };
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
                "limit {asked} was lowered to {maximum}, Max Records Per Request of Settings > MCP Server; go on with offset"
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

/// Cuts `json` (an array of `rows` rows) to what fits one answer; at least one row stays.
pub fn fit(json: &RawValue, rows: u32) -> Result<Fitted<'_>, serde_json::Error> {
    fit_within(json, rows, MAX_CHARACTERS)
}

fn fit_within(json: &RawValue, rows: u32, budget: usize) -> Result<Fitted<'_>, serde_json::Error> {
    if json.get().len() <= budget {
        return Ok(Fitted { json: Cow::Borrowed(json), rows, note: None });
    }
    let all: Vec<&RawValue> = serde_json::from_str(json.get())?;
    let mut used = 2;
    let fitting = all
        .iter()
        .take_while(|row| {
            used += row.get().len() + 1;
            used <= budget
        })
        .count()
        .max(1);
    let kept: Vec<&RawValue> = all.into_iter().take(fitting).collect();
    let kept_rows = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    let note = format!(
        "the answer was cut after {kept_rows} of {rows} rows because it would be too long for one result; \
         go on with offset, or ask for fewer fields"
    );
    Ok(Fitted {
        json: Cow::Owned(serde_json::value::to_raw_value(&kept)?),
        rows: kept_rows,
        note: Some(note),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_over_the_maximum_is_clamped_and_said() {
        assert_eq!(limit(None, 80, 200).unwrap(), Limit { rows: 80, note: None });
        assert_eq!(limit(None, 80, 10).unwrap().rows, 10);
        let clamped = limit(Some(5_000_000_000), 80, 200).unwrap();
        assert_eq!(clamped.rows, 200);
        assert!(clamped.note.unwrap().contains("5000000000 was lowered to 200"));
        assert!(limit(Some(0), 80, 200).is_err());
        assert!(offset(Some(-1)).is_err());
    }

    #[test]
    fn a_long_answer_is_cut_between_rows() {
        let json = RawValue::from_string(r#"[{"id":1,"a":"],["},{"id":2},{"id":3}]"#.into()).unwrap();
        let whole = fit_within(&json, 3, 1_000).unwrap();
        assert_eq!((whole.rows, whole.note.is_none()), (3, true));
        let cut = fit_within(&json, 3, 32).unwrap();
        assert_eq!((cut.json.get(), cut.rows), (r#"[{"id":1,"a":"],["},{"id":2}]"#, 2));
        assert!(cut.note.unwrap().contains("2 of 3"));
        assert_eq!(fit_within(&json, 3, 1).unwrap().rows, 1);
    }
}
