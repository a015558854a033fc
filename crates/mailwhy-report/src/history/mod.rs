/*!
What became of single messages: the life of each as data, with the answer first.

[`Teller`] takes the lines of a message, or those that are of none, and tells them as a [`Story`]; the forms print
stories and nothing else.
*/

mod build;
mod others;
mod verdict;
pub(crate) mod words;

use std::ops::Not;

use serde::Serialize;

pub use build::{Lines, Teller};
pub use others::Others;

/// Something that was found.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Story {
    /// A message.
    Message(Box<History>),
    /// Lines without a message: a refusal, a failed login, a lost connection.
    Other(Box<Other>),
}

/// The life of a message, as far as the log tells.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// Its id.
    pub id: String,
    /// How it stands, for the recipients that were looked for.
    pub state: State,
    /// Whether it is still on the queue.
    pub open: bool,
    /// When it came in, or else the time of its first line.
    pub time: Option<String>,
    /// The envelope sender; empty for a bounce, `None` where the log does not tell.
    pub sender: Option<String>,
    /// The subject, where it is logged.
    pub subject: Option<String>,
    /// The Message-ID header.
    pub message_id: Option<String>,
    /// In bytes.
    pub size: Option<u64>,
    /// The account or local user that sent it.
    pub user: Option<String>,
    /// The recipients in the envelope, where the arrival is logged with them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub envelope_recipients: Vec<String>,
    /// The message that it reports on.
    pub bounce_of: Option<String>,
    /// What became of it, in a sentence or two.
    pub answer: String,
    /// Whose turn it is, whether the address is to blame, what to do: a sentence or two each. Where the causes differ, all of
    /// that for each of the first of them, behind a recipient and the cause.
    pub advice: Vec<String>,
    /// Why it was not delivered, for most of those recipients that were looked for: of those that failed, or else wait.
    pub cause: Option<Cause>,
    /// How many of all recipients have it.
    pub delivered: u64,
    /// For how many it failed.
    pub failed: u64,
    /// How many wait for it.
    pub deferred: u64,
    /// All recipients, in the order of their first line.
    pub recipients: Vec<RecipientStory>,
    /// What happened, in the order of the log. What repeats is here once.
    pub steps: Vec<Step>,
    /// The lines of the log, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RawLine>,
}

/// How a message stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Delivered to all.
    Delivered,
    /// Delivered to some, failed for others.
    PartlyDelivered,
    /// Failed for all.
    Failed,
    /// Not delivered to all yet; the server goes on.
    Deferred,
    /// On hold.
    Frozen,
    /// Removed from the queue.
    Removed,
    /// Thrown away by an ACL or a filter.
    Discarded,
    /// Refused: it never was ours.
    Rejected,
    /// It came in, and nothing was tried yet.
    Queued,
    /// The log does not tell.
    Unknown,
}

/// What became of a message for one recipient.
#[derive(Clone, Debug, Serialize)]
pub struct RecipientStory {
    /// The address that was delivered to.
    pub address: String,
    /// The address in the envelope, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_recipient: Option<String>,
    /// `delivered`, `failed` or `deferred`.
    pub outcome: &'static str,
    /// Whether it is what was looked for.
    pub matches: bool,
    /// The cause of the failure, or of the last deferral.
    pub cause: Option<Cause>,
    /// Whether an alias or a filter threw it away: the line reports a delivery.
    #[serde(skip_serializing_if = "Not::not")]
    pub discarded: bool,
    /// Whether it failed because the retries were used up.
    pub expired: bool,
    /// How often it was tried.
    pub tries: u64,
    /// When it was tried first.
    pub first: Option<String>,
    /// When it ended, or was tried last.
    pub last: Option<String>,
    /// Seconds between the two.
    pub seconds: Option<u64>,
    /// The remote host that took or refused it last.
    pub host: Option<String>,
}

/// Why something was not delivered, or was refused.
#[derive(Clone, Debug, Serialize)]
pub struct Cause {
    /// The stable name.
    pub reason: &'static str,
    /// In the language asked for.
    pub title: String,
    /// The same as the rest of a sentence.
    #[serde(skip)]
    pub(crate) clause: String,
    /// Who must act.
    pub actor: &'static str,
    /// Whether to send again.
    pub retry: &'static str,
    /// Whether the address is proven bad.
    pub bad_address: bool,
    /// The rule that decided.
    pub rule: &'static str,
}

/// Something that happened to a message.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Step {
    /// When.
    pub time: Option<String>,
    /// The kind of the line; `bounce` and `delay-warning` where a report was sent to the sender, `discarded` where an ACL
    /// or a filter threw it away.
    pub kind: &'static str,
    /// How often, one right after the other.
    pub times: u64,
    /// When for the last time, if more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// For whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The other host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Version and cipher, as logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
    /// What delivered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<String>,
    /// The account or user that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// In bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Time on the queue, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_time: Option<u64>,
    /// Time of the delivery, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_time: Option<u64>,
    /// The step of the dialogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<&'static str>,
    /// What was said: the reply, or else the words of our server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The message that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Lines without a message that say the same: refusals, failed logins, lost connections.
#[derive(Clone, Debug, Serialize)]
pub struct Other {
    /// The kind of the lines.
    pub kind: &'static str,
    /// When it happened first.
    pub first: Option<String>,
    /// When it happened last.
    pub last: Option<String>,
    /// How often.
    pub count: u64,
    /// The other host's name, or what it said in its EHLO.
    pub host: Option<String>,
    /// Its address.
    pub ip: Option<String>,
    /// The envelope sender.
    pub sender: Option<String>,
    /// The account.
    pub user: Option<String>,
    /// The recipients, or the first hundred of them.
    pub recipients: Vec<String>,
    /// How many different recipients there are.
    pub recipient_count: u64,
    /// What happened, in a sentence.
    pub answer: String,
    /// Who must act, and what to do.
    pub advice: Vec<String>,
    /// Why it was refused.
    pub cause: Option<Cause>,
    /// The step of the dialogue.
    pub stage: Option<&'static str>,
    /// The words of the log, of the first of them.
    pub text: String,
    /// The lines of the log, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RawLine>,
}

/// A line of the log.
#[derive(Clone, Debug, Serialize)]
pub struct RawLine {
    /// The file.
    pub file: String,
    /// The number of the line, from 1.
    pub line: u64,
    /// The line; what is not UTF-8 is replaced.
    pub text: String,
}

impl RecipientStory {
    /// The address as people know it: of a file or pipe, the one that led there.
    #[must_use]
    pub fn name(&self) -> &str {
        let local = self.address.starts_with(['|', '/', '>', ':']);
        self.original_recipient.as_deref().filter(|_| local).unwrap_or(&self.address)
    }
}

impl History {
    /// Whether it failed, at least for one of the recipients that were looked for.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        match self.state {
            State::Rejected | State::Discarded => true,
            _ => self.asked().any(|r| r.outcome == "failed"),
        }
    }

    /// Whether it was delivered, at least to one of the recipients that were looked for.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.asked().any(|r| r.outcome == "delivered")
    }

    /// The recipients that were looked for; all where something else was.
    pub fn asked(&self) -> impl Iterator<Item = &RecipientStory> {
        let any = self.recipients.iter().any(|r| r.matches);
        self.recipients.iter().filter(move |r| r.matches || !any)
    }
}
