//! What an open transfer is to take, bin by bin, and the reservations that keep it there.

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::places;
use super::quants::{self, Free, Good};
use crate::erp::{ErpError, Row};

/// Plans an open transfer anew: if all that it is to move is there, it is reserved in its bins, else nothing is.
/// A draft reserves nothing.
pub(in super::super) async fn reserve(work: &mut Work<'_>, picking: i64) -> Result<(), ErpError> {
    let Some(head) = work.one("stock.picking", picking).await? else { return Ok(()) };
    if !matches!(head.word("state"), "confirmed" | "waiting" | "assigned") {
        return Ok(());
    }
    release(work, picking).await?;
    let movements = work.find("stock.movement", "picking_id", picking).await?;
    let mut chosen = Vec::with_capacity(movements.len());
    let (mut free, mut all_there) = (Free::default(), true);
    for movement in movements {
        let from = root(work, &head, &movement).await?;
        let (product, quantity) = (movement.number("product_id"), movement.number("quantity"));
        let bins = if places::is_internal(work, from).await? {
            let to = movement.number("location_dest_id");
            let bins = free.choose(work, (from, to), product, quantity).await?;
            all_there &= bins.iter().map(|(_, take)| take).sum::<i64>() >= quantity;
            Some(bins)
        } else {
            None
        };
        chosen.push((movement, from, bins));
    }
    let state = if all_there { "assigned" } else { "waiting" };
    for (movement, from, bins) in chosen {
        let parts = match bins {
            Some(bins) if all_there => bins,
            _ => vec![(from, movement.number("quantity"))],
        };
        spread(work, &movement, &parts, state).await?;
    }
    let mut changes = Row::new();
    changes.put("state", state);
    let model = work.model("stock.picking")?;
    work.update(&model, &head, &changes).await
}

/// Makes of one movement one for each bin, and reserves what is assigned.
async fn spread(
    work: &mut Work<'_>,
    movement: &Row,
    parts: &[(i64, i64)],
    state: &'static str,
) -> Result<(), ErpError> {
    let product = movement.number("product_id");
    split(work, movement, parts, |row| row.put("state", state)).await?;
    if state == "assigned" {
        for (bin, quantity) in parts {
            if places::is_internal(work, *bin).await? {
                quants::reserve(work, *bin, product, *quantity).await?;
            }
        }
    }
    Ok(())
}

/// Makes of one movement one for each (location, quantity): the first keeps its id. `also` sets what else they are.
pub(super) async fn split(
    work: &mut Work<'_>,
    movement: &Row,
    parts: &[(i64, i64)],
    also: impl Fn(&mut Row),
) -> Result<(), ErpError> {
    let model = work.model("stock.movement")?;
    let good = Good::of(work, movement.number("product_id"), movement.number("company_id")).await?;
    for (at, (location, quantity)) in parts.iter().enumerate() {
        let mut row = movement.clone();
        row.put("location_id", *location);
        row.put("quantity", *quantity);
        row.put("value", good.value(*quantity)?);
        also(&mut row);
        if at == 0 {
            work.update(&model, movement, &row).await?;
        } else {
            work.insert(&model, row).await?;
        }
    }
    Ok(())
}

/// Where to look for what a movement is to take: all that its transfer takes from, unless it names a place beyond.
async fn root(work: &mut Work<'_>, head: &Row, movement: &Row) -> Result<i64, ErpError> {
    let (own, all) = (movement.number("location_id"), head.number("location_id"));
    Ok(if places::is_within(work, own, all).await? { all } else { own })
}

/// Frees what the movements of a transfer reserved.
pub(super) async fn release(work: &mut Work<'_>, picking: i64) -> Result<(), ErpError> {
    for movement in work.find("stock.movement", "picking_id", picking).await? {
        free(work, &movement).await?;
    }
    Ok(())
}

/// Frees what a movement reserved; it is `confirmed` then.
async fn free(work: &mut Work<'_>, movement: &Row) -> Result<(), ErpError> {
    if movement.word("state") != "assigned" {
        return Ok(());
    }
    unreserve(work, movement).await?;
    let mut changes = Row::new();
    changes.put("state", "confirmed");
    let model = work.model("stock.movement")?;
    work.update(&model, movement, &changes).await
}

/// Frees what a movement reserved that is changed or gone itself.
pub(super) async fn unreserve(work: &mut Work<'_>, movement: &Row) -> Result<(), ErpError> {
    let from = movement.number("location_id");
    if movement.word("state") == "assigned" && places::is_internal(work, from).await? {
        quants::reserve(work, from, movement.number("product_id"), -movement.number("quantity")).await?;
    }
    Ok(())
}
