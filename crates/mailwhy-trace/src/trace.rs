//! Messages in the making.

use std::mem;

use hashbrown::hash_map::Entry;
use mailwhy_logs::{Kind, Step, Time};

use crate::draft::Draft;
use crate::{GroupId, Groups, Id, Map, Message};

/// Joins events by message id.
///
/// Memory grows with the messages that are on the queue, not with the log.
#[derive(Debug)]
pub struct Trace {
    /// Where the drafts of messages are that have not been told.
    open: Map<Id, u32>,
    drafts: Vec<Draft>,
    /// Which drafts are free for another message.
    spare: Vec<u32>,
    /// How many messages have been seen.
    seen: u32,
    /// Whether nothing of the log is before what this trace has seen.
    begins: bool,
}

impl Trace {
    /// A trace from the beginning of a log.
    #[must_use]
    pub fn new() -> Self {
        Self { begins: true, ..Self::part() }
    }

    /// A trace of a part of a log, to be appended to that of the part before it.
    ///
    /// Messages whose first line may be in an earlier part wait until then.
    #[must_use]
    pub fn part() -> Self {
        Self { open: Map::default(), drafts: Vec::new(), spare: Vec::new(), seen: 0, begins: false }
    }

    /// Takes the next line of the log; `group` is its failure, from [`Groups::of`].
    ///
    /// Gives a message to `sink` when its last line has come.
    pub fn push(
        &mut self,
        step: &Step<'_>,
        group: Option<GroupId>,
        groups: &Groups,
        sink: &mut impl FnMut(&Message<'_>, &Groups),
    ) {
        let Some(id) = step.id.map(Id::new) else { return };
        if !step.kind.is_step() {
            return;
        }
        let arrives = matches!(step.kind, Kind::Arrival | Kind::FakeReject);
        let push = |draft: &mut Draft| draft.push(step, step.time.map(millis), group);
        if let Some(draft) = self.change(id, arrives, groups, sink, push) {
            draft.free();
        }
    }

    /// Takes over what the trace of the part of the log right behind this one has left open; `map` tells where its
    /// groups are now ([`Groups::append`]). Messages of which no line is missing any more are given to `sink`.
    pub fn append(
        &mut self,
        later: Self,
        map: &[GroupId],
        groups: &Groups,
        sink: &mut impl FnMut(&Message<'_>, &Groups),
    ) {
        for (id, draft) in later.left() {
            let append = |mine: &mut Draft| mine.append(&draft, map);
            if let Some(mine) = self.change(id, draft.arrived, groups, sink, append) {
                // The next may wait for days in the same memory.
                *mine = Draft::default();
            }
        }
    }

    /// Changes the draft of a message, and tells the message and gives the draft back if no line of it is missing then.
    /// One that `arrives` for a second time is another one: what was read of the first is told.
    fn change(
        &mut self,
        id: Id,
        arrives: bool,
        groups: &Groups,
        sink: &mut impl FnMut(&Message<'_>, &Groups),
        change: impl FnOnce(&mut Draft),
    ) -> Option<&mut Draft> {
        let (entry, place) = match self.open.entry(id) {
            Entry::Occupied(entry) => {
                let place = *entry.get();
                (entry, place)
            }
            Entry::Vacant(entry) => {
                self.seen += 1;
                let place = self.spare.pop().unwrap_or_else(|| {
                    self.drafts.push(Draft::default());
                    self.drafts.len() as u32 - 1
                });
                self.drafts[place as usize].begin(self.seen);
                (entry.insert_entry(place), place)
            }
        };
        let draft = &mut self.drafts[place as usize];
        if arrives && draft.arrived {
            draft.tell(id, groups, sink);
            self.seen += 1;
            draft.begin(self.seen);
        }
        change(draft);
        if draft.is_whole() || self.begins && draft.completed {
            draft.tell(id, groups, sink);
            entry.remove();
            self.spare.push(place);
            return Some(draft);
        }
        None
    }

    /// Gives all messages that are still on the queue to `sink`: the log is at its end.
    pub fn finish(self, groups: &Groups, sink: &mut impl FnMut(&Message<'_>, &Groups)) {
        for (id, draft) in self.left() {
            draft.tell(id, groups, sink);
        }
    }

    /// The drafts that are left, in the order in which their messages were first seen, whatever the map's order is.
    fn left(mut self) -> impl Iterator<Item = (Id, Draft)> {
        let mut list: Vec<_> = self.open.into_iter().collect();
        list.sort_unstable_by_key(|&(_, place)| self.drafts[place as usize].order);
        list.into_iter().map(move |(id, place)| (id, mem::take(&mut self.drafts[place as usize])))
    }

    /// How many messages are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }
}

/// One message, of which all lines are given, in their order.
///
/// A [`Trace`] forgets a message when it is complete; this one also takes what the log has of it after that.
#[derive(Debug)]
pub struct Single {
    id: Id,
    draft: Draft,
}

impl Single {
    /// A message of which nothing is known yet.
    #[must_use]
    pub fn new(id: Id) -> Self {
        Self { id, draft: Draft::default() }
    }

    /// Takes the next line; `group` is its failure, from [`Groups::of`].
    pub fn push(&mut self, step: &Step<'_>, group: Option<GroupId>) {
        self.draft.push(step, step.time.map(millis), group);
    }

    /// Gives the message to `sink`.
    pub fn tell(&self, groups: &Groups, sink: &mut impl FnMut(&Message<'_>, &Groups)) {
        self.draft.tell(self.id, groups, sink);
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

/// Milliseconds of the log's clock.
fn millis(time: Time) -> i64 {
    time.civil * 1000 + i64::from(time.millis.unwrap_or(0))
}
