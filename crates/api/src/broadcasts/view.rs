//! Broadcasts as they are sent and shown.

use model::Problem;
use pbx::broadcast::{self, Kind, Number, Plan, State, Tally, When};
use pbx::greeting::Voice;
use rest::input::field_id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A piece of what is told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BroadcastPart)]
pub(super) enum Part {
    /// A greeting of the company.
    Greeting {
        /// Its id.
        greeting: String,
    },
    /// A text that a machine speaks.
    Text {
        /// 1–300 characters.
        text: String,
    },
    /// The listener is handed to a flow, which may ask for keys; only at the end.
    Flow {
        /// Its id.
        flow: String,
    },
}

/// A broadcast to order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBroadcast {
    /// Its name, 1–200 characters.
    name: String,
    /// The id of the hotline that is shown; the company's oldest when left out.
    #[serde(default)]
    hotline: Option<String>,
    /// What is told, piece by piece, 1–30.
    parts: Vec<Part>,
    /// How often it is told, 1–10.
    #[serde(default = "once")]
    times: u32,
    /// Who speaks the texts.
    #[serde(default)]
    voice: Voice,
    /// How fast, from −3 to 3.
    #[serde(default)]
    speed: i64,
    /// Telephone numbers and extensions, 1–1,000; the same one twice is called once.
    numbers: Vec<String>,
    /// Not before this moment, milliseconds since 1970; at once when left out.
    #[serde(default)]
    starts_at: Option<i64>,
    /// The id of the schedule whose open hours are kept to; any time when left out.
    #[serde(default)]
    schedule: Option<String>,
    /// How often a number that was not reached is called again, 0–10.
    #[serde(default)]
    retries: i64,
    /// How long after, in milliseconds, at most a day.
    #[serde(default)]
    retry_gap_ms: i64,
    /// How many calls are up at once, 1–100.
    #[serde(default = "at_once")]
    at_once: i64,
}

const fn once() -> u32 {
    1
}

fn at_once() -> i64 {
    Plan::default().at_once
}

impl NewBroadcast {
    /// What the feature takes.
    pub(super) fn read(self) -> Result<(broadcast::NewBroadcast, When), Problem> {
        let hotline = self.hotline.as_deref().map(|id| field_id("hotline", id)).transpose()?;
        let schedule = self.schedule.as_deref().map(|id| field_id("schedule", id)).transpose()?;
        let parts = self.parts.into_iter().map(Part::read).collect::<Result<Vec<_>, Problem>>()?;
        let (times, voice, speed) = (self.times, self.voice, self.speed);
        let new = broadcast::NewBroadcast {
            kind: Kind::Message,
            name: self.name,
            hotline,
            script: broadcast::Script { parts, times, voice, speed, code: None },
            plan: Plan { retries: self.retries, retry_gap_ms: self.retry_gap_ms, at_once: self.at_once },
            numbers: self.numbers,
        };
        Ok((new, When { starts_at: self.starts_at, schedule }))
    }
}

impl Part {
    fn read(self) -> Result<broadcast::Part, Problem> {
        Ok(match self {
            Part::Greeting { greeting } => broadcast::Part::Greeting(field_id("parts", &greeting)?),
            Part::Text { text } => broadcast::Part::Text(text),
            Part::Flow { flow } => broadcast::Part::Flow(field_id("parts", &flow)?),
        })
    }

    fn of(part: broadcast::Part) -> Part {
        match part {
            broadcast::Part::Greeting(id) => Part::Greeting { greeting: id.to_string() },
            broadcast::Part::Text(text) => Part::Text { text },
            broadcast::Part::Flow(id) => Part::Flow { flow: id.to_string() },
        }
    }
}

/// A broadcast and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Broadcast {
    /// The id.
    #[schema(example = "bct_01hv3k0000000000000000000")]
    id: String,
    /// Its name.
    name: String,
    /// The id of the hotline that is shown; the company's oldest when missing.
    hotline: Option<String>,
    /// What is told.
    parts: Vec<Part>,
    /// How often it is told.
    times: u32,
    /// Who speaks the texts.
    voice: Voice,
    /// How fast.
    speed: i64,
    /// Not before this moment, milliseconds since 1970.
    starts_at: Option<i64>,
    /// The id of the schedule whose open hours are kept to.
    schedule: Option<String>,
    /// How often a number that was not reached is called again.
    retries: i64,
    /// How long after, in milliseconds.
    retry_gap_ms: i64,
    /// How many calls are up at once.
    at_once: i64,
    /// `scheduled`, `running`, `done` or `cancelled`.
    #[schema(example = "running")]
    state: &'static str,
    /// How many numbers are how far.
    tally: BroadcastTally,
    /// When it was ordered, milliseconds since 1970.
    created_at: i64,
    /// When it was called off.
    cancelled_at: Option<i64>,
}

/// How many numbers are how far.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BroadcastTally {
    /// All of them.
    numbers: i64,
    /// Still to be called.
    waiting: i64,
    /// Being called.
    calling: i64,
    /// Somebody answered.
    reached: i64,
    /// Nobody did.
    failed: i64,
    /// Not called, because the broadcast was called off.
    cancelled: i64,
}

impl Broadcast {
    pub(super) fn of(one: broadcast::Broadcast, tally: &Tally, now: i64) -> Broadcast {
        let state = one.progress(tally, now).as_str();
        let Tally { waiting, calling, reached, failed, cancelled } = *tally;
        let numbers = waiting + calling + reached + failed + cancelled;
        Broadcast {
            id: one.id.to_string(),
            name: one.name,
            hotline: one.hotline.map(|id| id.to_string()),
            parts: one.script.parts.into_iter().map(Part::of).collect(),
            times: one.script.times,
            voice: one.script.voice,
            speed: one.script.speed,
            starts_at: one.when.starts_at,
            schedule: one.when.schedule.map(|id| id.to_string()),
            retries: one.plan.retries,
            retry_gap_ms: one.plan.retry_gap_ms,
            at_once: one.plan.at_once,
            state,
            tally: BroadcastTally { numbers, waiting, calling, reached, failed, cancelled },
            created_at: one.created_at,
            cancelled_at: one.cancelled_at,
        }
    }
}

/// One number of a broadcast.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BroadcastNumber {
    /// Its place in the list, from 0.
    place: i64,
    /// The number or extension.
    number: String,
    /// `waiting`, `calling`, `reached`, `failed` or `cancelled`.
    #[schema(example = "reached")]
    state: &'static str,
    /// How often it was called.
    attempts: i64,
    /// The id of the last call.
    call: Option<String>,
    /// Why the last call ended.
    cause: Option<&'static str>,
    /// The last key that the listener pressed.
    key: Option<String>,
    /// When that changed, milliseconds since 1970.
    updated_at: i64,
}

impl BroadcastNumber {
    pub(super) fn of(one: Number) -> BroadcastNumber {
        BroadcastNumber {
            place: one.place,
            number: one.number,
            state: one.state.as_str(),
            attempts: one.attempts,
            call: one.call.map(|id| id.to_string()),
            cause: one.cause.map(|cause| cause.as_str()),
            key: one.key.map(String::from),
            updated_at: one.updated_at,
        }
    }
}

/// The state with this word.
pub(super) fn parse_state(word: &str) -> Result<State, Problem> {
    let known = State::ALL.into_iter().find(|(_, known)| *known == word).map(|(state, _)| state);
    known.ok_or_else(|| Problem::invalid("state", "Use waiting, calling, reached, failed or cancelled."))
}
