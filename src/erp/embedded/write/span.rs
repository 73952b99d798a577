//! The times that may be written: what lies beyond them is a slip, and would stand in every analysis.

use chrono_tz::Tz;

use super::super::moment;
use crate::erp::Cell;
use crate::model::{Complaint, Field, FieldKind};

/// 1900-01-01, in days since 1970.
const FIRST: i64 = -25_567;
/// 2199-12-31.
const LAST: i64 = 84_005;

/// Refuses a day or instant that nobody can mean.
pub(super) fn check(field: &Field, place: &str, cell: &Cell, tz: Tz) -> Result<(), Complaint> {
    let day = match (&field.kind, cell.int()) {
        (FieldKind::Date, day) => day,
        (FieldKind::Datetime, Some(at)) => Some(moment::local_date(tz, at).map_or(i64::MAX, moment::days)),
        _ => None,
    };
    let Some(day) = day.filter(|day| !(FIRST..=LAST).contains(day)) else { return Ok(()) };
    let written =
        moment::date(day).map_or_else(|| "it is beyond".to_owned(), |day| format!("{day} is beyond"));
    Err(Complaint::new(format!(
        "{place}: {} ({}) takes days from 1900-01-01 to 2199-12-31: {written}; check its year",
        field.name, field.label
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::embedded::registry;

    fn day(text: &str) -> i64 {
        moment::days(text.parse().unwrap())
    }

    #[test]
    fn the_ends_are_the_days_that_are_named() {
        assert_eq!((day("1900-01-01"), day("2199-12-31")), (FIRST, LAST));
    }

    #[test]
    fn days_are_the_callers() {
        let order = registry::model("sale.order").unwrap();
        let of = |name: &str, at: i64| {
            let field = order.field(name).unwrap();
            check(field, "values", &Cell::Int(at), chrono_tz::Europe::Berlin).map_err(|c| c.to_string())
        };
        for (day, fits) in [(FIRST - 1, false), (FIRST, true), (LAST, true), (LAST + 1, false)] {
            assert_eq!(of("validity_date", day).is_ok(), fits, "{day}");
        }
        let midnight = LAST * 86_400_000 + 82_800_000;
        assert!(of("date_order", midnight - 1).is_ok());
        let said = of("date_order", midnight).unwrap_err();
        assert!(said.contains("date_order (Order Date)") && said.contains("2200-01-01 is beyond"), "{said}");
        assert!(of("partner_id", i64::MAX).is_ok(), "a link is no day");
        assert!(of("date_order", i64::MIN).is_err());
    }
}
