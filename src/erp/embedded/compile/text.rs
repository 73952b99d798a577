//! Text: compared byte by byte, matched with or without regard to case, and the same on both databases.

use std::collections::BTreeSet;

use sea_query::{Expr, ExprTrait};

use super::super::sql::{Condition, Dialect};
use super::value::Subject;
use crate::model::domain::{Literal, Operator};
use crate::model::{Complaint, FieldKind};

impl Subject<'_> {
    pub(super) fn compare_text(&self, operator: Operator, literal: &Literal) -> Result<Condition, Complaint> {
        let text = match literal {
            Literal::Text(text) | Literal::Number(text) => text,
            other => return Err(self.wrong_value(other, "text", r#""Acme""#)),
        };
        if let Some(matching) = Matching::of(operator) {
            return Ok(matching.condition(self.dialect, self.value.clone(), text));
        }
        if let FieldKind::Selection(_) = self.kind {
            return Err(self.wrong_operator(operator));
        }
        let value = self.dialect.bytewise(self.value.clone());
        Ok(Some(match operator {
            Operator::Lt => value.lt(text.as_str()),
            Operator::Le => value.lte(text.as_str()),
            Operator::Gt => value.gt(text.as_str()),
            Operator::Ge => value.gte(text.as_str()),
            _ => return Err(self.wrong_operator(operator)),
        }))
    }

    pub(super) fn among_texts(&self, literals: &[&Literal]) -> Result<Vec<Expr>, Complaint> {
        let mut texts = Vec::with_capacity(literals.len());
        let mut empty = false;
        for literal in literals {
            match literal {
                Literal::Text(text) if text.is_empty() && !matches!(self.kind, FieldKind::Selection(_)) => {
                    empty = true;
                }
                Literal::Text(text) | Literal::Number(text) => {
                    self.check_selection(literal, text)?;
                    texts.push(text.as_str());
                }
                other => return Err(self.wrong_value(other, "text", r#""Acme""#)),
            }
        }
        let mut found = Vec::new();
        match texts.as_slice() {
            [] => {}
            [one] => found.push(self.value.clone().eq(*one)),
            many => found.push(self.value.clone().is_in(many.iter().copied())),
        }
        found.extend(empty.then(|| self.unset()));
        Ok(found)
    }

    fn check_selection(&self, literal: &Literal, text: &str) -> Result<(), Complaint> {
        let FieldKind::Selection(values) = self.kind else { return Ok(()) };
        if values.iter().any(|(value, _)| value == text) {
            return Ok(());
        }
        let known: Vec<&str> = values.iter().map(|(value, _)| value.as_ref()).collect();
        let example = format!("\"{}\"", known.first().unwrap_or(&"value"));
        // A label in place of its value is the commonest mistake.
        let meant = values.iter().find(|(_, label)| label.eq_ignore_ascii_case(text));
        let mut complaint =
            self.wrong_value(literal, &format!("one of {}", known.join(", ")), &example).near(text, known);
        complaint.nearest = meant.map_or(complaint.nearest, |(value, _)| vec![value.to_string()]);
        Err(complaint)
    }
}

/// `ilike`
pub(super) const CONTAINS: Matching = Matching { anywhere: true, fold: true };

/// One of the operators that match a pattern.
#[derive(Clone, Copy)]
pub(super) struct Matching {
    /// The pattern may stand anywhere in the text.
    anywhere: bool,
    /// Case does not count.
    fold: bool,
}

impl Matching {
    pub(super) const fn of(operator: Operator) -> Option<Self> {
        let (anywhere, fold) = match operator {
            Operator::Like => (true, false),
            Operator::ILike => (true, true),
            Operator::EqLike => (false, false),
            Operator::EqILike => (false, true),
            _ => return None,
        };
        Some(Self { anywhere, fold })
    }

    /// `%` stands for any text, `_` for one character, `\` takes the next character as it is. As in Odoo, to
    /// contain nothing holds for every record, also where nothing is set.
    pub(super) fn condition(self, dialect: Dialect, value: Expr, pattern: &str) -> Condition {
        if self.anywhere && pattern.is_empty() {
            return None;
        }
        let mut pattern = read(pattern);
        if self.anywhere {
            pattern.insert(0, Part::Any);
            pattern.push(Part::Any);
        }
        Some(match (self.fold, dialect) {
            (true, _) => like(folded(dialect, value, &mut pattern), &pattern),
            (false, Dialect::Postgres) => like(value, &pattern),
            // SQLite's LIKE knows no case; its GLOB does.
            (false, Dialect::Sqlite) => {
                Expr::cust_with_exprs("($1 GLOB $2)", [value, Expr::val(glob(&pattern))])
            }
        })
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Letter(char),
}

fn read(pattern: &str) -> Vec<Part> {
    let mut chars = pattern.chars();
    let mut parts = Vec::with_capacity(pattern.len() + 2);
    while let Some(c) = chars.next() {
        parts.push(match c {
            '%' => Part::Any,
            '_' => Part::One,
            // At the very end it means itself; PostgreSQL would refuse it, SQLite match nothing.
            '\\' => Part::Letter(chars.next().unwrap_or('\\')),
            letter => Part::Letter(letter),
        });
    }
    parts
}

fn like(value: Expr, pattern: &[Part]) -> Expr {
    let mut out = String::with_capacity(pattern.len());
    for part in pattern {
        match part {
            Part::Any => out.push('%'),
            Part::One => out.push('_'),
            Part::Letter(c @ ('%' | '_' | '!')) => out.extend(['!', *c]),
            Part::Letter(c) => out.push(*c),
        }
    }
    Expr::cust_with_exprs("($1 LIKE $2 ESCAPE '!')", [value, Expr::val(out)])
}

fn glob(pattern: &[Part]) -> String {
    let mut out = String::with_capacity(pattern.len());
    for part in pattern {
        match part {
            Part::Any => out.push('*'),
            Part::One => out.push('?'),
            Part::Letter(c @ ('*' | '?' | '[')) => out.extend(['[', *c, ']']),
            Part::Letter(c) => out.push(*c),
        }
    }
    out
}

/// Value and pattern in small letters. Both databases fold ASCII alike and the rest differently or not at all,
/// so the other letters of the pattern are folded one by one.
fn folded(dialect: Dialect, value: Expr, pattern: &mut [Part]) -> Expr {
    let mut others = BTreeSet::new();
    for part in pattern {
        if let Part::Letter(c) = part {
            *c = single(c.to_lowercase()).unwrap_or(*c);
            if !c.is_ascii() {
                others.insert(*c);
            }
        }
    }
    let mut value = value;
    for small in others {
        if let Some(capital) = single(small.to_uppercase()).filter(|c| *c != small) {
            let [from, to] = [capital, small].map(|c| Expr::val(c.to_string()));
            value = Expr::cust_with_exprs("replace($1, $2, $3)", [value, from, to]);
        }
    }
    Expr::cust_with_expr("lower($1)", dialect.bytewise(value))
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    match (chars.next(), chars.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_patterns() {
        use Part::{Any, Letter, One};
        assert_eq!(read(r"a%_\%\\"), [Letter('a'), Any, One, Letter('%'), Letter('\\')]);
        assert_eq!(read(r"\"), [Letter('\\')]);
        assert_eq!(glob(&read(r"%50\%_off[*]%")), "*50%?off[[][*]]*");
    }
}
