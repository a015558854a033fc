//! What other servers answer.
//!
//! Codes and key words are those that such servers use; the rest is worded here. In a text `{rcpt}`, `{from}`,
//! `{from-domain}`, `{domain}`, `{host}`, `{ip}`, `{id}` (letters and digits) and `{hex}` (an id of hexadecimal digits) are
//! filled in; lines are separated as Exim logs it: `\n`, backslash and n.

use crate::facts::Stage::{self, Connect, Data, EndOfData, Mail, Rcpt};

/// A kind of server.
pub(crate) struct Server {
    /// Its names, `{domain}` filled in; the first is tried first.
    pub(crate) hosts: &'static [&'static str],
    /// Cipher and subject of its certificate; empty where it has no TLS.
    pub(crate) tls: [&'static str; 2],
    /// When it takes a message.
    pub(crate) accepts: &'static str,
    /// When it does not.
    pub(crate) refuses: &'static [Reply],
}

/// An answer that is no.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) weight: u32,
    pub(crate) stage: Stage,
    pub(crate) code: u16,
    /// Empty where there is none behind the first code.
    pub(crate) enhanced: &'static str,
    /// Why, as all would agree; empty where not.
    pub(crate) reason: &'static str,
    pub(crate) text: &'static str,
}

impl Reply {
    pub(crate) fn is_transient(&self) -> bool {
        self.code < 500
    }
}

const fn no(
    weight: u32,
    stage: Stage,
    code: u16,
    enhanced: &'static str,
    reason: &'static str,
    text: &'static str,
) -> Reply {
    Reply { weight, stage, code, enhanced, reason, text }
}

const ECDSA_256: &str = "TLS1.3:ECDHE_X25519__ECDSA_SECP256R1_SHA256__AES_256_GCM:256";
const RSA_256: &str = "TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256";
const OPENSSL_256: &str = "TLS1.3:TLS_AES_256_GCM_SHA384:256";
const OLD_128: &str = "TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_128_GCM:128";

pub(crate) const GOOGLE: usize = 0;
pub(crate) const WORKSPACE: usize = 1;
pub(crate) const OUTLOOK: usize = 2;
pub(crate) const TENANT: usize = 3;
pub(crate) const YAHOO: usize = 4;
pub(crate) const MAILRU: usize = 5;
pub(crate) const YANDEX: usize = 6;
pub(crate) const POSTFIX: usize = 7;
pub(crate) const EXIM: usize = 8;
pub(crate) const GATEWAY: usize = 9;
pub(crate) const QMAIL: usize = 10;

const GOOGLE_REFUSES: &[Reply] = &[
    no(
        40,
        Rcpt,
        550,
        "5.1.1",
        "recipient-unknown",
        r"550-5.1.1 There is no account of this name here; does not exist. Look for\n550-5.1.1 typing errors in the recipient's address. More at\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
    no(
        6,
        Rcpt,
        550,
        "5.2.1",
        "recipient-disabled",
        r"550-5.2.1 The account that you tried to reach is disabled. See\n550 5.2.1  https://support.google.com/mail/?p=DisabledUser {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
    no(
        14,
        EndOfData,
        550,
        "5.7.26",
        "sender-unauthenticated",
        r"550-5.7.26 Your mail is blocked: neither SPF nor DKIM vouches for its sender.\n550-5.7.26  DKIM = did not pass\n550-5.7.26  SPF [{from-domain}] with ip: [{ip}] = did not pass\n550 5.7.26  https://support.google.com/mail/answer/81126#authentication {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
    no(
        9,
        EndOfData,
        550,
        "5.7.1",
        "spam-content",
        r"550-5.7.1 [{ip}      18] Gmail finds that this message is likely\n550-5.7.1 unsolicited mail, and has blocked it. See\n550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
    no(
        16,
        Rcpt,
        452,
        "4.2.2",
        "mailbox-full",
        r"452-4.2.2 The recipient's inbox is out of storage space and takes no mail now.\n452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
    no(
        10,
        EndOfData,
        421,
        "4.7.28",
        "rate-limited",
        r"421-4.7.28 An unusual rate of unsolicited mail comes from your IP address [{ip}]. To\n421-4.7.28 protect our users, mail from it is rate limited for now.\n421 4.7.28  https://support.google.com/mail/?p=UnsolicitedRateLimitError {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
    no(
        5,
        Rcpt,
        450,
        "4.2.1",
        "rate-limited",
        r"450-4.2.1 The user you are trying to contact is receiving mail at a rate too high for\n450-4.2.1 more to be delivered now. Send it again later.\n450 4.2.1  https://support.google.com/mail/?p=ReceivingRate {hex}-{hex}si7301122edt.512 - gsmtp",
    ),
];

/// By the constants above.
pub(crate) const SERVERS: &[Server] = &[
    Server {
        hosts: &["gmail-smtp-in.l.google.com", "alt1.gmail-smtp-in.l.google.com"],
        tls: [ECDSA_256, "CN=mx.google.com"],
        accepts: "250 2.0.0 OK  1741000000 {hex}-{hex}si7301122edt.512 - gsmtp",
        refuses: GOOGLE_REFUSES,
    },
    Server {
        hosts: &["aspmx.l.google.com", "alt2.aspmx.l.google.com"],
        tls: [ECDSA_256, "CN=mx.google.com"],
        accepts: "250 2.0.0 OK  1741000000 {hex}-{hex}si5520091wmb.96 - gsmtp",
        refuses: GOOGLE_REFUSES,
    },
    Server {
        hosts: &["outlook-com.olc.protection.outlook.com"],
        tls: [
            "TLS1.3:ECDHE_SECP384R1__RSA_PSS_RSAE_SHA256__AES_256_GCM:256",
            "C=US,ST=WA,L=Redmond,O=Microsoft Corporation,CN=mail.protection.outlook.com",
        ],
        accepts: "250 2.6.0 <{id}@mail.hosting.example> [InternalId=81904527049, Hostname={id}.namprd10.prod.outlook.com] 23519 bytes in 0.117, 195.300 KB/sec Queued mail for delivery -> 250 2.1.5",
        refuses: &[
            no(
                30,
                Rcpt,
                550,
                "5.5.0",
                "recipient-unknown",
                "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [{id}.namprd10.prod.outlook.com 2025-03-03T00:00:00.000Z {hex}]",
            ),
            no(
                16,
                Mail,
                550,
                "5.7.1",
                "blocklisted",
                "550 5.7.1 Unfortunately, messages from [{ip}] weren't sent. Part of this network is on our block list (S3140); have your provider ask for its removal. [{id}.namprd10.prod.outlook.com]",
            ),
            no(
                14,
                Mail,
                451,
                "4.7.650",
                "bad-reputation",
                "451 4.7.650 The mail server [{ip}] has been temporarily rate limited due to IP reputation. See https://postmaster.live.com (S775) [{id}.namprd10.prod.outlook.com]",
            ),
            no(
                8,
                EndOfData,
                550,
                "5.7.515",
                "sender-unauthenticated",
                "550 5.7.515 Access denied, sending domain {from-domain} does not meet the required authentication level. [{id}.namprd10.prod.outlook.com]",
            ),
            no(
                6,
                Rcpt,
                554,
                "5.2.2",
                "mailbox-full",
                "554 5.2.2 mailbox full; the recipient is over quota [{id}.namprd10.prod.outlook.com]",
            ),
            no(
                5,
                Rcpt,
                452,
                "4.5.3",
                "rate-limited",
                "452 4.5.3 Too many recipients in this session [{id}.namprd10.prod.outlook.com]",
            ),
        ],
    },
    Server {
        hosts: &["{domain-}.mail.protection.outlook.com"],
        tls: [
            "TLS1.2:ECDHE_SECP384R1__RSA_SHA256__AES_256_GCM:256",
            "C=US,ST=WA,L=Redmond,O=Microsoft Corporation,CN=mail.protection.outlook.com",
        ],
        accepts: "250 2.6.0 <{id}@mail.hosting.example> [InternalId=5261334910, Hostname={id}.eurprd07.prod.outlook.com] 18110 bytes in 0.204, 86.692 KB/sec Queued mail for delivery",
        refuses: &[
            no(
                24,
                EndOfData,
                550,
                "5.1.10",
                "recipient-unknown",
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; no recipient {rcpt} was found by its SMTP address",
            ),
            no(
                10,
                Rcpt,
                550,
                "5.7.606",
                "blocklisted",
                "550 5.7.606 Access denied, banned sending IP [{ip}]. To ask for its removal go to https://sender.office.com/ [{id}.eurprd07.prod.outlook.com]",
            ),
            no(
                12,
                EndOfData,
                432,
                "4.3.2",
                "rate-limited",
                "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded [Hostname={id}.eurprd07.prod.outlook.com]",
            ),
            no(
                6,
                EndOfData,
                552,
                "5.2.2",
                "mailbox-full",
                "552 5.2.2 mailbox full: the quota of {rcpt} is exceeded",
            ),
        ],
    },
    Server {
        hosts: &["mta5.am0.yahoodns.net", "mta7.am0.yahoodns.net"],
        tls: [
            "TLS1.3:ECDHE_SECP256R1__ECDSA_SECP256R1_SHA256__AES_128_GCM:128",
            "C=US,ST=NY,L=New York,O=Yahoo Holdings,CN=*.am0.yahoodns.net",
        ],
        accepts: "250 ok dirdel {id}",
        refuses: &[
            no(
                20,
                EndOfData,
                554,
                "",
                "recipient-unknown",
                "554 delivery error: dd This user doesn't have a yahoo.com account ({rcpt}) [-5] - {id}.mail.yahoo.com",
            ),
            no(
                8,
                EndOfData,
                554,
                "",
                "recipient-disabled",
                "554 30 Sorry, mail to {rcpt} is not delivered. This mailbox is disabled (554.30)",
            ),
            no(
                12,
                EndOfData,
                451,
                "",
                "remote-error",
                "451 Resources temporarily not available - Please try again later [#4.16.5]",
            ),
        ],
    },
    Server {
        hosts: &["mxs.mail.ru"],
        tls: [RSA_256, "C=RU,L=Moscow,O=VK LLC,CN=*.mail.ru"],
        accepts: "250 OK id={id}-{id}",
        refuses: &[
            no(
                24,
                Rcpt,
                550,
                "",
                "recipient-unknown",
                "550 Message was not accepted -- invalid mailbox.  Local mailbox {rcpt} is unavailable: user not found",
            ),
            no(
                8,
                Rcpt,
                550,
                "",
                "recipient-disabled",
                "550 Message was not accepted -- invalid mailbox.  Local mailbox {rcpt} is unavailable: account is disabled",
            ),
            no(
                16,
                EndOfData,
                550,
                "",
                "spam-content",
                "550 spam message rejected. See https://help.mail.ru/notspam-support/id?c={hex}{hex} or write to abuse@corp.mail.ru. Error code: {hex}",
            ),
            no(8, Rcpt, 452, "", "mailbox-full", "452 Mailbox of {rcpt} is full, try later"),
            no(
                6,
                Connect,
                421,
                "",
                "rate-limited",
                "421 Too many connections from your address ({ip}), try later",
            ),
        ],
    },
    Server {
        hosts: &["mx.yandex.ru"],
        tls: [OLD_128, "C=RU,ST=Moscow,L=Moscow,O=YANDEX LLC,CN=mx.yandex.net"],
        accepts: "250 2.0.0 Ok: queued on mail-nwsmtp-mxfront-production-main-51.sas.yp-c.yandex.net 1741000000-{id}-{id}",
        refuses: &[
            no(24, Rcpt, 550, "5.7.1", "recipient-unknown", "550 5.7.1 No such user!"),
            no(
                16,
                EndOfData,
                554,
                "5.7.1",
                "spam-content",
                "554 5.7.1 [1] Message rejected under suspicion of SPAM; https://ya.cc/{id} 1741000000-{id}",
            ),
            no(
                6,
                Rcpt,
                552,
                "5.2.2",
                "mailbox-full",
                "552 5.2.2 Mailbox size limit exceeded 1741000000-{id}-{id}",
            ),
            no(
                10,
                Rcpt,
                450,
                "4.2.1",
                "rate-limited",
                "450 4.2.1 The recipient has exceeded their message rate limit. Try later. 1741000000-{id}",
            ),
        ],
    },
    Server {
        hosts: &["mx.{domain}", "mx2.{domain}"],
        tls: [RSA_256, "CN=mx.{domain}"],
        accepts: "250 2.0.0 Ok: queued as {id}",
        refuses: &[
            no(
                30,
                Rcpt,
                550,
                "5.1.1",
                "recipient-unknown",
                "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in local recipient table",
            ),
            no(
                36,
                Rcpt,
                450,
                "4.2.0",
                "greylisted",
                "450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted for 300 seconds (see http://postgrey.example/help/{domain}.html)",
            ),
            no(
                10,
                Rcpt,
                554,
                "5.7.1",
                "blocklisted",
                "554 5.7.1 Service unavailable; Client host [{ip}] blocked using bl.spamcop.net; Blocked - see https://www.spamcop.net/bl.shtml?{ip}",
            ),
            no(
                6,
                Rcpt,
                450,
                "4.7.25",
                "no-reverse-dns",
                "450 4.7.25 Client host rejected: cannot find your hostname, [{ip}]",
            ),
            no(
                6,
                Rcpt,
                450,
                "4.1.8",
                "sender-rejected",
                "450 4.1.8 <{from}>: Sender address rejected: Domain not found",
            ),
            no(5, Mail, 452, "4.3.1", "remote-disk-full", "452 4.3.1 Insufficient system storage"),
            no(
                4,
                Mail,
                552,
                "5.3.4",
                "message-too-large",
                "552 5.3.4 Message size exceeds the fixed limit of this server",
            ),
            no(6, Rcpt, 554, "5.7.1", "relay-denied", "554 5.7.1 <{rcpt}>: Relay access denied"),
            no(5, Rcpt, 451, "4.3.0", "remote-error", "451 4.3.0 <{rcpt}>: Temporary lookup failure"),
            no(4, Mail, 530, "5.7.0", "tls-failed", "530 5.7.0 Must issue a STARTTLS command first"),
            no(4, EndOfData, 554, "5.4.6", "routing-loop", "554 5.4.6 Too many hops"),
            no(
                3,
                EndOfData,
                554,
                "5.7.1",
                "malware",
                "554 5.7.1 Refused, id={id}: virus found (Eicar-Test-Signature)",
            ),
        ],
    },
    Server {
        hosts: &["mail.{domain}"],
        tls: [OPENSSL_256, "CN=mail.{domain}"],
        accepts: "250 OK id={id}-{id}",
        refuses: &[
            no(30, Rcpt, 550, "", "recipient-unknown", "550 No Such User Here"),
            no(26, Rcpt, 451, "", "greylisted", "451 {domain} greylisted you: come back in 5 minutes"),
            no(
                10,
                EndOfData,
                550,
                "",
                "spam-content",
                "550 Your message looks like spam to us (score 12.4), and was refused",
            ),
            no(
                8,
                Rcpt,
                550,
                "",
                "blocklisted",
                "550 {ip} is listed at b.barracudacentral.org, hence refused",
            ),
            no(6, Rcpt, 452, "4.2.2", "mailbox-full", "452 4.2.2 The mailbox of <{rcpt}> is over its quota"),
            no(
                6,
                Connect,
                421,
                "",
                "rate-limited",
                "421 {host}: Too many concurrent SMTP connections; please try again later.",
            ),
            no(
                6,
                Rcpt,
                550,
                "",
                "sender-rejected",
                r"550-Verification failed for <{from}>\n550 Sender verify failed",
            ),
            no(3, Data, 451, "", "remote-error", "451 Local problem in this server, please try later"),
        ],
    },
    Server {
        hosts: &["mx1.{domain-}.gate.example", "mx2.{domain-}.gate.example"],
        tls: [OLD_128, "C=GB,O=Mail Gate Ltd,CN=*.gate.example"],
        accepts: "250 accepted {id}-{id} for delivery",
        refuses: &[
            no(
                10,
                Connect,
                550,
                "5.7.25",
                "no-reverse-dns",
                "550 5.7.25 Refused: the reverse DNS lookup of {ip} failed (no PTR record)",
            ),
            no(
                8,
                Connect,
                554,
                "",
                "blocklisted",
                r"554-{host}\n554 5.7.1 Connection refused: {ip} is on the Spamhaus block list",
            ),
            no(12, Rcpt, 550, "5.1.1", "recipient-unknown", "550 5.1.1 User unknown: {rcpt}"),
            no(
                10,
                Rcpt,
                451,
                "4.7.1",
                "greylisted",
                "451 4.7.1 Greylisting in action, please come back later",
            ),
            no(
                6,
                EndOfData,
                550,
                "5.7.23",
                "sender-unauthenticated",
                "550 5.7.23 SPF check failed: {ip} is not allowed to send mail for {from-domain}",
            ),
        ],
    },
    Server {
        hosts: &["mail.{domain}"],
        tls: ["", ""],
        accepts: "250 ok 1741000000 qp 20514",
        refuses: &[
            no(20, Rcpt, 550, "", "recipient-unknown", "550 sorry, no mailbox here by that name (#5.1.1)"),
            no(
                12,
                Rcpt,
                553,
                "",
                "relay-denied",
                "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
            ),
            no(8, EndOfData, 451, "", "remote-disk-full", "451 qq write error or disk full (#4.3.0)"),
            no(
                6,
                Rcpt,
                551,
                "5.1.6",
                "recipient-moved",
                "551 5.1.6 The recipient has moved; please write to new.{id}@elsewhere.example",
            ),
        ],
    },
];
