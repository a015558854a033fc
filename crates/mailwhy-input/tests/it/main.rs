//! The reader on real files.

#![allow(clippy::unwrap_used)]

mod find;
mod read;

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use mailwhy_input::{Chunk, Options, Source, Summary};
use tempfile::TempDir;

/// A directory with logs.
struct Dir(TempDir);

impl Dir {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A directory with empty files of these names.
    fn with(names: &[&str]) -> Self {
        let dir = Self::new();
        for name in names {
            dir.file(name, b"");
        }
        dir
    }

    fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.0.path().to_owned() } else { self.0.path().join(name) }
    }

    fn file(&self, name: &str, data: &[u8]) -> Source {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, data).unwrap();
        Source::File(path)
    }

    /// What is found for paths below this directory: the sources, again below it, and the problems with their hints.
    fn find(&self, args: &[&str], rotated: bool) -> (Vec<String>, Vec<String>) {
        let args: Vec<OsString> = args.iter().map(|arg| self.path(arg).into()).collect();
        let (sources, problems) = mailwhy_input::find(&args, &Options { rotated, ..Options::default() });
        let root = format!("{}/", self.0.path().display());
        let text = |text: String| (text + "/").replace(&root, "").trim_end_matches('/').to_owned();
        let sources = sources.iter().map(|source| text(source.to_string())).collect();
        let problems = problems.iter().map(|problem| match problem.hint() {
            Some(hint) => text(format!("{problem}; {hint}")),
            None => text(problem.to_string()),
        });
        (sources, problems.collect())
    }
}

fn starts_record(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_digit)
}

/// Reads the source to its end: the data of all chunks, the chunks without it, and the summary.
fn read(source: &Source, options: &Options) -> (Vec<u8>, Vec<Chunk>, Summary) {
    let mut data = Vec::new();
    let mut chunks = Vec::new();
    let sources = std::slice::from_ref(source);
    let summary = mailwhy_input::read(sources, options, starts_record, &mut |mut chunk| {
        data.append(&mut chunk.data);
        chunks.push(chunk);
        ControlFlow::Continue(())
    });
    (data, chunks, summary)
}

fn problem(summary: &Summary) -> String {
    let problem = summary.problems().next().unwrap();
    format!("{}; {}", problem.kind, problem.hint().unwrap_or_default())
}

/// Some lines of a log that do not repeat themselves.
fn log(lines: u32) -> Vec<u8> {
    let mut log = Vec::new();
    for i in 0..lines {
        let noise = u64::from(i).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        writeln!(log, "2026-08-01 00:00:00 {noise:016x} => user{i}@remote.example R=dnslookup T=remote_smtp")
            .unwrap();
        if i % 7 == 0 {
            writeln!(log, "  a line that belongs to the one before").unwrap();
        }
    }
    log
}

fn all(mut reader: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

fn gzip(data: &[u8]) -> Vec<u8> {
    all(flate2::read::GzEncoder::new(data, flate2::Compression::best()))
}

fn bzip2(data: &[u8]) -> Vec<u8> {
    all(bzip2::read::BzEncoder::new(data, bzip2::Compression::fast()))
}

fn xz(data: &[u8]) -> Vec<u8> {
    all(liblzma::read::XzEncoder::new(data, 1))
}

fn zstd(data: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

type Encoder = fn(&[u8]) -> Vec<u8>;

/// The formats and their encoders.
const FORMATS: [(&str, Encoder); 4] = [("gz", gzip), ("bz2", bzip2), ("xz", xz), ("zst", zstd)];
