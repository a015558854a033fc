//! Lines on their way into the file, counted.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::facts::{Kind, Stage};
use crate::message::Id;
use crate::replies::Reply;
use crate::text::Text;
use crate::{Exim, Limit, Lines, Options, Selector, Truth};

/// Bytes that are written at once.
const BLOCK: usize = 1 << 18;
/// The line with which an upgraded server begins to write as a new one.
const UPGRADE: u64 = 2_000;

pub(crate) struct Log<'a, W> {
    pub(crate) options: &'a Options,
    out: W,
    text: Text,
    stamp: Vec<u8>,
    second: i64,
    /// The limit has been reached: nothing is written any more.
    pub(crate) full: bool,
    lines: u64,
    bytes: u64,
    first: Option<i64>,
    last: i64,
    kinds: [u64; Kind::NAMES.len()],
    replies: BTreeMap<(u16, &'static str), u64>,
    stages: BTreeMap<Stage, u64>,
    errnos: BTreeMap<i32, u64>,
    domains: Vec<Lines>,
    pub(crate) truth: Truth,
}

impl<'a, W: Write> Log<'a, W> {
    pub(crate) fn new(options: &'a Options, out: W) -> Self {
        Self {
            options,
            out,
            text: Text(Vec::with_capacity(2 * BLOCK)),
            stamp: Vec::new(),
            second: i64::MIN,
            full: false,
            lines: 0,
            bytes: 0,
            first: None,
            last: 0,
            kinds: [0; Kind::NAMES.len()],
            replies: BTreeMap::new(),
            stages: BTreeMap::new(),
            errnos: BTreeMap::new(),
            domains: Vec::new(),
            truth: Truth { seed: options.seed, ..Truth::default() },
        }
    }

    /// The version that writes now.
    pub(crate) fn exim(&self) -> Exim {
        match self.options.exim {
            Exim::Upgraded if self.lines < UPGRADE => Exim::V4_96,
            Exim::Upgraded => Exim::V4_99,
            exim => exim,
        }
    }

    pub(crate) fn rich(&self) -> bool {
        self.options.selector == Selector::Rich
    }

    /// Writes a line, `at` milliseconds of the log's clock; tells whether there was room for it.
    pub(crate) fn line(
        &mut self,
        at: i64,
        pid: u32,
        id: Option<&Id>,
        kind: Kind,
        write: impl FnOnce(&mut Text),
    ) -> io::Result<bool> {
        self.record(at, pid, id, kind, 1, write)
    }

    /// Writes a record of so many lines.
    pub(crate) fn record(
        &mut self,
        at: i64,
        pid: u32,
        id: Option<&Id>,
        kind: Kind,
        lines: u64,
        write: impl FnOnce(&mut Text),
    ) -> io::Result<bool> {
        if self.full {
            return Ok(false);
        }
        let start = self.text.0.len();
        self.prefix(at, pid, id);
        write(&mut self.text);
        self.text.add("\n");
        let len = (self.text.0.len() - start) as u64;
        self.full = match self.options.limit {
            Limit::Lines(most) => self.lines + lines > most,
            Limit::Bytes(most) => self.bytes + len > most,
        };
        if self.full {
            self.text.0.truncate(start);
            return Ok(false);
        }
        self.lines += lines;
        self.bytes += len;
        self.first.get_or_insert(at);
        self.last = at;
        self.kinds[kind as usize] += 1;
        self.kinds[Kind::Continuation as usize] += lines - 1;
        if self.text.0.len() >= BLOCK {
            self.out.write_all(&self.text.0)?;
            self.text.0.clear();
        }
        Ok(true)
    }

    /// Counts the reply in a line that has been written.
    pub(crate) fn reply(&mut self, reply: &Reply) {
        *self.replies.entry((reply.code, reply.enhanced)).or_default() += 1;
        *self.stages.entry(reply.stage).or_default() += 1;
    }

    /// Counts the number of a deferral.
    pub(crate) fn errno(&mut self, errno: i32) {
        *self.errnos.entry(errno).or_default() += 1;
    }

    /// What is counted of a domain's lines.
    pub(crate) fn domain(&mut self, domain: u32) -> &mut Lines {
        let at = domain as usize;
        if self.domains.len() <= at {
            self.domains.resize(at + 1, Lines::default());
        }
        &mut self.domains[at]
    }

    /// Writes what is left, and gives the truth.
    pub(crate) fn finish(mut self, name: impl Fn(u32) -> String) -> io::Result<Truth> {
        self.out.write_all(&self.text.0)?;
        self.out.flush()?;
        let mut truth = self.truth;
        truth.lines = self.lines;
        truth.bytes = self.bytes;
        let zone = self.options.zone.map(|minutes| text_of_zone(minutes, ":")).unwrap_or_default();
        let time = |at: i64| format!("{}{zone}", civil(at.div_euclid(1000)).strftime("%Y-%m-%dT%H:%M:%S"));
        truth.first = self.first.map(time).unwrap_or_default();
        truth.last = self.first.map(|_| time(self.last)).unwrap_or_default();
        let kinds = Kind::NAMES.iter().zip(self.kinds).filter(|&(_, n)| n > 0);
        truth.kinds = kinds.map(|(name, n)| ((*name).to_owned(), n)).collect();
        let replies = self.replies.into_iter();
        truth.replies = replies
            .map(|((code, enhanced), n)| {
                (format!("{code} {}", if enhanced.is_empty() { "-" } else { enhanced }), n)
            })
            .collect();
        truth.stages = self.stages.into_iter().map(|(stage, n)| (stage.name().to_owned(), n)).collect();
        truth.errnos = self.errnos.into_iter().map(|(errno, n)| (errno.to_string(), n)).collect();
        let domains = self.domains.into_iter().zip(0..).filter(|(lines, _)| *lines != Lines::default());
        truth.domains = domains.map(|(lines, n)| (name(n), lines)).collect();
        Ok(truth)
    }

    fn prefix(&mut self, at: i64, pid: u32, id: Option<&Id>) {
        let second = at.div_euclid(1000);
        if second != self.second {
            self.second = second;
            self.stamp.clear();
            let _ = write!(self.stamp, "{}", civil(second).strftime("%Y-%m-%d %H:%M:%S"));
        }
        let text = &mut self.text;
        text.add(&self.stamp);
        if self.options.millis {
            text.add(".").padded(at.rem_euclid(1000) as u64, 3);
        }
        if let Some(minutes) = self.options.zone {
            text.add(" ").add(text_of_zone(minutes, ""));
        }
        if self.options.pid {
            text.add(" [").number(u64::from(pid)).add("]");
        }
        text.add(" ");
        if let Some(id) = id {
            text.add(id.as_bytes()).add(" ");
        }
    }
}

fn civil(second: i64) -> DateTime {
    let time = Timestamp::UNIX_EPOCH.saturating_add(SignedDuration::from_secs(second));
    TimeZone::UTC.to_datetime(time.unwrap_or(Timestamp::MAX))
}

fn text_of_zone(minutes: i32, between: &str) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{between}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
