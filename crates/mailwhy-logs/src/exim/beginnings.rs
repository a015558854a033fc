//! Rare lines that are known by their first words.
//!
//! Of what Exim writes to both the panic log and the main log, this is where the main log's is told.

use super::bytes::{Needle, word_len};
use crate::Kind::{self, Connection, Daemon, Dns, Note, Panic, Removed, Tls};

/// The kind of such a line, with a message id or without.
pub(super) fn kind(text: &[u8]) -> Option<Kind> {
    let begins = |words: &[u8]| words.first() == text.first() && text.starts_with(words);
    let known = BEGINNINGS.iter().find(|(words, _)| begins(words));
    known.map(|&(_, kind)| kind).or_else(|| is_panic(text).then_some(Panic))
}

/// Whether it is a panic that begins with the name of a driver, a scanner or a process.
fn is_panic(text: &[u8]) -> bool {
    const CRASHED: Needle = Needle::new(b" crashed with signal ");
    let (name, rest) = text.split_at(word_len(text));
    match name {
        b"process" => CRASHED.is_in(rest),
        b"spam" | b"malware" => rest.starts_with(b" acl condition: "),
        _ => rest.starts_with(b" transport process "),
    }
}

/// The first that fits counts.
const BEGINNINGS: [(&[u8], Kind); 106] = [
    (b"SIGTERM received while reading local message", Connection),
    (b"SIGINT received while reading local message", Connection),
    (b"Failed to create IPv6 socket for wildcard listening", Daemon),
    (b"CNAME loop for ", Dns),
    (b"DNS list lookup ", Dns),
    (b"dnssec fail on SRV for ", Dns),
    (b"no IP address found for host ", Dns),
    (b"Message removed because older than ", Removed),
    (b"rescind the above message-accept", Removed),
    (b"Required TLS certificate status not received", Tls),
    (b"SSL verify denied by event-action: ", Tls),
    (b"SSL_write", Tls),
    (b"Server certificate revoked", Tls),
    (b"TLS client disconnected cleanly", Tls),
    (b"ARC: ", Note),
    (b"DMARC results: ", Note),
    (b"DMARC using synthesized SPF sender domain", Note),
    (b"Delivery deferred by system filter", Note),
    (b"Long DNS lookup for ", Note),
    (b"ident connection to ", Note),
    (b"list matching forced to fail: ", Note),
    (b"lowest numbered MX record points to local host: ", Note),
    (b"peer close after all rcpt responses; ", Note),
    (b"remote host address is the local host: ", Note),
    (b"rewrite: ", Note),
    // What cPanel's configuration writes.
    (b"SMTP connection identification ", Note),
    (b"SMTP connection outbound ", Note),
    (b"Sender identification ", Note),
    (b"SpamAssassin as ", Note),
    // What is badly wrong. Nothing else of Exim's begins so.
    (b"ACL for QUIT returned ERROR: ", Panic),
    (b"ACL for not-QUIT returned ERROR: ", Panic),
    (b"Attempt to exec tainted path: ", Panic),
    (b"Attempt to open msglog file path ", Panic),
    (b"Bad db record size for ", Panic),
    (b"Cannot lock ", Panic),
    (b"Could not open datafile for message ", Panic),
    (b"Couldn't ", Panic),
    (b"DMARC failure ", Panic),
    (b"Delivery status for ", Panic),
    (b"Error in system filter: ", Panic),
    (b"Error loading lookup module ", Panic),
    (b"Error/short write while writing ", Panic),
    (b"Expansion of ", Panic),
    (b"Failed setting ownership on spool file ", Panic),
    (b"Failed to ", Panic),
    (b"Failed writing transport result", Panic),
    (b"Fork failed for local delivery to ", Panic),
    (b"IPv4 socket creation failed: ", Panic),
    (b"IPv6 socket creation failed: ", Panic),
    (b"Internal error: ", Panic),
    (b"Loop detected in lookup of local part of ", Panic),
    (b"Process failed (", Panic),
    (b"Rewrite of ", Panic),
    (b"SEGV_", Panic),
    (b"SIGSEGV ", Panic),
    (b"Stat failed on ", Panic),
    (b"Taint mismatch, ", Panic),
    (b"Tainted ", Panic),
    (b"Unexpected error return ", Panic),
    (b"Wrong ownership on ", Panic),
    (b"acl_smtp_mime: ", Panic),
    (b"attempt to open journal ", Panic),
    (b"attempt to use tainted ", Panic),
    (b"bad local_part ", Panic),
    (b"bad memory ", Panic),
    (b"can't return to previous working dir: ", Panic),
    (b"cannot accept message: ", Panic),
    (b"cannot run initgroups(): ", Panic),
    (b"configured error code starts with incorrect digit ", Panic),
    (b"daemon: ", Panic),
    (b"delivery re-exec ", Panic),
    (b"dlfunc{", Panic),
    (b"dnslist query is too long ", Panic),
    (b"excessive memory alloc request", Panic),
    (b"exim user lost privilege for using ", Panic),
    (b"expansion of ", Panic),
    (b"failed to ", Panic),
    (b"failure to ", Panic),
    (b"fork failed for ", Panic),
    (b"fork of ", Panic),
    (b"fork() failed ", Panic),
    (b"initgroups failed for ", Panic),
    (b"internal ACL error: ", Panic),
    (b"internal error", Panic),
    (b"internal problem in ", Panic),
    (b"invalid message_size_limit: ", Panic),
    (b"link(\"", Panic),
    (b"log directory space check failed: ", Panic),
    (b"queue run: ", Panic),
    (b"re-exec of exim ", Panic),
    (b"redirection process ", Panic),
    (b"regex acl condition: ", Panic),
    (b"regular expression error: ", Panic),
    (b"remote delivery process count got out of step", Panic),
    (b"rewrite rule repeat ignored ", Panic),
    (b"rmdir(", Panic),
    (b"routing loop for ", Panic),
    (b"setrlimit(", Panic),
    (b"shadow transport \"", Panic),
    (b"smtp-wait database entry for ", Panic),
    (b"spool directory space check failed: ", Panic),
    (b"system filter generated more than ", Panic),
    (b"unable to ", Panic),
    (b"unknown item in dnslist ", Panic),
    (b"unknown named ", Panic),
    (b"unlink(", Panic),
];
