//! A real Exim with a spool, logs and a configuration of its own.
//!
//! No daemon: messages come in through `exim -bs` as if a given host had connected, and the queue is run in
//! the foreground. So the order of things is always the same and nothing is left running.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::process::{Finished, run};

/// Debian's Exim.
const BINARY: &str = "/usr/sbin/exim4";

/// With `-C`, Debian's Exim keeps its privileges only for the configurations listed here.
const TRUSTED: &str = "/etc/exim4/trusted_configs";

/// Whether a real Exim can be run here. If not, the test is skipped with a note, except in CI, where it fails.
pub fn available() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let missing = match (root, Path::new(BINARY).exists()) {
        (true, true) => return true,
        (_, false) => format!("{BINARY} is not installed"),
        (false, true) => "only root can run it with its own configuration".to_owned(),
    };
    assert!(std::env::var_os("CI").is_none(), "CI must run the tests with a real Exim: {missing}");
    eprintln!("skipped, no real Exim: {missing}");
    false
}

/// One Exim, in a temporary directory.
pub struct Exim {
    config: PathBuf,
    _trust: Trust,
    dir: TempDir,
}

/// The host that sends to our Exim, as it will stand in the log.
#[derive(Clone, Copy)]
pub struct Client {
    pub ip: &'static str,
    /// Its verified name; none: only what it says in EHLO is logged.
    pub name: Option<&'static str>,
}

impl Exim {
    /// Writes the configuration that `config` gives for the directory it shall live in, with `files` beside it.
    ///
    /// In that directory `mail/` is writable by Exim, and `log/` is where its logs go.
    pub fn new(config: impl FnOnce(&Path) -> String, files: &[(&str, String)]) -> Self {
        let dir = tempfile::Builder::new().prefix("mailwhy-exim-").tempdir().expect("a temporary directory");
        let path = dir.path();
        // Exim gives up root early and must still reach its files.
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("the directory is ours");
        for (name, text) in files {
            fs::write(path.join(name), text).expect("the directory is writable");
        }
        let file = path.join("exim.conf");
        fs::write(&file, config(path)).expect("the directory is writable");
        let exim = Self { _trust: Trust::new(&file), config: file, dir };
        for owned in ["spool", "log", "mail"] {
            fs::create_dir(exim.path().join(owned)).expect("the directory is writable");
        }
        let mut chown = Command::new("chown");
        chown.arg(exim.user()).args(["spool", "log", "mail"]).current_dir(exim.path());
        assert!(chown.status().expect("chown can be run").success());
        exim
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Speaks SMTP to Exim as `client`, all commands at once, and gives back its replies.
    pub fn session(&self, client: Client, commands: &str) -> String {
        let mut args = vec!["-bs", "-oMa", client.ip, "-oMt", ""];
        if let Some(name) = client.name {
            args.extend(["-oMs", name]);
        }
        let replies = self.run(&args, commands.replace('\n', "\r\n").as_bytes());
        String::from_utf8_lossy(&replies.stdout).into_owned()
    }

    /// Hands a message over on the command line, as a program of this machine would.
    pub fn submit(&self, user: &str, sender: &str, recipients: &[&str], message: &str) {
        let args = [&["-oMt", user, "-oi", "-f", sender, "--"], recipients].concat();
        let done = self.run(&args, message.as_bytes());
        assert!(done.status.success(), "Exim took no message: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Runs the queue once, to its end.
    pub fn run_queue(&self) {
        self.run(&["-q"], b"");
    }

    /// A log: `main`, `reject` or `panic`; empty when nothing was written to it.
    pub fn log(&self, name: &str) -> Vec<u8> {
        match fs::read(self.log_path(name)) {
            Ok(log) => log,
            Err(e) if e.kind() == ErrorKind::NotFound => Vec::new(),
            Err(e) => panic!("cannot read the {name} log: {e}"),
        }
    }

    /// Where that log is.
    pub fn log_path(&self, name: &str) -> PathBuf {
        self.path().join(format!("log/{name}log"))
    }

    /// The user that this Exim was built to run as.
    fn user(&self) -> String {
        let told = self.run(&["-n", "-bP", "exim_user"], b"");
        assert!(told.status.success(), "a bad configuration: {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).expect("a user name is ASCII").trim().to_owned()
    }

    fn run(&self, args: &[&str], stdin: &[u8]) -> Finished {
        let mut command = Command::new(BINARY);
        command.arg("-C").arg(&self.config).args(args);
        run(command, stdin, Duration::from_secs(90))
    }
}

/// A line in [`TRUSTED`], taken out again when this is dropped.
struct Trust {
    line: String,
}

impl Trust {
    fn new(config: &Path) -> Self {
        let line = format!("{}\n", config.display());
        edit_trusted(|list| list + &line);
        Self { line }
    }
}

impl Drop for Trust {
    fn drop(&mut self) {
        edit_trusted(|list| list.replace(&self.line, ""));
    }
}

/// Rewrites the list, one process at a time; an empty list is no file, as Debian ships it.
fn edit_trusted(edit: impl FnOnce(String) -> String) {
    let lock = File::create(std::env::temp_dir().join("mailwhy-tests.lock")).expect("a lock file");
    lock.lock().expect("the lock is free in a moment");
    let list = edit(fs::read_to_string(TRUSTED).unwrap_or_default());
    if list.is_empty() {
        let _ = fs::remove_file(TRUSTED);
    } else {
        fs::write(TRUSTED, list).expect("root may write it");
    }
}
