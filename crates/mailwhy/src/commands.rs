//! The commands.

pub mod check;
pub mod classify;
pub mod config;
pub mod errors;
pub mod events;
pub mod explain;
pub mod follow;
pub mod generate;
pub mod report;
pub mod rules;
mod scan;
pub mod sql;
pub mod suppress;
pub mod trace;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use mailwhy::codes::Lang;
use mailwhy::input::{self, Options, Problem, ProblemKind, Rewrite, Source};
use mailwhy::report::{Format, Style};

use crate::anonymize::Anonymizer;
use crate::cli::{Color, InputArgs, LinesFormat};
use crate::when::Window;

/// How a command ended: the exit status.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Something was found.
    Found,
    /// Nothing was found.
    Nothing,
    /// Something went wrong; it has been told.
    Error,
    /// The exit status itself, of a command that has its own.
    Status(u8),
}

/// What a command reads, from its options.
pub struct Inputs {
    pub sources: Vec<Source>,
    pub options: Options,
    pub threads: usize,
    pub window: Window,
    pub progress: bool,
    /// Whether something could not be read; it has been told.
    failed: bool,
}

impl Inputs {
    /// Finds the sources, oldest first. What is not there is told at once, the rest is read. `output` must be none of them.
    pub fn new(args: &InputArgs, output: Option<&Path>) -> Result<Self> {
        let mut options = Options {
            rotated: args.rotated,
            max_line: args.max_line,
            max_ratio: args.max_ratio,
            ..Options::default()
        };
        let window = Window::of(args.since.as_deref(), args.until.as_deref())?;
        let (mut sources, problems) = input::find(&args.files, &options);
        keep(&sources, output)?;
        order(&mut sources);
        for problem in &problems {
            tell(problem);
        }
        if args.anonymize {
            let logs: Vec<_> = sources.iter().map(crate::pipeline::log).collect();
            let anonymizer = Anonymizer::default();
            options.rewrite = Some(Rewrite::new(move |file, lines| {
                anonymizer.lines(lines, logs.get(file as usize).copied().unwrap_or_default())
            }));
        }
        Ok(Self {
            sources,
            options,
            threads: crate::pipeline::threads(args.threads),
            window,
            progress: !args.no_progress && io::stderr().is_terminal(),
            failed: !problems.is_empty(),
        })
    }

    /// Whether standard input is among the sources.
    pub fn piped(&self) -> bool {
        self.sources.iter().any(|source| matches!(source, Source::Stdin))
    }

    /// Tells what could not be read, now that the rest has been. Gives the exit status.
    pub fn finish(&self, summary: &input::Summary, found: bool) -> Exit {
        let mut failed = self.failed;
        for problem in summary.problems() {
            failed = true;
            tell(problem);
        }
        if failed {
            Exit::Error
        } else if found {
            Exit::Found
        } else {
            Exit::Nothing
        }
    }
}

/// Refuses an output that would be written over what is read.
pub fn keep(sources: &[Source], output: Option<&Path>) -> Result<()> {
    match output.filter(|path| !is_stdout(path)) {
        Some(path) if sources.iter().any(|source| source.is_at(path)) => {
            bail!("cannot write {}: it is also read\nhint: name another file with -o", path.display())
        }
        _ => Ok(()),
    }
}

/// Whether `-o` with this means standard output.
fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Orders logs of one kind by the time of their first line, so that a message is joined across `mainlog mainlog.1`.
fn order(sources: &mut [Source]) {
    if sources.len() < 2 {
        return;
    }
    sources.sort_by_cached_key(|source| match source {
        Source::Stdin => None,
        Source::File(_) => {
            input::first_bytes(source, 64 * 1024).ok().and_then(|head| first_time(source, &head))
        }
    });
}

/// Whether this is the name of a file that begins like a log.
pub fn is_log(path: &OsStr) -> bool {
    let source = Source::File(path.into());
    Path::new(path).is_file()
        && input::first_bytes(&source, 4096).is_ok_and(|head| first_time(&source, &head).is_some())
}

/// The time of the first line that has one.
fn first_time(source: &Source, head: &[u8]) -> Option<(i64, u16)> {
    let mut first = None;
    mailwhy::logs::exim::scan(head, crate::pipeline::log(source), |line| {
        first = first.or(line.time);
    });
    first.map(|time| (time.civil, time.millis.unwrap_or(0)))
}

/// One line on standard error, and the hint below it.
pub fn tell(problem: &Problem) {
    complain(&problem.to_string(), problem.hint().as_deref());
}

/// What is wrong with a source, in the language of what is printed.
pub fn problem_text(kind: &ProblemKind, lang: Lang) -> String {
    if lang == Lang::En {
        return kind.to_string();
    }
    match kind {
        ProblemKind::NotFound { .. } => "такого файла или каталога нет".into(),
        ProblemKind::NoMatch => "под этот шаблон не подходит ни один файл".into(),
        ProblemKind::NoLogs => "в этом каталоге нет журналов".into(),
        ProblemKind::NoDefault => "нет ни одного из обычных журналов".into(),
        ProblemKind::Permission { .. } => "нет прав на чтение".into(),
        ProblemKind::Unsupported { format, .. } => {
            format!("сжато в формате {format}, он не поддерживается")
        }
        ProblemKind::Truncated => "архив обрывается".into(),
        ProblemKind::Trailing => "за концом архива есть посторонние данные".into(),
        ProblemKind::Undecodable(error) => format!("архив дальше не распаковывается: {error}"),
        ProblemKind::Bomb { max_ratio } => {
            format!("архив распаковывается более чем в {max_ratio}-кратный объём")
        }
        // The words of the operating system.
        kind => kind.to_string(),
    }
}

/// What an error says, and the hint in it below.
pub fn fail(error: &anyhow::Error) {
    let (message, hint) = told(error);
    complain(&message, Some(hint.as_str()).filter(|hint| !hint.is_empty()));
}

/// What an error says, and the hints that stand in it at any depth.
pub fn told(error: &anyhow::Error) -> (String, String) {
    let (mut messages, mut hints) = (Vec::new(), Vec::new());
    for cause in error.chain().map(ToString::to_string) {
        let (message, hint) = cause.split_once("\nhint: ").unwrap_or((&cause, ""));
        messages.push(message.to_owned());
        hints.extend((!hint.is_empty()).then(|| hint.to_owned()));
    }
    (messages.join(": "), hints.join("; "))
}

/// An error message, as all of ours look.
pub fn complain(message: &str, hint: Option<&str>) {
    let mut text = format!("mailwhy: {}\n", mailwhy::report::printable(message.as_bytes()));
    if let Some(hint) = hint {
        text += &format!("hint: {}\n", mailwhy::report::printable(hint.as_bytes()));
    }
    // Where nobody listens (2>&1 | head) the exit status still tells.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Where a command writes: the file given, or standard output, also as `-`.
pub enum Output {
    File(BufWriter<File>, PathBuf),
    Stdout(BufWriter<io::StdoutLock<'static>>),
}

impl Output {
    pub fn new(path: Option<&Path>) -> Result<Self> {
        Ok(match path.filter(|path| !is_stdout(path)) {
            Some(path) => {
                let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
                Self::File(BufWriter::new(file), path.to_owned())
            }
            None => Self::Stdout(BufWriter::with_capacity(1 << 16, io::stdout().lock())),
        })
    }

    /// Whether people look at it directly.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout(_)) && io::stdout().is_terminal()
    }

    /// The writer.
    pub fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::File(file, _) => file,
            Self::Stdout(stdout) => stdout,
        }
    }

    /// Adds where it was that writing failed.
    pub fn context(&self, result: io::Result<()>) -> Result<()> {
        match self {
            Self::File(_, path) => result.with_context(|| format!("cannot write {}", path.display())),
            Self::Stdout(_) => result.context("cannot write to standard output"),
        }
    }
}

/// The format that was asked for, or that the file's name says.
pub fn format(asked: Option<Format>, output: Option<&Path>) -> Result<Format> {
    Ok(chosen(asked, output, Format::from_name, "text, json, csv, md or html")?.unwrap_or_default())
}

/// The format that was asked for, or else that the extension of the file says. `known` are those there are, for people.
pub fn chosen<T>(
    asked: Option<T>,
    output: Option<&Path>,
    read: impl Fn(&str) -> Option<T>,
    known: &str,
) -> Result<Option<T>> {
    if asked.is_some() {
        return Ok(asked);
    }
    let Some((path, extension)) = output.and_then(|path| Some((path, path.extension()?))) else {
        return Ok(None);
    };
    match extension.to_str().and_then(|name| read(&name.to_ascii_lowercase())) {
        Some(format) => Ok(Some(format)),
        None => bail!(
            "{}: no format is known for .{}\nhint: name it with --format {known}",
            path.display(),
            extension.display()
        ),
    }
}

/// The same for a command that has one record in a line.
pub fn lines_format(asked: Option<LinesFormat>, output: Option<&Path>) -> Result<LinesFormat> {
    let read = |name: &str| match name {
        "csv" => Some(LinesFormat::Csv),
        "jsonl" | "json" | "ndjson" | "log" | "txt" => Some(LinesFormat::Jsonl),
        _ => None,
    };
    Ok(chosen(asked, output, read, "jsonl or csv")?.unwrap_or(LinesFormat::Jsonl))
}

/// How many rows to show, where 0 stands for all; `None` leaves that to the format.
pub fn rows(top: Option<usize>) -> Option<usize> {
    top.map(|top| if top == 0 { usize::MAX } else { top })
}

/// How texts are printed there.
pub fn style(lang: Lang, color: Color, output: &Output) -> Style {
    let terminal = output.is_terminal();
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let width =
        terminal_size::terminal_size().filter(|_| terminal).map_or(100, |(width, _)| usize::from(width.0));
    Style {
        lang,
        color: match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !dumb && !no_color,
        },
        width: width.clamp(60, 200),
        ..Style::default()
    }
}

/// Whether an error is only that nobody reads our output any more (`mailwhy events | head`).
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
