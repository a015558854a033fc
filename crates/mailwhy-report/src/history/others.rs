//! Lines that are of no message: refusals, failed logins, lost connections. Those that say the same are told once.

use hashbrown::{HashMap, HashSet};
use mailwhy_classify::{fingerprint, normalize};
use mailwhy_codes::Stage;
use mailwhy_logs::{Event, Kind, exim};
use mailwhy_trace::GroupId;

use super::build::{account, lossy};
use super::verdict::{By, Known, advice_for_refused, refusal};
use super::words::{Contact, Words};
use super::{Other, RawLine, Teller};
use crate::Place;
use crate::text::{readable, rfc3339};

/// How many recipients are named.
const NAMED: usize = 100;

/// Lines of no message, gathered.
#[derive(Default)]
pub struct Others {
    list: Vec<(Place, Gathered)>,
    places: HashMap<Key, usize>,
}

/// What is the same in lines that are told together.
#[derive(Eq, Hash, PartialEq)]
struct Key {
    kind: Kind,
    group: Result<GroupId, u64>,
    peer: Vec<u8>,
    sender: Option<Vec<u8>>,
    user: Option<Vec<u8>>,
}

struct Gathered {
    kind: Kind,
    group: Option<GroupId>,
    /// Whether another server said it.
    reply: bool,
    contact: Option<Contact>,
    other: Other,
    recipients: HashSet<u64>,
}

impl Others {
    /// Takes a record, its lines without the last newline.
    pub fn add(&mut self, teller: &mut Teller<'_>, record: &[u8], place: Place) {
        let mut first = true;
        exim::scan(record, teller.log(Some(&place)), |line| {
            if std::mem::take(&mut first) {
                self.event(teller, &line.event(), record, place);
            }
        });
    }

    /// What was gathered, in the order of the first line of each.
    #[must_use]
    pub fn tell(self, teller: &Teller<'_>) -> Vec<(Place, Other)> {
        let told = self.list.into_iter().map(|(place, gathered)| (place, gathered.tell(teller)));
        told.collect()
    }

    fn event(&mut self, teller: &mut Teller<'_>, event: &Event<'_>, record: &[u8], place: Place) {
        let group = teller.groups.of(event, teller.classifier);
        let user = account(event);
        let mut normal = Vec::new();
        if group.is_none() {
            normalize(event.text, &mut normal);
        }
        let key = Key {
            kind: event.kind,
            group: group.ok_or_else(|| fingerprint(&normal)),
            peer: event.ip.or(event.host).or(event.helo).unwrap_or_default().to_vec(),
            sender: event.sender.map(<[u8]>::to_vec),
            user: user.map(<[u8]>::to_vec),
        };
        let at = *self.places.entry(key).or_insert_with(|| {
            self.list.push((place, Gathered::new(event, group)));
            self.list.len() - 1
        });
        let gathered = &mut self.list[at].1;
        let other = &mut gathered.other;
        other.count += 1;
        other.last = event.time.map(rfc3339).or(other.last.take());
        if let Some(recipient) = event.recipient
            && gathered.recipients.insert(fingerprint(recipient))
        {
            other.recipient_count += 1;
            if other.recipients.len() < NAMED {
                other.recipients.push(lossy(recipient));
            }
        }
        let lines: Vec<_> =
            (0..).map(|n| Place { line: place.line + n, ..place }).take(1 + newlines(record)).collect();
        other.lines.extend(teller.raw(record, &lines));
    }
}

impl Gathered {
    fn new(event: &Event<'_>, group: Option<GroupId>) -> Self {
        let error = event.error.filter(|_| event.kind != Kind::Connection);
        let said = event.reply.or(event.response).map(|r| r.text).or(error).unwrap_or(event.text);
        let other = Other {
            kind: event.kind.as_str(),
            first: event.time.map(rfc3339),
            last: None,
            count: 0,
            host: event.host.or(event.helo).map(lossy),
            ip: event.ip.map(lossy),
            sender: event.sender.map(lossy),
            user: account(event).map(lossy),
            recipients: Vec::new(),
            recipient_count: 0,
            answer: String::new(),
            advice: Vec::new(),
            cause: None,
            stage: event.stage.or(event.response.and_then(|r| r.stage)).map(Stage::as_str),
            text: readable(said),
            lines: Vec::<RawLine>::new(),
        };
        Self {
            kind: event.kind,
            group,
            reply: event.reply.is_some(),
            contact: Contact::of(event),
            other,
            recipients: HashSet::new(),
        }
    }

    fn tell(self, teller: &Teller<'_>) -> Other {
        let words = Words::of(teller.lang);
        let reply = self.reply;
        let mut other = self.other;
        let sender_domain =
            other.sender.as_deref().and_then(|s| s.rsplit_once('@')).map(|(_, d)| d.to_owned());
        let ip = other.ip.clone();
        let known = Known {
            recipient: other.recipients.first().map(String::as_str),
            sender_domain: sender_domain.as_deref(),
            ip: ip.as_deref(),
        };
        let Some(group) = self.group else {
            let told = self.contact.map_or_else(|| (words.other)(self.kind), words.contact);
            told.clone_into(&mut other.answer);
            return other;
        };
        // To the client the recipient was accepted.
        if other.text.starts_with("discarded by ") {
            words.discarded.clone_into(&mut other.answer);
            return other;
        }
        let verdict = &teller.groups.get(group).verdict;
        let cause = teller.cause(group, if reply { By::Them } else { By::Us }, known);
        let advice = advice_for_refused(verdict, known, teller.lang);
        other.answer = match self.kind {
            Kind::AuthFailure => (words.login)(other.user.as_deref(), &cause),
            _ => refusal(verdict, other.stage.and_then(Stage::from_name), &cause, teller.lang),
        };
        (other.advice, other.cause) = (advice, Some(cause));
        other
    }
}

impl Contact {
    fn of(event: &Event<'_>) -> Option<Self> {
        const CLOSED: &[u8] = b" closed by ";
        let text = event.text;
        match event.kind {
            Kind::Connection if text.starts_with(b"no MAIL in ") => Some(Self::Unused),
            Kind::Connection if text.starts_with(b"SMTP connection ") && event.error.is_none() => {
                let closed = text.windows(CLOSED.len()).any(|part| part == CLOSED);
                Some(if closed { Self::Closed } else { Self::Opened })
            }
            _ => None,
        }
    }
}

fn newlines(record: &[u8]) -> usize {
    record.iter().filter(|&&b| b == b'\n').count()
}
