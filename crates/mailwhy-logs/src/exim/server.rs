//! Lines of our own server about its clients: refusals, logins, connections, TLS.

use super::Login;
use super::address;
use super::bytes::{Needle, blank, skip, some, trim_start, word_len};
use super::fields::{self, Style, angle};
use super::host::Peer;
use super::reply;
use crate::{Event, Reply};
use mailwhy_codes::Stage;
use memchr::memrchr;

const COLON: Needle = Needle::new(b": ");
const HOST: Needle = Needle::new(b" H=");

/// A command or a message that our server refused.
pub(super) fn rejected<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const REJECTED: Needle = Needle::new(b" rejected ");
    const AFTER_DATA: Needle = Needle::new(b" after DATA: ");
    const SENDER: Needle = Needle::new(b": sender=");
    let rest = fields::read(event, text, Style::Error);
    let what = skip(rest, b"temporarily ");
    if let Some(what) = what.strip_prefix(b"rejected ") {
        refused(event, what);
    } else if let Some(by) = rest.strip_prefix(b"dropped by ") {
        event.stage = Some(Stage::Connect);
        event.error = COLON.split(by).and_then(|(_, t)| some(t));
    } else if let Some(which) = rest.strip_prefix(b"sender verify ") {
        // The words say that it is the sender who is bad.
        event.error = some(rest);
        let target = which[blank(which)..].strip_prefix(b" for ").and_then(angle);
        event.sender = target.map(|(sender, _)| sender).or(event.sender);
    } else if let Some(recipient) = rest.strip_prefix(b"RCPT ") {
        event.stage = Some(Stage::Rcpt);
        let rest = argument(recipient, &mut event.recipient);
        event.error = some(trim_start(skip(rest, b":")));
    } else if let Some((why, sender)) = SENDER.split(rest) {
        // too many recipients
        event.stage = Some(Stage::Rcpt);
        event.error = some(why);
        if let Some((sender, len)) = angle(sender) {
            event.sender = Some(sender);
            fields::read(event, &rest[why.len() + b": sender=".len() + len..], Style::Error);
        }
    } else if let Some((recipient, delivery)) = AFTER_DATA.split(rest).filter(|(_, t)| t.starts_with(b"R=")) {
        return passed_on(event, recipient, delivery);
    } else if rest.starts_with(b"local_scan() function ") {
        event.stage = Some(Stage::EndOfData);
        event.error = Some(rest);
    } else if let Some((_, what)) = REJECTED.split(rest) {
        refused(event, what);
    } else {
        event.error = some(rest);
        if let Some(at) = HOST.find(rest) {
            event.error = some(&rest[..at]);
            fields::read(event, &rest[at..], Style::Error);
        }
    }
    let Some(error) = event.error else { return };
    if let Some(found) = reply::find(error) {
        event.reply = Some(found.reply);
    }
    answer(event, error);
}

/// `address F=<sender> rejected after DATA: R=router …`: the next server refused what was passed on to it at once.
fn passed_on<'a>(event: &mut Event<'a>, recipient: &'a [u8], delivery: &'a [u8]) {
    let rest = address::read(recipient, false).store(event);
    fields::read(event, rest, Style::Error);
    event.stage = Some(Stage::EndOfData);
    // The host of the event is the client, so that the next server's is left out.
    fields::read(event, delivery, Style::Delivery);
    event.error = event.reply.map(|reply| reply.text);
}

/// What follows `rejected`: the command, what it was about, and why.
fn refused<'a>(event: &mut Event<'a>, what: &'a [u8]) {
    const FROM: Needle = Needle::new(b"\" from ");
    let command = skip(what, b"\"");
    let message: [&[u8]; 4] = [b"from ", b"after", b"during", b"by local_scan"];
    event.stage = if message.iter().any(|w| command.starts_with(w)) {
        Some(Stage::EndOfData)
    } else {
        reply::stage(command)
    };
    // `"EHLO name" from host`: the name is not that of the host.
    if let Some((words, host)) = FROM.split(what).filter(|_| what.starts_with(b"\"")) {
        let (peer, len) = Peer::read(host);
        peer.store(event);
        fields::read(event, &host[len..], Style::Error);
        event.error = Some(&what[..=words.len()]);
        return;
    }
    let at = blank(what);
    let rest = trim_start(&what[at..]);
    let rest = match &what[..at] {
        b"RCPT" => argument(rest, &mut event.recipient),
        b"MAIL" | b"EHLO" | b"HELO" | b"XCLIENT" | b"from" => {
            if let Some(host) = rest.strip_prefix(b"from ") {
                let (peer, len) = Peer::read(host);
                peer.store(event);
                &host[len..]
            } else if let Some(path) = rest.strip_prefix(b"FROM:") {
                after_sender(event, path)
            } else if rest.starts_with(b"<") {
                after_sender(event, rest)
            } else if let Some(name) =
                rest.strip_prefix(b"or HELO ").or_else(|| rest.strip_prefix(b"or EHLO "))
            {
                let end = COLON.find(name).unwrap_or(name.len());
                event.helo = event.helo.or(some(&name[..end]));
                &name[end..]
            } else {
                HOST.find(rest).map_or_else(|| from_colon(rest), |at| &rest[at..])
            }
        }
        _ => from_colon(what),
    };
    // Behind a colon stand words, also when they begin like a field: `: SPF check failed`.
    let rest = if rest.starts_with(b":") { rest } else { fields::read(event, rest, Style::Error) };
    event.error = some(trim_start(skip(rest, b":")));
}

/// What follows the argument of a command: `<a>: why`, or without the brackets.
fn argument<'a>(text: &'a [u8], slot: &mut Option<&'a [u8]>) -> &'a [u8] {
    let (address, rest) = match angle(text) {
        Some((address, len)) => (address, &text[len..]),
        None => {
            let end = COLON.find(text).unwrap_or(text.len());
            (&text[..end], &text[end..])
        }
    };
    *slot = some(address);
    rest
}

fn after_sender<'a>(event: &mut Event<'a>, text: &'a [u8]) -> &'a [u8] {
    match angle(text) {
        Some((sender, len)) => {
            event.sender = Some(sender);
            &text[len..]
        }
        None => from_colon(text),
    }
}

/// `text` from its first colon on.
fn from_colon(text: &[u8]) -> &[u8] {
    COLON.find(text).map_or(b"", |at| &text[at..])
}

/// Takes the text as our answer to the client, if it begins with a code as an answer does.
fn answer<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    if let [b'4' | b'5', ..] = text {
        let reply = Reply::parse(text, event.stage);
        event.response = reply.code.map(|_| reply);
    }
}

/// A login that failed, with us as the server or the client.
pub(super) fn login<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    let name = word_len(text);
    event.auth = some(&text[..name]);
    event.stage = Some(Stage::Auth);
    let rest = skip(&text[name..], b" authenticator ");
    if let Some(host) = rest.strip_prefix(b"failed for ") {
        let host = skip(host, b"H=");
        let (peer, len) = Peer::read(host);
        peer.store(event);
        let rest = fields::read(event, &host[len..], Style::Error);
        let error = trim_start(skip(rest, b":"));
        event.error = some(error);
        event.user = account(error).or(event.user);
        return answer(event, error);
    }
    let Some(at) = HOST.find(rest) else {
        event.error = some(rest);
        return;
    };
    let host = &rest[at + HOST_LEN..];
    let (peer, len) = Peer::read(host);
    peer.store(event);
    let error = trim_start(skip(&host[len..], b":"));
    event.error = some(error);
    event.reply = match reply::find(error) {
        Some(found) => Some(found.reply),
        None => (!error.is_empty()).then(|| Reply::parse(error, Some(Stage::Auth))),
    };
}

/// `name authenticator failed for host [ip]: why (set_id=account)`, if no fields are between host and why.
pub(super) fn failed_login(text: &[u8]) -> Option<Login<'_>> {
    let host = text[blank(text)..].strip_prefix(b" authenticator failed for ")?;
    let host = skip(host, b"H=");
    let (peer, len) = Peer::read(host);
    let error = trim_start(host[len..].strip_prefix(b":")?);
    (!unchecked(error)).then(|| Login { ip: peer.ip, user: account(error) })
}

/// The account in what is said of a login: at its end, or before why it could not be checked.
fn account(error: &[u8]) -> Option<&[u8]> {
    const SET_ID: Needle = Needle::new(b" (set_id=");
    const WHY: Needle = Needle::new(b"): ");
    let (_, id) = SET_ID.split(error)?;
    match WHY.split(id).filter(|_| unchecked(error)) {
        Some((id, _)) => Some(id),
        None => Some(id.strip_suffix(b")").unwrap_or(id)),
    }
}

/// Whether a login failed since we could not check it: `435 Unable to authenticate at present`.
fn unchecked(error: &[u8]) -> bool {
    error.starts_with(b"4")
}

/// An ACL's warning.
pub(super) fn warning<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const WARNING: Needle = Needle::new(b"Warning: ");
    let rest = fields::read(event, text, Style::Error);
    event.error = some(WARNING.split(rest).map_or(rest, |(_, t)| t));
    event.reply = event.error.and_then(reply::find).map(|found| found.reply);
}

/// A connection that was opened, closed, lost or misused.
pub(super) fn connection<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const FROM: Needle = Needle::new(b" from ");
    const ON: Needle = Needle::new(b" on ");
    const CONNECTION: Needle = Needle::new(b" connection ");
    if text.starts_with(b"H=") || text.starts_with(b"U=") {
        let rest = fields::read(event, text, Style::Error);
        let (words, sender) = FROM.split(rest).unwrap_or((rest, b""));
        event.error = some(words);
        if let Some((address, len)) = angle(sender) {
            event.sender = Some(address);
            event.recipients = sender[len..].strip_prefix(b" for ").and_then(some);
        }
        return;
    }
    if text.starts_with(b"SMTP syntax error") || text.starts_with(b"SMTP protocol ") {
        return misused(event, text);
    }
    let lost = b"SMTP connection lost after final dot";
    if let Some(rest) = text.strip_prefix(lost) {
        event.stage = Some(Stage::EndOfData);
        event.error = Some(&text[..lost.len()]);
        fields::read(event, rest, Style::Error);
        return;
    }
    let Some((before, host)) = FROM.split(text) else {
        event.error = some(text);
        return;
    };
    if let Some((_, rest)) = CONNECTION.split(before) {
        number(event, rest);
    }
    let told: [&[u8]; 4] = [b"SMTP command timeout", b"SMTP data timeout", b"unexpected ", b"no MAIL "];
    if told.iter().any(|words| before.starts_with(words)) {
        event.error = Some(ON.split(before).map_or(before, |(words, _)| words));
    }
    if before.starts_with(b"SMTP data timeout") {
        event.stage = Some(Stage::EndOfData);
    }
    let host = skip(skip(host, b"TFO "), b"TFO* ");
    let rest = if let Some(rest) = host.strip_prefix(b"local process") {
        rest
    } else {
        let (peer, len) = Peer::read(host);
        if peer.is_remote() {
            peer.store(event);
        } else {
            event.user = peer.name;
        }
        &host[len..]
    };
    let mut rest = fields::read(event, rest, Style::Error);
    if before.ends_with(b"refused connection") {
        event.stage = Some(Stage::Connect);
        event.error = some(trim_start(skip(rest, b":")));
        return;
    }
    if before.ends_with(b"onnection") && rest.starts_with(b"refused") {
        event.stage = Some(Stage::Connect);
    }
    if let Some(error) = rest.strip_prefix(b"(error: ") {
        let end = memchr::memchr(b')', error).unwrap_or(error.len());
        event.error = some(&error[..end]);
        fields::read(event, error.get(end + 1..).unwrap_or_default(), Style::Error);
        return;
    }
    if let Some(at) = memrchr(b' ', rest)
        && let Some(time) = rest[at..].strip_prefix(b" D=").and_then(some)
    {
        event.duration = Some(time);
        rest = &rest[..at];
    }
    let told: [&[u8]; 5] = [b"lost", b"dropped", b"refused", b"closed after", b"closed by DROP"];
    if told.iter().any(|w| rest.starts_with(w)) {
        event.error = Some(rest);
    }
    if rest.starts_with(b"lost while reading message data") {
        event.stage = Some(Stage::EndOfData);
    }
}

/// A client that did not keep to the protocol. What it sent comes first, and may hold anything.
fn misused<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const COMMAND_END: [Needle; 2] = [Needle::new(b"\" H="), Needle::new(b"\" U=")];
    const REJECTED: Needle = Needle::new(b": rejected ");
    let end = COMMAND_END.iter().find_map(|end| end.find(text)).map(|n| n + 1);
    let Some(at) = end.or_else(|| HOST.find(text)) else {
        event.error = some(text);
        return;
    };
    let rest = fields::read(event, &text[at..], Style::Error);
    let early = text.starts_with(b"SMTP protocol synchronization error");
    let words = REJECTED.split(text).filter(|_| early).map(|(words, _)| words);
    event.error = words.or(some(skip(rest, b": ")));
}

/// TLS trouble, on either side.
pub(super) fn tls<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const CONNECTION: Needle = Needle::new(b" connection ");
    const UNENCRYPTED: Needle = Needle::new(b": delivering unencrypted to H=");
    event.stage = Some(Stage::Starttls);
    event.error = some(text);
    if let Some((words, host)) = UNENCRYPTED.split(text) {
        Peer::read(host).0.store(event);
        event.error = some(words);
        return;
    }
    let rest = if text.starts_with(b"H=") { fields::read(event, text, Style::Error) } else { text };
    let host = CONNECTION.split(rest).map(|(_, rest)| number(event, rest));
    if let Some(host) = host.and_then(|t| t.strip_prefix(b"from ").or_else(|| t.strip_prefix(b"to "))) {
        let (peer, len) = Peer::read(host);
        peer.store(event);
        let rest = fields::read(event, &host[len..], Style::Error);
        event.error = some(trim_start(skip(rest, b":")));
    } else if text.starts_with(b"[") {
        let (peer, len) = Peer::read(text);
        peer.store(event);
        event.error = some(trim_start(&text[len..]));
    } else {
        event.error = some(rest);
    }
}

/// Reads `Ci=7 `, which may stand behind the word connection, and gives what follows.
fn number<'a>(event: &mut Event<'a>, text: &'a [u8]) -> &'a [u8] {
    let Some(number) = text.strip_prefix(b"Ci=") else { return text };
    let len = blank(number);
    event.connection = some(&number[..len]);
    trim_start(&number[len..])
}

/// A name that could not be looked up.
pub(super) fn dns<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const DURING: Needle = Needle::new(b"connection ");
    event.error = some(text);
    if let Some(ip) = text.strip_prefix(b"no host name found for IP address ") {
        event.ip = some(&ip[..word_len(ip)]);
    } else if let Some(host) = text.strip_prefix(b"no IP address found for host ") {
        let client = DURING.split(host).map(|(_, rest)| number(event, rest));
        if let Some(client) = client.and_then(|t| t.strip_prefix(b"from ")) {
            Peer::read(client).0.store(event);
        }
        event.host = some(&host[..word_len(host)]);
    }
}

const HOST_LEN: usize = b" H=".len();
