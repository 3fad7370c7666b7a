//! What happens to calls, in the words of the vendor's switch: one task reads the bus and tells whoever listens.

use super::binding::Event;
use super::listeners::Listeners;
use super::meaning::{Keeps, Meaning, meaning};
use super::words;
use crate::State;
use bus::Occurrence;
use call::Direction;
use model::{Actor, CallId, Dialect, ExtensionId, HotlineId, TenantId};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Weak;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;

/// How often it is looked whether sockets still count.
const LOOK: Duration = Duration::from_secs(10);
/// From the year 0, as the vendor's switch counts seconds, to 1970.
const GREGORIAN_S: i64 = 62_167_219_200;

/// What is known of a call that is up.
struct Live {
    tenant: TenantId,
    direction: Direction,
    from: String,
    to: String,
    hotline: Option<HotlineId>,
    /// Our person's phone: who called, or who rang last.
    extension: Option<ExtensionId>,
    began_ms: i64,
    answered_ms: Option<i64>,
}

/// Tells all that happens, until the service is gone.
pub(super) async fn tell_all(state: State, listeners: Weak<Listeners>) {
    let mut bus = state.bus.subscribe();
    let mut teller = Teller { state, calls: HashMap::new(), numbers: HashMap::new() };
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            occurrence = bus.recv() => {
                let Some(listeners) = listeners.upgrade() else { return };
                match occurrence {
                    Ok(occurrence) => teller.tell(&listeners, &occurrence).await,
                    // What was lost may have ended calls.
                    Err(RecvError::Lagged(_)) => teller.forget_ended(),
                    Err(RecvError::Closed) => return,
                }
            }
            _ = look.tick() => {
                let Some(listeners) = listeners.upgrade() else { return };
                teller.numbers.clear();
                listeners.expel_strangers(Instant::now());
                for known in listeners.known() {
                    let gate = &teller.state.gate;
                    if gate.still_admits_id(Dialect::Antring, known.key, known.source).await.is_err() {
                        listeners.expel(known);
                    }
                }
            }
        }
    }
}

struct Teller {
    state: State,
    calls: HashMap<CallId, Live>,
    /// The numbers of extensions and hotlines, for a while.
    numbers: HashMap<String, String>,
}

impl Teller {
    async fn tell(&mut self, listeners: &Listeners, what: &Occurrence) {
        let at_ms = what.at.as_millis();
        let Meaning { says, keeps } = meaning(&what.event);
        self.keep(what, &keeps, at_ms);
        let wanted = listeners.any(what.tenant);
        if let (true, false, Some(live)) = (wanted, says.is_empty(), self.calls.get(&what.call)) {
            let (extension, hotline) = (live.extension, live.hotline);
            let extension = self.extension(what.tenant, extension).await;
            let hotline = self.hotline(what.tenant, hotline).await;
            if let Some(live) = self.calls.get(&what.call) {
                for event in says {
                    let data = live.data(*event, what, at_ms, &extension, &hotline);
                    listeners.tell(what.tenant, *event, what.call, &data);
                }
            }
        }
        if keeps == Keeps::Ended {
            self.calls.remove(&what.call);
        }
    }

    fn keep(&mut self, what: &Occurrence, keeps: &Keeps<'_>, at_ms: i64) {
        match keeps {
            Keeps::Began { direction, from, to, hotline, extension } => {
                let live = Live {
                    tenant: what.tenant,
                    direction: *direction,
                    from: (*from).to_owned(),
                    to: (*to).to_owned(),
                    hotline: *hotline,
                    extension: *extension,
                    began_ms: at_ms,
                    answered_ms: None,
                };
                self.calls.insert(what.call, live);
            }
            Keeps::Rang(extension) => {
                if let Some(live) = self.calls.get_mut(&what.call)
                    && live.direction == Direction::Inbound
                    && live.answered_ms.is_none()
                {
                    live.extension = extension.or(live.extension);
                }
            }
            Keeps::Answered(extension) => {
                if let Some(live) = self.calls.get_mut(&what.call) {
                    live.answered_ms.get_or_insert(at_ms);
                    if live.direction == Direction::Inbound {
                        live.extension = extension.or(live.extension);
                    }
                }
            }
            Keeps::Ended | Keeps::Nothing => {}
        }
    }

    /// Keeps what is still up.
    fn forget_ended(&mut self) {
        let companies: HashSet<TenantId> = self.calls.values().map(|live| live.tenant).collect();
        let up: HashSet<CallId> =
            companies.into_iter().flat_map(|tenant| self.state.bus.live(tenant)).map(|call| call.id).collect();
        self.calls.retain(|id, _| up.contains(id));
    }

    async fn extension(&mut self, tenant: TenantId, id: Option<ExtensionId>) -> String {
        let Some(id) = id else { return String::new() };
        if let Some(known) = self.numbers.get(&id.to_string()) {
            return known.clone();
        }
        let found = pbx::extension::get(&Actor::system(tenant), self.state.db(), id).await;
        self.numbers.entry(id.to_string()).or_insert(found.map(|found| found.number).unwrap_or_default()).clone()
    }

    async fn hotline(&mut self, tenant: TenantId, id: Option<HotlineId>) -> String {
        let Some(id) = id else { return String::new() };
        if let Some(known) = self.numbers.get(&id.to_string()) {
            return known.clone();
        }
        let found = pbx::hotline::get(&Actor::system(tenant), self.state.db(), id).await;
        self.numbers.entry(id.to_string()).or_insert(found.map(|found| found.number).unwrap_or_default()).clone()
    }
}

impl Live {
    fn data(&self, event: Event, what: &Occurrence, at_ms: i64, extension: &str, hotline: &str) -> Value {
        let direction = if self.direction == Direction::Inbound { "inbound" } else { "outbound" };
        let mut data = json!({
            "Event-Category": "call_event",
            "Event-Name": event.name(),
            "Call-ID": what.call.to_string(),
            "Call-Direction": direction,
            "Caller-ID-Number": self.from,
            "Callee-ID-Number": self.to,
            "From": self.from,
            "To": self.to,
            "DID-Number": hotline,
            "Timestamp": at_ms / 1000 + GREGORIAN_S,
            "Unix-Timestamp": at_ms / 1000,
            "Custom-Channel-Vars": { "Account-ID": words::account(self.tenant), "Username": extension },
        });
        if let call::Event::Ended { cause, .. } = &what.event {
            data["Hangup-Cause"] = words::hangup(*cause).into();
            data["Duration-Seconds"] = ((at_ms - self.began_ms).max(0) / 1000).into();
            data["Billing-Seconds"] = self.answered_ms.map_or(0, |at| (at_ms - at).max(0) / 1000).into();
        }
        both_ways(data)
    }
}

/// The switch's names and the same in lower case with underscores: its Socket.IO clients read those, others the former.
fn both_ways(data: Value) -> Value {
    match data {
        Value::Object(named) => {
            let mut all = Map::new();
            for (name, value) in named {
                let value = both_ways(value);
                all.insert(name.to_lowercase().replace('-', "_"), value.clone());
                all.insert(name, value);
            }
            Value::Object(all)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_name_stand_in_an_event() {
        let data = both_ways(json!({ "Call-ID": "x", "Custom-Channel-Vars": { "Account-ID": "y" } }));
        assert_eq!(data["call_id"], "x");
        assert_eq!(data["Call-ID"], "x");
        assert_eq!(data["custom_channel_vars"]["account_id"], "y");
        assert_eq!(data["Custom-Channel-Vars"]["Account-ID"], "y");
    }
}
