//! REFER with its NOTIFYs (RFC 3515, 4488), and Replaces (RFC 3891).

use model::Cause;

use super::*;
use crate::endpoint::event::{Refer, Replaced};

fn refer(branch: &str, seq: u32, tag: &str, lines: &str) -> String {
    request("REFER", branch, seq, tag, "").replace("\nContact", &format!("\n{lines}\nContact"))
}

/// A REFER that the house was asked about.
fn referred(world: &mut World, tag: &str, lines: &str) -> Refer {
    world.hears(CARRIER, &refer("f1", 2, tag, lines));
    assert_eq!(world.said(), [""; 0], "the house answers");
    match world.signals().remove(0) {
        Signal::Refer(refer) => *refer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refer_is_accepted_and_its_way_told_to_the_last() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    let asked = referred(&mut world, &tag, "Refer-To: \"Hoa\" <sip:1%303@alo.test>");
    assert_eq!((asked.user.as_str(), asked.host.as_str(), asked.replaces), ("103", "alo.test", None));
    world.orders(leg, Command::AnswerRefer { id: asked.id, code: 202 });
    let sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["202 REFER", "NOTIFY"]);
    let notify = &sent[1];
    assert_eq!((notify.header(Name::Event), notify.body()), (Some("refer"), &b"SIP/2.0 100 Trying\r\n"[..]));
    assert!(notify.header(Name::SubscriptionState).is_some_and(|state| state.starts_with("active;expires=")));
    assert_eq!(notify.content_type(), Some("message/sipfrag"));
    world.hears(CARRIER, &response(notify, "200 OK", "", ""));
    world.orders(leg, Command::NotifyRefer { id: asked.id, code: 200 });
    let last = world.one();
    assert_eq!(last.header(Name::SubscriptionState), Some("terminated;reason=noresource"));
    assert_eq!(last.body(), b"SIP/2.0 200 OK\r\n");
    world.hears(CARRIER, &response(&last, "200 OK", "", ""));
    // The last word was said.
    world.orders(leg, Command::NotifyRefer { id: asked.id, code: 486 });
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.endpoint.counts(), (1, 0));
}

#[test]
fn the_second_refer_of_a_call_has_a_name() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    let first = referred(&mut world, &tag, "Refer-To: <sip:103@alo.test>");
    world.orders(leg, Command::AnswerRefer { id: first.id, code: 202 });
    world.orders(leg, Command::NotifyRefer { id: first.id, code: 486 });
    world.said();
    world.hears(CARRIER, &refer("f2", 3, &tag, "Refer-To: <sip:104@alo.test>"));
    world.orders(leg, Command::AnswerRefer { id: 3, code: 202 });
    let notify = world.sent.pop().expect("a NOTIFY").2;
    assert_eq!(notify.header(Name::Event), Some("refer;id=3"));
}

#[test]
fn who_wants_no_notify_gets_none() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    let asked = referred(&mut world, &tag, "Refer-To: <sip:103@alo.test>\nRefer-Sub: false\nRequire: norefersub");
    world.orders(leg, Command::AnswerRefer { id: asked.id, code: 202 });
    let ok = world.one();
    assert_eq!((ok.status(), ok.other("Refer-Sub")), (Some(202), Some("false")));
    world.orders(leg, Command::NotifyRefer { id: asked.id, code: 200 });
    assert_eq!(world.said(), [""; 0]);
}

#[test]
fn a_refer_the_house_refuses_or_forgets_is_answered_all_the_same() {
    let mut world = World::new();
    let (leg, tag) = answered(&mut world);
    let asked = referred(&mut world, &tag, "Refer-To: <sip:103@alo.test>");
    world.orders(leg, Command::AnswerRefer { id: asked.id, code: 403 });
    assert_eq!(world.said(), ["403 REFER"]);
    world.hears(CARRIER, &refer("f2", 3, &tag, "Refer-To: <sip:103@alo.test>"));
    world.passes_ms(5000);
    assert_eq!(world.said(), ["500 REFER"]);
    world.hears(CARRIER, &refer("f3", 4, &tag, "Refer-To: <sip:103@alo.test>"));
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    assert_eq!(world.said(), ["487 REFER", "BYE"]);
}

#[test]
fn a_refer_that_cannot_be_read_is_refused() {
    let mut world = World::new();
    let (_, tag) = answered(&mut world);
    for (n, (lines, status)) in [
        ("X-Nothing: 1", 400),
        ("Refer-To: <sip:1@a>, <sip:2@a>", 400),
        ("Refer-To: <http://a/b>", 416),
        ("Refer-To: <sip:1@a;method=BYE>", 501),
        ("Refer-To: <sip:1@a?Replaces=nothing>", 400),
    ]
    .into_iter()
    .enumerate()
    {
        world.hears(CARRIER, &refer(&format!("f{n}"), 2 + n as u32, &tag, lines));
        assert_eq!(world.one().status(), Some(status), "{lines}");
    }
    assert_eq!(world.signals(), []);
}

#[test]
fn a_refer_outside_a_call_and_a_notify_of_nothing_are_refused() {
    let mut world = World::new();
    world.hears(CARRIER, &request("REFER", "f1", 1, "", ""));
    world.hears(CARRIER, &request("NOTIFY", "n1", 1, "", ""));
    assert_eq!(world.said(), ["403 REFER", "481 NOTIFY"]);
    let (_, tag) = answered(&mut world);
    world.hears(CARRIER, &request("NOTIFY", "n2", 2, &tag, ""));
    assert_eq!(world.said(), ["481 NOTIFY"]);
}

#[test]
fn a_replaces_in_refer_to_finds_the_other_call() {
    let mut world = World::new();
    // Another call, ours to the carrier.
    let (other, invite) = talking(&mut world);
    let (_, tag) = answered(&mut world);
    let name = |to: &str, from: &str| {
        format!("Refer-To: <sip:x@alo.test?Replaces={}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}>", invite.call_id())
    };
    let ours = invite.from_tag().expect("a tag").to_owned();
    let found = Some(Replaced::Leg { leg: other, early_only: false });
    let mut branch = 0;
    for (to, from, expected) in [
        (ours.as_str(), "far", found),
        ("far", ours.as_str(), found),
        (ours.as_str(), "near", Some(Replaced::Unknown)),
        ("guess", "far", Some(Replaced::Unknown)),
    ] {
        branch += 1;
        world.hears(CARRIER, &refer(&format!("f{branch}"), 1 + branch, &tag, &name(to, from)));
        match world.signals().remove(0) {
            Signal::Refer(refer) => assert_eq!(refer.replaces, expected, "{to} {from}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_invite_may_take_the_place_of_a_leg_of_ours_and_of_no_other() {
    let mut world = World::new();
    let (other, invite) = talking(&mut world);
    let ours = invite.from_tag().expect("a tag");
    let with = |line: &str| super::invite("i9", OFFER).replace("\nContact", &format!("\n{line}\nContact"));
    let right = format!("Replaces: {};to-tag={ours};from-tag=far;early-only", invite.call_id());
    world.hears(CARRIER, &with("Replaces: nothing;to-tag=a;from-tag=b"));
    world.hears(CARRIER, &with("Replaces: nothing"));
    world.hears(CARRIER, &with(&format!("{right}\n{right}")));
    assert_eq!(world.said(), ["481 INVITE", "400 INVITE", "400 INVITE"]);
    world.hears(CARRIER, &with(&format!("Require: replaces\n{right}")));
    assert_eq!(world.incoming().replaces, Some(Replaced::Leg { leg: other, early_only: true }));
    // A leg that is over has no place.
    world.orders(other, Command::Hangup { cause: Cause::Normal });
    world.passes_ms(32_000);
    assert_eq!(world.shared.find_leg(invite.call_id(), ours, "far"), None);
}
