//! `mailwhy explain`: what a reply, a code or a log line means, why, and what to do about it.

mod list;
mod question;

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use mailwhy::classify::{Classifier, Query};
use mailwhy::codes::{self, Cause, Provider, provider_by_domain, provider_by_host};
use mailwhy::input::Source;
use mailwhy::report::{Context, Explanation, Format, printable};

use super::{Exit, Output, chosen, complain, is_log, keep, rules, style};
use crate::cli::{AroundArgs, ExplainArgs, quoted};
pub use question::nearest;
use question::{LogLine, LogLines, Question};

/// More than this is no reply.
const MAX_TEXT: u64 = 1 << 20;

/// Runs the command.
pub fn run(args: &ExplainArgs) -> Result<Exit> {
    let format = format(args)?;
    let lang = args.language.get();
    if let Some(what) = args.list {
        let mut output = Output::new(args.output.as_deref())?;
        // Where lines are searched or counted, each entry is one.
        let width = if output.is_terminal() { style(lang, args.color, &output).width } else { usize::MAX };
        let result = list::write(what, format, lang, width, output.writer());
        let result = result.and_then(|()| output.writer().flush());
        output.context(result)?;
        return Ok(Exit::Found);
    }
    let text = text(args)?;
    let classifier = rules::classifier(&args.rules)?;
    let around = Around::new(&args.around)?;

    let own = classifier.own_causes();
    let explanation = match question::read(&text, own)
        .map(|question| explain(question, &classifier, &around, args))
    {
        Some(Some(explanation)) => explanation,
        Some(None) => {
            let shown = printable(text[..text.len().min(200)].trim_ascii());
            match str::from_utf8(&text).ok().and_then(question::no_class) {
                Some(meant) => complain(
                    &format!(
                        "`{shown}` is no enhanced code: they begin with 2 (success), 4 (for now) or 5 (for good), \
                             RFC 3463"
                    ),
                    Some(&match &meant[..] {
                        [] => "see `mailwhy explain --list enhanced`".to_owned(),
                        meant => format!("did you mean {}?", meant.join(" or ")),
                    }),
                ),
                None => complain(&format!("nothing is known of `{shown}`"), Some(&hint(&text, own))),
            }
            return Ok(Exit::Nothing);
        }
        None => {
            complain("nothing to explain: the text is empty", None);
            return Ok(Exit::Nothing);
        }
    };
    let mut output = Output::new(args.output.as_deref())?;
    let result = match format {
        Format::Json => explanation.write_json(output.writer()),
        Format::Markdown => explanation.write_markdown(output.writer()),
        Format::Text | Format::Csv | Format::Html => {
            explanation.write_text(&style(lang, args.color, &output), output.writer())
        }
    };
    let result = result.and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(Exit::Found)
}

fn format(args: &ExplainArgs) -> Result<Format> {
    let read = |name: &str| {
        Format::from_name(name)
            .filter(|format| matches!(format, Format::Text | Format::Json | Format::Markdown))
    };
    Ok(chosen(args.format, args.output.as_deref(), read, "text, json or md")?.unwrap_or_default())
}

/// `None` where nothing is known.
fn explain(
    question: Question<'_>,
    classifier: &Classifier,
    around: &Around,
    args: &ExplainArgs,
) -> Option<Explanation> {
    let mut context = Context { lang: args.language.get(), ..Context::default() };
    let classify = |query: &Query<'_>| {
        if args.why {
            let why = classifier.why(query);
            (why.verdict, Some(why.candidates))
        } else {
            (classifier.classify(query), None)
        }
    };
    let (explanation, candidates, text) = match question {
        Question::Code(asked, text) => {
            let (verdict, candidates) = classify(&around.query(text.as_bytes()));
            (Explanation::of_code(asked, &verdict, &context), candidates, text.into_bytes())
        }
        Question::Reason(reason) => return Some(Explanation::of_reason(reason, &context)),
        Question::Cause(cause) => return Some(Explanation::of_cause(cause, &context)),
        Question::Provider(provider) => return Some(Explanation::of_provider(provider, &context)),
        Question::Blocklist(list) => return Some(Explanation::of_blocklist(list, &context)),
        Question::Log(LogLines { failures, all, records }) => {
            let own_cause = |line: &&LogLine| {
                let verdict = classifier.classify(&around.over(line.query()));
                !verdict.cause.is_some_and(|cause| cause.inherits)
            };
            let (line, gave_up) = decisive(&failures, own_cause)?;
            let (mut verdict, candidates) = classify(&around.over(line.query()));
            verdict.expired |= gave_up;
            context.recipient.clone_from(&line.recipient);
            context.sender_domain.clone_from(&line.sender_domain);
            let explanation = Explanation::of_reply(&verdict, &line.text, &context);
            let explanation = if records > 1 { explanation.of_line(line.number, all) } else { explanation };
            (explanation, candidates, line.text.clone())
        }
        Question::Reply(text) => {
            let (verdict, candidates) = classify(&around.query(text));
            if verdict.rule == "none" {
                return None;
            }
            (Explanation::of_reply(&verdict, text, &context), candidates, text.to_owned())
        }
        Question::Quiet => return None,
    };
    Some(match candidates {
        Some(candidates) => explanation.with_candidates(&candidates, &text),
        None => explanation,
    })
}

/// The line that tells why: the last that failed for good, or else the last that failed; where that has no cause of its own
/// (`retry timeout exceeded`), the one before it on the same recipient. Then also whether the server gave up.
fn decisive(failures: &[LogLine], own_cause: impl Fn(&&LogLine) -> bool) -> Option<(&LogLine, bool)> {
    let at = failures.iter().rposition(|line| line.failed).or(failures.len().checked_sub(1))?;
    let last = &failures[at];
    let same = |line: &&LogLine| line.recipient.is_none() || line.recipient == last.recipient;
    let line = failures[..=at].iter().rev().filter(same).find(own_cause).unwrap_or(last);
    Some((line, last.failed && !line.failed))
}

/// The words of the command line, or else standard input.
fn text(args: &ExplainArgs) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    if args.text.is_empty() || args.text == ["-"] {
        if args.text.is_empty() && io::stdin().is_terminal() {
            bail!(
                "nothing to explain\nhint: give a reply, a code, a reason or a log line, or see `mailwhy explain --help`"
            );
        }
        keep(&[Source::Stdin], args.output.as_deref())?;
        io::stdin().lock().take(MAX_TEXT).read_to_end(&mut text).context("cannot read standard input")?;
    } else {
        text = args.text.join(OsStr::new(" ")).into_encoded_bytes();
    }
    Ok(text)
}

/// What else could have been meant.
fn hint(text: &[u8], own: &[&'static Cause]) -> String {
    if matches!(question::read(text, own), Some(Question::Quiet)) {
        return "the log line reports no failure; see what it says with `mailwhy events`".to_owned();
    }
    let text = String::from_utf8_lossy(text);
    let file = OsStr::new(text.trim());
    if is_log(file) {
        return format!("it is a log: see `mailwhy report {}`", quoted(file));
    }
    if Path::new(file).is_file() {
        return format!("it is a file: `mailwhy explain < {}` reads it", quoted(file));
    }
    let near = question::similar(&text, own);
    if near.is_empty() {
        "give the whole reply with its code, or see `mailwhy explain --list reasons`".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

/// What the options say of a reply.
pub struct Around {
    args: AroundArgs,
    provider: Option<&'static Provider>,
}

impl Around {
    /// Reads the options.
    pub fn new(args: &AroundArgs) -> Result<Self> {
        let provider = args.provider.as_deref().map(|id| {
            let found = codes::PROVIDERS.iter().find(|p| p.id == id);
            let found = found
                .or_else(|| provider_by_domain(id.as_bytes()))
                .or_else(|| provider_by_host(id.as_bytes()));
            found.ok_or_else(|| {
                let near = nearest(id, codes::PROVIDERS.iter().map(|p| p.id));
                let hint = near.first().map_or("see `mailwhy explain --list providers`".to_owned(), |near| {
                    format!("did you mean {near}?")
                });
                anyhow!("there is no provider `{id}`\nhint: {hint}")
            })
        });
        Ok(Self { args: args.clone(), provider: provider.transpose()? })
    }

    /// The question for a reply of which nothing else is known.
    pub fn query<'a>(&'a self, text: &'a [u8]) -> Query<'a> {
        self.over(Query::new(text))
    }

    /// The question, with what the options say in the place of what is known.
    pub fn over<'a>(&'a self, query: Query<'a>) -> Query<'a> {
        Query {
            stage: self.args.stage.or(query.stage),
            host: self.args.host.as_deref().map(str::as_bytes).or(query.host),
            provider: self.provider.or(query.provider),
            ..query
        }
    }
}
