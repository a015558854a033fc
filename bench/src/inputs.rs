//! Logs to measure on, made once and kept.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use mailwhy_genlog::{Options, generate};
use serde::Deserialize;

use crate::process::Program;

/// Of what is true of a log, what tables tell.
#[derive(Default, Deserialize)]
pub(crate) struct Size {
    pub(crate) lines: u64,
    pub(crate) messages: u64,
}

/// A log, and what is made of it and kept.
pub(crate) struct Inputs {
    pub(crate) log: PathBuf,
    /// Whether it was generated, and there is a truth beside it.
    generated: bool,
    /// What the names of all that is made of it begin with.
    prefix: PathBuf,
}

impl Inputs {
    /// A generated log of this size and seed.
    pub(crate) fn generate(bytes: u64, seed: u64) -> Result<Self> {
        let prefix = directory()?.join(format!("{bytes}-{seed}-{:08x}", edition(seed)?));
        let log = prefix.with_extension("log");
        // It is written last.
        if !truth_path(&log).exists() {
            eprintln!("generating {}", log.display());
            let mut command = Command::new(std::env::current_exe()?);
            command.args(generator(bytes, seed).arguments).arg("--output").arg(&log);
            succeed(&mut command)?;
        }
        Ok(Self { log, generated: true, prefix })
    }

    /// This log.
    pub(crate) fn of(log: &Path) -> Result<Self> {
        let log = log.canonicalize().with_context(|| format!("{}", log.display()))?;
        let about = log.metadata()?;
        let mut hasher = DefaultHasher::new();
        (&log, about.len(), about.modified()?).hash(&mut hasher);
        let prefix = directory()?.join(format!("{:016x}", hasher.finish()));
        Ok(Self { log, generated: false, prefix })
    }

    /// How much is in it.
    pub(crate) fn size(&self) -> Result<Size> {
        if self.generated {
            return Ok(serde_json::from_reader(BufReader::new(File::open(truth_path(&self.log))?))?);
        }
        // Those that arrived in it.
        let (mut size, mut line) = (Size::default(), Vec::new());
        let named = || format!("{}", self.log.display());
        let mut log = BufReader::new(File::open(&self.log).with_context(named)?);
        while log.read_until(b'\n', &mut line).with_context(named)? > 0 {
            size.lines += 1;
            size.messages += u64::from(line.windows(4).any(|sign| sign == b" <= "));
            line.clear();
        }
        Ok(size)
    }

    /// The log, compressed by this program.
    pub(crate) fn archive(&self, program: &Path, extension: &str, level: &str) -> Result<PathBuf> {
        let path = self.prefix.with_extension(format!("log.{extension}"));
        if !path.exists() {
            eprintln!("compressing {}", path.display());
            let partial = path.with_extension("partial");
            let mut command = Command::new(program);
            command.args([level, "-c"]).arg(&self.log).stdout(Stdio::from(File::create(&partial)?));
            succeed(&mut command)?;
            fs::rename(partial, &path)?;
        }
        Ok(path)
    }

    /// The remote error replies of the log, one on each line, so many.
    pub(crate) fn replies(&self, count: usize) -> Result<PathBuf> {
        let path = self.prefix.with_extension(format!("{count}.replies"));
        if !path.exists() {
            let mut found = Vec::new();
            for line in BufReader::new(File::open(&self.log)?).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                let reply = line.split_once("SMTP error from remote mail server after ");
                if let Some((_, reply)) = reply.and_then(|(_, after)| after.split_once(": ")) {
                    found.push(reply.to_owned());
                }
                // So many are enough: they repeat. And this program stays small.
                if found.len() == 10_000 {
                    break;
                }
            }
            if found.is_empty() {
                bail!("there is no reply in the log");
            }
            let mut out = BufWriter::new(File::create(&path)?);
            for reply in found.iter().cycle().take(count) {
                writeln!(out, "{reply}")?;
            }
            out.flush()?;
        }
        Ok(path)
    }
}

/// Where all that is made is kept. Nobody else may read it: some of it is of real logs.
fn directory() -> Result<PathBuf> {
    let directory = std::env::temp_dir().join("mailwhy-bench");
    fs::create_dir_all(&directory)
        .and_then(|()| fs::set_permissions(&directory, Permissions::from_mode(0o700)))
        .with_context(|| format!("{}", directory.display()))?;
    Ok(directory)
}

/// Another for a generator that makes other logs.
fn edition(seed: u64) -> Result<u32> {
    let mut child = generator(2_000_000, seed).command().stdout(Stdio::piped()).spawn()?;
    let mut hasher = DefaultHasher::new();
    if let Some(log) = child.stdout.take() {
        let mut log = BufReader::new(log);
        loop {
            let part = log.fill_buf()?;
            if part.is_empty() {
                break;
            }
            hasher.write(part);
            let length = part.len();
            log.consume(length);
        }
    }
    child.wait()?;
    Ok(hasher.finish() as u32)
}

/// This program as the generator of a log.
pub(crate) fn generator(bytes: u64, seed: u64) -> Program {
    let path = std::env::current_exe().unwrap_or_default();
    Program::new(&path, ["gen", "--bytes", &bytes.to_string(), "--seed", &seed.to_string()])
}

/// Writes a log, and what is true of it beside it.
pub(crate) fn write(options: &Options, path: &Path) -> Result<()> {
    if path == Path::new("-") {
        return match generate(options, BufWriter::new(io::stdout().lock())) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        };
    }
    let file = File::create(path).with_context(|| format!("{}", path.display()))?;
    let truth = generate(options, file).with_context(|| format!("{}", path.display()))?;
    let beside = truth_path(path);
    fs::write(&beside, serde_json::to_vec_pretty(&truth)?)
        .with_context(|| format!("{}", beside.display()))?;
    Ok(())
}

/// Runs a command to its end.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| name.clone())?;
    if !status.success() {
        bail!("{name} failed: {status}");
    }
    Ok(())
}

fn truth_path(log: &Path) -> PathBuf {
    let name = log.file_name().unwrap_or(OsStr::new("log")).to_string_lossy();
    log.with_file_name(format!("{name}.truth.json"))
}
