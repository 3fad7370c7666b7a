//! Streams that close while a call is up: requests and answers find another way, or the call ends with a cause.

use model::Cause;

use super::*;

/// Where the carrier's connections come from, and where it listens (its Contact).
const OUTWARD: &str = "10.9.9.9:33001";
const LISTENS: &str = "10.9.9.9:5070";

fn over_tcp(text: &str) -> String {
    text.replace("SIP/2.0/UDP 10.9.9.9:5060", &format!("SIP/2.0/TCP {LISTENS}"))
        .replace("<sip:gw@10.9.9.9:5060>", &format!("<sip:gw@{LISTENS};transport=tcp>"))
}

/// A call from the carrier over its own connection, answered and acknowledged.
fn answered_over_tcp(world: &mut World, connection: Flow) -> (Leg, String) {
    world.hears_over(connection, &over_tcp(&invite("i1", OFFER)));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    let tag = world.sent.last().expect("a 200").2.to_tag().expect("a tag").to_owned();
    world.hears_over(connection, &over_tcp(&request("ACK", "a1", 1, &tag, "")));
    assert!(world.sent.drain(..).all(|(_, flow, _)| flow == connection), "the connection is reused");
    (leg, tag)
}

/// The one message that was sent since the last look, and its way.
#[track_caller]
fn one(world: &mut World) -> (Flow, Message) {
    assert_eq!(world.sent.len(), 1, "{:?}", world.sent);
    let (_, flow, message) = world.sent.remove(0);
    (flow, message)
}

#[test]
fn a_bye_after_the_carrier_closed_its_connection_goes_to_its_contact() {
    let mut world = World::new();
    let connection = world.connection(4, OUTWARD);
    let (leg, _) = answered_over_tcp(&mut world, connection);
    world.closes(connection);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let (flow, bye) = one(&mut world);
    assert_eq!((flow, bye.method()), (Flow::to(Transport::Tcp, LISTENS.parse().expect("an address")), Method::Bye));
    let anew = world.connection(5, LISTENS);
    world.hears_over(anew, &response(&bye, "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
    world.is_empty();
}

#[test]
fn a_reoffer_after_the_carrier_closed_its_connection_follows_the_route_set() {
    let mut world = World::new();
    let connection = world.connection(4, OUTWARD);
    let routed = invite("i1", OFFER)
        .replace("\nMax-Forwards", "\nRecord-Route: <sip:10.9.9.8:5071;transport=tcp;lr>\nMax-Forwards");
    world.hears_over(connection, &over_tcp(&routed));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    let tag = world.sent.last().expect("a 200").2.to_tag().expect("a tag").to_owned();
    world.hears_over(connection, &over_tcp(&request("ACK", "a1", 1, &tag, "")));
    world.said();
    world.closes(connection);
    world.orders(leg, Command::Reoffer { body: body("v=0 more") });
    let (flow, reinvite) = one(&mut world);
    assert_eq!((flow.remote.to_string().as_str(), flow.connection), ("10.9.9.8:5071", 0));
    assert_eq!(reinvite.method(), Method::Invite);
    // From the answer on, the connection it came on is the way.
    let anew = world.connection(5, "10.9.9.8:5071");
    world.hears_over(anew, &response(&reinvite, "200 OK", "", "v=0 theirs"));
    let (flow, ack) = one(&mut world);
    assert_eq!((flow, ack.method()), (anew, Method::Ack));
}

#[test]
fn a_bye_whose_connection_closes_under_it_is_sent_again_and_only_once() {
    let mut world = World::new();
    let connection = world.connection(4, OUTWARD);
    let (leg, _) = answered_over_tcp(&mut world, connection);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let (flow, bye) = one(&mut world);
    assert_eq!(flow, connection);
    world.closes(connection);
    let (flow, again) = one(&mut world);
    assert_eq!((flow.remote.to_string().as_str(), again.raw()), (LISTENS, bye.raw()));
    // Nobody listens there either.
    world.endpoint.failed(world.now, flow);
    world.collect();
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
    world.is_empty();
}

#[test]
fn a_request_over_another_connection_to_the_same_place_is_left_alone() {
    let mut world = World::new();
    let connection = world.connection(4, OUTWARD);
    let other = world.connection(9, OUTWARD);
    let (leg, _) = answered_over_tcp(&mut world, connection);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let (_, bye) = one(&mut world);
    world.closes(other);
    assert_eq!(world.said(), [""; 0]);
    world.hears_over(connection, &response(&bye, "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
}

#[test]
fn an_answer_whose_connection_is_gone_goes_to_the_address_of_the_via() {
    let mut world = World::new();
    let connection = world.connection(4, OUTWARD);
    world.hears_over(connection, &over_tcp(&invite("i1", OFFER)));
    let leg = world.incoming().leg;
    world.said();
    world.closes(connection);
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    let (flow, ok) = one(&mut world);
    assert_eq!((flow.remote.to_string().as_str(), flow.connection, ok.status()), (LISTENS, 0, Some(200)));
    // Repeated there too, until the ACK.
    world.passes_ms(500);
    assert_eq!(one(&mut world).0, flow);
}

#[test]
fn an_answer_to_a_browser_that_is_gone_goes_nowhere() {
    let mut world = World::new();
    let connection = Flow { transport: Transport::Wss, ..world.connection(4, OUTWARD) };
    world.hears_over(connection, &over_tcp(&invite("i1", OFFER)));
    let leg = world.incoming().leg;
    world.said();
    world.closes(connection);
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    assert_eq!(world.said(), [""; 0]);
}

/// Registers 101 over a connection with this Contact.
fn registers(world: &mut World, connection: Flow, contact: &str, seq: u32) {
    let text = |seq: u32, proof: &str| {
        format!(
            "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/TCP 192.168.1.5;branch=z9hG4bKr{seq};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: r1\nCSeq: {seq} REGISTER\nContact: <sip:101@{contact};transport=tcp>\nUser-Agent: Phone/1{proof}\n\n"
        )
    };
    world.hears_over(connection, &text(seq, ""));
    let line = world.one().header(Name::WwwAuthenticate).expect("a challenge").to_owned();
    let proof =
        crate::auth::answer_challenge(&line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof");
    world.hears_over(connection, &text(seq + 1, &format!("\nAuthorization: {proof}")));
    assert_eq!(world.sent.remove(0).2.status(), Some(200));
    world.sent.clear();
    world.events.clear();
}

/// Calls the phone of 101, which answers over `connection`.
fn calls_phone(world: &mut World, connection: Flow, contact: &str) -> Leg {
    let key = world.shared.registrar.contacts(101, world.now).remove(0).key;
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target = Target::Contact(key);
    world.orders(leg, Command::Dial(dial));
    let (flow, invite) = one(world);
    assert_eq!(flow, connection);
    let ok =
        response(&invite, "200 OK", "far", "v=0").replace("far@10.9.9.9:5060", &format!("101@{contact};transport=tcp"));
    world.hears_over(connection, &ok);
    assert_eq!(world.said(), ["ACK"]);
    world.signals();
    leg
}

#[test]
fn a_phone_behind_nat_is_reached_over_the_connection_it_registered_anew() {
    let mut world = World::new();
    let old = world.connection(4, "203.0.113.7:40000");
    registers(&mut world, old, "192.168.1.5:5060", 1);
    let leg = calls_phone(&mut world, old, "192.168.1.5:5060");
    world.closes(old);
    let new = world.connection(5, "203.0.113.7:40001");
    registers(&mut world, new, "192.168.1.5:5060", 3);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    assert_eq!(one(&mut world).0, new);
}

#[test]
fn a_phone_seen_at_its_contact_is_connected_to_there() {
    let mut world = World::new();
    let old = world.connection(4, "203.0.113.7:40000");
    registers(&mut world, old, "203.0.113.7:5060", 1);
    let leg = calls_phone(&mut world, old, "203.0.113.7:5060");
    world.closes(old);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let (flow, _) = one(&mut world);
    assert_eq!((flow.remote.to_string().as_str(), flow.connection), ("203.0.113.7:5060", 0));
}

#[test]
fn a_phone_behind_nat_whose_connection_is_gone_is_unreachable_at_once() {
    let mut world = World::new();
    let old = world.connection(4, "203.0.113.7:40000");
    registers(&mut world, old, "192.168.1.5:5060", 1);
    let leg = calls_phone(&mut world, old, "192.168.1.5:5060");
    world.closes(old);
    world.orders(leg, Command::Reoffer { body: body("v=0 hold") });
    world.passes_ms(1);
    assert_eq!(world.signals(), [Signal::ReofferRejected { code: 408 }, Signal::Ended { cause: Cause::Unreachable }]);
    world.passes_ms(1);
    assert_eq!(world.said(), [""; 0]);
    world.is_empty();
    // Neither is it called: its contact went with the connection.
    assert!(world.shared.registrar.contacts(101, world.now).is_empty());
}
