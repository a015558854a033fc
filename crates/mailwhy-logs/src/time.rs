//! Times and spans of time, as logs write them.

/// The time on a line, as it was written: a civil time, and the offset from UTC where the log has one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Time {
    /// Seconds of the civil time since 1970-01-01 00:00:00 of the same clock.
    pub civil: i64,
    /// Milliseconds, where the log has them.
    pub millis: Option<u16>,
    /// Minutes east of UTC, where the log has them.
    pub offset: Option<i16>,
}

impl Time {
    /// The time of a calendar date and clock; `None` where one of the numbers is out of its range.
    #[must_use]
    pub const fn new(year: i64, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Option<Self> {
        if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let clock = (hour * 3600 + minute * 60 + second) as i64;
        Some(Self { civil: days(year, month, day) * 86_400 + clock, millis: None, offset: None })
    }

    /// Seconds since 1970-01-01 00:00:00 UTC, where the offset is known.
    #[must_use]
    pub const fn unix(self) -> Option<i64> {
        match self.offset {
            Some(minutes) => Some(self.civil - minutes as i64 * 60),
            None => None,
        }
    }
}

/// The milliseconds in a span as Exim writes it: `1w2d3h4m5s`, `0s`, or `0.304s`.
#[must_use]
pub fn parse_duration(text: &[u8]) -> Option<u64> {
    let mut total = 0u64;
    let mut rest = text;
    while !rest.is_empty() {
        let (whole, n) = digits(rest)?;
        let (fraction, m) = match rest.get(n) {
            Some(b'.') => {
                let (_, m) = digits(&rest[n + 1..])?;
                let part = rest[n + 1..].iter().take(m.min(3)).chain(b"00").take(3);
                (part.fold(0, |v, d| v * 10 + u64::from(d - b'0')), m + 1)
            }
            _ => (0, 0),
        };
        let unit = match rest.get(n + m)? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        let span = whole.checked_mul(1000)?.checked_add(fraction)?.checked_mul(unit)?;
        total = total.checked_add(span)?;
        rest = &rest[n + m + 1..];
    }
    (!text.is_empty()).then_some(total)
}

/// A number, and how many digits it takes.
fn digits(text: &[u8]) -> Option<(u64, usize)> {
    let n = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if n == 0 || n > 15 {
        return None;
    }
    Some((text[..n].iter().fold(0, |v, d| v * 10 + u64::from(d - b'0')), n))
}

/// Days since 1970-01-01 in the Gregorian calendar; the year begins in March, so that the leap day is its last.
const fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = (month as i64 + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day as i64 - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_times() {
        let at = |y, m, d, h, min, s| Time::new(y, m, d, h, min, s).map(|t| t.civil);
        assert_eq!(at(1970, 1, 1, 0, 0, 0), Some(0));
        assert_eq!(at(1999, 3, 2, 9, 44, 33), Some(920_367_873));
        assert_eq!(at(2024, 2, 29, 23, 59, 59), Some(1_709_251_199));
        assert_eq!(at(2024, 13, 1, 0, 0, 0), None);
        assert_eq!(at(2024, 1, 0, 0, 0, 0), None);
        assert_eq!(at(2024, 1, 1, 24, 0, 0), None);
    }

    #[test]
    fn offsets() {
        let mut t = Time::new(2025, 6, 1, 3, 0, 0).unwrap();
        assert_eq!(t.unix(), None);
        t.offset = Some(180);
        assert_eq!(t.unix(), Time::new(2025, 6, 1, 0, 0, 0).map(|t| t.civil));
    }

    #[test]
    fn durations() {
        let ms = |s: &str| parse_duration(s.as_bytes());
        assert_eq!(ms("0s"), Some(0));
        assert_eq!(ms("3m45s"), Some(225_000));
        assert_eq!(ms("1w2d3h"), Some(788_400_000));
        assert_eq!(ms("0.304s"), Some(304));
        assert_eq!(ms("12.3s"), Some(12_300));
        assert_eq!(ms("1.23456s"), Some(1_234));
        for s in ["", "qqs", "5", "5x", "s", ".5s", "1.s", "99999999999999999999s"] {
            assert_eq!(ms(s), None, "{s}");
        }
    }
}
