//! A terminal: tmux, without its own configuration, on a socket of its own.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::process::{Finished, run};

/// How long the screen may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether there is a tmux. If not, the test is skipped with a note, except in CI, where it fails.
pub fn available() -> bool {
    let there = Command::new("tmux").arg("-V").output().is_ok_and(|version| version.status.success());
    assert!(there || std::env::var_os("CI").is_none(), "CI must run the tests with tmux");
    if !there {
        eprintln!("skipped, no tmux");
    }
    there
}

/// A terminal in which a command runs; ended when this is dropped.
pub struct Tmux {
    dir: TempDir,
}

impl Tmux {
    /// Runs a command of the shell in a terminal of this size. When it ends its exit status is shown.
    pub fn new((width, height): (u16, u16), directory: &Path, command: &str) -> Self {
        let this = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        let (width, height) = (width.to_string(), height.to_string());
        let shell = format!("trap : INT; {command}; echo ended with $?; exec sleep 60");
        let directory = directory.to_str().expect("a directory of ours");
        let size = ["-x", &width, "-y", &height];
        this.tmux(&[&["new-session", "-d", "-c", directory], &size[..], &["sh", "-c", &shell]].concat());
        this
    }

    /// Presses keys, by the names that tmux has for them.
    pub fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    pub fn resize(&self, (width, height): (u16, u16)) {
        self.tmux(&["resize-window", "-x", &width.to_string(), "-y", &height.to_string()]);
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        String::from_utf8(self.tmux(&["capture-pane", "-p"]).stdout).expect("tmux speaks UTF-8")
    }

    /// Waits until the screen shows this; fails if it does not.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(Instant::now() < deadline, "no {text:?} on the screen:\n{screen}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn tmux(&self, args: &[&str]) -> Finished {
        let mut command = Command::new("tmux");
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/local/bin")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        command.args(["-u", "-f", "/dev/null", "-S"]).arg(self.dir.path().join("socket")).args(args);
        run(command, b"", Duration::from_secs(20))
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // The server of this socket, and what runs in it.
        self.tmux(&["kill-server"]);
    }
}
