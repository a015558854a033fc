/*!
A set of texts, and where they begin in another text.

Every text begins at a word, so nothing need be looked for inside of words, and one of two letters is a whole word. A
filter over the first bytes leaves few of the places where one could begin; from there a radix tree finds all texts of the
set. It is small (a node for each fork, not for each byte), and lies in one hash table: a step is one look at it.
*/

use crate::fold::{PADDING, unpadded};

/// Shorter texts are not taken into the set.
pub(crate) const SHORTEST: usize = 2;

/// How many bytes lead to the first node of a text: the last of these for most, the others for texts shorter than that.
const ROOTS: [u32; 3] = [2, 3, 5];
const LONG: u32 = ROOTS[2];
const SHORT: u32 = ROOTS[1];

/// How many bits a filter has, as a power of two.
const FILTER_BITS: u32 = 15;

const NONE: u32 = u32::MAX;

/// The set of texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trie {
    /// The first bytes of texts.
    pub(crate) roots: &'static Filter,
    /// The first bytes of short texts.
    pub(crate) short_roots: &'static Filter,
    /// Whether a text of the set begins with a blank and a word.
    pub(crate) blanks: bool,
    /// The nodes, a hash table with open addressing.
    pub(crate) nodes: &'static [Node],
    /// The texts, one after another: labels are parts of them.
    pub(crate) bytes: &'static [u8],
}

/// The first bytes of a text of the set, as far as can be told at a glance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Root {
    key: u64,
    /// Where they are.
    pub(crate) at: u32,
    /// Where their node should be.
    slot: u32,
}

/// Room for what is found on the way to them.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// For each byte of a text whether one may begin there, as far as can be told without knowing the texts.
    starts: Vec<u8>,
    /// Where the filters let one begin: the place, and two bits for whether it may be a short one and one that is not.
    places: Vec<u32>,
    roots: Vec<Root>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// The last byte that leads here and the first seven behind it, and where all of these stand.
    pub(crate) head: u64,
    /// What leads here: the place of the parent and a byte, or the first bytes.
    pub(crate) key: u64,
    pub(crate) label: u32,
    /// The text that ends here.
    pub(crate) text: u32,
    /// A bit for each child's key, modulo 32.
    pub(crate) children: u32,
    pub(crate) label_len: u16,
    /// How many bits of the head are no part of it.
    pub(crate) unused: u8,
}

impl Node {
    const FREE: Self =
        Self { head: 0, key: u64::MAX, label: 0, text: NONE, children: 0, label_len: 0, unused: 0 };
}

impl Trie {
    /// Makes a set of texts, which must be sorted and differ. It stays in memory until the program ends.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "texts are shorter than 64 KiB, all of them than 4 GiB"
    )]
    pub(crate) fn new(texts: &[Vec<u8>]) -> Self {
        let mut bytes = Vec::new();
        let mut starts = Vec::with_capacity(texts.len());
        let (mut roots, mut short_roots) = (Filter::default(), Filter::default());
        let mut by_root = [(); ROOTS.len()].map(|()| Vec::new());
        let [two, short, long] = &mut by_root;
        let mut blanks = false;
        for (i, text) in (0..).zip(texts) {
            starts.push(bytes.len() as u32);
            bytes.extend_from_slice(text);
            blanks |= matches!(text[..], [b' ', word, ..] if word.is_ascii_alphanumeric());
            match text[..] {
                [a, b] => {
                    let letter = b.is_ascii_alphanumeric();
                    let behind = (0..=255_u8).filter(|c| !(letter && c.is_ascii_alphanumeric()));
                    behind.for_each(|c| short_roots.add(word(&[a, b, c]), SHORT));
                    two.push(i);
                }
                [_, _, _] | [_, _, _, _] => {
                    short_roots.add(word(text), SHORT);
                    short.push(i);
                }
                [_, _, _, _, _, ..] if text.len() <= usize::from(u16::MAX) => {
                    roots.add(word(text), LONG);
                    long.push(i);
                }
                _ => {}
            }
        }
        let text = |i: u32| &texts[i as usize][..];
        // A radix tree has less than two nodes for each text, so the table is never full.
        let size = (2 * texts.len()).next_power_of_two().max(16);
        let mut nodes = vec![Node::FREE; size];

        // Each entry stands for texts that have the first `depth` bytes in common; the parents come first.
        let mut todo: Vec<(u64, &[u32], usize)> = Vec::new();
        for (texts, root) in by_root.iter().zip(ROOTS) {
            let depth = root as usize;
            for same in texts.chunk_by(|&a, &b| text(a)[..depth] == text(b)[..depth]) {
                todo.push((first_bytes(word(text(same[0])), root), same, depth));
            }
        }
        while let Some((key, mut same, depth)) = todo.pop() {
            let (low, high) = (text(same[0]), text(same[same.len() - 1]));
            let common = depth + low[depth..].iter().zip(&high[depth..]).take_while(|(a, b)| a == b).count();
            let head = &low[depth - 1..common];
            let mut node = Node {
                head: word(head),
                label: starts[same[0] as usize] + depth as u32,
                label_len: (common - depth) as u16,
                unused: (u64::BITS as usize - 8 * head.len().min(8)) as u8,
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
        Self {
            roots: Box::leak(Box::new(roots)),
            short_roots: Box::leak(Box::new(short_roots)),
            blanks,
            nodes: nodes.leak(),
            bytes: bytes.leak(),
        }
    }

    /// Finds where texts of the set may begin in a padded text: at words, and at what is no letter or digit. The text is in
    /// lower case. They come in the order of the text, the shorter ones first.
    #[expect(clippy::cast_possible_truncation, reason = "texts are short")]
    pub(crate) fn roots<'a>(&self, text: &[u8], room: &'a mut Places) -> &'a [Root] {
        let Places { starts, places, roots } = room;
        let len = unpadded(text).len();
        if starts.len() < len + 64 {
            starts.resize(len + 64, 0);
            places.resize(len, 0);
            roots.resize(ROOTS.len() * len, Root::default());
        }
        if len == 0 {
            return &[];
        }
        // A blank before a word is left out if no text begins so. There are no branches, and whole blocks with some of the
        // padding, so that the compiler makes vectors of it and nothing else.
        let alnum = |b: u8| (b.wrapping_sub(b'a') < 26) | (b.wrapping_sub(b'0') < 10);
        let skipped = if self.blanks { 0 } else { b' ' };
        let blocks = (len + 14) & !15;
        let (before, here, after) = (&text[..blocks], &text[1..=blocks], &text[2..blocks + 2]);
        for (((start, &before), &byte), &after) in
            starts[1..=blocks].iter_mut().zip(before).zip(here).zip(after)
        {
            let inside = alnum(byte) & alnum(before);
            *start = u8::from(!(inside | (byte == skipped) & alnum(after)));
        }
        starts[0] = 1;
        starts[len..len + 64].fill(0);

        let mut count = 0;
        for (first, starts) in (0..len).step_by(64).zip(starts.as_chunks::<64>().0) {
            let mut starts = gathered(starts);
            while starts != 0 {
                let at = first as u32 + starts.trailing_zeros();
                starts &= starts - 1;
                let bytes = eight(text, at);
                let kinds = self.short_roots.may_have(bytes, SHORT) << 1 | self.roots.may_have(bytes, LONG);
                // Written anyway and counted only if it is one: a branch would be mispredicted at every other word.
                places[count] = at << 2 | kinds as u32;
                count += usize::from(kinds != 0);
            }
        }
        // The nodes are far apart in memory. Here none is waited for before the next one is asked for.
        let mut found = 0;
        for place in &places[..count] {
            let at = place >> 2;
            let bytes = eight(text, at);
            let mut add = |len: u32, there: u32| {
                let key = first_bytes(bytes, len);
                let slot = slot(key, self.nodes.len());
                roots[found] = Root { key, at, slot: slot as u32 };
                found += there as usize & usize::from(self.nodes[slot].key != Node::FREE.key);
            };
            if place & 2 != 0 {
                add(ROOTS[0], 1);
                add(SHORT, 1);
            }
            add(LONG, place & 1);
        }
        &roots[..found]
    }

    /// Calls `found` with each text of the set that begins with a root, and its end: the shorter ones first.
    #[inline]
    pub(crate) fn walk(&self, text: &[u8], root: Root, mut found: impl FnMut(u32, u32)) {
        let mut end = root.at + root_len(root.key);
        let mut next = self.node(root.key, root.slot as usize);
        while let Some((place, node)) = next {
            // Eight bytes at once: most labels are shorter, and most others differ early.
            if (eight(text, end - 1) ^ node.head) << node.unused != 0 {
                return;
            }
            if node.label_len > 7 {
                let label = &self.bytes[node.label as usize..][..usize::from(node.label_len)];
                if !text[end as usize..].starts_with(label) {
                    return;
                }
            }
            end += u32::from(node.label_len);
            if node.text != NONE {
                found(node.text, end);
            }
            let byte = text[end as usize];
            if node.children >> (byte % 32) & 1 == 0 {
                return;
            }
            end += 1;
            let key = child_key(place, byte);
            next = self.node(key, slot(key, self.nodes.len()));
        }
    }

    /// The node with this key, which is looked for from its slot on.
    #[inline]
    fn node(&self, key: u64, mut slot: usize) -> Option<(usize, &Node)> {
        loop {
            let node = self.nodes.get(slot)?;
            if node.key == key {
                return Some((slot, node));
            }
            if node.key == Node::FREE.key {
                return None;
            }
            slot = (slot + 1) & (self.nodes.len() - 1);
        }
    }
}

/// A set of first bytes that may seem to have a few more.
#[derive(Debug)]
pub(crate) struct Filter(pub(crate) [u64; 1 << (FILTER_BITS - u64::BITS.ilog2())]);

impl Default for Filter {
    fn default() -> Self {
        Self([0; _])
    }
}

impl Filter {
    fn add(&mut self, bytes: u64, len: u32) {
        let (word, bit) = Self::place(bytes, len);
        self.0[word] |= 1 << bit;
    }

    /// Whether it may have the first `len` of these bytes: 1, or else 0.
    #[inline]
    fn may_have(&self, bytes: u64, len: u32) -> u64 {
        let (word, bit) = Self::place(bytes, len);
        self.0[word] >> bit & 1
    }

    #[inline]
    fn place(bytes: u64, len: u32) -> (usize, u64) {
        let place = hash(bytes << (u64::BITS - 8 * len)) >> (u64::BITS - FILTER_BITS);
        ((place / 64) as usize, place % 64)
    }
}

/// The first `len` of eight bytes, as the key of a node. Such keys are greater than those of children, and differ by length.
#[inline]
fn first_bytes(bytes: u64, len: u32) -> u64 {
    bytes & ((1 << (8 * len)) - 1) | u64::from(len) << 56
}

/// How many bytes such a key is made of.
#[inline]
fn root_len(key: u64) -> u32 {
    (key >> 56) as u32
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

/// The lowest bit of each byte.
#[inline]
fn gathered(bytes: &[u8; 64]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    // Each is shifted to the place of its byte among the highest eight.
    words
        .iter()
        .rev()
        .fold(0, |bits, &word| bits << 8 | u64::from_le_bytes(word).wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

/// The first eight bytes, or as many as there are.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Eight bytes from a place on; behind the padding are none.
#[inline]
fn eight(text: &[u8], at: u32) -> u64 {
    const { assert!(PADDING >= 16) };
    let at = at as usize;
    text.get(at..at + 8).and_then(|text| text.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(texts: &[Vec<u8>], text: &[u8]) -> Vec<(usize, usize, usize)> {
        let trie = Trie::new(texts);
        let (mut places, mut found) = (Places::default(), Vec::new());
        let text = [text, &[0; PADDING]].concat();
        for &root in trie.roots(&text, &mut places) {
            trie.walk(&text, root, |id, end| found.push((root.at as usize, end as usize, id as usize)));
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
            // Two letters within a longer word may be found or not.
            let whole = |&(at, end, _): &(usize, usize, usize)| {
                end - at > SHORTEST
                    || !text[end - 1].is_ascii_alphanumeric()
                    || !text.get(end).is_some_and(u8::is_ascii_alphanumeric)
            };
            let mut want = Vec::new();
            for (id, needle) in texts.iter().enumerate() {
                for (at, window) in text.windows(needle.len()).enumerate() {
                    let inside = at > 0 && [text[at - 1], text[at]].iter().all(u8::is_ascii_alphanumeric);
                    if window == needle && !inside {
                        want.push((at, at + needle.len(), id));
                    }
                }
            }
            want.retain(whole);
            want.sort_unstable();
            let mut found = found(&texts, &text);
            found.retain(whole);
            prop_assert_eq!(found, want);
        }
    }
}
