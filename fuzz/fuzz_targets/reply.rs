//! A reply of any bytes. The first byte chooses what else is known of it.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mailwhy_classify::{Classifier, Query, fingerprint, normalize};
use mailwhy_codes::{Class, Lang, Stage};

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::new);

fuzz_target!(|input: &[u8]| {
    let Some((&known, text)) = input.split_first() else { return };
    let known = usize::from(known);
    let mut query = Query::new(text);
    // Past the end of a list is unknown.
    query.stage = Stage::ALL.get(known % 16).copied();
    query.class = Class::ALL.get(known / 16 % 8).copied();
    query.host = (known >= 128).then_some(text);
    query.recipient_domain = query.host;

    let verdict = CLASSIFIER.classify(&query);
    let (from, to) = verdict.evidence;
    assert!(from <= to && to as usize <= text.len(), "{:?} of {} bytes", verdict.evidence, text.len());
    assert!(!verdict.rule.is_empty());
    let _ = (verdict.text(Lang::En), verdict.text(Lang::Ru));

    let mut normalized = Vec::new();
    normalize(text, &mut normalized);
    assert!(normalized.len() <= 3 * text.len() + 2, "{} bytes from {}", normalized.len(), text.len());
    let _ = fingerprint(&normalized);
});
