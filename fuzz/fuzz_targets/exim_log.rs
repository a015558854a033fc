//! A chunk of many lines; and that it may be cut before any record without a change of what is said of the lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailwhy_logs::exim::{Role, starts_record};

fuzz_target!(|chunk: &[u8]| {
    let _ = mailwhy_fuzz::scan(chunk, Role::Reject);
    let _ = mailwhy_fuzz::scan(chunk, Role::Panic);
    // Between the pieces of a syslog record may stand other records, before which a cut parts it.
    if chunk.windows(3).any(|w| w == b"[1/" || w == b"[1\\") {
        let _ = mailwhy_fuzz::scan(chunk, Role::Main);
        return;
    }
    let whole = mailwhy_fuzz::scan(chunk, Role::Main);
    let cut = chunk.split_inclusive(|&b| b == b'\n').scan(0, |at, line| {
        *at += line.len();
        Some((*at - line.len(), line.strip_suffix(b"\n").unwrap_or(line)))
    });
    for (at, _) in cut.filter(|(at, line)| *at > 0 && starts_record(line)) {
        let mut parts = mailwhy_fuzz::scan(&chunk[..at], Role::Main);
        parts.extend(mailwhy_fuzz::scan(&chunk[at..], Role::Main));
        assert_eq!(whole, parts, "cut at {at}");
    }
});
