//! Lines, and what they must give: `testdata/exim/lines/*.toml`.
//!
//! A case names every field that the event has; a field that it does not name must be empty. A reply is written as
//! `stage|code|enhanced|text`. `MAILWHY_BLESS=1` writes what the parser gives now in the place of what is there.
#![allow(clippy::unwrap_used)]

use mailwhy_logs::{Event, Kind, Reply, Time, exim};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

type Fields = BTreeMap<&'static str, String>;

#[test]
fn lines() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/exim/lines");
    let bless = std::env::var_os("MAILWHY_BLESS").is_some();
    let mut cases = 0;
    let mut wrong = String::new();
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let table: toml::Table = source.parse().unwrap();
        let mut blessed =
            source.lines().take_while(|l| l.starts_with('#')).fold(String::new(), |s, l| s + l + "\n");
        for case in table["case"].as_array().unwrap() {
            cases += 1;
            let case = case.as_table().unwrap();
            let text = |key: &str| case.get(key).and_then(|v| v.as_str());
            let raw = text("raw").unwrap();
            let role = match text("role") {
                Some("panic") => exim::Role::Panic,
                Some("reject") => exim::Role::Reject,
                _ => exim::Role::Main,
            };
            let (fields, kinds) = parse(raw.as_bytes(), role);
            for (key, ours) in &fields {
                if text(key) != Some(ours) {
                    writeln!(wrong, "{raw}\n    {key}: {ours:?} not {:?}", text(key)).unwrap();
                }
            }
            let told = ["raw", "role", "lines", "note"];
            for key in case.keys().filter(|k| !told.contains(&k.as_str()) && !fields.contains_key(k.as_str()))
            {
                writeln!(wrong, "{raw}\n    {key}: missing, not {:?}", case[key]).unwrap();
            }
            if raw.contains('\n') && text("lines") != Some(&kinds) {
                writeln!(wrong, "{raw}\n    lines: {kinds:?} not {:?}", text("lines")).unwrap();
            }
            let quote = |s: &str| if s.contains('\n') { format!("'''\n{s}'''") } else { format!("'{s}'") };
            let quote =
                |s: &str| if s.contains('\'') && !s.contains('\n') { format!("'''{s}'''") } else { quote(s) };
            write!(blessed, "\n[[case]]\n").unwrap();
            for key in ["note", "role"] {
                if let Some(value) = text(key) {
                    writeln!(blessed, "{key} = {}", quote(value)).unwrap();
                }
            }
            writeln!(blessed, "raw = {}", quote(raw)).unwrap();
            if raw.contains('\n') {
                writeln!(blessed, "lines = '{kinds}'").unwrap();
            }
            for (key, value) in &fields {
                writeln!(blessed, "{key} = {}", quote(value)).unwrap();
            }
        }
        if bless {
            std::fs::write(&file, blessed).unwrap();
        }
    }
    assert!(bless || wrong.is_empty(), "{wrong}");
    assert!(cases >= 120, "{cases} cases");
}

/// The fields of the first line's event, and the kinds of all lines.
fn parse(chunk: &[u8], role: exim::Role) -> (Fields, String) {
    let mut fields = Fields::new();
    let mut kinds = Vec::new();
    exim::scan(chunk, role, |line| {
        if kinds.is_empty() {
            fields = fields_of(&line.event());
        }
        kinds.push(line.kind.as_str());
    });
    (fields, kinds.join(" "))
}

fn fields_of(e: &Event<'_>) -> Fields {
    let mut fields = Fields::new();
    let bytes = [
        ("pid", e.pid),
        ("id", e.id),
        ("sender", e.sender),
        ("recipient", e.recipient),
        ("original_recipient", e.original_recipient),
        ("recipients", e.recipients),
        ("host", e.host),
        ("ip", e.ip),
        ("port", e.port),
        ("helo", e.helo),
        ("interface", e.interface),
        ("router", e.router),
        ("transport", e.transport),
        ("protocol", e.protocol),
        ("tls", e.tls),
        ("tls_verified", e.tls_verified),
        ("tls_peer", e.tls_peer),
        ("tls_sni", e.tls_sni),
        ("auth", e.auth),
        ("user", e.user),
        ("message_id", e.message_id),
        ("subject", e.subject),
        ("bounce_of", e.bounce_of),
        ("return_path", e.return_path),
        ("queue", e.queue),
        ("queue_time", e.queue_time),
        ("delivery_time", e.delivery_time),
        ("receive_time", e.receive_time),
        ("duration", e.duration),
        ("dkim", e.dkim),
        ("proxy", e.proxy),
        ("connection", e.connection),
        ("body", e.body),
        ("shadow", e.shadow),
        ("error", e.error),
    ];
    fields.extend(
        bytes.into_iter().filter_map(|(name, v)| Some((name, String::from_utf8(v?.to_vec()).unwrap()))),
    );
    let extensions: Vec<_> = e.extensions.names().collect();
    let told = [
        ("extensions", (!extensions.is_empty()).then(|| extensions.join(" "))),
        ("time", e.time.filter(|t| *t != ORDINARY).map(time)),
        ("size", e.size.map(|n| n.to_string())),
        ("errno", e.errno.map(|n| n.to_string())),
        ("stage", e.stage.map(|s| s.as_str().to_owned())),
        ("reply", e.reply.map(reply)),
        ("response", e.response.map(reply)),
    ];
    fields.extend(told.into_iter().filter_map(|(name, v)| Some((name, v?))));
    fields.insert("kind", e.kind.as_str().to_owned());
    if e.kind == Kind::Unknown {
        fields.insert("text", String::from_utf8_lossy(e.text).into_owned());
    }
    fields
}

/// 2025-03-04 05:06:07, the time of most cases, which need not name it.
const ORDINARY: Time = Time { civil: 1_741_064_767, millis: None, offset: None };

fn time(time: Time) -> String {
    let part = |v: Option<String>| v.unwrap_or("-".to_owned());
    format!(
        "{} {} {}",
        time.civil,
        part(time.millis.map(|n| n.to_string())),
        part(time.offset.map(|n| n.to_string()))
    )
}

fn reply(reply: Reply<'_>) -> String {
    let stage = reply.stage.map_or("-", |s| s.as_str());
    let code = reply.code.map_or("-".to_owned(), |c| format!("{c:03}"));
    let enhanced = reply.enhanced.map_or("-".to_owned(), |e| e.to_string());
    format!("{stage}|{code}|{enhanced}|{}", String::from_utf8_lossy(reply.text))
}
