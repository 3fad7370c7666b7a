//! Beginning an outgoing leg: who is shown, where it goes, and looking up a name on the way.

use std::collections::VecDeque;

use model::Cause;

use super::Endpoint;
use super::command::{Dial, Target};
use super::core::{Callee, Lookup, LookupAsker};
use super::event::{Leg, Party};
use super::leg::{LegState, Outgoing, Phase};
use crate::dialog::{Dialog, MAX_FORWARDS, address_of, transport_of};
use crate::locate::{Hop, Server};
use crate::transport::{Flow, Transport};
use crate::uri::{Uri, UriBuf};

/// Where an INVITE goes, as far as it is known.
struct Way {
    uri: String,
    routes: Vec<String>,
    flow: Flow,
    /// The places to try one after the other in place of `flow`.
    hops: VecDeque<Hop>,
    /// The server to look up before it can be sent.
    server: Option<Server>,
    /// The registered phone it goes to.
    callee: Option<Callee>,
}

impl Endpoint {
    pub(super) fn dial(&mut self, id: Leg, dial: Dial) {
        if !self.has_room_to_dial() {
            return self.reject_dial(id, 503, Cause::Overload);
        }
        let way = match self.way_to(dial.target) {
            Ok(way) => way,
            Err((code, cause)) => return self.reject_dial(id, code, cause),
        };
        let tag = self.core.tag();
        let ours = self.core.shared.local(way.flow).ip().to_string();
        let remote = match &dial.to {
            Some(party) => address(party, &ours),
            None => format!("<{}>", way.uri),
        };
        let dialog = Dialog {
            call_id: self.new_call_id(),
            local: format!("{};tag={tag}", address(&dial.from, &ours)),
            local_tag: tag,
            remote_tag: String::new(),
            remote,
            local_seq: 0,
            remote_seq: None,
            target: way.uri,
            routes: way.routes,
            flow: way.flow,
            we_called: true,
            phone: way.callee.map(|callee| callee.account),
        };
        let mut leg = LegState::new(id, dialog, Phase::Resolving);
        leg.credentials = dial.credentials;
        leg.outgoing = Some(Box::new(Outgoing {
            body: dial.body,
            asserted: dial.asserted.map(|party| address(&party, &ours)),
            headers: dial.headers.into_iter().filter(|(name, value)| is_header(name, value)).collect(),
            max_forwards: dial.max_forwards.unwrap_or(MAX_FORWARDS),
            callee: way.callee,
            hops: way.hops,
            tries: 0,
        }));
        match way.server {
            Some(server) => self.core.lookups.push_back(Lookup { asker: LookupAsker::Leg(id), server }),
            None if leg.try_next(&mut self.core) => {}
            None => leg.invite(&mut self.core, None),
        }
        self.insert(leg);
        self.settle(id);
    }

    /// A server was looked up: the places to try, in this order.
    pub fn resolved(&mut self, now: model::Moment, asker: LookupAsker, hops: Vec<Hop>) {
        self.core.now = now;
        let id = match asker {
            LookupAsker::Leg(id) => id,
            LookupAsker::Registration(id) => return self.on_registrar_found(id, hops),
        };
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| matches!(leg.phase, Phase::Resolving)) else { return };
        if let Some(outgoing) = &mut leg.outgoing {
            outgoing.hops = hops.into();
        }
        if !leg.try_next(&mut self.core) {
            leg.rejected(&mut self.core, 503, Cause::Unreachable);
        }
        self.settle(id);
    }

    fn way_to(&self, target: Target) -> Result<Way, (u16, Cause)> {
        let (uri, to, transport) = match target {
            Target::Contact(key) => {
                let found = self.core.shared.contact_by_key(key, self.core.now);
                let (account, contact) = found.ok_or((480, Cause::NotRegistered))?;
                let mut flow = contact.flow;
                if !self.core.shared.is_open(flow) {
                    flow = self.core.way_to_phone(account, &contact.uri, flow);
                }
                return Ok(Way {
                    uri: contact.uri,
                    routes: contact.path,
                    flow,
                    hops: VecDeque::new(),
                    server: None,
                    callee: Some(Callee { contact: key, account, since: self.core.now }),
                });
            }
            Target::Uri { uri, to, transport } => (uri, to, transport),
        };
        let parsed = Uri::parse(&uri).map_err(|_| (484, Cause::InvalidNumber))?;
        let shared = &self.core.shared;
        let peer = shared.peer_over(transport, parsed.host);
        let (flow, server) = match (to.first(), address_of(&uri)) {
            (Some(first), _) => (shared.flow_to(first.transport, first.address), None),
            (None, Some((asked, address))) => {
                (shared.flow_to(if asked == Transport::Udp { transport } else { asked }, address), None)
            }
            (None, None) => {
                let asked = transport_of(&parsed);
                let transport = if asked == Transport::Udp { transport } else { asked };
                (Flow::nowhere(transport), Some(Server::of(&parsed, Some(transport))))
            }
        };
        if server.as_ref().is_some_and(|server| server.host.is_empty()) {
            return Err((484, Cause::InvalidNumber));
        }
        let flow = Flow { peer, ..flow };
        Ok(Way { uri, routes: Vec::new(), flow, hops: to.into(), server, callee: None })
    }

    /// A Call-ID whose answers come back to this shard.
    pub(super) fn new_call_id(&mut self) -> String {
        loop {
            let call_id = format!("{:016x}{:016x}", self.core.dice.roll(), self.core.dice.roll());
            if self.core.shared.shard_of_call(&call_id) == self.shard {
                return call_id;
            }
        }
    }
}

/// A party as a From, To or P-Asserted-Identity header has it, without a tag.
pub(super) fn address(party: &Party, our_host: &str) -> String {
    let host = if party.host.is_empty() { our_host } else { &party.host };
    let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
    let uri = UriBuf::sip(&party.user, &host, None);
    if party.display.is_empty() {
        return format!("<{uri}>");
    }
    let display: String = party.display.chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\" <{uri}>", display.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a header of the house can be sent as it is.
fn is_header(name: &str, value: &str) -> bool {
    let is_token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b));
    is_token && !value.contains(['\r', '\n', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes_or_their_line() {
        let party = Party { user: "1 2".into(), host: String::new(), display: "L \"a\" \\ n\r\nX: y".into() };
        assert_eq!(address(&party, "10.0.0.1"), r#""L \"a\" \\ nX: y" <sip:1%202@10.0.0.1>"#);
        assert!(is_header("X-Call", "a b"));
        assert!(!is_header("X Call", "a") && !is_header("", "a") && !is_header("X", "a\r\nY: b"));
    }
}
