//! Who hears whom: a bridge while two talk, a mix as soon as somebody takes part beside them, music for who is left alone
//! by the others' hold.

use crate::guests::Role;
use crate::leg::Sounding;
use crate::machine::Call;
use crate::{Action, Supervision};
use model::LegId;
use model::leg::Sound;

/// What a mix was last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    hearings: Vec<(LegId, LegId)>,
    voices: Vec<LegId>,
}

impl Call {
    /// Makes the sound what it should be.
    pub(crate) fn settle(&mut self) {
        let Some((caller, callee)) = self.two() else { return };
        let mut parties = vec![caller, callee];
        let mut supervisors = Vec::new();
        for (leg, role) in self.guests_in() {
            match role {
                Role::Party => parties.push(leg),
                Role::Supervisor(mode) => supervisors.push((leg, mode)),
            }
        }
        let holds = |id: LegId| self.legs.get(id).is_some_and(|leg| leg.held);
        let (talking, holding): (Vec<LegId>, Vec<LegId>) = parties.iter().partition(|id| !holds(**id));
        supervisors.retain(|(leg, _)| !holds(*leg));
        let barging = supervisors.iter().any(|(_, mode)| *mode == Supervision::Barge);
        let heard = self.heard(&parties, &talking, &supervisors);
        let together = talking.len() == 2;
        if heard.is_none() && !together {
            self.unbridge();
        }
        // In a conference of which one holds the others are not alone.
        let alone = talking.len() == 1 && !holding.is_empty() && !barging;
        for id in parties {
            self.music(id, alone && talking.contains(&id));
        }
        match heard {
            Some(heard) => self.mix(heard),
            None if together => self.join(caller, callee),
            None => {}
        }
    }

    /// Who hears whom when there are more than two.
    fn heard(&self, parties: &[LegId], talking: &[LegId], supervisors: &[(LegId, Supervision)]) -> Option<Heard> {
        if parties.len() == 2 && supervisors.is_empty() {
            return None;
        }
        let mut hearings = Vec::new();
        for ear in talking {
            hearings.extend(talking.iter().filter(|mouth| *mouth != ear).map(|mouth| (*ear, *mouth)));
        }
        let mut voices = parties.to_vec();
        for (supervisor, mode) in supervisors {
            hearings.extend(talking.iter().map(|mouth| (*supervisor, *mouth)));
            let ears = match mode {
                Supervision::Listen => Vec::new(),
                Supervision::Whisper => self.agent().into_iter().collect(),
                Supervision::WhisperCaller => parties[..1].to_vec(),
                Supervision::WhisperCallee => parties[1..2].to_vec(),
                Supervision::Barge => {
                    voices.push(*supervisor);
                    let others = supervisors.iter().map(|(other, _)| *other).filter(|other| other != supervisor);
                    talking.iter().copied().chain(others).collect()
                }
            };
            let ears = ears.into_iter().filter(|ear| !parties.contains(ear) || talking.contains(ear));
            hearings.extend(ears.map(|ear| (ear, *supervisor)));
        }
        Some(Heard { hearings, voices })
    }

    fn mix(&mut self, heard: Heard) {
        // The mix takes the bridge's place.
        self.media.bridge = None;
        if self.media.mix.as_deref() == Some(&heard) {
            return;
        }
        let Heard { hearings, voices } = heard.clone();
        self.media.mix = Some(Box::new(heard));
        self.out.push(Action::Mix { hearings, voices });
    }

    fn join(&mut self, caller: LegId, callee: LegId) {
        if self.media.mix.is_some() {
            self.unbridge();
        }
        if self.media.bridge.is_none() {
            self.media.bridge = Some((caller, callee));
            self.out.push(Action::Bridge(caller, callee));
        }
    }

    fn music(&mut self, id: LegId, wanted: bool) {
        let silent = self.legs.get(id).is_some_and(|leg| leg.sounding == Sounding::Nothing);
        match (wanted, silent) {
            (true, true) => self.play(id, Sound::Hold, true),
            (false, false) => self.stop_play(id),
            (true, false) | (false, true) => {}
        }
    }

    /// Nobody hears anybody.
    pub(crate) fn unbridge(&mut self) {
        if let Some((caller, far)) = self.media.bridge.take() {
            self.out.push(Action::Unbridge(caller, far));
        }
        if self.media.mix.take().is_some() {
            self.out.push(Action::Unmix);
        }
    }
}
