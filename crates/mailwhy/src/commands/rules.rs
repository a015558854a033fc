//! Rules of one's own, and `mailwhy rules`.

mod check;
mod coverage;
mod file;

use std::path::Path;

use anyhow::{Context, Result, bail};
use mailwhy::classify::{Classifier, OwnRule};

use super::Exit;
use crate::cli::{RuleArgs, RulesCommand};
use file::RuleFile;
pub use file::place;

/// The rules of this host.
const SYSTEM: &str = "/etc/mailwhy/rules.toml";

/// Runs `mailwhy rules`.
pub fn run(command: &RulesCommand) -> Result<Exit> {
    match command {
        RulesCommand::Check(args) => check::run(args),
        RulesCommand::Coverage(args) => coverage::run(args),
    }
}

/// The rules of this host and those that were asked for.
pub fn load(args: &RuleArgs) -> Result<OwnRules> {
    let mut own = OwnRules::default();
    if Path::new(SYSTEM).exists() {
        own.add(Path::new(SYSTEM))?;
    }
    for path in &args.rules {
        own.add(path)?;
    }
    Ok(own)
}

/// The classifier with the rules of this host and those that were asked for.
pub fn classifier(args: &RuleArgs) -> Result<Classifier> {
    load(args)?.classifier()
}

/// Rules of one's own, from several files.
#[derive(Default)]
pub struct OwnRules {
    files: Vec<RuleFile>,
}

impl OwnRules {
    fn add(&mut self, path: &Path) -> Result<()> {
        self.files.push(RuleFile::read(path)?);
        Ok(())
    }

    /// Compiles them with the built-in ones. A rule takes the place of the one with its id in an earlier file.
    pub fn classifier(&self) -> Result<Classifier> {
        let mut rules: Vec<OwnRule> = Vec::new();
        for file in &self.files {
            let mine: Vec<OwnRule> = file.rules.iter().map(|rule| rule.own.clone()).collect();
            rules.retain(|rule| mine.iter().all(|r| r.id != rule.id));
            rules.extend(mine);
        }
        if rules.is_empty() {
            return Ok(Classifier::new());
        }
        Classifier::with_rules(rules).or_else(|error| {
            let file = self.files.iter().rev().find(|file| file.rule(error.rule()).is_some());
            let Some(file) = file else { bail!("{error}") };
            Err(file.problem(&error)).context(format!("cannot use the rules in {}", file.path.display()))
        })
    }
}
