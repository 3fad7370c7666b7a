//! Carriers that are asked whether they are there.

use super::*;
use crate::Method;
use crate::endpoint::probing::Probe;

fn asked() -> (World, Message) {
    let mut world = World::new();
    let to = CARRIER.parse().expect("an address");
    let patience = Duration::from_secs(4);
    let probe = Probe { uri: "sip:carrier.test".into(), to, transport: Transport::Udp, patience };
    world.endpoint.ask_carrier(world.now, 5, &probe);
    world.collect();
    let options = world.one();
    (world, options)
}

#[test]
fn whatever_a_carrier_answers_is_told() {
    for (status, code) in [("200 OK", 200), ("404 Not Found", 404), ("503 Service Unavailable", 503)] {
        let (mut world, options) = asked();
        assert_eq!((options.method(), options.request_uri()), (Method::Options, "sip:carrier.test"));
        world.hears(CARRIER, &response(&options, status, "far", ""));
        assert!(matches!(world.events.remove(0), Event::Probed { id: 5, status } if status == code));
    }
}

#[test]
fn silence_is_told_after_four_seconds_and_leaves_nothing() {
    let (mut world, _) = asked();
    world.passes_ms(3_900);
    assert!(world.events.is_empty());
    world.passes_ms(200);
    assert!(matches!(world.events.remove(0), Event::Probed { id: 5, status: 408 }));
    world.said();
    world.passes(Duration::from_secs(60));
    world.is_empty();
}
