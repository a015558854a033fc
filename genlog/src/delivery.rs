//! Messages that go out, or do not.

use std::io::{self, Write};

use crate::Exim;
use crate::facts::{Kind, Stage};
use crate::message::{Message, Outcome, Way, Why};
use crate::play::{LIFETIME, Play, duration};
use crate::random::Random;
use crate::replies::{Reply, SERVERS};
use crate::text::{Ip, Text};
use crate::world::{Address, Domain, Trouble, World};

const REMOTE: &str = " R=dnslookup T=remote_smtp";
const UNROUTEABLE: &str = "Unrouteable address";
const CLOSED: &str = "closed connection in response to initial connection";

/// What is written behind the fields of a failed attempt.
enum Words<'a> {
    /// Our own.
    Own(&'a str),
    /// What the host of this number answered.
    Reply(&'static Reply, usize),
    /// What happened with the first host.
    Closed,
}

/// A failed attempt for a recipient.
struct Failed<'a> {
    /// Router and transport, as far as it got.
    route: &'a str,
    /// Number and words of a deferral.
    errno: Option<(i32, &'a str)>,
    /// The host of this number stands in a field of its own.
    host: Option<usize>,
    words: Words<'a>,
    why: Why,
    /// A line about the host told of it already.
    repeats: bool,
}

impl<W: Write> Play<'_, W> {
    /// Delivers to the recipient `first`, and to those behind it at the same remote domain.
    pub(crate) fn attempt(&mut self, at: i64, message: &mut Message, first: usize) -> io::Result<()> {
        let recipient = &message.recipients[first];
        if recipient.way != Way::Remote {
            return self.local(at, message, first);
        }
        let domain = recipient.to.domain;
        let same = |n: &usize| {
            let r = &message.recipients[*n];
            r.way == Way::Remote && r.to.domain == domain
        };
        let group: Vec<usize> = (first..message.recipients.len()).take_while(same).collect();
        let group: Vec<usize> = group.into_iter().filter(|&n| !message.recipients[n].done).collect();
        match self.world.domains[domain as usize].trouble {
            Some(trouble) => self.unreachable(at, message, &group, trouble)?,
            None => self.transaction(at, message, &group)?,
        }
        if at - message.arrived > LIFETIME {
            for n in group {
                if !message.recipients[n].done {
                    self.give_up(at, message, n)?;
                }
            }
        }
        Ok(())
    }

    fn local(&mut self, at: i64, message: &mut Message, n: usize) -> io::Result<()> {
        let recipient = &mut message.recipients[n];
        let failed = Failed {
            route: "",
            errno: None,
            host: None,
            words: Words::Own(UNROUTEABLE),
            // Here it is the mailbox that does not exist; elsewhere the same words are said of a domain.
            why: Why::Uncertain,
            repeats: false,
        };
        match recipient.way {
            Way::Unknown => self.failed(at, message, n, &failed)?,
            Way::Full if at - message.arrived > LIFETIME => self.give_up(at, message, n)?,
            Way::Full => {
                if self.random.chance(0.15) {
                    recipient.way = Way::Maildir;
                }
                let failed = Failed {
                    route: " R=local_user T=maildir_home",
                    errno: Some((-22, "")),
                    words: Words::Own(
                        "mailbox is full (MTA-imposed quota exceeded while writing to tmp/new)",
                    ),
                    why: Why::Certain("mailbox-full"),
                    ..failed
                };
                self.failed(at, message, n, &failed)?;
            }
            _ => {
                recipient.done = true;
                if self.write_local(at, message, n)? {
                    self.log.domain(message.recipients[n].to.domain).delivered += 1;
                    message.tell(n, Outcome::Delivered);
                }
            }
        }
        Ok(())
    }

    /// A domain whose hosts cannot be found or talked to.
    fn unreachable(
        &mut self,
        at: i64,
        message: &mut Message,
        group: &[usize],
        trouble: Trouble,
    ) -> io::Result<()> {
        let old = self.log.exim() == Exim::V4_84;
        let network = Why::Certain("network");
        let failed = Failed {
            route: " R=dnslookup",
            errno: None,
            host: None,
            words: Words::Own(""),
            why: network,
            repeats: false,
        };
        let failed = match trouble {
            Trouble::Unrouteable => {
                Failed { route: "", words: Words::Own(UNROUTEABLE), why: Why::Uncertain, ..failed }
            }
            Trouble::NoHost => Failed {
                words: Words::Own("all relevant MX records point to non-existent hosts"),
                why: Why::Certain("domain-not-found"),
                ..failed
            },
            Trouble::NullMx => Failed {
                words: Words::Own("an MX or SRV record indicated no SMTP service"),
                why: Why::Certain("domain-no-mail"),
                ..failed
            },
            Trouble::Dns => {
                Failed { errno: Some((-1, "")), words: Words::Own("host lookup did not complete"), ..failed }
            }
            Trouble::Timeout => Failed { errno: Some((110, "Connection timed out")), ..failed },
            Trouble::Refused => Failed { errno: Some((111, "Connection refused")), ..failed },
            Trouble::Closed => {
                Failed { errno: Some((-18, "")), words: Words::Closed, host: (!old).then_some(0), ..failed }
            }
            Trouble::Tls => Failed {
                errno: Some((-37, "")),
                words: Words::Own(
                    "TLS session: (gnutls_handshake): No supported cipher suites have been found.",
                ),
                why: Why::Certain("tls-failed"),
                host: (!old).then_some(0),
                ..failed
            },
        };
        let mut failed = failed;
        let domain = message.recipients[group[0]].to.domain as usize;
        match trouble {
            Trouble::Timeout | Trouble::Refused => {
                let words = failed.errno.map_or("", |(_, words)| words);
                for host in 0..self.world.domains[domain].hosts.len() {
                    self.host_failed(at, message, domain, host, &Words::Own(words), network)?;
                }
            }
            Trouble::Closed => self.host_failed(at, message, domain, 0, &failed.words, network)?,
            _ => {}
        }
        failed.repeats = matches!(trouble, Trouble::Timeout | Trouble::Refused | Trouble::Closed);
        if failed.repeats {
            failed.route = REMOTE;
        } else if trouble == Trouble::Tls {
            failed.route = " R=dnslookup T=remote_smtp_tls";
        }
        for &n in group {
            self.failed(at, message, n, &failed)?;
        }
        Ok(())
    }

    /// A dialogue with a domain's server.
    fn transaction(&mut self, at: i64, message: &mut Message, group: &[usize]) -> io::Result<()> {
        let domain = message.recipients[group[0]].to.domain as usize;
        let Domain { server, ref hosts, .. } = self.world.domains[domain];
        let hosts = hosts.len();
        let before = message.recipients[group[0]].refused;
        let whole = match before {
            Some(reply) if reply.stage != Stage::Rcpt => self.random.chance(0.4).then_some(reply),
            None if self.random.chance(0.014) => self.world.refusal(&mut self.random, server, true),
            _ => None,
        };
        if let Some(reply) = whole {
            return self.refused_whole(at, message, group, reply);
        }
        let mut taken = Vec::new();
        // The host that answers in the end.
        let mut host = 0;
        let alone = group.len() == message.recipients.len();
        if hosts > 1 && alone && self.random.chance(0.008) {
            let words = Words::Own("Connection timed out");
            self.host_failed(at, message, domain, 0, &words, Why::Certain("network"))?;
            host = 1;
        }
        for &n in group {
            let again = match message.recipients[n].refused {
                Some(reply) if reply.stage == Stage::Rcpt => {
                    let share = if reply.reason == "greylisted" { 0.05 } else { 0.7 };
                    Some(reply).filter(|_| self.random.chance(share))
                }
                None if self.random.chance(0.04) => self.world.refusal(&mut self.random, server, false),
                _ => None,
            };
            let Some(reply) = again else {
                taken.push(n);
                continue;
            };
            message.recipients[n].refused = Some(reply);
            // The next host is asked before the recipient is deferred.
            if reply.is_transient() && host + 1 < hosts && group.len() == 1 {
                self.host_failed(at, message, domain, host, &Words::Reply(reply, host), Why::of(reply))?;
                host += 1;
            }
            let failed = self.refusal(reply, host, false);
            self.failed(at, message, n, &failed)?;
        }
        self.delivered(at, message, &taken, host)
    }

    /// The server's answer concerns all recipients.
    fn refused_whole(
        &mut self,
        at: i64,
        message: &mut Message,
        group: &[usize],
        reply: &'static Reply,
    ) -> io::Result<()> {
        let domain = message.recipients[group[0]].to.domain as usize;
        let mut host = 0;
        let told = reply.is_transient() || reply.stage == Stage::Connect;
        if told {
            for n in 0..self.world.domains[domain].hosts.len() {
                self.host_failed(at, message, domain, n, &Words::Reply(reply, n), Why::of(reply))?;
                host = n;
            }
        }
        let failed = self.refusal(reply, host, told);
        for &n in group {
            message.recipients[n].refused = Some(reply);
            self.failed(at, message, n, &failed)?;
        }
        Ok(())
    }

    fn refusal(&self, reply: &'static Reply, host: usize, repeats: bool) -> Failed<'static> {
        let errno = match reply.stage {
            Stage::Rcpt => -44,
            Stage::Mail => -45,
            Stage::Data | Stage::EndOfData => -46,
            Stage::Connect | Stage::Auth => 0,
        };
        Failed {
            route: REMOTE,
            errno: reply.is_transient().then_some((errno, "")),
            host: (self.log.exim() != Exim::V4_84).then_some(host),
            words: Words::Reply(reply, host),
            why: Why::of(reply),
            repeats,
        }
    }

    /// Writes the line of a deferral or a failure.
    fn failed(&mut self, at: i64, message: &mut Message, n: usize, failed: &Failed<'_>) -> io::Result<()> {
        let exim = self.log.exim();
        let rich = self.log.rich();
        let kind = if failed.errno.is_some() { Kind::Deferral } else { Kind::Failure };
        let recipient = &mut message.recipients[n];
        if kind == Kind::Failure {
            recipient.done = true;
            message.owes_bounce = true;
        }
        let (to, original) = (message.recipients[n].to, message.recipients[n].original);
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let domain = world.domain(to);
        let host = failed.host.and_then(|host| domain.hosts.get(host));
        let scene = Scene { exim, world, message, to: Some(to), domain };
        let written = log.line(at, message.pid, Some(&message.id), kind, |t| {
            t.add(if kind == Kind::Failure { "** " } else { "== " });
            write_recipient(t, world, to, original);
            if kind == Kind::Failure && rich {
                write_return_path(t, world, message.sender);
            }
            t.add(failed.route);
            if let Some((errno, words)) = failed.errno {
                t.add(" defer (").add(errno.to_string()).add(")");
                if !words.is_empty() {
                    t.add(": ").add(words);
                }
            }
            if let Some(host) = host {
                write_host(t.add(" "), host, rich);
                if kind == Kind::Failure
                    && !matches!(failed.words, Words::Reply(Reply { stage: Stage::Connect, .. }, _))
                {
                    t.add(&domain.tls);
                }
            }
            if rich && failed.errno.is_some() {
                t.add(" DT=1s");
            }
            if failed.errno.is_none_or(|(_, words)| words.is_empty()) {
                t.add(if kind == Kind::Failure && exim == Exim::V4_99 { " : " } else { ": " });
                scene.write(t, random, &failed.words);
            }
            if rich && failed.errno.is_none() {
                t.add(" DT=2s");
            }
        })?;
        if !written {
            return Ok(());
        }
        if let Words::Reply(reply, _) = failed.words {
            self.log.reply(reply);
        }
        if let Some((errno, _)) = failed.errno {
            self.log.errno(errno);
        }
        let lines = self.log.domain(to.domain);
        let outcome = if kind == Kind::Failure {
            lines.failed += 1;
            Outcome::Failed
        } else {
            lines.deferred += 1;
            Outcome::Deferred
        };
        message.tell_attempt(n, outcome, failed.why, failed.repeats, &mut self.log.truth);
        Ok(())
    }

    /// Writes the line about a host that could not be used.
    fn host_failed(
        &mut self,
        at: i64,
        message: &mut Message,
        domain: usize,
        host: usize,
        words: &Words<'_>,
        why: Why,
    ) -> io::Result<()> {
        let exim = self.log.exim();
        let rich = self.log.rich();
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let domain = &world.domains[domain];
        let to = message
            .recipients
            .iter()
            .find(|r| !r.done && world.domain(r.to).name == domain.name)
            .map(|r| r.to);
        let scene = Scene { exim, world, message, to, domain };
        let written = log.line(at, message.pid, Some(&message.id), Kind::HostError, |t| {
            let own = matches!(words, Words::Own(_));
            if exim == Exim::V4_84 {
                if own {
                    let (name, ip) = &domain.hosts[host];
                    t.add(name).add(" [").ip(*ip).add("] ");
                }
            } else {
                write_host(t, &domain.hosts[host], rich);
                let no_colon =
                    exim == Exim::V4_99 && matches!(words, Words::Reply(Reply { stage: Stage::Rcpt, .. }, _));
                t.add(if own || no_colon { " " } else { ": " });
            }
            scene.write(t, random, words);
        })?;
        if written {
            if let Words::Reply(reply, _) = words {
                self.log.reply(reply);
            }
            message.tell_host(why, &mut self.log.truth);
        }
        Ok(())
    }

    fn give_up(&mut self, at: i64, message: &mut Message, n: usize) -> io::Result<()> {
        let recipient = &mut message.recipients[n];
        recipient.done = true;
        message.owes_bounce = true;
        let (to, original) = (message.recipients[n].to, message.recipients[n].original);
        let world = &self.world;
        let written = self.log.line(at, message.pid, Some(&message.id), Kind::Failure, |t| {
            t.add("** ");
            write_recipient(t, world, to, original);
            t.add(": retry timeout exceeded");
        })?;
        if written {
            self.log.domain(to.domain).failed += 1;
            message.tell(n, Outcome::Failed);
        }
        Ok(())
    }

    /// Writes the lines of recipients that the host took.
    fn delivered(&mut self, at: i64, message: &mut Message, taken: &[usize], host: usize) -> io::Result<()> {
        let rich = self.log.rich();
        let mut kind = Kind::Delivery;
        let mut confirmation = Text::default();
        for &n in taken {
            message.recipients[n].done = true;
            let (to, original) = (message.recipients[n].to, message.recipients[n].original);
            let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
            let domain = world.domain(to);
            if confirmation.0.is_empty() {
                let text = SERVERS[domain.server].accepts;
                fill(&mut confirmation, text, |t, what| match what {
                    "hex" => t.put_hex(random),
                    _ => t.put_token(random),
                });
            }
            let written = log.line(at, message.pid, Some(&message.id), kind, |t| {
                t.add(if kind == Kind::Delivery { "=> " } else { "-> " });
                write_recipient(t, world, to, original);
                if rich {
                    write_return_path(t, world, message.sender);
                }
                t.add(REMOTE);
                if rich {
                    t.add(" S=").number(message.size + 412);
                }
                if let Some(host) = domain.hosts.get(host) {
                    write_host(t.add(" "), host, rich);
                }
                if rich {
                    t.add(" I=[").ip(Ip::OWN).add("]:").number(random.range(20_000, 60_000));
                }
                t.add(&domain.tls).add(" K C=\"").add(&confirmation.0).add("\"");
                if rich {
                    duration(t.add(" QT="), (at - message.arrived) / 1000);
                    t.add(" DT=1s");
                }
            })?;
            if written {
                log.domain(to.domain).delivered += 1;
                message.tell(n, Outcome::Delivered);
            }
            kind = Kind::AdditionalDelivery;
        }
        Ok(())
    }

    fn write_local(&mut self, at: i64, message: &Message, n: usize) -> io::Result<bool> {
        let rich = self.log.rich();
        let (log, world, random) = (&mut self.log, &self.world, &mut self.random);
        let recipient = &message.recipients[n];
        log.line(at, message.pid, Some(&message.id), Kind::Delivery, |t| {
            t.add("=> ");
            match recipient.way {
                Way::Pipe => t.put("|/usr/local/bin/tickets --box "),
                Way::File => t.put("/var/archive/"),
                _ => {}
            }
            world.write_name(t, recipient.to);
            t.add(" <");
            world.write(t, recipient.original.unwrap_or(recipient.to));
            t.add(match recipient.way {
                Way::Pipe => "> R=user_forward T=address_pipe",
                Way::File => "> R=user_forward T=address_file",
                Way::Lmtp => "> R=mailboxes T=dovecot_lmtp",
                _ => "> R=local_user T=maildir_home",
            });
            if rich {
                t.add(" S=").number(message.size + 380);
            }
            if recipient.way == Way::Lmtp {
                t.add(" C=\"250 2.0.0 <");
                world.write(t, recipient.to);
                t.add("> ").token(random, 10).token(random, 10).add(" Saved\"");
            }
            if rich {
                duration(t.add(" QT="), (at - message.arrived) / 1000);
                t.add(" DT=0s");
            }
        })
    }
}

fn write_recipient(text: &mut Text, world: &World, to: Address, original: Option<Address>) {
    world.write(text, to);
    if let Some(original) = original.filter(|&original| original != to) {
        text.add(" <");
        world.write(text, original);
        text.add(">");
    }
}

fn write_return_path(text: &mut Text, world: &World, sender: Option<Address>) {
    for field in [" F=<", " P=<"] {
        text.add(field);
        if let Some(sender) = sender {
            world.write(text, sender);
        }
        text.add(">");
    }
}

/// `H=name [ip]`
fn write_host(text: &mut Text, (name, ip): &(String, Ip), rich: bool) {
    text.add("H=").add(name).add(" [").ip(*ip).add("]");
    if rich {
        text.add(":25");
    }
}

/// What words are about.
struct Scene<'a> {
    exim: Exim,
    world: &'a World,
    message: &'a Message,
    to: Option<Address>,
    domain: &'a Domain,
}

impl Scene<'_> {
    fn write(&self, text: &mut Text, random: &mut Random, words: &Words<'_>) {
        let &Self { exim, world, message, to, domain } = self;
        let old = exim == Exim::V4_84;
        match words {
            Words::Own(words) => text.put(words),
            Words::Closed => {
                let (name, ip) = &domain.hosts[0];
                text.add("Remote host ");
                if old {
                    text.add(name).add(" [").ip(*ip).add("] ");
                }
                text.add(CLOSED);
            }
            Words::Reply(reply, host) => {
                let (name, ip) = &domain.hosts[*host];
                text.add("SMTP error from remote mail server after ");
                match reply.stage {
                    Stage::Connect => text.put("initial connection"),
                    Stage::Mail => {
                        text.add(if old { "MAIL FROM:<" } else { "pipelined MAIL FROM:<" });
                        if let Some(sender) = message.sender {
                            world.write(text, sender);
                        }
                        text.add("> SIZE=").number(message.size + 1_024);
                    }
                    Stage::Rcpt => {
                        text.add("RCPT TO:<");
                        if let Some(to) = to {
                            world.write(text, to);
                        }
                        text.add(">");
                    }
                    Stage::Data => text.put(if old { "DATA" } else { "pipelined DATA" }),
                    Stage::EndOfData | Stage::Auth => text.put("end of data"),
                }
                text.add(": ");
                if old {
                    text.add("host ").add(name).add(" [").ip(*ip).add("]: ");
                }
                fill(text, reply.text, |t, what| match what {
                    "rcpt" => to.into_iter().for_each(|to| world.write(t, to)),
                    "from" => message.sender.into_iter().for_each(|from| world.write(t, from)),
                    "from-domain" => message.sender.into_iter().for_each(|from| {
                        t.add(&world.domain(from).name);
                    }),
                    "domain" => t.put(&domain.name),
                    "host" => t.put(name),
                    "ip" => t.put_ip(Ip::OWN),
                    "hex" => t.put_hex(random),
                    _ => t.put_token(random),
                });
            }
        }
    }
}

/// Adds a text in which `{names}` stand for what `value` writes.
fn fill(text: &mut Text, pattern: &str, mut value: impl FnMut(&mut Text, &str)) {
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.add(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        value(text, name);
        rest = after;
    }
    text.add(rest);
}
