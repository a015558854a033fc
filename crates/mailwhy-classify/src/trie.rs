/*!
A set of texts, and where they begin in another text.

Every text begins at a word, so nothing need be looked for inside of words. A filter over the first three bytes leaves
few of the places where one could begin; from there a radix tree finds all texts of the set. It is small (a node for
each fork, not for each byte), quick to build, and lies in one hash table: a step is one look at it.
*/

/// Shorter texts are not taken into the set.
pub(crate) const SHORTEST: usize = 2;

/// How many bytes lead to the first node.
const ROOT: usize = 3;

/// How many bits the filter has, as a power of two.
const FILTER_BITS: u32 = 15;

const FILTER_WORDS: usize = 1 << (FILTER_BITS - u64::BITS.ilog2());

const NONE: u32 = u32::MAX;

/// The set of texts.
#[derive(Debug)]
pub(crate) struct Trie {
    /// A bit for each hash of three bytes that a text of the set may begin with.
    filter: Box<[u64; FILTER_WORDS]>,
    /// Texts too short for the first node.
    short: Vec<([u8; 2], u32)>,
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
    label: u32,
    /// What leads here: the place of the parent and a byte, or the first bytes.
    key: u32,
    /// The text that ends here.
    text: u32,
    /// A bit for each child's key, modulo 32.
    children: u32,
    label_len: u16,
}

impl Node {
    /// No parent has this place, see [`Trie::new`].
    const FREE: Self = Self { head: 0, label: 0, key: NONE, text: NONE, children: 0, label_len: 0 };
}

impl Trie {
    /// Makes a set of texts, given where each begins and ends among `bytes`. They must be sorted and differ.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "texts are shorter than 64 KiB, all of them than 4 GiB"
    )]
    pub(crate) fn new(bytes: Vec<u8>, texts: &[(u32, u32)]) -> Self {
        let text = |i: usize| &bytes[texts[i].0 as usize..texts[i].1 as usize];
        let mut filter = Box::new([0; FILTER_WORDS]);
        let mut short = Vec::new();
        let mut long = Vec::with_capacity(texts.len());
        let mut skip_blanks = u64::MAX;
        for i in 0..texts.len() {
            if text(i).starts_with(b" ") {
                skip_blanks = 0;
            }
            match *text(i) {
                [a, b, c, ..] if text(i).len() <= usize::from(u16::MAX) => {
                    let (word, bit) = filter_place([a, b, c]);
                    filter[word] |= 1 << bit;
                    long.push(i as u32);
                }
                [a, b] => {
                    for c in 0..=255 {
                        let (word, bit) = filter_place([a, b, c]);
                        filter[word] |= 1 << bit;
                    }
                    short.push(([a, b], i as u32));
                }
                _ => {}
            }
        }
        // A radix tree has less than two nodes for each text; so the table is never full.
        let size = (3 * long.len()).next_power_of_two().max(16);
        let mut nodes = vec![Node::FREE; size];
        let text = |i: usize| text(long[i] as usize);

        // Each entry stands for the texts from..to, which have the first `depth` bytes in common; the parents come first.
        let mut todo: Vec<(u32, usize, usize, usize)> = Vec::with_capacity(long.len());
        for (from, to) in runs(0, long.len(), |i| text(i).first_chunk::<ROOT>()) {
            if let Some(&first) = text(from).first_chunk() {
                todo.push((root_key(first), from, to, ROOT));
            }
        }
        while let Some((key, mut from, to, depth)) = todo.pop() {
            let (low, high) = (text(from), text(to - 1));
            let common = depth + low[depth..].iter().zip(&high[depth..]).take_while(|(a, b)| a == b).count();
            let mut node = Node {
                head: word(&low[depth..common]),
                label: texts[long[from] as usize].0 + depth as u32,
                label_len: (common - depth) as u16,
                key,
                ..Node::FREE
            };
            let mut place = slot(key, size);
            while nodes[place].key != NONE {
                place = (place + 1) % size;
            }
            if low.len() == common {
                node.text = long[from];
                from += 1;
            }
            for (from, to) in runs(from, to, |i| text(i)[common]) {
                let byte = text(from)[common];
                node.children |= 1 << (byte % 32);
                todo.push((child_key(place, byte), from, to, common + 1));
            }
            nodes[place] = node;
        }
        Self { filter, short, skip_blanks, nodes, bytes }
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
            let tail = &text[64 * block..];
            while starts != 0 {
                let i = starts.trailing_zeros() as usize;
                starts &= starts - 1;
                let Some(&three) = tail.get(i..).and_then(|tail| tail.first_chunk()) else { break };
                let (word, bit) = filter_place(three);
                // Written anyway and counted only if it is one: a branch would be mispredicted at every other word.
                places[count] = (64 * block + i) as u32;
                count += (self.filter[word] >> bit) as usize & 1;
            }
        }
        places.truncate(count);
    }

    /// Calls `found` with each text of the set that begins at a place, and its end.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], place: usize, mut found: impl FnMut(usize, usize)) {
        let Some(&first) = text.get(place..).and_then(|text| text.first_chunk()) else { return };
        for &(two, id) in &self.short {
            if first[..2] == two {
                found(id as usize, place + 2);
            }
        }
        let mut end = place + ROOT;
        let mut next = self.node(root_key(first));
        while let Some((place, node)) = next {
            let len = usize::from(node.label_len);
            let rest = &text[end..];
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
    fn node(&self, key: u32) -> Option<(usize, &Node)> {
        let mut place = slot(key, self.nodes.len());
        loop {
            let node = self.nodes.get(place)?;
            if node.key == key {
                return Some((place, node));
            }
            if node.key == NONE {
                return None;
            }
            place = (place + 1) & (self.nodes.len() - 1);
        }
    }
}

/// The key of the node for the first bytes; such keys are greater than those of children.
#[inline]
fn root_key([a, b, c]: [u8; ROOT]) -> u32 {
    u32::from_le_bytes([a, b, c, 0xff])
}

/// The key of a child.
#[expect(clippy::cast_possible_truncation, reason = "there are fewer than 2^24 - 2^16 nodes")]
#[inline]
fn child_key(parent: usize, byte: u8) -> u32 {
    (parent as u32) << 8 | u32::from(byte)
}

/// Where in a table a key would stand; its size is a power of two.
#[inline]
fn slot(key: u32, size: usize) -> usize {
    let hash = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 32) as usize & (size - 1)
}

/// A bit for each of eight bytes that is a letter in lower case or a digit, and one for each that is a blank.
#[inline]
fn classes(bytes: u64) -> (u64, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low = bytes & 0x7f * EACH;
    // The high bit of each byte of the sum tells whether that byte is at least so great.
    let at_least = |least: u8| low + u64::from(0x80 - least) * EACH;
    let between = |from: u8, to: u8| at_least(from) & !at_least(to + 1);
    // Gathers the high bits: each is shifted to the place of its byte among the highest eight.
    let gathered = |high: u64| ((high & !bytes & 0x80 * EACH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
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

/// The bit of three bytes in the filter.
#[inline]
fn filter_place([a, b, c]: [u8; 3]) -> (usize, u32) {
    let hash = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b1) >> (u32::BITS - FILTER_BITS);
    ((hash >> 6) as usize, hash & 63)
}

/// The runs of equal keys in `from..to`.
fn runs<K: PartialEq>(
    mut from: usize,
    to: usize,
    key: impl Fn(usize) -> K,
) -> impl Iterator<Item = (usize, usize)> {
    std::iter::from_fn(move || {
        let start = from;
        let first = (from < to).then(|| key(from))?;
        while from < to && key(from) == first {
            from += 1;
        }
        Some((start, from))
    })
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
                    // The last two bytes are too few for the filter; folded texts end in a blank.
                    if window == needle && !inside && at + 2 < text.len() {
                        want.push((at, at + needle.len(), id));
                    }
                }
            }
            want.sort_unstable();
            prop_assert_eq!(found(&texts, &text), want);
        }
    }
}
