//! `mailwhy sql` on the sample log, and against what the other commands say of it.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::cli::Test;
use crate::harness::workspace;

fn log() -> String {
    workspace().join("testdata/exim/sample/mainlog").display().to_string()
}

fn sql(query: &str) -> Test {
    Test::new(["sql", query, &log()])
}

fn rows(query: &str) -> Vec<Value> {
    sql(query).arg("--format=jsonl").run().success().jsonl()
}

#[test]
fn answers_as_tables_csv_and_json() {
    let query = "SELECT outcome, count(*) AS n, max(recipient) AS last FROM recipients GROUP BY 1 ORDER BY 1";
    assert_snapshot!("sql_table", sql(query).run().success().stdout());
    assert_snapshot!("sql_csv", sql(query).arg("--format=csv").run().success().stdout());
    assert_snapshot!("sql_json", sql(query).arg("--format=json").run().success().stdout());
    assert_snapshot!("sql_tables", Test::new(["sql", "--explain-tables"]).run().success().stdout());
}

/// Every column of every table can be asked for, alone and with the others, and each has its place.
#[test]
fn columns_are_the_fields_of_events() {
    let events = Test::new(["events", &log()]).run().success().jsonl();
    let all = rows("SELECT * FROM events ORDER BY line");
    assert_eq!(all.len(), events.len());
    for (row, event) in all.iter().zip(&events) {
        for key in [
            "line",
            "offset",
            "id",
            "kind",
            "sender",
            "recipient",
            "host",
            "ip",
            "router",
            "transport",
            "size",
            "user",
            "subject",
            "errno",
            "error",
        ] {
            assert_eq!(row[key], event.get(key).cloned().unwrap_or(Value::Null), "{key} of {event}");
        }
        assert_eq!(row["reply"], event["reply"]["text"], "{event}");
        assert_eq!(
            row["code"].as_u64(),
            event["reply"]["code"].as_u64().or(event["response"]["code"].as_u64()),
            "{event}"
        );
    }
    for table in ["events", "attempts", "recipients", "messages", "verdicts"] {
        let whole = rows(&format!("SELECT * FROM {table}"));
        let first = whole[0].as_object().expect("a row is an object").clone();
        for column in first.keys() {
            let alone = rows(&format!("SELECT {column} FROM {table}"));
            let expected: Vec<&Value> = whole.iter().map(|row| &row[column]).collect();
            assert_eq!(
                alone.iter().map(|row| &row[column]).collect::<Vec<_>>(),
                expected,
                "{table}.{column}"
            );
        }
    }
}

#[test]
fn counts_are_those_of_the_report() {
    let report = Test::new(["report", "--format=json", &log()]).run().success().json();
    let counts = |query: &str| -> BTreeMap<String, u64> {
        let pair =
            |row: Value| (row["k"].as_str().expect("a name").to_owned(), row["n"].as_u64().expect("a count"));
        rows(query).into_iter().map(pair).collect()
    };
    let recipients = counts("SELECT outcome AS k, count(*) AS n FROM recipients GROUP BY 1");
    for (outcome, n) in &recipients {
        assert_eq!(report["recipients"][outcome], *n, "{outcome}");
    }
    let failed =
        counts("SELECT reason AS k, count(*) AS n FROM recipients WHERE outcome = 'failed' GROUP BY 1");
    for reason in report["reasons"].as_array().expect("a list") {
        let name = reason["reason"].as_str().expect("a name");
        assert_eq!(
            failed.get(name).copied().unwrap_or(0),
            reason["failed"].as_u64().expect("a count"),
            "{name}"
        );
    }
    let messages = rows("SELECT count(*) AS n, sum(completed) AS completed FROM messages");
    assert_eq!(messages[0]["n"], report["messages"]["total"]);
    assert_eq!(messages[0]["completed"], report["messages"]["completed"]);
}

#[test]
fn joins_compare_what_they_name() {
    let using = rows("SELECT reason, count(*) AS n FROM attempts JOIN verdicts USING (verdict) GROUP BY 1");
    let on = rows(
        "SELECT v.reason, count(*) AS n FROM attempts a JOIN verdicts v ON a.verdict = v.verdict GROUP BY 1",
    );
    assert_eq!(using, on);
    assert!(!on.is_empty());
    let natural = rows("SELECT count(*) AS n FROM messages NATURAL JOIN (SELECT id FROM attempts)");
    assert!(natural[0]["n"].as_u64() > Some(0), "{natural:?}");
}

#[test]
fn the_same_with_one_thread_and_many() {
    let query = "SELECT * FROM recipients";
    let one = sql(query).arg("--threads=1").run().success().stdout();
    assert_eq!(one, sql(query).arg("--threads=4").run().success().stdout());
}

#[test]
fn the_language_is_that_of_titles() {
    let query = "SELECT title FROM verdicts WHERE reason = 'mailbox-full' LIMIT 1";
    let title = sql(query).arg("--lang=ru").arg("--format=csv").run().success().stdout();
    assert!(
        title.lines().nth(1).is_some_and(|title| title.chars().any(|c| ('а'..='я').contains(&c))),
        "{title}"
    );
}

#[test]
fn what_is_wrong_is_told_where() {
    for (query, says) in [
        (
            "SELECT rcason FROM recipients",
            "no such column: rcason (line 1, column 8)\nhint: did you mean reason?",
        ),
        ("SELECT 1\nFROM recipents", "no such table: recipents\nhint: did you mean recipients?"),
        ("DELETE FROM events", "only queries that read are allowed"),
        ("ATTACH '/etc/passwd' AS x", "only queries that read are allowed"),
        ("SELECT 1; SELECT 2", "Multiple statements"),
        ("SELECT", "incomplete input"),
    ] {
        let outcome = sql(query).run().code(2);
        assert_eq!(outcome.stdout(), "");
        assert!(outcome.stderr().contains(says), "{query}: {}", outcome.stderr());
    }
    let none = sql("SELECT id FROM messages WHERE id = 'none'").run().code(1);
    assert_eq!((none.stdout(), none.stderr()), (String::new(), String::new()));
    Test::new(["sql", "SELECT count(*) FROM events", "missing.log"]).run().code(2);
    // A query about no table reads no log.
    assert_eq!(Test::new(["sql", "SELECT 1 AS one", "--format=csv"]).run().success().stdout(), "one\n1\n");
}

#[test]
fn the_query_may_come_from_a_file() {
    let test = Test::new(["sql", "-f", "-", "--format=csv", &log()])
        .stdin("SELECT count(*) AS n\nFROM events -- all\n");
    let lines = Test::new(["events", &log()]).run().success().jsonl().len();
    assert_eq!(test.run().success().stdout(), format!("n\n{lines}\n"));
}

#[test]
fn logs_cannot_act_on_terminals_or_spreadsheets() {
    let log = "2026-08-01 09:14:02 1rfXYZ-000000001ab-2Cde ** =cmd|x@a.example R=r T=t: \u{1b}[31m550 no \n";
    let query = "SELECT recipient, error FROM events";
    let run = |format: &str| Test::new(["sql", query, "-", format]).stdin(log).run().success().stdout();
    let table = run("--format=table");
    assert!(!table.contains('\u{1b}') && table.contains("\\u{1b}"), "{table}");
    assert!(run("--format=csv").contains("'=cmd|x@a.example"));
}

/// The queries of the documentation are answered.
#[test]
fn examples_of_the_docs_run() {
    let docs = std::fs::read_to_string(workspace().join("docs/sql.md")).expect("the docs are there");
    let queries: Vec<&str> = docs.split("mailwhy sql ").filter_map(|rest| rest.split('"').nth(1)).collect();
    assert!(queries.len() > 10, "{queries:?}");
    for query in queries.into_iter().filter(|query| query.starts_with("SELECT")) {
        let outcome = sql(query).run();
        assert_eq!(outcome.stderr(), "", "{query}");
    }
}
