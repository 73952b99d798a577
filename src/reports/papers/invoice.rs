//! Invoices, bills and credit notes.

use super::super::desk::Desk;
use super::super::document::{ColumnKind, Document, Total};
use super::super::error::ReportError;
use super::super::locale::Locale;
use super::super::number::Number;
use super::super::record::Record;
use super::super::words::Words;
use super::grid::{Part, column, grid};
use super::parties::Parties;
use super::{by_rate, fact, in_currency};
use crate::model::{Complaint, Model};

const HEAD: &[&str] = &[
    "name",
    "ref",
    "move_type",
    "state",
    "payment_state",
    "invoice_date",
    "invoice_date_due",
    "partner_id",
    "company_id",
    "currency_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "invoice_user_id",
    "invoice_origin",
    "reversed_entry_id",
    "narration",
    "invoice_payment_term_id",
];
const LINES: &[&str] = &[
    "name",
    "display_type",
    "product_id",
    "quantity",
    "product_uom_id",
    "price_unit",
    "discount",
    "price_subtotal",
    "amount_currency",
    "sequence",
    "tax_line_id",
];

/// Invoices, one after another.
pub async fn invoices(desk: &Desk<'_>, model: &Model, ids: &[i64]) -> Result<Vec<Document>, ReportError> {
    let locale = desk.locale();
    let entries = desk.records(model, ids, HEAD).await?;
    if let Some(other) = entries.iter().find(|entry| entry.text("move_type").is_some_and(|t| t == "entry")) {
        return Err(Complaint::new(format!(
            "account.move {} ({}) is a journal entry, which is not printed; invoices, bills and credit notes are: \
             those with move_type out_invoice, out_refund, in_invoice or in_refund",
            other.id(),
            other.text("name").unwrap_or_default(),
        ))
        .example(r#"search_records {"model":"account.move","domain":[["move_type","=","out_invoice"]]}"#)
        .into());
    }
    let mut lines = desk.lines("account.move.line", "move_id", ids, LINES).await?;
    let parties = Parties::of(desk, &entries).await?;
    Ok(entries
        .iter()
        .map(|entry| {
            let lines = lines.remove(&entry.id()).unwrap_or_default();
            document(&locale, entry, &lines, &parties)
        })
        .collect())
}

fn document(locale: &Locale, entry: &Record, lines: &[Record], parties: &Parties) -> Document {
    let words = locale.words;
    let date = |field| entry.text(field).and_then(|day| locale.date(&day));
    let sold = entry.text("move_type").is_none_or(|kind| kind.starts_with("out"));
    let facts = [
        fact(words.invoice_date, date("invoice_date")),
        fact(words.due, date("invoice_date_due")),
        fact(words.source, entry.text("invoice_origin")),
        fact(words.reference, entry.text("ref")),
        fact(words.reversal_of, entry.name("reversed_entry_id")),
        fact(words.terms, entry.name("invoice_payment_term_id")),
        fact(if sold { words.salesperson } else { words.buyer }, entry.name("invoice_user_id")),
        fact(words.currency, entry.name("currency_id")),
    ];
    let items: Vec<&Record> = lines.iter().filter(|line| kind(line) == Some(Kind::Product)).collect();
    let columns = [
        column(words.description, ColumnKind::Text, |l| l.text("name").or_else(|| l.name("product_id"))),
        column(words.quantity, ColumnKind::Number, |l| Some(locale.quantity(l.number("quantity")?))),
        column(words.unit, ColumnKind::Word, |l| l.name("product_uom_id")),
        column(words.unit_price, ColumnKind::Number, |l| Some(locale.money(l.number("price_unit")?))),
        column(words.discount, ColumnKind::Number, |l| {
            l.number("discount").filter(|d| !d.is_zero()).map(|d| locale.percent(d))
        }),
        column(words.amount, ColumnKind::Number, |l| Some(locale.money(l.number("price_subtotal")?))),
    ];
    let (columns, sections) = grid(&columns, &[Part { title: None, records: items, sums: Vec::new() }]);
    Document {
        title: title(words, entry).to_owned(),
        number: entry.text("name").filter(|name| name != "/").unwrap_or_default(),
        stamp: stamp(words, entry).map(str::to_owned),
        company: parties.letterhead(entry),
        party: parties.address(entry, if sold { words.customer } else { words.vendor }),
        facts: facts.into_iter().flatten().collect(),
        columns,
        sections,
        totals: totals(locale, entry, lines),
        notes: entry.lines("narration"),
        signatures: Vec::new(),
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    Product,
    Tax,
}

/// What a journal item is on paper; without a `display_type` every item with an amount of its own is a product.
fn kind(line: &Record) -> Option<Kind> {
    match line.text("display_type").as_deref() {
        None | Some("product") => Some(Kind::Product),
        Some("tax") => Some(Kind::Tax),
        Some(_) => None,
    }
}

fn title(words: &'static Words, entry: &Record) -> &'static str {
    match entry.text("move_type").as_deref() {
        Some("out_refund") => words.credit_note,
        Some("in_invoice") => words.bill,
        Some("in_refund") => words.vendor_credit,
        _ => words.invoice,
    }
}

fn stamp(words: &'static Words, entry: &Record) -> Option<&'static str> {
    match (entry.text("state").as_deref(), entry.text("payment_state").as_deref()) {
        (Some("draft"), _) => Some(words.draft),
        (Some("cancel"), _) => Some(words.cancelled),
        (_, Some("paid")) => Some(words.paid),
        (_, Some("reversed")) => Some(words.reversed),
        _ => None,
    }
}

/// Untaxed, each tax, total, what has been paid, what is due.
fn totals(locale: &Locale, entry: &Record, lines: &[Record]) -> Vec<Total> {
    let words = locale.words;
    let total = |label: String, amount: Number| Total { label, value: locale.money(amount), strong: false };
    let mut all = Vec::new();
    all.extend(entry.number("amount_untaxed").map(|n| total(words.untaxed.to_owned(), n)));
    all.extend(taxes(locale, entry, lines).into_iter().map(|(label, amount)| total(label, amount)));
    if let Some(amount) = entry.number("amount_total") {
        let value = in_currency(locale, amount, entry);
        all.push(Total { label: words.total.to_owned(), value, strong: true });
    }
    let posted = entry.text("state").is_some_and(|state| state == "posted");
    if let (true, Some(whole), Some(due)) =
        (posted, entry.number("amount_total"), entry.number("amount_residual"))
    {
        if whole != due {
            all.push(total(words.payments.to_owned(), whole - due));
        }
        let value = in_currency(locale, due, entry);
        all.push(Total { label: words.amount_due.to_owned(), value, strong: true });
    }
    all
}

/// The items of tax, if they make up the whole tax; else the tax as one.
fn taxes(locale: &Locale, entry: &Record, lines: &[Record]) -> Vec<(String, Number)> {
    let words = locale.words;
    let whole = entry.number("amount_tax");
    let of_tax: Vec<&Record> = lines.iter().filter(|line| kind(line) == Some(Kind::Tax)).collect();
    // Where there is one item of tax, all the lines are what it is counted on.
    let base = entry.number("amount_untaxed").filter(|_| of_tax.len() == 1);
    let items: Vec<(String, Number)> = of_tax
        .into_iter()
        .filter_map(|line| {
            let label =
                line.text("name").map_or_else(|| words.tax.to_owned(), |name| taxed(locale, &name, base));
            // Booked with the sign of its side; on paper a tax is what is added.
            Some((label, line.number("amount_currency")?.magnitude()))
        })
        .collect();
    if whole.is_some_and(|whole| items.iter().map(|item| item.1).sum::<Number>() == whole)
        && !items.is_empty()
    {
        return items;
    }
    whole.filter(|n| !n.is_zero()).map(|n| (words.taxes.to_owned(), n)).into_iter().collect()
}

/// What an item of tax is called: with its rate, `Tax 19%`, as an order says it, and what it is counted on.
fn taxed(locale: &Locale, name: &str, base: Option<Number>) -> String {
    let words = locale.words;
    let rate = name.strip_prefix("Tax ").and_then(|rest| rest.strip_suffix('%')).and_then(Number::parse);
    match (rate, base) {
        (Some(rate), Some(base)) => by_rate(locale, rate, base),
        (Some(rate), None) => format!("{} {}", words.tax, locale.percent(rate)),
        (None, _) => words.value(name),
    }
}
