//! What stands for a browser: a WebRTC stack of another make, on one real socket.

use crate::phone::PATIENCE;
use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

pub(crate) struct Browser {
    pub(crate) rtc: Rtc,
    pub(crate) socket: UdpSocket,
    mid: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    sequence: u64,
    time: u32,
    pub(crate) connected: bool,
    pub(crate) ice: IceConnectionState,
    /// Payload type, sequence number and payload of what came.
    pub(crate) heard: VecDeque<(u8, u16, Vec<u8>)>,
    /// Datagrams that came, whatever was in them.
    pub(crate) datagrams: usize,
}

impl Browser {
    pub(crate) fn new() -> Browser {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let mut rtc = Rtc::builder().clear_codecs().enable_pcmu(true, false).set_rtp_mode(true).build(Instant::now());
        let address = socket.local_addr().expect("an address");
        rtc.add_local_candidate(Candidate::host(address, Protocol::Udp).expect("a candidate"));
        let (ice, heard) = (IceConnectionState::New, VecDeque::new());
        Browser {
            rtc,
            socket,
            mid: None,
            pending: None,
            sequence: 60_000,
            time: 0,
            connected: false,
            ice,
            heard,
            datagrams: 0,
        }
    }

    /// Offers audio, or what goes on of it after a change.
    pub(crate) fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let mut api = self.rtc.sdp_api();
        match self.mid {
            None => self.mid = Some(api.add_media(MediaKind::Audio, direction, None, None, None)),
            Some(mid) => api.set_direction(mid, direction),
        }
        let (offer, pending) = api.apply().expect("a change");
        self.pending = Some(pending);
        offer.to_sdp_string().into_bytes()
    }

    /// Offers the same with new names and passwords.
    pub(crate) fn offer_restart(&mut self) -> Vec<u8> {
        let mut api = self.rtc.sdp_api();
        api.ice_restart(true);
        let (offer, pending) = api.apply().expect("a change");
        self.pending = Some(pending);
        offer.to_sdp_string().into_bytes()
    }

    pub(crate) fn answered(&mut self, answer: &[u8]) {
        let text = std::str::from_utf8(answer).expect("text");
        let answer = SdpAnswer::from_sdp_string(text).expect("an answer");
        let pending = self.pending.take().expect("an offer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("accepted");
    }

    pub(crate) fn answer(&mut self, offer: &[u8]) -> Vec<u8> {
        let text = std::str::from_utf8(offer).expect("text");
        let offer = SdpOffer::from_sdp_string(text).expect("an offer");
        self.rtc.sdp_api().accept_offer(offer).expect("an answer").to_sdp_string().into_bytes()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("an address")
    }

    /// Sends 20 ms of sound.
    pub(crate) fn say(&mut self, payload: &[u8]) {
        let mid = self.mid.or_else(|| Some("0".into())).expect("a medium");
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).expect("a stream");
        stream.write_rtp(RtpWrite::new(0.into(), self.sequence.into(), self.time, Instant::now(), payload.to_vec()));
        (self.sequence, self.time) = (self.sequence + 1, self.time + payload.len() as u32);
        // It goes out with the next look at the clock.
        self.rtc.handle_input(Input::Timeout(Instant::now())).expect("time");
        self.drain();
    }

    /// Lives until something holds; false when it never does.
    pub(crate) fn lives_until(&mut self, patience: Duration, holds: impl Fn(&Browser) -> bool) -> bool {
        let end = Instant::now() + patience;
        while !holds(self) {
            if Instant::now() >= end {
                return false;
            }
            self.step(end);
        }
        true
    }

    pub(crate) fn run_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        self.step(end);
        while Instant::now() < end {
            self.step(end);
        }
    }

    pub(crate) fn connect(&mut self) {
        assert!(self.lives_until(PATIENCE, |b| b.connected), "no connection");
    }

    /// The next packet of sound; none when none comes for so long.
    pub(crate) fn hear_within(&mut self, patience: Duration) -> Option<(u8, u16, Vec<u8>)> {
        self.lives_until(patience, |b| !b.heard.is_empty());
        self.heard.pop_front()
    }

    pub(crate) fn hear(&mut self) -> Vec<u8> {
        self.hear_within(PATIENCE).expect("a packet").2
    }

    fn step(&mut self, end: Instant) {
        let due = self.drain();
        self.wait(due.min(end));
        self.drain();
    }

    /// Sends what is to be sent, and returns when to look at the clock.
    fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().expect("an output") {
                Output::Transmit(packet) => {
                    self.socket.send_to(&packet.contents, packet.destination).expect("sent");
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::IceConnectionStateChange(state)) => self.ice = state,
                Output::Event(Event::RtpPacket(packet)) => {
                    let pt = *packet.header.payload_type;
                    self.heard.push_back((pt, packet.header.sequence_number, packet.payload.to_vec()));
                }
                Output::Event(_) => {}
                Output::Timeout(due) => return due,
            }
        }
    }

    fn wait(&mut self, due: Instant) {
        let time = due.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.socket.set_read_timeout(Some(time)).expect("a timeout");
        let mut packet = [0; 2048];
        let Ok((length, source)) = self.socket.recv_from(&mut packet) else {
            return self.rtc.handle_input(Input::Timeout(Instant::now())).expect("time");
        };
        self.datagrams += 1;
        let Ok(receive) = Receive::new(Protocol::Udp, source, self.address(), &packet[..length]) else { return };
        self.rtc.handle_input(Input::Receive(Instant::now(), receive)).expect("a packet");
    }
}
