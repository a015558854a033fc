//! The arrows between the crates point one way.

use std::process::Command;

use serde_json::Value;

use crate::harness::workspace;

/// The crates in the order in which the data goes through them; each may use only those before it.
const ORDER: [&str; 8] = [
    "mailwhy-codes",
    "mailwhy-classify",
    "mailwhy-logs",
    "mailwhy-input",
    "mailwhy-trace",
    "mailwhy-store",
    "mailwhy-report",
    "mailwhy",
];

#[test]
fn a_crate_uses_only_crates_before_it() {
    let mut wrong = Vec::new();
    for (package, dependency) in dependencies() {
        let Some(at) = place(&package) else { continue };
        if place(&dependency).is_none_or(|before| before >= at) {
            wrong.push(format!("{package} must not use {dependency}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_has_its_place_in_the_order() {
    let mut crates: Vec<String> = std::fs::read_dir(workspace().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    crates.sort();
    let mut order = ORDER.map(str::to_owned).to_vec();
    order.sort();
    assert_eq!(crates, order);
}

#[test]
fn the_knowledge_stands_on_nothing() {
    let metadata = metadata();
    let codes = packages(&metadata).find(|package| package["name"] == "mailwhy-codes").unwrap();
    let normal: Vec<_> =
        codes["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null()).collect();
    assert!(normal.is_empty(), "mailwhy-codes depends on {normal:?}");
}

fn place(name: &str) -> Option<usize> {
    ORDER.iter().position(|&n| n == name)
}

/// Pairs of a package of the workspace and one that it uses; for tests and builds counts too.
fn dependencies() -> Vec<(String, String)> {
    let metadata = metadata();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    packages(&metadata)
        .flat_map(|package| {
            let used = package["dependencies"].as_array().unwrap().iter();
            used.filter(|used| used["path"].is_string()).map(move |used| (name(package), name(used)))
        })
        .collect()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().unwrap().iter()
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}
