//! Choosing the strongest rule.

use std::cell::RefCell;
use std::cmp::Reverse;

use mailwhy_codes::{self as codes, Cause, Class, Enhanced, Provider, Reason, Stage};

use crate::case::{Case, Finding};
use crate::fold::Folded;
use crate::known::Known;
use crate::normalize::{mask_words, normalize};
use crate::own::{self, OwnRule, RuleError};
use crate::reply::{Replies, Signs, success_within};
use crate::rules::{Rules, Target};
use crate::set::{CodeKey, Hit, Meaning, Seen};
use crate::verdict::{Confidence, Verdict};
use crate::why::{Candidate, Refusal, Strength, Why};

/// What is asked: a reply and what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The reply as logged: one or several lines, escaped or not, with or without the words around it.
    pub text: &'a [u8],
    /// The step at which it was said; else what the text tells.
    pub stage: Option<Stage>,
    /// The name of the remote host; else what the text tells.
    pub host: Option<&'a [u8]>,
    /// The domain of the recipient, which tells who said it where no host is known.
    pub recipient_domain: Option<&'a [u8]>,
    /// Who said it, where that is known better than from the host: also programs, which no host tells.
    pub provider: Option<&'static Provider>,
    /// What the log line itself says when the text has no code: `**` permanent, `==` transient.
    pub class: Option<Class>,
}

impl<'a> Query<'a> {
    /// A query of which nothing is known but the text.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self { text, stage: None, host: None, recipient_domain: None, provider: None, class: None }
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

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Classifier {
    /// The rules of the tables, which are compiled already.
    #[must_use]
    pub fn new() -> Self {
        Self { rules: Rules::new(Vec::new()) }
    }

    /// Compiles the rules of the tables and one's own, which win over built-in ones of the same strength and take the
    /// place of those of the same name.
    ///
    /// All of them stay in memory until the program ends.
    ///
    /// # Errors
    ///
    /// When a rule has a bad name, refers to what does not exist, or would never apply.
    pub fn with_rules(rules: Vec<OwnRule>) -> Result<Self, RuleError> {
        Ok(Self { rules: Rules::new(own::causes(rules)?) })
    }

    /// The rules of one's own, as causes.
    #[must_use]
    pub fn own_causes(&self) -> &[&'static Cause] {
        self.rules.own()
    }

    /// The verdict on one reply.
    #[must_use]
    pub fn classify(&self, query: &Query<'_>) -> Verdict {
        self.decide(query, |_| {})
    }

    /// The verdict on one reply; appends its normalised form to `normal`, as [`normalize`](crate::normalize()) does. The
    /// two need the same preparation.
    #[must_use]
    pub fn classify_and_normalize(&self, query: &Query<'_>, normal: &mut Vec<u8>) -> Verdict {
        let mut done = false;
        let verdict = self.decide(query, |folded| {
            mask_words(folded, normal);
            done = true;
        });
        if !done {
            normalize(query.text, normal);
        }
        verdict
    }

    /// The verdict. `look` sees the text folded, but in its own case, if that is needed at all.
    fn decide(&self, query: &Query<'_>, look: impl FnOnce(&[u8])) -> Verdict {
        if let Some(at) = refused_after_all(query.text) {
            let mut verdict = self.classify(&Query { text: &query.text[at as usize..], ..*query });
            verdict.evidence = (verdict.evidence.0 + at, verdict.evidence.1 + at);
            return verdict;
        }
        if let Some(verdict) = accepted(query) {
            return verdict;
        }
        let verdict = SCRATCH.with_borrow_mut(|scratch| {
            scratch.folded.fold(query.text);
            look(scratch.folded.text());
            let (mut best, mut expired) = (None, false);
            let Weighed { case, known } = self.weigh::<false>(query, scratch, |finding, _| {
                expired |= finding.says_expired();
                if best.as_ref().is_none_or(|best: &Finding| finding.rank() > best.rank()) {
                    best = Some(finding);
                }
            });
            case.verdict(&best.unwrap_or_else(|| case.nothing()), &known, &scratch.folded, expired)
        });
        if verdict.rule == "none" { accepted_within(query).unwrap_or(verdict) } else { verdict }
    }

    /// The verdict on one reply and the rules that it was chosen from. Slower than [`classify`](Self::classify).
    #[must_use]
    pub fn why(&self, query: &Query<'_>) -> Why {
        if let Some(at) = refused_after_all(query.text) {
            let mut why = self.why(&Query { text: &query.text[at as usize..], ..*query });
            let shift = |(start, end)| (start + at, end + at);
            why.verdict.evidence = shift(why.verdict.evidence);
            why.candidates.iter_mut().for_each(|c| c.evidence = shift(c.evidence));
            return why;
        }
        if let Some(verdict) = accepted(query) {
            return Why { verdict, candidates: Vec::new() };
        }
        let verdict = self.classify(query);
        SCRATCH.with_borrow_mut(|scratch| {
            let mut findings: Vec<(Finding, Option<Refusal>)> = Vec::new();
            scratch.folded.fold(query.text);
            self.weigh::<true>(query, scratch, |finding, refusal| findings.push((finding, refusal)));
            // The first of a rule is its best.
            findings.sort_by_key(|(finding, refusal)| (refusal.is_some(), Reverse(finding.rank())));
            let mut candidates: Vec<Candidate> = Vec::new();
            for (finding, refused) in findings {
                if candidates.iter().any(|c| c.rule == finding.rule) {
                    continue;
                }
                candidates.push(Candidate {
                    rule: finding.rule,
                    cause: finding.cause,
                    reason: finding.reason,
                    strength: finding.strength,
                    weight: finding.weight,
                    evidence: scratch.folded.origin(finding.span.0, finding.span.1),
                    passed_on: finding.passed_on && finding.strength >= Strength::Enhanced,
                    won: refused.is_none() && finding.rule == verdict.rule,
                    refused,
                });
            }
            Why { verdict, candidates }
        })
    }

    /// Takes the folded reply apart and calls `found` for everything that speaks for a reason; with `ALL` also for what does
    /// not count.
    fn weigh<'a, const ALL: bool>(
        &self,
        query: &'a Query<'a>,
        scratch: &mut Scratch,
        mut found: impl FnMut(Finding, Option<Refusal>),
    ) -> Weighed<'a> {
        let Scratch { folded, seen, hits } = scratch;
        folded.lower();
        hits.clear();
        let mut signs = Signs::default();
        let text = folded.text();
        self.rules.search(folded.padded(), seen, |known, hit| match known.meaning {
            Meaning::Words(sign) => signs.add(sign, text, hit.span()),
            _ => hits.push(hit),
        });
        let replies = Replies::find(text, &signs);
        let mut known = Known::new(query, replies.host.map(|(start, end)| &text[start..end]));
        for &hit in &*hits {
            match self.rules.target(self.rules.text(hit)) {
                Target::Mark(rule) => known.add_mark(rule.cause.provider),
                Target::Provider(provider) => known.add_mark(Some(provider)),
                Target::Blocklist(blocklist) => known.blocklist = known.blocklist.or(Some(blocklist)),
                Target::Match(_) | Target::Words => {}
            }
        }
        let case = Case::new(query, replies, signs);
        for &hit in &*hits {
            let text = self.rules.text(hit);
            let target = self.rules.target(text);
            let refusal = case.refusal(&target, &known);
            if (ALL || refusal.is_none())
                && let Some(finding) = case.by_text(&target, text.len, hit.span())
            {
                found(finding, refusal);
            }
        }
        let mut keys = [CodeKey::Basic(0); 4];
        let keys = case.keys(&mut keys);
        if !keys.is_empty() {
            let mut by_code = |rule| {
                if let Some(finding) = case.by_code(rule) {
                    found(finding, None);
                }
            };
            known.all().for_each(|provider| self.rules.by_code(Some(provider), keys, &mut by_code));
            self.rules.by_code(None, keys, by_code);
        }
        case.by_itself(|finding| found(finding, None));
        Weighed { case, known }
    }
}

struct Weighed<'a> {
    case: Case<'a>,
    known: Known,
}

#[derive(Debug, Default)]
struct Scratch {
    folded: Folded,
    seen: [Seen; 2],
    hits: Vec<Hit>,
}

/// Where a refusal begins behind a reply of success in the same text: `220 ready\n421 Too many connections`.
fn refused_after_all(text: &[u8]) -> Option<u32> {
    let (b'2'..=b'3') = *text.first()? else { return None };
    memchr::memchr2_iter(b'\n', b'\\', text).find_map(|at| {
        let line = text[at..].strip_prefix(b"\n").or_else(|| text[at..].strip_prefix(b"\\n"))?;
        let begins = matches!(line, [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', ..]);
        begins.then(|| u32::try_from(text.len() - line.len()).ok()).flatten()
    })
}

/// A reply of success that is quoted or passed on: `host mx.x.example said: 250 2.0.0 Ok`.
fn accepted_within(query: &Query<'_>) -> Option<Verdict> {
    let at = success_within(query.text)?;
    let mut verdict = accepted(&Query { text: &query.text[at..], ..*query })?;
    let shift = u32::try_from(at).ok()?;
    verdict.evidence = (verdict.evidence.0 + shift, verdict.evidence.1 + shift);
    Some(verdict)
}

/// Replies of success need no rules.
fn accepted(query: &Query<'_>) -> Option<Verdict> {
    let text = query.text.trim_ascii_start();
    let [a @ b'2'..=b'3', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = text else { return None };
    if !matches!(rest.first(), None | Some(b' ' | b'-' | b'\\' | b'\r' | b'\n' | b'"' | b'\'')) {
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
