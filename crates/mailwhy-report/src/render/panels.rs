//! The tables of a report.

use super::overview::Maker;
use super::page::{Block, Cell, Column, Line, Panel, Role, Row, Shrink, Span};
use super::values::Moment;
use super::words::retry;
use super::{By, Style};
use crate::{
    Advice, Count, DestinationRow, GroupRow, HostRow, ReasonRow, RejectionRow, ReplyRow, Rows, SenderRow,
};

/// Rows of a table that was asked for.
const ASKED: usize = 50;

/// Rows of each table where everything was asked for.
const VERBOSE: usize = 20;

/// Rows of the tables that matter most, and of the others, on two screens.
pub(super) const MAIN: usize = 10;
const SIDE: usize = 5;

/// The longest name of a reason: half a name is none.
const REASON: usize = 22;

/// The longest time: only what is none gets cut.
pub(super) const TIME: usize = 26;

impl Maker<'_> {
    pub(super) fn by(&self, by: By) -> Option<Block> {
        let report = self.report;
        self.panel(match by {
            By::Reason => self.reasons(&report.reasons, report.bad_addresses),
            By::Provider => self.destinations(by, &report.providers),
            By::Domain => self.destinations(by, &report.domains),
            By::Host => self.hosts(&report.hosts),
            By::Reply => self.groups(&report.groups),
            By::Code => self.replies(&report.replies),
            By::Sender => self.senders(&report.senders),
            By::Rejection => self.rejections(&report.rejections),
            By::Time => self.times(&report.timeline),
        })
    }

    /// A table without rows is left out.
    pub(super) fn panel(&self, panel: Panel) -> Option<Block> {
        (!panel.rows.is_empty()).then_some(Block::Panel(panel))
    }

    /// How many rows a table gets that has `usual` of them in a short report.
    pub(super) fn rows(&self, usual: usize) -> usize {
        let usual = match self.style {
            Style { by: Some(_), .. } => ASKED,
            Style { verbose: true, .. } => VERBOSE,
            _ => usual,
        };
        self.style.top.unwrap_or(usual)
    }

    /// How to see the rows that are not shown.
    pub(super) fn more(&self, by: By, all: usize, shown: usize) -> Option<Line> {
        if all <= shown {
            return None;
        }
        let mut command = format!("report --by {}", by.as_str());
        if self.style.by.is_some() {
            command += &format!(" --top {all}");
        }
        Some(self.hint(all - shown, &command))
    }

    fn hint(&self, hidden: usize, command: &str) -> Line {
        let more = (self.words.more)(&self.words.number(hidden as u64));
        vec![Span::new(Role::Dim, more + " "), Span::new(Role::Command, self.style.again.read(command))]
    }
}

/// The tables.
impl Maker<'_> {
    pub(super) fn advice(&self, all: &[Advice]) -> Panel {
        let words = self.words;
        let shown = &all[..all.len().min(self.rows(SIDE))];
        let waiting = shown.iter().any(|a| a.waiting > 0);
        let rows = shown.iter().map(|a| {
            let mut cells = vec![
                Cell::new(Role::Strong, &a.title),
                Cell::new(
                    if a.actor == "sender-admin" { Role::Warn } else { Role::Plain },
                    (words.actor)(a.actor).unwrap_or(a.actor),
                ),
                self.number(a.failed, Role::Bad),
            ];
            if waiting {
                cells.push(self.number(a.waiting, Role::Warn));
            }
            cells.push(self.time(a.first.as_deref()));
            let mut details = Vec::new();
            if !a.action.is_empty() {
                details.push(vec![Span::plain(&a.action)]);
            }
            if self.style.verbose {
                let mut facts = vec![a.reason.to_owned()];
                facts.extend(a.provider.clone());
                facts.extend(a.sender_domain.clone());
                facts.push(format!("{} {}", words.col_addresses, words.number(a.addresses)));
                facts.extend(a.last.as_deref().map(|t| format!("{} {}", words.last, self.time_text(t))));
                details.push(vec![Span::new(Role::Dim, facts_line(&facts))]);
            }
            details.push(vec![Span::new(Role::Command, self.style.again.explain(&a.rule))]);
            Row { cells, details }
        });
        let mut columns = vec![
            Column::text("").shrink(Shrink::Wrap, 30),
            Column::text(words.who),
            Column::number(words.lost),
        ];
        if waiting {
            columns.push(Column::number(words.waiting));
        }
        columns.push(Column::text(words.since).shrink(Shrink::End, TIME));
        let hidden = all.len() - shown.len();
        let more = if self.style.verbose { "report --verbose --top 0" } else { "report --verbose" };
        let hints = (hidden > 0).then(|| self.hint(hidden, more));
        let hints = hints.into_iter().collect();
        Panel { numbered: true, hints, ..panel(words.to_do, columns, rows) }
    }

    fn reasons(&self, all: &[ReasonRow<'_>], bad: u64) -> Panel {
        let words = self.words;
        let shown = &all[..all.len().min(self.rows(MAIN))];
        let columns = vec![
            Column::text(""),
            Column::text("").shrink(Shrink::End, 20),
            Column::number(words.col_failed),
            Column::number(words.col_delayed),
            Column::number(words.col_addresses),
            Column::text(words.col_places).shrink(Shrink::End, 12).spare(),
        ];
        let rows = shown.iter().map(|r| {
            let whole = r.places.iter().map(|place| place.count).sum();
            let places = r.places.iter().take(5);
            let places = places.map(|p| format!("{} {}", p.name, words.whole_percent(p.count, whole)));
            Row::from(vec![
                Cell::plain(r.reason),
                Cell::new(Role::Dim, r.title),
                self.number(r.failed, Role::Bad),
                self.number(r.delayed, Role::Warn),
                self.number(r.addresses, Role::Plain),
                Cell::List(places.map(Span::plain).collect()),
            ])
        });
        let mut hints: Vec<_> = self.more(By::Reason, all.len(), shown.len()).into_iter().collect();
        if bad > 0 {
            hints.push(vec![
                Span::new(Role::Dim, self.counted(bad, words.bad_addresses) + " "),
                Span::new(Role::Command, self.style.again.read("suppress")),
            ]);
        }
        Panel { hints, ..panel(words.why, columns, rows) }
    }

    fn destinations(&self, by: By, all: &Rows<'_, DestinationRow>) -> Panel {
        let words = self.words;
        let shown = all.len().min(self.rows(MAIN));
        let columns = vec![
            Column::text("").shrink(Shrink::Middle, 16),
            Column::number(words.col_recipients),
            Column::number(words.col_delivered),
            Column::number(words.col_failed),
            Column::number(words.col_delayed),
            Column::number(words.col_median).spare(),
            Column::number("95 %").spare(),
            Column::text(words.col_trouble).shrink(Shrink::End, REASON).spare(),
        ];
        let rows = all.iter().take(shown).map(|d| {
            let delay =
                |seconds: Option<f64>| Cell::plain(seconds.map_or_else(String::new, |s| words.duration(s)));
            Row::from(vec![
                Cell::plain(&d.name),
                self.number(d.total(), Role::Plain),
                self.percent(d.delivered, d.total(), Role::Plain),
                self.percent(d.failed, d.total(), Role::Bad),
                self.percent(d.delayed, d.total(), Role::Warn),
                delay(d.median_delay),
                delay(d.p95_delay),
                Cell::named(d.top_reason.unwrap_or_default(), d.top_reason_title.unwrap_or_default()),
            ])
        });
        let title = if by == By::Domain { words.domains } else { words.providers };
        let hints = self.more(by, all.len(), shown).into_iter().collect();
        Panel { hints, ..panel(title, columns, rows) }
    }

    fn groups(&self, all: &[GroupRow]) -> Panel {
        let words = self.words;
        let shown = &all[..all.len().min(self.rows(MAIN))];
        let columns = vec![
            Column::text(""),
            Column::text(""),
            Column::text("").shrink(if self.style.by.is_some() { Shrink::Wrap } else { Shrink::End }, 20),
            Column::number(words.col_times),
            Column::text(words.col_last).shrink(Shrink::End, TIME).spare(),
        ];
        let rows = shown.iter().map(|g| Row {
            cells: vec![
                Cell::new(Role::Strong, code(g.code, g.enhanced.as_deref())),
                Cell::plain(g.provider.unwrap_or_default()),
                Cell::new(Role::Quote, words_of_reply(g)),
                self.number(g.attempts, Role::Plain),
                self.time(g.last.as_deref()),
            ],
            details: if self.style.verbose { self.group_details(g) } else { Vec::new() },
        });
        let hints = self.more(By::Reply, all.len(), shown.len()).into_iter().collect();
        Panel { hints, ..panel(words.groups, columns, rows) }
    }

    /// What the verdict on a group is, on what it rests, and where to look.
    fn group_details(&self, g: &GroupRow) -> Vec<Line> {
        let words = self.words;
        let known = |text: Option<&'static str>, name: &str| text.unwrap_or(name).to_owned();
        let mut verdict = vec![
            format!("{}: {}", words.who, known((words.actor)(g.actor), g.actor)),
            retry(self.style.lang, g.retry, g.class).to_owned(),
        ];
        verdict.extend(g.bad_address.then(|| words.bad_address.to_owned()));
        let mut basis =
            vec![format!("{} {}", words.rule, g.rule), known((words.confidence)(g.confidence), g.confidence)];
        basis.extend(g.stage.map(|stage| format!("{} {stage}", words.stage)));
        basis.push(format!("{} {}", words.col_failed, words.number(g.failed)));
        basis.push(format!("{} {}", words.col_delayed, words.number(g.delayed)));
        basis.extend(g.first.as_deref().map(|t| format!("{} {}", words.first, self.time_text(t))));
        vec![
            vec![Span::plain(g.reason), Span::plain(": "), Span::plain(&g.title)],
            vec![Span::plain(facts_line(&verdict))],
            vec![Span::new(Role::Dim, facts_line(&basis))],
            vec![Span::new(Role::Dim, format!("{}:{} ", g.file, g.line)), Span::new(Role::Quote, &g.sample)],
        ]
    }

    fn replies(&self, all: &[ReplyRow]) -> Panel {
        let words = self.words;
        let shown = &all[..all.len().min(self.rows(MAIN))];
        let columns =
            vec![Column::text(""), Column::text("").shrink(Shrink::End, 20), Column::number(words.col_times)];
        let rows = shown.iter().map(|r| {
            Row::from(vec![
                Cell::new(Role::Strong, code(r.code, r.enhanced.as_deref())),
                Cell::plain(&r.title),
                self.number(r.count, Role::Plain),
            ])
        });
        let hints = self.more(By::Code, all.len(), shown.len()).into_iter().collect();
        Panel { hints, ..panel(words.codes, columns, rows) }
    }

    fn hosts(&self, all: &Rows<'_, HostRow>) -> Panel {
        let words = self.words;
        let shown = all.len().min(self.rows(SIDE));
        let columns = vec![
            Column::text("").shrink(Shrink::Middle, 20),
            Column::number(words.col_tries),
            Column::number(words.col_delivered),
            Column::text(words.col_last).shrink(Shrink::End, TIME),
            Column::text(words.col_mostly).shrink(Shrink::End, REASON).spare(),
        ];
        let rows = all.iter().take(shown).map(|h| {
            Row::from(vec![
                Cell::plain(&h.host),
                self.number(h.failed_attempts, Role::Bad),
                self.number(h.delivered, Role::Plain),
                self.time(h.last.as_deref()),
                Cell::named(h.top_reason, h.top_reason_title),
            ])
        });
        let hints = self.more(By::Host, all.len(), shown).into_iter().collect();
        Panel { hints, ..panel(words.hosts, columns, rows) }
    }

    fn senders(&self, all: &Rows<'_, SenderRow>) -> Panel {
        let words = self.words;
        let shown = all.len().min(self.rows(SIDE));
        let columns = vec![
            Column::text("").shrink(Shrink::Middle, 24),
            Column::number(words.col_failed),
            Column::number(words.col_delivered),
            Column::text(words.col_mostly).shrink(Shrink::End, REASON).spare(),
        ];
        let rows = all.iter().take(shown).map(|s| {
            Row::from(vec![
                Cell::plain(if s.domain.is_empty() { words.null_sender } else { &s.domain }),
                self.number(s.failed, Role::Bad),
                self.number(s.delivered, Role::Plain),
                Cell::named(s.top_reason, s.top_reason_title),
            ])
        });
        let hints = self.more(By::Sender, all.len(), shown).into_iter().collect();
        Panel { hints, ..panel(words.senders, columns, rows) }
    }

    fn rejections(&self, all: &[RejectionRow]) -> Panel {
        let words = self.words;
        let shown = &all[..all.len().min(self.rows(SIDE + 1))];
        let texts = self.style.verbose || self.style.by.is_some();
        let columns = vec![
            Column::text("").shrink(Shrink::End, 24),
            Column::text(words.col_stage),
            Column::number(words.col_times),
            Column::number(words.col_addresses),
            Column::text(words.col_last).shrink(Shrink::End, TIME),
        ];
        let rows = shown.iter().map(|r| Row {
            cells: vec![
                // One reason may have several texts; each tells the administrator which of his rules it was.
                if texts {
                    Cell::named(r.reason, &r.title)
                } else {
                    Cell::Named(Span::plain(r.reason), Span::new(Role::Quote, &r.text))
                },
                Cell::plain(r.stage.unwrap_or_default()),
                self.number(r.count, Role::Plain),
                self.number(r.hosts, Role::Plain),
                self.time(r.last.as_deref()),
            ],
            details: if texts { vec![vec![Span::new(Role::Quote, &r.text)]] } else { Vec::new() },
        });
        let hints = self.more(By::Rejection, all.len(), shown.len()).into_iter().collect();
        Panel { hints, ..panel(words.rejections, columns, rows) }
    }

    pub(super) fn logins(&self) -> Panel {
        let (logins, words) = (&self.report.logins, self.words);
        let list = |label, counts: &[Count]| {
            let items = counts.iter().take(self.rows(SIDE));
            let items = items.map(|c| Span::plain(format!("{} ({})", c.name, words.number(c.count))));
            Row::from(vec![Cell::new(Role::Dim, label), Cell::List(items.collect())])
        };
        let rows = [(words.from, &logins.top_addresses), (words.accounts, &logins.top_accounts)];
        let rows = rows.into_iter().filter(|(_, counts)| !counts.is_empty() && logins.failures > 0);
        let columns = vec![Column::text(""), Column::text("").shrink(Shrink::End, 20)];
        let note = Some((words.guessed)(words, logins.failures, logins.addresses));
        Panel { note, ..panel(words.logins, columns, rows.map(|(label, counts)| list(label, counts))) }
    }
    pub(super) fn counts(&self, title: &'static str, head: &'static str, all: &[Count]) -> Panel {
        let columns = vec![Column::text("").shrink(Shrink::End, 20), Column::number(head)];
        let rows = all.iter().take(self.rows(VERBOSE));
        let rows = rows.map(|c| Row::from(vec![Cell::plain(&c.name), self.number(c.count, Role::Plain)]));
        panel(title, columns, rows)
    }

    pub(super) fn files(&self) -> Panel {
        let words = self.words;
        let columns = vec![Column::text("").shrink(Shrink::Middle, 20), Column::number(words.col_size)];
        let rows = self.report.input.files.iter();
        let rows = rows.map(|f| Row::from(vec![Cell::plain(&f.name), Cell::plain(words.bytes(f.bytes))]));
        panel(words.file_list, columns, rows)
    }

    pub(super) fn panics(&self) -> Panel {
        let words = self.words;
        let all = &self.report.panics;
        let shown = &all[..all.len().min(self.rows(MAIN))];
        let columns = vec![
            Column::text("").shrink(Shrink::Wrap, 30),
            Column::number(words.col_times),
            Column::text(words.col_last).shrink(Shrink::End, TIME),
        ];
        let rows = shown.iter().map(|p| {
            Row::from(vec![
                Cell::new(Role::Quote, &p.text),
                self.number(p.count, Role::Bad),
                self.time(p.last.as_deref()),
            ])
        });
        let hidden = all.len() - shown.len();
        let hints = (hidden > 0).then(|| self.hint(hidden, "report --verbose --top 0"));
        Panel { hints: hints.into_iter().collect(), ..panel(words.panics, columns, rows) }
    }

    pub(super) fn unknown(&self) -> Panel {
        let columns =
            vec![Column::text("").shrink(Shrink::Middle, 12), Column::text("").shrink(Shrink::End, 40)];
        let rows = self.report.unknown.iter().take(self.rows(MAIN)).map(|u| {
            Row::from(vec![
                Cell::new(Role::Dim, format!("{}:{}", u.file, u.line)),
                Cell::new(Role::Quote, &u.text),
            ])
        });
        panel(self.words.unknown, columns, rows)
    }
}

/// Cells.
impl Maker<'_> {
    pub(super) fn number(&self, n: u64, role: Role) -> Cell {
        Cell::new(if n == 0 { Role::Dim } else { role }, self.words.number(n))
    }

    pub(super) fn percent(&self, part: u64, whole: u64, role: Role) -> Cell {
        Cell::new(if part == 0 { Role::Dim } else { role }, self.words.percent(part, whole))
    }

    fn time(&self, time: Option<&str>) -> Cell {
        Cell::plain(time.map_or_else(String::new, |t| self.time_text(t)))
    }

    pub(super) fn time_text(&self, time: &str) -> String {
        Moment::parse(time).map_or_else(|| time.to_owned(), |at| self.words.moment(at, self.year))
    }
}

/// A table without notes.
pub(super) fn panel(title: &'static str, columns: Vec<Column>, rows: impl Iterator<Item = Row>) -> Panel {
    let rows = rows.collect();
    Panel { title, note: None, numbered: false, spaced: false, columns, rows, hints: Vec::new() }
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        Self { cells, details: Vec::new() }
    }
}
/// Short facts, none of which is broken.
pub(super) fn facts_line(facts: &[String]) -> String {
    facts.iter().map(|fact| fact.replace(' ', "\u{a0}")).collect::<Vec<_>>().join(" · ")
}

/// `550 5.7.26`, or what there is of it.
pub(super) fn code(code: Option<u16>, enhanced: Option<&str>) -> String {
    match (code, enhanced) {
        (Some(code), Some(enhanced)) => format!("{code} {enhanced}"),
        (Some(code), None) => code.to_string(),
        (None, Some(enhanced)) => enhanced.to_owned(),
        (None, None) => "–".into(),
    }
}

/// The text of a reply without the codes at its begin, which have a column of their own.
fn words_of_reply(group: &GroupRow) -> &str {
    let mut text = group.text.trim();
    for code in [group.code.map(|c| c.to_string()), group.enhanced.clone()].into_iter().flatten() {
        if let Some(rest) = text.strip_prefix(&code)
            && let Some(rest) = rest.strip_prefix([' ', '-'])
        {
            text = rest.trim_start();
        }
    }
    text
}
