//! Contacts that outlive the process.

use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::registrar::Change;

const FAR: &str = "203.0.113.7:40000";

fn registers(world: &mut World, expires: u32) {
    let text = |seq: u32, proof: &str| {
        format!(
            "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5;branch=z9hG4bK{seq}x{expires};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: r{expires}\nCSeq: {seq} REGISTER\nContact: <sip:101@192.168.1.5:5060>\nExpires: {expires}{proof}\n\n"
        )
    };
    world.hears(FAR, &text(1, ""));
    let challenge = world.one();
    let line = challenge.header(Name::WwwAuthenticate).expect("a challenge");
    let proof =
        crate::auth::answer_challenge(line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof");
    world.hears(FAR, &text(2, &format!("\nAuthorization: {proof}")));
    assert_eq!(world.one().status(), Some(200));
    world.events.clear();
}

/// A world whose contacts are kept, and what is told of them.
fn keeping() -> (World, tokio::sync::mpsc::UnboundedReceiver<Change>) {
    let (keeper, told) = unbounded_channel();
    (World::with(Config { keeper: Some(keeper), ..Config::default() }), told)
}

#[test]
fn a_phone_is_reachable_after_a_restart_and_asked_whether_it_is_still_there() {
    let (mut before, mut told) = keeping();
    registers(&mut before, 600);
    let kept = told.try_recv().expect("told");
    assert_eq!((kept.account, kept.contacts.len()), (101, 1));

    let (mut world, mut told) = keeping();
    world.shared.restore(vec![kept], world.now);
    world.endpoint.look_after(world.now);
    let contact = world.shared.registrar.contacts(101, world.now).remove(0);
    assert_eq!((contact.flow.remote.to_string().as_str(), contact.uri.as_str()), (FAR, "sip:101@192.168.1.5:5060"));
    world.passes(Duration::from_secs(2));
    assert!(world.said().contains(&"OPTIONS".to_owned()));
    world.passes(Duration::from_secs(4));
    assert!(world.shared.registrar.contacts(101, world.now).is_empty(), "nobody answered");
    assert_eq!(told.try_recv(), Ok(Change { account: 101, contacts: Vec::new() }));
}

#[test]
fn a_phone_that_leaves_is_not_kept() {
    let (mut world, mut told) = keeping();
    registers(&mut world, 600);
    assert_eq!(told.try_recv().expect("told").contacts.len(), 1);
    registers(&mut world, 0);
    assert_eq!(told.try_recv(), Ok(Change { account: 101, contacts: Vec::new() }));
}

#[test]
fn what_has_ended_or_came_to_another_socket_does_not_come_back() {
    let (mut before, mut told) = keeping();
    registers(&mut before, 600);
    let kept = told.try_recv().expect("told");
    let mut other = kept.clone();
    other.contacts[0].ours = "10.0.0.1:5062".parse().expect("an address");
    let world = World::new();
    world.shared.restore(vec![other], world.now);
    world.shared.restore(vec![kept], world.now + Duration::from_secs(601));
    assert!(world.shared.registrar.contacts(101, world.now).is_empty());
}
