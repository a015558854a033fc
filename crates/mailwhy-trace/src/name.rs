//! Names, and what they are known by.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use hashbrown::DefaultHashBuilder;

/// The same in all threads, another in each run: nobody can prepare names that collide.
static SEED: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// Stands for a name: of a host, an address, a domain. Never printed, so that nothing but time depends on it.
#[must_use]
#[inline]
pub fn hash(name: &[u8]) -> u64 {
    SEED.hash_one(name)
}

/// An address or a host, and what it is known by.
///
/// Two are the same if their hashes are: comparing the texts as well would look at another place in the memory each time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) hash: u64,
}

impl<'a> Name<'a> {
    #[inline]
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, hash: if text.is_empty() { 0 } else { hash(text) } }
    }
}
