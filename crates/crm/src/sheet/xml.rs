//! XML as workbooks hold it, read piece by piece. A document type is refused, so that no entity can be declared; only the
//! five of XML itself and character numbers are known. Nothing is ever fetched.

use super::unzip::Unpacked;
use super::{Bad, CELL_BYTES};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What a reader of cells needs to know.
#[derive(Debug)]
pub(super) enum Piece {
    /// An element begins: its name without a prefix, and its attributes.
    Start(String, Vec<(String, String)>),
    /// An element ends.
    End(String),
    /// Text between.
    Text(String),
    /// The document is over.
    Over,
}

/// A document while it is read.
pub(super) struct Pieces<'a> {
    reader: Reader<Unpacked<'a>>,
    buffer: Vec<u8>,
    /// An element that ended where it began.
    empty: Option<String>,
}

fn broken(error: &impl std::fmt::Display) -> Bad {
    Bad::new(format!("The workbook is broken: {error}"))
}

impl<'a> Pieces<'a> {
    pub(super) fn new(input: Unpacked<'a>) -> Pieces<'a> {
        Pieces { reader: Reader::from_reader(input), buffer: Vec::new(), empty: None }
    }

    pub(super) fn next(&mut self) -> Result<Piece, Bad> {
        if let Some(name) = self.empty.take() {
            return Ok(Piece::End(name));
        }
        loop {
            self.buffer.clear();
            self.reader.get_mut().mark();
            let piece = match self.reader.read_event_into(&mut self.buffer).map_err(|error| told(&error))? {
                Event::Start(start) => named(&start)?,
                Event::Empty(start) => {
                    let piece = named(&start)?;
                    if let Piece::Start(name, _) = &piece {
                        self.empty = Some(name.clone());
                    }
                    piece
                }
                Event::End(end) => Piece::End(end.local_name().as_ref().to_owned()),
                Event::Text(text) => Piece::Text(text.to_string()),
                Event::CData(text) => Piece::Text(text.to_string()),
                Event::GeneralRef(reference) => Piece::Text(entity(&reference)?),
                Event::DocType(_) => {
                    return Err(Bad::new(
                        "The workbook holds a document type, which no spreadsheet writes; save it anew.",
                    ));
                }
                Event::Eof => Piece::Over,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => continue,
            };
            return Ok(piece);
        }
    }
}

/// The bound on unpacking ends a document as an input error, in words of its own.
fn told(error: &quick_xml::Error) -> Bad {
    match error {
        quick_xml::Error::Io(error) => Bad::new(error.to_string()),
        other => broken(other),
    }
}

fn named(start: &BytesStart<'_>) -> Result<Piece, Bad> {
    let mut attributes = Vec::new();
    for attribute in start.attributes().take(50) {
        let attribute = attribute.map_err(|error| broken(&error))?;
        let value = attribute.value;
        if value.len() > CELL_BYTES {
            return Err(Bad::new("The workbook is broken: an attribute is too long."));
        }
        attributes.push((attribute.key.local_name().as_ref().to_owned(), unescaped(&value)?));
    }
    Ok(Piece::Start(start.local_name().as_ref().to_owned(), attributes))
}

/// An attribute's value with its references replaced.
fn unescaped(value: &str) -> Result<String, Bad> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, later) = after.split_once(';').ok_or_else(|| Bad::new("The workbook is broken: a bare &."))?;
        text.push_str(before);
        text.push_str(&entity(name)?);
        rest = later;
    }
    text.push_str(rest);
    Ok(text)
}

fn entity(name: &str) -> Result<String, Bad> {
    let number = |text: &str, radix| u32::from_str_radix(text, radix).ok().and_then(char::from_u32);
    let c = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => match name.strip_prefix('#') {
            Some(code) => code.strip_prefix('x').map_or_else(|| number(code, 10), |hex| number(hex, 16)),
            None => None,
        },
    };
    // NUL is no character of XML, and none that a database takes.
    let c = c.filter(|c| *c != '\0').ok_or_else(|| Bad::new("The workbook is broken: an unknown entity."))?;
    Ok(c.to_string())
}

/// The value of an attribute.
pub(super) fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
