//! How often each of a few reasons occurred.

use std::cmp::Reverse;

use mailwhy_codes::Reason;

/// Counts by reason: a list, as one destination has two or three, and there may be as many destinations as there are names in
/// the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Vec<(Reason, u64)>);

impl Tally {
    pub(crate) fn add(&mut self, reason: Reason, count: u64) {
        if let Some((_, known)) = self.0.iter_mut().find(|(known, _)| *known == reason) {
            *known += count;
            return;
        }
        if self.0.is_empty() {
            // Most have one.
            self.0.reserve_exact(1);
        }
        self.0.push((reason, count));
    }

    /// Adds all of `other`.
    pub(crate) fn append(&mut self, other: &Self) {
        other.iter().for_each(|(reason, count)| self.add(reason, count));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Reason, u64)> {
        self.0.iter().copied()
    }

    /// The most frequent reason; of equals the first one.
    pub(crate) fn most(&self) -> Option<Reason> {
        self.iter().max_by_key(|&(reason, count)| (count, Reverse(reason))).map(|(reason, _)| reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_reason_does_not_depend_on_the_order() {
        let of = |list: &[(Reason, u64)]| {
            let mut tally = Tally::default();
            list.iter().for_each(|&(reason, count)| tally.add(reason, count));
            tally
        };
        let (a, b) = (Reason::Greylisted, Reason::MailboxFull);
        let first = a.min(b);
        assert_eq!(of(&[]).most(), None);
        assert_eq!(of(&[(a, 1), (b, 2)]).most(), Some(b));
        assert_eq!(of(&[(a, 1), (b, 2), (a, 1)]).most(), Some(first));
        let mut both = of(&[(b, 2)]);
        both.append(&of(&[(a, 1), (b, 1), (a, 2)]));
        assert_eq!(both.iter().collect::<Vec<_>>(), [(b, 3), (a, 3)]);
        assert_eq!(both.most(), Some(first));
    }
}
