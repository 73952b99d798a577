//! Small builders, so that a model reads as a table of its fields.

use crate::model::field::Name;
use crate::model::{AggregateFunction, Field, FieldKind, Method, Model, ModelKind, Report};

/// A model with nothing but its `id`, named by its field `name`.
pub fn model(kind: ModelKind, name: &'static str, label: &'static str, description: &'static str) -> Model {
    let id = Field {
        groupable: false,
        aggregator: None,
        ..integer("id", "ID").readonly().help("Number of the record, unique within its model.")
    };
    Model {
        name: Name::Borrowed(name),
        label: Name::Borrowed(label),
        description: Name::Borrowed(description),
        kind,
        rec_name: Name::Borrowed("name"),
        order: Name::Borrowed("id"),
        fields: vec![id],
        significant: Vec::new(),
        methods: Vec::new(),
        reports: Vec::new(),
    }
}

/// Business data.
pub fn business(name: &'static str, label: &'static str, description: &'static str) -> Model {
    model(ModelKind::Business, name, label, description)
}

/// What can be said about a model beyond its names.
pub trait ModelBuild: Sized {
    /// Field that names a record where it is linked to.
    fn rec_name(self, field: &'static str) -> Self;
    /// Order of records when none is asked for.
    fn order(self, order: &'static str) -> Self;
    /// Its fields, behind `id`.
    fn fields(self, fields: impl IntoIterator<Item = Field>) -> Self;
    /// Fields answered when none are asked for.
    fn significant(self, names: impl IntoIterator<Item = &'static str>) -> Self;
    /// A public business method.
    fn method(self, name: &'static str, label: &'static str) -> Self;
    /// A printed document.
    fn report(self, name: &'static str, label: &'static str) -> Self;
}

impl ModelBuild for Model {
    fn rec_name(mut self, field: &'static str) -> Self {
        self.rec_name = Name::Borrowed(field);
        self
    }

    fn order(mut self, order: &'static str) -> Self {
        self.order = Name::Borrowed(order);
        self
    }

    fn fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }

    fn significant(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.significant.extend(names.into_iter().map(Name::Borrowed));
        self
    }

    fn method(mut self, name: &'static str, label: &'static str) -> Self {
        self.methods.push(Method { name: Name::Borrowed(name), label: Name::Borrowed(label) });
        self
    }

    fn report(mut self, name: &'static str, label: &'static str) -> Self {
        self.reports.push(Report { name: Name::Borrowed(name), label: Name::Borrowed(label) });
        self
    }
}

/// What can be said about a field beyond its type and names.
pub trait FieldBuild: Sized {
    /// A record can't be without it.
    fn required(self) -> Self;
    /// Set by the system alone.
    fn readonly(self) -> Self;
    /// A one2many that takes commands: its records are made and changed with this one.
    fn editable(self) -> Self;
    /// Free text that comes from outside the company.
    ///
    /// That is what customers, vendors and leads write or call themselves: names and addresses of partners and
    /// leads, their references, and notes and descriptions, which hold what they sent. Texts of the company's own,
    /// such as its products, and numbers that the system gives are not.
    fn untrusted(self) -> Self;
    /// One sentence of help.
    fn help(self, text: &'static str) -> Self;
    /// Adding it up makes no sense; its mean does.
    fn averaged(self) -> Self;
    /// Nothing about it adds up.
    fn unsummed(self) -> Self;
}

impl FieldBuild for Field {
    fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }

    fn editable(mut self) -> Self {
        self.readonly = false;
        self
    }

    fn untrusted(mut self) -> Self {
        self.untrusted = true;
        self
    }

    fn help(mut self, text: &'static str) -> Self {
        self.help = Name::Borrowed(text);
        self
    }

    fn averaged(mut self) -> Self {
        self.aggregator = Some(AggregateFunction::Avg);
        self
    }

    fn unsummed(mut self) -> Self {
        self.aggregator = None;
        self
    }
}

fn field(name: &'static str, label: &'static str, kind: FieldKind) -> Field {
    let aggregator = kind.is_number().then_some(AggregateFunction::Sum);
    let groupable = !matches!(kind, FieldKind::Text | FieldKind::Float { .. } | FieldKind::Monetary { .. })
        && !kind.is_x2many();
    Field {
        name: Name::Borrowed(name),
        label: Name::Borrowed(label),
        help: Name::Borrowed(""),
        readonly: kind.is_x2many(),
        required: false,
        searchable: true,
        untrusted: false,
        groupable,
        aggregator,
        kind,
    }
}

/// One line of text.
pub fn char(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Char)
}

/// Text of many lines.
pub fn text(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Text)
}

/// A whole number, which adds up.
pub fn integer(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Integer)
}

/// A quantity, exact to a thousandth of its unit.
pub fn quantity(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Float { digits: 3 })
}

/// Per cent, exact to a hundredth; its mean makes sense, its sum does not.
pub fn percent(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Float { digits: 2 }).averaged()
}

/// A rate of exchange, exact to a millionth.
pub fn rate(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Float { digits: 6 }).averaged()
}

/// Money in the currency of the record's `currency_id`.
pub fn money(name: &'static str, label: &'static str) -> Field {
    money_in(name, label, "currency_id")
}

/// Money in the currency that another field of the record holds.
pub fn money_in(name: &'static str, label: &'static str, currency_field: &'static str) -> Field {
    field(name, label, FieldKind::Monetary { currency_field: Name::Borrowed(currency_field) })
}

/// True or false.
pub fn boolean(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Boolean)
}

/// The usual `active`: archived records have it false.
pub fn active() -> Field {
    boolean("active", "Active").required().help("Archived records are not active.")
}

/// A calendar day.
pub fn date(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Date)
}

/// An instant.
pub fn datetime(name: &'static str, label: &'static str) -> Field {
    field(name, label, FieldKind::Datetime)
}

/// One of a fixed list of (value, label).
pub fn selection(name: &'static str, label: &'static str, of: &[(&'static str, &'static str)]) -> Field {
    let values = of.iter().map(|(v, l)| (Name::Borrowed(*v), Name::Borrowed(*l))).collect();
    field(name, label, FieldKind::Selection(values))
}

/// A link to one record.
pub fn many2one(name: &'static str, label: &'static str, relation: &'static str) -> Field {
    field(name, label, FieldKind::Many2one { relation: Name::Borrowed(relation) })
}

/// The records of `relation` whose many2one field `inverse` links here.
pub fn one2many(
    name: &'static str,
    label: &'static str,
    relation: &'static str,
    inverse: &'static str,
) -> Field {
    let kind = FieldKind::One2many { relation: Name::Borrowed(relation), inverse: Name::Borrowed(inverse) };
    field(name, label, kind)
}

/// Links to any number of records.
pub fn many2many(name: &'static str, label: &'static str, relation: &'static str) -> Field {
    field(name, label, FieldKind::Many2many { relation: Name::Borrowed(relation) })
}

/// The company a record belongs to; records of one without it are everybody's.
pub fn company() -> Field {
    many2one("company_id", "Company", "res.company")
}

/// The currency of the record's amounts.
pub fn currency() -> Field {
    many2one("currency_id", "Currency", "res.currency").required()
}
