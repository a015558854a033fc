//! The command line program.

mod cli;
mod commands;
mod json;
mod pipeline;
mod progress;
mod when;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::commands::{Exit, complain, is_broken_pipe};

/// Results are made in one thread and freed in another, which the usual allocators do slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Report(args) => commands::report::run(args),
        Command::Events(args) => commands::events::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Classify(args) => commands::classify::run(args),
        Command::Rules(args) => commands::rules::run(&args.command),
        Command::Sql(args) => commands::sql::run(args),
    };
    match result {
        Ok(Exit::Found) => ExitCode::SUCCESS,
        Ok(Exit::Nothing) => ExitCode::from(1),
        Ok(Exit::Error) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let text = format!("{error:#}");
            let (message, hint) = text.split_once("\nhint: ").unwrap_or((&text, ""));
            complain(message, Some(hint).filter(|hint| !hint.is_empty()));
            ExitCode::from(2)
        }
    }
}
