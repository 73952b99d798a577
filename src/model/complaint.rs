//! An error that teaches: what was wrong, the nearest right names, and an example.

use std::fmt;

/// Something a caller wrote that can't be understood, said so that the caller can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong, naming the offending term, for example ``sale.order has no field `partnr_id` ``.
    pub problem: String,
    /// Known names nearest to the wrong one, best first; empty where none is near.
    pub nearest: Vec<String>,
    /// A right way to write it.
    pub example: Option<String>,
}

impl Complaint {
    /// A complaint with neither suggestions nor example.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), nearest: Vec::new(), example: None }
    }

    /// Adds the (up to three) names of `known` nearest to `wrong`.
    #[must_use]
    pub fn near<'a>(mut self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(wrong, known);
        self
    }

    /// Adds a right way to write it.
    #[must_use]
    pub fn example(mut self, example: impl Into<String>) -> Self {
        self.example = Some(example.into());
        self
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.problem.trim_end_matches('.'))?;
        if !self.nearest.is_empty() {
            write!(f, " Did you mean {}?", self.nearest.join(", "))?;
        }
        if let Some(example) = &self.example {
            write!(f, " Example: {example}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Complaint {}

/// The up to three names of `known` most like `wrong`, best first; names that share nothing are left out.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| {
            let (wrong, lower) = (wrong.to_lowercase(), name.to_lowercase());
            let contains = lower.contains(&wrong) || wrong.contains(&lower);
            let bonus = if contains && wrong.len() > 2 { 0.4 } else { 0.0 };
            (alike(&wrong, &lower) + bonus, name)
        })
        .filter(|(score, _)| *score > 0.78)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

/// How alike two names are spelled, whatever their case: 1 where they are the same.
pub(super) fn alike(one: &str, other: &str) -> f64 {
    strsim::jaro_winkler(&one.to_lowercase(), &other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_nearest_and_leaves_out_the_far() {
        assert_eq!(nearest("partnr_id", ["partner_id", "date_order", "name"]), ["partner_id"]);
        assert_eq!(nearest("sale", ["report.sales.analysis", "stock.quant"]), ["report.sales.analysis"]);
        assert!(nearest("zzz", ["partner_id"]).is_empty());
    }

    #[test]
    fn reads_as_sentences() {
        let complaint = Complaint::new("sale.order has no field `partnr_id`")
            .near("partnr_id", ["partner_id"])
            .example(r#"[["partner_id","=",7]]"#);
        assert_eq!(
            complaint.to_string(),
            r#"sale.order has no field `partnr_id`. Did you mean partner_id? Example: [["partner_id","=",7]]"#
        );
    }
}
