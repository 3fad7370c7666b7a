//! Contacts that a phone left behind.

use model::Cause;

use super::*;

const OLD: &str = "203.0.113.7:40000";
const NEW: &str = "203.0.113.7:40001";

/// A phone as it shows itself: where from, its Contact, its User-Agent, its parameters.
#[derive(Clone, Copy)]
struct Phone {
    from: &'static str,
    contact: &'static str,
    agent: &'static str,
    params: &'static str,
}

/// The phone before its restart.
const BEFORE: Phone = Phone { from: OLD, contact: "101@192.168.1.5:5060", agent: "Phone/1", params: "" };
/// The same phone after it.
const AFTER: Phone = Phone { from: NEW, contact: "101@192.168.1.5:5071", agent: "Phone/1", params: "" };

/// Registers; what is sent but for the challenge and the 200.
fn registers(world: &mut World, phone: Phone, seq: u32) -> Vec<Message> {
    let text = |seq: u32, proof: &str| {
        format!(
            "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5;branch=z9hG4bK{seq}{0};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: {0}\nCSeq: {seq} REGISTER\nContact: <sip:{0}>{1}\nUser-Agent: {2}{proof}\n\n",
            phone.contact, phone.params, phone.agent
        )
    };
    world.hears(phone.from, &text(seq, ""));
    let challenge = world.one();
    let line = challenge.header(Name::WwwAuthenticate).expect("a challenge");
    let proof =
        crate::auth::answer_challenge(line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof");
    world.hears(phone.from, &text(seq + 1, &format!("\nAuthorization: {proof}")));
    let mut sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.remove(0).status(), Some(200));
    world.events.clear();
    sent
}

/// The ports the account's phones are reached at.
fn ports(world: &World) -> Vec<u16> {
    let mut ports: Vec<u16> =
        world.shared.registrar.contacts(101, world.now).iter().map(|c| c.flow.remote.port()).collect();
    ports.sort_unstable();
    ports
}

fn is_told(world: &mut World, left: usize) -> bool {
    let events = std::mem::take(&mut world.events);
    matches!(events.as_slice(), [Event::Bindings { account: 101, contacts }] if *contacts == left)
}

#[test]
fn a_contact_left_behind_by_a_restart_is_asked_and_dropped_after_4_s() {
    let mut world = World::new();
    assert!(registers(&mut world, BEFORE, 1).is_empty());
    let options = registers(&mut world, AFTER, 1).remove(0);
    assert_eq!((options.method_text(), options.request_uri()), ("OPTIONS", "sip:101@192.168.1.5:5060"));
    assert_eq!(ports(&world), [40000, 40001]);
    world.passes_ms(3_999);
    assert_eq!((ports(&world).len(), world.events.len()), (2, 0));
    assert_eq!(world.said(), ["OPTIONS"; 3]);
    world.passes_ms(1);
    assert_eq!(ports(&world), [40001]);
    assert!(is_told(&mut world, 1));
    world.is_empty();
}

#[test]
fn the_question_goes_to_the_old_address_and_any_answer_keeps_the_contact() {
    for status in ["200 OK", "486 Busy Here", "404 Not Found", "100 Trying"] {
        let mut world = World::new();
        registers(&mut world, BEFORE, 1);
        let options = registers(&mut world, AFTER, 1).remove(0);
        world.passes_ms(3_000);
        assert!(world.sent.iter().all(|(_, flow, _)| flow.remote.to_string() == OLD));
        world.hears(OLD, &response(&options, status, "far", ""));
        world.passes_ms(60_000);
        assert_eq!((ports(&world), world.events.len()), (vec![40000, 40001], 0), "{status}");
        world.is_empty();
    }
}

#[test]
fn a_contact_refreshed_while_it_is_asked_stays() {
    let mut world = World::new();
    registers(&mut world, BEFORE, 1);
    assert_eq!(registers(&mut world, AFTER, 1).len(), 1);
    world.passes_ms(1_000);
    world.said();
    assert!(registers(&mut world, BEFORE, 3).is_empty(), "a refresh raises no doubt");
    world.passes_ms(10_000);
    assert_eq!((ports(&world), world.events.len()), (vec![40000, 40001], 0));
}

#[test]
fn another_device_is_not_even_asked() {
    let others = [
        Phone { from: "203.0.113.8:40001", ..AFTER },
        Phone { contact: "101@192.168.1.6:5071", ..AFTER },
        Phone { contact: "102@192.168.1.5:5071", ..AFTER },
        Phone { agent: "Phone/2", ..AFTER },
    ];
    for other in others {
        let mut world = World::new();
        registers(&mut world, BEFORE, 1);
        assert!(registers(&mut world, other, 1).is_empty());
        world.passes_ms(10_000);
        assert_eq!(ports(&world).len(), 2);
    }
    let named = |phone, params| Phone { params, ..phone };
    let mut world = World::new();
    registers(&mut world, named(BEFORE, ";+sip.instance=\"<urn:uuid:1>\""), 1);
    assert!(registers(&mut world, named(AFTER, ";+sip.instance=\"<urn:uuid:2>\""), 1).is_empty());
    assert_eq!(ports(&world).len(), 2);
}

#[test]
fn a_device_that_names_itself_is_asked_wherever_it_is_and_its_numbered_flow_is_replaced_at_once() {
    let named = |phone, params| Phone { params, ..phone };
    let mut world = World::new();
    let moved = Phone { from: "198.51.100.1:7", contact: "x@10.1.1.1:5060", ..AFTER };
    registers(&mut world, named(BEFORE, ";+sip.instance=\"<urn:uuid:1>\""), 1);
    assert_eq!(registers(&mut world, named(moved, ";+sip.instance=\"<urn:uuid:1>\""), 1).len(), 1);

    let mut world = World::new();
    registers(&mut world, named(BEFORE, ";+sip.instance=\"<urn:uuid:1>\";reg-id=1"), 1);
    assert!(registers(&mut world, named(AFTER, ";+sip.instance=\"<urn:uuid:1>\";reg-id=1"), 1).is_empty());
    assert_eq!(ports(&world), [40001]);
    assert!(registers(&mut world, named(BEFORE, ";+sip.instance=\"<urn:uuid:1>\";reg-id=2"), 3).is_empty());
    assert_eq!(ports(&world), [40000, 40001], "another flow of the same device");
}

/// Calls the one phone that is registered: its leg and INVITE.
fn call(world: &mut World) -> (Leg, Message) {
    let contact = world.shared.registrar.contacts(101, world.now).remove(0);
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target = Target::Contact(contact.key);
    world.orders(leg, Command::Dial(dial));
    (leg, world.one())
}

#[test]
fn a_phone_that_never_answers_an_invite_is_dropped() {
    let mut world = World::new();
    registers(&mut world, BEFORE, 1);
    call(&mut world);
    world.passes_ms(31_999);
    assert_eq!(ports(&world), [40000]);
    world.passes_ms(1);
    assert!(ports(&world).is_empty());
    assert!(world.events.iter().any(|e| matches!(e, Event::Bindings { account: 101, contacts: 0 })));
    assert_eq!(world.signals(), [Signal::Rejected { code: 408, cause: Cause::Unreachable }]);
    world.is_empty();
}

#[test]
fn a_phone_that_never_answers_is_dropped_also_when_the_call_was_taken_back() {
    let mut world = World::new();
    registers(&mut world, BEFORE, 1);
    let (leg, _) = call(&mut world);
    world.passes_ms(20_000);
    world.orders(leg, Command::Hangup { cause: Cause::NoAnswer });
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::NoAnswer }]);
    world.is_empty();
    world.passes_ms(11_999);
    assert_eq!(ports(&world), [40000]);
    world.passes_ms(1);
    assert!(ports(&world).is_empty() && is_told(&mut world, 0));
}

#[test]
fn a_phone_that_was_heard_of_or_came_back_since_stays() {
    // It rang, and then fell silent.
    let mut world = World::new();
    registers(&mut world, BEFORE, 1);
    let (leg, invite) = call(&mut world);
    world.hears(OLD, &response(&invite, "180 Ringing", "far", ""));
    world.orders(leg, Command::Hangup { cause: Cause::NoAnswer });
    world.passes_ms(60_000);
    assert_eq!(ports(&world), [40000]);
    // It restarted on the same port while it was called.
    let mut world = World::new();
    registers(&mut world, BEFORE, 1);
    call(&mut world);
    world.passes_ms(10_000);
    world.said();
    registers(&mut world, BEFORE, 3);
    world.passes_ms(60_000);
    assert_eq!(ports(&world), [40000]);
}

#[test]
fn a_late_answer_of_a_phone_behind_nat_is_ended_over_its_flow() {
    let mut world = World::new();
    registers(&mut world, BEFORE, 1);
    let (leg, invite) = call(&mut world);
    world.orders(leg, Command::Hangup { cause: Cause::AnsweredElsewhere });
    let ok = response(&invite, "200 OK", "far", "v=0").replace("far@10.9.9.9:5060", "101@192.168.1.5:5060");
    world.hears(OLD, &ok);
    assert!(world.sent.iter().all(|(_, flow, _)| flow.remote.to_string() == OLD));
    assert_eq!(world.said(), ["ACK", "BYE"]);
    world.passes_ms(40_000);
    assert_eq!(ports(&world), [40000]);
    assert_eq!(world.endpoint.core.lingering(), 0);
    world.is_empty();
}
