//! Times as people say them: `--since` and `--until`.

use anyhow::{Context, Result, bail};
use jiff::civil::{DateTime, Time as Clock};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};
use mailwhy::logs::Time;

/// A span of time; log lines outside are left out.
#[derive(Clone, Debug, Default)]
pub struct Window {
    since: Option<Bound>,
    until: Option<Bound>,
}

/// A point in time, as a clock shows it here and as an instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Bound {
    /// Seconds of the local civil time, like [`Time::civil`].
    civil: i64,
    /// Seconds since the epoch.
    instant: i64,
}

impl Window {
    /// Reads the values of `--since` and `--until`. Log times without a zone are local times of this host.
    pub fn new(since: Option<&str>, until: Option<&str>, now: &Zoned) -> Result<Self> {
        let read = |option: &str, text: Option<&str>| {
            text.map(|text| point(text, now).with_context(|| format!("{option} {text:?}"))).transpose()
        };
        let window = Self { since: read("--since", since)?, until: read("--until", until)? };
        if let (Some(since), Some(until)) = (window.since, window.until)
            && since.instant > until.instant
        {
            bail!("--since is later than --until\nhint: exchange them");
        }
        Ok(window)
    }

    /// The instant of its end, in seconds since the epoch.
    #[must_use]
    pub fn end(&self) -> Option<i64> {
        self.until.map(|bound| bound.instant)
    }

    /// Whether a log line's time is inside.
    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        let against = |bound: Bound| match time.offset {
            Some(offset) => (time.civil - i64::from(offset) * 60, bound.instant),
            None => (time.civil, bound.civil),
        };
        self.since.map(against).is_none_or(|(t, bound)| t >= bound)
            && self.until.map(against).is_none_or(|(t, bound)| t < bound)
    }
}

/// The instant of a log line, in seconds since the epoch. A time without a zone is a local time of this host; of one that
/// the clock shows twice, the first is meant.
pub fn instant(time: Time, zone: &TimeZone) -> i64 {
    let civil = || {
        let utc = jiff::Timestamp::from_second(time.civil).ok()?.to_zoned(TimeZone::UTC);
        Some(utc.datetime().to_zoned(zone.clone()).ok()?.timestamp().as_second())
    };
    time.unix().or_else(civil).unwrap_or(time.civil)
}

/// Understands "2026-08-01", "2026-08-01 09:30[:00]", "09:30", "now", "today", "yesterday", "2h ago", "-2h".
fn point(text: &str, now: &Zoned) -> Result<Bound> {
    let text = text.trim();
    let local = |time: DateTime| time.to_zoned(now.time_zone().clone());
    let midnight = now.date().to_datetime(Clock::midnight());
    let zoned = match text {
        "now" => now.clone(),
        "today" => local(midnight)?,
        "yesterday" => local(midnight.checked_sub(1.day())?)?,
        "tomorrow" => local(midnight.checked_add(1.day())?)?,
        _ => {
            if let Ok(zoned) = text.parse::<Zoned>() {
                zoned
            } else if let Ok(instant) = text.parse::<jiff::Timestamp>() {
                instant.to_zoned(TimeZone::UTC).with_time_zone(now.time_zone().clone())
            } else if let Ok(time) = text.parse::<DateTime>() {
                local(time)?
            } else if let Some(span) = ago(text) {
                now.checked_sub(span)?
            } else if let Ok(clock) = text.parse::<Clock>() {
                local(now.date().to_datetime(clock))?
            } else {
                bail!(
                    "not a time\nhint: write it like 2026-08-01, \"2026-08-01 09:30\", 09:30, yesterday, \"2h ago\" or -2h"
                );
            }
        }
    };
    let civil = zoned.datetime().to_zoned(TimeZone::UTC)?.timestamp().as_second();
    Ok(Bound { civil, instant: zoned.timestamp().as_second() })
}

/// "2h ago", "30 min ago", "-2h".
fn ago(text: &str) -> Option<Span> {
    let text = text.strip_suffix("ago").or_else(|| text.strip_prefix('-'))?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(civil: &str, offset: Option<i16>) -> Time {
        let time: DateTime = civil.parse().expect("a time");
        let civil = time.to_zoned(TimeZone::UTC).expect("in range").timestamp().as_second();
        Time { civil, millis: None, offset }
    }

    #[test]
    fn forms() {
        let now: Zoned = "2026-08-02T10:00:00+03:00[Europe/Moscow]".parse().expect("a time");
        for (text, civil) in [
            ("2026-08-01", "2026-08-01T00:00:00"),
            ("2026-08-01 09:30", "2026-08-01T09:30:00"),
            ("2026-08-01T09:30:15", "2026-08-01T09:30:15"),
            ("today", "2026-08-02T00:00:00"),
            ("yesterday", "2026-08-01T00:00:00"),
            ("2h ago", "2026-08-02T08:00:00"),
            ("30 min ago", "2026-08-02T09:30:00"),
            ("1 day 2 hours ago", "2026-08-01T08:00:00"),
            ("-90m", "2026-08-02T08:30:00"),
            ("09:15", "2026-08-02T09:15:00"),
            ("2026-08-02T06:00:00Z", "2026-08-02T09:00:00"),
        ] {
            let bound = point(text, &now).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(bound.civil, at(civil, None).civil, "{text}");
            assert_eq!(bound.instant, bound.civil - 3 * 3600, "{text}");
        }
        for text in ["", "soon", "2026-13-01", "ago", "-"] {
            assert!(point(text, &now).is_err(), "{text}");
        }
    }

    #[test]
    fn window() {
        let now: Zoned = "2026-08-02T10:00:00+03:00[Europe/Moscow]".parse().expect("a time");
        let window = Window::new(Some("2026-08-01"), Some("2026-08-02"), &now).expect("a window");
        assert!(window.contains(at("2026-08-01T00:00:00", None)));
        assert!(!window.contains(at("2026-07-31T23:59:59", None)));
        assert!(!window.contains(at("2026-08-02T00:00:00", None)));
        // The same instants, written in UTC.
        assert!(window.contains(at("2026-07-31T21:00:00", Some(0))));
        assert!(!window.contains(at("2026-08-01T21:00:00", Some(0))));
        assert!(Window::new(Some("today"), Some("yesterday"), &now).is_err());
    }
}
