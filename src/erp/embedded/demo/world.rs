//! The company's life as a queue of events, taken in the order of time, up to now.

use std::collections::BTreeMap;

use super::arena::Arena;
use super::books::Books;
use super::calendar::{Calendar, DAY, MINUTE};
use super::dice::Dice;
use super::goods::Goods;
use super::parties::{Parties, Plan};
use super::places::Places;
use super::purchases::Purchases;
use super::rates::Rates;
use super::rows::Lead;
use super::sales::Sales;
use super::scale::Scale;
use super::shops::Shops;
use super::stock::Stock;

/// Something that happens at an instant.
#[derive(Clone, Copy)]
pub enum Event {
    /// A day begins; it plans what happens on it.
    Day(i64),
    /// A customer of a company asks for a quotation.
    Quote(i64),
    /// An opportunity of a company turns up.
    Lead(i64),
    /// It is decided.
    LeadDecided(i64),
    /// A quotation becomes an order.
    Confirm(i64),
    /// A quotation or order is cancelled.
    Cancel(i64),
    /// A delivery is due.
    Deliver(i64),
    /// What has been delivered of an order is invoiced.
    Invoice(i64),
    /// A posted invoice or bill is paid, so many thousandths of what is open.
    Pay(i64, i64),
    /// A posted invoice turns out wrong.
    Reverse(i64),
    /// A warehouse orders what runs short.
    Reorder(i64),
    /// A vendor's order is confirmed.
    Approve(i64),
    /// A receipt arrives.
    Receive(i64),
    /// What has been received of an order is billed.
    Bill(i64),
    /// Receipts are put on shelves.
    PutAway(i64),
    /// Goods change shelves.
    Rearrange(i64),
    /// A warehouse or shop counts its stock.
    Count(i64),
    /// A shop is filled up.
    Refill(i64),
    /// A shop closes after its day.
    Close(i64, i64),
    /// Rent, salaries and the like of a company.
    Expenses(i64),
}

/// Everything there is.
pub struct World {
    /// Chance.
    pub dice: Dice,
    /// Time.
    pub calendar: Calendar,
    /// How much of everything.
    pub scale: Scale,
    /// Rates of exchange.
    pub rates: Rates,
    /// Products.
    pub goods: Goods,
    /// People.
    pub parties: Parties,
    /// Warehouses.
    pub places: Places,
    /// Stock.
    pub stock: Stock,
    /// Books.
    pub books: Books,
    /// Sales orders.
    pub sales: Sales,
    /// Purchase orders.
    pub purchases: Purchases,
    /// Shops' sales.
    pub shops: Shops,
    /// Opportunities.
    pub leads: Arena<Lead>,
    queue: BTreeMap<(i64, u64), Event>,
    queued: u64,
}

impl World {
    /// The company on its first morning.
    pub fn new(calendar: Calendar, scale: Scale, sales: Option<i64>, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let rates = Rates::new(&calendar, &mut dice);
        let goods = Goods::new(scale.products, &rates, calendar.first * DAY, &mut dice);
        let plan = Plan { sellers: scale.sellers, customers: scale.customers, sales };
        let parties = Parties::new(&plan, &calendar, &mut dice);
        let places = Places::new(scale.large, scale.shelves);
        let stock = Stock::new(&places, &goods);
        let mut world = Self {
            books: Books::new(),
            sales: Sales::new(),
            purchases: Purchases::new(),
            shops: Shops::new(),
            leads: Arena::new(1),
            queue: BTreeMap::new(),
            queued: 0,
            dice,
            calendar,
            scale,
            rates,
            goods,
            parties,
            places,
            stock,
        };
        world.open();
        world
    }

    /// Plans an event.
    pub fn plan(&mut self, at: i64, event: Event) {
        self.queued += 1;
        self.queue.insert((at, self.queued), event);
    }

    /// An instant some days later, at an hour of offices.
    pub fn later(&mut self, at: i64, days: (i64, i64)) -> i64 {
        at + self.dice.between(days.0, days.1) * DAY + self.dice.between(-90, 90) * MINUTE
    }

    /// Lets events happen until so many movements wait to be written; false when now is reached.
    pub fn live(&mut self, movements: usize) -> bool {
        while let Some(entry) = self.queue.first_entry() {
            let (at, _) = *entry.key();
            if at > self.calendar.now {
                break;
            }
            let event = entry.remove();
            self.happen(at, event);
            if self.stock.movements.len() >= movements {
                return true;
            }
        }
        self.finish();
        false
    }

    fn open(&mut self) {
        self.books.open(&self.calendar);
        self.opening_stock();
        for day in self.calendar.first..=self.calendar.last {
            self.plan(day * DAY, Event::Day(day));
        }
    }

    fn happen(&mut self, at: i64, event: Event) {
        match event {
            Event::Day(day) => self.begin_day(day),
            Event::Quote(company) => self.quote(company, at),
            Event::Lead(company) => self.lead(company, at),
            Event::LeadDecided(lead) => self.decide_lead(lead, at),
            Event::Confirm(order) => self.confirm_sale(order, at),
            Event::Cancel(order) => self.cancel_sale(order),
            Event::Deliver(picking) => self.deliver(picking, at),
            Event::Invoice(order) => self.invoice_sale(order, at),
            Event::Pay(entry, share) => self.pay(entry, share, at),
            Event::Reverse(entry) => self.reverse(entry, at),
            Event::Reorder(place) => self.reorder(place, at),
            Event::Approve(order) => self.approve(order, at),
            Event::Receive(picking) => self.receive(picking, at),
            Event::Bill(order) => self.bill(order, at),
            Event::PutAway(place) => self.put_away(place, at),
            Event::Rearrange(place) => self.rearrange(place, at),
            Event::Count(place) => self.count_stock(place, at),
            Event::Refill(place) => self.refill(place, at),
            Event::Close(place, day) => self.shop_day(place, day, at),
            Event::Expenses(company) => self.expenses(company, at),
        }
    }

    /// What is under way now, and so has neither happened nor been left out.
    fn finish(&mut self) {
        for place in self.places.shops().collect::<Vec<_>>() {
            self.shop_day(place, self.calendar.last, self.calendar.now);
            self.planned_refill(place);
        }
        for place in self.places.mains().collect::<Vec<_>>() {
            self.drafted_transfer(place);
        }
        self.finish_transfers();
        self.finish_sales();
        self.finish_books();
    }
}
