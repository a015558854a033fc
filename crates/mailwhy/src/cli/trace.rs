//! `mailwhy trace`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::{Color, InputArgs, LanguageArgs, RuleArgs};

/// `mailwhy trace`.
#[derive(Args, Debug)]
pub struct TraceArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// What to look for; may be given more than once, and any of them is enough. All arguments are files then
    #[arg(short = 'e', long = "what", value_name = "WHAT", action = ArgAction::Append)]
    pub what: Vec<OsString>,

    /// Take every WHAT as it stands, and find it anywhere in a line
    #[arg(short, long)]
    pub literal: bool,

    /// Tell capitals from small letters
    #[arg(short = 'I', long = "sensitive")]
    pub sensitive: bool,

    /// Only what WHAT is nowhere in: messages without such a line, and such other lines
    #[arg(short = 'v', long)]
    pub invert: bool,

    /// With related messages: the bounce of a message, the message a bounce reports on, and those with the same
    /// Message-ID
    #[arg(short = 'M', long)]
    pub related: bool,

    /// Only messages that this account sent: the login of A=, or the local user of U=. All arguments are files then,
    /// unless there is a WHAT before them with -e
    #[arg(long, value_name = "USER")]
    pub user: Option<OsString>,

    /// Only what failed or was refused, at least for one of the recipients that were looked for
    #[arg(long)]
    pub failed: bool,

    /// Only what is still on the queue
    #[arg(long)]
    pub open: bool,

    /// Only what was delivered, at least to one of the recipients that were looked for
    #[arg(long)]
    pub delivered: bool,

    /// Only the last N of them; 0: all
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub last: usize,

    /// Show the lines of the log too
    #[arg(long)]
    pub raw: bool,

    /// How to print it; without it as FILE's extension says (-o), or else as text
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<TraceFormat>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

/// How found messages are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum TraceFormat {
    /// For people
    Text,
    /// One object with all of them
    Json,
    /// One object in a line for each of them
    Jsonl,
}
