//! Several who hear each other, and what is wanted of a talk from beside it.

use call::{Input, Wish};
use model::{LegId, Problem};
use tokio::sync::oneshot;

use super::Driver;
use crate::wants;

/// As loud as it was said.
const WHOLE: u16 = 100;

impl Driver {
    /// Somebody wants something of the talk: done, or refused, at once.
    pub(super) fn wish(&mut self, by: String, wish: Wish, reply: oneshot::Sender<Result<(), Problem>>) {
        let outcome = self.fits(&wish);
        // Whoever asked may have gone away.
        let _ = reply.send(outcome.clone());
        if outcome.is_ok() {
            self.feed(Input::Wish { by, wish });
        }
    }

    fn fits(&self, wish: &Wish) -> Result<(), Problem> {
        self.call.fits(wish).map_err(wants::refused)?;
        let codecs = self.legs.values().filter(|leg| leg.answered).filter_map(|leg| leg.media.as_ref()?.codec());
        if wants::brings_in(wish) && codecs.into_iter().any(|codec| !codec.is_spoken()) {
            return Err(wants::not_to_be_mixed());
        }
        Ok(())
    }

    /// Lets several hear each other from now on.
    pub(super) fn mix(&mut self, hearings: &[(LegId, LegId)], voices: &[LegId]) {
        let media = |id: &LegId| self.legs.get(id).and_then(|leg| leg.media.as_ref());
        let Some(first) = voices.iter().find_map(media) else { return };
        if self.mix.is_none() {
            self.mix = Some(self.shared.media.mix(first));
        }
        let hearings: Vec<media::Hearing<'_>> = hearings
            .iter()
            .filter_map(|(ear, mouth)| Some(media::Hearing { ear: media(ear)?, mouth: media(mouth)?, percent: WHOLE }))
            .collect();
        let voices: Vec<&media::Leg> = voices.iter().filter_map(media).collect();
        if let Some(mix) = &self.mix {
            mix.set(&hearings, &voices);
        }
    }
}
