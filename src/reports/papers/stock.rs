//! The stock sheet: what lies where, by warehouse and location, with what it is worth.

use std::collections::BTreeMap;

use super::super::desk::{CURRENCY, Desk};
use super::super::document::{ColumnKind, Document, Letterhead, Total};
use super::super::error::ReportError;
use super::super::locale::Locale;
use super::super::number::Number;
use super::super::record::Record;
use super::fact;
use super::grid::{Part, column, grid};
use super::order::Units;
use super::parties::Parties;
use crate::model::Model;

const FIELDS: &[&str] = &[
    "product_id",
    "categ_id",
    "location_id",
    "warehouse_id",
    "company_id",
    "quantity",
    "reserved_quantity",
    "available_quantity",
    "uom",
    "value",
    "currency_id",
];

/// One sheet of all the records.
pub async fn sheet(desk: &Desk<'_>, model: &Model, ids: &[i64]) -> Result<Vec<Document>, ReportError> {
    let locale = desk.locale();
    let words = locale.words;
    let quants = desk.records(model, ids, FIELDS).await?;
    let units = Units::of(desk, &model.name).await?;
    let parties = Parties::of(desk, &quants).await?;
    let quantity = |field: &'static str| move |q: &Record| Some(locale.quantity(q.number(field)?));
    let columns = [
        column(words.product, ColumnKind::Text, |q| q.name("product_id")),
        column(words.category, ColumnKind::Word, |q| Some(last(&q.name("categ_id")?))),
        column(words.unit, ColumnKind::Word, |q| units.unit(q)),
        column(words.on_hand, ColumnKind::Number, quantity("quantity")),
        column(words.reserved, ColumnKind::Number, quantity("reserved_quantity")),
        column(words.available, ColumnKind::Number, quantity("available_quantity")),
        column(words.value, ColumnKind::Number, |q| Some(super::in_currency(&locale, q.number("value")?, q))),
    ];
    let mut places: BTreeMap<(String, String), Vec<&Record>> = BTreeMap::new();
    for quant in &quants {
        let warehouse = quant.name("warehouse_id").unwrap_or_else(|| words.elsewhere.to_owned());
        let location = quant.name("location_id").unwrap_or_default();
        places.entry((warehouse, location)).or_default().push(quant);
    }
    let parts: Vec<Part<'_>> = places
        .into_iter()
        .map(|((warehouse, location), mut records)| {
            records.sort_by_cached_key(|q| (q.name("product_id"), q.id()));
            let worth = worth(&locale, &records).join(", ");
            let sums = if worth.is_empty() {
                Vec::new()
            } else {
                vec![(words.product, words.subtotal.to_owned()), (words.value, worth)]
            };
            let title = if location.is_empty() { warehouse } else { format!("{warehouse} · {location}") };
            Part { title: Some(title), records, sums }
        })
        .collect();
    let (columns, sections) = grid(&columns, &parts);
    let all: Vec<&Record> = quants.iter().collect();
    let companies: BTreeMap<i64, Letterhead> =
        quants.iter().filter_map(|q| Some((q.link("company_id")?.id, parties.letterhead(q)))).collect();
    let one = companies.len() == 1;
    Ok(vec![Document {
        title: words.stock.to_owned(),
        company: if one { companies.into_values().next().unwrap_or_default() } else { Letterhead::default() },
        facts: [fact(words.date, Some(locale.today(desk.now)))].into_iter().flatten().collect(),
        columns,
        sections,
        totals: worth(&locale, &all)
            .into_iter()
            .map(|value| Total { label: words.value.to_owned(), value, strong: true })
            .collect(),
        ..Document::default()
    }])
}

/// What the records are worth, in each currency; nothing where their currencies may not be seen.
fn worth(locale: &Locale, records: &[&Record]) -> Vec<String> {
    let mut worth: BTreeMap<Option<String>, Number> = BTreeMap::new();
    for record in records {
        if let Some(value) = record.number("value").filter(|_| record.knows(CURRENCY)) {
            let sum = worth.entry(record.name("currency_id")).or_default();
            *sum = *sum + value;
        }
    }
    let with = |(currency, sum): (Option<String>, Number)| {
        let sum = locale.money(sum);
        currency.map_or(sum.clone(), |currency| format!("{sum}\u{a0}{currency}"))
    };
    worth.into_iter().map(with).collect()
}

/// The last part of `All / Tools / Drills`.
fn last(category: &str) -> String {
    category.rsplit(" / ").next().unwrap_or(category).to_owned()
}
