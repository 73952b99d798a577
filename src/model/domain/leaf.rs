//! One term of a domain: field, operator and value, taken as Odoo takes them.

use serde_json::{Value, json};

use super::parse::{EXAMPLE, Node, Parser, deeper, is_sign, too_deep};
use super::quote::{LONGEST, about, cut, quote};
use super::{Domain, Leaf, Literal, MAX_DEPTH, MAX_PATTERN, MAX_TERMS, MAX_VALUES, Operator, number};
use crate::model::Complaint;

impl Parser {
    pub(super) fn leaf(&mut self, term: &Value, parts: &[Value], level: usize) -> Result<Node, Complaint> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(Complaint::new(format!(
                "the domain has more than {MAX_TERMS} terms; put many values of one field into one term"
            ))
            .example(r#"[["id","in",[7,8,9]]]"#));
        }
        let [field, word, value] = parts else { return Err(misshapen(term, parts)) };
        if field.is_array() || field.as_str().is_some_and(is_sign) {
            return Err(misshapen(term, parts));
        }
        if let Value::Number(n) = field {
            return constant(term, n, word, value);
        }
        let Value::String(field) = field else {
            return Err(about(term, "its first part must name a field, as text").example(EXAMPLE));
        };
        let Value::String(word) = word else {
            return Err(about(term, "its second part must be an operator, as text").example(EXAMPLE));
        };
        let path: Vec<String> = field.trim().split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) {
            return Err(about(term, &format!("`{}` names no field", cut(field))).example(EXAMPLE));
        }
        if path.len() > MAX_DEPTH {
            return Err(about(
                term,
                &format!("its path has {} hops; at most {MAX_DEPTH} are allowed", path.len()),
            ));
        }
        let operator = Operator::parse(word).ok_or_else(|| unknown_operator(term, field, word, value))?;
        let (operator, value, depth) = self.operand(term, operator, value, level)?;
        Ok(Node { domain: Domain::Leaf(Leaf { path, operator, value }), depth })
    }

    /// The operator and what it compares with, as Odoo takes them, and the depth of the leaf.
    fn operand(
        &mut self,
        term: &Value,
        operator: Operator,
        value: &Value,
        level: usize,
    ) -> Result<(Operator, Literal, usize), Complaint> {
        use Operator as O;
        let fail = |wanted: &str| {
            let problem = format!("`{}` compares with {wanted}, not with {}", operator.name(), quote(value));
            about(term, &problem)
        };
        let operator = match (operator, value) {
            (O::Eq, Value::Array(_)) => O::In,
            (O::Ne, Value::Array(_)) => O::NotIn,
            _ => operator,
        };
        let literal = match operator {
            O::Any | O::NotAny => {
                if !value.is_array() {
                    return Err(fail("a domain").example(r#"[["order_line","any",[["product_id","=",7]]]]"#));
                }
                if level + 1 >= MAX_DEPTH {
                    return Err(too_deep());
                }
                let inner = self.domain(value, level + 1)?;
                let depth = deeper(inner.depth)?;
                return Ok((operator, Literal::Domain(Box::new(inner.domain)), depth));
            }
            O::In | O::NotIn => Literal::List(self.values(term, value)?),
            O::ChildOf | O::ParentOf => match value {
                Value::Array(_) => Literal::List(self.values(term, value)?),
                _ => scalar(term, value)?,
            },
            O::EqOrUnset if value.is_array() => {
                return Err(
                    fail("one value; for several use `in`").example(r#"[["state","in",["sale","done"]]]"#)
                );
            }
            O::Eq | O::Ne | O::EqOrUnset => scalar(term, value)?,
            O::Lt | O::Le | O::Gt | O::Ge => match scalar(term, value) {
                Ok(found @ (Literal::Number(_) | Literal::Text(_))) => found,
                _ => {
                    return Err(
                        fail("a number, a text or a date").example(r#"[["date_order",">=","2026-01-01"]]"#)
                    );
                }
            },
            O::Like | O::NotLike | O::ILike | O::NotILike | O::EqLike | O::EqILike => {
                match scalar(term, value) {
                    Ok(Literal::Text(text)) if text.chars().count() > MAX_PATTERN => {
                        return Err(about(
                            term,
                            &format!("its text is longer than {MAX_PATTERN} characters; match a part of it"),
                        ));
                    }
                    Ok(Literal::Text(text) | Literal::Number(text)) => Literal::Text(text),
                    Err(complaint) if value.is_string() => return Err(complaint),
                    _ => {
                        return Err(fail("a text")
                            .example(r#"["|",["name","ilike","acme"],["name","ilike","azure"]]"#));
                    }
                }
            }
        };
        Ok((operator, literal, 1))
    }

    fn values(&mut self, term: &Value, value: &Value) -> Result<Vec<Literal>, Complaint> {
        let Value::Array(items) = value else { return Ok(vec![scalar(term, value)?]) };
        self.values += items.len();
        if self.values > MAX_VALUES {
            let with = if self.values > items.len() { ", with those before it," } else { "" };
            return Err(about(
                term,
                &format!(
                    "its list{with} has {} values; at most {MAX_VALUES} are allowed. Ask in parts, or by a range",
                    self.values
                ),
            ));
        }
        items.iter().map(|item| scalar(term, item)).collect()
    }
}

/// `[1,"=",1]`: every record; `[0,"=",1]`: none.
fn constant(term: &Value, left: &serde_json::Number, word: &Value, right: &Value) -> Result<Node, Complaint> {
    let domain = match (left.as_f64(), word.as_str().and_then(Operator::parse), right.as_f64()) {
        (Some(1.0), Some(Operator::Eq), Some(1.0)) => Domain::All,
        (Some(0.0), Some(Operator::Eq), Some(1.0)) => Domain::Not(Box::new(Domain::All)),
        _ => {
            return Err(about(
                term,
                "its first part must name a field; the only terms without one are [1,\"=\",1], every record, and [0,\"=\",1], none",
            ));
        }
    };
    Ok(Node { domain, depth: 1 })
}

fn scalar(term: &Value, value: &Value) -> Result<Literal, Complaint> {
    match value {
        Value::Null => Ok(Literal::Null),
        Value::Bool(b) => Ok(Literal::Bool(*b)),
        Value::Number(n) => number::plain(&n.to_string())
            .map(Literal::Number)
            .ok_or_else(|| about(term, &format!("the number {n} is out of every field's range"))),
        Value::String(text) if text.contains('\0') => {
            Err(about(term, "its text holds a NUL character, which no value can contain"))
        }
        Value::String(text) => Ok(Literal::Text(text.clone())),
        Value::Array(_) => {
            Err(about(term, &format!("{} is a list where one value should stand", quote(value)))
                .example(r#"[["state","in",["sale","done"]]]"#))
        }
        Value::Object(fields) => {
            let problem = format!("{} is an object where one value should stand", quote(value));
            let id =
                fields.get("id").filter(|id| id.is_i64()).map_or_else(|| "7".to_owned(), ToString::to_string);
            Err(about(term, &problem)
                .example(format!(r#"a record is meant by its id: [["partner_id","=",{id}]]"#)))
        }
    }
}

/// A list that is no term: another shape, or lists in lists.
pub(super) fn misshapen(term: &Value, parts: &[Value]) -> Complaint {
    let signs = parts.iter().any(|part| part.as_str().is_some_and(is_sign));
    if signs || parts.first().is_some_and(Value::is_array) {
        let problem = "signs and terms stand side by side in one list, and each term is a list of its own";
        return about(term, problem).example(EXAMPLE);
    }
    let problem = format!("a term has three parts, field, operator and value; this has {}", parts.len());
    about(term, &problem).example(EXAMPLE)
}

fn unknown_operator(term: &Value, field: &str, word: &str, value: &Value) -> Complaint {
    let mut complaint = about(term, &format!("`{}` is no operator", cut(word)));
    complaint.nearest = Operator::meant_by(word);
    let right = complaint.nearest.first().map_or("=", String::as_str);
    let fitting = json!([[field, right, value]]).to_string();
    let example = if fitting.len() <= LONGEST { fitting } else { EXAMPLE.to_owned() };
    complaint.example(example)
}
