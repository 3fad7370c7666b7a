//! The sender of all webhooks: reads the outbox, wakes the endpoint whose turn it is, and keeps house. Of several processes on
//! a database one sends; another takes over when it stops or dies.

use super::address::Guard;
use super::client::Outgoing;
use super::fan_out;
use super::lane::{self, Shared};
use super::schedule::Schedule;
use super::tongue::Tongues;
use super::{ledger, repo};
use model::{EndpointId, Moment, Problem, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::lease::{Candidate, Lease};
use store::{Db, outbox};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

/// How the sender behaves.
#[derive(Clone)]
pub struct Config {
    /// Which addresses may be reached.
    pub guard: Guard,
    /// The tongues of other vendors. Endpoints that want one that is not there wait for a process that has it.
    pub tongues: Tongues,
    /// When a failed delivery is tried again.
    pub schedule: Schedule,
    /// How many deliveries of one endpoint are under way at once.
    pub parallel: usize,
    /// How long a receiver may take.
    pub timeout: Duration,
    /// How often to look for deliveries whose time has come.
    pub poll: Duration,
    /// How long finished deliveries and told events are kept.
    pub keep: Duration,
    /// How long the senders of other processes on the database wait for one that gives no sign of life: only one sends.
    pub lease: Duration,
    /// The wall clock.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Config {
    /// The usual behaviour.
    pub fn new(guard: Guard) -> Config {
        Config {
            guard,
            tongues: Tongues::default(),
            schedule: Schedule::default(),
            parallel: 8,
            timeout: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            keep: Duration::from_secs(30 * 24 * 3600),
            lease: Duration::from_secs(10),
            clock: Arc::new(store::now),
        }
    }
}

/// How many outcomes may wait to be written.
const LEDGER_ROOM: usize = 1_000;
/// The name of the lease that says whose turn it is.
const LEASE: &str = "webhooks";
/// How often old rows are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(3_600);

/// The running sender.
#[derive(Debug)]
pub struct Sender {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Sender {
    /// Starts it; it goes on where the last one was stopped or killed.
    pub fn start(db: Db, config: Config) -> Result<Sender, Problem> {
        let client = Outgoing::new(config.guard.clone(), config.timeout)
            .map_err(|error| Problem::internal(format!("the HTTP client cannot be made: {error}")))?;
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(run(db, config, client, stopped));
        Ok(Sender { stop, running })
    }

    /// Ends it as a crash would: nothing is handed over.
    #[cfg(test)]
    pub(super) async fn kill(self) {
        self.running.abort();
        // It was cancelled.
        let _ = self.running.await;
    }

    /// Stops it. Deliveries under way are attempted again after the next start.
    pub async fn stop(self) {
        // It has ended already when nobody listens.
        let _ = self.stop.send(());
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the webhook sender ended badly");
        }
    }
}

async fn run(db: Db, config: Config, client: Outgoing, mut stopped: oneshot::Receiver<()>) {
    let (lines, inbox) = mpsc::channel(LEDGER_ROOM);
    let ledger = tokio::spawn(ledger::run(db.clone(), inbox));
    let shared = Arc::new(Shared {
        db: db.clone(),
        client,
        tongues: config.tongues.clone(),
        schedule: config.schedule.clone(),
        parallel: config.parallel.max(1),
        clock: config.clock.clone(),
        ledger: lines,
    });
    let mut house = House {
        db: db.clone(),
        config,
        shared,
        lanes: HashMap::new(),
        tasks: JoinSet::new(),
        seq: None,
        kept: None,
        unheard: false,
        turn: Turn::new(),
    };
    let mut events = db.watch_events();
    let mut poll = tokio::time::interval(house.config.poll);
    let mut tidy = tokio::time::interval(TIDY_EVERY);
    let mut away = false;
    loop {
        let done = tokio::select! {
            _ = &mut stopped => break,
            _ = poll.tick() => house.poll().await,
            Ok(()) = events.changed(), if !house.unheard => house.fan_out().await,
            _ = tidy.tick() => house.tidy().await,
        };
        match done {
            Ok(()) => away = false,
            Err(problem) => {
                // Said once for each time it goes away, not once a second.
                if !away {
                    tracing::warn!("webhooks wait for the database: {problem}");
                }
                away = true;
            }
        }
    }
    house.tasks.shutdown().await;
    let held = house.turn.lease.take();
    drop(house);
    if let Err(error) = ledger.await {
        tracing::error!(%error, "the webhook ledger ended badly");
    }
    // Not before all outcomes are written: the next sender would attempt those deliveries again.
    if let Some(lease) = held
        && let Err(error) = lease.give_back(&db).await
    {
        tracing::debug!(%error, "the turn to send webhooks ends by itself");
    }
}

/// What the supervising task holds.
struct House {
    db: Db,
    config: Config,
    shared: Arc<Shared>,
    lanes: HashMap<EndpointId, (Arc<Notify>, tokio::task::AbortHandle)>,
    tasks: JoinSet<()>,
    /// How far the outbox is read; none before the first look.
    seq: Option<i64>,
    /// How far of that is written down.
    kept: Option<i64>,
    /// Nobody listened at the last look.
    unheard: bool,
    turn: Turn,
}

/// Whether it is our turn to send, among the processes on the database.
struct Turn {
    candidate: Candidate,
    lease: Option<Lease>,
    /// When we last gave a sign of life.
    renewed: Moment,
    began: Instant,
}

impl Turn {
    fn new() -> Turn {
        Turn { candidate: Candidate::new(LEASE), lease: None, renewed: Moment::START, began: Instant::now() }
    }

    fn now(&self) -> Moment {
        Moment::START + self.began.elapsed()
    }
}

impl House {
    /// Events of other processes, and deliveries whose time has come.
    async fn poll(&mut self) -> Result<(), Problem> {
        while self.tasks.try_join_next().is_some() {}
        self.lanes.retain(|_, (_, task)| !task.is_finished());
        self.lead().await?;
        self.fan_out().await?;
        self.keep_place().await?;
        if self.turn.lease.is_none() {
            return Ok(());
        }
        let mut tx = self.db.system().await?;
        let due = repo::due_endpoints(&mut tx, (self.config.clock)()).await?;
        drop(tx);
        for (tenant, id) in due {
            self.wake(tenant, id);
        }
        Ok(())
    }

    /// Takes or keeps the turn.
    async fn lead(&mut self) -> Result<(), Problem> {
        let (now, time) = (self.turn.now(), self.config.lease);
        match &self.turn.lease {
            Some(_) if now.since(self.turn.renewed) < time / 3 => return Ok(()),
            Some(lease) if lease.renew(&self.db).await? => {}
            Some(_) => {
                self.step_back().await;
                return Ok(());
            }
            None => self.turn.lease = self.turn.candidate.take(&self.db, now, time).await?,
        }
        self.turn.renewed = now;
        Ok(())
    }

    /// Another process sends now: what is under way here is given up, and attempted there.
    async fn step_back(&mut self) {
        tracing::warn!("another process has taken over the webhooks; this one was held up");
        self.tasks.shutdown().await;
        self.lanes.clear();
        (self.seq, self.kept, self.turn.lease) = (None, None, None);
    }

    async fn fan_out(&mut self) -> Result<(), Problem> {
        loop {
            let Some(lease) = &self.turn.lease else { return Ok(()) };
            let after = match self.seq {
                Some(seq) => seq,
                None => {
                    let seq = fan_out::position(&self.db).await?;
                    self.kept = Some(seq);
                    seq
                }
            };
            let Some(step) = fan_out::step(&self.db, lease, after, (self.config.clock)()).await? else {
                self.step_back().await;
                return Ok(());
            };
            self.seq = Some(step.seq);
            self.unheard = step.unheard;
            if step.written {
                self.kept = self.seq;
            }
            for (tenant, id) in step.endpoints {
                self.wake(tenant, id);
            }
            if !step.more {
                return Ok(());
            }
        }
    }

    async fn keep_place(&mut self) -> Result<(), Problem> {
        let (Some(lease), Some(seq)) = (&self.turn.lease, self.seq.filter(|_| self.seq != self.kept)) else {
            return Ok(());
        };
        if fan_out::keep(&self.db, lease, seq).await? {
            self.kept = self.seq;
        } else {
            self.step_back().await;
        }
        Ok(())
    }

    fn wake(&mut self, tenant: String, id: EndpointId) {
        if let Some((wake, task)) = self.lanes.get(&id)
            && !task.is_finished()
        {
            return wake.notify_one();
        }
        let wake = Arc::new(Notify::new());
        let task = self.tasks.spawn(lane::run(self.shared.clone(), tenant, id, wake.clone()));
        self.lanes.insert(id, (wake, task));
    }

    async fn tidy(&mut self) -> Result<(), Problem> {
        let keep = i64::try_from(self.config.keep.as_millis()).unwrap_or(i64::MAX);
        let before = Timestamp((self.config.clock)().as_millis().saturating_sub(keep));
        let mut tx = self.db.system_write().await?;
        let deliveries = repo::forget(&mut tx, before).await?;
        tx.commit().await?;
        let events = outbox::trim(&self.db, before, &[fan_out::READER]).await?;
        tracing::debug!(deliveries, events, "old deliveries and events were forgotten");
        Ok(())
    }
}
