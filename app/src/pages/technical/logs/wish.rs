//! What of the log is asked for: read from an address, and written into one.

use super::super::{address, query};
use super::PATH;

/// Filters and place, as the address has them; empty where nothing is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogWish {
    /// Part of the reason or of what it was upon, or the name of a record.
    pub search: String,
    /// A record that was changed, as `sale.order,7`.
    pub record: String,
    /// Login.
    pub user: String,
    /// Id of a key.
    pub key: String,
    /// MCP session, as the log calls it.
    pub session: String,
    /// Name of a tool.
    pub tool: String,
    /// Technical name or label of a model.
    pub model: String,
    /// `allowed`, `denied`, `limited`, `failed`.
    pub outcome: String,
    /// `request`, `call`, `admin`; `change` for what changed data.
    pub kind: String,
    /// `hour`, `today`, `week`.
    pub period: String,
    /// Time in the reader's zone, as `2026-11-22T21:40`.
    pub since: String,
    /// Time in the reader's zone.
    pub until: String,
    /// Place that the page begins before.
    pub before: String,
    /// Place that the page ends after.
    pub after: String,
    /// Number of the page's first row.
    pub from: String,
}

impl LogWish {
    /// What an address asks for.
    pub fn of(path: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in query(path) {
            if let Some(field) = wish.field(&name) {
                value.trim().clone_into(field);
            }
        }
        wish
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "search" => &mut self.search,
            "record" => &mut self.record,
            "user" => &mut self.user,
            "key" => &mut self.key,
            "session" => &mut self.session,
            "tool" => &mut self.tool,
            "model" => &mut self.model,
            "outcome" => &mut self.outcome,
            "kind" => &mut self.kind,
            "period" => &mut self.period,
            "since" => &mut self.since,
            "until" => &mut self.until,
            "before" => &mut self.before,
            "after" => &mut self.after,
            "from" => &mut self.from,
            _ => return None,
        })
    }

    fn filters(&self) -> [(&'static str, &str); 12] {
        [
            ("search", &self.search),
            ("record", &self.record),
            ("user", &self.user),
            ("key", &self.key),
            ("session", &self.session),
            ("tool", &self.tool),
            ("model", &self.model),
            ("outcome", &self.outcome),
            ("kind", &self.kind),
            ("period", &self.period),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    /// The filters that are on: name and value.
    pub fn on(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.filters().into_iter().filter(|(_, value)| !value.is_empty())
    }

    /// Address of the newest entries with these filters but that one.
    pub fn without(&self, name: &str) -> String {
        let filters: Vec<_> = self.filters().into_iter().filter(|(filter, _)| *filter != name).collect();
        address(PATH, &filters)
    }

    /// Address of the same entries as a file.
    pub fn file(&self) -> String {
        address("/technical/mcp/logs.csv", &self.filters())
    }

    /// Address of a page: `before` or `after` a place, with the number of its first row.
    pub fn page(&self, direction: &'static str, place: &str, from: u64) -> String {
        let from = from.to_string();
        let mut values = self.filters().to_vec();
        values.extend([(direction, place), ("from", from.as_str())]);
        address(PATH, &values)
    }

    /// Number of the page's first row.
    pub fn first(&self) -> u64 {
        // It is in the address, where anything can be written.
        self.from.parse().unwrap_or(1).clamp(1, u64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let wish = LogWish::of("/technical/mcp/logs?user=demo&search=a%26b+c&before=5.x&from=81&other=1");
        assert_eq!((wish.user.as_str(), wish.search.as_str(), wish.first()), ("demo", "a&b c", 81));
        assert_eq!(wish.without("user"), "/technical/mcp/logs?search=a%26b+c");
        assert_eq!(
            wish.page("before", "9.y", 161),
            "/technical/mcp/logs?search=a%26b+c&user=demo&before=9.y&from=161"
        );
        assert_eq!(LogWish::of(PATH).on().count(), 0);
        assert_eq!(LogWish::of(&wish.file()).on().count(), 2);
    }
}
