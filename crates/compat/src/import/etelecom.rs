//! eTelecom's account of a shop.

use super::{Account, Call, Extension, Group, Hotline, Line, Person, Question, Source, items, json, some_text, text};
use crate::etelecom::{parse_direction, parse_role, parse_time, write_time};
use call::Direction;
use model::{Problem, Role};
use serde_json::{Value, json};

/// The most pages of a list: whoever answers without end is not followed for ever.
const MOST_PAGES: usize = 10_000;

/// The key as it is, once it counts.
pub(super) async fn enter(line: &dyn Line, key: &str) -> Result<String, Problem> {
    let path = ".Misc/CurrentAccount".to_owned();
    json(line.ask(Question { method: "POST", path, bearer: key.to_owned(), body: Some(json!({})) }).await?)?;
    Ok(key.to_owned())
}

pub(super) async fn account(source: &Source<'_>) -> Result<Account, Problem> {
    let mut account = Account::default();
    for row in all(source, "GetAccountUsers", "account_users").await? {
        let (email, phone) = (some_text(&row, "email"), text(&row, "phone"));
        let login = if phone.is_empty() { email.clone().unwrap_or_default() } else { phone };
        let roles = items(&row, "roles").iter().filter_map(|role| parse_role(role.as_str()?));
        // Roles stand in the order of their rights, the highest first.
        let role = roles.min().unwrap_or(Role::Agent);
        account.people.push(Person { key: text(&row, "user_id"), login, name: text(&row, "full_name"), email, role });
    }
    for row in all(source, "GetHotlines", "hotlines").await? {
        let (key, number, name) = (text(&row, "id"), text(&row, "hotline"), text(&row, "name"));
        account.hotlines.push(Hotline { key, number, name, ..Hotline::default() });
    }
    for row in all(source, "GetExtensions", "extensions").await? {
        account.extensions.push(Extension {
            key: text(&row, "id"),
            number: text(&row, "extension_number"),
            name: String::new(),
            password: text(&row, "extension_password"),
            person: some_text(&row, "user_id"),
            hotline: some_text(&row, "hotline_id"),
            enabled: text(&row, "state") != "N",
        });
    }
    account.extensions.sort_by(|one, other| one.number.cmp(&other.number));
    // The vendor rings the extensions of a hotline together.
    for hotline in &account.hotlines {
        let on = |extension: &&Extension| extension.hotline.as_ref() == Some(&hotline.key);
        let members: Vec<String> =
            account.extensions.iter().filter(on).map(|extension| extension.number.clone()).collect();
        if !members.is_empty() {
            account.groups.push(Group { name: hotline.name.clone(), members, ..Group::default() });
        }
    }
    account.missing.push("Flows and greetings: the vendor's API tells none.".to_owned());
    Ok(account)
}

pub(super) async fn calls(
    source: &Source<'_>,
    (from, to): (i64, i64),
    cursor: Option<&str>,
) -> Result<(Vec<Call>, Option<String>), Problem> {
    let body = json!({
        "filter": {
            "date_from": write_time(from),
            "date_to": write_time(to - 1),
        },
        // The oldest first, so that what comes in meanwhile shifts nothing.
        "paging": { "after": cursor.unwrap_or("."), "limit": 100, "sort": "created_at" },
    });
    let page = source.ask("POST", ".Etelecom/ListCallLogs".to_owned(), Some(body)).await?;
    let calls = items(&page, "call_logs").iter().filter_map(call).collect();
    Ok((calls, some_text(&page["paging"], "next")))
}

/// A row of the list; none of one without a beginning.
fn call(row: &Value) -> Option<Call> {
    let moment = |name: &str| parse_time(&text(row, name));
    let started_at = moment("started_at").or_else(|| moment("created_at"))?;
    let ended_at = moment("ended_at").unwrap_or(started_at).max(started_at);
    let talked_ms = row["duration"].as_i64().unwrap_or_default().max(0).saturating_mul(1000);
    let answered = text(row, "call_state") == "answered";
    Some(Call {
        key: text(row, "id"),
        direction: parse_direction(&text(row, "direction")).unwrap_or(Direction::Inbound),
        caller: text(row, "caller"),
        callee: text(row, "callee"),
        extension: some_text(row, "extension_id"),
        hotline: some_text(row, "hotline_id"),
        started_at,
        answered_at: answered.then(|| ended_at.saturating_sub(talked_ms).max(started_at)),
        ended_at,
    })
}

/// A whole list, page by page.
async fn all(source: &Source<'_>, method: &str, name: &str) -> Result<Vec<Value>, Problem> {
    let (mut rows, mut after) = (Vec::new(), ".".to_owned());
    for _ in 0..MOST_PAGES {
        let body = json!({ "filter": {}, "paging": { "after": after, "limit": 100 } });
        let page = source.ask("POST", format!(".Etelecom/{method}"), Some(body)).await?;
        rows.extend(items(&page, name).iter().cloned());
        match some_text(&page["paging"], "next") {
            Some(next) if next != after => after = next,
            _ => return Ok(rows),
        }
    }
    Ok(rows)
}
