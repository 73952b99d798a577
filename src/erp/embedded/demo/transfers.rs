//! Transfers: deliveries and receipts, whole or in part, late, cancelled or still open.

use std::sync::Arc;

use super::calendar::DAY;
use super::places::{CUSTOMERS, VENDORS};
use super::rows::Picking;
use super::stock::{Head, Planned, Shift};
use super::world::{Event, World};

/// A transfer to be made.
pub struct Opening {
    /// Whose people do it.
    pub place: i64,
    /// `picking_type`
    pub kind: &'static str,
    /// When it is due.
    pub scheduled: i64,
    /// From and to.
    pub route: (i64, i64),
    /// Customer or vendor.
    pub partner: Option<i64>,
    /// Number of the order that asks for it.
    pub origin: Option<Arc<str>>,
}

impl World {
    /// Makes a transfer, `assigned`, with nothing to move yet.
    pub fn open_transfer(&mut self, opening: Opening) -> i64 {
        let place = &self.places.places[opening.place];
        let name = self.stock.number(place.code, opening.place, opening.kind);
        let priority = if self.dice.chance(60) { "1" } else { "0" };
        let user = *self.dice.pick(self.parties.sellers_of(place.company));
        let company_id = place.company;
        self.stock.pickings.push(|id| Picking {
            id,
            name,
            picking_type: opening.kind,
            state: "assigned",
            partner_id: opening.partner,
            scheduled_date: opening.scheduled,
            date_done: None,
            origin: opening.origin,
            location_id: opening.route.0,
            location_dest_id: opening.route.1,
            warehouse_id: opening.place,
            company_id,
            user_id: Some(user),
            sale_id: None,
            purchase_id: None,
            backorder_id: None,
            priority,
        })
    }

    /// The rest of a transfer that was done in part.
    fn back_order(&mut self, picking: i64, rest: Vec<Planned>, due: i64) -> i64 {
        let row = self.stock.pickings[picking].clone();
        let later = self.open_transfer(Opening {
            place: row.warehouse_id,
            kind: row.picking_type,
            scheduled: due,
            route: (row.location_id, row.location_dest_id),
            partner: row.partner_id,
            origin: row.origin,
        });
        let new = &mut self.stock.pickings[later];
        (new.sale_id, new.purchase_id) = (row.sale_id, row.purchase_id);
        new.backorder_id = Some(picking);
        self.stock.open.insert(later, rest);
        later
    }

    /// What the movements of a transfer have in common.
    pub fn head(&self, picking: i64, date: i64, state: &'static str) -> Head {
        let row = &self.stock.pickings[picking];
        Head {
            date,
            reference: Arc::clone(&row.name),
            place: row.warehouse_id,
            company: row.company_id,
            picking: Some(picking),
            kind: row.picking_type,
            state,
            partner: row.partner_id,
        }
    }

    /// Opens the delivery of a confirmed order; false if there is nothing to move.
    pub fn open_delivery(&mut self, order: i64, at: i64) -> bool {
        let lines = self.sales.lines_of(order);
        let planned: Vec<Planned> = lines
            .map(|line| (line, &self.sales.lines[line]))
            .filter(|(_, row)| !self.goods.goods[row.product_id].service)
            .map(|(line, row)| Planned {
                product: row.product_id,
                quantity: row.product_uom_qty,
                line: Some(line),
            })
            .collect();
        if planned.is_empty() {
            return false;
        }
        let (place, partner) = (self.sales.orders[order].warehouse_id, self.sales.orders[order].partner_id);
        let scheduled = self.later(at, (1, 5)).max(at + 2 * 3_600_000);
        let route = (self.places.warehouses[place].lot_stock_id, CUSTOMERS);
        let origin = Some(self.sale_name(order));
        let picking = self.open_transfer(Opening {
            place,
            kind: "outgoing",
            scheduled,
            route,
            partner: Some(partner),
            origin,
        });
        self.stock.pickings[picking].sale_id = Some(order);
        for part in &planned {
            self.stock.promised.add(place, part.product, part.quantity);
        }
        self.stock.open.insert(picking, planned);
        let late = if self.dice.chance(120) { self.dice.between(1, 4) } else { 0 };
        self.plan(scheduled + late * DAY, Event::Deliver(picking));
        true
    }

    /// Delivers what there is; the rest becomes a back order.
    pub fn deliver(&mut self, picking: i64, at: i64) {
        let Some(planned) = self.stock.open.remove(&picking) else { return };
        let place_id = self.stock.pickings[picking].warehouse_id;
        let place = &self.places.places[place_id];
        if planned.iter().all(|part| self.stock.available(place, part.product) <= 0) {
            self.stock.pickings[picking].state = "waiting";
            self.stock.open.insert(picking, planned);
            self.plan(at + 3 * DAY, Event::Deliver(picking));
            return;
        }
        let head = self.head(picking, at, "done");
        let mut rest = Vec::new();
        for part in planned {
            let mut left = part.quantity;
            for (from, quantity) in
                self.stock.choose(&self.places.places[place_id], part.product, part.quantity)
            {
                left -= quantity;
                self.stock.shift(
                    &self.goods,
                    &head,
                    Shift { product: part.product, quantity, from, to: CUSTOMERS },
                );
            }
            let moved = part.quantity - left;
            self.stock.promised.add(place_id, part.product, -moved);
            self.stock.usage.add(place_id, part.product, moved);
            if let Some(line) = part.line {
                self.sales.lines[line].qty_delivered += moved;
            }
            if left > 0 {
                rest.push(Planned { quantity: left, ..part });
            }
        }
        self.close(picking, at);
        if !rest.is_empty() {
            let later = self.back_order(picking, rest, at + 4 * DAY);
            self.plan(at + 4 * DAY, Event::Deliver(later));
        }
        if let Some(order) = self.stock.pickings[picking].sale_id {
            self.render_services(order);
            if self.dice.chance(975) {
                let when = self.later(at, (0, 3)).max(at + 60_000);
                self.plan(when, Event::Invoice(order));
            }
        }
    }

    /// Takes in what a vendor sent, now and then not all of it.
    pub fn receive(&mut self, picking: i64, at: i64) {
        let Some(planned) = self.stock.open.remove(&picking) else { return };
        let place = self.stock.pickings[picking].warehouse_id;
        let to = self.places.places[place].input;
        let partial = self.dice.chance(80);
        let head = self.head(picking, at, "done");
        let mut rest = Vec::new();
        for part in planned {
            // Vendors are asked for whole units only.
            let quantity =
                if partial { (part.quantity * 6 / 10_000 * 1000).max(1000) } else { part.quantity };
            if quantity > 0 {
                self.stock.shift(
                    &self.goods,
                    &head,
                    Shift { product: part.product, quantity, from: VENDORS, to },
                );
            }
            self.stock.coming.add(place, part.product, -quantity);
            if let Some(line) = part.line {
                self.purchases.lines[line].qty_received += quantity;
            }
            if quantity < part.quantity {
                rest.push(Planned { quantity: part.quantity - quantity, ..part });
            }
        }
        self.close(picking, at);
        if !rest.is_empty() {
            let due = self.later(at, (5, 12));
            if self.dice.chance(100) {
                // The vendor keeps them waiting: nobody counts on it any more.
                for part in &rest {
                    self.stock.coming.add(place, part.product, -part.quantity);
                }
                self.back_order(picking, rest, due);
            } else {
                let later = self.back_order(picking, rest, due);
                self.plan(due, Event::Receive(later));
            }
        }
        if let Some(order) = self.stock.pickings[picking].purchase_id {
            let when = self.later(at, (1, 6));
            self.plan(when, Event::Bill(order));
        }
    }

    /// A transfer is done.
    pub fn close(&mut self, picking: i64, at: i64) {
        let row = &mut self.stock.pickings[picking];
        row.state = "done";
        row.date_done = Some(at);
    }

    /// The delivery of a cancelled order will not take place.
    pub fn cancel_delivery(&mut self, order: i64) {
        let open: Vec<i64> = self
            .stock
            .open
            .keys()
            .copied()
            .filter(|p| self.stock.pickings[*p].sale_id == Some(order))
            .collect();
        for picking in open {
            self.cancel_transfer(picking);
        }
    }

    /// An open transfer will not take place.
    pub fn cancel_transfer(&mut self, picking: i64) {
        let planned = self.stock.open.remove(&picking).unwrap_or_default();
        self.stock.pickings[picking].state = "cancel";
        let row = &self.stock.pickings[picking];
        let (place, from, to, outgoing) =
            (row.warehouse_id, row.location_id, row.location_dest_id, row.picking_type == "outgoing");
        let head = self.head(picking, row.scheduled_date, "cancel");
        for part in planned {
            if outgoing {
                self.stock.promised.add(place, part.product, -part.quantity);
            }
            let shift = Shift { product: part.product, quantity: part.quantity, from, to };
            self.stock.shift(&self.goods, &head, shift);
        }
    }

    /// Writes what open transfers are to move, and reserves what there is for them.
    pub fn finish_transfers(&mut self) {
        for (picking, planned) in std::mem::take(&mut self.stock.open) {
            let row = self.stock.pickings[picking].clone();
            let outgoing = row.picking_type != "incoming";
            let place = &self.places.places[row.warehouse_id];
            let all_there =
                planned.iter().all(|part| self.stock.available(place, part.product) >= part.quantity);
            let state = match row.state {
                "draft" => "draft",
                _ if !outgoing => "assigned",
                _ if !all_there => "waiting",
                _ if self.dice.chance(150) => "confirmed",
                _ => "assigned",
            };
            self.stock.pickings[picking].state = state;
            let head = self.head(picking, row.scheduled_date, state);
            for part in planned {
                let parts = if outgoing && state == "assigned" {
                    self.stock.choose(&self.places.places[row.warehouse_id], part.product, part.quantity)
                } else {
                    vec![(row.location_id, part.quantity)]
                };
                for (from, quantity) in parts {
                    let to = row.location_dest_id;
                    if outgoing && state == "assigned" {
                        self.stock.reserve(from, part.product, quantity);
                    }
                    self.stock.shift(&self.goods, &head, Shift { product: part.product, quantity, from, to });
                }
            }
        }
    }
}
