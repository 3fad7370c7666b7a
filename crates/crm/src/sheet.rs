//! Tables in files: reads CSV and XLSX that strangers send, writes both. Everything read is bounded while it is read
//! (decision 0013), and nothing of a file is ever run or looked up elsewhere. No contact is known here.

mod csv;
mod dates;
#[cfg(test)]
mod tests;
mod unzip;
mod workbook;
pub mod write;
mod xml;

/// The largest file, bytes.
pub const FILE_BYTES: usize = 20 * 1000 * 1000;
/// The most rows below the head.
pub const MOST_ROWS: usize = 50_000;
/// The most columns.
pub const MOST_COLUMNS: usize = 100;
/// The longest cell, bytes.
const CELL_BYTES: usize = 16_000;
/// How much text all cells together may hold, bytes.
const TEXT_BYTES: usize = 64 * 1000 * 1000;
/// How much an XLSX file may unpack to while it is read, bytes.
const UNPACKED_BYTES: usize = 400 * 1000 * 1000;

/// A table: its head and its rows, all as text. Rows are as wide as the head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The words of the first row.
    pub head: Vec<String>,
    /// All rows below that are not empty.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its place in the file, where the head is 1.
    pub place: u32,
    /// Its cells.
    pub cells: Vec<String>,
}

/// Why a file is no table for us; the words are for the one who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad(pub String);

impl Bad {
    fn new(text: impl Into<String>) -> Bad {
        Bad(text.into())
    }
}

/// Reads a file; its content decides what it is, not its name.
///
/// # Errors
/// When it is neither CSV nor XLSX, broken, encrypted, or larger than the bounds of this module.
pub fn read(file: &[u8]) -> Result<Table, Bad> {
    if file.len() > FILE_BYTES {
        return Err(Bad::new(format!("The file is larger than {} MB; split it.", FILE_BYTES / 1_000_000)));
    }
    if file.starts_with(b"PK\x03\x04") {
        return workbook::read(file);
    }
    if file.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Bad::new(
            "The file is an old or a protected workbook; save it as .xlsx without a password, or as CSV.",
        ));
    }
    csv::read(file)
}

/// Puts rows together and watches the bounds.
#[derive(Debug, Default)]
struct Builder {
    table: Table,
    has_head: bool,
    text_bytes: usize,
}

impl Builder {
    /// One row as it comes, the place as the file counts it.
    fn row(&mut self, place: u32, mut cells: Vec<String>) -> Result<(), Bad> {
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > MOST_COLUMNS {
            return Err(Bad::new(format!(
                "Row {place} has more than {MOST_COLUMNS} columns; leave out what is not needed."
            )));
        }
        self.text_bytes += cells.iter().map(String::len).sum::<usize>();
        if self.text_bytes > TEXT_BYTES {
            return Err(Bad::new("The file holds more text than is taken at once; split it."));
        }
        if !self.has_head {
            self.has_head = true;
            self.table.head = cells.into_iter().map(|cell| cell.trim().to_owned()).collect();
            return Ok(());
        }
        if self.table.rows.len() >= MOST_ROWS {
            return Err(Bad::new(format!("The file has more than {MOST_ROWS} rows; split it.")));
        }
        self.table.rows.push(Row { place, cells });
        Ok(())
    }

    fn done(mut self) -> Result<Table, Bad> {
        if self.table.rows.is_empty() {
            return Err(Bad::new("The file has no rows below its head; the first row names the columns."));
        }
        // Cells beyond the head have no name, but may be what somebody wants.
        let width = self.table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(self.table.head.len());
        self.table.head.resize(width, String::new());
        for row in &mut self.table.rows {
            row.cells.resize(width, String::new());
        }
        Ok(self.table)
    }
}

/// A cell that is too long is cut in no silence: the row is refused.
fn fits(place: u32, cell: &str) -> Result<(), Bad> {
    if cell.len() > CELL_BYTES {
        return Err(Bad::new(format!("A cell of row {place} is longer than {CELL_BYTES} bytes.")));
    }
    Ok(())
}
