//! Who may have said it, and which blocklist is named.

use mailwhy_codes::{Blocklist, Provider, ProviderKind, provider_by_domain, provider_by_host};

use crate::Query;

/// The providers that a reply may come from, and the blocklist it names.
pub(crate) struct Known {
    by_host: Option<&'static Provider>,
    by_domain: Option<&'static Provider>,
    by_mark: [Option<&'static Provider>; 4],
    pub(crate) blocklist: Option<&'static Blocklist>,
}

impl Known {
    /// What query, host and recipient domain tell; `told_host` is the host that the text names.
    pub(crate) fn new(query: &Query<'_>, told_host: Option<&[u8]>) -> Self {
        let by_host = query
            .provider
            .or_else(|| [query.host, told_host].into_iter().flatten().find_map(provider_by_host));
        // A host speaks for itself, whatever domain the recipient is in: it may be a smarthost.
        let is_named = by_host.is_some() || query.host.or(told_host).is_some();
        let by_domain = query.recipient_domain.filter(|_| !is_named).and_then(provider_by_domain);
        Self { by_host, by_domain, by_mark: [None; 4], blocklist: None }
    }

    /// Notes the provider of a mark that occurs in the text.
    pub(crate) fn add_mark(&mut self, provider: Option<&'static Provider>) {
        let Some(provider) = provider else { return };
        if self.by_mark.iter().flatten().any(|&p| std::ptr::eq(p, provider)) {
            return;
        }
        if let Some(free) = self.by_mark.iter_mut().find(|p| p.is_none()) {
            *free = Some(provider);
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &'static Provider> {
        [self.by_host, self.by_domain].into_iter().chain(self.by_mark).flatten()
    }

    pub(crate) fn has(&self, provider: &Provider) -> bool {
        self.all().any(|p| std::ptr::eq(p, provider))
    }

    /// Whoever wrote the text, else whose host it is; a program only when no service is known.
    pub(crate) fn provider(&self) -> Option<&'static Provider> {
        let marks = || self.by_mark.iter().flatten().copied();
        marks()
            .find(|p| p.kind == ProviderKind::Service)
            .or(self.by_host)
            .or(self.by_domain)
            .or_else(|| marks().next())
    }
}
