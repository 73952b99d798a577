//! What a day brings: planned when it begins.

use super::calendar::{Calendar, date};
use super::company::{BERLIN, NEW_YORK};
use super::world::{Event, World};
use chrono::{Datelike, Weekday};
use chrono_tz::Tz;

/// Time zone that a company's office works in.
pub const fn office(company: i64) -> Tz {
    if company == NEW_YORK { Tz::America__New_York } else { Tz::Europe__Berlin }
}

impl World {
    /// Plans the day's events.
    pub fn begin_day(&mut self, day: i64) {
        self.stock.fade();
        for (company, quotes, leads) in [
            (BERLIN, self.scale.quotes[0], self.scale.leads[0]),
            (NEW_YORK, self.scale.quotes[1], self.scale.leads[1]),
        ] {
            let business = self.calendar.business(day, false);
            self.spread(company, day, quotes * business / 1000, Event::Quote(company));
            self.spread(company, day, leads * business / 1000, Event::Lead(company));
            if date(day).day() == 1 {
                let at = Calendar::local(office(company), day).minute(9 * 60);
                self.plan(at, Event::Expenses(company));
            }
        }
        self.warehouses(day);
        for place in self.places.shops().collect::<Vec<_>>() {
            let local = Calendar::local(self.places.places[place].zone, day);
            self.plan(local.minute(8 * 60), Event::Refill(place));
            self.plan(local.minute(20 * 60 + 30), Event::Close(place, day));
        }
    }

    fn spread(&mut self, company: i64, day: i64, thousandths: i64, event: Event) {
        let local = Calendar::local(office(company), day);
        for _ in 0..self.dice.round(thousandths) {
            let minute = self.dice.between(8 * 60, 19 * 60);
            self.plan(local.minute(minute), event);
        }
    }

    fn warehouses(&mut self, day: i64) {
        let mains: Vec<i64> = self.places.mains().collect();
        let passed = day - self.calendar.first + 1;
        let whole = self.calendar.last - self.calendar.first + 1;
        let missing = (self.scale.movements * passed / whole - self.stock.count).max(0);
        let count = i64::try_from(mains.len()).unwrap_or(1);
        let today = date(day);
        for place in mains {
            let local = Calendar::local(self.places.places[place].zone, day);
            self.plan(local.minute(7 * 60), Event::PutAway(place));
            if today.weekday() == Weekday::Mon {
                self.plan(local.minute(6 * 60 + 30), Event::Reorder(place));
            }
            if today.day() == 28 {
                self.plan(local.minute(21 * 60), Event::Count(place));
            }
            for _ in 0..self.dice.round(missing * 1000 / count / self.scale.rearranged) {
                let minute = self.dice.between(6 * 60, 23 * 60 + 30);
                self.plan(local.minute(minute), Event::Rearrange(place));
            }
        }
    }
}
