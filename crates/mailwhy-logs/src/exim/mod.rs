/*!
Exim's main, reject and panic logs, versions 4.63 to 4.99.

[`scan`] walks over a buffer of whole lines and gives a [`Line`] for each: time, message id, kind and text, which
cost little. [`Line::event`] takes the rest apart, for whoever needs it.
*/

mod address;
mod beginnings;
mod bytes;
mod delivery;
mod fields;
mod host;
mod kind;
mod prefix;
mod reply;
mod server;
mod syslog;

use crate::{Event, Kind, Step, Time};
use memchr::memchr;

/// How much of a record is taken apart. Exim cuts its own at 8192 bytes, so that longer ones are not its own; no time is
/// lost in them.
const LONGEST: usize = 1 << 16;

/// A line, of which only the fixed front has been read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line<'a> {
    /// The line as it stands in the file, without its newline, but with a carriage return before that: only here and in
    /// the record it is seen.
    pub raw: &'a [u8],
    /// The whole record: the line, and the lines that continue it (syslog pieces are joined).
    pub record: &'a [u8],
    /// What the line reports.
    pub kind: Kind,
    /// When.
    pub time: Option<Time>,
    /// The process that wrote it.
    pub pid: Option<&'a [u8]>,
    /// The message.
    pub id: Option<&'a [u8]>,
    /// All that follows in the record.
    pub text: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes the whole record apart.
    #[must_use]
    pub fn event(&self) -> Event<'a> {
        let mut event = Event::new(self.kind, self.text);
        event.time = self.time;
        event.pid = self.pid;
        event.id = self.id;
        let text = &self.text[..self.text.len().min(LONGEST)];
        let first = if std::ptr::eq(self.record, self.raw) { text } else { first_line(text) };
        let e = &mut event;
        match self.kind {
            Kind::Arrival | Kind::FakeReject => delivery::arrival(e, first),
            Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough | Kind::DeliverySuppressed => {
                delivery::delivered(e, first);
            }
            Kind::Failure => delivery::failed(e, first),
            Kind::Deferral => delivery::deferred(e, first),
            Kind::HostError => delivery::host_failed(e, first),
            Kind::Completed => {
                fields::read(e, bytes::skip(first, b"Completed"), fields::Style::Delivery);
            }
            Kind::Frozen | Kind::Unfrozen | Kind::Removed | Kind::Note => edited(e, first),
            Kind::Rejected => server::rejected(e, first),
            // The other server's answer can have several lines here.
            Kind::AuthFailure => server::login(e, text),
            Kind::AclWarning => server::warning(e, first),
            Kind::Connection => server::connection(e, first),
            Kind::Tls => server::tls(e, first),
            Kind::Dns => server::dns(e, first),
            Kind::Panic => e.error = bytes::some(text),
            Kind::QueueRun | Kind::Daemon | Kind::Continuation | Kind::Unknown => {}
        }
        event
    }

    /// What [`Line::event`] would say of the way of the message, read without the other fields where they are many.
    #[must_use]
    #[inline(always)]
    pub fn step(&self) -> Step<'a> {
        let step = Step::new(self.kind, self.time, self.id);
        // A record of several lines, or one that is too long, is nothing that there are many of.
        if !std::ptr::eq(self.record, self.raw) || self.text.len() > LONGEST {
            return self.step_of_event();
        }
        match self.kind {
            Kind::Completed if self.text == b"Completed" => step,
            Kind::Arrival => {
                let (sender, bounce_of) = delivery::arrival_step(self.text);
                Step { sender: Some(sender), bounce_of, ..step }
            }
            Kind::Delivery | Kind::AdditionalDelivery => match delivery::delivery_step(self.text) {
                Some((recipient, original_recipient, host)) => {
                    Step { recipient, original_recipient, host, ..step }
                }
                None => self.step_of_event(),
            },
            _ => self.step_of_event(),
        }
    }

    /// Who failed to log in at our server, where one does not need [`Line::event`] to know: most lines of
    /// [`Kind::AuthFailure`] are of this form. `None` also where the login could not be checked.
    #[must_use]
    pub fn login(&self) -> Option<Login<'a>> {
        let fits = self.kind == Kind::AuthFailure && self.text.len() <= LONGEST;
        if fits { server::failed_login(self.text) } else { None }
    }

    #[cold]
    fn step_of_event(&self) -> Step<'a> {
        Step::from(&self.event())
    }
}

/// A login that failed, and nothing else of it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Login<'a> {
    /// [`Event::ip`]
    pub ip: Option<&'a [u8]>,
    /// [`Event::user`]: the account.
    pub user: Option<&'a [u8]>,
}

/// Which of Exim's logs a file is; known from its name.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Role {
    /// The main log, or all three in one (syslog).
    #[default]
    Main,
    /// The reject log: repeats the rejections of the main log, with headers.
    Reject,
    /// The panic log: what is not understood there is [`Kind::Panic`].
    Panic,
}

/// What is known of a log beside its lines.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Log {
    /// Which one it is.
    pub role: Role,
    /// When it was written to last, in seconds since the epoch. It tells the year of times that have none, which syslog
    /// writes; else such lines have no time.
    pub until: Option<i64>,
}

impl From<Role> for Log {
    fn from(role: Role) -> Self {
        Self { role, until: None }
    }
}

/// Calls `sink` for every physical line of `chunk`, in order.
///
/// A chunk holds whole lines and begins with the first line of a record (see [`starts_record`]), or with the first
/// line of a file.
pub fn scan(chunk: &[u8], log: impl Into<Log>, mut sink: impl FnMut(&Line<'_>)) {
    scan_batches(chunk, log, |lines| lines.iter().for_each(&mut sink));
}

/// How many lines [`scan_batches`] gives at a time: so few that they stay in the processor's cache.
const BATCH: usize = 256;

/// The same as [`scan`], with many lines at a time, so that one kind of work on all of them can be done before the next: the
/// code of all kinds at once is larger than the processor's cache.
pub fn scan_batches(chunk: &[u8], log: impl Into<Log>, mut sink: impl FnMut(&[Line<'_>])) {
    let Log { role, until } = log.into();
    // Hardly any line is shorter.
    const SHORT: usize = 64;
    let mut batch = Vec::with_capacity(BATCH.min(chunk.len() / SHORT + 1));
    let mut joined = Vec::new();
    let mut continues = false;
    let mut stamps = prefix::Stamps::default();
    let mut rest = chunk;
    while !rest.is_empty() {
        let len = memchr(b'\n', rest).unwrap_or(rest.len());
        let (raw, next) = (&rest[..len], rest.get(len + 1..).unwrap_or_default());
        let line = bytes::trim_return(raw);
        if let Some(stamp) = stamps.read(line) {
            let line = front(line, stamp.len, stamp.time, stamp.pid, role);
            batch.push(Line { raw, record: raw, ..line });
            if let Some(line) = batch.last_mut()
                && let Kind::AuthFailure | Kind::Tls | Kind::Daemon | Kind::Panic | Kind::Unknown = line.kind
            {
                extend(line, rest, next);
            }
            continues = true;
        } else if let Some(header) = syslog::header(line, until) {
            let text = &line[header.len..];
            // Other programs write there too.
            continues = header.piece.is_some() || is_exim(header.program);
            match header.piece {
                Some(piece) if piece.number > 1 => {
                    batch.push(Line { raw, record: raw, ..untimed(line, Kind::Continuation) });
                }
                Some(_) => {
                    sink(&batch);
                    batch.clear();
                    // Of a record that is nowhere in the chunk.
                    syslog::join(&header, text, next, &mut joined);
                    sink(&[Line { raw, ..logged(&header, &joined, role) }]);
                }
                None => {
                    let line = Line { raw, record: raw, ..logged(&header, text, role) };
                    continues |= line.kind != Kind::Unknown;
                    batch.push(line);
                }
            }
        } else {
            let kind = if continues { Kind::Continuation } else { Kind::Unknown };
            batch.push(Line { raw, record: raw, ..untimed(line, kind) });
        }
        if batch.len() >= BATCH {
            sink(&batch);
            batch.clear();
        }
        rest = next;
    }
    sink(&batch);
}

/// Whether a line begins a record, so that a file may be cut before it.
#[must_use]
pub fn starts_record(line: &[u8]) -> bool {
    let line = bytes::trim_return(line);
    prefix::stamp(line).is_some()
        || syslog::header(line, None).is_some_and(|h| h.piece.is_none_or(|p| p.number == 1))
}

/// The front of a line that begins a record: the message that it is about, if any, and what follows.
///
/// `None` where no record begins, see [`starts_record`]. It costs less than [`scan`], which decides the kind too.
#[must_use]
pub fn record_front(line: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let front = |text| match prefix::message_id(text) {
        Some((id, n)) => (Some(id), &text[n..]),
        None => (None, text),
    };
    let line = bytes::trim_return(line);
    if let Some(stamp) = prefix::stamp(line) {
        return Some(front(&line[stamp.len..]));
    }
    let header = syslog::header(line, None).filter(|h| h.piece.is_none_or(|p| p.number == 1))?;
    let text = &line[header.len..];
    let n = prefix::stamp(text).map_or_else(|| prefix::process(text).1, |stamp| stamp.len);
    Some(front(&text[n..]))
}

/// Reads what follows the time: the message id, and of the text so much that the kind is known.
#[inline(always)]
fn front<'a>(raw: &'a [u8], at: usize, time: Option<Time>, pid: Option<&'a [u8]>, role: Role) -> Line<'a> {
    let rest = &raw[at..];
    let (id, text, kind) = match prefix::message_id(rest) {
        Some((id, n)) => (Some(id), &rest[n..], kind::with_id(&rest[n..])),
        None => (None, rest, kind::without_id(rest)),
    };
    let kind = if role == Role::Panic && kind == Kind::Unknown { Kind::Panic } else { kind };
    Line { raw, record: raw, kind, time, pid, id, text }
}

/// Reads what follows the header of the system logger: Exim's own time may be there or not.
fn logged<'a>(header: &syslog::Header<'a>, text: &'a [u8], role: Role) -> Line<'a> {
    let first = first_line(text);
    let line = match prefix::stamp(first) {
        Some(stamp) => front(first, stamp.len, stamp.time.or(header.time), stamp.pid.or(header.pid), role),
        None => {
            let (pid, n) = prefix::process(first);
            if is_exim(header.program) || prefix::message_id(&first[n..]).is_some() {
                front(first, n, header.time, pid.or(header.pid), role)
            } else {
                Line { time: header.time, pid: header.pid, ..untimed(first, Kind::Unknown) }
            }
        }
    };
    Line { record: text, text: &text[first.len() - line.text.len()..], ..line }
}

/// Adds to a record the lines that its text runs on to, of which `next` is the first.
fn extend<'a>(line: &mut Line<'a>, from: &'a [u8], next: &'a [u8]) {
    let more = match line.text.first() {
        _ if line.kind == Kind::AuthFailure => answer_lines(line.text, next),
        Some(b'E' | b'W')
            if line.text.starts_with(b"Exim configuration error") || line.text.starts_with(b"Warning: ") =>
        {
            indented_lines(next)
        }
        _ => 0,
    };
    if more > 0 {
        let record = &from[..line.raw.len() + more];
        let text = bytes::trim_return(line.raw).len() - line.text.len();
        (line.record, line.text) = (record, &bytes::trim_return(record)[text..]);
    }
}

/// How much of `next` belongs to an answer of several lines, of which the last in `text` is the first.
fn answer_lines(text: &[u8], next: &[u8]) -> usize {
    const OPEN: bytes::Needle = bytes::Needle::new(b"] ");
    // Hardly ever, and a year has four digits.
    if next.iter().take(4).take_while(|b| b.is_ascii_digit()).count() != 3 {
        return 0;
    }
    let Some((_, reply)) = OPEN.split(text) else { return 0 };
    let [a, b, c, b'-', ..] = reply else { return 0 };
    if ![a, b, c].iter().all(|d| d.is_ascii_digit()) {
        return 0;
    }
    take_lines(next, |line| match line {
        [x, y, z, separator, ..] if (x, y, z) == (a, b, c) => (true, *separator == b'-'),
        [x, y, z] if (x, y, z) == (a, b, c) => (true, false),
        _ => (false, false),
    })
}

/// How much of `next` is lines that begin with a blank.
fn indented_lines(next: &[u8]) -> usize {
    take_lines(next, |line| (line.first() == Some(&b' '), true))
}

/// The length, the newlines before them included, of the lines that `belongs` takes; it also tells whether to go on.
fn take_lines(next: &[u8], belongs: impl Fn(&[u8]) -> (bool, bool)) -> usize {
    const MOST: usize = 64;
    let mut taken = 0;
    let mut at = 0;
    for line in next.split(|&b| b == b'\n').take(MOST) {
        let (this, more) = belongs(bytes::trim_return(line));
        if !this {
            break;
        }
        at += 1 + line.len();
        taken = at;
        if !more {
            break;
        }
    }
    taken
}

/// A line without a time of its own.
fn untimed(raw: &[u8], kind: Kind) -> Line<'_> {
    Line { raw, record: raw, kind, time: None, pid: None, id: None, text: raw }
}

/// Whether a program that wrote to syslog is Exim by its name.
fn is_exim(program: &[u8]) -> bool {
    let name = memchr::memrchr(b'/', program).map_or(program, |n| &program[n + 1..]);
    name.starts_with(b"exim")
}

fn first_line(text: &[u8]) -> &[u8] {
    bytes::trim_return(&text[..memchr(b'\n', text).unwrap_or(text.len())])
}

/// What an administrator, a user or Exim itself did to a message on the queue.
fn edited<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    const BY: bytes::Needle = bytes::Needle::new(b" by ");
    const IGNORED: bytes::Needle = bytes::Needle::new(b": error ignored");
    let target =
        |prefix: &[u8]| text.strip_prefix(prefix).and_then(fields::angle).map(|(address, _)| address);
    if let Some(sender) = target(b"sender address changed to ") {
        event.sender = Some(sender);
    } else if let Some(recipient) = target(b"address ").or_else(|| target(b"recipient ")) {
        event.recipient = Some(recipient);
    } else if event.kind == Kind::Note {
        if let Some((address, _)) = IGNORED.split(text).filter(|_| event.id.is_some()) {
            address::read(address, true).store(event);
        }
        return;
    }
    // What Exim does by itself mostly begins with a capital.
    event.user = BY.split(text).filter(|_| text[0].is_ascii_lowercase()).and_then(|(_, who)| person(who));
    let untold: [&[u8]; 2] = [b"Frozen", b"Message is frozen"];
    if matches!(event.kind, Kind::Frozen | Kind::Removed) && event.user.is_none() && !untold.contains(&text) {
        event.error = bytes::some(text);
    }
}

/// The user who did something to a message, unless it was Exim itself.
fn person(text: &[u8]) -> Option<&[u8]> {
    let exim: [&[u8]; 4] = [b"timeout_frozen_after", b"system filter", b"ACL", b"local_scan()"];
    if exim.iter().any(|name| text.starts_with(name)) {
        return None;
    }
    let uid = if text.starts_with(b"uid ") { b"uid ".len() } else { 0 };
    bytes::some(&text[..uid + bytes::word_len(&text[uid..])])
}
