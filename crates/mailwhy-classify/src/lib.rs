/*!
From one SMTP reply to a verdict: the reason, who must act, whether to retry, whether the address is bad.

A [`Classifier`] is built once and shared between threads. It works on bytes, never fails and never panics; what it
does not understand is [`Reason::Unknown`](mailwhy_codes::Reason::Unknown), what it guesses is marked as a guess.

```
use mailwhy_classify::{Classifier, Query};
use mailwhy_codes::{Reason, Stage};

let classifier = Classifier::new();
let mut query = Query::new(b"550 5.1.1 <nobody@shop.example>: Recipient address rejected: User unknown");
query.stage = Some(Stage::Rcpt);
let verdict = classifier.classify(&query);
assert_eq!(verdict.reason, Reason::RecipientUnknown);
assert!(verdict.bad_address);
```

A text goes through four steps, each a module: it is *folded* to one line of lower case, the *replies* in it are found,
the *rules* whose texts occur in it are collected, and the strongest one gives the *verdict*.
*/

mod case;
mod classifier;
mod compile;
mod fold;
mod kinds;
mod known;
mod normalize;
mod own;
mod reply;
mod rules;
mod set;
mod sign;
mod trie;
mod verdict;
mod why;

pub use classifier::{Classifier, Query};
pub use normalize::{fingerprint, names_blocklist, normalize};
pub use own::{OwnRule, OwnText, RuleError, RuleErrorKind};
pub use verdict::{Confidence, Verdict};
pub use why::{Candidate, Refusal, Strength, Why};
