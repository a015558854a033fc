//! `mailwhy follow`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use super::{Color, LanguageArgs, RuleArgs};

/// `mailwhy follow`.
#[derive(Args, Debug)]
pub struct FollowArgs {
    /// Log files, or directories with logs; `-` is standard input
    ///
    /// They need not be there yet. Of a rotated set give the log that is being written.
    #[arg(value_name = "FILE")]
    pub files: Vec<OsString>,

    /// Show only these things
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',',
        default_values = ["failed", "deferred", "rejected", "host", "panic"])]
    pub only: Vec<What>,

    /// Show everything, one entry for each line of the log
    #[arg(short, long, conflicts_with = "only")]
    pub all: bool,

    /// Begin with so many of the last things that are already in the files [default: 10; with --since all]
    #[arg(short = 'n', long, value_name = "N")]
    pub lines: Option<usize>,

    /// Begin with what happened since then: 9:30, "2h ago", yesterday, "2026-08-01 09:30"
    #[arg(short = 'S', long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print
    #[arg(long, value_enum, default_value_t = FollowFormat::Text)]
    pub format: FollowFormat,

    /// Add the line as it stands in the log
    #[arg(long)]
    pub raw: bool,

    /// Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects
    #[arg(long)]
    pub anonymize: bool,

    /// Print plain lines on a terminal too, instead of the screen with counters
    #[arg(long)]
    pub plain: bool,

    /// Of the same cause show so many within 10 seconds and count the rest; 0: show all
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub burst: u32,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,

    /// Lines longer than this are cut
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, hide_short_help = true)]
    pub max_line: usize,
}

/// What happened, as people who watch a log tell it apart.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, ValueEnum)]
pub enum What {
    /// A recipient failed for good
    Failed,
    /// A delivery was put off after an attempt
    Deferred,
    /// Our server refused something of a client
    Rejected,
    /// A host could not be delivered to, or refused our login
    Host,
    /// A recipient was delivered
    Delivered,
    /// A message came in
    Arrived,
    /// A client's login failed
    Login,
    /// A message left the queue, was frozen, thawed or removed, or not tried now
    Queue,
    /// Something is badly wrong on this host
    Panic,
    /// All else, also lines that are not understood
    Other,
}

/// How `mailwhy follow` prints.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum FollowFormat {
    /// For people
    Text,
    /// One object in a line, as `mailwhy events --verdict` has it, but without `line`
    Jsonl,
}
