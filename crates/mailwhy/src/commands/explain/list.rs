//! `mailwhy explain --list`: what can be explained.

use std::io::{self, Write};

use mailwhy::codes::{self, BASIC, CAUSES, ENHANCED, Lang, PROVIDERS, REASONS};
use mailwhy::report::json::print;
use mailwhy::report::{Format, write_names};
use serde_json::json;

use crate::cli::Listed;

/// Prints a name and a title for each entry, as text no wider than `width`.
pub fn write(what: Listed, format: Format, lang: Lang, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let rows = rows(what, lang);
    if format == Format::Json {
        let rows: Vec<_> = rows.iter().map(|(name, title)| json!({ "name": name, "title": title })).collect();
        return print(&rows, out);
    }
    if format == Format::Markdown {
        return rows.iter().try_for_each(|(name, title)| writeln!(out, "- **{name}**: {title}"));
    }
    let rows: Vec<_> = rows.iter().map(|(name, title)| (name.as_str(), *title)).collect();
    write_names(&rows, width, out)
}

fn rows(what: Listed, lang: Lang) -> Vec<(String, &'static str)> {
    match what {
        Listed::Codes => BASIC.iter().map(|e| (e.code.to_string(), e.text.get(lang).title)).collect(),
        Listed::Enhanced => {
            let name = |class: Option<u8>, subject, detail| {
                let class = class.map_or_else(|| "X".to_owned(), |class| class.to_string());
                format!("{class}.{subject}.{detail}")
            };
            ENHANCED.iter().map(|e| (name(e.class, e.subject, e.detail), e.text.get(lang).title)).collect()
        }
        Listed::Reasons => {
            REASONS.iter().map(|e| (e.reason.as_str().to_owned(), e.text.get(lang).title)).collect()
        }
        Listed::Providers => PROVIDERS.iter().map(|p| (p.id.to_owned(), p.name)).collect(),
        Listed::Causes => CAUSES
            .iter()
            .map(|c| {
                let text = c.text.as_ref().unwrap_or(&codes::reason(c.reason).text);
                (c.id.to_owned(), text.get(lang).title)
            })
            .collect(),
    }
}
