//! Images as people read them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::super::Embedded;
use super::super::json::Shape;
use super::super::many_rows::placeholders;
use super::super::registry::table;
use crate::erp::{Cell, Difference, DifferenceKind, ErpError, FieldDifference, Image, Row};
use crate::model::{Field, FieldKind, Model};
use crate::store::{On, on_db};

/// Ids of one statement.
const AT_ONCE: usize = 200;

/// Names of records, by model and id.
type Names = BTreeMap<(String, i64), String>;

/// The images with labels, names of links, and values as they are read through MCP.
pub(in super::super) async fn differences(
    erp: &Embedded,
    mut on: On<'_>,
    images: &[Image],
) -> Result<Vec<Difference>, ErpError> {
    let mut wanted: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for image in images {
        let model = erp.catalog().model(&image.model)?;
        wanted.entry(image.model.clone()).or_default().insert(image.id);
        for row in [&image.before, &image.after].into_iter().flatten() {
            for (name, cell) in row {
                let relation = model.field(name).and_then(|field| field.kind.relation());
                if let (Some(relation), Some(id)) = (relation, cell.int()) {
                    wanted.entry(relation.to_owned()).or_default().insert(id);
                }
            }
        }
    }
    let mut names = Names::new();
    for (name, ids) in wanted {
        let model = erp.catalog().model(&name)?;
        let ids: Vec<i64> = ids.into_iter().collect();
        for part in ids.chunks(AT_ONCE) {
            for (id, text) in named(on.on(), model, part).await? {
                names.insert((name.clone(), id), text);
            }
        }
    }
    for image in images {
        // What is gone is called as it was, where others that go with it link to it too.
        if let (Some(before), None) = (&image.before, &image.after) {
            let model = erp.catalog().model(&image.model)?;
            names.entry((image.model.clone(), image.id)).or_insert_with(|| own_name(model, before));
        }
    }
    images.iter().map(|image| difference(erp.catalog().model(&image.model)?, image, &names)).collect()
}

async fn named(on: On<'_>, model: &Model, ids: &[i64]) -> Result<Vec<(i64, String)>, sqlx::Error> {
    let sql = format!(
        r#"SELECT id, COALESCE(CAST("{}" AS TEXT), '') FROM {} WHERE id IN {}"#,
        model.rec_name,
        table(&model.name),
        placeholders(&on, 1, ids.len())
    );
    on_db!(on, c => {
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(*id);
        }
        query.fetch_all(&mut *c).await
    })
}

fn difference(model: &Model, image: &Image, names: &Names) -> Result<Difference, ErpError> {
    let kind = match (&image.before, &image.after) {
        (None, _) => DifferenceKind::Created,
        (_, None) => DifferenceKind::Deleted,
        _ => DifferenceKind::Changed,
    };
    let name = names.get(&(image.model.clone(), image.id)).cloned().unwrap_or_default();
    let mut fields = Vec::new();
    for field in model.fields.iter().filter(|field| field.name != "id") {
        let of = |row: &Option<Row>| row.as_ref().and_then(|row| row.get(field.name.as_ref())).cloned();
        let (before, after) = (of(&image.before), of(&image.after));
        if before.as_ref().or(after.as_ref()).is_none() || before == after {
            continue;
        }
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        if before == after {
            continue;
        }
        let (before, after) = (shown(field, &before, names)?, shown(field, &after, names)?);
        // Instants are stored finer than they are told.
        if before == after {
            continue;
        }
        fields.push(FieldDifference {
            name: field.name.to_string(),
            label: field.label.to_string(),
            before,
            after,
        });
    }
    Ok(Difference {
        model: image.model.clone(),
        label: model.label.to_string(),
        id: image.id,
        name,
        kind,
        fields,
    })
}

/// What a record calls itself.
fn own_name(model: &Model, row: &Row) -> String {
    match row.get(model.rec_name.as_ref()) {
        Some(Cell::Text(name)) => name.clone(),
        Some(Cell::Int(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A stored value as it is read through MCP.
fn shown(field: &Field, cell: &Cell, names: &Names) -> Result<Value, ErpError> {
    Ok(match (cell, &field.kind) {
        (Cell::Null, _) => Value::Null,
        (Cell::Bool(truth), _) => Value::Bool(*truth),
        (Cell::Text(text), _) => Value::String(text.clone()),
        (Cell::Int(id), FieldKind::Many2one { relation }) => {
            json!({"id": id, "name": names.get(&(relation.to_string(), *id)).map_or("", String::as_str)})
        }
        (Cell::Int(n), kind) => {
            let mut out = Vec::new();
            Shape::of(kind).unwrap_or(Shape::Whole).write_number(&mut out, *n);
            serde_json::from_slice(&out).map_err(|e| sqlx::Error::Decode(Box::new(e)))?
        }
    })
}
