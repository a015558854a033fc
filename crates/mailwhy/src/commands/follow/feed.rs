//! A thread that follows, and where it begins.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use mailwhy::input::{FollowOptions, Followed, Follower, Source, Start};
use mailwhy::logs::exim;

use super::digest::may_be;
use crate::cli::What;

/// How much of the end of a log is looked at for the last things that happened, until there are enough; the first is
/// read in any case, to know what became of messages before.
const BACK: [u64; 3] = [1 << 20, 16 << 20, 256 << 20];

/// What is followed, by a thread of its own; it ends when this is dropped.
pub struct Feed {
    pub followed: Receiver<Followed>,
    stop: Arc<AtomicBool>,
}

impl Feed {
    pub fn new(sources: &[Source], start: Start, options: FollowOptions) -> Self {
        // Following waits where showing is slower, so that memory stays small.
        let (sender, followed) = bounded(4);
        let stop = Arc::new(AtomicBool::new(false));
        let mut follower = Follower::new(sources, start, options, exim::starts_record);
        let stopped = Arc::clone(&stop);
        thread::spawn(move || {
            follower.run(&stopped, &mut |followed| match sender.send(followed) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            });
        });
        Self { followed, stop }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Where to begin so that there are so many of the last things, at least so many bytes back.
pub fn start(sources: &[Source], only: &[What], lines: usize, at_least: u64) -> Start {
    let files = sources.iter().filter_map(|source| match source {
        Source::File(path) if path.is_file() => Some(path),
        _ => None,
    });
    let mut files: Vec<(File, u64)> =
        files.filter_map(|path| Some((File::open(path).ok()?, path.metadata().ok()?.len()))).collect();
    let longest = files.iter().map(|(_, len)| *len).max().unwrap_or(0);
    let back = BACK.into_iter().filter(|&back| back >= at_least).find(|&back| {
        let found: usize = files.iter_mut().map(|(file, len)| count(file, *len, back, only, lines)).sum();
        found >= lines || back >= longest
    });
    Start::Back(back.unwrap_or(BACK[BACK.len() - 1]))
}

/// How many such things the end of a file holds; counts no further than `enough`.
fn count(file: &mut File, len: u64, back: u64, only: &[What], enough: usize) -> usize {
    let mut found = 0;
    let mut rest = back.min(len);
    let mut data = Vec::new();
    // From the end, block by block; a line that is parted is counted once or not at all.
    while rest > 0 && found < enough {
        let block = rest.min(BACK[0]);
        data.clear();
        let from = len - (back.min(len) - rest) - block;
        if file.seek(SeekFrom::Start(from)).is_err() || file.take(block).read_to_end(&mut data).is_err() {
            break;
        }
        exim::scan(&data, exim::Role::Main, |line| {
            found += usize::from(only.iter().any(|&what| may_be(line.kind, what)));
        });
        rest -= block;
    }
    found
}
