//! The whole house for a test: the real router and state on a real database, with a few people and their keys.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::clock::Clock;
use crate::erp::embedded::Embedded;
use crate::identity::group;
use crate::identity::key::{NewKey, generate};
use crate::identity::user::{self, NewUser};
use crate::mcp::Endpoint;
use crate::model::Operation;
use crate::policy::{OperationSet, Rule, Scope};
use crate::reports::Press;
use crate::router::router;
use crate::settings::{self, Module, Modules, Settings};
use crate::state::{Addresses, AppState};
use crate::store::log::{LogFilter, LogRow, list};
use crate::store::testing::{TestDb, databases};
use crate::store::{On, control, on_db};

/// A Monday in November 2026.
const NOW: i64 = 1_794_830_400_000;

/// A house with `demo` (MCP User, Sales / Administrator), `other` (MCP User) and `nomcp` (no MCP group), each with a read-only key, and
/// policies that read partners and the sales analysis.
pub struct House {
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    /// What the process is made of.
    pub state: Arc<AppState>,
    /// The time.
    pub clock: Clock,
    /// What serves `/mcp`.
    pub endpoint: Arc<Endpoint>,
    /// Every route.
    pub router: Router,
    /// Key of `demo`.
    pub key: String,
    /// Id of that key.
    pub key_id: String,
    /// Key of `other`.
    pub other_key: String,
    /// Key of `nomcp`.
    pub nomcp_key: String,
    _test: TestDb,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The body as JSON; `Null` if it is empty or none.
    pub json: Value,
}

/// One house on each database.
pub async fn houses() -> Vec<House> {
    let mut all = Vec::new();
    for test in databases().await {
        all.push(House::build(test).await);
    }
    all
}

impl House {
    async fn build(test: TestDb) -> Self {
        let clock = Clock::fixed(NOW);
        let db = test.db.clone();
        let mut tx = db.begin().await.unwrap();
        group::seed(tx.on()).await.unwrap();
        let mut keys = Vec::new();
        for (login, groups) in
            [("demo", &["MCP User", "Sales / Administrator"][..]), ("other", &["MCP User"]), ("nomcp", &[])]
        {
            let new = NewUser { id: None, login, name: login, groups, password_hash: None };
            let user_id = user::add(tx.on(), &clock, &new).await.unwrap();
            let key = NewKey {
                user_id,
                name: "test",
                scope: Scope::Read,
                rate_limit: None,
                expires_in_days: None,
                created_by: None,
            };
            keys.push(generate(tx.on(), &clock, &key).await.unwrap());
        }
        for model in ["res.partner", "report.sales.analysis"] {
            let rule = Rule {
                model: model.into(),
                allowed: OperationSet::NONE.with(Operation::Read),
                methods: [].into(),
                active: true,
                refinements: None,
            };
            settings::set_rule(tx.on(), &rule, NOW).await.unwrap();
        }
        Modules::install(tx.on(), Module::McpServer, NOW).await.unwrap();
        let enable = Settings::default().change("mcp_enabled", "true").unwrap();
        settings::set(tx.on(), &enable).await.unwrap();
        tx.commit().await.unwrap();

        let addresses = Addresses {
            public_url: "https://erp.example.com".parse().unwrap(),
            listen: "127.0.0.1:8070".parse().unwrap(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let erp = Arc::new(Embedded::new(db.clone()));
        let state =
            Arc::new(AppState::start(db, clock.clone(), addresses, erp, Press::here()).await.unwrap());
        let endpoint = Arc::new(Endpoint::start(Arc::clone(&state)));
        let secret = |n: usize| keys[n].secret.reveal().to_owned();
        Self {
            name: test.name,
            router: router(&state, &endpoint),
            endpoint,
            state,
            clock,
            key: secret(0),
            key_id: keys[0].id.clone(),
            other_key: secret(1),
            nomcp_key: secret(2),
            _test: test,
        }
    }

    /// Removes every user, with what belongs to them, as if there had never been one.
    pub async fn forget_users(&self, mut on: On<'_>) {
        for table in
            ["mcp_keys", "res_users_group_ids_rel", "res_users_company_ids_rel", "web_sessions", "res_users"]
        {
            let sql = format!("DELETE FROM {table}");
            on_db!(on.on(), c => sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await.map(drop))
                .unwrap();
        }
    }

    /// Sends a request with the headers given, and no others.
    pub async fn send(&self, method: Method, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri("/mcp");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, json }
    }

    /// Posts as a client of `demo` does, with `more` headers.
    pub async fn post(&self, more: &[(&str, &str)], body: &Value) -> Answer {
        self.post_raw(more, body.to_string()).await
    }

    /// The same with any body.
    pub async fn post_raw(&self, more: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let usual = [
            ("host", "127.0.0.1:8070"),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
            ("authorization", &bearer),
        ];
        let mut headers: Vec<(&str, &str)> =
            usual.into_iter().filter(|(name, _)| more.iter().all(|(n, _)| n != name)).collect();
        headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        self.send(Method::POST, &headers, body).await
    }

    /// Asks in the legacy era.
    pub async fn legacy(&self, method: &str, params: Value) -> Answer {
        self.post(
            &[("mcp-protocol-version", "2025-11-25")],
            &json!({"jsonrpc":"2.0","id":1,"method":method,"params":params}),
        )
        .await
    }

    /// Asks in the modern era, with all that it demands.
    pub async fn modern(&self, method: &str, mut params: Value) -> Answer {
        params["_meta"] = meta();
        let name = params["name"].as_str().or(params["uri"].as_str()).unwrap_or_default().to_owned();
        let headers =
            [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method), ("mcp-name", name.as_str())];
        self.post(&headers, &json!({"jsonrpc":"2.0","id":1,"method":method,"params":params})).await
    }

    /// Begins an MCP session as `demo` and answers its id.
    pub async fn initialize(&self) -> String {
        let answer = self.post(&[], &initialize("2025-06-18")).await;
        answer.headers["mcp-session-id"].to_str().unwrap().to_owned()
    }

    /// Changes a setting, and sees to it that it holds.
    pub async fn set(&self, name: &str, value: &str) {
        let change = self.state.current.controls().settings.change(name, value).unwrap();
        let mut tx = self.state.db.begin().await.unwrap();
        settings::set(tx.on(), &change).await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        self.state.current.refresh().await.unwrap();
    }

    /// Stops the house and answers what stands in its log, oldest first.
    pub async fn log(&self) -> Vec<LogRow> {
        self.state.services.audit.close().await;
        let mut conn = self.state.db.read().await.unwrap();
        let mut rows = list(conn.on(), &LogFilter { limit: 1_000, ..LogFilter::default() }).await.unwrap();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows
    }
}

impl Answer {
    /// The JSON-RPC error's code; 0 without one.
    pub fn code(&self) -> i64 {
        self.json["error"]["code"].as_i64().unwrap_or_default()
    }

    /// The JSON-RPC error's message.
    pub fn message(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap_or_default()
    }
}

/// `_meta` of a modern request.
pub fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}
    })
}

/// An `initialize` that asks for `version`.
pub fn initialize(version: &str) -> Value {
    json!({"jsonrpc":"2.0","id":1,"method":"initialize","params":{
        "protocolVersion": version, "capabilities": {}, "clientInfo": {"name":"codex","version":"0.169"}}})
}
