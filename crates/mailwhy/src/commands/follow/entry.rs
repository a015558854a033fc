//! What happened, as it is kept to be shown.

use std::sync::Arc;

use mailwhy::classify::Verdict;
use mailwhy::codes::Lang;
use mailwhy::input::Source;
use mailwhy::logs::{Event, Time};
use mailwhy::report::{Context, Explanation, printable, readable, rfc3339};
use unicode_width::UnicodeWidthChar;

use super::digest::Seen;
use super::words::Words;
use crate::cli::What;

/// The longest parts of a line that are kept.
const TEXT: usize = 2048;
const RAW: usize = 8192;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    pub what: What,
    pub time: Option<Time>,
    pub log: Arc<Source>,
    pub id: Option<String>,
    /// Whom or what it happened to: the recipient, the host, the sender; printable.
    pub who: String,
    /// The other side; printable.
    pub host: Option<String>,
    pub recipient: Option<String>,
    pub sender_domain: Option<String>,
    pub verdict: Option<Verdict>,
    pub fingerprint: u64,
    /// What was said, as it stands in the log.
    pub text: Vec<u8>,
    pub raw: Vec<u8>,
}

/// What entries of the same cause have in common.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CauseKey {
    pub what: What,
    pub rule: &'static str,
    pub provider: Option<&'static str>,
    /// Where no rule says what it is.
    pub fingerprint: u64,
}

impl Entry {
    pub fn new(seen: &Seen<'_>, log: &Arc<Source>, words: &Words) -> Self {
        let event = seen.event;
        let said = event.reply.map(|reply| reply.text).or(event.error).unwrap_or(event.text);
        let text = seen.last_words.as_deref().unwrap_or(said);
        let host = peer(event.host.or(event.helo), event.ip);
        Self {
            what: seen.what,
            time: event.time,
            log: Arc::clone(log),
            id: event.id.map(shown),
            who: who(event, seen.what, host.as_deref(), words),
            host,
            recipient: event.recipient.map(shown),
            sender_domain: seen.sender_domain.map(shown),
            verdict: seen.verdict,
            fingerprint: seen.fingerprint,
            text: text[..text.len().min(TEXT)].to_vec(),
            raw: seen.line.record[..seen.line.record.len().min(RAW)].to_vec(),
        }
    }

    pub fn cause(&self) -> Option<CauseKey> {
        self.verdict.as_ref().map(|verdict| cause_key(self.what, verdict, self.fingerprint))
    }

    /// The reply or error, on one line.
    pub fn said(&self) -> String {
        readable(&self.text)
    }

    /// What it means; `None` where nothing went wrong.
    pub fn explanation(&self, lang: Lang) -> Option<Explanation> {
        let context =
            Context { lang, recipient: self.recipient.clone(), sender_domain: self.sender_domain.clone() };
        self.verdict.as_ref().map(|verdict| Explanation::of_reply(verdict, &self.text, &context))
    }

    /// What it is, in a few words.
    pub fn title(&self, lang: Lang) -> String {
        let Some(verdict) = &self.verdict else { return self.said() };
        let end = if verdict.expired { Words::of(lang).expired } else { "" };
        title(verdict, lang) + end
    }

    /// Date and time as in the log.
    pub fn date_time(&self) -> String {
        self.time.map_or_else(|| "-".repeat(19), |time| rfc3339(time)[..19].replace('T', " "))
    }

    /// Whether the text, in lower case, stands in it.
    pub fn contains(&self, text: &str, lang: Lang) -> bool {
        [printable(&self.raw), self.title(lang)].iter().any(|part| part.to_lowercase().contains(text))
    }
}

/// The title of a cause, and whose it is where it does not say so.
pub fn title(verdict: &Verdict, lang: Lang) -> String {
    let title = verdict.text(lang).title;
    match verdict.provider {
        Some(provider) if !title.contains(provider.name) => format!("{title} ({})", provider.name),
        _ => title.to_owned(),
    }
}

pub fn cause_key(what: What, verdict: &Verdict, fingerprint: u64) -> CauseKey {
    let known = verdict.cause.is_some();
    CauseKey {
        what,
        rule: verdict.rule,
        provider: verdict.provider.map(|provider| provider.id),
        fingerprint: if known { 0 } else { fingerprint },
    }
}

fn shown(bytes: &[u8]) -> String {
    printable(&bytes[..bytes.len().min(300)])
}

/// The other host's name and address. Some clients say their address for a name, in brackets as HELO wants it or without.
fn peer(name: Option<&[u8]>, ip: Option<&[u8]>) -> Option<String> {
    let bare =
        |name| <[u8]>::strip_prefix(name, b"[").and_then(|name| name.strip_suffix(b"]")).unwrap_or(name);
    match (name, ip) {
        (Some(name), Some(ip)) if bare(name) != ip => Some(format!("{} [{}]", shown(name), shown(ip))),
        (_, Some(ip)) => Some(format!("[{}]", shown(ip))),
        (name, None) => name.map(shown),
    }
}

fn who(event: &Event<'_>, what: What, host: Option<&str>, words: &Words) -> String {
    let sender = || event.sender.map(|s| if s.is_empty() { words.null_sender.to_owned() } else { shown(s) });
    let host = || host.map(ToOwned::to_owned);
    let recipient = || event.recipient.or(event.original_recipient).map(shown);
    let parts: [Option<String>; 2] = match what {
        What::Rejected => [recipient().or_else(sender), host().map(|host| format!("{} {host}", words.from))],
        What::Login => [event.user.map(shown), host().map(|host| format!("{} {host}", words.from))],
        What::Arrived => [sender(), None],
        What::Host => [host(), None],
        _ => [recipient(), None],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Columns of a terminal.
pub fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The begin of a text, with `…` where something is missing.
pub fn cut(text: &str, max: usize) -> String {
    if columns(text) <= max {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > max {
            break;
        }
        out.push(c);
    }
    if max > 0 {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    out
}

/// The text with blanks behind it.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The text in lines; a word that is too long is broken.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let wide = columns(word);
        if used > 0 && used + 1 + wide > width {
            lines.push(String::new());
            used = 0;
        } else if used > 0 || !lines[lines.len() - 1].is_empty() {
            lines.last_mut().expect("one line at least").push(' ');
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                lines.push(String::new());
                used = 0;
            }
            lines.last_mut().expect("one line at least").push(c);
            used += wide;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_has_its_address_once() {
        let told = |name: &str| peer(Some(name.as_bytes()), Some(b"192.0.2.1")).unwrap();
        assert_eq!(told("mx.x.example"), "mx.x.example [192.0.2.1]");
        assert_eq!(told("[192.0.2.7]"), "[192.0.2.7] [192.0.2.1]");
        assert_eq!(told("[192.0.2.1]"), "[192.0.2.1]");
        assert_eq!(told("192.0.2.1"), "[192.0.2.1]");
    }

    #[test]
    fn texts_fit() {
        assert_eq!(cut("mailbox is full", 15), "mailbox is full");
        assert_eq!(cut("mailbox is full", 9), "mailbox…");
        assert_eq!(cut("信箱已满", 5), "信箱…");
        assert_eq!(cut("ящик", 0), "");
        assert_eq!(pad("ящик", 6), "ящик  ");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("verylongword x", 5), ["veryl", "ongwo", "rd x"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
