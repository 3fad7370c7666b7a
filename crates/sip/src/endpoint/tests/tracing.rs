//! What was said on a leg is kept for whoever looks into it.

use super::*;
use crate::trace::Trace;

fn traced() -> World {
    World::with(Config { trace: true, ..Config::default() })
}

/// Each message as an arrow and a word.
fn told(trace: &Trace) -> Vec<String> {
    let arrow = |sent| if sent { "<" } else { ">" };
    let text = |bytes: &Bytes| word(&Message::parse(bytes.clone()).expect("a message"));
    trace.messages.iter().map(|said| format!("{}{}", arrow(said.sent), text(&said.bytes))).collect()
}

fn traces(world: &mut World) -> Vec<Trace> {
    let events = std::mem::take(&mut world.events);
    events.into_iter().flat_map(|event| if let Event::Traces(all) = event { all } else { Vec::new() }).collect()
}

#[test]
fn an_incoming_leg_is_told_from_its_invite_to_the_answer_of_its_bye() {
    let mut world = traced();
    let (leg, tag) = answered(&mut world);
    world.hears(CARRIER, &request("BYE", "b1", 2, &tag, ""));
    world.orders(leg, Command::FinishBye);
    world.hears(CARRIER, &request("BYE", "b1", 2, &tag, ""));
    world.signals();
    world.passes_ms(1_000);
    let all = traces(&mut world);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].leg, all[0].left_out), (leg, 0));
    let expected = [">INVITE", "<100 INVITE", "<200 INVITE", ">ACK", ">BYE", "<200 BYE", ">BYE", "<200 BYE"];
    assert_eq!(told(&all[0]), expected);
    let first = &all[0].messages[0];
    assert_eq!((first.local.to_string(), first.remote.to_string()), ("10.0.0.1:5060".into(), CARRIER.into()));
    assert_eq!(world.endpoint.trace(leg), None);
}

#[test]
fn an_outgoing_leg_tells_its_repetitions_and_can_be_asked_while_it_lives() {
    let mut world = traced();
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    world.passes_ms(500);
    let invite = world.sent[0].2.clone();
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    let live = world.endpoint.trace(leg).expect("it lives");
    assert_eq!(told(&live), ["<INVITE", "<INVITE", ">180 INVITE"]);
    world.hears(CARRIER, &response(&invite, "486 Busy Here", "far", ""));
    world.signals();
    world.passes_ms(1_000);
    let all = traces(&mut world);
    assert_eq!(told(&all[0]), ["<INVITE", "<INVITE", ">180 INVITE", ">486 INVITE", "<ACK"]);
}

#[test]
fn registrations_and_strangers_leave_no_trace_and_nothing_is_kept_unless_wanted() {
    let mut world = traced();
    world.hears(PHONE, &invite("i9", OFFER).replace(CARRIER, PHONE));
    world.passes_ms(2_000);
    assert!(traces(&mut world).is_empty());
    let mut plain = World::new();
    let (leg, _) = answered(&mut plain);
    assert_eq!(plain.endpoint.trace(leg), None);
}
