//! The fields of a verdict as programs see them: one list, for every form that prints a verdict.

use mailwhy_classify::Verdict;
use mailwhy_codes::{Class, Enhanced, Lang, Stage};

/// A field of a verdict, see `docs/json.md`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// Why.
    Reason,
    /// Success, intermediate, transient, permanent.
    Class,
    /// Whether to try again.
    Retry,
    /// Who must act.
    Actor,
    /// How far it reaches.
    Scope,
    /// Whether the recipient's address is proven bad.
    BadAddress,
    /// Who said it.
    Provider,
    /// The list that is named.
    Blocklist,
    /// The reply code.
    Code,
    /// The enhanced code.
    Enhanced,
    /// The step of the dialogue.
    Stage,
    /// How sure it is.
    Confidence,
    /// Whether codes and text contradict each other.
    Conflict,
    /// What decided.
    Rule,
    /// A headline, in the language of the texts.
    Title,
    /// The bytes that decided: from, to.
    Evidence,
    /// Of the reply without its addresses, hosts, ids and numbers: the same for replies that say the same.
    Fingerprint,
}

/// The value of a [`Field`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Not known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(u16),
    /// A stable name: ASCII without blanks or anything that has to be escaped.
    Name(&'static str),
    /// A text.
    Text(&'static str),
    /// A code with dots.
    Enhanced(Enhanced),
    /// From and to.
    Span(u32, u32),
    /// Printed as sixteen hexadecimal digits.
    Hash(u64),
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 17] = [
        Self::Reason,
        Self::Class,
        Self::Retry,
        Self::Actor,
        Self::Scope,
        Self::BadAddress,
        Self::Provider,
        Self::Blocklist,
        Self::Code,
        Self::Enhanced,
        Self::Stage,
        Self::Confidence,
        Self::Conflict,
        Self::Rule,
        Self::Title,
        Self::Evidence,
        Self::Fingerprint,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Class => "class",
            Self::Retry => "retry",
            Self::Actor => "actor",
            Self::Scope => "scope",
            Self::BadAddress => "bad_address",
            Self::Provider => "provider",
            Self::Blocklist => "blocklist",
            Self::Code => "code",
            Self::Enhanced => "enhanced",
            Self::Stage => "stage",
            Self::Confidence => "confidence",
            Self::Conflict => "conflict",
            Self::Rule => "rule",
            Self::Title => "title",
            Self::Evidence => "evidence",
            Self::Fingerprint => "fingerprint",
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// Its value. `fingerprint` is that of the text that was classified, where it is asked for.
    #[must_use]
    pub fn of(self, verdict: &Verdict, fingerprint: Option<u64>, lang: Lang) -> Value {
        let name = |name: Option<&'static str>| name.map_or(Value::Null, Value::Name);
        match self {
            Self::Reason => Value::Name(verdict.reason.as_str()),
            Self::Class => name(verdict.class.map(Class::as_str)),
            Self::Retry => Value::Name(verdict.retry.as_str()),
            Self::Actor => Value::Name(verdict.actor.as_str()),
            Self::Scope => Value::Name(verdict.scope.as_str()),
            Self::BadAddress => Value::Bool(verdict.bad_address),
            Self::Provider => name(verdict.provider.map(|provider| provider.id)),
            Self::Blocklist => name(verdict.blocklist.map(|blocklist| blocklist.id)),
            Self::Code => verdict.code.map_or(Value::Null, Value::Number),
            Self::Enhanced => verdict.enhanced.map_or(Value::Null, Value::Enhanced),
            Self::Stage => name(verdict.stage.map(Stage::as_str)),
            Self::Confidence => Value::Name(verdict.confidence.as_str()),
            Self::Conflict => Value::Bool(verdict.conflict),
            Self::Rule => Value::Name(verdict.rule),
            Self::Title => Value::Text(verdict.text(lang).title),
            Self::Evidence => Value::Span(verdict.evidence.0, verdict.evidence.1),
            Self::Fingerprint => fingerprint.map_or(Value::Null, Value::Hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.as_str()), Some(field));
        }
    }
}
