//! The habits of a good command: help, exit status, pipes, and what it says when something is wrong.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::cli::{Test, program};
use crate::harness::sample;

fn mainlog() -> Vec<u8> {
    fs::read(sample().join("mainlog")).unwrap()
}

/// A directory with a file `name` in it.
fn directory_with(name: &str, bytes: &[u8]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(name), bytes).unwrap();
    directory
}

#[test]
fn help() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_short", &["-h"]),
        ("help_report", &["report", "--help"]),
        ("help_events", &["events", "--help"]),
        ("help_trace", &["trace", "--help"]),
    ] {
        insta::assert_snapshot!(name, Test::new(args).run().success().stdout());
    }
}

#[test]
fn help_is_a_command_too() {
    let help = |args: &[&str]| Test::new(args).run().success().stdout();
    assert_eq!(help(&["help"]), help(&["--help"]));
    assert_eq!(help(&["help", "report"]), help(&["report", "--help"]));
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    for option in ["--help", "--version"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let out = Test::new([option]).command().stdout(full).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{option}");
        assert!(out.stderr.starts_with(b"mailwhy: cannot write to standard output: "), "{option}");
    }
}

#[test]
fn version() {
    let version = Test::new(["--version"]).run().success().stdout();
    assert_eq!(version, format!("mailwhy {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_option_is_an_error_with_usage() {
    let wrong = Test::new(["report", "--no-such-option"]).run().code(2);
    assert_eq!(wrong.stdout(), "");
    assert!(wrong.stderr().contains("--no-such-option") && wrong.stderr().contains("Usage:"));
}

#[test]
fn times_without_a_year_are_of_the_year_in_which_the_file_was_written() {
    let line = "Mar  4 09:47:16 mx1 exim[7]: 1tpOrp-006xLl-W9 => kay@shop.example R=r T=t\n";
    let directory = directory_with("mail.log", line.as_bytes());
    let path = directory.path().join("mail.log");
    let written = UNIX_EPOCH + Duration::from_secs(1_741_200_000); // 2025-03-05
    File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
    let events = Test::new(["events"]).arg(&path).run().success().jsonl();
    assert_eq!(events[0]["time"], "2025-03-04T09:47:16");
    for (since, code) in [("2025-03-04", 0), ("2025-03-05", 1)] {
        Test::new(["events", "--since", since]).arg(&path).run().code(code);
        Test::new(["trace", "--since", since, "kay@shop.example"]).arg(&path).run().code(code);
    }
    // The older log is read first, and a line alone is one of a log, too.
    let old = directory.path().join("old.log");
    fs::write(&old, line.replace("Mar  4", "Mar  3")).unwrap();
    File::options().write(true).open(&old).unwrap().set_modified(written).unwrap();
    let events = Test::new(["events"]).args([&path, &old]).run().success().jsonl();
    assert_eq!(events[0]["time"], "2025-03-03T09:47:16");
    let failed = line.replace("=> kay@shop.example R=r T=t", "** kay@shop.example: Unrouteable address");
    let told = Test::new(["explain", "--format", "json"]).stdin(failed).run().success().json();
    assert_eq!(told["rule"], "exim-unrouteable-here");
}

#[test]
fn no_more_threads_than_any_machine_has_use_for() {
    for command in ["report", "classify"] {
        let told = Test::new([command, "--threads", "100000"]).run().code(2).stderr();
        assert!(told.contains("100000 is not in 0..=1024"), "{told}");
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let of = |test: Test| {
        let mut report = test.run().success().json();
        report["input"]["files"] = Value::Null;
        for group in report["groups"].as_array_mut().unwrap() {
            group["file"] = Value::Null;
        }
        report
    };
    let file = of(Test::new(["report", "--format", "json", "mainlog"]).at(sample()));
    assert_eq!(of(Test::new(["report", "--format", "json"]).stdin(mainlog())), file);
    assert_eq!(of(Test::new(["report", "--format", "json", "-"]).stdin(mainlog())), file);
}

#[test]
fn an_archive_is_known_by_its_content() {
    // Two members, as logrotate and pigz leave behind, under a name that says nothing.
    let log = mainlog();
    let (first, second) = log.split_at(log.len() / 2);
    let mut archive = Vec::new();
    for part in [first, second] {
        let mut member = GzEncoder::new(&mut archive, Compression::fast());
        member.write_all(part).unwrap();
        member.finish().unwrap();
    }
    let directory = directory_with("mainlog", &archive);
    let plain = Test::new(["events", "mainlog"]).at(sample()).run().success();
    let unpacked = Test::new(["events", "mainlog"]).at(directory.path()).run().success();
    assert_eq!(unpacked.stdout(), plain.stdout());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let directory = directory_with("mainlog", &mainlog().repeat(40));
    // Many addresses, so that the list is longer than a pipe holds.
    let addresses: String = (0..20_000).map(|n| format!("{n}@x.example\n")).collect();
    fs::write(directory.path().join("list.txt"), addresses).unwrap();
    let list = ["suppress", "--merge", "list.txt", "--expire", "never", "--format"];
    let commands = [
        vec!["events", "--format", "jsonl"],
        vec!["events", "--format", "csv"],
        [&list[..], &["csv"]].concat(),
        [&list[..], &["json"]].concat(),
    ];
    for args in commands {
        let mut child = Test::new(args.iter().chain(&["mainlog"]))
            .at(directory.path())
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        drop(stdout);
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = child.wait().unwrap();
        assert!(!line.is_empty());
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn an_error_that_nobody_hears_is_one_all_the_same() {
    for args in [&["report", "missing.log"][..], &["report", "--no-such-option"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let status = Test::new(args).command().stderr(full).status().unwrap();
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn ctrl_c_ends_the_reading_and_what_was_read_is_told() {
    for threads in ["1", "2"] {
        let log = mainlog().repeat(4);
        let mut child = Test::new(["report", "--format", "json", "--threads", threads, "-"])
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // More than a pipe holds: when it is written, the program reads.
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&log).unwrap();
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        // It ends by itself, though its input does not, as soon as there is something more to read.
        let feed = std::thread::spawn(move || {
            let end = Instant::now() + Duration::from_secs(20);
            while Instant::now() < end && stdin.write_all(&log).is_ok() {}
        });
        let output = child.wait_with_output().unwrap();
        feed.join().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["input"]["partial"], true);
        assert_ne!(report["messages"]["total"], 0);
    }
}

#[test]
fn pseudonyms_stand_for_what_is_private() {
    let run = |args: &[&str]| Test::new(args).at(sample()).run().success().stdout();
    let plain = run(&["events", "mainlog"]);
    let anonymous = run(&["events", "--anonymize", "--raw", "mainlog"]);
    let events =
        |text: &str| -> Vec<Value> { text.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    let mut seen = 0;
    for (real, other) in events(&plain).iter().zip(events(&anonymous)) {
        // The same line of the same kind at the same place…
        for key in ["line", "offset", "time", "id", "kind", "transport", "size"] {
            assert_eq!(real[key], other[key], "{real}");
        }
        assert_eq!(real["reply"]["code"], other["reply"]["code"], "{real}");
        // …and nothing of what is private.
        for key in ["sender", "recipient", "original_recipient", "helo", "subject", "user"] {
            let private = real[key].as_str().filter(|v| v.len() > 3 && !v.starts_with(['|', '/', ':']));
            if let Some(private) =
                private.filter(|v| !["root", "mail", "Debian-exim", "localhost"].contains(v))
            {
                seen += 1;
                assert!(!anonymous.contains(&format!("\"{private}\"")), "{key} {private}");
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert_eq!(events(&plain).len(), events(&anonymous).len());
    // What is looked for stands in the log as it is; what is told does not.
    let trace = run(&["trace", "--anonymize", "--raw", "gone.helga@gmail.test", "mainlog"]);
    assert!(
        trace.contains("550 5.1.1") && !trace.contains("helga") && !trace.contains("gmail.test"),
        "{trace}"
    );
    let follow =
        Test::new(["follow", "--anonymize", "--all", "--format", "jsonl", "--raw", "-"]).stdin(mainlog());
    let follow = follow.run().code(0).stdout();
    assert!(
        follow.contains("550") && !follow.contains("helga") && !follow.contains("gmail.test"),
        "{follow}"
    );
    for command in ["report", "errors", "suppress", "sql"] {
        let mut args = vec![command, "--anonymize", "mainlog"];
        if command == "sql" {
            args.insert(1, "SELECT recipient, reply FROM attempts");
        }
        let out = run(&args);
        for private in ["helga", "gmail.test", "news.shop", "203.0.113"] {
            assert!(!out.contains(private), "{private} in {out}");
        }
    }
}

#[test]
fn a_missing_file_is_an_error_after_the_others_are_read() {
    let test = Test::new(["report", "--format", "json", "missing.log", "mainlog"]).at(sample());
    let outcome = test.run().code(2);
    assert!(outcome.stderr().contains("missing.log"), "{}", outcome.stderr());
    assert_ne!(outcome.json()["messages"]["total"], 0);
}

#[test]
fn what_is_wrong_with_a_log_is_in_the_language_of_the_report() {
    let mut archive = GzEncoder::new(Vec::new(), Compression::fast());
    archive.write_all(&mainlog()).unwrap();
    let archive = archive.finish().unwrap();
    let directory = directory_with("main.gz", &archive[..archive.len() - 9]);
    for (lang, told) in [("en", "main.gz: the archive ends too early"), ("ru", "main.gz: архив обрывается")]
    {
        for format in ["text", "md", "html"] {
            let args = ["report", "--lang", lang, "--format", format, "main.gz"];
            let outcome = Test::new(args).at(directory.path()).run().code(2);
            assert!(outcome.stdout().contains(told), "{}", outcome.stdout());
            // As all errors are.
            assert!(outcome.stderr().contains("the archive ends too early"), "{}", outcome.stderr());
        }
    }
}

#[test]
fn a_file_without_permission_says_who_may_read_it() {
    let directory = directory_with("mainlog", &mainlog());
    let log = directory.path().join("mainlog");
    fs::set_permissions(&log, fs::Permissions::from_mode(0o040)).unwrap();
    let root = File::open(&log).is_ok();
    let mut command = Command::new(program());
    if root {
        // Root may read everything, so this runs as nobody, with a program that nobody can reach, on a log that
        // belongs to adm, as on Debian.
        const ADM: u32 = 4;
        const NOBODY: u32 = 65534;
        let copy = directory.path().join("mailwhy");
        fs::copy(program(), &copy).unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        chown(&log, None, Some(ADM)).unwrap();
        command = Command::new(copy);
        command.uid(NOBODY).gid(NOBODY);
    }
    let out = command.arg("report").arg(&log).stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("mainlog") && stderr.contains("hint: "), "{stderr}");
    assert!(!root || stderr.contains("adm"), "{stderr}");
}

#[test]
fn a_file_that_is_no_log_says_so() {
    let text = "[package]\nname = \"mailwhy\"\nversion = \"0.1.0\"\n".repeat(20);
    let directory = directory_with("Cargo.toml", text.as_bytes());
    let outcome = Test::new(["report", "Cargo.toml"]).at(directory.path()).run();
    assert!(outcome.stderr().contains("Cargo.toml"), "{}", outcome.stderr());
    assert!(outcome.stderr().contains("hint: "), "{}", outcome.stderr());
    outcome.code(2);
    let one = Test::new(["report"]).stdin("words\n").run().code(2).stderr();
    assert!(one.starts_with("mailwhy: standard input: its only line does not look like"), "{one}");
}

#[test]
fn an_empty_log_has_nothing_to_report() {
    let directory = directory_with("mainlog", b"");
    Test::new(["report", "mainlog"]).at(directory.path()).run().code(1);
    assert_eq!(Test::new(["events", "mainlog"]).at(directory.path()).run().code(1).stdout(), "");
}

#[test]
fn the_language_comes_from_option_variable_or_locale() {
    let report = || Test::new(["report", "mainlog"]).at(sample());
    // Hints repeat the option where it is needed.
    let text = |test: Test| test.run().success().stdout().replace(" --lang en", "").replace(" --lang ru", "");
    let english = text(report().arg("--lang=en"));
    let russian = text(report().arg("--lang=ru"));
    assert_ne!(english, russian);
    assert_eq!(text(report()), english);
    assert_eq!(text(report().env("LANG", "ru_RU.UTF-8")), russian);
    assert_eq!(text(report().env("LANG", "ru_RU.UTF-8").env("LC_ALL", "C")), english);
    assert_eq!(text(report().env("MAILWHY_LANG", "ru")), russian);
    assert_eq!(text(report().env("MAILWHY_LANG", "ru").arg("--lang=en")), english);
}

#[test]
fn hints_are_commands_to_copy() {
    let directory = directory_with("my log", &fs::read(sample().join("mainlog")).unwrap());
    for (command, hints) in [
        ("report --since 2026-11-01 --lang ru 'my log'", 12),
        ("errors --by provider --until '2026-12-01 09:30' --top 1 'my log'", 2),
        ("suppress --reason recipient-unknown --format text 'my log'", 1),
    ] {
        let run = |command: &str| Test::new(shlex::split(command).unwrap()).at(directory.path()).run();
        let text = run(command).success().stdout();
        let found: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once("mailwhy ")?.1)).collect();
        assert_eq!(found.len(), hints, "{text}");
        for hint in found {
            assert!(hint.starts_with("explain ") || hint.ends_with(" 'my log'"), "{hint}");
            assert_eq!(hint.contains("--lang ru"), command.contains("--lang ru"), "{hint}");
            run(hint).success();
        }
    }
}

#[test]
fn no_row_is_hidden_where_all_are_asked_for() {
    for args in [&["report", "-v"][..], &["errors"]] {
        let all = Test::new(args).args(["--top", "0", "mainlog"]).at(sample()).run().success().stdout();
        assert!(all.contains("No such mailbox") || all.contains("no such account"), "{all}");
        assert!(!all.contains(" more: "), "{all}");
    }
}

#[test]
fn hints_about_standard_input_ask_for_it_again() {
    let log = fs::read(sample().join("mainlog")).unwrap();
    let text = Test::new(["report", "--by=reply", "--top=2"]).stdin(log).run().success().stdout();
    assert!(text.ends_with(": … | mailwhy report --by reply --top 40\n"), "{text}");
}

#[test]
fn a_time_zone_that_is_none_is_told_where_it_counts() {
    let report = |zone: &str, args: &[&str]| {
        Test::new(["report", "--format=json", "mainlog"])
            .args(args)
            .at(sample())
            .env("TZ", zone)
            .run()
            .code(0)
            .stderr()
    };
    let told = "mailwhy: TZ=Europe/Moskva: there is no such time zone here; UTC is taken\n\
                hint: it is like TZ=Europe/Moscow or TZ=MSK-3\n";
    assert_eq!(report("Europe/Moskva", &["--since=2026-11-22", "--until=now"]), told);
    assert_eq!(report("Europe/Moskva", &[]), "");
    assert_eq!(report("MSK-3", &["--since=2026-11-22"]), "");
    assert_eq!(report("", &["--since=2026-11-22"]), "");
}

#[test]
fn the_language_changes_no_name_in_json() {
    let names = |lang: &str| {
        let report = Test::new(["report", "--format=json", "--lang", lang, "mainlog"]).at(sample()).run();
        let reasons = report.success().json()["reasons"].clone();
        let reasons = reasons.as_array().unwrap().iter();
        reasons.map(|row| (row["reason"].clone(), row["failed"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(names("en"), names("ru"));
}

#[test]
fn nothing_in_a_log_reaches_the_terminal_raw() {
    let log = "2026-08-01 10:00:00 1rfXYZ-000000001ab-2Cde <= \x1b[2Ja@shop.example H=x [192.0.2.1] P=esmtp S=1\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** b\x1b]0;owned\x07@c.test R=r T=t H=mx.c.test \
               [192.0.2.2]: SMTP error from remote mail server after RCPT TO:<b@c.test>: 550 \x1b[31mno \u{202e}\u{9b}1m\n\
               2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde Completed\n\
               \x1b[31mnot a log line\x1b[0m\n";
    for args in [
        &["report", "--verbose"][..],
        &["report", "--format=json"],
        &["report", "--format=md"],
        &["report", "--format=html"],
        &["report", "--format=csv"],
        &["events"],
        &["events", "--format=csv"],
        &["sql", "SELECT * FROM events"],
        &["sql", "--format=csv", "SELECT * FROM events"],
        &["sql", "--format=json", "SELECT recipient AS \"\x1b\u{202e}\", * FROM events"],
        &["sql", "--format=jsonl", "SELECT * FROM events"],
        &["rules", "coverage", "--format=json"],
    ] {
        let outcome = Test::new(args).stdin(log).run().code(0);
        for text in [outcome.stdout(), outcome.stderr()] {
            assert!(!text.contains(['\x1b', '\x07', '\u{9b}', '\u{202e}']), "{args:?}: {text}");
        }
    }
}

#[test]
fn colour_is_for_terminals_and_those_who_insist() {
    let report = |args: &[&str]| {
        let args = [&["report", "mainlog"], args].concat();
        Test::new(args).at(sample()).run().success().stdout()
    };
    assert!(!report(&[]).contains('\x1b'));
    assert!(!report(&["--color=never"]).contains('\x1b'));
    assert!(report(&["--color=always"]).contains('\x1b'));
}

/// Each physical line is one event, whatever is in it.
#[test]
fn bytes_of_any_kind_are_counted() {
    let mut log = mainlog();
    let lines = log.iter().filter(|&&b| b == b'\n').count();
    log.extend_from_slice(b"\0\0\0\0\n\xff\xfe\xfd\n\n");
    log.extend_from_slice(b"2026-08-01 10:00:00 1rfXYZ-000000001ab-2Cde <= ");
    log.resize(log.len() + (10 << 20), b'x');
    log.extend_from_slice(b"\r\nno end of line");
    let events = Test::new(["events"]).stdin(log.clone()).run().code(0).jsonl();
    assert_eq!(events.len(), lines + 5);
    assert_eq!(events.last().unwrap()["line"], lines + 5);
    let report = Test::new(["report", "--format=json"]).stdin(log).run().code(0).json();
    assert_eq!(report["input"]["lines"], lines + 5);
}

/// What is found does not depend on how the work is divided.
#[test]
fn threads_change_nothing() {
    let directory = directory_with("mainlog", &mainlog().repeat(40));
    let report = |threads: &str| {
        let args = ["report", "--format=json", "--threads", threads, "mainlog"];
        let mut report = Test::new(args).at(directory.path()).run().success().json();
        report["input"]["seconds"] = Value::Null;
        report
    };
    assert_eq!(report("1"), report("4"));
}

#[test]
fn an_output_file_has_the_format_of_its_name() {
    let directory = directory_with("mainlog", &mainlog());
    let written = |name: &str| {
        let outcome = Test::new(["report", "mainlog", "-o", name]).at(directory.path()).run().success();
        assert_eq!(outcome.stdout(), "");
        fs::read_to_string(directory.path().join(name)).unwrap()
    };
    assert!(serde_json::from_str::<Value>(&written("report.json")).is_ok());
    assert!(written("report.md").contains("|---"));
    let csv = written("report.csv");
    assert!(csv.lines().next().unwrap().split(',').count() > 3, "{csv}");
}

#[test]
fn no_output_is_written_over_what_is_read() {
    let directory = directory_with("main.log", &mainlog());
    let at = |name: &str| directory.path().join(name);
    fs::hard_link(at("main.log"), at("hard.log")).unwrap();
    std::os::unix::fs::symlink("main.log", at("soft.log")).unwrap();
    fs::write(at("query"), "SELECT 1").unwrap();
    for (args, output) in [
        (&["report", "--format=text", "main.log"][..], "main.log"),
        (&["report", "--mail=root", "main.log"], "./main.log"),
        (&["errors", "--format=text", "main.log"], "hard.log"),
        (&["suppress", "--format=csv", "main.log"], "soft.log"),
        (&["events", "soft.log"], "hard.log"),
        (&["trace", "--format=text", "helga", "main.log"], "hard.log"),
        (&["classify", "main.log"], "main.log"),
        (&["sql", "--format=csv", "SELECT id FROM events", "."], "main.log"),
        (&["sql", "--format=csv", "SELECT 1", "main.log"], "hard.log"),
        (&["sql", "--format=csv", "--query-file=query", "main.log"], "query"),
        (&["rules", "coverage", "--format=text", "main.log"], "main.log"),
        (&["report", "--format=text"], "main.log"),
        (&["explain", "--format=text"], "main.log"),
    ] {
        let mut command = Test::new(args).args(["-o", output]).at(directory.path()).command();
        let out = command.stdin(File::open(at("main.log")).unwrap()).output().unwrap();
        let told =
            format!("mailwhy: cannot write {output}: it is also read\nhint: name another file with -o\n");
        assert_eq!(String::from_utf8(out.stderr).unwrap(), told, "{args:?}");
        assert_eq!(out.status.code(), Some(2), "{args:?}");
    }
    assert!(fs::read(at("main.log")).unwrap() == mainlog());
    assert_eq!(fs::read_to_string(at("query")).unwrap(), "SELECT 1");
}

#[test]
fn a_dash_is_standard_output() {
    let directory = directory_with("mainlog", &mainlog());
    for args in [&["report", "mainlog"][..], &["events", "mainlog"], &["suppress", "mainlog"]] {
        let run = |more: &[&str]| Test::new(args).args(more).at(directory.path()).run().success().stdout();
        assert_eq!(run(&["-o", "-"]), run(&[]), "{args:?}");
    }
    assert!(!directory.path().join("-").exists());
}

#[test]
fn every_command_that_writes_a_file_knows_the_format_by_its_name() {
    let directory = directory_with("mainlog", &mainlog());
    for (args, names) in [
        (&["report", "mainlog"][..], &["a.json", "A.JSON"][..]),
        (&["errors", "mainlog"], &["b.json"]),
        (&["suppress", "mainlog"], &["c.json"]),
        (&["trace", "full.box@gmail.test", "mainlog"], &["d.json", "d.jsonl"]),
        (&["explain", "421"], &["e.json"]),
        (&["explain", "--list", "reasons"], &["f.json"]),
        (&["sql", "SELECT 1 AS one", "mainlog"], &["g.json", "g.jsonl"]),
    ] {
        for name in names {
            let outcome = Test::new(args).args(["-o", name]).at(directory.path()).run().success();
            assert_eq!(outcome.stdout(), "", "{args:?} {name}");
            let text = fs::read_to_string(directory.path().join(name)).unwrap();
            assert!(serde_json::from_str::<Value>(&text).is_ok(), "{args:?} {name}: {text}");
        }
    }
    for command in ["report", "errors", "suppress", "events", "trace", "explain", "classify", "sql"] {
        let outcome = Test::new([command, "mainlog", "-o", "x.xyz"]).at(directory.path()).run().code(2);
        let told = outcome.stderr();
        let (error, hint) = told.split_once('\n').unwrap();
        assert_eq!(error, "mailwhy: x.xyz: no format is known for .xyz", "{command}");
        assert!(hint.starts_with("hint: name it with --format "), "{command}: {hint}");
        assert!(!directory.path().join("x.xyz").exists(), "{command}");
    }
}
