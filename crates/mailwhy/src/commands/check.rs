//! `mailwhy check`: a plugin for monitoring systems.

mod state;
mod trouble;

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mailwhy::codes::Lang;
use mailwhy::input::{self, Chunk, Mark, Source};
use mailwhy::logs::exim::{self, Log};
use mailwhy::logs::{Kind, Time};
use mailwhy::report::monitor::{Level, Limits, Queue, Status, Thresholds};
use mailwhy::report::{About, Place, Summary, render_status};
use mailwhy::trace::Id;

use super::{Exit, Inputs, rules};
use crate::cli::{self, CheckArgs};
use crate::pipeline;
use crate::when::{Window, instant, zone};
use state::State;
use trouble::{trouble, unreadable};

/// What is judged where nobody says since when.
const LATELY: &str = "1h ago";

/// Runs the command.
pub fn run(args: &CheckArgs) -> Exit {
    match check(args) {
        Ok(status) => {
            // Nobody can be told that nobody listens.
            let _ = render_status(&status, args.language.get(), &mut io::stdout().lock());
            Exit::Status(status.level as u8)
        }
        Err(error) => {
            super::fail(&error);
            let lang = args.language.get();
            unknown(&trouble::words(&error, lang), lang);
            Exit::Status(Level::Unknown as u8)
        }
    }
}

/// Prints that nothing can be said.
pub fn unknown(why: &str, lang: Lang) -> ExitCode {
    let status = Status { level: Level::Unknown, note: Some(why.to_owned()), ..Status::default() };
    let _ = render_status(&status, lang, &mut io::stdout().lock());
    let _ = io::stdout().flush();
    ExitCode::from(Level::Unknown as u8)
}

fn check(args: &CheckArgs) -> Result<Status> {
    if args.input.anonymize {
        return Err(trouble(
            "a check has nothing to anonymize\nhint: leave out --anonymize",
            "при проверке скрывать нечего: уберите --anonymize",
        ));
    }
    let classifier = rules::classifier(&args.rules)?;
    let old = args.state.as_deref().map(State::read).transpose()?.flatten();
    let first = old.is_none();
    let mut state = old.unwrap_or_default();
    let mut inputs = inputs(args, first)?;
    if let Some(path) = &args.state
        && inputs.sources.iter().any(|source| source.is_at(path))
    {
        return Err(state::a_log(path));
    }
    let plan = Plan::new(args, &mut inputs, &state);

    let logs: Vec<_> = inputs.sources.iter().map(pipeline::log).collect();
    let work = |chunk: &Chunk| {
        let at = chunk.file as usize;
        Part::new(plan.new_lines(chunk), chunk, logs[at], &inputs.window, &classifier)
    };
    let mut summary = Summary::new();
    let mut watch = Watch::default();
    let mut ends = plan.starts.clone();
    let read = pipeline::run(&inputs.sources, &inputs.options, inputs.threads, work, |(file, _), part| {
        ends[file as usize] = ends[file as usize].max(part.end);
        summary.append(part.summary);
        watch.append(part.watch);
        ControlFlow::Continue(())
    });
    summary.finish(inputs.threads);
    if let Some(problem) = read.problems().next() {
        return Err(unreadable(problem));
    }

    let zone = zone();
    let now = inputs.window.end().unwrap_or_else(|| Timestamp::now().as_second());
    watch.into_state(&mut state, &zone);
    let queue = Queue {
        silence: state.last_mail.map(|last| (now - last).max(0) as f64),
        oldest: state
            .open
            .iter()
            .min_by_key(|(id, since)| (**since, *id))
            .map(|(id, since)| (id.clone(), (now - since).max(0) as f64)),
    };
    let about =
        About { lang: args.language.get(), files: Vec::new(), cut_lines: 0, partial: false, seconds: None };
    let mut status = Status::new(&summary.report(about), &queue, &limits(args));
    status.note = plan.note(args.language.get());
    if let Some(path) = &args.state {
        for (log, last) in &plan.logs {
            if let Source::File(file) = &inputs.sources[*last] {
                state.set_mark(log, Mark::new(file, ends[*last])?);
            }
        }
        state.write(path)?;
    }
    Ok(status)
}

/// What to read: the last hour of the log, unless something else is asked for or known.
fn inputs(args: &CheckArgs, first: bool) -> Result<Inputs> {
    let mut input = args.input.clone();
    input.no_progress = true;
    if first && input.since.is_none() && input.until.is_none() {
        input.since = Some(LATELY.to_owned());
    }
    let mut inputs = Inputs::new(&input, None)?;
    // With a state, a log that is missing has been rotated away, and nothing came since.
    if inputs.sources.is_empty() && (args.state.is_none() || input.files.is_empty()) {
        return Err(trouble("there is no log to read", "нет журнала, который можно прочитать"));
    }
    for file in input.files.iter().filter(|_| args.state.is_some()).map(PathBuf::from) {
        let named = Source::File(file.clone());
        if !file.exists() && !inputs.sources.contains(&named) {
            inputs.sources.push(named);
        }
    }
    Ok(inputs)
}

/// Where to begin in each source.
struct Plan {
    starts: Vec<u64>,
    /// The logs that were asked for, and the newest file of each.
    logs: Vec<(PathBuf, usize)>,
    /// Logs of which the place was lost.
    lost: Vec<PathBuf>,
    /// Whether a line that is still being written waits for the next run.
    resumes: bool,
}

impl Plan {
    fn new(args: &CheckArgs, inputs: &mut Inputs, state: &State) -> Self {
        let mut plan =
            Self { starts: Vec::new(), logs: Vec::new(), lost: Vec::new(), resumes: args.state.is_some() };
        if !plan.resumes {
            plan.starts = vec![0; inputs.sources.len()];
            return plan;
        }
        let mut sources = Vec::new();
        for source in inputs.sources.drain(..) {
            let Source::File(path) = &source else {
                sources.push((source, 0));
                continue;
            };
            let rest = input::resume(path, state.mark(path).unwrap_or_default());
            if !rest.found {
                plan.lost.push(path.clone());
            }
            let there = |source: &Source| matches!(source, Source::File(path) if path.exists());
            sources.extend(rest.sources.into_iter().filter(|(source, _)| there(source)));
            plan.logs.extend(sources.len().checked_sub(1).map(|last| (path.clone(), last)));
        }
        (inputs.sources, plan.starts) = sources.into_iter().unzip();
        plan
    }

    /// The lines of a chunk that were not read before; one that is not finished waits.
    fn new_lines<'a>(&self, chunk: &'a Chunk) -> &'a [u8] {
        let known = self.starts[chunk.file as usize].saturating_sub(chunk.offset);
        let lines = &chunk.data[(known as usize).min(chunk.data.len())..];
        let whole = if chunk.last && self.resumes {
            memchr::memrchr(b'\n', lines).map_or(0, |at| at + 1)
        } else {
            lines.len()
        };
        &lines[..whole]
    }

    fn note(&self, lang: Lang) -> Option<String> {
        let log = self.lost.first()?.display();
        Some(match lang {
            Lang::En => format!("{log}: what was read last is gone, lines may have been missed"),
            Lang::Ru => format!("{log}: прежнее место не найдено, часть строк могла быть пропущена"),
        })
    }
}

/// What a chunk says.
struct Part {
    summary: Summary,
    watch: Watch,
    /// Up to where the source has been read.
    end: u64,
}

impl Part {
    fn new(
        lines: &[u8],
        chunk: &Chunk,
        log: Log,
        window: &Window,
        classifier: &mailwhy::classify::Classifier,
    ) -> Self {
        let begin = chunk.offset + (lines.as_ptr().addr() - chunk.data.as_ptr().addr()) as u64;
        let mut part =
            Self { summary: Summary::part(), watch: Watch::default(), end: begin + lines.len() as u64 };
        let (mut number, mut inside) = (0, true);
        exim::scan(lines, log, |line| {
            if let Some(time) = line.time {
                inside = window.contains(time);
                part.watch.line(line.kind, line.id, time);
            }
            if inside {
                let place = |_| Place {
                    file: chunk.file,
                    line: chunk.line + number as u64,
                    offset: chunk.start(number, line.raw),
                };
                part.summary.read(std::slice::from_ref(line), place, classifier);
            }
            number += 1;
        });
        part
    }
}

/// What the whole log says of the queue, whatever part of it is judged.
#[derive(Default)]
struct Watch {
    /// Messages that arrived and did not end.
    open: HashMap<Id, Time>,
    /// Messages that ended, but arrived earlier.
    ended: Vec<Id>,
    last_mail: Option<Time>,
}

impl Watch {
    fn line(&mut self, kind: Kind, id: Option<&[u8]>, time: Time) {
        match (kind, id) {
            (Kind::Arrival | Kind::FakeReject, Some(id)) => {
                self.open.insert(Id::new(id), time);
                self.last_mail = Some(time);
            }
            (Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough, _) => self.last_mail = Some(time),
            (Kind::Completed, Some(id)) => {
                let id = Id::new(id);
                if self.open.remove(&id).is_none() {
                    self.ended.push(id);
                }
            }
            _ => {}
        }
    }

    fn append(&mut self, later: Self) {
        for id in later.ended {
            if self.open.remove(&id).is_none() {
                self.ended.push(id);
            }
        }
        self.open.extend(later.open);
        self.last_mail = later.last_mail.or(self.last_mail);
    }

    fn into_state(self, state: &mut State, zone: &TimeZone) {
        let name = |id: &Id| String::from_utf8_lossy(id.as_bytes()).into_owned();
        for id in &self.ended {
            state.open.remove(&name(id));
        }
        state.open.extend(self.open.iter().map(|(id, time)| (name(id), instant(*time, zone))));
        state.last_mail = self.last_mail.map(|time| instant(time, zone)).or(state.last_mail);
    }
}

fn limits(args: &CheckArgs) -> Limits {
    Limits {
        min: args.min,
        failed: thresholds(args.failed),
        deferred: thresholds(args.deferred),
        provider_failed: thresholds(args.provider_failed),
        provider_deferred: thresholds(args.provider_deferred),
        blocklisted: thresholds(args.blocklisted),
        silence: thresholds(args.silence),
        queue_age: thresholds(args.queue_age),
        guesses: thresholds(args.guesses),
    }
}

fn thresholds<T: cli::Limit>(limits: cli::Limits<T>) -> Thresholds {
    Thresholds { warning: limits.warning.map(T::value), critical: limits.critical.map(T::value) }
}
