//! The command line: one definition, from which help, man pages and completions come.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use mailwhy::codes::Lang;
use mailwhy::logs::Kind;
use mailwhy::report::{By, Format};

/// Tells why mail was not delivered, whose turn it is and what to do.
///
/// mailwhy reads Exim's logs (main, reject and panic log, plain or compressed), follows each message from its arrival
/// to its end, classifies every SMTP reply and explains it in English or Russian.
#[derive(Debug, Parser)]
#[command(
    name = "mailwhy",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "Without FILE the log is read from standard input, or else from the first of \
                  /var/log/exim4/mainlog, /var/log/exim/mainlog, /var/log/exim/main.log and \
                  /var/log/exim_mainlog that exists.\n\n\
                  Exit status: 0 something was found, 1 nothing was found, 2 an error (also a file that could not \
                  be read, after the others have been)."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What was not delivered, why, who must act and what to do
    ///
    /// Reads logs and prints one page: what became of the mail, what to do now, the reasons, the receiving providers,
    /// identical replies, hosts in trouble, and what this server refused to others.
    #[command(
        visible_alias = "summary",
        after_help = "Examples:\n  \
                      mailwhy report                               the log of this host\n  \
                      mailwhy report -R --since yesterday          with the rotated ones\n  \
                      mailwhy report --lang ru mainlog.2.gz\n  \
                      mailwhy report --by domain --top 50 mainlog\n  \
                      mailwhy report -o report.json mainlog"
    )]
    Report(ReportArgs),
    /// Every log line as JSON or CSV
    ///
    /// One object for each physical line of the log, in its order; docs/json.md lists the fields.
    #[command(
        after_help = "Examples:\n  \
                      mailwhy events mainlog | jq -c 'select(.reply.code == 550)'\n  \
                      mailwhy events --kind failure,deferral --verdict mainlog\n  \
                      mailwhy events --id 1rfXYZ-000000001ab-2Cde -R\n  \
                      mailwhy events --kind unknown mainlog        lines that were not understood"
    )]
    Events(EventsArgs),
}

/// What to read.
#[derive(Args, Clone, Debug)]
pub struct InputArgs {
    /// Log files, directories or patterns; `-` is standard input
    ///
    /// Compressed files (gzip, zstd, bzip2, xz) are recognised by their content.
    #[arg(value_name = "FILE")]
    pub files: Vec<OsString>,

    /// Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz
    #[arg(short = 'R', long)]
    pub rotated: bool,

    /// Leave out what is older: "2026-08-01", "2026-08-01 09:30", "yesterday", "2h ago"
    #[arg(short = 'S', long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,

    /// Leave out what is younger
    #[arg(short = 'U', long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,

    /// How many threads work; 0: one for each processor
    #[arg(long, value_name = "N", default_value_t = 0, env = "MAILWHY_THREADS")]
    pub threads: usize,

    /// Lines longer than this are cut
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, hide_short_help = true)]
    pub max_line: usize,

    /// Stop reading an archive that unpacks to more than this many times its size
    #[arg(long, value_name = "RATIO", default_value_t = 200, hide_short_help = true)]
    pub max_ratio: u64,

    /// Show no progress on standard error
    #[arg(long)]
    pub no_progress: bool,
}

/// `mailwhy report`.
#[derive(Args, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print it; without it as FILE's extension says (-o), or else as text
    #[arg(long, value_parser = names(["text", "json", "csv", "md"], Format::from_name))]
    pub format: Option<Format>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Rows in each table; 0: all
    #[arg(short = 't', long, value_name = "N")]
    pub top: Option<usize>,

    /// Only this table, with more rows
    #[arg(long, value_name = "WHAT", value_parser = names(By::ALL.map(By::as_str), By::from_name))]
    pub by: Option<By>,

    /// Show more: all tables, rules, samples, lines that were not understood
    #[arg(short, long)]
    pub verbose: bool,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

/// `mailwhy events`.
#[derive(Args, Debug)]
pub struct EventsArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub language: LanguageArgs,

    /// How to print them; without it as FILE's extension says (-o), or else as JSON Lines
    #[arg(long, value_enum)]
    pub format: Option<EventsFormat>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Only these kinds of lines, for example failure,deferral,host-error
    #[arg(long, value_name = "KIND", value_delimiter = ',', hide_possible_values = true,
        value_parser = names(Kind::ALL.map(Kind::as_str), Kind::from_name))]
    pub kind: Vec<Kind>,

    /// Only lines of this message; may be given more than once
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub id: Vec<OsString>,

    /// Add the verdict to every line that reports a failure
    #[arg(long)]
    pub verdict: bool,

    /// Add the line as it stands in the log (`raw`, or `raw_base64` where it is not UTF-8)
    #[arg(long)]
    pub raw: bool,
}

/// The language of the texts.
#[derive(Args, Clone, Debug)]
pub struct LanguageArgs {
    /// The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, value_enum, env = "MAILWHY_LANG")]
    lang: Option<LangArg>,
}

impl LanguageArgs {
    /// The language that was asked for, by option or by locale.
    #[must_use]
    pub fn get(&self) -> Lang {
        let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        });
        match self.lang {
            Some(LangArg::En) => Lang::En,
            Some(LangArg::Ru) => Lang::Ru,
            None => locale().and_then(|name| Lang::from_locale(&name)).unwrap_or_default(),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LangArg {
    /// English
    En,
    /// Русский
    Ru,
}

/// How events are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EventsFormat {
    /// One object in a line
    Jsonl,
    /// One table
    Csv,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    Auto,
    /// Yes
    Always,
    /// No
    Never,
}

/// Reads a value by its stable name.
fn names<T: Clone + Send + Sync + 'static, const N: usize>(
    names: [&'static str; N],
    read: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names).try_map(move |name| read(&name).ok_or("no such name"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn definition_is_sound() {
        super::Cli::command().debug_assert();
    }
}
