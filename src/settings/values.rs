//! Settings > MCP Server: the values, their bounds and their defaults.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;

use super::SettingsError;
use crate::model::Complaint;
use crate::store::{self, On};

/// Global Assistant Instructions, word for word the setup guide's example.
const INSTRUCTIONS: &str = include_str!("instructions.txt");

/// What questions are about, and the reporting model that answers them unless told otherwise.
pub const SUBJECTS: [(&str, &str); 5] = [
    ("sales", "report.sales.analysis"),
    ("retail_sales", "report.retail.sales.analysis"),
    ("financial", "report.account.entries.analysis"),
    ("on_hand_inventory", "report.stock.onhand"),
    ("stock_movement", "stock.movement"),
];

const NAMES: [&str; 9] = [
    "mcp_enabled",
    "rate_limit",
    "max_records",
    "export_limit",
    "token_budget",
    "session_ttl",
    "instructions",
    "reporting_models",
    "oauth_registration",
];
const RATE_LIMIT: RangeInclusive<u32> = 1..=1_000_000;
const MAX_RECORDS: RangeInclusive<u32> = 1..=10_000;
const EXPORT_LIMIT: RangeInclusive<u32> = 1..=1_000_000;
/// Claude Code refuses results of more than 25,000 tokens and others of more than 150,000 characters; below a
/// thousand hardly a record fits.
const TOKEN_BUDGET: RangeInclusive<u32> = 1_000..=24_000;
const SESSION_TTL: RangeInclusive<u32> = 1..=43_200;
const INSTRUCTIONS_MAX: u32 = 20_000;

/// What a subject is called on screens.
pub fn subject_label(subject: &str) -> &'static str {
    match subject {
        "sales" => "Sales",
        "retail_sales" => "Retail sales",
        "financial" => "Financial",
        "on_hand_inventory" => "On-hand inventory",
        _ => "Stock movement",
    }
}

/// What values are taken.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Of `rate_limit`.
    pub rate_limit: RangeInclusive<u32>,
    /// Of `max_records`.
    pub max_records: RangeInclusive<u32>,
    /// Of `export_limit`.
    pub export_limit: RangeInclusive<u32>,
    /// Of `token_budget`.
    pub token_budget: RangeInclusive<u32>,
    /// Of `session_ttl`.
    pub session_ttl: RangeInclusive<u32>,
    /// Most characters of `instructions`.
    pub instructions: u32,
}

/// What values are taken.
pub const fn bounds() -> Bounds {
    Bounds {
        rate_limit: RATE_LIMIT,
        max_records: MAX_RECORDS,
        export_limit: EXPORT_LIMIT,
        token_budget: TOKEN_BUDGET,
        session_ttl: SESSION_TTL,
        instructions: INSTRUCTIONS_MAX,
    }
}

/// Settings of the MCP Server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Whether `/mcp` answers.
    pub mcp_enabled: bool,
    /// Calls per minute and key, where the key has no limit of its own.
    pub rate_limit: u32,
    /// Records per request.
    pub max_records: u32,
    /// Records of one exported file.
    pub export_limit: u32,
    /// Tokens of one result, about.
    pub token_budget: u32,
    /// Minutes after which an unused MCP session ends.
    pub session_ttl: u32,
    /// Global Assistant Instructions.
    pub instructions: String,
    /// Subject of a question (see [`SUBJECTS`]) → the model that answers it.
    pub reporting_models: BTreeMap<String, String>,
    /// Whether OAuth clients may make themselves known: by registration (RFC 7591) and by a client ID metadata
    /// document.
    pub oauth_registration: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mcp_enabled: false,
            rate_limit: 60,
            max_records: 200,
            export_limit: 100_000,
            token_budget: 20_000,
            session_ttl: 60,
            instructions: INSTRUCTIONS.trim_end().to_owned(),
            reporting_models: SUBJECTS.iter().map(|(s, m)| ((*s).to_owned(), (*m).to_owned())).collect(),
            oauth_registration: true,
        }
    }
}

/// A change of one setting that was checked and may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    name: &'static str,
    value: Value,
}

impl Change {
    /// Name of the setting.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its new value.
    pub const fn value(&self) -> &Value {
        &self.value
    }
}

impl Settings {
    /// The settings as they are stored, defaults where nothing is.
    pub async fn load(on: On<'_>) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        for (name, json) in store::settings::all(on).await? {
            let corrupt = |why| SettingsError::Corrupt { what: "setting", name: name.clone(), why };
            let value: Value = serde_json::from_str(&json).map_err(|e| corrupt(e.to_string()))?;
            // A name that is not ours belongs to another part of the product.
            if NAMES.contains(&name.as_str()) {
                settings.apply(&name, &value).map_err(|complaint| corrupt(complaint.to_string()))?;
            }
        }
        Ok(settings)
    }

    /// Checks a change as a person writes it: `mcp_enabled true`, `rate_limit 120`,
    /// `reporting_models.sales sale.order`, or `reporting_models` with a JSON object.
    pub fn change(&self, name: &str, text: &str) -> Result<Change, Complaint> {
        let (name, value) = if let Some(subject) = name.strip_prefix("reporting_models.") {
            let mut models = self.reporting_models.clone();
            models.insert(subject.to_owned(), text.to_owned());
            ("reporting_models", serde_json::json!(models))
        } else if name == "instructions" {
            (name, Value::String(text.to_owned()))
        } else {
            (name, serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
        };
        let mut changed = self.clone();
        changed.apply(name, &value)?;
        let name = NAMES.into_iter().find(|n| *n == name).unwrap_or_default();
        Ok(Change { name, value })
    }

    fn apply(&mut self, name: &str, value: &Value) -> Result<(), Complaint> {
        match name {
            "mcp_enabled" => self.mcp_enabled = yes_or_no(name, value)?,
            "oauth_registration" => self.oauth_registration = yes_or_no(name, value)?,
            "rate_limit" => self.rate_limit = number(name, "calls per minute and key", value, RATE_LIMIT)?,
            "max_records" => self.max_records = number(name, "records per request", value, MAX_RECORDS)?,
            "export_limit" => {
                self.export_limit = number(name, "records per exported file", value, EXPORT_LIMIT)?;
            }
            "token_budget" => self.token_budget = number(name, "tokens per result", value, TOKEN_BUDGET)?,
            "session_ttl" => self.session_ttl = number(name, "minutes", value, SESSION_TTL)?,
            "instructions" => self.instructions = instructions(value)?,
            "reporting_models" => self.reporting_models = reporting_models(value)?,
            other => {
                return Err(Complaint::new(format!(
                    "there is no setting `{other}`; settings are {}",
                    NAMES.join(", ")
                ))
                .near(other, NAMES)
                .example("settings set rate_limit 120"));
            }
        }
        Ok(())
    }
}

/// Stores a change that was checked.
pub async fn set(on: On<'_>, change: &Change) -> Result<(), SettingsError> {
    Ok(store::settings::put(on, change.name, &change.value.to_string()).await?)
}

fn yes_or_no(name: &str, value: &Value) -> Result<bool, Complaint> {
    value.as_bool().ok_or_else(|| {
        Complaint::new(format!("{name} is true or false")).example(format!("settings set {name} true"))
    })
}

fn number(name: &str, unit: &str, value: &Value, bounds: RangeInclusive<u32>) -> Result<u32, Complaint> {
    value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| bounds.contains(n)).ok_or_else(|| {
        Complaint::new(format!(
            "{name} is a whole number from {} to {} ({unit}), not {value}",
            bounds.start(),
            bounds.end()
        ))
        .example(format!("settings set {name} 60"))
    })
}

fn instructions(value: &Value) -> Result<String, Complaint> {
    let text = value.as_str().ok_or_else(|| Complaint::new("instructions is a text"))?;
    let length = text.chars().count();
    if length > INSTRUCTIONS_MAX as usize {
        return Err(Complaint::new(format!(
            "instructions may have {INSTRUCTIONS_MAX} characters; this text has {length}"
        )));
    }
    Ok(text.to_owned())
}

fn reporting_models(value: &Value) -> Result<BTreeMap<String, String>, Complaint> {
    const EXAMPLE: &str = "settings set reporting_models.sales report.sales.analysis";
    let object = value.as_object().ok_or_else(|| {
        Complaint::new("reporting_models is a JSON object of subjects and models").example(EXAMPLE)
    })?;
    let subjects = || SUBJECTS.into_iter().map(|(subject, _)| subject);
    object
        .iter()
        .map(|(subject, model)| {
            if !subjects().any(|known| known == subject) {
                let known = subjects().collect::<Vec<_>>().join(", ");
                return Err(Complaint::new(format!(
                    "reporting_models has no subject `{subject}`; subjects are {known}"
                ))
                .near(subject, subjects())
                .example(EXAMPLE));
            }
            match model.as_str() {
                Some(model) if !model.is_empty() => Ok((subject.clone(), model.to_owned())),
                _ => Err(Complaint::new(format!("the model of {subject} is a model's name, not {model}"))
                    .example(EXAMPLE)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[test]
    fn the_default_instructions_are_the_guides() {
        let text = Settings::default().instructions;
        assert!(text.starts_with("This system must always be referred to as Axanta, not Odoo"));
        assert!(text.ends_with("record limits before reading large result sets."));
        for (_, model) in SUBJECTS {
            assert!(text.contains(model), "{model}");
        }
    }

    #[test]
    fn a_wrong_change_is_told_how_to_be_right() {
        let settings = Settings::default();
        let problem = |name, text| settings.change(name, text).unwrap_err().to_string();
        assert!(problem("rate_limt", "5").contains("Did you mean rate_limit"));
        assert!(problem("mcp_enabled", "yes").contains("true or false"));
        assert!(problem("oauth_registration", "1").contains("true or false"));
        for bad in ["0", "1000001", "-1", "1.5", "many", "\"60\""] {
            assert!(problem("rate_limit", bad).contains("from 1 to 1000000"), "{bad}");
        }
        assert!(problem("max_records", "10001").contains("10000"));
        assert!(problem("token_budget", "25000").contains("24000"));
        assert!(problem("session_ttl", "43201").contains("minutes"));
        assert!(problem("reporting_models.sale", "x").contains("Did you mean sales"));
        assert!(problem("reporting_models", r#"{"sales": 5}"#).contains("a model's name"));
        assert!(problem("instructions", &"x".repeat(20_001)).contains("20001"));
    }

    #[tokio::test]
    async fn what_was_set_is_loaded() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (name, text) in [
                ("mcp_enabled", "true"),
                ("rate_limit", "1000000"),
                ("max_records", "1"),
                ("token_budget", "1000"),
                ("session_ttl", "43200"),
                ("instructions", "42"),
                ("reporting_models.sales", "sale.order"),
                ("oauth_registration", "false"),
            ] {
                let change = Settings::default().change(name, text).unwrap();
                set(tx.on(), &change).await.unwrap();
            }
            let loaded = Settings::load(tx.on()).await.unwrap();
            let mut expected = Settings {
                mcp_enabled: true,
                rate_limit: 1_000_000,
                max_records: 1,
                token_budget: 1_000,
                session_ttl: 43_200,
                instructions: "42".into(),
                oauth_registration: false,
                ..Settings::default()
            };
            expected.reporting_models.insert("sales".into(), "sale.order".into());
            assert_eq!(loaded, expected, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn a_value_that_makes_no_sense_is_not_taken() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            store::settings::put(tx.on(), "rate_limit", "0").await.unwrap();
            let error = Settings::load(tx.on()).await.unwrap_err().to_string();
            assert!(error.contains("rate_limit"), "{error}");
        }
    }
}
