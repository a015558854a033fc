//! Messages in the making.

use hashbrown::DefaultHashBuilder;
use hashbrown::hash_map::{Entry, OccupiedEntry};
use mailwhy_logs::Step;

use crate::draft::Draft;
use crate::line::{Line, Lines, What, address_of};
use crate::{Attempts, GroupId, Groups, Id, Map, Message, Told};

/// Joins events by message id.
///
/// Memory grows with the messages that are on the queue, not with the log.
#[derive(Debug)]
pub struct Trace {
    /// Where the drafts of messages are that have not been told; [`EARLIER`] where the message began before.
    open: Map<Id, u32>,
    drafts: Drafts,
    /// The lines of messages that began before.
    lines: Lines,
    /// Messages of which such lines are missing, and whose id has come again.
    left: Vec<Draft>,
    attempts: Attempts,
    /// Whether nothing of the log is before what this trace has seen.
    begins: bool,
}

/// The place of a message whose lines wait for what the part of the log before knows of it.
const EARLIER: u32 = u32::MAX;

impl Trace {
    /// A trace from the beginning of a log.
    #[must_use]
    pub fn new(attempts: Attempts) -> Self {
        Self { begins: true, ..Self::part(attempts) }
    }

    /// A trace of a part of a log, to be appended to that of the part before it.
    ///
    /// What its lines say of messages that began in an earlier part waits until then.
    #[must_use]
    pub fn part(attempts: Attempts) -> Self {
        Self {
            open: Map::default(),
            drafts: Drafts::default(),
            lines: Lines::default(),
            left: Vec::new(),
            attempts,
            begins: false,
        }
    }

    /// Takes the next line of the log; `group` is its failure, from [`Groups::of`].
    ///
    /// Tells `sink` what it means for its message, and of the message when its last line has come.
    pub fn push(
        &mut self,
        step: &Step<'_>,
        group: Option<GroupId>,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) {
        let (Some(id), Some(what)) = (step.id.map(Id::new), What::of(step)) else { return };
        let address = address_of(step);
        self.take(id, &Line::new(what, step, &address, group), groups, sink);
    }

    /// Takes over what the trace of the part of the log right behind this one has left; `map` tells where its groups are
    /// now ([`Groups::append`]). Tells `sink` what that means.
    pub fn append(
        &mut self,
        later: Self,
        map: &[GroupId],
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) {
        for (id, line) in later.lines.iter() {
            let group = line.group.map(|group| map[group.0 as usize]);
            self.take(id, &Line { group, ..line }, groups, sink);
        }
        // They arrived behind the lines that have the same id.
        for mut draft in later.left() {
            draft.settle(map);
            self.join(draft, groups, sink);
        }
    }

    /// Tells `sink` of all messages that are still on the queue: the log is at its end.
    pub fn finish(self, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        self.whole(groups, sink).shares(1).for_each(|share| share.finish(groups, sink));
    }

    /// The same trace as one from the beginning of a log: there is nothing before.
    #[must_use]
    pub fn whole(self, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) -> Self {
        if self.begins {
            return self;
        }
        let same: Vec<_> = (0..groups.len() as u32).map(GroupId).collect();
        let mut whole = Self::new(self.attempts);
        whole.append(self, &same, groups, sink);
        whole
    }

    /// The messages that are still on the queue, in at most `n` shares: [`Trace::finish`] in as many threads. What a part of
    /// a log says of messages that began before it is in none of them, see [`Trace::whole`].
    pub fn shares(&mut self, n: usize) -> impl Iterator<Item = Share<'_>> {
        /// A thread is not worth fewer messages.
        const LEAST: usize = 1000;
        let drafts = &mut self.drafts.list;
        let size = drafts.len().div_ceil(n.max(1)).max(LEAST);
        drafts.chunks_mut(size).map(|drafts| Share { drafts, attempts: self.attempts })
    }

    fn take(&mut self, id: Id, line: &Line<'_>, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        let arrives = line.what == What::Arrived;
        let mut entry = match self.open.entry(id) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) if arrives || self.begins => entry.insert_entry(self.drafts.begin(id)),
            Entry::Vacant(entry) => entry.insert_entry(EARLIER),
        };
        if *entry.get() == EARLIER {
            if !arrives {
                self.lines.push(id, line);
                return;
            }
            *entry.get_mut() = self.drafts.begin(id);
            self.drafts.get(&entry).facts.has_earlier = true;
        }
        if arrives && self.drafts.get(&entry).facts.arrived {
            // Another message, of which this is the first line.
            let draft = self.drafts.get(&entry);
            draft.leave(&mut self.left, self.attempts, groups, sink);
            draft.begin(id);
        }
        self.drafts.get(&entry).push(line, self.attempts, groups, sink);
        self.drafts.end(entry, self.begins, self.attempts, groups, sink);
    }

    /// Takes a message that arrived in a later part, with all that is known of it there.
    fn join(&mut self, mut later: Draft, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        // Its earlier lines have been taken, if this is the beginning of the log.
        later.facts.has_earlier &= !self.begins;
        let entry = match self.open.entry(later.id) {
            Entry::Vacant(entry) => entry.insert_entry(self.drafts.add(later)),
            Entry::Occupied(mut entry) if *entry.get() == EARLIER => {
                later.facts.has_earlier = true;
                entry.insert(self.drafts.add(later));
                entry
            }
            Entry::Occupied(entry) => {
                let draft = self.drafts.get(&entry);
                if draft.facts.arrived {
                    draft.leave(&mut self.left, self.attempts, groups, sink);
                    *draft = later;
                } else {
                    draft.append(&later, self.attempts, groups, sink);
                }
                entry
            }
        };
        self.drafts.end(entry, self.begins, self.attempts, groups, sink);
    }

    /// The messages that are left, in an order that depends on the log alone.
    fn left(self) -> impl Iterator<Item = Draft> {
        let open = self.drafts.list.into_iter().filter(|draft| draft.facts.open);
        self.left.into_iter().chain(open)
    }
}

/// Some of the messages that are on the queue at the end of the log.
#[derive(Debug)]
pub struct Share<'a> {
    drafts: &'a mut [Draft],
    attempts: Attempts,
}

impl Share<'_> {
    /// Tells `sink` of all of them.
    pub fn finish(self, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        for draft in self.drafts.iter_mut().filter(|draft| draft.facts.open) {
            draft.tell(self.attempts, groups, sink);
        }
    }
}

type Open<'a> = OccupiedEntry<'a, Id, u32, DefaultHashBuilder>;

/// Messages, in memory that is used again.
#[derive(Debug, Default)]
struct Drafts {
    list: Vec<Draft>,
    /// Which are free for another message.
    spare: Vec<u32>,
}

impl Drafts {
    fn get(&mut self, entry: &Open<'_>) -> &mut Draft {
        &mut self.list[*entry.get() as usize]
    }

    /// The place of a message of which nothing is known.
    fn begin(&mut self, id: Id) -> u32 {
        let place = self.spare.pop().unwrap_or_else(|| self.add(Draft::default()));
        self.list[place as usize].begin(id);
        place
    }

    /// The place of a message.
    fn add(&mut self, draft: Draft) -> u32 {
        if let Some(place) = self.spare.pop() {
            self.list[place as usize] = draft;
            return place;
        }
        self.list.push(draft);
        self.list.len() as u32 - 1
    }

    /// Tells of a message if no line of it is missing.
    fn end(
        &mut self,
        entry: Open<'_>,
        begins: bool,
        attempts: Attempts,
        groups: &Groups,
        sink: &mut impl FnMut(Told<'_>, &Groups),
    ) {
        let draft = self.get(&entry);
        if !(draft.is_whole() || begins && draft.facts.completed) {
            return;
        }
        draft.tell(attempts, groups, sink);
        if begins {
            // The next one may wait for days in the same memory.
            *draft = Draft::default();
        } else {
            draft.free();
        }
        self.spare.push(entry.remove());
    }
}

/// One message, of which all lines are given, in their order.
///
/// A [`Trace`] forgets a message when it is complete; this one also takes what the log has of it after that.
#[derive(Debug)]
pub struct Single(Draft);

impl Single {
    /// A message of which nothing is known yet.
    #[must_use]
    pub fn new(id: Id) -> Self {
        let mut draft = Draft::default();
        draft.begin(id);
        Self(draft)
    }

    /// Takes the next line; `group` is its failure, from [`Groups::of`].
    pub fn push(&mut self, step: &Step<'_>, group: Option<GroupId>, groups: &Groups) {
        if let Some(what) = What::of(step) {
            let address = address_of(step);
            let line = Line::new(what, step, &address, group);
            self.0.push(&line, Attempts::WithMessage, groups, &mut |_, _| {});
        }
    }

    /// Gives the message, with all attempts, to `sink`.
    pub fn tell(&mut self, groups: &Groups, sink: &mut impl FnMut(&Message<'_>, &Groups)) {
        self.0.tell(Attempts::WithMessage, groups, &mut |told, groups| {
            if let Told::Message(message) = told {
                sink(message, groups);
            }
        });
    }
}
