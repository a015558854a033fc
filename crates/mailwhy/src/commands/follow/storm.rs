//! Many of the same in a short time.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::entry::CauseKey;

/// How long the same is counted together, in seconds of the log's clock.
pub const WINDOW: i64 = 10;

/// How many causes are watched at the same time.
const MOST: usize = 1000;

/// Lets the first few of each cause through and counts the rest.
pub struct Storms {
    burst: u32,
    causes: HashMap<CauseKey, Storm>,
}

struct Storm {
    /// Seconds of the log's clock.
    begun: i64,
    began: Instant,
    shown: u32,
    held: u64,
    last: i64,
}

/// The rest of a storm.
#[derive(Debug, Eq, PartialEq)]
pub struct Rest {
    pub cause: CauseKey,
    /// How many were held back.
    pub count: u64,
    /// In how many seconds.
    pub seconds: i64,
}

impl Storms {
    /// `burst`: how many are let through; 0: all.
    pub fn new(burst: u32) -> Self {
        Self { burst, causes: HashMap::new() }
    }

    /// Whether to show one more of this cause, after telling the rest of a storm that is over.
    pub fn admit(&mut self, cause: CauseKey, time: Option<i64>) -> (Option<Rest>, bool) {
        if self.burst == 0 {
            return (None, true);
        }
        let last = self.causes.get(&cause).map_or(0, |storm| storm.last);
        let now = time.unwrap_or(last);
        let mut rest = None;
        if let Some(storm) = self.causes.get(&cause)
            && !(0..WINDOW).contains(&(now - storm.begun))
        {
            rest = storm.rest(cause);
            self.causes.remove(&cause);
        }
        let storm = self.causes.entry(cause).or_insert_with(|| Storm {
            begun: now,
            began: Instant::now(),
            shown: 0,
            held: 0,
            last: now,
        });
        storm.last = now;
        let show = storm.shown < self.burst;
        if show {
            storm.shown += 1;
        } else {
            storm.held += 1;
        }
        (rest, show)
    }

    /// The rests of storms whose time is over while nothing of the kind comes any more. All, where there are too many.
    pub fn over(&mut self) -> Vec<Rest> {
        let all = self.causes.len() > MOST;
        self.take(|storm| all || storm.began.elapsed() >= Duration::from_secs(WINDOW.unsigned_abs()))
    }

    /// The rests of all storms: the log has ended.
    pub fn finish(&mut self) -> Vec<Rest> {
        self.take(|_| true)
    }

    fn take(&mut self, is_over: impl Fn(&Storm) -> bool) -> Vec<Rest> {
        let mut rests: Vec<_> = Vec::new();
        self.causes.retain(|cause, storm| {
            let over = is_over(storm);
            if over {
                rests.extend(storm.rest(*cause));
            }
            !over
        });
        rests.sort_by_key(|rest| rest.cause);
        rests
    }
}

impl Storm {
    fn rest(&self, cause: CauseKey) -> Option<Rest> {
        let seconds = (self.last - self.begun).clamp(1, WINDOW);
        (self.held > 0).then_some(Rest { cause, count: self.held, seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::What;

    const CAUSE: CauseKey = CauseKey { what: What::Failed, rule: "r", provider: None, fingerprint: 0 };

    #[test]
    fn the_rest_is_counted() {
        let mut storms = Storms::new(2);
        let shown: Vec<_> = (0..30).map(|i| storms.admit(CAUSE, Some(i / 2)).1).collect();
        assert_eq!(shown.iter().filter(|&&shown| shown).count(), 4);
        assert_eq!(storms.finish(), [Rest { cause: CAUSE, count: 8, seconds: 4 }]);
        assert_eq!(storms.finish(), []);
    }

    #[test]
    fn the_rest_is_told_when_the_next_comes() {
        let mut storms = Storms::new(1);
        assert_eq!(storms.admit(CAUSE, Some(100)), (None, true));
        assert_eq!(storms.admit(CAUSE, Some(103)), (None, false));
        assert_eq!(storms.admit(CAUSE, None), (None, false));
        let rest = Rest { cause: CAUSE, count: 2, seconds: 3 };
        assert_eq!(storms.admit(CAUSE, Some(110)), (Some(rest), true));
        // A clock that was set back begins anew.
        assert_eq!(storms.admit(CAUSE, Some(50)), (None, true));
        assert_eq!(storms.over(), []);
    }

    #[test]
    fn another_cause_is_another_storm() {
        let mut storms = Storms::new(1);
        assert!(storms.admit(CAUSE, Some(1)).1);
        assert!(storms.admit(CauseKey { rule: "s", ..CAUSE }, Some(1)).1);
        assert!((0..9).all(|_| Storms::new(0).admit(CAUSE, Some(1)).1));
    }
}
