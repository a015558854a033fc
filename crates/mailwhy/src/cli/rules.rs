//! `mailwhy rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mailwhy::report::Format;

use super::{InputArgs, LanguageArgs, RuleArgs, names};

/// `mailwhy rules`.
#[derive(Args, Debug)]
pub struct RulesCommandArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// The commands of `mailwhy rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Tests a file of rules: its form, its examples and near misses, conflicts, and what it takes over
    ///
    /// Exit status: 0 all is well, 1 an example goes elsewhere or rules contradict each other, 2 the file cannot be
    /// used.
    #[command(after_help = "Example:\n  \
                      mailwhy rules check /etc/mailwhy/rules.toml")]
    Check(RulesCheckArgs),
    /// Counts the hits of each rule over logs, and shows the replies that no rule knows
    ///
    /// Those are grouped and printed without addresses, hosts, ids and numbers, ready for a bug report.
    #[command(after_help = "Examples:\n  \
                      mailwhy rules coverage -R                       the logs of this host\n  \
                      mailwhy rules coverage --top 0 mainlog          every rule that fired\n  \
                      mailwhy rules coverage --rules my.toml mainlog\n  \
                      mailwhy rules coverage -o coverage.json mainlog")]
    Coverage(RulesCoverageArgs),
}

/// `mailwhy rules check`.
#[derive(Args, Debug)]
pub struct RulesCheckArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `mailwhy rules coverage`.
#[derive(Args, Debug)]
pub struct RulesCoverageArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print it; without it as FILE's extension says (-o), or else as text
    #[arg(long, value_parser = names(["text", "json"], Format::from_name))]
    pub format: Option<Format>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// How many rules and unknown replies to show; 0: all [without it: 40 as text, all as JSON]
    #[arg(short = 't', long, value_name = "N")]
    pub top: Option<usize>,
}
