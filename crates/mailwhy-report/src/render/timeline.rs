//! What happened when, as a table and as a drawing.

use super::By;
use super::overview::Maker;
use super::page::{Cell, Column, Panel, Role, Row, Shrink};
use super::panels::{MAIN, TIME, panel};
use super::values::Moment;
use crate::Bucket;

/// A timeline with more buckets than this has no gaps filled: some clock was wrong by centuries.
const BUCKETS: usize = 200_000;

/// One figure of a bucket.
type Pick = fn(&Bucket) -> u64;

impl Maker<'_> {
    pub(super) fn times(&self, all: &[Bucket]) -> Panel {
        let words = self.words;
        // The latest ones, if not all.
        let shown = &all[all.len().saturating_sub(self.rows(MAIN))..];
        let columns = vec![
            Column::text("").shrink(Shrink::End, TIME),
            Column::number(words.col_arrived),
            Column::number(words.col_delivered),
            Column::number(words.col_failed),
            Column::number(words.col_deferred),
            Column::number(words.col_refused),
        ];
        let rows = shown.iter().map(|b| {
            Row::from(vec![
                Cell::plain(self.bucket(b)),
                self.number(b.arrived, Role::Plain),
                self.number(b.delivered, Role::Plain),
                self.number(b.failed, Role::Bad),
                self.number(b.deferred, Role::Warn),
                self.number(b.rejected, Role::Plain),
            ])
        });
        let hints = self.more(By::Time, all.len(), shown.len()).into_iter().collect();
        Panel { hints, ..panel(words.times, columns, rows) }
    }

    /// The timeline drawn, one line for each thing that happens.
    pub(super) fn when(&self) -> Panel {
        let words = self.words;
        let columns = vec![
            Column::text(""),
            Column::text("").shrink(Shrink::End, 12),
            Column::number(words.col_total),
            Column::text(words.col_peak).shrink(Shrink::End, TIME),
        ];
        let kinds: [(&str, Pick); 5] = [
            (words.col_arrived, |b| b.arrived),
            (words.col_delivered, |b| b.delivered),
            (words.col_failed, |b| b.failed),
            (words.col_deferred, |b| b.deferred),
            (words.col_refused, |b| b.rejected),
        ];
        let rows = kinds.into_iter().filter_map(|(label, pick)| {
            let peak = self.peak(pick)?;
            let total = self.report.timeline.iter().map(pick).fold(0, u64::saturating_add);
            Some(Row::from(vec![
                Cell::plain(label),
                Cell::Chart(self.series(pick)),
                self.number(total, Role::Plain),
                Cell::plain(peak),
            ]))
        });
        panel(words.when, columns, rows)
    }

    fn bucket(&self, bucket: &Bucket) -> String {
        match Moment::parse(&bucket.time) {
            Some(at) => self.words.bucket(at, self.report.timeline_step, self.year),
            None => bucket.time.clone(),
        }
    }

    /// When there was most of something, if there was any and a time to choose.
    pub(super) fn peak(&self, pick: Pick) -> Option<String> {
        if self.report.timeline.len() < 2 {
            return None;
        }
        // The first of equals: `max_by_key` gives the last.
        let most = self.report.timeline.iter().rev().max_by_key(|bucket| pick(bucket))?;
        (pick(most) > 0).then(|| self.bucket(most))
    }

    /// The figures of the timeline, with zeros where it has gaps.
    pub(super) fn series(&self, pick: Pick) -> Vec<u64> {
        let (timeline, step) = (&self.report.timeline, self.report.timeline_step.max(1));
        let at = |bucket: &Bucket| Moment::parse(&bucket.time).map(Moment::epoch);
        let place = |bucket| usize::try_from((at(bucket)? - at(timeline.first()?)?) / step).ok();
        let places: Option<Vec<_>> = timeline.iter().map(place).collect();
        let len = places.iter().flatten().max().map_or(0, |last| last + 1);
        match places {
            Some(places) if len <= BUCKETS => {
                let mut series = vec![0; len];
                for (place, bucket) in places.into_iter().zip(timeline) {
                    series[place] = pick(bucket);
                }
                series
            }
            _ => timeline.iter().map(pick).collect(),
        }
    }
}
