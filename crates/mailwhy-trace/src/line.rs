//! The lines of messages, as far as they matter to what becomes of them.

use std::borrow::Cow;

use mailwhy_logs::{Kind, Step, Time};

use crate::draft::Span;
use crate::message::address_key;
use crate::name::Name;
use crate::{GroupId, Id};

/// What a line says about its message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum What {
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
    /// Something that has no effect.
    Other,
}

impl What {
    /// `None` where the message's way does not depend on the line.
    #[inline]
    pub(crate) fn of(step: &Step<'_>) -> Option<Self> {
        Some(match step.kind {
            Kind::Arrival | Kind::FakeReject => Self::Arrived,
            Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough if is_discarded(step) => {
                Self::Discarded
            }
            Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough => Self::Delivered,
            Kind::Failure => Self::Failed,
            Kind::Deferral if step.at_routing => Self::Unrouted,
            Kind::Deferral => Self::Deferred,
            Kind::HostError => Self::HostFailed,
            Kind::Completed => Self::Completed,
            Kind::Frozen => Self::Frozen,
            Kind::Unfrozen => Self::Unfrozen,
            Kind::Removed => Self::Removed,
            kind if kind.is_step() => Self::Other,
            _ => return None,
        })
    }
}

/// A delivery of the whole message into nothing: discarded by an ACL or the system filter.
#[must_use]
pub fn is_discarded(step: &Step<'_>) -> bool {
    step.original_recipient.is_none() && step.recipient.is_none_or(|r| r == b"discarded" || r == b"blackhole")
}

/// Milliseconds of the log's clock, or none, in a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Millis(i64);

impl Default for Millis {
    fn default() -> Self {
        Self(i64::MIN)
    }
}

impl Millis {
    pub(crate) fn get(self) -> Option<i64> {
        (self != Self::default()).then_some(self.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::default() { other } else { self }
    }
}

impl From<Option<Time>> for Millis {
    #[inline]
    fn from(time: Option<Time>) -> Self {
        time.map_or_else(Self::default, |t| Self(t.civil * 1000 + i64::from(t.millis.unwrap_or(0))))
    }
}

/// One line of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) what: What,
    pub(crate) time: Millis,
    /// The recipient; of an arrival the sender.
    pub(crate) address: Name<'a>,
    /// The recipient as it was before aliases, where that is not the same.
    pub(crate) original: &'a [u8],
    /// The remote host; of an arrival the message it reports on.
    pub(crate) host: Name<'a>,
    pub(crate) group: Option<GroupId>,
}

impl<'a> Line<'a> {
    /// The line of a step whose recipient has this address, see [`address_of`].
    #[inline]
    pub(crate) fn new(what: What, step: &Step<'a>, address: &'a [u8], group: Option<GroupId>) -> Self {
        let time = step.time.into();
        let (address, host) = match what {
            // Known by no hash.
            What::Arrived => {
                let [text, bounce_of] = [step.sender, step.bounce_of].map(Option::unwrap_or_default);
                (Name { text, ..Name::default() }, Name { text: bounce_of, ..Name::default() })
            }
            _ => (Name::new(address), Name::new(step.host.unwrap_or_default())),
        };
        let original = step.original_recipient.unwrap_or_default();
        Self { what, time, address, original, host, group }
    }
}

/// The recipient's address in full.
#[inline]
pub(crate) fn address_of<'a>(step: &Step<'a>) -> Cow<'a, [u8]> {
    match step.recipient {
        Some(recipient) => address_key(recipient, step.original_recipient),
        None => Cow::Borrowed(step.original_recipient.unwrap_or_default()),
    }
}

/// How many lines a block has.
const BLOCK: usize = 512;

/// Lines of messages that began before them, in the order of the log.
///
/// They are kept in blocks: one list would be copied again and again while it grows.
#[derive(Debug, Default)]
pub(crate) struct Lines(Vec<Block>);

/// Some neighbouring lines.
#[derive(Debug)]
pub(crate) struct Block {
    list: Vec<Kept>,
    text: Vec<u8>,
}

#[derive(Debug)]
struct Kept {
    id: Id,
    what: What,
    time: Millis,
    address: (u64, Span),
    original: Span,
    host: (u64, Span),
    group: Option<GroupId>,
}

impl Lines {
    pub(crate) fn push(&mut self, id: Id, line: &Line<'_>) {
        let block = match self.0.last_mut() {
            Some(block) if block.list.len() < BLOCK => block,
            _ => {
                // An address and a host are rarely longer.
                let text = Vec::with_capacity(BLOCK * 48);
                self.0.push(Block { list: Vec::with_capacity(BLOCK), text });
                self.0.last_mut().expect("it was pushed")
            }
        };
        block.push(id, line);
    }

    pub(crate) fn blocks(self) -> impl Iterator<Item = Block> {
        self.0.into_iter()
    }
}

impl Block {
    fn push(&mut self, id: Id, line: &Line<'_>) {
        let Line { what, time, address, original, host, group } = *line;
        let address_text = address.text;
        // The host's own line is the one before.
        let last = self.list.last().map(|last| last.host).filter(|last| last.0 == host.hash);
        let mut keep = |name: Name<'_>| (name.hash, Span::keep(&mut self.text, name.text));
        let (host, address) = (last.unwrap_or_else(|| keep(host)), keep(address));
        let original =
            if original == address_text { address.1 } else { Span::keep(&mut self.text, original) };
        self.list.push(Kept { id, what, time, address, original, host, group });
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Id, Line<'_>)> {
        let name = |(hash, span): (u64, Span)| Name { text: span.of(&self.text), hash };
        self.list.iter().map(move |kept| {
            let &Kept { id, what, time, address, original, host, group } = kept;
            let original = original.of(&self.text);
            (id, Line { what, time, address: name(address), original, host: name(host), group })
        })
    }
}
