//! Inside an answered call: changes, glare, INFO, and the end from either side.

use model::Cause;

use super::*;

#[test]
fn their_bye_waits_until_the_call_is_on_record() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    let bye = request("BYE", "b1", 2, &tag, "");
    world.hears(CARRIER, &bye);
    assert_eq!(world.signals(), [Signal::Bye { cause: Cause::Normal }]);
    world.hears(CARRIER, &bye);
    assert_eq!(world.said(), [""; 0]);
    world.orders(leg, Command::FinishBye);
    assert_eq!(world.said(), ["200 BYE"]);
    world.is_empty();
    world.hears(CARRIER, &bye);
    assert_eq!(world.said(), ["200 BYE"]);
    assert_eq!(world.signals(), []);
}

#[test]
fn their_bye_is_answered_after_two_seconds_in_any_case() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    let bye = request("BYE", "b1", 2, &tag, "").replace("Contact", "Reason: Q.850;cause=41\nContact");
    world.hears(CARRIER, &bye);
    assert_eq!(world.signals(), [Signal::Bye { cause: Cause::Unavailable }]);
    world.passes_ms(1999);
    assert_eq!(world.said(), [""; 0]);
    world.passes_ms(1);
    assert_eq!(world.said(), ["200 BYE"]);
    world.is_empty();
}

#[test]
fn our_bye_says_why_and_is_given_up_in_the_end() {
    let mut world = World::new();
    let (leg, _) = answered(&mut world);
    world.orders(leg, Command::Hangup { cause: Cause::MediaTimeout });
    let bye = world.one();
    assert_eq!(bye.header(Name::Reason), Some("Q.850;cause=102;text=\"media_timeout\""));
    world.passes_ms(32_000);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::MediaTimeout }]);
    world.is_empty();
}

#[test]
fn byes_that_cross_are_both_answered() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let ours = world.one();
    world.hears(CARRIER, &request("BYE", "b1", 2, &tag, ""));
    assert_eq!(world.said(), ["200 BYE"]);
    world.hears(CARRIER, &response(&ours, "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
    world.is_empty();
}

#[test]
fn a_bye_with_a_foreign_tag_ends_nothing() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    world.hears(CARRIER, &request("BYE", "b1", 2, &tag, "").replace("tag=far", "tag=guess"));
    assert_eq!(world.said(), ["481 BYE"]);
    world.hears(CARRIER, &request("BYE", "b2", 2, "guess", ""));
    assert_eq!(world.said(), ["481 BYE"]);
    assert_eq!(world.signals(), []);
}

#[test]
fn a_challenged_bye_is_sent_again_with_credentials() {
    let mut world = World::new();
    let (leg, _) = talking(&mut world);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let bye = world.one();
    let challenge = response(&bye, "401 Unauthorized", "", "")
        .replace("\nContact", "\nWWW-Authenticate: Digest realm=\"carrier\",nonce=\"n1\",qop=\"auth\"\nContact");
    world.hears(CARRIER, &challenge);
    let again = world.one();
    assert!(again.header(Name::Authorization).is_some() && again.cseq() > bye.cseq());
    world.hears(CARRIER, &response(&again, "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
    world.is_empty();
}

#[test]
fn their_reoffer_is_answered_and_the_answer_repeated_until_its_ack() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    let reinvite = request("INVITE", "r1", 2, &tag, "v=0 hold").replace("gw@10.9.9.9:5060", "gw@10.9.9.9:5090");
    world.hears(CARRIER, &reinvite);
    assert_eq!(world.said(), ["100 INVITE"]);
    assert_eq!(world.signals(), [Signal::Reoffer { body: Some(body("v=0 hold")) }]);
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 held") });
    world.passes_ms(1500);
    assert_eq!(world.said(), ["200 INVITE", "200 INVITE", "200 INVITE"]);
    world.hears(CARRIER, &request("ACK", "ra1", 2, &tag, ""));
    world.passes_ms(40_000);
    assert_eq!(world.said(), [""; 0]);
    // The new Contact counts.
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let (_, flow, bye) = world.sent.remove(0);
    assert_eq!((bye.request_uri(), flow.remote.port()), ("sip:gw@10.9.9.9:5090", 5090));
}

#[test]
fn a_refused_reoffer_leaves_the_call_as_it_was() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    world.hears(CARRIER, &request("INVITE", "r1", 2, &tag, "v=0 video"));
    world.orders(leg, Command::RejectReoffer { code: 488 });
    world.hears(CARRIER, &request("ACK", "r1", 2, &tag, ""));
    assert_eq!(world.said(), ["100 INVITE", "488 INVITE"]);
    assert_eq!(world.endpoint.counts(), (1, 0));
}

#[test]
fn a_reoffer_nobody_answers_fails_alone() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    world.hears(CARRIER, &request("INVITE", "r1", 2, &tag, "v=0"));
    world.passes_ms(10_000);
    assert_eq!(world.said(), ["100 INVITE", "500 INVITE"]);
    assert_eq!(world.endpoint.counts().0, 1);
}

#[test]
fn a_second_reoffer_before_the_first_is_answered_is_500_with_retry_after() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    world.hears(CARRIER, &request("INVITE", "r1", 2, &tag, "v=0"));
    world.said();
    world.hears(CARRIER, &request("INVITE", "r2", 3, &tag, "v=0"));
    let answer = world.one();
    assert_eq!(answer.status(), Some(500));
    assert!(answer.header(Name::RetryAfter).is_some());
}

#[test]
fn a_request_with_an_old_number_is_500() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    world.hears(CARRIER, &request("INFO", "n1", 9, &tag, ""));
    world.hears(CARRIER, &request("INFO", "n2", 8, &tag, ""));
    assert_eq!(world.said(), ["200 INFO", "500 INFO"]);
}

#[test]
fn a_cancelled_reoffer_leaves_the_call_up() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    world.hears(CARRIER, &request("INVITE", "r1", 2, &tag, "v=0"));
    world.said();
    world.hears(CARRIER, &request("CANCEL", "r1", 2, &tag, ""));
    assert_eq!(world.said(), ["200 CANCEL", "487 INVITE"]);
    assert_eq!(world.endpoint.counts().0, 1);
    assert_eq!(world.signals(), [Signal::Reoffer { body: Some(body("v=0")) }]);
}

#[test]
fn a_bye_ends_a_reoffer_that_waits() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    world.hears(CARRIER, &request("INVITE", "r1", 2, &tag, "v=0"));
    world.said();
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    assert_eq!(world.said(), ["487 INVITE", "BYE"]);
}

#[test]
fn their_update_is_answered_by_the_house_or_at_once_when_it_offers_nothing() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    world.hears(CARRIER, &request("UPDATE", "u1", 2, &tag, ""));
    assert_eq!(world.said(), ["200 UPDATE"]);
    assert_eq!(world.signals(), []);
    world.hears(CARRIER, &request("UPDATE", "u2", 3, &tag, "v=0 new"));
    assert_eq!(world.signals(), [Signal::Reoffer { body: Some(body("v=0 new")) }]);
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 ok") });
    assert_eq!(world.one().body(), b"v=0 ok");
    world.passes_ms(5000);
    assert_eq!(world.said(), [""; 0]);
}

#[test]
fn our_reoffer_is_answered_and_acknowledged() {
    let mut world = World::new();
    let (leg, _) = talking(&mut world);
    world.orders(leg, Command::Reoffer { body: body("v=0 changed") });
    let reinvite = world.one();
    assert_eq!(
        (reinvite.method_text(), reinvite.body(), reinvite.to_tag()),
        ("INVITE", b"v=0 changed".as_slice(), Some("far"))
    );
    let ok = response(&reinvite, "200 OK", "", "v=0 agreed");
    world.hears(CARRIER, &ok);
    world.hears(CARRIER, &ok);
    assert_eq!(world.said(), ["ACK", "ACK"]);
    assert_eq!(world.signals(), [Signal::ReofferAnswered { body: Some(body("v=0 agreed")) }]);
}

#[test]
fn offers_that_cross_are_491_and_ours_is_tried_again_after_a_random_pause() {
    let mut world = World::new();
    // The side that made the Call-ID waits 2.1 to 4 seconds, the other at most 2.
    for (ours, range) in [(true, 2100..=4000_u128), (false, 0..=2000)] {
        let mut world_of_theirs = World::new();
        let (leg, tag, world) = if ours {
            let (leg, invite) = talking(&mut world);
            (leg, invite.from_tag().expect("a tag").to_owned(), &mut world)
        } else {
            let (leg, tag) = answered(&mut world_of_theirs);
            (leg, tag, &mut world_of_theirs)
        };
        world.orders(leg, Command::Reoffer { body: body("v=0 ours") });
        let mine = world.one();
        let theirs = request("INVITE", "r1", 7, &tag, "v=0 theirs")
            .replace("Call-ID: c1", &format!("Call-ID: {}", mine.call_id()));
        world.hears(CARRIER, &theirs);
        assert_eq!(world.said(), ["491 INVITE"]);
        world.hears(CARRIER, &theirs.replace("INVITE sip", "ACK sip").replace("7 INVITE", "7 ACK"));
        world.hears(CARRIER, &response(&mine, "491 Request Pending", "", ""));
        assert_eq!(world.said(), ["ACK"]);
        let start = world.now;
        world.passes_ms(4000);
        let again = world.times_of("INVITE", start);
        assert!(again.first().is_some_and(|ms| range.contains(ms)), "{again:?}");
        assert_eq!(world.signals(), []);
    }
}

#[test]
fn a_reoffer_to_a_far_side_that_forgot_the_call_ends_it() {
    let mut world = World::new();
    let (leg, _) = talking(&mut world);
    world.orders(leg, Command::Reoffer { body: body("v=0") });
    let reinvite = world.one();
    world.hears(CARRIER, &response(&reinvite, "481 Gone", "", ""));
    assert_eq!(world.said(), ["ACK", "BYE"]);
    assert_eq!(world.signals(), [Signal::ReofferRejected { code: 481 }, Signal::Ended { cause: Cause::Unreachable }]);
}

#[test]
fn our_reoffer_waits_for_the_ack_of_our_answer() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0") });
    let tag = world.sent.last().expect("a 200").2.to_tag().expect("a tag").to_owned();
    world.said();
    world.orders(leg, Command::Reoffer { body: body("v=0 more") });
    assert_eq!(world.said(), [""; 0]);
    world.hears(CARRIER, &request("ACK", "a1", 1, &tag, ""));
    assert_eq!(world.said(), ["INVITE"]);
}

#[test]
fn info_is_answered_and_told() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    let info = request("INFO", "n1", 2, &tag, "Signal=5").replace("application/sdp", "application/dtmf-relay");
    world.hears(CARRIER, &info);
    world.hears(CARRIER, &info);
    assert_eq!(world.said(), ["200 INFO", "200 INFO"]);
    let expected = Signal::Info { content_type: "application/dtmf-relay".into(), body: body("Signal=5") };
    assert_eq!(world.signals(), [expected]);
}

#[test]
fn what_we_do_not_do_inside_a_call_is_said() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    for (n, (method, status)) in
        [("OPTIONS", 200), ("SUBSCRIBE", 405), ("PUBLISH", 405), ("DANCE", 501)].into_iter().enumerate()
    {
        world.hears(CARRIER, &request(method, method, 2 + n as u32, &tag, ""));
        let answer = world.one();
        assert_eq!(answer.status(), Some(status), "{method}");
        assert!(answer.header(Name::Allow).is_some());
    }
}

#[test]
fn requests_inside_a_call_follow_its_record_route() {
    let mut world = World::new();
    let routed = invite("i1", OFFER)
        .replace("\nMax-Forwards", "\nRecord-Route: <sip:10.9.9.8:5070;lr>, <sip:10.9.9.7;lr>\nMax-Forwards");
    world.hears(CARRIER, &routed);
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0") });
    let ok = world.sent.pop().expect("a 200").2;
    assert_eq!(ok.list(Name::RecordRoute).count(), 2);
    world.hears(CARRIER, &request("ACK", "a1", 1, ok.to_tag().expect("a tag"), ""));
    world.said();
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let (_, flow, bye) = world.sent.remove(0);
    assert_eq!(flow.remote.to_string(), "10.9.9.8:5070");
    let routes: Vec<&str> = bye.list(Name::Route).collect();
    assert_eq!(routes, ["<sip:10.9.9.8:5070;lr>", "<sip:10.9.9.7;lr>"]);
}

#[test]
fn an_order_that_does_not_fit_changes_nothing() {
    let mut world = World::new();
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.said();
    for order in [
        Command::FinishBye,
        Command::Reoffer { body: body("v=0") },
        Command::AnswerReoffer { body: body("v=0") },
        Command::RejectReoffer { code: 488 },
    ] {
        world.orders(leg, order);
    }
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.endpoint.counts(), (1, 1));
}
