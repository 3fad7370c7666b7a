//! Session timers (RFC 4028): who asks for a sign of life, when, and what happens without one.

use model::Cause;

use super::*;

fn with(line: &str, text: &str) -> String {
    text.replace("\nContact", &format!("\n{line}\nContact"))
}

/// A call from the carrier whose INVITE has these lines: the leg, our tag and the 200.
fn call(world: &mut World, lines: &str) -> (Leg, String, Message) {
    world.hears(CARRIER, &with(lines, &invite("i1", OFFER)));
    let leg = world.incoming().leg;
    world.said();
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    let ok = world.one();
    let tag = ok.to_tag().expect("a tag").to_owned();
    world.hears(CARRIER, &request("ACK", "a1", 1, &tag, ""));
    (leg, tag, ok)
}

/// A call of ours whose 200 has these lines: the leg and the INVITE.
fn our_call(world: &mut World, lines: &str) -> (Leg, Message) {
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    let invite = world.one();
    world.hears(CARRIER, &with(lines, &response(&invite, "200 OK", "far", "v=0 theirs")));
    assert_eq!(world.said(), ["ACK"]);
    world.signals();
    (leg, invite)
}

const UPDATES: &str = "Allow: INVITE, ACK, BYE, UPDATE";

#[test]
fn who_asks_is_agreed_on_in_the_answer() {
    for (lines, granted, required) in [
        ("Supported: timer\nSession-Expires: 600;refresher=uac", Some("600;refresher=uac"), Some("timer")),
        ("Supported: timer\nSession-Expires: 600;refresher=uas", Some("600;refresher=uas"), None),
        ("Supported: timer\nSession-Expires: 600", Some("600;refresher=uas"), None),
        ("Supported: timer", Some("1800;refresher=uas"), None),
        (
            "Supported: timer\nSession-Expires: 7200;refresher=uac\nMin-SE: 3600",
            Some("3600;refresher=uac"),
            Some("timer"),
        ),
        ("Session-Expires: 600", Some("600;refresher=uas"), None),
        ("X-Nothing: 1", None, None),
    ] {
        let mut world = World::new();
        let (_, _, ok) = call(&mut world, lines);
        assert_eq!((ok.header(Name::SessionExpires), ok.header(Name::Require)), (granted, required), "{lines}");
    }
}

#[test]
fn an_interval_that_is_too_short_is_422_for_who_knows_timers() {
    let mut world = World::new();
    world.hears(CARRIER, &with("Supported: timer\nSession-Expires: 60", &invite("i1", OFFER)));
    let refused = world.one();
    assert_eq!((refused.status(), refused.header(Name::MinSe)), (Some(422), Some("90")));
    assert!(world.events.is_empty());
    world.hears(CARRIER, &with("Session-Expires: 60", &invite("i2", OFFER)));
    assert_eq!(world.said(), ["100 INVITE"], "a proxy's wish is raised");
}

#[test]
fn we_ask_at_half_the_interval_and_an_answer_is_a_sign_of_life() {
    let mut world = World::new();
    let lines = format!("Supported: timer\nSession-Expires: 200;refresher=uas\n{UPDATES}");
    let (_, _, _) = call(&mut world, &lines);
    world.passes(Duration::from_secs(99));
    assert_eq!(world.said(), [""; 0]);
    for _ in 0..3 {
        world.passes(Duration::from_secs(1));
        let update = world.one();
        assert_eq!((update.method(), update.body()), (Method::Update, &b""[..]));
        assert_eq!(update.header(Name::SessionExpires), Some("1800;refresher=uac"));
        world.hears(CARRIER, &with("Session-Expires: 200;refresher=uac", &response(&update, "200 OK", "", "")));
        world.passes(Duration::from_secs(99));
    }
    assert_eq!(world.signals(), []);
    assert_eq!(world.endpoint.counts(), (1, 0));
}

#[test]
fn a_far_side_without_update_is_asked_by_a_reinvite_that_changes_nothing() {
    let mut world = World::new();
    our_call(&mut world, "Session-Expires: 200;refresher=uac\nAllow: INVITE, ACK, BYE");
    world.passes(Duration::from_secs(100));
    let reinvite = world.one();
    assert_eq!((reinvite.method(), reinvite.body()), (Method::Invite, OFFER.as_bytes()));
    world.hears(CARRIER, &with("Session-Expires: 200;refresher=uac", &response(&reinvite, "200 OK", "", "v=0 theirs")));
    assert_eq!(world.said(), ["ACK"]);
    assert_eq!(world.signals(), [], "the house need not know");
    world.passes(Duration::from_secs(100));
    assert_eq!(world.said(), ["INVITE"]);
}

#[test]
fn a_call_whose_far_side_no_longer_knows_it_ends_with_its_own_cause() {
    let mut world = World::new();
    our_call(&mut world, &format!("Session-Expires: 200;refresher=uac\n{UPDATES}"));
    world.passes(Duration::from_secs(100));
    let update = world.one();
    world.hears(CARRIER, &response(&update, "481 Call/Transaction Does Not Exist", "", ""));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::SessionExpired }]);
    assert_eq!(world.said(), ["BYE"]);
}

#[test]
fn a_call_whose_far_side_is_dead_ends_before_the_interval() {
    let mut world = World::new();
    our_call(&mut world, &format!("Session-Expires: 200;refresher=uac\n{UPDATES}"));
    world.passes(Duration::from_secs(131));
    assert_eq!(world.signals(), []);
    world.passes(Duration::from_secs(1));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::SessionExpired }]);
    assert!(world.said().contains(&"BYE".to_owned()));
    world.passes(Duration::from_secs(40));
    world.is_empty();
}

#[test]
fn a_call_they_do_not_refresh_ends_and_one_they_do_goes_on() {
    let mut world = World::new();
    let lines = "Supported: timer\nSession-Expires: 180;refresher=uac";
    let (_, tag, _) = call(&mut world, lines);
    world.passes(Duration::from_secs(90));
    world.hears(CARRIER, &with(lines, &request("UPDATE", "u1", 2, &tag, "")));
    let ok = world.one();
    assert_eq!((ok.status(), ok.header(Name::SessionExpires)), (Some(200), Some("180;refresher=uac")));
    world.passes(Duration::from_secs(147));
    assert_eq!(world.signals(), []);
    world.passes(Duration::from_secs(1));
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::SessionExpired }]);
    assert_eq!(world.said(), ["BYE"]);
}

#[test]
fn a_422_is_asked_again_with_its_minimum() {
    let mut world = World::new();
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    let invite = world.one();
    world.hears(CARRIER, &with("Min-SE: 3600", &response(&invite, "422 Session Interval Too Small", "x", "")));
    let sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    assert_eq!((sent[1].header(Name::SessionExpires), sent[1].header(Name::MinSe)), (Some("3600"), Some("3600")));
    // The same minimum again makes no sense, and is not followed for ever.
    world.hears(CARRIER, &with("Min-SE: 3600", &response(&sent[1], "422 Session Interval Too Small", "x", "")));
    assert!(matches!(world.signals().as_slice(), [Signal::Rejected { code: 422, .. }]));
}

#[test]
fn a_refusal_of_our_refresh_is_a_sign_of_life_too() {
    let mut world = World::new();
    our_call(&mut world, &format!("Session-Expires: 200;refresher=uac\n{UPDATES}"));
    world.passes(Duration::from_secs(100));
    let update = world.one();
    world.hears(CARRIER, &response(&update, "500 Server Internal Error", "", ""));
    world.passes(Duration::from_secs(99));
    assert_eq!((world.said(), world.signals()), (vec![], vec![]));
    world.passes(Duration::from_secs(1));
    let update = world.one();
    // One that takes no UPDATE after all gets a re-INVITE.
    world.hears(CARRIER, &response(&update, "405 Method Not Allowed", "", ""));
    assert_eq!(world.said(), ["INVITE"]);
}
