//! `mailwhy follow`: no line is lost and none comes twice, whatever becomes of the file; and the screen.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::cli::{Test, program};
use crate::harness::exim::{self, Exim};
use crate::harness::sample;
use crate::harness::tmux::{self, Tmux};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn what_happens_to_the_log_is_told_in_the_language_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    for (lang, told) in [
        ("en", "mailwhy: mainlog: is not there yet; waiting for it\n"),
        ("ru", "mailwhy: mainlog: пока не существует: ждём, когда появится\n"),
    ] {
        let follow = Test::new(["follow", "--lang", lang, "mainlog"]).at(directory.path());
        let mut child = follow.command().stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(said, told);
    }
}

/// A run of `mailwhy follow` that is watched; it is killed when this is dropped.
struct Followed {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Followed {
    fn start(args: &[&str], log: &Path) -> Self {
        let mut command = Test::new(["follow"]).command();
        command.args(args).arg(log).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        if !log.exists() {
            // Once it says that it waits, it follows.
            let mut said = String::new();
            BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut said).unwrap();
            assert!(said.ends_with("is not there yet; waiting for it\n"), "{said}");
        }
        let stderr = child.stderr.take().unwrap();
        thread::spawn(move || std::io::copy(&mut BufReader::new(stderr), &mut std::io::sink()));
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let reader = thread::spawn(move || {
            for line in stdout.lines() {
                sink.lock().unwrap().push(line.unwrap());
            }
        });
        Self { child, lines, reader: Some(reader) }
    }

    fn count(&self) -> usize {
        self.lines.lock().unwrap().len()
    }

    /// Waits until there are so many lines as these.
    fn wait_for(&self, lines: &[String]) {
        let deadline = Instant::now() + PATIENCE;
        while self.count() < lines.len() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The lines of the log that were seen, with `--format jsonl --raw`.
    fn raw(&self) -> Vec<String> {
        let raw = |line: &String| -> Option<String> {
            Some(serde_json::from_str::<Value>(line).ok()?["raw"].as_str()?.to_owned())
        };
        self.lines.lock().unwrap().iter().map(|line| raw(line).expect(line)).collect()
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The ways in which a log is rotated.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// It is renamed; whoever writes next makes a new one.
    Rename,
    /// It is renamed and a new one is made (logrotate's `create`).
    Create,
    /// It is emptied, once it has been read.
    Truncate,
    /// It is copied and emptied (logrotate's `copytruncate`), whether it has been read or not.
    CopyTruncate,
    /// As `Create`, and the old one is packed at once.
    Compress,
    /// It is deleted, once it has been read; whoever writes next makes a new one.
    Delete,
}

const WAYS: [Way; 6] =
    [Way::Rename, Way::Create, Way::Truncate, Way::CopyTruncate, Way::Compress, Way::Delete];

/// How often it is rotated in all.
const ROTATIONS: usize = 60;

/// A log directory, and all that was ever in a log and is no more.
struct Logs {
    dir: PathBuf,
    log: PathBuf,
    gone: Vec<u8>,
}

impl Logs {
    /// `followed` reads it.
    fn rotate(&mut self, way: Way, writers: &RwLock<()>, followed: &Followed) {
        // What is written between a copy and the cut is lost to everyone: nobody writes at that moment. The same goes
        // for what is written into a file that is deleted or packed.
        match way {
            Way::Rename => self.shift(),
            Way::Create => self.replace(),
            Way::Truncate | Way::Delete => {
                let _still = writers.write().unwrap();
                let expected = self.lines();
                followed.wait_for(&expected);
                compare(&expected, &followed.raw(), &format!("before {way:?}"));
                self.gone.extend(fs::read(&self.log).unwrap_or_default());
                match way {
                    Way::Truncate if self.log.exists() => drop(File::create(&self.log).unwrap()),
                    _ => drop(fs::remove_file(&self.log)),
                }
            }
            Way::CopyTruncate => {
                let _still = writers.write().unwrap();
                self.make_room();
                if self.log.exists() {
                    fs::copy(&self.log, self.rotated(1)).unwrap();
                    File::create(&self.log).unwrap();
                }
            }
            Way::Compress => {
                {
                    let _still = writers.write().unwrap();
                    self.replace();
                }
                // Those who write see that they have to open the new one.
                thread::sleep(Duration::from_millis(30));
                let _still = writers.write().unwrap();
                if self.rotated(1).exists() {
                    assert!(Command::new("gzip").arg(self.rotated(1)).status().unwrap().success());
                }
            }
        }
    }

    fn rotated(&self, number: usize) -> PathBuf {
        self.dir.join(format!("mainlog.{number}"))
    }

    /// Renames all rotated files to the next number.
    fn make_room(&self) {
        for number in (1..=ROTATIONS).rev() {
            for packed in ["", ".gz"] {
                let name = |number| format!("{}{packed}", self.rotated(number).display());
                let _ = fs::rename(name(number), name(number + 1));
            }
        }
    }

    fn shift(&self) {
        self.make_room();
        let _ = fs::rename(&self.log, self.rotated(1));
    }

    fn replace(&self) {
        let Ok(old) = fs::metadata(&self.log) else { return };
        self.shift();
        // Under a name of its own first: Exim must not find a file that it may not write.
        let new = self.dir.join("new");
        File::create(&new).unwrap();
        chown(&new, Some(old.uid()), Some(old.gid())).unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(0o640)).unwrap();
        // Exim may have made one meanwhile: that is kept.
        let _ = fs::hard_link(&new, &self.log);
        fs::remove_file(new).unwrap();
    }

    /// All lines that are or were in a log.
    fn lines(&self) -> Vec<String> {
        let mut bytes = self.gone.clone();
        for entry in fs::read_dir(&self.dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.ends_with(".gz") {
                let mut unpacked = Vec::new();
                let mut decoder =
                    flate2::bufread::MultiGzDecoder::new(BufReader::new(File::open(path).unwrap()));
                std::io::Read::read_to_end(&mut decoder, &mut unpacked).unwrap();
                bytes.extend(unpacked);
            } else if name.starts_with("mainlog") {
                bytes.extend(fs::read(path).unwrap());
            }
        }
        String::from_utf8(bytes).unwrap().lines().map(ToOwned::to_owned).collect()
    }
}

/// Writes as Exim does: into the open file, unless another has taken its place. Does not make the file.
fn write_lines(log: &Path, writers: &RwLock<()>, stop: &AtomicBool) -> usize {
    let mut open: Option<(u64, File)> = None;
    let mut written = 0;
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_micros(700));
        let _writing = writers.read().unwrap();
        let inode = fs::metadata(log).map(|metadata| metadata.ino()).ok();
        if open.as_ref().map(|(inode, _)| *inode) != inode {
            open = None;
        }
        let Some((_, file)) = &mut open else {
            open = OpenOptions::new()
                .append(true)
                .open(log)
                .ok()
                .map(|file| (file.metadata().unwrap().ino(), file));
            continue;
        };
        let n = written;
        let line = match n % 50 {
            // A record of two lines, and one that takes two writes.
            7 => format!("2026-08-01 10:00:00 line {n} goes on\n  in line {n}"),
            _ => format!("2026-08-01 10:00:00 line {n}"),
        };
        let bytes = format!("{line}\n");
        let half = if n % 50 == 9 { bytes.len() / 2 } else { bytes.len() };
        file.write_all(&bytes.as_bytes()[..half]).unwrap();
        if half < bytes.len() {
            thread::sleep(Duration::from_millis(3));
            file.write_all(&bytes.as_bytes()[half..]).unwrap();
        }
        written += 1;
    }
    written
}

/// A mail server that takes messages and throws them away.
fn configuration(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "primary_hostname = mx1.shop.example\n\
         spool_directory = {dir}/spool\n\
         log_file_path = {dir}/log/%slog\n\
         keep_environment =\nadd_environment =\nhost_lookup =\nqueue_only\n\
         begin routers\nnowhere:\n  driver = redirect\n  data = :blackhole:\n"
    )
}

#[test]
fn every_line_once_through_all_rotations() {
    if !exim::available() {
        return;
    }
    let exim = Exim::new(configuration, &[]);
    let log = exim.log_path("main");
    let mut logs = Logs { dir: exim.path().join("log"), log: log.clone(), gone: Vec::new() };
    // Before there is a log.
    let followed = Followed::start(&["--all", "-n", "1000000", "--format", "jsonl", "--raw"], &log);

    let writers = RwLock::new(());
    let stop = AtomicBool::new(false);
    let (written, messages) = thread::scope(|scope| {
        let writer = scope.spawn(|| write_lines(&log, &writers, &stop));
        let server = scope.spawn(|| {
            let mut messages = 0;
            while !stop.load(Ordering::Relaxed) {
                let _writing = writers.read().unwrap();
                exim.submit("www", "shop@shop.example", &["anna@a.example"], "Subject: x\n\ntext\n");
                messages += 1;
                if messages % 4 == 0 {
                    exim.run_queue();
                }
            }
            messages
        });
        for rotation in 0..ROTATIONS {
            // Some come at once, so that a file comes and goes unseen.
            if rotation % 5 != 0 {
                thread::sleep(Duration::from_millis(40 + 53 * (rotation as u64 % 7)));
            }
            logs.rotate(WAYS[rotation * 7 % WAYS.len()], &writers, &followed);
        }
        thread::sleep(Duration::from_millis(100));
        stop.store(true, Ordering::Relaxed);
        (writer.join().unwrap(), server.join().unwrap())
    });

    let expected = logs.lines();
    followed.wait_for(&expected);
    // What came twice would come late.
    thread::sleep(Duration::from_millis(1500));
    assert!(written > 1000 && messages > 20, "{written} lines, {messages} messages");
    let count = |text: &str| expected.iter().filter(|line| line.contains(text)).count();
    assert_eq!((count(" <= shop@shop.example "), count("2026-08-01 10")), (messages, written));
    compare(&expected, &followed.raw(), "in the end");
    eprintln!("{} lines, {messages} messages, {ROTATIONS} rotations", expected.len());
}

/// Fails unless every line was seen once.
fn compare(expected: &[String], seen: &[String], when: &str) {
    // How much oftener each was seen than written.
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for line in expected {
        *counts.entry(line).or_insert(0) -= 1;
    }
    for line in seen {
        *counts.entry(line).or_insert(0) += 1;
    }
    counts.retain(|_, count| *count != 0);
    assert!(counts.is_empty(), "{when}, {} of {} lines: {counts:#?}", counts.len(), expected.len());
}

/// A log in a directory of its own, with the lines of the sample.
fn a_log() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("mainlog");
    fs::copy(sample().join("mainlog"), &log).unwrap();
    (dir, log)
}

fn append(log: &Path, line: &str) {
    let mut file = OpenOptions::new().append(true).open(log).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// What a user runs, in a terminal.
fn follow_in(size: (u16, u16), log: &Path, lang: &str) -> Tmux {
    let command =
        format!("sh -c 'echo $$ > pid; exec {} follow --lang {lang} {}'", program().display(), log.display());
    Tmux::new(size, log.parent().unwrap(), &command)
}

const FULL: &str = "2026-11-25 04:00:00 1xUyE8-00041w-0n ** full\x1b[2J.box@gmail.test R=dns T=smtp \
    H=mx.gmail.test [127.20.0.26]: SMTP error from remote mail server after RCPT TO:<full.box@gmail.test>: \
    552 5.2.2 The email account that you tried to reach is over quota";

/// The line as of now: what is older than an hour is in no panel.
fn full_now() -> String {
    let now = Command::new("date").arg("+%F %T").output().unwrap();
    FULL.replace("2026-11-25 04:00:00", String::from_utf8(now.stdout).unwrap().trim())
}

#[test]
fn on_a_small_terminal() {
    if !tmux::available() {
        return;
    }
    let full = full_now();
    let (_dir, log) = a_log();
    let terminal = follow_in((80, 24), &log, "en");
    let screen = terminal.wait_for("info@notls.test");
    assert!(screen.contains("─ Top causes of the last hour ─") && screen.contains("─ Events: all chosen ─"));
    assert!(screen.ends_with("q quit\n") && screen.lines().count() == 24, "{screen}");

    append(&log, &full);
    let screen = terminal.wait_for("full\\u{1b}[2J.box@");
    assert!(screen.contains("     1 failed     "), "{screen}");
    terminal.press(&["F"]);
    let screen = terminal.wait_for("─ Events: failed ─");
    assert!(!screen.contains(" deferred   info"), "{screen}");
    terminal.press(&["Enter"]);
    terminal.wait_for("reason mailbox-full");
    terminal.press(&["End", "PageDown", "PageDown"]);
    terminal.wait_for("As it stands in the log");
    terminal.press(&["Escape"]);
    terminal.wait_for("─ Events: failed ─");
    // Renamed while it is watched.
    fs::rename(&log, log.with_extension("1")).unwrap();
    fs::write(&log, full.replace("full", "another") + "\n").unwrap();
    terminal.wait_for("another\\u{1b}[2J.box");

    terminal.press(&["/", "c", "e", "o", "Enter"]);
    let screen = terminal.wait_for("with \"ceo\"");
    assert!(screen.contains("ceo@bank.test") && !screen.contains("another"), "{screen}");
    terminal.resize((100, 40));
    terminal.wait_for("last hour\n");
    terminal.press(&["?"]);
    terminal.wait_for("any key closes this");
    terminal.press(&["x"]);
    terminal.press(&["Space"]);
    terminal.wait_for("paused");
    terminal.press(&["q"]);
    let screen = terminal.wait_for("ended with 0");
    assert!(!screen.contains("Events"), "{screen}");
}

#[test]
fn a_signal_gives_the_terminal_back() {
    if !tmux::available() {
        return;
    }
    let (dir, log) = a_log();
    let terminal = follow_in((80, 24), &log, "ru");
    terminal.wait_for("─ События: все выбранные ─");
    let pid = fs::read_to_string(dir.path().join("pid")).unwrap();
    assert!(Command::new("kill").args(["-TERM", pid.trim()]).status().unwrap().success());
    let screen = terminal.wait_for("ended with 0");
    assert!(!screen.contains("События"), "{screen}");
}

#[test]
fn plain_on_a_terminal_that_cannot_do_more() {
    if !tmux::available() {
        return;
    }
    let (dir, log) = a_log();
    let command = format!("TERM=dumb {} follow -n 2 {}", program().display(), log.display());
    let terminal = Tmux::new((80, 24), dir.path(), &command);
    let screen = terminal.wait_for("1xUyE8-00043Y-2e");
    assert!(screen.starts_with("2026-11-22 03:27:07 deferred   info@notls.test"), "{screen}");
    terminal.press(&["C-c"]);
    terminal.wait_for("ended with 130");
}

#[test]
fn plain_lines_in_both_languages() {
    for lang in ["en", "ru"] {
        let told = Test::new(["follow", "--lang", lang, "--only", "failed,rejected", "--burst", "1", "-"])
            .stdin(fs::read(sample().join("mainlog")).unwrap())
            .run()
            .success();
        insta::assert_snapshot!(format!("plain-{lang}"), told.stdout());
    }
}

#[test]
fn a_storm_is_summed_up() {
    let lines: String =
        (0..60).map(|n| format!("{}\n", FULL.replace(":00:00", &format!(":00:{:02}", n / 10)))).collect();
    let told = Test::new(["follow", "-"]).stdin(lines.clone()).run().success();
    assert_eq!(told.stdout().matches("@gmail.test").count(), 3, "{}", told.stdout());
    assert!(told.stdout().contains("… and 57 more like this in 5 s"), "{}", told.stdout());
    let told = Test::new(["follow", "--burst", "0", "-"]).stdin(lines).run().success();
    assert_eq!(told.stdout().matches("@gmail.test").count(), 60);
    let told = Test::new(["follow", "--lang", "ru", "-"]).stdin(FULL).run().success();
    assert!(told.stdout().ends_with("  mailwhy explain --lang ru mailbox-full\n"), "{}", told.stdout());
}

#[test]
fn ctrl_c_tells_the_rest_of_a_storm() {
    let (_dir, log) = a_log();
    let mut followed = Followed::start(&["-n", "0", "--burst", "1"], &log);
    // Only what is new is shown.
    let shown = |what: &str| followed.lines.lock().unwrap().iter().any(|line| line.contains(what));
    let deadline = Instant::now() + PATIENCE;
    while !shown("@gmail.test") && Instant::now() < deadline {
        append(&log, FULL);
        thread::sleep(Duration::from_millis(50));
    }
    (0..5).for_each(|_| append(&log, FULL));
    thread::sleep(Duration::from_millis(500));
    let kill = Command::new("kill").args(["-INT", &followed.child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(followed.child.wait().unwrap().code(), Some(130));
    followed.reader.take().unwrap().join().unwrap();
    let lines = followed.lines.lock().unwrap().join("\n");
    assert!(lines.contains("… and ") && lines.ends_with("· mailbox-full"), "{lines}");
}

#[test]
fn filters_and_exit_codes() {
    let log = fs::read(sample().join("mainlog")).unwrap();
    let follow = |args: &[&str]| {
        Test::new([&["follow", "--format", "jsonl"], args, &["-"]].concat()).stdin(log.clone())
    };
    let kinds = |args: &[&str]| -> Vec<String> {
        let lines = follow(args).run().success().jsonl();
        let mut kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    assert_eq!(kinds(&["--only", "failed"]), ["failure"]);
    assert_eq!(kinds(&["--only", "delivered,rejected"]), ["additional-delivery", "delivery", "rejected"]);
    let all = follow(&["--all", "--raw"]).run().success().jsonl();
    let raw: Vec<_> = all.iter().map(|line| line["raw"].as_str().unwrap()).collect();
    assert_eq!(raw.join("\n").into_bytes(), log.trim_ascii_end());
    // Nothing of the kind, an archive, and a time that is none.
    follow(&["--only", "panic"]).run().code(1);
    let archive = Test::new(["follow", "mainlog.2.gz"]).run().code(2);
    assert!(archive.stderr().contains("an archive does not grow\nhint: "), "{}", archive.stderr());
    Test::new(["follow", "--since", "soon", "-"]).run().code(2);
    Test::new(["-f", "--only", "failed", "-"]).stdin(log.clone()).run().success();
}

#[test]
fn new_lines_are_shown_at_once() {
    let (_dir, log) = a_log();
    let followed = Followed::start(&["-n", "3", "--only", "failed", "--format", "jsonl", "--raw"], &log);
    let three = [const { String::new() }; 3];
    followed.wait_for(&three);
    let begun = Instant::now();
    append(&log, FULL);
    followed.wait_for(&[&three[..], &[FULL.to_owned()]].concat());
    let raw = followed.raw();
    assert_eq!((raw.len(), raw[3].as_str()), (4, FULL));
    assert!(
        raw[..3].iter().all(|line| line.contains(" ** ")) && raw[2].contains("info@notls.test"),
        "{raw:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
