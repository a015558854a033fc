//! For programs: one object, see `docs/json.md`.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::field::{Field, Value};
use super::{Explanation, Facts, Topic};
use crate::json::print;

pub(super) fn write(e: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let mut object = Map::new();
    let mut add = |key: &str, value: Json| {
        object.insert(key.to_owned(), value);
    };
    add("topic", e.topic.as_str().into());
    add("name", e.name.as_str().into());
    match (&e.verdict, e.facts) {
        (Some(verdict), _) => {
            for field in Field::ALL {
                match field {
                    Field::Title | Field::Fingerprint => {}
                    // Codes that were asked for are their own evidence.
                    Field::Evidence if e.topic != Topic::Reply => {}
                    _ => add(field.as_str(), value(field.of(verdict, None, e.lang))),
                }
            }
            if let Some(hash) = e.fingerprint {
                add(Field::Fingerprint.as_str(), value(Value::Hash(hash)));
            }
        }
        (None, Some(facts)) => {
            let Facts { reason, retry, actor, scope, provider, blocklist, .. } = facts;
            add("reason", reason.as_str().into());
            add("retry", retry.as_str().into());
            add("actor", actor.as_str().into());
            add("scope", scope.as_str().into());
            add("provider", provider.map(|(id, _)| id).into());
            add("blocklist", blocklist.map(|(id, _)| id).into());
        }
        (None, None) => {}
    }
    add("title", e.title.as_str().into());
    add("meaning", e.meaning.join("\n").into());
    add("causes", json!(e.causes));
    let actions = e.actions.iter().map(|(who, text)| json!({ "who": who.as_str(), "text": text }));
    add("actions", actions.collect());
    add("notes", json!(e.notes));
    add("sources", json!(e.sources));
    let pairs = |pairs: &[(String, String)], name: &str, text: &str| -> Json {
        pairs.iter().map(|(n, t)| json!({ name: n, text: t })).collect()
    };
    add("not", pairs(&e.not, "reason", "text"));
    if let Some(listed) = e.listed {
        add("listed", listed.into());
        add("status", e.status.into());
        let stages =
            e.by_stage.iter().map(|(stage, reason)| (stage.as_str().to_owned(), reason.as_str().into()));
        add("by_stage", Json::Object(stages.collect()));
    }
    if e.verdict.is_some() {
        add(
            "senses",
            e.senses.iter().map(|(source, text)| json!({ "source": source, "text": text })).collect(),
        );
        add("codes", pairs(&e.codes, "code", "title"));
    }
    if e.topic != Topic::Reply && e.topic != Topic::Cause {
        let related = e.related.iter();
        let related =
            related.map(|r| json!({ "rule": r.rule, "reason": r.reason.as_str(), "title": r.title }));
        add("related", related.collect());
    }
    if e.topic == Topic::Provider {
        add("hosts", json!(e.hosts));
        add("domains", json!(e.domains));
    }
    if e.topic == Topic::Blocklist {
        add("lookup", e.lookup.as_deref().into());
    }
    if let Some(candidates) = &e.candidates {
        let candidate = |m: &super::Matched| {
            let c = &m.candidate;
            json!({
                "rule": c.rule,
                "reason": c.reason.as_str(),
                "strength": c.strength.as_str(),
                "weight": c.weight,
                "evidence": [c.evidence.0, c.evidence.1],
                "text": m.text,
                "passed_on": c.passed_on,
                "won": c.won,
                "refused": c.refused.map(|r| r.to_string()),
            })
        };
        add("candidates", candidates.iter().map(candidate).collect());
    }
    print(&object, out)
}

fn value(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => yes.into(),
        Value::Number(n) => n.into(),
        Value::Name(text) | Value::Text(text) => text.into(),
        Value::Enhanced(code) => code.to_string().into(),
        Value::Span(from, to) => json!([from, to]),
        Value::Hash(hash) => format!("{hash:016x}").into(),
    }
}
