//! Links that hold: the record is there, the caller may see it, and it belongs to the same company.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::super::registry::table;
use super::reach;
use super::row::{Values, stored};
use super::value::shown;
use super::work::Work;
use crate::erp::{ErpError, Row};
use crate::model::{Complaint, Field, FieldKind, Model, Operation};
use crate::store::on_db;

/// Most records that may stand above a record in a tree, such as a category's.
const DEEPEST: i64 = 20;

/// Checks what the fields `written` of a row link to; `place` says where they stand.
pub(super) async fn check(
    work: &mut Work<'_>,
    model: &Model,
    row: &Row,
    (place, written): (&str, &Row),
) -> Result<(), ErpError> {
    let company = if model.name == "res.company" { None } else { row.int("company_id") };
    if written.contains_key("company_id") {
        own_company(work, place, company)?;
        if let (Some(id), Some(company)) = (row.int("id"), company)
            && model.name != "res.company"
        {
            of_company(work, model, id, (place, company)).await?;
        }
    }
    for field in stored(model) {
        let FieldKind::Many2one { relation } = &field.kind else { continue };
        // A change of company concerns every link of the record.
        let concerned = written.contains_key(field.name.as_ref()) || written.contains_key("company_id");
        let Some(id) = row.int(&field.name).filter(|_| concerned) else { continue };
        let target = work.model(relation)?;
        let named = format!("{place}: {} ({})", field.name, field.label);
        let Some(found) = work.load(&target, &[id]).await?.remove(&id) else {
            return Err(complaint(format!(
                "{named}: there is no {relation} with id {id}; {}",
                found_by(work, &target)
            )));
        };
        // What is put back was linked before, by whoever could see it then.
        let seen = relation == "res.users"
            || work.takes_back()
            || !written.contains_key(field.name.as_ref())
            || work.sees(&target, id).await?;
        if !seen {
            // Whether it is there is not for whoever may not see it.
            return Err(complaint(format!(
                "{named}: there is no {relation} with id {id}; {}",
                found_by(work, &target)
            )));
        }
        let foreign = relation != "res.company"
            && relation != "res.users"
            && matches!((company, found.int("company_id")), (Some(own), Some(other)) if own != other);
        if foreign {
            let own = company.unwrap_or_default();
            let theirs = match work.permit {
                Some(permit) if !permit.shows(relation, "company_id") => "another company".to_owned(),
                _ => format!("company {}", found.number("company_id")),
            };
            return Err(complaint(format!(
                "{named}: {relation} {id} belongs to {theirs}, this record to company {own}; \
                 choose one of the same company, or one that all companies share",
            )));
        }
        if *relation == model.name && !field.readonly && written.contains_key(field.name.as_ref()) {
            tree(work, (model, field), row.int("id"), (&named, id)).await?;
        }
    }
    Ok(())
}

/// How somebody who may link to a record finds out which id it has.
fn found_by(work: &Work<'_>, target: &Model) -> &'static str {
    let by_name = is_called(work, target);
    if work.may(target, Operation::Read).is_ok() {
        if by_name {
            "search_records finds it by name"
        } else {
            "search_records lists those that you may see"
        }
    } else if by_name {
        "no policy lets you search for it: give its exact name instead of the id"
    } else {
        "no policy lets you search for it: ask the user which one is meant"
    }
}

/// Whether the caller may know records of a model by their names.
fn is_called(work: &Work<'_>, target: &Model) -> bool {
    target.field(&target.rec_name).is_some_and(|field| matches!(field.kind, FieldKind::Char))
        && work.shows(&target.name, &target.rec_name)
        && (work.erp().catalog().access)(&work.who.groups, &target.name, Operation::Read).is_ok()
}

/// The record that a link is to lead to, by the name that it alone has of those that the caller may see. Names are told
/// of whatever a record links to; so nobody learns more by this than by giving ids.
pub(super) async fn named(
    work: &mut Work<'_>,
    field: &Field,
    place: &str,
    name: &str,
) -> Result<Result<i64, Complaint>, ErpError> {
    let target = work.model(field.kind.relation().unwrap_or_default())?;
    let wrong = |why: String, id: i64| {
        Complaint::new(format!(
            "{place}: {} ({}) takes the id of a {}; {why}",
            field.name, field.label, target.name
        ))
        .example(format!(r#"{{"{}":{id}}}"#, field.name))
    };
    let said = serde_json::Value::from(name);
    let said = shown(&said);
    if !is_called(work, &target) {
        return Ok(Err(wrong(format!("{said} is none, and it is not found by name"), 7)));
    }
    let ask = work.erp().ask(work.permit.unwrap_or(&reach::NOTHING), work.who);
    let seen = reach::called(&ask, work.on(), &target, name).await?;
    Ok(match seen.as_slice() {
        [only] => Ok(*only),
        [] => Err(wrong(
            format!("none that you may see is called {said} exactly; {}", found_by(work, &target)),
            7,
        )),
        [first, ..] if work.may(&target, Operation::Read).is_ok() => {
            let each = crate::erp::listed(&seen);
            Err(wrong(
                format!("several are called {said}: ids {each}. Give the id of the one that is meant"),
                *first,
            ))
        }
        _ => Err(wrong(
            format!("several are called {said}; ask the user for the id of the one that is meant"),
            7,
        )),
    })
}

/// A tree has no circles, of whatever length, and is not deeper than [`DEEPEST`]; `own` is the record that is to hang
/// under `above`.
async fn tree(
    work: &mut Work<'_>,
    (model, field): (&Model, &Field),
    own: Option<i64>,
    (named, above): (&str, i64),
) -> Result<(), ErpError> {
    let (mut at, mut depth) = (Some(above), 0);
    while let Some(id) = at.filter(|_| depth <= DEEPEST) {
        if Some(id) == own {
            return Err(complaint(format!(
                "{named}: a record can't be above itself, be it with others in between; choose one that does not lie \
                 under it"
            )));
        }
        depth += 1;
        at = work.one(&model.name, id).await?.and_then(|row| row.int(&field.name));
    }
    if let Some(own) = own.filter(|_| depth <= DEEPEST) {
        depth += height(work, (model, field), own, DEEPEST + 1 - depth).await?;
    }
    if depth <= DEEPEST {
        return Ok(());
    }
    Err(complaint(format!(
        "{named}: more than {DEEPEST} of {} would stand one above another, and {DEEPEST} are the most; choose one \
         further up",
        model.name
    )))
}

/// How many levels hang under a record, as far as `most`.
async fn height(
    work: &mut Work<'_>,
    (model, field): (&Model, &Field),
    id: i64,
    most: i64,
) -> Result<i64, ErpError> {
    let (table, parent) = (table(&model.name), &field.name);
    let sql = format!(
        r#"WITH RECURSIVE below (id, level) AS (
            SELECT id, CAST(1 AS BIGINT) FROM {table} WHERE "{parent}" = $1
            UNION SELECT t.id, below.level + 1 FROM {table} t JOIN below ON t."{parent}" = below.id
            WHERE below.level < $2
        ) SELECT COALESCE(MAX(level), 0) FROM below"#
    );
    Ok(on_db!(work.on(), c => {
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).bind(most).fetch_one(&mut *c).await
    })?)
}

/// The first of the links of a row that leads nowhere any more, as `field (Label)`.
pub(super) async fn broken(
    work: &mut Work<'_>,
    model: &Model,
    row: &Row,
) -> Result<Option<String>, ErpError> {
    for field in stored(model) {
        let FieldKind::Many2one { relation } = &field.kind else { continue };
        // A record that links to itself comes back with what it links to.
        if let Some(id) =
            row.int(&field.name).filter(|id| *relation != model.name || row.int("id") != Some(*id))
            && work.one(relation, id).await?.is_none()
        {
            return Ok(Some(format!("{} ({})", field.name, field.label)));
        }
    }
    Ok(None)
}

fn own_company(work: &Work<'_>, place: &str, company: Option<i64>) -> Result<(), ErpError> {
    match company {
        Some(id) if !work.who.company_ids.contains(&id) => Err(complaint(format!(
            "{place}: company_id {id} is not a company of the user; theirs are {:?}",
            work.who.company_ids
        ))),
        _ => Ok(()),
    }
}

fn complaint(problem: String) -> ErpError {
    ErpError::BadChange(Complaint::new(problem))
}

/// A record that others share can't become that of one company while records of another link to it.
async fn of_company(
    work: &mut Work<'_>,
    model: &Model,
    id: i64,
    (place, company): (&str, i64),
) -> Result<(), ErpError> {
    let models = std::sync::Arc::clone(&work.erp().catalog().models);
    for other in models.iter().filter(|other| !other.name.starts_with("report.")) {
        // The lines of a document follow it.
        let follows = other.name == "res.users" || super::business::owns(&model.name, &other.name);
        if follows || other.field("company_id").is_none() {
            continue;
        }
        for field in stored(other).filter(|field| field.kind.relation() == Some(&model.name)) {
            let sql = format!(
                r#"SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE "{}" = $1 AND company_id <> $2 LIMIT 1) AS foreign_links"#,
                table(&other.name),
                field.name,
            );
            let found: i64 = on_db!(work.on(), c => {
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).bind(company).fetch_one(&mut *c).await
            })?;
            if found > 0 {
                return Err(complaint(format!(
                    "{place}: company_id (Company): records of another company link to {} {id}; it can't become one \
                     of company {company} alone",
                    model.name
                )));
            }
        }
    }
    Ok(())
}

/// How many records of which model and field link to a record, those of `owned` models aside.
pub(super) async fn to(
    work: &mut Work<'_>,
    model: &Model,
    id: i64,
    owned: &[String],
) -> Result<BTreeMap<String, i64>, ErpError> {
    let mut all = BTreeMap::new();
    let models = std::sync::Arc::clone(&work.erp().catalog().models);
    for other in models.iter().filter(|other| !other.name.starts_with("report.")) {
        if owned.iter().any(|name| *name == other.name) {
            continue;
        }
        for field in stored(other) {
            let links = matches!(&field.kind, FieldKind::Many2one { relation } if *relation == model.name);
            if !links {
                continue;
            }
            // Enough to say that there are some; counting a million would not help anybody.
            // A record that links to itself is in nobody's way.
            let others = if other.name == model.name { "AND id <> $1 " } else { "" };
            let sql = format!(
                r#"SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE "{}" = $1 {others}LIMIT 100) AS linked"#,
                table(&other.name),
                field.name,
            );
            let found: i64 = on_db!(work.on(), c => {
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_one(&mut *c).await
            })?;
            if found > 0 {
                *all.entry(other.name.to_string()).or_insert(0) += found;
            }
        }
    }
    Ok(all)
}

/// What [`to`] found, in words: by model as far as the caller may read it.
pub(super) fn listed(work: &Work<'_>, found: &BTreeMap<String, i64>) -> String {
    let is_open = |name: &str| work.model(name).is_ok_and(|model| work.may(&model, Operation::Read).is_ok());
    let (open, shut): (Vec<_>, Vec<_>) = found.iter().partition(|(model, _)| is_open(model));
    let mut each: Vec<String> = open
        .into_iter()
        .map(
            |(model, n)| {
                if *n >= 100 { format!("100 or more of {model}") } else { format!("{n} of {model}") }
            },
        )
        .collect();
    if !shut.is_empty() {
        each.push("records that you may not read".to_owned());
    }
    each.join(", ")
}
