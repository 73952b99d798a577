//! What every kind of order line has in common: its amounts.

use super::rates::divide;

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
    /// The line's amounts, each rounded to the cent.
    pub const fn amounts(self) -> Amounts {
        let gross = divide(self.quantity * self.unit, 1000);
        let discount = divide(gross * self.discount, 10_000);
        let subtotal = gross - discount;
        let tax = divide(subtotal * self.tax, 10_000);
        Amounts { subtotal, tax, total: subtotal + tax, discount }
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
    fn amounts_add_up() {
        let amounts = Price { quantity: 2_500, unit: 1_999, discount: 1_000, tax: 1_900 }.amounts();
        assert_eq!((amounts.subtotal, amounts.discount), (4_498, 500));
        assert_eq!((amounts.tax, amounts.total), (855, 5_353));
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
