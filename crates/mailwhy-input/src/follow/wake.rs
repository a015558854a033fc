//! To be woken when something changes in a directory.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::handle::Identity;

/// Waits for changes.
pub(super) struct Wake {
    watcher: Option<RecommendedWatcher>,
    watched: HashMap<PathBuf, Identity>,
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
        let waker = Waker(sender.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Our own reading is an access.
            if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
                waker.wake();
            }
        });
        Self { watcher: watcher.ok(), watched: HashMap::new(), sender, receiver }
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
        self.watched.retain(|directory, identity| {
            let keep = wanted.get(directory) == Some(identity);
            if !keep {
                // A directory that is gone is not watched any more in any case.
                let _ = watcher.unwatch(directory);
            }
            keep
        });
        let mut all = true;
        for (directory, identity) in wanted {
            if self.watched.contains_key(&directory) {
                continue;
            }
            if watcher.watch(&directory, RecursiveMode::NonRecursive).is_ok() {
                self.watched.insert(directory, identity);
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
