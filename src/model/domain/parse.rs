//! Prefix form to tree, read from right to left: an operator finds its terms on the stack, and what is left
//! there at the end is joined by `&`. Nothing here recurses but `any`, which is counted.

use serde_json::Value;

use super::leaf::misshapen;
use super::quote::{cut, quote};
use super::{Domain, MAX_DEPTH, literal};
use crate::model::Complaint;

pub(super) const EXAMPLE: &str = r#"["|",["state","=","sale"],["amount_total",">",100]]"#;

impl Domain {
    /// Reads a domain as an assistant sends it: a JSON array in prefix form, or a text holding JSON or a Python
    /// literal. Null, empty text and `[]` mean every record. What the fields mean is not looked at.
    pub fn parse(value: &Value) -> Result<Self, Complaint> {
        let read;
        let value = match value {
            Value::String(text) => {
                read = literal::read(text)?;
                &read
            }
            other => other,
        };
        match value {
            Value::Null => Ok(Self::All),
            value => Ok(Parser { terms: 0, values: 0 }.domain(value, 0)?.domain),
        }
    }
}

/// Reads one domain, and counts its terms and the values of its lists, those inside `any` included.
pub(super) struct Parser {
    pub(super) terms: usize,
    pub(super) values: usize,
}

/// A part of the tree, with its depth: never over [`MAX_DEPTH`], so that whoever walks or drops it may recurse.
pub(super) struct Node {
    pub(super) domain: Domain,
    pub(super) depth: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Join {
    And,
    Or,
}

impl Parser {
    /// Reads a list of terms; `level` counts the `any` around it.
    pub(super) fn domain(&mut self, value: &Value, level: usize) -> Result<Node, Complaint> {
        let Value::Array(items) = value else {
            return Err(
                Complaint::new(format!("a domain is a list of terms, not {}", quote(value))).example(EXAMPLE)
            );
        };
        if is_bare_leaf(items) {
            return self.leaf(value, items, level);
        }
        let mut stack: Vec<Node> = Vec::new();
        for item in items.iter().rev() {
            let node = match item {
                Value::Array(parts) => self.leaf(item, parts, level)?,
                Value::String(sign) => match sign.trim() {
                    "&" => both(Join::And, sign, &mut stack)?,
                    "|" => both(Join::Or, sign, &mut stack)?,
                    "!" => not(&mut stack)?,
                    _ => return Err(stray(sign, items)),
                },
                other => {
                    return Err(Complaint::new(format!(
                        "a domain is made of terms [field, operator, value] and the signs &, |, !; {} is neither",
                        quote(other)
                    ))
                    .example(EXAMPLE));
                }
            };
            stack.push(node);
        }
        let mut all = Node { domain: Domain::All, depth: 1 };
        while let Some(node) = stack.pop() {
            all = join(Join::And, all, node)?;
        }
        Ok(all)
    }
}

/// Whether the text joins or turns terms.
pub(super) fn is_sign(text: &str) -> bool {
    matches!(text.trim(), "&" | "|" | "!")
}

/// `["state","=","sale"]` where `[["state","=","sale"]]` was meant: as a list of terms it could mean nothing.
fn is_bare_leaf(items: &[Value]) -> bool {
    match items {
        [Value::String(field), Value::String(word), _] => !is_sign(field) && !is_sign(word),
        [Value::Number(_), Value::String(_), Value::Number(_)] => true,
        _ => false,
    }
}

fn both(kind: Join, sign: &str, stack: &mut Vec<Node>) -> Result<Node, Complaint> {
    let (left, right) = (stack.pop(), stack.pop());
    match (left, right) {
        (Some(left), Some(right)) => join(kind, left, right),
        (left, _) => Err(Complaint::new(format!(
            "`{}` stands before its two terms, but {} there",
            sign.trim(),
            if left.is_some() { "only one is" } else { "none is" }
        ))
        .example(EXAMPLE)),
    }
}

fn not(stack: &mut Vec<Node>) -> Result<Node, Complaint> {
    let Some(Node { domain, depth }) = stack.pop() else {
        return Err(Complaint::new("`!` stands before its term, but none is there")
            .example(r#"["!",["state","=","cancel"]]"#));
    };
    Ok(Node { domain: Domain::Not(Box::new(domain)), depth: deeper(depth)? })
}

/// Joins two parts; a chain of one sign becomes one flat list, and `&` with every record is the other part.
fn join(kind: Join, left: Node, right: Node) -> Result<Node, Complaint> {
    match (kind, &left.domain, &right.domain) {
        (Join::And, Domain::All, _) => return Ok(right),
        (Join::And, _, Domain::All) => return Ok(left),
        _ => {}
    }
    let (mut all, left_depth) = flat(kind, left);
    let (rest, right_depth) = flat(kind, right);
    all.extend(rest);
    let domain = match kind {
        Join::And => Domain::And(all),
        Join::Or => Domain::Or(all),
    };
    Ok(Node { domain, depth: deeper(left_depth.max(right_depth))? })
}

/// The parts of a node of that kind, or the node alone; and how deep they are.
fn flat(kind: Join, node: Node) -> (Vec<Domain>, usize) {
    match (kind, node.domain) {
        (Join::And, Domain::And(parts)) | (Join::Or, Domain::Or(parts)) => (parts, node.depth - 1),
        (_, domain) => (vec![domain], node.depth),
    }
}

pub(super) fn deeper(depth: usize) -> Result<usize, Complaint> {
    if depth >= MAX_DEPTH { Err(too_deep()) } else { Ok(depth + 1) }
}

pub(super) fn too_deep() -> Complaint {
    Complaint::new(format!(
        "the domain is nested deeper than {MAX_DEPTH}; write it flatter, several values with `in`"
    ))
    .example(r#"[["id","in",[7,8,9]]]"#)
}

fn stray(sign: &str, items: &[Value]) -> Complaint {
    let right = match sign.trim().to_lowercase().as_str() {
        "and" | "&&" => Some("&"),
        "or" | "||" => Some("|"),
        "not" => Some("!"),
        _ => None,
    };
    if let Some(right) = right {
        let mut complaint =
            Complaint::new(format!("`{sign}` is no sign of a domain; it is written before its terms"));
        complaint.nearest = vec![format!("\"{right}\"")];
        return complaint.example(EXAMPLE);
    }
    if items.iter().all(|item| !item.is_array()) {
        return misshapen(&Value::Array(items.to_vec()), items);
    }
    Complaint::new(format!("`{}` stands in the domain without operator and value", cut(sign)))
        .example(EXAMPLE)
}
