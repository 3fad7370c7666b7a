//! What the handlers share.

use axum::extract::FromRef;
use bus::Bus;
use rest::attempts::Attempts;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use store::Db;
use tokio::sync::Semaphore;
use worker::webhook::Guard;

/// How many live sockets may be open at once.
const SOCKETS: usize = 2_000;
/// How many uploaded sounds are decoded at once: each may take seconds of a core and a hundred megabytes.
const CONVERSIONS: usize = 2;

/// What the handlers share; clones are cheap.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// The way to live calls.
    pub bus: Bus,
    /// The data directory: greetings and recordings lie below it.
    pub data: PathBuf,
    /// Which addresses webhooks may reach.
    pub guard: Guard,
    pub(crate) attempts: Arc<Attempts>,
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) conversions: Arc<Semaphore>,
    pub(crate) began: Instant,
}

impl State {
    /// The state of one server.
    pub fn new(db: Db, bus: Bus, data: PathBuf, guard: Guard) -> State {
        State {
            db,
            bus,
            data,
            guard,
            attempts: Arc::default(),
            sockets: Arc::new(Semaphore::new(SOCKETS)),
            conversions: Arc::new(Semaphore::new(CONVERSIONS)),
            began: Instant::now(),
        }
    }

    /// The monotonic clock.
    pub(crate) fn moment(&self) -> model::Moment {
        model::Moment::START + self.began.elapsed()
    }
}

impl FromRef<State> for Db {
    fn from_ref(state: &State) -> Db {
        state.db.clone()
    }
}
