//! Subscriptions of our accounts (RFC 6665): begun, told, refreshed, ended.

use super::*;
use crate::endpoint::event::Subscribed;

fn world() -> World {
    let mut world = World::new();
    let config = Config { shards: 1, server_name: "Alo".into(), events: vec!["dialog".into()], ..Config::default() };
    let sockets = Sockets { udp: vec!["10.0.0.1:5060".parse().expect("an address")], ..Sockets::default() };
    world.shared = Shared::new(config, Arc::new(House), sockets, Timestamp(1_700_000_000_000));
    world.endpoint = Endpoint::new(world.shared.clone(), 0, [7; 32]);
    world
}

fn subscribe(seq: u32, to_tag: &str, expires: &str, lines: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    format!(
        "SUBSCRIBE sip:102@alo.test SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bKs{seq};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:102@alo.test>{tag}\nCall-ID: s1\nCSeq: {seq} SUBSCRIBE\nContact: <sip:101@192.168.1.5:5060>\nExpires: {expires}\n{lines}\n\n"
    )
}

/// A proven SUBSCRIBE: the answer.
fn proven(world: &mut World, expires: &str, lines: &str) -> Message {
    world.hears(PHONE, &subscribe(1, "", expires, lines));
    let line = world.one().header(Name::WwwAuthenticate).expect("a challenge").to_owned();
    let proof = crate::auth::answer_challenge(&line, "SUBSCRIBE", "sip:102@alo.test", "101", "pw101", "c", 1);
    world.hears(PHONE, &subscribe(2, "", expires, &format!("{lines}\nAuthorization: {}", proof.expect("a proof"))));
    world.one()
}

fn begun(world: &mut World) -> (Subscribed, String) {
    let ok = proven(world, "600", "Event: dialog;id=7\nAccept: application/dialog-info+xml");
    assert_eq!((ok.status(), ok.header(Name::Expires)), (Some(200), Some("600")));
    (told(world), ok.to_tag().expect("a tag").to_owned())
}

fn told(world: &mut World) -> Subscribed {
    match world.events.remove(0) {
        Event::Subscribed(subscribed) => *subscribed,
        other => panic!("{other:?}"),
    }
}

fn notify(body: &'static str, end: Option<&'static str>) -> Command {
    Command::Notify { content_type: "application/dialog-info+xml".into(), body: super::body(body), end }
}

#[test]
fn a_subscriber_is_told_and_told_again() {
    let mut world = world();
    let (subscribed, tag) = begun(&mut world);
    assert_eq!((subscribed.package.as_str(), subscribed.user.as_str(), subscribed.account), ("dialog", "102", 101));
    assert_eq!(subscribed.accept, "application/dialog-info+xml");
    world.orders(subscribed.id, notify("<idle/>", None));
    let first = world.one();
    assert_eq!((first.header(Name::Event), first.body()), (Some("dialog;id=7"), &b"<idle/>"[..]));
    assert_eq!(first.header(Name::SubscriptionState), Some("active;expires=600"));
    assert_eq!((first.from_tag(), first.to_tag()), (Some(tag.as_str()), Some("p")));
    world.hears(PHONE, &response(&first, "200 OK", "", ""));
    world.passes(Duration::from_secs(100));
    world.orders(subscribed.id, notify("<busy/>", None));
    let second = world.one();
    assert_eq!(second.header(Name::SubscriptionState), Some("active;expires=500"));
    assert!(second.cseq() > first.cseq());
    world.hears(PHONE, &response(&second, "200 OK", "", ""));
    world.passes(Duration::from_secs(500));
    assert_eq!(world.one().header(Name::SubscriptionState), Some("terminated;reason=timeout"));
    assert!(matches!(world.events.as_slice(), [Event::Unsubscribed(id)] if *id == subscribed.id));
    assert!(world.endpoint.subscriptions.is_empty() && world.endpoint.subscribed.is_empty());
}

#[test]
fn who_is_told_nothing_in_time_gets_an_empty_notify() {
    let mut world = world();
    begun(&mut world);
    world.passes_ms(999);
    assert_eq!(world.said(), [""; 0]);
    world.passes_ms(1);
    let empty = world.one();
    assert_eq!((empty.method(), empty.body()), (Method::Notify, &b""[..]));
}

#[test]
fn a_refresh_gives_more_time_and_an_expiry_of_zero_ends_it() {
    let mut world = world();
    let (subscribed, tag) = begun(&mut world);
    world.orders(subscribed.id, notify("<idle/>", None));
    let first = world.one();
    world.hears(PHONE, &response(&first, "200 OK", "", ""));
    world.passes(Duration::from_secs(500));
    world.hears(PHONE, &subscribe(3, &tag, "600", "Event: dialog;id=7"));
    assert_eq!(world.one().status(), Some(200));
    assert_eq!(told(&mut world).id, subscribed.id);
    world.orders(subscribed.id, notify("<idle/>", None));
    let again = world.one();
    assert_eq!(again.header(Name::SubscriptionState), Some("active;expires=600"));
    world.hears(PHONE, &response(&again, "200 OK", "", ""));
    world.hears(PHONE, &subscribe(3, &tag, "600", "Event: dialog;id=7").replace("bKs3", "bKold"));
    assert_eq!(world.said(), ["500 SUBSCRIBE"], "an old number");
    world.hears(PHONE, &subscribe(4, &tag, "0", "Event: dialog;id=7"));
    assert_eq!(world.one().status(), Some(200));
    assert_eq!(told(&mut world).expires_in, Duration::ZERO);
    world.orders(subscribed.id, notify("<idle/>", None));
    assert_eq!(world.one().header(Name::SubscriptionState), Some("terminated;reason=timeout"));
    assert!(world.endpoint.subscriptions.is_empty());
}

#[test]
fn the_house_ends_a_subscription_with_its_reason() {
    let mut world = world();
    let (subscribed, tag) = begun(&mut world);
    world.orders(subscribed.id, notify("", Some("noresource")));
    assert_eq!(world.one().header(Name::SubscriptionState), Some("terminated;reason=noresource"));
    assert!(world.events.is_empty() && world.endpoint.subscriptions.is_empty());
    world.hears(PHONE, &subscribe(3, &tag, "600", "Event: dialog"));
    assert_eq!(world.said(), ["481 SUBSCRIBE"]);
}

#[test]
fn who_refuses_or_misses_a_notify_is_told_nothing_more() {
    for status in ["481 Subscription Does Not Exist", ""] {
        let mut world = world();
        let (subscribed, _) = begun(&mut world);
        world.orders(subscribed.id, notify("<idle/>", None));
        let first = world.one();
        if status.is_empty() {
            world.passes_ms(32_000);
        } else {
            world.hears(PHONE, &response(&first, status, "", ""));
        }
        assert!(matches!(world.events.as_slice(), [Event::Unsubscribed(id)] if *id == subscribed.id));
        assert!(world.endpoint.subscriptions.is_empty());
    }
}

#[test]
fn what_is_not_served_is_refused() {
    let mut world = world();
    let refused = proven(&mut world, "600", "Event: presence");
    assert_eq!((refused.status(), refused.header(Name::AllowEvents)), (Some(489), Some("dialog")));
    let mut world = self::world();
    let refused = proven(&mut world, "30", "Event: dialog");
    assert_eq!((refused.status(), refused.header(Name::MinExpires)), (Some(423), Some("60")));
    assert!(world.events.is_empty());
    let mut world = World::new();
    let refused = proven(&mut world, "600", "Event: dialog");
    assert_eq!(refused.status(), Some(489), "no package at all");
}
