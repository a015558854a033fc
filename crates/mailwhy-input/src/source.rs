//! Where bytes come from.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::Options;
use crate::decode::Decoder;
use crate::rotation::Rotation;

/// Where Exim's main log usually is: Debian; Red Hat, FreeBSD and the Exim documentation; Gentoo and Alpine; cPanel.
pub const DEFAULT_LOGS: [&str; 4] =
    ["/var/log/exim4/mainlog", "/var/log/exim/mainlog", "/var/log/exim/main.log", "/var/log/exim_mainlog"];

/// Something to read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file, or a named pipe.
    File(PathBuf),
}

impl Source {
    /// The size of a regular file as it is stored, to measure [`Chunk::taken`](crate::Chunk::taken) against.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        let Self::File(path) = self else { return None };
        Self::size_of(path)
    }

    /// When it was written to last: a stream is written now.
    #[must_use]
    pub fn modified(&self) -> SystemTime {
        let of_file = match self {
            Self::Stdin => None,
            Self::File(path) => fs::metadata(path).ok().filter(Metadata::is_file),
        };
        of_file.and_then(|metadata| metadata.modified().ok()).unwrap_or_else(SystemTime::now)
    }

    pub(crate) fn size_of(path: &Path) -> Option<u64> {
        fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| metadata.len())
    }

    /// The name of the log that a file is of, whatever rotation made of it: `rejectlog` for
    /// `/var/log/exim4/rejectlog-20260801.gz`.
    #[must_use]
    pub fn log_name(&self) -> Option<String> {
        let Self::File(path) = self else { return None };
        Some(String::from_utf8_lossy(&Rotation::of(path.file_name()?).stem).into_owned())
    }

    /// Whether this path leads to the file that is read, under whatever name.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        let read = match self {
            Self::Stdin => stdin_metadata(),
            Self::File(path) => fs::metadata(path),
        };
        match (read, fs::metadata(path)) {
            (Ok(read), Ok(other)) => other.is_file() && Identity::of(&read) == Identity::of(&other),
            _ => false,
        }
    }

    /// Opens it, or what of it lies in `range`.
    pub(crate) fn open(&self, range: Option<(u64, u64)>) -> io::Result<Box<dyn Read + Send>> {
        Ok(match (self, range) {
            (Self::Stdin, _) => Box::new(io::stdin()),
            (Self::File(path), None) => Box::new(File::open(path)?),
            (Self::File(path), Some((from, to))) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(from))?;
                Box::new(file.take(to - from))
            }
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// What tells one file from another while it exists: device and inode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let created = metadata.created().ok();
        let created = created.and_then(|t| t.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
        Self(created.map_or(0, |t| t.as_nanos() as u64), 0)
    }
}

/// The first of [`DEFAULT_LOGS`] that exists, or is in a directory that may not be looked into.
#[must_use]
pub fn default_logs() -> Option<Source> {
    first_that_exists(&DEFAULT_LOGS)
}

/// The first `n` bytes of a regular file, unpacked: enough to see of what time it is.
///
/// Fewer, where there are fewer or the archive is damaged.
///
/// # Errors
///
/// Where the file cannot be opened or nothing can be read, and for streams, from which nothing can be taken back.
pub fn first_bytes(source: &Source, n: usize) -> io::Result<Vec<u8>> {
    let regular = match source {
        Source::Stdin => false,
        Source::File(path) => fs::metadata(path)?.is_file(),
    };
    if !regular {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "a stream cannot be read twice"));
    }
    let mut decoder =
        Decoder::new(source.open(None)?, Options::default().max_ratio).map_err(io::Error::other)?;
    let mut bytes = vec![0; n];
    let mut filled = 0;
    while filled < n {
        match decoder.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(problem) if filled == 0 => return Err(io::Error::other(problem)),
            Err(_) => break,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Whether standard input is there to be read: a file, a pipe or a socket.
///
/// A terminal is not, and neither is `/dev/null`, which cron and systemd put there.
#[must_use]
pub fn stdin_is_given() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;

        if let Ok(metadata) = stdin_metadata() {
            let kind = metadata.file_type();
            return kind.is_file() || kind.is_fifo() || kind.is_socket();
        }
    }
    !io::stdin().is_terminal()
}

#[cfg(unix)]
fn stdin_metadata() -> io::Result<Metadata> {
    use std::os::fd::AsFd;

    File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()
}

#[cfg(not(unix))]
fn stdin_metadata() -> io::Result<Metadata> {
    Err(io::ErrorKind::Unsupported.into())
}

fn first_that_exists(paths: &[&str]) -> Option<Source> {
    let may_exist = |path: &&&str| match fs::metadata(path) {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    };
    paths.iter().find(may_exist).map(|path| Source::File(Path::new(path).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_exists() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let there = Some(Source::File(path.into()));
        assert_eq!(first_that_exists(&["/nonexistent/mainlog", path, "/"]), there);
        assert_eq!(first_that_exists(&["/nonexistent/mainlog"]), None);
    }

    #[test]
    fn log_names() {
        assert_eq!(Source::File("/l/rejectlog-20260801.gz".into()).log_name().as_deref(), Some("rejectlog"));
        assert_eq!(Source::File("/".into()).log_name(), None);
        assert_eq!(Source::Stdin.log_name(), None);
    }
}
