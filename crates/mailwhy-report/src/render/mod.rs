/*!
The report, printed.

Text, Markdown and HTML are ways to write the same [`page::Page`], which [`overview`] makes of the report in the words of
one language. CSV and JSON print the model's own fields.
*/

use std::io;

use mailwhy_codes::Lang;

use crate::{Report, json};
pub use again::Again;
pub use suppress::ListFormat;

pub use monitor::render_status;

mod again;
mod csv;
mod errors;
mod fit;
mod history;
mod html;
mod markdown;
mod monitor;
mod overview;
mod page;
mod panels;
mod suppress;
mod table;
mod text;
mod timeline;
mod values;
mod words;

pub use history::Stories;
pub(crate) use words::Words as Numbers;

/// The form in which a report is printed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// For people, on a terminal.
    #[default]
    Text,
    /// The whole report as one JSON object; [`Style`] has no part in it.
    Json,
    /// One table with a header line: that of [`Style::by`], else identical replies. All rows, unless [`Style::top`]
    /// says how many.
    ///
    /// Texts that a spreadsheet would take for a formula (first character `=`, `+`, `-` or `@`) get a `'` in front.
    Csv,
    /// For tickets and mails: the content of `Text`.
    Markdown,
    /// For mails and browsers: the content of `Text`, in one file without links, images, scripts or style sheets.
    Html,
}

impl Format {
    /// The format with this name or usual file extension.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "text" | "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

/// How a report is printed.
#[derive(Clone, Debug)]
pub struct Style {
    /// The language of headings, numbers and times; that of titles and advice is the report's own.
    pub lang: Lang,
    /// Whether to use colours. Nothing is said by colour alone.
    pub color: bool,
    /// The columns of the terminal. Only a command or a word that cannot be broken may be wider.
    pub width: usize,
    /// Rows of each table; `None` keeps the report of any log to about two screens.
    pub top: Option<usize>,
    /// Only this table, with more rows.
    pub by: Option<By>,
    /// All tables, and what each finding rests on.
    pub verbose: bool,
    /// What the commands in hints repeat.
    pub again: Again,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            lang: Lang::En,
            color: false,
            width: 80,
            top: None,
            by: None,
            verbose: false,
            again: Again::default(),
        }
    }
}

/// A table of the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// Why mail was not delivered.
    Reason,
    /// Where mail goes, by provider.
    Provider,
    /// Where mail goes, by domain.
    Domain,
    /// Remote hosts in trouble.
    Host,
    /// Identical replies.
    Reply,
    /// Replies by code.
    Code,
    /// Sender domains whose mail failed.
    Sender,
    /// What we refused to others.
    Rejection,
    /// What happened when.
    Time,
}

impl By {
    /// All tables.
    pub const ALL: [Self; 9] = [
        Self::Reason,
        Self::Provider,
        Self::Domain,
        Self::Host,
        Self::Reply,
        Self::Code,
        Self::Sender,
        Self::Rejection,
        Self::Time,
    ];

    /// The stable name, as on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Provider => "provider",
            Self::Domain => "domain",
            Self::Host => "host",
            Self::Reply => "reply",
            Self::Code => "code",
            Self::Sender => "sender",
            Self::Rejection => "rejection",
            Self::Time => "time",
        }
    }

    /// The table with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == name)
    }
}

/// The report in a line, for the subject of a mail: `mx1.example: 41 messages not delivered, 22 Nov`.
#[must_use]
pub fn subject(report: &Report<'_>, lang: Lang, host: Option<&str>) -> String {
    overview::subject(report, lang, host)
}

/// Prints the report.
///
/// # Errors
///
/// Those of `out`.
pub fn render(report: &Report<'_>, format: Format, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(&overview::page(report, style), style, out),
        Format::Markdown => markdown::write(&overview::page(report, style), out),
        Format::Html => html::write(&overview::page(report, style), style.lang, out),
        Format::Csv => csv::write(report, style, out),
        Format::Json => json::print(report, out),
    }
}
