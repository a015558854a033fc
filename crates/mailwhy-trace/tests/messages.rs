//! Lines of a log, and what becomes of the messages in them.

use mailwhy_classify::Classifier;
use mailwhy_codes::Reason;
use mailwhy_logs::Step;
use mailwhy_logs::exim::{self, Role};
use mailwhy_trace::{Groups, Message, Outcome, Trace};

const ID: &str = "1tofrX-000000001ab-2Cde";

/// What a test looks at, owned.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    id: String,
    sender: Option<String>,
    completed: bool,
    has_arrival: bool,
    /// Address, outcome, reason of the failure or last deferral, whether it expired.
    recipients: Vec<(String, Option<Outcome>, Option<Reason>, bool)>,
    attempts: Vec<Reason>,
    host_failures: Vec<(String, Reason)>,
}

fn told(message: &Message<'_>, groups: &Groups) -> Told {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let reason = |id| groups.get(id).verdict.reason;
    Told {
        id: text(message.id.as_bytes()),
        sender: message.sender.map(text),
        completed: message.completed,
        has_arrival: message.has_arrival,
        recipients: message
            .recipients
            .iter()
            .map(|r| (text(r.address), Some(r.outcome), r.failure.or(r.deferral).map(reason), r.expired))
            .collect(),
        attempts: message.attempts.iter().map(|a| reason(a.group)).collect(),
        host_failures: message.host_failures.iter().map(|f| (text(f.host), reason(f.group))).collect(),
    }
}

/// Reads a log in parts and gives its messages in the order of their ids.
fn read(parts: &[String]) -> Vec<Told> {
    let classifier = Classifier::new();
    let mut all = Vec::new();
    let (mut trace, mut groups) = (Trace::new(), Groups::default());
    for part in parts {
        let (mut later, mut its_groups) = (Trace::part(), Groups::default());
        let mut whole = Vec::new();
        exim::scan(part.as_bytes(), Role::Main, |line| {
            let event = line.event();
            let group = its_groups.of(&event, &classifier);
            later.push(&Step::from(&event), group, &its_groups, &mut |m, g| whole.push(told(m, g)));
        });
        all.append(&mut whole);
        let map = groups.append(its_groups);
        trace.append(later, &map, &groups, &mut |m, g| all.push(told(m, g)));
    }
    trace.finish(&groups, &mut |m, g| all.push(told(m, g)));
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// The one message of a log whose lines are given without time and id.
fn one(lines: &[&str]) -> Told {
    let lines: Vec<String> =
        lines.iter().enumerate().map(|(n, line)| format!("2026-08-01 09:14:{n:02} {ID} {line}\n")).collect();
    let whole = read(&[lines.concat()]);
    for cut in 1..lines.len() {
        assert_eq!(read(&[lines[..cut].concat(), lines[cut..].concat()]), whole, "cut before line {cut}");
    }
    assert_eq!(read(&lines), whole, "every line alone");
    assert_eq!(whole.len(), 1, "{whole:?}");
    whole.into_iter().next().expect("one message")
}

#[test]
fn an_attempt_on_two_lines_counts_once() {
    let told = one(&[
        "<= shop@shop.example U=shop P=local S=900",
        "H=mx.closed.test [192.0.2.5] Connection refused",
        "== anna@closed.test R=dnslookup T=remote_smtp defer (111): Connection refused",
        "== ivan@closed.test R=dnslookup T=remote_smtp defer (111): Connection refused",
        "H=mx.closed.test [192.0.2.5] Connection refused",
        "== anna@closed.test R=dnslookup T=remote_smtp defer (111): Connection refused",
        "=> ivan@closed.test R=dnslookup T=remote_smtp H=mx2.closed.test [192.0.2.6] C=\"250 ok\"",
    ]);
    assert_eq!(told.attempts, [Reason::Network; 3]);
    assert_eq!(told.host_failures, []);
    assert_eq!(
        told.recipients,
        [
            ("anna@closed.test".into(), Some(Outcome::Deferred), Some(Reason::Network), false),
            ("ivan@closed.test".into(), Some(Outcome::Delivered), Some(Reason::Network), false),
        ]
    );
    assert!(!told.completed && told.has_arrival);
}

#[test]
fn a_deferral_at_routing_is_no_attempt_of_another_domains_host() {
    let told = one(&[
        "<= shop@shop.example U=shop P=local S=900",
        "H=mx1.two.test [192.0.2.5] Connection refused",
        "=> anna@two.test R=dnslookup T=remote_smtp H=mx2.two.test [192.0.2.6] C=\"250 ok\"",
        "== ivan@lame.test R=dnslookup defer (-1): host lookup did not complete",
    ]);
    assert_eq!(told.attempts, [Reason::Network]);
    assert_eq!(told.host_failures, [("mx1.two.test".into(), Reason::Network)]);
}

#[test]
fn a_host_that_failed_before_another_took_the_message() {
    let told = one(&[
        "<= shop@shop.example U=shop P=local S=900",
        "H=mx1.two.test [192.0.2.5]: SMTP error from remote mail server after initial connection: 421 4.3.2 busy",
        "=> anna@two.test R=dnslookup T=remote_smtp H=mx2.two.test [192.0.2.6] C=\"250 ok\"",
        "Completed",
    ]);
    assert_eq!(told.attempts, []);
    assert_eq!(told.host_failures.len(), 1);
    assert_eq!(told.host_failures[0].0, "mx1.two.test");
    assert_eq!(told.recipients[0].1, Some(Outcome::Delivered));
}

#[test]
fn the_end_of_retries_inherits_the_cause() {
    let full = "SMTP error from remote mail server after RCPT TO:<anna@full.test>: 452 4.2.2 mailbox full";
    let told = one(&[
        "<= shop@shop.example U=shop P=local S=900",
        &format!(
            "== anna@full.test R=dnslookup T=remote_smtp defer (-44) H=mx.full.test [192.0.2.7]: {full}"
        ),
        "== anna@full.test R=dnslookup T=remote_smtp defer (-54): retry time not reached for any host for 'full.test'",
        "** anna@full.test: retry timeout exceeded",
        "Completed",
    ]);
    assert_eq!(told.attempts, [Reason::MailboxFull]);
    let anna = ("anna@full.test".into(), Some(Outcome::Failed), Some(Reason::MailboxFull), true);
    assert_eq!(told.recipients, [anna]);
}

#[test]
fn the_cause_before_the_log_is_not_known() {
    let told = one(&["** anna@full.test: retry timeout exceeded", "Completed"]);
    assert!(!told.has_arrival && told.completed);
    assert_eq!(told.recipients[0].2, Some(Reason::Expired));
}

#[test]
fn a_cutthrough_delivery_comes_before_its_arrival() {
    let told = one(&[
        ">> anna@far.test R=dnslookup T=remote_smtp H=mx.far.test [192.0.2.8] C=\"250 ok\"",
        "<= ivan@from.test H=mx.from.test [198.51.100.3] P=esmtp S=900",
        "Completed",
    ]);
    assert_eq!(told.recipients, [("anna@far.test".into(), Some(Outcome::Delivered), None, false)]);
    assert_eq!(told.sender.as_deref(), Some("ivan@from.test"));
}

#[test]
fn a_local_delivery_is_of_the_same_recipient() {
    let told = one(&[
        "<= ivan@from.test H=mx.from.test [198.51.100.3] P=esmtp S=900",
        "== anna@shop.example R=local_user T=maildir_home defer (-22): mailbox is full (MTA-imposed quota exceeded while writing to tmp/x)",
        "=> anna <anna@shop.example> R=local_user T=maildir_home",
        "Completed",
    ]);
    assert_eq!(told.recipients.len(), 1);
    assert_eq!(told.recipients[0].1, Some(Outcome::Delivered));
}

#[test]
fn many_recipients_are_kept_apart() {
    let mut lines = vec!["<= news@shop.example U=news P=local S=900".to_owned()];
    for n in 0..50 {
        lines.push(format!(
            "=> r{n}@many.test R=dnslookup T=remote_smtp H=mx.many.test [192.0.2.9] C=\"250 ok\""
        ));
    }
    lines.push("Completed".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let told = one(&lines);
    assert_eq!(told.recipients.len(), 50);
    assert_eq!(told.recipients[49].0, "r49@many.test");
}

#[test]
fn a_refused_message_is_none() {
    let line = format!("2026-08-01 09:14:00 {ID} H=(x) [192.0.2.1] F=<a@b.test> rejected after DATA: spam\n");
    assert_eq!(read(&[line]), []);
}

#[test]
fn an_id_that_arrives_again_is_another_message() {
    let time = |n| format!("2026-08-01 09:14:{n:02} {ID}");
    let copy = |from: usize| {
        let lines = [
            "<= anna@example.com H=h [192.0.2.1] P=esmtp S=100",
            "== bob@example.net R=r T=t defer (111): Connection refused",
            "=> bob@example.net R=r T=t H=mx [192.0.2.2]",
            "Completed",
        ];
        lines.iter().zip(from..).map(|(line, n)| format!("{} {line}\n", time(n))).collect::<Vec<_>>()
    };
    // A log that ends early, and a later copy of it.
    let (early, copy) = (&copy(0)[..2], copy(10));
    for cut in 0..early.len() {
        for second in 0..copy.len() {
            let parts = [&early[..cut], &early[cut..], &copy[..second], &copy[second..]];
            let mut told = read(&parts.map(<[String]>::concat));
            told.sort_by_key(|message| message.completed);
            let attempts: Vec<_> = told.iter().map(|message| message.attempts.len()).collect();
            assert_eq!(attempts, [1, 1], "{told:?}");
            assert!(!told[0].completed && told[1].completed);
        }
    }
}
