//! From the lines of a message to its life.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::iter;

use hashbrown::HashMap;
use mailwhy_classify::{Classifier, Verdict};
use mailwhy_codes::{Lang, Stage};
use mailwhy_logs::{self as logs, Event, Kind, Time, exim, parse_duration};
use mailwhy_trace::{
    GroupId, Groups, HostFailure, Id, Message, Outcome, Single, address_key, domain_of, is_discarded,
};

use super::verdict::{self, By, Known};
use super::words::{About, Tally, Words};
use super::{Cause, History, RawLine, RecipientStory, State, Step};
use crate::Place;
use crate::text::{readable, rfc3339};

/// How many different causes of one message are told.
const CAUSES: usize = 3;

/// All lines of a message that the log has, in its order.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    /// The message.
    pub id: Id,
    /// The lines, each with its newline.
    pub text: &'a [u8],
    /// Where each of them stands.
    pub places: &'a [Place],
    /// The messages that report on it to its sender, and when they came in.
    pub reports: &'a [(Id, Option<Time>)],
}

/// Tells what became of messages.
pub struct Teller<'a> {
    pub(super) classifier: &'a Classifier,
    pub(super) lang: Lang,
    /// The names of the files, where lines are to be kept.
    pub(super) files: Option<&'a [String]>,
    logs: &'a [exim::Log],
    /// Whether an address is what was looked for.
    matches: &'a dyn Fn(&[u8]) -> bool,
    pub(super) groups: Groups,
}

/// What happened, with what later lines may add to it.
struct Draft {
    step: Step,
    millis: Option<i64>,
    group: Option<GroupId>,
    /// Of a host's failure: the host as [`HostFailure`] has it.
    host: Vec<u8>,
}

/// What the steps tell of a recipient beside what [`Recipient`] does.
#[derive(Default)]
struct Tried {
    original: Option<Vec<u8>>,
    discarded: bool,
    tries: u64,
    first: Option<i64>,
    /// The last step that is about it.
    last_step: Option<usize>,
}

/// The lines of a message as they are taken.
#[derive(Default)]
struct Taken {
    steps: Vec<Draft>,
    tried: HashMap<Vec<u8>, Tried>,
    arrival: Arrival,
    rejected: Option<GroupId>,
    /// The address of the client that was refused.
    refused_ip: Option<String>,
    first: Option<Time>,
    offset: Option<i16>,
    removed_by: Option<String>,
}

#[derive(Default)]
struct Arrival {
    time: Option<Time>,
    sender: Option<String>,
    subject: Option<String>,
    message_id: Option<String>,
    size: Option<u64>,
    user: Option<String>,
    recipients: Vec<String>,
    bounce_of: Option<String>,
}

impl<'a> Teller<'a> {
    /// One that asks `matches` whether an address is what was looked for; `files` are the names of the files where the
    /// lines are to be kept, `logs` what else is known of all files.
    pub fn new(
        classifier: &'a Classifier,
        lang: Lang,
        files: Option<&'a [String]>,
        logs: &'a [exim::Log],
        matches: &'a dyn Fn(&[u8]) -> bool,
    ) -> Self {
        Self { classifier, lang, files, logs, matches, groups: Groups::default() }
    }

    /// What is known of the log that a line is of. In whichever it stands, it is read as one of the main log.
    pub(super) fn log(&self, place: Option<&Place>) -> exim::Log {
        let until = place.and_then(|place| self.logs.get(place.file as usize)?.until);
        exim::Log { role: exim::Role::Main, until }
    }

    /// Tells the life of a message.
    pub fn message(&mut self, lines: Lines<'_>) -> History {
        let mut single = Single::new(lines.id);
        let mut taken = Taken::default();
        exim::scan(lines.text, self.log(lines.places.last()), |line| {
            if line.kind == Kind::Continuation {
                return;
            }
            let event = line.event();
            let group = self.groups.of(&event, self.classifier);
            let address = single.push(&logs::Step::from(&event), group, &self.groups);
            taken.take(&event, address, group, &self.groups);
        });
        for &(id, time) in lines.reports {
            taken.report(id, time);
        }
        let mut history = None;
        single.tell(&self.groups, &mut |message, _| history = Some(self.tell(message, &mut taken, lines)));
        history.unwrap_or_else(|| unreachable!("a single message is told"))
    }

    /// The lines, where they are wanted.
    pub(super) fn raw(&self, text: &[u8], places: &[Place]) -> Vec<RawLine> {
        let Some(files) = self.files else { return Vec::new() };
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let lines = text.split(|&b| b == b'\n').zip(places);
        lines
            .map(|(line, place)| RawLine {
                file: files.get(place.file as usize).cloned().unwrap_or_default(),
                line: place.line,
                text: lossy(line),
            })
            .collect()
    }

    pub(super) fn cause(&self, group: GroupId, by: By, known: Known<'_>) -> Cause {
        verdict::cause(&self.groups.get(group).verdict, by, known, self.lang)
    }

    fn verdict(&self, group: Option<GroupId>) -> Option<&Verdict> {
        group.map(|group| &self.groups.get(group).verdict)
    }

    fn tell(&self, message: &Message<'_>, taken: &mut Taken, lines: Lines<'_>) -> History {
        let arrival = std::mem::take(&mut taken.arrival);
        let offset = taken.offset;
        let at = |millis: Option<i64>| millis.map(|millis| clock(millis, offset));
        let sender_domain = arrival.sender.as_deref().map(|s| lossy(domain_of(s.as_bytes())));
        let mut counts = Tally { delivered: 0, failed: 0, deferred: 0 };
        let recipients: Vec<_> = message
            .recipients
            .iter()
            .map(|r| {
                let (outcome, count, group) = match r.outcome {
                    Outcome::Delivered => ("delivered", &mut counts.delivered, None),
                    Outcome::Failed => ("failed", &mut counts.failed, r.failure),
                    Outcome::Deferred => ("deferred", &mut counts.deferred, r.deferral),
                };
                *count += 1;
                let tried = taken.tried.get(r.address);
                let first = tried.and_then(|t| t.first);
                let original = tried.and_then(|t| t.original.as_deref());
                let address = shown(r.address);
                let known =
                    Known { recipient: Some(&address), sender_domain: sender_domain.as_deref(), ip: None };
                RecipientStory {
                    cause: group.map(|group| self.cause(group, By::Them, known)),
                    outcome,
                    matches: (self.matches)(r.address) || original.is_some_and(self.matches),
                    original_recipient: original.map(lossy),
                    discarded: tried.is_some_and(|t| t.discarded),
                    expired: r.expired,
                    tries: tried.map_or(0, |t| t.tries),
                    first: at(first),
                    last: at(r.last),
                    seconds: first.zip(r.last).map(|(first, last)| (last - first).max(0) as u64 / 1000),
                    host: (!r.host.is_empty()).then(|| lossy(r.host)),
                    address,
                }
            })
            .collect();
        let mut history = History {
            id: lossy(message.id.as_bytes()),
            state: State::Unknown,
            open: false,
            time: arrival.time.or(taken.first).map(rfc3339),
            sender: arrival.sender,
            subject: arrival.subject,
            message_id: arrival.message_id,
            size: arrival.size,
            user: arrival.user,
            envelope_recipients: arrival.recipients,
            bounce_of: arrival.bounce_of,
            answer: String::new(),
            advice: Vec::new(),
            cause: None,
            delivered: counts.delivered,
            failed: counts.failed,
            deferred: counts.deferred,
            recipients,
            steps: Vec::new(),
            lines: self.raw(lines.text, lines.places),
        };
        history.state = state(message, &history, taken);
        history.open = !message.completed
            && !message.removed
            && (message.has_arrival || !message.recipients.is_empty() || message.frozen)
            && history.state != State::Rejected
            && history.state != State::Discarded;
        self.answer(message, &mut history, taken, sender_domain.as_deref());
        history.steps = self.steps(message, taken, sender_domain.as_deref());
        history
    }

    /// Says it in sentences.
    fn answer(
        &self,
        message: &Message<'_>,
        history: &mut History,
        taken: &Taken,
        sender_domain: Option<&str>,
    ) {
        let words = Words::of(self.lang);
        let by = taken.removed_by.as_deref();
        let asked: Vec<&RecipientStory> = history.asked().collect();
        let causes = by_cause(&asked);
        let refused = taken.rejected.filter(|_| history.state == State::Rejected);
        let known = Known { sender_domain, ip: taken.refused_ip.as_deref(), ..Known::default() };
        let answer = match asked.as_slice() {
            [] => self.answer_untried(history.state, message, taken),
            [one] => answer_for_one(words, history.state, one, by),
            several => {
                let unasked = (history.recipients.len() - several.len()) as u64;
                answer_for_several(words, history.state, several, &causes, unasked, by)
            }
        };
        let mut advice = match causes.as_slice() {
            [] => self
                .verdict(refused)
                .map_or_else(Vec::new, |verdict| verdict::advice_for_refused(verdict, known, self.lang)),
            [only] => self.advice_for(message, history.state, only.first, sender_domain),
            several => {
                let paragraphs = several.iter().take(CAUSES).map(|own| {
                    let advice = self.advice_for(message, history.state, own.first, sender_domain);
                    iter::once(own.told(words)).chain(advice).collect::<Vec<_>>().join(" ")
                });
                paragraphs.collect()
            }
        };
        if history.state == State::Frozen {
            advice.extend((words.thaw)(&history.id));
        }
        let refusal = refused.map(|group| self.cause(group, By::Us, known));
        let cause = refusal.or_else(|| causes.first().map(|own| own.cause.clone()));
        (history.answer, history.advice, history.cause) = (answer, advice, cause);
    }

    /// Who must act so that this recipient gets it, and what to do.
    fn advice_for(
        &self,
        message: &Message<'_>,
        state: State,
        recipient: &RecipientStory,
        sender_domain: Option<&str>,
    ) -> Vec<String> {
        // Where it is known no more, nothing is to be done about it.
        if matches!(state, State::Removed | State::Unknown) {
            return Vec::new();
        }
        let of = message.recipients.iter().find(|r| shown(r.address) == recipient.address);
        let failed = recipient.outcome == "failed";
        let group = of.and_then(|r| if failed { r.failure } else { r.deferral });
        let known = Known { recipient: Some(&recipient.address), sender_domain, ip: None };
        self.verdict(group)
            .map_or_else(Vec::new, |verdict| verdict::advice(verdict, known, failed, self.lang))
    }

    fn answer_untried(&self, state: State, message: &Message<'_>, taken: &Taken) -> String {
        let words = Words::of(self.lang);
        match state {
            State::Rejected => match (taken.rejected, self.verdict(taken.rejected)) {
                (Some(group), Some(verdict)) => {
                    let cause = self.cause(group, By::Us, Known::default());
                    verdict::refusal(verdict, None, &cause, self.lang)
                }
                _ => words.refused_unsaid.into(),
            },
            State::Frozen => words.frozen_untried.into(),
            State::Removed => (words.removed_untried)(taken.removed_by.as_deref()),
            State::Discarded => words.discarded.into(),
            State::Queued => words.queued.into(),
            _ if message.completed => words.only_end.into(),
            _ => words.nothing.into(),
        }
    }

    /// The steps, without those that say again what another one says.
    fn steps(&self, message: &Message<'_>, taken: &mut Taken, sender_domain: Option<&str>) -> Vec<Step> {
        let mut alone: Vec<HostFailure<'_>> = message.host_failures.to_vec();
        let mut steps = Vec::with_capacity(taken.steps.len());
        for draft in taken.steps.drain(..) {
            let Draft { mut step, millis, group, host } = draft;
            if step.kind == Kind::HostError.as_str() {
                let is = |f: &HostFailure<'_>| f.time == millis && Some(f.group) == group && f.host == host;
                let Some(at) = alone.iter().position(is) else { continue };
                alone.swap_remove(at);
            }
            step.cause = group.map(|group| {
                let by = if step.kind == Kind::Rejected.as_str() { By::Us } else { By::Them };
                let known = Known { recipient: step.recipient.as_deref(), sender_domain, ip: None };
                self.cause(group, by, known)
            });
            merge(&mut steps, step);
        }
        steps
    }
}

/// Adds a step, or counts it with the one before where that is the same: a host that fails again in the same way, a
/// queue run that finds the message on hold.
fn merge(steps: &mut Vec<Step>, step: Step) {
    let repeats = [Kind::HostError.as_str(), Kind::Frozen.as_str()].contains(&step.kind);
    let what =
        |step: &Step| (step.kind, step.host.clone(), step.ip.clone(), step.cause.as_ref().map(|c| c.rule));
    match steps.last_mut() {
        Some(last) if repeats && what(last) == what(&step) => {
            last.times += step.times;
            last.until = step.time;
        }
        _ => steps.push(step),
    }
}

impl Taken {
    fn take(&mut self, event: &Event<'_>, address: Option<&[u8]>, group: Option<GroupId>, groups: &Groups) {
        let millis = event.time.map(millis);
        if let Some(time) = event.time {
            self.first = self.first.or(Some(time));
            self.offset = time.offset;
        }
        let text = |bytes: Option<&[u8]>| bytes.filter(|b| !b.is_empty()).map(lossy);
        let mut step = Step {
            time: event.time.map(rfc3339),
            kind: event.kind.as_str(),
            times: 1,
            host: text(event.host.or(event.helo)),
            ip: text(event.ip),
            tls: text(event.tls),
            transport: text(event.transport),
            user: text(event.user),
            size: event.size,
            queue_time: event.queue_time.and_then(parse_duration),
            delivery_time: event.delivery_time.and_then(parse_duration),
            stage: event.reply.and_then(|r| r.stage).or(event.stage).map(Stage::as_str),
            ..Step::default()
        };
        let said = event.reply.or(event.response).map(|r| r.text).or(event.error);
        step.text = said.map(readable);
        let mut host = Vec::new();
        match event.kind {
            Kind::Arrival | Kind::FakeReject => self.arrive(event, &mut step),
            Kind::Delivery
            | Kind::AdditionalDelivery
            | Kind::Cutthrough
            | Kind::DeliverySuppressed
            | Kind::Deferral
            | Kind::Failure => {
                if self.try_recipient(event, address, &mut step, group, groups) {
                    return;
                }
            }
            Kind::HostError => host = event.host.or(event.ip).unwrap_or_default().to_vec(),
            Kind::Rejected => {
                self.rejected = self.rejected.or(group);
                self.refused_ip.clone_from(&step.ip);
                step.recipient = text(event.recipient);
                if self.arrival.sender.is_none() {
                    self.arrival.sender = event.sender.map(lossy);
                }
            }
            Kind::Removed => self.removed_by = text(event.user),
            Kind::Completed | Kind::Frozen | Kind::Unfrozen => {}
            _ => step.text = Some(readable(event.text)),
        }
        self.steps.push(Draft { step, millis, group, host });
    }

    fn arrive(&mut self, event: &Event<'_>, step: &mut Step) {
        step.user = account(event).map(lossy);
        let envelope = event.recipients.unwrap_or_default().split(|&b| b == b' ');
        self.arrival = Arrival {
            time: event.time,
            sender: event.sender.map(lossy),
            subject: event.subject.map(readable),
            message_id: event.message_id.map(lossy),
            size: event.size,
            user: step.user.clone(),
            recipients: envelope.filter(|r| !r.is_empty()).map(lossy).collect(),
            bounce_of: event.bounce_of.map(lossy),
        };
        step.id.clone_from(&self.arrival.bounce_of);
    }

    /// Whether it only says again what the step before on this recipient does.
    fn try_recipient(
        &mut self,
        event: &Event<'_>,
        address: Option<&[u8]>,
        step: &mut Step,
        group: Option<GroupId>,
        groups: &Groups,
    ) -> bool {
        let delivery = matches!(event.kind, Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough);
        if delivery && is_discarded(&logs::Step::from(event)) {
            step.kind = "discarded";
            // What follows the flag.
            step.text = event.text.get(3..).map(readable);
            return false;
        }
        let Some(recipient) = event.recipient.or(event.original_recipient) else { return false };
        let key = address.map_or_else(|| address_key(recipient, event.original_recipient), Cow::Borrowed);
        step.recipient = Some(shown(&key));
        let verdict = group.map(|group| &groups.get(group).verdict);
        let inherits = verdict.is_some_and(|verdict| verdict.cause.is_some_and(|cause| cause.inherits));
        if step.host.is_none()
            && let Some(reason) = verdict.map(|verdict| verdict.reason)
        {
            // The host stands in a line of its own.
            let failed =
                self.steps.iter().rev().take_while(|draft| draft.step.kind == Kind::HostError.as_str());
            let same = |draft: &&Draft| draft.group.is_some_and(|g| groups.get(g).verdict.reason == reason);
            if let Some(draft) = failed.into_iter().find(same) {
                step.host.clone_from(&draft.step.host);
                step.ip.clone_from(&draft.step.ip);
            }
        }
        let tried = self.tried.entry_ref(&*key).or_default();
        // Into nothing: by an alias, by a filter, or because the transport would write there.
        let by_filter = event.recipient.is_none() && event.transport.is_none();
        if delivery && (recipient == b":blackhole:" || by_filter || event.transport == Some(b"**bypassed**"))
        {
            tried.discarded = true;
            step.kind = "discarded";
        }
        if tried.original.is_none() {
            tried.original =
                event.original_recipient.filter(|original| *original != &*key).map(<[u8]>::to_vec);
        }
        if !inherits {
            tried.tries += 1;
            tried.first = tried.first.or(event.time.map(millis));
        }
        if event.kind == Kind::Deferral
            && let Some(last) = tried.last_step.and_then(|at| self.steps.get_mut(at))
            && last.step.kind == step.kind
            && last.group == group
        {
            last.step.times += 1;
            last.step.until.clone_from(&step.time);
            return true;
        }
        tried.last_step = Some(self.steps.len());
        false
    }

    /// A message came in that tells the sender of this one: of a failure, or else of the delay.
    fn report(&mut self, id: Id, time: Option<Time>) {
        let millis = time.map(millis);
        let after = self
            .steps
            .iter()
            .rposition(|draft| draft.step.kind != Kind::Completed.as_str() && draft.millis <= millis);
        let at = after.map_or(self.steps.len(), |at| at + 1);
        let told = self.steps[..at].iter().rev();
        let mut told = told.take_while(|draft| draft.step.kind != "bounce");
        let failed = told.any(|draft| draft.step.kind == Kind::Failure.as_str());
        let step = Step {
            time: time.map(rfc3339),
            kind: if failed { "bounce" } else { "delay-warning" },
            times: 1,
            id: Some(lossy(id.as_bytes())),
            ..Step::default()
        };
        self.steps.insert(at, Draft { step, millis, group: None, host: Vec::new() });
    }
}

fn state(message: &Message<'_>, history: &History, taken: &Taken) -> State {
    let outcomes: Vec<_> = history.asked().map(|r| r.outcome).collect();
    let any = |outcome| outcomes.contains(&outcome);
    let known = message.has_arrival || !message.recipients.is_empty() || message.completed;
    match () {
        () if !known && taken.rejected.is_some() => State::Rejected,
        () if !outcomes.is_empty() && !any("failed") && !any("deferred") => State::Delivered,
        () if message.removed => State::Removed,
        () if message.frozen && !message.completed => State::Frozen,
        () if any("deferred") && message.completed => State::Unknown,
        () if any("deferred") => State::Deferred,
        () if any("delivered") => State::PartlyDelivered,
        () if any("failed") => State::Failed,
        () if message.discarded > 0 => State::Discarded,
        () if message.has_arrival && !message.completed => State::Queued,
        () => State::Unknown,
    }
}

fn answer_for_one(words: &Words, state: State, r: &RecipientStory, by: Option<&str>) -> String {
    let about = About {
        to: r.name(),
        cause: r.cause.as_ref(),
        host: r.host.as_deref(),
        tries: r.tries,
        seconds: r.seconds,
        expired: r.expired,
        by,
    };
    let tell = match (r.outcome, state) {
        ("delivered", _) if r.discarded => words.discarded_for,
        ("delivered", _) => words.delivered,
        ("failed", State::Frozen) => {
            return format!("{} {}", (words.failed)(words, &about), words.several_frozen);
        }
        ("failed", _) => words.failed,
        (_, State::Frozen) => words.frozen,
        (_, State::Removed) => words.removed,
        (_, State::Unknown) => words.untold,
        _ => words.deferred,
    };
    tell(words, &about)
}

fn answer_for_several(
    words: &Words,
    state: State,
    several: &[&RecipientStory],
    causes: &[OfCause<'_>],
    unasked: u64,
    by: Option<&str>,
) -> String {
    let count = |outcome| several.iter().filter(|r| r.outcome == outcome).count() as u64;
    let tally = Tally { delivered: count("delivered"), failed: count("failed"), deferred: count("deferred") };
    let why = match causes {
        [first, others @ ..] if others.iter().all(|own| own.cause.clause == first.cause.clause) => {
            words.because(Some(first.cause))
        }
        [] => String::new(),
        _ => words.differ.to_owned(),
    };
    let mut answer = (words.several)(words, tally, &why);
    if unasked > 0 {
        answer = format!("{answer} {}", (words.several_unasked)(words, unasked));
    }
    match state {
        State::Frozen => format!("{answer} {}", words.several_frozen),
        State::Removed => format!("{answer} {}", (words.several_removed)(by)),
        _ => answer,
    }
}

/// Recipients that failed, or wait, because of the same.
struct OfCause<'a> {
    first: &'a RecipientStory,
    cause: &'a Cause,
    others: u64,
}

impl OfCause<'_> {
    /// Who did not get it, and why.
    fn told(&self, words: &Words) -> String {
        let name = self.first.name();
        let clause = &self.cause.clause;
        match self.others {
            0 => format!("{name}: {clause}."),
            n => format!("{name} {}: {clause}.", (words.and_more)(words, n)),
        }
    }
}

/// The causes, those of failures first, then the most frequent.
fn by_cause<'a>(recipients: &[&'a RecipientStory]) -> Vec<OfCause<'a>> {
    let mut all: Vec<OfCause<'_>> = Vec::new();
    for &first in recipients {
        let Some(cause) = &first.cause else { continue };
        let same = |own: &&mut OfCause<'_>| {
            own.first.outcome == first.outcome
                && own.cause.rule == cause.rule
                && own.cause.title == cause.title
                && own.cause.bad_address == cause.bad_address
        };
        match all.iter_mut().find(same) {
            Some(own) => own.others += 1,
            None => all.push(OfCause { first, cause, others: 0 }),
        }
    }
    all.sort_by_key(|own| (own.first.outcome != "failed", Reverse(own.others)));
    all
}

/// Milliseconds of the log's clock.
fn millis(time: Time) -> i64 {
    time.civil * 1000 + i64::from(time.millis.unwrap_or(0))
}

fn clock(millis: i64, offset: Option<i16>) -> String {
    rfc3339(Time { civil: millis.div_euclid(1000), millis: None, offset })
}

/// An address as the log has it: files and pipes have no domain there.
fn shown(key: &[u8]) -> String {
    let local = matches!(key.first(), Some(b'|' | b'/' | b'>' | b':'));
    let domain = if local { domain_of(key).len() + 1 } else { 0 };
    lossy(if domain > 1 { &key[..key.len() - domain] } else { key })
}

/// Who did it: the login in `authenticator:login`, or the local user. Of a failed login the name that was tried.
pub(super) fn account<'a>(event: &Event<'a>) -> Option<&'a [u8]> {
    let login = |auth: &'a [u8]| auth.iter().position(|&b| b == b':').map_or(auth, |at| &auth[at + 1..]);
    match event.kind {
        Kind::AuthFailure => event.user,
        _ => event.auth.map(login).or(event.user),
    }
}

/// As text, with what is not UTF-8 replaced. What could act on a terminal is left to whoever prints it.
pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
