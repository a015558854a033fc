/*!
Replies without what varies from one to the next: the same cause at the same server gives the same text.

Addresses, IP addresses, host names, queue ids, hashes, times and numbers become `{address}`, `{ip}`, `{host}`, `{id}`,
`{time}`, `{n}`. The reply code, the enhanced code and the words stay, and so do the names of providers and blocklists,
codes of a provider's own (`S3150`, `[TSS04]`, `LPN105`) and the part of a support page's address that tells the case
(`?p=NoSuchUser`).

Whether a token is a word, such a code or random is told by its shape: where letters and digits, and upper and lower
case, take turns.
*/

use std::cell::RefCell;

use mailwhy_codes::{BLOCKLISTS, Enhanced, basic, provider_by_host};

use crate::fold::Folded;
use crate::kinds::{
    AMPERSAND, AT, BRACE, CAPITAL, COLON, DASH, DIGIT, EQUALS, GAP, HASH, Kinds, LETTER, PERCENT, PLUS,
    POINT, QUESTION, SLASH, UNDERSCORE, find, run, run_back,
};

thread_local! {
    static FOLDED: RefCell<Folded> = RefCell::default();
}

/// Appends the normalised form of a reply to `out`, at most three times as long and two bytes.
pub fn normalize(text: &[u8], out: &mut Vec<u8>) {
    FOLDED.with_borrow_mut(|folded| {
        folded.fold(text);
        mask_words(folded.text(), out);
    });
}

/// A number for a normalised text, the same in every run and on every platform.
#[must_use]
pub fn fingerprint(normalized: &[u8]) -> u64 {
    /// Each byte in lower case.
    static LOWER: [u64; 256] = {
        let (mut table, mut byte) = ([0; 256], 0);
        while byte < 256 {
            table[byte] = (byte as u8).to_ascii_lowercase() as u64;
            byte += 1;
        }
        table
    };
    // FNV-1a: short texts, no adversary, and simple enough to stay the same for ever.
    normalized.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ LOWER[usize::from(byte)]).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What occurs in names, numbers and codes. Without any, a word is a word.
const NAME: u32 = DIGIT | AT | POINT | COLON | EQUALS | SLASH | UNDERSCORE;

/// Masks the words of a folded text.
pub(crate) fn mask_words(text: &[u8], out: &mut Vec<u8>) {
    let text = text.trim_ascii();
    let start = out.len();
    // What stays is copied together, when a word comes that does not: up to `copied`, it has been.
    let (mut first, mut copied, mut at) = (true, 0, 0);
    loop {
        let begin = if first {
            at + run(&text[at..], !GAP).0
        } else {
            // Most words need not be looked at.
            let sign = at + find(&text[at..], may_vary) + 1;
            if sign >= text.len() {
                return out.extend_from_slice(&text[copied..]);
            }
            sign - run_back(&text[at..sign], GAP)
        };
        let (len, kinds) = run(&text[begin..], GAP);
        if len == 0 {
            return out.extend_from_slice(&text[copied..]);
        }
        at = begin + len;
        let word = &text[begin..at];
        let core = without_stop(word);
        let kinds = if core.len() < len { Kinds::of(core) } else { kinds };
        let last = |bytes: &[u8]| bytes.trim_ascii_end().last().copied();
        let before = || last(&text[copied..begin]).or_else(|| last(&out[start..]));
        if len == 3 && is_inner_code(word, before, &text[at..]) {
            continue;
        }
        let is_first = std::mem::replace(&mut first, false);
        match core {
            // What is masked already stays.
            _ if is_plain(core, kinds) || kinds.any(BRACE) || is_enhanced(core, kinds) => {}
            [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] if is_first => {}
            [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', rest @ ..] if is_first => {
                out.extend_from_slice(&text[copied..begin + 4]);
                mask(rest, Kinds::of(rest), out);
                copied = begin + core.len();
            }
            _ => {
                out.extend_from_slice(&text[copied..begin]);
                mask(core, kinds, out);
                copied = begin + core.len();
            }
        }
    }
}

/// Whether a word may be more than a word, by two bytes behind another one: for something of a name or a number that is
/// no full stop, or for a capital in it.
fn may_vary([before, byte, after]: [u8; 3]) -> bool {
    let stop = ((byte == b'.') | (byte == b':')) & (after == b' ');
    // The digits stand between `/` and `:` in ASCII.
    let name = (byte.wrapping_sub(b'.') <= b':' - b'.') | (byte == b'=') | (byte == b'@') | (byte == b'_');
    let capital = (byte.wrapping_sub(b'A') < 26) & ((before | 0x20).wrapping_sub(b'a') < 26);
    (name & !stop) | capital
}

/// A word without the full stop behind it.
fn without_stop(mut word: &[u8]) -> &[u8] {
    while let [core @ .., b'.' | b':' | b'!' | b'?'] = word {
        word = core;
    }
    word
}

/// Whether a word is what most are, and stays: nothing of a name, and no capitals among its small letters.
fn is_plain(word: &[u8], kinds: Kinds) -> bool {
    !kinds.any(NAME)
        && (word.len() < 8 || !kinds.all(LETTER) || !word[1..].iter().any(u8::is_ascii_uppercase))
}

/// Whether a word is the code of a reply that is passed on: `said: 550 …`, `550 550 5.1.1 …`.
fn is_inner_code(word: &[u8], before: impl Fn() -> Option<u8>, after: &[u8]) -> bool {
    let &[b'4' | b'5', b @ b'0'..=b'9', c @ b'0'..=b'9'] = word else { return false };
    let code = u16::from(word[0] - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0');
    let said = || matches!(before(), Some(b':' | b'\'' | b'>'));
    // It stays only as a whole word, and what is masked must give the same when it is masked again.
    let enhanced = after.split_first().is_some_and(|(&blank, rest)| {
        let core = without_stop(&rest[..run(rest, GAP).0]);
        blank == b' ' && is_enhanced(core, Kinds::of(core))
    });
    enhanced || said() && basic(code).is_some()
}

/// Masks a word without the full stop behind it.
fn mask(core: &[u8], kinds: Kinds, out: &mut Vec<u8>) {
    if !kinds.any(NAME) {
        mask_pieces(core, out);
    } else if is_enhanced(core, kinds) {
        out.extend_from_slice(core);
    } else if let Some(masked) = kind(core, kinds) {
        out.extend_from_slice(masked.as_bytes());
    } else if kinds.all(COLON | SLASH)
        && let Some(host) = url(core)
    {
        mask_url(core, host, out);
    } else if kinds.any(DIGIT) && is_own_code(core) {
        out.extend_from_slice(core);
    } else if kinds.any(EQUALS | COLON | HASH) {
        // `IP=192.0.2.1`, `domain:x.test`: both sides by themselves. Times and IPv6 have been seen to.
        let (sign, before) = run(core, EQUALS | COLON | HASH);
        mask(&core[..sign], before, out);
        out.push(core[sign]);
        mask(&core[sign + 1..], Kinds::of(&core[sign + 1..]), out);
    } else if let Some(tail) = host_tail(core, kinds) {
        out.extend_from_slice(b"{host}");
        if tail.len() < core.len() {
            out.extend_from_slice(tail);
        }
    } else if !kinds.any(SLASH) {
        mask_pieces(core, out);
    } else {
        for (i, part) in core.split(|&b| b == b'/').enumerate() {
            if i > 0 {
                out.push(b'/');
            }
            // `tmp/MAILDIR.t8X8T7`: six letters or digits that mkstemp() has made up.
            match part.split_last_chunk::<6>() {
                Some((name @ [.., b'.'], made_up))
                    if i > 0 && made_up.iter().all(u8::is_ascii_alphanumeric) =>
                {
                    mask_pieces(name, out);
                    out.extend_from_slice(b"{id}");
                }
                _ => mask_pieces(part, out),
            }
        }
    }
}

/// Masks the runs of letters and digits of a token.
fn mask_pieces(token: &[u8], out: &mut Vec<u8>) {
    if is_message_id(token) || is_timed_id(token) {
        return out.extend_from_slice(b"{id}");
    }
    let start = out.len();
    let named = token.first().is_some_and(u8::is_ascii_alphabetic);
    for (at, piece, kinds) in pieces(token) {
        if is_random(piece, kinds) {
            // A long one with something random in it is random as a whole, and so is one that begins so.
            if (at == 0 || token.len() >= 16) && token.is_ascii() {
                out.truncate(start);
                return out.extend_from_slice(b"{id}");
            }
            out.extend_from_slice(b"{id}");
        } else if kinds.only(DIGIT) && (piece.len() > 4 || !named) {
            out.extend_from_slice(b"{n}");
        } else {
            out.extend_from_slice(piece);
        }
    }
}

/// The runs of letters and digits of a token and what is between them, with their places.
fn pieces(token: &[u8]) -> impl Iterator<Item = (usize, &[u8], Kinds)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = at;
        let rest = &token[begin..];
        let end = if rest.first()?.is_ascii_alphanumeric() { !(LETTER | DIGIT) } else { LETTER | DIGIT };
        let (len, kinds) = run(rest, end);
        at += len;
        Some((begin, &rest[..len], kinds))
    })
}

/// What stands for a word that varies as a whole.
fn kind(word: &[u8], kinds: Kinds) -> Option<&'static str> {
    if is_address(word, kinds) {
        return Some("{address}");
    }
    if is_ip(word, kinds) {
        return Some("{ip}");
    }
    if !kinds.any(DIGIT) {
        return None;
    }
    if kinds.only(DIGIT) {
        return Some("{n}");
    }
    if kinds.only(DIGIT | POINT | PERCENT) {
        return (!is_own_code(word)).then_some("{n}");
    }
    if kinds.only(DIGIT | COLON | SLASH | DASH | POINT | PLUS | CAPITAL) {
        let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
        let letters = word.iter().filter(|b| b.is_ascii_uppercase());
        if digits >= 4 && letters.copied().all(|b| matches!(b, b'T' | b'Z')) {
            return Some(if kinds.any(COLON) || word.len() - digits > 1 { "{time}" } else { "{n}" });
        }
    }
    // `10MB`, `300s`, `2nd`
    let number = word.iter().take_while(|b| b.is_ascii_digit()).count();
    let unit = &word[number..];
    (number > 0 && unit.len() <= 2 && unit.iter().all(u8::is_ascii_alphabetic)).then_some("{n}")
}

fn is_enhanced(word: &[u8], kinds: Kinds) -> bool {
    kinds.only(DIGIT | POINT) && Enhanced::prefix(word).is_some_and(|(_, len)| len == word.len())
}

/// A code of a provider's own: a word or some letters, and a short number: `S3150`, `TSS04`, `OU-002`, `AUP#1310`; or a
/// reply code with a number: `554.30`.
fn is_own_code(token: &[u8]) -> bool {
    if let [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', b'.', rest @ ..] = token {
        return (1..=3).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit);
    }
    let letters = token.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = &token[letters..];
    let number = rest.strip_prefix(b"-").or(rest.strip_prefix(b"#")).unwrap_or(rest);
    letters > 0
        && (1..=4).contains(&number.len())
        && number.iter().all(u8::is_ascii_digit)
        && is_name_of_code(&token[..letters])
}

/// Whether letters may stand before the number of a code: of one case, of words that begin with a capital, or `TLSv`.
fn is_name_of_code(letters: &[u8]) -> bool {
    let capitals = letters.strip_suffix(b"v").unwrap_or(letters);
    letters.iter().all(u8::is_ascii_lowercase)
        || capitals.iter().all(u8::is_ascii_uppercase)
        || letters[0].is_ascii_uppercase() && oddities(letters) == 0
}

/// Whether a run of letters and digits is neither a word nor a code but random.
fn is_random(piece: &[u8], kinds: Kinds) -> bool {
    if piece.len() < 6 || !kinds.any(LETTER) {
        return false;
    }
    if !kinds.any(DIGIT) {
        return kinds.all(LETTER) && is_random_word(piece);
    }
    let digits = piece.iter().take_while(|b| b.is_ascii_digit()).count();
    // `8bit`, `4096bit`
    let unit = &piece[digits..];
    let one_case = unit.iter().all(u8::is_ascii_lowercase) || unit.iter().all(u8::is_ascii_uppercase);
    let counted = digits <= 4 && one_case && piece.len() < 16;
    !counted && !is_own_code(piece)
}

/// Whether letters are no word and no `CamelCase`: capitals and small letters take turns without order.
fn is_random_word(word: &[u8]) -> bool {
    if word.len() < 8 || !word.iter().any(u8::is_ascii_uppercase) || !word.iter().any(u8::is_ascii_lowercase)
    {
        return false;
    }
    if !word.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    oddities(word) >= 2
}

/// How much of a row of letters is neither a word nor `CamelCase`.
fn oddities(word: &[u8]) -> usize {
    let vowel = |b: &u8| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let (mut odd, mut rest) = (0, word);
    while !rest.is_empty() {
        let capitals = rest.iter().take_while(|b| b.is_ascii_uppercase()).count();
        let small = rest[capitals..].iter().take_while(|b| b.is_ascii_lowercase()).count();
        let (part, tail) = rest.split_at(capitals + small);
        // `DMARCPolicy` has one such part, `NoSuchUser` none.
        odd += usize::from(capitals > 1 && small > 0)
            + usize::from(small < 2 && (!tail.is_empty() || part.len() == 1))
            + usize::from(!part.iter().any(vowel));
        rest = tail;
    }
    odd
}

/// An id of an Exim message: `1tp9Zx-000Abc-Ab`, `1tp9Zx-00000000Abc-1AbC`.
fn is_message_id(token: &[u8]) -> bool {
    let [b'0'..=b'9', ..] = token else { return false };
    let mut parts = token.split(|&b| b == b'-');
    let mut next = || parts.next().filter(|p| p.iter().all(u8::is_ascii_alphanumeric)).map_or(0, <[u8]>::len);
    matches!((next(), next(), next(), next()), (6, 6, 2, 0) | (6, 11, 4, 0))
}

/// An id that begins with the seconds since 1970: `1741000000-aBcDeFgHiJ`.
fn is_timed_id(token: &[u8]) -> bool {
    matches!(token.split_first_chunk::<10>(), Some((time, [b'-', ..])) if time.iter().all(u8::is_ascii_digit))
}

fn is_address(word: &[u8], kinds: Kinds) -> bool {
    kinds.any(AT) && !kinds.any(SLASH) && word[1..].contains(&b'@') && !word.ends_with(b"@")
}

/// Four numbers below 256 with points between them.
fn is_ipv4(word: &[u8]) -> bool {
    let (mut number, mut digits, mut points) = (0_u32, 0, 0);
    for &byte in word {
        match byte {
            b'0'..=b'9' if digits == 0 || number > 0 => {
                number = number * 10 + u32::from(byte - b'0');
                digits += 1;
                if number > 255 {
                    return false;
                }
            }
            b'.' if digits > 0 && points < 3 => {
                points += 1;
                (number, digits) = (0, 0);
            }
            _ => return false,
        }
    }
    points == 3 && digits > 0
}

fn is_ip(word: &[u8], kinds: Kinds) -> bool {
    if !kinds.any(COLON) {
        return kinds.only(DIGIT | POINT) && is_ipv4(word);
    }
    let word = word.strip_prefix(b"IPv6:").unwrap_or(word);
    let fits = (2..=50).contains(&word.len())
        && word.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':'))
        && word.iter().filter(|b| matches!(b, b'.' | b':')).count() >= 2;
    fits && std::str::from_utf8(word).is_ok_and(|text| {
        let host =
            text.rsplit_once(':').filter(|(host, _)| host.contains('.')).map_or(text, |(host, _)| host);
        text.parse::<std::net::IpAddr>().is_ok() || host.parse::<std::net::Ipv4Addr>().is_ok()
    })
}

/// Where the name of the host begins in a web address.
fn url(word: &[u8]) -> Option<usize> {
    let (scheme, _) = run(word, !LETTER);
    (scheme > 0 && word[scheme..].starts_with(b"://")).then_some(scheme + 3)
}

/// Keeps the host, the path and the parameters, apart from what varies in them.
fn mask_url(word: &[u8], host: usize, out: &mut Vec<u8>) {
    let path = host + run(&word[host..], SLASH | QUESTION).0;
    out.extend_from_slice(&word[..path]);
    let mut rest = &word[path..];
    while let Some((&sign, tail)) = rest.split_first() {
        out.push(sign);
        let (len, kinds) = run(tail, SLASH | QUESTION | AMPERSAND | EQUALS | HASH);
        let part = &tail[..len];
        let varies = is_address(part, kinds)
            || is_ip(part, kinds)
            || sign == b'=' && kinds.any(DIGIT)
            || kinds.any(POINT) && names_host(part)
            || pieces(part).any(|(_, piece, kinds)| is_random(piece, kinds));
        out.extend_from_slice(if varies { b"{id}" } else { part });
        rest = &tail[len..];
    }
}

/// Whether a part of a path is a host's name, also as the name of a page: `shop.example.html`.
fn names_host(part: &[u8]) -> bool {
    const PAGES: [&[u8]; 10] =
        [b"html", b"htm", b"shtml", b"php", b"asp", b"aspx", b"cgi", b"jsp", b"txt", b"pdf"];
    let Some(dot) = memchr::memrchr(b'.', part) else { return false };
    let page = PAGES.iter().any(|ending| part[dot + 1..].eq_ignore_ascii_case(ending));
    let name = if page { &part[..dot] } else { part };
    host_tail(name, Kinds::of(name)).is_some()
}

/// The part of a host's name that tells who it is (`.google.com`), empty for hosts of nobody in particular.
fn host_tail(word: &[u8], kinds: Kinds) -> Option<&[u8]> {
    if !kinds.any(POINT) || !kinds.only(LETTER | DIGIT | POINT | DASH | UNDERSCORE) {
        return None;
    }
    let last = &word[memchr::memrchr(b'.', word)? + 1..];
    let top = last.len() >= 2 && last.len() < word.len() - 1 && last.iter().all(u8::is_ascii_alphabetic);
    // A sentence without a blank behind its full stop is no host name: `later.Please`.
    let sentence = || last[0].is_ascii_uppercase() && last[1..].iter().all(u8::is_ascii_lowercase);
    if !top || kinds.any(UNDERSCORE) && word.len() < 8 || sentence() {
        return None;
    }
    if provider_by_host(word).is_none() && !names_blocklist(word) {
        return Some(b"");
    }
    let mut dots = word.iter().enumerate().rev().filter(|(_, b)| **b == b'.').map(|(i, _)| i);
    dots.nth(1).map_or(Some(word), |dot| Some(&word[dot..]))
}

/// Whether a blocklist's mark is one label of a host's name, or several.
#[must_use]
pub fn names_blocklist(host: &[u8]) -> bool {
    /// Which two letters marks begin with, the second as a bit: most labels need no further look.
    static BEGINNINGS: [u32; 256] = {
        let (mut table, mut i) = ([0; 256], 0);
        while i < BLOCKLISTS.len() {
            let (marks, mut j) = (BLOCKLISTS[i].marks, 0);
            while j < marks.len() {
                let mark = marks[j].as_bytes();
                table[mark[0].to_ascii_lowercase() as usize] |= 1 << (mark[1] % 32);
                j += 1;
            }
            i += 1;
        }
        table
    };
    let is_mark = |labels: &[u8], mark: &str| {
        let (label, rest) = labels.split_at(mark.len().min(labels.len()));
        matches!(rest, [] | [b'.', ..]) && label.eq_ignore_ascii_case(mark.as_bytes())
    };
    let may_be_mark = |label: &[u8]| match *label {
        [first, second, ..] => BEGINNINGS[usize::from(first.to_ascii_lowercase())] >> (second % 32) & 1 != 0,
        _ => false,
    };
    let mut labels = (0..host.len()).filter(|&at| at == 0 || host[at - 1] == b'.').map(|at| &host[at..]);
    labels.any(|labels| {
        may_be_mark(labels)
            && BLOCKLISTS.iter().any(|list| list.marks.iter().any(|mark| is_mark(labels, mark)))
    })
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
            ("550 10.0.0.256 1.2.3.04 1.2.3.4.5 1.2.3 0.0.0.0", "550 {n} {n} {n} {n} {ip}"),
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
            ("421 4.7.0 Try later. YvB67gPaH6RgME - gsmtp", "421 4.7.0 Try later. {id} - gsmtp"),
            ("451 host mx.x.test[192.0.2.1] said: 550 No", "451 host {host}[{ip}] said: 550 No"),
            ("550 550 5.1.1 user 550 unknown", "550 550 5.1.1 user {n} unknown"),
            ("550 550 5.1.1: no, 550 5.1.1@ no", "550 550 5.1.1: no, {n} {n}.{n}.{n}@ no"),
            ("421 busy [YcVAgeKlGoXaFd]", "421 busy [{id}]"),
            ("421 refused LPN105_1740960401 [JP6rNDu8Q855RG]", "421 refused LPN105_{n} [{id}]"),
            (
                "quota exceeded while writing to tmp/MAILDIR.tFxgTq",
                "quota exceeded while writing to tmp/MAILDIR.{id}",
            ),
            (
                "550 5.7.26 SPF [school3.example] with ip: [192.0.2.9]",
                "550 5.7.26 SPF [{host}] with ip: [{ip}]",
            ),
            (
                "554 see https://www.spamhaus.org/query/ip/2001:db8:a6::8fe",
                "554 see https://www.spamhaus.org/query/ip/{id}",
            ),
            ("550 https://x.test/id?c=pyj7nRkiJZKY8V&k=Policy", "550 https://x.test/id?c={id}&k=Policy"),
            ("450 see http://x.test/help/shop.example.html", "450 see http://x.test/help/{id}"),
            ("550 queue id 1tp9Zx-000Abc-Ab, 1tp9Zx-00000000Abc-1AbC", "550 queue id {id}, {id}"),
            ("450 try later. 1741000000-XXabcdefgh", "450 try later. {id}"),
            ("550 5.7.1 1741000000-abcdefghij-ABCDEFGHIJ", "550 5.7.1 {id}"),
            (
                "554 (S3150) [TSS04] AUP#1310 OU-002 IB607 BL21",
                "554 (S3150) [TSS04] AUP#1310 OU-002 IB607 BL21",
            ),
            (
                "554 TLSv12 SpamList12 rbl1234 dVwPgPp902 kfklpkyAK7",
                "554 TLSv12 SpamList12 rbl1234 {id} {id}",
            ),
            (
                "554 disabled (554.30) NoSuchUser DMARCPolicyFail",
                "554 disabled (554.30) NoSuchUser DMARCPolicyFail",
            ),
            ("550 8bit UTF-8 TLSv1.2 IPv4 RFC5321", "550 8bit UTF-8 TLSv1.2 IPv4 RFC5321"),
            ("554 AS77712009 user-unknown and/or", "554 {id} user-unknown and/or"),
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
