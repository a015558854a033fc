//! The examples in `data/causes/` and the labelled replies in `testdata/replies/`.

use std::path::{Path, PathBuf};

use mailwhy_classify::{Classifier, Query, Verdict};
use mailwhy_codes::{Class, Stage};
use serde::Deserialize;

#[derive(Deserialize)]
struct Causes {
    cause: Vec<Cause>,
}

#[derive(Deserialize)]
struct Cause {
    id: String,
    #[serde(default, rename = "example")]
    examples: Vec<Case>,
    #[serde(default, rename = "near_miss")]
    near_misses: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    host: Option<String>,
    stage: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replies {
    reply: Vec<Labelled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    text: String,
    host: Option<String>,
    stage: Option<String>,
    /// What the log line says when the text has no code.
    class: Option<String>,
    domain: Option<String>,
    reason: String,
    #[serde(default)]
    bad_address: bool,
    provider: Option<String>,
    #[serde(default)]
    expired: bool,
}

#[test]
fn examples_give_their_cause() {
    let classifier = Classifier::new();
    let mut problems = Vec::new();
    let mut count = 0;
    for file in files("data/causes") {
        let causes: Causes = read(&file);
        for cause in causes.cause {
            for case in &cause.examples {
                count += 1;
                let verdict = classify(&classifier, case);
                if verdict.rule != cause.id {
                    problems.push(format!("{}: gives {}\n    {}", cause.id, show(&verdict), case.text));
                }
            }
            for case in &cause.near_misses {
                count += 1;
                let verdict = classify(&classifier, case);
                if verdict.rule == cause.id {
                    problems.push(format!("{}: a near miss gives it\n    {}", cause.id, case.text));
                }
            }
        }
    }
    assert!(count > 0);
    assert!(problems.is_empty(), "{} of {count} fail:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn labelled_replies_are_classified() {
    let classifier = Classifier::new();
    let mut problems = Vec::new();
    let mut count = 0;
    for file in files("testdata/replies") {
        let replies: Replies = read(&file);
        for reply in replies.reply {
            count += 1;
            let query = Query {
                stage: reply.stage.as_deref().map(|s| Stage::from_name(s).expect("a stage")),
                host: reply.host.as_deref().map(str::as_bytes),
                recipient_domain: reply.domain.as_deref().map(str::as_bytes),
                class: reply.class.as_deref().map(|c| Class::from_name(c).expect("a class")),
                ..Query::new(reply.text.as_bytes())
            };
            let verdict = classifier.classify(&query);
            let provider_fits =
                reply.provider.is_none() || verdict.provider.map(|p| p.id) == reply.provider.as_deref();
            if verdict.reason.as_str() != reply.reason
                || verdict.bad_address != reply.bad_address
                || verdict.expired != reply.expired
                || !provider_fits
            {
                let bad = reply.bad_address;
                let provider = reply.provider.as_deref().unwrap_or("-");
                problems.push(format!(
                    "{}\n    want {} (bad {bad}, {provider}), have {}",
                    reply.text,
                    reply.reason,
                    show(&verdict)
                ));
            }
        }
    }
    assert!(count >= 150, "only {count} replies");
    assert!(problems.is_empty(), "{} of {count} fail:\n{}", problems.len(), problems.join("\n"));
}

fn classify(classifier: &Classifier, case: &Case) -> Verdict {
    let mut query = Query::new(case.text.as_bytes());
    query.host = case.host.as_deref().map(str::as_bytes);
    query.stage = case.stage.as_deref().map(|s| Stage::from_name(s).expect("a stage"));
    classifier.classify(&query)
}

fn show(verdict: &Verdict) -> String {
    let provider = verdict.provider.map_or("-", |p| p.id);
    format!("{} by {} (bad {}, {provider})", verdict.reason.as_str(), verdict.rule, verdict.bad_address)
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let content = std::fs::read_to_string(path).expect("readable");
    toml::from_str(&content).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The TOML files below a directory of the workspace, sorted.
fn files(dir: &str) -> Vec<PathBuf> {
    let mut dirs = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(dir)];
    let mut files = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).expect("a directory") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
