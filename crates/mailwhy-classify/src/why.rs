//! All that spoke for one reason or another, and what became of it.

use std::fmt;

use mailwhy_codes::{Cause, CodePattern, Provider, Reason, Stage};

use crate::Verdict;

/// A verdict, and the rules it was chosen from.
#[derive(Clone, Debug)]
pub struct Why {
    /// The verdict.
    pub verdict: Verdict,
    /// The rules that matched, the strongest first; those that did not count come last.
    pub candidates: Vec<Candidate>,
}

/// A rule that matched.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Its name, see [`Verdict::rule`].
    pub rule: &'static str,
    /// The cause that it is a rule of.
    pub cause: Option<&'static Cause>,
    /// What it says.
    pub reason: Reason,
    /// How strong it is.
    pub strength: Strength,
    /// Its weight among rules of the same strength.
    pub weight: i8,
    /// The bytes that it rests on, from and to, in the text of the query.
    pub evidence: (u32, u32),
    /// Whether it speaks of a reply that the server passed on from the next hop. Such rules win over stronger ones,
    /// from [`Strength::Enhanced`] upwards.
    pub passed_on: bool,
    /// Whether it decided.
    pub won: bool,
    /// Why it did not count.
    pub refused: Option<Refusal>,
}

/// How strong a rule is, from the weakest.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Strength {
    /// Nothing is known but the class, if that.
    Nothing,
    /// A reply code.
    Basic,
    /// An enhanced code that says little.
    GenericEnhanced,
    /// A reply code at a stage.
    Stage,
    /// A text so general that a specific enhanced code wins over it.
    WeakText,
    /// An enhanced code, or codes that a rule of one's own gives a meaning everywhere.
    Enhanced,
    /// A text that means the same at every provider.
    Text,
    /// A code that a provider gives a meaning.
    ProviderCode,
    /// A text of a provider.
    ProviderText,
}

impl Strength {
    /// The stable name, as in the JSON output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Basic => "basic",
            Self::GenericEnhanced => "generic-enhanced",
            Self::Stage => "stage",
            Self::WeakText => "weak-text",
            Self::Enhanced => "enhanced",
            Self::Text => "text",
            Self::ProviderCode => "provider-code",
            Self::ProviderText => "provider-text",
        }
    }
}

/// Why a rule whose text occurs did not count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The reply is not known to come from this provider.
    Provider(&'static Provider),
    /// The reply has none of these codes.
    Codes(&'static [CodePattern]),
    /// It was said at none of these stages.
    Stages(&'static [Stage]),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(provider) => write!(f, "needs provider {}", provider.id),
            Self::Codes(codes) => list(f, "only with ", codes.iter()),
            Self::Stages(stages) => list(f, "only at ", stages.iter().map(|s| s.as_str())),
        }
    }
}

fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    lead: &str,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    f.write_str(lead)?;
    for (i, item) in items.enumerate() {
        write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
    }
    Ok(())
}
