//! What is true of a log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counted line by line while the log was written. Names are those of `mailwhy report --format json`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Truth {
    /// The seed it was made from.
    pub seed: u64,
    /// Physical lines.
    pub lines: u64,
    /// Bytes.
    pub bytes: u64,
    /// The time of the first line and of the last, as in the log.
    pub first: String,
    /// See `first`.
    pub last: String,
    /// Lines that are not UTF-8.
    pub invalid_utf8: u64,
    /// Lines by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Lines with a remote server's error reply, by code and enhanced code: `550 5.1.1`, `550 -`.
    pub replies: BTreeMap<String, u64>,
    /// The same by stage.
    pub stages: BTreeMap<String, u64>,
    /// Deferrals by the number in `defer (N)`.
    pub errnos: BTreeMap<String, u64>,
    /// Lines of deliveries, deferrals and failures by the recipient's domain.
    pub domains: BTreeMap<String, Lines>,
    /// Messages by outcome: `delivered`, with ` open` behind it while on the queue, and ` before` where the arrival is
    /// before the log.
    pub outcomes: BTreeMap<String, u64>,
    /// Messages of which a line is in the log.
    pub messages: u64,
    /// Those of them that left the queue.
    pub completed: u64,
    /// Those of them that were on the queue at the end.
    pub open: u64,
    /// Those of them that have the null sender.
    pub bounces: u64,
    /// Recipients of messages by how it ended for them.
    pub recipients: Recipients,
    /// Failed recipients by the reason of their last attempt, where it is certain.
    pub failed_by_reason: BTreeMap<String, u64>,
    /// Failed attempts by reason, where it is certain. An attempt that the log tells on two lines is one.
    pub attempts_by_reason: BTreeMap<String, u64>,
    /// Failed recipients whose reason people may argue about.
    pub failed_uncertain: u64,
    /// Failed attempts whose reason people may argue about.
    pub attempts_uncertain: u64,
    /// Failed logins at our server.
    pub login_failures: u64,
}

/// Lines about recipients.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lines {
    /// Deliveries.
    pub delivered: u64,
    /// Deferrals.
    pub deferred: u64,
    /// Failures.
    pub failed: u64,
}

/// Recipients of messages.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Recipients {
    /// Delivered.
    pub delivered: u64,
    /// Delivered, after one deferral or more.
    pub delivered_after_deferral: u64,
    /// Failed.
    pub failed: u64,
    /// Deferred, no end seen.
    pub deferred: u64,
}
