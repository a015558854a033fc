//! What a verdict says of one message, in words.

use mailwhy_classify::Verdict;
use mailwhy_codes::{Action, Actor, Class, Lang, Retry, Scope, Stage};

use super::Cause;
use super::words::Words;
use crate::explain::words::fill;
use crate::explain::{next_step, words_of};
use crate::headline::{clause, with_provider};

/// What is put into the texts of the knowledge base.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    pub(super) recipient: Option<&'a str>,
    pub(super) sender_domain: Option<&'a str>,
    /// The address that the message came from to us, where that is what it is about.
    pub(super) ip: Option<&'a str>,
}

impl Known<'_> {
    fn fill(self, verdict: &Verdict, text: &str, lang: Lang) -> String {
        fill(text, words_of(lang), |name| match name {
            "recipient" => self.recipient,
            "recipient_domain" => self.recipient.and_then(|r| r.rsplit_once('@')).map(|(_, domain)| domain),
            "sender_domain" => self.sender_domain.filter(|domain| !domain.is_empty()),
            "ip" => self.ip,
            "provider" => verdict.provider.map(|provider| provider.name),
            _ => None,
        })
    }
}

/// Who said it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum By {
    /// Another server, whose provider is named.
    Them,
    /// This server.
    Us,
}

/// What a verdict says of why.
pub(super) fn cause(verdict: &Verdict, by: By, known: Known<'_>, lang: Lang) -> Cause {
    let title = known.fill(verdict, verdict.text(lang).title, lang);
    let (title, clause) = match verdict.provider {
        Some(_) if by == By::Them => {
            let title = with_provider(verdict, &title);
            (title.clone(), title)
        }
        _ => {
            // What follows the name of our own program is the cause.
            let bare = title.strip_prefix("Exim: ").filter(|_| by == By::Us).unwrap_or(&title);
            (bare.to_owned(), clause(bare))
        }
    };
    Cause {
        reason: verdict.reason.as_str(),
        title,
        clause,
        actor: verdict.actor.as_str(),
        retry: verdict.retry.as_str(),
        bad_address: verdict.bad_address,
        rule: verdict.rule,
    }
}

/// Whose turn it is, whether the address is to blame, whether to send again; then what to do.
pub(super) fn advice(verdict: &Verdict, known: Known<'_>, failed: bool, lang: Lang) -> Vec<String> {
    let words = Words::of(lang);
    let address = match verdict.scope {
        _ if verdict.bad_address => words.bad_address,
        Scope::Address => words.unproven_address,
        _ => words.good_address,
    };
    // What passes by itself has passed too late for a message that failed: it has to be sent again.
    let actor = match verdict.actor {
        Actor::Nobody if failed && verdict.retry != Retry::No => Actor::Sender,
        actor => actor,
    };
    let mut turn = format!("{} {address}", (words.turn)(actor));
    if failed {
        turn = format!("{turn} {}", retry(verdict.retry, words));
    }
    let mut advice = vec![turn];
    if verdict.actor != Actor::Nobody {
        let actions = verdict.text(lang).actions;
        let action = next_step(actions, |action| action.who, verdict.actor);
        advice.extend(action.map(|action| sentence(verdict, action, known, lang)));
    }
    advice
}

/// What we answered a client, in a sentence.
pub(super) fn refusal(verdict: &Verdict, stage: Option<Stage>, cause: &Cause, lang: Lang) -> String {
    let words = Words::of(lang);
    let tell = if verdict.class == Some(Class::Transient) { words.put_off } else { words.refused };
    tell(stage.or(verdict.stage).map(|stage| (words_of(lang).stage)(stage)), cause)
}

/// Who must act, of something that we refused, and what to do.
pub(super) fn advice_for_refused(verdict: &Verdict, known: Known<'_>, lang: Lang) -> Vec<String> {
    let words = Words::of(lang);
    let who = match verdict.actor {
        Actor::Nobody => (words.turn)(Actor::Nobody).to_owned(),
        actor => (words.their_turn)((words_of(lang).actor)(actor)),
    };
    let action = verdict.text(lang).actions.iter().find(|action| action.who == verdict.actor);
    std::iter::once(who).chain(action.map(|action| sentence(verdict, action, known, lang))).collect()
}

/// What to do, as a sentence.
fn sentence(verdict: &Verdict, action: &Action, known: Known<'_>, lang: Lang) -> String {
    let text = known.fill(verdict, action.text, lang);
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{end}")
}

fn retry(retry: Retry, words: &Words) -> &'static str {
    match retry {
        Retry::Wait => words.later,
        Retry::AfterFix => words.after_fix,
        Retry::No => words.never,
    }
}
