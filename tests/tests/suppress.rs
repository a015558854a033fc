//! `mailwhy suppress`: who must not be mailed again, and who must never be in that list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::cli::Test;
use crate::harness::sample;
use crate::truth::generate;

fn suppress(args: &[&str]) -> Test {
    Test::new([&["suppress"], args].concat()).at(sample())
}

fn run(args: &[&str]) -> String {
    suppress(args).run().success().stdout()
}

fn addresses(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["address"].as_str().unwrap()).collect()
}

#[test]
fn in_english() {
    insta::assert_snapshot!(run(&["--format=text", "--lang=en", "mainlog"]));
}

#[test]
fn in_russian() {
    insta::assert_snapshot!(run(&["--format=text", "--lang=ru", "--cleared", "mainlog"]));
}

#[test]
fn addresses_are_never_cut() {
    let address = format!("{}@gmail.test", "long".repeat(50));
    let log =
        fs::read_to_string(sample().join("mainlog")).unwrap().replace("gone.helga@gmail.test", &address);
    let list = Test::new(["suppress", "--format=text", "-"]).stdin(log).run().success().stdout();
    assert!(list.contains(&address) && list.contains("550 5.1.1 The email account that you"), "{list}");
}

#[test]
fn as_csv() {
    insta::assert_snapshot!(run(&["mainlog"]));
}

#[test]
fn help() {
    insta::assert_snapshot!(Test::new(["suppress", "--help"]).run().success().stdout());
}

/// The list is what another reading of the events, with their verdicts, comes to.
#[test]
fn nobody_is_listed_without_a_verdict() {
    check(&sample().join("mainlog"));
    let options = [
        "--era 4.96 --id-format old --selector rich --odd 0.02",
        "--era 4.84 --id-format old --selector default --pid",
        "--era 4.99 --id-format new --selector rich --millis --tz=+0300 --rate 40",
    ];
    let Some(logs) = generate(&options) else { return };
    for (_, log, _) in logs.each() {
        check(&log);
    }
}

fn check(log: &Path) {
    let events = Test::new(["events", "--verdict"]).arg(log).run().success().jsonl();
    let list = Test::new(["suppress", "--format=json"]).arg(log).run().success().json();
    // Of each address that failed: what it stood for, the last bad reply, whether mail was delivered since.
    let mut failed: BTreeMap<String, (String, String, bool)> = BTreeMap::new();
    let mut behind: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for event in &events {
        let Some(recipient) = event["recipient"].as_str() else { continue };
        let original = event["original_recipient"].as_str();
        let address = lower_domain(original.unwrap_or(recipient));
        let domain = original.map_or("", |a| &a[a.rfind('@').map_or(a.len(), |at| at + 1)..]);
        let bare = recipient.starts_with(['|', '/', ':', '>']) || !recipient.contains('@');
        let target =
            if bare { lower_domain(&format!("{recipient}@{domain}")) } else { lower_domain(recipient) };
        match event["kind"].as_str().unwrap() {
            "delivery" | "additional-delivery" | "cutthrough" => {
                if let Some((.., delivered)) = failed.get_mut(&address) {
                    *delivered = true;
                }
                if original.is_some() {
                    behind.entry(address).or_default().insert(target);
                }
            }
            "failure" if event["verdict"]["bad_address"] == true => {
                assert_eq!(event["verdict"]["class"], "permanent", "{event}");
                let rule = event["verdict"]["rule"].as_str().unwrap().to_owned();
                failed.insert(address, (target, rule, false));
            }
            _ => {}
        }
    }
    let mut expected: BTreeMap<&str, &str> = BTreeMap::new();
    for (address, (target, rule, delivered)) in &failed {
        let other =
            target != address && behind.get(address).is_some_and(|all| all.iter().any(|t| t != target));
        if !delivered && !other && address.contains('@') {
            expected.insert(address, rule);
        }
    }
    assert!(expected.len() > 10, "{}", log.display());
    let rows = list["addresses"].as_array().unwrap();
    let found: BTreeMap<&str, &str> =
        rows.iter().map(|r| (r["address"].as_str().unwrap(), r["rule"].as_str().unwrap())).collect();
    assert_eq!(found, expected, "{}", log.display());
    for address in addresses(&list["cleared"]) {
        assert!(failed.contains_key(address) && !expected.contains_key(address), "{address}");
    }

    // No reason that is not about the address itself.
    const OTHERS: [&str; 12] = [
        "blocklisted",
        "bad-reputation",
        "rate-limited",
        "greylisted",
        "sender-unauthenticated",
        "no-reverse-dns",
        "sender-rejected",
        "spam-content",
        "policy",
        "network",
        "mailbox-full",
        "relay-denied",
    ];
    assert!(rows.iter().all(|row| !OTHERS.contains(&row["reason"].as_str().unwrap())));
    assert!(rows.iter().all(|row| row["status"] == "listed" && row["delivered"].is_null()));
}

fn lower_domain(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_ascii_lowercase()),
        None => address.to_owned(),
    }
}

/// A log made of `(time, id, line)`.
fn log(lines: &[(&str, &str)]) -> String {
    lines.iter().enumerate().fold(String::new(), |log, (n, (time, what))| {
        format!("{log}2026-08-{time} 1rfXY{}-000000001ab-2Cde {what}\n", char::from(b'A' + n as u8))
    })
}

const GONE: &str = "** Ann.B@Gone.TEST R=r T=t H=mx.gone.test [192.0.2.2]: SMTP error from remote mail server after \
                    RCPT TO:<Ann.B@Gone.TEST>: 550 5.1.1 User unknown";
const BACK: &str = "=> Ann.B@gone.test R=r T=t H=mx.gone.test [192.0.2.2] C=\"250 OK\"";

#[test]
fn a_delivery_clears_and_a_later_failure_lists_again() {
    let of = |lines: &[(&str, &str)]| Test::new(["suppress", "--format=json"]).stdin(log(lines)).run();
    let listed = of(&[("01 10:00:00", GONE), ("01 11:00:00", GONE)]).success().json();
    let row = &listed["addresses"][0];
    assert_eq!(row["address"], "Ann.B@gone.test");
    assert_eq!((&row["count"], &row["first"]), (&2.into(), &"2026-08-01T10:00:00".into()));
    assert_eq!((&row["code"], &row["enhanced"]), (&550.into(), &"5.1.1".into()));
    assert_eq!(row["expires"], "2027-08-01");

    let cleared = of(&[("01 10:00:00", GONE), ("02 11:00:00", BACK)]).code(1).json();
    assert_eq!(addresses(&cleared["addresses"]), [""; 0]);
    assert_eq!(cleared["cleared"][0]["status"], "delivered");
    assert_eq!(cleared["cleared"][0]["delivered"], "2026-08-02T11:00:00");

    let again = of(&[("01 10:00:00", GONE), ("02 11:00:00", BACK), ("03 10:00:00", GONE)]).success().json();
    assert_eq!((&again["addresses"][0]["count"], &again["cleared"]), (&1.into(), &Value::Array(vec![])));
    let before = of(&[("01 10:00:00", BACK), ("02 11:00:00", GONE)]).success().json();
    assert_eq!(before["addresses"][0]["delivered"], Value::Null);
}

#[test]
fn giving_up_after_a_temporary_failure_proves_nothing() {
    let deferred = "== a@b.test R=r T=t defer (-44) H=mx.b.test [192.0.2.2]: SMTP error from remote mail server after \
                    RCPT TO:<a@b.test>: 450 4.1.1 User unknown";
    let given_up = "** a@b.test R=r T=t H=mx.b.test [192.0.2.2]: SMTP error from remote mail server after RCPT \
                    TO:<a@b.test>: 450 4.1.1 User unknown: retry timeout exceeded";
    for last in [given_up, "** a@b.test: retry timeout exceeded"] {
        let id = "1rfXYZ-000000001ab-2Cde";
        let log = format!(
            "2026-08-01 10:00:00 {id} {deferred}\n2026-08-05 10:00:00 {id} {last}\n2026-08-05 10:00:00 {id} Completed\n"
        );
        let list = Test::new(["suppress", "--format=json"]).stdin(log).run().code(1).json();
        assert_eq!((addresses(&list["addresses"]), addresses(&list["cleared"])), (vec![], vec![]), "{last}");
    }
}

#[test]
fn an_alias_is_bad_only_if_nothing_behind_it_works() {
    let dead = "** x@gone.test <Team@Shop.example> R=r T=t H=mx.gone.test [192.0.2.2]: SMTP error from remote mail \
                server after RCPT TO:<x@gone.test>: 550 5.1.1 User unknown";
    let alive = "=> y@live.test <team@shop.example> R=r T=t H=mx.live.test [192.0.2.3] C=\"250 OK\"";
    let own = "=> team <Team@shop.example> R=localuser T=local_delivery";
    let of = |lines: &[(&str, &str)]| Test::new(["suppress", "--format=json"]).stdin(log(lines)).run();
    let alone = of(&[("01 10:00:00", dead)]).success().json();
    assert_eq!(alone["addresses"][0]["address"], "Team@shop.example");
    assert_eq!(alone["addresses"][0]["target"], "x@gone.test");
    let alive = alive.replace("team@", "Team@");
    for other in [&alive[..], own] {
        for order in
            [[("01 10:00:00", dead), ("01 09:00:00", other)], [("01 09:00:00", other), ("01 10:00:00", dead)]]
        {
            let list = of(&order).code(1).json();
            assert_eq!(addresses(&list["cleared"]), ["Team@shop.example"]);
        }
    }
}

#[test]
fn filters() {
    let log = log(&[
        ("01 10:00:00", GONE),
        ("01 11:00:00", GONE),
        (
            "01 12:00:00",
            "** off@b.test R=r T=t H=mx.b.test [192.0.2.2]: SMTP error from remote mail server after RCPT \
             TO:<off@b.test>: 550 5.2.1 Mailbox is disabled",
        ),
    ]);
    let plain = |args: &[&str]| {
        let test = Test::new([&["suppress", "--format=plain"], args].concat()).stdin(log.clone());
        test.run().stdout().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(plain(&[]), ["Ann.B@gone.test", "off@b.test"]);
    assert_eq!(plain(&["--min-count=2"]), ["Ann.B@gone.test"]);
    assert_eq!(plain(&["--reason=recipient-disabled"]), ["off@b.test"]);
    assert_eq!(plain(&["--reason=recipient-disabled,recipient-unknown"]).len(), 2);
    assert_eq!(plain(&["--since=2026-08-01 10:30", "--min-count=2"]), [""; 0]);
    assert_eq!(plain(&["--cleared"]).len(), 2, "a plain list has only what is to be suppressed");
}

#[test]
fn entries_expire() {
    let last = "** x@elsewhere.test: Something else";
    let of = |args: &[&str]| {
        let log = log(&[("01 10:00:00", GONE), ("31 10:00:00", last)]);
        Test::new([&["suppress", "--format=json"], args].concat()).stdin(log).run().json()
    };
    assert_eq!(of(&[])["addresses"][0]["expires"], "2027-08-01");
    assert_eq!(of(&["--expire=never"])["addresses"][0]["expires"], Value::Null);
    assert_eq!(of(&["--expire=31d"])["addresses"][0]["expires"], "2026-09-01");
    let list = of(&["--expire=30d"]);
    assert_eq!((addresses(&list["addresses"]), &list["cleared"][0]["status"]), (vec![], &"expired".into()));
    Test::new(["suppress", "--expire=soon", "-"]).stdin("").run().code(2);
}

/// A list that is kept from night to night.
struct Kept {
    directory: TempDir,
}

impl Kept {
    fn new(list: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("list.csv"), list).unwrap();
        Self { directory }
    }

    fn run(&self, log: &str, args: &[&str]) -> crate::harness::cli::Outcome {
        let args = [&["suppress", "--merge", "list.csv"], args].concat();
        Test::new(args).stdin(log).at(self.directory.path()).run()
    }

    fn list(&self) -> String {
        fs::read_to_string(self.directory.path().join("list.csv")).unwrap()
    }
}

#[test]
fn a_list_is_kept_from_night_to_night() {
    let first = log(&[("01 10:00:00", GONE), ("01 11:00:00", GONE)]);
    let kept = Kept::new("");
    kept.run(&first, &["-o", "list.csv"]).success();
    let list = kept.list();
    assert!(list.contains("Ann.B@gone.test,listed,recipient-unknown,550,5.1.1,"), "{list}");

    // The same log once more changes nothing, nor does one in which nothing is.
    kept.run(&first, &["-o", "list.csv"]).success();
    assert_eq!(kept.list(), list);
    kept.run("2026-08-02 10:00:00 Start queue run: pid=1\n", &["-o", "list.csv"]).success();
    assert_eq!(kept.list(), list);

    // What is new is added to what is known.
    let second = log(&[("01 11:00:00", GONE), ("02 10:00:00", GONE)]);
    let changes = kept.run(&second, &["--diff", "--format=json"]).success().json();
    assert_eq!(
        (addresses(&changes["kept"]), addresses(&changes["added"])),
        (vec!["Ann.B@gone.test"], vec![])
    );
    assert_eq!(changes["kept"][0]["count"], 3);
    assert_eq!(changes["kept"][0]["first"], "2026-08-01T10:00:00");

    // A delivery takes it out, but not one that was before.
    let third = log(&[("01 09:00:00", BACK)]);
    assert_eq!(kept.run(&third, &["--diff", "--format=plain"]).success().stdout(), "  Ann.B@gone.test\n");
    let third = log(&[("03 10:00:00", BACK)]);
    assert_eq!(kept.run(&third, &["--diff", "--format=plain"]).success().stdout(), "- Ann.B@gone.test\n");
    let text = kept.run(&third, &["--diff", "--format=text", "--lang=en"]).success().stdout();
    assert!(text.contains("REMOVED") && text.contains("delivered since"), "{text}");
    assert!(text.ends_with("What changes in the list: added 0, removed 1, kept 0\n"), "{text}");
    kept.run(&third, &["-o", "list.csv"]).code(1);
    assert_eq!(kept.list().lines().count(), 1);

    // And so does time.
    fs::write(kept.directory.path().join("list.csv"), &list).unwrap();
    let later = "2027-09-01 10:00:00 Start queue run: pid=1\n";
    assert_eq!(
        kept.run(later, &["--diff", "--format=csv"])
            .success()
            .stdout()
            .lines()
            .nth(1)
            .map(|l| l.ends_with(",removed")),
        Some(true)
    );
    kept.run(later, &["--expire=never"]).success();
}

#[test]
fn a_list_of_any_origin_can_be_merged() {
    let log = log(&[("01 10:00:00", GONE), ("01 11:00:00", "=> old@c.test R=r T=t H=mx.c.test [192.0.2.3]")]);
    for list in [
        "old@c.test\nother@D.test\n",
        "# ours\r\nother@d.test\r\n\r\nold@C.TEST\r\n",
        "Name,E-mail\n\"Doe, Jo\",old@c.test\nX,other@d.test\n",
        "address,status\nold@c.test,listed\nother@d.test,listed\nann.c@gone.test,delivered\n",
    ] {
        let merged = Kept::new(list).run(&log, &["--format=plain"]).success();
        assert_eq!(
            (merged.stdout().as_str(), merged.stderr().as_str()),
            ("Ann.B@gone.test\nother@d.test\n", "")
        );
        let changes = Kept::new(list).run(&log, &["--format=plain", "--diff"]).success().stdout();
        assert_eq!(changes, "+ Ann.B@gone.test\n  other@d.test\n- old@c.test\n");
    }
    // What the log adds must fit the filters, what the list has stays.
    let filtered = Kept::new("other@d.test\n").run(&log, &["--format=plain", "--min-count=2"]);
    assert_eq!(filtered.success().stdout(), "other@d.test\n");

    let wrong = Kept::new("other@d.test\nno address\n").run(&log, &["--format=plain"]).code(0);
    assert!(wrong.stderr().contains("list.csv:2: no address: no address"), "{}", wrong.stderr());
    assert!(wrong.stderr().contains("hint: "));
    Test::new(["suppress", "--merge", "missing.csv", "-"]).stdin(log.clone()).run().code(2);
    Test::new(["suppress", "--diff", "-"]).stdin(log).run().code(2);
}

/// What is written is read as the same, whatever is in an address or in a reply.
#[test]
fn spreadsheets_take_nothing_for_a_formula() {
    let evil = "** =cmd()@gone.test R=r T=t H=mx.gone.test [192.0.2.2]: SMTP error from remote mail server after RCPT \
                TO:<=cmd()@gone.test>: 550 5.1.1 User \"unknown\", \\n550 5.1.1 @SUM(1)";
    let log = log(&[("01 10:00:00", evil), ("01 11:00:00", GONE)]);
    let list = Test::new(["suppress", "-"]).stdin(log.clone()).run().success().stdout();
    for line in list.lines() {
        assert!(!line.starts_with(['=', '+', '-', '@']), "{line}");
    }
    assert!(list.contains("'=cmd()@gone.test"), "{list}");
    let kept = Kept::new(&list);
    assert_eq!(kept.run(&log, &[]).success().stdout(), list);
    let changes = kept.run(&log, &["--diff", "--format=plain"]).success().stdout();
    assert_eq!(changes, "  =cmd()@gone.test\n  Ann.B@gone.test\n");
}

#[test]
fn exit_status_and_formats() {
    suppress(&["mainlog"]).run().success();
    Test::new(["suppress", "-"]).stdin(log(&[("01 10:00:00", BACK)])).run().code(1);
    suppress(&["mainlog", "missing"]).run().code(2);
    suppress(&["mainlog", "-o", "x.doc"]).run().code(2);
    Test::new(["suppress", "-"]).stdin("no log\n").run().code(2);

    let directory = tempfile::tempdir().unwrap();
    let written = |name: &str| {
        let path = directory.path().join(name);
        suppress(&["mainlog", "-o", path.to_str().unwrap()]).run().success();
        fs::read_to_string(path).unwrap()
    };
    assert!(written("bad.csv").starts_with("address,status,reason,"));
    assert_eq!(written("bad.txt").lines().count(), 12);
    assert!(serde_json::from_str::<Value>(&written("bad.json")).is_ok());
    assert!(written("bad.jsonl").lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert_eq!(run(&["--format=jsonl", "--cleared", "mainlog"]).lines().count(), 13);
    let csv = run(&["--format=csv", "--cleared", "mainlog"]);
    assert!(csv.lines().last().unwrap().starts_with("sales@shop.example,alias,"), "{csv}");
    assert!(run(&["--format=text", "--color=always", "mainlog"]).contains('\x1b'));
}

#[test]
fn threads_and_cuts_change_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let log = fs::read(sample().join("mainlog")).unwrap();
    fs::write(directory.path().join("mainlog"), log.repeat(40)).unwrap();
    let run = |threads| {
        let args = ["suppress", "--format=json", "--threads", threads, "mainlog"];
        Test::new(args).at(directory.path()).run().success().stdout()
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn nothing_acts_on_a_terminal() {
    let evil = "** b\x1b[2Ja@gone.test R=r T=t H=mx.gone.test [192.0.2.2]: SMTP error from remote mail server after RCPT \
                TO:<b@gone.test>: 550 5.1.1 User unknown \x1b]0;owned\x07";
    for format in ["text", "csv", "json", "jsonl", "plain"] {
        let list =
            Test::new(["suppress", "--format", format]).stdin(log(&[("01 10:00:00", evil)])).run().code(0);
        assert!(!list.stdout().contains(['\x1b', '\x07']), "{format}: {}", list.stdout());
    }
}

#[test]
fn the_first_night_makes_the_list() {
    let directory = tempfile::tempdir().unwrap();
    fs::copy(sample().join("mainlog"), directory.path().join("mainlog")).unwrap();
    let run =
        |args: &[&str]| Test::new([&["suppress"], args, &["mainlog"]].concat()).at(directory.path()).run();
    let nightly = ["--merge", "bad.csv", "-o", "bad.csv"];
    run(&nightly).success();
    let list = fs::read_to_string(directory.path().join("bad.csv")).unwrap();
    assert_eq!(list, run(&[]).success().stdout());
    run(&nightly).success();
    assert_eq!(fs::read_to_string(directory.path().join("bad.csv")).unwrap(), list);
    // Where it is only read it has to be there.
    let wrong = run(&["--merge", "worse.csv", "-o", "bad.csv"]).code(2).stderr();
    assert!(wrong.starts_with("mailwhy: cannot read the list worse.csv: "), "{wrong}");
}
