//! Two ways through the log: which messages have a line that is looked for, and then all lines of those.

use std::ops::Range;

use hashbrown::{HashMap, HashSet};
use mailwhy::input::{self, Chunk};
use mailwhy::logs::Time;
use mailwhy::logs::exim::{self, Log, Role};
use mailwhy::report::Place;
use mailwhy::trace::Id;
use memchr::memmem::{self, Finder};
use memchr::{memchr, memchr_iter, memrchr};
use regex::bytes::Regex;

use super::what::{self, What};
use crate::commands::Inputs;
use crate::pipeline::{self, Piece};
use crate::progress::Progress;

/// How often -M goes on to what is related to the related.
const ROUNDS: usize = 8;

/// Up to so many messages are looked for one by one, which takes less time than a look at every line.
const FEW: usize = 3;

/// What is looked for.
pub struct Wanted {
    /// One of these is enough.
    pub whats: Vec<What>,
    /// And it is of this account.
    pub user: Option<What>,
    pub invert: bool,
    pub related: bool,
}

/// What was found.
#[derive(Default)]
pub struct Found {
    /// The messages, in the order of their first line.
    pub messages: Vec<Lines>,
    /// The times of the first line and of the last.
    pub span: Option<(Time, Time)>,
}

/// The lines of a message.
#[derive(Debug)]
pub struct Lines {
    pub id: Id,
    /// The lines, each with its newline.
    pub text: Vec<u8>,
    /// Where each of them stands.
    pub places: Vec<Place>,
    /// The messages that report on this one to its sender.
    pub reports: Vec<(Id, Option<Time>)>,
}

/// Looks through all sources, as often as it takes. The summary is that of the last time.
///
/// The records without a message that have what is looked for go to `other`, in the order of the log.
pub fn search(
    inputs: &Inputs,
    wanted: &Wanted,
    mut other: impl FnMut(Place, &[u8]),
) -> (Found, input::Summary) {
    let search = Search::new(inputs, wanted);
    let mut found = Found::default();
    let (marks, mut read) = search.marks(&mut found, &mut other);
    // Without WHAT there is only the account to go by.
    let (mut ids, invert) = match (&wanted.user, wanted.whats.is_empty()) {
        (None, _) => (marks.ids, wanted.invert),
        (Some(_), true) => (marks.users, wanted.invert),
        (Some(_), false) => {
            let has = |id: &Id| marks.ids.contains(id) != wanted.invert;
            (marks.users.into_iter().filter(has).collect(), false)
        }
    };
    if ids.is_empty() && !invert {
        return (found, read);
    }
    let mut collected = Collected::default();
    let mut all = ids.clone();
    let mut headers = HashSet::new();
    for _ in 0..ROUNDS {
        let asked = Asked::new(&ids, &headers, invert);
        read = search.collect(&asked, &mut collected, &mut other);
        if !wanted.related || invert {
            break;
        }
        ids = collected
            .related
            .drain(..)
            .chain(collected.reports.iter().map(|(_, report, _)| *report))
            .collect();
        ids.retain(|id| all.insert(*id));
        let known = headers.len();
        headers.extend(collected.headers.drain(..));
        if ids.is_empty() && headers.len() == known {
            break;
        }
    }
    found.messages = collected.into_messages();
    (found, read)
}

struct Search<'a> {
    inputs: &'a Inputs,
    wanted: &'a Wanted,
    prefilter: Option<Regex>,
    logs: Vec<Log>,
    /// Whether a main log is there, so that the reject log repeats what it says.
    main: bool,
}

/// Where what is looked for is, in a chunk or in the whole log.
#[derive(Default)]
struct Marks {
    /// Messages with such a line.
    ids: HashSet<Id>,
    /// Messages of the account.
    users: HashSet<Id>,
    /// Such records without a message.
    others: Vec<(Place, Vec<u8>)>,
    /// The times of the first line and of the last.
    span: Option<(Time, Time)>,
}

/// What was found in each chunk.
struct Chunks<T>(Vec<T>);

/// What knows places in the log.
trait Places {
    /// Changes all of them.
    fn places(&mut self, change: impl FnMut(&mut Place));
}

impl<T: Places + Send> Piece for Chunks<T> {
    fn number_from(&mut self, before: u64) {
        self.0.iter_mut().for_each(|found| found.places(|place| place.line += before));
    }

    fn append(&mut self, later: Self) {
        self.0.extend(later.0);
    }
}

impl Places for Marks {
    fn places(&mut self, change: impl FnMut(&mut Place)) {
        self.others.iter_mut().map(|(place, _)| place).for_each(change);
    }
}

impl Places for Part {
    fn places(&mut self, change: impl FnMut(&mut Place)) {
        let others = self.others.iter_mut().map(|(place, _)| place);
        self.lines.iter_mut().map(|(_, place, _)| place).chain(others).for_each(change);
    }
}

/// Which lines are collected.
struct Asked<'a> {
    ids: &'a HashSet<Id>,
    /// Message-ID headers whose messages are related.
    headers: &'a HashSet<Vec<u8>>,
    /// Those of all other messages.
    invert: bool,
    /// Finds the messages, where there are few and nothing else is asked for.
    finders: Option<Vec<Finder<'static>>>,
}

impl<'a> Asked<'a> {
    fn new(ids: &'a HashSet<Id>, headers: &'a HashSet<Vec<u8>>, invert: bool) -> Self {
        let few = ids.len() <= FEW && headers.is_empty() && !invert;
        let finder = |id: &Id| Finder::new(id.as_bytes()).into_owned();
        Self { ids, headers, invert, finders: few.then(|| ids.iter().map(finder).collect()) }
    }
}

/// Lines of messages, in the order of the log.
#[derive(Default)]
struct Collected {
    messages: HashMap<Id, Lines>,
    /// Which message is reported on by which, and since when.
    reports: Vec<(Id, Id, Option<Time>)>,
    /// Messages that are related to those collected.
    related: Vec<Id>,
    /// The Message-ID headers of those collected.
    headers: Vec<Vec<u8>>,
}

/// What one chunk has of it.
#[derive(Default)]
struct Part {
    lines: Vec<(Id, Place, Range<usize>)>,
    text: Vec<u8>,
    reports: Vec<(Id, Id, Option<Time>)>,
    related: Vec<Id>,
    headers: Vec<Vec<u8>>,
    others: Vec<(Place, Vec<u8>)>,
}

impl<'a> Search<'a> {
    fn new(inputs: &'a Inputs, wanted: &'a Wanted) -> Self {
        let logs: Vec<_> = inputs.sources.iter().map(pipeline::log).collect();
        let main = logs.iter().any(|log| log.role == Role::Main);
        let prefilter = what::prefilter(wanted.whats.iter().chain(&wanted.user));
        Self { inputs, wanted, prefilter, main, logs }
    }

    /// Gives what `find` makes of each chunk to `join`, in the order of the log.
    fn run<T: Places + Send>(
        &self,
        find: impl Fn(&Chunk) -> T + Sync,
        mut join: impl FnMut(T),
    ) -> input::Summary {
        let Inputs { sources, options, threads, .. } = self.inputs;
        let progress = Progress::new(sources, self.inputs.progress);
        let begin = || Chunks(Vec::new());
        let work = |chunks: &mut Chunks<T>, chunk: &Chunk| {
            chunks.0.push(find(chunk));
            memchr_iter(b'\n', &chunk.data).count() as u64
        };
        let join = |chunks: Chunks<T>| chunks.0.into_iter().for_each(&mut join);
        let read = pipeline::run_parts(sources, options, *threads, &progress, begin, work, join);
        progress.clear();
        read
    }

    /// The messages with a line that is looked for; other such records go to `other`.
    fn marks(&self, found: &mut Found, other: &mut impl FnMut(Place, &[u8])) -> (Marks, input::Summary) {
        let mut marks = Marks::default();
        let read = self.run(
            |chunk| self.mark(chunk),
            |part| {
                marks.ids.extend(part.ids);
                marks.users.extend(part.users);
                part.others.iter().for_each(|(place, record)| other(*place, record));
                found.span = match (found.span, part.span) {
                    (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                    (one, other) => one.or(other),
                };
            },
        );
        (marks, read)
    }

    fn mark(&self, chunk: &Chunk) -> Marks {
        let data = &chunk.data[..];
        let log = self.logs[chunk.file as usize];
        let repeats = self.main && log.role == Role::Reject;
        let mut marks = Marks { span: span(data, log), ..Marks::default() };
        let mut counter = Counter::new(chunk);
        let mut at = 0;
        while let Some(hit) = self.next(data, at) {
            let line_end = memchr(b'\n', &data[hit..]).map_or(data.len(), |n| hit + n);
            let (start, end) = record(data, hit, line_end);
            let line = &data[start..memchr(b'\n', &data[start..]).map_or(data.len(), |n| start + n)];
            let record = &data[start..end];
            at = end.max(line_end) + 1;
            let id = exim::record_front(line).and_then(|(id, _)| id);
            // Of a record that the main log has too, only what is nowhere but here is new: the headers of the message.
            let is_new = |what: &What| what.is_in(record, id) && !(repeats && what.is_in(line, id));
            let has = self.wanted.whats.iter().any(is_new);
            let user = self.wanted.user.as_ref().is_some_and(is_new);
            match id {
                Some(id) => {
                    if has {
                        marks.ids.insert(Id::new(id));
                    }
                    if user {
                        marks.users.insert(Id::new(id));
                    }
                }
                None => {
                    let all = (has || self.wanted.whats.is_empty()) && (user || self.wanted.user.is_none());
                    if all && !self.wanted.invert && self.inside(line, log) {
                        let line = counter.line(start);
                        let place = Place { file: chunk.file, line, offset: chunk.offset + start as u64 };
                        marks.others.push((place, record.to_vec()));
                    }
                }
            }
        }
        marks
    }

    /// Where the next line is that may have what is looked for.
    fn next(&self, data: &[u8], at: usize) -> Option<usize> {
        if at >= data.len() {
            return None;
        }
        match &self.prefilter {
            Some(prefilter) => prefilter.find_at(data, at).map(|found| found.start().min(data.len() - 1)),
            None => Some(at),
        }
    }

    /// All lines of the messages asked for, and what is related to them.
    fn collect(
        &self,
        asked: &Asked<'_>,
        collected: &mut Collected,
        other: &mut impl FnMut(Place, &[u8]),
    ) -> input::Summary {
        self.run(
            |chunk| self.part(chunk, asked),
            |part| {
                part.others.iter().for_each(|(place, record)| other(*place, record));
                collected.append(part.lines, &part.text);
                collected.reports.extend(part.reports);
                collected.related.extend(part.related);
                collected.headers.extend(part.headers);
            },
        )
    }

    fn part(&self, chunk: &Chunk, asked: &Asked<'_>) -> Part {
        let mut part = Part::default();
        let data = &chunk.data[..];
        if self.main && self.logs[chunk.file as usize].role == Role::Reject {
            return part;
        }
        let Some(finders) = &asked.finders else {
            self.lines(chunk, 0..data.len(), chunk.line, asked, &mut part);
            return part;
        };
        let mut hits: Vec<_> = finders.iter().flat_map(|finder| finder.find_iter(data)).collect();
        hits.sort_unstable();
        let mut counter = Counter::new(chunk);
        let mut done = 0;
        for hit in hits {
            if hit >= done {
                let line_end = memchr(b'\n', &data[hit..]).map_or(data.len(), |n| hit + n);
                let (start, end) = record(data, hit, line_end);
                self.lines(chunk, start..end, counter.line(start), asked, &mut part);
                done = end;
            }
        }
        part
    }

    /// Takes from these lines, of which the first has this `number`, what was asked for.
    fn lines(&self, chunk: &Chunk, range: Range<usize>, number: u64, asked: &Asked<'_>, part: &mut Part) {
        let (data, log) = (&chunk.data[..range.end], self.logs[chunk.file as usize]);
        let mut current = None;
        let mut start = range.start;
        for number in number.. {
            if start >= data.len() {
                return;
            }
            let end = memchr(b'\n', &data[start..]).map_or(data.len(), |n| start + n);
            let line = &data[start..end];
            let place = Place { file: chunk.file, line: number, offset: chunk.offset + start as u64 };
            start = end + 1;
            match exim::record_front(line) {
                Some((Some(id), text)) => {
                    let id = Id::new(id);
                    current = (asked.ids.contains(&id) != asked.invert).then_some(id);
                    if let [b'<' | b'(', b'=', b' ', text @ ..] = text {
                        if self.wanted.related && current.is_some() {
                            part.relate(text);
                        }
                        if let Some(of) = reported(text).filter(|of| asked.ids.contains(of) != asked.invert) {
                            part.reports.push((of, id, time(line, log)));
                        }
                        if !asked.headers.is_empty()
                            && header(text).is_some_and(|header| asked.headers.contains(header))
                        {
                            part.related.push(id);
                        }
                    }
                }
                Some((None, _)) => {
                    current = None;
                    let mut whats = self.wanted.whats.iter().chain(&self.wanted.user);
                    let other = asked.invert && !whats.any(|what| what.is_in(line, None));
                    if other && self.inside(line, log) {
                        part.others.push((place, line.to_vec()));
                    }
                }
                None => {}
            }
            if let Some(id) = current {
                let from = part.text.len();
                part.text.extend_from_slice(line);
                part.text.push(b'\n');
                part.lines.push((id, place, from..part.text.len()));
            }
        }
    }

    fn inside(&self, line: &[u8], log: Log) -> bool {
        time(line, log).is_none_or(|time| self.inputs.window.contains(time))
    }
}

impl Part {
    /// What a message that is collected is related to; `text` is of its arrival.
    fn relate(&mut self, text: &[u8]) {
        self.related.extend(reported(text));
        self.headers.extend(header(text).map(<[u8]>::to_vec));
    }
}

impl Collected {
    fn append(&mut self, lines: Vec<(Id, Place, Range<usize>)>, text: &[u8]) {
        for (id, place, range) in lines {
            let message = self.messages.entry(id).or_insert_with(|| Lines {
                id,
                text: Vec::new(),
                places: Vec::new(),
                reports: Vec::new(),
            });
            message.text.extend_from_slice(&text[range]);
            message.places.push(place);
        }
    }

    fn into_messages(mut self) -> Vec<Lines> {
        for (of, report, time) in self.reports {
            if let Some(message) = self.messages.get_mut(&of)
                && !message.reports.iter().any(|(known, _)| *known == report)
            {
                message.reports.push((report, time));
            }
        }
        let mut messages: Vec<_> = self.messages.into_values().collect();
        messages.sort_unstable_by_key(|message| message.places.first().map(|p| (p.file, p.offset)));
        messages
    }
}

/// Counts the lines of a chunk, from its begin on.
struct Counter<'a> {
    data: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Counter<'a> {
    fn new(chunk: &'a Chunk) -> Self {
        Self { data: &chunk.data, at: 0, line: chunk.line }
    }

    /// The number of the line that begins at `start`, which is behind those asked for before.
    fn line(&mut self, start: usize) -> u64 {
        self.line += memchr_iter(b'\n', &self.data[self.at..start]).count() as u64;
        self.at = start;
        self.line
    }
}

/// The record that the line from before `hit` to `line_end` is of: where it begins, and where it ends.
fn record(data: &[u8], hit: usize, line_end: usize) -> (usize, usize) {
    let line_start = |at: usize| memrchr(b'\n', &data[..at]).map_or(0, |n| n + 1);
    let mut start = line_start(hit);
    while start > 0 && !exim::starts_record(&data[start..]) {
        start = line_start(start - 1);
    }
    let mut end = line_end;
    while end + 1 < data.len() && !exim::starts_record(&data[end + 1..]) {
        end = memchr(b'\n', &data[end + 1..]).map_or(data.len(), |n| end + 1 + n);
    }
    (start, end)
}

/// The message that a bounce reports on.
fn reported(rest: &[u8]) -> Option<Id> {
    let id = rest.strip_prefix(b"<> R=")?;
    let id = &id[..memchr(b' ', id).unwrap_or(id.len())];
    matches!(id.len(), 16 | 23).then(|| Id::new(id))
}

/// The Message-ID of a message that came in.
fn header(rest: &[u8]) -> Option<&[u8]> {
    let at = memmem::find(rest, b" id=")?;
    let value = &rest[at + 4..];
    Some(&value[..memchr(b' ', value).unwrap_or(value.len())])
}

fn time(line: &[u8], log: Log) -> Option<Time> {
    let mut time = None;
    exim::scan(line, log, |line| time = time.or(line.time));
    time
}

/// The times of the first line and the last.
fn span(data: &[u8], log: Log) -> Option<(Time, Time)> {
    const LINES: usize = 64;
    let time = |line| time(line, log);
    let first = data.split(|&b| b == b'\n').take(LINES).find_map(time)?;
    let last = data.rsplit(|&b| b == b'\n').take(LINES).find_map(time)?;
    Some((first, last))
}
