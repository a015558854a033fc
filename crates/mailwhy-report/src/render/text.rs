//! For people, on a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};

use super::Style;
use super::fit::{chart, flow, line_width, width, wrap};
use super::page::{Block, Fact, Line, Page, Role, Span};
use super::table::{indented, layout};

/// The widest that sentences are: longer lines are hard to read.
const PROSE: usize = 110;

/// Between two figures.
const GAP: usize = 3;

/// Where figures begin.
const INDENT: usize = 2;

pub(super) fn write(page: &Page, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let prose = style.width.min(PROSE);
    for (i, block) in page.iter().enumerate() {
        let joined = matches!(
            (block, i.checked_sub(1).map(|i| &page[i])),
            (Block::Sentence(_), Some(Block::Sentence(_)))
        );
        if i > 0 && !joined {
            writeln!(out)?;
        }
        let lines = match block {
            Block::Head(rows) => rows.iter().flat_map(|items| flow(items, GAP, style.width)).collect(),
            Block::Sentence(line) => wrap(line, prose),
            Block::Facts(facts) => lay_facts(facts, style.width),
            Block::Panel(panel) => layout(panel, style.width, prose),
        };
        for line in &lines {
            write_line(line, style.color, out)?;
        }
    }
    Ok(())
}

fn lay_facts(facts: &[Fact], max: usize) -> Vec<Line> {
    let labels = facts.iter().map(|fact| width(fact.label)).max().unwrap_or_default();
    let begin = INDENT + labels + GAP;
    let room = max.saturating_sub(begin);
    let mut lines = Vec::new();
    for fact in facts {
        let mut items = fact.items.clone();
        if let Some(figures) = &fact.chart {
            let others: usize = items.iter().map(|item| line_width(item) + GAP).sum();
            items.insert(0, vec![Span::plain(chart(figures, room.saturating_sub(others)))]);
        }
        for (i, line) in flow(&items, GAP, room).into_iter().enumerate() {
            let label = if i == 0 { fact.label } else { "" };
            let blank = " ".repeat(begin - INDENT - width(label));
            let mut whole = vec![Span::plain(format!("{label}{blank}"))];
            whole.extend(line);
            lines.push(indented(INDENT, whole));
        }
    }
    lines
}

pub(super) fn write_line(line: &[Span], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let end = line.iter().rposition(|span| !span.text().trim_end_matches(' ').is_empty());
    for (i, span) in line.iter().enumerate().take_while(|&(i, _)| Some(i) <= end) {
        let paint = if color { paint(span.role()) } else { Paint::new() };
        let text = if Some(i) == end { span.text().trim_end_matches(' ') } else { span.text() };
        write!(out, "{paint}{text}{paint:#}")?;
    }
    writeln!(out)
}

fn paint(role: Role) -> Paint {
    match role {
        Role::Plain | Role::Quote => Paint::new(),
        Role::Strong => Paint::new().bold(),
        Role::Dim => Paint::new().dimmed(),
        Role::Bad => AnsiColor::Red.on_default(),
        Role::Warn => AnsiColor::Yellow.on_default(),
        Role::Good => AnsiColor::Green.on_default(),
        Role::Command => AnsiColor::Cyan.on_default(),
    }
}
