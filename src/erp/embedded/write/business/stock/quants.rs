//! What lies where, and what of it is kept for transfers.

use std::collections::HashMap;

use super::super::super::super::trade::divide;
use super::super::super::money::{LARGEST, books, convert};
use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::say::{amount, quantity as said};
use super::{bad, places};
use crate::erp::{ErpError, Row};
use crate::model::Operation;

/// A product as stock counts it, in one company.
pub(super) struct Good {
    /// Id.
    pub id: i64,
    /// Name, for people.
    pub name: String,
    /// Unit.
    pub uom: String,
    /// Category.
    pub category: i64,
    /// Cost of a unit in cents of the company's currency.
    pub cost: i64,
    /// Currency of the company's books.
    pub currency: i64,
}

impl Good {
    /// The product; a complaint where it is none that can be stored.
    pub(super) async fn of(work: &mut Work<'_>, product: i64, company: i64) -> Result<Self, ErpError> {
        let Some(row) = work.one("product.product", product).await? else {
            return Err(bad(format!(
                "product_id (Product): there is no product.product with id {product}; search_records finds it by name"
            )));
        };
        if row.word("type") == "service" {
            let name = work.called("product.product", &row);
            return Err(bad(format!("{name} is a service: it can't be moved")));
        }
        let currency = books(work, company).await?;
        let priced = row.int("currency_id").unwrap_or(currency);
        let cost = convert(work, company, row.number("standard_price"), (priced, currency), work.now).await?;
        Ok(Self {
            id: product,
            name: work.called("product.product", &row),
            uom: row.word("uom").to_owned(),
            category: row.number("categ_id"),
            cost,
            currency,
        })
    }

    /// Cost of a quantity (thousandths), in cents.
    pub(super) fn value(&self, quantity: i64) -> Result<i64, ErpError> {
        let value = divide(i128::from(quantity) * i128::from(self.cost), 1000);
        if value.abs() <= LARGEST {
            return Ok(value);
        }
        Err(bad(format!(
            "quantity (Quantity): {} of {} is worth more than {}, the most that stock may; check quantity and cost for \
             digits too many",
            said(quantity),
            self.name,
            amount(LARGEST)
        )))
    }
}

async fn quant(work: &mut Work<'_>, location: i64, product: i64) -> Result<Option<Row>, ErpError> {
    let model = work.model("stock.quant")?;
    let condition = "location_id = $1 AND product_id = $2 ORDER BY id LIMIT 1";
    Ok(work.select(&model, condition, &[location, product]).await?.pop())
}

/// What lies somewhere of a product is worth what the product costs now.
pub(in super::super) async fn revalue(work: &mut Work<'_>, product: i64) -> Result<(), ErpError> {
    let model = work.model("stock.quant")?;
    for before in work.find("stock.quant", "product_id", product).await? {
        let place = work.one("stock.location", before.number("location_id")).await?.unwrap_or_default();
        let company = place.number("company_id");
        let good = Good::of(work, product, company).await?;
        let value = good.value(before.number("quantity"))?;
        if value != before.number("value") && company > 0 && !work.who.company_ids.contains(&company) {
            return Err(bad(format!(
                "standard_price (Cost): {} lies in the stock of a company that you do not work in, which is worth what the \
                 product costs; ask somebody of all its companies, or make a product of your own company alone",
                good.name
            )));
        }
        let mut changes = Row::new();
        changes.put("value", value);
        work.update(&model, &before, &changes).await?;
    }
    Ok(())
}

/// Whether the caller may know what lies in these locations of a product.
pub(super) async fn is_open(work: &mut Work<'_>, locations: &[i64], product: i64) -> Result<bool, ErpError> {
    let model = work.model("stock.quant")?;
    let counted = ["quantity", "reserved_quantity"].iter().all(|field| work.shows("stock.quant", field));
    if !counted || work.may(&model, Operation::Read).is_err() {
        return Ok(false);
    }
    let narrowed = work.permit.is_some_and(|permit| permit.domain("stock.quant").is_some());
    let mut any = false;
    for location in locations {
        if let Some(row) = quant(work, *location, product).await? {
            any = true;
            if !work.sees(&model, row.number("id")).await? {
                return Ok(false);
            }
        }
    }
    // That nothing is there is for those alone who would see it if it were.
    Ok(any || !narrowed)
}

/// On hand, and reserved.
pub(super) async fn there(work: &mut Work<'_>, location: i64, product: i64) -> Result<(i64, i64), ErpError> {
    let row = quant(work, location, product).await?.unwrap_or_default();
    Ok((row.number("quantity"), row.number("reserved_quantity")))
}

/// What can be taken from where, while a plan is made.
#[derive(Default)]
pub(super) struct Free {
    bins: HashMap<i64, Vec<i64>>,
    free: HashMap<(i64, i64), i64>,
}

impl Free {
    /// Bins at and under `root` from which so much can be taken; less where there is less. What is chosen once is not
    /// chosen again.
    pub(super) async fn choose(
        &mut self,
        work: &mut Work<'_>,
        (root, to): (i64, i64),
        product: i64,
        quantity: i64,
    ) -> Result<Vec<(i64, i64)>, ErpError> {
        let (mut left, mut chosen) = (quantity, Vec::new());
        for bin in self.bins(work, root).await? {
            if bin == to || left <= 0 {
                continue;
            }
            let free = self.free(work, bin, product).await?;
            let take = free.min(left);
            if take > 0 {
                self.free.insert((bin, product), free - take);
                chosen.push((bin, take));
                left -= take;
            }
        }
        Ok(chosen)
    }

    async fn bins(&mut self, work: &mut Work<'_>, root: i64) -> Result<Vec<i64>, ErpError> {
        if let Some(known) = self.bins.get(&root) {
            return Ok(known.clone());
        }
        let bins = places::bins(work, root).await?;
        self.bins.insert(root, bins.clone());
        Ok(bins)
    }

    async fn free(&mut self, work: &mut Work<'_>, bin: i64, product: i64) -> Result<i64, ErpError> {
        if let Some(known) = self.free.get(&(bin, product)) {
            return Ok(*known);
        }
        let (on_hand, reserved) = there(work, bin, product).await?;
        Ok(on_hand - reserved)
    }
}

/// Keeps so much more (or less) of what lies at a location for transfers.
pub(super) async fn reserve(
    work: &mut Work<'_>,
    location: i64,
    product: i64,
    quantity: i64,
) -> Result<(), ErpError> {
    let Some(before) = quant(work, location, product).await? else { return Ok(()) };
    let mut changes = Row::new();
    changes.put("reserved_quantity", (before.number("reserved_quantity") + quantity).max(0));
    let model = work.model("stock.quant")?;
    work.update(&model, &before, &changes).await
}

/// Brings goods to a location, or (below zero) takes them away. Only where goods are counted.
pub(super) async fn change(
    work: &mut Work<'_>,
    location: i64,
    good: &Good,
    quantity: i64,
) -> Result<(), ErpError> {
    let Some(place) = work.one("stock.location", location).await? else { return Ok(()) };
    if place.word("usage") != "internal" {
        return Ok(());
    }
    let model = work.model("stock.quant")?;
    let before = quant(work, location, good.id).await?;
    let held =
        before.as_ref().map_or((0, 0), |row| (row.number("quantity"), row.number("reserved_quantity")));
    let after = held.0 + quantity;
    if after < held.1 {
        let (name, place) = (&good.name, work.called("stock.location", &place));
        let lies = if is_open(work, &[location], good.id).await? {
            format!("of {name} only {} are at {place}, {} of them reserved", said(held.0), said(held.1))
        } else {
            format!("not enough of {name} is at {place}")
        };
        return Err(bad(format!("{lies}: {} can't be taken", said(-quantity))));
    }
    let mut row = Row::new();
    row.put("quantity", after);
    row.put("value", good.value(after)?);
    if quantity > 0 {
        row.put("in_date", work.now);
    }
    match before {
        Some(before) if after == 0 => work.delete(&model, &before).await,
        Some(before) => work.update(&model, &before, &row).await,
        None => {
            row.put("product_id", good.id);
            row.put("location_id", location);
            row.put("warehouse_id", place.int("warehouse_id"));
            row.put("company_id", place.int("company_id"));
            row.put("reserved_quantity", 0);
            row.put("uom", good.uom.as_str());
            row.put("currency_id", good.currency);
            work.insert(&model, row).await.map(drop)
        }
    }
}
