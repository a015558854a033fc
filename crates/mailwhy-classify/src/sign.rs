//! The words around a reply that tell something about it.

/// Words that tell something about the reply they stand beside.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sign {
    /// Exim's words before a reply: the stage follows.
    Exim,
    /// Postfix's words behind a reply: the stage follows.
    Postfix,
    /// The name of the host follows.
    Host,
    /// Words that take the finality from a final refusal.
    Temporary,
    /// What follows is about the sender's address, whom the server asked about.
    SenderCheck,
    /// Words about who sends: what is said of an account or address may be said of theirs.
    Sending,
    /// Words that count: what is said of addresses is said of how many of them were bad before.
    Counting,
    /// Words of doubt: the server could not find out.
    Doubt,
}
