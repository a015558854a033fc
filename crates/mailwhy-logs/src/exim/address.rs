//! The addresses behind a delivery flag: `final (parent, parent) <original>`.

use super::bytes::{Needle, blank, some};
use super::fields::quote_end;
use crate::Event;
use memchr::{memchr_iter, memrchr};

const OPEN: Needle = Needle::new(b" <");

/// The addresses of a recipient.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Addresses<'a> {
    pub(super) recipient: Option<&'a [u8]>,
    pub(super) original: Option<&'a [u8]>,
    /// What follows them.
    pub(super) rest: &'a [u8],
}

impl<'a> Addresses<'a> {
    /// Puts them into the event, and gives what follows them.
    pub(super) fn store(self, event: &mut Event<'a>) -> &'a [u8] {
        event.recipient = self.recipient;
        event.original_recipient = self.original;
        self.rest
    }
}

/// Reads the addresses that `text` begins with.
///
/// Exim writes a final address without quotes, so it may hold blanks: a pipe's command does, and a local part can. What
/// follows is told by how it begins.
#[inline]
pub(super) fn read(text: &[u8], colon: bool) -> Addresses<'_> {
    simple(text).unwrap_or_else(|| any(text, colon))
}

/// Reads `address R=router` and `local <address> R=router`, which is what most lines have.
#[inline]
fn simple(text: &[u8]) -> Option<Addresses<'_>> {
    let (recipient, rest) = text.split_at(blank(text));
    let (original, rest) = match rest {
        [b' ', b'<', inside @ ..] => {
            let (original, rest) = inside.split_at(blank(inside));
            (Some(original.strip_suffix(b">")?), rest)
        }
        _ => (None, rest),
    };
    let is_plain = |word: &[u8]| matches!((word.first(), word.last()), (Some(a), Some(z)) if a.is_ascii_alphanumeric() && z.is_ascii_alphanumeric());
    let odd = recipient == b"discarded" || original == Some(b"system-filter") || original == Some(recipient);
    (rest.starts_with(b" R=") && is_plain(recipient) && !odd).then_some(Addresses {
        recipient: Some(recipient),
        original,
        rest,
    })
}

fn any(text: &[u8], colon: bool) -> Addresses<'_> {
    // No address at all.
    let none: [&[u8]; 3] = [b"mua_wrapper is set but ", b"blackhole (", b"discarded ("];
    if matches!(text, [b'm' | b'b' | b'd', ..]) && none.iter().any(|words| text.starts_with(words)) {
        return Addresses { rest: text, ..Addresses::default() };
    }
    let end = end(text, colon);
    let (mut address, rest) = (&text[..end], &text[end..]);
    let mut original = None;
    if let Some(open) = open(address) {
        original = Some(&address[open + 2..address.len() - 1]).filter(|o| *o != b"system-filter");
        address = &address[..open];
    }
    if let Some(before) = parents(address) {
        address = before;
    }
    let recipient = some(address).filter(|a| *a != b"discarded");
    Addresses { recipient, original: original.filter(|_| original != recipient), rest }
}

/// Where the addresses end.
fn end(text: &[u8], colon: bool) -> usize {
    // A command, a file or a quoted word may hold whatever looks like a field; they always have an original.
    let odd = matches!(text.first(), Some(b'|' | b'/' | b'>' | b':' | b'"'));
    if odd && let Some(open) = OPEN.find(text) {
        let mut closes = memchr_iter(b'>', &text[open..]).map(|n| open + n);
        if let Some(close) = closes.find(|&n| follows(&text[n + 1..], colon)) {
            return close + 1;
        }
    }
    let colon = colon && text.first() != Some(&b':');
    let mut at = blank(text);
    loop {
        // A quoted local part may hold whatever looks like a field.
        if let [b' ', b'<', b'"', quoted @ ..] = &text[at..]
            && let Some(n) = quote_end(quoted)
        {
            at += 3 + n + blank(&quoted[n..]);
            at -= usize::from(text[..at].ends_with(b":"));
        }
        if colon && at < text.len() && text[..at].ends_with(b":") {
            return at - 1;
        }
        if follows(&text[at..], colon) {
            return at;
        }
        at += 1 + blank(&text[at + 1..]);
    }
}

/// Whether what follows an address begins here.
fn follows(text: &[u8], colon: bool) -> bool {
    match text {
        []
        | [b' ', b'F' | b'P', b'=', b'<', ..]
        | [b' ', b'R' | b'T' | b'H' | b'Q' | b'S' | b'I' | b'X', b'=', ..]
        | [b' ', b'C', b'=', b'"', ..]
        | [b' ', b'D' | b'Q', b'T', b'=', ..] => true,
        [b':', b' ', ..] | [b' ', b':', b' ', ..] => colon,
        [b' ', b'd', ..] => text.starts_with(b" defer ("),
        [b' ', b'r', ..] => text.starts_with(b" routing defer (") || text.starts_with(b" routing yielded a "),
        [b' ', b't', ..] => text.starts_with(b" transporting defer ("),
        [b' ', b'm', ..] => text.starts_with(b" mua_wrapper forced failure "),
        _ => false,
    }
}

/// Where ` <original>` begins, at the end of `address`.
fn open(address: &[u8]) -> Option<usize> {
    if address.last() != Some(&b'>') {
        return None;
    }
    if address[0] == b'|' {
        // A command can redirect its input.
        let open = memrchr(b'<', address)?;
        return (open > 0 && address[open - 1] == b' ').then_some(open - 1).or_else(|| OPEN.find(address));
    }
    OPEN.find(address)
}

/// What stands before ` (parent, parent)`.
fn parents(address: &[u8]) -> Option<&[u8]> {
    if address.last() != Some(&b')') {
        return None;
    }
    let open = memrchr(b'(', address).filter(|&n| n > 0 && address[n - 1] == b' ')?;
    address[open..].contains(&b'@').then(|| &address[..open - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn addresses() {
        let case = |text: &'static str, recipient, original, rest: &str| {
            let mut e = Event::new(Kind::Failure, b"");
            let found = read(text.as_bytes(), true).store(&mut e);
            let s = |part: Option<&'static [u8]>| part.map(|p| std::str::from_utf8(p).unwrap());
            let found = (s(e.recipient), s(e.original_recipient), std::str::from_utf8(found).unwrap());
            assert_eq!(found, (recipient, original, rest), "{text}");
        };
        let a = Some("a@b.example");
        case("a@b.example", a, None, "");
        case("a@b.example: gone", a, None, ": gone");
        case("a@b.example : gone", a, None, " : gone");
        case("a@b.example <a@b.example> R=r", a, None, " R=r");
        case("a <a@b.example> R=r", Some("a"), a, " R=r");
        case("a (c@d.example, e@f.example) <x@y.example> R=r", Some("a"), Some("x@y.example"), " R=r");
        case(
            "two words@b.example <\"two words\"@b.example> R=r",
            Some("two words@b.example"),
            Some("\"two words\"@b.example"),
            " R=r",
        );
        case(
            "|/bin/sh -c \"cat >f R=1 x\" <a@b.example> R=r",
            Some("|/bin/sh -c \"cat >f R=1 x\""),
            a,
            " R=r",
        );
        case("|cat </etc/f (p@b.example) <a@b.example>: x", Some("|cat </etc/f"), a, ": x");
        case(
            ":fail: no: way@s <\":fail: no: way\"@s> R=s : no",
            Some(":fail: no: way@s"),
            Some("\":fail: no: way\"@s"),
            " R=s : no",
        );
        case("/dev/null <a@b.example> T=**bypassed**", Some("/dev/null"), a, " T=**bypassed**");
        case("save box <a@b.example> R=r defer (-21): x", Some("save box"), a, " R=r defer (-21): x");
        case(">u@b.example <system-filter> T=t", Some(">u@b.example"), None, " T=t");
        case("discarded <a@b.example> R=r", None, a, " R=r");
        case(
            "blackhole (MAIL ACL discarded recipients): x",
            None,
            None,
            "blackhole (MAIL ACL discarded recipients): x",
        );
        case("a> b@s <\"a> R=x b\"@s> R=r", Some("a> b@s"), Some("\"a> R=x b\"@s"), " R=r");
        case("a@b.example routing defer (-52): x", a, None, " routing defer (-52): x");
        case("a@b.example mua_wrapper forced failure for x", a, None, " mua_wrapper forced failure for x");
        case("mua_wrapper is set but x: y", None, None, "mua_wrapper is set but x: y");
        case("", None, None, "");
        case("|", Some("|"), None, "");
    }

    #[test]
    fn what_is_simple_is_the_same_either_way() {
        let words =
            ["a@b.example", "anna", "discarded", "|cat", "x:", "(a)", "\"q\"@b.example", "a<b>", "a:b@c", ""];
        let mut simple_ones = 0;
        for recipient in words {
            for original in
                [None, Some("anna"), Some("a@b.example"), Some("system-filter"), Some("a <b"), Some("")]
            {
                for rest in [" R=r T=t", " R=r: x", ": x", " H=h", "", " R="] {
                    let original = original.map_or(String::new(), |original| format!(" <{original}>"));
                    let text = format!("{recipient}{original}{rest}");
                    let Some(found) = simple(text.as_bytes()) else { continue };
                    simple_ones += 1;
                    for colon in [false, true] {
                        let other = any(text.as_bytes(), colon);
                        let parts = |a: &Addresses<'_>| format!("{a:?}");
                        assert_eq!(parts(&found), parts(&other), "{text}");
                    }
                }
            }
        }
        assert!(simple_ones > 10, "{simple_ones}");
    }
}
