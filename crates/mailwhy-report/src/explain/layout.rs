//! Lines for a terminal.

use unicode_width::UnicodeWidthStr;

/// The text broken at blanks, with the same indent before each line but the first, which begins with `lead`. A word that
/// is too long stays whole: it may be a command or a link.
pub(super) fn wrap(lead: &str, text: &str, width: usize) -> String {
    let indent = " ".repeat(lead.width());
    let mut out = lead.to_owned();
    let mut column = lead.width();
    let mut begun = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if begun && column + 1 + word.width() > width {
            out.push('\n');
            out += &indent;
            column = indent.len();
        } else if begun {
            out.push(' ');
            column += 1;
        }
        out += word;
        column += word.width();
        begun = true;
    }
    out.push('\n');
    out
}

/// The text with blanks behind it, up to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The columns of the widest.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps() {
        assert_eq!(wrap("  1. ", "one two three", 12), "  1. one two\n     three\n");
        assert_eq!(wrap("", "unbreakable", 3), "unbreakable\n");
        assert_eq!(wrap("· ", "ящик полон", 8), "· ящик\n  полон\n");
    }
}
