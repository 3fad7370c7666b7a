//! VoiceCloud's report of calls, and the numbers of its extensions: all that its API tells of a company. Its clocks show the
//! time of Vietnam.

use super::{Account, Call, Extension, Line, Question, Source, items, json, some_text, text};
use crate::time;
use call::Direction;
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};
use model::Problem;
use serde_json::{Value, json};

/// Where the vendor's clocks hang.
const ZONE: &str = "Asia/Ho_Chi_Minh";
/// How many days are asked for at once: a report has no pages.
const DAYS: i64 = 7;

/// The key as it is, once it counts.
pub(super) async fn enter(line: &dyn Line, key: &str) -> Result<String, Problem> {
    let day = day_of(0);
    report(line, key, day, day).await?;
    Ok(key.to_owned())
}

/// The extensions, where the vendor tells their states when it is asked for none in particular. Their passwords it tells nobody.
pub(super) async fn account(source: &Source<'_>) -> Result<Account, Problem> {
    let mut account = Account::default();
    let body = json!({ "key": source.bearer, "list": [] });
    let path = "/api/Agent/status/format/json".to_owned();
    let reply = source.line.ask(Question { method: "POST", path, bearer: String::new(), body: Some(body) }).await?;
    match json(reply) {
        Ok(answer) => account.extensions = extensions(&answer),
        Err(problem) => account.missing.push(format!("Extensions: {}", problem.message)),
    }
    account.missing.push("Passwords of extensions: the vendor's API tells none; here they have new ones.".to_owned());
    let rest = "People, hotlines, groups, flows, greetings and contacts: the vendor's API tells none.".to_owned();
    account.missing.push(rest);
    Ok(account)
}

/// The vendor's pages do not show the form of the answer: a list of states, alone or under `result`.
fn extensions(answer: &Value) -> Vec<Extension> {
    let rows = answer.as_array().map_or_else(|| items(answer, "result"), Vec::as_slice);
    let number = |row: &Value| some_text(row, "ext").filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    rows.iter()
        .filter_map(|row| {
            let number = number(row)?;
            Some(Extension {
                key: number.clone(),
                number,
                name: text(row, "name"),
                enabled: true,
                ..Extension::default()
            })
        })
        .collect()
}

/// The cursor is the first day of a report.
pub(super) async fn calls(
    source: &Source<'_>,
    (from, to): (i64, i64),
    cursor: Option<&str>,
) -> Result<(Vec<Call>, Option<String>), Problem> {
    let first: Date = cursor.and_then(|day| day.parse().ok()).unwrap_or_else(|| day_of(from));
    let end = day_of(to - 1);
    if first > end {
        return Ok((Vec::new(), None));
    }
    let last = first.saturating_add((DAYS - 1).days()).min(end);
    let rows = report(source.line, &source.bearer, first, last).await?;
    let calls = rows.iter().filter_map(call).filter(|call| (from..to).contains(&call.started_at)).collect();
    let next = last.tomorrow().ok().filter(|_| last < end);
    Ok((calls, next.map(|day| day.to_string())))
}

async fn report(line: &dyn Line, key: &str, first: Date, last: Date) -> Result<Vec<Value>, Problem> {
    let body = json!({ "key": key, "startdate": first.to_string(), "enddate": last.to_string() });
    let path = "/internal/Reports/cdr/format/json".to_owned();
    let answer = json(line.ask(Question { method: "POST", path, bearer: String::new(), body: Some(body) }).await?)?;
    Ok(items(&answer, "result").to_vec())
}

/// The day on the vendor's clocks.
fn day_of(at_ms: i64) -> Date {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(time::zone(ZONE)).date()
}

fn moment(text: &str) -> Option<i64> {
    // `2020-10-10 10:10:10`, or with a dash where the blank stands.
    let plain = format!("{}T{}", text.get(..10)?, text.get(11..)?);
    let at: DateTime = plain.parse().ok()?;
    Some(at.to_zoned(time::zone(ZONE)).ok()?.timestamp().as_millisecond())
}

fn call(row: &Value) -> Option<Call> {
    let seconds = |name: &str| text(row, name).parse::<i64>().unwrap_or_default().max(0).saturating_mul(1000);
    let started_at = moment(&text(row, "calldate"))?;
    let ended_at = started_at.saturating_add(seconds("duration"));
    let (caller, callee) = (text(row, "callerid"), text(row, "destination"));
    let inbound = text(row, "direction").eq_ignore_ascii_case("inbound");
    // Extensions are short; the vendor counts calls inside as outbound.
    let short = |number: &str| (2..=6).contains(&number.len());
    let direction = match (inbound, short(&caller) && short(&callee)) {
        (true, _) => Direction::Inbound,
        (false, true) => Direction::Internal,
        (false, false) => Direction::Outbound,
    };
    Some(Call {
        key: some_text(row, "callid").unwrap_or_else(|| format!("{started_at}-{caller}-{callee}")),
        direction,
        extension: some_text(row, if inbound { "extension" } else { "callerid" }).filter(|number| short(number)),
        hotline: Some(callee.clone()).filter(|number| inbound && !short(number)),
        started_at,
        answered_at: (text(row, "status") == "ANSWERED")
            .then(|| ended_at.saturating_sub(seconds("billsec")).max(started_at)),
        ended_at,
        caller,
        callee,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_those_of_vietnam() {
        let begin = moment("2026-11-22 00:00:00").expect("a moment");
        assert_eq!(begin, moment("2026-11-22-00:00:00").expect("the older form"));
        assert_eq!(
            (day_of(begin).to_string(), day_of(begin - 1).to_string()),
            ("2026-11-22".into(), "2026-11-21".into())
        );
        for text in ["", "2026", "2026-13-22 00:00:00", "☃☃☃☃☃☃☃☃☃☃☃☃"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
