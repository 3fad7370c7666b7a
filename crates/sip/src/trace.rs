//! What was said on each leg: its messages as they went over the wire, repetitions included, for whoever looks into a
//! call afterwards. Kept are references to bytes that were read or written anyway, so a message costs no copy.
//!
//! Each trace is bounded: the first messages stay, of the others the last. A trace outlives its leg by a moment, for
//! the last answers and ACKs, and is then handed over as [`crate::Event::Traces`], many at a time.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use memchr::memchr;
use model::Moment;

use crate::endpoint::event::Leg;
use crate::message::Message;
use crate::transport::{Flow, Transport};

/// Messages kept from the beginning of a leg.
const FIRST: usize = 16;
/// Messages kept of its end.
const LAST: usize = 48;
/// Bytes kept of one leg.
const MOST_BYTES: usize = 64 * 1024;
/// What is longer is kept in part.
const LONGEST: usize = 16 * 1024;
/// How long after its leg a trace goes on.
const AFTERWARDS: Duration = Duration::from_millis(500);
/// Traces are handed over at multiples of this time, so that many calls make one event.
const TOGETHER: Duration = Duration::from_millis(250);
/// Traces that wait to be handed over; above, the oldest go at once.
const MOST_WAITING: usize = 16_384;

/// One message as it was on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// When, on the stack's clock ([`crate::Stack::instant`]).
    pub at: Moment,
    /// We sent it.
    pub sent: bool,
    /// Our address, as the far side sees it.
    pub local: SocketAddr,
    /// The far address.
    pub remote: SocketAddr,
    /// How it went.
    pub transport: Transport,
    /// The message; one longer than 16 KiB is cut.
    pub bytes: Bytes,
}

/// All that is known of what was said on a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Whose.
    pub leg: Leg,
    /// The messages, oldest first.
    pub messages: Vec<Said>,
    /// Messages between the first and the last that were not kept.
    pub left_out: usize,
}

/// The traces of a shard's legs, by the key of their Call-ID.
#[derive(Debug)]
pub(crate) struct Traces {
    open: HashMap<u64, Open>,
    /// Those whose leg is over, by the time they are handed over.
    closing: VecDeque<(Moment, u64)>,
    /// Those whose Call-ID another leg has taken over.
    aside: Vec<Open>,
    /// Since when there are some.
    aside_since: Moment,
}

#[derive(Debug)]
struct Open {
    leg: Leg,
    first: Vec<Entry>,
    last: VecDeque<Entry>,
    bytes: usize,
    left_out: usize,
    /// It waits among the closing ones.
    closing: bool,
}

#[derive(Debug, Clone)]
struct Entry {
    at: Moment,
    sent: bool,
    flow: Flow,
    bytes: Bytes,
}

impl Open {
    fn keep(&mut self, mut entry: Entry) {
        if entry.bytes.len() > LONGEST {
            entry.bytes = Bytes::copy_from_slice(&entry.bytes[..LONGEST]);
        }
        self.bytes += entry.bytes.len();
        if self.first.len() < FIRST && self.bytes <= MOST_BYTES / 2 && self.last.is_empty() {
            self.first.push(entry);
            return;
        }
        self.last.push_back(entry);
        while self.last.len() > LAST || (self.bytes > MOST_BYTES && self.last.len() > 1) {
            let Some(oldest) = self.last.pop_front() else { return };
            self.bytes -= oldest.bytes.len();
            self.left_out += 1;
        }
    }

    fn told(&self, local: &impl Fn(Flow) -> SocketAddr) -> Trace {
        let said = |entry: &Entry| Said {
            at: entry.at,
            sent: entry.sent,
            local: local(entry.flow),
            remote: entry.flow.remote,
            transport: entry.flow.transport,
            bytes: entry.bytes.clone(),
        };
        Trace {
            leg: self.leg,
            messages: self.first.iter().chain(&self.last).map(said).collect(),
            left_out: self.left_out,
        }
    }
}

impl Default for Traces {
    fn default() -> Traces {
        Traces { open: HashMap::new(), closing: VecDeque::new(), aside: Vec::new(), aside_since: Moment::START }
    }
}

impl Traces {
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// From now on what carries this Call-ID belongs to the leg. Nothing is added any more to an older leg with the same.
    pub(crate) fn open(&mut self, key: u64, leg: Leg, now: Moment) {
        let open = Open { leg, first: Vec::new(), last: VecDeque::new(), bytes: 0, left_out: 0, closing: false };
        if let Some(older) = self.open.insert(key, open) {
            self.aside.push(older);
            self.aside_since = now;
        }
    }

    pub(crate) fn heard(&mut self, key: u64, at: Moment, flow: Flow, message: &Message) {
        if let Some(open) = self.open.get_mut(&key) {
            open.keep(Entry { at, sent: false, flow, bytes: message.raw_bytes() });
        }
    }

    pub(crate) fn sent(&mut self, key: u64, at: Moment, flow: Flow, bytes: &Bytes) {
        if let Some(open) = self.open.get_mut(&key) {
            open.keep(Entry { at, sent: true, flow, bytes: bytes.clone() });
        }
    }

    /// The leg is over; its last answers may still follow.
    pub(crate) fn close(&mut self, key: u64, leg: Leg, now: Moment) {
        let Some(open) = self.open.get_mut(&key).filter(|open| open.leg == leg && !open.closing) else { return };
        open.closing = true;
        let late = (now + AFTERWARDS).as_nanos() / TOGETHER.as_nanos() as u64 + 1;
        self.closing.push_back((Moment::START + TOGETHER * u32::try_from(late).unwrap_or(u32::MAX), key));
    }

    /// When [`Traces::due`] has something to tell.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let aside = (!self.aside.is_empty()).then_some(self.aside_since);
        self.closing.front().map(|(at, _)| *at).into_iter().chain(aside).min()
    }

    /// The traces of legs that have been over for long enough.
    pub(crate) fn due(&mut self, now: Moment, local: impl Fn(Flow) -> SocketAddr) -> Vec<Trace> {
        let mut told: Vec<Trace> = self.aside.drain(..).map(|open| open.told(&local)).collect();
        while let Some((at, key)) = self.closing.front().copied() {
            if at > now && self.closing.len() <= MOST_WAITING {
                break;
            }
            self.closing.pop_front();
            // Another leg may have taken over the Call-ID.
            if self.open.get(&key).is_some_and(|open| open.closing) {
                told.extend(self.open.remove(&key).map(|open| open.told(&local)));
            }
        }
        told
    }

    /// What was said so far on a leg.
    pub(crate) fn of(&self, leg: Leg, local: impl Fn(Flow) -> SocketAddr) -> Option<Trace> {
        self.open.values().chain(&self.aside).find(|open| open.leg == leg).map(|open| open.told(&local))
    }
}

/// The Call-ID of a message that we wrote: its name is spelled out and it stands among the first lines.
pub(crate) fn call_id_of(message: &[u8]) -> Option<&str> {
    let mut rest = message;
    while let Some(end) = memchr(b'\n', rest) {
        let (line, after) = rest.split_at(end + 1);
        if let Some(value) = line.strip_prefix(b"Call-ID:") {
            return std::str::from_utf8(value).ok().map(str::trim);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Flow {
        Flow::to(Transport::Udp, "192.0.2.1:5060".parse().expect("an address"))
    }

    fn local(_: Flow) -> SocketAddr {
        "10.0.0.1:5060".parse().expect("an address")
    }

    fn bytes(number: usize, length: usize) -> Bytes {
        let mut text = format!("message {number} ").into_bytes();
        text.resize(length, b'.');
        text.into()
    }

    fn number(said: &Said) -> usize {
        let text = std::str::from_utf8(&said.bytes).expect("text");
        text.split(' ').nth(1).expect("a number").parse().expect("a number")
    }

    #[test]
    fn a_long_leg_keeps_its_beginning_and_its_end() {
        let mut traces = Traces::default();
        traces.open(1, Leg(7), Moment::START);
        for n in 0..1_000 {
            traces.sent(1, Moment::from_millis(n), flow(), &bytes(n as usize, 400));
        }
        let trace = traces.of(Leg(7), local).expect("a trace");
        let numbers: Vec<usize> = trace.messages.iter().map(number).collect();
        assert_eq!(numbers[..FIRST], (0..FIRST).collect::<Vec<_>>());
        assert_eq!(numbers[FIRST..], (1_000 - LAST..1_000).collect::<Vec<_>>());
        assert_eq!(trace.left_out, 1_000 - FIRST - LAST);
    }

    #[test]
    fn large_messages_do_not_grow_a_trace_beyond_its_bound() {
        let mut traces = Traces::default();
        traces.open(1, Leg(7), Moment::START);
        for n in 0..100 {
            traces.sent(1, Moment::START, flow(), &bytes(n, 40_000));
        }
        let trace = traces.of(Leg(7), local).expect("a trace");
        let kept: usize = trace.messages.iter().map(|said| said.bytes.len()).sum();
        assert!(kept <= MOST_BYTES + LONGEST, "{kept}");
        assert_eq!(number(trace.messages.last().expect("messages")), 99);
    }

    #[test]
    fn a_trace_hears_what_comes_right_after_its_leg_and_many_are_told_together() {
        let mut traces = Traces::default();
        for key in 1..=3 {
            traces.open(key, Leg(key), Moment::START);
            traces.sent(key, Moment::START, flow(), &bytes(0, 20));
            traces.close(key, Leg(key), Moment::from_millis(key * 10));
        }
        let at = traces.deadline().expect("a deadline");
        assert!(at >= Moment::from_millis(510) && at <= Moment::from_millis(790), "{at:?}");
        traces.sent(2, Moment::from_millis(300), flow(), &bytes(1, 20));
        assert!(traces.due(Moment::from_millis(400), local).is_empty());
        let told = traces.due(at, local);
        assert_eq!(told.iter().map(|trace| trace.messages.len()).collect::<Vec<_>>(), [1, 2, 1]);
        assert!(traces.is_empty() && traces.deadline().is_none());
    }

    #[test]
    fn a_call_id_used_again_begins_a_trace_of_its_own() {
        let mut traces = Traces::default();
        traces.open(1, Leg(1), Moment::START);
        traces.sent(1, Moment::START, flow(), &bytes(0, 20));
        traces.close(1, Leg(1), Moment::START);
        traces.open(1, Leg(2), Moment::from_millis(100));
        traces.sent(1, Moment::from_millis(100), flow(), &bytes(5, 20));
        let told = traces.due(Moment::from_millis(100), local);
        assert_eq!((told.len(), told[0].leg, told[0].messages.len()), (1, Leg(1), 1));
        traces.close(1, Leg(2), Moment::from_millis(200));
        let told = traces.due(Moment::from_millis(2_000), local);
        assert_eq!((told.len(), told[0].leg, number(&told[0].messages[0])), (1, Leg(2), 5));
    }

    #[test]
    fn our_own_call_id_is_found() {
        let text = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x\r\nCall-ID: a@b\r\nCSeq: 1 BYE\r\n\r\n";
        assert_eq!(call_id_of(text), Some("a@b"));
        assert_eq!(call_id_of(b"SIP/2.0 200 OK"), None);
    }
}
