//! Reading an earlier list: one of ours, or addresses one a line.

use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder, Trim};
use jiff::civil::{Date, DateTime};
use mailwhy_codes::{Enhanced, Reason};
use mailwhy_logs::Time;
use mailwhy_trace::hash;

use super::history::{Evidence, History, Run};
use super::{Suppressions, is_address};
use crate::errors::lower_domain;
use crate::summary::key;

/// Names that the column with the addresses has in lists of this and other programs.
const ADDRESS: [&str; 5] = ["address", "email", "e-mail", "email address", "recipient"];

/// A line of a list that holds no address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotAnAddress {
    /// Its number, from 1.
    pub line: u64,
    /// What stands there.
    pub text: Vec<u8>,
}

impl Suppressions {
    /// Puts an earlier list in front of the log: CSV with a header that names the column `address` or `email`, or one
    /// address a line. Empty lines and those that begin with `#` are left out.
    ///
    /// What the log tells of an address up to the time in the column `last` has been counted already.
    ///
    /// # Errors
    ///
    /// When it is no CSV.
    pub fn merge(&mut self, list: &[u8]) -> Result<Vec<NotAnAddress>, csv::Error> {
        let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
        let mut reader = reader(list);
        let mut wrong = Vec::new();
        let mut counted = (*self.counted).clone();
        let mut record = ByteRecord::new();
        reader.read_byte_record(&mut record)?;
        if let Some(columns) = Columns::of(&record) {
            while reader.read_byte_record(&mut record)? {
                let line = record.position().map_or(0, csv::Position::line);
                self.entry(&columns, line, &record, &mut counted, &mut wrong);
            }
        } else {
            for (line, text) in (1..).zip(list.split(|&b| b == b'\n').map(<[u8]>::trim_ascii)) {
                if !matches!(text, [] | [b'#', ..]) {
                    self.entry(&Columns::default(), line, &unnamed(text), &mut counted, &mut wrong);
                }
            }
        }
        self.counted = Arc::new(counted);
        Ok(wrong)
    }

    fn entry(
        &mut self,
        columns: &Columns,
        line: u64,
        record: &ByteRecord,
        counted: &mut mailwhy_trace::Map<u64, Time>,
        wrong: &mut Vec<NotAnAddress>,
    ) {
        let field = |name| columns.get(name, record);
        let Some(address) = field("address") else { return };
        // Lists made with --cleared hold what is not to be suppressed, those made with --diff what has been removed.
        if field("status").is_some_and(|s| s != b"listed") || field("change").is_some_and(|c| c == b"removed")
        {
            return;
        }
        if !is_address(address) {
            wrong.push(NotAnAddress { line, text: address.to_vec() });
            return;
        }
        let text = |name| field(name).map(|value| String::from_utf8_lossy(value).into_owned());
        let number = |name| text(name)?.parse().ok();
        let address = lower_domain(address);
        let id = hash(&address);
        let last = text("last").and_then(|t| time(&t));
        if let Some(last) = last {
            let until = counted.entry(id).or_insert(last);
            *until = (*until).max_by_time(last);
        }
        let run = Run {
            address,
            target: field("target").map(<[u8]>::to_vec),
            evidence: Evidence {
                reason: text("reason").and_then(|name| Reason::from_name(&name)),
                code: number("code").and_then(|code: u64| u16::try_from(code).ok()),
                enhanced: text("enhanced").and_then(|code| enhanced(&code)),
                provider: text("provider").map(Into::into),
                rule: text("rule").map(Into::into),
                text: text("evidence").unwrap_or_default(),
            },
            count: number("count").unwrap_or(0),
            first: text("first").and_then(|t| time(&t)).or(last),
            last,
            expires: text("expires").and_then(|t| day(&t)),
        };
        // The same address twice in a list is one.
        let known = self.addresses.entry(id).or_default();
        let newer = known.after.as_ref().is_none_or(|old| old.last.map(key) < run.last.map(key));
        if newer || !known.old {
            *known = History::of_list(run);
        }
    }
}

fn reader(list: &[u8]) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(Trim::All)
        .from_reader(list)
}

/// A line of a list without a header: an address, or CSV that begins with one.
fn unnamed(line: &[u8]) -> ByteRecord {
    match line {
        // These quotes are the address's own: `"local part"@domain`.
        [b'"', .., last] if *last != b'"' && line.windows(2).any(|pair| pair == b"\"@") => {
            ByteRecord::from(vec![line])
        }
        [b'"', ..] => reader(line).into_byte_records().next().and_then(Result::ok).unwrap_or_default(),
        line => ByteRecord::from(vec![line.split(|&b| b == b',').next().unwrap_or(line).trim_ascii_end()]),
    }
}

trait MaxByTime {
    fn max_by_time(self, other: Self) -> Self;
}

impl MaxByTime for Time {
    fn max_by_time(self, other: Self) -> Self {
        if key(other) > key(self) { other } else { self }
    }
}

/// Which columns a list has.
#[derive(Debug, Default)]
struct Columns(Vec<String>);

impl Columns {
    /// Those of a header; `None` if it is none.
    fn of(record: &ByteRecord) -> Option<Self> {
        let mut names: Vec<String> =
            record.iter().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect();
        let at = ADDRESS.iter().find_map(|known| names.iter().position(|name| name == known))?;
        names[at] = "address".to_owned();
        Some(Self(names))
    }

    /// What stands in this column. Without a header the first one holds the address.
    fn get<'a>(&self, name: &str, record: &'a ByteRecord) -> Option<&'a [u8]> {
        let at = match &self.0[..] {
            [] => (name == "address").then_some(0),
            names => names.iter().position(|n| n == name),
        };
        let value = record.get(at?).filter(|value| !value.is_empty())?;
        // What a spreadsheet would have taken for a formula.
        Some(match value {
            [b'\'', rest @ ..] if matches!(rest, [b'=' | b'+' | b'-' | b'@', ..]) => rest,
            value => value,
        })
    }
}

fn enhanced(text: &str) -> Option<Enhanced> {
    Enhanced::prefix(text.as_bytes()).filter(|&(_, length)| length == text.len()).map(|(code, _)| code)
}

/// A time as we write it, or a date.
fn time(text: &str) -> Option<Time> {
    let civil = |text: &str| text.parse::<DateTime>().ok();
    let zone = text.get(19..).and_then(|tail| tail.find(['Z', '+', '-'])).map(|at| at + 19);
    let (clock, zone) = zone.map_or((text, None), |at| (&text[..at], Some(&text[at..])));
    let time = civil(clock).or_else(|| text.parse::<Date>().ok().map(DateTime::from))?;
    let zoned = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    let minutes = |zone: &str| {
        let (hours, minutes) = zone.get(1..)?.split_once(':')?;
        let minutes = hours.parse::<i16>().ok()? * 60 + minutes.parse::<i16>().ok()?;
        Some(if zone.starts_with('-') { -minutes } else { minutes })
    };
    Some(Time {
        civil: zoned.as_second(),
        millis: clock.contains('.').then(|| u16::try_from(zoned.subsec_millisecond()).unwrap_or(0)),
        offset: zone.and_then(|zone| if zone == "Z" { Some(0) } else { minutes(zone) }),
    })
}

/// A date, in days since 1970.
fn day(text: &str) -> Option<i64> {
    time(text).map(|time| time.civil.div_euclid(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rfc3339;

    #[test]
    fn times() {
        for text in [
            "2026-11-22T03:26:54",
            "2026-11-22T03:26:54.007",
            "2026-11-22T03:26:54+03:00",
            "2026-11-22T03:26:54.120-09:30",
        ] {
            assert_eq!(time(text).map(rfc3339).as_deref(), Some(text));
        }
        assert_eq!(time("2026-11-22").map(rfc3339).as_deref(), Some("2026-11-22T00:00:00"));
        assert_eq!(time("1970-01-03").map(|t| t.civil), Some(2 * 86_400));
        for text in ["", "yesterday", "2026-13-22T03:26:54", "2026-11-22T03:26:54+3"] {
            assert!(time(text).is_none_or(|t| t.offset.is_none()), "{text}");
        }
    }

    #[test]
    fn lists_of_any_form() {
        let addresses = |list: &str| {
            let mut all = Suppressions::new();
            let wrong = all.merge(list.as_bytes()).expect("a list");
            let mut found: Vec<String> = all
                .addresses
                .values()
                .map(|h| String::from_utf8_lossy(&h.after.as_ref().expect("a run").address).into_owned())
                .collect();
            found.sort();
            (found.join(" "), wrong.iter().map(|w| w.line).collect::<Vec<_>>())
        };
        assert_eq!(
            addresses("b@X.test\r\n\r\n# no@x.test\na@x.test\nb@x.TEST\n"),
            ("a@x.test b@x.test".into(), vec![])
        );
        assert_eq!(
            addresses("\"a b\"@x.test\n\"c,d\"@x.test\n\"e@x.test\",Eva\nf@x.test , Fay\n\n#\nnothing\n"),
            ("\"a b\"@x.test \"c,d\"@x.test e@x.test f@x.test".into(), vec![7])
        );
        assert_eq!(addresses("\u{feff}Name,Email\nAnn,Ann@x.test\n"), ("Ann@x.test".into(), vec![]));
        assert_eq!(addresses("address\n'=a@x.test\nnothing\n"), ("=a@x.test".into(), vec![3]));
        assert_eq!(
            addresses("address,status\na@x.test,delivered\nb@x.test,listed\n"),
            ("b@x.test".into(), vec![])
        );
        assert_eq!(addresses(""), (String::new(), vec![]));
    }
}
