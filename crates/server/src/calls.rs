//! Calls in the terminal: those that ended, and with `--follow` what happens from now on.

use crate::cli::Calls;
use crate::company;
use account::tenant::Tenant;
use model::{Actor, CallId, PageRequest};
use pbx::calls::{self, Call, Filter};
use serde_json::Value;
use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;
use store::{Db, outbox};

/// How often the database is asked for news.
const LOOK: Duration = Duration::from_millis(500);
const AT_ONCE: u32 = 500;

/// Shows them. With `--follow` it ends when the reader does.
pub(crate) async fn run(db: &Db, asked: &Calls) -> anyhow::Result<()> {
    let companies = match &asked.company {
        Some(word) => vec![company::choose(db, Some(word)).await?],
        None => company::all(db).await?,
    };
    let since = outbox::last(db).await?;
    let mut rows = Vec::new();
    for company in &companies {
        let page = PageRequest { limit: asked.number, after: None };
        let found = calls::list(&Actor::system(company.id), db, Filter::default(), page).await?;
        rows.extend(found.items);
    }
    rows.sort_by_key(|call| std::cmp::Reverse(call.started_at));
    rows.truncate(asked.number as usize);
    let mut text = format!(
        "{:<19}  {:<8} {:<16} {:<16} {:<10} {:>6}  {}\n",
        "STARTED", "WAY", "FROM", "TO", "STATUS", "TALK", "CAUSE"
    );
    if rows.is_empty() {
        text.push_str("(no calls yet)\n");
    }
    for call in rows.iter().rev() {
        text.push_str(&row(call));
    }
    if show(&text).is_err() || !asked.follow {
        return Ok(());
    }
    follow(db, &companies, asked.company.is_some(), since).await
}

fn row(call: &Call) -> String {
    let recorded = if call.recording.is_some() { "  recorded" } else { "" };
    format!(
        "{:<19}  {:<8} {:<16} {:<16} {:<10} {:>6}  {}{recorded}\n",
        local_time(call.started_at),
        call.direction.as_str(),
        call.caller_number,
        call.callee_number,
        call.status.as_str(),
        minutes(call.talk_ms),
        call.cause.as_str(),
    )
}

/// Tells each thing that happens to a call on a line of its own.
async fn follow(db: &Db, companies: &[Tenant], only_these: bool, mut since: i64) -> anyhow::Result<()> {
    let mut parties: HashMap<CallId, String> = HashMap::new();
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        // A database that is away for a while is no reason to stop looking.
        let Ok(events) = outbox::read(db, None, since, AT_ONCE).await else { continue };
        let mut text = String::new();
        for event in events {
            since = event.seq;
            let ours = !only_these || companies.iter().any(|c| c.id == event.tenant);
            let (Some(id), Some(word), true) = (event.call, event.kind.strip_prefix("call."), ours) else { continue };
            let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
            if word == "started" {
                parties.insert(id, format!("{} -> {}", field(&data, "from"), field(&data, "to")));
            }
            // Of a call that began before we looked, only its end names both sides.
            let unknown = || format!("{} -> {}", field(&data, "caller_number"), field(&data, "callee_number"));
            let who = parties.get(&id).cloned().unwrap_or_else(|| if word == "ended" { unknown() } else { "…".into() });
            let at = data["at"].as_i64().unwrap_or(event.created_at.as_millis());
            text.push_str(&format!("{}  {word:<9} {who:<34} {}\n", local_time(at), detail(word, &data)));
            if word == "ended" {
                parties.remove(&id);
            }
        }
        if show(&text).is_err() {
            return Ok(());
        }
    }
}

fn detail(word: &str, data: &Value) -> String {
    let extension = field(data, "extension");
    match word {
        "started" => field(data, "direction"),
        "ringing" | "answered" if !extension.is_empty() => format!("extension {extension}"),
        "answered" if field(data, "side") == "caller" => "by the house".to_owned(),
        "digit" => format!("key {}", field(data, "digit")),
        "ended" => {
            let talk = data["talk_ms"].as_i64().unwrap_or(0);
            format!("{}, talked {}, {}", field(data, "status"), minutes(talk), field(data, "cause"))
        }
        _ => String::new(),
    }
}

fn field(data: &Value, name: &str) -> String {
    data[name].as_str().unwrap_or_default().chars().filter(|c| !c.is_control()).collect()
}

fn minutes(ms: i64) -> String {
    let seconds = ms / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn show(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The time as this machine's people read it.
pub(crate) fn local_time(unix_ms: i64) -> String {
    let seconds: libc::time_t = unix_ms.div_euclid(1_000);
    // SAFETY: all zero is a valid value of this struct; its pointer field is not read.
    let mut parts: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to values that outlive the call; the function is the reentrant one.
    if unsafe { libc::localtime_r(&raw const seconds, &raw mut parts) }.is_null() {
        return unix_ms.to_string();
    }
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_event_says_what_matters() {
        assert_eq!(detail("ringing", &json!({ "extension": "101", "side": "callee" })), "extension 101");
        assert_eq!(detail("answered", &json!({ "side": "caller", "extension": null })), "by the house");
        assert_eq!(detail("digit", &json!({ "digit": "1" })), "key 1");
        let ended = json!({ "talk_ms": 61_500, "cause": "normal", "status": "answered" });
        assert_eq!(detail("ended", &ended), "answered, talked 1:01, normal");
        assert_eq!(detail("held", &json!({})), "");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(field(&json!({ "from": "\u{1b}[2Jevil" }), "from"), "[2Jevil");
    }
}
