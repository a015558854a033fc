//! Manual pages: what clap knows, and what it does not.

use std::io;

use clap::Arg;
use clap::builder::PossibleValue;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

/// The pages and the names of their files: one for the program, one for each command.
pub(super) fn pages(definition: clap::Command) -> Vec<(String, String)> {
    let mut definition = definition.disable_help_subcommand(true);
    definition.build();
    let mut pages = Vec::new();
    add(&definition, &mut pages);
    pages
}

fn add(command: &clap::Command, pages: &mut Vec<(String, String)>) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let man = Man::new(command.clone().override_usage(usage).mut_args(for_manual))
        .source(concat!("mailwhy ", env!("CARGO_PKG_VERSION")))
        .manual("mailwhy");
    let mut page = Vec::new();
    // Nothing fails that is written into memory.
    if write(&man, command, &mut page).is_ok() {
        pages.push((man.get_filename(), String::from_utf8_lossy(&page).into_owned()));
    }
    for below in command.get_subcommands() {
        add(below, pages);
    }
}

/// An option as a manual page shows it: also where a short help leaves it out, and its values in one line where there is
/// nothing to say about them.
fn for_manual(arg: Arg) -> Arg {
    let arg = arg.hide_short_help(false);
    let values = arg.get_possible_values();
    if values.is_empty() || arg.is_hide_possible_values_set() || values.iter().any(|v| v.get_help().is_some())
    {
        return arg;
    }
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let help = format!("{help} [possible values: {}]", names.join(", "));
    arg.hide_possible_values(true).long_help(help)
}

fn write(man: &Man, command: &clap::Command, out: &mut Vec<u8>) -> io::Result<()> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (sections, paragraphs): (Vec<_>, Vec<_>) =
        after.split("\n\n").partition(|text| heading(text).is_some());
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    let mut more = Roff::new();
    for paragraph in paragraphs.into_iter().filter(|text| !text.is_empty()) {
        more.control("PP", []).text([roman(paragraph)]);
    }
    more.to_writer(out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(out)?;
    }
    man.render_options_section(out)?;
    let mut rest = Roff::new();
    for (heading, text) in sections.into_iter().filter_map(heading) {
        rest.control("SH", [heading.to_uppercase().as_str()]);
        if text.starts_with('\n') {
            rest.control("nf", []);
            for line in text.lines().skip(1) {
                rest.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
            }
            rest.control("fi", []);
        } else {
            rest.text([roman(text.trim())]);
        }
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    if name == "mailwhy" {
        about_all(&mut rest);
    } else {
        let above = name.rsplit_once('-').map_or("mailwhy", |(above, _)| above);
        rest.control("SH", ["SEE ALSO"]).text([bold(above), roman("(1)")]);
    }
    rest.to_writer(out)
}

/// A text with a heading of its own, `Examples:` or `Exit status:`, and what follows.
fn heading(text: &str) -> Option<(&str, &str)> {
    let (heading, rest) = text.split_once(':')?;
    (rest.starts_with('\n') || heading == "Exit status").then_some((heading, rest))
}

/// What concerns all commands.
fn about_all(page: &mut Roff) {
    let list = |page: &mut Roff, title: &str, items: &[(&str, &str)]| {
        page.control("SH", [title]);
        for (name, text) in items {
            page.control("TP", []).text([bold(*name)]).text([roman(*text)]);
        }
    };
    list(
        page,
        "ENVIRONMENT",
        &[
            (
                "MAILWHY_…",
                "The value of an option, for every command that has it: MAILWHY_TOP, MAILWHY_MAX_LINE. A flag takes \
                 true or false. Lists of paths are separated by colons.",
            ),
            ("MAILWHY_CONFIG", "The configuration file, as with --config; /dev/null for none."),
            ("LC_ALL, LC_MESSAGES, LANG", "The language, where no option or configuration names one."),
            ("NO_COLOR", "No colours, unless --color=always asks for them."),
            ("TZ", "The time zone of --since and --until, and of logs that do not name theirs."),
        ],
    );
    list(
        page,
        "FILES",
        &[
            ("/etc/mailwhy/config.toml", "The configuration of this host; see mailwhy-config(1)."),
            (
                "~/.config/mailwhy/config.toml",
                "That of a user, which wins; in $XDG_CONFIG_HOME, where that is set.",
            ),
            ("/etc/mailwhy/rules.toml", "Rules of one's own; see mailwhy-rules(1)."),
        ],
    );
    page.control("SH", ["SEE ALSO"]).text([
        bold("exim"),
        roman("(8), "),
        bold("exigrep"),
        roman("(8), "),
        bold("eximstats"),
        roman("(8), "),
        bold("journalctl"),
        roman("(1)"),
    ]);
}
