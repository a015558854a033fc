/*!
Mail logs as tables of a SQLite database, to be asked in SQL.

A [`Database`] tells which tables and columns a query reads ([`Database::needs`]). A [`Part`] makes rows of just those from
a part of a log; parts are made in parallel and appended in the order of the log ([`Loading::append`]). [`TABLES`]
describes what there is.

The database is private to the process: in memory as long as it is small, else in a temporary file that SQLite deletes.
*/

mod batch;
mod database;
mod rows;
mod tables;

pub use database::{Answer, Database, Error, Loading, Needs, Value};
pub use rows::{Part, Place};
pub use tables::{Column, TABLES, Table, Type};
