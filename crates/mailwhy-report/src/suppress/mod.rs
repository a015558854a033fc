/*!
Addresses that must not be mailed again: the facts behind `mailwhy suppress`.

[`Suppressions`] is fed and joined like a [`Summary`](crate::Summary), and [`Suppressions::list`] makes a
[`SuppressionList`] of it. An earlier list can be put in front: it is what an earlier part of the log said.
*/

mod history;
mod list;
mod old;

use std::sync::Arc;

use hashbrown::HashSet;
use mailwhy_classify::Classifier;
use mailwhy_codes::Class;
use mailwhy_logs::{Event, Kind, Time};
use mailwhy_trace::{Groups, Map, address_key, hash};

use crate::errors::lower_domain;
use crate::summary::key;
use crate::text::readable;
use history::{Evidence, History, Run};
pub use list::{Lifetime, Suppressed, SuppressionList, SuppressionOptions, lifetime};
pub use old::NotAnAddress;

/// How much of a reply is kept as evidence.
const EVIDENCE: usize = 512;

/// What a log, or a part of one, says about bad addresses.
///
/// An address counts as the list owner wrote it: as it was in the envelope, before aliases. Only a failure (`**`) with a
/// permanent [`bad_address`](mailwhy_classify::Verdict::bad_address) verdict of its own speaks against it. Memory grows
/// with the bad addresses and with the distinct pairs of an alias and what it delivers to.
#[derive(Debug)]
pub struct Suppressions {
    /// Whether nothing of the log is before what this has seen.
    begins: bool,
    groups: Groups,
    lines: u64,
    unknown: u64,
    first: Option<Time>,
    last: Option<Time>,
    addresses: Map<u64, History>,
    /// Which alias was delivered to what.
    aliases: HashSet<(u64, u64)>,
    /// Until when each address of an earlier list has been counted already.
    counted: Arc<Map<u64, Time>>,
}

impl Suppressions {
    /// What is known at the beginning of a log.
    #[must_use]
    pub fn new() -> Self {
        Self { begins: true, ..Self::with(Arc::default()) }
    }

    /// For a part of the log, to be appended to what is known of the part before it, `self`.
    #[must_use]
    pub fn part(&self) -> Self {
        Self::with(Arc::clone(&self.counted))
    }

    fn with(counted: Arc<Map<u64, Time>>) -> Self {
        Self {
            begins: false,
            groups: Groups::default(),
            lines: 0,
            unknown: 0,
            first: None,
            last: None,
            addresses: Map::default(),
            aliases: HashSet::default(),
            counted,
        }
    }

    /// Counts a line. Returns whether it also has to go to [`Suppressions::event`].
    pub fn line(&mut self, kind: Kind, time: Option<Time>) -> bool {
        self.lines += 1;
        self.unknown += u64::from(kind == Kind::Unknown);
        if let Some(time) = time {
            self.first = [self.first, Some(time)].into_iter().flatten().min_by_key(|&t| key(t));
            self.last = [self.last, Some(time)].into_iter().flatten().max_by_key(|&t| key(t));
        }
        matches!(kind, Kind::Failure | Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough)
    }

    /// Takes a failure or a delivery.
    pub fn event(&mut self, event: &Event<'_>, classifier: &Classifier) {
        let Some(recipient) = event.recipient.or(event.original_recipient) else { return };
        let address = lower_domain(event.original_recipient.unwrap_or(recipient));
        if !is_address(&address) {
            return;
        }
        let target = match event.original_recipient {
            Some(original) => lower_domain(&address_key(recipient, Some(original))),
            None => address.clone(),
        };
        let target = (target != address).then_some(target);
        let id = hash(&address);
        let counted = self.counted.get(&id).zip(event.time).is_some_and(|(&until, t)| key(t) <= key(until));
        if event.kind != Kind::Failure {
            // An alias may deliver to its own name too.
            if event.original_recipient.is_some() {
                self.aliases.insert((id, target.map_or(id, |target| hash(&target))));
            }
            if !counted {
                self.addresses.entry(id).or_default().delivered(event.time);
            }
            return;
        }
        let Some(group) = self.groups.of(event, classifier) else { return };
        let verdict = &self.groups.get(group).verdict;
        if counted || !verdict.bad_address || verdict.class == Some(Class::Transient) {
            return;
        }
        let said = event.reply.map(|reply| reply.text).or(event.error).unwrap_or_default();
        let run = Run {
            address,
            target,
            evidence: Evidence {
                reason: Some(verdict.reason),
                code: verdict.code,
                enhanced: verdict.enhanced,
                provider: verdict.provider.map(|p| p.name.into()),
                rule: Some(verdict.rule.into()),
                text: readable(&said[..said.len().min(EVIDENCE)]),
            },
            count: 1,
            first: event.time,
            last: event.time,
            expires: None,
        };
        self.addresses.entry(id).or_default().failed(run);
    }

    /// Adds what is known of the part of the log right behind this one.
    pub fn append(&mut self, later: Self) {
        self.lines += later.lines;
        self.unknown += later.unknown;
        self.first = [self.first, later.first].into_iter().flatten().min_by_key(|&t| key(t));
        self.last = [self.last, later.last].into_iter().flatten().max_by_key(|&t| key(t));
        for (id, history) in later.addresses {
            match self.addresses.get_mut(&id) {
                Some(mine) => mine.append(history),
                // A delivery clears only what failed before.
                None if self.begins && !history.has_failed() => {}
                None => {
                    self.addresses.insert(id, history);
                }
            }
        }
        self.aliases.extend(later.aliases);
    }

    /// Lines counted, and those of them that were not understood.
    #[must_use]
    pub fn lines(&self) -> (u64, u64) {
        (self.lines, self.unknown)
    }
}

impl Default for Suppressions {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether it can be in a list: a file, a pipe or a bare local part cannot.
fn is_address(text: &[u8]) -> bool {
    let at = text.iter().rposition(|&b| b == b'@');
    at.is_some_and(|at| at > 0 && at + 1 < text.len()) && !matches!(text[0], b'|' | b'/' | b':')
}
