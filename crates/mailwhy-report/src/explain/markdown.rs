//! For tickets and mails: GitHub's Markdown, in which nothing of a reply can become markup.

use std::io::{self, Write};

use super::Explanation;
use super::markup::{escape, reference};

pub(super) fn write(e: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let words = e.words();
    writeln!(out, "# {}: {}\n", escape(&e.name), escape(&e.title))?;
    let class = e.facts().and_then(|f| f.class).map(|class| format!("**{}**", (words.class)(class)));
    let facts: Vec<_> = class.into_iter().chain(e.facts_line().iter().map(|fact| escape(fact))).collect();
    if !facts.is_empty() {
        writeln!(out, "{}\n", facts.join(" · "))?;
    }
    for paragraph in e.meaning.iter().chain(&e.notes) {
        writeln!(out, "{}\n", escape(paragraph))?;
    }
    let mut section = |title: &str, mark: &str, items: Vec<String>| -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        writeln!(out, "## {title}\n")?;
        for item in items {
            writeln!(out, "{mark} {item}")?;
        }
        writeln!(out)
    };
    section(words.causes, "1.", e.causes.iter().map(|cause| escape(cause)).collect())?;
    let action = |(who, text): &(_, String)| format!("**{}**: {}", words.who_does(*who), escape(text));
    section(words.actions, "-", e.actions.iter().map(action).collect())?;
    let stage = |(stage, reason): &(_, mailwhy_codes::Reason)| {
        format!("{}: {}", (words.stage)(*stage), reason.as_str())
    };
    section(words.by_stage, "-", e.by_stage.iter().map(stage).collect())?;
    let pair = |name: &str, text: &str| format!("**{}**: {}", escape(name), escape(text));
    section(words.senses, "-", e.senses.iter().map(|(name, text)| pair(name, text)).collect())?;
    section(words.codes, "-", e.codes.iter().map(|(name, text)| pair(name, text)).collect())?;
    let related = if e.listed.is_some() { words.providers } else { words.related };
    section(related, "-", e.related.iter().map(|r| pair(r.rule, r.title)).collect())?;
    section(words.hosts, "-", e.hosts.iter().map(|host| escape(host)).collect())?;
    section(words.domains, "-", e.domains.iter().map(|domain| escape(domain)).collect())?;
    section(words.lookup, "-", e.lookup.iter().cloned().collect())?;
    let matched = |m: &super::Matched| {
        let c = &m.candidate;
        let outcome = m.outcome(words).map_or(String::new(), |outcome| format!(" · {outcome}"));
        let quote = if m.text.is_empty() { String::new() } else { format!(" · {}", escape(&m.text)) };
        format!("{} · {} · {}{}{quote}", c.rule, c.reason.as_str(), c.strength.as_str(), escape(&outcome))
    };
    section(words.why, "-", e.candidates.iter().flatten().map(matched).collect())?;
    section(words.not, "-", e.not.iter().map(|(name, text)| pair(name, text)).collect())?;
    if !e.sources.is_empty() {
        let sources: Vec<_> = e.sources.iter().map(|source| reference(source)).collect();
        writeln!(out, "{}: {}", words.sources, sources.join("; "))?;
    }
    if let Some(certainty) = e.certainty() {
        writeln!(out, "\n{}: {}", words.certainty, escape(&certainty))?;
    }
    Ok(())
}
