//! One log, through everything that happens to its file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::handle::{Growth, Handle};
use super::out::{Give, Out};
use super::records::Records;
use super::rotated::{Seen, copy_of, missed};
use super::{FollowOptions, Notice, Start};
use crate::problem::{Problem, ProblemKind};
use crate::source::Identity;

/// How many blocks are read before others have their turn.
const BLOCKS: usize = 16;

/// A renamed file that is never quiet is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// When rotated files that were not seen are looked for once more.
pub(super) const AGAIN: Duration = Duration::from_secs(1);

/// How many renamed files are held open.
const RETIRED: usize = 8;

/// A log that is followed.
pub(super) struct Tail {
    path: PathBuf,
    start: Start,
    current: Option<Handle>,
    /// Renamed files that may still be written to.
    retired: Vec<Handle>,
    seen: Seen,
    /// Since when another file has been in the place of the current one.
    replaced: Option<Instant>,
    /// When rotated files were looked for last, and since when they count.
    again: Option<(Instant, SystemTime)>,
    /// What was told last of why there is nothing to read.
    told: Option<Notice>,
    is_directory: bool,
    at_end: bool,
    block: Vec<u8>,
}

impl Tail {
    pub(super) fn new(path: PathBuf, start: Start) -> Self {
        let seen = Seen::beside(&path);
        Self {
            path,
            start,
            current: None,
            retired: Vec::new(),
            seen,
            replaced: None,
            again: None,
            told: None,
            is_directory: false,
            at_end: false,
            block: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is about to give something although nothing happens.
    pub(super) fn is_waiting(&self) -> bool {
        self.replaced.is_some()
            || self.current.iter().chain(&self.retired).any(|handle| handle.records.has_lines())
    }

    /// Whether all that was there has been read once.
    pub(super) fn has_been_at_end(&self) -> bool {
        self.at_end
    }

    /// Whether a directory was found in its place; asked once.
    pub(super) fn take_is_directory(&mut self) -> bool {
        std::mem::take(&mut self.is_directory)
    }

    /// Reads what is new. Gives whether there may be more at once.
    pub(super) fn step(
        &mut self,
        options: &FollowOptions,
        starts_record: fn(&[u8]) -> bool,
        give: &mut Give<'_>,
    ) -> bool {
        let mut out = Out::new(options, starts_record, give);
        self.step_retired(&mut out);
        self.read_missed_again(&mut out);
        let mut grew = false;
        for _ in 0..BLOCKS {
            let Some(current) = &mut self.current else {
                let found = self.find(&mut out);
                self.at_end |= !found;
                return found;
            };
            let (begins, since) = (current.position == 0, current.modified);
            match current.read(&mut self.block, options.max_line) {
                Ok(Growth::Grew) => {
                    current.give(&mut out);
                    grew = true;
                    if begins && self.at_end {
                        // Something may have come and gone before.
                        self.again = Some((Instant::now(), self.again.map_or(since, |(_, s)| s.min(since))));
                    }
                }
                Ok(Growth::None) => {
                    current.give(&mut out);
                    self.at_end = true;
                    return self.turn(&mut out) || grew;
                }
                Ok(Growth::Truncated) => {
                    self.truncated(&mut out);
                    grew = true;
                }
                Err(error) => {
                    self.at_end = true;
                    self.tell(Notice::Unreadable(Problem::from_path(&self.path, &error)), &mut out);
                    return self.turn(&mut out);
                }
            }
        }
        grew
    }

    /// Opens the file in the place of the log, if there is one.
    fn find(&mut self, out: &mut Out<'_>) -> bool {
        match Handle::open(&self.path, self.start) {
            Ok(Some(handle)) => {
                self.current = Some(handle);
                self.start = Start::Begin;
                if self.told.take().is_some() {
                    out.notice(Notice::Appeared);
                }
                true
            }
            Ok(None) => {
                let directory = Problem::new(self.path.display(), ProblemKind::Io("is a directory".into()));
                if self.told.as_ref() != Some(&Notice::Unreadable(directory.clone())) {
                    self.told = Some(Notice::Unreadable(directory));
                    self.is_directory = true;
                }
                false
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.start = Start::Begin;
                self.tell(Notice::Missing, out);
                false
            }
            Err(error) => {
                self.tell(Notice::Unreadable(Problem::from_path(&self.path, &error)), out);
                false
            }
        }
    }

    /// Turns to the file that has taken the place of the current one, once that has been quiet.
    fn turn(&mut self, out: &mut Out<'_>) -> bool {
        let Some(current) = &mut self.current else { return false };
        let other = match fs::metadata(&self.path) {
            Ok(metadata) => Identity::of(&metadata) != current.identity,
            Err(_) => false,
        };
        if !other {
            self.replaced = None;
            return false;
        }
        let since = *self.replaced.get_or_insert_with(Instant::now);
        let quiet = current.grew.is_none_or(|grew| grew.elapsed() >= out.options.quiet);
        if !quiet && since.elapsed() < PATIENCE {
            return false;
        }
        // What came since it was read last is read first.
        match current.read(&mut self.block, out.options.max_line) {
            Ok(Growth::Grew) => {
                current.give(out);
                if since.elapsed() < PATIENCE {
                    return true;
                }
            }
            Ok(Growth::Truncated) => {
                self.truncated(out);
                return true;
            }
            Ok(Growth::None) | Err(_) => {}
        }
        let new = match Handle::open(&self.path, Start::Begin) {
            Ok(Some(new)) => new,
            Ok(None) => return false,
            Err(error) => {
                self.tell(Notice::Unreadable(Problem::from_path(&self.path, &error)), out);
                return false;
            }
        };
        self.replaced = None;
        self.told = None;
        if new.identity == current.identity {
            return false;
        }
        out.take(&mut current.records, true);
        self.seen.add(&current.head);
        let since = current.modified;
        self.retired.extend(self.current.replace(new));
        self.read_missed(since, out);
        if self.retired.len() > RETIRED {
            let mut oldest = self.retired.remove(0);
            out.rest(&mut oldest.records);
        }
        out.notice(Notice::Replaced);
        true
    }

    /// Finds what was written before the file was cut, and begins again.
    fn truncated(&mut self, out: &mut Out<'_>) {
        let Some(mut old) = self.current.take() else { return };
        let nothing = old.head.is_empty();
        self.seen.add(&old.head);
        let copy = copy_of(&self.path, &old);
        let copy_found = copy.is_some();
        if let Some(copy) = copy {
            out.stored(copy, &mut old.records);
        } else {
            out.rest(&mut old.records);
        }
        let since = old.modified;
        old.rewind();
        self.current = Some(old);
        self.read_missed(since, out);
        if !nothing {
            out.notice(Notice::Truncated { copy_found });
        }
    }

    /// Reads the files that came and went unseen.
    fn read_missed(&mut self, since: SystemTime, out: &mut Out<'_>) {
        let since = self.again.map_or(since, |(_, earlier)| earlier.min(since));
        let held: Vec<Identity> =
            self.retired.iter().chain(&self.current).map(|handle| handle.identity).collect();
        // A copy of what is held is no file that was missed, also if the cut is still to come.
        let mut heads = Seen::default();
        for handle in self.retired.iter_mut().chain(&mut self.current) {
            heads.add(&handle.head);
            heads.add(&handle.first_bytes());
        }
        while let Some(file) = missed(&self.path, since, &held, &heads, &mut self.seen) {
            out.stored(file, &mut Records::new(0));
        }
        // One that was being renamed just now is found later.
        self.again = Some((Instant::now(), since));
    }

    fn read_missed_again(&mut self, out: &mut Out<'_>) {
        if let Some((at, since)) = self.again
            && at.elapsed() >= AGAIN
        {
            self.read_missed(since, out);
            self.again = None;
        }
    }

    /// Reads late lines of renamed files.
    fn step_retired(&mut self, out: &mut Out<'_>) {
        let block = &mut self.block;
        self.retired.retain_mut(|handle| {
            match handle.read(block, out.options.max_line) {
                Ok(Growth::Grew) => handle.grew = Some(Instant::now()),
                Ok(Growth::None) => {}
                Ok(Growth::Truncated) => handle.rewind(),
                Err(_) => {
                    out.rest(&mut handle.records);
                    return false;
                }
            }
            handle.give(out);
            let retired = *handle.grew.get_or_insert_with(Instant::now);
            let keep = retired.elapsed() < out.options.linger;
            if !keep {
                out.rest(&mut handle.records);
            }
            keep
        });
    }

    /// Tells why there is nothing to read, unless it was told.
    fn tell(&mut self, notice: Notice, out: &mut Out<'_>) {
        if self.told.as_ref() != Some(&notice) {
            self.told = Some(notice.clone());
            out.notice(notice);
        }
    }
}
