/*!
The replies in a folded text: where each begins, its codes, and what the words around it tell.

A relay that passes on what the next hop said puts one reply into another: `451 4.4.0 … host mx.example[…] said: 550
5.1.1 …`. The outer one counts for what the sender does, the innermost one for why.
*/

use mailwhy_codes::{Enhanced, Stage, basic};

use crate::sign::Sign;

/// The signs that occur in a text: where they end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signs {
    exim: Option<usize>,
    postfix: Option<usize>,
    host: Option<usize>,
    sender: Option<usize>,
    /// Whether words are there that take the finality from a final refusal.
    pub(crate) temporary: bool,
    /// Whether words are there that cast doubt on a bad address: about who sends, how many were bad, or that the server
    /// could not find out.
    pub(crate) doubtful: bool,
}

impl Signs {
    /// Notes a sign and where it is in a text; they come in the order of the text.
    pub(crate) fn add(&mut self, sign: Sign, text: &[u8], (start, end): (usize, usize)) {
        match sign {
            Sign::Exim => self.exim = self.exim.or(Some(end)),
            Sign::Postfix => self.postfix = Some(end),
            Sign::Host if start > 0 && text[start - 1] != b' ' => {}
            Sign::Host => self.host = self.host.or(Some(end)),
            Sign::SenderCheck => self.sender = self.sender.or(Some(end)),
            Sign::Temporary => self.temporary = true,
            Sign::Sending | Sign::Counting | Sign::Doubt => self.doubtful = true,
        }
    }
}

/// What was found in a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Replies {
    /// The reply to us.
    pub(crate) outer: Option<Reply>,
    /// The reply that it passes on.
    pub(crate) inner: Option<Reply>,
    /// The step, where the words around the reply tell it.
    pub(crate) stage: Option<Stage>,
    /// The name of the host that said it: a range of the folded text.
    pub(crate) host: Option<(usize, usize)>,
}

/// One reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    /// Where it begins in the folded text.
    pub(crate) at: usize,
    /// The reply code.
    pub(crate) code: Option<u16>,
    /// The enhanced code, wherever in the reply it stands.
    pub(crate) enhanced: Option<Enhanced>,
}

impl Replies {
    /// Finds the replies in a folded text with these signs.
    pub(crate) fn find(text: &[u8], signs: &Signs) -> Self {
        let mut found = Self { stage: stage(text, signs), host: host(text, signs), ..Self::default() };
        let mut adjacent = 0;
        let mut i = 1;
        while let Some(offset) = text.get(i..).and_then(|rest| memchr::memchr2(b'4', b'5', rest)) {
            let at = i + offset;
            i = at + 1;
            let Some(code) = code_at(text, at) else { continue };
            let direct = Enhanced::prefix(skip_separators(&text[at + 3..]));
            if !opens(text, at, code, direct.map(|(e, _)| e), found.outer.is_some(), adjacent) {
                continue;
            }
            let reply = Reply { at, code: Some(code), enhanced: direct.map(|(e, _)| e) };
            if found.outer.is_none() {
                found.outer = Some(reply);
            } else {
                found.inner = Some(reply);
            }
            i = at + 3;
            let behind = skip_separators(&text[i..]);
            let behind = skip_separators(&behind[direct.map_or(0, |(_, len)| len)..]);
            adjacent = text.len() - behind.len();
        }
        // What the sender's own server said when it was asked about the sender is not what became of the message.
        found.inner = found.inner.filter(|inner| signs.sender.is_none_or(|end| end > inner.at));
        match (&mut found.outer, &mut found.inner) {
            (Some(outer), None) => outer.look_further(text, text.len()),
            (Some(outer), Some(inner)) => {
                outer.look_further(text, inner.at);
                inner.look_further(text, text.len());
            }
            (None, _) => {
                let enhanced = loose_enhanced(text, 0, text.len(), None);
                if let Some((enhanced, at)) = enhanced {
                    found.outer = Some(Reply { at, code: None, enhanced: Some(enhanced) });
                }
            }
        }
        found
    }

    /// The reply that says why.
    pub(crate) fn innermost(&self) -> Option<Reply> {
        self.inner.or(self.outer)
    }
}

impl Reply {
    /// Looks for an enhanced code that does not stand right behind the reply code: `550 No such user (#5.1.1)`.
    fn look_further(&mut self, text: &[u8], end: usize) {
        if self.enhanced.is_none() {
            let class = self.code.and_then(|code| u8::try_from(code / 100).ok());
            self.enhanced = loose_enhanced(text, self.at + 3, end, class).map(|(enhanced, _)| enhanced);
        }
    }
}

/// The step, where Exim or Postfix tells it.
fn stage(text: &[u8], signs: &Signs) -> Option<Stage> {
    if let Some(end) = signs.exim {
        let rest = &text[end..];
        let after = rest[..rest.len().min(20)].windows(7).position(|w| w == b" after ")?;
        return stage_words(&rest[after + 7..]);
    }
    stage_words(&text[signs.postfix?..])
}

/// The name of the host, where an address follows it.
fn host(text: &[u8], signs: &Signs) -> Option<(usize, usize)> {
    let start = signs.host?;
    let name = text[start..].iter().take_while(|&&b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let end = start + name.count();
    let address_follows = text[end..].starts_with(b" [") || text[end..].starts_with(b"[");
    (address_follows && text[start..end].contains(&b'.')).then_some((start, end))
}

/// The step that Exim (`after RCPT TO:<…>`) or Postfix (`in reply to RCPT TO command`) names.
fn stage_words(words: &[u8]) -> Option<Stage> {
    const WORDS: [(&[u8], Stage); 14] = [
        (b"initial connection", Stage::Connect),
        (b"ehlo", Stage::Helo),
        (b"helo", Stage::Helo),
        (b"lhlo", Stage::Helo),
        (b"starttls", Stage::Starttls),
        (b"auth", Stage::Auth),
        (b"mail from", Stage::Mail),
        (b"rcpt to", Stage::Rcpt),
        (b"data", Stage::Data),
        (b"bdat", Stage::Data),
        (b"end of data", Stage::EndOfData),
        (b"sending data block", Stage::EndOfData),
        (b"quit", Stage::Quit),
        (b"rset", Stage::Quit),
    ];
    let words = words.strip_prefix(b"pipelined ").unwrap_or(words);
    WORDS.iter().find(|(name, _)| words.starts_with(name)).map(|&(_, stage)| stage)
}

/// A reply code that stands alone as a word.
fn code_at(text: &[u8], at: usize) -> Option<u16> {
    let [a, b, c] = *text.get(at..)?.first_chunk::<3>()?;
    let before = *text.get(at.checked_sub(1)?)?;
    let after = text.get(at + 3).copied().unwrap_or(b' ');
    let alone = matches!(before, b' ' | b'\'' | b'"' | b'<' | b'(' | b'[' | b';' | b'#')
        && matches!(after, b' ' | b'-' | b',' | b':' | b'\'' | b'"' | b';');
    if !alone || !b.is_ascii_digit() || !c.is_ascii_digit() {
        return None;
    }
    Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
}

/// Words before a reply that is passed on.
const PASSED_ON: [&[u8]; 13] = [
    b"said: ",
    b"says: ",
    b"-> ",
    b"returned '",
    b"returned: ",
    b"responded: ",
    b"response: ",
    b"responded with: ",
    b"reply: ",
    b"replied: ",
    b"error: ",
    b"failed: ",
    b"diagnostic: ",
];

/// Where a reply of success begins that is quoted or passed on in a text without another one.
pub(crate) fn success_within(text: &[u8]) -> Option<usize> {
    let quote = |b: &u8| matches!(b, b' ' | b'"' | b'\'' | b'<' | b'(');
    memchr::memchr_iter(b'2', text).skip_while(|at| *at == 0).find(|&at| {
        if code_at(text, at).is_none_or(|code| basic(code).is_none()) {
            return false;
        }
        let quotes = text[..at].iter().rev().take_while(|b| quote(b)).count();
        let before = &text[..at - quotes];
        let ends = |text: &[u8], words: &[u8]| {
            let end = text.len().checked_sub(words.len()).map(|start| &text[start..]);
            end.is_some_and(|end| end.eq_ignore_ascii_case(words))
        };
        let said =
            |words: &&[u8]| ends(&text[..at], words) || quotes > 0 && ends(before, words.trim_ascii_end());
        before.is_empty() || PASSED_ON.iter().any(said)
    })
}

/// Whether the code at `at` begins a reply, and is not just a number in a sentence.
fn opens(
    text: &[u8],
    at: usize,
    code: u16,
    enhanced: Option<Enhanced>,
    nested: bool,
    adjacent: usize,
) -> bool {
    let before = &text[..at];
    let coded = enhanced.is_some_and(|e| u16::from(e.class) == code / 100);
    if !nested {
        let start = before.iter().all(|b| matches!(b, b' ' | b'"' | b'\'' | b'<' | b'(' | b'#'));
        return start
            || (matches!(before, [.., b':' | b'>' | b';', b' '] | [.., b';'])
                && (coded || basic(code).is_some()));
    }
    if at == adjacent {
        return coded || basic(code).is_some();
    }
    PASSED_ON.iter().any(|words| before.ends_with(words)) && (coded || basic(code).is_some())
        || coded && before.ends_with(b": ")
}

fn skip_separators(text: &[u8]) -> &[u8] {
    let n = text.iter().take(4).take_while(|b| matches!(b, b' ' | b'-' | b':' | b',' | b'#')).count();
    &text[n..]
}

/// The first enhanced code between two places, of the class that is asked for.
fn loose_enhanced(text: &[u8], start: usize, end: usize, class: Option<u8>) -> Option<(Enhanced, usize)> {
    let mut i = start;
    while let Some(offset) = text.get(i..end).and_then(|rest| memchr::memchr(b'.', rest)) {
        let dot = i + offset;
        i = dot + 1;
        let Some(at) = dot.checked_sub(1) else { continue };
        let Some((code, len)) = Enhanced::prefix(&text[at..end]) else { continue };
        let before = at.checked_sub(1).map_or(b' ', |b| text[b]);
        let after = text.get(at + len).copied().unwrap_or(b' ');
        if !matches!(before, b' ' | b'(' | b'#' | b':' | b'<' | b'[' | b'\'' | b'"' | b'=')
            || after.is_ascii_alphanumeric()
            || matches!(after, b'-' | b'_' | b'/')
            || code.class == 2
            || class.is_some_and(|class| class != code.class)
            || text[..at].ends_with(b"version ")
        {
            continue;
        }
        return Some((code, at));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::Folded;
    use crate::rules::Rules;
    use crate::set::{Meaning, Seen};

    fn find(text: &str) -> (Replies, Vec<u8>) {
        let mut folded = Folded::default();
        folded.fold(text.as_bytes());
        folded.lower();
        let mut signs = Signs::default();
        Rules::new(Vec::new()).search(folded.padded(), &mut <[Seen; 2]>::default(), |known, hit| {
            if let Meaning::Words(sign) = known.meaning {
                signs.add(sign, folded.text(), hit.span());
            }
        });
        (Replies::find(folded.text(), &signs), folded.text().to_vec())
    }

    fn codes(text: &str) -> (Option<u16>, Option<String>) {
        let reply = find(text).0.innermost();
        (reply.and_then(|r| r.code), reply.and_then(|r| r.enhanced).map(|e| e.to_string()))
    }

    #[test]
    fn codes_in_odd_places() {
        let some = |code, enhanced: &str| (Some(code), Some(enhanced.to_owned()));
        assert_eq!(codes("550 5.1.1 No"), some(550, "5.1.1"));
        assert_eq!(codes("550-5.7.26 No"), some(550, "5.7.26"));
        assert_eq!(codes("550 No such user (#5.1.1)"), some(550, "5.1.1"));
        assert_eq!(codes("550 #5.1.0 Address rejected."), some(550, "5.1.0"));
        assert_eq!(codes("550, ERROR_CODE :5.2.2 <a@b.test>... Full"), some(550, "5.2.2"));
        assert_eq!(codes("550 550 5.1.1 user unknown"), some(550, "5.1.1"));
        assert_eq!(codes("450 server 192.0.2.1 4.7.1.5 x"), (Some(450), None));
        assert_eq!(codes("421"), (Some(421), None));
        assert_eq!(codes("User unknown (5.1.1)"), (None, Some("5.1.1".to_owned())));
        assert_eq!(codes("smtp;550 5.1.1 No"), some(550, "5.1.1"));
        assert_eq!(codes("smtp; 550 No"), (Some(550), None));
        assert_eq!(codes("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##"), some(550, "5.1.1"));
        assert_eq!(codes("#5.1.1 smtp;550 5.1.1 No"), some(550, "5.1.1"));
        assert_eq!(codes("450 queue #550 is full"), (Some(450), None));
        assert_eq!(codes("550: : User unknown"), (Some(550), None));
    }

    #[test]
    fn the_innermost_reply() {
        for text in [
            "451 4.1.1 <a@b.test>: undeliverable: host mx.b.test[192.0.2.1] said: 550 5.1.1 unknown",
            "451 4.4.0 Remote server returned unknown recipient -> 550 5.1.1 User unknown",
            "454 4.7.1 550 5.1.1 User Unknown",
            "450 4.4.0 x - Server at mx.b.test (192.0.2.1) returned '550 5.1.1 unknown'",
        ] {
            let (replies, _) = find(text);
            assert!(replies.outer.and_then(|r| r.code).is_some_and(|c| c / 100 == 4), "{text}");
            assert_eq!(codes(text), (Some(550), Some("5.1.1".to_owned())), "{text}");
        }
        assert_eq!(codes("452 Daily limit: 500 messages"), (Some(452), None));
    }

    #[test]
    fn words_around() {
        let text =
            "SMTP error from remote mail server after RCPT TO:<a@b.test>: host mx.b.test [192.0.2.1]: 550 No";
        let (replies, folded) = find(text);
        assert_eq!(replies.stage, Some(Stage::Rcpt));
        let (start, end) = replies.host.expect("a host");
        assert_eq!(&folded[start..end], b"mx.b.test");
        assert_eq!(replies.outer.and_then(|r| r.code), Some(550));
        let (replies, _) = find("550 No (in reply to end of DATA command)");
        assert_eq!(replies.stage, Some(Stage::EndOfData));
    }
}
