//! What happens inside: opening stock, put-away, rearranging, counting, filling up the shops.

use super::calendar::{DAY, MINUTE};
use super::places::ADJUSTMENT;
use super::stock::{Head, Planned, Shift};
use super::transfers::Opening;
use super::world::World;

impl World {
    /// What the company begins with: some two months' needs in the warehouses, some two weeks' in the shops.
    pub fn opening_stock(&mut self) {
        let at = self.calendar.first * DAY + 5 * 60 * MINUTE;
        let total: i64 = self.goods.wanted.iter().map(|(_, weight)| weight).sum();
        let quotes: i64 = self.scale.quotes.iter().sum();
        for place in self.places.places.ids() {
            let shop = self.places.places[place].filled_from.is_some();
            let head = self.adjustment(place, at, "Opening inventory");
            let bins = self.places.places[place].bins.clone();
            // Order lines of thirty days, in thousandths.
            let lines = if shop { self.scale.receipts * 30 * 2 } else { quotes * 22 };
            for (product, weight) in self.goods.wanted_goods.clone() {
                if shop && !self.in_shops(product) {
                    continue;
                }
                let each = if shop { 1_500 } else { self.goods.order_quantity(product, &mut self.dice) };
                let monthly = lines * weight / total * each / 1000;
                self.stock.usage.set(place, product, monthly);
                let months = if shop { 600 } else { 2_500 };
                let quantity = (monthly * months / 1_000_000 + 3) * 1000;
                let to = *self.dice.pick(&bins);
                self.stock.shift(&self.goods, &head, Shift { product, quantity, from: ADJUSTMENT, to });
            }
        }
    }

    fn adjustment(&self, place: i64, date: i64, what: &str) -> Head {
        Head {
            date,
            reference: format!("{what} {}", self.places.places[place].code).into(),
            place,
            company: self.places.places[place].company,
            picking: None,
            kind: "adjustment",
            state: "done",
            partner: None,
        }
    }

    /// Shops sell what people carry home.
    pub fn in_shops(&self, product: i64) -> bool {
        let good = &self.goods.goods[product];
        !good.service && good.uom != "m" && good.price < 30_000
    }

    /// Moves what has arrived to the shelves.
    pub fn put_away(&mut self, place: i64, at: i64) {
        let input = self.places.places[place].input;
        let bins = self.places.places[place].bins.clone();
        let waiting: Vec<(i64, i64)> = self
            .goods
            .wanted_goods
            .iter()
            .map(|(product, _)| (*product, self.stock.free(input, *product)))
            .filter(|(_, quantity)| *quantity > 0)
            .collect();
        if waiting.is_empty() {
            return;
        }
        let route = (input, self.places.warehouses[place].lot_stock_id);
        let picking = self.internal(place, at, route);
        let head = self.head(picking, at, "done");
        for (product, quantity) in waiting {
            let to = *self.dice.pick(&bins);
            self.stock.shift(&self.goods, &head, Shift { product, quantity, from: input, to });
        }
        self.close(picking, at);
    }

    /// Moves goods from shelf to shelf.
    pub fn rearrange(&mut self, place: i64, at: i64) {
        let bins = self.places.places[place].bins.clone();
        let mut shifts: Vec<Shift> = Vec::new();
        for _ in 0..self.scale.rearranged * 2 {
            if i64::try_from(shifts.len()).unwrap_or(0) >= self.scale.rearranged {
                break;
            }
            let (product, _) = *self.dice.pick(&self.goods.wanted_goods);
            let (from, to) = (*self.dice.pick(&bins), *self.dice.pick(&bins));
            let units = self.stock.free(from, product) / 1000;
            if from == to || units < 1 || shifts.iter().any(|s| s.product == product) {
                continue;
            }
            let quantity = self.dice.between(1, units) * 1000;
            shifts.push(Shift { product, quantity, from, to });
        }
        if shifts.is_empty() {
            return;
        }
        let stock = self.places.warehouses[place].lot_stock_id;
        let picking = self.internal(place, at, (stock, stock));
        let head = self.head(picking, at, "done");
        for shift in shifts {
            self.stock.shift(&self.goods, &head, shift);
        }
        self.close(picking, at);
    }

    /// Counts: now and then there is a little less, or a little more, than thought.
    pub fn count_stock(&mut self, place: i64, at: i64) {
        let bins = self.places.places[place].bins.clone();
        let head = self.adjustment(place, at, "Monthly count");
        for (product, _) in self.goods.wanted_goods.clone() {
            let bin = *self.dice.pick(&bins);
            let units = self.stock.free(bin, product) / 1000;
            if units < 5 || !self.dice.chance(40) {
                continue;
            }
            let quantity = self.dice.between(1, 2) * 1000;
            let (from, to) = if self.dice.chance(700) { (bin, ADJUSTMENT) } else { (ADJUSTMENT, bin) };
            self.stock.shift(&self.goods, &head, Shift { product, quantity, from, to });
        }
    }

    /// What a shop lacks, and its warehouse has.
    fn lacking(&self, place: i64) -> Vec<Planned> {
        let shop = &self.places.places[place];
        let Some(main) = shop.filled_from.map(|main| &self.places.places[main]) else { return Vec::new() };
        let mut planned = Vec::new();
        for (product, _) in &self.goods.wanted_goods {
            if !self.in_shops(*product) {
                continue;
            }
            let there = self.stock.available(shop, *product);
            let weekly = self.stock.usage.get(place, *product) * 7 / 30;
            if there > weekly.max(1_000) {
                continue;
            }
            let wish = ((weekly * 2 + 2_000 - there) / 1000 * 1000).min(self.stock.available(main, *product));
            if wish > 0 {
                planned.push(Planned { product: *product, quantity: wish, line: None });
            }
        }
        planned
    }

    /// Fills a shop up from its warehouse.
    pub fn refill(&mut self, place: i64, at: i64) {
        let planned = self.lacking(place);
        let Some(main) = self.places.places[place].filled_from.filter(|_| !planned.is_empty()) else {
            return;
        };
        let to = self.places.places[place].input;
        let picking = self.internal(main, at, (self.places.warehouses[main].lot_stock_id, to));
        if self.dice.chance(15) {
            self.stock.open.insert(picking, planned);
            self.cancel_transfer(picking);
            return;
        }
        let head = self.head(picking, at, "done");
        for part in planned {
            for (from, quantity) in self.stock.choose(&self.places.places[main], part.product, part.quantity)
            {
                self.stock.shift(&self.goods, &head, Shift { product: part.product, quantity, from, to });
                self.stock.usage.add(main, part.product, quantity);
            }
        }
        self.close(picking, at);
    }

    /// Somebody has begun to write down what is to change shelves.
    pub fn drafted_transfer(&mut self, place: i64) {
        let stock = self.places.warehouses[place].lot_stock_id;
        let picking = self.internal(place, self.calendar.now + DAY, (stock, stock));
        self.stock.pickings[picking].state = "draft";
        let products: Vec<i64> =
            self.goods.wanted_goods.iter().take(3).map(|(product, _)| *product).collect();
        let planned = products.into_iter().map(|product| Planned { product, quantity: 1_000, line: None });
        self.stock.open.insert(picking, planned.collect());
    }

    /// Tomorrow's filling up.
    pub fn planned_refill(&mut self, place: i64) {
        let planned = self.lacking(place);
        let Some(main) = self.places.places[place].filled_from.filter(|_| !planned.is_empty()) else {
            return;
        };
        let route = (self.places.warehouses[main].lot_stock_id, self.places.places[place].input);
        let picking = self.internal(main, self.calendar.now + DAY, route);
        self.stock.open.insert(picking, planned);
    }

    fn internal(&mut self, place: i64, scheduled: i64, route: (i64, i64)) -> i64 {
        self.open_transfer(Opening { place, kind: "internal", scheduled, route, partner: None, origin: None })
    }
}
