//! What a check remembers from one run to the next.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Error, Result};
use mailwhy::input::Mark;
use serde::{Deserialize, Serialize};

use super::trouble::trouble;
use crate::commands::is_log;

/// The form of the file. Another one is not read.
const VERSION: u32 = 1;

/// How many open messages are remembered: a queue that is longer has other troubles.
const MOST_OPEN: usize = 100_000;

/// What is remembered.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: u32,
    /// How far each log was read.
    logs: BTreeMap<String, Place>,
    /// Messages whose end was not seen, and when they arrived: seconds of the log's clock, or since the epoch where the
    /// log has a zone.
    pub open: BTreeMap<String, i64>,
    /// When a message last came in or went out.
    pub last_mail: Option<i64>,
}

/// The error that a log was given for it.
pub fn a_log(path: &Path) -> Error {
    let shown = path.display();
    trouble(
        format!("{shown}: a log, not a state\nhint: --state names a file of its own for each check"),
        format!("{shown}: это журнал, а не состояние проверки"),
    )
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Place {
    head: String,
    offset: u64,
}

impl State {
    /// Reads it; `None` if there is none yet.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let shown = path.display();
        let text = match fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => return Ok(None),
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(trouble(
                    format!("cannot read {shown}: {error}"),
                    format!("не удалось прочитать {shown}: {error}"),
                ));
            }
        };
        match serde_json::from_str::<Self>(&text) {
            Ok(state) if state.version == VERSION => Ok(Some(state)),
            _ if is_log(path.as_os_str()) => Err(a_log(path)),
            _ => Err(trouble(
                format!("{shown}: not a state of this version of mailwhy\nhint: remove it to start anew"),
                format!("{shown}: состояние записано не этой версией mailwhy"),
            )),
        }
    }

    /// Puts it in place of the old one, at once and whole.
    pub fn write(&mut self, path: &Path) -> Result<()> {
        self.version = VERSION;
        while self.open.len() > MOST_OPEN {
            self.open.pop_first();
        }
        let text = serde_json::to_string(self)?;
        let new = path.with_added_extension("new");
        let write = || -> std::io::Result<()> {
            let mut file = fs::File::create(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, path)
        };
        let shown = path.display();
        write().map_err(|error| {
            trouble(
                format!(
                    "cannot write {shown}: {error}\n\
                     hint: its directory must be there, and writable for the user that runs the check"
                ),
                format!("не удалось записать {shown}: {error}"),
            )
        })
    }

    /// How far a log was read.
    pub fn mark(&self, log: &Path) -> Option<Mark> {
        let place = self.logs.get(&*log.to_string_lossy())?;
        Some(Mark { head: u64::from_str_radix(&place.head, 16).ok()?, offset: place.offset })
    }

    /// Notes how far a log has been read.
    pub fn set_mark(&mut self, log: &Path, mark: Mark) {
        let place = Place { head: format!("{:016x}", mark.head), offset: mark.offset };
        self.logs.insert(log.to_string_lossy().into_owned(), place);
    }
}
