//! `mailwhy check` as a monitoring system calls it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::harness::cli::Test;
use crate::harness::sample;

/// The sample log, seen three minutes after its end.
fn check(args: &[&str]) -> Test {
    let at = ["check", "--since", "2026-11-22", "--until", "2026-11-22 03:30", "mainlog"];
    Test::new(at.iter().chain(args)).at(sample())
}

/// The values behind the bar, by their labels.
fn values(line: &str) -> Vec<(String, String)> {
    let data = line.trim_end().rsplit_once(" | ").expect("performance data").1;
    let value = |item: &str| {
        let (label, value) = item.split_once('=').expect("label=value");
        (label.to_owned(), value.to_owned())
    };
    data.split(' ').map(value).collect()
}

#[test]
fn one_line_with_the_state_and_the_values() {
    for lang in ["en", "ru"] {
        let line = check(&["--lang", lang]).run().code(2).stdout();
        assert_eq!(line.lines().count(), 1);
        insta::assert_snapshot!(format!("check_{lang}"), line);
    }
}

#[test]
fn there_is_nothing_to_anonymize() {
    assert!(!Test::new(["check", "--help"]).run().success().stdout().contains("anonymize"));
    let refused = check(&["--anonymize"]).run().code(3).stdout();
    assert!(refused.starts_with("MAILWHY UNKNOWN - a check has nothing to anonymize"), "{refused}");
    // What is set for all commands does not break it.
    check(&[]).env("MAILWHY_ANONYMIZE", "true").run().code(2);
}

#[test]
fn each_level_has_its_status() {
    let off = [
        "--failed=off",
        "--blocklisted=off",
        "--deferred=off",
        "--provider-failed=off",
        "--provider-deferred=off",
    ];
    let run = |more: &[&str], status: i32| {
        let line = check(&[&off, more].concat()).run().code(status).stdout();
        assert!(
            line.starts_with(["MAILWHY OK - ", "MAILWHY WARNING - ", "MAILWHY CRITICAL - "][status as usize]),
            "{line}"
        );
        line
    };
    run(&[], 0);
    run(&["--failed=40"], 1);
    run(&["--failed=10,40"], 2);
    run(&["--failed=,40%"], 2);
    run(&["--failed=60,80"], 0);
    run(&["--deferred=10%,60%"], 1);
    run(&["--blocklisted=1,100"], 1);
    run(&["--guesses=10,40"], 2);
    run(&["--silence=2m,1h"], 1);
    run(&["--silence=1h"], 0);
    run(&["--queue-age=1m,2m"], 2);
    // Few recipients say nothing about rates.
    run(&["--failed=1,2", "--min=1000"], 0);
    // A value and its limits stand in the performance data.
    let line = run(&["--failed=10,40"], 2);
    assert!(values(&line).contains(&("failed".into(), "44.54%;10;40;0;100".into())), "{line}");
}

#[test]
fn what_cannot_be_told_is_told_in_russian() {
    let logs = tempfile::tempdir().unwrap();
    fs::write(logs.path().join("empty"), b"").unwrap();
    fs::write(logs.path().join("cut.gz"), b"\x1f\x8b\x08\0").unwrap();
    for (args, told) in [
        (&["no-such.log"][..], "нет журнала, который можно прочитать"),
        (&["--failed=30,10"], "неверные параметры, см. mailwhy check --help"),
        (&["--state=/no/such/state", "empty"], "не удалось записать /no/such/state: No such file"),
        (&["cut.gz"], "cut.gz: архив обрывается"),
    ] {
        for run in [Test::new(["check", "--lang=ru"]), Test::new(["check"]).env("LANG", "ru_RU.UTF-8")] {
            let line = run.args(args).at(logs.path()).run().code(3).stdout();
            assert!(line.starts_with(&format!("MAILWHY UNKNOWN - {told}")), "{line}");
        }
    }
}

#[test]
fn what_cannot_be_told_is_unknown() {
    let missing = Test::new(["check", "no-such.log"]).run().code(3);
    assert!(missing.stdout().starts_with("MAILWHY UNKNOWN - "), "{}", missing.stdout());
    let usage = Test::new(["check", "--failed=30,10"]).run().code(3);
    assert!(usage.stdout().starts_with("MAILWHY UNKNOWN - "), "{}", usage.stdout());
    assert!(usage.stderr().contains("must not be above"), "{}", usage.stderr());
    Test::new(["check", "--help"]).run().code(0);
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state");
    fs::write(&state, "{\"version\":99}").unwrap();
    let foreign = check(&["--state", state.to_str().unwrap()]).run().code(3);
    assert!(foreign.stderr().contains("hint: remove it"), "{}", foreign.stderr());
    assert!(foreign.stdout().ends_with("not a state of this version of mailwhy\n"), "{}", foreign.stdout());
    let logs = tempfile::tempdir().unwrap();
    for (name, text) in [("empty", &b""[..]), ("mainlog", &fs::read(sample().join("mainlog")).unwrap())] {
        let log = logs.path().join(name);
        fs::write(&log, text).unwrap();
        let slip = Test::new(["check", "--state", name, name]).at(logs.path()).run().code(3);
        assert!(slip.stderr().contains(": a log, not a state\nhint: --state names"), "{}", slip.stderr());
        assert!(fs::read(log).unwrap() == text);
    }
    let nowhere = check(&["--state", "/no/such/directory/state"]).run().code(3);
    assert!(
        nowhere.stdout().ends_with("directory/state: No such file or directory (os error 2)\n"),
        "{}",
        nowhere.stdout()
    );
    assert!(
        nowhere
            .stderr()
            .ends_with("hint: its directory must be there, and writable for the user that runs the check\n")
    );
}

/// A log that is written and rotated, and a check that runs now and then.
struct Log {
    directory: tempfile::TempDir,
    next: u32,
}

impl Log {
    fn new() -> Self {
        let log = Self { directory: tempfile::tempdir().unwrap(), next: 0 };
        fs::write(log.path("mainlog"), "").unwrap();
        log
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Adds so many failed recipients.
    fn fail(&mut self, n: u32) {
        let mut text = String::new();
        for _ in 0..n {
            self.next += 1;
            let id = format!("1rf{:03}-000000001ab-2Cde", self.next);
            let time = format!("2026-11-22 03:{:02}:{:02}", self.next / 60, self.next % 60);
            text += &format!("{time} {id} <= a@shop.example H=h [192.0.2.1] P=esmtp S=100\n");
            text += &format!(
                "{time} {id} ** x{n}@d.example R=dns T=smtp H=mx.d.example [192.0.2.2]: SMTP error from remote mail \
                              server after RCPT TO:<x@d.example>: 550 5.1.1 User unknown\n"
            );
            text += &format!("{time} {id} Completed\n");
        }
        self.append(&text);
    }

    fn append(&self, text: &str) {
        let mut file = fs::OpenOptions::new().append(true).create(true).open(self.path("mainlog")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// How many failed recipients the next check sees.
    fn seen(&self) -> u32 {
        let state = self.path("state.json");
        let test = Test::new([
            "check",
            "--since=2026-11-22",
            "--until=2026-11-23",
            "--min=1",
            "--failed=0,0",
            "--state",
        ]);
        let line = test.arg(&state).arg(self.path("mainlog")).run().stdout();
        if line.starts_with("MAILWHY OK - no deliveries") {
            return 0;
        }
        let of = line.split(" failed (").nth(1).and_then(|rest| rest.split(' ').next()).expect("a count");
        of.parse().expect("a number")
    }
}

#[test]
fn a_state_sees_each_line_once_whatever_rotation_does() {
    let rotate: [fn(&Path, &Path); 3] = [
        |live, old| fs::rename(live, old).unwrap(),
        |live, old| {
            fs::rename(live, old).unwrap();
            fs::write(live, "").unwrap();
        },
        // copytruncate
        |live, old| {
            fs::copy(live, old).unwrap();
            fs::OpenOptions::new().write(true).truncate(true).open(live).unwrap();
        },
    ];
    for (n, rotate) in rotate.into_iter().enumerate() {
        let mut log = Log::new();
        log.fail(2);
        assert_eq!(log.seen(), 2, "{n}: all at first");
        assert_eq!(log.seen(), 0, "{n}: nothing new");
        log.fail(3);
        assert_eq!(log.seen(), 3, "{n}: what is new");
        log.fail(4);
        rotate(&log.path("mainlog"), &log.path("mainlog.1"));
        assert_eq!(log.seen(), 4, "{n}: the rest of the old file");
        log.fail(5);
        assert_eq!(log.seen(), 5, "{n}: the new file");
        log.fail(1);
        rotate(&log.path("mainlog"), &log.path("mainlog.1"));
        log.fail(6);
        assert_eq!(log.seen(), 7, "{n}: both");
        assert_eq!(log.seen(), 0, "{n}");
    }
}

#[test]
fn a_line_that_is_being_written_waits() {
    let mut log = Log::new();
    log.fail(1);
    log.append("2026-11-22 03:30:00 1rf900-000000001ab-2Cde ** y@d.example R=dns T=smtp: Unroute");
    assert_eq!(log.seen(), 1);
    log.append("able address\n");
    assert_eq!(log.seen(), 1);
    assert_eq!(log.seen(), 0);
}

#[test]
fn the_queue_is_remembered() {
    let log = Log::new();
    log.append(
        "2026-11-22 01:00:00 1rf901-000000001ab-2Cde <= a@shop.example H=h [192.0.2.1] P=esmtp S=100\n",
    );
    let run = |status: i32| {
        let test = Test::new([
            "check",
            "--since=2026-11-22",
            "--until=2026-11-22 03:00",
            "--queue-age=1h,3h",
            "--state",
        ]);
        test.arg(log.path("state.json")).arg(log.path("mainlog")).run().code(status).stdout()
    };
    assert!(run(1).contains("1rf901-000000001ab-2Cde"));
    assert!(run(1).contains("1rf901-000000001ab-2Cde"));
    log.append("2026-11-22 02:00:00 1rf901-000000001ab-2Cde Completed\n");
    run(0);
}
