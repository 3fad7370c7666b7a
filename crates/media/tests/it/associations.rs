//! DTLS without ICE and without rtcp-mux: RTP and RTCP have a handshake and keys each (RFC 5764 section 4.2).

use crate::phone::{House, PATIENCE};
use media::dtls::{Certificate, Fingerprint, Handshake, Terms};
use media::sdp::Session;
use media::srtp::{Opener, Sealer};
use media::{Config, Leg, Security, rtp};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// One socket of the far side, and what its handshake brought.
struct Side {
    socket: UdpSocket,
    to: SocketAddr,
    sealer: Sealer,
    opener: Opener,
}

impl Side {
    /// Does the handshake as the one who begins it.
    fn connect(socket: UdpSocket, to: SocketAddr, fingerprint: &Fingerprint) -> Side {
        Side::shake(socket, to, fingerprint, true)
    }

    fn shake(socket: UdpSocket, to: SocketAddr, fingerprint: &Fingerprint, active: bool) -> Side {
        let terms = Terms { active, fingerprints: vec![fingerprint.clone()] };
        let began = Instant::now();
        let mut handshake = Handshake::new(terms, began).expect("a certificate");
        socket.set_read_timeout(Some(Duration::from_millis(20))).expect("a timeout");
        let (mut scratch, mut buffer) = (Vec::new(), [0; 2_048]);
        loop {
            if active {
                handshake.begin();
            }
            handshake.poll(&mut scratch, |packet| drop(socket.send_to(packet, to))).expect("a handshake");
            if let Some((sealer, opener)) = handshake.take_keys() {
                socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                return Side { socket, to, sealer, opener };
            }
            assert!(began.elapsed() < PATIENCE, "no keys");
            match socket.recv(&mut buffer) {
                Ok(length) => handshake.packet(Instant::now(), &buffer[..length]).expect("a handshake"),
                Err(_) => handshake.tick(Instant::now()).expect("a handshake"),
            }
        }
    }

    /// The next packet that is RTP or RTCP; the last words of a handshake may come before it.
    fn hear(&self) -> Vec<u8> {
        let mut packet = [0; 2_048];
        loop {
            let length = self.socket.recv(&mut packet).expect("a packet");
            if packet[0] >> 6 == 2 {
                return packet[..length].to_vec();
            }
        }
    }
}

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").expect("a socket")
}

/// A leg that such a far side has called, with both handshakes done.
fn call(house: &mut House) -> (Leg, Side, Side) {
    let mut leg = house.media.open(1).expect("a leg");
    let sockets = [socket(), socket()];
    let [rtp, rtcp] = sockets.each_ref().map(|socket| socket.local_addr().expect("an address").port());
    let ours = &Certificate::ours().expect("a certificate").fingerprint;
    let offer = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {rtp} UDP/TLS/RTP/SAVP 0\r\n\
         a=rtcp:{rtcp}\r\na=setup:actpass\r\na=fingerprint:{ours}\r\n"
    );
    let answer = leg.accept_offer(offer.as_bytes(), None).expect("an answer");
    let answer = Session::parse(&answer).expect("a description");
    let value = |name: &str| answer.media[0].attribute(name).and_then(|a| a.value.clone());
    assert_eq!((value("setup").as_deref(), answer.media[0].attribute("rtcp-mux")), (Some("passive"), None));
    let theirs = Fingerprint::parse(&value("fingerprint").expect("a fingerprint")).expect("one of ours");
    let local = leg.local();
    let [one, other] = sockets;
    let beside = SocketAddr::new(local.ip(), local.port() + 1);
    (leg, Side::connect(one, local, &theirs), Side::connect(other, beside, &theirs))
}

#[test]
fn rtp_and_rtcp_have_keys_each() {
    let mut house = House::with(Config { rtcp_interval: Duration::from_millis(100), ..Config::default() });
    let (leg, mut sound, mut reports) = call(&mut house);
    let (plain, mut phone) = house.call("0");
    leg.bridge(&plain);

    let mut packet = vec![0; rtp::HEADER];
    rtp::write(packet.first_chunk_mut().expect("room"), 0, false, 7, 160, 5);
    packet.extend([1; 160]);
    assert!(sound.sealer.rtp(&mut packet));
    sound.socket.send_to(&packet, sound.to).expect("sent");
    assert_eq!(phone.hear().1, [1; 160]);

    phone.say(0, &[2; 160]);
    let mut packet = sound.hear();
    let length = sound.opener.rtp(&mut packet).expect("what the key of RTP opens");
    assert_eq!(packet[length - 160..length], [2; 160]);

    let report = reports.hear();
    assert!(sound.opener.rtcp(&mut report.clone()).is_err(), "the key of RTP is another");
    assert!(reports.opener.rtcp(&mut report.clone()).is_ok());
    let quality = house.quality(leg);
    assert_eq!((quality.security, quality.forged_packets), (Security::Dtls, 0));
}

#[test]
fn who_waits_for_the_handshake_is_called() {
    let mut house = House::new();
    let mut leg = house.media.open(1).expect("a leg");
    let socket = socket();
    let port = socket.local_addr().expect("an address").port();
    let ours = &Certificate::ours().expect("a certificate").fingerprint;
    let offer = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} UDP/TLS/RTP/SAVP 0\r\n\
         a=rtcp-mux\r\na=setup:passive\r\na=fingerprint:{ours}\r\n"
    );
    let answer = leg.accept_offer(offer.as_bytes(), None).expect("an answer");
    let answer = Session::parse(&answer).expect("a description");
    let value = |name: &str| answer.media[0].attribute(name).and_then(|a| a.value.clone());
    assert_eq!(value("setup").as_deref(), Some("active"));
    let theirs = Fingerprint::parse(&value("fingerprint").expect("a fingerprint")).expect("one of ours");
    let mut side = Side::shake(socket, leg.local(), &theirs, false);
    let (plain, mut phone) = house.call("0");
    leg.bridge(&plain);
    let mut packet = vec![0; rtp::HEADER];
    rtp::write(packet.first_chunk_mut().expect("room"), 0, false, 7, 160, 5);
    packet.extend([1; 160]);
    assert!(side.sealer.rtp(&mut packet));
    side.socket.send_to(&packet, side.to).expect("sent");
    assert_eq!(phone.hear().1, [1; 160]);
    phone.say(0, &[2; 160]);
    let mut packet = side.hear();
    let length = side.opener.rtp(&mut packet).expect("what the key opens");
    assert_eq!(packet[length - 160..length], [2; 160]);
}
