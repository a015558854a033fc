//! Choosing the strongest rule.

use std::cell::RefCell;
use std::cmp::Reverse;

use mailwhy_codes::{
    self as codes, Blocklist, Cause, Class, CodePattern, Enhanced, Provider, ProviderKind, Reason, Retry,
    Stage,
};

use crate::fold::Folded;
use crate::reply::Replies;
use crate::rules::{Hit, Progress, Rules, Target};
use crate::verdict::{Confidence, Verdict};

/// What is asked: a reply and what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The reply as logged: one or several lines, escaped or not, with or without the words around it.
    pub text: &'a [u8],
    /// The step at which it was said; else what the text tells.
    pub stage: Option<Stage>,
    /// The name of the remote host; else what the text tells.
    pub host: Option<&'a [u8]>,
    /// The domain of the recipient.
    pub recipient_domain: Option<&'a [u8]>,
    /// What the log line itself says when the text has no code: `**` permanent, `==` transient.
    pub class: Option<Class>,
}

impl<'a> Query<'a> {
    /// A query of which nothing is known but the text.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self { text, stage: None, host: None, recipient_domain: None, class: None }
    }
}

/// The rules, compiled. Built once, shared between threads.
#[derive(Debug)]
pub struct Classifier {
    rules: Rules,
}

impl Default for Classifier {
    fn default() -> Self {
        Self::new()
    }
}

/// Naming a public list is as good as a text that says the sender is on one.
const LIST_WEIGHT: i8 = 6;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Classifier {
    /// Compiles the rules of the tables.
    #[must_use]
    pub fn new() -> Self {
        Self { rules: Rules::new() }
    }

    /// The verdict on one reply.
    #[must_use]
    pub fn classify(&self, query: &Query<'_>) -> Verdict {
        accepted(query).unwrap_or_else(|| SCRATCH.with_borrow_mut(|scratch| self.refused(query, scratch)))
    }

    fn refused(&self, query: &Query<'_>, scratch: &mut Scratch) -> Verdict {
        let Scratch { folded, progress, hits } = scratch;
        folded.lower(query.text);
        let replies = Replies::find(&folded.text);
        let told_host = replies.host.map(|(start, end)| &folded.text[start..end]);
        let case = Case::new(query, &replies);

        hits.clear();
        let mut known = Known::new(query, told_host);
        self.rules.search(&folded.text, progress, |hit| {
            match hit.target {
                Target::Mark(cause) => known.add_mark(cause.provider),
                Target::Provider(provider) => known.add_mark(Some(provider)),
                Target::Blocklist(blocklist) => known.blocklist = known.blocklist.or(Some(blocklist)),
                Target::Match(_) => {}
            }
            hits.push(hit);
        });

        let mut best = Candidate::nothing(case.class);
        let mut expired = false;
        for hit in &*hits {
            let Some(candidate) = case.text_candidate(hit, &known) else { continue };
            expired |= candidate.reason == Reason::Expired;
            best.improve(candidate);
        }
        for provider in known.all() {
            for cause in self.rules.by_code(provider) {
                if let Some(candidate) = case.code_candidate(cause) {
                    best.improve(candidate);
                }
            }
        }
        for candidate in case.plain_candidates() {
            best.improve(candidate);
        }
        case.verdict(&best, &known, folded, expired)
    }
}

#[derive(Debug, Default)]
struct Scratch {
    folded: Folded,
    progress: Progress,
    hits: Vec<Hit>,
}

/// Replies of success need no rules.
fn accepted(query: &Query<'_>) -> Option<Verdict> {
    let text = query.text.trim_ascii_start();
    let [a @ b'2'..=b'3', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = text else { return None };
    if !matches!(rest.first(), None | Some(b' ' | b'-' | b'\\' | b'\r' | b'\n')) {
        return None;
    }
    let code = u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0');
    let entry = codes::reason(Reason::Accepted);
    let start = u32::try_from(query.text.len() - text.len()).ok()?;
    Some(Verdict {
        reason: Reason::Accepted,
        class: Class::of(code),
        retry: entry.retry,
        actor: entry.actor,
        scope: entry.scope,
        bad_address: false,
        provider: Known::new(query, None).provider(),
        blocklist: None,
        code: Some(code),
        enhanced: Enhanced::prefix(rest.get(1..).unwrap_or_default()).map(|(enhanced, _)| enhanced),
        stage: query.stage,
        confidence: Confidence::Exact,
        conflict: false,
        rule: if *a == b'2' { "class:success" } else { "class:intermediate" },
        cause: None,
        evidence: (start, start + 3),
        expired: false,
        text: None,
    })
}

/// The providers that a reply may come from, and the blocklist it names.
struct Known {
    by_host: Option<&'static Provider>,
    by_domain: Option<&'static Provider>,
    by_mark: [Option<&'static Provider>; 4],
    blocklist: Option<&'static Blocklist>,
}

impl Known {
    fn new(query: &Query<'_>, told_host: Option<&[u8]>) -> Self {
        let by_host = query.host.or(told_host).and_then(codes::provider_by_host);
        // A host that is known speaks for itself, whatever domain the recipient is in.
        let by_domain =
            by_host.map_or_else(|| query.recipient_domain.and_then(codes::provider_by_domain), |_| None);
        Self { by_host, by_domain, by_mark: [None; 4], blocklist: None }
    }

    fn add_mark(&mut self, provider: Option<&'static Provider>) {
        let Some(provider) = provider else { return };
        if self.by_mark.iter().flatten().any(|p| p.id == provider.id) {
            return;
        }
        if let Some(free) = self.by_mark.iter_mut().find(|p| p.is_none()) {
            *free = Some(provider);
        }
    }

    fn all(&self) -> impl Iterator<Item = &'static Provider> {
        [self.by_host, self.by_domain].into_iter().chain(self.by_mark).flatten()
    }

    fn has(&self, provider: &Provider) -> bool {
        self.all().any(|p| p.id == provider.id)
    }

    /// Whoever wrote the text, else whose host it is; a program only when no service is known.
    fn provider(&self) -> Option<&'static Provider> {
        let marks = || self.by_mark.iter().flatten().copied();
        marks()
            .find(|p| p.kind == ProviderKind::Service)
            .or(self.by_host)
            .or(self.by_domain)
            .or_else(|| marks().next())
    }
}

/// How strong a rule is, from the weakest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Tier {
    Nothing,
    Basic,
    GenericEnhanced,
    Stage,
    WeakText,
    SpecificEnhanced,
    Text,
    ProviderCode,
    ProviderText,
}

/// A rule that applies.
#[derive(Clone, Copy)]
struct Candidate {
    /// Whether it speaks of the innermost reply.
    inner: bool,
    tier: Tier,
    weight: i8,
    len: u16,
    reason: Reason,
    rule: &'static str,
    cause: Option<&'static Cause>,
    /// What it rests on, in the folded text.
    span: (usize, usize),
    text: Option<&'static codes::Localized<codes::Text>>,
}

impl Candidate {
    fn nothing(class: Option<Class>) -> Self {
        let rule = match class {
            Some(Class::Success) => "class:success",
            Some(Class::Intermediate) => "class:intermediate",
            Some(Class::Transient) => "class:transient",
            Some(Class::Permanent) => "class:permanent",
            None => "none",
        };
        Self::of(Tier::Nothing, Reason::Unknown, rule)
    }

    fn of(tier: Tier, reason: Reason, rule: &'static str) -> Self {
        Self { inner: false, tier, weight: 0, len: 0, reason, rule, cause: None, span: (0, 0), text: None }
    }

    fn improve(&mut self, other: Self) {
        let rank = |c: &Self| {
            // What the next hop said wins only where it says something.
            (c.inner && c.tier >= Tier::SpecificEnhanced, c.tier, c.weight, c.len, Reverse(c.rule))
        };
        if rank(&other) > rank(self) {
            *self = other;
        }
    }
}

/// One reply, taken apart.
struct Case<'a> {
    query: &'a Query<'a>,
    replies: &'a Replies,
    class: Option<Class>,
    stage: Option<Stage>,
    /// The codes of the innermost reply, the outer's where it has none.
    code: Option<u16>,
    enhanced: Option<Enhanced>,
}

impl<'a> Case<'a> {
    fn new(query: &'a Query<'a>, replies: &'a Replies) -> Self {
        let outer = replies.outer;
        let code = replies.innermost().and_then(|r| r.code);
        let enhanced = replies.innermost().and_then(|r| r.enhanced).or(outer.and_then(|r| r.enhanced));
        let class = outer
            .and_then(|r| r.code)
            .and_then(Class::of)
            .or(query.class)
            .or_else(|| outer.and_then(|r| r.enhanced).and_then(Class::of_enhanced));
        Self { query, replies, class, stage: query.stage.or(replies.stage), code, enhanced }
    }

    /// Whether the codes are in the set. Where the text has no code, the class stands for all its codes.
    fn accepts(&self, pattern: &CodePattern) -> bool {
        let outer = self.replies.outer;
        let (outer_code, outer_enhanced) = (outer.and_then(|r| r.code), outer.and_then(|r| r.enhanced));
        pattern.matches(self.code, self.enhanced)
            || pattern.matches(outer_code, outer_enhanced)
            || self.code.is_none()
                && pattern.basic.is_some_and(|(from, to)| to == from + 99 && Class::of(from) == self.class)
                && pattern.enhanced.is_none_or(|p| self.enhanced.is_some_and(|e| p.matches(e)))
    }

    fn text_candidate(&self, hit: &Hit, known: &Known) -> Option<Candidate> {
        let cause = match hit.target {
            Target::Mark(cause) => cause,
            Target::Match(cause) if cause.provider.is_none_or(|p| known.has(p)) => cause,
            Target::Blocklist(list) => {
                return Some(Candidate {
                    len: hit.len,
                    weight: LIST_WEIGHT,
                    span: (hit.start, hit.end),
                    ..Candidate::of(Tier::Text, Reason::Blocklisted, list.rule)
                });
            }
            Target::Match(_) | Target::Provider(_) => return None,
        };
        let codes_fit = cause.only.is_empty() || cause.only.iter().any(|p| self.accepts(p));
        let stage_fits = cause.stages.is_empty() || self.stage.is_some_and(|s| cause.stages.contains(&s));
        if !codes_fit || !stage_fits {
            return None;
        }
        let tier = match (cause.weak, cause.provider) {
            (true, _) => Tier::WeakText,
            (false, Some(_)) => Tier::ProviderText,
            (false, None) => Tier::Text,
        };
        Some(Candidate {
            inner: self.replies.inner.is_some_and(|inner| hit.start >= inner.at),
            weight: cause.weight,
            len: hit.len,
            cause: Some(cause),
            span: (hit.start, hit.end),
            text: cause.text.as_ref(),
            ..Candidate::of(tier, cause.reason, cause.id)
        })
    }

    fn code_candidate(&self, cause: &'static Cause) -> Option<Candidate> {
        // The narrower a set of codes, the better it is known.
        let detail = |p: &CodePattern| {
            let width = p.enhanced.map_or(0, |e| 1000 - (e.detail.1 - e.detail.0).min(999));
            width + p.basic.map_or(0, |(from, to)| 100 - (to - from).min(99))
        };
        let len = cause.replies.iter().filter(|p| self.accepts(p)).map(detail).max()?;
        Some(Candidate {
            weight: cause.weight,
            len,
            cause: Some(cause),
            span: self.code_span(),
            text: cause.text.as_ref(),
            ..Candidate::of(Tier::ProviderCode, cause.reason, cause.id)
        })
    }

    /// What the codes and the stage say by themselves.
    fn plain_candidates(&self) -> impl Iterator<Item = Candidate> {
        let enhanced = self.enhanced.and_then(codes::enhanced).map(|entry| {
            let tier = if entry.generic { Tier::GenericEnhanced } else { Tier::SpecificEnhanced };
            Candidate {
                inner: self.replies.inner.is_some(),
                span: self.code_span(),
                text: Some(&entry.text),
                ..Candidate::of(tier, entry.reason, entry.rule)
            }
        });
        let basic = self.code.and_then(codes::basic);
        let stage = basic.zip(self.stage).and_then(|(entry, stage)| {
            let reason = entry.reason_at(stage)?;
            Some(Candidate {
                span: self.code_span(),
                ..Candidate::of(Tier::Stage, reason, stage_rule(stage))
            })
        });
        let basic = basic.map(|entry| Candidate {
            span: self.code_span(),
            text: Some(&entry.text),
            ..Candidate::of(Tier::Basic, entry.reason, entry.rule)
        });
        [enhanced, stage, basic].into_iter().flatten()
    }

    fn code_span(&self) -> (usize, usize) {
        let innermost = self.replies.innermost().filter(|r| r.code.is_some());
        innermost.or(self.replies.outer).map_or((0, 0), |r| (r.at, r.at + 3))
    }

    fn verdict(&self, best: &Candidate, known: &Known, folded: &Folded, expired: bool) -> Verdict {
        let entry = codes::reason(best.reason);
        let cause = best.cause;
        let outer = self.replies.outer;
        let about_lists =
            matches!(best.reason, Reason::Blocklisted | Reason::BadReputation | Reason::SpamContent);
        let blocklist = cause.and_then(|c| c.blocklist).or_else(|| known.blocklist.filter(|_| about_lists));
        let retry = match (cause.and_then(|c| c.retry).unwrap_or(entry.retry), self.class) {
            (Retry::No, Some(Class::Transient)) => Retry::Wait,
            (retry, _) => retry,
        };
        let says_otherwise = self.codes_say_otherwise(best);
        Verdict {
            reason: best.reason,
            class: self.class,
            retry,
            actor: cause.and_then(|c| c.actor).unwrap_or(entry.actor),
            scope: cause.and_then(|c| c.scope).unwrap_or(entry.scope),
            bad_address: self.bad_address(best, &folded.text),
            provider: cause
                .and_then(|c| c.provider)
                .filter(|p| p.kind == ProviderKind::Service)
                .or_else(|| known.provider()),
            blocklist,
            code: outer.and_then(|r| r.code),
            enhanced: outer.and_then(|r| r.enhanced).or(self.enhanced),
            stage: self.stage,
            confidence: match best.tier {
                Tier::ProviderText | Tier::ProviderCode => Confidence::Exact,
                Tier::Text if !says_otherwise => Confidence::Exact,
                Tier::Text | Tier::SpecificEnhanced | Tier::WeakText => Confidence::Likely,
                Tier::Stage | Tier::GenericEnhanced | Tier::Basic | Tier::Nothing => Confidence::Guess,
            },
            conflict: says_otherwise || self.classes_differ(),
            rule: best.rule,
            cause,
            evidence: folded.origin(best.span.0, best.span.1),
            expired,
            text: best.text,
        }
    }

    /// Only a final answer can prove an address bad, and only one whose rule says so.
    fn bad_address(&self, best: &Candidate, text: &[u8]) -> bool {
        let innermost = self.replies.innermost();
        let code_is_final = innermost.and_then(|r| r.code).is_none_or(|code| code / 100 == 5);
        let enhanced_is_final = self.enhanced.is_none_or(|e| e.class == 5);
        if self.class != Some(Class::Permanent) || !code_is_final || !enhanced_is_final {
            return false;
        }
        let proves = match (best.tier, best.cause) {
            (_, Some(cause)) => cause.bad_address.unwrap_or(matches!(
                best.reason,
                Reason::RecipientUnknown
                    | Reason::RecipientDisabled
                    | Reason::RecipientMoved
                    | Reason::DomainNoMail
            )),
            (Tier::SpecificEnhanced, None) => {
                self.enhanced.and_then(codes::enhanced).is_some_and(|e| e.bad_address)
            }
            _ => false,
        };
        proves && !sounds_temporary(text)
    }

    /// Whether a code that has one meaning has another than the chosen one.
    fn codes_say_otherwise(&self, best: &Candidate) -> bool {
        let by_enhanced = self.enhanced.and_then(codes::enhanced).filter(|e| !e.generic).map(|e| e.reason);
        // A reply code that means the same at every stage and to everybody.
        let by_basic = self
            .code
            .and_then(codes::basic)
            .filter(|e| e.by_stage.is_empty() && e.senses.is_empty())
            .map(|e| e.reason)
            .filter(|r| !matches!(r, Reason::Unknown | Reason::Policy | Reason::RemoteError));
        best.tier > Tier::Stage && [by_enhanced, by_basic].into_iter().flatten().any(|r| r != best.reason)
    }

    /// Whether the reply code and the enhanced code are of different classes.
    fn classes_differ(&self) -> bool {
        let differ = |code: Option<u16>, enhanced: Option<Enhanced>| {
            code.zip(enhanced).is_some_and(|(code, enhanced)| Class::of(code) != Class::of_enhanced(enhanced))
        };
        let outer = self.replies.outer;
        let written = self.query.class.zip(self.enhanced.and_then(Class::of_enhanced));
        differ(outer.and_then(|r| r.code), outer.and_then(|r| r.enhanced))
            || self.code.is_none() && written.is_some_and(|(class, enhanced)| class != enhanced)
    }
}

/// Words that take the finality from a final refusal.
fn sounds_temporary(text: &[u8]) -> bool {
    use std::sync::LazyLock;

    use memchr::memmem::Finder;
    static WORDS: LazyLock<[Finder<'static>; 6]> = LazyLock::new(|| {
        ["temporar", "try again later", "try later", "retry later", "врем\u{435}нно", "tempor\u{e1}r"]
            .map(Finder::new)
    });
    WORDS.iter().any(|word| word.find(text).is_some())
}

const fn stage_rule(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "stage:connect",
        Stage::Helo => "stage:helo",
        Stage::Starttls => "stage:starttls",
        Stage::Auth => "stage:auth",
        Stage::Mail => "stage:mail",
        Stage::Rcpt => "stage:rcpt",
        Stage::Data => "stage:data",
        Stage::EndOfData => "stage:end-of-data",
        Stage::Quit => "stage:quit",
        Stage::Routing => "stage:routing",
        Stage::Local => "stage:local",
    }
}
