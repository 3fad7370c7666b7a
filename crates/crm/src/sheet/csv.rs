//! CSV as RFC 4180 has it and as spreadsheets write it: comma, semicolon or tab, UTF-8 or UTF-16 with a mark.

use super::{Bad, Builder, Table, fits};
use std::borrow::Cow;

pub(super) fn read(file: &[u8]) -> Result<Table, Bad> {
    let text = decoded(file)?;
    let separator = separator_of(&text);
    let mut builder = Builder::default();
    let mut lines = Lines { rest: text.chars().peekable(), separator };
    let mut place = 0;
    while let Some(cells) = lines.next_row(place + 1)? {
        place += 1;
        builder.row(place, cells)?;
    }
    builder.done()
}

fn decoded(file: &[u8]) -> Result<Cow<'_, str>, Bad> {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.map(Cow::Owned).map_err(|_| Bad::new("The text of the file is broken; save it as CSV UTF-8."))
    };
    let text = match file {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        _ => {
            let rest = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
            let bad = |_| Bad::new("The file is neither a workbook (.xlsx) nor CSV in UTF-8; save it as one of these.");
            Cow::Borrowed(std::str::from_utf8(rest).map_err(bad)?)
        }
    };
    if text.contains('\0') {
        return Err(Bad::new("The file is no table: it holds NUL characters."));
    }
    Ok(text)
}

/// The one that stands most often in the first line, outside quotes.
fn separator_of(text: &str) -> char {
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            c if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == c) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| separator)
}

struct Lines<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    separator: char,
}

impl Lines<'_> {
    fn next_row(&mut self, place: u32) -> Result<Option<Vec<String>>, Bad> {
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let mut cells = Vec::new();
        loop {
            let (cell, ended) = self.cell(place)?;
            cells.push(cell);
            if cells.len() > super::MOST_COLUMNS + 1 {
                let message = format!("Row {place} has more than {} columns.", super::MOST_COLUMNS);
                return Err(Bad::new(message));
            }
            if ended {
                return Ok(Some(cells));
            }
        }
    }

    /// One cell, and whether the row ends with it.
    fn cell(&mut self, place: u32) -> Result<(String, bool), Bad> {
        let mut cell = String::new();
        if self.rest.peek() == Some(&'"') {
            self.rest.next();
            loop {
                match self.rest.next() {
                    Some('"') if self.rest.peek() == Some(&'"') => {
                        self.rest.next();
                        cell.push('"');
                    }
                    Some('"') => break,
                    Some(c) => cell.push(c),
                    None => return Err(Bad::new(format!("A quote that row {place} opens is never closed."))),
                }
                fits(place, &cell)?;
            }
        }
        loop {
            match self.rest.next() {
                Some(c) if c == self.separator => return Ok((cell, false)),
                Some('\r') => {
                    if self.rest.peek() == Some(&'\n') {
                        self.rest.next();
                    }
                    return Ok((cell, true));
                }
                Some('\n') | None => return Ok((cell, true)),
                Some(c) => cell.push(c),
            }
            fits(place, &cell)?;
        }
    }
}
