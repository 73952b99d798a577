//! Sums of `stock.movement` by company, month (in UTC), product, warehouse, operation type and status: a year of
//! months and products is answered from some thousand rows instead of a million. Whoever writes movements writes
//! the change of the sums in the same transaction.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Datelike};
use sqlx::AssertSqlSafe;

use super::many_rows::placeholders;
use crate::store::{On, on_db};

/// What of a movement the sums depend on.
#[derive(Clone, Debug)]
pub struct Fact {
    /// `company_id`
    pub company_id: i64,
    /// `date`, epoch milliseconds
    pub date: i64,
    /// `product_id`
    pub product_id: i64,
    /// `warehouse_id`
    pub warehouse_id: i64,
    /// `picking_type`
    pub picking_type: Cow<'static, str>,
    /// `state`
    pub state: Cow<'static, str>,
    /// `currency_id`
    pub currency_id: i64,
    /// `quantity`, thousandths
    pub quantity: i64,
    /// `value`, cents
    pub value: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    company_id: i64,
    month: i64,
    product_id: i64,
    warehouse_id: i64,
    picking_type: Cow<'static, str>,
    state: Cow<'static, str>,
    currency_id: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    movements: i64,
    quantity: i64,
    value: i64,
}

/// How the sums change. A movement that is changed is removed as it was and added as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes(BTreeMap<Key, Sums>);

impl Changes {
    /// A movement is there that was not there before.
    pub fn add(&mut self, fact: &Fact) {
        self.count(fact, 1);
    }

    /// A movement is gone.
    pub fn remove(&mut self, fact: &Fact) {
        self.count(fact, -1);
    }

    fn count(&mut self, fact: &Fact, sign: i64) {
        let key = Key {
            company_id: fact.company_id,
            month: month_of(fact.date),
            product_id: fact.product_id,
            warehouse_id: fact.warehouse_id,
            picking_type: fact.picking_type.clone(),
            state: fact.state.clone(),
            currency_id: fact.currency_id,
        };
        let sums = self.0.entry(key).or_default();
        sums.movements += sign;
        sums.quantity += sign * fact.quantity;
        sums.value += sign * fact.value;
    }
}

/// Months since January 1970 of an instant (epoch milliseconds), in UTC.
pub fn month_of(instant: i64) -> i64 {
    let at = DateTime::from_timestamp_millis(instant).unwrap_or_default();
    (i64::from(at.year()) - 1970) * 12 + i64::from(at.month0())
}

const COLUMNS: usize = 10;
const ROWS_PER_STATEMENT: usize = 400;

/// Writes the changes. To be called in the transaction that writes the movements.
pub async fn apply(mut on: On<'_>, changes: &Changes) -> Result<(), sqlx::Error> {
    let all: Vec<(&Key, &Sums)> = changes.0.iter().filter(|(_, sums)| **sums != Sums::default()).collect();
    for chunk in all.chunks(ROWS_PER_STATEMENT) {
        let sql = statement(&placeholders(&on, chunk.len(), COLUMNS));
        on_db!(&mut on, c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (key, sums) in chunk {
                query = query
                    .bind(key.company_id)
                    .bind(key.month)
                    .bind(key.product_id)
                    .bind(key.warehouse_id)
                    .bind(key.picking_type.as_ref())
                    .bind(key.state.as_ref())
                    .bind(key.currency_id)
                    .bind(sums.movements)
                    .bind(sums.quantity)
                    .bind(sums.value);
            }
            query.persistent(chunk.len() == ROWS_PER_STATEMENT).execute(&mut **c).await?;
        });
    }
    Ok(())
}

fn statement(values: &str) -> String {
    format!(
        "INSERT INTO stock_movement_rollup AS r (company_id, month, product_id, warehouse_id, picking_type, state, \
         currency_id, movements, quantity, value) VALUES {values} \
         ON CONFLICT (company_id, month, product_id, warehouse_id, picking_type, state, currency_id) DO UPDATE SET \
         movements = r.movements + excluded.movements, quantity = r.quantity + excluded.quantity, \
         value = r.value + excluded.value"
    )
}
