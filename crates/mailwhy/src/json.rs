//! Events and verdicts as lines of JSON, written directly: there may be millions.

use std::io::Write;

use itoa::Integer;
use mailwhy::codes::Enhanced;
use mailwhy::report::{Value, acts};

/// An object in the making.
pub struct Object<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
    /// Whether bytes were lost because they were not UTF-8.
    pub lossy: bool,
}

impl<'a> Object<'a> {
    /// Begins an object.
    pub fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true, lossy: false }
    }

    /// Goes on with an object of which the first fields are written, in `fields`.
    pub fn begin_with(out: &'a mut Vec<u8>, fields: &[u8]) -> Self {
        out.push(b'{');
        out.extend_from_slice(fields);
        Self { out, first: fields.is_empty(), lossy: false }
    }

    /// Ends the object.
    pub fn end(self) {
        self.out.push(b'}');
    }

    // Inlined, so that the compiler knows how long the name is.
    #[inline(always)]
    fn key(&mut self, key: &str) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A number.
    #[inline]
    pub fn number(&mut self, key: &str, value: impl Integer) {
        self.key(key);
        push_number(value, self.out);
    }

    /// A number, if there is one.
    #[inline]
    pub fn optional_number(&mut self, key: &str, value: Option<impl Integer>) {
        if let Some(value) = value {
            self.number(key, value);
        }
    }

    /// A boolean that is only written when it is true.
    pub fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.key(key);
            self.out.extend_from_slice(b"true");
        }
    }

    /// null.
    pub fn null(&mut self, key: &str) {
        self.key(key);
        self.out.extend_from_slice(b"null");
    }

    /// A text that needs no escapes.
    #[inline]
    pub fn name(&mut self, key: &str, name: &str) {
        self.key(key);
        push_name(name, self.out);
    }

    /// An enhanced code.
    pub fn enhanced(&mut self, key: &str, code: Enhanced) {
        self.key(key);
        self.out.push(b'"');
        push_enhanced(code, self.out);
        self.out.push(b'"');
    }

    /// A string.
    #[inline]
    pub fn string(&mut self, key: &str, value: &[u8]) {
        self.key(key);
        self.lossy |= push_string(value, self.out);
    }

    /// A string, if there is one.
    #[inline]
    pub fn optional(&mut self, key: &str, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.string(key, value);
        }
    }

    /// A field of a verdict.
    pub fn value(&mut self, key: &str, value: Value) {
        self.key(key);
        json_value(value, self.out);
    }

    /// A list of names that need no escapes.
    pub fn array(&mut self, key: &str, names: impl Iterator<Item = &'static str>) {
        self.key(key);
        self.out.push(b'[');
        for (n, name) in names.enumerate() {
            if n > 0 {
                self.out.push(b',');
            }
            push_name(name, self.out);
        }
        self.out.push(b']');
    }

    /// An object inside.
    pub fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        let mut inner = Object::begin(self.out);
        fill(&mut inner);
        let lossy = inner.lossy;
        inner.end();
        self.lossy |= lossy;
    }
}

/// The value of a field of a verdict.
pub fn json_value(value: Value, out: &mut Vec<u8>) {
    let quoted = !matches!(value, Value::Null | Value::Bool(_) | Value::Number(_) | Value::Span(..));
    if quoted {
        out.push(b'"');
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(yes) => push_bool(yes, out),
        Value::Number(n) => push_number(n, out),
        Value::Name(name) => out.extend_from_slice(name.as_bytes()),
        Value::Text(text) => escape(text, out),
        Value::Enhanced(code) => push_enhanced(code, out),
        Value::Span(from, to) => {
            out.push(b'[');
            push_number(from, out);
            out.push(b',');
            push_number(to, out);
            out.push(b']');
        }
        Value::Hash(hash) => push_hash(hash, out),
    }
    if quoted {
        out.push(b'"');
    }
}

/// A field of a verdict as a cell of a CSV table.
pub fn csv_value(value: Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => {}
        Value::Bool(yes) => push_bool(yes, out),
        Value::Number(n) => push_number(n, out),
        Value::Text(text) if text.contains([',', '"', '\n', '\r']) => {
            out.push(b'"');
            out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        }
        Value::Name(text) | Value::Text(text) => out.extend_from_slice(text.as_bytes()),
        Value::Enhanced(code) => push_enhanced(code, out),
        Value::Span(from, to) => {
            push_number(from, out);
            out.push(b'-');
            push_number(to, out);
        }
        Value::Hash(hash) => push_hash(hash, out),
    }
}

// Formatting by `std::fmt` takes longer than classifying.

fn push_bool(yes: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if yes { b"true" } else { b"false" });
}

fn push_number(n: impl Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

#[inline]
fn push_name(name: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.push(b'"');
}

/// Appends a string; gives whether bytes were lost because they were not UTF-8.
fn push_string(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let lossy = if is_plain(text) {
        out.extend_from_slice(text);
        false
    } else {
        push_escaped(text, out)
    };
    out.push(b'"');
    lossy
}

#[cold]
fn push_escaped(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut lossy = false;
    for chunk in text.utf8_chunks() {
        escape(chunk.valid(), out);
        if !chunk.invalid().is_empty() {
            lossy = true;
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    lossy
}

fn push_enhanced(code: Enhanced, out: &mut Vec<u8>) {
    push_number(code.class, out);
    out.push(b'.');
    push_number(code.subject, out);
    out.push(b'.');
    push_number(code.detail, out);
}

/// Sixteen hexadecimal digits.
fn push_hash(hash: u64, out: &mut Vec<u8>) {
    let digits =
        hash.to_be_bytes().map(|byte| [byte >> 4, byte & 15].map(|n| b"0123456789abcdef"[usize::from(n)]));
    out.extend_from_slice(digits.as_flattened());
}

/// Whether it is ASCII of which nothing is escaped, as most texts are.
fn is_plain(text: &[u8]) -> bool {
    /// The compiler compares all bytes at once, as their number is known and there are no branches.
    fn block<const N: usize>(bytes: &[u8; N]) -> bool {
        !bytes.iter().fold(false, |any, &b| any | is_odd(b))
    }
    fn is_odd(b: u8) -> bool {
        (b.wrapping_sub(b' ') >= 0x7f - b' ') | (b == b'"') | (b == b'\\')
    }
    // What is left over begins within the block before.
    if let Some(last) = text.last_chunk::<16>() {
        text.as_chunks::<16>().0.iter().all(block) && block(last)
    } else if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        block(first) && block(last)
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        block(first) && block(last)
    } else {
        !text.iter().any(|&b| is_odd(b))
    }
}

/// Appends `text` with what JSON wants escaped, and with what would act on a terminal.
fn escape(mut text: &str, out: &mut Vec<u8>) {
    if is_plain(text.as_bytes()) {
        return out.extend_from_slice(text.as_bytes());
    }
    while let Some((plain, rest)) =
        text.bytes().position(|b| SPECIAL[usize::from(b)]).map(|at| text.split_at(at))
        && let Some(c) = rest.chars().next()
    {
        out.extend_from_slice(plain.as_bytes());
        match c {
            '"' | '\\' => out.extend_from_slice(&[b'\\', c as u8]),
            '\n' => out.extend_from_slice(br"\n"),
            '\r' => out.extend_from_slice(br"\r"),
            '\t' => out.extend_from_slice(br"\t"),
            // All of them have four digits. Writing to memory cannot fail.
            c if acts(c) => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => out.extend_from_slice(&rest.as_bytes()[..c.len_utf8()]),
        }
        text = &rest[c.len_utf8()..];
    }
    out.extend_from_slice(text.as_bytes());
}

/// Bytes that are escaped, and those that what acts on a terminal begins with beyond ASCII.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = b < 0x20 || matches!(b as u8, b'"' | b'\\' | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
        b += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_hashes_as_std_writes_them() {
        for hash in [0, 0xc46d_7e3d_77c3_fa25, u64::MAX] {
            let mut out = Vec::new();
            push_hash(hash, &mut out);
            assert_eq!(out, format!("{hash:016x}").as_bytes());
        }
        let mut out = Vec::new();
        push_enhanced(Enhanced::new(5, 7, 509), &mut out);
        assert_eq!(out, b"5.7.509");
    }

    #[test]
    fn what_needs_escapes_is_seen_everywhere() {
        for len in 0..50 {
            let mut text = vec![b'a'; len];
            assert!(is_plain(&text));
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    text[at] = byte;
                    let plain = matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
                    assert_eq!(is_plain(&text), plain, "{}", text.escape_ascii());
                }
                text[at] = b'~';
            }
        }
    }

    #[test]
    fn every_string_comes_back() {
        for (bytes, text, lossy) in [
            (&b"plain"[..], "plain", false),
            (b"a\"b\\c\nd\te\x1b[m\x7f\x00", "a\"b\\c\nd\te\u{1b}[m\u{7f}\0", false),
            ("Ящик\u{a0}№ \u{85}\u{9b}x\u{2028}".as_bytes(), "Ящик\u{a0}№ \u{85}\u{9b}x\u{2028}", false),
            (b"\xc2", "\u{fffd}", true),
            (b"bo\xeete", "bo\u{fffd}te", true),
            (b"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef", false),
            (b"0123456789abcdef012345\"789abcdef", "0123456789abcdef012345\"789abcdef", false),
            (b"", "", false),
        ] {
            let mut out = Vec::new();
            let mut object = Object::begin(&mut out);
            object.string("k", bytes);
            assert_eq!(object.lossy, lossy);
            object.end();
            let value: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
            assert_eq!(value["k"], text);
            assert!(!out.iter().any(|&b| b < 0x20 || b == 0x7f), "{out:?}");
        }
    }

    #[test]
    fn nothing_acts_on_a_terminal() {
        for c in ('\0'..=char::MAX).filter(|&c| c.is_ascii() || acts(c)) {
            let mut out = Vec::new();
            push_string(format!("a{c}b").as_bytes(), &mut out);
            let text = std::str::from_utf8(&out).expect("UTF-8");
            assert!(!text.chars().any(acts), "{text:?}");
            let back: String = serde_json::from_str(text).expect("JSON");
            assert_eq!(back, format!("a{c}b"));
        }
    }
}
