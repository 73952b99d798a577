//! Quotations, orders and what becomes of them.

use std::ops::Range;
use std::sync::Arc;

use super::arena::Arena;
use super::calendar::{Calendar, DAY, MINUTE};
use super::company::{NEW_YORK, country_code, home};
use super::day::office;
use super::parties::Customer;
use super::rows::{SaleLine, SaleOrder};
use super::world::{Event, World};
use crate::erp::embedded::trade::{Price, invoice_status, moved_status, sales_tax};

/// Orders and their lines.
pub struct Sales {
    /// Orders.
    pub orders: Arena<SaleOrder>,
    /// Lines.
    pub lines: Arena<SaleLine>,
    spans: Arena<Range<i64>>,
}

impl Sales {
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

const BRITISH_ISLES: [i64; 2] = [12, 13];

impl World {
    /// A customer that exists by then.
    pub fn customer(&mut self, company: i64, at: i64) -> Option<Customer> {
        for _ in 0..5 {
            let customer = self.dice.weighted(self.parties.customers_of(company));
            if self.parties.partners[customer.partner].create_date <= at {
                return Some(customer);
            }
        }
        None
    }

    /// A quotation, and the plan of what becomes of it.
    pub fn quote(&mut self, company: i64, at: i64) {
        let Some(customer) = self.customer(company, at) else { return };
        let order = self.order(company, customer, None, at);
        match self.dice.between(0, 999) {
            0..90 => {
                let when = self.later(at, (3, 20));
                self.plan(when, Event::Cancel(order));
            }
            90..150 => self.plan(at + 45 * DAY, Event::Cancel(order)),
            150..180 => {}
            _ => {
                let when = self.later(at, (0, 9)).max(at + 20 * MINUTE);
                self.plan(when, Event::Confirm(order));
            }
        }
    }

    /// A new quotation of a company to a customer.
    pub fn order(&mut self, company: i64, customer: Customer, opportunity: Option<i64>, at: i64) -> i64 {
        let seller = match self.dice.between(0, 99) {
            0..3 => None,
            3..12 => Some(self.parties.seller(company, &mut self.dice)),
            _ => Some(customer.seller),
        };
        let team = match seller {
            None => "online",
            Some(_) => {
                self.dice.weighted(&[("direct", 5), ("partner", 2), ("key_account", 2), ("online", 1)])
            }
        };
        let warehouse_id = match company {
            NEW_YORK => 3,
            _ if BRITISH_ISLES.contains(&customer.country) => 2,
            _ => 1,
        };
        let state = if self.dice.chance(700) { "sent" } else { "draft" };
        let day = Calendar::day_of(office(company), at);
        let payment_term = self.dice.weighted(&[("immediate", 2), ("15", 2), ("30", 5), ("60", 1)]);
        let reference = self.dice.chance(350).then(|| format!("PO-{}", self.dice.between(10_000, 99_999)));
        let order = self.sales.orders.push(|id| SaleOrder {
            id,
            name: format!("S{id:05}").into(),
            state,
            partner_id: customer.partner,
            client_order_ref: reference,
            date_order: at,
            create_date: at,
            validity_date: Some(day + 30),
            commitment_date: None,
            user_id: seller,
            team,
            warehouse_id,
            company_id: company,
            currency_id: customer.currency,
            payment_term,
            invoice_status: "no",
            delivery_status: None,
            amount_untaxed: 0,
            amount_tax: 0,
            amount_total: 0,
            margin: 0,
            opportunity_id: opportunity,
            origin: None,
        });
        let first = self.sales.lines.next_id();
        self.fill(order, sales_tax(home(company), country_code(customer.country)), day);
        let span = first..self.sales.lines.next_id();
        self.sales.spans.push(|_| span);
        order
    }

    fn fill(&mut self, order: i64, tax_rate: i64, day: i64) {
        let mut chosen: Vec<i64> = Vec::new();
        for _ in 0..self.dice.between(1, 5) {
            let product = self.dice.weighted(&self.goods.wanted);
            if !chosen.contains(&product) {
                chosen.push(product);
            }
        }
        let head = self.sales.orders[order].clone();
        let (mut untaxed, mut tax, mut margin) = (0, 0, 0);
        for (sequence, product) in (1..).zip(chosen) {
            let quantity = self.goods.order_quantity(product, &mut self.dice);
            let discount = self.dice.weighted(&[(0, 60), (500, 15), (1_000, 15), (1_500, 10)]);
            let good = &self.goods.goods[product];
            let books = super::company::books_currency(head.company_id);
            let unit = self.rates.convert(good.price, super::rates::EUR, head.currency_id, day);
            let cost = self.rates.convert(good.cost_in(head.company_id), books, head.currency_id, day);
            let price = Price { quantity, unit, discount, tax: tax_rate };
            let amounts = price.amounts();
            let line_margin = amounts.subtotal - price.at(cost);
            untaxed += amounts.subtotal;
            tax += amounts.tax;
            margin += line_margin;
            let name = self.goods.products[product].name.clone();
            self.sales.lines.push(|id| SaleLine {
                id,
                order_id: order,
                sequence: sequence * 10,
                name,
                product_id: product,
                product_uom_qty: quantity,
                qty_delivered: 0,
                qty_invoiced: 0,
                uom: good.uom,
                price_unit: unit,
                discount,
                tax_rate,
                price_subtotal: amounts.subtotal,
                price_tax: amounts.tax,
                price_total: amounts.total,
                discount_amount: amounts.discount,
                purchase_price: cost,
                margin: line_margin,
                currency_id: head.currency_id,
                company_id: head.company_id,
                order_partner_id: head.partner_id,
                salesman_id: head.user_id,
                state: head.state,
            });
        }
        let row = &mut self.sales.orders[order];
        (row.amount_untaxed, row.amount_tax, row.amount_total, row.margin) =
            (untaxed, tax, untaxed + tax, margin);
    }

    /// The customer accepts: the order and its delivery are made.
    pub fn confirm_sale(&mut self, order: i64, at: i64) {
        self.sales.set_state(order, "sale");
        let promised = self.later(at, (3, 8));
        let row = &mut self.sales.orders[order];
        row.date_order = at;
        row.commitment_date = Some(promised);
        row.delivery_status = Some("pending");
        if self.open_delivery(order, at) {
            if self.dice.chance(20) {
                self.plan(at + 60 * MINUTE, Event::Cancel(order));
            }
        } else {
            // Services alone: they are rendered by the time they are invoiced.
            let when = self.later(at, (3, 9));
            self.plan(when, Event::Invoice(order));
        }
    }

    /// The customer thinks better of it, as long as nothing has been delivered.
    pub fn cancel_sale(&mut self, order: i64) {
        let delivered = self.sales.lines_of(order).any(|line| self.sales.lines[line].qty_delivered > 0);
        if delivered {
            return;
        }
        self.cancel_delivery(order);
        self.sales.set_state(order, "cancel");
        self.sales.orders[order].delivery_status = None;
    }

    /// Services of an order have been rendered.
    pub fn render_services(&mut self, order: i64) {
        for line in self.sales.lines_of(order) {
            let row = &mut self.sales.lines[line];
            if self.goods.goods[row.product_id].service {
                row.qty_delivered = row.product_uom_qty;
            }
        }
    }

    /// States that follow from quantities.
    pub fn finish_sales(&mut self) {
        for order in self.sales.orders.ids() {
            if self.sales.orders[order].state != "sale" {
                continue;
            }
            let lines: Vec<(i64, i64, i64)> = self
                .sales
                .lines_of(order)
                .map(|line| &self.sales.lines[line])
                .map(|l| (l.product_uom_qty, l.qty_delivered, l.qty_invoiced))
                .collect();
            let row = &mut self.sales.orders[order];
            row.invoice_status = invoice_status(&lines);
            row.delivery_status = Some(moved_status(&lines));
        }
        self.finish_purchases();
        self.finish_leads();
    }

    /// Number of an order.
    pub fn sale_name(&self, order: i64) -> Arc<str> {
        Arc::clone(&self.sales.orders[order].name)
    }
}
