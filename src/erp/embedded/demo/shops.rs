//! The shops' days: receipts, and in the evening one transfer and one journal entry for each session.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arena::Arena;
use super::books::Part;
use super::calendar::{Calendar, MINUTE, date};
use super::company::{books_currency, home};
use super::places::CUSTOMERS;
use super::rates::EUR;
use super::rows::{PosLine, PosOrder};
use super::stock::Shift;
use super::transfers::Opening;
use super::world::World;
use crate::erp::embedded::trade::{Price, sales_tax};

/// Orders and their lines.
pub struct Shops {
    /// Orders, one for each receipt.
    pub orders: Arena<PosOrder>,
    /// Lines.
    pub lines: Arena<PosLine>,
}

impl Shops {
    /// None yet.
    pub const fn new() -> Self {
        Self { orders: Arena::new(1), lines: Arena::new(1) }
    }
}

/// One session at a shop.
struct Session {
    place: i64,
    company: i64,
    day: i64,
    name: Arc<str>,
    /// Goods taken since the morning, by product.
    sold: BTreeMap<i64, i64>,
    cashiers: Vec<i64>,
}

impl World {
    /// A shop's day up to `at`: a whole day if `at` is its closing time, else a session still open.
    pub fn shop_day(&mut self, place: i64, day: i64, at: i64) {
        let shop = &self.places.places[place];
        let local = Calendar::local(shop.zone, day);
        let closing = local.minute(20 * 60 + 30);
        // A day whose session was closed in time is not taken twice.
        if at > closing || at < local.minute(9 * 60 + 30) {
            return;
        }
        let open = at < closing;
        let mut session = Session {
            place,
            company: shop.company,
            day,
            name: format!("{}/{}", shop.code, date(day).format("%Y/%m/%d")).into(),
            sold: BTreeMap::new(),
            cashiers: self.parties.sellers_of(shop.company).iter().rev().take(3).copied().collect(),
        };
        let receipts = self.dice.round(self.scale.receipts * self.calendar.business(day, true) / 1000);
        let mut minutes: Vec<i64> =
            (0..receipts).map(|_| self.dice.between(9 * 60 + 30, 20 * 60 + 15)).collect();
        minutes.sort_unstable();
        let first = self.shops.orders.next_id();
        for minute in minutes {
            let when = local.minute(minute);
            if when <= at {
                self.receipt(&mut session, when, open);
            }
        }
        if !open {
            self.close_session(&session, first, at);
        } else if let Some(last) = (first..self.shops.orders.next_id()).next_back() {
            // Somebody stands at the till right now.
            let row = &mut self.shops.orders[last];
            (row.state, row.payment_method, row.amount_paid) = ("draft", None, 0);
        }
    }

    fn receipt(&mut self, session: &mut Session, at: i64, open: bool) {
        let state = match (open, self.dice.between(0, 999)) {
            (_, 0..12) => "cancel",
            (true, _) => "paid",
            (false, 12..30) => "invoiced",
            (false, _) => "done",
        };
        let lines = self.choose_goods(session, state != "cancel");
        if lines.is_empty() {
            return;
        }
        let named = state == "invoiced" || self.dice.chance(150);
        let partner_id = if named { self.customer(session.company, at).map(|c| c.partner) } else { None };
        let state = if state == "invoiced" && partner_id.is_none() { "done" } else { state };
        let method = self.dice.weighted(&[("card", 55), ("cash", 28), ("mobile", 14), ("voucher", 3)]);
        let user = *self.dice.pick(&session.cashiers);
        let (currency, code) = (books_currency(session.company), self.places.places[session.place].code);
        let number = self.shops.orders.next_id();
        let order = self.shops.orders.push(|id| PosOrder {
            id,
            name: format!("{code}/{id:06}").into(),
            pos_reference: format!("{:03}-{number:06}", session.place),
            session: Arc::clone(&session.name),
            state,
            date_order: at,
            partner_id,
            user_id: Some(user),
            warehouse_id: session.place,
            company_id: session.company,
            currency_id: currency,
            payment_method: (state != "cancel").then_some(method),
            amount_untaxed: 0,
            amount_tax: 0,
            amount_total: 0,
            amount_paid: 0,
            margin: 0,
            picking_id: None,
        });
        for (product, quantity) in lines {
            self.receipt_line(order, product, quantity, session.day);
        }
        let row = &mut self.shops.orders[order];
        row.amount_paid = if row.payment_method.is_some() { row.amount_total } else { 0 };
    }

    fn choose_goods(&mut self, session: &mut Session, taken: bool) -> Vec<(i64, i64)> {
        let mut lines: Vec<(i64, i64)> = Vec::new();
        for _ in 0..self.dice.weighted(&[(1, 4), (2, 3), (3, 2), (4, 1)]) {
            let product = self.dice.weighted(&self.goods.wanted_goods);
            if !self.in_shops(product) || lines.iter().any(|(known, _)| *known == product) {
                continue;
            }
            let quantity = match self.goods.goods[product].uom {
                "kg" => self.dice.between(1, 4) * 250,
                _ => self.dice.weighted(&[(1, 7), (2, 2), (3, 1)]) * 1000,
            };
            let sold = session.sold.entry(product).or_insert(0);
            let left = self.stock.available(&self.places.places[session.place], product) - *sold;
            if left < quantity {
                continue;
            }
            if taken {
                *sold += quantity;
            }
            lines.push((product, quantity));
        }
        lines
    }

    fn receipt_line(&mut self, order: i64, product: i64, quantity: i64, day: i64) {
        let head = &self.shops.orders[order];
        let good = &self.goods.goods[product];
        let unit = self.rates.convert(good.price, EUR, head.currency_id, day);
        let discount = self.dice.weighted(&[(0, 90), (1_000, 7), (2_000, 3)]);
        let tax_rate = sales_tax(home(head.company_id), None);
        let price = Price { quantity, unit, discount, tax: tax_rate };
        let amounts = price.amounts();
        let cost = price.at(good.cost_in(head.company_id));
        let (currency_id, company_id) = (head.currency_id, head.company_id);
        let name = self.goods.products[product].name.clone();
        self.shops.lines.push(|id| PosLine {
            id,
            order_id: order,
            name,
            product_id: product,
            qty: quantity,
            uom: good.uom,
            price_unit: unit,
            discount,
            tax_rate,
            price_subtotal: amounts.subtotal,
            price_subtotal_incl: amounts.total,
            discount_amount: amounts.discount,
            total_cost: cost,
            margin: amounts.subtotal - cost,
            currency_id,
            company_id,
        });
        let row = &mut self.shops.orders[order];
        row.amount_untaxed += amounts.subtotal;
        row.amount_tax += amounts.tax;
        row.amount_total += amounts.total;
        row.margin += amounts.subtotal - cost;
    }

    fn close_session(&mut self, session: &Session, first: i64, at: i64) {
        let sold: Vec<(i64, i64)> =
            session.sold.iter().map(|(p, q)| (*p, *q)).filter(|(_, quantity)| *quantity > 0).collect();
        if sold.is_empty() {
            return;
        }
        let stock = self.places.places[session.place].input;
        let picking = self.open_transfer(Opening {
            place: session.place,
            kind: "outgoing",
            scheduled: at,
            route: (stock, CUSTOMERS),
            partner: None,
            origin: Some(Arc::clone(&session.name)),
        });
        let head = self.head(picking, at, "done");
        for (product, quantity) in sold {
            self.stock.shift(&self.goods, &head, Shift { product, quantity, from: stock, to: CUSTOMERS });
            self.stock.usage.add(session.place, product, quantity);
        }
        self.close(picking, at);
        for order in first..self.shops.orders.next_id() {
            if self.shops.orders[order].state != "cancel" {
                self.shops.orders[order].picking_id = Some(picking);
            }
        }
        self.session_entry(session, first);
    }

    /// Money taken against sales, tax, and what invoices of the session ask of their customers.
    fn session_entry(&mut self, session: &Session, first: i64) {
        let mut sums: BTreeMap<(&str, Option<i64>), i64> = BTreeMap::new();
        let mut invoiced = Vec::new();
        for order in first..self.shops.orders.next_id() {
            let row = &self.shops.orders[order];
            let account = match row.payment_method {
                Some("cash") => "1010",
                Some(_) => "1020",
                None => continue,
            };
            *sums.entry((account, None)).or_insert(0) += row.amount_total;
            if row.state == "invoiced" {
                *sums.entry(("1200", row.partner_id)).or_insert(0) -= row.amount_total;
                invoiced.push(order);
            } else {
                *sums.entry(("4200", None)).or_insert(0) -= row.amount_untaxed;
                *sums.entry(("2100", None)).or_insert(0) -= row.amount_tax;
            }
        }
        for order in invoiced {
            self.invoice_receipt(order, session.day);
        }
        let parts: Vec<Part> = sums
            .into_iter()
            .filter(|(_, balance)| *balance != 0)
            .map(|((account, partner), balance)| Part { account, partner, balance })
            .collect();
        let at = self.shops.orders[first].date_order + 8 * 60 * MINUTE;
        let at = at.min(self.calendar.now);
        self.entry((session.company, "POS"), (session.day, at), &session.name, &parts);
    }
}
