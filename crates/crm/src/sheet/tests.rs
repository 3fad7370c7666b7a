use super::write::{Value, Workbook, csv_row};
use super::*;
use proptest::prelude::*;

fn table(text: &str) -> Table {
    read(text.as_bytes()).expect("a table")
}

fn cells(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

/// A container with these parts, stored by the writer of the house.
fn workbook_with(sheet: &str, shared: &str) -> Vec<u8> {
    write::tests_container(&[
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"A\" r:id=\"rId1\"/></sheets></workbook>"),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", shared),
        ("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
    ])
}

#[test]
fn csv_is_read_as_spreadsheets_write_it() {
    for text in ["Tên,Số\r\n\"Lan, VIP\",0901\r\n", "\u{feff}Tên;Số\n\"Lan, VIP\";0901", "Tên\tSố\nLan, VIP\t0901\n\n"]
    {
        let table = table(text);
        assert_eq!(table.head, ["Tên", "Số"], "{text}");
        assert_eq!(cells(&table), [["Lan, VIP", "0901"]], "{text}");
    }
    let quoted = table("a,b\n\"two\nlines\",\"a \"\"quote\"\"\"\nshort\n");
    assert_eq!(cells(&quoted), [["two\nlines", "a \"quote\""], ["short", ""]]);
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("Tên\tSố\nLan\t1\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read(&wide).expect("a table").head, ["Tên", "Số"]);
}

#[test]
fn what_is_no_table_is_refused_in_words() {
    for (file, words) in [
        (&b""[..], "no rows"),
        (b"name,phone\n", "no rows"),
        (b"a\xff\xfe", "UTF-8"),
        (b"a\n\"open", "never closed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or a protected"),
        (b"PK\x03\x04nothing", "broken"),
        (b"a\nb\0", "NUL"),
    ] {
        let Bad(told) = read(file).expect_err("no table");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn rows_columns_cells_and_files_have_bounds() {
    let rows = format!("a\n{}", "x\n".repeat(MOST_ROWS + 1));
    assert!(read(rows.as_bytes()).expect_err("too many").0.contains("rows"));
    let columns = format!("{}\nx\n", "a,".repeat(MOST_COLUMNS + 1));
    assert!(read(columns.as_bytes()).expect_err("too many").0.contains("columns"));
    let cell = format!("a\n{}\n", "x".repeat(CELL_BYTES + 1));
    assert!(read(cell.as_bytes()).expect_err("too long").0.contains("longer"));
    assert!(read(&vec![b'a'; FILE_BYTES + 1]).expect_err("too large").0.contains("larger"));
}

#[test]
fn what_the_house_writes_it_reads_again() {
    let mut book = Workbook::new();
    book.row([Value::Text("Tên"), Value::Text("Số"), Value::Text("Giây")]);
    book.row([Value::Text("=HYPERLINK(\"http://x\")"), Value::Text("+84901"), Value::Number(75.0)]);
    book.row([Value::Text("a < b & \u{1}c"), Value::Text(" "), Value::Number(0.5)]);
    let table = read(&book.finish("Danh bạ: [1]")).expect("a table");
    assert_eq!(table.head, ["Tên", "Số", "Giây"]);
    assert_eq!(cells(&table), [["=HYPERLINK(\"http://x\")", "+84901", "75"], ["a < b & c", " ", "0.5"]]);
}

#[test]
fn shared_texts_numbers_and_days_are_read() {
    let sheet = "<worksheet><sheetData>
        <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>Ng&#xE0;y</t></is></c></row>
        <row r=\"5\"><c r=\"A5\"><v>9.01234567E8</v></c><c r=\"C5\" s=\"1\"><v>46349</v></c></row>
    </sheetData></worksheet>";
    let shared = "<sst><si><r><t>S</t></r><r><t>ố</t></r><rPh><t>so</t></rPh></si></sst>";
    let table = read(&workbook_with(sheet, shared)).expect("a table");
    assert_eq!(table.head, ["Số", "", "Ngày"]);
    assert_eq!(table.rows, [Row { place: 5, cells: vec!["901234567".into(), String::new(), "2026-11-23".into()] }]);
}

#[test]
fn entities_cannot_be_declared() {
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><worksheet><sheetData/></worksheet>";
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet><sheetData/></worksheet>";
    for sheet in [laughs, outside] {
        let told = read(&workbook_with(sheet, "<sst/>")).expect_err("refused").0;
        assert!(told.contains("document type"), "{told}");
    }
    let unknown = "<worksheet><sheetData><row><c t=\"str\"><v>&xxe;</v></c></row></sheetData></worksheet>";
    assert!(read(&workbook_with(unknown, "<sst/>")).expect_err("refused").0.contains("entity"));
}

#[test]
fn a_bomb_is_refused_while_it_unpacks() {
    let rows = "<row><c><v>1</v></c></row>".repeat(20_000);
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let file = workbook_with(&sheet, "<sst/>");
    assert!(file.len() * 20 < sheet.len(), "{}", file.len());
    assert!(workbook::read_within(&file, sheet.len() + 2_000).is_ok());
    let told = workbook::read_within(&file, sheet.len() / 2).expect_err("refused").0;
    assert!(told.contains("unpacks to more"), "{told}");
}

#[test]
fn nothing_in_a_workbook_may_grow_without_end() {
    let long = " ".repeat(3_000_000);
    for sheet in [
        format!("<worksheet><!--{long}--><sheetData/></worksheet>"),
        format!("<worksheet><sheetData a=\"{long}\"/></worksheet>"),
        format!("<worksheet>{long}<sheetData/></worksheet>"),
    ] {
        let told = read(&workbook_with(&sheet, "<sst/>")).expect_err("refused").0;
        assert!(told.contains("too long"), "{told}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_file_makes_the_reader_panic(file in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read(&file));
    }

    #[test]
    fn no_change_of_a_workbook_makes_the_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut book = Workbook::new();
        book.row([Value::Text("name"), Value::Text("phone")]);
        book.row([Value::Text("Lan"), Value::Number(901_234_567.0)]);
        let mut file = book.finish("A");
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        drop(read(&file));
        file.truncate(cut.index(file.len()) + 1);
        drop(read(&file));
    }

    #[test]
    fn no_change_of_a_part_makes_the_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), "[<>&;/\"= a-c0-9!\\[\\]?-]{0,4}"), 1..8),
    ) {
        let mut sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\" s=\"1\"><v>0</v></c></row>\
                         <row><c><v>46349</v></c><c t=\"inlineStr\"><is><t>a&amp;b</t></is></c></row></sheetData></worksheet>"
            .to_owned();
        for (place, text) in changes {
            let place = place.index(sheet.len());
            sheet.insert_str(place, &text);
        }
        drop(read(&workbook_with(&sheet, "<sst><si><t>S</t></si></sst>")));
    }

    #[test]
    fn csv_that_was_written_reads_back(rows in proptest::collection::vec(proptest::collection::vec("[ -~àđư]{1,8}", 3), 1..6)) {
        let mut text = csv_row(["a", "b", "c"]);
        for row in &rows {
            text.push_str(&csv_row(row.iter().map(String::as_str)));
        }
        let back = read(text.as_bytes());
        let kept: Vec<_> = rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        if let Ok(table) = back {
            prop_assert_eq!(table.rows.len(), kept.len());
            for (row, wanted) in table.rows.iter().zip(kept) {
                for (cell, wanted) in row.cells.iter().zip(wanted) {
                    prop_assert_eq!(cell.trim_start_matches('\'').trim(), wanted.trim_start_matches('\'').trim());
                }
            }
        } else {
            prop_assert!(kept.is_empty());
        }
    }
}
