//! The counts behind a report.

use std::hash::Hash;
use std::iter;
use std::mem;
use std::panic::resume_unwind;
use std::thread;

use hashbrown::HashSet;
use hashbrown::hash_map::Entry;
use mailwhy_classify::{Classifier, fingerprint, normalize};
use mailwhy_codes::{Enhanced, Provider, Scope, Stage, provider_by_domain, provider_by_host};
use mailwhy_logs::exim::{Line, Login};
use mailwhy_logs::{Event, Kind, Step, Time};
use mailwhy_trace::{Attempts, GroupId, Groups, Map, Message, Outcome, Share, Told, Trace, domain_of, hash};

use crate::addresses::{Addresses, Mark};
use crate::histogram::Histogram;
use crate::names::Names;
use crate::tally::Tally;
use crate::text::printable;

/// How many lines that were not understood are kept as examples.
const EXAMPLES: usize = 20;
/// How much of such a line is kept.
const EXAMPLE_BYTES: usize = 512;
/// Seconds of a bucket of the timeline.
pub(crate) const TIMELINE_STEP: i64 = 3600;

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// The file's number among all that are read.
    pub file: u32,
    /// The line's number in it, from 1.
    pub line: u64,
    /// The line's first byte in it, after decompression.
    pub offset: u64,
}

/// What a log, or a part of one, says.
///
/// Feed it with [`Summary::read`], add the summary of the following part with [`Summary::append`], and close it with
/// [`Summary::finish`].
#[derive(Debug)]
pub struct Summary {
    trace: Trace,
    pub(crate) groups: Groups,
    pub(crate) counts: Counts,
}

/// All that is counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) lines: u64,
    pub(crate) kinds: [u64; Kind::ALL.len()],
    pub(crate) first: Option<Time>,
    pub(crate) last: Option<Time>,
    pub(crate) unknown: Vec<(Place, Vec<u8>)>,
    /// Panic lines, by the fingerprint of their normalised text.
    pub(crate) panics: Map<u64, PanicCounts>,
    pub(crate) replies: Map<(Option<u16>, Option<Enhanced>), u64>,
    pub(crate) stages: Map<Stage, u64>,
    pub(crate) errnos: Map<i32, u64>,
    pub(crate) timeline: Timeline,
    pub(crate) logins: Logins,

    pub(crate) outcomes: Outcomes,
    pub(crate) bounces: u64,
    pub(crate) recipients: RecipientCounts,
    pub(crate) by_group: Vec<GroupCounts>,
    pub(crate) domains: Names<DomainCounts>,
    pub(crate) hosts: Names<HostCounts>,
    pub(crate) senders: Names<SenderCounts>,
    pub(crate) greylisting: GreylistCounts,

    /// Room for the domains of a message in lower case.
    lower: [Vec<u8>; 2],
}

/// How a message ended.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum MessageOutcome {
    Delivered,
    DeliveredAfterDeferral,
    PartlyDelivered,
    Failed,
    FailedAfterDeferral,
    Discarded,
    Removed,
    CompletedOnly,
    Frozen,
    Deferred,
    NotCompleted,
}

impl MessageOutcome {
    pub(crate) const ALL: [Self; 11] = [
        Self::Delivered,
        Self::DeliveredAfterDeferral,
        Self::PartlyDelivered,
        Self::Failed,
        Self::FailedAfterDeferral,
        Self::Discarded,
        Self::Removed,
        Self::CompletedOnly,
        Self::Frozen,
        Self::Deferred,
        Self::NotCompleted,
    ];
}

/// How many messages ended how, by whether their arrival is in the log and whether they have left the queue.
#[derive(Debug, Default)]
pub(crate) struct Outcomes([[u64; 4]; MessageOutcome::ALL.len()]);

impl Outcomes {
    fn get(&mut self, outcome: MessageOutcome, has_arrival: bool, completed: bool) -> &mut u64 {
        &mut self.0[outcome as usize][2 * usize::from(has_arrival) + usize::from(completed)]
    }

    /// Those that occurred, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (MessageOutcome, bool, bool, u64)> {
        let all = MessageOutcome::ALL.into_iter().zip(self.0).flat_map(|(outcome, counts)| {
            counts.into_iter().zip(0..4).map(move |(n, i)| (outcome, i & 2 != 0, i & 1 != 0, n))
        });
        all.filter(|&(.., count)| count > 0)
    }
}

/// The hours of which there are lines, in their order.
#[derive(Debug, Default)]
pub(crate) struct Timeline(pub(crate) Vec<(i64, Hour)>);

/// How many lines of an hour stand in each [`Column`].
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Hour([u64; Column::Other as usize + 1]);

/// What is told apart in an hour.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Arrived,
    Delivered,
    Failed,
    Deferred,
    Rejected,
    Other,
}

impl Column {
    /// Of each kind; `None` for lines that do not make an hour.
    const OF: [Option<Self>; Kind::ALL.len()] = {
        let mut of = [None; Kind::ALL.len()];
        let mut at = 0;
        while at < of.len() {
            let kind = Kind::ALL[at];
            of[kind as usize] = match kind {
                Kind::Arrival | Kind::FakeReject => Some(Self::Arrived),
                Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough => Some(Self::Delivered),
                Kind::Failure => Some(Self::Failed),
                Kind::Deferral => Some(Self::Deferred),
                Kind::Rejected => Some(Self::Rejected),
                _ if kind.is_step() => Some(Self::Other),
                _ => None,
            };
            at += 1;
        }
        of
    };
}

/// Panic lines that say the same.
#[derive(Debug)]
pub(crate) struct PanicCounts {
    pub(crate) place: Place,
    /// The first of them.
    pub(crate) text: Vec<u8>,
    pub(crate) count: u64,
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
}

#[derive(Debug, Default)]
pub(crate) struct Logins {
    pub(crate) failures: u64,
    pub(crate) addresses: Names<u64>,
    pub(crate) accounts: Names<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct RecipientCounts {
    pub(crate) delivered: u64,
    pub(crate) delivered_after_deferral: u64,
    pub(crate) failed: u64,
    pub(crate) deferred: u64,
}

/// What is known of the group at the same place in [`Groups`].
#[derive(Debug, Default, Clone)]
pub(crate) struct GroupCounts {
    pub(crate) place: Place,
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    pub(crate) attempts: u64,
    pub(crate) failed: u64,
    pub(crate) delayed: u64,
    pub(crate) waiting: u64,
    /// Lines in which we refused something to others, and from whom.
    pub(crate) refused: u64,
    pub(crate) refused_hosts: HashSet<u64>,
    /// By sender domain, where that is what was refused.
    pub(crate) senders: Names<SenderShare>,
    /// Recipient addresses of all others.
    pub(crate) addresses: Addresses,
}

/// What a group has of one sender domain.
#[derive(Debug, Default, Clone)]
pub(crate) struct SenderShare {
    pub(crate) failed: u64,
    pub(crate) waiting: u64,
    pub(crate) addresses: Addresses,
}

/// A provider, or a domain of no known one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Destination<D = Vec<u8>> {
    Provider(&'static str),
    Domain(D),
}

impl<D: AsRef<[u8]>> Destination<D> {
    pub(crate) fn name(&self) -> String {
        printable(self.as_bytes())
    }

    /// Its name as it stands in the log.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Provider(name) => name.as_bytes(),
            Self::Domain(domain) => domain.as_ref(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct DomainCounts {
    pub(crate) provider: Option<&'static Provider>,
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) deferred: u64,
    pub(crate) delayed: u64,
    pub(crate) waiting: u64,
    pub(crate) delays: Histogram,
    /// Recipients that failed or were delayed, by reason.
    pub(crate) reasons: Tally,
}

#[derive(Debug, Default)]
pub(crate) struct HostCounts {
    pub(crate) provider: Option<&'static Provider>,
    pub(crate) delivered: u64,
    pub(crate) failed_attempts: u64,
    pub(crate) last: Option<i64>,
    pub(crate) reasons: Tally,
}

#[derive(Debug, Default)]
pub(crate) struct SenderCounts {
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) reasons: Tally,
}

#[derive(Debug, Default)]
pub(crate) struct GreylistCounts {
    pub(crate) recipients: u64,
    pub(crate) delivered: u64,
    pub(crate) delays: Histogram,
}

impl Default for Summary {
    fn default() -> Self {
        Self::new()
    }
}

impl Summary {
    /// A summary from the beginning of a log.
    #[must_use]
    pub fn new() -> Self {
        Self { trace: Trace::new(Attempts::AtOnce), groups: Groups::default(), counts: Counts::default() }
    }

    /// A summary of a part of a log, to be appended to that of the part before it.
    #[must_use]
    pub fn part() -> Self {
        Self { trace: Trace::part(Attempts::AtOnce), ..Self::new() }
    }

    /// Takes the next lines of the log; `place` tells where each of them stands.
    ///
    /// First all failures are counted, which are few and take most of the code, then all lines are joined with their messages.
    pub fn read(&mut self, lines: &[Line<'_>], place: impl Fn(usize) -> Place, classifier: &Classifier) {
        self.count(lines, &place);
        self.counts.timeline.count(lines);
        let mut failures = Vec::new();
        for (n, line) in lines.iter().enumerate().filter(|(_, line)| is_failure(line.kind)) {
            if line.kind == Kind::AuthFailure
                && line.id.is_none()
                && let Some(login) = line.login()
            {
                self.counts.logins.count(login);
                continue;
            }
            let event = line.event();
            let group = self.failure(&event, || place(n), classifier);
            if line.id.is_some() {
                failures.push((Step::from(&event), group));
            }
        }
        let mut failures = failures.iter();
        for line in lines.iter().filter(|line| line.id.is_some()) {
            if is_failure(line.kind) {
                failures.next().into_iter().for_each(|(step, group)| self.join(step, *group));
            } else if line.kind.is_step() {
                self.join(&line.step(), None);
            }
        }
    }

    /// Counts lines of which another log has all else: they are not [read](Summary::read).
    pub fn count(&mut self, lines: &[Line<'_>], place: impl Fn(usize) -> Place) {
        let counts = &mut self.counts;
        counts.lines += lines.len() as u64;
        let mut last = None;
        for (n, line) in lines.iter().enumerate() {
            counts.kinds[line.kind as usize] += 1;
            // Most lines are of the same second as the one before.
            if line.time != last
                && let Some(time) = line.time
            {
                last = line.time;
                counts.first = counts.first.into_iter().chain(last).min_by_key(|&t| key(t));
                counts.last = counts.last.into_iter().chain([time]).max_by_key(|&t| key(t));
            }
            match line.kind {
                Kind::Unknown if counts.unknown.len() < EXAMPLES => {
                    counts.unknown.push((place(n), line.raw[..line.raw.len().min(EXAMPLE_BYTES)].to_vec()));
                }
                Kind::Panic => counts.panic(line, place(n)),
                _ => {}
            }
        }
    }

    /// Counts a failure, and gives its group.
    fn failure(
        &mut self,
        event: &Event<'_>,
        place: impl FnOnce() -> Place,
        classifier: &Classifier,
    ) -> Option<GroupId> {
        let counts = &mut self.counts;
        if let Some(reply) = event.reply {
            *counts.replies.entry((reply.code, reply.enhanced)).or_default() += 1;
            if let Some(stage) = reply.stage {
                *counts.stages.entry(stage).or_default() += 1;
            }
        }
        if event.kind == Kind::Deferral
            && let Some(errno) = event.errno
        {
            *counts.errnos.entry(errno).or_default() += 1;
        }
        if event.kind == Kind::AuthFailure && event.reply.is_none() && !is_unchecked(event) {
            counts.logins.count(Login { ip: event.ip, user: event.user });
            return None;
        }
        let group = self.groups.of(event, classifier)?;
        counts.see_group(group, event, place);
        Some(group)
    }

    /// Joins a line with its message.
    #[inline(always)]
    fn join(&mut self, step: &Step<'_>, group: Option<GroupId>) {
        let counts = &mut self.counts;
        self.trace.push(step, group, &self.groups, &mut |told, groups| counts.told(told, groups));
    }

    /// Adds the summary of the part of the log right behind this one.
    pub fn append(&mut self, later: Self) {
        let map = self.groups.append(later.groups);
        self.counts.append(later.counts, &map);
        let counts = &mut self.counts;
        self.trace.append(later.trace, &map, &self.groups, &mut |told, groups| counts.told(told, groups));
    }

    /// Takes the lines to have been numbered from behind line `before` of their file.
    pub fn number_from(&mut self, before: u64) {
        for (place, _) in &mut self.counts.unknown {
            place.line += before;
        }
        for group in &mut self.counts.by_group {
            group.place.line += before;
        }
        for panic in self.counts.panics.values_mut() {
            panic.place.line += before;
        }
    }

    /// Counts the messages that are still on the queue, in so many threads: the log is at its end.
    pub fn finish(&mut self, threads: usize) {
        let Self { trace, groups, counts } = self;
        let trace = mem::replace(trace, Trace::new(Attempts::AtOnce))
            .whole(groups, &mut |told, groups| counts.told(told, groups));
        let groups = &*groups;
        let count = |share: Share| {
            let mut counts =
                Counts { by_group: vec![GroupCounts::default(); groups.len()], ..Counts::default() };
            share.finish(groups, &mut |told, groups| counts.told(told, groups));
            counts
        };
        let same: Vec<_> = (0..groups.len() as u32).map(GroupId).collect();
        let mut shares = trace.shares(threads);
        let first = shares.next();
        thread::scope(|scope| {
            let others: Vec<_> = shares.map(|share| scope.spawn(|| count(share))).collect();
            if let Some(share) = first {
                share.finish(groups, &mut |told, groups| counts.told(told, groups));
            }
            for other in others {
                counts.append(other.join().unwrap_or_else(|panic| resume_unwind(panic)), &same);
            }
        });
    }

    /// Lines counted, and those of them that were not understood.
    #[must_use]
    pub fn lines(&self) -> (u64, u64) {
        (self.counts.lines, self.counts.kinds[Kind::Unknown as usize])
    }
}

impl Timeline {
    fn count(&mut self, lines: &[Line<'_>]) {
        let (mut last, mut at) = (None, 0);
        for line in lines {
            let (Some(column), Some(time)) = (Column::OF[line.kind as usize], line.time) else { continue };
            if last != Some(time.civil) {
                last = Some(time.civil);
                at = self.place(time.civil.div_euclid(TIMELINE_STEP));
            }
            self.0[at].1.0[column as usize] += 1;
        }
    }

    /// Where the counts of an hour are: it is mostly the last one.
    fn place(&mut self, hour: i64) -> usize {
        match self.0.last() {
            Some(&(last, _)) if last == hour => self.0.len() - 1,
            _ => self.0.binary_search_by_key(&hour, |&(hour, _)| hour).unwrap_or_else(|at| {
                self.0.insert(at, (hour, Hour::default()));
                at
            }),
        }
    }

    fn append(&mut self, later: Self) {
        for (hour, theirs) in later.0 {
            let at = self.place(hour);
            for (mine, theirs) in self.0[at].1.0.iter_mut().zip(theirs.0) {
                *mine += theirs;
            }
        }
    }
}

impl Hour {
    pub(crate) fn get(&self, column: Column) -> u64 {
        self.0[column as usize]
    }
}

impl Logins {
    fn count(&mut self, login: Login<'_>) {
        self.failures += 1;
        if let Some(ip) = login.ip {
            *self.addresses.get(ip, u64::default) += 1;
        }
        if let Some(account) = login.user {
            *self.accounts.get(account, u64::default) += 1;
        }
    }
}

impl Counts {
    #[cold]
    fn panic(&mut self, line: &Line<'_>, place: Place) {
        let text = &line.text[..line.text.len().min(EXAMPLE_BYTES)];
        let mut normal = Vec::new();
        normalize(text, &mut normal);
        let time = line.time.map(millis);
        let panic = PanicCounts { place, text: text.to_vec(), count: 1, first: time, last: time };
        self.add_panic(fingerprint(&normal), panic);
    }

    fn add_panic(&mut self, fingerprint: u64, panic: PanicCounts) {
        match self.panics.entry(fingerprint) {
            Entry::Occupied(mut known) => known.get_mut().append(&panic),
            Entry::Vacant(free) => drop(free.insert(panic)),
        }
    }

    /// Notes when and where a group was seen, and whether it was we who refused.
    fn see_group(&mut self, id: GroupId, event: &Event<'_>, place: impl FnOnce() -> Place) {
        let at = id.0 as usize;
        if self.by_group.len() <= at {
            self.by_group.resize_with(at + 1, GroupCounts::default);
            self.by_group[at].place = place();
        }
        let group = &mut self.by_group[at];
        if let Some(time) = event.time {
            let time = millis(time);
            group.first = Some(group.first.map_or(time, |t| t.min(time)));
            group.last = Some(group.last.map_or(time, |t| t.max(time)));
        }
        // Exim says beforehand why it takes a sender for bad, in a line of its own.
        let is_told_twice = event.error.is_some_and(|error| error.starts_with(b"sender verify "));
        if event.kind == Kind::Rejected && !is_told_twice || is_unchecked(event) {
            group.refused += 1;
            if let Some(host) = event.ip.or(event.host) {
                group.refused_hosts.insert(hash(host));
            }
        }
    }

    fn told(&mut self, told: Told<'_>, groups: &Groups) {
        match told {
            Told::Attempt(attempt) => self.by_group[attempt.group.0 as usize].attempts += 1,
            Told::HostFailure(failure) => {
                self.by_group[failure.group.0 as usize].attempts += 1;
                let reason = groups.get(failure.group).verdict.reason;
                let host = self.hosts.get(failure.host, || HostCounts::of(failure.host));
                host.failed_attempts += 1;
                host.last = host.last.max(failure.time);
                host.reasons.add(reason, 1);
            }
            Told::Message(message) => self.message(message, groups),
        }
    }

    /// Counts a message of which no further line is known.
    fn message(&mut self, message: &Message<'_>, groups: &Groups) {
        let [sender_room, room] = &mut self.lower;
        let sender_domain = message.sender.map(|sender| lower_case(domain_of(sender), sender_room));
        let mut sender_counts = match sender_domain {
            Some(domain) if !message.recipients.is_empty() => {
                Some(self.senders.get(domain, SenderCounts::default))
            }
            _ => None,
        };
        let (mut deferred, mut delivered, mut failed) = (false, false, false);
        for recipient in message.recipients.iter() {
            deferred |= recipient.deferrals > 0;
            delivered |= recipient.deliveries > 0;
            failed |= recipient.failures > 0;
            let domain = lower_case(domain_of(recipient.address), room);
            let place = self.domains.get(domain, || DomainCounts {
                provider: provider_by_domain(domain),
                ..DomainCounts::default()
            });
            let failed_attempts = u64::from(recipient.failures + recipient.deferrals);
            if !recipient.host.is_empty() {
                let host = self.hosts.get(recipient.host, || HostCounts::of(recipient.host));
                place.provider = place.provider.or(host.provider);
                host.delivered += u64::from(recipient.outcome == Outcome::Delivered);
                if failed_attempts > 0
                    && let Some(id) = recipient.failure.or(recipient.deferral)
                {
                    host.failed_attempts += failed_attempts;
                    host.last = host.last.max(recipient.last);
                    host.reasons.add(groups.get(id).verdict.reason, failed_attempts);
                }
            }
            place.delivered += u64::from(recipient.deliveries);
            place.failed += u64::from(recipient.failures);
            place.deferred += u64::from(recipient.deferrals);
            place.delayed += u64::from(recipient.deferrals > 0);
            place.waiting += u64::from(recipient.outcome == Outcome::Deferred);
            if recipient.outcome == Outcome::Delivered
                && let (Some(from), Some(to)) = (message.arrived, recipient.last)
            {
                place.delays.add(to - from);
            }
            match recipient.outcome {
                Outcome::Delivered => {
                    self.recipients.delivered += 1;
                    self.recipients.delivered_after_deferral += u64::from(recipient.deferrals > 0);
                    if let Some(sender) = &mut sender_counts {
                        sender.delivered += 1;
                    }
                }
                Outcome::Failed => {
                    self.recipients.failed += 1;
                    if let Some(sender) = &mut sender_counts {
                        sender.failed += 1;
                        if let Some(id) = recipient.failure {
                            sender.reasons.add(groups.get(id).verdict.reason, 1);
                        }
                    }
                }
                Outcome::Deferred => self.recipients.deferred += 1,
            }
            if recipient.greylisted {
                self.greylisting.recipients += 1;
                if recipient.outcome == Outcome::Delivered {
                    self.greylisting.delivered += 1;
                    if let (Some(from), Some(to)) = (recipient.first_deferral, recipient.last) {
                        self.greylisting.delays.add(to - from);
                    }
                }
            }
            if let Some(id) = recipient.deferral {
                self.by_group[id.0 as usize].delayed += 1;
            }

            let Some(id) = recipient.failure.or(recipient.deferral) else { continue };
            let verdict = &groups.get(id).verdict;
            let failed = u64::from(recipient.outcome == Outcome::Failed);
            let waiting = u64::from(recipient.outcome == Outcome::Deferred);
            place.reasons.add(verdict.reason, 1);
            let group = &mut self.by_group[id.0 as usize];
            let mark = match recipient.outcome {
                Outcome::Delivered => Mark::Any,
                Outcome::Failed if verdict.bad_address => Mark::Bad,
                Outcome::Failed | Outcome::Deferred => Mark::Undelivered,
            };
            group.failed += failed;
            group.waiting += waiting;
            let addresses = match sender_domain {
                Some(domain)
                    if recipient.outcome != Outcome::Delivered
                        && matches!(verdict.scope, Scope::SenderDomain | Scope::SenderAddress) =>
                {
                    let share = group.senders.get(domain, SenderShare::default);
                    share.failed += failed;
                    share.waiting += waiting;
                    &mut share.addresses
                }
                _ => &mut group.addresses,
            };
            addresses.insert(hash(recipient.address), mark);
        }
        let outcome = match message.completed {
            true if message.removed => MessageOutcome::Removed,
            true if failed && delivered => MessageOutcome::PartlyDelivered,
            true if failed && deferred => MessageOutcome::FailedAfterDeferral,
            true if failed => MessageOutcome::Failed,
            true if delivered && deferred => MessageOutcome::DeliveredAfterDeferral,
            true if delivered => MessageOutcome::Delivered,
            true if message.discarded > 0 => MessageOutcome::Discarded,
            true => MessageOutcome::CompletedOnly,
            false if message.frozen => MessageOutcome::Frozen,
            false if deferred => MessageOutcome::Deferred,
            false if delivered => MessageOutcome::PartlyDelivered,
            false => MessageOutcome::NotCompleted,
        };
        *self.outcomes.get(outcome, message.has_arrival, message.completed) += 1;
        self.bounces += u64::from(message.sender.is_some_and(<[u8]>::is_empty));
    }

    fn append(&mut self, later: Self, map: &[GroupId]) {
        self.lines += later.lines;
        for (mine, theirs) in self.kinds.iter_mut().zip(later.kinds) {
            *mine += theirs;
        }
        self.first = [self.first, later.first].into_iter().flatten().min_by_key(|&t| key(t));
        self.last = [self.last, later.last].into_iter().flatten().max_by_key(|&t| key(t));
        let room = EXAMPLES.saturating_sub(self.unknown.len());
        self.unknown.extend(later.unknown.into_iter().take(room));
        for (fingerprint, theirs) in later.panics {
            self.add_panic(fingerprint, theirs);
        }
        add_all(&mut self.replies, later.replies);
        add_all(&mut self.stages, later.stages);
        add_all(&mut self.errnos, later.errnos);
        self.timeline.append(later.timeline);
        self.logins.failures += later.logins.failures;
        self.logins.addresses.append(later.logins.addresses, |mine, theirs| *mine += theirs);
        self.logins.accounts.append(later.logins.accounts, |mine, theirs| *mine += theirs);
        for (outcome, has_arrival, completed, count) in later.outcomes.iter() {
            *self.outcomes.get(outcome, has_arrival, completed) += count;
        }
        self.bounces += later.bounces;
        self.recipients.delivered += later.recipients.delivered;
        self.recipients.delivered_after_deferral += later.recipients.delivered_after_deferral;
        self.recipients.failed += later.recipients.failed;
        self.recipients.deferred += later.recipients.deferred;
        for (theirs, to) in later.by_group.into_iter().zip(map) {
            let at = to.0 as usize;
            if self.by_group.len() <= at {
                self.by_group.resize_with(at + 1, GroupCounts::default);
                self.by_group[at].place = theirs.place;
            }
            self.by_group[at].append(theirs);
        }
        self.domains.append(later.domains, |mine, theirs| mine.append(&theirs));
        self.hosts.append(later.hosts, |mine, theirs| {
            mine.delivered += theirs.delivered;
            mine.failed_attempts += theirs.failed_attempts;
            mine.last = mine.last.max(theirs.last);
            mine.reasons.append(&theirs.reasons);
        });
        self.senders.append(later.senders, |mine, theirs| {
            mine.delivered += theirs.delivered;
            mine.failed += theirs.failed;
            mine.reasons.append(&theirs.reasons);
        });
        self.greylisting.recipients += later.greylisting.recipients;
        self.greylisting.delivered += later.greylisting.delivered;
        self.greylisting.delays.append(&later.greylisting.delays);
    }
}

impl PanicCounts {
    fn append(&mut self, later: &Self) {
        self.count += later.count;
        self.first = [self.first, later.first].into_iter().flatten().min();
        self.last = self.last.max(later.last);
    }
}

impl HostCounts {
    fn of(name: &[u8]) -> Self {
        Self { provider: provider_by_host(name), ..Self::default() }
    }
}

impl DomainCounts {
    /// Recipients whose end is known, or that wait.
    pub(crate) fn recipients(&self) -> u64 {
        self.delivered + self.failed + self.waiting
    }

    pub(crate) fn append(&mut self, other: &Self) {
        self.provider = self.provider.or(other.provider);
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.deferred += other.deferred;
        self.delayed += other.delayed;
        self.waiting += other.waiting;
        self.delays.append(&other.delays);
        self.reasons.append(&other.reasons);
    }
}

impl GroupCounts {
    /// All recipient addresses.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Addresses> {
        iter::once(&self.addresses).chain(self.senders.iter().map(|(_, share)| &share.addresses))
    }

    fn append(&mut self, later: Self) {
        self.first = [self.first, later.first].into_iter().flatten().min();
        self.last = self.last.max(later.last);
        self.attempts += later.attempts;
        self.failed += later.failed;
        self.delayed += later.delayed;
        self.waiting += later.waiting;
        self.refused += later.refused;
        self.refused_hosts.extend(later.refused_hosts);
        self.addresses.append(&later.addresses);
        self.senders.append(later.senders, |mine, theirs| {
            mine.failed += theirs.failed;
            mine.waiting += theirs.waiting;
            mine.addresses.append(&theirs.addresses);
        });
    }
}

pub(crate) fn add_all<K: Eq + Hash>(mine: &mut Map<K, u64>, theirs: Map<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key).or_default() += count;
    }
}

/// Whether it is a login that our server could not check, which is no fault of the client.
fn is_unchecked(event: &Event<'_>) -> bool {
    let code = event.response.and_then(|response| response.code);
    event.kind == Kind::AuthFailure && code.is_some_and(|code| code < 500)
}

/// Whether lines of this kind report that something went wrong.
const fn is_failure(kind: Kind) -> bool {
    use Kind::{AuthFailure, Deferral, Failure, HostError, Rejected};
    matches!(kind, Failure | Deferral | HostError | Rejected | AuthFailure)
}

/// The text in lower case, which most are in: the others are copied.
fn lower_case<'a>(text: &'a [u8], room: &'a mut Vec<u8>) -> &'a [u8] {
    if !has_capital(text) {
        return text;
    }
    room.clear();
    room.extend_from_slice(text);
    room.make_ascii_lowercase();
    room
}

/// Whether there is an ASCII letter that is not in lower case, of eight bytes at a time.
fn has_capital(text: &[u8]) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let (words, rest) = text.as_chunks();
    let in_word = |&word: &[u8; 8]| {
        let word = u64::from_ne_bytes(word);
        let ascii = word & all(0x7f);
        // The highest bit of each byte says whether it is at least `A`, and whether it is above `Z`.
        let (from, above) = (ascii + all(0x80 - b'A'), ascii + all(0x7f - b'Z'));
        from & !above & !word & all(0x80) != 0
    };
    words.iter().any(in_word) || rest.iter().any(u8::is_ascii_uppercase)
}

/// Milliseconds of the log's clock.
fn millis(time: Time) -> i64 {
    time.civil * 1000 + i64::from(time.millis.unwrap_or(0))
}

pub(crate) fn key(time: Time) -> (i64, u16) {
    (time.civil, time.millis.unwrap_or(0))
}
