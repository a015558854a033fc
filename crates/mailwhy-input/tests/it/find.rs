use std::fs;

use mailwhy_input::{Options, Source};

use crate::Dir;

#[track_caller]
fn check(dir: &Dir, args: &[&str], rotated: bool, expected: &[&str]) {
    let (sources, problems) = dir.find(args, rotated);
    assert_eq!(sources, expected);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn files() {
    let dir = Dir::with(&["mainlog", "mainlog.1", "other"]);
    check(&dir, &["mainlog"], false, &["mainlog"]);
    check(&dir, &["other", "mainlog"], false, &["other", "mainlog"]);
    check(&dir, &["mainlog", "other", "mainlog.1"], false, &["mainlog.1", "mainlog", "other"]);
}

#[test]
fn a_numbered_set() {
    let dir = Dir::with(&[
        "mainlog",
        "mainlog.1",
        "mainlog.10.gz",
        "mainlog.2.gz",
        "mainlog.3.xz",
        "mainlog.4.zst",
        "mainlog.5.bz2",
        "rejectlog",
        "rejectlog.1",
        "mainlog.offset",
        "mainlog.1.gz.tmp",
    ]);
    let set = [
        "mainlog.10.gz",
        "mainlog.5.bz2",
        "mainlog.4.zst",
        "mainlog.3.xz",
        "mainlog.2.gz",
        "mainlog.1",
        "mainlog",
    ];
    check(&dir, &["mainlog"], true, &set);
    check(&dir, &["mainlog.3.xz"], true, &set);
    check(&dir, &["mainlog", "mainlog.2.gz"], true, &set);
    check(&dir, &["mainlog.*[0-9z2]", "mainlog", "*.zst"], false, &set);
    check(&dir, &["rejectlog", "mainlog"], true, &[&["rejectlog.1", "rejectlog"], &set[..]].concat());
}

#[test]
fn a_dated_set() {
    let dir = Dir::with(&["mainlog-20260801.gz", "mainlog", "mainlog-20260731.gz", "mainlog-20260802"]);
    let set = ["mainlog-20260731.gz", "mainlog-20260801.gz", "mainlog-20260802", "mainlog"];
    check(&dir, &["mainlog"], true, &set);
    check(&dir, &["mainlog*"], false, &set);
}

#[test]
fn a_compression_that_was_interrupted() {
    let dir = Dir::with(&["mainlog", "mainlog.1", "mainlog.1.gz", "mainlog.2.gz"]);
    check(&dir, &["mainlog"], true, &["mainlog.2.gz", "mainlog.1", "mainlog"]);
    check(&dir, &["mainlog.1", "mainlog.1.gz"], false, &["mainlog.1", "mainlog.1.gz"]);
}

#[test]
fn directories() {
    let dir = Dir::with(&[
        "exim4/mainlog",
        "exim4/mainlog.1",
        "exim4/paniclog",
        "exim4/rejectlog",
        "exim4/rejectlog.1",
        "exim4/mainlog.offset",
        "exim4/old/mainlog",
        "archive/exim_mainlog-20260802.gz",
        "archive/exim_mainlog-20260801.gz",
        "archive/notes.txt",
    ]);
    check(&dir, &["exim4"], false, &["exim4/mainlog", "exim4/rejectlog", "exim4/paniclog"]);
    let all = ["exim4/mainlog.1", "exim4/mainlog", "exim4/rejectlog.1", "exim4/rejectlog", "exim4/paniclog"];
    check(&dir, &["exim4"], true, &all);
    let archive = ["archive/exim_mainlog-20260801.gz", "archive/exim_mainlog-20260802.gz"];
    check(&dir, &["archive"], false, &archive);
    check(&dir, &["archive/*.gz"], false, &archive);
    check(&dir, &["*/mainlog"], false, &["exim4/mainlog"]);
}

#[test]
fn what_is_given_twice_is_read_once() {
    let dir = Dir::with(&["exim4/mainlog", "exim4/mainlog.1"]);
    check(
        &dir,
        &["exim4/mainlog", "exim4/../exim4/mainlog", "exim4/mainlog*"],
        false,
        &["exim4/mainlog.1", "exim4/mainlog"],
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(dir.path("exim4/mainlog"), dir.path("link")).unwrap();
        check(&dir, &["link", "exim4/mainlog"], false, &["link"]);
    }
    let (sources, _) = mailwhy_input::find(&["-".into(), "-".into()], &Options::default());
    assert_eq!(sources, [Source::Stdin]);
}

#[test]
fn a_name_that_looks_like_a_pattern() {
    let dir = Dir::with(&["mainlog[1]", "mainlog1"]);
    check(&dir, &["mainlog[1]"], false, &["mainlog[1]"]);
    fs::remove_file(dir.path("mainlog[1]")).unwrap();
    check(&dir, &["mainlog[1]"], false, &["mainlog1"]);
}

#[test]
fn problems() {
    let dir = Dir::with(&["mainlog", "mainlog.1", "empty/notes.txt"]);
    let (sources, problems) = dir.find(&["manlog", "x*", "mainlog", "empty", "mainlog.["], false);
    assert_eq!(sources, ["mainlog"]);
    let no_log = "empty: no log in this directory; logs are known by their names (mainlog, main.log, exim_mainlog …); \
                  give the files themselves";
    assert_eq!(problems[0], "manlog: no such file or directory; did you mean mainlog?");
    assert_eq!(problems[1], "x*: no file matches this pattern");
    assert_eq!(problems[2], no_log);
    assert!(problems[3].starts_with("mainlog.[: "), "{}", problems[3]);
    assert_eq!(problems.len(), 4);
}
