//! What is on the screen, and what keys do to it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use mailwhy::codes::Lang;
use mailwhy::input::Source;
use mailwhy::report::printable;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::digest::Seen;
use super::super::entry::{Entry, cause_key};
use super::super::storm::Storms;
use super::super::words::Words;
use super::rates::Rates;
use crate::cli::What;

/// How many entries of each kind are kept.
const TROUBLE: usize = 2000;
const OTHERS: usize = 500;

/// Seconds by which clocks differ that are the same, and by which no zones do.
const SAME_CLOCK: i64 = 90;
const ZONES: i64 = 26 * 3600;

/// How far back the entry is looked for that one more of its kind is counted with.
const REACH: usize = 100;

/// The filters, in the order in which `f` goes through them, and their keys.
pub const FILTERS: [(char, Option<What>); 6] = [
    ('A', None),
    ('F', Some(What::Failed)),
    ('D', Some(What::Deferred)),
    ('R', Some(What::Rejected)),
    ('H', Some(What::Host)),
    ('S', Some(What::Delivered)),
];

/// The state of the screen.
pub struct State {
    pub lang: Lang,
    pub words: &'static Words,
    /// What is followed.
    pub title: String,
    /// What the user chose to see.
    only: Vec<What>,
    entries: BTreeMap<What, VecDeque<Kept>>,
    /// How many entries have been kept so far: the number of the next.
    next: u64,
    storms: Storms,
    pub rates: Rates,
    /// Seconds of the log's clock, and by how much it is before this host's.
    pub now: i64,
    skew: i64,
    /// The time of the last line that had one.
    last: Option<i64>,
    pub filter: Option<What>,
    pub search: Option<String>,
    /// What is being typed to search for.
    pub typing: Option<String>,
    /// The number of the entry that is selected; none: always the newest.
    selected: Option<u64>,
    /// The number of the first entry that is not shown because the list is paused.
    paused: Option<u64>,
    pub over: Over,
    /// What was last told of a log.
    pub notice: Option<String>,
    /// Rows of the list and of an explanation, as last drawn.
    pub rows: usize,
}

/// What is shown in the place of counters and list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Over {
    Nothing,
    Help,
    /// The selected entry, from this line on.
    Explanation(usize),
}

/// An entry that is kept.
pub struct Kept {
    pub number: u64,
    pub entry: Entry,
    /// How many more of the kind came in a short time.
    pub more: u64,
    /// Whether it has what is searched for.
    found: bool,
}

/// What a key leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flow {
    Go,
    Quit,
}

impl State {
    pub fn new(lang: Lang, only: &[What], burst: u32, title: String) -> Self {
        Self {
            lang,
            words: Words::of(lang),
            title,
            only: only.to_vec(),
            entries: BTreeMap::new(),
            next: 0,
            storms: Storms::new(burst),
            rates: Rates::new(),
            now: 0,
            skew: 0,
            last: None,
            filter: None,
            search: None,
            typing: None,
            selected: None,
            paused: None,
            over: Over::Nothing,
            notice: None,
            rows: 10,
        }
    }

    /// Takes what happened. `live`: whether it happens now; `host`: seconds of this host's clock.
    pub fn push(&mut self, seen: &Seen<'_>, log: &Arc<Source>, live: bool, host: i64) {
        let cause = seen.verdict.as_ref().map(|v| (cause_key(seen.what, v, seen.fingerprint), v));
        if let Some(time) = seen.event.time {
            self.last = Some(time.civil);
            let ahead = time.civil.saturating_sub(host).saturating_sub(self.skew);
            if live && (SAME_CLOCK..ZONES).contains(&ahead) {
                self.skew += ahead;
                self.tick(host);
            }
            if ahead < ZONES {
                self.rates.count(time.civil, seen.what, cause);
            }
        }
        if !self.only.contains(&seen.what) && !FILTERS.iter().any(|&(_, what)| what == Some(seen.what)) {
            return;
        }
        let kept = self.entries.entry(seen.what).or_default();
        if let Some((key, _)) = cause {
            let (_, show) = self.storms.admit(key, seen.event.time.map(|time| time.civil));
            if !show
                && let Some(same) =
                    kept.iter_mut().rev().take(REACH).find(|k| k.entry.cause() == cause.map(|(key, _)| key))
            {
                same.more += 1;
                return;
            }
        }
        let most = if seen.verdict.is_some() { TROUBLE } else { OTHERS };
        if kept.len() >= most {
            kept.pop_front();
        }
        let entry = Entry::new(seen, log, self.words);
        let found = self.search.as_ref().is_none_or(|text| entry.contains(text, self.lang));
        kept.push_back(Kept { number: self.next, entry, more: 0, found });
        self.next += 1;
    }

    /// All that was in the log has been taken. `written`: when that was, in seconds of this host's clock.
    pub fn caught_up(&mut self, written: Option<i64>, host: i64) {
        if let (Some(last), Some(written)) = (self.last, written) {
            let ahead = last - written;
            // The log may be written in another zone.
            self.skew = if (SAME_CLOCK..ZONES).contains(&ahead.abs()) { ahead } else { 0 };
        }
        self.tick(host);
    }

    /// Time goes on: `host` is the second of this host's clock.
    pub fn tick(&mut self, host: i64) {
        self.now = host.saturating_add(self.skew);
        self.rates.advance(self.now);
        self.storms.over();
    }

    /// The entries that are shown, the oldest first.
    pub fn shown(&self) -> Vec<&Kept> {
        let kinds = self.entries.iter().filter(|(what, _)| match self.filter {
            Some(filter) => **what == filter,
            None => self.only.contains(what),
        });
        let before = self.paused.unwrap_or(u64::MAX);
        let mut list: Vec<&Kept> =
            kinds.flat_map(|(_, kept)| kept).filter(|k| k.found && k.number < before).collect();
        list.sort_unstable_by_key(|kept| kept.number);
        list
    }

    /// Where in the shown list the selected entry is; one that is gone gives way to the next.
    pub fn selected(&self, shown: &[&Kept]) -> Option<usize> {
        let last = shown.len().checked_sub(1)?;
        Some(self.selected.map_or(last, |number| shown.partition_point(|k| k.number < number).min(last)))
    }

    /// Whether the newest entry is always the selected one.
    pub fn is_pinned(&self) -> bool {
        self.selected.is_none()
    }

    /// How many entries have come since the list was paused.
    pub fn paused(&self) -> Option<usize> {
        self.paused.map(|number| usize::try_from(self.next - number).unwrap_or(usize::MAX))
    }

    /// Does what a key is for.
    pub fn key(&mut self, key: KeyEvent) -> Flow {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && matches!(key.code, KeyCode::Char('c' | 'с' | 'C' | 'С')) {
            return Flow::Quit;
        }
        if self.typing.is_some() {
            self.type_search(key.code);
            return Flow::Go;
        }
        let code = latin(key.code);
        match self.over {
            Over::Help => self.over = Over::Nothing,
            Over::Explanation(line) => self.key_explanation(code, line),
            Over::Nothing => return self.key_list(code),
        }
        Flow::Go
    }

    fn key_list(&mut self, code: KeyCode) -> Flow {
        let page = isize::try_from(self.rows.max(2) - 1).unwrap_or(1);
        match code {
            KeyCode::Char('q') => return Flow::Quit,
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.over = Over::Help,
            KeyCode::Char('/') => self.typing = Some(String::new()),
            KeyCode::Char('f') => {
                let at = FILTERS.iter().position(|&(_, what)| what == self.filter).unwrap_or(0);
                self.set_filter(FILTERS[(at + 1) % FILTERS.len()].1);
            }
            KeyCode::Char(' ') => self.paused = if self.paused.is_some() { None } else { Some(self.next) },
            KeyCode::Enter if !self.shown().is_empty() => {
                // What is read must not move away.
                self.step(0);
                self.over = Over::Explanation(0);
            }
            KeyCode::Up | KeyCode::Char('k') => self.step(-1),
            KeyCode::Down | KeyCode::Char('j') => self.step(1),
            KeyCode::PageUp => self.step(-page),
            KeyCode::PageDown => self.step(page),
            KeyCode::Home | KeyCode::Char('g') => self.step(isize::MIN),
            KeyCode::End | KeyCode::Char('G') => self.selected = None,
            KeyCode::Char('n') if self.search.is_some() => self.step(1),
            KeyCode::Char('N') if self.search.is_some() => self.step(-1),
            KeyCode::Esc => {
                if self.search.is_some() {
                    self.set_search("");
                } else {
                    self.set_filter(None);
                }
                self.selected = None;
            }
            KeyCode::Char(c) => {
                if let Some(&(_, filter)) = FILTERS.iter().find(|&&(key, _)| key == c) {
                    self.set_filter(filter);
                }
            }
            _ => {}
        }
        Flow::Go
    }

    fn key_explanation(&mut self, code: KeyCode, line: usize) {
        let page = self.rows.max(2) - 1;
        let mut line = line;
        match code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => {
                self.over = Over::Nothing;
                return;
            }
            KeyCode::Up | KeyCode::Char('k') => line = line.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => line += 1,
            KeyCode::PageUp => line = line.saturating_sub(page),
            KeyCode::PageDown | KeyCode::Char(' ') => line += page,
            KeyCode::Home | KeyCode::Char('g') => line = 0,
            KeyCode::Char('n') => {
                self.step(1);
                line = 0;
            }
            KeyCode::Char('p' | 'N') => {
                self.step(-1);
                line = 0;
            }
            KeyCode::Char('?') => {
                self.over = Over::Help;
                return;
            }
            _ => {}
        }
        self.over = Over::Explanation(line);
    }

    fn type_search(&mut self, code: KeyCode) {
        let Some(typed) = &mut self.typing else { return };
        match code {
            KeyCode::Enter => {
                let text = std::mem::take(typed);
                self.typing = None;
                self.set_search(&text);
            }
            KeyCode::Esc => self.typing = None,
            KeyCode::Backspace => {
                typed.pop();
            }
            KeyCode::Char(c) if typed.len() < 200 => typed.push_str(&printable(c.to_string().as_bytes())),
            _ => {}
        }
    }

    fn set_search(&mut self, text: &str) {
        let text = text.trim().to_lowercase();
        for kept in self.entries.values_mut().flatten() {
            kept.found = text.is_empty() || kept.entry.contains(&text, self.lang);
        }
        self.search = Some(text).filter(|text| !text.is_empty());
        self.selected = None;
    }

    fn set_filter(&mut self, filter: Option<What>) {
        self.filter = filter;
        self.selected = None;
    }

    /// Selects an entry so many rows below the selected one.
    fn step(&mut self, rows: isize) {
        let shown = self.shown();
        let Some(at) = self.selected(&shown) else { return };
        let to = at.saturating_add_signed(rows);
        let last = shown.len() - 1;
        // Beyond the last is the newest, whichever comes.
        let number = shown[to.min(last)].number;
        self.selected = if to > last { None } else { Some(number) };
    }
}

/// The key in a Latin layout, where a Russian one was switched on.
fn latin(code: KeyCode) -> KeyCode {
    let KeyCode::Char(c) = code else { return code };
    let to = match c {
        'й' => 'q',
        'а' => 'f',
        'т' => 'n',
        'Т' => 'N',
        'о' => 'j',
        'л' => 'k',
        'п' => 'g',
        'П' => 'G',
        'з' => 'p',
        'р' => 'h',
        'А' => 'F',
        'В' => 'D',
        'К' => 'R',
        'Р' => 'H',
        'Ы' => 'S',
        'Ф' => 'A',
        '.' => '/',
        ',' => '?',
        c => c,
    };
    KeyCode::Char(to)
}
