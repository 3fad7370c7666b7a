//! A small scripted phone: enough SIP and RTP to say exactly what happens, and nothing done behind the test's back
//! but what any phone does (ACK to failures, 200 to OPTIONS, the same answer to a repeated request).

mod call;
mod camera;
mod digest;
mod line;
mod message;
mod registrar;
mod voice;

pub use call::Call;
pub use camera::Camera;
pub use message::Message;
pub use registrar::Registrar;
pub use voice::{Codec, Heard, Voice};

use crate::wait;
use call::Destination;
use line::{Ask, Line};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The value of an Authorization header that answers a challenge.
pub fn proof(challenge: &str, method: &str, uri: &str, user: &str, password: &str) -> String {
    digest::answer(challenge, method, uri, digest::Credentials { user, password })
}

/// A phone, or a carrier's switch.
#[derive(Debug)]
pub struct Phone {
    line: Arc<Line>,
    incoming: Mutex<UnboundedReceiver<Message>>,
    kit: Kit,
}

/// What a phone's calls are made of.
#[derive(Debug, Clone, Copy)]
struct Kit {
    codec: Codec,
    camera: bool,
    /// The address that it names as its own, when that is another.
    believes: Option<IpAddr>,
}

impl Phone {
    /// A phone at 127.0.0.1 with a port of its own.
    pub async fn new(server: SocketAddr, domain: &str, user: &str, password: &str) -> Phone {
        Phone::at((Ipv4Addr::LOCALHOST, 0).into(), server, domain, user, password).await
    }

    /// A phone at a certain address.
    pub async fn at(local: SocketAddr, server: SocketAddr, domain: &str, user: &str, password: &str) -> Phone {
        let (line, incoming) = Line::open(local, server, domain, user, password).await;
        let kit = Kit { codec: Codec::Pcmu, camera: false, believes: None };
        Phone { line, incoming: Mutex::new(incoming), kit }
    }

    /// The same phone, but it speaks another codec only.
    #[must_use]
    pub fn speaking(mut self, codec: Codec) -> Phone {
        self.kit.codec = codec;
        self
    }

    /// The same phone with a camera.
    #[must_use]
    pub fn with_camera(mut self) -> Phone {
        self.kit.camera = true;
        self
    }

    /// The same phone behind a NAT: in all it says of itself it names this address, where nobody can reach it.
    #[must_use]
    pub fn behind_nat(mut self, inside: SocketAddr) -> Phone {
        self.line.believe(inside);
        self.kit.believes = Some(inside.ip());
        self
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.line.local
    }

    /// Registers, answering one challenge; returns the final status.
    pub async fn register(&self) -> u16 {
        self.register_for(300).await.status()
    }

    /// Registers for some seconds, 0 to unregister; returns the final response.
    pub async fn register_for(&self, expires_s: u32) -> Message {
        let contact = format!("Contact: {}\r\nExpires: {expires_s}\r\n", self.line.contact());
        self.line.ask("REGISTER", &contact).await
    }

    /// The first answer to a REGISTER without credentials, and to one with: what a stranger can see.
    pub async fn register_steps(&self) -> (Message, Message) {
        let contact = format!("Contact: {}\r\nExpires: 300\r\n", self.line.contact());
        self.line.ask_own_in_steps("REGISTER", &contact).await
    }

    /// OPTIONS to the server; returns the status.
    pub async fn ping(&self) -> u16 {
        self.line.ask("OPTIONS", "").await.status()
    }

    /// Dials a number; returns when the server has taken the INVITE (after its challenge, if any).
    pub async fn dial(&self, number: &str) -> Call {
        let from = format!("<sip:{}@{}>", self.line.user, self.line.domain);
        Call::dial_number(&self.line, number, &from, self.kit).await
    }

    /// Calls in place of another phone's call, which it names with Replaces (RFC 3891).
    pub async fn dial_in_place_of(&self, number: &str, other: &Call) -> Call {
        let (domain, user) = (&self.line.domain, &self.line.user);
        let to = Destination {
            target: &format!("sip:{number}@{domain}"),
            to: &format!("<sip:{number}@{domain}>"),
            more: &format!("Require: replaces\r\nReplaces: {}\r\n", other.replaces()),
        };
        Call::dial(&self.line, to, &format!("<sip:{user}@{domain}>"), self.kit).await
    }

    /// Sends a text to a number (RFC 3428); returns the status.
    pub async fn text(&self, number: &str, text: &str) -> u16 {
        let uri = format!("sip:{number}@{}", self.line.domain);
        let ask = Ask { method: "MESSAGE", uri: &uri, to: &uri, more: "Content-Type: text/plain\r\n", body: text };
        self.line.ask_in_steps(&ask).await.1.status()
    }

    /// Waits for a text, which it has answered by itself.
    pub async fn reads(&self) -> Message {
        wait::until(&format!("a text to {}", self.line.user), async || self.line.next_text()).await
    }

    /// Subscribes to what is told of a number (RFC 6665); returns the final answer.
    pub async fn subscribe(&self, event: &str, number: &str, expires_s: u32) -> Message {
        let uri = format!("sip:{number}@{}", self.line.domain);
        let more = format!("Contact: {}\r\nEvent: {event}\r\nExpires: {expires_s}\r\n", self.line.contact());
        let ask = Ask { method: "SUBSCRIBE", uri: &uri, to: &uri, more: &more, body: "" };
        self.line.ask_in_steps(&ask).await.1
    }

    /// The oldest NOTIFY outside calls that nobody has looked at; it was answered already.
    pub fn next_notice(&self) -> Option<Message> {
        self.line.next_notice()
    }

    /// Sends bytes as they are from where it speaks SIP, such as a keep-alive.
    pub async fn send_raw(&self, bytes: &[u8]) {
        self.line.send(bytes, self.line.server).await;
    }

    /// Dials as another number, as carriers do for their callers.
    pub async fn dial_as(&self, from: &str, number: &str) -> Call {
        let from = format!("<sip:{from}@{}>", self.line.local.ip());
        Call::dial_number(&self.line, number, &from, self.kit).await
    }

    /// Dials a URI that is not the called number's own, as carriers do that call the Contact of a customer.
    pub async fn dial_contact(&self, from: &str, uri: &str, to: &str) -> Call {
        let from = format!("<sip:{from}@{}>", self.line.local.ip());
        let to = format!("<sip:{to}@{}>", self.line.local.ip());
        Call::dial(&self.line, Destination { target: uri, to: &to, more: "" }, &from, self.kit).await
    }

    /// From now on it is the registrar and the switch of a customer: it asks for a digest, holds registrations for
    /// `grant_s` seconds, and takes calls only with an answer to its 407.
    pub fn serve(&self, login: &str, password: &str, grant_s: u32) -> Registrar {
        let (told, heard) = unbounded_channel();
        self.line.serve(registrar::Customer::new(login, password, grant_s, told));
        Registrar { line: Arc::clone(&self.line), told: heard }
    }

    /// Leaves all that arrives unread from now on, as a switch that has died, or reads again.
    pub fn keeps_silent(&self, silent: bool) {
        self.line.keep_silent(silent);
    }

    /// Answers from now on in spite of a CANCEL, as one whose 200 has crossed it.
    pub fn answers_in_spite_of_cancel(&self) {
        self.line.answer_in_spite_of_cancel();
    }

    /// Waits for a call and lets it ring.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn rings(&self) -> Call {
        let mut call = self.offered().await;
        call.ring().await;
        call
    }

    /// Waits for a call without reacting to it.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn offered(&self) -> Call {
        let mut incoming = self.incoming.lock().await;
        let waiting = format!("an INVITE to {}", self.line.user);
        let invite =
            wait::within(&waiting, incoming.recv()).await.expect("the phone's reader lives as long as the phone");
        Call::take(&self.line, invite, self.kit).await
    }

    /// Whether a call is waiting that nobody looked at.
    pub async fn is_ringing(&self) -> bool {
        !self.incoming.lock().await.is_empty()
    }
}
