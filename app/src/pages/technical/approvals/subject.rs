//! What a change is about, at a glance: whom it is for and what it comes to.

use leptos::prelude::*;

use super::{ApprovalLine, Money, Subject};
use crate::components::{List, Number};

/// Records that are named in a line.
const NAMED: usize = 3;

/// `Azure Interior · 1,044.30 EUR`, or `S00012, S00013 and 3 more · 2,088.60 EUR`; nothing where neither is known.
#[component]
pub(super) fn Glance(line: ApprovalLine) -> impl IntoView {
    let ApprovalLine { records, subjects, .. } = line;
    let whom = match subjects.as_slice() {
        [one] if records == 1 => one.of.clone(),
        several => names(several, usize::try_from(records).unwrap_or(usize::MAX)),
    };
    let total = sum(&subjects).filter(|_| usize::try_from(records) == Ok(subjects.len()));
    let dot = (whom.is_some() && total.is_some()).then_some(" · ");
    (whom.is_some() || total.is_some()).then(
        || view! { <span class="glance">{whom}{dot}{total.map(|total| view! { <Amount total/> })}</span> },
    )
}

/// The records one by one, where there are several.
#[component]
pub(super) fn Subjects(line: ApprovalLine) -> impl IntoView {
    let ApprovalLine { records, subjects, label, .. } = line;
    if subjects.len() < 2 || subjects.iter().all(|one| one.name.is_none() && one.of.is_none()) {
        return ().into_any();
    }
    let more = usize::try_from(records).unwrap_or_default().saturating_sub(subjects.len());
    let rows = subjects
        .into_iter()
        .map(|one| {
            let called = one.name.or_else(|| one.id.map(|id| format!("{label} {id}")));
            let total = one.total.map(|total| view! { <Amount total/> });
            view! {
                <tr>
                    <td class="wide" data-label="Record">{called.unwrap_or_else(|| format!("New {label}"))}</td>
                    <td class="wide" data-label="For">{one.of}</td>
                    <td class="number" data-label="Total">{total}</td>
                </tr>
            }
        })
        .collect_view();
    let head = view! {
        <tr><th scope="col">"Record"</th><th scope="col">"For"</th><th scope="col" class="number">"Total"</th></tr>
    };
    view! {
        <List label="Records that it is about" head=head.into_any() cards=true>{rows}</List>
        {(more > 0).then(|| view! { <p class="muted">{format!("And {more} more.")}</p> })}
    }
    .into_any()
}

#[component]
fn Amount(total: Money) -> impl IntoView {
    view! { <Number value=total.cents places=2/>" "{total.currency} }
}

fn names(subjects: &[Subject], records: usize) -> Option<String> {
    let names: Vec<&str> = subjects.iter().filter_map(|one| one.name.as_deref()).take(NAMED).collect();
    let more = records.saturating_sub(names.len());
    match (names.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(names.join(", ")),
        (false, more) => Some(format!("{} and {more} more", names.join(", "))),
    }
}

/// What they come to together; `None` where one of them has no total, or another currency.
fn sum(subjects: &[Subject]) -> Option<Money> {
    let mut sum: Option<Money> = None;
    for one in subjects {
        let total = one.total.as_ref()?;
        sum = match sum {
            None => Some(total.clone()),
            Some(sum) if sum.currency == total.currency => {
                Some(Money { cents: sum.cents.checked_add(total.cents)?, ..sum })
            }
            Some(_) => return None,
        };
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str, cents: i64, currency: &str) -> Subject {
        let total = Some(Money { cents, currency: currency.to_owned() });
        Subject { name: Some(name.to_owned()), total, ..Subject::default() }
    }

    #[test]
    fn several_are_named_and_added_up_where_they_can_be() {
        let mut all = vec![subject("S1", 100, "EUR"), subject("S2", 250, "EUR")];
        assert_eq!(names(&all, 2).as_deref(), Some("S1, S2"));
        assert_eq!(names(&all, 5).as_deref(), Some("S1, S2 and 3 more"));
        assert_eq!(sum(&all), Some(Money { cents: 350, currency: "EUR".to_owned() }));
        all.push(subject("S3", 1, "USD"));
        assert_eq!(sum(&all), None);
        assert_eq!((names(&[], 3), sum(&[])), (None, None));
    }
}
