//! `mailwhy report`: what was not delivered, why, whose turn it is and what to do.

mod mail;

use anyhow::{Context, Result};
use mailwhy::classify::Classifier;
use mailwhy::input;
use mailwhy::report::{self, About, Again, Format, Style, Summary};

use super::{Exit, Inputs, Output, format, rows, rules, scan, style};
use crate::cli::ReportArgs;
use crate::interrupt;
use crate::pipeline::Piece;
use crate::progress::Progress;

/// Runs the command.
pub fn run(args: &ReportArgs, again: Again) -> Result<Exit> {
    let inputs = Inputs::new(&args.input, args.output.as_deref())?;
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
        files: scan::files(&inputs, &read, args.language.get()),
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
    let mut total = Summary::new();
    let read =
        scan::read_lines(inputs, progress, &mut total, Summary::part, |summary, lines, places, repeated| {
            let place = |n| places.of(n, &lines[n]);
            if repeated {
                summary.count(lines, place);
            } else {
                summary.read(lines, place, classifier);
            }
        });
    total.finish(inputs.threads);
    (total, read)
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
    use std::fs;
    use std::io::Write;
    use std::path::{Path, PathBuf};

    use clap::Parser;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use mailwhy::codes::Lang;
    use mailwhy::logs::exim;

    use super::*;
    use crate::cli::{Cli, Command};

    fn sample() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/exim/sample/mainlog")
    }

    fn packed() -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&fs::read(sample()).expect("sample")).expect("memory");
        encoder.finish().expect("memory")
    }

    /// The lines counted, the problems told, and the report, with so many threads, bytes a chunk, a part and a block.
    fn report(
        files: &[&Path],
        threads: usize,
        (chunk_size, part_size, block_size): (usize, u64, u64),
    ) -> (u64, usize, String) {
        let arguments = ["mailwhy", "report"].map(Path::new);
        let cli = Cli::try_parse_from(arguments.iter().chain(files).map(|path| path.as_os_str()));
        let Ok(Cli { command: Command::Report(args), .. }) = cli else { panic!("arguments") };
        let mut inputs = Inputs::new(&args.input, None).expect("inputs");
        inputs.threads = threads;
        inputs.options = input::Options { chunk_size, part_size, block_size, ..inputs.options };
        let progress = Progress::new(&inputs.sources, false);
        let (summary, read) = summarize(&inputs, &Classifier::new(), &progress);
        let about = About { files: scan::files(&inputs, &read, Lang::En), ..About::default() };
        let json = serde_json::to_string(&summary.report(about)).expect("JSON");
        (summary.lines().0, read.problems().count(), json)
    }

    #[test]
    fn threads_and_chunks_change_nothing() {
        let (dir, packed) = (tempfile::tempdir().expect("directory"), packed());
        let [whole, broken] = ["whole.gz", "broken.gz"].map(|name| dir.path().join(name));
        fs::write(&whole, &packed).expect("archive");
        fs::write(&broken, &packed[..packed.len() / 2]).expect("archive");
        let plain = sample();
        for files in [&[&plain][..], &[&whole], &[&broken], &[&plain, &broken, &whole, &plain]] {
            let files: Vec<&Path> = files.iter().map(|path| path.as_path()).collect();
            let expected = report(&files, 1, (1 << 20, 1 << 20, 1 << 20));
            assert_eq!(expected.1, files.iter().filter(|&&file| file == broken).count());
            for threads in [1, 2, 5] {
                for sizes in [(1024, 1, 0), (1024, 5000, 3000), (5000, 20_000, 9000), (1 << 20, 1 << 20, 0)] {
                    let found = report(&files, threads, sizes);
                    assert!(found == expected, "{threads} threads, {sizes:?}, {files:?}");
                }
            }
        }
    }

    #[test]
    fn all_lines_before_a_break_are_counted() {
        let packed = packed();
        let mut file = tempfile::NamedTempFile::new().expect("file");
        file.write_all(&packed[..packed.len() / 2]).expect("archive");
        let sources = [input::Source::File(file.path().to_owned())];
        let mut text = Vec::new();
        let read = input::read(&sources, &input::Options::default(), exim::starts_record, &mut |chunk| {
            text.extend(chunk.data);
            std::ops::ControlFlow::Continue(())
        });
        let lines = text.split_inclusive(|&byte| byte == b'\n').count() as u64;
        assert!(lines > 10 && read.problems().count() == 1, "{lines} lines");
        for threads in [1, 3] {
            let (counted, problems, _) = report(&[file.path()], threads, (1024, 1, 0));
            assert_eq!((counted, problems), (lines, 1));
        }
    }
}
