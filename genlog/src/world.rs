//! Who writes to whom.

use crate::random::{Random, Weighted};
use crate::replies::{
    EXIM, GATEWAY, GOOGLE, MAILRU, OUTLOOK, POSTFIX, QMAIL, Reply, SERVERS, TENANT, WORKSPACE, YAHOO, YANDEX,
};
use crate::text::{Ip, Text};
use crate::{Options, Selector};

/// Our own name.
pub(crate) const OWN: &str = "mail.hosting.example";

/// Domains that have their mailboxes here.
const LOCAL: usize = 300;
/// Domains elsewhere, beside those of the large providers.
const SMALL: usize = 20_000;
/// The most used of them are alive.
const ALIVE: usize = 100;

const LARGE: [(&str, usize); 16] = [
    ("gmail.com", GOOGLE),
    ("mail.ru", MAILRU),
    ("yandex.ru", YANDEX),
    ("hotmail.com", OUTLOOK),
    ("outlook.com", OUTLOOK),
    ("yahoo.com", YAHOO),
    ("bk.ru", MAILRU),
    ("ya.ru", YANDEX),
    ("inbox.ru", MAILRU),
    ("googlemail.com", GOOGLE),
    ("live.com", OUTLOOK),
    ("aol.com", YAHOO),
    ("list.ru", MAILRU),
    ("msn.com", OUTLOOK),
    ("yandex.com", YANDEX),
    ("ymail.com", YAHOO),
];

const FIRST: [&str; 32] = [
    "amber", "arctic", "birch", "blue", "bright", "cedar", "clear", "copper", "delta", "east", "ember",
    "fair", "first", "forest", "golden", "green", "grey", "harbor", "high", "iron", "lake", "little",
    "maple", "north", "oak", "old", "prime", "river", "silver", "stone", "summit", "west",
];
const SECOND: [&str; 28] = [
    "books",
    "bridge",
    "clinic",
    "cycles",
    "dental",
    "design",
    "farm",
    "fitness",
    "flowers",
    "foods",
    "freight",
    "garden",
    "glass",
    "hotel",
    "insurance",
    "kitchen",
    "legal",
    "logistics",
    "media",
    "motors",
    "optics",
    "print",
    "realty",
    "school",
    "systems",
    "textile",
    "tools",
    "travel",
];
pub(crate) const NAMES: [&str; 48] = [
    "info",
    "office",
    "anna",
    "sergey",
    "sales",
    "support",
    "maria",
    "peter",
    "olga",
    "alex",
    "billing",
    "igor",
    "helen",
    "john",
    "natalia",
    "admin",
    "dmitry",
    "laura",
    "contact",
    "thomas",
    "elena",
    "orders",
    "hr",
    "martin",
    "irina",
    "shop",
    "susan",
    "andrey",
    "accounts",
    "julia",
    "viktor",
    "emma",
    "press",
    "pavel",
    "nina",
    "karl",
    "marta",
    "service",
    "roman",
    "lucy",
    "team",
    "oleg",
    "vera",
    "frank",
    "news",
    "tamara",
    "noreply",
    "webmaster",
];

/// An address: it stands in 12 bytes and is spelt out where it is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    name: u16,
    /// 0 for none.
    number: u32,
    pub(crate) domain: u32,
}

/// What is wrong with a domain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trouble {
    /// It does not exist.
    Unrouteable,
    /// Its MX names do not exist.
    NoHost,
    /// It declares that it takes no mail.
    NullMx,
    /// Its name servers do not answer.
    Dns,
    /// Its host does not answer.
    Timeout,
    /// Nothing listens on its host.
    Refused,
    /// Its host hangs up.
    Closed,
    /// Its host cannot do TLS, and we insist.
    Tls,
}

pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) server: usize,
    pub(crate) trouble: Option<Trouble>,
    /// Hosts that take its mail.
    pub(crate) hosts: Vec<(String, Ip)>,
    /// The fields of an encrypted connection, with a blank before each.
    pub(crate) tls: String,
}

/// A host that guesses and probes.
pub(crate) struct Intruder {
    pub(crate) ip: Ip,
    /// `H=` without its flag, port and interface.
    pub(crate) host: String,
}

pub(crate) struct World {
    pub(crate) domains: Vec<Domain>,
    pub(crate) intruders: Vec<Intruder>,
    local: Weighted,
    large: Weighted,
    small: Weighted,
    name: Weighted,
    intruder: Weighted,
    /// By server: its refusals of one recipient, and of a whole transaction.
    refusals: Vec<[Vec<&'static Reply>; 2]>,
    refusal: Vec<[Weighted; 2]>,
}

impl World {
    /// The same for all logs of a selector but for the addresses of intruders.
    pub(crate) fn new(options: &Options, random: &mut Random) -> Self {
        let mut fixed = Random::new(0x6d61_696c);
        let mut domains: Vec<Domain> = (0..LOCAL)
            .map(|n| Domain {
                name: label(n, "our"),
                server: 0,
                trouble: None,
                hosts: Vec::new(),
                tls: String::new(),
            })
            .collect();
        domains
            .extend(LARGE.map(|(name, server)| domain(name.to_owned(), server, None, options, &mut fixed)));
        domains.extend((0..SMALL).map(|n| {
            let server = match fixed.below(50) {
                0..10 => WORKSPACE,
                10..21 => TENANT,
                21..35 => POSTFIX,
                35..44 => EXIM,
                44..48 => GATEWAY,
                _ => QMAIL,
            };
            let trouble = (n >= ALIVE && fixed.chance(0.025)).then(|| {
                use Trouble::{Closed, Dns, NoHost, NullMx, Refused, Timeout, Tls, Unrouteable};
                *fixed.pick(&[
                    Unrouteable,
                    Unrouteable,
                    NoHost,
                    NullMx,
                    Dns,
                    Timeout,
                    Timeout,
                    Refused,
                    Closed,
                    Tls,
                ])
            });
            domain(label(n, "at"), server, trouble, options, &mut fixed)
        }));
        let intruders = (0..3_000).map(|_| intruder(random)).collect();
        let split = |server: &'static crate::replies::Server| {
            let (one, all) = server.refuses.iter().partition(|r| r.stage == crate::facts::Stage::Rcpt);
            [one, all]
        };
        let refusals: Vec<[Vec<&Reply>; 2]> = SERVERS.iter().map(split).collect();
        let weights = |list: &Vec<&Reply>| Weighted::new(list.iter().map(|r| f64::from(r.weight)));
        Self {
            refusal: refusals.iter().map(|lists| lists.each_ref().map(weights)).collect(),
            refusals,
            intruders,
            local: Weighted::zipf(LOCAL, 4.0),
            large: Weighted::zipf(LARGE.len(), 1.0),
            small: Weighted::zipf(SMALL, 20.0),
            name: Weighted::zipf(NAMES.len(), 6.0),
            intruder: Weighted::zipf(3_000, 30.0),
            domains,
        }
    }

    pub(crate) fn is_local(&self, address: Address) -> bool {
        (address.domain as usize) < LOCAL
    }

    pub(crate) fn domain(&self, address: Address) -> &Domain {
        &self.domains[address.domain as usize]
    }

    pub(crate) fn local(&self, random: &mut Random) -> Address {
        let domain = self.local.pick(random) as u32;
        Address { name: self.name.pick(random) as u16, number: 0, domain }
    }

    /// Another mailbox of the same domain.
    pub(crate) fn colleague(&self, random: &mut Random, address: Address) -> Address {
        Address { name: self.name.pick(random) as u16, ..address }
    }

    pub(crate) fn remote(&self, random: &mut Random) -> Address {
        let large = random.chance(0.6);
        let domain =
            LOCAL + if large { self.large.pick(random) } else { LARGE.len() + self.small.pick(random) };
        let number = if large || random.chance(0.3) { random.range(1, 99_999) as u32 } else { 0 };
        Address { name: self.name.pick(random) as u16, number, domain: domain as u32 }
    }

    /// An address at a domain that cannot be reached, but may be some day.
    pub(crate) fn unreachable(&self, random: &mut Random) -> Address {
        use Trouble::{Closed, Dns, Refused, Timeout, Tls};
        loop {
            let address = self.remote(random);
            if matches!(self.domain(address).trouble, Some(Dns | Timeout | Refused | Closed | Tls)) {
                return address;
            }
        }
    }

    pub(crate) fn intruder(&self, random: &mut Random) -> &Intruder {
        &self.intruders[self.intruder.pick(random)]
    }

    /// A refusal of one recipient, or of a whole transaction, by a domain's server.
    pub(crate) fn refusal(&self, random: &mut Random, server: usize, whole: bool) -> Option<&'static Reply> {
        let kind = usize::from(whole);
        self.refusals[server][kind].get(self.refusal[server][kind].pick(random)).copied()
    }

    pub(crate) fn write(&self, text: &mut Text, address: Address) {
        self.write_name(text, address);
        text.add("@").add(&self.domain(address).name);
    }

    pub(crate) fn write_name(&self, text: &mut Text, address: Address) {
        text.add(NAMES[usize::from(address.name)]);
        if address.number > 0 {
            text.add(".").number(u64::from(address.number));
        }
    }
}

/// The name of the n-th domain of its kind.
fn label(n: usize, kind: &str) -> String {
    let (first, rest) = (n % FIRST.len(), n / FIRST.len());
    let (second, number) = (rest % SECOND.len(), rest / SECOND.len());
    let (first, second) = (FIRST[first], SECOND[second]);
    let top = if n.is_multiple_of(3) { "test" } else { "example" };
    match (kind, number) {
        ("our", _) => format!("{first}-{second}.{top}"),
        (_, 0) => format!("{first}{second}.{top}"),
        _ => format!("{first}{second}{number}.{top}"),
    }
}

fn domain(
    name: String,
    server: usize,
    trouble: Option<Trouble>,
    options: &Options,
    random: &mut Random,
) -> Domain {
    let kind = &SERVERS[server];
    let fill = |text: &str| text.replace("{domain}", &name).replace("{domain-}", &name.replace('.', "-"));
    let hosts = kind.hosts.iter().map(|host| (fill(host), Ip(0xc612_0000 | random.next() as u32 & 0x1_ffff)));
    let hosts = hosts.collect();
    let tls = match kind.tls {
        ["", _] => String::new(),
        [cipher, _] if options.selector == Selector::Default => format!(" X={cipher} CV=yes"),
        [cipher, subject] => format!(" X={cipher} CV=yes DN=\"{}\"", fill(subject)),
    };
    Domain { server, trouble, hosts, tls, name }
}

fn intruder(random: &mut Random) -> Intruder {
    let ip = Ip::random(random);
    let mut host = Text::default();
    match random.below(6) {
        0 => host.add("(User) ["),
        1 => host.add("(").token(random, 6).add(") ["),
        2 => host.add("dyn").number(random.below(9_999)).add(".pool.example ["),
        3 => host.add("mail").number(random.below(99)).add(".relay.test (localhost) ["),
        4 => host.add("([").ip(ip).add("]) ["),
        _ => host.add("["),
    };
    host.ip(ip).add("]");
    Intruder { ip, host: String::from_utf8_lossy(&host.0).into_owned() }
}
