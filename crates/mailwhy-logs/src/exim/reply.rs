/*!
Where the answer of another server stands in a line.

Exim writes it behind one of a few phrases that name the command it was the answer to; everything up to the end of the
line belongs to it. A line can quote a second answer within the first, so the first phrase counts.
*/

use super::bytes::{Needle, blank, skip, word_len};
use super::host::Peer;
use crate::Reply;
use mailwhy_codes::Stage;
use memchr::{memchr, memchr_iter, memchr2};

/// An answer, and the host named in front of it, as up to Exim 4.84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found<'a> {
    pub(super) reply: Reply<'a>,
    pub(super) host: Peer<'a>,
}

const COLON: Needle = Needle::new(b": ");

/// Finds the answer in the words of an error.
pub(super) fn find(text: &[u8]) -> Option<Found<'_>> {
    // All of them have one of these: most texts of errors have neither.
    memchr2(b'P', b'"', text)?;
    error(text).or_else(|| malformed(text)).or_else(|| callout(text))
}

/// The step that an error names: after or in response to which command it happened.
pub(super) fn stage_in(text: &[u8]) -> Option<Stage> {
    const RESPONSE: Needle = Needle::new(b" in response to ");
    const AFTER: Needle = Needle::new(b" after ");
    // SMTP's or LMTP's.
    const TIMEOUT: Needle = Needle::new(b"MTP timeout");
    if let Some((_, rest)) = RESPONSE.split(text) {
        return stage(rest);
    }
    if let Some(command) = text.strip_prefix(b"LMTP connection closed after ") {
        return stage(command);
    }
    stage(AFTER.split(TIMEOUT.split(text)?.1)?.1)
}

/// The step that a command belongs to.
pub(super) fn stage(command: &[u8]) -> Option<Stage> {
    let command = skip(command, b"pipelined ");
    let stages: [(&[u8], Stage); 19] = [
        (b"RCPT", Stage::Rcpt),
        (b"MAIL", Stage::Mail),
        (b"end of data", Stage::EndOfData),
        (b"DATA", Stage::Data),
        (b"initial connection", Stage::Connect),
        (b"sending data block", Stage::EndOfData),
        (b"message", Stage::EndOfData),
        (b"BDAT", Stage::Data),
        (b"EHLO", Stage::Helo),
        (b"HELO", Stage::Helo),
        (b"LHLO", Stage::Helo),
        (b"STARTTLS", Stage::Starttls),
        (b"TLS-on-connect", Stage::Starttls),
        (b"AUTH", Stage::Auth),
        (b"QUIT", Stage::Quit),
        (b"RSET", Stage::Quit),
        (b"XCLIENT", Stage::Connect),
        (b"connection", Stage::Connect),
        (b"\"connect\"", Stage::Connect),
    ];
    stages.into_iter().find_map(|(word, stage)| command.starts_with(word).then_some(stage))
}

/// `SMTP error from remote mail server after COMMAND: REPLY`, and LMTP and PRDR likewise.
fn error(text: &[u8]) -> Option<Found<'_>> {
    // Capitals are rarer than what most texts of errors are of.
    const SMTP_OR_LMTP: Needle = Needle::new(b"MTP error ");
    const PRDR: Needle = Needle::new(b"PRDR error ");
    // Mostly it begins with that.
    if let Some(found) = text.strip_prefix(b"SMTP error ").and_then(answer) {
        return Some(found);
    }
    let mut from = 0;
    loop {
        let smtp = SMTP_OR_LMTP.find(&text[from..]).map(|n| from + n + b"MTP error ".len());
        let prdr = PRDR.find(&text[from..]).map(|n| from + n + b"PRDR error ".len());
        from = [smtp, prdr].into_iter().flatten().min()?;
        if smtp == Some(from) && !matches!(text[..from - b"MTP error ".len()].last(), Some(b'S' | b'L')) {
            continue;
        }
        if let Some(found) = answer(&text[from..]) {
            return Some(found);
        }
    }
}

/// `from remote mail server after COMMAND: REPLY`
fn answer(text: &[u8]) -> Option<Found<'_>> {
    let rest = skip(skip(text, b"from remote mail server "), b"from remote mailer ");
    let command = rest.strip_prefix(b"after ")?;
    let len = command_len(command)?;
    let (host, reply) = named_host(&command[len + 2..]);
    Some(Found { reply: Reply::parse(reply, stage(command)), host })
}

/// `Malformed SMTP reply in response to COMMAND: TEXT`, `Malformed LMTP response after COMMAND: TEXT`
fn malformed(text: &[u8]) -> Option<Found<'_>> {
    const MALFORMED: Needle = Needle::new(b"Malformed ");
    let (_, rest) = MALFORMED.split(text)?;
    let smtp = rest.strip_prefix(b"SMTP reply in response to ");
    let command = smtp.or_else(|| rest.strip_prefix(b"LMTP response after "))?;
    let len = command_len(command)?;
    Some(Found { reply: Reply::parse(&command[len + 2..], stage(command)), host: Peer::default() })
}

/// `response to "COMMAND" was: REPLY`
fn callout(text: &[u8]) -> Option<Found<'_>> {
    const RESPONSE: Needle = Needle::new(b"response to \"");
    const WAS: Needle = Needle::new(b"\" was: ");
    let (command, reply) = WAS.split(RESPONSE.split(text)?.1)?;
    let stage = stage(command)?;
    // In the place of an answer there may be "connection dropped".
    let code = reply.len() >= 3 && reply[..3].iter().all(u8::is_ascii_digit);
    code.then(|| Found { reply: Reply::parse(reply, Some(stage)), host: Peer::default() })
}

/// `host NAME [IP]: REPLY`
fn named_host(text: &[u8]) -> (Peer<'_>, &[u8]) {
    let parse = || {
        let rest = text.strip_prefix(b"host ")?;
        let name = &rest[..word_len(rest)];
        let inside = rest[name.len()..].strip_prefix(b" [").filter(|_| !name.is_empty())?;
        let end = memchr(b']', inside)?;
        let reply = inside[end + 1..].strip_prefix(b": ")?;
        Some((Peer { name: Some(name), ip: Some(&inside[..end]), ..Peer::default() }, reply))
    };
    parse().unwrap_or((Peer::default(), text))
}

/// How long the command is that an error names: up to the `: ` that ends it.
fn command_len(text: &[u8]) -> Option<usize> {
    let start = if text.starts_with(b"pipelined ") { b"pipelined ".len() } else { 0 };
    let command = &text[start..];
    let fixed: [&[u8]; 10] = [
        b"end of data",
        b"DATA",
        b"initial connection",
        b"sending data block",
        b"message",
        b"BDAT",
        b"STARTTLS",
        b"TLS-on-connect",
        b"QUIT",
        b"RSET",
    ];
    let len = if let Some(argument) = command.strip_prefix(b"RCPT TO:<") {
        b"RCPT TO:<".len() + recipient_len(argument)?
    } else if let Some(argument) = command.strip_prefix(b"MAIL FROM:<") {
        let end = memchr(b'>', argument)? + 1;
        b"MAIL FROM:<".len() + end + COLON.find(&argument[end..])?
    } else if let Some(word) =
        fixed.iter().find(|w| command.starts_with(w) && command[w.len()..].starts_with(b": "))
    {
        word.len()
    } else if [&b"EHLO"[..], b"HELO", b"LHLO", b"AUTH ", b"BDAT ", b"XCLIENT"]
        .iter()
        .any(|w| command.starts_with(w))
    {
        argument_len(command)?
    } else {
        return None;
    };
    command[len..].starts_with(b": ").then_some(start + len)
}

/// `a@b> NOTIFY=NEVER`: the address may be quoted and hold anything, so the first end that fits is taken.
fn recipient_len(text: &[u8]) -> Option<usize> {
    memchr_iter(b'>', text).find_map(|end| {
        let mut at = end + 1;
        while let [b' ', b'A'..=b'Z', ..] = text[at..] {
            let word = at + 1 + blank(&text[at + 1..]);
            if text[..word].ends_with(b":") {
                at = word - 1;
                break;
            }
            at = word;
        }
        text[at..].starts_with(b": ").then_some(at)
    })
}

/// `EHLO mx.example`, `EHLO [IPv6:2001:db8::1]`, `HELO mx.example (EHLO response was: 421 x)`
fn argument_len(text: &[u8]) -> Option<usize> {
    const EHLO: Needle = Needle::new(b" (EHLO response was: ");
    const CLOSE: Needle = Needle::new(b"): ");
    let word = text.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let literal = match &text[word..] {
        [b' ', b'[', rest @ ..] => memchr(b']', rest).map_or(0, |n| n + 3),
        _ => 0,
    };
    let colon = memchr(b':', &text[word + literal..])? + word + literal;
    match EHLO.find(text) {
        Some(at) if at < colon => CLOSE.find(&text[at..]).map(|n| at + n + 1),
        _ => Some(colon),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts = (String, Option<u16>, Option<String>, Option<Stage>);

    fn found(text: &str) -> Option<Parts> {
        let f = find(text.as_bytes())?;
        let reply = String::from_utf8_lossy(f.reply.text).into_owned();
        Some((reply, f.reply.code, f.reply.enhanced.map(|e| e.to_string()), f.reply.stage))
    }

    #[test]
    fn errors() {
        let case = |command: &str, stage| {
            let text = format!("SMTP error from remote mail server after {command}: 550 5.7.1 no: H=x DT=1s");
            let reply = "550 5.7.1 no: H=x DT=1s".to_owned();
            assert_eq!(
                found(&text),
                Some((reply, Some(550), Some("5.7.1".to_owned()), Some(stage))),
                "{command}"
            );
        };
        case("RCPT TO:<a@b.example>", Stage::Rcpt);
        case("pipelined RCPT TO:<\"a > b: c\"@b.example> NOTIFY=NEVER ORCPT=rfc822;a@b.example", Stage::Rcpt);
        case("pipelined RCPT TO:<a@b.example> ORCPT=rfc822;a:b@b.example", Stage::Rcpt);
        case("MAIL FROM:<> SIZE=1234", Stage::Mail);
        case("pipelined MAIL FROM:<s@d.example> SIZE=1234 RET=HDRS ENVID=a:b", Stage::Mail);
        case("pipelined DATA", Stage::Data);
        case("end of data", Stage::EndOfData);
        case("sending data block", Stage::EndOfData);
        case("initial connection", Stage::Connect);
        case("TLS-on-connect", Stage::Starttls);
        case("EHLO mx.example", Stage::Helo);
        case("LHLO [IPv6:2001:db8::1]", Stage::Helo);
        case("HELO mx.example (EHLO response was: 421 4.7.0 not: now)", Stage::Helo);
        case("AUTH PLAIN ****", Stage::Auth);
        case("STARTTLS", Stage::Starttls);
        case("QUIT", Stage::Quit);
        for text in [
            "SMTP error from remote mail server after NOOP: 550 x",
            "SMTP error from remote mail server after RCPT TO:<a@b.example>",
            "SMTP error from remote mail server in DATA: 550 x",
            "an error after DATA: 550 x",
            "response to \"RCPT TO:<a@b.example>\" was: connection dropped",
            "Malformed SMTP reply (an empty line) in response to pipelined DATA",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn other_forms() {
        let reply = |text| found(text).map(|f| (f.0, f.3));
        let rcpt = |s: &str| Some((s.to_owned(), Some(Stage::Rcpt)));
        assert_eq!(reply("LMTP error after RCPT TO:<a@b.example>: 550 x"), rcpt("550 x"));
        assert_eq!(reply("SMTP error from remote mailer after RCPT TO:<a@b.example>: 5"), rcpt("5"));
        assert_eq!(reply("192.0.2.1 : response to \"RCPT TO:<a@b.example>\" was: 550 x"), rcpt("550 x"));
        assert_eq!(reply("Malformed SMTP reply in response to RCPT TO:<a@b.example>: hello"), rcpt("hello"));
        assert_eq!(reply("Malformed LMTP response after RCPT TO:<a@b.example>: hello"), rcpt("hello"));
        let text = b"SMTP error from remote mail server after DATA: host mx.example [192.0.2.1]: 451 x";
        let f = find(text).unwrap();
        assert_eq!((f.reply.text, f.host.name), (&b"451 x"[..], Some(&b"mx.example"[..])));
        assert_eq!(f.host.ip, Some(&b"192.0.2.1"[..]));
    }

    #[test]
    fn the_outer_reply_counts() {
        let inner = "550 see: SMTP error from remote mail server after DATA: 451 x";
        let text = format!("SMTP error from remote mail server after RCPT TO:<a@b.example>: {inner}");
        assert_eq!(found(&text).map(|f| (f.0, f.1)), Some((inner.to_owned(), Some(550))));
    }

    #[test]
    fn steps_without_a_reply() {
        let step = |s: &str| stage_in(s.as_bytes());
        assert_eq!(step("SMTP timeout after RCPT TO:<a@b.example>"), Some(Stage::Rcpt));
        assert_eq!(
            step("SMTP timeout while connected to mx [192.0.2.1] after end of data (9 bytes written)"),
            Some(Stage::EndOfData)
        );
        assert_eq!(
            step("Remote host closed connection in response to pipelined MAIL FROM:<>"),
            Some(Stage::Mail)
        );
        assert_eq!(step("LMTP timeout after end of data (344 bytes written)"), Some(Stage::EndOfData));
        assert_eq!(step("LMTP connection closed after RCPT TO:<a@b.example>"), Some(Stage::Rcpt));
        assert_eq!(step("Connection refused"), None);
    }
}
