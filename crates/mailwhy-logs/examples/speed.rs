//! How fast a log is read: `cargo run --release -p mailwhy-logs --example speed LOG`.
#![allow(clippy::print_stdout)]

use mailwhy_logs::exim;
use std::hint::black_box;
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let Some(path) = std::env::args_os().nth(1) else {
        println!("usage: speed LOG");
        return Ok(());
    };
    let log = std::fs::read(path)?;
    // Newlines alone first, as the measure of what this machine can do.
    let newlines = |log: &[u8]| memchr::memchr_iter(b'\n', log).count();
    let scan = |log: &[u8]| {
        let mut lines = 0;
        exim::scan(log, exim::Role::Main, |line| {
            lines += 1;
            black_box(line);
        });
        lines
    };
    let events = |log: &[u8]| {
        let mut lines = 0;
        exim::scan(log, exim::Role::Main, |line| {
            lines += 1;
            black_box(line.event());
        });
        lines
    };
    measure("newlines", &log, newlines);
    measure("scan", &log, scan);
    measure("scan and event", &log, events);
    Ok(())
}

/// Sums up the best time of each piece, which other programs on the machine disturb least.
fn measure(what: &str, log: &[u8], run: impl Fn(&[u8]) -> usize) {
    const PIECE: usize = 1 << 20;
    let (mut seconds, mut lines, mut rest) = (0.0, 0, log);
    while !rest.is_empty() {
        let from = PIECE.min(rest.len() - 1);
        let end = memchr::memchr(b'\n', &rest[from..]).map_or(rest.len(), |n| from + n + 1);
        let times = (0..5).map(|_| {
            let start = Instant::now();
            black_box(run(&rest[..end]));
            start.elapsed().as_secs_f64()
        });
        seconds += times.fold(f64::INFINITY, f64::min);
        lines += run(&rest[..end]);
        rest = &rest[end..];
    }
    println!("{what}: {lines} lines, {:.0} MB/s", log.len() as f64 / seconds / 1e6);
}
