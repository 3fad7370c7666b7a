//! Who is served: a bucket of tokens per source for strangers, and bans for those who guess passwords.
//!
//! What counts is failures and strangers. A phone that has proven itself pays nothing and is not touched by a ban of its
//! source, so one wrong password in an office does not silence the office. All tables are bounded; stepped by
//! [`Moment`]. Start with [`Limiter::admits`].

mod table;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use model::Moment;

use table::{Keep, Table};

/// The figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many requests without a proof a source may send at once. One that is proven later is given back.
    pub burst: u32,
    /// How many it may send each second.
    pub per_second: u32,
    /// By how much more of both, and of failures, a source may have where phones have proven themselves.
    pub known_factor: u32,
    /// Failures until a user at a source, or a source, is banned.
    pub failures: u32,
    /// Failures further back than this are forgotten.
    pub window: Duration,
    /// The first ban; each further one is twice as long.
    pub ban: Duration,
    /// The longest ban.
    pub longest_ban: Duration,
    /// For how long a proven phone is known.
    pub known_for: Duration,
    /// Sources remembered, and as many pairs of source and user.
    pub sources: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            burst: 2000,
            per_second: 50,
            known_factor: 10,
            failures: 10,
            window: Duration::from_secs(600),
            ban: Duration::from_secs(600),
            longest_ban: Duration::from_secs(24 * 3600),
            known_for: Duration::from_secs(3600),
            sources: 1 << 15,
        }
    }
}

/// Watches sources and users.
pub struct Limiter {
    limits: Limits,
    sources: Table<Source>,
    pairs: Table<Pair>,
}

/// An address; of IPv6, its /64.
#[derive(Debug, Clone, Copy)]
struct Source {
    tokens: Tokens,
    failures: Failures,
    known_until: Moment,
}

/// A user at a source.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    failures: Failures,
    known_until: Moment,
}

/// A bucket that fills with time.
#[derive(Debug, Clone, Copy)]
struct Tokens {
    thousandths: u64,
    filled_at: Moment,
}

#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    count: u32,
    last: Moment,
    bans: u32,
    banned_until: Moment,
}

impl Limiter {
    /// A limiter whose tables are keyed by `secret`, so that nobody can choose addresses that collide.
    pub fn new(limits: Limits, secret: &[u8; 32]) -> Limiter {
        Limiter { limits, sources: Table::new(limits.sources, secret), pairs: Table::new(limits.sources, secret) }
    }

    /// Asked before a message is even parsed: false when all from this source is to be dropped.
    pub fn admits(&self, source: IpAddr, now: Moment) -> bool {
        let Some(found) = self.sources.get(&network(source)) else { return true };
        !found.failures.is_banned(now) || found.known_until > now
    }

    /// Asked of each request that claims to be from `user` (`user@domain`) and wants a proof: true when it is to be dropped.
    pub fn is_blocked(&self, source: IpAddr, user: &str, now: Moment) -> bool {
        let pair = self.pairs.get(&(network(source), user));
        if pair.is_some_and(|pair| pair.failures.is_banned(now)) {
            return true;
        }
        let known = pair.is_some_and(|pair| pair.known_until > now);
        let source = self.sources.get(&network(source));
        !known && source.is_some_and(|found| found.failures.is_banned(now))
    }

    /// Takes a token for a request that comes without a proof; false when there is none left and the request is to be
    /// dropped. Phones known there need none: each of their requests begins without a proof. `user`: who it claims to
    /// be from, if that can be read.
    pub fn takes_stranger(&mut self, source: IpAddr, user: Option<&str>, now: Moment) -> bool {
        let limits = self.limits;
        let pair = user.and_then(|user| self.pairs.get(&(network(source), user)));
        if pair.is_some_and(|pair| pair.known_until > now) {
            return true;
        }
        let found = self.sources.entry(&network(source), now, || Source::new(&limits, now));
        let (burst, per_second) = found.allowance(&limits, now);
        found.tokens.take(burst, per_second, now)
    }

    /// Notes a wrong proof. Gives the length of the ban when this one was too many, to be logged by the caller.
    pub fn failed(&mut self, source: IpAddr, user: &str, now: Moment) -> Option<Duration> {
        let limits = self.limits;
        let pair = self.pairs.entry(&(network(source), user), now, Pair::default);
        let pair_ban = pair.failures.note(limits.failures, &limits, now);
        let found = self.sources.entry(&network(source), now, || Source::new(&limits, now));
        let factor = if found.known_until > now { limits.known_factor } else { 1 };
        let source_ban = found.failures.note(limits.failures * factor, &limits, now);
        pair_ban.max(source_ban)
    }

    /// Notes a right proof: the token is given back, the user's failures here are forgotten, and the phone is known.
    pub fn proven(&mut self, source: IpAddr, user: &str, now: Moment) {
        let limits = self.limits;
        let known_until = now + limits.known_for;
        let pair = self.pairs.entry(&(network(source), user), now, Pair::default);
        *pair = Pair { known_until, failures: Failures::default() };
        let found = self.sources.entry(&network(source), now, || Source::new(&limits, now));
        if found.known_until <= now {
            // Where one phone is, more are about to prove themselves.
            found.tokens.give(u64::from(limits.burst) * u64::from(limits.known_factor.saturating_sub(1)));
        }
        found.known_until = known_until;
        found.tokens.give(1);
    }

    /// How many sources are remembered.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Source {
    fn new(limits: &Limits, now: Moment) -> Source {
        let tokens = Tokens { thousandths: u64::from(limits.burst) * 1000, filled_at: now };
        Source { tokens, failures: Failures::default(), known_until: Moment::START }
    }

    fn allowance(&self, limits: &Limits, now: Moment) -> (u64, u64) {
        let factor = if self.known_until > now { u64::from(limits.known_factor) } else { 1 };
        (u64::from(limits.burst) * factor, u64::from(limits.per_second) * factor)
    }
}

impl Tokens {
    fn take(&mut self, burst: u64, per_second: u64, now: Moment) -> bool {
        let ms = now.since(self.filled_at).as_millis().try_into().unwrap_or(u64::MAX);
        if ms > 0 {
            self.thousandths = self.thousandths.saturating_add(per_second.saturating_mul(ms)).min(burst * 1000);
            self.filled_at = now;
        }
        let left = self.thousandths.checked_sub(1000);
        self.thousandths = left.unwrap_or(self.thousandths);
        left.is_some()
    }

    fn give(&mut self, tokens: u64) {
        // The next `take` cuts what is above the burst.
        self.thousandths = self.thousandths.saturating_add(tokens.saturating_mul(1000));
    }
}

impl Failures {
    fn is_banned(&self, now: Moment) -> bool {
        self.banned_until > now
    }

    fn note(&mut self, most: u32, limits: &Limits, now: Moment) -> Option<Duration> {
        if self.is_banned(now) {
            return None;
        }
        if now.since(self.last) > limits.window {
            self.count = 0;
        }
        if now.since(self.banned_until) > limits.longest_ban {
            self.bans = 0;
        }
        self.last = now;
        self.count += 1;
        if self.count < most {
            return None;
        }
        let ban = limits.ban.saturating_mul(1 << self.bans.min(16)).min(limits.longest_ban);
        *self = Failures { count: 0, last: now, bans: self.bans + 1, banned_until: now + ban };
        Some(ban)
    }

    fn matters_until(&self) -> Moment {
        self.banned_until.max(self.last)
    }
}

impl Keep for Source {
    fn matters_until(&self) -> Moment {
        self.failures.matters_until().max(self.known_until).max(self.tokens.filled_at)
    }
}

impl Keep for Pair {
    fn matters_until(&self) -> Moment {
        self.failures.matters_until().max(self.known_until)
    }
}

/// The network that is one customer: an IPv4 address, or the /64 of an IPv6 address.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
    }
}
