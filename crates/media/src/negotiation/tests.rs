use super::*;
use crate::sdp::Limit;

fn leg() -> Negotiation {
    Negotiation::new("203.0.113.5:20000".parse().expect("an address"), 1)
}

fn phone(lines: &str) -> Vec<u8> {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n{lines}").into_bytes()
}

fn answer(leg: &mut Negotiation, lines: &str) -> String {
    leg.accept_offer(&phone(lines), None).expect("an answer")
}

#[test]
fn an_offer_names_both_codecs_and_events() {
    let offer = leg().offer(Offer { prefer: Some(Codec::Pcmu), ..Offer::default() });
    assert_eq!(
        offer,
        "v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 8 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn the_answer_takes_one_codec_by_wish_then_by_habit_then_by_the_offers_order() {
    let lines = "m=audio 4000 RTP/AVP 18 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\n";
    let mut leg = leg();
    leg.accept_offer(&phone(lines), None).expect("an answer");
    assert_eq!(leg.agreed().map(|a| a.send.codec), Some(Codec::Pcma));
    let text = leg.accept_offer(&phone(lines), Some(Codec::Pcmu)).expect("an answer");
    assert!(text.contains("m=audio 20000 RTP/AVP 0 96\r\n") && text.contains("a=fmtp:96 0-16\r\n"), "{text}");
    leg.accept_offer(&phone(lines), None).expect("an answer");
    let agreed = leg.agreed().expect("agreed");
    assert_eq!((agreed.send.codec, agreed.events_in, agreed.events_out), (Codec::Pcmu, Some(96), Some(96)));
}

#[test]
fn dynamic_payload_types_are_mirrored() {
    let mut leg = leg();
    let text = answer(&mut leg, "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 pcma/8000/1\r\n");
    assert!(text.contains("m=audio 20000 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000\r\n"), "{text}");
    assert_eq!(leg.agreed().map(|a| a.events_out), Some(None));
}

#[test]
fn other_media_are_refused_in_their_place_and_stay_there_in_our_offers() {
    let mut leg = leg();
    let lines =
        "m=video 5000 RTP/AVP 99\r\nm=audio 4000 RTP/SAVP 0\r\nm=audio 4002 RTP/AVP 0\r\nm=image 6000 udptl t38\r\n";
    let media = |text: &str| text.lines().filter(|l| l.starts_with("m=")).map(str::to_owned).collect::<Vec<_>>();
    let text = answer(&mut leg, lines);
    let want = ["m=video 0 RTP/AVP 99", "m=audio 0 RTP/SAVP 0", "m=audio 20000 RTP/AVP 0", "m=image 0 udptl t38"];
    assert_eq!(media(&text), want);
    assert_eq!(leg.agreed().and_then(|a| a.remote).map(|r| r.port()), Some(4002));
    let offer = media(&leg.offer(Offer::default()));
    assert_eq!(offer[2], "m=audio 20000 RTP/AVP 0 8 101");
    assert_eq!((&offer[..2], &offer[3]), (&want.map(str::to_owned)[..2], &want[3].to_owned()));
}

#[test]
fn hold_is_mirrored_in_all_its_forms() {
    for (lines, stated, answered) in [
        ("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n", Direction::SendOnly, "a=recvonly"),
        ("m=audio 4000 RTP/AVP 0\r\na=inactive\r\n", Direction::Inactive, "a=inactive"),
        ("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n", Direction::RecvOnly, "a=sendonly"),
        ("a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n", Direction::SendOnly, "a=recvonly"),
        ("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", Direction::SendOnly, "a=recvonly"),
        ("m=audio 4000 RTP/AVP 0\r\n", Direction::SendRecv, "a=sendrecv"),
    ] {
        let mut leg = leg();
        let text = answer(&mut leg, lines);
        assert_eq!(leg.agreed().map(|a| a.remote_direction), Some(stated), "{lines}");
        assert!(text.ends_with(&format!("{answered}\r\n")), "{lines} was answered with {text}");
    }
}

#[test]
fn the_version_grows_only_with_a_change() {
    let mut leg = leg();
    let want = Offer::default();
    let first = leg.offer(want);
    assert_eq!(leg.offer(want), first);
    let held = leg.offer(Offer { direction: Direction::SendOnly, ..want });
    assert!(held.contains("o=- 1 2 ") && first.contains("o=- 1 1 "));
    assert!(leg.offer(want).contains("o=- 1 3 "));
}

#[test]
fn an_answer_settles_codec_address_and_events() {
    let mut leg = leg();
    leg.offer(Offer::default());
    let lines =
        "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:4999 IN IP4 192.0.2.10\r\n";
    leg.accept_answer(&phone(lines)).expect("agreed");
    let agreed = leg.agreed().expect("agreed");
    assert_eq!(agreed.send, Mapping { payload_type: 0, codec: Codec::Pcmu });
    assert_eq!(agreed.receive.iter().flatten().count(), 2);
    assert_eq!((agreed.events_in, agreed.events_out), (Some(101), Some(101)));
    assert_eq!(agreed.remote, "192.0.2.9:4000".parse().ok());
    assert_eq!(agreed.remote_rtcp, "192.0.2.10:4999".parse().ok());
    assert!(agreed.may_send() && agreed.may_receive());
    // The agreed codec comes first in what we offer next.
    assert!(leg.offer(Offer::default()).contains("RTP/AVP 0 8 101\r\n"));
}

#[test]
fn a_later_answer_to_the_same_offer_replaces_the_first() {
    let mut leg = leg();
    leg.offer(Offer::default());
    leg.accept_answer(&phone("m=audio 4000 RTP/AVP 8\r\n")).expect("early");
    leg.accept_answer(&phone("m=audio 4006 RTP/AVP 0\r\n")).expect("final");
    assert_eq!(leg.agreed().map(|a| (a.send.codec, a.remote.map(|r| r.port()))), Some((Codec::Pcmu, Some(4006))));
}

#[test]
fn what_cannot_be_agreed_on_changes_nothing() {
    let mut leg = leg();
    answer(&mut leg, "m=audio 4000 RTP/AVP 0\r\n");
    let before = *leg.agreed().expect("agreed");
    let unsupported = |p: &str| NegotiationError::Unsupported(p.to_owned());
    for (lines, error) in [
        ("m=audio 4000 RTP/AVP 18 9\r\n", NegotiationError::NoCommonCodec),
        ("m=audio 0 RTP/AVP 0\r\n", NegotiationError::NoAudio),
        ("m=video 4000 RTP/AVP 99\r\n", NegotiationError::NoAudio),
        ("", NegotiationError::NoAudio),
        ("m=audio 4000 RTP/SAVP 0\r\n", unsupported("RTP/SAVP")),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n", unsupported("UDP/TLS/RTP/SAVPF")),
    ] {
        assert_eq!(leg.accept_offer(&phone(lines), None), Err(error), "{lines}");
    }
    assert_eq!(leg.accept_offer(b"nonsense", None), Err(NegotiationError::Malformed(ParseError::NotSdp)));
    assert_eq!(leg.accept_answer(&phone("m=audio 4000 RTP/AVP 0\r\n")), Err(NegotiationError::NoOffer));
    assert_eq!(leg.agreed(), Some(&before));
}

#[test]
fn a_name_for_an_address_leaves_it_to_be_learned() {
    let mut leg = leg();
    let text = "v=0\r\nc=IN IP4 phone.example\r\nm=audio 4000 RTP/AVP 0\r\n";
    leg.accept_offer(text.as_bytes(), None).expect("an answer");
    assert_eq!(leg.agreed().map(|a| (a.remote, a.may_send())), Some((None, true)));
}

#[test]
fn version_six_addresses_are_read_and_written() {
    let mut leg = Negotiation::new("[2001:db8::1]:20000".parse().expect("an address"), 1);
    let text = leg.accept_offer(b"v=0\nc=IN IP6 2001:db8::9\nm=audio 4000 RTP/AVP 0\n", None).expect("an answer");
    assert!(text.contains("c=IN IP6 2001:db8::1\r\n"), "{text}");
    assert_eq!(leg.agreed().and_then(|a| a.remote), "[2001:db8::9]:4000".parse().ok());
}

/// Any mutation of a good offer is answered or refused, and what we answer can be read.
#[test]
fn mutated_offers_never_panic() {
    let seed = phone(
        "m=audio 4000 RTP/AVP 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=rtcp:4001\r\na=sendonly\r\n\
         m=video 5000 RTP/AVP 99\r\nc=IN IP4 192.0.2.7/127\r\n",
    );
    let mut dice = crate::dice::Dice::new(1);
    let mut leg = leg();
    for _ in 0..5_000 {
        let text = dice.mutate(&seed);
        if let Ok(answer) = leg.accept_offer(&text, None) {
            let session = Session::parse(answer.as_bytes()).expect("our own words");
            assert!(session.media.len() <= Limit::MEDIA);
        }
        leg.offer(Offer::default());
        // Refusing is as good as taking; only a panic is not.
        let _ = leg.accept_answer(&text);
    }
}
