//! The words of a verdict: closed lists with stable English names.

/// Makes an enum whose variants have a stable name, a list of all of them, and a reader.
macro_rules! names {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[repr(u8)]
        pub enum $type { $($(#[$doc])* $variant,)+ }

        impl $type {
            /// All values, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name, as in the JSON output.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The value with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == name)
            }
        }
    };
}

names! {
    /// Why a reply was given. The definitions decide, so that two experts agree.
    Reason {
        /// The mailbox does not exist, or the address cannot exist (syntax).
        RecipientUnknown = "recipient-unknown",
        /// It exists but is suspended, inactive or closed.
        RecipientDisabled = "recipient-disabled",
        /// A new address is given, or the user left.
        RecipientMoved = "recipient-moved",
        /// The recipient's own settings refuse, or RCPT is refused naming the address without any cause.
        RecipientRefused = "recipient-refused",
        /// Quota or space of this mailbox.
        MailboxFull = "mailbox-full",
        /// The recipient's domain has no usable DNS.
        DomainNotFound = "domain-not-found",
        /// The domain or host takes no mail at all (null MX, 521, 556).
        DomainNoMail = "domain-no-mail",
        /// SPF, DKIM, DMARC, ARC, spoofing protection.
        SenderUnauthenticated = "sender-unauthenticated",
        /// PTR missing, generic or not matching; HELO name not valid or not resolving.
        NoReverseDns = "no-reverse-dns",
        /// Envelope or From address or its domain is not acceptable, does not exist, is refused.
        SenderRejected = "sender-rejected",
        /// SMTP AUTH is needed before this.
        LoginRequired = "login-required",
        /// AUTH was tried and refused: credentials, mechanism, account.
        LoginFailed = "login-failed",
        /// This server does not carry mail for that recipient domain or client.
        RelayDenied = "relay-denied",
        /// An explicit list or ban of IP, host or domain: public DNSBL or the receiver's own.
        Blocklisted = "blocklisted",
        /// Past behaviour or score of IP or domain, no list named.
        BadReputation = "bad-reputation",
        /// Volume is the cause: messages, connections, recipients per message, errors per session, quota.
        RateLimited = "rate-limited",
        /// A deliberate first deferral, verification in progress.
        Greylisted = "greylisted",
        /// The content looks like spam, or content was refused without other cause.
        SpamContent = "spam-content",
        /// Virus, phishing, forbidden attachment or link.
        Malware = "malware",
        /// Size of the message or a part (not the mailbox's space).
        MessageTooLarge = "message-too-large",
        /// Headers, MIME, line length or encoding violate an RFC or the receiver's format rules.
        BadMessage = "bad-message",
        /// A stated local or legal rule that fits nothing above; also connect or EHLO refused without cause.
        Policy = "policy",
        /// TLS missing, required, or its handshake or certificate failed.
        TlsFailed = "tls-failed",
        /// Command, sequence, parameter or syntax of the dialogue.
        ProtocolError = "protocol-error",
        /// Connection, timeout, dropped link, DNS trouble on the way, whoever reports it.
        Network = "network",
        /// Hop count, mail loop, MX points to itself.
        RoutingLoop = "routing-loop",
        /// The receiving system's own state: busy, misconfigured, local error, database, shutting down.
        RemoteError = "remote-error",
        /// The receiving system's storage is full (not the mailbox).
        RemoteDiskFull = "remote-disk-full",
        /// Retries or lifetime exhausted and no last cause is known.
        Expired = "expired",
        /// Our own router, pipe, filter, file or configuration.
        LocalFailure = "local-failure",
        /// Not attempted because of a suppression list.
        Suppressed = "suppressed",
        /// A positive or intermediate reply.
        Accepted = "accepted",
        /// Nothing above can be said.
        Unknown = "unknown",
    }
}

names! {
    /// The class of a reply, from its first digit (RFC 5321 §4.2.1).
    Class {
        /// 2yz: done.
        Success = "success",
        /// 3yz: go on.
        Intermediate = "intermediate",
        /// 4yz: not now; the sender keeps the message and tries again.
        Transient = "transient",
        /// 5yz: no; the sender gives up.
        Permanent = "permanent",
    }
}

names! {
    /// Whether sending the same message again can help.
    Retry {
        /// Yes, by waiting; the server does it by itself.
        Wait = "wait",
        /// Yes, after somebody has changed something.
        AfterFix = "after-fix",
        /// No.
        No = "no",
    }
}

names! {
    /// Who must act.
    Actor {
        /// Nobody: it resolves itself, or cannot be helped.
        Nobody = "nobody",
        /// The person or program that wrote the message or keeps the mailing list.
        Sender = "sender",
        /// The administrator of the sending server or domain.
        SenderAdmin = "sender-admin",
        /// The person the message was for.
        Recipient = "recipient",
        /// The administrator of the receiving server or domain.
        RecipientAdmin = "recipient-admin",
    }
}

names! {
    /// How far the refusal reaches: what else will meet the same fate.
    Scope {
        /// This recipient address.
        Address = "address",
        /// The recipient's domain.
        Domain = "domain",
        /// This sender address.
        SenderAddress = "sender-address",
        /// Everything from the sender's domain.
        SenderDomain = "sender-domain",
        /// Everything from the sending IP address or host.
        SenderIp = "sender-ip",
        /// This message.
        Message = "message",
        /// This connection or session.
        Connection = "connection",
    }
}
