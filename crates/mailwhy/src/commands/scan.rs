//! Reading logs into something that adds up.

use anyhow::{Result, bail};
use mailwhy::classify::Classifier;
use mailwhy::input::{self, Chunk};
use mailwhy::logs::exim::{self, Line, Role};
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::{self, File, Place};

use super::{Exit, Inputs, complain};
use crate::pipeline::{self, Piece};
use crate::progress::Progress;

/// What a part of a log adds up to.
pub trait Part: Piece {
    /// Counts a line. Returns whether its event is wanted.
    fn line(&mut self, kind: Kind, time: Option<Time>) -> bool;

    /// Takes an event.
    fn event(&mut self, event: &Event<'_>, place: Place, classifier: &Classifier);
}

/// Reads everything into `total`; `part` begins a part.
pub fn read<P: Part>(
    inputs: &Inputs,
    classifier: &Classifier,
    total: &mut P,
    part: impl Fn() -> P + Sync,
) -> input::Summary {
    let progress = Progress::new(&inputs.sources, inputs.progress);
    let read = read_lines(inputs, &progress, total, part, |part, line, place, repeated| {
        if part.line(line.kind, line.time) && !repeated {
            part.event(&line.event(), place, classifier);
        }
    });
    progress.clear();
    read
}

/// The same with `take`, which is told of each line where it stands, and whether another log that is read has it too.
pub fn read_lines<P: Piece>(
    inputs: &Inputs,
    progress: &Progress,
    total: &mut P,
    part: impl Fn() -> P + Sync,
    take: impl Fn(&mut P, &Line<'_>, Place, bool) + Sync,
) -> input::Summary {
    let roles: Vec<Role> = inputs.sources.iter().map(pipeline::role).collect();
    // The reject log repeats what the main log says of rejections.
    let repeated = roles.contains(&Role::Main);
    let work = |part: &mut P, chunk: &Chunk| {
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
            if inside {
                take(part, line, place, repeated);
            }
        });
    };
    let Inputs { sources, options, threads, .. } = inputs;
    let join = |part| total.append(part);
    pipeline::run_parts(sources, options, *threads, progress, part, work, join)
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
