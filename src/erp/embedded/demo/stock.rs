//! What lies where, and every movement that brought it there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::arena::Arena;
use super::company::books_currency;
use super::goods::Goods;
use super::places::{Place, Places};
use super::rates::divide;
use super::rows::{Movement, Picking, Quant};
use crate::erp::embedded::rollup::{Changes, Fact};

/// A table of numbers by two ids.
pub struct Grid {
    width: usize,
    cells: Vec<i64>,
}

impl Grid {
    fn new(rows: i64, columns: i64) -> Self {
        let size = |n: i64| usize::try_from(n).unwrap_or(0) + 1;
        Self { width: size(columns), cells: vec![0; size(rows) * size(columns)] }
    }

    fn at(&self, row: i64, column: i64) -> usize {
        usize::try_from(row).unwrap_or(0) * self.width + usize::try_from(column).unwrap_or(0)
    }

    /// The number there.
    pub fn get(&self, row: i64, column: i64) -> i64 {
        self.cells.get(self.at(row, column)).copied().unwrap_or(0)
    }

    /// Changes the number there.
    pub fn set(&mut self, row: i64, column: i64, value: i64) {
        let at = self.at(row, column);
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = value;
        }
    }

    /// Adds to the number there.
    pub fn add(&mut self, row: i64, column: i64, more: i64) {
        self.set(row, column, self.get(row, column) + more);
    }

    /// Takes a thirtieth from every number: what it counts becomes a mean of about thirty days.
    fn fade(&mut self) {
        for cell in &mut self.cells {
            *cell -= *cell / 30;
        }
    }
}

/// A product that a transfer is to move.
#[derive(Clone, Copy)]
pub struct Planned {
    /// Product.
    pub product: i64,
    /// Thousandths of its unit.
    pub quantity: i64,
    /// Line of the order that wants it, if any.
    pub line: Option<i64>,
}

/// What all movements of one act have in common.
#[derive(Clone)]
pub struct Head {
    /// When.
    pub date: i64,
    /// Number of the transfer, or what the act is called.
    pub reference: Arc<str>,
    /// Whose people do it.
    pub place: i64,
    /// Company of the place.
    pub company: i64,
    /// Transfer, if it is one.
    pub picking: Option<i64>,
    /// `picking_type`
    pub kind: &'static str,
    /// `state`
    pub state: &'static str,
    /// Customer or vendor.
    pub partner: Option<i64>,
}

/// One product from one location to another.
#[derive(Clone, Copy)]
pub struct Shift {
    /// Product.
    pub product: i64,
    /// Thousandths of its unit.
    pub quantity: i64,
    /// Location it leaves.
    pub from: i64,
    /// Location it reaches.
    pub to: i64,
}

/// Stock of all places.
pub struct Stock {
    on_hand: Grid,
    reserved: Grid,
    last_in: Grid,
    internal: Vec<bool>,
    /// Used in about thirty days, by place and product.
    pub usage: Grid,
    /// Ordered from vendors and not received, by place and product.
    pub coming: Grid,
    /// Promised to customers and not delivered, by place and product.
    pub promised: Grid,
    /// Transfers.
    pub pickings: Arena<Picking>,
    /// What open transfers are to move.
    pub open: BTreeMap<i64, Vec<Planned>>,
    /// Movements not yet written to the database.
    pub movements: Vec<Movement>,
    /// Number of movements so far.
    pub count: i64,
    /// Sums of all movements so far.
    pub changes: Changes,
    numbers: BTreeMap<(i64, &'static str), i64>,
}

impl Stock {
    /// Empty places.
    pub fn new(places: &Places, goods: &Goods) -> Self {
        let (locations, products) = (places.locations.next_id(), goods.goods.next_id());
        let sites = places.places.next_id();
        Self {
            on_hand: Grid::new(locations, products),
            reserved: Grid::new(locations, products),
            last_in: Grid::new(locations, products),
            internal: std::iter::once(false)
                .chain(places.locations.rows().iter().map(|l| l.usage == "internal"))
                .collect(),
            usage: Grid::new(sites, products),
            coming: Grid::new(sites, products),
            promised: Grid::new(sites, products),
            pickings: Arena::new(1),
            open: BTreeMap::new(),
            movements: Vec::new(),
            count: 0,
            changes: Changes::default(),
            numbers: BTreeMap::new(),
        }
    }

    /// A new transfer's number.
    pub fn number(&mut self, code: &str, place: i64, kind: &'static str) -> Arc<str> {
        let number = self.numbers.entry((place, kind)).or_insert(0);
        *number += 1;
        let short = match kind {
            "incoming" => "IN",
            "outgoing" => "OUT",
            _ => "INT",
        };
        format!("{code}/{short}/{number:05}").into()
    }

    /// What can be taken at a place: on hand in its bins and not reserved.
    pub fn available(&self, place: &Place, product: i64) -> i64 {
        place.bins.iter().map(|bin| self.free(*bin, product)).sum()
    }

    /// What can be taken from one location.
    pub fn free(&self, location: i64, product: i64) -> i64 {
        self.on_hand.get(location, product) - self.reserved.get(location, product)
    }

    /// On hand at a place, what has just arrived included.
    pub fn at_place(&self, place: &Place, product: i64) -> i64 {
        let arrived = if place.bins.contains(&place.input) { 0 } else { self.free(place.input, product) };
        self.available(place, product) + arrived
    }

    /// From which bins so much can be taken; less where there is less.
    pub fn choose(&self, place: &Place, product: i64, quantity: i64) -> Vec<(i64, i64)> {
        let mut left = quantity;
        let mut chosen = Vec::new();
        for bin in &place.bins {
            let take = self.free(*bin, product).min(left);
            if take > 0 {
                chosen.push((*bin, take));
                left -= take;
            }
        }
        chosen
    }

    /// Keeps goods for an open transfer.
    pub fn reserve(&mut self, location: i64, product: i64, quantity: i64) {
        self.reserved.add(location, product, quantity);
    }

    /// A movement: changes the stock if it is done.
    pub fn shift(&mut self, goods: &Goods, head: &Head, shift: Shift) {
        let good = &goods.goods[shift.product];
        if head.state == "done" {
            self.on_hand.add(shift.from, shift.product, -shift.quantity);
            self.on_hand.add(shift.to, shift.product, shift.quantity);
            self.last_in.set(shift.to, shift.product, head.date);
        }
        self.count += 1;
        let movement = Movement {
            id: self.count,
            date: head.date,
            reference: Arc::clone(&head.reference),
            product_id: shift.product,
            categ_id: good.category,
            quantity: shift.quantity,
            uom: good.uom,
            location_id: shift.from,
            location_dest_id: shift.to,
            warehouse_id: head.place,
            company_id: head.company,
            picking_id: head.picking,
            picking_type: head.kind,
            state: head.state,
            partner_id: head.partner,
            value: divide(shift.quantity * good.cost_in(head.company), 1000),
            currency_id: books_currency(head.company),
        };
        self.changes.add(&Fact {
            company_id: movement.company_id,
            date: movement.date,
            product_id: movement.product_id,
            warehouse_id: movement.warehouse_id,
            picking_type: Cow::Borrowed(movement.picking_type),
            state: Cow::Borrowed(movement.state),
            currency_id: movement.currency_id,
            quantity: movement.quantity,
            value: movement.value,
        });
        self.movements.push(movement);
    }

    /// A day has passed.
    pub fn fade(&mut self) {
        self.usage.fade();
    }

    /// What lies in the end at each internal location.
    pub fn quants(&self, places: &Places, goods: &Goods) -> Vec<Quant> {
        let mut rows = Vec::new();
        for location in places.locations.rows().iter().filter(|l| self.is_internal(l.id)) {
            for product in goods.goods.ids() {
                let quantity = self.on_hand.get(location.id, product);
                if quantity == 0 {
                    continue;
                }
                let good = &goods.goods[product];
                let company = location.company_id.unwrap_or_default();
                rows.push(Quant {
                    id: i64::try_from(rows.len()).unwrap_or(0) + 1,
                    product_id: product,
                    location_id: location.id,
                    warehouse_id: location.warehouse_id,
                    company_id: location.company_id,
                    quantity,
                    reserved_quantity: self.reserved.get(location.id, product),
                    uom: good.uom,
                    value: divide(quantity * good.cost_in(company), 1000),
                    currency_id: books_currency(company),
                    in_date: Some(self.last_in.get(location.id, product)),
                });
            }
        }
        rows
    }

    fn is_internal(&self, location: i64) -> bool {
        usize::try_from(location).ok().and_then(|at| self.internal.get(at)).copied().unwrap_or(false)
    }
}
