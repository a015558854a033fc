//! Against the independent reader of the same logs, and against logs whose truth is known. Both lie outside of the
//! project, and the tests pass where they are missing.
#![allow(clippy::unwrap_used)]

use mailwhy_logs::{Event, Kind, exim};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the reference calls a kind of line, and what we do.
fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "arrival" => Kind::Arrival,
        "fakereject" => Kind::FakeReject,
        "delivery" => Kind::Delivery,
        "delivery_more" => Kind::AdditionalDelivery,
        "delivery_cutthru" => Kind::Cutthrough,
        "delivery_supp" => Kind::DeliverySuppressed,
        "fail" => Kind::Failure,
        "defer" => Kind::Deferral,
        "completed" => Kind::Completed,
        "frozen" | "frozen_by" | "msg_is_frozen" => Kind::Frozen,
        "unfrozen" => Kind::Unfrozen,
        "removed_by" | "cancelled_by" => Kind::Removed,
        "host_error" | "host_error_old" => Kind::HostError,
        "rejected" | "rejected_helo" | "rejected_mail_pre" | "rejected_from" | "rejected_rcpt"
        | "rejected_mail" | "rejected_data" | "rejected_conn" | "rejected_ehlo_acl" | "rejected_auth"
        | "rejected_other" | "cutthru_reject" | "sender_verify" | "discarded" | "callout_defer"
        | "too_many_rcpt" | "unqualified" | "vrfy" | "msg_abandoned" => Kind::Rejected,
        "auth_fail" | "client_auth_fail" => Kind::AuthFailure,
        "tls_error" | "tls_session_warn" | "dane" | "warning_nocert" => Kind::Tls,
        "conn_open" | "conn_closed" | "conn_lost" | "conn_local_open" | "conn_other" | "no_mail"
        | "cmd_timeout" | "data_timeout" | "unexpected_disc" | "sync_error" | "syntax_error"
        | "protocol_error" | "call_dropped" | "conn_refused" | "lost_input" | "incomplete_txn" | "etrn" => {
            Kind::Connection
        }
        "no_host_name" | "dns_list_defer" => Kind::Dns,
        "queue_start" | "queue_end" | "queue_abandon" => Kind::QueueRun,
        "daemon_start" | "daemon_other" => Kind::Daemon,
        "warning_acl" | "warn_skipped" => Kind::AclWarning,
        "config_error" | "spool_error" => Kind::Panic,
        "marked_delivered" | "recipient_added" | "sender_changed" | "msg_moved" | "error_ignored"
        | "no_immediate" | "retry_skip_locked" | "qualify" | "orig_ignored" | "dkim" | "prdr"
        | "transport_output" | "rewritten" | "ignoring_auth" | "args" | "empty_text" => Kind::Note,
        "untimed" | "server_marker" | "blank" => Kind::Continuation,
        "other_id" | "other_noid" | "syslog_other" => Kind::Unknown,
        _ => return None,
    })
}

/// Where the two are meant to differ.
fn differs(event: &Event<'_>, name: &str) -> bool {
    match name {
        // An attempt at a host that failed after DATA is no rejection of ours.
        "cutthru_reject" => event.kind == Kind::HostError,
        // Another process was faster.
        "spool_error" => event.kind == Kind::Note && event.text.ends_with(b"-D not found"),
        // A message id and nothing but blanks, or what the reference does not know.
        "other_id" => {
            let blank = event.text.iter().all(|&b| b == b' ');
            event.kind == Kind::Note && (blank || event.text.starts_with(b"peer close after all rcpt"))
        }
        "other_noid" => {
            event.kind == Kind::Daemon && event.text.starts_with(b"Warning: purging the environment")
        }
        // Before the first record of a file.
        "untimed" | "blank" | "server_marker" => event.kind == Kind::Unknown,
        _ => false,
    }
}

/// The start of the command that an answer was for, as the reference has it.
fn command(event: &Event<'_>) -> String {
    const SHORT: [&str; 3] = [" connection", " of data", " data block"];
    let text = String::from_utf8_lossy(event.text).into_owned();
    if event.kind == Kind::AuthFailure {
        return "AUTH".to_owned();
    }
    let reply = String::from_utf8_lossy(event.reply.map_or(&b""[..], |r| r.text)).into_owned();
    let before = if reply.is_empty() { &text[..] } else { &text[..text.find(&reply).unwrap_or(text.len())] };
    let marks = ["after ", "in response to ", "response to \""];
    let at = marks.iter().filter_map(|m| before.find(m).map(|n| n + m.len())).min().unwrap_or(0);
    let rest = before[at..].strip_prefix("pipelined ").unwrap_or(&before[at..]);
    let n = rest.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'-').count();
    let more = SHORT.iter().find(|s| rest[n..].starts_with(*s)).map_or(0, |s| s.len());
    rest[..n + more].to_owned()
}

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    path.exists().then_some(path)
}

fn string(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_oracle_agrees() {
    let (Some(oracle), Some(corpus)) = (shared("tools/oracle.py"), shared("corpus/exim-real")) else {
        return;
    };
    let mut files: Vec<_> = Vec::new();
    for version in std::fs::read_dir(corpus).unwrap() {
        files.extend(std::fs::read_dir(version.unwrap().path()).unwrap().map(|f| f.unwrap().path()));
    }
    if let Some(more) = std::env::var_os("MAILWHY_EXIM_LOGS") {
        files.extend(std::fs::read_dir(more).unwrap().map(|f| f.unwrap().path()));
    }
    let (mut lines, mut unknown, mut wrong) = (0, 0, Vec::new());
    for file in files {
        compare(&oracle, &file, &mut lines, &mut unknown, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    assert!(unknown * 200 < lines, "{unknown} of {lines} lines not understood");
}

fn compare(oracle: &Path, file: &Path, lines: &mut usize, unknown: &mut usize, wrong: &mut Vec<String>) {
    let out = tempfile::NamedTempFile::new().unwrap();
    let mut run = Command::new("python3");
    run.arg(oracle).args(["--json", "/dev/null", "--lines"]).arg(out.path()).arg(file);
    if !run.status().is_ok_and(|s| s.success()) {
        return;
    }
    let told = std::fs::read_to_string(out.path()).unwrap();
    let mut told = told.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    let data = std::fs::read(file).unwrap();
    exim::scan(&data, exim::Role::Main, |line| {
        let want = told.next().expect("a line for each line");
        let event = line.event();
        *lines += 1;
        *unknown += usize::from(line.kind == Kind::Unknown);
        let mut bad = |what: &str, ours: String, theirs: String| {
            let name = file.file_name().unwrap().to_string_lossy();
            wrong.push(format!("{name}:{} {what}: {ours} not {theirs}: {}", want["no"], string(line.raw)));
        };
        let name = want["kind"].as_str().unwrap();
        let kind = kind_of(name).unwrap();
        if kind != line.kind && !differs(&event, name) {
            bad("kind", format!("{:?}", line.kind), name.to_owned());
        }
        if line.id.map(string).as_deref() != want["id"].as_str() && name != "empty_text" {
            bad("id", format!("{:?}", line.id.map(string)), want["id"].to_string());
        }
        if want.get("stage").is_some() {
            let ours = (event.reply.and_then(|r| r.code).map(|c| format!("{c:03}")), command(&event));
            let theirs =
                (want["code"].as_str().map(str::to_owned), want["stage"].as_str().unwrap().to_owned());
            if event.reply.is_none() || ours != theirs {
                bad(
                    "reply",
                    format!("{:?} {ours:?}", event.reply.map(|r| string(r.text))),
                    format!("{theirs:?}"),
                );
            }
            let ours = event.reply.and_then(|r| r.enhanced).map(|e| e.to_string());
            if ours.as_deref() != want["enh"].as_str() {
                bad("enhanced", format!("{ours:?}"), want["enh"].to_string());
            }
        } else if event.reply.is_some() && !is_delivery(line.kind) {
            bad("reply", format!("{:?}", event.reply.map(|r| string(r.text))), "none".to_owned());
        }
    });
    assert!(told.next().is_none(), "too few lines");
}

fn is_delivery(kind: Kind) -> bool {
    matches!(kind, Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough | Kind::DeliverySuppressed)
}

#[test]
fn generated_logs_are_counted_exactly() {
    let Some(generator) = shared("tools/genlog.py") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut seed = 0;
    let mut wrong = Vec::new();
    for era in ["4.84", "4.96", "4.99"] {
        for ids in ["old", "new"] {
            for selector in ["default", "debian", "rich"] {
                seed += 1;
                let log = dir.path().join("mainlog");
                let seed_text = seed.to_string();
                let mut run = Command::new("python3");
                run.arg(&generator)
                    .arg("-o")
                    .arg(&log)
                    .args(["--lines", "20000", "--odd", "0.02", "--rate", "40"]);
                run.args(["--seed", &seed_text, "--era", era, "--id-format", ids, "--selector", selector]);
                if seed % 2 == 1 {
                    run.args(["--tz", "+0300", "--millis", "--pid"]);
                }
                let Ok(output) = run.output() else { return };
                assert!(output.status.success(), "{output:?}");
                let truth = std::fs::read(dir.path().join("mainlog.truth.json")).unwrap();
                let truth: Value = serde_json::from_slice(&truth).unwrap();
                let count = count(&std::fs::read(&log).unwrap());
                for (what, ours, theirs) in count.against(&truth) {
                    wrong.push(format!("{era} {ids} {selector}: {what}: {ours:?} not {theirs:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

type Counter = BTreeMap<String, u64>;

#[derive(Default)]
struct Count {
    kinds: BTreeMap<Kind, u64>,
    codes: Counter,
    enhanced: Counter,
    stages: Counter,
    line_kinds: BTreeMap<Kind, u64>,
    errno: Counter,
    domains: BTreeMap<String, [u64; 3]>,
}

fn count(log: &[u8]) -> Count {
    let mut c = Count::default();
    exim::scan(log, exim::Role::Main, |line| {
        let e = line.event();
        *c.kinds.entry(e.kind).or_default() += 1;
        if let Some(reply) = e.reply.filter(|_| !is_delivery(e.kind)) {
            let code = reply.code.map_or("none".to_owned(), |n| n.to_string());
            let enhanced = reply.enhanced.map_or("-".to_owned(), |e| e.to_string());
            *c.enhanced.entry(format!("{code} {enhanced}")).or_default() += 1;
            *c.codes.entry(code).or_default() += 1;
            *c.stages.entry(command(&e)).or_default() += 1;
            *c.line_kinds.entry(e.kind).or_default() += 1;
        }
        if e.kind == Kind::Deferral {
            *c.errno.entry(e.errno.map_or("none".to_owned(), |n| n.to_string())).or_default() += 1;
        }
        let slot = match e.kind {
            Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough => 0,
            Kind::Deferral => 1,
            Kind::Failure => 2,
            _ => return,
        };
        let with_domain = e.recipient.filter(|r| r.contains(&b'@')).or(e.original_recipient);
        let domain = with_domain.map(|r| string(r.rsplit(|&b| b == b'@').next().unwrap()));
        c.domains.entry(domain.unwrap_or_default()).or_default()[slot] += 1;
    });
    c
}

impl Count {
    /// What differs: name, ours, theirs.
    fn against(&self, truth: &Value) -> Vec<(String, String, String)> {
        let mut wrong = Vec::new();
        let mut check = |what: &str, ours: String, theirs: String| {
            if ours != theirs {
                wrong.push((what.to_owned(), ours, theirs));
            }
        };
        let counter = |v: &Value| -> Counter {
            v.as_object().unwrap().iter().map(|(k, n)| (k.clone(), n.as_u64().unwrap())).collect()
        };
        let by_kind = |v: &Value| {
            let mut kinds = BTreeMap::<Kind, u64>::new();
            for (name, n) in counter(v) {
                *kinds.entry(kind_of(&name).unwrap()).or_default() += n;
            }
            kinds
        };
        let replies = &truth["replies"];
        check("kinds", format!("{:?}", self.kinds), format!("{:?}", by_kind(&truth["kinds"])));
        check(
            "lines with replies",
            format!("{:?}", self.line_kinds),
            format!("{:?}", by_kind(&replies["by_line_kind"])),
        );
        check("codes", format!("{:?}", self.codes), format!("{:?}", counter(&replies["by_code"])));
        check("enhanced", format!("{:?}", self.enhanced), format!("{:?}", counter(&replies["by_code_enh"])));
        check("stages", format!("{:?}", self.stages), format!("{:?}", counter(&replies["by_stage"])));
        check("errno", format!("{:?}", self.errno), format!("{:?}", counter(&truth["errno"])));
        for (domain, n) in truth["domains"].as_object().unwrap() {
            let ours = self.domains.get(domain).copied().unwrap_or_default();
            let theirs = ["delivered", "deferred", "failed"].map(|k| n[k].as_u64().unwrap());
            check(domain, format!("{ours:?}"), format!("{theirs:?}"));
        }
        check(
            "domains",
            self.domains.len().to_string(),
            truth["domains"].as_object().unwrap().len().to_string(),
        );
        wrong
    }
}
