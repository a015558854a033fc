//! A check as one line, as monitoring plugins print it.

use std::fmt::Write as _;
use std::io::{self, Write};

use mailwhy_codes::Lang;

use super::values::NBSP;
use super::words::Words;
use crate::monitor::{Level, Metric, Reading, Status};
use crate::text::printable;

/// The name of the service.
const SERVICE: &str = "MAILWHY";

/// Prints the state, what is wrong or that all is well, and the performance data.
///
/// # Errors
///
/// Those of `out`.
pub fn render_status(status: &Status, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut wrong: Vec<&Reading> = status.readings.iter().filter(|r| r.level != Level::Ok).collect();
    wrong.sort_by_key(|reading| std::cmp::Reverse(reading.level));
    let mut text: Vec<String> = wrong.into_iter().map(|reading| sentence(reading, lang)).collect();
    if status.level == Level::Ok {
        text.push(healthy(status, lang));
    }
    text.extend(status.note.clone());
    // The bar begins the performance data.
    let text = printable(text.join("; ").as_bytes()).replace('|', "/").replace(NBSP, " ");
    write!(out, "{SERVICE} {} - {text}", status.level.as_str())?;
    for (n, reading) in status.readings.iter().enumerate() {
        write!(out, "{}{}", if n == 0 { " | " } else { " " }, performance(reading))?;
    }
    writeln!(out)
}

fn healthy(status: &Status, lang: Lang) -> String {
    let words = Words::of(lang);
    let (total, delivered) = status.recipients;
    match lang {
        Lang::En if total == 0 => "no deliveries".to_owned(),
        Lang::Ru if total == 0 => "доставок не было".to_owned(),
        Lang::En => format!(
            "{} delivered ({} of {})",
            words.percent(delivered, total),
            words.number(delivered),
            words.count(total, ["recipient", "recipients", "recipients"])
        ),
        Lang::Ru => format!(
            "доставлено {} ({} из {})",
            words.percent(delivered, total),
            words.number(delivered),
            words.count(total, ["получателя", "получателей", "получателей"])
        ),
    }
}

fn sentence(reading: &Reading, lang: Lang) -> String {
    let words = Words::of(lang);
    let en = lang == Lang::En;
    let (part, whole) = reading.of.unwrap_or_default();
    let share = words.percent(part, whole);
    let of = |text: &str| format!("{} {text} {}", words.number(part), words.number(whole));
    let place = reading.provider.map_or(String::new(), |provider| format!("{provider}: "));
    let about = reading.about.as_deref().map_or(String::new(), |about| {
        if reading.of.is_some() {
            format!(", {} {about}", if en { "mostly:" } else { "чаще всего:" })
        } else {
            format!(" ({about})")
        }
    });
    let count = words.number(reading.value as u64);
    let age = words.duration(reading.value);
    match (reading.metric, en) {
        (Metric::Failed, true) => format!("{place}{share} failed ({}){about}", of("of")),
        (Metric::Failed, false) => format!("{place}не доставлено {share} ({}){about}", of("из")),
        (Metric::Deferred, true) => format!("{place}{share} deferred ({}){about}", of("of")),
        (Metric::Deferred, false) => format!("{place}отложено {share} ({}){about}", of("из")),
        (Metric::Blocklisted, true) => format!("our address is blocklisted: {count} attempts refused{about}"),
        (Metric::Blocklisted, false) => format!("наш адрес в чёрном списке: отказов {count}{about}"),
        (Metric::Silence, true) => format!("no mail for {age}"),
        (Metric::Silence, false) => format!("почты нет уже {age}"),
        (Metric::QueueAge, true) => format!("a message has been on the queue for {age}{about}"),
        (Metric::QueueAge, false) => format!("письмо стоит в очереди {age}{about}"),
        (Metric::Guesses, true) => format!("{count} failed logins{about}"),
        (Metric::Guesses, false) => format!("подбор паролей: {count} неудачных входов{about}"),
    }
}

/// `'label'=value[UOM];[warn];[crit];[min];[max]`
fn performance(reading: &Reading) -> String {
    let (name, unit, max) = match reading.metric {
        Metric::Failed => ("failed", "%", "100"),
        Metric::Deferred => ("deferred", "%", "100"),
        Metric::Blocklisted => ("blocklisted", "", ""),
        Metric::Silence => ("silence", "s", ""),
        Metric::QueueAge => ("queue_age", "s", ""),
        Metric::Guesses => ("guesses", "", ""),
    };
    let value = if unit == "%" { format!("{:.2}", reading.value) } else { format!("{:.0}", reading.value) };
    let limit = |limit: Option<f64>| limit.map_or(String::new(), |limit| limit.to_string());
    let mut out = String::new();
    if let Some(provider) = reading.provider {
        let _ = write!(out, "{provider}_");
    }
    let _ = write!(
        out,
        "{name}={value}{unit};{};{};0;{max}",
        limit(reading.thresholds.warning),
        limit(reading.thresholds.critical)
    );
    out.trim_end_matches(';').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Thresholds;

    fn status() -> Status {
        let thresholds = Thresholds { warning: Some(25.0), critical: Some(50.0) };
        let gmail = Reading {
            metric: Metric::Failed,
            provider: Some("gmail"),
            value: 131.0 * 100.0 / 211.0,
            thresholds,
            level: Level::Critical,
            of: Some((131, 211)),
            about: Some("SPF | DKIM\u{1b}[31m".to_owned()),
        };
        let queue = Reading {
            metric: Metric::QueueAge,
            provider: None,
            value: 90_000.0,
            thresholds: Thresholds { warning: Some(86_400.0), critical: None },
            level: Level::Warning,
            of: None,
            about: Some("1rfXYZ-000000001ab-2Cde".to_owned()),
        };
        Status { level: Level::Critical, readings: vec![queue, gmail], recipients: (1204, 900), note: None }
    }

    fn line(status: &Status, lang: Lang) -> String {
        let mut out = Vec::new();
        render_status(status, lang, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_worst_comes_first() {
        assert_eq!(
            line(&status(), Lang::En),
            "MAILWHY CRITICAL - gmail: 62.1 % failed (131 of 211), mostly: SPF / DKIM\\u{1b}[31m; a message has been on the \
             queue for 25 h (1rfXYZ-000000001ab-2Cde) | queue_age=90000s;86400;;0 gmail_failed=62.09%;25;50;0;100\n"
        );
        assert_eq!(
            line(&status(), Lang::Ru),
            "MAILWHY CRITICAL - gmail: не доставлено 62,1 % (131 из 211), чаще всего: SPF / DKIM\\u{1b}[31m; письмо стоит в \
             очереди 25 ч (1rfXYZ-000000001ab-2Cde) | queue_age=90000s;86400;;0 gmail_failed=62.09%;25;50;0;100\n"
        );
    }

    #[test]
    fn all_is_well() {
        let well = Status { recipients: (1204, 1198), ..Status::default() };
        assert_eq!(line(&well, Lang::En), "MAILWHY OK - 99.5 % delivered (1,198 of 1,204 recipients)\n");
        assert_eq!(line(&Status::default(), Lang::Ru), "MAILWHY OK - доставок не было\n");
    }
}
