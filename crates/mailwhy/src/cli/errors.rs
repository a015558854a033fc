//! `mailwhy errors`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mailwhy::codes::{CodePattern, PROVIDERS, Provider, Reason};
use mailwhy::report::{Format, Grouping};

use super::{Color, InputArgs, LanguageArgs, RuleArgs, names};

/// `mailwhy errors`.
#[derive(Args, Debug)]
pub struct ErrorsArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// What the failures of a group have in common
    #[arg(long, value_name = "WHAT", default_value = "reply",
        value_parser = names(Grouping::ALL.map(Grouping::as_str), Grouping::from_name))]
    pub by: Grouping,

    /// Only failures with this reason, for example mailbox-full; may be given more than once
    #[arg(long, value_name = "REASON", value_delimiter = ',', hide_possible_values = true,
        value_parser = reasons())]
    pub reason: Vec<Reason>,

    /// Only what this provider said, for example gmail; may be given more than once
    ///
    /// `mailwhy explain --list providers` lists them.
    #[arg(long, value_name = "ID", value_delimiter = ',', hide_possible_values = true,
        value_parser = providers())]
    pub provider: Vec<&'static Provider>,

    /// Only replies with this code: 550, 5xx, 5.7.26 or "550 5.7.26"; may be given more than once
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = code)]
    pub code: Vec<CodePattern>,

    /// Only replies that no rule knows, without addresses, hosts, ids and numbers: ready for a bug report
    ///
    /// `mailwhy rules coverage` counts them, and what the rules know.
    #[arg(long, conflicts_with = "by")]
    pub unclassified: bool,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print it; without it as FILE's extension says (-o), or else as text
    #[arg(long, value_parser = names(["text", "json", "csv", "md", "html"], Format::from_name))]
    pub format: Option<Format>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// How many groups to show; 0: all
    #[arg(short = 't', long, value_name = "N")]
    pub top: Option<usize>,

    /// Show more of each group: causes, all that can be done, whole replies, the rule, where a sample stands
    #[arg(short, long)]
    pub verbose: bool,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

/// Reads a reason by its name.
pub(super) fn reasons() -> impl TypedValueParser<Value = Reason> {
    PossibleValuesParser::new(Reason::ALL.iter().map(|reason| reason.as_str()))
        .try_map(|name| Reason::from_name(&name).ok_or("no such name"))
}

fn providers() -> impl TypedValueParser<Value = &'static Provider> {
    PossibleValuesParser::new(PROVIDERS.iter().map(|provider| provider.id))
        .try_map(|id| PROVIDERS.iter().find(|provider| provider.id == id).ok_or("no such provider"))
}

fn code(text: &str) -> Result<CodePattern, &'static str> {
    CodePattern::parse(text).ok_or("not a reply code such as 550, 5.7.26 or \"550 5.7.26\"")
}
