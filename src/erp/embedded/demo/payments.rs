//! What becomes of invoices and bills: paid, whole or in part, late or never; or taken back.

use super::books::Part;
use super::calendar::{Calendar, DAY};
use super::day::office;
use super::invoices::{Doc, Line};
use super::rates::divide;
use super::rows::Entry;
use super::world::{Event, World};
use crate::erp::embedded::trade::Price;

impl World {
    /// Plans when, and whether, a posted invoice or bill is paid.
    pub fn expect_payment(&mut self, entry: i64, term: i64, at: i64) {
        if self.books.entries[entry].state != "posted" {
            return;
        }
        match self.dice.between(0, 99) {
            // Never paid, as far as anybody knows.
            0..4 => {}
            4..9 => {
                let when = self.later(at, (term, term + 10));
                self.plan(when, Event::Pay(entry, 500));
                let rest = self.later(when, (10, 60));
                self.plan(rest, Event::Pay(entry, 1000));
            }
            _ => {
                let when = self.later(at, (term, term + 25)) + DAY / 4;
                self.plan(when, Event::Pay(entry, 1000));
            }
        }
    }

    /// Takes off so much of what is open, in the entry's currency; gives what that is in the company's.
    pub fn settle(&mut self, entry: i64, amount: i64, paid: &'static str) -> i64 {
        let Some(term) = self.books.terms.get(&entry).copied() else { return 0 };
        let row = &mut self.books.entries[entry];
        let item = &mut self.books.items[term];
        let off = if amount == row.amount_residual {
            item.amount_residual
        } else {
            divide(item.amount_residual * amount, row.amount_residual)
        };
        row.amount_residual -= amount;
        item.amount_residual -= off;
        row.payment_state = Some(if row.amount_residual == 0 { paid } else { "partial" });
        off
    }

    /// Money comes in or goes out for an invoice or bill: so many thousandths of what is open.
    pub fn pay(&mut self, entry: i64, share: i64, at: i64) {
        let head = self.books.entries[entry].clone();
        let amount = divide(head.amount_residual * share, 1000);
        if amount == 0 || head.state != "posted" {
            return;
        }
        let day = Calendar::day_of(office(head.company_id), at);
        let sale = head.move_type == "out_invoice";
        let own = head.company_currency_id;
        let off = self.settle(entry, amount, "paid");
        // What the bank sees at the day's rate; the difference to the books is gain or loss.
        let money = self.rates.convert(amount, head.currency_id, own, day) * if sale { 1 } else { -1 };
        let parts = [
            Part { account: "1000", partner: None, balance: money },
            Part { account: if sale { "1200" } else { "2000" }, partner: head.partner_id, balance: -off },
            Part { account: "4900", partner: None, balance: off - money },
        ];
        let parts: Vec<_> = parts.into_iter().filter(|p| p.balance != 0).collect();
        let label = format!("Payment {}", head.name);
        self.entry((head.company_id, "BNK"), (day, at), &label, &parts);
    }

    /// The invoice or bill was wrong: a credit note takes it back, and another one takes its place.
    pub fn reverse(&mut self, entry: i64, at: i64) {
        let head = self.books.entries[entry].clone();
        let day = Calendar::day_of(office(head.company_id), at);
        let refund = if head.move_type == "out_invoice" { "out_refund" } else { "in_refund" };
        let lines = self.lines_of_invoice(&head);
        let doc = |kind, rate_day, reverses| Doc {
            kind,
            state: "posted",
            company: head.company_id,
            partner: head.partner_id.unwrap_or_default(),
            currency: head.currency_id,
            day,
            rate_day,
            due: day + 30,
            at,
            user: head.invoice_user_id,
            origin: head.invoice_origin.clone(),
            sale: head.sale_id,
            purchase: head.purchase_id,
            reverses,
            lines: lines.clone(),
        };
        // At the rate of what it takes back, so that nothing is left of either.
        let credit = self.write(doc(refund, head.date, Some(entry)));
        self.settle(entry, head.amount_residual, "reversed");
        self.settle(credit, head.amount_residual, "paid");
        let again = self.write(doc(head.move_type, day, None));
        self.expect_payment(again, 30, at);
    }

    /// The lines of an order's invoice or bill, as they were written.
    fn lines_of_invoice(&self, head: &Entry) -> Vec<Line> {
        let items =
            (1..self.books.terms.get(&head.id).copied().unwrap_or(1)).rev().map(|id| &self.books.items[id]);
        let mut lines: Vec<Line> = items
            .take_while(|item| item.move_id == head.id)
            .filter_map(|item| {
                let product = item.product_id?;
                let account = match (head.sale_id.is_some(), self.goods.goods[product].service) {
                    (false, _) => "5000",
                    (true, true) => "4100",
                    (true, false) => "4000",
                };
                let price = Price {
                    quantity: item.quantity,
                    unit: item.price_unit,
                    discount: item.discount,
                    tax: self.tax_of(head, product),
                };
                Some(Line { product, account, price })
            })
            .collect();
        lines.reverse();
        lines
    }

    fn tax_of(&self, head: &Entry, product: i64) -> i64 {
        let sold = head.sale_id.map_or(0..0, |order| self.sales.lines_of(order));
        let bought = head.purchase_id.map_or(0..0, |order| self.purchases.lines_of(order));
        let sold = sold.map(|line| &self.sales.lines[line]).map(|l| (l.product_id, l.tax_rate));
        let bought = bought.map(|line| &self.purchases.lines[line]).map(|l| (l.product_id, l.tax_rate));
        sold.chain(bought).find(|(of, _)| *of == product).map_or(0, |(_, rate)| rate)
    }
}
