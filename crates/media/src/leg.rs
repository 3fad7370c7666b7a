//! The handle of one leg. The call that owns it negotiates here; the sockets live on a media thread.

use crate::command::{Command, LegKey};
use crate::negotiation::{Negotiation, NegotiationError, Offer, Policy, Taste, Video};
use crate::sound::Sound;
use crate::tap::{Tap, Tapped};
use crate::{Codec, Direction, media::Shared};
use bytes::Bytes;
use model::Digit;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// One leg: a pair of sockets towards one far side. Dropping it closes it.
#[derive(Debug)]
pub struct Leg {
    pub(crate) key: LegKey,
    pub(crate) thread: usize,
    pub(crate) shared: Arc<Shared>,
    pub(crate) local: SocketAddr,
    pub(crate) negotiation: Negotiation,
    /// The sockets of its video, and their port.
    pub(crate) video: Option<(LegKey, u16)>,
}

impl Leg {
    /// The address that the far side is told to send to.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Writes an offer.
    pub fn offer(&mut self, want: Offer) -> Bytes {
        self.negotiation.offer(want).into()
    }

    /// Reads the far side's offer, applies it, and writes our answer. On an error nothing has changed.
    pub fn accept_offer(&mut self, sdp: &[u8], prefer: Option<Codec>) -> Result<Bytes, NegotiationError> {
        let answer = self.negotiation.accept_offer(sdp, prefer)?;
        self.apply();
        Ok(answer.into())
    }

    /// Reads the far side's answer to our offer and applies it; a later answer to the same offer replaces it.
    pub fn accept_answer(&mut self, sdp: &[u8]) -> Result<(), NegotiationError> {
        self.negotiation.accept_answer(sdp)?;
        self.apply();
        Ok(())
    }

    /// The direction that the far side last stated; both ways before it stated any.
    pub fn remote_direction(&self) -> Direction {
        self.negotiation.agreed().map_or(Direction::SendRecv, |a| a.remote_direction)
    }

    /// Says what is wanted of keys in the far side's offers. To be said before they are read.
    pub fn set_policy(&mut self, policy: Policy) {
        self.negotiation.set_policy(policy);
    }

    /// What the far side said it would like, best first: what to offer to the other side of its call.
    pub fn taste(&self) -> Taste {
        self.negotiation.taste()
    }

    /// The far side's video, while it has one on: what to show to the other side of its call.
    pub fn video(&self) -> Option<Video> {
        self.negotiation.video().cloned()
    }

    /// Shows the video of the other side of the call in our next descriptions, or none any more. It is passed on, never
    /// recorded. Without a free port there is no video.
    pub fn show(&mut self, video: Option<Video>) {
        if video.is_some() && self.video.is_none() {
            let opened = self.shared.open_video(self.thread, self.key);
            self.video = opened.inspect_err(|error| tracing::warn!(%error, "no port for a video")).ok();
        }
        self.negotiation.show(video.zip(self.video.map(|(_, port)| port)));
    }

    /// The codec agreed on.
    pub fn codec(&self) -> Option<Codec> {
        self.negotiation.agreed().map(|a| a.send.codec)
    }

    /// Tells where the leg's signalling comes from. Before the first packet, sound from there is trusted like sound
    /// from the address in the session description, which helps phones behind NAT.
    pub fn signalled_from(&self, ip: IpAddr) {
        self.tell(Command::Signalled(self.key, ip));
    }

    /// Starts the watch for silence anew, as when a leg that was ringing is answered. Without this call it runs from
    /// the first negotiation.
    pub fn watch(&self) {
        self.tell(Command::Watch(self.key));
    }

    /// Moves the leg to the thread of another, with which it is to be joined. Sound that comes meanwhile is late, not lost; a
    /// bridge or recording it was part of ends.
    pub fn move_beside(&mut self, other: &Leg) {
        if self.thread == other.thread || !Arc::ptr_eq(&self.shared, &other.shared) {
            return;
        }
        for key in self.video.map(|(video, _)| video).into_iter().chain([self.key]) {
            self.shared.hand_over(key, self.thread, other.thread);
        }
        self.thread = other.thread;
    }

    /// Lets the two legs hear each other, in place of whom they heard before.
    pub fn bridge(&self, other: &Leg) {
        if self.reaches(other) {
            self.tell(Command::Bridge(self.key, other.key));
        }
    }

    /// Parts the leg from its peer.
    pub fn unbridge(&self) {
        self.tell(Command::Unbridge(self.key));
    }

    /// Plays a sound to the far side, in place of the peer and of an earlier sound.
    pub fn play(&self, sound: Arc<Sound>, repeat: bool) {
        self.tell(Command::Play(self.key, sound, repeat));
    }

    /// Stops the sound; the peer, if any, is heard again.
    pub fn stop_play(&self) {
        self.tell(Command::StopPlay(self.key));
    }

    /// Sends a key press: as a telephone event, or as a tone when the far side takes no events.
    pub fn send_digit(&self, digit: Digit) {
        self.tell(Command::Digit(self.key, digit));
    }

    /// Records both far sides into a new stereo WAV file: this leg left, the other right. Goes on through holds until
    /// it is stopped or this leg closes.
    pub fn record(&self, right: &Leg, path: PathBuf) {
        if self.reaches(right) {
            self.tell(Command::Record { left: self.key, right: right.key, path });
        }
    }

    /// Records what this far side says into a new mono WAV file, in place of a recording that it leads. Goes on until it is
    /// stopped or the leg closes; a silence of `quiet` is told once and ends nothing.
    pub fn take_message(&self, path: PathBuf, quiet: Duration) {
        self.tell(Command::Message { leg: self.key, path, quiet });
    }

    /// Lets another leg take the place beside this one in the recording that this one is part of: the one that leaves must
    /// not be closed yet when it is the left side. Who stays keeps its channel.
    pub fn record_beside(&self, comes: &Leg) {
        if self.reaches(comes) {
            self.tell(Command::RecordBeside(self.key, comes.key));
        }
    }

    /// Leaves out of the recording what both sides say from now on, or no more: it goes on with silence.
    pub fn pause_record(&self, paused: bool) {
        self.tell(Command::PauseRecord(self.key, paused));
    }

    /// Ends the recording.
    pub fn stop_record(&self) {
        self.tell(Command::StopRecord(self.key));
    }

    /// Gives copies of all packets, both ways, to `tap` from now on, until the leg closes.
    pub fn tap(&self, tap: Arc<dyn Tap>) {
        self.tell(Command::Tap(self.key, Box::new(Tapped { tap, local: self.local })));
    }

    /// Closes the leg. Its last event carries the quality.
    pub fn close(self) {}

    fn apply(&self) {
        if let Some(agreed) = self.negotiation.agreed() {
            let protection = Box::new(self.negotiation.protection().clone());
            if let Some((video, _)) = self.video {
                self.tell(Command::Route(video, self.negotiation.route()));
            }
            self.tell(Command::Agree(self.key, Box::new(*agreed), protection));
        }
    }

    fn reaches(&self, other: &Leg) -> bool {
        let together = self.thread == other.thread && Arc::ptr_eq(&self.shared, &other.shared);
        if !together {
            tracing::error!("two legs on different media threads cannot be joined; move one beside the other");
        }
        together
    }

    fn tell(&self, command: Command) {
        self.shared.tell(self.thread, command);
    }
}

impl Drop for Leg {
    fn drop(&mut self) {
        if let Some((video, _)) = self.video {
            self.tell(Command::Close(video));
        }
        self.tell(Command::Close(self.key));
    }
}
