//! `mailwhy sql`: the log asked in SQL.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::ControlFlow;

use anyhow::{Context, Error, Result, anyhow};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use mailwhy::input::{Chunk, Source};
use mailwhy::logs::exim;
use mailwhy::report::json::print_value;
use mailwhy::report::{cell, printable};
use mailwhy::store::{self, Database, Needs, Part, Place, TABLES, Value};

use super::{Exit, Inputs, Output, chosen, keep, rules};
use crate::cli::{InputArgs, SqlArgs, SqlFormat};
use crate::pipeline;
use crate::progress::Progress;

/// Runs the command.
pub fn run(args: &SqlArgs) -> Result<Exit> {
    let format = format(args)?;
    if args.explain_tables {
        let mut output = Output::new(args.output.as_deref())?;
        let result = output.writer().write_all(tables().as_bytes()).and_then(|()| output.writer().flush());
        output.context(result)?;
        return Ok(Exit::Found);
    }
    let (query, input) = query(args)?;
    // Also those that the query does not need.
    let named = args.query_file.iter().map(Into::into).chain(input.files.iter().map(Into::into));
    keep(&named.map(Source::File).collect::<Vec<_>>(), args.output.as_deref())?;
    let mut database = Database::new().map_err(|error| anyhow!("SQLite: {error}"))?;
    let needs = database.needs(&query).map_err(|error| complaint(&query, &error))?;
    let mut read = Exit::Found;
    if !needs.nothing() {
        let inputs = Inputs::new(&input, args.output.as_deref())?;
        if inputs.sources.is_empty() {
            return Ok(Exit::Error);
        }
        read = load(args, &inputs, &mut database, needs)?;
    }

    let mut output = Output::new(args.output.as_deref())?;
    let mut answer = database.query(&query).map_err(|error| complaint(&query, &error))?;
    let width =
        if output.is_terminal() { terminal_size::terminal_size().map(|(width, _)| width.0) } else { None };
    let columns = answer.columns().into_iter().map(str::to_owned).collect();
    let mut printer = Printer::new(format, columns, width, output.writer());
    let (mut found, mut result) = (false, printer.begin());
    if result.is_ok() {
        let rows = answer.rows(|row| {
            found = true;
            result = printer.row(row);
            result.is_ok()
        });
        rows.map_err(|error| complaint(&query, &error))?;
    }
    let result = result.and_then(|()| printer.end());
    output.context(result)?;
    Ok(match read {
        Exit::Error => Exit::Error,
        _ if found => Exit::Found,
        _ => Exit::Nothing,
    })
}

/// The query, and what to read: with `-f` the first argument is a log file too.
fn query(args: &SqlArgs) -> Result<(String, InputArgs)> {
    let mut input = args.input.clone();
    let Some(path) = &args.query_file else { return Ok((args.query.clone().unwrap_or_default(), input)) };
    input.files.splice(0..0, args.query.iter().map(Into::into));
    let query = if path.as_os_str() == "-" {
        io::read_to_string(io::stdin()).context("cannot read the query from standard input")?
    } else {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
    };
    Ok((query, input))
}

/// Reads the log into the tables.
fn load(args: &SqlArgs, inputs: &Inputs, database: &mut Database, needs: Needs) -> Result<Exit> {
    let classifier = rules::classifier(&args.rules)?;
    let names: Vec<String> = inputs.sources.iter().map(ToString::to_string).collect();
    let logs: Vec<_> = inputs.sources.iter().map(pipeline::log).collect();
    let work = |chunk: &Chunk| {
        let mut part = Part::new(needs);
        let (mut number, mut inside) = (0, true);
        exim::scan(&chunk.data, logs[chunk.file as usize], |line| {
            if let Some(time) = line.time {
                inside = inputs.window.contains(time);
            }
            if inside {
                let place = Place {
                    file: &names[chunk.file as usize],
                    line: chunk.line + number as u64,
                    offset: chunk.start(number, line.raw),
                };
                part.line(line, place, &classifier);
            }
            number += 1;
        });
        part
    };
    let mut progress = Progress::new(&inputs.sources, inputs.progress);
    let mut loading = database.load(needs).map_err(|error| failure(&error))?;
    let mut result = Ok(());
    let read = pipeline::run(&inputs.sources, &inputs.options, inputs.threads, work, |taken, part| {
        progress.advance(taken);
        result = loading.append(part);
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    progress.clear();
    result.and_then(|()| loading.finish(args.language.get())).map_err(|error| failure(&error))?;
    Ok(inputs.finish(&read, true))
}

fn failure(error: &store::Error) -> Error {
    anyhow!(
        "cannot fill the tables: {error}\nhint: they lie in a temporary file; see whether its disk is full (SQLITE_TMPDIR names another directory)"
    )
}

/// What is wrong with a query, and where.
fn complaint(query: &str, error: &store::Error) -> Error {
    let mut text = format!("the query cannot be answered: {error}");
    if let Some(before) = error.offset().and_then(|at| query.get(..at)) {
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let _ = write!(text, " (line {line}, column {column})");
    }
    let message = error.to_string();
    let hint = if let Some(name) = message.strip_prefix("no such column: ") {
        closest(
            name.rsplit('.').next().unwrap_or(name),
            TABLES.iter().flat_map(|t| t.columns).map(|c| c.name),
        )
    } else if let Some(name) = message.strip_prefix("no such table: ") {
        closest(name, TABLES.iter().map(|table| table.name))
    } else {
        None
    };
    let hint = hint
        .map_or_else(|| "mailwhy sql --explain-tables".to_owned(), |name| format!("did you mean {name}?"));
    anyhow!("{text}\nhint: {hint}")
}

fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &&str| (strsim::jaro_winkler(name, known) * 1000.0) as u32;
    known.filter(|known| likeness(known) > 800).max_by_key(likeness)
}

fn format(args: &SqlArgs) -> Result<SqlFormat> {
    let read = |name: &str| match name {
        "txt" => Some(SqlFormat::Table),
        "csv" => Some(SqlFormat::Csv),
        "json" => Some(SqlFormat::Json),
        "jsonl" | "ndjson" => Some(SqlFormat::Jsonl),
        _ => None,
    };
    Ok(chosen(args.format, args.output.as_deref(), read, "table, csv, json or jsonl")?
        .unwrap_or(SqlFormat::Table))
}

/// The tables and their columns, described.
fn tables() -> String {
    let mut text = String::new();
    for (i, table) in TABLES.iter().enumerate() {
        let _ = writeln!(text, "{}{}: {}", if i > 0 { "\n" } else { "" }, table.name, table.about);
        for column in table.columns {
            let kind = format!("{:?}", column.kind).to_lowercase();
            let _ = writeln!(text, "  {:<20}{kind:<9}{}", column.name, column.about);
        }
    }
    text
}

/// Prints rows.
struct Printer<'a> {
    format: SqlFormat,
    columns: Vec<String>,
    /// The columns of the terminal.
    width: Option<u16>,
    out: &'a mut dyn Write,
    table: Table,
    rows: u64,
}

impl<'a> Printer<'a> {
    fn new(format: SqlFormat, columns: Vec<String>, width: Option<u16>, out: &'a mut dyn Write) -> Self {
        Self { format, columns, width, out, table: Table::new(), rows: 0 }
    }

    fn begin(&mut self) -> io::Result<()> {
        match self.format {
            SqlFormat::Table => {
                self.table.load_preset(presets::NOTHING).set_header(&self.columns);
                if let Some(width) = self.width {
                    self.table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
                }
                Ok(())
            }
            SqlFormat::Csv => record(self.out, self.columns.iter().map(|name| cell(name.as_bytes()))),
            SqlFormat::Json => self.out.write_all(b"["),
            SqlFormat::Jsonl => Ok(()),
        }
    }

    fn row(&mut self, row: &[Value<'_>]) -> io::Result<()> {
        self.rows += 1;
        match self.format {
            SqlFormat::Table => {
                let cells = row.iter().map(|&value| {
                    let number = matches!(value, Value::Integer(_) | Value::Real(_));
                    let align = if number { CellAlignment::Right } else { CellAlignment::Left };
                    comfy_table::Cell::new(text(value, printable)).set_alignment(align)
                });
                self.table.add_row(cells);
                Ok(())
            }
            SqlFormat::Csv => record(self.out, row.iter().map(|&value| text(value, cell))),
            SqlFormat::Json => {
                self.out.write_all(if self.rows > 1 { b",\n " } else { b"\n " })?;
                self.object(row)
            }
            SqlFormat::Jsonl => {
                self.object(row)?;
                self.out.write_all(b"\n")
            }
        }
    }

    fn object(&mut self, row: &[Value<'_>]) -> io::Result<()> {
        let object: serde_json::Map<_, _> =
            self.columns.iter().cloned().zip(row.iter().map(|&value| json(value))).collect();
        print_value(&object, self.out)
    }

    fn end(&mut self) -> io::Result<()> {
        match self.format {
            SqlFormat::Table if self.rows > 0 => {
                for line in self.table.lines() {
                    // What stands left of the first column is its padding.
                    writeln!(self.out, "{}", line.strip_prefix(' ').unwrap_or(&line).trim_end())?;
                }
            }
            SqlFormat::Json => self.out.write_all(if self.rows > 0 { b"\n]\n" } else { b"]\n" })?,
            _ => {}
        }
        self.out.flush()
    }
}

fn record(out: &mut dyn Write, values: impl Iterator<Item = String>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer.write_record(values.collect::<Vec<_>>())?;
    writer.flush()
}

fn text(value: Value<'_>, readable: fn(&[u8]) -> String) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => value.to_string(),
        Value::Text(text) => readable(text),
    }
}

fn json(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(value) => value.into(),
        Value::Real(value) => value.into(),
        Value::Text(text) => String::from_utf8_lossy(text).into(),
    }
}
