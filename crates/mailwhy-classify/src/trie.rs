/*!
A set of texts, and where they begin in another text.

Every text begins at a word, so nothing need be looked for inside of words. A filter over the first three bytes leaves
few of the places where one could begin; from there a radix tree finds all texts of the set. It is small (a node for
each fork, not for each byte) and quick to build.
*/

/// Shorter texts are not taken into the set.
pub(crate) const SHORTEST: usize = 2;

/// How many bits the filter has, as a power of two.
const FILTER_BITS: u32 = 15;

const FILTER_WORDS: usize = 1 << (FILTER_BITS - u64::BITS.ilog2());

const NONE: u32 = u32::MAX;

/// The set of texts.
#[derive(Debug)]
pub(crate) struct Trie {
    /// A bit for each hash of three bytes that a text of the set may begin with.
    filter: Box<[u64; FILTER_WORDS]>,
    /// The classes of first and second bytes; 0: no text has it there.
    classes: [[u16; 256]; 2],
    /// The node for each pair of classes.
    starts: Vec<u32>,
    /// How many classes of second bytes there are.
    width: usize,
    nodes: Vec<Node>,
    /// For each node the byte that leads to it.
    keys: Vec<u8>,
    /// The texts, one after another: labels are parts of them.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The bytes after the key: the first eight, and where all of them stand.
    head: u64,
    label: u32,
    label_len: u16,
    /// How many children there are, and the place of the first.
    children: u16,
    first: u32,
    /// The text that ends here.
    text: u32,
}

impl Trie {
    /// Makes a set of texts, which must differ from one another.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "texts are shorter than 64 KiB, all of them than 4 GiB"
    )]
    pub(crate) fn new(texts: &[Vec<u8>]) -> Self {
        let mut sorted: Vec<u32> = (0..texts.len() as u32).collect();
        sorted.retain(|&i| (SHORTEST..usize::from(u16::MAX)).contains(&texts[i as usize].len()));
        sorted.sort_unstable_by(|&a, &b| texts[a as usize].cmp(&texts[b as usize]));
        let sorted: Vec<(&[u8], u32)> = sorted.into_iter().map(|i| (&*texts[i as usize], i)).collect();

        let mut classes = [[0u16; 256]; 2];
        let mut counts = [1u16; 2];
        for (text, _) in &sorted {
            for (place, (classes, count)) in classes.iter_mut().zip(&mut counts).enumerate() {
                let class = &mut classes[usize::from(text[place])];
                if *class == 0 {
                    *class = *count;
                    *count += 1;
                }
            }
        }
        let width = usize::from(counts[1]);
        let mut trie = Self {
            filter: Box::new([0; FILTER_WORDS]),
            classes,
            starts: vec![NONE; usize::from(counts[0]) * width],
            width,
            nodes: Vec::new(),
            keys: Vec::new(),
            bytes: Vec::new(),
        };
        let mut offsets = Vec::with_capacity(sorted.len());
        for (text, _) in &sorted {
            offsets.push(trie.bytes.len() as u32);
            trie.bytes.extend_from_slice(text);
            let third = text.get(2).map_or(0..=255, |&b| b..=b);
            for third in third {
                let (word, bit) = filter_place([text[0], text[1], third]);
                trie.filter[word] |= 1 << bit;
            }
        }

        // Each node stands for the texts from..to, which have the first `depth` bytes in common.
        let mut todo = std::collections::VecDeque::new();
        for (from, to) in runs(0, sorted.len(), |i| [sorted[i].0[0], sorted[i].0[1]]) {
            let text = sorted[from].0;
            let start = trie.start_of(text[0], text[1]);
            trie.starts[start] = trie.push(0);
            todo.push_back((trie.nodes.len() - 1, from, to, SHORTEST));
        }
        while let Some((node, mut from, to, depth)) = todo.pop_front() {
            let (low, high) = (sorted[from].0, sorted[to - 1].0);
            let common = low.iter().zip(high).take_while(|(a, b)| a == b).count();
            let label = offsets[from] + depth as u32;
            let mut text = NONE;
            if low.len() == common {
                text = sorted[from].1;
                from += 1;
            }
            let first = trie.nodes.len();
            for (from, to) in runs(from, to, |i| sorted[i].0[common]) {
                trie.push(sorted[from].0[common]);
                todo.push_back((trie.nodes.len() - 1, from, to, common + 1));
            }
            trie.nodes[node] = Node {
                head: word(&low[depth..common]),
                label,
                label_len: (common - depth) as u16,
                children: (trie.nodes.len() - first) as u16,
                first: first as u32,
                text,
            };
        }
        trie
    }

    /// Finds the places of a text where texts of the set may begin: at words, and at what is no letter or digit.
    #[expect(clippy::cast_possible_truncation, reason = "texts are short")]
    pub(crate) fn places(&self, text: &[u8], places: &mut Vec<u32>) {
        places.clear();
        places.resize(text.len(), 0);
        let mut count = 0;
        let mut inside = 0;
        for (i, &[a, b, c]) in text.array_windows().enumerate() {
            let alnum = ALNUM[usize::from(a)];
            let (word, bit) = filter_place([a, b, c]);
            // Written anyway and counted only if it is one: a branch would be mispredicted at every other word.
            places[count] = i as u32;
            count += (self.filter[word] >> bit) as usize & 1 & !(inside & alnum);
            inside = alnum;
        }
        places.truncate(count);
    }

    /// Calls `found` with each text of the set that begins at a place, and its end.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], place: usize, mut found: impl FnMut(usize, usize)) {
        let (Some(&a), Some(&b)) = (text.get(place), text.get(place + 1)) else { return };
        let mut node = self.starts[self.start_of(a, b)];
        let mut end = place + SHORTEST;
        if node == NONE {
            return;
        }
        loop {
            let Node { head, label, label_len, children, first, text: id } = self.nodes[node as usize];
            let len = usize::from(label_len);
            let rest = &text[end..];
            // Eight bytes at once: most labels are shorter, and most others differ early.
            let shift = 64 - 8 * len.min(8) as u32;
            if rest.len() < len || (word(rest) ^ head).checked_shl(shift).unwrap_or(0) != 0 {
                return;
            }
            if len > 8 && rest[8..len] != self.bytes[label as usize + 8..label as usize + len] {
                return;
            }
            end += len;
            if id != NONE {
                found(id as usize, end);
            }
            let Some(key) = text.get(end) else { return };
            let keys = &self.keys[first as usize..first as usize + usize::from(children)];
            let Some(child) = keys.iter().position(|k| k == key) else { return };
            #[expect(clippy::cast_possible_truncation, reason = "there are 256 keys at most")]
            let child = child as u32;
            node = first + child;
            end += 1;
        }
    }

    fn start_of(&self, first: u8, second: u8) -> usize {
        let [firsts, seconds] = &self.classes;
        usize::from(firsts[usize::from(first)]) * self.width + usize::from(seconds[usize::from(second)])
    }

    #[expect(clippy::cast_possible_truncation, reason = "as many as there are texts, twice")]
    fn push(&mut self, key: u8) -> u32 {
        self.nodes.push(Node { head: 0, label: 0, label_len: 0, children: 0, first: 0, text: NONE });
        self.keys.push(key);
        self.nodes.len() as u32 - 1
    }
}

/// 1 for letters and digits.
const ALNUM: [usize; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = (b as u8).is_ascii_alphanumeric() as usize;
        b += 1;
    }
    table
};

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
        let trie = Trie::new(texts);
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
            texts in prop::collection::hash_set("[ab .]{2,5}", 0..40),
            text in "[ab .]{0,40}",
        ) {
            let texts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
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
