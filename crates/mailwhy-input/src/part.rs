//! Sources in parts that can be read side by side.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::iter;
use std::path::Path;

use memchr::memchr;

use crate::Options;
use crate::decode::is_plain;
use crate::source::Source;

/// How far around the place where a part should end a record's beginning is looked for.
const WINDOW: u64 = 64 << 10;

/// How much of a file shows whether it is packed.
const HEAD: u64 = 512;

/// A source, or what of it lies between two records.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Part {
    /// The source: an index into those that are read.
    pub file: u32,
    /// Where it begins and ends; a last part goes on to wherever the source ends by then. `None`: all of the source.
    pub(crate) range: Option<(u64, u64)>,
}

impl Part {
    /// All of a source.
    #[must_use]
    pub fn whole(file: u32) -> Self {
        Self { file, range: None }
    }

    /// Whether it comes out of an archive or a pipe: what reads it gets no second part to read beside it.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.range.is_none()
    }

    pub(crate) fn from(&self) -> u64 {
        self.range.map_or(0, |(from, _)| from)
    }
}

/// The sources in parts, in their order. Plain files are parted before a record about every
/// [`part_size`](Options::part_size) bytes, and more often towards the end of the last one; archives and streams cannot be.
#[must_use]
pub fn parts(sources: &[Source], options: &Options, starts_record: fn(&[u8]) -> bool) -> Vec<Part> {
    let sizes = sources.iter().map(|source| match source {
        Source::File(path) => Some((path, Source::size_of(path)?)),
        Source::Stdin => None,
    });
    let sizes: Vec<_> = sizes.collect();
    let mut rest = sizes.iter().flatten().fold(0_u64, |all, (_, size)| all.saturating_add(*size));
    let parts = sizes.into_iter().zip(0..).flat_map(|(file_and_size, file)| {
        let cuts = file_and_size.map_or_else(Vec::new, |(path, size)| {
            rest -= size.min(rest);
            // What cannot be read is told when it is read.
            cuts(path, size, rest, options, starts_record).unwrap_or_default()
        });
        if cuts.is_empty() {
            return vec![Part::whole(file)];
        }
        let ranges = cuts.windows(2).map(|cut| (cut[0], cut[1]));
        ranges.map(|range| Part { file, range: Some(range) }).collect()
    });
    parts.collect()
}

/// How long the next part is with so many bytes to come. The last ones are shorter, so that all threads end at the same time.
fn part_len(rest: u64, options: &Options) -> u64 {
    let most = options.part_size.max(1);
    (rest / 4).clamp(most.div_ceil(8), most)
}

/// Where the parts of a plain file begin, and where the last one ends; so many bytes are in the files `behind` it. None where it is
/// no such file.
fn cuts(
    path: &Path,
    size: u64,
    behind: u64,
    options: &Options,
    starts_record: fn(&[u8]) -> bool,
) -> io::Result<Vec<u64>> {
    let mut file = File::open(path)?;
    let mut window = Vec::new();
    (&mut file).take(HEAD).read_to_end(&mut window)?;
    if !is_plain(&window) {
        return Ok(Vec::new());
    }
    let mut cuts = vec![0];
    let next = |at: u64| Some(at + part_len(size - at + behind, options)).filter(|&at| at < size);
    for at in iter::successors(next(0), |&at| next(at)) {
        // From the byte before it: a record may begin right here.
        window.clear();
        file.seek(SeekFrom::Start(at - 1))?;
        (&mut file).take(WINDOW).read_to_end(&mut window)?;
        let cut = first_record(&window, starts_record).map(|n| at - 1 + n as u64);
        cuts.extend(cut.filter(|cut| cuts.last() < Some(cut)));
    }
    cuts.push(u64::MAX);
    Ok(cuts)
}

/// Where the first record begins behind a newline in `window`. A line that is not whole is not judged.
fn first_record(window: &[u8], starts_record: fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = memchr(b'\n', window)? + 1;
    while let Some(len) = memchr(b'\n', &window[at..]) {
        if starts_record(&window[at..at + len]) {
            return Some(at);
        }
        at += len + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::ops::ControlFlow;

    use tempfile::NamedTempFile;

    use super::*;
    use crate::read::{Summary, read_part};

    fn starts_record(line: &[u8]) -> bool {
        line.first() == Some(&b'>')
    }

    fn source(text: &[u8]) -> (NamedTempFile, [Source; 1]) {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        let source = Source::File(file.path().to_owned());
        (file, [source])
    }

    #[test]
    fn parts_together_are_the_whole() {
        let text = b">1\n>2 a\nb\n\nc\n>3 long long long\n+\n>4\n>5\r\n>6 the end";
        let (_file, sources) = source(text);
        for part_size in 1..60 {
            let options = Options { part_size, chunk_size: 8, ..Options::default() };
            let parts = parts(&sources, &options, starts_record);
            assert!(part_size > 25 || parts.len() > 1, "{part_size}");
            let (mut whole, mut summary) = (Vec::new(), Summary::default());
            for part in &parts {
                let mut data = Vec::new();
                let read = read_part(&sources[0], part, &options, starts_record, &mut |chunk| {
                    assert_eq!(chunk.offset, (whole.len() + data.len()) as u64);
                    data.extend_from_slice(&chunk.data);
                    ControlFlow::Continue(())
                });
                assert!(starts_record(&data), "{part_size}: {}", data.escape_ascii());
                whole.append(&mut data);
                summary.add(part.file, read);
            }
            assert_eq!(whole, text, "{part_size}");
            assert_eq!((summary.bytes, summary.files.len()), (text.len() as u64, 1));
        }
    }

    #[test]
    fn the_last_parts_are_shorter() {
        let (_first, [source_1]) = source(&b">123456789\n".repeat(40));
        let (_second, [source_2]) = source(&b">123456789\n".repeat(40));
        let options = Options { part_size: 110, ..Options::default() };
        let lengths = |sources: &[Source], file: u32, size: u64| {
            let parts = parts(sources, &options, starts_record);
            let ranges = parts.iter().filter(|part| part.file == file).filter_map(|part| part.range);
            ranges.map(|(from, to)| to.min(size) - from).collect::<Vec<_>>()
        };
        assert_eq!(
            lengths(std::slice::from_ref(&source_1), 0, 440),
            [110, 88, 66, 44, 33, 22, 22, 11, 22, 11, 11]
        );
        let both = [source_1, source_2];
        assert_eq!(lengths(&both, 0, 440), [110, 110, 110, 110]);
        assert_eq!(lengths(&both, 1, 440).iter().sum::<u64>(), 440);
    }

    #[test]
    fn what_cannot_be_parted() {
        let options = Options { part_size: 4, ..Options::default() };
        for text in [&b"\x1f\x8b\x08 >1\n>2\n>3\n"[..], b"no record\nat all\n", b">1\n"] {
            let (_file, sources) = source(text);
            let parts = parts(&sources, &options, starts_record);
            let reads_all = parts.len() == 1 && parts[0].range.is_none_or(|range| range == (0, u64::MAX));
            assert!(reads_all, "{parts:?}");
        }
        assert_eq!(parts(&[Source::Stdin], &options, starts_record), [Part::whole(0)]);
    }
}
