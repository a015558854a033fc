//! What a person asks for: a code, a name, a log line or a reply.

use mailwhy::classify::Query;
use mailwhy::codes::{
    self, BLOCKLISTS, Blocklist, CAUSES, Cause, Class, Enhanced, PROVIDERS, Provider, Reason, Stage, Status,
    provider_by_domain, provider_by_host,
};
use mailwhy::input::Source;
use mailwhy::logs::exim;
use mailwhy::logs::{Event, Kind};
use mailwhy::report::CodeAsked;
use mailwhy::trace::{domain_of, query};

use crate::pipeline;

/// Names that are no more alike than this are not suggested.
const ALIKE: f64 = 0.84;

/// What is asked.
pub enum Question<'a> {
    /// Codes, and how a server would write them.
    Code(CodeAsked, String),
    Reason(Reason),
    Cause(&'static Cause),
    Provider(&'static Provider),
    Blocklist(&'static Blocklist),
    Log(LogLines),
    Reply(&'a [u8]),
    /// Log lines, none of which reports a failure or holds a reply.
    Quiet,
}

/// Lines of a log.
#[derive(Default)]
pub struct LogLines {
    /// Those that report a failure, or else one with a reply.
    pub failures: Vec<LogLine>,
    /// How many there are, and how many of them are not the rest of another.
    pub all: usize,
    pub records: usize,
}

/// What a log line tells of a failure.
pub struct LogLine {
    /// Its number in the text, from 1.
    pub number: usize,
    /// Whether it failed for good.
    pub failed: bool,
    pub text: Vec<u8>,
    pub stage: Option<Stage>,
    pub host: Option<Vec<u8>>,
    /// The recipient's domain, where it tells who said it.
    pub domain: Option<Vec<u8>>,
    pub recipient: Option<String>,
    pub sender_domain: Option<String>,
    pub class: Option<Class>,
}

impl LogLine {
    /// What the classifier is asked.
    pub fn query(&self) -> Query<'_> {
        Query {
            stage: self.stage,
            host: self.host.as_deref(),
            recipient_domain: self.domain.as_deref(),
            class: self.class,
            ..Query::new(&self.text)
        }
    }
}

/// What `text` asks for, of the built-in rules or one's own; `None` where it is empty.
pub fn read<'a>(text: &'a [u8], own: &[&'static Cause]) -> Option<Question<'a>> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return None;
    }
    if let Ok(words) = std::str::from_utf8(text)
        && words.len() < 80
        && let Some(question) = code(words).or_else(|| name(words, own))
    {
        return Some(question);
    }
    Some(match log_lines(text) {
        Some(lines) if lines.failures.is_empty() => Question::Quiet,
        Some(lines) => Question::Log(lines),
        None => Question::Reply(text),
    })
}

/// Codes and nothing else: `421`, `5.1.1`, `550 5.7.26`, `550-5.7.26`, `SMTP error 550`, `X.7.26`.
fn code(text: &str) -> Option<Question<'static>> {
    let (mut code, mut enhanced) = (None, None);
    let parts =
        text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | ',' | '(' | ')' | '#' | ':'));
    for part in parts.filter(|part| !part.is_empty()) {
        if let Some(found) = enhanced_code(part) {
            if enhanced.replace(found).is_some() {
                return None;
            }
        } else if part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()) {
            let found = part.parse().ok().filter(|n: &u16| (100..700).contains(n))?;
            if code.replace(found).is_some() {
                return None;
            }
        } else if !matches!(&*part.to_lowercase(), "smtp" | "error" | "code" | "status" | "код" | "ошибка")
        {
            return None;
        }
    }
    let mut dotted = false;
    if let (None, Some(Enhanced { class, subject: subject @ 0..10, detail: detail @ 0..10 })) =
        (code, enhanced)
        && enhanced.and_then(codes::enhanced).is_none()
        && let Some(entry) = codes::basic(u16::from(class) * 100 + subject * 10 + detail)
        && matches!(entry.status, Status::Standard | Status::Extension)
    {
        (code, enhanced, dotted) = (Some(entry.code), None, true);
    }
    let written = match (code, enhanced) {
        (None, None) => return None,
        (Some(code), Some(enhanced)) => format!("{code} {enhanced}"),
        (Some(code), None) => code.to_string(),
        (None, Some(enhanced)) => enhanced.to_string(),
    };
    Some(Question::Code(CodeAsked { code, enhanced, dotted }, written))
}

/// `5.1.1`, and `X.1.1` for any class.
fn enhanced_code(text: &str) -> Option<Enhanced> {
    let read =
        |text: &str| Enhanced::prefix(text.as_bytes()).filter(|(_, len)| *len == text.len()).map(|(e, _)| e);
    let any = text.strip_prefix(['X', 'x']).map(|rest| format!("5{rest}"));
    read(any.as_deref().unwrap_or(text))
}

/// What is written like an enhanced code and begins with a digit that none begins with (RFC 3463 §2), and what could have
/// been meant.
pub fn no_class(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let (class, rest) = text.split_at_checked(1).filter(|(class, _)| !matches!(*class, "2" | "4" | "5"))?;
    let class: u16 = class.parse().ok()?;
    let likely = enhanced_code(&format!("5{rest}"))?;
    let code = (likely.subject < 10 && likely.detail < 10)
        .then_some(class * 100 + likely.subject * 10 + likely.detail);
    let code = code.and_then(codes::basic).filter(|entry| entry.status == Status::Standard);
    let mut meant: Vec<String> = code.map(|entry| entry.code.to_string()).into_iter().collect();
    let known = [5, 4]
        .map(|class| Enhanced { class, ..likely })
        .into_iter()
        .filter(|code| codes::enhanced(*code).is_some());
    meant.extend(known.map(|code| code.to_string()));
    Some(meant)
}

/// The name of a reason, a rule, a provider or a blocklist.
fn name(text: &str, own: &[&'static Cause]) -> Option<Question<'static>> {
    let id = text.to_lowercase();
    let hyphened = id.replace([' ', '_'], "-");
    let own = own.iter().copied().find(|cause| cause.id == id);
    if let Some(reason) = Reason::from_name(&hyphened).filter(|_| own.is_none()) {
        return Some(Question::Reason(reason));
    }
    if let Some(cause) = own.or_else(|| codes::cause(&id)) {
        return Some(Question::Cause(cause));
    }
    let provider = PROVIDERS.iter().find(|p| p.id == hyphened || p.name.to_lowercase() == id);
    // A host or domain, but not a word: `com` belongs to nobody.
    let by_name = || provider_by_domain(id.as_bytes()).or_else(|| provider_by_host(id.as_bytes()));
    if let Some(provider) = provider.or_else(by_name) {
        return Some(Question::Provider(provider));
    }
    if let Some(list) =
        BLOCKLISTS.iter().find(|b| b.id == hyphened || b.rule == id || b.name.to_lowercase() == id)
    {
        return Some(Question::Blocklist(list));
    }
    // What `rule` says of codes.
    id.strip_prefix("basic:").or_else(|| id.strip_prefix("enhanced:")).and_then(code)
}

/// What the lines of a log tell: those that report a failure, or else the first reply. `None` where none of them is one of
/// Exim's.
fn log_lines(text: &[u8]) -> Option<LogLines> {
    let mut lines = LogLines::default();
    let mut reply = None;
    let mut sender = None;
    // Read like a stream, which is written now.
    exim::scan(text, pipeline::log(&Source::Stdin), |line| {
        lines.all += 1;
        if line.time.is_none() || matches!(line.kind, Kind::Unknown | Kind::Continuation) {
            return;
        }
        lines.records += 1;
        let event = line.event();
        sender = event.sender.map(<[u8]>::to_vec).or(sender.take());
        let around = || {
            let domain = sender.as_deref().and_then(|sender| str::from_utf8(domain_of(sender)).ok());
            LogLine {
                number: lines.all,
                failed: line.kind == Kind::Failure,
                sender_domain: domain.filter(|domain| !domain.is_empty()).map(str::to_owned),
                ..around(&event)
            }
        };
        if let Some(asked) = query(&event).filter(|q| !q.text.is_empty()) {
            lines.failures.push(LogLine {
                text: asked.text.to_owned(),
                stage: asked.stage,
                host: asked.host.map(<[u8]>::to_vec),
                domain: asked.recipient_domain.map(<[u8]>::to_vec),
                class: asked.class,
                ..around()
            });
        } else if reply.is_none() {
            let said = event.reply.or(event.response);
            reply = said.map(|r| LogLine { text: r.text.to_owned(), stage: r.stage, ..around() });
        }
    });
    if lines.failures.is_empty() {
        lines.failures.extend(reply);
    }
    (lines.records > 0).then_some(lines)
}

fn around(event: &Event<'_>) -> LogLine {
    LogLine {
        number: 0,
        failed: false,
        text: Vec::new(),
        stage: event.stage,
        host: event.host.or(event.ip).map(<[u8]>::to_vec),
        domain: None,
        recipient: event.recipient.map(mailwhy::report::printable).filter(|r| r.contains('@')),
        sender_domain: None,
        class: None,
    }
}

/// Names that look like what was asked, the likeliest first.
pub fn similar(text: &str, own: &[&'static Cause]) -> Vec<&'static str> {
    let text = text.trim().to_lowercase().replace([' ', '_'], "-");
    if text.len() > 60 {
        return Vec::new();
    }
    let names = Reason::ALL.iter().map(|reason| reason.as_str());
    let names = names.chain(PROVIDERS.iter().map(|p| p.id)).chain(BLOCKLISTS.iter().map(|b| b.id));
    let causes = CAUSES.iter().chain(own.iter().copied());
    nearest(&text, names.chain(causes.map(|c| c.id)))
}

/// Up to three of the names that are most like `text`.
pub fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(text, name), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.dedup_by_key(|(_, name)| *name);
    // What is much less alike than the best is noise.
    let best = near.first().map_or(1.0, |(alike, _)| *alike);
    near.into_iter().filter(|(alike, _)| *alike > best - 0.06).take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(Option<u16>, Option<String>)> {
        match code(text)? {
            Question::Code(asked, _) => Some((asked.code, asked.enhanced.map(|e| e.to_string()))),
            _ => None,
        }
    }

    #[test]
    fn codes() {
        let some = |code: u16| Some((Some(code), None));
        assert_eq!(asked("421"), some(421));
        assert_eq!(asked("SMTP error 550"), some(550));
        assert_eq!(asked("ошибка 550"), some(550));
        for both in ["550 5.7.26", "550-5.7.26", "550 (5.7.26)", "5.7.26 550", "550 #5.7.26"] {
            assert_eq!(asked(both), Some((Some(550), Some("5.7.26".to_owned()))), "{both}");
        }
        assert_eq!(asked("5.7.999"), Some((None, Some("5.7.999".to_owned()))));
        assert_eq!(asked("5.0.1"), some(501));
        assert_eq!(asked("x.1.1"), Some((None, Some("5.1.1".to_owned()))));
        for other in ["", "error", "99", "5500", "550 550", "5.7.1.2", "550 no", "700", "1.2.3"] {
            assert_eq!(asked(other), None, "{other}");
        }
    }

    #[test]
    fn classes_that_do_not_exist() {
        let meant = |text| no_class(text).map(|meant| meant.join(" "));
        assert_eq!(meant("3.5.4").as_deref(), Some("354 5.5.4 4.5.4"));
        assert_eq!(meant("1.1.1").as_deref(), Some("5.1.1 4.1.1"));
        assert_eq!(meant("1.0.999").as_deref(), Some(""));
        for other in ["5.1.1", "2.0.0", "1.2.3.4", "1.1", "x.1.1", "", "1", "ё.1.1", "1.1.1 no"] {
            assert_eq!(meant(other), None, "{other}");
        }
    }

    #[test]
    fn names_that_are_alike() {
        assert_eq!(similar("gmial", &[]).first(), Some(&"gmail"));
        assert_eq!(similar("mailbox-ful", &[]).first(), Some(&"mailbox-full"));
        assert_eq!(similar("greylist", &[]).first(), Some(&"greylisted"));
        assert!(similar("xyzzy", &[]).is_empty());
    }
}
