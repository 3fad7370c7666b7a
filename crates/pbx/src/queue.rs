//! Callers who wait, and the agents who are offered them. What happens in a queue is `acd`'s to say; here is how it is set up
//! and what is kept of who waited.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;
pub mod visit;

pub(crate) use service::{amend, insert};
pub use service::{create, delete, get, list, update};

use crate::target::{Target, TargetText};
use model::{Digit, ExtensionId, Faults, FlowId, GreetingId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who of several free agents is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueStrategy))]
pub enum Strategy {
    /// Who has been free for longest.
    #[default]
    LongestIdle,
    /// Each in turn.
    RoundRobin,
    /// Who has taken the fewest calls of this queue.
    LeastCalls,
    /// All who are free at once.
    RingAll,
}

/// Who must be there for a caller to join or stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueJoining))]
pub enum Joining {
    /// Nobody.
    Always,
    /// Somebody who is logged in, be it on a pause.
    LoggedIn,
    /// Somebody who takes calls: free, or with another one.
    Working,
}

/// How a queue behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueSettings))]
pub struct Settings {
    /// Who of several free agents is asked; `longest_idle` when missing.
    pub strategy: Strategy,
    /// How long one agent's phone rings, 3,000–600,000; 20,000 when missing.
    pub offer_ms: i64,
    /// How long an agent is left in peace after a talk, 0–3,600,000; 0 when missing.
    pub wrap_up_ms: i64,
    /// How long a caller waits at most, 1,000–14,400,000; 600,000 when missing.
    pub max_wait_ms: i64,
    /// How many callers wait at most, 0–10,000; 0, which sets no bound, when missing.
    pub max_length: i64,
    /// Who must be there for a caller to join; `logged_in` when missing.
    pub join_when: Joining,
    /// Who must be there for a caller to stay; `always` when missing.
    pub stay_when: Joining,
    /// After so long a caller counts as one priority higher, 0 (never, when missing)–3,600,000.
    pub ageing_ms: i64,
    /// How often callers hear the announcement and their place, 0 (never, when missing), or 10,000–600,000.
    pub announce_every_ms: i64,
    /// How long an agent who refused is not asked again, 1,000–600,000; 10,000 when missing.
    pub rejected_delay_ms: i64,
    /// The same for a busy or unreachable phone; 10,000 when missing.
    pub busy_delay_ms: i64,
    /// The same for a phone that rang in vain; 5,000 when missing.
    pub no_answer_delay_ms: i64,
    /// After so many offers in a row that rang in vain an agent is paused, 0 (never)–100; 3 when missing.
    pub max_missed: i64,
    /// How soon a caller should be answered, for the service level, 1,000–600,000; 20,000 when missing.
    pub service_level_ms: i64,
    /// Whether the house says the place with each announcement; greetings in `sounds.positions` go before it.
    pub say_position: bool,
    /// Whether the house says how many minutes the caller is likely to wait.
    pub say_wait: bool,
    /// The key by which a caller hangs up and is called back, keeping the place: one of 0–9; empty, when missing,
    /// for none.
    pub callback_key: String,
    /// How often a caller is called back who does not answer, 1–10; 3 when missing.
    pub callback_tries: i64,
    /// How long after a try in vain, 30,000–3,600,000; 300,000 when missing.
    pub callback_retry_ms: i64,
    /// The flow that has a caller whose agent has hung up: a survey. None, when missing, ends the call then.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, default = json!(null)))]
    pub survey: Option<FlowId>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            strategy: Strategy::LongestIdle,
            offer_ms: 20_000,
            wrap_up_ms: 0,
            max_wait_ms: 600_000,
            max_length: 0,
            join_when: Joining::LoggedIn,
            stay_when: Joining::Always,
            ageing_ms: 0,
            announce_every_ms: 0,
            rejected_delay_ms: 10_000,
            busy_delay_ms: 10_000,
            no_answer_delay_ms: 5_000,
            max_missed: 3,
            service_level_ms: 20_000,
            say_position: false,
            say_wait: false,
            callback_key: String::new(),
            callback_tries: 3,
            callback_retry_ms: 300_000,
            survey: None,
        }
    }
}

/// What callers hear while they wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueSounds))]
pub struct Sounds {
    /// The music, a greeting; the built-in one when missing.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub music: Option<GreetingId>,
    /// Said now and then: "please hold the line".
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub announcement: Option<GreetingId>,
    /// Said after it: the first to who is first, and so on; the last to all behind.
    #[serde(default, with = "crate::text::ids")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub positions: Vec<GreetingId>,
}

impl Sounds {
    /// All of them with the fields that name them.
    pub(crate) fn named(&self) -> Vec<(String, GreetingId)> {
        let one = |field: &str, id: Option<GreetingId>| id.map(|id| (format!("sounds.{field}"), id));
        let mut all: Vec<_> =
            [one("music", self.music), one("announcement", self.announcement)].into_iter().flatten().collect();
        all.extend(self.positions.iter().enumerate().map(|(place, id)| (format!("sounds.positions[{place}]"), *id)));
        all
    }
}

/// An agent's place in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueMember))]
pub struct Member {
    /// Whose phones ring.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub extension: ExtensionId,
    /// Those of a higher level are asked when nobody of a lower one is free, 1 (when missing)–10.
    #[serde(default = "one")]
    pub level: i64,
    /// What the agent can: skill and level, 1 to 10.
    #[serde(default)]
    pub skills: BTreeMap<String, u8>,
}

fn one() -> i64 {
    1
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Queue))]
pub struct Queue {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "que_01hv3k0000000000000000000"))]
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// The internal number that leads here.
    pub number: Option<String>,
    /// Who works in it, in order.
    pub members: Vec<Member>,
    /// How it behaves.
    pub settings: Settings,
    /// What callers hear.
    pub sounds: Sounds,
    /// Where callers go when nobody takes them; without it their calls end.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub overflow: Option<Target>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A queue to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewQueue))]
pub struct NewQueue {
    /// Its name.
    pub name: String,
    /// The internal number that leads here, 2 to 10 digits.
    #[serde(default)]
    pub number: Option<String>,
    /// Who works in it, in order.
    #[serde(default)]
    pub members: Vec<Member>,
    /// How it behaves.
    #[serde(default)]
    pub settings: Settings,
    /// What callers hear.
    #[serde(default)]
    pub sounds: Sounds,
    /// Where callers go when nobody takes them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub overflow: Option<Target>,
}

impl NewQueue {
    /// One with the usual settings.
    pub fn named(name: &str, members: Vec<ExtensionId>) -> NewQueue {
        let member = |extension| Member { extension, level: 1, skills: BTreeMap::new() };
        NewQueue {
            name: name.to_owned(),
            number: None,
            members: members.into_iter().map(member).collect(),
            settings: Settings::default(),
            sounds: Sounds::default(),
            overflow: None,
        }
    }
}

/// Changes to a queue; what is missing stays. Members, settings and sounds are replaced as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueuePatch))]
pub struct QueuePatch {
    /// Its name.
    pub name: Option<String>,
    /// The internal number; null takes it away.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub number: Option<Option<String>>,
    /// Who works in it; replaces the whole list.
    pub members: Option<Vec<Member>>,
    /// How it behaves; replaces all settings, a missing one takes its usual value.
    pub settings: Option<Settings>,
    /// What callers hear; replaces all sounds.
    pub sounds: Option<Sounds>,
    /// Where callers go when nobody takes them; null for nowhere.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub overflow: Option<Option<Target>>,
}

impl Queue {
    fn check(&self, faults: &mut Faults) {
        if !crate::config::good_name(&self.name) {
            faults.add("name", "Use 1 to 200 characters.");
        }
        let digits = |number: &String| (2..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if self.number.as_ref().is_some_and(|number| !digits(number)) {
            faults.add("number", "Use 2 to 10 digits.");
        }
        if self.members.len() > 10_000 {
            faults.add("members", "Use at most 10000 agents.");
        }
        for (place, member) in self.members.iter().enumerate() {
            if !(1..=10).contains(&member.level) {
                faults.add(format!("members[{place}].level"), "Use 1 to 10.");
            }
            let good =
                |(skill, level): (&String, &u8)| (1..=40).contains(&skill.chars().count()) && (1..=10).contains(level);
            if member.skills.len() > 50 || !member.skills.iter().all(good) {
                let wanted = "Use at most 50 skills of 1 to 40 characters with levels from 1 to 10.";
                faults.add(format!("members[{place}].skills"), wanted);
            }
        }
        if self.sounds.positions.len() > 50 {
            faults.add("sounds.positions", "Use at most 50 greetings.");
        }
        self.settings.check(faults);
    }
}

impl Settings {
    fn check(&self, faults: &mut Faults) {
        let bounds = [
            ("offer_ms", self.offer_ms, 3_000, 600_000),
            ("wrap_up_ms", self.wrap_up_ms, 0, 3_600_000),
            ("max_wait_ms", self.max_wait_ms, 1_000, 14_400_000),
            ("max_length", self.max_length, 0, 10_000),
            ("ageing_ms", self.ageing_ms, 0, 3_600_000),
            ("rejected_delay_ms", self.rejected_delay_ms, 1_000, 600_000),
            ("busy_delay_ms", self.busy_delay_ms, 1_000, 600_000),
            ("no_answer_delay_ms", self.no_answer_delay_ms, 1_000, 600_000),
            ("max_missed", self.max_missed, 0, 100),
            ("service_level_ms", self.service_level_ms, 1_000, 600_000),
            ("callback_tries", self.callback_tries, 1, 10),
            ("callback_retry_ms", self.callback_retry_ms, 30_000, 3_600_000),
        ];
        for (field, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                faults.add(format!("settings.{field}"), format!("Use {least} to {most}."));
            }
        }
        if self.announce_every_ms != 0 && !(10_000..=600_000).contains(&self.announce_every_ms) {
            faults.add("settings.announce_every_ms", "Use 0 for never, or 10000 to 600000.");
        }
        if !self.callback_key.is_empty() && self.callback_key().is_none() {
            faults.add("settings.callback_key", "Use one key of 0-9, or leave it empty.");
        }
    }

    /// The key by which a caller asks to be called back.
    pub fn callback_key(&self) -> Option<Digit> {
        let mut keys = self.callback_key.chars();
        let key = keys.next().filter(char::is_ascii_digit).and_then(Digit::new);
        key.filter(|_| keys.next().is_none())
    }
}
