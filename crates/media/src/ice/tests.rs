use super::*;

const US: &str = "203.0.113.1";

fn terms(ours: &str, theirs: &str) -> Terms {
    let local = Credentials { fragment: ours.to_owned(), password: "our-password-of-22-letters".to_owned() };
    Terms { local, remote: theirs.to_owned() }
}

fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn ms(ms: u64) -> Moment {
    Moment::from_millis(ms)
}

/// A check as a browser sends it.
fn check(name: &str, password: &str, extra: &[(u16, &[u8])]) -> Vec<u8> {
    crate::stun::request([7; 12], name, password, extra)
}

const NOMINATE: (u16, &[u8]) = (0x0025, &[]);
const PRIORITY: (u16, &[u8]) = (0x0024, &[0x6E, 0, 1, 0xFF]);
const PASSWORD: &str = "our-password-of-22-letters";

fn good() -> Vec<u8> {
    check("ours:theirs", PASSWORD, &[PRIORITY, NOMINATE])
}

#[test]
fn a_check_that_is_proven_opens_a_path_and_others_do_not() {
    let mut agent = Agent::new(terms("ours", "theirs"));
    let browser = at("192.0.2.1:5000");
    for forged in [
        check("ours:theirs", "another-password-of-22-le", &[NOMINATE]),
        check("other:theirs", PASSWORD, &[NOMINATE]),
        check("ours:other", PASSWORD, &[NOMINATE]),
        check("ours", PASSWORD, &[NOMINATE]),
        vec![0, 1, 0, 0],
    ] {
        assert_eq!(agent.check(ms(0), &forged, browser), None);
        assert!(!agent.is_valid(ms(0), browser));
    }
    let without = check("ours:theirs", PASSWORD, &[PRIORITY]);
    assert!(agent.check(ms(0), &without, browser).is_some_and(|a| a[..2] == [1, 1]));
    assert!(agent.is_valid(ms(0), browser));
    assert_eq!(agent.target(ms(0)), None, "not nominated yet");
    assert!(agent.check(ms(1), &good(), browser).is_some());
    assert_eq!(agent.target(ms(1)), Some(browser));
    assert!(!agent.is_valid(ms(1), at("192.0.2.1:5001")) && !agent.is_valid(ms(1), at(&format!("{US}:5000"))));
}

#[test]
fn a_controlled_side_and_an_unknown_attribute_are_told_so() {
    let mut agent = Agent::new(terms("ours", "theirs"));
    let browser = at("192.0.2.1:5000");
    let controlled = check("ours:theirs", PASSWORD, &[(0x8029, &[0; 8]), NOMINATE]);
    let answer = agent.check(ms(0), &controlled, browser).expect("an answer");
    assert_eq!((answer[1], &answer[26..28]), (0x11, &[4, 87][..]));
    let strange = check("ours:theirs", PASSWORD, &[(0x0077, &[1, 2, 3, 4]), NOMINATE]);
    let answer = agent.check(ms(0), &strange, browser).expect("an answer");
    assert_eq!((answer[1], &answer[26..28]), (0x11, &[4, 20][..]));
    assert_eq!(agent.target(ms(0)), None);
}

#[test]
fn consent_ends_thirty_seconds_after_the_last_check() {
    let mut agent = Agent::new(terms("ours", "theirs"));
    let browser = at("192.0.2.1:5000");
    agent.check(ms(0), &good(), browser);
    agent.heard(ms(29_000), browser);
    assert_eq!(agent.target(ms(29_999)), Some(browser));
    assert_eq!(agent.target(ms(30_000)), None, "media is no consent");
    assert!(!agent.is_valid(ms(30_000), browser));
    agent.check(ms(31_000), &good(), browser);
    assert_eq!(agent.target(ms(31_000)), Some(browser));
}

#[test]
fn the_path_follows_the_media_of_the_far_side() {
    let mut agent = Agent::new(terms("ours", "theirs"));
    let (first, second) = (at("192.0.2.1:5000"), at("198.51.100.1:6000"));
    agent.check(ms(0), &good(), first);
    agent.check(ms(10), &good(), second);
    assert_eq!(agent.target(ms(10)), Some(first), "no better than the one that is used");
    agent.heard(ms(20), second);
    assert_eq!(agent.target(ms(20)), Some(second));
    agent.heard(ms(30), at("203.0.113.66:1"));
    assert_eq!(agent.target(ms(30)), Some(second), "nobody who has not passed a check");
    let better = check("ours:theirs", PASSWORD, &[(0x0024, &[0x7E, 0, 1, 0xFF]), NOMINATE]);
    agent.check(ms(40), &better, first);
    assert_eq!(agent.target(ms(40)), Some(first));
    // The first falls quiet; the second is checked again.
    agent.check(ms(5_100), &good(), second);
    assert_eq!(agent.target(ms(5_100)), Some(second));
}

#[test]
fn a_restart_takes_the_new_password_only_and_keeps_the_old_path_until_then() {
    let mut agent = Agent::new(terms("ours", "theirs"));
    let (first, second) = (at("192.0.2.1:5000"), at("198.51.100.1:6000"));
    agent.check(ms(0), &good(), first);
    agent.restart(terms("ours2", "theirs2"));
    assert_eq!(agent.target(ms(10)), Some(first));
    assert_eq!(agent.check(ms(20), &good(), second), None);
    assert!(agent.check(ms(30), &check("ours2:theirs2", PASSWORD, &[NOMINATE]), second).is_some());
    assert_eq!(agent.target(ms(30)), Some(second));
}

#[test]
fn paths_are_bounded_and_the_one_in_use_stays() {
    let mut agent = Agent::new(terms("ours", "theirs"));
    let browser = at("192.0.2.1:5000");
    agent.check(ms(0), &good(), browser);
    let plain = check("ours:theirs", PASSWORD, &[PRIORITY]);
    for port in 1..100 {
        agent.check(ms(port), &plain, at(&format!("198.51.100.1:{port}")));
    }
    assert_eq!(agent.paths.len(), PATHS);
    assert_eq!(agent.target(ms(200)), Some(browser));
}
