//! What an entry changed in the ERP, and the way back.

use leptos::prelude::*;

use super::{Journalled, Other, PATH, UNDO, Undo};
use crate::components::{Ago, Confirm, DifferenceList, Warning, whole};

/// The button that takes a change back, where it can be.
#[component]
pub(super) fn UndoAct(change: Journalled, path: String) -> impl IntoView {
    let Journalled { what, undo, .. } = change;
    let Undo::Possible { created, changed, deleted } = undo else { return ().into_any() };
    let question = format!(
        "{} This is done by your own rights, and only if nobody changed these records since.",
        consequence(created, changed, deleted)
    );
    view! {
        <Confirm
            open="Undo" question confirm=format!("Undo the change of {what}") action=format!("{path}/undo")
            fields=vec![("form", UNDO.to_owned())]
        />
    }
    .into_any()
}

/// What taking it back will do.
fn consequence(created: usize, changed: usize, deleted: usize) -> String {
    let parts: Vec<String> = [
        (created, "that was created is deleted", "that were created are deleted"),
        (changed, "that was changed is put back as it was", "that were changed are put back as they were"),
        (deleted, "that was deleted comes back", "that were deleted come back"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, several)| match count {
        1 => format!("1 record {one}"),
        count => format!("{} records {several}", whole(i64::try_from(count).unwrap_or(i64::MAX))),
    })
    .collect();
    if parts.is_empty() { "No record is changed.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

/// Records before and after, and what became of the change.
#[component]
pub(super) fn Journal(change: Journalled, path: String) -> impl IntoView {
    let Journalled { differences, undo, undoes, .. } = change;
    let link = |other: Other| {
        let href = format!("{PATH}/{}", other.id);
        view! { {other.login}" "<Ago at=other.at/>": "<a href=href>"its entry"</a> }
    };
    let undoes = undoes.map(|other| view! { <p>"This took back what was done by "{link(other)}"."</p> });
    let state = match undo {
        Undo::Possible { .. } => ().into_any(),
        Undo::Lasting(why) => view! { <Warning title="This can't be undone">{why}</Warning> }.into_any(),
        Undo::Done(other) => view! { <p>"This was undone by "{link(other)}"."</p> }.into_any(),
    };
    view! {
        <h2>"What it changed"</h2>
        {undoes}
        {state}
        <DifferenceList differences base=format!("{path}?")/>
    }
}

#[cfg(test)]
mod tests {
    use super::consequence;

    #[test]
    fn what_undoing_does_is_said_beforehand() {
        assert_eq!(consequence(1, 0, 0), "1 record that was created is deleted.");
        assert_eq!(consequence(0, 0, 0), "No record is changed.");
    }
}
