//! What a policy says beyond operations: the sections of its form.

use leptos::prelude::*;

use super::FORM;
use crate::components::{
    Choice, Choices, Glyph, Group, Icon, NumberField, SelectField, TextArea, TextField, Toggle, Warning,
};
use crate::form::Attempt;

/// Refinements, as the form shows them.
#[derive(Clone, Debug, Default)]
pub struct Refined {
    /// Why what is stored can't be read.
    pub fault: Option<String>,
    /// `all`, `hidden` or `allowed`.
    pub fields_rule: String,
    /// Names of the fields that are hidden, or allowed.
    pub named: Vec<String>,
    /// The model's fields: name and label.
    pub fields: Vec<(String, String)>,
    /// The extra domain as JSON; empty for none.
    pub domain: String,
    /// The record limit.
    pub max_records: Option<i64>,
    /// The largest that is taken.
    pub most_records: i64,
    /// Whether questions must be narrowed.
    pub narrowing: bool,
    /// Labels of the fields that narrow.
    pub narrowing_fields: Vec<String>,
    /// Names of the operations that wait for approval.
    pub approval: Vec<String>,
    /// Only above so many records.
    pub over_records: Option<i64>,
    /// Only above this amount; empty for any.
    pub over_amount: String,
    /// Whether posting waits.
    pub posted_documents: bool,
    /// Whether another person must approve.
    pub four_eyes: bool,
    /// Hours until it can't be approved any more.
    pub expires_hours: i64,
    /// The most that are taken.
    pub most_hours: i64,
}

/// Longest domain.
const DOMAIN_MOST: u32 = 20_000;
/// Most records that a threshold can name.
const THRESHOLD_MOST: i64 = 1_000_000;

/// The sections, one for each refinement.
#[component]
pub(super) fn Refinements(refined: Refined) -> impl IntoView {
    let fault = refined.fault.clone().map(|why| {
        let said = format!(
            "What is stored can't be read, so this policy allows nothing: {why}. Saving sets it anew."
        );
        view! { <Warning title="Nothing is allowed">{said}</Warning> }
    });
    let records = refined.clone();
    view! {
        {fault}
        <Fields refined=refined.clone()/>
        <Group title="Records" help="Which records can be reached through MCP, and how many at once.">
            <TextArea form=FORM name="domain" label="Extra domain" value=records.domain most=DOMAIN_MOST rows=3 mono=true
                help="Every record that is read must meet it, and every one that is written, before and after, whatever is asked. For example [[\"state\",\"=\",\"sale\"]]. Empty: every record the user reaches."/>
            <NumberField form=FORM name="max_records" label="Max records" unit="records" value=records.max_records
                least=1 most=records.most_records placeholder="as in Settings"
                help="Most records of one answer. The lower of this and Max Records Per Request of Settings holds."/>
            <Narrowing on=records.narrowing fields=records.narrowing_fields/>
        </Group>
        <Approval refined/>
        <input type="hidden" name="refinements" value="on"/>
    }
}

#[component]
fn Fields(refined: Refined) -> impl IntoView {
    let rules = vec![
        Choice::new("all", "All fields"),
        Choice::new("hidden", "All but the ticked ones"),
        Choice::new("allowed", "The ticked ones alone"),
    ];
    let attempt = Attempt::of(FORM);
    // What is ticked, and what is wrong with it, must be seen.
    let open = attempt.value("fields_rule", &refined.fields_rule) != "all"
        || attempt.error("fields_rule").or_else(|| attempt.error("field")).is_some();
    let choices =
        refined.fields.into_iter().map(|(name, label)| Choice::new(name.clone(), label).help(name)).collect();
    view! {
        <Group title="Fields" help="A field that is not shown does not exist for the AI: it can't be read, searched, grouped by or written.">
            <SelectField form=FORM name="fields_rule" label="Fields shown" value=refined.fields_rule choices=rules
                help="The number of a record, id, is always shown. Where the name of records is hidden they are shown as model #id."/>
            <details class="fold" open=open>
                <summary><Icon name=Glyph::ChevronRight/>"Choose fields"</summary>
                <Choices form=FORM name="field" label="Ticked fields" value=refined.named choices several=true/>
            </details>
        </Group>
    }
}

#[component]
fn Narrowing(on: bool, fields: Vec<String>) -> impl IntoView {
    let help = if fields.is_empty() {
        "This model has neither a date nor a product, warehouse or company to narrow by.".to_owned()
    } else {
        format!(
            "Every search, count, aggregate and export must filter on one of {}; a date from a first day on. A question that does not is refused before it runs.",
            fields.join(", ")
        )
    };
    view! { <Toggle form=FORM name="narrowing" label="Require narrowing" value=on help/> }
}

#[component]
fn Approval(refined: Refined) -> impl IntoView {
    let operations = vec![
        Choice::new("create", "Create"),
        Choice::new("write", "Write"),
        Choice::new("delete", "Delete"),
        Choice::new("method_call", "Method Call"),
    ];
    view! {
        <Group title="Approval" help="A change that waits is done only when a person approves it in Technical > MCP > Approvals.">
            <Choices form=FORM name="approval" label="Operations that wait" value=refined.approval choices=operations several=true
                help="None ticked: none of them waits."/>
            <NumberField form=FORM name="over_records" label="Only above" unit="records" value=refined.over_records
                least=0 most=THRESHOLD_MOST placeholder="any number"
                help="They wait where they touch more records than this, lines of documents counted too. With an amount below, either of the two suffices."/>
            <TextField form=FORM name="over_amount" label="Only above the amount" value=refined.over_amount most=20
                placeholder="any amount" help="In the company's currency, for example 1000.00: they wait where a document comes to more."/>
            <Toggle form=FORM name="posted_documents" label="Posting waits" value=refined.posted_documents
                help="Whatever posts a document waits, whichever operation it is: that can't be undone."/>
            <Toggle form=FORM name="four_eyes" label="Four eyes" value=refined.four_eyes
                help="Somebody other than the user who asked must approve."/>
            <NumberField form=FORM name="expires_hours" label="Expires after" unit="hours" value=refined.expires_hours
                least=1 most=refined.most_hours help="After that it can't be approved any more and has to be asked for again."/>
        </Group>
    }
}
