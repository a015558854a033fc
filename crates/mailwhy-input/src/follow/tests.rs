use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::process::Command;
use std::thread;

use tempfile::TempDir;

use super::*;

/// A log that is followed without any waiting: each record is taken for complete, each file for quiet.
struct Log {
    dir: TempDir,
    follower: Follower,
    notices: Vec<Notice>,
}

impl Log {
    fn new(start: Start, before: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        if !before.is_empty() {
            fs::write(dir.path().join("mainlog"), before).unwrap();
        }
        Self::follow(dir, "mainlog", start)
    }

    fn follow(dir: TempDir, name: &str, start: Start) -> Self {
        let options =
            FollowOptions { settle: Duration::ZERO, quiet: Duration::ZERO, ..FollowOptions::default() };
        let sources = [Source::File(dir.path().join(name))];
        let follower = Follower::new(&sources, start, options, |line| line.first() != Some(&b' '));
        Self { dir, follower, notices: Vec::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn copy_and_cut(&self, to: &str) {
        fs::copy(self.path("mainlog"), self.path(to)).unwrap();
        File::create(self.path("mainlog")).unwrap();
    }

    fn gzip(&self, name: &str) {
        assert!(Command::new("gzip").arg(self.path(name)).status().unwrap().success());
    }

    /// What is new.
    fn read(&mut self) -> String {
        let mut text = Vec::new();
        let notices = &mut self.notices;
        let mut idle = 0;
        while idle < 2 {
            let grew = self.follower.step(true, &mut |followed| {
                match followed {
                    Followed::Lines { data, .. } => text.extend_from_slice(&data),
                    Followed::Notice { notice, .. } => notices.push(notice),
                    Followed::CaughtUp => {}
                }
                ControlFlow::Continue(())
            });
            idle = if grew.unwrap() { 0 } else { idle + 1 };
        }
        String::from_utf8(text).unwrap()
    }
}

#[test]
fn lines_come_whole() {
    let mut log = Log::new(Start::Begin, "1\n2");
    assert_eq!(log.read(), "1\n");
    log.write("mainlog", " is long\n3\n 3a\n");
    assert_eq!(log.read(), "2 is long\n3\n 3a\n");
    assert_eq!(log.read(), "");
    assert_eq!(log.notices, []);
}

#[test]
fn begins_where_it_is_told() {
    assert_eq!(Log::new(Start::Back(0), "1\n2\n").read(), "");
    assert_eq!(Log::new(Start::Back(2), "1\n2\n").read(), "2\n");
    assert_eq!(Log::new(Start::Back(3), "1\n2\n").read(), "2\n");
    assert_eq!(Log::new(Start::Back(99), "1\n2\n").read(), "1\n2\n");
    // A line that is being written is given whole.
    let mut log = Log::new(Start::Back(0), "1\n2");
    assert_eq!(log.read(), "");
    log.write("mainlog", "2\n");
    assert_eq!(log.read(), "22\n");
}

#[test]
fn offsets_are_those_of_the_file() {
    let mut log = Log::new(Start::Back(4), "first\n2\n3\n");
    let mut offsets = Vec::new();
    let mut step = |log: &mut Log| {
        log.follower
            .step(true, &mut |followed| {
                if let Followed::Lines { offset, .. } = followed {
                    offsets.push(offset);
                }
                ControlFlow::Continue(())
            })
            .unwrap()
    };
    while step(&mut log) {}
    log.write("mainlog", "4\n");
    while step(&mut log) {}
    assert_eq!(offsets, [6, 10]);
}

#[test]
fn a_renamed_file_is_read_to_its_end() {
    let mut log = Log::new(Start::Begin, "1\n");
    assert_eq!(log.read(), "1\n");
    log.rename("mainlog", "mainlog.1");
    log.write("mainlog.1", "2\n");
    assert_eq!(log.read(), "2\n");
    log.write("mainlog.1", "3\n");
    log.write("mainlog", "4\n");
    assert_eq!(log.read(), "3\n4\n");
    assert_eq!(log.notices, [Notice::Replaced]);
    // A process that still has the old one open.
    log.write("mainlog.1", "late\n");
    log.write("mainlog", "5\n");
    assert_eq!(log.read(), "late\n5\n");
    // Packed and deleted, it was read already.
    log.gzip("mainlog.1");
    log.write("mainlog", "6\n");
    assert_eq!(log.read(), "6\n");
}

#[test]
fn a_file_that_is_not_quiet_is_waited_for() {
    let mut log = Log::new(Start::Begin, "1\n");
    log.follower.options.quiet = Duration::from_millis(50);
    assert_eq!(log.read(), "1\n");
    log.rename("mainlog", "mainlog.1");
    log.write("mainlog", "3\n");
    log.write("mainlog.1", "2\n");
    assert_eq!(log.read(), "2\n");
    thread::sleep(Duration::from_millis(60));
    assert_eq!(log.read(), "3\n");
}

#[test]
fn rotated_more_than_once_between_two_looks() {
    let mut log = Log::new(Start::Begin, "1\n");
    log.write("mainlog.2", "old\n");
    assert_eq!(log.read(), "1\n");
    log.write("mainlog", "2\n");
    log.rename("mainlog.2", "mainlog.5");
    log.rename("mainlog", "mainlog.4");
    log.write("mainlog", "3\n");
    log.rename("mainlog", "mainlog.3");
    log.gzip("mainlog.3");
    log.write("mainlog", "4\n");
    log.rename("mainlog", "mainlog.2");
    log.write("mainlog", "5\n");
    // The one whose place was taken before we looked came with the rest, and was there before.
    fs::remove_file(log.path("mainlog.5")).unwrap();
    assert_eq!(log.read(), "2\n3\n4\n5\n");
    assert_eq!(log.read(), "");
}

#[test]
fn what_was_there_before_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mainlog.1"), "old\n").unwrap();
    fs::write(dir.path().join("mainlog"), "1\n").unwrap();
    let mut log = Log::follow(dir, "mainlog", Start::Begin);
    assert_eq!(log.read(), "1\n");
    log.gzip("mainlog.1");
    log.rename("mainlog.1.gz", "mainlog.2.gz");
    log.rename("mainlog", "mainlog.1");
    log.write("mainlog", "2\n");
    assert_eq!(log.read(), "2\n");
}

#[test]
fn a_cut_file_begins_again() {
    let mut log = Log::new(Start::Begin, "1\n2\n");
    assert_eq!(log.read(), "1\n2\n");
    File::create(log.path("mainlog")).unwrap();
    assert_eq!(log.read(), "");
    log.write("mainlog", "3\n");
    assert_eq!(log.read(), "3\n");
    assert_eq!(log.notices, [Notice::Truncated { copy_found: false }]);
    // It has grown beyond what was read before we looked.
    fs::write(log.path("mainlog"), "4\n5\n6\n").unwrap();
    assert_eq!(log.read(), "4\n5\n6\n");
}

#[test]
fn what_was_not_read_before_the_cut_is_in_the_copy() {
    let mut log = Log::new(Start::Begin, "1\n");
    assert_eq!(log.read(), "1\n");
    log.write("mainlog", "2\nhalf");
    assert_eq!(log.read(), "2\n");
    log.write("mainlog", " a line\n3\n");
    log.copy_and_cut("mainlog.1");
    log.write("mainlog", "4\n");
    assert_eq!(log.read(), "half a line\n3\n4\n");
    assert_eq!(log.notices, [Notice::Truncated { copy_found: true }]);
    // Twice, and packed.
    log.write("mainlog", "5\n");
    log.copy_and_cut("mainlog.3");
    log.gzip("mainlog.3");
    log.write("mainlog", "6\n");
    log.copy_and_cut("mainlog.2");
    log.write("mainlog", "7\n");
    assert_eq!(log.read(), "5\n6\n7\n");
    assert_eq!(log.read(), "");
}

#[test]
fn what_came_and_went_in_an_empty_file_is_in_the_copy() {
    let mut log = Log::new(Start::Begin, "1\n");
    assert_eq!(log.read(), "1\n");
    log.copy_and_cut("mainlog.1");
    assert_eq!(log.read(), "");
    // Clocks of file systems tick slowly.
    thread::sleep(Duration::from_millis(20));
    log.write("mainlog", "2\n");
    log.copy_and_cut("mainlog.0");
    assert_eq!(log.read(), "2\n");
    thread::sleep(Duration::from_millis(20));
    log.rename("mainlog.1", "mainlog.3");
    log.rename("mainlog.0", "mainlog.2");
    log.write("mainlog", "3\n");
    log.copy_and_cut("mainlog.1");
    log.write("mainlog", "4\n");
    let mut text = log.read();
    thread::sleep(tail::AGAIN);
    text += &log.read();
    assert_eq!(text, "4\n3\n");
}

#[test]
fn a_copy_before_the_cut_is_no_file_that_was_missed() {
    let mut log = Log::new(Start::Begin, "1\n");
    assert_eq!(log.read(), "1\n");
    log.copy_and_cut("mainlog.2");
    assert_eq!(log.read(), "");
    log.write("mainlog", "2\n");
    assert_eq!(log.read(), "2\n");
    log.write("mainlog", "3\n");
    fs::copy(log.path("mainlog"), log.path("mainlog.1")).unwrap();
    thread::sleep(tail::AGAIN);
    assert_eq!(log.read(), "3\n");
    log.write("mainlog", "4\n");
    fs::copy(log.path("mainlog"), log.path("mainlog.1")).unwrap();
    File::create(log.path("mainlog")).unwrap();
    assert_eq!(log.read(), "4\n");
}

#[test]
fn a_file_that_is_missing_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::follow(dir, "exim4/mainlog", Start::Back(0));
    assert_eq!(log.read(), "");
    assert_eq!(log.read(), "");
    fs::create_dir(log.path("exim4")).unwrap();
    assert_eq!(log.read(), "");
    log.write("exim4/mainlog", "1\n");
    assert_eq!(log.read(), "1\n");
    assert_eq!(log.notices, [Notice::Missing, Notice::Appeared]);
    // Deleted, and there again.
    fs::remove_file(log.path("exim4/mainlog")).unwrap();
    assert_eq!(log.read(), "");
    log.write("exim4/mainlog", "2\n");
    assert_eq!(log.read(), "2\n");
}

#[test]
fn a_directory_that_appears_stands_for_its_logs() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::follow(dir, "exim4", Start::Back(0));
    assert_eq!(log.read(), "");
    fs::create_dir(log.path("exim4")).unwrap();
    log.write("exim4/mainlog", "1\n");
    log.write("exim4/mainlog.1", "old\n");
    assert_eq!(log.read(), "");
    log.follower.search(Start::Begin);
    assert_eq!(log.read(), "1\n");
    log.write("exim4/rejectlog", "2\n");
    log.follower.search(Start::Begin);
    assert_eq!(log.read(), "2\n");
}

#[test]
fn it_is_woken() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::follow(dir, "exim4/mainlog", Start::Back(0));
    log.follower.options.poll = Duration::from_secs(20);
    let begun = Instant::now();
    let path = log.path("exim4");
    let writer = thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        fs::create_dir(&path).unwrap();
        thread::sleep(Duration::from_millis(50));
        fs::write(path.join("mainlog"), "1\n").unwrap();
    });
    let mut lines = Vec::new();
    log.follower.run(&AtomicBool::new(false), &mut |followed| match followed {
        Followed::Lines { data, .. } => {
            lines = data;
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    writer.join().unwrap();
    assert_eq!(lines, b"1\n");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
