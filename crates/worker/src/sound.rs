//! Sounds that callers hear: what people upload and what a machine speaks is decoded, written anew as 8 kHz WAV, put into its
//! place and kept as a greeting. What spans the files and the records of greetings stands here, once for all faces.

use crate::speech::Speaker;
use model::{Actor, GreetingId, Permission, Problem};
use pbx::greeting::{self, Greeting, NewGreeting, Speech};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Db;
use tokio::sync::Semaphore;

/// How many sounds are decoded at once: each may take seconds of a core and a hundred megabytes.
const CONVERSIONS: usize = 2;
/// The largest file.
pub const FILE_LIMIT: usize = 10 * 1000 * 1000;

/// Takes sounds in; clones are cheap and share the places.
#[derive(Debug, Clone)]
pub struct Sounds {
    db: Db,
    /// The data directory: greetings lie below it.
    data: PathBuf,
    places: Arc<Semaphore>,
    speaker: Speaker,
}

impl Sounds {
    /// Sounds below the data directory; nobody speaks yet.
    pub fn new(db: Db, data: PathBuf) -> Sounds {
        Sounds { db, data, places: Arc::new(Semaphore::new(CONVERSIONS)), speaker: Speaker::Off }
    }

    /// The same with somebody who speaks.
    #[must_use]
    pub fn spoken_by(self, speaker: Speaker) -> Sounds {
        Sounds { speaker, ..self }
    }

    /// Where the file of a greeting lies.
    pub fn file(&self, actor: &Actor, id: GreetingId) -> PathBuf {
        self.data.join(greeting::file(actor.tenant, id))
    }

    /// Keeps an uploaded WAV or MP3 file; the content decides what it is.
    pub async fn upload(&self, actor: &Actor, name: String, file: Vec<u8>) -> Result<Greeting, Problem> {
        actor.require(Permission::EditConfig)?;
        self.keep(actor, name, file, None).await
    }

    /// Has a text spoken and keeps it. Without a speaker the problem is `speech_off`.
    pub async fn speak(&self, actor: &Actor, name: String, speech: Speech) -> Result<Greeting, Problem> {
        actor.require(Permission::EditConfig)?;
        let mut faults = model::Faults::default();
        speech.check(&mut faults);
        faults.done()?;
        let place = self.places.acquire().await;
        let file = self.speaker.speak(&speech).await?;
        drop(place);
        self.keep(actor, name, file, Some(speech)).await
    }

    /// Has a text spoken for one call alone: the sound as a WAV file, which is not kept.
    pub async fn say(&self, speech: &Speech) -> Result<Vec<u8>, Problem> {
        let mut faults = model::Faults::default();
        speech.check(&mut faults);
        faults.done()?;
        let _place = self.places.acquire().await;
        let file = self.speaker.speak(speech).await?;
        Ok(convert(file).await?.0)
    }

    /// Whether somebody speaks texts here.
    pub fn can_speak(&self) -> bool {
        !matches!(self.speaker, Speaker::Off)
    }

    /// Removes a sound that nothing plays.
    pub async fn delete(&self, actor: &Actor, id: GreetingId) -> Result<(), Problem> {
        greeting::delete(actor, &self.db, id).await?;
        remove(&self.file(actor, id)).await;
        Ok(())
    }

    async fn keep(
        &self,
        actor: &Actor,
        name: String,
        file: Vec<u8>,
        speech: Option<Speech>,
    ) -> Result<Greeting, Problem> {
        let place = self.places.acquire().await;
        let (wav, duration_ms) = convert(file).await?;
        drop(place);
        let id = store::mint();
        let path = self.file(actor, id);
        let size_bytes = i64::try_from(wav.len()).unwrap_or(i64::MAX);
        put(&path, wav).await?;
        let kept = greeting::create(actor, &self.db, NewGreeting { id, name, duration_ms, size_bytes, speech }).await;
        if kept.is_err() {
            remove(&path).await;
        }
        kept
    }
}

/// Decodes whatever it is and writes it anew, so nothing of the bytes is kept as they came. With how long it plays, in
/// milliseconds.
pub(crate) async fn convert(file: Vec<u8>) -> Result<(Vec<u8>, i64), Problem> {
    let work = tokio::task::spawn_blocking(move || {
        let sound = media::sound::load(file).map_err(|error| Problem::invalid("file", format!("{error}.")))?;
        let duration_ms = i64::try_from(sound.duration().as_millis()).unwrap_or(i64::MAX);
        Ok::<_, Problem>((media::sound::to_wav(&sound), duration_ms))
    });
    work.await.map_err(|error| {
        tracing::error!(%error, "a sound made the decoder fail");
        Problem::invalid("file", "The file cannot be decoded.")
    })?
}

/// Writes the file beside its place and moves it there, so that no reader ever sees half of it.
pub(crate) async fn put(file: &Path, wav: Vec<u8>) -> Result<(), Problem> {
    let aside = file.with_extension("part");
    let written = async {
        if let Some(folder) = file.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        tokio::fs::write(&aside, wav).await?;
        tokio::fs::File::open(&aside).await?.sync_all().await?;
        tokio::fs::rename(&aside, file).await
    };
    written.await.map_err(|error| Problem::internal(format!("{} cannot be written: {error}", file.display())))
}

/// Removes the file; one that stays behind takes room and does no harm.
async fn remove(file: &Path) {
    if let Err(error) = tokio::fs::remove_file(file).await {
        tracing::warn!(file = %file.display(), %error, "a sound that is no more wanted could not be removed");
    }
}

#[cfg(test)]
mod tests;
