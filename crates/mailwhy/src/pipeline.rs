//! Work in several threads, results in the order of the log.
//!
//! [`run`] reads in one thread and hands chunks to others, for results that are as large as the log. [`run_parts`] gives
//! each thread a piece of the log, for results that are small and can be joined. Results are joined in the order of the
//! log, wherever a piece ends: the output is the same with one thread and with many.

use std::collections::BTreeMap;
use std::mem;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use mailwhy::input::{self, Chunk, FileSummary, Options, Part, Source};
use mailwhy::logs::exim;

use crate::interrupt;
use crate::progress::Progress;

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

/// What the work on a piece of the log gives: some neighbouring chunks of one source.
pub trait Piece: Send {
    /// Takes the lines to have been numbered from behind line `before` of their file, where it points at any.
    fn number_from(&mut self, _before: u64) {}

    /// Adds the piece right behind this one.
    fn append(&mut self, later: Self);
}

/// Reads all sources in pieces: `work` takes the chunks of one into what `begin` gave, and `join` is handed the results
/// in the order of the log, in the calling thread, with lines that are numbered as in their file. Neighbouring pieces may
/// have been joined before. Ends early after Ctrl-C, if that is watched for.
///
/// A part of a plain file is a piece, and is read by the thread that works on it. Of an archive or a stream one thread
/// hands on blocks to others; it works itself while these have enough to do.
pub fn run_parts<T: Piece>(
    sources: &[Source],
    options: &Options,
    threads: usize,
    progress: &Progress,
    begin: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, &Chunk) + Sync,
    join: impl FnMut(T),
) -> input::Summary {
    let parts = input::parts(sources, options, exim::starts_record);
    let worker = Worker { sources, options, progress, begin, work };
    let mut joiner = Joiner::new(join);
    if threads == 1 {
        for (number, part) in parts.iter().enumerate().take_while(|_| !interrupt::seen()) {
            joiner.add(worker.read(number, part));
        }
        return joiner.summary;
    }
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (results_in, results) = bounded(threads);
        let (blocks_in, blocks) = bounded(BLOCKS);
        for _ in 0..threads {
            let (results_in, blocks_in, blocks) = (results_in.clone(), blocks_in.clone(), blocks.clone());
            let (worker, next, parts) = (&worker, &next, &parts);
            scope.spawn(move || {
                // The other end is there until the last result has come.
                let done = |result| drop(results_in.send(result));
                let finish = |block| done(worker.finish(block));
                while !interrupt::seen() {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = parts.get(number) else { break };
                    if part.is_stream() {
                        worker.unpack(number, part, &blocks_in, done);
                    } else {
                        done(worker.read(number, part));
                    }
                    blocks.try_iter().for_each(finish);
                }
                // Blocks end when nobody is left who may make any.
                drop(blocks_in);
                blocks.iter().for_each(finish);
            });
        }
        drop((results_in, blocks_in, blocks));
        results.into_iter().for_each(|done| joiner.add(done));
    });
    joiner.summary
}

/// How many blocks wait at most until a thread is free.
const BLOCKS: usize = 2;

/// A block that is so old is handed on, however small it is.
const PATIENCE: Duration = Duration::from_millis(100);

/// Where a piece is: the number of its part, and its own in that.
type At = (usize, u64);

/// A piece, and what came of it.
struct Done<T> {
    at: At,
    /// Where the piece right behind it is.
    next: At,
    file: u32,
    result: T,
    lines: u64,
    /// What was read of the source, if nothing more is of this part.
    read: Option<FileSummary>,
}

impl<T: Piece> Done<T> {
    fn append(&mut self, mut later: Self) {
        later.result.number_from(self.lines);
        self.result.append(later.result);
        self.lines += later.lines;
        self.next = later.next;
        match (&mut self.read, later.read) {
            (Some(mine), Some(theirs)) => mine.append(theirs),
            (mine, theirs) => *mine = mine.take().or(theirs),
        }
    }
}

/// What is being made of a piece.
struct Doing<T> {
    at: At,
    file: u32,
    result: T,
    lines: u64,
    /// How many stored bytes have been dealt with.
    taken: u64,
}

impl<T> Doing<T> {
    /// There is more of this part.
    fn done(self) -> Done<T> {
        let (at, file, result, lines) = (self.at, self.file, self.result, self.lines);
        Done { at, next: (at.0, at.1 + 1), file, result, lines, read: None }
    }

    /// There is not.
    fn done_last(self, read: FileSummary) -> Done<T> {
        Done { next: (self.at.0 + 1, 0), read: Some(read), ..self.done() }
    }
}

/// Some neighbouring chunks of an archive or a stream.
struct Block {
    at: At,
    file: u32,
    chunks: Vec<Chunk>,
    /// The memory they take.
    bytes: u64,
    began: Instant,
}

impl Block {
    fn new(at: At, file: u32) -> Self {
        Self { at, file, chunks: Vec::new(), bytes: 0, began: Instant::now() }
    }

    fn push(&mut self, chunk: Chunk) {
        self.bytes += chunk.data.capacity() as u64;
        self.chunks.push(chunk);
    }
}

/// What every thread knows.
struct Worker<'a, Begin, Work> {
    sources: &'a [Source],
    options: &'a Options,
    progress: &'a Progress,
    begin: Begin,
    work: Work,
}

impl<T: Piece, Begin: Fn() -> T, Work: Fn(&mut T, &Chunk)> Worker<'_, Begin, Work> {
    fn begin(&self, at: At, file: u32) -> Doing<T> {
        Doing { at, file, result: (self.begin)(), lines: 0, taken: 0 }
    }

    fn work(&self, doing: &mut Doing<T>, chunk: Chunk) {
        (self.work)(&mut doing.result, &chunk);
        doing.lines = chunk.line - 1 + chunk.lines;
        self.progress.add(chunk.taken - mem::replace(&mut doing.taken, chunk.taken));
        self.options.pool.put(chunk.data);
    }

    fn read_part(&self, part: &Part, mut sink: impl FnMut(Chunk)) -> FileSummary {
        let source = &self.sources[part.file as usize];
        input::read_part(source, part, self.options, exim::starts_record, &mut |chunk| {
            sink(chunk);
            if interrupt::seen() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    /// Reads a part and works on it.
    fn read(&self, number: usize, part: &Part) -> Done<T> {
        let mut doing = self.begin((number, 0), part.file);
        let read = self.read_part(part, |chunk| self.work(&mut doing, chunk));
        doing.done_last(read)
    }

    /// Reads a part and hands it on in blocks. A block that nobody takes is worked on here, and so is what follows, until
    /// there is room for another.
    fn unpack(&self, number: usize, part: &Part, blocks: &Sender<Block>, mut done: impl FnMut(Done<T>)) {
        let mut block = Block::new((number, 0), part.file);
        let mut own: Option<Doing<T>> = None;
        // How many lines and stored bytes are before the piece, and up to the end of the chunk.
        let (mut before, mut end) = ((0, 0), (0, 0));
        let read = self.read_part(part, |mut chunk| {
            if !blocks.is_full()
                && let Some(own) = own.take()
            {
                before = end;
                block = Block::new((number, own.at.1 + 1), part.file);
                done(own.done());
            }
            end = (chunk.line - 1 + chunk.lines, chunk.taken);
            chunk.line -= before.0;
            chunk.taken -= before.1;
            if let Some(own) = &mut own {
                return self.work(own, chunk);
            }
            block.push(chunk);
            if block.bytes < self.options.block_size && block.began.elapsed() < PATIENCE {
                return;
            }
            let next = Block::new((number, block.at.1 + 1), part.file);
            match blocks.try_send(mem::replace(&mut block, next)) {
                Ok(()) => before = end,
                Err(refused) => own = Some(self.take(refused.into_inner())),
            }
        });
        done(own.unwrap_or_else(|| self.take(block)).done_last(read));
    }

    fn take(&self, block: Block) -> Doing<T> {
        let mut doing = self.begin(block.at, block.file);
        block.chunks.into_iter().for_each(|chunk| self.work(&mut doing, chunk));
        doing
    }

    fn finish(&self, block: Block) -> Done<T> {
        self.take(block).done()
    }
}

/// Puts pieces in the order of the log.
struct Joiner<T, Join> {
    summary: input::Summary,
    join: Join,
    next: At,
    /// The file of the last piece, and how many lines of it are before the next.
    file: u32,
    lines: u64,
    /// Pieces that came too early, and where each is.
    early: BTreeMap<At, Done<T>>,
}

impl<T: Piece, Join: FnMut(T)> Joiner<T, Join> {
    fn new(join: Join) -> Self {
        let summary = input::Summary::default();
        Self { summary, join, next: (0, 0), file: 0, lines: 0, early: BTreeMap::new() }
    }

    fn add(&mut self, done: Done<T>) {
        if done.at != self.next {
            return self.keep(done);
        }
        self.join(done);
        while let Some(done) = self.early.remove(&self.next) {
            self.join(done);
        }
    }

    /// Neighbours are joined at once: what is kept grows with what is in the log and not with its length.
    fn keep(&mut self, done: Done<T>) {
        match self.early.range_mut(..done.at).next_back() {
            Some((_, before)) if before.next == done.at && before.file == done.file => before.append(done),
            _ => drop(self.early.insert(done.at, done)),
        }
    }

    fn join(&mut self, mut done: Done<T>) {
        if done.file != self.file {
            (self.file, self.lines) = (done.file, 0);
        }
        done.result.number_from(self.lines);
        self.lines += done.lines;
        self.next = done.next;
        if let Some(read) = done.read {
            self.summary.add(done.file, read);
        }
        (self.join)(done.result);
    }
}

/// Which of Exim's logs a source is, from its name.
pub fn role(source: &Source) -> exim::Role {
    match source.log_name() {
        Some(name) if name.contains("reject") => exim::Role::Reject,
        Some(name) if name.contains("panic") => exim::Role::Panic,
        _ => exim::Role::Main,
    }
}
