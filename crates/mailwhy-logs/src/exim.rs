/*!
Exim's main, reject and panic logs, versions 4.63 to 4.99.

[`scan`] walks over a buffer of whole lines and gives a [`Line`] for each: time, message id, kind and text, which
cost little. [`Line::event`] takes the rest apart, for whoever needs it.
*/

use crate::{Event, Kind, Time};

/// A line, of which only the fixed front has been read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line<'a> {
    /// The line as it stands in the file, without its newline.
    pub raw: &'a [u8],
    /// The whole record: the line, and the lines that continue it (syslog pieces are joined).
    pub record: &'a [u8],
    /// What the line reports.
    pub kind: Kind,
    /// When.
    pub time: Option<Time>,
    /// The process that wrote it.
    pub pid: Option<&'a [u8]>,
    /// The message.
    pub id: Option<&'a [u8]>,
    /// All that follows in the record.
    pub text: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes the whole record apart.
    #[must_use]
    pub fn event(&self) -> Event<'a> {
        Event::new(self.kind, self.text)
    }
}

/// Which of Exim's logs a file is; known from its name.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Role {
    /// The main log, or all three in one (syslog).
    #[default]
    Main,
    /// The reject log: repeats the rejections of the main log, with headers.
    Reject,
    /// The panic log: what is not understood there is [`Kind::Panic`].
    Panic,
}

/// Calls `sink` for every physical line of `chunk`, in order.
///
/// A chunk holds whole lines and begins with the first line of a record (see [`starts_record`]), or with the first
/// line of a file.
pub fn scan(chunk: &[u8], role: Role, mut sink: impl FnMut(&Line<'_>)) {
    let _ = (chunk, role, &mut sink);
}

/// Whether a line begins a record, so that a file may be cut before it.
#[must_use]
pub fn starts_record(line: &[u8]) -> bool {
    !line.is_empty()
}
