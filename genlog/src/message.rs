//! A message, and what the log has told of it.

use crate::Truth;
use crate::replies::Reply;
use crate::text::Text;
use crate::world::Address;

/// A message id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id {
    bytes: [u8; 23],
    len: u8,
}

impl Id {
    /// The id of a message that the process `pid` took, `at` milliseconds of the log's clock.
    pub(crate) fn new(at: i64, pid: u32, long: bool) -> Self {
        let mut text = Text::default();
        text.base62(at.div_euclid(1000) as u64, 6).add("-");
        let part = at.rem_euclid(1000) as u64;
        if long {
            text.base62(u64::from(pid), 11).add("-").base62(part * 1000, 4);
        } else {
            text.base62(u64::from(pid), 6).add("-").base62(part * 2, 2);
        }
        let mut bytes = [0; 23];
        bytes[..text.0.len()].copy_from_slice(&text.0);
        Self { bytes, len: text.0.len() as u8 }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// How a recipient's mail goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    Remote,
    Lmtp,
    Maildir,
    /// The mailbox is full.
    Full,
    /// There is no such mailbox.
    Unknown,
    Pipe,
    File,
}

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    Certain(&'static str),
    /// People may argue about it.
    Uncertain,
}

impl Why {
    pub(crate) fn of(reply: &Reply) -> Self {
        if reply.reason.is_empty() { Self::Uncertain } else { Self::Certain(reply.reason) }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Delivered,
    Failed,
    Deferred,
}

#[derive(Clone, Debug)]
pub(crate) struct Recipient {
    pub(crate) to: Address,
    /// In the envelope, where it is another.
    pub(crate) original: Option<Address>,
    pub(crate) way: Way,
    /// Nothing is to be done for it any more.
    pub(crate) done: bool,
    /// What its server said last.
    pub(crate) refused: Option<&'static Reply>,
    told: Option<Outcome>,
    was_deferred: bool,
    /// Why its last attempt failed that the log tells of.
    why: Option<Why>,
}

impl Recipient {
    pub(crate) fn new(to: Address, way: Way) -> Self {
        Self {
            to,
            original: None,
            way,
            done: false,
            refused: None,
            told: None,
            was_deferred: false,
            why: None,
        }
    }

    /// Stands for another one in the envelope.
    pub(crate) fn instead_of(self, original: Address) -> Self {
        Self { original: Some(original), ..self }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) pid: u32,
    /// Milliseconds of the log's clock.
    pub(crate) arrived: i64,
    /// `None` for the null sender.
    pub(crate) sender: Option<Address>,
    pub(crate) size: u64,
    /// Those of the same remote domain stand together.
    pub(crate) recipients: Vec<Recipient>,
    /// Deliveries at work.
    pub(crate) working: u32,
    /// A recipient has failed since the last bounce.
    pub(crate) owes_bounce: bool,
    pub(crate) told: Told,
}

/// What the log has told of a message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    pub(crate) any: bool,
    pub(crate) arrival: bool,
    pub(crate) frozen: bool,
    pub(crate) removed: bool,
    delivered: bool,
    failed: bool,
    deferred: bool,
    /// A host's failure that no recipient's line has repeated yet.
    host: bool,
}

impl Message {
    /// A line about a host has been written.
    pub(crate) fn tell_host(&mut self, why: Why, truth: &mut Truth) {
        self.told.any = true;
        self.told.host = true;
        count_attempt(why, truth);
    }

    /// A line about an attempt for a recipient has been written. Where `host` has failed it, the host's line told of
    /// the attempt already.
    pub(crate) fn tell_attempt(
        &mut self,
        n: usize,
        outcome: Outcome,
        why: Why,
        host: bool,
        truth: &mut Truth,
    ) {
        let repeats = std::mem::take(&mut self.told.host) && host;
        if !repeats {
            count_attempt(why, truth);
        }
        self.recipients[n].why = Some(why);
        self.tell(n, outcome);
    }

    /// A line about a recipient has been written.
    pub(crate) fn tell(&mut self, n: usize, outcome: Outcome) {
        self.told.any = true;
        self.told.delivered |= outcome == Outcome::Delivered;
        self.told.failed |= outcome == Outcome::Failed;
        self.told.deferred |= outcome == Outcome::Deferred;
        let recipient = &mut self.recipients[n];
        recipient.was_deferred |= outcome == Outcome::Deferred;
        recipient.told = Some(outcome);
    }

    /// Counts what became of it, as far as the log has told.
    pub(crate) fn count(&self, completed: bool, truth: &mut Truth) {
        let told = self.told;
        if !told.any {
            return;
        }
        let outcome = match completed {
            true if told.removed => "removed",
            true if told.failed && told.delivered => "partly-delivered",
            true if told.failed && told.deferred => "failed-after-deferral",
            true if told.failed => "failed",
            true if told.delivered && told.deferred => "delivered-after-deferral",
            true if told.delivered => "delivered",
            true => "completed-only",
            false if told.frozen => "frozen",
            false if told.deferred => "deferred",
            false if told.delivered => "partly-delivered",
            false => "not-completed",
        };
        let open = if completed { "" } else { " open" };
        let before = if told.arrival { "" } else { " before" };
        *truth.outcomes.entry(format!("{outcome}{open}{before}")).or_default() += 1;
        truth.messages += 1;
        *if completed { &mut truth.completed } else { &mut truth.open } += 1;
        truth.bounces += u64::from(told.arrival && self.sender.is_none());
        for recipient in &self.recipients {
            match recipient.told {
                None => {}
                Some(Outcome::Delivered) => {
                    truth.recipients.delivered += 1;
                    truth.recipients.delivered_after_deferral += u64::from(recipient.was_deferred);
                }
                Some(Outcome::Deferred) => truth.recipients.deferred += 1,
                Some(Outcome::Failed) => {
                    truth.recipients.failed += 1;
                    match recipient.why.unwrap_or(Why::Certain("expired")) {
                        Why::Certain(reason) => {
                            *truth.failed_by_reason.entry(reason.to_owned()).or_default() += 1;
                        }
                        Why::Uncertain => truth.failed_uncertain += 1,
                    }
                }
            }
        }
    }
}

fn count_attempt(why: Why, truth: &mut Truth) {
    match why {
        // Most attempts meet a reason that was met before.
        Why::Certain(reason) => match truth.attempts_by_reason.get_mut(reason) {
            Some(count) => *count += 1,
            None => drop(truth.attempts_by_reason.insert(reason.to_owned(), 1)),
        },
        Why::Uncertain => truth.attempts_uncertain += 1,
    }
}
