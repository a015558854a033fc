//! Finding entries of the tables.

use crate::table::{BASIC, CAUSES, DOMAINS, ENHANCED, HOSTS, REASONS};
use crate::{BasicCode, Cause, Enhanced, EnhancedCode, Provider, Reason, ReasonEntry};

/// What is known about a reason.
#[must_use]
pub fn reason(reason: Reason) -> &'static ReasonEntry {
    // The generator writes one entry for each reason, in their order.
    &REASONS[reason as usize]
}

/// What is known about a reply code. For codes that are not listed see [`basic_class`](crate::basic_class).
#[must_use]
pub fn basic(code: u16) -> Option<&'static BasicCode> {
    BASIC.binary_search_by_key(&code, |entry| entry.code).ok().map(|i| &BASIC[i])
}

/// What is known about an enhanced code: the entry for its class, else the one for any class.
#[must_use]
pub fn enhanced(code: Enhanced) -> Option<&'static EnhancedCode> {
    let find = |class: Option<u8>| {
        let key = (code.subject, code.detail, class);
        ENHANCED.binary_search_by_key(&key, |e| (e.subject, e.detail, e.class)).ok().map(|i| &ENHANCED[i])
    };
    find(Some(code.class)).or_else(|| find(None))
}

/// The cause with this name.
#[must_use]
pub fn cause(id: &str) -> Option<&'static Cause> {
    CAUSES.binary_search_by(|entry| entry.id.cmp(id)).ok().map(|i| &CAUSES[i])
}

/// The provider that a host belongs to, from the host's name.
#[must_use]
pub fn provider_by_host(host: &[u8]) -> Option<&'static Provider> {
    static INDEX: [u16; index_size(HOSTS)] = index(HOSTS);
    let name = host.strip_suffix(b".").unwrap_or(host);
    let (mut hash, mut found) = (HASH_START, None);
    // From the end: the hash at each dot is that of the name behind it. The longest name known wins.
    for (i, &byte) in name.iter().enumerate().rev() {
        if byte == b'.' {
            found = find(HOSTS, &INDEX, hash, &name[i + 1..]).or(found);
        }
        hash = hash_step(hash, byte);
    }
    find(HOSTS, &INDEX, hash, name).or(found)
}

/// The provider that a recipient domain always belongs to.
#[must_use]
pub fn provider_by_domain(domain: &[u8]) -> Option<&'static Provider> {
    static INDEX: [u16; index_size(DOMAINS)] = index(DOMAINS);
    let name = domain.strip_suffix(b".").unwrap_or(domain);
    let hash = name.iter().rev().fold(HASH_START, |hash, &byte| hash_step(hash, byte));
    find(DOMAINS, &INDEX, hash, name)
}

/// Names in lower case with their providers.
type Names = [(&'static str, &'static Provider)];

const HASH_START: u32 = 0x811c_9dc5;

/// One byte of a name, from its end. The bit in which small letters and capitals differ is set in all bytes.
const fn hash_step(hash: u32, byte: u8) -> u32 {
    (hash ^ (byte | 0x20) as u32).wrapping_mul(0x0100_0193)
}

/// A power of two, so that places are counted without a division.
const fn index_size(names: &Names) -> usize {
    (4 * names.len()).next_power_of_two()
}

/// A hash table of the names: each place holds a place in `names` plus one, or 0. Made by the compiler.
const fn index<const SIZE: usize>(names: &Names) -> [u16; SIZE] {
    let mut index = [0; SIZE];
    let mut i = 0;
    while i < names.len() {
        let name = names[i].0.as_bytes();
        let (mut hash, mut at) = (HASH_START, name.len());
        while at > 0 {
            at -= 1;
            hash = hash_step(hash, name[at]);
        }
        let mut place = slot(hash, SIZE);
        while index[place] != 0 {
            place = (place + 1) & (SIZE - 1);
        }
        i += 1;
        index[place] = i as u16;
    }
    index
}

const fn slot(hash: u32, size: usize) -> usize {
    (hash ^ (hash >> 15)) as usize & (size - 1)
}

fn find(names: &'static Names, index: &[u16], hash: u32, name: &[u8]) -> Option<&'static Provider> {
    let mut place = slot(hash, index.len());
    while let Some(entry) = usize::from(index[place]).checked_sub(1) {
        let (known, provider) = names[entry];
        if known.as_bytes().eq_ignore_ascii_case(name) {
            return Some(provider);
        }
        place = (place + 1) & (index.len() - 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{BLOCKLISTS, PROVIDERS};

    #[test]
    fn reasons_are_in_order() {
        for &r in Reason::ALL {
            assert_eq!(reason(r).reason, r);
        }
    }

    #[test]
    fn every_entry_is_found() {
        for entry in BASIC {
            assert_eq!(basic(entry.code).map(|e| e.code), Some(entry.code));
        }
        for entry in ENHANCED {
            let code = Enhanced::new(entry.class.unwrap_or(4), entry.subject, entry.detail);
            let found = enhanced(code).expect("the table is sorted");
            assert_eq!((found.subject, found.detail), (entry.subject, entry.detail));
        }
        for entry in CAUSES {
            assert_eq!(cause(entry.id).map(|e| e.id), Some(entry.id));
        }
        for (host, provider) in HOSTS {
            assert_eq!(provider_by_host(host.as_bytes()), Some(*provider));
        }
        for (domain, provider) in DOMAINS {
            assert_eq!(provider_by_domain(domain.as_bytes()), Some(*provider));
        }
        assert!(!PROVIDERS.is_empty() && !BLOCKLISTS.is_empty());
    }

    #[test]
    fn hosts_by_suffix() {
        let id = |host: &str| provider_by_host(host.as_bytes()).map(|p| p.id);
        assert_eq!(id("gmail-smtp-in.l.google.com"), Some("gmail"));
        assert_eq!(id("GMAIL-SMTP-IN.L.GOOGLE.COM."), Some("gmail"));
        assert_eq!(id("notgoogle.com"), None);
        assert_eq!(id("mx.example.test"), None);
        assert_eq!(id(""), None);
        let id = |domain: &str| provider_by_domain(domain.as_bytes()).map(|p| p.id);
        assert_eq!(id("Gmail.com"), Some("gmail"));
        assert_eq!(id("sub.gmail.com"), None);
    }
}
