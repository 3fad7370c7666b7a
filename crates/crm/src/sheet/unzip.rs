//! The ZIP container of an XLSX file (APPNOTE 6.3): finds parts by name and unpacks them piece by piece, counting what
//! comes out. Names lead nowhere: nothing is written to a disk. ZIP64, encryption and other methods are refused.

use super::Bad;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};
use std::cell::Cell;
use std::io::{BufRead, Read};

/// How many parts a workbook may have.
const MOST_PARTS: usize = 2_000;
const PIECE: usize = 32 * 1024;
/// The most that lies between two marks of its reader, bytes: one element, text or comment.
const MOST_AT_ONCE: usize = 1024 * 1024;

/// The parts of one file.
pub(super) struct Parts<'a> {
    file: &'a [u8],
    parts: Vec<Part<'a>>,
    /// What may still be unpacked, over all parts.
    left: Cell<usize>,
}

struct Part<'a> {
    name: &'a [u8],
    method: u16,
    packed: usize,
    header: usize,
}

fn broken() -> Bad {
    Bad::new("The workbook is broken: its container cannot be read.")
}

fn u16_at(bytes: &[u8], at: usize) -> Result<usize, Bad> {
    let two = bytes.get(at..at.saturating_add(2)).ok_or_else(broken)?;
    Ok(usize::from(u16::from_le_bytes([two[0], two[1]])))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, Bad> {
    let four = bytes.get(at..at.saturating_add(4)).ok_or_else(broken)?;
    let value = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    if value == u32::MAX {
        return Err(Bad::new("The workbook is too large (ZIP64); split it."));
    }
    usize::try_from(value).map_err(|_| broken())
}

impl<'a> Parts<'a> {
    /// Reads the directory at the end of the file.
    /// All parts together may unpack to `unpacked` bytes.
    pub(super) fn open(file: &'a [u8], unpacked: usize) -> Result<Parts<'a>, Bad> {
        // The end record is 22 bytes with a comment of at most 65,535 behind it.
        let from = file.len().saturating_sub(22 + 65_535);
        let tail = file.get(from..).unwrap_or_default();
        let end = from + tail.windows(4).rposition(|window| window == b"PK\x05\x06").ok_or_else(broken)?;
        let (count, mut at) = (u16_at(file, end + 10)?, u32_at(file, end + 16)?);
        if count > MOST_PARTS {
            return Err(Bad::new(format!("The workbook has more than {MOST_PARTS} parts.")));
        }
        let mut parts = Vec::with_capacity(count);
        for _ in 0..count {
            if file.get(at..at.saturating_add(4)) != Some(b"PK\x01\x02".as_slice()) {
                return Err(broken());
            }
            let flags = u16_at(file, at + 8)?;
            let (name, extra, comment) = (u16_at(file, at + 28)?, u16_at(file, at + 30)?, u16_at(file, at + 32)?);
            if flags & 1 != 0 {
                return Err(Bad::new("The workbook is protected; save it without a password."));
            }
            let part = Part {
                name: file.get(at + 46..at + 46 + name).ok_or_else(broken)?,
                method: u16::try_from(u16_at(file, at + 10)?).map_err(|_| broken())?,
                packed: u32_at(file, at + 20)?,
                header: u32_at(file, at + 42)?,
            };
            parts.push(part);
            at += 46 + name + extra + comment;
        }
        Ok(Parts { file, parts, left: Cell::new(unpacked) })
    }

    /// Unpacks the part of this name while it is read; `None` when there is none.
    pub(super) fn part(&self, name: &str) -> Result<Option<Unpacked<'_>>, Bad> {
        let Some(part) = self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name.as_bytes())) else {
            return Ok(None);
        };
        let at = part.header;
        if self.file.get(at..at.saturating_add(4)) != Some(b"PK\x03\x04".as_slice()) {
            return Err(broken());
        }
        let start = at + 30 + u16_at(self.file, at + 26)? + u16_at(self.file, at + 28)?;
        let packed = self.file.get(start..start.saturating_add(part.packed)).ok_or_else(broken)?;
        let state = match part.method {
            0 => None,
            8 => Some(InflateState::new_boxed(DataFormat::Raw)),
            _ => return Err(Bad::new("The workbook is packed in a way that is not read; save it anew as .xlsx.")),
        };
        Ok(Some(Unpacked { packed, state, piece: Vec::new(), at: 0, ended: false, at_once: 0, left: &self.left }))
    }
}

/// A part while it is unpacked.
pub(super) struct Unpacked<'a> {
    packed: &'a [u8],
    /// `None` for a part that was stored as it is.
    state: Option<Box<InflateState>>,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
    at_once: usize,
    left: &'a Cell<usize>,
}

impl Unpacked<'_> {
    /// Its reader has taken in all before: what comes next may be large again.
    pub(super) fn mark(&mut self) {
        self.at_once = 0;
    }

    fn refill(&mut self) -> std::io::Result<()> {
        let fault = |text: &str| std::io::Error::other(text.to_owned());
        self.at = 0;
        self.piece.resize(PIECE, 0);
        let made = match &mut self.state {
            None => {
                let length = self.packed.len().min(PIECE);
                let (now, later) = self.packed.split_at(length);
                self.piece[..length].copy_from_slice(now);
                self.packed = later;
                length
            }
            Some(state) => {
                let result = inflate(state, self.packed, &mut self.piece, MZFlush::None);
                self.packed = self.packed.get(result.bytes_consumed..).unwrap_or_default();
                match result.status {
                    Ok(MZStatus::StreamEnd) => self.ended = true,
                    Ok(_) if result.bytes_consumed > 0 || result.bytes_written > 0 => {}
                    Err(MZError::Buf) if result.bytes_written > 0 => {}
                    Ok(_) | Err(_) => return Err(fault("The workbook is broken: a part cannot be unpacked.")),
                }
                result.bytes_written
            }
        };
        self.piece.truncate(made);
        if made == 0 && self.state.is_none() {
            self.ended = true;
        }
        let left = self.left.get().checked_sub(made).ok_or_else(|| {
            fault("The workbook unpacks to more than is taken; leave out pictures and empty rows, or split it.")
        })?;
        self.left.set(left);
        Ok(())
    }
}

impl BufRead for Unpacked<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        while self.at >= self.piece.len() && !self.ended {
            if self.at_once > MOST_AT_ONCE {
                return Err(std::io::Error::other("The workbook is broken: something in it is too long."));
            }
            self.refill()?;
        }
        Ok(self.piece.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.at_once += amount;
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = {
            let piece = self.fill_buf()?;
            let length = piece.len().min(buffer.len());
            buffer[..length].copy_from_slice(&piece[..length]);
            length
        };
        self.consume(length);
        Ok(length)
    }
}
