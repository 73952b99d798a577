//! The documents that are printed: what each is made of.

mod delivery;
mod grid;
mod invoice;
mod order;
mod parties;
mod stock;

use super::desk::Desk;
use super::document::{Document, Fact, Layout, Print};
use super::error::ReportError;
use super::locale::Locale;
use super::number::Number;
use super::record::Record;
use crate::model::{Complaint, FieldKind, Model, complaint};

/// Most documents in one file.
pub const MOST_DOCUMENTS: usize = 20;

/// A document that can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Quotation or order: `sale.report_saleorder`.
    SaleOrder,
    /// Request for quotation or order: `purchase.report_purchaseorder`.
    PurchaseOrder,
    /// Invoice, bill or credit note: `account.report_invoice`.
    Invoice,
    /// Delivery slip, receipt or transfer: `stock.report_deliveryslip`.
    DeliverySlip,
    /// What lies where: `stock.report_stock_sheet`.
    StockSheet,
}

impl Paper {
    const ALL: [(&'static str, Self); 5] = [
        ("sale.report_saleorder", Self::SaleOrder),
        ("purchase.report_purchaseorder", Self::PurchaseOrder),
        ("account.report_invoice", Self::Invoice),
        ("stock.report_deliveryslip", Self::DeliverySlip),
        ("stock.report_stock_sheet", Self::StockSheet),
    ];

    /// The report of that name, which must be one of the model's.
    pub fn of(model: &Model, report: &str) -> Result<Self, Complaint> {
        let own = model.reports.iter().map(|r| r.name.as_ref());
        if let Some((_, paper)) = Self::ALL.into_iter().find(|(name, _)| *name == report)
            && model.reports.iter().any(|r| r.name == report)
        {
            return Ok(paper);
        }
        let Some(first) = model.reports.first() else {
            return Err(Complaint::new(format!(
                "{} has no report; describe_model lists those of a model",
                model.name
            )));
        };
        let mut wrong = Complaint::new(format!("{} has no report `{report}`", model.name))
            .example(format!(r#"{{"model":"{}","report":"{}","ids":[1]}}"#, model.name, first.name));
        wrong.nearest = complaint::nearest(report, own);
        if wrong.nearest.is_empty() {
            wrong.nearest = model.reports.iter().map(|r| r.name.to_string()).collect();
        }
        Err(wrong)
    }

    /// Most records that are printed at once: documents fill pages each, rows of a sheet do not.
    pub const fn most(self) -> usize {
        match self {
            Self::StockSheet => super::desk::MOST_LINES as usize,
            _ => MOST_DOCUMENTS,
        }
    }
}

/// Gathers what is printed of those records.
pub async fn gather(desk: &Desk<'_>, model: &Model, paper: Paper, ids: &[i64]) -> Result<Print, ReportError> {
    let documents = match paper {
        Paper::SaleOrder => order::sales(desk, model, ids).await?,
        Paper::PurchaseOrder => order::purchases(desk, model, ids).await?,
        Paper::Invoice => invoice::invoices(desk, model, ids).await?,
        Paper::DeliverySlip => delivery::slips(desk, model, ids).await?,
        Paper::StockSheet => stock::sheet(desk, model, ids).await?,
    };
    let locale = desk.locale();
    let words = locale.words;
    Ok(Print {
        title: title(&documents),
        author: documents.first().map(|d| d.company.name.clone()).unwrap_or_default(),
        lang: locale.tag,
        words: Layout { page: words.page, of: words.of, printed: words.printed, tax_id: words.tax_id },
        printed: locale.today(desk.now),
        rows: u32::try_from(ids.len()).unwrap_or(u32::MAX),
        notes: desk.left_out(),
        documents,
    })
}

fn title(documents: &[Document]) -> String {
    let Some(first) = documents.first() else { return String::new() };
    let name = format!("{} {}", first.title, first.number).trim().to_owned();
    match documents.len() {
        0 | 1 => name,
        more => format!("{name} +{}", more - 1),
    }
}

/// A fact, if there is a value.
fn fact(label: &'static str, value: Option<String>) -> Option<Fact> {
    Some(Fact { label, value: value? })
}

/// The label of a selection's value.
fn choice(model: &Model, record: &Record, field: &str) -> Option<String> {
    let value = record.text(field)?;
    let label = choices(model, field).find(|(known, _)| *known == value).map(|(_, label)| label.to_owned());
    Some(label.unwrap_or(value))
}

/// Values and labels of a selection.
fn choices<'m>(model: &'m Model, field: &str) -> impl Iterator<Item = (&'m str, &'m str)> {
    let values = match model.field(field).map(|f| &f.kind) {
        Some(FieldKind::Selection(values)) => values.as_slice(),
        _ => &[],
    };
    values.iter().map(|(value, label)| (value.as_ref(), label.as_ref()))
}

/// An amount with the currency of the record.
fn in_currency(locale: &Locale, amount: Number, record: &Record) -> String {
    let amount = locale.money(amount);
    record.name("currency_id").map_or(amount.clone(), |currency| format!("{amount}\u{a0}{currency}"))
}

/// The label of a tax: its rate, and what it is counted on.
fn by_rate(locale: &Locale, rate: Number, base: Number) -> String {
    let words = locale.words;
    format!("{} {} {} {}", words.tax, locale.percent(rate), words.on, locale.money(base))
}
