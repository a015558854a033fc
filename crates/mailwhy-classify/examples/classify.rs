//! Classifies replies from standard input, one per line, and tells how fast on standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::io::Read as _;
use std::time::Instant;

use mailwhy_classify::{Classifier, Query};

fn main() -> std::io::Result<()> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let lines: Vec<&[u8]> = input.split(|&b| b == b'\n').filter(|line| !line.is_empty()).collect();

    let start = Instant::now();
    let classifier = Classifier::new();
    let built = start.elapsed();

    let start = Instant::now();
    let verdicts: Vec<_> = lines.iter().map(|line| classifier.classify(&Query::new(line))).collect();
    let took = start.elapsed().as_secs_f64();

    for (line, verdict) in lines.iter().zip(&verdicts) {
        let bad = if verdict.bad_address { " bad" } else { "" };
        let text = String::from_utf8_lossy(line);
        println!(
            "{:<22} {:<24} {}{bad} | {text}",
            verdict.reason.as_str(),
            verdict.rule,
            verdict.confidence.as_str()
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let rate = lines.len() as f64 / took;
    eprintln!("{} replies, {rate:.0} per second; rules built in {built:?}", lines.len());
    Ok(())
}
