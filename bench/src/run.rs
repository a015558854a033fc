//! mailwhy and its peers, in turns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::inputs::{Inputs, generator};
use crate::machine::{self, Machine};
use crate::process::{Program, Took, find};
use crate::results::{Figures, Goal, Memory, Results, Section, Stage};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long the log is (powers of ten)
    #[arg(long, value_parser = crate::size, default_value = "1G")]
    bytes: u64,
    /// Another seed gives another log
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// This log instead of a generated one; prints the tables without writing RESULTS.md and results.json
    #[arg(long, conflicts_with_all = ["bytes", "seed"])]
    log: Option<PathBuf>,
    /// How often each program runs at most
    #[arg(long, default_value_t = 5)]
    runs: u32,
    /// A program that has run for so many seconds does not run again
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Only these; prints the tables without writing RESULTS.md and results.json
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// This program instead of one built from the present sources
    #[arg(long)]
    mailwhy: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Part {
    /// A report, beside eximstats, rg and wc
    Report,
    /// One address, beside exigrep
    Trace,
    /// Reports of archives, beside their decoders
    Archives,
    /// Every line as JSON
    Events,
    /// Replies from a list
    Classify,
    /// One reply, from start to exit
    Explain,
    /// Peak memory of reports of a log a tenth and ten times as long, from standard input
    Memory,
    /// Each stage by itself
    Stages,
}

/// Archives: the decoder, its extension, and how hard it is told to try.
const ARCHIVES: [(&str, &str, &str); 4] =
    [("gzip", "gz", "-6"), ("zstd", "zst", "-3"), ("bzip2", "bz2", "-9"), ("xz", "xz", "-1")];
const REPLIES: usize = 1_000_000;
/// Messages a second in the generator's logs, and so few that a log of 1 GB covers more days than a message waits.
const USUAL_RATE: u32 = 20;
const LOW_RATE: u32 = 2;
const REPLY: &str = "550 5.7.26 This mail has been blocked because the sender is unauthenticated";

impl Part {
    /// Whether it has logs of its own.
    fn generates(self) -> bool {
        matches!(self, Self::Memory | Self::Stages)
    }
}

struct Bench {
    arguments: Arguments,
    inputs: Inputs,
    /// How long the log is.
    bytes: u64,
    mailwhy: PathBuf,
    results: Results,
}

pub(crate) fn run(arguments: Arguments) -> Result<()> {
    if arguments.log.is_some()
        && let Some(part) = arguments.only.iter().find(|part| part.generates())
    {
        bail!("{part:?} has logs of its own\nhint: measure it without --log");
    }
    let mailwhy = match &arguments.mailwhy {
        Some(path) => path.canonicalize()?,
        None => machine::build()?,
    };
    let (inputs, asked) = match &arguments.log {
        Some(log) => (Inputs::of(log)?, "--log FILE".to_owned()),
        None => {
            let Arguments { bytes, seed, .. } = arguments;
            (Inputs::generate(bytes, seed)?, format!("--bytes {bytes} --seed {seed}"))
        }
    };
    let generated = arguments.log.is_none();
    let bytes = inputs.log.metadata()?.len();
    let results = Results::new(Machine::this(), asked, bytes, &inputs.size()?);
    let mut bench = Bench { arguments, inputs, bytes, mailwhy, results };
    let all = bench.arguments.only.is_empty() && generated;
    for part in Part::value_variants() {
        let wanted = match &*bench.arguments.only {
            [] => generated || !part.generates(),
            only => only.contains(part),
        };
        if wanted {
            eprintln!("measuring: {part:?}");
            bench.measure(*part)?;
        }
    }
    print!("{}", bench.results.markdown());
    if all {
        bench.results.write(&crate::project().join("bench"))?;
    }
    Ok(())
}

impl Bench {
    fn measure(&mut self, part: Part) -> Result<()> {
        match part {
            Part::Report => self.report(),
            Part::Trace => self.trace(),
            Part::Archives => self.archives(),
            Part::Events => self.events(),
            Part::Classify => self.classify(),
            Part::Explain => self.explain(),
            Part::Memory => self.memory(),
            Part::Stages => self.stages(),
        }
    }

    fn report(&mut self) -> Result<()> {
        let log = &self.inputs.log;
        let mut programs = vec![
            ("report", self.mailwhy(["report"], &[log])),
            ("report, one thread", self.mailwhy(["report", "--threads", "1"], &[log])),
        ];
        let pattern = r"(==|\*\*) .*: [245]..[ -]";
        for (name, arguments) in
            [("eximstats", vec![]), ("rg", vec!["-c", "--no-config", pattern]), ("wc", vec!["-l"])]
        {
            if let Some(path) = find(name) {
                let mut program = Program::new(&path, arguments);
                program.arguments.push(log.clone().into());
                programs.push((name, program));
            }
        }
        let figures = self.time("Report", programs)?;
        let goals = [
            Goal::times_faster(
                "a report beside eximstats",
                figures.get("report"),
                figures.get("eximstats"),
                50.0,
            ),
            Goal::within("a report beside rg", figures.get("report"), figures.get("rg"), 4.0),
            Goal::times_faster(
                "a report with one thread beside eximstats",
                figures.get("report, one thread"),
                figures.get("eximstats"),
                30.0,
            ),
        ];
        self.results.goals.extend(goals.into_iter().flatten());
        Ok(())
    }

    fn trace(&mut self) -> Result<()> {
        if Program::new(&self.mailwhy, ["trace", "--help"]).time().is_err() {
            eprintln!("skipped: this mailwhy has no trace");
            return Ok(());
        }
        let log = &self.inputs.log;
        let address = deferred_address(log)?;
        let mut programs = vec![("trace", self.mailwhy(["trace", &address], &[log]))];
        if let Some(path) = find("exigrep") {
            let mut program = Program::new(&path, ["-l", &address]);
            program.arguments.push(log.into());
            programs.push(("exigrep", program));
        }
        let figures = self.time("Trace", programs)?;
        let goal =
            Goal::times_faster("trace beside exigrep", figures.get("trace"), figures.get("exigrep"), 30.0);
        self.results.goals.extend(goal);
        Ok(())
    }

    fn archives(&mut self) -> Result<()> {
        for (name, extension, level) in ARCHIVES {
            let Some(decoder) = find(name) else { continue };
            let archive = self.inputs.archive(&decoder, extension, level)?;
            let mut program = Program::new(&decoder, ["-dc"]);
            program.arguments.push(archive.clone().into());
            let programs = vec![("report", self.mailwhy(["report"], &[&archive])), (name, program)];
            let figures = self.time(&format!("Archive .{extension}"), programs)?;
            let most = if extension == "gz" { 1.0 } else { 1.1 };
            let what = format!("a report of .{extension} beside {name} -dc");
            let goal = Goal::within(&what, figures.get("report"), figures.get(name), most);
            self.results.goals.extend(goal);
        }
        Ok(())
    }

    fn events(&mut self) -> Result<()> {
        let log = &self.inputs.log;
        let arguments = ["events", "--format", "jsonl", "--threads", "1"];
        let figures = self.time("Events", vec![("events", self.mailwhy(arguments, &[log]))])?;
        let rate = figures.get("events").map(|f| self.bytes as f64 / f.wall / 1e6);
        self.results.goals.extend(Goal::rate("events as JSON on one core", rate, "MB/s", 300.0));
        Ok(())
    }

    fn classify(&mut self) -> Result<()> {
        let replies = self.inputs.replies(REPLIES)?;
        let arguments = ["classify", "--threads", "1"];
        let figures = self.time("Classify", vec![("classify", self.mailwhy(arguments, &[&replies]))])?;
        let rate = figures.get("classify").map(|f| REPLIES as f64 / f.wall / 1e6);
        self.results.goals.extend(Goal::rate("replies classified on one core", rate, "M/s", 1.0));
        Ok(())
    }

    fn explain(&mut self) -> Result<()> {
        let mut programs = vec![("explain", self.mailwhy(["explain", REPLY], &[]))];
        if let Some(path) = find("true") {
            programs.push(("true", Program::new(&path, [""; 0])));
        }
        let figures = self.repeat("Explain", programs, self.arguments.runs.max(20))?;
        let took = figures.get("explain").map(|f| f.wall * 1e3);
        self.results.goals.extend(Goal::below("explain, from start to exit", took, "ms", 10.0));
        Ok(())
    }

    fn memory(&mut self) -> Result<()> {
        let all = self.arguments.bytes;
        let curves =
            [(USUAL_RATE, "a log ten times as long"), (LOW_RATE, "ten times as long, the queue as large")];
        for (rate, what) in curves {
            let mut peaks = Vec::new();
            for bytes in [all / 10, all, all * 10] {
                let report = Program::new(&self.mailwhy, ["report", "-"]);
                let mut source = generator(bytes, self.arguments.seed);
                source.arguments.extend(["--rate".into(), rate.to_string().into()]);
                let took = report.time_after(&source)?;
                peaks.push(took.peak as f64 / 1e6);
                let seconds = took.wall.as_secs_f64();
                self.results.memory.push(Memory { bytes, rate, peak: took.peak, seconds });
            }
            if rate == USUAL_RATE {
                self.results.goals.extend(Goal::below(
                    "peak memory of a report",
                    Some(peaks[1]),
                    "MB",
                    150.0,
                ));
            }
            let what = format!("peak memory of a report of {what}");
            self.results.goals.extend(Goal::below(&what, Some(peaks[2] / peaks[1]), "times", 1.3));
        }
        Ok(())
    }

    /// In a process of its own, which may grow.
    fn stages(&mut self) -> Result<()> {
        let output =
            std::process::Command::new(std::env::current_exe()?).args(["micro", "--json"]).output()?;
        let Ok(stages) = serde_json::from_slice::<Vec<Stage>>(&output.stdout) else {
            eprintln!(
                "skipped: stages; this bench is built without them (--no-default-features, as for `instructions`)"
            );
            return Ok(());
        };
        let rate =
            |name: &str| stages.iter().find(|s| s.name == name).map(|s| s.bytes as f64 / s.seconds / 1e6);
        for (stage, what) in [
            ("lines", "lines in memory, fields on demand"),
            ("events", "lines in memory, every field of each"),
        ] {
            let own = rate(stage);
            let beside = |name: &str| rate(name).zip(own).map(|(newlines, own)| newlines / own);
            let goals = [
                Goal::rate(what, own, "MB/s", 1000.0),
                Goal::below("the same beside finding newlines", beside("newlines found"), "times", 3.0),
                Goal::below("the same beside counting newlines", beside("newlines counted"), "times", 3.0),
            ];
            self.results.goals.extend(goals.into_iter().flatten());
        }
        self.results.stages = stages;
        Ok(())
    }

    fn mailwhy<const N: usize>(&self, arguments: [&str; N], files: &[&Path]) -> Program {
        let mut program = Program::new(&self.mailwhy, arguments);
        program.arguments.extend(files.iter().map(|&file| file.into()));
        program
    }

    fn time(&mut self, title: &str, programs: Vec<(&str, Program)>) -> Result<BTreeMap<String, Figures>> {
        self.repeat(title, programs, self.arguments.runs)
    }

    /// Runs all of them once, then again: whatever disturbs the machine disturbs all alike.
    fn repeat(
        &mut self,
        title: &str,
        programs: Vec<(&str, Program)>,
        runs: u32,
    ) -> Result<BTreeMap<String, Figures>> {
        let most = Duration::from_secs(self.arguments.seconds);
        let mut took: Vec<Vec<Took>> = vec![Vec::new(); programs.len()];
        for _ in 0..runs {
            for ((_, program), took) in programs.iter().zip(&mut took) {
                if took.iter().map(|t| t.wall).sum::<Duration>() < most {
                    took.push(program.time()?);
                }
            }
        }
        let rows = programs.iter().zip(&took);
        let rows = rows.map(|((name, program), took)| Figures::new(name, &program.shown(), took));
        let section = Section { title: title.to_owned(), rows: rows.collect() };
        let figures = section.rows.iter().map(|row| (row.name.clone(), row.clone())).collect();
        self.results.sections.push(section);
        Ok(figures)
    }
}

/// A recipient that has waited, from the later part of the log.
fn deferred_address(log: &Path) -> Result<String> {
    use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};

    let mut file = std::fs::File::open(log)?;
    let middle = file.metadata()?.len() / 2;
    file.seek(SeekFrom::Start(middle))?;
    for line in BufReader::new(file).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if let Some((_, after)) = line.split_once(" == ")
            && let Some(address) = after.split(' ').next()
        {
            return Ok(address.to_owned());
        }
    }
    bail!("no recipient was deferred in the log");
}
