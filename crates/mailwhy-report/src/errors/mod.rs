/*!
What went wrong, grouped: the counts behind `mailwhy errors`.

[`Failures`] is fed and joined like a [`Summary`](crate::Summary), and [`Failures::report`] makes an [`ErrorReport`] of it.
*/

mod build;
mod trend;

use hashbrown::HashSet;
use mailwhy_classify::{Classifier, Verdict};
use mailwhy_codes::{Class, CodePattern, Enhanced, Reason};
use mailwhy_logs::{Event, Kind, Step, Time};
use mailwhy_trace::{
    Attempt, Attempts, Group, GroupId, Groups, Id, Map, Message, Outcome, Told, Trace, domain_of, hash,
};

use crate::Place;
use crate::summary::{Destination, add_all, key};
pub use build::{ErrorAction, ErrorReply, ErrorReport, ErrorRow};
use trend::Trend;

/// What failures have in common that are put into one group.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Grouping {
    /// The cause and the text of the reply, but for addresses, hosts, ids and numbers.
    #[default]
    Reply,
    /// The reason.
    Reason,
    /// The provider they were sent to; domains of no known provider stand for themselves.
    Provider,
    /// The recipient's domain.
    Domain,
    /// The remote host.
    Host,
    /// The reply code.
    Code,
    /// The enhanced code.
    Enhanced,
    /// The envelope sender.
    Sender,
    /// Who handed the message in: the login, else the local user.
    User,
    /// The rule that decided.
    Rule,
}

impl Grouping {
    /// All groupings.
    pub const ALL: [Self; 10] = [
        Self::Reply,
        Self::Reason,
        Self::Provider,
        Self::Domain,
        Self::Host,
        Self::Code,
        Self::Enhanced,
        Self::Sender,
        Self::User,
        Self::Rule,
    ];

    /// The stable name, as on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Reason => "reason",
            Self::Provider => "provider",
            Self::Domain => "domain",
            Self::Host => "host",
            Self::Code => "code",
            Self::Enhanced => "enhanced",
            Self::Sender => "sender",
            Self::User => "user",
            Self::Rule => "rule",
        }
    }

    /// The grouping with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == name)
    }
}

/// Which failures are counted: those that fit one of each list; an empty list leaves nothing out.
#[derive(Clone, Debug, Default)]
pub struct Only {
    /// Reasons.
    pub reasons: Vec<Reason>,
    /// Ids of providers.
    pub providers: Vec<String>,
    /// Reply codes, enhanced codes, or both.
    pub codes: Vec<CodePattern>,
    /// Only replies that no rule knows.
    pub unclassified: bool,
}

impl Only {
    fn allows(&self, group: &Group) -> bool {
        let Verdict { reason, provider, code, enhanced, .. } = group.verdict;
        let is = |id: &String| [provider, group.provider].into_iter().flatten().any(|p| p.id == id);
        (self.reasons.is_empty() || self.reasons.contains(&reason))
            && (self.providers.is_empty() || self.providers.iter().any(is))
            && (self.codes.is_empty() || self.codes.iter().any(|c| c.matches(code, enhanced)))
            && (!self.unclassified || group.is_unclassified())
    }
}

/// The failures of a log, or of a part of one.
///
/// Feed it with [`Failures::line`] and [`Failures::event`], add those of the following part with [`Failures::append`],
/// and close it with [`Failures::finish`].
#[derive(Debug)]
pub struct Failures {
    trace: Trace,
    groups: Groups,
    counts: Counts,
}

#[derive(Debug)]
struct Counts {
    by: Grouping,
    only: Only,
    lines: u64,
    unknown: u64,
    first: Option<Time>,
    last: Option<Time>,
    /// Where the sample of each group stands.
    places: Vec<Place>,
    /// How many messages have been told.
    messages: u64,
    /// Who handed in the messages that are open; only where that is asked for.
    users: Map<Id, Vec<u8>>,
    rows: Map<Key, Tally>,
}

/// What the failures of a row have in common.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Key {
    Reply(&'static str, u64, Option<Class>),
    Reason(Reason),
    Code(Option<u16>),
    Enhanced(Option<Enhanced>),
    /// A rule or a provider.
    Name(&'static str),
    Text(Vec<u8>),
    /// The log does not tell.
    Untold,
}

/// The counts of a row.
#[derive(Debug, Default)]
struct Tally {
    attempts: u64,
    messages: u64,
    failed: u64,
    delayed: u64,
    waiting: u64,
    /// Recipient addresses.
    addresses: HashSet<u64>,
    first: Option<i64>,
    last: Option<i64>,
    trend: Trend,
    /// Attempts of each group.
    replies: Map<GroupId, u64>,
    /// Attempts by where they went.
    places: Map<Destination, u64>,
    /// The number of the message that was counted last.
    seen: u64,
}

impl Failures {
    /// Failures from the beginning of a log.
    #[must_use]
    pub fn new(by: Grouping, only: Only) -> Self {
        Self { trace: Trace::new(Attempts::WithMessage), ..Self::part(by, only) }
    }

    /// Failures of a part of a log, to be appended to those of the part before it.
    #[must_use]
    pub fn part(by: Grouping, only: Only) -> Self {
        let counts = Counts {
            by,
            only,
            lines: 0,
            unknown: 0,
            first: None,
            last: None,
            places: Vec::new(),
            messages: 0,
            users: Map::default(),
            rows: Map::default(),
        };
        Self { trace: Trace::part(Attempts::WithMessage), groups: Groups::default(), counts }
    }

    /// Counts a line. Returns whether it also has to go to [`Failures::event`].
    pub fn line(&mut self, kind: Kind, time: Option<Time>) -> bool {
        let counts = &mut self.counts;
        counts.lines += 1;
        counts.unknown += u64::from(kind == Kind::Unknown);
        if let Some(time) = time {
            counts.first = [counts.first, Some(time)].into_iter().flatten().min_by_key(|&t| key(t));
            counts.last = [counts.last, Some(time)].into_iter().flatten().max_by_key(|&t| key(t));
        }
        kind.is_step()
    }

    /// Joins an event with its message.
    pub fn event(&mut self, event: &Event<'_>, place: Place, classifier: &Classifier) {
        let counts = &mut self.counts;
        let mut group = None;
        match event.kind {
            Kind::Failure | Kind::Deferral | Kind::HostError => {
                group = self.groups.of(event, classifier);
                if counts.places.len() < self.groups.len() {
                    counts.places.push(place);
                }
            }
            Kind::Arrival | Kind::FakeReject if counts.by == Grouping::User => counts.arrival(event),
            _ => {}
        }
        self.trace.push(&Step::from(event), group, &self.groups, &mut |told, groups| {
            self.counts.told(told, groups);
        });
    }

    /// Takes the lines to have been numbered from behind line `before` of their file.
    pub fn number_from(&mut self, before: u64) {
        for place in &mut self.counts.places {
            place.line += before;
        }
    }

    /// Adds the failures of the part of the log right behind this one.
    pub fn append(&mut self, later: Self) {
        let map = self.groups.append(later.groups);
        self.counts.append(later.counts, &map);
        let counts = &mut self.counts;
        self.trace.append(later.trace, &map, &self.groups, &mut |told, groups| counts.told(told, groups));
    }

    /// Counts the messages that are still on the queue: the log is at its end.
    pub fn finish(&mut self) {
        let counts = &mut self.counts;
        std::mem::replace(&mut self.trace, Trace::new(Attempts::WithMessage))
            .finish(&self.groups, &mut |told, groups| counts.told(told, groups));
    }

    /// Lines counted, and those of them that were not understood.
    #[must_use]
    pub fn lines(&self) -> (u64, u64) {
        (self.counts.lines, self.counts.unknown)
    }
}

impl Counts {
    fn arrival(&mut self, event: &Event<'_>) {
        // `A=plain:anna`: the authenticator is of no interest.
        let login = event.auth.map(|auth| auth.splitn(2, |&b| b == b':').last().unwrap_or(auth));
        if let (Some(id), Some(user)) = (event.id, login.or(event.user)) {
            self.users.insert(Id::new(id), user.to_vec());
        }
    }

    fn told(&mut self, told: Told<'_>, groups: &Groups) {
        if let Told::Message(message) = told {
            self.message(message, groups);
        }
    }

    /// Counts a message of which no further line is known.
    fn message(&mut self, message: &Message<'_>, groups: &Groups) {
        let user = self.users.remove(&message.id);
        let troubled = |r: mailwhy_trace::Recipient<'_>| r.failures + r.deferrals > 0;
        if message.host_failures.is_empty() && !message.recipients.iter().any(troubled) {
            return;
        }
        self.messages += 1;
        for failure in message.host_failures {
            let group = groups.get(failure.group);
            let of = Of { group, host: failure.host, recipient: None, message, user: user.as_deref() };
            let number = self.messages;
            if let Some(tally) = self.row(&of) {
                tally.attempt(failure.group, failure.time, of.destination());
                tally.see(number);
            }
        }
        for attempt in message.attempts {
            let Some(recipient) = message.recipients.get(attempt.recipient) else { continue };
            let group = groups.get(attempt.group);
            let address = Some(recipient.address);
            let of = Of { group, host: attempt.host, recipient: address, message, user: user.as_deref() };
            let number = self.messages;
            if let Some(tally) = self.row(&of) {
                tally.attempt(attempt.group, attempt.time, of.destination());
                tally.see(number);
                tally.addresses.insert(hash(recipient.address));
            }
        }
        for (recipient, [deferral, failure]) in message.recipients.iter().zip(last_attempts(message)) {
            let mut count = |id: GroupId, attempt: Option<&Attempt<'_>>, tally: fn(&mut Tally)| {
                let group = groups.get(id);
                let host = attempt.map_or(recipient.host, |attempt| attempt.host);
                let address = Some(recipient.address);
                let of = Of { group, host, recipient: address, message, user: user.as_deref() };
                let number = self.messages;
                let Some(row) = self.row(&of) else { return };
                tally(row);
                if attempt.is_none() {
                    // It was tried before the log begins.
                    row.replies.entry(id).or_default();
                    *row.places.entry(of.destination()).or_default() += 1;
                }
                row.see(number);
                row.time(recipient.last);
                row.addresses.insert(hash(recipient.address));
            };
            if let Some(id) = recipient.deferral {
                count(id, deferral, |row| row.delayed += 1);
            }
            match (recipient.outcome, recipient.failure, recipient.deferral) {
                (Outcome::Failed, Some(id), _) => count(id, failure, |row| row.failed += 1),
                (Outcome::Deferred, _, Some(id)) => count(id, deferral, |row| row.waiting += 1),
                _ => {}
            }
        }
    }

    /// The row of a failure, if it is wanted.
    fn row(&mut self, of: &Of<'_>) -> Option<&mut Tally> {
        if !self.only.allows(of.group) {
            return None;
        }
        Some(self.rows.entry(of.key(self.by)).or_default())
    }

    fn append(&mut self, later: Self, map: &[GroupId]) {
        self.lines += later.lines;
        self.unknown += later.unknown;
        self.first = [self.first, later.first].into_iter().flatten().min_by_key(|&t| key(t));
        self.last = [self.last, later.last].into_iter().flatten().max_by_key(|&t| key(t));
        for (place, to) in later.places.into_iter().zip(map) {
            // A group that is new here has the next place.
            if to.0 as usize == self.places.len() {
                self.places.push(place);
            }
        }
        self.users.extend(later.users);
        for (key, tally) in later.rows {
            self.rows.entry(key).or_default().append(tally, map);
        }
    }
}

/// A failure and all that it can be grouped by.
struct Of<'a> {
    group: &'a Group,
    host: &'a [u8],
    recipient: Option<&'a [u8]>,
    message: &'a Message<'a>,
    user: Option<&'a [u8]>,
}

impl Of<'_> {
    fn key(&self, by: Grouping) -> Key {
        let verdict = &self.group.verdict;
        let text = |text: Vec<u8>| if text.is_empty() { Key::Untold } else { Key::Text(text) };
        match by {
            Grouping::Reply => Key::Reply(verdict.rule, self.group.fingerprint, verdict.class),
            Grouping::Reason => Key::Reason(verdict.reason),
            Grouping::Rule => Key::Name(verdict.rule),
            Grouping::Code => Key::Code(verdict.code),
            Grouping::Enhanced => Key::Enhanced(verdict.enhanced),
            Grouping::Provider => match self.destination() {
                Destination::Provider(name) => Key::Name(name),
                Destination::Domain(domain) => text(domain),
            },
            Grouping::Domain => text(self.domain()),
            Grouping::Host => text(self.host.to_ascii_lowercase()),
            Grouping::Sender => match self.message.sender {
                Some([]) => Key::Text(b"<>".to_vec()),
                Some(sender) => text(lower_domain(sender)),
                None => Key::Untold,
            },
            Grouping::User => text(self.user.unwrap_or_default().to_vec()),
        }
    }

    fn domain(&self) -> Vec<u8> {
        self.recipient.map(|address| domain_of(address).to_ascii_lowercase()).unwrap_or_default()
    }

    /// Where it went: a host that no recipient's line repeats stands for itself.
    fn destination(&self) -> Destination {
        match (self.group.provider, self.recipient) {
            (Some(provider), _) => Destination::Provider(provider.name),
            (None, Some(_)) => Destination::Domain(self.domain()),
            (None, None) => Destination::Domain(self.host.to_ascii_lowercase()),
        }
    }
}

/// The attempts that told why each recipient was deferred last, and why it failed.
fn last_attempts<'a>(message: &'a Message<'_>) -> Vec<[Option<&'a Attempt<'a>>; 2]> {
    let mut last = vec![[None; 2]; message.recipients.len()];
    for attempt in message.attempts {
        let Some(recipient) = message.recipients.get(attempt.recipient) else { continue };
        for (slot, group) in
            last[attempt.recipient as usize].iter_mut().zip([recipient.deferral, recipient.failure])
        {
            if group == Some(attempt.group) {
                *slot = Some(attempt);
            }
        }
    }
    last
}

/// The address with its domain, where case means nothing, in lower case.
pub(crate) fn lower_domain(address: &[u8]) -> Vec<u8> {
    let mut out = address.to_vec();
    let begin = out.len() - domain_of(address).len();
    out[begin..].make_ascii_lowercase();
    out
}

impl Tally {
    fn attempt(&mut self, group: GroupId, time: Option<i64>, place: Destination) {
        self.attempts += 1;
        *self.replies.entry(group).or_default() += 1;
        *self.places.entry(place).or_default() += 1;
        self.time(time);
        if let Some(time) = time {
            self.trend.add(time.div_euclid(1000));
        }
    }

    /// Counts the message with this number once.
    fn see(&mut self, message: u64) {
        if self.seen != message {
            self.seen = message;
            self.messages += 1;
        }
    }

    fn time(&mut self, time: Option<i64>) {
        self.first = [self.first, time].into_iter().flatten().min();
        self.last = self.last.max(time);
    }

    fn append(&mut self, later: Self, map: &[GroupId]) {
        self.attempts += later.attempts;
        self.messages += later.messages;
        self.failed += later.failed;
        self.delayed += later.delayed;
        self.waiting += later.waiting;
        self.addresses.extend(later.addresses);
        self.time(later.first);
        self.time(later.last);
        self.trend.append(later.trend);
        for (group, count) in later.replies {
            *self.replies.entry(map[group.0 as usize]).or_default() += count;
        }
        add_all(&mut self.places, later.places);
    }
}
