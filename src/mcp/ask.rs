//! One request under way: what it says, for whom, and in which revision it is to be answered.

use std::sync::{Arc, LazyLock};

use axum::http::HeaderMap;
use rmcp::model::{CacheScope, Implementation, MetaObject, ResultType};
use serde::Serialize;
use serde_json::Value;

use super::envelope::Request;
use super::era::Version;
use super::error::Refusal;
use super::extra::Extra;
use super::reply::Reply;
use super::session::McpSessions;
use super::stream::Notifier;
use crate::limit::Limiter;
use crate::state::Addresses;
use crate::store::Db;
use crate::tools::Context;

/// Key of `_meta` under which a modern result says who answers.
pub const SERVER_INFO_KEY: &str = "io.modelcontextprotocol/serverInfo";

/// The same as JSON, for results that are written as bytes.
pub static SERVER_META_JSON: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string(&*SERVER_META).unwrap_or_else(|_| "{}".to_owned()));

static SERVER_META: LazyLock<MetaObject> = LazyLock::new(|| {
    let mut meta = MetaObject::new();
    if let Ok(info) = serde_json::to_value(server_info()) {
        meta.0.insert(SERVER_INFO_KEY.to_owned(), info);
    }
    meta
});

/// Who answers.
pub fn server_info() -> Implementation {
    Implementation::new("axanta-mcp", env!("CARGO_PKG_VERSION")).with_title("Axanta")
}

/// A request under way.
pub struct Ask<'a> {
    /// What it says.
    pub request: &'a Request<'a>,
    /// Revision it is answered in.
    pub version: Version,
    /// Headers it came with.
    pub headers: &'a HeaderMap,
    /// For whom, and what tools need.
    pub context: &'a Context,
    /// For what is not a tool's.
    pub db: &'a Db,
    /// Where `initialize` begins a session.
    pub sessions: &'a McpSessions,
    /// Counts calls.
    pub limiter: &'a Limiter,
    /// Tells the client of what happens before the answer.
    pub notifier: &'a Notifier,
    /// Where the process can be reached.
    pub addresses: &'a Addresses,
    /// What is served besides the product's own.
    pub extra: Option<&'a Arc<dyn Extra>>,
}

impl Ask<'_> {
    /// Whether it is of the stateless era.
    pub const fn is_modern(&self) -> bool {
        self.version.is_modern()
    }

    /// Answers with a result that serialises itself.
    pub fn reply(&self, result: &impl Serialize) -> Reply {
        Reply::of(self.request.id, result)
    }

    /// `resultType` of a modern result.
    pub fn result_type(&self) -> Option<ResultType> {
        self.is_modern().then_some(ResultType::COMPLETE)
    }

    /// `ttlMs` of a modern result: none is fresh for long, since an administrator's change holds for the next call.
    pub fn ttl(&self) -> Option<u64> {
        self.is_modern().then_some(0)
    }

    /// `cacheScope` of a modern result: all depend on the principal.
    pub fn cache_scope(&self) -> Option<CacheScope> {
        self.is_modern().then_some(CacheScope::Private)
    }

    /// `_meta` of a modern result.
    pub fn meta(&self) -> Option<MetaObject> {
        self.is_modern().then(|| SERVER_META.clone())
    }

    /// Lists have one page: a cursor can only be a mistake.
    pub fn must_be_first_page(&self) -> Result<(), Refusal> {
        match self.request.params.cursor {
            None => Ok(()),
            Some(_) => Err(Refusal::InvalidParams("unknown cursor; this list has one page".to_owned())),
        }
    }

    /// Answers with a result that is already JSON, completed by what the era demands.
    pub fn complete(&self, mut result: Value) -> Reply {
        if let (true, Value::Object(members)) = (self.is_modern(), &mut result) {
            members.entry("resultType").or_insert_with(|| "complete".into());
            if self.request.method == "resources/read" {
                members.entry("ttlMs").or_insert_with(|| 0.into());
                members.entry("cacheScope").or_insert_with(|| "private".into());
            }
            if let Ok(meta) = serde_json::to_value(&*SERVER_META) {
                members.entry("_meta").or_insert(meta);
            }
        }
        self.reply(&result)
    }
}
