//! How fast many call records are found, added up and exported: `cargo xtask bench records --rows 10000000`. Makes a year of
//! calls of one company in SQLite, or, with `--postgres`, in a PostgreSQL server of its own, and measures the call list with
//! each two filters, the statistics of the year, and an export of a million rows.

mod repo;

use call::Direction;
use model::{Actor, Cause, EndedBy, ExtensionId, HotlineId, Id, PageRequest, TenantId};
use pbx::calls::{self, CallRecord, Decision, Filter, Leg, Status};
use pbx::figures::{self, Period, Step, Wanted};
use std::time::{Duration, Instant};
use store::Db;

/// Midnight before 2026-01-01 in Ho Chi Minh City.
const BEGIN: i64 = 1_767_200_400_000;
const YEAR_MS: i64 = 365 * 86_400_000;
/// Records that are written as calls are; the others are copies of these at other times.
const BASE: i64 = 10_000;
const EXTENSIONS: u128 = 200;
const HOTLINES: u128 = 10;
const EXPORTED: usize = 1_000_000;

/// The bars, milliseconds.
const LIST_MS: f64 = 50.0;
const YEAR_BAR_MS: f64 = 200.0;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let postgres = arguments.iter().any(|word| word == "--postgres");
    let rows: i64 = arguments.iter().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let test = match postgres {
        true => store::testing::postgres().await,
        false => store::testing::sqlite().await,
    };
    let db: Db = Db::clone(&test);
    let tenant: TenantId = store::mint();
    let actor = Actor::system(tenant);
    let began = Instant::now();
    repo::company(&db, tenant).await?;
    make(&db, tenant, (rows / BASE).max(1)).await?;
    println!("{rows} records made in {:.0?}", began.elapsed());
    let mut met = lists(&actor, &db).await?;
    met &= year(&actor, &db).await?;
    export(&actor, &db).await?;
    db.close().await;
    if met { Ok(()) } else { Err("a bar is not met".into()) }
}

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u128) -> u128 {
        // Steele, Lea, Flood: SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u128::from(z ^ (z >> 31)) % most
    }
}

fn extension(number: u128) -> ExtensionId {
    ExtensionId::from_bits(1_000 + number)
}

fn hotline(number: u128) -> HotlineId {
    HotlineId::from_bits(2_000 + number)
}

fn record(tenant: TenantId, dice: &mut Dice, started_at: i64) -> CallRecord {
    let direction =
        [Direction::Inbound, Direction::Inbound, Direction::Outbound, Direction::Internal][dice.below(4) as usize];
    // One in a hundred fails, one in fifty is busy: rare enough to be looked for in vain for long.
    let (answered, cause) = match dice.below(100) {
        0 => (false, Cause::Failed),
        1 | 2 => (false, Cause::Busy),
        3..=7 => (false, Cause::Declined),
        8..=17 => (false, Cause::NoAnswer),
        18..=29 => (false, Cause::Cancelled),
        _ => (true, Cause::Normal),
    };
    let (own, line) = (extension(dice.below(EXTENSIONS)), hotline(dice.below(HOTLINES)));
    let talk = 1_000 * dice.below(600) as i64;
    let ended_at = started_at + 8_000 + if answered { talk } else { 0 };
    let outside = format!("+849{:08}", dice.below(3_000));
    let leg = |leg: u16, extension: Option<ExtensionId>| Leg {
        leg,
        kind: if leg == 0 { "in" } else { "out" }.into(),
        extension,
        trunk: None,
        number: outside.clone(),
        started_at,
        ringing_at: None,
        answered_at: answered.then_some(started_at + 8_000),
        ended_at,
        cause,
        quality: None,
    };
    let decision =
        |step: &str| Decision { at: started_at, step: step.into(), reason: "So it is.".into(), facts: vec![] };
    CallRecord {
        id: store::mint(),
        tenant,
        direction,
        hotline: (direction != Direction::Internal).then_some(line),
        trunk: None,
        extension: Some(own),
        caller_number: outside.clone(),
        caller_name: String::new(),
        callee_number: "+842873000001".into(),
        started_at,
        ringing_at: None,
        answered_at: answered.then_some(started_at + 8_000),
        ended_at,
        cause,
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: vec![leg(0, None), leg(1, Some(own))],
        trail: ["route", "ring", "end"].map(decision).into(),
    }
}

/// The base, written as calls are, and its copies, each a piece of the year later.
async fn make(db: &Db, tenant: TenantId, copies: i64) -> Result<(), Box<dyn std::error::Error>> {
    let (mut dice, piece) = (Dice(7), YEAR_MS / copies);
    let base: Vec<CallRecord> =
        (0..BASE).map(|number| record(tenant, &mut dice, BEGIN + number * piece / BASE)).collect();
    for group in base.chunks(1_000) {
        let mut tx = db.system_write().await?;
        calls::record_many(&mut tx, group).await?;
        tx.commit().await?;
    }
    repo::multiply(db, tenant, copies, piece).await?;
    Ok(())
}

/// A way to narrow a filter, with its name; the number chooses among its values.
type Narrow = (&'static str, fn(&mut Filter, u128));

const NARROW: [Narrow; 8] = [
    ("direction", |filter, pick| filter.direction = Some(Direction::ALL[(pick % 3) as usize])),
    ("status", |filter, pick| filter.status = Some(Status::ALL[(pick % 6) as usize].0)),
    ("answered", |filter, pick| filter.answered = Some(pick % 2 == 0)),
    ("extension", |filter, pick| filter.extension = Some(extension(pick % EXTENSIONS))),
    ("hotline", |filter, pick| filter.hotline = Some(hotline(pick % HOTLINES))),
    ("number", |filter, pick| filter.number = Some(format!("09{:08}", pick % 3_000))),
    ("days", |filter, pick| {
        let from = BEGIN + (pick % 358) as i64 * 86_400_000;
        (filter.from, filter.to) = (Some(from), Some(from + 7 * 86_400_000));
    }),
    ("talk", |filter, pick| filter.talk_from_ms = Some(1_000 * (pick % 590) as i64)),
];

/// The list with each two filters, first and second page; whether each pair meets the bar.
async fn lists(actor: &Actor, db: &Db) -> Result<bool, Box<dyn std::error::Error>> {
    let (mut dice, mut met, mut all) = (Dice(11), true, Vec::new());
    for (place, (first, one)) in NARROW.iter().enumerate() {
        for (second, other) in &NARROW[place + 1..] {
            let mut times = Vec::new();
            for _ in 0..12 {
                let mut filter = Filter::default();
                one(&mut filter, dice.below(u128::MAX));
                other(&mut filter, dice.below(u128::MAX));
                let mut after = None;
                for _ in 0..2 {
                    let page = PageRequest { limit: 50, after: after.take() };
                    let began = Instant::now();
                    let found = calls::list(actor, db, filter.clone(), page).await?;
                    times.push(began.elapsed());
                    after = found.next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            let p95 = quantile(&mut times, 0.95);
            met &= p95 <= LIST_MS;
            let mark = if p95 <= LIST_MS { "" } else { "  TOO SLOW" };
            println!("list by {first} and {second}: p50 {:.1} ms, p95 {p95:.1} ms{mark}", quantile(&mut times, 0.5));
            all.extend(times);
        }
    }
    println!("call list with any two filters: p95 {:.1} ms (bar {LIST_MS} ms)", quantile(&mut all, 0.95));
    Ok(met)
}

fn quantile(times: &mut [Duration], part: f64) -> f64 {
    times.sort();
    let place = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len()) - 1;
    times[place].as_secs_f64() * 1_000.0
}

async fn year(actor: &Actor, db: &Db) -> Result<bool, Box<dyn std::error::Error>> {
    let mut met = true;
    let whole = Wanted {
        period: Period { from: "2026-01-01".into(), to: "2026-12-31".into(), step: Step::Month },
        direction: None,
        hotline: None,
        extension: None,
    };
    let of_one = Wanted { extension: Some(extension(7)), ..whole.clone() };
    for (name, wanted) in [("all", whole), ("one extension", of_one)] {
        let mut times = Vec::new();
        for _ in 0..5 {
            let began = Instant::now();
            figures::statistics(actor, db, wanted.clone()).await?;
            times.push(began.elapsed());
        }
        let slowest = quantile(&mut times, 1.0);
        met &= slowest <= YEAR_BAR_MS;
        println!("statistics of a year, {name}: {slowest:.0} ms (bar {YEAR_BAR_MS} ms)");
    }
    Ok(met)
}

/// Page by page, as `/calls/export` does; tells how much more memory the process holds in the middle and at the end.
async fn export(actor: &Actor, db: &Db) -> Result<(), Box<dyn std::error::Error>> {
    let (began, before, mut after, mut count, mut most) = (Instant::now(), resident_mib(), None, 0, 0.0_f64);
    loop {
        let page = PageRequest { limit: PageRequest::MAX, after };
        let found = calls::list(actor, db, Filter::default(), page).await?;
        count += found.items.len();
        most = most.max(resident_mib() - before);
        after = found.next;
        if after.is_none() || count >= EXPORTED {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{count} rows exported in {seconds:.1} s, {most:.1} MiB more held");
    Ok(())
}

/// What the process holds in memory.
fn resident_mib() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0.0);
    pages * 4_096.0 / 1_048_576.0
}
