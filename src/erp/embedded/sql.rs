//! The words of SQL the engine is built from: one text for both databases, and the few places where they differ.

use std::fmt::Write as _;

use sea_query::{Expr, PostgresQueryBuilder, SelectStatement};
use sea_query_sqlx::{SqlxBinder, SqlxValues};

use crate::store::Db;

/// Which database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// A condition; `None` holds for every record.
pub(super) type Condition = Option<Expr>;

/// A statement with the values bound to it.
pub(super) struct Statement {
    pub sql: String,
    pub values: SqlxValues,
    /// Columns of a row.
    pub columns: usize,
}

impl Dialect {
    pub(super) const fn of(db: &Db) -> Self {
        match db {
            Db::Sqlite { .. } => Self::Sqlite,
            Db::Postgres(_) => Self::Postgres,
        }
    }

    /// A condition that SQLite shall not look for an index for. Without statistics it takes any index that a record
    /// rule offers, however little the rule leaves out, and sorts a whole table for one page of it.
    pub(super) fn unindexed(self, condition: Condition) -> Condition {
        match self {
            Self::Sqlite => condition.map(|expr| Expr::cust_with_expr("+($1)", expr)),
            Self::Postgres => condition,
        }
    }

    /// Text compared byte by byte, whatever the collation of the database.
    pub(super) fn bytewise(self, text: Expr) -> Expr {
        match self {
            Self::Sqlite => text,
            Self::Postgres => Expr::cust_with_expr(r#"($1 COLLATE "C")"#, text),
        }
    }
}

impl Statement {
    /// Both databases read `$1` and `"name"`, so one builder serves both.
    pub(super) fn of(mut select: SelectStatement) -> Self {
        let (sql, values) = select.build_sqlx(PostgresQueryBuilder);
        let mut columns = 0;
        select.exprs_mut_for_each(|_| columns += 1);
        Self { sql, values, columns }
    }
}

/// Name of the n-th table of a statement.
pub(super) fn alias(n: u32) -> String {
    let mut name = String::from("t");
    let _ = write!(name, "{n}");
    name
}

/// A column of the n-th table.
pub(super) fn column(n: u32, name: &str) -> Expr {
    Expr::col((alias(n), name.to_owned()))
}

/// Holds for no record.
pub(super) fn never() -> Expr {
    Expr::cust("FALSE")
}

/// Holds where the condition does not, an unknown one included.
pub(super) fn not(condition: Condition) -> Expr {
    condition.map_or_else(never, |expr| Expr::cust_with_expr("(($1) IS NOT TRUE)", expr))
}

/// All of them hold.
pub(super) fn all(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    balanced("($1 AND $2)", conditions.into_iter().flatten().collect())
}

/// At least one of them holds.
pub(super) fn any(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    match conditions.into_iter().collect::<Option<Vec<Expr>>>() {
        None => None,
        Some(exprs) if exprs.is_empty() => Some(never()),
        Some(exprs) => balanced("($1 OR $2)", exprs),
    }
}

/// Joined as a balanced tree: SQLite refuses expressions deeper than 1000, however they are meant.
fn balanced(joint: &'static str, mut exprs: Vec<Expr>) -> Condition {
    if exprs.len() < 2 {
        return exprs.pop();
    }
    let right = exprs.split_off(exprs.len() / 2);
    match (balanced(joint, exprs), balanced(joint, right)) {
        (Some(left), Some(right)) => Some(Expr::cust_with_exprs(joint, [left, right])),
        (left, right) => left.or(right),
    }
}
