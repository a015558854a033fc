/*!
One line of lower case, from whatever a log made of a reply.

Line breaks (real ones, or Exim's `\n`, also doubled as in `C="…"`) and runs of blanks become one blank, octal escapes
become the bytes they stand for, and the code that each line of a multi-line reply repeats is left out. A list of
jumps leads back to the places in the original.
*/

use mailwhy_codes::Enhanced;

use crate::kinds::find;

/// Longer texts are not replies; what follows is not looked at.
const LIMIT: usize = 32 * 1024;

/// How many zeros stand behind a padded text: bytes can be read together anywhere in it. No folded text has a zero itself.
pub(crate) const PADDING: usize = 16;

/// A folded text, with a blank before and behind.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The folded bytes, and the padding.
    text: Vec<u8>,
    /// From which byte here on the original is at which byte there; sorted.
    jumps: Vec<(u32, u32)>,
    /// The length of the original.
    end: u32,
    /// Whether there may be letters beyond ASCII.
    wide: bool,
}

impl Folded {
    /// Folds `text`, but leaves the case.
    pub(crate) fn fold(&mut self, text: &[u8]) {
        let text = &text[..text.len().min(LIMIT)];
        self.text.clear();
        self.jumps.clear();
        self.end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.wide = false;
        self.text.push(b' ');

        let mut first: Option<FirstCode<'_>> = None;
        // The first word is no repetition. Most texts have nothing to fold.
        let mut i = if text.starts_with(b" ") { 0 } else { self.copy(text, 0) };
        let (mut blank, mut line_start) = (false, i == 0);
        if i > 0 && i < text.len() && matches!(text[0], b'2'..=b'5') {
            repeated(text, &mut first, true, b" ");
        }
        while i < text.len() {
            let (byte, len) = match unescape(&text[i..]) {
                (Unit::Byte(byte), len) => (byte, len),
                (Unit::Blank, len) => {
                    blank = true;
                    i += len;
                    continue;
                }
                (Unit::Newline, len) => {
                    (blank, line_start) = (true, true);
                    i += len;
                    continue;
                }
            };
            let word = blank || self.text.len() == 1;
            if word
                && matches!(byte, b'2'..=b'5')
                && let Some(skip) = repeated(&text[i..], &mut first, line_start, &self.text)
            {
                i += skip;
                (blank, line_start) = (true, false);
                continue;
            }
            if blank && self.text.last() != Some(&b' ') {
                self.push(b' ', i);
            }
            (blank, line_start) = (false, false);
            self.push(byte, i);
            self.wide |= !byte.is_ascii();
            i += len;
            i = self.copy(text, i);
        }
        if self.text.last() != Some(&b' ') {
            self.push(b' ', i);
        }
        self.text.extend_from_slice(&[0; PADDING]);
    }

    /// The folded bytes.
    pub(crate) fn text(&self) -> &[u8] {
        unpadded(&self.text)
    }

    /// The folded bytes, and the padding behind them.
    pub(crate) fn padded(&self) -> &[u8] {
        &self.text
    }

    /// Takes the case away.
    pub(crate) fn lower(&mut self) {
        self.text.make_ascii_lowercase();
        let mut rest = if self.wide { &mut *self.text } else { &mut [] };
        while let Some(at) = memchr::memchr3(0xc3, 0xd0, 0xd1, rest)
            && let Some((letter, behind)) = rest[at..].split_first_chunk_mut()
        {
            *letter = lower_pair(*letter);
            rest = behind;
        }
    }

    /// Where the bytes `start..end` of the folded text are in the original.
    pub(crate) fn origin(&self, start: usize, end: usize) -> (u32, u32) {
        if start >= end {
            return (0, 0);
        }
        let from = self.place(start);
        (from, (self.place(end - 1) + 1).clamp(from, self.end))
    }

    fn place(&self, at: usize) -> u32 {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let jump = self.jumps.partition_point(|&(here, _)| here <= at);
        let Some(&(here, there)) = jump.checked_sub(1).and_then(|i| self.jumps.get(i)) else { return 0 };
        (there + (at - here)).min(self.end)
    }

    /// Copies what stays as it is from here on; gives where it ends.
    fn copy(&mut self, text: &[u8], from: usize) -> usize {
        let to = from + find(&text[from..], is_stop);
        if to > from {
            self.jump(from);
            self.text.extend_from_slice(&text[from..to]);
        }
        to
    }

    #[inline]
    fn push(&mut self, byte: u8, from: usize) {
        self.jump(from);
        self.text.push(byte);
    }

    /// Notes where the next byte comes from.
    #[inline]
    fn jump(&mut self, from: usize) {
        #[expect(clippy::cast_possible_truncation, reason = "the length is limited")]
        let (here, there) = (self.text.len() as u32, from as u32);
        let straight = self.jumps.last().is_some_and(|&(h, t)| here - h == there.wrapping_sub(t));
        if !straight {
            self.jumps.push((here, there));
        }
    }
}

/// A padded text without its padding.
pub(crate) fn unpadded(text: &[u8]) -> &[u8] {
    &text[..text.len().saturating_sub(PADDING)]
}

/// Whether more than its case may change at a byte with these two behind it. Up to such a byte are words with single
/// blanks between them, and none may be a repeated code.
fn is_stop([byte, next, after]: [u8; 3]) -> bool {
    // What no word holds: controls, escapes, letters beyond ASCII.
    let odd = |b: u8| (b.wrapping_sub(b' ') >= 0x80 - b' ') | (b == b'\\');
    let code = (next.wrapping_sub(b'2') < 4) & (after.wrapping_sub(b'0') < 10);
    odd(byte) | ((byte == b' ') & ((next == b' ') | odd(next) | code))
}

enum Unit {
    Byte(u8),
    Blank,
    Newline,
}

/// The first unit of a text that is not at its end, and its length.
#[inline]
fn unescape(text: &[u8]) -> (Unit, usize) {
    match text {
        [b'\n', ..] => (Unit::Newline, 1),
        [b'\\', ..] => escape(text),
        [] | [b' ' | b'\t' | b'\r' | 0 | 0x0b | 0x0c, ..] => (Unit::Blank, 1),
        [byte, ..] => (Unit::Byte(*byte), 1),
    }
}

/// Exim's `string_printing()` writes `\n`, `\r`, `\t`, `\"`, `\\` and octal numbers; twice where it prints what is
/// printed already.
#[cold]
fn escape(text: &[u8]) -> (Unit, usize) {
    let slashes = text.iter().take(4).take_while(|&&b| b == b'\\').count();
    match &text[slashes..] {
        [b'n', ..] => (Unit::Newline, slashes + 1),
        [b'r' | b't', ..] => (Unit::Blank, slashes + 1),
        [b'"', ..] => (Unit::Byte(b'"'), slashes + 1),
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            (Unit::Byte(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0')), slashes + 3)
        }
        _ => (Unit::Byte(b'\\'), 1),
    }
}

/// Lower case of the two-byte letters that replies are written in: Latin-1 and Russian.
const fn lower_pair([a, b]: [u8; 2]) -> [u8; 2] {
    match (a, b) {
        (0xc3, 0x80..=0x9e) if b != 0x97 => [a, b + 0x20],
        (0xd0, 0x90..=0x9f) => [0xd0, b + 0x20],
        (0xd0, 0xa0..=0xaf) => [0xd1, b - 0x20],
        (0xd0, 0x81) => [0xd1, 0x91],
        _ => [a, b],
    }
}

/// The code that the further lines of a reply repeat.
struct FirstCode<'a> {
    digits: [u8; 3],
    /// What stands behind it.
    rest: &'a [u8],
}

/// How many bytes to skip when `text` begins with a repetition of the first code.
fn repeated<'a>(
    text: &'a [u8],
    first: &mut Option<FirstCode<'a>>,
    line_start: bool,
    before: &[u8],
) -> Option<usize> {
    let &[a, b @ b'0'..=b'9', c @ b'0'..=b'9', ref rest @ ..] = text else { return None };
    let digits = [a, b, c];
    let separator = rest.first().copied();
    if !matches!(separator, None | Some(b' ' | b'-' | b'\r' | b'\n' | b'\\')) {
        return None;
    }
    let rest = rest.get(1..).unwrap_or_default();
    let enhanced = |rest: &[u8]| Enhanced::prefix(rest.trim_ascii_start());
    match first {
        None => {
            if before.len() == 1 || before.ends_with(b":") {
                *first = Some(FirstCode { digits, rest });
            }
            None
        }
        Some(first) if first.digits == digits => {
            let same = enhanced(rest)
                .filter(|(code, _)| enhanced(first.rest).is_some_and(|(before, _)| before == *code));
            if !line_start && separator != Some(b'-') && same.is_none() {
                return None;
            }
            let blanks = rest.len() - rest.trim_ascii_start().len();
            let code = (text.len() - rest.len()).min(4);
            Some(code + same.map_or(0, |(_, len)| blanks + len))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(text: &str) -> String {
        let mut folded = Folded::default();
        folded.fold(text.as_bytes());
        folded.lower();
        String::from_utf8(folded.text().to_vec()).expect("valid stays valid")
    }

    #[test]
    fn lines_become_one() {
        let want = " 550-5.7.26 this mail is blocked. learn more ";
        for text in [
            "550-5.7.26 This mail\r\n550-5.7.26 is blocked.\r\n550 5.7.26 Learn  more",
            r"550-5.7.26 This mail\n550-5.7.26 is blocked.\n550 5.7.26 Learn more",
            r"550-5.7.26 This mail\\n550-5.7.26 is blocked.\\n550 5.7.26 Learn more",
            "550-5.7.26 This mail 550-5.7.26 is blocked. 550 5.7.26 Learn more",
        ] {
            assert_eq!(lower(text), want);
        }
        assert_eq!(lower("554-mx.test\n554 No SMTP\n"), " 554-mx.test no smtp ");
        assert_eq!(lower("550 550 5.1.1 x"), " 550 550 5.1.1 x ");
        assert_eq!(lower("host a [192.0.2.1]: 550-A\\n550 B"), " host a [192.0.2.1]: 550-a b ");
    }

    #[test]
    fn letters_are_lowered() {
        assert_eq!(lower("550 Ящик ПЕРЕПОЛНЕН Ё"), " 550 ящик переполнен ё ");
        assert_eq!(lower(r"550 \320\257\321\211\320\270\320\272"), " 550 ящик ");
        assert_eq!(lower("Boîte À É"), " boîte à é ");
    }

    #[test]
    fn places_lead_back() {
        let text = "550-5.1.1 No\r\n550 5.1.1 such  USER here";
        let mut folded = Folded::default();
        folded.fold(text.as_bytes());
        folded.lower();
        let want = b"no such user";
        let at = folded.text().windows(want.len()).position(|w| w == want).expect("found");
        let (start, end) = folded.origin(at, at + want.len());
        assert_eq!(&text[start as usize..end as usize], "No\r\n550 5.1.1 such  USER");
        assert_eq!(folded.origin(0, 0), (0, 0));
    }
}
