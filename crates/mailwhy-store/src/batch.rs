//! Rows on their way into the database, without an allocation for each value.

use mailwhy_trace::GroupId;

use crate::tables::TABLES;

/// Rows of one table: only those columns that a query reads, in the order of the table.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    cells: Vec<Cell>,
    text: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    /// From and to in the batch's text.
    Text(u32, u32),
    Group(GroupId),
}

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a [u8]),
    /// The number of a verdict, in the numbering of the part that the batch was made from.
    Group(GroupId),
}

impl Batch {
    /// Begins a row of this table, of which these columns are wanted. Each column is given in its turn.
    pub(crate) fn row(&mut self, table: usize, wanted: u64) -> Row<'_> {
        Row { batch: self, table, wanted, next: 0 }
    }

    /// The rows, each with so many values.
    pub(crate) fn rows(&self, width: usize) -> impl Iterator<Item = impl Iterator<Item = Item<'_>>> {
        self.cells.chunks_exact(width.max(1)).map(|row| {
            row.iter().map(|&cell| match cell {
                Cell::Null => Item::Null,
                Cell::Integer(value) => Item::Integer(value),
                Cell::Real(value) => Item::Real(value),
                Cell::Text(from, to) => Item::Text(&self.text[from as usize..to as usize]),
                Cell::Group(group) => Item::Group(group),
            })
        })
    }
}

/// A row that is being written, column after column.
pub(crate) struct Row<'a> {
    batch: &'a mut Batch,
    table: usize,
    wanted: u64,
    next: u32,
}

impl Row<'_> {
    /// Bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn text(&mut self, value: Option<&[u8]>) -> &mut Self {
        self.put(value.map(|bytes| move |batch: &mut Batch| batch.keep(bytes)))
    }

    pub(crate) fn name(&mut self, value: Option<&'static str>) -> &mut Self {
        self.text(value.map(str::as_bytes))
    }

    /// A text that costs something to make.
    pub(crate) fn string(&mut self, make: impl FnOnce() -> Option<String>) -> &mut Self {
        self.put(Some(|batch: &mut Batch| make().map_or(Cell::Null, |text| batch.keep(text.as_bytes()))))
    }

    pub(crate) fn integer(&mut self, value: Option<impl Into<i64>>) -> &mut Self {
        self.put(value.map(|value| |_: &mut Batch| Cell::Integer(value.into())))
    }

    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.integer(Some(value))
    }

    pub(crate) fn count(&mut self, value: usize) -> &mut Self {
        self.integer(i64::try_from(value).ok())
    }

    pub(crate) fn real(&mut self, value: Option<f64>) -> &mut Self {
        self.put(value.map(|value| move |_: &mut Batch| Cell::Real(value)))
    }

    pub(crate) fn group(&mut self, value: Option<GroupId>) -> &mut Self {
        self.put(value.map(|group| move |_: &mut Batch| Cell::Group(group)))
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        debug_assert_eq!(self.next as usize, TABLES[self.table].columns.len(), "{}", TABLES[self.table].name);
    }

    fn put(&mut self, make: Option<impl FnOnce(&mut Batch) -> Cell>) -> &mut Self {
        if self.wanted >> self.next & 1 != 0 {
            let cell = make.map_or(Cell::Null, |make| make(self.batch));
            self.batch.cells.push(cell);
        }
        self.next += 1;
        self
    }
}

impl Batch {
    fn keep(&mut self, bytes: &[u8]) -> Cell {
        let from = self.text.len() as u32;
        self.text.extend_from_slice(String::from_utf8_lossy(bytes).as_bytes());
        Cell::Text(from, self.text.len() as u32)
    }
}
