//! Log lines made into rows.

use mailwhy_classify::Classifier;
use mailwhy_codes::{Class, Lang, Stage, provider_by_domain, provider_by_host};
use mailwhy_logs::exim::Line;
use mailwhy_logs::{Event, Kind, Step, Time, parse_duration};
use mailwhy_trace::{
    Attempts, GroupId, Groups, Id, Map, Message, Outcome, Recipient, Told, Trace, domain_of,
};

use crate::batch::Batch;
use crate::database::Needs;
use crate::tables::{ATTEMPTS, EVENTS, MESSAGES, RECIPIENTS, TABLES, VERDICTS};

/// Where a line stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The line's number in it, from 1.
    pub line: u64,
    /// The line's first byte in it, as unpacked.
    pub offset: u64,
}

/// The rows of a part of a log, and the messages that are open at its end.
#[derive(Debug)]
pub struct Part {
    trace: Trace,
    groups: Groups,
    rows: Rows,
}

/// Rows, and what is known of the arrival of messages that have none yet.
#[derive(Debug)]
struct Rows {
    needs: Needs,
    batches: Batches,
    arrivals: Map<Id, Arrival>,
}

/// A batch for each table.
pub(crate) type Batches = [Batch; TABLES.len()];

/// What an arrival tells and [`Message`] does not.
#[derive(Debug)]
struct Arrival {
    size: Option<u64>,
    texts: [Option<Box<[u8]>>; 7],
}

impl Part {
    /// A part of a log, to be appended to the one before it.
    #[must_use]
    pub fn new(needs: Needs) -> Self {
        let rows = Rows { needs, batches: Batches::default(), arrivals: Map::default() };
        Self { trace: Trace::part(Attempts::AtOnce), groups: Groups::default(), rows }
    }

    /// The beginning of a log.
    #[must_use]
    pub(crate) fn first(needs: Needs) -> Self {
        Self { trace: Trace::new(Attempts::AtOnce), ..Self::new(needs) }
    }

    /// Takes the next line.
    pub fn line(&mut self, line: &Line<'_>, place: Place<'_>, classifier: &Classifier) {
        let needs = self.rows.needs;
        let attempt = outcome(line.kind).filter(|_| needs.table(ATTEMPTS));
        let joined = needs.joins() && line.kind.is_step();
        if !(needs.table(EVENTS) || attempt.is_some() || joined || needs.table(VERDICTS)) {
            return;
        }
        let event = line.event();
        let group = if needs.classifies() { self.groups.of(&event, classifier) } else { None };
        if needs.table(EVENTS) {
            self.rows.event(&event, place, group);
        }
        if let Some(outcome) = attempt {
            self.rows.attempt(&event, outcome, group);
        }
        if joined {
            self.rows.arrival(&event);
            let rows = &mut self.rows;
            self.trace.push(&Step::from(&event), group, &self.groups, &mut |told, groups| {
                rows.told(told, groups);
            });
        }
    }

    /// Takes over what the part right behind this one has left open. Gives its rows of lines, and the numbers that its
    /// verdicts have here.
    pub(crate) fn append(&mut self, later: Self) -> (Batches, Vec<GroupId>) {
        let map = self.groups.append(later.groups);
        let rows = &mut self.rows;
        rows.arrivals.extend(later.rows.arrivals);
        self.trace.append(later.trace, &map, &self.groups, &mut |told, groups| rows.told(told, groups));
        (later.rows.batches, map)
    }

    /// The log is at its end: messages that are still open, and the verdicts with titles in this language.
    pub(crate) fn finish(&mut self, lang: Lang) {
        let rows = &mut self.rows;
        std::mem::replace(&mut self.trace, Trace::new(Attempts::AtOnce))
            .finish(&self.groups, &mut |told, groups| rows.told(told, groups));
        if rows.needs.table(VERDICTS) {
            rows.verdicts(&self.groups, lang);
        }
    }

    /// The rows made since the last time.
    pub(crate) fn take(&mut self) -> Batches {
        std::mem::take(&mut self.rows.batches)
    }
}

impl Rows {
    fn event(&mut self, event: &Event<'_>, place: Place<'_>, group: Option<GroupId>) {
        let reply = event.reply.or(event.response);
        self.batches[EVENTS]
            .row(EVENTS, self.needs.columns(EVENTS))
            .text(Some(place.file.as_bytes()))
            .integer(i64::try_from(place.line).ok())
            .integer(i64::try_from(place.offset).ok())
            .string(|| event.time.map(clock))
            .integer(event.time.and_then(|time| time.offset))
            .text(event.id)
            .name(Some(event.kind.as_str()))
            .text(event.sender)
            .text(event.recipient)
            .text(event.original_recipient)
            .text(event.host)
            .text(event.ip)
            .integer(event.port.and_then(number))
            .text(event.helo)
            .text(event.router)
            .text(event.transport)
            .text(event.protocol)
            .text(event.tls)
            .text(event.auth)
            .text(event.user)
            .integer(event.size.and_then(|size| i64::try_from(size).ok()))
            .text(event.message_id)
            .text(event.subject)
            .text(event.bounce_of)
            .real(event.queue_time.and_then(seconds))
            .real(event.delivery_time.and_then(seconds))
            .integer(event.errno)
            .name(event.stage.or(reply.and_then(|r| r.stage)).map(Stage::as_str))
            .integer(reply.and_then(|r| r.code))
            .string(|| Some(reply?.enhanced?.to_string()))
            .text(event.reply.map(|r| r.text))
            .text(event.response.map(|r| r.text))
            .text(event.error)
            .text(Some(event.text))
            .group(group)
            .end();
    }

    fn attempt(&mut self, event: &Event<'_>, outcome: &'static str, group: Option<GroupId>) {
        let domain = event.recipient.or(event.original_recipient).map(domain_of).unwrap_or_default();
        let provider = || provider_by_domain(domain).or_else(|| provider_by_host(event.host?));
        self.batches[ATTEMPTS]
            .row(ATTEMPTS, self.needs.columns(ATTEMPTS))
            .text(event.id)
            .string(|| event.time.map(clock))
            .name(Some(outcome))
            .text(event.recipient)
            .text(event.original_recipient)
            .string(|| lower(domain))
            .string(|| Some(provider()?.id.to_owned()))
            .text(event.host)
            .text(event.ip)
            .text(event.router)
            .text(event.transport)
            .text(event.tls)
            .name(event.reply.and_then(|r| r.stage).or(event.stage).map(Stage::as_str))
            .integer(event.reply.and_then(|r| r.code))
            .string(|| Some(event.reply?.enhanced?.to_string()))
            .text(event.reply.map(|r| r.text))
            .text(event.error)
            .integer(event.errno)
            .real(event.queue_time.and_then(seconds))
            .real(event.delivery_time.and_then(seconds))
            .group(group)
            .end();
    }

    /// Keeps what [`Rows::message`] wants to know of an arrival.
    fn arrival(&mut self, event: &Event<'_>) {
        let wanted = self.needs.table(MESSAGES) && matches!(event.kind, Kind::Arrival | Kind::FakeReject);
        if let Some(id) = event.id.filter(|_| wanted) {
            let texts = [
                event.host,
                event.ip,
                event.protocol,
                event.auth,
                event.user,
                event.message_id,
                event.subject,
            ];
            let arrival = Arrival { size: event.size, texts: texts.map(|text| text.map(Box::from)) };
            self.arrivals.insert(Id::new(id), arrival);
        }
    }

    fn told(&mut self, told: Told<'_>, groups: &Groups) {
        if let Told::Message(message) = told {
            self.message(message, groups);
        }
    }

    fn message(&mut self, message: &Message<'_>, groups: &Groups) {
        if self.needs.table(RECIPIENTS) {
            for recipient in message.recipients.iter() {
                self.recipient(message, &recipient, groups);
            }
        }
        if !self.needs.table(MESSAGES) {
            return;
        }
        let arrival = self.arrivals.remove(&message.id);
        let [host, ip, protocol, auth, user, message_id, subject] =
            arrival.as_ref().map(|a| a.texts.each_ref().map(Option::as_deref)).unwrap_or_default();
        let count = |outcome| message.recipients.iter().filter(|r| r.outcome == outcome).count();
        let (delivered, failed, deferred) =
            (count(Outcome::Delivered), count(Outcome::Failed), count(Outcome::Deferred));
        let outcome = match message {
            m if m.removed => "removed",
            m if m.frozen && !m.completed => "frozen",
            _ if delivered > 0 && delivered < message.recipients.len() => "partly-delivered",
            _ if failed > 0 => "failed",
            _ if deferred > 0 => "deferred",
            m if delivered > 0 && m.completed => "delivered",
            m if m.discarded > 0 => "discarded",
            _ => "open",
        };
        self.batches[MESSAGES]
            .row(MESSAGES, self.needs.columns(MESSAGES))
            .text(Some(message.id.as_bytes()))
            .string(|| message.arrived.map(clock_millis))
            .string(|| message.ended.map(clock_millis))
            .text(message.sender)
            .string(|| lower(domain_of(message.sender?)))
            .name(Some(outcome))
            .flag(message.completed)
            .count(message.recipients.len())
            .count(delivered)
            .count(failed)
            .count(deferred)
            .text(message.bounce_of)
            .integer(arrival.as_ref().and_then(|a| i64::try_from(a.size?).ok()))
            .text(host)
            .text(ip)
            .text(protocol)
            .text(auth)
            .text(user)
            .text(message_id)
            .text(subject)
            .real(message.arrived.zip(message.ended).map(span))
            .end();
    }

    fn recipient(&mut self, message: &Message<'_>, recipient: &Recipient<'_>, groups: &Groups) {
        let domain = domain_of(recipient.address);
        let provider = || provider_by_domain(domain).or_else(|| provider_by_host(recipient.host));
        let (outcome, group) = match recipient.outcome {
            Outcome::Delivered => ("delivered", None),
            Outcome::Failed => ("failed", recipient.failure),
            Outcome::Deferred => ("deferred", recipient.deferral),
        };
        self.batches[RECIPIENTS]
            .row(RECIPIENTS, self.needs.columns(RECIPIENTS))
            .text(Some(message.id.as_bytes()))
            .text(Some(recipient.address))
            .string(|| lower(domain))
            .string(|| Some(provider()?.id.to_owned()))
            .name(Some(outcome))
            .name(group.map(|g| groups.get(g).verdict.reason.as_str()))
            .group(group)
            .integer(Some(recipient.deliveries))
            .integer(Some(recipient.failures))
            .integer(Some(recipient.deferrals))
            .flag(recipient.greylisted)
            .flag(recipient.expired)
            .string(|| recipient.first_deferral.map(clock_millis))
            .string(|| recipient.last.map(clock_millis))
            .text(Some(recipient.host).filter(|host| !host.is_empty()))
            .real(message.arrived.zip(recipient.last).map(span))
            .end();
    }

    /// One row for each group, in the order of their numbers.
    fn verdicts(&mut self, groups: &Groups, lang: Lang) {
        for (number, group) in groups.iter().enumerate() {
            let verdict = &group.verdict;
            self.batches[VERDICTS]
                .row(VERDICTS, self.needs.columns(VERDICTS))
                .count(number)
                .name(Some(verdict.reason.as_str()))
                .name(verdict.class.map(Class::as_str))
                .name(Some(verdict.retry.as_str()))
                .name(Some(verdict.actor.as_str()))
                .name(Some(verdict.scope.as_str()))
                .flag(verdict.bad_address)
                .name(verdict.provider.map(|provider| provider.id))
                .name(verdict.blocklist.map(|blocklist| blocklist.id))
                .integer(verdict.code)
                .string(|| Some(verdict.enhanced?.to_string()))
                .name(verdict.stage.map(Stage::as_str))
                .name(Some(verdict.confidence.as_str()))
                .name(Some(verdict.rule))
                .name(Some(verdict.text(lang).title))
                .string(|| Some(format!("{:016x}", group.fingerprint)))
                .text(Some(&group.sample))
                .end();
        }
    }
}

/// What a line says of a recipient, if it reports an attempt.
fn outcome(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough => Some("delivered"),
        Kind::Deferral => Some("deferred"),
        Kind::Failure => Some("failed"),
        _ => None,
    }
}

/// A time as SQLite's date functions take it.
fn clock(time: Time) -> String {
    // The civil time read as UTC is the civil time with a Z behind it.
    let mut text = jiff::Timestamp::from_second(time.civil).unwrap_or_default().to_string();
    text.pop();
    text.replace_range(10..11, " ");
    if let Some(millis) = time.millis {
        text.push_str(&format!(".{millis:03}"));
    }
    text
}

/// The same of milliseconds of the log's clock.
fn clock_millis(time: i64) -> String {
    let millis = (time % 1000 != 0).then_some(time.rem_euclid(1000) as u16);
    clock(Time { civil: time.div_euclid(1000), millis, offset: None })
}

fn span((from, to): (i64, i64)) -> f64 {
    (to - from) as f64 / 1000.0
}

fn seconds(text: &[u8]) -> Option<f64> {
    parse_duration(text).map(|millis| millis as f64 / 1000.0)
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn lower(domain: &[u8]) -> Option<String> {
    (!domain.is_empty()).then(|| String::from_utf8_lossy(domain).to_lowercase())
}
