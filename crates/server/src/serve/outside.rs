//! Who speaks for flows and asks the companies' services: `worker` does, for the engine, which opens no connections of its own.

use engine::Outside;
use futures_util::future::BoxFuture;
use model::say::Language;
use pbx::greeting::{Speech, Voice};
use worker::sound::Sounds;
use worker::webhook::Lookups;

/// Both.
#[derive(Debug)]
pub(super) struct Helpers {
    pub(super) sounds: Sounds,
    pub(super) lookups: Lookups,
}

impl Outside for Helpers {
    fn speak(&self, text: String, language: Language) -> BoxFuture<'static, Option<Vec<u8>>> {
        let sounds = self.sounds.clone();
        Box::pin(async move {
            let voice = match language {
                Language::Vi => Voice::NorthernWoman,
                Language::En => Voice::English,
            };
            let spoken = sounds.say(&Speech { text, voice, speed: 0 }).await;
            spoken.inspect_err(|error| tracing::info!(%error, "a text of a flow cannot be spoken")).ok()
        })
    }

    fn look_up(&self, url: String, body: String) -> BoxFuture<'static, Option<String>> {
        let lookups = self.lookups.clone();
        Box::pin(async move { lookups.ask(url, body).await })
    }
}
