//! Those who guess passwords, those who flood, and the phones that must not suffer from either.

use super::*;

const GUESSER: &str = "198.51.100.66:5060";
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// A request in the name of 101.
fn asks(method: &str, number: usize, proof: &str) -> String {
    let uri = if method == "REGISTER" { "sip:alo.test" } else { "sip:0909@alo.test" };
    format!(
        "{method} {uri} SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bKg{number};rport\nMax-Forwards: 70\nFrom: <sip:101@alo.test>;tag=p{number}\nTo: <sip:101@alo.test>\nCall-ID: g{number}\nCSeq: 1 {method}\nContact: <sip:101@192.168.1.5:5060>\nUser-Agent: A phone of a name that is neither short nor long/1.0.0 (2026)\nSupported: path{proof}\n\n"
    )
}

/// Tries a password with its own challenge; the status of the answer, if there was one to both.
fn tries(world: &mut World, from: &str, method: &str, password: &str) -> Option<u16> {
    let number = world.now.as_nanos() as usize;
    world.hears(from, &asks(method, number, ""));
    let challenge = world.sent.pop()?.2;
    let uri = if method == "REGISTER" { "sip:alo.test" } else { "sip:0909@alo.test" };
    let line = challenge.header(Name::WwwAuthenticate)?;
    let proof = crate::auth::answer_challenge(line, method, uri, "101", password, "c", 1)?;
    world.hears(from, &asks(method, number + 1, &format!("\nAuthorization: {proof}")));
    let answer = world.sent.pop()?.2;
    world.passes(SECOND);
    world.sent.clear();
    answer.status()
}

/// Guesses until nothing is answered any more: how many guesses were.
fn guesses(world: &mut World, method: &str) -> usize {
    (0..1000).take_while(|n| tries(world, GUESSER, method, &format!("guess{n}")).is_some()).count()
}

#[test]
fn who_guesses_is_shut_out_for_ever_longer_and_the_owner_elsewhere_is_not() {
    for method in ["REGISTER", "INVITE"] {
        let mut world = World::new();
        assert_eq!(guesses(&mut world, method), 10, "{method}");
        assert_eq!(tries(&mut world, PHONE, "REGISTER", "pw101"), Some(200), "the owner elsewhere");
        for _ in 0..9 {
            assert_eq!(tries(&mut world, GUESSER, "REGISTER", "pw101"), None, "not even with the right password");
            world.passes(MINUTE);
        }
        world.passes(SECOND * 57);
        assert_eq!(tries(&mut world, GUESSER, method, "pw101"), None);
        world.passes(SECOND * 2);
        assert_eq!(guesses(&mut world, method), 10);
        world.passes(MINUTE * 19);
        assert_eq!(guesses(&mut world, method), 0, "the second time it is twenty minutes");
        world.passes(MINUTE);
        assert_eq!(tries(&mut world, GUESSER, "REGISTER", "pw101"), Some(200));
    }
}

#[test]
fn a_guesser_in_the_office_does_not_silence_the_office() {
    let mut world = World::new();
    let next_door = "198.51.100.66:40000";
    world.shared.limiter().proven(
        next_door.parse::<std::net::SocketAddr>().expect("an address").ip(),
        "102@alo.test",
        world.now,
    );
    assert_eq!(guesses(&mut world, "REGISTER"), 10);
    let text = asks("REGISTER", 1, "").replace("101@", "102@");
    world.hears(next_door, &text);
    assert_eq!(world.one().status(), Some(401));
    // The namesake at another company is another user.
    world.hears(next_door, &asks("REGISTER", 2, "").replace("alo.test", "other.test"));
    assert_eq!(world.one().status(), Some(401));
}

#[test]
fn a_carrier_is_heard_whatever_else_came_from_its_address() {
    let world = World::new();
    let carrier = CARRIER.parse::<std::net::SocketAddr>().expect("an address").ip();
    let other = GUESSER.parse::<std::net::SocketAddr>().expect("an address").ip();
    for source in [carrier, other] {
        for n in 0..10 {
            world.shared.limiter().failed(source, &n.to_string(), world.now);
        }
    }
    assert!(world.shared.admits(carrier, world.now) && !world.shared.admits(other, world.now));
    assert!((0..100_000).all(|_| world.shared.serves_stranger(carrier, None, world.now)));
    assert!((0..100_000).any(|_| !world.shared.serves_stranger(other, None, world.now)));
}

#[test]
fn a_datagram_is_not_answered_with_half_as_much_again() {
    let mut world = World::new();
    let long = asks("REGISTER", 1, "");
    world.hears(PHONE, &long);
    assert_eq!(world.one().headers(Name::WwwAuthenticate).count(), 2);
    let short = long
        .replace("\nUser-Agent: A phone of a name that is neither short nor long/1.0.0 (2026)\nSupported: path", "");
    let options = "OPTIONS sip:alo.test SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.5;branch=z9hG4bKo1\nFrom: <sip:x@alo.test>;tag=x\nTo: <sip:alo.test>\nCall-ID: o1\nCSeq: 1 OPTIONS\n\n";
    for (text, lines) in [(short.replace("g1", "g2"), 1), (options.to_owned(), 0)] {
        world.hears(PHONE, &text);
        let answer = world.one();
        let asked = text.len() + text.matches('\n').count() + "Content-Length: 0".len();
        assert!(answer.raw().len() <= asked * 3 / 2, "{} for {asked}", answer.raw().len());
        assert_eq!(answer.headers(Name::WwwAuthenticate).count(), lines);
        let challenge = answer.header(Name::WwwAuthenticate).unwrap_or("algorithm=MD5");
        assert!(challenge.contains("algorithm=MD5"));
    }
    // A stream has shown that its address is its own.
    let bytes = Bytes::from(format!("{}\r\nContent-Length: 0\r\n\r\n", short.trim_end().replace('\n', "\r\n")));
    let flow = Flow::to(Transport::Tcp, PHONE.parse().expect("an address"));
    world.endpoint.receive(world.now, flow, Message::parse(bytes).expect("a message"));
    world.collect();
    assert_eq!(world.one().headers(Name::WwwAuthenticate).count(), 2);
}
