//! Reading logs into something that adds up.

use std::mem;

use anyhow::{Result, bail};
use mailwhy::classify::Classifier;
use mailwhy::input::{self, Chunk};
use mailwhy::logs::exim::{self, Role};
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::{self, File, Place};

use super::{Exit, Inputs, complain};
use crate::pipeline::{self, LinesBefore};
use crate::progress::Progress;

/// What a part of a log adds up to.
pub trait Part: Send {
    /// Counts a line. Returns whether its event is wanted.
    fn line(&mut self, kind: Kind, time: Option<Time>) -> bool;

    /// Takes an event.
    fn event(&mut self, event: &Event<'_>, place: Place, classifier: &Classifier);

    /// Takes the lines to have been numbered from behind line `before` of their file, where it points at any.
    fn number_from(&mut self, _before: u64) {}

    /// Adds the part right behind this one.
    fn append(&mut self, later: Self);
}

/// Reads everything into `total`; `part` begins a part.
pub fn read<P: Part>(
    inputs: &Inputs,
    classifier: &Classifier,
    total: &mut P,
    part: impl Fn() -> P + Sync,
) -> input::Summary {
    let roles: Vec<Role> = inputs.sources.iter().map(pipeline::role).collect();
    // The reject log repeats what the main log says of rejections.
    let repeated = roles.contains(&Role::Main);
    let progress = Progress::new(&inputs.sources, inputs.progress);
    let begin = |_: &input::Part| Adder { part: part(), lines: 0, taken: 0 };
    let work = |adder: &mut Adder<P>, chunk: &Chunk| {
        let role = roles[chunk.file as usize];
        let repeated = role == Role::Reject && repeated;
        let (mut number, mut offset, mut inside) = (chunk.line, chunk.offset, true);
        exim::scan(&chunk.data, role, |line| {
            let place = Place { file: chunk.file, line: number, offset };
            offset += chunk.length((number - chunk.line) as usize, line.raw);
            number += 1;
            // Lines without a time belong to the one before them.
            if let Some(time) = line.time {
                inside = inputs.window.contains(time);
            }
            if inside && adder.part.line(line.kind, line.time) && !repeated {
                adder.part.event(&line.event(), place, classifier);
            }
        });
        adder.lines = number - 1;
        progress.add(chunk.taken - mem::replace(&mut adder.taken, chunk.taken));
    };
    let mut before = LinesBefore::default();
    let read = pipeline::run_parts(
        &inputs.sources,
        &inputs.options,
        inputs.threads,
        begin,
        work,
        |of, mut adder| {
            adder.part.number_from(before.part(of, adder.lines));
            total.append(adder.part);
        },
    );
    progress.clear();
    read
}

/// Adds up a part of a log.
struct Adder<P> {
    part: P,
    /// How many lines have been seen.
    lines: u64,
    /// How many stored bytes have been dealt with.
    taken: u64,
}

/// Tells why there is nothing to be said of a log that was read, if so: it could not be read, is from another time, or is
/// no log.
pub fn unusable(inputs: &Inputs, read: &input::Summary, lines: u64, unknown: u64) -> Result<Option<Exit>> {
    if lines == 0 && read.problems().next().is_some() {
        // Nothing could be read, which is told; a report would call the log empty.
        return Ok(Some(inputs.finish(read, false)));
    }
    if lines == 0 && read.bytes > 0 {
        complain(
            "no line of the log is from that time",
            Some("see what it spans: mailwhy report without --since and --until"),
        );
        return Ok(Some(inputs.finish(read, false)));
    }
    if lines > 0 && lines == unknown {
        let what =
            if inputs.sources.len() == 1 { inputs.sources[0].to_string() } else { "the input".to_owned() };
        inputs.finish(read, false);
        bail!(
            "{what}: none of its {lines} lines looks like a line of an Exim log\n\
             hint: see them with `mailwhy events --kind unknown`; Exim's main log begins each line with a time such \
             as 2026-08-01 09:14:02"
        );
    }
    Ok(None)
}

/// What is said of the files that were read.
pub fn files(inputs: &Inputs, read: &input::Summary) -> Vec<File> {
    inputs
        .sources
        .iter()
        .zip(&read.files)
        .map(|(source, file)| File {
            name: report::printable(source.to_string().as_bytes()),
            bytes: file.bytes,
            problem: file.problem.as_ref().map(|problem| problem.kind.to_string()),
        })
        .collect()
}
