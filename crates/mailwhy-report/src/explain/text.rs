//! For people, on a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use mailwhy_codes::Class;

use super::layout::{pad, widest, wrap};
use super::{Explanation, Related};
use crate::Style;

/// The widest that sentences are: longer lines are hard to read.
const PROSE: usize = 110;

/// How many rules that belong to it are shown.
const RELATED: usize = 24;

pub(super) fn write(e: &Explanation, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { width: style.width.min(PROSE), color: style.color };
    let words = e.words();
    let bold = Paint::new().bold();

    page.headline(e, out)?;
    page.paragraph(Paint::new(), &e.facts_line().join(" · "), out)?;
    if let Some(status) = e.status {
        page.paragraph(Paint::new().dimmed(), (words.status)(status), out)?;
    }
    for paragraph in e.meaning.iter().chain(&e.notes) {
        writeln!(out)?;
        page.paragraph(Paint::new(), paragraph, out)?;
    }
    let section = |title: &str, lines: Vec<(String, String)>, out: &mut dyn Write| -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        page.paragraph(bold, title, out)?;
        for (lead, text) in lines {
            write!(out, "{}", wrap(&lead, &text, page.width))?;
        }
        Ok(())
    };
    let causes = e.causes.iter().enumerate();
    let causes = causes.map(|(i, cause)| (format!("  {}. ", i + 1), cause.clone())).collect();
    section(words.causes, causes, out)?;
    section(words.actions, actions(e), out)?;
    let stages = e.by_stage.iter();
    let stages = stages.map(|(stage, reason)| ((words.stage)(*stage), reason.as_str())).collect::<Vec<_>>();
    section(words.by_stage, table(&stages), out)?;
    let senses = e.senses.iter().map(|(source, text)| ("  · ".to_owned(), format!("{source}: {text}")));
    section(words.senses, senses.collect(), out)?;
    let codes = e.codes.iter().map(|(code, title)| (code.as_str(), title.as_str())).collect::<Vec<_>>();
    section(words.codes, table(&codes), out)?;
    let mut related: Vec<_> = e.related.iter().take(RELATED).map(|r: &Related| (r.rule, r.title)).collect();
    let more = (words.more)(e.related.len().saturating_sub(RELATED));
    if e.related.len() > RELATED {
        related.push(("…", &more));
    }
    section(if e.listed.is_some() { words.providers } else { words.related }, table(&related), out)?;

    let not = e.not.iter().map(|(name, what)| format!("{name} ({what})")).collect::<Vec<_>>().join("; ");
    let tail = [
        (words.hosts, e.hosts.join(", ")),
        (words.domains, e.domains.join(", ")),
        (words.lookup, e.lookup.clone().unwrap_or_default()),
        (words.sources, e.sources.join("; ")),
        (words.not, not),
        (words.certainty, e.certainty().unwrap_or_default()),
    ];
    let mut tail = tail.iter().filter(|(_, text)| !text.is_empty()).peekable();
    if tail.peek().is_some() {
        writeln!(out)?;
    }
    let on = page.paint(bold);
    for (title, text) in tail {
        let lines = wrap("", &format!("{title}: {text}"), page.width);
        let rest = lines.strip_prefix(title).unwrap_or(&lines);
        write!(out, "{on}{title}{on:#}{rest}")?;
    }
    page.candidates(e, out)
}

/// What to do, below whoever does it.
fn actions(e: &Explanation) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut last = None;
    for (who, text) in &e.actions {
        if last != Some(who) {
            lines.push(("  ".to_owned(), e.words().who_does(*who).to_owned()));
        }
        last = Some(who);
        lines.push(("  · ".to_owned(), text.clone()));
    }
    lines
}

struct Page {
    width: usize,
    color: bool,
}

impl Page {
    fn headline(&self, e: &Explanation, out: &mut dyn Write) -> io::Result<()> {
        let class = e.facts().and_then(|f| f.class);
        let paint = match class {
            Some(Class::Success | Class::Intermediate) => AnsiColor::Green.on_default(),
            Some(Class::Transient) => AnsiColor::Yellow.on_default(),
            Some(Class::Permanent) => AnsiColor::Red.on_default(),
            None => Paint::new(),
        };
        let (bold, paint) = (self.paint(Paint::new().bold()), self.paint(paint));
        let lead = format!("{}   ", e.name);
        // Where nothing but the class is known, it is the title.
        let class = class.map_or("", e.words().class);
        let class = if e.title.to_lowercase().contains(class) { "" } else { class };
        let text = if class.is_empty() { e.title.clone() } else { format!("{}   {class}", e.title) };
        // Wrapping folds blanks, and the class stands apart from the title.
        let lines = wrap(&lead, &text, self.width);
        let body = lines.strip_prefix(&lead).unwrap_or(&lines).trim_end();
        let title = body.strip_suffix(class).unwrap_or(body);
        let gap = if class.is_empty() || title.ends_with('\n') { "" } else { "  " };
        writeln!(out, "{bold}{lead}{title}{gap}{bold:#}{paint}{class}{paint:#}")
    }

    fn paragraph(&self, paint: Paint, text: &str, out: &mut dyn Write) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let paint = self.paint(paint);
        writeln!(out, "{paint}{}{paint:#}", wrap("", text, self.width).trim_end())
    }

    fn candidates(&self, e: &Explanation, out: &mut dyn Write) -> io::Result<()> {
        let Some(candidates) = e.candidates.as_ref().filter(|all| !all.is_empty()) else { return Ok(()) };
        let words = e.words();
        writeln!(out)?;
        self.paragraph(Paint::new().bold(), words.why, out)?;
        let rules = widest(candidates.iter().map(|m| m.candidate.rule));
        let reasons = widest(candidates.iter().map(|m| m.candidate.reason.as_str()));
        for matched in candidates {
            let c = &matched.candidate;
            let outcome = matched.outcome(words);
            let weight = if c.weight == 0 { String::new() } else { format!(" {:+}", c.weight) };
            let mark = if c.won { '*' } else { ' ' };
            let lead = format!(
                "{mark} {}  {}  {}  ",
                pad(c.rule, rules),
                pad(c.reason.as_str(), reasons),
                pad(&format!("{}{weight}", c.strength.as_str()), 16),
            );
            let quote = Some(&matched.text).filter(|text| !text.is_empty()).map(|text| format!("\"{text}\""));
            let text = outcome.into_iter().chain(quote).collect::<Vec<_>>().join(": ");
            write!(out, "{}", wrap(&lead, &text, self.width.max(lead.len() + 30)))?;
        }
        Ok(())
    }

    fn paint(&self, paint: Paint) -> Paint {
        if self.color { paint } else { Paint::new() }
    }
}

/// Prints names in a column of their own, and what they mean beside them.
///
/// # Errors
///
/// Those of `out`.
pub fn write_names(rows: &[(&str, &str)], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let column = widest(rows.iter().map(|(name, _)| *name));
    rows.iter().try_for_each(|(name, text)| {
        write!(out, "{}", wrap(&format!("{}  ", pad(name, column)), text, width))
    })
}

/// Names in a column of their own.
fn table(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    let column = widest(rows.iter().map(|(name, _)| *name));
    rows.iter().map(|(name, text)| (format!("  {}  ", pad(name, column)), (*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_column() {
        let print = |width| {
            let mut out = Vec::new();
            write_names(&[("network", "Нет связи с сервером"), ("tls", "Нет TLS")], width, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(print(usize::MAX), "network  Нет связи с сервером\ntls      Нет TLS\n");
        assert_eq!(print(20), "network  Нет связи с\n         сервером\ntls      Нет TLS\n");
    }
}
