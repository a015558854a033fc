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
use crate::commands::{Exit, fail, is_broken_pipe};

/// Results are made in one thread and freed in another, which the usual allocators do slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    let result = match &cli.command {
        Command::Report(args) => commands::report::run(args),
        Command::Errors(args) => commands::errors::run(args),
        Command::Suppress(args) => commands::suppress::run(args),
        Command::Trace(args) => commands::trace::run(args),
        Command::Events(args) => commands::events::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Classify(args) => commands::classify::run(args),
        Command::Follow(args) => commands::follow::run(args),
        Command::Rules(args) => commands::rules::run(&args.command),
        Command::Check(args) => Ok(commands::check::run(args)),
        Command::Sql(args) => commands::sql::run(args),
    };
    match result {
        Ok(Exit::Found) => ExitCode::SUCCESS,
        Ok(Exit::Nothing) => ExitCode::from(1),
        Ok(Exit::Error) => ExitCode::from(2),
        Ok(Exit::Status(status)) => ExitCode::from(status),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            fail(&error);
            ExitCode::from(2)
        }
    }
}

/// Prints help or what is wrong with the options. To a monitoring system 2 would be the state of the mail, not of the call.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    match error.exit_code() {
        0 => ExitCode::SUCCESS,
        _ if std::env::args_os().nth(1).is_some_and(|command| command == "check") => {
            commands::check::unknown("wrong options, see mailwhy check --help")
        }
        _ => ExitCode::from(2),
    }
}
