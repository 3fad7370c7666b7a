//! Floods, guessing, and those who must not suffer from either.

use super::*;
use std::net::Ipv4Addr;

const SECRET: [u8; 32] = [3; 32];

fn limiter() -> Limiter {
    Limiter::new(Limits { burst: 5, per_second: 2, sources: 64, ..Limits::default() }, &SECRET)
}

fn ip(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + n))
}

fn at(s: u64) -> Moment {
    Moment::from_millis(s * 1000)
}

fn guess(l: &mut Limiter, source: IpAddr, user: &str, times: usize, now: Moment) -> Option<Duration> {
    (0..times).map(|_| l.failed(source, user, now)).last().flatten()
}

#[test]
fn a_stranger_has_a_burst_and_then_a_rate() {
    let mut l = limiter();
    let served = |l: &mut Limiter, now| (0..100).filter(|_| l.takes_stranger(ip(1), None, now)).count();
    assert_eq!((served(&mut l, at(1)), served(&mut l, at(1)), served(&mut l, at(2))), (5, 0, 2));
    assert_eq!(served(&mut l, at(1000)), 5);
    assert!(l.takes_stranger(ip(2), None, at(1)));
}

#[test]
fn phones_that_prove_themselves_pay_nothing() {
    let mut l = limiter();
    for n in 0..10_000 {
        assert!(l.takes_stranger(ip(1), None, at(1)), "{n}");
        l.proven(ip(1), &format!("u{n}"), at(1));
    }
}

/// Traffic at so many requests a second from one address: each is challenged, is repeated once in twenty, and is proven
/// `delay_ms` later. How many challenges were refused.
fn refused(l: &mut Limiter, users: u64, per_second: u64, delay_ms: u64, seconds: u64) -> u64 {
    let mut refused = 0;
    let mut proofs = std::collections::VecDeque::new();
    for n in 0..per_second * seconds {
        let now = Moment::from_nanos(n * 1_000_000_000 / per_second);
        while proofs.front().is_some_and(|(due, _)| *due <= now) {
            let (_, user) = proofs.pop_front().expect("one is there");
            l.proven(ip(1), user, now);
        }
        let user: &'static str = Box::leak(format!("{}@alo.test", n % users).into_boxed_str());
        for _ in 0..1 + u64::from(n % 20 == 0) {
            refused += u64::from(!l.takes_stranger(ip(1), Some(user), now));
        }
        proofs.push_back((now + Duration::from_millis(delay_ms), user));
    }
    refused
}

#[test]
fn good_traffic_of_a_full_office_is_never_refused() {
    let fresh = || Limiter::new(Limits::default(), &SECRET);
    assert_eq!(refused(&mut fresh(), 1000, 12_800, 100, 10), 0, "registrations");
    assert_eq!(refused(&mut fresh(), 1, 1200, 100, 60), 0, "calls of one user");
    assert_eq!(refused(&mut fresh(), 50_000, 1200, 100, 30), 0, "calls of ever new users");
    let mut l = fresh();
    let flood = (0..20_000).filter(|_| !l.takes_stranger(ip(1), Some("101@alo.test"), at(1))).count();
    assert_eq!(flood, 18_000, "who never proves anything has the burst alone");
}

#[test]
fn a_phone_that_is_known_there_is_served_when_strangers_have_used_up_the_source() {
    let mut l = limiter();
    l.proven(ip(1), "101@alo.test", at(1));
    assert!((0..1000).any(|_| !l.takes_stranger(ip(1), Some("102@alo.test"), at(1))));
    assert!((0..1000).all(|_| l.takes_stranger(ip(1), Some("101@alo.test"), at(1))));
    assert!(!l.takes_stranger(ip(1), Some("101@other.test"), at(1)), "the namesake of another company");
}

#[test]
fn ten_wrong_passwords_ban_the_user_there_and_longer_each_time() {
    let mut l = limiter();
    l.proven(ip(1), "other", at(0));
    assert_eq!(guess(&mut l, ip(1), "101", 9, at(0)), None);
    assert!(!l.is_blocked(ip(1), "101", at(0)));
    assert_eq!(l.failed(ip(1), "101", at(0)), Some(Duration::from_secs(600)));
    assert!(l.is_blocked(ip(1), "101", at(599)) && !l.is_blocked(ip(1), "101", at(600)));
    assert!(!l.is_blocked(ip(2), "101", at(1)), "the owner at another address");
    assert!(!l.is_blocked(ip(1), "other", at(1)) && l.admits(ip(1), at(1)), "the office next door");
    assert_eq!(guess(&mut l, ip(1), "101", 10, at(600)), Some(Duration::from_secs(1200)));
    let longest = (0..20).map(|n| guess(&mut l, ip(1), "101", 10, at(100_000 * (n + 1)))).max().flatten();
    assert!(longest <= Some(Duration::from_secs(24 * 3600)));
}

#[test]
fn guessing_many_users_bans_the_source_before_it_is_parsed() {
    let mut l = limiter();
    for n in 0..10 {
        l.failed(ip(1), &n.to_string(), at(0));
    }
    assert!(!l.admits(ip(1), at(1)) && l.is_blocked(ip(1), "101", at(1)));
    assert!(l.admits(ip(1), at(600)) && l.admits(ip(2), at(1)));
}

#[test]
fn a_ban_of_the_source_does_not_touch_a_known_phone_there() {
    let mut l = limiter();
    l.proven(ip(1), "good", at(0));
    for n in 0..100 {
        l.failed(ip(1), &n.to_string(), at(1));
    }
    assert!(l.is_blocked(ip(1), "stranger", at(2)));
    assert!(l.admits(ip(1), at(2)) && !l.is_blocked(ip(1), "good", at(2)));
}

#[test]
fn a_right_password_forgives_and_time_forgets() {
    let mut l = limiter();
    guess(&mut l, ip(1), "101", 9, at(0));
    l.proven(ip(1), "101", at(0));
    assert_eq!(guess(&mut l, ip(1), "101", 9, at(1)), None);
    assert_eq!(guess(&mut l, ip(1), "101", 9, at(602)), None);
}

#[test]
fn one_customer_of_ipv6_is_one_source() {
    let mut l = limiter();
    let address = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]);
    let served = (0..100).filter(|n| l.takes_stranger(address(*n), None, at(1))).count();
    assert_eq!(served, 5);
    assert_eq!(network("::ffff:10.0.0.1".parse().expect("an address")), ip(1));
}

#[test]
fn the_table_is_bounded_and_keeps_the_banned() {
    let mut l = limiter();
    guess(&mut l, ip(0), "101", 10, at(1));
    for n in 1..10_000 {
        l.takes_stranger(ip(n), None, at(2));
        l.failed(ip(n), "x", at(2));
    }
    assert!(l.len() <= 64);
    assert!(!l.admits(ip(0), at(3)) && l.is_blocked(ip(0), "101", at(3)));
}
