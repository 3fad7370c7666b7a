//! Asking a carrier with OPTIONS whether it is there. When to ask, and what silence means, is the house's business.

use std::net::SocketAddr;
use std::time::Duration;

use model::Moment;

use super::Endpoint;
use super::core::Asker;
use super::event::Event;
use crate::build::RequestBuilder;
use crate::method::Method;
use crate::name::Name;
use crate::transport::{Flow, Transport};
use crate::uri::{Uri, UriBuf};

/// What a carrier is taken to say when it says nothing.
const SILENCE: u16 = 408;

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The request URI, `sip:carrier.example`.
    pub uri: String,
    /// Where it is sent.
    pub to: SocketAddr,
    /// The transport.
    pub transport: Transport,
    /// How long it may take to answer.
    pub patience: Duration,
}

impl Endpoint {
    /// Sends OPTIONS; the outcome is told as [`Event::Probed`] with this id, within [`Probe::patience`]. A full endpoint asks
    /// nobody and tells nothing.
    pub fn ask_carrier(&mut self, now: Moment, id: u64, probe: &Probe) {
        self.core.now = now;
        if self.core.is_full() {
            return;
        }
        let host = Uri::parse(&probe.uri).map_or("", |uri| uri.host);
        let peer = self.core.shared.peer_over(probe.transport, host);
        let flow = Flow { peer, ..self.core.shared.flow_to(probe.transport, probe.to) };
        let (call_id, tag, branch) = (self.new_call_id(), self.core.tag(), self.core.branch());
        let us = UriBuf::sip("alo", &self.core.shared.local(flow).ip().to_string(), None);
        let options = RequestBuilder::new(Method::Options, &probe.uri)
            .header(Name::Via, self.core.via(flow, branch))
            .header(Name::MaxForwards, 70)
            .header(Name::From, format_args!("<{us}>;tag={tag}"))
            .header(Name::To, format_args!("<{}>", probe.uri))
            .header(Name::CallId, call_id)
            .header(Name::CSeq, format_args!("1 {}", Method::Options))
            .header(Name::Contact, self.core.contact(flow))
            .header(Name::UserAgent, &self.core.shared.config.server_name)
            .finish();
        self.core.ask_briefly(branch, flow, Method::Options, options, Asker::Carrier(id), probe.patience);
    }

    /// What a carrier said; none when it said nothing, or could not be reached.
    pub(super) fn on_probe_answer(&mut self, id: u64, status: Option<u16>) {
        if status.is_none_or(|status| status >= 200) {
            self.core.events.push_back(Event::Probed { id, status: status.unwrap_or(SILENCE) });
        }
    }
}
