//! Unpacking, by what the bytes are and not by what the file is called.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use bzip2::bufread::MultiBzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use crate::problem::ProblemKind;

/// How much of a source is read to see what it is; a page, so that what follows is read from page to page.
const HEAD: usize = 4096;

/// How much of an archive is read at a time.
const PACKED_BLOCK: usize = 64 << 10;

/// How much is unpacked at a time. When a decoder runs into damage it gives nothing of the block it is at.
const UNPACKED_BLOCK: usize = 64 << 10;

/// What every member of a gzip file begins with.
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// Up to this size an archive may unpack to anything.
const HARMLESS: u64 = 16 << 20;

/// What an xz decoder may take; `xz -9` makes archives that need 65 MiB. Zstandard's own default is 128 MiB.
const XZ_MEMORY: u64 = 256 << 20;

/// A source as it was before it was packed.
pub(crate) struct Decoder {
    format: Format,
    given: u64,
    max_ratio: u64,
    failed: Option<ProblemKind>,
}

/// Every decoder goes on after the end of a member, frame or stream with the one that follows.
enum Format {
    Plain(Raw),
    Gzip(Gzip),
    Bzip2(MultiBzDecoder<BufReader<Raw>>),
    Xz(XzDecoder<BufReader<Raw>>),
    Zstd(zstd::Decoder<'static, BufReader<Raw>>),
}

/// All members of a gzip file. flate2's own decoder for several takes anything that follows for one that is damaged.
struct Gzip(Member);

#[expect(clippy::disallowed_types, reason = "`Gzip` goes on with the member that follows")]
type Member = flate2::bufread::GzDecoder<BufReader<Raw>>;

/// The head that was looked at, and the rest.
type Raw = Chain<Cursor<Vec<u8>>, Counted>;

/// A reader, and the bytes that were read from it.
struct Counted {
    inner: Box<dyn Read + Send>,
    taken: u64,
}

impl Decoder {
    /// Looks at the first bytes and takes the decoder for them.
    pub(crate) fn new(inner: Box<dyn Read + Send>, max_ratio: u64) -> Result<Self, ProblemKind> {
        let io_problem = |error: io::Error| ProblemKind::Io(error.to_string());
        let mut rest = Counted { inner, taken: 0 };
        let head = head(&mut rest).map_err(io_problem)?;
        if let Some((format, command)) = unsupported(&head) {
            return Err(ProblemKind::Unsupported { format, command });
        }
        let kind = Kind::of(&head);
        let raw = Cursor::new(head).chain(rest);
        let buffered = |raw| BufReader::with_capacity(PACKED_BLOCK, raw);
        let format = match kind {
            Kind::Plain => Format::Plain(raw),
            Kind::Gzip => Format::Gzip(Gzip(Member::new(buffered(raw)))),
            Kind::Bzip2 => Format::Bzip2(MultiBzDecoder::new(buffered(raw))),
            Kind::Xz => {
                let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED);
                Format::Xz(XzDecoder::new_stream(buffered(raw), stream.map_err(|e| io_problem(e.into()))?))
            }
            Kind::Zstd => Format::Zstd(zstd::Decoder::with_buffer(buffered(raw)).map_err(io_problem)?),
        };
        Ok(Self { format, given: 0, max_ratio, failed: None })
    }

    /// Whether the bytes are given as they are stored.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.format, Format::Plain(_))
    }

    /// How many bytes of the source itself were read so far.
    pub(crate) fn taken(&self) -> u64 {
        let raw = match &self.format {
            Format::Plain(raw) => raw,
            Format::Gzip(Gzip(decoder)) => decoder.get_ref().get_ref(),
            Format::Bzip2(decoder) => decoder.get_ref().get_ref(),
            Format::Xz(decoder) => decoder.get_ref().get_ref(),
            Format::Zstd(decoder) => decoder.get_ref().get_ref(),
        };
        raw.get_ref().1.taken
    }

    /// Reads some bytes; none at the end. Not to be called again after a problem.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ProblemKind> {
        if let Some(problem) = self.failed.take() {
            return Err(problem);
        }
        let block = if self.is_plain() { buffer.len() } else { buffer.len().min(UNPACKED_BLOCK) };
        let buffer = &mut buffer[..block];
        let read = loop {
            let result = match &mut self.format {
                Format::Plain(raw) => raw.read(buffer),
                Format::Gzip(decoder) => decoder.read(buffer),
                Format::Bzip2(decoder) => decoder.read(buffer),
                Format::Xz(decoder) => decoder.read(buffer),
                Format::Zstd(decoder) => decoder.read(buffer),
            };
            match result {
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let problem = self.problem(&error);
                    let rescued = self.rescued();
                    if rescued == 0 {
                        return Err(problem);
                    }
                    self.failed = Some(problem);
                    break rescued;
                }
            }
        };
        self.given += read as u64;
        let allowed = self.taken().saturating_mul(self.max_ratio).max(HARMLESS);
        if self.given > allowed && !self.is_plain() {
            return Err(ProblemKind::Bomb { max_ratio: self.max_ratio });
        }
        Ok(read)
    }

    fn problem(&self, error: &io::Error) -> ProblemKind {
        if let Some(kind) = error.get_ref().and_then(|inner| inner.downcast_ref::<ProblemKind>()) {
            kind.clone()
        } else if self.is_plain() || error.raw_os_error().is_some() {
            ProblemKind::Io(error.to_string())
        } else if error.kind() == io::ErrorKind::UnexpectedEof {
            ProblemKind::Truncated
        } else {
            ProblemKind::Undecodable(error.to_string())
        }
    }

    /// How many bytes were unpacked before the error in the same call; only the xz decoder tells.
    fn rescued(&self) -> usize {
        match &self.format {
            Format::Xz(decoder) => usize::try_from(decoder.total_out() - self.given).unwrap_or(0),
            _ => 0,
        }
    }
}

impl Gzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let reader = self.0.get_mut();
            let next = reader.fill_buf()?;
            if next.is_empty() {
                return Ok(0);
            }
            // Tapes and file systems fill up with zeros.
            let zeros = next.iter().take_while(|byte| **byte == 0).count();
            if zeros > 0 {
                reader.consume(zeros);
            } else if GZIP.starts_with(&next[..next.len().min(GZIP.len())]) {
                let nothing =
                    Cursor::new(Vec::new()).chain(Counted { inner: Box::new(io::empty()), taken: 0 });
                let reader = self.0.reset(BufReader::with_capacity(0, nothing));
                self.0.reset(reader);
            } else {
                return Err(io::Error::other(ProblemKind::Trailing));
            }
        }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken += read as u64;
        Ok(read)
    }
}

#[derive(Debug, Eq, PartialEq)]
enum Kind {
    Plain,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

impl Kind {
    fn of(head: &[u8]) -> Self {
        match head {
            _ if head.starts_with(&GZIP) => Self::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            // The second is a skippable frame, with which parallel compressors begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// What is packed in a way we have no decoder for: the format, and the command that unpacks it.
pub(crate) fn unsupported(head: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match head {
        [0x04, 0x22, 0x4d, 0x18, ..] => ("lz4", "lz4 -dc"),
        [0x1f, 0x9d, ..] => ("compress (.Z)", "gzip -dc"),
        [b'P', b'K', 3, 4, ..] => ("zip", "unzip -p"),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => ("7z", "7z x -so"),
        [b'L', b'Z', b'I', b'P', 1, ..] => ("lzip", "lzip -dc"),
        [0x5d, 0, 0, _, _, 0xff, 0xff, ..] => ("lzma", "xz -dc --format=lzma"),
        _ if head.get(257..262) == Some(b"ustar") && head[..257].contains(&0) => ("tar", "tar -xOf"),
        _ => return None,
    })
}

/// Whether what begins like this is neither packed nor anything else that is no text.
pub(crate) fn is_plain(head: &[u8]) -> bool {
    Kind::of(head) == Kind::Plain && unsupported(head).is_none()
}

/// Reads until it is certain what the source is.
fn head(source: &mut Counted) -> io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD];
    let mut filled = 0;
    while filled < 7 {
        match source.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(filled);
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        assert_eq!(Kind::of(b"\x1f\x8b\x08\0"), Kind::Gzip);
        assert_eq!(Kind::of(b"BZh91AY&SY"), Kind::Bzip2);
        assert_eq!(Kind::of(b"BZh is a name"), Kind::Plain);
        assert_eq!(Kind::of(b"\xfd7zXZ\0\0"), Kind::Xz);
        assert_eq!(Kind::of(b"\x28\xb5\x2f\xfd\0"), Kind::Zstd);
        assert_eq!(Kind::of(b"\x5a\x2a\x4d\x18\x04"), Kind::Zstd);
        assert_eq!(Kind::of(b"2026-08-01 00:00:00 Start queue run"), Kind::Plain);
        assert_eq!(Kind::of(b"\x1f"), Kind::Plain);
        assert_eq!(Kind::of(b""), Kind::Plain);
    }

    #[test]
    fn other_archives() {
        let mut tar = vec![0; 512];
        tar[..7].copy_from_slice(b"mainlog");
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(unsupported(&tar), Some(("tar", "tar -xOf")));
        tar[..257].fill(b'x');
        assert_eq!(unsupported(&tar), None);
        assert_eq!(unsupported(b"PK\x03\x04\x14\0"), Some(("zip", "unzip -p")));
        assert_eq!(unsupported(b"2026-08-01 00:00:00 Start queue run"), None);
        assert_eq!(unsupported(b""), None);
    }
}
