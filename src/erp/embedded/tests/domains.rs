//! Every operator on every type, with unset values, empty text, letters beyond ASCII: what is found, on both.

use serde_json::{Value, json};

use super::benches;

#[tokio::test]
async fn every_operator_finds_the_same_on_both() {
    let cases: Vec<(Value, &[i64])> = vec![
        // Nothing asked, and logic.
        (json!([]), &[1, 2, 3, 4, 5, 6]),
        (json!(["|", ["n", "=", 5], ["n", "=", 7]]), &[1, 6]),
        (json!(["!", ["n", "<", 5]]), &[1, 4, 5, 6]),
        (json!(["!", "|", ["n", "=", 5], ["name", "=", false]]), &[2, 3, 4]),
        (json!([["n", ">", 0], ["ok", "=", true]]), &[1, 6]),
        // Text.
        (json!([["name", "=", "Alpha"]]), &[1]),
        (json!([["name", "!=", "Alpha"]]), &[2, 3, 4, 5, 6]),
        (json!([["name", "=", false]]), &[5, 6]),
        (json!([["name", "!=", false]]), &[1, 2, 3, 4]),
        (json!([["name", "=", ""]]), &[5, 6]),
        (json!([["name", "in", ["alpha", "ärger", false]]]), &[2, 4, 5, 6]),
        (json!([["name", "in", []]]), &[]),
        (json!([["name", "not in", []]]), &[1, 2, 3, 4, 5, 6]),
        (json!([["name", "not in", ["alpha", "ärger"]]]), &[1, 3, 5, 6]),
        (json!([["name", "not in", ["alpha", false]]]), &[1, 3, 4]),
        (json!([["name", "like", "lph"]]), &[1, 2]),
        (json!([["name", "like", "Alp"]]), &[1]),
        (json!([["name", "ilike", "ALP"]]), &[1, 2]),
        (json!([["name", "ilike", "ÄRG"]]), &[3, 4]),
        (json!([["name", "ilike", "ärg"]]), &[3, 4]),
        (json!([["name", "like", "ärg"]]), &[4]),
        (json!([["name", "not like", "lph"]]), &[3, 4, 5, 6]),
        (json!([["name", "not ilike", "ärger"]]), &[1, 2, 5, 6]),
        (json!([["name", "ilike", ""]]), &[1, 2, 3, 4, 5, 6]),
        (json!([["name", "not ilike", ""]]), &[]),
        (json!([["name", "=like", "Al%"]]), &[1]),
        (json!([["name", "=like", "lph"]]), &[]),
        (json!([["name", "=ilike", "al_ha"]]), &[1, 2]),
        (json!([["name", "=ilike", "ÄR%"]]), &[3, 4]),
        (json!([["note", "like", "a%b"]]), &[4, 5]),
        (json!([["note", "ilike", "a%b"]]), &[4, 5, 6]),
        (json!([["note", "ilike", "a_b"]]), &[4, 5, 6]),
        (json!([["note", "like", "a\\%b"]]), &[4]),
        (json!([["note", "ilike", "a\\_b"]]), &[5]),
        (json!([["note", "like", "b\\"]]), &[5]),
        (json!([["note", "like", "b\\\\c"]]), &[5]),
        (json!([["note", "like", "[x]*?"]]), &[1]),
        (json!([["note", "ilike", "[X]*?"]]), &[1]),
        (json!([["name", "<", "a"]]), &[1, 6]),
        (json!([["name", ">", "alpha"]]), &[3, 4]),
        (json!([["name", ">=", "alpha"]]), &[2, 3, 4]),
        (json!([["name", "<=", "alpha"]]), &[1, 2, 6]),
        (json!([["name", "=?", false]]), &[1, 2, 3, 4, 5, 6]),
        (json!([["name", "=?", "alpha"]]), &[2]),
        // Whole and decimal numbers, money.
        (json!([["n", "=", 5]]), &[1]),
        (json!([["n", "=", "5"]]), &[1]),
        (json!([["n", "!=", 5]]), &[2, 3, 4, 5, 6]),
        (json!([["n", "=", false]]), &[4]),
        (json!([["n", "=", 0]]), &[3]),
        (json!([["n", "in", [5, 7, false]]]), &[1, 4, 6]),
        (json!([["n", "not in", [5, 7]]]), &[2, 3, 4, 5]),
        (json!([["n", "=", 9_007_199_254_740_993_i64]]), &[5]),
        (json!([["n", ">", 9_007_199_254_740_992_i64]]), &[5]),
        (json!([["n", "<", "1000000000000000000000000000000"]]), &[1, 2, 3, 5, 6]),
        (json!([["n", ">", "1000000000000000000000000000000"]]), &[]),
        (json!([["n", ">=", "-1000000000000000000000000000000"]]), &[1, 2, 3, 5, 6]),
        (json!([["n", ">", 4.5], ["n", "<", 5.5]]), &[1]),
        (json!([["qty", "=", 1.5]]), &[1]),
        (json!([["qty", "=", "1.500"]]), &[1]),
        (json!([["qty", "=", 1.5004]]), &[]),
        (json!([["qty", "!=", 1.5004]]), &[1, 2, 3, 4, 5, 6]),
        (json!([["qty", "<", 1.5004]]), &[1, 2, 3]),
        (json!([["qty", ">", 1.4996], ["qty", "<=", 2.5]]), &[1, 6]),
        (json!([["qty", "<", -0.0005]]), &[2]),
        (json!([["qty", ">", -0.0015], ["qty", "<", 0]]), &[2]),
        (json!([["amount", "=", 10.5]]), &[1]),
        (json!([["amount", "=", "90071992547409.93"]]), &[5]),
        (json!([["amount", "in", [10.5, 0.05]]]), &[1, 6]),
        (json!([["amount", "=?", null]]), &[1, 2, 3, 4, 5, 6]),
        // Truth: not set is false.
        (json!([["ok", "=", true]]), &[1, 4, 6]),
        (json!([["ok", "=", false]]), &[2, 3, 5]),
        (json!([["ok", "!=", true]]), &[2, 3, 5]),
        (json!([["ok", "!=", false]]), &[1, 4, 6]),
        (json!([["ok", "=", 1]]), &[1, 4, 6]),
        (json!([["ok", "in", [true, false]]]), &[1, 2, 3, 4, 5, 6]),
        (json!([["ok", "not in", [false]]]), &[1, 4, 6]),
        // Selection.
        (json!([["state", "=", "done"]]), &[2, 4, 6]),
        (json!([["state", "!=", "done"]]), &[1, 3, 5]),
        (json!([["state", "in", ["draft", false]]]), &[1, 3, 5]),
        (json!([["state", "ilike", "DRA"]]), &[1, 5]),
        // Days: 20728 is 2026-10-02.
        (json!([["day", "=", "2026-10-02"]]), &[1, 5]),
        (json!([["day", ">", "2026-10-02"]]), &[2, 4]),
        (json!([["day", "<=", "2026-10-02"]]), &[1, 5, 6]),
        (json!([["day", "!=", "2026-10-02"]]), &[2, 3, 4, 6]),
        (json!([["day", "in", ["2026-10-02", "2026-10-04 00:00:00"]]]), &[1, 4, 5]),
        (json!([["day", "=", false]]), &[3]),
        // Instants: a bare date is the day in Berlin; 1790936999 is 2026-10-02 10:29:59 UTC.
        (json!([["at", "=", "2026-10-02"]]), &[1, 2, 4]),
        (json!([["at", "=", "2026-10-02 10:29:59"]]), &[1]),
        (json!([["at", "=", "2026-10-02T12:29:59+02:00"]]), &[1]),
        (json!([["at", "<", "2026-10-02 10:30:00"]]), &[1, 6]),
        (json!([["at", "<=", "2026-10-02 10:30:00"]]), &[1, 2, 6]),
        (json!([["at", ">=", "2026-10-03"]]), &[5]),
        (json!([["at", ">", "2026-10-02"]]), &[5]),
        (json!([["at", "<=", "2026-10-02"]]), &[1, 2, 4, 6]),
        (json!([["at", "<", "2026-10-02"]]), &[6]),
        (json!([["at", "not in", ["2026-10-02"]]]), &[3, 5, 6]),
        // Links to one record.
        (json!([["owner_id", "=", 1]]), &[1, 5]),
        (json!([["owner_id", "!=", 1]]), &[2, 3, 4, 6]),
        (json!([["owner_id", "=", false]]), &[3]),
        (json!([["owner_id", "!=", false]]), &[1, 2, 4, 5, 6]),
        (json!([["owner_id", "in", [1, 3, false]]]), &[1, 3, 4, 5]),
        (json!([["owner_id", "not in", [1, false]]]), &[2, 4, 6]),
        (json!([["owner_id", "=", "Acme"]]), &[1, 5]),
        (json!([["owner_id", "in", ["Acme", 3]]]), &[1, 4, 5]),
        (json!([["owner_id", "ilike", "acme"]]), &[1, 2, 5, 6]),
        (json!([["owner_id", "not ilike", "gmbh"]]), &[1, 3, 4, 5]),
        (json!([["owner_id", "like", "50\\%\\_"]]), &[4]),
        (json!([["owner_id", "ilike", "żUBR"]]), &[4]),
        (json!([["owner_id.display_name", "ilike", "gmbh"]]), &[2, 6]),
        (json!([["owner_id.town", "ilike", "köln"]]), &[1, 2, 5, 6]),
        (json!([["owner_id.town", "=", false]]), &[4]),
        (json!([["owner_id.town", "!=", "Köln"]]), &[2, 4, 6]),
        (json!([["owner_id.boss_id.name", "=", "Acme"]]), &[2, 6]),
        (json!([["owner_id.boss_id.boss_id", "!=", false]]), &[4]),
        (json!([["owner_id", "any", [["town", "=", "KÖLN"]]]]), &[2, 6]),
        (json!([["owner_id", "not any", [["town", "=", "KÖLN"]]]]), &[1, 3, 4, 5]),
        // Trees.
        (json!([["id", "child_of", 1]]), &[1, 2, 3, 4]),
        (json!([["id", "child_of", [2, 5]]]), &[2, 3, 4, 5, 6]),
        (json!([["id", "parent_of", 4]]), &[1, 2, 4]),
        (json!([["parent_id", "child_of", 2]]), &[3, 4]),
        (json!([["parent_id", "parent_of", 2]]), &[2, 3, 4]),
        (json!([["parent_id", "child_of", "ALPHA"]]), &[2, 3, 4]),
        (json!([["owner_id", "child_of", 1]]), &[1, 5]),
        // Links to many records: the line 12 is hidden by a rule.
        (json!([["line_ids", "=", 10]]), &[1]),
        (json!([["line_ids", "in", [11, 12, 13]]]), &[1, 4]),
        (json!([["line_ids", "not in", [10]]]), &[2, 3, 4, 5, 6]),
        (json!([["line_ids", "=", false]]), &[2, 3, 5, 6]),
        (json!([["line_ids", "!=", false]]), &[1, 4]),
        (json!([["line_ids", "ilike", "T"]]), &[1, 4]),
        (json!([["line_ids.n", ">", 1]]), &[1, 4]),
        (json!([["line_ids.name", "=", "hidden"]]), &[]),
        (json!([["line_ids", "any", [["n", "=", 1]]]]), &[1]),
        (json!([["line_ids", "not any", [["n", "=", 1]]]]), &[2, 3, 4, 5, 6]),
        (json!([["tag_ids", "=", 21]]), &[1, 6]),
        (json!([["tag_ids", "=", "Cold"]]), &[1, 2]),
        (json!([["tag_ids", "ilike", "COLD"]]), &[1, 2]),
        (json!([["tag_ids.name", "=", "hot"]]), &[1, 6]),
        (json!([["tag_ids", "=", false]]), &[3, 4, 5]),
        (json!([["tag_ids", "!=", 22]]), &[3, 4, 5, 6]),
        (json!([["line_ids.thing_id.tag_ids", "in", [21]]]), &[1]),
        // The record's own name.
        (json!([["display_name", "ilike", "alpha"]]), &[1, 2]),
    ];
    for bench in benches().await {
        for (domain, expected) in &cases {
            let found = bench.search(domain).await.unwrap_or_else(|e| panic!("{domain}: {e}"));
            assert_eq!(found, *expected, "{}: {domain}", bench.test.name);
        }
    }
}

#[tokio::test]
async fn a_ring_of_parents_ends() {
    for bench in benches().await {
        super::execute(&bench.test.db, "UPDATE t_thing SET parent_id = 4 WHERE id = 1").await;
        assert_eq!(bench.search(&json!([["id", "child_of", 2]])).await.unwrap(), [1, 2, 3, 4]);
    }
}

#[tokio::test]
async fn many_terms_and_values_fit() {
    let ids: Vec<i64> = (1..=9_000).collect();
    let mut terms = vec![json!("|"); 500];
    terms.extend((0..=500).map(|n| json!(["n", "=", n])));
    for bench in benches().await {
        assert_eq!(bench.search(&json!([["id", "in", ids]])).await.unwrap().len(), 6);
        assert_eq!(bench.search(&json!(terms)).await.unwrap(), [1, 3, 6]);
        assert_eq!(bench.search(&json!([["n", "in", ids]])).await.unwrap(), [1, 6]);
    }
}

#[tokio::test]
async fn refusals_name_the_term_and_what_is_right() {
    let cases = [
        (json!([["nmae", "=", 1]]), "t.thing has no field `nmae`", "name"),
        (json!([["owner_id.twon", "=", 1]]), "t.owner has no field `twon`", "town"),
        (json!([["name.x", "=", 1]]), "links to no other model", "char"),
        (json!([["state", "=", "Quotation"]]), "one of draft, done", "Did you mean draft?"),
        (json!([["state", ">", "draft"]]), "operator `>` does not fit", "in, not in"),
        (json!([["n", "=", "many"]]), "it takes a number", "\"many\""),
        (json!([["n", "like", "5"]]), "operator `like` does not fit", "integer"),
        (json!([["day", "=", "05.10.2026"]]), "YYYY-MM-DD", "2026-10-05"),
        (json!([["at", ">", 5]]), "RFC 3339", "5"),
        (json!([["ok", "=", "yes"]]), "true or false", "\"yes\""),
        (json!([["ok", ">", 1]]), "operator `>` does not fit", "boolean"),
        (json!([["owner_id", ">", 5]]), "links to t.owner", "owner_id.display_name"),
        (json!([["owner_id", "=", 1.5]]), "whole ids", "1.5"),
        (json!([["owner_id", "=", true]]), "false for not set", "true"),
        (json!([["name", "any", [["n", "=", 1]]]]), "operator `any` does not fit", "char"),
    ];
    for bench in benches().await {
        for (domain, one, other) in &cases {
            let said = bench.refusal(domain).await;
            assert!(said.contains(one) && said.contains(other), "{}: {domain}: {said}", bench.test.name);
        }
    }
}
