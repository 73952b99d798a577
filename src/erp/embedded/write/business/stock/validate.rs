//! `button_validate`: goods are moved, and what is missing becomes a back order.

use serde_json::{Value, json};

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::say::quantity as said;
use super::super::{purchase, sale};
use super::quants::{self, Free, Good};
use super::{bad, places, plan, transfers};
use crate::erp::{ErpError, Row};

/// When a back order is due: so many milliseconds later.
const LATER: i64 = 4 * 86_400_000;

/// What is missing of a movement.
struct Rest {
    movement: Row,
    /// Thousandths that are not there.
    missing: i64,
    /// For people.
    words: String,
}

/// Validates transfers, one after another, and answers what became of each.
pub(in super::super) async fn validate(work: &mut Work<'_>, ids: &[i64]) -> Result<Option<Value>, ErpError> {
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        answers.push(one(work, *id).await?);
    }
    Ok(Some(json!({ "transfers": answers })))
}

async fn one(work: &mut Work<'_>, id: i64) -> Result<Value, ErpError> {
    let Some(head) = work.one("stock.picking", id).await? else { return Ok(Value::Null) };
    let name = work.called("stock.picking", &head);
    if transfers::is_closed(&head) {
        return Err(bad(match head.word("state") {
            "done" => format!("{name} is done already; its goods are moved once"),
            _ => format!("{name} is cancelled; make a new transfer"),
        }));
    }
    plan::release(work, id).await?;
    let movements = work.find("stock.movement", "picking_id", id).await?;
    if movements.is_empty() {
        return Err(bad(format!(
            "{name} has nothing to move: add movements through movement_ids [[0,0,{{\"product_id\":1,\"quantity\":1}}]]"
        )));
    }
    let mut rests = Vec::new();
    let mut moved: Vec<(i64, i64)> = Vec::new();
    for movement in movements {
        let quantity = movement.number("quantity");
        let product = movement.number("product_id");
        let taken = take(work, &head, &movement).await?;
        if taken > 0 {
            moved.push((product, taken));
        }
        if taken < quantity {
            let words = shortfall(work, &movement, taken).await?;
            rests.push(Rest { movement, missing: quantity - taken, words });
        }
    }
    let words: Vec<&str> = rests.iter().map(|rest| rest.words.as_str()).collect();
    let missing = words.join("; ");
    if moved.is_empty() {
        return Err(bad(format!(
            "{name} can't be done, nothing of it is there: {missing}. Receive the goods, move them there by an \
             internal transfer, or free them by cancelling what keeps them"
        )));
    }
    let mut changes = Row::new();
    changes.put("state", "done");
    changes.put("date_done", work.now);
    let model = work.model("stock.picking")?;
    work.update(&model, &head, &changes).await?;
    if let Some(order) = head.int("sale_id") {
        sale::moved(work, order, &moved).await?;
    }
    if let Some(order) = head.int("purchase_id") {
        purchase::moved(work, order, &moved).await?;
    }
    let mut answer = json!({ "id": id, "name": name, "state": "done" });
    if !rests.is_empty() {
        let (later, later_name) = back_order(work, &head, rests).await?;
        answer = json!({
            "id": id, "name": name, "state": "done",
            "back_order": { "id": later, "name": later_name },
            "message": format!("not all of it was there: {missing}. The rest is back order {later_name}"),
        });
    }
    work.is_lasting(format!("it moves the goods of {name}"));
    Ok(answer)
}

/// Moves what is there of a movement, which becomes done with that; answers how much. One that nothing is there for
/// is left as it is.
async fn take(work: &mut Work<'_>, head: &Row, movement: &Row) -> Result<i64, ErpError> {
    let (from, to) = (movement.number("location_id"), movement.number("location_dest_id"));
    let (product, quantity) = (movement.number("product_id"), movement.number("quantity"));
    let parts = if places::is_internal(work, from).await? {
        Free::default().choose(work, (from, to), product, quantity).await?
    } else {
        vec![(from, quantity)]
    };
    if parts.is_empty() {
        return Ok(0);
    }
    let good = Good::of(work, product, head.number("company_id")).await?;
    for (bin, quantity) in &parts {
        quants::change(work, *bin, &good, -quantity).await?;
        quants::change(work, to, &good, *quantity).await?;
    }
    let now = work.now;
    plan::split(work, movement, &parts, |row| {
        row.put("state", "done");
        row.put("date", now);
    })
    .await?;
    Ok(parts.iter().map(|(_, quantity)| quantity).sum())
}

async fn shortfall(work: &mut Work<'_>, movement: &Row, taken: i64) -> Result<String, ErpError> {
    let (from, product) = (movement.number("location_id"), movement.number("product_id"));
    let good = Good::of(work, product, movement.number("company_id")).await?;
    let wanted = movement.number("quantity");
    let bins = places::bins(work, from).await?;
    if !quants::is_open(work, &bins, product).await? {
        // What lies where is for those who may read it, and what is missing tells it.
        return Ok(format!("not enough of {} is there", good.name));
    }
    let mut kept = 0;
    for bin in bins {
        kept += quants::there(work, bin, product).await?.1;
    }
    let kept = if kept > 0 {
        format!(" ({} more are reserved for other transfers)", said(kept))
    } else {
        String::new()
    };
    Ok(format!(
        "of {} {} {} of {} are at {}{kept}, {} missing",
        good.name,
        said(taken),
        good.uom,
        said(wanted),
        places::name(work, from).await?,
        said(wanted - taken)
    ))
}

/// The rest of a transfer that was done in part: a transfer of its own.
async fn back_order(work: &mut Work<'_>, head: &Row, rests: Vec<Rest>) -> Result<(i64, String), ErpError> {
    let warehouse = places::warehouse(work, head.number("warehouse_id")).await?;
    let name = transfers::next_name(work, &warehouse, head.word("picking_type")).await?;
    let due = work.now + LATER;
    let mut row = head.clone();
    row.put("name", name.as_str());
    row.put("state", "confirmed");
    row.put("scheduled_date", due);
    row.put("date_done", None::<i64>);
    row.put("backorder_id", head.number("id"));
    let model = work.model("stock.picking")?;
    let later = work.insert(&model, row).await?;
    let model = work.model("stock.movement")?;
    for Rest { movement, missing, .. } in rests {
        let good = Good::of(work, movement.number("product_id"), movement.number("company_id")).await?;
        let mut row = movement.clone();
        row.put("picking_id", later);
        row.put("reference", name.as_str());
        row.put("date", due);
        row.put("state", "confirmed");
        row.put("quantity", missing);
        row.put("value", good.value(missing)?);
        if missing == movement.number("quantity") {
            work.update(&model, &movement, &row).await?;
        } else {
            work.insert(&model, row).await?;
        }
    }
    plan::reserve(work, later).await?;
    Ok((later, work.called_as("stock.picking", later, &name)))
}
