//! Message ids, kept in place.

use std::fmt;

/// The longest id that is kept whole: Exim's are 16 or 23 bytes.
const MAX: usize = 23;

/// A message id of the log.
///
/// Ids longer than 23 bytes, which no version of Exim writes, are cut.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Id {
    bytes: [u8; MAX],
    len: u8,
}

impl Id {
    /// Copies an id.
    #[must_use]
    pub fn new(id: &[u8]) -> Self {
        let len = id.len().min(MAX);
        let mut bytes = [0; MAX];
        bytes[..len].copy_from_slice(&id[..len]);
        Self { bytes, len: len as u8 }
    }

    /// The id as it stands in the log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", String::from_utf8_lossy(self.as_bytes()))
    }
}
