//! Rules of one's own, and what `why` tells.

use mailwhy_classify::{Classifier, OwnRule, OwnText, Query, Refusal, RuleErrorKind, Strength, Verdict};
use mailwhy_codes::{Actor, CAUSES, Cause, Lang, Reason, Stage};

fn rule(id: &str, reason: Reason, text: &str) -> OwnRule {
    OwnRule { texts: vec![text.to_owned()], ..OwnRule::new(id, reason) }
}

fn classify(rules: Vec<OwnRule>, text: &str) -> Verdict {
    Classifier::with_rules(rules).expect("valid rules").classify(&Query::new(text.as_bytes()))
}

#[test]
fn own_rules_win_over_built_in_ones_of_the_same_strength() {
    let text = "550 5.7.1 Purple policy: mailbox full";
    assert_eq!(classify(vec![], text).reason, Reason::MailboxFull);
    let own = rule("purple", Reason::Policy, "policy * purple");
    assert_eq!(classify(vec![own], text).reason, Reason::MailboxFull, "the parts do not follow one another");
    let verdict = classify(vec![rule("purple", Reason::Policy, "PURPLE policy")], text);
    assert_eq!((verdict.reason, verdict.rule), (Reason::Policy, "purple"));
    let weak = OwnRule { weak: true, ..rule("purple", Reason::Policy, "purple policy") };
    assert_eq!(classify(vec![weak], text).reason, Reason::MailboxFull);
}

#[test]
fn a_rule_of_a_known_name_takes_its_place() {
    let text = "550 No such user here";
    let built_in = classify(vec![], text);
    let own = rule(built_in.rule, Reason::Policy, "quite another text");
    assert_ne!(classify(vec![own], text).rule, built_in.rule);
}

#[test]
fn a_rule_that_is_known_by_a_code_can_be_replaced() {
    let by_code = |classifier: &Classifier, cause: &Cause| {
        let (provider, pattern) = (cause.provider?, cause.replies.first()?);
        let text = format!("550 {} of which nothing is said", pattern.to_string().replace('X', "5"));
        let mut query = Query::new(text.as_bytes());
        query.host = Some(provider.hosts.first()?.as_bytes());
        Some(classifier.classify(&query).rule)
    };
    let built_in = Classifier::new();
    let cause = CAUSES.iter().find(|cause| by_code(&built_in, cause) == Some(cause.id)).expect("one of many");
    let own = Classifier::with_rules(vec![rule(cause.id, Reason::Policy, "quite another text")]);
    assert_ne!(by_code(&own.expect("a valid rule"), cause), Some(cause.id));
}

#[test]
fn codes_of_ones_own() {
    let text = "550 5.7.777 Nothing to see";
    let own = OwnRule {
        replies: vec!["5.7.700-799".to_owned()],
        bad_address: Some(true),
        actor: Some(Actor::Nobody),
        ru: Some(OwnText { title: "Своё".to_owned(), ..OwnText::default() }),
        ..OwnRule::new("own-code", Reason::RecipientRefused)
    };
    let verdict = classify(vec![own.clone()], text);
    assert_eq!((verdict.rule, verdict.reason), ("own-code", Reason::RecipientRefused));
    assert_eq!((verdict.actor, verdict.bad_address), (Actor::Nobody, true));
    assert_eq!(verdict.text(Lang::En).title, "Своё", "one language stands in for the other");
    let elsewhere = OwnRule { provider: Some("gmail".to_owned()), ..own };
    assert_ne!(classify(vec![elsewhere], text).rule, "own-code");
}

#[test]
fn wrong_rules_are_refused() {
    let problem = |rule: OwnRule| {
        let error = Classifier::with_rules(vec![rule]).expect_err("a wrong rule");
        assert!(!error.to_string().is_empty());
        error.kind().clone()
    };
    let good = || rule("good", Reason::Policy, "some text");
    assert_eq!(problem(OwnRule { id: "Not Good".to_owned(), ..good() }), RuleErrorKind::Name);
    assert_eq!(problem(OwnRule { texts: vec![], ..good() }), RuleErrorKind::NoCondition);
    assert_eq!(problem(rule("good", Reason::Policy, "a * some")), RuleErrorKind::ShortText);
    assert!(matches!(
        problem(OwnRule { provider: Some("nobody".to_owned()), ..good() }),
        RuleErrorKind::Provider(_)
    ));
    assert!(matches!(problem(OwnRule { only: vec!["55".to_owned()], ..good() }), RuleErrorKind::Code(_)));
    assert!(matches!(
        problem(OwnRule { blocklist: Some("none".to_owned()), ..good() }),
        RuleErrorKind::Blocklist(_)
    ));
    let twice = Classifier::with_rules(vec![good(), good()]).expect_err("twice");
    assert_eq!((twice.rule(), twice.kind()), ("good", &RuleErrorKind::Duplicate));
}

#[test]
fn why_names_winners_and_losers() {
    let own = OwnRule {
        stages: vec![Stage::Rcpt],
        only: vec!["4xx".to_owned(), "5.1.1".to_owned()],
        ..rule("own", Reason::Policy, "here today")
    };
    let at_gmail =
        OwnRule { provider: Some("gmail".to_owned()), ..rule("theirs", Reason::Policy, "here today") };
    let classifier = Classifier::with_rules(vec![own, at_gmail]).expect("valid rules");
    let mut query = Query::new(b"550 5.1.1 No such user here today");
    query.stage = Some(Stage::EndOfData);
    let why = classifier.why(&query);
    let won: Vec<_> = why.candidates.iter().filter(|c| c.won).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].rule, why.verdict.rule);
    assert_eq!(why.candidates[0].rule, won[0].rule, "the winner comes first");
    assert_eq!(won[0].evidence, why.verdict.evidence);
    assert!(
        why.candidates.iter().any(|c| c.rule.starts_with("enhanced:") && c.strength == Strength::Enhanced)
    );
    let refusal = |rule: &str| why.candidates.iter().find(|c| c.rule == rule).and_then(|c| c.refused);
    assert!(matches!(refusal("own"), Some(Refusal::Stages(_))));
    assert_eq!(refusal("own").map(|r| r.to_string()).as_deref(), Some("only at rcpt"));
    assert_eq!(refusal("theirs").map(|r| r.to_string()).as_deref(), Some("needs provider gmail"));
    assert!(
        why.candidates.iter().rev().take(2).all(|c| c.refused.is_some()),
        "what does not count comes last"
    );

    let codes = classifier.why(&Query::new(b"550 5.7.1 here today"));
    let refused = codes.candidates.iter().find(|c| c.rule == "own").and_then(|c| c.refused);
    assert_eq!(refused.map(|r| r.to_string()).as_deref(), Some("only with 4xx, 5.1.1"));
}
