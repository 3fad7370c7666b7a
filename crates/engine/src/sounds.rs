//! Sounds that callers hear: tones are made once, greetings are read from their files when first played and kept
//! until the cache has grown too large.

mod prompts;

pub(crate) use prompts::language;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::leg::{Prompt, Sound as Name};
use model::say::Language;
use pbx::snapshot::Tenant;

/// The tone after which a caller speaks.
const BEEP_HZ: f64 = 800.0;
const BEEP_MS: u32 = 600;
/// Samples kept for greetings, all together: about an hour of sound, 60 MiB.
const KEPT_SAMPLES: usize = 8_000 * 3_600;

/// All sounds of the installation.
pub(crate) struct Sounds {
    ringback: Arc<media::Sound>,
    busy: Arc<media::Sound>,
    hold: Arc<media::Sound>,
    confirmed: Arc<media::Sound>,
    beep: Arc<media::Sound>,
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

/// A sound that was not played yet.
pub(crate) struct Unread {
    name: Name,
    /// From the data directory on.
    path: PathBuf,
    /// It is made of these, one after another.
    parts: Vec<(Prompt, PathBuf)>,
}

#[derive(Default)]
struct Greetings {
    loaded: HashMap<PathBuf, Arc<media::Sound>>,
    samples: usize,
}

impl Sounds {
    pub(crate) fn new(data: PathBuf) -> Self {
        Self {
            ringback: Arc::new(media::sound::ringback()),
            busy: Arc::new(media::sound::busy()),
            hold: Arc::new(media::sound::hold()),
            confirmed: Arc::new(media::sound::confirmed()),
            beep: Arc::new(media::sound::tone(BEEP_HZ, BEEP_MS)),
            greetings: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            data,
        }
    }

    /// The sound by its name. Never reads the disk.
    pub(crate) fn get(&self, tenant: &Tenant, language: Language, name: Name) -> Found {
        match name {
            Name::Ringback => Found::Ready(self.ringback.clone()),
            Name::Busy => Found::Ready(self.busy.clone()),
            Name::Hold => Found::Ready(self.hold.clone()),
            Name::Confirmed => Found::Ready(self.confirmed.clone()),
            Name::Beep => Found::Ready(self.beep.clone()),
            Name::Greeting(id) => match tenant.greetings.get(&id) {
                Some(path) => self.find(name, path.clone()),
                None => Found::Missing,
            },
            Name::Voicemail(id) => {
                let path = pbx::voicemail::message::file(tenant.id, id);
                Found::Unread(Unread { name, path, parts: Vec::new() })
            }
            Name::Prompt(Prompt::Number(number)) => {
                Found::Unread(Unread { name, path: PathBuf::new(), parts: prompts::parts(language, number) })
            }
            // It is spoken for one call alone.
            Name::Spoken(_) => Found::Missing,
            Name::Prompt(prompt) => self.find(name, prompts::file(language, prompt)),
        }
    }

    fn find(&self, name: Name, path: PathBuf) -> Found {
        match self.known(&path) {
            Some(sound) => Found::Ready(sound),
            None => Found::Unread(Unread { name, path, parts: Vec::new() }),
        }
    }

    /// A file has one content for ever, so what is loaded never grows stale.
    fn known(&self, path: &Path) -> Option<Arc<media::Sound>> {
        self.greetings().loaded.get(path).cloned()
    }

    fn greetings(&self) -> MutexGuard<'_, Greetings> {
        self.greetings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a greeting aside from the runtime's threads: decoding one may take a while. None when it cannot be.
    pub(crate) async fn load(&self, unread: Unread) -> Option<Arc<media::Sound>> {
        let Unread { name, path, parts } = unread;
        if !parts.is_empty() {
            let mut pcm = Vec::new();
            for (prompt, path) in parts {
                let part = Unread { name: Name::Prompt(prompt), path, parts: Vec::new() };
                if let Some(part) = Box::pin(self.load(part)).await {
                    pcm.extend_from_slice(part.pcm());
                }
            }
            return Some(Arc::new(media::Sound::from_pcm(pcm)));
        }
        if let Name::Voicemail(_) = name {
            // A message is heard once or twice, by one.
            let file = self.data.join(path);
            return tokio::task::spawn_blocking(move || read(&file)).await.ok().flatten().map(Arc::new);
        }
        // One at a time: of many calls that wait for the same greeting, the first reads it.
        let _turn = self.turn.lock().await;
        if let Some(sound) = self.known(&path) {
            return Some(sound);
        }
        let file = self.data.join(&path);
        if let Name::Prompt(prompt) = name
            && !tokio::fs::try_exists(&file).await.unwrap_or(false)
        {
            // Nobody has spoken it here, or not yet: this is not kept.
            return Some(Arc::new(prompts::tone(prompt)));
        }
        let sound = Arc::new(tokio::task::spawn_blocking(move || read(&file)).await.ok().flatten()?);
        let mut greetings = self.greetings();
        greetings.samples += sound.pcm().len();
        if greetings.samples > KEPT_SAMPLES {
            greetings.loaded.clear();
            greetings.samples = sound.pcm().len();
        }
        greetings.loaded.insert(path, sound.clone());
        Some(sound)
    }
}

fn read(file: &Path) -> Option<media::Sound> {
    let bytes = std::fs::read(file)
        .inspect_err(|error| tracing::error!(file = %file.display(), %error, "a sound's file cannot be read"))
        .ok()?;
    media::sound::load(bytes)
        .inspect_err(|error| tracing::error!(file = %file.display(), %error, "a sound's file cannot be decoded"))
        .ok()
}
