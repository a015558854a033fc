//! `mailwhy suppress`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use jiff::{Span, Unit};
use mailwhy::codes::Reason;
use mailwhy::report::{Lifetime, ListFormat};

use super::errors::reasons;
use super::{Color, InputArgs, LanguageArgs, RuleArgs, names};

/// `mailwhy suppress`.
#[derive(Args, Debug)]
pub struct SuppressArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// Only addresses that failed so often, without a delivery between
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub min_count: u64,

    /// Only addresses with this reason, for example recipient-unknown; may be given more than once
    #[arg(long, value_name = "REASON", value_delimiter = ',', hide_possible_values = true,
        value_parser = reasons())]
    pub reason: Vec<Reason>,

    /// Leave an address out so long after its last failure: 180d, 1y, never
    ///
    /// Without it: 1 year for mailboxes that do not exist or have moved, 30 days for domains that do not exist (they come
    /// back when their bill is paid), 180 days for all others. The day that counts is that of the log's last line.
    #[arg(long, value_name = "SPAN", value_parser = lifetime)]
    pub expire: Option<Lifetime>,

    /// Show the addresses too that failed and are not in the list: delivered since, expired, or an alias of several
    #[arg(long)]
    pub cleared: bool,

    /// Begin with this list, one of ours (CSV) or one address a line, and print both as one
    ///
    /// What a list of ours knows already is not counted again, and --min-count and --reason leave none of it out. FILE may be
    /// the one that is written (-o), which need not be there yet.
    #[arg(long, value_name = "FILE")]
    pub merge: Option<PathBuf>,

    /// Print how the list changes instead: added, removed (delivered since, or expired) and kept addresses
    #[arg(long, requires = "merge", conflicts_with = "cleared")]
    pub diff: bool,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print it; without it as FILE's extension says (-o), else as text on a terminal and as CSV elsewhere
    #[arg(long, value_parser = names(["text", "csv", "json", "jsonl", "plain"], ListFormat::from_name))]
    pub format: Option<ListFormat>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

/// Reads a span of time as days.
fn lifetime(text: &str) -> Result<Lifetime, &'static str> {
    const WRONG: &str = "not a span of days such as 180d, 6 months, 1y or never";
    if text == "never" {
        return Ok(None);
    }
    let span: Span = text.parse().map_err(|_| WRONG)?;
    let days = span.total((Unit::Day, Date::constant(2026, 1, 1))).map_err(|_| WRONG)?;
    if days < 1.0 { Err(WRONG) } else { Ok(Some(days as i64)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, days) in [
            ("180d", Ok(Some(180))),
            ("6 months", Ok(Some(181))),
            ("1y", Ok(Some(365))),
            ("2w", Ok(Some(14))),
            ("never", Ok(None)),
        ] {
            assert_eq!(lifetime(text), days, "{text}");
        }
        for text in ["", "180", "0d", "-3d", "12h", "soon"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }
}
