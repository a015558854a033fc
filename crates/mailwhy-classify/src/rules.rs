//! What the texts of the [`Set`] stand for.

use mailwhy_codes::{BLOCKLISTS, Blocklist, CAUSES, Cause, PROVIDERS, Provider};

use crate::compile::compile;
use crate::rules::built::TABLES;
use crate::set::{CodeKey, Hit, Meaning, Seen, Set, Text, number_of};

/// The set of the tables, as the build script writes it.
mod built {
    use crate::set::CodeKey::{Basic, Enhanced};
    use crate::set::Ends::{Anywhere, Number, Word};
    use crate::set::Meaning::{Blocklist, Mark, Match, Provider, Words};
    use crate::set::{ByCode, CodeKey, Pattern, Set, Text};
    use crate::sign::Sign::{Counting, Doubt, Exim, Host, Postfix, SenderCheck, Sending, Temporary};
    use crate::trie::{Filter, Node, Trie};

    include!(concat!(env!("OUT_DIR"), "/set.rs"));
}

/// The rules of the tables, and one's own.
#[derive(Debug)]
pub(crate) struct Rules {
    own: Option<Own>,
}

/// Rules of one's own, which are a set of their own: those of the tables need not be compiled again.
#[derive(Debug)]
struct Own {
    set: Set,
    /// Their numbers follow those of the table.
    causes: Vec<&'static Cause>,
    /// The numbers of the causes whose place they take.
    replaced: Vec<u32>,
}

/// What a text stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A cause, and its provider.
    Mark(Rule),
    /// A cause, where its provider is known or it has none.
    Match(Rule),
    /// A provider.
    Provider(&'static Provider),
    /// A blocklist.
    Blocklist(&'static Blocklist),
    /// Words around a reply.
    Words,
}

/// A cause as a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) cause: &'static Cause,
    /// Whether it is not built in.
    pub(crate) own: bool,
}

impl Rules {
    /// The rules of the tables, and one's own.
    pub(crate) fn new(own: Vec<&'static Cause>) -> Self {
        let own = (!own.is_empty()).then(|| {
            let is_replaced = |cause: &Cause| own.iter().any(|own| own.id == cause.id);
            let replaced = (0..).zip(&CAUSES).filter(|(_, cause)| is_replaced(cause)).map(|(n, _)| n);
            Own {
                set: compile((number_of(CAUSES.len())..).zip(own.iter().copied()), &[], &[], &[]),
                replaced: replaced.collect(),
                causes: own,
            }
        });
        Self { own }
    }

    /// The causes of one's own.
    pub(crate) fn own(&self) -> &[&'static Cause] {
        self.own.as_ref().map_or(&[], |own| &own.causes)
    }

    /// Calls `hit` for every text that occurs in a folded reply, which is padded; first come one's own.
    #[inline]
    pub(crate) fn search(&self, padded: &[u8], seen: &mut [Seen; 2], mut hit: impl FnMut(&Text, Hit)) {
        let [seen, seen_own] = seen;
        let Some(own) = &self.own else { return TABLES.search(padded, seen, hit) };
        own.set.search(padded, seen_own, |text, at| hit(text, at.renumbered(TABLES.texts.len())));
        TABLES.search(padded, seen, |text, at| match text.meaning {
            Meaning::Mark(cause) | Meaning::Match(cause) if own.replaced.contains(&cause) => {}
            _ => hit(text, at),
        });
    }

    /// The text that occurs.
    pub(crate) fn text(&self, hit: Hit) -> &'static Text {
        let number = hit.text as usize;
        match &self.own {
            Some(own) if number >= TABLES.texts.len() => &own.set.texts[number - TABLES.texts.len()],
            _ => &TABLES.texts[number],
        }
    }

    /// What a text stands for.
    #[inline]
    pub(crate) fn target(&self, text: &Text) -> Target {
        match text.meaning {
            Meaning::Mark(cause) => Target::Mark(self.rule(cause)),
            Meaning::Match(cause) => Target::Match(self.rule(cause)),
            Meaning::Provider(provider) => Target::Provider(&PROVIDERS[provider as usize]),
            Meaning::Blocklist(blocklist) => Target::Blocklist(&BLOCKLISTS[blocklist as usize]),
            Meaning::Words(_) => Target::Words,
        }
    }

    fn rule(&self, number: u32) -> Rule {
        match CAUSES.get(number as usize) {
            Some(cause) => Rule { cause, own: false },
            None => Rule { cause: self.own()[number as usize - CAUSES.len()], own: true },
        }
    }

    /// Calls `found` for the causes of a provider, or else of all, that may be known by one of these codes alone.
    pub(crate) fn by_code(
        &self,
        provider: Option<&'static Provider>,
        codes: &[CodeKey],
        mut found: impl FnMut(Rule),
    ) {
        let place = provider.map_or(Some(PROVIDERS.len()), |p| PROVIDERS.element_offset(p));
        let Some(place) = place else { return };
        let Some(own) = &self.own else {
            return TABLES.by_code(place, codes, |cause| found(self.rule(cause)));
        };
        own.set.by_code(place, codes, |cause| found(self.rule(cause)));
        TABLES.by_code(place, codes, |cause| {
            if !own.replaced.contains(&cause) {
                found(self.rule(cause));
            }
        });
    }
}
