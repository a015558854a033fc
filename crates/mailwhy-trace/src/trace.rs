//! Messages in the making.

use mailwhy_logs::{Event, Time};

use crate::draft::Draft;
use crate::{GroupId, Groups, Id, Map, Message};

/// Joins events by message id.
///
/// Memory grows with the messages that are on the queue, not with the log.
#[derive(Debug)]
pub struct Trace {
    open: Map<Id, Draft>,
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
        Self { open: Map::default(), seen: 0, begins: false }
    }

    /// Takes the next event of the log; `group` is its failure, from [`Groups::of`].
    ///
    /// Gives a message to `sink` when its last line has come.
    pub fn push(
        &mut self,
        event: &Event<'_>,
        group: Option<GroupId>,
        groups: &Groups,
        sink: &mut impl FnMut(&Message<'_>, &Groups),
    ) {
        let Some(id) = event.id.map(Id::new) else { return };
        if !event.kind.is_step() {
            return;
        }
        let draft = self.open.entry(id).or_insert_with(|| {
            self.seen += 1;
            Draft::new(self.seen)
        });
        draft.push(event, event.time.map(millis), group);
        if draft.is_whole() || self.begins && draft.completed {
            draft.tell(id, groups, sink);
            self.open.remove(&id);
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
        for (id, draft) in sorted(later.open) {
            let mine = self.open.entry(id).or_insert_with(|| {
                self.seen += 1;
                Draft::new(self.seen)
            });
            mine.append(&draft, map);
            if mine.is_whole() || self.begins && mine.completed {
                mine.tell(id, groups, sink);
                self.open.remove(&id);
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
        Self { id, draft: Draft::new(0) }
    }

    /// Takes the next line; `group` is its failure, from [`Groups::of`].
    pub fn push(&mut self, event: &Event<'_>, group: Option<GroupId>) {
        self.draft.push(event, event.time.map(millis), group);
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
