//! Quotations and orders, to customers and to vendors.

use std::collections::BTreeMap;

use super::super::desk::Desk;
use super::super::document::{ColumnKind, Document, Fact, Section, Total};
use super::super::error::ReportError;
use super::super::locale::Locale;
use super::super::number::Number;
use super::super::record::Record;
use super::grid::{Part, column, grid};
use super::parties::Parties;
use super::{choice, fact};
use crate::model::Model;

const SALE: &[&str] = &[
    "name",
    "state",
    "partner_id",
    "client_order_ref",
    "date_order",
    "validity_date",
    "commitment_date",
    "user_id",
    "company_id",
    "currency_id",
    "payment_term",
    "payment_term_id",
    "origin",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "note",
];
const PURCHASE: &[&str] = &[
    "name",
    "state",
    "partner_id",
    "partner_ref",
    "date_order",
    "date_approve",
    "date_planned",
    "user_id",
    "warehouse_id",
    "company_id",
    "currency_id",
    "origin",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "note",
];
const LINES: &[&str] = &[
    "name",
    "product_id",
    "product_uom_qty",
    "product_qty",
    "uom",
    "product_uom",
    "price_unit",
    "discount",
    "tax_rate",
    "price_subtotal",
    "price_tax",
    "display_type",
];

/// Quotations and orders made to customers.
pub async fn sales(desk: &Desk<'_>, model: &Model, ids: &[i64]) -> Result<Vec<Document>, ReportError> {
    let locale = desk.locale();
    let words = locale.words;
    let orders = desk.records(model, ids, SALE).await?;
    let mut lines = desk.lines("sale.order.line", "order_id", ids, LINES).await?;
    let units = Units::of(desk, "sale.order.line").await?;
    let parties = Parties::of(desk, &orders).await?;
    Ok(orders
        .iter()
        .map(|order| {
            let state = order.text("state");
            let firm = state.as_deref().is_some_and(|state| matches!(state, "sale" | "done"));
            let date = order.text("date_order").and_then(|at| locale.instant(&at));
            let expires = order.text("validity_date").filter(|_| !firm).and_then(|day| locale.date(&day));
            let promised = order.text("commitment_date").and_then(|at| locale.instant(&at));
            let term = choice(model, order, "payment_term").or_else(|| order.name("payment_term_id"));
            let facts = [
                fact(if firm { words.order_date } else { words.quotation_date }, date),
                fact(words.expiration, expires),
                fact(words.delivery_date, promised),
                fact(words.your_reference, order.text("client_order_ref")),
                fact(words.salesperson, order.name("user_id")),
                fact(words.terms, term.map(|term| words.value(&term))),
                fact(words.currency, order.name("currency_id")),
            ];
            let mut document = Document {
                title: if firm { words.order } else { words.quotation }.to_owned(),
                stamp: (state.as_deref() == Some("cancel")).then(|| words.cancelled.to_owned()),
                party: parties.address(order, words.customer),
                ..head(order, &parties, facts)
            };
            fill(&mut document, &locale, order, &lines.remove(&order.id()).unwrap_or_default(), &units);
            document
        })
        .collect())
}

/// Requests for quotation and orders made to vendors.
pub async fn purchases(desk: &Desk<'_>, model: &Model, ids: &[i64]) -> Result<Vec<Document>, ReportError> {
    let locale = desk.locale();
    let words = locale.words;
    let orders = desk.records(model, ids, PURCHASE).await?;
    let mut lines = desk.lines("purchase.order.line", "order_id", ids, LINES).await?;
    let units = Units::of(desk, "purchase.order.line").await?;
    let parties = Parties::of(desk, &orders).await?;
    Ok(orders
        .iter()
        .map(|order| {
            let state = order.text("state");
            let firm = state.as_deref().is_some_and(|state| matches!(state, "purchase" | "done"));
            let instant = |field| order.text(field).and_then(|at| locale.instant(&at));
            let (label, date) = match instant("date_approve").filter(|_| firm) {
                Some(approved) => (words.order_date, Some(approved)),
                None => (words.order_deadline, instant("date_order")),
            };
            let facts = [
                fact(label, date),
                fact(words.expected, instant("date_planned")),
                fact(words.vendor_reference, order.text("partner_ref")),
                fact(words.buyer, order.name("user_id")),
                fact(words.deliver_to, order.name("warehouse_id")),
                fact(words.source, order.text("origin")),
                fact(words.currency, order.name("currency_id")),
            ];
            let mut document = Document {
                title: if firm { words.purchase } else { words.rfq }.to_owned(),
                stamp: (state.as_deref() == Some("cancel")).then(|| words.cancelled.to_owned()),
                party: parties.address(order, words.vendor),
                ..head(order, &parties, facts)
            };
            fill(&mut document, &locale, order, &lines.remove(&order.id()).unwrap_or_default(), &units);
            document
        })
        .collect())
}

fn head<const N: usize>(order: &Record, parties: &Parties, facts: [Option<Fact>; N]) -> Document {
    Document {
        number: order.text("name").unwrap_or_default(),
        company: parties.letterhead(order),
        facts: facts.into_iter().flatten().collect(),
        notes: order.lines("note"),
        ..Document::default()
    }
}

/// The labels of units, as the line's model has them.
pub struct Units(BTreeMap<String, String>);

impl Units {
    /// Those of that model.
    pub async fn of(desk: &Desk<'_>, model: &str) -> Result<Self, ReportError> {
        let model = desk.erp.model(model).await?;
        let choices = super::choices(&model, "uom");
        Ok(Self(choices.map(|(value, label)| (value.to_owned(), desk.locale().words.value(label))).collect()))
    }

    /// The unit of a line.
    pub fn unit(&self, line: &Record) -> Option<String> {
        let links = ["product_uom", "product_uom_id"];
        match line.text("uom") {
            Some(unit) => Some(self.0.get(&unit).cloned().unwrap_or(unit)),
            None => links.into_iter().find_map(|field| line.name(field)),
        }
    }
}

/// The table of an order and what it adds up to.
fn fill(document: &mut Document, locale: &Locale, order: &Record, lines: &[Record], units: &Units) {
    let words = locale.words;
    let quantity = |line: &Record| {
        let quantity = line.number("product_uom_qty").or_else(|| line.number("product_qty"))?;
        Some(locale.quantity(quantity))
    };
    let columns = [
        column(words.description, ColumnKind::Text, |l| l.text("name").or_else(|| l.name("product_id"))),
        column(words.quantity, ColumnKind::Number, quantity),
        column(words.unit, ColumnKind::Word, |l| units.unit(l)),
        column(words.unit_price, ColumnKind::Number, |l| Some(locale.money(l.number("price_unit")?))),
        column(words.discount, ColumnKind::Number, |l| {
            l.number("discount").filter(|d| !d.is_zero()).map(|d| locale.percent(d))
        }),
        column(words.tax, ColumnKind::Number, |l| Some(locale.percent(l.number("tax_rate")?))),
        column(words.amount, ColumnKind::Number, |l| Some(locale.money(l.number("price_subtotal")?))),
    ];
    let part = Part { title: None, records: lines.iter().collect(), sums: Vec::new() };
    let (columns, sections): (_, Vec<Section>) = grid(&columns, &[part]);
    (document.columns, document.sections) = (columns, sections);
    document.totals = totals(locale, order, lines);
}

/// Untaxed, the taxes of each rate, total.
fn totals(locale: &Locale, order: &Record, lines: &[Record]) -> Vec<Total> {
    let words = locale.words;
    let total = |label: String, amount: Number, strong| Total { label, value: locale.money(amount), strong };
    let mut all = Vec::new();
    all.extend(order.number("amount_untaxed").map(|n| total(words.untaxed.to_owned(), n, false)));
    match by_rate(lines) {
        Some(rates) if order.number("amount_tax").is_some_and(|n| n == rates.values().map(|r| r.1).sum()) => {
            all.extend(
                rates
                    .into_iter()
                    .filter(|(rate, _)| !rate.is_zero())
                    .map(|(rate, (base, tax))| total(super::by_rate(locale, rate, base), tax, false)),
            );
        }
        _ => all.extend(order.number("amount_tax").map(|n| total(words.taxes.to_owned(), n, false))),
    }
    if let Some(amount) = order.number("amount_total") {
        let value = super::in_currency(locale, amount, order);
        all.push(Total { label: words.total.to_owned(), value, strong: true });
    }
    all
}

/// What is taxed and its tax, by rate, if the lines tell of all three.
fn by_rate(lines: &[Record]) -> Option<BTreeMap<Number, (Number, Number)>> {
    let mut rates: BTreeMap<Number, (Number, Number)> = BTreeMap::new();
    for line in lines {
        let (base, tax) = rates.entry(line.number("tax_rate")?).or_default();
        *base = *base + line.number("price_subtotal")?;
        *tax = *tax + line.number("price_tax")?;
    }
    Some(rates)
}
