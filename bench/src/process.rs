//! Other programs, timed.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use wait4::Wait4 as _;

/// A program, its arguments and what it reads.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) stdin: Option<PathBuf>,
}

/// What a run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) wall: Duration,
    /// Of all its threads, in user and kernel.
    pub(crate) cpu: Duration,
    /// Bytes of memory at its peak.
    pub(crate) peak: u64,
}

impl Program {
    pub(crate) fn new<A: Into<OsString>>(path: &Path, arguments: impl IntoIterator<Item = A>) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { path: path.to_owned(), arguments, stdin: None }
    }

    /// Runs it with its output thrown away.
    ///
    /// What the kernel counts as a process's peak begins with what its parent held when it was made: this program stays
    /// small for that reason, and lets others make the inputs.
    pub(crate) fn time(&self) -> Result<Took> {
        let mut command = self.command();
        command.stdin(match &self.stdin {
            Some(path) => Stdio::from(File::open(path).with_context(|| format!("{}", path.display()))?),
            None => Stdio::null(),
        });
        self.wait(command)
    }

    /// Runs it on what another program writes.
    pub(crate) fn time_after(&self, source: &Self) -> Result<Took> {
        let mut source = source.command().stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut command = self.command();
        command.stdin(source.stdout.take().map_or_else(Stdio::null, Stdio::from));
        let took = self.wait(command);
        let made = source.wait()?;
        if !made.success() {
            bail!("the generator failed: {made}");
        }
        took
    }

    fn wait(&self, mut command: Command) -> Result<Took> {
        let start = Instant::now();
        let child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().with_context(|| self.shown())?;
        let used = child.wait4().with_context(|| self.shown())?;
        let wall = start.elapsed();
        if !used.status.success() {
            bail!("{} failed: {}", self.shown(), used.status);
        }
        Ok(Took { wall, cpu: used.rusage.utime + used.rusage.stime, peak: used.rusage.maxrss })
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).env("LC_ALL", "C.UTF-8").env_remove("MAILWHY_THREADS");
        command
    }

    pub(crate) fn shown(&self) -> String {
        let mut shown = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for argument in &self.arguments {
            let argument = Path::new(argument);
            // Files in the cache have long paths.
            let short =
                argument.file_name().filter(|_| argument.is_absolute()).unwrap_or(argument.as_os_str());
            let short = short.to_string_lossy();
            let quote = if short.contains([' ', '*', '|', '(']) { "'" } else { "" };
            shown.push_str(&format!(" {quote}{short}{quote}"));
        }
        if let Some(stdin) = &self.stdin {
            shown.push_str(&format!(" < {}", stdin.file_name().unwrap_or_default().to_string_lossy()));
        }
        shown
    }
}

/// A program of this name, if it is on the machine.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    directories.map(|directory| directory.join(name)).find(|path| path.is_file())
}
