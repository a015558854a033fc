//! Messages in the making.

#![expect(clippy::vec_box, reason = "a message stays where it is in the memory, whoever has it")]

use std::iter;
use std::mem;

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
    /// The messages that have not been told; `None` where one began before, and its lines are in `lines`.
    open: Map<Id, Option<Box<Draft>>>,
    /// Memory for other messages.
    spare: Vec<Box<Draft>>,
    /// The lines of messages that began before.
    lines: Lines,
    /// Messages of which such lines are missing, and whose id has come again.
    left: Vec<Draft>,
    attempts: Attempts,
    /// Whether nothing of the log is before what this trace has seen.
    begins: bool,
}

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
            spare: Vec::new(),
            lines: Lines::default(),
            left: Vec::new(),
            attempts,
            begins: false,
        }
    }

    /// Takes the next line of the log; `group` is its failure, from [`Groups::of`].
    ///
    /// Tells `sink` what it means for its message, and of the message when its last line has come.
    #[inline]
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
        let Self { open, lines, left, .. } = later;
        for block in lines.blocks() {
            for (id, line) in block.iter() {
                let group = line.group.map(|group| map[group.0 as usize]);
                self.take(id, &Line { group, ..line }, groups, sink);
            }
        }
        // They arrived behind the lines that have the same id.
        for mut draft in left.into_iter().map(Box::new).chain(drafts(open)) {
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
    pub fn shares(self, n: usize) -> impl Iterator<Item = Share> {
        /// A thread is not worth fewer messages.
        const LEAST: usize = 1000;
        let attempts = self.attempts;
        let mut drafts = drafts(self.open);
        let size = drafts.len().div_ceil(n.max(1)).max(LEAST);
        iter::from_fn(move || {
            let rest = drafts.split_off(size.min(drafts.len()));
            let drafts = mem::replace(&mut drafts, rest);
            (!drafts.is_empty()).then_some(Share { drafts, attempts })
        })
    }

    fn take(&mut self, id: Id, line: &Line<'_>, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        let arrives = line.what == What::Arrived;
        let Self { open, spare, lines, left, attempts, begins } = self;
        let mut entry = match open.entry(id) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry((arrives || *begins).then(|| begin(spare, id))),
        };
        let known = entry.get_mut();
        if known.is_none() && !arrives {
            lines.push(id, line);
            return;
        }
        let draft = known.get_or_insert_with(|| {
            let mut draft = begin(spare, id);
            draft.facts.has_earlier = true;
            draft
        });
        if arrives && draft.facts.arrived {
            // Another message, of which this is the first line.
            draft.leave(left, *attempts, groups, sink);
            draft.begin(id);
        }
        draft.push(line, *attempts, groups, sink);
        end(entry, spare, *attempts, *begins, groups, sink);
    }

    /// Takes a message that arrived in a later part, with all that is known of it there.
    fn join(&mut self, mut later: Box<Draft>, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        // Its earlier lines have been taken, if this is the beginning of the log.
        let Self { open, spare, left, attempts, begins, .. } = self;
        later.facts.has_earlier &= !*begins;
        let entry = match open.entry(later.id) {
            Entry::Vacant(entry) => entry.insert_entry(Some(later)),
            Entry::Occupied(mut entry) => {
                match entry.get_mut() {
                    known @ None => {
                        later.facts.has_earlier = true;
                        *known = Some(later);
                    }
                    Some(draft) if draft.facts.arrived => {
                        draft.leave(left, *attempts, groups, sink);
                        *draft = later;
                    }
                    Some(draft) => draft.append(&later, *attempts, groups, sink),
                }
                entry
            }
        };
        end(entry, spare, *attempts, *begins, groups, sink);
    }
}

/// The messages that are left, in an order that depends on the log alone.
fn drafts(open: Map<Id, Option<Box<Draft>>>) -> Vec<Box<Draft>> {
    let mut drafts: Vec<_> = open.into_values().flatten().collect();
    drafts.sort_unstable_by_key(|draft| draft.id);
    drafts
}

/// Some of the messages that are on the queue at the end of the log.
#[derive(Debug)]
pub struct Share {
    drafts: Vec<Box<Draft>>,
    attempts: Attempts,
}

impl Share {
    /// Tells `sink` of all of them.
    pub fn finish(self, groups: &Groups, sink: &mut impl FnMut(Told<'_>, &Groups)) {
        for mut draft in self.drafts {
            draft.tell(self.attempts, groups, sink);
        }
    }
}

/// A message of which nothing is known.
fn begin(spare: &mut Vec<Box<Draft>>, id: Id) -> Box<Draft> {
    let mut draft = spare.pop().unwrap_or_default();
    draft.begin(id);
    draft
}

/// Tells of a message if no line of it is missing.
fn end(
    mut entry: Open<'_>,
    spare: &mut Vec<Box<Draft>>,
    attempts: Attempts,
    begins: bool,
    groups: &Groups,
    sink: &mut impl FnMut(Told<'_>, &Groups),
) {
    let Some(draft) = entry.get_mut() else { return };
    if !(draft.is_whole() || begins && draft.facts.completed) {
        return;
    }
    draft.tell(attempts, groups, sink);
    // From the beginning on, the next one may wait for days in the same memory.
    if let Some(mut draft) = entry.remove().filter(|_| !begins) {
        draft.free();
        spare.push(draft);
    }
}

type Open<'a> = OccupiedEntry<'a, Id, Option<Box<Draft>>, DefaultHashBuilder>;

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

    /// Takes the next line; `group` is its failure, from [`Groups::of`]. Gives the address of the recipient whose end or
    /// attempt it tells, as in [`Message::recipients`].
    pub fn push(&mut self, step: &Step<'_>, group: Option<GroupId>, groups: &Groups) -> Option<&[u8]> {
        let what = What::of(step)?;
        let address = address_of(step);
        let line = Line::new(what, step, &address, group);
        let place = self.0.push(&line, Attempts::WithMessage, groups, &mut |_, _| {})?;
        Some(self.0.address(place as u32).text)
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
