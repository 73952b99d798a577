//! Technical > MCP.

pub mod approvals;
pub mod logs;
pub mod oauth_clients;
pub mod policies;
pub mod sessions;

use crate::components::Crumb;

/// The way to the screens of Technical > MCP, and from one of them to what is below it.
fn way(below: Option<(&str, &str)>) -> Vec<Crumb> {
    let mut way = vec![Crumb::new("Technical", "/"), Crumb::new("MCP", "/technical/mcp/policies")];
    way.extend(below.map(|(label, href)| Crumb::new(label, href)));
    way
}

/// The values of an address' query.
fn query(path: &str) -> Vec<(String, String)> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// An address with the values that are not empty.
fn address(path: &str, values: &[(&str, &str)]) -> String {
    let values: Vec<_> = values.iter().filter(|(_, value)| !value.is_empty()).collect();
    if values.is_empty() {
        return path.to_owned();
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in values {
        query.append_pair(name, value);
    }
    format!("{path}?{}", query.finish())
}
