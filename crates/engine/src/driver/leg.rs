//! Legs: what the call asks of one becomes SIP and media commands, and what they report becomes the call's words.

mod dialling;
mod sounding;

use std::time::Duration;

use bus::capture::What;
use bytes::Bytes;
use call::Origin;
use model::leg::{Dial, Play};
use model::{Cause, ExtensionId, LegCommand, LegEvent, LegId, TrunkId};
use sip::{Command, Signal};

use super::keys::Keys;
use super::{Driver, Refusal, protection};
use crate::carriers::Slot;
use crate::lines::Line;
use crate::recordings::End;

/// One leg at the edges. The SIP leg's number is also the tag of the media leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(super) edge: sip::Leg,
    /// None once it is closed, or when no port could be had.
    pub(super) media: Option<media::Leg>,
    /// The media leg was opened and has not told its figures yet.
    pub(super) figures_due: bool,
    pub(super) quality: Option<media::Quality>,
    /// Our answer to the far side's offer, until it is sent with the 200 (or the 183).
    pub(super) answer: Option<Bytes>,
    /// The far side's offer, until it has seen our answer to it.
    offer: Option<Bytes>,
    /// Its INVITE had no offer: `answer` is our offer, which may only go into the 200.
    offers_late: bool,
    /// We placed it.
    outgoing: bool,
    pub(super) answered: bool,
    /// The transfer that it asked for and that has no end yet, by its number at the edge.
    pub(super) referring: Option<u32>,
    /// The far side has sent its last signal, or we its final refusal.
    pub(super) over: bool,
    held: bool,
    /// Its place on the carrier's trunk.
    slot: Option<Slot>,
    /// The line of the extension that it takes.
    line: Option<Line>,
    /// The same, for the queues that the extension works in.
    works: Option<crate::queues::Line>,
    /// Whom it leads to.
    pub(super) far: Far,
    /// A greeting that is being read from the disk.
    awaits: Option<Play>,
    /// What to ask once more, without the keys that were offered, should they be refused.
    in_the_clear: Option<Box<Dial>>,
    keys: Keys,
}

/// How long it took from the first sign of the call to our first answer or INVITE.
fn measure(done: &mut bool, took: Duration) {
    if !std::mem::replace(done, true) {
        metrics::histogram!("alo_call_setup_seconds").record(took.as_secs_f64());
    }
}

/// Whom a leg leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Far {
    /// Not known yet.
    Unknown,
    /// A phone of the company.
    Extension(ExtensionId),
    /// Somebody behind a carrier.
    Trunk(TrunkId, String),
}

impl Leg {
    fn new(edge: sip::Leg, media: Option<media::Leg>, outgoing: bool) -> Leg {
        let figures_due = media.is_some();
        Leg {
            edge,
            media,
            figures_due,
            quality: None,
            answer: None,
            offer: None,
            offers_late: false,
            outgoing,
            answered: false,
            referring: None,
            over: false,
            held: false,
            slot: None,
            line: None,
            works: None,
            far: Far::Unknown,
            awaits: None,
            in_the_clear: None,
            keys: Keys::default(),
        }
    }

    /// Whether we placed it.
    pub(super) fn is_outgoing(&self) -> bool {
        self.outgoing
    }
}

impl Driver {
    /// Takes in the leg that began the call, so that its signals reach the call from now on.
    pub(crate) fn take_in(&mut self, edge: sip::Leg) {
        self.shared.routes.add_leg(edge.0, self.mailbox.clone(), LegId::FIRST);
        self.legs.insert(LegId::FIRST, Leg::new(edge, None, false));
    }

    /// Settles the session description of the leg that began the call.
    pub(crate) fn offered(&mut self, incoming: &sip::Incoming, origin: Origin, number: &str, name: &str) {
        self.caller = (number.to_owned(), name.to_owned());
        self.max_forwards = Some(incoming.max_forwards);
        let far = match origin {
            Origin::Extension(id) => Far::Extension(id),
            Origin::Trunk(id) => Far::Trunk(id, number.to_owned()),
            Origin::Hotline(_) => Far::Unknown,
        };
        let (leg, unfit) = self.describe(incoming, far);
        if self.refusal.is_none() {
            self.refusal = unfit.map(|cause| if leg.media.is_some() { Refusal::Unfit(cause) } else { Refusal::Ports });
        }
        self.legs.insert(LegId::FIRST, leg);
        self.touched_by(LegId::FIRST);
        if let Origin::Trunk(trunk) = origin
            && self.refusal.is_none()
        {
            self.refusal = self.take_slot(LegId::FIRST, trunk).err().map(Refusal::Trunk);
        }
    }

    /// A leg for an INVITE that came in, with our side of its session; or why there is nothing to agree on.
    pub(super) fn describe(&self, incoming: &sip::Incoming, far: Far) -> (Leg, Option<Cause>) {
        let edge = incoming.leg;
        let srtp = self.srtp(&far);
        let mut leg = Leg::new(edge, self.open_media(edge.0), false);
        let mut unfit = None;
        leg.answer = leg.media.as_mut().and_then(|media| {
            media.signalled_from(incoming.source.ip());
            media.set_policy(protection::policy(srtp));
            match &incoming.offer {
                Some(offer) => media
                    .accept_offer(offer, None)
                    .inspect_err(|error| {
                        self.log_refused(error);
                        unfit = Some(protection::cause_of(error));
                    })
                    .ok(),
                // RFC 3264: an INVITE without an offer wants ours in the 200; the ACK brings the answer.
                None => {
                    let profile = protection::late_profile(srtp);
                    Some(media.offer(media::Offer { profile, ..media::Offer::default() }))
                }
            }
        });
        if leg.answer.is_none() {
            unfit = unfit.or(Some(Cause::Incompatible));
        }
        leg.offer = incoming.offer.clone();
        leg.offers_late = incoming.offer.is_none();
        leg.line = match &far {
            Far::Extension(extension) => Some(self.shared.lines.calls(*extension, self.id, edge.0)),
            Far::Trunk(..) | Far::Unknown => None,
        };
        leg.works = self.works_on(&far);
        leg.far = far;
        (leg, unfit)
    }

    fn open_media(&self, tag: u64) -> Option<media::Leg> {
        let opened = match self.legs.values().find_map(|leg| leg.media.as_ref()) {
            // Legs of one call share a thread, so that packets need not change it.
            Some(first) => self.shared.media.open_beside(tag, first),
            None => self.shared.media.open(tag),
        };
        opened
            .inspect_err(|error| {
                metrics::counter!("alo_media_open_failures_total").increment(1);
                tracing::error!(call.id = %self.id, %error, "no media port for a leg");
            })
            .inspect(|media| {
                if let Some(tapping) = &self.tapping {
                    media.tap(tapping.clone());
                }
            })
            .ok()
    }

    pub(super) fn log_refused(&self, error: &media::NegotiationError) {
        tracing::info!(call.id = %self.id, %error, "a session description could not be agreed on");
    }

    pub(super) fn command(&mut self, id: LegId, command: LegCommand) {
        if let LegCommand::Dial(dial) = command {
            return self.dial(id, *dial);
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match command {
            LegCommand::Dial(_) => {}
            LegCommand::Ring => {
                self.shared.stack.send(leg.edge, Command::Provisional { code: 180, body: None });
            }
            LegCommand::Answer => {
                measure(&mut self.set_up, self.shared.clock.now().since(self.anchor.moment()));
                let other = self.other_media(id);
                let (codec, video) = (other.and_then(media::Leg::codec), other.and_then(media::Leg::video));
                self.suit(id, codec, video);
                let Some(leg) = self.legs.get_mut(&id) else { return };
                leg.answered = true;
                if let Some(line) = &mut leg.line {
                    line.answered();
                }
                if let Some(media) = &leg.media {
                    media.watch();
                }
                let body = leg.answer.clone().unwrap_or_default();
                self.shared.stack.send(leg.edge, Command::Answer { body });
            }
            LegCommand::Reject { cause } => {
                self.shared.stack.send(leg.edge, Command::Reject { cause });
                self.close_leg(id);
            }
            LegCommand::Hangup { cause } => {
                // Nothing is heard of a leg that is on its way out.
                leg.media = None;
                leg.line = None;
                if !leg.over {
                    self.shared.stack.send(leg.edge, Command::Hangup { cause });
                }
            }
            LegCommand::Play(play) => self.play(id, play),
            LegCommand::StopPlay => {
                leg.awaits = None;
                if let Some(media) = &leg.media {
                    media.stop_play();
                }
            }
            LegCommand::Transfer(news) => self.tell_transfer(id, news),
        }
    }

    /// Frees the media of a leg that will carry no more sound, and notes that nothing follows.
    fn close_leg(&mut self, id: LegId) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.over = true;
            leg.media = None;
            leg.slot = None;
            leg.line = None;
            leg.works = None;
        }
    }

    pub(super) fn on_signal(&mut self, id: LegId, signal: Signal) {
        match signal {
            Signal::Progress { body: None } => self.leg_event(id, LegEvent::Progress),
            Signal::Progress { body: Some(body) } | Signal::Ringing { body: Some(body) } => {
                let early_media = self.take_answer(id, &body).is_ok();
                self.leg_event(id, LegEvent::Ringing { early_media });
            }
            Signal::Ringing { body: None } => self.leg_event(id, LegEvent::Ringing { early_media: false }),
            Signal::Answered { body } => self.on_answered(id, body.as_deref()),
            Signal::Rejected { code, .. } if self.dials_in_the_clear(id, code) => {}
            Signal::Rejected { cause, .. } => {
                self.close_leg(id);
                self.leg_event(id, LegEvent::Rejected { cause });
            }
            Signal::Cancelled => {
                self.close_leg(id);
                self.leg_event(id, LegEvent::Ended { cause: Cause::Cancelled });
            }
            Signal::Reoffer { body } => self.on_reoffer(id, body.as_deref()),
            Signal::ReofferAnswered { body } => self.on_late_answer(id, body.as_deref()),
            Signal::ReofferRejected { code } => {
                tracing::info!(call.id = %self.id, leg = %id, code, "a changed session was refused");
            }
            Signal::Refer(refer) => self.on_refer(id, &refer),
            Signal::Info { content_type, body } => {
                if let Some(digit) = media::parse_info_digit(&content_type, &body)
                    && self.takes_key(id)
                {
                    self.note(id, What::InfoDigit(digit));
                    self.leg_event(id, LegEvent::Digit(digit));
                }
            }
            Signal::Bye { cause } => {
                self.owe_bye(id);
                self.close_leg(id);
                self.leg_event(id, LegEvent::Ended { cause });
            }
            Signal::Ended { cause } => {
                self.close_leg(id);
                self.leg_event(id, LegEvent::Ended { cause });
            }
        }
    }

    fn on_answered(&mut self, id: LegId, body: Option<&[u8]>) {
        let settled = match body {
            Some(body) => self.take_answer(id, body),
            // A 200 without a description stands on the one of an earlier 183.
            None => {
                let agreed = self.media_of(id).is_some_and(|media| media.codec().is_some());
                agreed.then_some(()).ok_or(Cause::Incompatible)
            }
        };
        let meets = |other: &media::Leg| match (other.codec(), self.media_of(id).and_then(media::Leg::codec)) {
            (Some(other), Some(ours)) => other.meets(ours),
            (None, _) | (_, None) => true,
        };
        let met = self.other_media(id).is_none_or(meets);
        let settled = settled.and_then(|()| met.then_some(()).ok_or(Cause::Incompatible));
        let Err(cause) = settled else {
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.answered = true;
                if let Some(line) = &mut leg.line {
                    line.answered();
                }
                if let Some(media) = &leg.media {
                    media.watch();
                }
            }
            return self.leg_event(id, LegEvent::Answered);
        };
        // The far side talks already: end it properly, and tell the call that this leg came to nothing.
        if let Some(leg) = self.legs.get_mut(&id).filter(|leg| !leg.over) {
            self.shared.stack.send(leg.edge, Command::Hangup { cause });
        }
        self.close_leg(id);
        self.leg_event(id, LegEvent::Rejected { cause });
    }

    /// Answers the leg's offer with the codec of the leg that it is to hear, if it has that too, so that nothing need
    /// be transcoded, and with its video; too late once an answer was sent.
    fn suit(&mut self, id: LegId, codec: Option<media::Codec>, video: Option<media::Video>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let (Some(offer), Some(media)) = (leg.offer.take(), leg.media.as_mut()) else { return };
        let better = codec.filter(|codec| media.codec() != Some(*codec) && media.taste().codecs.contains(*codec));
        let sees = video.is_some() && media.video().is_some();
        media.show(video.filter(|_| sees));
        if (better.is_some() || sees)
            && let Ok(answer) = media.accept_offer(&offer, better)
        {
            leg.answer = Some(answer);
        }
    }

    pub(super) fn media_of(&self, id: LegId) -> Option<&media::Leg> {
        self.legs.get(&id).and_then(|leg| leg.media.as_ref())
    }

    /// A re-INVITE or UPDATE: answered at once; hold and resume are told to the call.
    fn on_reoffer(&mut self, id: LegId, body: Option<&[u8]>) {
        let other = self.other_media(id);
        let (prefer, video) = (other.and_then(media::Leg::codec), other.and_then(media::Leg::video));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let edge = leg.edge;
        let answer = match (leg.media.as_mut(), body) {
            (Some(media), Some(offer)) => {
                media.show(video);
                media.accept_offer(offer, prefer)
            }
            (Some(media), None) => Ok(media.offer(media::Offer { prefer: prefer.into(), ..media::Offer::default() })),
            (None, _) => Err(media::NegotiationError::NoAudio),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.log_refused(&error);
                return self.shared.stack.send(edge, Command::RejectReoffer { code: 488 });
            }
        };
        self.shared.stack.send(edge, Command::AnswerReoffer { body: answer });
        self.look_at_hold(id);
    }

    /// The answer to an offer of ours: it came with the ACK of an INVITE that had none.
    fn on_late_answer(&mut self, id: LegId, body: Option<&[u8]>) {
        if let Err(cause) = body.ok_or(Cause::Incompatible).and_then(|body| self.take_answer(id, body)) {
            // Neither side knows where to send: better no call than a silent one.
            if let Some(leg) = self.legs.get(&id).filter(|leg| !leg.over) {
                self.shared.stack.send(leg.edge, Command::Hangup { cause });
            }
            return;
        }
        self.look_at_hold(id);
    }

    /// Tells the call when the far side has put us on hold or taken us off. Who does not want to hear us holds us
    /// (RFC 3264 8.4).
    fn look_at_hold(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let held = leg.media.as_ref().is_some_and(|media| !media.remote_direction().receives());
        if leg.answered && held != std::mem::replace(&mut leg.held, held) {
            self.note(id, if held { What::Held } else { What::Resumed });
            self.leg_event(id, if held { LegEvent::Held } else { LegEvent::Resumed });
        }
    }

    /// The media of a leg that is answered, other than this.
    fn other_media(&self, id: LegId) -> Option<&media::Leg> {
        let mut others = self.legs.iter().filter(|(other, leg)| **other != id && leg.answered);
        others.find_map(|(_, leg)| leg.media.as_ref())
    }

    pub(super) fn on_media(&mut self, id: LegId, event: media::Event) {
        match event {
            media::Event::Digit { digit, .. } => {
                if self.takes_key(id) {
                    self.note(id, What::Digit(digit));
                    self.leg_event(id, LegEvent::Digit(digit));
                }
            }
            media::Event::PlayDone { .. } => self.leg_event(id, LegEvent::PlayDone),
            media::Event::Silent { .. } => {
                self.note(id, What::Silent);
                self.leg_event(id, LegEvent::MediaLost);
            }
            media::Event::Quiet { .. } => self.words_ceased(),
            media::Event::Recorded { path, bytes, duration_ms, complete, .. } => {
                self.on_recorded(&path, End { bytes, duration_ms, complete });
            }
            media::Event::Closed { quality, .. } => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.quality = Some(quality);
                    leg.figures_due = false;
                }
            }
        }
    }

    fn takes_key(&mut self, id: LegId) -> bool {
        let now = self.shared.clock.now();
        self.legs.get_mut(&id).is_some_and(|leg| leg.keys.takes(now))
    }

    pub(super) fn bridge(&mut self, a: LegId, b: LegId) {
        let early = self.legs.get(&a).is_some_and(|caller| !caller.outgoing && !caller.answered && !caller.offers_late);
        if early {
            let other = self.media_of(b);
            let (codec, video) = (other.and_then(media::Leg::codec), other.and_then(media::Leg::video));
            self.suit(a, codec, video);
        }
        let Some(caller) = self.legs.get(&a) else { return };
        if early {
            // Early media: the caller hears the far side before anybody answered.
            self.shared.stack.send(caller.edge, Command::Provisional { code: 183, body: caller.answer.clone() });
        }
        if let (Some(one), Some(other)) = (self.media_of(a), self.media_of(b)) {
            one.bridge(other);
        }
    }

    pub(super) fn unbridge(&mut self, a: LegId) {
        if let Some(media) = self.media_of(a) {
            media.unbridge();
        }
    }
}
