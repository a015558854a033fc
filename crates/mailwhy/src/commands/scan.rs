//! Reading logs into something that adds up.

use anyhow::{Result, bail};
use mailwhy::classify::Classifier;
use mailwhy::codes::Lang;
use mailwhy::input::{self, Chunk};
use mailwhy::logs::exim::{self, Line, Role};
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::{self, File, Place};

use super::{Exit, Inputs, complain, problem_text};
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
    let read = read_lines(inputs, &progress, total, part, |part, lines, places, repeated| {
        for (n, line) in lines.iter().enumerate() {
            if part.line(line.kind, line.time) && !repeated {
                part.event(&line.event(), places.of(n, line), classifier);
            }
        }
    });
    progress.clear();
    read
}

/// Where some lines stand.
pub struct Places<'a> {
    chunk: &'a Chunk,
    /// How many lines of the chunk are before the first.
    before: usize,
}

impl Places<'_> {
    /// Where the `n`th of the lines stands, counted from 0, which is this one.
    pub fn of(&self, n: usize, line: &Line<'_>) -> Place {
        let (chunk, n) = (self.chunk, self.before + n);
        Place { file: chunk.file, line: chunk.line + n as u64, offset: chunk.start(n, line.raw) }
    }
}

/// The same with `take`, which is given some lines at a time and told where they stand, and whether another log that is
/// read has them too.
pub fn read_lines<P: Piece>(
    inputs: &Inputs,
    progress: &Progress,
    total: &mut P,
    part: impl Fn() -> P + Sync,
    take: impl Fn(&mut P, &[Line<'_>], Places<'_>, bool) + Sync,
) -> input::Summary {
    let logs: Vec<_> = inputs.sources.iter().map(pipeline::log).collect();
    // The reject log repeats what the main log says of rejections.
    let repeated = logs.iter().any(|log| log.role == Role::Main);
    let work = |part: &mut P, chunk: &Chunk| {
        let log = logs[chunk.file as usize];
        let repeated = log.role == Role::Reject && repeated;
        let (mut before, mut inside) = (0, true);
        exim::scan_batches(&chunk.data, log, |lines| {
            let mut from = 0;
            let mut take = |from, to, inside| {
                if inside {
                    take(part, &lines[from..to], Places { chunk, before: before + from }, repeated);
                }
            };
            for (n, line) in lines.iter().enumerate() {
                // Lines without a time belong to the one before them.
                let now = line.time.map_or(inside, |time| inputs.window.contains(time));
                if now != inside {
                    take(from, n, inside);
                    (from, inside) = (n, now);
                }
            }
            take(from, lines.len(), inside);
            before += lines.len();
        });
        before as u64
    };
    let Inputs { sources, options, threads, .. } = inputs;
    let join = |part| total.append(part);
    let read = pipeline::run_parts(sources, options, *threads, progress, part, work, join);
    // What is made of the result may need the memory.
    options.pool.clear();
    read
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
        let none = match lines {
            1 => "its only line does not look".to_owned(),
            lines => format!("none of its {lines} lines looks"),
        };
        inputs.finish(read, false);
        bail!(
            "{what}: {none} like a line of an Exim log\n\
             hint: see them with `mailwhy events --kind unknown`; Exim's main log begins each line with a time such \
             as 2026-08-01 09:14:02"
        );
    }
    Ok(None)
}

/// What is said of the files that were read.
pub fn files(inputs: &Inputs, read: &input::Summary, lang: Lang) -> Vec<File> {
    inputs
        .sources
        .iter()
        .zip(&read.files)
        .map(|(source, file)| File {
            name: report::printable(source.to_string().as_bytes()),
            bytes: file.bytes,
            problem: file.problem.as_ref().map(|problem| problem_text(&problem.kind, lang)),
        })
        .collect()
}
