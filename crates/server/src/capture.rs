//! Looking into calls from the terminal. Without a target: which calls are up, and which ended last. With a call: its
//! ladder. With an extension, a hotline or a trunk: waits for its next calls and shows each when it has ended.

mod ladder;

use crate::cli::Capture;
use crate::company;
use crate::config::Config;
use crate::control::Control;
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Db;

/// How often the server is asked for news.
const LOOK: Duration = Duration::from_millis(300);
/// Ended calls in the list.
const LAST: u32 = 10;

/// Does what was asked for.
pub(crate) async fn run(db: &Db, config: &Config, asked: &Capture) -> anyhow::Result<()> {
    let company = company::choose(db, asked.company.as_deref()).await?;
    let control = Control::new(&config.data_dir, company.id)?;
    let target = &asked.target;
    if let Some(call) = target.call.as_deref().filter(|_| !asked.media) {
        return show(&control, call, asked, 1).await;
    }
    if target.call.is_none() && target.extension.is_none() && target.hotline.is_none() && target.trunk.is_none() {
        anyhow::ensure!(
            !asked.media && asked.pcap.is_none(),
            "say which call: --call, --extension, --hotline or --trunk"
        );
        return list(&control).await;
    }
    let order = json!({
        "call": target.call,
        "extension": target.extension,
        "hotline": target.hotline,
        "trunk": target.trunk,
        "media": asked.media,
        "calls": asked.calls,
        "minutes": asked.minutes,
    });
    let order = control.post("/captures", &order).await?;
    let id = order["id"].as_str().context("the server gave no id")?.to_owned();
    eprintln!("Waiting for {} call(s); Ctrl-C shows what there is and ends it.", asked.calls);
    let waited = tokio::select! {
        waited = wait(&control, &id, asked) => waited,
        _ = tokio::signal::ctrl_c() => rest(&control, &id, asked).await,
    };
    // It ends by itself too, but later.
    let _ = control.delete(&format!("/captures/{id}")).await;
    waited
}

/// The calls that are up and those that ended last.
async fn list(control: &Control) -> anyhow::Result<()> {
    let live = control.get("/calls/live").await?;
    let ended = control.get(&format!("/calls?limit={LAST}")).await?;
    println!("{:<31} {:<9} {:<16} {:<16} STATE", "CALL", "WAY", "FROM", "TO");
    for call in items(&ended).rev() {
        println!("{}", row(call, "caller_number", "callee_number", word(call, "cause")));
    }
    for call in items(&live) {
        let state = match (call["answered_at"].is_null(), call["held"].as_bool()) {
            (true, _) => "up, not answered",
            (false, Some(true)) => "up, on hold",
            (false, _) => "up",
        };
        println!("{}", row(call, "from", "to", state));
    }
    Ok(())
}

fn row(call: &Value, from: &str, to: &str, state: &str) -> String {
    let (way, from, to) = (word(call, "direction"), word(call, from), word(call, to));
    format!("{:<31} {way:<9} {from:<16} {to:<16} {state}", word(call, "id"))
}

fn items(list: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    list["items"].as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Shows each captured call when it has ended, until there were enough.
async fn wait(control: &Control, id: &str, asked: &Capture) -> anyhow::Result<()> {
    let mut shown = BTreeSet::new();
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        for call in found(control, id).await? {
            if shown.contains(&call) || !has_ended(control, &call).await {
                continue;
            }
            shown.insert(call.clone());
            show(control, &call, asked, shown.len()).await?;
        }
        if shown.len() >= asked.calls as usize {
            return Ok(());
        }
    }
}

/// Shows what was captured so far, ended or not.
async fn rest(control: &Control, id: &str, asked: &Capture) -> anyhow::Result<()> {
    for (place, call) in found(control, id).await?.iter().enumerate() {
        show(control, call, asked, place + 1).await?;
    }
    Ok(())
}

async fn found(control: &Control, id: &str) -> anyhow::Result<Vec<String>> {
    let orders = control.get("/captures").await?;
    let Some(order) = items(&orders).find(|order| word(order, "id") == id) else { return Ok(Vec::new()) };
    let calls = order["call_ids"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(calls.iter().filter_map(|call| call.as_str().map(str::to_owned)).collect())
}

async fn has_ended(control: &Control, call: &str) -> bool {
    let ladder = control.get(&format!("/calls/{call}/ladder")).await;
    ladder.is_ok_and(|ladder| ladder["ended"] == json!(true))
}

async fn show(control: &Control, call: &str, asked: &Capture, number: usize) -> anyhow::Result<()> {
    let told = control.get(&format!("/calls/{call}/ladder")).await?;
    print!("{}", ladder::draw(&told));
    if asked.full {
        print!("{}", ladder::in_full(&told));
    }
    if let Some(path) = &asked.pcap {
        let path = numbered(path, number);
        let file = control.file(&format!("/calls/{call}/pcap")).await?;
        std::fs::write(&path, file).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

/// The file of the second call is `name-2.pcap`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let (stem, ending) = (path.file_stem().unwrap_or_default(), path.extension().unwrap_or_default());
    path.with_file_name(format!("{}-{number}.{}", stem.to_string_lossy(), ending.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_has_a_file_of_its_own() {
        assert_eq!(numbered(Path::new("/tmp/out.pcap"), 1), Path::new("/tmp/out.pcap"));
        assert_eq!(numbered(Path::new("/tmp/out.pcap"), 3), Path::new("/tmp/out-3.pcap"));
    }
}
