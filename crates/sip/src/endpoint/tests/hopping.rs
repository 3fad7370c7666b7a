//! A server at several places (RFC 3263 section 4.3): the next is tried when one fails, and nobody is called twice.

use model::Cause;

use super::*;
use crate::endpoint::command::Registration;
use crate::locate::Hop;

const FIRST: &str = "10.9.9.1:5060";
const SECOND: &str = "10.9.9.2:5062";

fn places() -> Vec<Hop> {
    [FIRST, SECOND].map(|at| Hop { transport: Transport::Udp, address: at.parse().expect("an address") }).to_vec()
}

/// An INVITE to a carrier at two places, which the first has got.
fn dialled(world: &mut World) -> (Leg, Message) {
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target = Target::Uri { uri: "sip:0909@carrier.test".into(), to: places(), transport: Transport::Udp };
    world.orders(leg, Command::Dial(dial));
    (leg, next(world, FIRST))
}

/// The one message that was sent, to this place.
#[track_caller]
fn next(world: &mut World, place: &str) -> Message {
    let to: Vec<String> = world.sent.iter().map(|(_, flow, _)| flow.remote.to_string()).collect();
    assert_eq!(to, [place]);
    world.one()
}

#[test]
fn a_place_that_says_it_serves_nobody_is_left_at_once() {
    let mut world = World::new();
    let (_, first) = dialled(&mut world);
    world.hears(FIRST, &response(&first, "503 Service Unavailable", "a", ""));
    let sent: Vec<_> = std::mem::take(&mut world.sent);
    assert_eq!(sent.iter().map(|(_, _, m)| word(m)).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    let (_, flow, second) = &sent[1];
    assert_eq!(flow.remote.to_string(), SECOND);
    assert_eq!((second.call_id(), second.from_tag()), (first.call_id(), first.from_tag()));
    assert!(second.cseq() > first.cseq(), "a new request of the same call");
    world.hears(SECOND, &response(second, "200 OK", "b", "v=0 theirs"));
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(world.signals(), [Signal::Answered { body: Some(body("v=0 theirs")) }]);
}

#[test]
fn any_other_refusal_is_the_answer() {
    for status in ["486 Busy Here", "404 Not Found", "500 Server Internal Error"] {
        let mut world = World::new();
        let (_, first) = dialled(&mut world);
        world.hears(FIRST, &response(&first, status, "a", ""));
        assert_eq!(world.said(), ["ACK"], "{status}");
        assert!(matches!(world.signals().as_slice(), [Signal::Rejected { .. }]));
    }
}

#[test]
fn a_place_that_cannot_be_sent_to_is_left_at_once_and_the_last_one_ends_it() {
    let mut world = World::new();
    dialled(&mut world);
    for place in [FIRST, SECOND] {
        let flow = Flow::to(Transport::Udp, place.parse().expect("an address"));
        world.endpoint.failed(world.now, flow);
        world.collect();
        if place == FIRST {
            next(&mut world, SECOND);
        }
    }
    assert_eq!(world.signals(), [Signal::Rejected { code: 503, cause: Cause::Unreachable }]);
    world.is_empty();
}

#[test]
fn a_silent_place_is_left_soon_and_its_late_answer_is_ended() {
    let mut world = World::new();
    let (leg, first) = dialled(&mut world);
    world.passes_ms(1_599);
    assert!(world.sent.iter().all(|(_, flow, _)| flow.remote.to_string() == FIRST), "only repetitions");
    world.sent.clear();
    world.passes_ms(1);
    let second = next(&mut world, SECOND);
    world.hears(SECOND, &response(&second, "200 OK", "b", "v=0 theirs"));
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(world.signals(), [Signal::Answered { body: Some(body("v=0 theirs")) }]);

    world.hears(FIRST, &response(&first, "200 OK", "a", "v=0 late"));
    assert_eq!(world.said(), ["ACK", "BYE"]);
    assert_eq!(world.signals(), []);
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    assert_eq!(world.said(), ["BYE"]);
}

#[test]
fn a_silent_place_that_rings_late_is_taken_back() {
    let mut world = World::new();
    let (_, first) = dialled(&mut world);
    world.passes_ms(1_600);
    world.sent.clear();
    world.hears(FIRST, &response(&first, "180 Ringing", "a", ""));
    let cancel = next(&mut world, FIRST);
    assert_eq!(cancel.method_text(), "CANCEL");
    assert_eq!(world.signals(), [], "the house hears of the second place alone");
}

#[test]
fn a_place_that_has_said_anything_is_waited_for() {
    let mut world = World::new();
    let (_, first) = dialled(&mut world);
    world.hears(FIRST, &response(&first, "100 Trying", "", ""));
    world.passes_ms(20_000);
    assert_eq!(world.said(), [""; 0]);
}

#[test]
fn a_call_that_is_hung_up_goes_nowhere_else() {
    let mut world = World::new();
    let (leg, _) = dialled(&mut world);
    world.orders(leg, Command::Hangup { cause: Cause::Cancelled });
    world.passes_ms(40_000);
    assert!(world.sent.iter().all(|(_, flow, _)| flow.remote.to_string() == FIRST));
    world.is_empty();
}

#[test]
fn a_registration_goes_to_the_next_place_before_it_is_said_to_have_failed() {
    let mut world = World::new();
    let wanted = Registration {
        registrar: "sip:carrier.test".into(),
        to: None,
        transport: Transport::Udp,
        user: "trunk".into(),
        credentials: Credentials { user: "trunk".into(), password: "secret".into() },
        expires_s: 600,
    };
    world.endpoint.register(world.now, 9, Some(wanted));
    let asked = world.endpoint.next_lookup().expect("a name to look up");
    world.endpoint.resolved(world.now, asked.asker, places());
    world.collect();
    next(&mut world, FIRST);
    world.passes_ms(3_999);
    world.sent.clear();
    world.passes_ms(1);
    let second = next(&mut world, SECOND);
    assert!(world.events.is_empty(), "nobody is told yet");
    world.hears(SECOND, &response(&second, "200 OK", "b", ""));
    assert!(matches!(world.events.remove(0), Event::Registration { id: 9, state: Ok(_) }));
}
