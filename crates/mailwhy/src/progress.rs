//! How far reading has come, on standard error, when it takes longer than a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mailwhy::input::Source;

/// Reading that takes less is not worth a bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears when it is wanted.
pub struct Progress {
    bar: ProgressBar,
    began: Instant,
    shown: AtomicBool,
    /// How many bytes are stored in all sources before each.
    before: Vec<u64>,
}

impl Progress {
    /// A bar over all sources; `wanted`: whether there may be one at all.
    pub fn new(sources: &[Source], wanted: bool) -> Self {
        let sizes: Vec<Option<u64>> = sources.iter().map(Source::size).collect();
        let total = sizes.iter().copied().sum::<Option<u64>>();
        let before = sizes.iter().scan(0, |sum, size| {
            let before = *sum;
            *sum += size.unwrap_or(0);
            Some(before)
        });
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let template = match total {
            Some(_) => "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, began: Instant::now(), shown: (!wanted).into(), before: before.collect() }
    }

    /// So many stored bytes of this source have been dealt with, and all before it.
    pub fn advance(&mut self, (source, bytes): (u32, u64)) {
        self.bar.set_position(self.before.get(source as usize).unwrap_or(&0) + bytes);
        self.show();
    }

    /// So many more stored bytes have been dealt with, wherever they are.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
        self.show();
    }

    fn show(&self) {
        if self.began.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Since when.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}
