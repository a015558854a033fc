/*!
The texts of all causes, providers and blocklists, and the words that servers write around replies, as one set.

A text is searched as a part of the reply that begins at a word; a short one must be the whole word, and one that
ends in a digit is not followed by another. ` * ` splits a text into parts that must follow one another.
*/

use mailwhy_codes::{BLOCKLISTS, Blocklist, CAUSES, Cause, CodePattern, PROVIDERS, Provider};

use crate::fold::{Folded, is_folded};
use crate::reply::{SIGNS, Sign};
use crate::trie::{Places, SHORTEST, Trie};

/// How far apart the parts of a text may be where it counts for everybody; providers' own texts are distinctive.
const MAX_GAP: u32 = 100;

/// Texts of up to this length are whole words: `spam` is not found in `spammer`.
const SHORT: usize = 4;

/// The compiled texts.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The parts of all texts.
    trie: Trie,
    /// What each of them is a part of.
    patterns: Vec<Pattern>,
    texts: Vec<Text>,
    /// For each text the part before the last one, or [`ANY`].
    closest: Vec<u32>,
    /// The parts of texts of several, before the last one: from there to the first.
    earlier: Vec<u32>,
    /// How many patterns are such parts.
    parts: usize,
    /// For each provider the causes that are known by a code alone; last those of all providers.
    by_code: Vec<ByCode>,
    /// The causes of one's own.
    own: Vec<&'static Cause>,
}

/// What a text stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A cause, and its provider.
    Mark(Rule),
    /// A cause, where its provider is known or it has none.
    Match(Rule),
    /// A provider.
    Provider(&'static Provider),
    /// A blocklist.
    Blocklist(&'static Blocklist),
    /// Words around a reply.
    Sign(Sign),
}

/// A cause as a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) cause: &'static Cause,
    /// Whether it is not built in.
    pub(crate) own: bool,
}

/// Where a text occurs in a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// Its number.
    text: u32,
    /// Where it begins in the folded reply, and where it ends.
    start: u32,
    end: u32,
}

impl Hit {
    /// From where to where it is in the folded reply.
    pub(crate) fn span(self) -> (usize, usize) {
        (self.start as usize, self.end as usize)
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

const NONE: u32 = u32::MAX;

/// The number of no part, which is in every reply.
const ANY: u32 = 0;

#[derive(Clone, Copy, Debug)]
struct Pattern {
    /// The texts that end with it: from and to in `Rules::texts`.
    texts: (u32, u32),
    /// Its number among the earlier parts of texts, if it is one.
    part: u32,
    ends: Ends,
}

/// A text to look for.
#[derive(Debug)]
pub(crate) struct Text {
    /// What it stands for.
    pub(crate) target: Target,
    /// How long its parts are together.
    pub(crate) len: u16,
    /// Its earlier parts: from and to in `Rules::earlier`.
    earlier: (u32, u32),
    max_gap: u32,
}

impl Rules {
    /// Compiles the texts of the tables and of one's own causes.
    pub(crate) fn new(own: &[&'static Cause]) -> Self {
        let built_in = CAUSES.iter().filter(|cause| own.iter().all(|o| o.id != cause.id));
        let rules = built_in.map(|cause| Rule { cause, own: false });
        let rules: Vec<Rule> = rules.chain(own.iter().map(|&cause| Rule { cause, own: true })).collect();
        let mut builder = Builder::default();
        for &rule in &rules {
            rule.cause.marks.iter().for_each(|text| builder.add(text, Target::Mark(rule)));
            rule.cause.texts.iter().for_each(|text| builder.add(text, Target::Match(rule)));
        }
        for provider in &PROVIDERS {
            provider.marks.iter().for_each(|text| builder.add(text, Target::Provider(provider)));
        }
        for blocklist in &BLOCKLISTS {
            blocklist.marks.iter().for_each(|text| builder.add(text, Target::Blocklist(blocklist)));
        }
        SIGNS.iter().for_each(|&(text, sign)| builder.add(text, Target::Sign(sign)));
        builder.build(&rules)
    }

    /// The causes of one's own.
    pub(crate) fn own(&self) -> &[&'static Cause] {
        &self.own
    }

    /// The text that occurs.
    pub(crate) fn text(&self, hit: Hit) -> &Text {
        &self.texts[hit.text as usize]
    }

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

    /// Calls `found` for the causes of a provider, or else of all, that may be known by one of these codes alone.
    pub(crate) fn by_code(
        &self,
        provider: Option<&'static Provider>,
        codes: &[CodeKey],
        mut found: impl FnMut(Rule),
    ) {
        let place = provider.map_or(Some(PROVIDERS.len()), |p| PROVIDERS.element_offset(p));
        let Some(ByCode { exact, sets }) = place.and_then(|place| self.by_code.get(place)) else { return };
        if !exact.is_empty() {
            for &code in codes {
                let from = exact.partition_point(|&(key, _)| key < code);
                exact[from..].iter().take_while(|&&(key, _)| key == code).for_each(|&(_, rule)| found(rule));
            }
        }
        sets.iter().for_each(|&rule| found(rule));
    }
}

/// A code to look rules up by.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum CodeKey {
    /// A reply code.
    Basic(u16),
    /// Subject and detail of an enhanced code.
    Enhanced(u16, u16),
}

/// The rules of a provider that are known by a code alone.
#[derive(Clone, Debug, Default)]
struct ByCode {
    /// Those of a single code, sorted by it.
    exact: Vec<(CodeKey, Rule)>,
    /// Those of ranges.
    sets: Vec<Rule>,
}

impl ByCode {
    fn add(&mut self, rule: Rule, pattern: &CodePattern) {
        let key = match (pattern.basic, pattern.enhanced) {
            (_, Some(e)) if e.detail.0 == e.detail.1 => CodeKey::Enhanced(e.subject, e.detail.0),
            (Some((from, to)), None) if from == to => CodeKey::Basic(from),
            _ => return self.sets.push(rule),
        };
        let place = self.exact.partition_point(|&(k, _)| k <= key);
        self.exact.insert(place, (key, rule));
    }
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
        *latest = (self.epoch, place_of(self.occurrences.len()));
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

/// How a pattern must end.
#[derive(Clone, Copy, Debug, Default)]
enum Ends {
    #[default]
    Anywhere,
    /// A short one ends with a word.
    Word,
    /// One that ends in a digit ends with the number.
    Number,
}

impl Ends {
    fn of(pattern: &[u8]) -> Self {
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

#[derive(Default)]
struct Builder {
    folded: Folded,
    /// The parts of all texts, one after another.
    bytes: Vec<u8>,
    /// Where each part is among them.
    parts: Vec<(u32, u32)>,
    /// The texts, each with its last part.
    texts: Vec<(u32, Text)>,
    /// Their other parts.
    earlier: Vec<u32>,
    /// What alternatives repeat: the first part of the text before, and the parts behind it and behind its like.
    repeated: Repeated,
}

/// The parts of `{a|b} * {c|d}` come as `a`, `c`, `a`, `d`, `b`, `c`, `b`, `d`: each is folded and sorted once.
#[derive(Default)]
struct Repeated {
    /// The first part, as it is written, and its number.
    first: Option<(&'static str, u32)>,
    /// The others behind a first one, in their order.
    others: Vec<(&'static str, u32)>,
    /// How many of them have come behind this first one.
    place: usize,
}

impl Repeated {
    /// The number of a part that comes again where it is expected.
    fn find(&mut self, part: &str, opens: bool) -> Option<u32> {
        let expected = if opens { self.first } else { self.others.get(self.place).copied() };
        let (_, number) = expected.filter(|(written, _)| *written == part)?;
        self.place += usize::from(!opens);
        Some(number)
    }

    /// Notes a part that came for the first time.
    fn add(&mut self, part: &'static str, number: u32, opens: bool) {
        if opens {
            self.first = Some((part, number));
            self.place = 0;
        } else {
            self.others.truncate(self.place);
            self.others.push((part, number));
            self.place += 1;
        }
    }
}

impl Builder {
    fn add(&mut self, text: &'static str, target: Target) {
        let everybody = matches!(target, Target::Match(rule) if rule.cause.provider.is_none());
        let first = self.earlier.len();
        let mut len = 0;
        let mut rest = Some(text);
        while let Some(text) = rest {
            let part;
            (part, rest) = next_part(text);
            let opens = self.earlier.len() == first;
            if let Some(number) = self.repeated.find(part, opens) {
                let (start, end) = self.parts[number as usize];
                len += (end - start) as usize;
                self.earlier.push(number);
                continue;
            }
            let written = part;
            // The blanks of a text are its own: "ptr " is the word, "ptr" may go on.
            let part = if is_folded(part.as_bytes()) {
                part.as_bytes()
            } else {
                self.folded.fold(part.as_bytes());
                self.folded.lower();
                let from = usize::from(!part.starts_with(' '));
                let folded = self.folded.text();
                folded.get(from..folded.len() - usize::from(!part.ends_with(' '))).unwrap_or_default()
            };
            if part.len() < SHORTEST || part.iter().all(|b| *b == b' ') {
                continue;
            }
            len += part.len();
            let start = place_of(self.bytes.len());
            self.bytes.extend_from_slice(part);
            let number = place_of(self.parts.len());
            self.repeated.add(written, number, opens);
            self.earlier.push(number);
            self.parts.push((start, place_of(self.bytes.len())));
        }
        if self.earlier.len() == first {
            return;
        }
        let Some(last) = self.earlier.pop() else { return };
        self.earlier[first..].reverse();
        let text = Text {
            target,
            len: u16::try_from(len).unwrap_or(u16::MAX),
            earlier: (place_of(first), place_of(self.earlier.len())),
            max_gap: if everybody { MAX_GAP } else { u32::MAX },
        };
        self.texts.push((last, text));
    }

    fn build(mut self, rules: &[Rule]) -> Rules {
        let (texts, pattern_of) = self.patterns();
        for (last, _) in &mut self.texts {
            *last = pattern_of[*last as usize];
        }
        self.texts.sort_by_key(|(last, _)| *last);
        let ends = |&(start, end): &(u32, u32)| Ends::of(&self.bytes[start as usize..end as usize]);
        let mut patterns: Vec<Pattern> =
            texts.iter().map(|text| Pattern { texts: (0, 0), part: NONE, ends: ends(text) }).collect();
        for (i, (last, _)) in self.texts.iter().enumerate() {
            let pattern = &mut patterns[*last as usize];
            if pattern.texts == (0, 0) {
                pattern.texts.0 = place_of(i);
            }
            pattern.texts.1 = place_of(i + 1);
        }
        let mut parts = ANY + 1;
        for part in &mut self.earlier {
            let pattern = &mut patterns[pattern_of[*part as usize] as usize];
            if pattern.part == NONE {
                pattern.part = parts;
                parts += 1;
            }
            *part = pattern.part;
        }
        let closest = |(_, text): &(u32, Text)| match text.earlier {
            (from, to) if from < to => self.earlier[from as usize],
            _ => ANY,
        };
        let closest = self.texts.iter().map(closest).collect();
        let mut by_code = vec![ByCode::default(); PROVIDERS.len() + 1];
        for rule in rules {
            let place = rule.cause.provider.and_then(|p| PROVIDERS.element_offset(p));
            let by_code = &mut by_code[place.unwrap_or(PROVIDERS.len())];
            rule.cause.replies.iter().for_each(|pattern| by_code.add(*rule, pattern));
        }
        Rules {
            trie: Trie::new(self.bytes, &texts),
            patterns,
            texts: self.texts.into_iter().map(|(_, text)| text).collect(),
            closest,
            earlier: self.earlier,
            parts: parts as usize,
            by_code,
            own: rules.iter().filter(|rule| rule.own).map(|rule| rule.cause).collect(),
        }
    }

    /// The parts that differ, sorted, and for each part its place among them.
    fn patterns(&self) -> (Vec<(u32, u32)>, Vec<u32>) {
        let bytes = |part: u32| {
            let (start, end) = self.parts[part as usize];
            &self.bytes[start as usize..end as usize]
        };
        // Numbers are compared faster than texts: the first bytes decide most.
        let mut sorted: Vec<(u64, u32)> = (0..place_of(self.parts.len()))
            .map(|part| {
                let mut first = [0; 8];
                first.iter_mut().zip(bytes(part)).for_each(|(to, from)| *to = *from);
                (u64::from_be_bytes(first), part)
            })
            .collect();
        sorted.sort_unstable();
        for same in sorted.chunk_by_mut(|a, b| a.0 == b.0) {
            same.sort_by_key(|&(_, part)| bytes(part));
        }
        let mut patterns = Vec::with_capacity(sorted.len());
        let mut pattern_of = vec![0; sorted.len()];
        for same in sorted.chunk_by(|a, b| a.0 == b.0 && bytes(a.1) == bytes(b.1)) {
            for (_, part) in same {
                pattern_of[*part as usize] = place_of(patterns.len());
            }
            patterns.push(self.parts[same[0].1 as usize]);
        }
        (patterns, pattern_of)
    }
}

/// A text up to the next ` * `, and what is behind it.
fn next_part(text: &str) -> (&str, Option<&str>) {
    let star =
        |at: usize| at > 0 && text.as_bytes()[at - 1] == b' ' && text.as_bytes().get(at + 1) == Some(&b' ');
    match memchr::memchr_iter(b'*', text.as_bytes()).find(|&at| star(at)) {
        Some(at) => (&text[..at - 1], Some(&text[at + 2..])),
        None => (text, None),
    }
}

/// Places are kept small; there are some thousands.
fn place_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
