//! `mailwhy trace`: what became of single messages.

mod search;
mod spool;
mod what;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use mailwhy::input;
use mailwhy::logs::exim;
use mailwhy::report::{Lines, Others, Place, Stories, Story, Teller, printable, rfc3339};

use super::{Exit, Inputs, Output, chosen, complain, is_log, rules, style};
use crate::cli::{InputArgs, TraceArgs, TraceFormat, quoted};
use crate::pipeline;
use search::{Found, Wanted};
use what::{How, What};

/// Runs the command.
pub fn run(args: &TraceArgs) -> Result<Exit> {
    let format = format(args)?;
    let (words, files) = split(args)?;
    let wanted = wanted(args, &words)?;
    let input = InputArgs { files: files.to_vec(), ..args.input.clone() };
    let mut inputs = Inputs::new(&input, args.output.as_deref())?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let names: Vec<String> =
        inputs.sources.iter().map(|source| printable(source.to_string().as_bytes())).collect();
    let classifier = rules::classifier(&args.rules)?;
    let _spooled = spool::streams(&mut inputs.sources)?;
    let matches =
        |address: &[u8]| !wanted.invert && wanted.whats.iter().any(|what| what.is_recipient(address));
    let logs: Vec<_> = inputs.sources.iter().map(pipeline::log).collect();
    let files = args.raw.then_some(&names[..]);
    let mut teller = Teller::new(&classifier, args.language.get(), files, &logs, &matches);
    let mut others = Others::default();
    // What is looked for stands in the lines as they are.
    let rewrite = inputs.options.rewrite.take();
    let (mut found, read) = search::search(&inputs, &wanted, |place, record| match &rewrite {
        Some(rewrite) => others.add(&mut teller, &rewrite.lines(place.file, record), place),
        None => others.add(&mut teller, record, place),
    });
    if let Some(rewrite) = &rewrite {
        for message in &mut found.messages {
            let file = message.places.first().map_or(0, |place| place.file);
            message.text = rewrite.lines(file, &message.text);
        }
    }
    let stories = Stories::new(tell(args, &inputs, &found, &logs, others, &mut teller));
    if stories.is_empty() {
        let exit = inputs.finish(&read, false);
        if exit == Exit::Nothing {
            nothing(args, &words, &names, &found, &read);
        }
        return Ok(exit);
    }
    let mut output = Output::new(args.output.as_deref())?;
    let style = style(args.language.get(), args.color, &output);
    let result = match format {
        TraceFormat::Text => stories.write_text(&style, output.writer()),
        TraceFormat::Json => stories.write_json(output.writer()),
        TraceFormat::Jsonl => stories.write_jsonl(output.writer()),
    };
    let result = result.and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(inputs.finish(&read, true))
}

fn format(args: &TraceArgs) -> Result<TraceFormat> {
    let read = |name: &str| match name {
        "txt" => Some(TraceFormat::Text),
        "json" => Some(TraceFormat::Json),
        "jsonl" | "ndjson" => Some(TraceFormat::Jsonl),
        _ => None,
    };
    Ok(chosen(args.format, args.output.as_deref(), read, "text, json or jsonl")?.unwrap_or(TraceFormat::Text))
}

/// What to look for, and where: the first argument is the former, unless an option is.
fn split(args: &TraceArgs) -> Result<(Vec<&OsStr>, &[OsString])> {
    let files = &args.input.files[..];
    let options: Vec<_> = args.what.iter().map(OsString::as_os_str).collect();
    if !options.is_empty() || args.user.is_some() {
        let first = files.first().and_then(|file| file.to_str()).filter(|file| !Path::new(file).exists());
        if let Some(file) = first.filter(|file| what::is_plain(file)) {
            bail!(
                "{file}: no such file; with -e or --user all arguments are files\nhint: look for it with -e {file}"
            )
        }
        return Ok((options, files));
    }
    match files.split_first() {
        Some((log, rest)) if is_log(log) => {
            let (what, files): (Vec<_>, Vec<_>) = rest.iter().partition(|file| !Path::new(file).exists());
            let what = what.first().map_or("anna@example.com".into(), |what| quoted(what));
            let files: Vec<String> = [log].into_iter().chain(files).map(|file| quoted(file)).collect();
            bail!(
                "what is to be traced? {} is a log\nhint: what to look for comes before the files: mailwhy trace {what} {}",
                log.display(),
                files.join(" ")
            )
        }
        Some((what, files)) => Ok((vec![what], files)),
        None => bail!(
            "what is to be traced?\nhint: name an address, a message id or a host: mailwhy trace anna@example.com"
        ),
    }
}

fn wanted(args: &TraceArgs, words: &[&OsStr]) -> Result<Wanted> {
    let how = How { literal: args.literal, sensitive: args.sensitive };
    let text = |word: &OsStr| {
        word.to_str().map(str::to_owned).ok_or_else(|| anyhow!("{} is not UTF-8", word.display()))
    };
    let whats: Result<Vec<What>> = words.iter().map(|word| What::new(&text(word)?, how)).collect();
    let user = args.user.as_deref().map(text).transpose()?;
    Ok(Wanted {
        whats: whats?,
        user: user.map(|user| What::user(&user, how)),
        invert: args.invert,
        related: args.related,
    })
}

/// The stories of what was found, in the order of the log.
fn tell(
    args: &TraceArgs,
    inputs: &Inputs,
    found: &Found,
    logs: &[exim::Log],
    others: Others,
    teller: &mut Teller<'_>,
) -> Vec<Story> {
    let narrow = args.failed || args.open || args.delivered;
    let mut stories: Vec<(Place, Story)> = Vec::new();
    for message in &found.messages {
        let Some(&place) = message.places.first() else { continue };
        if !inside(inputs, &message.text, logs.get(place.file as usize)) {
            continue;
        }
        let history = teller.message(Lines {
            id: message.id,
            text: &message.text,
            places: &message.places,
            reports: &message.reports,
        });
        let wanted = args.failed && history.has_failed()
            || args.open && history.open
            || args.delivered && history.has_arrived();
        if wanted || !narrow {
            stories.push((place, Story::Message(Box::new(history))));
        }
    }
    let others = others.tell(teller).into_iter();
    let others = others.filter(|(_, other)| !narrow || args.failed && other.cause.is_some());
    stories.extend(others.map(|(place, other)| (place, Story::Other(Box::new(other)))));
    stories.sort_by_key(|(place, _)| (place.file, place.offset));
    let first = if args.last > 0 { stories.len().saturating_sub(args.last) } else { 0 };
    stories.into_iter().skip(first).map(|(_, story)| story).collect()
}

/// Whether something happened to the message in the time that was asked for.
fn inside(inputs: &Inputs, text: &[u8], log: Option<&exim::Log>) -> bool {
    let mut any = false;
    exim::scan(text, log.copied().unwrap_or_default(), |line| {
        any |= line.time.is_some_and(|time| inputs.window.contains(time));
    });
    any
}

/// Tells what was not found, and where.
fn nothing(args: &TraceArgs, words: &[&OsStr], names: &[String], found: &Found, read: &input::Summary) {
    let mut what: Vec<String> = words.iter().map(|word| word.display().to_string()).collect();
    what.extend(args.user.iter().map(|user| format!("--user {}", user.display())));
    let place = match names {
        [one] => one.clone(),
        several => format!("{} files", several.len()),
    };
    let time = |time| rfc3339(time).replace('T', " ");
    let span = match found.span {
        Some((first, last)) => format!(" (lines from {} to {})", time(first), time(last)),
        None if read.bytes == 0 => " (empty)".into(),
        None => " (no line of it has a time)".into(),
    };
    let narrow = [
        ("--failed", args.failed),
        ("--open", args.open),
        ("--delivered", args.delivered),
        ("--since", args.input.since.is_some()),
        ("--until", args.input.until.is_some()),
    ];
    let narrow: Vec<&str> = narrow.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    let hint = if let Some(file) = words.iter().find(|word| Path::new(word).is_file()) {
        Some(format!("{} is a file: what to look for comes before the files", file.display()))
    } else if !narrow.is_empty() {
        Some(format!("without {} there may be more", narrow.join(" and ")))
    } else {
        // It may be the name of somebody: full.box of full.box@example.com.
        let name = !args.literal && words.iter().any(|word| word.to_str().is_some_and(what::is_name));
        let rotated = !args.input.rotated && args.input.files.iter().all(|file| file != "-");
        let hints = [
            rotated.then_some("-R reads the rotated logs too"),
            name.then_some("-l finds it anywhere in a line"),
        ];
        let hints: Vec<&str> = hints.into_iter().flatten().collect();
        (!hints.is_empty()).then(|| hints.join("; "))
    };
    complain(&format!("{} was not found in {place}{span}", what.join(" or ")), hint.as_deref());
}
