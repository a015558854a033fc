//! Names of what a line reports, as mailwhy's JSON has them.

/// A kind of line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Kind {
    Arrival,
    Delivery,
    AdditionalDelivery,
    Failure,
    Deferral,
    Completed,
    Frozen,
    Unfrozen,
    Removed,
    HostError,
    Rejected,
    AuthFailure,
    Tls,
    Connection,
    Dns,
    QueueRun,
    Daemon,
    AclWarning,
    Note,
    Continuation,
}

impl Kind {
    /// In the order of their definition.
    pub(crate) const NAMES: [&str; 20] = [
        "arrival",
        "delivery",
        "additional-delivery",
        "failure",
        "deferral",
        "completed",
        "frozen",
        "unfrozen",
        "removed",
        "host-error",
        "rejected",
        "auth-failure",
        "tls",
        "connection",
        "dns",
        "queue-run",
        "daemon",
        "acl-warning",
        "note",
        "continuation",
    ];
}

/// A step of the dialogue between two servers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Stage {
    Connect,
    Mail,
    Rcpt,
    Data,
    EndOfData,
    Auth,
}

impl Stage {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::EndOfData => "end-of-data",
            Self::Auth => "auth",
        }
    }
}
