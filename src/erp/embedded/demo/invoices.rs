//! Invoices and bills: what has been delivered or received, and not been invoiced.

use std::sync::Arc;

use super::books::journal;
use super::calendar::{Calendar, DAY};
use super::company::books_currency;
use super::day::office;
use super::rows::Entry;
use super::world::{Event, World};
use crate::erp::embedded::trade::{Price, tax_name};

/// A line of an invoice.
#[derive(Clone)]
pub struct Line {
    /// Product.
    pub product: i64,
    /// Code of the account that its amount goes to.
    pub account: &'static str,
    /// Quantity and price.
    pub price: Price,
}

/// An invoice to be written.
pub struct Doc {
    /// `move_type`
    pub kind: &'static str,
    /// `state`
    pub state: &'static str,
    /// Whose books.
    pub company: i64,
    /// Customer or vendor.
    pub partner: i64,
    /// Currency of the amounts.
    pub currency: i64,
    /// Accounting day.
    pub day: i64,
    /// Day whose rate of exchange holds.
    pub rate_day: i64,
    /// Day on which it is due.
    pub due: i64,
    /// When it was written.
    pub at: i64,
    /// Salesperson or buyer.
    pub user: Option<i64>,
    /// Number of the order.
    pub origin: Option<Arc<str>>,
    /// Sales order.
    pub sale: Option<i64>,
    /// Purchase order.
    pub purchase: Option<i64>,
    /// Entry that it takes back.
    pub reverses: Option<i64>,
    /// What is invoiced.
    pub lines: Vec<Line>,
}

/// Series of numbers and sign of the income or expense items: credit is negative.
fn manner(kind: &str) -> (&'static str, &'static str, i64) {
    match kind {
        "out_invoice" => ("INV", "INV", -1),
        "out_refund" => ("INV", "RINV", 1),
        "in_invoice" => ("BILL", "BILL", 1),
        _ => ("BILL", "RBILL", -1),
    }
}

impl World {
    /// Invoices what has been delivered of an order and not been invoiced.
    pub fn invoice_sale(&mut self, order: i64, at: i64) {
        let head = self.sales.orders[order].clone();
        if head.state != "sale" {
            return;
        }
        if self.sales.lines_of(order).all(|l| self.goods.goods[self.sales.lines[l].product_id].service) {
            self.render_services(order);
        }
        let mut lines = Vec::new();
        let mut taken = Vec::new();
        for id in self.sales.lines_of(order) {
            let row = &self.sales.lines[id];
            let quantity = row.qty_delivered - row.qty_invoiced;
            if quantity <= 0 {
                continue;
            }
            let account = if self.goods.goods[row.product_id].service { "4100" } else { "4000" };
            let price = Price { quantity, unit: row.price_unit, discount: row.discount, tax: row.tax_rate };
            lines.push(Line { product: row.product_id, account, price });
            taken.push((id, quantity));
        }
        if lines.is_empty() {
            return;
        }
        let day = Calendar::day_of(office(head.company_id), at);
        let recent = self.calendar.now - at < 4 * DAY;
        let state = match self.dice.between(0, 999) {
            0..8 => "cancel",
            8..400 if recent => "draft",
            8..12 => "draft",
            _ => "posted",
        };
        let term = head.payment_term.parse::<i64>().unwrap_or(0);
        let entry = self.write(Doc {
            kind: "out_invoice",
            state,
            company: head.company_id,
            partner: head.partner_id,
            currency: head.currency_id,
            day,
            rate_day: day,
            due: day + term,
            at,
            user: head.user_id,
            origin: Some(Arc::clone(&head.name)),
            sale: Some(order),
            purchase: None,
            reverses: None,
            lines,
        });
        if state == "cancel" {
            // Written anew, without the mistake.
            self.plan(at + DAY, Event::Invoice(order));
            return;
        }
        for (line, quantity) in taken {
            self.sales.lines[line].qty_invoiced += quantity;
        }
        if state == "posted" && self.dice.chance(10) {
            self.plan(at + DAY, Event::Reverse(entry));
        } else {
            self.expect_payment(entry, term, at);
        }
    }

    /// Bills what has been received of a vendor's order and not been billed.
    pub fn bill(&mut self, order: i64, at: i64) {
        let head = self.purchases.orders[order].clone();
        let mut lines = Vec::new();
        for id in self.purchases.lines_of(order) {
            let row = &mut self.purchases.lines[id];
            let quantity = row.qty_received - row.qty_invoiced;
            if quantity > 0 {
                row.qty_invoiced += quantity;
                let price = Price { quantity, unit: row.price_unit, discount: 0, tax: row.tax_rate };
                lines.push(Line { product: row.product_id, account: "5000", price });
            }
        }
        if lines.is_empty() {
            return;
        }
        let day = Calendar::day_of(office(head.company_id), at);
        let recent = self.calendar.now - at < 4 * DAY;
        let state = if recent && self.dice.chance(500) { "draft" } else { "posted" };
        let entry = self.write(Doc {
            kind: "in_invoice",
            state,
            company: head.company_id,
            partner: head.partner_id,
            currency: head.currency_id,
            day,
            rate_day: day,
            due: day + 30,
            at,
            user: head.user_id,
            origin: Some(Arc::clone(&head.name)),
            sale: None,
            purchase: Some(order),
            reverses: None,
            lines,
        });
        if state == "posted" && self.dice.chance(12) {
            self.plan(at + DAY, Event::Reverse(entry));
        } else {
            self.expect_payment(entry, 30, at);
        }
    }

    /// The invoice that a shop's customer asked for; the session's entry pays it.
    pub fn invoice_receipt(&mut self, order: i64, day: i64) {
        let head = self.shops.orders[order].clone();
        let Some(partner) = head.partner_id else { return };
        let lines = self
            .shops
            .lines
            .rows()
            .iter()
            .rev()
            .skip_while(|l| l.order_id > order)
            .take_while(|l| l.order_id == order)
            .map(|l| Line {
                product: l.product_id,
                account: "4200",
                price: Price { quantity: l.qty, unit: l.price_unit, discount: l.discount, tax: l.tax_rate },
            })
            .collect();
        let entry = self.write(Doc {
            kind: "out_invoice",
            state: "posted",
            company: head.company_id,
            partner,
            currency: head.currency_id,
            day,
            rate_day: day,
            due: day,
            at: head.date_order,
            user: head.user_id,
            origin: Some(Arc::clone(&head.name)),
            sale: None,
            purchase: None,
            reverses: None,
            lines,
        });
        self.settle(entry, self.books.entries[entry].amount_residual, "paid");
    }

    /// Writes an invoice, bill or credit note, posted or not.
    pub fn write(&mut self, doc: Doc) -> i64 {
        let (book, series, sign) = manner(doc.kind);
        let sale = doc.kind.starts_with("out");
        let name = match doc.state {
            "posted" => self.books.number(doc.company, series, doc.day),
            _ => "/".to_owned(),
        };
        let own = books_currency(doc.company);
        let entry = self.books.entries.push(|id| Entry {
            id,
            name,
            r#ref: None,
            move_type: doc.kind,
            state: doc.state,
            date: doc.day,
            invoice_date: Some(doc.day),
            invoice_date_due: Some(doc.due),
            partner_id: Some(doc.partner),
            journal_id: journal(doc.company, book),
            company_id: doc.company,
            currency_id: doc.currency,
            company_currency_id: own,
            amount_untaxed: 0,
            amount_tax: 0,
            amount_total: 0,
            amount_residual: 0,
            amount_total_signed: 0,
            payment_state: Some("not_paid"),
            invoice_user_id: doc.user,
            invoice_origin: doc.origin,
            sale_id: doc.sale,
            purchase_id: doc.purchase,
            reversed_entry_id: doc.reverses,
            create_date: doc.at,
        });
        let (mut untaxed, mut tax, mut booked) = (0, 0, 0);
        for line in &doc.lines {
            let amounts = line.price.amounts();
            untaxed += amounts.subtotal;
            tax += amounts.tax;
            let amount = sign * amounts.subtotal;
            let balance = self.rates.convert(amount, doc.currency, own, doc.rate_day);
            booked += balance;
            let name = self.goods.products[line.product].name.clone();
            let item = self.books.item(entry, line.account, balance, amount);
            item.name = Some(name);
            item.display_type = "product";
            item.product_id = Some(line.product);
            (item.quantity, item.price_unit) = (line.price.quantity, line.price.unit);
            (item.discount, item.price_subtotal) = (line.price.discount, amounts.subtotal);
        }
        if tax != 0 {
            let first = doc.lines.first().map(|line| line.price.tax);
            let rate = first.filter(|rate| doc.lines.iter().all(|line| line.price.tax == *rate));
            let balance = self.rates.convert(sign * tax, doc.currency, own, doc.rate_day);
            booked += balance;
            let item = self.books.item(entry, if sale { "2100" } else { "1400" }, balance, sign * tax);
            (item.display_type, item.sequence, item.name) = ("tax", 50, Some(tax_name(rate)));
        }
        let total = untaxed + tax;
        let open = if doc.state == "posted" { total } else { 0 };
        let term = self.books.item(entry, if sale { "1200" } else { "2000" }, -booked, -sign * total);
        (term.display_type, term.sequence, term.date_maturity) = ("payment_term", 100, Some(doc.due));
        term.amount_residual = if doc.state == "posted" { -booked } else { 0 };
        let term = term.id;
        self.books.terms.insert(entry, term);
        let row = &mut self.books.entries[entry];
        (row.amount_untaxed, row.amount_tax, row.amount_total) = (untaxed, tax, total);
        row.amount_residual = if doc.state == "draft" { total } else { open };
        row.amount_total_signed = -booked;
        entry
    }
}
