//! `axanta-mcp policy`: Technical > MCP > Model Policies.

mod refine;

use std::io::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::desk::Desk;
use super::error::CliError;
use super::table::{json, table};
use crate::erp::embedded::{Embedded, registry};
use crate::model::{Complaint, Model, ModelKind, Operation};
use crate::policy::{OperationSet, Rule};
use crate::settings::{load_rules, remove_rule, set_rule};

/// Model policies: what MCP may do with each model; without one nothing
#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Set a model's policy, in place of the one it may have had
    Set(Set),
    /// List every policy
    List(List),
    /// Take a model's policy away, so that nothing of it is exposed
    Remove(Remove),
}

/// Arguments of `policy set`.
#[derive(Args)]
#[command(
    after_help = "Example: axanta-mcp policy set sale.order --allow read,method_call --method action_confirm\n\n\
                        Allow only the business models that are really needed."
)]
pub struct Set {
    /// Technical name of the model, for example report.sales.analysis
    model: String,
    /// Operations, separated by commas: `read`, `create`, `write`, `delete`, `method_call`, `export`, `report`
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',', required = true)]
    allow: Vec<Operation>,
    /// A method that may be called; may be repeated. Needs `--allow method_call`
    #[arg(long = "method", value_name = "NAME")]
    methods: Vec<String>,
    /// Expose a technical or system model, such as res.users, all the same; it is logged as such
    #[arg(long)]
    restricted_model: bool,
    #[command(flatten)]
    refine: refine::Refine,
}

/// Arguments of `policy list`.
#[derive(Args)]
pub struct List {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Arguments of `policy remove`.
#[derive(Args)]
pub struct Remove {
    /// Technical name of the model
    model: String,
}

impl PolicyCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::Set(set) => set.run(desk).await,
            Self::List(list) => list.run(desk).await,
            Self::Remove(remove) => remove.run(desk).await,
        }
    }
}

impl Set {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let (mut rule, technical) = self.rule()?;
        let mut acting = desk.begin().await?;
        let rules = load_rules(acting.on()).await?;
        let before = rules.rule(&self.model);
        let kept = before.map_or_else(|| rule.refinements.clone(), |before| before.refinements.clone());
        let erp = Embedded::new(desk.db.clone());
        rule.refinements = self.refine.apply(&erp, known_model(&self.model)?, kept.as_ref())?;
        let exposed = technical && rule.exposes_more(before);
        if exposed && !self.restricted_model {
            return Err(Complaint::new(format!(
                "{} is a technical model, and those are best kept restricted; to expose it all the same add --restricted-model",
                self.model
            ))
            .into());
        }
        let mut detail = json!({"from": before.map(Rule::to_json), "to": rule.to_json()});
        if exposed && let Some(detail) = detail.as_object_mut() {
            detail.insert("restricted_model".to_owned(), Value::Bool(true));
        }
        set_rule(acting.on(), &rule, desk.clock.millis()).await?;
        acting.commit("policy.set", &self.model, detail).await?;
        for said in rule.idle(known_model(&self.model)?) {
            // Where stderr is closed there is no one to tell.
            let _ = writeln!(std::io::stderr(), "axanta-mcp: note: {said}");
        }
        let allowed: Vec<&str> = rule.allowed.iter().map(Operation::label).collect();
        Ok(format!("{} allows {} through MCP", self.model, allowed.join(", ")))
    }

    /// The policy asked for, and whether its model is a technical one.
    fn rule(&self) -> Result<(Rule, bool), Complaint> {
        let model = known_model(&self.model)?;
        let allowed: OperationSet = self.allow.iter().copied().collect();
        if !self.methods.is_empty() && !allowed.contains(Operation::MethodCall) {
            return Err(Complaint::new("--method needs --allow method_call")
                .example("--allow read,method_call --method action_confirm"));
        }
        for method in &self.methods {
            require_method(model, method)?;
        }
        let rule =
            Rule { allowed, methods: self.methods.iter().cloned().collect(), ..Rule::new(&self.model) };
        Ok((rule, model.kind == ModelKind::Technical))
    }
}

/// The model of that name, or a complaint with the nearest names.
pub fn known_model(name: &str) -> Result<&'static Model, Complaint> {
    registry::model(name).map(AsRef::as_ref).ok_or_else(|| {
        Complaint::new(format!("there is no model `{name}`"))
            .near(name, registry::models().iter().map(|m| m.name.as_ref()))
            .example("report.sales.analysis")
    })
}

fn require_method(model: &Model, method: &str) -> Result<(), Complaint> {
    let names = || model.methods.iter().map(|m| m.name.as_ref());
    if names().any(|name| name == method) {
        return Ok(());
    }
    let known: Vec<&str> = names().collect();
    let known =
        if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
    Err(Complaint::new(format!("{} has no method `{method}`; {known}", model.name)).near(method, names()))
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let rules = load_rules(desk.read().await?.on()).await?;
        if self.json {
            return Ok(json(&rules.iter().map(Rule::to_json).collect::<Vec<_>>()));
        }
        let rows = rules.iter().map(|rule| {
            let allowed: Vec<&str> = rule.allowed.iter().map(Operation::label).collect();
            let methods: Vec<&str> = rule.methods.iter().map(String::as_str).collect();
            let active = if rule.active { "yes" } else { "no" };
            let refined = rule.fault().map_or_else(
                || rule.refinements.as_ref().map(|refined| refined.to_json().to_string()),
                |why| Some(format!("can't be read: {why}")),
            );
            [
                rule.model.clone(),
                allowed.join(", "),
                methods.join(", "),
                active.to_owned(),
                refined.unwrap_or_default(),
            ]
        });
        Ok(table(["MODEL", "ALLOWS", "METHODS", "ACTIVE", "REFINEMENTS"], rows))
    }
}

impl Remove {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let rules = load_rules(acting.on()).await?;
        let Some(rule) = rules.rule(&self.model) else {
            return Err(Complaint::new(format!("{} has no policy", self.model))
                .near(&self.model, rules.iter().map(|rule| rule.model.as_str()))
                .into());
        };
        remove_rule(acting.on(), &self.model).await?;
        acting.commit("policy.remove", &self.model, json!({"from": rule.to_json()})).await?;
        Ok(format!("{} has no policy any more; nothing of it is exposed through MCP", self.model))
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::testing::{desks, log, run};

    #[tokio::test]
    async fn a_policy_is_set_listed_and_removed() {
        for (desk, name) in desks().await {
            let set = ["policy", "set", "sale.order", "--allow", "report,method_call,read", "--method"];
            run(&desk, &[&set[..], &["action_confirm"]].concat()).await.unwrap();
            let list = async || {
                let text = run(&desk, &["policy", "list", "--json"]).await.unwrap();
                serde_json::from_str::<serde_json::Value>(&text).unwrap()
            };
            let expected = serde_json::json!([{
                "model": "sale.order",
                "allow": ["read", "method_call", "report"],
                "methods": ["action_confirm"],
                "active": true,
            }]);
            assert_eq!(list().await, expected, "{name}");
            run(&desk, &["policy", "set", "sale.order", "--allow", "read"]).await.unwrap();
            assert_eq!(list().await[0]["allow"], serde_json::json!(["read"]), "{name}");
            assert!(run(&desk, &["policy", "list"]).await.unwrap().contains("sale.order"));
            run(&desk, &["policy", "remove", "sale.order"]).await.unwrap();
            assert_eq!(list().await, serde_json::json!([]), "{name}");
            assert!(run(&desk, &["policy", "remove", "sale.order"]).await.is_err());
            assert_eq!(log(&desk).await.len(), 3, "{name}");
        }
    }

    #[tokio::test]
    async fn refinements_are_set_kept_and_taken_away() {
        for (desk, name) in desks().await {
            let set = async |args: &[&str]| {
                run(&desk, &[&["policy", "set", "sale.order", "--allow", "read"], args].concat()).await
            };
            let refined = async || {
                let text = run(&desk, &["policy", "list", "--json"]).await.unwrap();
                serde_json::from_str::<serde_json::Value>(&text).unwrap()[0]["refinements"].clone()
            };
            let all = [
                "--hide",
                "note,client_order_ref",
                "--domain",
                r#"[["state","=","sale"]]"#,
                "--max-records",
                "9",
                "--require-narrowing",
                "--approval",
                "write,delete",
                "--approval-over-amount",
                "1000",
                "--approval-posted",
                "--approval-four-eyes",
            ];
            set(&all).await.unwrap();
            let expected = serde_json::json!({
                "fields": {"hidden": ["client_order_ref", "note"]},
                "domain": [["state", "=", "sale"]],
                "max_records": 9,
                "narrowing": true,
                "approval": {"operations": ["write", "delete"], "over_amount": "1000.00", "posted_documents": true,
                    "four_eyes": true, "expires_hours": 24},
            });
            assert_eq!(refined().await, expected, "{name}");
            set(&[]).await.unwrap();
            assert_eq!(refined().await, expected, "{name}: kept");
            set(&[
                "--fields",
                "name,state",
                "--no-domain",
                "--no-max-records",
                "--no-require-narrowing",
                "--no-approval",
            ])
            .await
            .unwrap();
            assert_eq!(
                refined().await,
                serde_json::json!({"fields": {"allowed": ["name", "state"]}}),
                "{name}"
            );
            set(&["--all-fields"]).await.unwrap();
            assert_eq!(refined().await, serde_json::Value::Null, "{name}");
            for (args, said) in [
                (&["--hide", "nots"][..], "Did you mean note"),
                (&["--hide", "id"], "id can't be hidden"),
                (&["--domain", r#"[["stat","=","sale"]]"#], "Did you mean state"),
                (&["--domain", r#"[["state","=","sold"]]"#], "one of"),
                (&["--domain", r#"[["state","near","sale"]]"#], "is no operator"),
                (&["--max-records", "0"], "between 1 and"),
                (&["--approval", "read"], "needs no approval"),
                (&["--approval-four-eyes"], "demands none"),
            ] {
                let problem = set(args).await.unwrap_err().to_string();
                assert!(problem.contains(said), "{name} {args:?}: {problem}");
            }
            let country = ["policy", "set", "res.currency", "--allow", "read", "--require-narrowing"];
            assert!(run(&desk, &country).await.unwrap_err().to_string().contains("neither a date"), "{name}");
            run(&desk, &["policy", "remove", "sale.order"]).await.unwrap();
            run(&desk, &["policy", "set", "stock.movement", "--allow", "read"]).await.unwrap();
            assert_eq!(refined().await, serde_json::json!({"narrowing": true}), "{name}: as it is usual");
        }
    }

    #[tokio::test]
    async fn what_can_not_be_exposed_is_said() {
        let (desk, _kept) = desks().await.remove(0);
        let problem = async |args: &[&str]| {
            run(&desk, &[&["policy", "set"], args].concat()).await.unwrap_err().to_string()
        };
        assert!(
            problem(&["report.sale.analysis", "--allow", "read"]).await.contains("report.sales.analysis")
        );
        assert!(problem(&["res.users", "--allow", "read"]).await.contains("--restricted-model"));
        assert!(problem(&["sale.order", "--allow", "raed"]).await.contains("unknown operation `raed`"));
        assert!(problem(&["sale.order", "--allow", "read", "--method", "x"]).await.contains("method_call"));
        let method = ["sale.order", "--allow", "method_call", "--method", "confirm"];
        assert!(problem(&method).await.contains("action_confirm"));
        run(&desk, &["policy", "set", "res.users", "--allow", "read", "--restricted-model"]).await.unwrap();
        assert!(log(&desk).await[0].detail.as_ref().unwrap().contains(r#""restricted_model":true"#));
        run(&desk, &["policy", "set", "res.users", "--allow", "read"]).await.unwrap();
        assert!(problem(&["res.users", "--allow", "read,write"]).await.contains("--restricted-model"));
    }
}
