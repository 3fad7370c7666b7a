//! A mix: several far sides of whom each hears all that it is to hear, summed every 20 ms by our own clock. What comes
//! late or early waits in a short queue of each talker, so that nobody waits for anybody. Pure.

use super::TICKS;
use super::voice::Format;
use crate::command::LegKey;
use crate::resample::Resampler;
use model::Moment;
use std::collections::VecDeque;
use std::time::Duration;

/// Between two frames.
const TICK: Duration = Duration::from_millis(20);
/// Frames that wait before a talker is heard after a pause: one to be said, and at first one against jitter; one more each
/// time the queue ran dry although the talker went on.
const FIRST: usize = 2;
const PATIENT: usize = 5;
/// A queue that fills again within so many frames ran dry by jitter; later it was a pause.
const SOON: u32 = 4;
/// More than this does not wait: what is older is left out.
const MOST: usize = 8;
/// Frames after which it is asked whether too much has waited all the time, as after jitter, or with a far side whose clock
/// is faster.
const SURVEY: u32 = 50;
/// A mix that is so many frames late leaves them out instead of sending them in a burst.
const LATE: u64 = 3;
/// Gains count in these.
const WHOLE: i32 = 100;

/// Whom a far side hears, and how loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: LegKey,
    pub(crate) to: LegKey,
    /// 100 is as it was said.
    pub(crate) percent: u16,
}

/// Who hears whom, as the codec thread needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// Who hears something now, and in which form.
    pub(crate) listeners: Vec<(LegKey, Format)>,
    pub(crate) edges: Vec<Edge>,
    /// The leg whose recording has these voices on its other side.
    pub(crate) tape: Option<(LegKey, Vec<LegKey>)>,
    /// Samples in a second: what the best of them can hear.
    pub(crate) rate: u32,
}

#[derive(Debug)]
pub(super) struct Mixer {
    plan: Plan,
    talkers: Vec<Talker>,
    start: Moment,
    ticks: u64,
    sum: Vec<i32>,
    pcm: Vec<i16>,
}

/// The sound of one far side on its way into the mix.
#[derive(Debug)]
struct Talker {
    key: LegKey,
    /// What it came with, and how it is brought to the rate of the mix.
    rate: u32,
    resampler: Resampler,
    queue: VecDeque<i16>,
    /// Enough has waited: it is heard until the queue runs dry.
    flows: bool,
    /// Frames that wait before it is heard again, and for how many it has not been.
    patience: usize,
    dry: u32,
    /// The least that waited since the last survey, and the frames since.
    least: usize,
    surveyed: u32,
    /// The frame in hand.
    frame: Vec<i16>,
}

impl Mixer {
    pub(super) fn new(now: Moment, plan: Plan) -> Mixer {
        let mut mixer = Mixer {
            plan: Plan::default(),
            talkers: Vec::new(),
            start: now,
            ticks: 0,
            sum: Vec::new(),
            pcm: Vec::new(),
        };
        mixer.change(plan);
        mixer
    }

    /// Others hear each other from now on. Who is heard before and after is heard without a gap.
    pub(super) fn change(&mut self, plan: Plan) {
        if plan.rate != self.plan.rate {
            self.talkers.clear();
        }
        let taped = plan.tape.iter().flat_map(|(_, voices)| voices.iter().copied());
        let wanted: Vec<LegKey> = plan.edges.iter().map(|edge| edge.from).chain(taped).collect();
        self.talkers.retain(|talker| wanted.contains(&talker.key));
        for key in wanted {
            if !self.talkers.iter().any(|talker| talker.key == key) {
                self.talkers.push(Talker::new(key, plan.rate));
            }
        }
        self.plan = plan;
    }

    pub(super) fn rate(&self) -> u32 {
        self.plan.rate
    }

    /// When the next frame is due.
    pub(super) fn due(&self) -> Moment {
        self.start + TICK * u32::try_from(self.ticks).unwrap_or(u32::MAX)
    }

    /// Takes in what a far side said.
    pub(super) fn push(&mut self, from: LegKey, pcm: &[i16], rate: u32) {
        let (ours, frame) = (self.plan.rate, self.frame());
        if let Some(talker) = self.talkers.iter_mut().find(|talker| talker.key == from) {
            talker.push(pcm, rate, ours, frame);
        }
    }

    /// Draws the frame that is due from each talker; where it begins, in ticks since the mix began.
    pub(super) fn draw(&mut self, now: Moment) -> i64 {
        let elapsed = (now.since(self.start).as_nanos() / TICK.as_nanos()) as u64;
        if elapsed > self.ticks + LATE {
            self.ticks = elapsed;
        }
        let at = self.ticks.cast_signed() * i64::from(TICKS / 50);
        self.ticks += 1;
        let frame = self.frame();
        self.talkers.iter_mut().for_each(|talker| talker.draw(frame));
        at
    }

    pub(super) fn listeners(&self) -> usize {
        self.plan.listeners.len()
    }

    /// What one of the listeners hears of the frame drawn last.
    pub(super) fn heard(&mut self, listener: usize) -> Option<(LegKey, Format, &[i16])> {
        let (to, format) = *self.plan.listeners.get(listener)?;
        let frame = self.frame();
        clear(&mut self.sum, frame);
        for edge in self.plan.edges.iter().filter(|edge| edge.to == to && edge.percent > 0) {
            let Some(talker) = self.talkers.iter().find(|talker| talker.key == edge.from && talker.flows) else {
                continue;
            };
            add(&mut self.sum, &talker.frame, i32::from(edge.percent));
        }
        Some((to, format, self.cut()))
    }

    /// What belongs on the other side of a recording, and whose it is.
    pub(super) fn taped(&mut self) -> Option<(LegKey, &[i16])> {
        let frame = self.frame();
        clear(&mut self.sum, frame);
        let (left, voices) = self.plan.tape.as_ref()?;
        for talker in self.talkers.iter().filter(|talker| voices.contains(&talker.key) && talker.flows) {
            add(&mut self.sum, &talker.frame, WHOLE);
        }
        let left = *left;
        Some((left, self.cut()))
    }

    /// The sum as samples: what is too loud is cut.
    fn cut(&mut self) -> &[i16] {
        self.pcm.clear();
        let (least, most) = (i32::from(i16::MIN), i32::from(i16::MAX));
        self.pcm.extend(self.sum.iter().map(|sample| (*sample).clamp(least, most) as i16));
        &self.pcm
    }

    fn frame(&self) -> usize {
        self.plan.rate as usize / 50
    }
}

impl Talker {
    fn new(key: LegKey, rate: u32) -> Talker {
        Talker {
            key,
            rate,
            resampler: Resampler::Same,
            queue: VecDeque::new(),
            flows: false,
            patience: FIRST,
            dry: u32::MAX,
            least: usize::MAX,
            surveyed: 0,
            frame: Vec::new(),
        }
    }

    fn push(&mut self, pcm: &[i16], rate: u32, ours: u32, frame: usize) {
        if rate != self.rate {
            (self.rate, self.resampler) = (rate, Resampler::new(rate, ours));
        }
        match &mut self.resampler {
            Resampler::Same => self.queue.extend(pcm),
            resampler => {
                let mut changed = Vec::with_capacity(2 * pcm.len());
                resampler.push(pcm, &mut changed);
                self.queue.extend(changed);
            }
        }
        if !self.flows && std::mem::replace(&mut self.dry, u32::MAX) <= SOON {
            self.patience = (self.patience + 1).min(PATIENT);
        }
        if self.queue.len() > MOST * frame {
            self.queue.drain(..self.queue.len() - self.patience * frame);
        }
    }

    fn draw(&mut self, frame: usize) {
        self.frame.clear();
        self.flows |= self.queue.len() >= self.patience * frame;
        if !self.flows {
            self.dry = self.dry.saturating_add(1);
            return;
        }
        let there = self.queue.len().min(frame);
        self.frame.extend(self.queue.drain(..there));
        if self.queue.is_empty() && there < frame {
            (self.flows, self.dry) = (there > 0, 0);
        }
        self.least = self.least.min(self.queue.len());
        self.surveyed += 1;
        if self.surveyed >= SURVEY {
            if self.least >= 2 * frame {
                self.queue.drain(..frame);
                self.patience = (self.patience - 1).max(FIRST);
            }
            (self.least, self.surveyed) = (usize::MAX, 0);
        }
    }
}

fn clear(sum: &mut Vec<i32>, frame: usize) {
    sum.clear();
    sum.resize(frame, 0);
}

fn add(sum: &mut [i32], frame: &[i16], percent: i32) {
    if percent == WHOLE {
        sum.iter_mut().zip(frame).for_each(|(sum, sample)| *sum += i32::from(*sample));
    } else {
        sum.iter_mut().zip(frame).for_each(|(sum, sample)| *sum += i32::from(*sample) * percent / WHOLE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Codec;

    const KEYS: [LegKey; 3] = [LegKey(1), LegKey(2), LegKey(3)];

    fn at(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    fn plan(edges: &[(u64, u64, u16)]) -> Plan {
        let format = Format { codec: Codec::Pcma, ptime_ms: 20, opus: Default::default() };
        let edge =
            |(from, to, percent): &(u64, u64, u16)| Edge { from: LegKey(*from), to: LegKey(*to), percent: *percent };
        let edges = edges.iter().map(edge).collect();
        Plan { listeners: KEYS.map(|key| (key, format)).to_vec(), edges, tape: None, rate: 8000 }
    }

    fn first(mixer: &mut Mixer, listener: usize) -> i16 {
        mixer.heard(listener).map_or(0, |(_, _, pcm)| pcm[0])
    }

    #[test]
    fn each_hears_the_sum_of_those_it_is_to_hear_as_loud_as_it_is_to_be() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 2, 100), (3, 2, 50), (1, 3, 100), (2, 3, 0)]));
        for (key, level) in KEYS.into_iter().zip([1000i16, 2000, 4000]) {
            mixer.push(key, &[level; 320], 8000);
        }
        assert_eq!(mixer.draw(at(0)), 0);
        assert_eq!([0, 1, 2].map(|listener| first(&mut mixer, listener)), [0, 3000, 1000]);
        assert_eq!((mixer.draw(at(20)), mixer.due()), (960, at(40)));
    }

    #[test]
    fn what_is_too_loud_together_is_cut() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 3, 100), (2, 3, 100)]));
        mixer.push(KEYS[0], &[30_000; 320], 8000);
        mixer.push(KEYS[1], &[30_000; 320], 8000);
        mixer.draw(at(0));
        assert_eq!(first(&mut mixer, 2), i16::MAX);
    }

    #[test]
    fn a_talker_is_heard_once_two_frames_wait_and_until_none_does() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 2, 100)]));
        mixer.push(KEYS[0], &[700; 160], 8000);
        mixer.draw(at(0));
        assert_eq!(first(&mut mixer, 1), 0);
        mixer.push(KEYS[0], &[700; 160], 8000);
        for tick in 1..3 {
            mixer.draw(at(20 * tick));
            assert_eq!(first(&mut mixer, 1), 700);
        }
        mixer.draw(at(60));
        assert_eq!(first(&mut mixer, 1), 0);
    }

    #[test]
    fn a_burst_and_a_fast_clock_cost_sound_but_never_more_delay() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 2, 100)]));
        mixer.push(KEYS[0], &[1; 8000], 8000);
        assert_eq!(mixer.talkers[0].queue.len(), 320);
        // Frames too many: they wait all the time until the survey takes them out.
        mixer.push(KEYS[0], &[1; 480], 8000);
        for tick in 0..5 * u64::from(SURVEY) {
            mixer.draw(at(20 * tick));
            mixer.push(KEYS[0], &[1; 160], 8000);
        }
        assert!(mixer.talkers[0].queue.len() <= 2 * 160, "{}", mixer.talkers[0].queue.len());
    }

    #[test]
    fn jitter_makes_patient_and_a_pause_does_not() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 2, 100)]));
        let mut tick = 0;
        let mut draw = |mixer: &mut Mixer, frames: usize| {
            for _ in 0..frames {
                mixer.draw(at(20 * tick));
                tick += 1;
            }
        };
        for pause in [3, 20, 20] {
            mixer.push(KEYS[0], &[1; 480], 8000);
            draw(&mut mixer, 3 + pause);
        }
        assert_eq!(mixer.talkers[0].patience, FIRST + 1);
    }

    #[test]
    fn a_stall_leaves_frames_out_and_keeps_the_clock() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 2, 100)]));
        mixer.draw(at(0));
        assert_eq!(mixer.draw(at(1000)), 48_000);
        assert_eq!(mixer.due(), at(1020));
    }

    #[test]
    fn who_stays_is_heard_through_a_change() {
        let mut mixer = Mixer::new(at(0), plan(&[(1, 2, 100), (3, 2, 100)]));
        mixer.push(KEYS[0], &[700; 480], 8000);
        mixer.draw(at(0));
        mixer.change(plan(&[(1, 2, 100), (2, 1, 100)]));
        mixer.draw(at(20));
        assert_eq!(first(&mut mixer, 1), 700);
    }

    #[test]
    fn wide_band_meets_narrow_band() {
        let mut mixer = Mixer::new(at(0), Plan { rate: 16_000, ..plan(&[(1, 2, 100), (3, 2, 100)]) });
        mixer.push(KEYS[0], &[1000; 800], 8000);
        mixer.push(KEYS[2], &[500; 1600], 16_000);
        mixer.draw(at(0));
        mixer.draw(at(20));
        let (_, _, pcm) = mixer.heard(1).expect("a listener");
        assert_eq!((pcm.len(), (1490..1510).contains(&pcm[200])), (320, true), "{}", pcm[200]);
    }

    #[test]
    fn a_recording_gets_the_voices_and_nobody_else() {
        let tape = Some((KEYS[0], vec![KEYS[1]]));
        let mut mixer = Mixer::new(at(0), Plan { tape, ..plan(&[(3, 1, 100)]) });
        mixer.push(KEYS[1], &[300; 320], 8000);
        mixer.push(KEYS[2], &[500; 320], 8000);
        mixer.draw(at(0));
        assert!(mixer.taped().is_some_and(|(left, pcm)| left == KEYS[0] && pcm.iter().all(|sample| *sample == 300)));
    }
}
