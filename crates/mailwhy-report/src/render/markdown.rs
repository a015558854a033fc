//! For tickets and mails: GitHub's Markdown, in which nothing from a log can become markup.

use std::io::{self, Write};

use super::fit::chart;
use super::page::{Block, Cell, Line, Page, Panel, Role, Row, Span};

/// The widest drawing.
const CHART: usize = 48;

pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for (i, block) in page.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        match block {
            Block::Head(rows) => write_head(rows, out)?,
            Block::Sentence(line) => writeln!(out, "{}", inline(line))?,
            Block::Facts(facts) => {
                for fact in facts {
                    let chart = fact.chart.iter().map(|figures| chart(figures, CHART));
                    let items = chart.chain(fact.items.iter().map(|item| inline(item)));
                    writeln!(out, "- **{}**: {}", fact.label, items.collect::<Vec<_>>().join(" · "))?;
                }
            }
            Block::Panel(panel) => {
                write!(out, "## {}\n\n", panel.title)?;
                if let Some(note) = &panel.note {
                    write!(out, "{}\n\n", escape(note))?;
                }
                if panel.rows.iter().any(|row| !row.details.is_empty()) {
                    write_list(panel, out)?;
                } else {
                    write_table(panel, out)?;
                }
                for hint in &panel.hints {
                    write!(out, "\n{}\n", inline(hint))?;
                }
            }
        }
    }
    Ok(())
}

fn write_head(rows: &[Vec<Line>], out: &mut dyn Write) -> io::Result<()> {
    let mut items = rows.iter().flatten();
    let title: String = items.next().into_iter().flatten().map(|span| escape(span.text())).collect();
    let items: Vec<_> = items.map(|item| inline(item)).collect();
    write!(out, "# {title}\n\n{}\n", items.join(" · "))
}

fn write_table(panel: &Panel, out: &mut dyn Write) -> io::Result<()> {
    for column in &panel.columns {
        write!(out, "| {} ", column.head)?;
    }
    writeln!(out, "|")?;
    for column in &panel.columns {
        write!(out, "|{}", if column.right { "--:" } else { "---" })?;
    }
    writeln!(out, "|")?;
    for row in &panel.rows {
        for cell in &row.cells {
            write!(out, "| {} ", content(cell))?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}

/// Rows with sentences have no place in a table.
fn write_list(panel: &Panel, out: &mut dyn Write) -> io::Result<()> {
    for (i, Row { cells, details }) in panel.rows.iter().enumerate() {
        let mut named = String::new();
        let mut figures = Vec::new();
        for (cell, column) in cells.iter().zip(&panel.columns) {
            let content = content(cell);
            if content.is_empty() {
                continue;
            }
            if column.head.is_empty() {
                named += if named.is_empty() { "" } else { " " };
                named += &content;
            } else {
                figures.push(format!("{}: {content}", column.head));
            }
        }
        figures.insert(0, named);
        let mark = if panel.numbered { format!("{}.", i + 1) } else { "-".into() };
        writeln!(out, "{mark} {}", figures.join(" · "))?;
        for detail in details {
            writeln!(out, "    - {}", inline(detail))?;
        }
    }
    Ok(())
}

fn content(cell: &Cell) -> String {
    match cell {
        Cell::Text(span) => inline(std::slice::from_ref(span)),
        Cell::Named(name, meaning) if meaning.text().is_empty() => escape(name.text()),
        Cell::Named(name, meaning) => {
            format!("{}: {}", escape(name.text()), inline(std::slice::from_ref(meaning)))
        }
        Cell::List(items) => items.iter().map(|item| escape(item.text())).collect::<Vec<_>>().join(", "),
        Cell::Chart(figures) => chart(figures, CHART),
    }
}

fn inline(line: &[Span]) -> String {
    line.iter()
        .map(|span| match span.role() {
            _ if span.text().trim().is_empty() => span.text().to_owned(),
            Role::Strong => format!("**{}**", escape(span.text())),
            Role::Command | Role::Quote => code(span.text()),
            Role::Plain | Role::Dim | Role::Bad | Role::Warn | Role::Good => escape(span.text()),
        })
        .collect()
}

/// A code span: no markup, link or mention works in it.
fn code(text: &str) -> String {
    // Readers of tables disagree on a backslash before a pipe in code.
    if text.contains("\\|") {
        return escape(text);
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.trim().replace('|', "\\|"))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_no_markup() {
        assert_eq!(
            escape("<b>*x*|_y_</b> [z](u) &amp;"),
            "&lt;b&gt;\\*x\\*\\|\\_y\\_&lt;/b&gt; \\[z\\](u) &amp;amp;"
        );
        assert_eq!(code("a|b <i>"), "`a\\|b <i>`");
        assert_eq!(code("``x`"), "``` ``x` ```");
        assert_eq!(code("a\\|b"), "a\\\\\\|b");
    }
}
