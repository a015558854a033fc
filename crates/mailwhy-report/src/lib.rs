/*!
What a log says about undelivered mail, as one model, printed in several forms.

A [`Summary`] counts; the summary of the following part of a log can be added to it. [`Summary::report`] makes of it a
[`Report`]: plain data, in the order and language in which it is read. The renderers print that and nothing else, so
the terminal, JSON, CSV and Markdown cannot disagree.
*/

mod addresses;
mod build;
mod errors;
mod explain;
mod headline;
mod histogram;
mod history;
pub mod json;
mod model;
pub mod monitor;
mod names;
mod render;
mod rows;
mod summary;
mod suppress;
mod tally;
mod text;

pub use build::About;
pub use errors::{ErrorAction, ErrorReply, ErrorReport, ErrorRow, Failures, Grouping, Only};
pub use explain::{CodeAsked, Context, Explanation, Field, Value, write_names};
pub use history::{
    Cause, History, Lines, Other, Others, RawLine, RecipientStory, State, Step, Story, Teller,
};
pub use model::*;
pub use render::{Again, By, Format, ListFormat, Stories, Style, render, render_status, subject};
pub use rows::Rows;
pub use summary::{Place, Summary};
pub use suppress::{
    Lifetime, NotAnAddress, Suppressed, SuppressionList, SuppressionOptions, Suppressions, lifetime,
};
pub use text::{acts, cell, masked, printable, readable, rfc3339};
