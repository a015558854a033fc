//! The `X=value` fields of a line.

use super::bytes::{blank, trim_start};
use super::host::Peer;
use crate::{Event, Extensions};
use memchr::{memchr, memchr_iter, memchr2};

/// Where the fields stand, which decides what some of them mean.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// `<=`: `R=` is a message, `P=` a protocol, `T=` the subject.
    Arrival,
    /// `=>`: `R=` is a router, `P=` the return path, `T=` a transport.
    Delivery,
    /// Likewise, and a colon ends the fields: before Exim 4.99 it follows the last value directly.
    Error,
}

/// Reads the fields that `text` begins with into the event, and gives what is left: words, or a colon and words.
pub(super) fn read<'a>(event: &mut Event<'a>, text: &'a [u8], style: Style) -> &'a [u8] {
    let mut rest = trim_start(text);
    loop {
        let value = Value { text: rest, style };
        let mut ignored = None;
        let len = match rest {
            [b'A', b'=', ..] => value.words(2, &mut event.auth),
            [b'C', b'=', b'"', ..] => value.escaped(3, &mut ignored),
            [b'C', b'i', b'=', ..] => value.word(3, &mut event.connection),
            [b'C', b'V', b'=', ..] => value.word(3, &mut event.tls_verified),
            [b'D', b'=', ..] => value.word(2, &mut event.duration),
            [b'D', b'K', b'I', b'M', b'=', ..] => value.word(5, &mut event.dkim),
            [b'D', b'N', b'=', b'"', ..] => value.quoted(4, &mut event.tls_peer),
            [b'D', b'T', b'=', ..] => value.word(3, &mut event.delivery_time),
            [b'F', b'=', b'<', ..] => value.path(2, &mut event.sender),
            [b'F', b'=', ..] => value.word(2, &mut event.sender),
            [b'H', b'=', host @ ..] => {
                let (peer, len) = Peer::read(host);
                // A delivery has one.
                if style != Style::Delivery || event.host.is_none() && event.ip.is_none() {
                    peer.store(event);
                }
                len + 2
            }
            [b'I', b'=', ..] => value.word(2, &mut event.interface),
            [b'M', b'8', b'S', b'=', ..] => value.word(4, &mut event.body),
            [b'P', b'=', b'<', ..] => value.path(2, &mut event.return_path),
            [b'P', b'=', ..] => value.word(2, &mut event.protocol),
            [b'P', b'R', b'X', b'=', ..] => value.word(4, &mut event.proxy),
            [b'Q', b'=', ..] => value.word(2, &mut event.queue),
            [b'Q', b'T', b'=', ..] => value.word(3, &mut event.queue_time),
            [b'R', b'=', ..] if style == Style::Arrival => value.word(2, &mut event.bounce_of),
            [b'R', b'=', ..] => value.word(2, &mut event.router),
            [b'R', b'T', b'=', ..] => value.word(3, &mut event.receive_time),
            [b'S', b'=', ..] => {
                let mut size = None;
                let len = value.word(2, &mut size);
                event.size = size.and_then(number);
                len
            }
            [b'S', b'N', b'I', b'=', b'"', ..] => value.quoted(5, &mut event.tls_sni),
            [b'S', b'N', b'I', b'=', ..] => value.word(4, &mut event.tls_sni),
            [b'S', b'T', b'=', ..] => value.shadow(&mut event.shadow),
            [b'T', b'=', b'"', ..] if style == Style::Arrival => value.escaped(3, &mut event.subject),
            [b'T', b'=', ..] => value.word(2, &mut event.transport),
            [b'U', b'=', ..] if style == Style::Arrival => value.words(2, &mut event.user),
            [b'U', b'=', ..] => value.word(2, &mut event.user),
            [b'X', b'=', ..] => value.word(2, &mut event.tls),
            [b'i', b'd', b'=', ..] => value.words(3, &mut event.message_id),
            [b'i', b'd', b'*', b'=', ..] => value.words(4, &mut event.message_id),
            // All further names begin with a capital.
            [] | [b':' | b'a'..=b'z' | b'0'..=b'9', ..] => return rest,
            _ => match (key(rest), bare(rest)) {
                (Some(n), _) => value.word(n, &mut ignored),
                (None, Some((n, extension))) => {
                    event.extensions.0 |= extension;
                    value.word(n, &mut ignored)
                }
                (None, None) => return rest,
            },
        };
        if let Some(reply) = ignored.filter(|_| rest.starts_with(b"C=\"") && style == Style::Delivery) {
            event.reply = Some(crate::Reply::parse(reply, Some(mailwhy_codes::Stage::EndOfData)));
        }
        rest = trim_start(&rest[len..]);
        if style == Style::Error && rest.first() == Some(&b':') {
            return rest;
        }
    }
}

/// A number of bytes.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 19 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |v, d| v * 10 + u64::from(d - b'0')))
}

/// Reads `<address>`: what is inside, and how long the whole is. A quoted local part may hold `>`.
pub(super) fn angle(text: &[u8]) -> Option<(&[u8], usize)> {
    let inside = text.strip_prefix(b"<")?;
    let quoted = if inside.first() == Some(&b'"') { quote_end(&inside[1..]).map_or(0, |n| n + 1) } else { 0 };
    let mut at = quoted;
    while let Some(n) = memchr(b'>', &inside[at..]) {
        at += n;
        if matches!(inside.get(at + 1), None | Some(b' ' | b':' | b',' | b'\n')) {
            return Some((&inside[..at], at + 2));
        }
        at += 1;
    }
    memchr(b'>', &inside[quoted..]).map(|n| (&inside[..quoted + n], quoted + n + 2))
}

/// Where the quote ends that `text` is inside of; a backslash takes the next byte's meaning.
pub(super) fn quote_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// The value of a field: `text` begins with the field's name, and each method takes the name's length.
#[derive(Clone, Copy)]
struct Value<'a> {
    text: &'a [u8],
    style: Style,
}

impl<'a> Value<'a> {
    /// Up to the next blank.
    #[inline]
    fn word(self, name: usize, slot: &mut Option<&'a [u8]>) -> usize {
        let mut end = name + blank(&self.text[name..]);
        if self.style == Style::Error && end > name && self.text[end - 1] == b':' {
            end -= 1;
        }
        *slot = Some(&self.text[name..end]);
        end
    }

    /// Up to the next thing that is known: Exim does not quote the blanks in some values.
    fn words(self, name: usize, slot: &mut Option<&'a [u8]>) -> usize {
        let first = self.word(name, slot);
        let mut end = first;
        while end < self.text.len() && self.text[end] == b' ' && !is_known(&self.text[end + 1..]) {
            end += 1 + blank(&self.text[end + 1..]);
        }
        // Only an arrival has nothing but fields, so that the end of the line ends them too.
        if end >= self.text.len() && self.style != Style::Arrival {
            return first;
        }
        *slot = Some(&self.text[name..end]);
        end
    }

    /// `<…>`
    fn path(self, name: usize, slot: &mut Option<&'a [u8]>) -> usize {
        match angle(&self.text[name..]) {
            Some((address, len)) => {
                *slot = Some(address);
                name + len
            }
            None => self.word(name, slot),
        }
    }

    /// `"…"`, where a backslash escapes.
    fn escaped(self, name: usize, slot: &mut Option<&'a [u8]>) -> usize {
        let inside = &self.text[name..];
        // Without its end it was cut off with the line.
        let end = quote_end(inside).unwrap_or(inside.len());
        *slot = Some(&inside[..end]);
        (name + end + 1).min(self.text.len())
    }

    /// `"…"`, where nothing is escaped, so that the quote counts behind which something known begins.
    fn quoted(self, name: usize, slot: &mut Option<&'a [u8]>) -> usize {
        let inside = &self.text[name..];
        let mut ends = memchr_iter(b'"', inside).filter(|&n| match inside[n + 1..] {
            [] | [b':', b' ', ..] => true,
            [b' ', ref rest @ ..] => is_known(rest),
            _ => false,
        });
        let end = ends.next().or_else(|| memchr(b'"', inside)).unwrap_or(inside.len());
        *slot = Some(&inside[..end]);
        (name + end + 1).min(self.text.len())
    }

    /// `ST=transport (what went wrong there)`
    fn shadow(self, slot: &mut Option<&'a [u8]>) -> usize {
        let mut end = self.word(3, slot);
        if let Some(error) = self.text[end..].strip_prefix(b" (") {
            end = memchr(b')', error).map_or(end, |n| end + 2 + n + 1);
        }
        *slot = Some(&self.text[3..end]);
        end
    }
}

/// How long the name of a field is, the `=` included, of those whose values nobody asks for.
fn key(text: &[u8]) -> Option<usize> {
    let n = text.iter().take(6).position(|&b| b == b'=')?;
    let keys: [&[u8]; 13] =
        [b"PS", b"Ci", b"M8S", b"DKIM", b"DMARC", b"PRX", b"SPF", b"TFO", b"C", b"L", b"ARC", b"TFO*", b"DS"];
    keys.contains(&&text[..n]).then_some(n + 1)
}

/// How long a field is that is a word of its own, and its bit in [`Extensions`].
fn bare(text: &[u8]) -> Option<(usize, u8)> {
    let n = text.iter().take(6).position(|&b| b == b' ').unwrap_or(text.len().min(6));
    let bit = match &text[..n] {
        b"K" => 1 << 0,
        b"L" | b"L*" | b"L." | b"L-" | b"L.-" => 1 << 1,
        b"PRDR" => 1 << 2,
        b"TFO" | b"TFO*" => 1 << 3,
        b"DS" => Extensions::DNSSEC,
        b"SPF" => 1 << 5,
        b"ARC" => 1 << 6,
        b"DMARC" => 1 << 7,
        b"DKIM" => 0,
        _ => return None,
    };
    Some((n, bit))
}

/// Whether a field begins here, or the words that follow the fields.
fn is_known(text: &[u8]) -> bool {
    match text.iter().take(7).position(|&b| matches!(b, b'=' | b' ')) {
        Some(n) if text[n] == b'=' => {
            let keys: [&[u8]; 19] = [
                b"A", b"CV", b"D", b"DN", b"DT", b"F", b"H", b"I", b"P", b"Q", b"QT", b"R", b"RT", b"S",
                b"SNI", b"ST", b"T", b"X", b"U",
            ];
            keys.contains(&&text[..n]) || matches!(&text[..n], b"id" | b"id*") || key(text).is_some()
        }
        Some(_) => {
            let words: [&[u8]; 5] = [b"for ", b"from <", b"rejected ", b"temporarily rejected ", b": "];
            bare(text).is_some() || words.iter().any(|w| text.starts_with(w))
        }
        None => {
            bare(text).is_some()
                || text.starts_with(b"rejected ")
                || text.starts_with(b"temporarily rejected ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn fields(text: &'static str, style: Style) -> (Event<'static>, &'static str) {
        let mut event = Event::new(Kind::Unknown, b"");
        let rest = read(&mut event, text.as_bytes(), style);
        (event, std::str::from_utf8(rest).unwrap())
    }

    #[test]
    fn values_with_blanks() {
        let (e, rest) = fields("U=two words P=local S=12 id=a b@c.example for x@y.example", Style::Arrival);
        assert_eq!((e.user, e.protocol, e.size), (Some(&b"two words"[..]), Some(&b"local"[..]), Some(12)));
        assert_eq!((e.message_id, rest), (Some(&b"a b@c.example"[..]), "for x@y.example"));
        let (e, rest) = fields("F=<> A=plain:a b rejected RCPT <x@y.example>", Style::Error);
        assert_eq!((e.auth, rest), (Some(&b"plain:a b"[..]), "rejected RCPT <x@y.example>"));
    }

    #[test]
    fn the_colon_that_ends_the_fields() {
        for (text, rest) in [
            ("R=r T=t: x", ": x"),
            ("R=r T=t : x", ": x"),
            ("H=h [192.0.2.1]:25: x", ": x"),
            ("H=h [2001:db8::1] : x", ": x"),
            ("I=[192.0.2.1]:9: x", ": x"),
            ("F=<\"a: b\"@c.example>: x", ": x"),
            ("DN=\"CN=a: \"b\" c\": x", ": x"),
            ("H=h [192.0.2.1] x", "x"),
        ] {
            assert_eq!(fields(text, Style::Error).1, rest, "{text}");
        }
    }

    #[test]
    fn quotes() {
        let (e, rest) = fields(r#"DN="O=A "b" C,CN=d" PRDR"#, Style::Delivery);
        assert_eq!((e.tls_peer, rest), (Some(&br#"O=A "b" C,CN=d"#[..]), ""));
        let (e, rest) = fields(r#"C="250 2.0.0 \"x\" T=1 \\" QT=1s"#, Style::Delivery);
        let reply = e.reply.unwrap();
        assert_eq!((reply.text, reply.code), (&br#"250 2.0.0 \"x\" T=1 \\"#[..], Some(250)));
        assert_eq!((e.queue_time, rest), (Some(&b"1s"[..]), ""));
        let (e, _) = fields(r#"T="a \"b\" id=1 \\" id=x"#, Style::Arrival);
        assert_eq!((e.subject, e.message_id), (Some(&br#"a \"b\" id=1 \\"#[..]), Some(&b"x"[..])));
    }

    #[test]
    fn angles() {
        let inside = |s: &'static str| angle(s.as_bytes()).map(|(a, n)| (std::str::from_utf8(a).unwrap(), n));
        assert_eq!(inside("<> x"), Some(("", 2)));
        assert_eq!(inside("<\"a > b\"@c.example>: x"), Some(("\"a > b\"@c.example", 19)));
        assert_eq!(inside("<a>b"), Some(("a", 3)));
        assert_eq!(inside("<a"), None);
        assert_eq!(inside("a"), None);
    }
}
