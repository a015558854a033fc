//! Classifying takes no memory: what a thread needs, it keeps from the first replies.

use allocation_counter::measure;
use mailwhy_classify::{Classifier, Query, fingerprint, normalize};
use mailwhy_codes::{CAUSES, Stage};

/// A reply for each text of the tables, with codes, hosts and stages around it.
fn replies() -> Vec<String> {
    let texts = CAUSES.iter().flat_map(|cause| cause.marks.iter().chain(cause.texts));
    let mut replies: Vec<String> = texts
        .enumerate()
        .map(|(i, text)| {
            let text = text.replace(" * ", " of bob@shop.example ");
            match i % 4 {
                0 => format!("550 5.7.1 {text}"),
                1 => format!("550-5.1.1 {text}\\n550 5.1.1 Session 4f7Yk2-0001 [192.0.2.1]"),
                2 => format!("451 4.4.0 host mx.b.example [192.0.2.1] said: 550 5.1.1 {text}"),
                _ => text,
            }
        })
        .collect();
    replies.push("250 OK".to_owned());
    replies.push(String::new());
    // Of those that are looked at in full, none is longer.
    replies.push(format!("550 {}", "Ящик user unknown ".repeat(3000)));
    replies
}

#[test]
fn no_reply_takes_memory() {
    let classifier = Classifier::new();
    let replies = replies();
    let mut normal = Vec::new();
    let mut run = || {
        for (reply, stage) in replies.iter().zip(Stage::ALL.iter().cycle()) {
            let mut query = Query::new(reply.as_bytes());
            std::hint::black_box(classifier.classify(&query));
            query.stage = Some(*stage);
            query.host = Some(b"gmail-smtp-in.l.google.com");
            query.recipient_domain = Some(b"mail.ru");
            std::hint::black_box(classifier.classify(&query));
            normal.clear();
            normalize(reply.as_bytes(), &mut normal);
            std::hint::black_box(fingerprint(&normal));
        }
    };
    let first = measure(&mut run);
    assert!(first.count_total > 0, "the measure measures nothing");
    let later = measure(&mut run);
    assert_eq!((later.count_total, later.bytes_total), (0, 0));
}
