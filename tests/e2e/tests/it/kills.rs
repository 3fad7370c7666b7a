//! `kill -9` again and again in the middle of calls (R15). A few rounds run here; `ALO_KILLS=200 cargo test -p e2e --test it
//! -- kills --nocapture` is the whole of it.

use e2e::server::HOTLINE;
use e2e::{Phone, Plan, Postgres, Server, until};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Callers at a time.
const CALLERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_on_record_once_however_often_the_server_is_killed() {
    kill_often(Plan::default(), rounds(4)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_with_postgresql() {
    let postgres = Postgres::start().await;
    kill_often(Plan::default().on(&postgres), rounds(2)).await;
}

fn rounds(usual: u32) -> u32 {
    std::env::var("ALO_KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

async fn kill_often(plan: Plan, rounds: u32) {
    let mut server = plan.start().await;
    let carrier = Arc::new(server.carrier().await);
    let (next, ended) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(HashSet::new())));
    for round in 0..rounds {
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(call_on(Arc::clone(&carrier), Arc::clone(&next), Arc::clone(&ended)));
        }
        // Another moment of the calls each time, spread without chance so that a round can be had again.
        tokio::time::sleep(Duration::from_millis(150 + u64::from(round) * 137 % 700)).await;
        server.kill().await;
        callers.shutdown().await;
        whole(&server);
        server.serve().await;
    }
    let ended = ended.lock().await;
    let known = until("each acknowledged call is on record", async || {
        let known = records(&server).await;
        ended.iter().all(|caller| known.contains_key(caller)).then_some(known)
    })
    .await;
    for (caller, causes) in &known {
        assert_eq!(causes.len(), 1, "one record a call, {caller} has {causes:?}");
        let cut = causes[0] == "server_restart";
        assert!(!cut || !ended.contains(caller), "{caller} was acknowledged, and is told to be cut off");
    }
    eprintln!("{rounds} kills: {} calls acknowledged, {} on record", ended.len(), known.len());
    assert!(ended.len() > rounds as usize, "calls were made: {}", ended.len());
}

/// Calls the hotline and hangs up, again and again; each caller has a number of its own.
async fn call_on(carrier: Arc<Phone>, next: Arc<AtomicU32>, ended: Arc<Mutex<HashSet<String>>>) {
    loop {
        let caller = format!("+849{:08}", next.fetch_add(1, Ordering::Relaxed));
        let mut call = carrier.dial_as(&caller, HOTLINE).await;
        call.answered().await;
        if call.hang_up().await == 200 {
            ended.lock().await.insert(caller);
        }
    }
}

/// By their callers, the causes of all calls on record.
async fn records(server: &Server) -> HashMap<String, Vec<String>> {
    let (mut known, mut path): (HashMap<String, Vec<String>>, _) = (HashMap::new(), "/calls?limit=100".to_owned());
    let mut ids = HashSet::new();
    loop {
        let page = server.get(&path).await;
        for call in page["items"].as_array().expect("a list") {
            let text = |field: &str| call[field].as_str().unwrap_or_default().to_owned();
            assert!(ids.insert(text("id")), "an id twice: {call}");
            known.entry(text("caller_number")).or_default().push(text("cause"));
        }
        match &page["next"] {
            Value::String(cursor) => path = format!("/calls?limit=100&after={cursor}"),
            _ => return known,
        }
    }
}

/// SQLite's own opinion of its file after a kill.
fn whole(server: &Server) {
    let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
                  assert c.execute('pragma integrity_check').fetchall()==[('ok',)]\n\
                  assert c.execute('pragma foreign_key_check').fetchall()==[]\n";
    let files = std::fs::read_dir(server.data()).expect("the data directory").flatten().map(|entry| entry.path());
    for file in files.filter(|path| path.extension().is_some_and(|kind| kind == "db")) {
        let checked = Command::new("python3").args(["-c", script]).arg(&file).output().expect("python3 is there");
        assert!(checked.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&checked.stderr));
    }
}
