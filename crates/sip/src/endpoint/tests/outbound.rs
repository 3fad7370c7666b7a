//! Phones that keep their way to us open (RFC 5626), and what is left of one whose connection ends.

use super::*;

const FAR: &str = "203.0.113.7:40000";
const DEVICE: &str = "+sip.instance=\"<urn:uuid:f81d4fae>\"";

fn connection(world: &mut World, number: u64, transport: Transport) -> Flow {
    Flow { transport, ..world.connection(number, FAR) }
}

/// Registers over a connection: the final answer.
fn registers(world: &mut World, flow: Flow, contact: &str, extra: &str) -> Message {
    let call = flow.connection;
    let text = |seq: u32, proof: &str| {
        format!(
            "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/{} x.invalid;branch=z9hG4bK{seq}x{call}\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: r{call}\nCSeq: {seq} REGISTER\nContact: {contact}\nUser-Agent: Phone/1{extra}{proof}\n\n",
            flow.transport
        )
    };
    world.hears_over(flow, &text(1, ""));
    let challenge = world.one();
    let line = challenge.header(Name::WwwAuthenticate).expect("a challenge");
    let proof =
        crate::auth::answer_challenge(line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof");
    world.hears_over(flow, &text(2, &format!("\nAuthorization: {proof}")));
    world.one()
}

fn contacts(world: &World) -> Vec<crate::registrar::Contact> {
    world.shared.registrar.contacts(101, world.now)
}

fn dial_first(world: &mut World) {
    let contact = contacts(world).remove(0);
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target = Target::Contact(contact.key);
    world.orders(leg, Command::Dial(dial));
}

#[test]
fn a_browser_that_closes_its_window_is_registered_no_longer() {
    let mut world = World::new();
    let flow = connection(&mut world, 1, Transport::Wss);
    assert_eq!(registers(&mut world, flow, "<sip:x@abc.invalid;transport=ws>", "").status(), Some(200));
    world.events.clear();
    world.closes(flow);
    assert!(contacts(&world).is_empty());
    assert!(matches!(world.events.as_slice(), [Event::Bindings { account: 101, contacts: 0 }]));
}

#[test]
fn a_phone_that_listens_where_its_contact_says_stays_registered_and_is_called_there() {
    let mut world = World::new();
    let flow = connection(&mut world, 1, Transport::Tcp);
    registers(&mut world, flow, "<sip:101@203.0.113.7:5060;transport=tcp>", "");
    world.closes(flow);
    dial_first(&mut world);
    let (_, way, invite) = world.sent.remove(0);
    assert_eq!((word(&invite).as_str(), way.connection), ("INVITE", 0));
    assert_eq!(way.remote.to_string(), "203.0.113.7:5060");
}

#[test]
fn one_behind_nat_does_not() {
    let mut world = World::new();
    for (number, contact) in
        ["<sip:101@192.168.1.5:5060;transport=tcp>", "<sip:101@phone.invalid;transport=tcp>"].into_iter().enumerate()
    {
        let flow = connection(&mut world, number as u64 + 1, Transport::Tcp);
        registers(&mut world, flow, contact, "");
        world.closes(flow);
        assert!(contacts(&world).is_empty(), "{contact}");
    }
}

#[test]
fn the_flows_of_a_device_are_kept_apart_and_told_when_to_be_heard_of() {
    let mut world = World::new();
    let supported = "\nSupported: path, outbound";
    let flows = [connection(&mut world, 1, Transport::Tls), connection(&mut world, 2, Transport::Tls)];
    for (number, flow) in flows.into_iter().enumerate() {
        let contact = format!("<sip:101@192.168.1.5>;{DEVICE};reg-id={}", number + 1);
        let ok = registers(&mut world, flow, &contact, supported);
        assert_eq!((ok.header(Name::Require), ok.other("Flow-Timer")), (Some("outbound"), Some("120")));
        assert_eq!(world.endpoint.next_timed(), Some(flow));
    }
    assert_eq!(contacts(&world).len(), 2);
    world.closes(flows[1]);
    let left = contacts(&world);
    assert_eq!(left.iter().map(|contact| contact.flow).collect::<Vec<_>>(), [flows[0]]);
}

#[test]
fn a_browser_is_pinged_by_us_and_need_promise_nothing() {
    let mut world = World::new();
    let flow = connection(&mut world, 1, Transport::Ws);
    let contact = format!("<sip:x@abc.invalid;transport=ws>;{DEVICE};reg-id=1");
    let ok = registers(&mut world, flow, &contact, "\nSupported: outbound");
    assert_eq!((ok.header(Name::Require), ok.other("Flow-Timer")), (Some("outbound"), None));
    assert_eq!(world.endpoint.next_timed(), None);
}

#[test]
fn a_first_hop_that_keeps_no_flows_is_named() {
    let mut world = World::new();
    let contact = format!("<sip:101@192.168.1.5>;{DEVICE};reg-id=1");
    let flow = connection(&mut world, 1, Transport::Tcp);
    let path = |uri: &str| format!("\nSupported: outbound, path\nPath: <{uri}>");
    let refused = registers(&mut world, flow, &contact, &path("sip:edge.test;lr"));
    assert_eq!(refused.status(), Some(439));
    assert!(contacts(&world).is_empty());
    let flow = connection(&mut world, 2, Transport::Tcp);
    let ok = registers(&mut world, flow, &contact, &path("sip:edge.test;lr;ob"));
    assert_eq!((ok.status(), ok.header(Name::Path)), (Some(200), Some("<sip:edge.test;lr;ob>")));
    assert_eq!(contacts(&world)[0].path, ["<sip:edge.test;lr;ob>"]);
}

#[test]
fn a_register_whose_connection_has_ended_meanwhile_binds_nothing() {
    let mut world = World::new();
    let flow = connection(&mut world, 1, Transport::Ws);
    let contact = "<sip:x@abc.invalid;transport=ws>";
    let ok = registers(&mut world, flow, contact, "");
    assert_eq!(ok.status(), Some(200));
    world.closes(flow);
    world.events.clear();
    // It was read before the end, and waited for its turn.
    let late = Flow { connection: 9, ..flow };
    let text = format!(
        "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bKlate\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: late\nCSeq: 1 REGISTER\nContact: {contact}\n\n"
    );
    world.hears_over(late, &text);
    world.sent.clear();
    let proof = {
        world.hears_over(late, &text.replace("z9hG4bKlate", "z9hG4bKlates"));
        let challenge = world.one();
        let line = challenge.header(Name::WwwAuthenticate).expect("a challenge").to_owned();
        crate::auth::answer_challenge(&line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof")
    };
    world.hears_over(
        late,
        &text.replace("\nContact", &format!("\nAuthorization: {proof}\nContact")).replace("CSeq: 1", "CSeq: 2"),
    );
    assert!(contacts(&world).is_empty());
}

#[test]
fn a_call_to_a_phone_whose_connection_ends_fails_at_once() {
    let mut world = World::new();
    let flow = connection(&mut world, 1, Transport::Wss);
    registers(&mut world, flow, "<sip:x@abc.invalid;transport=ws>", "");
    dial_first(&mut world);
    assert_eq!(world.said(), ["INVITE"]);
    world.events.clear();
    world.closes(flow);
    assert!(matches!(world.signals().as_slice(), [Signal::Rejected { code: 430, .. }]));
    world.is_empty();
}
