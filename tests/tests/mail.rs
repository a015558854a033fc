//! The report as a mail, through a real Exim.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::cli::Test;
use crate::harness::exim::{self, Exim};
use crate::harness::sample;

/// An Exim that puts all mail into one file.
fn config(directory: &std::path::Path) -> String {
    let directory = directory.display();
    format!(
        "primary_hostname = mx1.shop.example\n\
         qualify_domain = shop.example\n\
         spool_directory = {directory}/spool\n\
         log_file_path = {directory}/log/%slog\n\
         keep_environment =\n\
         begin routers\n\
         all:\n  driver = accept\n  transport = file\n\
         begin transports\n\
         file:\n  driver = appendfile\n  file = {directory}/mail/inbox\n  user = mail\n  group = mail\n"
    )
}

#[test]
fn exim_takes_and_delivers_it() {
    if !exim::available() {
        return;
    }
    let exim = Exim::new(config, &[]);
    let directory = exim.path().display();
    fs::set_permissions(exim.path().join("mail"), fs::Permissions::from_mode(0o777)).unwrap();
    // Foreground delivery, so that all is done when it returns.
    let sendmail = exim.path().join("sendmail");
    fs::write(&sendmail, format!("#!/bin/sh\nexec /usr/sbin/exim4 -C {directory}/exim.conf -odf \"$@\"\n"))
        .unwrap();
    fs::set_permissions(&sendmail, fs::Permissions::from_mode(0o755)).unwrap();
    for lang in ["en", "ru"] {
        let test = Test::new([
            "report",
            "mainlog",
            "--mail",
            "root,anna@shop.example",
            "--lang",
            lang,
            "--sendmail",
        ]);
        let outcome = test.arg(&sendmail).at(sample()).run().success();
        assert_eq!(outcome.stdout(), "");
        let inbox = exim.path().join("mail/inbox");
        let mail = fs::read_to_string(&inbox).unwrap_or_else(|e| panic!("{e}\n{}", log(&exim)));
        fs::remove_file(&inbox).unwrap();
        let count = |what: &str| mail.matches(what).count();
        // One for each recipient.
        assert_eq!(count("\nTo: <root@shop.example>, <anna@shop.example>\n"), 2, "{mail}");
        assert_eq!(count("\nFrom: "), 2, "Exim names the sender: {mail}");
        assert_eq!(count("\nAuto-Submitted: auto-generated\n"), 2);
        assert_eq!(count("\nContent-Type: multipart/alternative;"), 2);
        assert_eq!(count("\nContent-Type: text/plain; charset=\"utf-8\"\n"), 2);
        assert_eq!(count("\nContent-Type: text/html; charset=\"utf-8\"\n"), 2);
        assert!(!mail.contains('\r'), "lines end as in a file");
        assert!(mail.lines().all(|line| line.len() <= 998), "RFC 5322 allows no longer lines");
    }
}

fn log(exim: &Exim) -> String {
    ["main", "panic"].map(|name| String::from_utf8_lossy(&exim.log(name)).into_owned()).concat()
}

#[test]
fn a_message_can_be_written_to_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("message");
    let run = || Test::new(["report", "mainlog", "--mail", "root", "-o"]).arg(&file).at(sample());
    assert_eq!(run().run().success().stdout(), "");
    let message = fs::read_to_string(&file).unwrap();
    assert!(message.starts_with("To: <root>\n"), "{message}");
    assert!(message.contains("47 messages not delivered"), "{message}");
}

#[test]
fn what_sendmail_says_is_told() {
    let test = |sendmail: &str| {
        Test::new(["report", "mainlog", "--mail", "root", "--sendmail", sendmail]).at(sample())
    };
    let refused = test("/bin/false").run().code(2);
    assert_eq!(refused.stderr(), "mailwhy: /bin/false took no message (exit status: 1)\n");
    let missing = test("/nonexistent").run().code(2);
    assert!(missing.stderr().contains("hint: "), "{}", missing.stderr());
}

#[test]
fn no_address_becomes_a_header() {
    for address in ["a\nBcc: b@c.test", "a b", "", "-oQ", "<a@b.test>"] {
        let mail = format!("--mail={address}");
        Test::new(["report", "mainlog", &mail, "--sendmail", "/bin/false"]).at(sample()).run().code(2);
    }
}
