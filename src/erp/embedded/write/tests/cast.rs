//! Records of the small demo company that the tests act with.

use super::Bench;

/// A customer in Germany, one in the United States, goods that are there, a service.
pub(super) struct Cast {
    pub german: i64,
    pub american: i64,
    pub goods: i64,
    pub other: i64,
    pub service: i64,
    /// Of the other company.
    pub foreign_warehouse: i64,
    /// Who has quotations of their own, one of theirs, and one of somebody else.
    pub seller: i64,
    pub own: i64,
    pub others: i64,
    /// An opportunity of somebody else.
    pub lead: i64,
}

pub(super) async fn cast(bench: &Bench) -> Cast {
    let partner = |country| {
        format!(
            "SELECT MIN(id) FROM res_partner WHERE customer_rank > 0 AND active AND country_id = {country}"
        )
    };
    let goods = "SELECT product_id FROM stock_quant WHERE warehouse_id = 1 GROUP BY product_id \
        HAVING SUM(quantity - reserved_quantity) > 20000 ORDER BY product_id LIMIT 1";
    let seller = bench
        .number(
            "SELECT user_id FROM sale_order WHERE company_id = 1 AND state = 'draft' AND user_id IS NOT NULL \
             GROUP BY user_id ORDER BY COUNT(*) DESC, user_id LIMIT 1",
        )
        .await;
    let draft = |whose: &str| {
        format!(
            "SELECT MIN(id) FROM sale_order WHERE company_id = 1 AND state = 'draft' AND user_id {whose} {seller}"
        )
    };
    Cast {
        german: bench.number(&partner(1)).await,
        american: bench.number(&partner(14)).await,
        goods: bench.number(goods).await,
        other: bench.number(&format!("{goods} OFFSET 1")).await,
        foreign_warehouse: bench.number("SELECT MIN(id) FROM stock_warehouse WHERE company_id = 2").await,
        seller,
        own: bench.number(&draft("=")).await,
        lead: bench
            .number(&format!("SELECT MIN(id) FROM crm_lead WHERE company_id = 1 AND user_id <> {seller}"))
            .await,
        others: bench.number(&draft("<>")).await,
        service: bench.number("SELECT MIN(id) FROM product_product WHERE type = 'service'").await,
    }
}
