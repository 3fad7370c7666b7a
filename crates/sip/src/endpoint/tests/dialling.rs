//! Calls that we place.

use model::Cause;

use super::*;
use crate::locate::Hop;

fn dialled(world: &mut World) -> (Leg, Message) {
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    let invite = world.one();
    assert_eq!(invite.method_text(), "INVITE");
    (leg, invite)
}

#[test]
fn an_invite_says_who_calls_and_what_the_house_adds() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    assert_eq!(invite.request_uri(), "sip:0909@10.9.9.9:5060");
    assert_eq!(invite.from().expect("a From").uri, "sip:02873000001@alo.test");
    assert_eq!(invite.to().expect("a To").uri, "sip:0909@10.9.9.9:5060");
    assert_eq!(invite.other("X-Call"), Some("call_1"));
    assert_eq!(invite.header(Name::Contact), Some("<sip:alo@10.0.0.1:5060>"));
    assert_eq!(invite.body(), OFFER.as_bytes());
}

#[test]
fn a_call_carried_on_has_one_hop_less() {
    for (came, left) in [("Max-Forwards: 8\n", 7), ("Max-Forwards: 2\n", 1), ("", 70)] {
        let mut world = World::new();
        world.hears(CARRIER, &super::invite("i1", OFFER).replace("Max-Forwards: 70\n", came));
        assert_eq!(world.said(), ["100 INVITE"]);
        let max_forwards = world.incoming().max_forwards;
        assert_eq!(max_forwards, left);
        let leg = world.shared.new_leg(0);
        let Command::Dial(dial) = dial() else { unreachable!() };
        world.orders(leg, Command::Dial(Box::new(Dial { max_forwards: Some(max_forwards), ..*dial })));
        assert_eq!(world.one().max_forwards(), Some(left));
    }
    let mut world = World::new();
    for spent in ["Max-Forwards: 0", "Max-Forwards: 1"] {
        world.hears(CARRIER, &super::invite("i1", OFFER).replace("Max-Forwards: 70", spent));
        assert_eq!((world.said(), world.events.len()), (vec!["483 INVITE".to_owned()], 0));
    }
    assert_eq!(dialled(&mut world).1.max_forwards(), Some(70), "a call of our own");
}

#[test]
fn what_was_answered_wakes_nobody() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    let woken = |world: &mut World| world.endpoint.deadline().expect("the call lives").since(world.now).as_millis();
    assert_eq!(woken(&mut world), 500, "the INVITE is to be repeated");
    world.passes_ms(100);
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    assert!(woken(&mut world) > 2_000, "it is not any more, but a cancelled one would have its end");
    world.hears(CARRIER, &response(&invite, "200 OK", "far", "v=0 theirs"));
    assert!(woken(&mut world) > 5_000, "nothing but the end of what is kept for repetitions");
    assert_eq!(world.said(), ["ACK"]);
}

#[test]
fn an_answered_call_is_acknowledged_each_time_the_answer_comes() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    world.hears(CARRIER, &response(&invite, "183 Session Progress", "far", "v=0 early"));
    let ok = response(&invite, "200 OK", "far", "v=0 theirs");
    world.hears(CARRIER, &ok);
    let ack = world.one();
    assert_eq!((ack.method_text(), ack.request_uri()), ("ACK", "sip:far@10.9.9.9:5060"));
    assert_eq!(ack.cseq().map(|(n, _)| n), invite.cseq().map(|(n, _)| n));
    world.hears(CARRIER, &ok);
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(
        world.signals(),
        [
            Signal::Ringing { body: None },
            Signal::Progress { body: Some(body("v=0 early")) },
            Signal::Answered { body: Some(body("v=0 theirs")) },
        ]
    );
}

#[test]
fn a_second_fork_that_answers_is_acknowledged_and_ended_once() {
    let mut world = World::new();
    let (_, invite) = talking(&mut world);
    let fork = response(&invite, "200 OK", "other", "v=0 fork");
    world.hears(CARRIER, &fork);
    let sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["ACK", "BYE"]);
    assert!(sent.iter().all(|m| m.to_tag() == Some("other")));
    world.hears(CARRIER, &response(&sent[1], "200 OK", "", ""));
    world.hears(CARRIER, &fork);
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(world.signals(), []);
}

#[test]
fn a_peer_that_does_not_answer_is_unreachable() {
    let mut world = World::new();
    let leg = world.shared.new_leg(0);
    let start = world.now;
    world.orders(leg, dial());
    world.passes_ms(32_000);
    assert_eq!(world.times_of("INVITE", start), [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    assert_eq!(world.signals(), [Signal::Rejected { code: 408, cause: Cause::Unreachable }]);
    world.is_empty();
}

#[test]
fn a_refusal_is_acknowledged_each_time_and_told_once() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    let busy = response(&invite, "486 Busy Here", "far", "");
    world.hears(CARRIER, &busy);
    let ack = world.one();
    assert_eq!((ack.header(Name::Via), ack.to_tag()), (invite.header(Name::Via), Some("far")));
    world.hears(CARRIER, &busy);
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(world.signals(), [Signal::Rejected { code: 486, cause: Cause::Busy }]);
    world.is_empty();
}

#[test]
fn a_reason_header_says_more_than_the_status() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    let refusal = response(&invite, "480 Gone", "far", "").replace("\nContact", "\nReason: Q.850;cause=17\nContact");
    world.hears(CARRIER, &refusal);
    assert_eq!(world.signals(), [Signal::Rejected { code: 480, cause: Cause::Busy }]);
}

/// A call that was dialled and taken back before anything was heard of it.
fn withdrawn(world: &mut World) -> Message {
    let (leg, invite) = dialled(world);
    world.orders(leg, Command::Hangup { cause: Cause::Cancelled });
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Cancelled }]);
    world.is_empty();
    invite
}

#[test]
fn a_call_taken_back_unheard_is_over_at_once_and_its_cancel_waits_for_a_provisional_answer() {
    let mut world = World::new();
    let invite = withdrawn(&mut world);
    world.hears(CARRIER, &response(&invite, "100 Trying", "", ""));
    let cancel = world.one();
    assert_eq!((cancel.method_text(), cancel.header(Name::Via)), ("CANCEL", invite.header(Name::Via)));
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    assert_eq!(world.said(), [""; 0], "one CANCEL is enough");
    world.hears(CARRIER, &response(&cancel, "200 OK", "far", ""));
    world.hears(CARRIER, &response(&invite, "487 Request Terminated", "far", ""));
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(world.signals(), []);
    world.is_empty();
}

#[test]
fn a_call_taken_back_unheard_that_is_answered_is_ended_as_a_call() {
    let mut world = World::new();
    let invite = withdrawn(&mut world);
    world.passes_ms(10_000);
    world.said();
    let ok = response(&invite, "200 OK", "far", "v=0");
    world.hears(CARRIER, &ok);
    let sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["ACK", "BYE"]);
    world.hears(CARRIER, &ok);
    assert_eq!(world.said(), ["ACK"]);
    world.hears(CARRIER, &response(&sent[1], "200 OK", "", ""));
    assert_eq!(world.signals(), []);
    world.is_empty();
    world.passes_ms(32_000);
    assert_eq!(world.endpoint.deadline(), None);
}

#[test]
fn a_call_taken_back_that_is_never_heard_of_leaves_nothing_after_64_t1() {
    let mut world = World::new();
    let (start, invite) = (world.now, withdrawn(&mut world));
    world.passes_ms(31_999);
    assert_eq!(world.times_of("INVITE", start), [500, 1500, 3500, 7500, 15_500, 31_500]);
    world.passes_ms(1);
    assert_eq!((world.endpoint.core.lingering(), world.endpoint.deadline()), (0, None));
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    assert_eq!((world.said(), world.signals()), (vec![], vec![]));
    world.is_empty();
}

#[test]
fn withdrawn_calls_still_count_against_the_room_for_transactions() {
    let mut world = World::new();
    let config =
        Config { shards: 1, limits: crate::Limits { transactions: 2, ..Default::default() }, ..Config::default() };
    world.shared = Shared::new(config, Arc::new(House), Sockets::default(), Timestamp(0));
    world.endpoint = Endpoint::new(world.shared.clone(), 0, [1; 32]);
    withdrawn(&mut world);
    withdrawn(&mut world);
    assert_eq!(world.endpoint.core.lingering(), 2);
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    assert_eq!(world.signals(), [Signal::Rejected { code: 503, cause: Cause::Overload }]);
    let flow = Flow::to(Transport::Udp, CARRIER.parse().expect("an address"));
    world.endpoint.failed(world.now, flow);
    assert_eq!(world.endpoint.core.lingering(), 0);
}

#[test]
fn an_answer_that_crosses_our_cancel_is_acknowledged_and_ended() {
    let mut world = World::new();
    let (leg, invite) = dialled(&mut world);
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    world.orders(leg, Command::Hangup { cause: Cause::AnsweredElsewhere });
    let cancel = world.one();
    assert_eq!(cancel.header(Name::Reason), Some("SIP;cause=200;text=\"Call completed elsewhere\""));
    world.signals();
    world.hears(CARRIER, &response(&invite, "200 OK", "far", "v=0"));
    world.hears(CARRIER, &response(&cancel, "481 Gone", "far", ""));
    let sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["ACK", "BYE"]);
    assert_eq!(world.signals(), []);
    world.hears(CARRIER, &response(&sent[1], "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::AnsweredElsewhere }]);
    world.is_empty();
}

#[test]
fn a_cancel_that_is_ignored_ends_after_64_t1() {
    let mut world = World::new();
    let (leg, invite) = dialled(&mut world);
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    world.signals();
    world.orders(leg, Command::Hangup { cause: Cause::NoAnswer });
    world.passes_ms(31_999);
    assert_eq!(world.signals(), []);
    world.passes_ms(1);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::NoAnswer }]);
    world.is_empty();
}

#[test]
fn a_call_that_rings_for_too_long_is_taken_back() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    world.signals();
    world.passes_ms(180_000);
    assert_eq!(world.said(), ["CANCEL"]);
    world.hears(CARRIER, &response(&invite, "487 Request Terminated", "far", ""));
    assert_eq!(world.signals(), [Signal::Rejected { code: 408, cause: Cause::NoAnswer }]);
}

#[test]
fn an_answer_after_the_leg_is_gone_is_acknowledged_and_ended() {
    let mut world = World::new();
    let (leg, invite) = talking(&mut world);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    let bye = world.one();
    world.hears(CARRIER, &response(&bye, "200 OK", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Normal }]);
    world.is_empty();
    world.hears(CARRIER, &response(&invite, "200 OK", "late", "v=0"));
    assert_eq!(world.said(), ["ACK", "BYE"]);
}

#[test]
fn a_carriers_challenge_is_answered_and_a_second_one_of_the_same_is_a_refusal() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    let challenge = |invite: &Message| {
        response(invite, "407 Proxy Authentication Required", "far", "")
            .replace("\nContact", "\nProxy-Authenticate: Digest realm=\"carrier\",nonce=\"n1\",qop=\"auth\"\nContact")
    };
    world.hears(CARRIER, &challenge(&invite));
    let mut sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    let again = sent.remove(1);
    assert!(again.header(Name::ProxyAuthorization).is_some_and(|v| v.contains("username=\"trunk\"")));
    assert!(again.cseq() > invite.cseq() && again.call_id() == invite.call_id());
    assert_eq!(again.body(), OFFER.as_bytes());
    world.hears(CARRIER, &challenge(&again));
    let third = std::mem::take(&mut world.sent).remove(1).2;
    world.hears(CARRIER, &challenge(&third));
    assert_eq!(world.signals(), [Signal::Rejected { code: 407, cause: Cause::Forbidden }]);
    world.is_empty();
}

#[test]
fn a_way_that_fails_is_told_at_once() {
    let mut world = World::new();
    dialled(&mut world);
    let flow = Flow::to(Transport::Udp, CARRIER.parse().expect("an address"));
    world.endpoint.failed(world.now, flow);
    world.collect();
    assert_eq!(world.signals(), [Signal::Rejected { code: 503, cause: Cause::Unreachable }]);
    world.is_empty();
}

#[test]
fn a_name_is_looked_up_before_the_invite_is_sent() {
    let mut world = World::new();
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target =
        Target::Uri { uri: "sip:0909@sip.carrier.test:5070".into(), to: Vec::new(), transport: Transport::Udp };
    world.orders(leg, Command::Dial(dial));
    assert_eq!(world.said(), [""; 0]);
    let lookup = world.endpoint.next_lookup().expect("a name to look up");
    assert_eq!((lookup.server.host.as_str(), lookup.server.port), ("sip.carrier.test", Some(5070)));
    world.endpoint.resolved(world.now, lookup.asker, vec![hop("10.9.9.9:5070")]);
    world.collect();
    let (_, flow, invite) = world.sent.remove(0);
    assert_eq!((flow.remote.port(), invite.request_uri()), (5070, "sip:0909@sip.carrier.test:5070"));
}

#[test]
fn a_contact_that_is_gone_is_not_registered() {
    let mut world = World::new();
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target = Target::Contact(42);
    world.orders(leg, Command::Dial(dial));
    assert_eq!(world.signals(), [Signal::Rejected { code: 480, cause: Cause::NotRegistered }]);
}

fn hop(address: &str) -> Hop {
    Hop { transport: Transport::Udp, address: address.parse().expect("an address") }
}
