//! All or nothing with everything that is kept of a change: the database breaks at every single write, of business and
//! of what is kept, one after another.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Scene, acme, open, refined, scenes};
use crate::policy::Rule;
use crate::store::testing::fuse;

/// Tables that a change writes, whatever it changes.
const KEPT: [&str; 5] = ["mcp_changes", "mcp_touched", "mcp_log", "mcp_idempotency", "mcp_approvals"];
/// Those of business that are written here.
const BUSINESS: [&str; 7] = [
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_picking",
    "stock_movement",
    "stock_quant",
    "erp_sequences",
];

impl Scene {
    /// The tables as numbers that any of the writes would change.
    async fn content(&self) -> Vec<i64> {
        let mut all = Vec::new();
        for sum in [
            "COUNT(*) FROM mcp_changes",
            "COUNT(*) FROM mcp_touched",
            "COUNT(*) FROM mcp_log WHERE outcome = 'allowed'",
            "COUNT(*) FROM mcp_idempotency",
            "COUNT(*) * 1000 + SUM(LENGTH(state)) FROM mcp_approvals",
            "COUNT(*) * 1000003 + SUM(LENGTH(name)) FROM res_partner",
            "SUM(id * LENGTH(state)) FROM sale_order",
            "SUM(id * LENGTH(state)) FROM sale_order_line",
            "COUNT(*) * 1000003 + SUM(id * LENGTH(state)) FROM stock_picking",
            "COUNT(*) * 1000003 + SUM(id * LENGTH(state)) FROM stock_movement",
            "SUM(quantity * 3 + reserved_quantity * 7) FROM stock_quant",
            "SUM(next_id) FROM erp_sequences",
        ] {
            // A sum of BIGINT is no BIGINT on PostgreSQL.
            let (sum, table) = sum.split_once(" FROM ").unwrap();
            all.push(self.number(&format!("SELECT CAST(COALESCE({sum}, 0) AS BIGINT) FROM {table}")).await);
        }
        all
    }

    async fn failures(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM mcp_log WHERE kind = 'call' AND outcome = 'failed'").await
    }

    /// Waits until the log says that so many calls failed: it is written after the answer.
    async fn failed(&self, times: i64) {
        let said = async {
            while self.failures().await < times || self.services.audit.is_failing() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let said = tokio::time::timeout(Duration::from_secs(20), said).await;
        assert!(
            said.is_ok(),
            "{}: {times} calls failed, and the log says {}",
            self.test,
            self.failures().await
        );
    }

    /// Does something with a fuse of every length, until it is long enough; answers how many writes that took.
    async fn burn<T>(&self, act: impl AsyncFn() -> Result<T, String>) -> (i64, T) {
        let (before, failures) = (self.content().await, self.failures().await);
        for n in 0..200 {
            fuse::set(&self.test, n).await;
            let done = act().await;
            fuse::set(&self.test, fuse::ENOUGH).await;
            match done {
                Ok(done) => {
                    assert_eq!(self.failures().await, failures + n, "{}: each is logged once", self.test);
                    return (n, done);
                }
                Err(said) => assert!(
                    said.contains("the business database could not answer; try again"),
                    "{}: write {n}: {said}",
                    self.test
                ),
            }
            assert_eq!(self.content().await, before, "{}: something is left of write {n}", self.test);
            self.failed(failures + n + 1).await;
        }
        panic!("{}: it never came to an end", self.test)
    }
}

fn watched() -> Rule {
    refined("res.partner", &json!({"approval": {"operations": ["create"]}}))
}

fn acme_once(key: &str) -> Value {
    let mut wish = acme();
    wish["idempotency_key"] = json!(key);
    wish
}

#[tokio::test]
async fn what_breaks_leaves_nothing_and_is_done_once_when_it_is_tried_again() {
    for scene in scenes().await {
        let (order, _) = scene.quotation().await;
        fuse::rig(&scene.test, &[&KEPT[..], &BUSINESS[..]].concat()).await;
        let partners = scene.partners().await;
        let wish = acme_once("acme");
        let (writes, made) = scene.burn(async || scene.call("create_records", &wish).await).await;
        // The contact, its id, and what is kept: log, change, answer.
        assert!(writes >= 5, "{}: {writes}", scene.test);

        let mut rule = open("sale.order");
        rule.methods.insert("action_confirm".to_owned());
        let context = scene.ruled([rule]);
        let confirm =
            json!({"model": "sale.order", "method": "action_confirm", "ids": order, "idempotency_key": "o"});
        let (writes, done) =
            scene.burn(async || scene.call_as(&context, "call_method", &confirm).await).await;
        // The order, its two lines, its delivery and that one's movements besides.
        assert!(writes >= 9, "{}: {writes}", scene.test);
        assert_eq!(
            scene.call_as(&context, "call_method", &confirm).await.unwrap()["change_id"],
            done["change_id"]
        );
        assert_eq!(scene.call("create_records", &wish).await.unwrap(), made, "{}", scene.test);
        assert_eq!(scene.partners().await, partners + 1, "{}", scene.test);
        let deliveries = format!("SELECT COUNT(*) FROM stock_picking WHERE sale_id = {order}");
        assert_eq!(scene.number(&deliveries).await, 1, "{}", scene.test);
    }
}

#[tokio::test]
async fn so_does_what_waits_for_approval_and_the_approval_itself() {
    for scene in scenes().await {
        fuse::rig(&scene.test, &[&KEPT[..], &BUSINESS[..]].concat()).await;
        let partners = scene.partners().await;
        let (wish, context) = (acme_once("acme"), scene.under([watched()]));
        let (writes, waits) =
            scene.burn(async || scene.call_as(&context, "create_records", &wish).await).await;
        // What waits, the entry of the log, the answer.
        assert!(writes >= 3, "{}: {writes}", scene.test);
        assert_eq!(waits["status"], "pending_approval", "{}", scene.test);
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_approvals").await, 1, "{}", scene.test);
        let id = waits["approval"]["id"].as_str().unwrap();
        let (writes, ()) = scene.burn(async || scene.approve(id, 1, vec![watched()]).await).await;
        // The contact, its id, the log, the change, what waited, and that somebody approved it.
        assert!(writes >= 6, "{}: {writes}", scene.test);
        let told = scene.call_as(&context, "create_records", &wish).await.unwrap();
        assert_eq!(
            (&told["status"], scene.partners().await),
            (&json!("done"), partners + 1),
            "{}",
            scene.test
        );
    }
}

#[tokio::test]
async fn what_the_database_refuses_only_at_the_commit_is_not_there_either() {
    for scene in scenes().await {
        let (test, before, partners) = (&scene.test, scene.content().await, scene.partners().await);
        fuse::run(test, "CREATE TABLE promised (id BIGINT PRIMARY KEY)").await;
        fuse::run(
            test,
            "CREATE TABLE promise (id BIGINT REFERENCES promised (id) DEFERRABLE INITIALLY DEFERRED)",
        )
        .await;
        let broken = "INSERT INTO promise VALUES (1)";
        let what = if test.name == "postgres" {
            let breaks = format!(
                "CREATE FUNCTION promise() RETURNS trigger AS $$ BEGIN {broken}; RETURN NULL; END $$ LANGUAGE plpgsql"
            );
            fuse::run(test, breaks).await;
            "FOR EACH ROW EXECUTE FUNCTION promise()".to_owned()
        } else {
            format!("BEGIN {broken}; END")
        };
        fuse::run(test, format!("CREATE TRIGGER promises AFTER INSERT ON mcp_changes {what}")).await;
        let wish = acme_once("acme");
        let said = scene.call("create_records", &wish).await.unwrap_err();
        assert!(said.contains("did not answer whether the change was written"), "{test}: {said}");
        assert_eq!(scene.content().await, before, "{test}");
        scene.failed(1).await;
        fuse::run(test, "INSERT INTO promised VALUES (1)").await;
        let done = scene.call("create_records", &wish).await.unwrap();
        assert_eq!((&done["status"], scene.partners().await), (&json!("done"), partners + 1), "{test}");
        assert_eq!(scene.failures().await, 1, "{test}: it is logged once");
    }
}
