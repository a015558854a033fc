//! Each distinct failure once.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use hashbrown::DefaultHashBuilder;
use mailwhy_classify::{Classifier, Query, Verdict, fingerprint, normalize};
use mailwhy_codes::{Class, PROVIDERS, Provider, Stage, provider_by_domain, provider_by_host};
use mailwhy_logs::{Event, Kind};
use memchr::memmem;

use crate::Map;
use crate::message::domain_of;

/// The longest part of a reply that is kept as a sample.
const SAMPLE: usize = 2048;

static TEMPORARILY: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new("temporarily rejected "));

/// The place of a group in its [`Groups`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct GroupId(pub u32);

/// Failures that are the same but for addresses, hosts, ids, times and numbers.
#[derive(Clone, Debug)]
pub struct Group {
    /// Of the normalised text, see [`mailwhy_classify::fingerprint`].
    pub fingerprint: u64,
    /// What it means.
    pub verdict: Verdict,
    /// Who runs the place that the mail went to: the provider of the remote host, else that of the recipient's domain.
    pub provider: Option<&'static Provider>,
    /// The first of them, as it stands in the log.
    pub sample: Vec<u8>,
}

impl Group {
    /// Whether no rule knows the text; where there is none, there is nothing to know.
    #[must_use]
    pub fn is_unclassified(&self) -> bool {
        !self.sample.is_empty() && self.verdict.is_unclassified()
    }
}

/// What is the same in all failures of a group; the provider by its place in the table, and whether the words are its own.
type Key = (u64, Option<usize>, bool, Option<Stage>, Option<Class>);

/// All distinct failures of a log, or of a part of one.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    list: Vec<Group>,
    /// Where the group of this text, provider, stage and class stands in the list.
    places: Map<Key, GroupId>,
}

impl Groups {
    /// The group of what went wrong in `event`, see [`query`].
    ///
    /// Each distinct text is classified once. `None` where the event reports no failure.
    pub fn of(&mut self, event: &Event<'_>, classifier: &Classifier) -> Option<GroupId> {
        let query = query(event)?;
        let Query { text, stage, host, recipient_domain, class, .. } = query;
        let (fingerprint, by_host, provider) = MEMORY.with_borrow_mut(|memory| {
            let Memory { fingerprints, hosts, domains } = memory;
            let by_host = host.and_then(|host| hosts.get(host, provider_by_host));
            let by_domain = || domain(event).and_then(|domain| domains.get(domain, provider_by_domain));
            (fingerprints.get(text, fingerprint_of), by_host, by_host.or_else(by_domain))
        });
        let place = provider.and_then(|p| PROVIDERS.element_offset(p));
        let is_its = by_host.is_some() || host.is_none() && recipient_domain.is_some();
        let key = (fingerprint, place, is_its, stage, class);
        Some(*self.places.entry(key).or_insert_with(|| {
            let verdict = classifier.classify(&query);
            let sample = text[..text.len().min(SAMPLE)].to_vec();
            self.list.push(Group { fingerprint, verdict, provider, sample });
            GroupId(self.list.len() as u32 - 1)
        }))
    }

    /// Takes over the groups of a later part of the log; gives for each of them its place here.
    pub fn append(&mut self, later: Self) -> Vec<GroupId> {
        let mut keys: Vec<_> = later.places.into_iter().collect();
        keys.sort_unstable_by_key(|&(_, place)| place);
        let groups = later.list.into_iter().zip(keys);
        let map = groups.map(|(group, (key, _))| {
            *self.places.entry(key).or_insert_with(|| {
                self.list.push(group);
                GroupId(self.list.len() as u32 - 1)
            })
        });
        map.collect()
    }

    /// The group at this place.
    #[must_use]
    pub fn get(&self, id: GroupId) -> &Group {
        &self.list[id.0 as usize]
    }

    /// All groups, in the order of their places.
    pub fn iter(&self) -> std::slice::Iter<'_, Group> {
        self.list.iter()
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// What has just been found out, in one thread.
#[derive(Default)]
struct Memory {
    fingerprints: Recent<u64>,
    hosts: Recent<Option<&'static Provider>>,
    domains: Recent<Option<&'static Provider>>,
}

/// What has just been found out about texts, most of which come again soon: `Connection refused`, the name of a host.
///
/// A text is known by 64 bits, as a group is by its fingerprint: reading texts again would miss the processor's cache.
struct Recent<T> {
    /// The last text that fell into each place.
    places: Box<[(u64, T)]>,
    hasher: DefaultHashBuilder,
}

impl<T: Copy + Default> Default for Recent<T> {
    fn default() -> Self {
        let places = vec![(0, T::default()); Self::PLACES].into_boxed_slice();
        Self { places, hasher: DefaultHashBuilder::default() }
    }
}

impl<T: Copy + Default> Recent<T> {
    const PLACES: usize = 2048;

    #[inline]
    fn get(&mut self, text: &[u8], find: impl FnOnce(&[u8]) -> T) -> T {
        // Nothing is known by the number of a free place.
        let hash = self.hasher.hash_one(text).max(1);
        let (known, value) = &mut self.places[hash as usize % Self::PLACES];
        if *known != hash {
            (*known, *value) = (hash, find(text));
        }
        *value
    }
}

fn fingerprint_of(text: &[u8]) -> u64 {
    thread_local! {
        static NORMAL: RefCell<Vec<u8>> = RefCell::default();
    }
    NORMAL.with_borrow_mut(|normal| {
        normal.clear();
        normalize(text, normal);
        fingerprint(normal)
    })
}

/// What the classifier wants to know of an event that reports a failure: the reply of a remote server, or else the words
/// of ours. `None` for other events.
#[must_use]
pub fn query<'a>(event: &Event<'a>) -> Option<Query<'a>> {
    let class = match event.kind {
        Kind::Failure => Some(Class::Permanent),
        Kind::Deferral | Kind::HostError => Some(Class::Transient),
        Kind::Rejected if TEMPORARILY.find(event.text).is_some() => Some(Class::Transient),
        Kind::AuthFailure | Kind::Rejected => None,
        _ => return None,
    };
    // What we say of a client is said by nobody else; of a recipient whom no host was asked about neither.
    let host = event.host.or(event.ip).filter(|_| goes_out(event));
    let reply = event.reply.map(|reply| reply.text);
    Some(Query {
        // Why we refused something is said around the reply to our question.
        text: if goes_out(event) { reply.or(event.error) } else { event.error.or(reply) }.unwrap_or_default(),
        stage: event.reply.and_then(|reply| reply.stage).or(event.stage),
        host,
        recipient_domain: domain(event).filter(|_| event.reply.is_some()),
        provider: None,
        class,
    })
}

/// The domain of the recipient that mail is on its way to; that of a file, pipe or local part is our own, and no provider's.
fn domain<'a>(event: &Event<'a>) -> Option<&'a [u8]> {
    event.recipient.filter(|_| goes_out(event)).map(domain_of).filter(|domain| !domain.is_empty())
}

/// Whether the other host of a failure is a server that we are the client of.
fn goes_out(event: &Event<'_>) -> bool {
    match event.kind {
        Kind::Rejected => false,
        Kind::AuthFailure => event.reply.is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use mailwhy_logs::exim::{Role, scan};

    use super::*;

    #[test]
    fn who_said_it_and_where_the_mail_went() {
        let said =
            "SMTP error from remote mail server after RCPT TO:<kay@gmail.com>: 550 5.5.0 quota used up";
        let lines = [
            format!("1tpOrs-006xMy-J5 ** kay@gmail.com R=r T=t H=mx1.google.com [192.0.2.9]: {said}"),
            format!("1tpOrs-006xMy-J5 ** kay@gmail.com R=r T=t: {said}"),
            // A smarthost.
            format!("1tpOrs-006xMy-J5 ** kay@gmail.com R=r T=t H=mail.isp.example [192.0.2.9]: {said}"),
            format!("1tpOrs-006xMy-J5 ** kay@gmail.com R=r T=t H=[192.0.2.9] [192.0.2.9]: {said}"),
            "1tpOrs-006xMy-J5 ** kay@gmail.com: Unrouteable address".into(),
            // What we refused.
            "H=mx1.google.com [192.0.2.9] F=<a@gmail.com> rejected RCPT <kay@shop.example>: no".into(),
            "H=mx [192.0.2.9] F=<a@shop.example> rejected RCPT <kay@gmail.com>: no".into(),
        ];
        let (mut groups, classifier) = (Groups::default(), Classifier::new());
        let mut found = Vec::new();
        for line in &lines {
            let line = format!("2026-03-04 09:47:17 {line}\n");
            scan(line.as_bytes(), Role::Main, |line| {
                let id = groups.of(&line.event(), &classifier).expect("a failure");
                let group = groups.get(id);
                found.push([group.verdict.provider, group.provider].map(|p| p.map_or("", |p| p.id)));
            });
        }
        let (theirs, passed_on, ours) = (["gmail"; 2], ["", "gmail"], [""; 2]);
        assert_eq!(found, [theirs, theirs, passed_on, passed_on, passed_on, ours, ours]);
        // The last two are one.
        assert_eq!(groups.len(), 4);
    }
}
