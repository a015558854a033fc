//! From what the tables and the classifier know to an explanation.

use mailwhy_classify::{Candidate, Confidence, Verdict, fingerprint, normalize};
use mailwhy_codes::{
    self as codes, Actor, BasicCode, Blocklist, CAUSES, Cause, CodePattern, Digit, Enhanced, EnhancedCode,
    Lang, Provider, ProviderKind, Reason, Sense, Text,
};

use super::words::{Words, fill};
use super::{Explanation, Facts, Matched, Related, Topic, codes_of, is_over, words_of};
use crate::printable;

/// What is known beside the question; it is put into the texts.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The language of the explanation.
    pub lang: Lang,
    /// The address that the mail was for.
    pub recipient: Option<String>,
    /// The domain that it came from.
    pub sender_domain: Option<String>,
}

/// Codes without a reply around them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CodeAsked {
    /// The reply code.
    pub code: Option<u16>,
    /// The enhanced code.
    pub enhanced: Option<Enhanced>,
    /// Whether the reply code was written with dots, as some lists do: 5.0.1 for 501.
    pub dotted: bool,
}

/// The entries of the codes.
#[derive(Clone, Copy)]
struct Entries {
    basic: Option<&'static BasicCode>,
    enhanced: Option<&'static EnhancedCode>,
}

impl Entries {
    fn of(code: Option<u16>, enhanced: Option<Enhanced>) -> Self {
        Self { basic: code.and_then(codes::basic), enhanced: enhanced.and_then(codes::enhanced) }
    }

    /// The entry that says more.
    fn text(self, lang: Lang) -> Option<&'static Text> {
        let specific = self.enhanced.filter(|e| !e.generic || self.basic.is_none());
        let enhanced = specific.map(|e| e.text.get(lang));
        enhanced.or(self.basic.map(|e| e.text.get(lang))).or(self.enhanced.map(|e| e.text.get(lang)))
    }

    fn senses(self) -> impl Iterator<Item = &'static Sense> {
        let enhanced = self.enhanced.map_or(&[][..], |e| e.senses);
        let basic = self.basic.map_or(&[][..], |e| e.senses);
        enhanced.iter().chain(basic)
    }

    fn references(self) -> impl Iterator<Item = &'static str> {
        let enhanced = self.enhanced.map_or(&[][..], |e| e.references);
        let basic = self.basic.map_or(&[][..], |e| e.references);
        enhanced.iter().chain(basic).copied()
    }
}

impl Explanation {
    /// What a reply means: `text` is what was classified.
    #[must_use]
    pub fn of_reply(verdict: &Verdict, text: &[u8], context: &Context) -> Self {
        let lang = context.lang;
        let entries = Entries::of(verdict.code, verdict.enhanced);
        let mut this = Self::classified(Topic::Reply, verdict, text, context);
        let undecided = verdict.reason == Reason::Unknown && verdict.cause.is_none();
        let chosen = if undecided || verdict.reason == Reason::Accepted { entries.text(lang) } else { None };
        this.tell(chosen.unwrap_or_else(|| verdict.text(lang)), verdict.reason, context);
        this.name = codes_of(verdict.code, verdict.enhanced);
        if this.name.is_empty() {
            verdict.reason.as_str().clone_into(&mut this.name);
        }
        if undecided && chosen.is_none() {
            this.decode(verdict.code, verdict.enhanced);
        }
        if let Some(entry) = entries.basic {
            this.codes.push((entry.code.to_string(), entry.text.get(lang).title.to_owned()));
        }
        if let Some((entry, code)) = entries.enhanced.zip(verdict.enhanced) {
            this.codes.push((code.to_string(), entry.text.get(lang).title.to_owned()));
        }
        this.codes.retain(|(_, title)| *title != this.title);
        if verdict.confidence < Confidence::Exact && verdict.cause.is_none() {
            this.add_senses(entries, context);
        }
        this.judge(verdict);
        this.add_sources(verdict.cause.map_or(&[][..], |c| c.references).iter().copied());
        this.add_sources(entries.references());
        this
    }

    /// What codes mean; the verdict is on them alone, with what is known of provider and stage.
    #[must_use]
    pub fn of_code(asked: CodeAsked, verdict: &Verdict, context: &Context) -> Self {
        let CodeAsked { code, enhanced, dotted } = asked;
        let lang = context.lang;
        let words = words_of(lang);
        let entries = Entries::of(code, enhanced);
        let mut this = Self::classified(Topic::Code, verdict, b"", context);
        this.fingerprint = None;
        this.name = codes_of(code, enhanced);
        let text = verdict.cause.and_then(|c| c.text.as_ref()).map(|t| t.get(lang)).or(entries.text(lang));
        this.tell(text.unwrap_or_else(|| verdict.text(lang)), verdict.reason, context);
        let known = |listed: bool, asked: bool| listed || !asked;
        this.listed = Some(
            known(entries.basic.is_some(), code.is_some())
                && known(entries.enhanced.is_some(), enhanced.is_some()),
        );
        if text.is_none() {
            this.decode(code, enhanced);
        } else {
            let unlisted =
                (code.filter(|_| entries.basic.is_none()), enhanced.filter(|_| entries.enhanced.is_none()));
            if unlisted != (None, None) {
                this.notes.extend(digits(unlisted.0, unlisted.1, words, lang));
            }
        }
        if let Some(entry) = entries.basic {
            if dotted {
                this.notes.push((words.dotted)(&entry.code.to_string()));
            }
            this.status = Some(entry.status.as_str());
            this.by_stage = entry.by_stage.to_vec();
            if let Some(same) = entry.enhanced {
                this.notes.push((words.collapsed)(&same.to_string()));
            }
            if entries.enhanced.is_some() || verdict.cause.is_some() {
                this.codes.push((entry.code.to_string(), entry.text.get(lang).title.to_owned()));
            }
        }
        if let Some((entry, code)) = entries.enhanced.zip(enhanced) {
            if entries.basic.is_none()
                && let Some(same) = codes::BASIC.iter().find(|basic| basic.enhanced == Some(code))
            {
                this.notes.push((words.without_dots)(&same.code.to_string()));
            }
            if !entry.registered {
                this.notes.push(words.unregistered.to_owned());
            }
            this.codes.push((code.to_string(), entry.text.get(lang).title.to_owned()));
        }
        this.codes.retain(|(_, title)| *title != this.title);
        this.add_senses(entries, context);
        if verdict.cause.is_none() {
            let asks = |c: &&Cause| c.provider.is_some() && c.replies.iter().any(|p| is_about(p, asked));
            this.related = CAUSES.iter().filter(asks).map(|c| related(c, lang)).collect();
        }
        if verdict.reason != Reason::Accepted && verdict.confidence < Confidence::Exact {
            let note = if this.senses.is_empty() { words.only_code } else { words.many_senses };
            this.notes.push(note.to_owned());
        }
        this.add_sources(verdict.cause.map_or(&[][..], |c| c.references).iter().copied());
        this.add_sources(entries.references());
        this
    }

    /// What a reason means.
    #[must_use]
    pub fn of_reason(reason: Reason, context: &Context) -> Self {
        let mut this = Self::new(Topic::Reason, reason.as_str(), context.lang);
        let entry = codes::reason(reason);
        this.facts = Some(facts(reason, None));
        this.tell(entry.text.get(context.lang), reason, context);
        // A cause without a text of its own says no more than the reason.
        let is_its = |c: &&Cause| c.reason == reason && c.text.is_some();
        this.related = CAUSES.iter().filter(is_its).map(|c| related(c, context.lang)).collect();
        this
    }

    /// What a cause means.
    #[must_use]
    pub fn of_cause(cause: &'static Cause, context: &Context) -> Self {
        let lang = context.lang;
        let mut this = Self::new(Topic::Cause, cause.id, lang);
        this.facts = Some(facts(cause.reason, Some(cause)));
        let text = cause.text.as_ref().unwrap_or(&codes::reason(cause.reason).text);
        this.tell(text.get(lang), cause.reason, context);
        this.add_sources(cause.references.iter().copied());
        this
    }

    /// What is known of a provider or a server program.
    #[must_use]
    pub fn of_provider(provider: &'static Provider, context: &Context) -> Self {
        let words = words_of(context.lang);
        let mut this = Self::new(Topic::Provider, provider.id, context.lang);
        provider.name.clone_into(&mut this.title);
        this.meaning.push(match provider.kind {
            ProviderKind::Service => words.service.to_owned(),
            ProviderKind::Program => words.program.to_owned(),
        });
        this.hosts = provider.hosts.to_vec();
        this.domains = provider.domains.to_vec();
        let is_its = |c: &&Cause| match c.provider {
            Some(known) => known.id == provider.id,
            // What programs say is known by its words, whoever runs them.
            None => c.id.strip_prefix(provider.id).is_some_and(|rest| rest.starts_with('-')),
        };
        this.related = CAUSES.iter().filter(is_its).map(|c| related(c, context.lang)).collect();
        this
    }

    /// What being on a blocklist means.
    #[must_use]
    pub fn of_blocklist(list: &'static Blocklist, context: &Context) -> Self {
        let lang = context.lang;
        let words = words_of(lang);
        let mut this = Self::new(Topic::Blocklist, list.id, lang);
        this.facts =
            Some(Facts { blocklist: Some((list.id, list.name)), ..facts(Reason::Blocklisted, None) });
        this.tell(codes::reason(Reason::Blocklisted).text.get(lang), Reason::Blocklisted, context);
        this.title = format!("{}: {}", list.name, words.blocklist);
        this.lookup = list.lookup.map(|page| fill(page, words, |_| None));
        let names_it = |c: &&Cause| c.blocklist.is_some_and(|b| b.id == list.id);
        this.related = CAUSES.iter().filter(names_it).map(|c| related(c, lang)).collect();
        this
    }

    /// Says that it is about this line, counted from 1, of several.
    #[must_use]
    pub fn of_line(mut self, number: usize, lines: usize) -> Self {
        self.notes.insert(0, (self.words().one_line)(number, lines));
        self
    }

    /// Adds the rules that matched, and what became of them.
    #[must_use]
    pub fn with_candidates(mut self, candidates: &[Candidate], text: &[u8]) -> Self {
        let matched = |candidate: &Candidate| {
            let (from, to) = candidate.evidence;
            let bytes = text.get(from as usize..to as usize).unwrap_or_default();
            Matched { candidate: *candidate, text: printable(bytes) }
        };
        self.candidates = Some(candidates.iter().map(matched).collect());
        self
    }

    fn new(topic: Topic, name: &str, lang: Lang) -> Self {
        Self {
            lang,
            topic,
            name: name.to_owned(),
            title: String::new(),
            verdict: None,
            fingerprint: None,
            facts: None,
            meaning: Vec::new(),
            causes: Vec::new(),
            actions: Vec::new(),
            notes: Vec::new(),
            status: None,
            listed: None,
            by_stage: Vec::new(),
            senses: Vec::new(),
            codes: Vec::new(),
            related: Vec::new(),
            not: Vec::new(),
            hosts: Vec::new(),
            domains: Vec::new(),
            lookup: None,
            sources: Vec::new(),
            candidates: None,
        }
    }

    fn classified(topic: Topic, verdict: &Verdict, text: &[u8], context: &Context) -> Self {
        let mut normal = Vec::new();
        normalize(text, &mut normal);
        let fingerprint = Some(fingerprint(&normal));
        Self { verdict: Some(*verdict), fingerprint, ..Self::new(topic, "", context.lang) }
    }

    /// Takes over a text; what it lacks, the reason's text has.
    fn tell(&mut self, text: &Text, reason: Reason, context: &Context) {
        let lang = context.lang;
        let words = words_of(lang);
        let provider = self.facts().and_then(|f| f.provider).map(|(_, name)| name);
        let recipient = context.recipient.as_deref();
        let known = |name: &str| match name {
            "provider" => provider,
            "recipient" => recipient,
            "recipient_domain" => recipient.and_then(|r| r.rsplit_once('@')).map(|(_, domain)| domain),
            "sender_domain" => context.sender_domain.as_deref(),
            _ => None,
        };
        let fill = |text: &str| fill(text, words, known);
        let general = codes::reason(reason);
        // A positive reply has no causes, and needs no advice.
        let spare = if reason == Reason::Accepted { text } else { general.text.get(lang) };
        let causes = if text.causes.is_empty() { spare.causes } else { text.causes };
        let actions = if text.actions.is_empty() { spare.actions } else { text.actions };
        self.title = fill(text.title);
        self.meaning = vec![fill(text.meaning)];
        self.causes = causes.iter().map(|cause| fill(cause)).collect();
        // What nobody does is to wait.
        let over = self.facts().is_some_and(|facts| is_over(facts.retry, self.end()));
        let actions = actions.iter().filter(|action| !over || action.who != Actor::Nobody);
        self.actions = actions.map(|action| (action.who, fill(action.text))).collect();
        let pair = |not: &&str| {
            let (name, what) = not.split_once(": ").unwrap_or((not, ""));
            (name.to_owned(), what.to_owned())
        };
        self.not = general.not.get(lang).iter().map(pair).collect();
    }

    /// Says what codes that nobody lists mean by their digits.
    fn decode(&mut self, code: Option<u16>, enhanced: Option<Enhanced>) {
        let words = words_of(self.lang);
        let paragraphs = digits(code, enhanced, words, self.lang);
        if paragraphs.is_empty() {
            return;
        }
        let (first, second) = digits_of(code, enhanced);
        let titles: Vec<_> =
            [first, second].into_iter().flatten().map(|d| d.text.get(self.lang).title).collect();
        if !titles.is_empty() {
            self.title = titles.join(" · ");
        }
        self.meaning = paragraphs;
    }

    /// Says in words what a verdict says of itself.
    fn judge(&mut self, verdict: &Verdict) {
        let words = words_of(self.lang);
        let about_recipient = matches!(
            verdict.reason,
            Reason::RecipientUnknown
                | Reason::RecipientDisabled
                | Reason::RecipientMoved
                | Reason::RecipientRefused
                | Reason::MailboxFull
                | Reason::DomainNotFound
                | Reason::DomainNoMail
        );
        let notes = [
            (verdict.bad_address, words.bad_address),
            (about_recipient && !verdict.bad_address, words.not_bad_address),
            (verdict.conflict, words.conflict),
            (verdict.expired && verdict.reason != Reason::Expired, words.expired),
        ];
        self.notes.extend(notes.iter().filter(|(true_, _)| *true_).map(|(_, note)| (*note).to_owned()));
    }

    fn add_senses(&mut self, entries: Entries, context: &Context) {
        let words = words_of(context.lang);
        let sense = |s: &'static Sense| {
            (*s.source.get(context.lang), fill(s.text.get(context.lang), words, |_| None))
        };
        self.senses.extend(entries.senses().map(sense));
    }

    fn add_sources(&mut self, sources: impl Iterator<Item = &'static str>) {
        for source in sources {
            if !self.sources.contains(&source) {
                self.sources.push(source);
            }
        }
    }
}

/// What is said of everything with this reason, and of this cause where it differs.
fn facts(reason: Reason, cause: Option<&Cause>) -> Facts {
    let entry = codes::reason(reason);
    Facts {
        reason,
        retry: cause.and_then(|c| c.retry).unwrap_or(entry.retry),
        actor: cause.and_then(|c| c.actor).unwrap_or(entry.actor),
        scope: cause.and_then(|c| c.scope).unwrap_or(entry.scope),
        provider: cause.and_then(|c| c.provider).map(|p| (p.id, p.name)),
        blocklist: cause.and_then(|c| c.blocklist).map(|b| (b.id, b.name)),
        class: None,
        stage: None,
    }
}

fn related(cause: &Cause, lang: Lang) -> Related {
    let text = cause.text.as_ref().unwrap_or(&codes::reason(cause.reason).text);
    Related { rule: cause.id, title: text.get(lang).title, reason: cause.reason }
}

/// Whether a pattern speaks of the codes that were asked for, and not of a whole class.
fn is_about(pattern: &CodePattern, asked: CodeAsked) -> bool {
    let narrow = pattern.basic.is_none_or(|(from, to)| from == to);
    let code = match (pattern.basic, asked.code) {
        (Some((from, _)), Some(code)) => from == code,
        (Some(_), None) => asked.enhanced.is_some(),
        (None, _) => true,
    };
    let enhanced = match (pattern.enhanced, asked.enhanced) {
        (Some(pattern), Some(code)) => pattern.matches(code),
        (None, None) => true,
        _ => false,
    };
    narrow && code && enhanced
}

/// The digits that an unlisted code can be read by: class and kind.
fn digits_of(
    code: Option<u16>,
    enhanced: Option<Enhanced>,
) -> (Option<&'static Digit>, Option<&'static Digit>) {
    match (code, enhanced) {
        (_, Some(e)) => (codes::enhanced_class(e), codes::enhanced_subject(e)),
        (Some(c), None) => (codes::basic_class(c), codes::basic_category(c)),
        (None, None) => (None, None),
    }
}

fn digits(code: Option<u16>, enhanced: Option<Enhanced>, words: &Words, lang: Lang) -> Vec<String> {
    let (first, second) = digits_of(code, enhanced);
    let (name, places) = match (code, enhanced) {
        (_, Some(e)) => (e.to_string(), [format!("{}.x.x", e.class), format!("x.{}.x", e.subject)]),
        (Some(c), None) => (c.to_string(), [format!("{}xx", c / 100), format!("x{}x", c / 10 % 10)]),
        (None, None) => return Vec::new(),
    };
    let told = [first, second].into_iter().zip(places).map(|(digit, place)| match digit {
        Some(digit) => {
            let text = digit.text.get(lang);
            format!("{place}: {}. {}", text.title, text.meaning)
        }
        None => (words.no_such_digit)(&place),
    });
    std::iter::once((words.unlisted)(&name)).chain(told).collect()
}
