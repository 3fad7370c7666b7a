//! A dialog (RFC 3261 section 12): who the two ends are, where requests inside it go, and the order of their numbers.
//!
//! It is data with rules: nothing here sends. `docs/specs/dialog.md` tells the story of a leg, which has one of these.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use crate::build::RequestBuilder;
use crate::header::NameAddr;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::{Flow, Transport};
use crate::uri::{Scheme, Uri};

/// The hops a request of our own may take (section 8.1.1.6).
pub(crate) const MAX_FORWARDS: u8 = 70;

/// The two ends and the way between them.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    /// Empty until the far side's first answer with a tag counted.
    pub(crate) remote_tag: String,
    /// Our end as our requests' From says it, tag included.
    pub(crate) local: String,
    /// The far end as our requests' To says it, tag included.
    pub(crate) remote: String,
    /// The number of our last request.
    pub(crate) local_seq: u32,
    /// The number of the far side's last request.
    pub(crate) remote_seq: Option<u32>,
    /// The far side's Contact: the request URI of our requests.
    pub(crate) target: String,
    /// The route set, our nearest hop first.
    pub(crate) routes: Vec<String>,
    /// The way the far side last used, or the one we dialled.
    pub(crate) flow: Flow,
    /// Whether we sent the INVITE that began it.
    pub(crate) we_called: bool,
    /// The account whose phone is at the far end. It may be behind NAT, so it is reached over its flow; a carrier (none)
    /// is reached where routes and Contact say.
    pub(crate) phone: Option<u128>,
}

/// Why no dialog can come of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoContact;

impl Dialog {
    /// The dialog that our answer to an INVITE begins.
    pub(crate) fn incoming(
        invite: &Message,
        flow: Flow,
        local_tag: String,
        phone: Option<u128>,
    ) -> Result<Dialog, NoContact> {
        let target = target_in(invite).ok_or(NoContact)?;
        Ok(Dialog {
            call_id: invite.call_id().to_owned(),
            remote_tag: invite.from_tag().unwrap_or("").to_owned(),
            local: format!("{};tag={local_tag}", invite.header(Name::To).unwrap_or("")),
            remote: invite.header(Name::From).unwrap_or("").to_owned(),
            local_tag,
            local_seq: 0,
            remote_seq: invite.cseq().map(|(number, _)| number),
            target,
            routes: invite.list(Name::RecordRoute).map(str::to_owned).collect(),
            flow,
            we_called: false,
            phone,
        })
    }

    /// The dialog that a 2xx to an INVITE of ours begins, with nothing known but the 2xx: for forks, and for answers
    /// nobody waits for any more.
    pub(crate) fn answered(response: &Message, flow: Flow) -> Dialog {
        let mut dialog = Dialog {
            call_id: response.call_id().to_owned(),
            local_tag: response.from_tag().unwrap_or("").to_owned(),
            remote_tag: String::new(),
            local: response.header(Name::From).unwrap_or("").to_owned(),
            remote: String::new(),
            local_seq: response.cseq().map_or(1, |(number, _)| number),
            remote_seq: None,
            target: String::new(),
            routes: Vec::new(),
            flow,
            we_called: true,
            phone: None,
        };
        dialog.confirm(response);
        dialog
    }

    /// Takes over what a 2xx to our INVITE says of the far side.
    pub(crate) fn confirm(&mut self, response: &Message) {
        self.remote_tag = response.to_tag().unwrap_or("").to_owned();
        self.remote = response.header(Name::To).unwrap_or("").to_owned();
        self.routes = response.list(Name::RecordRoute).map(str::to_owned).collect();
        self.routes.reverse();
        if let Some(target) = target_in(response) {
            self.target = target;
        }
    }

    /// Takes over a new Contact (a target refresh), and the way it came when it came from the far side itself.
    pub(crate) fn refresh(&mut self, message: &Message, flow: Option<Flow>) {
        if let Some(target) = target_in(message) {
            self.target = target;
        }
        if let Some(flow) = flow {
            self.flow = flow;
        }
    }

    /// Whether a request of the far side is newer than all before; it is remembered then.
    pub(crate) fn is_next(&mut self, request: &Message) -> bool {
        let Some((number, _)) = request.cseq() else { return false };
        if self.remote_seq.is_some_and(|last| number <= last) {
            return false;
        }
        self.remote_seq = Some(number);
        true
    }

    /// Begins a request inside the dialog, with the next number; an ACK repeats the INVITE's.
    pub(crate) fn request(&mut self, method: Method, via: &str, seq: Option<u32>) -> RequestBuilder {
        self.request_within(MAX_FORWARDS, method, via, seq)
    }

    /// The same, of which only so many hops may come.
    pub(crate) fn request_within(
        &mut self,
        max_forwards: u8,
        method: Method,
        via: &str,
        seq: Option<u32>,
    ) -> RequestBuilder {
        let seq = seq.unwrap_or_else(|| {
            self.local_seq += 1;
            self.local_seq
        });
        // A first hop that does not know loose routing wants itself as request URI (section 12.2.1.1).
        let strict = self.routes.first().and_then(|hop| {
            let uri = NameAddr::parse(hop).ok()?.uri;
            let is_strict = Uri::parse(uri).is_ok_and(|u| !u.params.has("lr") && u.headers.is_empty());
            is_strict.then(|| uri.to_owned())
        });
        let uri = strict.as_deref().unwrap_or(&self.target);
        let mut builder = RequestBuilder::new(method, uri).header(Name::Via, via);
        for hop in self.routes.iter().skip(usize::from(strict.is_some())) {
            builder = builder.header(Name::Route, hop);
        }
        if strict.is_some() {
            builder = builder.header(Name::Route, format_args!("<{}>", self.target));
        }
        builder
            .header(Name::MaxForwards, max_forwards)
            .header(Name::From, &self.local)
            .header(Name::To, &self.remote)
            .header(Name::CallId, &self.call_id)
            .header(Name::CSeq, format_args!("{seq} {method}"))
    }

    /// Where the next request of ours goes, as long as the flow's connection is open. Names are not looked up here: a peer
    /// reached by name is reached again over the flow that worked.
    pub(crate) fn next_hop(&self) -> Flow {
        if self.phone.is_some() || self.flow.transport.is_reliable() {
            return self.flow;
        }
        address_of(self.hop()).map_or(self.flow, |(transport, remote)| {
            if transport == self.flow.transport { Flow { remote, ..self.flow } } else { Flow::to(transport, remote) }
        })
    }

    /// The URI whose address a request inside the dialog is sent to (section 8.1.2): the first route, else the target.
    pub(crate) fn hop(&self) -> &str {
        match self.routes.first() {
            Some(route) => NameAddr::parse(route).map_or("", |route| route.uri),
            None => &self.target,
        }
    }
}

/// The Contact of a message, when it can be the request URI of a request of ours: its headers cannot.
fn target_in(message: &Message) -> Option<String> {
    let contact = message.contact().ok()?;
    let uri = contact.uri().ok().filter(|uri| matches!(uri.scheme, Scheme::Sip | Scheme::Sips))?;
    let end = if uri.headers.is_empty() { contact.uri.len() } else { contact.uri.find('?')? };
    Some(contact.uri[..end].to_owned())
}

/// The transport and address a URI names, when it names an address and not a host.
pub(crate) fn address_of(uri: &str) -> Option<(Transport, SocketAddr)> {
    let uri = Uri::parse(uri).ok()?;
    let transport = transport_of(&uri);
    let ip = uri.ip()?;
    let port = uri.port.unwrap_or(transport.default_port());
    (!ip.is_unspecified() && port != 0).then(|| (transport, SocketAddr::new(ip, port)))
}

/// The transport a URI asks for.
pub(crate) fn transport_of(uri: &Uri<'_>) -> Transport {
    let asked = uri.params.get("transport").and_then(Transport::parse);
    match (uri.scheme, asked) {
        (Scheme::Sips, None | Some(Transport::Udp | Transport::Tcp)) => Transport::Tls,
        (_, asked) => asked.unwrap_or(Transport::Udp),
    }
}
