//! Which way a message goes when the connection it would have gone over is closed.
//!
//! A connection is kept as long as it lies; a request inside a dialog reuses it. When it is gone, a carrier is connected
//! to anew where the route set or its Contact says (RFC 3261 sections 8.1.2 and 18.1.1). A phone may be behind NAT, where
//! nobody can connect to it: it is reached over the flow it is registered with now (RFC 5626 section 5.3), or at its
//! Contact when that is the very host it was seen at. What has no way at all fails at once and not after a time-out.

use bytes::Bytes;

use super::Core;
use crate::dialog::{Dialog, address_of};
use crate::header::Via;
use crate::message::Message;
use crate::transport::{Flow, Transport};
use crate::uri::{Uri, host_ip};

impl Core {
    /// The way of the next request inside a dialog.
    pub(crate) fn way(&self, dialog: &Dialog) -> Flow {
        let flow = dialog.next_hop();
        if self.shared.is_open(flow) {
            return flow;
        }
        match dialog.phone {
            Some(account) => self.way_to_phone(account, &dialog.target, flow),
            None => self.way_to_carrier(dialog, flow),
        }
    }

    /// The way to a phone whose connection is gone; `target` is its Contact.
    pub(crate) fn way_to_phone(&self, account: u128, target: &str, gone: Flow) -> Flow {
        let source = gone.remote.ip();
        let open: Vec<_> = {
            let contacts = self.shared.registrar.contacts(account, self.now).into_iter();
            contacts.filter(|contact| self.shared.is_open(contact.flow)).collect()
        };
        let same =
            |uri: &str| Uri::parse(uri).ok().zip(Uri::parse(target).ok()).is_some_and(|(a, b)| a.is_equivalent(&b));
        if let Some(contact) = open.iter().find(|contact| same(&contact.uri)) {
            return contact.flow;
        }
        // A Contact that names a port of its own is new with each connection: the only phone at that address is the one.
        let mut here = open.iter().filter(|contact| contact.flow.remote.ip() == source);
        if let (Some(contact), None) = (here.next(), here.next()) {
            return contact.flow;
        }
        // It listens where it says it does; a Contact that leaves the transport out means the one it came by.
        match address_of(target) {
            Some((transport, address)) if address.ip() == source => {
                let transport = if transport == Transport::Udp { gone.transport } else { transport };
                if transport.can_be_opened() {
                    self.shared.flow_to(transport, address)
                } else {
                    Flow::nowhere(transport)
                }
            }
            Some(_) | None => Flow::nowhere(gone.transport),
        }
    }

    fn way_to_carrier(&self, dialog: &Dialog, gone: Flow) -> Flow {
        let named = address_of(dialog.hop()).filter(|(transport, _)| transport.can_be_opened());
        match named {
            Some((transport, address)) => {
                // A Contact without a transport means UDP (RFC 3263 section 4.1), but a peer that spoke over a stream
                // and leaves the parameter out means that stream.
                let transport = if transport == Transport::Udp { gone.transport } else { transport };
                Flow { peer: gone.peer, ..self.shared.flow_to(transport, address) }
            }
            // Whom we dialled by name listens where we dialled.
            None if dialog.we_called => Flow { connection: 0, ..gone },
            None => Flow::nowhere(gone.transport),
        }
    }

    /// Sends a response the way its request came. When that connection is gone, one to the address of the topmost Via is
    /// opened: `received`, and the port of sent-by (section 18.2.2).
    pub(crate) fn respond(&mut self, flow: Flow, answer: Bytes) {
        let way = if self.shared.is_open(flow) { flow } else { self.way_back(flow, &answer) };
        self.transmit(way, answer);
    }

    fn way_back(&self, gone: Flow, answer: &Bytes) -> Flow {
        let back = |via: Via<'_>| {
            let ip = host_ip(via.params.get("received").unwrap_or(via.host))?;
            let port = via.port.unwrap_or(gone.transport.default_port());
            Some(self.shared.flow_to(gone.transport, (ip, port).into()))
        };
        let message = Message::parse(answer.clone()).ok();
        let way = message.as_ref().and_then(|message| message.via().ok()).and_then(back);
        way.filter(|_| gone.transport.can_be_opened()).unwrap_or(Flow::nowhere(gone.transport))
    }
}
