//! From sources to chunks.

use std::io::Read;
use std::iter;
use std::mem;
use std::ops::ControlFlow;

use memchr::{memchr, memchr_iter, memrchr};

use crate::Options;
use crate::decode::{Decoder, unsupported};
use crate::part::Part;
use crate::problem::{Problem, ProblemKind};
use crate::rewrite::Rewrite;
use crate::source::Source;

/// Some whole lines of a source.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Chunk {
    /// The source: an index into those that are read.
    pub file: u32,
    /// Where the data begins in the source, which is counted as unpacked.
    pub offset: u64,
    /// The number of the first line, from 1; 1 in a [`Part`], of which lines are not counted.
    pub line: u64,
    /// The lines. The last one of a source may lack its newline.
    pub data: Vec<u8>,
    /// Whether this is the end of the source. It may then be empty.
    pub last: bool,
    /// How many bytes of the source, or of the part, as it is stored were read so far: the progress.
    pub taken: u64,
    /// Where each line begins in the source, counted from `offset`, where [`Options::rewrite`] has changed that.
    pub starts: Vec<u64>,
}

impl Chunk {
    /// Where the `n`th line begins in the source; lines are counted from 0, and `line` is its part of the data.
    #[must_use]
    pub fn start(&self, n: usize, line: &[u8]) -> u64 {
        let in_data = || (line.as_ptr().addr() - self.data.as_ptr().addr()) as u64;
        self.offset + self.starts.get(n).copied().unwrap_or_else(in_data)
    }

    /// Puts other lines in the place of these.
    fn rewrite(&mut self, rewrite: &Rewrite) {
        let ends = memchr_iter(b'\n', &self.data).map(|end| end as u64 + 1);
        self.starts = iter::once(0).chain(ends).collect();
        self.data = rewrite.lines(self.file, &self.data);
    }
}

/// What was read, and what was not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// Bytes, as unpacked.
    pub bytes: u64,
    /// Bytes, as stored.
    pub compressed: u64,
    /// Lines that were longer than [`Options::max_line`].
    pub cut_lines: u64,
    /// The sources, as far as they were come to.
    pub files: Vec<FileSummary>,
}

/// What was read of one source.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FileSummary {
    /// The source, as it is shown to people.
    pub name: String,
    /// Bytes, as unpacked, and with what was skipped of long lines.
    pub bytes: u64,
    /// Bytes, as stored.
    pub compressed: u64,
    /// Lines that were longer than [`Options::max_line`].
    pub cut_lines: u64,
    /// Why it was not read, or not to its end.
    pub problem: Option<Problem>,
    /// Whether the sink had enough before the end.
    pub stopped: bool,
}

impl Summary {
    /// What was wrong, source by source.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.files.iter().filter_map(|file| file.problem.as_ref())
    }

    /// Adds what was read of a source, or of a part of it, in the order of [`parts`](crate::parts).
    pub fn add(&mut self, file: u32, read: FileSummary) {
        self.bytes += read.bytes;
        self.compressed += read.compressed;
        self.cut_lines += read.cut_lines;
        match self.files.get_mut(file as usize) {
            None => self.files.push(read),
            Some(file) => file.append(read),
        }
    }
}

impl FileSummary {
    /// Adds what was read of a later part of the source.
    pub fn append(&mut self, later: Self) {
        self.bytes += later.bytes;
        self.compressed += later.compressed;
        self.cut_lines += later.cut_lines;
        self.problem = self.problem.take().or(later.problem);
        self.stopped |= later.stopped;
    }
}

/// Reads the sources one after the other, until they end or the sink breaks.
///
/// See [`read_source`] for what the sink is given.
pub fn read(
    sources: &[Source],
    options: &Options,
    starts_record: fn(&[u8]) -> bool,
    sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
) -> Summary {
    let mut summary = Summary::default();
    for (source, index) in sources.iter().zip(0..) {
        let file = read_source(source, index, options, starts_record, sink);
        let stopped = file.stopped;
        summary.add(index, file);
        if stopped {
            break;
        }
    }
    summary
}

/// Reads one source to its end, once.
///
/// A chunk ends where the next record begins, that is before a line for which `starts_record` is true, and so holds
/// whole records; three things may part one: the record is longer than [`Options::chunk_size`], a line of it is longer
/// than [`Options::max_line`], or it stands at the end of the source. The concatenated data of the chunks is the source,
/// but for what is skipped of long lines; after such a line the next chunk begins. Every source that can be opened
/// ends with a chunk that is marked as the [`last`](Chunk::last).
///
/// A plain source is handed over as it comes, so that a pipe can be followed; only the last record waits for what may
/// belong to it.
pub fn read_source(
    source: &Source,
    file: u32,
    options: &Options,
    starts_record: fn(&[u8]) -> bool,
    sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
) -> FileSummary {
    read_part(source, &Part::whole(file), options, starts_record, &mut numbered(sink))
}

/// Numbers the lines of chunks that come one after the other.
fn numbered(sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>) -> impl FnMut(Chunk) -> ControlFlow<()> {
    let mut next = 1;
    move |mut chunk| {
        let lines = memchr_iter(b'\n', &chunk.data).count() as u64;
        chunk.line = next;
        next += lines;
        sink(chunk)
    }
}

/// Reads a part of a source, in the same way, but for the numbers of lines: who goes through a part can count them. No chunk
/// has lines of two parts.
pub fn read_part(
    source: &Source,
    part: &Part,
    options: &Options,
    starts_record: fn(&[u8]) -> bool,
    sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
) -> FileSummary {
    match source.open(part.range) {
        Ok(raw) => read_stream(raw, source, part, options, starts_record, sink),
        Err(error) => FileSummary {
            name: source.to_string(),
            problem: Some(Problem::from_source(source, &error)),
            ..FileSummary::default()
        },
    }
}

fn read_stream(
    raw: Box<dyn Read + Send>,
    source: &Source,
    part: &Part,
    options: &Options,
    starts_record: fn(&[u8]) -> bool,
    sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
) -> FileSummary {
    let mut summary = FileSummary { name: source.to_string(), ..FileSummary::default() };
    let decoder = match Decoder::new(raw, options.max_ratio) {
        Ok(decoder) => decoder,
        Err(kind) => {
            summary.problem = Some(Problem::new(source, kind));
            return summary;
        }
    };
    let mut reader = Reader {
        decoder,
        options,
        starts_record,
        buffer: options.pool.take(options.chunk_size.max(1)),
        filled: 0,
        judged: 0,
        at_end: false,
        skipping: false,
        offset: part.from(),
        cut_lines: 0,
        problem: None,
    };
    summary.stopped = reader.run(part, sink).is_break();
    summary.bytes = reader.offset - part.from();
    summary.compressed = reader.decoder.taken();
    summary.cut_lines = reader.cut_lines;
    summary.problem = reader.problem.map(|kind| Problem::new(source, kind));
    options.pool.put(reader.buffer);
    summary
}

struct Reader<'a> {
    decoder: Decoder,
    options: &'a Options,
    starts_record: fn(&[u8]) -> bool,
    /// What was read and not handed over: the first `filled` bytes. The rest is room.
    buffer: Vec<u8>,
    filled: usize,
    /// No line that ends before this begins a record, but for the first.
    judged: usize,
    /// Whether nothing more will be read.
    at_end: bool,
    /// Whether what comes up to the next newline belongs to a line that was cut.
    skipping: bool,
    /// Where the buffer begins in the source.
    offset: u64,
    cut_lines: u64,
    problem: Option<ProblemKind>,
}

/// Where a chunk ends.
enum End {
    /// Before a record, or after a line.
    Here(usize),
    /// In a line that is too long.
    CutLine(usize),
    /// With the source.
    Last,
}

impl Reader<'_> {
    fn run(&mut self, part: &Part, sink: &mut dyn FnMut(Chunk) -> ControlFlow<()>) -> ControlFlow<()> {
        loop {
            let Some(end) = self.end_of_chunk() else {
                self.fill();
                continue;
            };
            if self.offset == 0
                && let Some((format, command)) = unsupported(&self.buffer[..self.filled])
            {
                self.problem = Some(ProblemKind::Unsupported { format, command });
                return ControlFlow::Continue(());
            }
            let last = matches!(end, End::Last);
            let offset = self.offset;
            let data = match end {
                End::Here(end) => self.take(end),
                End::CutLine(end) => self.take_cut(end),
                End::Last => self.take(self.filled),
            };
            let (taken, starts) = (self.decoder.taken(), Vec::new());
            let mut chunk = Chunk { file: part.file, offset, line: 1, data, last, taken, starts };
            if let Some(rewrite) = &self.options.rewrite {
                chunk.rewrite(rewrite);
            }
            sink(chunk)?;
            if last {
                return ControlFlow::Continue(());
            }
        }
    }

    /// Reads some more.
    fn fill(&mut self) {
        if self.filled == self.buffer.len() {
            // A line is longer than a chunk.
            let size = (2 * self.buffer.len()).min(self.options.max_line.max(self.buffer.len() + 1));
            self.buffer.resize(size, 0);
        }
        let read = match self.decoder.read(&mut self.buffer[self.filled..]) {
            Ok(read) => read,
            Err(kind) => {
                self.problem = Some(kind);
                0
            }
        };
        self.at_end = read == 0;
        self.filled += read;
        if self.skipping {
            self.skip();
        }
    }

    /// Where the next chunk ends, if it can be said yet.
    fn end_of_chunk(&mut self) -> Option<End> {
        let full = self.filled >= self.options.chunk_size.max(1);
        if !full && !self.at_end && !self.decoder.is_plain() {
            return None;
        }
        let data = &self.buffer[..self.filled];
        let max_line = self.options.max_line.max(1);
        if let Some(start) = long_line(data, max_line) {
            return Some(End::CutLine(start + max_line));
        }
        if self.at_end {
            return Some(End::Last);
        }
        // The line that is not whole yet is not judged: its rest may change what it is.
        let newline = memrchr(b'\n', data)?;
        let mut end = newline;
        while let Some(before) = memrchr(b'\n', &data[self.judged..end]).map(|i| self.judged + i) {
            if (self.starts_record)(&data[before + 1..end]) {
                return Some(End::Here(before + 1));
            }
            end = before;
        }
        self.judged = newline;
        full.then_some(End::Here(newline + 1))
    }

    /// Takes the first `end` bytes out of the buffer.
    fn take(&mut self, end: usize) -> Vec<u8> {
        let rest = end..self.filled;
        self.filled = rest.len();
        self.judged = 0;
        self.offset += end as u64;
        if end < self.buffer.len() / 2 {
            let data = self.options.pool.copy(&self.buffer[..end]);
            self.buffer.copy_within(rest, 0);
            return data;
        }
        let mut buffer = self.options.pool.take(self.options.chunk_size.max(rest.len()).max(1));
        buffer[..rest.len()].copy_from_slice(&self.buffer[rest]);
        let mut data = mem::replace(&mut self.buffer, buffer);
        data.truncate(end);
        data
    }

    /// Takes the first `end` bytes out of the buffer, the last of which becomes a newline, and skips the line that is
    /// cut there.
    fn take_cut(&mut self, end: usize) -> Vec<u8> {
        let mut data = self.take(end);
        data[end - 1] = b'\n';
        self.cut_lines += 1;
        self.skip();
        data
    }

    /// Drops what is in the buffer up to the first newline, or all.
    fn skip(&mut self) {
        let newline = memchr(b'\n', &self.buffer[..self.filled]);
        let dropped = newline.map_or(self.filled, |newline| newline + 1);
        self.buffer.copy_within(dropped..self.filled, 0);
        self.filled -= dropped;
        self.offset += dropped as u64;
        self.skipping = newline.is_none();
    }
}

/// The start of the first line that has no newline among its first `max_line` bytes.
///
/// Goes from the last newline in reach to the next, so that no line but a long one is looked at from end to end.
fn long_line(data: &[u8], max_line: usize) -> Option<usize> {
    let mut start = 0;
    while data.len() - start >= max_line {
        match memrchr(b'\n', &data[start..start + max_line]) {
            Some(newline) => start += newline + 1,
            None => return Some(start),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io;

    use proptest::prelude::*;

    use super::*;

    /// Gives so many bytes at a time, each time after an interruption; then ends, or fails.
    struct Trickle {
        data: Vec<u8>,
        given: usize,
        step: usize,
        interrupted: bool,
        fails: bool,
    }

    impl Trickle {
        fn new(data: &[u8], step: usize) -> Self {
            Self { data: data.to_vec(), given: 0, step, interrupted: false, fails: false }
        }
    }

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let rest = &self.data[self.given..];
            if rest.is_empty() && self.fails {
                return Err(io::Error::other("the disk is gone"));
            }
            let n = rest.len().min(self.step).min(buffer.len());
            buffer[..n].copy_from_slice(&rest[..n]);
            self.given += n;
            Ok(n)
        }
    }

    fn starts_record(line: &[u8]) -> bool {
        line.first() == Some(&b'>')
    }

    fn read_with(
        reader: Trickle,
        options: &Options,
        mut sink: impl FnMut(Chunk) -> ControlFlow<()>,
    ) -> FileSummary {
        let (part, mut sink) = (Part::whole(7), numbered(&mut sink));
        read_stream(Box::new(reader), &Source::Stdin, &part, options, starts_record, &mut sink)
    }

    fn chunks(reader: Trickle, options: &Options) -> (Vec<Chunk>, FileSummary) {
        let mut chunks = Vec::new();
        let summary = read_with(reader, options, |chunk| {
            chunks.push(chunk);
            ControlFlow::Continue(())
        });
        (chunks, summary)
    }

    fn options(chunk_size: usize, max_line: usize) -> Options {
        Options { chunk_size, max_line, ..Options::default() }
    }

    fn texts(chunks: &[Chunk]) -> Vec<String> {
        chunks.iter().map(|chunk| String::from_utf8_lossy(&chunk.data).into_owned()).collect()
    }

    #[test]
    fn long_lines() {
        assert_eq!(long_line(b"", 4), None);
        assert_eq!(long_line(b"abc\nabc\n\n\nabc", 4), None);
        assert_eq!(long_line(b"abc\nabc\n\n\nabcd", 4), Some(10));
        assert_eq!(long_line(b"a\nabcd\na\n", 4), Some(2));
        assert_eq!(long_line(b"\n\n", 1), None);
        assert_eq!(long_line(b"\na\n", 1), Some(1));
    }

    #[test]
    fn a_record_is_not_parted() {
        let (chunks, _) = chunks(Trickle::new(b"x\n>1\na\n>2\nb\nc\n>3", 99), &options(8, 99));
        assert_eq!(texts(&chunks), ["x\n", ">1\na\n", ">2\nb\nc\n", ">3"]);
        assert_eq!(
            chunks.iter().map(|c| (c.offset, c.line)).collect::<Vec<_>>(),
            [(0, 1), (2, 2), (7, 4), (14, 7)]
        );
        assert!(chunks.iter().all(|chunk| chunk.file == 7) && chunks[3].last);
    }

    #[test]
    fn a_record_that_is_too_long_is_parted_at_a_line() {
        let (chunks, _) = chunks(Trickle::new(b">1\naaa\nbbb\nccc\n>2\n", 99), &options(8, 99));
        assert_eq!(texts(&chunks), [">1\naaa\n", "bbb\nccc\n", ">2\n"]);
    }

    #[test]
    fn a_line_may_be_longer_than_a_chunk() {
        let (chunks, summary) = chunks(Trickle::new(b">1 is long enough\n>2\n", 3), &options(4, 99));
        assert_eq!(texts(&chunks), [">1 is long enough\n", ">2\n"]);
        assert_eq!(summary.cut_lines, 0);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut() {
        let (chunks, summary) = chunks(Trickle::new(b">1\n>2 long long long\n+\n>3\n", 5), &options(8, 8));
        assert_eq!(texts(&chunks).concat(), ">1\n>2 long\n+\n>3\n");
        let after = chunks.iter().find(|chunk| chunk.data.starts_with(b"+")).unwrap();
        assert_eq!((after.offset, after.line), (21, 3));
        assert_eq!((summary.cut_lines, summary.bytes), (1, 26));
    }

    #[test]
    fn a_rewritten_line_begins_where_it_did() {
        let twice = |_, lines: &[u8]| {
            let bytes =
                lines.iter().flat_map(|&byte| [byte; 2].into_iter().take(1 + usize::from(byte != b'\n')));
            bytes.collect()
        };
        for rewrite in [None, Some(Rewrite::new(twice))] {
            let options = Options { rewrite, ..options(8, 99) };
            let (chunks, _) = chunks(Trickle::new(b">1\na\n>23\n\n>4", 99), &options);
            assert!(chunks.len() > 1);
            let starts = chunks.iter().flat_map(|chunk| {
                let lines = chunk.data.split_inclusive(|&byte| byte == b'\n').enumerate();
                lines.map(|(n, line)| chunk.start(n, line))
            });
            assert_eq!(starts.collect::<Vec<_>>(), [0, 3, 5, 9, 10]);
        }
    }

    #[test]
    fn a_pipe_is_handed_over_as_it_comes() {
        let (chunks, _) = chunks(Trickle::new(b">1 abcd\n>2 abcd\n>3 abcd\n", 9), &Options::default());
        assert_eq!(texts(&chunks), [">1 abcd\n", ">2 abcd\n", ">3 abcd\n"]);
    }

    #[test]
    fn an_error_ends_the_source_and_is_told() {
        let reader = Trickle { fails: true, ..Trickle::new(b">1\n>2\n>3", 99) };
        let (chunks, summary) = chunks(reader, &Options::default());
        assert_eq!(texts(&chunks).concat(), ">1\n>2\n>3");
        assert!(chunks.last().unwrap().last);
        assert_eq!(summary.problem.unwrap().to_string(), "standard input: the disk is gone");
    }

    #[test]
    fn the_sink_may_stop() {
        let mut seen = 0;
        let summary = read_with(Trickle::new(b">234567\n>234567\n", 9), &Options::default(), |_| {
            seen += 1;
            ControlFlow::Break(())
        });
        assert!(summary.stopped && summary.problem.is_none());
        assert_eq!((seen, summary.bytes), (1, 8));
    }

    #[test]
    fn buffers_come_back() {
        for (step, chunk_size) in [(99, 16), (9, 1024)] {
            let options = options(chunk_size, 1024);
            let mut addresses = Vec::new();
            let summary = read_with(Trickle::new(&b">234567\n".repeat(1000), step), &options, |chunk| {
                addresses.push(chunk.data.as_ptr());
                options.pool.put(chunk.data);
                ControlFlow::Continue(())
            });
            assert!(summary.bytes == 8000 && addresses.len() > 100);
            addresses.sort_unstable();
            addresses.dedup();
            assert!(addresses.len() < 10, "{} buffers", addresses.len());
        }
    }

    /// The lines that must come, cut where too long, and the offset of each.
    fn expected_lines(data: &[u8], max_line: usize) -> Vec<(u64, Vec<u8>)> {
        let mut offset = 0;
        let lines = data.split_inclusive(|&b| b == b'\n');
        lines
            .map(|line| {
                let at = offset;
                offset += line.len() as u64;
                let too_long = line.strip_suffix(b"\n").unwrap_or(line).len() >= max_line;
                (at, if too_long { [&line[..max_line - 1], b"\n"].concat() } else { line.to_vec() })
            })
            .collect()
    }

    proptest! {
        #[test]
        fn chunks_are_the_source(data in "[>a\n\r\0]{0,60}", step in 1..40_usize, max_line in 1..30_usize) {
            let data = data.as_bytes();
            let expected = expected_lines(data, max_line);
            let cut_lines = expected.iter().filter(|(at, line)| !data[*at as usize..].starts_with(line)).count();
            for chunk_size in 1..=data.len() + 2 {
                let (chunks, summary) = chunks(Trickle::new(data, step), &options(chunk_size, max_line));
                let at = format!("chunk size {chunk_size}: {:?}", texts(&chunks));
                prop_assert_eq!((summary.bytes, summary.compressed), (data.len() as u64, data.len() as u64));
                prop_assert_eq!(summary.cut_lines, cut_lines as u64, "{}", at);
                prop_assert!(summary.problem.is_none());
                prop_assert_eq!(chunks.iter().position(|chunk| chunk.last), Some(chunks.len() - 1));

                let mut lines = expected.iter();
                let mut before: &[u8] = b"";
                for chunk in &chunks {
                    prop_assert_eq!(chunk.line, (expected.len() - lines.len()) as u64 + 1, "{}", at);
                    prop_assert!(chunk.data.len() <= (2 * chunk_size).max(max_line), "{}", at);
                    // A record is only parted where it, or a line of it, is too long.
                    let parted = chunk.line > 1 && !chunk.data.is_empty() && !starts_record(&chunk.data);
                    let last_line = before.split_inclusive(|&b| b == b'\n').next_back().unwrap_or_default();
                    let one_record = !before.split(|&b| b == b'\n').skip(1).any(starts_record);
                    prop_assert!(!parted || last_line.len() == max_line || one_record, "{}", at);
                    let mut offset = chunk.offset;
                    for line in chunk.data.split_inclusive(|&b| b == b'\n') {
                        prop_assert_eq!(Some((offset, line)), lines.next().map(|(at, l)| (*at, &l[..])), "{}", at);
                        offset += line.len() as u64;
                    }
                    before = &chunk.data;
                }
                prop_assert_eq!(lines.len(), 0, "{}", at);
            }
        }
    }
}
