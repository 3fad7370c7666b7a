//! What the handlers share.

use crate::Doctor;
use account::Gate;
use account::link::Post;
use axum::extract::FromRef;
use bus::Bus;
use rest::Logins;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Db;
use store::objects::Objects;
use tokio::sync::Semaphore;
use worker::sound::Sounds;
use worker::webhook::Guard;

/// How many live sockets may be open at once.
const SOCKETS: usize = 2_000;
/// How many uploaded files of contacts are read at once: each may take seconds of a core and a hundred megabytes.
const IMPORTS: usize = 2;

/// How long a live socket waits for its client.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How often we ask whether the client is there, and whether its bearer still counts.
    pub ping: Duration,
    /// A client that was silent for so long is gone.
    pub silence: Duration,
    /// A client that cannot take one message in so long reads too slowly.
    pub slow: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        let seconds = Duration::from_secs;
        Patience { ping: seconds(20), silence: seconds(60), slow: seconds(15) }
    }
}

/// What the handlers share; clones are cheap.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// Who may come in.
    pub gate: Gate,
    /// The way to live calls.
    pub bus: Bus,
    /// The data directory: greetings and recordings lie below it.
    pub data: PathBuf,
    /// Where recordings lie.
    pub objects: Objects,
    /// Takes sounds in.
    pub sounds: Sounds,
    /// Which addresses webhooks may reach.
    pub guard: Guard,
    /// How links for passwords reach people.
    pub post: Post,
    /// How people log in.
    pub logins: Logins,
    /// How long live sockets wait for their clients.
    pub patience: Patience,
    /// Looks at everything the server needs.
    pub doctor: Option<Doctor>,
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) imports: Arc<Semaphore>,
}

impl State {
    /// The state of one server.
    pub fn new(db: Db, bus: Bus, data: PathBuf, guard: Guard) -> State {
        State {
            gate: Gate::new(db.clone()),
            sounds: Sounds::new(db.clone(), data.clone()),
            objects: Objects::local(data.clone()),
            db,
            bus,
            data,
            guard,
            post: Post::default(),
            logins: Logins::default(),
            patience: Patience::default(),
            doctor: None,
            sockets: Arc::new(Semaphore::new(SOCKETS)),
            imports: Arc::new(Semaphore::new(IMPORTS)),
        }
    }

    /// How many live sockets are open.
    pub fn open_sockets(&self) -> usize {
        SOCKETS - self.sockets.available_permits()
    }
}

impl FromRef<State> for Db {
    fn from_ref(state: &State) -> Db {
        state.db.clone()
    }
}

impl FromRef<State> for Gate {
    fn from_ref(state: &State) -> Gate {
        state.gate.clone()
    }
}
