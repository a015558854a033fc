//! Whatever the bytes are: no panic, one call for each line, and nothing that is not in the record.

use mailwhy_logs::exim::{self, Login};
use mailwhy_logs::{Event, Kind, Step};
use proptest::prelude::*;

/// Lines of most kinds, to be spoiled.
const LINES: [&str; 26] = [
    r#"1tZabc-0002Xy-3q <= "a b"@c.example H=m (h) [192.0.2.1]:5 I=[192.0.2.2]:25 U=x y P=esmtpsa X=T:c:1 CV=no DN="CN=x" A=plain:u S=9 RT=1s id=i@d T="s \"q\"" from <a> for b@d e@f"#,
    r#"1tZabc-0000000AbCd-0xYz => |/bin/sh -c "x > y" (p@d.example) <o@d.example> F=<s@d> P=<s@d> R=r T=t S=1 ST=x (e) QT=1s DT=2s"#,
    r#"1tZabc-0002Xy-3q -> a@d.example R=r T=t H=m DS [2001:db8::1]:25* L K C="250 2.0.0 \"x\\\\n\"" QT=1s"#,
    "1tZabc-0002Xy-3q ** a@d.example <\"x y\"@d> R=r T=t H=m [192.0.2.1] X=a CV=yes: SMTP error from remote mail server after RCPT TO:<a@d> NOTIFY=NEVER: 550-5.1.1 a\\n550 5.1.1 b DT=1s",
    "1tZabc-0002Xy-3q == a@d.example R=r T=t defer (110): Connection timed out H=m [192.0.2.1] DT=1s: SMTP timeout after end of data (3 bytes written)",
    "1tZabc-0002Xy-3q == a@d.example routing defer (-52): retry time not reached",
    "1tZabc-0002Xy-3q H=m [192.0.2.1]:25: Remote host closed connection in response to HELO m (EHLO response was: 421 x)",
    "1tZabc-0002Xy-3q Remote host m [192.0.2.1] closed connection in response to initial connection",
    "1tZabc-0002Xy-3q plain authenticator failed H=m [192.0.2.1] 535-5.7.8 a",
    "plain authenticator failed for H=(h) [192.0.2.1]:9 U=x: 535 Incorrect authentication data (set_id=u)",
    "plain authenticator failed for h (h) [192.0.2.1]: 535 Incorrect authentication data (set_id=u)",
    "plain authenticator failed for (h) [192.0.2.1]: 435 Unable to authenticate at present (set_id=u): no (x)",
    "1tZabc-0002Xy-3q Completed QT=1s",
    "H=m (h) [192.0.2.1] F=<s@d> A=plain:u temporarily rejected RCPT <a@d>: m [192.0.2.1] : response to \"MAIL FROM:<>\" was: 550 x",
    "H=m (h) [192.0.2.1] sender verify fail for <a@d>: x",
    "H=(h) [192.0.2.1] F=<s@d> RCPT <a@d>: discarded by RCPT ACL: x",
    "too many recipients: message rejected: sender=<s@d> H=(h) [192.0.2.1]",
    "SMTP syntax error in \"A \" H=b\" H=(h) [192.0.2.1] unrecognized command",
    "SMTP connection Ci=1 from (h) [192.0.2.1]:9 D=1s closed by QUIT",
    "unexpected disconnection while reading SMTP command from (h) [192.0.2.1] (error: x) D=1s",
    "TLS error on connection from (h) [192.0.2.1] (f): x",
    "1tZabc-0002Xy-3q TLS session: x: delivering unencrypted to H=m [192.0.2.1] (not in hosts_require_tls)",
    "no IP address found for host h (during SMTP connection from m [192.0.2.1])",
    "1tZabc-0002Xy-3q sender address changed to <a@d> by root",
    "Exim configuration error in line 1 of f:",
    "Warning: purging the environment.",
];

const FRONTS: [&str; 7] = [
    "2025-03-04 05:06:07 ",
    "2025-03-04 05:06:07.089 +0300 [12] ",
    "Mar  4 05:06:07 mx exim[1]: ",
    "<22>2025-03-04T05:06:07.1Z mx info exim[1]: [1\\2] 2025-03-04 05:06:07 ",
    "Mar  4 05:06:07 mx exim[1]: [2/2] ",
    "<22>1 2025-03-04T05:06:07.1Z mx exim 1 - [a b=\"\\]\"] 2025-03-04 05:06:07 ",
    "",
];

/// Checks all that must hold for any chunk.
fn check(chunk: &[u8], role: exim::Role) {
    let mut rebuilt = Vec::new();
    exim::scan(chunk, role, |line| {
        rebuilt.extend_from_slice(line.raw);
        rebuilt.push(b'\n');
        let within = |part: &[u8]| {
            let inner = part.as_ptr_range();
            // The process of joined pieces is in the line of the first.
            let outer = [line.record, line.raw].map(<[u8]>::as_ptr_range);
            part.is_empty() || outer.iter().any(|o| o.start <= inner.start && inner.end <= o.end)
        };
        let event = line.event();
        let (step, mut whole) = (line.step(), Step::from(&event));
        // It is read where Exim writes it, right behind the sender.
        whole.bounce_of = whole.bounce_of.filter(|_| step.bounce_of.is_some());
        assert_eq!(step, whole, "{:?}", line.record);
        if let Some(login) = line.login() {
            assert_eq!(login, Login { ip: event.ip, user: event.user }, "{:?}", line.record);
            assert!(line.kind == Kind::AuthFailure && event.reply.is_none(), "{:?}", line.record);
        }
        for part in parts(&event) {
            assert!(within(part), "{:?} is not of {:?}", part, line.record);
        }
        assert!(line.kind == Kind::Continuation || line.time.is_none() || exim::starts_record(line.raw));
    });
    if !chunk.is_empty() && !chunk.ends_with(b"\n") {
        rebuilt.pop();
    }
    assert!(rebuilt == chunk);
}

fn parts<'a>(e: &Event<'a>) -> Vec<&'a [u8]> {
    let fields = [
        Some(e.text),
        e.pid,
        e.id,
        e.sender,
        e.recipient,
        e.original_recipient,
        e.recipients,
        e.host,
        e.ip,
        e.port,
        e.helo,
        e.interface,
        e.router,
        e.transport,
        e.protocol,
        e.tls,
        e.tls_verified,
        e.tls_peer,
        e.tls_sni,
        e.auth,
        e.user,
        e.message_id,
        e.subject,
        e.bounce_of,
        e.return_path,
        e.queue,
        e.queue_time,
        e.delivery_time,
        e.receive_time,
        e.duration,
        e.error,
        e.reply.map(|r| r.text),
        e.response.map(|r| r.text),
    ];
    fields.into_iter().flatten().collect()
}

fn role() -> impl Strategy<Value = exim::Role> {
    prop_oneof![Just(exim::Role::Main), Just(exim::Role::Reject), Just(exim::Role::Panic)]
}

/// A line with some of its bytes cut out, doubled or replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let line =
        (0..FRONTS.len(), 0..LINES.len()).prop_map(|(f, l)| [FRONTS[f], LINES[l]].concat().into_bytes());
    let byte = prop_oneof![prop::sample::select(b" :<>()[]\"\\=/\n|HRTFPCUD5-*.".to_vec()), any::<u8>()];
    let edit = (any::<prop::sample::Index>(), 0..4u8, 1..6usize, byte);
    (line, prop::collection::vec(edit, 0..6)).prop_map(|(mut line, edits)| {
        for (at, what, len, byte) in edits {
            let at = at.index(line.len() + 1);
            let end = (at + len).min(line.len());
            match what {
                0 => line.insert(at, byte),
                1 => drop(line.drain(at..end)),
                2 => line.truncate(at),
                _ => line[at..end].fill(byte),
            }
        }
        line
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn bytes(chunk in prop::collection::vec(any::<u8>(), 0..300), role in role()) {
        check(&chunk, role);
    }

    #[test]
    fn spoiled_lines(lines in prop::collection::vec(spoiled(), 1..5), role in role()) {
        check(&lines.join(&b'\n'), role);
    }
}

#[test]
fn a_carriage_return_at_the_end_of_a_line_changes_nothing() {
    let answer = "plain authenticator failed H=m [192.0.2.1] 535-5.7.8 a\n535-5.7.8 b\n535\n";
    let mut log = String::new();
    for front in FRONTS {
        for line in LINES.into_iter().chain([answer, "1tZabc-0002Xy-3q Completed", "", "x:\n  y\n"]) {
            log += &[front, line, "\n"].concat();
        }
    }
    let events = |log: &str| {
        let mut events = Vec::new();
        exim::scan(log.as_bytes(), exim::Role::Main, |line| {
            events.push(format!("{:?} {:?}", line.event(), line.step()));
        });
        events
    };
    let returned = events(&log.replace('\n', "\r\n"));
    for (with, without) in returned.iter().zip(events(&log)) {
        // Within a record of several lines they stay.
        assert_eq!(with.replace("13, 10", "10"), without);
    }
    assert_eq!(returned.len(), log.lines().count());
}

/// Lines that would take hours if any part of them were read again for each of the others.
#[test]
fn endless_lines() {
    let id = "2025-03-04 05:06:07 1tZabc-0002Xy-3q ";
    for start in [
        "<= ",
        "=> |",
        "** ",
        "== ",
        "H=m [192.0.2.1] ",
        "\"",
        "<",
        "plain authenticator failed H=m [192.0.2.1] ",
    ] {
        for again in [
            "F=< ",
            "> R=",
            "A=x y ",
            "DN=\"x ",
            "SMTP error after RCPT TO:<a> ",
            ": ",
            " rewritten as \"",
            "(",
            "C=\"\\",
        ] {
            check(
                (id.to_owned() + start + &again.repeat((1 << 19) / again.len())).as_bytes(),
                exim::Role::Main,
            );
        }
    }
}

/// More than are given at a time; a record in pieces comes between two that are not.
#[test]
fn many_lines() {
    let mut chunk = Vec::new();
    for n in 0..40 {
        for line in LINES {
            let front = if n % 15 == 3 { FRONTS[3] } else { FRONTS[0] };
            chunk.extend_from_slice([front, line, "\n"].concat().as_bytes());
        }
    }
    check(&chunk, exim::Role::Main);
    let (mut batches, mut lines) = (0, 0);
    exim::scan_batches(&chunk, exim::Role::Main, |batch| {
        batches += 1;
        lines += batch.len();
        assert!(batch.len() <= 256, "{}", batch.len());
    });
    assert_eq!(lines, 40 * LINES.len());
    assert!(batches < lines / 4, "{batches} for {lines} lines");
}

#[test]
fn every_cut_of_every_line() {
    for line in LINES {
        for front in FRONTS {
            let whole = [front, line].concat();
            for end in 0..=whole.len() {
                check(&whole.as_bytes()[..end], exim::Role::Main);
            }
        }
    }
}
