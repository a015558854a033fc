//! From facts to a list.

use hashbrown::HashMap;
use jiff::Span;
use jiff::civil::Date;
use mailwhy_codes::{Lang, Reason};
use mailwhy_trace::hash;
use serde::Serialize;

use super::Suppressions;
use super::history::{History, Run};
use crate::text::{printable, rfc3339};
use crate::{About, Input};

const DAY: i64 = 86_400;

/// What goes into the list.
#[derive(Clone, Debug, Default)]
pub struct SuppressionOptions {
    /// Only addresses that failed so often, without a delivery between.
    pub min_count: u64,
    /// Only addresses with one of these reasons; empty: all.
    pub reasons: Vec<Reason>,
    /// For how many days an address stays in the list; `None`: as its reason says, see [`lifetime`].
    pub expire: Option<Lifetime>,
}

/// For how long an address stays in the list after its last failure, in days; `None`: for ever.
pub type Lifetime = Option<i64>;

/// For how many days an address with this reason stays in the list: mailboxes that do not exist seldom come back, those
/// that were switched off sometimes do, and a domain is back when its bill has been paid.
#[must_use]
pub const fn lifetime(reason: Reason) -> i64 {
    match reason {
        Reason::RecipientUnknown | Reason::RecipientMoved => 365,
        Reason::DomainNotFound => 30,
        _ => 180,
    }
}

/// Addresses that must not be mailed again: what every form prints, and what `--format json` is.
#[derive(Clone, Debug, Serialize)]
pub struct SuppressionList {
    /// The version of this layout.
    pub version: u32,
    /// What was read.
    pub input: Input,
    /// The list, by address.
    pub addresses: Vec<Suppressed>,
    /// Addresses that failed, and are not in the list: [`Suppressed::status`] says why.
    pub cleared: Vec<Suppressed>,
}

/// An address.
#[derive(Clone, Debug, Serialize)]
pub struct Suppressed {
    /// As it was in the envelope, its domain in lower case.
    pub address: String,
    /// listed; delivered: mail was delivered to it after it had failed; alias: it stands for several addresses, of which
    /// others still take mail; expired: so long ago that it is worth another try.
    pub status: &'static str,
    /// Against an earlier list: added, kept or removed; `None` if it was in neither.
    pub change: Option<&'static str>,
    /// Why it is bad; `None` where an earlier list does not tell.
    pub reason: Option<&'static str>,
    /// The same in a few words.
    pub title: Option<&'static str>,
    /// The reply code.
    pub code: Option<u16>,
    /// The enhanced code.
    pub enhanced: Option<String>,
    /// Who said so, as far as it is known.
    pub provider: Option<String>,
    /// The rule that decided.
    pub rule: Option<String>,
    /// What was said last, on one line.
    pub evidence: String,
    /// The address that failed, where an alias made it of this one.
    pub target: Option<String>,
    /// How often it failed, without a delivery between.
    pub count: u64,
    /// When it failed first.
    pub first: Option<String>,
    /// When it failed last.
    pub last: Option<String>,
    /// When mail was delivered to it after that, last.
    pub delivered: Option<String>,
    /// The day from which it is not in the list any more.
    pub expires: Option<String>,
}

impl Suppressions {
    /// Makes the list. It holds what is to be suppressed on the day of the last line of the log.
    #[must_use]
    pub fn list(&self, about: About, options: &SuppressionOptions) -> SuppressionList {
        let mut list = SuppressionList {
            version: 1,
            addresses: Vec::new(),
            cleared: Vec::new(),
            input: Input {
                lines: self.lines,
                bytes: about.files.iter().map(|file| file.bytes).sum(),
                first: self.first.map(rfc3339),
                last: self.last.map(rfc3339),
                unknown_lines: self.unknown,
                cut_lines: about.cut_lines,
                partial: about.partial,
                seconds: about.seconds,
                files: about.files,
            },
        };
        let mut targets: HashMap<u64, Vec<u64>> = HashMap::new();
        for &(alias, target) in &self.aliases {
            if self.addresses.contains_key(&alias) {
                targets.entry(alias).or_default().push(target);
            }
        }
        let today = self.last.map(|time| time.civil.div_euclid(DAY));
        for (id, history) in &self.addresses {
            let Some(run) = history.after.as_deref().or(history.before.as_deref()) else { continue };
            if !history.old && !options.wants(run) {
                continue;
            }
            let expires = options.expires(run);
            let other =
                |target: &Vec<u8>| targets.get(id).is_some_and(|all| all.iter().any(|&t| t != hash(target)));
            let status = match () {
                () if history.after.is_none() => "delivered",
                () if run.target.as_ref().is_some_and(other) => "alias",
                () if expires.zip(today).is_some_and(|(expires, today)| expires <= today) => "expired",
                () => "listed",
            };
            let row = row(history, run, status, expires, about.lang);
            if status == "listed" { &mut list.addresses } else { &mut list.cleared }.push(row);
        }
        list.addresses.sort_unstable_by(|a, b| a.address.cmp(&b.address));
        list.cleared.sort_unstable_by(|a, b| a.address.cmp(&b.address));
        list
    }
}

impl SuppressionOptions {
    fn wants(&self, run: &Run) -> bool {
        run.count >= self.min_count
            && (self.reasons.is_empty() || run.evidence.reason.is_some_and(|r| self.reasons.contains(&r)))
    }

    /// The day from which it is not in the list, since 1970.
    fn expires(&self, run: &Run) -> Option<i64> {
        let last = run.last.map(|time| time.civil.div_euclid(DAY));
        match self.expire {
            Some(days) => Some(last? + days?),
            None => run.expires.or_else(|| Some(last? + lifetime(run.evidence.reason?))),
        }
    }
}

fn row(history: &History, run: &Run, status: &'static str, expires: Option<i64>, lang: Lang) -> Suppressed {
    let evidence = &run.evidence;
    Suppressed {
        address: printable(&run.address),
        status,
        change: match (status == "listed", history.old) {
            (true, false) => Some("added"),
            (true, true) => Some("kept"),
            (false, true) => Some("removed"),
            (false, false) => None,
        },
        reason: evidence.reason.map(Reason::as_str),
        title: evidence.reason.map(|reason| mailwhy_codes::reason(reason).text.get(lang).title),
        code: evidence.code,
        enhanced: evidence.enhanced.map(|code| code.to_string()),
        provider: evidence.provider.as_deref().map(str::to_owned),
        rule: evidence.rule.as_deref().map(str::to_owned),
        evidence: evidence.text.clone(),
        target: run.target.as_deref().map(printable),
        count: run.count,
        first: run.first.map(rfc3339),
        last: run.last.map(rfc3339),
        delivered: history.delivered.flatten().filter(|_| history.after.is_none()).map(rfc3339),
        expires: expires.and_then(date),
    }
}

/// The date of a day since 1970.
fn date(day: i64) -> Option<String> {
    let span: Span = Span::new().try_days(day).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok().map(|date| date.to_string())
}
