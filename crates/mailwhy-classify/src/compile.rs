//! From the tables to the [`Set`] of their texts.

use mailwhy_codes::{Blocklist, Cause, CodePattern, PROVIDERS, Provider};

use crate::fold::Folded;
use crate::set::{ANY, ByCode, CodeKey, Ends, Meaning, NONE, Pattern, Set, Text, number_of};
use crate::sign::Sign;
use crate::trie::{SHORTEST, Trie};

/// How far apart the parts of a text may be where it counts for everybody; providers' own texts are distinctive.
const MAX_GAP: u32 = 100;

/// Compiles the texts of some causes, which are given with their numbers, and of what else there is. The set stays in memory until
/// the program ends.
pub(crate) fn compile(
    causes: impl Iterator<Item = (u32, &'static Cause)>,
    providers: &[Provider],
    blocklists: &[Blocklist],
    signs: &[(&str, Sign)],
) -> Set {
    let causes: Vec<_> = causes.collect();
    let mut builder = Builder::default();
    for &(number, cause) in &causes {
        let everybody = cause.provider.is_none();
        cause.marks.iter().for_each(|text| builder.add(text, Meaning::Mark(number), false));
        cause.texts.iter().for_each(|text| builder.add(text, Meaning::Match(number), everybody));
    }
    for (number, provider) in (0..).zip(providers) {
        provider.marks.iter().for_each(|text| builder.add(text, Meaning::Provider(number), false));
    }
    for (number, blocklist) in (0..).zip(blocklists) {
        blocklist.marks.iter().for_each(|text| builder.add(text, Meaning::Blocklist(number), false));
    }
    signs.iter().for_each(|&(text, sign)| builder.add(text, Meaning::Words(sign), false));
    builder.build(&causes)
}

#[derive(Default)]
struct Builder {
    folded: Folded,
    /// The parts of all texts.
    parts: Vec<Vec<u8>>,
    /// The texts, each with its last part.
    texts: Vec<(u32, Text)>,
    /// Their other parts.
    earlier: Vec<u32>,
}

impl Builder {
    fn add(&mut self, text: &str, meaning: Meaning, everybody: bool) {
        let first = self.earlier.len();
        let mut len = 0;
        for part in text.split(" * ") {
            self.folded.fold(part.as_bytes());
            self.folded.lower();
            // The blanks of a text are its own: "ptr " is the word, "ptr" may go on.
            let from = usize::from(!part.starts_with(' '));
            let folded = self.folded.text();
            let part = folded.get(from..folded.len() - usize::from(!part.ends_with(' '))).unwrap_or_default();
            if part.len() < SHORTEST || part.iter().all(|b| *b == b' ') {
                continue;
            }
            len += part.len();
            self.earlier.push(number_of(self.parts.len()));
            self.parts.push(part.to_vec());
        }
        if self.earlier.len() == first {
            return;
        }
        let Some(last) = self.earlier.pop() else { return };
        self.earlier[first..].reverse();
        let text = Text {
            meaning,
            len: u16::try_from(len).unwrap_or(u16::MAX),
            earlier: (number_of(first), number_of(self.earlier.len())),
            max_gap: if everybody { MAX_GAP } else { u32::MAX },
        };
        self.texts.push((last, text));
    }

    fn build(mut self, causes: &[(u32, &'static Cause)]) -> Set {
        // The parts that differ, sorted, and for each part its place among them.
        let mut sorted = self.parts.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let pattern_of = |part: u32| sorted.partition_point(|other| *other < self.parts[part as usize]);
        for (last, _) in &mut self.texts {
            *last = number_of(pattern_of(*last));
        }
        self.texts.sort_by_key(|(last, _)| *last);
        let pattern = |part: &Vec<u8>| Pattern { texts: (0, 0), part: NONE, ends: Ends::of(part) };
        let mut patterns: Vec<_> = sorted.iter().map(pattern).collect();
        for (i, (last, _)) in self.texts.iter().enumerate() {
            let Pattern { texts, .. } = &mut patterns[*last as usize];
            if *texts == (0, 0) {
                texts.0 = number_of(i);
            }
            texts.1 = number_of(i + 1);
        }
        let mut parts = ANY + 1;
        for part in &mut self.earlier {
            let pattern = &mut patterns[pattern_of(*part)];
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
        let closest: Vec<_> = self.texts.iter().map(closest).collect();
        let (by_code, codes, ranges) = by_code(causes);
        Set {
            trie: Trie::new(&sorted),
            patterns: patterns.leak(),
            texts: self.texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().leak(),
            closest: closest.leak(),
            earlier: self.earlier.leak(),
            parts: parts as usize,
            by_code: by_code.leak(),
            codes: codes.leak(),
            ranges: ranges.leak(),
        }
    }
}

/// What the codes of causes mean, see [`Set::by_code`].
fn by_code(causes: &[(u32, &'static Cause)]) -> (Vec<ByCode>, Vec<(CodeKey, u32)>, Vec<u32>) {
    let key = |pattern: &CodePattern| match (pattern.basic, pattern.enhanced) {
        (_, Some(e)) if e.detail.0 == e.detail.1 => Some(CodeKey::Enhanced(e.subject, e.detail.0)),
        (Some((from, to)), None) if from == to => Some(CodeKey::Basic(from)),
        _ => None,
    };
    let (mut by_code, mut codes, mut ranges) = (Vec::new(), Vec::new(), Vec::new());
    for provider in PROVIDERS.iter().map(Some).chain([None]) {
        let (first_code, first_range) = (codes.len(), ranges.len());
        for &(number, cause) in causes.iter().filter(|(_, cause)| cause.provider == provider) {
            for pattern in cause.replies {
                match key(pattern) {
                    Some(key) => codes.push((key, number)),
                    None => ranges.push(number),
                }
            }
        }
        codes[first_code..].sort_by_key(|&(key, _)| key);
        by_code.push(ByCode {
            codes: (number_of(first_code), number_of(codes.len())),
            ranges: (number_of(first_range), number_of(ranges.len())),
        });
    }
    (by_code, codes, ranges)
}
