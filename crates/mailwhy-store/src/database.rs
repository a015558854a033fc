//! The database: schema, loading, queries.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use mailwhy_codes::Lang;
use mailwhy_trace::GroupId;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};

use crate::batch::{Batch, Item};
use crate::rows::{Batches, Part};
use crate::tables::{ATTEMPTS, EVENTS, MESSAGES, RECIPIENTS, TABLES, VERDICTS};

/// Tables made of logs, to be asked in SQL.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

/// Which columns of which tables a query reads.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Needs {
    columns: [u64; TABLES.len()],
}

/// A database that is being filled, see [`Database::load`].
#[derive(Debug)]
pub struct Loading<'a> {
    connection: &'a Connection,
    needs: Needs,
    log: Part,
}

/// A query that is being answered.
#[derive(Debug)]
pub struct Answer<'a> {
    statement: Statement<'a>,
}

/// What went wrong with a query.
#[derive(Debug)]
pub struct Error {
    message: String,
    offset: Option<usize>,
}

/// A value of a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text, or bytes.
    Text(&'a [u8]),
}

impl Database {
    /// An empty database with all tables.
    ///
    /// # Errors
    ///
    /// When SQLite cannot be used.
    pub fn new() -> Result<Self, Error> {
        // An empty path: private, in memory while it is small, else in a temporary file.
        let connection = Connection::open("")?;
        connection.execute_batch(
            "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA locking_mode = exclusive; \
             PRAGMA cache_size = -65536; PRAGMA temp_store = memory;",
        )?;
        for table in &TABLES {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|column| format!("\"{}\" {}", column.name, column.kind.sql()))
                .collect();
            connection.execute_batch(&format!("CREATE TABLE {} ({})", table.name, columns.join(", ")))?;
        }
        Ok(Self { connection })
    }

    /// What a query reads. Nothing else needs to be loaded for it.
    ///
    /// # Errors
    ///
    /// When it is no query, or one that is not allowed: only reading the tables is.
    pub fn needs(&mut self, sql: &str) -> Result<Needs, Error> {
        let seen = Arc::new(Mutex::new((Needs::default(), None)));
        let notes = Arc::clone(&seen);
        self.connection.authorizer(Some(move |context: AuthContext<'_>| {
            let (needs, refused) = &mut *notes.lock().unwrap_or_else(PoisonError::into_inner);
            match context.action {
                AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
                AuthAction::Function { function_name } if function_name != "load_extension" => {
                    Authorization::Allow
                }
                AuthAction::Read { table_name, column_name } => {
                    needs.add(table_name, column_name);
                    Authorization::Allow
                }
                action => {
                    refused.get_or_insert_with(|| format!("{action:?}"));
                    Authorization::Deny
                }
            }
        }))?;
        let prepared = self.connection.prepare(sql).map(|statement| statement.column_count());
        self.connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
        let (needs, refused) = &*seen.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.is_some() {
            return Err(Error {
                message: "only queries that read are allowed: SELECT, WITH, VALUES".to_owned(),
                offset: None,
            });
        }
        match prepared {
            Ok(0) => Err(Error { message: "that is no query: it gives no rows".to_owned(), offset: None }),
            // SQLite does not tell of the columns that `USING` and `NATURAL JOIN` compare.
            Ok(_) if has_word(sql, "using") || has_word(sql, "natural") => Ok(Needs::all_of(sql)),
            Ok(_) => Ok(*needs),
            Err(error) => Err(error.into()),
        }
    }

    /// Fills the columns that are needed; the log's parts come in its order.
    ///
    /// # Errors
    ///
    /// When SQLite cannot write.
    pub fn load(&mut self, needs: Needs) -> Result<Loading<'_>, Error> {
        self.connection.execute_batch("BEGIN")?;
        Ok(Loading { connection: &self.connection, needs, log: Part::first(needs) })
    }

    /// A query, ready to be answered.
    ///
    /// # Errors
    ///
    /// When the query is wrong.
    pub fn query(&self, sql: &str) -> Result<Answer<'_>, Error> {
        Ok(Answer { statement: self.connection.prepare(sql)? })
    }
}

impl Answer<'_> {
    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.statement.column_names().collect()
    }

    /// Gives the rows to `sink`, one after another, as long as it wants more.
    ///
    /// # Errors
    ///
    /// When a row cannot be computed.
    pub fn rows(&mut self, mut sink: impl FnMut(&[Value<'_>]) -> bool) -> Result<(), Error> {
        let width = self.statement.column_count();
        let mut rows = self.statement.query([])?;
        while let Some(row) = rows.next()? {
            let values: Result<Vec<_>, _> = (0..width).map(|i| row.get_ref(i).map(Value::from)).collect();
            if !sink(&values?) {
                break;
            }
        }
        Ok(())
    }
}

impl Needs {
    /// Whether any column of a table is read.
    pub(crate) fn table(&self, table: usize) -> bool {
        self.columns[table] != 0
    }

    /// The columns of a table that are read, as bits.
    pub(crate) fn columns(&self, table: usize) -> u64 {
        self.columns[table]
    }

    /// Whether lines must be joined into messages.
    pub(crate) fn joins(&self) -> bool {
        self.table(RECIPIENTS) || self.table(MESSAGES)
    }

    /// Whether failures must be classified.
    pub(crate) fn classifies(&self) -> bool {
        let has_verdict = |table: usize| self.columns[table] >> (TABLES[table].columns.len() - 1) & 1 != 0;
        self.joins() || self.table(VERDICTS) || has_verdict(EVENTS) || has_verdict(ATTEMPTS)
    }

    /// Whether the log need not be read at all.
    #[must_use]
    pub fn nothing(&self) -> bool {
        *self == Self::default()
    }

    /// All columns of each table that a query names.
    fn all_of(sql: &str) -> Self {
        let all = |at: usize| (1 << TABLES[at].columns.len()) - 1;
        Self { columns: std::array::from_fn(|at| if has_word(sql, TABLES[at].name) { all(at) } else { 0 }) }
    }

    fn add(&mut self, table: &str, column: &str) {
        let Some(at) = TABLES.iter().position(|t| t.name.eq_ignore_ascii_case(table)) else { return };
        // `count(*)` reads a table and none of its columns: the first one stands for the row.
        let column = TABLES[at].columns.iter().position(|c| c.name.eq_ignore_ascii_case(column)).unwrap_or(0);
        self.columns[at] |= 1 << column;
    }
}

fn has_word(sql: &str, word: &str) -> bool {
    sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w.eq_ignore_ascii_case(word))
}

impl Loading<'_> {
    /// Adds the next part of the log.
    ///
    /// # Errors
    ///
    /// When SQLite cannot write: the disk for temporary files is full.
    pub fn append(&mut self, part: Part) -> Result<(), Error> {
        let (batches, map) = self.log.append(part);
        self.insert(&batches, Some(&map))?;
        let joined = self.log.take();
        self.insert(&joined, None)
    }

    /// The log is at its end. Titles are in this language.
    ///
    /// # Errors
    ///
    /// As for [`Loading::append`].
    pub fn finish(mut self, lang: Lang) -> Result<(), Error> {
        self.log.finish(lang);
        let rest = self.log.take();
        self.insert(&rest, None)?;
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }

    fn insert(&self, batches: &Batches, map: Option<&[GroupId]>) -> Result<(), Error> {
        for (at, batch) in batches.iter().enumerate().filter(|&(at, _)| self.needs.table(at)) {
            let wanted =
                TABLES[at].columns.iter().enumerate().filter(|(i, _)| self.needs.columns(at) >> i & 1 != 0);
            let names: Vec<String> = wanted.map(|(_, column)| format!("\"{}\"", column.name)).collect();
            let marks = vec!["?"; names.len()].join(", ");
            let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", TABLES[at].name, names.join(", "));
            let mut statement = self.connection.prepare_cached(&sql)?;
            insert(batch, names.len(), map, &mut statement)?;
        }
        Ok(())
    }
}

fn insert(
    batch: &Batch,
    width: usize,
    map: Option<&[GroupId]>,
    statement: &mut Statement<'_>,
) -> Result<(), Error> {
    for row in batch.rows(width) {
        for (i, item) in row.enumerate() {
            let item = match (item, map) {
                (Item::Group(group), Some(map)) => Item::Group(map[group.0 as usize]),
                (item, _) => item,
            };
            statement.raw_bind_parameter(i + 1, item)?;
        }
        statement.raw_execute()?;
    }
    Ok(())
}

impl ToSql for Item<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Item::Null => ValueRef::Null,
            Item::Integer(value) => ValueRef::Integer(value),
            Item::Real(value) => ValueRef::Real(value),
            Item::Text(text) => ValueRef::Text(text),
            Item::Group(group) => ValueRef::Integer(group.0.into()),
        }))
    }
}

impl<'a> From<ValueRef<'a>> for Value<'a> {
    fn from(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) => Self::Real(value),
            ValueRef::Text(text) | ValueRef::Blob(text) => Self::Text(text),
        }
    }
}

impl Error {
    /// Where in the query it is wrong: a place in its bytes.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqlInputError { msg, offset, .. } => {
                Self { message: msg, offset: usize::try_from(offset).ok() }
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => Self { message, offset: None },
            other => Self { message: other.to_string(), offset: None },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
