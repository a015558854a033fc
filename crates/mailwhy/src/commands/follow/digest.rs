//! From lines as they come to what happened.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use mailwhy::classify::{Classifier, Verdict};
use mailwhy::input::Source;
use mailwhy::logs::exim::{self, Line, Role};
use mailwhy::logs::{Event, Kind};
use mailwhy::trace::{Groups, Id, domain_of, query};

use crate::anonymize::Anonymizer;
use crate::cli::What;
use crate::pipeline;
use crate::when::Window;

/// How many distinct replies are kept; after that they are classified anew.
const MOST_GROUPS: usize = 20_000;

/// How many messages are remembered, and at most twice as many.
const MOST_MESSAGES: usize = 20_000;

/// How much of a reply is remembered.
const MOST_TEXT: usize = 400;

/// Tells what happened, line by line.
///
/// Memory is bounded: distinct replies, and what is remembered of messages, are forgotten when there are too many, the
/// messages that nothing was said of for the longest time first.
pub struct Digest {
    classifier: Classifier,
    window: Window,
    /// Whether the main log is followed, which has what the reject log repeats.
    has_main: bool,
    /// Gives pseudonyms, if they are wanted.
    pub anonymizer: Option<Anonymizer>,
    /// Whether the last line that had a time was in the window.
    inside: bool,
    groups: Groups,
    /// What a recipient's last attempt met; without a recipient, what the message's last host did.
    attempts: Recent<(Id, u64), Attempt>,
    /// The domains of senders.
    senders: Recent<Id, Box<[u8]>>,
}

/// What an attempt met, and the words of it.
type Attempt = (Verdict, Arc<[u8]>);

/// A line, and what it tells.
pub struct Seen<'a> {
    pub line: &'a Line<'a>,
    pub event: &'a Event<'a>,
    pub what: What,
    pub offset: u64,
    /// Of a failure; of one that reports no attempt, that of the last attempt.
    pub verdict: Option<Verdict>,
    /// Equal for replies that differ in addresses, hosts and numbers only.
    pub fingerprint: u64,
    /// What was said at the last attempt, where the line reports none.
    pub last_words: Option<Arc<[u8]>>,
    /// The domain of the message's sender.
    pub sender_domain: Option<&'a [u8]>,
}

impl Digest {
    pub fn new(classifier: Classifier, window: Window, has_main: bool) -> Self {
        Self {
            classifier,
            window,
            has_main,
            anonymizer: None,
            inside: true,
            groups: Groups::default(),
            attempts: Recent::new(MOST_MESSAGES),
            senders: Recent::new(MOST_MESSAGES),
        }
    }

    /// Goes through whole lines of a log.
    pub fn read(&mut self, log: &Arc<Source>, offset: u64, data: &[u8], sink: &mut impl FnMut(&Seen<'_>)) {
        let log = pipeline::log(log);
        if log.role == Role::Reject && self.has_main {
            return;
        }
        let mut lengths = data.split_inclusive(|&byte| byte == b'\n').map(|line| line.len() as u64);
        let anonymous = self.anonymizer.as_ref().map(|anonymizer| anonymizer.lines(data, log));
        let mut offset = offset;
        exim::scan(anonymous.as_deref().unwrap_or(data), log, |line| {
            let at = offset;
            offset += lengths.next().unwrap_or_default();
            if let Some(time) = line.time {
                self.inside = self.window.contains(time);
            }
            if self.inside {
                self.line(line, at, sink);
            }
        });
    }

    fn line(&mut self, line: &Line<'_>, offset: u64, sink: &mut impl FnMut(&Seen<'_>)) {
        let event = line.event();
        let id = event.id.map(Id::new);
        if let (Some(id), Kind::Arrival | Kind::FakeReject, Some(sender)) = (id, event.kind, event.sender) {
            self.senders.insert(id, domain_of(sender).into());
        }
        if self.groups.len() >= MOST_GROUPS {
            self.groups = Groups::default();
        }
        let group = self.groups.of(&event, &self.classifier).map(|group| self.groups.get(group));
        let mut verdict = group.map(|group| group.verdict);
        let fingerprint = group.map_or(0, |group| group.fingerprint);
        let inherits = verdict.is_some_and(|v| v.cause.is_some_and(|cause| cause.inherits));
        let mut last_words = None;
        if let (Some(id), Some(own)) = (id, verdict) {
            let recipient = (id, hash(event.recipient.unwrap_or_default()));
            if inherits {
                let last = self.attempts.get(&recipient).or_else(|| self.attempts.get(&(id, hash(b""))));
                if let Some((mut last, words)) = last {
                    last.expired |= event.kind == Kind::Failure;
                    verdict = Some(last);
                    last_words = Some(words);
                }
            } else {
                let words = query(&event).map_or(&b""[..], |query| query.text);
                self.attempts.insert(recipient, (own, words[..words.len().min(MOST_TEXT)].into()));
            }
        }
        let sender = event.sender.filter(|s| !s.is_empty()).map(domain_of);
        let known = id.and_then(|id| self.senders.get(&id));
        sink(&Seen {
            line,
            event: &event,
            what: what(&event, inherits),
            offset,
            verdict,
            fingerprint,
            last_words,
            sender_domain: sender.or(known.as_deref()).filter(|domain| !domain.is_empty()),
        });
    }
}

/// What such an event is to people who watch.
fn what(event: &Event<'_>, inherits: bool) -> What {
    match event.kind {
        Kind::Failure => What::Failed,
        // It was not tried: `retry time not reached`.
        Kind::Deferral if inherits => What::Queue,
        Kind::Deferral => What::Deferred,
        Kind::HostError => What::Host,
        Kind::Rejected => What::Rejected,
        Kind::AuthFailure if event.reply.is_some() => What::Host,
        Kind::AuthFailure => What::Login,
        Kind::Delivery | Kind::AdditionalDelivery | Kind::Cutthrough => What::Delivered,
        Kind::Arrival | Kind::FakeReject => What::Arrived,
        Kind::Completed | Kind::Frozen | Kind::Unfrozen | Kind::Removed => What::Queue,
        Kind::Panic => What::Panic,
        _ => What::Other,
    }
}

/// The kinds of lines that are this.
pub fn may_be(kind: Kind, what: What) -> bool {
    match kind {
        Kind::Deferral => matches!(what, What::Deferred | What::Queue),
        Kind::AuthFailure => matches!(what, What::Host | What::Login),
        _ => self::what(&Event::new(kind, b""), false) == what,
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// A map that forgets what was not asked for in a long time: when one half is full, it becomes the old half, and what
/// the old half had is dropped.
struct Recent<K, V> {
    most: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash + Copy, V: Clone> Recent<K, V> {
    fn new(most: usize) -> Self {
        Self { most, young: HashMap::new(), old: HashMap::new() }
    }

    fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let value = self.old.remove(key)?;
        self.insert(*key, value.clone());
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-08-01 10:00:00 1xUyE8-00041o-0d <= orders@shop.example U=www P=local S=355
2026-08-01 10:00:01 1xUyE8-00041o-0d == full@gmail.test R=out T=smtp defer (-44) H=mx.gmail.test [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<full@gmail.test>: 452 4.2.2 The recipient's inbox is out of storage space
2026-08-01 10:30:01 1xUyE8-00041o-0d == full@gmail.test R=out T=smtp defer (-53): retry time not reached for any host for 'gmail.test'
2026-08-01 11:00:01 1xUyE8-00041o-0d ** full@gmail.test: retry timeout exceeded
2026-08-01 11:00:01 1xUyE8-00041o-0d Completed
";

    #[test]
    fn the_last_attempt_tells_the_cause() {
        let mut digest = Digest::new(Classifier::new(), Window::default(), true);
        let mut told = Vec::new();
        digest.read(&Arc::new(Source::File("mainlog".into())), 0, LOG.as_bytes(), &mut |seen| {
            let verdict = seen.verdict.map(|v| (v.reason.as_str(), v.expired));
            told.push((seen.what, verdict, seen.sender_domain.map(<[u8]>::to_vec)));
        });
        let domain = Some(b"shop.example".to_vec());
        assert_eq!(
            told,
            [
                (What::Arrived, None, domain.clone()),
                (What::Deferred, Some(("mailbox-full", false)), domain.clone()),
                (What::Queue, Some(("mailbox-full", false)), domain.clone()),
                (What::Failed, Some(("mailbox-full", true)), domain.clone()),
                (What::Queue, None, domain),
            ]
        );
    }

    #[test]
    fn the_reject_log_says_nothing_new() {
        let reject = Arc::new(Source::File("rejectlog".into()));
        for (has_main, lines) in [(true, 0), (false, 1)] {
            let mut digest = Digest::new(Classifier::new(), Window::default(), has_main);
            let mut seen = 0;
            let line = b"2026-08-01 10:00:00 H=[192.0.2.1] rejected EHLO or HELO x: no\n";
            digest.read(&reject, 0, line, &mut |_| seen += 1);
            assert_eq!(seen, lines);
        }
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let mut recent = Recent::new(2);
        recent.insert(1, 'a');
        recent.insert(2, 'b');
        recent.insert(3, 'c');
        assert_eq!(recent.get(&1), Some('a'));
        recent.insert(4, 'd');
        assert_eq!([1, 2, 3, 4].map(|key| recent.get(&key)), [Some('a'), None, Some('c'), Some('d')]);
        assert!(recent.young.len() + recent.old.len() <= 4);
    }
}
