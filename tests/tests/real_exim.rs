//! What is said of a log that a real Exim has just written; see [`crate::scenario`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

use serde_json::Value;

use crate::harness::cli::Test;
use crate::harness::exim::{self, Exim};
use crate::scenario::{GUESSERS, Profile, play};

type Reply = (u64, Option<&'static str>, &'static str);

/// How it ended for a recipient.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// Delivered, deferred at first.
    Late,
    Failed,
    /// Deferred until Exim gave up.
    GivenUp,
}
use End::{Failed, GivenUp, Late};

/// Recipients, what became of them, and what must be said of it.
#[derive(Debug)]
struct Case {
    to: &'static [&'static str],
    end: End,
    reason: &'static str,
    /// Who must act.
    actor: &'static str,
    bad_address: bool,
    /// Code, enhanced code and stage of the remote reply, if there was one.
    reply: Option<Reply>,
    /// Words of the reply, or of Exim's own; where they are a bare code, all of the reply.
    words: &'static str,
}

const fn case(
    end: End,
    to: &'static [&'static str],
    reason: &'static str,
    actor: &'static str,
    reply: Option<Reply>,
    words: &'static str,
) -> Case {
    Case { to, end, reason, actor, bad_address: false, reply, words }
}

/// … where the reply proves that the address is bad.
const fn bad(to: &'static [&'static str], reason: &'static str, reply: Reply, words: &'static str) -> Case {
    Case { to, end: Failed, reason, actor: "sender", bad_address: true, reply: Some(reply), words }
}

/// Every recipient that did not get the message at the first attempt.
const CASES: &[Case] = &[
    bad(
        &[
            "gone.karl@gmail.test",
            "gone.gustav@gmail.test",
            "gone.helga@gmail.test",
            "gone.inge@gmail.test",
            "gone.old@gmail.test",
            "gone.seller@gmail.test",
        ],
        "recipient-unknown",
        (550, Some("5.1.1"), "rcpt"),
        "The email account that you tried to reach does not exist",
    ),
    bad(&["graduate@university.test"], "recipient-unknown", (550, Some("5.1.1"), "rcpt"), "User unknown"),
    bad(&["petrov@mail.test"], "recipient-unknown", (550, Some("5.1.1"), "rcpt"), "Пользователь не найден"),
    bad(&["dean@university.test"], "recipient-unknown", (550, Some("5.1.1"), "rcpt"), "inconnue"),
    bad(&["retired@old-isp.test"], "recipient-unknown", (550, None, "rcpt"), "no mailbox here by that name"),
    bad(&["nobody@outlook.test"], "recipient-unknown", (550, Some("5.1.10"), "rcpt"), "RecipientNotFound"),
    bad(&["closed@yahoo.test"], "recipient-disabled", (554, None, "rcpt"), "mailbox is disabled"),
    bad(
        &["suspended@lmtp.test"],
        "recipient-disabled",
        (550, Some("5.2.1"), "end-of-data"),
        "Mailbox is disabled",
    ),
    case(
        GivenUp,
        &["full.box@gmail.test"],
        "mailbox-full",
        "recipient",
        Some((452, Some("4.2.2"), "rcpt")),
        "out of storage",
    ),
    case(
        Failed,
        &["ivanova@mail.test"],
        "mailbox-full",
        "recipient",
        Some((552, Some("5.2.2"), "rcpt")),
        "size limit",
    ),
    case(
        GivenUp,
        &["hoarder@lmtp.test"],
        "mailbox-full",
        "recipient",
        Some((452, Some("4.2.2"), "end-of-data")),
        "Quota exceeded (mailbox",
    ),
    case(
        GivenUp,
        &["archive@shop.example"],
        "mailbox-full",
        "recipient",
        None,
        "mailbox is full (MTA-imposed quota exceeded",
    ),
    case(
        Failed,
        &[
            "alice@gmail.test",
            "bella@gmail.test",
            "carl@gmail.test",
            "doris@gmail.test",
            "emil@gmail.test",
            "frida@gmail.test",
        ],
        "sender-unauthenticated",
        "sender-admin",
        Some((550, Some("5.7.26"), "end-of-data")),
        "because the sender is unauthenticated",
    ),
    case(
        Failed,
        &["dmarc@outlook.test"],
        "sender-unauthenticated",
        "sender-admin",
        Some((550, Some("5.7.509"), "end-of-data")),
        "does not pass DMARC verification",
    ),
    case(
        Failed,
        &["ceo@bank.test", "office@insurance.test"],
        "blocklisted",
        "sender-admin",
        Some((554, Some("5.7.1"), "connect")),
        "zen.spamhaus.org",
    ),
    case(
        Failed,
        &["listed@corp.test"],
        "blocklisted",
        "sender-admin",
        Some((554, Some("5.7.1"), "rcpt")),
        "bl.spamcop.net",
    ),
    case(
        Failed,
        &["jan@outlook.test", "kim@outlook.test"],
        "blocklisted",
        "sender-admin",
        Some((550, Some("5.7.1"), "mail")),
        "(S3150)",
    ),
    case(
        Late,
        &["ivan@corp.test", "olga@corp.test", "quotes@corp.test", "boss@corp.test"],
        "greylisted",
        "nobody",
        Some((450, Some("4.2.0"), "rcpt")),
        "Greylisted",
    ),
    case(
        GivenUp,
        &["rate@googlemail.test"],
        "rate-limited",
        "sender-admin",
        Some((421, Some("4.7.28"), "end-of-data")),
        "unusual rate of unsolicited mail",
    ),
    case(
        GivenUp,
        &["complaints@aol.test"],
        "rate-limited",
        "sender-admin",
        Some((421, Some("4.7.0"), "end-of-data")),
        "[TSS04]",
    ),
    case(
        GivenUp,
        &["info@busy.test"],
        "rate-limited",
        "sender-admin",
        Some((421, Some("4.7.0"), "connect")),
        "too many connections",
    ),
    case(
        Failed,
        &["smirnov@mail.test", "smirnov@mail.test"],
        "spam-content",
        "sender",
        Some((550, None, "end-of-data")),
        "spam message",
    ),
    case(
        Failed,
        &["virus@university.test"],
        "malware",
        "sender",
        Some((554, Some("5.7.1"), "end-of-data")),
        "infected with virus",
    ),
    case(
        Failed,
        &["huge@old-isp.test"],
        "message-too-large",
        "sender",
        Some((552, None, "end-of-data")),
        "exceeds my databytes",
    ),
    case(
        GivenUp,
        &["disk@university.test"],
        "remote-disk-full",
        "recipient-admin",
        Some((452, Some("4.3.1"), "end-of-data")),
        "Insufficient system storage",
    ),
    case(
        GivenUp,
        &["never@university.test"],
        "remote-error",
        "recipient-admin",
        Some((451, Some("4.3.0"), "rcpt")),
        "Temporary lookup failure",
    ),
    case(
        Failed,
        &["relay@old-isp.test"],
        "relay-denied",
        "sender-admin",
        Some((553, None, "rcpt")),
        "allowed rcpthosts",
    ),
    case(Failed, &["bare@old-isp.test"], "recipient-refused", "recipient", Some((550, None, "rcpt")), "550"),
    case(GivenUp, &["info@notls.test"], "tls-failed", "sender-admin", None, "a TLS session is required"),
    case(GivenUp, &["info@badtls.test"], "tls-failed", "sender-admin", None, "gnutls_handshake"),
    case(
        GivenUp,
        &["someone@smarthost.test"],
        "login-failed",
        "sender-admin",
        None,
        "authentication attempt(s) failed",
    ),
    case(GivenUp, &["info@down.test"], "network", "nobody", None, "Connection refused"),
    case(GivenUp, &["info@slow.test"], "network", "nobody", None, "timeout after initial connection"),
    case(GivenUp, &["info@mute.flaky.test"], "network", "nobody", None, "end of data"),
    case(
        GivenUp,
        &["info@rcpt.flaky.test", "info@data.flaky.test", "info@end.flaky.test"],
        "network",
        "nobody",
        None,
        "closed connection in response to",
    ),
    case(Failed, &["typo@gmial.invalid"], "domain-not-found", "sender", None, "Unrouteable address"),
    case(Failed, &["win@bulk.example"], "domain-not-found", "sender", None, "Unrouteable address"),
    case(Failed, &["printer@shop.example"], "local-failure", "sender-admin", None, "returned 1 from command"),
    case(Failed, &["fax@shop.example"], "local-failure", "sender-admin", None, "unable to exec"),
];

#[test]
fn a_log_with_default_settings() {
    if exim::available() {
        check(Profile::Default);
    }
}

#[test]
fn a_log_with_everything_switched_on() {
    if exim::available() {
        check(Profile::Rich);
    }
}

fn check(profile: Profile) {
    let exim = play(profile);
    assert_eq!(String::from_utf8_lossy(&exim.log("panic")), "", "Exim itself is in trouble");
    let path = exim.log_path("main");
    let log = exim.log("main");
    let events = Test::new(["events", "--format", "jsonl"]).arg(&path).run().success().jsonl();
    let report = Test::new(["report", "--format", "json"]).arg(&path).run().success().json();

    let mut said = Said::default();
    said.lines(&log, &events);
    for case in CASES {
        for to in case.to {
            said.events(case, to, &events);
            said.traced(case, to, &path);
        }
        said.group(case, &report["groups"]);
    }
    said.reasons(&report["reasons"]);
    said.totals(&log, &report);
    said.guessing(&report["logins"]);
    said.refusals(&report["rejections"]);
    said.reject_log(&exim);
    said.bad_addresses(&path);
    said.errors(&path);
    if !said.wrong.is_empty() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mainlog.{profile:?}"));
        std::fs::write(&kept, &log).unwrap();
        let wrong = said.wrong.join("\n");
        panic!("{} things are wrong, of the log in {}:\n{wrong}", said.wrong.len(), kept.display());
    }
}

/// What mailwhy says, compared with what it should; all differences are shown at once.
#[derive(Default)]
struct Said {
    wrong: Vec<String>,
}

impl Said {
    #[allow(clippy::needless_pass_by_value, reason = "calls read better")]
    fn expect<L: Debug + PartialEq<R>, R: Debug>(&mut self, what: impl AsRef<str>, found: L, expected: R) {
        if found != expected {
            self.wrong.push(format!("{}: {found:?}, should be {expected:?}", what.as_ref()));
        }
    }

    /// Every line is understood, and gives one event.
    fn lines(&mut self, log: &[u8], events: &[Value]) {
        let lines: Vec<_> = log.split_inclusive(|&b| b == b'\n').collect();
        self.expect("events", events.len(), lines.len());
        let mut offset = 0;
        for (number, (event, line)) in events.iter().zip(lines).enumerate() {
            if event["kind"] == "unknown" {
                self.wrong.push(format!("not understood: {}", String::from_utf8_lossy(line)));
            }
            self.expect("number of a line", &event["line"], number + 1);
            self.expect("offset of a line", &event["offset"], offset);
            offset += line.len();
        }
    }

    /// The lines on a recipient have the kinds that belong to its end, and hold the reply as it was given.
    fn events(&mut self, case: &Case, to: &str, events: &[Value]) {
        let (kind, last) = match case.end {
            // Or "additional-delivery", where several were greylisted together.
            Late => ("deferral", "delivery"),
            Failed => ("failure", "failure"),
            GivenUp => ("deferral", "failure"),
        };
        let of: Vec<_> = events
            .iter()
            .filter(|event| event["recipient"] == to || event["original_recipient"] == to)
            .collect();
        let ended = of.last().is_some_and(|event| event["kind"].as_str().unwrap().ends_with(last));
        self.expect(format!("{to} ends with a {last}"), ended, true);
        let Some(event) = of.iter().find(|event| event["kind"] == kind) else {
            self.wrong.push(format!("{to} has no {kind}"));
            return;
        };
        if let Some((code, enhanced, stage)) = case.reply {
            let reply = &event["reply"];
            self.expect(format!("code of {to}"), &reply["code"], code);
            self.expect(format!("enhanced code of {to}"), reply["enhanced"].as_str(), enhanced);
            self.expect(format!("stage of {to}"), &reply["stage"], stage);
        } else {
            self.expect(format!("reply to {to}"), &event["reply"], &Value::Null);
            let error = event["error"].as_str().unwrap_or_default();
            self.expect(
                format!("{:?} in the error {error:?} of {to}", case.words),
                error.contains(case.words),
                true,
            );
        }
    }

    /// Whoever asks for the recipient gets a message that ended so, for this reason.
    fn traced(&mut self, case: &Case, to: &str, path: &Path) {
        let (outcome, reason) = match case.end {
            Late => ("delivered", None),
            Failed | GivenUp => ("failed", Some(case.reason)),
        };
        let found = Test::new(["trace", "--format", "jsonl", to]).arg(path).run().success().jsonl();
        let as_expected = found.iter().flat_map(|story| list(&story["recipients"])).any(|recipient| {
            recipient["matches"] == true
                && recipient["outcome"] == outcome
                && recipient["expired"] == (case.end == GivenUp)
                && recipient["cause"]["reason"].as_str() == reason
        });
        self.expect(format!("that trace tells the end of {to} ({outcome}, {reason:?})"), as_expected, true);
    }

    /// There are groups with the words of the case, and they say what the case demands.
    fn group(&mut self, case: &Case, groups: &Value) {
        let of: Vec<_> = list(groups)
            .filter(|group| {
                let (text, bare) = (group["text"].as_str().unwrap(), case.words.len() == 3);
                if bare { text == case.words } else { text.contains(case.words) }
            })
            .filter(|group| group["code"].as_u64() == case.reply.map(|(code, ..)| code))
            .collect();
        self.expect(format!("that no group says {:?}", case.words), of.is_empty(), false);
        for group in of {
            let of = |field| format!("{field} of {} (rule {})", group["text"], group["rule"]);
            self.expect(of("reason"), &group["reason"], case.reason);
            self.expect(of("actor"), &group["actor"], case.actor);
            self.expect(of("bad address"), &group["bad_address"], case.bad_address);
            if let Some((.., stage)) = case.reply {
                self.expect(of("stage"), &group["stage"], stage);
            }
        }
    }

    /// Each recipient is counted once, under its last cause, however often it was tried.
    fn reasons(&mut self, reasons: &Value) {
        let mut expected: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for case in CASES {
            let addresses = case.to.iter().collect::<BTreeSet<_>>().len();
            let [failed, delayed, bad] = expected.entry(case.reason).or_default();
            *failed += if case.end == Late { 0 } else { case.to.len() };
            *delayed += if case.end == Failed { 0 } else { case.to.len() };
            *bad += if case.bad_address { addresses } else { 0 };
        }
        let count = |row: &Value, name| usize::try_from(row[name].as_u64().unwrap()).unwrap();
        let mut found: BTreeMap<&str, [usize; 3]> = list(reasons)
            .map(|row| {
                let counts = ["failed", "delayed", "bad_addresses"].map(|name| count(row, name));
                (row["reason"].as_str().unwrap(), counts)
            })
            .collect();
        for (reason, expected) in expected {
            let found = found.remove(reason).unwrap_or_default();
            self.expect(format!("failed, delayed and bad addresses of {reason}"), found, expected);
        }
        self.expect("other reasons", found, BTreeMap::new());
    }

    fn totals(&mut self, log: &[u8], report: &Value) {
        let log = String::from_utf8_lossy(log);
        let flags = |wanted: &[&str]| {
            log.lines().filter(|line| wanted.iter().any(|flag| line.contains(&format!(" {flag} ")))).count()
        };
        let sum = |late: bool| {
            CASES.iter().filter(|case| (case.end == Late) == late).map(|case| case.to.len()).sum::<usize>()
        };
        for (path, expected) in [
            ("/input/lines", log.lines().count()),
            ("/input/unknown_lines", 0),
            ("/messages/total", flags(&["<="])),
            ("/messages/frozen", 1),
            ("/recipients/delivered", flags(&["=>", "->"])),
            ("/recipients/delivered_after_deferral", sum(true)),
            ("/recipients/failed", sum(false)),
            ("/recipients/deferred", 0),
            ("/greylisting/recipients", sum(true)),
            ("/greylisting/delivered", sum(true)),
        ] {
            self.expect(path, report.pointer(path).unwrap(), expected);
        }
    }

    /// The list of bad addresses holds those that a reply proved bad, as they were in the envelope.
    fn bad_addresses(&mut self, log: &Path) {
        let list = Test::new(["suppress", "--format", "json"]).arg(log).run().success().json();
        let names = |list: &Value| -> BTreeSet<String> {
            self::list(list).map(|row| row["address"].as_str().unwrap().to_owned()).collect()
        };
        let mut expected: BTreeSet<String> = CASES
            .iter()
            .filter(|case| case.bad_address)
            .flat_map(|case| case.to.iter().map(|&to| to.to_owned()))
            .collect();
        // One of the three addresses behind an alias of ours.
        expected.remove("gone.seller@gmail.test");
        self.expect("bad addresses", names(&list["addresses"]), expected);
        let cleared = BTreeSet::from(["sales@shop.example".to_owned()]);
        self.expect("addresses that are not bad after all", names(&list["cleared"]), cleared);
    }

    /// Every case has its group, and nothing is lost by grouping.
    fn errors(&mut self, log: &Path) {
        let errors = Test::new(["errors", "--format", "json"]).arg(log).run().success().json();
        for case in CASES {
            let bare = case.words.len() == 3;
            let row = list(&errors["errors"]).find(|row| {
                let text = row["name"].as_str().unwrap();
                row["reason"] == case.reason
                    && if bare { text == case.words } else { text.contains(case.words) }
            });
            self.expect(format!("a group of {:?}", case.words), row.is_some(), true);
            let Some(row) = row else { continue };
            self.expect(format!("who acts on {:?}", case.words), &row["actor"], case.actor);
            self.expect(format!("bad address of {:?}", case.words), &row["bad_address"], case.bad_address);
        }
        let failed: u64 = list(&errors["errors"]).map(|row| row["failed"].as_u64().unwrap()).sum();
        let expected =
            CASES.iter().filter(|case| case.end != Late).map(|case| case.to.len() as u64).sum::<u64>();
        self.expect("failed recipients of all groups", failed, expected);
    }

    fn guessing(&mut self, logins: &Value) {
        self.expect("logins refused", &logins["failures"], 16 * GUESSERS.len());
        self.expect("addresses that guess", &logins["addresses"], GUESSERS.len());
        let accounts: BTreeSet<_> =
            list(&logins["top_accounts"]).map(|account| account["name"].as_str().unwrap()).collect();
        self.expect("accounts that were tried", accounts, BTreeSet::from(["admin", "anna", "info", "test"]));
    }

    /// What our Exim refused to others has its reasons too.
    fn refusals(&mut self, rejections: &Value) {
        for (words, reason) in [
            ("relay not permitted", "relay-denied"),
            ("Unrouteable address", "recipient-unknown"),
            ("is listed at zen.spamhaus.org", "blocklisted"),
            ("Sender verify failed", "sender-rejected"),
            ("message too big", "message-too-large"),
            ("contains a virus", "malware"),
            ("Greylisted", "greylisted"),
        ] {
            let row = list(rejections).find(|row| row["text"].as_str().unwrap().contains(words));
            let found = row.map_or(&Value::Null, |row| &row["reason"]);
            self.expect(format!("reason of our refusal {words:?}"), found, reason);
        }
    }

    /// The log of rejections has the headers of refused messages in it.
    fn reject_log(&mut self, exim: &Exim) {
        let path = exim.log_path("reject");
        let events = Test::new(["events", "--format", "jsonl"]).arg(path).run().success().jsonl();
        let kinds = |kind| events.iter().filter(|event| event["kind"] == kind).count();
        self.expect("unknown lines in the reject log", kinds("unknown"), 0);
        self.expect("failed logins in the reject log", kinds("auth-failure"), 16 * GUESSERS.len());
        self.expect("rejections in the reject log", kinds("rejected"), 15);
        self.expect("headers in the reject log", kinds("continuation"), 2 * 11);
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}")).iter()
}
