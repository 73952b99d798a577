//! A domain: Odoo's search condition, as a tree. Parsing is pure; what its names mean is the ERP's to say.

mod leaf;
mod literal;
mod number;
mod operator;
mod parse;
mod quote;
mod render;

/// Deepest a domain may be nested, and most hops of a dotted path.
pub const MAX_DEPTH: usize = 32;
/// Most comparisons in a domain, those inside `any` included.
pub const MAX_TERMS: usize = 512;
/// Most values in the lists of a domain, all lists together: each is bound to the statement, and databases bind no
/// more than some ten thousand.
pub const MAX_VALUES: usize = 10_000;
/// Longest pattern of `like` and its kin, in characters: SQLite reads none over 50,000 bytes.
pub const MAX_PATTERN: usize = 4_000;

/// A condition on the records of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Every record.
    All,
    /// All conditions hold.
    And(Vec<Domain>),
    /// At least one condition holds.
    Or(Vec<Domain>),
    /// The condition does not hold.
    Not(Box<Domain>),
    /// One comparison.
    Leaf(Leaf),
}

/// One comparison: `("partner_id.name", "ilike", "acme")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Field, or a dotted path through relations.
    pub path: Vec<String>,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub value: Literal,
}

/// A value in a domain, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `null`, `None`, or `False` where a value is meant: not set.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as its exact decimal text.
    Number(String),
    /// Text, dates included.
    Text(String),
    /// A list, for `in`.
    List(Vec<Literal>),
    /// A domain on the linked model, for `any`.
    Domain(Box<Domain>),
}

/// How a leaf compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `like`: contains, case counts
    Like,
    /// `not like`
    NotLike,
    /// `ilike`: contains, case does not count
    ILike,
    /// `not ilike`
    NotILike,
    /// `=like`: the whole value matches a pattern with `%` and `_`
    EqLike,
    /// `=ilike`: likewise, case does not count
    EqILike,
    /// `=?`: as `=`, but true for every record where the value is not set
    EqOrUnset,
    /// `child_of`: the record or one below it
    ChildOf,
    /// `parent_of`: the record or one above it
    ParentOf,
    /// `any`: a linked record matches a domain
    Any,
    /// `not any`
    NotAny,
}

impl Domain {
    /// Both conditions hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, d) | (d, Self::All) => d,
            (Self::And(mut a), Self::And(b)) => {
                a.extend(b);
                Self::And(a)
            }
            (Self::And(mut a), d) => {
                a.push(d);
                Self::And(a)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }
}

#[cfg(test)]
mod tests;
