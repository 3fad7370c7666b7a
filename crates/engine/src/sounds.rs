//! Sounds that callers hear: tones are made once, greetings are read from their files when first played and kept
//! until the cache has grown too large.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::GreetingId;
use model::leg::Sound as Name;
use pbx::snapshot::Tenant;

/// Samples kept for greetings, all together: about an hour of sound, 60 MiB.
const KEPT_SAMPLES: usize = 8_000 * 3_600;

/// All sounds of the installation.
pub(crate) struct Sounds {
    ringback: Arc<media::Sound>,
    busy: Arc<media::Sound>,
    hold: Arc<media::Sound>,
    confirmed: Arc<media::Sound>,
    greetings: Mutex<Greetings>,
    turn: tokio::sync::Mutex<()>,
    /// Greetings' files are told from here on.
    data: PathBuf,
}

/// What is known of a sound.
pub(crate) enum Found {
    /// It can be played.
    Ready(Arc<media::Sound>),
    /// It must be read from the disk first.
    Unread(Unread),
    /// It is not the tenant's.
    Missing,
}

/// A greeting that was not played yet.
pub(crate) struct Unread {
    id: GreetingId,
    path: PathBuf,
}

#[derive(Default)]
struct Greetings {
    loaded: HashMap<GreetingId, Arc<media::Sound>>,
    samples: usize,
}

impl Sounds {
    pub(crate) fn new(data: PathBuf) -> Self {
        Self {
            ringback: Arc::new(media::sound::ringback()),
            busy: Arc::new(media::sound::busy()),
            hold: Arc::new(media::sound::hold()),
            confirmed: Arc::new(media::sound::confirmed()),
            greetings: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            data,
        }
    }

    /// The sound by its name. Never reads the disk.
    pub(crate) fn get(&self, tenant: &Tenant, name: Name) -> Found {
        match name {
            Name::Ringback => Found::Ready(self.ringback.clone()),
            Name::Busy => Found::Ready(self.busy.clone()),
            Name::Hold => Found::Ready(self.hold.clone()),
            Name::Confirmed => Found::Ready(self.confirmed.clone()),
            Name::Greeting(id) => match (self.known(id), tenant.greetings.get(&id)) {
                (Some(sound), Some(_)) => Found::Ready(sound),
                (None, Some(path)) => Found::Unread(Unread { id, path: path.clone() }),
                (_, None) => Found::Missing,
            },
        }
    }

    /// A greeting's id names one content for ever, so what is loaded never grows stale.
    fn known(&self, id: GreetingId) -> Option<Arc<media::Sound>> {
        self.greetings().loaded.get(&id).cloned()
    }

    fn greetings(&self) -> MutexGuard<'_, Greetings> {
        self.greetings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a greeting aside from the runtime's threads: decoding one may take a while. None when it cannot be.
    pub(crate) async fn load(&self, unread: Unread) -> Option<Arc<media::Sound>> {
        let Unread { id, path } = unread;
        // One at a time: of many calls that wait for the same greeting, the first reads it.
        let _turn = self.turn.lock().await;
        if let Some(sound) = self.known(id) {
            return Some(sound);
        }
        let file = self.data.join(path);
        let sound = Arc::new(tokio::task::spawn_blocking(move || read(id, &file)).await.ok().flatten()?);
        let mut greetings = self.greetings();
        greetings.samples += sound.pcm().len();
        if greetings.samples > KEPT_SAMPLES {
            greetings.loaded.clear();
            greetings.samples = sound.pcm().len();
        }
        greetings.loaded.insert(id, sound.clone());
        Some(sound)
    }
}

fn read(id: GreetingId, file: &Path) -> Option<media::Sound> {
    let bytes = std::fs::read(file)
        .inspect_err(|error| tracing::error!(greeting.id = %id, %error, "a greeting's file cannot be read"))
        .ok()?;
    media::sound::load(bytes)
        .inspect_err(|error| tracing::error!(greeting.id = %id, %error, "a greeting's file cannot be decoded"))
        .ok()
}
