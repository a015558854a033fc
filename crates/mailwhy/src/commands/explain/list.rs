//! `mailwhy explain --list`: what can be explained.

use std::io::{self, Write};

use mailwhy::codes::{self, BASIC, CAUSES, ENHANCED, Lang, PROVIDERS, REASONS};
use mailwhy::report::Format;
use serde_json::json;

use crate::cli::Listed;

/// Prints a name and a title for each entry.
pub fn write(what: Listed, format: Format, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let rows = rows(what, lang);
    if format == Format::Json {
        let rows: Vec<_> = rows.iter().map(|(name, title)| json!({ "name": name, "title": title })).collect();
        serde_json::to_writer_pretty(&mut *out, &rows)?;
        return writeln!(out);
    }
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, title) in rows {
        match format {
            Format::Markdown => writeln!(out, "- **{name}**: {title}")?,
            _ => writeln!(out, "{name:width$}  {title}")?,
        }
    }
    Ok(())
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
