/*!
Replies without what varies from one to the next: the same cause at the same server gives the same text.

Addresses, IP addresses, host names, queue ids, hashes, times and numbers become `{address}`, `{ip}`, `{host}`, `{id}`,
`{time}`, `{n}`. The reply code, the enhanced code and the words stay, and so do the names of providers and blocklists
and the part of a support page's address that tells the case (`?p=NoSuchUser`).
*/

use std::cell::RefCell;

use mailwhy_codes::{BLOCKLISTS, Enhanced, provider_by_host};

use crate::fold::Folded;

thread_local! {
    static FOLDED: RefCell<Folded> = RefCell::default();
}

/// Appends the normalised form of a reply to `out`, at most three times as long and two bytes.
pub fn normalize(text: &[u8], out: &mut Vec<u8>) {
    FOLDED.with_borrow_mut(|folded| {
        folded.keep_case(text);
        let text = folded.text.trim_ascii();
        let mut first = true;
        for word in Words(text) {
            match word {
                Word::Gap(gap) => out.extend_from_slice(gap),
                Word::Text(word) => {
                    mask(word, first, out);
                    first = false;
                }
            }
        }
    });
}

/// A number for a normalised text, the same in every run and on every platform.
#[must_use]
pub fn fingerprint(normalized: &[u8]) -> u64 {
    // FNV-1a: short texts, no adversary, and simple enough to stay the same for ever.
    normalized.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

enum Word<'a> {
    Gap(&'a [u8]),
    Text(&'a [u8]),
}

/// Words, and what stands between them.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let in_gap = |b: &&u8| {
            matches!(b, b' ' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'"' | b'\'' | b',' | b';')
        };
        let gap = self.0.iter().take_while(in_gap).count();
        if gap > 0 {
            let (gap, rest) = self.0.split_at(gap);
            self.0 = rest;
            return Some(Word::Gap(gap));
        }
        let len = self.0.iter().take_while(|b| !in_gap(b)).count();
        let (word, rest) = self.0.split_at(len);
        self.0 = rest;
        (len > 0).then_some(Word::Text(word))
    }
}

fn mask(word: &[u8], first: bool, out: &mut Vec<u8>) {
    if !word.iter().any(|b| matches!(b, b'@' | b'.' | b':') || b.is_ascii_digit()) && word.len() < 24 {
        return out.extend_from_slice(word);
    }
    // `RCPT TO:<…>`, `IP=192.0.2.1`, `domain:x.test`: what is before the sign stays. Times and IPv6 have it inside.
    let core = word.trim_ascii_end();
    let end = core.len() - core.iter().rev().take_while(|b| matches!(b, b'.' | b':' | b'!' | b'?')).count();
    let (core, tail) = (&core[..end], &core[end..]);
    let code = first && core.len() >= 3 && core[..3].iter().all(u8::is_ascii_digit);
    if core.is_empty() || code && (core.len() == 3 || core[3] == b'-') {
        if core.len() > 4 {
            out.extend_from_slice(&core[..4]);
            mask(&core[4..], false, out);
        } else {
            out.extend_from_slice(core);
        }
    } else if let Some(masked) = kind(core) {
        out.extend_from_slice(masked.as_bytes());
    } else if let Some(url) = url(core) {
        mask_url(core, url, out);
    } else if let Some(sign) = core.iter().position(|b| matches!(b, b'=' | b':' | b'#')) {
        out.extend_from_slice(&core[..=sign]);
        mask(&core[sign + 1..], false, out);
    } else if let Some(host) = host_tail(core) {
        out.extend_from_slice(b"{host}");
        if host.len() < core.len() {
            out.extend_from_slice(host);
        }
    } else {
        out.extend_from_slice(core);
    }
    out.extend_from_slice(tail);
}

/// What stands for a word that varies as a whole.
fn kind(word: &[u8]) -> Option<&'static str> {
    if is_address(word) {
        return Some("{address}");
    }
    if is_ip(word) {
        return Some("{ip}");
    }
    if Enhanced::prefix(word).is_some_and(|(_, len)| len == word.len()) {
        return None;
    }
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    if digits == word.len() && digits > 0 {
        return Some("{n}");
    }
    if digits == 0 {
        let letters = word.iter().all(u8::is_ascii_alphanumeric);
        let mixed =
            word.windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count();
        return (letters && word.len() >= 24 && mixed >= 4).then_some("{id}");
    }
    let rest = word.iter().filter(|b| !b.is_ascii_digit());
    if rest.clone().all(|b| matches!(b, b':' | b'/' | b'-' | b'.' | b'+' | b'T' | b'Z')) && digits >= 4 {
        return Some("{time}");
    }
    if rest.clone().all(|b| matches!(b, b'.' | b'%')) {
        return Some("{n}");
    }
    let unit = rest.clone().all(u8::is_ascii_alphabetic) && word.last().is_some_and(u8::is_ascii_alphabetic);
    if unit && word.len() - digits <= 2 && word[..digits].iter().all(u8::is_ascii_digit) {
        return Some("{n}");
    }
    let plain = word
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'=' | b'/' | b'.' | b'~'));
    let in_host = host_tail(word).is_some();
    let id = plain && !in_host && digits >= 3 && word.len() >= 10 && !word.contains(&b'#');
    id.then_some("{id}")
}

fn is_address(word: &[u8]) -> bool {
    memchr::memrchr(b'@', word).is_some_and(|at| at > 0 && at + 1 < word.len() && !word.contains(&b'/'))
}

fn is_ip(word: &[u8]) -> bool {
    if word.len() < 4 || word.len() > 50 {
        return false;
    }
    let word = word.strip_prefix(b"IPv6:").unwrap_or(word);
    std::str::from_utf8(word).is_ok_and(|text| {
        let host =
            text.rsplit_once(':').filter(|(host, _)| host.contains('.')).map_or(text, |(host, _)| host);
        text.parse::<std::net::IpAddr>().is_ok() || host.parse::<std::net::Ipv4Addr>().is_ok()
    })
}

/// Where the name of the host begins in a web address.
fn url(word: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(word, b"://")?;
    (at > 0 && word[..at].iter().all(u8::is_ascii_alphabetic)).then_some(at + 3)
}

/// Keeps the host, the path and the parameters, apart from what has digits in it.
fn mask_url(word: &[u8], host: usize, out: &mut Vec<u8>) {
    let path = word[host..].iter().position(|b| matches!(b, b'/' | b'?')).map_or(word.len(), |i| host + i);
    out.extend_from_slice(&word[..path]);
    let mut rest = &word[path..];
    while let Some((&sign, tail)) = rest.split_first() {
        out.push(sign);
        let len = tail.iter().take_while(|b| !matches!(b, b'/' | b'?' | b'&' | b'=' | b'#' | b';')).count();
        let part = &tail[..len];
        let varies = is_address(part)
            || sign == b'=' && part.iter().any(u8::is_ascii_digit)
            || part.len() >= 16 && part.iter().any(u8::is_ascii_digit);
        out.extend_from_slice(if varies { b"{id}" } else { part });
        rest = &tail[len..];
    }
}

/// The part of a host's name that tells who it is (`.google.com`), empty for hosts of nobody in particular.
fn host_tail(word: &[u8]) -> Option<&[u8]> {
    let last = word.rsplit(|&b| b == b'.').next()?;
    let name = word.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let top = last.len() >= 2 && last.len() < word.len() && last.iter().all(u8::is_ascii_alphabetic);
    if !name || !top || word.contains(&b'_') && word.len() < 8 {
        return None;
    }
    // A sentence without a blank behind its full stop is no host name: `later.Please`.
    if last[0].is_ascii_uppercase() && last[1..].iter().all(u8::is_ascii_lowercase) {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let named = |mark: &&str| !mark.contains(' ') && memchr::memmem::find(&lower, mark.as_bytes()).is_some();
    if provider_by_host(word).is_none() && !BLOCKLISTS.iter().any(|list| list.marks.iter().any(named)) {
        return Some(b"");
    }
    let mut dots = word.iter().enumerate().rev().filter(|(_, b)| **b == b'.').map(|(i, _)| i);
    dots.nth(1).map_or(Some(word), |dot| Some(&word[dot..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        let mut out = Vec::new();
        normalize(text.as_bytes(), &mut out);
        String::from_utf8(out).expect("valid stays valid")
    }

    #[test]
    fn what_varies_is_masked() {
        for (text, want) in [
            ("550 5.1.1 <a.b@shop.example>: User unknown", "550 5.1.1 <{address}>: User unknown"),
            ("421 4.7.0 [192.0.2.7] too many (10) tries", "421 4.7.0 [{ip}] too many ({n}) tries"),
            ("554 5.7.1 [2001:db8::1]:25 no", "554 5.7.1 [{ip}]:{n} no"),
            ("550-5.1.1 No\\n550 5.1.1 user y3si675602plr.1 - gsmtp", "550-5.1.1 No user {id} - gsmtp"),
            (
                "550 see https://support.google.com/mail/?p=NoSuchUser and ?id=12",
                "550 see https://support.google.com/mail/?p=NoSuchUser and ?id={n}",
            ),
            (
                "550 blocked using zen.spamhaus.org by mx7.shop.example",
                "550 blocked using {host}.spamhaus.org by {host}",
            ),
            ("452 at 12:34:56 on 2026-08-01", "452 at {time} on {time}"),
        ] {
            assert_eq!(normal(text), want);
            assert_eq!(normal(want), want, "again");
        }
    }

    #[test]
    fn fingerprints_ignore_case_and_stay() {
        assert_eq!(fingerprint(b"550 No"), fingerprint(b"550 NO"));
        assert_ne!(fingerprint(b"550 No"), fingerprint(b"551 No"));
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
    }
}
