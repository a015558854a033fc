//! One reply, taken apart: what speaks for which reason, and the verdict from the strongest.

use std::cmp::Reverse;

use mailwhy_codes::{
    self as codes, BasicCode, Cause, Class, CodePattern, Enhanced, EnhancedCode, Localized, ProviderKind,
    Reason, Retry, Stage, Text,
};

use crate::Query;
use crate::fold::Folded;
use crate::known::Known;
use crate::reply::{Replies, Signs};
use crate::rules::{Rule, Target};
use crate::set::CodeKey;
use crate::verdict::{Confidence, Verdict};
use crate::why::{Refusal, Strength};

/// Naming a public list is as good as a text that says the sender is on one.
const LIST_WEIGHT: i8 = 6;

/// Something that speaks for a reason.
#[derive(Clone, Copy)]
pub(crate) struct Finding {
    /// Whether it speaks of the innermost of several replies.
    pub(crate) passed_on: bool,
    pub(crate) strength: Strength,
    /// Whether it is a rule of one's own.
    own: bool,
    pub(crate) weight: i8,
    len: u16,
    pub(crate) reason: Reason,
    pub(crate) rule: &'static str,
    pub(crate) cause: Option<&'static Cause>,
    /// What it rests on, in the folded text.
    pub(crate) span: (usize, usize),
    text: Option<&'static Localized<Text>>,
}

impl Finding {
    fn of(strength: Strength, reason: Reason, rule: &'static str) -> Self {
        Self {
            passed_on: false,
            strength,
            own: false,
            weight: 0,
            len: 0,
            reason,
            rule,
            cause: None,
            span: (0, 0),
            text: None,
        }
    }

    fn of_rule(strength: Strength, rule: Rule) -> Self {
        let cause = rule.cause;
        Self {
            own: rule.own,
            weight: cause.weight,
            cause: Some(cause),
            text: cause.text.as_ref(),
            ..Self::of(strength, cause.reason, cause.id)
        }
    }

    /// The greater wins.
    #[inline]
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        // What the next hop said wins only where it says something.
        let passed_on = self.passed_on && self.strength >= Strength::Enhanced;
        (passed_on, self.strength, self.own, self.weight, self.len, Reverse(self.rule))
    }

    /// Whether a text says that the server gave up.
    pub(crate) fn says_expired(&self) -> bool {
        self.reason == Reason::Expired && self.cause.is_some()
    }
}

/// One reply, taken apart.
pub(crate) struct Case<'a> {
    query: &'a Query<'a>,
    replies: Replies,
    class: Option<Class>,
    stage: Option<Stage>,
    /// The codes of the innermost reply, the outer's where it has none.
    code: Option<u16>,
    enhanced: Option<Enhanced>,
    /// What the tables know of them.
    basic_entry: Option<&'static BasicCode>,
    enhanced_entry: Option<&'static EnhancedCode>,
    signs: Signs,
    /// Whether the outer reply has other codes.
    two: bool,
}

impl<'a> Case<'a> {
    pub(crate) fn new(query: &'a Query<'a>, replies: Replies, signs: Signs) -> Self {
        let outer = replies.outer;
        let code = replies.innermost().and_then(|r| r.code);
        let enhanced = replies.innermost().and_then(|r| r.enhanced).or(outer.and_then(|r| r.enhanced));
        let class = outer
            .and_then(|r| r.code)
            .and_then(Class::of)
            .or(query.class)
            .or_else(|| outer.and_then(|r| r.enhanced).and_then(Class::of_enhanced));
        Self {
            query,
            replies,
            class,
            stage: query.stage.or(replies.stage),
            code,
            enhanced,
            basic_entry: code.and_then(codes::basic),
            enhanced_entry: enhanced.and_then(codes::enhanced),
            signs,
            two: outer.is_some_and(|r| r.code != code || r.enhanced != enhanced),
        }
    }

    /// What is left when nothing speaks for anything.
    pub(crate) fn nothing(&self) -> Finding {
        let rule = match self.class {
            Some(Class::Success) => "class:success",
            Some(Class::Intermediate) => "class:intermediate",
            Some(Class::Transient) => "class:transient",
            Some(Class::Permanent) => "class:permanent",
            None => "none",
        };
        Finding::of(Strength::Nothing, Reason::Unknown, rule)
    }

    /// What a text of this length says, if it counts.
    pub(crate) fn by_text(&self, target: &Target, len: u16, span: (usize, usize)) -> Option<Finding> {
        let rule = match *target {
            Target::Mark(rule) | Target::Match(rule) => rule,
            Target::Blocklist(list) => {
                return Some(Finding {
                    len,
                    weight: LIST_WEIGHT,
                    span,
                    ..Finding::of(Strength::Text, Reason::Blocklisted, list.rule)
                });
            }
            Target::Provider(_) | Target::Words => return None,
        };
        let strength = match (rule.cause.weak, rule.cause.provider) {
            (true, _) => Strength::WeakText,
            (false, Some(_)) => Strength::ProviderText,
            (false, None) => Strength::Text,
        };
        Some(Finding {
            passed_on: self.replies.inner.is_some_and(|inner| span.0 >= inner.at),
            len,
            span,
            ..Finding::of_rule(strength, rule)
        })
    }

    /// Why a text does not count.
    #[inline]
    pub(crate) fn refusal(&self, target: &Target, known: &Known) -> Option<Refusal> {
        let (cause, needed) = match target {
            Target::Mark(rule) => (rule.cause, None),
            Target::Match(rule) => (rule.cause, rule.cause.provider),
            Target::Provider(_) | Target::Blocklist(_) | Target::Words => return None,
        };
        if let Some(provider) = needed.filter(|p| !known.has(p)) {
            return Some(Refusal::Provider(provider));
        }
        if !cause.only.is_empty() && !cause.only.iter().any(|p| self.accepts(p)) {
            return Some(Refusal::Codes(cause.only));
        }
        let stage_fits = cause.stages.is_empty() || self.stage.is_some_and(|s| cause.stages.contains(&s));
        (!stage_fits).then_some(Refusal::Stages(cause.stages))
    }

    /// The codes that rules may give a meaning, each once.
    pub(crate) fn keys<'k>(&self, keys: &'k mut [CodeKey; 4]) -> &'k [CodeKey] {
        let mut count = 0;
        let mut add = |key: CodeKey| {
            if !keys[..count].contains(&key) {
                keys[count] = key;
                count += 1;
            }
        };
        let key_of = |e: Enhanced| CodeKey::Enhanced(e.subject, e.detail);
        let outer = self.replies.outer;
        self.enhanced.map(key_of).into_iter().for_each(&mut add);
        outer.and_then(|r| r.enhanced).map(key_of).into_iter().for_each(&mut add);
        self.code.map(CodeKey::Basic).into_iter().for_each(&mut add);
        outer.and_then(|r| r.code).map(CodeKey::Basic).into_iter().for_each(&mut add);
        &keys[..count]
    }

    /// What the codes say by a rule that gives them a meaning.
    pub(crate) fn by_code(&self, rule: Rule) -> Option<Finding> {
        // The narrower a set of codes, the better it is known.
        let detail = |p: &CodePattern| {
            let width = p.enhanced.map_or(0, |e| 1000 - (e.detail.1 - e.detail.0).min(999));
            width + p.basic.map_or(0, |(from, to)| 100 - (to - from).min(99))
        };
        let len = rule.cause.replies.iter().filter(|p| self.accepts(p)).map(detail).max()?;
        let provider = rule.cause.provider;
        let strength = provider.map_or(Strength::Enhanced, |_| Strength::ProviderCode);
        Some(Finding { len, span: self.code_span(), ..Finding::of_rule(strength, rule) })
    }

    /// Calls `found` with what the codes and the stage say by themselves.
    pub(crate) fn by_itself(&self, mut found: impl FnMut(Finding)) {
        let span = self.code_span();
        if let Some(entry) = self.enhanced_entry {
            let strength = if entry.generic { Strength::GenericEnhanced } else { Strength::Enhanced };
            found(Finding {
                passed_on: self.replies.inner.is_some(),
                span,
                text: Some(&entry.text),
                ..Finding::of(strength, entry.reason, entry.rule)
            });
        }
        let Some(entry) = self.basic_entry else { return };
        if let Some(stage) = self.stage
            && let Some(reason) = entry.reason_at(stage)
        {
            found(Finding { span, ..Finding::of(Strength::Stage, reason, stage_rule(stage)) });
        }
        found(Finding {
            span,
            text: Some(&entry.text),
            ..Finding::of(Strength::Basic, entry.reason, entry.rule)
        });
    }

    /// Whether the codes are in the set. Where the text has no code, the class stands for all its codes; where that is not
    /// known either, nothing speaks against it.
    fn accepts(&self, pattern: &CodePattern) -> bool {
        let outer = || self.replies.outer.filter(|_| self.two);
        pattern.matches(self.code, self.enhanced)
            || outer().is_some_and(|outer| pattern.matches(outer.code, outer.enhanced))
            || self.code.is_none()
                && pattern.basic.is_some_and(|(from, to)| {
                    to == from + 99 && self.class.is_none_or(|c| Class::of(from) == Some(c))
                })
                && pattern.enhanced.is_none_or(|p| self.enhanced.is_some_and(|e| p.matches(e)))
    }

    fn code_span(&self) -> (usize, usize) {
        let innermost = self.replies.innermost().filter(|r| r.code.is_some());
        innermost.or(self.replies.outer).map_or((0, 0), |r| (r.at, r.at + 3))
    }

    pub(crate) fn verdict(&self, best: &Finding, known: &Known, folded: &Folded, expired: bool) -> Verdict {
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
            bad_address: self.bad_address(best),
            provider: cause
                .and_then(|c| c.provider)
                .filter(|p| p.kind == ProviderKind::Service)
                .or_else(|| known.provider()),
            blocklist,
            code: outer.and_then(|r| r.code),
            enhanced: outer.and_then(|r| r.enhanced).or(self.enhanced),
            stage: self.stage,
            confidence: match best.strength {
                Strength::ProviderText | Strength::ProviderCode => Confidence::Exact,
                Strength::Text if !says_otherwise => Confidence::Exact,
                Strength::Text | Strength::Enhanced | Strength::WeakText => Confidence::Likely,
                Strength::Stage | Strength::GenericEnhanced | Strength::Basic | Strength::Nothing => {
                    Confidence::Guess
                }
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
    fn bad_address(&self, best: &Finding) -> bool {
        let innermost = self.replies.innermost();
        let code_is_final = innermost.and_then(|r| r.code).is_none_or(|code| code / 100 == 5);
        let enhanced_is_final = self.enhanced.is_none_or(|e| e.class == 5);
        // Before a recipient was named nothing was said about one.
        let before = matches!(
            self.stage,
            Some(Stage::Connect | Stage::Helo | Stage::Starttls | Stage::Auth | Stage::Mail)
        );
        if self.class != Some(Class::Permanent)
            || !code_is_final
            || !enhanced_is_final
            || before && best.reason != Reason::DomainNoMail
        {
            return false;
        }
        let proves = match (best.strength, best.cause) {
            (_, Some(cause)) => cause.bad_address.unwrap_or(matches!(
                best.reason,
                Reason::RecipientUnknown
                    | Reason::RecipientDisabled
                    | Reason::RecipientMoved
                    | Reason::DomainNoMail
            )),
            (Strength::Enhanced, None) => self.enhanced_entry.is_some_and(|e| e.bad_address),
            _ => false,
        };
        // Who wrote a text of a provider's own is known to have meant the recipient.
        let doubtful = self.signs.doubtful && best.strength < Strength::ProviderCode;
        proves && !self.signs.temporary && !doubtful
    }

    /// Whether a code that has one meaning has another than the chosen one.
    fn codes_say_otherwise(&self, best: &Finding) -> bool {
        let by_enhanced = self.enhanced_entry.filter(|e| !e.generic).map(|e| e.reason);
        // A reply code that means the same at every stage and to everybody.
        let by_basic = self
            .basic_entry
            .filter(|e| e.by_stage.is_empty() && e.senses.is_empty())
            .map(|e| e.reason)
            .filter(|r| !matches!(r, Reason::Unknown | Reason::Policy | Reason::RemoteError));
        best.strength > Strength::Stage
            && [by_enhanced, by_basic].into_iter().flatten().any(|r| r != best.reason)
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
