//! Phones that register with us, and we who register at carriers.

use super::*;
use crate::endpoint::command::Registration;

fn register(branch: &str, seq: u32, extra: &str) -> String {
    format!(
        "REGISTER sip:alo.test SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bK{branch};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p\nTo: <sip:101@alo.test>\nCall-ID: r1\nCSeq: {seq} REGISTER\nContact: <sip:101@192.168.1.5:5060>\nUser-Agent: Phone/1{extra}\n\n"
    )
}

/// Registers the phone: the 200.
fn registered(world: &mut World, branch: &str, seq: u32, extra: &str) -> Message {
    world.hears(PHONE, &register(branch, seq, extra));
    let challenge = world.one();
    assert_eq!(challenge.status(), Some(401));
    let line = challenge.headers(Name::WwwAuthenticate).last().expect("a challenge");
    let proof =
        crate::auth::answer_challenge(line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof");
    world.hears(PHONE, &register(&format!("{branch}x"), seq + 1, &format!("{extra}\nAuthorization: {proof}")));
    world.one()
}

#[test]
fn an_old_baresip_is_challenged_with_md5_alone() {
    for (agent, lines) in [("baresip v1.0.0 (x86_64/linux)", 1), ("baresip v3.16.0 (x86_64/Linux)", 2), ("Phone/1", 2)]
    {
        let mut world = World::new();
        let allow = "\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, SUBSCRIBE, INFO, MESSAGE, UPDATE, REFER";
        world.hears(PHONE, &register("b1", 1, allow).replace("Phone/1", agent));
        assert_eq!(world.one().headers(Name::WwwAuthenticate).count(), lines, "{agent}");
    }
}

#[test]
fn a_browser_is_challenged_with_md5_alone() {
    for (transport, lines) in [(Transport::Ws, 1), (Transport::Wss, 1), (Transport::Tls, 2)] {
        let mut world = World::new();
        let flow = Flow { transport, ..world.connection(7, PHONE) };
        world.hears_over(flow, &register("b1", 1, ""));
        assert_eq!(world.one().headers(Name::WwwAuthenticate).count(), lines, "{transport:?}");
    }
}

#[test]
fn a_phone_behind_nat_is_called_where_it_registered_from() {
    let mut world = World::new();
    let ok = registered(&mut world, "r1", 1, "");
    assert_eq!(ok.status(), Some(200));
    assert_eq!(ok.header(Name::Contact), Some("<sip:101@192.168.1.5:5060>;expires=3600"));
    assert_eq!(ok.via().expect("a Via").rport(), Some(Some(40000)));
    assert!(matches!(world.events.remove(0), Event::Bindings { account: 101, contacts: 1 }));

    let contact = world.shared.registrar.contacts(101, world.now).remove(0);
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.target = Target::Contact(contact.key);
    world.orders(leg, Command::Dial(dial));
    let (_, flow, invite) = world.sent.remove(0);
    assert_eq!((flow.remote.to_string().as_str(), invite.request_uri()), (PHONE, "sip:101@192.168.1.5:5060"));
    // Its Contact in the answer is behind NAT too: the ACK goes where the INVITE went.
    let ok = response(&invite, "200 OK", "far", "v=0").replace("far@10.9.9.9:5060", "101@192.168.1.5:5060");
    world.hears(PHONE, &ok);
    let (_, flow, ack) = world.sent.remove(0);
    assert_eq!((flow.remote.to_string().as_str(), ack.request_uri()), (PHONE, "sip:101@192.168.1.5:5060"));
}

#[test]
fn a_repeated_register_hears_the_same_again() {
    let mut world = World::new();
    world.hears(PHONE, &register("r1", 1, ""));
    let challenge = world.one();
    let line = challenge.headers(Name::WwwAuthenticate).next().expect("a challenge");
    let proof =
        crate::auth::answer_challenge(line, "REGISTER", "sip:alo.test", "101", "pw101", "c", 1).expect("a proof");
    let text = register("r2", 2, &format!("\nAuthorization: {proof}"));
    world.hears(PHONE, &text);
    let first = world.one();
    world.hears(PHONE, &text);
    assert_eq!(world.one().raw(), first.raw());
    // The same proof in a new request is a replay.
    world.hears(PHONE, &register("r3", 3, &format!("\nAuthorization: {proof}")));
    let answer = world.one();
    assert_eq!(answer.status(), Some(401));
    assert!(answer.header(Name::WwwAuthenticate).is_some_and(|v| v.contains("stale=true")));
}

#[test]
fn a_refresh_is_no_news_and_an_expiry_is() {
    let mut world = World::new();
    registered(&mut world, "r1", 1, "\nExpires: 60");
    registered(&mut world, "r2", 3, "\nExpires: 60");
    assert_eq!(world.events.len(), 1);
    world.passes_ms(61_500);
    assert!(matches!(world.events.pop(), Some(Event::Bindings { account: 101, contacts: 0 })));
    world.is_empty();
    world.passes_ms(40_000);
    assert_eq!(world.endpoint.deadline(), None);
}

#[test]
fn too_short_a_time_is_423_and_zero_takes_the_phone_away() {
    let mut world = World::new();
    let refusal = registered(&mut world, "r1", 1, "\nExpires: 5");
    assert_eq!((refusal.status(), refusal.header(Name::MinExpires)), (Some(423), Some("30")));
    registered(&mut world, "r2", 3, "");
    let gone = registered(&mut world, "r3", 5, "\nExpires: 0");
    assert_eq!((gone.status(), gone.header(Name::Contact)), (Some(200), None));
    assert!(matches!(world.events.pop(), Some(Event::Bindings { account: 101, contacts: 0 })));
}

#[test]
fn finished_transactions_are_bounded() {
    let mut world = World::new();
    let config = Config { shards: 1, limits: crate::Limits { finished: 5, ..Default::default() }, ..Config::default() };
    world.shared = Shared::new(config, Arc::new(House), Sockets::default(), Timestamp(0));
    world.endpoint = Endpoint::new(world.shared.clone(), 0, [1; 32]);
    for n in 0..20 {
        registered(&mut world, &format!("r{n}"), n * 2 + 1, "");
    }
    assert!(world.endpoint.core.kept() <= 5);
}

#[test]
fn the_room_of_a_rush_is_given_back_when_it_is_over() {
    let mut world = World::new();
    for n in 0..3_000 {
        registered(&mut world, &format!("r{n}"), n * 2 + 1, "");
    }
    let full = world.endpoint.core.room();
    assert!(full >= 3_000);
    world.passes_ms(40_000);
    assert!(world.endpoint.core.room() < 2_048, "{} of {full}", world.endpoint.core.room());
}

fn registration() -> Registration {
    Registration {
        registrar: "sip:carrier.test".into(),
        to: Some(CARRIER.parse().expect("an address")),
        transport: Transport::Udp,
        user: "trunk".into(),
        credentials: Credentials { user: "trunk".into(), password: "secret".into() },
        expires_s: 300,
    }
}

fn wanted(world: &mut World, registration: Option<Registration>) {
    world.endpoint.register(world.now, 9, registration);
    world.collect();
}

#[test]
fn we_register_answer_the_challenge_and_refresh_in_time() {
    let mut world = World::new();
    wanted(&mut world, Some(registration()));
    let first = world.one();
    assert_eq!((first.request_uri(), first.header(Name::Expires)), ("sip:carrier.test", Some("300")));
    assert_eq!(first.header(Name::Contact), Some("<sip:trunk@10.0.0.1:5060>"));
    let challenge = response(&first, "401 Unauthorized", "x", "")
        .replace("\nContact", "\nWWW-Authenticate: Digest realm=\"carrier\",nonce=\"n1\"\nContact");
    world.hears(CARRIER, &challenge);
    let second = world.one();
    assert!(second.header(Name::Authorization).is_some());
    let ok = response(&second, "200 OK", "x", "")
        .replace("<sip:far@10.9.9.9:5060>", "<sip:trunk@10.0.0.1:5060>;expires=100");
    world.hears(CARRIER, &ok);
    assert!(matches!(world.events.remove(0), Event::Registration { id: 9, state: Ok(time) } if time.as_secs() == 100));
    world.passes_ms(79_999);
    assert_eq!(world.said(), [""; 0]);
    world.passes_ms(1);
    assert_eq!(world.said(), ["REGISTER"]);
}

#[test]
fn a_carrier_that_is_away_is_asked_again_ever_more_slowly() {
    let mut world = World::new();
    wanted(&mut world, Some(registration()));
    world.passes(Duration::from_secs(32));
    assert!(matches!(world.events.remove(0), Event::Registration { id: 9, state: Err(408) }));
    world.said();
    let start = world.now;
    world.passes(Duration::from_secs(7));
    let again = world.times_of("REGISTER", start);
    assert!(again.first().is_some_and(|ms| (5000..=6250).contains(ms)), "{again:?}");
    world.passes(Duration::from_secs(3600));
    let failures = world.events.len();
    assert!((9..=20).contains(&failures), "{failures}");
}

#[test]
fn a_registration_that_is_no_longer_wanted_is_withdrawn() {
    let mut world = World::new();
    wanted(&mut world, Some(registration()));
    let first = world.one();
    world.hears(CARRIER, &response(&first, "200 OK", "x", ""));
    wanted(&mut world, None);
    let last = world.one();
    assert_eq!(last.header(Name::Expires), Some("0"));
    world.hears(CARRIER, &response(&last, "200 OK", "x", ""));
    world.passes(Duration::from_secs(3600));
    assert_eq!(world.said(), [""; 0]);
    world.is_empty();
}
