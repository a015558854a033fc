//! `mailwhy suppress`: addresses that must not be mailed again.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use mailwhy::classify::Classifier;
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::{
    About, Again, ListFormat, Place, Style, SuppressionList, SuppressionOptions, Suppressions, printable,
};

use super::scan::{self, Part};
use super::{Exit, Inputs, Output, chosen, complain, rules, style};
use crate::cli::SuppressArgs;
use crate::pipeline::Piece;

/// Runs the command.
pub fn run(args: &SuppressArgs, again: Again) -> Result<Exit> {
    let inputs = Inputs::new(&args.input, args.output.as_deref())?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let format = format(args)?;
    let classifier = rules::classifier(&args.rules)?;
    let mut all = Suppressions::new();
    if let Some(path) = &args.merge {
        merge(&mut all, path, args.output.as_ref() == Some(path))?;
    }
    let known = all.part();
    let read = scan::read(&inputs, &classifier, &mut all, || known.part());
    let (lines, unknown) = all.lines();
    if let Some(exit) = scan::unusable(&inputs, &read, lines, unknown)? {
        return Ok(exit);
    }

    let lang = args.language.get();
    let about = About {
        lang,
        files: scan::files(&inputs, &read, lang),
        cut_lines: read.cut_lines,
        ..About::default()
    };
    let options =
        SuppressionOptions { min_count: args.min_count, reasons: args.reason.clone(), expire: args.expire };
    let list = all.list(about, &options);
    match same_file(args) {
        Some(path) => {
            let mut new = Vec::new();
            let style = Style { lang, ..Style::default() };
            print(&list, args, format.unwrap_or(ListFormat::Csv), &style, &mut new)?;
            replace(path, &new).with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => {
            let mut output = Output::new(args.output.as_deref())?;
            let terminal = output.is_terminal();
            let format = format.unwrap_or(if terminal { ListFormat::Text } else { ListFormat::Csv });
            let again = Again { piped: inputs.piped(), ..again };
            let mut style = Style { again, ..style(lang, args.color, &output) };
            if !terminal {
                // Where lines are searched, each address has all of its own.
                style.width = usize::MAX;
            }
            let result =
                print(&list, args, format, &style, output.writer()).and_then(|()| output.writer().flush());
            output.context(result)?;
        }
    }
    let found = match args.diff {
        true => list.changes().next().is_some(),
        false => !list.addresses.is_empty() || args.cleared && !list.cleared.is_empty(),
    };
    Ok(inputs.finish(&read, found))
}

fn print(
    list: &SuppressionList,
    args: &SuppressArgs,
    format: ListFormat,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match args.diff {
        true => list.write_changes(format, style, out),
        false => list.write(format, args.cleared, style, out),
    }
}

/// The file that is both read and written, if it is.
fn same_file(args: &SuppressArgs) -> Option<&Path> {
    let (old, new) = (args.merge.as_deref()?, args.output.as_deref()?);
    (fs::canonicalize(old).ok()? == fs::canonicalize(new).ok()?).then_some(new)
}

/// Puts a new file in the place of an old one: whatever happens, one of them is whole.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let mut new = path.clone().into_os_string();
    new.push(".new");
    fs::write(&new, bytes)?;
    fs::set_permissions(&new, fs::metadata(&path)?.permissions())?;
    fs::rename(&new, &path)
}

/// Puts the list in this file in front of the log, and tells what in it is no address. One that will be `written` need not
/// be there yet.
fn merge(all: &mut Suppressions, path: &Path, written: bool) -> Result<()> {
    let list = match fs::read(path) {
        // It is made now, and there the next night.
        Err(error) if error.kind() == io::ErrorKind::NotFound && written => return Ok(()),
        list => list.with_context(|| format!("cannot read the list {}", path.display()))?,
    };
    let wrong = all.merge(&list).with_context(|| format!("cannot read the list {}", path.display()))?;
    if let Some(first) = wrong.first() {
        let more = if wrong.len() > 1 { format!(", and {} more", wrong.len() - 1) } else { String::new() };
        complain(
            &format!("{}:{}: no address: {}{more}", path.display(), first.line, printable(&first.text)),
            Some(
                "a list holds one address a line, or is CSV with a column named address; the rest of it is used",
            ),
        );
    }
    Ok(())
}

fn format(args: &SuppressArgs) -> Result<Option<ListFormat>> {
    let known = "text, csv, json, jsonl or plain";
    chosen(args.format, args.output.as_deref(), ListFormat::from_name, known)
}

impl Part for Suppressions {
    fn line(&mut self, kind: Kind, time: Option<Time>) -> bool {
        self.line(kind, time)
    }

    fn event(&mut self, event: &Event<'_>, _: Place, classifier: &Classifier) {
        self.event(event, classifier);
    }
}

impl Piece for Suppressions {
    fn append(&mut self, later: Self) {
        self.append(later);
    }
}
