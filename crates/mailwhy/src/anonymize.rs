//! Log lines that may be shown to others: `--anonymize`.
//!
//! Lines are rewritten before anything reads them, so nothing that a command prints can hold what was taken out here.
//! Addresses, hosts, logins, subjects and IP addresses get pseudonyms: the same for the same value within one run,
//! others in the next. What tells whom the trouble is with stays: domains and hosts of known providers, blocklists,
//! pages of theirs, codes, message ids, times, words.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::str;

use mailwhy::classify::names_blocklist;
use mailwhy::codes::{provider_by_domain, provider_by_host};
use mailwhy::logs::exim::{self, Line, Log};
use mailwhy::logs::{Event, Kind};

/// Accounts that every server has, and names of this host that say nothing of it.
const KEPT: [&[u8]; 8] = [
    b"root",
    b"mail",
    b"exim",
    b"Debian-exim",
    b"postmaster",
    b"mailer-daemon",
    b"localhost",
    b"localhost.localdomain",
];

/// Gives pseudonyms.
#[derive(Debug, Default)]
pub struct Anonymizer {
    key: RandomState,
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug)]
enum What {
    /// An address, or the local part or login alone.
    Address,
    /// A host's name.
    Host,
    /// Words of somebody's, or a path.
    Text,
}

impl Anonymizer {
    /// The lines of a chunk of the log, each where it was.
    pub fn lines(&self, chunk: &[u8], log: impl Into<Log>) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len() + chunk.len() / 4);
        exim::scan(chunk, log, |line| {
            let (mut parts, mut names) = (Vec::new(), Vec::new());
            take(line, &mut parts, &mut names);
            parts.sort_unstable_by_key(|(range, _)| range.start);
            let mut at = 0;
            for (range, what) in parts.into_iter().filter(|(range, _)| !range.is_empty()) {
                if range.start < at {
                    continue;
                }
                self.words(&line.raw[at..range.start], &names, &mut out);
                let part = &line.raw[range.clone()];
                match what {
                    What::Address => self.address(part, &mut out),
                    What::Host => self.host(part, &mut out),
                    What::Text => self.pseudonym(b"", part, &mut out),
                }
                at = range.end;
            }
            self.words(&line.raw[at..], &names, &mut out);
            out.push(b'\n');
        });
        if !chunk.ends_with(b"\n") {
            out.pop();
        }
        out
    }

    /// Text of which nothing is known: what looks like an address, an IP address or a host's name, and the names that
    /// the rest of the line has given.
    fn words(&self, mut text: &[u8], names: &[&[u8]], out: &mut Vec<u8>) {
        while !text.is_empty() {
            let mut gap = text.iter().take_while(|&&b| !in_word(b)).count();
            // `\n`, as Exim writes the end of a line in a reply.
            gap += usize::from(text[..gap].ends_with(b"\\") && text[gap..].starts_with(b"n"));
            out.extend_from_slice(&text[..gap]);
            let rest = &text[gap..];
            let (word, rest) = rest.split_at(rest.iter().take_while(|&&b| in_word(b)).count());
            self.word(word, names, out);
            text = rest;
        }
    }

    fn word(&self, word: &[u8], names: &[&[u8]], out: &mut Vec<u8>) {
        // `554-mx.example.com`: a reply code before the name that a server greets with.
        if let [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9', b'-', rest @ ..] = word {
            out.extend_from_slice(&word[..4]);
            return self.word(rest, names, out);
        }
        // The full stop behind a sentence is none of the word.
        let end =
            word.len() - word.iter().rev().take_while(|b| matches!(b, b'.' | b':' | b'!' | b'?')).count();
        let (core, tail) = word.split_at(end);
        if memchr::memchr(b'@', core).is_some_and(|at| at > 0 && at + 1 < core.len()) {
            // `id=…`, `from=…`, `mailto:…`: the name of the field stays.
            let field = core.iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
            let named = core.get(field).is_some_and(|b| matches!(b, b'=' | b':')) && is_field(&core[..field]);
            let (name, address) = core.split_at(if named { field + 1 } else { 0 });
            out.extend_from_slice(name);
            self.address(address, out);
        } else if let Some(ip) = ip(core) {
            self.ip(ip, out);
        } else if is_host(core) {
            self.host(core, out);
        } else if names.iter().any(|name| name.eq_ignore_ascii_case(core)) {
            self.address(core, out);
        } else if let Some(at) =
            core.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')))
        {
            // `host:port`, `ip=192.0.2.1`: both sides by themselves.
            self.word(&core[..at], names, out);
            out.push(core[at]);
            self.word(&core[at + 1..], names, out);
        } else {
            out.extend_from_slice(core);
        }
        out.extend_from_slice(tail);
    }

    /// An address, or the local part alone. A file or a pipe stays one.
    fn address(&self, address: &[u8], out: &mut Vec<u8>) {
        if kept(address) || address.starts_with(b":") {
            return out.extend_from_slice(address);
        }
        if let Some(b'/' | b'|' | b'>') = address.first() {
            out.push(address[0]);
            return self.pseudonym(b"path-", address, out);
        }
        let (local, domain) = match memchr::memrchr(b'@', address) {
            Some(at) => (&address[..at], Some(&address[at + 1..])),
            None => (address, None),
        };
        if kept(local) {
            out.extend_from_slice(local);
        } else {
            self.pseudonym(b"user-", local, out);
        }
        if let Some(domain) = domain {
            out.push(b'@');
            if provider_by_domain(domain).is_some() {
                out.extend_from_slice(domain);
            } else {
                self.host(domain, out);
            }
        }
    }

    /// A host or domain: its last two labels, and what is before them, so that hosts of one domain stay together. Of one
    /// that belongs to a provider or a blocklist, only what is before the name by which it is known.
    fn host(&self, host: &[u8], out: &mut Vec<u8>) {
        let bare = host.strip_prefix(b"[").and_then(|h| h.strip_suffix(b"]")).unwrap_or(host);
        if let Some(ip) = ip(bare) {
            let bracket = bare.len() < host.len();
            out.extend(bracket.then_some(b'['));
            self.ip(ip, out);
            return out.extend(bracket.then_some(b']'));
        }
        if kept(host) {
            return out.extend_from_slice(host);
        }
        let dots: Vec<usize> = memchr::memchr_iter(b'.', host).collect();
        // The shortest ending by which somebody is known.
        let known = dots.iter().rev().map(|dot| dot + 1).chain([0]).find(|&at| is_known(&host[at..]));
        if known.is_some_and(|at| host[..at].split(|&b| b == b'.').all(says_nothing)) {
            return out.extend_from_slice(host);
        }
        let domain = known.or(dots.len().checked_sub(2).map(|at| dots[at] + 1)).unwrap_or(0);
        if domain > 0 {
            self.pseudonym(b"host-", &host[..domain - 1], out);
            out.push(b'.');
        }
        if known.is_some() {
            out.extend_from_slice(&host[domain..]);
        } else {
            self.pseudonym(b"domain-", &host[domain..], out);
            out.extend_from_slice(if dots.is_empty() { b"" } else { b".example" });
        }
    }

    /// IPv4 goes to 240.0.0.0/4, which nobody has; IPv6 to the prefix for documentation (RFC 3849).
    fn ip(&self, ip: IpAddr, out: &mut Vec<u8>) {
        let hash = self.key.hash_one(ip);
        let alias = match ip {
            ip if ip.is_loopback() || ip.is_unspecified() => ip,
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(0xf000_0000 | hash as u32 & 0x0fff_ffff)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | u128::from(hash))),
        };
        out.extend_from_slice(alias.to_string().as_bytes());
    }

    /// Eight letters and digits that stand for a value, whatever its case.
    fn pseudonym(&self, prefix: &[u8], value: &[u8], out: &mut Vec<u8>) {
        let hash = self.key.hash_one(value.to_ascii_lowercase());
        out.extend_from_slice(prefix);
        let digits = (0..8).map(|i| b"abcdefghijkmnpqrstuvwxyz23456789"[(hash >> (5 * i)) as usize % 32]);
        out.extend(digits);
    }
}

/// The parts of a line whose meaning is known, and the names that may stand elsewhere in it too.
fn take<'a>(line: &Line<'a>, parts: &mut Vec<(Range<usize>, What)>, names: &mut Vec<&'a [u8]>) {
    // Headers of a message that was refused: their names are enough.
    if matches!(line.kind, Kind::Continuation | Kind::Unknown) {
        if let Some(value) = header_value(line.raw) {
            parts.push((value..line.raw.len(), What::Text));
        }
        return;
    }
    let event = line.event();
    let mut add = |part: Option<&'a [u8]>, what| {
        parts.extend(part.and_then(|part| place(line.raw, part)).map(|range| (range, what)));
    };
    for address in addresses(&event) {
        add(Some(address), What::Address);
        let local = &address[..memchr::memrchr(b'@', address).unwrap_or(address.len())];
        if local.len() > 2 && !local.starts_with(b"/") {
            names.push(local);
        }
    }
    add(event.message_id, What::Address);
    for host in [event.host, event.helo, event.tls_sni, event.dkim] {
        add(host, What::Host);
    }
    add(event.subject, What::Text);
    add(event.tls_peer, What::Text);
}

/// The addresses and logins of a line.
fn addresses<'a>(event: &Event<'a>) -> impl Iterator<Item = &'a [u8]> {
    // `A=plain_server:anna@d.example`
    let login = event.auth.and_then(|auth| Some(&auth[memchr::memchr(b':', auth)? + 1..]));
    [event.sender, event.recipient, event.original_recipient, event.return_path, event.user, login]
        .into_iter()
        .flatten()
        .filter(|address| !address.is_empty())
}

/// Where a part stands in the line; `None` for one that is from a joined record.
fn place(line: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(line.as_ptr().addr())?;
    let range = start..start + part.len();
    (range.end <= line.len()).then_some(range)
}

/// Where the value begins in a line that looks like a header or the rest of one: `F From: …`, `  Subject: …`.
fn header_value(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', line)?;
    let name = line[..colon].iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let letters = line[..colon - name].trim_ascii();
    (name > 1 && letters.len() <= 1 && line.get(colon + 1) == Some(&b' ')).then_some(colon + 2)
}

/// Whether it is the name of a field that Exim or a reply writes before an address.
fn is_field(name: &[u8]) -> bool {
    const FIELDS: [&[u8]; 14] = [
        b"id",
        b"F",
        b"P",
        b"from",
        b"to",
        b"user",
        b"address",
        b"sender",
        b"recipient",
        b"rcpt",
        b"mailto",
        b"smtp",
        b"rfc",
        b"set_id",
    ];
    FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name))
}

fn kept(name: &[u8]) -> bool {
    name.is_empty() || KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name))
}

/// Whether a name belongs to a provider or a blocklist.
fn is_known(host: &[u8]) -> bool {
    provider_by_host(host).is_some() || host.contains(&b'.') && names_blocklist(host)
}

/// Whether a label before a provider's name tells nothing of the provider's customer, as `acme-com` would in
/// `acme-com.mail.protection.outlook.com`.
fn says_nothing(label: &[u8]) -> bool {
    const LABELS: [&[u8]; 22] = [
        b"",
        b"www",
        b"support",
        b"help",
        b"postmaster",
        b"senders",
        b"sender",
        b"mail",
        b"smtp",
        b"mx",
        b"mxs",
        b"emx",
        b"l",
        b"gmail-smtp-in",
        b"aspmx",
        b"alt",
        b"check",
        b"zen",
        b"bl",
        b"sbl",
        b"xbl",
        b"dbl",
    ];
    let digits = label.iter().rev().take_while(|b| b.is_ascii_digit()).count().min(2);
    let name = &label[..label.len() - digits];
    LABELS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// What words are made of; the rest stands between them.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b".:_-@+=%~#&*!$?^`|'".contains(&byte)
}

fn ip(word: &[u8]) -> Option<IpAddr> {
    let shaped = word.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':'))
        && word.iter().any(|b| matches!(b, b'.' | b':'));
    str::from_utf8(word).ok().filter(|_| shaped)?.parse().ok()
}

/// Whether it is a host's name, and neither a code (`RESOLVER.ADR.RecipNotFound`), nor a file, nor two sentences without a
/// blank between them.
fn is_host(word: &[u8]) -> bool {
    const OTHERS: [&[u8]; 12] = [
        b"html",
        b"htm",
        b"php",
        b"aspx",
        b"txt",
        b"conf",
        b"log",
        b"mailfrom",
        b"from",
        b"db",
        b"cf",
        b"rc",
    ];
    let Some(dot) = memchr::memrchr(b'.', word) else { return false };
    let top = &word[dot + 1..];
    let label = |label: &[u8]| {
        !label.is_empty()
            && label.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || *b >= 0x80)
    };
    let camel = |label: &[u8]| label[0].is_ascii_uppercase() && label.iter().any(u8::is_ascii_lowercase);
    top.len() >= 2
        && (top.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80) || top.starts_with(b"xn--"))
        && word.split(|&b| b == b'.').all(label)
        && !camel(top)
        && !OTHERS.iter().any(|other| other.eq_ignore_ascii_case(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anonymous(anonymizer: &Anonymizer, text: &str) -> String {
        String::from_utf8(anonymizer.lines(text.as_bytes(), exim::Role::Main)).expect("valid stays valid")
    }

    const LOG: &str = "\
2026-08-01 09:14:02 1rfXYZ-000000001ab-2Cde <= anna@shop.example H=app.shop.example (pc-anna) [198.51.100.7] P=esmtpsa A=plain_server:anna S=1844 id=77f@app.shop.example T=\"Dear Anna\" from <anna@shop.example> for bob@gmail.com ivan@client.example
2026-08-01 09:14:03 1rfXYZ-000000001ab-2Cde ** bob@gmail.com F=<anna@shop.example> R=dnslookup T=remote_smtp H=gmail-smtp-in.l.google.com [142.250.1.27]: SMTP error from remote mail server after RCPT TO:<bob@gmail.com>: 550-5.1.1 The email account bob that you tried to reach does not exist.\\n550 5.1.1 https://support.google.com/mail/?p=NoSuchUser x1si1.22 - gsmtp
2026-08-01 09:14:03 1rfXYZ-000000001ab-2Cde H=mx.client.example [192.0.2.9]: SMTP error from remote mail server after initial connection: 554-mx.client.example\\n554-mx.client.example says no
2026-08-01 09:14:03 1rfXYZ-000000001ab-2Cde == ivan@client.example R=dnslookup T=remote_smtp defer (-44) H=mx.client.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<ivan@client.example>: 451 4.7.1 192.0.2.77 is listed at zen.spamhaus.org, see RESOLVER.ADR.RecipNotFound
2026-08-01 09:14:04 1rfXYZ-000000001ab-2Cde => carl <carl@shop.example> R=local_user T=maildir_home
2026-08-01 09:14:04 1rfXYZ-000000001ab-2Cde => /home/carl/Maildir <carl@shop.example> R=local_user T=address_file
2026-08-01 09:14:05 1rfXYZ-000000001ab-2Cde Completed
2026-08-01 09:15:00 plain_server authenticator failed for (ylmf-pc) [203.0.113.5]:4711 I=[2001:470::25]:25: 535 Incorrect authentication data (set_id=boss@shop.example)
no line of a log: carl.smith@private.example from 203.0.113.77
";

    #[test]
    fn nothing_personal_is_left() {
        let anonymizer = Anonymizer::default();
        let out = anonymous(&anonymizer, LOG);
        for secret in [
            "anna",
            "Anna",
            "bob",
            "ivan",
            "carl",
            "boss",
            "shop.",
            "client.",
            "private",
            "198.51",
            "192.0.2",
            "203.0.113",
            "2001:470",
            "142.250",
            "ylmf",
            "77f@",
            "smith",
        ] {
            assert!(!out.contains(secret), "{secret} in\n{out}");
        }
        for kept in [
            "2026-08-01 09:14:02 1rfXYZ-000000001ab-2Cde <= user-",
            "P=esmtpsa A=plain_server:user-",
            "@gmail.com",
            "H=gmail-smtp-in.l.google.com [2",
            "https://support.google.com/mail/?p=NoSuchUser",
            "does not exist.\\n550 5.1.1",
            "at zen.spamhaus.org",
            "connection: 554-host-",
            "\\n554-host-",
            "RESOLVER.ADR.RecipNotFound",
            "T=remote_smtp defer (-44)",
            "535 Incorrect authentication data (set_id=user-",
        ] {
            assert!(out.contains(kept), "{kept} not in\n{out}");
        }
    }

    #[test]
    fn the_same_has_the_same_pseudonym_and_lines_stay_what_they_were() {
        let anonymizer = Anonymizer::default();
        let out = anonymous(&anonymizer, LOG);
        assert_eq!(out, anonymous(&anonymizer, LOG));
        assert_ne!(out, anonymous(&Anonymizer::default(), LOG));
        let kinds = |text: &str| {
            let mut kinds = Vec::new();
            exim::scan(text.as_bytes(), exim::Role::Main, |line| {
                let event = line.event();
                kinds.push((
                    line.kind,
                    event.sender.is_some(),
                    event.ip.is_some(),
                    event.reply.map(|r| (r.code, r.stage)),
                ));
            });
            kinds
        };
        assert_eq!(kinds(LOG), kinds(&out));
        let recipient = |n: usize| out.lines().nth(n).and_then(|l| l.split(' ').nth(4)).expect("a recipient");
        assert!(out.lines().next().is_some_and(|arrival| arrival.ends_with(&format!(
            " for {} {}",
            recipient(1),
            recipient(3)
        ))));
    }

    #[test]
    fn any_bytes() {
        let anonymizer = Anonymizer::default();
        for bytes in [
            &b""[..],
            b"\n",
            b"\n\n",
            b"@",
            b"a@",
            b"@.@\n\xff@\xfe.\xfd",
            b"..",
            b":::",
            b"=@=@=\n",
            b"2026-08-01 09:14:02 ",
        ] {
            let out = anonymizer.lines(bytes, exim::Role::Main);
            assert_eq!(
                out.iter().filter(|&&b| b == b'\n').count(),
                bytes.iter().filter(|&&b| b == b'\n').count()
            );
        }
    }
}
