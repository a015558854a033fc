//! `mailwhy report`: what was not delivered, why, whose turn it is and what to do.

mod mail;

use anyhow::{Context, Result};
use mailwhy::classify::Classifier;
use mailwhy::input::{self, Chunk};
use mailwhy::logs::exim::{self, Role};
use mailwhy::report::{self, About, Again, Format, More, Place, Style, Summary};

use super::{Exit, Inputs, Output, format, rows, rules, scan, style};
use crate::cli::ReportArgs;
use crate::interrupt;
use crate::pipeline::{self, Piece};
use crate::progress::Progress;
use crate::when::Window;

/// Runs the command.
pub fn run(args: &ReportArgs, again: Again) -> Result<Exit> {
    let inputs = Inputs::new(&args.input)?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let format = match &args.mail[..] {
        [] => format(args.format, args.output.as_deref())?,
        _ => Format::Text,
    };
    let classifier = rules::classifier(&args.rules)?;
    interrupt::watch().context("cannot watch for Ctrl-C")?;
    let progress = Progress::new(&inputs.sources, inputs.progress);
    let (summary, read) = summarize(&inputs, &classifier, &progress);
    progress.clear();
    let (lines, unknown) = summary.lines();
    if let Some(exit) = scan::unusable(&inputs, &read, lines, unknown)? {
        return Ok(exit);
    }

    let mut output = Output::new(args.output.as_deref())?;
    let about = About {
        lang: args.language.get(),
        files: scan::files(&inputs, &read),
        cut_lines: read.cut_lines,
        partial: interrupt::seen(),
        // Only people who wait want to know how long it took: everything else should be repeatable.
        seconds: (output.is_terminal() && args.mail.is_empty()).then(|| progress.elapsed().as_secs_f64()),
    };
    let report = summary.report(about);
    let style = Style {
        top: rows(args.top),
        by: args.by,
        verbose: args.verbose,
        again: Again { piped: inputs.piped(), ..again },
        ..style(args.language.get(), args.color, &output)
    };
    let result = match &args.mail[..] {
        [] => report::render(&report, format, &style, output.writer()),
        addresses => {
            let message = mail::compose(&report, &style, addresses)?;
            if args.output.is_none() {
                mail::send(&message, &args.sendmail)?;
                return Ok(inputs.finish(&read, lines > 0));
            }
            output.writer().write_all(&message)
        }
    };
    let result = result.and_then(|()| output.writer().flush());
    output.context(result)?;
    let exit = inputs.finish(&read, lines > 0);
    Ok(if report.input.partial { Exit::Status(interrupt::STATUS) } else { exit })
}

/// Reads everything and adds it up.
fn summarize(inputs: &Inputs, classifier: &Classifier, progress: &Progress) -> (Summary, input::Summary) {
    let roles: Vec<Role> = inputs.sources.iter().map(pipeline::role).collect();
    // The reject log repeats what the main log says of rejections.
    let repeated = roles.contains(&Role::Main);
    let work = |summary: &mut Summary, chunk: &Chunk| {
        let role = roles[chunk.file as usize];
        add(summary, chunk, role, role == Role::Reject && repeated, &inputs.window, classifier);
    };
    let Inputs { sources, options, threads, .. } = inputs;
    let mut total = Summary::new();
    let join = |summary| total.append(summary);
    let read = pipeline::run_parts(sources, options, *threads, progress, Summary::part, work, join);
    total.finish();
    (total, read)
}

/// Adds up the lines of a chunk.
fn add(
    summary: &mut Summary,
    chunk: &Chunk,
    role: Role,
    repeated: bool,
    window: &Window,
    classifier: &Classifier,
) {
    let (mut number, mut offset, mut inside) = (chunk.line, chunk.offset, true);
    exim::scan(&chunk.data, role, |line| {
        let place = Place { file: chunk.file, line: number, offset };
        offset += chunk.length((number - chunk.line) as usize, line.raw);
        number += 1;
        // Lines without a time belong to the one before them.
        if let Some(time) = line.time {
            inside = window.contains(time);
        }
        if !inside {
            return;
        }
        match summary.line(line.kind, line.time, line.raw, place) {
            More::Nothing => {}
            _ if repeated => {}
            More::Step => summary.step(&line.step()),
            More::Event => summary.event(&line.event(), place, classifier),
        }
    });
}

impl Piece for Summary {
    fn number_from(&mut self, before: u64) {
        self.number_from(before);
    }

    fn append(&mut self, later: Self) {
        self.append(later);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn threads_and_chunks_change_nothing() {
        let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/exim/sample/mainlog");
        let cli = Cli::try_parse_from(["mailwhy".as_ref(), "report".as_ref(), log.as_os_str()]);
        let Ok(Cli { command: Command::Report(args), .. }) = cli else { panic!("arguments") };
        let report = |threads, chunk_size, part_size| {
            let mut inputs = Inputs::new(&args.input).expect("inputs");
            inputs.threads = threads;
            inputs.options.chunk_size = chunk_size;
            inputs.options.part_size = part_size;
            let (summary, read) =
                summarize(&inputs, &Classifier::new(), &Progress::new(&inputs.sources, false));
            let about = About { files: scan::files(&inputs, &read), ..About::default() };
            serde_json::to_string(&summary.report(about)).expect("JSON")
        };
        let whole = report(1, 1 << 20, 1 << 20);
        for threads in [1, 2, 5] {
            for (chunk_size, part_size) in [(1024, 1), (1024, 5000), (5000, 20_000), (1 << 20, 1 << 20)] {
                assert_eq!(
                    report(threads, chunk_size, part_size),
                    whole,
                    "{threads} threads, chunks of {chunk_size}, parts of {part_size}"
                );
            }
        }
    }
}
