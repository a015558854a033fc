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
    #[arg(long, value_parser = names(["text", "json", "csv", "md", "html"], Format::from_name))]
    pub format: Option<Format>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Send it by mail to these addresses, as text and as HTML; with -o the message is written there instead
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', value_parser = address, conflicts_with = "format")]
    pub mail: Vec<String>,

    /// The program that takes the message: it is called with -t -i
    #[arg(long, value_name = "PROGRAM", default_value = "/usr/sbin/sendmail", hide_short_help = true)]
    pub sendmail: PathBuf,

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

/// An address, or the name of a local user, that is safe in a header.
fn address(text: &str) -> Result<String, &'static str> {
    let spoils = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    if text.is_empty() || text.starts_with('-') || text.contains(spoils) {
        return Err("not the address of a mailbox");
    }
    Ok(text.to_owned())
}
