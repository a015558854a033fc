//! Text made to fit: measured in columns of a terminal, cut, wrapped, drawn.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::page::{Line, Role, Span, push};

/// The widest drawing: more is a table's work.
const CHART: usize = 72;

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Columns that a line takes.
pub(super) fn line_width(line: &[Span]) -> usize {
    line.iter().map(|span| width(span.text())).sum()
}

/// The begin of a text, with `…` where something is missing: after a word, unless that loses too much.
pub(super) fn cut_end(text: &str, max: usize) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let Some(room) = max.checked_sub(1) else { return String::new() };
    let head = head(text, room);
    let whole_word = text[head.len()..].starts_with(' ');
    let head = match head.rfind(' ') {
        Some(at) if !whole_word && width(&head[..at]) * 3 >= room * 2 => &head[..at],
        _ => head,
    };
    format!("{}…", head.trim_end_matches([' ', ',', ';', ':', '(', '-', '.']))
}

/// Both ends of a text.
pub(super) fn cut_middle(text: &str, max: usize) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let Some(room) = max.checked_sub(1) else { return String::new() };
    let head = head(text, room / 2);
    let room = room - width(head);
    let tail = text.char_indices().map(|(at, _)| &text[at..]).find(|tail| width(tail) <= room);
    format!("{head}…{}", tail.unwrap_or_default())
}

/// The longest begin that takes no more columns.
pub(super) fn head(text: &str, max: usize) -> &str {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.map(|end| &text[..end]).take_while(|head| width(head) <= max).last().unwrap_or_default()
}

/// Breaks a line at blanks, never within a command, and between the characters of scripts that write without blanks. What
/// cannot be broken may be wider.
pub(super) fn wrap(line: &[Span], max: usize) -> Vec<Line> {
    let line: Line = line.iter().map(|span| Span::new(span.role(), unspaced_broken(span, max))).collect();
    let mut lines = Vec::new();
    let mut current = Line::new();
    for word in words(&line) {
        let Some(first) = word.first() else { continue };
        if !current.is_empty() {
            if line_width(&current) + 1 + line_width(&word) > max {
                lines.push(std::mem::take(&mut current));
            } else {
                let same = current.last().is_some_and(|last| last.role() == first.role());
                push(&mut current, if same { first.role() } else { Role::Plain }, " ");
            }
        }
        for span in &word {
            push(&mut current, span.role(), span.text());
        }
    }
    if !current.is_empty() {
        lines.push(current);
    }
    lines
}

/// The text with blanks in those words that are wider.
pub(super) fn broken(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for mut word in text.split_inclusive(' ') {
        while width(word.trim_end_matches(' ')) > max.max(2) {
            let (begin, rest) = word.split_at(head(word, max.max(2)).len());
            out += begin;
            out.push(' ');
            word = rest;
        }
        out += word;
    }
    out
}

/// The text of the span, with blanks in those words that are wider and of a script without blanks: they may be a sentence.
fn unspaced_broken(span: &Span, max: usize) -> String {
    let text = span.text();
    // Of those scripts each character takes two columns.
    let unspaced = |word: &str| word.chars().any(|c| c.width() == Some(2));
    if span.role() == Role::Command || !unspaced(text) {
        return text.to_owned();
    }
    let words = text.split_inclusive(' ');
    words.map(|word| if unspaced(word) { broken(word, max) } else { word.to_owned() }).collect()
}

/// The parts between blanks, each of which may have several roles.
fn words(line: &[Span]) -> Vec<Line> {
    let mut words = vec![Line::new()];
    let mut last = 0;
    for span in line {
        let blanks: &[char] = if span.role() == Role::Command { &[] } else { &[' '] };
        for (i, part) in span.text().split(blanks).enumerate() {
            if i > 0 {
                words.push(Line::new());
                last += 1;
            }
            if !part.is_empty() {
                push(&mut words[last], span.role(), part);
            }
        }
    }
    words
}

/// Items side by side, `gap` columns apart, in as many lines as it takes.
pub(super) fn flow(items: &[Line], gap: usize, max: usize) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    for item in items {
        let mut parts = if line_width(item) > max { wrap(item, max) } else { vec![item.clone()] }.into_iter();
        let (Some(first), Some(line)) = (parts.next(), lines.last_mut()) else { continue };
        if line.is_empty() {
            *line = first;
        } else if line_width(line) + gap + line_width(&first) <= max {
            push(line, Role::Plain, &" ".repeat(gap));
            line.extend(first);
        } else {
            lines.push(first);
        }
        lines.extend(parts);
    }
    lines
}

/// How wide figures are drawn where there is room.
pub(super) fn chart_width(figures: &[u64]) -> usize {
    columns(figures, CHART)
}

fn columns(figures: &[u64], max: usize) -> usize {
    figures.len().div_ceil(figures.len().div_ceil(max.max(1)).max(1))
}

/// Figures as a row of bars; only nothing has the lowest. Each bar stands for the same number of figures.
pub(super) fn chart(figures: &[u64], max: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let each = figures.len().div_ceil(max.clamp(1, CHART)).max(1);
    let sums = figures.chunks(each).map(|part| part.iter().map(|&n| u128::from(n)).sum());
    let sums: Vec<u128> = sums.collect();
    let most = sums.iter().copied().max().unwrap_or_default().max(1);
    sums.iter()
        .map(|sum| BARS[usize::try_from((sum * 7).div_ceil(most)).map_or(7, |bar| bar.min(7))])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts() {
        assert_eq!(cut_end("mailbox is full", 15), "mailbox is full");
        assert_eq!(cut_end("mailbox is full", 14), "mailbox is…");
        assert_eq!(cut_end("mailbox is full", 11), "mailbox is…");
        assert_eq!(cut_end("a verylongwordindeed", 10), "a verylon…");
        assert_eq!(cut_end("ящик", 0), "");
        assert_eq!(cut_end("信箱已满", 5), "信箱…");
        assert_eq!(cut_middle("tenant.mail.protection.example", 12), "tenan…xample");
        assert_eq!(cut_middle("信箱已满信箱已满", 7), "信…已满");
    }

    #[test]
    fn wraps() {
        let text = |lines: Vec<Line>| -> Vec<String> {
            lines.iter().map(|line| line.iter().map(Span::text).collect()).collect()
        };
        let line = [
            Span::plain("Ask for removal:"),
            Span::plain(" "),
            Span::new(Role::Command, "mailwhy explain x"),
            Span::plain("."),
        ];
        assert_eq!(text(wrap(&line, 80)), ["Ask for removal: mailwhy explain x."]);
        assert_eq!(text(wrap(&line, 20)), ["Ask for removal:", "mailwhy explain x."]);
        assert_eq!(text(wrap(&line, 8)), ["Ask for", "removal:", "mailwhy explain x."]);
        assert_eq!(wrap(&[], 8), Vec::<Line>::new());
        let line = [Span::plain("550 信箱已满 https://example.org/信箱"), Span::plain(" verylongword")];
        assert_eq!(
            text(wrap(&line, 7)),
            ["550", "信箱已", "满", "https:/", "/exampl", "e.org/", "信箱", "verylongword"]
        );
        assert_eq!(broken("a verylongword 信箱已满 x", 5), "a veryl ongwo rd 信箱 已满 x");
        let items =
            [vec![Span::plain("one two")], vec![Span::plain("three")], vec![Span::plain("four five")]];
        assert_eq!(text(flow(&items, 3, 16)), ["one two   three", "four five"]);
        assert_eq!(text(flow(&items, 3, 6)), ["one", "two", "three", "four", "five"]);
    }

    #[test]
    fn charts() {
        assert_eq!(chart(&[0, 1, 50, 100], 10), "▁▂▅█");
        assert_eq!(chart(&[0, 0], 10), "▁▁");
        assert_eq!(chart(&[u64::MAX, u64::MAX, 0], 2), "█▁");
        assert_eq!(chart(&[], 10), "");
        assert_eq!(chart_width(&[1; 100]), 50);
        assert_eq!(chart_width(&[]), 0);
    }
}
