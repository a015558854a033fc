//! How often what happened in each minute of the last hour.

use std::collections::{HashMap, VecDeque};

use mailwhy::classify::Verdict;

use super::super::entry::CauseKey;
use crate::cli::What;

/// What is counted, in the order in which it is shown.
pub const COUNTED: [What; 4] = [What::Delivered, What::Deferred, What::Failed, What::Rejected];

/// The minutes that are kept.
pub const MINUTES: usize = 60;

/// How many causes are counted in a minute; further ones are not told apart there.
const CAUSES: usize = 500;

/// The counters.
pub struct Rates {
    /// The last is the present one.
    minutes: VecDeque<Minute>,
    /// The number of the present minute, since the epoch of the log's clock.
    now: i64,
    /// How much of it is over.
    fraction: f64,
}

#[derive(Clone, Default)]
struct Minute {
    counts: [u64; COUNTED.len()],
    causes: HashMap<CauseKey, (u64, Verdict)>,
}

impl Rates {
    pub fn new() -> Self {
        Self { minutes: VecDeque::from(vec![Minute::default(); MINUTES]), now: 0, fraction: 0.0 }
    }

    /// Moves on to this second of the log's clock. A clock that goes back is waited for.
    pub fn advance(&mut self, second: i64) {
        let minute = second.div_euclid(60);
        if minute < self.now {
            return;
        }
        let steps = usize::try_from(minute - self.now).map_or(MINUTES, |steps| steps.min(MINUTES));
        for _ in 0..steps {
            self.minutes.pop_front();
            self.minutes.push_back(Minute::default());
        }
        self.now = minute;
        self.fraction = second.rem_euclid(60) as f64 / 60.0;
    }

    /// Counts what happened at this second, unless that was more than an hour ago.
    pub fn count(&mut self, second: i64, what: What, cause: Option<(CauseKey, &Verdict)>) {
        if second.div_euclid(60) > self.now {
            self.advance(second);
        }
        let ago = usize::try_from(self.now - second.div_euclid(60)).unwrap_or(usize::MAX);
        let Some(at) = (MINUTES - 1).checked_sub(ago) else { return };
        let minute = &mut self.minutes[at];
        if let Some(place) = COUNTED.iter().position(|&counted| counted == what) {
            minute.counts[place] += 1;
        }
        if let Some((key, verdict)) = cause
            && (minute.causes.len() < CAUSES || minute.causes.contains_key(&key))
        {
            minute.causes.entry(key).or_insert((0, *verdict)).0 += 1;
        }
    }

    /// How often it happened, minute by minute.
    pub fn minutes(&self, place: usize) -> Vec<u64> {
        self.minutes.iter().map(|minute| minute.counts[place]).collect()
    }

    /// How often it happened in the last sixty seconds, about.
    pub fn per_minute(&self, place: usize) -> u64 {
        let before = self.minutes[MINUTES - 2].counts[place] as f64;
        let present = self.minutes[MINUTES - 1].counts[place] as f64;
        (before * (1.0 - self.fraction) + present).round() as u64
    }

    /// The causes of the hour, the most frequent first.
    pub fn causes(&self) -> Vec<(CauseKey, u64, Verdict)> {
        let mut sums: HashMap<CauseKey, (u64, Verdict)> = HashMap::new();
        for (key, (count, verdict)) in self.minutes.iter().flat_map(|minute| &minute.causes) {
            sums.entry(*key).or_insert((0, *verdict)).0 += count;
        }
        let mut list: Vec<_> =
            sums.into_iter().map(|(key, (count, verdict))| (key, count, verdict)).collect();
        list.sort_by_key(|&(key, count, _)| (std::cmp::Reverse(count), key));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept() {
        let mut rates = Rates::new();
        rates.advance(600_000);
        for second in [599_999, 600_000, 600_001, 596_460, 590_000] {
            rates.count(second, What::Failed, None);
        }
        let failed = COUNTED.iter().position(|&what| what == What::Failed).unwrap();
        let minutes = rates.minutes(failed);
        assert_eq!((minutes[0], minutes[58], minutes[59], minutes.iter().sum::<u64>()), (1, 1, 2, 4));
        rates.advance(600_060);
        assert_eq!(rates.minutes(failed)[57..], [1, 2, 0]);
        assert_eq!(rates.per_minute(failed), 2);
        rates.advance(600_090);
        assert_eq!(rates.per_minute(failed), 1);
        // Clocks jump.
        rates.advance(0);
        rates.count(i64::MIN, What::Failed, None);
        assert_eq!(rates.minutes(failed)[57..], [1, 2, 0]);
        rates.advance(i64::MAX);
        assert_eq!(rates.minutes(failed), [0; 60]);
    }
}
