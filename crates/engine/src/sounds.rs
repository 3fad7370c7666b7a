//! Sounds that callers hear: tones are made once, greetings are read from their files when first played and kept
//! until the cache has grown too large.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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
    greetings: Mutex<Greetings>,
    /// Greetings' files are told from here on.
    data: PathBuf,
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
            greetings: Mutex::default(),
            data,
        }
    }

    /// The sound by its name; none when a greeting is not the tenant's or cannot be read.
    pub(crate) fn get(&self, tenant: &Tenant, name: Name) -> Option<Arc<media::Sound>> {
        match name {
            Name::Ringback => Some(self.ringback.clone()),
            Name::Busy => Some(self.busy.clone()),
            Name::Hold => Some(self.hold.clone()),
            Name::Greeting(id) => self.greeting(id, tenant.greetings.get(&id)?),
        }
    }

    /// A greeting's id names one content for ever, so what is loaded never grows stale.
    fn greeting(&self, id: GreetingId, path: &Path) -> Option<Arc<media::Sound>> {
        let mut greetings = self.greetings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sound) = greetings.loaded.get(&id) {
            return Some(sound.clone());
        }
        let bytes = std::fs::read(self.data.join(path))
            .inspect_err(|error| tracing::error!(greeting.id = %id, %error, "a greeting's file cannot be read"))
            .ok()?;
        let sound = media::sound::load(bytes)
            .inspect_err(|error| tracing::error!(greeting.id = %id, %error, "a greeting's file cannot be decoded"))
            .ok()?;
        let sound = Arc::new(sound);
        greetings.samples += sound.pcm().len();
        if greetings.samples > KEPT_SAMPLES {
            greetings.loaded.clear();
            greetings.samples = sound.pcm().len();
        }
        greetings.loaded.insert(id, sound.clone());
        Some(sound)
    }
}
