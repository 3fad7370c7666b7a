//! A call that the house placed: what whom it reaches is to hear.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use flow::Graph;
use model::leg::Sound;
use model::{GreetingId, Problem};

use super::Driver;

/// The script of one call, and the sounds that are its own: they are nobody's greetings and are gone with the call.
pub(crate) struct Placed {
    pub(super) graph: Arc<Graph>,
    sounds: HashMap<GreetingId, Arc<media::Sound>>,
}

impl Placed {
    /// Decodes the sounds; may take a while.
    pub(crate) fn new(graph: Graph, sounds: Vec<(GreetingId, Bytes)>) -> Result<Placed, Problem> {
        let decoded = sounds.into_iter().map(|(id, file)| {
            let sound = media::sound::load(file.into());
            Ok((id, Arc::new(sound.map_err(|error| Problem::invalid("sounds", format!("{error}.")))?)))
        });
        Ok(Placed { graph: Arc::new(graph), sounds: decoded.collect::<Result<_, Problem>>()? })
    }
}

impl Driver {
    /// The call is placed for this. `to` stands where a caller's number stands on calls that come in.
    pub(crate) fn place(&mut self, placed: Placed, to: &str) {
        self.placed = Some(Box::new(placed));
        to.clone_into(&mut self.caller.0);
    }

    /// A sound of this call's own.
    pub(super) fn own_sound(&self, sound: Sound) -> Option<Arc<media::Sound>> {
        let Sound::Greeting(id) = sound else { return None };
        self.placed.as_ref()?.sounds.get(&id).cloned()
    }
}
