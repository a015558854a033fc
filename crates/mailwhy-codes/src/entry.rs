//! The entries of the tables: what is known about a reason, a code, a cause, a provider and a blocklist.

use core::fmt;

use crate::{Actor, Enhanced, Localized, Reason, Retry, Scope, Stage, Text};

/// What is known about a reason, whatever caused it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReasonEntry {
    /// The reason.
    pub reason: Reason,
    /// Who must act, unless the cause says otherwise.
    pub actor: Actor,
    /// Whether to try again, unless the cause says otherwise.
    pub retry: Retry,
    /// How far it reaches, unless the cause says otherwise.
    pub scope: Scope,
    /// The texts.
    pub text: Localized<Text>,
    /// Neighbours that are easily taken for it, `name: what they are`.
    pub not: Localized<&'static [&'static str]>,
}

/// A reply code (RFC 5321 §4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BasicCode {
    /// The three digits.
    pub code: u16,
    /// Where it comes from.
    pub status: Status,
    /// The reason when this code is all that is known.
    pub reason: Reason,
    /// The reason at stages where it differs.
    pub by_stage: &'static [(Stage, Reason)],
    /// The enhanced code that it is without the dots (511 is 5.1.1).
    pub enhanced: Option<Enhanced>,
    /// RFC sections and pages.
    pub references: &'static [&'static str],
    /// The texts.
    pub text: Localized<Text>,
    /// What different sources say, where they disagree.
    pub senses: &'static [Sense],
    /// The name of the rule that decides by this code: `basic:550`.
    pub rule: &'static str,
}

impl BasicCode {
    /// The reason at a stage, where this code has one of its own there.
    #[must_use]
    pub fn reason_at(&self, stage: Stage) -> Option<Reason> {
        self.by_stage.iter().find(|(s, _)| *s == stage).map(|&(_, reason)| reason)
    }
}

/// Where a reply code comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Status {
    /// RFC 5321.
    Standard,
    /// An RFC for an extension.
    Extension,
    /// Only the IANA registry ties it to an enhanced code.
    Iana,
    /// An enhanced code written without its dots.
    Collapsed,
    /// Seen in the wild only.
    Nonstandard,
    /// Of one program or service, never on the wire.
    Internal,
    /// Written by mail clients, not by servers.
    Client,
}

impl Status {
    /// The stable name, as in the JSON output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Extension => "extension",
            Self::Iana => "iana",
            Self::Collapsed => "collapsed",
            Self::Nonstandard => "nonstandard",
            Self::Internal => "internal",
            Self::Client => "client",
        }
    }
}

/// An enhanced status code (RFC 3463 and the IANA registry).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EnhancedCode {
    /// The class it holds for; `None`: any.
    pub class: Option<u8>,
    /// The second number.
    pub subject: u16,
    /// The third number.
    pub detail: u16,
    /// Whether it is in the IANA registry.
    pub registered: bool,
    /// Whether it says so little that any phrase or the stage wins over it.
    pub generic: bool,
    /// The reason when nothing better is known.
    pub reason: Reason,
    /// Whether, with class 5, it proves the address bad.
    pub bad_address: bool,
    /// Reply codes that it goes with.
    pub basic: &'static [u16],
    /// RFC sections and pages.
    pub references: &'static [&'static str],
    /// The texts.
    pub text: Localized<Text>,
    /// What different sources say, where they disagree.
    pub senses: &'static [Sense],
    /// The name of the rule that decides by this code: `enhanced:x.1.1`.
    pub rule: &'static str,
}

/// What one source says a code means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sense {
    /// Who says it.
    pub source: Localized<&'static str>,
    /// What it means there, and how to tell.
    pub text: Localized<&'static str>,
}

/// A digit of a code: what every code with it has in common.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Digit {
    /// The number.
    pub value: u16,
    /// What it says; often without causes and actions.
    pub text: Localized<Text>,
}

/// One thing that goes wrong, with all its wordings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cause {
    /// Its stable name.
    pub id: &'static str,
    /// Whose cause it is; `None`: anybody's.
    pub provider: Option<&'static Provider>,
    /// The reason.
    pub reason: Reason,
    /// Texts that only this provider writes.
    pub marks: &'static [&'static str],
    /// Texts that mean this where the provider is known, or everywhere if there is none.
    pub texts: &'static [&'static str],
    /// Codes that mean this at the provider, whatever the text.
    pub replies: &'static [CodePattern],
    /// The codes with which the texts count; none: any.
    pub only: &'static [CodePattern],
    /// The stages at which the texts count; none: any.
    pub stages: &'static [Stage],
    /// Whether it says nothing of itself, because it reports no attempt: the last attempt tells the cause.
    pub inherits: bool,
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
    /// The blocklist that it is about.
    pub blocklist: Option<&'static Blocklist>,
    /// Pages and RFC sections.
    pub references: &'static [&'static str],
    /// The texts for people; `None`: those of the reason.
    pub text: Option<Localized<Text>>,
}

/// A set of codes: `5xx`, `421`, `550 5.7.1`, `5.7.1`, `X.7.1`, `5.7.606-649`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CodePattern {
    /// The reply codes, from and to.
    pub basic: Option<(u16, u16)>,
    /// The enhanced codes.
    pub enhanced: Option<EnhancedPattern>,
}

impl CodePattern {
    /// Reads a set as it is written in `data/` and printed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let first = words.next()?;
        let (basic, enhanced) = if first.contains('.') {
            (None, Some(EnhancedPattern::parse(first)?))
        } else {
            let enhanced = words.next().map(EnhancedPattern::parse);
            if enhanced == Some(None) {
                return None;
            }
            (Some(basic_range(first)?), enhanced.flatten())
        };
        words.next().is_none().then_some(Self { basic, enhanced })
    }

    /// Whether a reply with these codes is in the set.
    #[must_use]
    pub fn matches(&self, code: Option<u16>, enhanced: Option<Enhanced>) -> bool {
        self.basic.is_none_or(|(from, to)| code.is_some_and(|c| (from..=to).contains(&c)))
            && self.enhanced.is_none_or(|pattern| enhanced.is_some_and(|e| pattern.matches(e)))
    }
}

impl fmt::Display for CodePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.basic {
            Some((from, to)) if from == to => write!(f, "{from}")?,
            Some((from, _)) => write!(f, "{}xx", from / 100)?,
            None => {}
        }
        let Some(enhanced) = self.enhanced else { return Ok(()) };
        if self.basic.is_some() {
            f.write_str(" ")?;
        }
        enhanced.fmt(f)
    }
}

/// A set of enhanced codes that differ in class or detail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EnhancedPattern {
    /// The class; `None`: any.
    pub class: Option<u8>,
    /// The second number.
    pub subject: u16,
    /// The third number, from and to.
    pub detail: (u16, u16),
}

impl EnhancedPattern {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let class = match parts.next()? {
            "X" | "x" => None,
            "2" => Some(2),
            "4" => Some(4),
            "5" => Some(5),
            _ => return None,
        };
        let subject = number(parts.next()?)?;
        let detail = parts.next()?;
        let (from, to) = detail.split_once('-').unwrap_or((detail, detail));
        let detail = (number(from)?, number(to)?);
        (parts.next().is_none() && detail.0 <= detail.1).then_some(Self { class, subject, detail })
    }

    /// Whether the code is in the set.
    #[must_use]
    pub fn matches(&self, code: Enhanced) -> bool {
        self.class.is_none_or(|class| class == code.class)
            && self.subject == code.subject
            && (self.detail.0..=self.detail.1).contains(&code.detail)
    }
}

impl fmt::Display for EnhancedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class {
            Some(class) => write!(f, "{class}")?,
            None => f.write_str("X")?,
        }
        let (from, to) = self.detail;
        write!(f, ".{}.{from}", self.subject)?;
        if to > from { write!(f, "-{to}") } else { Ok(()) }
    }
}

/// `421` or `5xx`.
fn basic_range(text: &str) -> Option<(u16, u16)> {
    if let Some(class) = text.strip_suffix("xx") {
        let class = number(class).filter(|c| (2..=5).contains(c))?;
        return Some((class * 100, class * 100 + 99));
    }
    number(text).filter(|c| (200..=699).contains(c)).map(|code| (code, code))
}

/// One to three digits.
fn number(text: &str) -> Option<u16> {
    let digits = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Who receives the mail, or with what: a mailbox provider, a filtering service, a server program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Provider {
    /// Its stable name.
    pub id: &'static str,
    /// Its name as printed.
    pub name: &'static str,
    /// What it is.
    pub kind: ProviderKind,
    /// Names of its hosts: a host is one of these, or ends in a dot and one of these.
    pub hosts: &'static [&'static str],
    /// Recipient domains that are always this provider's.
    pub domains: &'static [&'static str],
    /// Texts that no one else writes.
    pub marks: &'static [&'static str],
}

/// What a [`Provider`] is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ProviderKind {
    /// Someone who runs mail servers: a mailbox provider, a filtering or sending service.
    Service,
    /// A program that anybody can run. It is named only where no service is known.
    Program,
}

/// A public DNS blocklist.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Blocklist {
    /// Its stable name.
    pub id: &'static str,
    /// Its name as printed.
    pub name: &'static str,
    /// Texts that name it.
    pub marks: &'static [&'static str],
    /// Where to look an address up and ask for removal; `{ip}` stands for the address.
    pub lookup: Option<&'static str>,
    /// The name of the rule that decides by its being named: `blocklist:spamhaus`.
    pub rule: &'static str,
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString as _;

    use super::*;

    #[test]
    fn patterns_print_as_they_are_read() {
        for text in
            ["5xx", "421", "550 5.7.1", "5.7.1", "X.7.1", "5.7.606-649", "550 X.7.606-649", "4xx X.3.2"]
        {
            assert_eq!(CodePattern::parse(text).map(|p| p.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "6xx", "99", "5.7", "5.7.1 550", "550 5.7.1 x", "550 x", "3.1.1", "5.7.9-1", "5.7.1234"]
        {
            assert_eq!(CodePattern::parse(text), None, "{text}");
        }
    }
}
