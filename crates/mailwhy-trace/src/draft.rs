//! What is known of one message, in little space, while its lines come.

use std::mem;
use std::num::NonZeroU32;

use hashbrown::HashTable;
use mailwhy_codes::Reason;
use memchr::memrchr;

use crate::line::{Line, Millis, What};
use crate::name::{Name, hash};
use crate::{Attempt, Attempts, GroupId, Groups, HostFailure, Id, Message, Outcome, Recipient, Told};

/// Up to this many recipients a list is searched faster than a table.
const FEW: usize = 64;

/// The most bytes that a draft may keep for the next message.
const SMALL: usize = 4096;

/// How many bytes of names a draft has room for when it begins.
const ROOM: usize = 96;

/// In how many of a message's hosts one is looked for, so that it is kept once.
const LAST_HOSTS: usize = 64;

/// A place in a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// Keeps some bytes at the end of `text`. Beyond 4 GiB, which no message's names take, nothing is kept.
    #[inline]
    pub(crate) fn keep(text: &mut Vec<u8>, bytes: &[u8]) -> Self {
        if bytes.len() >= u32::MAX as usize - text.len() {
            return Self::default();
        }
        let span = Self { start: text.len() as u32, len: bytes.len() as u32 };
        text.extend_from_slice(bytes);
        span
    }

    #[inline]
    pub(crate) fn of(self, text: &[u8]) -> &[u8] {
        let start = self.start as usize;
        &text[start..start + self.len as usize]
    }
}

/// A place in a list, or none, in four bytes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Place(Option<NonZeroU32>);

impl Place {
    fn new(index: usize) -> Self {
        Self(NonZeroU32::new(index as u32 + 1))
    }

    fn get(self) -> Option<usize> {
        self.0.map(|number| number.get() as usize - 1)
    }
}

/// What is known of a recipient, see [`Recipient`]. Most have no trouble, and a message can have thousands.
#[derive(Clone, Copy, Debug)]
struct Entry {
    address: Span,
    last: Millis,
    /// Its place in [`Draft::hosts`].
    host: Place,
    /// Its place in [`Troubles::list`].
    trouble: Place,
    deliveries: u32,
    outcome: Outcome,
}

/// What is known of a recipient that failed or was deferred, see [`Recipient`].
#[derive(Clone, Copy, Debug, Default)]
struct Trouble {
    failure: Option<GroupId>,
    deferral: Option<GroupId>,
    /// The last deferral since the message arrived, which tells the cause where later lines do not.
    cause: Option<GroupId>,
    failures: u32,
    deferrals: u32,
    first_deferral: Millis,
    greylisted: bool,
    expired: bool,
}

/// A failure of a host that no recipient's line has repeated yet: Exim writes the host's line first.
#[derive(Clone, Copy, Debug)]
struct Failure {
    host: Place,
    group: GroupId,
    time: Millis,
}

/// An attempt that failed, see [`Attempt`].
#[derive(Clone, Copy, Debug)]
struct Try {
    recipient: u32,
    host: Place,
    group: GroupId,
    time: Millis,
}

/// A message that is being put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) id: Id,
    pub(crate) facts: Facts,
    /// Addresses and names of hosts.
    text: Vec<u8>,
    recipients: Vec<Entry>,
    /// The hash of each address: it is known by that.
    hashes: Vec<u64>,
    hosts: Vec<Host>,
    /// What most messages have none of.
    troubles: Option<Box<Troubles>>,
    places: Option<Box<Places>>,
}

/// A host: it is known by the hash of its name.
#[derive(Clone, Copy, Debug)]
struct Host {
    hash: u64,
    name: Span,
}

/// What went wrong.
#[derive(Clone, Debug, Default)]
struct Troubles {
    /// Of recipients.
    list: Vec<Trouble>,
    /// What later lines may call them.
    aliases: Places,
    /// Of hosts, where no recipient's line has said so yet.
    open: Vec<Failure>,
    /// Of hosts, the last one.
    last: Option<Failure>,
    /// With [`Attempts::WithMessage`], all other failures of hosts, and failed attempts.
    failures: Vec<Failure>,
    tries: Vec<Try>,
}

impl Troubles {
    /// Lets later lines call a recipient so, unless another is.
    fn call(&mut self, hash: u64, place: u32) {
        self.aliases.entry(hash, |&(known, _)| known == hash, |&(hash, _)| hash).or_insert((hash, place));
    }
}

/// What is known of the message as a whole, see [`Message`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) arrived: bool,
    pub(crate) completed: bool,
    /// Whether lines that came before its arrival are kept elsewhere.
    pub(crate) has_earlier: bool,
    /// Whether one of its lines can only be behind its arrival line, see [`Draft::is_whole`].
    has_end: bool,
    frozen: bool,
    removed: bool,
    discarded: u32,
    arrival: Millis,
    end: Millis,
    sender: Span,
    bounce_of: Span,
}

/// Where recipients are: the hash of an address, and its place.
type Places = HashTable<(u64, u32)>;

impl Draft {
    /// Begins another message in the same memory.
    #[inline]
    pub(crate) fn begin(&mut self, id: Id) {
        self.id = id;
        self.facts = Facts::default();
        if self.text.capacity() == 0 {
            // Two addresses and a host, in most cases: without growing step by step.
            self.text.reserve(ROOM);
        }
        self.text.clear();
        self.recipients.clear();
        self.hashes.clear();
        self.hosts.clear();
        self.troubles = None;
        self.places = None;
    }

    /// Ends a message that was told, and gives back memory that the next one does not need.
    #[inline]
    pub(crate) fn free(&mut self) {
        if self.text.capacity() + size_of::<Entry>() * self.recipients.capacity() > SMALL {
            *self = Self::default();
        }
    }

    /// Gives back memory that this message does not need: it may wait for days.
    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.recipients.shrink_to_fit();
        self.hashes.shrink_to_fit();
        self.hosts.shrink_to_fit();
        if let Some(Troubles { list, aliases, open, failures, tries, .. }) = self.troubles.as_deref_mut() {
            list.shrink_to_fit();
            aliases.shrink_to_fit(|&(hash, _)| hash);
            open.shrink_to_fit();
            failures.shrink_to_fit();
            tries.shrink_to_fit();
        }
    }

    /// Whether the message began and ended here, so that no earlier part of the log can hold a line of it.
    ///
    /// A cutthrough delivery is logged before the arrival: such a message may have begun earlier.
    pub(crate) fn is_whole(&self) -> bool {
        self.facts.arrived && self.facts.completed && self.facts.has_end && !self.facts.has_earlier
    }

    /// Takes the next line. Gives the place of the recipient whose end or attempt it tells.
    #[inline]
    pub(crate) fn push(
        &mut self,
        line: &Line<'_>,
        attempts: Attempts,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) -> Option<usize> {
        match line.what {
            What::Arrived => {
                self.forget(attempts, groups, sink);
                self.facts.arrived = true;
                self.facts.arrival = line.time;
                self.facts.sender = Span::keep(&mut self.text, line.address.text);
                self.facts.bounce_of = Span::keep(&mut self.text, line.host.text);
            }
            What::Delivered => {
                // Of a local delivery the line tells no final domain.
                let place = match line.original {
                    [_, ..] if line.host.text.is_empty() => self.place_of(line, local_alias),
                    _ => self.place(line.address),
                };
                let host = self.host(line.host);
                let recipient = &mut self.recipients[place];
                recipient.outcome = Outcome::Delivered;
                recipient.deliveries += 1;
                recipient.last = line.time;
                recipient.host = host;
                self.facts.has_end = true;
                return Some(place);
            }
            What::Discarded => {
                self.facts.discarded += 1;
                self.facts.has_end = true;
            }
            What::HostFailed => {
                if let Some(group) = line.group {
                    let failure = Failure { host: self.host(line.host), group, time: line.time };
                    let troubles = self.troubles();
                    troubles.last = Some(failure);
                    troubles.open.push(failure);
                }
            }
            What::Deferred | What::Unrouted | What::Failed => {
                return Some(self.fail(line, attempts, groups, sink));
            }
            What::Completed => {
                self.facts.completed = true;
                self.facts.end = line.time;
            }
            What::Other => {}
            What::Frozen => self.facts.frozen = true,
            What::Unfrozen => self.facts.frozen = false,
            What::Removed => {
                self.facts.removed = true;
                self.facts.has_end = true;
            }
        }
        None
    }

    /// Takes a recipient's line that reports a failure. Gives the recipient's place.
    fn fail(
        &mut self,
        line: &Line<'_>,
        attempts: Attempts,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) -> usize {
        let failed = line.what == What::Failed;
        let mut group = line.group;
        let inherits =
            group.is_some_and(|own| groups.get(own).verdict.cause.is_some_and(|cause| cause.inherits));
        // A line about the end of all retries calls the address as the envelope does.
        let place = match inherits {
            true => self.place_of(line, |line| alias(line.address.text)),
            false => self.place(line.address),
        };
        let host = self.host(line.host);
        if let Some(own) = group {
            if inherits {
                // Not an attempt: the last one tells the cause.
                let last = self.troubles().last;
                let trouble = self.trouble(place);
                trouble.expired = failed;
                group = trouble.cause.or(last.map(|failure| failure.group)).or(group);
            } else {
                let (own, host) = match line.what {
                    What::Unrouted => (own, host),
                    _ => self.match_host(own, host, groups),
                };
                group = Some(own);
                let (recipient, time) = (place as u32, line.time);
                let own = Try { recipient, host, group: own, time };
                match attempts {
                    Attempts::AtOnce => sink(Told::Attempt(self.attempt(&own)), groups),
                    Attempts::WithMessage => self.troubles().tries.push(own),
                }
            }
        }
        if !failed && !line.original.is_empty() {
            self.remember(line, place);
        }
        let trouble = self.trouble(place);
        if failed {
            trouble.failure = group;
            trouble.failures += 1;
        } else {
            trouble.deferral = group;
            trouble.cause = group;
            trouble.deferrals += 1;
            trouble.first_deferral = trouble.first_deferral.or(line.time);
            trouble.greylisted |=
                group.is_some_and(|group| groups.get(group).verdict.reason == Reason::Greylisted);
        }
        let recipient = &mut self.recipients[place];
        recipient.outcome = if failed { Outcome::Failed } else { Outcome::Deferred };
        recipient.last = line.time;
        if host != Place::default() {
            recipient.host = host;
        }
        self.facts.has_end |= failed;
        self.close(attempts, groups, sink);
        place
    }

    /// The group and the host of a recipient's attempt, and the end of the host's line that reports the same attempt.
    ///
    /// Exim writes `H=… Connection refused`, then `== … defer (111): Connection refused` for each recipient; the host's
    /// line says at least as much.
    fn match_host(&mut self, own: GroupId, host: Place, groups: &Groups) -> (GroupId, Place) {
        let reason = groups.get(own).verdict.reason;
        let same = |failure: &Failure| {
            groups.get(failure.group).verdict.reason == reason
                && (host == Place::default() || host == failure.host)
        };
        // After the first recipient the line is taken out, and matches further ones as the last.
        let Troubles { open, last, .. } = self.troubles();
        let at = open.iter().rposition(same);
        let found = at.map(|at| open.remove(at)).or(last.filter(same));
        found
            .filter(|_| host == Place::default())
            .map_or((own, host), |failure| (failure.group, failure.host))
    }

    /// Tells of the hosts that no recipient's line has repeated.
    #[inline]
    fn close(&mut self, attempts: Attempts, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        let Some(troubles) = self.troubles.as_deref_mut() else { return };
        if attempts == Attempts::WithMessage {
            troubles.failures.append(&mut troubles.open);
            return;
        }
        let open = mem::take(&mut troubles.open);
        for failure in &open {
            sink(Told::HostFailure(self.host_failure(failure)), groups);
        }
    }

    fn attempt(&self, own: &Try) -> Attempt<'_> {
        let &Try { recipient, host, group, time } = own;
        Attempt { recipient, host: self.host_name(host).text, group, time: time.get() }
    }

    fn host_failure(&self, failure: &Failure) -> HostFailure<'_> {
        let &Failure { host, group, time } = failure;
        HostFailure { host: self.host_name(host).text, group, time: time.get() }
    }

    /// Lets nothing that was before the arrival tell the cause of what comes: it is known only where the log was not cut
    /// between the two.
    fn forget(&mut self, attempts: Attempts, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        self.close(attempts, groups, sink);
        self.facts.frozen = false;
        if let Some(troubles) = self.troubles.as_deref_mut() {
            troubles.last = None;
            troubles.aliases.clear();
            for trouble in &mut troubles.list {
                trouble.cause = None;
                trouble.expired = false;
            }
        }
    }

    /// Adds what is known of the message from its arrival on. This draft has what was before it.
    pub(crate) fn append(
        &mut self,
        later: &Self,
        attempts: Attempts,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) {
        self.forget(attempts, groups, sink);
        for (theirs, n) in later.recipients.iter().zip(0..) {
            let host = self.host(later.host_name(theirs.host));
            let place = self.place(later.address(n));
            let mine = &mut self.recipients[place];
            *mine = Entry {
                address: mine.address,
                host: if theirs.deliveries > 0 || host != Place::default() { host } else { mine.host },
                deliveries: mine.deliveries + theirs.deliveries,
                trouble: mine.trouble,
                ..*theirs
            };
            if let Some(theirs) = later.trouble_of(theirs) {
                let mine = self.trouble(place);
                *mine = Trouble {
                    greylisted: mine.greylisted || theirs.greylisted,
                    failure: theirs.failure.or(mine.failure),
                    deferral: theirs.deferral.or(mine.deferral),
                    failures: mine.failures + theirs.failures,
                    deferrals: mine.deferrals + theirs.deferrals,
                    first_deferral: mine.first_deferral.or(theirs.first_deferral),
                    ..*theirs
                };
            }
        }
        if let Some(Troubles { aliases, open, last, failures, tries, .. }) = later.troubles.as_deref() {
            let aliases: Vec<_> =
                aliases.iter().map(|&(hash, n)| (hash, self.place(later.address(n)) as u32)).collect();
            let mut adopt =
                |theirs: &Failure| Failure { host: self.host(later.host_name(theirs.host)), ..*theirs };
            let open: Vec<_> = open.iter().map(&mut adopt).collect();
            let failures: Vec<_> = failures.iter().map(&mut adopt).collect();
            let last = last.as_ref().map(adopt);
            let tries: Vec<_> = tries
                .iter()
                .map(|own| Try {
                    recipient: self.place(later.address(own.recipient)) as u32,
                    host: self.host(later.host_name(own.host)),
                    ..*own
                })
                .collect();
            let mine = self.troubles();
            for (hash, place) in aliases {
                mine.call(hash, place);
            }
            mine.open.extend(open);
            mine.failures.extend(failures);
            mine.tries.extend(tries);
            mine.last = last;
        }
        let mine = self.facts;
        self.facts = Facts {
            has_end: mine.has_end || later.facts.has_end,
            removed: mine.removed || later.facts.removed,
            discarded: mine.discarded + later.facts.discarded,
            sender: Span::keep(&mut self.text, later.facts.sender.of(&later.text)),
            bounce_of: Span::keep(&mut self.text, later.facts.bounce_of.of(&later.text)),
            ..later.facts
        };
    }

    /// Tells of the message, as another one has come with its id, or keeps it where lines of it are missing.
    pub(crate) fn leave(
        &mut self,
        left: &mut Vec<Self>,
        attempts: Attempts,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) {
        if self.facts.has_earlier {
            left.push(mem::take(self));
        } else {
            self.tell(attempts, groups, sink);
        }
    }

    /// Moves to the places in `map` what it knows of groups, and gives back memory: it waits for the rest of the log.
    pub(crate) fn settle(&mut self, map: &[GroupId]) {
        let to = |group: &mut GroupId| *group = map[group.0 as usize];
        if let Some(Troubles { list, open, last, failures, tries, .. }) = self.troubles.as_deref_mut() {
            for trouble in list {
                let groups = [&mut trouble.failure, &mut trouble.deferral, &mut trouble.cause];
                groups.into_iter().flatten().for_each(to);
            }
            open.iter_mut().chain(failures).chain(last).for_each(|failure| to(&mut failure.group));
            tries.iter_mut().for_each(|own| to(&mut own.group));
        }
        self.shrink();
    }

    /// Tells what became of the message.
    pub(crate) fn tell(
        &mut self,
        attempts: Attempts,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) {
        self.close(attempts, groups, sink);
        let bounce_of = self.facts.bounce_of.of(&self.text);
        let (mut attempts, mut host_failures) = (Vec::new(), Vec::new());
        if let Some(troubles) = self.troubles.as_deref() {
            attempts.extend(troubles.tries.iter().map(|own| self.attempt(own)));
            host_failures.extend(troubles.failures.iter().map(|failure| self.host_failure(failure)));
        }
        let message = Message {
            id: self.id,
            arrived: self.facts.arrival.get(),
            has_arrival: self.facts.arrived,
            ended: self.facts.end.get(),
            completed: self.facts.completed,
            sender: self.facts.arrived.then(|| self.facts.sender.of(&self.text)),
            bounce_of: (!bounce_of.is_empty()).then_some(bounce_of),
            frozen: self.facts.frozen,
            removed: self.facts.removed,
            discarded: self.facts.discarded,
            recipients: Recipients(self),
            attempts: &attempts,
            host_failures: &host_failures,
        };
        sink(Told::Message(&message), groups);
    }

    #[inline]
    fn told(&self, entry: &Entry) -> Recipient<'_> {
        let &Entry { address, last, host, deliveries, outcome, .. } = entry;
        let trouble = self.trouble_of(entry).copied().unwrap_or_default();
        let Trouble { failure, deferral, failures, deferrals, greylisted, expired, .. } = trouble;
        Recipient {
            address: address.of(&self.text),
            outcome,
            failure,
            deferral,
            greylisted,
            expired,
            deliveries,
            failures,
            deferrals,
            last: last.get(),
            first_deferral: trouble.first_deferral.get(),
            host: self.host_name(host).text,
        }
    }

    /// The place of a host, which is kept once.
    #[inline]
    fn host(&mut self, name: Name<'_>) -> Place {
        if name.text.is_empty() {
            return Place::default();
        }
        let first = self.hosts.len().saturating_sub(LAST_HOSTS);
        let known = self.hosts[first..].iter().rposition(|host| host.hash == name.hash);
        let place = known.map_or(self.hosts.len(), |at| first + at);
        if known.is_none() {
            self.hosts.push(Host { hash: name.hash, name: Span::keep(&mut self.text, name.text) });
        }
        Place::new(place)
    }

    fn host_name(&self, host: Place) -> Name<'_> {
        host.get().map_or_else(Name::default, |place| {
            let Host { hash, name } = self.hosts[place];
            Name { text: name.of(&self.text), hash }
        })
    }

    /// The address of the recipient at this place.
    pub(crate) fn address(&self, recipient: u32) -> Name<'_> {
        let place = recipient as usize;
        Name { text: self.recipients[place].address.of(&self.text), hash: self.hashes[place] }
    }

    fn troubles(&mut self) -> &mut Troubles {
        self.troubles.get_or_insert_default()
    }

    /// What went wrong with a recipient.
    fn trouble(&mut self, recipient: usize) -> &mut Trouble {
        let Troubles { list, .. } = &mut **self.troubles.get_or_insert_default();
        let place = &mut self.recipients[recipient].trouble;
        let at = place.get().unwrap_or_else(|| {
            *place = Place::new(list.len());
            list.push(Trouble::default());
            list.len() - 1
        });
        &mut list[at]
    }

    #[inline]
    fn trouble_of(&self, recipient: &Entry) -> Option<&Trouble> {
        Some(&self.troubles.as_deref()?.list[recipient.trouble.get()?])
    }

    /// The place of a recipient, by its address.
    #[inline]
    fn place(&mut self, address: Name<'_>) -> usize {
        self.known(address).unwrap_or_else(|| self.add(address))
    }

    /// The place of a line's recipient: of the address, or else of one in trouble that has this alias.
    #[inline]
    fn place_of(&mut self, line: &Line<'_>, alias: impl FnOnce(&Line<'_>) -> u64) -> usize {
        self.known(line.address)
            .or_else(|| {
                let aliases = &self.troubles.as_deref()?.aliases;
                let hash = if aliases.is_empty() { return None } else { alias(line) };
                aliases.find(hash, |&(known, _)| known == hash).map(|&(_, place)| place as usize)
            })
            .unwrap_or_else(|| self.add(line.address))
    }

    /// Remembers what later lines may call a recipient whose line names the original address, too.
    #[cold]
    fn remember(&mut self, line: &Line<'_>, place: usize) {
        for hash in [alias(line.original), local_alias(line)] {
            self.troubles().call(hash, place as u32);
        }
    }

    #[inline]
    fn known(&self, address: Name<'_>) -> Option<usize> {
        match self.places.as_deref() {
            Some(places) => {
                let known = places.find(address.hash, |&(hash, _)| hash == address.hash);
                known.map(|&(_, place)| place as usize)
            }
            None => self.hashes.iter().position(|&hash| hash == address.hash),
        }
    }

    fn add(&mut self, address: Name<'_>) -> usize {
        let place = self.recipients.len();
        self.recipients.push(Entry {
            address: Span::keep(&mut self.text, address.text),
            last: Millis::default(),
            host: Place::default(),
            trouble: Place::default(),
            deliveries: 0,
            outcome: Outcome::Deferred,
        });
        self.hashes.push(address.hash);
        if place >= FEW {
            let first = if self.places.is_none() { 0 } else { place };
            let places = self.places.get_or_insert_default();
            for (&hash, place) in self.hashes[first..].iter().zip(first as u32..) {
                places.insert_unique(hash, (hash, place), |&(hash, _)| hash);
            }
        }
        place
    }
}

/// Stands for an address in whatever case.
#[cold]
fn alias(address: &[u8]) -> u64 {
    hash(&address.to_ascii_lowercase())
}

/// Stands for a local delivery, of which the line names the local part and the original address.
#[cold]
fn local_alias(line: &Line<'_>) -> u64 {
    let local = &line.address.text[..memrchr(b'@', line.address.text).unwrap_or(line.address.text.len())];
    alias(&[local, b"\n", line.original].concat())
}

/// The recipients of a message, in the order of their first line.
#[derive(Clone, Copy, Debug)]
pub struct Recipients<'a>(&'a Draft);

impl<'a> Recipients<'a> {
    /// One after the other.
    #[inline]
    pub fn iter(self) -> impl ExactSizeIterator<Item = Recipient<'a>> {
        self.0.recipients.iter().map(|entry| self.0.told(entry))
    }

    /// The one at this place, see [`Attempt::recipient`].
    #[must_use]
    pub fn get(self, place: u32) -> Option<Recipient<'a>> {
        self.0.recipients.get(place as usize).map(|entry| self.0.told(entry))
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.recipients.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.recipients.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recipient_has_one_place() {
        let addresses: Vec<_> = (0..3 * FEW).map(|n| format!("user{n}@shop.test")).collect();
        let mut draft = Draft::default();
        for len in 0..addresses.len() {
            assert_eq!(draft.recipients.len(), len);
            let place = draft.place(Name::new(addresses[len].as_bytes()));
            assert_eq!(place, len);
            for (place, address) in addresses[..=len].iter().enumerate() {
                assert_eq!(draft.place(Name::new(address.as_bytes())), place);
                assert_eq!(draft.address(place as u32).text, address.as_bytes());
            }
        }
    }

    #[test]
    fn each_host_is_kept_once() {
        let mut draft = Draft::default();
        let names = ["a.test", "", "b.test", "a.test", "b.test"];
        let places = names.map(|name| draft.host(Name::new(name.as_bytes())));
        assert_eq!(draft.hosts.len(), 2);
        assert_eq!(places.map(|place| draft.host_name(place).text), names.map(str::as_bytes));
    }
}
