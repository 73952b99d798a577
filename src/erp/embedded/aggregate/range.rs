//! How far a domain lets a time reach, so that groups by time need not look at the table for it.

use chrono_tz::Tz;

use super::super::decimal::Interval;
use super::super::moment;
use crate::model::FieldKind;
use crate::model::domain::{Domain, Leaf, Literal, Operator};

/// First and last unit that can match; `None` where the domain sets no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub first: Option<i64>,
    pub last: Option<i64>,
}

impl Range {
    /// What lies in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: match (self.last, other.last) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }
}

/// The range that every record of the domain lies in, as far as conditions that all must hold tell.
pub(super) fn asked_range(domain: &Domain, name: &str, kind: &FieldKind, tz: Tz) -> Range {
    match domain {
        Domain::And(parts) => {
            parts.iter().fold(Range::default(), |range, part| range.and(asked_range(part, name, kind, tz)))
        }
        Domain::Leaf(leaf) if leaf.path == [name] => of_leaf(leaf, kind, tz).unwrap_or_default(),
        _ => Range::default(),
    }
}

fn of_leaf(leaf: &Leaf, kind: &FieldKind, tz: Tz) -> Option<Range> {
    let Literal::Text(text) = &leaf.value else { return None };
    let Interval { lo, hi } = match kind {
        FieldKind::Date => moment::read_date(text)?,
        _ => moment::read_datetime(text, tz)?,
    };
    let at = |n: i128| i64::try_from(n).ok();
    Some(match leaf.operator {
        Operator::Eq => Range { first: at(lo), last: at(hi - 1) },
        Operator::Ge => Range { first: at(lo), last: None },
        Operator::Gt => Range { first: at(hi), last: None },
        Operator::Lt => Range { first: None, last: at(lo - 1) },
        Operator::Le => Range { first: None, last: at(hi - 1) },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(operator: Operator, text: &str) -> Domain {
        Domain::Leaf(Leaf { path: vec!["day".into()], operator, value: Literal::Text(text.into()) })
    }

    #[test]
    fn takes_the_narrowest() {
        let domain = Domain::And(vec![
            leaf(Operator::Ge, "1970-01-02"),
            leaf(Operator::Gt, "1970-01-02"),
            leaf(Operator::Lt, "1970-01-11"),
            Domain::Or(vec![leaf(Operator::Eq, "1970-01-05"), leaf(Operator::Eq, "1980-01-05")]),
        ]);
        let range = asked_range(&domain, "day", &FieldKind::Date, Tz::UTC);
        assert_eq!(range, Range { first: Some(2), last: Some(9) });
        assert_eq!(asked_range(&domain, "other", &FieldKind::Date, Tz::UTC), Range::default());
    }
}
