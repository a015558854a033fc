//! What must hold for the entries of `data/`. An entry that breaks a rule is named and left out.

use std::collections::{HashMap, HashSet};

use crate::data::{Basic, Case, Cause, Data, Enhanced, Provider, Sense, Text};
use crate::pattern;
use crate::reason::{Actor, Reason, Retry, Scope};
use crate::reply::Stage;

const PLACEHOLDERS: [&str; 5] = ["provider", "sender_domain", "recipient", "recipient_domain", "ip"];
pub const STATUSES: [&str; 7] =
    ["standard", "extension", "iana", "collapsed", "nonstandard", "internal", "client"];

/// Leaves what is valid, and adds to `problems` what is not and what is missing.
pub fn validate(mut data: Data, problems: &mut Vec<String>) -> Data {
    let mut check = Check { problems };
    let providers: HashSet<_> = data.providers.iter().map(|p| p.id.clone()).collect();
    let blocklists: HashSet<_> = data.blocklists.iter().map(|b| b.id.clone()).collect();

    data.reasons.retain(|e| {
        let mut ok = check.named("reason", &e.id, &e.at, Reason::from_name);
        ok &= check.named("actor", &e.actor, &e.at, Actor::from_name);
        ok &= check.named("retry", &e.retry, &e.at, Retry::from_name);
        ok &= check.named("scope", &e.scope, &e.at, Scope::from_name);
        ok & check.texts(e.en.as_ref(), e.ru.as_ref(), &e.at, true)
    });
    data.basic.retain(|e| check.basic(e));
    data.enhanced.retain(|e| check.enhanced(e));
    data.providers.retain(|e| {
        let mut ok = check.filled(&[&e.id, &e.name], &e.at);
        ok &= check.phrases(&e.marks, &e.at);
        for host in e.hosts.iter().chain(&e.domains) {
            if host.is_empty() || *host != host.to_ascii_lowercase() || host.starts_with('.') {
                ok = check.fail(&e.at, &format!("`{host}` is not a lower-case name"));
            }
        }
        ok
    });
    data.blocklists.retain(|e| check.filled(&[&e.id, &e.name], &e.at) & check.phrases(&e.marks, &e.at));
    for digits in [&mut data.basic_digits, &mut data.classes, &mut data.subjects] {
        digits.retain(|e| check.texts(e.en.as_ref(), e.ru.as_ref(), &e.at, true));
        check.unique(digits, |e| (e.position, e.value), |e| &e.at);
    }
    data.causes.retain(|e| check.cause(e, &providers, &blocklists));

    check.unique(&mut data.reasons, |e| e.id.clone(), |e| &e.at);
    check.unique(&mut data.basic, |e| e.code, |e| &e.at);
    check.unique(&mut data.enhanced, |e| e.code.to_ascii_lowercase(), |e| &e.at);
    check.unique(&mut data.providers, |e| e.id.clone(), |e| &e.at);
    check.unique(&mut data.blocklists, |e| e.id.clone(), |e| &e.at);
    check.unique(&mut data.causes, |e| e.id.clone(), |e| &e.at);
    check.hosts(&data);
    check.same_phrases(&data.causes);

    for reason in Reason::ALL {
        if !data.reasons.iter().any(|e| e.id == reason.as_str()) {
            check.fail("data/reasons.toml", &format!("no entry for {}", reason.as_str()));
        }
    }
    data
}

struct Check<'a> {
    problems: &'a mut Vec<String>,
}

impl Check<'_> {
    /// Tells a problem; `false`, as the outcome of a check.
    fn fail(&mut self, at: &str, problem: &str) -> bool {
        self.problems.push(format!("{at}: {problem}"));
        false
    }

    fn named<T>(&mut self, what: &str, name: &str, at: &str, find: impl Fn(&str) -> Option<T>) -> bool {
        find(name).is_some() || self.fail(at, &format!("unknown {what} `{name}`"))
    }

    fn filled(&mut self, texts: &[&str], at: &str) -> bool {
        texts.iter().all(|t| !t.trim().is_empty()) || self.fail(at, "an empty text")
    }

    /// English has one kind of quotes, which every keyboard has.
    fn quotes(&mut self, texts: &[&str], at: &str) -> bool {
        let straight = texts.iter().all(|text| !text.contains(['“', '”', '«', '»']));
        straight || self.fail(at, "quotes in English texts are straight")
    }

    /// Both languages, or none where that is allowed.
    fn texts(&mut self, en: Option<&Text>, ru: Option<&Text>, at: &str, required: bool) -> bool {
        match (en, ru) {
            (Some(en), Some(ru)) => self.text(en, "en", at) & self.text(ru, "ru", at),
            (None, None) if !required => true,
            (None, None) => self.fail(at, "no texts"),
            (Some(_), None) => self.fail(at, "no Russian text"),
            (None, Some(_)) => self.fail(at, "no English text"),
        }
    }

    fn text(&mut self, text: &Text, lang: &str, at: &str) -> bool {
        let at = &format!("{at} [{lang}]");
        let mut all = vec![text.title.as_str(), text.meaning.as_str()];
        all.extend(text.causes.iter().chain(&text.not).map(String::as_str));
        all.extend(text.actions.iter().map(|a| a.text.as_str()));
        let mut ok = self.filled(&all, at);
        if lang == "en" {
            ok &= self.quotes(&all, at);
        }
        if text.title.ends_with('.') {
            ok = self.fail(at, "the title ends in a full stop");
        }
        for part in all.iter().flat_map(|t| t.split('{').skip(1)) {
            let name = part.split('}').next().unwrap_or_default();
            let word = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if word && !PLACEHOLDERS.contains(&name) {
                ok = self.fail(at, &format!("unknown placeholder {{{name}}}"));
            }
        }
        for action in &text.actions {
            ok &= self.named("actor", &action.who, at, Actor::from_name);
        }
        ok
    }

    fn basic(&mut self, e: &Basic) -> bool {
        let mut ok = (100..=699).contains(&e.code) || self.fail(&e.at, "no reply code");
        ok &= STATUSES.contains(&e.status.as_str())
            || self.fail(&e.at, &format!("unknown status `{}`", e.status));
        ok &= self.named("reason", &e.reason, &e.at, Reason::from_name);
        for (stage, reason) in &e.by_stage {
            ok &= self.named("stage", stage, &e.at, Stage::from_name);
            ok &= self.named("reason", reason.as_str().unwrap_or_default(), &e.at, Reason::from_name);
        }
        if let Some(code) = &e.enhanced {
            ok &= self.named("enhanced code", code, &e.at, pattern::enhanced);
        }
        for sense in &e.senses {
            ok &= self.sense(sense, &e.at);
        }
        ok & self.texts(e.en.as_ref(), e.ru.as_ref(), &e.at, true)
    }

    /// A source that is more than names has its Russian.
    fn sense(&mut self, sense: &Sense, at: &str) -> bool {
        let outside: String = sense.source.split('\'').step_by(2).collect();
        let mut words = outside.split(|c: char| !c.is_alphabetic());
        let told = [
            "lists", "list", "and", "others", "servers", "server", "article", "articles", "answer",
            "without", "with",
        ];
        let filled = self.filled(&[&sense.source, &sense.en, &sense.ru], at) & self.quotes(&[&sense.en], at);
        if sense.source_ru.is_none() && words.any(|word| told.contains(&word)) {
            return self.fail(at, &format!("source {:?} has no source_ru", sense.source));
        }
        filled
    }

    fn enhanced(&mut self, e: &Enhanced) -> bool {
        let single = |code: &str| pattern::enhanced(code).filter(|c| c.detail.0 == c.detail.1);
        let mut ok = self.named("enhanced code", &e.code, &e.at, single);
        ok &= self.named("reason", &e.reason, &e.at, Reason::from_name);
        for code in &e.basic {
            ok &= self.named("reply code", code, &e.at, |c| c.parse().ok().filter(|n: &u16| *n < 700));
        }
        for sense in &e.senses {
            ok &= self.sense(sense, &e.at);
        }
        ok & self.texts(e.en.as_ref(), e.ru.as_ref(), &e.at, true)
    }

    fn cause(&mut self, e: &Cause, providers: &HashSet<String>, blocklists: &HashSet<String>) -> bool {
        let kebab = |id: &str| {
            let word =
                |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            id.split('-').all(word).then_some(())
        };
        let mut ok = self.named("form of the id", &e.id, &e.at, kebab);
        ok &= self.named("reason", &e.reason, &e.at, Reason::from_name);
        if let Some(provider) = &e.provider {
            ok &= self.named("provider", provider, &e.at, |p| providers.get(p));
        } else if !e.marks.is_empty() {
            ok = self.fail(&e.at, "`marks` need a `provider`");
        } else if e.replies.iter().any(|code| !code.contains(' ')) {
            // What one code alone means to everybody is said in its own table.
            ok = self.fail(&e.at, "`replies` need a `provider`, or a reply code and an enhanced code each");
        }
        if let Some(blocklist) = &e.blocklist {
            ok &= self.named("blocklist", blocklist, &e.at, |b| blocklists.get(b));
        }
        if let Some(actor) = &e.actor {
            ok &= self.named("actor", actor, &e.at, Actor::from_name);
        }
        if let Some(retry) = &e.retry {
            ok &= self.named("retry", retry, &e.at, Retry::from_name);
        }
        if let Some(scope) = &e.scope {
            ok &= self.named("scope", scope, &e.at, Scope::from_name);
        }
        for code in e.replies.iter().chain(&e.only) {
            ok &= self.named("code", code, &e.at, pattern::expression);
        }
        for stage in &e.stage {
            ok &= self.named("stage", stage, &e.at, Stage::from_name);
        }
        if e.marks.is_empty() && e.matches.is_empty() && e.replies.is_empty() {
            ok = self.fail(&e.at, "nothing to recognise it by");
        }
        ok &= self.phrases(&e.marks, &e.at) & self.phrases(&e.matches, &e.at);
        for Case { text, stage, .. } in e.examples.iter().chain(&e.near_misses) {
            ok &= self.filled(&[text], &e.at);
            if let Some(stage) = stage {
                ok &= self.named("stage", stage, &e.at, Stage::from_name);
            }
        }
        ok & self.texts(e.en.as_ref(), e.ru.as_ref(), &e.at, false)
    }

    fn phrases(&mut self, phrases: &[String], at: &str) -> bool {
        let mut ok = true;
        for phrase in phrases {
            if phrase.split(" * ").any(|part| part.trim().len() < 2) {
                ok = self.fail(at, &format!("`{phrase}` is too short to search for"));
            }
        }
        ok
    }

    /// Drops all but the first of those that share a key.
    fn unique<T, K>(&mut self, entries: &mut Vec<T>, key: impl Fn(&T) -> K, at: impl Fn(&T) -> &str)
    where
        K: Eq + std::hash::Hash,
    {
        let mut seen: HashMap<K, String> = HashMap::new();
        entries.retain(|entry| match seen.get(&key(entry)) {
            Some(first) => self.fail(at(entry), &format!("is there already: {first}")),
            None => seen.insert(key(entry), at(entry).to_owned()).is_none(),
        });
    }

    /// No two providers share a host or domain name.
    fn hosts(&mut self, data: &Data) {
        for names in [|p: &Provider| p.hosts.clone(), |p: &Provider| p.domains.clone()] {
            let mut seen = HashMap::new();
            for provider in &data.providers {
                for name in names(provider) {
                    if let Some(other) = seen.insert(name.clone(), &provider.id) {
                        self.fail(&provider.at, &format!("`{name}` is there already: {other}"));
                    }
                }
            }
        }
    }

    /// No text stands in two causes of the same strength.
    fn same_phrases(&mut self, causes: &[Cause]) {
        let mut seen = HashMap::new();
        for cause in causes {
            for phrase in cause.matches.iter().chain(&cause.marks) {
                let folded = phrase.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
                let key = (folded, &cause.provider, cause.weak, cause.weight, &cause.only, &cause.stage);
                if let Some(other) = seen.insert(key, &cause.id) {
                    self.fail(&cause.at, &format!("`{phrase}` is a text of {other} too"));
                }
            }
        }
    }
}
