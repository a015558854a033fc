/*!
Logs while they are written.

A [`Follower`] gives the lines of a log as they come, each once, whatever becomes of the file meanwhile:

- It is *renamed* and a new one takes its place (`mv`, logrotate): the old one is read until the new one is there and
  the old one has been quiet for [`FollowOptions::quiet`]; then both are read, the old one for late lines.
- It is *cut* (`truncate`, logrotate's `copytruncate`): what was not read before is looked for in the copy, the youngest
  file of the rotated set that begins with the same bytes. What is written between the copy and the cut is in neither
  file: nobody can read it.
- It is rotated *more than once* between two looks: files of the rotated set that were never seen, and are not older
  than what was read, are read in full; packed ones too.
- The rotated file is *compressed or deleted*: it is held open and read to its end.
- It is *missing*, or its directory is: it is waited for, and then read from its beginning.

A file is known by its device and inode while it is open, and by its first bytes after that.

Memory does not grow with time: per log it is one record, the first kilobyte of some rotated files, and a few open
files.
*/

mod handle;
mod out;
mod records;
mod rotated;
mod stream;
mod tail;
mod wake;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::problem::Problem;
use crate::source::Source;
use out::Given;
use stream::Stream;
use tail::Tail;
use wake::Wake;

/// How much is read at once.
const BLOCK: usize = 256 << 10;

/// How often a directory is searched for new logs.
const SEARCH: Duration = Duration::from_secs(1);

/// How logs are followed.
#[derive(Clone, Copy, Debug)]
pub struct FollowOptions {
    /// How many bytes a line may have; the rest of a longer one is skipped.
    pub max_line: usize,
    /// How long the last record waits for lines that continue it.
    pub settle: Duration,
    /// How long a renamed file must have been quiet before the new one is turned to.
    pub quiet: Duration,
    /// How long a renamed file is looked at after its last line.
    pub linger: Duration,
    /// How often to look where the operating system does not tell of changes.
    pub poll: Duration,
}

impl Default for FollowOptions {
    fn default() -> Self {
        Self {
            max_line: 1 << 20,
            settle: Duration::from_millis(100),
            quiet: Duration::from_millis(500),
            linger: Duration::from_secs(300),
            poll: Duration::from_secs(1),
        }
    }
}

/// Where to begin in a file that is already there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Start {
    /// With its first line.
    Begin,
    /// With the first record among its last so many bytes; 0: with what is written from now on.
    Back(u64),
}

/// What following gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Followed {
    /// Whole lines; they end where a record does.
    Lines {
        /// The log that is followed.
        log: Arc<Source>,
        /// Where the lines begin in their file.
        offset: u64,
        /// The lines. Only the last of a file that is gone may lack its newline.
        data: Vec<u8>,
    },
    /// Something happened to a log.
    Notice {
        /// The log.
        log: Arc<Source>,
        /// What happened.
        notice: Notice,
    },
    /// All that was in the files at the beginning has been given. Comes once.
    CaughtUp,
}

/// What happened to a log.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// It is not there: it is waited for.
    Missing,
    /// It is there now, or can be read again.
    Appeared,
    /// Another file has taken its place.
    Replaced,
    /// It was cut.
    Truncated {
        /// Whether the copy that was made of it before was found, so that no line of it is missing.
        copy_found: bool,
    },
    /// It cannot be read.
    Unreadable(Problem),
}

/// Reads logs as they are written.
pub struct Follower {
    tails: Vec<(Arc<Source>, Tail)>,
    streams: Vec<(Arc<Source>, Stream)>,
    directories: Vec<PathBuf>,
    searched: Instant,
    wake: Wake,
    options: FollowOptions,
    starts_record: fn(&[u8]) -> bool,
}

impl Follower {
    /// Prepares to follow these sources. A directory stands for the logs in it, also for those that appear later.
    ///
    /// `starts_record` tells whether a line begins a record, as for [`read`](crate::read).
    #[must_use]
    pub fn new(
        sources: &[Source],
        start: Start,
        options: FollowOptions,
        starts_record: fn(&[u8]) -> bool,
    ) -> Self {
        let mut this = Self {
            tails: Vec::new(),
            streams: Vec::new(),
            directories: Vec::new(),
            searched: Instant::now(),
            wake: Wake::new(),
            options,
            starts_record,
        };
        for source in sources {
            match source {
                Source::File(path) if path.is_dir() => this.directories.push(path.clone()),
                Source::File(path) if path.is_file() || !path.exists() => {
                    this.tails.push((Arc::new(source.clone()), Tail::new(path.clone(), start)));
                }
                // A named pipe is read like standard input.
                Source::File(_) | Source::Stdin => {
                    let stream = Stream::new(source.clone(), &this.wake);
                    this.streams.push((Arc::new(source.clone()), stream));
                }
            }
        }
        this.search(start);
        this
    }

    /// Follows until `stop` is set, the sink breaks, or all that is followed are streams that have ended.
    pub fn run(&mut self, stop: &AtomicBool, sink: &mut dyn FnMut(Followed) -> ControlFlow<()>) {
        let mut at_end: Option<Instant> = None;
        let mut caught_up = false;
        while !stop.load(Ordering::Relaxed) {
            // What a stream gives is all new: the files come first.
            let Ok(grew) = self.step(caught_up, sink) else { return };
            if !caught_up && self.tails.iter().all(|(_, tail)| tail.has_been_at_end()) {
                // The last record may still wait for what belongs to it.
                let since = at_end.get_or_insert_with(Instant::now).elapsed();
                caught_up = !self.is_waiting() || since > self.options.settle * 3;
                if caught_up && sink(Followed::CaughtUp).is_break() {
                    return;
                }
                if caught_up {
                    continue;
                }
            }
            if grew {
                continue;
            }
            if self.is_over() {
                return;
            }
            self.wait();
        }
    }

    /// Looks once at every log, at streams only if told so. Gives whether there may be more at once, or that the sink
    /// broke.
    fn step(&mut self, streams: bool, sink: &mut dyn FnMut(Followed) -> ControlFlow<()>) -> Result<bool, ()> {
        if self.searched.elapsed() > SEARCH {
            self.search(Start::Begin);
        }
        let mut grew = false;
        let mut broke = false;
        for (log, tail) in &mut self.tails {
            grew |= tail.step(&self.options, self.starts_record, &mut |given| {
                let flow = sink(given.of(log));
                broke |= flow.is_break();
                flow
            });
            if broke {
                return Err(());
            }
            // A log can turn out to be a directory of logs.
            if tail.take_is_directory() {
                self.directories.push(tail.path().to_owned());
            }
        }
        for (log, stream) in self.streams.iter_mut().filter(|_| streams) {
            grew |= stream.step(&self.options, self.starts_record, &mut |given| {
                let flow = sink(given.of(log));
                broke |= flow.is_break();
                flow
            });
            if broke {
                return Err(());
            }
        }
        Ok(grew)
    }

    /// Looks into the directories for logs that are not followed yet.
    fn search(&mut self, start: Start) {
        self.searched = Instant::now();
        for directory in &self.directories {
            let (sources, _) = crate::find(&[directory.clone().into_os_string()], &crate::Options::default());
            for source in sources {
                if let Source::File(path) = &source
                    && crate::rotation::is_live(path)
                    && self.tails.iter().all(|(_, tail)| tail.path() != path)
                {
                    let tail = Tail::new(path.clone(), start);
                    self.tails.push((Arc::new(source), tail));
                }
            }
        }
    }

    /// Whether something is about to be given although nothing happens.
    fn is_waiting(&self) -> bool {
        self.streams.iter().any(|(_, stream)| stream.is_waiting())
            || self.tails.iter().any(|(_, tail)| tail.is_waiting())
    }

    fn is_over(&self) -> bool {
        self.tails.is_empty()
            && self.directories.is_empty()
            && self.streams.iter().all(|(_, stream)| stream.is_over())
    }

    fn wait(&mut self) {
        let paths = self.tails.iter().map(|(_, tail)| tail.path());
        let paths = paths.chain(self.directories.iter().map(PathBuf::as_path));
        let told = self.wake.watch(paths.flat_map(where_it_shows));
        let patience = match (self.is_waiting(), told) {
            (true, _) => self.options.settle,
            (false, true) => self.options.poll,
            (false, false) => self.options.poll / 4,
        };
        self.wake.wait(patience);
    }
}

impl Given {
    fn of(self, log: &Arc<Source>) -> Followed {
        let log = Arc::clone(log);
        match self {
            Self::Lines(offset, data) => Followed::Lines { log, offset, data },
            Self::Notice(notice) => Followed::Notice { log, notice },
        }
    }
}

/// The directories in which a change of `path` shows: its own, or the first above it that is there; where it is a link,
/// also that of its target.
fn where_it_shows(path: &Path) -> impl Iterator<Item = PathBuf> {
    let nearest = |path: &Path| {
        let here = |dir: &Path| if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir.to_owned() };
        path.ancestors().skip(usize::from(!path.is_dir())).map(here).find(|dir| dir.is_dir())
    };
    let target = fs::read_link(path).is_ok().then(|| fs::canonicalize(path).ok()).flatten();
    nearest(path).into_iter().chain(target.and_then(|target| nearest(&target)))
}

#[cfg(test)]
mod tests;
