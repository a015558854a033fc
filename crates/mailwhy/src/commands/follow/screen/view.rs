//! The screen, drawn.

use mailwhy::report::{Style as Print, printable};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Sparkline};

use super::super::entry::{Entry, columns, cut, pad, title, wrap};
use super::rates::{COUNTED, MINUTES};
use super::state::{Kept, Over, State};
use crate::cli::What;

/// Columns of the names of what is counted or happened.
const WHAT: usize = 11;

/// Columns of the figures behind the bars.
const RATE: usize = 9;

/// The rows of everything but the list, in a small and in a tall terminal.
const COUNTERS: u16 = COUNTED.len() as u16;
const CAUSES: (u16, u16) = (3, 6);

/// Draws the screen.
pub fn draw(state: &mut State, color: bool, frame: &mut Frame<'_>) {
    let height = frame.area().height;
    // What does not fit is left out: the causes first, then the counters.
    let causes = match height {
        0..16 => 0,
        16..36 => CAUSES.0 + 1,
        _ => CAUSES.1 + 1,
    };
    let counters = if height < 10 { 0 } else { COUNTERS };
    let rows = [1, counters, causes].map(Constraint::Length);
    let [head, counters, causes, list, foot] =
        Layout::vertical([rows[0], rows[1], rows[2], Constraint::Fill(1), Constraint::Length(1)])
            .areas(frame.area());
    let page = Rect { height: foot.y.saturating_sub(counters.y), ..counters };
    let paint = Paint { color };

    draw_head(state, head, frame);
    match state.over {
        Over::Nothing => {
            draw_counters(state, paint, counters, frame);
            draw_causes(state, paint, causes, frame);
            draw_list(state, paint, list, frame);
        }
        Over::Help => draw_help(state, page, frame),
        Over::Explanation(line) => draw_explanation(state, line, page, frame),
    }
    draw_foot(state, foot, frame);
}

#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    /// The colour of what happened; it says nothing that the word does not.
    fn of(self, what: What) -> Style {
        let color = match what {
            What::Failed | What::Panic => Color::Red,
            What::Deferred | What::Host => Color::Yellow,
            What::Rejected | What::Login => Color::Magenta,
            What::Delivered => Color::Green,
            What::Arrived | What::Queue | What::Other => return Style::new(),
        };
        if self.color { Style::new().fg(color) } else { Style::new() }
    }
}

fn draw_head(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let words = state.words;
    let clock = format!("{:02}:{:02}", state.now.rem_euclid(86_400) / 3600, state.now.rem_euclid(3600) / 60);
    let how = state.paused().map_or(words.live.to_owned(), words.paused);
    let right = format!("{clock}  {how} ");
    let width = usize::from(area.width);
    let left = match &state.notice {
        Some(notice) => format!(" mailwhy  {notice}"),
        None => format!(" mailwhy  {}", state.title),
    };
    let left =
        pad(&cut(&left, width.saturating_sub(columns(&right) + 1)), width.saturating_sub(columns(&right)));
    let style = Style::new().add_modifier(Modifier::REVERSED);
    frame.render_widget(Line::styled(left + &right, style), area);
}

fn draw_counters(state: &State, paint: Paint, area: Rect, frame: &mut Frame<'_>) {
    let bars = u16::try_from(MINUTES).unwrap_or(u16::MAX);
    for (row, (place, what)) in area.rows().zip(COUNTED.into_iter().enumerate()) {
        let [name, chart, rate, hour] = Layout::horizontal([
            Constraint::Length(WHAT as u16),
            Constraint::Max(bars),
            Constraint::Length(RATE as u16),
            Constraint::Fill(1),
        ])
        .areas(row);
        let minutes = state.rates.minutes(place);
        frame.render_widget(Span::styled((state.words.what)(what), paint.of(what)), name);
        let skip = MINUTES.saturating_sub(usize::from(chart.width));
        frame.render_widget(Sparkline::default().data(&minutes[skip..]).style(paint.of(what)), chart);
        let figure = format!("{}{}", short(state.rates.per_minute(place)), state.words.per_minute);
        frame.render_widget(Line::raw(figure).right_aligned(), rate);
        let sum = format!("   {} {}", short(minutes.iter().sum()), state.words.last_hour);
        if columns(&sum) <= usize::from(hour.width) {
            frame.render_widget(Line::raw(sum), hour);
        }
    }
}

fn draw_causes(state: &State, paint: Paint, area: Rect, frame: &mut Frame<'_>) {
    let mut rows = area.rows();
    let Some(top) = rows.next() else { return };
    draw_rule(state.words.causes, "", top, frame);
    // What we refuse to others is counted, but is no trouble.
    let causes: Vec<_> =
        state.rates.causes().into_iter().filter(|(key, ..)| key.what != What::Rejected).collect();
    if causes.is_empty()
        && let Some(row) = rows.next()
    {
        frame.render_widget(Line::raw(format!("      {}", state.words.no_causes)), row);
        return;
    }
    for (row, (key, count, verdict)) in rows.zip(&causes) {
        let title = title(verdict, state.lang);
        let what = pad((state.words.what)(key.what), WHAT);
        let room = usize::from(row.width).saturating_sub(7 + WHAT);
        let spans = [
            Span::raw(format!("{:>6} ", short(*count))),
            Span::styled(what, paint.of(key.what)),
            Span::raw(cut(&title, room)),
        ];
        frame.render_widget(Line::from_iter(spans), row);
    }
}

fn draw_list(state: &mut State, paint: Paint, area: Rect, frame: &mut Frame<'_>) {
    let mut rows = area.rows();
    let Some(title) = rows.next() else { return };
    state.rows = usize::from(area.height.saturating_sub(1));
    let shown = state.shown();
    let words = state.words;
    let mut name = format!("{}: {}", words.events, state.filter.map_or(words.everything, words.what));
    if let Some(text) = &state.search {
        name += &format!(" {}", (words.searched)(text));
    }
    let selected = state.selected(&shown);
    let place = match selected {
        Some(at) if !state.is_pinned() => format!("{}/{}", at + 1, shown.len()),
        _ => shown.len().to_string(),
    };
    draw_rule(&name, &place, title, frame);
    let Some(selected) = selected else {
        if let Some(row) = rows.next() {
            let chosen = state.filter.is_some() || state.search.is_some();
            let text = if chosen { words.none_found } else { words.waiting };
            frame.render_widget(Line::raw(format!(" {text}")), row);
        }
        return;
    };
    // The newest at the bottom; the selected one in the middle, if it can be.
    let first = selected.saturating_sub(state.rows / 2).min(shown.len().saturating_sub(state.rows));
    let rows: Vec<_> = rows.zip(shown.iter().enumerate().skip(first)).collect();
    // Month and day only where they say something.
    let today = state.now.div_euclid(86_400);
    let is_today = |entry: &Entry| entry.time.is_none_or(|time| time.civil.div_euclid(86_400) == today);
    let time = if rows.iter().all(|(_, (_, kept))| is_today(&kept.entry)) { 11 } else { 5 };
    for (row, (at, kept)) in rows {
        let mark = at == selected && !state.is_pinned();
        let line = entry_line(state, paint, kept, (mark, time), usize::from(row.width));
        frame.render_widget(line, row);
    }
}

/// An entry in a row: whether it is marked, and from where on its date and time are shown.
fn entry_line(
    state: &State,
    paint: Paint,
    kept: &Kept,
    (mark, time): (bool, usize),
    width: usize,
) -> Line<'static> {
    let entry = &kept.entry;
    let time = &entry.date_time()[time..];
    let more = if kept.more > 0 { format!(" +{}", short(kept.more)) } else { String::new() };
    let room = width.saturating_sub(2 + time.len() + WHAT + columns(&more));
    let title = entry.title(state.lang);
    // An address is told apart by its begin, and a cause too.
    let who = cut(&entry.who, (room / 2).max(room.saturating_sub(columns(&title) + 2)));
    let text = if who.is_empty() { title } else { format!("{who}  {title}") };
    let line = Line::from_iter([
        Span::raw(format!("{}{} ", if mark { "›" } else { " " }, time)),
        Span::styled(pad((state.words.what)(entry.what), WHAT), paint.of(entry.what)),
        Span::raw(pad(&cut(&text, room), room)),
        Span::raw(more),
    ]);
    if mark { line.style(Style::new().add_modifier(Modifier::REVERSED)) } else { line }
}

fn draw_explanation(state: &mut State, line: usize, area: Rect, frame: &mut Frame<'_>) {
    state.rows = usize::from(area.height);
    let shown = state.shown();
    let Some(at) = state.selected(&shown) else { return };
    let lines = explanation(state, &shown[at].entry, usize::from(area.width));
    // The end stays at the bottom.
    let last = lines.len().saturating_sub(state.rows);
    let line = line.min(last);
    let rest: Vec<Line<'_>> = lines.into_iter().skip(line).collect();
    frame.render_widget(Paragraph::new(rest), area);
    state.over = Over::Explanation(line);
}

/// What an entry means, causes, what to do, and the line of the log.
fn explanation(state: &State, entry: &Entry, width: usize) -> Vec<Line<'static>> {
    let words = state.words;
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let mut head = format!("{}  {}  {}", entry.date_time(), (words.what)(entry.what), entry.who);
    if let Some(id) = &entry.id {
        head += &format!("  {id}");
    }
    let mut lines: Vec<Line<'static>> =
        wrap(&head, width).into_iter().map(|line| Line::styled(line, bold)).collect();
    lines.push(Line::default());
    match entry.explanation(state.lang) {
        Some(explanation) => {
            let style = Print { lang: state.lang, width, ..Print::default() };
            let mut text = Vec::new();
            // Writing to memory cannot fail.
            let _ = explanation.write_text(&style, &mut text);
            let text = String::from_utf8_lossy(&text).into_owned();
            for line in text.lines() {
                lines.extend(wrap_indented(line, width).into_iter().map(Line::raw));
            }
        }
        None => lines.push(Line::raw(words.no_cause)),
    }
    lines.push(Line::default());
    lines.push(Line::styled(
        format!("{} ({})", words.as_logged, printable(entry.log.to_string().as_bytes())),
        bold,
    ));
    for line in entry.raw.split(|&b| b == b'\n') {
        lines.extend(wrap(&printable(line), width).into_iter().map(Line::raw));
    }
    lines
}

/// A line that is too wide, as for a link, broken.
fn wrap_indented(line: &str, width: usize) -> Vec<String> {
    if columns(line) <= width { vec![line.to_owned()] } else { wrap(line, width) }
}

fn draw_help(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let words = state.words;
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let key_width = words.help.iter().map(|(key, _)| columns(key)).max().unwrap_or(0) + 2;
    let mut lines =
        vec![Line::default(), Line::styled(format!(" {}", words.help_title), bold), Line::default()];
    for (key, text) in words.help {
        let room = usize::from(area.width).saturating_sub(key_width + 2);
        for (n, part) in wrap(text, room).into_iter().enumerate() {
            let key = if n == 0 { *key } else { "" };
            lines.push(Line::from_iter([
                Span::styled(format!(" {}", pad(key, key_width)), bold),
                Span::raw(part),
            ]));
        }
    }
    lines.push(Line::default());
    lines.push(Line::raw(format!(" {}", words.help_close)));
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_foot(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let words = state.words;
    let width = usize::from(area.width);
    let text = match (&state.typing, state.over) {
        (Some(typed), _) => {
            let field = format!(" {}{typed}▏", words.search);
            let room = width.saturating_sub(columns(&field) + 2);
            if columns(words.keys_search) <= room {
                format!(
                    "{}{}",
                    pad(&field, columns(&field) + room - columns(words.keys_search)),
                    words.keys_search
                )
            } else {
                field
            }
        }
        (None, Over::Explanation(_)) => format!(" {}", words.keys_explain),
        (None, Over::Help) => String::new(),
        (None, Over::Nothing) => format!(" {}", words.keys),
    };
    frame.render_widget(Line::raw(cut(&text, width)), area);
}

/// A title in a line, with a figure at its end.
fn draw_rule(title: &str, figure: &str, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(area.width);
    let figure = if figure.is_empty() { String::new() } else { format!(" {figure} ─") };
    let title = format!("─ {} ", cut(title, width.saturating_sub(columns(&figure) + 4)));
    let fill = "─".repeat(width.saturating_sub(columns(&title) + columns(&figure)));
    let style = Style::new().add_modifier(Modifier::BOLD);
    frame.render_widget(Line::styled(format!("{title}{fill}{figure}"), style), area);
}

/// A number in few columns.
fn short(n: u64) -> String {
    match n {
        0..10_000 => n.to_string(),
        10_000..10_000_000 => format!("{}k", n / 1000),
        _ => format!("{}M", n / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0, 9_999, 10_000, 12_345_678].map(short), ["0", "9999", "10k", "12M"]);
    }
}
