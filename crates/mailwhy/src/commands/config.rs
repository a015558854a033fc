//! `mailwhy config`: what is configured, and by whom.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::{Arg, CommandFactory};

use super::{Exit, Output, complain};
use crate::cli::{Cli, ConfigCommand, ConfigShowArgs};
use crate::config::{self, Config, Setting, is_flag, subcommands, takes_many};

/// Where comments begin.
const COMMENT: usize = 32;

/// Runs the command.
pub fn run(command: &ConfigCommand, config: &Config) -> Result<Exit> {
    let definition = Cli::command();
    let mut output = Output::new(None)?;
    let (text, exit) = match command {
        ConfigCommand::Show(ConfigShowArgs { all }) => {
            for name in config::unknown_variables(&definition) {
                complain(&format!("{name} sets no option"), None);
            }
            if let Some(problem) = config.settings.iter().find_map(|setting| config.problem(setting)) {
                return Err(problem);
            }
            let text = if *all { everything(&definition, config) } else { what_is_set(&definition, config) };
            (text, if *all || !config.settings.is_empty() { Exit::Found } else { Exit::Nothing })
        }
        ConfigCommand::Path => {
            let line = |(path, there): &(_, bool)| {
                let path: &std::path::PathBuf = path;
                format!("{}{}\n", path.display(), if *there { "" } else { " (not there)" })
            };
            (config.files.iter().map(line).collect(), Exit::Found)
        }
        ConfigCommand::Example => (example(&definition), Exit::Found),
    };
    let result = output.writer().write_all(text.as_bytes()).and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(exit)
}

/// What the environment and the files set, each once, in the form of a file.
fn what_is_set(definition: &clap::Command, config: &Config) -> String {
    if config.settings.is_empty() {
        return "# nothing; see the built-in values with --all\n".into();
    }
    let mut tables: Vec<(&[String], String)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut settings: Vec<&Setting> = config.settings.iter().collect();
    settings.sort_by_key(|setting| &setting.scope);
    for setting in settings {
        if !seen.insert((&setting.scope, &setting.key, &setting.origin)) {
            continue;
        }
        let line = set(definition, setting);
        match tables.last_mut() {
            Some((scope, lines)) if *scope == setting.scope => *lines += &line,
            _ => tables.push((&setting.scope, line)),
        }
    }
    join(tables.into_iter().map(|(scope, lines)| (scope.join("."), lines)))
}

/// Every option of every command with the value that is in force.
fn everything(definition: &clap::Command, config: &Config) -> String {
    let mut tables = Vec::new();
    each_command(definition, &mut Vec::new(), &mut |path, command| {
        let mut lines = String::new();
        for (key, arg) in config::options(command) {
            let mut settings = config.settings.iter();
            let setting = settings.find(|setting| setting.command == path && setting.key == key);
            lines += &match (setting, built_in(arg)) {
                (Some(setting), _) => set(definition, setting),
                (None, Some(value)) => commented(&format!("{key} = {value}"), "built-in"),
                (None, None) => commented(&format!("# {key} ="), "not set"),
            };
        }
        tables.push((path.join("."), lines));
    });
    join(tables.into_iter().filter(|(_, lines)| !lines.is_empty()))
}

/// A file to start from.
fn example(definition: &clap::Command) -> String {
    let mut out = String::from(
        "# The configuration of mailwhy.\n\
         #\n\
         # Every option of a command is a key, with the name it has on the command line, which always wins.\n\
         # A key at the top goes for every command that has such an option, a key in a table for that command.\n\
         # A flag that is set here is taken back on the command line with --no-…: --no-rotated.\n\
         # Stronger than files are variables: MAILWHY_TOP=20 is `top = 20`.\n\
         #\n\
         # /etc/mailwhy/config.toml is for the whole host, ~/.config/mailwhy/config.toml for one user and stronger.\n\
         # mailwhy config show   prints what is in force, and where it comes from\n",
    );
    let mut commands = Vec::new();
    each_command(definition, &mut Vec::new(), &mut |path, command| {
        let options = config::options(command).map(|(key, arg)| (key.to_owned(), arg.clone()));
        commands.push((path.to_vec(), options.collect::<Vec<_>>()));
    });
    let count =
        |key: &str| commands.iter().filter(|(_, options)| options.iter().any(|(k, _)| k == key)).count();
    let mut shared = BTreeSet::new();
    for (key, arg) in commands.iter().flat_map(|(_, options)| options) {
        if count(key) > 1 && shared.insert(key) {
            out += &described(key, arg);
        }
    }
    for (path, options) in &commands {
        let mut own = options.iter().filter(|(key, _)| !shared.contains(key)).peekable();
        if own.peek().is_some() {
            out += &format!("\n\n# What only mailwhy {} has.\n[{}]\n", path.join(" "), path.join("."));
        }
        for (key, arg) in own {
            out += &described(key, arg);
        }
    }
    out
}

fn described(key: &str, arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let possible = arg.get_possible_values().into_iter().next().map(|value| quoted(value.get_name()));
    let value = built_in(arg).or(possible).unwrap_or_else(|| match arg.get_value_names() {
        Some([name, ..]) => quoted(name),
        _ => quoted(""),
    });
    let value = if takes_many(arg) { format!("[{value}]") } else { value };
    format!("\n# {help}\n#{key} = {value}\n")
}

/// The value that an option has by itself.
fn built_in(arg: &Arg) -> Option<String> {
    if is_flag(arg) {
        return Some("false".into());
    }
    arg.get_default_values().first().map(|value| plain(&value.to_string_lossy()))
}

/// A setting as a line of a file, with its origin.
fn set(definition: &clap::Command, setting: &Setting) -> String {
    let command = setting.command.iter().try_fold(definition, |command, name| command.find_subcommand(name));
    let arg = command.and_then(|command| config::options(command).find(|(key, _)| *key == setting.key));
    let values = setting.values.as_deref().unwrap_or_default();
    let mut values = values.iter().map(|value| plain(&value.to_string_lossy()));
    let value = match arg {
        Some((_, arg)) if takes_many(arg) => format!("[{}]", values.collect::<Vec<_>>().join(", ")),
        _ => values.next().unwrap_or_default(),
    };
    commented(&format!("{} = {value}", setting.key), &setting.origin)
}

fn commented(text: &str, comment: &str) -> String {
    format!("{text:<COMMENT$}  # {comment}\n")
}

/// Numbers and truth as they are, texts in quotes.
fn plain(value: &str) -> String {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => value.to_owned(),
        _ if matches!(value, "true" | "false") => value.to_owned(),
        _ => quoted(value),
    }
}

fn quoted(value: &str) -> String {
    toml::Value::String(value.to_owned()).to_string()
}

/// Tables with their heads, the one without a name first.
fn join(tables: impl Iterator<Item = (String, String)>) -> String {
    let tables =
        tables.map(|(name, lines)| if name.is_empty() { lines } else { format!("[{name}]\n{lines}") });
    tables.collect::<Vec<_>>().join("\n")
}

/// Walks over the commands that are configured.
fn each_command(
    command: &clap::Command,
    path: &mut Vec<String>,
    visit: &mut impl FnMut(&[String], &clap::Command),
) {
    if !path.is_empty() {
        visit(path, command);
    }
    for name in subcommands(command) {
        if let Some(below) = command.find_subcommand(&name) {
            path.push(name.clone());
            each_command(below, path, visit);
            path.pop();
        }
    }
}
