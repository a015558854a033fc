/*!
What the answers of mail servers mean: reply codes, enhanced status codes, causes of failure, and the
advice that goes with each, in English and Russian.

The crate has no dependencies, does not allocate and reads no files. Its tables are generated from the
TOML files under `data/` by `cargo xtask generate`; the logic beside them is small.

The names follow [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321) (reply codes),
[RFC 3463](https://www.rfc-editor.org/rfc/rfc3463) and the
[IANA registry](https://www.iana.org/assignments/smtp-enhanced-status-codes) (enhanced status codes).
*/
#![no_std]

mod digits;
mod entry;
mod lookup;
mod reason;
mod reply;
mod table;
mod text;

pub use digits::{basic_category, basic_class, enhanced_class, enhanced_subject};
pub use entry::{
    BasicCode, Blocklist, Cause, CodePattern, Digit, EnhancedCode, EnhancedPattern, Provider, ProviderKind,
    ReasonEntry, Sense, Status,
};
pub use lookup::{basic, cause, enhanced, provider_by_domain, provider_by_host, reason};
pub use reason::{Actor, Class, Reason, Retry, Scope};
pub use reply::{Enhanced, Stage};
pub use table::{BASIC, BLOCKLISTS, CAUSES, ENHANCED, PROVIDERS, REASONS};
pub use text::{Action, Lang, Localized, Text};
