//! The history of calls. The newer search is asked first: the older list may be read once in thirty minutes only, a page at a
//! time.

use super::super::{Call, Source, items, some_text, text};
use super::{REFUSED, payload};
use crate::omicall::parse_direction;
use call::Direction;
use model::Problem;
use serde_json::{Value, json};

/// The longest span of calls that the vendor lists.
const SPAN_MS: i64 = 30 * 24 * 3600 * 1000;
/// The most calls of a page of the search, and of the list.
const SIZES: (u32, u32) = (50, 100);
/// A number of seconds above this is a moment since 1970, below it a length.
const MOMENT_S: i64 = 100_000_000;

/// Which list is read, where the present span of thirty days begins, and the page in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    newer: bool,
    begin: i64,
    page: u32,
}

impl Place {
    fn read(text: &str) -> Option<Place> {
        let mut parts = text.split('.');
        let place = Place {
            newer: parts.next()? == "n",
            begin: parts.next()?.parse().ok()?,
            page: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(place)
    }

    fn write(self) -> String {
        format!("{}.{}.{}", if self.newer { 'n' } else { 'o' }, self.begin, self.page)
    }
}

pub(in crate::import) async fn calls(
    source: &Source<'_>,
    (from, to): (i64, i64),
    cursor: Option<&str>,
) -> Result<(Vec<Call>, Option<String>), Problem> {
    let first = Place { newer: true, begin: from, page: 1 };
    let mut place = cursor.and_then(Place::read).unwrap_or(first);
    let end = place.begin.saturating_add(SPAN_MS).min(to);
    if place.begin >= end {
        return Ok((Vec::new(), None));
    }
    let answer = match page(source, place, end).await {
        // An account without the newer search has the older list.
        Err(problem) if problem.code == REFUSED && place == first => {
            place.newer = false;
            page(source, place, end).await?
        }
        other => other?,
    };
    let calls = items(&answer, "items").iter().filter_map(call).collect();
    let next = match answer["has_next"].as_bool() {
        Some(true) => Some(Place { page: place.page + 1, ..place }),
        _ if end < to => Some(Place { begin: end, page: 1, ..place }),
        _ => None,
    };
    Ok((calls, next.map(Place::write)))
}

async fn page(source: &Source<'_>, place: Place, end: i64) -> Result<Value, Problem> {
    let Place { newer, begin, page } = place;
    if newer {
        let path = format!("/api/v3/call-transaction/search?page={page}&size={}", SIZES.0);
        let body = json!({
            "filter": { "fromDate": begin, "toDate": end - 1 },
            // The oldest first, so that what comes in meanwhile shifts nothing.
            "sort": { "field": "created_date", "isAsc": true },
        });
        return payload(source.ask("POST", path, Some(body)).await?);
    }
    let span = format!("from_date={begin}&to_date={}", end - 1);
    let path = format!("/api/call_transaction/list?{span}&page={page}&size={}", SIZES.1);
    payload(source.ask("GET", path, None).await?)
}

fn call(row: &Value) -> Option<Call> {
    let number = |name: &str| row[name].as_i64().unwrap_or_default().max(0);
    let started_at = row["created_date"].as_i64()?;
    let talked_ms = number("bill_sec").saturating_mul(1000);
    let answered_s = number("time_start_to_answer");
    // The vendor's pages show a moment; a length stands there in some answers.
    let answered_at = match answered_s >= MOMENT_S {
        true => answered_s.saturating_mul(1000),
        false => started_at.saturating_add(answered_s.saturating_mul(1000)),
    };
    let answered_at = answered_at.max(started_at);
    let answered = text(row, "disposition") == "answered";
    // The day of the last change is no end: what people write on a call changes it.
    let ended_at = match answered {
        true => answered_at.saturating_add(talked_ms),
        false => started_at.saturating_add(number("duration").saturating_mul(1000)),
    };
    let direction = parse_direction(&text(row, "direction")).unwrap_or(Direction::Inbound);
    let (caller, callee) = (text(row, "source_number"), text(row, "destination_number"));
    let shown = match direction {
        Direction::Inbound => Some(callee.clone()),
        Direction::Outbound => Some(caller.clone()),
        Direction::Internal => None,
    };
    Some(Call {
        key: text(row, "transaction_id"),
        direction,
        extension: some_text(row, "sip_user"),
        hotline: some_text(row, "hotline").or(shown),
        started_at,
        answered_at: answered.then_some(answered_at),
        ended_at,
        caller,
        callee,
    })
}
