use super::*;
use crate::sdp::Limit;

fn leg() -> Negotiation {
    speaks(&[Codec::Pcma, Codec::Pcmu])
}

fn all() -> Negotiation {
    speaks(&Codec::ALL)
}

fn speaks(codecs: &[Codec]) -> Negotiation {
    Negotiation::new("203.0.113.5:20000".parse().expect("an address"), 1, codecs.iter().copied().collect())
}

/// The `m=` lines of a description, and the `a=` lines that tell of formats.
fn formats(text: &str) -> Vec<&str> {
    text.lines().filter(|l| ["m=", "a=rtpmap", "a=fmtp"].iter().any(|p| l.starts_with(p))).collect()
}

fn phone(lines: &str) -> Vec<u8> {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n{lines}").into_bytes()
}

fn answer(leg: &mut Negotiation, lines: &str) -> String {
    leg.accept_offer(&phone(lines), None).expect("an answer")
}

#[test]
fn an_offer_names_both_codecs_and_events() {
    let offer = leg().offer(Offer { prefer: Some(Codec::Pcmu).into(), ..Offer::default() });
    assert_eq!(
        offer,
        "v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 8 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

fn at(payload_type: u8) -> Events {
    Events { payload_type, clock: 8000 }
}

#[test]
fn an_offer_of_all_codecs_names_opus_with_two_channels_and_events_of_both_clocks() {
    let want = [
        "m=audio 20000 RTP/AVP 8 0 9 111 101 102",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
        "a=rtpmap:102 telephone-event/48000",
        "a=fmtp:102 0-16",
    ];
    assert_eq!(formats(&all().offer(Offer::default())), want);
}

#[test]
fn what_one_leg_likes_is_offered_to_the_other_first() {
    let mut near = all();
    let lines = "m=audio 4000 RTP/AVP 18 96 0 13 8\r\na=rtpmap:96 opus/48000/2\r\na=ptime:40\r\n";
    let text = answer(&mut near, lines);
    assert_eq!(
        formats(&text)[..2],
        ["m=audio 20000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2"],
        "G.729 only when nothing else is"
    );
    let mut far = all();
    let offer = far.offer(Offer { prefer: near.taste(), ..Offer::default() });
    assert_eq!(formats(&offer)[0], "m=audio 20000 RTP/AVP 18 111 0 8 9 101 102 13");
    assert!(offer.contains("a=ptime:40\r\n") && offer.contains("a=fmtp:18 annexb=no\r\n"), "{offer}");
    // Who has nothing else is joined with his like only.
    let passed = all().offer(Offer { prefer: Some(Codec::G729).into(), ..Offer::default() });
    assert_eq!(formats(&passed)[0], "m=audio 20000 RTP/AVP 18 101");
    // Whoever cannot decode it is not offered it either.
    assert!(!all().offer(Offer::default()).contains("G729"));
}

#[test]
fn opus_is_answered_with_events_of_its_clock_or_else_of_eight_kilohertz() {
    for (clocks, want) in [
        (
            "a=rtpmap:97 telephone-event/8000\r\na=rtpmap:98 telephone-event/48000\r\n",
            Events { payload_type: 98, clock: 48_000 },
        ),
        ("a=rtpmap:97 telephone-event/8000\r\n", at(97)),
    ] {
        let mut leg = all();
        let lines = format!(
            "m=audio 4000 RTP/AVP 96 97 98 13\r\na=rtpmap:96 opus/48000/2\r\n\
             a=fmtp:96 useinbandfec=1; maxaveragebitrate=16000;stereo=0\r\n{clocks}a=maxptime:60\r\n"
        );
        answer(&mut leg, &lines);
        let agreed = leg.agreed().expect("agreed");
        assert_eq!((agreed.send.codec, agreed.events_out, agreed.noise), (Codec::Opus, Some(want), None));
        assert_eq!((agreed.opus, agreed.maxptime_ms), (OpusWish { fec: true, most_bits: Some(16_000) }, Some(60)));
    }
}

#[test]
fn a_payload_type_keeps_its_meaning_and_never_has_two() {
    let mut leg = all();
    answer(
        &mut leg,
        "m=audio 4000 RTP/AVP 101 111\r\na=rtpmap:101 opus/48000/2\r\na=rtpmap:111 telephone-event/48000\r\n",
    );
    let offer = leg.offer(Offer::default());
    assert_eq!(formats(&offer)[0], "m=audio 20000 RTP/AVP 101 8 0 9 96 111");
    assert!(offer.contains("a=rtpmap:96 telephone-event/8000\r\n"), "{offer}");
}

#[test]
fn each_side_may_have_payload_types_of_its_own() {
    let mut leg = all();
    leg.offer(Offer { prefer: Some(Codec::Opus).into(), ..Offer::default() });
    let lines = "m=audio 4000 RTP/AVP 96 8 97\r\na=rtpmap:96 OPUS/48000/2\r\na=rtpmap:97 telephone-event/48000\r\n";
    leg.accept_answer(&phone(lines)).expect("agreed");
    let agreed = leg.agreed().expect("agreed");
    let mapping = |payload_type, codec| Mapping { payload_type, codec };
    assert_eq!(agreed.send, mapping(96, Codec::Opus));
    let receive: Vec<_> = agreed.receive.iter().flatten().copied().collect();
    assert_eq!(receive, [mapping(111, Codec::Opus), mapping(8, Codec::Pcma), mapping(96, Codec::Opus)]);
    let events =
        [8000, 48_000].map(|clock| Some(Events { payload_type: if clock == 8000 { 101 } else { 102 }, clock }));
    assert_eq!((agreed.events_in, agreed.events_out.map(|e| e.payload_type)), (events, Some(97)));
}

#[test]
fn comfort_noise_is_answered_and_offered_on_but_never_invited() {
    let mut near = leg();
    let text = answer(&mut near, "m=audio 4000 RTP/AVP 8 13\r\n");
    assert!(text.contains("RTP/AVP 8 13\r\n") && text.contains("a=rtpmap:13 CN/8000\r\n"), "{text}");
    assert_eq!(near.agreed().and_then(|a| a.noise), Some(13));
    let far = leg().offer(Offer { prefer: near.taste(), ..Offer::default() });
    assert!(far.contains("RTP/AVP 8 0 101 13\r\n"), "{far}");
    assert!(!leg().offer(Offer::default()).contains("CN/"));
}

#[test]
fn what_is_not_allowed_is_neither_offered_nor_answered() {
    let mut leg = speaks(&[Codec::Pcmu]);
    let offer = leg.offer(Offer { prefer: Some(Codec::Opus).into(), ..Offer::default() });
    assert_eq!(formats(&offer)[0], "m=audio 20000 RTP/AVP 0 101");
    assert_eq!(leg.accept_answer(&phone("m=audio 4000 RTP/AVP 8\r\n")), Err(NegotiationError::NoCommonCodec));
    assert!(answer(&mut leg, "m=audio 4000 RTP/AVP 9 8 0\r\n").contains("RTP/AVP 0\r\n"));
}

#[test]
fn unknown_formats_and_lines_are_kept_away() {
    let mut leg = all();
    let lines = "m=audio 4000 RTP/AVP 3 105 112 9 200 x\r\na=rtpmap:105 AMR-WB/16000\r\na=rtpmap:112 iLBC/8000\r\n\
                 a=fmtp:112 mode=30\r\na=rtcp-fb:* nack\r\na=extmap:1 urn:x\r\na=ptime:abc\r\na=maxptime:0\r\na=silly\r\n";
    let text = answer(&mut leg, lines);
    let lines: Vec<&str> = text.lines().skip_while(|l| !l.starts_with("m=")).collect();
    assert_eq!(lines, ["m=audio 20000 RTP/AVP 9", "a=rtpmap:9 G722/8000", "a=ptime:20", "a=sendrecv"]);
    assert_eq!(leg.agreed().map(|a| (a.ptime_ms, a.maxptime_ms)), Some((None, None)));
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
    assert_eq!(
        (agreed.send.codec, agreed.events_in, agreed.events_out),
        (Codec::Pcmu, [Some(at(96)), None], Some(at(96)))
    );
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
    assert_eq!((agreed.events_in, agreed.events_out), ([Some(at(101)), None], Some(at(101))));
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
        ("m=audio 4000 RTP/AVP 3 9\r\n", NegotiationError::NoCommonCodec),
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
    let codecs = Codec::ALL.into_iter().collect();
    let mut leg = Negotiation::new("[2001:db8::1]:20000".parse().expect("an address"), 1, codecs);
    let text = leg.accept_offer(b"v=0\nc=IN IP6 2001:db8::9\nm=audio 4000 RTP/AVP 0\n", None).expect("an answer");
    assert!(text.contains("c=IN IP6 2001:db8::1\r\n"), "{text}");
    assert_eq!(leg.agreed().and_then(|a| a.remote), "[2001:db8::9]:4000".parse().ok());
}

/// Any mutation of a good offer is answered or refused, and what we answer can be read.
#[test]
fn mutated_offers_never_panic() {
    let seed = phone(
        "m=audio 4000 RTP/AVP 111 0 8 96 13\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1;maxaveragebitrate=9000\r\n\
         a=rtpmap:96 telephone-event/8000\r\na=rtcp:4001\r\na=ptime:20\r\na=maxptime:60\r\na=sendonly\r\n\
         m=video 5000 RTP/AVP 99\r\nc=IN IP4 192.0.2.7/127\r\n",
    );
    let mut dice = crate::dice::Dice::new(1);
    let mut leg = all();
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
