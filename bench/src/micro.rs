//! Each stage by itself, on a log in memory and in one thread.

use std::hint::black_box;
use std::path::Path;

use anyhow::{Context as _, Result};
use mailwhy_classify::{Classifier, Query, fingerprint, normalize};
use mailwhy_genlog::{Limit, Options, generate};
use mailwhy_logs::exim::{Line, Role, scan, scan_batches};
use mailwhy_logs::{Event, Kind, Step};
use mailwhy_report::{About, Format, Place, Style, Summary, render};
use mailwhy_trace::{Attempts, Groups, Trace, query};

use crate::replies::best;
use crate::results::{Stage, stages};

/// More does not fit into the caches of any processor.
const BYTES: u64 = 64_000_000;
const ROUNDS: usize = 5;

pub(crate) fn run(file: Option<&Path>, json: bool) -> Result<()> {
    let log = match file {
        Some(path) => std::fs::read(path).with_context(|| format!("{}", path.display()))?,
        None => {
            let mut log = Vec::new();
            generate(&Options { limit: Limit::Bytes(BYTES), ..Options::default() }, &mut log)?;
            log
        }
    };
    let measured = measure(&log);
    if json {
        println!("{}", serde_json::to_string(&measured)?);
    } else {
        print!("{}", stages(&measured));
    }
    Ok(())
}

fn measure(log: &[u8]) -> Vec<Stage> {
    let bytes = log.len() as u64;
    let mut measured = Vec::new();
    let mut add = |name: &str, unit: &str, count: usize, bytes: u64, run: &mut dyn FnMut()| {
        let seconds = best(ROUNDS, run);
        measured.push(Stage { name: name.into(), unit: unit.into(), count: count as u64, bytes, seconds });
    };
    let newlines = || memchr::memchr_iter(b'\n', log).count();
    let lines = newlines();
    // Counted without looking at each, and each found: no reader of lines can be faster than the latter.
    add("newlines counted", "lines", lines, bytes, &mut || {
        black_box(newlines());
    });
    add("newlines found", "lines", lines, bytes, &mut || {
        memchr::memchr_iter(b'\n', log).for_each(|at| {
            black_box(at);
        });
    });
    // Time, message, kind; all other fields are read when somebody asks for them.
    add("lines", "lines", lines, bytes, &mut || {
        scan(log, Role::Main, |line| {
            black_box(line);
        });
    });
    add("events", "lines", lines, bytes, &mut || {
        scan(log, Role::Main, |line| {
            black_box(line.event());
        });
    });

    let events = steps(log);
    let queries: Vec<Query<'_>> = events.iter().filter_map(query).collect();
    let classifier = Classifier::new();
    add("classify", "failures", queries.len(), 0, &mut || {
        for query in &queries {
            black_box(classifier.classify(query));
        }
    });
    let mut normal = Vec::new();
    add("normalize", "failures", queries.len(), 0, &mut || {
        for query in &queries {
            normal.clear();
            normalize(query.text, &mut normal);
            black_box(fingerprint(&normal));
        }
    });
    add("group", "failures", queries.len(), 0, &mut || {
        let mut groups = Groups::default();
        for event in &events {
            black_box(groups.of(event, &classifier));
        }
    });
    add("join", "events", events.len(), bytes, &mut || {
        let groups = Groups::default();
        let mut trace = Trace::new(Attempts::AtOnce);
        for event in &events {
            trace.push(&Step::from(event), None, &groups, &mut |told, _| {
                black_box(told);
            });
        }
        trace.finish(&groups, &mut |told, _| {
            black_box(told);
        });
    });
    add("sum up", "lines", lines, bytes, &mut || {
        black_box(summary(log, &classifier));
    });
    let whole = summary(log, &classifier);
    add("model", "reports", 1, 0, &mut || {
        black_box(whole.report(About::default()));
    });
    let report = whole.report(About::default());
    for (name, format) in [("render text", Format::Text), ("render JSON", Format::Json)] {
        let mut out = Vec::new();
        add(name, "reports", 1, 0, &mut || {
            out.clear();
            // Writing into memory cannot fail.
            let _ = render(&report, format, &Style::default(), &mut out);
            black_box(&out);
        });
    }
    measured
}

/// The events that a report needs in full.
fn steps(log: &[u8]) -> Vec<Event<'_>> {
    // What `scan` shows may not be kept; but of a main log it is part of the log.
    let own = |part: &[u8]| {
        let at = (part.as_ptr() as usize).checked_sub(log.as_ptr() as usize)?;
        log.get(at..at + part.len())
    };
    let mut kept = Vec::new();
    scan(log, Role::Main, |line| {
        if !line.kind.is_step() && line.kind != Kind::Rejected {
            return;
        }
        if let (Some(raw), Some(record), Some(text)) = (own(line.raw), own(line.record), own(line.text)) {
            let (kind, time) = (line.kind, line.time);
            let line = Line { raw, record, kind, time, pid: None, id: line.id.and_then(own), text };
            kept.push(line.event());
        }
    });
    kept
}

/// What a report counts.
fn summary(log: &[u8], classifier: &Classifier) -> Summary {
    let mut summary = Summary::new();
    scan_batches(log, Role::Main, |lines| summary.read(lines, |_| Place::default(), classifier));
    summary.finish(1);
    summary
}
