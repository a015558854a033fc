//! `mailwhy config`.

use clap::{Args, Subcommand};

/// `mailwhy config`.
#[derive(Args, Debug)]
pub struct ConfigCommandArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// The commands of `mailwhy config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Prints what is configured, and where each value comes from
    ///
    /// Exit status: 0 something is configured, 1 nothing is, 2 an error.
    Show(ConfigShowArgs),
    /// Prints which files are looked for, the strongest first
    Path,
    /// Prints a file with every key, all of them commented out
    Example,
}

/// `mailwhy config show`.
#[derive(Args, Debug)]
pub struct ConfigShowArgs {
    /// Every option of every command, also those with built-in values
    #[arg(long)]
    pub all: bool,
}
