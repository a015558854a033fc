/*!
For mail and browsers: one HTML file that needs nothing else.

Readers of mail know little CSS and drop style sheets, so what is styled is styled in place, in tables, with attributes
where those do. There are no links, images or scripts, and nothing from a log can become markup.
*/

use std::fmt::Write as _;
use std::io::{self, Write};

use mailwhy_codes::Lang;

use super::fit::chart;
use super::page::{Block, Cell, Column, Fact, Line, Page, Panel, Role, Row, Span};

/// The widest drawing.
const CHART: usize = 48;

const FONT: &str = "font:14px/1.45 'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1f2937";
const MONO: &str = "font:13px ui-monospace,Menlo,Consolas,'Liberation Mono',monospace";
const DIM: &str = "#6b7280";
const RULE: &str = "border-top:1px solid #e5e7eb";

pub(super) fn write(page: &Page, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut body = String::new();
    for block in page {
        match block {
            Block::Head(rows) => head(rows, &mut body),
            Block::Sentence(line) => body += &format!("<p style=\"margin:12px 0\">{}</p>\n", inline(line)),
            Block::Facts(list) => facts(list, &mut body),
            Block::Panel(table) => panel(table, &mut body),
        }
    }
    let title = title(page).unwrap_or("mailwhy");
    let lang = lang.as_str();
    write!(
        out,
        "<!DOCTYPE html>\n\
         <html lang=\"{lang}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light\">\n\
         <title>{}</title>\n\
         </head>\n\
         <body style=\"margin:0;padding:12px;background:#f3f4f6\">\n\
         <div style=\"max-width:900px;margin:0 auto;padding:8px 20px 20px;background:#fff;border-radius:8px;\
         overflow-x:auto;{FONT}\">\n\
         {body}</div>\n\
         </body>\n\
         </html>\n",
        escape(title)
    )
}

/// What the page is about.
fn title(page: &Page) -> Option<&str> {
    let Some(Block::Head(rows)) = page.first() else { return None };
    Some(rows.first()?.first()?.first()?.text())
}

fn head(rows: &[Vec<Line>], out: &mut String) {
    for (i, items) in rows.iter().enumerate() {
        let mut items = items.iter();
        if i == 0 {
            let title: String = items.next().into_iter().flatten().map(|span| escape(span.text())).collect();
            *out += &format!("<h1 style=\"margin:12px 0 4px;font-size:20px\">{title}</h1>\n");
        }
        let items: Vec<_> = items.map(|item| inline(item)).collect();
        *out += &format!("<div style=\"color:{DIM}\">{}</div>\n", items.join(" · "));
    }
}

fn facts(facts: &[Fact], out: &mut String) {
    *out += &format!("<table cellpadding=\"4\" cellspacing=\"0\" style=\"margin:12px 0 0 -4px;{FONT}\">\n");
    for fact in facts {
        let chart = fact.chart.iter().map(|figures| drawing(figures));
        let items = chart.chain(fact.items.iter().map(|item| inline(item)));
        let items = items.collect::<Vec<_>>().join(" &nbsp; ");
        *out += &format!(
            "<tr valign=\"top\"><td style=\"color:{DIM}\">{}</td><td>{items}</td></tr>\n",
            escape(fact.label)
        );
    }
    *out += "</table>\n";
}

fn panel(panel: &Panel, out: &mut String) {
    *out += &format!("<h2 style=\"margin:24px 0 4px;font-size:15px\">{}", escape(panel.title));
    if let Some(note) = &panel.note {
        *out += &format!(" <span style=\"font-weight:normal;color:{DIM}\">{}</span>", escape(note));
    }
    *out += &format!(
        "</h2>\n<table cellpadding=\"5\" cellspacing=\"0\" width=\"100%\" style=\"border-collapse:collapse;{FONT}\">\n"
    );
    if panel.columns.iter().any(|column| !column.head.is_empty()) {
        *out += &format!("<tr style=\"color:{DIM};font-size:12px\">");
        if panel.numbered {
            *out += "<td></td>";
        }
        for column in &panel.columns {
            *out += &format!("<td{}>{}</td>", align(column), escape(column.head));
        }
        *out += "</tr>\n";
    }
    for (i, row) in panel.rows.iter().enumerate() {
        let number = panel.numbered.then_some(i + 1);
        write_row(panel, number, row, out);
    }
    *out += "</table>\n";
    for hint in &panel.hints {
        *out += &format!("<div style=\"margin:4px;color:{DIM};font-size:12px\">{}</div>\n", inline(hint));
    }
}

fn write_row(panel: &Panel, number: Option<usize>, row: &Row, out: &mut String) {
    *out += "<tr valign=\"top\">";
    if let Some(number) = number {
        *out += &format!("<td width=\"1\" style=\"{RULE}\"><b>{number}</b></td>");
    }
    for (cell, column) in row.cells.iter().zip(&panel.columns) {
        let whole = if column.shrink.is_none() { ";white-space:nowrap" } else { "" };
        *out += &format!("<td{} style=\"{RULE}{whole}\">{}</td>", align(column), content(cell));
    }
    *out += "</tr>\n";
    if row.details.is_empty() {
        return;
    }
    if number.is_some() {
        *out += "<tr><td></td>";
    } else {
        *out += "<tr>";
    }
    let details: Vec<_> = row.details.iter().map(|detail| inline(detail)).collect();
    *out += &format!(
        "<td colspan=\"{}\" style=\"padding-top:0\">{}</td></tr>\n",
        panel.columns.len(),
        details.join("<br>")
    );
}

fn align(column: &Column) -> &'static str {
    if column.right { " align=\"right\"" } else { "" }
}

fn content(cell: &Cell) -> String {
    match cell {
        Cell::Text(span) => inline(std::slice::from_ref(span)),
        Cell::Named(name, meaning) => inline(&[name.clone(), Span::plain(" "), meaning.clone()]),
        Cell::List(items) => {
            items.iter().map(|item| inline(std::slice::from_ref(item))).collect::<Vec<_>>().join(", ")
        }
        Cell::Chart(figures) => drawing(figures),
    }
}

fn drawing(figures: &[u64]) -> String {
    format!("<span style=\"{MONO};letter-spacing:-1px;color:#2563eb\">{}</span>", chart(figures, CHART))
}

fn inline(line: &[Span]) -> String {
    let mut out = String::new();
    for span in line {
        let text = escape(span.text());
        // Writing into a string cannot fail.
        let _ = match span.role() {
            _ if text.trim().is_empty() => write!(out, "{text}"),
            Role::Plain => write!(out, "{text}"),
            Role::Strong => write!(out, "<b>{text}</b>"),
            Role::Command => {
                write!(out, "<code style=\"{MONO};background:#f3f4f6;padding:1px 4px\">{text}</code>")
            }
            Role::Quote => write!(out, "<span style=\"{MONO};color:#374151\">{text}</span>"),
            Role::Dim => write!(out, "<span style=\"color:{DIM}\">{text}</span>"),
            Role::Bad => write!(out, "<span style=\"color:#b91c1c\">{text}</span>"),
            Role::Warn => write!(out, "<span style=\"color:#b45309\">{text}</span>"),
            Role::Good => write!(out, "<span style=\"color:#15803d\">{text}</span>"),
        };
    }
    out
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
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
        let line =
            [Span::plain("<script>alert(1)</script>"), Span::new(Role::Quote, "\" onload='x' \x1b[31m&amp;")];
        let html = inline(&line);
        assert!(html.starts_with("&lt;script&gt;"), "{html}");
        assert!(html.contains("&quot; onload=&#39;x&#39; "), "{html}");
        assert!(html.contains("&amp;amp;") && !html.contains('\x1b'), "{html}");
    }
}
