//! A file of the configuration: keys are options, tables are commands.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::value::Given;
use super::{options, subcommands};
use crate::commands::explain::nearest;
use crate::commands::rules::place;

/// A key and its value.
pub(super) struct Entry {
    /// The table it stands in; empty: the top level.
    pub(super) scope: Vec<String>,
    pub(super) key: String,
    pub(super) given: Given,
    path: PathBuf,
    line: usize,
}

impl Entry {
    /// `/etc/mailwhy/config.toml:3`
    pub(super) fn origin(&self) -> String {
        format!("{}:{}", self.path.display(), self.line)
    }
}

/// The entries of a file, those of deeper tables first; `None` where there is no such file and it need not be there.
pub(super) fn read(path: &Path, definition: &clap::Command, needed: bool) -> Result<Option<Vec<Entry>>> {
    // Who may not look into a directory, after su or sudo, has no file there.
    let absent = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::PermissionDenied];
    if !needed && fs::metadata(path).is_err_and(|error| absent.contains(&error.kind())) {
        return Ok(None);
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let table = DeTable::parse(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        anyhow!("{}: {}", place(path, &text, at), error.message())
    })?;
    let mut reader = Reader { path, text: &text, definition, entries: Vec::new() };
    reader.table(table.get_ref(), definition, &mut Vec::new())?;
    reader.entries.sort_by_key(|entry| std::cmp::Reverse(entry.scope.len()));
    Ok(Some(reader.entries))
}

/// The keys of a command and of those below it.
pub(super) fn keys_below(command: &clap::Command) -> BTreeSet<String> {
    let below = subcommands(command).into_iter().filter_map(|name| command.find_subcommand(name));
    let own = options(command).map(|(key, _)| key.to_owned());
    below.flat_map(keys_below).chain(own).collect()
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    /// All commands.
    definition: &'a clap::Command,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    /// Takes a table whose keys are options of `command` or of those below it.
    fn table(&mut self, table: &DeTable<'_>, command: &clap::Command, scope: &mut Vec<String>) -> Result<()> {
        let keys = keys_below(command);
        let commands = subcommands(command);
        for (key, value) in table {
            let place = place(self.path, self.text, key.span().start);
            let name = key.get_ref().as_ref();
            if let DeValue::Table(inner) = value.get_ref() {
                let Some(below) =
                    command.find_subcommand(name).filter(|_| commands.iter().any(|c| c == name))
                else {
                    bail!("{place}: there is no command {name}{}", near(name, commands.iter()))
                };
                scope.push(name.to_owned());
                self.table(inner, below, scope)?;
                scope.pop();
            } else if keys.contains(name) {
                let given = given(value).with_context(|| format!("{place}: {name}"))?;
                let line = self.text.get(..key.span().start).unwrap_or_default().matches('\n').count() + 1;
                let (path, scope, key) = (self.path.to_owned(), scope.clone(), name.to_owned());
                self.entries.push(Entry { scope, key, given, path, line });
            } else {
                let known = commands_with(self.definition, name, &mut Vec::new());
                let near = near(name, keys.iter());
                match (&scope[..], &known[..]) {
                    ([], _) => bail!("{place}: no command has an option {name}{near}"),
                    (scope, []) => bail!("{place}: mailwhy {} has no option {name}{near}", scope.join(" ")),
                    (scope, known) => bail!(
                        "{place}: mailwhy {} has no option {name}\nhint: it is one of mailwhy {}",
                        scope.join(" "),
                        known.join(", mailwhy "),
                    ),
                }
            }
        }
        Ok(())
    }
}

fn given(value: &Spanned<DeValue<'_>>) -> Result<Given> {
    let one = |value: &DeValue<'_>| {
        Some(match value {
            DeValue::String(text) => text.clone().into_owned(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Datetime(time) => time.to_string(),
            _ => return None,
        })
    };
    Ok(match value.get_ref() {
        DeValue::Boolean(on) => Given::Flag(*on),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| one(item.get_ref()));
            Given::Many(items.collect::<Option<_>>().context("a list holds texts or numbers")?)
        }
        value => Given::One(one(value).context("this is neither a text nor a decimal number")?),
    })
}

/// The commands that have an option.
fn commands_with(command: &clap::Command, key: &str, path: &mut Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    if options(command).any(|(name, _)| name == key) {
        found.push(path.join(" "));
    }
    for name in subcommands(command) {
        if let Some(below) = command.find_subcommand(&name) {
            path.push(name);
            found.extend(commands_with(below, key, path));
            path.pop();
        }
    }
    found
}

/// What was probably meant.
fn near<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    let mut near = nearest(name, known.clone().map(String::as_str));
    if near.is_empty() {
        // Short names that were mistyped have little in common.
        near.extend(known.map(String::as_str).filter(|known| strsim::damerau_levenshtein(name, known) <= 1));
    }
    if near.is_empty() {
        "\nhint: see all keys with `mailwhy config example`".into()
    } else {
        format!("\nhint: did you mean {}?", near.join(" or "))
    }
}
