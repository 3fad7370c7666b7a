//! What recording a call costs: `cargo run --release -p pbx --example record_cost -- 20000`. Prints the CPU time of one record
//! with its event on SQLite, and of loading a snapshot with many extensions.

use model::{Cause, EndedBy, Id, TenantId};
use pbx::Snapshot;
use pbx::calls::{CallRecord, Decision, Fact, Journal, Leg, Quality};
use std::collections::HashMap;
use std::time::Instant;

/// CPU time of this process in milliseconds, from /proc (in steps of 10 ms).
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) * 10
}

fn record(tenant: TenantId, started_at: i64) -> CallRecord {
    let leg = |leg: u16, kind: &str| Leg {
        leg,
        kind: kind.into(),
        extension: (leg > 0).then(|| Id::from_bits(u128::from(leg % 50))),
        trunk: (leg == 0).then(|| Id::from_bits(1)),
        number: "+84901234567".into(),
        started_at,
        ringing_at: Some(started_at + 200),
        answered_at: Some(started_at + 900),
        ended_at: started_at + 60_000,
        cause: Cause::Normal,
        quality: Some(Quality { codec: Some("PCMA".into()), rx_packets: 3_000, mos: Some(4.4), ..Quality::default() }),
    };
    let decision = |step: &str| Decision {
        at: started_at,
        step: step.into(),
        reason: "+842873000001 is the hotline Sales, which leads to the flow.".into(),
        facts: vec![Fact { name: "dialled".into(), value: "02873000001".into() }],
    };
    CallRecord {
        id: store::mint(),
        tenant,
        direction: call::Direction::Inbound,
        hotline: Some(Id::from_bits(11)),
        trunk: Some(Id::from_bits(1)),
        extension: Some(Id::from_bits(1)),
        caller_number: format!("+8490{:07}", started_at % 10_000_000),
        caller_name: String::new(),
        callee_number: "+842873000001".into(),
        started_at,
        ringing_at: Some(started_at + 200),
        answered_at: Some(started_at + 900),
        ended_at: started_at + 60_000,
        cause: Cause::Normal,
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: vec![leg(0, "in"), leg(1, "out")],
        trail: ["route", "menu", "ring", "answer", "end"].map(decision).into(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: i64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let test = store::testing::sqlite().await;
    let options = store::Options { durable: true, ..store::testing::options() };
    let db = store::Db::open(test.url(), options).await?;
    let tenant = store::mint();
    let (spool, options) = (test.folder().join("spool"), store::spool::Options::default());
    let journal = Journal::start(db.clone(), &spool, options, HashMap::new()).await?;
    let (began, cpu) = (Instant::now(), cpu_ms());
    for part in 0..count / 500 {
        for at in 0..500 {
            let one = record(tenant, part * 500 + at);
            // At its beginning a call has no legs that ended and few decisions.
            let draft = CallRecord { legs: Vec::new(), trail: Vec::new(), ..one.clone() };
            journal.begin(&draft)?;
            journal.record(one)?;
        }
        journal.flush().await;
    }
    let each = |total: u64| total as f64 * 1_000.0 / count as f64;
    println!("record, spool and event: {:.1} µs of CPU each, {:?} in all", each(cpu_ms() - cpu), began.elapsed());
    journal.stop().await;
    let plain: Vec<CallRecord> = (0..count).map(|at| record(tenant, at)).collect();
    let cpu = cpu_ms();
    for group in plain.chunks(256) {
        let mut tx = db.system_write().await?;
        pbx::calls::record_many(&mut tx, group).await?;
        tx.commit().await?;
    }
    println!("record and event in SQL alone: {:.1} µs of CPU each", each(cpu_ms() - cpu));
    let cpu = cpu_ms();
    for at in 0..count {
        std::hint::black_box(record(tenant, at));
    }
    println!("of both, making the record for this measurement: {:.1} µs", each(cpu_ms() - cpu));
    let began = Instant::now();
    Snapshot::load(&db).await?;
    println!("an empty snapshot: {:?}", began.elapsed());
    Ok(())
}
