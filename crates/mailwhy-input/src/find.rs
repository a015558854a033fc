//! From what stands on a command line to the sources, in the order of time.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Options;
use crate::problem::{Problem, ProblemKind};
use crate::rotation::{Age, Rotation};
use crate::source::{DEFAULT_LOGS, Source, default_logs, stdin_is_given};

/// Finds the sources that the arguments stand for.
///
/// - A file stands for itself; with [`rotated`](Options::rotated) for the whole set it belongs to, even if it is not there
///   itself.
/// - `-` is standard input.
/// - A pattern (`*`, `?`, `[…]`, `**`) stands for the files that match; where a file has such a name, for that file.
/// - A directory stands for the logs in it, known by their names: main logs first, then reject and panic logs. Of a
///   set with a log that is being written only that one is taken, unless `rotated` is set; of a set without, such as
///   a directory of archives, all files.
/// - No argument at all is standard input where that is a file, a pipe or a socket, else the
///   [usual log](default_logs).
///
/// Files of one rotated set come oldest first, however they were given, in the place of the first of them. Of a file
/// that is in a set both packed and not, as after a compression that was interrupted, the set has the latter. A file
/// that is given twice is read once.
#[must_use]
pub fn find(args: &[OsString], options: &Options) -> (Vec<Source>, Vec<Problem>) {
    let mut finder = Finder { rotated: options.rotated, ..Finder::default() };
    for arg in args {
        finder.argument(arg);
    }
    if args.is_empty() {
        match default_logs() {
            _ if stdin_is_given() => finder.add(Source::Stdin),
            Some(Source::File(path)) => finder.argument(path.as_os_str()),
            _ => finder.problems.push(Problem::new(DEFAULT_LOGS.join(", "), ProblemKind::NoDefault)),
        }
    }
    (in_order(finder.sources), finder.problems)
}

#[derive(Default)]
struct Finder {
    rotated: bool,
    sources: Vec<Source>,
    seen: HashSet<PathBuf>,
    problems: Vec<Problem>,
}

impl Finder {
    fn argument(&mut self, arg: &OsStr) {
        let path = Path::new(arg);
        match fs::metadata(path) {
            _ if arg == "-" => self.add(Source::Stdin),
            Ok(metadata) if metadata.is_dir() => self.directory(path),
            Ok(_) => self.file(path),
            Err(_) if is_pattern(arg) => self.pattern(arg),
            // Between the rotation of a log and its next line there is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.rotated_set(path) => {}
            Err(error) => self.problems.push(Problem::from_path(path, &error)),
        }
    }

    fn add(&mut self, source: Source) {
        let known_as = match &source {
            Source::Stdin => PathBuf::from("-"),
            Source::File(path) => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
        };
        if self.seen.insert(known_as) {
            self.sources.push(source);
        }
    }

    fn file(&mut self, path: &Path) {
        if path.is_file() {
            self.rotated_set(path);
        }
        self.add(Source::File(path.to_owned()));
    }

    /// Adds the files of the set that a log belongs to, if those are wanted; whether there are any.
    fn rotated_set(&mut self, path: &Path) -> bool {
        let Some(rotation) = path.file_name().map(Rotation::of).filter(|_| self.rotated) else {
            return false;
        };
        let directory = path.parent().unwrap_or(Path::new(""));
        let set = self.sets(directory, |stem| (stem == rotation.stem).then_some(0));
        let found = !set.is_empty();
        for member in set.into_values().flatten() {
            self.add(Source::File(member.path));
        }
        found
    }

    fn directory(&mut self, path: &Path) {
        let problems = self.problems.len();
        let sets = self.sets(path, rank);
        if sets.is_empty() && self.problems.len() == problems {
            self.problems.push(Problem::new(path.display(), ProblemKind::NoLogs));
        }
        for set in sets.into_values() {
            let live = set.iter().any(|member| member.age == Age::Live) && !self.rotated;
            for member in set.into_iter().filter(|member| !live || member.age == Age::Live) {
                self.add(Source::File(member.path));
            }
        }
    }

    fn pattern(&mut self, pattern: &OsStr) {
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..Default::default() };
        let matches = match pattern.to_str().map(|pattern| glob::glob_with(pattern, options)) {
            Some(Ok(matches)) => matches,
            Some(Err(error)) => {
                let kind = ProblemKind::Io(error.to_string());
                return self.problems.push(Problem::new(pattern.display(), kind));
            }
            None => return self.problems.push(Problem::new(pattern.display(), ProblemKind::NoMatch)),
        };
        let mut none = true;
        for path in matches {
            match path {
                Ok(path) if path.is_dir() => continue,
                Ok(path) => self.file(&path),
                Err(error) => self.problems.push(Problem::from_path(error.path(), error.error())),
            }
            none = false;
        }
        if none {
            self.problems.push(Problem::new(pattern.display(), ProblemKind::NoMatch));
        }
    }

    /// The rotated sets in a directory whose stem is given a rank, by rank and stem.
    fn sets(
        &mut self,
        directory: &Path,
        rank: impl Fn(&[u8]) -> Option<usize>,
    ) -> BTreeMap<(usize, Vec<u8>), Vec<Member>> {
        let mut sets: BTreeMap<_, Vec<Member>> = BTreeMap::new();
        let listed = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let entries = match fs::read_dir(listed).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(Problem::from_path(listed, &error));
                return sets;
            }
        };
        for entry in entries {
            let Rotation { stem, age, packed } = Rotation::of(&entry.file_name());
            let path = directory.join(entry.file_name());
            if let Some(rank) = rank(&stem)
                && path.is_file()
            {
                sets.entry((rank, stem)).or_default().push(Member { age, packed, path });
            }
        }
        for set in sets.values_mut() {
            set.sort_unstable();
            set.dedup_by(|second, first| second.packed && !first.packed && second.age == first.age);
        }
        sets
    }
}

/// A file of a rotated set.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Member {
    age: Age,
    packed: bool,
    path: PathBuf,
}

/// The place of a log among the logs of a directory; none for other files.
fn rank(stem: &[u8]) -> Option<usize> {
    let name = stem.to_ascii_lowercase();
    let is = |log: &str| {
        [format!("{log}log"), format!("{log}.log")].iter().any(|log| {
            // `exim_mainlog`, `mx1.mainlog`; `mainlog-mx1`, but not `mainlog.offset`.
            name.ends_with(log.as_bytes())
                || name.strip_prefix(log.as_bytes()).is_some_and(|rest| matches!(rest[0], b'-' | b'_'))
        })
    };
    let eximlog = name.starts_with(b"exim") && name.ends_with(b".log");
    match () {
        () if is("reject") => Some(1),
        () if is("panic") => Some(2),
        () if is("main") || eximlog => Some(0),
        () => None,
    }
}

fn is_pattern(arg: &OsStr) -> bool {
    arg.as_encoded_bytes().iter().any(|b| matches!(b, b'*' | b'?' | b'['))
}

/// Brings the files of each rotated set together, oldest first.
fn in_order(sources: Vec<Source>) -> Vec<Source> {
    let mut places = HashMap::new();
    let mut placed: Vec<_> = sources
        .into_iter()
        .enumerate()
        .map(|(i, source)| {
            let (set, age) = match &source {
                Source::File(path) => match path.file_name().map(Rotation::of) {
                    Some(Rotation { stem, age, .. }) => {
                        (Some((path.parent().map(Path::to_owned), stem)), age)
                    }
                    None => (None, Age::Live),
                },
                Source::Stdin => (None, Age::Live),
            };
            let place = set.map_or(i, |set| *places.entry(set).or_insert(i));
            ((place, age, i), source)
        })
        .collect();
    placed.sort_by(|(a, _), (b, _)| a.cmp(b));
    placed.into_iter().map(|(_, source)| source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_by_name() {
        for name in
            ["mainlog", "main.log", "exim_mainlog", "exim.log", "exim4.log", "mx1-mainlog", "mainlog_mx1"]
        {
            assert_eq!(rank(name.as_bytes()), Some(0), "{name}");
        }
        for name in ["rejectlog", "exim_rejectlog", "exim-reject.log"] {
            assert_eq!(rank(name.as_bytes()), Some(1), "{name}");
        }
        assert_eq!(rank(b"paniclog"), Some(2));
        for name in ["mainlog.offset", "mainlogs", "exim", "exim.conf", "syslog", ".mainlog.swp", "log", ""] {
            assert_eq!(rank(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn patterns() {
        assert!(is_pattern("mainlog*".as_ref()) && is_pattern("mainlog.[12]".as_ref()));
        assert!(!is_pattern("/var/log/exim4/mainlog".as_ref()));
    }
}
