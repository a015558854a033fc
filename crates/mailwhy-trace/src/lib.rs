/*!
Log events joined into messages: who it was for, what was tried, how it ended.

A [`Trace`] takes events in the order of the log and tells its caller of failed attempts, and of each [`Message`] when it
has left the queue. Two traces over neighbouring parts of a log can be joined with [`Trace::append`] and then
know what one trace over both parts would: a log is read in parallel that way.

[`Groups`] holds each distinct failure once: identical replies, whatever addresses, hosts and numbers they mention,
share a group with one verdict and one sample.

The crate does not know which mail server wrote the log.
*/

mod draft;
mod group;
mod id;
mod line;
mod message;
mod name;
mod trace;

pub use draft::Recipients;
pub use group::{Group, GroupId, Groups, query};
pub use id::Id;
pub use line::is_discarded;
pub use message::{
    Attempt, Attempts, HostFailure, Message, Outcome, Recipient, Told, address_key, domain_of,
};
pub use name::hash;
pub use trace::{Share, Single, Trace};

/// A hash map whose order nothing may depend on.
pub type Map<K, V> = hashbrown::HashMap<K, V>;
