//! A client, a person and their browser, ready to dance.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use crate::identity::client::{self, Client, Wanted};
use crate::identity::key::{self, NewKey};
use crate::policy::Scope;
use crate::settings::{Module, Modules};
use crate::store::control;
use crate::store::log::{LogFilter, LogRow, list};
use crate::tests::console::browser::{Browser, Page};
use crate::tests::house::{House, houses};

/// Where Claude is answered.
pub const BACK: &str = "https://claude.ai/api/mcp/auth_callback";
/// A verifier of 43 characters and more.
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0";
/// What clients ask for.
pub const SCOPE: &str = "mcp:read mcp:write offline_access";

/// A house with MCP Server OAuth, a confidential client `Claude` (read and write), and `demo`, signed in, with a key
/// that reads and one that writes, which is the newer.
pub struct Scene {
    /// The house.
    pub house: House,
    /// The client.
    pub client: Client,
    /// Its secret.
    pub secret: String,
    /// Id of `demo`.
    pub user_id: i64,
    /// The key with write tools.
    pub write_key: String,
}

/// An answer for programs.
#[derive(Debug)]
pub struct Said {
    /// HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The body.
    pub json: Value,
}

impl Said {
    /// The OAuth error, or nothing.
    pub fn error(&self) -> &str {
        self.json["error"].as_str().unwrap_or_default()
    }

    /// A text of the body.
    pub fn text(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_default().to_owned()
    }
}

/// One scene on each database.
pub async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for house in houses().await {
        scenes.push(Scene::build(house).await);
    }
    scenes
}

impl Scene {
    async fn build(house: House) -> Self {
        let state = &house.state;
        let mut tx = state.db.begin().await.unwrap();
        control::bump(tx.on()).await.unwrap();
        Modules::install(tx.on(), Module::McpServerOauth, 1).await.unwrap();
        let wanted = Wanted {
            name: "Claude",
            enabled: true,
            allow_read: true,
            allow_write: true,
            redirect_uris: vec![BACK],
        };
        let client = client::create(tx.on(), &house.clock, &wanted, None).await.unwrap();
        let secret = client::generate_secret(tx.on(), &house.clock, &client.id, false).await.unwrap();
        let user_id = crate::identity::user::by_login(tx.on(), "demo").await.unwrap().id;
        house.clock.advance(1);
        let key = NewKey {
            user_id,
            name: "writes",
            scope: Scope::Write,
            rate_limit: None,
            expires_in_days: Some(30),
            created_by: None,
        };
        let key = key::generate(tx.on(), &house.clock, &key).await.unwrap();
        tx.commit().await.unwrap();
        state.current.refresh().await.unwrap();
        Self { client, secret: secret.reveal().to_owned(), user_id, write_key: key.id, house }
    }

    /// The browser of `demo`.
    pub async fn browser(&self) -> Browser<'_> {
        Browser::sign_in(&self.house, self.user_id).await
    }

    /// The address of an authorization request as Claude makes it, with `changes`: an empty value leaves a parameter out.
    pub fn request(&self, changes: &[(&str, &str)]) -> String {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let usual = [
            ("response_type", "code"),
            ("client_id", self.client.client_id.as_str()),
            ("redirect_uri", BACK),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("state", "a/state+=&"),
            ("scope", SCOPE),
            ("resource", "https://erp.example.com/mcp"),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in usual {
            match changes.iter().find(|(n, _)| *n == name) {
                Some((_, "")) => {}
                Some((_, other)) => drop(query.append_pair(name, other)),
                None => drop(query.append_pair(name, value)),
            }
        }
        for (name, value) in changes.iter().filter(|(name, _)| usual.iter().all(|(n, _)| n != name)) {
            query.append_pair(name, value);
        }
        format!("/oauth/authorize?{}", query.finish())
    }

    /// Opens the consent page and approves with these fields besides.
    pub async fn approve_with(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let browser = self.browser().await;
        let page = browser.get(address).await;
        assert_eq!(page.status, 200, "{}: {}", self.house.name, page.html);
        let request = page.value("request");
        let mut all = vec![("form", "consent"), ("request", request.as_str()), ("decision", "approve")];
        all.extend_from_slice(fields);
        browser.post("/oauth/authorize", &all).await
    }

    /// The code of an approval under the key with write tools.
    pub async fn code(&self) -> String {
        let key = self.write_key.clone();
        let page = self.approve_with(&self.request(&[]), &[("key", &key), ("access", "write")]).await;
        parameter(page.location(), "code")
    }

    /// Posts a form as a program does.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Said {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(Method::POST, path, &all, body).await
    }

    /// Sends anything.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Said {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask_for(request.body(body.into()).unwrap()).await
    }

    /// Sends a request that is ready.
    pub async fn ask_for(&self, request: Request<Body>) -> Said {
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Said { status: parts.status, headers: parts.headers, json }
    }

    /// Exchanges a code as Claude does, with `changes`.
    pub async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Said {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
            ("client_id", self.client.client_id.as_str()),
            ("client_secret", self.secret.as_str()),
            ("resource", "https://erp.example.com/mcp"),
        ];
        self.token(&usual, changes).await
    }

    /// Refreshes as Claude does, with `changes`.
    pub async fn refresh(&self, token: &str, changes: &[(&str, &str)]) -> Said {
        let usual = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", self.client.client_id.as_str()),
            ("client_secret", self.secret.as_str()),
        ];
        self.token(&usual, changes).await
    }

    async fn token(&self, usual: &[(&str, &str)], changes: &[(&str, &str)]) -> Said {
        let mut fields: Vec<(&str, &str)> = usual
            .iter()
            .map(|(name, value)| {
                (*name, changes.iter().find(|(n, _)| n == name).map_or(*value, |(_, changed)| *changed))
            })
            .filter(|(_, value)| !value.is_empty())
            .collect();
        fields.extend(changes.iter().filter(|(name, _)| usual.iter().all(|(n, _)| n != name)));
        self.post("/oauth/token", &[], &fields).await
    }

    /// Tokens of a whole dance.
    pub async fn tokens(&self) -> Said {
        let said = self.exchange(&self.code().await, &[]).await;
        assert_eq!(said.status, 200, "{}: {said:?}", self.house.name);
        said
    }

    /// Status of a `tools/list` with that token, and what the challenge says.
    pub async fn ask(&self, token: &str) -> (u16, String) {
        let bearer = format!("Bearer {token}");
        let body = serde_json::json!({"jsonrpc":"2.0","id":1,"method":"tools/list"});
        let answer = self
            .house
            .post(&[("authorization", &bearer), ("mcp-protocol-version", "2025-11-25")], &body)
            .await;
        let challenge =
            answer.headers.get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap().to_owned());
        (answer.status.as_u16(), challenge.unwrap_or_default())
    }

    /// Entries of the log, the newest first.
    pub async fn log(&self) -> Vec<LogRow> {
        tokio::time::sleep(std::time::Duration::from_millis(80)).await;
        let mut conn = self.house.state.db.read().await.unwrap();
        list(conn.on(), &LogFilter { limit: 100, ..LogFilter::default() }).await.unwrap()
    }

    /// The reason of the newest entry of that method.
    pub async fn reason(&self, method: &str) -> String {
        let rows = self.log().await;
        let row = rows.into_iter().find(|row| row.method == method);
        row.and_then(|row| row.reason).unwrap_or_default()
    }
}

/// A parameter of an address, decoded.
pub fn parameter(address: &str, name: &str) -> String {
    let url = Url::parse(address).unwrap_or_else(|_| panic!("no address: {address}"));
    url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}
