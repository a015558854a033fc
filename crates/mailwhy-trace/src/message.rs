//! A message and what became of it.

use std::borrow::Cow;

use crate::draft::Recipients;
use crate::{GroupId, Id};

/// How it ended for one recipient, as far as the log tells.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// Delivered at least once, and nothing failed for good after that.
    Delivered,
    /// Failed for good.
    Failed,
    /// Deferred, and no end seen.
    Deferred,
}

/// One recipient of a message.
#[derive(Clone, Debug)]
pub struct Recipient<'a> {
    /// The address that was delivered to, see [`address_key`].
    pub address: &'a [u8],
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    pub failure: Option<GroupId>,
    /// Why it was deferred last.
    pub deferral: Option<GroupId>,
    /// Whether it was ever greylisted or otherwise deferred on purpose at first.
    pub greylisted: bool,
    /// It failed because the retries were used up; `failure` tells the cause of the last attempt.
    pub expired: bool,
    /// Lines that report a delivery.
    pub deliveries: u32,
    /// Lines that report a failure.
    pub failures: u32,
    /// Lines that report a deferral.
    pub deferrals: u32,
    /// When it ended or was tried last: milliseconds of the log's clock.
    pub last: Option<i64>,
    /// When it was deferred first.
    pub first_deferral: Option<i64>,
    /// The remote host that took or refused it last; empty for a local delivery.
    pub host: &'a [u8],
}

/// An attempt for a recipient that failed.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The recipient's place in [`Message::recipients`].
    pub recipient: u32,
    /// The host that was tried: its name, or its address where it has none; empty for a local delivery.
    pub host: &'a [u8],
    /// What it said, or what happened.
    pub group: GroupId,
    /// When: milliseconds of the log's clock.
    pub time: Option<i64>,
}

/// A host that could not be delivered to, where no recipient's line repeats it: another host was tried instead.
#[derive(Clone, Copy, Debug)]
pub struct HostFailure<'a> {
    /// The host's name, or its address where it has none.
    pub host: &'a [u8],
    /// What it said, or what happened.
    pub group: GroupId,
    /// When.
    pub time: Option<i64>,
}

/// What is found out about messages while their lines are read.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// An attempt for a recipient failed.
    Attempt(Attempt<'a>),
    /// A host failed, and no recipient's line says so.
    HostFailure(HostFailure<'a>),
    /// No further line of a message is known.
    Message(&'a Message<'a>),
}

/// When failed attempts and failures of hosts are told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Attempts {
    /// Each as soon as it is known. Nothing is kept of it: a message that waits for days takes no more room than one that
    /// has just come.
    AtOnce,
    /// All of a message with the [`Message`].
    WithMessage,
}

/// A message, as far as the log tells.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its id.
    pub id: Id,
    /// When it came in; `None` if that was before the log begins.
    pub arrived: Option<i64>,
    /// Whether its arrival is in the log.
    pub has_arrival: bool,
    /// When it left the queue.
    pub ended: Option<i64>,
    /// Whether it has left the queue.
    pub completed: bool,
    /// The envelope sender, empty for a bounce; `None` if its arrival is not in the log.
    pub sender: Option<&'a [u8]>,
    /// The message that it reports on.
    pub bounce_of: Option<&'a [u8]>,
    /// Whether it was put on hold.
    pub frozen: bool,
    /// Whether it was removed from the queue by someone or by age.
    pub removed: bool,
    /// How often it was discarded as a whole, by an ACL or the system filter.
    pub discarded: u32,
    /// Its recipients.
    pub recipients: Recipients<'a>,
    /// The failed attempts for recipients, in the order of the log: an attempt that the log reports twice is here once, lines that
    /// report no attempt (`retry time not reached`) are not. Empty if they were told [`Attempts::AtOnce`].
    pub attempts: &'a [Attempt<'a>],
    /// Hosts that were tried in vain before another took the message. Empty if they were told [`Attempts::AtOnce`].
    pub host_failures: &'a [HostFailure<'a>],
}

/// The address of a recipient in full.
///
/// Exim writes the bare local part of a local delivery (`=> anna <anna@d.example>`): the domain is that of the
/// original address then, which is also that of files and pipes.
#[must_use]
#[inline]
pub fn address_key<'a>(recipient: &'a [u8], original: Option<&'a [u8]>) -> Cow<'a, [u8]> {
    let Some(original) = original else { return Cow::Borrowed(recipient) };
    let bare = matches!(recipient.first(), Some(b'|' | b'/' | b'>' | b':'))
        || memchr::memchr(b'@', recipient).is_none();
    let domain = domain_of(original);
    if !bare || domain.is_empty() {
        return Cow::Borrowed(recipient);
    }
    // It is the original address unless that was rewritten.
    if original.len() == recipient.len() + 1 + domain.len() && original.starts_with(recipient) {
        return Cow::Borrowed(original);
    }
    Cow::Owned([recipient, b"@", domain].concat())
}

/// The domain of an address, or nothing.
#[must_use]
#[inline]
pub fn domain_of(address: &[u8]) -> &[u8] {
    memchr::memrchr(b'@', address).map_or(&[], |at| &address[at + 1..])
}
