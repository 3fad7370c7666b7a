use super::super::{Negotiation, Offer};
use super::*;

const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const PRINT: &str =
    "sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1";

fn leg(policy: Policy) -> Negotiation {
    let mut leg = Negotiation::new(
        "203.0.113.5:20000".parse().expect("an address"),
        1,
        [crate::Codec::Pcma, crate::Codec::Pcmu].into_iter().collect(),
    )
    .identified(Identity::new([7; 32], 0x1234_5678));
    leg.set_policy(policy);
    leg
}

fn describe(media: &str) -> Vec<u8> {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}").into_bytes()
}

fn crypto(protocol: &str) -> Vec<u8> {
    let lines =
        format!("a=crypto:7 F8_128_HMAC_SHA1_80 inline:{KEY}\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n");
    describe(&format!("m=audio 4000 {protocol} 8 101\r\na=rtpmap:101 telephone-event/8000\r\n{lines}"))
}

/// As Chromium offers, shortened.
fn browser(direction: &str, fragment: &str, setup: &str) -> Vec<u8> {
    describe(&format!(
        "a=group:BUNDLE 0 1\r\na=msid-semantic: WMS x\r\nm=audio 49209 UDP/TLS/RTP/SAVPF 111 0 8 110 126\r\nc=IN IP4 0.0.0.0\r\n\
         a=rtcp:9 IN IP4 0.0.0.0\r\na=candidate:1 1 udp 2122260223 d7d65b5c.local 49209 typ host\r\n\
         a=ice-ufrag:{fragment}\r\na=ice-pwd:QKKz8GpPjiBAtyjMlPB8xJW8\r\na=fingerprint:{PRINT}\r\na=setup:{setup}\r\na=mid:0\r\n\
         a={direction}\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"
    ))
}

fn answer(leg: &mut Negotiation, offer: &[u8]) -> Session {
    let text = leg.accept_offer(offer, None).expect("an answer");
    Session::parse(text.as_bytes()).expect("a description")
}

fn value<'a>(medium: &'a Medium, name: &str) -> &'a str {
    medium.attribute(name).and_then(|a| a.value.as_deref()).unwrap_or_else(|| panic!("no {name}"))
}

fn has(medium: &Medium, name: &str) -> bool {
    medium.attribute(name).is_some()
}

#[test]
fn an_offer_with_keys_is_answered_under_its_profile_with_the_first_line_we_can_do() {
    for protocol in ["RTP/SAVP", "RTP/SAVPF", "RTP/AVP"] {
        let mut leg = leg(Policy::Offered);
        let session = answer(&mut leg, &crypto(protocol));
        let medium = &session.media[0];
        assert_eq!(medium.protocol, protocol);
        let line = Line::parse(value(medium, "crypto")).expect("a line");
        assert_eq!((line.tag, line.key.suite()), (2, Suite::AesCm80));
        assert!(matches!(leg.protection(), Protection::Sdes { ours, .. } if *ours == line.key));
        assert!(!has(medium, "fingerprint") && !has(medium, "ice-ufrag"));
        let again = answer(&mut leg, &crypto(protocol));
        assert_eq!(Line::parse(value(&again.media[0], "crypto")), Some(line), "the same key for the same session");
    }
}

#[test]
fn the_policy_forbids_keys_or_demands_them() {
    let plain = describe("m=audio 4000 RTP/AVP 8\r\n");
    let mut off = leg(Policy::Off);
    assert!(!has(&answer(&mut off, &crypto("RTP/AVP")).media[0], "crypto"));
    assert_eq!(*off.protection(), Protection::None);
    assert_eq!(off.accept_offer(&crypto("RTP/SAVP"), None), Err(NegotiationError::Unsupported("RTP/SAVP".to_owned())));
    let mut required = leg(Policy::Required);
    assert_eq!(required.accept_offer(&plain, None), Err(NegotiationError::NotProtected));
    assert!(required.accept_offer(&crypto("RTP/AVP"), None).is_ok());
    assert!(leg(Policy::Required).accept_offer(&browser("sendrecv", "abcd", "actpass"), None).is_ok());
}

#[test]
fn protected_audio_without_anything_usable_is_refused() {
    for media in [
        format!("m=audio 4000 RTP/SAVP 8\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:{KEY}\r\n"),
        "m=audio 4000 RTP/SAVP 8\r\n".to_owned(),
        "m=audio 4000 UDP/TLS/RTP/SAVPF 8\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n".to_owned(),
        "m=audio 4000 UDP/TLS/RTP/SAVPF 8\r\na=fingerprint:sha-1 AA:BB\r\n".to_owned(),
        "m=audio 4000 TCP/RTP/AVP 8\r\n".to_owned(),
    ] {
        let refused = leg(Policy::Offered).accept_offer(&describe(&media), None);
        assert!(matches!(refused, Err(NegotiationError::Unsupported(_))), "{media}");
    }
    let two = describe("m=audio 4000 RTP/SAVP 8\r\nm=audio 4002 RTP/AVP 8\r\n");
    let session = answer(&mut leg(Policy::Offered), &two);
    assert_eq!((session.media[0].port, session.media[1].port), (0, 20000));
}

#[test]
fn a_browser_gets_all_that_it_needs() {
    let mut leg = leg(Policy::Offered);
    let session = answer(&mut leg, &browser("sendrecv", "abcd", "actpass"));
    let (audio, video) = (&session.media[0], &session.media[1]);
    assert_eq!(session.attribute("group").and_then(|a| a.value.as_deref()), Some("BUNDLE 0"));
    assert!(session.attribute("ice-lite").is_some());
    assert_eq!((audio.protocol.as_str(), audio.formats.join(" ")), ("UDP/TLS/RTP/SAVPF", "0 126".to_owned()));
    assert_eq!((value(audio, "mid"), value(audio, "setup")), ("0", "passive"));
    assert_eq!(value(audio, "candidate"), "1 1 udp 2130706431 203.0.113.5 20000 typ host");
    assert!(value(audio, "ice-ufrag").len() >= 4 && value(audio, "ice-pwd").len() >= 22);
    assert!(value(audio, "fingerprint").starts_with("sha-256 "));
    assert!(has(audio, "rtcp-mux") && has(audio, "sendrecv"), "0.0.0.0 is no hold here");
    assert_eq!((video.port, value(video, "mid")), (0, "1"));
    let agreed = leg.agreed().expect("agreed");
    assert_eq!((agreed.remote, agreed.mux), (None, true));
    let Protection::Dtls { ice: Some(ice), dtls } = leg.protection() else { panic!("no DTLS") };
    assert_eq!((ice.remote.as_str(), dtls.active, dtls.fingerprints.len()), ("abcd", false, 1));
}

#[test]
fn a_browser_on_hold_keeps_its_session_and_a_new_name_restarts_ice() {
    let mut leg = leg(Policy::Offered);
    let first = answer(&mut leg, &browser("sendrecv", "abcd", "actpass"));
    let held = answer(&mut leg, &browser("sendonly", "abcd", "actpass"));
    assert!(has(&held.media[0], "recvonly"));
    let name = |session: &Session| value(&session.media[0], "ice-ufrag").to_owned();
    assert_eq!(name(&first), name(&held));
    let before = leg.protection().clone();
    let restarted = answer(&mut leg, &browser("sendrecv", "efgh", "actpass"));
    assert_ne!(name(&first), name(&restarted));
    let (Protection::Dtls { dtls: old, .. }, Protection::Dtls { dtls: new, .. }) = (&before, leg.protection()) else {
        panic!("no DTLS")
    };
    assert_eq!(old, new, "the handshake stands");
}

#[test]
fn who_offers_to_be_passive_is_called() {
    let mut leg = leg(Policy::Offered);
    let session = answer(&mut leg, &browser("sendrecv", "abcd", "passive"));
    assert_eq!(value(&session.media[0], "setup"), "active");
}

#[test]
fn an_offer_to_a_browser_is_settled_by_its_answer() {
    let mut leg = leg(Policy::Off);
    let offer = leg.offer(Offer { profile: Some(Profile::WebRtc), ..Offer::default() });
    let session = Session::parse(offer.as_bytes()).expect("a description");
    assert_eq!(value(&session.media[0], "setup"), "actpass");
    assert_eq!(session.media[0].protocol, "UDP/TLS/RTP/SAVPF");
    assert!(session.attribute("ice-lite").is_some() && session.attribute("group").is_some());
    let plain = leg.accept_answer(&describe("m=audio 4000 RTP/AVP 8\r\n"));
    assert!(matches!(plain, Err(NegotiationError::Unsupported(_))));
    leg.accept_answer(&browser("sendrecv", "abcd", "active")).expect("settled");
    assert!(matches!(leg.protection(), Protection::Dtls { dtls, .. } if !dtls.active));
    // The next offer goes on with the same session.
    let next = leg.offer(Offer::default());
    let again = Session::parse(next.as_bytes()).expect("a description");
    for name in ["ice-ufrag", "ice-pwd", "fingerprint", "mid", "setup"] {
        assert_eq!(value(&again.media[0], name), value(&session.media[0], name));
    }
}

#[test]
fn keys_that_we_offer_are_taken_or_left_or_demanded() {
    for (profile, protocol) in [(Profile::Offered, "RTP/AVP"), (Profile::Sdes, "RTP/SAVP")] {
        let mut leg = leg(Policy::Offered);
        let offer = leg.offer(Offer { profile: Some(profile), ..Offer::default() });
        let session = Session::parse(offer.as_bytes()).expect("a description");
        let lines: Vec<Line> = session.media[0]
            .attributes
            .iter()
            .filter(|a| a.name == "crypto")
            .filter_map(|a| Line::parse(a.value.as_deref()?))
            .collect();
        assert_eq!((session.media[0].protocol.as_str(), lines.len()), (protocol, 4));
        let left = leg.accept_answer(&describe(&format!("m=audio 4000 {protocol} 8\r\n")));
        assert_eq!(left.is_ok(), profile == Profile::Offered);
        assert_eq!(*leg.protection(), Protection::None);
        let wrong = format!("m=audio 4000 {protocol} 8\r\na=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n");
        assert_eq!(leg.accept_answer(&describe(&wrong)).is_ok(), profile == Profile::Offered);
        assert_eq!(*leg.protection(), Protection::None, "nobody can take a line that was not offered");
        let taken = format!("m=audio 4000 {protocol} 8\r\na=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:{KEY}\r\n");
        leg.accept_answer(&describe(&taken)).expect("settled");
        assert!(matches!(leg.protection(), Protection::Sdes { ours, .. } if *ours == lines[3].key));
        // Offered again, with the key in use.
        let next = leg.offer(Offer::default());
        let again = Session::parse(next.as_bytes()).expect("a description");
        assert_eq!(again.media[0].protocol, protocol);
        assert_eq!(Line::parse(value(&again.media[0], "crypto")).map(|l| l.key), Some(lines[3].key.clone()));
    }
}

#[test]
fn no_key_is_taken_up_again_once_it_was_laid_down() {
    let mut leg = leg(Policy::Offered);
    let ours = |leg: &Negotiation| match leg.protection() {
        Protection::Sdes { ours, .. } => Some(ours.clone()),
        Protection::None | Protection::Dtls { .. } => None,
    };
    answer(&mut leg, &crypto("RTP/SAVP"));
    let first = ours(&leg);
    answer(&mut leg, &describe("m=audio 4000 RTP/AVP 8\r\n"));
    assert_eq!(ours(&leg), None);
    answer(&mut leg, &crypto("RTP/SAVP"));
    assert!(first.is_some() && ours(&leg).is_some() && first != ours(&leg));
}

#[test]
fn rtcp_shares_the_port_when_the_far_side_says_so() {
    let mut leg = leg(Policy::Offered);
    let session = answer(&mut leg, &describe("m=audio 4000 RTP/AVP 8\r\na=rtcp-mux\r\n"));
    assert!(has(&session.media[0], "rtcp-mux"));
    let agreed = *leg.agreed().expect("agreed");
    assert_eq!((agreed.mux, agreed.remote_rtcp), (true, agreed.remote));
    let session = answer(&mut leg, &describe("m=audio 4000 RTP/AVP 8\r\n"));
    assert!(!has(&session.media[0], "rtcp-mux") && !leg.agreed().expect("agreed").mux);
}

#[test]
fn descriptions_of_any_form_are_answered_or_refused() {
    let mut dice = crate::dice::Dice::new(5);
    for n in 0..3000 {
        let seed = if n % 2 == 0 { browser("sendrecv", "abcd", "actpass") } else { crypto("RTP/SAVP") };
        let mut leg = leg(Policy::Offered);
        if let Ok(answer) = leg.accept_offer(&dice.mutate(&seed), None) {
            assert!(Session::parse(answer.as_bytes()).is_ok());
        }
        leg.offer(Offer { profile: Some(Profile::WebRtc), ..Offer::default() });
        let _ = leg.accept_answer(&dice.mutate(&seed));
        leg.offer(Offer { profile: Some(Profile::Offered), ..Offer::default() });
        let _ = leg.accept_answer(&dice.mutate(&seed));
    }
}
