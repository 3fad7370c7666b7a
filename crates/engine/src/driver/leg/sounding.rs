//! Sounds that a leg is to hear: found, read from the disk when it is the first time, and played.

use std::sync::Arc;
use std::time::Duration;

use model::LegId;
use model::leg::{Play, Sound};

use crate::driver::Driver;
use crate::routes::Letter;
use crate::sounds::Found;

/// How long a sound that cannot be played takes.
const MISSING_SOUND: Duration = Duration::from_millis(20);

impl Driver {
    pub(super) fn play(&mut self, id: LegId, play: Play) {
        if let Sound::Spoken(number) = play.sound {
            let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.media.is_some()) else { return };
            leg.awaits = Some(play.clone());
            return self.speak(id, number, play);
        }
        let own = self.own_sound(play.sound).map(Found::Ready);
        let found = own.unwrap_or_else(|| self.shared.sounds.get(&self.tenant, self.language(), play.sound));
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.media.is_some()) else { return };
        leg.awaits = None;
        match found {
            Found::Ready(sound) => {
                if let Some(media) = &leg.media {
                    media.play(sound, play.repeat);
                }
            }
            Found::Unread(file) => {
                leg.awaits = Some(play.clone());
                let (shared, mailbox) = (self.shared.clone(), self.mailbox.clone());
                tokio::spawn(async move {
                    let sound = shared.sounds.load(file).await;
                    // The call may be over by then.
                    let _ = mailbox.send(Letter::Loaded(id, play, sound));
                });
            }
            Found::Missing => self.miss(id, play),
        }
    }

    /// A greeting was read from the disk: it is played if the call still waits for it.
    pub(in crate::driver) fn play_loaded(&mut self, id: LegId, play: Play, sound: Option<Arc<media::Sound>>) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.awaits.as_ref() == Some(&play)) else { return };
        leg.awaits = None;
        match (sound, &leg.media) {
            (Some(sound), Some(media)) => media.play(sound, play.repeat),
            (None, _) => self.miss(id, play),
            (Some(_), None) => {}
        }
    }

    fn miss(&mut self, id: LegId, play: Play) {
        tracing::warn!(call.id = %self.id, sound = ?play.sound, "a sound cannot be played");
        if let Some(media) = self.media_of(id) {
            media.stop_play();
        }
        if !play.repeat {
            self.play_done_soon(id);
        }
    }

    /// A greeting that is missing counts as played, so that the flow goes on; not at once, since the call could take
    /// the word for the end of the sound before it.
    fn play_done_soon(&self, id: LegId) {
        let (mailbox, tag) = (self.mailbox.clone(), self.legs.get(&id).map_or(0, |leg| leg.edge.0));
        tokio::spawn(async move {
            tokio::time::sleep(MISSING_SOUND).await;
            // The call may be over by then.
            let _ = mailbox.send(Letter::Media(id, media::Event::PlayDone { tag }));
        });
    }
}
