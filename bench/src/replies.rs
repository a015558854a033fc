//! Replies by themselves. Each measure is the best of several rounds, which other programs on the machine disturb least.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use mailwhy_classify::{Classifier, Query, fingerprint, normalize};
use mailwhy_codes::{Class, Stage};
use mailwhy_logs::exim;

/// Does something with the replies in these files.
pub(crate) fn run(files: &[PathBuf], what: fn(&[Asked])) -> anyhow::Result<()> {
    let mut asked = Vec::new();
    for file in files {
        asked.extend(read(file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    what(&asked);
    Ok(())
}

/// A [`Query`] that owns what it asks.
#[derive(Default)]
pub(crate) struct Asked {
    text: Vec<u8>,
    stage: Option<Stage>,
    host: Option<Vec<u8>>,
    recipient_domain: Option<Vec<u8>>,
    class: Option<Class>,
}

impl Asked {
    fn query(&self) -> Query<'_> {
        Query {
            stage: self.stage,
            host: self.host.as_deref(),
            recipient_domain: self.recipient_domain.as_deref(),
            class: self.class,
            ..Query::new(&self.text)
        }
    }
}

fn read(path: &Path) -> std::io::Result<Vec<Asked>> {
    let content = std::fs::read(path)?;
    let lines = || content.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    if path.extension().is_some_and(|e| e == "tsv") {
        let mut rows = lines().map(|line| line.split(|&b| b == b'\t').collect::<Vec<_>>());
        let names = rows.next().unwrap_or_default();
        let place = |name: &str| names.iter().position(|n| *n == name.as_bytes());
        let (input, stage, host) = (place("input"), place("stage"), place("provider_hint"));
        return Ok(rows
            .map(|row| {
                let cell = |i: Option<usize>| i.and_then(|i| row.get(i)).copied().unwrap_or_default();
                let stage = std::str::from_utf8(cell(stage)).ok().and_then(Stage::from_name);
                Asked {
                    text: cell(input).to_vec(),
                    stage,
                    host: Some(cell(host).to_vec()),
                    ..Asked::default()
                }
            })
            .collect());
    }
    let mut asked = Vec::new();
    exim::scan(&content, exim::Role::Main, |line| {
        if let Some(query) = mailwhy_trace::query(&line.event()) {
            asked.push(Asked {
                text: query.text.to_vec(),
                stage: query.stage,
                host: query.host.map(<[u8]>::to_vec),
                recipient_domain: query.recipient_domain.map(<[u8]>::to_vec),
                class: query.class,
            });
        }
    });
    if asked.is_empty() {
        asked.extend(lines().map(|line| Asked { text: line.to_vec(), ..Asked::default() }));
    }
    Ok(asked)
}

pub(crate) fn classify(asked: &[Asked]) {
    let classifier = Classifier::new();
    let took = best(rounds(asked), || {
        for asked in asked {
            black_box(classifier.classify(&asked.query()));
        }
    });
    tell("classified", asked, took);
}

pub(crate) fn normal_forms(asked: &[Asked]) {
    let mut out = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let took = best(rounds(asked), || {
        for asked in asked {
            out.clear();
            normalize(&asked.text, &mut out);
            black_box(fingerprint(&out));
        }
    });
    for asked in asked {
        out.clear();
        normalize(&asked.text, &mut out);
        seen.insert(fingerprint(&out));
    }
    tell("normalised", asked, took);
    println!("{} different", seen.len());
}

pub(crate) fn verdicts(asked: &[Asked]) {
    let classifier = Classifier::new();
    for asked in asked {
        let v = classifier.classify(&asked.query());
        println!(
            "{}\t{}\t{}\t{:?}\t{}\t{}\t{}\t{}",
            v.reason.as_str(),
            v.rule,
            v.bad_address,
            v.evidence,
            v.provider.map_or("-", |p| p.id),
            v.blocklist.map_or("-", |b| b.id),
            v.confidence.as_str(),
            String::from_utf8_lossy(&asked.text)
        );
    }
}

pub(crate) fn groups(asked: &[Asked]) {
    let mut groups = std::collections::HashMap::<Vec<u8>, usize>::new();
    let mut out = Vec::new();
    for asked in asked {
        out.clear();
        normalize(&asked.text, &mut out);
        *groups.entry(out.clone()).or_default() += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for (text, count) in groups {
        println!("{count}\t{}", String::from_utf8_lossy(&text));
    }
}

/// Enough rounds for a second or so.
fn rounds(asked: &[Asked]) -> usize {
    (1_000_000 / asked.len().max(1)).clamp(3, 2000)
}

/// The seconds that the best of several rounds takes.
pub(crate) fn best(rounds: usize, mut run: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}

fn tell(what: &str, asked: &[Asked], took: f64) {
    let bytes: usize = asked.iter().map(|a| a.text.len()).sum();
    let count = asked.len();
    println!(
        "{count} replies, {} bytes each: {what} {:.0} per second ({:.0} ns each)",
        bytes / count.max(1),
        count as f64 / took,
        took * 1e9 / count.max(1) as f64
    );
}
