//! OMICall's account of a company.

mod calls;
mod contacts;
mod menus;

pub(super) use calls::calls;
pub(super) use contacts::contacts;

use super::{Account, Extension, Group, Hotline, Line, Person, Question, Source, Step, items, json, some_text, text};
use model::{Problem, Role};
use pbx::group::Strategy;
use serde_json::Value;
use std::collections::HashMap;

/// The most pages of a list.
const MOST_PAGES: u32 = 10_000;
/// How many rows of a page are asked for.
const SIZE: u32 = 100;

/// The token of a day for a key.
pub(super) async fn enter(line: &dyn Line, key: &str) -> Result<String, Problem> {
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let path = format!("/api/auth?apiKey={key}");
    let answer = payload(json(line.ask(Question { method: "GET", path, bearer: String::new(), body: None }).await?)?)?;
    some_text(&answer, "access_token")
        .ok_or_else(|| Problem::busy("vendor_strange", "The vendor gave no token for the key."))
}

/// The vendor's own no: another question may be answered.
const REFUSED: &str = "vendor_refused";

/// What is in the envelope.
fn payload(mut envelope: Value) -> Result<Value, Problem> {
    if envelope["status_code"] != 9999 {
        let word = text(&envelope, "message");
        return Err(Problem::busy(REFUSED, format!("The vendor refused: {word}")));
    }
    Ok(envelope["payload"].take())
}

pub(super) async fn account(source: &Source<'_>) -> Result<Account, Problem> {
    let mut account = Account::default();
    let phones = all(source, "/api/call_center/internal_phone/list").await?;
    let agents = or_missing(all(source, "/api/agent/list").await, "People without a phone", &mut account)?;
    people(&mut account, &agents, &phones);
    account.extensions = phones.iter().map(extension).collect();
    // The vendor's groups and numbers name people, its scripts groups.
    let phones: HashMap<String, String> =
        phones.iter().filter_map(|row| Some((some_text(row, "agent_id")?, text(row, "sip_user")))).collect();
    hotlines(source, &mut account, &phones).await?;
    let rows = all(source, "/api/call_center/internal_group/list").await;
    for row in or_missing(rows, "Ring groups", &mut account)? {
        let group = group(&row, &phones);
        if text(&row, "target_timeout_type") == "Voice_mail" {
            let note =
                format!("Where calls of the ring group {} leave a message: choose the mailbox here.", group.name);
            account.missing.push(note);
        }
        account.groups.push(group);
    }
    let rows = all(source, "/api/call_center/greeting/list").await;
    account.greetings = or_missing(rows, "Greetings", &mut account)?.iter().map(menus::greeting).collect();
    let rows = all(source, "/api/call_center/key-interaction/list").await;
    account.flows = or_missing(rows, "Key scripts", &mut account)?.iter().map(menus::flow).collect();
    account
        .missing
        .push("What people may do, and working hours of numbers: the vendor's API tells neither.".to_owned());
    Ok(account)
}

/// What the vendor refuses to tell is noted; what else goes wrong ends the run.
fn or_missing(rows: Result<Vec<Value>, Problem>, what: &str, account: &mut Account) -> Result<Vec<Value>, Problem> {
    match rows {
        Err(problem) if problem.code == REFUSED => {
            account.missing.push(format!("{what}: {}", problem.message));
            Ok(Vec::new())
        }
        other => other,
    }
}

/// Those who can log in, with a phone or without.
fn people(account: &mut Account, agents: &[Value], phones: &[Value]) {
    let mut gone = 0;
    let agents = agents.iter().filter_map(|row| {
        gone += usize::from(row["is_active"] == false);
        let login = some_text(row, "identify_info").filter(|_| row["is_active"] != false)?;
        Some((login, attribute(row, "full_name")))
    });
    let mut known: Vec<(String, String)> = agents.collect();
    for row in phones {
        let Some(login) = some_text(row, "email") else { continue };
        if !known.iter().any(|(one, _)| one.eq_ignore_ascii_case(&login)) {
            known.push((login, text(row, "full_name")));
        }
    }
    account.people = known
        .into_iter()
        .map(|(login, name)| {
            let email = Some(login.clone()).filter(|login| login.contains('@'));
            // No list tells what people may do.
            Person { key: login.to_lowercase(), login, name, email, role: Role::Agent }
        })
        .collect();
    if gone > 0 {
        account.missing.push(format!("{gone} people who cannot log in there any more."));
    }
}

/// The first value of an attribute of a person or a contact.
fn attribute(row: &Value, code: &str) -> String {
    values(row, code).first().map(|value| text(value, "display_value")).unwrap_or_default()
}

fn values<'a>(row: &'a Value, code: &str) -> &'a [Value] {
    let found = items(row, "attribute_structure").iter().find(|one| one["field_code"] == code);
    found.map_or(&[], |one| items(one, "value"))
}

fn extension(row: &Value) -> Extension {
    Extension {
        key: text(row, "sip_user"),
        number: text(row, "sip_user"),
        name: text(row, "full_name"),
        password: text(row, "password"),
        person: some_text(row, "email").map(|email| email.to_lowercase()),
        hotline: some_text(row, "public_number"),
        enabled: true,
    }
}

/// The newer list tells where numbers lead, the older one the numbers alone.
async fn hotlines(source: &Source<'_>, account: &mut Account, phones: &HashMap<String, String>) -> Result<(), Problem> {
    let newer = all(source, "/api/call_center/hotline/search").await;
    let rows = or_missing(newer, "Where numbers lead", account)?;
    if rows.is_empty() {
        let numbers = payload(source.ask("GET", "/api/call_center/hotline/list".to_owned(), None).await?)?;
        let numbers = numbers.as_array().into_iter().flatten().filter_map(Value::as_str);
        account.hotlines.extend(numbers.map(|number| hotline(number, None)));
        return Ok(());
    }
    for row in &rows {
        let access = items(row, "accesses").first();
        let script = some_text(&row["configs"], "default_script").map(Step::Flow);
        let target = script.or_else(|| access.and_then(|access| led_to(access, phones)));
        account.hotlines.push(hotline(&text(row, "number"), target));
    }
    Ok(())
}

fn hotline(number: &str, target: Option<Step>) -> Hotline {
    let digits = number.trim_start_matches('+');
    // With the country's code in front, or as it is dialled inside.
    let number = if digits.starts_with('0') { digits.to_owned() } else { format!("+{digits}") };
    Hotline { key: digits.to_owned(), number, name: digits.to_owned(), target }
}

/// A group, or somebody's phone.
fn led_to(access: &Value, phones: &HashMap<String, String>) -> Option<Step> {
    let id = some_text(access, "id")?;
    match text(access, "type").as_str() {
        "group" | "internal_group" => Some(Step::Group(id)),
        _ => Some(Step::Extension(phones.get(&id).cloned().or_else(|| some_text(access, "name"))?)),
    }
}

fn group(row: &Value, phones: &HashMap<String, String>) -> Group {
    let strategy = match text(row, "strategy").as_str() {
        "enterprise" => Some(Strategy::Enterprise),
        "simultaneous" => Some(Strategy::Simultaneous),
        "rollover" => Some(Strategy::Rollover),
        "random" => Some(Strategy::Random),
        "sequence" => Some(Strategy::Sequence),
        _ => None,
    };
    let members = items(row, "members").iter();
    let phone =
        |member: &Value| some_text(member, "sip_user").or_else(|| phones.get(&some_text(member, "agent_id")?).cloned());
    let seconds = items(row, "members").first().and_then(|member| member["timeout"].as_i64());
    Group {
        key: text(row, "_id"),
        name: text(row, "group_name"),
        strategy,
        ring_ms: seconds.filter(|seconds| (1..=600).contains(seconds)).map(|seconds| seconds * 1_000),
        members: members.filter_map(phone).collect(),
        on_no_answer: menus::step(row, "target_timeout_type", "target_timeout"),
    }
}

async fn all(source: &Source<'_>, path: &str) -> Result<Vec<Value>, Problem> {
    let mut rows = Vec::new();
    for page in 1..=MOST_PAGES {
        let answer = payload(source.ask("GET", format!("{path}?page={page}&size={SIZE}"), None).await?)?;
        rows.extend(items(&answer, "items").iter().cloned());
        if answer["has_next"] != true {
            break;
        }
    }
    Ok(rows)
}
