//! Generated logs come with what is true of them: the report must count the same, whatever the version of Exim, its
//! settings and the pace.

use std::collections::BTreeMap;

use mailwhy_genlog::{Exim, Limit, Lines, Options, Recipients, Selector, Truth, generate};
use serde_json::Value;

use crate::harness::cli::Test;

type Counts = BTreeMap<String, u64>;

/// Slow logs of hours and days, in which messages are tried again and given up, and fast ones of a minute.
fn all_options() -> Vec<Options> {
    let log = |seed, exim, selector| Options {
        seed,
        exim,
        selector,
        limit: Limit::Lines(20_000),
        ..Options::default()
    };
    vec![
        Options { odd: 0.02, ..log(1, Exim::V4_84, Selector::Default) },
        Options { zone: Some(-210), pid: true, rate: 0.3, ..log(2, Exim::V4_84, Selector::Rich) },
        Options { odd: 0.02, millis: true, rate: 0.1, ..log(3, Exim::V4_96, Selector::Debian) },
        Options { zone: Some(330), pid: true, millis: true, ..log(4, Exim::V4_96, Selector::Rich) },
        Options { rate: 0.02, ..log(5, Exim::V4_99, Selector::Default) },
        Options { odd: 0.02, pid: true, rate: 2.0, ..log(6, Exim::V4_99, Selector::Rich) },
        Options { rate: 0.5, ..log(7, Exim::Upgraded, Selector::Debian) },
        Options { limit: Limit::Bytes(3_000_000), ..log(8, Exim::V4_99, Selector::Debian) },
    ]
}

#[test]
fn reports_are_exact() {
    for options in all_options() {
        let mut log = Vec::new();
        let truth = generate(&options, &mut log).unwrap();
        let report = Test::new(["report", "--format", "json"]).stdin(log).run().success().json();
        compare(&format!("{options:?}"), &truth, &report);
    }
}

/// The truth itself, counted anew where that is easy.
#[test]
fn a_log_is_as_long_as_it_says_and_always_the_same() {
    for options in all_options() {
        let (mut log, mut again) = (Vec::new(), Vec::new());
        let truth = generate(&options, &mut log).unwrap();
        assert_eq!(generate(&options, &mut again).unwrap(), truth);
        assert!(log == again, "{options:?}");
        assert_eq!(truth.bytes, log.len() as u64);
        let lines: Vec<_> = log.split_inclusive(|&b| b == b'\n').collect();
        assert_eq!(truth.lines, lines.len() as u64);
        assert_eq!(truth.kinds.values().sum::<u64>(), truth.lines);
        let invalid = lines.iter().filter(|line| std::str::from_utf8(line).is_err()).count();
        assert_eq!(truth.invalid_utf8, invalid as u64);
        assert_eq!(truth.messages, truth.completed + truth.open);
        match options.limit {
            Limit::Lines(most) => assert_eq!(truth.lines, most),
            Limit::Bytes(most) => assert!(truth.bytes <= most && truth.bytes + 10_000 > most),
        }
    }
}

fn compare(options: &str, truth: &Truth, report: &Value) {
    let input = &report["input"];
    assert_eq!(input["lines"], truth.lines, "{options}");
    assert_eq!(input["bytes"], truth.bytes, "{options}");
    assert_eq!(input["unknown_lines"], 0, "{options}");
    for (key, time) in [("first", &truth.first), ("last", &truth.last)] {
        let told = input[key].as_str().unwrap();
        let (seconds, rest) = told.split_at("2025-03-03T00:00:00".len());
        let zone = rest.find(['+', '-']).map_or("", |at| &rest[at..]);
        assert_eq!(&format!("{seconds}{zone}"), time, "{options}: {key}");
    }

    assert_eq!(counts(&report["flags"]), truth.kinds, "{options}: kinds");
    assert_eq!(counts(&report["stages"]), truth.stages, "{options}: stages");
    assert_eq!(counts(&report["errnos"]), truth.errnos, "{options}: errno");
    let replies = sum(&report["replies"], "count", |row| {
        format!("{} {}", row["code"], row["enhanced"].as_str().unwrap_or("-"))
    });
    assert_eq!(replies, truth.replies, "{options}: replies");
    assert_eq!(report["logins"]["failures"], truth.login_failures, "{options}");

    let lines = |row: &Value| Lines {
        delivered: number(row, "delivered"),
        deferred: number(row, "deferred"),
        failed: number(row, "failed"),
    };
    let domains = report["domains"].as_array().unwrap().iter();
    let domains: BTreeMap<String, Lines> = domains
        .map(|row| (row["name"].as_str().unwrap().to_owned(), lines(row)))
        .filter(|(_, lines)| *lines != Lines::default())
        .collect();
    assert_eq!(domains, truth.domains, "{options}: domains");

    let messages = &report["messages"];
    assert_eq!(messages["total"], truth.messages, "{options}");
    assert_eq!(messages["completed"], truth.completed, "{options}");
    assert_eq!(messages["open"], truth.open, "{options}");
    assert_eq!(messages["bounces"], truth.bounces, "{options}");
    let outcomes = sum(&messages["outcomes"], "count", |row| {
        let open = if row["open"] == true { " open" } else { "" };
        let before = if row["arrived"] == true { "" } else { " before" };
        format!("{}{open}{before}", row["outcome"].as_str().unwrap())
    });
    assert_eq!(outcomes, truth.outcomes, "{options}: messages");
    let recipients = &report["recipients"];
    let recipients = Recipients {
        delivered: number(recipients, "delivered"),
        delivered_after_deferral: number(recipients, "delivered_after_deferral"),
        failed: number(recipients, "failed"),
        deferred: number(recipients, "deferred"),
    };
    assert_eq!(recipients, truth.recipients, "{options}");

    reasons(options, report, "failed", &truth.failed_by_reason, truth.failed_uncertain);
    reasons(options, report, "attempts", &truth.attempts_by_reason, truth.attempts_uncertain);
}

/// What is certain has to be there, and what is beyond it has to be what is not.
fn reasons(options: &str, report: &Value, key: &str, certain: &Counts, uncertain: u64) {
    let told = sum(&report["reasons"], key, |row| row["reason"].as_str().unwrap().to_owned());
    for (reason, count) in certain {
        assert!(told.get(reason).is_some_and(|n| n >= count), "{options}: {key}: {told:?}, not {certain:?}");
    }
    let beyond = told.values().sum::<u64>() - certain.values().sum::<u64>();
    assert_eq!(beyond, uncertain, "{options}: {key}: {told:?}, not {certain:?}");
}

fn counts(object: &Value) -> Counts {
    object.as_object().unwrap().iter().map(|(name, n)| (name.clone(), n.as_u64().unwrap())).collect()
}

fn sum(rows: &Value, key: &str, name: impl Fn(&Value) -> String) -> Counts {
    let mut sum = Counts::new();
    for row in rows.as_array().unwrap() {
        *sum.entry(name(row)).or_default() += number(row, key);
    }
    sum.retain(|_, count| *count > 0);
    sum
}

fn number(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap()
}
