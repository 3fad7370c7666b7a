//! The first sheet of an XLSX file (ECMA-376 part 1, 18). Formulas are not run: their last value counts.

use super::unzip::Parts;
use super::xml::{Piece, Pieces, attribute};
use super::{Bad, Builder, TEXT_BYTES, Table, UNPACKED_BYTES, dates, fits};
use std::collections::HashSet;

/// The most shared texts and cell formats.
const MOST_SHARED: usize = 2_000_000;

pub(super) fn read(file: &[u8]) -> Result<Table, Bad> {
    read_within(file, UNPACKED_BYTES)
}

/// The same with another bound on what is unpacked.
pub(super) fn read_within(file: &[u8], unpacked: usize) -> Result<Table, Bad> {
    let parts = Parts::open(file, unpacked)?;
    let book = workbook(&parts)?;
    let shared = shared_texts(&parts)?;
    let dates = date_styles(&parts)?;
    let part =
        parts.part(&book.sheet)?.ok_or_else(|| Bad::new("The workbook is broken: its first sheet is missing."))?;
    let sheet = Sheet { shared: &shared, dates: &dates, since_1904: book.since_1904 };
    sheet.rows(Pieces::new(part))
}

struct Book {
    sheet: String,
    since_1904: bool,
}

/// Which part is the first sheet.
fn workbook(parts: &Parts<'_>) -> Result<Book, Bad> {
    let missing = || Bad::new("The file is packed, but no workbook; send .xlsx or CSV.");
    let mut pieces = Pieces::new(parts.part("xl/workbook.xml")?.ok_or_else(missing)?);
    let (mut relation, mut since_1904) = (None, false);
    loop {
        match pieces.next()? {
            Piece::Start(name, attributes) if name == "sheet" && relation.is_none() => {
                relation = attribute(&attributes, "id").map(str::to_owned);
            }
            Piece::Start(name, attributes) if name == "workbookPr" => {
                since_1904 = matches!(attribute(&attributes, "date1904"), Some("1" | "true"));
            }
            Piece::Over => break,
            Piece::Start(..) | Piece::End(_) | Piece::Text(_) => {}
        }
    }
    let usual = || "xl/worksheets/sheet1.xml".to_owned();
    let Some(relations) = parts.part("xl/_rels/workbook.xml.rels")? else {
        return Ok(Book { sheet: usual(), since_1904 });
    };
    let mut pieces = Pieces::new(relations);
    loop {
        match pieces.next()? {
            Piece::Start(name, attributes)
                if name == "Relationship" && attribute(&attributes, "Id") == relation.as_deref() =>
            {
                let target = attribute(&attributes, "Target").unwrap_or_default();
                let sheet = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("xl/{target}"),
                };
                return Ok(Book { sheet, since_1904 });
            }
            Piece::Over => return Ok(Book { sheet: usual(), since_1904 }),
            Piece::Start(..) | Piece::End(_) | Piece::Text(_) => {}
        }
    }
}

/// The texts that cells refer to by number. What is said aloud beside East Asian text (`rPh`) is left out.
fn shared_texts(parts: &Parts<'_>) -> Result<Vec<String>, Bad> {
    let mut texts = Vec::new();
    let Some(part) = parts.part("xl/sharedStrings.xml")? else { return Ok(texts) };
    let mut pieces = Pieces::new(part);
    let (mut text, mut bytes, mut inside, mut aloud) = (String::new(), 0, false, false);
    loop {
        match pieces.next()? {
            Piece::Start(name, _) => match name.as_str() {
                "si" => text.clear(),
                "t" => inside = true,
                "rPh" => aloud = true,
                _ => {}
            },
            Piece::End(name) => match name.as_str() {
                "si" => {
                    bytes += text.len();
                    if bytes > TEXT_BYTES || texts.len() >= MOST_SHARED {
                        return Err(Bad::new("The workbook holds more text than is taken at once; split it."));
                    }
                    texts.push(std::mem::take(&mut text));
                }
                "t" => inside = false,
                "rPh" => aloud = false,
                _ => {}
            },
            Piece::Text(more) if inside && !aloud => {
                text.push_str(&more);
                fits(0, &text)?;
            }
            Piece::Text(_) => {}
            Piece::Over => return Ok(texts),
        }
    }
}

/// The cell formats that show a day, by their place.
fn date_styles(parts: &Parts<'_>) -> Result<HashSet<usize>, Bad> {
    let mut found = HashSet::new();
    let Some(part) = parts.part("xl/styles.xml")? else { return Ok(found) };
    let mut pieces = Pieces::new(part);
    let (mut own, mut inside, mut place) = (HashSet::new(), false, 0);
    loop {
        match pieces.next()? {
            Piece::Start(name, attributes) => match name.as_str() {
                "numFmt" => {
                    let code = attribute(&attributes, "formatCode").unwrap_or_default();
                    if let Some(id) = number_of(&attributes)
                        && dates::code_is_date(code)
                    {
                        own.insert(id);
                    }
                }
                "cellXfs" => inside = true,
                "xf" if inside => {
                    if number_of(&attributes).is_some_and(|id| own.contains(&id) || dates::builtin_is_date(id)) {
                        found.insert(place);
                    }
                    place += 1;
                }
                _ => {}
            },
            Piece::End(name) if name == "cellXfs" => inside = false,
            Piece::End(_) | Piece::Text(_) => {}
            Piece::Over => return Ok(found),
        }
        if own.len() + place > MOST_SHARED {
            return Err(Bad::new("The workbook has too many cell formats."));
        }
    }
}

fn number_of(attributes: &[(String, String)]) -> Option<u32> {
    attribute(attributes, "numFmtId")?.parse().ok()
}

struct Sheet<'a> {
    shared: &'a [String],
    dates: &'a HashSet<usize>,
    since_1904: bool,
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    text: String,
}

impl Sheet<'_> {
    fn rows(&self, mut pieces: Pieces<'_>) -> Result<Table, Bad> {
        let mut builder = Builder::default();
        let (mut place, mut cells, mut cell) = (0u32, Vec::<String>::new(), Cell::default());
        let (mut inside, mut aloud) = (false, false);
        loop {
            match pieces.next()? {
                Piece::Start(name, attributes) => match name.as_str() {
                    "row" => {
                        let told = attribute(&attributes, "r").and_then(|text| text.parse().ok());
                        place = told.unwrap_or(place.saturating_add(1));
                        cells.clear();
                    }
                    "c" => {
                        let told = attribute(&attributes, "r").and_then(column_of);
                        let text = |name| attribute(&attributes, name).unwrap_or_default();
                        cell = Cell {
                            column: told.unwrap_or(cells.len()),
                            kind: text("t").to_owned(),
                            style: text("s").parse().unwrap_or(usize::MAX),
                            text: String::new(),
                        };
                    }
                    "v" | "t" => inside = true,
                    "rPh" => aloud = true,
                    _ => {}
                },
                Piece::End(name) => match name.as_str() {
                    "v" | "t" => inside = false,
                    "rPh" => aloud = false,
                    "c" => {
                        let cell = std::mem::take(&mut cell);
                        if cell.column > super::MOST_COLUMNS {
                            let most = super::MOST_COLUMNS;
                            return Err(Bad::new(format!("Row {place} has more than {most} columns.")));
                        }
                        if cells.len() <= cell.column {
                            cells.resize(cell.column + 1, String::new());
                        }
                        cells[cell.column] = self.value(&cell)?;
                    }
                    "row" => builder.row(place, std::mem::take(&mut cells))?,
                    "sheetData" => return builder.done(),
                    _ => {}
                },
                Piece::Text(more) if inside && !aloud => {
                    cell.text.push_str(&more);
                    fits(place, &cell.text)?;
                }
                Piece::Text(_) => {}
                Piece::Over => return builder.done(),
            }
        }
    }

    fn value(&self, cell: &Cell) -> Result<String, Bad> {
        Ok(match cell.kind.as_str() {
            "s" => {
                let place: usize = cell.text.trim().parse().unwrap_or(usize::MAX);
                let missing = || Bad::new("The workbook is broken: a cell refers to a text that is not there.");
                self.shared.get(place).ok_or_else(missing)?.clone()
            }
            "inlineStr" | "str" | "d" => cell.text.clone(),
            "b" => if cell.text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "e" => String::new(),
            _ => self.number(cell),
        })
    }

    /// A number as it would be typed: no `.0`, no exponent; a day as `2026-11-23`.
    fn number(&self, cell: &Cell) -> String {
        let text = cell.text.trim();
        let Ok(value) = text.parse::<f64>() else { return text.to_owned() };
        if self.dates.contains(&cell.style)
            && let Some(day) = dates::day(value, self.since_1904)
        {
            return day;
        }
        if value.fract() == 0.0 && value.abs() < 1e15 {
            return format!("{value:.0}");
        }
        text.to_owned()
    }
}

/// 0 of `A1`, 27 of `AB7`.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase).take(4);
    let number = letters.fold(0usize, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1);
    number.checked_sub(1)
}
