//! The pictures of a terminal in the README: what the program prints about the sample log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anstyle::{Color, RgbColor as Rgb};
use anstyle_svg::{Palette, Term};
use anyhow::Result;

use crate::package::{Program, write};

/// Where the sample log is.
const SAMPLE: &str = "testdata/exim/sample";

/// A reply that everyone has met.
const REPLY: &str = "550 5.7.26 This mail has been blocked because the sender is unauthenticated";

const BACKGROUND: Rgb = Rgb(30, 36, 48);
const FOREGROUND: Rgb = Rgb(214, 220, 230);

/// Colours that can be read on the background, beside light pages and dark ones.
const PALETTE: [Rgb; 16] = {
    let black = BACKGROUND;
    let [red, green, yellow, blue] =
        [Rgb(247, 118, 118), Rgb(126, 211, 133), Rgb(240, 190, 96), Rgb(122, 170, 255)];
    let [magenta, cyan, white] = [Rgb(206, 153, 245), Rgb(104, 205, 219), FOREGROUND];
    [
        black, red, green, yellow, blue, magenta, cyan, white, black, red, green, yellow, blue, magenta,
        cyan, white,
    ]
};

/// Writes them to `docs/img/`.
pub fn pictures(root: &Path) -> Result<()> {
    let mailwhy = Program::build(root)?;
    let terminal = Term::new()
        .palette(Palette(PALETTE))
        .fg_color(Color::Rgb(FOREGROUND))
        .bg_color(Color::Rgb(BACKGROUND));
    let quoted = format!("'{REPLY}'");
    let mut files = BTreeMap::new();
    for lang in ["en", "ru"] {
        for (name, typed, args) in [
            ("report", "mailwhy report mainlog", &["report", "--top", "4", "mainlog"][..]),
            ("explain", &format!("mailwhy explain {quoted}"), &["explain", REPLY]),
        ] {
            let args = [args, &["--color", "always"]].concat();
            let printed = mailwhy.run_in(lang, &root.join(SAMPLE), &args)?;
            let lines: Vec<&str> = printed.lines().take(LINES).collect();
            let screen = format!("\x1b[32m$\x1b[0m \x1b[1m{typed}\x1b[0m\n{}\n", lines.join("\n"));
            // Dim is meant to be seen.
            let picture = terminal.render_svg(&screen).replace("opacity: 0.4", "opacity: 0.7");
            files.insert(PathBuf::from(format!("docs/img/{name}.{lang}.svg")), picture);
        }
    }
    write(root, &files, &["docs/img"], false)
}

/// The highest that a picture is.
const LINES: usize = 40;
