//! The command line, as a hint repeats it.

use std::ffi::OsStr;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use mailwhy::report::Again;

use crate::config::is_flag;

/// Where and how something is printed, which the one who follows a hint sees for himself.
const PRINTED: [&str; 6] = ["format", "output", "color", "top", "threads", "no_progress"];

/// The longest list of files that is repeated: one from a shell's pattern would bury the hint.
const FILES: usize = 80;

/// What `matches` say, the matches of a whole command line.
pub fn again(definition: &Command, matches: &ArgMatches) -> Again {
    let mut again = Again::default();
    let Some((name, matches)) = matches.subcommand() else { return again };
    let Some(command) = definition.find_subcommand(name) else { return again };
    let input = |arg: &Arg| {
        let mut groups = command.get_groups().filter(|group| group.get_id() == "InputArgs");
        groups.any(|group| group.get_args().any(|id| id == arg.get_id()))
    };
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let id = arg.get_id().as_str();
        if PRINTED.contains(&id) || matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let values: Vec<String> = matches.get_raw(id).into_iter().flatten().map(quoted).collect();
        let part = match id {
            "lang" if arg.get_default_values().is_empty() && values == [super::locale().as_str()] => continue,
            "files" => &mut again.files,
            "rules" | "lang" | "config" | "no_config" => &mut again.general,
            _ if input(arg) => &mut again.input,
            _ => &mut again.own,
        };
        let mut written = written(arg, &values).join(" ");
        if id == "files" && values.len() > 1 && written.len() > FILES {
            "FILE...".clone_into(&mut written);
        } else if id == "files" && values.iter().any(|file| file.starts_with('-') && file != "-") {
            written.insert_str(0, "-- ");
        }
        if !part.is_empty() {
            part.push(' ');
        }
        *part += &written;
    }
    again
}

/// The arguments that give `arg` these values.
fn written(arg: &Arg, values: &[String]) -> Vec<String> {
    let Some(long) = arg.get_long() else { return values.to_vec() };
    if is_flag(arg) {
        return vec![arg.get_short().map_or_else(|| format!("--{long}"), |short| format!("-{short}"))];
    }
    match arg.get_value_delimiter() {
        Some(delimiter) => vec![format!("--{long} {}", values.join(&delimiter.to_string()))],
        None => values.iter().map(|value| format!("--{long} {value}")).collect(),
    }
}

/// For a shell.
pub fn quoted(value: &OsStr) -> String {
    let value = value.to_string_lossy();
    shlex::try_quote(&value).map_or_else(|_| value.to_string(), Into::into)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn of(args: &str) -> Again {
        let mut definition = Cli::command();
        let args = shlex::split(args).expect("quoted");
        let matches = definition.try_get_matches_from_mut(args).unwrap_or_else(|error| panic!("{error}"));
        again(&definition, &matches)
    }

    #[test]
    fn what_is_read_is_repeated() {
        let again =
            of("mailwhy report -S '2h ago' --rotated --lang ru --rules own.toml -o x.md -vt 3 'my log' -");
        assert_eq!(again.input, "-R --since '2h ago'");
        assert_eq!(again.general, "--rules own.toml --lang ru");
        assert_eq!((&*again.own, &*again.files), ("-v", "'my log' -"));
        assert!(!again.piped);
    }

    #[test]
    fn what_is_told_is_repeated() {
        let again =
            of("mailwhy errors --by host --code 550,5.7.1 --code 4xx --no-config --top 9 --color never");
        assert_eq!(again.own, "--by host --code 550,5.7.1,4xx");
        assert_eq!((&*again.general, &*again.input, &*again.files), ("--no-config", "", ""));
    }

    #[test]
    fn files_stay_files() {
        assert_eq!(of("mailwhy report -- -x").files, "-- -x");
        assert_eq!(of("mailwhy report a 'b*' \"it's\"").files, "a 'b*' \"it's\"");
        let many: Vec<String> = (1..30).map(|n| format!("mainlog.{n}")).collect();
        assert_eq!(of(&format!("mailwhy report {}", many.join(" "))).files, "FILE...");
        let long = "very/".repeat(40);
        assert_eq!(of(&format!("mailwhy report {long}")).files, long);
    }
}
