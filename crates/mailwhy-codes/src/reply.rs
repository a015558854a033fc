//! The parts of an SMTP reply that carry meaning of their own.

use core::fmt;

/// An enhanced status code, `class.subject.detail` (RFC 3463 §2).
///
/// Subject and detail go up to 999 there, and large providers use that: 5.7.509 and 4.7.650 are real.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Enhanced {
    /// 2 (success), 4 (persistent transient failure) or 5 (permanent failure).
    pub class: u8,
    /// What the code is about: 1 addressing, 2 mailbox, 3 mail system, 4 network and routing, 5 protocol,
    /// 6 content, 7 security and policy, 0 other.
    pub subject: u16,
    /// The case within the subject.
    pub detail: u16,
}

impl Enhanced {
    /// Makes a code from its three numbers, without checking them.
    #[must_use]
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// Reads a code that `text` begins with, and how many bytes it takes.
    ///
    /// The class must be 2, 4 or 5, subject and detail have one to three digits (RFC 3463 §2), and neither
    /// a digit nor a further `.digit` may follow: `5.7.1.2` is a part of an address, not a code.
    #[must_use]
    pub fn prefix(text: &[u8]) -> Option<(Self, usize)> {
        let [class @ (b'2' | b'4' | b'5'), b'.', rest @ ..] = text else { return None };
        let (subject, n) = number(rest)?;
        let [b'.', rest @ ..] = &rest[n..] else { return None };
        let (detail, m) = number(rest)?;
        if let [b'.', b'0'..=b'9', ..] = &rest[m..] {
            return None;
        }
        Some((Self { class: class - b'0', subject, detail }, 2 + n + 1 + m))
    }
}

/// One to three digits, not followed by a fourth.
fn number(text: &[u8]) -> Option<(u16, usize)> {
    let (mut value, mut len) = (0, 0);
    while let Some(digit) = text.get(len).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
        if len == 3 {
            return None;
        }
        value = value * 10 + u16::from(digit);
        len += 1;
    }
    (len > 0).then_some((value, len))
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The step of the mail transaction at which something was said (RFC 5321 §3, §4.1.1).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Stage {
    /// The connection itself and the greeting.
    Connect,
    /// EHLO, HELO or LHLO.
    Helo,
    /// STARTTLS and the TLS handshake.
    Starttls,
    /// AUTH.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA or BDAT, before the message was sent.
    Data,
    /// The final dot, when the server has the whole message.
    EndOfData,
    /// QUIT or RSET.
    Quit,
    /// Our own routing, before any server was asked.
    Routing,
    /// Delivery on this host: mailbox, pipe, file, autoreply.
    Local,
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: &'static [Self] = &[
        Self::Connect,
        Self::Helo,
        Self::Starttls,
        Self::Auth,
        Self::Mail,
        Self::Rcpt,
        Self::Data,
        Self::EndOfData,
        Self::Quit,
        Self::Routing,
        Self::Local,
    ];

    /// The stage with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.as_str() == name)
    }

    /// The stable name, as in the JSON output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Helo => "helo",
            Self::Starttls => "starttls",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::EndOfData => "end-of-data",
            Self::Quit => "quit",
            Self::Routing => "routing",
            Self::Local => "local",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_prefixes() {
        let case = |s: &str| Enhanced::prefix(s.as_bytes());
        assert_eq!(case("5.7.26 text"), Some((Enhanced::new(5, 7, 26), 6)));
        assert_eq!(case("4.7.650"), Some((Enhanced::new(4, 7, 650), 7)));
        assert_eq!(case("5.1.1."), Some((Enhanced::new(5, 1, 1), 5)));
        for s in ["", "5", "5.7", "5.7.", "3.1.1", "5.7.1234", "5.7.1.2", "5..1", "55.1.1", "5.7777.1"] {
            assert_eq!(case(s), None, "{s}");
        }
    }
}
