//! What happened to an address.

use std::borrow::Cow;

use mailwhy_codes::{Enhanced, Reason};
use mailwhy_logs::Time;

/// Failures and deliveries of an address, as far as it takes to know whether it is bad now.
///
/// Histories over neighbouring parts of a log are joined with [`History::append`], which is associative.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// The failures before the last delivery, and after the one before that.
    pub(super) before: Option<Box<Run>>,
    /// Whether no delivery is before them.
    opens: bool,
    /// The last delivery: whether there was one, and when.
    pub(super) delivered: Option<Option<Time>>,
    /// The failures since.
    pub(super) after: Option<Box<Run>>,
    /// Whether it is in an earlier list.
    pub(super) old: bool,
}

/// Failures without a delivery between them.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The address in the envelope, its domain in lower case.
    pub(super) address: Vec<u8>,
    /// What it was delivered to, where an alias made another address of it.
    pub(super) target: Option<Vec<u8>>,
    /// What the last of them said.
    pub(super) evidence: Evidence,
    pub(super) count: u64,
    pub(super) first: Option<Time>,
    pub(super) last: Option<Time>,
    /// Until when it is in an earlier list, in days since 1970, if nothing new happened.
    pub(super) expires: Option<i64>,
}

/// Why it is bad.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    pub(super) reason: Option<Reason>,
    pub(super) code: Option<u16>,
    pub(super) enhanced: Option<Enhanced>,
    pub(super) provider: Option<Cow<'static, str>>,
    pub(super) rule: Option<Cow<'static, str>>,
    /// What was said, on one line.
    pub(super) text: String,
}

impl History {
    /// The entry of an earlier list.
    pub(super) fn of_list(run: Run) -> Self {
        Self { after: Some(Box::new(run)), old: true, ..Self::default() }
    }

    pub(super) fn failed(&mut self, run: Run) {
        self.append(Self { after: Some(Box::new(run)), ..Self::default() });
    }

    pub(super) fn delivered(&mut self, time: Option<Time>) {
        self.append(Self { delivered: Some(time), ..Self::default() });
    }

    pub(super) fn has_failed(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }

    /// Adds what happened later.
    pub(super) fn append(&mut self, later: Self) {
        self.old |= later.old;
        if later.delivered.is_none() {
            self.after = join(self.after.take(), later.after);
            return;
        }
        let none_yet = self.delivered.is_none();
        match later.before {
            None => {
                if let Some(run) = self.after.take() {
                    self.before = Some(run);
                    self.opens = none_yet;
                }
            }
            Some(run) if later.opens => {
                self.before = join(self.after.take(), Some(run));
                self.opens = none_yet;
            }
            Some(run) => {
                self.before = Some(run);
                self.opens = false;
            }
        }
        self.delivered = later.delivered;
        self.after = later.after;
    }
}

/// Two runs with nothing between them.
fn join(earlier: Option<Box<Run>>, later: Option<Box<Run>>) -> Option<Box<Run>> {
    let (Some(mut run), Some(later)) = (earlier.clone(), later.clone()) else { return earlier.or(later) };
    run.count += later.count;
    run.first = run.first.or(later.first);
    run.last = later.last.or(run.last);
    run.target = later.target;
    run.evidence = later.evidence;
    run.expires = later.expires;
    Some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: i64, failed: bool) -> History {
        let time = Some(Time { civil: number, millis: None, offset: None });
        let mut history = History::default();
        if failed {
            history.failed(Run {
                address: b"a@b.test".to_vec(),
                target: None,
                evidence: Evidence::default(),
                count: 1,
                first: time,
                last: time,
                expires: None,
            });
        } else {
            history.delivered(time);
        }
        history
    }

    fn told(history: &History) -> String {
        let run = |run: &Option<Box<Run>>| {
            run.as_ref().map(|run| (run.count, run.first.map(|t| t.civil), run.last.map(|t| t.civil)))
        };
        let delivered = history.delivered.map(|time| time.map(|t| t.civil));
        format!("{:?} {delivered:?} {:?}", run(&history.before), run(&history.after))
    }

    /// Every story of up to nine events, cut in every two places, joined in both ways.
    #[test]
    fn joining_is_associative() {
        for length in 1..=9_usize {
            for story in 0..1_u32 << length {
                let part = |from: usize, to: usize| {
                    let mut history = History::default();
                    (from..to).for_each(|i| history.append(event(i as i64, story >> i & 1 == 1)));
                    history
                };
                let whole = told(&part(0, length));
                for a in 0..=length {
                    for b in a..=length {
                        let mut left = part(0, a);
                        left.append(part(a, b));
                        left.append(part(b, length));
                        let mut rest = part(a, b);
                        rest.append(part(b, length));
                        let mut right = part(0, a);
                        right.append(rest);
                        assert_eq!((told(&left), told(&right)), (whole.clone(), whole.clone()), "{story:b}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_delivery_clears_and_a_failure_after_it_counts_anew() {
        let mut history = event(1, true);
        history.append(event(2, true));
        history.append(event(3, false));
        assert_eq!(told(&history), "Some((2, Some(1), Some(2))) Some(Some(3)) None");
        history.append(event(4, false));
        history.append(event(5, true));
        assert_eq!(told(&history), "Some((2, Some(1), Some(2))) Some(Some(4)) Some((1, Some(5), Some(5)))");
    }
}
