//! What happened, as plain lines.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use mailwhy::codes::Lang;
use mailwhy::report::{Again, printable};

use super::entry::{Entry, columns, cut, pad, wrap};
use super::storm::{Rest, Storms};
use super::words::Words;
use crate::cli::What;

/// Columns of the time and what is behind it; all other lines begin there.
const INDENT: usize = 20;

/// Columns of what happened.
pub const WHAT: usize = 11;

/// Columns of a reply where there is no terminal.
const PIPED: usize = 240;

/// How many causes are remembered for which the advice was given.
const ADVISED: usize = 2000;

/// Prints entries.
pub struct Plain {
    lang: Lang,
    color: bool,
    /// Columns of the terminal; none: lines are not cut, but replies are.
    width: Option<usize>,
    raw: bool,
    storms: Storms,
    advised: HashSet<&'static str>,
    /// What hints repeat of the command line.
    again: Again,
}

impl Plain {
    pub fn new(lang: Lang, color: bool, width: Option<usize>, raw: bool, burst: u32, again: Again) -> Self {
        Self { lang, color, width, raw, storms: Storms::new(burst), advised: HashSet::new(), again }
    }

    /// Prints an entry, unless many of its kind have just been printed.
    pub fn entry(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
        if let Some(cause) = entry.cause() {
            let (rest, show) = self.storms.admit(cause, entry.time.map(|time| time.civil));
            if let Some(rest) = rest {
                self.rest(&rest, out)?;
            }
            if !show {
                return Ok(());
            }
        }
        self.print(entry, out)
    }

    /// Prints what is left of storms that are over.
    pub fn over(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.storms.over().iter().try_for_each(|rest| self.rest(rest, out))
    }

    /// Prints what is left of all storms.
    pub fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.storms.finish().iter().try_for_each(|rest| self.rest(rest, out))
    }

    fn print(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
        let words = Words::of(self.lang);
        let dim = self.paint(Paint::new().dimmed());
        let what = self.paint(color(entry.what));
        let mut line = if entry.who.is_empty() { String::new() } else { format!("{}  ", entry.who) };
        line += &entry.title(self.lang);
        let line = match self.width {
            Some(width) => cut(&line, width.saturating_sub(INDENT + WHAT)),
            None => line,
        };
        let label = pad((words.what)(entry.what), WHAT);
        writeln!(out, "{dim}{}{dim:#} {what}{label}{what:#}{line}", entry.date_time())?;
        // Where the title is the text there is nothing to add.
        if entry.verdict.is_some() {
            // Whatever is said, it can be traced.
            let mut end = String::new();
            if let Some(host) =
                entry.host.as_ref().filter(|_| !matches!(entry.what, What::Rejected | What::Host))
            {
                let _ = write!(end, "  {host}");
            }
            if let Some(id) = &entry.id {
                let _ = write!(end, "  {id}");
            }
            let room = self.width.unwrap_or(PIPED).saturating_sub(INDENT);
            let end = if columns(&end) * 2 < room {
                end
            } else {
                entry.id.iter().map(|id| format!("  {id}")).collect()
            };
            let said = cut(&entry.said(), room.saturating_sub(columns(&end)));
            self.indented(&cut(&(said + &end), room), dim, out)?;
        }
        if self.raw {
            for line in entry.raw.split(|&b| b == b'\n') {
                self.indented(&printable(line), dim, out)?;
            }
        }
        self.advice(entry, out)
    }

    /// What to do, once for each cause.
    fn advice(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
        let Some(verdict) = entry.verdict.as_ref() else { return Ok(()) };
        // What we refuse to others is our own rule.
        if entry.what == What::Rejected || self.advised.contains(verdict.rule) {
            return Ok(());
        }
        if self.advised.len() >= ADVISED {
            self.advised.clear();
        }
        self.advised.insert(verdict.rule);
        let Some(explanation) = entry.explanation(self.lang) else { return Ok(()) };
        let Some((who, action)) = explanation.next_step() else { return Ok(()) };
        let paint = self.paint(AnsiColor::Cyan.on_default());
        let text = match who {
            Some(who) => format!("→ {who}: {action}"),
            // The text says that nobody has to act.
            None => format!("→ {action}"),
        };
        let lines = match self.width {
            Some(width) => wrap(&text, width.saturating_sub(INDENT)),
            None => vec![text],
        };
        for line in lines {
            self.indented(&line, paint, out)?;
        }
        if let Some(cause) = verdict.cause.filter(|cause| mailwhy::codes::cause(cause.id).is_some()) {
            self.indented(&format!("  {}", self.again.explain(cause.id)), paint, out)?;
        }
        Ok(())
    }

    fn rest(&self, rest: &Rest, out: &mut dyn Write) -> io::Result<()> {
        let words = Words::of(self.lang);
        let label = pad((words.what)(rest.cause.what), WHAT);
        let rule = rest.cause.rule;
        let more = (words.more)(rest.count, rest.seconds);
        writeln!(out, "{}{label}{more} · {rule}", " ".repeat(INDENT))
    }

    fn indented(&self, text: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}{paint}{text}{paint:#}", " ".repeat(INDENT))
    }

    fn paint(&self, paint: Paint) -> Paint {
        if self.color { paint } else { Paint::new() }
    }
}

/// The colour of what happened; it says nothing that the word does not.
fn color(what: What) -> Paint {
    match what {
        What::Failed | What::Panic => AnsiColor::Red.on_default().bold(),
        What::Deferred | What::Host => AnsiColor::Yellow.on_default(),
        What::Rejected | What::Login => AnsiColor::Magenta.on_default(),
        What::Delivered => AnsiColor::Green.on_default(),
        What::Arrived | What::Queue | What::Other => Paint::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mailwhy::classify::Classifier;
    use mailwhy::input::Source;

    use super::super::digest::Digest;
    use super::*;
    use crate::when::Window;

    fn print(lang: Lang, width: Option<usize>, log: &str) -> String {
        let mut digest = Digest::new(Classifier::new(), Window::default(), true);
        let mut plain = Plain::new(lang, false, width, false, 2, Again::default());
        let mut out = Vec::new();
        let log_source = Arc::new(Source::File("mainlog".into()));
        digest.read(&log_source, 0, log.as_bytes(), &mut |seen| {
            plain.entry(&Entry::new(seen, &log_source, Words::of(lang)), &mut out).unwrap();
        });
        plain.finish(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        let log = "2026-08-01 10:00:00 1xUyE8-00041o-0d ** a\x1b[31m@b.test R=x T=y: 550 \x1b]0;title\x07 \u{202e}no\n\
                   2026-08-01 10:00:00 H=\x1b[2J [192.0.2.1] F=<\x07> rejected RCPT <\x1b[H@c.test>: no\u{9b}\n";
        for lang in [Lang::En, Lang::Ru] {
            let text = print(lang, Some(80), log);
            assert!(text.lines().count() >= 4, "{text}");
            assert!(
                !text.chars().any(|c| c != '\n' && printable(c.to_string().as_bytes()) != c.to_string()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_storm_is_summed_up() {
        let line = |second: u32, n: u32| {
            format!(
                "2026-08-01 10:00:{second:02} 1xUyE8-00041o-{n:02} ** u{n}@gmail.com R=dns T=smtp H=gmail-smtp-in.l.google.com [142.250.1.27]: SMTP error from remote mail server after RCPT TO:<u{n}@gmail.com>: 452 4.2.2 The recipient's inbox is out of storage space\n"
            )
        };
        let log: String = (0..9).map(|n| line(n / 2, n)).chain([line(40, 50)]).collect();
        let text = print(Lang::En, None, &log);
        assert_eq!(text.matches("u0@gmail.com").count(), 1, "{text}");
        assert!(text.contains("… and 7 more like this in 4 s"), "{text}");
        assert_eq!(text.matches('→').count(), 1, "{text}");
        assert!(text.contains("u50@gmail.com"), "{text}");
        assert!(print(Lang::Ru, None, &log).contains("… и ещё 7 таких же за 4 с"));
    }
}
