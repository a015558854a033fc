//! Message ids, kept in place.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The longest id that is kept whole: Exim's are 16 or 23 bytes.
const MAX: usize = 23;

/// A message id of the log.
///
/// Ids longer than 23 bytes, which no version of Exim writes, are cut.
#[derive(Clone, Copy, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Id {
    /// Zeros follow the id, and its length is the last byte.
    bytes: [u8; MAX + 1],
}

impl Id {
    /// Copies an id.
    #[must_use]
    #[inline]
    pub fn new(id: &[u8]) -> Self {
        // As words, of Exim's lengths: a processor waits where bytes are written and read as words right after.
        let words = match (id.len(), id.first_chunk(), id.get(8..).and_then(<[u8]>::first_chunk)) {
            (16, Some(&a), Some(&b)) => [u64::from_le_bytes(a), u64::from_le_bytes(b), 16 << 56],
            (MAX, Some(&a), Some(&b)) => {
                let c = id.last_chunk().map_or(0, |c| u64::from_le_bytes(*c));
                [u64::from_le_bytes(a), u64::from_le_bytes(b), c >> 8 | (MAX as u64) << 56]
            }
            _ => return Self::of_any_length(id),
        };
        let mut bytes = [0; MAX + 1];
        for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *to = word.to_le_bytes();
        }
        Self { bytes }
    }

    #[cold]
    fn of_any_length(id: &[u8]) -> Self {
        let id = &id[..id.len().min(MAX)];
        let mut bytes = [0; MAX + 1];
        bytes[..id.len()].copy_from_slice(id);
        bytes[MAX] = id.len() as u8;
        Self { bytes }
    }

    /// The id as it stands in the log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.bytes[MAX])]
    }
}

/// Three words, which is quicker than so many bytes.
impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (words, _) = self.bytes.as_chunks();
        for word in words {
            state.write_u64(u64::from_ne_bytes(*word));
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", String::from_utf8_lossy(self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_all_lengths() {
        let long = b"1tZabc-0000000AbCd-0xYz and more";
        for len in 0..=long.len() {
            let id = Id::new(&long[..len]);
            assert_eq!(id.as_bytes(), &long[..len.min(MAX)]);
            assert_eq!(id, Id::of_any_length(&long[..len]));
        }
    }
}
