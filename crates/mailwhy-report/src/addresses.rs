//! Distinct addresses, as numbers that stand for them.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// What is known of an address, in the lowest bits of its number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mark {
    /// It had the failure in question.
    Any = 0,
    /// It was not delivered to in the end.
    Undelivered = 1,
    /// It is proven bad, and was not delivered to.
    Bad = 3,
}

/// A set of addresses, each with a mark.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses(HashTable<u64>);

impl Addresses {
    const MARKS: u64 = 3;

    pub(crate) fn insert(&mut self, address: u64, mark: Mark) {
        self.insert_marked(address & !Self::MARKS | mark as u64);
    }

    fn insert_marked(&mut self, address: u64) {
        // The lowest bits, which decide where it is kept, are the marks.
        let place = |&address: &u64| (address & !Self::MARKS).rotate_right(2);
        match self.0.entry(place(&address), |known| place(known) == place(&address), place) {
            Entry::Occupied(mut known) => *known.get_mut() |= address,
            Entry::Vacant(free) => {
                free.insert(address);
            }
        }
    }

    /// Adds all of `other`.
    pub(crate) fn append(&mut self, other: &Self) {
        other.0.iter().for_each(|&address| self.insert_marked(address));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many distinct ones with this mark all sets have together.
    pub(crate) fn count<'a>(sets: impl Iterator<Item = &'a Self>, mark: Mark) -> u64 {
        let mark = mark as u64;
        let sets: Vec<_> = sets.collect();
        let marked = sets.iter().flat_map(|set| &set.0).filter(|&&address| address & mark == mark);
        if let [_] = sets[..] {
            return marked.count() as u64;
        }
        // A list takes half the memory of another set, and no more time.
        let mut all = Vec::with_capacity(sets.iter().map(|set| set.0.len()).sum());
        all.extend(marked.map(|address| address & !Self::MARKS));
        all.sort_unstable();
        all.dedup();
        all.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailwhy_trace::hash;

    #[test]
    fn addresses_of_several_sets_count_once() {
        let [mut one, mut two, mut three] = [(); 3].map(|()| Addresses::default());
        let [a, b, c] = [b"a@x.test", b"b@x.test", b"c@x.test"].map(|address| hash(address));
        one.insert(a, Mark::Any);
        one.insert(b, Mark::Undelivered);
        one.insert(b, Mark::Any);
        two.insert(b, Mark::Bad);
        two.insert(c, Mark::Any);
        three.insert(a, Mark::Undelivered);
        three.insert(c, Mark::Bad);
        let count = |sets: &[&Addresses]| {
            [Mark::Any, Mark::Undelivered, Mark::Bad].map(|mark| Addresses::count(sets.iter().copied(), mark))
        };
        assert_eq!(count(&[]), [0, 0, 0]);
        assert_eq!(count(&[&one]), [2, 1, 0]);
        assert_eq!(count(&[&one, &two]), [3, 1, 1]);
        assert_eq!(count(&[&one, &two, &three]), [3, 3, 2]);
        one.append(&two);
        one.append(&three);
        assert_eq!(count(&[&one]), [3, 3, 2]);
        assert!(!one.is_empty() && Addresses::default().is_empty());
    }
}
