//! Lists as files for spreadsheets. CSV flows while it is read, in any length and constant memory; a workbook is put
//! together in memory and has a bound. No cell becomes a formula.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use crm::sheet::write::{CSV_MARK, Value, Workbook, csv_row};
use futures_util::{Stream, StreamExt, stream};
use model::Problem;
use rest::Answer;
use std::pin::Pin;

/// The most rows of a workbook.
const WORKBOOK_ROWS: usize = 50_000;

/// In which form a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub(crate) fn parse(word: Option<&str>) -> Result<Format, Problem> {
        match word {
            None | Some("csv") => Ok(Format::Csv),
            Some("xlsx") => Ok(Format::Xlsx),
            Some(_) => Err(Problem::invalid("format", "Use csv or xlsx.")),
        }
    }
}

/// The language of heads and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Vi,
    En,
}

impl Language {
    pub(crate) fn parse(word: Option<&str>) -> Result<Language, Problem> {
        match word {
            None | Some("vi") => Ok(Language::Vi),
            Some("en") => Ok(Language::En),
            Some(_) => Err(Problem::invalid("language", "Use vi or en.")),
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    /// A whole number that can be summed up.
    Number(i64),
}

/// Rows of cells, some at a time.
pub(crate) type Pages = Pin<Box<dyn Stream<Item = Result<Vec<Vec<Cell>>, Problem>> + Send>>;

/// The file as an answer, to be kept under this name.
pub(crate) async fn answer(
    format: Format,
    name: &'static str,
    head: &[&'static str],
    pages: Pages,
) -> Answer<Response> {
    match format {
        Format::Csv => csv(name, head, pages).await,
        Format::Xlsx => workbook(name, head, pages).await,
    }
}

async fn csv(name: &'static str, head: &[&'static str], mut pages: Pages) -> Answer<Response> {
    // The first page is read before the answer begins, so that what is wrong is told as a problem.
    let first = pages.next().await.transpose()?.unwrap_or_default();
    let begin = format!("{CSV_MARK}{}{}", csv_row(head.iter().copied()), text(&first));
    let rest = pages.map(|page| match page {
        Ok(rows) => Ok(Bytes::from(text(&rows))),
        Err(problem) => Err(std::io::Error::other(problem.to_string())),
    });
    let begin = stream::once(async move { Ok(Bytes::from(begin)) });
    Ok(file("text/csv; charset=utf-8", &format!("{name}.csv"), Body::from_stream(begin.chain(rest))))
}

fn text(rows: &[Vec<Cell>]) -> String {
    let words = |row: &Vec<Cell>| -> Vec<String> {
        let word = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
        };
        row.iter().map(word).collect()
    };
    rows.iter().map(|row| csv_row(words(row).iter().map(String::as_str))).collect()
}

async fn workbook(name: &'static str, head: &[&'static str], mut pages: Pages) -> Answer<Response> {
    let mut book = Workbook::new();
    book.row(head.iter().map(|word| Value::Text(word)));
    while let Some(rows) = pages.next().await.transpose()? {
        if book.len() + rows.len() > WORKBOOK_ROWS + 1 {
            let message = format!("More than {WORKBOOK_ROWS} rows are for csv.");
            return Err(Problem::invalid("format", message).into());
        }
        for row in &rows {
            book.row(row.iter().map(|cell| match cell {
                Cell::Text(text) => Value::Text(text),
                // Whole numbers of lists are far below where a float loses one.
                Cell::Number(number) => Value::Number(*number as f64),
            }));
        }
    }
    let packed = tokio::task::spawn_blocking(move || book.finish(name)).await;
    let bytes = packed.map_err(|error| Problem::internal(format!("a workbook could not be packed: {error}")))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(kind, &format!("{name}.xlsx"), bytes.into()))
}

/// A file to be kept, never shown.
pub(crate) fn file(kind: &'static str, name: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, attachment.expect("the names are plain"));
    response
}
