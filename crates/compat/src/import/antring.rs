//! AntRing's history of calls, all that its API tells of a company. The key is the application's id and secret, with a colon
//! between.

use super::{Account, Call, Line, Question, Source, items, json, some_text, text};
use call::Direction;
use jiff::Timestamp;
use model::Problem;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The longest span of calls that the vendor lists.
const SPAN_MS: i64 = 31 * 24 * 3600 * 1000;
/// Calls of a page.
const SIZE: usize = 100;

/// The id and the secret, once they count.
pub(super) async fn enter(line: &dyn Line, key: &str) -> Result<String, Problem> {
    page(line, key, (0, 1_000), 1).await?;
    Ok(key.to_owned())
}

pub(super) fn account() -> Account {
    let missing = "People, extensions, hotlines, groups, flows and greetings: the vendor's API tells none.".to_owned();
    Account { missing: vec![missing], ..Account::default() }
}

/// The cursor is where the present span begins, and the page in it.
pub(super) async fn calls(
    source: &Source<'_>,
    (from, to): (i64, i64),
    cursor: Option<&str>,
) -> Result<(Vec<Call>, Option<String>), Problem> {
    let read = |text: &str| {
        let (begin, page) = text.split_once('.')?;
        Some((begin.parse::<i64>().ok()?, page.parse::<u32>().ok()?))
    };
    let (begin, number) = cursor.and_then(read).unwrap_or((from, 1));
    let end = begin.saturating_add(SPAN_MS).min(to);
    if begin >= end {
        return Ok((Vec::new(), None));
    }
    let rows = page(source.line, &source.bearer, (begin, end - 1), number).await?;
    let next = match (rows.len() < SIZE, end < to) {
        (false, _) => Some(format!("{begin}.{}", number + 1)),
        (true, true) => Some(format!("{end}.1")),
        (true, false) => None,
    };
    Ok((rows.iter().filter_map(call).collect(), next))
}

async fn page(line: &dyn Line, key: &str, (from, to): (i64, i64), page: u32) -> Result<Vec<Value>, Problem> {
    let wrong = || Problem::invalid("key", "Give the application's id and secret as ID:SECRET.");
    let (id, secret) = key.split_once(':').ok_or_else(wrong)?;
    let values = [id.to_owned(), moment(from), moment(to), SIZE.to_string(), page.to_string()];
    let hash = Sha256::digest(format!("{}{secret}", values.concat()));
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let names = ["appId", "created_from", "created_to", "limit", "page"];
    let pairs = names.into_iter().zip(values.iter().map(String::as_str)).chain([("hash", hash.as_str())]);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let path = format!("/oapi/v1/call/histories?{query}");
    let answer = json(line.ask(Question { method: "GET", path, bearer: String::new(), body: None }).await?)?;
    // The vendor's pages do not tell whether the list stands alone.
    Ok(match answer {
        Value::Array(rows) => rows,
        other => items(&other, "data").to_vec(),
    })
}

fn moment(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn call(row: &Value) -> Option<Call> {
    let number = |name: &str| row[name].as_i64().unwrap_or_default().max(0).saturating_mul(1000);
    let (caller, callee) = (text(&row["caller"], "number"), text(&row["callee"], "number"));
    let inside = text(row, "class") == "one_one";
    let direction = match text(row, "direction").as_str() {
        _ if inside => Direction::Internal,
        "to_ab" => Direction::Inbound,
        _ => Direction::Outbound,
    };
    let started_at = row["unix_timestamp"].as_i64()?.saturating_mul(1000);
    let ended_at = started_at.saturating_add(number("duration_seconds"));
    let talked_ms = number("billing_seconds");
    let ours = if direction == Direction::Inbound { &row["callee"] } else { &row["caller"] };
    Some(Call {
        // Pages of the vendor show no id: what tells one call from another stands for it.
        key: some_text(row, "id").unwrap_or_else(|| format!("{started_at}-{caller}-{callee}")),
        direction,
        extension: some_text(ours, "number").filter(|_| text(ours, "type") == "user"),
        hotline: some_text(row, "did_number"),
        started_at,
        answered_at: (text(row, "status_detail") == "SUCCESS")
            .then(|| ended_at.saturating_sub(talked_ms).max(started_at)),
        ended_at,
        callee: if direction == Direction::Inbound { some_text(row, "did_number").unwrap_or(callee) } else { callee },
        caller,
    })
}
