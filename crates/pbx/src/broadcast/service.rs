//! What one can do with broadcasts; and what whoever places the calls asks and tells, for all companies at once.

use super::{Broadcast, Kind, NUMBERS, NewBroadcast, Number, PARTS, Part, Script, State, Tally, When, repo};
use crate::{config, flow, greeting, hotline, schedule};
use model::{Actor, BroadcastId, CallId, Cause, Faults, Page, PageRequest, Permission, PhoneNumber, Problem, TenantId};
use store::{Db, mint, now};

/// How often a script may be told over.
const TIMES: std::ops::RangeInclusive<u32> = 1..=10;
/// How far ahead a broadcast can begin: a year.
const LATEST_MS: i64 = 366 * 24 * 3600 * 1000;
/// The longest wait for another attempt: a day.
const LONGEST_GAP_MS: i64 = 24 * 3600 * 1000;

/// A number whose turn it is, or that is being called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The company.
    pub tenant: TenantId,
    /// The broadcast.
    pub broadcast: BroadcastId,
    /// The number's place in it.
    pub place: i64,
    /// The number.
    pub number: String,
    /// The call, while there is one.
    pub call: Option<CallId>,
    /// Since when it is so, milliseconds since 1970.
    pub since: i64,
}

/// Begins a broadcast; its numbers are called from now on.
pub async fn create(actor: &Actor, db: &Db, new: NewBroadcast) -> Result<Broadcast, Problem> {
    create_at(actor, db, new, When::default()).await
}

/// Orders a broadcast whose numbers are called then.
pub async fn create_at(actor: &Actor, db: &Db, new: NewBroadcast, when: When) -> Result<Broadcast, Problem> {
    actor.require(Permission::MakeCalls)?;
    // Calling many people is nothing that an agent does.
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(actor.tenant).await?;
    let country = hotline::repo::country(&mut tx).await?;
    let mut faults = Faults::default();
    if !config::good_name(&new.name) {
        faults.add("name", "Use 1 to 200 characters.");
    }
    check_script(&new.script, &mut faults);
    if !(0..=10).contains(&new.plan.retries) {
        faults.add("retries", "Use 0 to 10.");
    }
    if !(0..=LONGEST_GAP_MS).contains(&new.plan.retry_gap_ms) {
        faults.add("retry_gap_ms", "Wait at most a day.");
    }
    if !(1..=100).contains(&new.plan.at_once) {
        faults.add("at_once", "Use 1 to 100.");
    }
    let mut numbers: Vec<String> = Vec::new();
    for number in &new.numbers {
        match read_number(number, &country) {
            Some(number) if numbers.contains(&number) => {}
            Some(number) => numbers.push(number),
            None => faults.add("numbers", format!("{} is no telephone number.", number.escape_debug())),
        }
    }
    if !(1..=NUMBERS).contains(&new.numbers.len()) {
        faults.add("numbers", format!("Name 1 to {NUMBERS} numbers."));
    }
    if let Some(id) = new.hotline
        && hotline::repo::find(&mut tx, id).await?.is_none()
    {
        faults.add("hotline", "There is no such hotline.");
    }
    if let Some(id) = when.schedule
        && schedule::repo::find(&mut tx, id).await?.is_none()
    {
        faults.add("schedule", "There is no such schedule.");
    }
    let now = now().as_millis();
    if when.starts_at.is_some_and(|at| at > now + LATEST_MS) {
        faults.add("starts_at", "Begin within a year.");
    }
    for part in &new.script.parts {
        let known = match part {
            Part::Greeting(id) => greeting::repo::find(&mut tx, *id).await?.is_some(),
            Part::Flow(id) => flow::repo::find(&mut tx, *id).await?.is_some(),
            Part::Text(_) => true,
        };
        if !known {
            faults.add("script", "A greeting or flow of the script does not exist.");
        }
    }
    faults.done()?;
    let broadcast = Broadcast {
        id: mint(),
        kind: new.kind,
        name: new.name.trim().to_owned(),
        hotline: new.hotline,
        script: new.script,
        plan: new.plan,
        when,
        cancelled_at: None,
        created_at: now,
    };
    repo::insert(&mut tx, &broadcast, &numbers).await?;
    tx.commit().await?;
    Ok(broadcast)
}

fn check_script(script: &Script, faults: &mut Faults) {
    if !(1..=PARTS).contains(&script.parts.len()) {
        faults.add("script", format!("Use 1 to {PARTS} parts."));
    }
    if !TIMES.contains(&script.times) {
        faults.add("times", "Use 1 to 10.");
    }
    let ends_early = |(at, part): (usize, &Part)| matches!(part, Part::Flow(_)) && at + 1 < script.parts.len();
    if script.parts.iter().enumerate().any(ends_early) {
        faults.add("script", "A flow keeps the listener: it can only be the last part.");
    }
    script.texts().iter().for_each(|speech| speech.check(faults));
}

/// A telephone number, or digits that may be an extension's.
fn read_number(number: &str, country: &str) -> Option<String> {
    let bare: String = number.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
    let short = (2..=6).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    if short { Some(bare) } else { PhoneNumber::parse(&bare, country).map(|number| number.to_string()) }
}

/// One broadcast.
pub async fn get(actor: &Actor, db: &Db, id: BroadcastId) -> Result<Broadcast, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("broadcast"))
}

/// The broadcasts of a kind, oldest first.
pub async fn list(actor: &Actor, db: &Db, kind: Kind, page: PageRequest) -> Result<Page<Broadcast>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, kind, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |broadcast| broadcast.id.to_string()))
}

/// The broadcasts of a kind, the newest first.
pub async fn newest(actor: &Actor, db: &Db, kind: Kind, page: PageRequest) -> Result<Page<Broadcast>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::newest(&mut tx, kind, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |broadcast| broadcast.id.to_string()))
}

/// How many numbers of each of these broadcasts are how far, in the order of the ids.
pub async fn tallies(actor: &Actor, db: &Db, ids: &[BroadcastId]) -> Result<Vec<Tally>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let mut tallies = vec![Tally::default(); ids.len()];
    for (id, state, count) in repo::tallies(&mut tx, ids).await? {
        for (tally, _) in tallies.iter_mut().zip(ids).filter(|(_, known)| **known == id) {
            match state {
                State::Waiting => tally.waiting = count,
                State::Calling => tally.calling = count,
                State::Reached => tally.reached = count,
                State::Failed => tally.failed = count,
                State::Cancelled => tally.cancelled = count,
            }
        }
    }
    Ok(tallies)
}

/// Calls a broadcast off: numbers that wait are not called any more, calls that are up go on. Twice is as once.
pub async fn cancel(actor: &Actor, db: &Db, id: BroadcastId) -> Result<Broadcast, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut found = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("broadcast"))?;
    let now = now().as_millis();
    if repo::cancel(&mut tx, id, now).await? {
        found.cancelled_at = Some(now);
    }
    tx.commit().await?;
    Ok(found)
}

/// A page of the numbers of a broadcast in their order, of those in a state when one is named.
pub async fn page_of_numbers(
    actor: &Actor,
    db: &Db,
    id: BroadcastId,
    state: Option<State>,
    page: PageRequest,
) -> Result<Page<Number>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let wrong = |_| Problem::invalid("after", "Send the `next` of the page before, or leave it out.");
    let after = page.after.as_deref().map_or(Ok(-1), str::parse).map_err(wrong)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("broadcast"))?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::page_of_numbers(&mut tx, id, state, after, limit).await?;
    Ok(Page::from_rows(rows, limit, |number| number.place.to_string()))
}

/// The numbers of a broadcast, in their order.
pub async fn numbers(actor: &Actor, db: &Db, id: BroadcastId) -> Result<Vec<Number>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::numbers(&mut tx, id).await?)
}

/// Whose turn it is by now, of all companies: the first of each broadcast before the second of any.
pub async fn due(db: &Db, limit: u32) -> Result<Vec<Due>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::due(&mut tx, now().as_millis(), limit).await?)
}

/// Calls no number of the broadcast for so long: its schedule is closed.
pub async fn hold_back(db: &Db, due: &Due, wait_ms: i64) -> Result<(), Problem> {
    let mut tx = db.write(due.tenant).await?;
    repo::hold_back(&mut tx, due.broadcast, now().as_millis() + wait_ms).await?;
    tx.commit().await?;
    Ok(())
}

/// All that are being called.
pub async fn calling(db: &Db) -> Result<Vec<Due>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::calling(&mut tx).await?)
}

/// Takes a number to call it; false when another process was faster.
pub async fn claim(db: &Db, due: &Due) -> Result<bool, Problem> {
    let mut tx = db.write(due.tenant).await?;
    let claimed = repo::claim(&mut tx, due, now().as_millis()).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// The call was placed.
pub async fn placed(db: &Db, due: &Due, call: CallId) -> Result<(), Problem> {
    let mut tx = db.write(due.tenant).await?;
    repo::set_call(&mut tx, due, call).await?;
    tx.commit().await?;
    Ok(())
}

/// The call could not be placed for want of room: it waits so long, and the attempt does not count.
pub async fn put_off(db: &Db, due: &Due, wait_ms: i64) -> Result<(), Problem> {
    let mut tx = db.write(due.tenant).await?;
    let now = now().as_millis();
    repo::put_off(&mut tx, due, now, now + wait_ms).await?;
    tx.commit().await?;
    Ok(())
}

/// The call is over, or was never placed. A number that was not reached waits for its next attempt while there is one.
pub async fn settle(db: &Db, due: &Due, reached: bool, cause: Cause, key: Option<char>) -> Result<State, Problem> {
    let mut tx = db.write(due.tenant).await?;
    let found = repo::find(&mut tx, due.broadcast).await?.ok_or_else(|| Problem::not_found("broadcast"))?;
    let number = repo::number(&mut tx, due.broadcast, due.place).await?.ok_or_else(|| Problem::not_found("number"))?;
    let again = !reached && found.cancelled_at.is_none() && number.attempts <= found.plan.retries;
    let state = match (reached, again) {
        (true, _) => State::Reached,
        (false, true) => State::Waiting,
        (false, false) => State::Failed,
    };
    let now = now().as_millis();
    let outcome = repo::Outcome { state, due_at: now + found.plan.retry_gap_ms, cause, key };
    repo::settle(&mut tx, due, &outcome, now).await?;
    tx.commit().await?;
    Ok(state)
}
