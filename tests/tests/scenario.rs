//! An afternoon at `mx1.shop.example`: a small shop that sends orders, a newsletter and its staff's mail to
//! servers that take it, delay it or refuse it for all the usual reasons, while strangers knock at its own door.
//!
//! The tests read the log of it, and `testdata/exim/sample` is such a log.

use std::net::Ipv4Addr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::exim::{Client, Exim};
use crate::harness::sink::{Answer, Ask, Sink, Stage};

/// What Exim is told to log.
#[derive(Clone, Copy, Debug)]
pub enum Profile {
    /// What it logs by itself.
    Default,
    /// Everything it can log, with milliseconds, process ids and the time zone.
    Rich,
}

/// The recipient domains and the only host of each. Faults of a host have one to themselves: Exim leaves a host
/// alone for a while after them, and then others would suffer, or not, by the order of the queue.
const HOSTS: &[(&str, Ipv4Addr)] = &[
    ("gmail.test", Ipv4Addr::new(127, 20, 0, 26)),
    ("googlemail.test", Ipv4Addr::new(127, 20, 0, 27)),
    ("outlook.test", Ipv4Addr::new(127, 21, 0, 12)),
    ("yahoo.test", Ipv4Addr::new(127, 22, 0, 73)),
    ("aol.test", Ipv4Addr::new(127, 22, 0, 74)),
    ("mail.test", Ipv4Addr::new(127, 23, 0, 31)),
    ("corp.test", Ipv4Addr::new(127, 24, 0, 10)),
    ("university.test", Ipv4Addr::new(127, 25, 0, 10)),
    ("bank.test", Ipv4Addr::new(127, 26, 0, 10)),
    ("insurance.test", Ipv4Addr::new(127, 26, 0, 11)),
    ("old-isp.test", Ipv4Addr::new(127, 27, 0, 10)),
    ("slow.test", Ipv4Addr::new(127, 28, 0, 10)),
    ("rcpt.flaky.test", Ipv4Addr::new(127, 29, 0, 1)),
    ("data.flaky.test", Ipv4Addr::new(127, 29, 0, 2)),
    ("end.flaky.test", Ipv4Addr::new(127, 29, 0, 3)),
    ("mute.flaky.test", Ipv4Addr::new(127, 29, 0, 4)),
    ("notls.test", Ipv4Addr::new(127, 30, 0, 10)),
    ("badtls.test", Ipv4Addr::new(127, 31, 0, 10)),
    ("smarthost.test", Ipv4Addr::new(127, 32, 0, 25)),
    ("busy.test", Ipv4Addr::new(127, 33, 0, 10)),
    ("lmtp.test", Ipv4Addr::new(127, 34, 0, 24)),
    ("partner.example", Ipv4Addr::new(127, 36, 0, 10)),
];

/// Nobody listens here.
const DOWN: (&str, Ipv4Addr) = ("down.test", Ipv4Addr::new(127, 35, 0, 10));

/// Runs the scenario and gives back the Exim that lived it, for its logs.
pub fn play(profile: Profile) -> Exim {
    let addresses: Vec<_> = HOSTS.iter().map(|&(_, address)| address).collect();
    let sink = Sink::start(&addresses, answer).expect("loopback addresses can be listened on");
    let files = [("hosts", hosts()), ("aliases", ALIASES.to_owned())];
    let exim = Exim::new(|dir| configuration(dir, sink.port(), profile), &files);
    let started = Instant::now();

    outgoing(&exim);
    incoming(&exim);
    for wait in [0, 2, RETRY_FOR + 2, 0] {
        // Greylisting passes on the second run, all other retries have timed out by the third, and its bounces go
        // out on the fourth.
        thread::sleep((started + Duration::from_secs(wait)).saturating_duration_since(Instant::now()));
        exim.run_queue();
    }
    exim
}

/// Seconds until Exim gives a temporary failure up.
const RETRY_FOR: u64 = 10;

/// What the remote servers say.
fn answer(ask: &Ask<'_>) -> Option<Answer> {
    let domain = HOSTS.iter().find(|(_, address)| *address == ask.host).map_or("", |(domain, _)| domain);
    let to = ask.recipient.split('@').next().unwrap_or_default();
    let from = ask.sender.split('@').nth(1).unwrap_or_default();
    match domain {
        "gmail.test" | "googlemail.test" => gmail(ask.stage, to, from),
        "outlook.test" => outlook(ask.stage, to, from),
        "yahoo.test" | "aol.test" => yahoo(ask.stage, to),
        "mail.test" => mail(ask.stage, to),
        "corp.test" => corp(ask, to),
        "university.test" => university(ask.stage, to),
        "old-isp.test" => old_isp(ask.stage, to),
        "lmtp.test" => lmtp(ask.stage, to),
        "bank.test" | "insurance.test" if ask.stage == Stage::Connect => close(
            "554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using zen.spamhaus.org; \
             https://www.spamhaus.org/query/ip/203.0.113.25",
        ),
        "busy.test" if ask.stage == Stage::Connect => {
            close("421 4.7.0 relay.busy.test Error: too many connections from 203.0.113.25")
        }
        "slow.test" if ask.stage == Stage::Connect => Some(Answer::Hang),
        "rcpt.flaky.test" if ask.stage == Stage::Rcpt => Some(Answer::Drop),
        "data.flaky.test" if ask.stage == Stage::Data => Some(Answer::Drop),
        "end.flaky.test" if ask.stage == Stage::EndOfData => Some(Answer::Drop),
        "mute.flaky.test" if ask.stage == Stage::EndOfData => Some(Answer::Hang),
        "notls.test" | "badtls.test" if ask.stage == Stage::Ehlo => {
            say("250-mail.partner.test\n250-SIZE 20000000\n250 STARTTLS")
        }
        "notls.test" if ask.stage == Stage::StartTls => {
            say("454 4.7.0 TLS not available due to local problem")
        }
        "badtls.test" if ask.stage == Stage::StartTls => {
            close("220 2.0.0 Ready to start TLS\nsegmentation fault, core dumped")
        }
        "smarthost.test" if ask.stage == Stage::Ehlo => say("250-smtp.smarthost.test\n250 AUTH PLAIN LOGIN"),
        "smarthost.test" if ask.stage == Stage::Auth => {
            say("535-5.7.8 Username and Password not accepted. For more information, go to\n\
                 535 5.7.8  https://support.google.com/mail/?p=BadCredentials d4-20sm7331 - gsmtp")
        }
        _ => None,
    }
}

fn gmail(stage: Stage, to: &str, from: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::Rcpt, "full.box") => {
            say("452-4.2.2 The recipient's inbox is out of storage space. Please direct the\n\
                 452-4.2.2 recipient to\n\
                 452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp 7-20si412 - gsmtp")
        }
        (Stage::Rcpt, to) if to.starts_with("gone.") => {
            say("550-5.1.1 The email account that you tried to reach does not exist. Please try\n\
                 550-5.1.1 double-checking the recipient's email address for typos or\n\
                 550-5.1.1 unnecessary spaces. For more information, go to\n\
                 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser 4-20si218 - gsmtp")
        }
        (Stage::EndOfData, "rate") => close(
            "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating\n\
                   421-4.7.28 from your IP address. To protect our users from spam, mail sent from\n\
                   421-4.7.28 your IP address has been temporarily rate limited.\n\
                   421 4.7.28  https://support.google.com/mail/?p=UnsolicitedRateLimitError 9si77 - gsmtp",
        ),
        (Stage::EndOfData, _) if from == "news.shop.example" => {
            say("550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n\
                 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\n\
                 550-5.7.26\n\
                 550-5.7.26  Authentication results:\n\
                 550-5.7.26  DKIM = did not pass\n\
                 550-5.7.26  SPF [news.shop.example] with ip: [203.0.113.25] = did not pass\n\
                 550 5.7.26  https://support.google.com/mail/answer/81126#authentication 3si901 - gsmtp")
        }
        (Stage::EndOfData, _) => say("250 2.0.0 OK  1795314421 f17-20si553 - gsmtp"),
        _ => None,
    }
}

fn outlook(stage: Stage, to: &str, from: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::Mail, _) if from == "news.shop.example" => {
            say("550 5.7.1 Unfortunately, messages from [203.0.113.25] weren't sent. Please contact your \
                 Internet service provider since part of their network is on our block list (S3150). You can \
                 also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.")
        }
        (Stage::Rcpt, "nobody") => {
            say("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient nobody@outlook.test not found by SMTP \
                 address lookup")
        }
        (Stage::EndOfData, "dmarc") => say(
            "550 5.7.509 Access denied, sending domain SHOP.EXAMPLE does not pass DMARC verification and \
                 has a DMARC policy of reject. [AM0EUR02FT031.eop-EUR02.prod.protection.outlook.test]",
        ),
        _ => None,
    }
}

fn yahoo(stage: Stage, to: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::Rcpt, "closed") => {
            say("554 30 Sorry, your message to closed@yahoo.test cannot be delivered. This mailbox is \
                 disabled (554.30).")
        }
        (Stage::EndOfData, "complaints") => close(
            "421 4.7.0 [TSS04] Messages from 203.0.113.25 temporarily deferred due to unexpected volume \
                   or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
        ),
        _ => None,
    }
}

fn mail(stage: Stage, to: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::Rcpt, "petrov") => say("550 5.1.1 Пользователь не найден"),
        (Stage::Rcpt, "ivanova") => say("552 5.2.2 Mailbox size limit exceeded"),
        (Stage::EndOfData, "smirnov") => say(
            "550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=kx or report \
                 details to abuse@corp.mail.ru. Error code: 4B1F.",
        ),
        (Stage::EndOfData, _) => say("250 2.0.0 Принято к доставке"),
        _ => None,
    }
}

/// Behind postgrey: the first attempt at each recipient is put off.
fn corp(ask: &Ask<'_>, to: &str) -> Option<Answer> {
    match (ask.stage, to) {
        (Stage::Rcpt, "listed") => {
            say("554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using bl.spamcop.net; \
                 Blocked - see https://www.spamcop.net/bl.shtml?203.0.113.25")
        }
        (Stage::Rcpt, to) if ask.before == 0 => Some(Answer::Say(
            format!(
                "450 4.2.0 <{to}@corp.test>: Recipient address rejected: Greylisted, see \
                 http://postgrey.schweikert.ch/help/corp.test.html"
            )
            .into_bytes(),
        )),
        (Stage::EndOfData, "quotes") => say(r#"250 2.0.0 Ok: "queued" as 4XyZ (C="x" DT=3s) Completed"#),
        _ => None,
    }
}

fn university(stage: Stage, to: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::Rcpt, "graduate") => {
            say("550 5.1.1 <graduate@university.test>: Recipient address rejected: User unknown in local \
                 recipient table")
        }
        (Stage::Rcpt, "dean") => Some(Answer::Say(b"550 5.1.1 Bo\xeete inconnue".to_vec())),
        (Stage::Rcpt, "never") => say("451 4.3.0 <never@university.test>: Temporary lookup failure"),
        (Stage::EndOfData, "virus") => {
            say("554 5.7.1 Message infected with virus Eicar-Test-Signature, id=88121-04")
        }
        (Stage::EndOfData, "disk") => say("452 4.3.1 Insufficient system storage"),
        _ => None,
    }
}

/// A server of another age: no enhanced codes, no EHLO.
fn old_isp(stage: Stage, to: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::Ehlo, _) => say("502 unimplemented (#5.5.1)"),
        (Stage::Rcpt, "retired") => say("550 sorry, no mailbox here by that name. (#5.1.1)"),
        (Stage::Rcpt, "relay") => {
            say("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)")
        }
        (Stage::Rcpt, "bare") => say("550"),
        (Stage::EndOfData, "huge") => say("552 sorry, that message size exceeds my databytes limit (#5.3.4)"),
        (Stage::EndOfData, _) => say("250 ok 1795314421 qp 7331"),
        _ => None,
    }
}

fn lmtp(stage: Stage, to: &str) -> Option<Answer> {
    match (stage, to) {
        (Stage::EndOfData, "suspended") => say("550 5.2.1 <suspended@lmtp.test> Mailbox is disabled"),
        (Stage::EndOfData, "hoarder") => {
            say("452 4.2.2 <hoarder@lmtp.test> Quota exceeded (mailbox for user is full)")
        }
        (Stage::EndOfData, to) => Some(Answer::Say(format!("250 2.0.0 <{to}@lmtp.test> x1 Saved").into())),
        _ => None,
    }
}

fn say(text: &str) -> Option<Answer> {
    Some(Answer::Say(text.as_bytes().to_vec()))
}

fn close(text: &str) -> Option<Answer> {
    Some(Answer::Close(text.as_bytes().to_vec()))
}

/// What the shop sends.
fn outgoing(exim: &Exim) {
    let orders = "orders@shop.example";
    for (number, recipients) in [
        &["anna@gmail.test"][..],
        &["gone.karl@gmail.test"],
        &["full.box@gmail.test"],
        &["rate@googlemail.test"],
        &["marie@outlook.test", "nobody@outlook.test"],
        &["dmarc@outlook.test"],
        &["closed@yahoo.test", "lena@yahoo.test"],
        &["complaints@aol.test"],
        &["petrov@mail.test", "ivanova@mail.test", "sidorov@mail.test"],
        &["smirnov@mail.test"],
        &["ivan@corp.test"],
        &["olga@corp.test", "quotes@corp.test"],
        &["listed@corp.test"],
        &["never@university.test"],
        &["graduate@university.test", "dean@university.test", "student@university.test"],
        &["virus@university.test"],
        &["disk@university.test"],
        &["ceo@bank.test"],
        &["office@insurance.test"],
        &["retired@old-isp.test", "relay@old-isp.test", "bare@old-isp.test", "grandpa@old-isp.test"],
        &["huge@old-isp.test"],
        &["info@slow.test"],
        &["info@down.test"],
        &["info@rcpt.flaky.test"],
        &["info@data.flaky.test"],
        &["info@end.flaky.test"],
        &["info@mute.flaky.test"],
        &["info@notls.test"],
        &["info@badtls.test"],
        &["someone@smarthost.test"],
        &["info@busy.test"],
        &["hoarder@lmtp.test", "suspended@lmtp.test", "zoe@lmtp.test"],
        &["typo@gmial.invalid"],
        &["peter@gmail.test", "paul@yahoo.test", "mary@university.test"],
    ]
    .into_iter()
    .enumerate()
    {
        let message = message(orders, recipients, &format!("Your order {}", 10_411 + number), "Thank you.\n");
        exim.submit("www-data", orders, recipients, &message);
    }

    let news = "newsletter@news.shop.example";
    for name in ["alice", "bella", "carl", "doris", "emil", "frida", "gone.gustav", "gone.helga", "gone.inge"]
    {
        let recipient = format!("{name}@gmail.test");
        let message = message(news, &[&recipient], "Winter sale: 20 % off", "Only this week.\n");
        exim.submit("news", news, &[&recipient], &message);
    }
    for recipient in ["jan@outlook.test", "kim@outlook.test", "lara@yahoo.test", "smirnov@mail.test"] {
        let message = message(news, &[recipient], "Winter sale: 20 % off", "Only this week.\n");
        exim.submit("news", news, &[recipient], &message);
    }
}

/// Who comes to the shop's door.
fn incoming(exim: &Exim) {
    let partner = Client { ip: "198.51.100.7", name: Some("relay.partner.example") };
    let staff = Client { ip: "192.0.2.44", name: None };
    let spammer = Client { ip: "203.0.113.77", name: None };

    // Mail for the shop itself: its staff, aliases, pipes and a full mailbox.
    let body = "A line of a longer message.\n".repeat(60);
    for user in ["anna", "boris", "sales", "printer", "archive"] {
        let recipient = format!("{user}@shop.example");
        exim.session(partner, &transaction("tom@partner.example", &[&recipient], "Meeting on Monday", &body));
    }
    // A bounce to a sender that cannot be reached stays on the queue, frozen.
    exim.session(spammer, &transaction("win@bulk.example", &["fax@shop.example"], "You have won", &body));
    // A member of staff signs in.
    let report =
        transaction("anna@shop.example", &["boss@corp.test", "gone.old@gmail.test"], "Report", "Here.\n");
    exim.session(staff, &report.replacen('\n', "\nAUTH PLAIN AGFubmEAc2VjcmV0\n", 1));

    let envelope = |sender: &str, recipients: &[&str]| {
        let mut commands = format!("EHLO mail.bulk.example\nMAIL FROM:<{sender}>\n");
        for recipient in recipients {
            commands += &format!("RCPT TO:<{recipient}>\n");
        }
        commands + "QUIT\n"
    };
    exim.session(partner, &envelope("tom@partner.example", &["closed@shop.example", "nobody@shop.example"]));
    for commands in [
        envelope("win@bulk.example", &["x@gmail.test", "y@outlook.test"]),
        envelope(
            "win@bulk.example",
            &["sales2@shop.example", "webmaster@shop.example", "boris@shop.example"],
        ),
        envelope("denied@bulk.example", &[]),
        "EHLO mail.bulk.example\nMAIL FROM:<big@bulk.example> SIZE=99999999\nQUIT\n".to_owned(),
        envelope("ghost@nowhere.invalid", &["anna@shop.example"]),
        "EHLO 203.0.113.25\nQUIT\n".to_owned(),
        "EHLO under_score!\nQUIT\n".to_owned(),
        "HELP ME\nPLEASE\nGIVE\nMAIL\nNOW\n".to_owned(),
        transaction("win@bulk.example", &["anna@shop.example"], "VIRUS invoice", "Open it.\n"),
        transaction("win@bulk.example", &["anna@shop.example"], "GREYLIST me", "Open it.\n"),
    ] {
        exim.session(spammer, &commands);
    }
    // anna, admin, info and test, with the passwords that everyone tries first.
    let passwords = ["AGFubmEAMTIzNDU2", "AGFkbWluAGFkbWlu", "AGluZm8AcXdlcnR5", "AHRlc3QAdGVzdA=="];
    for ip in GUESSERS.iter().cycle().take(12) {
        let tries: String = passwords.iter().map(|password| format!("AUTH PLAIN {password}\n")).collect();
        exim.session(Client { ip, name: None }, &format!("EHLO User\n{tries}QUIT\n"));
    }
}

/// Those who guess passwords; each fails 16 times.
pub const GUESSERS: [&str; 3] = ["203.0.113.130", "203.0.113.131", "2001:db8:66::17"];

fn transaction(sender: &str, recipients: &[&str], subject: &str, body: &str) -> String {
    let mut commands = format!("EHLO relay.partner.example\nMAIL FROM:<{sender}>\n");
    for recipient in recipients {
        commands += &format!("RCPT TO:<{recipient}>\n");
    }
    commands + "DATA\n" + &message(sender, recipients, subject, body) + ".\nQUIT\n"
}

fn message(sender: &str, recipients: &[&str], subject: &str, body: &str) -> String {
    let recipients = recipients.join(", ");
    format!("From: <{sender}>\nTo: {recipients}\nSubject: {subject}\n\n{body}")
}

fn hosts() -> String {
    HOSTS.iter().chain([&DOWN]).map(|(domain, address)| format!("{domain}: {address}\n")).collect()
}

const ALIASES: &str = "\
sales: anna, boris, gone.seller@gmail.test
closed: :fail: this mailbox is closed, write to info@shop.example
printer: \"|/bin/sh -c 'echo lp0 on fire; exit 1'\"
fax: |/usr/local/bin/no-such-program
info: anna
";

fn configuration(dir: &Path, port: u16, profile: Profile) -> String {
    let dir = dir.display();
    let logging = match profile {
        Profile::Default => "",
        Profile::Rich => "log_selector = +all\nlog_timezone = true\n",
    };
    format!(
        r#"
primary_hostname = mx1.shop.example
qualify_domain = shop.example
domainlist local_domains = shop.example
spool_directory = {dir}/spool
log_file_path = {dir}/log/%slog
{logging}
keep_environment =
add_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
message_size_limit = 1M
smtp_max_unknown_commands = 2
# All deliveries are left to queue runs, which the test starts; those of bounces too.
queue_only
acl_smtp_mail = check_mail
acl_smtp_rcpt = check_rcpt
acl_smtp_data = check_data
acl_smtp_helo = check_helo

begin acl
check_helo:
  deny condition = ${{if eq{{$sender_helo_name}}{{203.0.113.25}}}}
       message = you are not me
       log_message = forged HELO: our own address
  accept
check_mail:
  deny senders = denied@*
       message = 550 5.1.8 Sender is not welcome
  accept
check_rcpt:
  accept hosts = :
  accept authenticated = *
  deny domains = !+local_domains
       message = relay not permitted
  deny !verify = sender
  require verify = recipient
  deny hosts = 203.0.113.64/27
       message = $sender_host_address is listed at zen.spamhaus.org, see https://check.spamhaus.org/
       condition = ${{if eq{{$local_part}}{{boris}}}}
  accept
check_data:
  deny condition = ${{if match{{$h_subject:}}{{VIRUS}}}}
       message = This message contains a virus (Eicar-Test-Signature)
  defer condition = ${{if match{{$h_subject:}}{{GREYLIST}}}}
       message = Greylisted, please try again in five minutes
  accept

begin routers
senders:
  driver = accept
  domains = !+local_domains : !*.shop.example : *.example
  verify_only
bounces_of_the_newsletter:
  driver = redirect
  domains = news.shop.example
  data = boris@shop.example
aliases:
  driver = redirect
  domains = +local_domains
  data = ${{lookup{{$local_part}}lsearch{{{dir}/aliases}}}}
  allow_fail
  pipe_transport = address_pipe
staff:
  driver = accept
  domains = +local_domains
  local_parts = anna : boris : orders
  transport = mailbox
full:
  driver = accept
  domains = +local_domains
  local_parts = archive
  transport = small_mailbox
encrypted:
  driver = manualroute
  domains = notls.test : badtls.test
  route_data = ${{lookup{{$domain}}lsearch{{{dir}/hosts}}}}
  transport = remote_smtp_tls
  self = send
smarthost:
  driver = manualroute
  domains = smarthost.test
  route_data = ${{lookup{{$domain}}lsearch{{{dir}/hosts}}}}
  transport = remote_smtp_login
  self = send
dovecot:
  driver = manualroute
  domains = lmtp.test
  route_data = ${{lookup{{$domain}}lsearch{{{dir}/hosts}}}}
  transport = remote_lmtp
  self = send
hasty:
  driver = manualroute
  domains = slow.test : mute.flaky.test
  route_data = ${{lookup{{$domain}}lsearch{{{dir}/hosts}}}}
  transport = remote_smtp_hasty
  self = send
remote:
  driver = manualroute
  domains = !+local_domains
  route_data = ${{lookup{{$domain}}lsearch{{{dir}/hosts}}}}
  transport = remote_smtp
  self = send

begin transports
remote_smtp:
  driver = smtp
  port = {port}
  allow_localhost
  command_timeout = 10s
  final_timeout = 10s
remote_smtp_hasty:
  driver = smtp
  port = {port}
  allow_localhost
  command_timeout = 1s
  final_timeout = 1s
remote_smtp_tls:
  driver = smtp
  port = {port}
  allow_localhost
  hosts_require_tls = *
  command_timeout = 10s
remote_smtp_login:
  driver = smtp
  port = {port}
  allow_localhost
  hosts_require_auth = *
  command_timeout = 10s
remote_lmtp:
  driver = smtp
  protocol = lmtp
  port = {port}
  allow_localhost
mailbox:
  driver = appendfile
  file = {dir}/mail/$local_part_data
small_mailbox:
  driver = appendfile
  file = {dir}/mail/$local_part_data
  quota = 1K
address_pipe:
  driver = pipe
  return_fail_output
  log_fail_output

begin retry
corp.test  *  F,5m,1s
*          *  F,{RETRY_FOR}s,1s

begin authenticators
server:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{anna}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
  client_send = ^shop^wrong
"#
    )
}
