//! The headline of a verdict: behind the name of whoever said it, and as the rest of a sentence.

use mailwhy_classify::Verdict;
use mailwhy_codes::{BLOCKLISTS, PROVIDERS};

/// Names that headlines begin with, beside those of providers and blocklists.
const NAMES: [&str; 5] = ["Google", "Hotmail", "Debian", "Яндекс", "Рамблер"];

/// The headline behind the provider's name, unless it begins with that itself.
pub(crate) fn with_provider(verdict: &Verdict, title: &str) -> String {
    let own = verdict.cause.is_some_and(|cause| cause.provider.is_some());
    match verdict.provider {
        Some(provider) if !own && !begins_with_name(title, provider.name) => {
            format!("{}: {}", provider.name, clause(title))
        }
        _ => title.to_owned(),
    }
}

/// A headline as the rest of a sentence: without its capital, unless it begins with an abbreviation or a name.
pub(crate) fn clause(title: &str) -> String {
    let is_name = PROVIDERS.iter().any(|provider| begins_with_name(title, provider.name))
        || BLOCKLISTS.iter().any(|list| begins_with_name(title, list.name))
        || NAMES.iter().any(|name| begins_with_name(title, name));
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !is_name && (second.is_lowercase() || second == ' ') => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => title.to_owned(),
    }
}

/// Whether the first word of a headline is that of the name, which may be longer: `Exchange Server`.
fn begins_with_name(title: &str, name: &str) -> bool {
    let word = title.split([' ', ':', ',', '\'', '/']).next();
    word == name.split(' ').next()
}

#[cfg(test)]
mod tests {
    use mailwhy_classify::{Classifier, Query};
    use mailwhy_codes::Lang;

    use super::*;

    #[test]
    fn a_provider_is_named_once() {
        let classifier = Classifier::new();
        let headline = |host: &str, reply: &[u8]| {
            let mut query = Query::new(reply);
            query.host = Some(host.as_bytes());
            let verdict = classifier.classify(&query);
            with_provider(&verdict, verdict.text(Lang::En).title)
        };
        let postfix =
            b"550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in local recipient table";
        let large = b"552 5.2.3 message exceeds size limit";
        for (host, reply, title) in [
            ("mx.b.test", &postfix[..], "Postfix: the address is in no table of its recipients"),
            ("mxs.mail.ru", large, "Mail.ru: the message is too large"),
            ("mx.b.test", large, "The message is too large"),
        ] {
            assert_eq!(headline(host, reply), title);
        }
    }

    #[test]
    fn a_name_keeps_its_capital() {
        for (title, rest) in [
            ("The mailbox is full", "the mailbox is full"),
            ("Ящик переполнен", "ящик переполнен"),
            ("A name", "a name"),
            ("DNS did not answer", "DNS did not answer"),
            ("Spamhaus lists the address", "Spamhaus lists the address"),
            ("Postfix: no such user", "Postfix: no such user"),
            ("Google's limit", "Google's limit"),
            ("", ""),
        ] {
            assert_eq!(clause(title), rest);
        }
    }
}
