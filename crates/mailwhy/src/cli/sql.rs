//! `mailwhy sql`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{InputArgs, LanguageArgs, RuleArgs};

/// `mailwhy sql`.
#[derive(Args, Debug)]
pub struct SqlArgs {
    /// The query: one SELECT, also with WITH; SQLite's dialect
    #[arg(value_name = "QUERY", required_unless_present_any = ["query_file", "explain_tables"])]
    pub query: Option<String>,

    /// Read the query from this file; every argument is a log file then
    #[arg(short = 'f', long, value_name = "FILE")]
    pub query_file: Option<PathBuf>,

    /// Only describe the tables and their columns
    #[arg(long)]
    pub explain_tables: bool,

    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print the answer; without it as FILE's extension says (-o), or else as a table
    #[arg(long, value_enum)]
    pub format: Option<SqlFormat>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum SqlFormat {
    /// For people
    Table,
    /// With a header line
    Csv,
    /// An array of objects
    Json,
    /// One object in a line
    Jsonl,
}
