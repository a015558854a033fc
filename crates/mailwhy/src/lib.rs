/*!
Tells why mail was not delivered.

This is the façade over the crates of mailwhy; each can be used alone.

| module | what it does |
|---|---|
| [`codes`] | facts and texts: reply codes, enhanced codes, reasons, causes, in English and Russian |
| [`classify`] | one SMTP reply to a verdict |
| [`logs`] | one log line to an event |
| [`input`] | files, archives, rotated sets and streams to chunks of whole lines |
| [`trace`] | events to messages |
| [`store`] | logs to tables of SQLite, to be asked in SQL |
| [`report`] | messages to a report, as text, JSON, CSV, Markdown and HTML |
*/

pub use mailwhy_classify as classify;
pub use mailwhy_codes as codes;
pub use mailwhy_input as input;
pub use mailwhy_logs as logs;
pub use mailwhy_report as report;
pub use mailwhy_store as store;
pub use mailwhy_trace as trace;
