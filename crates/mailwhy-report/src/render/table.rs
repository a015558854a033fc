//! Tables on a terminal: no borders, numbers to the right, as narrow as they must be.

use super::fit::{broken, chart, chart_width, cut_end, cut_middle, line_width, width, wrap};
use super::page::{Cell, Column, Line, Panel, Role, Row, Shrink, Span, push};

/// Between two columns.
const GAP: usize = 2;

/// To which width columns shrink when all else has been done.
const LEAST: usize = 4;

/// Where sentences of a row begin.
const INDENT: usize = 2;

/// What stands between a name and its meaning, and between the items of a list.
const COLON: &str = ": ";
const COMMA: &str = ", ";

/// The lines of a table; sentences in it are at most `prose` wide.
pub(super) fn layout(panel: &Panel, max: usize, prose: usize) -> Vec<Line> {
    let numbers = if panel.numbered { panel.rows.len().to_string().len() + 1 } else { 0 };
    let title = title(panel);
    let widths = widths(panel, width(&title).saturating_sub(numbers), max.saturating_sub(numbers));

    let mut lines = head(panel, &title, numbers, &widths);
    for (i, row) in panel.rows.iter().enumerate() {
        if panel.spaced && i > 0 {
            lines.push(Line::new());
        }
        let begin = lines.len();
        lines.extend(cells(panel, row, numbers, &widths));
        if panel.numbered {
            let number = format!("{:>1$} ", i + 1, numbers - 1);
            // The row's own begin is blank as far as the number goes.
            let rest = lines[begin].split_off(1);
            let mut first = vec![Span::new(Role::Strong, number)];
            first.extend(rest);
            lines[begin] = first;
        }
        let indent = if panel.numbered { numbers } else { INDENT };
        for detail in &row.details {
            let room = prose.min(max).saturating_sub(indent);
            lines.extend(wrap(detail, room).into_iter().map(|line| indented(indent, line)));
        }
    }
    if panel.spaced && !panel.hints.is_empty() {
        lines.push(Line::new());
    }
    for hint in &panel.hints {
        lines.extend(wrap(hint, max.saturating_sub(INDENT)).into_iter().map(|line| indented(INDENT, line)));
    }
    lines
}

/// A line moved to the right.
pub(super) fn indented(by: usize, line: Line) -> Line {
    let mut out = vec![Span::plain(" ".repeat(by))];
    out.extend(line);
    out
}

fn title(panel: &Panel) -> String {
    let title = panel.title.to_uppercase();
    match &panel.note {
        Some(note) => format!("{title}   {note}"),
        None => title,
    }
}

/// The width of each column, `None` for those that are left out.
fn widths(panel: &Panel, title: usize, max: usize) -> Vec<Option<usize>> {
    let columns = &panel.columns;
    let mut natural: Vec<usize> = (0..columns.len()).map(|i| used(panel, i, cell_width)).collect();
    let mut least: Vec<usize> = columns
        .iter()
        .zip(&natural)
        .map(|(column, &natural)| match column.shrink {
            Some((_, least)) => least.max(width(column.head)).min(natural),
            None => natural,
        })
        .collect();

    // The title stands over the columns without a head; the last of them makes room for it.
    let lead = columns.iter().take_while(|column| column.head.is_empty()).count();
    if let Some(last) = lead.checked_sub(1).filter(|_| lead < columns.len()) {
        let before: usize = natural[..last].iter().map(|w| w + GAP).sum();
        let room = title.saturating_sub(before);
        natural[last] = natural[last].max(room);
        least[last] = least[last].max(room);
    }

    let mut kept = vec![true; columns.len()];
    let mut widths = natural.clone();
    let total = |widths: &[usize], kept: &[bool]| {
        let widths = widths.iter().zip(kept).filter(|&(_, &kept)| kept).map(|(width, _)| width + GAP);
        widths.sum::<usize>().saturating_sub(GAP)
    };
    while total(&widths, &kept) > max {
        let can =
            (0..columns.len()).filter(|&i| kept[i] && columns[i].shrink.is_some() && widths[i] > least[i]);
        if let Some(widest) = can.max_by_key(|&i| widths[i]) {
            widths[widest] -= 1;
        } else if let Some(spare) = (0..columns.len()).rfind(|&i| kept[i] && columns[i].spare) {
            kept[spare] = false;
            widths.clone_from(&natural);
        } else if columns.iter().zip(&least).any(|(column, &least)| column.shrink.is_some() && least > LEAST)
        {
            for (least, _) in least.iter_mut().zip(columns).filter(|(_, column)| column.shrink.is_some()) {
                *least = LEAST.min(*least);
            }
        } else {
            break;
        }
    }

    // Words and items are cut off whole, which leaves room; the first columns that can use it get it.
    let shrunk: Vec<usize> = (0..columns.len()).filter(|&i| kept[i] && widths[i] < natural[i]).collect();
    let fitted = |i: usize, width| used(panel, i, |cell| fitted_width(&fit(cell, &columns[i], width)));
    for &i in &shrunk {
        widths[i] = fitted(i, widths[i]).max(least[i]).min(widths[i]);
    }
    for &i in &shrunk {
        let free = max.saturating_sub(total(&widths, &kept));
        widths[i] = fitted(i, (widths[i] + free).min(natural[i])).max(widths[i]);
    }
    widths.into_iter().zip(kept).map(|(width, kept)| kept.then_some(width)).collect()
}

/// The width that the head and the cells of a column need.
fn used(panel: &Panel, column: usize, width_of: impl Fn(&Cell) -> usize) -> usize {
    let cells =
        panel.rows.iter().filter_map(|row| row.cells.get(column)).map(width_of).max().unwrap_or_default();
    cells.max(width(panel.columns[column].head))
}

/// The title and the heads of columns.
fn head(panel: &Panel, title: &str, numbers: usize, widths: &[Option<usize>]) -> Vec<Line> {
    let mut heads = Placer::new(numbers);
    let mut begin = None;
    for (column, width) in panel.columns.iter().zip(widths) {
        let Some(width) = width else { continue };
        if !column.head.is_empty() {
            begin.get_or_insert(
                heads.next + if column.right { width - self::width(column.head).min(*width) } else { 0 },
            );
        }
        heads.cell(vec![Span::new(Role::Dim, column.head)], *width, column.right);
    }
    let title_line = |title| vec![Span::new(Role::Strong, title)];
    match begin {
        None => vec![title_line(title)],
        Some(begin) if width(title) + GAP <= begin => {
            let mut line = title_line(title);
            push(&mut line, Role::Plain, &" ".repeat(begin - width(title)));
            line.extend(heads.line.into_iter().skip_while(|span| span.text().trim().is_empty()));
            vec![line]
        }
        Some(_) => vec![title_line(title), heads.line],
    }
}

/// The lines of a row: several where a cell is wrapped.
fn cells(panel: &Panel, row: &Row, numbers: usize, widths: &[Option<usize>]) -> Vec<Line> {
    let columns = || panel.columns.iter().zip(widths).filter_map(|(column, width)| Some((column, (*width)?)));
    let kept = row.cells.iter().zip(widths).filter(|(_, width)| width.is_some()).map(|(cell, _)| cell);
    let fitted: Vec<Vec<Line>> =
        kept.zip(columns()).map(|(cell, (column, width))| fit(cell, column, width)).collect();
    let height = fitted.iter().map(Vec::len).max().unwrap_or_default();
    (0..height)
        .map(|i| {
            let mut placer = Placer::new(numbers);
            for (lines, (column, width)) in fitted.iter().zip(columns()) {
                placer.cell(lines.get(i).cloned().unwrap_or_default(), width, column.right);
            }
            placer.line
        })
        .collect()
}

/// Puts cells side by side, without blanks at the end.
struct Placer {
    line: Line,
    /// Columns used.
    used: usize,
    /// Where the next cell begins.
    next: usize,
}

impl Placer {
    fn new(indent: usize) -> Self {
        Self {
            line: if indent > 0 { indented(indent, Line::new()) } else { Line::new() },
            used: indent,
            next: indent,
        }
    }

    fn cell(&mut self, cell: Line, width: usize, right: bool) {
        let own = line_width(&cell);
        if own > 0 {
            let begin = self.next + if right { width.saturating_sub(own) } else { 0 };
            if begin > self.used {
                self.line.push(Span::plain(" ".repeat(begin - self.used)));
            }
            self.line.extend(cell);
            self.used = begin + own;
        }
        self.next += width + GAP;
    }
}

/// The columns a cell takes where there is room.
fn cell_width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(span) => width(span.text()),
        Cell::Named(name, meaning) if meaning.text().is_empty() => width(name.text()),
        Cell::Named(name, meaning) => width(name.text()) + COLON.len() + width(meaning.text()),
        Cell::List(items) => {
            let commas = COMMA.len() * items.len().saturating_sub(1);
            items.iter().map(|item| width(item.text())).sum::<usize>() + commas
        }
        Cell::Chart(figures) => chart_width(figures),
    }
}

fn fitted_width(lines: &[Line]) -> usize {
    lines.iter().map(|line| line_width(line)).max().unwrap_or_default()
}

/// The content of a cell in `max` columns.
fn fit(cell: &Cell, column: &Column, max: usize) -> Vec<Line> {
    let how = column.shrink.map(|(how, _)| how);
    match cell {
        Cell::Text(span) => match how {
            Some(Shrink::End) => vec![vec![Span::new(span.role(), cut_end(span.text(), max))]],
            Some(Shrink::Middle) => vec![vec![Span::new(span.role(), cut_middle(span.text(), max))]],
            Some(Shrink::Wrap) => wrap(&[Span::new(span.role(), broken(span.text(), max))], max),
            None => vec![vec![span.clone()]],
        },
        Cell::Named(name, meaning) => {
            let room = max.saturating_sub(width(name.text()) + COLON.len());
            // A meaning of a word or less tells nothing.
            if meaning.text().is_empty() || room < width(meaning.text()).min(12) {
                return vec![vec![Span::new(name.role(), cut_end(name.text(), max))]];
            }
            let meaning = Span::new(meaning.role(), cut_end(meaning.text(), room));
            vec![vec![name.clone(), Span::new(Role::Dim, COLON), meaning]]
        }
        Cell::List(items) => {
            let mut line = Line::new();
            for item in items {
                let comma = if line.is_empty() { "" } else { COMMA };
                if line_width(&line) + comma.len() + width(item.text()) > max {
                    break;
                }
                push(&mut line, item.role(), comma);
                push(&mut line, item.role(), item.text());
            }
            match items.first() {
                Some(first) if line.is_empty() => {
                    vec![vec![Span::new(first.role(), cut_end(first.text(), max))]]
                }
                _ => vec![line],
            }
        }
        Cell::Chart(figures) => vec![vec![Span::plain(chart(figures, max))]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(panel: &Panel, max: usize) -> Vec<String> {
        layout(panel, max, max).iter().map(|line| line.iter().map(Span::text).collect()).collect()
    }

    fn panel() -> Panel {
        let row = |name: &str, n: &str, places: &[&str]| Row {
            cells: vec![
                Cell::plain(name),
                Cell::plain(n),
                Cell::List(places.iter().map(Span::plain).collect()),
            ],
            details: Vec::new(),
        };
        Panel {
            title: "Hosts",
            note: None,
            numbered: false,
            spaced: false,
            columns: vec![
                Column::text("").shrink(Shrink::Middle, 12),
                Column::number("times"),
                Column::text("mostly").shrink(Shrink::End, 8).spare(),
            ],
            rows: vec![
                row("mx1.mail.protection.example", "4,112", &["full 61 %", "gone 14 %"]),
                row("почта.example", "7", &[]),
            ],
            hints: vec![vec![Span::plain("2 more")]],
        }
    }

    #[test]
    fn tables_shrink() {
        assert_eq!(
            text(&panel(), 80),
            [
                "HOSTS                        times  mostly",
                "mx1.mail.protection.example  4,112  full 61 %, gone 14 %",
                "почта.example                    7",
                "  2 more",
            ]
        );
        assert_eq!(
            text(&panel(), 38),
            [
                "HOSTS                 times  mostly",
                "mx1.mail.…on.example  4,112  full 61 %",
                "почта.example             7",
                "  2 more",
            ]
        );
        assert_eq!(
            text(&panel(), 20),
            ["HOSTS          times", "mx1.ma…xample  4,112", "почта.example      7", "  2 more"]
        );
    }

    #[test]
    fn numbered_rows_have_their_sentences_below() {
        let mut panel = panel();
        panel.numbered = true;
        panel.rows[0].details = vec![vec![Span::plain("Ask the administrator there")]];
        assert_eq!(
            text(&panel, 30),
            [
                "HOSTS                    times",
                "1 mx1.mail.p…on.example  4,112",
                "  Ask the administrator there",
                "2 почта.example              7",
                "  2 more",
            ]
        );
    }
}
