//! `mailwhy generate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `mailwhy generate`.
#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// What to generate.
    #[command(subcommand)]
    pub command: GenerateCommand,
}

/// The commands of `mailwhy generate`.
#[derive(Debug, Subcommand)]
pub enum GenerateCommand {
    /// Writes the manual pages into a directory: mailwhy.1 and one for each command
    #[command(after_help = "Example:\n  \
                      mailwhy generate man ~/.local/share/man/man1")]
    Man {
        /// The directory; it is made if it is not there
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Prints completions for a shell
    #[command(after_help = "Examples:\n  \
                      mailwhy generate completions bash > ~/.local/share/bash-completion/completions/mailwhy\n  \
                      mailwhy generate completions zsh > ~/.zfunc/_mailwhy        a directory in $fpath\n  \
                      mailwhy generate completions fish > ~/.config/fish/completions/mailwhy.fish")]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: ShellArg,
    },
}

/// A shell with completions.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ShellArg {
    /// GNU Bash
    Bash,
    /// The Z shell
    Zsh,
    /// fish
    Fish,
}
