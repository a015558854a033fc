//! For programs: the models themselves, in JSON without characters that act on a terminal.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::{self, CompactFormatter, Formatter, PrettyFormatter};

use crate::Count;
use crate::text::acts;

/// Prints any model, on several lines.
///
/// # Errors
///
/// Those of writing.
pub fn print(model: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    print_as(model, PrettyFormatter::new(), out)?;
    out.write_all(b"\n")
}

/// Prints any model, on one line.
pub(crate) fn print_line(model: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    print_value(model, out)?;
    out.write_all(b"\n")
}

/// Prints any model, without a newline.
///
/// # Errors
///
/// Those of writing.
pub fn print_value(model: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    print_as(model, CompactFormatter, out)
}

fn print_as(model: &impl Serialize, layout: impl Formatter, out: &mut dyn Write) -> io::Result<()> {
    Ok(model.serialize(&mut ser::Serializer::with_formatter(out, Harmless(layout)))?)
}

/// A list of names and counts as one object.
pub(crate) fn object<S: Serializer>(counts: &[Count], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|Count { name, count }| (name, count)))
}

/// A layout in which whatever acts on a terminal is escaped.
struct Harmless<L>(L);

impl<L: Formatter> Formatter for Harmless<L> {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let mut rest = text;
        while let Some((before, c)) = rest.char_indices().find(|&(_, c)| acts(c)) {
            // All of them have four digits, and readers resolve the escape.
            write!(out, "{}\\u{:04x}", &rest[..before], u32::from(c))?;
            rest = &rest[before + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    // All other methods of both layouts.

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn nothing_acts_and_all_comes_back() {
        let model = json!({
            "a\u{7f}": ["x\u{1b}[2J\u{9b}1m", "\u{202e}txt.exe", "Ящик \"a\\b\"\n", ""],
            "b": {"c": [], "d": {}, "e": [{"f": 1.5}, null]},
        });
        for layout in [print, print_line] {
            let mut out = Vec::new();
            layout(&model, &mut out).expect("memory");
            let text = String::from_utf8(out).expect("UTF-8");
            assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), model);
            assert!(!text.trim_end().contains(|c| c != '\n' && acts(c)), "{text}");
        }
        let mut plain = Vec::new();
        let harmless = &model["b"];
        print(harmless, &mut plain).expect("memory");
        let expected = format!("{}\n", serde_json::to_string_pretty(harmless).expect("JSON"));
        assert_eq!(plain, expected.into_bytes());
    }
}
