//! The command line program.

mod anonymize;
mod cli;
mod commands;
mod config;
mod interrupt;
mod json;
mod pipeline;
mod progress;
mod when;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use mailwhy::codes::Lang;
use mailwhy::report::Again;

use crate::cli::{Cli, Command, again};
use crate::commands::{Exit, fail, is_broken_pipe};
use crate::config::Config;

/// Results are made in one thread and freed in another, which the usual allocators do slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let (cli, config, again) = match parse() {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let result = match &cli.command {
        Command::Report(args) => commands::report::run(args, again()),
        Command::Errors(args) => commands::errors::run(args, again()),
        Command::Suppress(args) => commands::suppress::run(args, again()),
        Command::Trace(args) => commands::trace::run(args),
        Command::Events(args) => commands::events::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Classify(args) => commands::classify::run(args),
        Command::Follow(args) => commands::follow::run(args, again()),
        Command::Rules(args) => commands::rules::run(&args.command),
        Command::Check(args) => Ok(commands::check::run(args)),
        Command::Sql(args) => commands::sql::run(args),
        Command::Config(args) => commands::config::run(&args.command, &config),
        Command::Generate(args) => commands::generate::run(&args.command),
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

/// The command line, with what the configuration says where it is silent, and as hints repeat it; or the exit status, when
/// all is told.
fn parse() -> Result<(Cli, Config, impl FnOnce() -> Again), ExitCode> {
    let definition = Cli::command();
    let mut config = Config::read(&definition, std::env::args_os().skip(1)).map_err(|error| {
        // Help and version are there whatever the files hold.
        match Cli::command().try_get_matches() {
            Err(other) if !other.use_stderr() => wrong_usage(&other),
            _ => wrong_configuration(&error),
        }
    })?;
    let mut definition = config.apply(definition);
    let matches =
        definition.try_get_matches_from_mut(std::env::args_os()).map_err(|error| wrong_usage(&error))?;
    config.check(&matches).map_err(|error| wrong_configuration(&error))?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| wrong_usage(&error))?;
    Ok((cli, config, move || again(&definition, &matches)))
}

/// Prints help or what is wrong with the options.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    let printed = error.print().and_then(|()| io::stdout().flush());
    match (error.exit_code(), printed) {
        (0, Err(error)) if error.kind() != ErrorKind::BrokenPipe => {
            fail(&anyhow::Error::new(error).context("cannot write to standard output"));
            ExitCode::from(2)
        }
        (0, _) => ExitCode::SUCCESS,
        _ => wrong("wrong options, see mailwhy check --help", "неверные параметры, см. mailwhy check --help"),
    }
}

/// Prints what is wrong with the configuration.
fn wrong_configuration(error: &anyhow::Error) -> ExitCode {
    fail(error);
    wrong("wrong configuration, see mailwhy config show", "ошибка в настройках, см. mailwhy config show")
}

/// The exit status of a call that is wrong. To a monitoring system 2 would be the state of the mail, not of the call.
fn wrong(en: &str, ru: &str) -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.find(|arg| !arg.as_encoded_bytes().starts_with(b"-")).is_some_and(|command| command == "check") {
        let lang = cli::probable_lang(args);
        return commands::check::unknown(if lang == Lang::Ru { ru } else { en }, lang);
    }
    ExitCode::from(2)
}
