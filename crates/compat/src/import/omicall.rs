//! OMICall's account of a company.

use super::{Account, Call, Extension, Group, Hotline, Line, Person, Question, Source, items, json, some_text, text};
use crate::omicall::parse_direction;
use call::Direction;
use model::{Problem, Role};
use serde_json::Value;

/// The longest span of calls that the vendor lists.
const SPAN_MS: i64 = 30 * 24 * 3600 * 1000;
/// The most pages of a list.
const MOST_PAGES: u32 = 10_000;

/// The token of a day for a key.
pub(super) async fn enter(line: &dyn Line, key: &str) -> Result<String, Problem> {
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let path = format!("/api/auth?apiKey={key}");
    let answer = payload(json(line.ask(Question { method: "GET", path, bearer: String::new(), body: None }).await?)?)?;
    some_text(&answer, "access_token")
        .ok_or_else(|| Problem::busy("vendor_strange", "The vendor gave no token for the key."))
}

/// What is in the envelope.
fn payload(mut envelope: Value) -> Result<Value, Problem> {
    if envelope["status_code"] != 9999 {
        let word = text(&envelope, "message");
        return Err(Problem::busy("vendor_refused", format!("The vendor refused: {word}")));
    }
    Ok(envelope["payload"].take())
}

pub(super) async fn account(source: &Source<'_>) -> Result<Account, Problem> {
    let mut account = Account::default();
    for row in all(source, "/api/call_center/internal_phone/list").await? {
        let email = some_text(&row, "email");
        let name = text(&row, "full_name");
        if let Some(login) = &email {
            // The list of extensions tells nothing of what their people may do.
            let (key, login) = (login.clone(), login.clone());
            let email = Some(login.clone()).filter(|login| login.contains('@'));
            account.people.push(Person { key, login, name: name.clone(), email, role: Role::Agent });
        }
        account.extensions.push(Extension {
            key: text(&row, "sip_user"),
            number: text(&row, "sip_user"),
            name,
            password: text(&row, "password"),
            person: email,
            hotline: some_text(&row, "public_number"),
            enabled: true,
        });
    }
    let numbers = payload(source.ask("GET", "/api/call_center/hotline/list".to_owned(), None).await?)?;
    for number in numbers.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let number = number.to_owned();
        account.hotlines.push(Hotline { key: number.clone(), number: format!("+{number}"), name: number });
    }
    match all(source, "/api/call_center/internal_group/list").await {
        Ok(rows) => account.groups.extend(rows.iter().map(group)),
        Err(problem) => account.missing.push(format!("Ring groups: {}", problem.message)),
    }
    account.missing.push("Flows and greetings are not read yet.".to_owned());
    Ok(account)
}

fn group(row: &Value) -> Group {
    let members = items(row, "members").iter().filter_map(|member| some_text(member, "sip_user"));
    Group { name: text(row, "group_name"), members: members.collect() }
}

/// The cursor is where the present span of thirty days begins, and the page in it.
pub(super) async fn calls(
    source: &Source<'_>,
    (from, to): (i64, i64),
    cursor: Option<&str>,
) -> Result<(Vec<Call>, Option<String>), Problem> {
    let read = |text: &str| {
        let (begin, page) = text.split_once('.')?;
        Some((begin.parse::<i64>().ok()?, page.parse::<u32>().ok()?))
    };
    let (begin, page) = cursor.and_then(read).unwrap_or((from, 1));
    let end = begin.saturating_add(SPAN_MS).min(to);
    if begin >= end {
        return Ok((Vec::new(), None));
    }
    let path = format!("/api/call_transaction/list?from_date={begin}&to_date={}&page={page}&size=100", end - 1);
    let answer = payload(source.ask("GET", path, None).await?)?;
    let calls = items(&answer, "items").iter().filter_map(call).collect();
    let next = match answer["has_next"].as_bool() {
        Some(true) => Some(format!("{begin}.{}", page + 1)),
        _ if end < to => Some(format!("{end}.1")),
        _ => None,
    };
    Ok((calls, next))
}

fn call(row: &Value) -> Option<Call> {
    let number = |name: &str| row[name].as_i64().unwrap_or_default().max(0);
    let started_at = row["created_date"].as_i64()?;
    let talked_ms = number("bill_sec").saturating_mul(1000);
    let rang_ms = number("time_start_to_answer").saturating_mul(1000);
    let ended_at = row["last_updated_date"].as_i64().unwrap_or(started_at + rang_ms + talked_ms).max(started_at);
    let answered = text(row, "disposition") == "answered";
    Some(Call {
        key: text(row, "transaction_id"),
        direction: parse_direction(&text(row, "direction")).unwrap_or(Direction::Inbound),
        caller: text(row, "source_number"),
        callee: text(row, "destination_number"),
        extension: some_text(row, "sip_user"),
        hotline: some_text(row, "hotline"),
        started_at,
        answered_at: answered.then(|| (started_at + rang_ms).min(ended_at)),
        ended_at,
    })
}

async fn all(source: &Source<'_>, path: &str) -> Result<Vec<Value>, Problem> {
    let mut rows = Vec::new();
    for page in 1..=MOST_PAGES {
        let answer = payload(source.ask("GET", format!("{path}?page={page}&size=100"), None).await?)?;
        rows.extend(items(&answer, "items").iter().cloned());
        if answer["has_next"] != true {
            break;
        }
    }
    Ok(rows)
}
