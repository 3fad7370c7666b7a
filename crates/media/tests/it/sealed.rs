use crate::phone::{House, MOMENT, PATIENCE, Phone};
use media::rtp::{self, Header};
use media::sdes::Line;
use media::sdp::Session;
use media::srtp::{MasterKey, Opener, Sealer, Suite};
use media::{Config, Law, Leg, Security, rtcp, sound};
use std::net::UdpSocket;
use std::time::Duration;

/// A phone that seals what it says.
struct Sealed {
    phone: Phone,
    key: MasterKey,
    sealer: Sealer,
    opener: Option<Opener>,
}

fn key(suite: Suite, first: u8) -> MasterKey {
    let bytes: Vec<u8> = (first..).take(suite.key_len() + suite.salt_len()).collect();
    MasterKey::new(suite, &bytes).expect("a key")
}

impl Sealed {
    /// A leg whose far side is a new phone that has called with a key of this suite.
    fn call(house: &mut House, suite: Suite, first: u8) -> (Leg, Sealed) {
        let mut leg = house.media.open(u64::from(first)).expect("a leg");
        let key = key(suite, first);
        let phone = Phone::new(leg.local(), u32::from(first));
        let mut sealed = Sealed { phone, sealer: Sealer::new(&key), key, opener: None };
        sealed.offer(&mut leg);
        (leg, sealed)
    }

    fn offer(&mut self, leg: &mut Leg) {
        let text = String::from_utf8(self.phone.describe("0 101", "sendrecv")).expect("text");
        let text = text.replace("RTP/AVP", "RTP/SAVP") + "a=crypto:1 " + &Line::write(1, &self.key)[2..] + "\r\n";
        let answer = leg.accept_offer(text.as_bytes(), None).expect("an answer");
        let answer = Session::parse(&answer).expect("a description");
        let crypto = answer.media[0].attribute("crypto").and_then(|a| a.value.as_deref()).expect("a key");
        if self.opener.is_none() {
            self.opener = Some(Opener::new(&Line::parse(crypto).expect("a line").key, 0));
        }
    }

    fn seal(&mut self, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; rtp::HEADER];
        let head = packet.first_chunk_mut().expect("room");
        rtp::write(head, 0, false, self.phone.sequence, self.phone.timestamp, self.phone.ssrc);
        packet.extend_from_slice(payload);
        assert!(self.sealer.rtp(&mut packet));
        self.phone.sequence = self.phone.sequence.wrapping_add(1);
        self.phone.timestamp = self.phone.timestamp.wrapping_add(160);
        packet
    }

    fn say(&mut self, payload: &[u8]) -> Vec<u8> {
        let packet = self.seal(payload);
        self.phone.socket.send_to(&packet, self.phone.server).expect("sent");
        packet
    }

    fn hear_within(&mut self, patience: Duration) -> Option<(Header, Vec<u8>)> {
        self.phone.socket.set_read_timeout(Some(patience)).expect("a timeout");
        let mut packet = [0; 2048];
        let length = self.phone.socket.recv(&mut packet).ok()?;
        let opened = self.opener.as_mut().expect("a key").rtp(&mut packet[..length]).expect("what our key opens");
        let header = rtp::parse(&packet[..opened]).expect("RTP");
        let payload = packet[header.payload.clone()].to_vec();
        Some((header, payload))
    }

    fn hear(&mut self) -> Vec<u8> {
        self.hear_within(PATIENCE).expect("a packet").1
    }
}

#[test]
fn sealed_legs_of_every_suite_talk_with_plain_ones_and_each_other() {
    let mut house = House::new();
    for (n, suite) in Suite::ALL.into_iter().enumerate() {
        let (a, mut alice) = Sealed::call(&mut house, suite, 10 + n as u8);
        let (b, mut bob) = house.call("0 101");
        let (c, mut carol) = Sealed::call(&mut house, Suite::AesCm80, 20 + n as u8);
        let tone = sound::tone(1000.0, 500);
        a.bridge(&b);
        for frame in tone.coded(Law::Mu).chunks(160) {
            let packet = alice.say(frame);
            assert!(!packet.windows(16).any(|w| w == &frame[..16]), "nothing shows");
            assert_eq!(bob.hear().1, frame);
            bob.say(0, frame);
            assert_eq!(alice.hear(), frame);
        }
        a.bridge(&c);
        for frame in tone.coded(Law::Mu).chunks(160) {
            alice.say(frame);
            assert_eq!(carol.hear(), frame);
            carol.say(frame);
            assert_eq!(alice.hear(), frame);
        }
        let quality = house.quality(a);
        assert_eq!(
            (quality.security, quality.rx_packets, quality.forged_packets),
            (Security::Sdes, 50, 0),
            "{suite:?}"
        );
        house.quality(b);
        house.quality(c);
    }
}

#[test]
fn nothing_forged_replayed_or_plain_is_relayed() {
    let mut house = House::new();
    let (a, mut alice) = Sealed::call(&mut house, Suite::AesCm80, 10);
    let (b, bob) = house.call("0 101");
    a.bridge(&b);
    let first = alice.say(&[1; 160]);
    assert_eq!(bob.hear().1, [1; 160]);
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for (who, forged) in [(&stranger, 3), (&alice.phone.socket, 4)] {
        let mut packet = first.clone();
        who.send_to(&packet, a.local()).expect("replayed");
        packet[3] = packet[3].wrapping_add(forged);
        who.send_to(&packet, a.local()).expect("forged");
    }
    alice.phone.send(0, &[9; 160]);
    assert!(bob.is_left_alone());
    alice.say(&[2; 160]);
    assert_eq!(bob.hear().1, [2; 160]);
    let quality = house.quality(a);
    assert_eq!((quality.rx_packets, quality.forged_packets), (2, 3));
}

#[test]
fn who_knows_the_key_is_followed_at_once_wherever_it_goes() {
    let mut house = House::new();
    let (a, mut alice) = Sealed::call(&mut house, Suite::AesGcm128, 10);
    let (b, mut bob) = house.call("0 101");
    a.bridge(&b);
    alice.say(&[1; 160]);
    assert_eq!(bob.hear().1, [1; 160]);
    alice.phone.socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    alice.say(&[2; 160]);
    assert_eq!(bob.hear().1, [2; 160]);
    bob.say(0, &[3; 160]);
    assert_eq!(alice.hear(), [3; 160]);
}

#[test]
fn a_new_key_in_a_new_offer_is_taken_without_a_gap() {
    let mut house = House::new();
    let (mut a, mut alice) = Sealed::call(&mut house, Suite::AesCm80, 10);
    let (b, mut bob) = house.call("0 101");
    a.bridge(&b);
    alice.say(&[1; 160]);
    assert_eq!(bob.hear().1, [1; 160]);
    alice.key = key(Suite::AesCm80, 90);
    alice.offer(&mut a);
    house.settle(&a);
    alice.say(&[2; 160]);
    assert_eq!(bob.hear().1, [2; 160], "still on its way under the old key");
    alice.sealer = Sealer::new(&alice.key);
    alice.say(&[3; 160]);
    assert_eq!(bob.hear().1, [3; 160]);
    bob.say(0, &[4; 160]);
    assert_eq!(alice.hear(), [4; 160], "ours has not changed");
    assert_eq!(house.quality(a).forged_packets, 0);
}

#[test]
fn reports_are_sealed_both_ways() {
    let mut house = House::with(Config { rtcp_interval: Duration::from_millis(50), ..Config::default() });
    let mut leg = house.media.open(1).expect("a leg");
    let key = key(Suite::AesCm32, 10);
    let phone = Phone::new(leg.local(), 10);
    let mut alice = Sealed { phone, sealer: Sealer::new(&key), key, opener: None };
    // Reports share the port, so that one socket sees all.
    let text = String::from_utf8(alice.phone.describe("0 101", "sendrecv")).expect("text");
    let text = text.replace("RTP/AVP", "RTP/SAVP") + "a=rtcp-mux\r\na=crypto:" + &Line::write(1, &alice.key) + "\r\n";
    let answer = Session::parse(&leg.accept_offer(text.as_bytes(), None).expect("an answer")).expect("a description");
    let crypto = answer.media[0].attribute("crypto").and_then(|a| a.value.as_deref()).expect("a key");
    alice.opener = Some(Opener::new(&Line::parse(crypto).expect("a line").key, 0));
    let (b, mut bob) = house.call("0 101");
    leg.bridge(&b);
    alice.say(&[1; 160]);
    bob.hear();
    bob.say(0, &[2; 160]);
    alice.phone.socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut ours = 0;
    let sent = loop {
        let mut packet = [0; 2048];
        let length = alice.phone.socket.recv(&mut packet).expect("a packet");
        let opener = alice.opener.as_mut().expect("a key");
        if (192..=223).contains(&packet[1]) {
            let length = opener.rtcp(&mut packet[..length]).expect("a sealed report");
            break rtcp::parse(&packet[..length], alice.phone.ssrc)
                .and_then(|report| report.sent)
                .expect("it has sent");
        }
        let length = opener.rtp(&mut packet[..length]).expect("sound");
        ours = rtp::parse(&packet[..length]).expect("RTP").ssrc;
    };
    let block = rtcp::Block { ssrc: ours, last_report: sent, lost: 1, ..rtcp::Block::default() };
    let mut report = Vec::new();
    rtcp::write(&mut report, alice.phone.ssrc, 0, None, Some(block));
    // In the clear it says nothing.
    alice.phone.socket.send_to(&report, leg.local()).expect("sent");
    house.settle(&leg);
    std::thread::sleep(MOMENT);
    assert!(alice.sealer.rtcp(&mut report));
    alice.phone.socket.send_to(&report, leg.local()).expect("sent");
    std::thread::sleep(MOMENT);
    house.settle(&leg);
    let quality = house.quality(leg);
    assert!(quality.rtt_ms.is_some_and(|rtt| (100.0..5000.0).contains(&rtt)), "{quality:?}");
    assert_eq!(quality.forged_packets, 1);
    drop(b);
}

#[test]
fn plain_reports_may_share_the_port_too() {
    let mut house = House::with(Config { rtcp_interval: Duration::from_millis(50), ..Config::default() });
    let mut leg = house.media.open(1).expect("a leg");
    let mut alice = Phone::new(leg.local(), 3);
    let offer = [alice.describe("0 101", "sendrecv"), b"a=rtcp-mux\r\n".to_vec()].concat();
    leg.accept_offer(&offer, None).expect("an answer");
    house.settle(&leg);
    assert_eq!(house.media.counts().sockets, 1);
    alice.say(0, &[1; 160]);
    let mut packet = [0; 2048];
    alice.socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let length = alice.socket.recv(&mut packet).expect("a report");
    assert!(rtcp::parse(&packet[..length], 3).is_some_and(|report| report.block.is_some()));
    // Without it, the second socket is back.
    leg.accept_offer(&alice.describe("0 101", "sendrecv"), None).expect("an answer");
    house.settle(&leg);
    assert_eq!(house.media.counts().sockets, 2);
}
