/*!
Values for options from the environment and from files.

Every option of every command is also a key of the configuration and a variable. Nothing is declared for that: values
become defaults of clap's definition before the command line is parsed. So the command line wins, the environment comes
next, then the user's file, then the host's, then what is built in, and no command knows of it.
*/

mod file;
mod value;

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::builder::ArgPredicate;
use clap::{Arg, ArgAction, ArgMatches};

use file::Entry;
use value::Given;
pub use value::{is_flag, takes_many};

/// The configuration of the whole host.
const SYSTEM: &str = "/etc/mailwhy/config.toml";

/// Names of variables begin with this.
const PREFIX: &str = "MAILWHY_";

/// Commands about the program itself have nothing to configure.
const UNCONFIGURED: [&str; 2] = ["config", "generate"];

/// Options that cannot be keys: they say which configuration is read.
const OWN_OPTIONS: [&str; 2] = ["config", "no-config"];

/// The configuration, as it was found.
pub struct Config {
    /// Where files were looked for, the strongest first, and whether each is there.
    pub files: Vec<(PathBuf, bool)>,
    /// What they set; of two that concern the same option the first counts.
    entries: Vec<Entry>,
    /// What it does to the commands.
    pub settings: Vec<Setting>,
}

/// An option of a command with a value from the configuration.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The command: `["rules", "coverage"]`.
    pub command: Vec<String>,
    /// The table in which it was set; empty for the top level and the environment.
    pub scope: Vec<String>,
    pub key: String,
    /// The values, or what is wrong with them.
    pub values: Result<Vec<OsString>, String>,
    /// The variable, or the file and the line.
    pub origin: String,
}

impl Config {
    /// Reads the files that `args`, the whole command line, and the environment ask for. Their keys must be options of
    /// the commands in `definition`.
    pub fn read(definition: &clap::Command, args: impl Iterator<Item = OsString>) -> Result<Self> {
        let mut config = Self { files: Vec::new(), entries: Vec::new(), settings: Vec::new() };
        let (paths, asked) = match asked(args) {
            Asked::Nothing => (Vec::new(), false),
            Asked::For(path) => (vec![path], true),
            Asked::Usual => (usual(), false),
        };
        for path in paths {
            let entries = file::read(&path, definition, asked)?;
            config.files.push((path, entries.is_some()));
            config.entries.extend(entries.unwrap_or_default());
        }
        Ok(config)
    }

    /// Makes the values defaults of the definition, and lets every flag be taken back: `--no-rotated`.
    pub fn apply(&mut self, definition: clap::Command) -> clap::Command {
        self.apply_below(definition, &mut Vec::new())
    }

    /// Fails where a value does not suit the command that was asked for.
    pub fn check(&self, mut matches: &ArgMatches) -> Result<()> {
        let mut command = Vec::new();
        while let Some((name, below)) = matches.subcommand() {
            command.push(name);
            matches = below;
        }
        let mut settings = self.settings.iter().filter(|setting| setting.command == command);
        settings.find_map(|setting| self.problem(setting)).map_or(Ok(()), Err)
    }

    /// What is wrong with a setting, if anything is.
    pub fn problem(&self, setting: &Setting) -> Option<anyhow::Error> {
        let problem = setting.values.as_ref().err()?;
        let (what, hint) = problem.split_once("\nhint: ").unwrap_or((problem, ""));
        // What one command does not take may be right for another.
        let same = |other: &&Setting| other.key == setting.key && other.origin == setting.origin;
        let fits = self.settings.iter().filter(same).find(|other| other.values.is_ok());
        let table = fits
            .map(|other| format!("in a table, [{}], it is for that command alone", other.command.join(".")));
        let hints: Vec<&str> =
            [hint, table.as_deref().unwrap_or_default()].into_iter().filter(|h| !h.is_empty()).collect();
        let hint = if hints.is_empty() { String::new() } else { format!("\nhint: {}", hints.join("; ")) };
        Some(anyhow!("{}: mailwhy {}: {what}{hint}", setting.origin, setting.command.join(" ")))
    }

    fn apply_below(&mut self, mut command: clap::Command, path: &mut Vec<String>) -> clap::Command {
        for name in subcommands(&command) {
            path.push(name.clone());
            command = command.mut_subcommand(name, |below| self.apply_below(below, path));
            path.pop();
        }
        let found: Vec<(String, Setting)> = options(&command)
            .filter_map(|(key, arg)| Some((arg.get_id().to_string(), self.find(path, key, arg)?)))
            .collect();
        for (id, setting) in found {
            // Logs that come through a pipe are meant, not the usual ones.
            let read = setting.key != "files" || !mailwhy::input::stdin_is_given();
            if let (Ok(values), true) = (&setting.values, read) {
                command = command.mut_arg(id, |arg| arg.required(false).default_values(values.clone()));
            }
            self.settings.push(setting);
        }
        with_negations(command)
    }

    /// The value of an option of the command at `path`: the environment's, or else that of the strongest file, in which
    /// the command's own table wins over the top level.
    fn find(&self, path: &[String], key: &str, arg: &Arg) -> Option<Setting> {
        let variable = variable(key);
        let (given, scope, origin) = match env::var_os(&variable).filter(|value| !value.is_empty()) {
            Some(value) => (Given::Variable(value), Vec::new(), variable),
            None => {
                let entry =
                    self.entries.iter().find(|entry| entry.key == key && path.starts_with(&entry.scope))?;
                (entry.given.clone(), entry.scope.clone(), entry.origin())
            }
        };
        let values = value::fit(arg, key, given);
        Some(Setting { command: path.to_vec(), scope, key: key.to_owned(), values, origin })
    }
}

/// The commands that are configured.
pub fn subcommands(command: &clap::Command) -> Vec<String> {
    let names = command.get_subcommands().map(|below| below.get_name().to_owned());
    names.filter(|name| !UNCONFIGURED.contains(&name.as_str())).collect()
}

/// The options of a command that are keys, and those arguments that name the logs to read.
pub fn options(command: &clap::Command) -> impl Iterator<Item = (&str, &Arg)> {
    let reads_logs = command.get_groups().any(|group| group.get_id() == "InputArgs");
    command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(move |arg| match arg.get_long() {
        Some(long) => (!OWN_OPTIONS.contains(&long)).then_some((long, arg)),
        None => (reads_logs && arg.get_id() == "files").then_some(("files", arg)),
    })
}

/// The variable that sets an option.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('-', "_"))
}

/// Variables that look like ours and set nothing.
pub fn unknown_variables(definition: &clap::Command) -> Vec<String> {
    let known: Vec<String> = file::keys_below(definition).iter().map(|key| variable(key)).collect();
    let ours = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let ours = ours.filter(|name| name.starts_with(PREFIX) && name != &variable("config"));
    ours.filter(|name| !known.contains(name)).collect()
}

/// Which files are to be read.
enum Asked {
    Usual,
    For(PathBuf),
    Nothing,
}

/// The command line is not parsed yet; these options stand anywhere in it.
fn asked(mut args: impl Iterator<Item = OsString>) -> Asked {
    while let Some(arg) = args.next().filter(|arg| arg != "--") {
        if arg == "--no-config" {
            return Asked::Nothing;
        }
        if arg == "--config" {
            return args.next().map_or(Asked::Usual, |path| Asked::For(path.into()));
        }
        if let Some(path) = arg.to_str().and_then(|arg| arg.strip_prefix("--config=")) {
            return Asked::For(path.into());
        }
    }
    match env::var_os(variable("config")).filter(|value| !value.is_empty()) {
        Some(path) => Asked::For(path.into()),
        None => Asked::Usual,
    }
}

/// The user's file and the host's.
fn usual() -> Vec<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
    home.map(|home| home.join("mailwhy/config.toml")).into_iter().chain([SYSTEM.into()]).collect()
}

/// Adds to each flag a hidden one that takes it back, which is of use where the configuration sets it.
fn with_negations(mut command: clap::Command) -> clap::Command {
    let flags = command.get_arguments().filter(|arg| is_flag(arg) && !arg.is_global_set());
    let flags: Vec<(String, String)> = flags
        .filter_map(|arg| {
            let long = arg.get_long()?;
            let negative = long.strip_prefix("no-").map_or_else(|| format!("no-{long}"), str::to_owned);
            Some((arg.get_id().to_string(), negative))
        })
        .collect();
    for (id, negative) in flags {
        if command.get_arguments().any(|arg| arg.get_long() == Some(&negative)) {
            continue;
        }
        command = command
            .arg(
                Arg::new(negative.clone())
                    .long(negative.clone())
                    .hide(true)
                    .action(ArgAction::SetTrue)
                    .overrides_with(id.clone()),
            )
            .mut_arg(id, |arg| {
                arg.overrides_with(negative.clone()).default_value_if(
                    negative,
                    ArgPredicate::Equals("true".into()),
                    OsStr::new("false"),
                )
            });
    }
    command
}
