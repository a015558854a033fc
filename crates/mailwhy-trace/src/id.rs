//! Message ids, kept in place.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The longest id that is kept whole: Exim's are 16 or 23 bytes.
const MAX: usize = 23;

/// A message id of the log.
///
/// Ids longer than 23 bytes, which no version of Exim writes, are cut.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub struct Id {
    /// Zeros follow the id, and its length is the last byte.
    bytes: [u8; MAX + 1],
}

impl Id {
    /// Copies an id.
    #[must_use]
    pub fn new(id: &[u8]) -> Self {
        let mut bytes = [0; MAX + 1];
        // Of a length known beforehand, the bytes go through registers: they are compared at once.
        if let Ok(id) = <&[u8; 16]>::try_from(id) {
            bytes[..16].copy_from_slice(id);
        } else if let Some(id) = id.first_chunk::<MAX>() {
            bytes[..MAX].copy_from_slice(id);
        } else {
            bytes[..id.len()].copy_from_slice(id);
        }
        bytes[MAX] = id.len().min(MAX) as u8;
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
