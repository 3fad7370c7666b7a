//! What the call's task tells whoever looks into the call: whom its legs lead to, and what happened beside the
//! signalling.

use bus::capture::{Quality, Target, What};
use model::LegId;

use super::Driver;
use super::leg::{Far, Leg};
use crate::capture::{MOST_NOTES, Story, StoryLeg};

impl Driver {
    /// Notes what happened on a leg.
    pub(super) fn note(&mut self, leg: LegId, what: What) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push((self.shared.clock.now(), leg, what));
        }
    }

    /// The call's story so far.
    pub(super) fn story(&self) -> Story {
        let leg = |(id, leg): (&LegId, &Leg)| StoryLeg {
            leg: *id,
            edge: leg.edge,
            party: self.party(&leg.far),
            outgoing: leg.is_outgoing(),
            quality: leg.quality.and_then(quality),
        };
        Story {
            tenant: self.tenant.id,
            call: self.id,
            anchor: self.anchor,
            legs: self.legs.iter().map(leg).collect(),
            notes: self.notes.clone(),
        }
    }

    fn party(&self, far: &Far) -> String {
        match far {
            Far::Unknown => "caller".to_owned(),
            Far::Extension(id) => match self.tenant.extensions.get(id) {
                Some(extension) => format!("extension {}", extension.number),
                None => "extension".to_owned(),
            },
            Far::Trunk(id, number) => match self.tenant.trunks.get(id) {
                Some(trunk) => format!("{} {number}", trunk.name),
                None => number.clone(),
            },
        }
    }

    /// A leg leads to somebody whose calls may be looked at.
    pub(super) fn touched_by(&mut self, leg: LegId) {
        match self.legs.get(&leg).map(|leg| &leg.far) {
            Some(Far::Extension(id)) => self.touches(Target::Extension(*id)),
            Some(Far::Trunk(id, _)) => self.touches(Target::Trunk(*id)),
            Some(Far::Unknown) | None => {}
        }
    }

    /// Lets the sound of all legs be kept, when somebody wants calls of this kind.
    pub(super) fn touches(&mut self, target: Target) {
        if self.tapping.is_some() {
            return;
        }
        self.tapping = self.shared.captures.meets((self.tenant.id, self.id), target);
        if let Some(tapping) = &self.tapping {
            self.legs.values().filter_map(|leg| leg.media.as_ref()).for_each(|media| media.tap(tapping.clone()));
        }
    }
}

/// None for a leg that carried nothing.
fn quality(figures: media::Quality) -> Option<Quality> {
    (figures.rx_packets + figures.tx_packets > 0).then(|| Quality {
        codec: figures.codec.map(|codec| codec.name().to_owned()),
        rx_packets: figures.rx_packets,
        tx_packets: figures.tx_packets,
        lost: figures.lost,
        jitter_ms: figures.jitter_ms,
        rtt_ms: figures.rtt_ms,
        mos: figures.mos,
    })
}
