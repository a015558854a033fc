//! Lines that went through syslog, and the pieces that Exim cuts long records into.

use super::bytes;
use super::prefix::{date_time, zone};
use crate::Time;
use memchr::{memchr, memchr2};

/// How far ahead the further pieces of a record are looked for.
const LINES_AHEAD: usize = 256;

/// What the system logger put in front of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Header<'a> {
    /// The time, where the format has the year, or it is known otherwise.
    pub(super) time: Option<Time>,
    /// Host and program and process: the same for all pieces of a record.
    origin: &'a [u8],
    pub(super) program: &'a [u8],
    pub(super) pid: Option<&'a [u8]>,
    pub(super) piece: Option<Piece>,
    pub(super) len: usize,
}

/// `[2/5] `: the second piece of five.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) number: u32,
    count: u32,
    /// It was cut at a newline, and not for its length.
    newline: bool,
}

/// Reads the header, in the format of RFC 5424, or of RFC 3164, which may have the time of RFC 3339; no time without a year is
/// later than `until`.
pub(super) fn header(line: &[u8], until: Option<i64>) -> Option<Header<'_>> {
    let start = priority(line);
    let rest = &line[start..];
    if start > 0 && rest.starts_with(b"1 ") {
        return versioned(line, start + 2);
    }
    let (time, n) = bsd_time(rest, until).or_else(|| full_time(rest))?;
    let mut at = start + n;
    let origin = at;
    // A host or a level stands before the program, or both, or neither.
    let (program, pid) = (0..4).find_map(|_| {
        let word = memchr(b' ', &line[at..]).map(|n| &line[at..at + n])?;
        at += word.len() + 1;
        tag(word)
    })?;
    let origin = &line[origin..at];
    let (piece, n) = piece(&line[at..]).map_or((None, 0), |(p, n)| (Some(p), n));
    Some(Header { time, origin, program, pid, piece, len: at + n })
}

/// Reads `TIME HOST PROGRAM PROCESS MESSAGE DATA ` of RFC 5424 from `start` on.
fn versioned(line: &[u8], start: usize) -> Option<Header<'_>> {
    const BOM: &[u8] = b"\xef\xbb\xbf";
    let (time, n) = full_time(&line[start..])?;
    let mut at = start + n;
    let mut word = || {
        let word = memchr(b' ', &line[at..]).map(|n| &line[at..at + n])?;
        at += word.len() + 1;
        Some(word)
    };
    let (_host, program, pid, message) = (word()?, word()?, word()?, word()?);
    let origin = &line[start + n..at - message.len() - 1];
    at += data_len(&line[at..])?;
    at += if line[at..].starts_with(BOM) { BOM.len() } else { 0 };
    let (piece, n) = piece(&line[at..]).map_or((None, 0), |(p, n)| (Some(p), n));
    let pid = Some(pid).filter(|pid| *pid != b"-");
    Some(Header { time, origin, program, pid, piece, len: at + n })
}

/// How long the data of RFC 5424 is, with the blank behind it: `- `, `[name key="value"] `.
fn data_len(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"- ") {
        return Some(2);
    }
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        at += 1;
        loop {
            at += memchr2(b']', b'\\', text.get(at..)?)?;
            if text[at] == b']' {
                break;
            }
            at += 2;
        }
        at += 1;
    }
    (at > 0 && text.get(at) == Some(&b' ')).then_some(at + 1)
}

/// Puts the record together whose first piece is `text` and whose further pieces stand somewhere in `rest`.
pub(super) fn join(first: &Header<'_>, text: &[u8], rest: &[u8], joined: &mut Vec<u8>) {
    joined.clear();
    joined.extend_from_slice(text);
    let Some(mut last) = first.piece else { return };
    for line in rest.split(|&b| b == b'\n').map(bytes::trim_return).take(LINES_AHEAD) {
        if last.number >= last.count {
            return;
        }
        let Some(head) = header(line, None).filter(|h| h.origin == first.origin) else { continue };
        let Some(piece) = head.piece.filter(|p| p.count == last.count) else { continue };
        if piece.number != last.number + 1 {
            return;
        }
        if last.newline {
            joined.push(b'\n');
        }
        joined.extend_from_slice(&line[head.len..]);
        last = piece;
    }
}

/// `<134>`
fn priority(line: &[u8]) -> usize {
    let [b'<', rest @ ..] = line else { return 0 };
    let n = rest.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    if n > 0 && rest.get(n) == Some(&b'>') { n + 2 } else { 0 }
}

/// `Mar  4 05:06:07 `: of the last year in which that is not later than `until`.
fn bsd_time(text: &[u8], until: Option<i64>) -> Option<(Option<Time>, usize)> {
    let [m, o, n, b' ', d1, d2, b' ', h1, h2, b':', m1, m2, b':', s1, s2, b' ', ..] = text else {
        return None;
    };
    let is_month = m.is_ascii_uppercase() && o.is_ascii_lowercase() && n.is_ascii_lowercase();
    let digits = [d2, h1, h2, m1, m2, s1, s2].iter().all(|d| d.is_ascii_digit());
    if !is_month || !digits || !matches!(d1, b' ' | b'0'..=b'9') {
        return None;
    }
    let number = |tens: &u8, ones: &u8| u32::from(tens & 15) * 10 + u32::from(ones - b'0');
    let (day, hour, minute, second) = (number(d1, d2), number(h1, h2), number(m1, m2), number(s1, s2));
    let month = b"JanFebMarAprMayJunJulAugSepOctNovDec".chunks(3).position(|name| name == &text[..3]);
    let time = until.zip(month).and_then(|(until, month)| {
        // The log's clock may be that of another time zone.
        const DAY: i64 = 86_400;
        let last = until + DAY;
        // The 29th of February is in every fourth year, but for some centuries.
        (0..9).map(|back| year(last) - back).find_map(|year| {
            let time = Time::new(year, month as u32 + 1, day, hour, minute, second)?;
            let is_there = day < 29 || month != 1 || time.civil < Time::new(year, 3, 1, 0, 0, 0)?.civil;
            (is_there && time.civil <= last).then_some(time)
        })
    });
    Some((time, 16))
}

/// The year of a civil time.
fn year(civil: i64) -> i64 {
    const AVERAGE: i64 = 31_556_952;
    let about = 1970 + civil.div_euclid(AVERAGE);
    let begins = |year| Time::new(year, 1, 1, 0, 0, 0).is_some_and(|time| time.civil <= civil);
    [about + 1, about].into_iter().find(|&year| begins(year)).unwrap_or(about - 1)
}

/// `2025-03-04T05:06:07.089+03:00 `
fn full_time(text: &[u8]) -> Option<(Option<Time>, usize)> {
    let (mut time, mut at) = date_time(text, b'T')?;
    let mut millis = None;
    if text.get(at) == Some(&b'.') {
        let n = text[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        let part = text[at + 1..].iter().take(n.min(3)).chain(b"00").take(3);
        millis = (n > 0).then(|| part.fold(0, |v, d| v * 10 + u16::from(d - b'0')));
        at += 1 + n;
    }
    let (offset, n) = match text.get(at)? {
        b'Z' => (0, 1),
        _ => zone(&text[at..])?,
    };
    if let Some(time) = &mut time {
        time.millis = millis;
        time.offset = Some(offset);
    }
    (text.get(at + n) == Some(&b' ')).then_some((time, at + n + 1))
}

/// `exim[123]:` or `exim:`
fn tag(word: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let word = word.strip_suffix(b":")?;
    let (program, pid) = match (word.strip_suffix(b"]"), memchr(b'[', word)) {
        (Some(open), Some(at)) if at < open.len() => (&word[..at], Some(&open[at + 1..])),
        _ => (word, None),
    };
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'-' | b'_');
    let number = pid.is_none_or(|p| p.iter().all(u8::is_ascii_digit));
    (!program.is_empty() && program.iter().all(name) && number).then_some((program, pid))
}

/// `[1/5] `, or `[1\5] ` where the cut is a newline.
fn piece(text: &[u8]) -> Option<(Piece, usize)> {
    let number = |from: usize| {
        let n = text[from..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
        let value = text[from..from + n].iter().fold(0, |v, d| v * 10 + u32::from(d - b'0'));
        (n > 0).then_some((value, from + n))
    };
    if text.first() != Some(&b'[') {
        return None;
    }
    let (first, at) = number(1)?;
    let newline = match text.get(at)? {
        b'/' => false,
        b'\\' => true,
        _ => return None,
    };
    let (count, at) = number(at + 1)?;
    text[at..].starts_with(b"] ").then_some((Piece { number: first, count, newline }, at + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let head = |s: &'static str| header(s.as_bytes(), None);
        let h = head("Mar  4 05:06:07 mx1 exim[46483]: [1\\2] text").unwrap();
        assert_eq!((h.program, h.pid, h.time), (&b"exim"[..], Some(&b"46483"[..]), None));
        assert_eq!((h.piece, h.len), (Some(Piece { number: 1, count: 2, newline: true }), 39));
        let h = head("<22>2025-03-04T05:06:07.089+03:00 info exim4[7]: x").unwrap();
        let time = Time { millis: Some(89), offset: Some(180), ..Time::new(2025, 3, 4, 5, 6, 7).unwrap() };
        assert_eq!((h.program, h.pid, h.time), (&b"exim4"[..], Some(&b"7"[..]), Some(time)));
        assert_eq!(head("2025-03-04T05:06:07Z exim: x").map(|h| h.len), Some(27));
        assert_eq!(
            head("Mar 14 05:06:07 mx1 mail.info exim: [3/12] x").and_then(|h| h.piece).map(|p| p.number),
            Some(3)
        );
        let h = head("<22>1 2025-03-04T05:06:07Z mx1 exim 123 - - [2/3] x").unwrap();
        assert_eq!((h.program, h.pid, h.piece.map(|p| p.number)), (&b"exim"[..], Some(&b"123"[..]), Some(2)));
        assert_eq!((h.len, h.origin), (50, &b"mx1 exim 123 "[..]));
        let h = head("<22>1 2025-03-04T05:06:07Z mx1 exim - - [a b=\"\\]\"][c] \u{feff}x").unwrap();
        assert_eq!((h.pid, h.len), (None, 57));
        for s in [
            "",
            "<22>1 2025-03-04T05:06:07Z mx1 exim 123 - x",
            "Mar  4 05:06:07 ",
            "Mar  4 05:06:07 a b c d e f: x",
            "May be it: x",
            "2025-03-04T05:06:07 a: b",
        ] {
            assert_eq!(head(s), None, "{s}");
        }
    }

    #[test]
    fn the_year_is_that_of_the_last_such_day() {
        let time = |y, m, d, h, min, s| Time::new(y, m, d, h, min, s).unwrap();
        for (line, until, expected) in [
            ("Mar  4 05:06:07 mx1 exim: x", time(2025, 3, 4, 6, 0, 0), time(2025, 3, 4, 5, 6, 7)),
            // Another zone's clock, and the turn of the year.
            ("Mar  5 05:06:07 mx1 exim: x", time(2025, 3, 4, 6, 0, 0), time(2025, 3, 5, 5, 6, 7)),
            ("Jan  1 00:30:00 mx1 exim: x", time(2024, 12, 31, 23, 0, 0), time(2025, 1, 1, 0, 30, 0)),
            ("Dec 31 23:59:59 mx1 exim: x", time(2025, 1, 2, 0, 0, 0), time(2024, 12, 31, 23, 59, 59)),
            ("Mar  6 05:06:07 mx1 exim: x", time(2025, 3, 4, 6, 0, 0), time(2024, 3, 6, 5, 6, 7)),
            ("Feb 29 12:00:00 mx1 exim: x", time(2027, 1, 1, 0, 0, 0), time(2024, 2, 29, 12, 0, 0)),
        ] {
            let head = header(line.as_bytes(), Some(until.civil)).unwrap();
            assert_eq!(head.time, Some(expected), "{line}");
        }
        assert_eq!(header(b"Foo  4 05:06:07 mx1 exim: x", Some(0)).unwrap().time, None);
        let mut day = time(1969, 1, 1, 0, 0, 0).civil;
        for expected in 1969..2200 {
            let next = time(expected + 1, 1, 1, 0, 0, 0).civil;
            assert_eq!((year(day), year(next - 1)), (expected, expected));
            day = next;
        }
    }

    #[test]
    fn pieces_of_two_processes() {
        let first = b"Mar  4 05:06:07 mx1 exim[1]: [1/3] one ";
        let rest = b"Mar  4 05:06:07 mx1 exim[2]: [1/2] other\n\
            Mar  4 05:06:07 mx1 exim[1]: [2\\3] two\n\
            Mar  4 05:06:07 mx1 exim[2]: [2/2] other\n\
            Mar  4 05:06:08 mx1 exim[1]: [3/3] three\n\
            Mar  4 05:06:08 mx1 exim[1]: [2/3] four";
        let head = header(first, None).unwrap();
        let mut joined = Vec::new();
        join(&head, &first[head.len..], rest, &mut joined);
        assert_eq!(joined, b"one two\nthree");
    }
}
