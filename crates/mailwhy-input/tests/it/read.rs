use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::thread;

use mailwhy_input::{Options, ProblemKind, Source, first_bytes};

use crate::{Dir, FORMATS, gzip, log, problem, read, starts_record, xz, zstd};

#[test]
fn plain() {
    let dir = Dir::new();
    let log = log(20_000);
    let (data, chunks, summary) = read(&dir.file("mainlog", &log), &Options::default());
    assert!(data == log);
    assert!(chunks.len() > 1 && chunks.last().unwrap().last);
    assert_eq!((summary.bytes, summary.compressed), (log.len() as u64, log.len() as u64));
    assert_eq!(chunks.last().unwrap().taken, log.len() as u64);
}

#[test]
fn nothing() {
    let dir = Dir::new();
    let (data, chunks, summary) = read(&dir.file("mainlog", b""), &Options::default());
    assert!(data.is_empty() && chunks.len() == 1 && chunks[0].last);
    assert_eq!(summary.problems().count(), 0);
}

#[test]
fn odd_bytes() {
    let dir = Dir::new();
    for log in [
        &b"1 one\n2 two"[..],
        b"\n",
        b"\n\n1\n",
        b"1 a\r\n2 b\r\n",
        b"1 \0\0\xff\xfe\n\0",
        b"\x1f\x8b",
        b"\x1f",
    ] {
        let (data, _, summary) = read(&dir.file("mainlog", log), &Options::default());
        assert_eq!(data, log);
        assert_eq!(summary.problems().count(), 0);
    }
}

#[test]
fn archives() {
    let dir = Dir::new();
    let log = log(40_000);
    for (format, pack) in FORMATS {
        let packed = pack(&log);
        let (data, chunks, summary) = read(&dir.file("log", &packed), &Options::default());
        assert!(data == log, "{format}");
        assert_eq!(summary.problems().count(), 0);
        assert_eq!((summary.bytes, summary.compressed), (log.len() as u64, packed.len() as u64));
        assert!(chunks.len() > 2 && chunks[0].taken < packed.len() as u64, "{format}");
    }
}

#[test]
fn archives_of_many_members() {
    let dir = Dir::new();
    for (format, pack) in FORMATS {
        let packed = [pack(b"1 one\n2 t"), pack(b""), pack(b"wo\n"), pack(b"3 three\n")].concat();
        let (data, _, summary) = read(&dir.file("log", &packed), &Options::default());
        assert_eq!(data, b"1 one\n2 two\n3 three\n", "{format}");
        assert_eq!(summary.problems().count(), 0, "{format}");
    }
    let skippable = [b"\x50\x2a\x4d\x18\x04\0\0\0abcd", &zstd(b"1 one\n")[..]].concat();
    assert_eq!(read(&dir.file("log", &skippable), &Options::default()).0, b"1 one\n");
    let padded = [xz(b"1 one\n"), vec![0; 8], xz(b"2 two\n"), vec![0; 4]].concat();
    assert_eq!(read(&dir.file("log", &padded), &Options::default()).0, b"1 one\n2 two\n");
}

#[test]
fn names_that_lie() {
    let dir = Dir::new();
    assert_eq!(read(&dir.file("mainlog.1.gz", b"1 one\n"), &Options::default()).0, b"1 one\n");
    assert_eq!(read(&dir.file("mainlog.2.gz", &zstd(b"2 two\n")), &Options::default()).0, b"2 two\n");
    assert_eq!(read(&dir.file("mainlog", &gzip(b"3 three\n")), &Options::default()).0, b"3 three\n");
}

/// Wherever an archive ends too early, what can be had of it is read.
#[test]
fn truncated_archives() {
    let dir = Dir::new();
    let log = log(3000);
    for (format, pack) in FORMATS {
        let packed = pack(&log);
        for length in [packed.len() / 2, packed.len() - 9, packed.len() - 1] {
            let (data, chunks, summary) = read(&dir.file("log", &packed[..length]), &Options::default());
            assert!(log.starts_with(&data), "{format}");
            assert!(chunks.last().unwrap().last, "{format}");
            let problem = summary.problems().next().unwrap_or_else(|| panic!("{format} of {length} bytes"));
            assert_eq!(problem.kind, ProblemKind::Truncated, "{format}");
            // bzip2 has blocks of at least 100 kB, which are whole or not there.
            let share = if length == packed.len() / 2 { 4 } else { 2 };
            assert!(data.len() > log.len() / share, "{format}: {} of {}", data.len(), log.len());
        }
    }
}

#[test]
fn damaged_archives() {
    let dir = Dir::new();
    let log = log(3000);
    for (format, pack) in FORMATS {
        let mut packed = pack(&log);
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xa5);
        let (data, _, summary) = read(&dir.file("log", &packed), &Options::default());
        assert!(data != log && summary.problems().count() == 1, "{format}");

        let garbage = [pack(&log), b"\0garbage".repeat(4)].concat();
        let (data, _, summary) = read(&dir.file("log", &garbage), &Options::default());
        assert!(data == log, "{format}");
        let kind = &summary.problems().next().unwrap().kind;
        let expected = if format == "gz" {
            *kind == ProblemKind::Trailing
        } else {
            matches!(kind, ProblemKind::Undecodable(_))
        };
        assert!(expected, "{format}: {kind:?}");
    }
}

/// As `gzip -t` does it.
#[test]
fn what_follows_a_gzip_archive() {
    let dir = Dir::new();
    let log = log(500);
    let packed = gzip(&log).repeat(2);
    let zeros = [0; 1 << 17];
    for (follows, kind) in [
        (&b"garbage\n"[..], Some(ProblemKind::Trailing)),
        (b"\x1f", Some(ProblemKind::Truncated)),
        (b"\x1f\x8b\x08\0", Some(ProblemKind::Truncated)),
        (b"\0\0x", Some(ProblemKind::Trailing)),
        (&zeros, None),
    ] {
        let source = dir.file("log", &[&packed, follows].concat());
        let (data, _, summary) = read(&source, &Options::default());
        assert!(data == log.repeat(2), "{}", follows.escape_ascii());
        assert_eq!(summary.problems().next().map(|problem| &problem.kind), kind.as_ref());
    }
}

#[test]
fn other_formats() {
    let dir = Dir::new();
    let (data, chunks, summary) =
        read(&dir.file("log.lz4", b"\x04\x22\x4d\x18\0\0\0\0"), &Options::default());
    assert!(data.is_empty() && chunks.is_empty());
    let expected = "packed as lz4, which is not supported; unpack it first: lz4 -dc FILE | mailwhy report -";
    assert_eq!(problem(&summary), expected);

    let mut tar = vec![0; 10_240];
    tar[..7].copy_from_slice(b"mainlog");
    tar[257..262].copy_from_slice(b"ustar");
    tar[512..518].copy_from_slice(b"1 one\n");
    let (_, chunks, summary) = read(&dir.file("log.tar.gz", &gzip(&tar)), &Options::default());
    assert!(chunks.is_empty());
    assert!(problem(&summary).starts_with("packed as tar"));
}

#[test]
fn a_line_of_ten_megabytes() {
    let dir = Dir::new();
    let long = [b"2 ", &vec![b'x'; 10 << 20][..], b"\n"].concat();
    let log = [b"1 one\n", &long[..], b"3 three\n4 four\n"].concat();
    for source in [dir.file("plain", &log), dir.file("packed", &gzip(&log))] {
        let options = Options { max_ratio: 2000, ..Options::default() };
        let (data, chunks, summary) = read(&source, &options);
        assert_eq!((summary.cut_lines, summary.bytes), (1, log.len() as u64));
        let lines: Vec<_> = data.split(|&b| b == b'\n').collect();
        assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), [5, (1 << 20) - 1, 7, 6, 0]);
        let after = chunks.iter().find(|chunk| chunk.line == 3).unwrap();
        assert_eq!(after.offset, 6 + long.len() as u64);
    }
}

#[test]
fn a_bomb() {
    let dir = Dir::new();
    let zeros = gzip(&vec![0; 64 << 20]);
    let lines = gzip(&b"1 one\n".repeat((64 << 20) / 6));
    for packed in [zeros, lines] {
        let bomb = dir.file("bomb.gz", &packed);
        let (data, _, summary) = read(&bomb, &Options::default());
        let expected = "the archive unpacks to more than 200 times its size; what came before was read; if this is an \
                        honest log, allow more: --max-ratio 2000";
        assert_eq!(problem(&summary), expected);
        // What is read of the archive beforehand counts, too.
        let limit = (packed.len() as u64 * 200).max(16 << 20);
        assert!(summary.bytes <= limit && data.len() as u64 <= limit, "{}", summary.bytes);

        let (_, _, summary) = read(&bomb, &Options { max_ratio: 2000, ..Options::default() });
        assert_eq!(summary.problems().count(), 0);
        assert!(summary.bytes > 67_000_000);
    }
}

#[test]
fn the_rest_is_read() {
    let dir = Dir::new();
    let sources = [
        Source::File(dir.path("nothing")),
        dir.file("mainlog.2.gz", &gzip(b"1 one\n")[..20]),
        Source::File(dir.path("")),
        dir.file("mainlog", b"2 two\n"),
    ];
    let mut seen = Vec::new();
    let summary = mailwhy_input::read(&sources, &Options::default(), starts_record, &mut |chunk| {
        seen.push((chunk.file, chunk.last, chunk.data));
        ControlFlow::Continue(())
    });
    assert_eq!(seen.last().unwrap(), &(3, true, b"2 two\n".to_vec()));
    assert_eq!(summary.files.len(), 4);
    assert_eq!(summary.problems().count(), 3);
    assert_eq!(summary.bytes, summary.files.iter().map(|file| file.bytes).sum::<u64>());
}

#[test]
fn the_sink_stops_all() {
    let dir = Dir::new();
    let sources = [dir.file("a", &log(20_000)), dir.file("b", b"2 two\n")];
    let mut chunks = 0;
    let summary = mailwhy_input::read(&sources, &Options::default(), starts_record, &mut |_| {
        chunks += 1;
        ControlFlow::Break(())
    });
    assert_eq!((chunks, summary.files.len(), summary.files[0].stopped), (1, 1, true));
}

/// `copytruncate` and the like: what was read is read, and the end is where it now is.
#[test]
fn a_file_that_is_cut_and_removed_while_it_is_read() {
    let dir = Dir::new();
    let log = log(40_000);
    let source = dir.file("mainlog", &log);
    let mut data = Vec::new();
    let summary = mailwhy_input::read(&[source], &Options::default(), starts_record, &mut |chunk| {
        if chunk.offset == 0 {
            fs::File::create(dir.path("mainlog")).unwrap();
            fs::remove_file(dir.path("mainlog")).unwrap();
        }
        data.extend_from_slice(&chunk.data);
        ControlFlow::Continue(())
    });
    assert!(data.len() < log.len() && log.starts_with(&data));
    assert_eq!(summary.problems().count(), 0);
}

#[test]
fn a_file_that_grows_while_it_is_read() {
    let dir = Dir::new();
    let source = dir.file("mainlog", b"1 one\n2 two\n");
    let mut file = fs::File::options().append(true).open(dir.path("mainlog")).unwrap();
    let mut data = Vec::new();
    mailwhy_input::read(&[source], &Options::default(), starts_record, &mut |chunk| {
        if chunk.offset == 0 {
            file.write_all(b"3 three\n").unwrap();
        }
        data.extend_from_slice(&chunk.data);
        ControlFlow::Continue(())
    });
    assert_eq!(data, b"1 one\n2 two\n3 three\n");
}

#[cfg(unix)]
#[test]
fn a_named_pipe() {
    let dir = Dir::new();
    let path = dir.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let log = log(5000);
    let packed = gzip(&log);
    let writer = thread::spawn({
        let path = path.clone();
        move || fs::write(path, packed)
    });
    let source = Source::File(path);
    assert_eq!(source.size(), None);
    let (data, _, summary) = read(&source, &Options::default());
    assert!(data == log);
    assert_eq!(summary.problems().count(), 0);
    writer.join().unwrap().unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;

    let dir = Dir::new();
    let source = dir.file("mainlog", b"1 one\n");
    fs::set_permissions(dir.path("mainlog"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(dir.path("mainlog")).is_ok() {
        return; // by root, who may read everything
    }
    let (_, _, summary) = read(&source, &Options::default());
    assert_eq!(problem(&summary), "permission denied; let a group of the user's read it: chgrp, chmod g+r");
}

#[test]
fn the_first_bytes() {
    let dir = Dir::new();
    for (format, pack) in FORMATS {
        let source = dir.file("log", &pack(b"2026-08-01 one\n2026-08-02 two\n"));
        assert_eq!(first_bytes(&source, 10).unwrap(), b"2026-08-01", "{format}");
    }
    assert_eq!(first_bytes(&dir.file("log", b"short"), 10).unwrap(), b"short");
    assert_eq!(first_bytes(&dir.file("log", b""), 10).unwrap(), b"");
    assert!(first_bytes(&dir.file("log", &gzip(b"")[..12]), 10).is_err());
    assert!(first_bytes(&Source::File(dir.path("")), 10).is_err());
    assert!(first_bytes(&Source::Stdin, 10).is_err());
}
