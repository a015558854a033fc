//! What is looked for: an address, a message id, a host, and what counts as a line that has it.

use std::net::{IpAddr, Ipv6Addr};

use anyhow::{Result, anyhow};
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
    Ip,
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
        let kind = if how.literal { Kind::Text } else { Kind::of(text) };
        let plain = |text: &str| literal(&[text], how.sensitive);
        let find = match kind {
            Kind::Address => plain(text.trim_start_matches('<').trim_end_matches('>')),
            Kind::Id => literal(&[text], true),
            // Exim writes the short form, a log of something else perhaps not.
            Kind::Ip => match text.trim_matches(['[', ']']).parse::<Ipv6Addr>() {
                Ok(ip) => literal(&[&ip.to_string(), text.trim_matches(['[', ']'])], false),
                Err(_) => plain(text.trim_matches(['[', ']'])),
            },
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
        let bare = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        if is_id(text.as_bytes()) {
            Self::Id
        } else if text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            Self::Ip
        } else if let Some(domain) = text.strip_prefix('@') {
            if is_domain(domain) { Self::AtDomain } else { Self::Text }
        } else if let Some((local, domain)) = bare.rsplit_once('@') {
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
            Self::Ip => {
                let inside = |b: u8| b.is_ascii_hexdigit() || b == b':' || b == b'.';
                let ends = match after {
                    // `192.0.2.1:25` and the end of a sentence.
                    [b':' | b'.', next, ..] => {
                        !next.is_ascii_hexdigit() || after[0] == b':' && before.last() != Some(&b':')
                    }
                    [next, ..] => !inside(*next),
                    [] => true,
                };
                ends && !before.last().is_some_and(|&b| inside(b))
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
        [] => true,
        // The end of a line, as Exim writes it within a reply.
        [.., b'\\', b'n'] => true,
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
