//! Keeping ourselves registered at carriers: ask, answer the challenge, ask again before it runs out, and back off while
//! the carrier is away.

use std::collections::VecDeque;
use std::time::Duration;

use model::Moment;

use super::Endpoint;
use super::command::Registration;
use super::core::{Asker, Lookup, LookupAsker};
use super::event::Event;
use crate::build::RequestBuilder;
use crate::header::{NameAddr, parse_seconds};
use crate::locate::{Hop, Server};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;
use crate::uri::{Uri, UriBuf};

/// The first pause after a failure; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How long a place of the registrar may take to answer while there is another.
const SILENT: Duration = Duration::from_secs(4);
/// Some carriers hold a contact for seconds only, to keep a NAT open; none may make us ask all the time.
const SHORTEST_REFRESH: Duration = Duration::from_secs(2);

/// A registration of ours.
pub(super) struct Outbound {
    wanted: Registration,
    call_id: String,
    tag: String,
    seq: u32,
    flow: Option<Flow>,
    /// The places of the registrar that were not tried yet (RFC 3263 section 4.3).
    hops: VecDeque<Hop>,
    /// When it is to be sent; none while an answer or an address is awaited.
    due: Option<Moment>,
    /// Failures in a row.
    failures: u32,
    /// Challenges to this request.
    challenges: u8,
    /// The expiry asked for; a 423 raises it.
    expires_s: u32,
    /// It is being withdrawn.
    leaving: bool,
}

impl Endpoint {
    /// Keeps up a registration, or withdraws the one with this id. To be called on the shard of the id.
    pub fn register(&mut self, now: Moment, id: u64, wanted: Option<Registration>) {
        self.core.now = now;
        let Some(wanted) = wanted else {
            let Some(outbound) = self.registrations.get_mut(&id) else { return };
            outbound.leaving = true;
            outbound.expires_s = 0;
            outbound.challenges = 0;
            if outbound.flow.is_some() && outbound.failures == 0 {
                return self.send_register(id, None);
            }
            self.registrations.remove(&id);
            return;
        };
        if self.registrations.get(&id).is_some_and(|old| old.wanted == wanted && !old.leaving) {
            return;
        }
        let outbound = Outbound {
            expires_s: wanted.expires_s.max(60),
            wanted,
            call_id: self.new_call_id(),
            tag: self.core.tag(),
            seq: 0,
            flow: None,
            hops: VecDeque::new(),
            due: Some(now),
            failures: 0,
            challenges: 0,
            leaving: false,
        };
        self.registrations.insert(id, outbound);
        self.on_registration_due(id);
    }

    pub(super) fn on_registration_due(&mut self, id: u64) {
        let now = self.core.now;
        let Some(outbound) = self.registrations.get_mut(&id) else { return };
        let Some(due) = outbound.due else { return };
        if due > now {
            return self.core.wake_registration(id, due);
        }
        outbound.due = None;
        outbound.challenges = 0;
        if outbound.flow.is_none() || outbound.failures > 0 {
            return self.find_registrar(id);
        }
        self.send_register(id, None);
    }

    fn find_registrar(&mut self, id: u64) {
        let Some(outbound) = self.registrations.get_mut(&id) else { return };
        let wanted = &outbound.wanted;
        if let Some(to) = wanted.to {
            outbound.flow = Some(self.core.shared.flow_to(wanted.transport, to));
            return self.send_register(id, None);
        }
        let server = Uri::parse(&wanted.registrar).ok().map(|uri| Server::of(&uri, Some(wanted.transport)));
        match server {
            Some(server) => self.core.lookups.push_back(Lookup { asker: LookupAsker::Registration(id), server }),
            None => self.registration_failed(id, 400),
        }
    }

    pub(super) fn on_registrar_found(&mut self, id: u64, hops: Vec<Hop>) {
        let Some(outbound) = self.registrations.get_mut(&id) else { return };
        outbound.hops = hops.into();
        if !self.try_next_registrar(id) {
            self.registration_failed(id, 503);
        }
    }

    /// Turns to the next place of the registrar; whether there is one.
    fn try_next_registrar(&mut self, id: u64) -> bool {
        let Some(outbound) = self.registrations.get_mut(&id) else { return false };
        let Some(hop) = outbound.hops.pop_front() else { return false };
        outbound.challenges = 0;
        let host = Uri::parse(&outbound.wanted.registrar).map_or("", |uri| uri.host);
        let peer = self.core.shared.peer_over(hop.transport, host);
        outbound.flow = Some(Flow { peer, ..self.core.shared.flow_to(hop.transport, hop.address) });
        self.send_register(id, None);
        true
    }

    fn send_register(&mut self, id: u64, credential: Option<(Name, String)>) {
        let Some(outbound) = self.registrations.get_mut(&id) else { return };
        let Some(flow) = outbound.flow else { return };
        outbound.seq += 1;
        outbound.due = None;
        let branch = self.core.branch();
        let host = Uri::parse(&outbound.wanted.registrar).map_or("", |uri| uri.host);
        let record = UriBuf::sip(&outbound.wanted.user, host, None);
        let mut builder = RequestBuilder::new(Method::Register, &outbound.wanted.registrar)
            .header(Name::Via, self.core.via(flow, branch))
            .header(Name::MaxForwards, 70)
            .header(Name::From, format_args!("<{record}>;tag={}", outbound.tag))
            .header(Name::To, format_args!("<{record}>"))
            .header(Name::CallId, &outbound.call_id)
            .header(Name::CSeq, format_args!("{} REGISTER", outbound.seq))
            .header(Name::Contact, self.core.shared.contact(flow, &outbound.wanted.user))
            .header(Name::Expires, outbound.expires_s)
            .header(Name::UserAgent, &self.core.shared.config.server_name);
        if let Some((name, value)) = credential {
            builder = builder.header(name, value);
        }
        let (request, asker) = (builder.finish(), Asker::Register(id));
        if outbound.hops.is_empty() {
            self.core.ask(branch, flow, Method::Register, request, asker);
        } else {
            self.core.ask_briefly(branch, flow, Method::Register, request, asker, SILENT);
        }
    }

    /// An answer to a REGISTER of ours, or none (`None`).
    pub(super) fn on_register_answer(&mut self, id: u64, response: Option<&Message>) {
        let status = response.and_then(Message::status).unwrap_or(408);
        let Some(outbound) = self.registrations.get_mut(&id) else { return };
        match (status, response) {
            (..200, _) => {}
            (200..=299, _) if outbound.leaving => _ = self.registrations.remove(&id),
            (200..=299, Some(response)) => {
                let granted = granted_s(response, outbound.expires_s);
                outbound.failures = 0;
                // Who failed before is asked again when this one fails.
                outbound.hops.clear();
                // Early enough for a lost message and a slow carrier.
                let refresh = Duration::from_secs(u64::from(granted)) * 4 / 5;
                self.plan(id, refresh.max(SHORTEST_REFRESH));
                let state = Ok(Duration::from_secs(u64::from(granted)));
                self.core.events.push_back(Event::Registration { id, state });
            }
            (401 | 407, Some(response)) if outbound.challenges < 2 => {
                outbound.challenges += 1;
                let credentials = outbound.wanted.credentials.clone();
                let uri = outbound.wanted.registrar.clone();
                match self.core.authorize(response, Method::Register, &uri, &credentials) {
                    Some(credential) => self.send_register(id, Some(credential)),
                    None => self.registration_failed(id, status),
                }
            }
            (423, Some(response)) if outbound.challenges < 2 => {
                outbound.challenges += 1;
                let least = response.header(Name::MinExpires).and_then(parse_seconds).unwrap_or(3600);
                outbound.expires_s = least.max(outbound.expires_s);
                self.send_register(id, None);
            }
            // Nobody is there, or this place serves nobody now.
            (408 | 503, _) if !outbound.leaving => {
                if !self.try_next_registrar(id) {
                    self.registration_failed(id, status);
                }
            }
            _ => self.registration_failed(id, status),
        }
    }

    fn registration_failed(&mut self, id: u64, status: u16) {
        let Some(outbound) = self.registrations.get_mut(&id) else { return };
        if outbound.leaving {
            self.registrations.remove(&id);
            return;
        }
        let pause = (FIRST_PAUSE * (1 << outbound.failures.min(6))).min(LONGEST_PAUSE);
        outbound.failures += 1;
        // Many registrations must not come back in the same instant.
        let jitter = Duration::from_millis(self.core.dice.below(1 + pause.as_millis() as u64 / 4));
        self.plan(id, pause + jitter);
        self.core.events.push_back(Event::Registration { id, state: Err(status) });
    }

    fn plan(&mut self, id: u64, after: Duration) {
        let due = self.core.now + after;
        if let Some(outbound) = self.registrations.get_mut(&id) {
            outbound.due = Some(due);
            self.core.wake_registration(id, due);
        }
    }
}

/// For how long the carrier holds our contact.
fn granted_s(response: &Message, asked_s: u32) -> u32 {
    let of_contact = response
        .list(Name::Contact)
        .filter_map(|item| NameAddr::parse(item).ok()?.params.get("expires").and_then(parse_seconds))
        .min();
    of_contact.or(response.expires()).unwrap_or(asked_s)
}
