//! Figures about agents: how long they did what, which offers they took and missed, and their calls. Their times are counted
//! when a spell ends; what lasts still is added from its beginning on.

use super::period::spans;
use super::{Figures, Only, Period, repo as calls};
use crate::agent::spell::Spell;
use crate::agent::spell::repo as spells;
use jiff::tz::TimeZone;
use model::{Actor, ExtensionId, Permission, Problem};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Db, Error};

mod repo;

/// What one agent did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AgentFigures))]
pub struct AgentFigures {
    /// Who; the extension may be gone by now.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub extension: ExtensionId,
    /// How long they were logged in: all of the following.
    pub logged_in_ms: i64,
    /// How long they were ready.
    pub available_ms: i64,
    /// How long they took a pause.
    pub paused_ms: i64,
    /// Their pauses, by reason.
    pub pauses: Vec<Pause>,
    /// How long their phones rang for callers of queues.
    pub ringing_ms: i64,
    /// How long they were on the phone while they were logged in, with whomever.
    pub on_call_ms: i64,
    /// How long they were left in peace after talks.
    pub wrap_up_ms: i64,
    /// How often they were offered a caller.
    pub offers: i64,
    /// How many of these they took.
    pub taken: i64,
    /// How many they missed or refused; the rest were taken back.
    pub missed: i64,
    /// Calls from outside that they answered.
    pub inbound: i64,
    /// Calls to outside that they placed.
    pub outbound: i64,
    /// Calls among extensions that they placed or answered.
    pub internal: i64,
    /// How long they talked in all of these.
    pub talk_ms: i64,
}

/// The pauses for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AgentPause))]
pub struct Pause {
    /// The reason; empty without one, `missed` when the queue ordered it.
    pub reason: String,
    /// How often.
    pub times: i64,
    /// How long in all.
    pub time_ms: i64,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AgentStatistics))]
pub struct AgentStatistics {
    /// The company's time zone, in which days begin.
    pub time_zone: String,
    /// When the period begins, milliseconds since 1970.
    pub from: i64,
    /// When it is over.
    pub to: i64,
    /// By agent, who was logged in longest first. Who did nothing is left out.
    pub agents: Vec<AgentFigures>,
}

/// Which figures are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentWanted {
    /// Of which days.
    pub period: Period,
    /// Of whom; of all, when missing.
    pub extension: Option<ExtensionId>,
}

impl AgentFigures {
    fn new(extension: ExtensionId) -> AgentFigures {
        AgentFigures {
            extension,
            logged_in_ms: 0,
            available_ms: 0,
            paused_ms: 0,
            pauses: Vec::new(),
            ringing_ms: 0,
            on_call_ms: 0,
            wrap_up_ms: 0,
            offers: 0,
            taken: 0,
            missed: 0,
            inbound: 0,
            outbound: 0,
            internal: 0,
            talk_ms: 0,
        }
    }

    fn add(&mut self, state: &str, reason: &str, times: i64, time_ms: i64) {
        self.logged_in_ms += time_ms;
        match state {
            "available" => self.available_ms += time_ms,
            "offered" => {
                self.ringing_ms += time_ms;
                self.offers += times;
                match reason {
                    "taken" => self.taken += times,
                    "missed" => self.missed += times,
                    _ => {}
                }
            }
            "on_call" => self.on_call_ms += time_ms,
            "wrap_up" => self.wrap_up_ms += time_ms,
            "paused" => {
                self.paused_ms += time_ms;
                match self.pauses.iter_mut().find(|pause| pause.reason == reason) {
                    Some(pause) => (pause.times, pause.time_ms) = (pause.times + times, pause.time_ms + time_ms),
                    None => self.pauses.push(Pause { reason: reason.to_owned(), times, time_ms }),
                }
            }
            _ => {}
        }
    }
}

/// The figures of a period, as they stand now (milliseconds since 1970).
pub async fn agents(actor: &Actor, db: &Db, wanted: AgentWanted, now: i64) -> Result<AgentStatistics, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let time_zone = calls::time_zone(&mut tx).await?.ok_or_else(|| Problem::not_found("company"))?;
    let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
    let moments = wanted.period.moments(&zone)?;
    let (from, to) = (moments.from(), moments.to());
    let mut found: BTreeMap<ExtensionId, AgentFigures> = BTreeMap::new();
    let mut of = |extension: ExtensionId, add: &dyn Fn(&mut AgentFigures)| {
        if wanted.extension.is_none_or(|only| only == extension) {
            add(found.entry(extension).or_insert_with(|| AgentFigures::new(extension)));
        }
    };
    for (agent, state, reason, times, time_ms) in repo::by_agent(&mut tx, &spans(from, to)).await? {
        let agent = agent.parse().map_err(|_| Error::Corrupt("agent of a figure"))?;
        of(agent, &|figures| figures.add(&state, &reason, times, time_ms));
    }
    for Spell { agent, began_at, state, reason, .. } in spells::open_of_company(&mut tx, to.min(now)).await? {
        let (times, time_ms) = (i64::from(began_at >= from), (to.min(now) - began_at.max(from)).max(0));
        of(agent, &|figures| figures.add(&state, &reason, times, time_ms));
    }
    let only = Only { extension: wanted.extension, ..Only::default() };
    for (key, sums) in calls::by_key(&mut tx, &spans(from, to), &only).await? {
        let Some(extension) = key.extension else { continue };
        let mut one = Figures::default();
        one.add(key.answered, sums);
        of(extension, &|figures| {
            figures.talk_ms += one.talk_ms;
            match key.direction {
                call::Direction::Inbound => figures.inbound += one.answered,
                call::Direction::Outbound => figures.outbound += one.calls,
                call::Direction::Internal => figures.internal += one.calls,
            }
        });
    }
    let mut agents: Vec<AgentFigures> = found.into_values().collect();
    agents.sort_by_key(|one| std::cmp::Reverse((one.logged_in_ms, one.talk_ms)));
    Ok(AgentStatistics { time_zone, from, to, agents })
}
