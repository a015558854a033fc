//! Finding entries of the tables.

use core::cmp::Ordering;

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
    let mut name = host.strip_suffix(b".").unwrap_or(host);
    loop {
        if let Some(provider) = by_name(HOSTS, name) {
            return Some(provider);
        }
        let dot = name.iter().position(|&b| b == b'.')?;
        name = &name[dot + 1..];
    }
}

/// The provider that a recipient domain always belongs to.
#[must_use]
pub fn provider_by_domain(domain: &[u8]) -> Option<&'static Provider> {
    by_name(DOMAINS, domain.strip_suffix(b".").unwrap_or(domain))
}

fn by_name(table: &[(&str, &'static Provider)], name: &[u8]) -> Option<&'static Provider> {
    table.binary_search_by(|(entry, _)| compare(entry.as_bytes(), name)).ok().map(|i| table[i].1)
}

/// Compares a lower-case name with one in any case.
fn compare(lower: &[u8], other: &[u8]) -> Ordering {
    lower.iter().copied().cmp(other.iter().map(u8::to_ascii_lowercase))
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
