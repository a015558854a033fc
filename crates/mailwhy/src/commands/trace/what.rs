//! What is looked for: an address, a message id, a host, and what counts as a line that has it.

use std::net::{IpAddr, Ipv6Addr};

use anyhow::{Result, anyhow, bail};
use regex::bytes::{Regex, RegexBuilder};

/// One thing to look for.
#[derive(Debug)]
pub struct What {
    kind: Kind,
    /// Finds where it may stand; [`Kind`] tells whether it does.
    find: Regex,
    /// Whether it can be looked for in many lines at once, where `^` and `$` are the ends of each.
    anywhere: bool,
}

/// What a thing to look for is, from its form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// `anna@x.example`, also a Message-ID: found as a whole only.
    Address,
    /// `@x.example`: the addresses of that domain and no other.
    AtDomain,
    /// A host or a domain, with all that is below it.
    Domain,
    /// An IP address.
    Ip4,
    Ip6,
    /// A message id: found as the message's own.
    Id,
    /// The login of an account, in `A=…:login`, `U=login` or `(set_id=login)`.
    User,
    /// Anything else, as a regular expression, or anywhere with `-l`.
    Text,
}

/// How things are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    pub literal: bool,
    pub sensitive: bool,
}

impl What {
    /// Reads what somebody typed.
    pub fn new(text: &str, how: How) -> Result<Self> {
        if text.is_empty() {
            bail!("there is nothing to look for: WHAT is empty");
        }
        let kind = if how.literal { Kind::Text } else { Kind::of(text) };
        let plain = |text: &str| literal(&[text], how.sensitive);
        let find = match kind {
            Kind::Address => plain(text.trim_matches(['<', '>'])),
            Kind::Id => literal(&[text], true),
            // Exim writes the short form, a log of something else perhaps not.
            Kind::Ip6 => match bare(text).parse::<Ipv6Addr>() {
                Ok(ip) => literal(&[&ip.to_string(), bare(text)], false),
                Err(_) => plain(bare(text)),
            },
            Kind::Ip4 => plain(bare(text)),
            Kind::AtDomain | Kind::Domain | Kind::User => plain(text),
            Kind::Text if how.literal => plain(text),
            Kind::Text => build(text, how.sensitive, true).map_err(|error| {
                anyhow!(
                    "{text:?} is no regular expression: {}\nhint: -l takes it as it stands",
                    short(&error)
                )
            })?,
        };
        // About the ends of the whole text, which is one line only, or about what `^` and `$` mean.
        let ends = text.contains("\\A") || text.contains("\\z") || text.contains("(?") && text.contains('-');
        Ok(Self { kind, find, anywhere: how.literal || kind != Kind::Text || !ends })
    }

    /// The account of this name.
    pub fn user(name: &str, how: How) -> Self {
        Self { kind: Kind::User, find: literal(&[name], how.sensitive), anywhere: true }
    }

    /// Whether the record of message `id`, or of none, has it.
    pub fn is_in(&self, record: &[u8], id: Option<&[u8]>) -> bool {
        match (self.kind, id) {
            // The lines of other messages that mention it are related (-M).
            (Kind::Id, Some(id)) => self.find.find(id).is_some_and(|m| m.len() == id.len()),
            (Kind::Text, _) => self.find.is_match(record),
            _ => self.is_whole(record),
        }
    }

    /// Whether the address of a recipient is what is looked for.
    pub fn is_recipient(&self, address: &[u8]) -> bool {
        !matches!(self.kind, Kind::Id | Kind::User) && self.is_in(address, None)
    }

    fn is_whole(&self, text: &[u8]) -> bool {
        let mut at = 0;
        while let Some(found) = self.find.find_at(text, at) {
            if self.kind.may_stand(&text[..found.start()], &text[found.end()..]) {
                return true;
            }
            at = found.start() + 1;
        }
        false
    }
}

/// Whether this looks like something to look for that is no regular expression.
pub fn is_plain(text: &str) -> bool {
    !matches!(Kind::of(text), Kind::Text | Kind::Domain)
}

/// Whether it is looked for as the name of a host or domain.
pub fn is_name(text: &str) -> bool {
    matches!(Kind::of(text), Kind::Domain)
}

/// A pattern that finds every line with one of the things, and few others; `None` where only a look at each line helps.
pub fn prefilter<'a>(whats: impl Iterator<Item = &'a What>) -> Option<Regex> {
    let mut all = String::new();
    for what in whats {
        if !what.anywhere {
            return None;
        }
        if !all.is_empty() {
            all.push('|');
        }
        all += what.find.as_str();
    }
    RegexBuilder::new(&all).multi_line(true).build().ok()
}

impl Kind {
    fn of(text: &str) -> Self {
        let bare_address = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        if is_id(text.as_bytes()) {
            Self::Id
        } else if let Ok(ip) = bare(text).parse() {
            match ip {
                IpAddr::V4(_) => Self::Ip4,
                IpAddr::V6(_) => Self::Ip6,
            }
        } else if let Some(domain) = text.strip_prefix('@') {
            if is_domain(domain) { Self::AtDomain } else { Self::Text }
        } else if let Some((local, domain)) = bare_address.rsplit_once('@') {
            if is_local(local) && is_host(domain) { Self::Address } else { Self::Text }
        } else if is_domain(text) {
            Self::Domain
        } else {
            Self::Text
        }
    }

    /// Whether what stands between these two parts of a line is the thing, and not a part of a longer one.
    fn may_stand(self, before: &[u8], after: &[u8]) -> bool {
        let domain_ends = || match after {
            [b'.', next, ..] => !is_label(*next),
            [next, ..] => !is_label(*next) && *next != b'@',
            [] => true,
        };
        match self {
            Self::Text => true,
            Self::Address => address_begins(before) && domain_ends(),
            Self::AtDomain => domain_ends(),
            Self::Domain => !before.last().is_some_and(|&b| is_label(b)) && domain_ends(),
            Self::Ip4 => {
                let more = |b: &u8| b.is_ascii_alphanumeric();
                let ends = match after {
                    [b'.', next, ..] | [next, ..] => !more(next),
                    [] => true,
                };
                ends && !before.last().is_some_and(|b| more(b) || *b == b'.')
            }
            Self::Ip6 => {
                let more = |b: &u8| b.is_ascii_hexdigit() || *b == b':';
                let ends = match after {
                    [b':' | b'.', next, ..] | [next, ..] => !more(next),
                    [] => true,
                };
                ends && !before.last().is_some_and(more)
            }
            Self::Id => {
                let part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
                !before.last().is_some_and(part) && !after.first().is_some_and(part)
            }
            Self::User => {
                let word = &before[memchr::memrchr(b' ', before).map_or(0, |at| at + 1)..];
                let named = word == b"U="
                    || word.ends_with(b"(set_id=")
                    || word.starts_with(b"A=") && word.ends_with(b":");
                named && matches!(after, [] | [b' ' | b')', ..])
            }
        }
    }
}

/// Whether an address may begin behind this.
fn address_begins(before: &[u8]) -> bool {
    match *before {
        // The latter is the end of a line, as Exim writes it within a reply.
        [] | [.., b'\\', b'n'] => true,
        // A quotation mark, but not that of o'brien.
        [.., b, b'\'' | b'`'] => !is_label(b),
        // A field (`id=`, `set_id=`), but not the begin of a rewritten address (SRS0=…=).
        [.., b'='] => {
            let begin = before
                .iter()
                .rposition(|b| matches!(b, b' ' | b'(' | b'<' | b',' | b'"'))
                .map_or(0, |at| at + 1);
            before[begin..before.len() - 1]
                .iter()
                .all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'*'))
        }
        [.., b] => {
            !is_label(b)
                && !matches!(
                    b,
                    b'.' | b'+'
                        | b'/'
                        | b'&'
                        | b'#'
                        | b'~'
                        | b'%'
                        | b'!'
                        | b'$'
                        | b'^'
                        | b'?'
                        | b'*'
                        | b'{'
                        | b'}'
                        | b'@'
                )
        }
    }
}

/// A byte of a label of a domain; letters beyond ASCII are.
fn is_label(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80 || matches!(b, b'-' | b'_')
}

/// An IP address without the brackets that Exim puts around it.
fn bare(text: &str) -> &str {
    text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text)
}

/// `1rfXYZ-0000ab-2C` or `1rfXYZ-000000001ab-2Cde`
fn is_id(text: &[u8]) -> bool {
    let dashes: &[usize] = match text.len() {
        16 => &[6, 13],
        23 => &[6, 18],
        _ => return false,
    };
    text.iter()
        .enumerate()
        .all(|(at, b)| if dashes.contains(&at) { *b == b'-' } else { b.is_ascii_alphanumeric() })
}

/// What stands before the `@`: words joined by dots. What a regular expression would have is none.
fn is_local(text: &str) -> bool {
    text.split('.').all(|word| {
        !word.is_empty()
            && word.chars().all(|c| {
                c.is_alphanumeric()
                    || matches!(c, '!' | '#' | '%' | '&' | '\'' | '+' | '-' | '/' | '=' | '_' | '~')
            })
    })
}

/// A name of one label or more.
fn is_host(text: &str) -> bool {
    text.split('.').all(|label| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    })
}

/// A name of two labels or more, of which the last is no number.
fn is_domain(text: &str) -> bool {
    is_host(text) && text.rsplit_once('.').is_some_and(|(_, last)| last.chars().any(char::is_alphabetic))
}

/// Finds one of these.
fn literal(texts: &[&str], sensitive: bool) -> Regex {
    let escaped: Vec<_> = texts.iter().map(|text| regex::escape(text)).collect();
    let pattern = escaped.join("|");
    // Without Unicode's further capitals (the sign for Kelvin) it is searched faster.
    let unicode = !pattern.is_ascii();
    build(&pattern, sensitive, unicode).expect("an escaped text is a pattern")
}

fn build(pattern: &str, sensitive: bool, unicode: bool) -> Result<Regex, regex::Error> {
    let flags = match (sensitive, unicode) {
        (false, true) => "(?i:",
        (false, false) => "(?i-u:",
        (true, true) => "(?:",
        (true, false) => "(?-u:",
    };
    // Records may have several lines.
    RegexBuilder::new(&format!("{flags}{pattern})")).multi_line(true).build()
}

/// The last line of the error, which says what is wrong.
fn short(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: How = How { literal: false, sensitive: false };

    #[track_caller]
    fn check(what: &str, lines: &[&str], others: &[&str]) {
        let found = What::new(what, ANY).expect("something to look for");
        let all = prefilter(std::iter::once(&found)).expect("a pattern");
        for line in lines {
            assert!(found.is_in(line.as_bytes(), None), "{what} is in {line}");
            assert!(all.is_match(line.as_bytes()), "{line} is seen");
        }
        for line in others {
            assert!(!found.is_in(line.as_bytes(), None), "{what} is not in {line}");
        }
    }

    #[test]
    fn addresses() {
        check(
            "anna@x.example",
            &[
                "<= anna@x.example H=h",
                "=> anna <ANNA@X.EXAMPLE> R=r",
                "** anna@x.example: gone",
                "A=plain_server:anna@x.example S=1",
                "(set_id=anna@x.example)",
                "id=anna@x.example",
                "no 'anna@x.example'.",
                "550 one\\nanna@x.example unknown",
                "for anna@x.example",
            ],
            &[
                "joanna@x.example",
                "jo.anna@x.example",
                "jo-anna@x.example",
                "jo+anna@x.example",
                "o'anna@x.example",
                "anna@x.example.org",
                "anna@x.example-2.org",
                "anna@x.example@relay.example",
                "SRS0=ab12=CD=y.example=anna@x.example",
                "prvs=1234567=anna@x.example",
                "anna@xyexample",
                "\u{436}anna@x.example",
            ],
        );
        check("o'brien+tag@x.example", &["<o'brien+tag@x.example>"], &["brien+tag@x.example"]);
        check("<f7r.Tn@x.example>", &["id=f7r.Tn@x.example"], &["id=af7r.Tn@x.example"]);
        check("anna@localhost", &["<anna@localhost>"], &["<anna@localhost.example>"]);
        check("анна@почта.рф", &["<Анна@почта.рф>"], &["<жанна@почта.рф>"]);
    }

    #[test]
    fn domains_and_hosts() {
        check(
            "x.example",
            &["<anna@x.example>", "H=mx.x.example [192.0.2.1]", "H=(x.example) [192.0.2.1]", "at X.Example."],
            &["<anna@xx.example>", "<anna@x.example.org>", "<anna@my-x.example>", "x-example"],
        );
        check(
            "@x.example",
            &["<anna@x.example>"],
            &["<anna@mx.x.example>", "H=x.example", "<anna@x.example.org>"],
        );
    }

    #[test]
    fn ip_addresses() {
        check(
            "192.0.2.1",
            &["H=h [192.0.2.1]", "[192.0.2.1]:25", "at 192.0.2.1.", "ip 192.0.2.1:"],
            &["[192.0.2.10]", "[1.192.0.2.1]", "192.0.2.1.5", "[192a0b2c1]"],
        );
        check(
            "2001:DB8:0:0::1",
            &["[2001:db8::1]", "[2001:db8::1]:25"],
            &["[2001:db8::12]", "[a:2001:db8::1]"],
        );
        check("[192.0.2.1]", &["H=h [192.0.2.1]"], &["[192.0.2.10]"]);
    }

    #[test]
    fn message_ids_are_those_of_the_line() {
        let id = "1rfXYZ-0000ab-2C";
        let what = What::new(id, ANY).expect("an id");
        assert!(what.is_in(b"<= a@x.example", Some(id.as_bytes())));
        assert!(!what.is_in(format!("<= <> R={id}").as_bytes(), Some(b"1rfXYZ-0000ac-2C")));
        assert!(!what.is_in(b"", Some(b"1rfXYZ-0000AB-2C")));
        check(id, &[&format!("spool file {id}-D is gone").replace("-D", " D")], &[&format!("{id}-D")]);
        assert_eq!(Kind::of("1rfXYZ-000000001ab-2Cde"), Kind::Id);
    }

    #[test]
    fn accounts() {
        let user = What::user("anna", ANY);
        for line in ["A=plain_server:anna S=1", "U=anna P=local", "535 x (set_id=anna)"] {
            assert!(user.is_in(line.as_bytes(), None), "{line}");
        }
        for line in
            ["A=plain_server:anna@x.example", "U=joanna P=local", "F=<anna@x.example>", "H=anna [192.0.2.1]"]
        {
            assert!(!user.is_in(line.as_bytes(), None), "{line}");
        }
    }

    #[test]
    fn everything_else_is_a_regular_expression() {
        for text in [
            ".*@x.example",
            "anna@x\\.example",
            "mainlog.1",
            "anna",
            "T=\"Order",
            "a b",
            "1.2.3.4.5",
            "anna|otto@x.example",
        ] {
            assert_eq!(Kind::of(text), Kind::Text, "{text}");
        }
        check("ann[ae]$", &["=> Anne"], &["anne x"]);
        check("^<=", &["<= x"], &["x <="]);
        assert!(What::new("(", ANY).is_err() && What::new("", ANY).is_err());
        let what = What::new("a.c", How { literal: true, sensitive: true }).expect("a text");
        assert!(what.is_in(b"xa.cx", None) && !what.is_in(b"abc", None) && !what.is_in(b"A.C", None));
        let ends = What::new("\\Aa", ANY).expect("a pattern");
        assert!(prefilter(std::iter::once(&ends)).is_none());
    }
}
