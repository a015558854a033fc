/*!
The texts of all causes, providers and blocklists, and the words that servers write around replies, as one set.

A text is searched as a part of the reply that begins at a word; a short one must be the whole word, and one that
ends in a digit is not followed by another. ` * ` splits a text into parts that must follow one another.

The set of the tables is made by the build script, so that no program has to when it starts. It consists of numbers and bytes
alone: what a text stands for is told by its place in a table.
*/

use crate::sign::Sign;
use crate::trie::{Places, Trie};

/// Texts of up to this length are whole words: `spam` is not found in `spammer`.
const SHORT: usize = 4;

/// The number of no part.
pub(crate) const NONE: u32 = u32::MAX;

/// The number of no part, which is in every reply.
pub(crate) const ANY: u32 = 0;

/// The compiled texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set {
    /// The parts of all texts.
    pub(crate) trie: Trie,
    /// What each of them is a part of.
    pub(crate) patterns: &'static [Pattern],
    pub(crate) texts: &'static [Text],
    /// For each text the part before the last one, or [`ANY`].
    pub(crate) closest: &'static [u32],
    /// The parts of texts of several, before the last one: from there to the first.
    pub(crate) earlier: &'static [u32],
    /// How many patterns are such parts.
    pub(crate) parts: usize,
    /// For each provider the causes that are known by a code alone; last those of all providers.
    pub(crate) by_code: &'static [ByCode],
    /// Those of a single code: sorted by it for each provider, with the number of the cause.
    pub(crate) codes: &'static [(CodeKey, u32)],
    /// Those of ranges: the numbers of the causes.
    pub(crate) ranges: &'static [u32],
}

/// A part of a text, or the whole of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    /// The texts that end with it: from and to in [`Set::texts`].
    pub(crate) texts: (u32, u32),
    /// Its number among the earlier parts of texts, if it is one.
    pub(crate) part: u32,
    pub(crate) ends: Ends,
}

/// How a pattern must end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ends {
    Anywhere,
    /// A short one ends with a word.
    Word,
    /// One that ends in a digit ends with the number.
    Number,
}

/// A text to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) meaning: Meaning,
    /// How long its parts are together.
    pub(crate) len: u16,
    /// Its earlier parts: from and to in [`Set::earlier`].
    pub(crate) earlier: (u32, u32),
    /// How far apart its parts may be.
    pub(crate) max_gap: u32,
}

/// What a text stands for, by its place in the table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning {
    /// A cause, and its provider.
    Mark(u32),
    /// A cause, where its provider is known or it has none.
    Match(u32),
    /// A provider.
    Provider(u32),
    /// A blocklist.
    Blocklist(u32),
    /// Words around a reply.
    Words(Sign),
}

/// The causes of a provider that are known by a code alone: from and to in [`Set::codes`] and [`Set::ranges`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByCode {
    pub(crate) codes: (u32, u32),
    pub(crate) ranges: (u32, u32),
}

/// A code to look causes up by.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum CodeKey {
    /// A reply code.
    Basic(u16),
    /// Subject and detail of an enhanced code.
    Enhanced(u16, u16),
}

/// Where a text occurs in a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// Its number.
    pub(crate) text: u32,
    /// Where it begins in the folded reply, and where it ends.
    start: u32,
    end: u32,
}

impl Hit {
    /// From where to where it is in the folded reply.
    pub(crate) fn span(self) -> (usize, usize) {
        (self.start as usize, self.end as usize)
    }

    /// The same where the texts of another set have the first numbers.
    pub(crate) fn renumbered(self, others: usize) -> Self {
        Self { text: self.text + number_of(others), ..self }
    }
}

impl Set {
    /// Calls `hit` for every text that occurs in a folded reply, which is padded.
    pub(crate) fn search(&self, padded: &[u8], seen: &mut Seen, mut hit: impl FnMut(&Text, Hit)) {
        seen.begin(self.parts);
        let mut places = std::mem::take(&mut seen.places);
        for &root in self.trie.roots(padded, &mut places) {
            let start = root.at;
            self.trie.walk(padded, root, |pattern, end| {
                let Pattern { texts: (from, to), part, ends } = self.patterns[pattern as usize];
                if ends.cuts_a_word(padded[end as usize]) {
                    return;
                }
                if part != NONE {
                    seen.add(part, start, end);
                }
                // Most texts of several parts need no further look.
                for (number, &closest) in (from..to).zip(&self.closest[from as usize..to as usize]) {
                    if seen.has(closest)
                        && let text = &self.texts[number as usize]
                        && let Some(start) = self.beginning(text, start, seen)
                    {
                        hit(text, Hit { text: number, start, end });
                    }
                }
            });
        }
        seen.places = places;
    }

    /// Where a text begins whose last part begins at `start`, if its other parts lead there.
    #[inline]
    fn beginning(&self, text: &Text, start: u32, seen: &Seen) -> Option<u32> {
        let mut start = start;
        for &part in &self.earlier[text.earlier.0 as usize..text.earlier.1 as usize] {
            let part = seen.latest_before(part, start)?;
            if start - part.end > text.max_gap {
                return None;
            }
            start = part.start;
        }
        Some(start)
    }

    /// Calls `found` for the causes of a provider, by its place in the table, that may be known by one of these codes alone;
    /// behind the last provider are those of all.
    pub(crate) fn by_code(&self, provider: usize, codes: &[CodeKey], mut found: impl FnMut(u32)) {
        let Some(&ByCode { codes: (from, to), ranges }) = self.by_code.get(provider) else { return };
        let exact = &self.codes[from as usize..to as usize];
        if !exact.is_empty() {
            for &code in codes {
                let from = exact.partition_point(|&(key, _)| key < code);
                let same = exact[from..].iter().take_while(|&&(key, _)| key == code);
                same.for_each(|&(_, cause)| found(cause));
            }
        }
        self.ranges[ranges.0 as usize..ranges.1 as usize].iter().for_each(|&cause| found(cause));
    }
}

impl Ends {
    pub(crate) fn of(pattern: &[u8]) -> Self {
        match pattern.last() {
            Some(last) if pattern.len() <= SHORT && last.is_ascii_alphanumeric() => Self::Word,
            Some(b'0'..=b'9') => Self::Number,
            _ => Self::Anywhere,
        }
    }

    /// Whether a pattern that is followed by this byte ends where it must not.
    #[inline]
    fn cuts_a_word(self, after: u8) -> bool {
        match self {
            Self::Anywhere => false,
            Self::Word => after.is_ascii_alphanumeric(),
            Self::Number => after.is_ascii_digit(),
        }
    }
}

/// Which patterns occur in the reply at hand.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Where texts may begin.
    places: Places,
    /// For each earlier part its latest occurrence, with the number of the reply.
    latest: Vec<(u32, u32)>,
    occurrences: Vec<Occurrence>,
    /// The number of the reply.
    epoch: u32,
}

#[derive(Clone, Copy, Debug)]
struct Occurrence {
    start: u32,
    end: u32,
    /// The one before of the same pattern.
    previous: Option<u32>,
}

impl Seen {
    fn begin(&mut self, parts: usize) {
        self.occurrences.clear();
        self.epoch = self.epoch.wrapping_add(1);
        if self.latest.len() != parts || self.epoch == 0 {
            self.latest.clear();
            self.latest.resize(parts, (0, 0));
            self.epoch = 1;
        }
        self.latest[ANY as usize].0 = self.epoch;
    }

    /// Whether a part occurs.
    #[inline]
    fn has(&self, part: u32) -> bool {
        self.latest[part as usize].0 == self.epoch
    }

    fn add(&mut self, part: u32, start: u32, end: u32) {
        let latest = &mut self.latest[part as usize];
        let previous = (latest.0 == self.epoch).then_some(latest.1);
        *latest = (self.epoch, number_of(self.occurrences.len()));
        self.occurrences.push(Occurrence { start, end, previous });
    }

    /// The last occurrence that ends before a place: the closest one.
    #[inline]
    fn latest_before(&self, part: u32, start: u32) -> Option<Occurrence> {
        let (epoch, place) = self.latest[part as usize];
        let mut next = (epoch == self.epoch).then_some(place);
        while let Some(place) = next {
            let occurrence = self.occurrences[place as usize];
            if occurrence.end <= start {
                return Some(occurrence);
            }
            next = occurrence.previous;
        }
        None
    }
}

/// Numbers are kept small; there are some thousands of anything.
pub(crate) fn number_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
