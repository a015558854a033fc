//! A report does not depend on where a log is cut.

use std::path::Path;

use mailwhy_classify::Classifier;
use mailwhy_logs::exim::{self, Role};
use mailwhy_report::{About, Place, Summary};

fn summarize(text: &[u8], mut line: u64, mut offset: u64, classifier: &Classifier) -> Summary {
    let mut summary = Summary::part();
    exim::scan(text, Role::Main, |l| {
        let place = Place { file: 0, line, offset };
        line += 1;
        offset += l.raw.len() as u64 + 1;
        if summary.line(l.kind, l.time, l.raw, place) {
            summary.event(&l.event(), place, classifier);
        }
    });
    summary
}

/// The lines of a log, and the summary of any of them.
struct Log<'a> {
    lines: Vec<&'a [u8]>,
    classifier: Classifier,
}

impl Log<'_> {
    fn part(&self, from: usize, to: usize) -> Summary {
        let offset = self.lines[..from].iter().map(|l| l.len() as u64).sum();
        summarize(&self.lines[from..to].concat(), from as u64 + 1, offset, &self.classifier)
    }

    /// The report of the log cut before each of these lines.
    fn report(&self, cuts: &[usize]) -> String {
        let mut total = Summary::new();
        let mut from = 0;
        for to in cuts.iter().copied().chain([self.lines.len()]) {
            total.append(self.part(from, to));
            from = to;
        }
        print(total)
    }
}

fn print(mut total: Summary) -> String {
    total.finish();
    serde_json::to_string_pretty(&total.report(About::default())).expect("JSON")
}

#[test]
fn cuts_change_nothing() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/exim/sample/mainlog");
    let text = std::fs::read(path).expect("the sample log");
    let lines: Vec<&[u8]> = text.split_inclusive(|&b| b == b'\n').collect();
    let starts: Vec<usize> =
        (1..lines.len()).filter(|&n| exim::starts_record(lines[n].trim_ascii_end())).collect();
    let log = Log { lines, classifier: Classifier::new() };
    let whole = log.report(&[]);
    for &cut in starts.iter().step_by(13) {
        assert_eq!(log.report(&[cut]), whole, "cut before line {}", cut + 1);
    }
    assert_eq!(log.report(&starts), whole, "every record alone");

    // a + (b + c), where `report` does (a + b) + c.
    let (first, second) = (starts[starts.len() / 3], starts[starts.len() * 2 / 3]);
    let mut rest = log.part(first, second);
    rest.append(log.part(second, log.lines.len()));
    let mut total = Summary::new();
    total.append(log.part(0, first));
    total.append(rest);
    assert_eq!(print(total), whole);
}
