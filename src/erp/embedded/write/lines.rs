//! One2many fields take commands, as in Odoo: what is to become of the records that link here.

use std::sync::Arc;

use serde_json::Value;

use super::value::{id, shown};
use super::work::Work;
use super::{business, create, delete, reach, row::Values as _, update};
use crate::erp::{ErpError, Values};
use crate::model::{Complaint, Field, FieldKind, Model, Operation};

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    /// `[0,0,{…}]`: a new record.
    Create(Values),
    /// `[1,id,{…}]`: other values for one that links here.
    Update(i64, Values),
    /// `[2,id,0]`: one that links here is deleted.
    Delete(i64),
    /// `[3,id,0]`: one that links here no longer does.
    Unlink(i64),
    /// `[4,id,0]`: an existing one links here.
    Link(i64),
    /// `[5,0,0]`: none links here any more.
    Clear,
    /// `[6,0,[ids]]`: these and no others link here.
    Set(Vec<i64>),
}

/// Commands for one field.
pub(super) struct Lines {
    /// Model of the records.
    pub relation: String,
    /// Their many2one field that links here.
    pub inverse: String,
    /// Name of the field, for complaints.
    pub place: String,
    /// In the order written.
    pub commands: Vec<Command>,
}

/// The commands written for a one2many field. Values without a command mean new records; a list of ids says which
/// records link here.
pub(super) fn read(field: &Field, place: &str, value: &Value) -> Result<Lines, Complaint> {
    let FieldKind::One2many { relation, inverse } = &field.kind else {
        return Err(Complaint::new(format!(
            "{place}: {} ({}) is a many2many, which can't be changed through MCP",
            field.name, field.label
        )));
    };
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one @ Value::Object(_) => std::slice::from_ref(one),
        other => return Err(unclear(field, place, other)),
    };
    let numbers: Option<Vec<i64>> = items.iter().map(Value::as_i64).collect();
    let commands = if lone(items, numbers.as_deref()) {
        vec![command(field, place, value)?]
    } else if let Some(ids) = numbers.filter(|ids| !ids.is_empty()) {
        // `[4, 9]` might link the record 9, or be a list of two records.
        if ids.iter().any(|id| *id <= 0) || matches!(ids.as_slice(), [0..=6] | [0..=6, _]) {
            return Err(unclear(field, place, value));
        }
        vec![Command::Set(ids)]
    } else {
        items.iter().map(|item| command(field, place, item)).collect::<Result<_, _>>()?
    };
    Ok(Lines {
        relation: relation.to_string(),
        inverse: inverse.to_string(),
        place: place.to_owned(),
        commands,
    })
}

/// One command without the list around it: with values or ids in it, or with the 0 at its end that is no id.
fn lone(items: &[Value], numbers: Option<&[i64]>) -> bool {
    match numbers {
        Some([2..=4, id, 0]) => *id > 0,
        Some(numbers) => *numbers == [5, 0, 0],
        None => {
            matches!(items, [Value::Number(n), ..] if n.as_i64().is_some_and(|n| (0..=6).contains(&n)))
        }
    }
}

fn command(field: &Field, place: &str, item: &Value) -> Result<Command, Complaint> {
    let wrong = || unclear(field, place, item);
    if let Value::Object(values) = item {
        let mut values = values.clone();
        // As records are answered: with an id it is one that is there.
        return match values.remove("id") {
            None => Ok(Command::Create(values)),
            Some(written) => Ok(Command::Update(id(&written).ok_or_else(wrong)?, values)),
        };
    }
    let Some([Value::Number(code), rest @ ..]) = item.as_array().map(Vec::as_slice) else {
        return Err(wrong());
    };
    let target = || rest.first().and_then(id).ok_or_else(wrong);
    let values = || match rest.last() {
        Some(Value::Object(values)) => Ok(values.clone()),
        _ => Err(wrong()),
    };
    Ok(match code.as_i64() {
        Some(0) => Command::Create(values()?),
        Some(1) => Command::Update(target()?, values()?),
        Some(2) => Command::Delete(target()?),
        Some(3) => Command::Unlink(target()?),
        Some(4) => Command::Link(target()?),
        Some(5) => Command::Clear,
        Some(6) => match rest.last() {
            Some(Value::Array(ids)) => {
                Command::Set(ids.iter().map(|one| id(one).ok_or_else(wrong)).collect::<Result<_, _>>()?)
            }
            _ => return Err(wrong()),
        },
        _ => return Err(wrong()),
    })
}

fn unclear(field: &Field, place: &str, value: &Value) -> Complaint {
    Complaint::new(format!(
        "{place}: {} ({}) holds records of {}; {} is no command. Commands: [0,0,{{values}}] makes one, \
         [1,id,{{values}}] changes one, [2,id,0] deletes one, [4,id,0] links one that is there, \
         [6,0,[ids]] links these and no others",
        field.name,
        field.label,
        field.kind.relation().unwrap_or_default(),
        shown(value)
    ))
    .example(format!(r#"{{"{}":[[0,0,{{"name":"…"}}]]}}"#, field.name))
}

/// Does what the commands say for the record `owner` of `model`.
pub(super) async fn apply(
    work: &mut Work<'_>,
    model: &Model,
    owner: i64,
    lines: &Lines,
) -> Result<(), ErpError> {
    let line = work.model(&lines.relation)?;
    for (at, command) in lines.commands.iter().enumerate() {
        let place = format!("{}[{at}]", lines.place);
        match command {
            Command::Create(values) => {
                work.may(&line, Operation::Create)?;
                let link = (lines.inverse.as_str(), owner);
                let id = Box::pin(create::one(work, &line, (&place, values), Some(link))).await?;
                work.is_commanded((model, owner), &line, &[id]);
            }
            Command::Update(id, values) => {
                own(work, lines, model, owner, *id, &place).await?;
                work.may(&line, Operation::Write)?;
                reach::all(work, &line, &[*id]).await?;
                work.is_commanded((model, owner), &line, &[*id]);
                Box::pin(update::one(work, &line, *id, (&place, values))).await?;
            }
            Command::Delete(id) => {
                own(work, lines, model, owner, *id, &place).await?;
                work.is_commanded((model, owner), &line, &[*id]);
                remove(work, &line, &[*id]).await?;
            }
            Command::Unlink(id) => {
                own(work, lines, model, owner, *id, &place).await?;
                work.is_commanded((model, owner), &line, &[*id]);
                unlink(work, (model, lines), &line, &[*id]).await?;
            }
            Command::Link(id) => {
                work.is_commanded((model, owner), &line, &[*id]);
                link(work, lines, &line, owner, *id).await?;
            }
            Command::Clear => {
                let there = linked(work, lines, owner).await?;
                work.is_commanded((model, owner), &line, &there);
                unlink(work, (model, lines), &line, &there).await?;
            }
            Command::Set(ids) => {
                let there = linked(work, lines, owner).await?;
                let gone: Vec<i64> = there.iter().copied().filter(|id| !ids.contains(id)).collect();
                work.is_commanded((model, owner), &line, &gone);
                work.is_commanded((model, owner), &line, ids);
                unlink(work, (model, lines), &line, &gone).await?;
                for id in ids.iter().filter(|id| !there.contains(id)) {
                    link(work, lines, &line, owner, *id).await?;
                }
            }
        }
    }
    Ok(())
}

/// A command about a record that does not link here is a mistake, or an attempt; so is one about a record that the caller
/// may not see.
async fn own(
    work: &mut Work<'_>,
    lines: &Lines,
    model: &Model,
    owner: i64,
    id: i64,
    place: &str,
) -> Result<(), ErpError> {
    let found = work.one(&lines.relation, id).await?;
    let line = work.model(&lines.relation)?;
    if found.is_some_and(|row| row.int(&lines.inverse) == Some(owner)) && work.sees(&line, id).await? {
        return Ok(());
    }
    Err(ErpError::BadChange(Complaint::new(format!(
        "{place}: {} {id} does not belong to {} {owner}",
        lines.relation, model.name
    ))))
}

async fn linked(work: &mut Work<'_>, lines: &Lines, owner: i64) -> Result<Vec<i64>, ErpError> {
    let rows = work.find(&lines.relation, &lines.inverse, owner).await?;
    Ok(rows.iter().map(|row| row.number("id")).collect())
}

async fn link(
    work: &mut Work<'_>,
    lines: &Lines,
    line: &Arc<Model>,
    owner: i64,
    id: i64,
) -> Result<(), ErpError> {
    work.may(line, Operation::Write)?;
    reach::all(work, line, &[id]).await?;
    let values: Values = [(lines.inverse.clone(), Value::from(owner))].into_iter().collect();
    Box::pin(update::one(work, line, id, (&lines.place, &values))).await
}

/// A line that can't be without its document goes with the link.
async fn unlink(
    work: &mut Work<'_>,
    (model, lines): (&Model, &Lines),
    line: &Arc<Model>,
    ids: &[i64],
) -> Result<(), ErpError> {
    if ids.is_empty() {
        return Ok(());
    }
    let required = line.field(&lines.inverse).is_some_and(|field| field.required);
    if required || business::owns(&model.name, &line.name) {
        return remove(work, line, ids).await;
    }
    work.may(line, Operation::Write)?;
    reach::every(work, line, ids).await?;
    let values: Values = [(lines.inverse.clone(), Value::Null)].into_iter().collect();
    for id in ids {
        Box::pin(update::one(work, line, *id, (&lines.place, &values))).await?;
    }
    Ok(())
}

async fn remove(work: &mut Work<'_>, line: &Arc<Model>, ids: &[i64]) -> Result<(), ErpError> {
    work.may(line, Operation::Delete)?;
    reach::every(work, line, ids).await?;
    Box::pin(delete::delete(work, line, ids)).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::erp::embedded::registry;

    fn of(value: &Value) -> Result<Vec<Command>, String> {
        let field = registry::model("sale.order").unwrap().field("order_line").unwrap();
        read(field, "values.order_line", value).map(|lines| lines.commands).map_err(|c| c.to_string())
    }

    #[test]
    fn commands_are_understood_as_odoo_writes_them() {
        let values = json!({"product_id": 3}).as_object().unwrap().clone();
        for (written, commands) in [
            (json!([[0, 0, {"product_id": 3}]]), vec![Command::Create(values.clone())]),
            (json!([[0, {"product_id": 3}]]), vec![Command::Create(values.clone())]),
            (json!([0, 0, {"product_id": 3}]), vec![Command::Create(values.clone())]),
            (json!([{"product_id": 3}]), vec![Command::Create(values.clone())]),
            (json!({"product_id": 3}), vec![Command::Create(values.clone())]),
            (json!([[1, 9, {"product_id": 3}]]), vec![Command::Update(9, values.clone())]),
            (json!([{"id": 9, "product_id": 3}]), vec![Command::Update(9, values)]),
            (
                json!([[2, 9, 0], [3, 8], [4, "7"]]),
                vec![Command::Delete(9), Command::Unlink(8), Command::Link(7)],
            ),
            (json!([[5]]), vec![Command::Clear]),
            (json!([[6, 0, [1, 2]]]), vec![Command::Set(vec![1, 2])]),
            (json!([6, 0, [1, 2]]), vec![Command::Set(vec![1, 2])]),
            (json!([2, 9, 0]), vec![Command::Delete(9)]),
            (json!([5, 0, 0]), vec![Command::Clear]),
            (json!([1, 2, 3]), vec![Command::Set(vec![1, 2, 3])]),
            (json!([17, 18]), vec![Command::Set(vec![17, 18])]),
            (json!([]), vec![]),
        ] {
            assert_eq!(of(&written), Ok(commands), "{written}");
        }
    }

    #[test]
    fn what_could_mean_two_things_is_explained() {
        for written in [
            json!(7),
            json!("7"),
            json!([[7, 1, 0]]),
            json!([[1, {"product_id": 3}]]),
            json!([[2]]),
            json!([[6, 0, 5]]),
            json!(["x"]),
            json!([4, 9]),
            json!([5]),
            json!([0, 9, 0]),
            json!([7, 0]),
            json!([{"id": "x"}]),
            json!([[]]),
        ] {
            let said = of(&written).unwrap_err();
            assert!(said.contains("[0,0,{values}]") && said.contains("sale.order.line"), "{written}: {said}");
        }
    }
}
