//! ICE-lite (RFC 8445 section 2.5): we have one address that everybody can reach, send no checks of our own, and answer
//! those of the far side, which decides the path. Whoever has passed a check knows the password of the session
//! description, so nobody else is heard. Pure.

use crate::stun::Request;
use model::Moment;
use std::net::SocketAddr;
use std::time::Duration;

/// Without a check for so long, the far side does not consent to being sent to any more (RFC 7675 section 5.1).
const CONSENT: Duration = Duration::from_secs(30);
/// A path without a check and without media for so long gives way to any other.
const ALIVE: Duration = Duration::from_secs(5);
/// Addresses of one far side that are remembered.
const PATHS: usize = 16;

/// The name and password that one side's checks are proven with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name fragment (`a=ice-ufrag`).
    pub fragment: String,
    /// The password (`a=ice-pwd`).
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.fragment)
    }
}

/// What both session descriptions said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Ours; checks to us are proven with the password.
    pub local: Credentials,
    /// The far side's user name fragment.
    pub remote: String,
}

/// The agent of one leg.
#[derive(Debug)]
pub struct Agent {
    terms: Terms,
    paths: Vec<Path>,
    selected: Option<SocketAddr>,
}

#[derive(Debug, Clone, Copy)]
struct Path {
    source: SocketAddr,
    checked: Moment,
    /// When a check or media last came.
    heard: Moment,
    priority: u32,
    nominated: bool,
}

impl Agent {
    /// Nobody has passed a check yet.
    pub fn new(terms: Terms) -> Agent {
        Agent { terms, paths: Vec::new(), selected: None }
    }

    /// What was agreed on.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// A new agreement. Paths stay until checks with the new password come (an ICE restart, RFC 8445 section 9): media
    /// goes on over the old one meanwhile.
    pub fn restart(&mut self, terms: Terms) {
        self.terms = terms;
        for path in &mut self.paths {
            path.nominated = false;
        }
    }

    /// Reads what may be a check. Returns the answer to send back to `source`; none when it deserves none.
    pub fn check(&mut self, now: Moment, packet: &[u8], source: SocketAddr) -> Option<Vec<u8>> {
        let request = Request::parse(packet)?;
        let (ours, theirs) = request.username?.split_once(':')?;
        let password = &self.terms.local.password;
        let known = ours == self.terms.local.fragment && theirs == self.terms.remote;
        if !known || !request.is_by_who_knows(password) {
            return None;
        }
        if !request.unknown.is_empty() {
            return Some(request.unknown_attributes(password));
        }
        if request.controlled {
            return Some(request.role_conflict(password));
        }
        let answer = request.answer(source, password);
        let (priority, nominated) = (request.priority, request.use_candidate);
        self.passed(now, source, priority, nominated);
        Some(answer)
    }

    fn passed(&mut self, now: Moment, source: SocketAddr, priority: u32, nominated: bool) {
        let path = match self.paths.iter().position(|p| p.source == source) {
            Some(at) => &mut self.paths[at],
            None => {
                if self.paths.len() == PATHS {
                    self.forget_one();
                }
                self.paths.push(Path { source, checked: now, heard: now, priority, nominated: false });
                self.paths.last_mut().expect("it was pushed just now")
            }
        };
        (path.checked, path.heard, path.priority) = (now, now, priority);
        path.nominated |= nominated;
        if !path.nominated {
            return;
        }
        let current = self.selected.and_then(|selected| self.path(selected));
        // The far side may nominate several: the better one, or the one that still lives.
        if current.is_none_or(|c| !c.nominated || priority > c.priority || now.since(c.heard) > ALIVE) {
            self.selected = Some(source);
        }
    }

    fn forget_one(&mut self) {
        let selected = self.selected;
        let oldest =
            self.paths.iter().enumerate().filter(|(_, p)| Some(p.source) != selected).min_by_key(|(_, p)| p.heard);
        if let Some((at, _)) = oldest {
            self.paths.swap_remove(at);
        }
    }

    /// Whether a check has come from there and the far side still consents.
    pub fn is_valid(&self, now: Moment, source: SocketAddr) -> bool {
        self.path(source).is_some_and(|p| now.since(p.checked) < CONSENT)
    }

    /// Media that the far side has authenticated came from there: it has taken this path.
    /// True when it was another before.
    pub fn heard(&mut self, now: Moment, source: SocketAddr) -> bool {
        let Some(path) = self.paths.iter_mut().find(|p| p.source == source) else { return false };
        path.heard = now;
        path.nominated && self.selected.replace(source) != Some(source)
    }

    /// Where to send; none before a path was nominated, and when consent has ended.
    pub fn target(&self, now: Moment) -> Option<SocketAddr> {
        self.selected.filter(|source| self.is_valid(now, *source))
    }

    fn path(&self, source: SocketAddr) -> Option<&Path> {
        self.paths.iter().find(|p| p.source == source)
    }
}

#[cfg(test)]
mod tests;
