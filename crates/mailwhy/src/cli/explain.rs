//! `mailwhy explain`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mailwhy::report::Format;

use super::{AroundArgs, Color, LanguageArgs, RuleArgs, names};

/// `mailwhy explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// What to explain
    #[arg(value_name = "TEXT", allow_hyphen_values = false)]
    pub text: Vec<OsString>,

    #[command(flatten)]
    pub around: AroundArgs,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print it; without it as FILE's extension says (-o), or else as text
    #[arg(long, value_parser = names(["text", "json", "md"], Format::from_name))]
    pub format: Option<Format>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Show which rules matched, which one decided and why the others did not
    #[arg(long)]
    pub why: bool,

    /// Only list what can be explained
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "text")]
    pub list: Option<Listed>,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

/// What `mailwhy explain --list` lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Listed {
    /// Reply codes
    Codes,
    /// Enhanced status codes
    Enhanced,
    /// Reasons
    Reasons,
    /// Providers and server programs
    Providers,
    /// Causes: the names of rules
    Causes,
}
