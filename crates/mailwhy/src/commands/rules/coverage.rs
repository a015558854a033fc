//! `mailwhy rules coverage`: what the rules know of a log, and what they do not.

use std::cmp::Reverse;
use std::io::{self, Write};

use anyhow::Result;
use mailwhy::classify::{Classifier, Verdict};
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::{Place, masked};
use mailwhy::trace::{Groups, Map};

use crate::cli::RulesCoverageArgs;
use crate::commands::scan::{self, Part};
use crate::commands::{Exit, Inputs, Output, rules};

/// Runs the command.
pub fn run(args: &RulesCoverageArgs) -> Result<Exit> {
    let classifier = rules::classifier(&args.rules)?;
    let inputs = Inputs::new(&args.input)?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let mut total = Hits::default();
    let read = scan::read(&inputs, &classifier, &mut total, Hits::default);

    let mut output = Output::new(None)?;
    let top = if args.top == 0 { usize::MAX } else { args.top };
    let result = total.write(top, output.writer()).and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(inputs.finish(&read, total.lines() > 0))
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

    fn append(&mut self, later: Self) {
        let places = self.groups.append(later.groups);
        self.counts.resize(self.groups.len(), 0);
        for (place, count) in places.iter().zip(later.counts) {
            self.counts[place.0 as usize] += count;
        }
    }
}

impl Hits {
    fn lines(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn write(&self, top: usize, out: &mut dyn Write) -> io::Result<()> {
        let groups = || self.groups.iter().zip(self.counts.iter().copied());
        let mut rules: Map<&str, (u64, Verdict)> = Map::default();
        for (group, count) in groups() {
            rules.entry(group.verdict.rule).or_insert((0, group.verdict)).0 += count;
        }
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by_key(|(rule, (count, _))| (Reverse(*count), *rule));
        let mut unknown: Vec<_> = groups().filter(|(group, _)| group.verdict.is_unclassified()).collect();
        unknown.sort_by_key(|(group, count)| (Reverse(*count), group.fingerprint));

        let missed: u64 = unknown.iter().map(|(_, count)| count).sum();
        let (lines, kinds) = (self.lines(), self.groups.len());
        writeln!(
            out,
            "{lines} failures of {kinds} kinds; no rule knows {missed} of {} kinds\n",
            unknown.len()
        )?;
        let column = rules.iter().take(top).map(|(rule, _)| rule.len()).max().unwrap_or_default();
        writeln!(out, "{:>10}  {:column$}  reason", "hits", "rule")?;
        for (rule, (count, verdict)) in rules.iter().take(top) {
            writeln!(out, "{count:>10}  {rule:column$}  {}", verdict.reason.as_str())?;
        }
        if let Some(more) = rules.len().checked_sub(top).filter(|more| *more > 0) {
            writeln!(out, "{:>10}  and {more} rules more", "")?;
        }
        if unknown.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nReplies that no rule knows, without addresses, hosts, ids and numbers:\n")?;
        for (group, count) in unknown.iter().take(top) {
            let verdict = &group.verdict;
            let stage = verdict.stage.map_or("-", |stage| stage.as_str());
            let provider = verdict.provider.map_or("-", |provider| provider.id);
            writeln!(
                out,
                "{count:>10}  {:016x}  {stage}  {provider}  {} ({})\n            {}",
                group.fingerprint,
                verdict.reason.as_str(),
                verdict.rule,
                Some(masked(&group.sample))
                    .filter(|text| !text.is_empty())
                    .unwrap_or_else(|| "(no text)".to_owned()),
            )?;
        }
        if let Some(more) = unknown.len().checked_sub(top).filter(|more| *more > 0) {
            writeln!(out, "{:>10}  and {more} kinds more (--top 0 shows all)", "")?;
        }
        Ok(())
    }
}
