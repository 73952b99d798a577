//! Who the company deals with: salespersons, customers, vendors, their people.

use super::arena::Arena;
use super::calendar::{Calendar, DAY};
use super::company::{BERLIN, COUNTRIES, Country, NEW_YORK};
use super::dice::Dice;
use super::names::{COMPANY_NOUNS, COMPANY_STEMS, FAMILY, FIRST, STREETS, VENDORS};
use super::rates::{EUR, GBP, USD};
use super::rows::{Partner, User, UserCompany};

/// First id of a user that the generator makes; those below are made by the first start.
pub const FIRST_USER: i64 = 10;

/// A customer, as far as selling is concerned.
#[derive(Clone, Copy)]
pub struct Customer {
    /// Its partner.
    pub partner: i64,
    /// Country's id.
    pub country: i64,
    /// Currency it buys in.
    pub currency: i64,
    /// Who sells to it.
    pub seller: i64,
}

/// A vendor, as far as buying is concerned.
#[derive(Clone, Copy)]
pub struct Vendor {
    /// Its partner.
    pub partner: i64,
    /// Currency it sells in.
    pub currency: i64,
}

/// Everybody.
pub struct Parties {
    /// Salespersons that the generator adds.
    pub users: Arena<User>,
    /// Companies that they work in.
    pub user_companies: Vec<UserCompany>,
    /// Partners, as rows.
    pub partners: Arena<Partner>,
    /// Customers of Berlin and of New York, with how much they buy against the others.
    pub customers: [Vec<(Customer, i64)>; 2],
    /// Vendors, in the order of [`VENDORS`].
    pub vendors: Vec<Vendor>,
    /// Sellers of Berlin and of New York; also who buys and works in the shops.
    pub sellers: [Vec<i64>; 2],
}

/// How many of each, and which users stand already.
pub struct Plan {
    /// Salespersons.
    pub sellers: usize,
    /// Customers that are companies.
    pub customers: usize,
    /// The contract's user `sales`, if made.
    pub sales: Option<i64>,
}

impl Parties {
    /// Makes everybody.
    pub fn new(plan: &Plan, calendar: &Calendar, dice: &mut Dice) -> Self {
        let mut all = Self {
            users: Arena::new(FIRST_USER),
            user_companies: Vec::new(),
            partners: Arena::new(1),
            customers: [Vec::new(), Vec::new()],
            vendors: Vec::new(),
            sellers: [plan.sales.into_iter().collect(), Vec::new()],
        };
        let created = calendar.first * DAY;
        all.own_addresses(created, dice);
        all.hire(plan.sellers, created, dice);
        for (name, code) in VENDORS {
            all.add_vendor(name, code, created, dice);
        }
        let mut names: Vec<(&str, (&str, &str))> =
            COMPANY_STEMS.iter().flat_map(|s| COMPANY_NOUNS.iter().map(move |n| (*s, *n))).collect();
        dice.shuffle(&mut names);
        let span = (calendar.now - created) / DAY;
        for (number, (stem, (noun, industry))) in names.into_iter().take(plan.customers).enumerate() {
            // Half of the customers were there from the first day; the others came since.
            let came = if number % 2 == 0 { 0 } else { dice.between(0, span) };
            all.add_customer(&format!("{stem} {noun}"), industry, created + came * DAY, dice);
        }
        all
    }

    /// Customers of a company, with how much they buy.
    pub const fn customers_of(&self, company: i64) -> &Vec<(Customer, i64)> {
        let [berlin, york] = &self.customers;
        if company == NEW_YORK { york } else { berlin }
    }

    /// Sellers of a company.
    pub const fn sellers_of(&self, company: i64) -> &Vec<i64> {
        let [berlin, york] = &self.sellers;
        if company == NEW_YORK { york } else { berlin }
    }

    fn own_addresses(&mut self, created: i64, dice: &mut Dice) {
        for (name, city, code) in [("Axanta Trading GmbH", "Berlin", "DE"), ("Axanta Inc.", "New York", "US")]
        {
            let id = self.partner(name.to_owned(), country(code), created, dice);
            self.partners[id].city = Some(city);
        }
    }

    fn hire(&mut self, count: usize, created: i64, dice: &mut Dice) {
        for number in 0..count {
            let company = if number % 5 < 3 { BERLIN } else { NEW_YORK };
            let (first, family) = (
                FIRST.get(number % FIRST.len()).copied().unwrap_or_default(),
                FAMILY.get((number * 7 + 3) % FAMILY.len()).copied().unwrap_or_default(),
            );
            let (lang, tz) = match (company, dice.between(0, 3)) {
                (NEW_YORK, _) => ("en_US", "America/New_York"),
                (_, 0) => ("en_GB", "Europe/London"),
                _ => ("de_DE", "Europe/Berlin"),
            };
            let id = self.users.push(|id| User {
                id,
                login: format!("{}.{}", ascii(first), ascii(family)),
                name: format!("{first} {family}"),
                company_id: company,
                lang,
                tz,
                active: true,
                created_at: created,
            });
            self.user_companies.push(UserCompany { record_id: id, target_id: company });
            let [berlin, york] = &mut self.sellers;
            if company == NEW_YORK { york.push(id) } else { berlin.push(id) }
        }
    }

    fn add_vendor(&mut self, name: &str, code: &str, created: i64, dice: &mut Dice) {
        let country = country(code);
        let id = self.partner(format!("{name} {}", country.form), country, created, dice);
        let currency = if country.currency == USD { USD } else { EUR };
        let row = &mut self.partners[id];
        row.supplier_rank = 1;
        row.currency_id = currency;
        row.industry = Some("manufacturing");
        self.vendors.push(Vendor { partner: id, currency });
    }

    fn add_customer(&mut self, name: &str, industry: &'static str, created: i64, dice: &mut Dice) {
        let code = dice.weighted(&[
            ("DE", 30),
            ("AT", 6),
            ("CH", 4),
            ("FR", 6),
            ("NL", 5),
            ("BE", 3),
            ("IT", 4),
            ("ES", 4),
            ("PL", 3),
            ("SE", 3),
            ("DK", 2),
            ("GB", 12),
            ("IE", 3),
            ("US", 26),
            ("CA", 5),
        ]);
        let country = country(code);
        let american = matches!(code, "US" | "CA");
        let company = if american { NEW_YORK } else { BERLIN };
        let currency = if american {
            USD
        } else if code == "GB" {
            GBP
        } else {
            EUR
        };
        let seller = self.seller(company, dice);
        let id = self.partner(format!("{name} {}", country.form), country, created, dice);
        let person = self.person(id, country, created, dice);
        for row in [id, person] {
            let row = &mut self.partners[row];
            row.user_id = Some(seller);
            row.currency_id = currency;
            row.industry = Some(industry);
        }
        self.partners[id].customer_rank = 1;
        self.partners[id].active = !dice.chance(15);
        // A few buy much, most buy little.
        let weight = 1000 / (1 + i64::try_from(dice.below(30)).unwrap_or(0));
        let customer = Customer { partner: id, country: country.id, currency, seller };
        let [berlin, york] = &mut self.customers;
        if american { york.push((customer, weight)) } else { berlin.push((customer, weight)) }
    }

    /// A salesperson of a company: its first one a little more often than the others.
    pub fn seller(&self, company: i64, dice: &mut Dice) -> i64 {
        let all = self.sellers_of(company);
        match all.first() {
            Some(first) if dice.chance(120) => *first,
            _ => *dice.pick(all),
        }
    }

    fn person(&mut self, company: i64, country: &'static Country, created: i64, dice: &mut Dice) -> i64 {
        let (first, family) = (*dice.pick(&FIRST), *dice.pick(&FAMILY));
        let id = self.partner(format!("{first} {family}"), country, created, dice);
        let (city, zip, street) = {
            let above = &self.partners[company];
            (above.city, above.zip.clone(), above.street.clone())
        };
        let row = &mut self.partners[id];
        row.is_company = false;
        row.parent_id = Some(company);
        row.commercial_partner_id = company;
        row.email = Some(format!("{}.{}@customer{company}.example", ascii(first), ascii(family)));
        row.r#ref = None;
        row.website = None;
        row.vat = None;
        (row.city, row.zip, row.street) = (city, zip, street);
        id
    }

    fn partner(&mut self, name: String, country: &'static Country, created: i64, dice: &mut Dice) -> i64 {
        let [first, second, third] = country.cities;
        let city = *dice.pick(&[first, first, second, third]);
        let street = format!("{} {}", dice.pick(&STREETS), dice.between(1, 180));
        let (zip, phone, vat) = (
            dice.between(10_000, 99_999),
            dice.between(1_000_000, 9_999_999),
            dice.between(1_000_000, 99_999_999),
        );
        self.partners.push(|id| Partner {
            id,
            name,
            is_company: true,
            parent_id: None,
            commercial_partner_id: id,
            r#ref: Some(format!("P{id:05}")),
            email: Some(format!("info@customer{id}.example")),
            phone: Some(format!("+{} {phone}", country.phone)),
            website: Some(format!("https://customer{id}.example")),
            street: Some(street),
            zip: Some(zip.to_string()),
            city: Some(city),
            country_id: country.id,
            vat: Some(format!("{}{vat:08}", country.code)),
            lang: match country.code {
                "DE" | "AT" => "de_DE",
                "FR" => "fr_FR",
                "GB" | "IE" => "en_GB",
                _ => "en_US",
            },
            industry: None,
            user_id: None,
            currency_id: EUR,
            customer_rank: 0,
            supplier_rank: 0,
            company_id: None,
            create_date: created,
            active: true,
        })
    }
}

fn country(code: &str) -> &'static Country {
    static NOWHERE: Country = Country {
        id: 1,
        code: "DE",
        name: "Germany",
        phone: 49,
        currency: EUR,
        form: "GmbH",
        cities: ["Berlin"; 3],
    };
    COUNTRIES.iter().find(|c| c.code == code).unwrap_or(&NOWHERE)
}

/// A name as it stands in a login or an address.
fn ascii(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|c| match c {
            'í' => Some('i'),
            ' ' => None,
            c => Some(c),
        })
        .collect()
}
