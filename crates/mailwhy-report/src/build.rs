//! From counts to a report: names, order, language.

use std::cmp::Reverse;
use std::iter;

use mailwhy_classify::Verdict;
use mailwhy_codes::{Actor, Class, Lang, Reason, Scope, Stage};
use mailwhy_logs::{Kind, Time};
use mailwhy_trace::{Group, Map};

use crate::addresses::{Addresses, Mark};
use crate::explain::{next_step, words, words_of};
use crate::headline::with_provider;
use crate::names::Names;
use crate::summary::{
    Column, Counts, Destination, DomainCounts, GroupCounts, MessageOutcome, Place, Summary, TIMELINE_STEP,
};
use crate::text::{printable, readable, rfc3339};
use crate::{
    Advice, Bucket, Count, DestinationRow, File, Greylisting, GroupRow, HostRow, Input, Logins, Messages,
    OutcomeCount, PanicRow, ReasonRow, Recipients, RejectionRow, ReplyRow, Report, Rows, SenderRow, Unknown,
};

/// How many addresses and accounts of password guessing are named.
const LOGINS: usize = 20;

/// What a report needs to know beside the counts.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The language of its texts.
    pub lang: Lang,
    /// The files, in the order of [`Place::file`].
    pub files: Vec<File>,
    /// Lines too long to be read whole.
    pub cut_lines: u64,
    /// Whether reading was stopped before the end.
    pub partial: bool,
    /// How long reading took, in seconds.
    pub seconds: Option<f64>,
}

impl Summary {
    /// Makes the report. [`Summary::finish`] comes before.
    #[must_use]
    pub fn report(&self, about: About) -> Report<'_> {
        let builder = Builder { counts: &self.counts, summary: self, lang: about.lang };
        let counts = &self.counts;
        let file_name = |place: Place| {
            about.files.get(place.file as usize).map_or_else(String::new, |file| file.name.clone())
        };
        let unknown = counts
            .unknown
            .iter()
            .map(|(place, text)| Unknown { file: file_name(*place), line: place.line, text: printable(text) })
            .collect();
        Report {
            version: 1,
            flags: Kind::ALL
                .iter()
                .zip(counts.kinds)
                .filter(|&(_, count)| count > 0)
                .map(|(kind, count)| Count { name: kind.as_str().into(), count })
                .collect(),
            messages: builder.messages(),
            recipients: Recipients {
                total: counts.recipients.delivered + counts.recipients.failed + counts.recipients.deferred,
                delivered: counts.recipients.delivered,
                delivered_after_deferral: counts.recipients.delivered_after_deferral,
                failed: counts.recipients.failed,
                deferred: counts.recipients.deferred,
            },
            panics: builder.panics(file_name),
            advice: builder.advice(),
            greylisting: Greylisting {
                recipients: counts.greylisting.recipients,
                delivered: counts.greylisting.delivered,
                median_delay: counts.greylisting.delays.quantile(0.5),
            },
            bad_addresses: Addresses::count(
                counts.by_group.iter().flat_map(GroupCounts::addresses),
                Mark::Bad,
            ),
            reasons: builder.reasons(),
            replies: builder.replies(),
            stages: ranked(counts.stages.iter().map(|(stage, &n)| (stage.as_str().to_owned(), n))),
            errnos: ranked(counts.errnos.iter().map(|(errno, &n)| (errno.to_string(), n))),
            providers: builder.providers(),
            domains: builder.domains(),
            hosts: builder.hosts(),
            groups: builder.groups(file_name),
            senders: builder.senders(),
            rejections: builder.rejections(),
            logins: Logins {
                failures: counts.logins.failures,
                addresses: counts.logins.addresses.len() as u64,
                top_addresses: top(&counts.logins.addresses),
                top_accounts: top(&counts.logins.accounts),
            },
            timeline: builder.timeline(),
            timeline_step: TIMELINE_STEP,
            unknown,
            input: Input {
                lines: counts.lines,
                bytes: about.files.iter().map(|file| file.bytes).sum(),
                files: about.files,
                first: counts.first.map(rfc3339),
                last: counts.last.map(rfc3339),
                unknown_lines: counts.kinds[Kind::Unknown as usize],
                cut_lines: about.cut_lines,
                partial: about.partial,
                seconds: about.seconds,
            },
        }
    }
}

#[derive(Clone, Copy)]
struct Builder<'a> {
    summary: &'a Summary,
    counts: &'a Counts,
    lang: Lang,
}

impl<'a> Builder<'a> {
    /// All groups with what is counted of them.
    fn all_groups(&self) -> impl Iterator<Item = (&'a Group, &'a GroupCounts)> {
        self.summary.groups.iter().zip(&self.counts.by_group)
    }

    fn title(self, reason: Reason) -> &'static str {
        mailwhy_codes::reason(reason).text.get(self.lang).title
    }

    /// A time of the log, which is in civil milliseconds, with the log's zone if it has one.
    fn time(self, millis: Option<i64>) -> Option<String> {
        let offset = self.counts.last.and_then(|t| t.offset);
        millis.map(|t| rfc3339(Time { civil: t.div_euclid(1000), millis: None, offset }))
    }

    fn messages(&self) -> Messages {
        let mut m = Messages { bounces: self.counts.bounces, ..Messages::default() };
        for (outcome, arrived, completed, count) in self.counts.outcomes.iter() {
            m.total += count;
            m.began_before += if arrived { 0 } else { count };
            *(if completed { &mut m.completed } else { &mut m.open }) += count;
            match (outcome, completed) {
                (MessageOutcome::Delivered, _) => m.delivered += count,
                (MessageOutcome::DeliveredAfterDeferral, _) => {
                    m.delivered += count;
                    m.delivered_after_deferral += count;
                }
                (MessageOutcome::PartlyDelivered, true) => m.partly_delivered += count,
                (MessageOutcome::Failed, _) => m.failed += count,
                (MessageOutcome::FailedAfterDeferral, _) => {
                    m.failed += count;
                    m.failed_after_deferral += count;
                }
                (MessageOutcome::Discarded, _) => m.discarded += count,
                (MessageOutcome::Removed, _) => m.removed += count,
                (MessageOutcome::CompletedOnly, _) => m.completed_only += count,
                (MessageOutcome::Frozen, _) => m.frozen += count,
                (MessageOutcome::Deferred, _) => m.deferred += count,
                (MessageOutcome::PartlyDelivered, false) | (MessageOutcome::NotCompleted, _) => {}
            }
            m.outcomes.push(OutcomeCount { outcome: outcome.as_str(), arrived, open: !completed, count });
        }
        m
    }

    fn panics(&self, file_name: impl Fn(Place) -> String) -> Vec<PanicRow> {
        let mut rows: Vec<_> = self.counts.panics.values().collect();
        rows.sort_by_key(|panic| (Reverse(panic.count), panic.place));
        rows.into_iter()
            .map(|panic| PanicRow {
                text: readable(&panic.text),
                file: file_name(panic.place),
                line: panic.place.line,
                count: panic.count,
                first: self.time(panic.first),
                last: self.time(panic.last),
            })
            .collect()
    }

    fn advice(&self) -> Vec<Advice> {
        let mut items: Map<Job<'_>, Item<'_>> = Map::default();
        for (group, counts) in self.all_groups() {
            let verdict = &group.verdict;
            if verdict.actor == Actor::Nobody || counts.failed + counts.waiting == 0 {
                continue;
            }
            let provider = verdict.provider.map(|p| p.id);
            let mut add = |key, failed, waiting, addresses: &mut dyn Iterator<Item = &'a Addresses>| {
                let item = items.entry(key).or_insert_with(|| Item::new(group));
                item.failed += failed;
                item.waiting += waiting;
                item.first = [item.first, counts.first].into_iter().flatten().min();
                item.last = item.last.max(counts.last);
                item.addresses.extend(addresses);
            };
            let all = &mut counts.addresses();
            match verdict.scope {
                // Bad addresses are one job, wherever they are.
                _ if is_of_address(verdict) => {
                    add((verdict.reason.as_str(), None, None), counts.failed, counts.waiting, all);
                }
                Scope::SenderDomain | Scope::SenderAddress if !counts.senders.is_empty() => {
                    for (domain, share) in counts.senders.iter() {
                        let key = (verdict.rule, provider, Some(domain));
                        add(key, share.failed, share.waiting, &mut iter::once(&share.addresses));
                    }
                }
                _ => add((verdict.rule, provider, None), counts.failed, counts.waiting, all),
            }
        }
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_by(|(a_key, a), (b_key, b)| {
            (b.failed + b.waiting, b.failed, a_key).cmp(&(a.failed + a.waiting, a.failed, b_key))
        });
        items.into_iter().map(|((_, _, domain), item)| self.advise(domain, &item)).collect()
    }

    fn advise(&self, domain: Option<&[u8]>, item: &Item<'_>) -> Advice {
        let verdict = &item.group.verdict;
        let by_reason = is_of_address(verdict);
        let text = if by_reason {
            mailwhy_codes::reason(verdict.reason).text.get(self.lang)
        } else {
            verdict.text(self.lang)
        };
        let sender_domain = domain.map(printable).filter(|d| !d.is_empty());
        let provider = verdict.provider.filter(|_| !by_reason);
        let fill = |text: &str| fill(text, self.lang, provider.map(|p| p.name), sender_domain.as_deref());
        let action = next_step(text.actions, |a| a.who, verdict.actor).or(text.actions.first());
        let title = fill(text.title);
        Advice {
            title: if by_reason { title } else { with_provider(verdict, &title) },
            action: action.map_or_else(String::new, |a| fill(a.text)),
            actor: verdict.actor.as_str(),
            reason: verdict.reason.as_str(),
            rule: if by_reason { verdict.reason.as_str().into() } else { verdict.rule.into() },
            provider: provider.map(|p| p.name.to_owned()),
            sender_domain,
            failed: item.failed,
            waiting: item.waiting,
            addresses: Addresses::count(item.addresses.iter().copied(), Mark::Undelivered),
            first: self.time(item.first),
            last: self.time(item.last),
        }
    }

    fn reasons(&self) -> Vec<ReasonRow<'a>> {
        // Recipients that failed, those that were delayed, and attempts.
        let mut reasons: Map<Reason, (u64, u64, u64)> = Map::default();
        let mut addresses: Map<Reason, Vec<&Addresses>> = Map::default();
        for (group, n) in self.all_groups() {
            if n.failed + n.delayed + n.attempts > 0 || n.addresses().any(|set| !set.is_empty()) {
                let of = reasons.entry(group.verdict.reason).or_default();
                *of = (of.0 + n.failed, of.1 + n.delayed, of.2 + n.attempts);
                addresses.entry(group.verdict.reason).or_default().extend(n.addresses());
            }
        }
        let mut places: Map<Reason, Map<Destination<&'a [u8]>, u64>> = Map::default();
        for (domain, n) in self.counts.domains.iter() {
            for (reason, count) in n.reasons.iter() {
                let place = match n.provider {
                    Some(provider) => Destination::Provider(provider.name),
                    None => Destination::Domain(domain),
                };
                *places.entry(reason).or_default().entry(place).or_default() += count;
            }
        }
        let mut rows: Vec<_> = reasons.into_iter().collect();
        rows.sort_by_key(|&(reason, counts)| (Reverse(counts), reason));
        rows.into_iter()
            .map(|(reason, (failed, delayed, attempts))| {
                let addresses =
                    |mark| Addresses::count(addresses.get(&reason).into_iter().flatten().copied(), mark);
                ReasonRow {
                    reason: reason.as_str(),
                    title: self.title(reason),
                    actor: mailwhy_codes::reason(reason).actor.as_str(),
                    failed,
                    delayed,
                    attempts,
                    addresses: addresses(Mark::Any),
                    bad_addresses: addresses(Mark::Bad),
                    places: ranked_places(places.remove(&reason).unwrap_or_default()),
                }
            })
            .collect()
    }

    fn replies(&self) -> Vec<ReplyRow> {
        let mut rows: Vec<_> = self.counts.replies.iter().collect();
        rows.sort_by_key(|&(&key, &count)| (Reverse(count), key));
        rows.into_iter()
            .map(|(&(code, enhanced), &count)| ReplyRow {
                code,
                enhanced: enhanced.map(|e| e.to_string()),
                title: enhanced
                    .and_then(mailwhy_codes::enhanced)
                    .map(|e| e.text.get(self.lang).title)
                    .or_else(|| code.and_then(mailwhy_codes::basic).map(|b| b.text.get(self.lang).title))
                    .unwrap_or_default()
                    .to_owned(),
                count,
            })
            .collect()
    }

    fn domains(self) -> Rows<'a, DestinationRow> {
        let domains = self.counts.domains.iter().map(|(domain, n)| (domain, Some(n)));
        self.destinations(domains.collect(), Map::default())
    }

    fn providers(self) -> Rows<'a, DestinationRow> {
        let mut known: Map<&[u8], DomainCounts> = Map::default();
        let mut rows = Vec::new();
        for (domain, n) in self.counts.domains.iter() {
            match n.provider {
                Some(provider) => known.entry(provider.name.as_bytes()).or_default().append(n),
                None => rows.push((domain, Some(n))),
            }
        }
        rows.extend(known.keys().map(|&name| (name, None)));
        self.destinations(rows, known)
    }

    /// What is counted of these, or else in `known` under their names.
    fn destinations(
        self,
        mut rows: Vec<(&'a [u8], Option<&'a DomainCounts>)>,
        known: Map<&'a [u8], DomainCounts>,
    ) -> Rows<'a, DestinationRow> {
        rows.sort_by_cached_key(|&(name, n)| (Reverse(n.unwrap_or_else(|| &known[name]).recipients()), name));
        Rows::new(rows, move |&(name, n)| {
            let n = n.unwrap_or_else(|| &known[name]);
            let top = n.reasons.most();
            DestinationRow {
                name: printable(name),
                provider: n.provider.map(|p| p.id),
                delivered: n.delivered,
                failed: n.failed,
                deferred: n.deferred,
                delayed: n.delayed,
                waiting: n.waiting,
                median_delay: n.delays.quantile(0.5),
                p95_delay: n.delays.quantile(0.95),
                top_reason: top.map(Reason::as_str),
                top_reason_title: top.map(|r| self.title(r)),
            }
        })
    }

    fn hosts(self) -> Rows<'a, HostRow> {
        let mut rows: Vec<_> = self.counts.hosts.iter().filter(|(_, n)| n.failed_attempts > 0).collect();
        rows.sort_by(|(a, n), (b, m)| (m.failed_attempts, a).cmp(&(n.failed_attempts, b)));
        Rows::new(rows, move |(host, n)| {
            let top = n.reasons.most().unwrap_or(Reason::Unknown);
            HostRow {
                host: printable(host),
                delivered: n.delivered,
                failed_attempts: n.failed_attempts,
                top_reason: top.as_str(),
                top_reason_title: self.title(top),
                last: self.time(n.last),
            }
        })
    }

    fn groups(&self, file_name: impl Fn(Place) -> String) -> Vec<GroupRow> {
        let mut rows: Vec<_> = self.all_groups().filter(|(_, n)| n.attempts > 0).collect();
        rows.sort_by(|(a, n), (b, m)| {
            (m.attempts, n.place, &a.sample).cmp(&(n.attempts, m.place, &b.sample))
        });
        rows.into_iter()
            .map(|(group, n)| {
                let Verdict { code, enhanced, stage, provider, reason, actor, retry, bad_address, .. } =
                    group.verdict;
                GroupRow {
                    fingerprint: format!("{:016x}", group.fingerprint),
                    text: readable(&group.sample),
                    sample: printable(&group.sample),
                    file: file_name(n.place),
                    line: n.place.line,
                    offset: n.place.offset,
                    code,
                    enhanced: enhanced.map(|e| e.to_string()),
                    stage: stage.map(Stage::as_str),
                    provider: provider.map(|p| p.name),
                    reason: reason.as_str(),
                    title: fill(
                        group.verdict.text(self.lang).title,
                        self.lang,
                        provider.map(|p| p.name),
                        None,
                    ),
                    actor: actor.as_str(),
                    class: group.verdict.class.map(Class::as_str),
                    retry: retry.as_str(),
                    bad_address,
                    confidence: group.verdict.confidence.as_str(),
                    rule: group.verdict.rule.into(),
                    attempts: n.attempts,
                    failed: n.failed,
                    delayed: n.delayed,
                    first: self.time(n.first),
                    last: self.time(n.last),
                }
            })
            .collect()
    }

    fn senders(self) -> Rows<'a, SenderRow> {
        let mut rows: Vec<_> = self.counts.senders.iter().filter(|(_, n)| n.failed > 0).collect();
        rows.sort_by(|(a, n), (b, m)| (m.failed, a).cmp(&(n.failed, b)));
        Rows::new(rows, move |(domain, n)| {
            let top = n.reasons.most().unwrap_or(Reason::Unknown);
            SenderRow {
                domain: printable(domain),
                failed: n.failed,
                delivered: n.delivered,
                top_reason: top.as_str(),
                top_reason_title: self.title(top),
            }
        })
    }

    fn rejections(&self) -> Vec<RejectionRow> {
        let mut rows: Vec<_> = self.all_groups().filter(|(_, n)| n.refused > 0).collect();
        rows.sort_by(|(a, n), (b, m)| (m.refused, n.place, &a.sample).cmp(&(n.refused, m.place, &b.sample)));
        rows.into_iter()
            .map(|(group, n)| RejectionRow {
                reason: group.verdict.reason.as_str(),
                title: group.verdict.text(self.lang).title.to_owned(),
                stage: group.verdict.stage.map(Stage::as_str),
                text: readable(&group.sample),
                count: n.refused,
                hosts: n.refused_hosts.len() as u64,
                last: self.time(n.last),
            })
            .collect()
    }

    fn timeline(&self) -> Vec<Bucket> {
        let offset = self.counts.last.and_then(|t| t.offset);
        self.counts
            .timeline
            .0
            .iter()
            .map(|(hour, counts)| Bucket {
                time: rfc3339(Time { civil: hour * TIMELINE_STEP, millis: None, offset }),
                arrived: counts.get(Column::Arrived),
                delivered: counts.get(Column::Delivered),
                failed: counts.get(Column::Failed),
                deferred: counts.get(Column::Deferred),
                rejected: counts.get(Column::Rejected),
            })
            .collect()
    }
}

/// Whether somebody else found fault with the address itself. An address that none of our own routers takes may be good.
fn is_of_address(verdict: &Verdict) -> bool {
    verdict.scope == Scope::Address && verdict.stage != Some(Stage::Routing)
}

/// What one piece of advice is about: the rule or reason, the provider, the sender's domain.
type Job<'a> = (&'static str, Option<&'static str>, Option<&'a [u8]>);

/// One piece of advice in the making.
struct Item<'a> {
    group: &'a Group,
    failed: u64,
    waiting: u64,
    first: Option<i64>,
    last: Option<i64>,
    /// Those of each group; many pieces of advice may share one.
    addresses: Vec<&'a Addresses>,
}

impl<'a> Item<'a> {
    fn new(group: &'a Group) -> Self {
        Self { group, failed: 0, waiting: 0, first: None, last: None, addresses: Vec::new() }
    }
}

impl MessageOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::DeliveredAfterDeferral => "delivered-after-deferral",
            Self::PartlyDelivered => "partly-delivered",
            Self::Failed => "failed",
            Self::FailedAfterDeferral => "failed-after-deferral",
            Self::Discarded => "discarded",
            Self::Removed => "removed",
            Self::CompletedOnly => "completed-only",
            Self::Frozen => "frozen",
            Self::Deferred => "deferred",
            Self::NotCompleted => "not-completed",
        }
    }
}

/// Puts what is known in the place of a text's placeholders.
pub(crate) fn fill(text: &str, lang: Lang, provider: Option<&str>, sender_domain: Option<&str>) -> String {
    words::fill(text, words_of(lang), |name| match name {
        "provider" => provider,
        "sender_domain" => sender_domain,
        _ => None,
    })
}

/// The most frequent first; of equals the one that sorts first.
pub(crate) fn ranked(counts: impl Iterator<Item = (String, u64)>) -> Vec<Count> {
    let mut list: Vec<_> = counts.map(|(name, count)| Count { name, count }).collect();
    list.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
    list
}

/// The same of places, of which there may be as many as domains.
fn ranked_places<'a>(counts: Map<Destination<&'a [u8]>, u64>) -> Rows<'a, Count> {
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_unstable_by(|(a, n), (b, m)| (m, a.as_bytes()).cmp(&(n, b.as_bytes())));
    Rows::new(list, |(place, count)| Count { name: place.name(), count: *count })
}

fn top(counts: &Names<u64>) -> Vec<Count> {
    // There may be very many.
    let mut list: Vec<_> = counts.iter().map(|(name, &count)| (Reverse(count), name)).collect();
    if list.len() > LOGINS {
        list.select_nth_unstable(LOGINS);
        list.truncate(LOGINS);
    }
    list.sort_unstable();
    list.into_iter().map(|(Reverse(count), name)| Count { name: printable(name), count }).collect()
}

#[cfg(test)]
mod tests {
    use mailwhy_classify::Classifier;
    use mailwhy_logs::exim::{self, Role};

    use super::*;
    use crate::About;

    #[test]
    fn the_most_frequent_names_come_first() {
        for names in [0, 1, LOGINS, LOGINS + 1, 3 * LOGINS] {
            // Two of each frequency.
            let count = |n: usize| (n / 2) as u64;
            let mut counts = Names::default();
            (0..names).for_each(|n| *counts.get(format!("name{n:02}").as_bytes(), u64::default) += count(n));
            let all = ranked((0..names).map(|n| (format!("name{n:02}"), count(n))));
            assert_eq!(top(&counts), all[..names.min(LOGINS)]);
        }
    }

    #[test]
    fn advice_on_a_sender_domain_counts_its_own_addresses() {
        let mut log = String::new();
        let messages =
            [("one.test", "a"), ("one.test", "b"), ("one.test", "b"), ("two.test", "b"), ("", "c")];
        for (n, (domain, name)) in messages.into_iter().enumerate() {
            let front = format!("2026-08-01 10:00:0{n} 1rfXY{n}-000000001ab-2Cde");
            if !domain.is_empty() {
                log += &format!("{front} <= x@{domain} U=x P=local S=9\n");
            }
            log += &format!(
                "{front} ** {name}@gmail.com R=r T=t H=gmail-smtp-in.l.google.com [192.0.2.1]: SMTP error from remote \
                 mail server after end of data: 550-5.7.26 Your email has been blocked because the sender is \
                 unauthenticated.\n{front} Completed\n"
            );
        }
        let (mut summary, classifier) = (Summary::new(), Classifier::new());
        exim::scan_batches(log.as_bytes(), Role::Main, |lines| {
            summary.read(lines, |_| Place::default(), &classifier);
        });
        summary.finish(1);
        let report = summary.report(About::default());
        let mut advice: Vec<_> =
            report.advice.iter().map(|a| (a.sender_domain.as_deref(), a.failed, a.addresses)).collect();
        advice.sort_unstable();
        assert_eq!(advice, [(Some("one.test"), 3, 2), (Some("two.test"), 1, 1)]);
        assert_eq!((report.reasons[0].failed, report.reasons[0].addresses), (5, 3));
    }

    #[test]
    fn a_login_that_could_not_be_checked_is_no_guess() {
        let front = "2026-08-01 10:00:00 plain authenticator failed for (x) [192.0.2.1]:";
        let log = format!(
            "{front} 435 Unable to authenticate at present (set_id=bob): no socket (x)\n\
             {front} 535 Incorrect authentication data (set_id=eve)\n"
        );
        let mut summary = Summary::new();
        exim::scan_batches(log.as_bytes(), Role::Main, |lines| {
            summary.read(lines, |_| Place::default(), &Classifier::new());
        });
        let report = summary.report(About::default());
        assert_eq!((report.logins.failures, report.logins.top_accounts.len()), (1, 1));
        let refused: Vec<_> =
            report.rejections.iter().map(|row| (row.reason, row.count, row.hosts)).collect();
        assert_eq!(refused, [("login-failed", 1, 1)]);
    }

    #[test]
    fn a_host_that_failed_first_has_its_provider() {
        let front = "2026-08-01 10:00:00 1rfXY0-000000001ab-2Cde";
        let host = "H=gmail-smtp-in.l.google.com [192.0.2.1]";
        let log = format!(
            "{front} <= x@y.test U=x P=local S=9\n{front} {host} Connection refused\n{front} => a@own.test R=r T=t {host}\n\
             {front} Completed\n"
        );
        let (mut summary, classifier) = (Summary::new(), Classifier::new());
        // The second message finds the host that the first has tried in vain.
        for log in [log.replace("a@own", "a@other"), log] {
            exim::scan_batches(log.as_bytes(), Role::Main, |lines| {
                summary.read(lines, |_| Place::default(), &classifier);
            });
        }
        summary.finish(1);
        let providers = summary.report(About::default()).providers;
        let providers: Vec<_> = providers.iter().map(|row| (row.provider, row.delivered)).collect();
        assert_eq!(providers, [(Some("gmail"), 2)]);
    }

    #[test]
    fn panic_lines_that_say_the_same_are_one_row() {
        let parts = [
            "2026-08-01 10:00:00 failed to open /var/spool/exim4/db/retry after 3 tries\n",
            "2026-08-01 11:00:00 failed to open /var/spool/exim4/db/retry after 5 tries\n\
             2026-08-01 10:30:00 string_sprintf expansion was longer than 8192\n",
        ];
        let mut whole = Summary::new();
        for (part, file) in parts.iter().zip(0..) {
            let mut summary = Summary::part();
            exim::scan_batches(part.as_bytes(), Role::Panic, |lines| {
                summary.read(lines, |n| Place { file, line: n as u64 + 1, offset: 0 }, &Classifier::new());
            });
            whole.append(summary);
        }
        whole.finish(1);
        let report = whole.report(About::default());
        let rows: Vec<_> =
            report.panics.iter().map(|p| (p.count, p.line, p.first.as_deref(), p.last.as_deref())).collect();
        let [ten, half, eleven] =
            ["2026-08-01T10:00:00", "2026-08-01T10:30:00", "2026-08-01T11:00:00"].map(Some);
        assert_eq!(rows, [(2, 1, ten, eleven), (1, 2, half, half)]);
        assert!(report.panics[0].text.ends_with("after 3 tries"));
    }
}
