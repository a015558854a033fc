//! The front of a line: time, process, message id.

use crate::Time;

/// Time and process, and how many bytes they take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stamp<'a> {
    pub(super) time: Option<Time>,
    pub(super) pid: Option<&'a [u8]>,
    pub(super) len: usize,
}

/// Reads the stamps of line after line, which mostly are of the same second.
#[derive(Debug)]
pub(super) struct Stamps {
    /// `YYYY-MM-DD HH:MM:SS` of a line before, and what time that is.
    text: [u8; 19],
    time: Option<Time>,
}

impl Default for Stamps {
    fn default() -> Self {
        // Has the form of a time, and is none.
        Self { text: *b"0000-00-00 00:00:00", time: None }
    }
}

impl Stamps {
    /// What [`stamp`] gives.
    #[inline(always)]
    pub(super) fn read<'a>(&mut self, line: &'a [u8]) -> Option<Stamp<'a>> {
        match line.split_first_chunk() {
            Some((text, [b' ', first, ..])) if *text == self.text && first.is_ascii_alphanumeric() => {
                Some(Stamp { time: self.time, pid: None, len: text.len() + 1 })
            }
            _ => self.read_anew(line),
        }
    }

    #[inline(never)]
    fn read_anew<'a>(&mut self, line: &'a [u8]) -> Option<Stamp<'a>> {
        if line.first_chunk() != Some(&self.text) {
            (self.time, _) = date_time(line, b' ')?;
            self.text = *line.first_chunk()?;
        }
        behind_time(line, self.time, self.text.len())
    }
}

/// Reads `YYYY-MM-DD HH:MM:SS[.mmm] [+hhmm] [[pid]] `.
///
/// The last blank may be missing at the end of the line, where some editor has cut it.
pub(super) fn stamp(line: &[u8]) -> Option<Stamp<'_>> {
    let (time, len) = date_time(line, b' ')?;
    behind_time(line, time, len)
}

fn behind_time(line: &[u8], mut time: Option<Time>, mut len: usize) -> Option<Stamp<'_>> {
    if let [b'.', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ', ..] = &line[len..] {
        if let Some(time) = &mut time {
            time.millis = Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'));
        }
        len += 4;
    }
    match line.get(len) {
        None => return Some(Stamp { time, pid: None, len }),
        Some(b' ') => len += 1,
        Some(_) => return None,
    }
    if let Some((offset, n)) = zone(&line[len..]).filter(|(_, n)| ends(line, len + n)) {
        if let Some(time) = &mut time {
            time.offset = Some(offset);
        }
        len = (len + n + 1).min(line.len());
    }
    let (pid, n) = process(&line[len..]);
    Some(Stamp { time, pid, len: len + n })
}

/// Reads `[pid] `, and as `[p1234]`, which Exim's own test logs have.
#[inline]
pub(super) fn process(text: &[u8]) -> (Option<&[u8]>, usize) {
    let [b'[', rest @ ..] = text else { return (None, 0) };
    let p = usize::from(rest.first() == Some(&b'p'));
    let n = p + rest[p..].iter().take_while(|b| b.is_ascii_digit()).count();
    if n == p || rest.get(n) != Some(&b']') || !ends(text, n + 2) {
        return (None, 0);
    }
    (Some(&rest[..n]), (n + 3).min(text.len()))
}

/// Reads a message id, of 6-6-2 letters up to Exim 4.96 and of 6-11-4 since, with the blank behind it.
#[inline]
pub(super) fn message_id(text: &[u8]) -> Option<(&[u8], usize)> {
    if text.get(6) != Some(&b'-') {
        return None;
    }
    let len = match (text.first_chunk::<16>(), text.first_chunk::<23>()) {
        (Some(id), _) if id[13] == b'-' && letters(id, 0, Some(6)) && letters(id, 8, Some(13)) => 16,
        (_, Some(id))
            if id[18] == b'-'
                && letters(id, 0, Some(6))
                && letters(id, 8, None)
                && letters(id, 15, Some(18)) =>
        {
            23
        }
        _ => return None,
    };
    ends(text, len).then(|| (&text[..len], (len + 1).min(text.len())))
}

/// Whether the eight bytes from `at` on are letters or digits, but for a hyphen that stands among them.
#[inline]
fn letters<const N: usize>(id: &[u8; N], at: usize, hyphen: Option<usize>) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let Some(eight) = id[at..].first_chunk() else { return false };
    // A digit in the hyphen's place.
    let digit = hyphen.map_or(0, |hyphen| u64::from(b'-' ^ b'0') << (8 * (hyphen - at)));
    let word = u64::from_le_bytes(*eight) ^ digit;
    let lower = word | all(0x20);
    // The highest bit of each byte says whether it is at least the first and not above the last. A byte beyond ASCII is
    // above both or wraps below both, so that no carry can make it one.
    let digits = (word.wrapping_add(all(0x80 - b'0'))) & !word.wrapping_add(all(0x7f - b'9'));
    let small = lower.wrapping_add(all(0x80 - b'a')) & !lower.wrapping_add(all(0x7f - b'z'));
    ((digits | small) & all(0x80)) == all(0x80)
}

/// Reads `YYYY-MM-DD`, a byte that must be `between`, and `HH:MM:SS`. Numbers out of range make no time.
#[inline]
pub(super) fn date_time(text: &[u8], between: u8) -> Option<(Option<Time>, usize)> {
    let t = text.first_chunk::<19>()?;
    if (t[4], t[7], t[10], t[13], t[16]) != (b'-', b'-', between, b':', b':') {
        return None;
    }
    let mut wrong = 0;
    let mut number = |at: usize| {
        let (a, b) = (t[at].wrapping_sub(b'0'), t[at + 1].wrapping_sub(b'0'));
        wrong |= u8::from(a > 9) | u8::from(b > 9);
        u32::from(a) * 10 + u32::from(b)
    };
    let year = number(0) * 100 + number(2);
    let (month, day) = (number(5), number(8));
    let (hour, minute, second) = (number(11), number(14), number(17));
    (wrong == 0).then(|| (Time::new(i64::from(year), month, day, hour, minute, second), 19))
}

/// Reads `+hhmm` or `+hh:mm` as minutes.
pub(super) fn zone(text: &[u8]) -> Option<(i16, usize)> {
    let (sign, rest) = match text {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let ([a, b, b':', c, d, ..] | [a, b, c, d, ..]) = rest else { return None };
    if ![a, b, c, d].iter().all(|d| d.is_ascii_digit()) {
        return None;
    }
    let digit = |d: &u8| i16::from(d - b'0');
    let minutes = digit(a) * 600 + digit(b) * 60 + digit(c) * 10 + digit(d);
    Some((sign * minutes, if rest[2] == b':' { 6 } else { 5 }))
}

/// Whether a part of the front may end at `at`: a blank follows, or nothing.
#[inline]
fn ends(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), None | Some(b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(line: &str) -> Option<(Option<Time>, Option<&str>, &str)> {
        let mut stamps = Stamps::default();
        let s = stamp(line.as_bytes());
        for _ in 0..2 {
            assert_eq!(stamps.read(line.as_bytes()), s, "{line}");
        }
        let s = s?;
        Some((s.time, s.pid.map(|p| std::str::from_utf8(p).unwrap()), &line[s.len..]))
    }

    #[test]
    fn stamps() {
        let civil = Time::new(2025, 3, 4, 5, 6, 7).unwrap();
        let time = |millis, offset| Some(Time { millis, offset, ..civil });
        assert_eq!(front("2025-03-04 05:06:07 x y"), Some((time(None, None), None, "x y")));
        assert_eq!(front("2025-03-04 05:06:07.089 x"), Some((time(Some(89), None), None, "x")));
        assert_eq!(front("2025-03-04 05:06:07 -0330 x"), Some((time(None, Some(-210)), None, "x")));
        assert_eq!(
            front("2025-03-04 05:06:07.123 +0545 [12] x"),
            Some((time(Some(123), Some(345)), Some("12"), "x"))
        );
        assert_eq!(front("2025-03-04 05:06:07 [p1234] x"), Some((time(None, None), Some("p1234"), "x")));
        assert_eq!(front("2025-03-04 05:06:07 [1.2.3.4] x"), Some((time(None, None), None, "[1.2.3.4] x")));
        assert_eq!(front("2025-03-04 05:06:07 [12]: x"), Some((time(None, None), None, "[12]: x")));
        assert_eq!(front("2025-03-04 05:06:07 +03000 x"), Some((time(None, None), None, "+03000 x")));
        for cut in ["2025-03-04 05:06:07", "2025-03-04 05:06:07 ", "2025-03-04 05:06:07 +0100 [7]"] {
            assert_eq!(front(cut).map(|f| f.2), Some(""), "{cut}");
        }
        let leap = Time::new(2024, 12, 31, 23, 59, 60);
        assert_eq!(front("2024-12-31 23:59:60 x"), Some((leap, None, "x")));
        assert_eq!(front("2025-13-04 05:06:07 x"), Some((None, None, "x")));
        for other in
            ["", "2025-03-04", "2025-03-04T05:06:07 x", "2025-03-04 05:06:0a x", "2025-03-04 05:06:07x"]
        {
            assert_eq!(front(other), None, "{other}");
        }
    }

    #[test]
    fn one_second_after_the_other() {
        let mut stamps = Stamps::default();
        let nothing = [&[0; 19][..], b" x"].concat();
        for line in [&nothing[..], b"0000-00-00 00:00:00 x", &nothing] {
            assert_eq!(stamps.read(line), stamp(line));
        }
        for second in ["59", "60", "60", "59", "00", "61", "61", "6x", "00.123", "00"] {
            let line = format!("2024-12-31 23:59:{second} x");
            assert_eq!(stamps.read(line.as_bytes()), stamp(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn ids() {
        let id = |s: &'static str| message_id(s.as_bytes()).map(|(i, n)| (i.len(), n));
        assert_eq!(id("1tZabc-0002Xy-3q <= a"), Some((16, 17)));
        assert_eq!(id("1tZabc-0000000AbCd-0xYz Completed"), Some((23, 24)));
        assert_eq!(id("1tZabc-0002Xy-3q"), Some((16, 16)));
        for s in ["", "1tZabc-0002Xy-3", "1tZabc-0002Xy-3q:", "1tZabc-0002X_-3q x", "1tZabc-0000000AbCd-0xY "]
        {
            assert_eq!(id(s), None, "{s}");
        }
    }

    #[test]
    fn ids_are_of_letters_and_digits() {
        for form in [b"1tZabc-0002Xy-3q x".as_slice(), b"1tZabc-0000000AbCd-0xYz x"] {
            let len = form.len() - 2;
            for (at, byte) in (0..len).flat_map(|at| (0..=u8::MAX).map(move |byte| (at, byte))) {
                let mut text = form.to_vec();
                text[at] = byte;
                let fits = if form[at] == b'-' { byte == b'-' } else { byte.is_ascii_alphanumeric() };
                assert_eq!(message_id(&text).is_some(), fits, "{}", text.escape_ascii());
            }
        }
    }
}
