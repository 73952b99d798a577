//! What a sent matrix, and an act on several models, would make of the policies.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Model, ModelKind, Operation};
use crate::policy::{Rule, Ruleset};
use crate::web::Submission;

/// What would change: model, and its policy afterwards, `None` where it is deleted.
#[derive(Debug, Default)]
pub(super) struct Wanted(pub BTreeMap<String, Option<Rule>>);

/// Reads a sent matrix. What can't be done is said in a sentence.
pub(super) fn wanted(
    sent: &Submission,
    rules: &Ruleset,
    models: &[impl AsRef<Model>],
) -> Result<Wanted, String> {
    let mut wanted = Wanted::default();
    let (rows, boxes): (BTreeSet<&str>, BTreeSet<&str>) =
        (sent.all("row").collect(), sent.all("may").collect());
    if rows.len() > models.len() {
        return Err("There are more rows than models; open the list anew.".to_owned());
    }
    let known = |name: &str| models.iter().map(AsRef::as_ref).find(|model| model.name == name);
    for row in rows {
        if known(row).is_none_or(|model| model.kind == ModelKind::Technical) {
            return Err(format!("{row} is not changed in the matrix; open it."));
        }
        let mut rule = rules.rule(row).cloned().unwrap_or_else(|| Rule::new(row));
        rule.allowed = Operation::ALL
            .into_iter()
            .filter(|operation| boxes.contains(&*format!("{row}/{}", operation.name())))
            .collect();
        // A model without a policy gets one with its first box.
        if rules.rule(row).is_some() || !rule.allowed.is_empty() {
            wanted.0.insert(row.to_owned(), Some(rule));
        }
    }
    act(sent, rules, &mut wanted)?;
    wanted.0.retain(|model, rule| rules.rule(model) != rule.as_ref());
    for (model, rule) in &wanted.0 {
        let Some(known) = known(model) else {
            if rule.as_ref().is_some_and(|rule| rule.exposes_more(rules.rule(model))) {
                return Err(format!("Axanta has no model {model}."));
            }
            continue;
        };
        if known.kind == ModelKind::Technical
            && rule.as_ref().is_some_and(|rule| rule.exposes_more(rules.rule(model)))
        {
            return Err(format!(
                "{} ({model}) is restricted and is not exposed together with others: open it and say so there. \
                 Nothing was saved.",
                known.label
            ));
        }
    }
    Ok(wanted)
}

/// The act on the models that are picked.
fn act(sent: &Submission, rules: &Ruleset, wanted: &mut Wanted) -> Result<(), String> {
    let act = sent.text("act");
    if matches!(act, "" | "save") {
        return Ok(());
    }
    let picked: Vec<&str> = sent.all("id").collect();
    if picked.is_empty() {
        return Err("Select at least one model first: the boxes at the start of the rows.".to_owned());
    }
    for model in picked {
        let stored = wanted.0.remove(model).unwrap_or_else(|| rules.rule(model).cloned());
        let changed = match (act, stored) {
            ("allow", stored) => {
                let mut rule = stored.unwrap_or_else(|| Rule::new(model));
                rule.allowed = rule.allowed.with(operation(sent)?);
                Some(rule)
            }
            ("deny", Some(mut rule)) => {
                rule.allowed = rule.allowed.without(operation(sent)?);
                Some(rule)
            }
            ("activate", Some(rule)) => Some(Rule { active: true, ..rule }),
            ("deactivate", Some(rule)) => Some(Rule { active: false, ..rule }),
            ("delete" | "deny" | "activate" | "deactivate", _) => None,
            _ => return Err(format!("There is no act {act}.")),
        };
        wanted.0.insert(model.to_owned(), changed);
    }
    Ok(())
}

fn operation(sent: &Submission) -> Result<Operation, String> {
    sent.text("operation").parse().map_err(|_| "Choose an operation first.".to_owned())
}
