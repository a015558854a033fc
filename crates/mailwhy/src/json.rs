//! Events and verdicts as lines of JSON, written directly: there may be millions.

use std::fmt::Display;
use std::io::Write;

use mailwhy::report::Value;

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

    /// Ends the object.
    pub fn end(self) {
        self.out.push(b'}');
    }

    fn key(&mut self, key: &str) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A number, or anything else that is written as it is.
    pub fn number(&mut self, key: &str, value: impl Display) {
        self.key(key);
        // Writing to memory cannot fail.
        let _ = write!(self.out, "{value}");
    }

    /// A number, if there is one.
    pub fn optional_number(&mut self, key: &str, value: Option<impl Display>) {
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

    /// A string.
    pub fn string(&mut self, key: &str, value: &[u8]) {
        self.key(key);
        self.out.push(b'"');
        for chunk in value.utf8_chunks() {
            escape(chunk.valid(), self.out);
            if !chunk.invalid().is_empty() {
                self.lossy = true;
                self.out.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
        self.out.push(b'"');
    }

    /// A string, if there is one.
    pub fn optional(&mut self, key: &str, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.string(key, value);
        }
    }

    /// A field of a verdict.
    pub fn value(&mut self, key: &str, value: Value) {
        match value {
            Value::Null => self.null(key),
            Value::Bool(yes) => self.number(key, yes),
            Value::Number(n) => self.number(key, n),
            Value::Text(text) => self.string(key, text.as_bytes()),
            Value::Enhanced(code) => self.number(key, format_args!("\"{code}\"")),
            Value::Span(from, to) => self.number(key, format_args!("[{from},{to}]")),
            Value::Hash(hash) => self.number(key, format_args!("\"{hash:016x}\"")),
        }
    }

    /// A list of names that need no escapes.
    pub fn array(&mut self, key: &str, names: impl Iterator<Item = &'static str>) {
        self.key(key);
        self.out.push(b'[');
        for (n, name) in names.enumerate() {
            let comma = if n > 0 { "," } else { "" };
            let _ = write!(self.out, "{comma}\"{name}\"");
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

/// A field of a verdict as a cell of a CSV table.
pub fn csv_value(value: Value, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = match value {
        Value::Null => Ok(()),
        Value::Bool(yes) => write!(out, "{yes}"),
        Value::Number(n) => write!(out, "{n}"),
        Value::Text(text) if text.contains([',', '"', '\n', '\r']) => {
            write!(out, "\"{}\"", text.replace('"', "\"\""))
        }
        Value::Text(text) => write!(out, "{text}"),
        Value::Enhanced(code) => write!(out, "{code}"),
        Value::Span(from, to) => write!(out, "{from}-{to}"),
        Value::Hash(hash) => write!(out, "{hash:016x}"),
    };
}

/// Appends `text` with what JSON wants escaped, and with what would act on a terminal.
fn escape(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let short: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 | 0x7f => b"",
            // U+0080 to U+009F: the terminal controls beyond ASCII.
            0x80..=0x9f if at > 0 && bytes[at - 1] == 0xc2 => b"",
            _ => continue,
        };
        let wide = byte >= 0x80;
        out.extend_from_slice(&bytes[done..at - usize::from(wide)]);
        done = at + 1;
        if short.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.extend_from_slice(short);
        }
    }
    out.extend_from_slice(&bytes[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_comes_back() {
        for (bytes, text, lossy) in [
            (&b"plain"[..], "plain", false),
            (b"a\"b\\c\nd\te\x1b[m\x7f\x00", "a\"b\\c\nd\te\u{1b}[m\u{7f}\0", false),
            ("Ящик \u{85}\u{9b}x\u{2028}".as_bytes(), "Ящик \u{85}\u{9b}x\u{2028}", false),
            (b"\xc2", "\u{fffd}", true),
            (b"bo\xeete", "bo\u{fffd}te", true),
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
}
