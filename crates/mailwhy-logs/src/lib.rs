/*!
Mail server log lines as typed events.

A line goes in, an [`Event`] comes out that borrows from it. Parsing never fails: what is not understood is
[`Kind::Unknown`]. The crate knows no files, no clocks and nothing of what a reply means.

Names are those of RFC 5321 and of [Exim's manual](https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html).
*/

mod event;
pub mod exim;
mod time;

pub use event::{Event, Extensions, Kind, Reply, Step};
pub use time::{Time, parse_duration};
