//! What must hold for every line, whatever bytes it is made of.

use mailwhy_logs::exim::{self, Line, Role};
use mailwhy_logs::{Event, Reply};

/// Takes a line apart and checks that all it gives is a part of the line or of its record.
///
/// # Panics
///
/// If something is not.
pub fn check(line: &Line<'_>) {
    let event = line.event();
    assert_eq!((event.time, event.pid, event.id), (line.time, line.pid, line.id));
    for part in [line.id, Some(line.text)].into_iter().flatten().chain(parts(&event)) {
        assert!(
            is_part(line.record, part),
            "{} is no part of {}",
            part.escape_ascii(),
            line.record.escape_ascii()
        );
    }
    // The process may stand in what syslog writes before the record.
    assert!(line.pid.is_none_or(|pid| is_part(line.record, pid) || is_part(line.raw, pid)));
}

/// Scans a chunk and checks each line, and that none is missing; gives what was said of each.
///
/// # Panics
///
/// If something is wrong.
#[must_use]
pub fn scan(chunk: &[u8], role: Role) -> Vec<String> {
    let mut lines = chunk.split(|&b| b == b'\n');
    let mut said = Vec::new();
    exim::scan(chunk, role, |line| {
        assert_eq!(lines.next(), Some(line.raw));
        assert!(is_part(chunk, line.raw));
        check(line);
        said.push(format!("{line:?} {:?}", line.event()));
    });
    let rest: Vec<_> = lines.collect();
    assert!(rest.is_empty() || rest == [b""], "lines that were not given: {rest:?}");
    said
}

/// All slices of an event, but for the process.
fn parts<'a>(event: &Event<'a>) -> impl Iterator<Item = &'a [u8]> {
    let reply = |reply: Option<Reply<'a>>| reply.map(|reply| reply.text);
    [
        Some(event.text),
        event.id,
        event.sender,
        event.recipient,
        event.original_recipient,
        event.recipients,
        event.host,
        event.ip,
        event.port,
        event.helo,
        event.interface,
        event.router,
        event.transport,
        event.protocol,
        event.tls,
        event.tls_verified,
        event.tls_peer,
        event.tls_sni,
        event.auth,
        event.user,
        event.message_id,
        event.subject,
        event.bounce_of,
        event.return_path,
        event.queue,
        event.queue_time,
        event.delivery_time,
        event.receive_time,
        event.duration,
        event.error,
        reply(event.reply),
        reply(event.response),
    ]
    .into_iter()
    .flatten()
}

/// Whether a slice points into another; one that is empty may be a literal.
fn is_part(whole: &[u8], part: &[u8]) -> bool {
    let (whole, range) = (whole.as_ptr_range(), part.as_ptr_range());
    part.is_empty() || whole.start <= range.start && range.end <= whole.end
}
