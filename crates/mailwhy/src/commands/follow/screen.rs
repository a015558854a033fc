//! What happens, on the whole terminal: counters, causes, and a list to move in.

mod rates;
mod state;
mod terminal;
mod view;

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};

use super::Output;

pub use terminal::run;

/// How much of the log is read at first, to know what the last hour was like.
pub const BACK: u64 = 16 << 20;

/// Whether there is a terminal that can be drawn on, and a keyboard.
pub fn is_possible(output: &Output) -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    // Where standard input is the log, the keys come from the terminal itself.
    let keyboard = || io::stdin().is_terminal() || OpenOptions::new().read(true).open("/dev/tty").is_ok();
    output.is_terminal() && !dumb && keyboard()
}

#[cfg(test)]
mod tests;
