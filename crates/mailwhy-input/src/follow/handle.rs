//! An open log.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Instant, SystemTime};

use super::out::Out;
use super::records::Records;
use super::rotated::HEAD;
use super::{BLOCK, Start};
use crate::source::Identity;

/// The longest line whose begin is looked for in a file that ends within it.
const LINE: u64 = 64 << 10;

/// What reading came to.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Growth {
    /// Something was added to the records.
    Grew,
    /// There is nothing more for now.
    None,
    /// The file is not the one that was read: it was cut, and maybe written again.
    Truncated,
}

/// A log that is open.
pub(super) struct Handle {
    file: File,
    pub(super) identity: Identity,
    /// How much of it has been read, or passed over.
    pub(super) position: u64,
    /// Its first bytes: all before `position`, but no more than [`HEAD`].
    pub(super) head: Vec<u8>,
    pub(super) records: Records,
    /// When it was last seen to grow; a file that had been quiet when it was opened counts as quiet since then.
    pub(super) grew: Option<Instant>,
    /// When it was last written to, as far as it was read.
    pub(super) modified: SystemTime,
    /// When it was last written to as it was found to have been cut.
    emptied: SystemTime,
}

impl Handle {
    /// Opens a file; `None` for a directory.
    pub(super) fn open(path: &Path, start: Start) -> io::Result<Option<Self>> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Ok(None);
        }
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let (position, records) = match start {
            Start::Back(0) => {
                let end = line_begin(&mut file, metadata.len())?;
                (end, Records::new(end))
            }
            Start::Back(back) if back < metadata.len() => {
                // One byte more, so that a record that begins there is not lost.
                let position = metadata.len() - back - 1;
                (position, Records::aligned(position))
            }
            Start::Begin | Start::Back(_) => (0, Records::new(0)),
        };
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        (&mut file).take(position.min(HEAD as u64)).read_to_end(&mut head)?;
        let identity = Identity::of(&metadata);
        Ok(Some(Self { file, identity, position, head, records, grew: None, modified, emptied: modified }))
    }

    /// Reads up to one block.
    pub(super) fn read(&mut self, block: &mut Vec<u8>, max_line: usize) -> io::Result<Growth> {
        block.resize(BLOCK, 0);
        self.file.seek(SeekFrom::Start(self.position))?;
        let read = loop {
            match self.file.read(block) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        // Looked at after reading: if these are still the same bytes, so were those that were read.
        let metadata = self.file.metadata()?;
        let modified = metadata.modified().unwrap_or(self.modified);
        // One that is empty and was written to was emptied before we looked.
        let emptied = read == 0 && self.position == 0 && modified != self.modified;
        if metadata.len() < self.position || emptied || !self.begins_as_before()? {
            self.emptied = modified;
            return Ok(Growth::Truncated);
        }
        if read == 0 {
            return Ok(Growth::None);
        }
        let data = &block[..read];
        if self.head.len() < HEAD {
            self.head.extend_from_slice(&data[..read.min(HEAD - self.head.len())]);
        }
        self.position += read as u64;
        self.modified = modified;
        self.records.push(data, max_line);
        let old = SystemTime::now().duration_since(self.modified).is_ok_and(|age| age.as_secs() > 1);
        self.grew = if old { self.grew } else { Some(Instant::now()) };
        Ok(Growth::Grew)
    }

    /// Gives the records that are complete.
    pub(super) fn give(&mut self, out: &mut Out<'_>) {
        let settled = self.grew.is_none_or(|grew| grew.elapsed() >= out.options.settle);
        out.take(&mut self.records, settled);
    }

    /// Begins again at the first byte.
    pub(super) fn rewind(&mut self) {
        self.position = 0;
        self.modified = self.emptied;
        self.head.clear();
        self.records = Records::new(0);
        self.grew = Some(Instant::now());
    }

    /// The first bytes that it has now, whatever has been read of it.
    pub(super) fn first_bytes(&mut self) -> Vec<u8> {
        let mut head = Vec::new();
        // What cannot be read now is told when it is to be read.
        let _ = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| (&mut self.file).take(HEAD as u64).read_to_end(&mut head));
        head
    }

    fn begins_as_before(&mut self) -> io::Result<bool> {
        let mut now = [0; HEAD];
        let now = &mut now[..self.head.len()];
        self.file.seek(SeekFrom::Start(0))?;
        match self.file.read_exact(now) {
            Ok(()) => Ok(*now == self.head[..]),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The end of the last whole line before `end`.
fn line_begin(file: &mut File, end: u64) -> io::Result<u64> {
    let from = end.saturating_sub(LINE);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(end - from).read_to_end(&mut tail)?;
    Ok(memchr::memrchr(b'\n', &tail)
        .map_or(if from == 0 { 0 } else { end }, |newline| from + newline as u64 + 1))
}
