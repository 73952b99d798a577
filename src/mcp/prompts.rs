//! Prompts: a few shipped for the reporting models of Settings, and those that administrators write.

use std::collections::{BTreeMap, HashMap};

use rmcp::model::{GetPromptResult, ListPromptsResult, Prompt, PromptArgument, PromptMessage, Role};
use serde::Deserialize;

use super::ask::Ask;
use super::envelope::text;
use super::error::Refusal;
use super::reply::Reply;
use crate::model::complaint;
use crate::store::mcp_prompts::{self, PromptRow};

/// A prompt that the product brings along.
pub struct Shipped {
    /// Name.
    pub name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Subject whose reporting model it is about, as in `reporting_models` of Settings.
    pub subject: &'static str,
    /// Name, description, and what stands in its place if it is left out.
    arguments: &'static [(&'static str, &'static str, &'static str)],
    template: &'static str,
}

const PERIOD: (&str, &str, &str) = (
    "period",
    "Period to look at, for example last quarter or 2026-07-01 to 2026-09-30",
    "the last full month",
);
const GROUP_BY: (&str, &str, &str) = (
    "group_by",
    "What to break it down by, for example a field of the model",
    "month, and what else tells most",
);

/// All that are shipped, in the order in which clients see them.
pub static SHIPPED: [Shipped; 5] = [
    Shipped {
        name: "sales_report",
        title: "Sales report",
        description: "Revenue and quantities sold, compared with the period before",
        subject: "sales",
        arguments: &[PERIOD, GROUP_BY],
        template: "Report the sales of {period} in Axanta, broken down by {group_by}. Use aggregate_records on {model}; \
                   describe_model tells its fields. Compare with the period before it, keep currencies apart, and \
                   say which filters you used.",
    },
    Shipped {
        name: "retail_sales_report",
        title: "Retail sales report",
        description: "Point of sale takings by shop, day or product",
        subject: "retail_sales",
        arguments: &[PERIOD, GROUP_BY],
        template: "Report the retail sales of {period} in Axanta, broken down by {group_by}. Use aggregate_records on \
                   {model}; describe_model tells its fields. Name the strongest and the weakest, keep currencies \
                   apart, and say which filters you used.",
    },
    Shipped {
        name: "financial_report",
        title: "Financial report",
        description: "Posted entries by account, journal or month",
        subject: "financial",
        arguments: &[PERIOD, GROUP_BY],
        template: "Report the posted entries of {period} in Axanta, broken down by {group_by}. Use aggregate_records \
                   on {model}; describe_model tells its fields. Leave drafts out, keep companies and currencies \
                   apart, and say which filters you used.",
    },
    Shipped {
        name: "on_hand_inventory",
        title: "On-hand inventory",
        description: "What is in stock now, where, and what runs low",
        subject: "on_hand_inventory",
        arguments: &[
            ("scope", "Which products, warehouses or locations", "all internal locations"),
            GROUP_BY,
        ],
        template: "Report the inventory on hand in Axanta for {scope}, broken down by {group_by}. Use aggregate_records \
                   on {model}; describe_model tells its fields. Point out what runs low or is negative, and say \
                   which filters you used.",
    },
    Shipped {
        name: "stock_movement_report",
        title: "Stock movement report",
        description: "What came in and went out in a period, always narrowed by filters",
        subject: "stock_movement",
        arguments: &[
            PERIOD,
            ("scope", "Which product, warehouse or location", "the busiest products"),
            GROUP_BY,
        ],
        template: "Report the stock movements of {period} in Axanta for {scope}, broken down by {group_by}. Use \
                   aggregate_records on {model}, always with a date range and, if you can, a product, warehouse or \
                   company, since it is large. Tell incoming from outgoing, and say which filters you used.",
    },
];

/// An argument as it is stored with a prompt that an administrator wrote.
#[derive(Debug, Deserialize)]
struct StoredArgument {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    required: bool,
}

/// All prompts: the shipped ones, then those of administrators by name. One of theirs takes the place of a
/// shipped one with the same name.
pub async fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    ask.must_be_first_page()?;
    let stored = mcp_prompts::active(ask.db.read().await?.on()).await?;
    let mut prompts: Vec<Prompt> = SHIPPED
        .iter()
        .filter(|shipped| stored.iter().all(|row| row.name != shipped.name))
        .map(Shipped::definition)
        .collect();
    prompts.extend(stored.iter().map(definition));
    prompts.extend(ask.extra.iter().flat_map(|extra| extra.prompts()).cloned());
    Ok(ask.reply(&ListPromptsResult {
        result_type: ask.result_type(),
        meta: ask.meta(),
        next_cursor: None,
        ttl_ms: ask.ttl(),
        cache_scope: ask.cache_scope(),
        prompts,
    }))
}

/// One prompt with its arguments filled in.
pub async fn get(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let params = &ask.request.params;
    let Some(name) = params.name.and_then(text) else {
        return Err(Refusal::InvalidParams("prompts/get needs params.name, a string".to_owned()));
    };
    let given: HashMap<String, String> = match params.arguments {
        None => HashMap::new(),
        Some(raw) => serde_json::from_str(raw.get()).map_err(|_| {
            Refusal::InvalidParams("params.arguments must be an object whose values are strings".to_owned())
        })?,
    };
    let (description, text) = match mcp_prompts::find(ask.db.read().await?.on(), &name).await? {
        Some(row) if row.active => stored(&row, given)?,
        _ => shipped(ask, &name, given)?,
    };
    let mut result = GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]);
    result.description = Some(description);
    result.result_type = ask.result_type();
    result.meta = ask.meta();
    Ok(ask.reply(&result))
}

/// The shipped prompt of that name.
pub fn shipped_named(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|shipped| shipped.name == name)
}

fn shipped(ask: &Ask<'_>, name: &str, given: HashMap<String, String>) -> Result<(String, String), Refusal> {
    let Some(shipped) = shipped_named(name) else {
        let near = complaint::nearest(name, SHIPPED.iter().map(|s| s.name));
        let hint =
            if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
        return Err(Refusal::InvalidParams(format!("there is no prompt {name}{hint}")));
    };
    let mut values: BTreeMap<String, String> =
        shipped.arguments.iter().map(|(name, _, usual)| ((*name).to_owned(), (*usual).to_owned())).collect();
    values.extend(given.into_iter().filter(|(_, value)| !value.trim().is_empty()));
    let model = ask.context.controls.settings.reporting_models.get(shipped.subject);
    values.insert("model".to_owned(), model.cloned().unwrap_or_default());
    Ok((shipped.description.to_owned(), fill(shipped.template, &values)))
}

fn stored(row: &PromptRow, given: HashMap<String, String>) -> Result<(String, String), Refusal> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for argument in arguments(row) {
        if argument.required && given.get(&argument.name).is_none_or(|value| value.trim().is_empty()) {
            return Err(Refusal::InvalidParams(format!("{} needs the argument {}", row.name, argument.name)));
        }
        values.insert(argument.name, String::new());
    }
    values.extend(given);
    Ok((row.description.clone(), fill(&row.template, &values)))
}

/// Puts values in the place of `{name}`, in one pass: a value is never looked into again.
fn fill(template: &str, values: &BTreeMap<String, String>) -> String {
    let mut text = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| Some((values.get(name)?, tail)));
        if let Some((value, tail)) = known {
            text.push_str(value);
            rest = tail;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text + rest
}

impl Shipped {
    fn definition(&self) -> Prompt {
        let arguments = self
            .arguments
            .iter()
            .map(|(name, description, usual)| {
                PromptArgument::new(*name)
                    .with_description(format!("{description}; {usual} if left out"))
                    .with_required(false)
            })
            .collect();
        Prompt::new(self.name, Some(self.description), Some(arguments)).with_title(self.title)
    }
}

fn definition(row: &PromptRow) -> Prompt {
    let arguments = arguments(row)
        .into_iter()
        .map(|stored| {
            let mut argument = PromptArgument::new(stored.name).with_required(stored.required);
            argument.description = stored.description;
            argument
        })
        .collect();
    Prompt::new(&row.name, Some(&row.description), Some(arguments)).with_title(&row.title)
}

fn arguments(row: &PromptRow) -> Vec<StoredArgument> {
    serde_json::from_str(&row.arguments).unwrap_or_else(|error| {
        tracing::warn!(prompt = row.name, %error, "the stored arguments of a prompt can't be read");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SUBJECTS;

    #[test]
    fn a_value_is_not_looked_into_again() {
        let values = BTreeMap::from([("a".to_owned(), "{b}".to_owned()), ("b".to_owned(), "no".to_owned())]);
        assert_eq!(fill("{a}, {b}, {c}, {, }", &values), "{b}, no, {c}, {, }");
    }

    #[test]
    fn every_subject_has_its_prompt_and_no_placeholder_is_left_open() {
        assert_eq!(SHIPPED.map_names(), SUBJECTS.map(|(subject, _)| subject));
        for shipped in &SHIPPED {
            let mut values: BTreeMap<String, String> = shipped
                .arguments
                .iter()
                .map(|(n, _, usual)| ((*n).to_owned(), (*usual).to_owned()))
                .collect();
            values.insert("model".to_owned(), "x.y".to_owned());
            let text = fill(shipped.template, &values);
            assert!(text.contains("x.y") && !text.contains('{'), "{text}");
        }
    }

    trait Names {
        fn map_names(&self) -> [&'static str; 5];
    }

    impl Names for [Shipped; 5] {
        fn map_names(&self) -> [&'static str; 5] {
            self.each_ref().map(|shipped| shipped.subject)
        }
    }
}
