//! The words for operators, as written in a domain.

use super::Operator;

/// Words that assistants write for an operator that is called otherwise here.
const ALIASES: [(&str, Operator); 2] = [("==", Operator::Eq), ("<>", Operator::Ne)];

/// Words from other query languages, and what to write instead.
const FOREIGN: [(&str, &str); 14] = [
    ("contains", "ilike"),
    ("icontains", "ilike"),
    ("startswith", "=ilike"),
    ("endswith", "=ilike"),
    ("not contains", "not ilike"),
    ("is", "="),
    ("is not", "!="),
    ("is null", "="),
    ("is not null", "!="),
    ("eq", "="),
    ("ne", "!="),
    ("gte", ">="),
    ("lte", "<="),
    ("between", ">="),
];

impl Operator {
    /// All of them, as ERP.md lists them.
    pub const ALL: [Self; 19] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::In,
        Self::NotIn,
        Self::Like,
        Self::NotLike,
        Self::ILike,
        Self::NotILike,
        Self::EqLike,
        Self::EqILike,
        Self::EqOrUnset,
        Self::ChildOf,
        Self::ParentOf,
        Self::Any,
        Self::NotAny,
    ];

    /// The word Odoo uses, for example `not in`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Like => "like",
            Self::NotLike => "not like",
            Self::ILike => "ilike",
            Self::NotILike => "not ilike",
            Self::EqLike => "=like",
            Self::EqILike => "=ilike",
            Self::EqOrUnset => "=?",
            Self::ChildOf => "child_of",
            Self::ParentOf => "parent_of",
            Self::Any => "any",
            Self::NotAny => "not any",
        }
    }

    /// The operator of that word: case does not count, `==` is `=` and `<>` is `!=`, as in Odoo.
    pub fn parse(word: &str) -> Option<Self> {
        let word = tidy(word);
        Self::ALL
            .into_iter()
            .find(|operator| operator.name() == word)
            .or_else(|| ALIASES.into_iter().find(|(alias, _)| *alias == word).map(|(_, operator)| operator))
    }

    /// What a word that is no operator was probably meant to be, best first.
    pub(super) fn meant_by(word: &str) -> Vec<String> {
        let word = tidy(word);
        if let Some((_, right)) = FOREIGN.into_iter().find(|(foreign, _)| *foreign == word) {
            return vec![right.to_owned()];
        }
        // `not_in` and `notin` are nearest to `not in`, once the gap is one.
        let spaced = word.replace('_', " ");
        if let Some(operator) = Self::parse(&spaced) {
            return vec![operator.name().to_owned()];
        }
        crate::model::complaint::nearest(&word, Self::ALL.map(Self::name))
    }
}

fn tidy(word: &str) -> String {
    word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_in_any_case() {
        for operator in Operator::ALL {
            assert_eq!(Operator::parse(operator.name()), Some(operator));
            assert_eq!(Operator::parse(&operator.name().to_uppercase()), Some(operator));
        }
        assert_eq!(Operator::parse("not   in"), Some(Operator::NotIn));
        assert_eq!(Operator::parse("=="), Some(Operator::Eq));
        assert_eq!(Operator::parse("<>"), Some(Operator::Ne));
        assert_eq!(Operator::parse("lik"), None);
    }

    #[test]
    fn a_wrong_word_leads_to_a_right_one() {
        for (wrong, right) in
            [("lik", "like"), ("not_in", "not in"), ("contains", "ilike"), ("childof", "child_of")]
        {
            assert_eq!(Operator::meant_by(wrong).first().map(String::as_str), Some(right), "{wrong}");
        }
        for (_, right) in FOREIGN {
            assert!(Operator::parse(right).is_some(), "{right}");
        }
    }
}
