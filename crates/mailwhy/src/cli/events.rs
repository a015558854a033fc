//! `mailwhy events`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args};
use mailwhy::logs::Kind;

use super::{InputArgs, LanguageArgs, LinesFormat, RuleArgs, names};

/// `mailwhy events`.
#[derive(Args, Debug)]
pub struct EventsArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print them; without it as FILE's extension says (-o), or else as JSON Lines
    #[arg(long, value_enum)]
    pub format: Option<LinesFormat>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Only these kinds of lines, for example failure,deferral,host-error
    #[arg(long, value_name = "KIND", value_delimiter = ',', hide_possible_values = true,
        value_parser = names(Kind::ALL.map(Kind::as_str), Kind::from_name))]
    pub kind: Vec<Kind>,

    /// Only lines of this message; may be given more than once
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub id: Vec<OsString>,

    /// Add the verdict to every line that reports a failure
    #[arg(long)]
    pub verdict: bool,

    /// Add the line as it stands in the log (`raw`, or `raw_base64` where it is not UTF-8)
    #[arg(long)]
    pub raw: bool,
}
