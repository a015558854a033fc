//! Work in several threads, results in the order of the log.
//!
//! [`run`] reads in one thread and hands chunks to others, for results that are as large as the log. [`run_parts`] gives
//! each thread a part of the log to read, for results that are small. Chunks and parts do not depend on the number of
//! threads, and results are joined in their order: the output is the same with one thread and with many.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crossbeam_channel::bounded;
use mailwhy::input::{self, Chunk, FileSummary, Options, Part, Source};
use mailwhy::logs::exim;

use crate::interrupt;

/// Which source a chunk is from, and how many of its stored bytes had been read by then.
pub type Taken = (u32, u64);

/// How many threads to use where `asked` is 0.
pub fn threads(asked: usize) -> usize {
    if asked > 0 { asked } else { thread::available_parallelism().map_or(1, usize::from) }
}

/// Reads all sources, does `work` on each chunk, and hands the results to `join` in the order of the log.
///
/// `join` runs in the calling thread and may stop it all.
pub fn run<T: Send>(
    sources: &[Source],
    options: &Options,
    threads: usize,
    work: impl Fn(&Chunk) -> T + Sync,
    join: impl FnMut(Taken, T) -> ControlFlow<()>,
) -> input::Summary {
    run_records(sources, options, threads, exim::starts_record, work, join)
}

/// The same where every line is a record of its own.
pub fn run_lines<T: Send>(
    sources: &[Source],
    options: &Options,
    threads: usize,
    work: impl Fn(&Chunk) -> T + Sync,
    join: impl FnMut(Taken, T) -> ControlFlow<()>,
) -> input::Summary {
    run_records(sources, options, threads, |_| true, work, join)
}

fn run_records<T: Send>(
    sources: &[Source],
    options: &Options,
    threads: usize,
    starts_record: fn(&[u8]) -> bool,
    work: impl Fn(&Chunk) -> T + Sync,
    mut join: impl FnMut(Taken, T) -> ControlFlow<()>,
) -> input::Summary {
    if threads == 1 {
        return input::read(sources, options, starts_record, &mut |chunk| {
            let flow = join((chunk.file, chunk.taken), work(&chunk));
            options.pool.put(chunk.data);
            flow
        });
    }
    thread::scope(|scope| {
        let (chunks_in, chunks) = bounded::<(u64, Chunk)>(threads);
        let (results_in, results) = bounded::<(u64, Taken, T)>(threads);
        let reader = scope.spawn(move || {
            let mut number = 0;
            input::read(sources, options, starts_record, &mut |chunk| {
                number += 1;
                match chunks_in.send((number - 1, chunk)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
        });
        for _ in 0..threads {
            let (chunks, results_in, work) = (chunks.clone(), results_in.clone(), &work);
            scope.spawn(move || {
                for (number, chunk) in chunks {
                    let result = work(&chunk);
                    let taken = (chunk.file, chunk.taken);
                    options.pool.put(chunk.data);
                    if results_in.send((number, taken, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((chunks, results_in));
        let mut early = BTreeMap::new();
        let mut next = 0;
        'all: for (number, taken, result) in &results {
            early.insert(number, (taken, result));
            while let Some((taken, result)) = early.remove(&next) {
                next += 1;
                if join(taken, result).is_break() {
                    break 'all;
                }
            }
        }
        // Workers and reader end when nobody takes their results.
        drop(results);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Reads all sources in parts: `work` takes the chunks of one into what `begin` gave, and `join` is handed the results
/// in the order of the log, in the calling thread. Ends early after Ctrl-C, if that is watched for.
pub fn run_parts<T: Send>(
    sources: &[Source],
    options: &Options,
    threads: usize,
    begin: impl Fn(&Part) -> T + Sync,
    work: impl Fn(&mut T, &Chunk) + Sync,
    mut join: impl FnMut(&Part, T),
) -> input::Summary {
    let parts = input::parts(sources, options, exim::starts_record);
    let mut summary = input::Summary::default();
    let read = |part: &Part| {
        let mut result = begin(part);
        let file = read_part(&sources[part.file as usize], part, options, threads > 1, |chunk| {
            work(&mut result, chunk);
        });
        (result, file)
    };
    if threads == 1 {
        for part in parts.iter().take_while(|_| !interrupt::seen()) {
            let (result, file) = read(part);
            summary.add(part, file);
            join(part, result);
        }
        return summary;
    }
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (results_in, results) = bounded(threads);
        for _ in 0..threads.min(parts.len()) {
            let (results_in, next, parts, read) = (results_in.clone(), &next, &parts, &read);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = parts.get(number).filter(|_| !interrupt::seen()) else { return };
                    if results_in.send((number, read(part))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results_in);
        let mut early = BTreeMap::new();
        let mut waiting = parts.iter().enumerate().peekable();
        for (number, result) in results {
            early.insert(number, result);
            while let Some(&(next, part)) = waiting.peek()
                && let Some((result, file)) = early.remove(&next)
            {
                waiting.next();
                summary.add(part, file);
                join(part, result);
            }
        }
    });
    summary
}

/// How many lines of a file are before each of its parts, as the parts go by in the order of the log.
#[derive(Default)]
pub struct LinesBefore {
    file: u32,
    lines: u64,
}

impl LinesBefore {
    /// How many lines are before this part, which has so many itself.
    pub fn part(&mut self, part: &Part, lines: u64) -> u64 {
        if part.file != self.file {
            *self = Self { file: part.file, lines: 0 };
        }
        self.lines += lines;
        self.lines - lines
    }
}

/// Reads a part. What must be unpacked or waited for is read by a thread of its own if `beside` is set.
fn read_part(
    source: &Source,
    part: &Part,
    options: &Options,
    beside: bool,
    mut work: impl FnMut(&Chunk),
) -> FileSummary {
    let goes_on = || if interrupt::seen() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut done = |chunk: Chunk| {
        work(&chunk);
        options.pool.put(chunk.data);
    };
    if !(beside && part.is_slow()) {
        return input::read_part(source, part, options, exim::starts_record, &mut |chunk| {
            done(chunk);
            goes_on()
        });
    }
    thread::scope(|scope| {
        let (chunks_in, chunks) = bounded(2);
        let reader = scope.spawn(move || {
            input::read_part(source, part, options, exim::starts_record, &mut |chunk| {
                // The other end is there until all has been read.
                let _ = chunks_in.send(chunk);
                goes_on()
            })
        });
        chunks.into_iter().for_each(&mut done);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Which of Exim's logs a source is, from its name.
pub fn role(source: &Source) -> exim::Role {
    match source.log_name() {
        Some(name) if name.contains("reject") => exim::Role::Reject,
        Some(name) if name.contains("panic") => exim::Role::Panic,
        _ => exim::Role::Main,
    }
}
