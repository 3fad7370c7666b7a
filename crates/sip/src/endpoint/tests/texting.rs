//! Texts from one phone to another (RFC 3428).

use model::Cause;

use super::*;
use crate::endpoint::event::Text;

fn message(branch: &str, seq: u32, proof: &str, body: &str) -> String {
    format!(
        "MESSAGE sip:102@alo.test SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bK{branch};rport\nMax-Forwards: 70\nFrom: \"Forged\" <sip:101@alo.test>;tag=p\nTo: <sip:102@alo.test>\nCall-ID: m1\nCSeq: {seq} MESSAGE\nContent-Type: text/plain;charset=utf-8{proof}\n\n{body}"
    )
}

/// A text of 101 that was proven: what the house hears.
fn sent(world: &mut World, body: &str) -> Text {
    world.hears(PHONE, &message("m1", 1, "", body));
    let line = world.one().header(Name::WwwAuthenticate).expect("a challenge").to_owned();
    assert!(world.events.is_empty(), "nothing goes up unproven");
    let proof = crate::auth::answer_challenge(&line, "MESSAGE", "sip:102@alo.test", "101", "pw101", "c", 1);
    world.hears(PHONE, &message("m2", 2, &format!("\nAuthorization: {}", proof.expect("a proof")), body));
    assert_eq!(world.said(), [""; 0]);
    match world.events.remove(0) {
        Event::Text(text) => *text,
        other => panic!("{other:?}"),
    }
}

fn minh() -> Party {
    Party { user: "101".into(), host: "alo.test".into(), display: "Minh".into() }
}

/// Registers a phone of 101 at another address; in these tests it stands for the one written to.
fn registered(world: &mut World, from: &str, contact: &str) -> u64 {
    let text = |seq: u32, proof: &str| {
        format!(
            "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/UDP {contact};branch=z9hG4bKr{contact}{seq};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: r{contact}\nCSeq: {seq} REGISTER\nContact: <sip:101@{contact}>{proof}\n\n"
        )
    };
    world.hears(from, &text(1, ""));
    let line = world.one().header(Name::WwwAuthenticate).expect("a challenge").to_owned();
    let proof = crate::auth::answer_challenge(&line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1);
    world.hears(from, &text(2, &format!("\nAuthorization: {}", proof.expect("a proof"))));
    world.sent.clear();
    world.events.clear();
    let contacts = world.shared.registrar.contacts(101, world.now);
    contacts.iter().map(|contact| contact.key).max().expect("a contact")
}

#[test]
fn a_text_goes_to_every_phone_and_the_first_that_takes_it_answers() {
    let mut world = World::new();
    let contacts = [
        registered(&mut world, "203.0.113.8:5060", "203.0.113.8:5060"),
        registered(&mut world, "203.0.113.9:5060", "203.0.113.9:5060"),
    ];
    let text = sent(&mut world, "chào");
    assert_eq!((text.account, text.user.as_str(), text.domain.as_str()), (101, "102", "alo.test"));
    assert_eq!((text.content_type.as_str(), &text.body[..]), ("text/plain;charset=utf-8", "chào".as_bytes()));
    world.orders(text.id, Command::Deliver { contacts: contacts.to_vec(), from: minh() });
    let sent: Vec<(Flow, Message)> =
        std::mem::take(&mut world.sent).into_iter().map(|(_, flow, m)| (flow, m)).collect();
    assert_eq!(sent.len(), 2);
    let (flow, copy) = &sent[0];
    assert_eq!((copy.method(), copy.body(), copy.max_forwards()), (Method::Message, "chào".as_bytes(), Some(69)));
    assert_eq!(flow.remote.to_string(), "203.0.113.8:5060");
    assert_eq!(copy.from().expect("a From").display_text(), "Minh", "who proved it, not who was claimed");
    world.hears("203.0.113.8:5060", &response(copy, "486 Busy Here", "x", ""));
    assert_eq!(world.said(), [""; 0]);
    world.hears("203.0.113.9:5060", &response(&sent[1].1, "200 OK", "x", ""));
    assert_eq!(world.said(), ["200 MESSAGE"]);
    world.is_empty();
}

#[test]
fn a_text_nobody_takes_says_why() {
    for (status, expected) in [("486 Busy Here", 486), ("503 Service Unavailable", 480)] {
        let mut world = World::new();
        let contact = registered(&mut world, "203.0.113.8:5060", "203.0.113.8:5060");
        let text = sent(&mut world, "chào");
        world.orders(text.id, Command::Deliver { contacts: vec![contact], from: minh() });
        let copy = world.one();
        world.hears("203.0.113.8:5060", &response(&copy, status, "x", ""));
        assert_eq!(world.one().status(), Some(expected));
        world.is_empty();
    }
    let mut world = World::new();
    let contact = registered(&mut world, "203.0.113.8:5060", "203.0.113.8:5060");
    let text = sent(&mut world, "chào");
    world.orders(text.id, Command::Deliver { contacts: vec![contact], from: minh() });
    world.passes_ms(10_000);
    assert_eq!(world.said().last().map(String::as_str), Some("480 MESSAGE"), "the phone is silent");
}

#[test]
fn a_text_the_house_refuses_or_forgets_is_answered() {
    for (cause, status) in [(Cause::NotFound, 404), (Cause::NotRegistered, 480)] {
        let mut world = World::new();
        let text = sent(&mut world, "chào");
        world.orders(text.id, Command::Reject { cause });
        assert_eq!(world.one().status(), Some(status));
        world.is_empty();
    }
    let mut world = World::new();
    let text = sent(&mut world, "chào");
    world.orders(text.id, Command::Deliver { contacts: vec![4711], from: minh() });
    assert_eq!(world.said(), ["480 MESSAGE"], "no such contact");
    sent_again(&mut world);
    world.passes_ms(10_000);
    assert_eq!(world.said(), ["480 MESSAGE"]);
    world.is_empty();
}

fn sent_again(world: &mut World) {
    let text = message("n1", 5, "", "x");
    world.hears(PHONE, &text);
    let line = world.one().header(Name::WwwAuthenticate).expect("a challenge").to_owned();
    let proof = crate::auth::answer_challenge(&line, "MESSAGE", "sip:102@alo.test", "101", "pw101", "c", 1);
    world.hears(PHONE, &message("n2", 6, &format!("\nAuthorization: {}", proof.expect("a proof")), "x"));
    world.events.clear();
}

#[test]
fn a_text_that_is_too_long_is_413_and_one_from_a_carrier_must_be_proven_too() {
    let mut world = World::new();
    world.hears(CARRIER, &message("c1", 1, "", "hello"));
    assert_eq!(world.said(), ["401 MESSAGE"]);
    let long = "x".repeat(1301);
    world.hears(PHONE, &message("m1", 1, "", &long));
    let line = world.one().header(Name::WwwAuthenticate).expect("a challenge").to_owned();
    let proof = crate::auth::answer_challenge(&line, "MESSAGE", "sip:102@alo.test", "101", "pw101", "c", 1);
    world.hears(PHONE, &message("m2", 2, &format!("\nAuthorization: {}", proof.expect("a proof")), &long));
    assert_eq!(world.said(), ["413 MESSAGE"]);
    assert!(world.events.is_empty());
}
