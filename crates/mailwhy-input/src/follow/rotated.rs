//! The rotated files beside a log.

use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use super::handle::Handle;
use crate::Options;
use crate::decode::Decoder;
use crate::rotation::{Age, Rotation};
use crate::source::Identity;

/// How many bytes a file is known by.
pub(super) const HEAD: usize = 1024;

/// How many files are remembered.
const REMEMBERED: usize = 256;

/// A file of the rotated set is looked for so many times: it may be renamed or packed at that moment.
const TRIES: u32 = 5;
const BETWEEN: Duration = Duration::from_millis(20);

/// The first bytes of the files whose lines have been given, or were there before all began.
#[derive(Default)]
pub(super) struct Seen {
    heads: VecDeque<Vec<u8>>,
}

impl Seen {
    /// Remembers all that lies beside the log now.
    pub(super) fn beside(path: &Path) -> Self {
        let mut seen = Self::default();
        for file in beside(path) {
            if let Some(stored) = File::open(&file.path).ok().and_then(|file| open(file, HEAD)) {
                seen.add(&stored.head);
            }
        }
        seen
    }

    pub(super) fn add(&mut self, head: &[u8]) {
        if !head.is_empty() && !self.contains(head) {
            if self.heads.len() == REMEMBERED {
                self.heads.pop_front();
            }
            self.heads.push_back(head.to_owned());
        }
    }

    /// Whether a file that begins so is known. One that has grown since, or is only there in part, is.
    fn contains(&self, head: &[u8]) -> bool {
        self.heads.iter().any(|known| known.starts_with(head) || head.starts_with(known))
    }
}

/// A file of the rotated set.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Rotated {
    age: Age,
    packed: bool,
    path: PathBuf,
}

/// A stored file, of which the first bytes have been read.
pub(super) struct Stored {
    pub(super) head: Vec<u8>,
    pub(super) rest: Decoder,
}

/// The copy that was made of a log before it was cut, from the byte at which reading had come.
pub(super) fn copy_of(path: &Path, old: &Handle) -> Option<Stored> {
    // Nothing of it was read: then it is a file that was never seen.
    if old.head.is_empty() {
        return None;
    }
    for attempt in 0..TRIES {
        if attempt > 0 {
            thread::sleep(BETWEEN);
        }
        let mut files = beside(path);
        files.sort_by(|a, b| b.age.cmp(&a.age).then(a.packed.cmp(&b.packed)));
        let copy = files.into_iter().find_map(|file| {
            let mut copy = open(File::open(&file.path).ok()?, old.head.len())?;
            let is_it = copy.head == old.head && skip(&mut copy.rest, old.position - old.head.len() as u64);
            is_it.then(|| Stored { head: Vec::new(), ..copy })
        });
        if copy.is_some() {
            return copy;
        }
    }
    None
}

/// The next file that was never seen, the oldest first, if it is not older than what was read; remembers it. Files that
/// are held open, and copies of them, are none.
pub(super) fn missed(
    path: &Path,
    since: SystemTime,
    held: &[Identity],
    heads: &Seen,
    seen: &mut Seen,
) -> Option<Stored> {
    beside(path).into_iter().find_map(|file| {
        let opened = File::open(&file.path).ok()?;
        let metadata = opened.metadata().ok().filter(Metadata::is_file)?;
        let old = metadata.modified().is_ok_and(|modified| modified < since);
        if old || held.contains(&Identity::of(&metadata)) {
            return None;
        }
        let stored = open(opened, HEAD).filter(|stored| !stored.head.is_empty())?;
        (!seen.contains(&stored.head) && !heads.contains(&stored.head)).then(|| {
            seen.add(&stored.head);
            stored
        })
    })
}

/// The files of the rotated set of a log, the oldest first and an archive after the file it is of, without itself.
fn beside(path: &Path) -> Vec<Rotated> {
    let Some(name) = path.file_name() else { return Vec::new() };
    let stem = Rotation::of(name).stem;
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<Rotated> = entries
        .filter_map(|entry| {
            let rotation = Rotation::of(&entry.file_name());
            let is_its = rotation.stem == stem && rotation.age != Age::Live;
            is_its.then(|| Rotated { age: rotation.age, packed: rotation.packed, path: entry.path() })
        })
        .collect();
    files.sort();
    files
}

fn open(file: File, head: usize) -> Option<Stored> {
    let mut rest = Decoder::new(Box::new(file), Options::default().max_ratio).ok()?;
    let mut bytes = vec![0; head];
    let mut filled = 0;
    while filled < head
        && let Ok(read @ 1..) = rest.read(&mut bytes[filled..])
    {
        filled += read;
    }
    bytes.truncate(filled);
    Some(Stored { head: bytes, rest })
}

/// Passes over so many bytes; whether there were as many.
fn skip(decoder: &mut Decoder, bytes: u64) -> bool {
    let mut block = vec![0; 64 << 10];
    let mut left = bytes;
    while left > 0 {
        let most = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
        match decoder.read(&mut block[..most]) {
            Ok(read) if read > 0 => left -= read as u64,
            _ => return false,
        }
    }
    true
}
