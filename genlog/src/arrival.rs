//! Messages that come in.

use std::io::{self, Write};

use crate::facts::Kind;
use crate::message::{Message, Recipient, Way};
use crate::play::Play;
use crate::queue::Step;
use crate::random::Random;
use crate::text::Ip;
use crate::world::{Address, OWN};

const SUBJECTS: [&str; 12] = [
    "Your order is on its way",
    "Re: the offer of last week",
    "Minutes of the meeting",
    "Invoice for March",
    "Напоминание о встрече",
    "Fwd: photos",
    "Re: Re: dates",
    "Ваш заказ принят",
    "A question about \\\"terms\\\"",
    "Reset your password",
    "News of the month",
    "=> please read <=",
];
const CIPHERS: [&str; 3] = [
    "TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256",
    "TLS1.3:TLS_AES_256_GCM_SHA384:256",
    "TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_128_GCM:128",
];

/// How a message came.
enum From {
    /// Another server; the name in its HELO differs for some.
    Server { ip: Ip },
    /// A user of ours.
    User { ip: Ip },
    /// A program on this host.
    Program,
    /// Exim itself: a bounce of this message.
    Bounce(Box<Message>),
}

impl<W: Write> Play<'_, W> {
    /// A new message of some kind.
    pub(crate) fn arrive(&mut self, at: i64) -> io::Result<()> {
        let ip = Ip::random(&mut self.random);
        let kind = self.random.unit();
        let (from, sender, recipients) = if kind < 0.56 {
            let sender = self.world.remote(&mut self.random);
            let null = self.random.chance(0.03);
            let recipients = self.mailboxes(null);
            (From::Server { ip }, (!null).then_some(sender), recipients)
        } else {
            let sender = self.world.local(&mut self.random);
            let (from, count) = match kind {
                0.56..0.86 => (From::User { ip }, few(&mut self.random)),
                0.86..0.994 => (From::Program, 1),
                _ => (From::User { ip }, self.random.range(12, 80)),
            };
            let mut recipients = Vec::new();
            for _ in 0..count {
                let to = self.world.remote(&mut self.random);
                add(&mut recipients, Recipient::new(to, Way::Remote));
            }
            (from, Some(sender), recipients)
        };
        self.accept(at, &from, sender, recipients)
    }

    /// The report on a message that failed.
    pub(crate) fn bounce(&mut self, at: i64, failed: &Message, to: Address) -> io::Result<()> {
        let way = if self.world.is_local(to) { Way::Maildir } else { Way::Remote };
        let from = From::Bounce(Box::new(failed.clone()));
        self.accept(at, &from, None, vec![Recipient::new(to, way)])
    }

    fn accept(
        &mut self,
        at: i64,
        from: &From,
        sender: Option<Address>,
        mut recipients: Vec<Recipient>,
    ) -> io::Result<()> {
        recipients
            .sort_by_key(|r| (r.way == Way::Remote, if r.way == Way::Remote { r.to.domain } else { 0 }));
        let mut message = self.message(at, sender, recipients);
        let written = self.write_arrival(at, &message, from)?;
        message.told.any = written;
        message.told.arrival = written;
        if written && matches!(from, From::Server { .. }) && self.random.chance(0.06) {
            self.write_dkim(at, &message)?;
        }
        let slot = self.queue.add(message);
        self.queue.plan(at + 10, slot, Step::Deliver);
        Ok(())
    }

    /// Recipients here, some of which stand for others.
    fn mailboxes(&mut self, one: bool) -> Vec<Recipient> {
        let mut recipients = Vec::new();
        for _ in 0..if one { 1 } else { few(&mut self.random) } {
            let to = self.world.local(&mut self.random);
            let way = match self.random.unit() {
                0.0..0.48 => Way::Lmtp,
                0.48..0.86 => Way::Maildir,
                0.86..0.875 => Way::Pipe,
                0.875..0.88 => Way::File,
                0.88..0.888 => Way::Full,
                0.888..0.895 => Way::Unknown,
                0.895..0.95 if !one => {
                    for _ in 0..self.random.range(2, 4) {
                        let colleague = self.world.colleague(&mut self.random, to);
                        let recipient = Recipient::new(colleague, Way::Lmtp);
                        add(&mut recipients, recipient.instead_of(to));
                    }
                    continue;
                }
                _ => {
                    let elsewhere = Recipient::new(self.world.remote(&mut self.random), Way::Remote);
                    add(&mut recipients, elsewhere.instead_of(to));
                    continue;
                }
            };
            add(&mut recipients, Recipient::new(to, way));
        }
        recipients
    }

    fn write_arrival(&mut self, at: i64, message: &Message, from: &From) -> io::Result<bool> {
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let rich = log.rich();
        let millis = log.options.millis;
        log.line(at, message.pid, Some(&message.id), Kind::Arrival, |t| {
            t.add("<= ");
            match message.sender {
                Some(sender) => world.write(t, sender),
                None => t.put("<>"),
            }
            let domain = message.sender.map(|sender| world.domain(sender).name.as_str());
            let encrypted = match from {
                From::Server { ip } => {
                    t.add(" H=out")
                        .number(random.range(1, 30))
                        .add(".")
                        .add(domain.unwrap_or("relay.example"));
                    if random.chance(0.2) {
                        t.add(" (").add(domain.unwrap_or("localhost")).add(")");
                    }
                    t.add(" [").ip(*ip).add("]");
                    random.chance(0.9)
                }
                From::User { ip } => {
                    t.add(" H=(").add(*random.pick(&["smtpclient.apple", "[192.168.0.12]", "workstation"]));
                    t.add(") [").ip(*ip).add("]");
                    true
                }
                From::Program => {
                    t.add(" U=");
                    match message.sender {
                        Some(sender) => world.write_name(t, sender),
                        None => t.put("www-data"),
                    }
                    t.add(" P=local");
                    false
                }
                From::Bounce(failed) => {
                    t.add(" R=").add(failed.id.as_bytes()).add(" U=Debian-exim P=local");
                    false
                }
            };
            let remote = matches!(from, From::Server { .. } | From::User { .. });
            if remote {
                if rich {
                    t.add(":").number(random.range(1_024, 65_000)).add(" I=[").ip(Ip::OWN).add("]:25");
                }
                t.add(match from {
                    From::User { .. } => " P=esmtpsa",
                    _ if encrypted => " P=esmtps",
                    _ => " P=esmtp",
                });
                if encrypted {
                    t.add(" X=").add(*random.pick(&CIPHERS)).add(" CV=no");
                }
                if matches!(from, From::User { .. })
                    && let Some(sender) = message.sender
                {
                    t.add(if random.chance(0.7) { " A=dovecot_login:" } else { " A=plain_server:" });
                    world.write(t, sender);
                }
                if random.chance(0.4) {
                    t.add(" K");
                }
            }
            t.add(" S=").number(message.size);
            if rich {
                t.add(if random.chance(0.5) { " M8S=8" } else { " M8S=0" });
            }
            if let (From::Server { .. }, Some(domain), true) = (from, domain, random.chance(0.6)) {
                t.add(" DKIM=").add(domain);
            }
            if rich && remote {
                t.add(if millis { " RT=0.238s" } else { " RT=0s" });
            }
            if !matches!(from, From::Bounce(_)) {
                t.add(" id=").token(random, 10).add(".").token(random, 8).add("@").add(domain.unwrap_or(OWN));
            }
            if rich {
                t.add(" T=\"").add(*random.pick(&SUBJECTS)).add("\" from <");
                if let Some(sender) = message.sender {
                    world.write(t, sender);
                }
                t.add("> for");
                for recipient in &message.recipients {
                    t.add(" ");
                    world.write(t, recipient.original.unwrap_or(recipient.to));
                }
            }
        })
    }

    fn write_dkim(&mut self, at: i64, message: &Message) -> io::Result<bool> {
        let (log, world) = (&mut self.log, &self.world);
        let Some(sender) = message.sender else { return Ok(false) };
        log.line(at, message.pid, Some(&message.id), Kind::Note, |t| {
            t.add("DKIM: d=").add(&world.domain(sender).name);
            t.add(" s=mail c=relaxed/relaxed a=rsa-sha256 b=2048 [verification succeeded]");
        })
    }
}

/// Adds a recipient, unless it is there already.
fn add(recipients: &mut Vec<Recipient>, recipient: Recipient) {
    if recipients.iter().all(|r| r.to != recipient.to) {
        recipients.push(recipient);
    }
}

/// How many recipients an ordinary message has.
fn few(random: &mut Random) -> u64 {
    match random.below(100) {
        0..84 => 1,
        84..93 => 2,
        93..97 => 3,
        97..99 => 5,
        _ => 9,
    }
}
