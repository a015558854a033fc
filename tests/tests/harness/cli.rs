//! The program as its users run it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use super::process::{Finished, run};

/// A run of `mailwhy`: in an empty directory, with nothing of our own environment but what a test sets.
pub struct Test {
    args: Vec<OsString>,
    env: BTreeMap<&'static str, OsString>,
    stdin: Vec<u8>,
    directory: PathBuf,
}

/// What it did.
pub struct Outcome {
    shown: String,
    finished: Finished,
}

impl Test {
    /// A run with these arguments.
    pub fn new<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Self {
        Self {
            args: args.into_iter().map(|arg| arg.as_ref().to_owned()).collect(),
            env: BTreeMap::from([
                ("LANG", "C.UTF-8".into()),
                ("TZ", "UTC".into()),
                // Whatever this machine is configured to.
                ("MAILWHY_CONFIG", "/dev/null".into()),
            ]),
            stdin: Vec::new(),
            directory: empty_directory().to_owned(),
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.env.insert(name, value.into());
        self
    }

    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Runs it in this directory.
    pub fn at(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// Runs it to its end.
    pub fn run(self) -> Outcome {
        let shown = format!("mailwhy {}", self.args.join(OsStr::new(" ")).display());
        let finished = run(self.command(), &self.stdin, Duration::from_secs(60));
        Outcome { shown, finished }
    }

    /// The command, for a test that wants to watch it run.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        command.args(&self.args).env_clear().envs(&self.env).current_dir(&self.directory);
        command
    }
}

impl Outcome {
    /// Fails unless the program ended with this exit code.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        let code = self.finished.status.code();
        assert_eq!(code, Some(expected), "{}\n{}\n{}", self.shown, self.stdout(), self.stderr());
        self
    }

    /// Fails unless the program ended well and had nothing to say about it.
    #[track_caller]
    pub fn success(self) -> Self {
        let quiet = self.code(0);
        assert_eq!(quiet.stderr(), "", "{}", quiet.shown);
        quiet
    }

    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.finished.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.finished.stderr).into_owned()
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.finished.stdout).unwrap_or_else(|e| panic!("{}: {e}", self.shown))
    }

    /// Standard output as one JSON value for each line.
    #[track_caller]
    pub fn jsonl(&self) -> Vec<Value> {
        let lines = self.finished.stdout.split_inclusive(|&b| b == b'\n');
        lines.map(|l| serde_json::from_slice(l).unwrap_or_else(|e| panic!("{}: {e}", self.shown))).collect()
    }
}

/// The program, built from the present sources.
///
/// A package cannot depend on another one's binary, so Cargo is asked for it, once, with the target directory and
/// profile that this test was built with; where all is built already that takes a fraction of a second.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows where it is");
        let profile = test.ancestors().nth(2).expect("tests lie in TARGET/PROFILE/deps");
        let name = profile.file_name().and_then(OsStr::to_str).expect("a profile has a name");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.args(["build", "--quiet", "--package", "mailwhy", "--profile"]);
        build.arg(if name == "debug" { "dev" } else { name });
        build.arg("--target-dir").arg(profile.parent().expect("a profile lies in the target directory"));
        build.current_dir(super::workspace());
        let built = build.status().expect("cargo can be run");
        assert!(built.success(), "mailwhy does not build");
        profile.join("mailwhy")
    })
}

/// Where runs begin, so that no file of ours is found by chance.
fn empty_directory() -> &'static Path {
    static DIRECTORY: OnceLock<tempfile::TempDir> = OnceLock::new();
    DIRECTORY.get_or_init(|| tempfile::tempdir().expect("a temporary directory")).path()
}
