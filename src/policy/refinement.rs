//! What a policy says beyond operations: which fields exist, which records, how many, and what waits for approval.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::approval::ApprovalRule;
use crate::model::Domain;

/// Most fields that a policy may name.
const MOST_FIELDS: usize = 500;
/// A model of so many records that nobody may ask for all of them unless the policy says otherwise.
const USUALLY_NARROWED: &str = "stock.movement";

/// A policy's refinements; a policy without any has none of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refinements {
    /// Which fields exist for MCP; all where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldRule>,
    /// Holds for every record that is read through MCP, and for every one that is written, before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<ExtraDomain>,
    /// Most records of one answer; the lower of this and Max Records Per Request holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_records: Option<u32>,
    /// A question must filter on a date, product, warehouse, company, or the document that records belong to.
    #[serde(skip_serializing_if = "is_false")]
    pub narrowing: bool,
    /// What waits until somebody approves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalRule>,
    /// Why what is stored can't be read. Nothing is allowed then.
    #[serde(skip)]
    pub fault: Option<String>,
}

/// Which fields of a model exist for MCP. `id` always does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldRule {
    /// These alone.
    Allowed(BTreeSet<String>),
    /// All but these.
    Hidden(BTreeSet<String>),
}

/// A domain that is added to whatever is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct ExtraDomain(Domain);

/// A refinement that can't be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadRefinement(pub(super) String);

impl Refinements {
    /// Largest record limit of a policy.
    pub const MOST_RECORDS: u32 = 10_000;

    /// What holds for a new policy of this model until somebody says otherwise.
    pub fn usual(model: &str) -> Option<Self> {
        Self { narrowing: model == USUALLY_NARROWED, ..Self::default() }.some()
    }

    /// Refinements that say something, or none.
    #[must_use]
    pub fn some(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }

    /// Reads what is stored. What can't be read allows nothing ([`Refinements::fault`]).
    pub fn read(text: &str) -> Self {
        let read = serde_json::from_str(text).map_err(|e| e.to_string());
        let checked = read.and_then(|it: Self| it.check().map(|()| it).map_err(|e| e.to_string()));
        checked.unwrap_or_else(|why| Self { fault: Some(why), ..Self::default() })
    }

    /// What is stored; reading it again gives the same.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Whether each of them can be meant.
    pub fn check(&self) -> Result<(), BadRefinement> {
        let bad = |why: String| Err(BadRefinement(why));
        if self.fields.as_ref().is_some_and(|rule| rule.names().len() > MOST_FIELDS) {
            return bad(format!("a policy names at most {MOST_FIELDS} fields"));
        }
        if matches!(&self.fields, Some(FieldRule::Hidden(names)) if names.contains("id")) {
            return bad("id can't be hidden: records are meant by it".to_owned());
        }
        if matches!(&self.fields, Some(FieldRule::Hidden(names)) if names.is_empty()) {
            return bad("no field is named that is to be hidden".to_owned());
        }
        match self.max_records {
            Some(n) if !(1..=Self::MOST_RECORDS).contains(&n) => {
                bad(format!("the record limit is between 1 and {}, not {n}", Self::MOST_RECORDS))
            }
            _ => self.approval.as_ref().map_or(Ok(()), ApprovalRule::check),
        }
    }

    /// Whether a field of the model exists for MCP.
    pub fn shows(&self, field: &str) -> bool {
        if field == "id" {
            return true;
        }
        self.fault.is_none() && self.fields.as_ref().is_none_or(|rule| rule.shows(field))
    }

    /// Whether it lets something through that `before` kept back.
    pub fn loosens(&self, before: &Self) -> bool {
        let fields = before.fields.as_ref().is_some_and(|was| {
            self.fields.as_ref().is_none_or(|is| match (was, is) {
                (FieldRule::Allowed(was), FieldRule::Allowed(is)) => !is.is_subset(was),
                (FieldRule::Hidden(was), FieldRule::Hidden(is)) => !is.is_superset(was),
                (FieldRule::Hidden(was), FieldRule::Allowed(is)) => !is.is_disjoint(was),
                (FieldRule::Allowed(_), FieldRule::Hidden(_)) => true,
            })
        });
        let domain = before.domain.is_some() && self.domain != before.domain;
        let narrowing = before.narrowing && !self.narrowing;
        let records = before.max_records.is_some_and(|was| self.max_records.is_none_or(|is| is > was));
        let approval = before
            .approval
            .as_ref()
            .is_some_and(|was| self.approval.as_ref().is_none_or(|is| is.loosens(was)));
        fields || domain || narrowing || records || approval || before.fault.is_some()
    }
}

impl FieldRule {
    /// The fields it names.
    pub const fn names(&self) -> &BTreeSet<String> {
        match self {
            Self::Allowed(names) | Self::Hidden(names) => names,
        }
    }

    /// Whether a field exists under it.
    pub fn shows(&self, field: &str) -> bool {
        match self {
            Self::Allowed(names) => names.contains(field),
            Self::Hidden(names) => !names.contains(field),
        }
    }
}

impl ExtraDomain {
    /// The domain; `None` where it holds for every record and so adds nothing.
    pub fn new(domain: Domain) -> Option<Self> {
        (domain != Domain::All).then_some(Self(domain))
    }

    /// The domain.
    pub const fn domain(&self) -> &Domain {
        &self.0
    }
}

impl TryFrom<Value> for ExtraDomain {
    type Error = BadRefinement;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let domain = Domain::parse(&value).map_err(|complaint| BadRefinement(complaint.to_string()))?;
        Self::new(domain).ok_or_else(|| BadRefinement("the domain holds for every record".to_owned()))
    }
}

impl From<ExtraDomain> for Value {
    fn from(extra: ExtraDomain) -> Self {
        extra.0.to_json()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let all = json!({
            "fields": {"hidden": ["email", "phone"]},
            "domain": [["company_id", "=", 1]],
            "max_records": 50,
            "narrowing": true,
            "approval": {"operations": ["create", "delete"], "over_records": 5, "over_amount": "1000.50",
                "posted_documents": true, "four_eyes": true, "expires_hours": 8},
        });
        let read = Refinements::read(&all.to_string());
        assert_eq!(read.fault, None);
        assert_eq!(read.to_json(), all);
        assert_eq!(Refinements::default().to_json(), json!({}));
        assert_eq!(Refinements::usual("stock.movement").unwrap().to_json(), json!({"narrowing": true}));
        assert_eq!(Refinements::usual("sale.order"), None);
    }

    #[test]
    fn what_can_not_be_read_allows_nothing() {
        for text in [
            "",
            "null",
            "[1]",
            r#"{"feilds":{"hidden":["a"]}}"#,
            r#"{"fields":{"hidden":["id"]}}"#,
            r#"{"fields":{"hidden":[]}}"#,
            r#"{"fields":{"shown":["a"]}}"#,
            r#"{"domain":[["a","is near",1]]}"#,
            r#"{"domain":[]}"#,
            r#"{"max_records":0}"#,
            r#"{"max_records":-1}"#,
            r#"{"approval":{"operations":["read"]}}"#,
            r#"{"approval":{"operations":["write"],"over_amount":"much"}}"#,
            r#"{"approval":{}}"#,
        ] {
            let read = Refinements::read(text);
            assert!(read.fault.is_some(), "{text}");
            assert!(!read.shows("name"), "{text}");
        }
    }

    #[test]
    fn the_id_is_always_there() {
        let only =
            Refinements { fields: Some(FieldRule::Allowed(names(&["name"]))), ..Refinements::default() };
        assert!(only.shows("id") && only.shows("name") && !only.shows("email"));
        let but = Refinements { fields: Some(FieldRule::Hidden(names(&["name"]))), ..Refinements::default() };
        assert!(but.shows("id") && !but.shows("name") && but.shows("email"));
    }

    #[test]
    fn what_lets_more_through_is_told_from_what_lets_less() {
        let fields = |rule| Refinements { fields: Some(rule), ..Refinements::default() };
        let hides = |f: &[&str]| fields(FieldRule::Hidden(names(f)));
        let allows = |f: &[&str]| fields(FieldRule::Allowed(names(f)));
        assert!(!hides(&["a", "b"]).loosens(&hides(&["a"])) && hides(&["b"]).loosens(&hides(&["a"])));
        assert!(!allows(&["c"]).loosens(&hides(&["a"])) && allows(&["a"]).loosens(&hides(&["a"])));
        assert!(hides(&["a"]).loosens(&allows(&["b"])) && !allows(&["b"]).loosens(&allows(&["a", "b"])));
        assert!(Refinements::default().loosens(&hides(&["a"])));
        assert!(!hides(&["a"]).loosens(&Refinements::default()));
        let domain = Refinements::read(r#"{"domain":[["a","=",1]]}"#);
        assert!(Refinements::default().loosens(&domain) && !domain.loosens(&domain));
        let narrowed = Refinements::read(r#"{"narrowing":true}"#);
        assert!(Refinements::default().loosens(&narrowed) && !narrowed.loosens(&narrowed));
        assert!(!narrowed.loosens(&Refinements::default()));
        let most = |n: u32| Refinements { max_records: Some(n), ..Refinements::default() };
        assert!(most(6).loosens(&most(5)) && !most(4).loosens(&most(5)) && !most(5).loosens(&most(5)));
        assert!(Refinements::default().loosens(&most(5)) && !most(5).loosens(&Refinements::default()));
    }

    #[test]
    fn approval_that_is_demanded_of_less_is_told_from_more() {
        let rule = |rule: Value| Refinements::read(&json!({"approval": rule}).to_string());
        let all = json!({"operations": ["write", "create"], "four_eyes": true, "posted_documents": true});
        let with = |name: &str, value: Value| {
            let mut changed = all.clone();
            changed[name] = value;
            rule(changed)
        };
        let was = rule(all.clone());
        assert_eq!(was.fault, None);
        assert!(Refinements::default().loosens(&was) && !was.loosens(&Refinements::default()));
        for (name, value) in [
            ("operations", json!(["write"])),
            ("four_eyes", json!(false)),
            ("posted_documents", json!(false)),
            ("over_records", json!(0)),
            ("over_amount", json!("0")),
        ] {
            let is = with(name, value);
            assert!(is.loosens(&was) && !was.loosens(&is), "{name}: {is:?}");
        }
        let other = with("operations", json!(["write", "delete"]));
        assert!(other.loosens(&was) && was.loosens(&other), "one for another");
        let is = with("operations", json!(["write", "create", "delete"]));
        assert!(!is.loosens(&was) && was.loosens(&is));
        let (few, many) = (with("over_records", json!(5)), with("over_records", json!(6)));
        assert!(many.loosens(&few) && !few.loosens(&many) && !few.loosens(&few));
        let mut either = all.clone();
        either["over_records"] = json!(5);
        either["over_amount"] = json!("100");
        assert!(!rule(either.clone()).loosens(&few) && few.loosens(&rule(either)), "a second reason to wait");
    }
}
