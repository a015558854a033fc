//! Generated logs come with a file that counts what was written into them: the report must count the same.
//!
//! The generator stands beside the repository (`../shared/tools/genlog.py`); without it or without python3 the test says
//! that it skips.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{cli::Test, workspace};

type Counts = BTreeMap<String, u64>;

const LOGS: [&str; 6] = [
    "--era 4.84 --id-format old --selector default --odd 0.02",
    "--era 4.84 --id-format old --selector rich --tz=-0330 --pid",
    "--era 4.96 --id-format old --selector debian --millis --odd 0.02",
    "--era 4.96 --id-format new --selector rich --tz=+0300 --millis --pid",
    "--era 4.99 --id-format new --selector default --rate 40",
    "--era 4.99 --id-format new --selector rich --odd 0.02 --millis",
];

#[test]
fn reports_of_generated_logs_are_exact() {
    let Some(logs) = generate(&LOGS) else { return };
    for (options, log, truth) in logs.each() {
        let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
        let report = Test::new(["report", "--format", "json"]).arg(&log).run().success().json();
        compare(options, &truth, &report);
    }
}

/// Generated logs, until dropped.
pub struct Logs {
    directory: TempDir,
    options: Vec<&'static str>,
}

impl Logs {
    /// The options a log was made with, the log, and the truth about it.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, PathBuf, PathBuf)> {
        self.options.iter().enumerate().map(|(seed, options)| {
            let path = self.directory.path();
            (*options, path.join(format!("mainlog.{seed}")), path.join(format!("{seed}.json")))
        })
    }
}

/// Makes a log with each of these options; `None` where that is not possible.
pub fn generate(options: &[&'static str]) -> Option<Logs> {
    let generator = workspace().join("../shared/tools/genlog.py");
    if !generator.exists() || Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: no log generator or no python3 here");
        return None;
    }
    let logs = Logs { directory: tempfile::tempdir().unwrap(), options: options.to_vec() };
    for (seed, (options, log, truth)) in logs.each().enumerate() {
        let made = Command::new("python3")
            .arg(&generator)
            .args(["--lines", "30000", "--seed", &seed.to_string()])
            .args(options.split(' '))
            .args([Path::new("-o"), &log, Path::new("--truth"), &truth])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    Some(logs)
}

fn compare(options: &str, truth: &Value, report: &Value) {
    assert_eq!(report["input"]["lines"], truth["lines"], "{options}");
    assert_eq!(report["input"]["bytes"], truth["bytes"], "{options}");
    assert_eq!(report["input"]["unknown_lines"], 0, "{options}");

    // Kinds of the truth that are one kind here.
    let mut kinds = Counts::new();
    for (kind, count) in counts(&truth["kinds"]) {
        *kinds.entry(kind_of(&kind).to_owned()).or_default() += count;
    }
    assert_eq!(counts(&report["flags"]), kinds, "{options}: kinds");

    let codes = |enhanced: bool| {
        let mut sum = Counts::new();
        for row in report["replies"].as_array().unwrap() {
            let code = row["code"].as_u64().map_or("none".into(), |c| c.to_string());
            let name = format!("{code} {}", row["enhanced"].as_str().unwrap_or("-"));
            *sum.entry(if enhanced { name } else { code }).or_default() += row["count"].as_u64().unwrap();
        }
        sum
    };
    assert_eq!(codes(false), counts(&truth["replies"]["by_code"]), "{options}: codes");
    assert_eq!(codes(true), counts(&truth["replies"]["by_code_enh"]), "{options}: enhanced codes");
    let stages: Counts = counts(&truth["replies"]["by_stage"])
        .into_iter()
        .map(|(stage, count)| (stage_of(&stage).to_owned(), count))
        .collect();
    assert_eq!(counts(&report["stages"]), stages, "{options}: stages");
    assert_eq!(counts(&report["errnos"]), counts(&truth["errno"]), "{options}: errno");

    let domains: BTreeMap<&str, [u64; 3]> = report["domains"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["name"].as_str().unwrap(), lines_of(d)))
        .filter(|(_, lines)| *lines != [0; 3])
        .collect();
    let true_domains: BTreeMap<&str, [u64; 3]> =
        truth["domains"].as_object().unwrap().iter().map(|(name, d)| (name.as_str(), lines_of(d))).collect();
    assert_eq!(domains, true_domains, "{options}: domains");

    assert_eq!(report["messages"]["total"], truth["messages"]["seen"], "{options}");
    assert_eq!(report["messages"]["completed"], truth["messages"]["completed"], "{options}");
    let mut outcomes = Counts::new();
    for row in report["messages"]["outcomes"].as_array().unwrap() {
        let arrived = if row["arrived"] == true { "" } else { "no_arrival:" };
        let open = if row["open"] == true { "in_queue:" } else { "" };
        let outcome = row["outcome"].as_str().unwrap().replace('-', "_");
        outcomes.insert(format!("{arrived}{open}{outcome}"), row["count"].as_u64().unwrap());
    }
    assert_eq!(outcomes, counts(&truth["messages"]["outcome"]), "{options}: messages");
}

fn counts(object: &Value) -> Counts {
    object.as_object().unwrap().iter().map(|(name, n)| (name.clone(), n.as_u64().unwrap())).collect()
}

fn lines_of(domain: &Value) -> [u64; 3] {
    ["delivered", "deferred", "failed"].map(|key| domain[key].as_u64().unwrap())
}

/// The kind that mailwhy gives to lines of this kind.
fn kind_of(truth: &str) -> &str {
    match truth {
        "fakereject" => "fake-reject",
        "delivery_more" => "additional-delivery",
        "delivery_cutthru" => "cutthrough",
        "fail" => "failure",
        "defer" => "deferral",
        "frozen_by" | "msg_is_frozen" => "frozen",
        "removed_by" => "removed",
        "host_error" => "host-error",
        "rejected_rcpt" | "rejected_conn" | "rejected_helo" | "rejected_mail_pre" | "sender_verify" => {
            "rejected"
        }
        "auth_fail" | "client_auth_fail" => "auth-failure",
        "tls_error" | "tls_session_warn" => "tls",
        "unexpected_disc" | "cmd_timeout" | "protocol_error" | "call_dropped" | "sync_error"
        | "data_timeout" | "conn_lost" | "syntax_error" => "connection",
        "no_host_name" => "dns",
        "queue_start" | "queue_end" => "queue-run",
        "daemon_start" => "daemon",
        "warning_acl" => "acl-warning",
        "untimed" => "continuation",
        "error_ignored" => "note",
        same => same,
    }
}

fn stage_of(truth: &str) -> &str {
    match truth {
        "initial connection" => "connect",
        "MAIL" => "mail",
        "RCPT" => "rcpt",
        "DATA" => "data",
        "end of data" => "end-of-data",
        "AUTH" => "auth",
        other => panic!("a stage of which the test knows nothing: {other}"),
    }
}
