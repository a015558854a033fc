/*!
The texts of all causes, providers and blocklists, compiled to one automaton.

A text is searched as a part of the reply that begins at a word; a short one must be the whole word, and one that
ends in a digit is not followed by another. ` * ` splits a text into parts that must follow one another.
*/

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use mailwhy_codes::{BLOCKLISTS, Blocklist, CAUSES, Cause, PROVIDERS, Provider};

use crate::fold::Folded;

/// How far apart the parts of a text may be where it counts for everybody; providers' own texts are distinctive.
const MAX_GAP: usize = 100;

/// Texts of up to this length are whole words: `spam` is not found in `spammer`.
const SHORT: usize = 4;

/// The compiled texts.
#[derive(Debug)]
pub(crate) struct Rules {
    automaton: Option<AhoCorasick>,
    /// For each pattern of the automaton where its uses begin in `uses`; one more at the end.
    uses_of: Vec<u32>,
    uses: Vec<Use>,
    texts: Vec<Text>,
    /// For each provider the causes that are known by a code alone.
    by_code: Vec<Vec<&'static Cause>>,
}

/// What a text stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A cause, and its provider.
    Mark(&'static Cause),
    /// A cause, where its provider is known or it has none.
    Match(&'static Cause),
    /// A provider.
    Provider(&'static Provider),
    /// A blocklist.
    Blocklist(&'static Blocklist),
}

/// A text that occurs in a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// What it stands for.
    pub(crate) target: Target,
    /// Where it begins in the folded reply.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// How long its parts are together.
    pub(crate) len: u16,
}

/// How far each text has been matched in the reply at hand.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    epoch: u32,
    states: Vec<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    epoch: u32,
    start: u32,
    end: u32,
    next: u16,
}

#[derive(Clone, Copy, Debug)]
struct Use {
    text: u32,
    part: u16,
}

#[derive(Debug)]
struct Text {
    target: Target,
    parts: u16,
    len: u16,
    max_gap: usize,
}

impl Rules {
    /// Compiles the texts of the tables.
    pub(crate) fn new() -> Self {
        let mut builder = Builder::default();
        for cause in &CAUSES {
            cause.marks.iter().for_each(|text| builder.add(text, Target::Mark(cause)));
            cause.texts.iter().for_each(|text| builder.add(text, Target::Match(cause)));
        }
        for provider in &PROVIDERS {
            provider.marks.iter().for_each(|text| builder.add(text, Target::Provider(provider)));
        }
        for blocklist in &BLOCKLISTS {
            blocklist.marks.iter().for_each(|text| builder.add(text, Target::Blocklist(blocklist)));
        }
        builder.build()
    }

    /// Calls `hit` for every text that occurs in a folded reply.
    pub(crate) fn search(&self, reply: &[u8], progress: &mut Progress, mut hit: impl FnMut(Hit)) {
        let Some(automaton) = &self.automaton else { return };
        progress.begin(self.texts.len());
        for found in automaton.find_overlapping_iter(reply) {
            let (start, end) = (found.start(), found.end());
            if !is_whole(reply, start, end) {
                continue;
            }
            let pattern = found.pattern().as_usize();
            for used in &self.uses[self.uses_of[pattern] as usize..self.uses_of[pattern + 1] as usize] {
                let text = &self.texts[used.text as usize];
                let from = if text.parts == 1 {
                    Some(start)
                } else {
                    progress.advance(used.text as usize, used.part, text, start, end)
                };
                if let Some(start) = from {
                    hit(Hit { target: text.target, start, end, len: text.len });
                }
            }
        }
    }

    /// The causes of a provider that are known by a code alone.
    pub(crate) fn by_code(&self, provider: &'static Provider) -> &[&'static Cause] {
        PROVIDERS.iter().position(|p| p.id == provider.id).map_or(&[], |i| &self.by_code[i])
    }
}

impl Progress {
    fn begin(&mut self, texts: usize) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.states.len() != texts || self.epoch == 0 {
            self.states.clear();
            self.states.resize(texts, State::default());
            self.epoch = 1;
        }
    }

    /// Notes a part; where the whole text begins when this was its last one.
    #[expect(clippy::cast_possible_truncation, reason = "the length is limited")]
    fn advance(&mut self, index: usize, part: u16, text: &Text, start: usize, end: usize) -> Option<usize> {
        let state = &mut self.states[index];
        if state.epoch != self.epoch {
            *state = State { epoch: self.epoch, ..State::default() };
        }
        if part == 0 {
            // The latest beginning keeps the gaps short, as long as nothing has followed the earlier one.
            if state.next <= 1 {
                *state = State { epoch: self.epoch, start: start as u32, end: end as u32, next: 1 };
            }
            return None;
        }
        if state.next != part || start < state.end as usize {
            return None;
        }
        if start - state.end as usize > text.max_gap {
            state.next = 0;
            return None;
        }
        (state.end, state.next) = (end as u32, part + 1);
        (state.next == text.parts).then(|| {
            state.next = 0;
            state.start as usize
        })
    }
}

/// A text begins at a word, and a number in it is whole.
#[inline]
fn is_whole(reply: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map_or(b' ', |i| reply[i]);
    let after = reply.get(end).copied().unwrap_or(b' ');
    let word = |a: u8, b: u8| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric();
    let cut = end - start <= SHORT && word(reply[end - 1], after);
    let cut_number = reply[end - 1].is_ascii_digit() && after.is_ascii_digit();
    !(cut || cut_number || word(before, reply[start]))
}

#[derive(Default)]
struct Builder {
    folded: Folded,
    patterns: Vec<Vec<u8>>,
    uses: Vec<Vec<Use>>,
    texts: Vec<Text>,
    known: std::collections::HashMap<Vec<u8>, usize>,
}

impl Builder {
    fn add(&mut self, text: &str, target: Target) {
        let everybody = match target {
            Target::Match(cause) => cause.provider.is_none(),
            Target::Mark(_) | Target::Provider(_) | Target::Blocklist(_) => false,
        };
        let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let (mut parts, mut len) = (0, 0);
        for part in text.split(" * ") {
            // The blanks of a text are its own: "ptr " is the word, "ptr" may go on.
            self.folded.lower(part.as_bytes());
            let mut pattern = &self.folded.text[1..self.folded.text.len() - 1];
            if part.starts_with(' ') {
                pattern = &self.folded.text[..self.folded.text.len() - 1];
            }
            let mut pattern = pattern.to_vec();
            if part.ends_with(' ') {
                pattern.push(b' ');
            }
            if pattern.iter().all(|b| *b == b' ') {
                continue;
            }
            len += pattern.len();
            let id = *self.known.entry(pattern.clone()).or_insert_with(|| {
                self.patterns.push(pattern);
                self.uses.push(Vec::new());
                self.patterns.len() - 1
            });
            self.uses[id].push(Use { text: index, part: parts });
            parts += 1;
        }
        let max_gap = if everybody { MAX_GAP } else { usize::MAX };
        let len = u16::try_from(len).unwrap_or(u16::MAX);
        self.texts.push(Text { target, parts, len, max_gap });
    }

    fn build(self) -> Rules {
        // The patterns come from a checked table: building fails for none of them, and if it ever did, all that was
        // lost would be the texts, not the codes.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&self.patterns)
            .ok();
        let mut uses_of = vec![0];
        let mut uses = Vec::new();
        for mut of in self.uses {
            // Later parts first: one occurrence is not both a part and the next.
            of.sort_by_key(|u| std::cmp::Reverse(u.part));
            uses.extend(of);
            uses_of.push(u32::try_from(uses.len()).unwrap_or(u32::MAX));
        }
        let by_code = PROVIDERS
            .iter()
            .map(|provider| {
                let mine = |c: &&'static Cause| {
                    !c.replies.is_empty() && c.provider.is_some_and(|p| p.id == provider.id)
                };
                CAUSES.iter().filter(mine).collect()
            })
            .collect();
        Rules { automaton, uses_of, uses, texts: self.texts, by_code }
    }
}
