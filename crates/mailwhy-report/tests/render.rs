//! What a report looks like, in every form and both languages.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use fixture::{empty, healthy, rich};
use mailwhy_codes::Lang;
use mailwhy_report::{By, Format, Report, Rows, Style, render};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

fn print(report: &Report<'_>, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    render(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(report: &Report<'_>, style: &Style) -> String {
    // Snapshots with no-break spaces cannot be read, and reviewers could not tell them apart.
    print(report, Format::Text, style).replace('\u{a0}', " ")
}

fn style(lang: Lang, width: usize) -> Style {
    Style { lang, width, ..Style::default() }
}

/// A snapshot without the code that made it.
fn check(name: &str, printed: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, printed) });
}

/// Snapshots of the same thing in each language.
fn check_both(name: &str, make: impl Fn(Lang) -> String) {
    for lang in [Lang::En, Lang::Ru] {
        check(&format!("{name}-{}", lang.as_str()), &make(lang));
    }
}

#[test]
fn overview() {
    check_both("overview-80", |lang| text(&rich(lang), &style(lang, 80)));
    check_both("overview-120", |lang| text(&rich(lang), &style(lang, 120)));
    check_both("overview-200", |lang| text(&rich(lang), &style(lang, 200)));
}

#[test]
fn verbose() {
    check_both("verbose-100", |lang| text(&rich(lang), &Style { verbose: true, ..style(lang, 100) }));
}

#[test]
fn one_table() {
    check_both("tables-100", |lang| {
        let report = rich(lang);
        let mut out = String::new();
        for by in By::ALL {
            let style = Style { by: Some(by), ..style(lang, 100) };
            out += &format!("$ mailwhy report --by {}\n{}\n", by.as_str(), text(&report, &style));
        }
        out
    });
}

#[test]
fn nothing_wrong() {
    check_both("healthy", |lang| text(&healthy(), &style(lang, 80)));
}

#[test]
fn nothing_read() {
    check_both("empty", |lang| text(&empty(), &style(lang, 80)));
    check_both("empty-tables", |lang| {
        By::ALL.map(|by| text(&empty(), &Style { by: Some(by), ..style(lang, 80) })).concat()
    });
}

#[test]
fn nothing_understood() {
    check_both("not-a-mail-log", |lang| {
        let mut report = empty();
        report.input.lines = 3121;
        report.input.unknown_lines = 3121;
        report.unknown = rich(lang).unknown;
        text(&report, &style(lang, 80))
    });
}

#[test]
fn stopped_early_and_other_trouble() {
    check_both("doubtful", |lang| {
        let mut report = rich(lang);
        report.input.partial = true;
        report.input.cut_lines = 2;
        report.input.files[0].problem = Some("unexpected end of file".into());
        report.messages.frozen = 17;
        report.messages.discarded = 3;
        // Another year, times that are none, a delay of unknown length.
        report.input.first = Some("2025-12-31T23:10:00".into());
        let mut first = true;
        each(&mut report.hosts, |host| {
            if std::mem::take(&mut first) {
                host.last = Some("yesterday".into());
            }
        });
        report.greylisting.median_delay = None;
        text(&report, &Style { top: Some(2), ..style(lang, 80) })
    });
}

#[test]
fn colour() {
    let style = Style { color: true, top: Some(1), ..style(Lang::En, 80) };
    check("colour", &text(&rich(Lang::En), &style).replace('\x1b', "␛"));
}

#[test]
fn html() {
    check_both("html", |lang| {
        let style = Style { top: Some(2), ..style(lang, 80) };
        print(&rich(lang), Format::Html, &style).replace('\u{a0}', " ")
    });
}

#[test]
fn subjects() {
    check_both("subjects", |lang| {
        let mut one = rich(lang);
        (one.messages.failed, one.messages.partly_delivered) = (1, 0);
        one.input.last.clone_from(&one.input.first);
        let reports = [rich(lang), one, healthy(), empty()];
        let subject = |report: &Report<'_>| mailwhy_report::subject(report, lang, Some("mx1.example")) + "\n";
        reports.iter().map(subject).collect::<String>().replace('\u{a0}', " ")
    });
}

#[test]
fn markdown() {
    let markdown = |lang, verbose| {
        print(&rich(lang), Format::Markdown, &Style { verbose, ..style(lang, 80) }).replace('\u{a0}', " ")
    };
    check_both("markdown", |lang| markdown(lang, false));
    check("markdown-verbose", &markdown(Lang::En, true));
}

#[test]
fn csv() {
    let report = rich(Lang::En);
    check("csv", &print(&report, Format::Csv, &Style::default()));
    let mut out = String::new();
    for by in By::ALL.into_iter().filter(|&by| by != By::Reply) {
        let style = Style { by: Some(by), top: Some(2), ..Style::default() };
        out += &format!(
            "$ mailwhy report --format csv --by {}\n{}\n",
            by.as_str(),
            print(&report, Format::Csv, &style)
        );
    }
    check("csv-tables", &out);
}

#[test]
fn csv_has_every_field_of_the_model() {
    let report: serde_json::Value =
        serde_json::from_str(&print(&rich(Lang::En), Format::Json, &Style::default())).unwrap();
    let tables = [
        (By::Reason, "reasons"),
        (By::Provider, "providers"),
        (By::Domain, "domains"),
        (By::Host, "hosts"),
        (By::Reply, "groups"),
        (By::Code, "replies"),
        (By::Sender, "senders"),
        (By::Rejection, "rejections"),
        (By::Time, "timeline"),
    ];
    for (by, name) in tables {
        let csv = print(&empty(), Format::Csv, &Style { by: Some(by), ..Style::default() });
        let fields: Vec<_> = report[name][0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(csv.trim_end(), fields.join(","), "{name}");
    }
}

#[test]
fn formulas_are_defused() {
    let mut report = rich(Lang::En);
    report.groups[0].text = "=HYPERLINK(\"http://203.0.113.9/\",\"x\")".into();
    let csv = print(&report, Format::Csv, &Style::default());
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://203.0.113.9/\"\",\"\"x\"\")\""), "{csv}");
}

#[test]
fn json() {
    check("json", &print(&rich(Lang::En), Format::Json, &Style::default()));
    check("json-empty", &print(&empty(), Format::Json, &Style::default()));
}

#[test]
fn json_keeps_what_it_escapes() {
    let mut report = rich(Lang::En);
    let text = "a\u{1b}[2J\u{7f}\u{9b}\u{202e}b\n\"\\u\"";
    report.groups[0].text = text.into();
    let json = print(&report, Format::Json, &Style::default());
    assert!(!json.chars().any(|c| acts(c) && c != '\n'));
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["groups"][0]["text"], text);
}

/// The first row, many times.
fn many<T: Clone + Send + Sync + 'static>(rows: &Rows<'_, T>) -> Rows<'static, T> {
    let first = rows.iter().next().expect("a row");
    vec![first; 4000].into()
}

#[test]
fn a_report_fits_on_two_screens() {
    for lang in [Lang::En, Lang::Ru] {
        let mut report = rich(lang);
        report.panics.clear();
        report.advice = vec![report.advice[0].clone(); 40];
        report.reasons = vec![report.reasons[0].clone(); 31];
        report.providers = many(&report.providers);
        report.groups = vec![report.groups[0].clone(); 4000];
        report.hosts = many(&report.hosts);
        report.senders = many(&report.senders);
        report.rejections = vec![report.rejections[0].clone(); 400];
        let lines = text(&report, &style(lang, 100)).lines().count();
        assert!((90..=112).contains(&lines), "{lang:?}: {lines}");
    }
}

/// Whether a character could act on a terminal or hide in it.
fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

/// Words of a log at their worst: wide, combining, hidden, long, empty, markup.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z .]{0,30}",
        "([а-я]{1,12} ){0,12}",
        "[信箱已满ｆｕ]{0,40}",
        "(e\u{301}|👍|❤\u{fe0f}|\u{202e}|\u{1b}\\[2J|\n|\t|\u{9b}|`|\\||<b>|\\\\){0,20}",
        "[a-z]{90,120}",
        any::<String>(),
    ]
}

/// Changes each row.
fn each<T: Clone + Send + Sync + 'static>(rows: &mut Rows<'_, T>, change: impl FnMut(&mut T)) {
    let mut list: Vec<T> = rows.iter().collect();
    list.iter_mut().for_each(change);
    *rows = list.into();
}

/// A report with these words in all places that a log reaches.
fn spoiled(lang: Lang, words: &[String], numbers: &[u64]) -> Report<'static> {
    let mut report = rich(lang);
    let mut words = words.iter().cycle().cloned();
    let mut word = || words.next().unwrap();
    let mut numbers = numbers.iter().cycle().copied();
    let mut number = || numbers.next().unwrap();
    report.input.files[0].name = word();
    for row in &mut report.advice {
        (row.title, row.action) = (word(), word());
        (row.failed, row.waiting, row.first) = (number(), number(), Some(word()));
    }
    for row in &mut report.reasons {
        (row.failed, row.delayed, row.addresses) = (number(), number(), number());
        each(&mut row.places, |place| (place.name, place.count) = (word(), number()));
    }
    for rows in [&mut report.providers, &mut report.domains] {
        each(rows, |row| {
            (row.name, row.delivered, row.failed, row.delayed) = (word(), number(), number(), number());
        });
    }
    each(&mut report.hosts, |row| {
        (row.host, row.failed_attempts, row.delivered) = (word(), number(), number());
    });
    for row in &mut report.groups {
        (row.text, row.sample, row.attempts, row.title) = (word(), word(), number(), word());
    }
    each(&mut report.senders, |row| (row.domain, row.failed) = (word(), number()));
    for row in &mut report.rejections {
        (row.title, row.text, row.count, row.hosts) = (word(), word(), number(), number());
    }
    for count in report.logins.top_addresses.iter_mut().chain(&mut report.logins.top_accounts) {
        (count.name, count.count) = (word(), number());
    }
    for row in &mut report.panics {
        (row.text, row.count, row.last) = (word(), number(), Some(word()));
    }
    for line in &mut report.unknown {
        (line.file, line.text) = (word(), word());
    }
    for bucket in &mut report.timeline {
        (bucket.failed, bucket.arrived) = (number(), number());
    }
    report
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_fit(
        words in prop::collection::vec(words(), 1..40),
        numbers in prop::collection::vec(0..100_000_000u64, 1..20),
        width in 80usize..=200,
        russian: bool,
        verbose: bool,
        by in prop::option::of(prop::sample::select(&By::ALL[..])),
    ) {
        let lang = if russian { Lang::Ru } else { Lang::En };
        let report = spoiled(lang, &words, &numbers);
        let style = Style { by, verbose, ..style(lang, width) };
        for line in print(&report, Format::Text, &style).lines() {
            // A no-break space does what its name says.
            let word = line.trim().split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0);
            prop_assert!(line.width() <= width || word + 6 > width, "{} > {width}: {line}", line.width());
            prop_assert_eq!(line, line.trim_end_matches(' '));
        }
    }

    #[test]
    fn nothing_acts(words in prop::collection::vec(words(), 1..40), verbose: bool) {
        let report = spoiled(Lang::En, &words, &[1]);
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Csv, Format::Json] {
            let out = print(&report, format, &Style { verbose, ..Style::default() });
            prop_assert!(!out.chars().any(|c| acts(c) && c != '\n'), "{out:?}");
        }
    }
}
