//! Work in several threads, results in the order of the log.
//!
//! [`run`] reads in one thread and hands chunks to others, for results that are as large as the log. [`run_parts`] gives
//! each thread a piece of the log, for results that are small and can be joined. Chunks and pieces do not depend on the
//! number of threads, and results are joined in their order: the output is the same with one thread and with many.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::UNIX_EPOCH;

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

/// Reads all sources in pieces: `work` takes the chunks of one into what `begin` gave, and tells how many lines each has;
/// `join` is handed the results in the order of the log, in the calling thread, with lines that are numbered as in their file. Neighbouring pieces may
/// have been joined before. Ends early after Ctrl-C, if that is watched for.
///
/// A part of a plain file is a piece, and is read by the thread that works on it. Of an archive or a stream one thread
/// hands on blocks to others; it works itself while these have enough to do. Pieces do not depend on the number of threads.
pub fn run_parts<T: Piece>(
    sources: &[Source],
    options: &Options,
    threads: usize,
    progress: &Progress,
    begin: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, &Chunk) -> u64 + Sync,
    join: impl FnMut(T),
) -> input::Summary {
    let parts = input::parts(sources, options, exim::starts_record);
    let worker = Worker { sources, options, progress, begin, work };
    let mut joiner = Joiner::new(join);
    if threads == 1 {
        // A queue without room.
        let (blocks_in, _blocks) = bounded(0);
        for (number, part) in parts.iter().enumerate().take_while(|_| !interrupt::seen()) {
            worker.part(number, part, &blocks_in, |done| joiner.add(done));
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
                let work_on = |block| done(worker.block(block).done());
                while !interrupt::seen() {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = parts.get(number) else { break };
                    worker.part(number, part, &blocks_in, done);
                    blocks.try_iter().for_each(work_on);
                }
                // Blocks end when nobody is left who may make any.
                drop(blocks_in);
                blocks.iter().for_each(work_on);
            });
        }
        drop((results_in, blocks_in, blocks));
        results.into_iter().for_each(|done| joiner.add(done));
    });
    joiner.summary
}

/// How many blocks wait at most until a thread is free.
const BLOCKS: usize = 2;

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
}

impl<T> Doing<T> {
    /// There is more of this part.
    fn done(self) -> Done<T> {
        let Self { at, file, result, lines } = self;
        Done { at, next: (at.0, at.1 + 1), file, result, lines, read: None }
    }

    /// There is not.
    fn done_last(self, read: FileSummary) -> Done<T> {
        Done { next: (self.at.0 + 1, 0), read: Some(read), ..self.done() }
    }
}

/// A piece that nobody has worked on yet.
struct Block {
    at: At,
    file: u32,
    chunks: Vec<Chunk>,
}

/// What every thread knows.
struct Worker<'a, Begin, Work> {
    sources: &'a [Source],
    options: &'a Options,
    progress: &'a Progress,
    begin: Begin,
    work: Work,
}

impl<T: Piece, Begin: Fn() -> T, Work: Fn(&mut T, &Chunk) -> u64> Worker<'_, Begin, Work> {
    /// Reads a part, and works on it or hands it on.
    fn part(&self, number: usize, part: &Part, blocks: &Sender<Block>, mut done: impl FnMut(Done<T>)) {
        if part.is_stream() {
            return self.unpack(number, part, blocks, done);
        }
        let mut doing = self.begin((number, 0), part.file);
        let read = self.read(part, |chunk| self.work(&mut doing, chunk));
        done(doing.done_last(read));
    }

    /// Reads a part in blocks. While enough of them wait for others, it works on the next itself.
    fn unpack(&self, number: usize, part: &Part, blocks: &Sender<Block>, mut done: impl FnMut(Done<T>)) {
        let (mut at, file) = ((number, 0), part.file);
        let mut own = blocks.is_full().then(|| self.begin(at, file));
        let mut chunks = Vec::new();
        // Blocks end at the same places however many threads there are.
        let size = self.options.block_size.max(1);
        let mut end = size;
        let read = self.read(part, |chunk| {
            if chunk.offset >= end {
                match own.take() {
                    Some(own) => done(own.done()),
                    None => {
                        let block = Block { at, file, chunks: mem::take(&mut chunks) };
                        if let Err(refused) = blocks.try_send(block) {
                            done(self.block(refused.into_inner()).done());
                        }
                    }
                }
                at.1 += 1;
                own = blocks.is_full().then(|| self.begin(at, file));
                end = (chunk.offset / size + 1) * size;
            }
            match &mut own {
                Some(own) => self.work(own, chunk),
                None => chunks.push(chunk),
            }
        });
        let rest = own.unwrap_or_else(|| self.block(Block { at, file, chunks }));
        done(rest.done_last(read));
    }

    fn block(&self, block: Block) -> Doing<T> {
        let mut doing = self.begin(block.at, block.file);
        block.chunks.into_iter().for_each(|chunk| self.work(&mut doing, chunk));
        doing
    }

    fn begin(&self, at: At, file: u32) -> Doing<T> {
        Doing { at, file, result: (self.begin)(), lines: 0 }
    }

    fn work(&self, doing: &mut Doing<T>, mut chunk: Chunk) {
        chunk.line = doing.lines + 1;
        doing.lines += (self.work)(&mut doing.result, &chunk);
        self.options.pool.put(chunk.data);
    }

    fn read(&self, part: &Part, mut sink: impl FnMut(Chunk)) -> FileSummary {
        let source = &self.sources[part.file as usize];
        let mut taken = 0;
        input::read_part(source, part, self.options, exim::starts_record, &mut |chunk| {
            self.progress.add(chunk.taken - mem::replace(&mut taken, chunk.taken));
            sink(chunk);
            if interrupt::seen() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
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
    fn keep(&mut self, mut done: Done<T>) {
        if let Entry::Occupied(behind) = self.early.entry(done.next)
            && behind.get().file == done.file
        {
            done.append(behind.remove());
        }
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

/// Which of Exim's logs a source is, from its name, and until when it was written.
pub fn log(source: &Source) -> exim::Log {
    let role = match source.log_name() {
        Some(name) if name.contains("reject") => exim::Role::Reject,
        Some(name) if name.contains("panic") => exim::Role::Panic,
        _ => exim::Role::Main,
    };
    let until = source.modified().duration_since(UNIX_EPOCH).ok();
    exim::Log { role, until: until.map(|time| time.as_secs() as i64) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::{Duration, Instant};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const THREADS: usize = 3;

    /// Which chunks a piece has, and which line they said that they begin with.
    struct Seen<'a> {
        chunks: Vec<(u64, u64)>,
        alive: &'a AtomicUsize,
    }

    impl Piece for Seen<'_> {
        fn number_from(&mut self, before: u64) {
            self.chunks.iter_mut().for_each(|(_, line)| *line += before);
        }

        fn append(&mut self, mut later: Self) {
            self.chunks.append(&mut later.chunks);
        }
    }

    impl Drop for Seen<'_> {
        fn drop(&mut self) {
            self.alive.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn nothing_piles_up_behind_a_slow_thread() {
        let lines: Vec<u8> = (0..4000).flat_map(|n| format!("{n:07}\n").into_bytes()).collect();
        let mut encoder = GzEncoder::new(tempfile::NamedTempFile::new().expect("file"), Compression::fast());
        encoder.write_all(&lines).expect("archive");
        let file = encoder.finish().expect("archive");
        let sources = [Source::File(file.path().to_owned())];
        // A block for each chunk.
        let options = Options { chunk_size: 80, block_size: 0, ..Options::default() };

        let (alive, most, worked) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let begin = || {
            most.fetch_max(alive.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            Seen { chunks: Vec::new(), alive: &alive }
        };
        let work = |seen: &mut Seen<'_>, chunk: &Chunk| {
            // The first waits until others have done most of the work, or have given up.
            let patience = Instant::now();
            while chunk.offset == 0
                && worked.load(Ordering::SeqCst) < 300
                && patience.elapsed().as_secs() < 20
            {
                thread::sleep(Duration::from_millis(1));
            }
            worked.fetch_add(1, Ordering::SeqCst);
            seen.chunks.push((chunk.offset, chunk.line));
            chunk.data.len() as u64 / 8
        };
        let mut chunks = Vec::new();
        let progress = Progress::new(&sources, false);
        let read = run_parts(&sources, &options, THREADS, &progress, begin, work, |mut seen| {
            chunks.append(&mut seen.chunks);
        });
        assert_eq!(read.bytes, lines.len() as u64);
        assert!(chunks.len() > 300 && chunks.is_sorted(), "{} chunks", chunks.len());
        assert!(chunks.iter().all(|(offset, line)| offset / 8 + 1 == *line), "{chunks:?}");
        // Those that are worked on, those on the way to be joined, and between them what has been joined already.
        let most = most.into_inner();
        assert!(most <= 5 * THREADS, "{most} pieces at a time");
        assert_eq!(alive.into_inner(), 0);
    }
}
