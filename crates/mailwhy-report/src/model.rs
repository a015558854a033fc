//! The report as data: what every renderer prints, and what `--format json` is.
//!
//! Names of fields are the contract of `docs/json.md`. Texts are in the language that the report was made for;
//! reasons, rules and kinds keep their stable English names.

use serde::Serialize;

use crate::Rows;
use crate::json::object;

/// A report on one or more logs.
#[derive(Clone, Debug, Serialize)]
pub struct Report<'a> {
    /// The version of this layout.
    pub version: u32,
    /// What was read.
    pub input: Input,
    /// How many lines of each kind there were, by [`mailwhy_logs::Kind`].
    #[serde(serialize_with = "object")]
    pub flags: Vec<Count>,
    /// What became of messages.
    pub messages: Messages,
    /// What became of recipients: one for each recipient of each message.
    pub recipients: Recipients,
    /// What Exim says of itself when something is badly wrong on this host, the most frequent first.
    pub panics: Vec<PanicRow>,
    /// What to do now, the most costly cause first.
    pub advice: Vec<Advice>,
    /// Recipients whose delay resolved itself by greylisting.
    pub greylisting: Greylisting,
    /// Distinct recipient addresses that are proven bad.
    pub bad_addresses: u64,
    /// Why recipients failed or were delayed, the most failed first.
    pub reasons: Vec<ReasonRow<'a>>,
    /// Remote replies to errors, by code and enhanced code, one for each line that holds one.
    pub replies: Vec<ReplyRow>,
    /// The same by stage.
    #[serde(serialize_with = "object")]
    pub stages: Vec<Count>,
    /// Deferrals by the number that Exim logs: `defer (N)`.
    #[serde(serialize_with = "object")]
    pub errnos: Vec<Count>,
    /// Where mail goes, by provider; domains of no known provider stand for themselves.
    pub providers: Rows<'a, DestinationRow>,
    /// Where mail goes, by domain.
    pub domains: Rows<'a, DestinationRow>,
    /// Remote hosts in trouble, the most failed attempts first.
    pub hosts: Rows<'a, HostRow>,
    /// Identical replies.
    pub groups: Vec<GroupRow>,
    /// Sender domains whose mail failed, the most failed first.
    pub senders: Rows<'a, SenderRow>,
    /// What we refused to others, and why.
    pub rejections: Vec<RejectionRow>,
    /// Password guessing.
    pub logins: Logins,
    /// What happened when.
    pub timeline: Vec<Bucket>,
    /// Seconds that each bucket of the timeline stands for.
    pub timeline_step: i64,
    /// Lines that were not understood, a few of them.
    pub unknown: Vec<Unknown>,
}

/// A name and how often.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Count {
    /// The stable name.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// What was read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Input {
    /// The files.
    pub files: Vec<File>,
    /// Lines, physical.
    pub lines: u64,
    /// Bytes, after decompression.
    pub bytes: u64,
    /// The earliest time: RFC 3339, with the zone where the log has one.
    pub first: Option<String>,
    /// The latest time.
    pub last: Option<String>,
    /// Lines that were not understood.
    pub unknown_lines: u64,
    /// Lines too long to be read whole.
    pub cut_lines: u64,
    /// Whether reading was stopped before the end.
    pub partial: bool,
    /// How long reading took, in seconds; `None` keeps output repeatable.
    pub seconds: Option<f64>,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its path, or `-`.
    pub name: String,
    /// Its bytes, after decompression.
    pub bytes: u64,
    /// What was wrong with it.
    pub problem: Option<String>,
}

/// What became of messages.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Messages {
    /// All that the log mentions.
    pub total: u64,
    /// Those that left the queue.
    pub completed: u64,
    /// Those that are still on the queue at the end of the log.
    pub open: u64,
    /// Completed, every recipient delivered.
    pub delivered: u64,
    /// Of these: after a deferral.
    pub delivered_after_deferral: u64,
    /// Completed, some recipients delivered and some failed.
    pub partly_delivered: u64,
    /// Completed, no recipient delivered.
    pub failed: u64,
    /// Of these: after a deferral.
    pub failed_after_deferral: u64,
    /// Completed, discarded on purpose.
    pub discarded: u64,
    /// Removed from the queue by someone or by age.
    pub removed: u64,
    /// Completed, with no recipient's line in this log.
    pub completed_only: u64,
    /// On hold at the end of the log.
    pub frozen: u64,
    /// Open, and deferred at least once.
    pub deferred: u64,
    /// Messages that came in before the log begins.
    pub began_before: u64,
    /// Bounces among all messages: those with the null sender.
    pub bounces: u64,
    /// The same by whether the arrival is in the log, for programs: `outcome`, `arrived`, `open`, `count`.
    pub outcomes: Vec<OutcomeCount>,
}

/// How many messages ended in one way.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct OutcomeCount {
    /// delivered, delivered-after-deferral, partly-delivered, failed, failed-after-deferral, discarded, removed or
    /// completed-only; of open messages frozen, deferred, partly-delivered or not-completed.
    pub outcome: &'static str,
    /// Whether the arrival is in the log.
    pub arrived: bool,
    /// Whether the message is still on the queue.
    pub open: bool,
    /// How many.
    pub count: u64,
}

/// What became of recipients.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Recipients {
    /// All.
    pub total: u64,
    /// Delivered.
    pub delivered: u64,
    /// Of these: after a deferral.
    pub delivered_after_deferral: u64,
    /// Failed for good.
    pub failed: u64,
    /// Deferred, no end in the log.
    pub deferred: u64,
}

/// Panic lines that say the same.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PanicRow {
    /// The first of them.
    pub text: String,
    /// The file that holds it.
    pub file: String,
    /// Its number there, from 1.
    pub line: u64,
    /// How many there are.
    pub count: u64,
    /// When it was first said.
    pub first: Option<String>,
    /// When it was last said.
    pub last: Option<String>,
}

/// One thing to do.
#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    /// What is wrong, in a line.
    pub title: String,
    /// The next step.
    pub action: String,
    /// Who acts: the stable name of an [`mailwhy_codes::Actor`].
    pub actor: &'static str,
    /// The reason.
    pub reason: &'static str,
    /// The rule, for `mailwhy explain`.
    pub rule: String,
    /// Where: provider or domain, if it is one.
    pub provider: Option<String>,
    /// The sender domain concerned, if it is one.
    pub sender_domain: Option<String>,
    /// Recipients that failed because of it.
    pub failed: u64,
    /// Recipients that wait because of it.
    pub waiting: u64,
    /// Distinct addresses among them.
    pub addresses: u64,
    /// When it was first seen.
    pub first: Option<String>,
    /// When it was last seen.
    pub last: Option<String>,
}

/// Delays by greylisting.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Greylisting {
    /// Recipients that were greylisted.
    pub recipients: u64,
    /// Those that were delivered in the end.
    pub delivered: u64,
    /// Median of their delay, in seconds.
    pub median_delay: Option<f64>,
}

/// Why recipients failed or were delayed.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonRow<'a> {
    /// The stable name.
    pub reason: &'static str,
    /// What it means, in a few words.
    pub title: &'static str,
    /// Who usually acts.
    pub actor: &'static str,
    /// Recipients that failed for good because of it.
    pub failed: u64,
    /// Recipients that were delayed by it, whatever came of it.
    pub delayed: u64,
    /// Attempts that met it.
    pub attempts: u64,
    /// Distinct addresses.
    pub addresses: u64,
    /// Addresses that are proven bad.
    pub bad_addresses: u64,
    /// Where, the most first: names as in [`Report::providers`], `count` recipients.
    pub places: Rows<'a, Count>,
}

/// Remote replies with one code.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReplyRow {
    /// The reply code.
    pub code: Option<u16>,
    /// The enhanced code right behind it.
    pub enhanced: Option<String>,
    /// What they mean, in a few words.
    pub title: String,
    /// Lines.
    pub count: u64,
}

/// A place mail goes to.
#[derive(Clone, Debug, Serialize)]
pub struct DestinationRow {
    /// The provider's name, or the domain.
    pub name: String,
    /// The provider's id, if it is a known one.
    pub provider: Option<&'static str>,
    /// Lines that report a delivery.
    pub delivered: u64,
    /// Lines that report a failure.
    pub failed: u64,
    /// Lines that report a deferral.
    pub deferred: u64,
    /// Recipients that were deferred at least once.
    pub delayed: u64,
    /// Recipients that wait at the end of the log.
    pub waiting: u64,
    /// Median time from arrival to delivery, in seconds.
    pub median_delay: Option<f64>,
    /// 95 % were delivered within so many seconds.
    pub p95_delay: Option<f64>,
    /// The reason that cost most recipients.
    pub top_reason: Option<&'static str>,
    /// … and its title.
    pub top_reason_title: Option<&'static str>,
}

impl DestinationRow {
    /// Recipients of which the end is known or that wait.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.delivered + self.failed + self.waiting
    }
}

/// A remote host in trouble.
#[derive(Clone, Debug, Serialize)]
pub struct HostRow {
    /// Its name, or its address.
    pub host: String,
    /// Deliveries it took.
    pub delivered: u64,
    /// Attempts that failed there, for good or for now.
    pub failed_attempts: u64,
    /// The most frequent reason.
    pub top_reason: &'static str,
    /// … and its title.
    pub top_reason_title: &'static str,
    /// When it failed last.
    pub last: Option<String>,
}

/// Identical replies.
#[derive(Clone, Debug, Serialize)]
pub struct GroupRow {
    /// Of the normalised text.
    pub fingerprint: String,
    /// One of them, readable: one line, escapes resolved.
    pub text: String,
    /// The same as it stands in the log.
    pub sample: String,
    /// The file that holds the sample.
    pub file: String,
    /// The line's number in it, from 1.
    pub line: u64,
    /// The line's first byte in it, after decompression.
    pub offset: u64,
    /// The reply code.
    pub code: Option<u16>,
    /// The enhanced code, wherever it stands in the reply.
    pub enhanced: Option<String>,
    /// The stage.
    pub stage: Option<&'static str>,
    /// The provider's name.
    pub provider: Option<&'static str>,
    /// The reason.
    pub reason: &'static str,
    /// What it means, in a few words.
    pub title: String,
    /// Who acts.
    pub actor: &'static str,
    /// transient or permanent; none where there is no reply.
    pub class: Option<&'static str>,
    /// wait, after-fix or no.
    pub retry: &'static str,
    /// Whether it proves the recipient's address bad.
    pub bad_address: bool,
    /// exact, likely or guess.
    pub confidence: &'static str,
    /// The rule that decided.
    pub rule: String,
    /// Attempts that met it.
    pub attempts: u64,
    /// Recipients that failed for good because of it.
    pub failed: u64,
    /// Recipients that were delayed by it.
    pub delayed: u64,
    /// When it was first seen.
    pub first: Option<String>,
    /// When it was last seen.
    pub last: Option<String>,
}

/// A sender domain whose mail failed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SenderRow {
    /// The domain; empty for bounces.
    pub domain: String,
    /// Recipients that failed.
    pub failed: u64,
    /// Recipients delivered.
    pub delivered: u64,
    /// The reason that cost most of them.
    pub top_reason: &'static str,
    /// … and its title.
    pub top_reason_title: &'static str,
}

/// What we refused to others.
#[derive(Clone, Debug, Serialize)]
pub struct RejectionRow {
    /// The reason.
    pub reason: &'static str,
    /// What it means, in a few words.
    pub title: String,
    /// At which stage.
    pub stage: Option<&'static str>,
    /// One of the texts.
    pub text: String,
    /// How many.
    pub count: u64,
    /// From how many addresses.
    pub hosts: u64,
    /// When last.
    pub last: Option<String>,
}

/// Logins that failed at our server.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Logins {
    /// How many.
    pub failures: u64,
    /// From how many IP addresses.
    pub addresses: u64,
    /// The most frequent addresses.
    pub top_addresses: Vec<Count>,
    /// The accounts tried most.
    pub top_accounts: Vec<Count>,
}

/// What happened in one span of time.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Bucket {
    /// Its begin.
    pub time: String,
    /// Messages that came in.
    pub arrived: u64,
    /// Recipients delivered.
    pub delivered: u64,
    /// Recipients failed.
    pub failed: u64,
    /// Deferrals.
    pub deferred: u64,
    /// Things refused to others, failed logins included.
    pub rejected: u64,
}

/// A line that was not understood.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unknown {
    /// The file.
    pub file: String,
    /// The line number.
    pub line: u64,
    /// The line, control characters made visible, cut if it is long.
    pub text: String,
}
