//! Buffers for another turn.

use std::sync::{Arc, Mutex, PoisonError};

/// Buffers that were used up and wait for another turn; clones share them.
///
/// Whoever is done with a [`Chunk`](crate::Chunk) may put its data here, from any thread. It saves the allocator and
/// the kernel from handing out fresh pages for every chunk.
#[derive(Clone, Debug, Default)]
pub struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// Hands in a buffer.
    pub fn put(&self, buffer: Vec<u8>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }

    /// Frees all buffers: nobody is going to read.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// An empty buffer.
    #[must_use]
    pub fn empty(&self) -> Vec<u8> {
        let mut buffer = self.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// A buffer of this length, with anything in it.
    pub(crate) fn take(&self, length: usize) -> Vec<u8> {
        match self.pop() {
            Some(mut buffer) if buffer.capacity() >= length => {
                buffer.resize(length, 0);
                buffer
            }
            _ => vec![0; length],
        }
    }

    /// A buffer with a copy of this.
    pub(crate) fn copy(&self, data: &[u8]) -> Vec<u8> {
        let mut buffer = self.empty();
        // Not twice as much: there may be many such buffers at a time.
        buffer.reserve_exact(data.len());
        buffer.extend_from_slice(data);
        buffer
    }

    fn pop(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}
