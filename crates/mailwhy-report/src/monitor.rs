//! What a monitoring system wants to know: a state, one line, and the values behind it.
//!
//! The form is that of the Monitoring Plugins Development Guidelines: `SERVICE STATE - text | performance data`.

use crate::Report;

/// The state of a service; its number is the exit status of a plugin.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nothing to do.
    #[default]
    Ok,
    /// Somebody should look.
    Warning,
    /// Somebody must look now.
    Critical,
    /// It could not be found out.
    Unknown,
}

impl Level {
    /// The word by which monitoring systems know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// From which value on it is a warning, and critical.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// A warning from here on.
    pub warning: Option<f64>,
    /// Critical from here on.
    pub critical: Option<f64>,
}

impl Thresholds {
    /// The level of a value.
    #[must_use]
    pub fn level(&self, value: f64) -> Level {
        if self.critical.is_some_and(|limit| value >= limit) {
            Level::Critical
        } else if self.warning.is_some_and(|limit| value >= limit) {
            Level::Warning
        } else {
            Level::Ok
        }
    }

    fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

/// What is watched: percents of recipients, counts, seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Recipients before a rate says something.
    pub min: u64,
    /// Failed recipients, in percent.
    pub failed: Thresholds,
    /// Recipients that were deferred, in percent.
    pub deferred: Thresholds,
    /// Failed recipients at one provider, in percent.
    pub provider_failed: Thresholds,
    /// Deferred recipients at one provider, in percent.
    pub provider_deferred: Thresholds,
    /// Attempts that met a blocklist.
    pub blocklisted: Thresholds,
    /// Seconds since a message came in or went out.
    pub silence: Thresholds,
    /// Age of the oldest message on the queue in seconds.
    pub queue_age: Thresholds,
    /// Failed logins at our server.
    pub guesses: Thresholds,
}

/// What the report does not tell: it knows no clock.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Seconds since a message came in or went out; `None` if none ever did.
    pub silence: Option<f64>,
    /// The message that has been on the queue for the longest time, and its age in seconds.
    pub oldest: Option<(String, f64)>,
}

/// What a value measures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Metric {
    /// Percent of recipients that failed.
    Failed,
    /// Percent of recipients that were deferred at least once.
    Deferred,
    /// Attempts that met a blocklist or ban.
    Blocklisted,
    /// Seconds since a message came in or went out.
    Silence,
    /// Age of the oldest message on the queue, in seconds.
    QueueAge,
    /// Failed logins at our server.
    Guesses,
}

/// A measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it measures.
    pub metric: Metric,
    /// The provider that it is of; else all mail.
    pub provider: Option<&'static str>,
    /// The value.
    pub value: f64,
    /// What it was compared with.
    pub thresholds: Thresholds,
    /// How bad it is.
    pub level: Level,
    /// Of a share: how many of how many.
    pub of: Option<(u64, u64)>,
    /// What it is mostly about: the title of a reason, a message, an address.
    pub about: Option<String>,
}

/// The outcome of a check.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// The worst of all readings.
    pub level: Level,
    /// All that was measured.
    pub readings: Vec<Reading>,
    /// Recipients that were looked at, and those of them that were delivered.
    pub recipients: (u64, u64),
    /// Something that the reader should know about the check itself.
    pub note: Option<String>,
}

impl Status {
    /// Compares what a report says with limits.
    #[must_use]
    pub fn new(report: &Report<'_>, queue: &Queue, limits: &Limits) -> Self {
        let all = &report.recipients;
        let total = all.delivered + all.failed + all.deferred;
        let delayed = report.providers.iter().map(|row| row.delayed).sum::<u64>();
        let mut status = Self { recipients: (total, all.delivered), ..Self::default() };
        let failing = report.reasons.iter().max_by_key(|row| row.failed).filter(|row| row.failed > 0);
        let delaying = report.reasons.iter().max_by_key(|row| row.delayed).filter(|row| row.delayed > 0);
        let title = |row: &crate::ReasonRow<'_>| row.title.to_owned();
        status.share(
            Metric::Failed,
            None,
            (all.failed, total),
            limits.failed,
            limits.min,
            failing.map(title),
        );
        status.share(
            Metric::Deferred,
            None,
            (delayed, total),
            limits.deferred,
            limits.min,
            delaying.map(title),
        );
        for row in report.providers.iter() {
            let Some(provider) = row.provider.filter(|_| row.total() >= limits.min) else { continue };
            let about = || row.top_reason_title.map(str::to_owned);
            let failed = (row.failed, row.total());
            status.share(Metric::Failed, Some(provider), failed, limits.provider_failed, limits.min, about());
            let delayed = (row.delayed, row.total());
            status.share(
                Metric::Deferred,
                Some(provider),
                delayed,
                limits.provider_deferred,
                limits.min,
                about(),
            );
        }
        let blocked = report.reasons.iter().find(|row| row.reason == "blocklisted");
        let attempts = blocked.map_or(0, |row| row.attempts);
        let list = report.groups.iter().find(|group| group.reason == "blocklisted" && group.attempts > 0);
        status.add(
            Metric::Blocklisted,
            attempts as f64,
            limits.blocklisted,
            list.map(|group| group.title.clone()),
        );
        if let Some(silence) = queue.silence {
            status.add(Metric::Silence, silence, limits.silence, None);
        }
        let (oldest, age) = queue.oldest.clone().unzip();
        status.add(Metric::QueueAge, age.unwrap_or(0.0), limits.queue_age, oldest);
        let guesser = report.logins.top_addresses.first().map(|row| row.name.clone());
        status.add(Metric::Guesses, report.logins.failures as f64, limits.guesses, guesser);
        status
    }

    fn share(
        &mut self,
        metric: Metric,
        provider: Option<&'static str>,
        of: (u64, u64),
        thresholds: Thresholds,
        min: u64,
        about: Option<String>,
    ) {
        if provider.is_some() && thresholds.is_off() {
            return;
        }
        let value = of.0 as f64 * 100.0 / of.1.max(1) as f64;
        let level = if of.1 < min { Level::Ok } else { thresholds.level(value) };
        self.push(Reading { metric, provider, value, thresholds, level, of: Some(of), about });
    }

    fn add(&mut self, metric: Metric, value: f64, thresholds: Thresholds, about: Option<String>) {
        let level = thresholds.level(value);
        self.push(Reading { metric, provider: None, value, thresholds, level, of: None, about });
    }

    fn push(&mut self, reading: Reading) {
        self.level = self.level.max(reading.level);
        self.readings.push(reading);
    }
}
