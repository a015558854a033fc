//! For spreadsheets: one table, the fields of the model as they are.

use std::io::{self, Write};

use ::csv::Writer;
use serde::Serialize;
use serde_json::Value;

use super::{By, Style};
use crate::Report;
use crate::text::cell;

const REASONS: &[&str] =
    &["reason", "title", "actor", "failed", "delayed", "attempts", "addresses", "bad_addresses", "places"];

const DESTINATIONS: &[&str] = &[
    "name",
    "provider",
    "delivered",
    "failed",
    "deferred",
    "delayed",
    "waiting",
    "median_delay",
    "p95_delay",
    "top_reason",
    "top_reason_title",
];

const HOSTS: &[&str] = &["host", "delivered", "failed_attempts", "top_reason", "top_reason_title", "last"];

const GROUPS: &[&str] = &[
    "fingerprint",
    "text",
    "sample",
    "file",
    "line",
    "offset",
    "code",
    "enhanced",
    "stage",
    "provider",
    "reason",
    "title",
    "actor",
    "class",
    "retry",
    "bad_address",
    "confidence",
    "rule",
    "attempts",
    "failed",
    "delayed",
    "first",
    "last",
];

const REPLIES: &[&str] = &["code", "enhanced", "title", "count"];

const SENDERS: &[&str] = &["domain", "failed", "delivered", "top_reason", "top_reason_title"];

const REJECTIONS: &[&str] = &["reason", "title", "stage", "text", "count", "hosts", "last"];

const TIMELINE: &[&str] = &["time", "arrived", "delivered", "failed", "deferred", "rejected"];

pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(out, style.top);
    match style.by.unwrap_or(By::Reply) {
        By::Reason => table.write(REASONS, report.reasons.iter()),
        By::Provider => table.write(DESTINATIONS, report.providers.iter()),
        By::Domain => table.write(DESTINATIONS, report.domains.iter()),
        By::Host => table.write(HOSTS, report.hosts.iter()),
        By::Reply => table.write(GROUPS, report.groups.iter()),
        By::Code => table.write(REPLIES, report.replies.iter()),
        By::Sender => table.write(SENDERS, report.senders.iter()),
        By::Rejection => table.write(REJECTIONS, report.rejections.iter()),
        By::Time => table.write(TIMELINE, report.timeline.iter()),
    }
}

/// One table.
pub(super) struct Table<'a> {
    out: Writer<&'a mut dyn Write>,
    top: usize,
}

impl<'a> Table<'a> {
    /// A table of so many rows at most.
    pub(super) fn new(out: &'a mut dyn Write, top: Option<usize>) -> Self {
        Self { out: Writer::from_writer(out), top: top.unwrap_or(usize::MAX) }
    }

    /// Writes these fields of the rows.
    pub(super) fn write(
        &mut self,
        columns: &[&str],
        rows: impl Iterator<Item = impl Serialize>,
    ) -> io::Result<()> {
        self.out.write_record(columns).map_err(bare)?;
        for row in rows.take(self.top) {
            let row = serde_json::to_value(row)?;
            self.out.write_record(columns.iter().map(|&column| field(&row[column]))).map_err(bare)?;
        }
        self.out.flush()
    }
}

/// The error of the writer itself, so that a closed pipe is known as one.
fn bare(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => cell(text.as_bytes()),
        // Lists of names and counts.
        Value::Array(items) => {
            let items =
                items.iter().map(|item| format!("{} {}", field(&item["name"]), field(&item["count"])));
            items.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
