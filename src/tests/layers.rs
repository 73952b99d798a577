//! Who may know whom (ARCHITECTURE.md), where SQL and the environment may be touched, and how long a file may
//! be: read from the sources, so that a breach fails with its file, line and rule.

mod source;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use self::source::{What, mentions};

/// Downward only. Modules of one layer may know each other, but not in a circle.
const LAYERS: [&[&str]; 7] = [
    &["main", "lib", "cli", "config", "router", "health", "metrics", "download", "tests"],
    &["mcp", "oauth", "console", "doctor"],
    // What handlers are handed and how they answer errors: built of what is below, so that they may know it.
    &["state", "error"],
    &["web", "tools", "server"],
    &["changes", "audit", "erp", "reports"],
    &["policy", "limit", "identity", "settings", "files"],
    &["model", "clock", "store"],
];
/// Layer whose modules never know each other: each speaks a language of its own.
const STRANGERS: usize = 1;
/// Modules that know less than their layer may.
const ONLY: [(&str, &[&str]); 5] =
    [("clock", &[]), ("model", &[]), ("store", &["clock"]), ("policy", &["model"]), ("server", &[])];
const SQL_PLACES: [&str; 3] = ["store/", "store.rs", "erp/embedded/"];
const ENVIRONMENT_PLACE: &str = "config.rs";
const MOST_LINES: usize = 600;

#[derive(Debug, PartialEq, Eq)]
struct Breach {
    file: String,
    line: usize,
    rule: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.file, self.line, self.rule)
    }
}

/// A source file: its path under `src`, and its text.
type File = (String, String);

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn top_module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

fn check(files: &[File]) -> Vec<Breach> {
    let known: Vec<(&str, _)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), mentions(path, text).unwrap_or_else(|e| panic!("{path}: {e}"))))
        .collect();
    let edges: BTreeSet<(&str, &str)> = known
        .iter()
        .flat_map(|(path, found)| found.iter().map(move |mention| (top_module(path), &mention.what)))
        .filter_map(|(from, what)| if let What::Module(to) = what { Some((from, to.as_str())) } else { None })
        .collect();
    let mut breaches = Vec::new();
    for ((path, text), (_, found)) in files.iter().zip(&known) {
        let mut breach = |line, rule| breaches.push(Breach { file: path.clone(), line, rule });
        let from = top_module(path);
        if layer(from).is_none() {
            breach(
                1,
                format!("the module {from} has no place in the layers; give it one in src/tests/layers.rs"),
            );
        }
        if text.lines().count() > MOST_LINES {
            breach(MOST_LINES + 1, format!("a file has at most {MOST_LINES} lines; divide it"));
        }
        for mention in found {
            let rule = match &mention.what {
                What::Module(to) => dependency(from, to, &edges),
                What::Sql(word) => (!mention.in_test
                    && !SQL_PLACES.iter().any(|place| path.starts_with(place)))
                .then(|| format!("{word} … is SQL, which stands in store/ and erp/embedded/ only")),
                What::Environment => (!mention.in_test && path != ENVIRONMENT_PLACE)
                    .then(|| format!("the environment is read in {ENVIRONMENT_PLACE} only")),
            };
            if let Some(rule) = rule {
                breach(mention.line, rule);
            }
        }
    }
    breaches
}

/// What is wrong with `from` knowing `to`, if anything.
fn dependency(from: &str, to: &str, edges: &BTreeSet<(&str, &str)>) -> Option<String> {
    if from == to || layer(from) == Some(0) {
        return None;
    }
    if to == "*" {
        return Some(format!("{from} takes everything of the crate; name the modules it knows"));
    }
    if let Some((_, only)) = ONLY.iter().find(|(module, _)| *module == from) {
        let whom = if only.is_empty() {
            "no module of ours".to_owned()
        } else {
            format!("{} alone", only.join(", "))
        };
        return (!only.contains(&to)).then(|| format!("{from} may know {whom}, not {to}"));
    }
    let (Some(above), Some(below)) = (layer(from), layer(to)) else {
        return Some(format!("{from} knows {to}, which has no place in the layers"));
    };
    if below < above {
        return Some(format!("{from} may know only what is below it, and {to} is above"));
    }
    if below == above && above == STRANGERS {
        return Some(format!("{from} and {to} never know each other; what both need belongs below them"));
    }
    (below == above && leads(to, from, edges))
        .then(|| format!("{from} and {to} know each other in a circle; one of them must be below"))
}

/// Whether knowing leads from one module to another, within their layer.
fn leads(from: &str, to: &str, edges: &BTreeSet<(&str, &str)>) -> bool {
    let mut reached = BTreeSet::from([from]);
    loop {
        let further: Vec<&str> = edges
            .iter()
            .filter(|(a, b)| reached.contains(a) && !reached.contains(b) && layer(a) == layer(b))
            .map(|(_, b)| *b)
            .collect();
        if further.is_empty() {
            return reached.contains(to);
        }
        reached.extend(further);
    }
}

fn sources(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            sources(&entry.path(), &format!("{path}/"), files);
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            files.push((path, std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

#[test]
fn the_house_keeps_its_rules() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    assert!(files.iter().any(|(path, _)| path == "store/db.rs"), "the sources were not found");
    let breaches: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

/// The breaches of made-up files, as lines of text.
fn breaches<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    check(&files).iter().map(ToString::to_string).collect()
}

#[test]
fn knowing_upwards_is_a_breach_however_it_is_written() {
    for (path, text) in [
        ("erp/mod.rs", "use crate::tools::Tool;"),
        ("erp/mod.rs", "\n\nuse crate::{model::Domain, tools::{self, Tool}};"),
        ("erp/mod.rs", "use super::tools::Tool;"),
        ("erp/embedded/sql.rs", "use super::super::super::tools;"),
        ("erp/embedded/sql.rs", "use super::super::{error::X, super::tools};"),
        ("erp/query.rs", "fn f() -> u8 { crate::tools::f() }"),
        ("erp/query.rs", "fn f() { println!(\"{}\", crate::tools::NAME); }"),
        ("erp/query.rs", "mod inner { use super::super::super::tools; }"),
        ("erp/query.rs", "#[cfg(test)]\nmod tests { use crate::tools; }"),
        ("erp/query.rs", "macro_rules! m { () => { $crate::tools::f() } }"),
    ] {
        let found = breaches([(path, text)]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(&format!("src/{path}:")), "{found:?}");
        assert!(found[0].ends_with("erp may know only what is below it, and tools is above"), "{found:?}");
    }
    assert_eq!(
        breaches([("erp/mod.rs", "//! About.\n\nuse crate::{\n    model,\n    tools,\n};")]),
        ["src/erp/mod.rs:5: erp may know only what is below it, and tools is above"]
    );
}

#[test]
fn what_is_allowed_is_no_breach() {
    for (path, text) in [
        ("erp/mod.rs", "use crate::{policy::Permit, model::{self, Domain}}; use crate::store::Db;"),
        ("erp/embedded/sql.rs", "use super::super::ErpError; use super::tools; pub(crate) fn f() {}"),
        ("erp/query.rs", "/// See [`crate::tools`] and `use crate::mcp`.\n// use crate::tools;\nfn f() {}"),
        ("erp/query.rs", "mod inner { use super::super::tools; } pub(in crate::erp) struct S { x: u8 }"),
        ("audit/mod.rs", "use crate::identity::Principal; use crate::erp::Erp;"),
        ("store/keys.rs", "use crate::clock::Clock; const A: &str = \"SELECT 1 FROM x\";"),
        ("store/db.rs", "macro_rules! on_db { () => { $crate::store::On } }"),
        ("erp/embedded/x/y.rs", "const A: &str = r#\"\n   WITH x AS (SELECT 1) SELECT 2\"#;"),
        (
            "mcp/x.rs",
            "const A: &str = \"DELETE without a session\"; const B: char = '\"'; const C: &str = \"SELECT\";",
        ),
        ("limit/x.rs", "#[cfg(test)] mod tests { const A: &str = \"UPDATE rate_limits SET version = 1\"; }"),
        ("store/testing.rs", "fn f() { std::env::var(\"X\"); }"),
        (
            "config.rs",
            "#[derive(Args)] struct A { #[arg(env = \"X\")] x: u8 } fn f() { std::env::var_os(\"X\"); }",
        ),
        ("cli/x.rs", "use crate::mcp; use crate::store; fn f() { std::env::args(); env!(\"X\"); }"),
        ("tests/x.rs", "use crate::mcp; const A: &str = \"DELETE FROM x\";"),
        ("router.rs", "use crate::*;"),
    ] {
        assert_eq!(breaches([(path, text)]), [""; 0], "{path}: {text}");
    }
}

#[test]
fn each_rule_can_be_broken() {
    let long = "//\n".repeat(MOST_LINES + 1);
    for (path, text, said) in [
        ("mcp/x.rs", "use crate::oauth::Grant;", "1: mcp and oauth never know each other"),
        (
            "oauth/x.rs",
            "use crate::router::routes;",
            "1: oauth may know only what is below it, and router is above",
        ),
        ("state.rs", "use crate::mcp::X;", "1: state may know only what is below it, and mcp is above"),
        ("server/x.rs", "use crate::store::Db;", "1: server may know no module of ours, not store"),
        ("store/x.rs", "use crate::model::Domain;", "1: store may know clock alone, not model"),
        ("model/x.rs", "use crate::clock::Clock;", "1: model may know no module of ours, not clock"),
        ("policy/x.rs", "use crate::identity::User;", "1: policy may know model alone, not identity"),
        ("erp/x.rs", "use crate::helpers::f;", "1: erp knows helpers, which has no place"),
        ("erp.rs", "use super::*;", "1: erp takes everything of the crate"),
        ("helpers/x.rs", "", "1: the module helpers has no place"),
        ("identity/x.rs", "\nconst A: &str = \"SELECT id FROM x\";", "2: SELECT … is SQL"),
        ("erp/x.rs", "fn f() { g(\"\\n  INSERT INTO x\") }", "1: INSERT … is SQL"),
        ("erp/live/x.rs", "fn f() { g(r#\"DELETE FROM x\"#) }", "1: DELETE … is SQL"),
        ("erp/x.rs", "#[cfg(test)] mod t { } const A: &str = \"CREATE TABLE x\";", "1: CREATE … is SQL"),
        ("erp/x.rs", "#[cfg(not(test))] mod t { const A: &str = \"WITH x AS (y)\"; }", "1: WITH … is SQL"),
        (
            "cli/x.rs",
            "fn f() {\n    std::env::var(\"X\");\n}",
            "2: the environment is read in config.rs only",
        ),
        ("cli/x.rs", "use std::env::{args, var};", "1: the environment is read"),
        ("cli/x.rs", "use std::env; fn f() { env::vars_os() }", "1: the environment is read"),
        ("cli/x.rs", "struct A { #[arg(long, env = \"X\")] x: u8 }", "1: the environment is read"),
        ("cli/x.rs", long.as_str(), "601: a file has at most 600 lines"),
    ] {
        let found = breaches([(path, text)]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(&format!("src/{path}:{said}")), "{found:?}");
    }
}

#[test]
fn a_circle_within_a_layer_is_a_breach() {
    let (identity, settings) =
        (("identity/mod.rs", "use crate::settings::X;"), ("settings/mod.rs", "use crate::files;"));
    assert_eq!(breaches([identity, settings]), [""; 0]);
    let found = breaches([identity, settings, ("files/mod.rs", "use crate::identity;")]);
    assert_eq!(found.len(), 3);
    assert_eq!(
        found[0],
        "src/identity/mod.rs:1: identity and settings know each other in a circle; one of them must be below"
    );
}
