//! For programs: the model itself.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::Report;
use crate::text::acts;

/// Lists of names and counts that are one object in JSON.
const MAPS: [&str; 3] = ["flags", "stages", "errnos"];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut value = serde_json::to_value(report)?;
    for name in MAPS {
        if let Some(list @ Value::Array(_)) = value.get_mut(name) {
            *list = Value::Object(object(list.take()));
        }
    }
    print(&value, out)
}

/// Prints any model, on several lines.
pub(super) fn print(model: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", harmless(&serde_json::to_string_pretty(model)?))
}

/// Prints any model, on one line.
pub(super) fn print_line(model: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", harmless(&serde_json::to_string(model)?))
}

/// JSON without characters that act on a terminal.
pub(super) fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // Such characters stand in strings only, all of them have four digits, and readers resolve the escape.
        if c != '\n' && acts(c) {
            text += &format!("\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}

fn object(list: Value) -> Map<String, Value> {
    let Value::Array(items) = list else { return Map::new() };
    let pair = |mut item: Value| match item["name"].take() {
        Value::String(name) => Some((name, item["count"].take())),
        _ => None,
    };
    items.into_iter().filter_map(pair).collect()
}
