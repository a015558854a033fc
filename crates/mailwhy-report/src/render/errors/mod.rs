//! What went wrong, grouped: one block for each row.

mod words;

use std::io::{self, Write};

use super::fit::{chart, cut_end};
use super::page::{Block, Cell, Column, Line, Page, Panel, Role, Row, Shrink, Span};
use super::panels::{code, facts_line, panel};
use super::values::Moment;
use super::words::{Words, retry};
use super::{Format, Style, csv, html, markdown, text};
use crate::json;
use crate::{ErrorReply, ErrorReport, ErrorRow, Grouping};
use words::ErrorWords;

/// Blocks where nobody said how many.
const ROWS: usize = 10;
const VERBOSE: usize = 50;

/// How much of a reply is shown.
const REPLY: usize = 280;
const ONE_OF_SEVERAL: usize = 120;

/// Places, replies and columns of a trend that a block shows.
const PLACES: usize = 4;
const REPLIES: usize = 3;
const MANY: usize = 12;
const TREND: usize = 48;

const COLUMNS: &[&str] = &[
    "name",
    "reason",
    "title",
    "code",
    "enhanced",
    "provider",
    "stage",
    "failed",
    "waiting",
    "delayed",
    "attempts",
    "messages",
    "addresses",
    "first",
    "last",
    "tendency",
    "places",
    "actor",
    "class",
    "retry",
    "action",
    "bad_address",
    "confidence",
    "rule",
    "fingerprint",
    "text",
    "file",
    "line",
    "offset",
];

impl ErrorReport {
    /// Prints it.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => text::write(&self.page(style), style, out),
            Format::Markdown => markdown::write(&self.page(style), out),
            Format::Html => html::write(&self.page(style), style.lang, out),
            Format::Csv => self.write_csv(style, out),
            Format::Json => self.write_json(style, out),
        }
    }

    fn page(&self, style: &Style) -> Page {
        let moment = |time: &Option<String>| time.as_deref().and_then(Moment::parse);
        let (first, last) = (moment(&self.input.first), moment(&self.input.last));
        let year = first.map(|m| m.year) != last.map(|m| m.year);
        let (words, own) = (Words::of(style.lang), ErrorWords::of(style.lang));
        Maker { report: self, style, words, own, by: self.grouping(), year }.page()
    }

    fn write_json(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match style.top {
            Some(top) if top < self.errors.len() => {
                let errors = self.errors[..top].to_vec();
                json::print(&Self { errors, input: self.input.clone(), ..self.without_rows() }, out)
            }
            _ => json::print(self, out),
        }
    }

    fn without_rows(&self) -> Self {
        let Self { version, by, unclassified, trend_step, .. } = *self;
        let trend_from = self.trend_from.clone();
        let (input, errors) = (crate::Input::default(), Vec::new());
        Self { version, input, by, unclassified, trend_from, trend_step, errors }
    }

    /// A row of the table is a row of the report and the most frequent of its replies.
    fn write_csv(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut rows = Vec::new();
        for row in &self.errors {
            let mut value = serde_json::to_value(row)?;
            if let Some(reply) = row.replies.first() {
                for key in
                    ["code", "enhanced", "provider", "stage", "fingerprint", "text", "file", "line", "offset"]
                {
                    value[key] = serde_json::to_value(reply)?[key].take();
                }
            }
            value["action"] = row.actions.first().map(|action| action.text.clone()).into();
            rows.push(value);
        }
        csv::Table::new(out, style.top).write(COLUMNS, rows.iter())
    }
}

struct Maker<'a> {
    report: &'a ErrorReport,
    style: &'a Style,
    words: &'static Words,
    own: &'static ErrorWords,
    by: Grouping,
    /// Whether times need a year.
    year: bool,
}

impl Maker<'_> {
    fn page(&self) -> Page {
        let (report, own) = (self.report, self.own);
        let mut page = Page::new();
        if report.input.partial {
            page.push(Block::Sentence(vec![Span::new(Role::Bad, self.words.partial)]));
        }
        if report.errors.is_empty() {
            let text = if report.unclassified { own.nothing_unclassified } else { own.nothing };
            page.push(Block::Sentence(vec![Span::new(Role::Good, text)]));
            return page;
        }
        let usual = if self.style.verbose { VERBOSE } else { ROWS };
        let shown = report.errors.len().min(self.style.top.unwrap_or(usual));
        let rows = report.errors[..shown].iter();
        let columns = vec![
            Column::text("").shrink(Shrink::Wrap, 24),
            Column::number(self.words.col_failed),
            Column::number(self.words.waiting),
            Column::number(own.attempts),
            Column::number(own.messages),
            Column::number(self.words.col_addresses),
        ];
        let title = if report.unclassified { own.unclassified } else { (own.title)(self.by) };
        let mut hints = Vec::new();
        if shown < report.errors.len() {
            let hidden = (report.errors.len() - shown) as u64;
            let more = (self.words.more)(&self.words.number(hidden));
            let all = self.style.again.same("errors", "--top 0");
            hints.push(vec![Span::new(Role::Dim, more + " "), Span::new(Role::Command, all)]);
        }
        if report.unclassified {
            hints.push(vec![Span::new(Role::Dim, own.report_them)]);
        }
        page.push(Block::Panel(Panel {
            numbered: true,
            spaced: true,
            hints,
            ..panel(title, columns, rows.map(|row| self.row(row)))
        }));
        page
    }

    fn row(&self, row: &ErrorRow) -> Row {
        let number = |n: u64, role| Cell::new(if n == 0 { Role::Dim } else { role }, self.words.number(n));
        let cells = vec![
            Cell::new(Role::Strong, self.headline(row)),
            number(row.failed, Role::Bad),
            number(row.waiting, Role::Warn),
            number(row.attempts, Role::Plain),
            number(row.messages, Role::Plain),
            number(row.addresses, Role::Plain),
        ];
        let mut details: Vec<Line> = Vec::new();
        if self.by == Grouping::Reply {
            details.extend(row.replies.first().map(|reply| self.said(reply, reply.attempts)));
        }
        details.extend(self.course(row));
        let places = self.places(row);
        if !places.is_empty() {
            details.push(vec![Span::plain(places)]);
        }
        if self.by != Grouping::Reply {
            let shown = if self.style.verbose { MANY } else { REPLIES };
            details.extend(row.replies.iter().take(shown).map(|reply| self.said(reply, row.attempts)));
            let hidden = row.replies.len().saturating_sub(shown) as u64;
            if hidden > 0 {
                details.push(vec![Span::new(Role::Dim, self.words.count(hidden, self.own.replies))]);
            }
        }
        if self.report.unclassified {
            details.push(vec![Span::new(Role::Dim, self.basis(row))]);
            return Row { cells, details };
        }
        let mut meaning = vec![Span::plain(&row.meaning)];
        if !matches!(self.by, Grouping::Reply | Grouping::Reason | Grouping::Rule) {
            // Of the most frequent reply.
            meaning.splice(0..0, [Span::new(Role::Strong, format!("{}.", row.title)), Span::plain(" ")]);
        }
        details.push(meaning);
        if self.style.verbose {
            details.extend(row.causes.iter().map(|cause| vec![Span::new(Role::Dim, format!("· {cause}"))]));
        }
        let shown = if self.style.verbose { row.actions.len() } else { 1 };
        for action in row.actions.iter().take(shown) {
            let who = (self.words.actor)(action.who).unwrap_or(action.who);
            let role = if action.who == "sender-admin" { Role::Warn } else { Role::Strong };
            // Where nobody has to act, the text says so.
            let mut line = vec![Span::plain(&action.text)];
            if action.who != "nobody" {
                line.splice(0..0, [Span::new(role, format!("{who}:")), Span::plain(" ")]);
            }
            details.push(line);
        }
        if self.style.verbose {
            details.push(vec![Span::new(Role::Dim, self.basis(row))]);
            details.extend(self.sample(row));
        }
        let explained = if self.by == Grouping::Reason { row.reason } else { row.rule };
        details.push(vec![Span::new(Role::Command, self.style.again.explain(explained))]);
        Row { cells, details }
    }

    fn headline(&self, row: &ErrorRow) -> String {
        let name = || row.name.as_deref().unwrap_or((self.own.untold)(self.by)).to_owned();
        match self.by {
            Grouping::Reply if row.bad_address => format!("{} ({})", row.title, self.words.bad_address),
            Grouping::Reply => row.title.clone(),
            Grouping::Reason | Grouping::Rule => format!("{}: {}", name(), row.title),
            _ => name(),
        }
    }

    /// The words of a reply; where it is one of several also its share of all attempts and its reason.
    fn said(&self, reply: &ErrorReply, whole: u64) -> Line {
        let room = match (self.style.verbose, self.by) {
            (true, _) => usize::MAX,
            (false, Grouping::Reply) => REPLY,
            (false, _) => ONE_OF_SEVERAL,
        };
        let mut line = Line::new();
        if self.by != Grouping::Reply {
            let share = self.words.whole_percent(reply.attempts, whole);
            let reason = if self.by == Grouping::Reason { "" } else { reply.reason };
            line.push(Span::plain(format!("{share} {reason}{} ", if reason.is_empty() { "" } else { ":" })));
        }
        line.push(Span::new(Role::Quote, cut_end(&reply.text, room)));
        line
    }

    /// When, and where it is going.
    fn course(&self, row: &ErrorRow) -> Option<Line> {
        let mut items = Vec::new();
        if row.attempts > 0 && row.trend.len() > 3 {
            items.push(chart(&row.trend, TREND.min(self.style.width / 2)));
        }
        let tendency = row.tendency.map(|name| (self.own.tendency)(name).unwrap_or(name).to_owned());
        items.extend(tendency);
        let moment = |time: &Option<String>| time.as_deref().and_then(Moment::parse);
        if let (Some(first), Some(last)) = (moment(&row.first), moment(&row.last)) {
            let (from, to) = (self.words.moment(first, self.year), self.words.until(last, first, self.year));
            let once = from.ends_with(&to);
            items.push(if once { from } else { (self.words.span)(&from, &to) });
        }
        if self.style.verbose && row.trend.len() > 3 {
            items.push((self.own.each_bar)(&self.words.duration(self.report.trend_step as f64)));
        }
        (!items.is_empty()).then(|| vec![Span::new(Role::Dim, items.join(" · "))])
    }

    /// `Gmail 61 %, mail.ru 14 %`; one that is all stands alone.
    fn places(&self, row: &ErrorRow) -> String {
        let whole: u64 = row.places.iter().map(|place| place.count).sum();
        let shown = if self.style.verbose { MANY } else { PLACES };
        let named = |place: &crate::Count| row.name.as_deref() == Some(&place.name);
        match &row.places[..] {
            [only] if named(only) => String::new(),
            [only] => only.name.clone(),
            places => {
                let share =
                    |p: &crate::Count| format!("{} {}", p.name, self.words.whole_percent(p.count, whole));
                let more = if places.len() > shown { ", …" } else { "" };
                places.iter().take(shown).map(share).collect::<Vec<_>>().join(", ") + more
            }
        }
    }

    /// On what the verdict rests.
    fn basis(&self, row: &ErrorRow) -> String {
        let words = self.words;
        let known = |text: Option<&'static str>, name: &str| text.unwrap_or(name).to_owned();
        let mut items = Vec::new();
        if self.report.unclassified {
            items.push(format!("{} {}", self.own.taken_for, row.reason));
        } else {
            items.push(retry(self.style.lang, row.retry, row.class).to_owned());
        }
        items.push(format!("{} {}", words.rule, row.rule));
        items.push(known((words.confidence)(row.confidence), row.confidence));
        if let Some(reply) = row.replies.first() {
            let codes = code(reply.code, reply.enhanced.as_deref());
            items.extend(Some(codes).filter(|codes| codes != "–"));
            items.extend(reply.stage.map(|stage| format!("{} {stage}", words.stage)));
            items.extend(reply.provider.map(str::to_owned));
            items.extend((self.by == Grouping::Reply).then(|| reply.fingerprint.clone()));
        }
        facts_line(&items)
    }

    /// Where a real one stands, and how it reads.
    fn sample(&self, row: &ErrorRow) -> Option<Line> {
        let reply = row.replies.first()?;
        Some(vec![
            Span::new(Role::Dim, format!("{}:{} ", reply.file.as_deref()?, reply.line?)),
            Span::new(Role::Quote, reply.sample.as_deref()?),
        ])
    }
}
