//! The commands that a page tells to type.

/// What the commands in hints repeat of the one that printed them, quoted for a shell: they are there to be copied.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// Whether the log came from standard input; something has to write it there again.
    pub piped: bool,
    /// Options of every command: language, rules, configuration.
    pub general: String,
    /// Options that say what of the log is read.
    pub input: String,
    /// Options of the one command that say what it tells.
    pub own: String,
    /// Where the log is.
    pub files: String,
}

impl Again {
    /// `mailwhy explain` about this name.
    #[must_use]
    pub fn explain(&self, name: &str) -> String {
        joined(["explain", &self.general, name])
    }

    /// Another command that reads this log.
    pub(super) fn read(&self, command: &str) -> String {
        self.reading([command, &self.general, &self.input, &self.files])
    }

    /// The command itself with `more` options.
    pub(super) fn same(&self, command: &str, more: &str) -> String {
        self.reading([command, &self.own, more, &self.general, &self.input, &self.files])
    }

    fn reading<const N: usize>(&self, parts: [&str; N]) -> String {
        let command = joined(parts);
        if self.piped { format!("… | {command}") } else { command }
    }
}

fn joined<const N: usize>(parts: [&str; N]) -> String {
    let parts = ["mailwhy"].into_iter().chain(parts).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}
