//! `mailwhy events`: every log line as JSON or CSV.

use std::ops::ControlFlow;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use mailwhy::classify::{Classifier, Verdict};
use mailwhy::codes::Lang;
use mailwhy::input::Chunk;
use mailwhy::logs::exim::{self, Line, Log};
use mailwhy::logs::{Event, Extensions, Kind, Reply, Time};
use mailwhy::report::{Field, Value, rfc3339};
use mailwhy::trace::query;

use super::{Exit, Inputs, Output, lines_format, rules};
use crate::cli::{EventsArgs, LinesFormat};
use crate::json::Object;
use crate::pipeline;
use crate::progress::Progress;

/// The columns of the CSV form.
const COLUMNS: [&str; 29] = [
    "file",
    "offset",
    "line",
    "time",
    "id",
    "kind",
    "sender",
    "recipient",
    "original_recipient",
    "host",
    "ip",
    "port",
    "helo",
    "router",
    "transport",
    "protocol",
    "size",
    "message_id",
    "errno",
    "queue_time",
    "delivery_time",
    "stage",
    "code",
    "enhanced",
    "reply",
    "response",
    "error",
    "reason",
    "rule",
];

/// Runs the command.
pub fn run(args: &EventsArgs) -> Result<Exit> {
    let inputs = Inputs::new(&args.input, args.output.as_deref())?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let format = lines_format(args.format, args.output.as_deref())?;
    let wants_verdict = args.verdict || format == LinesFormat::Csv;
    let classifier = if wants_verdict { Some(rules::classifier(&args.rules)?) } else { None };
    let printer = Printer {
        args,
        format,
        lang: args.language.get(),
        names: inputs.sources.iter().map(ToString::to_string).collect(),
        classifier,
    };
    let logs: Vec<_> = inputs.sources.iter().map(pipeline::log).collect();
    let mut output = Output::new(args.output.as_deref())?;
    let mut progress = Progress::new(&inputs.sources, inputs.progress && !output.is_terminal());
    let mut result = Ok(());
    if format == LinesFormat::Csv {
        result = writeln!(output.writer(), "{}", COLUMNS.join(","));
    }
    let mut found = 0;
    let work = |chunk: &Chunk| printer.print(chunk, logs[chunk.file as usize], &inputs);
    let read =
        pipeline::run(&inputs.sources, &inputs.options, inputs.threads, work, |taken, (events, bytes)| {
            found += events;
            progress.advance(taken);
            result = output.writer().write_all(&bytes);
            inputs.options.pool.put(bytes);
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    progress.clear();
    let result = result.and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(inputs.finish(&read, found > 0))
}

/// How events are printed.
struct Printer<'a> {
    args: &'a EventsArgs,
    format: LinesFormat,
    lang: Lang,
    names: Vec<String>,
    classifier: Option<Classifier>,
}

impl Printer<'_> {
    /// The events of a chunk that were asked for: how many, and their text.
    fn print(&self, chunk: &Chunk, log: Log, inputs: &Inputs) -> (u64, Vec<u8>) {
        let mut out = inputs.options.pool.empty();
        let mut count = 0;
        let (mut number, mut inside) = (0, true);
        let file = &self.names[chunk.file as usize];
        let mut same = Same::new(file);
        exim::scan(&chunk.data, log, |line| {
            if let Some(time) = line.time {
                inside = inputs.window.contains(time);
            }
            if inside && self.wants(line) {
                count += 1;
                let place = (chunk.start(number, line.raw), chunk.line + number as u64);
                match self.format {
                    LinesFormat::Jsonl => self.json(line, &mut same, place, &mut out),
                    LinesFormat::Csv => self.csv(line, file, place, &mut out),
                }
            }
            number += 1;
        });
        (count, out)
    }

    fn wants(&self, line: &Line<'_>) -> bool {
        (self.args.kind.is_empty() || self.args.kind.contains(&line.kind))
            && (self.args.id.is_empty()
                || line.id.is_some_and(|id| self.args.id.iter().any(|want| want.as_encoded_bytes() == id)))
    }

    fn verdict(&self, event: &Event<'_>) -> Option<Verdict> {
        Some(self.classifier.as_ref()?.classify(&query(event)?))
    }

    fn json(&self, line: &Line<'_>, same: &mut Same, (offset, number): (u64, u64), out: &mut Vec<u8>) {
        let event = line.event();
        let verdict = self.verdict(&event);
        let place = (same, offset, Some(number));
        write_json(line, &event, place, verdict.as_ref(), self.lang, self.args.raw, out);
    }

    fn csv(&self, line: &Line<'_>, file: &str, (offset, number): (u64, u64), out: &mut Vec<u8>) {
        let event = line.event();
        let verdict = self.verdict(&event);
        let text = |bytes: Option<&[u8]>| mailwhy::report::cell(bytes.unwrap_or_default());
        let plain = |value: Option<&dyn ToString>| value.map(ToString::to_string).unwrap_or_default();
        let reply = event.reply.or(event.response);
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        // Writing to memory cannot fail.
        let _ = writer.write_record([
            text(Some(file.as_bytes())),
            offset.to_string(),
            number.to_string(),
            event.time.map(rfc3339).unwrap_or_default(),
            text(event.id),
            event.kind.as_str().to_owned(),
            text(event.sender),
            text(event.recipient),
            text(event.original_recipient),
            text(event.host),
            text(event.ip),
            text(event.port),
            text(event.helo),
            text(event.router),
            text(event.transport),
            text(event.protocol),
            plain(event.size.as_ref().map(|v| v as _)),
            text(event.message_id),
            plain(event.errno.as_ref().map(|v| v as _)),
            text(event.queue_time),
            text(event.delivery_time),
            event.stage.or(reply.and_then(|r| r.stage)).map_or("", |s| s.as_str()).to_owned(),
            plain(reply.and_then(|r| r.code).as_ref().map(|v| v as _)),
            plain(reply.and_then(|r| r.enhanced).as_ref().map(|v| v as _)),
            text(event.reply.map(|r| r.text)),
            text(event.response.map(|r| r.text)),
            text(event.error),
            verdict.map_or("", |v| v.reason.as_str()).to_owned(),
            verdict.map_or("", |v| v.rule).to_owned(),
        ]);
    }
}

/// One line as an object, with its end of line. The place is the file, the offset, and the number of the line where it is
/// known.
pub fn write_json(
    line: &Line<'_>,
    event: &Event<'_>,
    (same, offset, number): (&mut Same, u64, Option<u64>),
    verdict: Option<&Verdict>,
    lang: Lang,
    raw: bool,
    out: &mut Vec<u8>,
) {
    let mut object = Object::begin_with(out, &same.file);
    object.number("offset", offset);
    if let Some(number) = number {
        object.number("line", number);
    }
    if let Some(time) = event.time {
        object.name("time", same.time(time));
    }
    object.optional("pid", event.pid);
    object.optional("id", event.id);
    object.name("kind", event.kind.as_str());
    object.optional("sender", event.sender);
    object.optional("recipient", event.recipient);
    object.optional("original_recipient", event.original_recipient);
    object.optional("recipients", event.recipients);
    object.optional("host", event.host);
    object.optional("ip", event.ip);
    object.optional("port", event.port);
    object.optional("helo", event.helo);
    object.optional("interface", event.interface);
    object.optional("router", event.router);
    object.optional("transport", event.transport);
    object.optional("protocol", event.protocol);
    object.optional("tls", event.tls);
    object.optional("tls_verified", event.tls_verified);
    object.optional("tls_peer", event.tls_peer);
    object.optional("tls_sni", event.tls_sni);
    object.optional("auth", event.auth);
    object.optional("user", event.user);
    if let Some(size) = event.size {
        object.number("size", size);
    }
    object.optional("message_id", event.message_id);
    object.optional("subject", event.subject);
    object.optional("bounce_of", event.bounce_of);
    object.optional("return_path", event.return_path);
    object.optional("queue", event.queue);
    object.optional("queue_time", event.queue_time);
    object.optional("delivery_time", event.delivery_time);
    object.optional("receive_time", event.receive_time);
    object.optional("duration", event.duration);
    object.optional("dkim", event.dkim);
    object.optional("proxy", event.proxy);
    object.optional("connection", event.connection);
    object.optional("body", event.body);
    object.optional("shadow", event.shadow);
    if event.extensions != Extensions::default() {
        object.array("extensions", event.extensions.names());
    }
    object.optional_number("errno", event.errno);
    if let Some(stage) = event.stage {
        object.name("stage", stage.as_str());
    }
    object.optional("error", event.error);
    for (key, reply) in [("reply", event.reply), ("response", event.response)] {
        if let Some(reply) = reply {
            object.object(key, |inner| reply_object(inner, &reply));
        }
    }
    if is_told_by_text(event.kind) {
        object.string("text", event.text);
    }
    if let Some(verdict) = verdict {
        object.object("verdict", |inner| verdict_object(inner, verdict, lang));
    }
    if raw {
        match std::str::from_utf8(line.raw) {
            Ok(text) => object.string("raw", text.as_bytes()),
            Err(_) => object.string("raw_base64", BASE64.encode(line.raw).as_bytes()),
        }
    }
    let lossy = object.lossy;
    object.flag("invalid_utf8", lossy);
    object.end();
    out.push(b'\n');
}

/// Whether the fields of such lines leave out what they tell.
fn is_told_by_text(kind: Kind) -> bool {
    use Kind::{Connection, Continuation, Daemon, Note, Panic, QueueRun, Unknown};
    matches!(kind, Connection | QueueRun | Daemon | Panic | Note | Continuation | Unknown)
}

/// What is the same on many lines of a file, as it is written.
pub struct Same {
    /// The field `file`.
    file: Vec<u8>,
    time: Option<Time>,
    text: String,
}

impl Same {
    /// For the lines of this file.
    pub fn new(file: &str) -> Self {
        let mut field = Vec::new();
        Object::begin(&mut field).string("file", file.as_bytes());
        // Without the brace.
        field.remove(0);
        Self { file: field, time: None, text: String::new() }
    }

    fn time(&mut self, time: Time) -> &str {
        if self.time != Some(time) {
            self.text = rfc3339(time);
            self.time = Some(time);
        }
        &self.text
    }
}

fn reply_object(object: &mut Object<'_>, reply: &Reply<'_>) {
    match reply.code {
        Some(code) => object.number("code", code),
        None => object.null("code"),
    }
    match reply.enhanced {
        Some(enhanced) => object.enhanced("enhanced", enhanced),
        None => object.null("enhanced"),
    }
    if let Some(stage) = reply.stage {
        object.name("stage", stage.as_str());
    }
    object.string("text", reply.text);
}

fn verdict_object(object: &mut Object<'_>, verdict: &Verdict, lang: Lang) {
    for field in Field::ALL {
        // The event itself tells what the rest is about.
        if matches!(field, Field::Evidence | Field::Fingerprint) {
            continue;
        }
        match field.of(verdict, None, lang) {
            Value::Null => {}
            value => object.value(field.as_str(), value),
        }
    }
}
