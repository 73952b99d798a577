//! A mean of whole numbers of minor units, two digits finer than they are, rounded half to even: in SQL where
//! groups are filtered or ordered by it, and here where it is answered.

use sea_query::Expr;

/// Digits a mean has behind those of its values.
pub(super) const FINER: u8 = 2;

/// `sum` / `count` in units a hundredth as large; `None` of nothing.
pub(super) fn of(sum: i64, count: i64) -> Option<i64> {
    if count <= 0 {
        return None;
    }
    let (hundredfold, count) = (i128::from(sum) * 100, i128::from(count));
    let (base, rest) = (hundredfold / count, (hundredfold % count).abs() * 2);
    let away = rest > count || (rest == count && base % 2 != 0);
    i64::try_from(base + if away { i128::from(sum.signum()) } else { 0 }).ok()
}

/// The same in SQL. The quotient is taken apart, so that a hundredfold of the sum need not fit a number.
pub(in super::super) fn sql(sum: Expr, count: Expr) -> Expr {
    let base = "(($1 / $2) * 100 + (($1 % $2) * 100) / $2)";
    let rest = "(ABS((($1 % $2) * 100) % $2) * 2)";
    Expr::cust_with_exprs(
        format!(
            "(CASE WHEN $2 = 0 THEN NULL ELSE {base} + CASE WHEN {rest} > $2 OR ({rest} = $2 AND {base} % 2 <> 0) \
             THEN CASE WHEN $1 < 0 THEN -1 ELSE 1 END ELSE 0 END END)"
        ),
        [sum, count],
    )
}

#[cfg(test)]
pub(in super::super) const CASES: &[(i64, i64, i64)] = &[
    (10, 4, 250),
    (1, 3, 33),
    (2, 3, 67),
    (-2, 3, -67),
    (1, 200, 0),
    (3, 200, 2),
    (-3, 200, -2),
    (5, 1000, 0),
    (15, 1000, 2),
    (0, 7, 0),
    (9_000_000_000_000_000, 7, 128_571_428_571_428_571),
];

#[cfg(test)]
mod tests {
    #[test]
    fn rounds_half_to_even() {
        for (sum, count, mean) in super::CASES {
            assert_eq!(super::of(*sum, *count), Some(*mean), "{sum} / {count}");
        }
        assert_eq!(super::of(0, 0), None);
    }
}
