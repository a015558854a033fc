//! What a log line says, whichever server wrote it.

use crate::Time;
use mailwhy_codes::{Enhanced, Stage};

/// What kind of thing a line reports.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Kind {
    /// A message came in (Exim `<=`).
    Arrival,
    /// A message was taken although the client was told otherwise (Exim `(=`).
    FakeReject,
    /// A recipient was delivered (Exim `=>`).
    Delivery,
    /// A further recipient of the same delivery (Exim `->`).
    AdditionalDelivery,
    /// A recipient was delivered while the message was still coming in (Exim `>>`).
    Cutthrough,
    /// Delivery was suppressed by an option (Exim `*>`, `-N`).
    DeliverySuppressed,
    /// A recipient failed for good (Exim `**`).
    Failure,
    /// A recipient could not be delivered now (Exim `==`).
    Deferral,
    /// The message has left the queue.
    Completed,
    /// The message was put on hold, or is.
    Frozen,
    /// The message was taken off hold.
    Unfrozen,
    /// The message was removed from the queue by someone or by age.
    Removed,
    /// One host could not be delivered to; others or another try may follow.
    HostError,
    /// Our server refused something of a client.
    Rejected,
    /// A login failed: a client's to us, or ours to another server.
    AuthFailure,
    /// TLS trouble.
    Tls,
    /// A connection: opened, closed, lost, misused.
    Connection,
    /// A name could not be looked up.
    Dns,
    /// A queue run began or ended.
    QueueRun,
    /// The daemon started, or says something of itself.
    Daemon,
    /// An ACL wrote a warning.
    AclWarning,
    /// Something is badly wrong on this host (configuration, spool).
    Panic,
    /// Understood, of interest to a reader, and without effect on any delivery: DKIM results, rewriting, queueing
    /// decisions, edits by an administrator, command-line arguments.
    Note,
    /// The rest of a record that began on an earlier line.
    Continuation,
    /// Not understood.
    Unknown,
}

impl Kind {
    /// All kinds, in the order of their definition.
    pub const ALL: [Self; 25] = [
        Self::Arrival,
        Self::FakeReject,
        Self::Delivery,
        Self::AdditionalDelivery,
        Self::Cutthrough,
        Self::DeliverySuppressed,
        Self::Failure,
        Self::Deferral,
        Self::Completed,
        Self::Frozen,
        Self::Unfrozen,
        Self::Removed,
        Self::HostError,
        Self::Rejected,
        Self::AuthFailure,
        Self::Tls,
        Self::Connection,
        Self::Dns,
        Self::QueueRun,
        Self::Daemon,
        Self::AclWarning,
        Self::Panic,
        Self::Note,
        Self::Continuation,
        Self::Unknown,
    ];

    /// The stable name, as in the JSON output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::FakeReject => "fake-reject",
            Self::Delivery => "delivery",
            Self::AdditionalDelivery => "additional-delivery",
            Self::Cutthrough => "cutthrough",
            Self::DeliverySuppressed => "delivery-suppressed",
            Self::Failure => "failure",
            Self::Deferral => "deferral",
            Self::Completed => "completed",
            Self::Frozen => "frozen",
            Self::Unfrozen => "unfrozen",
            Self::Removed => "removed",
            Self::HostError => "host-error",
            Self::Rejected => "rejected",
            Self::AuthFailure => "auth-failure",
            Self::Tls => "tls",
            Self::Connection => "connection",
            Self::Dns => "dns",
            Self::QueueRun => "queue-run",
            Self::Daemon => "daemon",
            Self::AclWarning => "acl-warning",
            Self::Panic => "panic",
            Self::Note => "note",
            Self::Continuation => "continuation",
            Self::Unknown => "unknown",
        }
    }

    /// Whether such a line, if it has a message id, is a step in the life of that message.
    ///
    /// Other lines with an id may be of a message that was refused in the end.
    #[must_use]
    pub const fn is_step(self) -> bool {
        matches!(
            self,
            Self::Arrival
                | Self::FakeReject
                | Self::Delivery
                | Self::AdditionalDelivery
                | Self::Cutthrough
                | Self::Failure
                | Self::Deferral
                | Self::Completed
                | Self::Frozen
                | Self::Unfrozen
                | Self::Removed
                | Self::HostError
                | Self::AuthFailure
        )
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name)
    }
}

/// What one server answered to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reply<'a> {
    /// The whole answer as logged: `550 5.1.1 …`, further lines after `\n` (backslash, n).
    ///
    /// One level of escaping is left, Exim's `string_printing()`: `\n`, `\320`. In `C="…"` it is two.
    pub text: &'a [u8],
    /// The reply code it begins with.
    pub code: Option<u16>,
    /// The enhanced code right after the reply code (RFC 2034 §4).
    pub enhanced: Option<Enhanced>,
    /// What the answer was to.
    pub stage: Option<Stage>,
}

impl<'a> Reply<'a> {
    /// Reads the codes that the text of an answer begins with.
    ///
    /// A reply code is followed by a blank, a hyphen, a newline (as it is or as `\n`) or nothing (RFC 5321 §4.2.1).
    /// Some servers repeat it before the enhanced code.
    #[must_use]
    pub fn parse(text: &'a [u8], stage: Option<Stage>) -> Self {
        let mut reply = Self { text, code: None, enhanced: None, stage };
        let Some((code, rest)) = code(text) else { return reply };
        reply.code = Some(code);
        let [b' ' | b'-', rest @ ..] = rest else { return reply };
        let again = match code_digits(rest) {
            Some((_, [b' ' | b'-', rest @ ..])) => rest,
            _ => rest,
        };
        reply.enhanced = Enhanced::prefix(again).and_then(|(enhanced, n)| {
            let ends = matches!(again.get(n), None | Some(b' ' | b'\t' | b'\n' | b'\\' | b':' | b';' | b','));
            ends.then_some(enhanced)
        });
        reply
    }
}

/// The fields that are a word of their own: SMTP extensions and checks that were in use.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Extensions(pub(crate) u8);

impl Extensions {
    /// Their names: CHUNKING (`K`), PIPELINING where it is logged (`L`), PRDR, TCP fast open (`TFO`), DNSSEC (`DS`), and
    /// the checks SPF, ARC and DMARC where they passed without a value.
    pub const NAMES: [&'static str; 8] =
        ["chunking", "pipelining", "prdr", "tfo", "dnssec", "spf", "arc", "dmarc"];

    /// DNSSEC, which stands within the host of a delivery.
    pub(crate) const DNSSEC: u8 = 1 << 4;

    /// The names of those in use.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & 1 << bit != 0)
            .map(|(_, name)| name)
    }
}

/// A log line, taken apart. Every field borrows from the line and holds the bytes that stand there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event<'a> {
    /// What the line reports.
    pub kind: Kind,
    /// When.
    pub time: Option<Time>,
    /// The process that wrote it.
    pub pid: Option<&'a [u8]>,
    /// The message.
    pub id: Option<&'a [u8]>,
    /// All that follows time, process and message id.
    pub text: &'a [u8],

    /// The envelope sender; empty for the null sender `<>`.
    pub sender: Option<&'a [u8]>,
    /// The address that was delivered to or failed, after aliases; a file, pipe or `:blackhole:` for some.
    pub recipient: Option<&'a [u8]>,
    /// The address as it was in the envelope, where it differs.
    pub original_recipient: Option<&'a [u8]>,
    /// All envelope recipients of an arrival, blank-separated (`received_recipients`).
    pub recipients: Option<&'a [u8]>,
    /// The other host's verified name.
    pub host: Option<&'a [u8]>,
    /// The other host's IP address.
    pub ip: Option<&'a [u8]>,
    /// The other host's port.
    pub port: Option<&'a [u8]>,
    /// The name in the client's HELO or EHLO, where it is not verified or differs.
    pub helo: Option<&'a [u8]>,
    /// Our own `[ip]:port` (`I=`).
    pub interface: Option<&'a [u8]>,
    /// `R=` of a delivery.
    pub router: Option<&'a [u8]>,
    /// `T=` of a delivery.
    pub transport: Option<&'a [u8]>,
    /// `P=` of an arrival: esmtpsa, local …
    pub protocol: Option<&'a [u8]>,
    /// `X=`: TLS version and cipher.
    pub tls: Option<&'a [u8]>,
    /// `CV=`: whether the peer's certificate was verified.
    pub tls_verified: Option<&'a [u8]>,
    /// `DN=`: the peer's certificate subject.
    pub tls_peer: Option<&'a [u8]>,
    /// `SNI=`.
    pub tls_sni: Option<&'a [u8]>,
    /// `A=`: authenticator and login.
    pub auth: Option<&'a [u8]>,
    /// `U=`: local user or ident; who edited the message; the login of an authentication that failed.
    pub user: Option<&'a [u8]>,
    /// `S=`: bytes.
    pub size: Option<u64>,
    /// `id=`: the Message-ID header.
    pub message_id: Option<&'a [u8]>,
    /// `T="…"` of an arrival, as escaped in the log.
    pub subject: Option<&'a [u8]>,
    /// `R=` of an arrival: the message this one reports on.
    pub bounce_of: Option<&'a [u8]>,
    /// `P=<…>` of a delivery: the return path.
    pub return_path: Option<&'a [u8]>,
    /// `Q=`: a named queue.
    pub queue: Option<&'a [u8]>,
    /// `QT=`: time on the queue, as written (`3m45s`, `0.304s`).
    pub queue_time: Option<&'a [u8]>,
    /// `DT=`: time of the delivery, as written.
    pub delivery_time: Option<&'a [u8]>,
    /// `RT=`: time of the reception, as written.
    pub receive_time: Option<&'a [u8]>,
    /// `D=`: time of the connection, as written.
    pub duration: Option<&'a [u8]>,
    /// `DKIM=`: the domain whose signature was verified, or `d,s` of ours.
    pub dkim: Option<&'a [u8]>,
    /// `PRX=`: the proxy between us and the other host.
    pub proxy: Option<&'a [u8]>,
    /// `Ci=`: the number of the connection.
    pub connection: Option<&'a [u8]>,
    /// `M8S=`: what the client declared of the body, 0, 7 or 8 bits.
    pub body: Option<&'a [u8]>,
    /// `ST=`: the shadow transport, and what went wrong there.
    pub shadow: Option<&'a [u8]>,
    /// Which extensions were in use: the fields without a value.
    pub extensions: Extensions,
    /// The number in `defer (…)`.
    pub errno: Option<i32>,
    /// What went wrong, in our server's words: the text behind the fields of a failure or deferral, a host's error,
    /// the text of a rejection.
    pub error: Option<&'a [u8]>,
    /// The step at which it went wrong, where the line tells.
    pub stage: Option<Stage>,
    /// What a **remote** server said, the positive answer of `C="…"` included.
    pub reply: Option<Reply<'a>>,
    /// What **our** server answered a client, where the line has it.
    pub response: Option<Reply<'a>>,
}

impl<'a> Event<'a> {
    /// An event of which nothing is known but its kind and text.
    #[must_use]
    pub const fn new(kind: Kind, text: &'a [u8]) -> Self {
        Self {
            kind,
            time: None,
            pid: None,
            id: None,
            text,
            sender: None,
            recipient: None,
            original_recipient: None,
            recipients: None,
            host: None,
            ip: None,
            port: None,
            helo: None,
            interface: None,
            router: None,
            transport: None,
            protocol: None,
            tls: None,
            tls_verified: None,
            tls_peer: None,
            tls_sni: None,
            auth: None,
            user: None,
            size: None,
            message_id: None,
            subject: None,
            bounce_of: None,
            return_path: None,
            queue: None,
            queue_time: None,
            delivery_time: None,
            receive_time: None,
            duration: None,
            dkim: None,
            proxy: None,
            connection: None,
            body: None,
            shadow: None,
            extensions: Extensions(0),
            errno: None,
            error: None,
            stage: None,
            reply: None,
            response: None,
        }
    }
}

/// What a line says of the way of its message, and nothing else: enough to join lines into messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Step<'a> {
    /// What the line reports.
    pub kind: Kind,
    /// When.
    pub time: Option<Time>,
    /// The message.
    pub id: Option<&'a [u8]>,
    /// [`Event::sender`] of an arrival.
    pub sender: Option<&'a [u8]>,
    /// [`Event::recipient`]
    pub recipient: Option<&'a [u8]>,
    /// [`Event::original_recipient`]
    pub original_recipient: Option<&'a [u8]>,
    /// The host that it was delivered to, or tried: [`Event::host`], or else its address.
    pub host: Option<&'a [u8]>,
    /// [`Event::bounce_of`]
    pub bounce_of: Option<&'a [u8]>,
    /// Whether it is a deferral before the message came to a transport: no host was tried.
    pub at_routing: bool,
}

impl<'a> Step<'a> {
    /// A step of which nothing else is known.
    #[inline]
    pub(crate) const fn new(kind: Kind, time: Option<Time>, id: Option<&'a [u8]>) -> Self {
        Self {
            kind,
            time,
            id,
            sender: None,
            recipient: None,
            original_recipient: None,
            host: None,
            bounce_of: None,
            at_routing: false,
        }
    }
}

impl<'a> From<&Event<'a>> for Step<'a> {
    fn from(event: &Event<'a>) -> Self {
        let arrival = matches!(event.kind, Kind::Arrival | Kind::FakeReject);
        Self {
            kind: event.kind,
            time: event.time,
            id: event.id,
            sender: event.sender.filter(|_| arrival),
            recipient: event.recipient,
            original_recipient: event.original_recipient,
            host: event.host.or(event.ip).filter(|_| !arrival),
            bounce_of: event.bounce_of,
            at_routing: event.kind == Kind::Deferral && event.transport.is_none(),
        }
    }
}

/// A reply code, and what follows it.
fn code(text: &[u8]) -> Option<(u16, &[u8])> {
    code_digits(text).filter(|(_, rest)| matches!(rest, [] | [b' ' | b'-' | b'\n', ..] | [b'\\', b'n', ..]))
}

/// Three digits, and what follows them.
fn code_digits(text: &[u8]) -> Option<(u16, &[u8])> {
    let ([a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'], rest) = text.split_first_chunk()? else {
        return None;
    };
    let digit = |d: &u8| u16::from(d - b'0');
    Some((digit(a) * 100 + digit(b) * 10 + digit(c), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let case = |text: &str, code, enhanced: Option<&str>| {
            let reply = Reply::parse(text.as_bytes(), None);
            assert_eq!(
                (reply.code, reply.enhanced.map(|e| e.to_string()).as_deref()),
                (code, enhanced),
                "{text}"
            );
        };
        case("550", Some(550), None);
        case("550 ", Some(550), None);
        case("550-5.1.1 a\\n550 5.1.1 b", Some(550), Some("5.1.1"));
        case("550-a\\n550 5.1.1 b", Some(550), None);
        case("550\\n550 5.1.1 b", Some(550), None);
        case("550 550 5.1.1 x", Some(550), Some("5.1.1"));
        case("550 4.4.7 550 5.1.1 x", Some(550), Some("4.4.7"));
        case("550 5.7.1", Some(550), Some("5.7.1"));
        case("550 5.7.1: x", Some(550), Some("5.7.1"));
        case("550 5.7.1\\n550 x", Some(550), Some("5.7.1"));
        case("550 5.7.1.2 x", Some(550), None);
        case("550 5.7.1. x", Some(550), None);
        case("554 30 x", Some(554), None);
        case("553 no (#5.7.1)", Some(553), None);
        case("850 x", Some(850), None);
        case("5501 x", None, None);
        case("550x", None, None);
        case("55", None, None);
        case("", None, None);
    }
}
