//! `/files/<token>`: who gets the file, and from when on nobody does.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::house::{House, houses};
use crate::files::{Kind, LINK_HOLDS, NewFile, Owner, Stored};
use crate::identity::{Secret, key};
use crate::model::Operation;
use crate::policy::{OperationSet, Rule};
use crate::settings::{self, Module, Modules};
use crate::store::{On, control, keys, on_db};

const CSV: &[u8] = b"id,name\n1,Acme\n";

/// A house whose policy lets partners be exported, a file of `demo` in it, and its link.
struct Scene {
    house: House,
    file: Stored,
    owner: Owner,
    path: String,
}

async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for house in houses().await {
        allow(&house, &[Operation::Export]).await;
        let mut conn = house.state.db.read().await.unwrap();
        let user_id = keys::by_id(conn.on(), &house.key_id).await.unwrap().unwrap().user_id;
        drop(conn);
        let owner = Owner { user_id, key_id: house.key_id.clone(), grant_id: None };
        let new = NewFile {
            kind: Kind::Export,
            model: "res.partner".into(),
            name: "res.partner.csv".into(),
            mime_type: "text/csv; charset=utf-8",
            request_id: "r".into(),
            untrusted: Vec::new(),
        };
        let files = &house.state.services.files;
        let mut writer = files.begin(owner.clone(), new);
        writer.write(CSV).await.unwrap();
        let file = writer.finish(Some(1), None).await.unwrap();
        let link = files.link(&owner, &file).await.unwrap();
        let path = link.url.strip_prefix("https://erp.example.com").unwrap().to_owned();
        scenes.push(Scene { house, file, owner, path });
    }
    scenes
}

/// Sees to it that what `change` did holds.
async fn changed(house: &House, change: impl AsyncFnOnce(On<'_>)) {
    let mut tx = house.state.db.begin().await.unwrap();
    change(tx.on()).await;
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

async fn active(on: On<'_>, user: i64, active: bool) {
    let sql = "UPDATE res_users SET active = $2 WHERE id = $1";
    on_db!(on, c => sqlx::query(sql).bind(user).bind(active).execute(&mut *c).await.map(drop)).unwrap();
}

async fn allow(house: &House, operations: &[Operation]) {
    let allowed = operations.iter().fold(OperationSet::NONE, |set, operation| set.with(*operation));
    changed(house, async |on| {
        let rule = Rule { allowed, ..Rule::new("res.partner") };
        settings::set_rule(on, &rule, 1).await.unwrap();
    })
    .await;
}

impl Scene {
    async fn ask(&self, method: Method, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    async fn get(&self) -> (StatusCode, String) {
        let (status, headers, body) = self.ask(Method::GET, &self.path).await;
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert!(headers.get(header::SET_COOKIE).is_none());
        (status, String::from_utf8(body).unwrap())
    }
}

#[tokio::test]
async fn whoever_has_the_link_gets_the_file_and_nothing_runs_in_it() {
    for scene in scenes().await {
        let name = scene.house.name;
        for method in [Method::GET, Method::HEAD] {
            let (status, headers, body) = scene.ask(method.clone(), &scene.path).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            assert_eq!(headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
            assert_eq!(headers[header::CONTENT_DISPOSITION], "attachment; filename=\"res.partner.csv\"");
            assert_eq!(headers[header::CONTENT_LENGTH], CSV.len().to_string().as_str());
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox;"));
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(body, if method == Method::GET { CSV } else { b"" }, "{name}");
        }
        assert_eq!(scene.get().await.0, StatusCode::OK, "{name}: again, until its time is up");
        let (status, ..) = scene.ask(Method::POST, &scene.path).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{name}");
        let log = scene.house.log().await;
        let done: Vec<_> = log.iter().filter(|row| row.method == "download").collect();
        assert_eq!(done.len(), 3, "{name}");
        assert!(done.iter().all(|row| row.outcome == "allowed" && row.login.as_deref() == Some("demo")));
        assert_eq!((done[0].row_count, done[0].bytes), (Some(1), i64::try_from(CSV.len()).ok()));
        assert_eq!(done[0].target.as_deref(), Some(scene.file.uri().as_str()));
        let token = scene.path.strip_prefix("/files/").unwrap();
        assert!(!format!("{log:?}").contains(&token[8..]), "{name}: the token stands nowhere");
    }
}

#[tokio::test]
async fn a_token_that_leads_nowhere_is_404_and_bounded_in_the_log() {
    for scene in scenes().await {
        let whole = Secret::mint("axl_").unwrap();
        for token in [whole.reveal(), "axl_x", "x", "%00", &scene.file.id, &scene.house.key] {
            let (status, headers, body) = scene.ask(Method::GET, &format!("/files/{token}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{}: {token}", scene.house.name);
            assert!(String::from_utf8(body).unwrap().contains("Ask the assistant"));
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
        for _ in 0..40 {
            scene.ask(Method::GET, "/files/axl_x").await;
        }
        let log = scene.house.log().await;
        let told = log.iter().filter(|row| row.method == "download" && row.outcome == "denied").count();
        assert!((1..30).contains(&told), "{}: {told}", scene.house.name);
    }
}

#[tokio::test]
async fn a_link_ends_with_its_time() {
    for scene in scenes().await {
        scene.house.clock.advance(LINK_HOLDS - 1);
        assert_eq!(scene.get().await.0, StatusCode::OK, "{}", scene.house.name);
        scene.house.clock.advance(1);
        assert_eq!(scene.get().await.0, StatusCode::NOT_FOUND, "{}", scene.house.name);
    }
}

#[tokio::test]
async fn a_link_ends_with_what_it_was_given_by() {
    for scene in scenes().await {
        let (house, name) = (&scene.house, scene.house.name);
        let user = scene.owner.user_id;
        house.set("mcp_enabled", "false").await;
        let (status, text) = scene.get().await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
        assert!(text.contains("Settings > MCP Server"), "{name}: {text}");
        house.set("mcp_enabled", "true").await;
        assert_eq!(scene.get().await.0, StatusCode::OK, "{name}");

        allow(house, &[Operation::Read]).await;
        let (status, text) = scene.get().await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
        assert!(text.contains("does not allow Export"), "{name}: {text}");
        allow(house, &[Operation::Export]).await;
        assert_eq!(scene.get().await.0, StatusCode::OK, "{name}");

        changed(house, async |on| active(on, user, false).await).await;
        assert_eq!(scene.get().await.0, StatusCode::FORBIDDEN, "{name}: archived");
        changed(house, async |on| active(on, user, true).await).await;
        assert_eq!(scene.get().await.0, StatusCode::OK, "{name}");

        changed(house, async |on| {
            let sql = "DELETE FROM res_users_group_ids_rel WHERE record_id = $1";
            on_db!(on, c => sqlx::query(sql).bind(user).execute(&mut *c).await.map(drop)).unwrap();
        })
        .await;
        assert_eq!(scene.get().await.0, StatusCode::FORBIDDEN, "{name}: no MCP group");
    }
}

#[tokio::test]
async fn a_link_ends_with_its_key_and_with_the_module() {
    for scene in scenes().await {
        let (house, name) = (&scene.house, scene.house.name);
        changed(house, async |on| {
            Modules::uninstall(on, Module::McpServer, false, 1).await.unwrap();
        })
        .await;
        assert_eq!(scene.get().await.0, StatusCode::NOT_FOUND, "{name}: not installed");
        changed(house, async |on| {
            Modules::install(on, Module::McpServer, 1).await.unwrap();
        })
        .await;
        house.set("mcp_enabled", "true").await;
        assert_eq!(scene.get().await.0, StatusCode::OK, "{name}");
        changed(house, async |on| {
            key::revoke(on, &house.clock, &house.key_id).await.unwrap();
        })
        .await;
        let (status, text) = scene.get().await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
        assert!(text.contains("has been revoked"), "{name}: {text}");
        let denied: Vec<_> = house.log().await.into_iter().filter(|row| row.outcome == "denied").collect();
        assert_eq!(denied.last().unwrap().gate.as_deref(), Some("credential"), "{name}");
    }
}
