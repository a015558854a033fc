//! Stories, printed: for people on a terminal, and for programs.

use std::cmp::Reverse;
use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::fit::{cut_end, flow, head as begin, width, wrap};
use super::page::{Line, Role, Span, push};
use super::text::write_line;
use super::values::{Moment, NBSP};
use crate::history::words::{Tally, Words};
use crate::json;
use crate::{Cause, History, Other, RawLine, RecipientStory, State, Step, Story};

/// The widest that sentences are: longer lines are hard to read.
const PROSE: usize = 110;

/// With more recipients than this only those that were looked for have a line of their own.
const RECIPIENTS: usize = 6;

/// How many of those that were looked for have one at most.
const ASKED: usize = 20;

/// The most steps of one message.
const STEPS: usize = 60;

/// The most of a reply that is shown, in columns: no server says more, but a log may hold anything.
const REPLY: usize = 4000;

/// Between the parts of a headline.
const GAP: usize = 3;

/// Where the details of a step go on.
const INDENT: usize = 2;

/// What was found, in the order in which it is read.
#[derive(Clone, Debug, Serialize)]
pub struct Stories {
    version: u32,
    stories: Vec<Story>,
}

impl Stories {
    /// In this order.
    #[must_use]
    pub fn new(stories: Vec<Story>) -> Self {
        Self { version: 1, stories }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stories.is_empty()
    }

    /// Prints them for people, on a terminal.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_text(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        for (n, story) in self.stories.iter().enumerate() {
            if n > 0 {
                writeln!(out)?;
            }
            let page = Page { words: Words::of(style.lang), style };
            let lines = match story {
                Story::Message(history) => page.message(history),
                Story::Other(other) => page.other(other),
            };
            for line in &lines {
                write_line(line, style.color, out)?;
            }
        }
        Ok(())
    }

    /// Prints them for programs, as one object.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::print(self, out)
    }

    /// Prints them for programs, one object in each line.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        self.stories.iter().try_for_each(|story| json::print_line(story, out))
    }
}

struct Page<'a> {
    words: &'static Words,
    style: &'a Style,
}

impl Page<'_> {
    fn message(&self, history: &History) -> Vec<Line> {
        let mut lines = self.head(history);
        lines.extend(self.sentence(state_role(history.state), &history.answer));
        for advice in &history.advice {
            lines.extend(self.sentence(Role::Plain, advice));
        }
        let rows = rows(history);
        lines.extend(self.recipients(history, &rows));
        let steps = self.steps(history, &rows);
        if !steps.is_empty() {
            lines.push(Line::new());
            lines.extend(steps);
        }
        lines.extend(self.raw(&history.lines));
        lines
    }

    fn other(&self, other: &Other) -> Vec<Line> {
        let moment = other.first.as_deref().map(|time| self.moment(time));
        let mut head = vec![vec![Span::new(Role::Strong, moment.unwrap_or_default())]];
        let sender = other.sender.as_deref().map(|sender| self.sender(sender));
        let mut to = other.recipients.first().cloned().unwrap_or_default();
        if other.recipient_count > 1 {
            to = format!("{to} {}", (self.words.and_more)(self.words, other.recipient_count - 1));
        }
        let route = match (sender, to.is_empty()) {
            (Some(sender), false) => format!("{sender} → {to}"),
            (Some(sender), true) => sender,
            (None, false) => format!("→ {to}"),
            (None, true) => String::new(),
        };
        let host = host(other.host.as_deref(), other.ip.as_deref());
        let from = host.map(|host| format!("{} {host}", self.words.from));
        let parts = [route, from.unwrap_or_default()];
        head.extend(parts.iter().filter(|part| !part.is_empty()).map(|part| vec![Span::plain(part)]));
        if other.count > 1 {
            let last = self.later(other.last.as_deref(), other.first.as_deref());
            head.push(vec![Span::new(Role::Warn, (self.words.repeated)(self.words, other.count, &last))]);
        }
        let mut lines = flow(&head, GAP, self.style.width);
        let refused = other.cause.is_some();
        lines.extend(self.sentence(if refused { Role::Bad } else { Role::Plain }, &other.answer));
        for advice in &other.advice {
            lines.extend(self.sentence(Role::Plain, advice));
        }
        if !other.text.is_empty() {
            lines.extend(
                self.wrapped(&[Span::new(Role::Quote, quoted(&cut_end(&other.text, REPLY)))], INDENT),
            );
        }
        lines.extend(self.raw(&other.lines));
        lines
    }

    fn head(&self, history: &History) -> Vec<Line> {
        let mut head = vec![vec![Span::new(Role::Strong, &history.id)]];
        head.extend(history.time.as_deref().map(|time| vec![Span::plain(self.moment(time))]));
        let to = history.asked().next().map(RecipientStory::name);
        // An alias or a list that they all come from stands for them.
        let list = history.asked().next().and_then(|r| r.original_recipient.as_deref());
        let of_list = history.recipients.iter().filter(|r| r.original_recipient.as_deref() == list).count();
        let (to, known) = match list {
            Some(_) if of_list > 1 => (list, of_list),
            _ => (to, 1),
        };
        let envelope = &history.envelope_recipients;
        let all = if to.is_some() { history.recipients.len() } else { envelope.len() };
        let to = to.or(envelope.first().map(String::as_str));
        let more = all.saturating_sub(known) as u64;
        let mut route = history.sender.as_deref().map_or_else(String::new, |sender| self.sender(sender));
        if let Some(to) = to {
            route = format!("{route}{}→ {to}", if route.is_empty() { "" } else { " " });
            if more > 0 {
                route = format!("{route} {}", (self.words.and_more)(self.words, more));
            }
        }
        if !route.is_empty() {
            head.push(vec![Span::plain(route)]);
        }
        head.extend(history.subject.as_deref().map(|subject| vec![Span::new(Role::Dim, quoted(subject))]));
        flow(&head, GAP, self.style.width)
    }

    fn sender(&self, sender: &str) -> String {
        if sender.is_empty() { self.words.null_sender.to_owned() } else { sender.to_owned() }
    }

    /// One line for each recipient, where there are several; of many only those that were looked for, or else one for
    /// each way in which it ended; and the sum of the others.
    fn recipients(&self, history: &History, rows: &[(&RecipientStory, u64)]) -> Vec<Line> {
        if history.recipients.len() < 2 {
            return Vec::new();
        }
        let name = |(r, others): &(&RecipientStory, u64)| match others {
            0 => r.name().to_owned(),
            n => format!("{} {}", r.name(), (self.words.and_more)(self.words, *n)),
        };
        let outcome =
            |r: &RecipientStory| (self.words.recipient)(if r.discarded { "discarded" } else { r.outcome });
        let names = rows.iter().map(|row| width(&name(row))).max().unwrap_or_default().min(50);
        let outcomes = rows.iter().map(|(r, _)| width(outcome(r))).max().unwrap_or_default();
        let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(width(text)) + 2);
        let mut lines = vec![Line::new()];
        for row @ (r, others) in rows {
            let (name, outcome) = (name(row), outcome(r));
            let mut line = vec![Span::plain(format!("{name}{}", pad(&name, names)))];
            push(&mut line, outcome_role(r.outcome), outcome);
            match (&r.cause, &r.host) {
                (Some(cause), _) => {
                    push(&mut line, Role::Plain, &format!("{}{}", pad(outcome, outcomes), cause.title));
                }
                (None, Some(host)) if *others == 0 => {
                    push(&mut line, Role::Plain, &pad(outcome, outcomes));
                    push(&mut line, Role::Dim, host);
                }
                _ => {}
            }
            lines.extend(self.wrapped(&line, INDENT));
        }
        let count = |outcome| {
            rows.iter().filter(|(r, _)| r.outcome == outcome).map(|(_, others)| 1 + others).sum::<u64>()
        };
        let rest = Tally {
            delivered: history.delivered - count("delivered"),
            failed: history.failed - count("failed"),
            deferred: history.deferred - count("deferred"),
        };
        if rest.all() > 0 {
            let text = (self.words.more_recipients)(self.words, rest);
            lines.extend(self.wrapped(&[Span::new(Role::Dim, text)], INDENT));
        }
        lines
    }

    fn steps(&self, history: &History, rows: &[(&RecipientStory, u64)]) -> Vec<Line> {
        let is_shown = |recipient: &str| rows.iter().any(|(r, _)| r.address == recipient);
        let all = history.steps.len();
        let shown: Vec<&Step> =
            history.steps.iter().filter(|step| step.recipient.as_deref().is_none_or(is_shown)).collect();
        // The begin and the end tell most.
        let cut = shown.len().saturating_sub(STEPS);
        let (head, tail) = if cut > 0 { shown.split_at(STEPS / 2) } else { (&shown[..], &[][..]) };
        let tail = tail.get(cut..).unwrap_or_default();
        let hidden = (all - head.len() - tail.len()) as u64;
        let verbs = head.iter().chain(tail).map(|step| width((self.words.step)(step.kind)));
        let verb = verbs.max().unwrap_or_default();
        let mut day = history.time.as_deref().and_then(|time| time.get(..10)).unwrap_or_default();
        let mut lines = Vec::new();
        for (n, step) in head.iter().chain(tail).enumerate() {
            if n == head.len() {
                lines.push(self.hidden(hidden));
            }
            let today = step.time.as_deref().and_then(|time| time.get(..10)).unwrap_or(day);
            if today != day {
                day = today;
                let moment = step.time.as_deref().map(|time| self.day(time)).unwrap_or_default();
                lines.push(vec![Span::plain("  "), Span::new(Role::Dim, moment)]);
            }
            lines.extend(self.step(step, history, verb));
        }
        if tail.is_empty() && hidden > 0 {
            lines.push(self.hidden(hidden));
        }
        lines
    }

    fn hidden(&self, n: u64) -> Line {
        vec![
            Span::plain("  "),
            Span::new(Role::Dim, format!("… {}", (self.words.hidden_steps)(self.words, n))),
        ]
    }

    fn step(&self, step: &Step, history: &History, verbs: usize) -> Vec<Line> {
        let words = self.words;
        let verb = (words.step)(step.kind);
        let time = step.time.as_deref().and_then(|time| time.get(11..19)).unwrap_or("        ");
        let pad = " ".repeat(verbs.saturating_sub(width(verb)));
        let mut line = vec![Span::new(Role::Dim, time), Span::plain("  ")];
        push(&mut line, step_role(step.kind), verb);
        push(&mut line, Role::Plain, &format!("{pad}  "));
        let indent = INDENT + 8 + 2 + verbs + 2;
        let mut parts: Vec<String> = Vec::new();
        let peer = host(step.host.as_deref(), step.ip.as_deref());
        let delivery =
            matches!(step.kind, "delivery" | "additional-delivery" | "cutthrough" | "delivery-suppressed");
        match step.kind {
            "arrival" | "fake-reject" => {
                match (&step.id, &peer) {
                    (Some(id), _) => parts.push(format!("{} {id}", words.reports_on)),
                    (None, Some(peer)) => parts.push(format!("{} {peer}", words.from)),
                    (None, None) => parts.push((words.by_program)(step.user.as_deref())),
                }
                parts.extend(step.size.map(|size| words.numbers.bytes(size)));
                parts.extend(step.tls.as_deref().map(tls));
                let user = step.user.as_deref().filter(|_| peer.is_some());
                parts.extend(user.map(|user| format!("{} {user}", words.signed_in)));
            }
            "bounce" | "delay-warning" => {
                parts.extend(step.id.as_deref().map(|id| format!("{} {id}", words.sender_told)));
            }
            "completed" => {
                let took = seconds(step.time.as_deref()).zip(seconds(history.time.as_deref()));
                let took = took.filter(|(end, begin)| end > begin);
                let took = took.map(|(end, begin)| words.numbers.duration((end - begin) as f64));
                parts.extend(took.map(|took| format!("{} {took}", words.in_all)));
            }
            _ => {
                let mut who = step.recipient.clone().unwrap_or_default();
                let original = history
                    .recipients
                    .iter()
                    .find(|r| Some(&r.address) == step.recipient.as_ref())
                    .and_then(|r| r.original_recipient.as_deref());
                if let Some(original) = original {
                    who = format!("{who} ({} {original})", words.address_for);
                }
                match (&peer, who.is_empty()) {
                    (Some(peer), false) => parts.push(format!("{who} → {peer}")),
                    (Some(peer), true) => parts.push(peer.clone()),
                    (None, false) => {
                        parts.push(who);
                        parts.extend(step.transport.clone().filter(|_| delivery));
                    }
                    (None, true) => {}
                }
                parts.extend(step.tls.as_deref().map(tls));
                let user = step.user.as_deref().filter(|_| !delivery);
                parts.extend(user.map(|user| format!("{} {user}", words.by)));
            }
        }
        let span = |millis: Option<u64>, what: &str| {
            millis.map(|millis| format!("{what}{NBSP}{}", words.numbers.duration(millis as f64 / 1000.0)))
        };
        if step.kind != "completed" {
            parts.extend(span(step.queue_time, words.queue));
            parts.extend(span(step.delivery_time, words.delivery));
        }
        push(&mut line, Role::Plain, &parts.join(", "));
        if step.times > 1 {
            let until = self.later(step.until.as_deref(), step.time.as_deref());
            push(&mut line, Role::Plain, if parts.is_empty() { "" } else { ", " });
            push(&mut line, Role::Warn, &(words.repeated)(words, step.times, &until));
        }
        let mut text = step.text.as_deref().filter(|text| !text.is_empty());
        if parts.is_empty()
            && step.times == 1
            && let Some(note) = text.take()
        {
            push(&mut line, Role::Quote, note);
        }
        let mut lines = self.hanging(&line, INDENT, indent);
        if let Some(text) = text {
            let stage = step.stage.and_then(mailwhy_codes::Stage::from_name).filter(|_| !delivery);
            let stage =
                stage.map(|stage| format!(" {}", (crate::explain::words_of(self.style.lang).stage)(stage)));
            let mut said = vec![Span::new(Role::Quote, quoted(&cut_end(text, REPLY)))];
            push(&mut said, Role::Dim, &stage.unwrap_or_default());
            lines.extend(self.wrapped(&said, indent));
        }
        if let Some(Cause { reason, title, .. }) = &step.cause {
            lines.extend(self.wrapped(&[Span::new(Role::Dim, format!("{reason}: {title}"))], indent));
        }
        lines
    }

    fn raw(&self, raw: &[RawLine]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (n, line) in raw.iter().enumerate() {
            if n == 0 {
                lines.push(Line::new());
            }
            let place = format!("  {}:{}: ", line.file, line.line);
            // The words of the log are not broken: they may be copied.
            lines.push(vec![Span::new(Role::Dim, place), Span::new(Role::Quote, &line.text)]);
        }
        lines
    }

    fn sentence(&self, role: Role, text: &str) -> Vec<Line> {
        wrap(&[Span::new(role, text)], self.style.width.min(PROSE))
    }

    fn wrapped(&self, line: &[Span], indent: usize) -> Vec<Line> {
        self.hanging(line, indent, indent)
    }

    /// The line, broken where it is too long; further lines begin further in.
    fn hanging(&self, line: &[Span], first: usize, further: usize) -> Vec<Line> {
        // Blanks at the begin of a line and between columns stay.
        let room = self.style.width.saturating_sub(further).max(24);
        let whole: usize = line.iter().map(|span| width(span.text())).sum();
        let lines = if whole + first <= self.style.width {
            vec![line.to_vec()]
        } else {
            keep_front(line, room, further - first)
        };
        let indented = lines.into_iter().enumerate().map(|(n, line)| {
            let indent = " ".repeat(if n == 0 { first } else { further });
            std::iter::once(Span::plain(indent)).chain(line).collect()
        });
        indented.collect()
    }

    fn moment(&self, time: &str) -> String {
        match Moment::parse(time) {
            Some(moment) => {
                let clock = time.get(11..19).unwrap_or_default();
                format!("{}{NBSP}{clock}", self.words.numbers.date(moment, false))
            }
            None => time.to_owned(),
        }
    }

    /// A later time beside this one: no date where it is the same day.
    fn later(&self, time: Option<&str>, than: Option<&str>) -> String {
        let Some(time) = time else { return String::new() };
        let day = |time: &str| time.get(..10).map(str::to_owned);
        match time.get(11..19) {
            Some(clock) if day(time) == than.and_then(day) => clock.to_owned(),
            _ => self.moment(time),
        }
    }

    fn day(&self, time: &str) -> String {
        Moment::parse(time).map_or_else(String::new, |moment| self.words.numbers.date(moment, true))
    }
}

/// Those recipients that have a line of their own, and for how many others it stands.
fn rows(history: &History) -> Vec<(&RecipientStory, u64)> {
    let all = &history.recipients;
    let asked = || all.iter().filter(|r| r.matches);
    let alone = |r| (r, 0);
    match asked().count() {
        _ if all.len() <= RECIPIENTS => all.iter().map(alone).collect(),
        1..=ASKED => asked().map(alone).collect(),
        _ => {
            let end = |r: &RecipientStory| (r.outcome, r.discarded, r.cause.as_ref().map(|cause| cause.rule));
            let mut rows: Vec<(&RecipientStory, u64)> = Vec::new();
            for r in history.asked() {
                match rows.iter_mut().find(|(first, _)| end(first) == end(r)) {
                    Some((_, others)) => *others += 1,
                    None => rows.push(alone(r)),
                }
            }
            // What failed tells more.
            rows.sort_by_key(|(r, others)| (r.outcome == "delivered", Reverse(*others)));
            rows.truncate(RECIPIENTS);
            rows
        }
    }
}

/// Breaks a line whose first columns, `front` wide, stay together.
fn keep_front(line: &[Span], room: usize, front: usize) -> Vec<Line> {
    if front == 0 {
        return wrap(line, room);
    }
    let mut head = Line::new();
    let mut rest = Line::new();
    let mut taken = 0;
    for span in line {
        let (kept, free) = span.text().split_at(begin(span.text(), front - taken).len());
        taken += width(kept);
        for (part, line) in [(kept, &mut head), (free, &mut rest)] {
            if !part.is_empty() {
                push(line, span.role(), part);
            }
        }
    }
    let mut lines = wrap(&rest, room);
    match lines.first_mut() {
        Some(first) => {
            head.append(first);
            *first = head;
        }
        None => lines.push(head),
    }
    lines
}

fn host(name: Option<&str>, ip: Option<&str>) -> Option<String> {
    match (name, ip) {
        (Some(name), Some(ip)) if name.trim_matches(['[', ']']) != ip => Some(format!("{name}{NBSP}[{ip}]")),
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(ip)) => Some(format!("[{ip}]")),
        (None, None) => None,
    }
}

/// `TLS1.3:ECDHE_…:256` as people say it.
fn tls(tls: &str) -> String {
    let version = tls.split(':').next().unwrap_or(tls);
    match version.strip_prefix("TLSv").or_else(|| version.strip_prefix("TLS")) {
        Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => format!("TLS{NBSP}{number}"),
        _ => version.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn seconds(time: Option<&str>) -> Option<i64> {
    time.and_then(Moment::parse).map(Moment::epoch)
}

fn state_role(state: State) -> Role {
    match state {
        State::Delivered => Role::Good,
        State::Failed | State::Rejected | State::PartlyDelivered | State::Discarded | State::Removed => {
            Role::Bad
        }
        State::Deferred | State::Frozen => Role::Warn,
        State::Queued | State::Unknown => Role::Strong,
    }
}

fn outcome_role(outcome: &str) -> Role {
    match outcome {
        "delivered" => Role::Good,
        "failed" => Role::Bad,
        _ => Role::Warn,
    }
}

fn step_role(kind: &str) -> Role {
    match kind {
        "delivery" | "additional-delivery" | "cutthrough" => Role::Good,
        "failure" | "rejected" | "removed" => Role::Bad,
        "deferral" | "host-error" | "frozen" => Role::Warn,
        _ => Role::Plain,
    }
}
