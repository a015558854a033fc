//! Bytes of a log as text for people.

use std::fmt::Write;

use jiff::Timestamp;
use mailwhy_classify::normalize;
use mailwhy_codes::Enhanced;
use mailwhy_logs::Time;

/// The bytes as text in which nothing can act on a terminal or hide: control characters and those that turn the
/// direction of writing are shown as `\u{…}`, bytes that are not UTF-8 as U+FFFD.
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for c in String::from_utf8_lossy(bytes).chars() {
        match c {
            '\t' => out.push(' '),
            c if acts(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Whether a character does something instead of being seen: controls, and those that turn or hide text.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text for a cell of a table that a spreadsheet may open: printable, and no formula, whatever a log says. What begins
/// with `=`, `+`, `-` or `@` gets an apostrophe in front.
#[must_use]
pub fn cell(bytes: &[u8]) -> String {
    let text = printable(bytes);
    if matches!(text.as_bytes(), [b'=' | b'+' | b'-' | b'@', _, ..]) { format!("'{text}") } else { text }
}

/// A reply without what tells whom it was about: addresses, hosts, ids and numbers are masked. Fit for a bug report.
#[must_use]
pub fn masked(reply: &[u8]) -> String {
    let mut normal = Vec::new();
    normalize(reply, &mut normal);
    printable(&normal)
}

/// A reply as one reads it: on one line, Exim's escapes resolved, the codes that are repeated on each line of a
/// multi-line reply left out.
#[must_use]
pub fn readable(reply: &[u8]) -> String {
    let bytes = unescape(reply);
    let mut out = Vec::with_capacity(bytes.len());
    let mut front: &[u8] = &[];
    for (n, line) in bytes.split(|&b| b == b'\n').enumerate() {
        let line = line.trim_ascii();
        if n == 0 {
            front = codes(line);
            out.extend_from_slice(line);
            continue;
        }
        let line = line[codes(line).len()..].trim_ascii();
        if !line.is_empty() {
            out.push(b' ');
            out.extend_from_slice(line);
        }
    }
    // The hyphen of a multi-line reply means nothing on one line.
    if front.len() > 3 {
        out[3] = b' ';
    }
    printable(&out)
}

/// The reply code and enhanced code that a line begins with, and the blanks behind them.
fn codes(line: &[u8]) -> &[u8] {
    let [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', rest @ ..] = line else { return &[] };
    let enhanced = Enhanced::prefix(rest).map_or(0, |(_, length)| length);
    let blanks = rest[enhanced..].iter().take_while(|&&b| b == b' ').count();
    &line[..4 + enhanced + blanks]
}

/// Undoes Exim's `string_printing()`: `\n`, `\t` and octal escapes; a second backslash, as in `C="…"`, does no harm.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let tail = after.strip_prefix(b"\\").unwrap_or(after);
        match *tail {
            [b'n', ref more @ ..] => {
                out.push(b'\n');
                rest = more;
            }
            [b't' | b'r', ref more @ ..] => {
                out.push(b' ');
                rest = more;
            }
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ref more @ ..] => {
                out.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = more;
            }
            [b'"', ref more @ ..] => {
                out.push(b'"');
                rest = more;
            }
            _ => out.push(b'\\'),
        }
    }
    out
}

/// The time as RFC 3339 writes it, without a zone where the log has none.
#[must_use]
pub fn rfc3339(time: Time) -> String {
    // The civil time read as UTC is the civil time with a Z behind it.
    let mut out = Timestamp::from_second(time.civil).unwrap_or_default().to_string();
    out.pop();
    if let Some(millis) = time.millis {
        let _ = write!(out, ".{millis:03}");
    }
    if let Some(offset) = time.offset {
        let sign = if offset < 0 { '-' } else { '+' };
        let _ = write!(out, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let time = |millis, offset| rfc3339(Time { civil: 1_740_992_400, millis, offset });
        assert_eq!(time(None, None), "2025-03-03T09:00:00");
        assert_eq!(time(Some(7), Some(180)), "2025-03-03T09:00:00.007+03:00");
        assert_eq!(time(None, Some(-570)), "2025-03-03T09:00:00-09:30");
    }

    #[test]
    fn replies_on_one_line() {
        for (logged, read) in [
            (&b"550 5.1.1 no such user"[..], "550 5.1.1 no such user"),
            (
                b"550-5.7.26 first line\\n550-5.7.26  second\\n550 5.7.26 third",
                "550 5.7.26 first line second third",
            ),
            (b"250-one\\\\n250 two", "250 one two"),
            (b"535-5.7.8 one\r\n535 5.7.8 two", "535 5.7.8 one two"),
            (b"550 \\320\\257\\321\\211\\320\\270\\320\\272", "550 Ящик"),
            (b"550-5.1.1", "550 5.1.1"),
            (b"550", "550"),
            (b"", ""),
            (b"no code\\nat all \\x", "no code at all \\x"),
            (br#"250 queued as \"4AB\""#, "250 queued as \"4AB\""),
        ] {
            assert_eq!(readable(logged), read);
        }
    }

    #[test]
    fn nothing_acts_on_a_terminal() {
        assert_eq!(printable(b"a\x1b[31mb\tc\x00\xff"), "a\\u{1b}[31mb c\\u{0}\u{fffd}");
        assert_eq!(printable("x\u{202e}y\u{85}".as_bytes()), "x\\u{202e}y\\u{85}");
        assert_eq!(printable("Ящик занят".as_bytes()), "Ящик занят");
    }
}
