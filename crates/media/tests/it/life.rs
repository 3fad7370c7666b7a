use crate::phone::{House, MOMENT, PATIENCE, pace};
use media::{Config, Counts, Event, OpenError, rtcp};
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn all_sockets_are_closed_and_each_leg_says_goodbye_once() {
    let mut house = House::new();
    let (a, _alice) = house.call("0");
    let (b, _bob) = house.call("0");
    assert_eq!(house.media.counts(), Counts { legs: 2, sockets: 4, recordings: 0, mixes: 0 });
    let ports = [a.local().port(), b.local().port()];
    a.close();
    drop(b);
    for want in [1, 2] {
        assert!(matches!(house.event(), Event::Closed { tag, .. } if tag == want));
    }
    assert_eq!(house.event_within(MOMENT), None);
    assert_eq!(house.media.counts(), Counts::default());
    for port in ports {
        assert_eq!(port % 2, 0);
        UdpSocket::bind(("127.0.0.1", port)).expect("the RTP port is free");
        UdpSocket::bind(("127.0.0.1", port + 1)).expect("the RTCP port is free");
    }
}

#[test]
fn ports_run_out_and_come_back_after_their_rest() {
    for (ports, quarantine, again) in
        [(31_000..=31_003, Duration::from_secs(5), false), (31_004..=31_007, Duration::ZERO, true)]
    {
        let mut house = House::with(Config { ports, quarantine, ..Config::default() });
        // Only a port that somebody has spoken on rests.
        let (first, phone) = house.call("0");
        first.play(Arc::new(media::Sound::from_pcm(vec![0; 160])), false);
        phone.hear();
        let _second = house.media.open(2).expect("a leg");
        assert!(matches!(house.media.open(3), Err(OpenError::NoPorts)));
        house.quality(first);
        assert_eq!(house.media.open(4).is_ok(), again);
    }
}

#[test]
fn a_port_that_another_program_holds_is_passed_over() {
    let _held = UdpSocket::bind("127.0.0.1:31011").expect("a port");
    let house = House::with(Config { ports: 31_010..=31_013, ..Config::default() });
    let leg = house.media.open(1).expect("a leg");
    assert_eq!(leg.local().port(), 31_012);
    assert!(house.media.open(2).is_err(), "the other pair is held, this one is taken");
}

#[test]
fn silence_is_told_once_and_again_after_sound() {
    let silence = Some(Duration::from_millis(300));
    let mut house = House::with(Config { silence, ..Config::default() });
    let (leg, mut phone) = house.call("0");
    assert_eq!(house.event(), Event::Silent { tag: 1 });
    assert_eq!(house.event_within(MOMENT * 3), None);
    phone.say(0, &[1; 160]);
    leg.watch();
    assert_eq!(house.event(), Event::Silent { tag: 1 });
}

#[test]
fn sound_and_reports_keep_a_leg_alive_and_hold_is_no_silence() {
    let silence = Some(Duration::from_millis(400));
    let mut house = House::with(Config { silence, ..Config::default() });
    let (mut held, phone) = house.call("0");
    held.accept_offer(&phone.describe("0", "sendonly"), None).expect("an answer");
    let (_talks, mut talker) = house.call("0");
    let (_listens, listener) = house.call("0");
    let rtcp_port = (listener.server.ip(), listener.server.port() + 1);
    let mut report = Vec::new();
    rtcp::write(&mut report, 5, 0, None, None);
    pace(50, |tick| {
        talker.say(0, &[1; 160]);
        if tick % 10 == 0 {
            listener.socket.send_to(&report, rtcp_port).expect("sent");
        }
    });
    assert_eq!(house.event_within(Duration::ZERO), None);
    held.accept_offer(&phone.describe("0", "sendrecv"), None).expect("an answer");
    let mut silent: Vec<_> = (0..3).map(|_| house.event()).collect();
    silent.sort_by_key(|event| format!("{event:?}"));
    assert_eq!(silent, [1, 2, 3].map(|tag| Event::Silent { tag }));
}

#[test]
fn loss_shows_in_the_figures() {
    let mut house = House::new();
    let (leg, mut phone) = house.call("0");
    let (peer, listener) = house.call("0");
    leg.bridge(&peer);
    for n in 0..100 {
        if n % 10 == 5 {
            phone.sequence = phone.sequence.wrapping_add(1);
            phone.timestamp = phone.timestamp.wrapping_add(160);
        } else {
            phone.say(0, &[1; 160]);
            listener.hear();
        }
    }
    let quality = house.quality(leg);
    assert_eq!((quality.rx_packets, quality.lost, quality.tx_packets), (90, 10, 0));
    assert!(quality.mos.is_some_and(|mos| (1.0..3.7).contains(&mos)), "{quality:?}");
    assert_eq!(quality.codec, Some(media::Codec::Pcmu));
}

#[test]
fn reports_go_both_ways_and_measure_the_round_trip() {
    let mut house = House::with(Config { rtcp_interval: Duration::from_millis(200), ..Config::default() });
    let (mut leg, mut phone) = house.call("0");
    let rtcp_socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    rtcp_socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let rtcp_port = rtcp_socket.local_addr().expect("an address").port();
    let mut offer = phone.describe("0", "sendrecv");
    offer.extend(format!("a=rtcp:{rtcp_port}\r\n").into_bytes());
    leg.accept_offer(&offer, None).expect("an answer");
    leg.play(std::sync::Arc::new(media::sound::tone(440.0, 5000)), false);
    let ours = phone.hear().0.ssrc;
    phone.say(0, &[1; 160]);
    phone.sequence = phone.sequence.wrapping_add(1);
    phone.say(0, &[1; 160]);
    let mut packet = [0; 500];
    let (length, from) = rtcp_socket.recv_from(&mut packet).expect("a report");
    let report = rtcp::parse(&packet[..length], phone.ssrc).expect("RTCP");
    let (sent, block) = (report.sent.expect("a sender report"), report.block.expect("a block about the phone"));
    assert_eq!((block.lost, from.port()), (1, phone.server.port() + 1));
    // The phone answers at once, and says that it took its time: 0 s.
    let answer = rtcp::Block { ssrc: ours, lost: 1, last_report: sent, ..Default::default() };
    let mut out = Vec::new();
    rtcp::write(&mut out, phone.ssrc, 0, None, Some(answer));
    rtcp_socket.send_to(&out, from).expect("sent");
    // The next report shows that the answer was read.
    rtcp_socket.recv_from(&mut packet).expect("a report");
    let quality = house.quality(leg);
    let bye = [&[0x81, 203, 0, 1], &ours.to_be_bytes()[..]].concat();
    let said = std::iter::from_fn(|| rtcp_socket.recv(&mut packet).ok().map(|length| packet[..length].to_vec()));
    assert!(said.take(3).any(|report| report.ends_with(&bye)), "the end of our stream is told");
    assert!(quality.rtt_ms.is_some_and(|ms| (0.0..1000.0).contains(&ms)), "{quality:?}");
    assert!(quality.far_loss.is_some_and(|loss| loss > 0.0));
}

#[test]
fn two_threads_share_the_ports_and_a_second_leg_finds_its_peer() {
    let mut house = House::with(Config { threads: 2, ..Config::default() });
    let (a, mut alice) = house.call("0");
    let mut b = house.media.open_beside(50, &a).expect("a leg");
    let bob = crate::phone::Phone::new(b.local(), 9);
    b.accept_offer(&bob.describe("0", "sendrecv"), None).expect("an answer");
    a.bridge(&b);
    alice.say(0, &[1; 160]);
    assert_eq!(bob.hear().1, [1; 160]);
    drop((a, b));
    while house.media.counts().legs > 0 {
        house.event();
    }
}
