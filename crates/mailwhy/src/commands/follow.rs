//! `mailwhy follow`: what goes wrong while it goes wrong.

mod digest;
pub mod entry;
mod feed;
mod plain;
mod screen;
mod storm;
mod words;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use crossbeam_channel::RecvTimeoutError;
use mailwhy::codes::Lang;
use mailwhy::input::{self, FollowOptions, Followed, Notice, Source, Start};
use mailwhy::logs::exim::Role;
use mailwhy::report::Again;

use super::events::{Same, write_json};
use super::{Exit, Output, complain, problem_text, rules, style, tell};
use crate::anonymize::Anonymizer;
use crate::cli::{FollowArgs, FollowFormat, What};
use crate::interrupt;
use crate::pipeline;
use crate::when::Window;
use digest::{Digest, Seen};
use entry::Entry;
use feed::Feed;
use plain::Plain;
use words::Words;

/// How many of the last things are shown at first.
const LINES: usize = 10;

/// How often storms and Ctrl-C are looked at.
const TICK: Duration = Duration::from_millis(200);

/// Runs the command.
pub fn run(args: &FollowArgs, again: Again) -> Result<Exit> {
    let Some(sources) = sources(args)? else { return Ok(Exit::Error) };
    let window = Window::of(args.since.as_deref(), None)?;
    let only = if args.all { What::value_variants().to_vec() } else { args.only.clone() };
    let lines = args.lines.or(if args.since.is_some() { None } else { Some(LINES) });
    let output = Output::new(None)?;
    let on_screen = args.format == FollowFormat::Text && !args.plain && screen::is_possible(&output);
    let start = match (&args.since, lines) {
        (None, Some(lines)) => feed::start(&sources, &only, lines, if on_screen { screen::BACK } else { 0 }),
        _ => Start::Begin,
    };
    let has_main = sources.iter().any(|source| match source {
        Source::File(path) if path.is_dir() => true,
        source => pipeline::log(source).role == Role::Main,
    });
    let mut digest = Digest::new(rules::classifier(&args.rules)?, window, has_main);
    digest.anonymizer = args.anonymize.then(Anonymizer::default);
    let feed =
        Feed::new(&sources, start, FollowOptions { max_line: args.max_line, ..FollowOptions::default() });
    if on_screen {
        drop(output);
        return screen::run(args, &sources, &only, digest, &feed);
    }
    interrupt::watch().context("cannot watch for Ctrl-C")?;
    let form = form(args, again, &output);
    let mut printer = Printer { args, only: &only, output, form, found: false };
    printer.run(digest, &feed, lines)
}

/// What is to be followed; `None` where there is nothing, which has been told.
fn sources(args: &FollowArgs) -> Result<Option<Vec<Source>>> {
    if args.files.is_empty() {
        let (sources, problems) = input::find(&[], &input::Options::default());
        for problem in &problems {
            tell(problem);
        }
        return Ok(Some(sources).filter(|sources| !sources.is_empty()));
    }
    let mut sources = Vec::new();
    for arg in &args.files {
        let path = Path::new(arg);
        if arg == "-" {
            sources.push(Source::Stdin);
            continue;
        }
        if path.extension().is_some_and(|ext| ["gz", "zst", "bz2", "xz"].iter().any(|packed| ext == *packed))
        {
            bail!(
                "{}: an archive does not grow\nhint: see what is in it with `mailwhy report` or `mailwhy events`",
                path.display()
            );
        }
        let source = Source::File(path.to_owned());
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(Some(sources))
}

/// How what happened is written.
enum Form {
    Text(Box<Plain>),
    Json,
}

fn form(args: &FollowArgs, again: Again, output: &Output) -> Form {
    let lang = args.language.get();
    match args.format {
        FollowFormat::Jsonl => Form::Json,
        FollowFormat::Text => {
            let style = style(lang, args.color, output);
            let width = output.is_terminal().then_some(style.width);
            Form::Text(Box::new(Plain::new(lang, style.color, width, args.raw, args.burst, again)))
        }
    }
}

/// Prints what happens, line by line.
struct Printer<'a> {
    args: &'a FollowArgs,
    only: &'a [What],
    output: Output,
    form: Form,
    found: bool,
}

/// Something to print.
enum Item {
    Entry(Box<Entry>),
    Json(Vec<u8>),
}

impl Printer<'_> {
    fn run(&mut self, mut digest: Digest, feed: &Feed, lines: Option<usize>) -> Result<Exit> {
        // What was there already, until it is known which is the last of it.
        let mut newest = lines.map(Newest::new);
        loop {
            if interrupt::seen() {
                self.finish()?;
                return Ok(Exit::Status(interrupt::STATUS));
            }
            let mut result = Ok(());
            match feed.followed.recv_timeout(TICK) {
                Ok(Followed::Lines { log, offset, data }) => {
                    digest.read(&log, offset, &data, &mut |seen| {
                        if !self.only.contains(&seen.what) || result.is_err() {
                            return;
                        }
                        let item = self.item(seen, &log);
                        match &mut newest {
                            Some(newest) => newest.push(&log, seen, item),
                            None => result = self.print(&item),
                        }
                    });
                }
                Ok(Followed::CaughtUp) => {
                    let items = newest.take().map(Newest::finish).unwrap_or_default();
                    result = items.iter().try_for_each(|item| self.print(item));
                }
                Ok(Followed::Notice { log, notice }) => say(&log, &notice, self.args.language.get()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.finish()?;
                    return Ok(if self.found { Exit::Found } else { Exit::Nothing });
                }
            }
            let result = result.and_then(|()| self.rests(Plain::over)).and_then(|()| {
                // More is there already: write it all at once.
                if feed.followed.is_empty() { self.output.writer().flush() } else { Ok(()) }
            });
            self.output.context(result)?;
        }
    }

    /// Prints what is left of storms: nothing more will come.
    fn finish(&mut self) -> Result<()> {
        let result = self.rests(Plain::finish).and_then(|()| self.output.writer().flush());
        self.output.context(result)
    }

    fn item(&self, seen: &Seen<'_>, log: &Arc<Source>) -> Item {
        let lang = self.args.language.get();
        match self.form {
            Form::Text(_) => Item::Entry(Box::new(Entry::new(seen, log, Words::of(lang)))),
            Form::Json => {
                let mut out = Vec::new();
                let mut same = Same::new(&log.to_string());
                let place = (&mut same, seen.offset, None);
                write_json(
                    seen.line,
                    seen.event,
                    place,
                    seen.verdict.as_ref(),
                    lang,
                    self.args.raw,
                    &mut out,
                );
                Item::Json(out)
            }
        }
    }

    fn print(&mut self, item: &Item) -> io::Result<()> {
        self.found = true;
        let out = self.output.writer();
        match (item, &mut self.form) {
            (Item::Json(line), _) => out.write_all(line),
            (Item::Entry(entry), Form::Text(plain)) => plain.entry(entry, out),
            (Item::Entry(_), Form::Json) => Ok(()),
        }
    }

    fn rests(&mut self, write: fn(&mut Plain, &mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match &mut self.form {
            Form::Text(plain) => write(plain, self.output.writer()),
            Form::Json => Ok(()),
        }
    }
}

/// The last things of several logs.
struct Newest {
    most: usize,
    logs: Vec<(Arc<Source>, Timed)>,
}

/// Things and their times, in seconds of the log's clock.
type Timed = VecDeque<(Option<i64>, Item)>;

impl Newest {
    fn new(most: usize) -> Self {
        Self { most, logs: Vec::new() }
    }

    fn push(&mut self, log: &Arc<Source>, seen: &Seen<'_>, item: Item) {
        let at = self.logs.iter().position(|(known, _)| known == log).unwrap_or_else(|| {
            self.logs.push((Arc::clone(log), VecDeque::new()));
            self.logs.len() - 1
        });
        let items = &mut self.logs[at].1;
        if items.len() == self.most {
            items.pop_front();
        }
        if self.most > 0 {
            // What has no time of its own stays behind what is before it.
            let time = seen.event.time.map(|time| time.civil).or(items.back().and_then(|(time, _)| *time));
            items.push_back((time, item));
        }
    }

    /// The newest of all, the oldest of them first.
    fn finish(self) -> Vec<Item> {
        let mut all: Vec<_> = self.logs.into_iter().flat_map(|(_, items)| items).collect();
        all.sort_by_key(|(time, _)| *time);
        let surplus = all.len().saturating_sub(self.most);
        all.into_iter().skip(surplus).map(|(_, item)| item).collect()
    }
}

/// Tells on standard error what happened to a log.
fn say(log: &Source, notice: &Notice, lang: Lang) {
    match notice {
        Notice::Unreadable(problem) => tell(problem),
        notice => complain(&format!("{log}: {}", notice_words(notice, lang)), None),
    }
}

fn notice_words(notice: &Notice, lang: Lang) -> String {
    let words = Words::of(lang);
    match notice {
        Notice::Missing => words.missing.to_owned(),
        Notice::Appeared => words.appeared.to_owned(),
        Notice::Replaced => words.replaced.to_owned(),
        Notice::Truncated { copy_found: true } => words.cut.to_owned(),
        Notice::Truncated { copy_found: false } => words.cut_without_copy.to_owned(),
        Notice::Unreadable(problem) => problem_text(&problem.kind, lang),
        _ => String::new(),
    }
}
