//! Who listens: the sockets that are open, whose they are, and what each wants to hear. A socket that does not say within
//! half a minute who it is, or whose application counts no more, is closed; one that reads too slowly likewise.

use super::binding::{Binding, Event};
use model::{CallId, KeyId, TenantId};
use serde_json::Value;
use socketioxide::extract::SocketRef;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a socket may stay without saying who it is.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many sockets may be in that state at once.
const MOST_STRANGERS: usize = 1_000;
/// How many sockets a company may have open.
const MOST_SOCKETS: usize = 1_000;
/// How many bindings a socket may have.
const MOST_BINDINGS: usize = 64;

/// Who a socket proved to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) tenant: TenantId,
    pub(super) key: KeyId,
    pub(super) source: IpAddr,
}

/// Why a binding was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The company has as many sockets as it may.
    Sockets,
    /// The socket has as many bindings as it may.
    Bindings,
    /// The socket is gone.
    Gone,
}

/// All sockets of the server.
#[derive(Default)]
pub(super) struct Listeners(Mutex<Sockets>);

#[derive(Default)]
struct Sockets {
    strangers: HashMap<String, (SocketRef, Instant)>,
    companies: HashMap<TenantId, HashMap<String, Listener>>,
}

struct Listener {
    socket: SocketRef,
    known: Known,
    bindings: Vec<Binding>,
}

impl Listeners {
    /// A socket that nothing is known of yet; false when there is no room for it.
    pub(super) fn enter(&self, socket: SocketRef, now: Instant) -> bool {
        let mut sockets = self.sockets();
        let room = sockets.strangers.len() < MOST_STRANGERS;
        if room {
            sockets.strangers.insert(socket.id.to_string(), (socket, now));
        }
        room
    }

    /// The socket is gone.
    pub(super) fn leave(&self, id: &str) {
        let mut sockets = self.sockets();
        sockets.strangers.remove(id);
        sockets.companies.retain(|_, open| {
            open.remove(id);
            !open.is_empty()
        });
    }

    /// The socket has proved who it is and wants to hear of this; twice is as once.
    pub(super) fn bind(&self, id: &str, known: Known, binding: Binding) -> Result<(), Full> {
        let mut sockets = self.sockets();
        let open = sockets.companies.get(&known.tenant).map_or(0, HashMap::len);
        let stranger = sockets.strangers.contains_key(id);
        if stranger && open >= MOST_SOCKETS {
            return Err(Full::Sockets);
        }
        if let Some((socket, _)) = sockets.strangers.remove(id) {
            let listener = Listener { socket, known, bindings: Vec::new() };
            sockets.companies.entry(known.tenant).or_default().insert(id.to_owned(), listener);
        }
        let open = sockets.companies.get_mut(&known.tenant).ok_or(Full::Gone)?;
        let listener = open.get_mut(id).ok_or(Full::Gone)?;
        listener.known = known;
        if !listener.bindings.contains(&binding) {
            if listener.bindings.len() >= MOST_BINDINGS {
                return Err(Full::Bindings);
            }
            listener.bindings.push(binding);
        }
        Ok(())
    }

    /// The socket no more wants to hear of this.
    pub(super) fn unbind(&self, id: &str, tenant: TenantId, binding: &Binding) {
        if let Some(listener) = self.sockets().companies.get_mut(&tenant).and_then(|open| open.get_mut(id)) {
            listener.bindings.retain(|bound| bound != binding);
        }
    }

    /// Whether anybody of the company listens at all.
    pub(super) fn any(&self, tenant: TenantId) -> bool {
        self.sockets().companies.contains_key(&tenant)
    }

    /// Tells whoever of the company wants to hear of it. Who does not read what was told before is closed: to be told
    /// again from a gap on would be worse.
    pub(super) fn tell(&self, tenant: TenantId, event: Event, call: CallId, data: &Value) {
        let slow: Vec<SocketRef> = {
            let sockets = self.sockets();
            let Some(open) = sockets.companies.get(&tenant) else { return };
            let wants = |listener: &&Listener| listener.bindings.iter().any(|binding| binding.fits(event, call));
            let full = |listener: &&Listener| listener.socket.emit(event.name(), data).is_err();
            open.values().filter(wants).filter(full).map(|listener| listener.socket.clone()).collect()
        };
        close(slow);
    }

    /// Who is known, to be looked at anew.
    pub(super) fn known(&self) -> Vec<Known> {
        let sockets = self.sockets();
        let mut all: Vec<Known> = Vec::new();
        for listener in sockets.companies.values().flat_map(HashMap::values) {
            if !all.contains(&listener.known) {
                all.push(listener.known);
            }
        }
        all
    }

    /// Closes all sockets of one that counts no more.
    pub(super) fn expel(&self, gone: Known) {
        let expelled = {
            let sockets = self.sockets();
            let open = sockets.companies.get(&gone.tenant).into_iter().flat_map(HashMap::values);
            open.filter(|listener| listener.known == gone).map(|listener| listener.socket.clone()).collect()
        };
        close(expelled);
    }

    /// Closes those that never said who they are.
    pub(super) fn expel_strangers(&self, now: Instant) {
        let expelled = {
            let sockets = self.sockets();
            let late = |(_, since): &&(SocketRef, Instant)| now.duration_since(*since) >= PATIENCE;
            sockets.strangers.values().filter(late).map(|(socket, _)| socket.clone()).collect()
        };
        close(expelled);
    }

    fn sockets(&self) -> MutexGuard<'_, Sockets> {
        // Each critical section leaves whole maps behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Outside the lock: what a closing socket sets off comes back to [`Listeners::leave`].
fn close(sockets: Vec<SocketRef>) {
    for socket in sockets {
        // One that closed by itself meanwhile is closed.
        let _ = socket.disconnect();
    }
}
