//! A domain as canonical JSON: prefix form, for the log and for an ERP that is asked over its API.

use serde_json::{Value, json};

use super::{Domain, Leaf, Literal, number};

impl Domain {
    /// The domain in prefix form. Reading it again gives the same tree.
    pub fn to_json(&self) -> Value {
        let mut terms = Vec::new();
        match self {
            Self::All => {}
            Self::And(all) => all.iter().for_each(|domain| domain.write(&mut terms)),
            one => one.write(&mut terms),
        }
        Value::Array(terms)
    }

    fn write(&self, terms: &mut Vec<Value>) {
        match self {
            Self::All => terms.push(json!([1, "=", 1])),
            Self::Not(of) if **of == Self::All => terms.push(json!([0, "=", 1])),
            Self::Not(of) => {
                terms.push("!".into());
                of.write(terms);
            }
            Self::And(all) if all.is_empty() => terms.push(json!([1, "=", 1])),
            Self::Or(any) if any.is_empty() => terms.push(json!([0, "=", 1])),
            Self::And(all) => write_joined("&", all, terms),
            Self::Or(any) => write_joined("|", any, terms),
            Self::Leaf(leaf) => terms.push(leaf.to_json()),
        }
    }
}

fn write_joined(sign: &str, domains: &[Domain], terms: &mut Vec<Value>) {
    terms.extend(domains.iter().skip(1).map(|_| Value::from(sign)));
    for domain in domains {
        domain.write(terms);
    }
}

impl Leaf {
    fn to_json(&self) -> Value {
        json!([self.path.join("."), self.operator.name(), self.value.to_json()])
    }
}

impl Literal {
    /// The value as JSON. A number that no JSON number holds exactly is written as text.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(*b),
            Self::Number(n) => number::exact(n).map_or_else(|| Value::from(n.as_str()), Value::Number),
            Self::Text(t) => Value::from(t.as_str()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Domain(domain) => domain.to_json(),
        }
    }
}
