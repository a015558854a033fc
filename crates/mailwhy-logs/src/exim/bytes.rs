//! Searching in bytes.

use memchr::memchr;

/// Something to look for in a line: found by its rarest byte, which for short needles in short lines beats a search
/// that must be prepared first.
pub(super) struct Needle {
    bytes: &'static [u8],
    rare: usize,
}

impl Needle {
    pub(super) const fn new(bytes: &'static [u8]) -> Self {
        let mut rare = 0;
        let mut at = 1;
        while at < bytes.len() {
            if commonness(bytes[at]) < commonness(bytes[rare]) {
                rare = at;
            }
            at += 1;
        }
        Self { bytes, rare }
    }

    /// Where it stands first.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        let mut from = self.rare;
        while let Some(hit) = text.get(from..).and_then(|t| memchr(self.bytes[self.rare], t)) {
            let at = from + hit - self.rare;
            if text[at..].starts_with(self.bytes) {
                return Some(at);
            }
            from += hit + 1;
        }
        None
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// What stands before and behind its first place.
    pub(super) fn split<'a>(&self, text: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let at = self.find(text)?;
        Some((&text[..at], &text[at + self.bytes.len()..]))
    }
}

/// How common a byte is in mail logs, roughly.
const fn commonness(byte: u8) -> u8 {
    match byte {
        b' ' | b'.' | b'0'..=b'9' => 4,
        b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't' | b':' | b'=' | b'm' | b'l' => 3,
        b'j' | b'q' | b'z' | b'k' | b'y' | b'x' | b'w' | b'\'' | b'A'..=b'Z' => 1,
        _ => 2,
    }
}

/// A line without the carriage return at its end, which it has where a log came through Windows.
#[inline]
pub(super) fn trim_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Blank, tab and the like.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// How long the word is that `text` begins with.
pub(super) fn word_len(text: &[u8]) -> usize {
    text.iter().position(|&b| is_space(b)).unwrap_or(text.len())
}

/// Where the next blank stands, or the end. Most are near, which eight bytes at a time find sooner than a search.
#[inline]
pub(super) fn blank(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let mut at = 0;
    while let Some(eight) = text[at..].first_chunk() {
        let differ = u64::from_le_bytes(*eight) ^ (ONES * b' ' as u64);
        let equal = differ.wrapping_sub(ONES) & !differ & (ONES << 7);
        if equal != 0 {
            return at + equal.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + text[at..].iter().take_while(|&&b| b != b' ').count()
}

/// `text` without the blanks in front.
#[inline]
pub(super) fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    text
}

/// What follows `prefix`, and `text` itself where it does not begin with it.
pub(super) fn skip<'a>(text: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    text.strip_prefix(prefix).unwrap_or(text)
}

/// The text, unless it is empty.
pub(super) fn some(text: &[u8]) -> Option<&[u8]> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks() {
        for n in 0..40 {
            let mut text = vec![b'!'; n];
            assert_eq!(blank(&text), n);
            text.extend_from_slice(b" x  \xa0");
            assert_eq!(blank(&text), n);
        }
    }

    #[test]
    fn needles() {
        const REJECTED: Needle = Needle::new(b" rejected ");
        assert_eq!(REJECTED.rare, 3);
        assert_eq!(REJECTED.find(b"a rejected b"), Some(1));
        assert_eq!(REJECTED.find(b"jjj rejecte rejected "), Some(11));
        assert_eq!(REJECTED.split(b"a rejected b"), Some((&b"a"[..], &b"b"[..])));
        assert!(!REJECTED.is_in(b" rejected"));
        assert!(!REJECTED.is_in(b"re"));
        assert!(!REJECTED.is_in(b""));
        assert!(!REJECTED.is_in(b"jected "));
    }
}
