//! How fast mailwhy is, beside what else there is on the machine. See README.md.

mod inputs;
mod instructions;
mod machine;
#[cfg(feature = "stages")]
mod micro;
mod process;
#[cfg(feature = "stages")]
mod replies;
mod results;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mailwhy_genlog::{Exim, Limit, Options, Selector};

/// Measures mailwhy
#[derive(Parser)]
#[command(after_help = "\
Examples:
  mailwhy-bench run                      all of it, on a log of 1 GB; writes RESULTS.md and results.json
  mailwhy-bench run --bytes 100M --only report --runs 9
  mailwhy-bench micro                    each stage by itself, in memory
  mailwhy-bench instructions             against baseline.toml, as CI does
  mailwhy-bench gen --bytes 1G -o mainlog")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Times mailwhy and its peers in turns, and writes the tables
    Run(run::Arguments),
    /// Times each stage on a log in memory
    #[cfg(feature = "stages")]
    Micro {
        /// A log; without it, one is generated
        file: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Counts the instructions of the hot paths and compares them with baseline.toml
    Instructions {
        /// Write the counts into baseline.toml
        #[arg(long)]
        update: bool,
    },
    /// Writes a log, and beside it FILE.truth.json: what is true of it
    Gen(GenArguments),
    /// Replies per second, and how long the rules take to build
    #[cfg(feature = "stages")]
    Classify(ReplyFiles),
    /// Normal forms per second, and how many differ
    #[cfg(feature = "stages")]
    Normalize(ReplyFiles),
    /// The verdict on each reply, to compare before and after a change
    #[cfg(feature = "stages")]
    Verdicts(ReplyFiles),
    /// The normal form of each reply, the most frequent first
    #[cfg(feature = "stages")]
    Groups(ReplyFiles),
}

/// Logs, tables with a column `input` (.tsv), or files with a reply on each line.
#[cfg(feature = "stages")]
#[derive(Args)]
struct ReplyFiles {
    /// Logs, tables with a column `input` (.tsv), or files with a reply on each line
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Args)]
struct GenArguments {
    /// Where to; `-` is standard output, without the truth
    #[arg(short, long, default_value = "-")]
    output: PathBuf,
    /// How long: 100M, 1G (powers of ten)
    #[arg(long, value_parser = size, default_value = "100M")]
    bytes: u64,
    /// Another seed gives another log
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What Exim is told to log
    #[arg(long, value_enum, default_value_t = LogSelector::Debian)]
    selector: LogSelector,
    /// Whose wording
    #[arg(long, value_enum, default_value_t = Version::V4_96)]
    exim: Version,
    /// Milliseconds in times
    #[arg(long)]
    millis: bool,
    /// The process in each line
    #[arg(long)]
    pid: bool,
    /// Messages per second
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogSelector {
    Default,
    Debian,
    Rich,
}

#[derive(Clone, Copy, ValueEnum)]
enum Version {
    #[value(name = "4.84")]
    V4_84,
    #[value(name = "4.96")]
    V4_96,
    #[value(name = "4.99")]
    V4_99,
    Upgraded,
}

impl GenArguments {
    fn options(&self) -> Options {
        Options {
            seed: self.seed,
            limit: Limit::Bytes(self.bytes),
            exim: match self.exim {
                Version::V4_84 => Exim::V4_84,
                Version::V4_96 => Exim::V4_96,
                Version::V4_99 => Exim::V4_99,
                Version::Upgraded => Exim::Upgraded,
            },
            selector: match self.selector {
                LogSelector::Default => Selector::Default,
                LogSelector::Debian => Selector::Debian,
                LogSelector::Rich => Selector::Rich,
            },
            millis: self.millis,
            pid: self.pid,
            rate: self.rate,
            ..Options::default()
        }
    }
}

fn main() -> ExitCode {
    match act(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn act(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run(arguments) => run::run(arguments),
        Command::Instructions { update } => instructions::run(update),
        Command::Gen(arguments) => inputs::write(&arguments.options(), &arguments.output),
        #[cfg(feature = "stages")]
        Command::Micro { file, json } => micro::run(file.as_deref(), json),
        #[cfg(feature = "stages")]
        Command::Classify(asked) => replies::run(&asked.files, replies::classify),
        #[cfg(feature = "stages")]
        Command::Normalize(asked) => replies::run(&asked.files, replies::normal_forms),
        #[cfg(feature = "stages")]
        Command::Verdicts(asked) => replies::run(&asked.files, replies::verdicts),
        #[cfg(feature = "stages")]
        Command::Groups(asked) => replies::run(&asked.files, replies::groups),
    }
}

/// The directory of the whole project.
fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// `100M`, `1.5G`: powers of ten.
fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.trim_end_matches(['b', 'B']) {
        t if t.ends_with(['k', 'K']) => (&t[..t.len() - 1], 1e3),
        t if t.ends_with(['m', 'M']) => (&t[..t.len() - 1], 1e6),
        t if t.ends_with(['g', 'G']) => (&t[..t.len() - 1], 1e9),
        t => (t, 1.0),
    };
    let number: f64 = number.parse().map_err(|_| format!("{text} is no size like 100M or 1G"))?;
    Ok((number * unit) as u64)
}
