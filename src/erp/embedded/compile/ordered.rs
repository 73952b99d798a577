//! Numbers, days and instants: all of them whole numbers in the database, compared by intervals.

use sea_query::{Expr, ExprTrait};

use super::super::decimal::Interval;
use super::super::moment;
use super::super::sql::{Condition, never};
use super::value::Subject;
use crate::model::domain::{Literal, Operator};
use crate::model::{Complaint, FieldKind};

impl Subject<'_> {
    pub(super) fn compare_ordered(
        &self,
        operator: Operator,
        literal: &Literal,
    ) -> Result<Condition, Complaint> {
        match operator {
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {}
            _ => return Err(self.wrong_operator(operator)),
        }
        let Interval { lo, hi } = self.interval(literal)?;
        Ok(Some(match operator {
            Operator::Lt => self.below(lo),
            Operator::Le => self.below(hi),
            Operator::Gt => self.at_least(hi),
            _ => self.at_least(lo),
        }))
    }

    pub(super) fn among_numbers(&self, literals: &[&Literal]) -> Result<Vec<Expr>, Complaint> {
        let (mut single, mut found) = (Vec::new(), Vec::new());
        for literal in literals {
            let Interval { lo, hi } = self.interval(literal)?;
            match i64::try_from(lo) {
                Ok(n) if hi == lo + 1 => single.push(n),
                _ if hi > lo => found.push(self.at_least(lo).and(self.below(hi))),
                _ => {}
            }
        }
        match single.as_slice() {
            [] => {}
            [one] => found.push(self.value.clone().eq(*one)),
            many => found.push(self.value.clone().is_in(many.iter().copied())),
        }
        Ok(found)
    }

    fn below(&self, bound: i128) -> Expr {
        match i64::try_from(bound) {
            Ok(bound) => self.value.clone().lt(bound),
            Err(_) if bound > 0 => self.set(),
            Err(_) => never(),
        }
    }

    fn at_least(&self, bound: i128) -> Expr {
        match i64::try_from(bound) {
            Ok(bound) => self.value.clone().gte(bound),
            Err(_) if bound < 0 => self.set(),
            Err(_) => never(),
        }
    }

    fn set(&self) -> Expr {
        Expr::cust_with_expr("($1 IS NOT NULL)", self.value.clone())
    }

    /// The whole numbers that equal the literal.
    fn interval(&self, literal: &Literal) -> Result<Interval, Complaint> {
        let (read, fits, example) = match (self.kind, literal) {
            (FieldKind::Date, Literal::Text(text)) => (moment::read_date(text), DATE, DATE_EXAMPLE),
            (FieldKind::Date, _) => (None, DATE, DATE_EXAMPLE),
            (FieldKind::Datetime, Literal::Text(text)) => {
                (moment::read_datetime(text, self.tz), DATETIME, DATETIME_EXAMPLE)
            }
            (FieldKind::Datetime, _) => (None, DATETIME, DATETIME_EXAMPLE),
            (kind, Literal::Number(text) | Literal::Text(text)) => {
                (Interval::of_decimal(text, kind.digits()), "a number", "100")
            }
            _ => (None, "a number", "100"),
        };
        read.ok_or_else(|| {
            let is_day = matches!(self.kind, FieldKind::Date | FieldKind::Datetime);
            match literal {
                Literal::Text(text) if is_day && let Some(why) = moment::no_such_day(text) => {
                    self.wrong_value(literal, &format!("{fits}; {why}"), example)
                }
                _ => self.wrong_value(literal, fits, example),
            }
        })
    }
}

const DATE: &str = "a date as YYYY-MM-DD";
const DATE_EXAMPLE: &str = r#""2026-10-05""#;
const DATETIME: &str = "YYYY-MM-DD (that day in your time zone), YYYY-MM-DD HH:MM:SS in UTC, or RFC 3339";
const DATETIME_EXAMPLE: &str = r#""2026-10-05 14:30:00""#;
