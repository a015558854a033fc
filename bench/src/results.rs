//! What was measured, as tables.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::inputs::Size;
use crate::machine::{Machine, first_line};
use crate::process::Took;

/// All of a run.
#[derive(Serialize)]
pub(crate) struct Results {
    date: String,
    commit: String,
    machine: Machine,
    /// Processes that wanted to run when the measuring began.
    load: f64,
    log: Log,
    pub(crate) goals: Vec<Goal>,
    pub(crate) sections: Vec<Section>,
    pub(crate) memory: Vec<Memory>,
    pub(crate) stages: Vec<Stage>,
}

#[derive(Serialize)]
struct Log {
    bytes: u64,
    lines: u64,
    messages: u64,
    /// What `run` is told, to have it.
    arguments: String,
}

/// Programs that do the like.
#[derive(Clone, Serialize)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) rows: Vec<Figures>,
}

/// What runs of a program took: seconds and bytes.
#[derive(Clone, Serialize)]
pub(crate) struct Figures {
    pub(crate) name: String,
    command: String,
    runs: usize,
    /// Of the fastest run.
    pub(crate) wall: f64,
    median: f64,
    /// Of the run that used the least.
    cpu: f64,
    /// Of the run that used the most.
    peak: u64,
}

/// A figure that is to be reached.
#[derive(Clone, Serialize)]
pub(crate) struct Goal {
    what: String,
    value: f64,
    unit: &'static str,
    target: f64,
    /// More is better.
    more: bool,
    reached: bool,
}

/// What a report of a log from standard input took.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Memory {
    pub(crate) bytes: u64,
    /// How many messages arrive in a second.
    pub(crate) rate: u32,
    pub(crate) peak: u64,
    pub(crate) seconds: f64,
}

/// What a stage took in memory.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Stage {
    pub(crate) name: String,
    /// What it works on.
    pub(crate) unit: String,
    pub(crate) count: u64,
    /// Of the log that these are from; 0 where that says nothing.
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
}

impl Results {
    pub(crate) fn new(machine: Machine, arguments: String, bytes: u64, size: &Size) -> Self {
        let git = |arguments: &[&str]| {
            first_line(std::process::Command::new("git").args(arguments).current_dir(crate::project()))
        };
        Self {
            date: first_line(std::process::Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"])),
            commit: git(&["rev-parse", "--short=12", "HEAD"]),
            machine,
            load: load(),
            log: Log { bytes, lines: size.lines, messages: size.messages, arguments },
            goals: Vec::new(),
            sections: Vec::new(),
            memory: Vec::new(),
            stages: Vec::new(),
        }
    }

    pub(crate) fn markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.print(&mut out);
        out
    }

    /// Writes RESULTS.md and results.json into this directory.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        fs::write(directory.join("RESULTS.md"), self.markdown())?;
        fs::write(directory.join("results.json"), serde_json::to_string_pretty(self)? + "\n")?;
        Ok(())
    }

    fn print(&self, out: &mut String) -> std::fmt::Result {
        let Machine { cpu, cores, kernel, rustc } = &self.machine;
        let Log { bytes, lines, messages, arguments } = &self.log;
        writeln!(out, "# Results\n")?;
        writeln!(
            out,
            "{}, at commit {}, on {cores} cores of {cpu}, Linux {kernel}, {rustc}.",
            self.date, self.commit
        )?;
        writeln!(
            out,
            "A log of {:.2} GB: {:.2} M lines, {:.2} M messages. All is in the page cache.\n",
            *bytes as f64 / 1e9,
            *lines as f64 / 1e6,
            *messages as f64 / 1e6
        )?;
        writeln!(out, "    cargo run --release --manifest-path bench/Cargo.toml -- run {arguments}\n")?;
        if self.load > 1.0 {
            writeln!(
                out,
                "The load was {} when it began: seconds say little, ratios more.\n",
                short(self.load)
            )?;
        }
        if !self.goals.is_empty() {
            writeln!(out, "## Goals\n\n| | measured | goal | |\n|---|---:|---:|---|")?;
            for goal in &self.goals {
                let sign = if goal.more { "≥" } else { "≤" };
                let reached = if goal.reached { "reached" } else { "**missed**" };
                writeln!(
                    out,
                    "| {} | {} {} | {sign} {} {} | {reached} |",
                    goal.what,
                    short(goal.value),
                    goal.unit,
                    goal.target,
                    goal.unit
                )?;
            }
        }
        for section in &self.sections {
            writeln!(out, "\n## {}\n", section.title)?;
            writeln!(out, "| command | best | median | CPU | peak memory | beside mailwhy | runs |")?;
            writeln!(out, "|---|---:|---:|---:|---:|---:|---:|")?;
            let own = section.rows.first().map_or(1.0, |row| row.wall);
            for row in &section.rows {
                writeln!(
                    out,
                    "| `{}` | {} | {} | {} | {:.0} MB | {}× | {} |",
                    row.command.replace('|', "\\|"),
                    time(row.wall),
                    time(row.median),
                    time(row.cpu),
                    row.peak as f64 / 1e6,
                    short(row.wall / own),
                    row.runs
                )?;
            }
        }
        if !self.memory.is_empty() {
            writeln!(
                out,
                "\n## Memory\n\nA report of a log from standard input, written while it is read. Messages wait for up to four \
                 days: at 20 a second 1 GB covers 17 hours, and what waits gains lines up to 5.5 GB; at 2 a second 1 GB \
                 covers a week, and the queue is as large and as old at the end of each log.\n"
            )?;
            writeln!(out, "| log | messages a second | peak memory | took |\n|---:|---:|---:|---:|")?;
            for memory in &self.memory {
                let (bytes, peak) = (memory.bytes as f64 / 1e9, memory.peak as f64 / 1e6);
                let Memory { rate, seconds, .. } = memory;
                writeln!(out, "| {bytes:.2} GB | {rate} | {peak:.0} MB | {} |", time(*seconds))?;
            }
        }
        if !self.stages.is_empty() {
            writeln!(out, "\n## Stages\n\n{}", stages(&self.stages))?;
        }
        Ok(())
    }
}

/// A table of stages.
pub(crate) fn stages(stages: &[Stage]) -> String {
    let mut out = String::from("| stage | work | each | of the log |\n|---|---:|---:|---:|\n");
    for stage in stages {
        let each = stage.seconds * 1e9 / stage.count.max(1) as f64;
        let rate = match stage.bytes {
            0 => String::new(),
            bytes => format!("{:.0} MB/s", bytes as f64 / stage.seconds / 1e6),
        };
        let _ = writeln!(
            out,
            "| {} | {} {} | {} ns | {rate} |",
            stage.name,
            stage.count,
            stage.unit,
            short(each)
        );
    }
    out
}

impl Figures {
    pub(crate) fn new(name: &str, command: &str, took: &[Took]) -> Self {
        let mut walls: Vec<f64> = took.iter().map(|t| t.wall.as_secs_f64()).collect();
        walls.sort_by(f64::total_cmp);
        Self {
            name: name.to_owned(),
            command: command.to_owned(),
            runs: took.len(),
            wall: walls.first().copied().unwrap_or_default(),
            median: walls.get(walls.len() / 2).copied().unwrap_or_default(),
            cpu: took.iter().map(|t| t.cpu.as_secs_f64()).fold(f64::INFINITY, f64::min),
            peak: took.iter().map(|t| t.peak).max().unwrap_or_default(),
        }
    }
}

impl Goal {
    /// At least so many times faster than the peer; nothing without the peer.
    pub(crate) fn times_faster(
        what: &str,
        own: Option<&Figures>,
        peer: Option<&Figures>,
        target: f64,
    ) -> Option<Self> {
        let value = peer?.wall / own?.wall;
        Some(Self {
            what: what.to_owned(),
            value,
            unit: "times faster",
            target,
            more: true,
            reached: value >= target,
        })
    }

    /// At most so many times the time of the peer; nothing without the peer.
    pub(crate) fn within(
        what: &str,
        own: Option<&Figures>,
        peer: Option<&Figures>,
        target: f64,
    ) -> Option<Self> {
        Self::below(what, Some(own?.wall / peer?.wall), "times", target)
    }

    pub(crate) fn rate(what: &str, value: Option<f64>, unit: &'static str, target: f64) -> Option<Self> {
        let value = value?;
        Some(Self { what: what.to_owned(), value, unit, target, more: true, reached: value >= target })
    }

    pub(crate) fn below(what: &str, value: Option<f64>, unit: &'static str, target: f64) -> Option<Self> {
        let value = value?;
        Some(Self { what: what.to_owned(), value, unit, target, more: false, reached: value <= target })
    }
}

fn load() -> f64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default()
}

fn time(seconds: f64) -> String {
    if seconds < 0.1 { format!("{} ms", short(seconds * 1e3)) } else { format!("{} s", short(seconds)) }
}

/// Three digits or so.
fn short(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
