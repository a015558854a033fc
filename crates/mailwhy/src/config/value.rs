//! What an option is given, and whether it can take it.

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ValueHint};

use crate::commands::explain::nearest;

/// A value as it stands in a file or in a variable.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Flag(bool),
    One(String),
    Many(Vec<String>),
    Variable(OsString),
}

/// Whether an option is there or not.
pub fn is_flag(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// Whether an option may be given more than once.
pub fn takes_many(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// The values for clap, or what is wrong, with a hint below.
pub(super) fn fit(arg: &Arg, key: &str, given: Given) -> Result<Vec<OsString>, String> {
    if is_flag(arg) {
        let on = match given {
            Given::Flag(on) => Some(on),
            Given::Variable(value) => boolean(&value.to_string_lossy()),
            Given::One(_) | Given::Many(_) => None,
        };
        let on = on.ok_or_else(|| format!("{key} is a flag\nhint: it takes true or false"))?;
        return Ok(vec![on.to_string().into()]);
    }
    let values = match given {
        Given::Flag(_) => return Err(format!("{key} takes a value, not true or false{}", choices(arg))),
        Given::Many(_) if !takes_many(arg) => return Err(format!("{key} takes one value, not a list")),
        Given::Many(values) => values.into_iter().map(OsString::from).collect(),
        Given::One(value) => vec![value.into()],
        Given::Variable(value) if takes_many(arg) => split(arg, value),
        Given::Variable(value) => vec![value],
    };
    values.iter().try_for_each(|value| probe(arg, key, value))?;
    Ok(values)
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// A list in a variable: paths as in `PATH`, others as on the command line.
fn split(arg: &Arg, value: OsString) -> Vec<OsString> {
    if arg.get_value_hint() != ValueHint::Unknown {
        return env::split_paths(&value).map(OsString::from).collect();
    }
    match (arg.get_value_delimiter(), value.into_string()) {
        (Some(_), Ok(value)) => vec![value.into()],
        (None, Ok(value)) => value.split_whitespace().map(OsString::from).collect(),
        (_, Err(value)) => vec![value],
    }
}

/// Lets clap try the value: it must not become a default that cannot be parsed.
fn probe(arg: &Arg, key: &str, value: &OsStr) -> Result<(), String> {
    let mut only = Arg::new("value")
        .value_parser(arg.get_value_parser().clone())
        .action(ArgAction::Append)
        .allow_hyphen_values(true);
    if let Some(delimiter) = arg.get_value_delimiter() {
        only = only.value_delimiter(delimiter);
    }
    let command = clap::Command::new("").no_binary_name(true).disable_help_flag(true).arg(only);
    let Err(error) = command.try_get_matches_from([OsStr::new("--"), value]) else {
        return Ok(());
    };
    let strings = |kind| match error.get(kind) {
        Some(ContextValue::Strings(strings)) => strings.clone(),
        Some(ContextValue::String(string)) => vec![string.clone()],
        _ => Vec::new(),
    };
    let shown =
        strings(ContextKind::InvalidValue).pop().unwrap_or_else(|| value.to_string_lossy().into_owned());
    let because = match (error.kind(), error.source()) {
        (ErrorKind::ValueValidation, Some(cause)) => format!(": {cause}"),
        _ => String::new(),
    };
    let choices = strings(ContextKind::ValidValue);
    let near = nearest(&shown, choices.iter().map(String::as_str));
    let hint = match (&near[..], &choices[..]) {
        (_, []) => String::new(),
        ([], choices) => format!("\nhint: it takes {}", choices.join(", ")),
        (near, _) => format!("\nhint: did you mean {}?", near.join(" or ")),
    };
    Err(format!("{key} cannot be {shown:?}{because}{hint}"))
}

fn choices(arg: &Arg) -> String {
    let names: Vec<String> =
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if names.is_empty() { String::new() } else { format!("\nhint: it takes {}", names.join(", ")) }
}
