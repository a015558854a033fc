//! What a verdict says of one message, in words.

use mailwhy_classify::Verdict;
use mailwhy_codes::{Actor, Lang, Retry, Scope};

use super::Cause;
use super::words::Words;
use crate::build::continued;
use crate::explain::words::fill;
use crate::explain::words_of;

/// What is put into the texts of the knowledge base.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    pub(super) recipient: Option<&'a str>,
    pub(super) sender_domain: Option<&'a str>,
}

impl Known<'_> {
    fn fill(self, verdict: &Verdict, text: &str, lang: Lang) -> String {
        fill(text, words_of(lang), |name| match name {
            "recipient" => self.recipient,
            "recipient_domain" => self.recipient.and_then(|r| r.rsplit_once('@')).map(|(_, domain)| domain),
            "sender_domain" => self.sender_domain.filter(|domain| !domain.is_empty()),
            "provider" => verdict.provider.map(|provider| provider.name),
            _ => None,
        })
    }
}

/// What a verdict says of why.
pub(super) fn cause(verdict: &Verdict, known: Known<'_>, lang: Lang) -> Cause {
    let title = known.fill(verdict, verdict.text(lang).title, lang);
    let own = verdict.cause.is_some_and(|cause| cause.provider.is_some());
    Cause {
        reason: verdict.reason.as_str(),
        title: match verdict.provider {
            Some(provider) if !own => format!("{}: {}", provider.name, continued(&title)),
            _ => title,
        },
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
    let mut turn = format!("{} {address}", (words.turn)(verdict.actor));
    if failed {
        turn = format!("{turn} {}", retry(verdict.retry, words));
    }
    let mut advice = vec![turn];
    if failed || verdict.actor != Actor::Nobody {
        advice.extend(action(verdict, known, lang));
    }
    advice
}

/// Who must act, of something that we refused, and what to do.
pub(super) fn advice_for_refused(verdict: &Verdict, known: Known<'_>, lang: Lang) -> Vec<String> {
    let words = Words::of(lang);
    let who = (words.their_turn)(words_of(lang).who_does(verdict.actor));
    std::iter::once(who).chain(action(verdict, known, lang)).collect()
}

/// The first thing to do for whoever must act.
fn action(verdict: &Verdict, known: Known<'_>, lang: Lang) -> Option<String> {
    let actions = verdict.text(lang).actions;
    let action = actions.iter().find(|action| action.who == verdict.actor)?;
    let text = known.fill(verdict, action.text, lang);
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    Some(format!("{text}{end}"))
}

fn retry(retry: Retry, words: &Words) -> &'static str {
    match retry {
        Retry::Wait => words.later,
        Retry::AfterFix => words.after_fix,
        Retry::No => words.never,
    }
}
