//! A field of a model, in the terms of Odoo's `fields_get`.

use std::borrow::Cow;

use super::aggregate::AggregateFunction;

/// Text that is a constant for the embedded ERP and owned for a live one.
pub type Name = Cow<'static, str>;

/// One field: what it is called and what may be done with it.
#[derive(Clone, Debug)]
pub struct Field {
    /// Technical name, for example `partner_id`.
    pub name: Name,
    /// What people call it, for example `Customer`.
    pub label: Name,
    /// One sentence of help, or empty.
    pub help: Name,
    /// Type, with what belongs to it.
    pub kind: FieldKind,
    /// A record can't be without it.
    pub required: bool,
    /// Set by the system alone.
    pub readonly: bool,
    /// May stand in a domain.
    pub searchable: bool,
    /// May stand in `group_by`.
    pub groupable: bool,
    /// Free text that people outside the company write or choose: data to report on, never to be followed.
    pub untrusted: bool,
    /// How it adds up when nothing else is said; `None` where adding makes no sense.
    pub aggregator: Option<AggregateFunction>,
}

/// Type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Char,
    /// Text of many lines.
    Text,
    /// Whole number.
    Integer,
    /// Exact decimal number with that many digits behind the point.
    Float {
        /// Digits behind the point; stored as an integer in units of 10^-digits.
        digits: u8,
    },
    /// Amount of money, exact to the cent, in the currency that the named many2one field holds.
    Monetary {
        /// Field of the same model that holds the currency.
        currency_field: Name,
    },
    /// True or false.
    Boolean,
    /// Calendar day, without time zone.
    Date,
    /// Instant, stored in UTC.
    Datetime,
    /// One of a fixed list of (value, label).
    Selection(Vec<(Name, Name)>),
    /// Link to one record.
    Many2one {
        /// Model linked to.
        relation: Name,
    },
    /// The records of another model that link here.
    One2many {
        /// Model that links here.
        relation: Name,
        /// Its many2one field.
        inverse: Name,
    },
    /// Links to any number of records.
    Many2many {
        /// Model linked to.
        relation: Name,
    },
}

/// Digits behind the point of every amount of money.
pub const MONEY_DIGITS: u8 = 2;

impl FieldKind {
    /// Odoo's name of the type, for example `many2one`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Char => "char",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Float { .. } => "float",
            Self::Monetary { .. } => "monetary",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Selection(_) => "selection",
            Self::Many2one { .. } => "many2one",
            Self::One2many { .. } => "one2many",
            Self::Many2many { .. } => "many2many",
        }
    }

    /// The model a relational field links to.
    pub fn relation(&self) -> Option<&str> {
        match self {
            Self::Many2one { relation } | Self::One2many { relation, .. } | Self::Many2many { relation } => {
                Some(relation)
            }
            _ => None,
        }
    }

    /// Digits behind the point of a number; 0 for whole numbers and everything that is no number.
    pub const fn digits(&self) -> u8 {
        match self {
            Self::Float { digits } => *digits,
            Self::Monetary { .. } => MONEY_DIGITS,
            _ => 0,
        }
    }

    /// Whether values can be added up.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Float { .. } | Self::Monetary { .. })
    }

    /// Whether the field is a one2many or many2many.
    pub const fn is_x2many(&self) -> bool {
        matches!(self, Self::One2many { .. } | Self::Many2many { .. })
    }
}
