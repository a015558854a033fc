//! Times as people say them: `--since` and `--until`.

use std::env;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use jiff::civil::{Date, DateTime, Time as Clock};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use mailwhy::logs::Time;

use crate::commands::complain;

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
    /// Whether a day or a clock was named, and not an instant.
    by_clock: bool,
}

impl Window {
    /// Reads the values of `--since` and `--until`. Log times without a zone are local times of this host, and days and hours
    /// are those that the log shows, as its reports do.
    pub fn of(since: Option<&str>, until: Option<&str>) -> Result<Self> {
        if since.is_none() && until.is_none() {
            return Ok(Self::default());
        }
        Self::new(since, until, &Timestamp::now().to_zoned(zone()))
    }

    fn new(since: Option<&str>, until: Option<&str>, now: &Zoned) -> Result<Self> {
        let read = |option: &str, text: Option<&str>| {
            text.map(|text| point(text, now).with_context(|| format!("{option} {text:?}"))).transpose()
        };
        let window = Self { since: read("--since", since)?, until: read("--until", until)? };
        if let (Some(since), Some(until)) = (window.since, window.until)
            && since.instant >= until.instant
        {
            if since == until {
                bail!(
                    "--since and --until are the same time, and nothing lies between\n\
                     hint: a date alone is its midnight; for the whole day give --until the next one"
                );
            }
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
            Some(offset) if !bound.by_clock => (time.civil - i64::from(offset) * 60, bound.instant),
            _ => (time.civil, bound.civil),
        };
        self.since.map(against).is_none_or(|(t, bound)| t >= bound)
            && self.until.map(against).is_none_or(|(t, bound)| t < bound)
    }
}

/// The time zone of this host. Where `TZ` names none it is UTC, as for other programs; they do not tell.
pub fn zone() -> TimeZone {
    static ZONE: LazyLock<TimeZone> = LazyLock::new(|| {
        TimeZone::try_system().unwrap_or_else(|_| {
            if let Some(name) = env::var_os("TZ").filter(|name| !name.is_empty()) {
                complain(
                    &format!("TZ={}: there is no such time zone here; UTC is taken", name.display()),
                    Some("it is like TZ=Europe/Moscow or TZ=MSK-3"),
                );
            }
            TimeZone::UTC
        })
    });
    ZONE.clone()
}

/// The instant of a log line, in seconds since the epoch. A time without a zone is a local time of this host; of one that
/// the clock shows twice, the first is meant.
pub fn instant(time: Time, zone: &TimeZone) -> i64 {
    let civil = || {
        let utc = Timestamp::from_second(time.civil).ok()?.to_zoned(TimeZone::UTC);
        Some(utc.datetime().to_zoned(zone.clone()).ok()?.timestamp().as_second())
    };
    time.unix().or_else(civil).unwrap_or(time.civil)
}

/// Understands "2026-08-01", "01.08.2026", "09:30", a day and a time, "now", "yesterday", "2h ago", "-2h", "2h", the time of
/// a log line, and what stands for these in Russian.
fn point(text: &str, now: &Zoned) -> Result<Bound> {
    let text = text.trim();
    let exact = exact(text);
    let clock = if exact.is_none() { civil(text, now) } else { None };
    let zoned = if let Some(zoned) = exact {
        zoned.with_time_zone(now.time_zone().clone())
    } else if let Some(time) = clock {
        time.to_zoned(now.time_zone().clone())?
    } else if let Some(span) = ago(text) {
        now.checked_sub(span)?
    } else if matches!(text, "now" | "сейчас") {
        now.clone()
    } else if text.len() >= 8 && text.bytes().all(|b| b.is_ascii_digit() || b"-.: T".contains(&b)) {
        bail!("there is no such day or time\nhint: write it like 2026-08-01 or \"2026-08-01 09:30\"");
    } else {
        bail!(
            "not a time\nhint: write it like 2026-08-01, \"2026-08-01 09:30\", 09:30, yesterday, \"yesterday 18:00\", \
             \"2h ago\" or -2h"
        );
    };
    let civil = zoned.datetime().to_zoned(TimeZone::UTC)?.timestamp().as_second();
    Ok(Bound { civil, instant: zoned.timestamp().as_second(), by_clock: clock.is_some() })
}

/// A time with a zone: RFC 3339 with or without a name, a log line's with `log_timezone`, or `@` and seconds of the epoch.
fn exact(text: &str) -> Option<Zoned> {
    if let Some(seconds) = text.strip_prefix('@') {
        return Some(Timestamp::from_second(seconds.parse().ok()?).ok()?.to_zoned(TimeZone::UTC));
    }
    let logged = || Timestamp::strptime("%Y-%m-%d %H:%M:%S%.f %z", text);
    let instant = || text.parse::<Timestamp>().or_else(|_| logged()).map(|time| time.to_zoned(TimeZone::UTC));
    text.parse().or_else(|_| instant()).ok()
}

/// A day, a time of today, or both.
fn civil(text: &str, now: &Zoned) -> Option<DateTime> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    if let Some(clock) = clock(text) {
        return Some(now.date().to_datetime(clock));
    }
    let (day, time) = text.split_once(' ').unwrap_or((text, ""));
    let today = now.date();
    let date = match day {
        "today" | "сегодня" => today,
        "yesterday" | "вчера" => today.yesterday().ok()?,
        "tomorrow" | "завтра" => today.tomorrow().ok()?,
        _ => day.parse().or_else(|_| Date::strptime("%d.%m.%Y", day)).ok()?,
    };
    Some(date.to_datetime(if time.is_empty() { Clock::midnight() } else { clock(time.trim())? }))
}

/// "09:30", "9:30", "09:30:15".
fn clock(text: &str) -> Option<Clock> {
    let (hour, _) = text.split_once(':')?;
    if hour.len() == 1 { format!("0{text}").parse().ok() } else { text.parse().ok() }
}

/// "2h ago", "30 min ago", "-2h", "2h", "2 часа назад".
fn ago(text: &str) -> Option<Span> {
    let text = text.strip_suffix("ago").or_else(|| text.strip_prefix('-')).unwrap_or(text).trim();
    let number = text.starts_with(|c: char| c.is_ascii_digit());
    let span = || text.parse().or_else(|_| russian(text.strip_suffix("назад").unwrap_or(text)).parse());
    if number { span().ok() } else { None }
}

/// Russian units of time as English ones: "2 часа" as "2h".
fn russian(text: &str) -> String {
    const UNITS: [(&str, &str); 8] = [
        ("сек", "s"),
        ("мин", "m"),
        ("ч", "h"),
        ("д", "d"),
        ("нед", "w"),
        ("мес", "mo"),
        ("г", "y"),
        ("лет", "y"),
    ];
    let mut out = String::new();
    for word in text.split_whitespace() {
        let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = word.split_at(digits);
        out += number;
        out += UNITS.iter().find(|(begin, _)| unit.starts_with(begin)).map_or(unit, |(_, unit)| unit);
    }
    out
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
            ("9:15", "2026-08-02T09:15:00"),
            ("2h", "2026-08-02T08:00:00"),
            ("yesterday 18:00", "2026-08-01T18:00:00"),
            ("today 9:15", "2026-08-02T09:15:00"),
            ("01.08.2026", "2026-08-01T00:00:00"),
            ("1.8.2026 09:30", "2026-08-01T09:30:00"),
            ("2026-08-02T06:00:00Z", "2026-08-02T09:00:00"),
            ("2026-08-02T08:00:00+02:00", "2026-08-02T09:00:00"),
            ("2026-08-02 08:00:00 +0200", "2026-08-02T09:00:00"),
            ("2026-08-02 08:00:00.250 +0200", "2026-08-02T09:00:00"),
            ("@1785650400", "2026-08-02T09:00:00"),
            ("вчера", "2026-08-01T00:00:00"),
            ("сегодня 09:15", "2026-08-02T09:15:00"),
            ("2 часа назад", "2026-08-02T08:00:00"),
            ("30 мин назад", "2026-08-02T09:30:00"),
            ("1ч 30мин", "2026-08-02T08:30:00"),
        ] {
            let bound = point(text, &now).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(bound.civil, at(civil, None).civil, "{text}");
            assert_eq!(bound.instant, bound.civil - 3 * 3600, "{text}");
        }
        for text in ["", "soon", "ago", "-", "назад", "часа назад", "5", "yesterday soon", "12:", "@", "+2h"]
        {
            let error = point(text, &now).expect_err(text).to_string();
            assert!(error.starts_with("not a time\nhint: "), "{text}: {error}");
        }
        for text in ["2026-13-01", "2026-02-30", "31.06.2026", "2026-08-01 25:00"] {
            let error = point(text, &now).expect_err(text).to_string();
            assert!(error.starts_with("there is no such day or time\nhint: "), "{text}: {error}");
        }
    }

    #[test]
    fn window() {
        let now: Zoned = "2026-08-02T10:00:00+03:00[Europe/Moscow]".parse().expect("a time");
        let window = Window::new(Some("2026-08-01"), Some("2026-08-02"), &now).expect("a window");
        assert!(window.contains(at("2026-08-01T00:00:00", None)));
        assert!(!window.contains(at("2026-07-31T23:59:59", None)));
        assert!(!window.contains(at("2026-08-02T00:00:00", None)));
        // The days of the log's own clock.
        assert!(!window.contains(at("2026-07-31T21:00:00", Some(0))));
        assert!(window.contains(at("2026-08-01T21:00:00", Some(0))));
        // Instants, written in UTC.
        let window = Window::new(Some("2h ago"), Some("2026-08-02T09:00:00+03:00"), &now).expect("a window");
        assert!(window.contains(at("2026-08-02T05:00:00", Some(0))));
        assert!(!window.contains(at("2026-08-02T08:00:00", Some(0))));
        assert!(window.contains(at("2026-08-02T08:00:00", None)));
        for (since, told) in
            [("today", "--since is later"), ("yesterday", "--since and --until are the same")]
        {
            let error = Window::new(Some(since), Some("yesterday"), &now).expect_err(since).to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
