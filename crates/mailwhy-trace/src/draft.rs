//! The lines of one message, in little space, until it is known how the message ends.

use std::ops::Range;
use std::ptr;

use mailwhy_codes::Reason;
use mailwhy_logs::{self as logs, Kind};
use smallvec::SmallVec;

use crate::message::missing_domain;
use crate::{Attempt, GroupId, Groups, HostFailure, Id, Map, Message, Outcome, Recipient};

/// Below this many recipients a list is searched faster than a map.
const FEW: usize = 16;

/// The most bytes that a draft may keep for the next message.
const SMALL: usize = 4096;

/// In how many of the last lines an address or a host is looked for, so that it is kept once.
const LAST: usize = 4;

/// The same where parts of a log are joined: rarely, and in what waits for long.
const LAST_PARTS: usize = 64;

/// A place in [`Draft::text`].
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    len: u32,
}

/// What a line says about its message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum What {
    Arrived,
    Delivered,
    Discarded,
    Deferred,
    /// The same, before any host was tried.
    Unrouted,
    Failed,
    HostFailed,
    Completed,
    Frozen,
    Unfrozen,
    Removed,
}

impl What {
    /// Whether a message that waits has such lines again and again.
    fn repeats(self) -> bool {
        matches!(self, Self::Deferred | Self::Unrouted | Self::HostFailed)
    }
}

/// One line of the message.
#[derive(Clone, Copy, Debug)]
struct Step {
    what: What,
    /// `i64::MIN` where there is none.
    time: i64,
    /// The recipient; of an arrival the sender.
    address: Span,
    /// The remote host; of an arrival the message it reports on.
    host: Span,
    /// `u32::MAX` where there is none.
    group: u32,
}

impl Step {
    fn time(&self) -> Option<i64> {
        Some(self.time).filter(|&time| time != i64::MIN)
    }

    fn group(&self) -> Option<GroupId> {
        Some(GroupId(self.group)).filter(|group| group.0 != u32::MAX)
    }
}

/// A message that is being put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// The order in which messages were first seen.
    pub(crate) order: u32,
    text: Vec<u8>,
    steps: Vec<Step>,
    pub(crate) arrived: bool,
    pub(crate) completed: bool,
    /// Nothing of it may be before its arrival line: see [`Draft::is_whole`].
    ended: bool,
    cutthrough: bool,
}

impl Draft {
    /// Begins another message in the same memory.
    pub(crate) fn begin(&mut self, order: u32) {
        self.order = order;
        self.text.clear();
        self.steps.clear();
        (self.arrived, self.completed, self.ended, self.cutthrough) = (false, false, false, false);
    }

    /// Gives back memory that the next message does not need.
    pub(crate) fn free(&mut self) {
        if self.text.capacity() + size_of::<Step>() * self.steps.capacity() > SMALL {
            *self = Self::default();
        }
    }

    /// Adds a line. `time` is in milliseconds of the log's clock.
    pub(crate) fn push(&mut self, step: &logs::Step<'_>, time: Option<i64>, group: Option<GroupId>) {
        let what = match step.kind {
            Kind::Arrival | Kind::FakeReject => {
                self.arrived = true;
                What::Arrived
            }
            Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough if is_discarded(step) => {
                What::Discarded
            }
            Kind::Delivery | Kind::AdditionalDelivery => What::Delivered,
            Kind::Cutthrough => {
                self.cutthrough = true;
                What::Delivered
            }
            Kind::Failure => What::Failed,
            Kind::Deferral if step.at_routing => What::Unrouted,
            Kind::Deferral => What::Deferred,
            Kind::HostError => What::HostFailed,
            Kind::Completed => {
                self.completed = true;
                What::Completed
            }
            Kind::Frozen => What::Frozen,
            Kind::Unfrozen => What::Unfrozen,
            Kind::Removed => What::Removed,
            _ => return,
        };
        self.ended |= matches!(what, What::Delivered | What::Discarded | What::Failed | What::Removed);
        let (address, host) = if what == What::Arrived {
            (self.keep(step.sender.unwrap_or_default()), self.keep(step.bounce_of.unwrap_or_default()))
        } else if what == What::Completed {
            (Span::default(), Span::default())
        } else {
            let (address, domain) = match (step.recipient, step.original_recipient) {
                (Some(recipient), original) => (recipient, missing_domain(recipient, original)),
                (None, original) => (original.unwrap_or_default(), None),
            };
            let mut kept = self.keep(address);
            if let Some(domain) = domain {
                kept.len += self.keep(b"@").len + self.keep(domain).len;
            }
            let address = if what.repeats() { self.again(kept, |step| step.address) } else { kept };
            let kept = self.keep(step.host.unwrap_or_default());
            (address, if what.repeats() { self.again(kept, |step| step.host) } else { kept })
        };
        let (time, group) = (time.unwrap_or(i64::MIN), group.map_or(u32::MAX, |group| group.0));
        self.steps.push(Step { what, time, address, host, group });
    }

    /// Adds the lines of a later part of the log, whose groups have moved to the places in `map`.
    pub(crate) fn append(&mut self, later: &Self, map: &[GroupId]) {
        self.steps.reserve_exact(later.steps.len());
        let begins = self.steps.is_empty();
        if begins {
            self.text.reserve_exact(later.text.len());
            self.text.extend_from_slice(&later.text);
        }
        for step in &later.steps {
            let mut step = *step;
            step.group = step.group().map_or(u32::MAX, |group| map[group.0 as usize].0);
            if !begins {
                let lines = if step.what.repeats() { LAST_PARTS } else { 0 };
                step.address = self.keep_once(later.get(step.address), lines, |step| step.address);
                step.host = self.keep_once(later.get(step.host), lines, |step| step.host);
            }
            self.steps.push(step);
        }
        self.arrived |= later.arrived;
        self.completed |= later.completed;
        self.ended |= later.ended;
        self.cutthrough |= later.cutthrough;
    }

    /// Whether the message began and ended here, so that no earlier part of the log can hold a line of it.
    ///
    /// A cutthrough delivery is logged before the arrival: such a message may have begun earlier.
    pub(crate) fn is_whole(&self) -> bool {
        self.arrived && self.completed && self.ended && !self.cutthrough
    }

    /// Drops what was just kept if one of the last lines has the same.
    fn again(&mut self, kept: Span, of: impl Fn(&Step) -> Span) -> Span {
        let Some(known) = self.find(self.get(kept), LAST, of) else { return kept };
        self.text.truncate(kept.start as usize);
        known
    }

    /// Keeps what none of the last `lines` has, in no more room than it takes: it may be there for long.
    fn keep_once(&mut self, bytes: &[u8], lines: usize, of: impl Fn(&Step) -> Span) -> Span {
        if bytes.is_empty() {
            return Span::default();
        }
        self.find(bytes, lines, of).unwrap_or_else(|| {
            self.text.reserve_exact(bytes.len());
            self.keep(bytes)
        })
    }

    /// Where one of the last `lines` has these bytes.
    fn find(&self, bytes: &[u8], lines: usize, of: impl Fn(&Step) -> Span) -> Option<Span> {
        self.steps.iter().rev().take(lines).map(of).find(|&span| self.get(span) == bytes)
    }

    #[inline]
    fn keep(&mut self, bytes: &[u8]) -> Span {
        if self.text.capacity() == 0 {
            // Two addresses and a host, in most cases, and some more lines: without growing step by step.
            self.text.reserve(128);
            self.steps.reserve(8);
        }
        let span = Span { start: self.text.len() as u32, len: bytes.len() as u32 };
        self.text.extend_from_slice(bytes);
        span
    }

    fn get(&self, span: Span) -> &[u8] {
        let Range { start, end } = span.start as usize..(span.start + span.len) as usize;
        &self.text[start..end]
    }

    /// Follows the lines from the first to the last and tells what became of the message.
    pub(crate) fn tell(&self, id: Id, groups: &Groups, sink: &mut impl FnMut(&Message<'_>, &Groups)) {
        let mut message = Message {
            id,
            arrived: None,
            has_arrival: self.arrived,
            ended: None,
            completed: self.completed,
            sender: None,
            bounce_of: None,
            frozen: false,
            removed: false,
            discarded: 0,
            recipients: &[],
            attempts: &[],
            host_failures: &[],
        };
        let mut recipients = Recipients::default();
        let mut attempts = Vec::new();
        let mut failures = Vec::new();
        // Failures of hosts that no recipient's line has repeated yet: Exim writes the host's line first.
        let mut open: Vec<HostFailure<'_>> = Vec::new();
        let mut last_host = None;
        for step in &self.steps {
            let address = self.get(step.address);
            let host = self.get(step.host);
            match step.what {
                What::Arrived => {
                    message.arrived = step.time();
                    message.sender = Some(address);
                    message.bounce_of = Some(host).filter(|id| !id.is_empty());
                }
                What::Delivered => {
                    let recipient = recipients.get(address);
                    recipient.outcome = Outcome::Delivered;
                    recipient.deliveries += 1;
                    recipient.last = step.time();
                    recipient.host = host;
                }
                What::Discarded => message.discarded += 1,
                What::HostFailed => {
                    if let Some(group) = step.group() {
                        let failure = HostFailure { host, group, time: step.time() };
                        last_host = Some(failure);
                        open.push(failure);
                    }
                }
                What::Deferred | What::Unrouted | What::Failed => {
                    let place = recipients.place(address);
                    let recipient = &mut recipients.list[place];
                    let mut group = step.group();
                    if let Some(own) = group {
                        let verdict = &groups.get(own).verdict;
                        if verdict.cause.is_some_and(|cause| cause.inherits) {
                            // Not an attempt: the last one tells the cause.
                            group = recipient.deferral.or(last_host.map(|f| f.group)).or(group);
                            recipient.expired = step.what == What::Failed;
                        } else {
                            let (own, host) = match step.what {
                                What::Unrouted => (own, host),
                                _ => match_host(&mut open, last_host, own, host, groups),
                            };
                            group = Some(own);
                            if attempts.is_empty() {
                                attempts.reserve(self.steps.len());
                            }
                            attempts.push(Attempt {
                                recipient: place as u32,
                                host,
                                group: own,
                                time: step.time(),
                            });
                        }
                    }
                    recipient.last = step.time();
                    if !host.is_empty() {
                        recipient.host = host;
                    }
                    if step.what == What::Failed {
                        recipient.outcome = Outcome::Failed;
                        recipient.failure = group;
                        recipient.failures += 1;
                    } else {
                        recipient.outcome = Outcome::Deferred;
                        recipient.deferral = group;
                        recipient.deferrals += 1;
                        recipient.first_deferral = recipient.first_deferral.or(step.time());
                        recipient.greylisted |=
                            group.is_some_and(|g| groups.get(g).verdict.reason == Reason::Greylisted);
                    }
                    failures.append(&mut open);
                }
                What::Completed => message.ended = step.time(),
                What::Frozen => message.frozen = true,
                What::Unfrozen => message.frozen = false,
                What::Removed => message.removed = true,
            }
        }
        failures.append(&mut open);
        message.recipients = &recipients.list;
        message.attempts = &attempts;
        message.host_failures = &failures;
        sink(&message, groups);
    }
}

/// The group and the host of a recipient's attempt, and the end of the host's line that reports the same attempt.
///
/// Exim writes `H=… Connection refused`, then `== … defer (111): Connection refused` for each recipient; the host's line
/// says at least as much.
fn match_host<'a>(
    open: &mut Vec<HostFailure<'a>>,
    last: Option<HostFailure<'a>>,
    own: GroupId,
    host: &'a [u8],
    groups: &Groups,
) -> (GroupId, &'a [u8]) {
    let reason = groups.get(own).verdict.reason;
    let same = |f: &HostFailure<'_>| {
        groups.get(f.group).verdict.reason == reason && (host.is_empty() || host == f.host)
    };
    // After the first recipient the line is taken out, and matches further ones as the last.
    let found = open.iter().rposition(same).map(|at| open.remove(at)).or(last.filter(same));
    found.filter(|_| host.is_empty()).map_or((own, host), |f| (f.group, f.host))
}

/// A delivery of the whole message into nothing: discarded by an ACL or the system filter.
#[must_use]
pub fn is_discarded(step: &logs::Step<'_>) -> bool {
    step.original_recipient.is_none() && step.recipient.is_none_or(|r| r == b"discarded" || r == b"blackhole")
}

/// The recipients of a message in the order of their first line.
#[derive(Default)]
struct Recipients<'a> {
    list: SmallVec<[Recipient<'a>; 4]>,
    places: Map<&'a [u8], usize>,
}

impl<'a> Recipients<'a> {
    fn get(&mut self, address: &'a [u8]) -> &mut Recipient<'a> {
        let at = self.place(address);
        &mut self.list[at]
    }

    fn place(&mut self, address: &'a [u8]) -> usize {
        let found = if self.list.len() < FEW {
            // What waits has its address once.
            self.list.iter().position(|r| ptr::eq(r.address, address) || r.address == address)
        } else {
            if self.places.is_empty() {
                self.places = self.list.iter().enumerate().map(|(i, r)| (r.address, i)).collect();
            }
            self.places.get(address).copied()
        };
        found.unwrap_or_else(|| self.add(address))
    }

    fn add(&mut self, address: &'a [u8]) -> usize {
        let at = self.list.len();
        self.list.push(Recipient {
            address,
            outcome: Outcome::Deferred,
            failure: None,
            deferral: None,
            greylisted: false,
            expired: false,
            deliveries: 0,
            failures: 0,
            deferrals: 0,
            last: None,
            first_deferral: None,
            host: &[],
        });
        if at >= FEW {
            self.places.insert(address, at);
        }
        at
    }
}
