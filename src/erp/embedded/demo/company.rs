//! Currencies, countries and companies: what must stand before users can.

use crate::store::{On, Tx, on_db};

use super::rates::{EUR, GBP, USD};
use super::write::sequences;

/// The trading company in Berlin: books in euros.
pub const BERLIN: i64 = 1;
/// The company in New York: books in US dollars.
pub const NEW_YORK: i64 = 2;

/// Currency of a company's books.
pub const fn books_currency(company: i64) -> i64 {
    if company == NEW_YORK { USD } else { EUR }
}

/// Country that a company is at home in, as its ISO 3166 code.
pub const fn home(company: i64) -> &'static str {
    if company == NEW_YORK { "US" } else { "DE" }
}

/// ISO 3166 code of a country.
pub fn country_code(id: i64) -> Option<&'static str> {
    COUNTRIES.iter().find(|country| country.id == id).map(|country| country.code)
}

const CURRENCIES: [(i64, &str, &str, &str, bool); 7] = [
    (EUR, "EUR", "Euro", "€", true),
    (USD, "USD", "US Dollar", "$", true),
    (GBP, "GBP", "Pound Sterling", "£", true),
    (4, "CHF", "Swiss Franc", "CHF", false),
    (5, "SEK", "Swedish Krona", "kr", false),
    (6, "DKK", "Danish Krone", "kr", false),
    (7, "PLN", "Polish Złoty", "zł", false),
];

/// A country that partners of the demo company live in.
pub struct Country {
    /// Its id.
    pub id: i64,
    /// ISO 3166 code.
    pub code: &'static str,
    /// Name in English.
    pub name: &'static str,
    /// Calling code.
    pub phone: i64,
    /// Its own currency.
    pub currency: i64,
    /// Legal form that companies' names end in.
    pub form: &'static str,
    /// Some cities.
    pub cities: [&'static str; 3],
}

macro_rules! countries {
    ($($id:literal $code:literal $name:literal $phone:literal $currency:expr, $form:literal $cities:expr;)*) => {
        /// The countries, by id.
        pub const COUNTRIES: &[Country] = &[$(Country {
            id: $id, code: $code, name: $name, phone: $phone, currency: $currency, form: $form, cities: $cities,
        }),*];
    };
}

countries! {
    1 "DE" "Germany" 49 EUR, "GmbH" ["Hamburg", "Munich", "Leipzig"];
    2 "AT" "Austria" 43 EUR, "GmbH" ["Vienna", "Graz", "Linz"];
    3 "CH" "Switzerland" 41 4, "AG" ["Zurich", "Basel", "Bern"];
    4 "FR" "France" 33 EUR, "SARL" ["Paris", "Lyon", "Lille"];
    5 "NL" "Netherlands" 31 EUR, "B.V." ["Amsterdam", "Rotterdam", "Utrecht"];
    6 "BE" "Belgium" 32 EUR, "BV" ["Brussels", "Antwerp", "Ghent"];
    7 "IT" "Italy" 39 EUR, "S.r.l." ["Milan", "Turin", "Bologna"];
    8 "ES" "Spain" 34 EUR, "S.L." ["Madrid", "Barcelona", "Valencia"];
    9 "PL" "Poland" 48 7, "sp. z o.o." ["Warsaw", "Kraków", "Gdańsk"];
    10 "SE" "Sweden" 46 5, "AB" ["Stockholm", "Gothenburg", "Malmö"];
    11 "DK" "Denmark" 45 6, "ApS" ["Copenhagen", "Aarhus", "Odense"];
    12 "GB" "United Kingdom" 44 GBP, "Ltd" ["London", "Manchester", "Bristol"];
    13 "IE" "Ireland" 353 EUR, "Ltd" ["Dublin", "Cork", "Galway"];
    14 "US" "United States" 1 USD, "Inc." ["New York", "Boston", "Chicago"];
    15 "CA" "Canada" 1 USD, "Inc." ["Toronto", "Montréal", "Ottawa"];
    16 "CN" "China" 86 USD, "Co., Ltd." ["Shenzhen", "Shanghai", "Ningbo"];
}

/// A company, as it begins.
struct Company {
    id: i64,
    name: &'static str,
    currency: i64,
    country: Option<i64>,
    city: Option<&'static str>,
    email: Option<&'static str>,
    vat: Option<&'static str>,
}

/// Writes currencies, countries and the companies 1 and 2. Those that stand already are left alone.
pub async fn companies(mut on: On<'_>) -> Result<(), sqlx::Error> {
    currencies_and_countries(on.on()).await?;
    let berlin = Company {
        id: BERLIN,
        name: "Axanta Trading GmbH",
        currency: books_currency(BERLIN),
        country: Some(1),
        city: Some("Berlin"),
        email: Some("office@axanta-trading.example"),
        vat: Some("DE123456788"),
    };
    let new_york = Company {
        id: NEW_YORK,
        name: "Axanta Inc.",
        currency: books_currency(NEW_YORK),
        country: Some(14),
        city: Some("New York"),
        email: Some("office@axanta-inc.example"),
        vat: Some("12-3456789"),
    };
    put(on.on(), &berlin).await?;
    put(on, &new_york).await
}

/// Writes currencies, countries and one company with nothing in it but a name and euros, for a database that begins
/// without the demo company.
pub async fn bare_company(tx: &mut Tx) -> Result<(), sqlx::Error> {
    currencies_and_countries(tx.on()).await?;
    let mine = Company {
        id: 1,
        name: "My Company",
        currency: EUR,
        country: None,
        city: None,
        email: None,
        vat: None,
    };
    put(tx.on(), &mine).await?;
    sequences(tx).await
}

async fn currencies_and_countries(mut on: On<'_>) -> Result<(), sqlx::Error> {
    for (id, name, full_name, symbol, active) in CURRENCIES {
        on_db!(&mut on, c => sqlx::query(
            "INSERT INTO res_currency (id, name, full_name, symbol, active) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(id).bind(name).bind(full_name).bind(symbol).bind(active).execute(&mut **c).await.map(drop))?;
    }
    for country in COUNTRIES {
        on_db!(&mut on, c => sqlx::query(
            "INSERT INTO res_country (id, name, code, phone_code, currency_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(country.id).bind(country.name).bind(country.code).bind(country.phone).bind(country.currency)
        .execute(&mut **c).await.map(drop))?;
    }
    Ok(())
}

async fn put(on: On<'_>, company: &Company) -> Result<(), sqlx::Error> {
    on_db!(on, c => sqlx::query(
        "INSERT INTO res_company (id, name, currency_id, country_id, city, email, vat, active) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(company.id).bind(company.name).bind(company.currency).bind(company.country).bind(company.city)
    .bind(company.email).bind(company.vat).bind(true)
    .execute(&mut *c).await.map(drop))
}
