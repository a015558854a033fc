//! What can be wrong with a source, and what to do about it.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::rotation::Rotation;
use crate::source::Source;

/// Something that could not be read, or not to its end.
///
/// Displayed as `name: message`; what to do next is in [`hint`](Self::hint).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The source, as it is shown to people; may hold anything a file name can.
    pub name: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a source.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// There is nothing of that name.
    NotFound {
        /// What is there and has a similar name.
        near: Vec<PathBuf>,
    },
    /// No file matches the pattern.
    NoMatch,
    /// The directory holds nothing that is named like a log.
    NoLogs,
    /// No source was given, and none of the [usual logs](crate::DEFAULT_LOGS) exists.
    NoDefault,
    /// It may not be read.
    Permission {
        /// The group that may read it.
        group: Option<String>,
    },
    /// It is packed in a way that is not understood.
    Unsupported {
        /// The format.
        format: &'static str,
        /// The command that unpacks it to standard output.
        command: &'static str,
    },
    /// The archive ends in the middle.
    Truncated,
    /// The archive is whole, and followed by something that is none.
    Trailing,
    /// The archive is damaged or needs more memory than is given to it; the decoder's words.
    Undecodable(String),
    /// The archive unpacks to more than [`max_ratio`](crate::Options::max_ratio) times its size.
    Bomb {
        /// That limit.
        max_ratio: u64,
    },
    /// Anything else, in the words of the operating system.
    Io(String),
}

impl Problem {
    pub(crate) fn new(name: impl fmt::Display, kind: ProblemKind) -> Self {
        Self { name: name.to_string(), kind }
    }

    /// The problem that a path could not be opened or looked at.
    pub(crate) fn from_path(path: &Path, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                ProblemKind::NotFound { near: near(path) }
            }
            io::ErrorKind::PermissionDenied => ProblemKind::Permission { group: reading_group(path) },
            _ => ProblemKind::Io(error.to_string()),
        };
        Self::new(path.display(), kind)
    }

    pub(crate) fn from_source(source: &Source, error: &io::Error) -> Self {
        match source {
            Source::File(path) => Self::from_path(path, error),
            Source::Stdin => Self::new(source, ProblemKind::Io(error.to_string())),
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match &self.kind {
            ProblemKind::NotFound { near } => {
                let (first, rest) = near.split_first()?;
                let mut hint = format!("did you mean {}", first.display());
                for path in rest {
                    hint += &format!(" or {}", path.display());
                }
                hint + "?"
            }
            ProblemKind::NoMatch | ProblemKind::Io(_) => return None,
            ProblemKind::NoLogs => {
                "logs are known by their names (mainlog, main.log, exim_mainlog …); give the files themselves"
                    .into()
            }
            ProblemKind::NoDefault => "give a log file, a directory, or - for standard input".into(),
            ProblemKind::Permission { group: Some(group) } => format!(
                "group `{group}` may read it: add the user to it (sudo usermod -aG {group} USER, then log in again)"
            ),
            ProblemKind::Permission { group: None } => {
                "let a group of the user's read it: chgrp, chmod g+r".into()
            }
            ProblemKind::Unsupported { command, .. } => {
                format!("unpack it first: {command} FILE | mailwhy report -")
            }
            ProblemKind::Truncated => {
                "what came before was read; is it still being copied or compressed?".into()
            }
            ProblemKind::Trailing => "the archive was read; what follows is left out".into(),
            ProblemKind::Undecodable(_) => "what came before was read".into(),
            ProblemKind::Bomb { max_ratio } => format!(
                "what came before was read; if this is an honest log, allow more: --max-ratio {}",
                max_ratio.saturating_mul(10)
            ),
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.kind)
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { .. } => f.write_str("no such file or directory"),
            Self::NoMatch => f.write_str("no file matches this pattern"),
            Self::NoLogs => f.write_str("no log in this directory"),
            Self::NoDefault => f.write_str("none of the usual logs exists"),
            Self::Permission { .. } => f.write_str("permission denied"),
            Self::Unsupported { format, .. } => write!(f, "packed as {format}, which is not supported"),
            Self::Truncated => f.write_str("the archive ends too early"),
            Self::Trailing => f.write_str("something else follows the end of the archive"),
            Self::Undecodable(error) => write!(f, "the archive cannot be unpacked any further: {error}"),
            Self::Bomb { max_ratio } => {
                write!(f, "the archive unpacks to more than {max_ratio} times its size")
            }
            Self::Io(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for Problem {}

impl std::error::Error for ProblemKind {}

/// Up to three paths like a missing one, the most similar first.
fn near(path: &Path) -> Vec<PathBuf> {
    // The part that is missing is the first below a directory that exists.
    let Some((parent, wanted)) = path.ancestors().find_map(|part| {
        let parent = part.parent()?;
        let listed = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        listed.is_dir().then(|| Some((parent, part.file_name()?))).flatten()
    }) else {
        return Vec::new();
    };
    let listed = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let Ok(entries) = fs::read_dir(listed) else { return Vec::new() };
    let mut names: Vec<_> = entries
        .take(10_000)
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .filter_map(|name| Some((unlikeness(wanted, &name)?, name)))
        .collect();
    names.sort_unstable();
    names.into_iter().take(3).map(|(_, name)| parent.join(name)).collect()
}

/// How far a name is from the wanted one; none if too far to be meant.
fn unlikeness(wanted: &OsStr, name: &OsStr) -> Option<usize> {
    if Rotation::of(wanted).stem == Rotation::of(name).stem {
        return Some(0);
    }
    let (a, b) = (wanted.to_ascii_lowercase(), name.to_ascii_lowercase());
    let (a, b) = (a.as_encoded_bytes(), b.as_encoded_bytes());
    let limit = a.len() / 3;
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    (row[b.len()] <= limit).then_some(row[b.len()])
}

/// The group that may read what the path runs into: the file, or the directory before which it is closed.
#[cfg(unix)]
fn reading_group(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;

    let metadata = path.ancestors().find_map(|part| fs::metadata(part).ok())?;
    let needed = if metadata.is_dir() { 0o050 } else { 0o040 };
    if metadata.mode() & needed != needed || metadata.gid() == 0 {
        return None;
    }
    let gid = metadata.gid().to_string();
    let groups = fs::read("/etc/group").ok()?;
    String::from_utf8_lossy(&groups).lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == gid).then(|| name.to_owned())
    })
}

#[cfg(not(unix))]
fn reading_group(_: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names() {
        let far = |a: &str, b: &str| unlikeness(a.as_ref(), b.as_ref());
        assert_eq!(far("mainlog", "mainlog.2.gz"), Some(0));
        assert_eq!(far("manlog", "mainlog"), Some(1));
        assert_eq!(far("MAINLOG", "mainlog"), Some(0));
        assert_eq!(far("mainlog", "rejectlog"), None);
        assert_eq!(far("mainlog", ""), None);
    }

    #[test]
    fn a_missing_file_names_its_neighbours() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("exim4")).unwrap();
        fs::write(dir.path().join("exim4/mainlog"), "").unwrap();
        let missing = |path: &str| {
            let path = dir.path().join(path);
            let error = fs::metadata(&path).unwrap_err();
            Problem::from_path(&path, &error).hint()
        };
        let hint = |path: &str| Some(format!("did you mean {}?", dir.path().join(path).display()));
        assert_eq!(missing("exim4/mianlog"), hint("exim4/mainlog"));
        assert_eq!(missing("exim4/mainlog.1"), hint("exim4/mainlog"));
        assert_eq!(missing("exim/mainlog"), hint("exim4"));
        assert_eq!(missing("exim4/mainlog/x"), hint("exim4/mainlog"));
        assert_eq!(missing("spam"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_group_that_may_read() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};

        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(reading_group(file.path()), None);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        let root = file.path().metadata().unwrap().gid() == 0;
        assert_eq!(reading_group(file.path()).is_none(), root);
    }
}
