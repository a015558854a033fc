//! What bytes a word is made of, found while its end is looked for: most questions about it need not be asked then.

/// `0` to `9`.
pub(crate) const DIGIT: u32 = 1;
/// `a` to `z`.
pub(crate) const SMALL: u32 = 1 << 1;
/// `A` to `Z`.
pub(crate) const CAPITAL: u32 = 1 << 2;
/// What stands between words: blanks, brackets, quotes, `,` and `;`.
pub(crate) const GAP: u32 = 1 << 3;
/// `.`
pub(crate) const POINT: u32 = 1 << 4;
/// `:`
pub(crate) const COLON: u32 = 1 << 5;
/// `@`
pub(crate) const AT: u32 = 1 << 6;
/// `/`
pub(crate) const SLASH: u32 = 1 << 7;
/// `=`
pub(crate) const EQUALS: u32 = 1 << 8;
/// `_`
pub(crate) const UNDERSCORE: u32 = 1 << 9;
/// `{`
pub(crate) const BRACE: u32 = 1 << 10;
/// `#`
pub(crate) const HASH: u32 = 1 << 11;
/// `%`
pub(crate) const PERCENT: u32 = 1 << 12;
/// `-`
pub(crate) const DASH: u32 = 1 << 13;
/// `+`
pub(crate) const PLUS: u32 = 1 << 14;
/// `?`
pub(crate) const QUESTION: u32 = 1 << 15;
/// `&`
pub(crate) const AMPERSAND: u32 = 1 << 16;
/// All others, of ASCII and beyond.
pub(crate) const OTHER: u32 = 1 << 17;

/// Small letters and capitals.
pub(crate) const LETTER: u32 = SMALL | CAPITAL;

/// The kinds of bytes that occur in a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Kinds(u32);

impl Kinds {
    pub(crate) fn of(word: &[u8]) -> Self {
        Self(word.iter().fold(0, |kinds, &byte| kinds | KIND[usize::from(byte)]))
    }

    /// Whether one of these occurs.
    pub(crate) const fn any(self, kinds: u32) -> bool {
        self.0 & kinds != 0
    }

    /// Whether each of these occurs.
    pub(crate) const fn all(self, kinds: u32) -> bool {
        self.0 & kinds == kinds
    }

    /// Whether no others occur.
    pub(crate) const fn only(self, kinds: u32) -> bool {
        self.0 & !kinds == 0
    }
}

/// How many bytes there are behind the last of one of the kinds `end`.
pub(crate) fn run_back(text: &[u8], end: u32) -> usize {
    text.iter().rev().take_while(|&&byte| KIND[usize::from(byte)] & end == 0).count()
}

/// How many bytes there are before the first of one of the kinds `end`, and their kinds.
#[inline]
pub(crate) fn run(text: &[u8], end: u32) -> (usize, Kinds) {
    let mut kinds = 0;
    for (len, &byte) in text.iter().enumerate() {
        let kind = KIND[usize::from(byte)];
        if kind & end != 0 {
            return (len, Kinds(kinds));
        }
        kinds |= kind;
    }
    (text.len(), Kinds(kinds))
}

/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// The first place where `what` is true of a byte and the two behind it, else the length; behind the end are blanks.
///
/// `what` is asked of a block of bytes at once, and must not branch: then the compiler makes it of vectors.
pub(crate) fn find(text: &[u8], what: impl Fn([u8; 3]) -> bool) -> usize {
    let find_in = |block: &[u8; BLOCK + 2]| {
        // Each loaded from where it is: copied together and taken apart, they would have to wait for the copy.
        let [first, second, third]: [[u8; BLOCK]; 3] =
            [0, 1, 2].map(|n| block[n..].first_chunk().copied().unwrap_or_default());
        let mut found = [0; BLOCK];
        for (i, found) in found.iter_mut().enumerate() {
            *found = u8::from(what([first[i], second[i], third[i]]));
        }
        let found = u128::from_le_bytes(found);
        (found != 0).then(|| found.trailing_zeros() as usize / 8)
    };
    let mut start = 0;
    while let Some(block) = text[start..].first_chunk() {
        if let Some(place) = find_in(block) {
            return start + place;
        }
        start += BLOCK;
    }
    while start < text.len() {
        let rest = &text[start..];
        let mut block = [b' '; BLOCK + 2];
        block[..rest.len()].copy_from_slice(rest);
        if let Some(place) = find_in(&block) {
            return (start + place).min(text.len());
        }
        start += BLOCK;
    }
    text.len()
}

/// The kind of each byte.
static KIND: [u32; 256] = {
    let (mut table, mut byte) = ([OTHER; 256], 0_u8);
    while byte < 0x80 {
        table[byte as usize] = match byte {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b' ' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'"' | b'\'' | b',' | b';' => GAP,
            b'.' => POINT,
            b':' => COLON,
            b'@' => AT,
            b'/' => SLASH,
            b'=' => EQUALS,
            b'_' => UNDERSCORE,
            b'{' => BRACE,
            b'#' => HASH,
            b'%' => PERCENT,
            b'-' => DASH,
            b'+' => PLUS,
            b'?' => QUESTION,
            b'&' => AMPERSAND,
            _ => OTHER,
        };
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_found_everywhere() {
        for len in 0..3 * BLOCK {
            let text = vec![b'a'; len];
            assert_eq!(find(&text, |[byte, ..]| byte == b'.'), len);
            for place in 0..len {
                let mut text = text.clone();
                text[place] = b'.';
                assert_eq!(find(&text, |[byte, ..]| byte == b'.'), place);
                assert_eq!(find(&text, |[_, next, _]| next == b'.'), place.checked_sub(1).unwrap_or(len));
                assert_eq!(find(&text, |[byte, _, last]| (byte == b'.') & (last == b' ')), {
                    if place + 2 < len { len } else { place }
                });
            }
        }
    }
}
