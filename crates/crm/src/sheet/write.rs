//! Tables for people's spreadsheets. No cell becomes a formula there, whatever stands in it.

use miniz_oxide::deflate::compress_to_vec;
use std::fmt::Write;

/// The mark that tells spreadsheets that a CSV file is UTF-8; stands once, at its beginning.
pub const CSV_MARK: &str = "\u{feff}";

/// One row of CSV with its end (RFC 4180). A cell that a spreadsheet would run gets an apostrophe in front; numbers with
/// a sign stay as they are.
pub fn csv_row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            row.push(',');
        }
        row.push('"');
        if is_formula(cell) {
            row.push('\'');
        }
        row.push_str(&cell.replace('"', "\"\""));
        row.push('"');
    }
    row.push_str("\r\n");
    row
}

fn is_formula(cell: &str) -> bool {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ' || byte == b'.');
    match cell.chars().next() {
        Some('+' | '-') => cell.len() == 1 || !number(&cell[1..]),
        Some('=' | '@' | '\t' | '\r' | '\n') => true,
        _ => false,
    }
}

/// A cell of a workbook.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Text, which stays text.
    Text(&'a str),
    /// A number that can be summed up.
    Number(f64),
}

/// A workbook of one sheet, put together row by row.
#[derive(Debug, Default)]
pub struct Workbook {
    rows: String,
    count: usize,
}

impl Workbook {
    /// An empty one.
    pub fn new() -> Workbook {
        Workbook::default()
    }

    /// Adds one row.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Value<'a>>) {
        self.count += 1;
        self.rows.push_str("<row>");
        for cell in cells {
            match cell {
                Value::Text(text) => {
                    self.rows.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
                    escape(&mut self.rows, text);
                    self.rows.push_str("</t></is></c>");
                }
                Value::Number(number) if number.is_finite() => {
                    write!(self.rows, "<c><v>{number}</v></c>").expect("a text takes all");
                }
                Value::Number(_) => self.rows.push_str("<c/>"),
            }
        }
        self.rows.push_str("</row>");
    }

    /// How many rows were added.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The file. `name` is the sheet's.
    pub fn finish(self, name: &str) -> Vec<u8> {
        let mut title = String::new();
        let plain = |c: &char| !"[]:*?/\\".contains(*c);
        escape(&mut title, &name.chars().filter(plain).take(31).collect::<String>());
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        let mut zip = Zip::default();
        zip.add(
            "[Content_Types].xml",
            &format!(
                "{head}<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                 ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" \
                 ContentType=\"{kind}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" \
                 ContentType=\"{kind}.worksheet+xml\"/></Types>"
            ),
        );
        let relation = |kind: &str, target: &str| {
            format!(
                "{head}<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
            )
        };
        zip.add("_rels/.rels", &relation("officeDocument", "xl/workbook.xml"));
        zip.add(
            "xl/workbook.xml",
            &format!(
                "{head}<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"{title}\" sheetId=\"1\" \
                 r:id=\"rId1\"/></sheets></workbook>"
            ),
        );
        zip.add("xl/_rels/workbook.xml.rels", &relation("worksheet", "worksheets/sheet1.xml"));
        let rows = self.rows;
        zip.add(
            "xl/worksheets/sheet1.xml",
            &format!("{head}<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        );
        zip.finish()
    }
}

/// Text inside XML; characters that XML has not are left out.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => {}
        }
    }
}

/// A ZIP container (APPNOTE 6.3) with packed parts.
#[derive(Default)]
struct Zip {
    file: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    fn add(&mut self, name: &str, text: &str) {
        let packed = compress_to_vec(text.as_bytes(), 6);
        let size = |bytes: usize| u32::try_from(bytes).expect("no table of ours has 4 GB").to_le_bytes();
        let offset = size(self.file.len());
        // Version 2.0, names in UTF-8, deflate, 1980-01-01: what follows the signature is the same in both records.
        let mut record = vec![20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0];
        record.extend(crc32(text.as_bytes()).to_le_bytes());
        record.extend(size(packed.len()));
        record.extend(size(text.len()));
        record.extend(u16::try_from(name.len()).expect("names are short").to_le_bytes());
        record.extend([0, 0]);
        self.file.extend(b"PK\x03\x04");
        self.file.extend(&record);
        self.file.extend(name.as_bytes());
        self.file.extend(packed);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&record);
        self.directory.extend([0; 10]);
        self.directory.extend(offset);
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    fn finish(mut self) -> Vec<u8> {
        let size = |bytes: usize| u32::try_from(bytes).expect("no table of ours has 4 GB").to_le_bytes();
        let (offset, length) = (size(self.file.len()), size(self.directory.len()));
        self.file.append(&mut self.directory);
        self.file.extend(b"PK\x05\x06\0\0\0\0");
        self.file.extend(self.count.to_le_bytes());
        self.file.extend(self.count.to_le_bytes());
        self.file.extend(length);
        self.file.extend(offset);
        self.file.extend([0, 0]);
        self.file
    }
}

/// The checksum of ZIP (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0u32; 256];
        let mut at = 0;
        while at < 256 {
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    let step = |sum: u32, byte: &u8| TABLE[usize::from((sum as u8) ^ byte)] ^ (sum >> 8);
    !bytes.iter().fold(u32::MAX, step)
}

/// A container with these parts, for tests of reading.
#[cfg(test)]
pub(super) fn tests_container(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = Zip::default();
    for (name, text) in parts {
        zip.add(name, text);
    }
    zip.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        let cells = ["=1+1", "+84901234567", "-5", "@SUM(A1)", "+cmd|' /C calc'!A1", "\t=1", "Lan \"VIP\"", "a,b"];
        assert_eq!(
            csv_row(cells),
            "\"'=1+1\",\"+84901234567\",\"-5\",\"'@SUM(A1)\",\"'+cmd|' /C calc'!A1\",\"'\t=1\",\"Lan \"\"VIP\"\"\",\"a,b\"\r\n"
        );
    }

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
