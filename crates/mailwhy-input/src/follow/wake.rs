//! To be woken when something changes in a directory.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use crate::source::Identity;

#[cfg(target_os = "linux")]
use linux::{Watch, Watcher};
#[cfg(not(target_os = "linux"))]
use none::{Watch, Watcher};

/// Waits for changes.
pub(super) struct Wake {
    watcher: Option<Watcher>,
    watched: HashMap<PathBuf, (Identity, Watch)>,
    sender: SyncSender<()>,
    receiver: Receiver<()>,
}

/// Ends a wait.
#[derive(Clone)]
pub(super) struct Waker(SyncSender<()>);

impl Waker {
    pub(super) fn wake(&self) {
        // Where there is one in the channel already, that does it.
        let _ = self.0.try_send(());
    }
}

impl Wake {
    pub(super) fn new() -> Self {
        let (sender, receiver) = sync_channel(1);
        let watcher = Watcher::new(Waker(sender.clone()));
        Self { watcher, watched: HashMap::new(), sender, receiver }
    }

    pub(super) fn waker(&self) -> Waker {
        Waker(self.sender.clone())
    }

    /// Watches these directories and no others. Gives whether changes in all of them will be told.
    pub(super) fn watch(&mut self, directories: impl Iterator<Item = PathBuf>) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let wanted: HashMap<PathBuf, Identity> = directories
            .filter_map(|directory| {
                let identity = Identity::of(&fs::metadata(&directory).ok()?);
                Some((directory, identity))
            })
            .collect();
        self.watched.retain(|directory, (identity, watch)| {
            let keep = wanted.get(directory) == Some(identity);
            if !keep {
                watcher.unwatch(watch);
            }
            keep
        });
        let mut all = true;
        for (directory, identity) in wanted {
            if self.watched.contains_key(&directory) {
                continue;
            }
            if let Some(watch) = watcher.watch(&directory) {
                self.watched.insert(directory, (identity, watch));
                // Something may have changed just before.
                let _ = self.sender.try_send(());
            } else {
                all = false;
            }
        }
        all
    }

    pub(super) fn wait(&self, patience: Duration) {
        let _ = self.receiver.recv_timeout(patience);
    }
}

/// The kernel tells: inotify(7).
#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use inotify::{Inotify, WatchDescriptor, WatchMask, Watches};

    use super::Waker;

    pub(super) type Watch = WatchDescriptor;

    pub(super) struct Watcher {
        watches: Watches,
        ended: Arc<AtomicBool>,
    }

    impl Watcher {
        pub(super) fn new(waker: Waker) -> Option<Self> {
            let mut inotify = Inotify::init().ok()?;
            let watcher = Self { watches: inotify.watches(), ended: Arc::default() };
            let ended = Arc::clone(&watcher.ended);
            let listen = move || {
                // Which event it was does not matter: the logs are looked at.
                let mut events = [0; 4096];
                while inotify.read_events_blocking(&mut events).is_ok() && !ended.load(Ordering::Relaxed) {
                    waker.wake();
                }
            };
            thread::Builder::new().name("inotify".to_owned()).spawn(listen).ok().map(|_| watcher)
        }

        pub(super) fn watch(&mut self, directory: &Path) -> Option<Watch> {
            // Not our own reading.
            let changes = WatchMask::MODIFY
                | WatchMask::ATTRIB
                | WatchMask::CREATE
                | WatchMask::DELETE
                | WatchMask::MOVE
                | WatchMask::DELETE_SELF
                | WatchMask::MOVE_SELF;
            self.watches.add(directory, changes).ok()
        }

        pub(super) fn unwatch(&mut self, watch: &Watch) {
            // A directory that is gone is not watched any more in any case.
            let _ = self.watches.remove(watch.clone());
        }
    }

    impl Drop for Watcher {
        fn drop(&mut self) {
            self.ended.store(true, Ordering::Relaxed);
            // The end of a watch is an event too: the thread looks up.
            if let Ok(watch) = self.watches.add("/", WatchMask::DELETE_SELF) {
                let _ = self.watches.remove(watch);
            }
        }
    }
}

/// Elsewhere the timer does.
#[cfg(not(target_os = "linux"))]
mod none {
    use std::path::Path;

    use super::Waker;

    pub(super) struct Watch;

    pub(super) struct Watcher;

    impl Watcher {
        pub(super) fn new(_: Waker) -> Option<Self> {
            None
        }

        pub(super) fn watch(&mut self, _: &Path) -> Option<Watch> {
            None
        }

        pub(super) fn unwatch(&mut self, _: &Watch) {}
    }
}
