//! The caller of broadcasts: looks whose turn it is, has the texts spoken, orders the calls, and writes down what became of
//! them. What it knows is in the database, so it goes on after a restart where it was; what became of a call is read from
//! the call's record, which is never lost.

use crate::sound::Sounds;
use bus::{Bus, Place};
use bytes::Bytes;
use model::{Actor, BroadcastId, CallId, Cause, GreetingId, Kind, Problem};
use pbx::broadcast::{self, Broadcast, Due};
use pbx::calls;
use std::collections::HashMap;
use std::time::Duration;
use store::{Db, now};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How often to look.
const POLL: Duration = Duration::from_millis(250);
/// How many numbers are looked at in one go.
const AT_ONCE: u32 = 200;
/// A number whose call left no record this long after it was placed is not being called any more.
const LOST_MS: i64 = 15 * 60 * 1000;
/// How long to wait when there is no room for another call and nobody said how long.
const WAIT_MS: i64 = 2_000;
/// How long until it is looked again whether a schedule is open.
const CLOSED_MS: i64 = 30_000;
/// Of how many broadcasts the spoken texts are kept at hand.
const KEPT: usize = 16;

/// The running caller.
#[derive(Debug)]
pub struct Broadcaster {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Broadcaster {
    /// Starts it.
    pub fn start(db: Db, bus: Bus, sounds: Sounds) -> Broadcaster {
        let (stop, stopped) = oneshot::channel();
        let house = House { db, bus, sounds, spoken: HashMap::new() };
        Broadcaster { stop, running: tokio::spawn(house.run(stopped)) }
    }

    /// Stops it. Calls that are up go on, and are looked after by the next one.
    pub async fn stop(self) {
        // It has ended already when nobody listens.
        let _ = self.stop.send(());
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the caller of broadcasts ended badly");
        }
    }
}

/// A broadcast with the sounds of its texts.
#[derive(Clone)]
struct Spoken {
    broadcast: Broadcast,
    sounds: Vec<(GreetingId, Bytes)>,
}

struct House {
    db: Db,
    bus: Bus,
    sounds: Sounds,
    spoken: HashMap<BroadcastId, Spoken>,
}

impl House {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut away = false;
        loop {
            tokio::select! {
                _ = &mut stopped => break,
                _ = poll.tick() => {}
            }
            match self.look().await {
                Ok(()) => away = false,
                Err(problem) => {
                    // Said once for each time it goes away, not four times a second.
                    if !away {
                        tracing::error!(%problem, "broadcasts cannot go on; they are tried again");
                    }
                    away = true;
                }
            }
        }
    }

    async fn look(&mut self) -> Result<(), Problem> {
        let mut up: HashMap<BroadcastId, i64> = HashMap::new();
        for calling in broadcast::calling(&self.db).await? {
            if !self.settle(&calling).await? {
                *up.entry(calling.broadcast).or_default() += 1;
            }
        }
        let mut most: HashMap<BroadcastId, i64> = HashMap::new();
        for due in broadcast::due(&self.db, AT_ONCE).await? {
            let actor = Actor::system(due.tenant);
            let most = match most.get(&due.broadcast) {
                Some(known) => *known,
                None => {
                    let now_at_once = self.at_once(&actor, &due).await?;
                    *most.entry(due.broadcast).or_insert(now_at_once)
                }
            };
            let up = up.entry(due.broadcast).or_default();
            if *up < most && broadcast::claim(&self.db, &due).await? {
                *up += 1;
                self.call(&actor, &due).await?;
            }
        }
        Ok(())
    }

    /// How many calls of the broadcast may be up now; none while its schedule is closed.
    async fn at_once(&self, actor: &Actor, due: &Due) -> Result<i64, Problem> {
        let found = broadcast::get(actor, &self.db, due.broadcast).await?;
        let open = match found.when.schedule {
            None => true,
            Some(id) => match pbx::schedule::check(actor, &self.db, id, None).await {
                Ok((state, ..)) => state == "open",
                // A schedule that was removed since keeps nobody from calling.
                Err(problem) if problem.kind == Kind::NotFound => true,
                Err(problem) => return Err(problem),
            },
        };
        if !open {
            broadcast::hold_back(&self.db, due, CLOSED_MS).await?;
        }
        Ok(if open { found.plan.at_once } else { 0 })
    }

    /// Writes down what became of a call; false while it is up.
    async fn settle(&self, calling: &Due) -> Result<bool, Problem> {
        let actor = Actor::system(calling.tenant);
        let record = match calling.call {
            Some(call) => self.record(&actor, call).await?,
            None => None,
        };
        let (reached, cause, key) = match record {
            Some(record) => record,
            None if now().as_millis() - calling.since < LOST_MS || self.is_up(calling) => return Ok(false),
            None => (false, Cause::ServerRestart, None),
        };
        broadcast::settle(&self.db, calling, reached, cause, key).await?;
        Ok(true)
    }

    fn is_up(&self, calling: &Due) -> bool {
        self.bus.live(calling.tenant).iter().any(|live| Some(live.id) == calling.call)
    }

    /// Whether somebody answered, why it ended, and the last key that was pressed.
    async fn record(&self, actor: &Actor, call: CallId) -> Result<Option<(bool, Cause, Option<char>)>, Problem> {
        let found = match calls::get(actor, &self.db, call).await {
            Err(problem) if problem.kind == Kind::NotFound => return Ok(None),
            other => other?.call,
        };
        let trail = calls::trail(actor, &self.db, call).await?;
        let pressed = trail.iter().rev().find(|decision| decision.step == "flow_key");
        let fact = pressed.and_then(|decision| decision.facts.iter().find(|fact| fact.name == "key"));
        Ok(Some((found.answered_at.is_some(), found.cause, fact.and_then(|fact| fact.value.chars().next()))))
    }

    /// Orders the call of a number that was claimed.
    async fn call(&mut self, actor: &Actor, due: &Due) -> Result<(), Problem> {
        let Spoken { broadcast, sounds } = match self.spoken(actor, due.broadcast).await {
            Ok(spoken) => spoken,
            Err(problem) => return self.give_up(due, &problem).await,
        };
        let ids: Vec<GreetingId> = sounds.iter().map(|(id, _)| *id).collect();
        let (hotline, to, script) = (broadcast.hotline, due.number.clone(), broadcast.script.graph(&ids));
        match self.bus.place(Place { tenant: due.tenant, hotline, to, script, sounds }).await {
            Ok(call) => broadcast::placed(&self.db, due, call).await,
            Err(problem) if matches!(problem.kind, Kind::Busy | Kind::Limited) => {
                let wait_ms = problem.retry_after_s.map_or(WAIT_MS, |seconds| i64::from(seconds) * 1000);
                broadcast::put_off(&self.db, due, wait_ms).await
            }
            Err(problem) => self.give_up(due, &problem).await,
        }
    }

    /// The call could not be placed: the attempt counts.
    async fn give_up(&self, due: &Due, problem: &Problem) -> Result<(), Problem> {
        let (tenant, broadcast) = (due.tenant, due.broadcast);
        tracing::warn!(tenant.id = %tenant, broadcast.id = %broadcast, %problem, "a broadcast's call cannot be placed");
        broadcast::settle(&self.db, due, false, Cause::Failed, None).await.map(|_| ())
    }

    /// The broadcast with its texts spoken; each text once, however often it is told.
    async fn spoken(&mut self, actor: &Actor, id: BroadcastId) -> Result<Spoken, Problem> {
        if let Some(known) = self.spoken.get(&id) {
            return Ok(known.clone());
        }
        let broadcast = broadcast::get(actor, &self.db, id).await?;
        let mut sounds: Vec<(GreetingId, Bytes)> = Vec::new();
        for text in broadcast.script.texts() {
            sounds.push((store::mint(), self.sounds.say(&text).await?.into()));
        }
        let spoken = Spoken { broadcast, sounds };
        if self.spoken.len() >= KEPT {
            self.spoken.clear();
        }
        self.spoken.insert(id, spoken.clone());
        Ok(spoken)
    }
}

#[cfg(test)]
mod tests;
