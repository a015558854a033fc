//! What holds for any bytes.

use std::sync::LazyLock;

use mailwhy_classify::{Classifier, OwnRule, Query, fingerprint, normalize};
use mailwhy_codes::{CAUSES, Class, Lang, Reason, Retry, Stage};
use proptest::prelude::*;

fn classifier() -> &'static Classifier {
    static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::new);
    &CLASSIFIER
}

/// Rules of one's own that nothing matches.
fn with_idle_rules() -> &'static Classifier {
    static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| {
        let rule = OwnRule {
            marks: vec!["nobody ever wrote this".to_owned()],
            texts: vec!["neither * this".to_owned()],
            replies: vec!["699".to_owned()],
            ..OwnRule::new("idle", Reason::Policy)
        };
        Classifier::with_rules(vec![rule]).expect("a valid rule")
    });
    &CLASSIFIER
}

/// Bytes, with pieces that rules look for and that logs are made of.
fn reply() -> impl Strategy<Value = Vec<u8>> {
    let phrases: Vec<&'static str> =
        CAUSES.iter().flat_map(|c| c.texts.iter().chain(c.marks)).copied().collect();
    let piece = prop_oneof![
        any::<Vec<u8>>(),
        prop::sample::select(phrases).prop_map(|p| p.as_bytes().to_vec()),
        prop::sample::select(vec![
            "550 ",
            "550-",
            "5.1.1",
            "421 4.7.0 ",
            "\\n",
            "\\\\n",
            "\r\n",
            "\\320\\237",
            "<a@b.test>",
            " said: ",
            " -> ",
            "[192.0.2.1]",
            " host mx.b.test [192.0.2.1]: ",
            "SMTP error from remote mail server after ",
            "RCPT TO:<a@b.test>",
            "http://x.test/?p=12",
            "\\",
            "250 OK",
            "\u{430}",
            "\u{c9}",
        ])
        .prop_map(|p| p.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn stage() -> impl Strategy<Value = Option<Stage>> {
    prop::option::of(prop::sample::select(Stage::ALL))
}

fn class() -> impl Strategy<Value = Option<Class>> {
    prop::option::of(prop::sample::select(Class::ALL))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_have_a_verdict(text in reply(), stage in stage(), class in class(), host in any::<Option<Vec<u8>>>()) {
        let classifier = classifier();
        let query = Query { stage, host: host.as_deref(), class, ..Query::new(&text) };
        let verdict = classifier.classify(&query);
        let (start, end) = verdict.evidence;
        prop_assert!(start <= end && end as usize <= text.len());
        prop_assert!(!verdict.bad_address || verdict.class == Some(Class::Permanent));
        prop_assert!(verdict.class != Some(Class::Transient) || verdict.retry != Retry::No);
        prop_assert!(!verdict.rule.is_empty());
        prop_assert!(!verdict.text(Lang::Ru).title.is_empty());
    }

    #[test]
    fn rules_that_do_not_match_change_nothing(text in reply(), stage in stage()) {
        let query = Query { stage, ..Query::new(&text) };
        let [built_in, with_idle] = [classifier(), with_idle_rules()].map(|c| format!("{:?}", c.why(&query)));
        prop_assert_eq!(built_in, with_idle);
    }

    #[test]
    fn case_does_not_matter(text in reply(), stage in stage()) {
        let classifier = classifier();
        // `\N` is no line break: escapes are the log's, not the reply's.
        let text: Vec<u8> = text.into_iter().map(|b| if b == b'\\' { b'/' } else { b }).collect();
        let upper = text.to_ascii_uppercase();
        let [a, b] = [&text, &upper].map(|text| {
            let mut query = Query::new(text);
            query.stage = stage;
            classifier.classify(&query)
        });
        prop_assert_eq!(a.rule, b.rule);
        prop_assert_eq!(a.evidence, b.evidence);
        prop_assert_eq!((a.reason, a.bad_address, a.code, a.enhanced), (b.reason, b.bad_address, b.code, b.enhanced));
    }

    #[test]
    fn normal_forms_are_short_and_stable(text in reply()) {
        let mut once = Vec::new();
        normalize(&text, &mut once);
        prop_assert!(once.len() <= 3 * text.len() + 2);
        let mut again = b"before ".to_vec();
        let query = Query::new(&text);
        let verdict = classifier().classify_and_normalize(&query, &mut again);
        prop_assert_eq!(fingerprint(&once), fingerprint(&again[b"before ".len()..]));
        let alone = classifier().classify(&query);
        prop_assert_eq!((verdict.rule, verdict.evidence), (alone.rule, alone.evidence));
        let mut normal = Vec::new();
        normalize(&once, &mut normal);
        prop_assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&normal), "idempotent");
    }
}
