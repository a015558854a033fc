//! Tables that may be as long as the log has names.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// The rows of a table, the most important first.
///
/// Each is made when it is asked for: a log may name all domains of the world, and a screen has room for ten.
#[derive(Clone)]
pub struct Rows<'a, T> {
    len: usize,
    row: Arc<dyn Fn(usize) -> T + Send + Sync + 'a>,
}

impl<'a, T> Rows<'a, T> {
    /// A row of each of `items`, which are in order.
    pub(crate) fn new<I: Send + Sync + 'a>(items: Vec<I>, row: impl Fn(&I) -> T + Send + Sync + 'a) -> Self {
        Self { len: items.len(), row: Arc::new(move |at| row(&items[at])) }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> {
        (0..self.len).map(|at| (self.row)(at))
    }
}

impl<T> Default for Rows<'_, T> {
    fn default() -> Self {
        Self { len: 0, row: Arc::new(|_| unreachable!("there is no row")) }
    }
}

impl<'a, T: Clone + Send + Sync + 'a> From<Vec<T>> for Rows<'a, T> {
    fn from(rows: Vec<T>) -> Self {
        Self::new(rows, T::clone)
    }
}

impl<T: fmt::Debug> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Serialize> Serialize for Rows<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
