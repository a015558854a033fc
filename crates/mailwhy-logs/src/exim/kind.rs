/*!
What a line reports, decided from as few bytes as will do.

Lines about a message mostly begin with a two-letter flag. All others are told by their words; the order of the tests
is that of the first word that decides.
*/

use super::beginnings;
use super::bytes::{Needle, is_space, skip, word_len};
use crate::Kind;

/// The kind of a line that carries a message id; `text` is what follows the id.
#[inline]
pub(super) fn with_id(text: &[u8]) -> Kind {
    match text {
        [b'<', b'=', b' ', ..] => Kind::Arrival,
        [b'=', b'>', b' ', ..] => Kind::Delivery,
        [b'-', b'>', b' ', ..] => Kind::AdditionalDelivery,
        [b'*', b'*', b' ', ..] => Kind::Failure,
        [b'=', b'=', b' ', ..] => Kind::Deferral,
        [b'>', b'>', b' ', ..] => Kind::Cutthrough,
        [b'*', b'>', b' ', ..] => Kind::DeliverySuppressed,
        [b'(', b'=', b' ', ..] => Kind::FakeReject,
        [b'C', b'o', b'm', ..] if completed(text) => Kind::Completed,
        _ if text.iter().all(|&b| b == b' ') => Kind::Note,
        _ => words_with_id(text),
    }
}

/// The kind of a line without a message id.
pub(super) fn without_id(text: &[u8]) -> Kind {
    match text {
        [] => Kind::Note,
        [b'H' | b'U', b'=', ..] => incoming(text).unwrap_or(Kind::Unknown),
        _ => words_without_id(text),
    }
}

fn words_with_id(text: &[u8]) -> Kind {
    const IGNORED: Needle = Needle::new(b": error ignored");
    let starts = |prefix: &[u8]| text.starts_with(prefix);

    let ignored = |rest: &[u8]| rest.is_empty() || rest.starts_with(b": RFC 3461");
    match text[0] {
        b'a' if starts(b"address <") && MARKED.is_in(text) => return Kind::Note,
        b'c' if starts(b"cancelled by ") => return Kind::Removed,
        b'f' if starts(b"frozen by ") => return Kind::Frozen,
        b'F' if starts(b"Frozen (") || starts(b"Frozen by ") || text == b"Frozen" => return Kind::Frozen,
        b'm' if starts(b"moved from ") => return Kind::Note,
        b'M' if text == b"Message is frozen" => return Kind::Frozen,
        b'r' if starts(b"removed by ") => return Kind::Removed,
        b'r' if starts(b"recipient <") && ADDED.is_in(text) => return Kind::Note,
        b's' if starts(b"sender address changed to <") => return Kind::Note,
        b'u' | b'U' if text[1..].starts_with(b"nfrozen by ") => return Kind::Unfrozen,
        // What the other server says may hold any of the words below.
        b'H' if after_host(text, true).is_some_and(|rest| smtp_error(rest) || network(rest)) => {
            return Kind::HostError;
        }
        _ => {}
    }
    // It follows an address, which may look like anything.
    if IGNORED.split(text).is_some_and(|(_, rest)| ignored(rest)) {
        return Kind::Note;
    }
    let kind = match text[0] {
        b'F' if starts(b"Format error in spool file") => Some(Kind::Panic),
        b'H' | b'U' | b'F' | b' ' => about_peer(text),
        b'n' if starts(b"no immediate delivery: ") => Some(Kind::Note),
        b'S' if starts(b"Spool") => Some(if spool_taken(text) { Kind::Note } else { Kind::Panic }),
        b'S' if starts(b"SMTP connection lost after final dot") || lost(text) => Some(Kind::Connection),
        b'S' if starts(b"SMTP data timeout") => Some(Kind::Connection),
        b'T' if starts(b"TLS session: ") => Some(Kind::Tls),
        b'D' if starts(b"DANE attempt failed") || starts(b"DANE error") => Some(Kind::Tls),
        b'D' if starts(b"DKIM: ") => Some(Kind::Note),
        b'P' if starts(b"PRDR ") => Some(Kind::Note),
        b'q' if starts(b"qualify/rewrite: ") => Some(Kind::Note),
        b'o' if text == b"original recipients ignored (system filter)" => Some(Kind::Note),
        b'<' if transport_output(text) => Some(Kind::Note),
        b'"' if rewritten(text) => Some(Kind::Note),
        b'r' | b't' if refused(text) => Some(Kind::Rejected),
        b't' if starts(b"timed out while reading local") => Some(Kind::Connection),
        b'l' if starts(b"local_scan() function ") && TEMPORARILY.is_in(text) => Some(Kind::Rejected),
        b'M' if starts(b"Message abandoned: ") => Some(Kind::Rejected),
        b'r' if starts(b"ridiculously long") => Some(Kind::Rejected),
        b'o' if starts(b"overlong message header") => Some(Kind::Rejected),
        _ => None,
    };
    let kind = kind.or_else(|| common(text)).or_else(|| last_with_id(text));
    kind.or_else(|| beginnings::kind(text)).unwrap_or(Kind::Unknown)
}

/// Lines that begin with the host, user or sender in question, and have a message id.
fn about_peer(text: &[u8]) -> Option<Kind> {
    const DATA: [&[u8]; 6] =
        [b"after DATA", b"DATA", b"during MIME ACL", b"RCPT", b"by local_scan", b"by non-SMTP ACL"];
    let peer = matches!(text, [b'H' | b'U', b'=', ..]);
    if peer && after_host(text, false).is_some_and(|t| t.starts_with(b" TLS error")) && TLS_ERROR.is_in(text)
    {
        return Some(Kind::Tls);
    }
    if peer && warned(text) {
        return Some(Kind::AclWarning);
    }
    if peer || text.starts_with(b"F=") || text.starts_with(b" DS H=") {
        let mut rest = text;
        while let Some((_, what)) = REJECTED_WORD.split(rest) {
            if DATA.iter().any(|d| what.starts_with(d)) {
                return Some(Kind::Rejected);
            }
            rest = what;
        }
    }
    if !peer {
        return None;
    }
    if CUTTHROUGH.is_in(text) || AFTER_DATA.is_in(text) {
        return Some(Kind::Rejected);
    }
    after_host(text, true).filter(|t| attempt(t)).map(|_| Kind::HostError)
}

/// What follows `H=name [ip]`, and also `:port` where asked for.
fn after_host(text: &[u8], port: bool) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"H=")?;
    let name = word_len(rest);
    let rest = skip(&rest[name..], b" DS").strip_prefix(b" [").filter(|_| name > 0)?;
    let rest = &rest[memchr::memchr(b']', rest)? + 1..];
    match rest {
        [b':', number @ ..] if port => {
            let n = word_len(number);
            // A colon ends the host with or without a port before it.
            Some(if n > 0 && number[n - 1] == b':' {
                &number[n - 1..]
            } else {
                &rest[usize::from(n > 0) * (n + 1)..]
            })
        }
        _ => Some(rest),
    }
}

/// Whether the rest of a line that names a host is the answer of that host.
fn smtp_error(rest: &[u8]) -> bool {
    skip(rest, b":").starts_with(b" SMTP error from remote ")
}

/// Whether the rest of a line that names a host is an error of the network, as most are.
fn network(rest: &[u8]) -> bool {
    matches!(rest, b" Connection refused" | b" Connection timed out" | b" No route to host")
}

/// Whether the rest of a line that names a host tells what became of the attempt.
fn attempt(rest: &[u8]) -> bool {
    skip(rest, b":").strip_prefix(b" ").is_some_and(|t| !t.is_empty())
}

fn last_with_id(text: &[u8]) -> Option<Kind> {
    let starts = |prefix: &[u8]| text.starts_with(prefix);
    if BY_LOCAL_SCAN.is_in(text) || BY_NON_SMTP.is_in(text) {
        return Some(Kind::Rejected);
    }
    // Up to Exim 4.84 the host stands within the words.
    let old = match text[0] {
        b'S' => {
            starts(b"SMTP error from remote mailer after ")
                || starts(b"SMTP error from remote mail server after ")
                || starts(b"SMTP timeout while connected to ")
        }
        b'R' => text.strip_prefix(b"Remote host ").is_some_and(|t| {
            let n = word_len(t);
            n > 0 && t[n..].starts_with(b" [")
        }),
        _ => false,
    };
    if old || unreachable(text) {
        return Some(Kind::HostError);
    }
    let spool = starts(b"Error reading spool file") || starts(b"Failed to create spool file");
    spool.then_some(Kind::Panic)
}

/// `host [ip]:25 Connection refused`
fn unreachable(text: &[u8]) -> bool {
    let n = word_len(text);
    let Some(rest) = text[n..].strip_prefix(b" [").filter(|_| n > 0) else { return false };
    let Some(end) = memchr::memchr(b']', rest).filter(|&n| n > 0) else { return false };
    let rest = &rest[end + 1..];
    let port = rest.strip_prefix(b":").map_or(0, |p| 1 + p.iter().take_while(|b| b.is_ascii_digit()).count());
    let what = rest[port..].strip_prefix(b" ").unwrap_or_default();
    [&b"Connection"[..], b"Network", b"No route", b"Operation"].iter().any(|w| what.starts_with(w))
}

fn words_without_id(text: &[u8]) -> Kind {
    let starts = |prefix: &[u8]| text.starts_with(prefix);
    let kind = match text[0] {
        b'S' => smtp(text).or_else(|| {
            text.strip_prefix(b"Start ").filter(|t| queue_run(skip(t, b"ODMR "))).map(|_| Kind::QueueRun)
        }),
        b'E' if text.strip_prefix(b"End ").is_some_and(queue_run) => Some(Kind::QueueRun),
        b'E' if starts(b"ETRN ") => {
            let n = word_len(&text[5..]);
            (n > 0 && text[5 + n..].starts_with(b" received from ")).then_some(Kind::Connection)
        }
        b'A' if starts(b"Abandon queue run: ") => Some(Kind::QueueRun),
        b'A' if starts(b"ATRN ") && RECEIVED.is_in(text) => Some(Kind::Connection),
        b'e' if text.strip_prefix(b"exim ").is_some_and(|t| {
            let n = word_len(t);
            n > 0 && (t[n..].starts_with(b" daemon started: ") || t[n..].starts_with(b" daemon terminating"))
        }) =>
        {
            Some(Kind::Daemon)
        }
        b'p' | b's' | b'l' | b'0'..=b'9' if daemon(text) => Some(Kind::Daemon),
        b'n' => [
            (&b"no host name found for IP address "[..], Kind::Dns),
            (b"no MAIL in SMTP connection from ", Kind::Connection),
            (b"no MAIL in TFO SMTP connection from ", Kind::Connection),
            (b"no MAIL in TFO* SMTP connection from ", Kind::Connection),
            (b"notify triggered queue run", Kind::QueueRun),
        ]
        .into_iter()
        .find_map(|(words, kind)| starts(words).then_some(kind)),
        b'u' if starts(b"unexpected disconnection while reading SMTP command from ")
            || starts(b"unexpected EOF while reading SMTP command from ") =>
        {
            Some(Kind::Connection)
        }
        b'u' if starts(b"unqualified ") && UNQUALIFIED.is_in(text) => Some(Kind::Rejected),
        b't' | b'r' => {
            let rest = skip(text, b"temporarily ");
            if rest.starts_with(b"refused connection from ") {
                Some(Kind::Connection)
            } else if rest.strip_prefix(b"rejected ").is_some_and(helo)
                || starts(b"rejected MAIL ")
                || starts(b"rejected XCLIENT ")
                || starts(b"rejected from <")
            {
                Some(Kind::Rejected)
            } else {
                verify_defer(text)
            }
        }
        b's' => verify_defer(text),
        b'C' | b'c' if text[1..].starts_with(b"onnection from ") && REFUSED.is_in(text) => {
            Some(Kind::Connection)
        }
        b'T' if starts(b"TLS session: ") && CALLOUT_UNENCRYPTED.is_in(text) => Some(Kind::Tls),
        b'T' if starts(b"Too many recipients: ") => Some(Kind::Rejected),
        b'i' if starts(b"ignoring AUTH=") => Some(Kind::Note),
        b'V' if starts(b"VRFY failed for ") => Some(Kind::Rejected),
        b'c' if starts(b"cwd=") && arguments(text) => Some(Kind::Note),
        b'W' if starts(b"Warning: No server certificate defined") => Some(Kind::Tls),
        b'W' if starts(b"Warning: purging the environment") => Some(Kind::Daemon),
        b'D' if starts(b"DKIM: ") => Some(Kind::Note),
        b'F' | b' ' => incoming(text),
        _ => None,
    };
    let kind = kind.or_else(|| starts(b"too many recipients: ").then_some(Kind::Rejected));
    kind.or_else(|| common(text)).or_else(|| beginnings::kind(text)).unwrap_or(Kind::Unknown)
}

/// Lines that are the same with a message id and without.
fn common(text: &[u8]) -> Option<Kind> {
    let starts = |prefix: &[u8]| text.starts_with(prefix);
    if starts(b"TLS error on connection ") || starts(b"TLS error (") {
        return Some(Kind::Tls);
    }
    if let [b'[', rest @ ..] = text
        && memchr::memchr(b']', rest).is_some_and(|n| rest[n + 1..].starts_with(b" SSL verify error"))
    {
        return Some(Kind::Tls);
    }
    if starts(b"Exim configuration error") {
        return Some(Kind::Panic);
    }
    authenticator(text).then_some(Kind::AuthFailure)
}

/// `plain authenticator failed for …`, where we are the server, or `… failed H=name [ip] …`, where we are the client.
fn authenticator(text: &[u8]) -> bool {
    let n = word_len(text);
    let Some(rest) = text[n..].strip_prefix(b" authenticator ").filter(|_| n > 0) else { return false };
    if rest.starts_with(b"failed for ") {
        return true;
    }
    let rest = rest.strip_prefix(b"failed").or_else(|| rest.strip_prefix(b"cancelled authentication"));
    let Some(host) = rest.and_then(|t| t.strip_prefix(b" H=")) else { return false };
    let n = word_len(host);
    n > 0 && host[n..].starts_with(b" [")
}

/// Lines of our own server about a client that has no message yet.
fn incoming(text: &[u8]) -> Option<Kind> {
    let text = skip(text, b" DS ");
    let peer = matches!(text, [b'H' | b'U', b'=', ..]);
    let rejected = (peer || text.starts_with(b"F=")) && REJECTED.is_in(text);
    if peer {
        if warned(text) {
            return Some(Kind::AclWarning);
        }
        let incomplete = INCOMPLETE.is_in(text);
        if (incomplete || !rejected) && (sender_verify(text) || discarded(text)) {
            return Some(Kind::Rejected);
        }
        if incomplete {
            return Some(Kind::Connection);
        }
    }
    (rejected || text.starts_with(b"H=") && DROPPED.is_in(text)).then_some(Kind::Rejected)
}

/// Whether an ACL warned. The words of a rejection may hold a `Warning: ` of their own.
fn warned(text: &[u8]) -> bool {
    let Some(at) = WARNING_WORD.find(text) else { return false };
    let before = |warning| REJECTED_WORD.find(text).is_none_or(|rejected| warning < rejected);
    SKIPPED.is_in(&text[at..]) || WARNING.find(text).is_some_and(before)
}

fn sender_verify(text: &[u8]) -> bool {
    const FAIL: Needle = Needle::new(b" sender verify fail for <");
    const DEFER: Needle = Needle::new(b" sender verify defer for <");
    FAIL.is_in(text) || DEFER.is_in(text)
}

fn discarded(text: &[u8]) -> bool {
    const BY: Needle = Needle::new(b": discarded by ");
    const RCPT: Needle = Needle::new(b" RCPT ");
    let acl = |t: &[u8]| t.starts_with(b"RCPT ACL") || t.starts_with(b"MAIL ACL");
    let recipient = RCPT.split(text).and_then(|(_, rest)| BY.split(rest));
    recipient.is_some_and(|(_, by)| acl(by))
}

fn smtp(text: &[u8]) -> Option<Kind> {
    const DROPPED: Needle = Needle::new(b" dropped: too many ");
    let rest = text.strip_prefix(b"SMTP ")?;
    let connection = [
        &b"connection from "[..],
        b"connection Ci=",
        b"command timeout on ",
        b"data timeout (",
        b"protocol synchronization error",
        b"protocol violation",
        b"protocol error in ",
        b"syntax error in ",
    ];
    let dropped = rest.starts_with(b"call from ") && DROPPED.is_in(rest);
    (dropped || connection.iter().any(|w| rest.starts_with(w))).then_some(Kind::Connection)
}

/// `'name' queue run: `
fn queue_run(text: &[u8]) -> bool {
    let name = match text {
        [b'\'', rest @ ..] => memchr::memchr(b'\'', rest).map_or(0, |n| n + 2),
        _ => 0,
    };
    let rest = if name > 0 { text[name..].strip_prefix(b" ") } else { Some(text) };
    rest.is_some_and(|t| t.starts_with(b"queue run: "))
}

fn daemon(text: &[u8]) -> bool {
    let number = |t: &[u8]| t.iter().take_while(|b| b.is_ascii_digit()).count();
    let n = number(text);
    let pid = text.strip_prefix(b"pid ").map_or(0, number);
    let signals: [&[u8]; 2] = [b": SIGHUP received", b": SIGTERM received"];
    (pid > 0 && signals.iter().any(|signal| text[4 + pid..].starts_with(signal)))
        || text.starts_with(b"socket bind() to port")
        || text.starts_with(b"listen backlog")
        || n > 0
            && (text[n..].starts_with(b" select() failure") || text[n..].starts_with(b" accept() failure"))
}

/// `EHLO`, `"EHLO` as a whole word.
fn helo(text: &[u8]) -> bool {
    let text = skip(text, b"\"");
    let rest = text.strip_prefix(b"EHLO").or_else(|| text.strip_prefix(b"HELO"));
    rest.is_some_and(|t| !t.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_'))
}

fn verify_defer(text: &[u8]) -> Option<Kind> {
    let rest = text.strip_prefix(b"sender").or_else(|| text.strip_prefix(b"recipient"))?;
    let rest = rest.strip_prefix(b" verify ")?;
    let rest = rest.strip_prefix(b"defer").or_else(|| rest.strip_prefix(b"fail"))?;
    rest.starts_with(b" (making callout connection)").then_some(Kind::Rejected)
}

/// `cwd=/path 3 args: `
fn arguments(text: &[u8]) -> bool {
    const ARGS: Needle = Needle::new(b" args: ");
    let mut from = 0;
    while let Some(n) = ARGS.find(&text[from..]) {
        let before = &text[..from + n];
        let digits = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 && before[..before.len() - digits].ends_with(b" ") {
            return true;
        }
        from += n + 1;
    }
    false
}

/// `Completed`, `Completed QT=3s`
#[inline]
fn completed(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"Completed") else { return false };
    let time = rest.strip_prefix(b" QT=").is_some_and(|t| !t.is_empty() && word_len(t) == t.len());
    rest.is_empty() || time
}

/// Whether another process has the message, or has already delivered it.
fn spool_taken(text: &[u8]) -> bool {
    if text.ends_with(b"-D not found") {
        return true;
    }
    let Some(rest) = text.strip_prefix(b"Spool file ") else { return false };
    let rest = match rest.strip_prefix(b"for ") {
        Some(id) => skip(&id[word_len(id)..], b" "),
        None => rest,
    };
    rest.starts_with(b"is locked")
}

fn lost(text: &[u8]) -> bool {
    const LOST: Needle = Needle::new(b" lost");
    let Some(rest) = text.strip_prefix(b"SMTP connection ") else { return false };
    let rest = match rest.strip_prefix(b"Ci=") {
        Some(number) => skip(&number[word_len(number)..], b" "),
        None => rest,
    };
    rest.strip_prefix(b"from ").is_some_and(|t| LOST.is_in(t))
}

fn refused(text: &[u8]) -> bool {
    let Some(rest) = skip(text, b"temporarily ").strip_prefix(b"rejected ") else { return false };
    rest.starts_with(b"from <") || rest.starts_with(b"after DATA") || rest.starts_with(b"by ")
}

/// `<address>: transport transport output: `
fn transport_output(text: &[u8]) -> bool {
    const OUTPUT: Needle = Needle::new(b" transport output: ");
    let mut from = 0;
    while let Some(n) = OUTPUT.find(&text[from..]) {
        let before = &text[..from + n];
        let name = before.iter().rev().take_while(|&&b| !is_space(b)).count();
        if name > 0 && before[..before.len() - name].ends_with(b">: ") {
            return true;
        }
        from += n + 1;
    }
    false
}

/// `"a@b" from sender rewritten as "c@d" by rule 1`
fn rewritten(text: &[u8]) -> bool {
    const AS: Needle = Needle::new(b" rewritten as \"");
    const FROM: Needle = Needle::new(b"\" from ");
    let mut from = 0;
    while let Some(n) = AS.find(&text[from..]) {
        let at = from + n;
        let near = &text[1..at];
        let near = &near[near.len().saturating_sub(40 + 7)..];
        if FROM.split(near).is_some_and(|(_, header)| !header.is_empty()) {
            return true;
        }
        from = at + 1;
    }
    false
}

const ADDED: Needle = Needle::new(b"> added by ");
const AFTER_DATA: Needle = Needle::new(b"after DATA");
const BY_LOCAL_SCAN: Needle = Needle::new(b" rejected by local_scan()");
const BY_NON_SMTP: Needle = Needle::new(b" rejected by non-SMTP ACL");
const CALLOUT_UNENCRYPTED: Needle = Needle::new(b"callout unencrypted");
const CUTTHROUGH: Needle = Needle::new(b"cutthrough");
const DROPPED: Needle = Needle::new(b" dropped by ");
const INCOMPLETE: Needle = Needle::new(b" incomplete transaction (");
const MARKED: Needle = Needle::new(b"> marked delivered by ");
const RECEIVED: Needle = Needle::new(b" received from ");
const REFUSED: Needle = Needle::new(b" refused");
const REJECTED: Needle = Needle::new(b" rejected ");
const REJECTED_WORD: Needle = Needle::new(b"rejected ");
const SKIPPED: Needle = Needle::new(b"Warning: ACL 'warn' statement skipped ");
const TEMPORARILY: Needle = Needle::new(b" temporarily rejected");
const TLS_ERROR: Needle = Needle::new(b" TLS error on connection ");
const UNQUALIFIED: Needle = Needle::new(b" rejected: <");
const WARNING: Needle = Needle::new(b" Warning: ");
const WARNING_WORD: Needle = Needle::new(b"Warning: ");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_need_their_blank() {
        assert_eq!(with_id(b"<= a@b.example P=local"), Kind::Arrival);
        assert_eq!(with_id(b"<=a@b.example"), Kind::Unknown);
        assert_eq!(with_id(b"Completed"), Kind::Completed);
        assert_eq!(with_id(b"Completed QT=1s"), Kind::Completed);
        assert_eq!(with_id(b"Completed QT=1s x"), Kind::Unknown);
        assert_eq!(with_id(b""), Kind::Note);
        assert_eq!(with_id(b"   "), Kind::Note);
    }

    #[test]
    fn a_host_that_failed_is_not_a_rejection() {
        let attempts: [&[u8]; 6] = [
            b"H=mx.example [192.0.2.1] Connection refused",
            b"H=mx.example [192.0.2.1]:25: Remote host closed connection in response to DATA",
            b"H=mx.example [192.0.2.1]: SMTP error from remote mail server after DATA: 451 later",
            b"H=mx.example DS [2001:db8::1]:25 Connection timed out",
            b"H=mx.example [192.0.2.1]:: x",
            b"mx.example [192.0.2.1]:25 No route to host",
        ];
        for line in attempts {
            assert_eq!(with_id(line), Kind::HostError, "{}", String::from_utf8_lossy(line));
        }
        assert_eq!(with_id(b"H=(x) [192.0.2.1] F=<a@b.example> rejected after DATA: spam"), Kind::Rejected);
        assert_eq!(with_id(b"H=mx.example [192.0.2.1]"), Kind::Unknown);
        assert_eq!(with_id(b"H=mx.example [192.0.2.1]:25"), Kind::Unknown);
        assert_eq!(with_id(b"H=mx.example (x) [192.0.2.1] text"), Kind::Unknown);
    }

    #[test]
    fn warnings_and_rejections() {
        let line = |s: &[u8]| without_id(s);
        assert_eq!(line(b"H=[192.0.2.1] Warning: rejected once"), Kind::AclWarning);
        assert_eq!(line(b"H=[192.0.2.1] rejected RCPT <a@b.example>: Warning: no"), Kind::Rejected);
        assert_eq!(line(b"H=[192.0.2.1] incomplete transaction (RSET) from <a@b.example>"), Kind::Connection);
        assert_eq!(line(b"H=[192.0.2.1] F=<> RCPT <a@b.example>: discarded by RCPT ACL"), Kind::Rejected);
        assert_eq!(line(b"H=[192.0.2.1] sender verify defer for <a@b.example>: x"), Kind::Rejected);
        assert_eq!(line(b"H=[192.0.2.1] nothing of note"), Kind::Unknown);
        assert_eq!(line(b"rejected \"EHLO x\" from x"), Kind::Rejected);
        assert_eq!(line(b"rejected EHLOX from x"), Kind::Unknown);
    }
}
