/*!
Writes Exim main logs of any size, for tests and benchmarks, and tells what is true of them.

[`generate`] plays a hosting server: messages come in, are delivered, refused, deferred and tried again until their time is
over, bounces go out, and all of that interleaves with the lines that a server in the open writes anyway: refused commands,
guessed passwords, lost connections. The same [`Options`] give the same bytes, always. [`Truth`] is counted while lines
are written, so that it describes exactly the bytes of the log.

Hosts and addresses are invented, or of the ranges set aside for documentation and benchmarks.
*/

mod arrival;
mod delivery;
mod facts;
mod log;
mod message;
mod noise;
mod play;
mod queue;
mod random;
mod replies;
mod text;
mod truth;
mod world;

use std::io::{self, Write};

pub use truth::{Lines, Recipients, Truth};

/// What kind of log.
#[derive(Clone, Debug)]
pub struct Options {
    /// Another seed gives another log of the same kind.
    pub seed: u64,
    /// Where it ends.
    pub limit: Limit,
    /// Whose wording and ids.
    pub exim: Exim,
    /// What Exim is told to log.
    pub selector: Selector,
    /// Milliseconds in times (`+millisec`).
    pub millis: bool,
    /// The process in each line (`+pid`).
    pub pid: bool,
    /// The offset from UTC in each line, in minutes (`log_timezone`).
    pub zone: Option<i32>,
    /// Messages per second, on average over a day.
    pub rate: f64,
    /// The share of odd lines: other charsets, words in wrong places, records of several lines.
    pub odd: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            limit: Limit::Lines(100_000),
            exim: Exim::V4_96,
            selector: Selector::Debian,
            millis: false,
            pid: false,
            zone: None,
            rate: 20.0,
            odd: 0.0005,
        }
    }
}

/// Where a log ends: before the line that would go beyond.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// So many lines.
    Lines(u64),
    /// So many bytes.
    Bytes(u64),
}

/// Versions of Exim that word lines differently.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exim {
    /// Up to 4.84: the host stands within the words; short ids.
    V4_84,
    /// 4.85 to 4.96: short ids.
    V4_96,
    /// 4.99: long ids, a blank before the colon of failures.
    V4_99,
    /// 4.96 for the first 2,000 lines, 4.99 from then on.
    Upgraded,
}

/// `log_selector`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Selector {
    /// Exim's own.
    Default,
    /// Debian's: with the subject of certificates.
    Debian,
    /// Nearly all there is: ports, sizes, subjects, recipients, times.
    Rich,
}

/// Writes a log.
///
/// # Errors
///
/// Those of `out`.
pub fn generate(options: &Options, out: impl Write) -> io::Result<Truth> {
    play::play(options, out)
}
