//! Groups (`date:month`, `partner_id.country_id`) and aggregates (`price_total:sum`, `__count`).

use std::fmt;

use super::complaint::Complaint;

/// Length of time a date is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Granularity {
    /// Calendar day.
    Day,
    /// ISO week, Monday first.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
}

impl Granularity {
    /// All of them, shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The word used behind the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// One thing to group by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBy {
    /// Field, or a dotted path through many2one fields.
    pub path: Vec<String>,
    /// Length of time, for dates; `None` means month for dates and nothing for others.
    pub granularity: Option<Granularity>,
    /// As asked for: the key of its value in the answer.
    pub key: String,
}

impl GroupBy {
    /// Reads `date:month` or `partner_id.country_id`.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let (path, granularity) = match text.split_once(':') {
            None => (text, None),
            Some((path, word)) => {
                let found = Granularity::ALL.into_iter().find(|g| g.name() == word);
                (path, Some(found.ok_or_else(|| unknown_granularity(text, word))?))
            }
        };
        Ok(Self { path: split_path(path, text)?, granularity, key: text.to_owned() })
    }
}

/// How values of a group become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// Total.
    Sum,
    /// Mean.
    Avg,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Number of records that have a value.
    Count,
    /// Number of different values.
    CountDistinct,
}

impl AggregateFunction {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Sum, Self::Avg, Self::Min, Self::Max, Self::Count, Self::CountDistinct];

    /// The word used behind the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::CountDistinct => "count_distinct",
        }
    }
}

impl fmt::Display for AggregateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One number to answer for each group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// What is computed.
    pub of: AggregateOf,
    /// As asked for: the key of its value in the answer.
    pub key: String,
}

/// What an aggregate is computed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AggregateOf {
    /// `__count`: the records of the group.
    Records,
    /// `field:function`.
    Field(String, AggregateFunction),
}

/// The number of records in a group.
pub const COUNT_KEY: &str = "__count";

impl Aggregate {
    /// Reads `price_total:sum` or `__count`. A bare field is refused: what adding means must be said.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        if text == COUNT_KEY {
            return Ok(Self { of: AggregateOf::Records, key: text.to_owned() });
        }
        let words = || AggregateFunction::ALL.map(AggregateFunction::name);
        let example = r#"["price_total:sum","__count"]"#;
        let Some((field, word)) = text.split_once(':') else {
            return Err(Complaint::new(format!(
                "aggregate `{text}` does not say how to aggregate; write `{text}:sum` or another of {}",
                words().join(", ")
            ))
            .example(example));
        };
        let function = AggregateFunction::ALL.into_iter().find(|f| f.name() == word).ok_or_else(|| {
            Complaint::new(format!("aggregate `{text}` uses an unknown function `{word}`"))
                .near(word, words())
                .example(example)
        })?;
        if field.is_empty() || field.contains('.') {
            return Err(Complaint::new(format!("aggregate `{text}` must name a field of the model itself"))
                .example(example));
        }
        Ok(Self { of: AggregateOf::Field(field.to_owned(), function), key: text.to_owned() })
    }
}

fn unknown_granularity(text: &str, word: &str) -> Complaint {
    Complaint::new(format!("group `{text}` uses an unknown granularity `{word}`"))
        .near(word, Granularity::ALL.map(Granularity::name))
        .example(r#"["date:month"]"#)
}

fn split_path(path: &str, text: &str) -> Result<Vec<String>, Complaint> {
    let parts: Vec<String> = path.split('.').map(str::to_owned).collect();
    if parts.iter().any(String::is_empty) {
        return Err(Complaint::new(format!("group `{text}` names no field"))
            .example(r#"["date:month","product_id"]"#));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_groups_and_aggregates() {
        let group = GroupBy::parse("order_id.date:quarter").unwrap();
        assert_eq!(group.path, ["order_id", "date"]);
        assert_eq!(group.granularity, Some(Granularity::Quarter));
        assert_eq!(
            Aggregate::parse("qty:count_distinct").unwrap().of,
            AggregateOf::Field("qty".into(), AggregateFunction::CountDistinct)
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(GroupBy::parse("date:mont").unwrap_err().nearest, ["month"]);
        assert!(Aggregate::parse("price_total").unwrap_err().problem.contains("price_total:sum"));
        assert!(GroupBy::parse("a..b").is_err());
    }
}
