//! `mailwhy classify`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use mailwhy::report::Field;

use super::{AroundArgs, LanguageArgs, LinesFormat, RuleArgs, names, threads};

/// `mailwhy classify`.
#[derive(Args, Debug)]
pub struct ClassifyArgs {
    /// Files with one reply per line, plain or compressed; without any, standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<OsString>,

    /// Lines have columns, separated by tabs: text, stage, host; the last two may be missing or empty
    #[arg(long)]
    pub tsv: bool,

    /// Only these fields, in this order, for example reason,actor,bad_address
    #[arg(long, value_name = "FIELD", value_delimiter = ',', hide_possible_values = true,
        value_parser = names(Field::ALL.map(Field::as_str), Field::from_name))]
    pub only: Vec<Field>,

    #[command(flatten)]
    pub around: AroundArgs,

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

    /// How many threads work; 0: one for each processor
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads())]
    pub threads: usize,
}
