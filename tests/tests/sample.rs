//! The sample log, and what is said of it: every text for people, in both languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::harness::cli::Test;
use crate::harness::{exim, sample};
use crate::scenario::{Profile, play};

/// A run in the directory of the sample log, so that no path of this machine is printed.
fn run(args: &[&str]) -> String {
    Test::new(args).at(sample()).run().success().stdout()
}

#[test]
fn report_in_english() {
    insta::assert_snapshot!(run(&["report", "--lang", "en", "mainlog"]));
}

#[test]
fn report_in_russian() {
    insta::assert_snapshot!(run(&["report", "--lang", "ru", "mainlog"]));
}

#[test]
fn report_as_markdown() {
    insta::assert_snapshot!(run(&["report", "--format", "md", "mainlog"]));
}

#[test]
fn report_as_csv() {
    insta::assert_snapshot!(run(&["report", "--format", "csv", "mainlog"]));
}

#[test]
fn the_reject_log_alone() {
    insta::assert_snapshot!(run(&["report", "rejectlog"]));
}

/// The fields that other programs build on.
#[test]
fn fields_of_the_report() {
    let report = serde_json::from_str(&run(&["report", "--format", "json", "mainlog"])).unwrap();
    insta::assert_snapshot!(fields(&report));
}

/// The same of events, for each kind of line.
#[test]
fn fields_of_events() {
    let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in run(&["events", "--verdict", "mainlog"]).lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        kinds.entry(event["kind"].as_str().unwrap().to_owned()).or_default().push(event);
    }
    let by_kind: serde_json::Map<_, _> = kinds.into_iter().map(|(kind, list)| (kind, list.into())).collect();
    insta::assert_snapshot!(fields(&by_kind.into()));
}

#[test]
fn every_line_is_understood() {
    assert_eq!(run(&["events", "mainlog"]).lines().filter(|l| l.contains(r#""kind":"unknown""#)).count(), 0);
}

/// Writes the sample log anew; its README says when to.
#[test]
#[ignore = "changes testdata/exim/sample"]
fn write_the_sample() {
    if exim::available() {
        let exim = play(Profile::Default);
        for name in ["main", "reject"] {
            fs::write(sample().join(format!("{name}log")), exim.log(name)).unwrap();
        }
    }
}

/// The paths of all fields and the types of their values, as lines.
fn fields(value: &Value) -> String {
    let mut found = BTreeMap::new();
    walk(value, String::new(), &mut found);
    found.iter().fold(String::new(), |mut out, (path, types)| {
        let types: Vec<_> = types.iter().copied().collect();
        writeln!(out, "{path}: {}", types.join(" or ")).unwrap();
        out
    })
}

fn walk(value: &Value, path: String, found: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(list) => return list.iter().for_each(|item| walk(item, format!("{path}[]"), found)),
        Value::Object(object) => {
            let dot = if path.is_empty() { "" } else { "." };
            return object.iter().for_each(|(key, value)| walk(value, format!("{path}{dot}{key}"), found));
        }
    };
    found.entry(path).or_default().insert(name);
}
