//! What the name of a rotated log tells: which log it is of, and how old it is.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::path::Path;

/// A file name, taken apart.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Rotation {
    /// The name without all that rotation puts on it: `mainlog` for `mainlog.2.gz`.
    pub stem: Vec<u8>,
    /// How old it is among files of the same stem.
    pub age: Age,
    /// Whether it is named like an archive.
    pub packed: bool,
}

/// How old a file of a rotated set is; the oldest is the least.
///
/// Where a set has numbers and dates, the numbers are from before dates were switched on.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Age {
    /// `mainlog.2`: the higher, the older. By logrotate, newsyslog (from 0) and exicyclog (`mainlog.02`).
    Numbered(Reverse<u32>),
    /// `mainlog-20260801`, `main-20260801.log`, `mainlog-2026-08-01-1785542400`: the digits, which sort as they are.
    /// By logrotate (`dateext`) and Exim (`%D`, `%M` in `log_file_path`).
    Dated(Vec<u8>),
    /// The log that is being written.
    Live,
}

impl Rotation {
    pub(crate) fn of(name: &OsStr) -> Self {
        let name = name.as_encoded_bytes();
        let bare = [".gz", ".zst", ".bz2", ".xz"].iter().find_map(|ext| name.strip_suffix(ext.as_bytes()));
        let packed = bare.is_some();
        let bare = bare.unwrap_or(name);
        // `main-20260801.log` is of the same set as `main.log`.
        let (front, extension): (_, &[u8]) = match bare.strip_suffix(b".log") {
            Some(front) => (front, b".log"),
            None => (bare, b""),
        };
        match age(front) {
            Some((stem, age)) => Self { stem: [stem, extension].concat(), age, packed },
            None => Self { stem: bare.to_vec(), age: Age::Live, packed },
        }
    }
}

/// Whether a file is named like one that is being written.
pub(crate) fn is_live(path: &Path) -> bool {
    path.file_name().map(Rotation::of).is_some_and(|rotation| rotation.age == Age::Live && !rotation.packed)
}

/// The age at the end of a name, and what is before it.
fn age(name: &[u8]) -> Option<(&[u8], Age)> {
    let is_date = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'T' | b'_');
    let start = name.iter().rposition(|b| !is_date(b)).map_or(0, |i| i + 1);
    // The separator may be a dot, or one of the characters that also stand inside of a date.
    let (stem, suffix) = match name[..start].split_last() {
        Some((b'.', stem)) => (stem, &name[start..]),
        _ => (&name[..start], name[start..].strip_prefix(b"-").or_else(|| name[start..].strip_prefix(b"_"))?),
    };
    if stem.is_empty() || !suffix.first()?.is_ascii_digit() {
        return None;
    }
    let digits: Vec<u8> = suffix.iter().copied().filter(u8::is_ascii_digit).collect();
    if digits.len() >= 6 && (digits.starts_with(b"19") || digits.starts_with(b"20")) {
        return Some((stem, Age::Dated(digits)));
    }
    let dotted = name.get(stem.len()) == Some(&b'.') && digits.len() == suffix.len() && digits.len() <= 5;
    let number = str::from_utf8(&digits).ok()?.parse().ok()?;
    dotted.then_some((stem, Age::Numbered(Reverse(number))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, stem: &str, age: Age, packed: bool) {
        assert_eq!(Rotation::of(name.as_ref()), Rotation { stem: stem.into(), age, packed }, "{name}");
    }

    fn dated(digits: &str) -> Age {
        Age::Dated(digits.into())
    }

    fn numbered(number: u32) -> Age {
        Age::Numbered(Reverse(number))
    }

    #[test]
    fn names() {
        check("mainlog", "mainlog", Age::Live, false);
        check("main.log", "main.log", Age::Live, false);
        check("mainlog.gz", "mainlog", Age::Live, true);
        check("mainlog.1", "mainlog", numbered(1), false);
        check("mainlog.01.xz", "mainlog", numbered(1), true);
        check("mainlog.2.gz", "mainlog", numbered(2), true);
        check("main.1.log.zst", "main.log", numbered(1), true);
        check("main.log.10.bz2", "main.log", numbered(10), true);
        check("mainlog-20260801.gz", "mainlog", dated("20260801"), true);
        check("mainlog-202608", "mainlog", dated("202608"), false);
        check("mainlog.20260801T000000", "mainlog", dated("20260801000000"), false);
        check("main-20260801.log", "main.log", dated("20260801"), false);
        check("exim_mainlog-2026-08-01-1785542400", "exim_mainlog", dated("202608011785542400"), false);
    }

    #[test]
    fn names_without_an_age() {
        for name in
            ["mainlog-1", "mainlog.", "mainlog-", "mainlog-mx1", "mainlog.123456", "20260801", ".1", "-", ""]
        {
            check(name, name, Age::Live, false);
        }
    }

    #[test]
    fn ages() {
        let mut ages =
            [Age::Live, numbered(1), dated("20260802"), numbered(10), dated("20260801"), numbered(2)];
        ages.sort();
        assert_eq!(
            ages,
            [numbered(10), numbered(2), numbered(1), dated("20260801"), dated("20260802"), Age::Live]
        );
    }
}
