/*!
What a reply, a code, a reason, a cause or a provider means, told to people and programs.

An [`Explanation`] is made of what the tables and the classifier know; the three forms print it and nothing else.
*/

mod build;
mod field;
mod json;
mod layout;
mod markdown;
mod markup;
mod text;
pub(crate) mod words;

use std::io::{self, Write};

use mailwhy_classify::{Candidate, Refusal, Verdict};
use mailwhy_codes::{Actor, Class, Enhanced, Lang, Reason, Retry, Scope, Stage};

pub use build::{CodeAsked, Context};
pub use field::{Field, Value};
pub use text::write_names;
use words::Words;

use crate::Style;

/// What something means and what to do about it, in one language.
#[derive(Clone, Debug)]
pub struct Explanation {
    lang: Lang,
    topic: Topic,
    /// What it is about, as it is written: `504 5.7.4`, `mailbox-full`, `gmail`.
    name: String,
    title: String,
    /// The classifier's verdict, of replies and codes.
    verdict: Option<Verdict>,
    fingerprint: Option<u64>,
    /// What is known where nothing was classified.
    facts: Option<Facts>,
    /// One string for each paragraph.
    meaning: Vec<String>,
    causes: Vec<String>,
    actions: Vec<(Actor, String)>,
    /// What else is to be said of it, in sentences.
    notes: Vec<String>,
    /// Where it comes from, of a code.
    status: Option<&'static str>,
    /// Whether the codes stand in a table; `None` where it is not about codes.
    listed: Option<bool>,
    by_stage: Vec<(Stage, Reason)>,
    /// A name and what it says: who disagrees with whom.
    senses: Vec<(&'static str, String)>,
    /// The codes of a reply and what they say by themselves.
    codes: Vec<(String, String)>,
    /// Rules that belong to it.
    related: Vec<Related>,
    /// Neighbours: their names and what they are.
    not: Vec<(String, String)>,
    hosts: Vec<&'static str>,
    domains: Vec<&'static str>,
    lookup: Option<String>,
    sources: Vec<&'static str>,
    candidates: Option<Vec<Matched>>,
}

/// What an explanation is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Topic {
    Reply,
    Code,
    Reason,
    Cause,
    Provider,
    Blocklist,
}

impl Topic {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Code => "code",
            Self::Reason => "reason",
            Self::Cause => "cause",
            Self::Provider => "provider",
            Self::Blocklist => "blocklist",
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Facts {
    reason: Reason,
    retry: Retry,
    actor: Actor,
    scope: Scope,
    provider: Option<(&'static str, &'static str)>,
    blocklist: Option<(&'static str, &'static str)>,
    class: Option<Class>,
    stage: Option<Stage>,
}

/// A cause that belongs to what is explained.
#[derive(Clone, Copy, Debug)]
struct Related {
    rule: &'static str,
    title: &'static str,
    reason: Reason,
}

/// A rule that matched, and the text on which it did.
#[derive(Clone, Debug)]
struct Matched {
    candidate: Candidate,
    text: String,
}

impl Matched {
    /// That it decided, or why it did not count.
    fn outcome(&self, words: &Words) -> Option<String> {
        fn list(lead: &str, items: impl Iterator<Item = String>) -> String {
            format!("{lead} {}", items.collect::<Vec<_>>().join(", "))
        }
        if self.candidate.won {
            return Some(words.won.to_owned());
        }
        Some(match self.candidate.refused? {
            Refusal::Provider(provider) => format!("{} {}", words.needs_provider, provider.id),
            Refusal::Codes(codes) => list(words.only_with, codes.iter().map(ToString::to_string)),
            Refusal::Stages(stages) => list(words.only_at, stages.iter().map(|s| s.as_str().to_owned())),
        })
    }
}

impl Explanation {
    /// Prints it for people, on a terminal.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_text(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        text::write(self, style, out)
    }

    /// Prints it for tickets and mails.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self, out)
    }

    /// Prints it for programs: one object.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    /// The first thing to do: who does it, in words, unless nobody has to, and what.
    #[must_use]
    pub fn next_step(&self) -> Option<(Option<&'static str>, &str)> {
        let first = next_step(&self.actions, |(who, _)| *who, self.facts()?.actor);
        let (who, text) = first.or(self.actions.first())?;
        Some(((*who != Actor::Nobody).then(|| self.words().who_does(*who)), text))
    }

    fn words(&self) -> &'static Words {
        words_of(self.lang)
    }

    fn facts(&self) -> Option<Facts> {
        let of_verdict = |v: &Verdict| Facts {
            reason: v.reason,
            retry: v.retry,
            actor: v.actor,
            scope: v.scope,
            provider: v.provider.map(|p| (p.id, p.name)),
            blocklist: v.blocklist.map(|b| (b.id, b.name)),
            class: v.class,
            stage: v.stage,
        };
        self.verdict.as_ref().map(of_verdict).or(self.facts)
    }

    /// The class, for which what the server has given up is as good as refused.
    fn end(&self) -> Option<Class> {
        let expired = self.verdict.as_ref().is_some_and(|verdict| verdict.expired);
        if expired { Some(Class::Permanent) } else { self.facts()?.class }
    }

    /// `reason mailbox-full · said by Gmail · …`: the line below the headline.
    fn facts_line(&self) -> Vec<String> {
        let words = self.words();
        let Some(facts) = self.facts() else { return Vec::new() };
        let mut items = vec![format!("{} {}", words.reason, facts.reason.as_str())];
        if let Some((_, name)) = facts.provider {
            items.push(format!("{} {name}", words.said_by));
        }
        if let Some((_, name)) = facts.blocklist {
            items.push(format!("{} {name}", words.listed_by));
        }
        if let Some(stage) = facts.stage {
            items.push(format!("{} {}", words.at_stage, stage.as_str()));
        }
        if facts.reason != Reason::Accepted {
            items.push(format!("{}: {}", words.who_acts, (words.actor)(facts.actor)));
            items.push((words.retry)(facts.retry, self.end()).to_owned());
        }
        if !matches!(facts.reason, Reason::Accepted | Reason::Unknown) {
            items.push(format!("{} {}", words.reaches, (words.scope)(facts.scope)));
        }
        items
    }

    /// How sure it is, in words, and what decided.
    fn certainty(&self) -> Option<String> {
        let words = self.words();
        let verdict = self.verdict.as_ref().filter(|_| self.topic == Topic::Reply)?;
        let sure = (words.confidence)(verdict.confidence.as_str());
        Some(format!("{sure} · {} {}", words.rule, verdict.rule))
    }
}

pub(crate) const fn words_of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &words::EN,
        Lang::Ru => &words::RU,
    }
}

/// Whether it passes in time, and yet waiting is of no use: a permanent reply has ended the attempts.
pub(crate) fn is_over(retry: Retry, class: Option<Class>) -> bool {
    (retry, class) == (Retry::Wait, Some(Class::Permanent))
}

/// The first action of whoever must act. What the receiving administrator does nobody can do from here, so that our side's
/// action comes before it.
pub(crate) fn next_step<T>(actions: &[T], who: impl Fn(&T) -> Actor, actor: Actor) -> Option<&T> {
    let order: &[Actor] = match actor {
        Actor::RecipientAdmin => &[Actor::SenderAdmin, Actor::Sender, actor],
        _ => &[actor],
    };
    order.iter().find_map(|&of| actions.iter().find(|action| who(action) == of))
}

/// The codes as they stand at the begin of a reply.
fn codes_of(code: Option<u16>, enhanced: Option<Enhanced>) -> String {
    match (code, enhanced) {
        (Some(code), Some(enhanced)) => format!("{code} {enhanced}"),
        (Some(code), None) => code.to_string(),
        (None, Some(enhanced)) => enhanced.to_string(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_is_one_that_can_be_done_here() {
        let all = [Actor::Nobody, Actor::RecipientAdmin, Actor::Sender, Actor::SenderAdmin];
        let next = |actions: &[Actor], actor| next_step(actions, |&who| who, actor).copied();
        assert_eq!(next(&all, Actor::RecipientAdmin), Some(Actor::SenderAdmin));
        assert_eq!(next(&all[..3], Actor::RecipientAdmin), Some(Actor::Sender));
        assert_eq!(next(&all[..2], Actor::RecipientAdmin), Some(Actor::RecipientAdmin));
        assert_eq!(next(&all, Actor::Sender), Some(Actor::Sender));
        assert_eq!(next(&all, Actor::Recipient), None);
    }
}
