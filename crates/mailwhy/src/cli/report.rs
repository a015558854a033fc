//! `mailwhy report`.

use std::path::PathBuf;

use clap::Args;
use mailwhy::report::{By, Format};

use super::{Color, InputArgs, LanguageArgs, RuleArgs, names};

/// `mailwhy report`.
#[derive(Args, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print it; without it as FILE's extension says (-o), or else as text
    #[arg(long, value_parser = names(["text", "json", "csv", "md"], Format::from_name))]
    pub format: Option<Format>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Rows in each table; 0: all
    #[arg(short = 't', long, value_name = "N")]
    pub top: Option<usize>,

    /// Only this table, with more rows
    #[arg(long, value_name = "WHAT", value_parser = names(By::ALL.map(By::as_str), By::from_name))]
    pub by: Option<By>,

    /// Show more: all tables, rules, samples, lines that were not understood
    #[arg(short, long)]
    pub verbose: bool,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}
