//! Numbers, sizes, times and durations as people write them.

use super::words::Words;

/// Keeps a number and its unit on one line.
pub(super) const NBSP: char = '\u{a0}';

/// A time of a log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Moment {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: usize,
    pub(super) day: i64,
    /// Of the day.
    pub(super) minute: i64,
    second: i64,
    /// Minutes east of UTC, where the log has a zone.
    zone: Option<i64>,
}

impl Moment {
    /// Reads `2026-08-01T09:14:02.123+03:00`; fraction, zone and seconds may be missing, a blank may stand for the T.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(['T', ' '])?;
        let mut date = date.splitn(3, '-').map(number);
        let (year, month, day) = (date.next()??, date.next()??, date.next()??);
        let (time, zone) = match time.find(['Z', '+', '-']) {
            Some(at) => (&time[..at], Some(zone(&time[at..])?)),
            None => (time, None),
        };
        let mut time = time.split(['.', ',']).next()?.splitn(3, ':').map(number);
        let (hour, minute, second) = (time.next()??, time.next()??, time.next().unwrap_or(Some(0))?);
        let fits = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && year <= 9999
            && hour < 24
            && minute < 60
            && second <= 60;
        let month = usize::try_from(month).ok()?;
        fits.then_some(Self { year, month, day, minute: hour * 60 + minute, second, zone })
    }

    /// Seconds since the epoch, as if the log's zone, where it has none, were UTC.
    pub(super) fn epoch(self) -> i64 {
        // Days from the civil date; years begin in March so that leap days come last.
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let month = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + self.day - 1;
        let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
        days * 86_400 + (self.minute - self.zone.unwrap_or(0)) * 60 + self.second
    }
}

/// Digits and nothing else, no more than a date needs.
fn number(text: &str) -> Option<i64> {
    (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `Z`, `+03:00`, `+0300` or `+03`, in minutes.
fn zone(text: &str) -> Option<i64> {
    let Some(digits) = text.strip_prefix(['+', '-']) else {
        return (text == "Z").then_some(0);
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None => digits.split_at_checked(2)?,
    };
    let minutes = number(hours)? * 60 + if minutes.is_empty() { 0 } else { number(minutes)? };
    Some(if text.starts_with('-') { -minutes } else { minutes })
}

impl Words {
    /// `12,004` or `12 004`.
    pub(crate) fn number(&self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::with_capacity(digits.len() * 4 / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(self.group);
            }
            out.push(digit);
        }
        out
    }

    /// A number and the thing counted: `5 files`.
    pub(crate) fn count(&self, n: u64, forms: Forms) -> String {
        format!("{}{NBSP}{}", self.number(n), self.form(n, forms))
    }

    /// The form of a word that stands with this number.
    pub(super) fn form(&self, n: u64, forms: Forms) -> &'static str {
        forms[(self.plural)(n)]
    }

    /// A share of a whole: exact only where it is 0 or all.
    pub(super) fn percent(&self, part: u64, whole: u64) -> String {
        self.share(part, whole, 1)
    }

    /// The same without decimals.
    pub(super) fn whole_percent(&self, part: u64, whole: u64) -> String {
        self.share(part, whole, 0)
    }

    fn share(&self, part: u64, whole: u64, decimals: usize) -> String {
        let value = part as f64 * 100.0 / whole.max(1) as f64;
        let step = if decimals == 0 { 1.0 } else { 0.1 };
        let value = match part {
            0 => "0".into(),
            _ if part >= whole => "100".into(),
            _ if value < step => format!("<{}", self.decimal(step, decimals)),
            _ => self.decimal(value.min(100.0 - step), decimals),
        };
        format!("{value}{NBSP}%")
    }

    /// `1.00 GB`: three digits, powers of a thousand.
    pub(crate) fn bytes(&self, n: u64) -> String {
        let mut value = n as f64;
        let mut unit = 0;
        // 999.5 would be printed as 1000.
        while value >= 999.5 && unit + 1 < self.bytes.len() {
            value /= 1000.0;
            unit += 1;
        }
        let decimals = match value {
            _ if unit == 0 => 0,
            v if v < 9.995 => 2,
            v if v < 99.95 => 1,
            _ => 0,
        };
        format!("{}{NBSP}{}", self.decimal(value, decimals), self.bytes[unit])
    }

    /// A duration in its one or two largest units.
    pub(crate) fn duration(&self, seconds: f64) -> String {
        let [s, min, h, d] = self.time_units;
        let one = |n: u64, unit: &str| format!("{}{NBSP}{unit}", self.number(n));
        let two = |n: u64, unit: &str, m: u64, small: &str| match m {
            0 => one(n, unit),
            _ => format!("{}{NBSP}{}", one(n, unit), one(m, small)),
        };
        let seconds = seconds.max(0.0);
        if seconds < 9.95 && (seconds - seconds.round()).abs() >= 0.05 {
            return format!("{}{NBSP}{s}", self.decimal(seconds, 1));
        }
        let seconds = seconds.round() as u64;
        let minutes = (seconds + 30) / 60;
        let hours = (seconds + 1800) / 3600;
        match seconds {
            0..=119 => one(seconds, s),
            _ if minutes < 60 => one(minutes, min),
            _ if minutes < 48 * 60 => two(minutes / 60, h, minutes % 60, min),
            _ => two(hours / 24, d, hours % 24, h),
        }
    }

    /// `3 Mar 09:14`.
    pub(super) fn moment(&self, at: Moment, year: bool) -> String {
        format!("{}{NBSP}{}", self.date(at, year), clock(at.minute))
    }

    /// A later time beside this one: no date where it is the same day.
    pub(super) fn until(&self, end: Moment, begin: Moment, year: bool) -> String {
        let day = |m: Moment| (m.year, m.month, m.day);
        if day(end) == day(begin) { clock(end.minute) } else { self.moment(end, year) }
    }

    /// What a bucket of a timeline stands for: `3 Mar 08:00–09:00`.
    pub(super) fn bucket(&self, at: Moment, step: i64, year: bool) -> String {
        if step <= 0 || step > 86_400 / 2 {
            return self.date(at, year);
        }
        let end = (at.minute + step / 60) % (24 * 60);
        format!("{}–{}", self.moment(at, year), clock(end))
    }

    pub(super) fn date(&self, at: Moment, year: bool) -> String {
        let day = format!("{}{NBSP}{}", at.day, self.months[at.month - 1]);
        if year { format!("{day}{NBSP}{}", at.year) } else { day }
    }

    fn decimal(&self, value: f64, decimals: usize) -> String {
        format!("{value:.decimals$}").replace('.', self.decimal_point)
    }
}

/// The forms of a word that go with 1, 2 and 5; English uses the first and the last.
pub(crate) type Forms = [&'static str; 3];

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use mailwhy_codes::Lang;

    use super::*;

    const EN: &Words = Words::of(Lang::En);
    const RU: &Words = Words::of(Lang::Ru);

    /// Easier to read than no-break spaces.
    fn open(text: impl AsRef<str>) -> String {
        text.as_ref().replace(NBSP, " ")
    }

    #[test]
    fn moments() {
        let at = |text: &str| Moment::parse(text).map(Moment::epoch);
        assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(at("2026-08-01T09:14:02.123+03:00"), Some(1_785_564_842));
        assert_eq!(at("2026-08-01 06:14:02"), Some(1_785_564_842));
        assert_eq!(at("2024-02-29T12:00"), Some(1_709_208_000));
        assert_eq!(at("2026-08-01T01:14:02-0500"), Some(1_785_564_842));
        for text in
            ["", "2026", "2026-13-01T00:00", "2026-01-01T25:00", "T", "2026-01-01Tя", "12345-01-01T00:00"]
        {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn numbers() {
        let both = |n| (EN.number(n), open(RU.number(n)));
        assert_eq!(both(0), ("0".into(), "0".into()));
        assert_eq!(both(999), ("999".into(), "999".into()));
        assert_eq!(both(12_004), ("12,004".into(), "12 004".into()));
        assert_eq!(EN.number(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn plurals() {
        let forms = ["письмо", "письма", "писем"];
        let cases =
            [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (14, 2), (21, 0), (22, 1), (111, 2), (1001, 0)];
        for (n, form) in cases {
            assert_eq!(RU.form(n, forms), forms[form], "{n}");
        }
        assert_eq!(open(EN.count(1, ["line", "", "lines"])), "1 line");
        assert_eq!(open(EN.count(21, ["line", "", "lines"])), "21 lines");
    }

    #[test]
    fn shares() {
        let share = |part, whole| (open(EN.percent(part, whole)), open(RU.percent(part, whole)));
        assert_eq!(share(961, 1000), ("96.1 %".into(), "96,1 %".into()));
        assert_eq!(share(0, 0).0, "0 %");
        assert_eq!(share(1, 100_000).0, "<0.1 %");
        assert_eq!(share(99_999, 100_000).0, "99.9 %");
        assert_eq!(share(7, 7).0, "100 %");
        assert_eq!(open(EN.whole_percent(1, 1000)), "<1 %");
        assert_eq!(open(EN.whole_percent(999, 1000)), "99 %");
    }

    #[test]
    fn sizes() {
        let size = |n| open(EN.bytes(n));
        assert_eq!(size(512), "512 B");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1000), "1.00 kB");
        assert_eq!(size(18_240_000), "18.2 MB");
        assert_eq!(size(999_999), "1.00 MB");
        assert_eq!(open(RU.bytes(1_003_000_000)), "1,00 ГБ");
    }

    #[test]
    fn durations() {
        let time = |s| open(EN.duration(s));
        assert_eq!(time(0.0), "0 s");
        assert_eq!(time(0.9), "0.9 s");
        assert_eq!(time(2.0), "2 s");
        assert_eq!(time(9.97), "10 s");
        assert_eq!(time(90.0), "90 s");
        assert_eq!(time(360.0), "6 min");
        assert_eq!(time(3599.0), "1 h");
        assert_eq!(time(132_480.0), "36 h 48 min");
        assert_eq!(time(2.0 * 86_400.0 - 1.0), "2 d");
        assert_eq!(time(273_600.0), "3 d 4 h");
        assert_eq!(open(RU.duration(132_480.0)), "36 ч 48 мин");
    }
}
