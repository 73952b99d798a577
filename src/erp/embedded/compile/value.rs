//! One value compared with one literal, whatever stands for the value: a column, or what a group adds up to.

use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait};

use super::super::ask::{Ask, Site};
use super::super::sql::{Condition, Dialect, any, not};
use super::column_of;
use crate::model::domain::{Literal, Operator};
use crate::model::{Complaint, Field, FieldKind};

/// What is compared.
pub(in super::super) struct Subject<'a> {
    /// In SQL.
    pub value: Expr,
    /// What sort of value.
    pub kind: &'a FieldKind,
    /// How a complaint names it, for example ``sale.order `date_order` ``.
    pub name: String,
    /// How it was written.
    pub path: String,
    pub dialect: Dialect,
    /// Where the caller's days begin.
    pub tz: Tz,
}

impl<'a> Subject<'a> {
    /// A field of a site, written as `path`.
    pub(super) fn of(ask: &Ask<'_>, site: Site<'_>, field: &'a Field, path: String) -> Self {
        Self {
            value: column_of(ask, site, &field.name, &field.kind),
            kind: &field.kind,
            name: format!("{} `{}`", site.model.name, field.name),
            path,
            dialect: ask.dialect,
            tz: ask.who.tz,
        }
    }

    /// The comparison as a condition.
    pub(in super::super) fn compare(
        &self,
        operator: Operator,
        literal: &Literal,
    ) -> Result<Condition, Complaint> {
        if let Some(plain) = plain(operator) {
            return Ok(Some(not(self.compare(plain, literal)?)));
        }
        match (operator, literal) {
            (Operator::Eq | Operator::In | Operator::EqOrUnset, Literal::List(items)) => self.among(items),
            (Operator::Eq | Operator::In | Operator::EqOrUnset, one) => self.among(std::slice::from_ref(one)),
            (Operator::Any | Operator::ChildOf | Operator::ParentOf, _) => Err(self.wrong_operator(operator)),
            _ => match self.kind {
                FieldKind::Boolean => Err(self.wrong_operator(operator)),
                FieldKind::Char | FieldKind::Text | FieldKind::Selection(_) => {
                    self.compare_text(operator, literal)
                }
                _ => self.compare_ordered(operator, literal),
            },
        }
    }

    fn among(&self, items: &[Literal]) -> Result<Condition, Complaint> {
        if let FieldKind::Boolean = self.kind {
            return self.among_truths(items);
        }
        let unset = items.iter().any(|item| matches!(item, Literal::Null | Literal::Bool(false)));
        let set: Vec<&Literal> =
            items.iter().filter(|item| !matches!(item, Literal::Null | Literal::Bool(false))).collect();
        let found = match self.kind {
            FieldKind::Char | FieldKind::Text | FieldKind::Selection(_) => self.among_texts(&set)?,
            _ => self.among_numbers(&set)?,
        };
        Ok(any(found.into_iter().map(Some).chain(unset.then(|| Some(self.unset())))))
    }

    /// A truth that is not set counts as false.
    fn among_truths(&self, items: &[Literal]) -> Result<Condition, Complaint> {
        let mut parts = Vec::new();
        for item in items {
            let truth = match item {
                Literal::Bool(truth) => *truth,
                Literal::Null => false,
                Literal::Number(n) if n == "1" => true,
                Literal::Number(n) if n == "0" => false,
                other => return Err(self.wrong_value(other, "true or false", "true")),
            };
            let yes = self.value.clone().eq(true);
            parts.push(Some(if truth { yes } else { not(Some(yes)) }));
        }
        Ok(any(parts))
    }

    /// Where it has no value; of text, the empty one is none.
    pub(super) fn unset(&self) -> Expr {
        let null = Expr::cust_with_expr("($1 IS NULL)", self.value.clone());
        match self.kind {
            FieldKind::Char | FieldKind::Text => {
                Expr::cust_with_exprs("($1 OR $2 = '')", [null, self.value.clone()])
            }
            _ => null,
        }
    }

    pub(super) fn wrong_operator(&self, operator: Operator) -> Complaint {
        let right = match self.kind {
            FieldKind::Boolean => "=, !=, in, not in",
            FieldKind::Selection(_) => "=, !=, in, not in, like, ilike",
            FieldKind::Char | FieldKind::Text => {
                "=, !=, in, not in, like, ilike, =like, =ilike, <, <=, >, >= and not like, not ilike"
            }
            _ => "=, !=, in, not in, <, <=, >, >=",
        };
        Complaint::new(format!(
            "operator `{}` does not fit {}, which is {}; it takes {right}",
            word(operator),
            self.name,
            self.kind.name()
        ))
    }

    /// `fits` says what a value must be, `example` is one, as JSON.
    pub(super) fn wrong_value(&self, literal: &Literal, fits: &str, example: &str) -> Complaint {
        Complaint::new(format!(
            "{} is {}; {} does not fit, it takes {fits}",
            self.name,
            self.kind.name(),
            written(literal)
        ))
        .example(format!(r#"[["{}","=",{example}]]"#, self.path))
    }
}

/// The operator that holds exactly where this one does not.
pub(super) const fn plain(operator: Operator) -> Option<Operator> {
    Some(match operator {
        Operator::Ne => Operator::Eq,
        Operator::NotIn => Operator::In,
        Operator::NotLike => Operator::Like,
        Operator::NotILike => Operator::ILike,
        Operator::NotAny => Operator::Any,
        _ => return None,
    })
}

/// An operator as it is written.
pub(super) const fn word(operator: Operator) -> &'static str {
    match operator {
        Operator::Eq => "=",
        Operator::Ne => "!=",
        Operator::Lt => "<",
        Operator::Le => "<=",
        Operator::Gt => ">",
        Operator::Ge => ">=",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::Like => "like",
        Operator::NotLike => "not like",
        Operator::ILike => "ilike",
        Operator::NotILike => "not ilike",
        Operator::EqLike => "=like",
        Operator::EqILike => "=ilike",
        Operator::EqOrUnset => "=?",
        Operator::ChildOf => "child_of",
        Operator::ParentOf => "parent_of",
        Operator::Any => "any",
        Operator::NotAny => "not any",
    }
}

/// A literal as a complaint repeats it, cut short.
pub(super) fn written(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".into(),
        Literal::Bool(truth) => truth.to_string(),
        Literal::Number(number) => short(number),
        Literal::Text(text) => format!("\"{}\"", short(text)),
        Literal::List(_) => "a list".into(),
        Literal::Domain(_) => "a domain".into(),
    }
}

fn short(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
