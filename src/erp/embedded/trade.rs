//! What every kind of order has in common: the amounts of a line, its tax, and what its quantities say of the order.

/// Quotient rounded to the nearest whole number, halves away from zero; 0 where nothing can be divided by, and the
/// largest number there is where the quotient is larger.
pub fn divide(number: i128, by: i128) -> i64 {
    if by == 0 {
        return 0;
    }
    let half = by.abs() / 2;
    let rounded = (number.abs() + half) / by.abs();
    let whole = i64::try_from(rounded).unwrap_or(i64::MAX);
    if (number < 0) == (by < 0) { whole } else { -whole }
}

const PER_UNIT: i128 = 1_000;
const PER_CENT: i128 = 10_000;

/// Amounts of a line, in cents.
#[derive(Clone, Copy, Default)]
pub struct Amounts {
    /// Without tax, after discount.
    pub subtotal: i64,
    /// Tax.
    pub tax: i64,
    /// With tax.
    pub total: i64,
    /// What the discount saves, without tax.
    pub discount: i64,
}

/// Price of a line.
#[derive(Clone, Copy)]
pub struct Price {
    /// Thousandths of the unit.
    pub quantity: i64,
    /// Cents for one unit.
    pub unit: i64,
    /// Hundredths of a per cent.
    pub discount: i64,
    /// Hundredths of a per cent.
    pub tax: i64,
}

impl Price {
    /// The line's amounts. What is to be paid is rounded once, from quantity, price and discount together; the
    /// discount is what it is less than the price without one.
    pub fn amounts(self) -> Amounts {
        let exact = i128::from(self.quantity) * i128::from(self.unit);
        let left = PER_CENT - i128::from(self.discount);
        let subtotal = divide(exact.saturating_mul(left), PER_UNIT * PER_CENT);
        let discount = self.at(self.unit).saturating_sub(subtotal);
        let tax = divide(i128::from(subtotal) * i128::from(self.tax), PER_CENT);
        Amounts { subtotal, tax, total: subtotal.saturating_add(tax), discount }
    }

    /// The quantity at so many cents for one unit: what it costs.
    pub fn at(self, unit: i64) -> i64 {
        divide(i128::from(self.quantity) * i128::from(unit), PER_UNIT)
    }
}

/// Tax of a sale in hundredths of a per cent, by the countries (ISO 3166 codes) of company and customer: the usual
/// rate at home, none on exports. Of customers whose country nobody knows it is thought that they are at home.
pub fn sales_tax(company: &str, customer: Option<&str>) -> i64 {
    match customer {
        Some(country) if country != company => 0,
        _ => usual_rate(company),
    }
}

/// Tax of a purchase. Where there is no value added tax, whoever buys to sell again pays none.
pub fn purchase_tax(company: &str, vendor: Option<&str>) -> i64 {
    match company {
        "US" => 0,
        _ => sales_tax(company, vendor),
    }
}

/// What an item of tax is called in the books, by the one rate of what is taxed (hundredths of a per cent) where there
/// is one: `Tax 19%`. Reports read the rate from it.
pub fn tax_name(rate: Option<i64>) -> String {
    match rate {
        Some(rate) => {
            let whole = rate / 100;
            match rate % 100 {
                0 => format!("Tax {whole}%"),
                part if part % 10 == 0 => format!("Tax {whole}.{}%", part / 10),
                part => format!("Tax {whole}.{part:02}%"),
            }
        }
        None => "Tax".to_owned(),
    }
}

/// Usual rate of a country: of its value added tax, or in the United States of New York's sales tax.
fn usual_rate(country: &str) -> i64 {
    match country {
        "DE" => 1_900,
        "AT" | "FR" | "GB" => 2_000,
        "NL" | "BE" | "ES" => 2_100,
        "IT" => 2_200,
        "PL" | "IE" => 2_300,
        "SE" | "DK" => 2_500,
        "CH" => 810,
        "US" => 888,
        "CA" => 500,
        "CN" => 1_300,
        _ => 0,
    }
}

/// `invoice_status` of a confirmed order, from the (ordered, moved, invoiced) quantities of its lines.
pub fn invoice_status(lines: &[(i64, i64, i64)]) -> &'static str {
    if lines.iter().any(|(_, moved, invoiced)| moved > invoiced) {
        "to invoice"
    } else if lines.iter().all(|(ordered, _, invoiced)| invoiced >= ordered) {
        "invoiced"
    } else {
        "no"
    }
}

/// How much of an order has moved, from the (ordered, moved, invoiced) quantities of its lines.
pub fn moved_status(lines: &[(i64, i64, i64)]) -> &'static str {
    if lines.iter().all(|(ordered, moved, _)| moved >= ordered) {
        "full"
    } else if lines.iter().any(|(_, moved, _)| *moved > 0) {
        "partial"
    } else {
        "pending"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(
            (divide(5, 2), divide(-5, 2), divide(5, -2), divide(4, 3), divide(1, 0)),
            (3, -3, -3, 1, 0)
        );
        assert_eq!((divide(i128::MAX / 2, 1), divide(i128::MIN / 2, 1)), (i64::MAX, -i64::MAX));
    }

    #[test]
    fn tax_is_that_of_the_country_and_exports_bear_none() {
        assert_eq!((sales_tax("DE", Some("DE")), sales_tax("DE", Some("FR"))), (1_900, 0));
        assert_eq!((sales_tax("DE", None), sales_tax("", Some("DE")), sales_tax("", None)), (1_900, 0, 0));
        assert_eq!((purchase_tax("DE", Some("DE")), purchase_tax("US", Some("US"))), (1_900, 0));
    }

    #[test]
    fn tax_is_called_by_its_rate() {
        let names = [1_900, 810, 888, 805, 0].map(|rate| tax_name(Some(rate)));
        assert_eq!(names, ["Tax 19%", "Tax 8.1%", "Tax 8.88%", "Tax 8.05%", "Tax 0%"]);
        assert_eq!(tax_name(None), "Tax");
    }

    #[test]
    fn amounts_add_up() {
        let amounts = Price { quantity: 2_500, unit: 1_999, discount: 1_000, tax: 1_900 }.amounts();
        assert_eq!((amounts.subtotal, amounts.discount), (4_498, 500));
        assert_eq!((amounts.tax, amounts.total), (855, 5_353));
    }

    #[test]
    fn a_subtotal_is_rounded_once() {
        for ((quantity, unit, discount), subtotal, less) in [
            ((12_500, 237, 1_000), 2_666, 297),
            ((5_000, 12_190, 1_500), 51_808, 9_142),
            ((1_000, 5, 5_000), 3, 2),
            ((-1_000, 5, 5_000), -3, -2),
            ((333, 1, 0), 0, 0),
            ((500, 1, 0), 1, 0),
            ((1_000, 999, 10_000), 0, 999),
        ] {
            let amounts = Price { quantity, unit, discount, tax: 0 }.amounts();
            assert_eq!((amounts.subtotal, amounts.discount), (subtotal, less), "{quantity} × {unit}");
        }
    }

    #[test]
    fn statuses_follow_quantities() {
        assert_eq!(invoice_status(&[(5, 5, 5), (2, 2, 2)]), "invoiced");
        assert_eq!(invoice_status(&[(5, 5, 5), (2, 1, 0)]), "to invoice");
        assert_eq!(invoice_status(&[(5, 3, 3)]), "no");
        assert_eq!(moved_status(&[(5, 0, 0)]), "pending");
        assert_eq!(moved_status(&[(5, 5, 0), (5, 1, 0)]), "partial");
        assert_eq!(moved_status(&[(5, 5, 0)]), "full");
    }
}
