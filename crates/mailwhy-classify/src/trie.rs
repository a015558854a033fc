/*!
A set of texts, and where they begin in another text.

Every text begins at a word, so nothing need be looked for inside of words. A filter over the first bytes leaves few of
the places where one could begin; from there a radix tree finds all texts of the set. It is small (a node for each
fork, not for each byte), quick to build, and lies in one hash table: a step is one look at it.
*/

/// Shorter texts are not taken into the set.
pub(crate) const SHORTEST: usize = 2;

/// How many bytes lead to the first node of a text.
const ROOT: usize = 5;

/// How many bytes lead to it when the text is shorter than that.
const SHORT_ROOT: usize = 3;

/// How many bits a filter has, as a power of two.
const FILTER_BITS: u32 = 15;

const NONE: u32 = u32::MAX;

/// The set of texts.
#[derive(Debug)]
pub(crate) struct Trie {
    /// The first bytes of texts.
    roots: Filter,
    /// The first bytes of short texts.
    short_roots: Filter,
    /// Texts too short for that.
    shortest: Vec<([u8; SHORTEST], u32)>,
    /// Zero if a text of the set begins with a blank, else all ones.
    skip_blanks: u64,
    /// The nodes, a hash table with open addressing.
    nodes: Vec<Node>,
    /// The texts, one after another: labels are parts of them.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The bytes after the key: the first eight, and where all of them stand.
    head: u64,
    /// What leads here: the place of the parent and a byte, or the first bytes.
    key: u64,
    label: u32,
    /// The text that ends here.
    text: u32,
    /// A bit for each child's key, modulo 32.
    children: u32,
    label_len: u16,
}

impl Node {
    const FREE: Self = Self { head: 0, key: u64::MAX, label: 0, text: NONE, children: 0, label_len: 0 };
}

impl Trie {
    /// Makes a set of texts, given where each begins and ends among `bytes`. They must be sorted and differ.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "texts are shorter than 64 KiB, all of them than 4 GiB"
    )]
    pub(crate) fn new(bytes: Vec<u8>, texts: &[(u32, u32)]) -> Self {
        let text = |i: u32| &bytes[texts[i as usize].0 as usize..texts[i as usize].1 as usize];
        let (mut roots, mut short_roots) = (Filter::default(), Filter::default());
        let (mut long, mut short) = (Vec::with_capacity(texts.len()), Vec::new());
        let mut shortest = Vec::new();
        let mut skip_blanks = u64::MAX;
        for i in 0..texts.len() as u32 {
            let text = text(i);
            if text.starts_with(b" ") {
                skip_blanks = 0;
            }
            match *text {
                [a, b] => {
                    (0..=255).for_each(|c| short_roots.add(first::<SHORT_ROOT>(word(&[a, b, c]))));
                    shortest.push(([a, b], i));
                }
                [_, _, _] | [_, _, _, _] => {
                    short_roots.add(first::<SHORT_ROOT>(word(text)));
                    short.push(i);
                }
                [_, _, _, _, _, ..] if text.len() <= usize::from(u16::MAX) => {
                    roots.add(first::<ROOT>(word(text)));
                    long.push(i);
                }
                _ => {}
            }
        }
        // A radix tree has less than two nodes for each text, so the table is never full.
        let size = (3 * texts.len()).next_power_of_two().max(16);
        let mut nodes = vec![Node::FREE; size];

        // Each entry stands for the texts from..to, which have the first `depth` bytes in common; the parents come first.
        let mut todo: Vec<(u64, &[u32], usize)> = Vec::with_capacity(texts.len());
        for same in short.chunk_by(|&a, &b| text(a)[..SHORT_ROOT] == text(b)[..SHORT_ROOT]) {
            todo.push((first::<SHORT_ROOT>(word(text(same[0]))), same, SHORT_ROOT));
        }
        for same in long.chunk_by(|&a, &b| text(a)[..ROOT] == text(b)[..ROOT]) {
            todo.push((first::<ROOT>(word(text(same[0]))), same, ROOT));
        }
        while let Some((key, mut same, depth)) = todo.pop() {
            let (low, high) = (text(same[0]), text(same[same.len() - 1]));
            let common = depth + low[depth..].iter().zip(&high[depth..]).take_while(|(a, b)| a == b).count();
            let mut node = Node {
                head: word(&low[depth..common]),
                label: texts[same[0] as usize].0 + depth as u32,
                label_len: (common - depth) as u16,
                key,
                ..Node::FREE
            };
            let mut place = slot(key, size);
            while nodes[place].key != Node::FREE.key {
                place = (place + 1) % size;
            }
            if low.len() == common {
                node.text = same[0];
                same = &same[1..];
            }
            for same in same.chunk_by(|&a, &b| text(a)[common] == text(b)[common]) {
                let byte = text(same[0])[common];
                node.children |= 1 << (byte % 32);
                todo.push((child_key(place, byte), same, common + 1));
            }
            nodes[place] = node;
        }
        Self { roots, short_roots, shortest, skip_blanks, nodes, bytes }
    }

    /// Finds the places of a text where texts of the set may begin: at words, and at what is no letter or digit. The
    /// text is in lower case.
    #[expect(clippy::cast_possible_truncation, reason = "texts are short")]
    pub(crate) fn places(&self, text: &[u8], places: &mut Vec<u32>) {
        places.clear();
        places.resize(text.len(), 0);
        let mut count = 0;
        let mut inside = 0;
        for (block, chunk) in text.chunks(64).enumerate() {
            let (mut alnum, mut blank) = (0, 0);
            let (words, rest) = chunk.as_chunks::<8>();
            let mut add = |bytes: u64, i: usize| {
                let (a, b) = classes(bytes);
                alnum |= a << (8 * i);
                blank |= b << (8 * i);
            };
            words.iter().enumerate().for_each(|(i, word)| add(u64::from_le_bytes(*word), i));
            if !rest.is_empty() {
                add(word(rest), words.len());
            }
            let mut starts = !(alnum & (alnum << 1 | inside) | blank & self.skip_blanks);
            inside = alnum >> 63;
            while starts != 0 {
                let at = 64 * block + starts.trailing_zeros() as usize;
                if at >= text.len() {
                    break;
                }
                starts &= starts - 1;
                let bytes = eight(text, at);
                // Written anyway and counted only if it is one: a branch would be mispredicted at every other word.
                places[count] = at as u32;
                count += usize::from(
                    self.roots.may_have(first::<ROOT>(bytes))
                        | self.short_roots.may_have(first::<SHORT_ROOT>(bytes)),
                );
            }
        }
        places.truncate(count);
    }

    /// Calls `found` with each text of the set that begins at a place, and its end: the shorter ones first.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], place: usize, mut found: impl FnMut(usize, usize)) {
        let bytes = eight(text, place);
        let short = first::<SHORT_ROOT>(bytes);
        if self.short_roots.may_have(short) {
            for &(two, id) in &self.shortest {
                if text[place..].starts_with(&two) {
                    found(id as usize, place + SHORTEST);
                }
            }
            self.walk(text, short, place + SHORT_ROOT, &mut found);
        }
        self.walk(text, first::<ROOT>(bytes), place + ROOT, found);
    }

    /// Goes down from the node with this key; the bytes that led there end at `end`.
    #[inline]
    fn walk(&self, text: &[u8], key: u64, mut end: usize, mut found: impl FnMut(usize, usize)) {
        let mut next = self.node(key);
        while let Some((place, node)) = next {
            let len = usize::from(node.label_len);
            let Some(rest) = text.get(end..) else { return };
            // Eight bytes at once: most labels are shorter, and most others differ early.
            let shift = 64 - 8 * len.min(8) as u32;
            if rest.len() < len || (word(rest) ^ node.head).checked_shl(shift).unwrap_or(0) != 0 {
                return;
            }
            let label = node.label as usize;
            if len > 8 && rest[8..len] != self.bytes[label + 8..label + len] {
                return;
            }
            end += len;
            if node.text != NONE {
                found(node.text as usize, end);
            }
            let Some(&byte) = text.get(end) else { return };
            if node.children >> (byte % 32) & 1 == 0 {
                return;
            }
            end += 1;
            next = self.node(child_key(place, byte));
        }
    }

    #[inline]
    fn node(&self, key: u64) -> Option<(usize, &Node)> {
        let mut place = slot(key, self.nodes.len());
        loop {
            let node = self.nodes.get(place)?;
            if node.key == key {
                return Some((place, node));
            }
            if node.key == Node::FREE.key {
                return None;
            }
            place = (place + 1) & (self.nodes.len() - 1);
        }
    }
}

/// A set of keys that may seem to have a few more.
#[derive(Debug)]
struct Filter(Box<[u64; 1 << (FILTER_BITS - u64::BITS.ilog2())]>);

impl Default for Filter {
    fn default() -> Self {
        Self(Box::new([0; _]))
    }
}

impl Filter {
    fn add(&mut self, key: u64) {
        let (word, bit) = Self::place(key);
        self.0[word] |= 1 << bit;
    }

    #[inline]
    fn may_have(&self, key: u64) -> bool {
        let (word, bit) = Self::place(key);
        self.0[word] >> bit & 1 != 0
    }

    #[inline]
    fn place(key: u64) -> (usize, u64) {
        let place = hash(key) >> (u64::BITS - FILTER_BITS);
        ((place / 64) as usize, place % 64)
    }
}

/// The first bytes of eight, as the key of a node. Such keys are greater than those of children, and differ by length.
#[inline]
fn first<const LEN: usize>(bytes: u64) -> u64 {
    const { assert!(LEN < 8) };
    bytes & ((1 << (8 * LEN)) - 1) | (LEN as u64) << 56
}

/// The key of a child.
#[inline]
fn child_key(parent: usize, byte: u8) -> u64 {
    (parent as u64) << 8 | u64::from(byte)
}

/// Where in a table a key would stand; its size is a power of two.
#[inline]
fn slot(key: u64, size: usize) -> usize {
    (hash(key) >> 32) as usize & (size - 1)
}

#[inline]
fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A bit for each of eight bytes that is a letter in lower case or a digit, and one for each that is a blank.
#[inline]
fn classes(bytes: u64) -> (u64, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let low = bytes & !HIGH;
    // The high bit of each byte of the sum tells whether that byte is at least so great.
    let at_least = |least: u8| low + u64::from(0x80 - least) * EACH;
    let between = |from: u8, to: u8| at_least(from) & !at_least(to + 1);
    // Gathers the high bits: each is shifted to the place of its byte among the highest eight.
    let gathered = |high: u64| ((high & !bytes & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    (gathered(between(b'a', b'z') | between(b'0', b'9')), gathered(between(b' ', b' ')))
}

/// The first eight bytes, or as many as there are.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Eight bytes from a place on; zeros stand in for those behind the end.
#[inline]
fn eight(text: &[u8], at: usize) -> u64 {
    let from = at.min(text.len().saturating_sub(8));
    match text.get(from..).and_then(|text| text.first_chunk()) {
        Some(bytes) => u64::from_le_bytes(*bytes) >> (8 * (at - from)),
        None => word(text.get(at..).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(texts: &[Vec<u8>], text: &[u8]) -> Vec<(usize, usize, usize)> {
        let (mut bytes, mut spans) = (Vec::new(), Vec::new());
        for text in texts {
            let from = bytes.len() as u32;
            bytes.extend_from_slice(text);
            spans.push((from, bytes.len() as u32));
        }
        let trie = Trie::new(bytes, &spans);
        let (mut places, mut found) = (Vec::new(), Vec::new());
        trie.places(text, &mut places);
        for place in places {
            trie.at(text, place as usize, |id, end| found.push((place as usize, end, id)));
        }
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            texts in prop::collection::hash_set("[ab .я]{2,5}|[ab]{9,20}", 0..40),
            text in "[ab .я]{0,40}|[ab ]{60,140}",
        ) {
            let mut texts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
            texts.sort();
            let text = [text.as_bytes(), b"  "].concat();
            let mut want = Vec::new();
            for (id, needle) in texts.iter().enumerate() {
                for (at, window) in text.windows(needle.len()).enumerate() {
                    let inside = at > 0 && [text[at - 1], text[at]].iter().all(u8::is_ascii_alphanumeric);
                    if window == needle && !inside {
                        want.push((at, at + needle.len(), id));
                    }
                }
            }
            want.sort_unstable();
            prop_assert_eq!(found(&texts, &text), want);
        }
    }
}
