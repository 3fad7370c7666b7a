//! Runs live calls: the one place where the pure machines `call`, `acd` and `flow` meet the edges `sip` and `media`, the
//! configuration of `pbx`, and the bus.
//!
//! Each call has one task and one mailbox ([`driver`]); [`intake`] puts letters into them. Everything a call needs to
//! know is in memory ([`directory`], [`sounds`]); everything it leaves behind goes to the journal of `pbx::calls`, which
//! spools to the local disk first. A call never waits for SQL. Start with [`Engine::start`], then [`driver`].

mod addresses;
mod alerts;
mod blf;
pub mod capture;
mod carriers;
mod clock;
mod directory;
mod driver;
mod health;
mod inbox;
mod intake;
mod lines;
mod load;
mod messages;
mod mwi;
mod outside;
mod pickup;
mod placing;
mod presence;
mod queues;
mod recordings;
mod refusals;
mod routes;
mod shared;
mod shares;
mod sounds;
mod spending;
mod wants;
mod ways;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bus::{Bus, Command};
use media::Media;
use model::{Cause, Problem};
use sip::Stack;
use store::Db;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use addresses::Addresses;
use alerts::Alerts;
use capture::Captures;
use carriers::Carriers;
use clock::Clock;
use directory::Directory;
use health::Health;
use intake::Intake;
use messages::Messages;
pub use outside::{Nobody, Outside};
use pbx::calls::Journal;
use queues::Queues;
use recordings::Recordings;
use routes::Routes;
use shared::Shared;
use sounds::Sounds;
use spending::Spending;

/// How long calls that were hung up may take to write their records.
const LAST_RECORDS: Duration = Duration::from_secs(5);
/// How long far sides may take to answer the end of their calls.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long a start waits for what the database knows of the last day.
const LAST_DAY: Duration = Duration::from_secs(2);

/// What the engine needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Sockets and limits of SIP.
    pub sip: sip::Config,
    /// Ports and threads of media.
    pub media: media::Config,
    /// The data folder: greetings' files are told from here, recordings go below it.
    pub data: PathBuf,
    /// The folder of the local spool.
    pub spool: PathBuf,
    /// Ring times and other limits of calls.
    pub limits: call::Limits,
    /// Record no call, whatever the companies say.
    pub never_record: bool,
    /// How often a carrier that is there is asked whether it still is. One that is away is asked less often.
    pub probe_every: Duration,
    /// How much is kept of how calls were signalled.
    pub capture: capture::Config,
    /// Who speaks texts, and asks the companies' services.
    pub outside: Arc<dyn Outside>,
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration of the companies could not be read.
    #[error("the companies' configuration cannot be read")]
    Configuration(#[from] Problem),
    /// A SIP socket could not be bound.
    #[error("SIP cannot listen")]
    Sip(#[source] io::Error),
    /// The media threads could not be started.
    #[error("media cannot be started")]
    Media(#[source] io::Error),
    /// The spool's folder cannot be used.
    #[error("the spool cannot be opened")]
    Spool(#[source] io::Error),
    /// The recordings' folder cannot be used.
    #[error("the recordings' folder cannot be used")]
    Recordings(#[source] io::Error),
}

/// What is alive now. All but `bindings` and `connections` are zero when no call is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Calls with a task.
    pub calls: usize,
    /// Legs that the engine knows.
    pub legs: usize,
    /// The SIP stack's own figures.
    pub sip: sip::Counts,
    /// The media threads' own figures.
    pub media: media::Counts,
    /// Media threads that have died.
    pub dead_media_threads: usize,
    /// Records and events that SQL does not have yet.
    pub spooled: u64,
}

/// The running engine.
pub struct Engine {
    shared: Arc<Shared>,
    intake: Arc<Intake>,
    /// Empty once the engine was stopped.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Binds the sockets and begins to take calls. Records that a former process left in the spool are stored, and
    /// calls that it left open get theirs.
    pub async fn start(
        config: Config,
        db: Db,
        bus: Bus,
        orders: mpsc::Receiver<Command>,
    ) -> Result<Engine, StartError> {
        let clock = Clock::start();
        let addresses = Addresses::new(config.sip.clone());
        let directory = Directory::load(&db, addresses.clone()).await?;
        let recordings = Recordings::open(&config.data).map_err(StartError::Recordings)?;
        let spool = store::spool::Options::default();
        let journal = Journal::start(db.clone(), &config.spool, spool, recordings.last_signs());
        let journal = journal.await.map_err(StartError::Spool)?;
        recordings.mend(&journal);
        let messages = Messages::open(&config.data).map_err(StartError::Recordings)?;
        messages.mend(&journal);
        let spending = Spending::default();
        recall(&spending, &journal, &db, &directory, clock).await;
        let (media_events, media_inbox) = mpsc::unbounded_channel();
        let media = Media::start(config.media, media_events).map_err(StartError::Media)?;
        let trace = config.capture.signalling_bytes > 0;
        let sip = sip::Config { trace, events: vec![mwi::PACKAGE.to_owned(), blf::PACKAGE.to_owned()], ..config.sip };
        let (stack, sip_inbox) = Stack::start(sip, directory.clone()).await.map_err(StartError::Sip)?;
        let (alerts, alerting) = Alerts::start(db.clone(), clock);
        let health =
            Health::new(config.probe_every, stack.clone(), addresses.clone(), bus.clone(), alerts.clone(), clock);
        let (queues, queue_words) = Queues::new();
        let captures = Arc::new(Captures::new(config.capture, &config.data, stack.clone(), clock));
        let shared = Arc::new(Shared {
            clock,
            db: db.clone(),
            carriers: Carriers::new(stack.clone(), addresses, bus.clone()),
            health: Arc::new(health),
            alerts,
            spending,
            stack,
            media,
            routes: Routes::new(),
            sounds: Sounds::new(config.data),
            journal,
            bus,
            recordings,
            messages,
            mwi: Arc::default(),
            blf: Arc::default(),
            captures: captures.clone(),
            queues,
            shares: Arc::default(),
            lines: lines::Lines::default(),
            limits: config.limits,
            outside: config.outside,
            may_record: !config.never_record,
            directory: directory.clone(),
        });
        shared.carriers.follow(&directory.snapshot());
        shared.health.follow(&directory.snapshot());
        shared.queues.companies(&directory.snapshot());
        let intake = Arc::new(Intake::new(shared.clone()));
        let carriers = shared.clone();
        let tasks = Mutex::new(vec![
            tokio::spawn(mwi::run(shared.clone())),
            tokio::spawn(blf::run(shared.clone())),
            tokio::spawn(queues::run(shared.clone(), db.clone(), queue_words)),
            directory.follow(db, shared.bus.clone(), move |snapshot| {
                carriers.carriers.follow(snapshot);
                carriers.health.follow(snapshot);
                carriers.spending.follow(snapshot);
                carriers.queues.companies(snapshot);
            }),
            alerting,
            shared.health.watch(),
            tokio::spawn(refusals::end_overdue(shared.clone())),
            tokio::spawn(take_sip(intake.clone(), sip_inbox)),
            tokio::spawn(take_media(intake.clone(), media_inbox)),
            tokio::spawn(take_orders(intake.clone(), orders)),
            captures.follow(),
            load::watch(shared.clone()),
        ]);
        Ok(Engine { shared, intake, tasks })
    }

    /// The bound UDP address of SIP.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        self.shared.stack.udp_addr()
    }

    /// The bound address of a transport of SIP.
    pub fn sip_addr(&self, transport: sip::Transport) -> Option<SocketAddr> {
        self.shared.stack.addr(transport)
    }

    /// A browser's phone: goes on with a WebSocket whose handshake the web side has answered.
    pub fn websocket(&self, socket: Box<dyn sip::stack::Io>, remote: SocketAddr, secure: bool) {
        self.shared.stack.websocket(socket, remote, secure);
    }

    /// The version of the configuration that new calls and registrations see.
    pub fn config_version(&self) -> i64 {
        self.shared.directory.snapshot().version()
    }

    /// What is alive now.
    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.shared.routes.calls(),
            legs: self.shared.routes.legs(),
            sip: self.shared.stack.counts(),
            media: self.shared.media.counts(),
            dead_media_threads: self.shared.media.dead_threads(),
            spooled: self.shared.journal.depth(),
        }
    }

    /// From now on new calls get 503; calls that are up go on.
    pub fn drain(&self) {
        self.intake.drain();
    }

    /// Drains, waits up to `patience` for calls to end by themselves, ends the rest with the cause `server_stopping`,
    /// stores all records, and lets the far sides hear of the end. A second call has nothing left to do.
    pub async fn stop(&self, patience: Duration) {
        self.drain();
        self.wait(patience, "calls are still up", |counts| counts.calls).await;
        self.shared.routes.hang_up_all(Cause::ServerStopping);
        self.wait(LAST_RECORDS, "calls do not end", |counts| counts.calls).await;
        self.wait(LAST_RECORDS, "recordings are not at their places", |_| {
            self.shared.recordings.under_way() + self.shared.messages.under_way()
        })
        .await;
        self.wait(LAST_WORDS, "far sides have not answered the end of their calls", |counts| counts.sip.dialogs).await;
        self.shared.captures.finish().await;
        self.shared.journal.clone().stop().await;
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            task.abort();
        }
        self.shared.stack.clone().stop().await;
    }

    /// Waits until there are none of what `left` counts; `or_else` is logged when patience ends first.
    async fn wait(&self, patience: Duration, or_else: &str, left: impl Fn(Counts) -> usize) {
        let ended = async {
            while left(self.counts()) > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(patience, ended).await.is_err() {
            tracing::info!(left = left(self.counts()), "{or_else}");
        }
    }
}

/// Lets the bounds on calls to the outside know what was talked before this start. What cannot be read counts as nothing:
/// calls are not to wait for the database.
async fn recall(spending: &Spending, journal: &Journal, db: &Db, directory: &Directory, clock: Clock) {
    let stored = async {
        // Records that a killed process left in the spool count too.
        while journal.depth() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for company in directory.snapshot().tenants() {
            match pbx::calls::talked_outside(db, company.id, store::now().as_millis()).await {
                Ok(talked) => talked.iter().for_each(|talked| spending.recall(clock.now(), company.id, talked)),
                Err(error) => tracing::warn!(tenant.id = %company.id, %error, "what was talked today is not known"),
            }
        }
    };
    if tokio::time::timeout(LAST_DAY, stored).await.is_err() {
        tracing::warn!("what was talked today could not be read in time; minutes to the outside are counted anew");
    }
}

async fn take_sip(intake: Arc<Intake>, mut inbox: mpsc::Receiver<sip::Event>) {
    while let Some(event) = inbox.recv().await {
        intake.on_sip(event);
    }
}

async fn take_media(intake: Arc<Intake>, mut inbox: mpsc::UnboundedReceiver<media::Event>) {
    while let Some(event) = inbox.recv().await {
        intake.on_media(event);
    }
}

async fn take_orders(intake: Arc<Intake>, mut inbox: mpsc::Receiver<Command>) {
    while let Some(order) = inbox.recv().await {
        intake.on_order(order);
    }
}
