//! Numbers of documents: `BER/OUT/00012`, `INV/2026/00012`.

use sqlx::AssertSqlSafe;

use super::super::work::Work;
use crate::erp::ErpError;
use crate::store::on_db;

const KNOWN: &str = "SELECT next_id FROM erp_sequences WHERE name = $1";

/// The next number behind `prefix` among the names of a table, of one company where its documents are numbered by
/// company. It stands behind the highest there is, and is given back where the transaction is thrown away.
pub(super) async fn next(
    work: &mut Work<'_>,
    table: &'static str,
    prefix: &str,
    company: Option<i64>,
) -> Result<String, ErpError> {
    let sequence = match company {
        Some(company) => format!("{table} {company} {prefix}"),
        None => format!("{table} {prefix}"),
    };
    let known: Option<i64> = on_db!(work.on(), c => {
        sqlx::query_scalar(KNOWN).bind(&sequence).fetch_optional(&mut *c).await
    })?;
    let first = match known {
        Some(next) => next,
        None => highest(work, table, prefix, company).await? + 1,
    };
    let number = work.next_number(&sequence, first).await?;
    Ok(format!("{prefix}{number:05}"))
}

async fn highest(
    work: &mut Work<'_>,
    table: &'static str,
    prefix: &str,
    company: Option<i64>,
) -> Result<i64, ErpError> {
    let within = if company.is_some() { "company_id = $3" } else { "$3 = 0" };
    let sql = format!(
        "SELECT name FROM {table} WHERE SUBSTR(name, 1, $1) = $2 AND {within} \
         ORDER BY LENGTH(name) DESC, name DESC LIMIT 1"
    );
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    let last: Option<String> = on_db!(work.on(), c => {
        sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(length)
            .bind(prefix)
            .bind(company.unwrap_or_default())
            .fetch_optional(&mut *c)
            .await
    })?;
    Ok(last.and_then(|name| name.strip_prefix(prefix)?.parse().ok()).unwrap_or(0))
}
