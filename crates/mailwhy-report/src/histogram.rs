//! Delays, counted in classes: quantiles of any number of values in little space.

/// Classes per doubling: neighbouring classes differ by about 2 %.
const PER_OCTAVE: f64 = 32.0;

/// How often each class of durations occurred; few classes do for one destination.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    /// Class and count, by class.
    classes: Vec<(u16, u32)>,
    /// Of so many whole seconds, which most are: they are not in the classes.
    seconds: [u32; 8],
}

impl Histogram {
    /// Counts a duration in milliseconds; a negative one (the clock was set back) counts as none.
    #[inline]
    pub(crate) fn add(&mut self, millis: i64) {
        let second = (millis / 1000) as usize;
        match self.seconds.get_mut(second) {
            Some(count) if millis == second as i64 * 1000 => *count += 1,
            _ => self.count(class_of(millis), 1),
        }
    }

    /// Adds all of `other`.
    pub(crate) fn append(&mut self, other: &Self) {
        for &(class, count) in &other.classes {
            self.count(class, count);
        }
        for (mine, theirs) in self.seconds.iter_mut().zip(other.seconds) {
            *mine += theirs;
        }
    }

    /// The duration in seconds that the share `q` of all did not exceed.
    pub(crate) fn quantile(&self, q: f64) -> Option<f64> {
        let mut all = self.clone();
        for (second, count) in (0..).zip(std::mem::take(&mut all.seconds)) {
            if count > 0 {
                all.count(class_of(second * 1000), count);
            }
        }
        let total: u64 = all.classes.iter().map(|&(_, n)| u64::from(n)).sum();
        let mut left = (total as f64 * q).ceil() as u64;
        for &(class, count) in &all.classes {
            left = left.saturating_sub(u64::from(count));
            if left == 0 && total > 0 {
                return Some(seconds_of(class));
            }
        }
        None
    }

    fn count(&mut self, class: u16, count: u32) {
        match self.classes.binary_search_by_key(&class, |&(c, _)| c) {
            Ok(at) => self.classes[at].1 += count,
            Err(at) => self.classes.insert(at, (class, count)),
        }
    }
}

/// Class 0 is below a millisecond, class `n` about 2^((n-1)/32) ms.
fn class_of(millis: i64) -> u16 {
    if millis <= 0 { 0 } else { ((millis as f64).log2() * PER_OCTAVE).round() as u16 + 1 }
}

fn seconds_of(class: u16) -> f64 {
    if class == 0 { 0.0 } else { ((f64::from(class) - 1.0) / PER_OCTAVE).exp2() / 1000.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_class() {
        let mut all = Histogram::default();
        let mut half = Histogram::default();
        for i in 1..=1000 {
            if i % 2 == 0 { &mut half } else { &mut all }.add(i * 1000);
        }
        all.append(&half);
        for (q, want) in [(0.5, 500.0), (0.95, 950.0), (1.0, 1000.0)] {
            let got = all.quantile(q).expect("not empty");
            assert!((got / want - 1.0).abs() < 0.03, "{q}: {got}, not {want}");
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
        all.add(-5);
        assert_eq!(all.quantile(0.0), Some(0.0));
    }
}
