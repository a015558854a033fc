//! Lines of a log, and what becomes of the messages in them.

use std::sync::LazyLock;

use mailwhy_classify::Classifier;
use mailwhy_codes::Reason;
use mailwhy_logs::Step;
use mailwhy_logs::exim::{self, Role};
use mailwhy_trace::{self as trace, Attempts, Groups, Message, Outcome, Trace};

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

/// Reads a log in parts, which are joined from the first on or from the last, and gives its messages in the order of their
/// ids, and how many attempts and failures of hosts were told by themselves.
fn read_as(parts: &[String], attempts: Attempts, from_last: bool) -> (Vec<Told>, [usize; 2]) {
    static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::new);
    let (mut all, mut single) = (Vec::new(), [0; 2]);
    let mut hear = |what: trace::Told<'_>, groups: &Groups| match what {
        trace::Told::Attempt(_) => single[0] += 1,
        trace::Told::HostFailure(_) => single[1] += 1,
        trace::Told::Message(message) => all.push(told(message, groups)),
    };
    let mut read = Vec::new();
    for part in parts {
        let (mut trace, mut groups) = (Trace::part(attempts), Groups::default());
        exim::scan(part.as_bytes(), Role::Main, |line| {
            let event = line.event();
            let group = groups.of(&event, &CLASSIFIER);
            trace.push(&Step::from(&event), group, &groups, &mut hear);
        });
        read.push((trace, groups));
    }
    let mut join = |(mut trace, mut groups): (Trace, Groups), (later, its): (Trace, Groups)| {
        let map = groups.append(its);
        trace.append(later, &map, &groups, &mut hear);
        (trace, groups)
    };
    if from_last && let Some(mut last) = read.pop() {
        while let Some(before) = read.pop() {
            last = join(before, last);
        }
        read.push(last);
    }
    let (trace, groups) = read.into_iter().fold((Trace::new(attempts), Groups::default()), join);
    trace.finish(&groups, &mut hear);
    all.sort_by(|a, b| (&a.id, a.completed).cmp(&(&b.id, b.completed)));
    (all, single)
}

/// The messages of a log that is read in parts: the same in whatever way they are joined, and whenever attempts are told.
fn read(parts: &[String]) -> Vec<Told> {
    let (all, single) = read_as(parts, Attempts::WithMessage, false);
    assert_eq!(single, [0, 0]);
    assert_eq!(read_as(parts, Attempts::WithMessage, true).0, all, "joined from the last part on");
    let sum = [all.iter().map(|m| m.attempts.len()).sum(), all.iter().map(|m| m.host_failures.len()).sum()];
    for from_last in [false, true] {
        let (without, single) = read_as(parts, Attempts::AtOnce, from_last);
        assert_eq!(single, sum, "told at once");
        for (message, with) in without.iter().zip(&all) {
            let (attempts, host_failures) = (with.attempts.clone(), with.host_failures.clone());
            assert_eq!(&Told { attempts, host_failures, ..message.clone() }, with);
        }
        assert_eq!(without.len(), all.len());
    }
    all
}

/// The one message of a log whose lines are given without time and id.
fn one(lines: &[&str]) -> Told {
    let time = |n: usize| format!("2026-08-01 09:{:02}:{:02}", n / 60, n % 60);
    let lines: Vec<String> =
        lines.iter().enumerate().map(|(n, line)| format!("{} {ID} {line}\n", time(n))).collect();
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
fn a_recipient_has_several_names() {
    let full = "defer (-22): mailbox is full";
    for (deferred, end, outcome) in [
        ("kay@a.test <Kay@A.test> R=r T=t", "** Kay@A.test: retry timeout exceeded", Outcome::Failed),
        (
            "kay@a.test <kay+shop@a.test> R=r T=t",
            "** Kay+Shop@a.test: retry timeout exceeded",
            Outcome::Failed,
        ),
        ("k y@a.test <\"k y\"@a.test> R=r T=t", "** \"k y\"@a.test: retry timeout exceeded", Outcome::Failed),
        ("kay@a.test <info@b.test> R=r T=t", "=> kay <info@b.test> R=r T=t", Outcome::Delivered),
        ("kay@a.test <Kay@A.Test> R=r T=t", "=> kay <Kay@A.Test> R=r T=t", Outcome::Delivered),
    ] {
        let message = one(&["<= a@b.test", &format!("== {deferred} {full}"), end, "Completed"]);
        let [(address, found, reason, _)] = &message.recipients[..] else {
            panic!("{deferred}: {:?}", message.recipients)
        };
        assert_eq!((address.as_bytes().first(), *found), (Some(&b'k'), Some(outcome)), "{deferred}");
        assert_eq!(*reason, Some(Reason::MailboxFull), "{deferred}");
    }
    // Others of the same alias are others.
    let message = one(&[
        "<= a@b.test",
        &format!("== kay@a.test <list@b.test> R=r T=t {full}"),
        "=> ann <list@b.test> R=r T=t",
        "=> kay@c.test <list@b.test> R=r T=t H=mx.c.test [192.0.2.1]",
    ]);
    assert_eq!(message.recipients.len(), 3, "{:?}", message.recipients);
}

#[test]
fn many_recipients_are_kept_apart() {
    let line = |flag: &str, n: usize, rest: &str| {
        format!("{flag} r{n}@many.test R=dnslookup T=remote_smtp{rest} H=mx.many.test [192.0.2.9]")
    };
    let mut lines = vec!["<= news@shop.example U=news P=local S=900".to_owned()];
    // More than are searched one by one.
    lines.extend((0..100).map(|n| line("==", n, " defer (111): Connection refused")));
    lines.extend((0..100).map(|n| line("=>", n, "")));
    lines.push("Completed".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let told = one(&lines);
    assert_eq!(told.recipients.len(), 100);
    assert_eq!(told.recipients[99].0, "r99@many.test");
    assert!(told.recipients.iter().all(|recipient| recipient.1 == Some(Outcome::Delivered)));
}

#[test]
fn a_message_with_earlier_lines_is_told_when_its_id_comes_again() {
    let lines = [
        "== bob@example.net R=r T=t defer (111): Connection refused",
        "<= anna@example.com H=h [192.0.2.1] P=esmtp S=100",
        "<= anna@example.com H=h [192.0.2.1] P=esmtp S=100",
        "=> bob@example.net R=r T=t H=mx [192.0.2.2]",
        "Completed",
    ];
    let lines = lines.map(|line| format!("2026-08-01 09:14:00 {ID} {line}\n"));
    for cuts in [vec![], vec![2], vec![3], vec![2, 3], vec![2, 4], vec![2, 3, 4]] {
        let ends = cuts.iter().copied().chain([lines.len()]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let parts: Vec<_> = starts.zip(ends).map(|(from, to)| lines[from..to].concat()).collect();
        let told = read(&parts);
        let completed: Vec<_> = told.iter().map(|message| message.completed).collect();
        assert_eq!(completed, [false, true], "{cuts:?}: {told:?}");
    }
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

#[test]
fn what_waits_is_shared_out() {
    let mut log = String::new();
    for n in 0..2500 {
        log += &format!("2026-08-01 09:14:00 1tofrX-00000{n:06}-2Cde <= x@a.test U=x P=local S=9\n");
    }
    let groups = Groups::default();
    for (n, least) in [(0, 1), (1, 1), (2, 2), (100, 2)] {
        let mut trace = Trace::new(Attempts::AtOnce);
        exim::scan(log.as_bytes(), Role::Main, |line| {
            trace.push(&line.step(), None, &groups, &mut |_, _| {});
        });
        let (mut shares, mut ids) = (0, Vec::new());
        for share in trace.shares(n) {
            shares += 1;
            share.finish(&groups, &mut |what, _| {
                if let trace::Told::Message(message) = what {
                    ids.push(message.id);
                }
            });
        }
        ids.sort_unstable();
        ids.dedup();
        assert!(shares >= least && ids.len() == 2500, "{n}: {shares} shares, {} messages", ids.len());
    }
}
