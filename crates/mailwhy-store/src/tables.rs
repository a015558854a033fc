//! The tables: one list, from which the schema, the documentation and the order of values come.

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name in SQL.
    pub name: &'static str,
    /// What one row is.
    pub about: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name in SQL.
    pub name: &'static str,
    /// What values it has.
    pub kind: Type,
    /// What they mean.
    pub about: &'static str,
}

/// What the values of a column are. Any may be NULL where the log says nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Real,
    /// `2026-08-01 09:14:02`, by the log's clock, as SQLite's date functions take it.
    Time,
    /// 0 or 1.
    Boolean,
}

impl Type {
    /// The type in SQL.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Text | Self::Time => "TEXT",
            Self::Integer | Self::Boolean => "INTEGER",
            Self::Real => "REAL",
        }
    }
}

const fn text(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: Type::Text, about }
}
const fn integer(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: Type::Integer, about }
}
const fn real(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: Type::Real, about }
}
const fn time(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: Type::Time, about }
}
const fn boolean(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: Type::Boolean, about }
}

/// Places in [`TABLES`].
pub(crate) const EVENTS: usize = 0;
pub(crate) const ATTEMPTS: usize = 1;
pub(crate) const RECIPIENTS: usize = 2;
pub(crate) const MESSAGES: usize = 3;
pub(crate) const VERDICTS: usize = 4;

/// All tables.
pub static TABLES: [Table; 5] = [
    Table {
        name: "events",
        about: "one line of the log",
        columns: &[
            text("file", "the file it stands in"),
            integer("line", "the number of the line in it, from 1"),
            integer("offset", "the line's first byte in it, as unpacked"),
            time("time", "when, by the log's clock"),
            integer("zone", "minutes that the log's clock is ahead of UTC, where the log has them"),
            text("id", "the message"),
            text("kind", "arrival, delivery, failure, deferral, rejected ... as in `mailwhy events`"),
            text("sender", "envelope sender; empty for a bounce"),
            text("recipient", "the address that was delivered to or failed"),
            text("original_recipient", "as it was in the envelope, where it differs"),
            text("host", "name of the other host"),
            text("ip", "its IP address"),
            integer("port", "its port"),
            text("helo", "the name it gave in HELO or EHLO"),
            text("router", "Exim's router"),
            text("transport", "Exim's transport"),
            text("protocol", "esmtp, esmtpsa, local ..."),
            text("tls", "TLS version and cipher"),
            text("auth", "authenticator and login"),
            text("user", "local user, or the login that failed"),
            integer("size", "bytes"),
            text("message_id", "the Message-ID header"),
            text("subject", "as escaped in the log"),
            text("bounce_of", "the message that a bounce reports on"),
            real("queue_time", "seconds on the queue"),
            real("delivery_time", "seconds that the delivery took"),
            integer("errno", "the number in `defer (...)`"),
            text("stage", "the step of the SMTP dialogue"),
            integer("code", "reply code"),
            text("enhanced", "enhanced status code"),
            text("reply", "what a remote server said"),
            text("response", "what our server answered a client"),
            text("error", "what went wrong, in our server's words"),
            text("text", "all that follows time and id"),
            integer("verdict", "why it failed: verdicts.verdict"),
        ],
    },
    Table {
        name: "attempts",
        about: "one attempt to deliver to one recipient",
        columns: &[
            text("id", "the message"),
            time("time", "when, by the log's clock"),
            text("outcome", "delivered, deferred or failed"),
            text("recipient", "the address"),
            text("original_recipient", "as it was in the envelope, where it differs"),
            text("domain", "the recipient's domain, in lower case"),
            text("provider", "the receiving provider, where known"),
            text("host", "name of the remote host"),
            text("ip", "its IP address"),
            text("router", "Exim's router"),
            text("transport", "Exim's transport"),
            text("tls", "TLS version and cipher"),
            text("stage", "the step of the SMTP dialogue"),
            integer("code", "reply code"),
            text("enhanced", "enhanced status code"),
            text("reply", "what the remote server said"),
            text("error", "what went wrong, in our server's words"),
            integer("errno", "the number in `defer (...)`"),
            real("queue_time", "seconds on the queue"),
            real("delivery_time", "seconds that the delivery took"),
            integer("verdict", "why it failed: verdicts.verdict"),
        ],
    },
    Table {
        name: "recipients",
        about: "what became of one recipient of one message",
        columns: &[
            text("id", "the message"),
            text("recipient", "the address"),
            text("domain", "its domain, in lower case"),
            text("provider", "the receiving provider, where known"),
            text("outcome", "delivered, failed or deferred (no end seen)"),
            text("reason", "why it failed or was deferred last"),
            integer("verdict", "verdicts.verdict"),
            integer("deliveries", "lines that report a delivery"),
            integer("failures", "lines that report a failure"),
            integer("deferrals", "lines that report a deferral"),
            boolean("greylisted", "whether it was greylisted at first"),
            boolean("expired", "whether it failed because the retries were used up"),
            time("first_deferral", "when it was deferred first"),
            time("last", "when it ended or was tried last"),
            text("host", "the remote host that took or refused it last"),
            real("delay", "seconds from arrival to the end, or to the last attempt"),
        ],
    },
    Table {
        name: "messages",
        about: "one message",
        columns: &[
            text("id", "its id"),
            time("arrived", "when it came in; NULL if before the log begins"),
            time("ended", "when it left the queue"),
            text("sender", "envelope sender; empty for a bounce"),
            text("sender_domain", "its domain, in lower case"),
            text(
                "outcome",
                "delivered, partly-delivered, failed, deferred, frozen, removed, discarded, open",
            ),
            boolean("completed", "whether it has left the queue"),
            integer("recipients", "how many"),
            integer("delivered", "of them delivered"),
            integer("failed", "of them failed"),
            integer("deferred", "of them deferred without an end"),
            text("bounce_of", "the message that it reports on"),
            integer("size", "bytes"),
            text("host", "the host it came from"),
            text("ip", "its IP address"),
            text("protocol", "esmtp, esmtpsa, local ..."),
            text("auth", "authenticator and login"),
            text("user", "local user"),
            text("message_id", "the Message-ID header"),
            text("subject", "as escaped in the log"),
            real("seconds", "from arrival to the end"),
        ],
    },
    Table {
        name: "verdicts",
        about: "one distinct failure: the same but for addresses, hosts, ids and numbers",
        columns: &[
            integer("verdict", "its number, as in the other tables"),
            text("reason", "why: mailbox-full, blocklisted ... (mailwhy explain --list reasons)"),
            text("class", "transient or permanent"),
            text("retry", "wait, after-fix or no"),
            text("actor", "who must act"),
            text("scope", "how far it reaches"),
            boolean("bad_address", "whether the address is proven bad"),
            text("provider", "who said it"),
            text("blocklist", "the public list that is named"),
            integer("code", "reply code"),
            text("enhanced", "enhanced status code"),
            text("stage", "the step of the SMTP dialogue"),
            text("confidence", "exact, likely or guess"),
            text("rule", "which rule decided"),
            text("title", "a headline, in the language of --lang"),
            text("fingerprint", "of the text without addresses, hosts, ids and numbers"),
            text("sample", "the first of them, as it stands in the log"),
        ],
    },
];
