//! The screen on a terminal that is not there, in both languages.

use std::sync::Arc;

use mailwhy::classify::Classifier;
use mailwhy::codes::Lang;
use mailwhy::input::Source;
use mailwhy::logs::Time;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::digest::Digest;
use super::state::{Flow, State};
use super::view::draw;
use crate::cli::What;
use crate::when::Window;

const ONLY: [What; 4] = [What::Failed, What::Deferred, What::Rejected, What::Host];

/// A log of the last quarter of an hour before ten, with deliveries, a storm, and bytes that mean harm.
fn log() -> Vec<u8> {
    let mut log = Vec::new();
    let mut line = |minute: u32, second: u32, text: &str| {
        log.extend_from_slice(format!("2026-08-01 09:{minute:02}:{second:02} {text}\n").as_bytes());
    };
    for minute in 30..60 {
        for second in 0..minute % 7 {
            line(
                minute,
                second,
                "1xUyE8-000420-0t => anna@gmail.com R=dns T=smtp H=gmail-smtp-in.l.google.com [142.250.1.27]",
            );
        }
    }
    line(58, 1, "1xUyE8-00041o-0d <= orders@shop.example U=www P=local S=355");
    line(
        58,
        2,
        "1xUyE8-00041o-0d ** gone@gmail.com R=dns T=smtp H=gmail-smtp-in.l.google.com [142.250.1.27]: SMTP error from remote mail server after RCPT TO:<gone@gmail.com>: 550-5.1.1 The email account that you tried to reach does not exist.\\n550 5.1.1 https://support.google.com/mail/?p=NoSuchUser x - gsmtp",
    );
    line(
        58,
        9,
        "H=(mail.bulk.example) [203.0.113.77] F=<win@bulk.example> rejected RCPT <x@gmail.com>: relay not permitted",
    );
    for second in 0..9 {
        line(
            59,
            second,
            "1xUyE8-00041w-0n == full.box@mail.ru R=dns T=smtp defer (-44) H=mxs.mail.ru [94.100.180.31]: SMTP error from remote mail server after RCPT TO:<full.box@mail.ru>: 452 4.2.2 mailbox full",
        );
    }
    line(59, 30, "1xUyE8-00043E-2H H=mx.down.example [192.0.2.10] Connection refused");
    line(
        59,
        31,
        "1xUyE8-00043E-2H ** a\u{1b}[31m\u{202e}@b.example R=dns T=smtp H=\u{1b}]0;x\u{7} [192.0.2.11]: SMTP error from remote mail server after RCPT TO:<a@b.example>: 550 \u{9b}2J信箱已满 no",
    );
    log
}

struct Screen {
    state: State,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    fn new(lang: Lang, (width, height): (u16, u16)) -> Self {
        let mut state = State::new(lang, &ONLY, 3, "/var/log/exim4/mainlog".to_owned());
        let host = ten();
        let mut digest = Digest::new(Classifier::new(), Window::default(), true);
        let source = Arc::new(Source::File("/var/log/exim4/mainlog".into()));
        digest.read(&source, 0, &log(), &mut |seen| state.push(seen, &source, false, host));
        state.caught_up(Some(host - 29), host);
        Self { state, terminal: Terminal::new(TestBackend::new(width, height)).unwrap() }
    }

    fn press(&mut self, code: KeyCode) -> Flow {
        let flow = self.state.key(KeyEvent::new(code, KeyModifiers::NONE));
        self.draw();
        flow
    }

    fn type_keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            self.press(KeyCode::Char(key));
        }
        self
    }

    /// What is seen; fails where a character would act on a terminal.
    fn draw(&mut self) -> String {
        self.terminal.draw(|frame| draw(&mut self.state, false, frame)).unwrap();
        let text = self.terminal.backend().to_string();
        assert!(!text.chars().any(|c| c != '\n' && c.is_control() || c == '\u{202e}'), "{text:?}");
        text
    }
}

/// Ten o'clock, in seconds of the civil clock.
fn ten() -> i64 {
    Time::new(2026, 8, 1, 10, 0, 0).unwrap().civil
}

#[test]
fn in_both_languages() {
    for (lang, name) in [(Lang::En, "en"), (Lang::Ru, "ru")] {
        let mut screen = Screen::new(lang, (80, 24));
        insta::assert_snapshot!(format!("list-{name}"), screen.draw());
        screen.press(KeyCode::Up);
        screen.press(KeyCode::Enter);
        insta::assert_snapshot!(format!("explanation-{name}"), screen.draw());
        screen.press(KeyCode::Esc);
        screen.type_keys("?");
        insta::assert_snapshot!(format!("help-{name}"), screen.draw());
    }
}

#[test]
fn it_fits_whatever_the_size() {
    for lang in [Lang::En, Lang::Ru] {
        for width in [1, 2, 5, 13, 20, 40, 79, 81, 133, 250] {
            for height in [1, 2, 3, 5, 9, 10, 15, 16, 40, 70] {
                let mut screen = Screen::new(lang, (width, height));
                screen.draw();
                screen.press(KeyCode::PageUp);
                screen.press(KeyCode::Enter);
                screen.press(KeyCode::PageDown);
                screen.press(KeyCode::Esc);
                screen.type_keys("?x/abc");
            }
        }
    }
    insta::assert_snapshot!("tall", Screen::new(Lang::En, (120, 40)).draw());
}

#[test]
fn a_storm_is_one_row() {
    let mut screen = Screen::new(Lang::En, (80, 24));
    let text = screen.draw();
    assert_eq!(text.matches("full.box@mail.ru").count(), 3, "{text}");
    assert!(text.contains("+6"), "{text}");
}

#[test]
fn filters_and_search() {
    let mut screen = Screen::new(Lang::En, (80, 24));
    let all = screen.state.shown().len();
    assert_eq!(screen.type_keys("F").state.shown().len(), 2);
    assert_eq!(screen.type_keys("R").state.shown().len(), 1);
    // Deliveries were not asked for, but can be looked at.
    assert!(screen.type_keys("S").state.shown().len() > 50);
    assert_eq!(screen.type_keys("f").state.shown().len(), all);
    assert_eq!(screen.type_keys("f").state.filter, Some(What::Failed));
    screen.press(KeyCode::Esc);
    assert_eq!(screen.state.filter, None);

    screen.type_keys("/GONEx");
    screen.press(KeyCode::Backspace);
    assert!(screen.draw().contains("Search: GONE▏"));
    screen.press(KeyCode::Enter);
    assert_eq!(screen.state.shown().len(), 1);
    assert!(screen.draw().contains("with \"gone\""));
    screen.type_keys("/nothing has this");
    screen.press(KeyCode::Enter);
    assert!(screen.draw().contains("Nothing of this kind."));
    assert_eq!(screen.press(KeyCode::Enter), Flow::Go);
    screen.press(KeyCode::Esc);
    assert_eq!(screen.state.shown().len(), all);
}

#[test]
fn a_pause_holds_the_list() {
    let mut screen = Screen::new(Lang::En, (80, 24));
    let all = screen.state.shown().len();
    screen.type_keys(" ");
    let more = log();
    let source = Arc::new(Source::File("mainlog".into()));
    let mut digest = Digest::new(Classifier::new(), Window::default(), true);
    digest.read(&source, 0, &more, &mut |seen| screen.state.push(seen, &source, true, ten()));
    assert_eq!(screen.state.shown().len(), all);
    assert!(screen.draw().contains("paused, "));
    screen.type_keys(" ");
    assert!(screen.state.shown().len() > all);
}

#[test]
fn the_selected_entry_stays() {
    let mut screen = Screen::new(Lang::En, (80, 24));
    screen.press(KeyCode::Up);
    screen.press(KeyCode::Up);
    let shown = screen.state.shown();
    let number = shown[screen.state.selected(&shown).unwrap()].number;
    let source = Arc::new(Source::File("mainlog".into()));
    let mut digest = Digest::new(Classifier::new(), Window::default(), true);
    digest.read(&source, 0, &log(), &mut |seen| screen.state.push(seen, &source, true, ten()));
    let shown = screen.state.shown();
    assert_eq!(shown[screen.state.selected(&shown).unwrap()].number, number);
    screen.press(KeyCode::End);
    assert!(screen.state.is_pinned());
    screen.press(KeyCode::Home);
    let shown = screen.state.shown();
    assert_eq!(screen.state.selected(&shown), Some(0));
}

#[test]
fn keys_of_a_russian_layout() {
    let mut screen = Screen::new(Lang::Ru, (80, 24));
    screen.type_keys("А");
    assert_eq!(screen.state.filter, Some(What::Failed));
    assert_eq!(screen.press(KeyCode::Char('й')), Flow::Quit);
    let control = KeyEvent::new(KeyCode::Char('с'), KeyModifiers::CONTROL);
    screen.type_keys("/");
    assert_eq!(screen.state.key(control), Flow::Quit);
}

#[test]
fn a_log_in_another_zone_is_counted_now() {
    for zone in [-5 * 3600, 3 * 3600] {
        let mut state = State::new(Lang::En, &ONLY, 3, String::new());
        let source = Arc::new(Source::File("mainlog".into()));
        let mut digest = Digest::new(Classifier::new(), Window::default(), true);
        let host = ten() - zone;
        digest.read(&source, 0, &log(), &mut |seen| state.push(seen, &source, false, host));
        // The last line is of 09:59:31.
        state.caught_up(Some(host - 29), host);
        assert!(state.rates.minutes(0)[30..].iter().sum::<u64>() > 50, "{zone}");
    }
}

#[test]
fn what_is_kept_is_bounded() {
    let mut state = State::new(Lang::En, &ONLY, 0, String::new());
    let source = Arc::new(Source::File("mainlog".into()));
    let mut digest = Digest::new(Classifier::new(), Window::default(), true);
    let log = log();
    for _ in 0..1000 {
        digest.read(&source, 0, &log, &mut |seen| state.push(seen, &source, false, ten()));
    }
    assert!(state.shown().len() <= 4 * 2000);
    state.key(KeyEvent::new(KeyCode::Char('S'), KeyModifiers::NONE));
    assert_eq!(state.shown().len(), 500);
}
