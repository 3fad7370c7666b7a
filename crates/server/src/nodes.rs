//! This process among those on the database: what it says of itself, now and then.

use crate::config::Config;
use crate::doctor::{self, State};
use crate::limits;
use api::{Doctor, Finding, NodeReport};
use engine::Engine;
use sip::Transport;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Db;
use store::node::{self, Node};
use tokio::task::JoinHandle;

/// How often it says that it lives.
const EVERY: Duration = Duration::from_secs(10);
/// Processes that were silent for so long are forgotten.
const FORGET_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
const LISTENS: [(Transport, &str); 5] = [
    (Transport::Udp, "udp"),
    (Transport::Tcp, "tcp"),
    (Transport::Tls, "tls"),
    (Transport::Ws, "ws"),
    (Transport::Wss, "wss"),
];

/// Says it until the task is aborted.
pub(crate) fn tell(db: Db, config: &Config, engine: &Arc<Engine>) -> JoinHandle<()> {
    let (name, data) = (machine(), config.data_dir.clone());
    let http = [Some(("http", config.http.listen)), config.http.tls_listen.map(|at| ("https", at))];
    let http: Vec<String> = http.into_iter().flatten().map(|(what, at)| format!("{what} {at}")).collect();
    let place = std::fs::canonicalize(&data).unwrap_or_else(|_| data.clone());
    let (id, started_at) = (format!("{name} {}", place.display()), store::now().as_millis());
    let engine = Arc::downgrade(engine);
    tokio::spawn(async move {
        let mut turn = tokio::time::interval(EVERY);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            let Some(mut report) = report(&engine) else { return };
            let asked = Instant::now();
            // A database that is away is told by others; there is nobody to tell it to here.
            let _ = db.ping().await;
            report.database_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
            report.free_bytes = limits::free_bytes(&data);
            report.listens.extend(http.iter().cloned());
            let seen_at = store::now().as_millis();
            let node = Node {
                id: id.clone(),
                name: name.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                started_at,
                seen_at,
                report: serde_json::to_string(&report).unwrap_or_default(),
            };
            let told = async {
                node::tell(&db, &node).await?;
                node::forget_silent(&db, seen_at - FORGET_MS).await
            };
            if let Err(error) = told.await {
                tracing::debug!(%error, "this process could not say that it lives");
            }
        }
    })
}

fn report(engine: &Weak<Engine>) -> Option<NodeReport> {
    let engine = engine.upgrade()?;
    let counts = engine.counts();
    let (open_files, resident_bytes) = limits::usage();
    let listens = LISTENS.into_iter().filter_map(|(transport, word)| Some((word, engine.sip_addr(transport)?)));
    Some(NodeReport {
        calls: counts.calls as u64,
        phones: counts.sip.bindings as u64,
        sound_legs: counts.media.legs as u64,
        recordings: counts.media.recordings as u64,
        spooled: counts.spooled,
        dead_sound_threads: counts.dead_media_threads as u64,
        resident_bytes,
        open_files: open_files as u64,
        config_version: engine.config_version(),
        listens: listens.map(|(word, at)| format!("{word} {at}")).collect(),
        ..NodeReport::default()
    })
}

/// The machine's name, as the kernel has it.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "alo".to_owned(),
        name => name.to_owned(),
    }
}

/// The doctor for the operator's screen: the same that `doctor` prints.
pub(crate) fn doctor(config: &Config) -> Doctor {
    let config = Arc::new(config.clone());
    Arc::new(move || {
        let config = Arc::clone(&config);
        Box::pin(async move {
            let found = doctor::examine(&config).await.into_iter().map(|found| Finding {
                about: found.about.to_owned(),
                state: match found.state {
                    State::Good => "good",
                    State::Doubtful => "doubtful",
                    State::Bad => "bad",
                }
                .to_owned(),
                says: found.says,
                mend: found.mend,
            });
            found.collect()
        })
    })
}
