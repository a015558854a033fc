//! Reading in one thread, work in several, results in the order of the log.
//!
//! Chunks do not depend on the number of threads, and results are joined in their order: the output is the same with
//! one thread and with many.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::thread;

use crossbeam_channel::bounded;
use mailwhy::input::{self, Chunk, Options, Source};
use mailwhy::logs::exim;

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

/// Which of Exim's logs a source is, from its name.
pub fn role(source: &Source) -> exim::Role {
    match source.log_name() {
        Some(name) if name.contains("reject") => exim::Role::Reject,
        Some(name) if name.contains("panic") => exim::Role::Panic,
        _ => exim::Role::Main,
    }
}
