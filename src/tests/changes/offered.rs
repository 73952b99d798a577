//! What `describe_model` offers is what may be called and printed.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Scene, USER, open, principal, scenes};
use crate::model::Operation;
use crate::policy::{OperationSet, Rule, Scope};
use crate::tools::Context;

impl Scene {
    /// Names of the methods and reports of orders under a policy that lists one method.
    async fn offered(&self, allowed: OperationSet, scope: Scope) -> [Vec<String>; 2] {
        let methods = ["action_confirm".to_owned()].into();
        let context = self.under([Rule { allowed, methods, ..open("sale.order") }]);
        let context = Context { principal: Arc::new(principal(USER, scope)), ..context };
        let told = self.call_as(&context, "describe_model", &json!({"model": "sale.order"})).await.unwrap();
        ["methods", "reports"].map(|list| {
            let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
            told[list].as_array().unwrap().iter().map(name).collect()
        })
    }
}

#[tokio::test]
async fn only_what_may_be_called_and_printed_is_offered() {
    let (confirm, print) = ("action_confirm".to_owned(), "sale.report_saleorder".to_owned());
    for scene in scenes().await {
        let read = OperationSet::NONE.with(Operation::Read);
        let all = read.with(Operation::MethodCall).with(Operation::Report);
        let none = Vec::<String>::new;
        for (allowed, scope, methods, reports) in [
            (all, Scope::Write, vec![confirm.clone()], vec![print.clone()]),
            (all, Scope::Read, none(), vec![print.clone()]),
            (read.with(Operation::Report), Scope::Write, none(), vec![print.clone()]),
            (read.with(Operation::MethodCall), Scope::Write, vec![confirm.clone()], none()),
            (read, Scope::Write, none(), none()),
        ] {
            assert_eq!(
                scene.offered(allowed, scope).await,
                [methods, reports],
                "{}: {allowed:?}",
                scene.test
            );
        }
    }
}
