//! Who issues a document and whom it is for: names from the records, addresses as far as they may be read.

use std::collections::{BTreeMap, BTreeSet};

use super::super::desk::Desk;
use super::super::document::{Address, Letterhead};
use super::super::error::ReportError;
use super::super::record::{Link, Record};

const COMPANY: &[&str] = &["name", "partner_id", "country_id", "city", "email", "phone", "vat"];
const PARTNER: &[&str] = &["name", "parent_id", "street", "street2", "zip", "city", "country_id", "vat"];

/// Companies and partners of the documents, read at once.
pub struct Parties {
    companies: BTreeMap<i64, Record>,
    partners: BTreeMap<i64, Record>,
}

impl Parties {
    /// Reads those that the records link to by `company_id` and `partner_id`.
    pub async fn of(desk: &Desk<'_>, records: &[Record]) -> Result<Self, ReportError> {
        let linked = |field: &str| -> BTreeSet<i64> {
            records.iter().filter_map(|record| record.link(field)).map(|link| link.id).collect()
        };
        let ids: Vec<i64> = linked("company_id").into_iter().collect();
        let companies = desk.aside("res.company", &ids, COMPANY, "The company's letterhead").await?;
        let mut ids = linked("partner_id");
        ids.extend(companies.values().filter_map(|company| company.link("partner_id")).map(|link| link.id));
        let ids: Vec<i64> = ids.into_iter().collect();
        let partners = desk.aside("res.partner", &ids, PARTNER, "Every address").await?;
        Ok(Self { companies, partners })
    }

    /// The company that a record belongs to.
    pub fn letterhead(&self, record: &Record) -> Letterhead {
        let Some(link) = record.link("company_id") else { return Letterhead::default() };
        let Some(company) = self.companies.get(&link.id) else {
            return Letterhead { name: link.name, ..Letterhead::default() };
        };
        let own = company.link("partner_id").and_then(|link| self.partners.get(&link.id));
        let mut address = own.map(lines).unwrap_or_default();
        if address.is_empty() {
            address = [company.text("city"), company.name("country_id")].into_iter().flatten().collect();
        }
        let contact = [company.text("phone"), company.text("email")];
        Letterhead {
            name: company.text("name").unwrap_or(link.name),
            address,
            contact: contact.into_iter().flatten().collect(),
            vat: company.text("vat").or_else(|| own?.text("vat")),
        }
    }

    /// The partner of a record, in the part of `label`.
    pub fn address(&self, record: &Record, label: &'static str) -> Option<Address> {
        let Link { id, name } = record.link("partner_id")?;
        let Some(partner) = self.partners.get(&id) else {
            return Some(Address { label, name, ..Address::default() });
        };
        let name = partner.text("name").unwrap_or(name);
        let mut lines = lines(partner);
        // A letter goes to the company, for the attention of its person.
        let name = match partner.name("parent_id") {
            Some(company) => {
                lines.insert(0, name);
                company
            }
            None => name,
        };
        Some(Address { label, name, lines, vat: partner.text("vat") })
    }
}

fn lines(partner: &Record) -> Vec<String> {
    let place =
        [partner.text("zip"), partner.text("city")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let place = (!place.is_empty()).then_some(place);
    let all = [partner.text("street"), partner.text("street2"), place, partner.name("country_id")];
    all.into_iter().flatten().collect()
}
