//! Buying what runs short.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::arena::Arena;
use super::calendar::{DAY, MINUTE};
use super::company::{books_currency, country_code, home};
use super::places::VENDORS;
use super::rates::{EUR, divide};
use super::rows::{PurchaseLine, PurchaseOrder};
use super::stock::Planned;
use super::transfers::Opening;
use super::world::{Event, World};
use crate::erp::embedded::trade::{Price, invoice_status, moved_status, purchase_tax};

/// Orders and their lines.
pub struct Purchases {
    /// Orders.
    pub orders: Arena<PurchaseOrder>,
    /// Lines.
    pub lines: Arena<PurchaseLine>,
    spans: Arena<Range<i64>>,
}

impl Purchases {
    /// None yet.
    pub const fn new() -> Self {
        Self { orders: Arena::new(1), lines: Arena::new(1), spans: Arena::new(1) }
    }

    /// Ids of an order's lines.
    pub fn lines_of(&self, order: i64) -> Range<i64> {
        self.spans[order].clone()
    }

    fn set_state(&mut self, order: i64, state: &'static str) {
        self.orders[order].state = state;
        for line in self.lines_of(order) {
            self.lines[line].state = state;
        }
    }
}

/// Above so many cents of a euro an order must be approved.
const APPROVAL: i64 = 1_000_000;

impl World {
    /// Orders what a warehouse will run short of, from each vendor together.
    pub fn reorder(&mut self, place: i64, at: i64) {
        let mut wishes: BTreeMap<usize, Vec<(i64, i64)>> = BTreeMap::new();
        let company = self.places.places[place].company;
        for (product, _) in &self.goods.wanted_goods {
            let usage = self.stock.usage.get(place, *product).max(2_000);
            let position = self.stock.at_place(&self.places.places[place], *product)
                + self.stock.coming.get(place, *product)
                - self.stock.promised.get(place, *product);
            if position >= usage * 4 / 3 {
                continue;
            }
            let quantity = divide(usage * 3 - position, 5_000).max(1) * 5_000;
            let vendor = self.goods.goods[*product].vendor_of(company);
            wishes.entry(vendor).or_default().push((*product, quantity));
        }
        for (vendor, wishes) in wishes {
            self.purchase(place, vendor, &wishes, at);
        }
    }

    fn purchase(&mut self, place: i64, vendor: usize, wishes: &[(i64, i64)], at: i64) {
        let Some(vendor) = self.parties.vendors.get(vendor).copied() else { return };
        let company = self.places.places[place].company;
        let user_id = Some(*self.dice.pick(self.parties.sellers_of(company)));
        let planned = at + self.dice.between(5, 12) * DAY;
        let reference = self.dice.chance(600).then(|| format!("V-{}", self.dice.between(100_000, 999_999)));
        let order = self.purchases.orders.push(|id| PurchaseOrder {
            id,
            name: format!("P{id:05}").into(),
            state: "draft",
            partner_id: vendor.partner,
            partner_ref: reference,
            date_order: at,
            date_approve: None,
            date_planned: planned,
            user_id,
            warehouse_id: place,
            company_id: company,
            currency_id: vendor.currency,
            receipt_status: None,
            invoice_status: "no",
            amount_untaxed: 0,
            amount_tax: 0,
            amount_total: 0,
            origin: Some("Reordering"),
        });
        let first = self.purchases.lines.next_id();
        self.purchase_lines(order, wishes, at.div_euclid(DAY));
        let span = first..self.purchases.lines.next_id();
        self.purchases.spans.push(|_| span);
        self.decide_purchase(order, wishes, at);
    }

    fn purchase_lines(&mut self, order: i64, wishes: &[(i64, i64)], day: i64) {
        let head = self.purchases.orders[order].clone();
        // Only what comes from the company's own country bears its tax.
        let country = country_code(self.parties.partners[head.partner_id].country_id);
        let tax_rate = purchase_tax(home(head.company_id), country);
        for (sequence, (product, quantity)) in (1..).zip(wishes) {
            let good = &self.goods.goods[*product];
            let cost = good.cost_in(head.company_id) * self.dice.between(960, 1_030) / 1000;
            let unit = self.rates.convert(cost, books_currency(head.company_id), head.currency_id, day);
            let amounts = Price { quantity: *quantity, unit, discount: 0, tax: tax_rate }.amounts();
            let name = self.goods.products[*product].name.clone();
            self.purchases.lines.push(|id| PurchaseLine {
                id,
                order_id: order,
                sequence: sequence * 10,
                name,
                product_id: *product,
                product_qty: *quantity,
                qty_received: 0,
                qty_invoiced: 0,
                uom: good.uom,
                price_unit: unit,
                tax_rate,
                price_subtotal: amounts.subtotal,
                price_tax: amounts.tax,
                price_total: amounts.total,
                currency_id: head.currency_id,
                company_id: head.company_id,
                partner_id: head.partner_id,
                state: head.state,
                date_planned: head.date_planned,
            });
            let row = &mut self.purchases.orders[order];
            row.amount_untaxed += amounts.subtotal;
            row.amount_tax += amounts.tax;
            row.amount_total += amounts.total;
        }
    }

    fn decide_purchase(&mut self, order: i64, wishes: &[(i64, i64)], at: i64) {
        // Cancelled, or never answered or approved: what runs short is ordered anew the next week.
        let dropped = [
            (Some("cancel"), 40),
            (Some("draft"), 8),
            (Some("sent"), 12),
            (Some("to approve"), 5),
            (None, 935),
        ];
        if let Some(state) = self.dice.weighted(&dropped) {
            self.purchases.set_state(order, state);
            return;
        }
        let row = &self.purchases.orders[order];
        let (place, day) = (row.warehouse_id, at.div_euclid(DAY));
        let dear = self.rates.convert(row.amount_untaxed, row.currency_id, EUR, day) > APPROVAL;
        let state = match (dear, self.dice.chance(700)) {
            (true, _) => "to approve",
            (false, true) => "sent",
            (false, false) => "draft",
        };
        self.purchases.set_state(order, state);
        for (product, quantity) in wishes {
            self.stock.coming.add(place, *product, *quantity);
        }
        let when = self.later(at, if dear { (1, 4) } else { (0, 2) }).max(at + 60 * MINUTE);
        self.plan(when, Event::Approve(order));
    }

    /// The order stands; its receipt is made.
    pub fn approve(&mut self, order: i64, at: i64) {
        self.purchases.set_state(order, "purchase");
        let row = &mut self.purchases.orders[order];
        row.date_approve = Some(at);
        row.receipt_status = Some("pending");
        let (place, partner, name) = (row.warehouse_id, row.partner_id, Arc::clone(&row.name));
        let scheduled = row.date_planned.max(at + DAY);
        let planned = self
            .purchases
            .lines_of(order)
            .map(|line| (line, &self.purchases.lines[line]))
            .map(|(line, l)| Planned { product: l.product_id, quantity: l.product_qty, line: Some(line) })
            .collect();
        let picking = self.open_transfer(Opening {
            place,
            kind: "incoming",
            scheduled,
            route: (VENDORS, self.places.places[place].input),
            partner: Some(partner),
            origin: Some(name),
        });
        self.stock.pickings[picking].purchase_id = Some(order);
        self.stock.open.insert(picking, planned);
        let when = self.later(scheduled, (0, 4)).max(at + 60 * MINUTE);
        self.plan(when, Event::Receive(picking));
    }

    /// States that follow from quantities.
    pub fn finish_purchases(&mut self) {
        for order in self.purchases.orders.ids() {
            if self.purchases.orders[order].state != "purchase" {
                continue;
            }
            let lines: Vec<(i64, i64, i64)> = self
                .purchases
                .lines_of(order)
                .map(|line| &self.purchases.lines[line])
                .map(|l| (l.product_qty, l.qty_received, l.qty_invoiced))
                .collect();
            let row = &mut self.purchases.orders[order];
            row.invoice_status = invoice_status(&lines);
            row.receipt_status = Some(moved_status(&lines));
        }
    }
}
