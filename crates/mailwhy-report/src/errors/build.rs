//! From counts to rows: names, order, language.

use mailwhy_classify::Verdict;
use mailwhy_codes::{Actor, Class, Lang, Stage, Text};
use mailwhy_logs::Time;
use mailwhy_trace::Group;
use serde::Serialize;

use super::trend::{Tendency, divide};
use super::{Failures, Grouping, Key, Tally};
use crate::build::{fill, ranked};
use crate::explain::is_over;
use crate::text::{masked, printable, readable, rfc3339};
use crate::{About, Count, Input, Place};

/// What went wrong, grouped: what every renderer prints, and what `--format json` is.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorReport {
    /// The version of this layout.
    pub version: u32,
    /// What was read.
    pub input: Input,
    /// What the failures of a row have in common: the name of a [`Grouping`].
    pub by: &'static str,
    /// Whether these are the replies that no rule knows, without anything that tells whom they were about.
    pub unclassified: bool,
    /// When the first figure of each trend begins.
    pub trend_from: Option<String>,
    /// Seconds that each figure of a trend stands for.
    pub trend_step: i64,
    /// The rows, the most harmful first.
    pub errors: Vec<ErrorRow>,
}

/// Failures that have something in common.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorRow {
    /// What they have in common: the reply, the reason, the provider … `None` where the log does not tell.
    pub name: Option<String>,
    /// What it means, in a few words; the most frequent of the row's replies stands for all.
    pub title: String,
    /// What happened, in a sentence or two.
    pub meaning: String,
    /// Why, the likeliest first.
    pub causes: Vec<String>,
    /// What to do, what the one who must act does first.
    pub actions: Vec<ErrorAction>,
    /// Who must act.
    pub actor: &'static str,
    /// The reason.
    pub reason: &'static str,
    /// The rule, for `mailwhy explain`.
    pub rule: &'static str,
    /// transient or permanent; none where there is no reply.
    pub class: Option<&'static str>,
    /// Whether trying again can help.
    pub retry: &'static str,
    /// How sure it is.
    pub confidence: &'static str,
    /// Whether the address is proven bad.
    pub bad_address: bool,
    /// Failed attempts.
    pub attempts: u64,
    /// Messages that met it.
    pub messages: u64,
    /// Distinct recipient addresses that met it.
    pub addresses: u64,
    /// Recipients that failed for good because of it.
    pub failed: u64,
    /// Recipients that wait because of it.
    pub waiting: u64,
    /// Recipients that were delayed by it, whatever came of it.
    pub delayed: u64,
    /// When it was first seen.
    pub first: Option<String>,
    /// When it was last seen.
    pub last: Option<String>,
    /// Attempts over the span of the log, see [`ErrorReport::trend_step`].
    pub trend: Vec<u64>,
    /// new, rising, steady, falling or over; `None` where there are too few to tell.
    pub tendency: Option<&'static str>,
    /// Attempts by where they went: providers, and domains of no known one. Not of unclassified replies.
    pub places: Vec<Count>,
    /// The replies, the most frequent first: one where rows are replies.
    pub replies: Vec<ErrorReply>,
}

/// Something to do.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorAction {
    /// Who does it: the name of an [`Actor`].
    pub who: &'static str,
    /// What.
    pub text: String,
}

/// Replies that say the same.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorReply {
    /// Of the text without addresses, hosts, ids and numbers.
    pub fingerprint: String,
    /// The reply code.
    pub code: Option<u16>,
    /// The enhanced code.
    pub enhanced: Option<String>,
    /// The step at which it was said.
    pub stage: Option<&'static str>,
    /// Who said it, as far as it is known.
    pub provider: Option<&'static str>,
    /// The reason.
    pub reason: &'static str,
    /// The rule that decided.
    pub rule: &'static str,
    /// What it means, in a few words.
    pub title: String,
    /// A real one, on one line; of unclassified replies without addresses, hosts, ids and numbers.
    pub text: String,
    /// The same as it stands in the log. Not of unclassified replies.
    pub sample: Option<String>,
    /// The file in which it stands.
    pub file: Option<String>,
    /// The line's number in it, from 1.
    pub line: Option<u64>,
    /// The line's first byte in it, after decompression.
    pub offset: Option<u64>,
    /// Attempts that met it.
    pub attempts: u64,
}

impl Failures {
    /// Makes the report. [`Failures::finish`] comes before.
    #[must_use]
    pub fn report(&self, about: About) -> ErrorReport {
        let counts = &self.counts;
        let second = |time: Option<Time>| time.map_or(0, |t| t.civil);
        let (from, step, columns) = divide(second(counts.first), second(counts.last));
        let builder = Builder { failures: self, about: &about, from, step, columns };
        let mut rows: Vec<_> = counts.rows.iter().collect();
        rows.sort_by(|(a_key, a), (b_key, b)| {
            let harm = |t: &Tally| (t.failed + t.waiting, t.failed, t.attempts);
            harm(b).cmp(&harm(a)).then_with(|| a_key.cmp(b_key))
        });
        let errors = rows.into_iter().map(|(key, tally)| builder.row(key, tally)).collect();
        ErrorReport {
            version: 1,
            by: counts.by.as_str(),
            unclassified: counts.only.unclassified,
            trend_from: counts.first.map(|_| builder.time(from * 1000)),
            trend_step: step,
            errors,
            input: Input {
                lines: counts.lines,
                bytes: about.files.iter().map(|file| file.bytes).sum(),
                first: counts.first.map(rfc3339),
                last: counts.last.map(rfc3339),
                unknown_lines: counts.unknown,
                cut_lines: about.cut_lines,
                partial: about.partial,
                seconds: about.seconds,
                files: about.files,
            },
        }
    }
}

struct Builder<'a> {
    failures: &'a Failures,
    about: &'a About,
    from: i64,
    step: i64,
    columns: usize,
}

impl Builder<'_> {
    fn row(&self, key: &Key, tally: &Tally) -> ErrorRow {
        let replies = self.replies(tally);
        // A row has at least the reply that made it.
        let (leader, _, _) = replies[0];
        let verdict = &leader.verdict;
        let text = self.text(key, verdict);
        let provider = match replies.iter().all(|(group, ..)| same_provider(group, leader)) {
            true => verdict.provider.map(|p| p.name),
            false => None,
        };
        let fill = |text: &str| fill(text, self.about.lang, provider, None);
        let trend = tally.trend.columns(self.from, self.step, self.columns);
        ErrorRow {
            name: self.name(key, leader),
            title: fill(text.title),
            meaning: fill(text.meaning),
            causes: text.causes.iter().map(|cause| fill(cause)).collect(),
            actions: actions(text, verdict, tally)
                .map(|action| ErrorAction { who: action.who.as_str(), text: fill(action.text) })
                .collect(),
            actor: verdict.actor.as_str(),
            reason: verdict.reason.as_str(),
            rule: verdict.rule,
            class: verdict.class.map(Class::as_str),
            retry: verdict.retry.as_str(),
            confidence: verdict.confidence.as_str(),
            bad_address: verdict.bad_address,
            attempts: tally.attempts,
            messages: tally.messages,
            addresses: tally.addresses.len() as u64,
            failed: tally.failed,
            waiting: tally.waiting,
            delayed: tally.delayed,
            first: tally.first.map(|t| self.time(t)),
            last: tally.last.map(|t| self.time(t)),
            tendency: Tendency::of(&trend).map(Tendency::as_str),
            trend,
            places: match self.failures.counts.only.unclassified {
                true => Vec::new(),
                false => ranked(tally.places.iter().map(|(place, &n)| (place.name(), n))),
            },
            replies: self.distinct(&replies),
        }
    }

    /// The groups of a row with their places and attempts, the most frequent first.
    fn replies<'a>(&'a self, tally: &Tally) -> Vec<(&'a Group, Place, u64)> {
        let mut replies: Vec<_> = tally
            .replies
            .iter()
            .map(|(&id, &n)| (self.failures.groups.get(id), self.failures.counts.places[id.0 as usize], n))
            .collect();
        replies.sort_by(|(_, a_place, a), (_, b_place, b)| b.cmp(a).then_with(|| a_place.cmp(b_place)));
        replies
    }

    /// The same, but for who said it and when.
    fn distinct(&self, replies: &[(&Group, Place, u64)]) -> Vec<ErrorReply> {
        let mut out: Vec<ErrorReply> = Vec::new();
        for &(group, place, attempts) in replies {
            let fingerprint = format!("{:016x}", group.fingerprint);
            let same = out.iter_mut().find(|r| r.fingerprint == fingerprint && r.rule == group.verdict.rule);
            match same {
                Some(reply) => {
                    reply.attempts += attempts;
                    reply.provider = reply.provider.filter(|&p| Some(p) == provider(group));
                    let stage = group.verdict.stage.map(Stage::as_str);
                    reply.stage = reply.stage.filter(|&s| Some(s) == stage);
                }
                None => out.push(self.reply(group, place, attempts, fingerprint)),
            }
        }
        out.sort_by_key(|reply| std::cmp::Reverse(reply.attempts));
        out
    }

    fn reply(&self, group: &Group, place: Place, attempts: u64, fingerprint: String) -> ErrorReply {
        let Verdict { code, enhanced, stage, reason, rule, .. } = group.verdict;
        let open = !self.failures.counts.only.unclassified;
        let file = self.about.files.get(place.file as usize);
        ErrorReply {
            fingerprint,
            code,
            enhanced: enhanced.map(|e| e.to_string()),
            stage: stage.map(Stage::as_str),
            provider: provider(group),
            reason: reason.as_str(),
            rule,
            title: fill(group.verdict.text(self.about.lang).title, self.about.lang, provider(group), None),
            text: if open { readable(&group.sample) } else { masked(&group.sample) },
            sample: open.then(|| printable(&group.sample)),
            file: file.filter(|_| open).map(|file| file.name.clone()),
            line: open.then_some(place.line),
            offset: open.then_some(place.offset),
            attempts,
        }
    }

    fn name(&self, key: &Key, leader: &Group) -> Option<String> {
        Some(match key {
            Key::Reply(..) if self.failures.counts.only.unclassified => masked(&leader.sample),
            Key::Reply(..) => readable(&leader.sample),
            Key::Reason(reason) => reason.as_str().to_owned(),
            Key::Code(code) => (*code)?.to_string(),
            Key::Enhanced(enhanced) => (*enhanced)?.to_string(),
            Key::Name(name) => (*name).to_owned(),
            Key::Text(text) => printable(text),
            Key::Untold => return None,
        })
    }

    /// What explains a row: the reason where rows are reasons, else what its most frequent reply means.
    fn text(&self, key: &Key, verdict: &Verdict) -> &'static Text {
        match key {
            Key::Reason(reason) => mailwhy_codes::reason(*reason).text.get(self.lang()),
            _ => verdict.text(self.lang()),
        }
    }

    fn lang(&self) -> Lang {
        self.about.lang
    }

    /// A time of the log, which is in civil milliseconds, with the log's zone if it has one.
    fn time(&self, millis: i64) -> String {
        let offset = self.failures.counts.last.and_then(|t| t.offset);
        rfc3339(Time { civil: millis.div_euclid(1000), millis: None, offset })
    }
}

impl ErrorReport {
    /// What the failures of a row have in common.
    #[must_use]
    pub fn grouping(&self) -> Grouping {
        Grouping::from_name(self.by).unwrap_or_default()
    }
}

/// The actions, those of the one who must act first.
fn actions<'a>(
    text: &'a Text,
    verdict: &Verdict,
    tally: &Tally,
) -> impl Iterator<Item = &'a mailwhy_codes::Action> {
    // Nobody waits for a next attempt any more, either.
    let given_up = tally.failed > 0 && tally.waiting == 0;
    let over = given_up || is_over(verdict.retry, verdict.class);
    let actions = text.actions.iter().filter(|action| !over || action.who != Actor::Nobody);
    let (first, rest): (Vec<_>, Vec<_>) = actions.partition(|action| action.who == verdict.actor);
    first.into_iter().chain(rest)
}

fn provider(group: &Group) -> Option<&'static str> {
    group.verdict.provider.map(|p| p.name)
}

fn same_provider(a: &Group, b: &Group) -> bool {
    provider(a) == provider(b)
}
