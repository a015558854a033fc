//! `mailwhy generate`: what comes with the program, from the one definition of its options.

mod man;

use std::fs;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Exit, Output};
use crate::cli::{Cli, GenerateCommand, ShellArg};

/// Runs the command.
pub fn run(command: &GenerateCommand) -> Result<Exit> {
    let mut definition = Cli::command();
    match command {
        GenerateCommand::Man { directory } => {
            let cannot_write = |path: &std::path::Path| format!("cannot write {}", path.display());
            fs::create_dir_all(directory).with_context(|| cannot_write(directory))?;
            for (name, page) in man::pages(definition) {
                let path = directory.join(name);
                fs::write(&path, page).with_context(|| cannot_write(&path))?;
            }
        }
        GenerateCommand::Completions { shell } => {
            let shell = match shell {
                ShellArg::Bash => Shell::Bash,
                ShellArg::Zsh => Shell::Zsh,
                ShellArg::Fish => Shell::Fish,
            };
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut definition, "mailwhy", &mut script);
            let mut output = Output::new(None)?;
            let result = output.writer().write_all(&script).and_then(|()| output.writer().flush());
            output.context(result)?;
        }
    }
    Ok(Exit::Found)
}

#[cfg(test)]
mod tests {
    use clap_complete::Shell;

    use super::*;

    fn completions(shell: Shell) -> String {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "mailwhy", &mut script);
        String::from_utf8(script).expect("scripts are UTF-8")
    }

    /// The part of a script that begins with `begin`, up to `end`.
    fn part<'a>(script: &'a str, begin: &str, end: &str) -> &'a str {
        let at = script.find(begin).unwrap_or_else(|| panic!("{begin} is not there"));
        let rest = &script[at + begin.len()..];
        &rest[..rest.find(end).unwrap_or(rest.len())]
    }

    #[test]
    fn every_option_is_in_help_manual_and_completions() {
        let [bash, zsh, fish] = [Shell::Bash, Shell::Zsh, Shell::Fish].map(completions);
        let manual = man::pages(Cli::command());
        let mut definition = Cli::command();
        definition.build();
        let mut commands = vec![(definition, vec!["mailwhy".to_owned()])];
        let mut seen = 0;
        while let Some((mut command, path)) = commands.pop() {
            for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
                commands.push((below.clone(), [&path[..], &[below.get_name().to_owned()]].concat()));
            }
            let page = manual.iter().find(|(name, _)| *name == format!("{}.1", path.join("-")));
            let (_, page) = page.unwrap_or_else(|| panic!("{path:?} has no page"));
            let page = page.replace("\\-", "-");
            let help = command.render_long_help().to_string();
            let in_bash =
                part(&bash, &format!("\n        {})\n", path.join("__subcmd__")), ";;\n        mailwhy");
            let options =
                command.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_long().is_some());
            for arg in options {
                let long = arg.get_long().expect("it has one");
                let option = format!("--{long}");
                assert!(help.contains(&option), "{option} is not in the help of {path:?}");
                assert!(page.contains(&option), "{option} is not in the manual page of {path:?}");
                assert!(in_bash.contains(&option), "{option} is not in bash's completion of {path:?}");
                let in_zsh = zsh.contains(&format!("{option}[")) || zsh.contains(&format!("{option}=["));
                assert!(in_zsh, "{option} is not in zsh's completion of {path:?}");
                assert!(
                    fish.contains(&format!("-l {long} ")),
                    "{option} is not in fish's completion of {path:?}"
                );
                seen += 1;
            }
        }
        assert!(seen > 60, "only {seen} options");
    }
}
