//! Messages in the making.

use hashbrown::hash_map::Entry;
use mailwhy_logs::{Step, Time};

use crate::draft::Draft;
use crate::{GroupId, Groups, Id, Map, Message};

/// Joins events by message id.
///
/// Memory grows with the messages that are on the queue, not with the log.
#[derive(Debug)]
pub struct Trace {
    open: Map<Id, Draft>,
    /// Those of messages that have been told, for their memory.
    spare: Vec<Draft>,
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
        Self { open: Map::default(), spare: Vec::new(), seen: 0, begins: false }
    }

    /// Takes the next line of the log; `group` is its failure, from [`Groups::of`].
    ///
    /// Gives a message to `sink` when its last line has come.
    pub fn push<'a>(
        &mut self,
        step: impl Into<Step<'a>>,
        group: Option<GroupId>,
        groups: &Groups,
        sink: &mut impl FnMut(&Message<'_>, &Groups),
    ) {
        let step = step.into();
        let Some(id) = step.id.map(Id::new) else { return };
        if !step.kind.is_step() {
            return;
        }
        self.change(id, groups, sink, |draft| draft.push(&step, step.time.map(millis), group));
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
        for (id, draft) in sorted(later.open) {
            self.change(id, groups, sink, |mine| mine.append(&draft, map));
        }
    }

    /// Changes the draft of a message, and tells the message if no line of it is missing then.
    fn change(
        &mut self,
        id: Id,
        groups: &Groups,
        sink: &mut impl FnMut(&Message<'_>, &Groups),
        change: impl FnOnce(&mut Draft),
    ) {
        let mut entry = match self.open.entry(id) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => {
                self.seen += 1;
                let mut draft = self.spare.pop().unwrap_or_default();
                draft.begin(self.seen);
                entry.insert_entry(draft)
            }
        };
        let draft = entry.get_mut();
        change(draft);
        if draft.is_whole() || self.begins && draft.completed {
            draft.tell(id, groups, sink);
            let draft = entry.remove();
            if draft.is_small() {
                self.spare.push(draft);
            }
        }
    }

    /// Gives all messages that are still on the queue to `sink`: the log is at its end.
    pub fn finish(self, groups: &Groups, sink: &mut impl FnMut(&Message<'_>, &Groups)) {
        for (id, draft) in sorted(self.open) {
            draft.tell(id, groups, sink);
        }
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
    pub fn push<'a>(&mut self, step: impl Into<Step<'a>>, group: Option<GroupId>) {
        let step = step.into();
        self.draft.push(&step, step.time.map(millis), group);
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

/// In the order in which they were first seen, whatever the map's order is.
fn sorted(open: Map<Id, Draft>) -> Vec<(Id, Draft)> {
    let mut list: Vec<_> = open.into_iter().collect();
    list.sort_unstable_by_key(|(_, draft)| draft.order);
    list
}

/// Milliseconds of the log's clock.
fn millis(time: Time) -> i64 {
    time.civil * 1000 + i64::from(time.millis.unwrap_or(0))
}
