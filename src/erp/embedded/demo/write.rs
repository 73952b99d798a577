//! From memory into the database: tables in the order in which their links can be checked.

use sqlx::AssertSqlSafe;

use super::parties::FIRST_USER;
use super::places::Places;
use super::sheet::insert;
use super::world::World;
use crate::erp::embedded::registry;
use crate::erp::embedded::rollup;
use crate::model::ModelKind;
use crate::store::{Tx, on_db};

/// Movements kept in memory until they are written.
pub const MOVEMENTS_AT_ONCE: usize = 20_000;

/// Tables that the generator fills, those that link to others first.
const TABLES: [&str; 22] = [
    "erp_sequences",
    "stock_movement_rollup",
    "account_move_line",
    "account_move",
    "account_journal",
    "account_account",
    "pos_order_line",
    "pos_order",
    "stock_quant",
    "stock_movement",
    "stock_picking",
    "purchase_order_line",
    "purchase_order",
    "sale_order_line",
    "sale_order",
    "crm_lead",
    "stock_location",
    "stock_warehouse",
    "product_product",
    "product_category",
    "res_partner",
    "res_currency_rate",
];

/// Takes away what the generator made before.
pub async fn clear(tx: &mut Tx) -> Result<(), sqlx::Error> {
    for table in TABLES {
        run(tx, format!("DELETE FROM {table}")).await?;
    }
    for table in ["res_users_company_ids_rel", "res_users_group_ids_rel"] {
        run(tx, format!("DELETE FROM {table} WHERE record_id >= {FIRST_USER}")).await?;
    }
    run(tx, format!("DELETE FROM res_users WHERE id >= {FIRST_USER}")).await
}

/// Id of the contract's user `sales`, if the first start has made it.
pub async fn sales_user(tx: &mut Tx) -> Result<Option<i64>, sqlx::Error> {
    on_db!(tx.on(), c => {
        sqlx::query_scalar("SELECT id FROM res_users WHERE login = $1").bind("sales").fetch_optional(&mut *c).await
    })
}

/// Writes the movements made so far.
pub async fn movements(tx: &mut Tx, world: &mut World) -> Result<(), sqlx::Error> {
    let rows = std::mem::take(&mut world.stock.movements);
    insert(tx.on(), &rows).await
}

/// Writes all but the movements.
pub async fn everything(tx: &mut Tx, world: &World) -> Result<(), sqlx::Error> {
    people_and_places(tx, world).await?;
    trade(tx, world).await?;
    insert(tx.on(), &world.books.accounts).await?;
    insert(tx.on(), &world.books.journals).await?;
    insert(tx.on(), world.books.entries.rows()).await?;
    insert(tx.on(), world.books.items.rows()).await?;
    rollup::apply(tx.on(), &world.stock.changes).await?;
    sequences(tx).await?;
    // Both databases choose their indexes by what they have counted.
    run(tx, "ANALYZE".to_owned()).await
}

async fn people_and_places(tx: &mut Tx, world: &World) -> Result<(), sqlx::Error> {
    insert(tx.on(), &world.rates.rows).await?;
    insert(tx.on(), world.parties.users.rows()).await?;
    insert(tx.on(), &world.parties.user_companies).await?;
    insert(tx.on(), world.parties.partners.rows()).await?;
    // The first partners are the companies' own.
    run(tx, "UPDATE res_company SET partner_id = id".to_owned()).await?;
    insert(tx.on(), &world.goods.categories).await?;
    insert(tx.on(), world.goods.products.rows()).await?;
    let Places { warehouses, locations, .. } = &world.places;
    insert(tx.on(), warehouses.rows()).await?;
    insert(tx.on(), locations.rows()).await
}

async fn trade(tx: &mut Tx, world: &World) -> Result<(), sqlx::Error> {
    insert(tx.on(), world.leads.rows()).await?;
    insert(tx.on(), world.sales.orders.rows()).await?;
    insert(tx.on(), world.sales.lines.rows()).await?;
    insert(tx.on(), world.purchases.orders.rows()).await?;
    insert(tx.on(), world.purchases.lines.rows()).await?;
    insert(tx.on(), world.stock.pickings.rows()).await?;
    insert(tx.on(), &world.stock.quants(&world.places, &world.goods)).await?;
    insert(tx.on(), world.shops.orders.rows()).await?;
    insert(tx.on(), world.shops.lines.rows()).await
}

/// Users and groups are numbered by whoever makes them; everything else by these sequences.
pub async fn sequences(tx: &mut Tx) -> Result<(), sqlx::Error> {
    let numbered = registry::models()
        .iter()
        .filter(|m| m.kind != ModelKind::Technical && !m.name.starts_with("report."));
    for model in numbered {
        let table = registry::table(&model.name);
        run(
            tx,
            format!(
                "INSERT INTO erp_sequences (name, next_id) SELECT '{table}', COALESCE(MAX(id), 0) + 1 FROM {table}"
            ),
        )
        .await?;
    }
    Ok(())
}

async fn run(tx: &mut Tx, sql: String) -> Result<(), sqlx::Error> {
    on_db!(tx.on(), c => sqlx::query(AssertSqlSafe(sql)).execute(&mut *c).await.map(drop))
}
