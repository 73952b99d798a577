//! Where goods lie: warehouses and shops, their locations, and the places outside.

use chrono_tz::Tz;

use super::arena::Arena;
use super::company::{BERLIN, NEW_YORK};
use super::rows::{Location, Warehouse};

/// Location of everything that vendors still have.
pub const VENDORS: i64 = 1;
/// Location of everything that customers have.
pub const CUSTOMERS: i64 = 2;
/// Location that makes good what a count found.
pub const ADJUSTMENT: i64 = 3;

/// A warehouse or shop, as far as moving goods is concerned.
pub struct Place {
    /// Its company.
    pub company: i64,
    /// Short name, which its transfers' numbers begin with.
    pub code: &'static str,
    /// Its time zone.
    pub zone: Tz,
    /// A shop's warehouse, from which it is filled; `None` for a warehouse.
    pub filled_from: Option<i64>,
    /// Where receipts arrive.
    pub input: i64,
    /// Where goods can be taken from, in that order.
    pub bins: Vec<i64>,
}

/// All places.
pub struct Places {
    /// Warehouses, as rows.
    pub warehouses: Arena<Warehouse>,
    /// The same, as used.
    pub places: Arena<Place>,
    /// Locations, as rows.
    pub locations: Arena<Location>,
}

struct Site {
    name: &'static str,
    code: &'static str,
    city: &'static str,
    company: i64,
    zone: Tz,
    filled_from: Option<i64>,
}

macro_rules! sites {
    ($($name:literal $code:literal $city:literal $company:ident $zone:expr, $from:expr;)*) => {
        [$(Site { name: $name, code: $code, city: $city, company: $company, zone: $zone, filled_from: $from }),*]
    };
}

const SMALL: [Site; 5] = sites! {
    "Berlin Central Warehouse" "BER" "Berlin" BERLIN Tz::Europe__Berlin, None;
    "London Depot" "LON" "London" BERLIN Tz::Europe__London, None;
    "New York Warehouse" "NYC" "New York" NEW_YORK Tz::America__New_York, None;
    "Berlin Mitte Shop" "SBM" "Berlin" BERLIN Tz::Europe__Berlin, Some(1);
    "Brooklyn Shop" "SBK" "New York" NEW_YORK Tz::America__New_York, Some(3);
};

const MORE: [Site; 4] = sites! {
    "Hamburg Altona Shop" "SHA" "Hamburg" BERLIN Tz::Europe__Berlin, Some(1);
    "Munich Schwabing Shop" "SMS" "Munich" BERLIN Tz::Europe__Berlin, Some(1);
    "Cologne Arcade Shop" "SCA" "Cologne" BERLIN Tz::Europe__Berlin, Some(1);
    "Boston Harbor Shop" "SBO" "Boston" NEW_YORK Tz::America__New_York, Some(3);
};

impl Places {
    /// The places of a small or a large company, with so many shelves in each warehouse.
    pub fn new(large: bool, shelves: usize) -> Self {
        let mut all = Self { warehouses: Arena::new(1), places: Arena::new(1), locations: Arena::new(1) };
        for (name, usage) in
            [("Vendors", "supplier"), ("Customers", "customer"), ("Inventory adjustment", "inventory")]
        {
            all.location(name.to_owned(), usage, None, None);
        }
        for site in SMALL.iter().chain(MORE.iter().filter(|_| large)) {
            all.build(site, shelves);
        }
        all
    }

    fn build(&mut self, site: &Site, shelves: usize) {
        let at = Some((self.warehouses.next_id(), site.company));
        let view = self.location(site.code.to_owned(), "view", None, at);
        let stock = self.location("Stock".to_owned(), "internal", Some(view), at);
        let (input, bins) = if site.filled_from.is_some() {
            (stock, vec![stock])
        } else {
            let input = self.location("Input".to_owned(), "internal", Some(view), at);
            let shelf = |n| self.location(format!("Shelf {}", n + 1), "internal", Some(stock), at);
            (input, (0..shelves).map(shelf).collect())
        };
        self.warehouses.push(|id| Warehouse {
            id,
            name: site.name,
            code: site.code,
            company_id: site.company,
            city: site.city,
            tz: site.zone.name(),
            lot_stock_id: stock,
            active: true,
        });
        self.places.push(|_| Place {
            company: site.company,
            code: site.code,
            zone: site.zone,
            filled_from: site.filled_from,
            input,
            bins,
        });
    }

    fn location(
        &mut self,
        name: String,
        usage: &'static str,
        above: Option<i64>,
        of: Option<(i64, i64)>,
    ) -> i64 {
        let complete_name = match above {
            Some(above) => format!("{}/{name}", self.locations[above].complete_name),
            None => name.clone(),
        };
        self.locations.push(|id| Location {
            id,
            name,
            complete_name,
            usage,
            location_id: above,
            warehouse_id: of.map(|(warehouse, _)| warehouse),
            company_id: of.map(|(_, company)| company),
            active: true,
        })
    }

    /// Warehouses that hold a company's goods, without its shops.
    pub fn mains(&self) -> impl Iterator<Item = i64> + '_ {
        self.places.ids().filter(|id| self.places[*id].filled_from.is_none())
    }

    /// Shops.
    pub fn shops(&self) -> impl Iterator<Item = i64> + '_ {
        self.places.ids().filter(|id| self.places[*id].filled_from.is_some())
    }
}
