//! New records.

use std::sync::Arc;

use super::row::{Values as _, stored};
use super::value::{self, read};
use super::work::Work;
use super::{business, lines, links, span};
use crate::erp::{Cell, ErpError, Row, Values};
use crate::model::{Complaint, Field, Model, Operation};

/// Makes the records and answers their ids.
pub(super) async fn create(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    records: &[Values],
) -> Result<Vec<i64>, ErpError> {
    let mut ids = Vec::with_capacity(records.len());
    for (at, values) in records.iter().enumerate() {
        ids.push(one(work, model, (&format!("records[{at}]"), values), None).await?);
    }
    Ok(ids)
}

/// Makes one record; `link` is the field and the record that it belongs to, where it is a line.
pub(super) async fn one(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    (place, values): (&str, &Values),
    link: Option<(&str, i64)>,
) -> Result<i64, ErpError> {
    let mut given = understand(work, model, place, values).await?;
    if let Some((field, owner)) = link {
        given.cells.put(field, owner);
    }
    links::check(work, model, &given.cells, (place, &given.cells)).await?;
    let id = work.new_id(model).await?;
    let mut row = given.cells.clone();
    row.put("id", id);
    at(place, business::defaults(work, model, &mut row).await)?;
    usual(work, model, &mut row);
    complete(work, model, place, &row)?;
    links::check(work, model, &row, (place, &row)).await?;
    at(place, business::guard(work, model, &row, business::Wish::Create).await)?;
    work.insert_as(model, id, row).await?;
    for field in &given.lines {
        lines::apply(work, model, id, field).await?;
    }
    business::settle(work, model, id).await?;
    work.must_reach(model, id, Operation::Create);
    Ok(id)
}

/// What a model refuses, with the place of the record among several.
pub(super) fn at<T>(place: &str, done: Result<T, ErpError>) -> Result<T, ErpError> {
    done.map_err(|error| match error {
        ErpError::BadChange(complaint) if place.contains('[') => {
            ErpError::BadChange(Complaint { problem: format!("{place}: {}", complaint.problem), ..complaint })
        }
        other => other,
    })
}

/// What was written for one record.
pub(super) struct Understood {
    /// Values of fields that have a column.
    pub cells: Row,
    /// Commands for those that have none.
    pub lines: Vec<lines::Lines>,
}

/// Reads all values, and says of all of them at once what is wrong.
pub(super) async fn understand(
    work: &mut Work<'_>,
    model: &Model,
    place: &str,
    values: &Values,
) -> Result<Understood, ErpError> {
    let mut understood = Understood { cells: Row::new(), lines: Vec::new() };
    let mut wrong: Vec<Complaint> = Vec::new();
    for (name, value) in values {
        let at = format!("{place}.{name}");
        let permit = work.permit;
        let found = permit.map_or_else(|| model.require(name), |permit| permit.require(model, name));
        let field = match found {
            Ok(field) => field,
            Err(unknown) => {
                wrong.push(Complaint { problem: format!("{place}: {}", unknown.problem), ..unknown });
                continue;
            }
        };
        if field.readonly || name == "id" {
            wrong.push(Complaint::new(format!(
                "{at}: {name} ({}) is set by the system alone{}",
                field.label,
                business::way_to_set(model, name)
            )));
        } else if field.kind.is_x2many() {
            match lines::read(field, &at, value) {
                Ok(lines) => understood.lines.push(lines),
                Err(complaint) => wrong.push(complaint),
            }
        } else {
            let cell = match value::name(field, value) {
                Some(called) => links::named(work, field, &at, called).await?.map(Cell::Int),
                None => read(field, &at, value, work.who.tz),
            };
            match cell.and_then(|cell| span::check(field, &at, &cell, work.who.tz).map(|()| cell)) {
                Ok(cell) => understood.cells.put(name, cell),
                Err(complaint) => wrong.push(complaint),
            }
        }
    }
    match together(wrong) {
        Some(complaint) => Err(ErpError::BadChange(complaint)),
        None => Ok(understood),
    }
}

/// What no model has to say of itself.
fn usual(work: &Work<'_>, model: &Model, row: &mut Row) {
    for field in stored(model) {
        let name = field.name.as_ref();
        if row.has(name) {
            continue;
        }
        match name {
            // Given as unset it is an error, and said below.
            "active" if !row.contains_key(name) => row.put(name, true),
            "create_date" => row.put(name, work.now),
            "company_id" if field.required => row.put(name, work.who.company_ids.first().copied()),
            _ if field.required && matches!(field.kind, crate::model::FieldKind::Boolean) => {
                row.put(name, false);
            }
            _ => {}
        }
    }
}

/// Every required field has a value.
pub(super) fn complete(work: &Work<'_>, model: &Model, place: &str, row: &Row) -> Result<(), ErpError> {
    let missing = |readonly: bool| -> Vec<&Field> {
        stored(model)
            .filter(|field| field.required && field.readonly == readonly && field.name != "id")
            .filter(|field| !row.has(&field.name))
            .collect()
    };
    // What the system sets by itself follows from what is given: nobody is told to give it.
    let missing =
        [missing(false), missing(true)].into_iter().find(|some| !some.is_empty()).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    let shown = |field: &&Field| work.permit.is_none_or(|permit| permit.shows(&model.name, &field.name));
    if !missing.iter().all(shown) {
        return Err(ErpError::BadChange(Complaint::new(format!(
            "{place}: {} needs a field that its policy hides, so no record of it can be made through MCP. \
             An MCP Administrator can change it in Technical > MCP > Model Policies",
            model.name
        ))));
    }
    let missing: Vec<String> = missing
        .into_iter()
        .map(|field| format!("{} ({}, {})", field.name, field.label, kind(field)))
        .collect();
    Err(ErpError::BadChange(
        Complaint::new(format!("{place}: {} needs {}", model.name, missing.join(", ")))
            .example(format!(r#"describe_model {{"model":"{}"}} says what each takes"#, model.name)),
    ))
}

fn kind(field: &Field) -> String {
    match field.kind.relation() {
        Some(relation) => format!("the id of a {relation}"),
        None => field.kind.name().to_owned(),
    }
}

/// Several complaints as one; of many the first.
fn together(mut wrong: Vec<Complaint>) -> Option<Complaint> {
    const SAID: usize = 5;
    if wrong.len() <= 1 {
        return wrong.pop();
    }
    let more = wrong.len().saturating_sub(SAID);
    let said: Vec<String> = wrong.iter().take(SAID).map(Complaint::to_string).collect();
    let rest = if more > 0 { format!(" And {more} more.") } else { String::new() };
    Some(Complaint::new(said.join(" ") + &rest))
}

/// An empty cell where a required field is to be unset.
pub(super) fn unset_required(model: &Model, place: &str, changes: &Row) -> Result<(), ErpError> {
    let emptied =
        stored(model).find(|field| field.required && changes.get(field.name.as_ref()) == Some(&Cell::Null));
    match emptied {
        Some(field) => Err(ErpError::BadChange(Complaint::new(format!(
            "{place}: {} ({}) can't be without a value",
            field.name, field.label
        )))),
        None => Ok(()),
    }
}
