//! What is on a page, whatever it is written in: spans, cells, tables, blocks.

use crate::text::printable;

/// A page.
pub(super) type Page = Vec<Block>;

/// A part of a page; a blank line stands between two.
#[derive(Debug)]
pub(super) enum Block {
    /// What the page is about: rows of short items, the very first is the title.
    Head(Vec<Vec<Line>>),
    /// A sentence or a few.
    Sentence(Line),
    /// Labels, each with a few figures.
    Facts(Vec<Fact>),
    /// A table.
    Panel(Panel),
}

/// A label with a few figures.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    /// Figures over time, drawn before the items.
    pub(super) chart: Option<Vec<u64>>,
    pub(super) items: Vec<Line>,
}

/// A table.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) title: &'static str,
    /// The sum of it all, beside the title.
    pub(super) note: Option<String>,
    /// Whether rows are numbered.
    pub(super) numbered: bool,
    /// Whether a blank line stands between rows.
    pub(super) spaced: bool,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// What to do to see more, or with this.
    pub(super) hints: Vec<Line>,
}

/// A row of a table.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Sentences that belong to it, each on lines of its own.
    pub(super) details: Vec<Line>,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    /// The first columns of a table may have none: the title of the table stands there.
    pub(super) head: &'static str,
    pub(super) right: bool,
    /// How it gets narrower, and to what width at least.
    pub(super) shrink: Option<(Shrink, usize)>,
    /// Whether it is left out where there is no room.
    pub(super) spare: bool,
}

/// How a column gets narrower.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shrink {
    /// The end is cut off, after a word if possible.
    End,
    /// The middle is cut out: both ends of a host name tell something.
    Middle,
    /// Nothing is cut: the text goes on in the next line.
    Wrap,
}

impl Column {
    pub(super) const fn text(head: &'static str) -> Self {
        Self { head, right: false, shrink: None, spare: false }
    }

    pub(super) const fn number(head: &'static str) -> Self {
        Self { head, right: true, shrink: None, spare: false }
    }

    pub(super) const fn shrink(mut self, how: Shrink, least: usize) -> Self {
        self.shrink = Some((how, least));
        self
    }

    pub(super) const fn spare(mut self) -> Self {
        self.spare = true;
        self
    }
}

/// A cell of a table.
#[derive(Debug)]
pub(super) enum Cell {
    Text(Span),
    /// A stable name and what it means; the meaning goes first where room is short.
    Named(Span, Span),
    /// As many as there is room for.
    List(Vec<Span>),
    /// Figures over time.
    Chart(Vec<u64>),
}

impl Cell {
    pub(super) fn new(role: Role, text: impl AsRef<str>) -> Self {
        Self::Text(Span::new(role, text))
    }

    pub(super) fn plain(text: impl AsRef<str>) -> Self {
        Self::new(Role::Plain, text)
    }

    pub(super) fn named(name: &str, meaning: &str) -> Self {
        Self::Named(Span::new(Role::Plain, name), Span::new(Role::Dim, meaning))
    }
}

/// Text in one role, without anything in it that could act on a terminal: [`Span::new`] is the only way in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Span {
    role: Role,
    text: String,
}

/// Spans in a row.
pub(super) type Line = Vec<Span>;

/// What a text is, which decides how it is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Plain,
    /// The thing to look at.
    Strong,
    /// The thing to look at last.
    Dim,
    Bad,
    Warn,
    Good,
    /// A command to type; never broken.
    Command,
    /// The words of a log or of another server.
    Quote,
}

impl Span {
    pub(super) fn new(role: Role, text: impl AsRef<str>) -> Self {
        Self { role, text: printable(text.as_ref().as_bytes()) }
    }

    pub(super) fn plain(text: impl AsRef<str>) -> Self {
        Self::new(Role::Plain, text)
    }

    pub(super) fn role(&self) -> Role {
        self.role
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Lengthens a line; what has the same role as its end becomes one span with it.
pub(super) fn push(line: &mut Line, role: Role, text: &str) {
    match line.last_mut() {
        Some(last) if last.role == role => last.text += &printable(text.as_bytes()),
        _ => line.push(Span::new(role, text)),
    }
}
