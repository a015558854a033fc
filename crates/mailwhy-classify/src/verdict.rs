//! What is said about a reply.

use mailwhy_codes::{
    Actor, Blocklist, Cause, Class, Enhanced, Lang, Provider, Reason, Retry, Scope, Stage, Text,
};

/// What is said about a reply.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// Why.
    pub reason: Reason,
    /// Success, transient, permanent: from the outer reply's code, else from the query.
    pub class: Option<Class>,
    /// Whether sending the same message again can help.
    pub retry: Retry,
    /// Who must act.
    pub actor: Actor,
    /// How far it reaches.
    pub scope: Scope,
    /// Whether the address is proven bad: the only licence to suppress a recipient.
    pub bad_address: bool,
    /// Who said it, as far as it is known.
    pub provider: Option<&'static Provider>,
    /// The public blocklist that is named.
    pub blocklist: Option<&'static Blocklist>,
    /// The reply code of the outer reply.
    pub code: Option<u16>,
    /// The enhanced code of the outer reply; of the one that it passes on when it has none.
    pub enhanced: Option<Enhanced>,
    /// The step at which it was said.
    pub stage: Option<Stage>,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether the codes say something else than the text, or each other.
    pub conflict: bool,
    /// Which rule decided: the name of a cause, or `enhanced:x.1.1`, `stage:rcpt`, `basic:550`, `blocklist:spamhaus`,
    /// `class:permanent`, `none`.
    pub rule: &'static str,
    /// The cause that was found.
    pub cause: Option<&'static Cause>,
    /// The bytes that decided, from and to, in the text of the query.
    pub evidence: (u32, u32),
    /// Whether the server gave up after trying for too long.
    pub expired: bool,
    pub(crate) text: Option<&'static mailwhy_codes::Localized<Text>>,
}

impl Verdict {
    /// What it means and what to do: the cause's texts, else the enhanced code's where that decided, else the reason's.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &'static Text {
        self.text.unwrap_or(&mailwhy_codes::reason(self.reason).text).get(lang)
    }

    /// Whether another says the same, perhaps because of other bytes.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        // Entries of the tables are there once, so that their places tell them apart.
        fn same<T>(a: Option<&'static T>, b: Option<&'static T>) -> bool {
            a.map(std::ptr::from_ref) == b.map(std::ptr::from_ref)
        }
        // All fields by name: a new one must be looked at here.
        let Self {
            reason,
            class,
            retry,
            actor,
            scope,
            bad_address,
            provider,
            blocklist,
            code,
            enhanced,
            stage,
            confidence,
            conflict,
            rule,
            cause,
            evidence: _,
            expired,
            text,
        } = *other;
        std::ptr::eq(self.rule, rule)
            && self.code == code
            && self.enhanced == enhanced
            && same(self.provider, provider)
            && same(self.blocklist, blocklist)
            && same(self.cause, cause)
            && same(self.text, text)
            && (self.reason, self.class, self.retry, self.actor, self.scope)
                == (reason, class, retry, actor, scope)
            && (self.bad_address, self.stage, self.confidence, self.conflict, self.expired)
                == (bad_address, stage, confidence, conflict, expired)
    }

    /// Whether no rule knows the reply: nothing but its code or its stage, if that, speaks for the reason.
    #[must_use]
    pub fn is_unclassified(&self) -> bool {
        self.reason == Reason::Unknown || self.confidence == Confidence::Guess
    }
}

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Confidence {
    /// From the stage or a code that says little.
    Guess,
    /// From a general text, a specific code, or a text that the code contradicts.
    Likely,
    /// From a text or a provider's code that means just this.
    Exact,
}

impl Confidence {
    /// The stable name, as in the JSON output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Exact => "exact",
        }
    }
}
