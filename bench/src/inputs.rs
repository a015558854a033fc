//! Logs to measure on, made once and kept.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use mailwhy_genlog::{Options, generate};
use serde::Deserialize;

use crate::process::Program;

/// Of what is true of a log, what tables tell.
#[derive(Deserialize)]
pub(crate) struct Size {
    pub(crate) lines: u64,
    pub(crate) messages: u64,
}

/// Where generated files are kept: of one size and seed.
pub(crate) struct Inputs {
    directory: PathBuf,
    bytes: u64,
    seed: u64,
    edition: u32,
}

impl Inputs {
    pub(crate) fn new(bytes: u64, seed: u64) -> Result<Self> {
        let directory = std::env::temp_dir().join("mailwhy-bench");
        fs::create_dir_all(&directory).with_context(|| format!("{}", directory.display()))?;
        Ok(Self { directory, bytes, seed, edition: edition(seed)? })
    }

    /// A log.
    pub(crate) fn log(&self) -> Result<PathBuf> {
        let path = self.path("log");
        // It is written last.
        if !truth_path(&path).exists() {
            eprintln!("generating {}", path.display());
            let mut command = Command::new(std::env::current_exe()?);
            command.args(generator(self.bytes, self.seed).arguments).arg("--output").arg(&path);
            succeed(&mut command)?;
        }
        Ok(path)
    }

    /// How much is in it.
    pub(crate) fn size(&self) -> Result<Size> {
        let truth = BufReader::new(File::open(truth_path(&self.log()?))?);
        Ok(serde_json::from_reader(truth)?)
    }

    /// The log, compressed by this program.
    pub(crate) fn archive(&self, program: &Path, extension: &str, level: &str) -> Result<PathBuf> {
        let log = self.log()?;
        let path = self.path(&format!("log.{extension}"));
        if !path.exists() {
            eprintln!("compressing {}", path.display());
            let partial = path.with_extension("partial");
            let mut command = Command::new(program);
            command.args([level, "-c"]).arg(log).stdout(Stdio::from(File::create(&partial)?));
            succeed(&mut command)?;
            fs::rename(partial, &path)?;
        }
        Ok(path)
    }

    /// The remote error replies of the log, one on each line, so many.
    pub(crate) fn replies(&self, count: usize) -> Result<PathBuf> {
        let path = self.path(&format!("{count}.replies"));
        if !path.exists() {
            let mut found = Vec::new();
            for line in BufReader::new(File::open(self.log()?)?).split(b'\n') {
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

    fn path(&self, extension: &str) -> PathBuf {
        self.directory.join(format!("{}-{}-{:08x}.{extension}", self.bytes, self.seed, self.edition))
    }
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
