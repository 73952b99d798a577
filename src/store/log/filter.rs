//! Which rows of the log are wanted, as conditions that an index answers and conditions for which rows are read.

use sea_query::{Value, Values};
use sea_query_sqlx::SqlxValues;

use crate::store::touched::Record;

/// Which rows are wanted; every condition that is `Some` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Not older than this (epoch milliseconds).
    pub since: Option<i64>,
    /// Older than this (epoch milliseconds).
    pub until: Option<i64>,
    /// Of the user with this id.
    pub user_id: Option<i64>,
    /// Of the user with this login.
    pub login: Option<String>,
    /// By the key with this id; quick together with its user's id.
    pub key_id: Option<String>,
    /// In the MCP session of this name: the first characters of its hash.
    pub session: Option<String>,
    /// With this tool.
    pub tool: Option<String>,
    /// Upon this model.
    pub model: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// With this text in their reason or in what they were upon, or upon one of `records`; capitals of ASCII don't
    /// count.
    pub text: Option<String>,
    /// What `text` is the name of.
    pub records: Vec<Record>,
    /// That changed this record.
    pub record: Option<Record>,
    /// That changed data.
    pub changed: bool,
    /// At most so many, the newest.
    pub limit: i64,
}

/// A statement in the making: its text, and what is bound to it.
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
    /// Text is compared byte by byte, as SQLite does anyway.
    collate: &'static str,
}

impl Sql {
    pub(super) const fn new(postgres: bool) -> Self {
        let collate = if postgres { r#" COLLATE "C""# } else { "" };
        Self { text: String::new(), values: Vec::new(), collate }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The place of a value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
    }

    pub(super) fn done(self) -> (sqlx::AssertSqlSafe<String>, SqlxValues) {
        (sqlx::AssertSqlSafe(self.text), SqlxValues(Values(self.values)))
    }
}

/// The index along which a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Along {
    Administration,
    Refused,
    User,
    Record,
    Time,
}

/// What is to be read for each row that an index offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Nothing: it is one of those wanted.
    None,
    /// The index' own columns.
    Index,
    /// The row.
    Rows,
}

/// A filter, and how it is answered.
pub(super) struct Plan<'a> {
    filter: &'a LogFilter,
    along: Along,
}

impl<'a> Plan<'a> {
    pub(super) fn of(filter: &'a LogFilter) -> Self {
        let along = if filter.record.is_some() {
            Along::Record
        } else if filter.kind.as_deref() == Some("admin") {
            Along::Administration
        } else if filter.outcome.as_deref().is_some_and(|outcome| outcome != "allowed") {
            Along::Refused
        } else if filter.user_id.is_some() {
            Along::User
        } else {
            Along::Time
        };
        Self { filter, along }
    }

    /// What the index tells of the rows wanted.
    pub(super) fn along(&self, sql: &mut Sql) {
        match self.along {
            // Literals are what lets a database use an index of some of the rows.
            Along::Administration => sql.push("kind = 'admin'"),
            Along::Refused => {
                sql.push("outcome <> 'allowed' AND outcome = ");
                sql.bind(self.filter.outcome.clone());
            }
            Along::User => {
                sql.push("user_id = ");
                sql.bind(self.filter.user_id);
            }
            Along::Record => {
                let (model, id) = self.filter.record.clone().unwrap_or_default();
                // What one record was changed by is little, and sorted in no time.
                sql.push("id IN (SELECT log_id FROM mcp_touched WHERE model = ");
                sql.bind(model);
                sql.push(" AND record_id = ");
                sql.bind(id);
                sql.push(")");
            }
            Along::Time => sql.push("at >= 0"),
        }
        for (condition, at) in [(" AND at >= ", self.filter.since), (" AND at < ", self.filter.until)] {
            if at.is_some() {
                sql.push(condition);
                sql.bind(at);
            }
        }
    }

    /// What has to be looked at beyond that. Wrapped, so that no other index is taken for it.
    pub(super) fn beyond(&self, sql: &mut Sql) {
        for (column, text) in self.texts() {
            let told =
                matches!((column, self.along), ("kind", Along::Administration) | ("outcome", Along::Refused));
            if let Some(text) = text.as_ref().filter(|_| !told) {
                sql.push(" AND COALESCE(");
                sql.push(column);
                sql.push(", '') = ");
                sql.bind(text.clone());
            }
        }
        if let Some(user) = self.filter.user_id.filter(|_| self.along != Along::User) {
            sql.push(" AND COALESCE(user_id, 0) = ");
            sql.bind(user);
        }
        if self.filter.changed {
            sql.push(" AND EXISTS (SELECT 1 FROM mcp_changes WHERE log_id = mcp_log.id)");
        }
        if let Some(text) = &self.filter.text {
            self.containing(sql, text);
        }
    }

    /// The text in what is said of a row, or one of the records that it names in what the row is upon.
    fn containing(&self, sql: &mut Sql, text: &str) {
        for (begin, column) in [(" AND (LOWER(", "reason"), (" OR LOWER(", "target")] {
            sql.push(begin);
            sql.push(column);
            sql.push(sql.collate);
            sql.push(") LIKE ");
            sql.bind(containing(text));
            sql.push(" ESCAPE '!'");
        }
        for (nth, (model, id)) in self.filter.records.iter().enumerate() {
            sql.push(if nth == 0 { " OR id IN (" } else { " UNION ALL " });
            sql.push("SELECT log_id FROM mcp_touched WHERE model = ");
            sql.bind(model.clone());
            sql.push(" AND record_id = ");
            sql.bind(*id);
        }
        if !self.filter.records.is_empty() {
            sql.push(")");
        }
        for (model, id) in &self.filter.records {
            // Ids stand as [1, 2], in a domain too.
            sql.push(" OR (mcp_log.model = ");
            sql.bind(model.clone());
            sql.push(" AND REPLACE(REPLACE(REPLACE(target, '[', ','), ']', ','), ' ', '') LIKE ");
            sql.bind(format!("%,{id},%"));
            sql.push(")");
        }
        sql.push(")");
    }

    const fn texts(&self) -> [(&'static str, &'a Option<String>); 7] {
        let f = self.filter;
        [
            ("login", &f.login),
            ("key_id", &f.key_id),
            ("session", &f.session),
            ("tool", &f.tool),
            ("model", &f.model),
            ("outcome", &f.outcome),
            ("kind", &f.kind),
        ]
    }

    /// How much has to be looked at beyond the index.
    pub(super) fn effort(&self) -> Effort {
        let mut beyond = Sql::new(false);
        self.beyond(&mut beyond);
        if beyond.text.is_empty() {
            return Effort::None;
        }
        let f = self.filter;
        let by_index = LogFilter {
            since: f.since,
            until: f.until,
            tool: f.tool.clone(),
            model: f.model.clone(),
            limit: f.limit,
            ..LogFilter::default()
        };
        if *f == by_index { Effort::Index } else { Effort::Rows }
    }
}

/// The pattern of a text that may stand anywhere.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c.to_ascii_lowercase());
    }
    pattern.push('%');
    pattern
}
