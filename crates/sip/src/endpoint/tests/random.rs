//! Whatever comes in whatever order: the endpoint never panics, every incoming leg has one end at most, and nothing is
//! left when all is over.

use std::collections::HashMap;

use model::Cause;
use proptest::prelude::*;

use super::*;
use crate::timer::Dice;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    /// A request of the far side: which method, in which call, which number, whether with our tag, with a body.
    Request { method: u8, call: u8, seq: u8, tagged: bool, body: bool, branch: u8 },
    /// An answer to one of our last requests.
    Response { which: u8, status: u8, tag: u8, body: bool },
    /// An order for one of the legs.
    Order { leg: u8, order: u8 },
    /// A new call of ours.
    Dial,
    /// Time.
    Pass { ms: u16 },
    /// A way fails.
    Fail,
    /// One of the last messages of the far side with some bytes changed.
    Garble { at: u16, byte: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..10u8, 0..3u8, 0..6u8, any::<bool>(), any::<bool>(), 0..8u8).prop_map(|(method, call, seq, tagged, body, branch)| {
            Step::Request { method, call, seq, tagged, body, branch }
        }),
        6 => (any::<u8>(), 0..12u8, 0..3u8, any::<bool>()).prop_map(|(which, status, tag, body)| Step::Response { which, status, tag, body }),
        6 => (any::<u8>(), 0..16u8).prop_map(|(leg, order)| Step::Order { leg, order }),
        2 => Just(Step::Dial),
        3 => (0..40_000u16).prop_map(|ms| Step::Pass { ms }),
        1 => Just(Step::Fail),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Step::Garble { at, byte }),
    ]
}

struct Run {
    world: World,
    legs: Vec<Leg>,
    ends: HashMap<Leg, usize>,
    asked: Vec<Message>,
    tags: HashMap<String, String>,
    /// The RSeq of our last reliable provisional answer, by Call-ID.
    reliable: HashMap<String, String>,
    last: String,
}

impl Run {
    fn new() -> Run {
        Run {
            world: World::new(),
            legs: Vec::new(),
            ends: HashMap::new(),
            asked: Vec::new(),
            tags: HashMap::new(),
            reliable: HashMap::new(),
            last: invite("x", ""),
        }
    }

    fn look(&mut self) {
        for (_, _, message) in std::mem::take(&mut self.world.sent) {
            if message.is_request() {
                self.asked.push(message);
            } else if let Some(tag) = message.to_tag() {
                if let Some(number) = message.header(Name::RSeq) {
                    self.reliable.insert(message.call_id().to_owned(), number.to_owned());
                }
                self.tags.insert(message.call_id().to_owned(), tag.to_owned());
            }
        }
        for event in std::mem::take(&mut self.world.events) {
            match event {
                Event::Incoming(incoming) => self.legs.push(incoming.leg),
                Event::Leg(leg, signal) => {
                    assert!(!self.ends.contains_key(&leg) || !signal.is_final(), "{leg:?} ended twice");
                    if signal.is_final() {
                        self.ends.insert(leg, 1);
                    }
                }
                Event::Bindings { .. }
                | Event::Registration { .. }
                | Event::Text(_)
                | Event::Subscribed(_)
                | Event::Unsubscribed(_)
                | Event::Probed { .. }
                | Event::Trusted { .. }
                | Event::Refused { .. }
                | Event::Shed { .. }
                | Event::Traces(_) => {}
            }
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Request { method, call, seq, tagged, body, branch } => {
                self.request(method, call, seq, tagged, body, branch)
            }
            Step::Response { which, status, tag, body } => {
                let recent = &self.asked[self.asked.len().saturating_sub(6)..];
                let Some(asked) = recent.get(usize::from(which) % recent.len().max(1)) else { return };
                if asked.method_text() == "ACK" {
                    return;
                }
                const STATUSES: [&str; 12] = [
                    "100 Trying",
                    "180 Ringing",
                    "183 Progress",
                    "200 OK",
                    "200 OK",
                    "302 Moved",
                    "401 No",
                    "408 Time",
                    "481 Gone",
                    "486 Busy",
                    "491 Pending",
                    "603 No",
                ];
                let text = response(
                    asked,
                    STATUSES[usize::from(status)],
                    ["", "far", "other"][usize::from(tag)],
                    if body { "v=0" } else { "" },
                );
                let lines = format!("Allow: UPDATE\nSession-Expires: 90\nRequire: 100rel\nRSeq: {}", which % 3);
                let text =
                    if which % 2 == 0 { text.replace("\nContact", &format!("\n{lines}\nContact")) } else { text };
                self.last.clone_from(&text);
                self.world.hears(CARRIER, &text);
            }
            Step::Order { leg, order } => {
                if !self.legs.is_empty() {
                    let leg = self.legs[usize::from(leg) % self.legs.len()];
                    self.world.orders(leg, order_of(order));
                }
            }
            Step::Dial => {
                let leg = self.world.shared.new_leg(0);
                self.legs.push(leg);
                self.world.orders(leg, dial());
            }
            Step::Pass { ms } => self.world.passes_ms(ms.into()),
            Step::Fail => {
                let flow = Flow::to(Transport::Udp, CARRIER.parse().expect("an address"));
                self.world.endpoint.failed(self.world.now, flow);
                self.world.collect();
            }
            Step::Garble { at, byte } => {
                let mut bytes = self.last.replace('\n', "\r\n").into_bytes();
                let at = usize::from(at) % bytes.len();
                bytes[at] = byte;
                let flow = Flow::to(Transport::Udp, CARRIER.parse().expect("an address"));
                match Message::parse(bytes.into()) {
                    Ok(message) => self.world.endpoint.receive(self.world.now, flow, message),
                    Err(error) => self.world.endpoint.receive_broken(self.world.now, flow, &error),
                }
                while let Some((_, bytes)) = self.world.endpoint.next_transmit() {
                    assert!(!bytes.is_empty());
                }
                self.world.collect();
            }
        }
        self.look();
    }

    fn request(&mut self, method: u8, call: u8, seq: u8, tagged: bool, body: bool, branch: u8) {
        const METHODS: [&str; 10] =
            ["INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "INFO", "OPTIONS", "INVITE", "PRACK", "REFER"];
        let ours = self.asked.iter().rev().find(|m| m.method_text() == "INVITE");
        let (call_id, tag) = match (call, ours) {
            (2, Some(ours)) => (ours.call_id().to_owned(), ours.from_tag().unwrap_or("").to_owned()),
            _ => {
                let call_id = format!("c{call}");
                let tag = self.tags.get(&call_id).cloned().unwrap_or_default();
                (call_id, tag)
            }
        };
        let tag = if tagged { tag.as_str() } else { "" };
        let text = request(
            METHODS[usize::from(method)],
            &format!("b{branch}"),
            seq.into(),
            tag,
            if body { "v=0" } else { "" },
        );
        // What a request has to do with none of these is ignored.
        let number = self.reliable.get(&call_id).map_or("1", String::as_str);
        let lines = format!(
            "Supported: 100rel, timer\nAllow: INVITE, UPDATE\nSession-Expires: 90\nRAck: {number} {} INVITE\nRefer-To: <sip:103@alo.test>",
            seq.saturating_sub(1)
        );
        let text = text.replace("Call-ID: c1", &format!("Call-ID: {call_id}\n{lines}"));
        self.last.clone_from(&text);
        self.world.hears(CARRIER, &text);
    }

    /// Everything is hung up, and ten minutes pass.
    fn close(mut self) {
        for leg in self.legs.clone() {
            self.world.orders(leg, Command::Hangup { cause: Cause::Normal });
        }
        self.look();
        self.world.passes(Duration::from_secs(600));
        self.look();
        self.world.is_empty();
        assert_eq!(self.world.endpoint.deadline(), None);
    }
}

fn order_of(order: u8) -> Command {
    match order {
        0 => Command::Provisional { code: 180, body: None },
        1 => Command::Provisional { code: 183, body: Some(body("v=0")) },
        2 => Command::Answer { body: body("v=0") },
        3 => Command::Reject { cause: Cause::Busy },
        4 => Command::Hangup { cause: Cause::Normal },
        5 => Command::Reoffer { body: body("v=0") },
        6 => Command::AnswerReoffer { body: body("v=0") },
        7 => Command::RejectReoffer { code: 488 },
        8 => Command::Reoffer { body: Bytes::new() },
        9..12 => Command::AnswerRefer { id: u32::from(order - 9) + 2, code: 202 },
        12..15 => Command::NotifyRefer { id: u32::from(order - 12) + 2, code: 200 },
        _ => Command::FinishBye,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_left_after_any_order_of_events(steps in proptest::collection::vec(step(), 0..60)) {
        let mut run = Run::new();
        for step in steps {
            run.step(step);
        }
        run.close();
    }
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    let run = |seed: u8| {
        let mut world = World::new();
        world.endpoint = Endpoint::new(world.shared.clone(), 0, [seed; 32]);
        let leg = world.shared.new_leg(0);
        world.orders(leg, dial());
        world.one().raw().to_vec()
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
    assert_eq!(Dice::new([3; 32]).roll(), Dice::new([3; 32]).roll());
}
