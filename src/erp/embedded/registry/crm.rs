//! Leads and opportunities.

use crate::model::Model;

use super::build::{
    FieldBuild, ModelBuild, active, business, char, company, currency, date, datetime, many2one, money,
    one2many, percent, selection, text,
};
use super::values::TEAM;

const STAGE: &[(&str, &str)] = &[
    ("new", "New"),
    ("qualified", "Qualified"),
    ("proposition", "Proposition"),
    ("won", "Won"),
    ("lost", "Lost"),
];
const SOURCE: &[(&str, &str)] = &[
    ("website", "Website"),
    ("referral", "Referral"),
    ("fair", "Trade Fair"),
    ("phone", "Phone Call"),
    ("campaign", "Email Campaign"),
];
const LOST_REASON: &[(&str, &str)] = &[
    ("price", "Too expensive"),
    ("competitor", "Went to a competitor"),
    ("no_need", "No need any more"),
    ("no_answer", "No answer"),
];
const PRIORITY: &[(&str, &str)] = &[("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")];

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![lead()]
}

fn lead() -> Model {
    business("crm.lead", "Lead / Opportunity", "Chances to sell, from first contact to won or lost.")
        .order("create_date desc, id desc")
        .significant([
            "name",
            "partner_id",
            "user_id",
            "stage",
            "expected_revenue",
            "currency_id",
            "probability",
            "date_deadline",
        ])
        .fields([
            char("name", "Opportunity").untrusted().required(),
            selection("type", "Type", &[("lead", "Lead"), ("opportunity", "Opportunity")]).required(),
            selection("stage", "Stage", STAGE).required(),
            many2one("partner_id", "Customer", "res.partner"),
            char("contact_name", "Contact Name").untrusted(),
            char("email_from", "Email").untrusted(),
            char("phone", "Phone").untrusted(),
            char("city", "City").untrusted(),
            many2one("country_id", "Country", "res.country"),
            many2one("user_id", "Salesperson", "res.users"),
            selection("team", "Sales Team", TEAM),
            selection("source", "Source", SOURCE),
            selection("priority", "Priority", PRIORITY).required(),
            money("expected_revenue", "Expected Revenue").required(),
            currency(),
            percent("probability", "Probability").required().help("Per cent."),
            selection("lost_reason", "Lost Reason", LOST_REASON),
            datetime("create_date", "Created on").required().readonly(),
            date("date_deadline", "Expected Closing"),
            datetime("date_closed", "Closed Date").readonly(),
            company().required(),
            text("description", "Notes").untrusted(),
            active(),
            one2many("order_ids", "Orders", "sale.order", "opportunity_id"),
        ])
}
