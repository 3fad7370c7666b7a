use crate::browser::Browser;
use crate::phone::{House, MOMENT, PATIENCE, Phone, decode, pace, share};
use media::{Codec, Event, Law, Leg, Offer, Profile, Security, sound};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::media::Direction;

/// A leg whose far side is a browser that has called.
fn called_by_a_browser(house: &mut House) -> (Leg, Browser) {
    let (mut leg, mut browser) = (house.media.open(1).expect("a leg"), Browser::new());
    let answer = leg.accept_offer(&browser.offer(Direction::SendRecv), None).expect("an answer");
    browser.answered(&answer);
    (leg, browser)
}

/// Each says a tone and hears that of the other.
fn talk(browser: &mut Browser, phone: &mut Phone) {
    let (high, low) = (sound::tone(1000.0, 600), sound::tone(440.0, 600));
    let (mut at_browser, mut at_phone) = (Vec::new(), Vec::new());
    browser.heard.clear();
    pace(30, |n| {
        let frame = n as usize * 160;
        browser.say(&high.coded(Law::Mu)[frame..frame + 160]);
        at_phone.extend(phone.hear().1);
        phone.say(0, &low.coded(Law::Mu)[frame..frame + 160]);
        at_browser.extend(browser.hear());
    });
    assert_eq!((&at_phone[..], &at_browser[..]), (high.coded(Law::Mu), low.coded(Law::Mu)));
    let (at_phone, at_browser) = (decode(Law::Mu, &at_phone), decode(Law::Mu, &at_browser));
    assert!(share(&at_phone, 1000.0) > 0.99 && share(&at_browser, 440.0) > 0.99);
}

#[test]
fn a_browser_that_calls_and_a_phone_hear_each_other() {
    let mut house = House::new();
    let (web, mut browser) = called_by_a_browser(&mut house);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.connect();
    assert_eq!(house.media.counts().sockets, 3, "one socket is enough for a browser");
    talk(&mut browser, &mut phone);
    let quality = house.quality(web);
    assert_eq!((quality.security, quality.forged_packets, quality.lost), (Security::Dtls, 0, 0));
    assert_eq!((quality.rx_packets, quality.tx_packets), (30, 30));
    assert_eq!(house.quality(plain).security, Security::Plain);
    assert_eq!(house.media.counts(), media::Counts::default());
}

#[test]
fn a_browser_that_is_called_and_a_phone_hear_each_other() {
    let mut house = House::new();
    let (mut web, mut browser) = (house.media.open(1).expect("a leg"), Browser::new());
    let offer =
        web.offer(Offer { profile: Some(Profile::WebRtc), prefer: Some(Codec::Pcmu).into(), ..Offer::default() });
    let answer = browser.answer(&offer);
    web.accept_answer(&answer).expect("settled");
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.connect();
    talk(&mut browser, &mut phone);
}

#[test]
fn hold_and_resume_keep_the_session() {
    let mut house = House::new();
    let (mut web, mut browser) = called_by_a_browser(&mut house);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.connect();
    talk(&mut browser, &mut phone);
    for (direction, hears) in [(Direction::SendOnly, false), (Direction::SendRecv, true)] {
        let answer = web.accept_offer(&browser.offer(direction), None).expect("an answer");
        browser.answered(&answer);
        house.settle(&web);
        browser.heard.clear();
        phone.say(0, &[5; 160]);
        assert_eq!(browser.hear_within(MOMENT).is_some(), hears, "{direction}");
    }
    talk(&mut browser, &mut phone);
}

#[test]
fn a_prompt_begins_when_the_browser_can_hear_it() {
    let mut house = House::new();
    let (web, mut browser) = called_by_a_browser(&mut house);
    let prompt = Arc::new(sound::tone(440.0, 200));
    web.play(prompt.clone(), false);
    // Longer than the prompt: it waits for the keys.
    std::thread::sleep(Duration::from_millis(300));
    browser.connect();
    assert!(browser.lives_until(PATIENCE, |b| b.heard.len() == 10), "{}", browser.heard.len());
    let heard: Vec<u8> = browser.heard.drain(..).flat_map(|(_, _, payload)| payload).collect();
    assert_eq!(heard, prompt.coded(Law::Mu));
    assert!(matches!(house.event(), Event::PlayDone { tag: 1 }));
}

#[test]
fn ice_restarts_and_moves_without_a_break() {
    let mut house = House::new();
    let (mut web, mut browser) = called_by_a_browser(&mut house);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.connect();
    talk(&mut browser, &mut phone);
    let answer = web.accept_offer(&browser.offer_restart(), None).expect("an answer");
    browser.answered(&answer);
    browser.run_for(Duration::from_millis(500));
    talk(&mut browser, &mut phone);
}

/// The first packet of a handshake, as anybody can send it.
fn hello() -> Vec<u8> {
    let certificate = dimpl::certificate::generate_self_signed_certificate().expect("a certificate");
    let now = Instant::now();
    let mut dtls = dimpl::Dtls::new_12(Arc::new(dimpl::Config::default()), certificate, now);
    dtls.set_active(true);
    dtls.handle_timeout(now).expect("time");
    let mut buffer = vec![0; 2048];
    match dtls.poll_output(&mut buffer) {
        dimpl::Output::Packet(packet) => packet.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_has_passed_no_check_is_not_heard_and_stops_nothing() {
    let mut house = House::new();
    let (web, mut browser) = called_by_a_browser(&mut house);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    let mut mallory = Phone::new(web.local(), 77);
    let attack = |mallory: &mut Phone| {
        mallory.socket.send_to(&hello(), mallory.server).expect("sent");
        mallory.say(0, &[66; 160]);
        // A check that nobody who knows the password has made.
        let check = b"\0\x01\0\0\x21\x12\xa4\x42twelve bytes";
        mallory.socket.send_to(check, mallory.server).expect("sent");
        mallory.socket.send_to(b"\xffanything else", mallory.server).expect("sent");
    };
    // Before the browser has said a word, and while it shakes hands.
    attack(&mut mallory);
    for _ in 0..50 {
        attack(&mut mallory);
        browser.run_for(Duration::from_millis(2));
    }
    browser.connect();
    attack(&mut mallory);
    talk(&mut browser, &mut phone);
    attack(&mut mallory);
    assert!(phone.is_left_alone());
    mallory.socket.set_read_timeout(Some(MOMENT)).expect("a timeout");
    assert!(mallory.socket.recv(&mut [0; 64]).is_err(), "no answer to a stranger");
    let quality = house.quality(web);
    assert_eq!((quality.rx_packets, quality.foreign_packets), (30, 4 * 53));
}

#[test]
fn a_forged_packet_from_the_right_address_is_counted_and_dropped() {
    let mut house = House::new();
    let (web, mut browser) = called_by_a_browser(&mut house);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.connect();
    talk(&mut browser, &mut phone);
    let mut packet = vec![66; 12 + 160 + 16];
    media::rtp::write(packet.first_chunk_mut().expect("room"), 0, false, 60_031, 4800, 5);
    browser.socket.send_to(&packet, web.local()).expect("sent");
    assert!(phone.is_left_alone());
    let quality = house.quality(web);
    assert_eq!((quality.rx_packets, quality.forged_packets), (30, 1));
}

#[test]
fn who_shows_another_certificate_than_described_gets_no_keys() {
    let mut house = House::new();
    let (mut web, mut browser) = (house.media.open(1).expect("a leg"), Browser::new());
    let offer = String::from_utf8(browser.offer(Direction::SendRecv)).expect("text");
    let place = offer.find("a=fingerprint:").expect("a fingerprint") + "a=fingerprint:sha-256 ".len();
    let mut forged = offer.clone().into_bytes();
    forged[place..place + 2].copy_from_slice(if &offer[place..place + 2] == "00" { b"01" } else { b"00" });
    let answer = web.accept_offer(&forged, None).expect("an answer");
    browser.answered(&answer);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.run_for(Duration::from_millis(1000));
    phone.say(0, &[1; 160]);
    assert!(browser.hear_within(MOMENT).is_none());
    assert_eq!(house.quality(web).tx_packets, 0);
}

#[test]
fn after_the_end_nothing_comes_any_more() {
    let mut house = House::new();
    let (web, mut browser) = called_by_a_browser(&mut house);
    let (plain, mut phone) = house.call("0 101");
    web.bridge(&plain);
    browser.connect();
    talk(&mut browser, &mut phone);
    house.quality(web);
    // What was on its way, and the end of our stream.
    browser.run_for(MOMENT);
    browser.datagrams = 0;
    phone.say(0, &[1; 160]);
    browser.run_for(MOMENT);
    assert_eq!(browser.datagrams, 0);
    assert_eq!(house.media.counts().legs, 1);
}
