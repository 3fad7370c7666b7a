//! An endpoint fed with SIP text on a virtual clock. Each test is named after what it guards.

mod dialling;
mod early;
mod guarding;
mod hopping;
mod incoming;
mod kept;
mod outbound;
mod probing;
mod random;
mod reconnecting;
mod refer;
mod refreshing;
mod registering;
mod reliable;
mod session;
mod shedding;
mod stale;
mod subscribing;
mod texting;
mod tracing;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{Moment, Timestamp};

use super::Endpoint;
use super::command::{Command, Credentials, Dial, Target};
use super::event::{Event, Incoming, Leg, Party, Signal};
use super::shared::{Shared, Sockets};
use crate::config::Config;
use crate::directory::{Account, Directory};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::{Flow, Transport};

const CARRIER: &str = "10.9.9.9:5060";
const PHONE: &str = "203.0.113.7:40000";
const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 10.9.9.9\r\n";

/// One account, 101 with the password `pw101`, and one carrier.
struct House;

impl Directory for House {
    fn account(&self, domain: &str, user: &str) -> Option<Account> {
        (domain == "alo.test" && user == "101").then(|| {
            let (ha1_md5, ha1_sha256) = crate::auth::ha1("101", "alo.test", "pw101");
            Account { key: 101, realm: "alo.test".into(), ha1_md5, ha1_sha256 }
        })
    }

    fn realm(&self, domain: &str) -> String {
        domain.to_owned()
    }

    fn carrier(&self, source: IpAddr) -> bool {
        source.to_string() == "10.9.9.9"
    }
}

/// The endpoint, its clock, and what it has said.
struct World {
    endpoint: Endpoint,
    shared: Arc<Shared>,
    now: Moment,
    sent: Vec<(Moment, Flow, Message)>,
    events: Vec<Event>,
}

impl World {
    fn new() -> World {
        World::with(Config::default())
    }

    fn with(config: Config) -> World {
        let config = Config { shards: 1, server_name: "Alo".into(), ..config };
        let sockets = Sockets {
            udp: vec!["10.0.0.1:5060".parse().expect("an address")],
            tcp: vec!["10.0.0.1:5060".parse().expect("an address")],
            ..Sockets::default()
        };
        let shared = Shared::new(config, Arc::new(House), sockets, Timestamp(1_700_000_000_000));
        let endpoint = Endpoint::new(shared.clone(), 0, [7; 32]);
        World { endpoint, shared, now: Moment::from_millis(1000), sent: Vec::new(), events: Vec::new() }
    }

    fn collect(&mut self) {
        while let Some((flow, bytes)) = self.endpoint.next_transmit() {
            let message = Message::parse(bytes).expect("we send whole messages");
            assert_eq!(message.validate(), Ok(()), "we send sound messages");
            self.sent.push((self.now, flow, message));
        }
        while let Some(event) = self.endpoint.next_event() {
            self.events.push(event);
        }
    }

    /// A datagram arrives; lines may end in `\n` alone.
    fn hears(&mut self, from: &str, text: &str) {
        self.hears_over(Flow::to(Transport::Udp, from.parse().expect("an address")), text);
    }

    /// The same on any way.
    fn hears_over(&mut self, flow: Flow, text: &str) {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let text = format!("{}\r\nContent-Length: {}\r\n\r\n{body}", head.replace('\n', "\r\n"), body.len());
        let message = Message::parse(Bytes::from(text)).expect("a message");
        self.endpoint.receive(self.now, flow, message);
        self.collect();
    }

    /// A stream connection from there is open.
    fn connection(&mut self, number: u64, from: &str) -> Flow {
        self.shared.connected(number);
        Flow { connection: number, ..Flow::to(Transport::Tcp, from.parse().expect("an address")) }
    }

    /// A stream connection ends; the shards are told, as the stack does when a request went over it.
    fn closes(&mut self, flow: Flow) {
        self.shared.disconnected(flow.connection);
        self.endpoint.failed(self.now, flow);
        self.endpoint.closed(self.now, flow.connection);
        self.collect();
    }

    fn orders(&mut self, leg: Leg, command: Command) {
        self.endpoint.command(self.now, leg, command);
        self.collect();
    }

    /// Time passes, deadline by deadline.
    fn passes(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.endpoint.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.endpoint.timeout(self.now);
            self.collect();
        }
        self.now = end;
        self.endpoint.timeout(self.now);
        self.collect();
    }

    fn passes_ms(&mut self, ms: u64) {
        self.passes(Duration::from_millis(ms));
    }

    /// What was sent since the last look: status or method of each.
    fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent).iter().map(|(_, _, m)| word(m)).collect()
    }

    /// The one message that was sent since the last look.
    #[track_caller]
    fn one(&mut self) -> Message {
        let mut all = std::mem::take(&mut self.sent);
        assert_eq!(all.len(), 1, "{:?}", all.iter().map(|(_, _, m)| word(m)).collect::<Vec<_>>());
        all.remove(0).2
    }

    /// The milliseconds at which this was sent since `from`.
    fn times_of(&mut self, what: &str, from: Moment) -> Vec<u128> {
        let sent = std::mem::take(&mut self.sent);
        sent.iter().filter(|(_, _, m)| word(m) == what).map(|(at, _, _)| at.since(from).as_millis()).collect()
    }

    fn signals(&mut self) -> Vec<Signal> {
        let events = std::mem::take(&mut self.events);
        events
            .into_iter()
            .filter_map(|event| if let Event::Leg(_, signal) = event { Some(signal) } else { None })
            .collect()
    }

    #[track_caller]
    fn incoming(&mut self) -> Incoming {
        match self.events.remove(0) {
            Event::Incoming(incoming) => *incoming,
            other => panic!("{other:?}"),
        }
    }

    /// Nothing is alive any more.
    #[track_caller]
    fn is_empty(&self) {
        assert_eq!(self.endpoint.counts(), (0, 0));
        assert!(self.endpoint.dialogs.is_empty() && self.endpoint.callers.is_empty());
    }
}

fn word(message: &Message) -> String {
    match message.status() {
        Some(status) => format!("{status} {}", message.method()),
        None => message.method_text().to_owned(),
    }
}

/// An INVITE of the carrier.
fn invite(branch: &str, body: &str) -> String {
    request("INVITE", branch, 1, "", body)
}

/// A request of the carrier in the call `c1`; `to_tag` is ours.
fn request(method: &str, branch: &str, seq: u32, to_tag: &str, body: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    let kind = if body.is_empty() { "" } else { "\nContent-Type: application/sdp" };
    format!(
        "{method} sip:02873000001@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {CARRIER};branch=z9hG4bK{branch};rport\nMax-Forwards: 70\nFrom: \"Khách\" <sip:0901234567@carrier.test>;tag=far\nTo: <sip:02873000001@10.0.0.1>{tag}\nCall-ID: c1\nCSeq: {seq} {method}\nContact: <sip:gw@{CARRIER}>{kind}\n\n{body}"
    )
}

/// A response of the far side to a request of ours.
fn response(request: &Message, status: &str, tag: &str, body: &str) -> String {
    let to = request.header(Name::To).expect("a To");
    let to = if to.contains(";tag=") || tag.is_empty() { to.to_owned() } else { format!("{to};tag={tag}") };
    let kind = if body.is_empty() { "" } else { "\nContent-Type: application/sdp" };
    let (number, method) = request.cseq().expect("a CSeq");
    format!(
        "SIP/2.0 {status}\nVia: {}\nFrom: {}\nTo: {to}\nCall-ID: {}\nCSeq: {number} {method}\nContact: <sip:far@{CARRIER}>{kind}\n\n{body}",
        request.header(Name::Via).expect("a Via"),
        request.header(Name::From).expect("a From"),
        request.call_id(),
    )
}

fn dial() -> Command {
    Command::Dial(Box::new(Dial {
        target: Target::Uri { uri: format!("sip:0909@{CARRIER}"), to: Vec::new(), transport: Transport::Udp },
        from: Party { user: "02873000001".into(), host: "alo.test".into(), display: "Alo".into() },
        to: None,
        body: Bytes::from_static(OFFER.as_bytes()),
        credentials: Some(Credentials { user: "trunk".into(), password: "secret".into() }),
        asserted: None,
        max_forwards: None,
        headers: vec![("X-Call".into(), "call_1".into())],
    }))
}

fn body(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

/// A call from the carrier that is answered and acknowledged: the leg and our tag.
fn answered(world: &mut World) -> (Leg, String) {
    world.hears(CARRIER, &invite("i1", OFFER));
    let leg = world.incoming().leg;
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    let tag = world.sent.last().expect("a 200").2.to_tag().expect("a tag").to_owned();
    world.hears(CARRIER, &request("ACK", "a1", 1, &tag, ""));
    world.said();
    (leg, tag)
}

/// A call of ours to the carrier that was answered: the leg and our INVITE.
fn talking(world: &mut World) -> (Leg, Message) {
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    let invite = world.one();
    world.hears(CARRIER, &response(&invite, "200 OK", "far", "v=0 theirs"));
    assert_eq!(world.said(), ["ACK"]);
    world.signals();
    (leg, invite)
}
