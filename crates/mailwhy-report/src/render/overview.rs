//! The report as a page: what is said, in which order, in which words.

use std::path::Path;

use mailwhy_codes::Lang;

use super::page::{Block, Fact, Line, Page, Role, Span};
use super::values::{Forms, Moment, NBSP};
use super::words::Words;
use super::{By, Style};
use crate::text::printable;
use crate::{File, Report};

/// The page that `style` asks for.
pub(super) fn page(report: &Report<'_>, style: &Style) -> Page {
    let moment = |time: &Option<String>| time.as_deref().and_then(Moment::parse);
    let (first, last) = (moment(&report.input.first), moment(&report.input.last));
    let year = first.map(|m| m.year) != last.map(|m| m.year);
    let maker = Maker { report, style, words: Words::of(style.lang), first, last, year };
    match style.by {
        Some(by) => maker.table(by),
        None => maker.overview(),
    }
}

/// How it stands, in a line without anything in it that could act.
pub(super) fn subject(report: &Report<'_>, lang: Lang, host: Option<&str>) -> String {
    let (words, messages) = (Words::of(lang), &report.messages);
    let state = match messages.total {
        0 => words.no_mail.to_owned(),
        _ => (words.lost_mail)(words, messages.failed + messages.partly_delivered),
    };
    let host = host.map_or_else(String::new, |host| format!("{host}: "));
    let day =
        |time: &Option<String>| time.as_deref().and_then(Moment::parse).map(|at| words.bucket(at, 0, false));
    let days = match (day(&report.input.first), day(&report.input.last)) {
        (Some(first), Some(last)) if first == last => format!(", {first}"),
        (Some(first), Some(last)) => format!(", {}", (words.span)(&first, &last)),
        _ => String::new(),
    };
    // A header should not need an encoding for its blanks.
    printable(format!("{host}{state}{days}").as_bytes()).replace(NBSP, " ")
}

/// Makes the parts of a page.
pub(super) struct Maker<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) style: &'a Style,
    pub(super) words: &'static Words,
    /// The span of the log.
    first: Option<Moment>,
    last: Option<Moment>,
    /// Whether times need a year.
    pub(super) year: bool,
}

impl Maker<'_> {
    fn overview(&self) -> Page {
        let report = self.report;
        let mut page = vec![Block::Head(self.head())];
        page.extend(self.warnings());
        page.extend(self.state());
        page.extend(self.facts());
        page.extend(self.panel(self.panics()));
        page.extend(self.panel(self.advice(&report.advice)));
        page.extend(self.greylisting());
        page.extend(self.by(By::Reason));
        page.extend(self.by(By::Provider));
        page.extend(self.by(By::Reply));
        page.extend(self.by(By::Host));
        page.extend(self.by(By::Sender));
        page.extend(self.by(By::Rejection));
        page.extend(self.panel(self.logins()));
        if self.style.verbose {
            page.extend(self.by(By::Domain));
            page.extend(self.by(By::Code));
            page.extend(self.panel(self.counts(self.words.stages, self.words.col_times, &report.stages)));
            page.extend(self.panel(self.counts(self.words.errnos, self.words.col_times, &report.errnos)));
            page.extend(self.panel(self.counts(self.words.kinds, self.words.col_lines, &report.flags)));
            page.extend(self.panel(self.files()));
        }
        page.extend(self.panel(self.when()));
        if self.style.verbose || self.understood_nothing() {
            page.extend(self.panel(self.unknown()));
        }
        page
    }

    /// One table alone, and what makes its figures doubtful.
    fn table(&self, by: By) -> Page {
        let mut page: Page = self.warnings().collect();
        if self.understood_nothing() {
            page.extend(self.state());
        }
        page.push(
            self.by(by).unwrap_or_else(|| Block::Sentence(vec![Span::plain((self.words.nothing)(by))])),
        );
        page
    }
}

/// The top of the page.
impl Maker<'_> {
    fn head(&self) -> Vec<Vec<Line>> {
        let (input, words) = (&self.report.input, self.words);
        let name = match &input.files[..] {
            [file] if file.name == "-" => words.stdin,
            [file] => &file.name,
            files => directory(files).unwrap_or(words.no_name),
        };
        let mut about = vec![vec![Span::new(Role::Strong, name)]];
        if let (Some(first), Some(last)) = (self.first, self.last) {
            let span = (words.span)(&words.moment(first, true), &words.until(last, first, self.year));
            let lasted = words.duration((last.epoch() - first.epoch()) as f64);
            about.push(vec![Span::plain(format!("{span} ({lasted})"))]);
        } else if let (Some(first), Some(last)) = (&input.first, &input.last) {
            about.push(vec![Span::plain((words.span)(first, last))]);
        }
        let files = words.count(input.files.len() as u64, words.files);
        about.push(vec![Span::plain(format!("{files}, {}", words.bytes(input.bytes)))]);

        let mut lines = vec![Span::plain(words.count(input.lines, words.lines))];
        if input.cut_lines > 0 {
            lines.push(Span::plain(", "));
            lines.push(Span::new(Role::Warn, self.counted(input.cut_lines, words.cut)));
        }
        if input.unknown_lines > 0 {
            lines.push(Span::plain(", "));
            lines.push(Span::new(Role::Warn, self.counted(input.unknown_lines, words.not_understood)));
            lines.push(Span::plain(" ("));
            lines.push(Span::new(Role::Command, self.style.again.read("events --kind unknown")));
            lines.push(Span::plain(")"));
        }
        let mut read = vec![lines];
        read.extend(input.seconds.map(|s| vec![Span::new(Role::Dim, words.duration(s))]));
        vec![about, read]
    }

    pub(super) fn counted(&self, n: u64, forms: Forms) -> String {
        format!("{} {}", self.words.number(n), self.words.form(n, forms))
    }

    /// What makes the figures doubtful.
    fn warnings(&self) -> impl Iterator<Item = Block> {
        let input = &self.report.input;
        let partial = input.partial.then(|| Block::Sentence(vec![Span::new(Role::Bad, self.words.partial)]));
        let files = input.files.iter().filter_map(|file| {
            let problem = file.problem.as_deref()?;
            Some(Block::Sentence(vec![Span::new(Role::Warn, format!("{}: {problem}", file.name))]))
        });
        partial.into_iter().chain(files)
    }

    fn understood_nothing(&self) -> bool {
        let input = &self.report.input;
        input.lines > 0 && input.unknown_lines >= input.lines
    }

    /// The whole in one sentence, where it can be said in one.
    fn state(&self) -> Option<Block> {
        let (report, words) = (self.report, self.words);
        let recipients = &report.recipients;
        let (role, text) = match () {
            () if report.input.lines == 0 => (Role::Warn, words.empty_log.to_owned()),
            () if self.understood_nothing() => {
                (Role::Bad, (words.nothing_understood)(words, report.input.lines))
            }
            () if !report.panics.is_empty() && recipients.total == 0 => {
                (Role::Bad, words.panicked.to_owned())
            }
            () if report.messages.total == 0 => (Role::Plain, words.no_messages.into()),
            () if recipients.failed > 0 || report.messages.failed > 0 => return None,
            () if recipients.deferred > 0 => (Role::Good, (words.none_failed)(words, recipients.deferred)),
            () if recipients.delivered > 0 => {
                (Role::Good, (words.all_delivered)(words, recipients.delivered))
            }
            () => (Role::Plain, words.none_told.into()),
        };
        Some(Block::Sentence(vec![Span::new(role, text)]))
    }

    fn facts(&self) -> Option<Block> {
        let (m, r, words) = (&self.report.messages, &self.report.recipients, self.words);
        if m.total == 0 {
            return None;
        }
        let mut messages = vec![vec![Span::new(Role::Strong, words.number(m.total))]];
        let items = [
            (m.delivered, words.delivered, Role::Good),
            (m.failed, words.failed, Role::Bad),
            (m.partly_delivered, words.partly, Role::Warn),
            (m.open, words.queued, Role::Warn),
            (m.discarded, words.discarded, Role::Plain),
            (m.removed, words.removed, Role::Plain),
            (m.completed_only, words.untold, Role::Plain),
        ];
        for (n, label, role) in items {
            if n == 0 {
                continue;
            }
            let mut line = self.share(label, n, m.total, role);
            if label == words.queued && m.frozen > 0 {
                line.push(Span::plain(format!(" {}", (words.of_these_frozen)(words, m.frozen))));
            }
            messages.push(line);
        }
        if self.style.verbose {
            let items = [
                (m.delivered_after_deferral, words.after_deferral),
                (m.bounces, words.bounces),
                (m.began_before, words.began_before),
            ];
            let items = items.into_iter().filter(|&(n, _)| n > 0);
            messages.extend(items.map(|(n, label)| self.share(label, n, m.total, Role::Plain)));
        }
        let mut facts = vec![Fact { label: words.messages, chart: None, items: messages }];

        if r.total > 0 {
            let mut items = vec![vec![Span::new(Role::Strong, words.number(r.total))]];
            let shares = [
                (r.delivered, words.delivered, Role::Good),
                (r.failed, words.failed, Role::Bad),
                (r.deferred, words.waiting, Role::Warn),
            ];
            let shares = shares.into_iter().filter(|&(n, ..)| n > 0);
            items.extend(shares.map(|(n, label, role)| self.share(label, n, r.total, role)));
            facts.push(Fact { label: words.recipients, chart: None, items });
        }
        if let Some(peak) = self.peak(|bucket| bucket.failed) {
            let items = vec![vec![Span::plain((words.peak)(&peak))]];
            facts.push(Fact {
                label: words.failures,
                chart: Some(self.series(|bucket| bucket.failed)),
                items,
            });
        }
        Some(Block::Facts(facts))
    }

    fn share(&self, label: &str, part: u64, whole: u64, role: Role) -> Line {
        vec![Span::plain(format!("{label}{NBSP}")), Span::new(role, self.words.percent(part, whole))]
    }

    fn greylisting(&self) -> Option<Block> {
        let (g, words) = (&self.report.greylisting, self.words);
        if g.recipients == 0 {
            return None;
        }
        let median = g.median_delay.map(|seconds| words.duration(seconds));
        Some(Block::Sentence(vec![Span::plain((words.greylisted)(words, g.recipients, g.delivered, median))]))
    }
}

/// The directory that holds all these files.
fn directory(files: &[File]) -> Option<&str> {
    fn parent(file: &File) -> Option<&str> {
        Path::new(&file.name).parent()?.to_str().filter(|name| !name.is_empty())
    }
    let first = parent(files.first()?)?;
    files.iter().all(|file| parent(file) == Some(first)).then_some(first)
}
