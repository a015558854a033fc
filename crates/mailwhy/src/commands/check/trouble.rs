//! Why nothing can be said, in both languages: an error is told in English, the line with the state in the one asked for.

use std::fmt;

use anyhow::Error;
use mailwhy::codes::Lang;
use mailwhy::input::Problem;

use super::super::{problem_text, told};

/// What went wrong.
#[derive(Debug)]
struct Trouble {
    en: String,
    ru: String,
}

/// An error with these words; the English ones may have a hint.
pub fn trouble(en: impl Into<String>, ru: impl Into<String>) -> Error {
    Trouble { en: en.into(), ru: ru.into() }.into()
}

/// The error that a source could not be read.
pub fn unreadable(problem: &Problem) -> Error {
    let ru = format!("{}: {}", problem.name, problem_text(&problem.kind, Lang::Ru));
    trouble(problem.to_string(), ru)
}

/// What an error says, without its hint. Errors that any command can have are English.
pub fn words(error: &Error, lang: Lang) -> String {
    match error.downcast_ref::<Trouble>() {
        Some(trouble) if lang == Lang::Ru => trouble.ru.clone(),
        _ => told(error).0,
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl std::error::Error for Trouble {}
