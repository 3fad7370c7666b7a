//! Calls that arrive.

use model::Cause;

use super::*;
use crate::endpoint::event::Origin;

#[test]
fn a_carriers_call_is_tried_rung_answered_and_acknowledged() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    assert_eq!(world.one().status(), Some(100));
    let incoming = world.incoming();
    assert_eq!(incoming.origin, Origin::Carrier("10.9.9.9".parse().expect("an address")));
    assert_eq!((incoming.dialled.as_str(), incoming.from.user.as_str()), ("02873000001", "0901234567"));
    assert_eq!(incoming.from.display, "Khách");
    assert_eq!(incoming.offer.as_deref(), Some(OFFER.as_bytes()));

    world.orders(incoming.leg, Command::Provisional { code: 180, body: None });
    let ringing = world.one();
    let tag = ringing.to_tag().expect("a tag").to_owned();
    assert_eq!((ringing.status(), ringing.header(Name::Contact)), (Some(180), Some("<sip:alo@10.0.0.1:5060>")));

    world.orders(incoming.leg, Command::Answer { body: body("v=0 ours") });
    let ok = world.one();
    assert_eq!((ok.status(), ok.to_tag(), ok.body()), (Some(200), Some(tag.as_str()), b"v=0 ours".as_slice()));

    world.hears(CARRIER, &request("ACK", "a1", 1, &tag, ""));
    world.passes_ms(60_000);
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.endpoint.counts(), (1, 0));
}

#[test]
fn a_phone_behind_a_carriers_address_is_still_asked_for_its_proof() {
    let mut world = World::new();
    let invite = invite("i1", OFFER).replace("sip:0901234567@carrier.test", "sip:101@alo.test");
    world.hears(CARRIER, &invite);
    assert_eq!(world.one().status(), Some(401));
    assert!(world.events.is_empty());
}

#[test]
fn a_repeated_invite_hears_the_last_answer_and_makes_no_second_call() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Provisional { code: 180, body: None });
    world.said();
    world.hears(CARRIER, &invite("i1", OFFER));
    assert_eq!(world.one().status(), Some(180));
    assert!(world.events.is_empty());
}

#[test]
fn the_same_invite_on_a_second_way_is_a_loop() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    world.said();
    world.hears(CARRIER, &invite("other", OFFER));
    assert_eq!(world.one().status(), Some(482));
}

#[test]
fn an_answer_is_repeated_until_nobody_can_be_there_and_then_the_call_is_ended() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0") });
    let start = world.now;
    world.said();
    world.passes_ms(31_999);
    assert_eq!(
        world.times_of("200 INVITE", start),
        [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
    );
    assert_eq!(world.signals(), []);
    world.passes_ms(1);
    let bye = world.one();
    assert_eq!((bye.method_text(), bye.request_uri()), ("BYE", "sip:gw@10.9.9.9:5060"));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Unreachable }]);
    world.hears(CARRIER, &response(&bye, "200 OK", "", ""));
    assert_eq!(world.signals(), []);
    world.is_empty();
}

#[test]
fn a_call_whose_first_acks_were_lost_stays_up() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.said();
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    world.passes_ms(4000);
    let answers: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(answers.iter().map(word).collect::<Vec<_>>(), ["200 INVITE"; 4]);
    world.hears(CARRIER, &request("ACK", "a1", 1, answers[0].to_tag().expect("a tag"), ""));
    world.passes(Duration::from_secs(60));
    assert_eq!((world.said(), world.signals()), (Vec::new(), Vec::new()), "nothing is repeated, nothing ends");
    assert_eq!(world.endpoint.counts().0, 1);
}

#[test]
fn a_hang_up_before_the_ack_waits_for_it() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0") });
    let tag = world.sent.last().expect("a 200").2.to_tag().expect("a tag").to_owned();
    world.said();
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    assert_eq!(world.said(), [""; 0]);
    world.hears(CARRIER, &request("ACK", "a1", 1, &tag, ""));
    let bye = world.one();
    assert_eq!(bye.method_text(), "BYE");
    world.hears(CARRIER, &response(&bye, "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
    world.is_empty();
}

#[test]
fn a_cancel_is_answered_and_ends_the_invite_with_487() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    world.said();
    world.events.clear();
    world.hears(CARRIER, &request("CANCEL", "i1", 1, "", ""));
    assert_eq!(world.said(), ["200 CANCEL", "487 INVITE"]);
    assert_eq!(world.signals(), [Signal::Cancelled]);
    // Its own ACK ends the repetition.
    let ack = request("ACK", "i1", 1, "x", "");
    world.hears(CARRIER, &ack);
    world.passes_ms(40_000);
    assert_eq!(world.said(), [""; 0]);
    world.is_empty();
}

#[test]
fn a_refusal_is_repeated_until_its_ack() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Reject { cause: Cause::Busy });
    world.passes_ms(2000);
    assert_eq!(world.said(), ["100 INVITE", "486 INVITE", "486 INVITE", "486 INVITE"]);
    world.hears(CARRIER, &request("ACK", "i1", 1, "x", ""));
    world.passes_ms(40_000);
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.signals(), []);
    world.is_empty();
}

#[test]
fn a_cancel_after_the_answer_changes_nothing() {
    let mut world = World::new();
    let (_, _) = answered(&mut world);
    world.hears(CARRIER, &request("CANCEL", "i1", 1, "", ""));
    assert_eq!(world.said(), ["200 CANCEL"]);
    assert_eq!(world.signals(), []);
    assert_eq!(world.endpoint.counts(), (1, 0));
}

#[test]
fn a_cancel_of_nothing_is_481() {
    let mut world = World::new();
    world.hears(CARRIER, &request("CANCEL", "i1", 1, "", ""));
    assert_eq!(world.one().status(), Some(481));
}

#[test]
fn a_call_nobody_answers_is_refused_in_the_end_and_kept_ringing_until_then() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Provisional { code: 180, body: None });
    let start = world.now;
    world.said();
    world.passes_ms(299_999);
    assert_eq!(world.times_of("180 INVITE", start), [60_000, 120_000, 180_000, 240_000]);
    world.passes_ms(1);
    assert_eq!(world.said(), ["480 INVITE"]);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::NoAnswer }]);
}

#[test]
fn unknown_users_and_wrong_passwords_hear_the_same() {
    let mut world = World::new();
    let ask = |world: &mut World, user: &str, branch: &str| {
        let text = invite(branch, OFFER).replace("sip:0901234567@carrier.test", &format!("sip:{user}@alo.test"));
        world.hears(PHONE, &text);
        let answer = world.one();
        let names: Vec<String> = answer.all_headers().map(|(name, _)| name.to_owned()).collect();
        (answer.status(), names, answer.raw().len())
    };
    let known = ask(&mut world, "101", "k");
    assert_eq!(known.0, Some(401));
    assert_eq!(known, ask(&mut world, "999", "u"));
    assert!(world.events.is_empty());
    world.is_empty();
}

#[test]
fn a_phone_with_the_right_password_may_call() {
    let mut world = World::new();
    let text = invite("k", OFFER).replace("sip:0901234567@carrier.test", "sip:101@alo.test");
    world.hears(PHONE, &text);
    let challenge = world.one();
    let lines: Vec<&str> = challenge.headers(Name::WwwAuthenticate).collect();
    assert_eq!(lines.len(), 2);
    for (index, line) in lines.iter().enumerate() {
        let uri = "sip:02873000001@10.0.0.1";
        let proof = crate::auth::answer_challenge(line, "INVITE", uri, "101", "pw101", "c", index as u32 + 1);
        let text = text
            .replace("z9hG4bKk", &format!("z9hG4bKp{index}"))
            .replace("Call-ID: c1", &format!("Call-ID: c{index}"))
            .replace("\nContact", &format!("\nAuthorization: {}\nContact", proof.expect("a proof")));
        world.hears(PHONE, &text);
        assert_eq!(world.one().status(), Some(100));
        assert_eq!(world.incoming().origin, Origin::Account(101));
    }
}

#[test]
fn guessing_passwords_is_stopped() {
    let mut world = World::new();
    let text = invite("g", OFFER).replace("sip:0901234567@carrier.test", "sip:101@alo.test");
    world.hears(PHONE, &text);
    let challenge = world.one();
    let line = challenge.headers(Name::WwwAuthenticate).last().expect("a challenge").to_owned();
    for n in 1..20 {
        let uri = "sip:02873000001@10.0.0.1";
        let guess = crate::auth::answer_challenge(&line, "INVITE", uri, "101", &format!("guess{n}"), "c", n);
        let text = text
            .replace("z9hG4bKg", &format!("z9hG4bKg{n}"))
            .replace("\nContact", &format!("\nAuthorization: {}\nContact", guess.expect("a proof")));
        world.hears(PHONE, &text);
    }
    assert_eq!(world.said().len(), 10);
}

#[test]
fn while_draining_new_calls_are_sent_elsewhere() {
    let mut world = World::new();
    world.shared.drain();
    world.hears(CARRIER, &invite("i1", OFFER));
    let answer = world.one();
    assert_eq!((answer.status(), answer.header(Name::RetryAfter)), (Some(503), Some("5")));
    world.hears(CARRIER, &request("OPTIONS", "o1", 2, "", ""));
    assert_eq!(world.one().status(), Some(503));
    world.is_empty();
}

#[test]
fn when_the_house_is_behind_new_calls_are_sent_elsewhere() {
    let mut world = World::new();
    world.endpoint.set_backlog(5000);
    world.hears(CARRIER, &invite("i1", OFFER));
    assert_eq!(world.one().status(), Some(503));
}

#[test]
fn requests_that_cannot_be_served_hear_why() {
    let mut world = World::new();
    for (method, status) in [
        ("BYE", 481),
        ("INFO", 481),
        ("UPDATE", 481),
        ("MESSAGE", 401),
        ("SUBSCRIBE", 401),
        ("PUBLISH", 405),
        ("DANCE", 501),
        ("OPTIONS", 200),
    ] {
        world.hears(CARRIER, &request(method, method, 1, "", ""));
        let answer = world.one();
        assert_eq!(answer.status(), Some(status), "{method}");
        // A stranger's short OPTIONS is not worth the long line (see `guarding`).
        assert_eq!(answer.header(Name::Allow).is_some(), matches!(status, 405 | 501), "{method}");
    }
    world.hears(CARRIER, &request("INVITE", "t1", 1, "unknown", OFFER));
    assert_eq!(world.one().status(), Some(481));
    world.hears(CARRIER, &request("ACK", "t2", 1, "unknown", ""));
    assert_eq!(world.said(), [""; 0]);
    world.hears(CARRIER, &invite("t3", "x").replace("application/sdp", "text/plain"));
    assert_eq!(world.one().header(Name::Accept), Some("application/sdp"));
    world.hears(CARRIER, &invite("t4", OFFER).replace("Max-Forwards: 70", "Require: gruu"));
    let answer = world.one();
    assert_eq!((answer.status(), answer.header(Name::Unsupported)), (Some(420), Some("gruu")));
    world.hears(CARRIER, &invite("t5", OFFER).replace("INVITE sip:02873000001@10.0.0.1", "INVITE urn:x:y"));
    assert_eq!(world.one().status(), Some(416));
    world.hears(CARRIER, &invite("t6", OFFER).replace("Max-Forwards: 70", "Max-Forwards: 0"));
    assert_eq!(world.one().status(), Some(483));
    world.hears(CARRIER, &invite("t7", OFFER).replace("Contact:", "X-Contact:"));
    assert_eq!(world.one().status(), Some(400));
    world.is_empty();
}

#[test]
fn an_answer_that_belongs_to_nothing_is_dropped() {
    let mut world = World::new();
    for status in ["100 Trying", "200 OK", "486 Busy Here"] {
        let text = invite("z", "").replace("INVITE sip:02873000001@10.0.0.1 SIP/2.0", &format!("SIP/2.0 {status}"));
        world.hears(PHONE, &text);
        world.hears(PHONE, &text.replace("z9hG4bKz", "z9hG4bK0123456789abcdef"));
    }
    assert_eq!(world.said(), [""; 0]);
}

#[test]
fn an_invite_without_offer_is_answered_with_ours_and_the_ack_brings_theirs() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", ""));
    let incoming = world.incoming();
    assert_eq!(incoming.offer, None);
    world.orders(incoming.leg, Command::Answer { body: body("v=0 our offer") });
    let tag = world.sent.last().expect("a 200").2.to_tag().expect("a tag").to_owned();
    world.hears(CARRIER, &request("ACK", "a1", 1, &tag, "v=0 their answer"));
    assert_eq!(world.signals(), [Signal::ReofferAnswered { body: Some(body("v=0 their answer")) }]);
}

#[test]
fn an_offer_among_other_parts_is_found() {
    let mut world = World::new();
    let parts = "--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0 part\r\n--x--\r\n";
    world.hears(CARRIER, &invite("i1", parts).replace("application/sdp\n\n", "multipart/mixed;boundary=x\n\n"));
    assert_eq!(world.incoming().offer, Some(body("v=0 part")));
}

#[test]
fn strangers_get_little_back_for_what_they_send() {
    let mut world = World::new();
    let stranger = |method: &str| {
        request(method, "amplify", 1, "", "")
            .replace("sip:02873000001@10.0.0.1", "sip:101@alo.test")
            .replace("sip:0901234567@carrier.test", "sip:101@alo.test")
            .replace(
                "\nContact",
                "\nUser-Agent: A usual phone 1.2.3\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS\nContact",
            )
    };
    for method in ["REGISTER", "INVITE", "OPTIONS", "BYE", "DANCE", "MESSAGE"] {
        let text = stranger(method);
        world.hears(PHONE, &text);
        let answer = world.one();
        let sent = text.len() + text.lines().count() + "Content-Length: 0".len();
        assert!(answer.raw().len() * 2 <= sent * 3, "{method}: {} for {sent} bytes", answer.raw().len());
    }
}
