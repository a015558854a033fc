//! Tests of the whole program.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

mod architecture;
mod check;
mod cli;
mod config;
mod errors;
mod explain;
mod follow;
mod generated;
mod harness;
mod mail;
mod real_exim;
mod sample;
mod scenario;
mod sql;
mod suppress;
mod trace;
mod truth;
