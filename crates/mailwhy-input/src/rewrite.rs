//! Lines that are put in the place of others.

use std::fmt;
use std::sync::Arc;

/// Makes other lines of the lines of a source; clones share it.
#[derive(Clone)]
pub struct Rewrite(Arc<Function>);

/// Takes the source's number and whole lines, gives as many lines.
type Function = dyn Fn(u32, &[u8]) -> Vec<u8> + Send + Sync;

impl Rewrite {
    /// A function of a source's number and of whole lines; it gives as many lines, the last one with a newline if it had
    /// one.
    #[must_use]
    pub fn new(lines: impl Fn(u32, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lines))
    }

    /// What to put in the place of these lines of the source with this number.
    #[must_use]
    pub fn lines(&self, file: u32, lines: &[u8]) -> Vec<u8> {
        (self.0)(file, lines)
    }
}

impl fmt::Debug for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rewrite(…)")
    }
}
