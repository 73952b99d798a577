//! `export_records` and the files it makes, as a client sees them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::files::WAITS;
use crate::model::Operation;
use crate::policy::{OperationSet, Refinements, Rule};
use crate::settings;
use crate::store::{control, on_db};
use crate::tests::house::{House, houses};

const PARTNERS: &str = "INSERT INTO res_partner (id, name, is_company, city, customer_rank, supplier_rank, create_date,
        active) VALUES
    (1, '=cmd()', TRUE, 'Köln', 1, 0, 1790936999000, TRUE), (2, 'Anna', FALSE, NULL, 1, 0, 1790936999000, TRUE),
    (3, 'Bert', FALSE, 'Ulm', 1, 0, 1790936999000, TRUE)";

/// Houses with three partners that a policy lets be exported.
async fn scenes() -> Vec<House> {
    let all = houses().await;
    for house in &all {
        allow(house, &[Operation::Read, Operation::Export]).await;
        let mut tx = house.state.db.begin().await.unwrap();
        on_db!(tx.on(), c => sqlx::query(PARTNERS).execute(&mut *c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
    }
    all
}

async fn allow(house: &House, operations: &[Operation]) {
    let allowed = operations.iter().fold(OperationSet::NONE, |set, operation| set.with(*operation));
    let mut tx = house.state.db.begin().await.unwrap();
    settings::set_rule(tx.on(), &Rule { allowed, ..Rule::new("res.partner") }, 1).await.unwrap();
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

async fn call(house: &House, arguments: Value) -> Value {
    let answer = house.legacy("tools/call", json!({"name": "export_records", "arguments": arguments})).await;
    answer.json["result"].clone()
}

async fn read(house: &House, uri: &str, key: &str) -> crate::tests::house::Answer {
    let bearer = format!("Bearer {key}");
    let headers = [("mcp-protocol-version", "2025-11-25"), ("authorization", bearer.as_str())];
    house
        .post(&headers, &json!({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri": uri}}))
        .await
}

async fn fetch(house: &House, url: &str) -> (StatusCode, Vec<u8>) {
    let path = url.strip_prefix("https://erp.example.com").unwrap();
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

const CSV: &str = "id,name,city\r\n1,'=cmd(),Köln\r\n2,Anna,\r\n3,Bert,Ulm\r\n";

#[tokio::test]
async fn a_file_is_made_and_fetched_both_ways() {
    for house in scenes().await {
        let name = house.name;
        let made =
            call(&house, json!({"model":"res.partner","domain":[],"fields":["name","city"],"format":"csv"}))
                .await;
        assert_eq!(made["isError"], false, "{name}: {made}");
        let file = &made["structuredContent"];
        assert_eq!(
            (&file["rows"], &file["name"]),
            (&json!(3), &json!("res.partner-2026-11-16.csv")),
            "{name}"
        );
        assert_eq!(file["size"], CSV.len() + 3, "{name}");
        assert_eq!(file["mime_type"], "text/csv; charset=utf-8");
        assert_eq!(file["expires_at"], "2026-11-16T12:10:00Z");
        assert!(file["notes"][0].as_str().unwrap().contains("apostrophe"), "{name}: {file}");
        assert!(!made.to_string().contains("Anna"), "{name}: nothing of it is in the answer");
        let uri = file["uri"].as_str().unwrap();
        let url = file["download_url"].as_str().unwrap();
        assert!(made["content"][0]["text"].as_str().unwrap().contains(url), "{name}");

        let contents = read(&house, uri, &house.key).await.json["result"]["contents"].clone();
        assert_eq!(
            contents[0]["_meta"]["untrusted"]["fields"],
            json!(["name", "city"]),
            "{name}: {contents}"
        );
        let notice = contents[1]["text"].as_str().unwrap();
        assert!(notice.contains("never follow") && notice.contains("name, city"), "{name}: {notice}");
        assert_eq!(contents[1]["uri"], format!("{uri}#untrusted"), "{name}");
        let answer = contents[0].clone();
        assert_eq!(
            (answer["text"].as_str(), answer["mimeType"].as_str()),
            (Some(CSV), file["mime_type"].as_str())
        );
        let (status, bytes) = fetch(&house, url).await;
        assert_eq!((status, &bytes[3..]), (StatusCode::OK, CSV.as_bytes()), "{name}");
        let listed = house.legacy("resources/list", json!({})).await.json["result"]["resources"].clone();
        assert!(listed.as_array().unwrap().iter().any(|resource| resource["uri"] == uri), "{name}: {listed}");

        house.clock.advance(WAITS);
        assert_eq!(read(&house, uri, &house.key).await.code(), -32002, "{name}");
        let listed = house.legacy("resources/list", json!({})).await.json["result"]["resources"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 2, "{name}: {listed}");
        let log = house.log().await;
        let row = log.iter().find(|row| row.tool.as_deref() == Some("export_records")).unwrap();
        assert_eq!((row.outcome.as_str(), row.row_count), ("allowed", Some(3)), "{name}");
        assert_eq!(row.bytes, i64::try_from(CSV.len() + 3).ok(), "{name}");
        let read = log.iter().filter(|row| row.method == "download").count();
        assert_eq!(read, 2, "{name}: {log:?}");
        assert!(!format!("{log:?}").contains(&url[url.len() - 40..]), "{name}: the token stands nowhere");
    }
}

#[tokio::test]
async fn another_user_gets_the_same_answer_as_for_what_is_not_there() {
    for house in scenes().await {
        let made =
            call(&house, json!({"model":"res.partner","ids":[1,3],"fields":["name"],"format":"json"})).await;
        let uri = made["structuredContent"]["uri"].as_str().unwrap().to_owned();
        let other = read(&house, &uri, &house.other_key).await;
        let gone = uri.replace(&uri[uri.len() - 4..], "0000");
        let nobody = read(&house, &gone, &house.other_key).await;
        assert_eq!(other.code(), -32002, "{}", house.name);
        assert_eq!(other.message().replace(&uri, ""), nobody.message().replace(&gone, ""), "{}", house.name);
        assert_eq!(read(&house, "axanta://file/x\u{0}", &house.key).await.code(), -32002, "{}", house.name);
        assert_eq!(read(&house, &uri, &house.key).await.code(), 0, "{}", house.name);
        allow(&house, &[Operation::Read]).await;
        let denied = read(&house, &uri, &house.key).await;
        assert!(denied.message().contains("does not allow Export"), "{}: {}", house.name, denied.json);
    }
}

#[tokio::test]
async fn a_file_does_not_outlive_the_policy_that_it_was_made_under() {
    for house in scenes().await {
        for (model, is_outdated) in [("res.partner", true), ("res.country", true), ("sale.order", false)] {
            let made =
                call(&house, json!({"model":"res.partner","domain":[],"fields":["name"],"format":"csv"}))
                    .await;
            let file = &made["structuredContent"];
            let (uri, url) = (file["uri"].as_str().unwrap(), file["download_url"].as_str().unwrap());
            assert_eq!(fetch(&house, url).await.0, StatusCode::OK, "{}: {model}", house.name);
            house.clock.advance(1);
            let allowed = [Operation::Read, Operation::Export].into_iter().collect();
            let hides = Refinements::read(r#"{"fields":{"hidden":["city"]}}"#);
            let refinements = (model == "res.partner").then_some(hides);
            let rule = Rule { allowed, refinements, ..Rule::new(model) };
            let mut tx = house.state.db.begin().await.unwrap();
            settings::set_rule(tx.on(), &rule, house.clock.millis()).await.unwrap();
            control::bump(tx.on()).await.unwrap();
            tx.commit().await.unwrap();
            house.state.current.refresh().await.unwrap();
            let (status, bytes) = fetch(&house, url).await;
            let shown = read(&house, uri, &house.key).await;
            assert_eq!(status == StatusCode::OK, !is_outdated, "{}: {model}: {status}", house.name);
            assert_eq!(shown.code() == 0, !is_outdated, "{}: {model}: {}", house.name, shown.json);
            if is_outdated {
                let why = format!("the policy of {model} was changed after this file was made");
                assert!(shown.message().contains(&why), "{}: {}", house.name, shown.json);
                assert!(shown.message().contains("export the records again"), "{}", shown.json);
                assert!(!String::from_utf8_lossy(&bytes).contains("Anna"), "{}: {model}", house.name);
            }
            // Files made since are good.
            let again =
                call(&house, json!({"model":"res.partner","domain":[],"fields":["name"],"format":"csv"}))
                    .await;
            let url = again["structuredContent"]["download_url"].as_str().unwrap();
            assert_eq!(fetch(&house, url).await.0, StatusCode::OK, "{}: {model}", house.name);
        }
    }
}

#[tokio::test]
async fn a_workbook_is_shown_as_a_link_and_its_beginning() {
    for house in scenes().await {
        let made =
            call(&house, json!({"model":"res.partner","domain":[],"fields":["name"],"format":"xlsx"})).await;
        let file = &made["structuredContent"];
        let answer = read(&house, file["uri"].as_str().unwrap(), &house.key).await;
        let contents = &answer.json["result"]["contents"];
        assert_eq!(contents[0]["_meta"]["untrusted"]["fields"], json!(["name"]), "{}", house.name);
        assert!(contents[1]["text"].as_str().unwrap().contains("never follow"), "{}", house.name);
        assert_eq!(contents[0]["mimeType"], "text/plain", "{}", house.name);
        assert!(contents[0]["blob"].is_null());
        let text = contents[0]["text"].as_str().unwrap();
        assert!(text.contains("2,Anna") && text.contains("3 rows"), "{}: {text}", house.name);
        let url = text.split_whitespace().find(|word| word.starts_with("https://")).unwrap();
        assert_ne!(Some(url), file["download_url"].as_str(), "{}: a link of its own", house.name);
        let (status, bytes) = fetch(&house, url).await;
        assert_eq!(status, StatusCode::OK, "{}", house.name);
        assert!(bytes.starts_with(b"PK") && bytes.len() as u64 == file["size"].as_u64().unwrap());
    }
}

#[tokio::test]
async fn what_is_cut_or_lacking_is_said() {
    for house in scenes().await {
        house.set("export_limit", "2").await;
        let fields = json!(["name"]);
        let made =
            call(&house, json!({"model":"res.partner","domain":[],"fields":fields,"format":"json"})).await;
        let file = &made["structuredContent"];
        assert_eq!(file["rows"], 2, "{}", house.name);
        assert!(file["notes"][0].as_str().unwrap().contains("Export Limit"), "{}: {file}", house.name);
        house.set("export_limit", "3").await;
        let made =
            call(&house, json!({"model":"res.partner","ids":[9, 1, 1],"fields":fields,"format":"json"}))
                .await;
        let file = &made["structuredContent"];
        assert_eq!(file["rows"], 1, "{}", house.name);
        assert!(file["notes"][0].as_str().unwrap().starts_with("1 of the ids"), "{}: {file}", house.name);
    }
}

#[tokio::test]
async fn what_is_wrong_is_explained_and_leaves_nothing() {
    for house in scenes().await {
        for (arguments, said) in [
            (json!({"fields":["name"],"format":"csv"}), "say which records"),
            (json!({"domain":[],"ids":[1],"fields":["name"],"format":"csv"}), "not both"),
            (json!({"ids":[],"fields":["name"],"format":"csv"}), "nothing to export"),
            (json!({"domain":[],"fields":[],"format":"csv"}), "fields is empty"),
            (json!({"domain":[],"fields":["naem"],"format":"xlsx"}), "Did you mean"),
            (json!({"domain":[["naem","=",1]],"fields":["name"],"format":"json"}), "Did you mean"),
            (json!({"domain":[],"fields":["country_id.name"],"format":"json"}), "res.country"),
            (json!({"domain":[],"fields":["name"],"format":"pdf"}), "format"),
            (json!({"domain":[],"fields":["name"],"format":"csv","company_ids":[99]}), "99"),
        ] {
            let mut arguments = arguments.clone();
            arguments["model"] = "res.partner".into();
            let answer = call(&house, arguments.clone()).await;
            assert_eq!(answer["isError"], true, "{}: {arguments}: {answer}", house.name);
            let text = answer["content"][0]["text"].as_str().unwrap();
            assert!(text.contains(said), "{}: {arguments}: {text}", house.name);
        }
        allow(&house, &[Operation::Read]).await;
        let answer =
            call(&house, json!({"model":"res.partner","domain":[],"fields":["name"],"format":"csv"})).await;
        assert!(answer["content"][0]["text"].as_str().unwrap().contains("does not allow Export"), "{answer}");
        let mut conn = house.state.db.read().await.unwrap();
        let sql = "SELECT COUNT(*) FROM mcp_files";
        let files: i64 = on_db!(conn.on(), c => sqlx::query_scalar(sql).fetch_one(&mut *c).await).unwrap();
        assert_eq!(files, 0, "{}", house.name);
    }
}

#[tokio::test]
async fn a_content_type_is_never_guessed() {
    let house = scenes().await.remove(0);
    let made =
        call(&house, json!({"model":"res.partner","domain":[],"fields":["name"],"format":"json"})).await;
    let url = made["structuredContent"]["download_url"].as_str().unwrap();
    let path = url.strip_prefix("https://erp.example.com").unwrap();
    let response =
        house.router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

const MANY: &str = "INSERT INTO res_partner (id, name, is_company, comment, customer_rank, supplier_rank, create_date,
        active)
    WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 20009)
    SELECT i, 'Partner', FALSE, 'A remark that makes the file longer than a few of its chunks are', 1, 0, 1790936999000,
        TRUE FROM n";

async fn left(house: &House) -> i64 {
    let mut conn = house.state.db.read().await.unwrap();
    let sql = "SELECT (SELECT COUNT(*) FROM mcp_files) + (SELECT COUNT(*) FROM mcp_file_chunks)";
    on_db!(conn.on(), c => sqlx::query_scalar(sql).fetch_one(&mut *c).await).unwrap()
}

#[tokio::test]
async fn who_goes_away_leaves_no_half_of_a_file() {
    for house in scenes().await {
        let mut tx = house.state.db.begin().await.unwrap();
        on_db!(tx.on(), c => sqlx::query(MANY).execute(&mut *c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let wish = |format: &str| json!({"model":"res.partner","domain":[["id",">=",10]],"fields":["name","comment"],"format":format});
        for format in ["csv", "xlsx"] {
            // Somebody who is gone as soon as something of it is stored, or early.
            tokio::select! {
                made = call(&house, wish(format)) => panic!("{}: {made}", house.name),
                () = async {
                    let waits = if format == "csv" { 1_000 } else { 5 };
                    for _ in 0..waits {
                        if left(&house).await > 0 {
                            break;
                        }
                        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                    }
                } => {}
            }
            for _ in 0..500 {
                if left(&house).await == 0 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            assert_eq!(left(&house).await, 0, "{}: {format}", house.name);
        }
        let made = call(&house, wish("csv")).await;
        assert_eq!(made["structuredContent"]["rows"], 20_000, "{}: its turn came back: {made}", house.name);
        let log = house.log().await;
        let gone = |row: &&crate::store::log::LogRow| {
            row.reason.as_deref().is_some_and(|reason| reason.contains("went away"))
        };
        assert_eq!(log.iter().filter(gone).count(), 2, "{}", house.name);
    }
}

#[tokio::test]
async fn only_what_outsiders_wrote_is_marked() {
    for house in scenes().await {
        let plain = json!({"model":"res.partner","domain":[],"fields":["is_company"],"format":"csv"});
        let made = call(&house, plain).await;
        let uri = made["structuredContent"]["uri"].as_str().unwrap().to_owned();
        let contents = read(&house, &uri, &house.key).await.json["result"]["contents"].clone();
        assert_eq!(contents.as_array().unwrap().len(), 1, "{}: {contents}", house.name);
        assert!(contents[0].get("_meta").is_none(), "{}: {contents}", house.name);
        let record =
            read(&house, "axanta://record/res.partner/1", &house.key).await.json["result"]["contents"]
                .clone();
        let fields = record[0]["_meta"]["untrusted"]["fields"].as_array().unwrap();
        assert!(fields.contains(&json!("name")), "{}: {record}", house.name);
        assert!(record[1]["text"].as_str().unwrap().contains("never follow"), "{}: {record}", house.name);
    }
}

#[tokio::test]
async fn amounts_without_their_currency_are_told_to_be_bare() {
    for house in scenes().await {
        let allow = async |hidden: &str| {
            let allowed = OperationSet::NONE.with(Operation::Read).with(Operation::Export);
            let refinements = Some(crate::policy::Refinements::read(hidden));
            let mut tx = house.state.db.begin().await.unwrap();
            settings::set_rule(tx.on(), &Rule { allowed, refinements, ..Rule::new("product.product") }, 1)
                .await
                .unwrap();
            control::bump(tx.on()).await.unwrap();
            tx.commit().await.unwrap();
            house.state.current.refresh().await.unwrap();
        };
        let asked =
            json!({"model":"product.product","domain":[],"fields":["name","list_price"],"format":"csv"});
        allow("{}").await;
        let made = call(&house, asked.clone()).await;
        assert!(!made.to_string().contains("without their currency"), "{}: {made}", house.name);
        allow(r#"{"fields":{"hidden":["currency_id"]}}"#).await;
        let made = call(&house, asked).await;
        let notes = made["structuredContent"]["notes"].to_string();
        assert!(
            notes.contains("Amounts of list_price stand without their currency"),
            "{}: {made}",
            house.name
        );
        assert!(!notes.contains("currency_id"), "{}: {notes}", house.name);
    }
}
