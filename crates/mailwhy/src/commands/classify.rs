//! `mailwhy classify`: one reply per line in, one verdict per line out.

use std::io::{self, Write};
use std::ops::{ControlFlow, Range};

use anyhow::Result;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use mailwhy::classify::{Classifier, Query, Verdict, fingerprint};
use mailwhy::codes::{Lang, Stage};
use mailwhy::input::{self, Chunk, Options, Source};
use mailwhy::report::Field;

use super::explain::Around;
use super::{Exit, Output, complain, first_time, keep, lines_format, rules, tell};
use crate::cli::{ClassifyArgs, LinesFormat, quoted};
use crate::json::{csv_value, json_value};
use crate::pipeline;

/// Runs the command.
pub fn run(args: &ClassifyArgs) -> Result<Exit> {
    let format = lines_format(args.format, args.output.as_deref())?;
    let fields = if args.only.is_empty() { Field::ALL.to_vec() } else { args.only.clone() };
    let printer = Printer {
        columns: fields.iter().enumerate().map(|(n, &field)| (field, front(field, n, format))).collect(),
        alike: fields.iter().take_while(|f| !matches!(f, Field::Evidence | Field::Fingerprint)).count(),
        fingerprint: fields.contains(&Field::Fingerprint),
        format,
        tsv: args.tsv,
        lang: args.language.get(),
        around: Around::new(&args.around)?,
        classifier: rules::classifier(&args.rules)?,
    };
    let options = Options::default();
    let files = if args.files.is_empty() { vec!["-".into()] } else { args.files.clone() };
    let (sources, problems) = input::find(&files, &options);
    keep(&sources, args.output.as_deref())?;
    let mut failed = !problems.is_empty();
    problems.iter().for_each(tell);

    let mut output = Output::new(args.output.as_deref())?;
    let mut result = printer.header(output.writer());
    let mut found = false;
    let work = |chunk: &Chunk| {
        let (source, first) = (&sources[chunk.file as usize], chunk.data.split(|&b| b == b'\n').next());
        if chunk.offset == 0 && first_time(source, first.unwrap_or_default()).is_some() {
            not_replies(source);
        }
        printer.print(&chunk.data)
    };
    let threads = pipeline::threads(args.threads);
    let read = pipeline::run_lines(&sources, &options, threads, work, |_, text: Vec<u8>| {
        found |= !text.is_empty();
        // What came through a pipe is answered at once.
        result = output.writer().write_all(&text).and_then(|()| output.writer().flush());
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    output.context(result)?;
    for problem in read.problems() {
        failed = true;
        tell(problem);
    }
    Ok(if failed {
        Exit::Error
    } else if found {
        Exit::Found
    } else {
        Exit::Nothing
    })
}

/// Tells that a log was given for a list of replies.
fn not_replies(source: &Source) {
    let (file, command) = match source {
        Source::Stdin => (String::new(), "mailwhy events --verdict".to_owned()),
        Source::File(path) => (
            format!("{}: ", path.display()),
            format!("mailwhy events --verdict {}", quoted(path.as_os_str())),
        ),
    };
    complain(
        &format!("{file}these are lines of a log, and each is taken for a reply"),
        Some(&format!("`{command}` classifies the replies in a log")),
    );
}

/// How verdicts are printed.
struct Printer {
    /// The fields, each with what stands before its value.
    columns: Vec<(Field, String)>,
    /// How many of the first of them are the same for verdicts that say the same.
    alike: usize,
    /// Whether fingerprints are among them.
    fingerprint: bool,
    format: LinesFormat,
    tsv: bool,
    lang: Lang,
    around: Around,
    classifier: Classifier,
}

impl Printer {
    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.format == LinesFormat::Csv {
            let names: Vec<_> = self.columns.iter().map(|(field, _)| field.as_str()).collect();
            writeln!(out, "{}", names.join(","))?;
        }
        Ok(())
    }

    /// The verdicts on all lines.
    fn print(&self, lines: &[u8]) -> Vec<u8> {
        let mut printed =
            Printed { out: Vec::with_capacity(lines.len() * 4), verdicts: vec![None; VERDICTS] };
        let mut normal = Vec::new();
        // Many lines come again, and what was printed for them then is printed again.
        let mut seen = HashMap::with_capacity(lines.len() / 128);
        let mut rest = lines;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match seen.entry(line) {
                Entry::Occupied(before) => printed.out.extend_from_within(Range::clone(before.get())),
                Entry::Vacant(place) => {
                    let start = printed.out.len();
                    self.line(line, &mut normal, &mut printed);
                    place.insert(start..printed.out.len());
                }
            }
        }
        printed.out
    }

    fn line(&self, line: &[u8], normal: &mut Vec<u8>, Printed { out, verdicts }: &mut Printed) {
        let query = if self.tsv { self.query(line) } else { self.around.query(line) };
        let (verdict, fingerprint) = if self.fingerprint {
            normal.clear();
            let verdict = self.classifier.classify_and_normalize(&query, normal);
            (verdict, Some(fingerprint(normal)))
        } else {
            (self.classifier.classify(&query), None)
        };
        let column = |(field, front): &(Field, String), out: &mut Vec<u8>| {
            out.extend_from_slice(front.as_bytes());
            let value = field.of(&verdict, fingerprint, self.lang);
            match self.format {
                LinesFormat::Jsonl => json_value(value, out),
                LinesFormat::Csv => csv_value(value, out),
            }
        };
        let (alike, others) = self.columns.split_at(self.alike);
        let before = &mut verdicts[place_of(&verdict)];
        match before {
            Some((before, printed)) if before.says_the_same(&verdict) => {
                out.extend_from_within(printed.clone());
            }
            _ => {
                let start = out.len();
                alike.iter().for_each(|c| column(c, out));
                *before = Some((verdict, start..out.len()));
            }
        }
        others.iter().for_each(|c| column(c, out));
        out.extend_from_slice(match self.format {
            LinesFormat::Jsonl => b"}\n",
            LinesFormat::Csv => b"\n",
        });
    }

    /// Text, stage and host, separated by tabs. A stage that is none is left out.
    fn query<'a>(&'a self, line: &'a [u8]) -> Query<'a> {
        let mut columns = line.split(|&b| b == b'\t').map(<[u8]>::trim_ascii);
        let text = columns.next().unwrap_or_default();
        let stage = columns.next().and_then(|name| Stage::from_name(std::str::from_utf8(name).ok()?));
        let host = columns.next().filter(|host| !host.is_empty());
        let all = self.around.query(text);
        Query { stage: stage.or(all.stage), host: host.or(all.host), ..all }
    }
}

/// How many verdicts are kept.
const VERDICTS: usize = 256;

/// What was printed for the lines of a chunk.
struct Printed {
    out: Vec<u8>,
    /// Verdicts, and where what is the same for all that say the same was printed.
    verdicts: Vec<Option<(Verdict, Range<usize>)>>,
}

/// Where a verdict is kept.
fn place_of(verdict: &Verdict) -> usize {
    let rule = verdict.rule.as_ptr().addr();
    (rule + usize::from(verdict.code.unwrap_or_default())).wrapping_mul(0x9e37_79b9) >> 16 & (VERDICTS - 1)
}

/// What stands before the value of the field in this place.
fn front(field: Field, place: usize, format: LinesFormat) -> String {
    match (format, place) {
        (LinesFormat::Jsonl, 0) => format!("{{\"{}\":", field.as_str()),
        (LinesFormat::Jsonl, _) => format!(",\"{}\":", field.as_str()),
        (LinesFormat::Csv, 0) => String::new(),
        (LinesFormat::Csv, _) => ",".to_owned(),
    }
}
