//! The list of addresses that must not be mailed again, in each form.

mod words;

use std::io::{self, Write};

use serde::Serialize;

use super::page::{Block, Cell, Column, Line, Page, Panel, Role, Row, Shrink, Span};
use super::panels::{TIME, panel};
use super::values::Moment;
use super::words::Words;
use super::{Style, csv, text};
use crate::json;
use crate::{Input, Suppressed, SuppressionList};
use words::ListWords;

/// Rows of the table for people, where nobody said how many.
const ROWS: usize = 50;

/// The form in which a list is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ListFormat {
    /// For people, on a terminal.
    Text,
    /// For spreadsheets and other programs; [`crate::Suppressions::merge`] reads it.
    Csv,
    /// One object.
    Json,
    /// One object for each address.
    Jsonl,
    /// The addresses alone, one a line.
    Plain,
}

impl ListFormat {
    /// The format with this name or usual file extension.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "plain" | "txt" => Some(Self::Plain),
            _ => None,
        }
    }
}

/// The columns of the CSV.
const COLUMNS: [&str; 15] = [
    "address",
    "status",
    "reason",
    "code",
    "enhanced",
    "provider",
    "evidence",
    "count",
    "first",
    "last",
    "delivered",
    "expires",
    "target",
    "rule",
    "change",
];

/// What `--format json` is.
#[derive(Serialize)]
struct Changes<'a> {
    version: u32,
    input: &'a Input,
    added: Vec<&'a Suppressed>,
    removed: Vec<&'a Suppressed>,
    kept: Vec<&'a Suppressed>,
}

impl SuppressionList {
    /// Prints the list; with `cleared` also the addresses that failed and are not in it.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(
        &self,
        format: ListFormat,
        cleared: bool,
        style: &Style,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let more = if cleared { &self.cleared[..] } else { &[] };
        let rows = self.addresses.iter().chain(more);
        match format {
            ListFormat::Text => text::write(&self.page(cleared, style), style, out),
            ListFormat::Json => json::print(self, out),
            ListFormat::Jsonl => lines(rows, out),
            ListFormat::Csv => {
                let columns = &COLUMNS[..COLUMNS.len() - 1];
                csv::Table::new(out, None).write(columns, rows)
            }
            // What is not to be suppressed could not be told from the rest.
            ListFormat::Plain => self.addresses.iter().try_for_each(|row| writeln!(out, "{}", row.address)),
        }
    }

    /// Prints how it differs from the list that was put in front of the log. Returns whether it does.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_changes(&self, format: ListFormat, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let of = |change| self.changes().filter(move |row| row.change == Some(change));
        match format {
            ListFormat::Text => text::write(&self.page_of_changes(style), style, out),
            ListFormat::Json => {
                let changes = Changes {
                    version: self.version,
                    input: &self.input,
                    added: of("added").collect(),
                    removed: of("removed").collect(),
                    kept: of("kept").collect(),
                };
                json::print(&changes, out)
            }
            ListFormat::Jsonl => lines(self.changes(), out),
            ListFormat::Csv => csv::Table::new(out, None).write(&COLUMNS, self.changes()),
            ListFormat::Plain => self.changes().try_for_each(|row| {
                let sign = match row.change {
                    Some("added") => '+',
                    Some("removed") => '-',
                    _ => ' ',
                };
                writeln!(out, "{sign} {}", row.address)
            }),
        }
    }

    /// Addresses that are in this list or in the earlier one.
    pub fn changes(&self) -> impl Iterator<Item = &Suppressed> {
        self.addresses.iter().chain(&self.cleared).filter(|row| row.change.is_some())
    }

    fn page(&self, cleared: bool, style: &Style) -> Page {
        let maker = Maker::new(self, style);
        let (words, own) = (maker.words, maker.own);
        let bad = self.addresses.len() as u64;
        let mut page = Page::new();
        if bad == 0 {
            page.push(Block::Sentence(vec![Span::new(Role::Good, own.nothing)]));
        } else {
            page.push(Block::Sentence(vec![Span::new(Role::Strong, words.count(bad, own.bad))]));
            page.push(maker.table(own.title, &self.addresses));
        }
        let count = self.cleared.len() as u64;
        if cleared && count > 0 {
            page.push(maker.table_of_cleared(own.cleared, self.cleared.iter()));
        } else if count > 0 {
            let sum = vec![
                Span::plain(words.count(count, own.were_cleared)),
                Span::plain(": "),
                Span::new(Role::Command, style.again.same("suppress", "--cleared")),
            ];
            page.push(Block::Sentence(sum));
        }
        page
    }

    fn page_of_changes(&self, style: &Style) -> Page {
        let maker = Maker::new(self, style);
        let own = maker.own;
        let of = |change| self.changes().filter(move |row| row.change == Some(change));
        let (added, removed): (Vec<_>, Vec<_>) = (of("added").collect(), of("removed").collect());
        let mut page = Page::new();
        if !added.is_empty() {
            page.push(maker.table(own.added, added.iter().copied()));
        }
        if !removed.is_empty() {
            page.push(maker.table_of_cleared(own.removed, removed.iter().copied()));
        }
        if page.is_empty() {
            page.push(Block::Sentence(vec![Span::new(Role::Good, own.no_change)]));
        }
        let counts = [(own.added, added.len()), (own.removed, removed.len()), (own.kept, of("kept").count())];
        let counts = counts.map(|(what, n)| format!("{what} {}", maker.words.number(n as u64)));
        page.push(Block::Sentence(vec![Span::plain(format!("{}: {}", own.difference, counts.join(", ")))]));
        page
    }
}

struct Maker<'a> {
    style: &'a Style,
    words: &'static Words,
    own: &'static ListWords,
    /// Whether times need a year.
    year: bool,
}

impl<'a> Maker<'a> {
    fn new(list: &SuppressionList, style: &'a Style) -> Self {
        let years = list.addresses.iter().chain(&list.cleared);
        let mut years = years.filter_map(|row| Some(Moment::parse(row.last.as_deref()?)?.year));
        let first = years.next();
        let year = years.any(|year| Some(year) != first);
        Self { style, words: Words::of(style.lang), own: ListWords::of(style.lang), year }
    }

    fn table<'r>(&self, title: &'static str, rows: impl IntoIterator<Item = &'r Suppressed>) -> Block {
        let (words, own) = (self.words, self.own);
        let rows: Vec<_> = rows.into_iter().collect();
        let columns = vec![
            // What the list is made for is not cut, however long it is.
            Column::text(""),
            Column::text(own.col_reason),
            Column::number(own.col_count),
            Column::text(own.col_last).shrink(Shrink::End, TIME).spare(),
            Column::text(own.col_expires).spare(),
            Column::text(own.col_evidence).shrink(Shrink::End, 12).spare(),
        ];
        let line = |row: &&Suppressed| {
            Row::from(vec![
                Cell::new(Role::Strong, &row.address),
                Cell::plain(row.reason.unwrap_or(own.no_reason)),
                Cell::plain(words.number(row.count)),
                self.time(row.last.as_deref()),
                Cell::new(Role::Dim, row.expires.as_deref().unwrap_or(own.never)),
                Cell::new(Role::Quote, &row.evidence),
            ])
        };
        let shown = rows.len().min(self.style.top.unwrap_or(ROWS));
        let hints = self.hints(rows.len(), shown);
        Block::Panel(Panel { hints, ..panel(title, columns, rows[..shown].iter().map(line)) })
    }

    fn table_of_cleared<'r>(&self, title: &'static str, rows: impl Iterator<Item = &'r Suppressed>) -> Block {
        let own = self.own;
        let rows: Vec<_> = rows.collect();
        let columns = vec![
            // What the list is made for is not cut, however long it is.
            Column::text(""),
            Column::text(own.col_reason),
            Column::text(own.col_last).shrink(Shrink::End, TIME).spare(),
            Column::text(own.col_status).shrink(Shrink::End, 16),
            Column::text("").shrink(Shrink::Middle, TIME),
        ];
        let line = |row: &&Suppressed| {
            Row::from(vec![
                Cell::plain(&row.address),
                Cell::plain(row.reason.unwrap_or(own.no_reason)),
                self.time(row.last.as_deref()),
                Cell::plain((own.status)(row.status).unwrap_or(row.status)),
                match &row.target {
                    Some(target) if row.status == "alias" => Cell::new(Role::Dim, format!("→ {target}")),
                    _ => self.time(row.delivered.as_deref()),
                },
            ])
        };
        let shown = rows.len().min(self.style.top.unwrap_or(ROWS));
        let hints = self.hints(rows.len(), shown);
        Block::Panel(Panel { hints, ..panel(title, columns, rows[..shown].iter().map(line)) })
    }

    fn hints(&self, all: usize, shown: usize) -> Vec<Line> {
        if shown == all {
            return Vec::new();
        }
        let more = (self.words.more)(&self.words.number((all - shown) as u64));
        vec![vec![
            Span::new(Role::Dim, format!("{more} {} ", self.own.save)),
            Span::new(Role::Command, self.style.again.same("suppress", "-o bad-addresses.csv")),
        ]]
    }

    fn time(&self, time: Option<&str>) -> Cell {
        let moment = time.and_then(Moment::parse).map(|at| self.words.moment(at, self.year));
        Cell::plain(moment.as_deref().or(time).unwrap_or_default())
    }
}

fn lines<'a>(rows: impl Iterator<Item = &'a Suppressed>, out: &mut dyn Write) -> io::Result<()> {
    for row in rows {
        json::print_line(row, out)?;
    }
    Ok(())
}
