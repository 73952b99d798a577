//! `order`: a comma-separated list of keys, each with `asc` or `desc`, as in Odoo.

use super::complaint::Complaint;

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTerm {
    /// A field (`amount_total`), or in a grouped answer a group or aggregate as asked for
    /// (`date:month`, `price_total:sum`, `__count`).
    pub key: String,
    /// Largest first.
    pub descending: bool,
}

/// Most keys that an order may have.
pub const MAX_TERMS: usize = 8;

impl OrderTerm {
    /// Reads `"date desc, id"`.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Complaint> {
        let terms: Vec<Self> = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Self::parse)
            .collect::<Result<_, _>>()?;
        if terms.len() > MAX_TERMS {
            return Err(Complaint::new(format!(
                "order has {} keys; at most {MAX_TERMS} are allowed",
                terms.len()
            )));
        }
        Ok(terms)
    }

    fn parse(part: &str) -> Result<Self, Complaint> {
        let mut words = part.split_whitespace();
        let (key, direction, rest) = (words.next().unwrap_or_default(), words.next(), words.next());
        let descending = match (direction.map(str::to_lowercase).as_deref(), rest) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => {
                return Err(Complaint::new(format!(
                    "order key `{part}` is not `field`, `field asc` or `field desc`"
                ))
                .example(r#""date desc, id""#));
            }
        };
        Ok(Self { key: key.to_owned(), descending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_list() {
        let terms = OrderTerm::parse_list("price_total:sum DESC, id").unwrap();
        assert_eq!(terms[0], OrderTerm { key: "price_total:sum".into(), descending: true });
        assert_eq!(terms[1], OrderTerm { key: "id".into(), descending: false });
    }

    #[test]
    fn refuses_sql() {
        assert!(OrderTerm::parse_list("id; drop table x").is_err());
        assert!(OrderTerm::parse_list("id sideways").is_err());
    }
}
