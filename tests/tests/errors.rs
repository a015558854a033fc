//! `mailwhy errors`: failures, group by group.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::cli::{Outcome, Test};
use crate::harness::sample;
use crate::truth::generate;

const GROUPINGS: [&str; 10] =
    ["reply", "reason", "provider", "domain", "host", "code", "enhanced", "sender", "user", "rule"];

fn errors(args: &[&str]) -> Test {
    Test::new([&["errors"], args].concat()).at(sample())
}

fn run(args: &[&str]) -> String {
    errors(args).run().success().stdout()
}

fn rows(outcome: &Outcome) -> Vec<Value> {
    outcome.json()["errors"].as_array().unwrap().clone()
}

fn sum(rows: &[Value], field: &str) -> u64 {
    rows.iter().map(|row| row[field].as_u64().unwrap()).sum()
}

#[test]
fn in_english() {
    insta::assert_snapshot!(run(&["--lang", "en", "mainlog"]));
}

#[test]
fn in_russian() {
    insta::assert_snapshot!(run(&["--lang", "ru", "mainlog"]));
}

#[test]
fn with_all_there_is_to_say() {
    insta::assert_snapshot!(run(&["-v", "--top", "3", "--lang", "en", "mainlog"]));
}

#[test]
fn by_provider() {
    insta::assert_snapshot!(run(&["--by", "provider", "--top", "3", "mainlog"]));
    insta::assert_snapshot!("by_provider_in_russian", run(&["--by=provider", "-t3", "--lang=ru", "mainlog"]));
}

#[test]
fn as_markdown() {
    insta::assert_snapshot!(run(&["--format", "md", "-t", "3", "mainlog"]));
}

#[test]
fn as_csv() {
    insta::assert_snapshot!(run(&["--format", "csv", "--by", "reason", "mainlog"]));
}

#[test]
fn help() {
    insta::assert_snapshot!(Test::new(["errors", "--help"]).run().success().stdout());
}

/// Whatever failures are grouped by, all of them are there.
#[test]
fn groupings_divide_the_same_failures() {
    let report = Test::new(["report", "--format=json", "mainlog"]).at(sample()).run().success().json();
    check(&sample().join("mainlog"), &report);
    let Some(logs) = generate(&["--era 4.96 --selector rich --odd 0.02", "--era 4.84 --selector default"])
    else {
        return;
    };
    for (_, log, _) in logs.each() {
        let report = Test::new(["report", "--format=json"]).arg(&log).run().success().json();
        check(&log, &report);
    }
}

fn check(log: &Path, report: &Value) {
    let groups = report["groups"].as_array().unwrap();
    for by in GROUPINGS {
        let rows = rows(&Test::new(["errors", "--format=json", "--by", by]).arg(log).run().success());
        assert_eq!(sum(&rows, "attempts"), sum(groups, "attempts"), "{by}");
        assert_eq!(sum(&rows, "delayed"), sum(report["reasons"].as_array().unwrap(), "delayed"), "{by}");
        assert_eq!(report["recipients"]["failed"], sum(&rows, "failed"), "{by}");
        for row in &rows {
            let trend: u64 = row["trend"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum();
            assert_eq!(row["attempts"], trend, "{by}: {row}");
            assert_eq!(row["attempts"], sum(row["replies"].as_array().unwrap(), "attempts"), "{by}: {row}");
            assert!(row["messages"].as_u64() > Some(0) && row["first"].as_str() <= row["last"].as_str());
        }
    }
    let by_reason = rows(&Test::new(["errors", "--format=json", "--by=reason"]).arg(log).run().success());
    for row in report["reasons"].as_array().unwrap() {
        let own = by_reason.iter().find(|r| r["name"] == row["reason"]).unwrap();
        for field in ["failed", "delayed", "attempts"] {
            assert_eq!(own[field], row[field], "{field} of {}", row["reason"]);
        }
    }
}

#[test]
fn a_place_is_the_line_of_the_sample() {
    let log = fs::read_to_string(sample().join("mainlog")).unwrap();
    let errors = rows(&Test::new(["errors", "--format=json", "mainlog"]).at(sample()).run().success());
    let report = Test::new(["report", "--format=json", "mainlog"]).at(sample()).run().success().json();
    let replies = errors.iter().map(|row| &row["replies"][0]).chain(report["groups"].as_array().unwrap());
    for reply in replies {
        let number = |key: &str| usize::try_from(reply[key].as_u64().unwrap()).unwrap();
        let line = log.lines().nth(number("line") - 1).unwrap();
        assert!(line.contains(reply["sample"].as_str().unwrap()), "{reply}");
        assert!(log[number("offset")..].starts_with(line), "{reply}");
    }
    let page = run(&["-v", "--top", "1", "mainlog"]);
    assert!(page.contains(&format!("mainlog:{} ", errors[0]["replies"][0]["line"])), "{page}");
}

/// Counted from the events, with other means.
#[test]
fn messages_addresses_and_times_are_those_of_the_lines() {
    let events = Test::new(["events", "--verdict", "mainlog"]).at(sample()).run().success().jsonl();
    let mut expected: BTreeMap<&str, [Vec<&str>; 3]> = BTreeMap::new();
    let failures = |event: &&Value| event["kind"] == "failure" && event["reply"]["code"].is_u64();
    for event in events.iter().filter(failures) {
        let rule = event["verdict"]["rule"].as_str().unwrap();
        let [messages, addresses, times] = expected.entry(rule).or_default();
        messages.push(event["id"].as_str().unwrap());
        addresses.push(event["recipient"].as_str().unwrap());
        times.push(event["time"].as_str().unwrap());
    }
    let rows = rows(&errors(&["--by", "rule", "--format", "json", "mainlog"]).run().success());
    let mut compared = 0;
    for row in &rows {
        let Some([messages, addresses, times]) = expected.get(row["name"].as_str().unwrap()) else {
            continue;
        };
        if row["failed"] != row["attempts"] {
            continue;
        }
        let distinct = |list: &[&str]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list.dedup();
            list.len()
        };
        assert_eq!(row["messages"], distinct(messages), "{row}");
        assert_eq!(row["addresses"], distinct(addresses), "{row}");
        assert_eq!(row["first"], times[0], "{row}");
        assert_eq!(&row["last"], times.last().unwrap(), "{row}");
        compared += 1;
    }
    assert!(compared > 8, "{compared}");
}

#[test]
fn senders_users_and_hosts_are_named() {
    let names = |by: &str| {
        let rows = rows(&errors(&["--format=json", "--by", by, "mainlog"]).run().success());
        rows.iter().filter_map(|row| row["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert!(names("sender").contains(&"newsletter@news.shop.example".to_owned()));
    assert!(names("domain").contains(&"gmail.test".to_owned()));
    assert!(names("code").contains(&"550".to_owned()));
    assert!(names("enhanced").contains(&"5.7.26".to_owned()));
    let log = "2026-08-01 10:00:00 1rfXYZ-000000001ab-2Cde <= a@shop.example H=x [192.0.2.1] P=esmtpa A=plain:Anna S=1\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** b@C.test R=r T=t H=MX.c.test [192.0.2.2]: SMTP error \
               from remote mail server after RCPT TO:<b@c.test>: 550 5.1.1 unknown user\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde Completed\n";
    for (by, name) in
        [("user", "Anna"), ("host", "mx.c.test"), ("domain", "c.test"), ("sender", "a@shop.example")]
    {
        let rows = rows(&Test::new(["errors", "--format=json", "--by", by]).stdin(log).run().success());
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["name"], name);
    }
}

#[test]
fn filters() {
    let all = rows(&errors(&["--format=json", "mainlog"]).run().success());
    let kept = |args: &[&str]| rows(&errors(&[&["--format=json", "mainlog"], args].concat()).run().success());
    let count = |keep: &dyn Fn(&Value) -> bool| all.iter().filter(|row| keep(row)).count();

    let found = kept(&["--reason", "mailbox-full,network"]);
    assert!(found.iter().all(|row| row["reason"] == "mailbox-full" || row["reason"] == "network"));
    assert_eq!(found.len(), count(&|row| row["reason"] == "mailbox-full" || row["reason"] == "network"));
    assert_eq!(kept(&["--reason=mailbox-full", "--reason=network"]), found);

    let found = kept(&["--provider", "gmail"]);
    assert!(!found.is_empty() && found.iter().all(|row| row["replies"][0]["provider"] == "Gmail"));
    assert_eq!(kept(&["--provider=gmail,mailru"]).len(), found.len() + kept(&["--provider=mailru"]).len());

    let found = kept(&["--code", "550"]);
    assert_eq!(found.len(), count(&|row| row["replies"][0]["code"] == 550));
    assert_eq!(kept(&["--code", "5.7.26"]).len(), 1);
    assert_eq!(kept(&["--code=4xx", "--code=550 5.7.26"]).len(), kept(&["--code=4xx"]).len() + 1);
    assert_eq!(kept(&["--code=550", "--reason=recipient-unknown", "--provider=gmail"]).len(), 1);
}

#[test]
fn the_number_of_groups() {
    let groups = |args: &[&str]| run(&[&["mainlog"], args].concat()).matches("mailwhy explain ").count();
    assert_eq!(groups(&["--top", "2"]), 2);
    assert_eq!(groups(&[]), 10);
    let all = rows(&errors(&["--format=json", "mainlog"]).run().success()).len();
    assert_eq!(groups(&["-t0"]), all);
    assert_eq!(rows(&errors(&["--format=json", "-t", "3", "mainlog"]).run().success()).len(), 3);
    assert_eq!(run(&["--format=csv", "-t3", "mainlog"]).lines().count(), 4);
}

/// What goes into a bug report tells nobody whom it is about.
#[test]
fn replies_that_no_rule_knows() {
    let secrets = ["anna", "corp.test", "mx9", "192.0.2.77", "4Zq8Xk2wVbz9"];
    let log = "2026-08-01 10:00:00 1rfXYZ-000000001ab-2Cde <= a@shop.example H=x [192.0.2.1] P=esmtp S=1\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** anna@corp.test R=r T=t H=mx9.corp.test [192.0.2.77]: \
               SMTP error from remote mail server after RCPT TO:<anna@corp.test>: 550 the froob of anna@corp.test is \
               wibbled by mx9.corp.test [192.0.2.77] id 4Zq8Xk2wVbz9\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** bob@corp.test R=r T=t H=mx9.corp.test [192.0.2.77]: \
               SMTP error from remote mail server after RCPT TO:<bob@corp.test>: 550 5.1.1 User unknown\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde Completed\n";
    for format in ["text", "md", "csv", "json"] {
        let text = Test::new(["errors", "--unclassified", "-v", "--format", format])
            .stdin(log)
            .run()
            .success()
            .stdout();
        assert!(text.contains("the froob of {address} is wibbled by {host}"), "{format}: {text}");
        assert!(!text.contains("User unknown"), "{format}: {text}");
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {format}: {text}");
        }
    }
    insta::assert_snapshot!(Test::new(["errors", "--unclassified"]).stdin(log).run().success().stdout());
    Test::new(["errors", "--unclassified", "--by", "domain"]).stdin(log).run().code(2);
    // The same replies as those that the rules' own command finds.
    let coverage = Test::new(["rules", "coverage", "-"]).stdin(log).run().success().stdout();
    assert!(coverage.contains("the froob of {address} is wibbled by {host}"), "{coverage}");
}

#[test]
fn exit_status() {
    errors(&["mainlog"]).run().success();
    let nothing = errors(&["--reason", "suppressed", "mainlog"]).run().code(1);
    assert_eq!(nothing.stdout(), "No failures found.\n");
    errors(&["--since", "2030-01-01", "mainlog"]).run().code(1);
    Test::new(["errors", "-"]).stdin("").run().code(1);
    errors(&["mainlog", "missing"]).run().code(2);
    Test::new(["errors", "-"]).stdin("this is\nno log\n").run().code(2);
    for args in [
        ["--by", "nothing"],
        ["--reason", "none"],
        ["--provider", "none"],
        ["--code", "none"],
        ["-o", "x.doc"],
    ] {
        let wrong = errors(&[&args[..], &["mainlog"]].concat()).run().code(2);
        assert!(
            wrong.stderr().contains("none")
                || wrong.stderr().contains("nothing")
                || wrong.stderr().contains(".doc")
        );
    }
}

#[test]
fn threads_and_windows() {
    let directory = tempfile::tempdir().unwrap();
    let log = fs::read(sample().join("mainlog")).unwrap();
    fs::write(directory.path().join("mainlog"), log.repeat(40)).unwrap();
    for by in GROUPINGS {
        let run = |threads| {
            let args = ["errors", "--format=json", "--by", by, "--threads", threads, "mainlog"];
            Test::new(args).at(directory.path()).run().success().stdout()
        };
        assert_eq!(run("1"), run("3"), "{by}");
    }
    let half = errors(&["--until", "2026-11-22 03:26:57", "--format=json", "mainlog"]).run().success().json();
    assert!(half["input"]["last"].as_str() < Some("2026-11-22T03:26:57"));
}

#[test]
fn an_output_file_has_the_format_of_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let written = |name: &str| {
        let path = directory.path().join(name);
        let outcome = errors(&["mainlog", "-o", path.to_str().unwrap()]).run().success();
        assert_eq!(outcome.stdout(), "");
        fs::read_to_string(path).unwrap()
    };
    assert!(serde_json::from_str::<Value>(&written("errors.json")).is_ok());
    assert!(written("errors.md").starts_with("## "));
    assert!(written("errors.csv").starts_with("name,"));
    assert!(written("errors.txt").starts_with("WHAT WENT WRONG"));
}

#[test]
fn colour() {
    assert!(!run(&["mainlog"]).contains('\x1b'));
    assert!(run(&["--color=always", "mainlog"]).contains('\x1b'));
}

#[test]
fn own_rules_decide() {
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("rules.toml");
    fs::write(
        &rules,
        "[[cause]]\nid = \"my-full\"\nreason = \"mailbox-full\"\nmatch = [\"the froob is full\"]\n",
    )
    .unwrap();
    let log = "2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** b@c.test R=r T=t H=mx.c.test [192.0.2.2]: SMTP error from \
               remote mail server after RCPT TO:<b@c.test>: 550 the froob is full\n";
    let test = Test::new(["errors", "--format=json", "--rules", rules.to_str().unwrap()]).stdin(log);
    assert_eq!(rows(&test.run().success())[0]["rule"], "my-full");
}
