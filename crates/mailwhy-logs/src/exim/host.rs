//! The other host, in the forms that Exim writes it.

use super::bytes::{Needle, blank};
use crate::{Event, Extensions};
use memchr::memchr;

/// A host: `name (helo) [ip]:port`, of which all parts but one may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Peer<'a> {
    pub(super) name: Option<&'a [u8]>,
    pub(super) helo: Option<&'a [u8]>,
    pub(super) ip: Option<&'a [u8]>,
    pub(super) port: Option<&'a [u8]>,
    /// Whether DNSSEC vouches for the name.
    pub(super) dnssec: bool,
}

impl<'a> Peer<'a> {
    /// Reads the host that `text` begins with, and how many bytes it takes.
    pub(super) fn read(text: &'a [u8]) -> (Self, usize) {
        let mut peer = Self::default();
        let mut at = 0;
        if !matches!(text.first(), Some(b'(' | b'[')) {
            at = blank(text);
            if text[..at].ends_with(b":") {
                at -= 1;
            }
            peer.name = super::bytes::some(&text[..at]);
        }
        if text[at..].starts_with(b" DS [") {
            peer.dnssec = true;
            at += 3;
        }
        // What a client says of itself may hold anything, brackets included.
        let open = usize::from(at > 0);
        if text.get(at + open) == Some(&b'(') && (at == 0 || text[at] == b' ') {
            let helo = &text[at + open + 1..];
            match helo_end(helo) {
                Some(n) => {
                    peer.helo = Some(&helo[..n]);
                    at += open + 1 + n + 1;
                }
                None if at == 0 => {
                    let n = memchr(b')', helo).unwrap_or(helo.len());
                    peer.helo = Some(&helo[..n]);
                    return (peer, (n + 2).min(text.len()));
                }
                None => return (peer, at),
            }
        }
        let open = usize::from(at > 0);
        if text.get(at + open) == Some(&b'[') && (at == 0 || text[at] == b' ') {
            let inside = &text[at + open + 1..];
            let Some(n) = memchr(b']', inside) else { return (peer, at) };
            if at == 0 && inside[n + 1..].starts_with(b" [") {
                // A mail domain that is an address literal.
                peer.name = Some(&text[..n + 2]);
                let (again, len) = Self::read(&inside[n + 2..]);
                return (Self { name: peer.name, ..again }, n + 3 + len);
            }
            peer.ip = Some(&inside[..n]);
            at += open + 1 + n + 1;
            if let [b':', rest @ ..] = &text[at..] {
                let port = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
                let n = rest.iter().take_while(|b| port(b)).count();
                if n > 0 {
                    peer.port = Some(&rest[..n]);
                    at += 1 + n;
                }
            }
            // The connection was used before.
            at += usize::from(text.get(at) == Some(&b'*'));
        }
        (peer, at)
    }

    /// Whether it is a host at all, and not the name of a local user.
    pub(super) fn is_remote(&self) -> bool {
        self.ip.is_some() || self.helo.is_some()
    }

    /// Puts it into the event.
    pub(super) fn store(self, event: &mut Event<'a>) {
        event.host = self.name;
        event.helo = self.helo;
        event.ip = self.ip;
        event.port = self.port;
        if self.dnssec {
            event.extensions.0 |= Extensions::DNSSEC;
        }
    }
}

/// Where the parenthesis ends that a client's name is in: the address follows, and then no more of the name.
fn helo_end(text: &[u8]) -> Option<usize> {
    const END: Needle = Needle::new(b") [");
    let mut from = 0;
    loop {
        let at = from + END.find(&text[from..])?;
        let ip = &text[at + 3..];
        let len = ip.iter().take_while(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':')).count();
        // A user may follow without a blank.
        if len > 0 && matches!(ip[len..], [b']'] | [b']', b' ' | b':' | b'*', ..] | [b']', b'U', b'=', ..]) {
            return Some(at);
        }
        from = at + 3;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms() {
        let case = |text: &'static str, name, helo, ip, port, rest: &str| {
            let (peer, len) = Peer::read(text.as_bytes());
            let s = |part: Option<&'static [u8]>| part.map(|p| std::str::from_utf8(p).unwrap());
            let found = (s(peer.name), s(peer.helo), s(peer.ip), s(peer.port), &text[len..]);
            assert_eq!(found, (name, helo, ip, port, rest), "{text}");
        };
        let (name, ip) = (Some("mx.example"), Some("192.0.2.1"));
        case("mx.example [192.0.2.1]", name, None, ip, None, "");
        case("mx.example [192.0.2.1]:25 x", name, None, ip, Some("25"), " x");
        case("mx.example [192.0.2.1]: x", name, None, ip, None, ": x");
        case("mx.example [192.0.2.1]:25: x", name, None, ip, Some("25"), ": x");
        case("mx.example [192.0.2.1]:25* : x", name, None, ip, Some("25"), " : x");
        case("mx.example DS [192.0.2.1]* I=", name, None, ip, None, " I=");
        case("mx.example (pc) [192.0.2.1]:9", name, Some("pc"), ip, Some("9"), "");
        case("([10.1.1.1]) [192.0.2.1] P=", None, Some("[10.1.1.1]"), ip, None, " P=");
        case("mx.example ([IPv6:::1]) [192.0.2.1]", name, Some("[IPv6:::1]"), ip, None, "");
        case("(a (b) c) [192.0.2.1]", None, Some("a (b) c"), ip, None, "");
        case("(a) [10.1.1.1]) [192.0.2.1] P=", None, Some("a) [10.1.1.1]"), ip, None, " P=");
        case("mx.example (::1) [192.0.2.1]: x", name, Some("::1"), ip, None, ": x");
        case("root (x: y) [z", Some("root"), None, None, None, " (x: y) [z");
        case("[2001:db8::1]:25 x", None, None, Some("2001:db8::1"), Some("25"), " x");
        case("[192.0.2.1] [192.0.2.1]:25 x", Some("[192.0.2.1]"), None, ip, Some("25"), " x");
        case("[192.0.2.1]:-1 C=", None, None, ip, Some("-1"), " C=");
        case("root", Some("root"), None, None, None, "");
        case("root (reason): x", Some("root"), None, None, None, " (reason): x");
        case("mx.example: x", name, None, None, None, ": x");
        case("(helo)", None, Some("helo"), None, None, "");
        case("(helo", None, Some("helo"), None, None, "");
        case("[192.0.2.1", None, None, None, None, "[192.0.2.1");
        case("", None, None, None, None, "");
    }
}
