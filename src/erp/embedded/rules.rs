//! Record rules: which records of a model a user reaches, as in Axanta. Rules of companies hold for everybody and
//! all of them must hold; rules of groups widen each other: it is enough that one of the user's groups allows.

use crate::erp::Caller;
use crate::identity::group::{SALES_ADMINISTRATOR, SALES_OWN_DOCUMENTS, SETTINGS_ADMINISTRATOR};
use crate::model::{Domain, Leaf, Literal, Operation, Operator};

use super::registry;

/// What a rule lets through.
#[derive(Clone, Copy)]
enum Lets {
    /// Every record.
    Everything,
    /// Records whose user, found along this path, is the caller or nobody.
    OwnOrNobodys(&'static [&'static str]),
    /// The caller's own user record.
    Self_,
}

/// A rule of a group; `None` for every user.
struct Rule {
    group: Option<&'static str>,
    models: &'static [&'static str],
    lets: Lets,
}

const RULES: &[Rule] = &[
    Rule {
        group: Some(SALES_OWN_DOCUMENTS),
        models: &["crm.lead", "report.sales.analysis", "sale.order"],
        lets: Lets::OwnOrNobodys(&["user_id"]),
    },
    Rule {
        group: Some(SALES_OWN_DOCUMENTS),
        models: &["sale.order.line"],
        lets: Lets::OwnOrNobodys(&["order_id", "user_id"]),
    },
    Rule {
        group: Some(SALES_ADMINISTRATOR),
        models: &["crm.lead", "report.sales.analysis", "sale.order", "sale.order.line"],
        lets: Lets::Everything,
    },
    Rule { group: None, models: &["res.users"], lets: Lets::Self_ },
    Rule { group: Some(SETTINGS_ADMINISTRATOR), models: &["res.users"], lets: Lets::Everything },
];

/// The condition that a record must meet for `who` to reach it. The same for every operation.
pub fn domain(who: &Caller, model: &str, _operation: Operation) -> Domain {
    companies(who, model).and(groups(who, model))
}

/// The same condition in sentences, for people; empty where every record is reached.
pub fn sentences(who: &Caller, model: &str, _operation: Operation) -> Vec<String> {
    let mut all = Vec::new();
    if companies(who, model) != Domain::All {
        let ids: Vec<String> = who.company_ids.iter().map(ToString::to_string).collect();
        let shared = if company_is_optional(model) { ", and records that all companies share" } else { "" };
        all.push(format!("Only records of the user's companies (ids {}){shared}.", ids.join(", ")));
    }
    let held: Vec<&Rule> = held(who, model).collect();
    if !held.iter().any(|r| matches!(r.lets, Lets::Everything)) {
        all.extend(held.iter().map(|rule| match rule.lets {
            Lets::Everything => String::new(),
            Lets::OwnOrNobodys(_) => format!(
                "Only records whose salesperson is the user or nobody, because of the group {}; \
                 {SALES_ADMINISTRATOR} sees everybody's.",
                rule.group.unwrap_or_default()
            ),
            Lets::Self_ => format!("Only the user's own record; {SETTINGS_ADMINISTRATOR} sees every user."),
        }));
    }
    all
}

fn held<'a>(who: &'a Caller, model: &'a str) -> impl Iterator<Item = &'static Rule> + 'a {
    RULES
        .iter()
        .filter(move |r| r.models.contains(&model))
        .filter(|r| r.group.is_none_or(|name| who.groups.iter().any(|g| g == name)))
}

fn groups(who: &Caller, model: &str) -> Domain {
    let mut any: Vec<Domain> = Vec::new();
    for rule in held(who, model) {
        match rule.lets {
            Lets::Everything => return Domain::All,
            Lets::OwnOrNobodys(path) => {
                any.push(leaf(path, Operator::Eq, number(who.user_id)));
                any.push(leaf(path, Operator::Eq, Literal::Null));
            }
            Lets::Self_ => any.push(leaf(&["id"], Operator::Eq, number(who.user_id))),
        }
    }
    match any.len() {
        // No rule of any group: only those that hold for everybody.
        0 => Domain::All,
        1 => any.remove(0),
        _ => Domain::Or(any),
    }
}

fn companies(who: &Caller, model: &str) -> Domain {
    let within = |field| {
        let ids = who.company_ids.iter().copied().map(number).collect();
        leaf(&[field], Operator::In, Literal::List(ids))
    };
    if model == "res.company" {
        return within("id");
    }
    // A user's company is where they begin to work, not whose record they are.
    if model == "res.users" || registry::model(model).is_none_or(|m| m.field("company_id").is_none()) {
        return Domain::All;
    }
    if company_is_optional(model) {
        return Domain::Or(vec![within("company_id"), leaf(&["company_id"], Operator::Eq, Literal::Null)]);
    }
    within("company_id")
}

fn company_is_optional(model: &str) -> bool {
    registry::model(model).and_then(|m| m.field("company_id")).is_some_and(|f| !f.required)
}

fn leaf(path: &[&str], operator: Operator, value: Literal) -> Domain {
    Domain::Leaf(Leaf { path: path.iter().map(|p| (*p).to_owned()).collect(), operator, value })
}

fn number(n: i64) -> Literal {
    Literal::Number(n.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(groups: &[&str]) -> Caller {
        Caller {
            user_id: 3,
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            company_ids: vec![1, 2],
            tz: chrono_tz::UTC,
            lang: "en_US".into(),
        }
    }

    fn shown(groups: &[&str], model: &str) -> String {
        fn show(d: &Domain) -> String {
            match d {
                Domain::All => "all".into(),
                Domain::And(parts) => parts.iter().map(show).collect::<Vec<_>>().join(" & "),
                Domain::Or(parts) => format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(" | ")),
                Domain::Not(part) => format!("!{}", show(part)),
                Domain::Leaf(l) => {
                    let value = match &l.value {
                        Literal::Number(n) => n.clone(),
                        Literal::List(l) => format!("{}", l.len()),
                        other => format!("{other:?}"),
                    };
                    format!("{} {:?} {value}", l.path.join("."), l.operator)
                }
            }
        }
        show(&domain(&caller(groups), model, Operation::Read))
    }

    #[test]
    fn own_documents_are_ones_own_or_nobodys() {
        assert_eq!(
            shown(&[SALES_OWN_DOCUMENTS], "sale.order"),
            "company_id In 2 & (user_id Eq 3 | user_id Eq Null)"
        );
        assert_eq!(
            shown(&[SALES_OWN_DOCUMENTS], "sale.order.line"),
            "company_id In 2 & (order_id.user_id Eq 3 | order_id.user_id Eq Null)"
        );
    }

    #[test]
    fn a_wider_group_wins() {
        assert_eq!(
            shown(&[SALES_OWN_DOCUMENTS, SALES_ADMINISTRATOR], "report.sales.analysis"),
            "company_id In 2"
        );
    }

    #[test]
    fn companies_hold_for_everybody() {
        assert_eq!(shown(&[SETTINGS_ADMINISTRATOR], "res.company"), "id In 2");
        assert_eq!(shown(&[], "stock.movement"), "company_id In 2");
        assert_eq!(shown(&[], "res.partner"), "(company_id In 2 | company_id Eq Null)");
        assert_eq!(shown(&[], "res.country"), "all");
    }

    #[test]
    fn users_see_themselves_and_administrators_everybody() {
        assert_eq!(shown(&[], "res.users"), "id Eq 3");
        assert_eq!(shown(&[SETTINGS_ADMINISTRATOR], "res.users"), "all");
    }

    #[test]
    fn every_path_of_a_rule_exists() {
        for rule in RULES {
            for name in rule.models {
                let mut model = registry::model(name).unwrap();
                let Lets::OwnOrNobodys(path) = rule.lets else { continue };
                for (at, step) in path.iter().enumerate() {
                    let relation = model.require(step).unwrap().kind.relation().unwrap();
                    if at + 1 < path.len() {
                        model = registry::model(relation).unwrap();
                    } else {
                        assert_eq!(relation, "res.users");
                    }
                }
            }
        }
    }

    #[test]
    fn sentences_say_what_the_domain_does() {
        let own = sentences(&caller(&[SALES_OWN_DOCUMENTS]), "sale.order", Operation::Read);
        assert_eq!(own.len(), 2, "{own:?}");
        assert!(own[1].contains("salesperson is the user or nobody"));
        assert_eq!(
            sentences(&caller(&[SALES_OWN_DOCUMENTS, SALES_ADMINISTRATOR]), "sale.order", Operation::Read)
                .len(),
            1
        );
        assert!(sentences(&caller(&[]), "res.country", Operation::Read).is_empty());
    }
}
