//! The course of the server's days.

use std::io::{self, Write};

use crate::facts::Kind;
use crate::log::Log;
use crate::message::{Message, Outcome, Recipient, Way};
use crate::queue::{Queue, Slot, Step};
use crate::random::Random;
use crate::world::World;
use crate::{Exim, Options, Truth};

/// 3 March 2025, midnight; milliseconds of the log's clock.
const START: i64 = 1_740_960_000_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// How long a message is tried.
pub(crate) const LIFETIME: i64 = 4 * DAY;
/// Between two queue runs.
pub(crate) const QUEUE_RUN: i64 = 15 * MINUTE;
/// The share of messages that are tried in vain for days.
const HOPELESS: f64 = 0.004;

pub(crate) struct Play<'a, W> {
    pub(crate) log: Log<'a, W>,
    pub(crate) world: World,
    pub(crate) random: Random,
    pub(crate) queue: Queue,
    pid: u32,
}

pub(crate) fn play(options: &Options, out: impl Write) -> io::Result<Truth> {
    let mut random = Random::new(options.seed);
    let world = World::new(options, &mut random);
    let log = Log::new(options, out);
    let mut play = Play { log, world, random, queue: Queue::default(), pid: 2_000 };
    play.carry_over();
    play.run()?;
    let Play { mut log, world, queue, .. } = play;
    for message in queue.open() {
        message.count(false, &mut log.truth);
    }
    log.finish(|domain| world.domains[domain as usize].name.clone())
}

impl<W: Write> Play<'_, W> {
    /// What is on the queue at the beginning: so much that it neither grows nor shrinks from then on.
    fn carry_over(&mut self) {
        let count = self.log.options.rate * HOPELESS * (LIFETIME / 1000) as f64;
        for _ in 0..count as u64 {
            let arrived = START - self.random.below(LIFETIME as u64) as i64;
            let to = self.world.unreachable(&mut self.random);
            let sender = self.world.local(&mut self.random);
            let recipients = vec![Recipient::new(to, Way::Remote)];
            let message = self.message(arrived, Some(sender), recipients);
            let mut at = arrived;
            while at < START {
                at = self.retry_time(arrived, at);
            }
            let slot = self.queue.add(message);
            self.queue.plan(at, slot, Step::Deliver);
        }
    }

    fn run(&mut self) -> io::Result<()> {
        let version = match self.log.exim() {
            Exim::V4_84 => "4.84",
            Exim::V4_96 | Exim::Upgraded => "4.96",
            Exim::V4_99 => "4.99",
        };
        self.log.line(START, 1_201, None, Kind::Daemon, |t| {
            t.add("exim ").add(version).add(" daemon started: pid=1201, -q15m, listening for SMTP on port 25 (IPv6 and IPv4) port 587 (IPv6 and IPv4)");
        })?;
        let mut now = START as f64;
        let mut queue_run = START + 1_000;
        while !self.log.full {
            let mean = 1000.0 / (self.log.options.rate * busy(now as i64));
            now += self.random.wait(mean);
            let at = now as i64;
            while let Some((at, slot, step, message)) = self.queue.due(at) {
                self.step(at, slot, step, message)?;
            }
            if at > queue_run {
                let pid = self.new_pid();
                self.queue_run(at, pid, "Start")?;
                self.queue_run(at, pid - 1, "End")?;
                queue_run += QUEUE_RUN;
            }
            self.arrive(at)?;
            if self.random.chance(0.9) {
                self.noise(at)?;
            }
            if self.random.chance(self.log.options.odd) {
                self.odd(at)?;
            }
        }
        Ok(())
    }

    fn queue_run(&mut self, at: i64, pid: u32, what: &str) -> io::Result<bool> {
        self.log.line(at, pid, None, Kind::QueueRun, |t| {
            t.add(what).add(" queue run: pid=").number(u64::from(pid));
        })
    }

    fn step(&mut self, at: i64, slot: Slot, step: Step, mut message: Message) -> io::Result<()> {
        let m = &mut message;
        match step {
            Step::Deliver => self.deliver(at, slot, m),
            Step::Attempt(first) => {
                self.attempt(at, m, first as usize)?;
                m.working -= 1;
                if m.working == 0 {
                    self.end_of_round(at, slot, m)?;
                }
            }
            Step::NotYet => self.not_yet(at, m)?,
            Step::Complete => {
                if self.complete(at, &message)? {
                    message.count(true, &mut self.log.truth);
                } else if self.log.full {
                    message.count(false, &mut self.log.truth);
                }
                self.queue.release(slot);
                return Ok(());
            }
            Step::Freeze => {
                let words = "Frozen (delivery error message)";
                m.told.frozen |= self.say(at, m, Kind::Frozen, words)?;
                self.queue.plan(at + QUEUE_RUN, slot, Step::StillFrozen(self.random.range(1, 8) as u32));
            }
            Step::StillFrozen(more) => {
                m.told.frozen |= self.say(at, m, Kind::Frozen, "Message is frozen")?;
                match more {
                    1 if self.random.chance(0.3) => self.queue.plan(at + 7 * MINUTE, slot, Step::Remove),
                    1 => self.queue.plan(at + 2 * DAY, slot, Step::Unfreeze),
                    _ => self.queue.plan(at + QUEUE_RUN, slot, Step::StillFrozen(more - 1)),
                }
            }
            Step::Remove => {
                m.told.removed |= self.say(at, m, Kind::Removed, "removed by root")?;
                self.queue.plan(at, slot, Step::Complete);
            }
            Step::Unfreeze => {
                if self.say(at, m, Kind::Unfrozen, "Unfrozen by errmsg timer")? {
                    m.told.frozen = false;
                }
                let (log, world) = (&mut self.log, &self.world);
                let to = m.recipients.first().map(|r| r.to);
                log.line(at, m.pid, Some(&m.id), Kind::Note, |t| {
                    if let Some(to) = to {
                        world.write(t, to);
                    }
                    t.add(": error ignored");
                })?;
                self.queue.plan(at + 5, slot, Step::Complete);
            }
        }
        self.queue.put_back(slot, message);
        Ok(())
    }

    /// Plans a delivery for each domain of those that wait.
    fn deliver(&mut self, at: i64, slot: Slot, message: &mut Message) {
        let mut last = None;
        for (n, recipient) in (0..).zip(&message.recipients) {
            let way = (recipient.to.domain, recipient.way == Way::Remote);
            if recipient.done || recipient.way == Way::Remote && last == Some(way) {
                continue;
            }
            last = Some(way);
            message.working += 1;
            let took = if recipient.way == Way::Remote { 300..2_500 } else { 20..150 };
            let took = self.random.range(took.start, took.end) as i64;
            self.queue.plan(at + took, slot, Step::Attempt(n));
        }
    }

    /// All that could be delivered now has been tried.
    fn end_of_round(&mut self, at: i64, slot: Slot, message: &mut Message) -> io::Result<()> {
        if std::mem::take(&mut message.owes_bounce) {
            match message.sender {
                Some(sender) => self.bounce(at + 3, message, sender)?,
                None => {
                    self.queue.plan(at + 4, slot, Step::Freeze);
                    return Ok(());
                }
            }
        }
        if message.recipients.iter().all(|r| r.done) {
            let took = self.random.range(1, 40) as i64;
            self.queue.plan(at + took, slot, Step::Complete);
            return Ok(());
        }
        let next = self.retry_time(message.arrived, at);
        if next - at > 40 * MINUTE && self.random.chance(0.25) {
            let early = at + 16 * MINUTE + self.random.below(60_000) as i64;
            self.queue.plan(early, slot, Step::NotYet);
        }
        self.queue.plan(next, slot, Step::Deliver);
        Ok(())
    }

    fn complete(&mut self, at: i64, message: &Message) -> io::Result<bool> {
        let time = self.log.rich().then_some((at - message.arrived) / 1000);
        self.log.line(at, message.pid, Some(&message.id), Kind::Completed, |t| {
            t.add("Completed");
            if let Some(time) = time {
                duration(t.add(" QT="), time);
            }
        })
    }

    /// Writes a line that has only words.
    fn say(&mut self, at: i64, message: &mut Message, kind: Kind, words: &str) -> io::Result<bool> {
        let written = self.log.line(at, message.pid, Some(&message.id), kind, |t| t.put(words))?;
        message.told.any |= written;
        Ok(written)
    }

    fn not_yet(&mut self, at: i64, message: &mut Message) -> io::Result<()> {
        let waits = |r: &Recipient| !r.done && r.way == Way::Remote;
        let Some(n) = message.recipients.iter().position(waits) else { return Ok(()) };
        let to = message.recipients[n].to;
        let old = self.log.exim() == Exim::V4_84;
        let errno = if old { -53 } else { -54 };
        let (log, world) = (&mut self.log, &self.world);
        let original = message.recipients[n].original;
        let written = log.line(at, message.pid, Some(&message.id), Kind::Deferral, |t| {
            t.add("== ");
            world.write(t, to);
            if let Some(original) = original {
                t.add(" <");
                world.write(t, original);
                t.add(">");
            }
            t.add(" R=dnslookup T=remote_smtp defer (").add(errno.to_string());
            t.add("): retry time not reached for any host");
            if !old {
                t.add(" for '").add(&world.domain(to).name).add("'");
            }
        })?;
        if written {
            log.errno(errno);
            log.domain(to.domain).deferred += 1;
            message.tell(n, Outcome::Deferred);
        }
        Ok(())
    }

    /// When a message is tried again: `F,2h,15m; G,16h,1h,1.5; F,4d,6h`, at a queue run.
    fn retry_time(&mut self, arrived: i64, now: i64) -> i64 {
        let age = now - arrived;
        let wait = match age {
            0..7_200_000 => 15 * MINUTE,
            7_200_000..57_600_000 => HOUR.max(age / 2),
            _ => 6 * HOUR,
        };
        let run = (now + wait - START).div_euclid(QUEUE_RUN) * QUEUE_RUN + START;
        run + self.random.below(90_000) as i64 + if run < now + MINUTE { QUEUE_RUN } else { 0 }
    }

    pub(crate) fn new_pid(&mut self) -> u32 {
        self.pid += self.random.range(1, 3) as u32;
        if self.pid > 4_000_000 {
            self.pid = 2_000;
        }
        self.pid
    }

    pub(crate) fn message(
        &mut self,
        arrived: i64,
        sender: Option<crate::world::Address>,
        recipients: Vec<Recipient>,
    ) -> Message {
        let pid = self.new_pid();
        let id = crate::message::Id::new(arrived, pid, self.log.exim() == Exim::V4_99);
        let shape = self.random.unit() * self.random.unit();
        Message {
            id,
            pid,
            arrived,
            sender,
            size: (900.0 * 2f64.powf(shape * 14.0)) as u64 + self.random.below(1_000),
            recipients,
            working: 0,
            owes_bounce: false,
            told: crate::message::Told::default(),
        }
    }
}

/// More by day than by night; 1 on average.
fn busy(at: i64) -> f64 {
    let hour = at.rem_euclid(DAY) as f64 / HOUR as f64;
    1.0 - 0.6 * ((hour - 1.0) / 24.0 * std::f64::consts::TAU).cos()
}

/// As Exim writes it: `1d2h3m4s`.
pub(crate) fn duration(text: &mut crate::text::Text, seconds: i64) {
    let mut rest = seconds.max(0) as u64;
    for (unit, size) in [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)] {
        if rest >= size {
            text.number(rest / size).add(unit);
            rest %= size;
        }
    }
    if rest > 0 || seconds <= 0 {
        text.number(rest).add("s");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn durations_as_exim_writes_them() {
        for (seconds, written) in
            [(0, "0s"), (59, "59s"), (60, "1m"), (3_725, "1h2m5s"), (694_861, "1w1d1h1m1s")]
        {
            let mut text = Text::default();
            duration(&mut text, seconds);
            assert_eq!(text.0, written.as_bytes());
        }
    }

    #[test]
    fn a_day_has_the_mail_of_a_day() {
        let mean = (0..24).map(|hour| busy(hour * HOUR)).sum::<f64>() / 24.0;
        assert!((mean - 1.0).abs() < 1e-9);
        assert!(busy(13 * HOUR) > 1.5 && busy(HOUR) < 0.5);
    }
}
