//! `mailwhy rules coverage`: what the rules know of a log, and what they do not.

use std::cmp::Reverse;
use std::io::{self, Write};

use anyhow::Result;
use mailwhy::classify::{Classifier, Verdict};
use mailwhy::codes::{Lang, Stage};
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::json::print;
use mailwhy::report::{Format, Place, masked};
use mailwhy::trace::{Groups, Map};
use serde::Serialize;

use crate::cli::RulesCoverageArgs;
use crate::commands::follow::entry::{columns, pad};
use crate::commands::scan::{self, Part};
use crate::commands::{Exit, Inputs, Output, chosen, rows, rules};
use crate::pipeline::Piece;

/// Rows of each table for people, where nobody said how many.
const ROWS: usize = 40;

/// Runs the command.
pub fn run(args: &RulesCoverageArgs) -> Result<Exit> {
    let read =
        |name: &str| Format::from_name(name).filter(|format| matches!(format, Format::Text | Format::Json));
    let format = chosen(args.format, args.output.as_deref(), read, "text or json")?.unwrap_or_default();
    let classifier = rules::classifier(&args.rules)?;
    let inputs = Inputs::new(&args.input, args.output.as_deref())?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let mut total = Hits::default();
    let read = scan::read(&inputs, &classifier, &mut total, Hits::default);

    let mut coverage = total.coverage();
    let top = rows(args.top);
    let mut output = Output::new(args.output.as_deref())?;
    let result = match format {
        Format::Json => {
            let top = top.unwrap_or(usize::MAX);
            coverage.rules.truncate(top);
            coverage.unknown.truncate(top);
            print(&coverage, output.writer())
        }
        _ => {
            let words = match args.language.get() {
                Lang::En => &EN,
                Lang::Ru => &RU,
            };
            coverage.write(top.unwrap_or(ROWS), words, output.writer())
        }
    };
    let result = result.and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(inputs.finish(&read, coverage.failures > 0))
}

/// How often each distinct failure occurs.
#[derive(Default)]
struct Hits {
    groups: Groups,
    /// Of each group.
    counts: Vec<u64>,
}

impl Part for Hits {
    fn line(&mut self, kind: Kind, _: Option<Time>) -> bool {
        matches!(kind, Kind::Failure | Kind::Deferral | Kind::HostError | Kind::Rejected | Kind::AuthFailure)
    }

    fn event(&mut self, event: &Event<'_>, _: Place, classifier: &Classifier) {
        if let Some(id) = self.groups.of(event, classifier) {
            self.counts.resize(self.groups.len(), 0);
            self.counts[id.0 as usize] += 1;
        }
    }
}

impl Piece for Hits {
    fn append(&mut self, later: Self) {
        let places = self.groups.append(later.groups);
        self.counts.resize(self.groups.len(), 0);
        for (place, count) in places.iter().zip(later.counts) {
            self.counts[place.0 as usize] += count;
        }
    }
}

impl Hits {
    fn coverage(&self) -> Coverage<'_> {
        let groups = || self.groups.iter().zip(self.counts.iter().copied());
        let mut rules: Map<&str, RuleHits> = Map::default();
        for (group, count) in groups() {
            let Verdict { rule, reason, .. } = group.verdict;
            let new = RuleHits { rule, reason: reason.as_str(), failures: 0 };
            rules.entry(rule).or_insert(new).failures += count;
        }
        let mut rules: Vec<_> = rules.into_values().collect();
        rules.sort_by_key(|hits| (Reverse(hits.failures), hits.rule));
        let unknown = groups().filter(|(group, _)| group.is_unclassified());
        let mut unknown: Vec<_> = unknown
            .map(|(group, failures)| {
                let Verdict { reason, rule, stage, provider, .. } = &group.verdict;
                Unknown {
                    fingerprint: format!("{:016x}", group.fingerprint),
                    failures,
                    stage: stage.map(Stage::as_str),
                    provider: provider.map(|provider| provider.id),
                    reason: reason.as_str(),
                    rule,
                    text: masked(&group.sample),
                }
            })
            .collect();
        unknown.sort_by(|a, b| (b.failures, &a.fingerprint).cmp(&(a.failures, &b.fingerprint)));
        Coverage {
            version: 1,
            failures: self.counts.iter().sum(),
            kinds: self.groups.len(),
            unknown_failures: unknown.iter().map(|unknown| unknown.failures).sum(),
            unknown_kinds: unknown.len(),
            rules,
            unknown,
        }
    }
}

/// What is told.
#[derive(Serialize)]
struct Coverage<'a> {
    version: u32,
    failures: u64,
    kinds: usize,
    unknown_failures: u64,
    unknown_kinds: usize,
    rules: Vec<RuleHits>,
    unknown: Vec<Unknown<'a>>,
}

#[derive(Serialize)]
struct RuleHits {
    rule: &'static str,
    reason: &'static str,
    failures: u64,
}

/// Replies that no rule knows, which are the same but for addresses, hosts, ids and numbers.
#[derive(Serialize)]
struct Unknown<'a> {
    fingerprint: String,
    failures: u64,
    stage: Option<&'static str>,
    provider: Option<&'static str>,
    /// What their code is taken for.
    reason: &'static str,
    rule: &'a str,
    text: String,
}

impl Coverage<'_> {
    fn write(&self, top: usize, words: &Words, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", (words.sum)(self))?;
        if self.rules.is_empty() {
            return Ok(());
        }
        let rest = |all: usize, out: &mut dyn Write| match all.saturating_sub(top) {
            0 => Ok(()),
            more => writeln!(out, "{:>10}  {} (--top 0)", "", (words.more)(more)),
        };
        let shown = &self.rules[..self.rules.len().min(top)];
        let column =
            shown.iter().map(|hits| hits.rule.len()).max().unwrap_or_default().max(columns(words.rule));
        writeln!(out, "\n{:>10}  {}  {}", words.times, pad(words.rule, column), words.reason)?;
        for RuleHits { rule, reason, failures } in shown {
            writeln!(out, "{failures:>10}  {rule:column$}  {reason}")?;
        }
        rest(self.rules.len(), out)?;
        if self.unknown.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}\n", words.unknown)?;
        let shown = &self.unknown[..self.unknown.len().min(top)];
        for Unknown { fingerprint, failures, stage, provider, reason, rule, text } in shown {
            let (stage, provider) = (stage.unwrap_or("-"), provider.unwrap_or("-"));
            writeln!(out, "{failures:>10}  {fingerprint}  {stage}  {provider}  {reason} ({rule})")?;
            writeln!(out, "{:>10}  {text}", "")?;
        }
        rest(self.unknown.len(), out)?;
        Ok(())
    }
}

/// The words of a language.
struct Words {
    sum: fn(&Coverage<'_>) -> String,
    times: &'static str,
    rule: &'static str,
    reason: &'static str,
    more: fn(usize) -> String,
    unknown: &'static str,
}

static EN: Words = Words {
    sum: |c| {
        format!(
            "{} failures, {} of them distinct; no rule knows {}, {} of them distinct",
            c.failures, c.kinds, c.unknown_failures, c.unknown_kinds
        )
    },
    times: "times",
    rule: "rule",
    reason: "reason",
    more: |n| format!("{n} more"),
    unknown: "Replies that no rule knows, without addresses, hosts, ids and numbers:",
};

static RU: Words = Words {
    sum: |c| {
        format!(
            "отказов: {}, разных: {}; правилам неизвестны: {}, разных: {}",
            c.failures, c.kinds, c.unknown_failures, c.unknown_kinds
        )
    },
    times: "раз",
    rule: "правило",
    reason: "причина",
    more: |n| format!("ещё {n}"),
    unknown: "Ответы, которых не знает ни одно правило, без адресов, узлов, идентификаторов и чисел:",
};
