//! One entry of the log, explained.

use app::pages::technical::logs::{GateLine, LogEntry, Verdict};
use serde_json::Value;

use super::about;
use super::changes::changes;
use super::line;
use crate::policy::Gate;
use crate::store::log::LogRow;

/// The entry as its page shows it.
pub(super) fn entry(row: LogRow) -> LogEntry {
    let is_admin = row.kind == "admin";
    let detail: Option<Value> = row.detail.as_deref().and_then(|text| serde_json::from_str(text).ok());
    LogEntry {
        gates: if is_admin { Vec::new() } else { gates(&row) },
        changes: detail.as_ref().filter(|_| is_admin).map(changes).unwrap_or_default(),
        arguments: row.detail.as_deref().map(pretty),
        target: row.target.clone(),
        method: row.method.clone(),
        tool: row.tool.clone(),
        model: row.model.clone(),
        user_id: row.user_id,
        key: row.key_id.clone().map(|id| (id, row.key_name.clone().unwrap_or_default())),
        session: row.session.clone(),
        connection: row.grant_id.clone(),
        request_id: row.request_id.clone(),
        bytes: row.bytes,
        approval: about::approval(&row).map(str::to_owned),
        reason: row.reason.clone(),
        journalled: None,
        line: line(row),
    }
}

/// Indented where it is JSON; as it is where it was cut.
fn pretty(text: &str) -> String {
    let parsed: Result<Value, _> = serde_json::from_str(text);
    parsed.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| text.to_owned())
}

/// How each gate stood. The log notes the one that decided; all before it were open. Of what failed for another
/// reason it is not known how far it came.
fn gates(row: &LogRow) -> Vec<GateLine> {
    let decided = Gate::ALL.into_iter().find(|gate| Some(gate.name()) == row.gate.as_deref());
    if decided.is_none() && row.outcome != "allowed" {
        return Vec::new();
    }
    let verdict = |gate: Gate| match decided {
        Some(decided) if gate < decided && !applies(gate, row) => Verdict::DoesNotApply,
        Some(decided) if gate < decided => Verdict::Passed,
        Some(decided) if gate == decided => Verdict::Decided,
        Some(_) => Verdict::NotReached,
        None if applies(gate, row) => Verdict::Passed,
        None => Verdict::DoesNotApply,
    };
    Gate::ALL
        .into_iter()
        .map(|gate| GateLine { label: gate.label().to_owned(), verdict: verdict(gate) })
        .collect()
}

/// Whether the gate is asked for such a request: those of a model only where one is reached for.
fn applies(gate: Gate, row: &LogRow) -> bool {
    match gate {
        Gate::Enabled | Gate::Credential | Gate::RateLimit | Gate::User | Gate::Group => true,
        Gate::Scope => row.tool.is_some(),
        Gate::Policy | Gate::AccessRights | Gate::RecordRules | Gate::RecordLimits => row.model.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(row: &LogRow) -> Vec<Verdict> {
        gates(row).into_iter().map(|gate| gate.verdict).collect()
    }

    #[test]
    fn the_gate_that_decided_stands_between_those_before_and_after() {
        use Verdict::{Decided, DoesNotApply, NotReached, Passed};
        let denied = LogRow {
            outcome: "denied".into(),
            gate: Some("policy".into()),
            tool: Some("update_records".into()),
            model: Some("res.partner".into()),
            ..LogRow::default()
        };
        let seen = verdicts(&denied);
        assert_eq!(seen.iter().filter(|v| **v == Passed).count(), 6);
        assert_eq!((seen[6], seen[7]), (Decided, NotReached));
        let listed = LogRow { outcome: "allowed".into(), ..LogRow::default() };
        let seen = verdicts(&listed);
        assert_eq!((seen[4], seen[5], seen[6]), (Passed, DoesNotApply, DoesNotApply));
        let failed = LogRow { outcome: "failed".into(), ..LogRow::default() };
        assert!(verdicts(&failed).is_empty());
    }

    #[test]
    fn arguments_are_indented_unless_they_were_cut() {
        assert_eq!(pretty(r#"{"model":"a"}"#), "{\n  \"model\": \"a\"\n}");
        assert_eq!(pretty(r#"{"model":"a…"#), r#"{"model":"a…"#);
    }
}
