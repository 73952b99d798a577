//! The domain language from outside: what is read, what is refused and how, and that nothing panics.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Domain, Leaf, Literal, MAX_DEPTH, MAX_PATTERN, MAX_TERMS, MAX_VALUES, Operator};

fn leaf(field: &str, operator: Operator, value: Literal) -> Domain {
    Domain::Leaf(Leaf { path: field.split('.').map(str::to_owned).collect(), operator, value })
}

fn is(field: &str) -> Domain {
    leaf(field, Operator::Eq, Literal::Number("1".into()))
}

fn none() -> Domain {
    Domain::Not(Box::new(Domain::All))
}

fn parse(value: impl Into<Value>) -> Domain {
    let value = value.into();
    Domain::parse(&value).unwrap_or_else(|complaint| panic!("{value}: {complaint}"))
}

fn complaint(value: impl Into<Value>) -> String {
    let value = value.into();
    Domain::parse(&value).map(|domain| panic!("{value} was read as {domain:?}")).unwrap_err().to_string()
}

#[test]
fn nothing_means_every_record() {
    for nothing in [json!(null), json!([]), json!(""), json!(" "), json!("[]"), json!("()"), json!("None")] {
        assert_eq!(parse(nothing), Domain::All);
    }
}

#[test]
fn prefix_form_is_read_as_odoo_reads_it() {
    let (a, b, c, d) =
        (json!(["a", "=", 1]), json!(["b", "=", 1]), json!(["c", "=", 1]), json!(["d", "=", 1]));
    assert_eq!(parse(json!([a, b, c])), Domain::And(vec![is("a"), is("b"), is("c")]));
    assert_eq!(parse(json!(["|", a, b, c])), Domain::And(vec![Domain::Or(vec![is("a"), is("b")]), is("c")]));
    assert_eq!(parse(json!(["|", "|", a, b, c])), Domain::Or(vec![is("a"), is("b"), is("c")]));
    assert_eq!(parse(json!(["|", a, "|", b, c])), Domain::Or(vec![is("a"), is("b"), is("c")]));
    assert_eq!(
        parse(json!(["|", "&", a, b, "!", c, d])),
        Domain::And(vec![
            Domain::Or(vec![Domain::And(vec![is("a"), is("b")]), Domain::Not(Box::new(is("c")))]),
            is("d")
        ])
    );
    assert_eq!(parse(json!(["!", "|", a, b])), Domain::Not(Box::new(Domain::Or(vec![is("a"), is("b")]))));
}

#[test]
fn constants_and_a_bare_term() {
    assert_eq!(parse(json!([[1, "=", 1]])), Domain::All);
    assert_eq!(parse(json!([[0, "=", 1]])), none());
    assert_eq!(parse("[(1,'=',1),('a','=',1)]"), is("a"));
    assert_eq!(parse(json!(["|", [0, "=", 1], ["a", "=", 1]])), Domain::Or(vec![none(), is("a")]));
    assert_eq!(parse(json!(["a", "=", 1])), is("a"));
    assert_eq!(parse("('a','=',1)"), is("a"));
    assert!(complaint(json!([[2, "=", 1]])).contains("must name a field"));
    assert!(complaint(json!([[1, "=", 0]])).contains("[0,\"=\",1], none"));
}

#[test]
fn values_are_taken_as_odoo_takes_them() {
    use Literal::{Bool, List, Null, Number, Text};
    let number = |n: &str| Number(n.into());
    for (term, operator, value) in [
        (json!(["a.b", "==", "x"]), Operator::Eq, Text("x".into())),
        (json!(["a.b", "<>", null]), Operator::Ne, Null),
        (json!(["a.b", "=", false]), Operator::Eq, Bool(false)),
        (json!(["a.b", "NOT IN", 3]), Operator::NotIn, List(vec![number("3")])),
        (json!(["a.b", "=", [1, 2]]), Operator::In, List(vec![number("1"), number("2")])),
        (json!(["a.b", "!=", ["x", null]]), Operator::NotIn, List(vec![Text("x".into()), Null])),
        (json!(["a.b", "in", []]), Operator::In, List(vec![])),
        (json!(["a.b", ">=", -1.50]), Operator::Ge, number("-1.5")),
        (json!(["a.b", "=", 9_007_199_254_740_993_i64]), Operator::Eq, number("9007199254740993")),
        (json!(["a.b", "ILike", 42]), Operator::ILike, Text("42".into())),
        (json!(["a.b", "child_of", 4]), Operator::ChildOf, number("4")),
        (json!(["a.b", "parent_of", [4]]), Operator::ParentOf, List(vec![number("4")])),
        (json!(["a.b", "=?", null]), Operator::EqOrUnset, Null),
    ] {
        assert_eq!(parse(json!([term])), leaf("a.b", operator, value), "{term}");
    }
}

#[test]
fn any_holds_a_domain() {
    let inner = Literal::Domain(Box::new(Domain::Or(vec![is("x"), is("y.z")])));
    let domain = json!([["line_ids", "any", ["|", ["x", "=", 1], ["y.z", "=", 1]]]]);
    assert_eq!(parse(domain), leaf("line_ids", Operator::Any, inner));
    let text = "[('line_ids', 'not any', [('x', '=', 1)]),]";
    assert_eq!(parse(text), leaf("line_ids", Operator::NotAny, Literal::Domain(Box::new(is("x")))));
    assert!(
        complaint(json!([["line_ids", "any", 7]])).contains("`any` compares with a domain, not with `7`")
    );
}

#[test]
fn a_complaint_names_the_term_a_right_name_and_an_example() {
    assert_eq!(
        complaint(json!([["a", "=", 1], ["name", "lik", "acme"]])),
        r#"domain term `["name","lik","acme"]`: `lik` is no operator. Did you mean like, =like, ilike? Example: [["name","like","acme"]]"#
    );
    for (wrong, said) in [
        (json!({"a": 1}), "a domain is a list of terms"),
        (json!(7), "not `7`"),
        (json!(false), "a domain is a list of terms"),
        (json!([7]), "`7` is neither"),
        (json!([["a", "="]]), "this has 2"),
        (json!([[["a", "=", 1]]]), "side by side in one list"),
        (json!([["|", ["a", "=", 1], ["b", "=", 2]]]), "side by side in one list"),
        (json!(["|", ["a", "=", 1]]), "only one is there"),
        (json!([["a", "=", 1], "&", ["b", "=", 1]]), "only one is there"),
        (json!([["a", "=", 1], "!"]), "`!` stands before its term"),
        (json!(["or", ["a", "=", 1], ["b", "=", 1]]), "Did you mean \"|\"?"),
        (json!([["a", "=", 1], "b"]), "`b` stands in the domain"),
        (json!(["a"]), "this has 1"),
        (json!([["", "=", 1]]), "names no field"),
        (json!([["a..b", "=", 1]]), "`a..b` names no field"),
        (json!([[null, "=", 1]]), "must name a field"),
        (json!([["a", 5, 1]]), "must be an operator"),
        (json!([["a", ">", null]]), "`>` compares with a number"),
        (json!([["a", ">", [1]]]), "not with `[1]`"),
        (json!([["a", "ilike", ["x"]]]), "`ilike` compares with a text"),
        (json!([["a", "in", [[1]]]]), "`[1]` is a list where one value"),
        (json!([["a", "=?", [1]]]), "use `in`"),
        (json!([["partner_id", "=", {"id": 9, "name": "Acme"}]]), "[[\"partner_id\",\"=\",9]]"),
        (json!([["a", "=", 1e30]]), "out of every field's range"),
        (json!([["a", "=", "x\0y"]]), "NUL"),
        (json!([["a", "is", null]]), "Did you mean =?"),
    ] {
        let complaint = complaint(wrong.clone());
        assert!(complaint.contains(said), "{wrong}: {complaint}");
        assert!(complaint.len() < 700, "{complaint}");
    }
}

#[test]
fn long_terms_are_cut() {
    let complaint = complaint(json!([["é".repeat(100_000), "=", 1, 2]]));
    assert!(complaint.contains("…`") && complaint.len() < 500, "{complaint}");
}

#[test]
fn bounds_hold() {
    let term = || json!(["a", "=", 1]);
    let terms = |n: usize| Value::Array(std::iter::repeat_with(term).take(n).collect());
    assert!(Domain::parse(&terms(MAX_TERMS)).is_ok());
    assert!(complaint(terms(MAX_TERMS + 1)).contains("more than 512 terms"));

    let ids = |n: usize| json!([["id", "in", (0..n).collect::<Vec<_>>()]]);
    assert!(Domain::parse(&ids(MAX_VALUES)).is_ok());
    assert!(complaint(ids(MAX_VALUES + 1)).contains("at most 10000"));

    // Together: the database binds all of them to one statement.
    let half = json!(["id", "in", (0..=MAX_VALUES / 2).collect::<Vec<_>>()]);
    assert!(complaint(json!([half, half])).contains("with those before it, has 10002 values"));
    assert!(complaint(json!([["a", "any", [half]], half])).contains("10002 values"));

    let pattern = |n: usize| json!([["name", "ilike", "é".repeat(n)]]);
    assert!(Domain::parse(&pattern(MAX_PATTERN)).is_ok());
    assert!(complaint(pattern(MAX_PATTERN + 1)).contains("longer than 4000 characters"));
    assert!(complaint(json!([["name", "ilike", "a\0b"]])).contains("NUL character"));

    let nots = |n: usize| Value::Array(std::iter::repeat_n(json!("!"), n).chain([term()]).collect());
    assert!(Domain::parse(&nots(MAX_DEPTH - 1)).is_ok());
    assert!(complaint(nots(MAX_DEPTH)).contains("nested deeper than 32"));
    assert!(complaint(nots(1_000_000)).contains("nested deeper than 32"));

    // A long chain of one sign is flat, however it leans.
    let chain: Vec<Value> =
        std::iter::repeat_n(json!("|"), 399).chain(std::iter::repeat_with(term).take(400)).collect();
    assert!(matches!(parse(chain), Domain::Or(all) if all.len() == 400));

    let path = |n: usize| json!([[vec!["a"; n].join("."), "=", 1]]);
    assert!(Domain::parse(&path(MAX_DEPTH)).is_ok());
    assert!(complaint(path(MAX_DEPTH + 1)).contains("33 hops"));
}

#[test]
fn any_in_any_is_bounded_as_value_and_as_text() {
    let nested = |n: usize| (0..n).fold(json!([["a", "=", 1]]), |inner, _| json!([["a", "any", inner]]));
    for deep in [nested(MAX_DEPTH - 1), json!(nested(MAX_DEPTH - 1).to_string())] {
        assert!(Domain::parse(&deep).is_ok());
    }
    for deep in [nested(MAX_DEPTH), json!(nested(MAX_DEPTH).to_string()), json!("[".repeat(60_000))] {
        assert!(complaint(deep).contains("nested deeper"));
    }
}

#[test]
fn rendering_is_canonical() {
    for (written, rendered) in [
        ("[]", "[]"),
        ("('a','=',1)", r#"[["a","=",1]]"#),
        (
            "['&','&',('a','=',1),('b','=',2.50),('c','==',False)]",
            r#"[["a","=",1],["b","=",2.5],["c","=",false]]"#,
        ),
        (
            "['!','&','&',('a','=',1),('b','=',2),('c','=',3)]",
            r#"["!","&","&",["a","=",1],["b","=",2],["c","=",3]]"#,
        ),
        ("['|',(0,'=',1),('a','Not In',None)]", r#"["|",[0,"=",1],["a","not in",[null]]]"#),
        ("[('l','any',[])]", r#"[["l","any",[]]]"#),
    ] {
        assert_eq!(parse(written).to_json().to_string(), rendered);
    }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(|n| Literal::Number(n.to_string())),
        (1_i32..1_000_000).prop_map(|n| Literal::Number(format!("{}.{:02}1", n / 100, n % 100))),
        "[^\0]{0,12}".prop_map(Literal::Text),
    ]
}

fn leaves(inner: impl Strategy<Value = Domain>) -> impl Strategy<Value = Domain> {
    let operand = prop_oneof![
        (prop_oneof![Just(Operator::Eq), Just(Operator::Ne), Just(Operator::EqOrUnset)], literal()),
        (
            prop_oneof![Just(Operator::In), Just(Operator::NotIn), Just(Operator::ChildOf)],
            prop::collection::vec(literal(), 0..4).prop_map(Literal::List)
        ),
        (prop_oneof![Just(Operator::ILike), Just(Operator::Ge)], "[^\0]{0,6}".prop_map(Literal::Text)),
        (
            prop_oneof![Just(Operator::Any), Just(Operator::NotAny)],
            inner.prop_map(|domain| Literal::Domain(Box::new(domain)))
        ),
    ];
    ("[a-z_]{1,8}(\\.[a-z_]{1,8}){0,2}", operand)
        .prop_map(|(field, (operator, value))| leaf(&field, operator, value))
}

/// Any tree; those that the parser would have made flatter are made so by reading them once.
fn domains() -> impl Strategy<Value = Domain> {
    prop_oneof![Just(Domain::All), Just(none())].prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            3 => leaves(inner.clone()),
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(Domain::And),
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(Domain::Or),
            1 => inner.prop_map(|domain| Domain::Not(Box::new(domain))),
        ]
    })
}

fn json_values() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "&",
        "|",
        "!",
        "a",
        "a.b",
        "=",
        "in",
        "any",
        "ilike",
        "",
        "(",
        "[['a','=',1]]",
    ]);
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ]
    .prop_recursive(5, 60, 4, |inner| {
        prop_oneof![
            8 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => prop::collection::hash_map("[a-z]{1,3}", inner, 0..2)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Domain::parse(&Value::from(text));
    }

    #[test]
    fn text_made_of_the_languages_own_pieces_is_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "[", "]", "(", ")", ",", "'", "\"", "\\", "u", "\\u00e", "\\ud83d", "a", "'a'", "'='", "1", "-", ".", "e9",
            "True", "None", "'&'", "'|'", "'!'", "'any'", " ", "é", "now()", "{", "('a','=',1)", "+",
        ]), 0..40)
    ) {
        let _ = Domain::parse(&Value::from(pieces.concat()));
    }

    #[test]
    fn any_json_is_read_or_refused_and_what_is_read_keeps(value in json_values()) {
        if let Ok(domain) = Domain::parse(&value) {
            prop_assert_eq!(Domain::parse(&domain.to_json()).unwrap(), domain);
        }
    }

    #[test]
    fn what_is_rendered_reads_the_same(domain in domains()) {
        // Deep trees are refused, which `bounds_hold` looks at.
        let Ok(read) = Domain::parse(&domain.to_json()) else { return Ok(()) };
        let rendered = read.to_json();
        prop_assert_eq!(&Domain::parse(&rendered).unwrap(), &read);
        prop_assert_eq!(&Domain::parse(&Value::from(rendered.to_string())).unwrap(), &read);
    }
}
