//! The files under `data/`, as they are written. An entry that cannot be read is a problem, not the end.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::pattern;

/// All of `data/`.
#[derive(Default)]
pub struct Data {
    pub reasons: Vec<Reason>,
    pub basic: Vec<Basic>,
    pub enhanced: Vec<Enhanced>,
    pub providers: Vec<Provider>,
    pub blocklists: Vec<Blocklist>,
    pub causes: Vec<Cause>,
    pub basic_digits: Vec<Digit>,
    pub classes: Vec<Digit>,
    pub subjects: Vec<Digit>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub title: String,
    pub meaning: String,
    #[serde(default)]
    pub causes: Vec<String>,
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Reasons only.
    #[serde(default)]
    pub not: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    pub who: String,
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(skip)]
    pub at: String,
    pub id: String,
    pub actor: String,
    pub retry: String,
    pub scope: String,
    pub en: Option<Text>,
    pub ru: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sense {
    pub source: String,
    /// Where the source is more than a name.
    pub source_ru: Option<String>,
    pub en: String,
    pub ru: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    #[serde(skip)]
    pub at: String,
    pub code: u16,
    pub status: String,
    pub reason: String,
    #[serde(default)]
    pub by_stage: toml::Table,
    pub enhanced: Option<String>,
    #[serde(default)]
    pub references: Vec<String>,
    pub en: Option<Text>,
    pub ru: Option<Text>,
    #[serde(default, rename = "sense")]
    pub senses: Vec<Sense>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enhanced {
    #[serde(skip)]
    pub at: String,
    pub code: String,
    #[serde(default)]
    pub registered: bool,
    #[serde(default)]
    pub generic: bool,
    pub reason: String,
    #[serde(default)]
    pub bad_address: bool,
    #[serde(default)]
    pub basic: Vec<String>,
    #[serde(default)]
    pub references: Vec<String>,
    pub en: Option<Text>,
    pub ru: Option<Text>,
    #[serde(default, rename = "sense")]
    pub senses: Vec<Sense>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    #[serde(skip)]
    pub at: String,
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub program: bool,
    #[serde(default)]
    pub hosts: Vec<String>,
    #[serde(default)]
    pub domains: Vec<String>,
    #[serde(default)]
    pub marks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocklist {
    #[serde(skip)]
    pub at: String,
    pub id: String,
    pub name: String,
    pub marks: Vec<String>,
    pub lookup: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    #[serde(skip)]
    pub at: String,
    pub id: String,
    pub provider: Option<String>,
    pub reason: String,
    #[serde(default)]
    pub marks: Vec<String>,
    #[serde(default, rename = "match", deserialize_with = "texts")]
    pub matches: Vec<String>,
    #[serde(default)]
    pub replies: Vec<String>,
    #[serde(default)]
    pub only: Vec<String>,
    #[serde(default)]
    pub stage: Vec<String>,
    #[serde(default)]
    pub inherits: bool,
    #[serde(default)]
    pub weak: bool,
    #[serde(default)]
    pub weight: i8,
    pub actor: Option<String>,
    pub retry: Option<String>,
    pub scope: Option<String>,
    pub bad_address: Option<bool>,
    pub blocklist: Option<String>,
    #[serde(default)]
    pub references: Vec<String>,
    pub en: Option<Text>,
    pub ru: Option<Text>,
    #[serde(default, rename = "example")]
    pub examples: Vec<Case>,
    #[serde(default, rename = "near_miss")]
    pub near_misses: Vec<Case>,
}

/// A reply that a cause must or must not be found in. The tests of `mailwhy-classify` run it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub text: String,
    #[expect(dead_code, reason = "read so that its type is checked")]
    pub host: Option<String>,
    pub stage: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digit {
    #[serde(skip)]
    pub at: String,
    /// Of a reply code: the first or the second digit.
    pub position: Option<u8>,
    pub value: u16,
    pub en: Option<Text>,
    pub ru: Option<Text>,
}

/// Texts, with each of their alternatives.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<String>::deserialize(from)?.iter().flat_map(|text| pattern::alternatives(text)).collect())
}

/// Reads all files; what cannot be read is told in the list.
pub fn load(root: &Path) -> Result<(Data, Vec<String>)> {
    let mut data = Data::default();
    let mut loader = Loader { root, problems: Vec::new() };
    for entries in loader.file(Path::new("data/reasons.toml"), &["reason"]) {
        loader.read(entries, &mut data.reasons, |e| (e.id.clone(), &mut e.at));
    }
    for entries in loader.file(Path::new("data/providers.toml"), &["provider"]) {
        loader.read(entries, &mut data.providers, |e| (e.id.clone(), &mut e.at));
    }
    for entries in loader.file(Path::new("data/blocklists.toml"), &["blocklist"]) {
        loader.read(entries, &mut data.blocklists, |e| (e.id.clone(), &mut e.at));
    }
    for entries in loader.dir("data/basic", &["code", "digit"])? {
        match entries.key {
            "code" => loader.read(entries, &mut data.basic, |e| (e.code.to_string(), &mut e.at)),
            _ => loader.read(entries, &mut data.basic_digits, |e| (e.value.to_string(), &mut e.at)),
        }
    }
    for entries in loader.dir("data/enhanced", &["enhanced", "class", "subject"])? {
        match entries.key {
            "class" => loader.read(entries, &mut data.classes, |e| (e.value.to_string(), &mut e.at)),
            "subject" => loader.read(entries, &mut data.subjects, |e| (e.value.to_string(), &mut e.at)),
            _ => loader.read(entries, &mut data.enhanced, |e| (e.code.clone(), &mut e.at)),
        }
    }
    for entries in loader.dir("data/causes", &["cause"])? {
        loader.read(entries, &mut data.causes, |e| (e.id.clone(), &mut e.at));
    }
    Ok((data, loader.problems))
}

/// The entries of one kind in one file.
struct Entries {
    key: &'static str,
    file: String,
    values: Vec<toml::Value>,
}

struct Loader<'a> {
    root: &'a Path,
    problems: Vec<String>,
}

impl Loader<'_> {
    /// Turns entries into what they should be; `place` gives the name of one, and where to note where it stands.
    fn read<T: DeserializeOwned>(
        &mut self,
        entries: Entries,
        into: &mut Vec<T>,
        place: impl Fn(&mut T) -> (String, &mut String),
    ) {
        let Entries { key, file, values } = entries;
        for (i, value) in values.into_iter().enumerate() {
            let name = ["id", "code"].iter().find_map(|k| Some(value.get(k)?.to_string()));
            let name = name.unwrap_or_else(|| format!("[[{key}]] number {}", i + 1));
            match value.try_into::<T>() {
                Ok(mut entry) => {
                    let (name, at) = place(&mut entry);
                    *at = format!("{file}: {name}");
                    into.push(entry);
                }
                Err(error) => self.problems.push(format!("{file}: {name}: {}", error.to_string().trim())),
            }
        }
    }

    /// The entries of one file, each under one of `[[keys]]`.
    fn file(&mut self, path: &Path, keys: &[&'static str]) -> Vec<Entries> {
        let file = path.display().to_string();
        let content = match std::fs::read_to_string(self.root.join(path)) {
            Ok(content) => content,
            Err(error) => {
                self.problems.push(format!("{file}: missing: {error}"));
                return Vec::new();
            }
        };
        let table = match content.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                self.problems.push(format!("{file}: {error}"));
                return Vec::new();
            }
        };
        let mut all = Vec::new();
        for (found, value) in table {
            match (keys.iter().find(|k| **k == found), value) {
                (Some(key), toml::Value::Array(values)) => {
                    all.push(Entries { key, file: file.clone(), values });
                }
                (Some(_), _) => self.problems.push(format!("{file}: `{found}` is not a list of entries")),
                (None, _) => self.problems.push(format!("{file}: unknown name `{found}`, expected {keys:?}")),
            }
        }
        all
    }

    /// The entries of all files below a directory.
    fn dir(&mut self, dir: &str, keys: &[&'static str]) -> Result<Vec<Entries>> {
        Ok(self.files(dir)?.iter().flat_map(|path| self.file(path, keys)).collect())
    }

    /// The TOML files below a directory, sorted by name.
    fn files(&mut self, dir: &str) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let mut dirs = vec![PathBuf::from(dir)];
        if !self.root.join(dir).is_dir() {
            self.problems.push(format!("{dir}: missing"));
            return Ok(files);
        }
        while let Some(dir) = dirs.pop() {
            let full = self.root.join(&dir);
            for entry in
                std::fs::read_dir(&full).with_context(|| format!("cannot read {}", full.display()))?
            {
                let entry = entry?;
                let path = dir.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    dirs.push(path);
                } else if path.extension().is_some_and(|e| e == "toml") {
                    files.push(path);
                }
            }
        }
        files.sort();
        if files.is_empty() {
            self.problems.push(format!("{dir}: no files"));
        }
        Ok(files)
    }
}
