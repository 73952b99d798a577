//! Every model of the business database: names, fields, methods. Table = model name with dots as underscores,
//! column = field name; what a column holds is said in `migrations/0002_business.sql`.

mod account;
pub(super) mod build;
mod core;
mod crm;
mod pos;
mod product;
mod purchase;
mod reporting;
mod sale;
mod stock;
#[cfg(test)]
mod tests;
mod values;

use std::sync::{Arc, LazyLock};

use crate::model::{Field, FieldKind, Model};

static MODELS: LazyLock<Arc<[Arc<Model>]>> = LazyLock::new(|| {
    let mut all: Vec<Model> = [
        core::models(),
        product::models(),
        stock::models(),
        crm::models(),
        sale::models(),
        purchase::models(),
        pos::models(),
        account::models(),
        reporting::models(),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.into_iter().map(Arc::new).collect()
});

/// Every model, by name.
pub fn models() -> &'static Arc<[Arc<Model>]> {
    &MODELS
}

/// The model of that name.
pub fn model(name: &str) -> Option<&'static Arc<Model>> {
    let at = MODELS.binary_search_by(|m| m.name.as_ref().cmp(name)).ok()?;
    MODELS.get(at)
}

/// Table or view that holds a model's records.
pub fn table(model: &str) -> String {
    model.replace('.', "_")
}

/// Table whose rows a model's records are: its own, or the one an analysis looks at row by row.
pub fn base_table(model: &str) -> String {
    match model {
        "report.sales.analysis" => "sale_order_line".into(),
        "report.retail.sales.analysis" => "pos_order_line".into(),
        "report.account.entries.analysis" => "account_move_line".into(),
        "report.stock.onhand" => "stock_quant".into(),
        other => table(other),
    }
}

/// Table that holds the links of a many2many field: `record_id` is the model's record, `target_id` the linked one.
pub fn link_table(model: &str, field: &str) -> String {
    format!("{}_{field}_rel", table(model))
}

/// The many2one field along which records of the model form a tree, for `child_of` and `parent_of`.
pub fn parent_field(model: &Model) -> Option<&Field> {
    ["parent_id", "location_id"]
        .into_iter()
        .filter_map(|name| model.field(name))
        .find(|f| matches!(&f.kind, FieldKind::Many2one { relation } if *relation == model.name))
}
