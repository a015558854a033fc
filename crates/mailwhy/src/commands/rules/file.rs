//! A file of rules: `[[cause]]` as in `data/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use mailwhy::classify::{OwnRule, OwnText, RuleError, RuleErrorKind};
use mailwhy::codes::{Actor, BLOCKLISTS, PROVIDERS, Reason, Retry, Scope, Stage};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::Spanned;

use crate::commands::explain::nearest;

/// A file of rules.
pub struct RuleFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its rules, in their order.
    pub rules: Vec<Rule>,
    text: String,
}

/// A rule and what tests it.
pub struct Rule {
    /// The rule.
    pub own: OwnRule,
    /// Replies that must give this rule.
    pub examples: Vec<Case>,
    /// Replies that must not.
    pub near_misses: Vec<Case>,
    /// Where its id stands in the file.
    at: usize,
}

/// A reply that tests a rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub text: String,
    pub host: Option<String>,
    pub stage: Option<Name<Stage>>,
}

impl RuleFile {
    /// Reads a file. What is wrong with its form is told with its line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let form = toml::from_str::<Form>(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message();
            let hint = match hint(message) {
                Some(hint) => format!("\nhint: {hint}"),
                None => String::new(),
            };
            let message = message.split(", expected").next().unwrap_or(message);
            anyhow!("{}: {message}{hint}", place(path, &text, at))
        })?;
        let rules = form.cause.into_iter().map(Rule::from).collect();
        Ok(Self { path: path.to_owned(), rules, text })
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.own.id == id)
    }

    /// What is wrong with a rule, and where.
    pub fn problem(&self, error: &RuleError) -> anyhow::Error {
        // Of two rules with one id the second is the mistake.
        let rule = self.rules.iter().rev().find(|rule| rule.own.id == error.rule());
        let near = match error.kind() {
            RuleErrorKind::Provider(name) => nearest(name, PROVIDERS.iter().map(|p| p.id)),
            RuleErrorKind::Blocklist(name) => nearest(name, BLOCKLISTS.iter().map(|b| b.id)),
            _ => Vec::new(),
        };
        let hint = if near.is_empty() {
            String::new()
        } else {
            format!("\nhint: did you mean {}?", near.join(" or "))
        };
        anyhow!("{}: {error}{hint}", place(&self.path, &self.text, rule.map_or(0, |rule| rule.at)))
    }

    /// `rules.toml:12:8`, where a rule begins.
    pub fn place(&self, rule: &Rule) -> String {
        place(&self.path, &self.text, rule.at)
    }
}

/// A file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    cause: Vec<CauseForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CauseForm {
    id: Spanned<String>,
    provider: Option<String>,
    reason: Name<Reason>,
    #[serde(default)]
    marks: Vec<String>,
    #[serde(default, rename = "match")]
    matches: Vec<String>,
    #[serde(default)]
    replies: Vec<String>,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    stage: Vec<Name<Stage>>,
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    weight: i8,
    actor: Option<Name<Actor>>,
    retry: Option<Name<Retry>>,
    scope: Option<Name<Scope>>,
    bad_address: Option<bool>,
    blocklist: Option<String>,
    #[serde(default)]
    references: Vec<String>,
    en: Option<TextForm>,
    ru: Option<TextForm>,
    #[serde(default, rename = "example")]
    examples: Vec<Case>,
    #[serde(default, rename = "near_miss")]
    near_misses: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextForm {
    title: String,
    meaning: String,
    #[serde(default)]
    causes: Vec<String>,
    #[serde(default)]
    actions: Vec<ActionForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionForm {
    who: Name<Actor>,
    text: String,
}

impl From<CauseForm> for Rule {
    fn from(form: CauseForm) -> Self {
        let text = |form: TextForm| OwnText {
            title: form.title,
            meaning: form.meaning,
            causes: form.causes,
            actions: form.actions.into_iter().map(|action| (action.who.0, action.text)).collect(),
        };
        Self {
            at: form.id.span().start,
            own: OwnRule {
                provider: form.provider,
                marks: form.marks,
                texts: form.matches,
                replies: form.replies,
                only: form.only,
                stages: form.stage.into_iter().map(|stage| stage.0).collect(),
                weak: form.weak,
                weight: form.weight,
                actor: form.actor.map(|name| name.0),
                retry: form.retry.map(|name| name.0),
                scope: form.scope.map(|name| name.0),
                bad_address: form.bad_address,
                blocklist: form.blocklist,
                references: form.references,
                en: form.en.map(text),
                ru: form.ru.map(text),
                ..OwnRule::new(form.id.into_inner(), form.reason.0)
            },
            examples: form.examples,
            near_misses: form.near_misses,
        }
    }
}

/// A value of a closed list, by its stable name.
#[derive(Clone, Copy)]
pub struct Name<T>(pub T);

/// A closed list.
pub trait Named: Sized + Copy + 'static {
    /// What it is a list of.
    const WHAT: &'static str;
    /// Its values and their names.
    fn all() -> Vec<(&'static str, Self)>;
}

macro_rules! named {
    ($($type:ident $what:literal),+) => {$(
        impl Named for $type {
            const WHAT: &'static str = $what;
            fn all() -> Vec<(&'static str, Self)> {
                Self::ALL.iter().map(|value| (value.as_str(), *value)).collect()
            }
        }
    )+};
}

named!(Reason "reason", Actor "actor", Retry "value of retry", Scope "scope", Stage "stage");

impl<'de, T: Named> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let all = T::all();
        match all.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => Ok(Self(*value)),
            None => {
                let names: Vec<_> = all.iter().map(|(known, _)| format!("`{known}`")).collect();
                Err(D::Error::custom(format!(
                    "unknown {} `{name}`, expected one of {}",
                    T::WHAT,
                    names.join(", ")
                )))
            }
        }
    }
}

/// From serde's list of what it expected: the likeliest, or all of them.
fn hint(message: &str) -> Option<String> {
    let (found, expected) = message.split_once(", expected")?;
    let quoted = |text: &'_ str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let (found, expected) = (quoted(found), quoted(expected));
    let near = nearest(found.first()?, expected.iter().map(String::as_str));
    Some(match near.first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", expected.join(", ")),
    })
}

/// `rules.toml:12:8`.
/// `rules.toml:12:8`, where a byte of a file stands.
pub fn place(path: &Path, text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{}:{line}:{column}", path.display())
}
