//! The command line: one definition, from which help, man pages and completions come.

mod again;
mod check;
mod classify;
mod config;
mod errors;
mod events;
mod explain;
mod follow;
mod generate;
mod report;
mod rules;
mod sql;
mod suppress;
mod trace;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use mailwhy::codes::{Lang, Stage};

pub use again::{again, quoted};
pub use check::{CheckArgs, Limit, Limits};
pub use classify::ClassifyArgs;
pub use config::{ConfigCommand, ConfigCommandArgs, ConfigShowArgs};
pub use errors::ErrorsArgs;
pub use events::EventsArgs;
pub use explain::{ExplainArgs, Listed};
pub use follow::{FollowArgs, FollowFormat, What};
pub use generate::{GenerateArgs, GenerateCommand, ShellArg};
pub use report::ReportArgs;
pub use rules::{RulesCheckArgs, RulesCommand, RulesCommandArgs, RulesCoverageArgs};
pub use sql::{SqlArgs, SqlFormat};
pub use suppress::SuppressArgs;
pub use trace::{TraceArgs, TraceFormat};

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
    args_override_self = true,
    after_help = "Without FILE the log is read from standard input, or else from the first of \
                  /var/log/exim4/mainlog, /var/log/exim/mainlog, /var/log/exim/main.log and \
                  /var/log/exim_mainlog that exists.\n\n\
                  Every option can also be set by a variable (--top by MAILWHY_TOP) and in a file, \
                  ~/.config/mailwhy/config.toml or /etc/mailwhy/config.toml; see `mailwhy config`.\n\n\
                  Exit status: 0 something was found, 1 nothing was found, 2 an error (also a file that could not \
                  be read, after the others have been)."
)]
pub struct Cli {
    /// Read the configuration from this file instead of the usual ones
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        hide_short_help = true,
        display_order = 900,
        conflicts_with = "no_config"
    )]
    pub config: Option<PathBuf>,

    /// Read no configuration file
    #[arg(long, global = true, hide_short_help = true, display_order = 901)]
    pub no_config: bool,

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
    /// What went wrong, one block for each cause, the most harmful first
    ///
    /// Failed attempts are grouped: those whose cause and reply are the same but for addresses, hosts, ids and numbers, or
    /// what --by says. Each group tells how many attempts, messages and recipients met it, when, where and whether it is
    /// getting worse, what was said, what that means, and who has to do what.
    #[command(after_help = "Examples:\n  \
                      mailwhy errors                                    the log of this host\n  \
                      mailwhy errors --since -2h --provider gmail\n  \
                      mailwhy errors --reason mailbox-full,rate-limited -R\n  \
                      mailwhy errors --code 5.7.26 -v mainlog\n  \
                      mailwhy errors --by sender --top 5 mainlog        whose mail fails, and why\n  \
                      mailwhy errors --by host -o hosts.csv mainlog\n  \
                      mailwhy errors --unclassified mainlog             for a bug report")]
    Errors(ErrorsArgs),
    /// Addresses that must not be mailed again
    ///
    /// Lists the addresses that are proven bad: a permanent reply said that the mailbox does not exist, is switched off or
    /// has moved, or that the domain does not exist or takes no mail. Never one that a blocklist, a policy, a rate limit or
    /// greylisting refused, and none that mail was delivered to since. An address stands as it was in the envelope, before
    /// aliases.
    #[command(after_help = "Examples:\n  \
                      mailwhy suppress -R                            the logs of this host\n  \
                      mailwhy suppress --min-count 2 -o bad.csv mainlog\n  \
                      mailwhy suppress --reason recipient-unknown --format plain mainlog\n  \
                      mailwhy suppress --merge bad.csv -o bad.csv    every night: adds, clears, expires\n  \
                      mailwhy suppress --merge bad.csv --diff        what that would change\n\n\
                      Exit status: 0 something is listed, 1 nothing is listed, 2 an error.")]
    Suppress(SuppressArgs),
    /// Where a message is, and why it did not arrive
    ///
    /// Finds messages and tells the life of each: first what became of it and whose turn it is,
    /// then what happened. What this server refused and other lines without a message are shown
    /// too.
    ///
    /// The first argument is what to look for, the rest are files; with -e or --user all of them
    /// are files. WHAT is found as a whole, wherever it stands in a line, if it looks like one of
    /// these:
    ///
    ///   anna@x.example     an address (not joanna@x.example), or a Message-ID
    ///   @x.example         the addresses of this domain
    ///   x.example          a host or domain, and all that is below it
    ///   192.0.2.1          an IP address
    ///   1rfXYZ-0000ab-2C   a message id, of 16 or 23 characters: that message
    ///
    /// Anything else is a regular expression, matched against each line, as in exigrep. -l takes
    /// WHAT as it stands and finds it anywhere.
    ///
    /// --since and --until find messages with a line in that time, and show those whole. A log
    /// that comes through a pipe is put into a temporary file, as it has to be read twice.
    #[command(
        verbatim_doc_comment,
        mut_arg("files", |arg| {
            let help = "What to look for, then log files, directories or patterns; `-` is standard input";
            let more = "Compressed files (gzip, zstd, bzip2, xz) are recognised by their content.";
            arg.value_name("WHAT|FILE").help(help).long_help(format!("{help}\n\n{more}"))
        }),
        override_usage = "mailwhy trace [OPTIONS] WHAT [FILE]...\n       mailwhy trace [OPTIONS] -e WHAT... [FILE]...\n       \
                          mailwhy trace [OPTIONS] --user USER [FILE]...",
        after_help = "Examples:\n  \
                      mailwhy trace anna@example.com                 in the log of this host\n  \
                      mailwhy trace -R --since yesterday anna@example.com\n  \
                      mailwhy trace -M --raw 1rfXYZ-000000001ab-2Cde mainlog mainlog.1\n  \
                      mailwhy trace --failed @gmail.com mainlog      what Gmail did not take\n  \
                      mailwhy trace -e anna@example.com -e 192.0.2.1 mainlog\n  \
                      mailwhy trace --user shop3 --last 20           what this account sent\n  \
                      mailwhy trace --format jsonl 'T=\"Order 7\\d+' | jq .answer\n\n\
                      Exit status: 0 something was found, 1 nothing was found, 2 an error."
    )]
    Trace(Box<TraceArgs>),
    /// Every log line as JSON or CSV
    ///
    /// One object for each physical line of the log, in its order; docs/json.md lists the fields.
    #[command(after_help = "Examples:\n  \
                      mailwhy events mainlog | jq -c 'select(.reply.code == 550)'\n  \
                      mailwhy events --kind failure,deferral --verdict mainlog\n  \
                      mailwhy events --id 1rfXYZ-000000001ab-2Cde -R\n  \
                      mailwhy events --kind unknown mainlog        lines that were not understood")]
    Events(EventsArgs),
    /// What a reply, a code or a log line means, why, and what to do about it
    ///
    /// TEXT is a reply of one or several lines, a code (421, 5.7.1), a reason, a rule, a provider, or a whole log line.
    /// Words need no quotes unless the shell would read them. Without TEXT it is read from standard input.
    #[command(after_help = "Examples:\n  \
                      mailwhy explain '550 5.7.26 This mail has been blocked because the sender is unauthenticated'\n  \
                      mailwhy explain 421\n  \
                      mailwhy explain --stage rcpt --provider gmail 550 5.7.1\n  \
                      mailwhy explain mailbox-full --lang ru\n  \
                      grep 1rfXYZ-000000001ab-2Cde mainlog | mailwhy explain --why\n  \
                      mailwhy explain --list reasons\n\n\
                      Exit status: 0 something is known, 1 nothing is known, 2 an error.")]
    Explain(ExplainArgs),
    /// One reply per line in, one verdict per line out
    ///
    /// Verdicts come in the order of the replies, one for each line. A reply of several lines is one line in which \n
    /// (backslash and n, as Exim logs it) stands for the end of a line; docs/json.md lists the fields.
    #[command(after_help = "Examples:\n  \
                      mailwhy classify replies.txt\n  \
                      mailwhy classify --only reason,bad_address --format csv < replies.txt\n  \
                      mailwhy classify --tsv replies.tsv       columns: text, stage, host\n  \
                      mailwhy events mainlog | jq -r '.reply.text // empty' | mailwhy classify")]
    Classify(ClassifyArgs),
    /// What goes wrong while it goes wrong
    ///
    /// Shows what the log says from now on, explained; survives all that rotation does to the log, also a log that is not
    /// there yet. On a terminal: counters, causes and a list to move in (`?` lists the keys). Piped, or with --plain: lines.
    #[command(
        short_flag = 'f',
        after_help = "Examples:\n  \
                      mailwhy follow                               the log of this host\n  \
                      mailwhy -f --lang ru                         the same, in Russian\n  \
                      mailwhy follow --only failed,delivered       what arrived, and what did not\n  \
                      mailwhy follow -S '1h ago' --plain | less    begin an hour ago\n  \
                      mailwhy follow --all --format jsonl | jq     every line, as JSON\n  \
                      journalctl -fu exim4 | mailwhy follow -      from the journal"
    )]
    Follow(FollowArgs),
    /// Checks rules of one's own and shows what rules do on a log
    ///
    /// Rules of one's own are read from /etc/mailwhy/rules.toml and from the files named with --rules; data/README.md
    /// describes them (`[[cause]]`). They win over built-in ones of the same strength, and take the place of the one
    /// with the same id.
    #[command(disable_help_subcommand = true)]
    Rules(RulesCommandArgs),
    /// Shows what is configured, where each value comes from, and what can be
    ///
    /// Every option of every command is also a key of a file, with the same name: at its top for all commands that have
    /// such an option, in a table for one command. The command line wins, then come variables (MAILWHY_TOP=20 is
    /// `top = 20`), ~/.config/mailwhy/config.toml ($XDG_CONFIG_HOME), /etc/mailwhy/config.toml, and built-in values.
    /// What a file sets is taken back with --no-…: --no-rotated.
    #[command(
        disable_help_subcommand = true,
        after_help = "Example of a file:\n  \
                      lang = \"ru\"                            # for every command\n  \
                      rotated = true\n  \
                      files = [\"/var/log/exim4/mainlog\"]     # where no FILE is given\n  \
                      [report]                               # for `mailwhy report` alone\n  \
                      top = 20"
    )]
    Config(ConfigCommandArgs),
    /// Generates manual pages and completions for shells
    #[command(disable_help_subcommand = true)]
    Generate(GenerateArgs),
    /// A plugin for Nagios, Icinga and the like: one line with the state and performance data
    ///
    /// Judges the last hour of the log, or with --state what is new since the last run. Each limit is WARN,CRIT; `off` switches
    /// one off. Rates count recipients.
    #[command(after_help = "Examples:\n  \
                      mailwhy check --state /var/lib/mailwhy/check.json\n  \
                      mailwhy check --failed 5%,20% --blocklisted 1,1 --silence 30m,2h\n  \
                      mailwhy check --since '10min ago' --guesses 1000,10000 --lang ru\n\n\
                      Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (also a log or state that could not be read).")]
    Check(Box<CheckArgs>),
    /// Asks the log in SQL
    ///
    /// Reads the log into the tables that the query needs (SQLite, in memory or in a temporary file) and prints the answer.
    /// Tables: events, attempts, recipients, messages, verdicts; `--explain-tables` describes them. docs/sql.md has examples.
    #[command(after_help = "Examples:\n  \
                      mailwhy sql 'SELECT domain, count(*) n FROM attempts GROUP BY 1 ORDER BY n DESC LIMIT 10'\n  \
                      mailwhy sql \"SELECT count(*) FROM recipients WHERE reason = 'mailbox-full'\" mainlog\n  \
                      mailwhy sql -R -f query.sql -o answer.csv mainlog\n  \
                      mailwhy sql --explain-tables")]
    Sql(SqlArgs),
}

/// What to read.
#[derive(Args, Clone, Debug)]
pub struct InputArgs {
    /// Log files, directories or patterns; `-` is standard input
    ///
    /// Compressed files (gzip, zstd, bzip2, xz) are recognised by their content.
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<OsString>,

    /// Read the rotated logs beside each file too: mainlog.1, mainlog.2.gz, mainlog-20260801.gz
    #[arg(short = 'R', long)]
    pub rotated: bool,

    /// Leave out what is older: 2026-08-01, "2026-08-01 09:30", yesterday, "today 9:30", "2h ago"
    #[arg(short = 'S', long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,

    /// Leave out what is from that time on; a date alone is its midnight
    #[arg(short = 'U', long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,

    /// How many threads work; 0: one for each processor
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads())]
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

    /// Put pseudonyms in the place of addresses, hosts, IP addresses, logins and subjects
    ///
    /// The same ones throughout a run, others in the next. Domains and hosts of known providers stay, and so do codes, words,
    /// times and message ids. IPv4 addresses become ones in 240.0.0.0/4, IPv6 addresses ones in 2001:db8::/32.
    #[arg(long)]
    pub anonymize: bool,
}

/// Rules of one's own.
#[derive(Args, Clone, Debug)]
pub struct RuleArgs {
    /// Add the rules in this file to the built-in ones and to those in /etc/mailwhy/rules.toml
    #[arg(long, value_name = "FILE", action = ArgAction::Append)]
    pub rules: Vec<PathBuf>,
}

/// What is known of replies beside their text.
#[derive(Args, Clone, Debug)]
pub struct AroundArgs {
    /// The step at which it was said: connect, helo, starttls, auth, mail, rcpt, data, end-of-data …
    #[arg(long, value_name = "STAGE", hide_possible_values = true,
        value_parser = names(STAGES, Stage::from_name))]
    pub stage: Option<Stage>,

    /// The host that said it
    #[arg(long, value_name = "NAME", conflicts_with = "provider")]
    pub host: Option<String>,

    /// The provider that said it, as in `mailwhy explain --list providers`
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
}

/// The language of the texts.
#[derive(Args, Clone, Debug)]
pub struct LanguageArgs {
    /// The language of the texts [without it: LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

impl LanguageArgs {
    /// The language that was asked for, by option or by locale.
    #[must_use]
    pub fn get(&self) -> Lang {
        match self.lang {
            Some(LangArg::En) => Lang::En,
            Some(LangArg::Ru) => Lang::Ru,
            None => locale(),
        }
    }
}

/// The language that arguments ask for which cannot be read.
pub fn probable_lang(args: impl Iterator<Item = OsString>) -> Lang {
    let args: Vec<_> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    let given = args.iter().enumerate().rev().find_map(|(n, arg)| match arg.strip_prefix("--lang")? {
        "" => args.get(n + 1).cloned(),
        value => Some(value.strip_prefix('=')?.to_owned()),
    });
    let asked = given.or_else(|| std::env::var("MAILWHY_LANG").ok());
    asked.and_then(|name| Lang::from_locale(&name)).unwrap_or_else(locale)
}

/// The language where nobody asks for one.
fn locale() -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let name = names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    name.and_then(|name| Lang::from_locale(&name)).unwrap_or_default()
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LangArg {
    /// English
    En,
    /// Русский
    Ru,
}

/// How a command prints that has one record in a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum LinesFormat {
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

/// The names of the stages.
const STAGES: [&str; 11] = {
    let mut names = [""; 11];
    let mut i = 0;
    while i < names.len() {
        names[i] = Stage::ALL[i].as_str();
        i += 1;
    }
    names
};

/// How many threads may be asked for: more than any machine has processors for is a slip.
fn threads() -> impl TypedValueParser<Value = usize> {
    RangedU64ValueParser::new().range(..=1024)
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
