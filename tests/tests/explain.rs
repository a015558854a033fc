//! What the program says of replies, codes and names, and of rules of one's own.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::harness::cli::Test;
use crate::harness::{sample, workspace};

const UNAUTHENTICATED: &str = "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\\n550 \
                               5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. x1 - gsmtp";

/// The explanation in both languages.
#[track_caller]
fn explain(text: &str) -> [Value; 2] {
    ["en", "ru"]
        .map(|lang| Test::new(["explain", "--format=json", "--lang", lang, text]).run().success().json())
}

#[test]
fn a_page_in_each_language() {
    for (name, args) in [
        ("explain_reply", &["504 5.7.4 Unrecognized authentication type"][..]),
        ("explain_code", &["523"]),
        ("explain_reason", &["suppressed"]),
        ("explain_unlisted", &["5.7.999"]),
        ("explain_why", &["--why", UNAUTHENTICATED]),
    ] {
        for lang in ["en", "ru"] {
            let page = Test::new(["explain", "--lang", lang]);
            let page = args.iter().fold(page, Test::arg).run().success().stdout();
            assert!(!page.contains('{') && !page.contains('\x1b'), "{page}");
            insta::assert_snapshot!(format!("{name}_{lang}"), page);
        }
    }
}

#[test]
fn markdown_for_tickets() {
    insta::assert_snapshot!(Test::new(["explain", "--format=md", UNAUTHENTICATED]).run().success().stdout());
}

#[test]
fn a_reply_may_be_written_in_several_ways() {
    let one = Test::new(["explain", UNAUTHENTICATED]).run().success().stdout();
    let lines = UNAUTHENTICATED.replace("\\n", "\r\n");
    assert_eq!(Test::new(["explain", &lines]).run().success().stdout(), one);
    assert_eq!(Test::new(["explain"]).stdin(lines).run().success().stdout(), one);
    let words = UNAUTHENTICATED.split(' ').collect::<Vec<_>>();
    assert_eq!(Test::new(["explain"].into_iter().chain(words)).run().success().stdout(), one);
}

#[test]
fn a_log_line_tells_stage_host_and_recipient() {
    let line = "2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** anna@mail.example F=<shop@shop.example> R=r T=t \
                H=mx1.mail.example [192.0.2.25]: SMTP error from remote mail server after RCPT TO:<anna@mail.example>: \
                550 5.1.1 no such user here";
    let [english, _] = explain(line);
    assert_eq!(english["reason"], "recipient-unknown");
    assert_eq!(english["stage"], "rcpt");
    assert_eq!(english["bad_address"], true);
    let stage =
        Test::new(["explain", "--format=json", "--stage=end-of-data", "550 no"]).run().success().json();
    assert_eq!(stage["stage"], "end-of-data");
}

#[test]
fn of_several_log_lines_the_last_failure_is_explained() {
    let line = |what: &str| format!("2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde {what}");
    let lines = |of: &[&str]| {
        let text: Vec<_> = of.iter().map(|what| line(what)).collect();
        Test::new(["explain", "--format=json"]).stdin(text.join("\n")).run().success().json()
    };
    let (arrived, done) = ("<= a@shop.example U=www P=local S=9", "Completed");
    let taken = "=> b@x.example R=r T=t H=mx.x.example [192.0.2.1] C=\"250 ok\"";
    let unknown = "** c@x.example R=r T=t H=mx.x.example [192.0.2.1]: SMTP error from remote mail server after RCPT \
                   TO:<c@x.example>: 550 5.1.1 no such user";
    let full = "== d@x.example R=r T=t defer (-44) H=mx.x.example [192.0.2.1]: SMTP error from remote mail server after \
                RCPT TO:<d@x.example>: 452 4.2.2 mailbox full";
    let gave_up = "** d@x.example R=r T=t: retry timeout exceeded";
    for (of, reason, number) in [
        (&[arrived, taken, full, unknown, done][..], "recipient-unknown", 4),
        (&[arrived, unknown, full, done], "recipient-unknown", 2),
        (&[arrived, full, taken], "mailbox-full", 2),
        (&[full, unknown, gave_up, done], "mailbox-full", 1),
        (&[arrived, taken, done], "accepted", 2),
    ] {
        let told = lines(of);
        assert_eq!(told["reason"], reason, "{of:?}");
        let note = format!("This is line {number} of {}; the others are not explained.", of.len());
        assert_eq!(told["notes"][0], note, "{of:?}");
    }
    let page = Test::new(["explain"]).stdin([line(full), line(gave_up)].join("\n")).run().success().stdout();
    assert!(page.contains("send again later") && page.contains("gave up"), "{page}");
    let one = lines(&[unknown])["notes"].to_string();
    assert!(!one.contains("line"), "{one}");
}

#[test]
fn what_is_permanent_is_not_tried_again() {
    let page = |lang, asked| Test::new(["explain", "--lang", lang, asked]).run().success().stdout();
    for (lang, waits, again, later) in [
        ("en", "Wait: Exim tries again", "tries again by itself", "send again later"),
        ("ru", "Подождите: Exim повторит", "сервер повторит сам", "отправить снова позже"),
    ] {
        let transient = page(lang, "451 4.3.0 internal server error");
        assert!(transient.contains(waits) && transient.contains(again), "{transient}");
        let permanent = page(lang, "554 5.3.0 internal server error");
        assert!(!permanent.contains(waits) && !permanent.contains(again), "{permanent}");
        assert!(permanent.contains(later), "{permanent}");
        assert!(!page(lang, "yandex-mailbox-full").contains(again));
    }
}

#[test]
fn codes_are_decoded_listed_or_not() {
    for (code, reason) in
        [("421", "remote-error"), ("5.1.1", "recipient-unknown"), ("550 5.7.26", "sender-unauthenticated")]
    {
        for told in explain(code) {
            assert_eq!(
                (told["topic"].as_str(), told["listed"].as_bool()),
                (Some("code"), Some(true)),
                "{code}"
            );
            assert_eq!(told["reason"], reason, "{code}");
        }
    }
    for code in ["599", "478", "5.7.999", "4.9.1"] {
        for told in explain(code) {
            assert_eq!(told["listed"], false, "{code}");
            let meaning = told["meaning"].as_str().unwrap();
            assert!(meaning.contains(code) && meaning.lines().count() == 3, "{meaning}");
        }
    }
    for code in ["5.7.509", "4.7.650", "5.1.351"] {
        let [told, _] = explain(code);
        assert_eq!(told["enhanced"], code);
        assert_eq!(told["listed"], true, "{code}");
    }
}

#[test]
fn where_sources_disagree_all_are_named() {
    for code in ["523", "252", "450", "503", "521", "530", "555", "5.1.10", "5.2.2", "5.7.27", "5.7.30"] {
        for told in explain(code) {
            assert!(told["senses"].as_array().unwrap().len() > 1, "{code}: {}", told["senses"]);
        }
    }
}

#[test]
fn names_are_explained_too() {
    for (name, topic) in [
        ("mailbox-full", "reason"),
        ("Mailbox full", "reason"),
        ("gmail-unauthenticated", "cause"),
        ("gmail", "provider"),
        ("gmail.com", "provider"),
        ("spamhaus", "blocklist"),
        ("blocklist:spamhaus", "blocklist"),
        ("basic:550", "code"),
        ("enhanced:x.1.1", "code"),
    ] {
        for told in explain(name) {
            assert_eq!(told["topic"], topic, "{name}");
            assert_ne!(told["title"], "", "{name}");
        }
    }
}

#[test]
fn programs_are_named_by_who_knows() {
    let reply = "550 5.7.1 relay access denied";
    let told = Test::new(["explain", "--format=json", "--provider=postfix", reply]).run().success().json();
    assert_eq!((&told["provider"], &told["reason"]), (&"postfix".into(), &"relay-denied".into()));
    let [exim, _] = explain("exim");
    let rules = exim["related"].as_array().unwrap();
    assert!(rules.iter().any(|related| related["rule"] == "exim-retry-timeout"), "{exim}");
    let program = Test::new(["classify", "--provider=sendmail", "--only=provider"]).stdin("550 go away");
    assert_eq!(program.run().success().json()["provider"], "sendmail");
}

#[test]
fn what_is_not_known_is_said_and_a_typo_is_guessed() {
    let typo = Test::new(["explain", "mailbox-ful"]).run().code(1);
    assert!(typo.stderr().contains("mailbox-full"), "{}", typo.stderr());
    assert_eq!(typo.stdout(), "");
    Test::new(["explain", "xyzzy"]).run().code(1);
    Test::new(["explain", ""]).run().code(1);
    let provider = Test::new(["explain", "--provider=gmial", "550"]).run().code(2);
    assert!(provider.stderr().contains("did you mean gmail?"), "{}", provider.stderr());
}

#[test]
fn lists_are_complete() {
    for (what, least, some) in [
        ("codes", 90, "550"),
        ("enhanced", 150, "X.7.26"),
        ("reasons", 33, "mailbox-full"),
        ("providers", 60, "gmail"),
        ("causes", 200, "gmail-unauthenticated"),
    ] {
        for lang in ["en", "ru"] {
            let list = Test::new(["explain", "--lang", lang, "--list", what]).run().success().stdout();
            assert!(list.lines().count() >= least, "{what}");
            assert!(list.lines().any(|line| line.split(' ').next() == Some(some)), "{what}");
        }
    }
}

#[test]
fn nothing_in_a_reply_reaches_the_terminal_raw() {
    for format in ["text", "json", "md"] {
        let args = ["explain", "--why", "--format", format, "550 5.1.1 user unknown \x1b[2J \u{202e}x"];
        let page = Test::new(args).run().success().stdout();
        assert!(!page.contains(['\x1b', '\u{202e}']), "{page}");
    }
}

#[test]
fn one_verdict_for_each_line() {
    let replies = "550 5.1.1 user unknown\r\n\n421 4.7.0 try later\nwords\n";
    let verdicts = Test::new(["classify"]).stdin(replies).run().success().jsonl();
    let reasons: Vec<_> = verdicts.iter().map(|v| v["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons.len(), 4);
    assert_eq!((reasons[0], reasons[1], reasons[3]), ("recipient-unknown", "unknown", "unknown"));
    assert_eq!(verdicts[1]["code"], Value::Null);
    let csv =
        Test::new(["classify", "--format=csv", "--only=code,reason"]).stdin(replies).run().success().stdout();
    let csv: Vec<_> = csv.lines().collect();
    assert_eq!((csv[0], csv[1], csv[2], csv.len()), ("code,reason", "550,recipient-unknown", ",unknown", 5));
}

#[test]
fn columns_tell_stage_and_host() {
    let rows = "550 no\trcpt\tmx.l.google.com\n550 no\n550 no\tnonsense\t\n";
    let args = ["classify", "--tsv", "--only=stage,provider"];
    let verdicts = Test::new(args).stdin(rows).run().success().jsonl();
    assert_eq!((&verdicts[0]["stage"], &verdicts[0]["provider"]), (&"rcpt".into(), &"gmail".into()));
    assert_eq!(verdicts[1]["stage"], Value::Null);
    assert_eq!(verdicts.len(), 3);
}

#[test]
fn many_replies_keep_their_order() {
    let replies: String =
        (0..200_000).map(|n| format!("{} 5.1.1 user {n} unknown\n", 400 + n % 200)).collect();
    let args = ["classify", "--only=code", "--format=csv", "--threads=3"];
    let codes = Test::new(args).stdin(replies).run().success().stdout();
    let codes: Vec<_> = codes.lines().skip(1).collect();
    assert_eq!(codes.len(), 200_000);
    assert!(codes.iter().zip(0..).all(|(code, n)| *code == (400 + n % 200).to_string()));
}

#[test]
fn what_is_none_is_told_with_what_could_be_meant() {
    for (text, message, hint) in [
        (
            "3.5.4",
            "`3.5.4` is no enhanced code: they begin with 2 (success)",
            "did you mean 354 or 5.5.4 or 4.5.4?",
        ),
        ("1.1.1", "`1.1.1` is no enhanced code", "did you mean 5.1.1 or 4.1.1?"),
        ("1.0.1", "`1.0.1` is no enhanced code", "see `mailwhy explain --list enhanced`"),
        ("mainlog", "nothing is known of `mainlog`", "it is a log: see `mailwhy report mainlog`"),
        (
            "README.md",
            "nothing is known of `README.md`",
            "it is a file: `mailwhy explain < README.md` reads it",
        ),
    ] {
        let told = Test::new(["explain", text]).at(sample()).run().code(1).stderr();
        assert!(told.starts_with(&format!("mailwhy: {message}")), "{told}");
        assert!(told.ends_with(&format!("\nhint: {hint}\n")), "{told}");
    }
}

#[test]
fn a_log_is_no_list_of_replies() {
    let told = Test::new(["classify", "mainlog"]).at(sample()).run().code(0).stderr();
    let hint = "hint: `mailwhy events --verdict mainlog` classifies the replies in a log\n";
    assert_eq!(
        told,
        format!("mailwhy: mainlog: these are lines of a log, and each is taken for a reply\n{hint}")
    );
}

const RULES: &str = r#"
[[cause]]
id = "acme-holiday"
reason = "policy"
match = ["closed for the holidays"]
only = ["5xx"]
retry = "wait"
[cause.en]
title = "Acme is on holiday"
meaning = "Acme takes no mail in August."
[[cause.example]]
text = "550 5.7.1 We are closed for the holidays"
[[cause.near_miss]]
text = "451 4.7.1 We are closed for the holidays"
"#;

/// A directory with a file of rules in it.
fn rules(text: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("rules.toml"), text).unwrap();
    directory
}

#[test]
fn rules_of_ones_own_decide() {
    let directory = rules(RULES);
    let reply = "550 5.7.1 We are closed for the holidays";
    for command in ["explain", "classify"] {
        let test = Test::new([command, "--rules=rules.toml"]).at(directory.path()).stdin(reply);
        let test = if command == "explain" { test.arg("--format=json") } else { test };
        let told = test.run().success().json();
        assert_eq!((&told["rule"], &told["retry"]), (&"acme-holiday".into(), &"wait".into()));
        assert_eq!(told["title"], "Acme is on holiday");
    }
    // Its name is known too, and guessed.
    let named =
        Test::new(["explain", "--rules=rules.toml", "--format=json", "acme-holiday"]).at(directory.path());
    let named = named.run().success().json();
    assert_eq!((&named["topic"], &named["title"]), (&"cause".into(), &"Acme is on holiday".into()));
    let typo =
        Test::new(["explain", "--rules=rules.toml", "acme-holliday"]).at(directory.path()).run().code(1);
    assert!(typo.stderr().contains("did you mean acme-holiday?"), "{}", typo.stderr());
    let checked = Test::new(["rules", "check", "rules.toml"]).at(directory.path()).run().success().stdout();
    assert!(checked.ends_with("1 rule, 2 examples and near misses, 0 problems\n"), "{checked}");
}

#[test]
fn a_bad_rule_is_told_with_its_place() {
    for (from, to, place, hint) in [
        ("match =", "mach =", "rules.toml:5:1:", "did you mean `match`?"),
        ("\"policy\"", "\"polcy\"", "rules.toml:4:10:", "did you mean `policy`?"),
        ("[\"5xx\"]", "[\"5x\"]", "rules.toml:3:6:", ""),
        ("id = ", "provider = \"gmial\"\nid = ", "rules.toml:4:6:", "did you mean gmail?"),
    ] {
        let directory = rules(&RULES.replace(from, to));
        for args in [&["rules", "check", "rules.toml"][..], &["explain", "--rules=rules.toml", "550 x"]] {
            let told = Test::new(args).at(directory.path()).run().code(2).stderr();
            assert!(told.contains(place) && told.contains(hint), "{told}");
        }
    }
}

#[test]
fn rules_that_miss_conflict_or_shadow_are_told() {
    let wrong = RULES.replace("550 5.7.1 We are closed", "550 5.1.1 user unknown, closed");
    let directory = rules(&wrong.replace("closed for the holidays\"]", "mailbox is full\"]"));
    let told = Test::new(["rules", "check", "rules.toml"]).at(directory.path()).run().code(1);
    assert!(told.stderr().contains("its example gives"), "{}", told.stderr());
    assert!(told.stdout().contains("shadows `mailbox-full`"), "{}", told.stdout());
    let twice = format!("{RULES}{}", RULES.replace("acme-holiday", "acme-other"));
    let directory = rules(&twice);
    let told = Test::new(["rules", "check", "rules.toml"]).at(directory.path()).run().code(1).stderr();
    assert!(told.contains("both claim"), "{told}");
}

#[test]
fn coverage_counts_rules_and_hides_who_was_meant() {
    let line = |recipient: &str, reply: &str| {
        format!(
            "2026-08-01 10:00:01 1rfXYZ-000000001ab-2Cde ** {recipient} R=r T=t H=mx1.mail.example [192.0.2.25]: SMTP \
             error from remote mail server after RCPT TO:<{recipient}>: {reply}\n"
        )
    };
    let log = line("anna@mail.example", "550 5.1.1 user unknown")
        + &line("boris@mail.example", "550 <boris@mail.example> zyx wvu")
        + &line("vera@mail.example", "550 <vera@mail.example> zyx wvu")
        + "2026-08-01 10:00:01 H=[192.0.2.25] F=<> rejected RCPT <anna@shop.example>\n";
    let coverage = |args: &[&str]| {
        let told = Test::new(["rules", "coverage"]).args(args).stdin(log.as_str()).run().success();
        assert!(!told.stdout().contains("boris") && !told.stdout().contains("vera"), "{}", told.stdout());
        told
    };
    insta::assert_snapshot!("coverage_en", coverage(&[]).stdout());
    insta::assert_snapshot!("coverage_ru", coverage(&["--lang=ru", "--top=1"]).stdout());
    let json = coverage(&["--format=json"]).json();
    assert_eq!((&json["failures"], &json["unknown_failures"]), (&4.into(), &2.into()));
    assert_eq!(json["rules"].as_array().unwrap().len(), 3);
    assert_eq!(json["unknown"][0]["text"], "550 <{address}> zyx wvu");
}

/// Every code in the documents that this product grew from has an entry of its own, in both languages.
#[test]
fn every_code_of_the_seeds_is_known() {
    let Ok(files) = fs::read_dir(workspace().join("../shared/seeds")) else { return };
    let mut codes = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let numbers = |c: char| !c.is_ascii_digit() && c != '.';
        for word in text.split(numbers).map(|word| word.trim_matches('.')) {
            let parts: Vec<_> = word.split('.').collect();
            let short = parts.iter().all(|part| !part.is_empty() && part.len() <= 3);
            let class = matches!(parts[0], "2" | "4" | "5");
            if short && class && parts.len() == 3 && parts[1].len() == 1 {
                codes.insert(word.to_owned());
            }
        }
        // A reply code begins a line, stands alone in a cell, or goes before its text.
        for line in text.lines() {
            let line = line.trim_start_matches([' ', '*', '|', '#', '•', '-']);
            let digits: String = line.chars().take_while(char::is_ascii_digit).collect();
            if digits.len() == 3 && matches!(digits.as_bytes()[0], b'2'..=b'5') {
                codes.insert(digits);
            }
        }
    }
    // An example of how such codes are written.
    codes.remove("2.1.23");
    assert!(codes.len() > 40, "{codes:?}");
    let mut generic = Vec::new();
    for code in &codes {
        let [english, russian] = explain(code);
        assert_ne!(english["title"], russian["title"], "{code}");
        if english["listed"] != true || english["meaning"] == "" || russian["meaning"] == "" {
            generic.push(code);
        }
    }
    assert!(generic.is_empty(), "only generic meanings: {generic:?}");
}
