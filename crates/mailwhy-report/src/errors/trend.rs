//! How often something happened when, in little space.

/// The most that a trend holds: then each bucket stands for twice the time.
const BUCKETS: usize = 1024;

/// Counts of events by time.
///
/// Buckets are as long as their number demands, 1, 2, 4 … seconds, and begin at multiples of that: a trend is the same
/// in whatever order events and other trends are added.
#[derive(Clone, Debug, Default)]
pub(super) struct Trend {
    /// Each bucket stands for `1 << scale` seconds.
    scale: u32,
    /// Number and count of each bucket in which something happened, by number.
    buckets: Vec<(i64, u64)>,
}

impl Trend {
    /// Counts an event at this second.
    pub(super) fn add(&mut self, second: i64) {
        self.count(second >> self.scale, 1);
        self.shrink();
    }

    /// Adds all of `other`.
    pub(super) fn append(&mut self, mut other: Self) {
        self.widen(other.scale);
        other.widen(self.scale);
        for (bucket, count) in other.buckets {
            self.count(bucket, count);
        }
        self.shrink();
    }

    /// The counts in spans of `step` seconds, the first of which begins at `from`; there are `columns` of them.
    pub(super) fn columns(&self, from: i64, step: i64, columns: usize) -> Vec<u64> {
        let mut out = vec![0; columns];
        for &(bucket, count) in &self.buckets {
            // The middle of a bucket: it may begin before the log does.
            let middle = (bucket << self.scale) + (1 << self.scale >> 1);
            let at = usize::try_from((middle - from) / step.max(1)).unwrap_or(0);
            if let Some(column) = out.get_mut(at.min(columns.saturating_sub(1))) {
                *column += count;
            }
        }
        out
    }

    fn count(&mut self, bucket: i64, count: u64) {
        // Mostly it is the last one.
        match self.buckets.last_mut() {
            Some(last) if last.0 == bucket => last.1 += count,
            Some(last) if last.0 > bucket => match self.buckets.binary_search_by_key(&bucket, |&(b, _)| b) {
                Ok(at) => self.buckets[at].1 += count,
                Err(at) => self.buckets.insert(at, (bucket, count)),
            },
            _ => self.buckets.push((bucket, count)),
        }
    }

    fn shrink(&mut self) {
        while self.span() >= BUCKETS as u64 {
            self.widen(self.scale + 1);
        }
    }

    /// How many buckets there are from the first to the last.
    fn span(&self) -> u64 {
        match (self.buckets.first(), self.buckets.last()) {
            (Some(first), Some(last)) => last.0.abs_diff(first.0),
            _ => 0,
        }
    }

    fn widen(&mut self, scale: u32) {
        if scale <= self.scale {
            return;
        }
        for bucket in &mut self.buckets {
            bucket.0 >>= scale - self.scale;
        }
        self.buckets.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 += later.1;
            }
            same
        });
        self.scale = scale;
    }
}

/// Where something is going.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tendency {
    /// It began in the last quarter.
    New,
    Rising,
    Steady,
    Falling,
    /// Nothing in the last quarter.
    Over,
}

impl Tendency {
    /// Fewer events tell nothing.
    const LEAST: u64 = 6;

    /// Compares the last quarter with what went before. A difference counts when it is more than chance: twice the
    /// square root of what was to be expected, and half as much again.
    pub(super) fn of(columns: &[u64]) -> Option<Self> {
        let begin = columns.len() - columns.len() / 4;
        let total: u64 = columns.iter().sum();
        if columns.len() < 4 || total < Self::LEAST {
            return None;
        }
        let late: u64 = columns[begin..].iter().sum();
        if late == total {
            return Some(Self::New);
        }
        if late == 0 {
            return Some(Self::Over);
        }
        let expected = (total - late) as f64 / begin as f64 * (columns.len() - begin) as f64;
        let late = late as f64;
        let sure = (late - expected).abs() > 2.0 * expected.sqrt();
        Some(match () {
            () if sure && late > expected * 1.5 => Self::Rising,
            () if sure && late < expected / 1.5 => Self::Falling,
            () => Self::Steady,
        })
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Rising => "rising",
            Self::Steady => "steady",
            Self::Falling => "falling",
            Self::Over => "over",
        }
    }
}

/// The span of a log, divided as a clock is: where it begins, seconds of a column, columns.
pub(super) fn divide(first: i64, last: i64) -> (i64, i64, usize) {
    const COLUMNS: i64 = 48;
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const STEPS: [i64; 20] = [
        1,
        2,
        5,
        10,
        15,
        30,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        2 * DAY,
        7 * DAY,
    ];
    let columns = |step: i64| last.div_euclid(step) - first.div_euclid(step) + 1;
    let step = STEPS.into_iter().find(|&step| columns(step) <= COLUMNS);
    // Centuries, when a clock was wrong.
    let step = step.unwrap_or_else(|| ((last - first) / COLUMNS / DAY + 1) * DAY);
    (first.div_euclid(step) * step, step, usize::try_from(columns(step)).unwrap_or(1).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_changes_nothing() {
        let seconds: Vec<i64> = (0..5000).map(|i| i * i * 7919 % 1_000_003).collect();
        let trend = |seconds: &[i64]| {
            let mut trend = Trend::default();
            seconds.iter().for_each(|&second| trend.add(second));
            trend
        };
        let whole = trend(&seconds);
        assert!(whole.buckets.len() <= BUCKETS && whole.span() < BUCKETS as u64);
        assert_eq!(whole.columns(0, 25_000, 41).iter().sum::<u64>(), 5000);
        let mut sorted = seconds.clone();
        sorted.sort_unstable();
        let mut joined = trend(&sorted[..1]);
        joined.append(trend(&sorted[1..40]));
        joined.append(trend(&sorted[40..]));
        assert_eq!((joined.scale, joined.buckets), (whole.scale, whole.buckets));
    }

    #[test]
    fn columns_of_short_and_long_logs() {
        assert_eq!(divide(1000, 1000), (1000, 1, 1));
        assert_eq!(divide(1000, 1014), (1000, 1, 15));
        assert_eq!(divide(3605, 86_400 - 1), (3600, 1800, 46));
        let (from, step, columns) = divide(-70_000_000_000, 4_000_000_000);
        assert!(from <= -70_000_000_000 && columns <= 49 && from + step * columns as i64 > 4_000_000_000);
        let mut trend = Trend::default();
        for second in [1000, 1001, 1001, 1014, 2000, 0] {
            trend.add(second);
        }
        assert_eq!(trend.columns(1000, 1, 15).iter().sum::<u64>(), 6);
    }

    #[test]
    fn tendencies() {
        let of = |columns: &[u64]| Tendency::of(columns).map(Tendency::as_str);
        assert_eq!(of(&[1, 0, 0, 2]), None);
        assert_eq!(of(&[100]), None);
        assert_eq!(of(&[9, 9, 9, 9]), Some("steady"));
        assert_eq!(of(&[9, 9, 9, 12]), Some("steady"));
        assert_eq!(of(&[9, 9, 9, 40]), Some("rising"));
        assert_eq!(of(&[90, 90, 90, 10]), Some("falling"));
        assert_eq!(of(&[90, 90, 90, 0]), Some("over"));
        assert_eq!(of(&[0, 0, 0, 9]), Some("new"));
    }
}
