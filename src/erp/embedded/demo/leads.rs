//! Opportunities, from first contact to won or lost.

use super::calendar::{Calendar, DAY, MINUTE};
use super::company::books_currency;
use super::day::office;
use super::names::{FAMILY, FIRST, PROJECTS};
use super::rows::Lead;
use super::world::{Event, World};

impl World {
    /// An opportunity turns up.
    pub fn lead(&mut self, company: i64, at: i64) {
        let Some(customer) = self.customer(company, at) else { return };
        let known = self.dice.chance(800);
        let project = *self.dice.pick(&PROJECTS);
        let partner = &self.parties.partners[customer.partner];
        let (city, name) = (partner.city, format!("{project} for {}", partner.name));
        let (first, family) = (*self.dice.pick(&FIRST), *self.dice.pick(&FAMILY));
        let seller = self.parties.seller(company, &mut self.dice);
        let user_id = match self.dice.between(0, 9) {
            0 => None,
            1..4 => Some(seller),
            _ => Some(customer.seller),
        };
        let team = self.dice.weighted(&[("direct", 5), ("partner", 2), ("key_account", 2), ("online", 1)]);
        let source = self.dice.weighted(&[
            ("website", 4),
            ("referral", 3),
            ("fair", 1),
            ("phone", 2),
            ("campaign", 2),
        ]);
        let priority = self.dice.weighted(&[("0", 5), ("1", 3), ("2", 2), ("3", 1)]);
        let revenue = self.dice.between(5, 400) * 10_000;
        let deadline = Calendar::day_of(office(company), at) + self.dice.between(15, 90);
        let lead = self.leads.push(|id| Lead {
            id,
            name: if known { name } else { project.to_owned() },
            r#type: if known { "opportunity" } else { "lead" },
            stage: "new",
            partner_id: known.then_some(customer.partner),
            contact_name: Some(format!("{first} {family}")),
            email_from: Some(format!("contact{id}@prospect.example")),
            city,
            country_id: Some(customer.country),
            user_id,
            team,
            source,
            priority,
            expected_revenue: revenue,
            currency_id: if known { customer.currency } else { books_currency(company) },
            probability: 1_000,
            lost_reason: None,
            create_date: at,
            date_deadline: Some(deadline),
            date_closed: None,
            company_id: company,
            active: true,
        });
        if self.dice.chance(850) {
            let when = self.later(at, (8, 75)).max(at + 60 * MINUTE);
            self.plan(when, Event::LeadDecided(lead));
        }
    }

    /// It is won, with an order that comes of it, or lost.
    pub fn decide_lead(&mut self, lead: i64, at: i64) {
        let (company, partner) = (self.leads[lead].company_id, self.leads[lead].partner_id);
        let customer =
            self.parties.customers_of(company).iter().map(|(c, _)| *c).find(|c| Some(c.partner) == partner);
        let won = customer.filter(|_| self.dice.chance(450));
        if let Some(customer) = won {
            let order = self.order(company, customer, Some(lead), at);
            self.plan(at + 30 * MINUTE, Event::Confirm(order));
            let row = &mut self.sales.orders[order];
            row.origin = Some(self.leads[lead].name.clone());
            let row = &mut self.leads[lead];
            row.expected_revenue = self.sales.orders[order].amount_untaxed;
            (row.stage, row.probability) = ("won", 10_000);
        } else {
            let reason =
                self.dice.weighted(&[("price", 4), ("competitor", 3), ("no_need", 2), ("no_answer", 3)]);
            let row = &mut self.leads[lead];
            (row.stage, row.probability, row.active) = ("lost", 0, false);
            row.lost_reason = Some(reason);
        }
        self.leads[lead].date_closed = Some(at);
    }

    /// Those still open have come as far as their age lets them.
    pub fn finish_leads(&mut self) {
        for lead in self.leads.ids() {
            let age = (self.calendar.now - self.leads[lead].create_date) / DAY;
            let row = &mut self.leads[lead];
            if row.stage == "new" && row.r#type == "opportunity" {
                (row.stage, row.probability) = match age {
                    0..6 => ("new", 1_000),
                    6..25 => ("qualified", 3_500),
                    _ => ("proposition", 6_000),
                };
            }
        }
    }
}
