//! Rules of one's own, which add to the built-in ones or take their place.

use std::error::Error;
use std::fmt;

use mailwhy_codes::{
    Action, Actor, BLOCKLISTS, Cause, CodePattern, Localized, PROVIDERS, Reason, Retry, Scope, Stage, Text,
};

/// A rule of one's own, with the fields of a `[[cause]]` in `data/README.md`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnRule {
    /// Its name. The name of a built-in cause takes that cause's place.
    pub id: String,
    /// The provider whose replies it is about, by the stable name.
    pub provider: Option<String>,
    /// The reason.
    pub reason: Reason,
    /// Texts that only this provider writes.
    pub marks: Vec<String>,
    /// Texts that mean this where the provider is known, or everywhere without one.
    pub texts: Vec<String>,
    /// Codes that mean this at the provider, or everywhere without one, whatever the text.
    pub replies: Vec<String>,
    /// The codes with which the texts count; none: any.
    pub only: Vec<String>,
    /// The stages at which the texts count; none: any.
    pub stages: Vec<Stage>,
    /// Whether a specific enhanced code wins over the texts.
    pub weak: bool,
    /// Higher wins among rules of the same strength.
    pub weight: i8,
    /// Who must act, where it differs from the reason's.
    pub actor: Option<Actor>,
    /// Whether to try again, where it differs from the reason's.
    pub retry: Option<Retry>,
    /// How far it reaches, where it differs from the reason's.
    pub scope: Option<Scope>,
    /// Whether a permanent reply proves the address bad, where it differs from the reason's.
    pub bad_address: Option<bool>,
    /// The blocklist that it is about, by the stable name.
    pub blocklist: Option<String>,
    /// Pages and RFC sections.
    pub references: Vec<String>,
    /// The texts for people in English; without any, those of the reason.
    pub en: Option<OwnText>,
    /// The texts for people in Russian; one language stands in for the other.
    pub ru: Option<OwnText>,
}

impl OwnRule {
    /// A rule that says only its name and reason yet.
    #[must_use]
    pub fn new(id: impl Into<String>, reason: Reason) -> Self {
        Self {
            id: id.into(),
            provider: None,
            reason,
            marks: Vec::new(),
            texts: Vec::new(),
            replies: Vec::new(),
            only: Vec::new(),
            stages: Vec::new(),
            weak: false,
            weight: 0,
            actor: None,
            retry: None,
            scope: None,
            bad_address: None,
            blocklist: None,
            references: Vec::new(),
            en: None,
            ru: None,
        }
    }
}

/// What an [`OwnRule`] tells people.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OwnText {
    /// A headline of a few words.
    pub title: String,
    /// What happened, in one or two sentences.
    pub meaning: String,
    /// Why, the likeliest first.
    pub causes: Vec<String>,
    /// What can be done now, by whom.
    pub actions: Vec<(Actor, String)>,
}

/// Why a rule of one's own cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleError {
    rule: String,
    kind: RuleErrorKind,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RuleErrorKind {
    /// The name is not lower-case letters, digits and hyphens.
    Name,
    /// Another rule of one's own has the same name.
    Duplicate,
    /// No provider has this name.
    Provider(String),
    /// No blocklist has this name.
    Blocklist(String),
    /// Not a code or a set of codes.
    Code(String),
    /// A text, or a part of one, of less than two letters or digits, which would be everywhere.
    ShortText,
    /// Neither texts nor codes: it would never apply.
    NoCondition,
}

impl RuleError {
    /// The name of the rule.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> &RuleErrorKind {
        &self.kind
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule `{}`: ", self.rule)?;
        match &self.kind {
            RuleErrorKind::Name => {
                f.write_str("the name may hold lower-case letters, digits and hyphens only")
            }
            RuleErrorKind::Duplicate => f.write_str("there are two rules of this name"),
            RuleErrorKind::Provider(name) => write!(f, "there is no provider `{name}`"),
            RuleErrorKind::Blocklist(name) => write!(f, "there is no blocklist `{name}`"),
            RuleErrorKind::Code(code) => {
                write!(f, "`{code}` is no code; write `550`, `5xx`, `5.7.1`, `550 5.7.1` or `5.7.606-649`")
            }
            RuleErrorKind::ShortText => f.write_str("a text has fewer than two letters or digits"),
            RuleErrorKind::NoCondition => f.write_str("neither texts nor codes to know it by"),
        }
    }
}

impl Error for RuleError {}

/// Checks the rules and makes causes of them.
///
/// Verdicts refer to causes for as long as the program runs, so the causes do live that long: a few, made once.
pub(crate) fn causes(rules: Vec<OwnRule>) -> Result<Vec<&'static Cause>, RuleError> {
    let mut causes: Vec<Cause> = Vec::with_capacity(rules.len());
    for rule in rules {
        let name = rule.id.clone();
        let known = causes.iter().any(|c| c.id == name);
        let cause = if known { Err(RuleErrorKind::Duplicate) } else { cause(rule) };
        causes.push(cause.map_err(|kind| RuleError { rule: name, kind })?);
    }
    Ok(causes.into_iter().map(|cause| &*Box::leak(Box::new(cause))).collect())
}

fn cause(rule: OwnRule) -> Result<Cause, RuleErrorKind> {
    let named = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if rule.id.is_empty() || !rule.id.bytes().all(named) {
        return Err(RuleErrorKind::Name);
    }
    let mut texts = rule.marks.iter().chain(&rule.texts).flat_map(|text| text.split(" * "));
    if texts.any(|part| part.chars().filter(|c| c.is_alphanumeric()).count() < 2) {
        return Err(RuleErrorKind::ShortText);
    }
    if rule.marks.is_empty() && rule.texts.is_empty() && rule.replies.is_empty() {
        return Err(RuleErrorKind::NoCondition);
    }
    let provider = rule
        .provider
        .map(|name| PROVIDERS.iter().find(|p| p.id == name).ok_or(RuleErrorKind::Provider(name)));
    let blocklist = rule
        .blocklist
        .map(|name| BLOCKLISTS.iter().find(|b| b.id == name).ok_or(RuleErrorKind::Blocklist(name)));
    let (provider, blocklist) = (provider.transpose()?, blocklist.transpose()?);
    let (replies, only) = (patterns(rule.replies)?, patterns(rule.only)?);
    let text = match (rule.en, rule.ru) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some((one.clone(), one)),
        (Some(en), Some(ru)) => Some((en, ru)),
    };
    Ok(Cause {
        id: rule.id.leak(),
        provider,
        reason: rule.reason,
        marks: strings(rule.marks),
        texts: strings(rule.texts),
        replies,
        only,
        stages: rule.stages.leak(),
        inherits: false,
        weak: rule.weak,
        weight: rule.weight,
        actor: rule.actor,
        retry: rule.retry,
        scope: rule.scope,
        bad_address: rule.bad_address,
        blocklist,
        references: strings(rule.references),
        text: text.map(|(en, ru)| Localized { en: leaked(en), ru: leaked(ru) }),
    })
}

fn patterns(codes: Vec<String>) -> Result<&'static [CodePattern], RuleErrorKind> {
    let read = |code: String| CodePattern::parse(&code).ok_or(RuleErrorKind::Code(code));
    Ok(codes.into_iter().map(read).collect::<Result<Vec<_>, _>>()?.leak())
}

fn strings(list: Vec<String>) -> &'static [&'static str] {
    list.into_iter().map(|s| &*s.leak()).collect::<Vec<_>>().leak()
}

fn leaked(text: OwnText) -> Text {
    let actions: Vec<Action> =
        text.actions.into_iter().map(|(who, text)| Action { who, text: text.leak() }).collect();
    Text {
        title: text.title.leak(),
        meaning: text.meaning.leak(),
        causes: strings(text.causes),
        actions: actions.leak(),
    }
}
