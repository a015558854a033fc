//! Instructions of the hot paths, which are the same from run to run where seconds are not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use mailwhy_genlog::{Limit, Options, generate};
use serde::{Deserialize, Serialize};

use crate::machine::{self, Machine, cpu_field};
use crate::process::find;

/// So much more than the baseline is too much.
const LIMIT: f64 = 0.05;
/// The same where the baseline is of another compiler or processor.
const LIMIT_ELSEWHERE: f64 = 0.15;
/// So much less is worth writing down.
const WORTH: f64 = -0.05;

/// Extensions of the processor without which valgrind shows programs an older one. With them it always shows the same,
/// without AVX-512, whatever the processor is: libraries that choose their code by it choose the same everywhere.
const FEATURES: [&str; 3] = ["avx2", "avx", "sse4_2"];

const HEADER: &str = "\
# Instructions of hot paths on a small generated input, as callgrind counts them. CI fails where one needs 5 % more.
# A change that is meant to cost, or that saves: write it down with
#     cargo run --release --manifest-path bench/Cargo.toml -- instructions --update
# Valgrind shows every processor with AVX2 to programs as the same one, so that counts do not depend on the model. They do
# on the compiler and the C library: where those are others than here, CI says so, and fails at 15 %. Random hash seeds
# move counts by 0.1 %.

";

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Baseline {
    rustc: String,
    libc: String,
    valgrind: String,
    /// Where it was counted.
    cpu: String,
    /// Of [`FEATURES`].
    features: Vec<String>,
    instructions: BTreeMap<String, u64>,
}

impl Baseline {
    /// What counts depend on beside the program.
    fn environment(&self) -> String {
        format!("{}, {}, {}, {}", self.rustc, self.libc, self.valgrind, self.features.join(" "))
    }
}

pub(crate) fn run(update: bool) -> Result<()> {
    let valgrind = find("valgrind").context("valgrind is not installed\nhint: apt-get install valgrind")?;
    let path = crate::project().join("bench/baseline.toml");
    let now = count(&valgrind, &machine::build()?)?;
    let before = read(&path);
    let before = match &before {
        Ok(before) => before,
        Err(_) if update => &now,
        Err(error) => bail!("{error:#}\nhint: --update writes it anew"),
    };
    let same = before.environment() == now.environment();
    let limit = if same { LIMIT } else { LIMIT_ELSEWHERE };
    if !same {
        println!("warning: the baseline was counted with {}", before.environment());
        println!("         these counts are with {}: the limit is {:.0} %", now.environment(), limit * 100.0);
    }
    println!("{:<12} {:>14} {:>14}", "", "baseline", "now");
    let (mut slower, mut faster) = (Vec::new(), false);
    for (name, &count) in &now.instructions {
        let Some(&was) = before.instructions.get(name) else {
            println!("{name:<12} {:>14} {count:>14}", "none");
            faster = true;
            continue;
        };
        let change = count as f64 / was as f64 - 1.0;
        println!("{name:<12} {was:>14} {count:>14} {:>+7.2} %", change * 100.0);
        if change > limit {
            slower.push(name.as_str());
        }
        faster |= change < WORTH;
    }
    if update {
        fs::write(&path, HEADER.to_owned() + &toml::to_string(&now)?)?;
        println!("written: {}", path.display());
    } else if !slower.is_empty() {
        bail!(
            "more than {:.0} % over the baseline: {}\nhint: callgrind_annotate tells where; if it has to be, `-- instructions --update` and commit bench/baseline.toml",
            limit * 100.0,
            slower.join(", ")
        );
    } else if faster {
        println!("hint: bench/baseline.toml can be lowered with --update");
    }
    Ok(())
}

fn read(path: &Path) -> Result<Baseline> {
    let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{}", path.display()))
}

fn count(valgrind: &Path, mailwhy: &Path) -> Result<Baseline> {
    let directory = tempfile::tempdir()?;
    let log = directory.path().join("mainlog");
    let options = Options { seed: 5, limit: Limit::Bytes(4_000_000), ..Options::default() };
    let mut content = Vec::new();
    generate(&options, &mut content)?;
    fs::write(&log, &content)?;
    let (replies, address) = excerpts(&content, &directory.path().join("replies"))?;
    let of = |arguments: &[&str], file: Option<&Path>| {
        let arguments = arguments.iter().map(PathBuf::from).chain(file.map(Path::to_path_buf));
        instructions(valgrind, mailwhy, &arguments.collect::<Vec<_>>(), directory.path())
    };
    let mut counts = BTreeMap::new();
    let mut add = |name: &str, count: Result<u64>| -> Result<()> {
        counts.insert(name.to_owned(), count.with_context(|| name.to_owned())?);
        Ok(())
    };
    add("report", of(&["report", "--threads", "1", "--format", "json"], Some(&log)))?;
    add("events", of(&["events", "--threads", "1", "--format", "jsonl"], Some(&log)))?;
    add("classify", of(&["classify", "--threads", "1"], Some(&replies)))?;
    add("explain", of(&["explain", "550 5.1.1 No such user here"], None))?;
    let has_trace = Command::new(mailwhy).args(["trace", "--help"]).output()?.status.success();
    if has_trace {
        add("trace", of(&["trace", "--threads", "1", &address], Some(&log)))?;
    }
    let flags = cpu_field("flags").unwrap_or_default();
    let flags: Vec<&str> = flags.split(' ').collect();
    let Machine { cpu, rustc, .. } = Machine::this();
    Ok(Baseline {
        rustc,
        libc: machine::first_line(Command::new("ldd").arg("--version")),
        valgrind: machine::first_line(Command::new(valgrind).arg("--version")),
        cpu,
        features: FEATURES.iter().filter(|f| flags.contains(f)).map(|&f| f.to_owned()).collect(),
        instructions: counts,
    })
}

/// Writes the replies in a log into a file; gives it and a recipient that was deferred.
fn excerpts(log: &[u8], path: &Path) -> Result<(PathBuf, String)> {
    let text = String::from_utf8_lossy(log);
    let replies = text.lines().filter_map(|line| {
        let (_, after) = line.split_once("SMTP error from remote mail server after ")?;
        Some(after.split_once(": ")?.1)
    });
    let replies: Vec<&str> = replies.collect();
    fs::write(path, replies.join("\n") + "\n")?;
    let deferred = text.lines().find_map(|line| line.split_once(" == ")?.1.split(' ').next());
    Ok((path.to_owned(), deferred.context("no recipient was deferred")?.to_owned()))
}

/// All instructions of a run, from its start to its exit.
fn instructions(valgrind: &Path, mailwhy: &Path, arguments: &[PathBuf], directory: &Path) -> Result<u64> {
    let out = directory.join("callgrind.out");
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(mailwhy)
        .args(arguments)
        // The environment is copied to the stack, and its length moves what lies behind.
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .current_dir(directory)
        .output()?;
    if !output.status.success() {
        bail!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let profile = fs::read_to_string(&out)?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).context("no totals")?;
    Ok(total.trim().parse()?)
}
