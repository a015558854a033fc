//! What is said of a log does not depend on where it is cut.

use std::path::Path;

use mailwhy_classify::Classifier;
use mailwhy_logs::exim::{self, Line, Role};
use mailwhy_report::{About, Failures, Grouping, Only, Place, Summary, SuppressionOptions, Suppressions};

/// What a part of a log adds up to.
trait Part {
    fn read(&mut self, lines: &[Line<'_>], place: &dyn Fn(usize) -> Place, classifier: &Classifier);
    fn append(&mut self, later: Self);
    fn print(self) -> String;
}

impl Part for Summary {
    fn read(&mut self, lines: &[Line<'_>], place: &dyn Fn(usize) -> Place, classifier: &Classifier) {
        self.read(lines, place, classifier);
    }

    fn append(&mut self, later: Self) {
        self.append(later);
    }

    fn print(mut self) -> String {
        self.finish(2);
        serde_json::to_string_pretty(&self.report(About::default())).expect("JSON")
    }
}

impl Part for Failures {
    fn read(&mut self, lines: &[Line<'_>], place: &dyn Fn(usize) -> Place, classifier: &Classifier) {
        for (n, line) in lines.iter().enumerate() {
            if self.line(line.kind, line.time) {
                self.event(&line.event(), place(n), classifier);
            }
        }
    }

    fn append(&mut self, later: Self) {
        self.append(later);
    }

    fn print(mut self) -> String {
        self.finish();
        serde_json::to_string_pretty(&self.report(About::default())).expect("JSON")
    }
}

impl Part for Suppressions {
    fn read(&mut self, lines: &[Line<'_>], _: &dyn Fn(usize) -> Place, classifier: &Classifier) {
        for line in lines {
            if self.line(line.kind, line.time) {
                self.event(&line.event(), classifier);
            }
        }
    }

    fn append(&mut self, later: Self) {
        self.append(later);
    }

    fn print(self) -> String {
        let list = self.list(About::default(), &SuppressionOptions::default());
        serde_json::to_string_pretty(&list).expect("JSON")
    }
}

/// The lines of a log, and what any of them add up to.
struct Log<'a, P> {
    lines: Vec<&'a [u8]>,
    classifier: &'a Classifier,
    /// Begins the whole, and a part.
    begin: [&'a dyn Fn() -> P; 2],
}

impl<P: Part> Log<'_, P> {
    fn part(&self, from: usize, to: usize) -> P {
        let mut next = from;
        let mut part = self.begin[1]();
        exim::scan_batches(&self.lines[from..to].concat(), Role::Main, |lines| {
            let place = |n| {
                let n = next + n;
                let offset = self.lines[..n].iter().map(|line| line.len() as u64).sum();
                Place { file: 0, line: n as u64 + 1, offset }
            };
            part.read(lines, &place, self.classifier);
            next += lines.len();
        });
        part
    }

    /// What is said of the log cut before each of these lines.
    fn said(&self, cuts: &[usize]) -> String {
        let mut total = self.begin[0]();
        let mut from = 0;
        for to in cuts.iter().copied().chain([self.lines.len()]) {
            total.append(self.part(from, to));
            from = to;
        }
        total.print()
    }

    fn check(&self) {
        let starts: Vec<usize> =
            (1..self.lines.len()).filter(|&n| exim::starts_record(self.lines[n].trim_ascii_end())).collect();
        let whole = self.said(&[]);
        for &cut in starts.iter().step_by(13) {
            assert_eq!(self.said(&[cut]), whole, "cut before line {}", cut + 1);
        }
        assert_eq!(self.said(&starts), whole, "every record alone");

        // a + (b + c), where `said` does (a + b) + c.
        let (first, second) = (starts[starts.len() / 3], starts[starts.len() * 2 / 3]);
        let mut rest = self.part(first, second);
        rest.append(self.part(second, self.lines.len()));
        let mut total = self.begin[0]();
        total.append(self.part(0, first));
        total.append(rest);
        assert_eq!(total.print(), whole);
    }
}

fn sample() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/exim/sample/mainlog");
    std::fs::read(path).expect("the sample log")
}

fn check<P: Part>(text: &[u8], whole: &dyn Fn() -> P, part: &dyn Fn() -> P) {
    let lines = text.split_inclusive(|&b| b == b'\n').collect();
    Log { lines, classifier: &Classifier::new(), begin: [whole, part] }.check();
}

#[test]
fn cuts_change_no_report() {
    check(&sample(), &Summary::new, &Summary::part);
}

#[test]
fn cuts_change_no_errors() {
    for by in [Grouping::Reply, Grouping::Host, Grouping::User] {
        let (whole, part) = (|| Failures::new(by, Only::default()), || Failures::part(by, Only::default()));
        check(&sample(), &whole, &part);
    }
}

#[test]
fn cuts_change_no_list() {
    check(&sample(), &Suppressions::new, &|| Suppressions::new().part());

    // An address that comes back and goes again, at every place where the log can be cut.
    let mut log = String::new();
    for (n, end) in ["**", "**", "=>", "**", "=>", "=>", "**", "**"].into_iter().enumerate() {
        for domain in ["a.test", "b.test"] {
            let said = if end == "**" { ": 550 5.1.1 User unknown" } else { "" };
            log +=
                &format!("2026-08-01 10:0{n}:00 1rfXY{n}-000000001ab-2Cde {end} x@{domain} R=r T=t{said}\n");
        }
    }
    check(log.as_bytes(), &Suppressions::new, &|| Suppressions::new().part());
}
