//! Values for options: from the command line, the environment and files, in this order.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::harness::cli::{Outcome, Test};
use crate::harness::sample;

/// A user's home with a configuration file.
struct Home {
    directory: TempDir,
}

impl Home {
    fn new(config: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = Self { directory };
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
        fs::write(home.file(), config).unwrap();
        home
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join(".config/mailwhy/config.toml")
    }

    /// A run at the sample log by the owner of this home.
    fn test(&self, args: &[&str]) -> Test {
        Test::new(args).env("MAILWHY_CONFIG", "").env("HOME", self.directory.path()).at(sample())
    }

    /// What is said of this file when it is wrong, without the directories.
    fn complaint(&self, args: &[&str]) -> String {
        let outcome = self.test(args).run().code(2);
        assert_eq!(outcome.stdout(), "");
        outcome.stderr().replace(&*self.directory.path().to_string_lossy(), "~")
    }
}

/// How many rows the only table has.
fn rows(outcome: Outcome) -> usize {
    outcome.success().stdout().lines().skip(1).filter(|line| !line.starts_with("  ")).count()
}

const CODES: [&str; 4] = ["report", "--by", "code", "mainlog"];

#[test]
fn the_command_line_wins_then_the_environment_then_the_file() {
    let home = Home::new("top = 5\n[report]\ntop = 4\n");
    assert_eq!(rows(home.test(&CODES).run()), 4, "the table of the command");
    assert_eq!(rows(home.test(&CODES).env("MAILWHY_TOP", "3").run()), 3, "the environment");
    assert_eq!(rows(home.test(&CODES).arg("--top=2").env("MAILWHY_TOP", "3").run()), 2, "the command line");
    let home = Home::new("top = 5\n");
    assert_eq!(rows(home.test(&CODES).run()), 5, "the top of the file");
    assert_eq!(rows(home.test(&CODES).env("MAILWHY_TOP", "").run()), 5, "an empty variable is none");
}

#[test]
fn a_users_file_is_found_where_xdg_says() {
    let home = Home::new("top = 5\n");
    let xdg = tempfile::tempdir().unwrap();
    fs::create_dir(xdg.path().join("mailwhy")).unwrap();
    fs::write(xdg.path().join("mailwhy/config.toml"), "top = 2\n").unwrap();
    assert_eq!(rows(home.test(&CODES).env("XDG_CONFIG_HOME", xdg.path()).run()), 2);
    assert_eq!(
        rows(home.test(&CODES).env("XDG_CONFIG_HOME", "relative").run()),
        5,
        "only absolute paths count"
    );
}

#[test]
fn another_file_or_none_can_be_asked_for() {
    let home = Home::new("top = 5\n");
    let other = home.directory.path().join("other.toml");
    fs::write(&other, "top = 2\n").unwrap();
    assert_eq!(rows(home.test(&CODES).arg("--config").arg(&other).run()), 2);
    assert_eq!(rows(home.test(&CODES).env("MAILWHY_CONFIG", &other).run()), 2);
    assert!(rows(home.test(&CODES).arg("--no-config").run()) > 5);
    assert!(rows(home.test(&CODES).env("MAILWHY_CONFIG", "/dev/null").run()) > 5);
    let missing = home.test(&CODES).arg("--config=/nonexistent.toml").run().code(2);
    assert!(missing.stderr().contains("/nonexistent.toml"), "{}", missing.stderr());
}

#[test]
fn a_flag_that_is_set_can_be_taken_back() {
    let home = Home::new("verbose = true\n");
    let args = ["report", "mainlog"];
    let plain = Test::new(args).at(sample()).run().success().stdout();
    let verbose = Test::new(args).arg("-v").at(sample()).run().success().stdout();
    assert_ne!(plain, verbose);
    assert_eq!(home.test(&args).run().success().stdout(), verbose);
    assert_eq!(home.test(&args).arg("--no-verbose").run().success().stdout(), plain);
    assert_eq!(home.test(&args).args(["--no-verbose", "-v"]).run().success().stdout(), verbose);
    assert_eq!(home.test(&args).env("MAILWHY_VERBOSE", "no").run().success().stdout(), plain);
}

#[test]
fn lists_and_logs() {
    let home = Home::new("files = [\"mainlog\"]\n[events]\nkind = [\"failure\", \"deferral\"]\n");
    let kinds = |outcome: Outcome| {
        let mut kinds: Vec<String> = outcome
            .success()
            .jsonl()
            .iter()
            .map(|event| event["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    // A pipe comes before the usual logs.
    assert_eq!(home.test(&["events"]).run().code(1).stdout(), "");
    assert_eq!(kinds(home.test(&["events", "mainlog"]).run()), ["deferral", "failure"]);
    assert_eq!(
        kinds(home.test(&["events", "mainlog"]).env("MAILWHY_KIND", "completed,frozen").run()),
        ["completed", "frozen"]
    );
    assert_eq!(kinds(home.test(&["events", "mainlog", "--kind", "arrival"]).run()), ["arrival"]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let report = &["report", "mainlog"][..];
    for (name, config, args) in [
        ("key", "lang = \"en\"\ntpo = 3\n", report),
        ("key_elsewhere", "[report]\nkind = [\"failure\"]\n", report),
        ("table", "\n[reprot]\ntop = 3\n", report),
        ("value", "[report]\nby = \"raeson\"\n", report),
        ("number", "top = \"many\"\n", report),
        ("flag", "rotated = 1\n", report),
        ("list", "top = [1, 2]\n", report),
        ("syntax", "top = \n", report),
        ("other_command", "format = \"json\"\n", &["events", "mainlog"]),
    ] {
        insta::assert_snapshot!(format!("config_wrong_{name}"), Home::new(config).complaint(args));
    }
    let variable = Test::new(report).at(sample()).env("MAILWHY_BY", "raeson").run().code(2);
    insta::assert_snapshot!("config_wrong_variable", variable.stderr());
}

#[test]
fn a_broken_file_does_not_stand_before_help() {
    let home = Home::new("top = \n");
    home.test(&["--version"]).run().success();
    home.test(&["report", "--help"]).run().success();
}

#[test]
fn what_is_in_force_is_shown_with_its_origin() {
    let home = Home::new("lang = \"ru\"\nrotated = true\n[report]\ntop = 20\n[rules.coverage]\ntop = 7\n");
    let shown = |args: &[&str]| {
        let outcome = home.test(args).env("MAILWHY_THREADS", "2").run().success();
        outcome.stdout().replace(&*home.directory.path().to_string_lossy(), "~")
    };
    insta::assert_snapshot!("config_show", shown(&["config", "show"]));
    let all = shown(&["config", "show", "--all"]);
    assert!(all.contains("[classify]") && all.contains("# built-in") && all.contains("# not set"), "{all}");
    assert!(
        shown(&["config", "path"]).starts_with("~/.config/mailwhy/config.toml\n/etc/mailwhy/config.toml")
    );
    Test::new(["config", "show"]).run().code(1);
}

/// What is shown and what is offered are files themselves.
#[test]
fn shown_and_example_can_be_read_back() {
    let example = Test::new(["config", "example"]).run().success().stdout();
    assert!(!example.lines().any(|line| line.contains(" = ") && !line.starts_with('#')), "{example}");
    let uncommented: String = example
        .lines()
        .map(|line| {
            line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty()).unwrap_or(line)
        })
        .map(|line| format!("{line}\n"))
        .collect();
    // Every key is known; values that stand for something are not.
    let home = Home::new(&uncommented);
    let complaint = home.test(&["config", "show"]).run().stderr();
    assert!(!complaint.contains("has no option") && !complaint.contains("has an option"), "{complaint}");
    let all = Test::new(["config", "show", "--all"]).run().success().stdout();
    assert_eq!(Home::new(&all).test(&["report", "mainlog"]).run().success().stdout(), {
        Test::new(["report", "mainlog"]).at(sample()).run().success().stdout()
    });
}
