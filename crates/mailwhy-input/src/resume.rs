//! How far a log has been read, in a form that outlives rotation.

use std::path::Path;
use std::{fs, io};

use crate::{Options, Source, find, first_bytes};

/// How many bytes a log is known by.
const HEAD: u64 = 1024;

/// A place in a log. The log is known by its first bytes, whatever rotation has renamed, copied or packed it to since.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Mark {
    /// Stands for the first bytes, up to 1024.
    pub head: u64,
    /// How many bytes of the log were read, as unpacked.
    pub offset: u64,
}

/// What is left to read of a log, see [`resume`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rest {
    /// The sources, oldest first, and how many bytes of each have been read already.
    pub sources: Vec<(Source, u64)>,
    /// Whether the place was found. If not, lines may be missing between what was read and the log as it is now.
    pub found: bool,
}

impl Mark {
    /// The place behind so many bytes of a log.
    ///
    /// # Errors
    ///
    /// Where the log cannot be read.
    pub fn new(path: &Path, offset: u64) -> io::Result<Self> {
        Ok(Self { head: head(&Source::File(path.to_owned()), offset)?.1, offset })
    }

    /// Whether the source is the log of this mark, and has not been cut since.
    fn is_of(&self, source: &Source) -> bool {
        let plain = match source {
            Source::File(path) if fs::metadata(path).is_ok_and(|file| file.len() >= self.offset) => true,
            // An archive is smaller than what is in it; a log that was cut has other first bytes once it is written again.
            Source::File(path) => {
                path.extension().is_some_and(|e| ["gz", "zst", "bz2", "xz"].iter().any(|x| e == *x))
            }
            Source::Stdin => false,
        };
        plain
            && head(source, self.offset)
                .is_ok_and(|(length, head)| head == self.head && length == self.offset.min(HEAD))
    }
}

/// What was written to a log since a mark was made, also to files that have been rotated away since.
///
/// A log of which nothing had been read is read from its beginning.
#[must_use]
pub fn resume(path: &Path, mark: Mark) -> Rest {
    let live = Source::File(path.to_owned());
    if mark.offset == 0 || mark.is_of(&live) {
        return Rest { sources: vec![(live, mark.offset)], found: true };
    }
    let options = Options { rotated: true, ..Options::default() };
    // The log itself may be missing until its next line is written.
    let (set, _) = find(&[path.as_os_str().to_owned()], &options);
    match set.iter().rposition(|source| *source != live && mark.is_of(source)) {
        Some(at) => {
            let mut sources: Vec<_> = set[at..].iter().map(|source| (source.clone(), 0)).collect();
            sources[0].1 = mark.offset;
            Rest { sources, found: true }
        }
        None => Rest { sources: vec![(live, 0)], found: false },
    }
}

/// How many of the first bytes there are, at most so many, and what stands for them (FNV-1a).
fn head(source: &Source, offset: u64) -> io::Result<(u64, u64)> {
    let bytes = first_bytes(source, offset.min(HEAD) as usize)?;
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Ok((bytes.len() as u64, hash))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const OLD: &[u8] = b"2026-08-01 00:00:00 first\n2026-08-01 00:00:01 second\n";
    const NEW: &[u8] = b"2026-08-02 00:00:00 third\n";

    fn file(path: &Path) -> Source {
        Source::File(path.to_owned())
    }

    #[test]
    fn the_place_is_found_whatever_rotation_does() {
        let directory = tempfile::tempdir().unwrap();
        let live = directory.path().join("mainlog");
        let rotated = directory.path().join("mainlog.1");
        let packed = directory.path().join("mainlog.1.gz");
        fs::write(&live, OLD).unwrap();
        let mark = Mark::new(&live, 26).unwrap();
        assert_eq!(resume(&live, mark), Rest { sources: vec![(file(&live), 26)], found: true });

        // Renamed, and nothing new yet.
        fs::rename(&live, &rotated).unwrap();
        assert_eq!(resume(&live, mark).sources.first(), Some(&(file(&rotated), 26)));
        // Renamed or copied, and the log goes on.
        fs::write(&live, NEW).unwrap();
        let both = Rest { sources: vec![(file(&rotated), 26), (file(&live), 0)], found: true };
        assert_eq!(resume(&live, mark), both);
        // Packed.
        let mut gz = GzEncoder::new(fs::File::create(&packed).unwrap(), Compression::fast());
        gz.write_all(OLD).unwrap();
        gz.finish().unwrap();
        fs::remove_file(&rotated).unwrap();
        let both = Rest { sources: vec![(file(&packed), 26), (file(&live), 0)], found: true };
        assert_eq!(resume(&live, mark), both);
        // Gone.
        fs::remove_file(&packed).unwrap();
        assert_eq!(resume(&live, mark), Rest { sources: vec![(file(&live), 0)], found: false });
    }

    #[test]
    fn a_log_that_was_empty_is_read_from_its_beginning() {
        let directory = tempfile::tempdir().unwrap();
        let live = directory.path().join("mainlog");
        fs::write(&live, b"").unwrap();
        let mark = Mark::new(&live, 0).unwrap();
        fs::write(&live, NEW).unwrap();
        assert_eq!(resume(&live, mark), Rest { sources: vec![(file(&live), 0)], found: true });
    }
}
