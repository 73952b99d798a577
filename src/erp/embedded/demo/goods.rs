//! What the company trades in: a tree of categories and the products in it.

use super::arena::Arena;
use super::company::{BERLIN, NEW_YORK};
use super::dice::Dice;
use super::rates::{EUR, Rates, USD};
use super::rows::{Category, Product};

/// A category at a leaf of the tree: what is in it, and who supplies it.
struct Leaf {
    above: &'static str,
    name: &'static str,
    code: &'static str,
    uom: &'static str,
    /// Sales price, in cents of a euro, from and to.
    price: (i64, i64),
    /// Grams of a unit, from and to; 0 for services.
    grams: (i64, i64),
    /// Vendors, as numbers in [`super::names::VENDORS`].
    vendors: [usize; 2],
    nouns: [&'static str; 6],
    variants: [&'static str; 4],
}

macro_rules! leaves {
    ($($above:literal / $name:literal $code:literal $uom:literal $price:expr, $grams:expr, $vendors:expr, $nouns:expr, $variants:expr;)*) => {
        const LEAVES: &[Leaf] = &[$(Leaf {
            above: $above, name: $name, code: $code, uom: $uom, price: $price, grams: $grams, vendors: $vendors,
            nouns: $nouns, variants: $variants,
        }),*];
    };
}

leaves! {
    "Office Furniture" / "Chairs" "CH" "unit" (8_900, 64_900), (7_000, 24_000), [0, 1],
        ["Ergo Task Chair", "Conference Chair", "Executive Chair", "Visitor Chair", "Saddle Stool", "Lounge Chair"],
        ["black", "grey", "blue", "oak"];
    "Office Furniture" / "Desks" "DE" "unit" (19_900, 129_900), (22_000, 70_000), [0, 3],
        ["Sit-Stand Desk", "Corner Desk", "Bench Desk", "Writing Desk", "Meeting Table", "Reception Desk"],
        ["120 cm", "140 cm", "160 cm", "180 cm"];
    "Office Furniture" / "Storage" "ST" "unit" (4_900, 49_900), (9_000, 60_000), [2, 17],
        ["Filing Cabinet", "Bookcase", "Locker", "Mobile Pedestal", "Shelf Unit", "Wardrobe"],
        ["white", "black", "oak", "walnut"];
    "Electronics" / "Monitors" "MO" "unit" (12_900, 89_900), (3_000, 9_000), [4, 6],
        ["Office Monitor", "Curved Monitor", "Studio Monitor", "Portable Monitor", "Touch Display", "Wall Display"],
        ["24 inch", "27 inch", "32 inch", "43 inch"];
    "Electronics" / "Accessories" "AC" "unit" (990, 14_900), (80, 1_200), [5, 6],
        ["Wireless Keyboard", "Ergonomic Mouse", "USB-C Dock", "Headset", "Webcam", "Laptop Stand"],
        ["basic", "plus", "pro", "travel"];
    "Electronics" / "Cable" "CA" "m" (120, 900), (40, 180), [16, 18],
        ["Network Cable Cat 6", "Network Cable Cat 7", "Power Cable", "Fibre Cable", "Speaker Cable", "Coaxial Cable"],
        ["grey", "blue", "yellow", "outdoor"];
    "Pantry" / "Coffee and Tea" "CO" "kg" (1_200, 4_200), (1_000, 1_000), [7, 9],
        ["Espresso Beans", "Filter Coffee", "Decaf Beans", "Green Tea", "Earl Grey", "Herbal Tea"],
        ["Brazil", "Ethiopia", "organic", "house blend"];
    "Pantry" / "Drinks" "DR" "l" (90, 650), (1_000, 1_000), [8, 19],
        ["Apple Juice", "Orange Juice", "Sparkling Water", "Still Water", "Oat Drink", "Lemonade"],
        ["classic", "organic", "light", "family"];
    "Lighting" / "Lamps" "LA" "unit" (1_900, 39_900), (400, 6_000), [10, 11],
        ["Desk Lamp", "Floor Lamp", "Pendant Lamp", "Panel Light", "Track Light", "Wall Lamp"],
        ["warm white", "daylight", "dimmable", "smart"];
    "Stationery" / "Paper and Pens" "PA" "unit" (190, 4_900), (50, 2_500), [12, 13],
        ["Copy Paper A4", "Notebook", "Ballpoint Pens", "Sticky Notes", "Ring Binder", "Whiteboard Markers"],
        ["standard", "recycled", "premium", "value pack"];
    "Workshop" / "Tools" "TO" "unit" (900, 29_900), (200, 5_000), [14, 15],
        ["Cordless Drill", "Screwdriver Set", "Socket Set", "Tape Measure", "Spirit Level", "Jigsaw"],
        ["compact", "standard", "heavy duty", "professional"];
    "Services" / "Installation" "SE" "hour" (4_500, 14_500), (0, 0), [14, 15],
        ["Furniture Assembly", "Lighting Plan", "Cabling Work", "Delivery to Desk", "Ergonomics Training", "Maintenance"],
        ["weekday", "weekend", "express", "contract"];
}

/// A product, as far as trading it is concerned.
pub struct Good {
    /// Its category.
    pub category: i64,
    /// Its unit.
    pub uom: &'static str,
    /// Nothing to move.
    pub service: bool,
    /// Sales price in cents of a euro.
    pub price: i64,
    /// Cost of a unit in each company's books, in cents: Berlin, New York.
    pub cost: [i64; 2],
    /// Who is asked to supply it, as numbers in [`super::names::VENDORS`]: Berlin's, New York's.
    pub vendor: [usize; 2],
}

impl Good {
    /// Cost of a unit in a company's books, in cents.
    pub const fn cost_in(&self, company: i64) -> i64 {
        let [berlin, york] = self.cost;
        if company == NEW_YORK { york } else { berlin }
    }

    /// Who supplies a company with it.
    pub const fn vendor_of(&self, company: i64) -> usize {
        let [berlin, york] = self.vendor;
        if company == BERLIN { berlin } else { york }
    }
}

/// Categories and products.
pub struct Goods {
    /// The tree, parents first.
    pub categories: Vec<Category>,
    /// Products, as rows.
    pub products: Arena<Product>,
    /// The same, as traded.
    pub goods: Arena<Good>,
    /// Products with their weights, to choose from.
    pub wanted: Vec<(i64, i64)>,
    /// Goods alone, without services.
    pub wanted_goods: Vec<(i64, i64)>,
}

impl Goods {
    /// So many products, spread over the tree.
    pub fn new(count: usize, rates: &Rates, created: i64, dice: &mut Dice) -> Self {
        let (categories, leaf_ids) = tree();
        let mut all = Self {
            categories,
            products: Arena::new(1),
            goods: Arena::new(1),
            wanted: Vec::new(),
            wanted_goods: Vec::new(),
        };
        let mut ranks: Vec<usize> = (0..count).collect();
        dice.shuffle(&mut ranks);
        for (number, rank) in ranks.into_iter().enumerate() {
            let at = number % LEAVES.len();
            let (Some(leaf), Some(category)) = (LEAVES.get(at), leaf_ids.get(at)) else { continue };
            let weight = 1_000_000 / (i64::try_from(rank).unwrap_or(0) + 12);
            all.add(leaf, *category, Made { number: number / LEAVES.len(), weight, created }, rates, dice);
        }
        all
    }

    fn add(&mut self, leaf: &Leaf, category: i64, made: Made, rates: &Rates, dice: &mut Dice) {
        let noun = leaf.nouns.get(made.number % leaf.nouns.len()).copied().unwrap_or_default();
        let variant = made.number / leaf.nouns.len();
        let series = variant / leaf.variants.len();
        let variant = leaf.variants.get(variant % leaf.variants.len()).copied().unwrap_or_default();
        let series = if series == 0 { String::new() } else { format!(" Series {}", series + 1) };
        let service = leaf.uom == "hour";
        let price = psychological(dice.between(leaf.price.0, leaf.price.1));
        let cost = price * dice.between(480, 740) / 1000;
        let usd = rates.convert(cost, EUR, USD, 0);
        let [first, second] = leaf.vendors;
        let id = self.products.push(|id| Product {
            id,
            name: format!("{noun}{series}, {variant}"),
            default_code: format!("{}-{:04}", leaf.code, id),
            barcode: (!service).then(|| format!("400{:010}", id * 7919)),
            categ_id: category,
            r#type: if service { "service" } else { "consu" },
            uom: leaf.uom,
            list_price: price,
            standard_price: cost,
            currency_id: EUR,
            weight: (!service).then(|| dice.between(leaf.grams.0, leaf.grams.1)),
            sale_ok: true,
            purchase_ok: !service,
            vendor_id: None,
            create_date: made.created,
            active: true,
        });
        let (cost, vendor) = ([cost, usd], [first, second]);
        self.goods.push(|_| Good { category, uom: leaf.uom, service, price, cost, vendor });
        self.wanted.push((id, made.weight));
        if !service {
            self.wanted_goods.push((id, made.weight));
        }
    }

    /// How much of it a customer orders, in thousandths of its unit: little of what is dear.
    pub fn order_quantity(&self, product: i64, dice: &mut Dice) -> i64 {
        let good = &self.goods[product];
        let most = match good.price {
            ..1_000 => 40,
            1_000..5_000 => 16,
            5_000..20_000 => 8,
            20_000..60_000 => 4,
            _ => 2,
        };
        let units = dice.between(1, most);
        match good.uom {
            "kg" | "l" => units * 1000 + 500 * dice.between(0, 1),
            "m" => units * 5_000,
            _ => units * 1000,
        }
    }
}

/// What is told of a product besides its leaf.
#[derive(Clone, Copy)]
struct Made {
    number: usize,
    weight: i64,
    created: i64,
}

fn tree() -> (Vec<Category>, Vec<i64>) {
    let mut rows = vec![Category { id: 1, name: "All", complete_name: "All".to_owned(), parent_id: None }];
    let mut ids = Vec::new();
    for leaf in LEAVES {
        let above = category(&mut rows, leaf.above, 1);
        ids.push(category(&mut rows, leaf.name, above));
    }
    (rows, ids)
}

fn category(rows: &mut Vec<Category>, name: &'static str, parent: i64) -> i64 {
    let above = rows.iter().find(|c| c.id == parent).map_or("", |c| c.complete_name.as_str());
    let complete_name = format!("{above} / {name}");
    if let Some(known) = rows.iter().find(|c| c.complete_name == complete_name) {
        return known.id;
    }
    let id = i64::try_from(rows.len()).unwrap_or(0) + 1;
    rows.push(Category { id, name, complete_name, parent_id: Some(parent) });
    id
}

/// A price as shops write it: it ends in 90 cents, or in a 9 where it is small.
const fn psychological(cents: i64) -> i64 {
    if cents < 500 { cents / 10 * 10 + 9 } else { cents / 100 * 100 + 90 }
}
