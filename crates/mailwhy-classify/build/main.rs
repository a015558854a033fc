//! Compiles the texts of the tables, so that no program has to when it starts.

use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

use mailwhy_codes::{BLOCKLISTS, CAUSES, PROVIDERS};
use set::Set;
use signs::SIGNS;
use trie::Trie;

// The modules that look for the texts later: not all of these is needed here.
#[expect(dead_code)]
#[path = "../src/fold.rs"]
mod fold;
#[expect(dead_code)]
#[path = "../src/kinds.rs"]
mod kinds;
#[expect(dead_code)]
#[path = "../src/set.rs"]
mod set;

#[path = "../src/compile.rs"]
mod compile;
#[path = "../src/sign.rs"]
mod sign;
mod signs;
#[path = "../src/trie.rs"]
mod trie;

fn main() {
    let Set { trie, patterns, texts, closest, earlier, parts, by_code, codes, ranges } =
        compile::compile((0..).zip(&CAUSES), &PROVIDERS, &BLOCKLISTS, SIGNS);
    let Trie { roots, short_roots, blanks, nodes, bytes } = trie;
    let bytes = bytes.escape_ascii();
    // What is printed for people is Rust, too.
    let set = [
        list("NODES", "Node", nodes),
        list("PATTERNS", "Pattern", patterns),
        list("TEXTS", "Text", texts),
        list("CLOSEST", "u32", closest),
        list("EARLIER", "u32", earlier),
        list("BY_CODE", "ByCode", by_code),
        list("CODES", "(CodeKey, u32)", codes),
        list("RANGES", "u32", ranges),
        format!("static ROOTS: Filter = {roots:?};"),
        format!("static SHORT_ROOTS: Filter = {short_roots:?};"),
        format!(
            "pub(super) static TABLES: Set = Set {{
                trie: Trie {{
                    roots: &ROOTS, short_roots: &SHORT_ROOTS, blanks: {blanks}, nodes: &NODES, bytes: b\"{bytes}\"
                }},
                patterns: &PATTERNS, texts: &TEXTS, closest: &CLOSEST, earlier: &EARLIER, parts: {parts},
                by_code: &BY_CODE, codes: &CODES, ranges: &RANGES,
            }};"
        ),
    ];
    let directory = env::var_os("OUT_DIR").expect("cargo names a directory");
    fs::write(Path::new(&directory).join("set.rs"), set.join("\n")).expect("the directory can be written");
}

fn list<T: Debug>(name: &str, of: &str, list: &[T]) -> String {
    format!("static {name}: [{of}; {}] = {list:?};", list.len())
}
