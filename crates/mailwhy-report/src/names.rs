//! What is counted under a name: of a domain, a host, an account.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use mailwhy_trace::hash;

/// Something for each name.
///
/// A name is known by 64 bits, as an address in a set and a text in a group are: comparing with the name itself would look at
/// another place in the memory, each time.
#[derive(Clone, Debug)]
pub(crate) struct Names<T>(HashTable<Named<T>>);

#[derive(Clone, Debug)]
struct Named<T> {
    hash: u64,
    name: Box<[u8]>,
    value: T,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(HashTable::new())
    }
}

impl<T> Names<T> {
    /// What there is for this name; from now on what `make` gives, if there was nothing.
    #[inline]
    pub(crate) fn get(&mut self, name: &[u8], make: impl FnOnce() -> T) -> &mut T {
        let hash = hash(name);
        match self.0.entry(hash, |known| known.hash == hash, |known| known.hash) {
            Entry::Occupied(known) => &mut known.into_mut().value,
            Entry::Vacant(free) => {
                &mut free.insert(Named { hash, name: name.into(), value: make() }).into_mut().value
            }
        }
    }

    /// Takes over all of `later`; `add` where there is something for a name already.
    pub(crate) fn append(&mut self, later: Self, mut add: impl FnMut(&mut T, T)) {
        for theirs in later.0 {
            let hash = theirs.hash;
            match self.0.entry(hash, |known| known.hash == hash, |known| known.hash) {
                Entry::Occupied(mut known) => add(&mut known.get_mut().value, theirs.value),
                Entry::Vacant(free) => drop(free.insert(theirs)),
            }
        }
    }

    /// All of them, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &T)> {
        self.0.iter().map(|named| (&*named.name, &named.value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_own() {
        let count = |names: &[&str]| {
            let mut counts = Names::default();
            names.iter().for_each(|name| *counts.get(name.as_bytes(), || 10) += 1);
            counts
        };
        let sorted = |counts: &Names<i32>| {
            let mut all: Vec<_> = counts.iter().map(|(name, &n)| (name.to_vec(), n)).collect();
            all.sort();
            assert_eq!((all.len(), all.is_empty()), (counts.len(), counts.is_empty()));
            all
        };
        assert_eq!(sorted(&count(&[])), []);
        let mut counts = count(&["a", "", "a", "b"]);
        assert_eq!(sorted(&counts), [(b"".to_vec(), 11), (b"a".to_vec(), 12), (b"b".to_vec(), 11)]);
        counts.append(count(&["b", "c", "b"]), |mine, theirs| *mine += theirs);
        let expected = [("", 11), ("a", 12), ("b", 23), ("c", 11)];
        assert_eq!(sorted(&counts), expected.map(|(name, n)| (name.as_bytes().to_vec(), n)));
        // More than one step of growing.
        let many: Vec<_> = (0..10_000).map(|n| format!("host{n}.example")).collect();
        let many: Vec<_> = many.iter().map(|name| &name[..]).collect();
        counts.append(count(&many), |mine, theirs| *mine += theirs);
        assert_eq!(counts.len(), 10_004);
    }
}
