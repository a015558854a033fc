//! The terminal: taken, drawn on, and given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use crossbeam_channel::TryRecvError;
use jiff::Zoned;
use jiff::tz::TimeZone;
use mailwhy::input::{Followed, Source};
use mailwhy::report::printable;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::super::digest::Digest;
use super::super::feed::Feed;
use super::super::{Exit, notice_words};
use super::state::{Flow, State};
use super::view::draw;
use crate::cli::{Color, FollowArgs, What};

/// How long to wait for a key before looking for new lines.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long lines are taken in before the screen is drawn again.
const TURN: Duration = Duration::from_millis(80);

/// How long it is shown what happened to a log.
const NOTICE: Duration = Duration::from_secs(10);

/// Shows what happens until the user has seen enough.
pub fn run(
    args: &FollowArgs,
    sources: &[Source],
    only: &[What],
    digest: Digest,
    feed: &Feed,
) -> Result<Exit> {
    let stop = Arc::new(AtomicBool::new(false));
    // Not SIGHUP: the terminal is gone then, there is nothing to give back, and reading keys from it would never end.
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).context("cannot watch for signals")?;
    }
    let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let title = printable(names.join(", ").as_bytes());
    let state = State::new(args.language.get(), only, args.burst, title);
    // Also gives the terminal back when something panics.
    let mut terminal = ratatui::try_init()
        .map_err(|error| anyhow!("cannot take the terminal: {error}\nhint: see plain lines with --plain"))?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !no_color,
    };
    let mut show = Show { state, digest, live: false, color, noticed: None, last: None };
    let result = show.run(&mut terminal, feed, &stop);
    ratatui::restore();
    result.map(|()| Exit::Found)
}

struct Show {
    state: State,
    digest: Digest,
    /// Whether what comes happens now.
    live: bool,
    color: bool,
    noticed: Option<Instant>,
    /// The log that was read last.
    last: Option<Arc<Source>>,
}

impl Show {
    fn run(&mut self, terminal: &mut DefaultTerminal, feed: &Feed, stop: &AtomicBool) -> Result<()> {
        let mut drawn: Option<Instant> = None;
        let mut changed = true;
        while !stop.load(Ordering::Relaxed) {
            changed |= self.take(feed);
            if changed || drawn.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
                if self.live {
                    self.state.tick(host_clock());
                }
                if self.noticed.is_some_and(|at| at.elapsed() > NOTICE) {
                    self.noticed = None;
                    self.state.notice = None;
                }
                terminal
                    .draw(|frame| draw(&mut self.state, self.color, frame))
                    .context("cannot draw on the terminal")?;
                drawn = Some(Instant::now());
            }
            let patience = if feed.followed.is_empty() { PATIENCE } else { Duration::ZERO };
            changed = false;
            while event::poll(if changed { Duration::ZERO } else { patience }).context("cannot read keys")? {
                changed = true;
                match event::read().context("cannot read keys")? {
                    Event::Key(key)
                        if key.kind != KeyEventKind::Release && self.state.key(key) == Flow::Quit =>
                    {
                        return Ok(());
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Takes in what has come. Gives whether there was anything.
    fn take(&mut self, feed: &Feed) -> bool {
        let begun = Instant::now();
        let mut any = false;
        while begun.elapsed() < TURN {
            match feed.followed.try_recv() {
                Ok(Followed::Lines { log, offset, data }) => {
                    let host = host_clock();
                    let (state, live) = (&mut self.state, self.live);
                    self.digest.read(&log, offset, &data, &mut |seen| state.push(seen, &log, live, host));
                    self.last = Some(log);
                }
                Ok(Followed::CaughtUp) => {
                    self.live = true;
                    self.state.caught_up(self.last.as_deref().and_then(written), host_clock());
                }
                Ok(Followed::Notice { log, notice }) => {
                    let text = format!("{log}: {}", notice_words(&notice, self.state.lang));
                    self.state.notice = Some(printable(text.as_bytes()));
                    self.noticed = Some(Instant::now());
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
            any = true;
        }
        any
    }
}

/// Seconds of this host's civil time, as [`Time::civil`](mailwhy::logs::Time::civil) counts them.
fn host_clock() -> i64 {
    civil(&Zoned::now())
}

/// When a log was written to last, by this host's clock.
fn written(log: &Source) -> Option<i64> {
    let Source::File(path) = log else { return None };
    let modified = jiff::Timestamp::try_from(path.metadata().ok()?.modified().ok()?).ok()?;
    Some(civil(&modified.to_zoned(TimeZone::system())))
}

fn civil(time: &Zoned) -> i64 {
    time.datetime().to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second())
}
