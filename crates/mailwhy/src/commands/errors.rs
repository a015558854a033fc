//! `mailwhy errors`: what went wrong, group by group.

use anyhow::Result;
use mailwhy::classify::Classifier;
use mailwhy::logs::{Event, Kind, Time};
use mailwhy::report::{About, Again, Failures, Only, Place, Style};

use super::scan::{self, Part};
use super::{Exit, Inputs, Output, format, rows, rules, style};
use crate::cli::ErrorsArgs;
use crate::pipeline::Piece;

/// Runs the command.
pub fn run(args: &ErrorsArgs, again: Again) -> Result<Exit> {
    let inputs = Inputs::new(&args.input, args.output.as_deref())?;
    if inputs.sources.is_empty() {
        return Ok(Exit::Error);
    }
    let format = format(args.format, args.output.as_deref())?;
    let classifier = rules::classifier(&args.rules)?;
    let only = || Only {
        reasons: args.reason.clone(),
        providers: args.provider.iter().map(|provider| provider.id.to_owned()).collect(),
        codes: args.code.clone(),
        unclassified: args.unclassified,
    };
    let mut failures = Failures::new(args.by, only());
    let read = scan::read(&inputs, &classifier, &mut failures, || Failures::part(args.by, only()));
    failures.finish();
    let (lines, unknown) = failures.lines();
    if let Some(exit) = scan::unusable(&inputs, &read, lines, unknown)? {
        return Ok(exit);
    }

    let mut output = Output::new(args.output.as_deref())?;
    let lang = args.language.get();
    let report = failures.report(About {
        lang,
        files: scan::files(&inputs, &read, args.language.get()),
        cut_lines: read.cut_lines,
        ..About::default()
    });
    let again = Again { piped: inputs.piped(), ..again };
    let style =
        Style { top: rows(args.top), verbose: args.verbose, again, ..style(lang, args.color, &output) };
    let result = report.write(format, &style, output.writer()).and_then(|()| output.writer().flush());
    output.context(result)?;
    Ok(inputs.finish(&read, !report.errors.is_empty()))
}

impl Part for Failures {
    fn line(&mut self, kind: Kind, time: Option<Time>) -> bool {
        self.line(kind, time)
    }

    fn event(&mut self, event: &Event<'_>, place: Place, classifier: &Classifier) {
        self.event(event, place, classifier);
    }
}

impl Piece for Failures {
    fn number_from(&mut self, before: u64) {
        self.number_from(before);
    }

    fn append(&mut self, later: Self) {
        self.append(later);
    }
}
