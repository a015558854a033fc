//! `mailwhy trace`: what is found, what is said of it, and how it ends.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::cli::Test;
use crate::harness::{sample, workspace};

/// What is asked of the sample log, in both languages.
const ASKED: &[&[&str]] = &[
    &["full.box@gmail.test"],
    &["boss@corp.test"],
    &["sales@shop.example", "--failed"],
    &["-M", "1xUyE8-00042u-1w"],
    &["-e", "archive@shop.example", "-e", "printer@shop.example", "--failed"],
    &["203.0.113.77"],
    &["--user", "admin"],
    &["--open", "-v", "no such line"],
    &["--raw", "petrov@mail.test"],
];

fn trace(args: &[&str]) -> Test {
    let mut test = Test::new(["trace"]).at(sample());
    for arg in args {
        test = test.arg(arg);
    }
    test.arg("mainlog")
}

fn told(lang: &str) -> String {
    let mut all = String::new();
    for args in ASKED {
        let out = trace(args).arg("--lang").arg(lang).run().success().stdout();
        writeln!(all, "$ mailwhy trace {}\n{out}", args.join(" ")).unwrap();
    }
    all
}

#[test]
fn in_english() {
    insta::assert_snapshot!(told("en"));
}

#[test]
fn in_russian() {
    insta::assert_snapshot!(told("ru"));
}

#[test]
fn as_json() {
    insta::assert_snapshot!(
        trace(&["--format", "json", "-M", "--raw", "ceo@bank.test"]).run().success().stdout()
    );
}

/// Ends that the sample has none of.
const ENDS: &str = "\
2026-08-01 10:00:00 1rfXYZ-0000aa-2C <= anna@x.example H=pc.x.example [192.0.2.7] P=esmtpsa X=TLS1.3:TLS_AES_256_GCM_SHA384:256 A=plain:anna S=18000 T=\"Your order\" for bert@y.example
2026-08-01 10:00:01 1rfXYZ-0000aa-2C H=mx1.y.example [192.0.2.1]: SMTP error from remote mail server after initial connection: 421 4.7.0 try later
2026-08-01 10:00:02 1rfXYZ-0000aa-2C == bert@y.example R=r T=t defer (-45) H=mx2.y.example [192.0.2.2]: SMTP error from remote mail server after MAIL FROM:<anna@x.example>: 451 4.7.1 Greylisted
2026-08-02 10:00:02 1rfXYZ-0000ba-2C <= <> R=1rfXYZ-0000aa-2C U=Debian-exim P=local S=900 for anna@x.example
2026-08-02 10:10:02 1rfXYZ-0000aa-2C == bert@y.example R=r T=t defer (111): Connection refused
2026-08-03 10:10:02 1rfXYZ-0000aa-2C ** bert@y.example R=r T=t: retry timeout exceeded
2026-08-03 10:10:02 1rfXYZ-0000bb-2C <= <> R=1rfXYZ-0000aa-2C U=Debian-exim P=local S=900 for anna@x.example
2026-08-03 10:10:02 1rfXYZ-0000aa-2C Completed
2026-08-04 10:00:00 1rfXYZ-0000ab-2C <= anna@x.example U=anna P=local S=1 for bert@y.example carl@y.example
2026-08-04 10:00:01 1rfXYZ-0000ab-2C == bert@y.example R=r T=t defer (110): Connection timed out
2026-08-04 10:00:02 1rfXYZ-0000ab-2C => carl@y.example R=r T=t H=mx1.y.example [192.0.2.1] X=TLS1.2:x:256 C=\"250 ok\" QT=2s DT=1s
2026-08-04 10:00:03 1rfXYZ-0000ac-2C <= anna@x.example U=anna P=local S=1 for bert@y.example
2026-08-04 10:00:04 1rfXYZ-0000ac-2C == bert@y.example R=r T=t defer (110): Connection timed out
2026-08-04 10:30:00 1rfXYZ-0000ac-2C cancelled by root
2026-08-04 10:30:00 1rfXYZ-0000ac-2C Completed
2026-08-04 11:00:00 1rfXYZ-0000ad-2C <= anna@x.example U=anna P=local S=1 for bert@y.example
2026-08-04 11:00:00 1rfXYZ-0000ae-2C <= anna@x.example U=anna P=local S=1
2026-08-04 11:00:00 1rfXYZ-0000ae-2C => blackhole (DATA ACL discarded recipients)
2026-08-04 11:00:00 1rfXYZ-0000ae-2C Completed
2026-08-04 11:00:00 1rfXYZ-0000af-2C <= anna@x.example U=anna P=local S=1
2026-08-04 11:00:01 1rfXYZ-0000af-2C frozen by ACL
2026-08-04 11:00:02 1rfXYZ-0000af-2C Message is frozen
2026-08-04 11:00:02 1rfXYZ-0000aj-2C <= anna@x.example U=anna P=local S=1
2026-08-04 11:00:02 1rfXYZ-0000aj-2C cancelled by timeout_frozen_after
2026-08-04 11:00:02 1rfXYZ-0000aj-2C Completed
2026-08-04 11:00:02 1rfXYZ-0000ag-2C H=pc.x.example [192.0.2.7] F=<anna@x.example> temporarily rejected after DATA: greylisted: try again later
2026-08-04 11:00:03 1rfXYZ-0000ah-2C == anna@x.example R=r T=t defer (110): Connection timed out
2026-08-04 11:00:04 1rfXYZ-0000ah-2C Completed
2026-08-04 11:00:05 1rfXYZ-0000ai-2C Completed
2026-08-04 11:00:06 1rfXYZ-0000aj-2C <= anna@x.example U=anna P=local S=1 for bert@y.example carl@y.example dora@y.example
2026-08-04 11:00:07 1rfXYZ-0000aj-2C ** bert@y.example R=r T=t H=mx1.y.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<bert@y.example>: 550 5.2.1 Mailbox disabled
2026-08-04 11:00:07 1rfXYZ-0000aj-2C ** carl@y.example R=r T=t H=mx1.y.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<carl@y.example>: 552 5.2.2 Mailbox full
2026-08-04 11:00:07 1rfXYZ-0000aj-2C ** dora@y.example R=r T=t H=mx1.y.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<dora@y.example>: 552 5.2.2 Mailbox full
2026-08-04 11:00:08 1rfXYZ-0000aj-2C Completed
2026-08-04 11:00:08 1rfXYZ-0000ak-2C <= anna@x.example U=anna P=local S=1 for Info+Shop@x.example junk@x.example
2026-08-04 11:00:08 1rfXYZ-0000ak-2C == info@x.example <Info+Shop@x.example> R=r T=t defer (-22): mailbox is full
2026-08-04 11:00:08 1rfXYZ-0000ak-2C => :blackhole: <junk@x.example> R=aliases
2026-08-04 11:00:08 1rfXYZ-0000ak-2C ** Info+Shop@x.example: retry timeout exceeded
2026-08-04 11:00:08 1rfXYZ-0000ak-2C Completed
2026-08-04 11:00:08 1rfXYZ-0000al-2C <= anna@x.example U=anna P=local S=1 for junk@x.example
2026-08-04 11:00:08 1rfXYZ-0000al-2C => discarded <junk@x.example> R=filter
2026-08-04 11:00:08 1rfXYZ-0000al-2C Completed
2026-08-04 11:00:09 H=pc.x.example [192.0.2.7] F=<anna@x.example> RCPT <spam@x.example>: discarded by RCPT ACL: trap
2026-08-04 11:00:09 SMTP connection from [192.0.2.8]:33964 (TCP/IP connection count = 1)
2026-08-04 11:00:09 SMTP connection from pc.x.example [192.0.2.8]:33964 closed by QUIT
2026-08-04 11:00:09 no MAIL in SMTP connection from (x) [192.0.2.8]:33965 D=0.2s C=EHLO,QUIT
2026-08-04 11:00:09 SMTP connection from (x) [192.0.2.8]:33966 lost D=3s
2026-08-04 11:00:09 TLS error on connection from pc.x.example [192.0.2.7] (gnutls_handshake): anna@x.example
";

#[test]
fn every_end() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "mainlog", &[ENDS]);
    for lang in ["en", "ru"] {
        let test = Test::new([
            "trace",
            "-e",
            "anna@x.example",
            "-e",
            "1rfXYZ-0000ai-2C",
            "-e",
            "192.0.2.8",
            "--lang",
            lang,
            "mainlog",
        ]);
        let out = test.at(directory.path()).run().success().stdout();
        insta::assert_snapshot!(format!("every_end_{lang}"), out);
    }
    let found = stories(Test::new(["trace", "1rfXYZ-0000aa-2C", "mainlog"]).at(directory.path()));
    let kinds: Vec<_> =
        found[0]["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    let expected =
        ["arrival", "host-error", "deferral", "delay-warning", "deferral", "failure", "bounce", "completed"];
    assert_eq!(kinds, expected);
}

/// The stories, one for each message or group of other lines.
fn stories(test: Test) -> Vec<Value> {
    test.arg("--format").arg("jsonl").run().success().jsonl()
}

/// The ids of the messages that were found.
fn ids(test: Test) -> BTreeSet<String> {
    stories(test).iter().filter_map(|story| story["id"].as_str().map(str::to_owned)).collect()
}

fn write(directory: &Path, name: &str, lines: &[&str]) {
    fs::write(directory.join(name), lines.concat()).unwrap();
}

#[test]
fn formats_tell_the_same() {
    let json = trace(&["tom@partner.example", "--format", "json"]).run().success().json();
    assert_eq!(json["version"], 1);
    assert_eq!(json["stories"].as_array().unwrap(), &stories(trace(&["tom@partner.example"])));
}

#[test]
fn each_filter_leaves_out_the_rest() {
    let all = stories(trace(&["-v", "no such line"]));
    let count = |option: &str| stories(trace(&["-v", "no such line", option])).len();
    let with = |outcome: &str| {
        let has = |story: &&Value| {
            story["recipients"].as_array().is_some_and(|list| list.iter().any(|r| r["outcome"] == outcome))
        };
        all.iter().filter(|story| story["type"] == "message").filter(has).count()
    };
    let refused = all.iter().filter(|story| story["state"] == "rejected").count()
        + all.iter().filter(|story| story["type"] == "other" && !story["cause"].is_null()).count();
    assert_eq!(count("--failed"), with("failed") + refused);
    assert_eq!(count("--delivered"), with("delivered"));
    assert_eq!(count("--open"), all.iter().filter(|story| story["open"] == true).count());
    assert!(count("--open") > 0 && refused > 0);
    let last = stories(trace(&["-v", "no such line", "--last", "3"]));
    assert_eq!(last, all[all.len() - 3..]);
    // They are about the recipients that were looked for.
    assert_eq!(ids(trace(&["boss@corp.test", "--delivered"])).len(), 1);
    trace(&["boss@corp.test", "--failed"]).run().code(1);
}

#[test]
fn what_is_found_depends_on_the_options() {
    let directory = tempfile::tempdir().unwrap();
    let log = [
        "2026-08-01 10:00:00 1rfXYZ-0000ab-2C <= Anna@x.example U=web P=local S=1 id=one@x.example\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C => bert@y.example R=r T=t H=mx.y.example [192.0.2.1] C=\"250 ok\"\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C Completed\n",
        "2026-08-01 11:00:00 1rfXYZ-000000001ab-2Cde <= joanna@x.example H=h [192.0.2.9] P=esmtpa A=login:web S=1\n",
        "2026-08-01 11:00:01 1rfXYZ-000000001ab-2Cde => carl@y.exampleXcom R=r T=t H=mx.y.example [192.0.2.10]\n",
        "2026-08-01 11:00:01 1rfXYZ-000000001ab-2Cde Completed\n",
        "2026-08-01 12:00:00 H=h [192.0.2.9] F=<anna@x.example> rejected RCPT <dora@z.example>: no\n",
    ];
    write(directory.path(), "mainlog", &log);
    let (old, new) = ("1rfXYZ-0000ab-2C", "1rfXYZ-000000001ab-2Cde");
    let found = |args: &[&str]| {
        let mut test = Test::new(["trace", "--format", "jsonl"]).at(directory.path());
        for arg in args {
            test = test.arg(arg);
        }
        let outcome = test.arg("mainlog").run();
        let mut found: Vec<String> =
            outcome.jsonl().iter().map(|s| s["id"].as_str().unwrap_or("refused").to_owned()).collect();
        found.sort_unstable();
        let outcome = outcome.code(i32::from(found.is_empty()));
        assert_eq!(outcome.stderr().is_empty(), !found.is_empty());
        found
    };
    assert_eq!(found(&["anna@x.example"]), [old, "refused"]);
    assert_eq!(found(&["-I", "anna@x.example"]), ["refused"]);
    assert_eq!(found(&["-l", "anna@x.example"]), [new, old, "refused"]);
    assert_eq!(found(&["x.example"]), [new, old, "refused"]);
    assert_eq!(found(&["y.example"]), [new, old]);
    assert_eq!(found(&["@y.example"]), [old]);
    assert_eq!(found(&["192.0.2.1"]), [old]);
    assert_eq!(found(&["192.0.2.9"]), [new, "refused"]);
    assert_eq!(found(&["one@x.example"]), [old]);
    assert_eq!(found(&["<one@x.example>"]), [old]);
    assert_eq!(found(&[old]), [old]);
    assert_eq!(found(&[new]), [new]);
    assert_eq!(found(&["-l", "y.example"]), [new, old]);
    assert_eq!(found(&["y.example.com"]), Vec::<String>::new());
    assert_eq!(found(&["y.example[X.]com"]), [new]);
    assert_eq!(found(&["-v", "y.example[X.]com"]), [old, "refused"]);
    assert_eq!(found(&["-e", old, "-e", new]), [new, old]);
    assert_eq!(found(&["--user", "web"]), [new, old]);
    assert_eq!(found(&["--user", "web", "-e", "carl"]), [new]);
    assert_eq!(found(&["--user", "web", "-v", "-e", "carl"]), [old]);
    assert_eq!(found(&["x.example", "--since", "2026-08-01 11:00", "--until", "2026-08-01 11:30"]), [new]);
    // One line in that time is enough, and the message is shown whole.
    assert_eq!(
        found(&["Anna@x.example", "--since", "2026-08-01 10:00:01", "--until", "2026-08-01 11:00"]),
        [old]
    );
    assert_eq!(found(&["nobody@x.example"]), Vec::<String>::new());
}

#[test]
fn an_answer_about_some_recipients_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let log = [
        "2026-08-01 10:00:00 1rfXYZ-0000ab-2C <= anna@x.example H=[192.0.2.7] [192.0.2.7] P=esmtp S=1\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C => bert@y.example R=r T=t H=mx.y.example [192.0.2.1]\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C => carl@y.example R=r T=t H=mx.y.example [192.0.2.1]\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C => dora@z.example R=r T=t H=mx.z.example [192.0.2.2]\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C Completed\n",
    ];
    write(directory.path(), "mainlog", &log);
    let told = |what: &str, lang: &str| {
        let test = Test::new(["trace", "--lang", lang, what, "mainlog"]).at(directory.path());
        test.run().success().stdout().replace('\u{a0}', " ")
    };
    let some = "Delivered to all 2 recipients. 1 other recipient was not looked for.\n";
    assert!(told("@y.example", "en").contains(some), "{}", told("@y.example", "en"));
    let some = "Ещё 1 получатель под запрос не подходит.\n";
    assert!(told("@y.example", "ru").contains(some), "{}", told("@y.example", "ru"));
    let all = told("1rfXYZ-0000ab-2C", "en");
    assert!(all.contains("Delivered to all 3 recipients.\n"), "{all}");
    // A host without a name is its address, once.
    assert!(all.contains("arrived    from [192.0.2.7], 1"), "{all}");
}

#[test]
fn a_reply_without_end_is_cut_for_people_only() {
    let directory = tempfile::tempdir().unwrap();
    let line = format!(
        "2026-08-01 10:00:01 1rfXYZ-0000ab-2C ** bert@y.example R=r T=t: SMTP error from remote mail server after \
         RCPT TO:<bert@y.example>: 550 5.1.1 {}\n",
        "x".repeat(50_000)
    );
    write(directory.path(), "mainlog", &[&line]);
    let told = |format: &str| {
        let test = Test::new(["trace", "--format", format, "bert@y.example", "mainlog"]);
        test.at(directory.path()).run().success().stdout()
    };
    let text = told("text");
    assert!(text.len() < 6000 && text.contains("xxx…\""), "{} bytes", text.len());
    assert!(told("json").len() > 50_000);
}

#[test]
fn exit_status_and_what_is_said_of_it() {
    let nothing = trace(&["nobody@x.example"]).run().code(1);
    assert_eq!(nothing.stdout(), "");
    let expected = "mailwhy: nobody@x.example was not found in mainlog (lines from 2026-11-22 03:26:52 to \
                    2026-11-22 03:27:07)\nhint: -R reads the rotated logs too\n";
    assert_eq!(nothing.stderr(), expected);
    let name = trace(&["full.box", "-R"]).run().code(1);
    assert!(name.stderr().contains("hint: -l finds it anywhere in a line\n"), "{}", name.stderr());
    trace(&["full.box", "-l"]).run().code(0);
    let narrow = trace(&["--failed", "--until", "2026-11-22", "gmail.test"]).run().code(1);
    assert!(narrow.stderr().contains("hint: without --failed and --until there may"), "{}", narrow.stderr());
    for (args, words) in [
        (&["trace"][..], "what is to be traced?"),
        (&["trace", "", "mainlog"], "WHAT is empty"),
        (&["trace", "(", "mainlog"], "no regular expression"),
        (&["trace", "anna@x.example", "missing.log"], "missing.log"),
        (&["trace", "--user", "web", "anna@x.example"], "hint: look for it with -e anna@x.example"),
    ] {
        let wrong = Test::new(args).at(sample()).run().code(2);
        assert!(wrong.stderr().contains(words), "{}", wrong.stderr());
    }
    // What can be read is searched.
    let found = Test::new(["trace", "ceo@bank.test", "mainlog", "missing.log"]).at(sample()).run().code(2);
    assert!(found.stdout().contains("ceo@bank.test"));
}

#[test]
fn a_log_in_the_place_of_what_is_looked_for() {
    for (args, command) in [
        (&["mainlog"][..], "anna@example.com mainlog"),
        (&["mainlog", "rejectlog"], "anna@example.com mainlog rejectlog"),
        (&["mainlog", "full.box@gmail.test"], "full.box@gmail.test mainlog"),
    ] {
        let wrong = Test::new(["trace"]).args(args).at(sample()).run().code(2).stderr();
        let hint = format!("hint: what to look for comes before the files: mailwhy trace {command}\n");
        assert_eq!(wrong, format!("mailwhy: what is to be traced? mainlog is a log\n{hint}"));
    }
    // It may be the name of a file that is none.
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "bank.test", &["$ORIGIN bank.test."]);
    fs::copy(sample().join("mainlog"), directory.path().join("mainlog")).unwrap();
    Test::new(["trace", "bank.test", "mainlog"]).at(directory.path()).run().success();
    Test::new(["trace", "-e", "mainlog", "mainlog"]).at(directory.path()).run().code(1);
}

#[test]
fn a_bounce_and_its_message_are_related() {
    let (message, bounce) = ("1xUyE8-00042u-1w", "1xUyEA-00047W-36");
    assert_eq!(ids(trace(&[message])), BTreeSet::from([message.to_owned()]));
    let both = BTreeSet::from([message.to_owned(), bounce.to_owned()]);
    assert_eq!(ids(trace(&["-M", message])), both);
    assert_eq!(ids(trace(&["-M", bounce])), both);
    let story = &stories(trace(&[message]))[0];
    let told = story["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "bounce");
    assert_eq!(told.unwrap()["id"], bounce);
}

#[test]
fn messages_with_the_same_header_are_related() {
    let directory = tempfile::tempdir().unwrap();
    let log = [
        "2026-08-01 10:00:00 1rfXYZ-0000aa-2C <= anna@x.example U=web P=local S=1 id=one@x.example\n",
        "2026-08-01 10:00:00 1rfXYZ-0000ab-2C <= list@x.example U=web P=local S=1 id=one@x.example\n",
        "2026-08-01 10:00:00 1rfXYZ-0000ac-2C <= list@x.example U=web P=local S=1 id=two@x.example\n",
        "2026-08-01 10:00:01 1rfXYZ-0000ad-2C <= <> R=1rfXYZ-0000ab-2C U=Debian-exim P=local S=1\n",
    ];
    write(directory.path(), "mainlog", &log);
    let run = |args: &[&str]| {
        let test = Test::new(["trace"]).at(directory.path());
        ids(args.iter().fold(test, Test::arg).arg("mainlog"))
    };
    assert_eq!(run(&["anna@x.example"]).len(), 1);
    let related = run(&["anna@x.example", "-M"]);
    assert_eq!(
        related.iter().map(String::as_str).collect::<Vec<_>>(),
        ["1rfXYZ-0000aa-2C", "1rfXYZ-0000ab-2C", "1rfXYZ-0000ad-2C"]
    );
}

/// What exigrep loses: it takes `Completed` in a reply for the end, and does not know the new ids.
#[test]
fn nothing_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let id = "1rfXYZ-000000001ab-2Cde";
    let older = [
        format!("2026-08-01 10:00:00 {id} <= anna@x.example U=web P=local S=1\n"),
        format!(
            "2026-08-01 10:00:01 {id} == bert@y.example R=r T=t defer (-44) H=mx.y.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<bert@y.example>: 451 4.7.1 Completed later\n"
        ),
    ];
    let newer = [
        format!(
            "2026-08-02 10:00:01 {id} => bert@y.example R=r T=t H=mx.y.example [192.0.2.1] C=\"250 Completed\" QT=1d1s\n"
        ),
        format!("2026-08-02 10:00:01 {id} Completed QT=1d1s\n"),
    ];
    write(directory.path(), "mainlog.1", &older.each_ref().map(String::as_str));
    write(directory.path(), "mainlog", &newer.each_ref().map(String::as_str));
    for args in [&["anna@x.example", "-R", "mainlog"][..], &["anna@x.example", "mainlog", "mainlog.1"]] {
        let found = args.iter().fold(Test::new(["trace"]).at(directory.path()), Test::arg);
        let [story] = &stories(found)[..] else { panic!("one message") };
        assert_eq!((&story["state"], &story["open"]), (&"delivered".into(), &false.into()));
        assert_eq!(story["recipients"][0]["tries"], 2);
        assert_eq!(story["recipients"][0]["seconds"], 86_400);
        let kinds: Vec<_> = story["steps"].as_array().unwrap().iter().map(|step| &step["kind"]).collect();
        assert_eq!(kinds, ["arrival", "deferral", "delivery", "completed"]);
    }
    // Without the older log the sender is in no line.
    Test::new(["trace", "anna@x.example", "mainlog"]).at(directory.path()).run().code(1);
}

#[test]
fn a_stream_is_read_too() {
    let log = fs::read(sample().join("mainlog")).unwrap();
    let file = trace(&["tom@partner.example"]).run().success().stdout();
    assert_eq!(Test::new(["trace", "tom@partner.example"]).stdin(log.clone()).run().success().stdout(), file);
    assert_eq!(
        Test::new(["trace", "tom@partner.example", "-"]).stdin(log.clone()).run().success().stdout(),
        file
    );
    let raw = Test::new(["trace", "--raw", "ceo@bank.test"]).stdin(log).run().success().stdout();
    assert!(raw.contains("  standard input:18: "), "{raw}");
}

#[test]
fn the_reject_log_repeats_nothing() {
    let main = stories(trace(&["closed@shop.example"]));
    let both = Test::new(["trace", "closed@shop.example", "mainlog", "rejectlog"]).at(sample());
    assert_eq!(stories(both), main);
    let alone = Test::new(["trace", "closed@shop.example", "rejectlog"]).at(sample());
    assert_eq!(stories(alone).len(), main.len());
    // What only it has, the headers, is found, and the message is told once.
    let headers = ids(Test::new(["trace", "^. Subject:", "mainlog", "rejectlog"]).at(sample()));
    assert!(!headers.is_empty());
    trace(&["^. Subject:"]).run().code(1);
}

#[test]
fn nothing_in_a_log_acts_on_a_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = b"2026-08-01 10:00:00 1rfXYZ-0000ab-2C <= anna@x.example H=(\x1b[31mh) [192.0.2.1] P=esmtp S=1 T=\"\x1b]0;x\x07\"\n".to_vec();
    log.extend(b"2026-08-01 10:00:01 1rfXYZ-0000ab-2C ** b\xeeb@y.example: \x1b[2J \xff\xc2\x9b gone\n");
    log.extend(
        b"2026-08-01 10:00:02 H=h [192.0.2.1] F=<anna@x.example> rejected RCPT <\x1b[1mx@y.example>: \xff\n",
    );
    fs::write(directory.path().join("mainlog"), log).unwrap();
    for format in ["text", "json", "jsonl"] {
        let test = Test::new(["trace", "--raw", "--format", format, "anna@x.example", "mainlog"]);
        let out = test.at(directory.path()).run().success().stdout();
        assert!(!out.chars().any(|c| c.is_control() && c != '\n'), "{format}: {out:?}");
        assert!(out.contains('\u{fffd}') && out.contains("1b"), "{out}");
    }
    let found = Test::new(["trace", "gone", "mainlog"]).at(directory.path());
    assert_eq!(ids(found).len(), 1);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for format in ["text", "jsonl"] {
        let mut child = trace(&["-v", "no such line", "--raw", "--format", format])
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        drop(stdout);
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn many_recipients_stay_readable() {
    let directory = tempfile::tempdir().unwrap();
    let id = "1rfXYZ-0000ab-2C";
    let mut log = format!("2026-08-01 10:00:00 {id} <= list@x.example U=web P=local S=1\n");
    for n in 0..3000 {
        let line = match n % 3 {
            0 => format!(
                "** r{n}@y.example R=r T=t H=mx.y.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<r{n}@y.example>: 550 5.1.1 no such user"
            ),
            _ => format!("=> r{n}@y.example R=r T=t H=mx.y.example [192.0.2.1] C=\"250 ok\""),
        };
        writeln!(log, "2026-08-01 10:00:01 {id} {line}").unwrap();
    }
    write(directory.path(), "mainlog", &[&log]);
    let run = |what: &str| Test::new(["trace", what, "mainlog"]).at(directory.path());
    insta::assert_snapshot!("one_of_many", run("r300@y.example").run().success().stdout());
    insta::assert_snapshot!("the_sender_of_many", run("list@x.example").run().success().stdout());
    assert_eq!(stories(run("list@x.example"))[0]["recipients"].as_array().unwrap().len(), 3000);
}

/// An independent plain scan finds the same messages and the same number of other lines.
#[test]
fn a_plain_scan_finds_the_same() {
    let generator = workspace().join("../shared/tools/genlog.py");
    if !generator.exists() || Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: no log generator or no python3 here");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for (seed, options) in ["--id-format old --odd 0.02", "--id-format new --selector rich --odd 0.02 --pid"]
        .into_iter()
        .enumerate()
    {
        let made = Command::new("python3")
            .arg(&generator)
            .args(["--lines", "6000", "--seed", &(seed + 70).to_string(), "-o", "mainlog"])
            .args(options.split(' '))
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let log = fs::read(directory.path().join("mainlog")).unwrap();
        let records = plain::records(&log);
        let all: BTreeSet<&[u8]> =
            records.iter().flat_map(|record| record.addresses.iter().copied()).collect();
        let all: Vec<_> = all.into_iter().filter(|address| plain::is_plain(address)).collect();
        assert!(all.len() > 500);
        for n in 0..100 {
            let whole = all[(n * 7919 + 13) % all.len()];
            // A part of an address is another address, which mostly nobody has.
            let part = whole.get(1..).filter(|part| n % 4 == 0 && plain::is_plain(part));
            let address = part.unwrap_or(whole);
            let with = records.iter().filter(|r| r.addresses.iter().any(|a| a.eq_ignore_ascii_case(address)));
            let (mut expected, mut others) = (BTreeSet::new(), 0);
            for record in with {
                match record.id {
                    Some(id) => _ = expected.insert(String::from_utf8(id.to_vec()).unwrap()),
                    None => others += 1,
                }
            }
            let address = std::str::from_utf8(address).unwrap();
            let test = Test::new(["trace", "--format", "jsonl", address, "mainlog"]).at(directory.path());
            let found = test.run().code(i32::from(expected.is_empty() && others == 0)).jsonl();
            let of = |kind: &str| found.iter().filter(|story| story["type"] == kind).collect::<Vec<_>>();
            let ids: BTreeSet<_> =
                of("message").iter().map(|story| story["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(ids, expected, "{address} ({options})");
            let count: u64 = of("other").iter().map(|story| story["count"].as_u64().unwrap()).sum();
            assert_eq!(count, others, "{address} ({options})");
        }
    }
}

/// The same without any of the product's code: slow, and so simple that one sees it is right.
mod plain {
    pub struct Record<'a> {
        pub id: Option<&'a [u8]>,
        pub addresses: Vec<&'a [u8]>,
    }

    /// A record is a line with a time and what follows it without one.
    pub fn records(log: &[u8]) -> Vec<Record<'_>> {
        let mut records: Vec<Record<'_>> = Vec::new();
        for line in log.split(|&b| b == b'\n') {
            let timed = line.len() > 19
                && line[..4].iter().all(u8::is_ascii_digit)
                && line[4] == b'-'
                && line[13] == b':';
            if timed || records.is_empty() {
                let mut words = line.split(|&b| b == b' ').skip(2);
                let is_front = |word: &&[u8]| {
                    matches!(word, [b'+' | b'-', rest @ ..] if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit))
                        || matches!(word, [b'[', pid @ .., b']'] if pid.iter().all(u8::is_ascii_digit))
                };
                let id = words.find(|word| !is_front(word)).filter(|word| is_id(word));
                records.push(Record { id, addresses: addresses(line) });
            } else if let Some(record) = records.last_mut() {
                record.addresses.extend(addresses(line));
            }
        }
        records
    }

    fn is_id(word: &[u8]) -> bool {
        let parts: Vec<_> = word.split(|&b| b == b'-').map(<[u8]>::len).collect();
        matches!(parts[..], [6, 6, 2] | [6, 11, 4])
            && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    }

    /// What stands between the bytes that no address has, without the name of a field before it.
    fn addresses(line: &[u8]) -> Vec<&[u8]> {
        let ends = |b: &u8| b" \t<>()[]\",;:\\".contains(b);
        let words = line.split(ends).filter(|word| word.contains(&b'@'));
        words
            .map(|word| {
                let word = match word.iter().position(|&b| b == b'=') {
                    Some(at) if word[..at].iter().all(|b| b.is_ascii_alphabetic() || b"_*".contains(b)) => {
                        &word[at + 1..]
                    }
                    _ => word,
                };
                let begin = word.iter().position(|&b| b != b'\'').unwrap_or(word.len());
                let end = word.iter().rposition(|&b| b != b'.' && b != b'\'').map_or(0, |at| at + 1);
                word.get(begin..end).unwrap_or_default()
            })
            .collect()
    }

    /// Whether it is one that is looked for as an address.
    pub fn is_plain(address: &[u8]) -> bool {
        let Some(at) = address.iter().position(|&b| b == b'@') else { return false };
        let (local, domain) = (&address[..at], &address[at + 1..]);
        let word = |text: &[u8]| {
            !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || b"-_+".contains(b))
        };
        local.split(|&b| b == b'.').all(word)
            && domain.split(|&b| b == b'.').all(|l| word(l) && !l.contains(&b'+'))
    }
}
