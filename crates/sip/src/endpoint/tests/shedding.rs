//! Too much to do: new calls wait, everything else goes on.

use super::*;

fn statuses(world: &mut World, calls: std::ops::Range<u32>) -> Vec<u16> {
    let mut answers = Vec::new();
    for number in calls {
        let text = invite(&format!("n{number}"), OFFER).replace("Call-ID: c1", &format!("Call-ID: n{number}"));
        world.hears(CARRIER, &text.replace("tag=far", &format!("tag=n{number}")));
        answers.extend(std::mem::take(&mut world.sent).iter().filter_map(|(_, _, m)| m.status()));
    }
    answers
}

#[test]
fn a_share_of_new_calls_is_let_in_evenly_and_all_again_later() {
    let mut world = World::new();
    world.shared.admit(250);
    assert_eq!(statuses(&mut world, 0..8), [503, 503, 503, 100, 503, 503, 503, 100]);
    assert_eq!(world.endpoint.counts().0, 2, "nothing is kept of those that were shed");
    world.shared.admit(1_000);
    assert_eq!(statuses(&mut world, 10..13), [100, 100, 100]);
}

#[test]
fn a_call_that_is_up_and_a_registration_notice_nothing() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    world.shared.admit(0);
    assert_eq!(statuses(&mut world, 0..3), [503; 3]);
    world.hears(CARRIER, &request("INVITE", "r1", 2, &tag, OFFER));
    assert!(world.signals().iter().any(|signal| matches!(signal, Signal::Reoffer { .. })), "a re-INVITE is served");
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 ours") });
    world.hears(CARRIER, &request("ACK", "r2", 2, &tag, ""));
    world.said();
    world.hears(PHONE, &format!("REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKreg\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: reg\nCSeq: 1 REGISTER\nContact: <sip:101@{PHONE}>\n\n"));
    assert_eq!(world.one().status(), Some(401), "a phone is asked for its proof as always");
    world.hears(CARRIER, &request("BYE", "b1", 3, &tag, ""));
    world.orders(leg, Command::FinishBye);
    assert_eq!(world.said(), ["200 BYE"]);
}

#[test]
fn an_answer_to_a_shed_call_says_when_to_come_again() {
    let mut world = World::new();
    world.shared.admit(0);
    world.hears(CARRIER, &invite("i1", OFFER));
    let answer = world.one();
    assert_eq!((answer.status(), answer.header(Name::RetryAfter)), (Some(503), Some("5")));
}

#[test]
fn it_is_told_once_a_second_that_calls_are_shed() {
    let mut world = World::new();
    world.shared.admit(0);
    let shed = |world: &mut World| {
        let events = std::mem::take(&mut world.events);
        events.into_iter().filter(|event| matches!(event, Event::Shed { .. })).count()
    };
    statuses(&mut world, 0..5);
    assert_eq!(shed(&mut world), 1);
    world.passes_ms(1_000);
    statuses(&mut world, 5..10);
    assert_eq!(shed(&mut world), 1);
}
