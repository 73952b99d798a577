//! Companies, currencies, countries, partners, users.

use crate::model::{Model, ModelKind};

use super::build::{
    FieldBuild, ModelBuild, active, boolean, business, char, company, currency, date, datetime, integer,
    many2many, many2one, model, one2many, rate, selection, text,
};

const LANG: &[(&str, &str)] =
    &[("en_US", "English (US)"), ("en_GB", "English (UK)"), ("de_DE", "German"), ("fr_FR", "French")];

const INDUSTRY: &[(&str, &str)] = &[
    ("retail", "Retail"),
    ("construction", "Construction"),
    ("hospitality", "Hospitality"),
    ("manufacturing", "Manufacturing"),
    ("health", "Health Care"),
    ("education", "Education"),
    ("it", "Information Technology"),
    ("services", "Professional Services"),
];

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![company_model(), currency_model(), currency_rate(), country(), partner(), users(), groups()]
}

fn company_model() -> Model {
    business("res.company", "Company", "Companies of the group; each keeps its books in its own currency.")
        .order("name, id")
        .significant(["name", "currency_id", "country_id", "city", "active"])
        .fields([
            char("name", "Company Name").required(),
            many2one("partner_id", "Partner", "res.partner").help("The company's own address."),
            currency().help("Currency of the company's books."),
            many2one("country_id", "Country", "res.country"),
            char("city", "City"),
            char("email", "Email"),
            char("phone", "Phone"),
            char("vat", "Tax ID"),
            active(),
        ])
}

fn currency_model() -> Model {
    business("res.currency", "Currency", "Currencies that amounts are stated in.")
        .order("active desc, name, id")
        .significant(["name", "full_name", "symbol", "active"])
        .fields([
            char("name", "Currency").required().help("ISO 4217 code, for example EUR."),
            char("full_name", "Name"),
            char("symbol", "Symbol").required(),
            active(),
            one2many("rate_ids", "Rates", "res.currency.rate", "currency_id"),
        ])
}

fn currency_rate() -> Model {
    business("res.currency.rate", "Currency Rate", "Rates of exchange against the euro, one a month.")
        .order("name desc, id")
        .significant(["name", "currency_id", "rate"])
        .fields([
            date("name", "Date").required().help("First day on which the rate holds."),
            currency(),
            rate("rate", "Rate").required().help("Units of the currency for one euro."),
            company().help("Empty: the rate holds for every company."),
        ])
}

fn country() -> Model {
    business("res.country", "Country", "Countries of the world that partners live in.")
        .order("name, id")
        .significant(["name", "code"])
        .fields([
            char("name", "Country Name").required(),
            char("code", "Country Code").required().help("ISO 3166 code of two letters."),
            integer("phone_code", "Country Calling Code").unsummed(),
            many2one("currency_id", "Currency", "res.currency"),
        ])
}

fn partner() -> Model {
    business("res.partner", "Contact", "Customers, vendors, their people and addresses.")
        .order("name, id")
        .significant([
            "name",
            "email",
            "phone",
            "city",
            "country_id",
            "user_id",
            "customer_rank",
            "supplier_rank",
        ])
        .fields([
            char("name", "Name").untrusted().required(),
            boolean("is_company", "Is a Company").required(),
            many2one("parent_id", "Related Company", "res.partner").help("The company a person works for."),
            one2many("child_ids", "Contacts", "res.partner", "parent_id").editable(),
            many2one("commercial_partner_id", "Commercial Entity", "res.partner")
                .readonly()
                .help("The company itself, or the person where there is none."),
            char("ref", "Reference").untrusted(),
            char("email", "Email").untrusted(),
            char("phone", "Phone").untrusted(),
            char("website", "Website").untrusted(),
            char("street", "Street").untrusted(),
            char("zip", "Zip").untrusted(),
            char("city", "City").untrusted(),
            many2one("country_id", "Country", "res.country"),
            char("vat", "Tax ID").untrusted(),
            selection("lang", "Language", LANG),
            selection("industry", "Industry", INDUSTRY),
            many2one("user_id", "Salesperson", "res.users"),
            many2one("currency_id", "Currency", "res.currency")
                .help("Currency the partner buys or sells in."),
            integer("customer_rank", "Customer Rank").required().help("Above 0: a customer."),
            integer("supplier_rank", "Vendor Rank").required().help("Above 0: a vendor."),
            company().help("Empty: shared by all companies."),
            text("comment", "Notes").untrusted(),
            datetime("create_date", "Created on").required().readonly(),
            active(),
            one2many("sale_order_ids", "Sales Orders", "sale.order", "partner_id"),
            one2many("purchase_order_ids", "Purchase Orders", "purchase.order", "partner_id"),
            one2many("invoice_ids", "Invoices", "account.move", "partner_id"),
            one2many("opportunity_ids", "Opportunities", "crm.lead", "partner_id"),
        ])
}

fn users() -> Model {
    model(ModelKind::Technical, "res.users", "User", "People who sign in, and salespersons.")
        .order("name, id")
        .significant(["name", "login", "company_id", "active"])
        .fields([
            char("login", "Login").required(),
            char("name", "Name").required(),
            many2one("partner_id", "Related Partner", "res.partner"),
            many2one("company_id", "Company", "res.company"),
            many2many("company_ids", "Allowed Companies", "res.company"),
            many2many("group_ids", "Groups", "res.groups"),
            selection("lang", "Language", LANG).required(),
            char("tz", "Timezone").required(),
            active(),
            datetime("created_at", "Created on").required().readonly(),
            datetime("login_at", "Latest Login").readonly(),
        ])
}

fn groups() -> Model {
    model(ModelKind::Technical, "res.groups", "Group", "Groups of users: what they give the right to do.")
        .order("category, name, id")
        .significant(["name", "category"])
        .fields([
            char("name", "Group Name").required(),
            char("category", "Application").required(),
            many2many("implied_ids", "Implied Groups", "res.groups").help("Groups a member is in as well."),
        ])
}
