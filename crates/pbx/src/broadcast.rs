//! Broadcasts: messages that the house calls people up to tell. Each is a script (sounds, texts that a machine speaks, a flow at
//! the end) and the numbers to call; here is what is to be done and what became of it. Who places the calls is one floor up.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{
    Due, calling, cancel, claim, create, create_at, due, get, hold_back, list, newest, numbers, page_of_numbers,
    placed, put_off, settle, tallies,
};

use crate::greeting::{Speech, Voice};
use flow::{Graph, Node};
use model::{BroadcastId, CallId, Cause, FlowId, GreetingId, HotlineId, ScheduleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most parts of a script.
pub const PARTS: usize = 30;
/// The most numbers of one broadcast.
pub const NUMBERS: usize = 1_000;

/// A message that people are called up to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// The id.
    pub id: BroadcastId,
    /// What it is for.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The hotline that is shown; the company's oldest when missing.
    pub hotline: Option<HotlineId>,
    /// What is told.
    pub script: Script,
    /// How the numbers are called.
    pub plan: Plan,
    /// When they may be called.
    pub when: When,
    /// When it was called off, milliseconds since 1970.
    pub cancelled_at: Option<i64>,
    /// When it was ordered, milliseconds since 1970.
    pub created_at: i64,
}

/// When numbers may be called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// Not before this moment, milliseconds since 1970; at once when missing.
    pub starts_at: Option<i64>,
    /// Only while this schedule is open; at any time when missing.
    pub schedule: Option<ScheduleId>,
}

/// How far a broadcast is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Its time has not come.
    Scheduled,
    /// Numbers are called, or wait for it.
    Running,
    /// Nothing is left to do.
    Done,
    /// It was called off.
    Cancelled,
}

impl Progress {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Progress::Scheduled => "scheduled",
            Progress::Running => "running",
            Progress::Done => "done",
            Progress::Cancelled => "cancelled",
        }
    }
}

/// How many numbers of a broadcast are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Still to be called.
    pub waiting: i64,
    /// Being called.
    pub calling: i64,
    /// Somebody answered.
    pub reached: i64,
    /// Nobody did.
    pub failed: i64,
    /// Not called, because the broadcast was called off.
    pub cancelled: i64,
}

impl Broadcast {
    /// How far it is, by the states of its numbers.
    pub fn progress(&self, tally: &Tally, now: i64) -> Progress {
        match (self.cancelled_at, tally.waiting + tally.calling) {
            (Some(_), _) => Progress::Cancelled,
            (None, 0) => Progress::Done,
            (None, _) if self.when.starts_at.is_some_and(|at| at > now) => Progress::Scheduled,
            (None, _) => Progress::Running,
        }
    }
}

/// What a broadcast is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A message to one or many.
    Message,
    /// A code that one person is to type in somewhere.
    OneTimeCode,
}

impl Kind {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Message => "message",
            Kind::OneTimeCode => "one_time_code",
        }
    }
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Piece by piece; a flow only at the end.
    pub parts: Vec<Part>,
    /// How often the sounds and texts are told, one after the other.
    pub times: u32,
    /// Who speaks the texts.
    pub voice: Voice,
    /// How fast, from −3 to 3.
    pub speed: i64,
    /// The code that is told, of a one-time code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A piece of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A greeting of the company.
    Greeting(#[serde(with = "crate::text::id")] GreetingId),
    /// A text of 1–300 characters.
    Text(String),
    /// The listener is handed to a flow, which may ask for keys.
    Flow(#[serde(with = "crate::text::id")] FlowId),
}

/// How the numbers are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How often a number that was not reached is called again, 0–10.
    pub retries: i64,
    /// How long after, in milliseconds.
    pub retry_gap_ms: i64,
    /// How many calls are up at once, 1–100.
    pub at_once: i64,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { retries: 0, retry_gap_ms: 0, at_once: 15 }
    }
}

/// A broadcast to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBroadcast {
    /// What it is for.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The hotline that is shown.
    pub hotline: Option<HotlineId>,
    /// What is told.
    pub script: Script,
    /// How the numbers are called.
    pub plan: Plan,
    /// Telephone numbers and extensions; the same one twice is called once.
    pub numbers: Vec<String>,
}

/// One number of a broadcast, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Its place in the list, from 0.
    pub place: i64,
    /// The number or extension.
    pub number: String,
    /// How far it is.
    pub state: State,
    /// How often it was called.
    pub attempts: i64,
    /// The last call.
    pub call: Option<CallId>,
    /// Why the last call ended; missing before.
    pub cause: Option<Cause>,
    /// The last key that the listener pressed.
    pub key: Option<char>,
    /// When that changed, milliseconds since 1970.
    pub updated_at: i64,
}

/// How far a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is still to be called.
    Waiting,
    /// It is being called.
    Calling,
    /// Somebody answered.
    Reached,
    /// Nobody did, and it is not called again.
    Failed,
    /// It was never reached, because the broadcast was called off.
    Cancelled,
}

impl State {
    /// All, with their stable words.
    pub const ALL: [(State, &'static str); 5] = [
        (State::Waiting, "waiting"),
        (State::Calling, "calling"),
        (State::Reached, "reached"),
        (State::Failed, "failed"),
        (State::Cancelled, "cancelled"),
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        crate::trunk::word(&State::ALL, self)
    }
}

impl Script {
    /// A one-time code, digit by digit, in the language of the voice.
    pub fn one_time_code(code: &str, voice: Voice, times: u32) -> Script {
        let digits = code.chars().map(|digit| digit.to_string()).collect::<Vec<_>>().join(", ");
        let text = match voice {
            Voice::English => format!("Your code is: {digits}."),
            Voice::NorthernWoman | Voice::NorthernMan | Voice::SouthernWoman => {
                format!("Mã xác thực của quý khách là: {digits}.")
            }
        };
        Script { parts: vec![Part::Text(text)], times, voice, speed: -1, code: Some(code.to_owned()) }
    }

    /// The texts that are to be spoken, in order.
    pub fn texts(&self) -> Vec<Speech> {
        let speech = |text: &String| Speech { text: text.clone(), voice: self.voice, speed: self.speed };
        let text = |part: &Part| if let Part::Text(text) = part { Some(speech(text)) } else { None };
        self.parts.iter().filter_map(text).collect()
    }

    /// The way of a listener: everything so many times, then the flow or the end. `spoken` are the sounds of
    /// [`Script::texts`].
    pub fn graph(&self, spoken: &[GreetingId]) -> Graph {
        let mut spoken_ones = spoken.iter();
        let mut sounds = Vec::new();
        let mut end = Node::Hangup { cause: Cause::Normal };
        for part in &self.parts {
            match part {
                Part::Greeting(id) => sounds.push(*id),
                Part::Text(_) => sounds.extend(spoken_ones.next()),
                Part::Flow(flow) => end = Node::Flow { flow: *flow },
            }
        }
        let said = std::iter::repeat_n(&sounds, self.times.max(1) as usize).flatten();
        let mut nodes: BTreeMap<String, Node> = said
            .enumerate()
            .map(|(at, sound)| (format!("say_{at}"), Node::Play { greeting: *sound, next: format!("say_{}", at + 1) }))
            .collect();
        nodes.insert(format!("say_{}", nodes.len()), end);
        Graph { start: "say_0".to_owned(), nodes }
    }
}
