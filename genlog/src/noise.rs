//! What a server in the open writes beside its mail.

use std::io::{self, Write};

use crate::Exim;
use crate::facts::{Kind, Stage};
use crate::message::{Id, Message, Outcome, Recipient, Way, Why};
use crate::play::{Play, QUEUE_RUN};
use crate::queue::Step;
use crate::random::Random;
use crate::replies::Reply;
use crate::text::{Ip, Text};
use crate::world::{Address, Intruder, World};

const ACCOUNTS: [&str; 10] =
    ["admin", "test", "scanner", "backup", "guest", "office", "postmaster", "mysql", "ftp", "operator"];

/// The answer of the server behind ours, asked whether it knows a recipient.
const UNKNOWN: Reply = Reply {
    weight: 0,
    stage: Stage::Rcpt,
    code: 550,
    enhanced: "5.1.1",
    reason: "",
    text: "550 5.1.1 no mailbox of this name",
};
/// The answer of a smart host to our login.
const BAD_LOGIN: Reply = Reply { stage: Stage::Auth, code: 535, enhanced: "5.7.8", text: "", ..UNKNOWN };

/// Lines about a client: how often of a thousand, what kind, the words; `{host}` is the client with `H=`, `{bare}` without,
/// `{ip}` its address, `{to}` a mailbox here, `{word}` a random word.
const ABOUT_CLIENTS: [(u64, Kind, &str); 23] = [
    (
        150,
        Kind::Rejected,
        "{host} F=<{word}@promo.test> rejected RCPT <{to}>: {ip} is listed at zen.spamhaus.org",
    ),
    (60, Kind::Rejected, "{host} F=<{word}@{word}.test> rejected RCPT <{to}>: no such mailbox here"),
    (
        60,
        Kind::Rejected,
        "{host} F=<{word}@{word}.test> rejected RCPT <{word}@gmail.com>: relay not permitted",
    ),
    (
        60,
        Kind::Rejected,
        "{host} F=<{word}@shop.test> temporarily rejected RCPT <{to}>: greylisted, come back in 5 minutes",
    ),
    (
        20,
        Kind::Rejected,
        "{host} sender verify fail for <{word}@{word}.test>: all relevant MX records point to non-existent hosts",
    ),
    (20, Kind::Rejected, "{host} F=<{word}@{word}.test> rejected RCPT <{to}>: Sender verify failed"),
    (15, Kind::Rejected, "{host} F=<> rejected RCPT <{to}>"),
    (15, Kind::Rejected, "{host} rejected EHLO or HELO {word}: a name with a dot is needed"),
    (12, Kind::Rejected, "{host} rejected connection in \"connect\" ACL: {ip} has been here too often"),
    (20, Kind::Rejected, "rejected EHLO from {bare}: syntactically invalid argument(s): {word}_{word}"),
    (
        8,
        Kind::Rejected,
        "rejected MAIL FROM:<{word}@{word}.test> {host}: message too big: size=73400320 max=52428800",
    ),
    (90, Kind::Dns, "no host name found for IP address {ip}"),
    (12, Kind::Dns, "no IP address found for host {word}.pool.example (during SMTP connection from {bare})"),
    (60, Kind::Connection, "unexpected disconnection while reading SMTP command from {bare} D=14s"),
    (30, Kind::Connection, "SMTP command timeout on connection from {bare} D=5m0s"),
    (30, Kind::Connection, "no MAIL in SMTP connection from {bare} D=0.6s C=EHLO,STARTTLS,EHLO,QUIT"),
    (
        14,
        Kind::Connection,
        "SMTP protocol error in \"AUTH LOGIN\" {host} AUTH command used when not advertised",
    ),
    (10, Kind::Connection, "SMTP syntax error in \"GET / HTTP/1.1\" {host} unrecognized command"),
    (
        10,
        Kind::Connection,
        "SMTP call from {bare} dropped: too many syntax or protocol errors (last command was \"{word}\",  C=EHLO)",
    ),
    (9, Kind::Connection, "SMTP connection from {bare} lost while reading message data (header)"),
    (
        60,
        Kind::Tls,
        "TLS error on connection from {bare} (gnutls_handshake): A packet with illegal or unsupported version was received.",
    ),
    (10, Kind::AclWarning, "{host} Warning: {ip} is not in the list of those we know"),
    (225, Kind::AuthFailure, ""),
];

impl<W: Write> Play<'_, W> {
    /// A line about a client that brings no mail.
    pub(crate) fn noise(&mut self, at: i64) -> io::Result<()> {
        let pid = self.new_pid();
        let mut at_most = self.random.below(ABOUT_CLIENTS.iter().map(|(share, ..)| share).sum());
        let found = ABOUT_CLIENTS.iter().find(|(share, ..)| {
            let here = at_most < *share;
            at_most = at_most.saturating_sub(*share);
            here
        });
        let Some(&(_, kind, words)) = found else { return Ok(()) };
        if kind == Kind::AuthFailure {
            return self.guessed_password(at, pid);
        }
        if self.random.chance(0.02) {
            return self.refused_content(at, pid);
        }
        if self.random.chance(0.01) {
            return self.refused_by_callout(at, pid);
        }
        let rich = self.log.rich();
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let intruder = world.intruder(random);
        let to = world.local(random);
        log.line(at, pid, None, kind, |t| write_client(t, world, random, words, intruder, to, rich))?;
        Ok(())
    }

    fn guessed_password(&mut self, at: i64, pid: u32) -> io::Result<()> {
        let rich = self.log.rich();
        let exim = self.log.exim();
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let intruder = world.intruder(random);
        let written = log.line(at, pid, None, Kind::AuthFailure, |t| {
            t.add(*random.pick(&["dovecot_login", "dovecot_plain", "login_server"]));
            t.add(" authenticator failed for ").add(if exim == Exim::V4_99 { "H=" } else { "" });
            write_intruder(t, random, intruder, rich);
            t.add(": 535 Incorrect authentication data (set_id=").add(*random.pick(&ACCOUNTS));
            if random.chance(0.7) {
                t.add("@").add(&world.domain(world.local(random)).name);
            }
            t.add(")");
        })?;
        log.truth.login_failures += u64::from(written);
        Ok(())
    }

    /// A message that was refused has an id, but is none: only its rejection is logged.
    fn refused_content(&mut self, at: i64, pid: u32) -> io::Result<()> {
        let rich = self.log.rich();
        let id = Id::new(at, pid, self.log.exim() == Exim::V4_99);
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let intruder = world.intruder(random);
        let to = world.local(random);
        let words = "{host} F=<{word}@promo.test> rejected after DATA: it has 11.7 points of spam";
        log.line(at, pid, Some(&id), Kind::Rejected, |t| {
            write_client(t, world, random, words, intruder, to, rich);
        })?;
        Ok(())
    }

    fn refused_by_callout(&mut self, at: i64, pid: u32) -> io::Result<()> {
        let rich = self.log.rich();
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let intruder = world.intruder(random);
        let to = world.local(random);
        let words = "{host} F=<{word}@shop.test> rejected RCPT <{to}>: inner.hosting.example [192.0.2.80] : SMTP error from remote mail server after RCPT TO:<{to}>: 550 5.1.1 no mailbox of this name";
        let written = log.line(at, pid, None, Kind::Rejected, |t| {
            write_client(t, world, random, words, intruder, to, rich);
        })?;
        if written {
            log.reply(&UNKNOWN);
        }
        Ok(())
    }

    /// A line that trips careless readers: all are forms that Exim writes.
    pub(crate) fn odd(&mut self, at: i64) -> io::Result<()> {
        let to = self.world.remote(&mut self.random);
        let sender = self.world.local(&mut self.random);
        let mut message = self.message(at, Some(sender), vec![Recipient::new(to, Way::Remote)]);
        let kind = self.random.below(8);
        let (code, reply): (&str, &[u8]) = match kind {
            // Latin-1, KOI8-R, UTF-8, and escapes, as the reply came.
            0 => ("550 5.1.1 ", b"destinataire inconnu, adresse p\xe9rim\xe9e"),
            1 => ("550 5.1.1 ", b"\xd0\xcf\xcc\xd5\xde\xc1\xd4\xc5\xcc\xd8 no such user"),
            2 => ("550 5.1.1 ", "такого пользователя нет: user unknown".as_bytes()),
            3 => ("550 5.1.1 ", br"\321\217\321\211\320\270\320\272 user unknown"),
            // Words of other lines.
            4 => ("550 5.1.1 ", b"** == Completed => user unknown R=x T=y H=z C=\"250 OK\" <="),
            // A code and nothing else.
            5 => ("550", b""),
            _ => return self.odder(at, kind, message, to),
        };
        let odd = Reply { enhanced: if code.len() > 3 { "5.1.1" } else { "" }, ..UNKNOWN };
        let exim = self.log.exim();
        let (log, world) = (&mut self.log, &self.world);
        let written = log.line(at, message.pid, Some(&message.id), Kind::Failure, |t| {
            t.add("** ");
            world.write(t, to);
            t.add(" R=dnslookup T=remote_smtp");
            if exim != Exim::V4_84 {
                t.add(" H=mx.odd.example [198.18.7.7]");
            }
            t.add(if exim == Exim::V4_99 { " : " } else { ": " });
            t.add("SMTP error from remote mail server after RCPT TO:<");
            world.write(t, to);
            t.add(if exim == Exim::V4_84 { ">: host mx.odd.example [198.18.7.7]: " } else { ">: " });
            t.add(code).add(reply);
        })?;
        if written {
            log.reply(&odd);
            log.truth.invalid_utf8 += u64::from(kind < 2);
            log.domain(to.domain).failed += 1;
            let truth = &mut log.truth;
            message.tell_attempt(0, Outcome::Failed, Why::Uncertain, false, truth);
            message.recipients[0].done = true;
            let slot = self.queue.add(message);
            self.queue.plan(at + 1, slot, Step::Complete);
        }
        Ok(())
    }

    fn odder(&mut self, at: i64, kind: u64, mut message: Message, to: Address) -> io::Result<()> {
        let (log, world) = (&mut self.log, &self.world);
        if kind == 6 {
            // A smart host refuses our password in two lines: so they stand in the log.
            let written = log.record(at, message.pid, Some(&message.id), Kind::AuthFailure, 2, |t| {
                t.add("plain_client authenticator failed H=smart.relay.example [198.18.7.9] 535-5.7.8 Who you are is not known here. See\n");
                t.add("535 5.7.8 https://relay.example/help");
            })?;
            if written {
                log.reply(&BAD_LOGIN);
                message.told.any = true;
                let slot = self.queue.add(message);
                self.queue.plan(at + QUEUE_RUN, slot, Step::Deliver);
            }
            return Ok(());
        }
        // A confirmation with words of other lines, and quotes.
        let written = log.line(at, message.pid, Some(&message.id), Kind::Delivery, |t| {
            t.add("=> ");
            world.write(t, to);
            t.add(" R=dnslookup T=remote_smtp H=mx.odd.example [198.18.7.8] C=\"250 2.0.0 Completed \\\"x T=y\\\" ** defer (-44): 550\"");
        })?;
        if written {
            log.domain(to.domain).delivered += 1;
            message.tell(0, Outcome::Delivered);
            message.recipients[0].done = true;
            let slot = self.queue.add(message);
            self.queue.plan(at + 1, slot, Step::Complete);
        }
        Ok(())
    }
}

fn write_client(
    text: &mut Text,
    world: &World,
    random: &mut Random,
    words: &str,
    intruder: &Intruder,
    to: Address,
    rich: bool,
) {
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        text.add(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        match name {
            "host" => write_intruder(text.add("H="), random, intruder, rich),
            "bare" => write_intruder(text, random, intruder, rich),
            "ip" => text.put_ip(intruder.ip),
            "to" => world.write(text, to),
            _ => text.put_token(random),
        }
        rest = after;
    }
    text.add(rest);
}

fn write_intruder(text: &mut Text, random: &mut Random, intruder: &Intruder, rich: bool) {
    text.add(&intruder.host);
    if rich {
        text.add(":").number(random.range(1_024, 65_000)).add(" I=[").ip(Ip::OWN).add("]:25");
    }
}
