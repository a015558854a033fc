//! Lines about a message of ours: where it came from, and what became of it at each recipient and host.

use super::address::{self, Addresses};
use super::bytes::{Needle, blank, skip, some, trim_start};
use super::fields::{self, Style, angle, quote_end};
use super::host::Peer;
use super::reply;
use crate::{Event, Kind};
use mailwhy_codes::Stage;
use memchr::{memchr, memrchr};

/// `<= sender …`
pub(super) fn arrival<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    let (sender, mut rest) = sender(text);
    event.sender = Some(sender);
    loop {
        rest = fields::read(event, rest, Style::Arrival);
        if rest.is_empty() {
            return;
        }
        if let Some(list) = rest.strip_prefix(b"for ") {
            // The last address was cut with the line.
            let cut = list.strip_suffix(b"<trunc>");
            event.recipients = some(cut.map_or(list, |list| &list[..memrchr(b' ', list).unwrap_or(0)]));
            return;
        }
        let raw = rest.strip_prefix(b"from ").and_then(angle);
        rest = &rest[raw.map_or_else(|| blank(rest), |(_, len)| b"from ".len() + len)..];
    }
}

/// `<= sender R=id …`: sender and id. Exim writes nothing between the two; the other fields are left out.
#[inline]
pub(super) fn arrival_step(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let (sender, rest) = sender(text);
    (sender, rest.strip_prefix(b" R=").map(|id| &id[..blank(id)]))
}

/// The sender of an arrival, and what follows.
#[inline]
fn sender(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.get(3..).unwrap_or_default();
    let quoted = if text.first() == Some(&b'"') { quote_end(&text[1..]).map_or(0, |n| n + 2) } else { 0 };
    let (sender, rest) = text.split_at(quoted + blank(&text[quoted..]));
    (if sender == b"<>" { b"" } else { sender }, rest)
}

/// Recipient, original recipient, and host.
type Way<'a> = (Option<&'a [u8]>, Option<&'a [u8]>, Option<&'a [u8]>);

/// `=> address …`, of which only the host is read of the fields. `None` where that is not enough.
#[inline]
pub(super) fn delivery_step(text: &[u8]) -> Option<Way<'_>> {
    const HOST: Needle = Needle::new(b" H=");
    let Addresses { recipient, original, rest } = address::read(text.get(3..).unwrap_or_default(), false);
    let mut rest = trim_start(rest);
    // Router and transport come first.
    while let [b'R' | b'T', b'=', ..] = rest {
        rest = trim_start(&rest[blank(rest)..]);
    }
    let host = match rest {
        [b'H', b'=', host @ ..] => {
            let name = host.split_at(blank(host)).0;
            if matches!(name, [] | [b'(' | b'[', ..] | [.., b':']) {
                let (peer, _) = Peer::read(host);
                peer.name.or(peer.ip)
            } else {
                Some(name)
            }
        }
        _ if HOST.is_in(rest) => return None,
        _ => None,
    };
    Some((recipient, original, host))
}

/// `=> address …`, and the other flags of a delivery.
pub(super) fn delivered<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    let mut rest = address::read(text.get(3..).unwrap_or_default(), false).store(event);
    loop {
        rest = fields::read(event, rest, Style::Delivery);
        if rest.is_empty() {
            break;
        }
        rest = &rest[blank(rest)..];
    }
    if event.kind == Kind::DeliverySuppressed {
        // Exim's own words stand in the place of an answer.
        event.error = event.reply.take().map(|r| r.text);
    }
}

/// `** address … : why`
pub(super) fn failed<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    let rest = address::read(text.get(3..).unwrap_or_default(), true).store(event);
    let rest = fields::read(event, rest, Style::Error);
    let mut error = trim_start(skip(rest, b":"));
    // The time of the delivery is behind the other server's words.
    if let Some(at) = memrchr(b' ', error)
        && let Some(time) = error[at..].strip_prefix(b" DT=").and_then(some)
    {
        event.delivery_time = Some(time);
        error = &error[..at];
    }
    event.error = some(error);
    causes(event, error);
    if event.stage.is_none() {
        event.stage = place(event, error);
    }
}

/// `== address … defer (errno)… : why`
pub(super) fn deferred<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const DEFER: Needle = Needle::new(b"defer (");
    const FIELD: [Needle; 2] = [Needle::new(b" H="), Needle::new(b" DT=")];
    const COLON: Needle = Needle::new(b": ");
    let rest = address::read(text.get(3..).unwrap_or_default(), true).store(event);
    let rest = fields::read(event, rest, Style::Error);
    let Some((_, rest)) = DEFER.split(rest) else {
        let error = trim_start(skip(rest, b":"));
        event.error = some(error);
        return causes(event, error);
    };
    let close = memchr(b')', rest).unwrap_or(rest.len());
    event.errno = errno(&rest[..close]);
    let rest = rest.get(close + 1..).unwrap_or_default();
    let mut error = rest;
    if let Some(words) = rest.strip_prefix(b": ") {
        error = words;
        // The system's own words for the error may stand before the fields, and ours behind them.
        let first = COLON.find(words).unwrap_or(words.len());
        let field = FIELD.iter().filter_map(|f| f.find(&words[..first])).min();
        if let Some(at) = field.filter(|_| event.errno.is_none_or(|n| n > 0)) {
            let message = fields::read(event, &words[at..], Style::Error);
            // Exim leaves its words out, or names the host again, where the system's tell all.
            let message = some(trim_start(skip(message, b":"))).filter(|message| !is_host(message));
            error = message.unwrap_or(&words[..at]);
            event.stage = connecting(&words[..at]).filter(|_| error == &words[..at]);
        }
    } else {
        error = fields::read(event, error, Style::Error);
        error = trim_start(skip(error, b":"));
    }
    event.error = some(error);
    causes(event, error);
    if event.stage.is_none() {
        event.stage = match event.errno {
            Some(-37 | -38) => Some(Stage::Starttls),
            Some(-42 | -48) => Some(Stage::Auth),
            Some(-44) => Some(Stage::Rcpt),
            Some(-45) => Some(Stage::Mail),
            _ => place(event, error),
        };
    }
}

/// `name [ip]` and nothing else.
fn is_host(text: &[u8]) -> bool {
    text.ends_with(b"]") && matches!(Peer::read(text), (Peer { ip: Some(_), .. }, len) if len == text.len())
}

/// `H=host [ip] why`, and its forms up to Exim 4.84.
pub(super) fn host_failed<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    let mut rest = text;
    if text.starts_with(b"H=") {
        rest = fields::read(event, text, Style::Error);
    } else {
        const BRACKET: Needle = Needle::new(b" [");
        let (peer, len) = Peer::read(text);
        if peer.ip.is_some() && BRACKET.find(text).is_some_and(|n| n < len) {
            peer.store(event);
            rest = &text[len..];
        }
    }
    let error = trim_start(skip(rest, b":"));
    event.error = some(error);
    causes(event, error);
    if event.stage.is_none() {
        event.stage = connecting(error);
    }
}

/// Finds the answer within the words, or the command that got none, and the host where only the words name it.
fn causes<'a>(event: &mut Event<'a>, error: &'a [u8]) {
    const CONNECTED: Needle = Needle::new(b" while connected to ");
    if let Some(found) = reply::find(error) {
        let mut reply = found.reply;
        // For each recipient there is an answer to the end of the data, which smtp names by the command that began it.
        if reply.stage == Some(Stage::Data)
            && event.ip.is_some()
            && (error.starts_with(b"LMTP error ") || error.starts_with(b"PRDR error "))
        {
            reply.stage = Some(Stage::EndOfData);
        }
        event.stage = reply.stage;
        event.reply = Some(reply);
        if event.ip.is_none() && found.host.ip.is_some() {
            found.host.store(event);
        }
        return;
    }
    event.stage = reply::stage_in(error).or(event.stage);
    let old = error.strip_prefix(b"Remote host ").or_else(|| CONNECTED.split(error).map(|(_, host)| host));
    if let Some(host) = old.filter(|_| event.ip.is_none()) {
        let (peer, _) = Peer::read(host);
        if peer.ip.is_some() {
            peer.store(event);
        }
    }
}

/// The step at which a recipient failed, where neither a command nor an answer is named.
fn place(event: &Event<'_>, error: &[u8]) -> Option<Stage> {
    let retry: [&[u8]; 5] = [
        b"retry time",
        b"all hosts ",
        b"domain is held",
        b"mua_wrapper ",
        b"smtp transport process returned",
    ];
    if retry.iter().any(|w| error.starts_with(w)) {
        return None;
    }
    if let Some(stage) = connecting(error) {
        return Some(stage);
    }
    if event.transport.is_none() {
        return Some(Stage::Routing);
    }
    (event.host.is_none() && event.ip.is_none()).then_some(Stage::Local)
}

/// The step of an error of the network or of TLS.
fn connecting(error: &[u8]) -> Option<Stage> {
    let network: [&[u8]; 9] = [
        b"Connection refused",
        b"Connection timed out",
        b"Connection reset",
        b"No route to host",
        b"Network is unreachable",
        b"Network unreachable",
        b"Operation timed out",
        b"Host is down",
        b"No such host",
    ];
    if network.iter().any(|w| error.starts_with(w)) {
        return Some(Stage::Connect);
    }
    let tls: [&[u8]; 3] = [b"TLS session: ", b"a TLS session is required", b"DANE "];
    tls.iter().any(|w| error.starts_with(w)).then_some(Stage::Starttls)
}

/// The number in `defer (…)`.
fn errno(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
